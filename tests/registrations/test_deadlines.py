"""Registration, changes and withdrawal each have their date; what is said and noted after it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import service as events
from portal.events.rules import Misplaced, State, misplaced, withdrawal_deadline
from portal.registrations.rules import Status, withdraws_late
from tests.desk.front_door import act, make_user, sign_in, words
from tests.desk.people import acts, comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.registrations.front_door import link_in, register, status_of, told

Deliver = Callable[[], list[EmailMessage]]
DEADLINE = JANUARY - timedelta(days=3)
SECOND = timedelta(seconds=1)
CONTACTS = [{"role": {"en": "Programme"}, "email": "ask+trust@example.org"}]
MAILTO = 'href="mailto:ask+trust@example.org?subject=Trust%20in%20microcredentials"'
CAN_BE = "Places can be given back until 15 January 2027, 14:00, Brussels time (CET, UTC+1)."
IS_LATE = "The time to give a place back ended on 15 January 2027, 14:00"


def test_late_is_from_the_very_second_of_the_deadline_and_only_who_holds_a_place() -> None:
    def is_late(now: datetime, status: Status = Status.CONFIRMED) -> bool:
        return withdraws_late(status=status, deadline=DEADLINE, now=now)

    assert [is_late(DEADLINE - SECOND), is_late(DEADLINE), is_late(DEADLINE + SECOND)] == [
        False, True, True,
    ]  # fmt: skip
    assert not is_late(DEADLINE, Status.WAITLISTED) and not is_late(DEADLINE, Status.PENDING)
    assert not withdraws_late(status=Status.CONFIRMED, deadline=None, now=JANUARY)


def test_a_deadline_is_void_while_postponed_and_once_people_were_asked_again() -> None:
    def holds(state: State = State.PUBLISHED, asked_at: datetime | None = None) -> bool:
        return withdrawal_deadline(state=state, until=DEADLINE, asked_at=asked_at) is not None

    assert holds() and not holds(State.POSTPONED)
    assert holds(asked_at=DEADLINE - SECOND)
    assert not holds(asked_at=DEADLINE) and not holds(asked_at=DEADLINE + SECOND)


def test_a_deadline_lies_after_the_opening_and_not_behind_the_end_of_all() -> None:
    def found(at: datetime) -> Misplaced | None:
        return misplaced(at, opens_at=DEADLINE, at_most=JANUARY)

    assert [found(at) for at in (DEADLINE, DEADLINE + SECOND, JANUARY, JANUARY + SECOND)] == [
        Misplaced.EARLY, None, None, Misplaced.LATE,
    ]  # fmt: skip
    assert misplaced(JANUARY, opens_at=None, at_most=None) is None


def test_a_date_for_changes_from_before_people_were_asked_again_says_nothing(
    app: Flask, client: PortalClient, clock: Any, deliver: Deliver
) -> None:
    """Who says that they come on the new date may say how they come, and choose anew."""
    with app.app_context(), transaction():
        make_event(slug="trust", changes_until=DEADLINE)
    register(client, "trust")
    link = link_in(deliver()[0])
    clock.move_to(DEADLINE + timedelta(hours=1))
    assert "This cannot be changed any more" in words(client.get(f"{link}/details"))
    with app.app_context(), transaction():
        held = events.locked(event_of().id)
        events.postpone(held, by=COMMAND, now=portal_clock.now())
        held.tell_due_at = None
        events.announce(held, now=portal_clock.now())
    with app.app_context(), transaction():
        start = JANUARY + timedelta(days=30)
        facts = {"starts_at": start, "ends_at": start + timedelta(hours=3)}
        events.take_up(events.locked(event_of().id), facts, by=COMMAND, now=portal_clock.now())
    page = words(client.get(link))
    assert "Change my details" in page and "The time to change details ended" not in page
    assert client.submit(f"{link}/details", {"organisation": "Navy"}).status_code == 303


@pytest.fixture
def event(app: Flask, clock: object) -> str:
    with app.app_context(), transaction():
        return make_event(
            slug="trust", capacity=1, withdrawals_until=DEADLINE, contacts=CONTACTS,
            changes_until=DEADLINE - timedelta(days=1),
        ).slug  # fmt: skip


def test_who_gives_a_place_back_in_time_is_not_late(
    app: Flask, client: PortalClient, event: str, clock: Any, deliver: Deliver
) -> None:
    register(client, event)
    register(client, event, first_name="Grace", email="grace@example.org")
    confirmed, waits = deliver()
    said = "Give the place back until: 15 January 2027, 14:00, Brussels time (CET, UTC+1)"
    assert said in text_of(confirmed) and "Give the place back until" in html_of(confirmed)
    assert "Change details until: 14 January 2027" in text_of(waits)
    assert "Give the place back" not in text_of(waits)
    link = link_in(confirmed)
    clock.move_to(DEADLINE - SECOND)
    assert CAN_BE in words(client.get(link))
    assert CAN_BE in words(client.get(f"/en/events/{event}/"))
    assert CAN_BE not in words(client.get(link_in(waits)))  # whoever waits is never late
    client.submit(f"{link}/withdrawal")
    assert "late" not in words(client.get(link))
    assert acts(app, 1)[-1] == (
        "registration.withdrawn", {"before": "confirmed", "after": "withdrawn"},
    )  # fmt: skip
    clock.move_to(DEADLINE)
    letters = deliver()
    assert "Give the place back until" not in text_of(letters[-1])  # of who moved up: it is over


def test_after_the_deadline_the_page_says_whom_to_ask_and_the_withdrawal_is_noted(
    app: Flask, client: PortalClient, event: str, clock: Any, deliver: Deliver
) -> None:
    register(client, event)
    link = link_in(deliver()[0])
    assert MAILTO not in client.get(link).get_data(as_text=True)
    clock.move_to(DEADLINE - SECOND)
    assert CAN_BE in words(client.get(f"/en/events/{event}/"))  # kept, and only until then
    clock.move_to(DEADLINE)
    for path in (link, f"{link}/withdrawal", f"/en/events/{event}/"):
        page = client.get(path)
        assert IS_LATE in words(page) and MAILTO in page.get_data(as_text=True), path
    assert "The time to change details ended on 14 January 2027" in words(client.get(link))
    client.submit(f"{link}/withdrawal")
    page = client.get(link)
    assert status_of(page) == "withdrawn"
    assert "It is noted that you gave your place back late." in words(page)
    assert told(deliver()) == [("ada@example.org", "Your registration is withdrawn", "CANCEL")]

    desk = sign_in(app, make_user(app, "olga@example.org", event))
    where = f"/desk/events/{event}/registrations"
    assert "Withdrawn late" in words(desk.get(where))
    assert "after the deadline" in words(desk.get(f"{where}/1"))
    (row,) = csv.DictReader(desk.get(f"{where}.csv").get_data(as_text=True).splitlines())
    assert row["withdrawn_late"] == "yes"
    clock.move_to(DEADLINE - timedelta(days=9))
    register(client, event)  # back in time: what was noted is of another withdrawal
    assert "late" not in words(desk.get(f"{where}/1")).partition("What happened")[0]


def test_at_the_desk_a_late_withdrawal_is_announced_and_noted(
    app: Flask, client: PortalClient, event: str, clock: Any
) -> None:
    ada, waits = comes(app, "ada"), comes(app, "waits")
    clock.move_to(DEADLINE + SECOND)
    desk = sign_in(app, make_user(app, "olga@example.org", event))
    where = f"/desk/events/{event}/registrations"
    assert "noted as late" not in words(desk.get(f"{where}/{waits}/withdrawal"))
    assert "this withdrawal is noted as late" in words(desk.get(f"{where}/{ada}/withdrawal"))
    act(desk, f"{where}/{waits}/withdrawal")
    act(desk, f"{where}/{ada}/withdrawal")
    assert [acts(app, each)[-1][1].get("late") for each in (ada, waits)] == [True, None]


def test_a_closed_registration_says_whom_to_ask(
    app: Flask, client: PortalClient, clock: Any
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", contacts=CONTACTS, registration_closes_at=DEADLINE)
        make_event(slug="nobody", registration_closes_at=DEADLINE)
    hero = '<div class="event-acts">'
    for path, start in (("/en/events/trust/register", "<main"), ("/en/events/trust/", hero)):
        clock.move_to(DEADLINE - SECOND)
        page = client.get(path).get_data(as_text=True)
        assert MAILTO not in page.partition(start)[2].partition('id="practical"')[0]
        clock.move_to(DEADLINE)
        page = client.get(path).get_data(as_text=True)
        assert MAILTO in page.partition(start)[2].partition('id="practical"')[0]
    assert "?subject=" in client.get("/en/events/nobody/register").get_data(as_text=True)


def test_the_desk_asks_for_deadlines_in_order(app: Flask, clock: object) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", registration_opens_at=datetime(2026, 12, 1, 8, tzinfo=UTC))
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    path = "/desk/events/trust/details"
    for field, at, said in (
        ("registration_closes_at", "2027-01-18T14:01", "before the event starts"),
        ("changes_until", "2027-01-18T14:01", "before the event starts"),
        ("changes_until", "2026-12-01T09:00", "after registration opens"),
        ("withdrawals_until", "2027-01-18T17:31", "before the event ends"),
        ("withdrawals_until", "2026-12-01T09:00", "after registration opens"),
    ):
        refused = act(desk, path, {field: at})
        assert refused.status_code == 422, (field, at)
        assert f"Enter a time {said}" in words(refused), (field, at)
    shown = act(desk, path, {"withdrawals_until": "2027-01-18T17:30"})
    assert desk.submit(shown, {"step": "act"}, action=path).status_code == 303
    assert "until 18 January 2027, 17:30" in words(desk.get("/desk/events/trust/"))
    with app.app_context():
        assert event_of().withdrawals_until == JANUARY + timedelta(hours=3, minutes=30)
