"""The web server: granian on a port that is free, with workers that die with their parent."""

from __future__ import annotations

import ctypes
import errno
import gc
import importlib
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.config import Misconfigured, Settings

if TYPE_CHECKING:
    from flask import Flask

PR_SET_PDEATHSIG = 1

STOP_SECONDS = 20
"""How long requests in flight may take after the portal was told to stop."""

CONNECTIONS = 1024
"""Open connections of one worker; a slow client holds one of these for as long as it likes."""

THREADS = 64
"""Requests of one worker at once, started as needed; a slow sender's body holds one of these."""


class PortInUse(Misconfigured):
    """Somebody else listens there; a second granian would silently share the traffic."""


def serve_web(settings: Settings) -> None:
    """Answer requests until SIGTERM, then finish those in flight."""
    ensure_port_is_free(settings.host, settings.port)
    warm_up()
    os.umask(0o077)  # what is kept holds personal data
    listen(settings, _load_app)


def listen(settings: Settings, load: Callable[[], Flask]) -> None:
    """Serve what `load` makes in each worker."""
    Granian(
        "portal.app:create_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        backlog=2048,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.error,
    ).serve(target_loader=load, wrap_loader=False)


def ensure_port_is_free(host: str, port: int) -> None:
    """Bind once without sharing the port, so that one who listens there is noticed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse([_why_not(host, port, error)]) from None


def warm_up() -> None:
    """Import the application before processes fork, so that they share its memory.

    What is imported stays: to look for garbage meanwhile would take a sixth of the time.
    """
    gc.disable()
    importlib.import_module("portal.app")
    gc.enable()
    gc.collect()
    gc.freeze()


def die_with_parent(parent: int, with_signal: signal.Signals) -> None:
    """Have the kernel send the signal when the parent dies, even by SIGKILL (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, with_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), with_signal)


def _load_app() -> Flask:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until granian has set its own
    parent = multiprocessing.parent_process()
    if parent and parent.pid:
        die_with_parent(parent.pid, signal.SIGKILL)
    from portal.app import create_app

    return create_app()


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use on {host}: stop what listens there, "
            f"or choose another port with PORTAL_PORT."
        )
    return f"The portal cannot listen on {host} port {port}: {error.strerror}."
