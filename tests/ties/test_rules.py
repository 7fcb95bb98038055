"""Decisions about ties."""

from __future__ import annotations

import pytest

from portal.ties.rules import End, Kind, read_end, without


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("publication-5", End(Kind.PUBLICATION, 5)),
        ("news-12", End(Kind.NEWS, 12)),
        ("speaker-5", None),
        ("event-", None),
        ("event-5x", None),
        ("event-\u0665", None),
        ("event-99999999999", None),
        ("", None),
    ],
)
def test_an_end_is_read_as_it_was_written(written: str, read: End | None) -> None:
    assert read_end(written) == read
    assert read is None or str(read) == written


def test_what_belongs_to_a_later_phase_moves_up_when_one_is_taken_away() -> None:
    phases = [{"years": years} for years in ("2020", "2021", "2022")]
    assert without(phases, 2) == {1: 1, 2: None, 3: 2}
