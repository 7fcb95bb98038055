"""What we write about people's requests; the only door from here to the outbox."""

from collections.abc import Collection
from datetime import datetime

from portal import mail, tokens
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.i18n import in_language, languages, translated
from portal.outbox import service as outbox
from portal.subjects.models import Erasure, Inquiry, Request

LINK, ERASED, REQUESTED, ANSWERED = (
    "subject_link", "subject_erased", "subject_request", "subject_answer",
)  # fmt: skip
PURPOSE = "subject"


def write_link(inquiry: Inquiry, *, now: datetime) -> None:
    """The way to everything that is kept about the address; `told_at` says from when it holds."""
    with in_language(inquiry.language):
        written = mail.write(
            "subjects", LINK, language=inquiry.language,
            address=mail.public_url("subjects.show", lang=inquiry.language, token=token(inquiry)),
        )  # fmt: skip
        mail.post(
            written, to=("", inquiry.address), facts=(LINK, inquiry.id), occasion=LINK, now=now
        )


def token(inquiry: Inquiry) -> str:
    """Names a row and no address, since addresses of pages end up in logs."""
    return tokens.sign(PURPOSE, inquiry.id, inquiry.code)


def write_erased(erasure: Erasure, *, now: datetime) -> None:
    """The last letter, where no letter about an event was it."""
    with in_language(erasure.language):
        mail.post(
            mail.write("subjects", ERASED, language=erasure.language),
            to=("", erasure.address),
            facts=(ERASED, erasure.id),
            occasion=ERASED,
            thread=erasure.thread,
            now=now,
        )


def tell_organisers(request: Request, *, now: datetime) -> None:
    """That there is a request and until when; whose and what it says stands at the desk alone."""
    for reader in accounts.who_runs(request.event_id):
        _tell(reader, request, now)


def write_answer(request: Request, *, now: datetime) -> None:
    """The organisers' answer, in the language in which the person asked."""
    with in_language(request.language):
        written = mail.write(
            "subjects", ANSWERED, language=request.language,
            title=translated(request.event.title), request=request,
        )  # fmt: skip
        mail.post(
            written, to=("", request.address), facts=(ANSWERED, request.id, now.isoformat()),
            occasion=ANSWERED, event_id=request.event_id, now=now,
        )  # fmt: skip


def forget(addresses: Collection[str]) -> bool:
    """Remove every mail to the address; not while one is still to be sent."""
    return outbox.forget_address(addresses)


def _tell(reader: User, request: Request, now: datetime) -> None:
    language = reader.language or languages()[0]
    with in_language(language):
        written = mail.write(
            "subjects", REQUESTED, language=language,
            title=translated(request.event.title), due_at=request.due_at,
            address=mail.public_url("subjects_desk.show", request_id=request.id),
        )  # fmt: skip
        mail.post(
            written, to=(reader.name, reader.email), facts=(REQUESTED, request.id, reader.id),
            occasion=REQUESTED, event_id=request.event_id, now=now,
        )  # fmt: skip
