"""An event is made at the desk: from nothing, from a template, from last year's; and published."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts.rules import TeamRole
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.circulars import service as circulars
from portal.db import db, transaction
from portal.events import editions_service, service
from portal.events.models import Appearance, Event
from portal.events.queries import any_slug
from portal.events.rules import Format, State
from portal.reminders import service as reminders
from portal.reminders.rules import Kind, Unit
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import (
    keep_house_record,
    make_event,
    make_link,
    make_registration,
    make_session,
    make_speaker,
)
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import text_of

Deliver = Callable[[], list[EmailMessage]]
NEW = {
    "title-en": "Skills at sea",
    "kind": "workshop",
    "format": "in_person",
    "starts_at": "2027-05-10T09:00",
    "ends_at": "2027-05-10T12:00",
    "zone": "Europe/Athens",
}

A_DAY_BEFORE = {"kind": Kind.REMINDER, "number": 1, "unit": Unit.DAYS, "at": time(10)}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        keep_house_record()
    return sign_in(app, make_user(app, "olga@example.org"))


@pytest.fixture
def draft(app: Flask, client: PortalClient) -> str:
    """A draft with all that it needs."""
    with app.app_context(), transaction():
        make_event(slug="ready", state=State.DRAFT)
    make_member(app, "olga@example.org", "ready")
    return "/desk/events/ready/"


def make_member(app: Flask, email: str, slug: str) -> None:
    from portal.accounts import queries as accounts
    from portal.accounts import service as account_service
    from portal.clock import now

    with app.app_context(), transaction():
        user, event = accounts.by_address(email), any_slug(slug)
        assert user is not None and event is not None
        account_service.join_team(user, event.id, by=COMMAND, now=now())


def event(app: Flask, slug: str, *names: str) -> tuple[Any, ...]:
    with app.app_context():
        found = any_slug(slug)
        assert found is not None, slug
        return tuple(getattr(found, name) for name in names)


def new(client: PortalClient, **changed: Any) -> TestResponse:
    return client.submit("/desk/events/new", NEW | changed, action="/new")


def test_a_few_questions_make_a_draft_whose_maker_organises_it(
    app: Flask, client: PortalClient
) -> None:
    made = new(client)
    assert made.headers["Location"] == "/desk/events/skills-at-sea/"
    assert event(app, "skills-at-sea", "state", "starts_at", "zone") == (
        State.DRAFT, datetime(2027, 5, 10, 6, 0, tzinfo=UTC), "Europe/Athens",
    )  # fmt: skip
    page = words(client.get("/desk/events/skills-at-sea/"))
    assert "missing Summary" in page and "missing Place" in page
    assert "there Title" in page
    front = words(client.get("/desk/"))
    assert "Missing: Summary, Place" in front
    assert client.get("/en/events/skills-at-sea/").status_code == 404


def test_a_second_click_makes_no_second_draft(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    page = client.get("/desk/events/new")
    addresses = [client.submit(page, NEW, action="/new").headers["Location"] for _click in range(2)]
    assert addresses == ["/desk/events/skills-at-sea/"] * 2
    other = client.submit(page, NEW | {"format": "online"}, action="/new")
    assert other.headers["Location"] == "/desk/events/skills-at-sea-2/"
    clock.shift(60)
    assert new(client).headers["Location"] == "/desk/events/skills-at-sea-3/"


def at_once(*acts: Callable[[], TestResponse]) -> list[TestResponse]:
    """Several browsers in the same moment; nothing of theirs fails."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], TestResponse]) -> TestResponse:
        start.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result(30) for each in [pool.submit(begin, act) for act in acts]]


def test_two_clicks_at_once_make_one_draft_and_delete_it_once(
    app: Flask, client: PortalClient
) -> None:
    """Of what one of them deleted, the other is told so."""
    browsers = (client, sign_in(app, "olga@example.org"))
    before = rows(app)
    for _round in range(4):
        forms = [each.get("/desk/events/new") for each in browsers]
        made = at_once(*(
            partial(each.submit, form, NEW, action="/new")
            for each, form in zip(browsers, forms, strict=True)
        ))  # fmt: skip
        assert {each.headers["Location"] for each in made} == {"/desk/events/skills-at-sea/"}
        assert rows(app)["events"] == before["events"] + 1
        pages = [each.get("/desk/events/skills-at-sea/removal") for each in browsers]
        gone = at_once(*(
            partial(each.submit, page, action="/removal")
            for each, page in zip(browsers, pages, strict=True)
        ))  # fmt: skip
        first, second = sorted(each.status_code for each in gone)
        assert first == 303
        assert second in (404, 410)
        assert rows(app) == before


