"""Mail servers in this process: one that follows a plan, and one that falls silent."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

CERTIFICATE = Path(__file__).with_name("localhost.pem")


@dataclass
class Plan:
    """What the server says at MAIL, RCPT and DATA, each time the next of its answers, else yes.

    "cut" ends the connection before the mail is taken, "taken and cut" after it, "wait" is
    silence, and "yes and cut" ends it after the final 250 has reached the client.
    """

    mail: list[str] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    sessions: list["_Counted"] = field(default_factory=list)


class _Counted(SMTP):
    def __init__(self, plan: Plan, handler: "_Handler", **options: Any) -> None:
        super().__init__(handler, **options)
        self.plan = plan

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._original_transport is None:
            self.plan.connections += 1
        self.plan.sessions.append(self)
        super().connection_made(transport)

    async def smtp_RSET(self, arg: str) -> None:
        self.plan.commands.append("RSET")
        await super().smtp_RSET(arg)

    async def smtp_NOOP(self, arg: str) -> None:
        self.plan.commands.append("NOOP")
        await super().smtp_NOOP(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        self.plan.commands.append("QUIT")
        await super().smtp_QUIT(arg)


class _Handler:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._next(server, self.plan.mail)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._next(server, self.plan.rcpt)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        says = self.plan.data[0] if self.plan.data else "250 Taken"
        if says.startswith(("250", "taken", "yes")):
            octets = envelope.original_content or b""
            self.plan.taken.append((envelope.mail_from or "", envelope.rcpt_tos, octets))
            self.plan.encrypted.append(session.ssl is not None)
        return await self._next(server, self.plan.data)

    async def _next(self, server: Any, answers: list[str]) -> str:
        answer = answers.pop(0) if answers else "250 Fine"
        if answer in ("cut", "taken and cut"):
            server.transport.abort()
        elif answer == "wait":
            await asyncio.sleep(30)
        elif answer == "yes and cut":
            asyncio.get_running_loop().call_later(0.1, server.transport.abort)
            return "250 Taken"
        return answer


class _Controller(Controller):
    def __init__(self, plan: Plan, **options: Any) -> None:
        self.plan = plan
        self.smtp_options = options
        super().__init__(_Handler(plan), hostname=plan.host, port=plan.port)

    def start(self) -> None:
        """The controller calls the server once itself, to see whether it answers."""
        super().start()
        self.plan.connections = 0
        self.plan.sessions.clear()

    def stop(self, no_assert: bool = False) -> None:
        """Hangs up on everybody first, for a stopped loop leaves its sockets open."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result()
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for session in self.plan.sessions:
            if session.transport is not None:
                session.transport.abort()
        await asyncio.sleep(0.01)

    def factory(self) -> SMTP:
        return _Counted(self.plan, self.handler, **self.smtp_options)


@contextmanager
def server(plan: Plan, *, starttls: bool = False, user: str = "", word: str = "") -> Iterator[Plan]:
    """The plan carried out on a free port."""
    options: dict[str, Any] = {"tls_context": server_context()} if starttls else {}
    if user:
        options["auth_required"] = True
        options["authenticator"] = lambda s, session, envelope, mechanism, data: AuthResult(
            success=(data.login, data.password) == (user.encode(), word.encode()),
            handled=False,
        )
        options["auth_require_tls"] = starttls
    plan.port = plan.port or free_port()
    controller = _Controller(plan, **options)
    controller.start()
    try:
        yield plan
    finally:
        controller.stop()


@contextmanager
def encrypted_server(plan: Plan) -> Iterator[Plan]:
    """The plan behind TLS from the first octet."""
    plan.port = free_port()
    controller = _Controller(plan)
    controller.ssl_context = server_context()
    controller.start()
    try:
        yield plan
    finally:
        controller.stop()


@contextmanager
def silent_server(greeting: bytes = b"") -> Iterator[int]:
    """Takes connections, greets if told to, and says nothing more."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def hold() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            connection.sendall(greeting)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@contextmanager
def port_that_refuses() -> Iterator[int]:
    """Bound, so that nobody else takes it, and not listening."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
