"""Chores that cannot have anything to do are not asked again.

Most of the fifty chores find nothing in most tests, and to ask each of them in every round took a
third of the time of all tests. A chore is left out where its answer is known: nobody wrote into the
tables that it reads since it last found nothing there, and the clock stands where it stood; or
nobody wrote into them at all since the database was new, whatever the clock says. Of a question
that begins with a table in which nothing is, or joins it, that table alone counts. A chore that
looks at files alone reads no table, and is always asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import event as sa_event

from portal import worker
from portal.db import db

WRITES = re.compile(r"\b(?:insert|update|delete|truncate|replace)\b", re.IGNORECASE)
DELETES = re.compile(r"\bdelete\b", re.IGNORECASE)
WORD = re.compile(r"\w+")
BRACKET = re.compile(r"([()])")
JOINED = re.compile(r"(LEFT OUTER )?\b(?:FROM|JOIN) (\w+)")
AGGREGATE = re.compile(
    r"\b(?:count|max|min|sum|avg)\b|\bFROM \(|UNION|SELECT.* EXISTS.* FROM|SELECT EXISTS"
)


class Peeks:
    """The chores of one application: which tables each reads, and what was written meanwhile."""

    def __init__(self, app: Flask, filled: Collection[str]) -> None:
        self._written: Counter[str] = Counter()
        self._filled = filled
        self._read: set[str] = set()
        self._idle: dict[worker.Chore, tuple[datetime, Mapping[str, int]]] = {}
        self._idle_when_new: dict[worker.Chore, Collection[str]] = {}
        with app.app_context():
            sa_event.listen(db.engine, "before_cursor_execute", self._note)

    def renew(self) -> None:
        """The database is new again."""
        self._written.clear()
        self._idle.clear()

    def run_each(self, now: datetime) -> bool:
        """Do every chore once that could find something to do; whether any did.

        What sends and what reads mails also goes by what lies elsewhere: they are always asked.
        """
        found = [self._do(chore, now) for chore in worker.WRITING if not self._is_known(chore, now)]
        found += [worker.do(chore, now) for chore in (*worker.POSTING, *worker.READING)]
        return any(found)

    def _is_known(self, chore: worker.Chore, now: datetime) -> bool:
        when_new = self._idle_when_new.get(chore)
        if when_new is not None and not any(self._written[table] for table in when_new):
            return True
        asked_at, written = self._idle.get(chore, (None, {}))
        return asked_at == now and all(
            self._written[table] == count for table, count in written.items()
        )

    def _do(self, chore: worker.Chore, now: datetime) -> bool:
        self._read, before = set(), self._written.copy()
        if worker.do(chore, now):
            self._idle.pop(chore, None)
            return True
        if self._read:
            self._idle[chore] = now, {table: before[table] for table in self._read}
            if not any(self._written[table] for table in self._read):
                self._idle_when_new[chore] = frozenset(self._read)
        return False

    def _note(self, _c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        read, needed, written = _tables(statement)
        empty = next((t for t in needed if not self._written[t] and t not in self._filled), None)
        self._read |= read if empty is None else {empty}
        self._written.update(written)


@cache
def _tables(statement: str) -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """Those that a statement names, which are more rather than less than it reads.

    Then those without a row of which it gives no row, and those that it changes.
    """
    named = frozenset(WORD.findall(statement)) & db.metadata.tables.keys()
    if not WRITES.search(statement):
        return named, tuple(_needed(statement)), frozenset()
    return named, (), named | _dependent(named) if DELETES.search(statement) else named


def _needed(statement: str) -> Iterator[str]:
    """The tables of a SELECT without an aggregate that it begins with or joins, not by the left."""
    outside = _without_brackets(statement)
    if outside.startswith("SELECT") and not AGGREGATE.search(outside):
        for before, table in JOINED.findall(outside):
            if not before and table in db.metadata.tables:
                yield table


def _without_brackets(statement: str) -> str:
    """What stands in brackets is a question of its own, or the arguments of a function."""
    depth, kept = 0, []
    for piece in BRACKET.split(statement):
        if piece == "(":
            depth += 1
            kept += ["()"] * (depth == 1)
        elif piece == ")":
            depth -= 1
        elif not depth:
            kept.append(piece)
    return "".join(kept)


def _dependent(tables: Collection[str]) -> frozenset[str]:
    """What a deletion may reach by foreign keys."""
    found = frozenset(tables)
    while True:
        more = found | {
            key.parent.table.name
            for table in db.metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in found
        }
        if more == found:
            return found
        found = more
