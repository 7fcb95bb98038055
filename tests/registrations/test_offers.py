"""Places that are offered for a while: made, taken up, over, taken back; what everybody sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.events.rules import Format
from portal.registrations import chores
from portal.registrations.models import Registration
from portal.registrations.rules import StakeholderGroup, offer_ends
from portal.registrations.service import of_event, quotas
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, event_of, line, person
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.registrations.front_door import link_in, register, status_of, told

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")
HOUR = timedelta(hours=1)


def event(app: Flask, **facts: Any) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", **({"capacity": 1, "offer_hours": 24} | facts))


def change(app: Flask, **facts: Any) -> None:
    """An organiser changes the event; the worker comes by."""
    with app.app_context():
        with transaction():
            held = events.locked(event_of().id)
            of_event.change(held, facts, by=COMMAND, now=portal_clock.now())
        move_on(app)


def move_on(app: Flask) -> None:
    """What the worker does about places."""
    with app.app_context():
        now = portal_clock.now()
        while chores.end_offers(now) or chores.move_lines_up(now):
            pass


def standing(app: Flask) -> dict[str, str]:
    with app.app_context():
        people = db.session.scalars(select(Registration).order_by(Registration.id))
        return {each.first_name: each.status.value for each in people}


def links(mails: list[EmailMessage]) -> dict[str, str]:
    """Each one's own page, by first name."""
    return {str(mail["To"]).partition("@")[0]: link_in(mail) for mail in mails}


def take(client: PortalClient, path: str) -> int:
    """Press the button; 404 where the page has none."""
    return client.submit(path, {}, action="/place").status_code


@pytest.fixture
def own(app: Flask, deliver: Deliver) -> dict[str, str]:
    """Ada has the only place, Bob and Cid wait; each one's own page."""
    event(app)
    for name in ("ada", "bob", "cid"):
        comes(app, name)
    return links(deliver())


