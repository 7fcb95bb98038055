"""Rules for letters as the desk shows them."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from portal import labels
from portal.events import queries as events
from portal.events.models import Event
from portal.events.rules import State
from portal.i18n import moment_words
from portal.reminders import queries
from portal.reminders.models import Reminder
from portal.reminders.queries import Reach, Told
from portal.reminders.rules import Audience, Kind, Standing, Unit, standing


@dataclass(frozen=True, slots=True)
class ReminderShown:
    """A rule in words: what, when, for whom, and what comes of it next."""

    reminder: Reminder
    name: str
    timing: str
    whom: str
    standing: Standing
    next: str
    people: int


def of_event(event: Event, now: datetime) -> list[ReminderShown]:
    """The rules of an event as they come; their number makes no more questions."""
    found = queries.of_event(event)
    if not found:
        return []
    told, reach = queries.told(event, found), queries.reach(event, now)
    stands_since = events.stands_since([event])[event.id]
    shown = [_shown(each, told, reach, stands_since, now) for each in found]
    return sorted(shown, key=_place)


def _place(shown: ReminderShown) -> tuple[bool, bool, float]:
    """By their moment; below them what is over."""
    moment = shown.reminder.moment
    is_over = shown.standing in (Standing.SENT, Standing.PASSED, Standing.IMPOSSIBLE)
    return is_over, moment is None, moment.timestamp() if moment else 0


def _shown(
    reminder: Reminder,
    told: dict[tuple[int, str], Told],
    reach: Reach,
    stands_since: datetime,
    now: datetime,
) -> ReminderShown:
    event, moment, is_on = reminder.event, reminder.moment, reminder.is_on
    far = told.get((reminder.id, reminder.date_told))
    stands = standing(
        is_on=is_on,
        is_held=event.state is State.PUBLISHED,
        moment=moment,
        since=max(reminder.since, stands_since),
        was_begun=far is not None,
        had=far.got + (far.on_the_way if is_on else 0) if far else 0,
        left=far.left_out + (0 if is_on else far.on_the_way) if far else 0,
        lacks_link=reminder.lacks_link,
        nobody_asked=reminder.kind is Kind.ANSWERS and reach.unanswered is None,
        last_call=reminder.last_call,
        now=now,
    )
    return ReminderShown(
        reminder=reminder,
        name=str(labels.REMINDERS[reminder.kind]),
        timing=timing(reminder),
        whom=whom(reminder, reach),
        standing=stands,
        next=_next(stands, reminder),
        people=reach.of(reminder),
    )


def timing(reminder: Reminder) -> str:
    """'1 day before the start, at 10:00'."""
    number, comes_after = reminder.number, reminder.kind.comes_after
    if reminder.unit is Unit.HOURS:
        if comes_after:
            return ngettext("%(num)d hour after the end", "%(num)d hours after the end", number)
        return ngettext("%(num)d hour before the start", "%(num)d hours before the start", number)
    at = f"{reminder.at:%H:%M}" if reminder.at else ""
    if number == 0:
        return _("on the day itself, at %(time)s", time=at)
    if comes_after:
        return ngettext(
            "%(num)d day after the end, at %(time)s", "%(num)d days after the end, at %(time)s",
            number, time=at,
        )  # fmt: skip
    return ngettext(
        "%(num)d day before the start, at %(time)s", "%(num)d days before the start, at %(time)s",
        number, time=at,
    )  # fmt: skip


def whom(reminder: Reminder, reach: Reach) -> str:
    """For whom it is, and where that is not known, by what it goes."""
    if reminder.kind is Kind.SOON:
        return _("who takes part online")
    if reminder.kind is Kind.ANSWERS:
        return _("who has not answered the second form")
    if reminder.audience is Audience.PLACES or not reminder.kind.comes_after:
        return _("everybody with a place")
    noted = reach.noted
    if noted.room and noted.online:
        return _("who attended")
    if noted.room:
        return _("who was checked in, and everybody who takes part online")
    if noted.online:
        return _("who was in the online meeting, and everybody with a place in the room")
    return _("everybody with a place, since nobody noted who came")


def _next(stands: Standing, reminder: Reminder) -> str:
    event, moment, last_call = reminder.event, reminder.moment, reminder.last_call
    until = moment_words(last_call, event.zone) if last_call else ""
    said = moment_words(moment, event.zone) if moment else ""
    return {
        Standing.COMING: said,
        Standing.SENT: _("Sent for this date; nobody gets it twice."),
        Standing.HALTED: _("Switched off before everybody had it. Who did not get it gets it if "
                           "you switch it on again before %(moment)s.", moment=until),
        Standing.OFF: _("Switched off; it would be %(moment)s.", moment=said),
        Standing.PASSED: _("Its moment has passed (%(moment)s): it is not sent late.", moment=said),
        Standing.IMPOSSIBLE: _("Never: that is not before the start any more."),
        Standing.NOT_ASKED: _("%(moment)s, if the second form is open by then", moment=said),
        Standing.NO_LINK: _("%(moment)s, if there is a joining link by then", moment=said),
        Standing.NOT_HELD: _not_held(event, said),
    }[stands]  # fmt: skip


def _not_held(event: Event, moment: str) -> str:
    if event.state is State.DRAFT:
        return _("%(moment)s, if the event is public by then", moment=moment)
    if event.state is State.POSTPONED:
        return _("Not while the event is postponed; then by its new date.")
    return _("Never: the event is cancelled.")
