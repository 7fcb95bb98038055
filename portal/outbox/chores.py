"""The postman: takes finished mails out, with no transaction open while he does."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr

from flask import current_app

from portal import clock, metrics
from portal.audit.service import WORKER
from portal.config import Settings
from portal.db import transaction
from portal.heartbeat import LONG_AGO, held_beat, note_beat
from portal.outbox import privacy, rules, service
from portal.outbox.service import Claimed
from portal.outbox.transport import (
    Permanent,
    Temporary,
    Transport,
    Unreachable,
    open_transport,
)

log = logging.getLogger("portal.outbox")

ROUND = 20
LONGEST_ROUND = timedelta(seconds=30)
FIRST_CLOSED, LONGEST_CLOSED = timedelta(seconds=1), timedelta(seconds=30)
DEPARTURE = "departure"
"""Whose heartbeat is the moment at which a mail last left, where there is a sending rate."""

_bags = threading.local()


def deliver_some(now: datetime, *, stop: Callable[[], bool] = lambda: False) -> bool:
    """Claim a few mails, send one after the other, note each result.

    A round ends long before its leases do, so that a lease needs to outlive one send only, and
    the mails of a worker that died are soon taken up by another.
    """
    transport = _transport()
    if now < _bags.closed_until or now < _bags.slowed_until or not service.something_is_due(now):
        transport.rest()
        return False
    gap = rules.gap(_settings().mail_rate)
    with transaction():
        lease = timedelta(seconds=transport.patience) + 2 * LONGEST_ROUND
        count = ROUND if gap is None else _allowed(gap, now)
        claimed = service.claim(count, lease=lease, now=now) if count else []
        if claimed and gap:
            note_beat(DEPARTURE, now)
    if not claimed:
        return False
    answers = True
    try:
        while claimed and answers and not stop() and clock.now() < now + LONGEST_ROUND:
            answers = _deliver(transport, claimed.pop(0))
    finally:
        if claimed:
            with transaction():
                service.put_back(claimed)
    return answers


def seconds_to_wait() -> float:
    """How long the sending rate holds this thread up from now on."""
    slowed: datetime = getattr(_bags, "slowed_until", LONG_AGO)
    return max(0.0, (slowed - clock.now()).total_seconds())


def forget_old(now: datetime) -> bool:
    """Mails that were sent, or parked and given up, leave the list after some time."""
    if not privacy.something_is_old(now):
        return False
    with transaction():
        privacy.forget_old(WORKER, now)
    return True


def hang_up() -> None:
    """Say goodbye to the mail server."""
    transport: Transport | None = getattr(_bags, "transport", None)
    if transport is not None:
        transport.close()
        _bags.transport = None


def _allowed(gap: timedelta, now: datetime) -> int:
    """How many mails the rate lets leave now, counted for all workers under one lock.

    Until the next may leave this thread asks nothing, so that a slow rate costs nothing.
    """
    last = held_beat(DEPARTURE)
    count = rules.may_leave(last, gap, now)
    _bags.slowed_until = now + gap if count else min(last, now) + gap
    return min(ROUND, count)


def _deliver(transport: Transport, message: Claimed) -> bool:
    """Whether the server can be asked for the next one."""
    sender = message.return_path or parseaddr(_settings().mail_from)[1]
    try:
        transport.send(message.message_id, sender, message.recipient, message.octets)
    except Permanent as error:
        with transaction():
            service.note_parked(message, str(error), now=clock.now())
        metrics.letter("parked")
        log.warning("parked", extra={"fields": {"mail": message.id, "code": error.code}})
        return True
    except Unreachable as error:
        _close_for_a_while()
        with transaction():
            service.put_back([message], str(error))
        log.warning("mail server away", extra={"fields": {"code": error.code}})
        return False
    except Temporary as error:
        certain = error.code is not None
        with transaction():
            service.note_postponed(message, str(error), certain=certain, now=clock.now())
        metrics.letter("postponed")
        log.warning("postponed", extra={"fields": {"mail": message.id, "code": error.code}})
        return True
    except Exception as error:  # nobody foresaw it, and the others behind this mail are to be sent
        with transaction():
            reason = type(error).__name__
            service.note_postponed(message, reason, certain=False, now=clock.now())
        log.error(
            "a mail could not be tried", extra={"fields": {"mail": message.id}}, exc_info=error
        )
        transport.close()
        return True
    _bags.pause = FIRST_CLOSED
    with transaction():
        service.note_sent(message.id, now=clock.now())
    metrics.letter("sent")
    return True


def _close_for_a_while() -> None:
    """No message waits longer for a server that was away: the postman does, for all of them."""
    _bags.closed_until = clock.now() + _bags.pause
    _bags.pause = min(_bags.pause * 2, LONGEST_CLOSED)


def _transport() -> Transport:
    """This thread's way out, kept open between mails."""
    settings = _settings()
    transport: Transport | None = getattr(_bags, "transport", None)
    if transport is None or _bags.url != settings.mail_url:
        transport = open_transport(settings.mail_url, maildir=settings.data_dir / "mail")
        _bags.transport, _bags.url = transport, settings.mail_url
        _bags.closed_until, _bags.pause = LONG_AGO, FIRST_CLOSED
        _bags.slowed_until = LONG_AGO
    return transport


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal"]
    return settings
