"""Many at once for few places: never one too many, and the line in order of arrival."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.reliability.crowd import Outcome, Wish, people, registration, rush
from tests.reliability.running import Running


def line_is_in_order_of_arrival(portal: Running, slug: str, length: int) -> bool:
    """Numbers 1 to `length` without a gap, rising with the moments of arrival."""
    waiting = [each.queue_number for each in portal.registrations(slug) if each.queue_number]
    return waiting == list(range(1, length + 1))


def everybody_read_the_truth(portal: Running, slug: str, outcomes: list[Outcome]) -> bool:
    read = {outcome.email: outcome.status for outcome in outcomes}
    return read == portal.statuses(slug) and {o.code for o in outcomes} == {303}


def test_160_people_for_50_places(portal: Running) -> None:
    slug = portal.event(capacity=50)
    outcomes = rush(portal.url, people(slug, 160))
    assert Counter(o.status for o in outcomes) == {"confirmed": 50, "waitlisted": 110}
    assert everybody_read_the_truth(portal, slug, outcomes)
    assert line_is_in_order_of_arrival(portal, slug, 110)


@pytest.mark.parametrize("round_", range(4))
def test_16_posts_for_the_last_place(portal: Running, round_: int) -> None:
    slug = portal.event(capacity=51)
    assert len(rush(portal.url, people(slug, 50, "early"))) == 50
    outcomes = rush(portal.url, people(slug, 16, "late"))
    assert Counter(o.status for o in outcomes) == {"confirmed": 1, "waitlisted": 15}
    assert line_is_in_order_of_arrival(portal, slug, 15)
