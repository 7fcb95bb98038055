"""What running processes have cost: CPU and memory, of a whole tree at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from portal.config import ROOT
from tests.harness.ports import free_port


def tree(pid: int) -> list[psutil.Process]:
    top = psutil.Process(pid)
    return [top, *top.children(recursive=True)]


def cpu(pid: int) -> float:
    """Seconds of CPU that the process, those below it and those that it outlived have used."""
    seconds = 0.0
    for process in tree(pid):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


def memory(pid: int) -> float:
    """MB of the whole tree, shared pages counted once (PSS)."""
    return sum(_pss(process.pid) for process in tree(pid)) / 1e6


def _pss(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@dataclass(frozen=True)
class Ran:
    """A command that came to its end: seconds, and the MB that it needed at most."""

    seconds: float
    memory: float


def ran(module: str, *arguments: str, environ: Mapping[str, str]) -> Ran:
    """Run a module of ours with these arguments."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{module} {arguments[0]} failed.")
    return Ran(time.monotonic() - started, used.ru_maxrss / 1024)


class Floor:
    """The bare application, running on the portal's server."""

    def __init__(self, directory: Path, size: int) -> None:
        self.port = free_port()
        directory.mkdir()
        arguments = [str(self.port), str(directory), str(size)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.floor", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
        )
        wait_for_page(self.port, "/")

    @property
    def pid(self) -> int:
        return self.process.pid

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def wait_for_page(port: int, path: str, seconds: float = 120.0) -> float:
    """Ask until the page is there; how long that took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        with suppress(OSError, HTTPException):
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return time.monotonic() - started
        connection.close()
        time.sleep(0.01)
    raise TimeoutError(f"{path} did not come within {seconds:g} s.")
