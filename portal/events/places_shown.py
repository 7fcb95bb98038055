"""Divided places in people's words: for whom some are kept, what is left in the room and online."""

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.events.division import Division, Kept, Part
from portal.events.rules import Places
from portal.i18n import countries, moment_words, page_language
from portal.labels import ATTENDANCE, STAKEHOLDER_GROUPS


def whom(quota: Kept) -> str:
    """For whom a quota is: 'Employer, Learner · Cyprus, Greece'."""
    invited = [_("invited people")] if quota.invited else []
    groups = [str(words) for code, words in STAKEHOLDER_GROUPS.items() if code in quota.groups]
    named = [name for code, name in countries(page_language()) if code in quota.countries]
    return " · ".join(", ".join(each) for each in (groups, named, invited) if each)


def kept_words(places: Places, zone: str) -> str:
    """A sentence for each quota that still has a place which is nobody else's."""
    if places.division is None:
        return ""
    kept = [
        _kept(part, quota, zone, is_apart=places.division.is_apart)
        for part in places.division.parts.values()
        for quota in part.quotas
        if part.left_of(quota)
    ]
    return " ".join(kept)


def _kept(part: Part, quota: Kept, zone: str, *, is_apart: bool) -> str:
    return ngettext(
        "%(num)s place is kept until %(moment)s for: %(whom)s.",
        "%(num)s places are kept until %(moment)s for: %(whom)s.",
        part.left_of(quota),
        moment=moment_words(quota.until, zone),
        whom=whom(quota) + (f" · {ATTENDANCE[_way(quota)]}" if is_apart else ""),
    )


def _way(quota: Kept) -> str:
    return "online" if quota.online else "in_person"


def apart_words(division: Division) -> str:
    """What is left in the room, and what online."""
    return _(
        "In the room: %(room)s. Online: %(online)s.",
        room=_left(division.parts[False]),
        online=_left(division.parts[True]),
    )


def _left(part: Part) -> str:
    capacity, left = part.capacity, part.left_for_newcomers
    if capacity is None:
        return _("no limit")
    return ngettext(
        "%(num)s of %(capacity)s places left",
        "%(num)s of %(capacity)s places left",
        left or 0,
        capacity=capacity,
    )
