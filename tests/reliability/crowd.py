"""Many people at the front door at once: each opens the form, all send it at the same instant."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx

from tests.harness.client import Form, form_in

if TYPE_CHECKING:
    from tests.reliability.running import Running

PERSON = {
    "organisation": "Analytical Society",
    "role": "adviser",
    "stakeholder_group": "expert",
    "country": "BE",
}
PATIENCE = 90.0
OPENED_AT_ONCE = 16
HOLDING = 60.0


@dataclass(frozen=True)
class Wish:
    """One person's form: where it is, what they write, and how often they press the button.

    `action` says which, where a page has several.
    """

    path: str
    fields: dict[str, str] = field(default_factory=dict)
    times: int = 1
    action: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one press: the code of the answer, what the page then said, how long it took.

    No code means that the line broke before an answer came.
    """

    wish: Wish
    code: int | None
    status: str | None
    seconds: float
    headers: httpx.Headers

    @property
    def acknowledged(self) -> bool:
        return self.code == 303

    @property
    def email(self) -> str:
        return self.wish.fields["email"]


def registration(slug: str, email: str, **fields: str) -> Wish:
    """Somebody who wants to come; their name is their address, so that all are different people."""
    name = email.partition("@")[0]
    person = PERSON | {"first_name": "Ada", "last_name": f"Lovelace {name}", "email": email}
    return Wish(f"/en/events/{slug}/register", person | fields)


def people(slug: str, count: int, name: str = "person") -> list[Wish]:
    return [registration(slug, f"{name}{number}@example.org") for number in range(count)]


def rush(
    url: str, wishes: Sequence[Wish], gun: Callable[[], object] = lambda: None
) -> list[Outcome]:
    """All forms are fetched first; then everybody sends theirs at once and reads the answer."""
    with ThreadPoolExecutor(1) as apart:  # the browser of another test may hold this thread's loop
        return apart.submit(lambda: asyncio.run(_rush(url, wishes, gun))).result()


async def _rush(url: str, wishes: Sequence[Wish], gun: Callable[[], object]) -> list[Outcome]:
    async with Door(url) as door:
        ready = await door.opened(wishes)
        gun()
        presses = [visitor.send() for visitor in ready for _ in range(visitor.wish.times)]
        return list(await asyncio.gather(*presses))


class Door:
    """Connections shared by visitors, cookies kept for each apart."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.transport = httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0)
        )

    async def __aenter__(self) -> Door:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.transport.aclose()

    async def opened(self, wishes: Iterable[Wish]) -> list[Visitor]:
        """A visitor for each wish, the form before them."""
        turns = asyncio.Semaphore(OPENED_AT_ONCE)

        async def open_one(wish: Wish) -> Visitor:
            visitor = Visitor(self, wish)
            async with turns:
                await visitor.open()
            return visitor

        return list(await asyncio.gather(*(open_one(wish) for wish in wishes)))


class Visitor:
    """One person with a browser of their own."""

    def __init__(self, door: Door, wish: Wish) -> None:
        self.wish = wish
        self.client = httpx.AsyncClient(
            transport=door.transport, base_url=door.url, timeout=PATIENCE, trust_env=False
        )
        self.form = Form("", "post")

    async def open(self) -> None:
        page = await self.client.get(self.wish.path)
        assert page.status_code == 200, f"{page.status_code} {page.text[:500]}"
        self.form = form_in(page.text, self.wish.action)
        unknown = set(self.wish.fields) - self.form.names
        assert not unknown, f"The form has no field {', '.join(sorted(unknown))}."

    async def send(self) -> Outcome:
        """Press the button once, and follow to the page that answers."""
        started = time.monotonic()
        address = urljoin(self.wish.path, self.form.action or self.wish.path)
        data: dict[str, Any] = {**self.form.values, **self.wish.fields}
        code, status, headers = None, None, httpx.Headers()
        try:
            answer = await self.client.post(address, data=data)
            code, headers = answer.status_code, answer.headers
            if code == 303:
                answer = await self.client.get(answer.headers["Location"])
            status = status_of(answer.text)
        except httpx.TransportError:
            pass
        return Outcome(self.wish, code, status, time.monotonic() - started, headers)


def status_of(html: str) -> str | None:
    """The state that the page carries, if it carries one."""
    found = re.search(r'data-status="(\w+)"', html)
    return found[1] if found else None


def percentile(outcomes: Sequence[Outcome], share: float) -> float:
    """The time under which this share of the answers came."""
    times = sorted(outcome.seconds for outcome in outcomes)
    return times[min(int(len(times) * share), len(times) - 1)]


def sent_to_a_held_event(
    pool: ThreadPoolExecutor, portal: Running, slug: str, count: int
) -> Future[list[Outcome]]:
    """People who press the button while the event is held; they wait for their answer."""
    sent: Future[None] = Future()
    posts = pool.submit(rush, portal.url, people(slug, count), lambda: sent.set_result(None))
    sent.result(HOLDING)
    time.sleep(1.0)
    return posts
