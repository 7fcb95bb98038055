"""The list of an event's invitations as the desk wants it: found, filtered, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import joinedload

from portal.db import LARGEST_ID, db
from portal.events.models import Event
from portal.invitations.models import Invitation
from portal.invitations.rules import Stage
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.text import clean, fold, like_pattern

PAGE = 50
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """Which invitations to show."""

    words: str = ""
    stage: Stage | None = None
    list_id: int | None = None

    @property
    def narrows(self) -> bool:
        return bool(self.words or self.stage or self.list_id)


def wish_of(args: Mapping[str, str]) -> Wish | None:
    """What an address asks for; None where it holds a code that does not exist."""
    words, stage, number = args.get("q", ""), args.get("stage", ""), args.get("list", "")
    is_id = not number or (number.isascii() and number.isdigit() and int(number) <= LARGEST_ID)
    if len(words) > LONGEST_SEARCH or (stage and stage not in set(Stage)) or not is_id:
        return None
    return Wish(clean(words), Stage(stage) if stage else None, int(number) if number else None)


def counts(event: Event) -> dict[int, Counter[Stage]]:
    """How many stand where, by list, in one question; also of people forgotten since."""
    rows = db.session.execute(
        select(Invitation.list_id, Invitation.stage, func.count(), func.count(Registration.id))
        .outerjoin(Registration, _left())
        .where(Invitation.event_id == event.id)
        .group_by(Invitation.list_id, Invitation.stage)
    ).all()
    found: dict[int, Counter[Stage]] = {}
    for list_id, stage, number, left in rows:
        of_it = found.setdefault(list_id, Counter())
        of_it[stage] += number - left
        of_it[Stage.LEFT] += left
    return found


def _left() -> ColumnElement[bool]:
    """That a registration is that of who came by the invitation and withdrew (`stands`)."""
    return and_(
        Invitation.stage == Stage.REGISTERED,
        Registration.id == Invitation.registration_id,
        Registration.status == Status.WITHDRAWN,
        Registration.handed_to.is_(None),
    )


def count(event: Event, wish: Wish) -> int:
    return db.session.scalar(select(func.count()).where(*_fitting(event, wish))) or 0


def page(event: Event, wish: Wish, number: int) -> Sequence[Invitation]:
    """One page of those that fit, by name."""
    return db.session.scalars(_listed(event, wish).limit(PAGE).offset((number - 1) * PAGE)).all()


def everybody(event: Event, wish: Wish) -> Any:
    """All that fit, read in portions."""
    return db.session.scalars(_listed(event, wish).execution_options(yield_per=500))


def _listed(event: Event, wish: Wish) -> Select[Invitation]:
    return (
        select(Invitation)
        .where(*_fitting(event, wish))
        .order_by(Invitation.sort_name, Invitation.id)
        .options(joinedload(Invitation.registration), joinedload(Invitation.of_list))
    )


def _fitting(event: Event, wish: Wish) -> list[ColumnElement[bool]]:
    conditions = [Invitation.event_id == event.id, Invitation.forgotten_at.is_(None)]
    for word in fold(wish.words).split()[:8]:
        conditions.append(Invitation.search_text.like(like_pattern(word), escape="\\"))
    if wish.stage is Stage.LEFT:
        conditions.append(exists().where(_left()))
    elif wish.stage is not None:
        conditions += [Invitation.stage == wish.stage, ~exists().where(_left())]
    if wish.list_id is not None:
        conditions.append(Invitation.list_id == wish.list_id)
    return conditions
