"""The table, in Markdown, printed and kept in docs/performance.md."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from portal.config import ROOT

PLACE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
Line = tuple[str, str, str]


def markdown(figures: dict[str, Any], *, seconds: float) -> str:
    """One line a figure: what, how much, and what was aimed at or what others need."""
    lines = [line for part in PARTS if part.needs in figures for line in part.lines(figures)]
    now = datetime.now(UTC)
    made = (
        f"Measured on {now:%Y-%m-%d} in {seconds / 60:.0f} minutes on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; load average at the end {os.getloadavg()[0]:.1f}."
    )
    rows = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([made, "", "| what | figure | goal, or others |", "|---|---|---|", *rows])


def write(table: str) -> None:
    """Between the markers; what people wrote around them stays."""
    before, _begin, rest = PLACE.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    PLACE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}")


class Page:
    needs = "rps"

    @staticmethod
    def lines(found: dict[str, Any]) -> Iterator[Line]:
        weight = found["weight"]
        yield "floor: pages per second", f"{found['floor_rps']:.0f}", ""
        yield "floor: CPU a page", f"{found['floor_cpu'] * 1000:.2f} ms", ""
        yield "event page: pages per second", f"{found['rps']:.0f}", ""
        yield (
            "event page: of the floor's pages per second",
            _against(f"{found['rps_ratio']:.2f}", found["rps_ratio"] >= 0.7),
            "at least 0.7",
        )
        yield (
            "event page: CPU a page",
            (f"{found['page_cpu'] * 1000:.2f} ms, {found['cpu_ratio']:.1f} × floor"),
            "pretix 58, Indico 90 × floor",
        )
        yield (
            "first visit: on the wire",
            _against(f"{weight.octets / 1000:.1f} kB", weight.octets <= 60_000),
            "at most 60 kB; pretix 260 kB, Indico 2.2 MB",
        )
        yield (
            "first visit: requests",
            _against(str(weight.requests), weight.requests <= 8),
            ("at most 8"),
        )


class Library:
    needs = "library_sqlite_page"
    words = {
        "page": "publication page",
        "list": "list of publications",
        "search": "search with two facets that nobody had before",
        "feed": "feed of those who have it (304)",
    }

    @classmethod
    def lines(cls, found: dict[str, Any]) -> Iterator[Line]:
        """A kept page is to cost little more than the floor's; nobody waits for a search."""
        for kind, name in NAMES.items():
            for what, words in cls.words.items():
                read = found[f"library_{kind}_{what}"]
                figure = f"{read.speed:.2f} of the floor's pages per second, {read.cpu:.1f} × CPU"
                if what == "search":
                    figure += f", {_ms(read.seconds)} alone"
                    figure, goal = _against(figure, read.seconds <= 0.1), "at most 0.1 s alone"
                else:
                    figure, goal = _against(figure, read.speed >= 0.7), "at least 0.7"
                yield f"{words}, {found['records']:,} records, {name}", figure, goal


class Registration:
    needs = "crowd_sqlite_1"

    @staticmethod
    def lines(found: dict[str, Any]) -> Iterator[Line]:
        for kind, name in NAMES.items():
            for count in (1, 8, 16):
                crowd = found[f"crowd_{kind}_{count}"]
                what = f"registration, {name}, {count} at once"
                seconds = sorted(crowd.seconds)
                yield (
                    f"{what}: p50, p95",
                    (f"{_ms(_part(seconds, 0.5))}, {_ms(_part(seconds, 0.95))}"),
                    "Indico 0.31 s, pretix 1.17 s p50",
                )
                yield (
                    f"{what}: complete ones per second",
                    (
                        f"{_median(crowd.per_second):.0f}, last letter "
                        f"{_median(crowd.letters_after):.1f} s after the last answer"
                    ),
                    "",
                )
                yield f"{what}: CPU of each", _cpu(crowd), "Indico 330 ms, pretix 1,100 ms"
                ratio = _median(crowd.ratios)
                errors = f"; {len(crowd.errors)} errors" if crowd.errors else ""
                yield (
                    f"{what}: CPU against the floor's page",
                    (_against(f"{ratio:.1f} ×{errors}", ratio <= 15 and not errors)),
                    "at most 15 ×",
                )


