"""Editors make links for newsletters, and see how often each place was followed."""

from __future__ import annotations

import csv
import io

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal.audit.models import Entry
from portal.campaigns.models import Link, Visits
from portal.campaigns.rules import Place
from portal.db import db, transaction
from portal.events.rules import State
from tests.campaigns.front_door import DAY, as_firefox, make_issue, make_link, visits
from tests.desk.front_door import make_user, send, sign_in, words
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.counting import statements

DESK = "/desk/campaigns/"


@pytest.fixture
def editor(app: Flask, clock: time_machine.Traveller) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust")
    return sign_in(app, make_user(app, admin=True))


def test_a_link_is_made_copied_followed_and_retired(
    app: Flask, editor: PortalClient, client: PortalClient
) -> None:
    given = {"newsletter": "Championing skills", "number": "12", "day": "2026-11-02"}
    made = send(editor, f"{DESK}new", given)
    issue = made.headers["Location"]
    made = send(editor, f"{issue}links/new", {"place": "button", "event": "/events/trust/"})
    page = editor.get(made.headers["Location"])
    with app.app_context():
        code = db.session.scalars(select(Link.code)).one()
    assert f'value="http://localhost/c/{code}" readonly' in page.get_data(as_text=True)
    picture = editor.get(f"{made.headers['Location']}code.svg")
    assert picture.mimetype == "image/svg+xml" and b"<svg" in picture.get_data()

    as_firefox(client)
    client.get(f"/c/{code}"), client.get(f"/c/{code}")
    assert editor.submit(page, {"to": "retire"}, action="/state").status_code == 303
    assert "This link is retired" in words(editor.get(made.headers["Location"]))
    client.get(f"/c/{code}")
    assert visits(app, 3) == {DAY: 3}

    text = words(editor.get(issue))
    assert "Championing skills, issue 12" in text
    assert f"Button retired /events/trust/ http://localhost/c/{code} 3" in text
    assert "2 November 2026 3 3" in text
    rows = list(csv.reader(io.StringIO(editor.get(f"{issue}figures.csv").get_data(True)[1:])))
    assert rows == [
        ["newsletter", "issue", "place", "target", "code", "day", "visits"],
        ["Championing skills", "12", "button", "/events/trust/", code, "2026-11-02", "3"],
    ]
    assert "Championing skills, issue 12 2 November 2026 1 3" in words(editor.get(DESK))


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("/news/", "/news/"),
        ("/en/events/trust/", "/en/events/trust/"),
        ("http://localhost/fr/events/trust/#programme", "/fr/events/trust/#programme"),
        ("/events/?sector=retail", "/events/?sector=retail"),
        ("/events/trust/register", "/events/trust/register"),
        ("/", "/"),
        ("/news", "/news/"),
        ("/fr/events/trust?sector=retail", "/fr/events/trust/?sector=retail"),
        ("HTTP://LOCALHOST/news/", "/news/"),
        ("http://localhost", "/"),
    ],
)
def test_a_link_leads_to_public_pages_of_ours(
    app: Flask, editor: PortalClient, page: str, kept: str
) -> None:
    with app.app_context(), transaction():
        issue = make_issue().id
    answer = send(editor, f"{DESK}{issue}/links/new", {"place": "lead", "page": page})
    assert answer.status_code == 303, words(answer)
    with app.app_context():
        assert db.session.scalars(select(Link.target)).one() == kept


def test_a_link_leads_nowhere_else(app: Flask, editor: PortalClient) -> None:
    with app.app_context(), transaction():
        issue = make_issue().id
        make_event(slug="secret", state=State.DRAFT)
        make_registration(make_event(slug="other"))
    for page in (
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "http:evil", "mailto:evil",
        "http://localhost.evil.example/", "http://localhost@evil.example/", "evil", "/nothing/",
        "/events/secret/", "/en/registrations/abc", "/en/your-data/abc", "/desk/", "/healthz",
        "/c/abcdefgh", "/events/../desk/", "/en/news/rss.xml", "https://[",
    ):  # fmt: skip
        answer = send(editor, f"{DESK}{issue}/links/new", {"place": "lead", "page": page})
        assert answer.status_code == 422, page
        assert "No public page of this portal is at this address" in words(answer), page
    answer = send(
        editor,
        f"{DESK}{issue}/links/new",
        {"place": "lead", "page": "/news/?email=ada@x.org"},
    )
    assert (answer.status_code, "Take “email” out" in words(answer)) == (422, True)
    both = {"place": "lead", "page": "/news/", "event": "/events/trust/"}
    for values in (both, {"place": "lead", "page": "", "event": ""}):
        assert send(editor, f"{DESK}{issue}/links/new", values).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Link)) == 0


def test_a_link_whose_page_is_gone_is_led_to_another(app: Flask, editor: PortalClient) -> None:
    with app.app_context(), transaction():
        page = f"{DESK}links/{make_link('/events/trust/').id}/"
    assert "The page of this link is gone" not in words(editor.get(page))
    with app.app_context(), transaction() as session:
        session.get_one(Link, 1).target = "/events/gone/"
    assert "The page of this link is gone" in words(editor.get(page))
    assert send(editor, f"{page}target", {"page": "/events/gone/"}).status_code == 422
    assert send(editor, f"{page}target", {"page": "/news"}).status_code == 303
    assert "Leads to /news/" in words(editor.get(page))
    with app.app_context():
        acts = db.session.scalars(select(Entry.act).where(Entry.subject == "campaign_links"))
        assert list(acts)[-1] == "campaign.link_led_elsewhere"


def test_an_issue_is_changed_and_is_there_once(app: Flask, editor: PortalClient) -> None:
    with app.app_context(), transaction():
        first, second = make_issue(), make_issue()
        path, taken = f"{DESK}{first.id}/details", second.number
    again = send(editor, path, {"number": taken})
    assert (again.status_code, "is there already" in words(again)) == (422, True)
    assert send(editor, path, {"day": "1026-13-41"}).status_code == 422
    assert send(editor, path, {"number": "100", "day": "2026-12-01"}).status_code == 303
    assert "issue 100 1 December 2026" in words(editor.get(DESK))


def test_the_lists_ask_the_same_number_of_questions(app: Flask, editor: PortalClient) -> None:
    counts = []
    with app.app_context(), transaction():
        first = make_issue().id
    editor.get(DESK)
    for more in (1, 30):
        with app.app_context(), transaction() as session:
            for place in range(more):
                link = make_link(place=Place.LEAD)
                here = make_link(issue=session.get_one(type(link.issue), first))
                session.add(Visits(link_id=here.id, day=DAY, count=place + 1))
        with statements(app) as asked:
            assert editor.get(DESK).status_code == 200
            assert editor.get(f"{DESK}{first}/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_who_is_no_editor_finds_nothing(app: Flask, editor: PortalClient) -> None:
    client = sign_in(app, make_user(app, "other@example.org"))
    assert client.get(DESK).status_code == 404
