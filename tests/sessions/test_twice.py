"""A form with the last place of a session, sent twice: a double click, or a hurried reader."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.db import transaction
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.registrations.front_door import ADA
from tests.sessions.making import make_chosen, number, standing

OFFICE = {
    "name": "Omar Office", "email": "office@ep.example", "organisation": "Parliament",
    "country": "BE", "letters": "both", "invites": "person",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def event(app: Flask) -> None:
    with app.app_context(), transaction():
        forum = make_event(slug="forum", capacity=5)
        make_chosen(forum, "Small", places=1)
        make_chosen(forum, "Large", places=5)


def test_the_last_place_of_a_session_is_theirs_also_when_the_button_is_pressed_twice(
    app: Flask, client: PortalClient
) -> None:
    small = number(app, "Small")
    page = client.get("/en/events/forum/register")
    typed = ADA | {f"sessions-{small}": [small], "email": "ada@Bücher.Example"}
    answers = [client.submit(page, typed) for _press in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    other = client.submit(page, typed | {"first_name": "Bob"})
    assert other.status_code == 422
    assert standing(app) == {"Small": ["ada: place"]}


@pytest.mark.parametrize("path", ["for-somebody", "group"])
def test_who_registers_others_may_press_twice_as_well(
    app: Flask, client: PortalClient, path: str
) -> None:
    small, large = number(app, "Small"), number(app, "Large")
    page = client.get(f"/en/events/forum/register/{path}")
    slot = f"sessions-{small}"
    typed = OFFICE | _person(1, "Mia") | {f"person1-{slot}": [small]}
    if path == "group":
        typed |= _person(2, "Zoe") | {f"person2-{slot}": [large]}
    answers = [client.submit(page, typed, action=f"/{path}") for _press in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert standing(app)["Small"] == ["mia: place"]


def _person(count: int, name: str) -> dict[str, Any]:
    typed = {
        "first_name": name, "last_name": "Member", "email": f"{name.lower()}@ep.example",
        "stakeholder_group": "mep", "language": "en",
    }  # fmt: skip
    return {f"person{count}-{field}": value for field, value in typed.items()}