class Full:
    needs = "full_sqlite"

    @staticmethod
    def lines(found: dict[str, Any]) -> Iterator[Line]:
        """Against the same event without all that, in the same run."""
        for kind, name in NAMES.items():
            page, crowd, plain = found[f"full_{kind}"]
            cost, usual = (_median(each.ratios) for each in (crowd, plain))
            errors = f"; {len(crowd.errors)} errors" if crowd.errors else ""
            yield (
                f"form with 12 questions, 4 quotas and 6 sessions, {name}",
                f"{page:.1f} × the plain one",
                "",
            )
            yield (
                f"registration there, {name}, 8 at once",
                f"{_cpu(crowd)}, {cost / usual:.1f} × the plain one{errors}",
                "",
            )
            seconds, failed, over = found[f"divided_{kind}"]
            yield (
                f"160 people for 50 places, 40 of them kept, and 6 sessions, {name}",
                _against(
                    f"{seconds:.1f} s, {failed} errors, {over} overbooked", not failed and not over
                ),
                "no errors, none overbooked",
            )
            imported = found[f"imported_{kind}"]
            yield (
                f"list of {found['invited']:,} people to invite, {name}",
                f"{imported.seconds:.1f} s from the command to its end, {imported.memory:.0f} MB",
                "",
            )


class Race:
    needs = "race_sqlite"

    @staticmethod
    def lines(found: dict[str, Any]) -> Iterator[Line]:
        for kind, name in NAMES.items():
            seconds, errors, over, _states = found[f"race_{kind}"]
            yield (
                f"200 people for 50 places, {name}",
                _against(
                    f"{seconds:.1f} s, {errors} errors, {over} overbooked", not errors and not over
                ),
                "no errors, none overbooked; pretix 40 s, Indico 24 s",
            )


class Desk:
    needs = "desk_sqlite"
    words = {"page": "attendee list, a page", "csv": "CSV export", "xlsx": "XLSX export"}
    others = {
        "page": (4.9 / 20, "at most 0.25 s; Indico 4.9 s and 15.7 MB, pretix 0.15 s for 25 rows"),
        "csv": (6.0 / 20, "at most 0.3 s; Indico 6 s, pretix 20 s"),
        "xlsx": (7.0 / 20, "at most 0.35 s; Indico 7 s, pretix 48 s"),
    }

    @classmethod
    def lines(cls, found: dict[str, Any]) -> Iterator[Line]:
        for kind, name in NAMES.items():
            for what, fetched in found[f"desk_{kind}"].items():
                yield cls._line(f"{cls.words[what]} of {found['listed']:,}, {name}", what, fetched)
            crowded = f"{cls.words['page']} of {found['crowded']:,}, {name}"
            yield cls._line(crowded, "page", found[f"crowded_{kind}"])

    @classmethod
    def _line(cls, words: str, what: str, fetched: Any) -> Line:
        most, others = cls.others[what]
        size = f"{fetched.octets / 1000:.0f} kB, memory + {fetched.growth:.0f} MB"
        return words, _against(f"{_ms(fetched.last)}, {size}", fetched.last <= most), others


class Letters:
    needs = "letters_sqlite"

    @staticmethod
    def lines(found: dict[str, Any]) -> Iterator[Line]:
        for kind, name in NAMES.items():
            letters = found[f"letters_{kind}"]
            what = f"{found['told']:,} letters after a change of venue, {name}"
            rate = found["told"] / letters.delivered
            cpu, base = letters.cpu, letters.database_cpu
            also = f" and {_ms(base)} of the database" if base else ""
            page = sorted(letters.page)
            yield f"{what}: the last written after", f"{letters.written:.0f} s", ""
            yield f"{what}: the last delivered after", f"{letters.delivered:.0f} s", ""
            yield f"{what}: cost", f"{rate:.0f} per second, CPU {_ms(cpu)} each{also}", ""
            yield (
                f"{what}: a registrant's own page meanwhile, p50, p95",
                f"{_ms(_part(page, 0.5))}, {_ms(_part(page, 0.95))}",
                "",
            )


class Start:
    needs = "idle"

    @staticmethod
    def lines(found: dict[str, Any]) -> Iterator[Line]:
        yield (
            "memory idle (web, worker, supervisor; PSS)",
            f"{found['idle']:.0f} MB",
            ("pretix 800 MB, Indico 900 MB with their servers"),
        )
        yield "memory after load", f"{found['after']:.0f} MB", ""
        yield "CPU while idle", f"{found['idle_cpu']:.1f} s a minute", ""
        yield "first page after the start", f"{found['start']:.1f} s", "5 s"


PARTS = (Page, Library, Registration, Full, Race, Desk, Letters, Start)


def _cpu(crowd: Any) -> str:
    own, database = _median(crowd.cpu), _median(crowd.database_cpu)
    also = f" and {_ms(database)} of the database" if database else ""
    return f"{_ms(own)} of web and worker{also}"


def _against(figure: str, reached: bool) -> str:
    return figure if reached else f"{figure} (missed)"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.02 else f"{seconds * 1000:.1f} ms"


def _median(values: list[float]) -> float:
    return statistics.median(values)


def _part(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
