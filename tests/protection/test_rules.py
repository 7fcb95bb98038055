"""What a record lacks, and how two edits of it come together."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from portal.protection.rules import Basis, Gap, Kept, Merged, Missing, days, merged, missing
from tests.records import RECORD

BOTH = ("en", "fr")


def record(**facts: Any) -> dict[str, Any]:
    return copy.deepcopy(RECORD) | facts


def test_a_whole_record_lacks_nothing() -> None:
    assert missing(record(), BOTH) == []


def test_no_record_lacks_all() -> None:
    assert missing(None, BOTH) == [Missing(Gap.RECORD)]


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        ({"controllers": []}, [Missing(Gap.CONTROLLER)]),
        (
            {"controllers": [{"name": "A", "address": "", "email": "a@example.org"}]},
            [Missing(Gap.CONTROLLER_REACHED, 1)],
        ),
        ({"controllers": RECORD["controllers"] * 2}, [Missing(Gap.ARRANGEMENT, 0, BOTH)]),
        ({"officer_email": ""}, [Missing(Gap.OFFICER)]),
        ({"register_url": ""}, [Missing(Gap.REGISTER)]),
        ({"law": "gdpr"}, [Missing(Gap.AUTHORITY)]),
        ({"purposes": []}, [Missing(Gap.PURPOSE)]),
        (
            {"purposes": [{"what": {"en": "To hold it"}, "basis": "legitimate_interests"}]},
            [Missing(Gap.PURPOSE_WORDS, 1, ("fr",)), Missing(Gap.BASIS, 1)],
        ),
        ({"recipients": {"fr": "Nous"}}, [Missing(Gap.RECIPIENTS, 0, ("en",))]),
        (
            {"processors": [{"name": "", "what": {}}]},
            [Missing(Gap.PROCESSOR, 1), Missing(Gap.PROCESSOR_WORDS, 1, BOTH)],
        ),
        ({"transfers": True}, [Missing(Gap.SAFEGUARDS, 0, BOTH)]),
        (
            {"retention": RECORD["retention"] | {"needs": None}},
            [Missing(Gap.RETENTION, kept=Kept.NEEDS)],
        ),
    ],
)
def test_each_gap_is_found(facts: dict[str, Any], lacks: list[Missing]) -> None:
    assert missing(record(**facts), BOTH) == lacks


def test_under_the_gdpr_no_register_has_to_be_public() -> None:
    facts = {"authority_name": "A", "authority_url": "https://a.example", "register_url": ""}
    assert missing(record(law="gdpr", **facts), BOTH) == []


def test_a_union_body_has_no_legitimate_interests() -> None:
    purposes = [{"what": {"en": "a", "fr": "b"}, "basis": Basis.LEGITIMATE_INTERESTS}]
    assert missing(record(purposes=purposes), BOTH) == [Missing(Gap.BASIS, 1)]


def test_two_edits_come_together() -> None:
    seen = {"a": 1, "b": 1, "c": 1, "d": 1}
    theirs = {"a": 2, "b": 1, "c": 2, "d": 2}
    mine = {"a": 1, "b": 3, "c": 3, "d": 2}
    assert merged(seen, theirs, mine) == Merged({"a": 2, "b": 3, "c": 3, "d": 2}, ["a"], [("c", 2)])


def test_what_two_changed_in_one_section_is_merged_word_for_word() -> None:
    seen = {"days": {"name": 365, "contact": 365}, "bodies": [{"name": "A", "email": "a@b.eu"}]}
    theirs = {"days": {"name": 77, "contact": 365}, "bodies": [{"name": "AA", "email": "c@b.eu"}]}
    mine = {"days": {"name": 365, "contact": 44}, "bodies": [{"name": "A", "email": "d@b.eu"}]}
    assert merged(seen, theirs, mine) == Merged(
        {"days": {"name": 77, "contact": 44}, "bodies": [{"name": "AA", "email": "d@b.eu"}]},
        ["days", "bodies"],
        [("bodies", "c@b.eu")],
    )
    longer = mine | {"bodies": [*mine["bodies"], {"name": "B", "email": ""}]}
    assert merged(seen, theirs, longer).both == [("bodies", theirs["bodies"])]


def test_without_a_record_the_usual_times_hold() -> None:
    assert (days(None, Kept.NEEDS), days(record(), Kept.NAME)) == (30, 365)
    assert days({"retention": {"needs": 0}}, Kept.NEEDS) == 0
