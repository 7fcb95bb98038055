"""How the second form of an event stands, for the desk."""

from dataclasses import dataclass
from datetime import datetime

from portal.events.models import Event
from portal.events.rules import State
from portal.questions import queries as questions
from portal.questions.rules import Stage
from portal.registrations import second_form
from portal.registrations.second_form import Standing


@dataclass(frozen=True, slots=True)
class Overview:
    """Since when it is open, until when answers are wanted, and who has answered."""

    opened_at: datetime | None
    until: datetime | None
    standing: Standing
    can_be_opened: bool
    is_to_come: bool


def of(event: Event, now: datetime) -> Overview:
    """As things are now; before it is opened, how many would be asked."""
    form = questions.second_form(event.id)
    is_to_come = event.state is State.PUBLISHED and now < event.starts_at
    return Overview(
        opened_at=form.opened_at if form else None,
        until=form.deadline(event.starts_at, event.zone) if form else None,
        standing=second_form.standing(event.id),
        can_be_opened=form is None and is_to_come and bool(_asks(event)),
        is_to_come=is_to_come,
    )


def _asks(event: Event) -> bool:
    return bool(questions.asked(event.id, Stage.SECOND))
