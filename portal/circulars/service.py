"""The verbs of letters to a selection."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, literal, select, update

from portal.audit.service import Actor, record
from portal.circulars import queries
from portal.circulars.models import Circular, Recipient
from portal.circulars.rules import CircularState, Outcome
from portal.db import db
from portal.errors import Refused
from portal.events.models import Event
from portal.i18n import Translated
from portal.registrations.models import Registration


def begin(event: Event, selection: Mapping[str, Any], *, by: Actor, now: datetime) -> Circular:
    """A draft without words yet, to whom it may concern."""
    circular = Circular(
        event=event,
        state=CircularState.DRAFT,
        selection=dict(selection),
        made_by=by.id,
        made_at=now,
        changed_by=by.id,
    )
    db.session.add(circular)
    db.session.flush()
    record("circular.made", circular, by=by, now=now, event_id=event.id)
    return circular


def rewrite(
    circular: Circular,
    *,
    subject: Translated,
    body: Translated,
    urgent: bool,
    by: Actor,
    now: datetime,
) -> None:
    """The words of a draft."""
    _needs_draft(circular)
    circular.subject, circular.body, circular.urgent = subject, body, urgent
    circular.revision += 1
    circular.changed_by = by.id
    record("circular.changed", circular, by=by, now=now, event_id=circular.event_id)


def send(circular: Circular, *, by: Actor, now: datetime) -> int:
    """From now on it goes to whom it would go now, and to nobody else; how many these are.

    The worker writes it, once to each.
    """
    _needs_draft(circular)
    if not circular.body or not circular.subject:
        raise Refused(_("Write the letter first."))
    whom = queries.selected(circular).with_only_columns(
        literal(circular.id), Registration.id, literal(Outcome.WAITING.value),
        literal(""), literal(""),
    )  # fmt: skip
    names = ["circular_id", "registration_id", "outcome", "message_id", "reason"]
    db.session.execute(insert(Recipient).from_select(names, whom, include_defaults=False))
    count = _count(circular)
    if not count:
        raise Refused(_("Nobody would get this letter any more. Choose people again."))
    circular.state, circular.sent_at, circular.selection = CircularState.SENDING, now, {}
    circular.changed_by = by.id
    record("circular.sent", circular, by=by, now=now, event_id=circular.event_id, count=count,
           urgent="yes" if circular.urgent else "no")  # fmt: skip
    return count


def stop(circular: Circular, *, by: Actor, now: datetime) -> None:
    """Nobody else is written to."""
    if circular.state not in (CircularState.SENDING, CircularState.SENT):
        raise Refused(_("This letter is not on its way."))
    stopped = update(Recipient).where(
        Recipient.circular_id == circular.id, Recipient.outcome == Outcome.WAITING
    )
    db.session.execute(stopped.values(outcome=Outcome.STOPPED, at=now))
    circular.state, circular.ended_at = CircularState.STOPPED, now
    circular.changed_by = by.id
    record("circular.stopped", circular, by=by, now=now, event_id=circular.event_id)


def remove(circular: Circular, *, by: Actor, now: datetime) -> None:
    """A draft that is not wanted any more; what was sent stays."""
    _needs_draft(circular)
    record("circular.removed", circular, by=by, now=now, event_id=circular.event_id)
    db.session.execute(delete(Circular).where(Circular.id == circular.id))


def try_failed_again(circular: Circular, *, by: Actor, now: datetime) -> None:
    """What could not be written is to be written once more."""
    failed = update(Recipient).where(
        Recipient.circular_id == circular.id, Recipient.outcome == Outcome.FAILED
    )
    db.session.execute(failed.values(outcome=Outcome.WAITING, reason="", at=None))
    circular.state = CircularState.SENDING
    record("circular.tried_again", circular, by=by, now=now, event_id=circular.event_id)


def _needs_draft(circular: Circular) -> None:
    if circular.state is not CircularState.DRAFT:
        raise Refused(_("This letter was sent already."))


def _count(circular: Circular) -> int:
    question = select(func.count()).where(Recipient.circular_id == circular.id)
    return db.session.scalar(question) or 0
