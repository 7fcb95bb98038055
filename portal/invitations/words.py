"""What the codes of invitations are called."""

from flask_babel import lazy_gettext as _l

from portal.invitations.rules import MOST_ROWS

STAGES = {
    "new": _l("Not sent yet"),
    "invited": _l("Invited"),
    "opened": _l("Opened, not answered"),
    "registered": _l("Has registered"),
    "left": _l("Has withdrawn"),
    "declined": _l("Cannot come"),
    "bounced": _l("Came back"),
    "withdrawn": _l("Withdrawn"),
}
KNOWN = {
    "invited": _l("This person is invited to the event already."),
    "registered": _l("Somebody is registered with this mail address already."),
    "declined": _l("This person has declined, or was declined."),
    "withdrawn": _l("This person has withdrawn, or their invitation was withdrawn."),
    "objected": _l("This person does not want to be invited to this event."),
}
"""Why somebody is not asked again."""
FATES = {
    "new": _l("will be invited"),
    "invited": _l("is invited already"),
    "registered": _l("is registered already"),
    "declined": _l("has declined, or was declined"),
    "withdrawn": _l("has withdrawn, or the invitation was withdrawn"),
    "objected": _l("does not want to be invited"),
    "wrong": _l("wrong: put it right"),
}
TROUBLES = {
    "no_address": _l("There is no mail address."),
    "bad_address": _l("This is no mail address that can be reached from here."),
    "repeated": _l("The same mail address stands in a row above."),
    "group": _l("This stakeholder group is not known."),
    "country": _l("This country is not known."),
    "language": _l("Letters are not written in this language."),
    "too_long": _l("Something in this row is too long."),
    "formula": _l("A formula stands in this row. Write its value instead."),
    "cells": _l("This row has more cells than the first one. Is a separator in a text?"),
}
FAULTS = {
    "empty": _l("There is nobody in this file."),
    "encoding": _l("This file is no text. Save it anew as CSV in UTF-8, or as XLSX."),
    "no_addresses": _l("No column with mail addresses was found. Give it the head “email”."),
    "unknown_columns": _l("These columns are not known, or stand there twice:"),
    "too_large": _l("This file is larger than %(most)s MB.", most=5),
    "too_many": _l("This file has more than %(most)s rows. Part it.", most=MOST_ROWS),
    "no_table": _l("This file cannot be read. Save it anew as CSV in UTF-8, or as XLSX."),
}
CLOSED = {
    "withdrawn": _l("The organisers have withdrawn this invitation."),
    "cancelled": _l("The event is cancelled."),
    "postponed": _l("The event is postponed. The invitation can be answered again once there is a "
                    "new date."),
    "over": _l("The event has begun or is over."),
    "too_late": _l("The time to answer this invitation is over."),
    "registered": _l("Somebody has registered by this invitation."),
}  # fmt: skip
USES = {
    "bound": _l("This invitation is for the mail address that it was sent to. Register with it."),
    "not_theirs": _l("This invitation is for the person it was sent to. Register with that name, "
                     "or with that mail address."),
}  # fmt: skip
NOT_FOR_THEM = _l(
    "This person cannot come by this invitation. Write to the contacts on the page of the event."
)
SHUT = _l(
    "Registration is closed, and the links of this list do not pass that: no letter leaves. Change "
    "the terms of the list, or until when one can register."
)
BADGES = {
    "new": "draft", "invited": "sending", "opened": "import_changed", "registered": "confirmed",
    "left": "withdrawn", "declined": "declined", "bounced": "parked", "withdrawn": "withdrawn",
}  # fmt: skip
"""Under which sign the badge of each stage stands."""
FATE_BADGES = {
    "new": "import_new", "invited": "import_same", "registered": "import_same",
    "declined": "import_same", "withdrawn": "import_same", "objected": "import_same",
    "wrong": "import_refused",
}  # fmt: skip