def rows(app: Flask) -> dict[str, int]:
    """How many there are in each table, but for what is noted of every act and every chore."""
    with app.app_context():
        return {
            name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in db.metadata.tables.items()
            if name not in ("audit_entries", "editions", "heartbeats", "limit_counts")
        }


def test_a_draft_is_deleted_with_all_that_was_written_for_it(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="other")
    before = rows(app)
    new(client)
    with app.app_context(), transaction():
        made = any_slug("skills-at-sea")
        assert made is not None
        session, speaker = make_session(made), make_speaker(made)
        db.session.add(Appearance(session_id=session.id, speaker_id=speaker.id))
        make_link(made)
        reminders.add(made, A_DAY_BEFORE, by=COMMAND, now=made.created_at)
        circulars.begin(made, {}, by=COMMAND, now=made.created_at)
        service.rename(made, "skills", by=COMMAND, now=made.created_at)
    assert {name for name, count in rows(app).items() if count != before[name]} >= {
        "events", "event_revisions", "event_old_slugs", "memberships", "sessions", "speakers",
        "appearances", "materials", "reminders", "circulars", "protection_versions",
    }  # fmt: skip
    page = client.get("/desk/events/skills/removal")
    assert "Nobody but its team has seen it" in words(page)
    assert client.submit(page, action="/removal").headers["Location"] == "/desk/"
    assert rows(app) == before
    assert deliver() == []
    assert client.get("/desk/events/skills/").status_code == 404
    assert "Skills at sea" not in words(client.get("/desk/"))
    assert client.post("/desk/events/skills/removal").status_code in (400, 404)


def test_what_was_published_meanwhile_is_not_deleted(
    app: Flask, client: PortalClient, draft: str
) -> None:
    page = client.get(f"{draft}removal")
    published = client.submit(f"{draft}publication", {"when": "now"}, action="/publication")
    assert published.status_code == 303
    refused = client.submit(page, action="/removal")
    assert (refused.status_code, "Only a draft can be deleted" in words(refused)) == (409, True)
    assert client.get(f"{draft}removal").status_code == 409
    assert "Delete this draft" not in words(client.get(draft))
    assert event(app, "ready", "state") == (State.PUBLISHED,)


