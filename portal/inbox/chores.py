"""The reader of the portal's own mailbox: one mail at a time, each with its effect once.

No transaction is open while the mailbox is talked to, and a mail is put away only after its effect
is committed: whoever dies between the two finds it done.
"""

import logging
import re
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from flask import current_app

from portal import clock
from portal.batches import NO_LETTERS_FAULT
from portal.config import Settings
from portal.db import transaction
from portal.heartbeat import LONG_AGO
from portal.inbox import letters, privacy, queries, reading, service
from portal.inbox.boxes import ASIDE, LEFT, Away, Box, Gone, open_box
from portal.inbox.rules import (
    HAD_THEIR_EFFECT,
    MOST_PASSED_ON_A_DAY,
    Bounce,
    Mail,
    Outcome,
    Written,
)
from portal.invitations import due as invitations
from portal.invitations import service as invitation_service
from portal.registrations.entries import Reader

log = logging.getLogger("portal.inbox")

REST = timedelta(minutes=1)
"""How long a mail is passed over that could not be put away, or that another worker reads."""

FIRST_CLOSED, LONGEST_CLOSED = timedelta(seconds=2), timedelta(minutes=5)
_bags = threading.local()


def read_next(now: datetime) -> bool:
    """Read one mail, if there is one that nobody else reads."""
    box = _box()
    if box is None or now < _bags.closed_until:
        return False
    try:
        passed_over = {*_bags.resting, *_bags.behind}
        waiting = box.waiting(besides=len(passed_over))
        for key in sorted(waiting, key=_bags.behind.__contains__):
            if _bags.resting.get(key, LONG_AGO) <= now and _read(box, key, now):
                return True
    except Away as away:
        _close_for_a_while(away, now)
    else:
        _bags.pause = FIRST_CLOSED
        _bags.resting = {key: until for key, until in _bags.resting.items() if until > now}
        _bags.behind &= set(waiting)
    return False


def forget_read(now: datetime) -> bool:
    """That a mail was read is known for a month: longer than any server tries to deliver it."""
    if not privacy.something_is_old(now):
        return False
    with transaction():
        privacy.forget_old(now)
    return True


def hang_up() -> None:
    """Say goodbye to the mailbox."""
    box: Box | None = getattr(_bags, "box", None)
    if box is not None:
        box.close()
        _bags.box = None


def _read(box: Box, key: str, now: datetime) -> bool:
    """Whether this mail was read and put away."""
    _bags.resting[key] = now + REST
    try:
        octets = box.fetch(key)
        outcome = _left(key, now) if octets is None else _outcome(octets, now)
        if outcome is None:
            return False
        if outcome in HAD_THEIR_EFFECT:
            box.remove(key)
        else:
            box.move(key, ASIDE if outcome is Outcome.ASIDE else LEFT)
    except Gone:
        return False
    except Away:  # perhaps at this very mail: the others are read before it is tried again
        _bags.behind.add(key)
        raise
    del _bags.resting[key]
    _bags.behind.discard(key)
    log.info("a mail was read", extra={"fields": {"outcome": outcome.value}})
    return True


def _left(key: str, now: datetime) -> Outcome | None:
    """A mail that is too large to be looked at; it is counted, and nothing else."""
    with transaction():
        taken = service.take_up(sha256(f"too large: {key}".encode()).hexdigest(), now=now)
        if taken is not None and taken.outcome is Outcome.TAKEN:
            service.finish(taken, Outcome.LEFT, now=now)
        return taken.outcome if taken is not None else None


def _outcome(octets: bytes, now: datetime) -> Outcome | None:
    """What became of the mail; None where it is to be tried again, or another worker has it."""
    digest = identity(octets)
    with transaction():
        taken = service.take_up(digest, now=now)
        if taken is None or taken.outcome is not Outcome.TAKEN:
            return taken.outcome if taken is not None else None
        taken_id = taken.id
    try:
        said = _read_through(octets)
        with transaction():
            taken = service.held(taken_id)
            if taken.outcome is Outcome.TAKEN:  # nobody else did it while this worker slept
                became = Outcome.ASIDE if said is None else _take_effect(said, clock.now())
                service.finish(taken, became, now=now)
            outcome = taken.outcome
    except NO_LETTERS_FAULT:
        raise
    except Exception as error:  # whatever a stranger wrote: the next mail is read
        _warn(error)
        return None
    return outcome


