"""Everyone is told what is so, once, in order: letters and invites after changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.errors import Refused
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import Format
from portal.outbox.models import Message
from portal.registrations import service
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from tests.factories import JANUARY, make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, html_of, text_of
from tests.registrations.front_door import ADA, link_in, property_of, register, told

Deliver = Callable[[], list[EmailMessage]]


def change(app: Flask, slug: str = "trust", *, tell: bool = False, **facts: Any) -> None:
    """What an organiser changes at the desk."""
    with app.app_context(), transaction():
        event = _event(slug)
        events.change(event, facts, tell=tell, by=COMMAND, now=portal_clock.now())


def act(app: Flask, verb: Callable[..., None], slug: str = "trust") -> None:
    with app.app_context(), transaction():
        verb(_event(slug), by=COMMAND, now=portal_clock.now())


def _event(slug: str) -> Event:
    return db.session.scalars(select(Event).where(Event.slug == slug)).one()


def calendars(mails: list[EmailMessage]) -> list[tuple[str, str, str]]:
    """(recipient, method, sequence) of each mail that carries an invite."""
    found = []
    for mail in mails:
        octets = calendar_of(mail)
        if octets is not None:
            found.append(
                (str(mail["To"]), property_of(octets, "METHOD"), property_of(octets, "SEQUENCE"))
            )
    return found


@pytest.fixture
def trust(app: Flask, clock: object) -> str:
    with app.app_context(), transaction():
        return make_event(slug="trust", capacity=2).slug


@pytest.fixture
def three(app: Flask, trust: str, deliver: Deliver) -> None:
    """Two with a place and one in line, all told."""
    with app.app_context():
        for name in ("ada", "bob", "cid"):
            with transaction():
                make_registration(_event(trust), email=f"{name}@example.org", last_name=name)
    assert len(deliver()) == 3


def test_a_moved_hour_is_told_after_ten_quiet_minutes_with_a_renewed_invite(
    app: Flask, clock: Any, three: None, deliver: Deliver
) -> None:
    change(app, starts_at=JANUARY + timedelta(hours=1))
    assert deliver() == []
    clock.shift(timedelta(minutes=9))
    change(app, venue="House of Trades")
    clock.shift(timedelta(minutes=9))
    assert deliver() == []
    clock.shift(timedelta(minutes=2))
    mails = deliver()
    assert told(mails) == [
        ("ada@example.org", "Changed", "REQUEST"),
        ("bob@example.org", "Changed", "REQUEST"),
        ("cid@example.org", "Changed", ""),
    ]
    assert {seq for _, _, seq in calendars(mails)} == {"1"}
    for words in (text_of(mails[0]), html_of(mails[0])):
        assert "14:00 to 17:30" in words and "15:00 to 17:30" in words
        assert "House of Skills" in words and "House of Trades" in words
    assert deliver() == []


def test_tell_now_does_not_wait(app: Flask, three: None, deliver: Deliver) -> None:
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    assert len(deliver()) == 3


def test_two_moves_before_the_worker_comes_make_one_letter(
    app: Flask, three: None, deliver: Deliver
) -> None:
    change(app, starts_at=JANUARY + timedelta(hours=1))
    act(app, events.tell_now)
    change(app, starts_at=JANUARY + timedelta(hours=2))
    act(app, events.tell_now)
    mails = deliver()
    assert len(mails) == 3
    assert "16:00 to 17:30" in text_of(mails[0]) and "15:00" not in text_of(mails[0])


def test_moved_there_and_back_needs_no_letter(app: Flask, three: None, deliver: Deliver) -> None:
    change(app, starts_at=JANUARY + timedelta(hours=1))
    change(app, starts_at=JANUARY)
    act(app, events.tell_now)
    assert deliver() == []


def test_a_mended_typo_is_told_on_request_only(
    app: Flask, clock: Any, three: None, deliver: Deliver
) -> None:
    change(app, title={"en": "Trust in micro-credentials"})
    clock.shift(timedelta(hours=1))
    assert deliver() == []
    change(app, title={"en": "Trusting micro-credentials"}, tell=True)
    clock.shift(timedelta(minutes=11))
    mails = deliver()
    assert len(mails) == 3
    assert "Trust in microcredentials" in text_of(mails[0])
    assert [seq for _, _, seq in calendars(mails)] == ["0", "0"]


def test_a_wider_room_promotes_in_order_with_one_letter_and_invite_each(
    app: Flask, three: None, deliver: Deliver
) -> None:
    with app.app_context():
        for name in ("dot", "eve"):
            with transaction():
                make_registration(_event("trust"), email=f"{name}@example.org", last_name=name)
    deliver()
    change(app, capacity=4)
    assert told(deliver()) == [
        ("cid@example.org", "A place was found for you", "REQUEST"),
        ("dot@example.org", "A place was found for you", "REQUEST"),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"registration_closes_at": JANUARY - timedelta(days=80)},
        {"waitlist": False},
    ],
)
def test_the_line_rests_when_registration_closed_or_the_waitlist_is_off(
    app: Flask, three: None, deliver: Deliver, facts: dict[str, Any]
) -> None:
    change(app, **facts)
    change(app, capacity=10)
    assert deliver() == []


def test_a_cancelled_event_is_cancelled_in_every_calendar(
    app: Flask, client: PortalClient, three: None, deliver: Deliver
) -> None:
    act(app, events.cancel)
    act(app, events.tell_now)
    mails = deliver()
    assert told(mails) == [
        ("ada@example.org", "Cancelled", "CANCEL"),
        ("bob@example.org", "Cancelled", "CANCEL"),
        ("cid@example.org", "Cancelled", ""),
    ]
    assert {property_of(calendar_of(m) or b"", "STATUS") for m in mails[:2]} == {"CANCELLED"}
    assert 'data-status="cancelled"' in client.get(link_in(mails[0])).get_data(as_text=True)


def test_a_postponed_event_leaves_the_calendar_and_comes_back_with_its_new_date(
    app: Flask, three: None, deliver: Deliver
) -> None:
    act(app, events.postpone)
    act(app, events.tell_now)
    gone = deliver()
    assert [words for _, words, _ in told(gone)] == ["Postponed"] * 3
    assert calendars(gone) == [
        ("ada@example.org", "CANCEL", "1"),
        ("bob@example.org", "CANCEL", "1"),
    ]
    later = {
        "starts_at": JANUARY + timedelta(days=30),
        "ends_at": JANUARY + timedelta(days=30, hours=3),
    }
    with app.app_context(), transaction():
        events.take_up(_event("trust"), later, by=COMMAND, now=portal_clock.now())
    act(app, events.tell_now)
    back = deliver()
    assert [words for _, words, _ in told(back)] == ["Changed"] * 3
    assert calendars(back) == [
        ("ada@example.org", "REQUEST", "2"),
        ("bob@example.org", "REQUEST", "2"),
    ]


def test_a_decision_is_told(app: Flask, clock: object, deliver: Deliver) -> None:
    with app.app_context(), transaction():
        event = make_event(slug="chosen", approval=True, capacity=1)
        ids = [make_registration(event, email=f"a{n}@example.org").id for n in range(3)]
    deliver()
    with app.app_context(), transaction():
        for number, verb in enumerate((service.approve, service.approve, service.decline)):
            verb(db.session.get_one(Registration, ids[number]), by=COMMAND, now=portal_clock.now())
    assert told(deliver()) == [
        ("a0@example.org", "Your place is confirmed", "REQUEST"),
        ("a1@example.org", "You are on the waitlist", ""),
        ("a2@example.org", "Your registration was declined", ""),
    ]
    with app.app_context(), transaction():
        service.decline(
            db.session.get_one(Registration, ids[0]), by=COMMAND, now=portal_clock.now()
        )
    assert told(deliver()) == [
        ("a0@example.org", "Your registration was declined", "CANCEL"),
        ("a1@example.org", "A place was found for you", "REQUEST"),
    ]


def write_without_delivering(app: Flask) -> None:
    from portal.worker import WRITING

    with app.app_context():
        while any([chore(portal_clock.now()) for chore in WRITING]):
            db.session.remove()


def test_an_unsent_request_is_replaced_and_its_person_hears_the_first_news_as_it_is_now(
    app: Flask, trust: str, client: PortalClient, deliver: Deliver
) -> None:
    register(client, trust)
    write_without_delivering(app)
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    write_without_delivering(app)
    mails = deliver()
    assert told(mails) == [("ada@example.org", "Your place is confirmed", "REQUEST")]
    assert calendars(mails) == [("ada@example.org", "REQUEST", "0")]
    assert "House of Trades" in text_of(mails[0])


def test_there_is_no_cancel_for_what_was_never_sent(
    app: Flask, trust: str, client: PortalClient, deliver: Deliver
) -> None:
    register(client, trust)
    write_without_delivering(app)
    with app.app_context(), transaction():
        registration = db.session.scalars(select(Registration)).one()
        service.withdraw(registration, by=COMMAND, now=portal_clock.now())
    write_without_delivering(app)
    assert told(deliver()) == [("ada@example.org", "Your registration is withdrawn", "")]


def test_a_letter_that_may_have_left_is_not_taken_back(
    app: Flask, trust: str, client: PortalClient, deliver: Deliver
) -> None:
    register(client, trust)
    write_without_delivering(app)
    with app.app_context(), transaction():
        db.session.scalars(select(Message)).one().in_doubt = True
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    assert calendars(deliver()) == [
        ("ada@example.org", "REQUEST", "0"),
        ("ada@example.org", "REQUEST", "1"),
    ]


def test_confirmations_overtake_bulk_letters(
    app: Flask, three: None, client: PortalClient, deliver: Deliver
) -> None:
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    write_without_delivering(app)
    register(client, "trust")
    assert [words for _, words, _ in told(deliver())] == [
        "You are on the waitlist",
        *["Changed"] * 3,
    ]


def test_a_change_that_comes_while_a_letter_is_written_is_told_as_well(
    app: Flask, three: None, deliver: Deliver
) -> None:
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    with app.app_context():
        event = _event("trust")
        assert (event.revision, event.announced_revision) == (2, 2)
    change(app, venue="House of Crafts")
    act(app, events.tell_now)
    assert len(deliver()) == 3
    with app.app_context():
        assert _event("trust").told_revision == 3
        heard = db.session.scalars(select(Registration.told_event_revision)).all()
        assert list(heard) == [3, 3, 3]


def test_who_withdrew_is_not_told_of_changes(app: Flask, three: None, deliver: Deliver) -> None:
    with app.app_context(), transaction():
        ada = db.session.scalars(
            select(Registration).where(Registration.email == "ada@example.org")
        ).one()
        service.withdraw(ada, by=COMMAND, now=portal_clock.now())
    deliver()
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    assert {to for to, _, _ in told(deliver())} == {"bob@example.org", "cid@example.org"}


def test_a_new_joining_link_is_told_on_request_and_never_written(
    app: Flask, clock: object, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="online", format=Format.ONLINE, joining_url="https://meet.example.org/one")
    register(client, "online")
    deliver()
    change(app, "online", joining_url="https://meet.example.org/two", tell=True)
    act(app, events.tell_now, "online")
    (mail,) = deliver()
    assert "meet.example.org" not in text_of(mail) + html_of(mail)
    assert "Joining link" in text_of(mail)


def test_replies_lead_back_to_the_first_invite(app: Flask, three: None, deliver: Deliver) -> None:
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    mails = deliver()
    assert all(mail["In-Reply-To"] == mail["References"] for mail in mails[:2])
    assert mails[0]["In-Reply-To"] and mails[2]["In-Reply-To"] is None


def test_one_bad_row_is_set_aside_and_blocks_nobody(
    app: Flask, trust: str, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        bad = make_registration(_event(trust), email="bad@example.org")
        bad.email = "bad\r\nBcc: everybody@example.org"
    register(client, trust)
    assert told(deliver()) == [("ada@example.org", "Your place is confirmed", "REQUEST")]
    with app.app_context():
        stuck = db.session.scalars(
            select(Registration).where(Registration.stuck_at.is_not(None))
        ).one()
        assert stuck.status is Status.CONFIRMED


def test_a_strangers_mailbox_is_not_filled(app: Flask, clock: Any, deliver: Deliver) -> None:
    with app.app_context(), transaction():
        event = make_event(slug="trust", capacity=None)
        for number in range(25):
            make_registration(event, email="victim@example.org", last_name=f"Name {number}")
    assert len(deliver()) == 20
    clock.shift(timedelta(hours=1, minutes=1))
    assert len(deliver()) == 5


def test_what_left_to_a_new_address_is_not_unsaid_because_the_old_one_refused(
    app: Flask, trust: str, client: PortalClient, deliver: Deliver
) -> None:
    register(client, trust)
    link = link_in(deliver()[0])
    client.submit(f"{link}/details", {"email": "new@example.org"})
    write_without_delivering(app)
    with app.app_context(), transaction():
        old, new = db.session.scalars(
            select(Message).where(Message.sent_at.is_(None)).order_by(Message.id)
        ).all()
        assert (old.recipient, new.recipient) == ("ada@example.org", "new@example.org")
        old.parked_at, new.sent_at = portal_clock.now(), portal_clock.now()
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    mails = deliver()
    assert told(mails) == [("new@example.org", "Changed", "REQUEST")]
    assert calendars(mails) == [("new@example.org", "REQUEST", "3")]


def test_a_decision_that_was_undone_before_it_left_is_told_as_it_stands(
    app: Flask, three: None, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        ada = db.session.scalars(
            select(Registration).where(Registration.email == "ada@example.org")
        ).one()
        service.decline(ada, by=COMMAND, now=portal_clock.now())
        number = ada.id
    write_without_delivering(app)
    change(app, capacity=3)
    with app.app_context(), transaction():
        service.approve(
            db.session.get_one(Registration, number),
            by=COMMAND,
            now=portal_clock.now() + timedelta(seconds=5),
        )
    assert ("ada@example.org", "Your place is confirmed", "") in told(deliver())


def test_an_own_edit_is_called_so_and_shows_what_else_changed(
    app: Flask, client: PortalClient, trust: str, deliver: Deliver
) -> None:
    register(client, trust)
    link = link_in(deliver()[0])
    change(app, venue="House of Trades")
    client.submit(f"{link}/details", {"role": "poet"})
    (mail,) = deliver()
    assert told([mail]) == [("ada@example.org", "Your details are changed", "REQUEST")]
    assert "House of Skills" in text_of(mail) and "House of Trades" in html_of(mail)


def test_a_first_invite_that_was_replaced_answers_no_mail(
    app: Flask, trust: str, client: PortalClient, deliver: Deliver
) -> None:
    register(client, trust)
    write_without_delivering(app)
    change(app, venue="House of Trades")
    act(app, events.tell_now)
    (mail,) = deliver()
    assert mail["In-Reply-To"] is None


def test_nothing_is_decided_about_a_cancelled_event(
    app: Flask, clock: object, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        number = make_registration(make_event(slug="trust", approval=True)).id
    deliver()
    act(app, events.cancel)
    for verb in (service.approve, service.decline):
        with app.app_context(), pytest.raises(Refused), transaction():
            verb(db.session.get_one(Registration, number), by=COMMAND, now=portal_clock.now())


def test_a_postponed_event_can_be_left_after_its_old_date(
    app: Flask, clock: Any, client: PortalClient, three: None, deliver: Deliver
) -> None:
    act(app, events.postpone)
    act(app, events.tell_now)
    link = link_in(deliver()[0])
    clock.move_to(JANUARY + timedelta(days=3))
    assert client.submit(f"{link}/details", {"role": "poet"}).status_code == 303
    assert client.submit(f"{link}/withdrawal").status_code == 303
    assert 'data-status="withdrawn"' in client.get(link).get_data(as_text=True)


def test_a_letter_that_was_stuck_is_written_after_all(
    app: Flask, three: None, deliver: Deliver
) -> None:
    change(app, venue="House of Trades")
    with app.app_context(), transaction():
        ada = db.session.scalars(
            select(Registration).where(Registration.email == "ada@example.org")
        ).one()
        ada.stuck_at = portal_clock.now()
    act(app, events.tell_now)
    assert len(deliver()) == 2
    with app.app_context(), transaction():
        ada = db.session.scalars(
            select(Registration).where(Registration.email == "ada@example.org")
        ).one()
        service.try_again(ada, by=COMMAND, now=portal_clock.now())
    assert told(deliver()) == [("ada@example.org", "Changed", "REQUEST")]


def test_who_left_and_sends_the_old_form_again_is_registered_again(
    app: Flask, clock: Any, trust: str, client: PortalClient, deliver: Deliver
) -> None:
    form = client.get(f"/en/events/{trust}/register")
    assert client.submit(form, ADA).status_code == 303
    clock.shift(timedelta(minutes=1))
    client.submit(f"{link_in(deliver()[0])}/withdrawal")
    deliver()
    clock.shift(timedelta(minutes=1))
    assert client.submit(form, ADA).status_code == 303
    assert told(deliver())[-1] == ("ada@example.org", "Your place is confirmed", "REQUEST")


def test_one_erasure_that_waits_holds_up_no_other(app: Flask, trust: str, deliver: Deliver) -> None:
    with app.app_context(), transaction():
        event = _event(trust)
        people = [make_registration(event, email=f"a{n}@example.org") for n in range(2)]
        ids = [person.id for person in people]
    deliver()
    with app.app_context(), transaction():
        for number in ids:
            service.disown(
                db.session.get_one(Registration, number), by=COMMAND, now=portal_clock.now()
            )
    write_without_delivering(app)
    with app.app_context(), transaction():
        first = db.session.scalars(
            select(Message).where(Message.recipient == "a0@example.org", Message.sent_at.is_(None))
        ).one()
        first.due_at = portal_clock.now() + timedelta(hours=1)
    deliver()
    with app.app_context():
        erased = [db.session.get_one(Registration, number).erased_at for number in ids]
        assert erased[0] is None and erased[1] is not None
