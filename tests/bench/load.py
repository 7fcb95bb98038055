"""People at the front door, in a process of their own: plain sockets, so that they cost little."""

from __future__ import annotations

import itertools
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

PATIENCE = 60.0
FIELD = re.compile(rb'<input[^>]*name="(csrf_token|form_key|seen)"[^>]*value="([^"]*)"')
STATUS = re.compile(rb'data-status="(\w+)"')


@dataclass(frozen=True)
class Answer:
    """What came back, with the number of octets that were on the wire."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    octets: int


@dataclass
class Line:
    """One kept connection, the cookies of who talks on it, and what they have already."""

    port: int
    etag: str = ""
    cookies: dict[bytes, bytes] = field(default_factory=dict)
    _socket: socket.socket | None = None

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        """Send one request and wait for the whole answer."""
        self._open().sendall(self.request(method, path, form))
        answer = self.read()
        for cookie in answer.headers.get(b"set-cookie", b"").split(b"\n"):
            name, _equals, value = cookie.partition(b";")[0].partition(b"=")
            if name:
                self.cookies[name] = value
        return answer

    def request(self, method: str, path: str, form: dict[str, str] | None = None) -> bytes:
        body = urlencode(form).encode() if form is not None else b""
        lines = [
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}".encode(),
            b"Accept: text/html",
            b"Accept-Encoding: gzip, br",
        ]
        if self.cookies:
            pairs = (name + b"=" + value for name, value in self.cookies.items())
            lines.append(b"Cookie: " + b"; ".join(pairs))
        if self.etag:
            lines.append(f"If-None-Match: {self.etag}".encode())
        if form is not None:
            lines.append(b"Content-Type: application/x-www-form-urlencoded")
            lines.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    def read(self) -> Answer:
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        first, *lines = received[:end].split(b"\r\n")
        headers: dict[bytes, bytes] = {}
        for line in lines:
            name, _colon, value = line.partition(b":")
            name, value = name.lower(), value.strip()
            headers[name] = headers[name] + b"\n" + value if name in headers else value
        length = end + 4 + int(headers.get(b"content-length", 0))  # a 304 has none
        while len(received) < length:
            received += self._more()
        return Answer(int(first.split(b" ", 2)[1]), headers, received[end + 4 :], length)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _more(self) -> bytes:
        received = self._open().recv(262144)
        if not received:
            raise ConnectionError("The server hung up.")
        return received


@dataclass(frozen=True)
class Hits:
    """How many answers came as they had to in how many seconds."""

    count: int
    seconds: float
    errors: int

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


def hit(
    port: int, path: str | Sequence[str], *, concurrency: int, seconds: float, etag: str = ""
) -> Hits:
    """Ask for one page again and again on kept connections, or for several in turn.

    Who has one with this `etag` already is to hear so (304).
    """
    paths = itertools.cycle([path] if isinstance(path, str) else path)
    wanted = 304 if etag else 200
    counts, errors = [0] * concurrency, [0] * concurrency
    started = time.monotonic()
    until = started + seconds

    def reader(number: int) -> None:
        line = Line(port, etag)
        while time.monotonic() < until:
            if line.ask("GET", next(paths)).status == wanted:
                counts[number] += 1
            else:
                errors[number] += 1
        line.close()

    _together(reader, range(concurrency), concurrency)
    return Hits(sum(counts), time.monotonic() - started, sum(errors))


@dataclass
class Registered:
    """What became of people who registered: seconds each took, their states, when all began."""

    started: float
    ended: float = 0.0
    seconds: list[float] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def register(
    port: int,
    slug: str,
    names: Sequence[str],
    *,
    concurrency: int,
    forms: Sequence[Mapping[str, str]] = ({},),
) -> Registered:
    """Each of them opens the form, sends it and reads the answer's page.

    What they send beside who they are, `forms` says in turn.
    """
    done = Registered(time.monotonic())
    lock = threading.Lock()

    def person(number: int) -> None:
        started = time.monotonic()
        try:
            state = _register(port, slug, names[number], forms[number % len(forms)])
        except (OSError, ValueError) as error:
            with lock:
                done.errors.append(f"{type(error).__name__}: {error}")
            return
        with lock:
            done.seconds.append(time.monotonic() - started)
            done.states[state] = done.states.get(state, 0) + 1

    _together(person, range(len(names)), concurrency)
    done.ended = time.monotonic()
    return done


def _register(port: int, slug: str, name: str, more: Mapping[str, str]) -> str:
    line = Line(port)
    path = f"/en/events/{slug}/register"
    form = _decoded(_expect(line.ask("GET", path), 200))
    hidden = {key.decode(): unescape(value.decode()) for key, value in FIELD.findall(form)}
    _expect(line.ask("POST", path, {**hidden, **_person(name), **more}), 303)
    answer = _decoded(_expect(line.ask("GET", f"{path}/answer"), 200))
    line.close()
    found = STATUS.search(answer)
    if found is None:
        raise ValueError("The answer's page says no state.")
    return found[1].decode()


def _person(name: str) -> dict[str, str]:
    return {
        "title": "Dr",
        "first_name": "Zoë",
        "last_name": f"Ångström {name}",
        "email": f"{name}@example.org",
        "organisation": "Institute for Labour Market Research",
        "role": "researcher",
        "stakeholder_group": "expert",
        "country": "SE",
        "access_needs": "A place near the door",
        "access_consent": "y",
        "list_consent": "y",
        "website": "",
    }


def _expect(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise ValueError(f"{answer.status} instead of {status}")
    return answer


def _decoded(answer: Answer) -> bytes:
    match answer.headers.get(b"content-encoding"):
        case b"br":
            import brotli

            return bytes(brotli.decompress(answer.body))
        case b"gzip":
            import gzip

            return gzip.decompress(answer.body)
        case _:
            return answer.body


@dataclass(frozen=True)
class Weight:
    """A first visit: requests and octets on the wire, heads included, and the page's own size."""

    requests: int
    octets: int
    page: int


def weigh(port: int, path: str) -> Weight:
    """The page with everything that it names, as a browser with an empty cache fetches it."""
    line = Line(port)
    answer = _expect(line.ask("GET", path), 200)
    html = _decoded(answer)
    octets, seen = answer.octets, set()
    wanted = _Assets(html.decode()).addresses
    while wanted:
        address = wanted.pop()
        if address in seen:
            continue
        seen.add(address)
        asset = _expect(line.ask("GET", address), 200)
        octets += asset.octets
        if asset.headers.get(b"content-type", b"").startswith(b"text/css"):
            found = re.findall(rb'url\(["\']?(/[^"\')]+)', _decoded(asset))
            wanted |= {address.decode() for address in found}
    line.close()
    return Weight(1 + len(seen), octets, len(html))


def etag(port: int, path: str) -> str:
    """What somebody keeps who has had this page."""
    line = Line(port)
    answer = _expect(line.ask("GET", path), 200)
    line.close()
    return answer.headers[b"etag"].decode()


class _Assets(HTMLParser):
    """Every address that a browser fetches by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        address = ""
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload"):
            address = given["href"]
        elif tag in ("script", "img", "source"):
            address = given.get("src", "")
        elif tag == "use":
            address = given.get("href", "")
        address = address.partition("#")[0]
        if address.startswith("/"):
            self.addresses.add(address)


def _together(work: Callable[[int], None], numbers: Sequence[int], concurrency: int) -> None:
    """Do the work for every number, so many at once."""
    left, lock = iter(numbers), threading.Lock()

    def hands() -> None:
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return
            work(number)

    threads = [threading.Thread(target=hands) for _ in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
