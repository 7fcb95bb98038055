"""The worker's duties towards registrants: each does one thing and says if there was one."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, select

from portal import mail, wiping
from portal.audit.service import WORKER
from portal.batches import AT_ONCE, Attempt, on_its_own, together_or_one_by_one
from portal.db import db, transaction
from portal.events import queries as event_queries
from portal.events import service as events
from portal.invites import service as invites
from portal.invites.models import Invite
from portal.outbox import queries as outbox_queries
from portal.registrations import letters, offers, privacy, queries, service, telling_offices
from portal.registrations.models import Answer, AttendanceReport, Registration
from portal.registrations.rules import Status
from portal.registrations.service import presence
from portal.registrations.service.arranging import arrange
from portal.sessions import queries as sessions

ANSWERS_ARE_KEPT = timedelta(days=2)
REPORTS_ARE_KEPT = timedelta(days=1)
FLOOD = 20
FLOOD_RESTS = timedelta(hours=1)
VOID_OFFER_RESTS = timedelta(minutes=1)


def announce_rested_changes(now: datetime) -> bool:
    """An event that was not edited for ten minutes has its changes told."""
    if event_queries.due_to_announce(now) is None:
        return False
    with transaction():
        event = event_queries.due_to_announce(now)
        if event is not None:
            events.announce(events.locked(event.id), now=now)
    return True


def move_lines_up(now: datetime) -> bool:
    """Places that an event gained, or that are kept no longer, go to the first in line."""
    event_id = queries.event_with_a_line_that_may_move(now)
    event_id = event_id or queries.divided_event_with_a_line_that_may_move(now)
    if event_id is None:
        return False
    with transaction():
        return service.fill_places(events.locked(event_id), now=now) > 0


def end_offers(now: datetime) -> bool:
    """What was offered and not taken up in time goes to the next in line, in one transaction."""
    event_id = offers.event_to_end_offers_of(now)
    if event_id is None:
        return False
    with transaction():
        service.fill_places(events.locked(event_id), now=now)
    return True


def move_session_lines_up(now: datetime) -> bool:
    """The same in sessions, as of an event that is on again after it was postponed."""
    event_id = sessions.event_with_a_line_that_may_move(now)
    if event_id is None:
        return False
    with transaction():
        arrange(events.locked(event_id), now=now)
    return True


def write_next_letters(now: datetime) -> bool:
    """Tell the next people whose own registration changed."""
    if not queries.someone_untold(now):
        return False

    def write_some(attempt: Attempt) -> bool:
        untold = queries.next_untold(now, AT_ONCE)
        written: Counter[str] = Counter()
        invited = _invites_of(untold, now)
        for registration in untold:
            mailbox = registration.address_key
            if _is_void_offer(registration, now):
                registration.letter_due_at = now + VOID_OFFER_RESTS
            elif _is_flooded(registration, now, just_now=written[mailbox]):
                registration.letter_due_at = now + FLOOD_RESTS
            else:
                attempt(
                    partial(letters.write, registration, invited[registration.id], now=now),
                    partial(_set_aside, registration, now),
                )
                written[mailbox] += 1
        return bool(untold)

    return together_or_one_by_one(write_some)


def write_next_news(now: datetime) -> bool:
    """Tell the next people what their event announced; when all know it, that is noted."""
    if queries.event_with_news() is None:
        return False

    def write_some(attempt: Attempt) -> bool:
        event = queries.event_with_news()
        if event is None:
            return False
        untold = queries.next_untold_of(event, AT_ONCE)
        invited = _invites_of(untold, now)
        for registration in untold:
            if _is_void_offer(registration, now):
                registration.letter_due_at = now + VOID_OFFER_RESTS
                continue
            attempt(
                partial(letters.write, registration, invited[registration.id], now=now),
                partial(_set_aside, registration, now),
            )
        if not untold:
            if queries.someone_untold_of(event):
                return False
            event.told_revision = event.announced_revision
        return True

    return together_or_one_by_one(write_some)


def write_next_links(now: datetime) -> bool:
    """Send links to the next person who asked for them."""
    if not queries.someone_asked_for_links():
        return False
    with transaction():
        registration = queries.next_asked_for_links()
        if registration is not None:
            on_its_own(
                partial(letters.write_links, registration, now=now),
                partial(_set_aside, registration, now),
            )
    return True


def answer_next_recall(now: datetime) -> bool:
    """Send a form with their last details to the next who asked; nobody unknown gets a letter."""
    if not queries.someone_recalls():
        return False
    with transaction() as session:
        recall = queries.next_recall()
        if recall is None:
            return False
        on_its_own(partial(letters.write_last_details, recall, now=now), lambda _reason: None)
        if not queries.last_of_each(recall.address_key):
            wiping.ask()
        session.delete(recall)
    return True


def erase_next(now: datetime) -> bool:
    """Forget the next person who asked for it, with every mail about them that was sent."""
    if queries.next_to_erase() is None:
        return False
    with transaction():
        registration = queries.next_to_erase()
        if registration is None or not letters.forget(registration):
            return False
        privacy.erase(registration, now=now)
    return True


def forget_answers(now: datetime) -> bool:
    """What a page answered is kept only while the same form may be sent again."""
    old = select(Answer.id).where(Answer.at < now - ANSWERS_ARE_KEPT).limit(500)
    if db.session.execute(old.limit(1)).first() is None:
        return False
    with transaction() as session:
        session.execute(delete(Answer).where(Answer.id.in_(old)))
    return True


def forget_notes(now: datetime) -> bool:
    """A note about somebody is kept no longer than its author said."""
    if not privacy.a_note_is_over(now):
        return False
    with transaction():
        privacy.forget_notes(WORKER, now)
    return True


def forget_reports(now: datetime) -> bool:
    """A report of an online meeting that nobody took over is kept for a day."""
    old = AttendanceReport.created_at < now - REPORTS_ARE_KEPT
    if db.session.execute(select(AttendanceReport.id).where(old).limit(1)).first() is None:
        return False
    with transaction():
        presence.forget_reports(old, by=WORKER, now=now)
    return True


def _is_flooded(registration: Registration, now: datetime, *, just_now: int) -> bool:
    """Somebody fills a stranger's mailbox by registering names: first letters come slower then."""
    if registration.told_status is not None:
        return False
    written = outbox_queries.written_to(registration.email, now - FLOOD_RESTS)
    return written + just_now >= FLOOD


def _is_void_offer(registration: Registration, now: datetime) -> bool:
    """An offer that is over is told no more; what comes of it is, in a moment."""
    return registration.standing is Status.OFFERED and not registration.is_offered(now)


def _invites_of(registrations: Sequence[Registration], now: datetime) -> dict[int, Invite]:
    return invites.of_all([each.id for each in registrations], domain=mail.domain(), now=now)


def _set_aside(registration: Registration, now: datetime, reason: str) -> None:
    """The desk shows whose letter cannot be written, and why."""
    registration.stuck_at, registration.stuck_reason = now, reason
    registration.links_asked_at = None


CHORES = (
    end_offers,
    write_next_letters,
    telling_offices.write_next_letters,
    write_next_links,
    telling_offices.write_next_links,
    answer_next_recall,
    move_lines_up,
    move_session_lines_up,
    announce_rested_changes,
    write_next_news,
    erase_next,
    forget_answers,
    forget_notes,
    forget_reports,
)
