"""Two who become one, or hand a place over, keep what they have in sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import service as events
from portal.registrations import service
from portal.registrations.queries import of_address
from tests.desk.people import comes, event_of
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.registrations.front_door import link_in
from tests.sessions.making import make_chosen, number, standing

Deliver = Callable[[], list[EmailMessage]]
HOUR = timedelta(hours=1)
SAME = {"first_name": "Ada", "last_name": "Lovelace"}
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    """At first shop floor and office side by side, then the workshop; little room in each."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=5, transferable=True)
        make_chosen(trust, "Shop floor", places=1, waiting=5)
        make_chosen(trust, "Office", places=5)
        make_chosen(trust, "Workshop", after=1)
    return {name: int(number(app, name)) for name in ("Shop floor", "Office", "Workshop")}


def links(deliver: Deliver) -> dict[str, str]:
    return {str(mail["To"]).partition("@")[0]: link_in(mail) for mail in deliver()}


def merge(client: PortalClient, deliver: Deliver, name: str, into: str) -> None:
    """Who is registered twice changes one address to the other."""
    link = links(deliver)[name]
    page = client.submit(f"{link}/details", {"email": f"{into}@example.org"})
    assert page.status_code == 200


def test_of_two_places_of_one_person_what_does_not_clash_stays_and_what_does_is_the_other_ones(
    app: Flask, client: PortalClient, ids: dict[str, int], deliver: Deliver
) -> None:
    comes(app, "ada", sessions=[ids["Shop floor"], ids["Workshop"]], **SAME)
    comes(app, "other", sessions=[ids["Office"]], **SAME)
    comes(app, "bob", sessions=[ids["Shop floor"]])
    merge(client, deliver, "ada", "other")
    assert standing(app) == {
        "Office": ["other: place"], "Shop floor": ["bob: place"], "Workshop": ["other: place"],
    }  # fmt: skip


def test_nobody_overtakes_in_a_session_that_both_had_chosen(
    app: Flask, client: PortalClient, ids: dict[str, int], deliver: Deliver
) -> None:
    comes(app, "ada", sessions=[ids["Shop floor"]], **SAME)
    comes(app, "bob", sessions=[ids["Shop floor"]])
    comes(app, "other", sessions=[ids["Shop floor"]], **SAME)  # behind Bob
    merge(client, deliver, "ada", "other")
    assert standing(app) == {"Shop floor": ["other: place", "bob: line"]}


def test_the_earlier_turn_in_a_line_stays(
    app: Flask, client: PortalClient, ids: dict[str, int], deliver: Deliver
) -> None:
    for name in ("eve", "ada", "bob", "other"):
        own = SAME if name in ("ada", "other") else {}
        comes(app, name, sessions=[ids["Shop floor"]], **own)
    merge(client, deliver, "ada", "other")
    assert standing(app) == {"Shop floor": ["eve: place", "other: line", "bob: line"]}


def test_a_colleague_who_wished_for_the_same_session_has_the_very_place_in_it(
    app: Flask, client: PortalClient, ids: dict[str, int], deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        event_of().capacity = 2
    comes(app, "ada", sessions=[ids["Shop floor"], ids["Workshop"]])
    comes(app, "bob", sessions=[ids["Shop floor"]])
    grace = {"first_name": "Grace", "last_name": "Hopper"}
    comes(app, "grace", sessions=[ids["Shop floor"]], **grace)  # in line for the event
    form = grace | {"email": "grace@example.org", "organisation": "Navy",
                    "stakeholder_group": "expert", "country": "BE"}  # fmt: skip
    client.submit(f"{links(deliver)['ada']}/transfer", form, action="/transfer")
    assert standing(app) == {"Shop floor": ["grace: place", "bob: line"]}


def test_who_is_let_in_after_a_session_began_missed_it_and_of_a_postponed_event_nothing_began(
    app: Flask, ids: dict[str, int], clock: Any, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        event_of().approval = True
    for name in ("ada", "bob"):
        comes(app, name, sessions=[ids["Shop floor"], ids["Workshop"]])
    clock.move_to(JANUARY + HOUR / 2)
    decide(app, "ada")
    assert standing(app) == {
        "Shop floor": ["bob: wish", "ada: missed"], "Workshop": ["bob: wish", "ada: place"],
    }  # fmt: skip
    clock.move_to(JANUARY - HOUR)
    with app.app_context(), transaction():
        events.postpone(events.locked(event_of().id), by=COMMAND, now=portal_clock.now())
    clock.move_to(JANUARY + 9 * HOUR)
    decide(app, "bob")
    assert standing(app)["Workshop"] == ["ada: place", "bob: place"]


def decide(app: Flask, name: str) -> None:
    with app.app_context(), transaction():
        person = of_address(f"{name}@example.org")[0]
        service.approve(person, by=COMMAND, now=portal_clock.now())
