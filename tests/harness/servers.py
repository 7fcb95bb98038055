"""The portal as it really runs: `portal serve` in processes of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from portal.config import ROOT
from tests.harness.mails import MailBox
from tests.harness.ports import free_port

READY_SECONDS = 60.0


@dataclass
class Server:
    """One portal: `start()`, `http()`, `stop()`, `kill()`; its words are kept in files."""

    directory: Path
    environ: dict[str, str]
    arguments: tuple[str, ...] = ("serve",)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data_dir(self) -> Path:
        return self.directory / "data"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def mails(self) -> MailBox:
        return MailBox(self.data_dir / "mail")

    def environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "FLASK_"))}
        own = {
            "PORTAL_ENV": "test",
            "PORTAL_PORT": str(self.port),
            "PORTAL_DATA_DIR": str(self.data_dir),
            "PYTHONUNBUFFERED": "1",
        }
        return inherited | own | self.environ

    def start(self, *, wait: bool = True) -> Server:
        with self._log("out").open("wb") as out, self._log("err").open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", *self.arguments],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        """Until it has said its address, which it says once the web answers."""
        until(lambda: "address:" in self.said() or self.ended(), READY_SECONDS)
        assert not self.ended(), self.errors()

    def command(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run another `portal` command with the same settings."""
        return subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            cwd=ROOT,
            env=self.environment() | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def http(self) -> httpx.Client:
        """A new client; it is closed with the server."""
        client = httpx.Client(base_url=self.url, timeout=60)
        self.clients.append(client)
        return client

    def close(self) -> None:
        for client in self.clients:
            client.close()
        if not self.ended():
            self.stop()

    def said(self) -> str:
        return self._log("out").read_text(errors="replace")

    def errors(self) -> str:
        return self._log("err").read_text(errors="replace")

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def processes(self) -> list[psutil.Process]:
        """The supervisor and all below it."""
        top = psutil.Process(self.pid)
        return [top, *top.children(recursive=True)]

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.send_signal(with_signal)
        return self.process.wait(60)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def _log(self, name: str) -> Path:
        self.directory.mkdir(parents=True, exist_ok=True)
        return self.directory / f"{name}.log"


def until(
    holds: Callable[[], object],
    seconds: float = 10.0,
    *,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Wait until it holds, doing something meanwhile; fail when it never does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"It did not come about within {seconds:g} s."
        meanwhile()
        time.sleep(0.05)
