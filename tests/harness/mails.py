"""Mails that the portal wrote, read by the standard library."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path


class MailBox:
    """The directory of `.eml` files; `new()` gives what came since it was last asked."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.seen: set[str] = set()

    def all(self) -> list[EmailMessage]:
        return [read(path.read_bytes()) for path in self._files()]

    def new(self) -> list[EmailMessage]:
        fresh = [path for path in self._files() if path.name not in self.seen]
        self.seen.update(path.name for path in fresh)
        return [read(path.read_bytes()) for path in fresh]

    def _files(self) -> list[Path]:
        return sorted(self.directory.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)


def read(octets: bytes) -> EmailMessage:
    message = message_from_bytes(octets, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(mail: EmailMessage) -> str:
    """The plain text part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def calendar_of(mail: EmailMessage) -> bytes | None:
    """The octets of the invite, or None where there is none."""
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload
    return None
