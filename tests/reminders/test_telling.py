"""Reminders and thanks: at their moment, moved with the event, once to each, and only if so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.events.models import Event
from portal.events.rules import Format
from portal.outbox.models import Message
from portal.registrations import service as registrations
from portal.registrations.models import Registration
from portal.registrations.rules import Attendance
from portal.reminders import chores, letters, privacy
from portal.reminders.models import Telling
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, comes, event_of, park
from tests.factories import make_event, make_link, make_registration
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import html_of, text_of
from tests.registrations.front_door import link_in, method_of
from tests.reminders.front_door import DESK, add, at, begun, outcomes

Deliver = Callable[[], list[EmailMessage]]
ONLINE: dict[str, Any] = {
    "format": Format.ONLINE, "venue": "", "address": "", "joining_url": "https://meet.example.eu/a",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def people(app: Flask, deliver: Deliver) -> dict[str, int]:
    """Two have a place, one of them French, and one waits; all have heard."""
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2)
    found = {
        name: comes(app, name, language="fr" if name == "bob" else "en")
        for name in ("ada", "bob", "cid")
    }
    deliver()
    return found


@pytest.fixture
def client(app: Flask, people: dict[str, int]) -> PortalClient:
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def change(app: Flask, **facts: Any) -> None:
    """The event changes, and whoever is to hear of it has heard."""
    with app.app_context(), transaction():
        events.change(event_of(), facts, by=COMMAND, now=portal_clock.now())


def move(app: Flask, starts: str, hours: float = 3.5) -> None:
    starts_at = at(starts)
    change(app, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))


def again(app: Flask) -> PortalClient:
    """The same organiser, months later: their sign-in has ended meanwhile."""
    return sign_in(app, "olga@example.org")


FIRST_WORDS = {
    "Reminder": "Reminder", "Rappel": "Reminder", "Starts": "Starts", "Bientôt": "Starts",
    "Thank": "Thank", "Merci": "Thank",
}  # fmt: skip


def told(mails: list[EmailMessage]) -> list[tuple[str, str]]:
    """(mailbox, which letter) of the letters of this part, by the first word of their subject."""
    found = [(str(mail["To"]).partition("@")[0], str(mail["Subject"]).split()[0].rstrip(":"))
             for mail in mails]  # fmt: skip
    return sorted((name, FIRST_WORDS[word]) for name, word in found if word in FIRST_WORDS)


def all_hear(deliver: Deliver, clock: time_machine.Traveller) -> None:
    """Ten quiet minutes, and the letters about a change."""
    clock.shift(timedelta(minutes=11))
    deliver()


def test_a_reminder_goes_out_at_its_moment_to_who_has_a_place(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder", **{"words-en": "Bring a **pen**."})
    clock.move_to(at("2027-01-17 09:59"))
    assert told(deliver()) == []
    clock.move_to(at("2027-01-17 10:00"))
    mails = sorted(deliver(), key=lambda mail: str(mail["To"]))
    assert [str(mail["To"]) for mail in mails] == ["ada@example.org", "bob@example.org"]
    ada, bob = mails
    assert ada["Subject"] == "Reminder: Trust in microcredentials, 18 January 2027"
    text = text_of(ada)
    for said in ("It takes place on Monday 18 January 2027", "Bring a pen.", "House of Skills",
                 "14:00 to 17:30", "http://localhost/en/events/trust/", link_in(ada)):  # fmt: skip
        assert said in text
    assert "<strong>pen</strong>" in html_of(ada) and method_of(ada) == ""
    assert 'html lang="fr"' in html_of(bob) and '<div lang="en">' in html_of(bob)
    assert deliver() == []
    assert "Reminder" in words(again(app).get(f"{LIST}/1"))


def test_the_next_date_is_told_of_once_more_and_no_date_twice(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    assert told(deliver()) == [("ada", "Reminder"), ("bob", "Reminder")]
    move(app, "2027-01-18 16:00")
    all_hear(deliver, clock)
    move(app, "2027-02-18 16:00")
    all_hear(deliver, clock)
    clock.move_to(at("2027-02-17 10:00"))
    assert told(deliver()) == [("ada", "Reminder"), ("bob", "Reminder")]
    move(app, "2027-02-18 18:00")
    clock.move_to(at("2027-02-17 23:00"))
    assert told(deliver()) == []
    assert begun(app) == [("reminder", "2027-01-18"), ("reminder", "2027-02-18")]


def test_the_moment_follows_the_event(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder")
    move(app, "2027-03-28 14:00")
    all_hear(deliver, clock)
    clock.move_to(at("2027-01-17 10:00"))
    assert told(deliver()) == []
    assert "27 March 2027, 10:00, Brussels time (CET" in words(again(app).get(DESK))
    clock.move_to(at("2027-03-27 10:00"))
    assert len(told(deliver())) == 2


@pytest.mark.parametrize("starts", ["2027-01-17 15:00", "2027-01-10 14:00"])
def test_a_moment_that_lay_before_the_move_is_not_made_up_for(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller, starts: str
) -> None:
    """Moved nearer so that the day before was this morning, and moved into the past."""
    add(client, "reminder")
    add(client, "thanks", number="1", unit="hours")
    clock.move_to(at("2027-01-16 12:00"))
    move(app, starts)
    all_hear(deliver, clock)
    clock.move_to(at("2027-01-16 14:00"))
    assert told(deliver()) == []
    assert "Its moment has passed" in words(again(app).get(DESK))


def test_a_rule_made_after_its_moment_sends_nothing(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    clock.move_to(at("2027-01-17 10:01"))
    add(again(app), "reminder")
    assert told(deliver()) == []
    assert "it is not sent late" in words(again(app).get(DESK))


@pytest.mark.parametrize(
    ("comes_back", "count"),
    [("2027-01-17 12:00", 2), ("2027-01-18 09:59", 2), ("2027-01-18 10:00", 0)],
)
def test_a_worker_that_was_down_makes_up_for_what_is_still_true(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller,
    comes_back: str, count: int,
) -> None:  # fmt: skip
    add(client, "reminder")
    clock.move_to(at(comes_back))
    assert len(told(deliver())) == count


def test_no_reminder_leaves_after_the_start(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    """Neither written late, nor written in time and still in the outbox."""
    add(client, "reminder", number="2", unit="hours")
    clock.move_to(at("2027-01-18 12:00"))
    _write(app)
    clock.move_to(at("2027-01-18 14:00"))
    assert told(deliver()) == []
    assert outcomes(app) == ["skipped", "skipped"]
    add(again(app), "reminder", number="1", unit="hours")
    assert told(deliver()) == []


def test_who_gets_a_place_after_the_moment_has_a_fresh_confirmation_instead(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    """Also where the worker was down at the moment and they came meanwhile."""
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:30"))
    again(app).submit(f"{LIST}/{people['ada']}/withdrawal", action="/withdrawal")
    mails = deliver()
    assert [name for name, _word in told(mails)] == ["bob"]
    assert ("cid@example.org", "A") in [(m["To"], str(m["Subject"]).split()[0]) for m in mails]


@pytest.mark.parametrize("verb", [events.cancel, events.postpone])
def test_what_does_not_take_place_reminds_nobody(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller, verb: Any
) -> None:
    """Not after the act, and what had not left before it is taken back."""
    add(client, "reminder")
    add(client, "thanks")
    clock.move_to(at("2027-01-17 10:00"))
    _write(app)
    with app.app_context(), transaction():
        verb(event_of(), by=COMMAND, now=portal_clock.now())
    for moment in ("2027-01-17 11:00", "2027-01-19 10:00"):
        clock.move_to(at(moment))
        assert told(deliver()) == []
    assert outcomes(app) == ["skipped", "skipped"]


def test_what_has_not_left_says_what_is_so_when_it_leaves(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    _write(app)
    move(app, "2027-01-18 15:00")
    mails = deliver()
    assert len(told(mails)) == 2
    assert all("15:00 to 18:30" in text_of(m) or "15:00 à 18:30" in text_of(m) for m in mails)
    assert outcomes(app) == ["written", "written"]


def test_a_reminder_lets_a_change_be_told_first(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder")
    clock.move_to(at("2027-01-17 09:55"))
    move(app, "2027-01-18 15:00")
    clock.move_to(at("2027-01-17 10:00"))
    assert deliver() == []
    clock.move_to(at("2027-01-17 10:06"))
    of_ada = [str(m["Subject"]).split(":")[0] for m in deliver() if "ada" in str(m["To"])]
    assert of_ada == ["Changed", "Reminder"]


def _write(app: Flask) -> None:
    """The worker writes; nothing leaves."""
    with app.app_context():
        now = portal_clock.now()
        while chores.begin_next_reminder(now) or chores.write_next_reminders(now):
            pass


def test_a_worker_that_is_killed_writes_nothing_twice(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    whole, dies = letters.write, iter([False, True])

    def deadly(*copy: Any) -> None:
        whole(*copy)
        if next(dies):
            raise SystemExit

    monkeypatch.setattr(chores, "AT_ONCE", 1)
    monkeypatch.setattr(letters, "write", deadly)
    with pytest.raises(SystemExit):
        _write(app)
    assert sorted(outcomes(app)) == ["waiting", "written"]
    monkeypatch.setattr(letters, "write", whole)
    assert len(told(deliver())) == 2
    assert deliver() == []


def test_two_workers_begin_one_letter_once(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    """The second one looked before the first had begun."""
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    now = portal_clock.now()
    with app.app_context():
        from portal.reminders import queries

        seen = queries.due(now)
        assert seen is not None
        number = seen.id
        assert chores.begin_next_reminder(now)
        with transaction():
            assert queries.held_if_due(number, now) is None
    assert begun(app) == [("reminder", "2027-01-18")]


def test_one_that_cannot_be_written_does_not_hold_up_the_others(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    whole = letters.write

    def faulty(telling: Any, registration: Registration, *rest: Any) -> None:
        if registration.first_name == "Bob":
            raise ValueError("no")
        whole(telling, registration, *rest)

    monkeypatch.setattr(letters, "write", faulty)
    assert told(deliver()) == [("ada", "Reminder")]
    assert "1 letter could not be written" in words(again(app).get(DESK))
    monkeypatch.setattr(letters, "write", whole)
    again(app).submit(DESK, action="/attempts")
    assert len(told(deliver())) == 1


def test_a_copy_that_a_wrong_address_refused_goes_to_the_right_one(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    _write(app)
    park(app, people["ada"])
    again(app).submit(
        f"{LIST}/{people['ada']}/details", {"email": "new@example.org"}, action="/details"
    )
    assert ("new", "Reminder") in told(deliver())
    assert told(deliver()) == []


def test_what_is_switched_off_or_removed_stops_also_what_has_not_left(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder")
    add(client, "reminder", at="10:01")
    clock.move_to(at("2027-01-17 10:01"))
    _write(app)
    client = again(app)
    client.submit(DESK, {"to": "off"}, action="/1/state")
    client.submit(f"{DESK}2/removal", action="/removal")
    assert told(deliver()) == []
    page = words(again(app).get(DESK))
    assert "removed since" in page and " 2 0 0 0 0 2 " in page


def test_switched_on_again_it_goes_to_who_did_not_get_it(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    """Nobody had it when it was switched off; then Ada's had left, and Bob's had not."""
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    _write(app)
    client = again(app)
    client.submit(DESK, {"to": "off"}, action="/1/state")
    for _look in range(2):
        page = words(client.get(DESK))
        assert "Switched off before everybody had it. Who did not get it gets it" in page
        assert "Sent for this date" not in page
        assert told(deliver()) == []
    client.submit(f"{DESK}1", {"words-en": "New words."}, action="/1")
    client.submit(DESK, {"to": "on"}, action="/1/state")
    _write(app)
    _leaves(app, "ada")
    client.submit(DESK, {"to": "off"}, action="/1/state")
    assert told(deliver()) == []
    assert "Switched off before everybody had it." in words(client.get(DESK))
    client.submit(DESK, {"to": "on"}, action="/1/state")
    mails = deliver()
    assert told(mails) == [("bob", "Reminder")] and "New words." in text_of(mails[0])
    assert "Sent for this date; nobody gets it twice." in words(client.get(DESK))
    for to in ("off", "on"):
        client.submit(DESK, {"to": to}, action="/1/state")
        assert told(deliver()) == []
        assert "Sent for this date; nobody gets it twice." in words(client.get(DESK))


def test_switched_on_again_too_late_it_goes_to_nobody_and_says_so(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    _write(app)
    again(app).submit(DESK, {"to": "off"}, action="/1/state")
    deliver()
    clock.move_to(at("2027-01-18 10:00"))
    client = again(app)
    for _look in range(2):
        page = words(client.get(DESK))
        assert "Its moment has passed" in page and "Sent for this date" not in page
        client.submit(DESK, {"to": "on"}, action="/1/state")
        assert told(deliver()) == []


def _leaves(app: Flask, name: str) -> None:
    """This person's letter is accepted by the mail server."""
    with app.app_context(), transaction() as session:
        mail = session.query(Message).filter_by(recipient=f"{name}@example.org", sent_at=None)
        mail.one().sent_at = portal_clock.now()


