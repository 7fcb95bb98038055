"""Public pages of topics and projects, and what stands under "See also"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import IntegrityError

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import queries as events
from portal.events.rules import State
from portal.news import queries as news
from portal.news import service as news_service
from portal.podcasts.models import Episode
from portal.publications import queries as publications
from portal.publications.rules import State as PublicationState
from portal.ties import service
from portal.ties.models import Tie, Topic
from portal.ties.rules import End, Kind
from tests.factories import JANUARY, make_event, make_publication
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.reading import linked_data, links, words
from tests.news.front_door import CLOSES, make_item
from tests.podcasts.making import make_episode, make_show
from tests.ties.making import end_of, make_project, make_topic, tie, untie

pytestmark = pytest.mark.usefixtures("clock")
HELD = JANUARY - timedelta(weeks=60)
PAGES = {
    "event": "/en/events/talk/",
    "publication": "/en/publications/1/",
    "episode": "/en/podcasts/show/episode",
    "news": "/en/news/call/",
    "topic": "/en/topics/trust/",
    "project": "/en/projects/study/",
}


def one_of_each(**drafts: bool) -> dict[str, Any]:
    """A public thing of each kind, drafts of the kinds named."""
    show = make_show(slug="show")
    state = State.DRAFT if drafts.get("event") else State.PUBLISHED
    record = PublicationState.DRAFT if drafts.get("publication") else PublicationState.PUBLISHED
    return {
        "event": make_event(slug="talk", title={"en": "Talk"}, state=state),
        "publication": make_publication(number="1", title={"en": "Report"}, state=record),
        "episode": make_episode(
            show, slug="episode", title={"en": "Episode"}, draft=drafts.get("episode", False)
        ),
        "news": make_item(slug="call", title={"en": "Call"}, publish=not drafts.get("news")),
        "topic": make_topic(slug="trust", title={"en": "Topic"}, public=not drafts.get("topic")),
        "project": make_project(
            slug="study", title={"en": "Study"}, public=not drafts.get("project")
        ),
    }


def put(app: Flask, change: Callable[[], Any]) -> None:
    with app.app_context(), transaction():
        change()


def test_every_page_leads_to_what_belongs_to_it(app: Flask, client: PortalClient) -> None:
    def tied() -> None:
        found = [*one_of_each().values()]
        for number, one in enumerate(found):
            tie(one, *found[number + 1 :])

    put(app, tied)
    for kind, path in PAGES.items():
        shown = links(client.get(path))
        missing = [other for other in PAGES.values() if other not in shown and other != path]
        assert (kind, missing, shown.count(path)) == (kind, [], 0)


def test_drafts_belong_to_it_unseen_until_they_are_public(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    drafts = dict.fromkeys(("event", "publication", "episode", "news", "project"), True)

    def tied() -> None:
        found = one_of_each(**drafts)
        tie(found.pop("topic"), *found.values())

    put(app, tied)
    page = client.get(PAGES["topic"])
    assert "Nothing is public about this topic yet" in words(page)
    assert not {*PAGES.values()} & {*links(page)}
    put(app, lambda: setattr(events.any_slug("talk"), "state", State.PUBLISHED))
    assert PAGES["event"] in links(client.get(PAGES["topic"]))
    record = publications.any_publication
    put(app, lambda: setattr(record("1"), "state", PublicationState.PUBLISHED))
    assert PAGES["publication"] in links(client.get(PAGES["topic"]))


def test_a_change_of_a_tie_or_of_a_tied_thing_is_seen_at_once(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    kept: dict[str, int] = {}

    def tied() -> None:
        found = one_of_each()
        kept.update({name: each.id for name, each in found.items()})
        tie(found["publication"], found["news"], found["event"])

    put(app, tied)
    assert [PAGES[name] in links(client.get(PAGES["publication"])) for name in ("news", "event")]
    item = lambda: news.item(kept["news"])  # noqa: E731
    put(
        app,
        lambda: news_service.withdraw(item(), {"en": "Wrong"}, by=COMMAND, now=portal_clock.now()),
    )
    assert PAGES["news"] not in links(client.get(PAGES["publication"]))

    def renamed() -> None:
        event = events.any_slug("talk")
        event.title, event.revision = {"en": "Discussion"}, event.revision + 1

    put(app, renamed)
    assert "Discussion" in words(client.get(PAGES["publication"]))

    def untied() -> None:
        report = publications.any_publication("1")
        untie(report, events.any_slug("talk"))
        tie(report, db.session.get(Topic, kept["topic"]))

    put(app, untied)
    shown = links(client.get(PAGES["publication"]))
    assert (PAGES["event"] in shown, PAGES["topic"] in shown) == (False, True)
    assert PAGES["publication"] not in links(client.get(PAGES["event"]))


def test_an_episode_comes_to_the_pages_it_belongs_to_at_its_hour(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    later = portal_clock.now() + timedelta(hours=1)

    def planned() -> None:
        episode = make_episode(make_show(slug="show"), slug="episode", at=later)
        call = make_item(slug="call")
        tie(make_topic(slug="trust"), episode)
        tie(make_publication(number="1"), episode, call)

    put(app, planned)
    both = (PAGES["topic"], PAGES["publication"])
    assert [PAGES["episode"] in links(client.get(page)) for page in both] == [False, False]
    assert "Call · Closes on 20 November 2026" in words(client.get(PAGES["publication"]))
    clock.shift(3600)
    assert [PAGES["episode"] in links(client.get(page)) for page in both] == [True, True]
    clock.move_to(CLOSES)
    assert "Call · Closed" in words(client.get(PAGES["publication"]))


def test_a_topic_shows_what_is_next_first_gathers_its_sector_and_cuts_long_lists(
    app: Flask, client: PortalClient
) -> None:
    def many() -> None:
        topic = make_topic(slug="trust", sector="retail")
        make_event(slug="other", sectors=["manufacturing"])
        make_event(slug="next", sectors=["retail"])
        make_event(slug="held", sectors=["retail"], starts_at=HELD)
        tie(topic, *(make_publication(title={"en": f"Report {n}"}) for n in range(8)))

    put(app, many)
    page = client.get(PAGES["topic"])
    shown = links(page)
    assert shown.index("/en/events/next/") < shown.index("/en/events/held/")
    assert "/en/events/other/" not in shown
    assert len([path for path in shown if "/publications/" in path]) == 6
    assert "Publications: all 8" in words(page)
    whole = client.get(f"{PAGES['topic']}?all=publication")
    assert len([path for path in links(whole) if "/publications/" in path]) == 8
    assert client.get(f"{PAGES['topic']}?all=speaker").status_code == 404
    assert "/en/topics/trust/" in links(client.get("/en/events/next/"))
    data = linked_data(page)
    assert (data["@type"], len(data["mainEntity"]["itemListElement"])) == ("CollectionPage", 10)
    put(app, lambda: make_event(slug="newer", sectors=["retail"]))
    assert "/en/events/newer/" in links(client.get(PAGES["topic"]))


def test_a_project_shows_its_phases_with_what_came_of_each(
    app: Flask, client: PortalClient
) -> None:
    def phased() -> None:
        project = make_project(slug="study", hashtag="#Study")
        tie(project, make_publication(title={"en": "Map"}), phase=1)
        tie(project, make_item(title={"en": "Question"}), phase=2)
        tie(project, make_event(title={"en": "Conference"}, starts_at=HELD))

    put(app, phased)
    page = client.get(PAGES["project"])
    html = page.get_data(as_text=True)
    order = [html.index(word) for word in ("2020–2023", "Map<", "2025–2027", "Question<")]
    assert order == sorted(order)
    assert html.index("Conference<") > order[-1]
    assert "Carried out by An institute" in words(page)
    assert "Commissioned by The agency" in words(page)
    data = linked_data(page)
    assert (data["@type"], data["keywords"]) == ("ResearchProject", "#Study")
    assert {each["@type"] for each in data["subjectOf"]} == {"Report", "NewsArticle", "Event"}


def test_the_topics_stand_in_their_order_with_the_projects_below(
    app: Flask, client: PortalClient
) -> None:
    assert "No topic yet" in words(client.get("/en/topics/"))

    def made() -> None:
        for name in ("one", "two", "hidden"):
            make_topic(slug=name, title={"en": name}, public=name != "hidden")
        make_project(slug="study")

    put(app, made)
    assert links(client.get("/en/topics/")) == [
        "/en/topics/one/", "/en/topics/two/", PAGES["project"],
    ]  # fmt: skip
    assert client.get("/en/topics/hidden/").status_code == 404
    assert client.get("/en/projects/hidden/").status_code == 404
    assert client.get("/en/projects/").location == "/en/topics/#projects"
    sitemap = client.get("/sitemap.xml").get_data(as_text=True)
    assert "/fr/topics/two/" in sitemap
    assert "/de/projects/study/" in sitemap
    assert "/en/topics/hidden/" not in sitemap


def test_a_page_asks_as_often_for_much_as_for_little(app: Flask, client: PortalClient) -> None:
    whole: dict[str, int] = {}
    put(app, lambda: whole.update({name: each.id for name, each in one_of_each().items()}))
    client.get("/en/contact")  # from here on it is known whether this is the demonstration
    seen: dict[str, list[int]] = {page: [] for page in ("topic", "project", "event")}
    for more in (1, 9):
        put(app, lambda more=more: _tie_more(whole, more))
        for page, counts in seen.items():
            with statements(app) as asked:
                assert client.get(PAGES[page]).status_code == 200
            counts.append(len(asked))
    assert all(few == many for few, many in seen.values()), seen


def _tie_more(whole: dict[str, int], more: int) -> None:
    episodes = [db.session.get(Episode, whole["episode"])]
    records = [make_publication() for _n in range(more)]
    made = [*records, *episodes, *(make_item() for _n in range(more))]
    held = [make_event() for _n in range(more)]
    for page, others in (("topic", made + held), ("project", made + held), ("event", made)):
        added = [end_of(each) for each in others]
        end = End(Kind(page), whole[page])
        service.tie(end, added=added, by=COMMAND, now=portal_clock.now())


def test_a_tie_has_two_ends_stands_once_and_goes_with_either(app: Flask) -> None:
    with app.app_context():
        for columns in ({"event_id": 1}, {"event_id": 1, "topic_id": 1, "news_id": 1}):
            with pytest.raises(IntegrityError), transaction() as session:
                found = one_of_each()
                ids = {name: found[name.removesuffix("_id")].id for name in columns}
                session.add(Tie(**ids))
        with transaction():
            found = one_of_each()
            tie(found["topic"], found["event"])
            ids = {"topic_id": found["topic"].id, "event_id": found["event"].id}
        with pytest.raises(IntegrityError), transaction() as session:
            session.add(Tie(**ids))
        with transaction() as session:
            session.execute(db.text("DELETE FROM topics"))
            assert session.query(Tie).count() == 0
