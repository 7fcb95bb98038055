"""How long a call is open, and what an item needs before it is public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.news.rules import (
    Kind,
    Openness,
    days_left,
    end_of_day,
    entry_id,
    needs,
    openness,
    said_at,
    turns_at,
    unsafe,
)

BRUSSELS = "Europe/Brussels"
CLOSES = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_call_closes_at_its_moment() -> None:
    opens = CLOSES - timedelta(days=1)
    at = [opens - SECOND, opens, CLOSES - SECOND, CLOSES]
    assert [openness(opens, CLOSES, now) for now in at] == [
        Openness.NOT_YET, Openness.OPEN, Openness.OPEN, Openness.CLOSED,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "days"),
    [
        (datetime(2027, 1, 3, 22, 59, tzinfo=UTC), 12),
        (datetime(2027, 1, 3, 23, 0, tzinfo=UTC), 11),  # midnight in Brussels
        (datetime(2027, 1, 14, 22, 59, tzinfo=UTC), 1),
        (datetime(2027, 1, 14, 23, 0, tzinfo=UTC), 0),
    ],
)
def test_days_are_counted_on_the_calls_clock(now: datetime, days: int) -> None:
    assert days_left(CLOSES, BRUSSELS, now) == days


@pytest.mark.parametrize(
    ("now", "turns"),
    [
        (datetime(2027, 1, 3, 12, 0, tzinfo=UTC), datetime(2027, 1, 3, 23, 0, tzinfo=UTC)),
        (datetime(2027, 1, 15, 12, 0, tzinfo=UTC), CLOSES),
        (CLOSES, None),
    ],
)
def test_words_turn_at_midnight_and_at_the_end(now: datetime, turns: datetime | None) -> None:
    assert turns_at(None, CLOSES, BRUSSELS, now) == turns


def test_words_turn_when_a_call_opens() -> None:
    now = datetime(2027, 1, 3, 12, 0, tzinfo=UTC)
    assert turns_at(now + SECOND, CLOSES, BRUSSELS, now) == now + SECOND


def test_where_the_clock_skips_midnight_the_day_ends_at_the_skip() -> None:
    """In Cairo on 24 April 2026 the clock goes from 0:00 to 1:00."""
    day = datetime(2026, 4, 23, 12, 0, tzinfo=UTC)
    assert end_of_day(day, "Africa/Cairo") == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)


def test_a_whole_day_is_said_as_that_day() -> None:
    end = end_of_day(CLOSES, BRUSSELS)
    assert end == datetime(2027, 1, 15, 23, 0, tzinfo=UTC)
    assert said_at(end, whole_day=True) == end - SECOND
    assert said_at(end, whole_day=False) == end


@pytest.mark.parametrize(
    ("link", "is_safe"),
    [
        ("https://survey.example.org/a", True),
        ("http://survey.example.org/a", False),
        ("https://", False),
        ("https://[", False),
        ("javascript:alert(1)", False),
        ("https://a b.example.org", False),
    ],
)
def test_links_lead_to_a_host_by_https(link: str, is_safe: bool) -> None:
    assert (unsafe([link]) == []) is is_safe


def test_each_language_of_an_item_is_an_entry_of_its_own_for_ever() -> None:
    uid = "12345678-1234-4678-8234-567812345678"

    assert entry_id(uid, "en") == entry_id(uid, "en") != entry_id(uid, "fr")


WHOLE = {
    "kind": Kind.CALL, "title": True, "summary": True, "text": True, "opens_at": None,
    "closes_at": CLOSES, "responsible": True, "languages": True,
    "contacts": [{"about": "content"}], "doors": [{"links": {"en": "https://example.org"}}],
    "now": CLOSES - SECOND,
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, []),
        ({"closes_at": None}, ["closes_at"]),
        ({"opens_at": CLOSES}, ["closes_at"]),
        ({"contacts": [{"about": "rest"}]}, ["contact"]),
        ({"doors": []}, ["doors"]),
        ({"doors": [{"links": {}}]}, ["doors"]),
        ({"doors": [{"links": {}}], "now": CLOSES}, []),
        ({"kind": Kind.NEWS, "doors": [], "contacts": [], "closes_at": None}, []),
        ({"kind": Kind.NEWS, "text": False}, ["text"]),
        ({"kind": Kind.NEWS, "responsible": False}, []),
        ({"kind": Kind.NEWS, "responsible": False, "contacts": []}, ["behind"]),
    ],
)
def test_what_keeps_an_item_a_draft(facts: dict[str, object], missing: list[str]) -> None:
    found = needs(**(WHOLE | facts))  # type: ignore[arg-type]
    assert [need.code for need in found if not need.is_met] == missing
