"""The page of an office, and its form: offers, sessions, kept places, what is still needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.circulars import service as circulars
from portal.db import db, transaction
from portal.events import service as events
from portal.questions.rules import Kind, Stage
from portal.registrations.models import Registration
from portal.registrations.service import quotas
from tests.desk.front_door import act, make_user, sign_in, words
from tests.desk.people import event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import calendar_of, html_of, text_of
from tests.questions.making import make_question
from tests.registrations.front_door import link_in, method_of, register, told
from tests.registrations.test_behalf import (
    OFFICE,
    member,
    office_link,
    one_of,
    person,
    post,
    send,
    to,
)
from tests.registrations.test_offers import HOUR, move_on, standing
from tests.sessions.making import make_chosen, number
from tests.sessions.making import standing as in_sessions

Deliver = Callable[[], list[EmailMessage]]
MAILBOX = "office@ep.example"
pytestmark = pytest.mark.usefixtures("clock")


def event(app: Flask, **facts: Any) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", **facts)


@pytest.fixture
def offered(app: Flask, client: PortalClient, deliver: Deliver) -> list[EmailMessage]:
    """A place is offered to the Member, whose office gets the letters; what was written of it."""
    event(app, capacity=1, offer_hours=24)
    register(client, "trust")
    [ada] = deliver()
    member(client, "trust", letters="office", invites="office")
    deliver()
    client.submit(link_in(ada) + "/withdrawal")
    return deliver()


def test_an_offered_place_is_taken_on_the_page_of_the_office(
    app: Flask, client: PortalClient, offered: list[EmailMessage], deliver: Deliver
) -> None:
    [letter] = to(offered, MAILBOX)
    for said in (text_of(letter), html_of(letter)):
        assert "Take it by 3 November 2026" in said and "Mia Member" in said
    page = office_link(letter)
    assert "Take it by 3 November 2026" in words(client.get(page))
    taken = client.submit(page, {}, action="/place")
    assert taken.status_code == 303 and standing(app)["Mia"] == "confirmed"
    assert told(deliver()) == [(MAILBOX, "Confirmed", "REQUEST")]
    assert "Take it by" not in words(client.get(page))


def test_an_offer_that_is_over_is_said_to_the_office_and_cannot_be_taken(
    app: Flask, client: PortalClient, offered: list[EmailMessage], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    page = office_link(to(offered, MAILBOX)[0])
    form = client.get(page)
    clock.shift(25 * HOUR)
    shown = words(client.get(page))
    assert "was offered until 3 November 2026" in shown and "Take the place" not in shown
    late = client.submit(form, {}, action="/place")
    assert late.status_code == 409 and "you can register them again" in words(late)
    move_on(app)
    [over] = deliver()
    assert "was offered until 3 November 2026" in text_of(over)


def test_sessions_are_chosen_for_each_of_a_group_and_later_on_the_page_of_the_office(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app)
    with app.app_context(), transaction():
        for name in ("Green skills", "Digital skills"):
            make_chosen(event_of(), name, places=1)
    green, digital = number(app, "Green skills"), number(app, "Digital skills")
    page = client.get("/en/events/trust/register/group").text
    for key in ("person1", "person2"):
        assert f'id="{key}-session-{green}"' in page
    slot = re.search(r'name="person1-(sessions-\d+)"', page)
    assert slot
    both = {f"person{n}-{slot[1]}": green for n in (1, 2)}
    refused = send(client, "trust", 2, **both)
    assert refused.status_code == 422 and "Person 2: " in words(refused)
    assert f'value="{green}" checked' in refused.text
    assert send(client, "trust", 2, **(both | {f"person2-{slot[1]}": digital})).status_code == 303
    assert in_sessions(app) == {
        "Green skills": ["cleo1: place"], "Digital skills": ["cleo2: place"],
    }  # fmt: skip
    listed = office_link(to(deliver(), MAILBOX)[0])
    client.submit(one_of(app, listed, "withdrawal"), {})
    with app.app_context():
        cleo2 = db.session.query(Registration).filter_by(first_name="Cleo2").one().id
    chosen = client.submit(f"{listed}/{cleo2}/sessions", {slot[1]: green})
    assert chosen.status_code == 303
    assert in_sessions(app) == {"Green skills": ["cleo2: place"]}


def test_whoever_registers_others_sees_for_whom_places_are_kept(
    app: Flask, client: PortalClient
) -> None:
    event(app, capacity=3)
    with app.app_context(), transaction():
        facts = {"groups": ["mep"], "places": 2, "countries": [], "online": False, "until": JANUARY}
        quotas.add(event_of(), facts, by=COMMAND, now=portal_clock.now())
    kept = re.search(r"2 places[^.]*kept[^.]*\.", words(client.get("/en/events/trust/register")))
    assert kept
    for page in ("for-somebody", "group"):
        assert kept[0] in words(client.get(f"/en/events/trust/register/{page}"))


def test_adding_or_removing_a_person_goes_on_there(app: Flask, client: PortalClient) -> None:
    event(app)
    page = "/en/events/trust/register/group"
    typed = OFFICE | person(1) | person(2)
    more = post(client, page, typed | {"order": "1.2", "more": "yes"}).text
    assert re.findall(r'<input[^>]* autofocus[^>]* id="([^"]+)"', more) == ["person3-title"]
    less = post(client, page, typed | person(3) | {"order": "1.2.3", "remove": "2"}).text
    assert re.findall(r'<input[^>]* autofocus[^>]* id="([^"]+)"', less) == ["person3-title"]
    assert "autofocus" not in client.get(page).text


def test_the_office_sees_what_is_still_needed_from_whom_and_no_answer(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app)
    with app.app_context(), transaction():
        make_question(event_of(), Kind.TEXT, "What do you expect?", required=True)
        make_question(event_of(), Kind.TEXT, "How do you arrive?", required=True,
                      stage=Stage.SECOND)  # fmt: skip
        events.form_changed(event_of(), asks=True, now=portal_clock.now())
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    send(client, "trust", 2, **{"person2-email": ""})
    mails = deliver()
    act(desk, "/desk/events/trust/second-form/opening", {"until": "2027-01-08T18:00"})
    page = office_link(to(mails, MAILBOX)[0])
    shown = words(client.get(page))
    assert shown.count("What do you expect?; Second form") == 2
    assert "have no mail address of their own here" in shown
    mine = link_in(to(mails, "cleo1@ep.example")[0])
    client.submit(f"{mine}/answers", {"q1": "A revolution"})
    shown = client.get(page).text
    assert "revolution" not in shown and shown.count("What do you expect?") == 1


def test_the_page_of_an_office_asks_the_database_no_more_for_many(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app)
    with app.app_context(), transaction():
        make_question(event_of(), Kind.TEXT, "What do you expect?", required=True)
    counts = []
    page = ""
    for people in (1, 8):
        send(client, "trust", people)
        page = page or office_link(to(deliver(), MAILBOX)[0])
        with statements(app) as asked:
            client.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_letter_says_that_an_entry_is_taken_out_where_it_is(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app)
    member(client, "trust")
    mails = deliver()
    page = office_link(to(mails, MAILBOX)[0])
    client.submit(one_of(app, page, "readers"), {"letters": "office", "invites": "office"})
    [mine] = to(deliver(), "mia@ep.example")
    assert method_of(mine) == "CANCEL" and calendar_of(mine)
    for said in (text_of(mine), html_of(mine)):
        assert "The entry in your calendar is taken out." in said
        assert "invite for your calendar is in this mail" not in said
        assert "whoever acts for you" in said


CARL = {
    "first_name": "Carl", "last_name": "Colleague", "email": "carl@ep.example",
    "organisation": "EP", "stakeholder_group": "mep_office", "country": "BE", "language": "en",
}  # fmt: skip


def test_a_place_that_an_office_hands_over_is_said_so_and_its_own_is_its_own(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app, transferable=True)
    member(client, "trust")
    mails = deliver()
    page = office_link(to(mails, MAILBOX)[0])
    client.submit(one_of(app, page, "transfer"), CARL)
    mails = deliver()
    [mine] = to(mails, "mia@ep.example")
    assert "handed over to Carl Colleague, by you or whoever acts for you" in text_of(mine)
    [his] = to(mails, "carl@ep.example")
    assert "Mia Member handed their place over to you" in text_of(his)
    assert "Omar Office (office@ep.example) registered you" in text_of(his)
    with app.app_context():
        carl = db.session.query(Registration).filter_by(first_name="Carl").one().id
    omar = {"first_name": "Omar", "last_name": "Office", "email": MAILBOX}
    client.submit(f"{page}/{carl}/transfer", CARL | omar)
    own = link_in(next(each for each in deliver() if "/registrations/" in text_of(each)
                       and each["To"] == MAILBOX))  # fmt: skip
    assert "You have a place" in words(client.get(own))
    assert "Omar Office" not in words(client.get(page))


@pytest.mark.parametrize("act_of_event", ["cancel", "postpone"])
def test_an_office_hears_that_the_event_is_not_held_and_why(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller,
    act_of_event: str,
) -> None:  # fmt: skip
    event(app)
    member(client, "trust", letters="office", invites="office")
    deliver()
    with app.app_context(), transaction():
        held = events.locked(event_of().id)
        getattr(events, act_of_event)(
            held, reason={"en": "The room is flooded."}, by=COMMAND, now=portal_clock.now()
        )
    clock.shift(HOUR)
    [letter] = deliver()
    subject = {"cancel": "Cancelled", "postpone": "Postponed"}[act_of_event]
    assert told([letter]) == [(MAILBOX, subject, "CANCEL")]
    said = {"cancel": "It will not be held.", "postpone": "The event is postponed"}
    for written in (text_of(letter), html_of(letter)):
        assert said[act_of_event] in written and "The room is flooded." in written


def test_a_form_of_an_office_whose_protection_ran_out_loses_nothing(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app, transferable=True)
    member(client, "trust")
    page = office_link(to(deliver(), MAILBOX)[0])
    for form in ("details", "transfer"):
        late = client.post(one_of(app, page, form), data=CARL | {"last_name": "Tippfehler"})
        assert late.status_code == 422 and 'value="Tippfehler"' in late.text
        assert "Send the form once more" in words(late)


def test_the_page_of_an_office_says_positions_and_from_the_date_on_whom_to_ask(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    event(app, capacity=1, changes_until=JANUARY - 48 * HOUR)
    register(client, "trust")
    member(client, "trust")
    page = office_link(to(deliver(), MAILBOX)[0])
    shown = words(client.get(page))
    assert "Position in line: 1" in shown and "Ask the organisers" not in shown
    form = client.get(one_of(app, page, "details"))
    clock.move_to(JANUARY - 24 * HOUR)
    late = client.submit(form, {"last_name": "Tippfehler"})
    shown = words(client.get(late.headers["Location"]))
    assert "What you sent was not kept" in shown and "Tippfehler" not in shown
    assert "The time to change details ended" in shown and "Ask the organisers" in shown


def test_whom_organisers_enter_did_not_register_the_person(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    event(app)
    register(client, "trust")
    own = link_in(deliver()[0])
    clock.shift(HOUR)
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    entered = {"name": "Omar", "email": MAILBOX, "letters": "both", "invites": "person",
               "language": "en"}  # fmt: skip
    desk.submit("/desk/events/trust/registrations/1/contact", entered, action="/contact")
    mails = deliver()
    [mine] = to(mails, "ada@example.org")
    for said in (text_of(mine), html_of(mine), client.get(own).text):
        assert "registered you" not in said and "acts for you" in said
    [theirs] = to(mails, MAILBOX)
    assert "This letter is about Ada Lovelace, for whom you act." in text_of(theirs)


def test_what_organisers_write_says_first_about_whom_it_is(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    event(app)
    send(client, "trust", 2, letters="office")
    deliver()
    with app.app_context(), transaction():
        circular = circulars.begin(event_of(), {}, by=COMMAND, now=portal_clock.now())
        circular.subject, circular.body = {"en": "News"}, {"en": "Bring a pen."}
        circulars.send(circular, by=COMMAND, now=portal_clock.now())
    mails = deliver()
    assert [str(each["To"]) for each in mails] == [MAILBOX] * 2
    for nth, each in enumerate(mails, start=1):
        about = f"This letter is about Cleo{nth} Colleague, for whom you act."
        for said in (text_of(each), html_of(each)):
            assert said.index(about) < said.index("Bring a pen.")
            assert "because you are registered" not in said
        assert "Cleo" not in str(each["Subject"])


def test_an_office_reads_in_the_subject_that_the_event_has_changed(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    event(app)
    member(client, "trust", letters="office", invites="office")
    deliver()
    with app.app_context(), transaction():
        events.change(events.locked(event_of().id), {"venue": "House of Work"}, tell=True,
                      by=COMMAND, now=portal_clock.now())  # fmt: skip
    clock.shift(HOUR)
    assert told(deliver()) == [(MAILBOX, "Changed", "REQUEST")]
