"""A real SMTP server that answers as it is told: greylisting, full mailboxes, cut lines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.harness.mails import read
from tests.harness.ports import free_port

ACCEPTED = "250 2.0.0 Taken"


@dataclass
class Answer:
    """What to say at a stage instead of yes; to one recipient or to all; so many times."""

    stage: str
    words: str
    to: str | None = None
    times: int | None = None

    def fits(self, stage: str, recipients: list[str]) -> bool:
        return (
            self.stage == stage
            and (self.times is None or self.times > 0)
            and (self.to is None or self.to in recipients)
        )


@dataclass
class Received:
    sender: str
    recipients: list[str]
    octets: bytes

    @property
    def mail(self) -> EmailMessage:
        return read(self.octets)


@dataclass
class MailServer:
    """`say("DATA", "451 4.7.1 Later", times=1)`; stages are MAIL, RCPT, DATA.

    The words "cut before" and "cut after" end the connection before and after the message was
    taken, without an answer; `slow` is how many seconds each message takes.
    """

    port: int = field(default_factory=free_port)
    received: list[Received] = field(default_factory=list)
    attempts: int = 0
    slow: float = 0.0
    answers: list[Answer] = field(default_factory=list)
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message.mail for message in self.received]

    def say(
        self, stage: str, words: str, *, to: str | None = None, times: int | None = None
    ) -> None:
        self.answers.append(Answer(stage, words, to, times))

    def start(self) -> None:
        self._controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    def answer(self, stage: str, recipients: list[str]) -> str | None:
        for answer in self.answers:
            if answer.fits(stage, recipients):
                if answer.times is not None:
                    answer.times -= 1
                return answer.words
        return None


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server

    async def handle_MAIL(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if words := self.server.answer("MAIL", []):
            return words
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, smtp: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if words := self.server.answer("RCPT", [address]):
            return words
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: Any, session: Session, envelope: Envelope) -> str:
        self.server.attempts += 1
        if self.server.slow:
            await asyncio.sleep(self.server.slow)
        words = self.server.answer("DATA", envelope.rcpt_tos) or ACCEPTED
        octets = envelope.original_content or b""
        if words in (ACCEPTED, "cut after"):
            self.server.received.append(
                Received(envelope.mail_from or "", list(envelope.rcpt_tos), octets)
            )
        if words.startswith("cut"):
            smtp.transport.abort()
            return "421 cut"
        return words


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
