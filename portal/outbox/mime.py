"""The octets of a letter: Flask-Mail's Message around the standard library's EmailMessage."""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256

from flask_mail import Message

Mailbox = str | tuple[str, str]


def build(
    *,
    sender: Mailbox,
    to: Mailbox,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    date: datetime,
    language: str,
    reply_to: Mailbox | None = None,
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    calendar: bytes | None = None,
    method: str | None = None,
    list_unsubscribe: str | None = None,
) -> bytes:
    """A finished mail to one person; the same facts make the same octets."""
    letter = Letter(
        sender=sender,
        to=to,
        subject=subject,
        text=text,
        html=html,
        message_id=message_id,
        date=date,
        language=language,
        reply_to=reply_to,
        in_reply_to=in_reply_to,
        references=references,
        calendar=calendar,
        method=method,
        list_unsubscribe=list_unsubscribe,
    )
    return letter.as_bytes()


def message_id(domain: str, *parts: object) -> str:
    """The same facts give the same id at each try, and the id gives none of them away."""
    facts = "\x1f".join(str(part) for part in parts)
    return f"<{sha256(facts.encode()).hexdigest()[:40]}@{domain}>"


def defang(text: str) -> str:
    """What a person typed, broken so that no mail program makes a link of it."""
    return _DOT_IN_A_HOST.sub(". ", text.replace("://", ": // "))


class Letter(Message):
    """One mail to one person: text, HTML and the calendar last; the same calendar as a file."""

    def __init__(
        self,
        *,
        sender: Mailbox,
        to: Mailbox,
        subject: str,
        text: str,
        html: str,
        message_id: str,
        date: datetime,
        language: str,
        reply_to: Mailbox | None,
        in_reply_to: str | None,
        references: Sequence[str],
        calendar: bytes | None,
        method: str | None,
        list_unsubscribe: str | None,
    ) -> None:
        """Without Flask-Mail's own, which asks the DNS for a Message-ID that we do not want."""
        self.sender, self.recipients, self.reply_to = sender, [to], reply_to
        self.cc, self.bcc, self.attachments = [], [], []
        self.subject, self.body, self.alts = subject, text, {"html": html}
        self.msgId, self.in_reply_to, self.references = message_id, in_reply_to, references
        self.sent_at, self.language = date, language
        self.calendar, self.method = calendar, method
        self.list_unsubscribe = list_unsubscribe

    def as_bytes(self) -> bytes:
        return self._message().as_bytes()

    def _message(self) -> EmailMessage:  # type: ignore[override]
        mail = EmailMessage(policy=_FINISHED)
        for name, value in self._headers():
            mail[name] = value
        if self.calendar is None:
            self._alternatives(mail)
        else:
            _multipart(mail, "mixed", self._boundary("mixed"))
            alternatives = EmailMessage(policy=_FINISHED)
            self._alternatives(alternatives)
            mail.attach(alternatives)
            mail.attach(_file(self.calendar))
        return mail

    def _headers(self) -> list[tuple[str, str]]:
        headers = [
            ("From", _mailbox(self.sender)),
            ("To", _mailbox(self.recipients[0])),
            ("Subject", _words("Subject", self.subject)),
            ("Date", format_datetime(self.sent_at)),
            ("Message-ID", _identifier(self.msgId)),
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", _one_line(self.language)),
            ("MIME-Version", "1.0"),
        ]
        if self.reply_to and _split(self.reply_to)[1] != _split(self.sender)[1]:
            headers.append(("Reply-To", _mailbox(self.reply_to)))
        if self.in_reply_to:
            headers.append(("In-Reply-To", _identifier(self.in_reply_to)))
        if self.references:
            headers.append(("References", "\r\n ".join(map(_identifier, self.references))))
        if self.list_unsubscribe:
            headers.append(("List-Unsubscribe", f"<{_one_line(self.list_unsubscribe)}>"))
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        return headers

    def _alternatives(self, part: EmailMessage) -> None:
        """From the plainest to the richest, for a reader takes the last that it understands."""
        _multipart(part, "alternative", self._boundary("alternative"))
        part.attach(_readable("plain", self.body or ""))
        part.attach(_readable("html", self.html or ""))
        if self.calendar is not None:
            part.attach(_invite(self.calendar, self.method or ""))

    def _boundary(self, kind: str) -> str:
        """Made of the id; neither quoted-printable nor base64 can hold an equals sign and a dash."""
        return f"=-{kind}-{sha256(self.msgId.encode()).hexdigest()[:24]}"


