"""The octets of a letter: Flask-Mail's Message around the standard library's EmailMessage."""

import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from datetime import datetime
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
    headers = [
        ("From", _mailbox(sender)),
        ("To", _mailbox(to)),
        ("Subject", _words(subject)),
        ("Date", format_datetime(date)),
        ("Message-ID", _identifier(message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", _one_line(language)),
        ("MIME-Version", "1.0"),
    ]
    if reply_to and _split(reply_to)[1] != _split(sender)[1]:
        headers.append(("Reply-To", _mailbox(reply_to)))
    if in_reply_to:
        headers.append(("In-Reply-To", _identifier(in_reply_to)))
    if references:
        headers.append(("References", "\r\n ".join(map(_identifier, references))))
    if list_unsubscribe:
        headers.append(("List-Unsubscribe", f"<{_one_line(list_unsubscribe)}>"))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    invite = None if calendar is None else _Invite(calendar, method)
    return Letter(headers, text, html, invite, seed=message_id).as_bytes()


def message_id(domain: str, *parts: object) -> str:
    """The same facts give the same id at each try, and the id gives none of them away."""
    facts = "\x1f".join(str(part) for part in parts)
    return f"<{sha256(facts.encode()).hexdigest()[:40]}@{domain}>"


def defang(text: str) -> str:
    """What a person typed, broken so that no mail program makes a link of it."""
    return _DOT_IN_A_LINK.sub(". ", text.replace("://", ": // "))


class Letter(Message):
    """One mail to one person: text, HTML and the calendar last; the same calendar as a file."""

    def __init__(
        self,
        headers: Sequence[tuple[str, str]],
        text: str,
        html: str,
        invite: "_Invite | None",
        *,
        seed: str,
    ) -> None:
        """Without Flask-Mail's own, which asks the DNS for a Message-ID that we do not want."""
        self.headers, self.body, self.alts, self.invite = headers, text, {"html": html}, invite
        self.seed = sha256(seed.encode()).hexdigest()[:24]

    def as_bytes(self) -> bytes:
        return self._message().as_bytes()

    def _message(self) -> EmailMessage:  # type: ignore[override]
        mail = EmailMessage(policy=_FINISHED)
        for name, value in self.headers:
            mail[name] = value
        if self.invite is None:
            self._alternatives(mail)
        else:
            self._multipart(mail, "mixed")
            alternatives = EmailMessage(policy=_FINISHED)
            self._alternatives(alternatives)
            mail.attach(alternatives)
            mail.attach(self.invite.file())
        return mail

    def _alternatives(self, part: EmailMessage) -> None:
        """From the plainest to the richest, for a reader takes the last that it understands."""
        self._multipart(part, "alternative")
        part.attach(_readable("plain", self.body or ""))
        part.attach(_readable("html", self.html or ""))
        if self.invite is not None:
            part.attach(self.invite.part())

    def _multipart(self, part: EmailMessage, subtype: str) -> None:
        """The same boundary at each try; "=-" stands in no quoted-printable and no base64."""
        part["Content-Type"] = f'multipart/{subtype};\r\n boundary="=-{subtype}-{self.seed}"'


class _Invite:
    """A calendar twice: for programs that show invitations, and for those that show files."""

    def __init__(self, calendar: bytes, method: str | None) -> None:
        if f"\r\nMETHOD:{method}\r\n".encode() not in calendar:
            raise ValueError("The mail and its calendar have to name the same method.")
        self.method = method
        self.encoded = encodebytes(calendar).decode("ascii")

    def part(self) -> EmailMessage:
        """No Content-Disposition: with one, mail programs show a file and not an invitation."""
        kind = f'text/calendar; charset="utf-8"; method={self.method}'
        return _part(kind, "base64", self.encoded)

    def file(self) -> EmailMessage:
        part = _part('application/ics; name="invite.ics"', "base64", self.encoded)
        part["Content-Disposition"] = 'attachment; filename="invite.ics"'
        return part


class _Finished(EmailPolicy):
    """Headers come finished and go out as they are.

    The standard folding knows one length for all: at 78 it hides a List-Unsubscribe in encoded
    words, at 998 it makes encoded words longer than RFC 2047 allows.
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
    encoded = b2a_qp(lines.encode(errors="replace"), istext=True).decode("ascii")
    return _part(f'text/{subtype}; charset="utf-8"', "quoted-printable", encoded)


def _part(kind: str, encoding: str, payload: str) -> EmailMessage:
    part = EmailMessage(policy=_FINISHED)
    part["Content-Type"] = kind
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload)
    return part


def _mailbox(mailbox: Mailbox) -> str:
    name, address = _split(mailbox)
    if not _ADDRESS.fullmatch(address):
        raise ValueError("This is not an address that a mail can be sent to.")
    if not name:
        return address
    phrase = _phrase(name)
    fits = len(phrase) + len(address) < 60
    return f"{phrase} <{address}>" if fits else f"{phrase}\r\n <{address}>"


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
    return _encoded_words(name)


def _words(value: str) -> str:
    value = _one_line(value)
    if value.isascii() and "=?" not in value and len(value) < 900:
        return value
    return _encoded_words(value)


def _encoded_words(value: str) -> str:
    """Words of at most 64 characters: none is over 75, and no line over 76 (RFC 2047, 2)."""
    words, word = [], b""
    for letter in value:
        octets = letter.encode()
        if len(word) + len(octets) > 39:
            words.append(word)
            word = b""
        word += octets
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in words)


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
_DOT_IN_A_LINK = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})|(?<=www)\.(?=\S)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_LINE_BREAK = re.compile("\r\n(?![ \t])|\r(?!\n)|(?<!\r)\n")
_FINISHED = _Finished(cte_type="7bit", linesep="\r\n", max_line_length=998)
