"""Migrations lead from nothing to what the models say, forward, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import func, inspect, select, text

from portal.config import ROOT
from portal.db import db, transaction
from portal.prepare import migrate
from portal.registrations.models import Registration
from tests.factories import make_event, make_registration

# Of an index on `lower(...)` SQLAlchemy cannot read from SQLite what it is about, and says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Skipped unsupported reflection", "ignore:autogenerate skipping metadata-specified"
)


def test_the_models_are_what_the_migrations_made(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "compare_server_default": False}
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
