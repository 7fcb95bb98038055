"""Mails that are kept as files, where no server is named: they are forgotten like the others."""

from collections.abc import Collection, Iterable
from email import message_from_bytes, policy
from pathlib import Path

from flask import current_app

from portal.config import Settings
from portal.outbox.transport import file_name, kept_in


def drop(message_ids: Iterable[str]) -> None:
    """Remove the files of these mails."""
    directory = _directory()
    if directory is not None:
        for message_id in message_ids:
            (directory / f"{file_name(message_id)}.eml").unlink(missing_ok=True)


def drop_about(addresses: Collection[str]) -> None:
    """Remove every file that names one of these mailboxes, in a header or in its words."""
    directory, sought = _directory(), [address.casefold() for address in addresses]
    for file in directory.glob("*.eml") if directory else ():
        words = _words(file.read_bytes())
        if any(address in words for address in sought):
            file.unlink(missing_ok=True)


def _words(octets: bytes) -> str:
    """The whole mail as its reader sees it, whatever it was encoded in."""
    mail = message_from_bytes(octets, policy=policy.default)
    headers = [str(value) for part in mail.walk() for value in part.values()]
    texts = [
        payload.decode("utf-8", "replace")
        for part in mail.walk()
        if isinstance(payload := part.get_payload(decode=True), bytes)
    ]
    return "\n".join((*headers, *texts)).replace("\r\n ", "").casefold()


def _directory() -> Path | None:
    settings: Settings = current_app.extensions["portal"]
    return kept_in(settings.mail_url, settings.data_dir / "mail")
