"""Editors make topics and projects, and say what belongs to what."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.ties.models import Project, Tie, Topic
from tests.desk.front_door import account, act, make_user, sign_in, words
from tests.factories import make_event, make_publication
from tests.harness.client import PortalClient
from tests.news.front_door import make_item
from tests.ties.making import make_project, make_topic, tie

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ella(app: Flask) -> PortalClient:
    """An editor of the library, signed in, who belongs to no event."""
    from portal.accounts import service

    email = make_user(app, "ella@example.org", name="Ella")
    with app.app_context(), transaction():
        service.make_editor(account(email), by=COMMAND, now=account(email).created_at)
    return sign_in(app, email)


def ids(app: Flask, *made: Any) -> list[int]:
    """The ids of what these functions make."""
    with app.app_context(), transaction():
        return [make().id for make in made]


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def test_a_topic_is_made_ordered_changed_hidden_and_deleted(
    app: Flask, client: PortalClient, ella: PortalClient
) -> None:
    assert "No topic yet" in words(ella.get("/desk/topics/"))
    empty = act(ella, "/desk/topics/new", {"slug": "Not one"})
    assert empty.status_code == 422
    assert "Write a title" in words(empty)
    assert "Use small letters" in words(empty)
    for title in ("Vertrauen", "Retail"):
        given = {"title-en": title, "public": "y", "sector": "retail"}
        assert act(ella, "/desk/topics/new", given).status_code == 303
    listed = client.get("/en/topics/").get_data(as_text=True)
    assert listed.index("/en/topics/vertrauen/") < listed.index("/en/topics/retail/")
    with app.app_context():
        trust, retail = db.session.scalars(select(Topic.id).order_by(Topic.id))
    ella.submit("/desk/topics/", {"to": "earlier"}, action=f"/desk/topics/{retail}/place")
    listed = client.get("/en/topics/").get_data(as_text=True)
    assert listed.index("/en/topics/retail/") < listed.index("/en/topics/vertrauen/")
    ids(app, lambda: make_event(sectors=["retail"]))
    page = f"/desk/topics/{trust}"
    assert "1 public page belongs to it" in words(ella.get(f"{page}/removal"))
    token = field(ella.get("/desk/topics/").get_data(as_text=True), "csrf_token")
    assert ella.post(f"{page}/removal", data={"csrf_token": token}).status_code == 409
    assert act(ella, page, {"title-en": "Trust", "public": None}).status_code == 303
    assert client.get("/en/topics/vertrauen/").status_code == 404
    assert "Nothing is tied to it." in words(ella.get(f"{page}/removal"))
    assert act(ella, f"{page}/removal").status_code == 303
    assert ella.get(page).status_code == 404
    with app.app_context():
        acts = set(db.session.scalars(select(Entry.act).where(Entry.subject == "topics")))
    assert acts == {"topic.made", "topic.placed", "topic.changed", "topic.removed"}


def test_two_who_write_at_once_lose_nothing(app: Flask, ella: PortalClient) -> None:
    (topic,) = ids(app, make_topic)
    page = f"/desk/topics/{topic}"
    mine = ella.get(page)
    act(ella, page, {"title-en": "Theirs"})
    sent = ella.submit(mine, {"title-en": "Mine"}, action=page)
    assert sent.status_code == 409
    assert "Theirs" in words(sent)
    assert 'value="Mine"' in sent.get_data(as_text=True)


def test_a_projects_phases_come_and_go_with_what_belongs_to_them(
    app: Flask, ella: PortalClient
) -> None:
    def tied() -> Project:
        project = make_project()
        tie(project, make_publication(), phase=1)
        tie(project, make_item(), phase=2)
        return project

    (project,) = ids(app, tied)
    page = f"/desk/projects/{project}/phases"
    assert act(ella, f"{page}/new", {"years": "2025–2027"}).status_code == 422
    third = {"years": "2028", "focus-en": "What remains", "carried_out_by": "Nobody yet"}
    assert act(ella, f"{page}/new", third).status_code == 303
    assert act(ella, f"{page}/3", {"years": "2028–2029"}).status_code == 303
    assert "1 thing belongs to it" in words(ella.get(f"{page}/1/removal"))
    assert act(ella, f"{page}/1/removal").status_code == 303
    assert ella.get(f"{page}/3").status_code == 404
    with app.app_context():
        found = db.session.get(Project, project)
        assert found is not None
        assert [phase["years"] for phase in found.phases] == ["2025–2027", "2028–2029"]
        assert sorted(db.session.scalars(select(Tie.phase)), key=str) == [1, None]


def test_ticks_tie_and_untie_and_a_search_keeps_them(
    app: Flask, client: PortalClient, ella: PortalClient
) -> None:
    project, report, *others = ids(
        app, make_project, lambda: make_publication(number="77", title={"el": "Η εμπιστοσύνη"}),
        *[make_publication] * 11,
    )  # fmt: skip
    page = f"/desk/belonging/project/{project}"
    first = ella.get(page)
    assert f'value="publication-{report}"' not in first.get_data(as_text=True)
    assert "2 more: search for their titles." in words(first)
    new = f"publication-{others[-1]}"
    saved = ella.submit(first, {"tied": [new], "q": "εμπιστοσυνη"}, action=page)
    assert saved.status_code == 303
    found = ella.get(saved.location)
    html = found.get_data(as_text=True)
    assert f'value="publication-{report}"' in html
    assert re.search(rf'value="{new}"[^>]* checked', html)
    both = {"tied": [new, f"publication-{report}"], "q": "", f"phase:{new}": "2"}
    assert ella.submit(found, both, action=page).status_code == 303
    shown = client.get(f"/en/projects/{slug_of(app, project)}/").get_data(as_text=True)
    assert "/en/publications/77/" in shown
    with app.app_context():
        phases = dict(db.session.execute(select(Tie.publication_id, Tie.phase)).all())
    assert phases == {report: None, others[-1]: 2}
    assert ella.submit(ella.get(page), {"tied": [], "q": ""}, action=page).status_code == 303
    assert "/en/publications/77/" not in client.get(
        f"/en/projects/{slug_of(app, project)}/"
    ).get_data(as_text=True)


def test_what_a_colleague_ties_meanwhile_stays(app: Flask, ella: PortalClient) -> None:
    event, report, call = ids(app, make_event, make_publication, make_item)
    page = f"/desk/belonging/event/{event}"
    mine = ella.get(page)
    ella.submit(ella.get(page), {"tied": [f"news-{call}"]}, action=page)
    ella.submit(mine, {"tied": [f"publication-{report}"]}, action=page)
    with app.app_context():
        assert db.session.query(Tie).count() == 2


def test_nothing_is_tied_to_its_own_kind_or_to_what_is_not_there(
    app: Flask, ella: PortalClient
) -> None:
    event, other, _report = ids(app, make_event, make_event, make_publication)
    page = f"/desk/belonging/event/{event}"
    answers = [
        ella.submit(ella.get(page), {"tied": [tick]}, action=page).status_code
        for tick in (f"event-{other}", "publication-9999", "rubbish")
    ]
    assert answers == [409, 409, 303]
    with app.app_context():
        assert db.session.query(Tie).count() == 0
    assert ella.get("/desk/belonging/event/99999").status_code == 404
    assert ella.get("/desk/belonging/speaker/1").status_code == 404


def test_only_editors_of_the_library_come_in_and_are_led_there(
    app: Flask, ella: PortalClient
) -> None:
    (event,) = ids(app, lambda: make_event(slug="talk"))
    member = sign_in(app, make_user(app, "olga@example.org", "talk"))
    for path in ("/desk/topics/", "/desk/projects/new", f"/desk/belonging/event/{event}"):
        assert (member.get(path).status_code, ella.get(path).status_code) == (404, 200)
    assert "belonging" not in member.get("/desk/events/talk/").get_data(as_text=True)
    menu = ella.get("/desk/topics/").get_data(as_text=True)
    assert "/desk/projects/" in menu


def slug_of(app: Flask, project_id: int) -> str:
    with app.app_context():
        found = db.session.get(Project, project_id)
        assert found is not None
        return found.slug
