"""Invitations at every stage, and a file with rows of every fate, for the pages that show them."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from portal.audit.service import COMMAND
from portal.db import db
from portal.events.models import Event
from portal.invitations import letters, service
from portal.invitations.models import Invitation
from portal.invitations.rules import Person, Stage
from portal.invitations.service import lists
from tests.factories import make_registration
from tests.invitations.front_door import known, make_list

LONG = "Bundesvereinigung-der-Präzisionsinstrumentenhersteller-und-Messtechnikbetriebe"
WORDS = {"en": "We would value your **experience**.", "de": "Ihre *Erfahrung* ist uns wichtig."}


def invite(event: Event, now: datetime) -> None:
    """A list that was sent, with somebody at each stage, and one whose file is looked at."""
    terms = {
        "words": WORDS,
        "answer_until": event.starts_at - timedelta(days=3),
        "remind_days": 5,
        "remind_at": time(10),
    }
    people = ("asked", "wrong", "no", "used", "bound", "back", "dead")
    sent = make_list(event, *people, name="Network", transferable=True, **terms)
    make_list(event, name="Empty")
    made = {name: one(name) for name in people}
    made["asked"].organisation, made["back"].organisation = LONG, LONG
    for invitation in made.values():
        invitation.stage, invitation.invited_at = Stage.INVITED, now
    service.decline(made["no"], now=now)
    came = make_registration(event, email="used@example.org")
    service.use(made["used"], came, handed_on=False, now=now)
    service.note_bounce(made["back"], "5.1.1", (), now=now)
    service.withdraw(made["dead"], by=COMMAND, now=now)
    rows = [
        known("asked", nth=2),
        known("new", nth=3, organisation=LONG),
        Person(4, "no-address", troubles=("bad_address", "country")),
        Person(5, "new@example.org", same_as=3, troubles=("repeated",)),
    ]
    lists.keep_file(sent, rows, by=COMMAND, now=now)


def one(name: str) -> Invitation:
    which = Invitation.email == f"{name}@example.org"
    return db.session.scalars(select(Invitation).where(which)).one()


def path(name: str, page: str = "") -> str:
    """The path behind this person's link."""
    return f"/invitations/{letters.token(one(name))}{page}"
