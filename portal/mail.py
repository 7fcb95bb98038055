"""From a template to the outbox: what every part's letters have in common."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from portal import tokens
from portal.config import Settings
from portal.invites.service import Calendar
from portal.outbox import mime
from portal.outbox import service as outbox

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Written:
    """A letter in its three shapes, in one language."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class Said:
    """How a letter begins."""

    subject: str
    state: str
    lead: str


def first_words(part: str, occasion: str, **values: Any) -> Said:
    """Subject, state and lead sentence of such a letter, to be shown before it is written."""
    base = f"{part}/mail/{occasion}"
    letter = current_app.jinja_env.get_template(f"{base}.txt")
    words = letter.new_context(values)
    state, lead = (" ".join("".join(letter.blocks[n](words)).split()) for n in ("state", "lead"))
    return Said(" ".join(_render(f"{base}.subject.txt", values).split()), state, lead)


def write(part: str, occasion: str, *, language: str, **values: Any) -> Written:
    """Render `templates/<part>/mail/<occasion>.{subject.txt,txt,html}` in the language in force."""
    base = f"{part}/mail/{occasion}"
    values["lang"] = language
    subject = " ".join(_render(f"{base}.subject.txt", values).split())
    text = _BLANK_LINES.sub("\n\n", _render(f"{base}.txt", values).strip()) + "\n"
    html = _render(f"{base}.html", values | {"subject": subject})
    return Written(subject, text, html, language)


def post(
    written: Written,
    *,
    to: tuple[str, str],
    facts: tuple[object, ...],
    occasion: str,
    now: datetime,
    thread: str = "",
    event_id: int | None = None,
    calendar: Calendar | None = None,
    in_reply_to: str | None = None,
    reply_to: str | None = None,
    return_path: str = "",
    before: dict[str, Any] | None = None,
    priority: int = outbox.PERSONAL,
) -> str:
    """Freeze the letter's octets and put them into the outbox; the Message-ID is answered."""
    message_id = mime.message_id(domain(), tokens.keyed("mail", to[1], *facts))
    octets = mime.build(
        sender=sender(),
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        message_id=message_id,
        date=now,
        language=written.language,
        reply_to=reply_to,
        in_reply_to=in_reply_to,
        references=(in_reply_to,) if in_reply_to else (),
        calendar=calendar.octets if calendar else None,
        method=calendar.method if calendar else None,
    )
    outbox.post(
        message_id=message_id,
        recipient=to[1],
        subject=written.subject,
        octets=octets,
        occasion=occasion,
        thread=thread,
        event_id=event_id,
        method=calendar.method if calendar else "",
        before=before,
        priority=priority,
        return_path=return_path,
        now=now,
    )
    return message_id


def sender() -> tuple[str, str]:
    """The portal's name and mailbox, from which every letter comes."""
    name, address = parseaddr(_settings().mail_from)
    return name or current_app.extensions["site"].name, address


def reads_replies() -> bool:
    """Whether the portal reads its own mailbox, so that calendars may be asked for an answer."""
    return bool(_settings().inbox_url)


def address_of(code: str) -> str:
    """The portal's mailbox under a code: whatever comes there is about one registration."""
    local, _at, host = sender()[1].rpartition("@")
    return f"{local}+{code}@{host}"


def public_url(endpoint: str, **values: Any) -> str:
    """The full address of a page, by the configured public address and never by a Host header."""
    path = current_app.url_map.bind(domain()).build(endpoint, values)
    return _settings().public_url + path


def domain() -> str:
    """The portal's own domain, for Message-ID and UID."""
    return urlsplit(_settings().public_url).hostname or "localhost"


def _render(template: str, values: dict[str, Any]) -> str:
    """Without what a page knows of its request: a letter has none."""
    return current_app.jinja_env.get_template(template).render(values)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal"]
    return settings
