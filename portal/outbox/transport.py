"""How a finished mail leaves the house: to a mail server, or as a file into a directory."""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask_mail import Connection, Mail


class Undelivered(Exception):
    """The mail was not taken; the code is the server's, None where it gave no answer."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason if self.code is None else f"{self.code} {self.reason}"


class Temporary(Undelivered):
    """Try again later: 4xx, no answer, or a fault that lies with the server's settings."""


class Unreachable(Temporary):
    """The server itself cannot be talked to: no mail was tried, and none needs to be."""


class Permanent(Undelivered):
    """Park it: 5xx, this mail will never be taken as it is."""


class Transport(Protocol):
    """One worker's way out; not to be shared between threads."""

    patience: float
    """The longest that one `send` may take, in seconds; a lease has to outlive it."""

    def send(self, message_id: str, sender: str, recipient: str, octets: bytes) -> None:
        """Return when the mail is taken; raise Temporary or Permanent when it is not."""

    def rest(self) -> None:
        """To be called when there is nothing to send: lets go of a connection that idles."""

    def close(self) -> None:
        """Say goodbye; the next `send` opens anew."""


def open_transport(mail_url: str, *, maildir: Path) -> Transport:
    """The transport that the URL names; nothing is connected before the first mail."""
    parts = urlsplit(mail_url)
    if parts.scheme in ("smtp", "smtps"):
        return ServerTransport(_server(parts))
    return FileTransport(_directory(parts, maildir))


def kept_in(mail_url: str, maildir: Path) -> Path | None:
    """The directory of mails kept as files; None where they go to a server."""
    parts = urlsplit(mail_url)
    return None if parts.scheme in ("smtp", "smtps") else _directory(parts, maildir)


def where(mail_url: str, maildir: Path) -> str:
    """One sentence for the start-up line, without user and password."""
    parts = urlsplit(mail_url)
    if parts.scheme in ("smtp", "smtps"):
        server = _server(parts)
        return f"sent through {server.host}, port {server.port}, {_TLS_IN_WORDS[server.tls]}"
    return f"every mail is kept as a file in {_directory(parts, maildir)}"


@dataclass(frozen=True)
class Server:
    """What a mail URL says of a server."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    timeout: float
    cafile: str | None


class FileTransport:
    """Each mail is an .eml file named by its Message-ID: the same mail again is the same file."""

    patience = 20.0

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def send(self, message_id: str, sender: str, recipient: str, octets: bytes) -> None:
        finished = self.directory / f"{file_name(message_id)}.eml"
        draft = finished.with_name(f".{finished.name}.{os.getpid()}")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(octets)
            draft.replace(finished)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise Unreachable(None, f"The mail could not be written: {error.strerror}.") from error

    def rest(self) -> None:
        """A directory does not tire."""

    def close(self) -> None:
        """There is nothing to let go of."""


class ServerTransport:
    """One connection to a mail server, kept while there are mails for it."""

    mails_per_connection = 100
    idle_seconds = 30.0

    def __init__(self, server: Server) -> None:
        self.server = server
        self.patience = 3 * server.timeout
        self._trust = None if server.tls == "none" else _trust(server.cafile)
        self._line: Line | None = None
        self._last_used = 0.0

    def send(self, message_id: str, sender: str, recipient: str, octets: bytes) -> None:
        line = self._ready_line(monotonic() + self.patience)
        try:
            with _answers_as_exceptions():
                line.deliver(sender, recipient, octets)
        except Unreachable:
            self.close()
            raise
        finally:
            self._last_used = monotonic()

    def rest(self) -> None:
        if monotonic() - self._last_used > self.idle_seconds:
            self.close()

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.hang_up()

    def _ready_line(self, until: float) -> "Line":
        """The line that is open if it still answers, else a new one."""
        self.rest()
        if self._line is not None and not self._is_good_for_one_more(self._line, until):
            self.close()
        if self._line is None:
            self._line = self._new_line(until)
        return self._line

    def _is_good_for_one_more(self, line: "Line", until: float) -> bool:
        return line.num_emails < self.mails_per_connection and line.answers(until)

    def _new_line(self, until: float) -> "Line":
        """What fails here is no fault of the mail: it must not be parked for a wrong password."""
        try:
            with _answers_as_exceptions():
                return Line(self.server, self._trust, until)
        except Undelivered as error:
            raise Unreachable(
                error.code, f"The mail server is not ready: {error.reason}"
            ) from error


class Line(Connection):
    """Flask-Mail's Connection with a limit to its patience and a server that proves its name."""

    host: "_Patient"

    def __init__(self, server: Server, trust: ssl.SSLContext | None, until: float) -> None:
        mail = Mail()
        mail.state = mail.init_mail(
            {
                "MAIL_SERVER": server.host,
                "MAIL_PORT": server.port,
                "MAIL_USERNAME": server.user,
                "MAIL_PASSWORD": server.password,
                "MAIL_USE_TLS": server.tls == "starttls",
                "MAIL_USE_SSL": server.tls == "tls",
            }
        )
        super().__init__(mail)
        self.timeout, self.trust, self.until = server.timeout, trust, until
        self.host = self.configure_host()

    def configure_host(self) -> "_Patient":
        """Greeted, encrypted and signed in, so that whatever is refused later is the mail."""
        kind = _PatientTLS if self.mail.use_ssl else _Patient
        options = {"context": self.trust} if self.mail.use_ssl else {}
        host = kind(
            self.mail.server, self.mail.port, timeout=self.timeout, until=self.until, **options
        )
        try:
            if self.mail.use_tls:
                host.starttls(context=self.trust)
            host.ehlo_or_helo_if_needed()
            if self.mail.username:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def answers(self, until: float) -> bool:
        """Not so if it was cut, by whichever side."""
        self.host.until = until
        try:
            return self.host.noop()[0] == 250
        except smtplib.SMTPException:
            return False

    def deliver(self, sender: str, recipient: str, octets: bytes) -> None:
        """One mail to one person; the standard library says RSET after a refusal.

        Of an address it cannot write it thinks too late, when MAIL has opened the transaction.
        """
        if not _ADDRESS.fullmatch(sender) or not _ADDRESS.fullmatch(recipient):
            raise Permanent(None, "SMTP cannot carry this address.")
        self.host.sendmail(sender, [recipient], octets)
        self.num_emails += 1

    def hang_up(self) -> None:
        """Politely, but without waiting long for the answer."""
        self.host.until = monotonic() + 2
        with suppress(smtplib.SMTPException):
            self.host.quit()
        self.host.close()


