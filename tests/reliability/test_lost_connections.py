"""PostgreSQL may close every connection between two visits, and no visitor notices."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from portal.config import APPLICATION
from portal.db import db, transaction
from tests.factories import make_event
from tests.harness.client import PortalClient

PAGE = "/en/events/trust/"
CLOSED = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = :name AND datname = current_database()"
)


@pytest.mark.own_portal
@pytest.mark.parametrize("path", [PAGE, f"{PAGE}register"], ids=["kept", "made"])
def test_closed_connections_are_made_again(app: Flask, client: PortalClient, path: str) -> None:
    with app.app_context():
        if db.engine.name != "postgresql":
            pytest.skip("SQLite has no connections to lose.")
        address = db.engine.url
    with app.app_context(), transaction():
        make_event(slug="trust")
    client.get(path)
    other = create_engine(address)
    with other.begin() as connection:
        assert connection.execute(CLOSED, {"name": APPLICATION}).scalar_one() > 0
    other.dispose()

    assert client.get(path).status_code == 200
