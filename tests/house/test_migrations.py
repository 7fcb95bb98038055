"""Migrations lead from nothing to what the models say, forward, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import func, inspect, select

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
