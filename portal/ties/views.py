"""The public pages of topics and projects."""

from datetime import datetime

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import edition
from portal.cache import Fresh, page
from portal.events.linked_data import script
from portal.events.rules import next_change
from portal.events.shown import Shown, words
from portal.markup import rich
from portal.registrations.queries import places_of
from portal.site import absolute
from portal.ties import linked_data, queries, shown
from portal.ties.rules import AT_ONCE, End, Kind

FIRST = 3
"""Events to come that stand at the top of a topic in full."""

topics = Blueprint("topics", __name__)
projects = Blueprint("projects", __name__)


@topics.get("/<lang>/topics/")
def index() -> ResponseReturnValue:
    """What the house works on: its topics, and its projects below them."""
    return page("", edition.mark(), _list)


@topics.get("/<lang>/topics/<slug>/")
def show(slug: str) -> ResponseReturnValue:
    """Everything about one topic; a long list stands whole under `?all=publication`."""
    kind = request.args.get("all", "")
    if kind and kind not in list(Kind):
        abort(404)
    g.asked = {"all": kind}
    return page(kind, queries.stamp_of_everything(), lambda now: _topic_page(slug, kind, now))


@projects.get("/<lang>/projects/")
def every() -> ResponseReturnValue:
    """Projects are listed below the topics."""
    return redirect(url_for("topics.index", _anchor="projects"), 301)


@projects.get("/<lang>/projects/<slug>/", endpoint="show")
def show_project(slug: str) -> ResponseReturnValue:
    """One project: its phases one after the other, and what came of each."""
    return page("", edition.mark(), lambda now: _project_page(slug, now))


def _list(now: datetime) -> Fresh:
    found, running = queries.topics(), queries.projects()
    return Fresh(render_template("ties/topics.html", topics=found, projects=running, words=words))


def _topic_page(slug: str, kind: str, now: datetime) -> Fresh:
    topic = queries.public_topic(slug) or abort(404)
    found = queries.gathered(topic, now)
    coming = [event for event in found.events if not event.is_over(now)]
    taken = places_of(coming, now)
    ahead = [Shown(event, taken[event.id], now) for event in coming]
    groups = shown.groups(found, now)
    first = [one for one in ahead if one.is_to_come][:FIRST]
    rest = shown.without(groups, {End(Kind.EVENT, one.event.id) for one in first})
    here = absolute(url_for("topics.show", slug=topic.slug))
    body = render_template(
        "ties/topic.html",
        topic=topic,
        title=words(topic.title),
        summary=words(topic.summary),
        text=words(topic.text),
        rich=rich,
        ahead=[] if kind else first,
        groups=[group for group in groups if group.kind == kind] if kind else rest,
        totals={group.kind: len(group.cards) for group in groups},
        kind=kind,
        at_once=AT_ONCE,
        structured=script(linked_data.topic_data(topic, groups, page=here, absolute=absolute)),
    )
    turns = [found.changes_at, *(one.changes_at for one in ahead)]
    return Fresh(body, until=next_change(turns, now))


def _project_page(slug: str, now: datetime) -> Fresh:
    project = queries.public_project(slug) or abort(404)
    found = queries.gathered(project, now)
    groups = shown.groups(found, now)
    here = absolute(url_for("projects.show", slug=slug))
    body = render_template(
        "ties/project.html",
        project=project,
        title=words(project.title),
        summary=words(project.summary),
        text=words(project.text),
        also_called=words(project.also_called),
        commissioned_by=words(project.commissioned_by),
        countries=words(project.countries),
        rich=rich,
        phases=shown.phases(project, groups, found.phases),
        groups=shown.beyond_phases(project, groups, found.phases),
        at_once=AT_ONCE,
        structured=script(linked_data.project_data(project, groups, page=here, absolute=absolute)),
    )
    return Fresh(body, until=found.changes_at)
