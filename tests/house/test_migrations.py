"""Migrations lead from nothing to what the models say, forward, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import func, inspect, select, text

from portal import clock as portal_clock
from portal.accounts.models import SignIn, User
from portal.audit.service import COMMAND
from portal.clock import now
from portal.config import ROOT
from portal.db import db, is_for_searching, transaction
from portal.events import service as events
from portal.events.models import Appearance, Revision
from portal.events.queries import any_slug
from portal.events.rules import Consent
from portal.invitations.models import Invitation, InvitationList
from portal.invitations.rules import Stage
from portal.prepare import migrate
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from portal.reminders import service as reminders
from portal.reminders.models import Reminder
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event, make_registration, make_session, make_speaker
from tests.invitations.front_door import make_list

# Of an index on `lower(...)` SQLAlchemy cannot read from SQLite what it is about, and says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Skipped unsupported reflection", "ignore:autogenerate skipping metadata-specified"
)


def test_the_models_are_what_the_migrations_made(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": False,
                "compare_server_default": False,
                "include_name": lambda name, _kind, _parents: not is_for_searching(name or ""),
            },
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_constraint_has_a_name_of_its_own(app: Flask) -> None:
    with app.app_context():
        found = inspect(db.engine)
        for table in found.get_table_names():
            for constraint in found.get_foreign_keys(table) + found.get_unique_constraints(table):
                assert constraint["name"], table


def test_a_second_run_does_nothing_and_keeps_every_row(app: Flask, clock: object) -> None:
    with app.app_context(), transaction():
        event = make_event()
        for _ in range(20):
            make_registration(event)
    migrate(app)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 20


def test_accounts_of_the_first_release_stay_and_know_when_they_last_came(
    app: Flask, clock: time_machine.Traveller
) -> None:
    """Rows made before: an organiser who has signed in, one who has not, a team, a session."""
    with app.app_context(), transaction():
        make_event(slug="trust")
    sign_in(app, make_user(app, "olga@example.org", "trust"))
    make_user(app, "eva@example.org")
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0002")
    migrate(app)
    with app.app_context():
        olga, eva = db.session.scalars(select(User).order_by(User.id)).all()
        assert (olga.signed_in_at, eva.signed_in_at) == (portal_clock.now(), None)
        assert [each.event_id for each in olga.memberships] == [1]
        assert (olga.has_app, olga.passkeys, olga.identities) == (True, [], [])
        assert db.session.scalar(select(func.count()).select_from(SignIn)) == 1


@pytest.mark.parametrize("has_it_already", [False, True])
def test_each_first_release_comes_to_the_same_indexes(
    app: Flask, clock: object, has_it_already: bool
) -> None:
    """The first release was handed out with either index of stuck letters."""
    with app.app_context(), transaction():
        make_registration(make_event())
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0001")
        if has_it_already:
            with transaction() as session:
                session.execute(text("DROP INDEX ix_registrations_stuck_at"))
                session.execute(
                    text("CREATE INDEX ix_registrations_stuck ON registrations (event_id) "
                         "WHERE stuck_at IS NOT NULL")
                )  # fmt: skip
    migrate(app)
    with app.app_context():
        names = {index["name"] for index in inspect(db.engine).get_indexes("registrations")}
        assert "ix_registrations_stuck" in names
        assert "ix_registrations_stuck_at" not in names
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1


def test_what_was_there_before_consents_and_materials_is_carried_on(
    app: Flask, clock: object
) -> None:
    """Speakers count as agreed by note, and each revision learns its sessions."""
    with app.app_context(), transaction():
        event = make_event()
        session = make_session(event, room="Forum")
        ada = make_speaker(event, name="Ada", role={"en": "Host"}, affiliation="Plant")
        session.appearances.append(Appearance(speaker=ada))
        db.session.flush()
        first = db.session.scalars(select(Revision)).one()
        first.facts = events.snapshot(event)
        events.change(
            event, {"starts_at": event.starts_at + timedelta(hours=1)}, by=COMMAND, now=now()
        )
        migrated = [dict(each.facts) for each in db.session.scalars(select(Revision))]
        slug = event.slug
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0002")
        with transaction() as session:
            for kept in session.scalars(select(Revision)):
                kept.facts = {name: v for name, v in kept.facts.items() if name != "sessions"}
    migrate(app)
    with app.app_context():
        event = any_slug(slug)
        assert event is not None
        (speaker,) = event.speakers
        assert speaker.agreed == speaker.shown
        assert (speaker.consent, speaker.noted_by) == (Consent.AGREED, None)
        assert speaker.agreed_at is not None and speaker.link_code
        kept = [each.facts for each in db.session.scalars(select(Revision).order_by(Revision.id))]
        assert kept == migrated
        assert event.sessions[0].cancelled_why == {}


def test_people_of_before_keep_all_and_have_no_telephone(app: Flask, clock: object) -> None:
    """Down to the release before letters to a selection, and up again, on rows that are there."""
    with app.app_context(), transaction():
        kept = make_registration(make_event(), last_name="Kept").id
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0002")
        before = db.session.execute(text("SELECT * FROM registrations")).mappings().one()
        assert "phone" not in before
        db.session.rollback()
    migrate(app)
    with app.app_context():
        after = db.session.get_one(Registration, kept)
        assert (after.last_name, after.phone, after.source) == ("Kept", "", "")
        assert (after.entered_by, after.reached_at) == (None, None)


def test_events_and_people_of_before_reminders_stay_and_have_none(
    app: Flask, clock: object
) -> None:
    """Down to the release before, and up again, on rows that are there."""
    with app.app_context(), transaction():
        event = make_event(slug="kept")
        make_registration(event, last_name="Kept")
        reminders.add_usual(event, by=COMMAND, now=now())
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0009")
        assert "reminders" not in inspect(db.engine).get_table_names()
    migrate(app)
    with app.app_context():
        assert [each.last_name for each in db.session.scalars(select(Registration))] == ["Kept"]
        assert any_slug("kept") is not None
        assert db.session.scalar(select(func.count()).select_from(Reminder)) == 0


def test_who_was_erased_before_has_no_address_afterwards_and_everybody_else_keeps_theirs(
    app: Flask, clock: object
) -> None:
    with app.app_context(), transaction():
        event = make_event()
        kept, gone = make_registration(event), make_registration(event)
        kept_email = kept.email
        ids = kept.id, gone.id
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0009")
        with transaction() as session:
            session.execute(
                text("UPDATE registrations SET email = 'erased-2@invalid', erased_at = :now "
                     "WHERE id = :id").bindparams(now=now().replace(tzinfo=None), id=ids[1])
            )  # fmt: skip
    migrate(app)
    with app.app_context():
        found = [db.session.get_one(Registration, number).email for number in ids]
        assert found == [kept_email, ""]


def test_invitations_learn_what_was_told_and_follow_registrations_that_became_one(
    app: Flask, clock: object
) -> None:
    """Nobody gets a late letter about an event that is off by now."""
    with app.app_context(), transaction():
        off, on = make_event(slug="off"), make_event(slug="on")
        for event in (off, on):
            of_list = make_list(event, "ada", "bob")
            for each in on_list(of_list):
                each.stage, each.invited_at = Stage.INVITED, now()
        old, came = make_registration(on), make_registration(on)
        old.status, came.invitation_id = Status.WITHDRAWN, 3
        used = db.session.get_one(Invitation, 3)
        used.stage, used.registration_id = Stage.REGISTERED, old.id
        events.cancel(off, by=COMMAND, now=now())
        ids = old.id, came.id
    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0033")
    migrate(app)
    with app.app_context():
        found = db.session.scalars(select(Invitation).order_by(Invitation.id)).all()
        assert [each.told_state for each in found] == ["cancelled", "cancelled", "", ""]
        assert [each.registration_id for each in found] == [None, None, ids[1], None]


def on_list(of_list: InvitationList) -> Sequence[Invitation]:
    return db.session.scalars(select(Invitation).where(Invitation.list_id == of_list.id)).all()