def test_a_freed_place_is_offered_counted_as_taken_and_taken_up_by_a_button(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    waits = words(client.get(own["bob"]))
    assert "When it is your turn, a place is offered to you for 24 hours." in waits
    client.submit(own["ada"] + "/withdrawal")
    assert standing(app) == {"Ada": "withdrawn", "Bob": "offered", "Cid": "waitlisted"}
    mails = deliver()
    assert told(mails) == [
        ("ada@example.org", "Your registration is withdrawn", "CANCEL"),
        ("bob@example.org", "A place is offered to you", ""),
    ]
    said = " ".join(text_of(mails[1]).split())
    until = "3 November 2026, 10:00, Brussels time (CET, UTC+1)"
    assert f"Take it by {until}: the button is on the page" in said

    # Everybody else finds it taken, and who is offered it is no attendee yet.
    assert "The only place is taken" in words(client.get("/en/events/trust/"))
    assert status_of(register(client, "trust", first_name="Dot", email="dot@example.org")) == (
        "waitlisted"
    )
    page = client.get(own["bob"])
    assert status_of(page) == "offered" and f"Take it by {until}" in words(page)
    assert client.get(own["bob"] + "/calendar.ics").status_code == 404
    assert client.get(own["bob"] + "/place").status_code == 405
    assert standing(app)["Bob"] == "offered"
    assert words(client.get(own["cid"])).count("Your position in line: 1") == 1

    deliver()
    clock.shift(HOUR * 24 - timedelta(seconds=1))
    assert take(client, own["bob"]) == 303
    assert standing(app)["Bob"] == "confirmed"
    assert told(deliver()) == [("bob@example.org", "Your place is confirmed", "REQUEST")]
    assert client.post(own["bob"] + "/place").status_code in (303, 400)
    assert status_of(client.get(own["bob"])) == "confirmed"


def test_an_offer_that_is_over_goes_on_also_before_the_worker_came(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    client.submit(own["ada"] + "/withdrawal")
    deliver()
    token = client.get(own["bob"])
    clock.shift(HOUR * 24)
    page = client.get(own["bob"])
    assert status_of(page) == "withdrawn" and "The offer of a place has ended" in words(page)
    assert "Take the place" not in words(page)
    late = client.submit(token, {}, action="/place")
    assert late.status_code == 409
    assert "The offer ended on 3 November 2026, 10:00" in words(late)
    assert standing(app)["Bob"] == "offered"  # a refused request leaves nothing behind

    # A stranger comes first of all; the place goes to the line in the same transaction.
    assert status_of(register(client, "trust", first_name="Dot", email="dot@example.org")) == (
        "waitlisted"
    )
    assert standing(app) == {
        "Ada": "withdrawn", "Bob": "withdrawn", "Cid": "offered", "Dot": "waitlisted",
    }  # fmt: skip
    mails = deliver()
    assert sorted(told(mails)) == [
        ("bob@example.org", "The offer of a place has ended", ""),
        ("cid@example.org", "A place is offered to you", ""),
        ("dot@example.org", "You are on the waitlist", ""),
    ]
    # Who let it pass can come again, at the end of the line.
    assert status_of(register(client, "trust", first_name="Bob", last_name="Test",
                              email="bob@example.org")) == "waitlisted"  # fmt: skip
    assert line(app) == ["Dot", "Bob"]
    assert "did not take" not in words(client.get(own["bob"]))

    # Nobody is in line any more: the last one who lets it pass leaves a free place.
    clock.shift(HOUR * 24)
    move_on(app)
    deliver()
    clock.shift(HOUR * 48)
    move_on(app)
    deliver()
    clock.shift(HOUR * 48)
    assert "1 of 1 places left" in words(client.get("/en/events/trust/"))
    assert status_of(register(client, "trust", first_name="Eva", email="eva@example.org")) == (
        "confirmed"
    )


def test_more_places_make_as_many_offers_and_a_setting_that_changes_breaks_no_promise(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    comes(app, "dot")
    deliver()
    change(app, capacity=3)
    assert standing(app) == {
        "Ada": "confirmed", "Bob": "offered", "Cid": "offered", "Dot": "waitlisted",
    }  # fmt: skip
    change(app, offer_hours=None)
    assert [each[1] for each in told(deliver())] == ["A place is offered to you"] * 2
    client.submit(own["cid"] + "/withdrawal")
    assert standing(app)["Dot"] == "confirmed"
    assert take(client, own["bob"]) == 303
    assert told(deliver()) == [
        ("bob@example.org", "Your place is confirmed", "REQUEST"),
        ("cid@example.org", "You are not on the waitlist any more", ""),
        ("dot@example.org", "A place was found for you", "REQUEST"),
    ]


def test_who_could_not_be_told_stays_in_line_and_hears_nothing_untrue(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    client.submit(own["ada"] + "/withdrawal")
    clock.shift(HOUR * 24)  # the worker slept
    mails = deliver()
    assert standing(app) == {"Ada": "withdrawn", "Bob": "waitlisted", "Cid": "offered"}
    assert told(mails) == [
        ("ada@example.org", "Your registration is withdrawn", "CANCEL"),
        ("bob@example.org", "You are on the waitlist", ""),
        ("cid@example.org", "A place is offered to you", ""),
    ]


def test_an_offer_ends_when_registration_does_and_then_nobody_moves_up(
    app: Flask, client: PortalClient, clock: time_machine.Traveller, deliver: Deliver
) -> None:
    closes = datetime(2026, 11, 2, 12, tzinfo=UTC)
    assert offer_ends(hours=5, closes_at=None, starts_at=closes, now=closes - HOUR) == closes
    assert offer_ends(hours=1, closes_at=closes, starts_at=JANUARY, now=closes - 2 * HOUR) == (
        closes - HOUR
    )
    event(app, registration_closes_at=closes)
    for name in ("ada", "bob", "cid"):
        comes(app, name)
    own = links(deliver())
    client.submit(own["ada"] + "/withdrawal")
    offer = deliver()[-1]
    assert "because registration closes then" in " ".join(text_of(offer).split())
    clock.move_to(closes)
    assert [each[1] for each in told(deliver())] == ["The offer of a place has ended"]
    assert standing(app) == {"Ada": "withdrawn", "Bob": "withdrawn", "Cid": "waitlisted"}
    assert "because registration is closed" in words(client.get(own["cid"]))
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    for page in (LIST, "/desk/events/trust/"):
        assert "because registration is closed" in words(desk.get(page))


def test_a_postponed_event_puts_the_offered_back_where_they_stood(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    client.submit(own["ada"] + "/withdrawal")
    deliver()
    with app.app_context(), transaction():
        events.postpone(events.locked(event_of().id), by=COMMAND, now=portal_clock.now())
    page = client.get(own["bob"])
    assert status_of(page) == "waitlisted" and "Take the place" not in words(page)
    assert deliver() == []  # a postponement that is taken back soon changes nothing
    assert standing(app)["Bob"] == "offered"
    clock.shift(timedelta(minutes=11))
    subjects = {(to, subject) for to, subject, _method in told(deliver())}
    assert ("bob@example.org", "The place is not offered to you any more") in subjects
    assert ("cid@example.org", "Postponed") in subjects
    assert line(app) == ["Bob", "Cid"]
    with app.app_context(), transaction():
        held, start = events.locked(event_of().id), JANUARY + timedelta(days=9)
        facts = {"starts_at": start, "ends_at": start + HOUR}
        events.take_up(held, facts, by=COMMAND, now=portal_clock.now())
    move_on(app)
    assert standing(app)["Bob"] == "offered"
    with app.app_context(), transaction():
        events.cancel(events.locked(event_of().id), by=COMMAND, now=portal_clock.now())
    clock.shift(timedelta(days=2))
    move_on(app)
    assert ("bob@example.org", "Cancelled", "") in told(deliver())
    assert status_of(client.get(own["bob"])) == "cancelled"


def test_an_offer_lasts_longer_by_a_postponement_that_nobody_heard_of(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    client.submit(own["ada"] + "/withdrawal")
    deliver()
    clock.shift(timedelta(hours=23, minutes=55))
    desk, page = sign_in(app, make_user(app, "olga@example.org", "trust")), "/desk/events/trust/"
    desk.submit(f"{page}postponement", {}, action="/postponement")
    clock.shift(timedelta(minutes=7))
    review = desk.submit(f"{page}publication", {}, action="/publication")
    assert desk.submit(review, {"step": "act"}, action="/publication").status_code == 303
    move_on(app)
    assert standing(app) == {"Ada": "withdrawn", "Bob": "offered", "Cid": "waitlisted"}
    assert deliver() == []
    clock.shift(timedelta(minutes=4))
    assert take(client, own["bob"]) == 303
    assert standing(app)["Bob"] == "confirmed"


def test_an_offer_of_a_quota_keeps_its_seat_and_leaves_the_room_apart(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    event(app, capacity=2)
    with app.app_context(), transaction():
        facts = {"places": 1, "until": JANUARY - 48 * HOUR, "groups": ["mep"], "countries": [],
                 "online": False}  # fmt: skip
        quotas.add(event_of(), facts, by=COMMAND, now=portal_clock.now())
    comes(app, "mia", stakeholder_group=StakeholderGroup.MEP)
    for name in ("ada", "bob"):
        comes(app, name)
    nia = comes(app, "nia", stakeholder_group=StakeholderGroup.MEP)
    own = links(deliver())
    client.submit(own["mia"] + "/withdrawal")
    assert standing(app)["Nia"] == "offered" and standing(app)["Bob"] == "waitlisted"
    assert person(app, nia, "quota_id") == (1,)
    assert "is kept until" not in words(client.get("/en/events/trust/"))
    deliver()
    clock.shift(HOUR * 24)
    assert "1 place is kept until" in words(client.get("/en/events/trust/"))
    move_on(app)
    assert person(app, nia, "status", "quota_id") == ("withdrawn", None)


def test_the_desk_sees_offers_confirms_on_the_telephone_and_takes_them_back(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    client.submit(own["ada"] + "/withdrawal")
    deliver()
    assert "0 of 1 1 is offered" in words(desk.get("/desk/"))
    listed = words(desk.get(LIST))
    assert "until 3 November 2026, 10:00" in words(desk.get(f"{LIST}/2")).partition("What happ")[2]
    assert "Place offered until 3 November 2026, 10:00" in listed
    assert "Offered until 3 November 2026, 10:00" in words(desk.get(f"{LIST}/2"))
    csv = desk.get(f"{LIST}.csv?status=offered").get_data(as_text=True)
    assert csv.count("2026-11-03T09:00:00Z") == 1 and "bob@example.org" in csv
    bob, cid = 2, 3
    said = {"reason": "Asked for another date."}
    path = f"{LIST}/{bob}/offer-removal"
    assert desk.submit(path, {}, action="/offer-removal").status_code == 422
    assert desk.submit(path, said, action="/offer-removal").status_code == 303
    assert line(app) == ["Bob"] and standing(app)["Cid"] == "offered"
    assert "Asked for another date." in words(desk.get(f"{LIST}/{bob}"))
    assert [each[1] for each in told(deliver())] == [
        "The place is not offered to you any more", "A place is offered to you",
    ]  # fmt: skip
    # The line has an order that organisers change, and offers follow it.
    comes(app, "dot")
    values = {"target": "to", "number": "1", "reason": "Speaks in the morning."}
    assert desk.submit(f"{LIST}/4/position", values, action="/position").status_code == 303
    assert line(app) == ["Dot", "Bob"]
    page = words(desk.get(f"{LIST}/{cid}"))
    assert "Confirm the place…" in page and "Move in the line" not in page
    assert desk.submit(f"{LIST}/{cid}/promotion", said, action="/promotion").status_code == 303
    assert acts(app, cid)[-1][0] == "registration.offer_taken"
    assert standing(app)["Cid"] == "confirmed"
    # Alone in line they would only be offered it again.
    client.submit(own["cid"] + "/withdrawal")
    assert standing(app)["Dot"] == "offered"
    client.submit(own["bob"] + "/withdrawal")
    deliver()
    alone = desk.submit(f"{LIST}/4/offer-removal", said, action="/offer-removal")
    assert alone.status_code == 409 and "Nobody else waits" in words(alone)
    clock.shift(HOUR * 24)
    desk = sign_in(app, make_user(app, "otto@example.org", "trust"))
    assert "The offer has ended" in words(desk.get(f"{LIST}/4"))
    assert desk.get(f"{LIST}/4/promotion").status_code == 409
    move_on(app)
    assert "did not take the offered place in time" in words(desk.get(LIST))


def test_the_form_asks_for_hours_and_a_day_and_the_review_says_who_is_offered_a_place(
    app: Flask, own: dict[str, str]
) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    path = "/desk/events/trust/details"
    for wrong in ("0", "337", "two"):
        assert desk.submit(path, {"offer_hours": wrong}, action="/details").status_code == 422
    review = desk.submit(path, {"capacity": "2", "offer_hours": "48"}, action="/details")
    assert "1 person on the waitlist is offered a place" in words(review)
    assert "for 24 hours" in words(desk.get("/desk/events/trust/"))


def test_without_a_plain_line_the_page_says_why_and_when_one_will_know(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    event(app, offer_hours=None, approval=True, decision_at=datetime(2026, 12, 1, 17, tzinfo=UTC))
    ada, bob = (comes(app, name) for name in ("ada", "bob"))
    mails = deliver()
    by = "You hear by 1 December 2026, 18:00, Brussels time (CET, UTC+1)"
    assert by in " ".join(text_of(mails[1]).split())
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    for who in (ada, bob):
        desk.submit(f"{LIST}/{who}", {}, action="/approval")
    page = words(client.get(links(mails)["bob"]))
    assert "position" not in page and "because the organisers decide who takes part" in page
    assert by in page
    letter = " ".join(text_of(deliver()[-1]).split())
    assert "because the organisers decide" in letter and by in letter
    clock.move_to(datetime(2026, 12, 2, tzinfo=UTC))
    assert "You were to hear by 1 December" in words(client.get(links(mails)["bob"]))
    with app.app_context(), transaction():
        events.postpone(events.locked(event_of().id), by=COMMAND, now=portal_clock.now())
    assert "You were to hear" not in words(client.get(links(mails)["bob"]))
    with app.app_context(), transaction():  # the date of before says nothing of the new one
        held, start = events.locked(event_of().id), JANUARY + timedelta(days=9)
        facts = {"starts_at": start, "ends_at": start + HOUR}
        events.take_up(held, facts, by=COMMAND, now=portal_clock.now())
    assert "No date is set for this." in words(client.get(links(mails)["bob"]))
    with app.app_context():
        assert event_of().decision_at is None


def test_merged_handed_over_and_moved_elsewhere_an_offer_stays_one_place(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app, capacity=2, transferable=True, format=Format.HYBRID, online_capacity=1)
    for name in ("ada", "bob", "cid", "dot"):
        comes(app, name, attendance="in_person")
    comes(app, "cid", email="cid@example.com", attendance="in_person")
    own = links([each for each in deliver() if "@example.org" in str(each["To"])])
    client.submit(own["ada"] + "/withdrawal")
    assert standing(app)["Cid"] == "waitlisted"  # the second one, who came last
    # Cid's offer goes along to the other address.
    client.submit(own["cid"] + "/details", {"email": "cid@example.com"})
    with app.app_context():
        rows = [
            (each.email, each.status.value)
            for each in db.session.scalars(
                select(Registration).where(Registration.first_name == "Cid")
            )
        ]
    assert ("cid@example.com", "offered") in rows
    # Bob hands his place to Cid, who was offered one: that one goes on in line, to Dot.
    grace = {"first_name": "Cid", "last_name": "Test", "email": "cid@example.com",
             "organisation": "Navy", "stakeholder_group": "expert", "country": "BE",
             "language": "en"}  # fmt: skip
    handed = client.submit(own["bob"] + "/transfer", grace, action="/transfer")
    assert handed.status_code == 303
    assert standing(app)["Cid"] == "confirmed" and standing(app)["Dot"] == "offered"
    # Who was offered a place in the room and comes online takes one there.
    assert client.submit(own["dot"] + "/details", {"attendance": "online"}).status_code == 303
    assert take(client, own["dot"]) == 303
    assert standing(app)["Dot"] == "confirmed"


def test_the_answer_to_the_form_says_for_how_long_a_place_is_offered_and_by_when_one_knows(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    event(app, offer_hours=5)
    comes(app, "ada")
    answer = words(register(client, "trust", first_name="Bob", email="bob@example.org"))
    assert "When it is your turn, a place is offered to you for 5 hours." in answer
    assert "The letter about it says until which hour." in answer
    decided = datetime(2026, 12, 1, 17, tzinfo=UTC)
    with app.app_context(), transaction():
        make_event(slug="faith", approval=True, decision_at=decided)
    pending = words(register(client, "faith", first_name="Bob", email="bob@example.org"))
    assert "You hear by 1 December 2026, 18:00" in pending
    clock.move_to(decided)
    kept = words(client.get("/en/events/faith/register/answer"))
    assert "You were to hear by 1 December 2026" in kept


def test_who_waits_leaves_by_a_page_of_its_own_words_and_a_letter_says_what_was_left(
    client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    page = client.get(own["bob"] + "/withdrawal")
    assert "<title>Leave the waitlist ·" in page.text and "You give up your turn." in words(page)
    assert "Withdraw my registration" not in words(page)
    client.submit(page)
    (letter,) = deliver()
    assert letter["Subject"].startswith("You are not on the waitlist any more: ")
    assert "you then stand at the end of the line" in " ".join(text_of(letter).split())
    assert "Withdraw my registration" in words(client.get(own["ada"] + "/withdrawal"))
    client.submit(own["ada"] + "/withdrawal")
    assert deliver()[0]["Subject"].startswith("Your registration is withdrawn: ")


def test_whoever_is_refused_finds_the_way_back_to_their_page(
    client: PortalClient, own: dict[str, str], clock: time_machine.Traveller
) -> None:
    client.submit(own["ada"] + "/withdrawal")
    offer = client.get(own["bob"])
    clock.shift(HOUR * 24)
    late = client.submit(offer, {}, action="/place")
    assert late.status_code == 409
    stale = client.post(own["bob"] + "/withdrawal", data={"csrf_token": "old"})
    assert stale.status_code == 400
    over = words(client.get(own["bob"] + "/withdrawal"))
    assert "This registration is withdrawn already." in over and "You give up" not in over
    none_yet = client.get(own["bob"] + "/calendar.ics")
    assert none_yet.status_code == 404
    for page in (late, stale, none_yet):
        assert f'href="{own["bob"]}">Back to my registration</a>' in page.text
