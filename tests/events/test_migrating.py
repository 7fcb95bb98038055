"""Events that were there before drafts could be planned, asked about or kept as templates."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import select, text

from portal.config import ROOT
from portal.db import db, transaction
from portal.events.models import Event
from portal.prepare import migrate
from portal.registrations.models import Registration
from tests.factories import make_event, make_registration, make_session


def test_rows_of_the_first_release_survive_and_are_asked_nothing(app: Flask, clock: object) -> None:
    with app.app_context(), transaction():
        event = make_event(slug="old")
        make_session(event)
        make_registration(event)
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0002")
        with transaction() as session:
            session.execute(text("UPDATE events SET venue = 'House of Crafts'"))
    migrate(app)
    with app.app_context():
        event = db.session.scalars(select(Event)).one()
        registration = db.session.scalars(select(Registration)).one()
        assert (event.slug, event.venue, len(event.sessions)) == ("old", "House of Crafts", 1)
        assert (event.publish_at, event.reason, event.asked_again_at) == (None, None, None)
        assert (registration.still_comes_at, registration.reply) == (None, None)
