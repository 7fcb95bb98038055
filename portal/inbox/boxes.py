"""The portal's own mailbox: a directory of mails (maildir), or a folder on an IMAP server.

What had its effect is removed; what is left alone, or cannot be read, is moved into a folder
beside, for a person to look at.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

LARGEST = 256 * 1024
AT_ONCE = 200
TIMEOUT = 20.0
LEFT, ASIDE = "Left", "Aside"
"""Folders: nothing for the portal to do; could not be read."""


class Away(Exception):
    """The mailbox cannot be read at the moment."""


class Gone(Exception):
    """The mail is not there any more: another worker was faster."""


class Box(Protocol):
    """One worker's view of the mailbox; not to be shared between threads."""

    def waiting(self, *, besides: int = 0) -> list[str]:
        """Some mails, the oldest first; so many more as are passed over at the moment."""

    def fetch(self, key: str) -> bytes | None:
        """The mail as it came; None where it is too large to be looked at."""

    def remove(self, key: str) -> None:
        """It had its effect."""

    def move(self, key: str, folder: str) -> None:
        """It had none."""

    def close(self) -> None:
        """Say goodbye; the next question opens anew."""


def open_box(url: str) -> Box:
    """The mailbox that the setting names; nothing is opened before the first question."""
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        return Maildir(Path(unquote(parts.path)))
    return Imap(url)


class Maildir:
    """A directory with `new` and `cur`, in which a mail is moved by its name alone."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def waiting(self, *, besides: int = 0) -> list[str]:
        with _files():
            found = [
                each
                for name in ("new", "cur")
                for each in (self.directory / name).iterdir()
                if not each.name.startswith(".") and each.is_file()
            ]
        found.sort(key=lambda each: each.name)
        return [f"{each.parent.name}/{each.name}" for each in found[: AT_ONCE + besides]]

    def fetch(self, key: str) -> bytes | None:
        with _files(), (self.directory / key).open("rb") as file:
            octets = file.read(LARGEST + 1)
        return octets if len(octets) <= LARGEST else None

    def remove(self, key: str) -> None:
        with _files():
            (self.directory / key).unlink()

    def move(self, key: str, folder: str) -> None:
        beside = self.directory / f".{folder}"
        name = Path(key).name.partition(":2,")[0]
        with _files():
            for each in ("tmp", "new", "cur"):
                (beside / each).mkdir(parents=True, exist_ok=True)
            (beside / "maildirfolder").touch()
            (self.directory / key).rename(beside / "cur" / f"{name}:2,")

    def close(self) -> None:
        """There is nothing to let go of."""


@contextmanager
def _files() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if Path(str(error.filename)).name in ("new", "cur"):
            raise Away(type(error).__name__) from error
        raise Gone from error
    except OSError as error:
        raise Away(type(error).__name__) from error


class Imap:
    """A folder on an IMAP server (RFC 3501, 6851); one connection, kept open between mails."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._line: imaplib.IMAP4 | None = None

    def waiting(self, *, besides: int = 0) -> list[str]:
        if not self._select():
            return []
        return self._uid("SEARCH", f"1:{AT_ONCE + besides}", "UNDELETED")[0].decode("ascii").split()

    def fetch(self, key: str) -> bytes | None:
        sizes = self._uid("FETCH", key, "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", sizes[0])
        if size is None:
            raise Gone
        if int(size[1]) > LARGEST:
            return None
        with self._talking() as line:
            _status, answer = line.uid("FETCH", key, "(BODY.PEEK[])")
        octets = next((each[1] for each in answer if isinstance(each, tuple)), None)
        if octets is None:
            raise Gone
        return octets if len(octets) <= LARGEST else None

    def remove(self, key: str) -> None:
        self._uid("STORE", key, "+FLAGS.SILENT", r"(\Deleted)")
        with self._talking() as line:
            if "UIDPLUS" in line.capabilities:
                line.uid("EXPUNGE", key)
            else:
                line.expunge()

    def move(self, key: str, folder: str) -> None:
        with self._talking() as line:
            name = _quoted(_prefix(line) + folder)
            line.create(name)  # says NO where it is there already
            moves = "MOVE" in line.capabilities
        self._uid("MOVE" if moves else "COPY", key, name)
        if not moves:
            self.remove(key)

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(imaplib.IMAP4.error, OSError):
                line.logout()
            with suppress(OSError):
                line.shutdown()

    def _select(self) -> int:
        """How many mails are in the folder."""
        folder = unquote(urlsplit(self.url).path.lstrip("/")) or "INBOX"
        with self._talking() as line:
            return int((_good(line.select(_quoted(folder)))[0] or b"0").decode("ascii"))

    def _uid(self, *words: str) -> list[bytes]:
        with self._talking() as line:
            answer = _good(line.uid(*words))
        return [each for each in answer if isinstance(each, bytes)] or [b""]

    @contextmanager
    def _talking(self) -> Iterator[imaplib.IMAP4]:
        """The line, opened when it is first needed; whatever goes wrong ends it."""
        try:
            if self._line is None:
                self._line = _sign_in(self.url)
            yield self._line
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            self.close()
            raise Away(type(error).__name__) from error


def _sign_in(url: str) -> imaplib.IMAP4:
    """The server proves its name before the password is sent."""
    parts = urlsplit(url)
    host, cafile = str(parts.hostname), parse_qs(parts.query).get("cafile", [None])[-1]
    if parts.scheme == "imaps":
        line: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            host, parts.port or 993, timeout=TIMEOUT,
            ssl_context=ssl.create_default_context(cafile=cafile),
        )  # fmt: skip
    else:
        line = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    try:
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        line.login(user if re.fullmatch(r"[A-Za-z0-9@._+-]+", user) else _quoted(user), password)
        _status, said = line.capability()  # may be others once signed in
        line.capabilities = tuple(said[-1].decode("ascii", "replace").upper().split())
    except BaseException:
        line.shutdown()
        raise
    return line


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    status, said = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the server says {status}")
    return said


def _prefix(line: imaplib.IMAP4) -> str:
    """Where one's own folders stand: some servers keep them all below INBOX (RFC 2342)."""
    if "NAMESPACE" not in line.capabilities:
        return ""
    _status, said = line.namespace()
    own = re.match(rb'\(\("([A-Za-z0-9./_-]*)"', said[0] or b"")
    return own[1].decode("ascii") if own else ""


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
