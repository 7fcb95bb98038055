"""Decisions about records of processing: values in, a value out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Facts = Mapping[str, Any]
LONGEST = 3650
"""Days after the event, ten years, that anything may be kept by a record."""
ACCESS_LIST = "access_list"
"""What the access list of the building adds to a record; no form of the record asks for it."""


class Law(StrEnum):
    """Which regulation the controllers are under."""

    EUDPR = "eudpr"
    GDPR = "gdpr"


class Basis(StrEnum):
    """What makes a purpose lawful."""

    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    CONTRACT = "contract"
    CONSENT = "consent"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class Kept(StrEnum):
    """What is kept of a person as long as the record says.

    Letters and notes have an end of their own; see `shown.Notice.times`.
    """

    NAME = "name"
    CONTACT = "contact"
    ORGANISATION = "organisation"
    NEEDS = "needs"


ARTICLES: Mapping[Law, Mapping[Basis, str]] = {
    Law.EUDPR: {
        Basis.PUBLIC_TASK: "5(1)(a)",
        Basis.LEGAL_OBLIGATION: "5(1)(b)",
        Basis.CONTRACT: "5(1)(c)",
        Basis.CONSENT: "5(1)(d)",
    },
    Law.GDPR: {
        Basis.CONSENT: "6(1)(a)",
        Basis.CONTRACT: "6(1)(b)",
        Basis.LEGAL_OBLIGATION: "6(1)(c)",
        Basis.PUBLIC_TASK: "6(1)(e)",
        Basis.LEGITIMATE_INTERESTS: "6(1)(f)",
    },
}
"""Where the law has it; a union body has no legitimate interests of its own."""

USUAL_DAYS: Mapping[Kept, int] = {
    Kept.NAME: 365,
    Kept.CONTACT: 365,
    Kept.ORGANISATION: 365,
    Kept.NEEDS: 30,
}
"""Days after the end of the event that a record proposes, and that hold where there is none."""


class Gap(StrEnum):
    """What a record still lacks."""

    RECORD = "record"
    CONTROLLER = "controller"
    CONTROLLER_REACHED = "controller_reached"
    ARRANGEMENT = "arrangement"
    OFFICER = "officer"
    AUTHORITY = "authority"
    PURPOSE = "purpose"
    PURPOSE_WORDS = "purpose_words"
    BASIS = "basis"
    RECIPIENTS = "recipients"
    PROCESSOR = "processor"
    PROCESSOR_WORDS = "processor_words"
    SAFEGUARDS = "safeguards"
    RETENTION = "retention"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Missing:
    """One gap: of which entry of a list, counted from 1, and in which languages."""

    gap: Gap
    number: int = 0
    languages: tuple[str, ...] = ()
    kept: Kept | None = None


def missing(facts: Facts | None, languages: Sequence[str]) -> list[Missing]:
    """What has to be added before people may register under this record.

    Regulation (EU) 2018/1725, Articles 15 and 31; GDPR, Articles 13 and 30.
    """
    if not facts:
        return [Missing(Gap.RECORD)]
    return [
        *_about_controllers(facts, languages),
        *_about_purposes(facts, languages),
        *_about_others(facts, languages),
        *_about_time(facts),
    ]


@dataclass(frozen=True, slots=True)
class Merged:
    """Two edits of one record as one: of which sections a colleague's words were taken, and where
    both wrote something else, so that mine stands: (section, what the colleague wrote there)."""

    facts: dict[str, Any]
    taken: list[str]
    both: list[tuple[str, Any]]


def merged(seen: Facts, theirs: Facts, mine: Facts) -> Merged:
    """Word for word: what only one of two changed is taken from that one.

    Entries of a list are told apart by their place, as long as nobody added or removed one.
    """
    whole = Merged({}, [], [])
    for name, value in mine.items():
        found, taken, clashes = _merged(seen.get(name), theirs.get(name), value)
        whole.facts[name] = found
        whole.taken.extend([name] * taken)
        whole.both.extend((name, each) for each in clashes)
    return whole


def _merged(seen: Any, theirs: Any, mine: Any) -> tuple[Any, bool, list[Any]]:
    """The value; whether any of it is theirs; and their words where both changed the same."""
    if theirs in (seen, mine):
        return mine, False, []
    if mine == seen:
        return theirs, True, []
    if all(isinstance(each, Mapping) for each in (seen, theirs, mine)):
        names = dict.fromkeys([*mine, *theirs])
        parts = {name: _merged(seen.get(name), theirs.get(name), mine.get(name)) for name in names}
        value: Any = {name: part[0] for name, part in parts.items()}
        found = list(parts.values())
    elif all(isinstance(each, list) and len(each) == len(mine) for each in (seen, theirs, mine)):
        found = [_merged(*each) for each in zip(seen, theirs, mine, strict=True)]
        value = [part[0] for part in found]
    else:
        return mine, False, [theirs]
    return value, any(part[1] for part in found), [each for part in found for each in part[2]]


def carried(before: Facts | None, facts: Facts) -> dict[str, Any]:
    """New facts with what another part has added to the record; None takes that out."""
    whole = {ACCESS_LIST: (before or {}).get(ACCESS_LIST), **facts}
    return {name: value for name, value in whole.items() if name != ACCESS_LIST or value}


def copied(facts: Facts) -> dict[str, Any]:
    """What the record of another event may begin with."""
    return {name: value for name, value in facts.items() if name != ACCESS_LIST}


def days(facts: Facts | None, kept: Kept) -> int:
    """For how many days after the event this is kept."""
    said = (facts or {}).get("retention", {}).get(kept.value)
    return USUAL_DAYS[kept] if said is None else int(said)


def _about_controllers(facts: Facts, languages: Sequence[str]) -> Iterator[Missing]:
    controllers = facts["controllers"]
    if not controllers:
        yield Missing(Gap.CONTROLLER)
    for number, each in enumerate(controllers, start=1):
        if not each["name"] or not (each["email"] and each["address"]):
            yield Missing(Gap.CONTROLLER_REACHED, number)
    if len(controllers) > 1:
        yield from _without_words(Gap.ARRANGEMENT, facts["arrangement"], languages)
    if not facts["officer_email"]:
        yield Missing(Gap.OFFICER)
    is_gdpr = facts["law"] == Law.GDPR
    if is_gdpr and not (facts["authority_name"] and facts["authority_url"]):
        yield Missing(Gap.AUTHORITY)
    if not is_gdpr and not facts["register_url"]:
        yield Missing(Gap.REGISTER)


def _about_purposes(facts: Facts, languages: Sequence[str]) -> Iterator[Missing]:
    if not facts["purposes"]:
        yield Missing(Gap.PURPOSE)
    for number, each in enumerate(facts["purposes"], start=1):
        yield from _without_words(Gap.PURPOSE_WORDS, each["what"], languages, number)
        if each["basis"] not in ARTICLES[Law(facts["law"])]:
            yield Missing(Gap.BASIS, number)


def _about_others(facts: Facts, languages: Sequence[str]) -> Iterator[Missing]:
    yield from _without_words(Gap.RECIPIENTS, facts["recipients"], languages)
    for number, each in enumerate(facts["processors"], start=1):
        if not each["name"]:
            yield Missing(Gap.PROCESSOR, number)
        yield from _without_words(Gap.PROCESSOR_WORDS, each["what"], languages, number)
    if facts["transfers"]:
        yield from _without_words(Gap.SAFEGUARDS, facts["safeguards"], languages)


def _about_time(facts: Facts) -> Iterator[Missing]:
    for kept in Kept:
        if facts["retention"].get(kept.value) is None:
            yield Missing(Gap.RETENTION, kept=kept)


def _without_words(
    gap: Gap, texts: Mapping[str, str], languages: Sequence[str], number: int = 0
) -> Iterator[Missing]:
    without = tuple(lang for lang in languages if not texts.get(lang))
    if without:
        yield Missing(gap, number, without)
