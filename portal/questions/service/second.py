"""The verbs of the second form: opened, its date, its usual questions, and how far people are."""

from datetime import datetime

from flask_babel import gettext as _

from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.events.models import Event
from portal.events.rules import State
from portal.i18n import Translated, everywhere
from portal.questions import queries
from portal.questions.models import SecondForm, Turn
from portal.questions.rules import Kind, Stage
from portal.questions.service import add
from portal.questions.service import look_again as look_again


def open_form(event: Event, until: datetime, *, by: Actor, now: datetime) -> SecondForm:
    """From now on everybody with a place is asked, also who gets theirs later."""
    if queries.second_form(event.id) is not None:
        raise Refused(_("The second form is open already."))
    if event.state is not State.PUBLISHED or event.starts_at <= now:
        raise Refused(_("The second form can be opened while the event is public and to come."))
    if not queries.asked(event.id, Stage.SECOND):
        raise Refused(_("The second form has no question yet."))
    form = SecondForm(event_id=event.id, opened_at=now, until=until, until_for=event.starts_at)
    db.session.add(form)
    db.session.flush()
    record("second_form.opened", event, by=by, now=now, event_id=event.id)
    return form


def move(form: SecondForm, until: datetime, event: Event, *, by: Actor, now: datetime) -> None:
    """Another date until when answers are wanted; nobody gets a letter for it."""
    if form.deadline(event.starts_at, event.zone) == until:
        return
    form.until, form.until_for = until, event.starts_at
    record("second_form.moved", event, by=by, now=now, event_id=event.id)


def remind(form: SecondForm, event: Event, *, by: Actor, now: datetime) -> None:
    """Have those written to who have not answered; who answers meanwhile gets no letter."""
    if form.remind_asked_at is not None and form.reminded_at != form.remind_asked_at:
        raise Refused(_("The last reminder is being written still."))
    form.remind_asked_at = now
    record("second_form.reminded", event, by=by, now=now, event_id=event.id)


def note_answered(registration_id: int, *, now: datetime) -> None:
    """This person has sent the second form."""
    turn_of(registration_id).answered_at = now


def ask_anew(registration_id: int, event_id: int) -> None:
    """What went to an address that failed was not heard: who has not answered is asked again."""
    found = queries.turn(registration_id)
    if found is not None and found.answered_at is None:
        found.asked_at = None
    look_again(event_id)


def turn_of(registration_id: int) -> Turn:
    """How far they are, from the beginning."""
    found = queries.turn(registration_id)
    if found is None:
        found = Turn(registration_id=registration_id)
        db.session.add(found)
    return found


def add_usual(event: Event, *, by: Actor, now: datetime) -> None:
    """What most events want to know of who comes, in one act; pressed twice it is done once."""
    if queries.asked(event.id, Stage.SECOND):
        return
    for kind, words, answers in usual():
        facts = {
            "label": words, "help": {}, "required": False, "condition": None,
            "options": [{"code": "", "label": each, "places": None} for each in answers],
        }  # fmt: skip
        add(event, kind, facts, stage=Stage.SECOND, by=by, now=now)


def usual() -> list[tuple[Kind, Translated, list[Translated]]]:
    """Travel and arrival, in every language: nothing that a registration has already."""
    ways = [
        everywhere("Train"), everywhere("Plane"), everywhere("Car"), everywhere("Coach or bus"),
        everywhere("I do not travel"),
    ]  # fmt: skip
    return [
        (Kind.ONE_OF, everywhere("How do you travel to the event?"), ways),
        (Kind.DATE, everywhere("On which day do you arrive?"), []),
        (Kind.TEXT, everywhere("At what time do you arrive, and where?"), []),
        (Kind.DATE, everywhere("On which day do you leave?"), []),
        (Kind.LONG_TEXT, everywhere("What else should we know about your journey?"), []),
    ]
