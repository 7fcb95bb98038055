"""Invitations as a file: codes for programs, words for people."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask_babel import gettext as _

from portal.events.models import Event
from portal.i18n import country_name, language_name
from portal.invitations import listing
from portal.invitations.listing import Wish
from portal.invitations.models import Invitation
from portal.invitations.words import STAGES
from portal.labels import STAKEHOLDER_GROUPS

FIELDS = (
    "email", "title", "first_name", "last_name", "organisation", "role", "stakeholder_group",
    "country", "language", "list", "stage", "handed_on", "invited_at", "opened_at", "registered_at",
    "declined_at", "came_back_at", "reminded_at",
)  # fmt: skip


def coded(event: Event, wish: Wish) -> Iterator[list[str]]:
    for each in listing.everybody(event, wish):
        group = each.stakeholder_group.value if each.stakeholder_group else ""
        handed = "yes" if each.handed_on else "no"
        yield [
            *_names(each), group, each.country, each.language, each.of_list.name, each.stands.value,
            handed, *_moments(each),
        ]  # fmt: skip


def worded(event: Event, wish: Wish) -> Iterator[list[str]]:
    for each in listing.everybody(event, wish):
        group = each.stakeholder_group
        yield [
            *_names(each),
            str(STAKEHOLDER_GROUPS[group.value]) if group else "",
            country_name(each.country) if each.country else "",
            language_name(each.language),
            each.of_list.name,
            str(STAGES[each.stands.value]),
            _("yes") if each.handed_on else _("no"),
            *_moments(each),
        ]


def heads() -> list[str]:
    """In the order of `FIELDS`."""
    return [
        _("Mail address"), _("Title"), _("First name"), _("Last name"), _("Organisation"),
        _("Role"), _("Takes part as"), _("Country"), _("Language of letters"), _("List"),
        _("State"), _("Handed on"), _("Invited"), _("Opened"), _("Registered"), _("Cannot come"),
        _("Came back"), _("Reminded"),
    ]  # fmt: skip


def _names(each: Invitation) -> list[str]:
    return [
        each.email, each.title, each.first_name, each.last_name, each.organisation, each.role,
    ]  # fmt: skip


def _moments(each: Invitation) -> list[str]:
    moments = (
        each.invited_at, each.opened_at, each.used_at, each.declined_at, each.bounced_at,
        each.reminded_at,
    )  # fmt: skip
    return [_iso(moment) for moment in moments]


def _iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
