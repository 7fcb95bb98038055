"""Web and worker under one roof: started together, started again when they die, stopped together.

The supervisor imports the application once and forks, so that its children start in no time and
share its memory. It opens no database and starts no thread of its own.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from portal import maintenance
from portal.config import Misconfigured, Settings
from portal.server import STOP_SECONDS, die_with_parent, ensure_port_is_free, serve_web, warm_up

STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
WATCHED = STOP_SIGNALS | {signal.SIGCHLD}

KILL_AFTER = STOP_SECONDS + 5
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0

MISCONFIGURED = 2
"""The exit code that starting again cannot mend."""


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


def serve(settings: Settings, *, prepare: Callable[[], None] | None = None) -> int:
    """Run web and worker until a signal stops them; gives the exit code."""
    ensure_port_is_free(settings.host, settings.port)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        return _serve(settings, prepare)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_worker() -> None:
    """Do chores until SIGTERM or SIGINT, then finish the one under way."""
    from portal.app import create_app
    from portal.worker import run

    os.umask(0o077)  # mails that are written as files are their owner's alone
    stop = threading.Event()

    def stopping(signum: int, frame: object) -> None:
        stop.set()
        signal.alarm(STOP_SECONDS)  # its default action ends a chore that never comes back

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stopping)
    run(create_app(), stop)
    signal.alarm(0)


@dataclass
class Child:
    """One of the two, and when to start it again."""

    name: str
    work: Callable[[], None]
    pid: int = 0
    started: float = 0.0
    due: float = 0.0
    delay: float = FIRST_DELAY

    def start(self) -> None:
        self.pid, self.started = fork(self.work), time.monotonic()

    def ended(self, status: int) -> None:
        now = time.monotonic()
        if now - self.started > STEADY_SECONDS:
            self.delay = FIRST_DELAY
        self.pid, self.due = 0, now + self.delay
        say(f"{self.name} ended {how(status)}; starting it again in {self.delay:g} s")
        self.delay = min(self.delay * 2, LONGEST_DELAY)


def _serve(settings: Settings, prepare: Callable[[], None] | None) -> int:
    children: list[Child] = []
    announcer = Child("announcer", lambda: announce(settings))
    try:
        warm_up()
        if prepare and (code := _finish(Child("preparation", prepare), children)):
            return code
        children += [Child("web", lambda: serve_web(settings)), Child("worker", run_worker)]
        for child in (*children, announcer):
            child.start()
        return _watch(children, announcer)
    except Stopped:
        return 0
    finally:
        _stop([*children, announcer])


def _finish(task: Child, running: list[Child]) -> int:
    """Wait for a task that ends by itself; a signal meanwhile stops it."""
    running.append(task)
    task.start()
    while task.pid:
        _wait(None)
        for pid, status in _reaped():
            if pid == task.pid:
                task.pid = 0
                running.remove(task)
                return os.waitstatus_to_exitcode(status)
    return 0


def _watch(children: list[Child], announcer: Child) -> int:
    while True:
        dues = [child.due for child in children if not child.pid]
        _wait(max(0.0, min(dues) - time.monotonic()) if dues else None)
        for pid, status in _reaped():
            if pid == announcer.pid:
                announcer.pid = 0
            for child in children:
                if child.pid == pid:
                    child.ended(status)
                    if os.waitstatus_to_exitcode(status) == MISCONFIGURED:
                        return MISCONFIGURED
        for child in children:
            if not child.pid and child.due <= time.monotonic():
                child.start()


def _wait(seconds: float | None) -> None:
    """Sleep until a child ends or the time is up; a signal to stop raises."""
    if seconds is None:
        signum = signal.sigwait(WATCHED)
    else:
        info = signal.sigtimedwait(WATCHED, seconds)
        signum = signal.Signals(info.si_signo) if info else signal.SIGCHLD
    if signum in STOP_SIGNALS:
        raise Stopped


def _reaped() -> Iterable[tuple[int, int]]:
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            yield ended


def _stop(children: list[Child]) -> None:
    """Ask all to finish, insist after a while or at a second signal, leave nobody behind."""
    running = {child.pid for child in children if child.pid}
    for pid in running:
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + KILL_AFTER
    try:
        while running and (left := deadline - time.monotonic()) > 0:
            running -= {pid for pid, _status in _reaped()}
            if running:
                _wait(left)
    except Stopped:
        say("stopping at once")
    for pid in running:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _signal(pid: int, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signum)


def fork(work: Callable[[], None]) -> int:
    """Start the work in a process and group of its own that ends when this process dies."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    parent = os.getpid()
    if pid := os.fork():
        return pid
    os._exit(_in_child(work, parent))


def _in_child(work: Callable[[], None], parent: int) -> int:
    code = 1
    try:
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        die_with_parent(parent, signal.SIGTERM)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        work()
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except Misconfigured as error:
        say(str(error))
        code = MISCONFIGURED
    except BaseException:  # whatever it was, a child never returns into its parent's code
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    return code


def announce(settings: Settings) -> None:
    """Once the web really answers, say where it is, where mails go and how to sign in."""
    while not _answers(settings):
        time.sleep(0.05)
    print(f"address: {settings.public_url}/")
    print(f"mail: {settings.mail_place}")
    if maintenance.current(settings.data_dir):
        say("the maintenance page is on; `portal maintenance off` opens the portal")
    if settings.env == "development" and (link := _sign_in_link()):
        print(f"sign in: {link}")


def _answers(settings: Settings) -> bool:
    try:
        return health(settings) == 200
    except (OSError, HTTPException):
        return False


def health(settings: Settings) -> int:
    """The status with which the web answers whether it is alive."""
    connection = HTTPConnection(settings.local_host, settings.port, timeout=5)
    headers = {"Host": urlsplit(settings.public_url).netloc}
    try:
        connection.request("GET", "/healthz", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _sign_in_link() -> str | None:
    """What the accounts part registered as `sign_in_link` gives the demonstration's link."""
    from portal.app import create_app

    app = create_app()
    give = app.extensions.get("sign_in_link")
    with app.app_context():
        return give() if give else None


def how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"with code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"


def say(sentence: str) -> None:
    print(f"portal: {sentence}", file=sys.stderr, flush=True)
