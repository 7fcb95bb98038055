"""What people do about their data at the front door, and where an address is still found."""

from __future__ import annotations

import base64
import quopri
import re
from email.message import EmailMessage
from pathlib import Path

from werkzeug.test import TestResponse

from tests.harness.client import PortalClient
from tests.harness.mails import text_of


def ask_for_data(client: PortalClient, email: str, lang: str = "en") -> TestResponse:
    """Type an address and send it."""
    return client.submit(f"/{lang}/your-data", {"email": email})


def link_to_data(mails: list[EmailMessage]) -> str:
    """The path of the page that the only letter leads to."""
    (mail,) = mails
    found = re.search(r"https?://[^/\s]+(/\w\w/your-data/\S+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def found_in(directory: Path, *words: str) -> list[str]:
    """The files below a directory that hold one of these words, in any way of writing them."""
    sought = {form for word in words for form in _forms(word)}
    return [
        f"{path.relative_to(directory)}: {form!r}"
        for path in sorted(directory.rglob("*"))
        if path.is_file()
        for octets in [path.read_bytes().lower()]
        for form in sought
        if form in octets
    ]


def _forms(word: str) -> set[bytes]:
    """Plain, wide, in quoted-printable, in a URL, and in base64 wherever it begins."""
    plain = word.encode()
    encoded = {_base64_inside(plain, shift) for shift in range(3)}
    return {
        form.lower()
        for form in {
            plain, word.encode("utf-16-le"), quopri.encodestring(plain),
            word.replace("@", "%40").encode(), *encoded,
        }
    }  # fmt: skip


def _base64_inside(octets: bytes, shift: int) -> bytes:
    """All letters of six bits that hold nothing but these octets; fewer turn up by chance."""
    letters = base64.b64encode(b"\0" * shift + octets)
    return letters[(8 * shift + 5) // 6 : 8 * (shift + len(octets)) // 6]
