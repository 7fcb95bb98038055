"""What mail programs do to the portal's mailbox, for the tests of this part."""

from __future__ import annotations

import itertools
import re
from base64 import encodebytes
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.harness.mails import calendar_of
from tests.registrations.front_door import property_of

REPLIES = Path(__file__).parent / "replies"
_numbers = itertools.count(1)
_ENCODED = re.compile(r"@BASE64@\n(.*?)@END@\n", re.DOTALL)
PASSES = "mx.example.org; spf=pass; dmarc=pass (p=reject) header.from=example.org"
FAILS = "mx.example.org; spf=pass; dmarc=fail (p=none) header.from=example.org"


class Inbox:
    """A maildir, as a mail server fills it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in ("new", "cur", "tmp"):
            (directory / name).mkdir(parents=True, exist_ok=True)

    def put(self, *mails: bytes) -> None:
        for octets in mails:
            (self.directory / "new" / f"179361{next(_numbers):06}.M1P1.mx").write_bytes(octets)

    @property
    def waiting(self) -> int:
        return sum(1 for name in ("new", "cur") for _ in (self.directory / name).iterdir())

    @property
    def left(self) -> int:
        return self._beside(".Left")

    @property
    def aside(self) -> int:
        return self._beside(".Aside")

    def _beside(self, folder: str) -> int:
        return len(list((self.directory / folder / "cur").glob("*")))


@dataclass(frozen=True)
class Invited:
    """What a calendar knows of an invite, from the mail that brought it."""

    to: str
    uid: str
    attendee: str
    sequence: str
    message_id: str


def invited(mail: EmailMessage) -> Invited:
    octets = calendar_of(mail)
    assert octets is not None
    return Invited(
        to=property_of(octets, "ORGANIZER").removeprefix("mailto:"),
        uid=property_of(octets, "UID"),
        attendee=property_of(octets, "ATTENDEE").removeprefix("mailto:"),
        sequence=property_of(octets, "SEQUENCE"),
        message_id=str(mail["Message-ID"]),
    )


def reply(name: str, to: Invited, **said: str) -> bytes:
    """The mail that this program sends to such an invite."""
    values = {
        "TO": to.to, "UID": to.uid, "ATTENDEE": to.attendee, "SEQUENCE": to.sequence,
        "STAMP": "20261102T091231Z", "FROM": "ada@example.org", "RESULTS": FAILS,
        "MESSAGE": f"reply{next(_numbers)}", "RETURNED": to.message_id,
        "ACTION": "failed", "STATUS": "5.1.1",
    }  # fmt: skip
    text = (REPLIES / f"{name}.eml").read_text(encoding="utf-8")
    for key, value in (values | said).items():
        text = text.replace(f"@{key}@", value)
    text = _ENCODED.sub(lambda found: encodebytes(_crlf(found[1])).decode("ascii"), text)
    return _crlf(text)


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