@pytest.fixture
def online(app: Flask, deliver: Deliver) -> PortalClient:
    """Both kinds of attendance at one event: Ada online, Bob in the room."""
    with app.app_context(), transaction():
        make_event(slug="trust", **(ONLINE | {"format": Format.HYBRID, "venue": "House"}))
    comes(app, "ada", attendance=Attendance.ONLINE)
    comes(app, "bob")
    deliver()
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def test_it_starts_soon_carries_the_link_as_it_is_and_overtakes_the_rest(
    app: Flask, online: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(online, "reminder", number="1", unit="hours")
    add(online, "soon")
    clock.move_to(at("2027-01-18 13:00"))
    _write(app)
    change(app, joining_url="https://meet.example.eu/b")
    mails = deliver()
    assert [str(m["Subject"]).split()[0] for m in mails] == ["Starts", "Reminder:", "Reminder:"]
    (ada,) = [mail for mail in mails if str(mail["Subject"]).startswith("Starts")]
    assert ada["To"] == "ada@example.org"
    assert "https://meet.example.eu/b" in text_of(ada) and "/a" not in text_of(ada).split()
    assert 'href="https://meet.example.eu/b"' in html_of(ada)
    assert "It starts at 14:00, Brussels time (CET, UTC+1)" in text_of(ada)


def test_without_a_link_it_waits_for_one_until_the_start(
    app: Flask, online: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    change(app, joining_url="")
    add(online, "soon")
    assert "if there is a joining link by then" in words(again(app).get(DESK))
    clock.move_to(at("2027-01-18 13:30"))
    assert told(deliver()) == []
    change(app, joining_url="https://meet.example.eu/late")
    assert told(deliver()) == [("ada", "Starts")]


def test_another_hour_of_the_day_is_told_again_by_it_starts_soon(
    app: Flask, online: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(online, "soon")
    clock.move_to(at("2027-01-18 13:00"))
    assert told(deliver()) == [("ada", "Starts")]
    move(app, "2027-01-18 18:00")
    all_hear(deliver, clock)
    clock.move_to(at("2027-01-18 17:00"))
    assert told(deliver()) == [("ada", "Starts")]


def test_a_thank_you_lists_what_attendees_find_by_then(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    from portal.materials.rules import Visibility

    add(client, "thanks", audience="places", **{"words-en": "[Tell us](https://survey.example)."})
    with app.app_context(), transaction():
        make_link(event_of(), visibility=Visibility.AFTER, url="https://example.org/slides",
                  title={"en": "Slides"})  # fmt: skip
    clock.move_to(at("2027-01-19 09:59"))
    assert told(deliver()) == []
    clock.move_to(at("2027-01-19 10:00"))
    ada, _bob = sorted(deliver(), key=lambda mail: str(mail["To"]))
    assert ada["Subject"] == "Thank you: Trust in microcredentials"
    text = text_of(ada)
    assert "- Slides" in text and "https://example.org/slides" in text
    assert "Tell us (https://survey.example)" in text and 'href="https://surv' in html_of(ada)
    assert deliver() == []


@pytest.mark.parametrize(
    ("noted", "whom", "thanked"),
    [
        ("", "everybody with a place, since nobody noted who came", ["ada", "bob", "cid", "dot"]),
        ("checked_in_at",
         "who was checked in, and everybody who takes part online", ["ada", "bob", "cid"]),
        ("reported_at",
         "who was in the online meeting, and everybody with a place in the room",
         ["ada", "bob", "dot"]),
        ("both", "who attended", ["ada", "bob"]),
    ],
)  # fmt: skip
def test_thanks_go_to_who_attended_and_where_nobody_noted_that_to_all(
    app: Flask, online: PortalClient, deliver: Deliver, clock: time_machine.Traveller,
    noted: str, whom: str, thanked: list[str],
) -> None:  # fmt: skip
    """Cid, who opened the link and is in no report, did not attend by it."""
    comes(app, "cid", attendance=Attendance.ONLINE)
    comes(app, "dot", attendance=Attendance.IN_PERSON)
    add(online, "thanks")
    clock.move_to(at("2027-01-18 13:55"))
    deliver()
    with app.app_context(), transaction():
        named = {each.first_name: each for each in db.session.query(Registration)}
        registrations.note_joining(named["Cid"], by=COMMAND, now=portal_clock.now())
        if noted in ("checked_in_at", "both"):
            named["Bob"].checked_in_at = portal_clock.now()
        if noted in ("reported_at", "both"):
            named["Ada"].reported_at = portal_clock.now()
    clock.move_to(at("2027-01-19 10:00"))
    page = words(again(app).get(DESK))
    assert f"{whom} People now {len(thanked)}" in page
    assert told(deliver()) == [(name, "Thank") for name in thanked]


def test_a_batch_asks_as_often_for_one_as_for_ten(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    def cost(people: int) -> int:
        with app.app_context(), transaction():
            event_of().capacity = 99
            for _each in range(people):
                make_registration(event_of())
        deliver()
        clock.move_to(event_starts(app) - timedelta(hours=20))
        with app.app_context():
            assert chores.begin_next_reminder(portal_clock.now())
            with statements(app) as seen:
                chores.write_next_reminders(portal_clock.now())
        return len([each for each in seen if each.startswith("SELECT")])

    def event_starts(app: Flask) -> datetime:
        with app.app_context():
            starts: datetime = event_of().starts_at
            return starts

    add(client, "reminder", number="20", unit="hours")
    few = cost(0)
    deliver()
    move(app, "2027-02-18 14:00")
    all_hear(deliver, clock)
    assert cost(8) == few < 8


def test_what_is_held_of_a_person_is_the_kind_and_the_moment_and_ends_with_them(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    add(client, "reminder")
    clock.move_to(at("2027-01-17 10:00"))
    deliver()
    with app.app_context(), transaction():
        ada = db.session.get_one(Registration, people["ada"])
        assert privacy.held(ada) == {
            "reminders": [
                {"kind": "reminder", "begun_at": "2027-01-17T09:00:00+00:00", "outcome": "written"}
            ]
        }
        privacy.erase(ada)
    with app.app_context():
        kept = db.session.query(Telling).filter_by(registration_id=people["ada"]).one()
        assert (kept.message_id, kept.reason, kept.outcome) == ("", "", "written")
        assert db.session.query(Message).filter_by(occasion="reminder").count() == 2


def test_the_next_edition_takes_the_letters_along_and_nothing_that_was_sent(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    add(client, "reminder", number="3", at="08:15", **{"words-en": "Bring a pen."})
    clock.move_to(at("2027-01-15 08:15"))
    deliver()
    where = "/desk/events/trust/edition"
    client = again(app)
    form = client.submit(where, {"slug": "trust-2028"}, action=where)
    assert form.status_code == 303, words(form)
    page = words(client.get("/desk/events/trust-2028/reminders/"))
    assert "3 days before the start, at 08:15" in page and "What was sent" not in page
    with app.app_context():
        assert db.session.query(Event).count() == 2