class _Patient(smtplib.SMTP):
    """Waits for one answer until `timeout`, and for all of them together until `until`."""

    def __init__(self, host: str, port: int, *, until: float, **options: Any) -> None:
        self.until = until
        super().__init__(host, port, **options)

    def send(self, s: bytes | str) -> None:  # type: ignore[override]
        self._look_at_the_clock()
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self._look_at_the_clock()
        return super().getreply()

    def _look_at_the_clock(self) -> None:
        left = self.until - monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("timed out")
        if self.sock is not None:
            self.sock.settimeout(min(self.timeout, left))


class _PatientTLS(_Patient, smtplib.SMTP_SSL):
    """The same, encrypted from the first octet."""


@contextmanager
def _answers_as_exceptions() -> Iterator[None]:
    """Everything that smtplib, ssl and the socket may say, as Temporary or Permanent."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except ssl.SSLCertVerificationError as error:
        reason = f"its certificate is not trusted: {error.verify_message}"
        raise Temporary(None, reason) from error
    except OSError as error:
        raise Temporary(None, error.strerror or str(error)) from error


def _refusal(code: int, answer: bytes | str) -> Undelivered:
    reason = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    if code in _ABOUT_US:
        return Unreachable(code, reason)
    return Permanent(code, reason) if 500 <= code <= 599 else Temporary(code, reason)


def _trust(cafile: str | None) -> ssl.SSLContext:
    """Verifies chain and name, as Flask-Mail does not."""
    return ssl.create_default_context(cafile=cafile)


def _server(parts: SplitResult) -> Server:
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := set(options) - {"tls", "timeout", "cafile"}:
        raise ValueError(f"The mail URL has options that nobody knows: {', '.join(unknown)}.")
    if not parts.hostname:
        raise ValueError("The mail URL names no server.")
    if not unquote(f"{parts.username}{parts.password}").isascii():
        raise ValueError("The mail URL's user and password have to be ASCII.")
    tls = _tls(parts, options.get("tls"))
    return Server(
        host=parts.hostname,
        port=parts.port or _PORTS[tls],
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        timeout=_seconds(options.get("timeout", "20")),
        cafile=options.get("cafile"),
    )


def _seconds(value: str) -> float:
    if not re.fullmatch(r"\d*\.?\d+", value) or float(value) == 0:
        raise ValueError("The mail URL's timeout has to be a number of seconds.")
    return float(value)


def _tls(parts: SplitResult, asked: str | None) -> str:
    """A password is sent in the clear to this machine only."""
    usual = "tls" if parts.scheme == "smtps" else "starttls" if parts.password else "none"
    tls = {"ssl": "tls"}.get(asked or usual, asked or usual)
    if tls not in _PORTS:
        raise ValueError("The mail URL's tls has to be starttls, tls or none.")
    if tls == "none" and parts.password and parts.hostname not in _LOOPBACK:
        raise ValueError("The mail URL sends a password in the clear: say tls=starttls or tls=tls.")
    return tls


def _directory(parts: SplitResult, maildir: Path) -> Path:
    if parts.scheme not in ("", "file"):
        raise ValueError("The mail URL has to begin with file:, smtp: or smtps:.")
    return Path(unquote(parts.path)) if parts.path else maildir


def file_name(message_id: str) -> str:
    """Under which a mail is kept as a file, without its ending."""
    name = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", message_id.strip("<>"))
    if len(name) > 200:
        name = f"{name[:100]}-{sha256(name.encode()).hexdigest()}"
    return name


_ABOUT_US = frozenset({503, 530, 534, 535, 538})  # the server misses a greeting or a password
_ADDRESS = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_TLS_IN_WORDS = {
    "none": "without encryption",
    "starttls": "encrypted with STARTTLS",
    "tls": "encrypted with TLS",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9@._+=-]|^\.")
