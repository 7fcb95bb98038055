"""Decisions about letters to a selection: values in, a value out."""

import re
from collections.abc import Mapping
from enum import StrEnum

PLACEHOLDERS = (
    "first_name", "last_name", "title", "event", "when", "where", "position", "manage_link",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BRACES = re.compile(r"\{[^{}\s]{1,60}\}")


class CircularState(StrEnum):
    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"


class Outcome(StrEnum):
    """What became of one recipient's letter."""

    WAITING = "waiting"
    WRITTEN = "written"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    FAILED = "failed"


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the placeholders that are on the list, in one pass.

    What a value holds is not looked at again, and whatever else stands in braces stays as typed.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def unknown_placeholders(text: str) -> list[str]:
    """What looks like a placeholder and is none."""
    found = dict.fromkeys(_BRACES.findall(text))
    return [each for each in found if each[1:-1] not in PLACEHOLDERS]


def plain_for_markdown(value: str) -> str:
    """A value that Markdown shows as it is: no name writes a link, a heading or a picture.

    Every character of punctuation may stand behind a backslash (CommonMark, 2.4).
    """
    return _PUNCTUATION.sub(r"\\\g<0>", " ".join(value.split()))


_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