class _Finished(EmailPolicy):
    """Headers come finished and go out as they are.

    The standard folding knows one length for all: at 78 it hides a List-Unsubscribe in encoded
    words, at 998 it makes encoded words longer than RFC 2047 allows, and of a comma in a long
    name it makes a second mailbox (CVE-2025-1795).
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        if _LINE_BREAK.search(value):
            raise ValueError(f"The header {name} may not hold a line break.")
        return name, value

    def header_max_count(self, name: str) -> int | None:
        return None

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}\r\n".encode("ascii")


def _readable(subtype: str, content: str) -> EmailMessage:
    lines = "\r\n".join(_ANY_BREAK.split(content))
    encoded = b2a_qp(lines.encode(), istext=True).decode("ascii")
    return _part(f'text/{subtype}; charset="utf-8"', "quoted-printable", encoded)


def _invite(calendar: bytes, method: str) -> EmailMessage:
    """No Content-Disposition: with one, mail programs show a file and not an invitation."""
    if f"\r\nMETHOD:{method}\r\n".encode() not in calendar:
        raise ValueError("The mail and its calendar have to name the same method.")
    kind = f'text/calendar; charset="utf-8"; method={method}'
    return _part(kind, "base64", encodebytes(calendar).decode("ascii"))


def _file(calendar: bytes) -> EmailMessage:
    kind = 'application/ics; name="invite.ics"'
    part = _part(kind, "base64", encodebytes(calendar).decode("ascii"))
    part["Content-Disposition"] = 'attachment; filename="invite.ics"'
    return part


def _part(kind: str, encoding: str, payload: str) -> EmailMessage:
    part = EmailMessage(policy=_FINISHED)
    part["Content-Type"] = kind
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload)
    return part


def _multipart(part: EmailMessage, subtype: str, boundary: str) -> None:
    part["Content-Type"] = f'multipart/{subtype};\r\n boundary="{boundary}"'


def _mailbox(mailbox: Mailbox) -> str:
    name, address = _split(mailbox)
    if not _ADDRESS.fullmatch(address):
        raise ValueError("This is not an address that a mail can be sent to.")
    if not name:
        return address
    phrase = _phrase(name)
    return f"{phrase} <{address}>" if len(phrase) < 60 else f"{phrase}\r\n <{address}>"


def _split(mailbox: Mailbox) -> tuple[str, str]:
    """Name and address; the name may hold commas, quoted or not."""
    if isinstance(mailbox, tuple):
        name, address = mailbox
    elif mailbox.rstrip().endswith(">"):
        name, _, address = mailbox.rstrip()[:-1].rpartition("<")
        name = name.strip()
        if len(name) > 1 and name[0] == name[-1] == '"':
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
    else:
        name, address = "", mailbox
    return _one_line(name), _one_line(address)


def _phrase(name: str) -> str:
    if name.isascii() and "=?" not in name and len(name) < 900:
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _encoded_words("From", name)


def _words(header: str, value: str) -> str:
    value = _one_line(value)
    if value.isascii() and "=?" not in value and len(value) < 900:
        return value
    return _encoded_words(header, value)


def _encoded_words(header: str, value: str) -> str:
    """RFC 2047, 2: no encoded word over 75 characters, no line over 76."""
    return Header(value, "utf-8", maxlinelen=75, header_name=header).encode(linesep="\r\n")


def _one_line(value: str) -> str:
    """Refuses CR and LF; other controls and separators become spaces, so that nobody is stuck."""
    if "\r" in value or "\n" in value:
        raise ValueError("A header may not hold a line break.")
    return _CONTROLS.sub(" ", value).strip()


def _identifier(value: str) -> str:
    if not _IDENTIFIER.fullmatch(value):
        raise ValueError("A Message-ID is <something@somewhere>.")
    return value


_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+@[A-Za-z0-9.\-]+")
_ANY_BREAK = re.compile("\r\n|[\r\n]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_DOT_IN_A_HOST = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_IDENTIFIER = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_LINE_BREAK = re.compile("\r\n(?![ \t])|\r(?!\n)|(?<!\r)\n")
_FINISHED = _Finished(cte_type="7bit", linesep="\r\n", max_line_length=998)