def test_addresses_made_from_titles_do_not_meet(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    new(client)
    clock.shift(60)
    second = new(client)
    assert second.headers["Location"] == "/desk/events/skills-at-sea-2/"
    greek = new(client, **{"title-en": "Δεξιότητες"})
    assert greek.headers["Location"] == "/desk/events/event/"
    with app.app_context(), transaction():
        found = any_slug("skills-at-sea")
        assert found is not None
        service.rename(found, "skills", by=COMMAND, now=found.created_at)
    taken = new(client, slug="skills-at-sea")
    assert taken.status_code == 422
    assert "had this address" in words(taken)
    assert 'value="Skills at sea"' in taken.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title-en", "\u200b", "Enter a title"),
        ("format", None, "Choose how people take part"),
        ("starts_at", "2026-05-10T09:00", "This is in the past"),
        ("ends_at", "2027-05-10T08:00", "has to end after it starts"),
        ("slug", "Skills at sea", "Write small letters"),
        ("slug", "new", "Write small letters"),
        ("zone", "Mars/Olympus", "Choose one of those in the list"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    client: PortalClient, field: str, value: str | None, sentence: str
) -> None:
    page = new(client, **{field: value})
    assert page.status_code == 422
    assert sentence in words(page)
    assert "<title>Error:" in page.text


def test_a_draft_is_not_published_while_something_is_missing(
    app: Flask, client: PortalClient
) -> None:
    new(client)
    page = client.get("/desk/events/skills-at-sea/publication")
    assert "Something is missing still" in words(page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    data = {"csrf_token": token[1], "when": "now"}
    refused = client.post("/desk/events/skills-at-sea/publication", data=data)
    assert refused.status_code == 409
    assert "this is missing: Summary, Place." in words(refused)
    assert event(app, "skills-at-sea", "state") == (State.DRAFT,)


def test_a_draft_goes_public_at_its_time_once(
    app: Flask, client: PortalClient, draft: str, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    page = publish(client, draft, when="later", publish_at="2026-11-03T08:00")
    assert page.status_code == 303
    assert "It goes public on 3 November 2026, 08:00" in words(client.get(draft))
    deliver()
    assert client.get("/en/events/ready/").status_code == 404
    clock.move_to(datetime(2026, 11, 3, 7, 0, tzinfo=UTC))
    deliver()
    assert client.get("/en/events/ready/").status_code == 200
    assert event(app, "ready", "state", "publish_at") == (State.PUBLISHED, None)
    deliver()
    with app.app_context():
        acts = db.session.scalars(
            select(Entry.act).where(Entry.act.like("event.pub%")).order_by(Entry.id)
        ).all()
    assert acts == ["event.publication_planned", "event.published"]


def publish(client: PortalClient, draft: str, **values: Any) -> TestResponse:
    return client.submit(f"{draft}publication", values, action="/publication")


def test_a_time_that_was_set_is_moved_and_withdrawn(
    app: Flask, client: PortalClient, draft: str
) -> None:
    publish(client, draft, when="later", publish_at="2026-11-03T08:00")
    publish(client, draft, when="later", publish_at="2026-11-04T08:00")
    assert event(app, "ready", "publish_at") == (datetime(2026, 11, 4, 7, 0, tzinfo=UTC),)
    client.submit(f"{draft}publication", action="/publication/withdrawal")
    assert event(app, "ready", "publish_at", "state") == (None, State.DRAFT)
    wrong = publish(client, draft, when="later", publish_at="2026-11-01T08:00")
    assert (wrong.status_code, "Choose a time from now on" in words(wrong)) == (422, True)
    never = publish(client, draft, when="later", publish_at="2027-03-28T02:30")
    assert "The clocks go forward" in words(never) and "Enter the time" not in words(never)
    empty = publish(client, draft, when="later", publish_at="")
    assert (empty.status_code, "Enter the time" in words(empty)) == (422, True)
    assert event(app, "ready", "state") == (State.DRAFT,)


def test_what_is_missing_at_its_time_keeps_it_a_draft_and_is_said(
    app: Flask, client: PortalClient, draft: str, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    publish(client, draft, when="later", publish_at="2026-11-02T12:00")
    with app.app_context(), transaction() as session:
        session.scalars(select(Event).where(Event.slug == "ready")).one().summary = {}
    clock.shift(2 * 3600)
    deliver()
    page = words(sign_in(app, "olga@example.org").get(draft))
    assert "It stayed a draft" in page and "missing Summary" in page
    assert event(app, "ready", "state", "publish_at") == (State.DRAFT, None)


def test_publishing_now_needs_no_time(app: Flask, client: PortalClient, draft: str) -> None:
    publish(client, draft)
    assert event(app, "ready", "state") == (State.PUBLISHED,)
    assert client.get(f"{draft}publication").status_code == 409


@pytest.mark.settings(PORTAL_PUBLISH_APPROVAL="1")
def test_a_colleague_approves_and_both_are_told(
    app: Flask, client: PortalClient, draft: str, deliver: Deliver
) -> None:
    otto = sign_in(app, make_user(app, "otto@example.org", "ready", name="Otto"))
    make_user(app, "eva@example.org", "ready", role=TeamRole.EDITOR)
    publish(client, draft)
    assert told(deliver()) == [("otto@example.org", "To approve")]
    assert event(app, "ready", "state") == (State.DRAFT,)
    own = client.get(f"{draft}publication")
    assert "Approve" not in own.text.partition("<main")[2].replace("approves", "")
    assert "Olga asked on" in words(otto.get(f"{draft}publication"))
    refused = client.post(f"{draft}publication/approval", data={"csrf_token": token_of(own)})
    assert refused.status_code == 409
    otto.submit(f"{draft}publication", action="/approval")
    assert event(app, "ready", "state", "publish_asked_at") == (State.PUBLISHED, None)
    assert told(deliver()) == [("olga@example.org", "Approved"), ("otto@example.org", "Approved")]


@pytest.mark.settings(PORTAL_PUBLISH_APPROVAL="1")
def test_a_colleague_sends_a_draft_back_with_a_reason(
    app: Flask, client: PortalClient, draft: str, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    otto = sign_in(app, make_user(app, "otto@example.org", "ready", name="Otto"))
    publish(client, draft, when="later", publish_at="2026-11-02T12:00")
    deliver()
    clock.shift(3 * 3600)
    client, otto = sign_in(app, "olga@example.org"), sign_in(app, "otto@example.org")
    deliver()
    assert event(app, "ready", "state") == (State.DRAFT,)  # nobody approved it in time
    nothing = otto.submit(f"{draft}publication/refusal", action="/refusal")
    assert nothing.status_code == 422
    otto.submit(nothing, {"reason": "The venue is closed that day."}, action="/refusal")
    letters = deliver()
    assert told(letters) == [("olga@example.org", "Sent back"), ("otto@example.org", "Sent back")]
    assert "The venue is closed that day." in text_of(letters[0])
    assert event(app, "ready", "state", "publish_asked_at", "publish_at") == (
        State.DRAFT, None, None,
    )  # fmt: skip
    with app.app_context():
        line = db.session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        assert (line.act, line.details) == ("event.publication_sent_back", {})


@pytest.mark.settings(PORTAL_PUBLISH_APPROVAL="1")
def test_an_approved_draft_keeps_its_time(
    app: Flask, client: PortalClient, draft: str, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    publish(client, draft, when="later", publish_at="2026-11-02T12:00")
    assert told(deliver()) == [("admin@example.org", "To approve")]
    admin.submit(f"{draft}publication", action="/approval")
    assert event(app, "ready", "state") == (State.DRAFT,)
    clock.shift(3 * 3600)
    deliver()
    assert event(app, "ready", "state") == (State.PUBLISHED,)


@pytest.mark.settings(PORTAL_PUBLISH_APPROVAL="1")
def test_what_is_approved_is_what_was_looked_at(
    app: Flask, client: PortalClient, draft: str
) -> None:
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    publish(client, draft)
    looked_at = admin.get(f"{draft}publication")
    write_title(client, draft, "Something else")
    again = admin.submit(looked_at, action="/approval")
    assert again.status_code == 409
    assert "changed since you looked" in words(again) and "Something else" in words(again)
    assert event(app, "ready", "state") == (State.DRAFT,)
    admin.submit(again, action="/approval")
    assert event(app, "ready", "state") == (State.PUBLISHED,)


@pytest.mark.settings(PORTAL_PUBLISH_APPROVAL="1")
@pytest.mark.parametrize("what", ["texts", "speakers"])
def test_a_change_after_the_approval_takes_it_back(
    app: Flask, client: PortalClient, draft: str, deliver: Deliver,
    clock: time_machine.Traveller, what: str,
) -> None:  # fmt: skip
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    publish(client, draft, when="later", publish_at="2026-11-02T12:00")
    admin.submit(f"{draft}publication", action="/approval")
    if what == "texts":
        write_title(client, draft, "Something else")
    else:
        added = client.submit(f"{draft}speakers/new", {"name": "Nobody asked"}, action="/new")
        assert added.status_code == 303, words(added)
    for page in (draft, f"{draft}publication"):
        assert "It was changed after it was approved" in words(client.get(page))
    clock.shift(3 * 3600)
    deliver()
    assert event(app, "ready", "state") == (State.DRAFT,)
    client, admin = sign_in(app, "olga@example.org"), sign_in(app, "admin@example.org")
    publish(client, draft)
    assert "changed after" not in words(client.get(draft))
    admin.submit(f"{draft}publication", action="/approval")
    assert event(app, "ready", "state", "publish_asked_by") == (State.PUBLISHED, None)


def write_title(client: PortalClient, draft: str, title: str) -> None:
    saved = client.submit(f"{draft}texts", {"title-en": title}, action="/texts")
    assert saved.status_code == 303, words(saved)


def told(letters: list[EmailMessage]) -> list[tuple[str, str]]:
    found = [
        (mail["To"].addresses[0].addr_spec, mail["Subject"].partition(":")[0]) for mail in letters
    ]
    return sorted(found)


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_the_next_edition_takes_everything_but_people(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        summer = datetime(2027, 7, 5, 12, 0, tzinfo=UTC)  # 14:00 in Brussels
        first = make_event(
            slug="first", format=Format.HYBRID, joining_url="https://meet.example.org/1",
            starts_at=summer, registration_closes_at=summer - timedelta(days=7),
            registration_opens_at=summer - timedelta(days=700),
        )  # fmt: skip
        make_session(first, room="Blue room", starts_at=summer + timedelta(hours=1))
        gone = make_session(first, title={"en": "Gone"})
        gone.cancelled_at = summer
        make_speaker(first)
        make_registration(first)
    make_member(app, "olga@example.org", "first")
    form = client.get("/desk/events/first/edition")
    assert 'value="2028-07-03T14:00"' in form.text  # the same day of the week, a year on
    made = client.submit(
        form,
        {
            "title-en": "Again",
            "starts_at": "2028-01-10T14:00",
            "ends_at": "2028-01-10T17:30",
        },
        action="/edition",
    )
    assert made.headers["Location"] == "/desk/events/again/"
    with app.app_context():
        copy = any_slug("again")
        assert copy is not None
        assert (copy.state, copy.capacity, copy.venue) == (State.DRAFT, 50, "House of Skills")
        assert copy.title == {
            "en": "Again",
            "fr": "La confiance dans les microcertifications",
        }
        assert (copy.joining_url, copy.speakers) == ("", [])
        assert copy.registration_closes_at == datetime(2028, 1, 3, 13, 0, tzinfo=UTC)
        assert copy.registration_opens_at is None  # it would lie in the past
        (session,) = copy.sessions
        assert (session.room, session.starts_at, session.appearances) == (
            "Blue room", datetime(2028, 1, 10, 14, 0, tzinfo=UTC), [],
        )  # fmt: skip
        assert session.ends_at - session.starts_at == timedelta(hours=1)
    assert "Nobody has registered yet" in words(client.get("/desk/events/again/registrations"))


def test_a_template_makes_events_and_is_none(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        house = make_event(slug="house", joining_url="https://meet.example.org/1")
        make_session(house)
        make_registration(house)
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    assert client.get("/desk/events/house/template").status_code == 404
    before = (admin.get("/en/events/").text, admin.get("/sitemap.xml").text)
    kept = admin.submit("/desk/events/house/template", {"name": "Half a day"}, action="/template")
    assert kept.headers["Location"] == "/desk/templates"
    assert (admin.get("/en/events/").text, admin.get("/sitemap.xml").text) == before
    assert "Half a day" not in words(admin.get("/desk/"))
    again = admin.submit("/desk/events/house/template", {"name": "Half a day"}, action="/template")
    assert again.status_code == 409
    listed = client.get("/desk/templates")
    assert "Half a day" in words(listed)
    assert "Remove" not in words(listed)
    link = re.search(r'href="(/desk/events/new\?template=\d+)"', listed.text)
    assert link
    made = client.submit(
        link[1],
        {"starts_at": "2027-05-10T09:00", "ends_at": "2027-05-10T12:00", "slug": "from-house"},
        action="/new",
    )
    assert made.headers["Location"] == "/desk/events/from-house/"
    with app.app_context():
        copy = any_slug("from-house")
        assert copy is not None
        assert (copy.summary["en"], copy.joining_url) == ("Two sectors compare notes.", "")
        assert [each.starts_at for each in copy.sessions] == [copy.starts_at]
    number = link[1].rpartition("=")[2]
    assert client.get(f"/desk/templates/{number}/removal").status_code == 403
    admin.submit(f"/desk/templates/{number}/removal", action="/removal")
    assert "No template yet" in words(client.get("/desk/templates"))
    for odd in ("0", "x", "9" * 30, "٣"):
        assert client.get(f"/desk/events/new?template={odd}").status_code == 404
        assert admin.get(f"/desk/templates/{odd}/removal").status_code == 404
    assert event(app, "from-house", "state") == (State.DRAFT,)


def test_lists_ask_as_often_for_thirty_as_for_one(app: Flask) -> None:
    admin = sign_in(app, make_user(app, "admin@example.org", admin=True))
    counts = []
    for more in (1, 29):
        with app.app_context(), transaction():
            for number in range(more):
                made = make_event(state=State.DRAFT, summary={})
                name = f"Template {more} {number}"
                editions_service.keep_template(made, name, by=COMMAND, now=made.created_at)
        with statements(app) as asked:
            admin.get("/desk/")
            admin.get("/desk/templates")
        counts.append(len(asked))
    assert counts[0] == counts[1]
