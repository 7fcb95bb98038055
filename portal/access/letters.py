"""What we write to people about the building's access list."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from portal import mail, tokens
from portal.access import service
from portal.access.models import AccessList, Visitor
from portal.access.shown import things
from portal.i18n import in_language, moment_words, short_day, translated
from portal.outbox import service as outbox
from portal.registrations import queries as registrations
from portal.registrations.models import Registration
from portal.registrations.told import Told

PURPOSE = "access"


@dataclass(frozen=True)
class Asking(Told):
    """A letter that asks for data, beside what every letter shows of a registration."""

    found: AccessList

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """Also what is asked, who gets it, by when, and until when it is kept."""
        event, found = self.event, self.found
        return [
            *super().facts,
            (_("What is asked"), ", ".join(things(found.asked))),
            (_("Who gets it"), translated(found.receiver, self.language)),
            (_("Until"), moment_words(found.cut_off, event.zone)),
            (_("Erased on"), short_day(found.erase_at, event.zone)),
        ]

    @property
    def words(self) -> str:
        return translated(self.found.words, self.language)

    @property
    def access_url(self) -> str:
        return mail.public_url("access.give", lang=self.language, token=token(self.registration))


def ask(found: AccessList, registration: Registration, *, now: datetime) -> None:
    """Tell the person what the building asks, with a link that is good for nothing else."""
    service.ask(found, registration, now=now)
    _post("access_asked", found, registration, now)


def remind(
    found: AccessList, registration: Registration, visitor: Visitor, *, now: datetime
) -> None:
    """Tell them once more, before it is late or because an organiser asked for it."""
    service.note_reminded(visitor, now=now)
    _post("access_reminder", found, registration, now)


def token(registration: Registration) -> str:
    """Good until the registration's `link_code` changes, and for its data at the door only."""
    return tokens.sign(PURPOSE, registration.id, registration.link_code)


def registration_of(token: str) -> Registration | None:
    """Whose link this is, unless a newer one replaced it."""
    return registrations.of_link(tokens.read(PURPOSE, token))


def _post(occasion: str, found: AccessList, registration: Registration, now: datetime) -> None:
    language = registration.language
    values: dict[str, Any] = {
        "told": Asking(
            registration, found.event, language, found, for_office=registration.only_reader
        ),
        "changes": [],
    }  # fmt: skip
    with in_language(language):
        mail.post(
            mail.write("access", occasion, language=language, **values),
            to=("", registration.email),
            facts=(occasion, found.revision, registration.id, registration.revision, now),
            occasion=occasion,
            thread=registration.thread,
            event_id=found.event_id,
            priority=outbox.BULK,
            now=now,
        )
