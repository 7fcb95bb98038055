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
    date_is_over: bool

    @property
    def shut_out(self) -> int:
        """How many lack an answer that they cannot give: they sent the form before the date."""
        return self.standing.incomplete if self.date_is_over else 0


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
        date_is_over=date_is_over(event, now),
    )


def date_is_over(event: Event, now: datetime) -> bool:
    """Whether who has sent the form cannot answer what is added now, before the event."""
    form = questions.second_form(event.id)
    is_to_come = event.state is State.PUBLISHED and now < event.starts_at
    return is_to_come and form is not None and now >= form.deadline(event.starts_at, event.zone)


def _asks(event: Event) -> bool:
    return bool(questions.asked(event.id, Stage.SECOND))
