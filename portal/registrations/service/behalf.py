"""Somebody registers others, one or several in one form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.audit.service import Actor
from portal.db import db
from portal.errors import Refused
from portal.events.rules import Entrance
from portal.registrations import queries, service
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key
from portal.registrations.rules import Status
from portal.registrations.service import Sent
from portal.registrations.service.contacts import Acting, act_for
from portal.text import fold
from portal.tokens import digest


@dataclass(frozen=True, slots=True)
class Registered:
    """What one person of a form got; no registration where nothing was made by it."""

    sent: Sent
    answer: Status
    registration: Registration | None


class NotAll(Refused):
    """One of several got nothing: nobody is registered."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.number = number


def register_all(
    entrance: Entrance, people: Sequence[Sent], acting: Acting, *, by: Actor, now: datetime
) -> list[Registered]:
    """Register them in their order, each to what is free then; all of them or nobody.

    Who is registered already changes nothing by it, and the page says the same of them: only the
    letters tell. The event is held by who calls, as for `service.register`.
    """
    found = []
    with db.session.begin_nested():
        for number, sent in enumerate(people, start=1):
            is_new = _comes_not(_of(entrance, sent))
            try:
                answer = service.register(entrance, sent, by=by, now=now)
            except Refused as no:
                raise NotAll(number, no.sentence) from no
            made = _of(entrance, sent) if is_new else None
            found.append(Registered(sent, answer, None if _comes_not(made) else made))
    code = digest(people[0].form_key)[:48] if people[0].form_key else ""
    for each in found:
        if each.registration is not None and not is_themself(each.sent, acting):
            act_for(each.registration, acting, form_code=code, by=by, now=now)
    return found


def _of(entrance: Entrance, sent: Sent) -> Registration | None:
    person = sent.person
    return queries.of_person(entrance.id, address_key(person["email"]), name_key(person))


def _comes_not(registration: Registration | None) -> bool:
    """Whether a form of this person makes a registration, or makes it anew."""
    return registration is None or registration.status is Status.WITHDRAWN


def is_themself(sent: Sent, acting: Acting) -> bool:
    """Who stands in their own form acts for nobody there."""
    same_mailbox = address_key(sent.person["email"]) == address_key(acting.email)
    return same_mailbox and name_key(sent.person) == fold(acting.name)[:300]