def _read_through(octets: bytes) -> Mail | None:
    """None where it cannot be read: the same octets will not be any better the next time."""
    try:
        return reading.read(octets, authserv_id=_settings().inbox_authserv_id)
    except Exception as error:
        _warn(error)
        return None


def _warn(error: Exception) -> None:
    log.warning("a mail could not be read", extra={"fields": {"error": type(error).__name__}})


def identity(octets: bytes) -> str:
    """The same for a mail that came twice: its Message-ID and body, whatever way it went."""
    head, _blank, body = re.sub(b"\r\n", b"\n", octets).partition(b"\n\n")
    found = re.search(rb"^message-id:\s*(<[^>\n]{1,500}>)", head, re.IGNORECASE | re.MULTILINE)
    return sha256(found[1] + b"\n" + body if found else octets).hexdigest()


def _take_effect(mail: Mail, now: datetime) -> Outcome:
    if mail.bounce is not None:
        readers = _readers(mail, mail.bounce.message_ids)
        if not readers:
            return _invitation_came_back(mail, mail.bounce, now)
        found = {service.note_bounce(mail.bounce, each, now=now) for each in readers}
        return Outcome.FAILING if Outcome.FAILING in found else Outcome.OUTDATED
    if mail.said is None and mail.written is not None and not mail.is_automatic:
        return _pass_on(mail, mail.written, now)
    if mail.said is None or mail.is_automatic:
        return Outcome.LEFT
    invite = queries.invite_by_codes(_codes(*mail.sent_to, mail.said.organizer))
    reader = queries.of_invite(invite) if invite is not None else None
    if invite is None or reader is None:
        return Outcome.LEFT
    outcome, letter = service.note_answer(
        mail.said, invite, reader, proven=mail.proven, now=now,
        written_today=queries.answers_written(reader, now),
    )  # fmt: skip
    if letter is not None:
        letters.answer(reader, invite, letter, now=now)
    return outcome


def _pass_on(mail: Mail, written: Written, now: datetime) -> Outcome:
    """Whoever answers a letter writes to people: the event's own get the words."""
    readers = _readers(mail, written.message_ids)
    if not readers or queries.passed_on(readers[0], now) >= MOST_PASSED_ON_A_DAY:
        return Outcome.LEFT
    return Outcome.PASSED_ON if letters.pass_on(readers[0], written, now=now) else Outcome.LEFT


def _readers(mail: Mail, message_ids: Sequence[str]) -> list[Reader]:
    """Whose letter it answers or brings back: by the address it came to, or by what it names."""
    invite = queries.invite_by_codes(_codes(*mail.sent_to))
    if invite is None:
        return queries.of_mails(message_ids)
    reader = queries.of_invite(invite)
    return [reader] if reader is not None else []


def _invitation_came_back(mail: Mail, bounce: Bounce, now: datetime) -> Outcome:
    """It was no letter to a registrant: perhaps an invitation that has not reached anybody."""
    codes = _codes(*mail.sent_to)
    invitation = invitations.of_bounce(codes, bounce.message_ids)
    if invitation is None:
        return Outcome.LEFT
    noted = invitation_service.note_bounce(
        invitation, bounce.code, bounce.addresses,
        is_proven=invitation.reply_code in codes, now=now,
    )  # fmt: skip
    return Outcome.FAILING if noted else Outcome.OUTDATED


def _codes(*addresses: str) -> set[str]:
    """What stands after the plus in those of our own addresses."""
    return {found[1] for each in addresses[:50] if (found := _CODE.search(each))}


_CODE = re.compile(r"\+([0-9a-f]{20})@")


def _close_for_a_while(away: Away, now: datetime) -> None:
    """The reason is the name of an error: an answer of the server may repeat what we sent."""
    log.warning("mailbox away", extra={"fields": {"error": str(away)}})
    _bags.closed_until = now + _bags.pause
    _bags.pause = min(_bags.pause * 2, LONGEST_CLOSED)


def _box() -> Box | None:
    """This thread's mailbox, kept open between mails; None where the portal reads none."""
    url = _settings().inbox_url
    if not url:
        return None
    if getattr(_bags, "box", None) is None or _bags.url != url:
        _bags.box, _bags.url, _bags.resting, _bags.behind = open_box(url), url, {}, set()
        _bags.closed_until, _bags.pause = LONG_AGO, FIRST_CLOSED
    box: Box = _bags.box
    return box


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal"]
    return settings


CHORES = (forget_read,)
