"""What the pages of one publication have in common."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, make_response, render_template, url_for

from portal import clock
from portal.cache import Fresh
from portal.events.rules import next_change
from portal.publications import queries
from portal.publications.models import Publication
from portal.publications.rules import State
from portal.publications.shown import Shown
from portal.site import absolute

bp = Blueprint("publications", __name__)


def public(number: str) -> Publication:
    """Of what was withdrawn, every address of it says so (RFC 9110, 15.5.11)."""
    found = queries.public(number) or abort(404)
    if found.state is State.WITHDRAWN:
        abort(make_response(_tombstone(found), 410))
    return found


def fresh(body: str, shown: Shown, content_type: str, link: str) -> Fresh:
    """What is made of a publication, until an embargo of it ends."""
    return Fresh(
        body,
        until=next_change([shown.one.embargo_until], shown.now),
        content_type=content_type,
        last_modified=_last_modified(shown.one, shown.now),
        headers=(("Link", link),),
    )


def here(page: str, number: str, **values: Any) -> str:
    """The full address of a page of this publication, in the language of this one."""
    return absolute(url_for(f"publications.{page}", number=number, **values))


def _tombstone(one: Publication) -> str:
    shown = Shown(one, clock.now())
    return render_template("publications/withdrawn.html", publication=shown)


def _last_modified(one: Publication, now: datetime) -> datetime:
    """The last change of it or of those that it names, or the end of its embargo."""
    named = [each.target for each in one.relations] + [
        each.publication for each in one.related_from
    ]
    moments = [one.updated_at, *(each.updated_at for each in named)]
    if one.embargo_until is not None and one.embargo_until <= now:
        moments.append(one.embargo_until)
    return max(moments).replace(microsecond=0)
