"""The cleaner of what people type, at its limits."""

from __future__ import annotations

import unicodedata

import pytest

from portal.text import LONGEST_TEXT, MOST_MARKS, clean, clean_lines, fold, like_pattern, masked

UNSORTED = "\u0301\u0316"  # above and below: each pair is one to sort


def marks(text: str) -> int:
    return sum(1 for c in text if unicodedata.combining(c))


@pytest.mark.parametrize(
    "pair", [UNSORTED, "\u0f73\u0327", "\u0327\u0f81", "\u0344\u0316", "\u0301\u200b\u0316"]
)
def test_a_run_of_marks_is_cut_before_it_is_sorted(pair: str) -> None:
    cleaned = clean_lines("a" + pair * 900 + "b")

    assert (cleaned[-1], unicodedata.is_normalized("NFC", cleaned)) == ("b", True)
    assert marks(cleaned) <= 2 * MOST_MARKS


def test_what_a_search_folds_is_cut_as_well() -> None:
    """Half-width voice marks (U+FF9E) stand by themselves until they are taken apart."""
    apart = "".join(f"{c}\uff9e" for c in "\u0316" * 900)
    assert fold(f"a{apart}b") == fold(f"a{UNSORTED * 900}b") == "ab"


def test_a_text_longer_than_any_field_is_not_normalised() -> None:
    long = "e\u0301" * LONGEST_TEXT
    assert clean(long) == long
    assert clean("e\u0301" * 1000) == "é" * 1000
    assert clean(f"a\x00\u202e{long}") == f"a{long}"


@pytest.mark.parametrize(
    "written",
    ["Nguyễn Thị Minh", "בְּרֵאשִׁית", "བཀྲ་ཤིས", "กรุงเทพฯ", "e" + "\u0323" * MOST_MARKS],
)
def test_people_write_as_before(written: str) -> None:
    assert clean(written) == unicodedata.normalize("NFC", written)


def test_a_pattern_finds_signs_that_mean_something_to_the_database() -> None:
    assert like_pattern("50%_\\") == "%50\\%\\_\\\\%"


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@example.org", "a…@example.org"), ('"a@b"@example.org', '"…@example.org'), ("", "…")],
)
def test_a_masked_address_says_little(address: str, shown: str) -> None:
    assert masked(address) == shown
