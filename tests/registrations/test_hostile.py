"""What no browser sends, and what somebody else at the same computer looks for."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.db import transaction
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.registrations.front_door import ADA


@pytest.fixture
def event(app: Flask, clock: object) -> str:
    with app.app_context(), transaction():
        return make_event(slug="trust", capacity=1).slug


@pytest.mark.parametrize("pairs", [900, 40_000])
def test_heaps_of_marks_are_one_form_with_mistakes(
    client: PortalClient, event: str, pairs: int
) -> None:
    heap = "a" + "\u0301\u0316" * pairs
    fields = dict.fromkeys(("first_name", "organisation", "email", "access_needs"), heap)
    page = client.submit(f"/en/events/{event}/register", ADA | fields)
    assert page.status_code == 422
