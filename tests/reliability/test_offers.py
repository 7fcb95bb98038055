"""The button of one offer, pressed by many in the moment in which it ends: one place, never two."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal import clock
from portal.db import db
from portal.events.models import Event
from portal.registrations.models import Registration
from tests.harness.servers import until
from tests.reliability.crowd import Wish, people, rush
from tests.reliability.running import Running

PATIENCE = 60.0
IN_TIME, AT_THE_INSTANT, TOO_LATE = 600.0, 0.15, -0.001


@pytest.mark.parametrize("left", [IN_TIME, AT_THE_INSTANT, TOO_LATE])
def test_20_press_one_button_as_the_offer_ends_while_strangers_register(
    portal: Running, left: float
) -> None:
    slug = portal.event(capacity=1, offer_hours=1)
    for person in people(slug, 3, "line"):
        rush(portal.url, [person])
    until(lambda: portal.everybody_is_told(slug) and portal.is_quiet(), PATIENCE)
    pages = portal.own_pages(slug)
    first, second = pages["line0@example.org"], pages["line1@example.org"]
    rush(portal.url, [Wish(f"{first}/withdrawal")])
    until(lambda: portal.everybody_is_told(slug) and portal.is_quiet(), PATIENCE)
    assert list(portal.statuses(slug).values()) == ["withdrawn", "offered", "waitlisted"]

    presses = [Wish(second, times=20, action="/place")]
    outcomes = rush(
        portal.url, [*presses, *people(slug, 10, "stranger")], lambda: ends_in(portal, slug, left)
    )
    codes = Counter(each.code for each in outcomes[:20])
    assert set(codes) <= {303, 409}
    assert [each.status for each in outcomes[20:]] == ["waitlisted"] * 10
    found = portal.statuses(slug)
    took = found["line1@example.org"] == "confirmed"
    assert took == (codes[303] > 0)
    if left == IN_TIME:
        assert codes == {303: 20}
    if left == TOO_LATE:
        assert codes == {409: 20}
    until(lambda: has_settled(portal, slug, took=took), PATIENCE)
    held = Counter(portal.statuses(slug).values())
    assert held["confirmed"] + held["offered"] == 1
    assert portal.statuses(slug)["line2@example.org"] == ("waitlisted" if took else "offered")
    assert len(portal.acts("registration.offer_taken", slug)) == int(took)


def has_settled(portal: Running, slug: str, *, took: bool) -> bool:
    """Whether the worker came by, where there was something left to do."""
    return took or portal.statuses(slug)["line1@example.org"] == "withdrawn"


def ends_in(portal: Running, slug: str, seconds: float) -> None:
    """The offer is over in so long from now."""
    with portal.writing():
        at = clock.now() + timedelta(seconds=seconds)
        event = portal.held_event(portal.event_id(slug))
        db.session.execute(update(Event).where(Event.id == event.id).values(offers_end_at=at))
        db.session.execute(
            update(Registration)
            .where(Registration.event_id == event.id, Registration.status == "offered")
            .values(offered_until=at)
        )
