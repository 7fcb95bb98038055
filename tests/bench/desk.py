"""An organiser with a long attendee list: the page, its files, and the memory they take."""

from __future__ import annotations

import re
import statistics
import threading
import time
from dataclasses import dataclass

from tests.bench.portals import Portal
from tests.bench.processes import memory
from tests.harness.client import form_in
from tests.harness.servers import until

PATHS = {"page": "registrations", "csv": "registrations.csv", "xlsx": "registrations.xlsx"}
TIMES = 5


@dataclass(frozen=True)
class Fetched:
    """Seconds until the first and the last octet, the octets, and the MB that web grew by."""

    first: float
    last: float
    octets: int
    growth: float


class Desk:
    """Signed in by the demonstration's link."""

    def __init__(self, portal: Portal, slug: str) -> None:
        self.portal, self.slug = portal, slug
        self.http = portal.server.http()
        self._sign_in()

    def figures(self, *names: str) -> dict[str, Fetched]:
        """Of the page and each file, or of those that are named."""
        return {name: self._fetched(PATHS[name]) for name in names or PATHS}

    def _sign_in(self) -> None:
        server = self.portal.server
        until(lambda: "sign in:" in server.said(), 20)
        found = re.search(r"sign in: (\S+)", server.said())
        assert found is not None
        form = form_in(self.http.get(found[1]).text)
        done = self.http.post(found[1], data={k: v[0] for k, v in form.values.items()})
        assert done.status_code == 303, done.status_code

    def _fetched(self, path: str) -> Fetched:
        tries = [self._fetch(f"/desk/events/{self.slug}/{path}") for _ in range(TIMES)]
        return Fetched(
            statistics.median(each.first for each in tries),
            statistics.median(each.last for each in tries),
            tries[-1].octets,
            max(each.growth for each in tries),
        )

    def _fetch(self, path: str) -> Fetched:
        before = memory(self.portal.server.pid)
        with _Highest(self.portal.server.pid) as highest:
            started = time.monotonic()
            with self.http.stream("GET", path) as answer:
                assert answer.status_code == 200, answer.status_code
                parts = answer.iter_raw()
                octets = len(next(parts))
                first = time.monotonic() - started
                octets += sum(map(len, parts))
            last = time.monotonic() - started
        return Fetched(first, last, octets, max(0.0, highest.seen - before))


class _Highest:
    """Looks again and again how much memory a tree of processes has."""

    def __init__(self, pid: int) -> None:
        self.pid, self.seen = pid, 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> _Highest:
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._done.set()
        self._thread.join()
        self.seen = max(self.seen, memory(self.pid))

    def _look(self) -> None:
        while not self._done.wait(0.2):
            self.seen = max(self.seen, memory(self.pid))
