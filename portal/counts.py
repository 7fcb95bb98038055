"""Counts that all processes of a portal add to, in files that they map into their memory.

Each process adds to a file of its own, which it holds by a lock; one that starts later goes on
with the file of one that ended: as many files as processes at once, and no count ever falls.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from array import array
from collections.abc import Hashable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock

OCTETS = 8


class Counts:
    """Numbers under fixed names; nothing is opened before the first is added to."""

    def __init__(self, directory: Path, names: Sequence[Hashable]) -> None:
        self._directory = directory
        self._names = names
        self._layout = sha256(repr(list(names)).encode()).hexdigest()[:12]
        self._place = {name: number for number, name in enumerate(names)}
        self._numbers: memoryview[float] | None = None
        self._lock = Lock()

    def add(self, *amounts: tuple[Hashable, float]) -> None:
        """Add to several at once, so that whoever reads them sees them together."""
        with self._lock:
            if self._numbers is None:
                self._numbers = self._opened()
            for name, amount in amounts:
                self._numbers[self._place[name]] += amount

    def totals(self) -> dict[Hashable, float]:
        """The sums over all processes, those that ended too."""
        sums = array("d", bytes(OCTETS * len(self._names)))
        for path in self._directory.glob(f"{self._layout}.*"):
            octets = path.read_bytes()
            if len(octets) == OCTETS * len(sums):
                for number, value in enumerate(array("d", octets)):
                    sums[number] += value
        return dict(zip(self._names, sums, strict=True))

    def _opened(self) -> memoryview[float]:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget_other_layouts()
        descriptor = next(filter(_is_free, self._files()))
        os.ftruncate(descriptor, OCTETS * len(self._names))
        return memoryview(mmap.mmap(descriptor, OCTETS * len(self._names))).cast("d")

    def _files(self) -> Iterator[int]:
        number = 0
        while True:
            path = self._directory / f"{self._layout}.{number}"
            yield os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            number += 1

    def _forget_other_layouts(self) -> None:
        """What another version counted that does not run any more."""
        for path in self._directory.iterdir():
            if path.name.startswith(f"{self._layout}."):
                continue
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            if _is_free(descriptor):
                path.unlink(missing_ok=True)
                os.close(descriptor)


def _is_free(descriptor: int) -> bool:
    """Whether no other process adds to it; then this one does until it ends."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True
