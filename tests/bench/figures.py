"""The measurements, one method each; what they give is named as the report wants it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import events, library, load, telling
from tests.bench.mailbox import MailSink
from tests.bench.portals import PAGE, SLUG, Portal
from tests.bench.processes import Floor, Ran, cpu, memory, ran, wait_for_page
from tests.bench.telling import Letters, OwnPage

CONCURRENCY = 16
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Size:
    """How much is done: enough for steady medians, or just enough to see that it works."""

    rounds: int
    seconds: float
    people: int
    listed: int
    crowded: int
    letters: int
    records: int
    invited: int


FULL = Size(
    rounds=5,
    seconds=3.0,
    people=160,
    listed=5000,
    crowded=20000,
    letters=5000,
    records=5000,
    invited=5000,
)
QUICK = Size(
    rounds=2,
    seconds=1.0,
    people=32,
    listed=500,
    crowded=2000,
    letters=100,
    records=500,
    invited=500,
)


@dataclass
class Crowd:
    """Registrations of all rounds at one concurrency on one database."""

    seconds: list[float]
    per_second: list[float]
    cpu: list[float]
    database_cpu: list[float]
    ratios: list[float]
    letters_after: list[float]
    errors: list[str]


class Bench:
    """Holds what several measurements share: the floor, and a portal on each database."""

    def __init__(
        self,
        directory: Path,
        make: Callable[[str], Portal],
        people: Executor,
        sink: MailSink,
        *,
        quick: bool,
    ) -> None:
        self.make, self.people, self.sink = make, people, sink
        self.size = QUICK if quick else FULL
        self.names = 0
        self.portals: dict[str, Portal] = {}
        self.forms: dict[Portal, Sequence[Mapping[str, str]]] = {}
        self.directory = directory
        first = self.portal("sqlite")
        self.weight = self._ask(load.weigh, first.port, PAGE)
        self.floor = Floor(directory / "floor", self.weight.page)

    def close(self) -> None:
        self.floor.close()

    def portal(self, kind: str) -> Portal:
        """A running portal whose coming event takes everybody."""
        if kind not in self.portals:
            portal = self.portals[kind] = self.make(kind)
            portal.in_app(lambda _app: events.set_capacity(None))
            portal.start()
            self._ask(load.weigh, portal.port, PAGE)
        return self.portals[kind]

    def page(self) -> dict[str, object]:
        """Requests per second and CPU of the event's page and of the floor's, in turn."""
        portal = self.portal("sqlite")
        rounds: list[tuple[float, float, float, float]] = []
        for _round in range(self.size.rounds + 1):
            floor, floor_cpu = self._hit(self.floor.port, "/", self.floor.pid)
            ours, our_cpu = self._hit(portal.port, PAGE, portal.server.pid)
            rounds.append((floor.per_second, floor_cpu, ours.per_second, our_cpu))
        floor_rps, floor_cpu, rps, page_cpu = map(_median, zip(*rounds[1:], strict=True))
        return {
            "floor_rps": floor_rps,
            "floor_cpu": floor_cpu,
            "rps": rps,
            "rps_ratio": _median([ours / floor for floor, _, ours, _ in rounds[1:]]),
            "page_cpu": page_cpu,
            "cpu_ratio": _median([ours / floor for _, floor, _, ours in rounds[1:]]),
            "weight": self.weight,
        }

    def library(self) -> dict[str, object]:
        """The catalogue's page, list, searches and feed against the floor's page, in turn."""
        found: dict[str, object] = {"records": self.size.records}
        for kind in KINDS:
            portal = self.make(kind)
            page = portal.in_app(lambda _app: library.fill(self.size.records))
            portal.start()
            etag = self._ask(load.etag, portal.port, library.FEED)
            asked: dict[str, tuple[str | list[str], str]] = {
                "page": (page, ""),
                "list": (library.LIST, ""),
                "search": (library.searches(), ""),
                "feed": (library.FEED, etag),
            }
            for name, (path, known) in asked.items():
                found[f"library_{kind}_{name}"] = self._read(portal, path, known)
            portal.stop()
        return found

    def registration(self) -> dict[str, object]:
        """Complete registrations: form, post, answer, letter with invite taken by the server."""
        found: dict[str, object] = {}
        for kind in KINDS:
            portal = self.portal(kind)
            self._crowd(portal, 8, Crowd([], [], [], [], [], [], []))  # everybody warms up
            crowds = {count: Crowd([], [], [], [], [], [], []) for count in (1, 8, 16)}
            for _round in range(max(self.size.rounds - 2, 1)):
                for count, crowd in crowds.items():
                    self._crowd(portal, count, crowd)
            found |= {f"crowd_{kind}_{count}": crowd for count, crowd in crowds.items()}
        return found

    def full(self) -> dict[str, object]:
        """The same at an event with questions, quotas and sessions; a list of guests."""
        found: dict[str, object] = {}
        for kind in KINDS:
            portal = self.portal(kind)
            self.forms[portal] = portal.in_app(lambda _app: events.forms())
            page = self._against(portal, f"/en/events/{events.FULL}/register", f"{PAGE}register")
            crowds = {slug: Crowd([], [], [], [], [], [], []) for slug in (SLUG, events.FULL)}
            for slug in crowds:
                self._crowd(portal, 8, Crowd([], [], [], [], [], [], []), slug)
            for _round in range(max(self.size.rounds - 2, 1)):
                for slug, crowd in crowds.items():
                    self._crowd(portal, 8, crowd, slug)
            found[f"full_{kind}"] = page, crowds[events.FULL], crowds[SLUG]
            portal = self.make(kind)
            some, forms = self._some(160), portal.in_app(lambda _app: events.forms())
            portal.start()
            self._ask(load.weigh, portal.port, PAGE)
            done = self._ask(
                load.register, portal.port, events.FULL, some, concurrency=160, forms=forms
            )
            portal.stop()
            over = portal.in_app(lambda _app: events.overbooked())
            found[f"divided_{kind}"] = done.ended - done.started, len(done.errors), over
            found[f"imported_{kind}"] = self._import(portal)
        found["invited"] = self.size.invited
        return found

    def race(self) -> dict[str, object]:
        """200 people at once for 50 places."""
        found: dict[str, object] = {}
        for kind in KINDS:
            portal = self.make(kind).start()
            self._ask(load.weigh, portal.port, PAGE)
            done = self._ask(load.register, portal.port, SLUG, self._some(200), concurrency=200)
            found[f"race_{kind}"] = (
                done.ended - done.started,
                len(done.errors),
                max(0, done.states.get("confirmed", 0) - 50),
                done.states,
            )
            portal.stop()
        return found

    def desk(self) -> dict[str, object]:
        """The attendee list and its files with 5,000 people, and the list with 20,000."""
        from tests.bench.desk import Desk

        found: dict[str, object] = {"listed": self.size.listed, "crowded": self.size.crowded}
        for kind in KINDS:
            portal = self.make(kind)
            portal.server.environ["PORTAL_ENV"] = "development"
            portal.command("demo", "--registrations", str(self.size.listed), "--event", SLUG)
            portal.start()
            desk = Desk(portal, SLUG)
            found[f"desk_{kind}"] = desk.figures()
            more = self.size.crowded - self.size.listed
            portal.command("demo", "--registrations", str(more), "--event", SLUG)
            found[f"crowded_{kind}"] = desk.figures("page")["page"]
            portal.stop()
        return found

    def letters(self) -> dict[str, object]:
        """The venue changes: everybody's letter with a renewed invite is written and delivered.

        Meanwhile one of those who are told opens their own page again and again.
        """
        found: dict[str, object] = {"told": self.size.letters}
        for kind in KINDS:
            portal = self.make(kind)
            portal.command("demo", "--registrations", str(self.size.letters), "--event", SLUG)
            portal.start()
            before, spent, base = self.sink.taken, portal.cpu(), portal.database_cpu()
            started = time.monotonic()
            with OwnPage(portal) as page:
                written = telling.everybody(portal)
                ended = self.sink.wait_for(before + self.size.letters, seconds=600)
            time.sleep(0.2)
            count = self.size.letters
            found[f"letters_{kind}"] = Letters(
                written=written - started,
                delivered=ended - started,
                cpu=(portal.cpu() - spent) / count,
                database_cpu=(portal.database_cpu() - base) / count,
                page=page.seconds,
            )
            portal.stop()
        return found

    def start(self) -> dict[str, object]:
        """From the command to the first page, idle cost, and memory before and after load."""
        portal = self.make("sqlite")
        portal.in_app(lambda _app: events.set_capacity(None))
        starts = []
        for _round in range(3):
            portal.stop()
            portal.server.start(wait=False)
            try:
                starts.append(wait_for_page(portal.port, PAGE))
            except TimeoutError as error:
                raise TimeoutError(f"{error} {portal.server.errors()}") from error
        time.sleep(2)
        idle, spent = memory(portal.server.pid), portal.cpu()
        time.sleep(5)
        spent = portal.cpu() - spent
        self._crowd(portal, 16, Crowd([], [], [], [], [], [], []))
        self._ask(load.hit, portal.port, PAGE, concurrency=CONCURRENCY, seconds=2)
        after = memory(portal.server.pid)
        portal.stop()
        return {"start": _median(starts), "idle": idle, "after": after, "idle_cpu": spent * 12}

    def _read(self, portal: Portal, path: str | list[str], etag: str) -> library.Read:
        rounds = []
        turns = max(self.size.rounds - 2, 1) + 1
        for number in range(turns):
            floor, floor_cpu = self._hit(self.floor.port, "/", self.floor.pid, seconds=1.0)
            spent = portal.database_cpu()
            turn = path[number::turns] if isinstance(path, list) else path
            ours, our_cpu = self._hit(portal.port, turn, portal.server.pid, etag=etag)
            our_cpu += (portal.database_cpu() - spent) / ours.count
            rounds.append((ours.per_second / floor.per_second, our_cpu / floor_cpu))
        alone = self._ask(load.hit, portal.port, path, concurrency=1, seconds=1.0, etag=etag)
        speed, spent = map(_median, zip(*rounds[1:], strict=True))
        return library.Read(speed, spent, 1 / alone.per_second)

    def _hit(
        self,
        port: int,
        path: str | list[str],
        pid: int,
        seconds: float | None = None,
        etag: str = "",
    ) -> tuple[load.Hits, float]:
        """The hits, and the CPU of each in the server's processes."""
        before = cpu(pid)
        seconds = seconds or self.size.seconds
        hits = self._ask(load.hit, port, path, concurrency=CONCURRENCY, seconds=seconds, etag=etag)
        if hits.errors:
            raise RuntimeError(f"{hits.errors} answers of {path} were not what they had to be.")
        return hits, (cpu(pid) - before) / hits.count

    def _import(self, portal: Portal) -> Ran:
        """A list of people to be invited, by the command."""
        path = self.directory / "guests.csv"
        events.write_list(path, self.size.invited)
        command = ("invitations", "import", str(path), "--event", SLUG, "--source", "the bench")
        return ran("portal", *command, environ=portal.server.environment())

    def _against(self, portal: Portal, path: str, other: str) -> float:
        """CPU of one page against that of another, in turn, of the portal and its database.

        The first round is not counted: the portal has just started, and makes what it keeps.
        """
        ratios = []
        for _round in range(max(self.size.rounds - 2, 1) + 1):
            spent = []
            for each in (path, other):
                base = portal.database_cpu()
                hits, used = self._hit(portal.port, each, portal.server.pid, seconds=1.0)
                spent.append(used + (portal.database_cpu() - base) / hits.count)
            ratios.append(spent[0] / spent[1])
        return _median(ratios[1:])

    def _crowd(self, portal: Portal, concurrency: int, crowd: Crowd, slug: str = SLUG) -> None:
        _floor, floor_cpu = self._hit(self.floor.port, "/", self.floor.pid, seconds=1.0)
        names = self._some(self.size.people if concurrency > 1 else self.size.people // 2)
        taken, invites = self.sink.taken, self.sink.invites
        before, base = portal.cpu(), portal.database_cpu()
        forms = self.forms[portal] if slug == events.FULL else ({},)
        done = self._ask(
            load.register, portal.port, slug, names, concurrency=concurrency, forms=forms
        )
        crowd.errors += done.errors
        registered = len(done.seconds)
        ended = self.sink.wait_for(taken + registered)
        time.sleep(0.2)  # the worker notes the last one
        if self.sink.invites - invites != registered:
            crowd.errors.append("Not every letter had its invite.")
        spent = (portal.cpu() - before) / registered
        crowd.seconds += done.seconds
        crowd.per_second.append(registered / (max(ended, done.ended) - done.started))
        crowd.cpu.append(spent)
        crowd.database_cpu.append((portal.database_cpu() - base) / registered)
        crowd.ratios.append((spent + crowd.database_cpu[-1]) / floor_cpu)
        crowd.letters_after.append(max(0.0, ended - done.ended))

    def _some(self, count: int) -> list[str]:
        """Names that nobody has had."""
        self.names += count
        return [f"person-{number:06}" for number in range(self.names - count, self.names)]

    def _ask(self, work: Callable[..., object], *args: object, **options: object) -> Any:
        return self.people.submit(work, *args, **options).result()


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
