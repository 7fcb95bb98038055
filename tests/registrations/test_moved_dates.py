"""An event moves: what becomes of the dates that were set for its old time."""

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
from portal.db import transaction
from portal.events import queries
from portal.registrations.service import quotas
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.registrations.front_door import link_in, register, status_of
from tests.registrations.test_offers import move_on, standing

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/"
DAY = timedelta(days=1)
EARLIER = {"starts_at": "2026-12-14T14:00", "ends_at": "2026-12-14T17:30"}
LATER = {"starts_at": "2027-04-12T14:00", "ends_at": "2027-04-12T17:30"}
DATES = {
    "registration_closes_at": JANUARY - 3 * DAY, "changes_until": JANUARY - 3 * DAY,
    "withdrawals_until": JANUARY - 3 * DAY, "decision_at": JANUARY - 2 * DAY,
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("clock")


def event(app: Flask, *, kept_until: datetime | None = None, **facts: Any) -> PortalClient:
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=2, **facts)
        if kept_until is not None:
            quota = {"places": 1, "until": kept_until, "groups": ["mep"], "countries": [],
                     "online": False, "invited": False}  # fmt: skip
            quotas.add(trust, quota, by=COMMAND, now=portal_clock.now())
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def postpone(desk: PortalClient, deliver: Deliver) -> None:
    deliver()
    desk.submit(f"{PAGE}postponement", {}, action="/postponement")
    desk.submit(PAGE, action="/letters")
    deliver()


def set_time(desk: PortalClient, times: dict[str, str], form: str = "publication") -> str:
    """The new time, as the review says it, and then so."""
    review = desk.submit(f"{PAGE}{form}", times, action=f"/{form}")
    done = desk.submit(review, {"step": "act"}, action=f"/{form}")
    assert done.status_code == 303, words(done)
    return words(review)


def kept_until(app: Flask) -> list[datetime]:
    with app.app_context():
        return [each.until for each in queries.quotas([event_of().id])]


@pytest.mark.parametrize("is_postponed", [False, True])
def test_a_quota_gives_its_places_out_in_time_also_when_the_event_moves_earlier(
    app: Flask, deliver: Deliver, clock: time_machine.Traveller, is_postponed: bool
) -> None:
    desk = event(app, kept_until=JANUARY - 6 * DAY)
    for name in ("ada", "bob"):
        comes(app, name)
    if is_postponed:
        postpone(desk, deliver)
    start = datetime.fromisoformat("2026-12-14T13:00+00:00")
    review = set_time(desk, EARLIER, "publication" if is_postponed else "details")
    assert "Places are kept until: 8 December 2026, 14:00" in review
    assert kept_until(app) == [start - 6 * DAY]
    move_on(app)
    assert standing(app) == {"Ada": "confirmed", "Bob": "waitlisted"}
    clock.move_to(start - 5 * DAY)
    move_on(app)
    assert standing(app) == {"Ada": "confirmed", "Bob": "confirmed"}


def test_a_quota_that_fits_stays_and_one_that_passed_meanwhile_is_said(
    app: Flask, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    desk = event(app, kept_until=JANUARY - 6 * DAY)
    comes(app, "ada")
    postpone(desk, deliver)
    clock.move_to(JANUARY)
    desk = sign_in(app, "olga@example.org")
    assert "The date of a quota has passed meanwhile" in set_time(desk, LATER)
    assert kept_until(app) == [JANUARY - 6 * DAY]


def test_registration_opens_again_with_the_new_date_whatever_the_old_closing_date_was(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    desk = event(app, **DATES)
    comes(app, "ada")
    postpone(desk, deliver)
    clock.move_to(JANUARY + 14 * DAY)
    desk = sign_in(app, "olga@example.org")
    review = set_time(desk, LATER)
    assert (
        "These dates do not fit the new time and are emptied: Registration closes at, Registrants "
        "can change their details until, Registrants can withdraw in time until, People hear "
        "whether there is a place for them by. Set others afterwards if you need them."
    ) in review
    assert status_of(register(client, "trust", first_name="Bob")) == "confirmed"


def test_dates_after_an_earlier_start_are_void_in_letters_and_on_pages(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    desk = event(app, **DATES)
    register(client, "trust")
    own = link_in(deliver()[0])
    desk.submit(f"{PAGE}postponement", {}, action="/postponement")
    desk.submit(PAGE, action="/letters")
    facts = words(desk.get(PAGE)).partition("How it stands")[2]
    assert "Places can be given back in time until the event is over" in facts
    assert "People hear whether there is a place no date is set" in facts
    deliver()
    set_time(desk, EARLIER)
    desk.submit(PAGE, action="/letters")
    [letter] = deliver()
    assert "Give the place back" not in text_of(letter)
    assert "15 January" not in text_of(letter)
    for page in (own, "/en/events/trust/register"):
        assert "15 January" not in words(client.get(page))
