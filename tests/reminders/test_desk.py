"""Reminders and thanks at the desk: made, changed, looked at, switched off, removed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.events.rules import Format
from portal.reminders.models import Reminder
from portal.reminders.rules import MOST_RULES
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes, event_of
from tests.factories import make_event
from tests.harness.client import PortalClient, find_form
from tests.harness.counting import statements
from tests.registrations.front_door import link_in
from tests.reminders.front_door import DESK, add, at, kinds, rule

ONLINE = {"format": Format.ONLINE, "venue": "", "address": ""}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust")
    comes(app, "ada")
    comes(app, "bob", language="fr")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def test_what_most_events_want_is_there_in_one_press(app: Flask, client: PortalClient) -> None:
    page = client.get(DESK)
    assert "Reminder: 1 day before the start, at 10:00" in words(page)
    assert "It starts soon" not in words(page)
    client.submit(page, action="/usual")
    page = words(client.get(DESK))
    assert (
        "Next 17 January 2027, 10:00, Brussels time (CET, UTC+1) For whom everybody with a place"
        in page
    )
    assert "1 day after the end, at 10:00" in page and "19 January 2027, 10:00" in page
    assert "everybody with a place, since nobody noted who came" in page


def test_pressed_twice_it_is_one_set_of_letters(app: Flask, client: PortalClient) -> None:
    """The second press was on its way before the first was answered."""
    with app.app_context(), transaction():
        events.change(event_of(), ONLINE, by=COMMAND, now=event_of().updated_at)
    page = client.get(DESK)
    form = client.get(f"{DESK}new/soon")
    for _press in range(2):
        assert client.submit(page, action="/usual").status_code == 303
        sent = client.submit(form, {"words-en": "The **long** text."}, action="/new/soon")
    assert sent.status_code == 422
    assert "This letter is there already – It starts soon: 1 hour before the start." in words(sent)
    assert "The **long** text." in sent.text
    assert kinds(app) == ["reminder", "soon", "thanks"]


def test_two_at_once_make_one_set_of_letters(app: Flask, client: PortalClient) -> None:
    page = client.get(DESK)

    form = find_form(page, "/usual")
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None

    def press(_number: int) -> int:
        browser = app.test_client()
        browser.set_cookie(cookie.key, cookie.value)
        return browser.post(form.action, data=form.values).status_code

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(press, range(4))) == [303] * 4
    assert kinds(app) == ["reminder", "thanks"]


def test_letters_stand_by_their_moment_and_those_that_are_over_last(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    client.submit(DESK, action="/usual")
    add(client, "reminder", number="3")
    add(client, "reminder", number="60")
    clock.move_to(at("2026-12-01 10:00"))
    page = words(sign_in(app, "olga@example.org").get(DESK))
    names = ["Reminder: 3 days", "Reminder: 1 day ", "Thank you: 1 day", "Reminder: 60 days"]
    assert sorted(names, key=page.index) == names


def test_a_letter_is_not_changed_into_one_that_is_there(app: Flask, client: PortalClient) -> None:
    add(client, "reminder")
    add(client, "reminder", number="2")
    page = client.submit(f"{DESK}2", {"number": "1"}, action="/2")
    assert page.status_code == 422 and "This letter is there already" in words(page)
    assert client.submit(f"{DESK}2", {"words-en": "More"}, action="/2").status_code == 303


def test_an_event_online_is_offered_that_it_starts_soon(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        events.change(event_of(), ONLINE, by=COMMAND, now=event_of().updated_at)
    client.submit(DESK, action="/usual")
    page = words(client.get(DESK))
    assert "1 hour before the start" in page
    assert "18 January 2027, 13:00, Brussels time (CET, UTC+1), if there is a joining link" in page


def test_the_clock_is_that_of_the_event(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        events.change(event_of(), {"zone": "Asia/Tokyo"}, by=COMMAND, now=event_of().updated_at)
    assert "Tokyo time" in words(client.get(f"{DESK}new/reminder"))
    add(client, "reminder", at="09:30")
    assert "17 January 2027, 09:30, Tokyo time (JST, UTC+9)" in words(client.get(DESK))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"number": ""}, "Enter a number."),
        ({"number": "x"}, "Enter a whole number"),
        ({"number": "61"}, "Enter a number from 0 to 60."),
        ({"number": "0", "unit": "hours"}, "Enter a number from 1 to 48."),
        ({"number": "9" * 12}, "Enter a whole number"),
        ({"at": ""}, "Enter the time of the day."),
        ({"at": "25:00"}, "Enter a time, as in 09:30."),
        ({"number": "0", "at": "14:00"}, "That is not before the start"),
        ({"unit": "weeks"}, "Choose one of those in the list."),
    ],
)
def test_what_makes_no_moment_is_explained(
    client: PortalClient, values: dict[str, str], said: str
) -> None:
    typed = {"words-en": "Keep what I typed."} | values
    page = client.submit(f"{DESK}new/reminder", typed, action="/new/reminder")
    assert page.status_code == 422
    assert said in words(page) and "Keep what I typed." in page.text
    assert "<title>Error:" in page.text


def test_a_change_of_the_moment_counts_from_then_and_of_the_words_does_not(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    add(client, "reminder")
    (since,) = rule(app, "since")
    clock.shift(timedelta(minutes=5))
    client.submit(f"{DESK}1", {"words-fr": "Un stylo."}, action="/1")
    assert rule(app, "words", "since") == ({"fr": "Un stylo."}, since)
    client.submit(f"{DESK}1", {"unit": "hours"}, action="/1")
    assert rule(app, "unit", "at", "since") == ("hours", None, since + timedelta(minutes=5))


def test_two_at_one_form_lose_nothing(app: Flask, client: PortalClient) -> None:
    add(client, "reminder")
    second = sign_in(app, make_user(app, "otto@example.org", "trust", name="Otto"))
    form = second.get(f"{DESK}1")
    client.submit(f"{DESK}1", {"words-en": "Hers", "number": "3"}, action="/1")
    shown = second.submit(form, {"words-en": "His"}, action="/1")
    assert shown.status_code == 409
    assert "Your own words (English): somebody else changed it too. Theirs: Hers" in words(shown)
    assert "How many, as they left it: 3" in words(shown)
    assert "His" in shown.text and 'value="3"' in shown.text
    assert second.submit(shown, action="/1").status_code == 303
    assert rule(app, "number", "words") == (3, {"en": "His"})


def test_words_in_two_languages_are_no_conflict_that_loses_one(
    app: Flask, client: PortalClient
) -> None:
    add(client, "reminder")
    second = sign_in(app, make_user(app, "otto@example.org", "trust", name="Otto"))
    form = second.get(f"{DESK}1")
    client.submit(f"{DESK}1", {"words-en": "Hers", "unit": "hours", "at": "09:30"}, action="/1")
    shown = second.submit(form, {"words-fr": "Le sien", "at": "11:30"}, action="/1")
    assert shown.status_code == 409
    said = words(shown)
    assert "Somebody else has changed the letter meanwhile." in said
    assert "Your own words (English), as they left it: Hers" in said
    assert "Days or hours, as they left it: hours" in said
    assert second.submit(shown, action="/1").status_code == 303
    assert rule(app, "unit", "words") == ("hours", {"en": "Hers", "fr": "Le sien"})


def test_an_hour_that_both_changed_is_said_as_a_clock_shows_it(
    app: Flask, client: PortalClient
) -> None:
    add(client, "reminder")
    second = sign_in(app, make_user(app, "otto@example.org", "trust", name="Otto"))
    form = second.get(f"{DESK}1")
    client.submit(f"{DESK}1", {"at": "09:30"}, action="/1")
    shown = second.submit(form, {"at": "11:30"}, action="/1")
    assert "somebody else changed it too. Theirs: 09:30" in words(shown)
    taken = second.submit(form, {"words-en": "His"}, action="/1")
    assert "At what time of the day, as they left it: 09:30" in words(taken)
    assert 'value="09:30"' in taken.text


def test_the_preview_is_a_real_persons_letter_without_their_link(
    app: Flask, client: PortalClient, deliver: Any
) -> None:
    mails: list[EmailMessage] = deliver()
    add(client, "reminder", **{"words-en": "Bring a **pen**."})
    page = client.get(f"{DESK}1/preview")
    said = words(page)
    assert "It would go to 2 people now." in said and "As Ada Test reads it" in said
    assert "French 1 English, because there is no text in their language" in said
    assert "Bring a pen." in said and "It takes place on Monday 18 January 2027" in said
    assert "/en/registrations/…" in said
    assert not any(link_in(mail).rpartition("/")[2] in page.text for mail in mails)
    other = client.get(f"{DESK}1/preview?person=2")
    assert "As Bob Test reads it" in words(other) and '<pre class="typed" lang="fr">' in other.text
    assert '<pre class="typed" lang="fr">' in client.get(f"{DESK}1/preview?lang=fr").text
    for odd in ("person=0", "person=x", "person=999999", "lang=xx"):
        assert client.get(f"{DESK}1/preview?{odd}").status_code == 200


def test_nobody_to_look_at_is_said(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        make_event(slug="empty")
    admin = sign_in(app, make_user(app, "adam@example.org", admin=True))
    admin.submit("/desk/events/empty/reminders/", action="/usual")
    assert "Nobody would get it now" in words(admin.get("/desk/events/empty/reminders/1/preview"))


def test_what_is_removed_is_gone_from_the_list_and_its_pages(client: PortalClient) -> None:
    add(client, "reminder")
    page = client.get(f"{DESK}1/removal")
    assert "2 people would get it now, and do not then." in words(page)
    client.submit(page, action="/removal")
    assert "No letter leaves by itself yet" in words(client.get(DESK))
    assert client.get(f"{DESK}1").status_code == 404
    assert client.get(f"{DESK}{2**31}").status_code == 404


def test_an_event_has_so_many_letters_and_no_more(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction() as session:
        add(client, "reminder")
        first = session.query(Reminder).one()
        facts = {name: getattr(first, name) for name in ("event_id", "kind", "unit", "at", "since")}
        session.add_all(Reminder(number=2, **facts) for _each in range(MOST_RULES - 1))
    page = client.submit(f"{DESK}new/thanks", action="/new/thanks")
    assert page.status_code == 422 and "at most 20 of these letters" in words(page)


def test_the_list_asks_as_often_with_one_as_with_many(
    app: Flask, client: PortalClient, deliver: Any, clock: time_machine.Traveller
) -> None:
    add(client, "reminder", number="60")
    clock.move_to(at("2026-11-19 10:00"))
    deliver()
    client = sign_in(app, "olga@example.org")
    with statements(app) as few:
        client.get(DESK)
    for number in range(50, 60):
        add(client, "reminder", number=str(number))
    clock.move_to(at("2026-12-19 10:00"))
    deliver()
    client = sign_in(app, "olga@example.org")
    with statements(app) as many:
        assert "What was sent" in words(client.get(DESK))
    assert len(many) <= len(few) < 16


def test_the_audit_knows_codes_and_no_words(app: Flask, client: PortalClient) -> None:
    add(client, "reminder", **{"words-en": "Secret"})
    client.submit(f"{DESK}1", {"words-en": "Other", "number": "2"}, action="/1")
    client.submit(DESK, {"to": "off"}, action="/1/state")
    client.submit(f"{DESK}1/removal", action="/removal")
    with app.app_context():
        lines = db.session.query(Entry).filter_by(subject="reminders").order_by(Entry.id)
        assert [(line.act, line.details) for line in lines] == [
            ("reminder.made", {"kind": "reminder"}),
            ("reminder.changed", {"fields": ["number", "words"]}),
            ("reminder.switched_off", {}),
            ("reminder.removed", {}),
        ]
