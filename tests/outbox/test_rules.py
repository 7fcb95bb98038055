"""How fast mails may leave."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.outbox.rules import gap, last_leaves_at, may_leave

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rate", "seconds"), [("30/minute", 2.0), ("5/second", 0.2), ("1/hour", 3600), ("1/day", 86400)]
)
def test_a_rate_is_an_even_pause(rate: str, seconds: float) -> None:
    assert gap(rate) == timedelta(seconds=seconds)


def test_without_a_rate_there_is_no_pause() -> None:
    assert gap("") is None


@pytest.mark.parametrize(
    ("rate", "passed", "count"),
    [
        ("30/minute", 0.0, 0),
        ("30/minute", 1.9, 0),
        ("30/minute", 2.0, 1),
        ("30/minute", 3600, 1),  # nothing is saved up
        ("100/second", 0.06, 6),
        ("100/second", 3600, 25),
        ("30/minute", -1.0, 0),  # a clock that runs a little behind
        ("30/minute", -3600, 1),  # a clock that was put back
    ],
)
def test_who_waited_long_enough_may_leave(rate: str, passed: float, count: int) -> None:
    pause = gap(rate)
    assert pause is not None
    assert may_leave(NOW - timedelta(seconds=passed), pause, NOW) == count


def test_the_last_leaves_when_all_before_it_have() -> None:
    assert last_leaves_at(600, timedelta(seconds=2), NOW) == NOW + timedelta(minutes=20)
