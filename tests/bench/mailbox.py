"""A mail server in a process of its own, which takes every mail and counts it."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from contextlib import suppress
from typing import Any

import psutil
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.harness.ports import free_port

_spawn = multiprocessing.get_context("spawn")


class MailSink:
    """`taken` mails so far, `invites` of them with a calendar."""

    def __init__(self) -> None:
        self.port = free_port()
        self._taken = _spawn.Value("i", 0)
        self._invites = _spawn.Value("i", 0)
        self._process = _spawn.Process(
            target=_serve, args=(self.port, self._taken, self._invites), daemon=True
        )
        self._process.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def taken(self) -> int:
        return int(self._taken.value)

    @property
    def invites(self) -> int:
        return int(self._invites.value)

    @property
    def cpu(self) -> float:
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def wait_for(self, count: int, seconds: float = 120.0) -> float:
        """The moment (monotonic) at which `count` mails had been taken."""
        deadline = time.monotonic() + seconds
        while self.taken < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.taken} of {count} mails came.")
            time.sleep(0.01)
        return time.monotonic()

    def close(self) -> None:
        self._process.terminate()
        self._process.join(5)


class _Handler:
    def __init__(self, taken: Any, invites: Any) -> None:
        self.taken, self.invites = taken, invites

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.value += 1
        if b"text/calendar" in (envelope.original_content or b""):
            self.invites.value += 1
        return "250 2.0.0 Taken"


def _serve(port: int, taken: Any, invites: Any) -> None:
    async def run() -> None:
        handler = _Handler(taken, invites)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(handler, hostname="bench", enable_SMTPUTF8=True, loop=loop),
            "127.0.0.1",
            port,
        )
        await server.serve_forever()

    with suppress(KeyboardInterrupt):
        asyncio.run(run())
