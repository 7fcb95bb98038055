"""The line at the desk: places out of turn, other positions, and what stands in a history."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import EmailMessage
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.db import db, transaction
from portal.events.rules import State
from portal.registrations.models import Registration
from portal.registrations.rules import Status, Target, new_position, reordered
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, event_of, line, person
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.registrations.front_door import told

Deliver = Callable[[], list[EmailMessage]]
NAMES = ("ada", "bob", "cid", "dot", "eve")

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    """One has the place, four wait."""
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=1)
    return {name: comes(app, name) for name in NAMES}


@pytest.fixture
def client(app: Flask, people: dict[str, int]) -> PortalClient:
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def move(client: PortalClient, who: int, number: int, target: str = "to") -> TestResponse:
    values = {"target": target, "number": str(number), "reason": "Cares for a speaker."}
    return client.submit(f"{LIST}/{who}/position", values, action="/position")


def numbers(app: Flask) -> list[int]:
    with app.app_context():
        question = select(Registration.queue_number).where(
            Registration.event_id == event_of().id, Registration.queue_number.is_not(None)
        )
        return sorted(each for each in db.session.scalars(question) if each)


@pytest.mark.parametrize(
    ("who", "target", "number", "then"),
    [
        ("eve", "to", 1, ["Eve", "Bob", "Cid", "Dot"]),
        ("bob", "to", 4, ["Cid", "Dot", "Eve", "Bob"]),
        ("eve", "before", 2, ["Bob", "Eve", "Cid", "Dot"]),
        ("bob", "before", 4, ["Cid", "Dot", "Bob", "Eve"]),
        ("bob", "after", 3, ["Cid", "Dot", "Bob", "Eve"]),
        ("eve", "after", 1, ["Bob", "Eve", "Cid", "Dot"]),
        ("cid", "after", 2, ["Bob", "Cid", "Dot", "Eve"]),
        ("cid", "to", 2, ["Bob", "Cid", "Dot", "Eve"]),
    ],
)
def test_somebody_stands_elsewhere_and_the_others_keep_their_order(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver,
    who: str, target: str, number: int, then: list[str],
) -> None:  # fmt: skip
    deliver()
    before = numbers(app)
    assert move(client, people[who], number, target).status_code == 303
    assert line(app) == then
    assert numbers(app) == before
    assert deliver() == []


def test_who_comes_later_stands_behind_the_moved(
    app: Flask, client: PortalClient, people: dict[str, int]
) -> None:
    move(client, people["bob"], 4)
    comes(app, "fay")
    assert line(app) == ["Cid", "Dot", "Eve", "Bob", "Fay"]


def test_the_reason_is_a_note_and_the_audit_has_numbers(
    app: Flask, client: PortalClient, people: dict[str, int]
) -> None:
    move(client, people["eve"], 1)
    assert acts(app, people["eve"])[-1] == ("registration.moved", {"before": 4, "after": 1})
    page = words(client.get(f"{LIST}/{people['eve']}"))
    assert "Reason for the new position Olga" in page and "Cares for a speaker." in page
    assert "4 → 1" in page
    assert page.index("4 → 1") < page.index("On the waitlist", page.index("What happened"))


@pytest.mark.parametrize("number", ["0", "5", "-1", "x", "", "99999999999"])
def test_a_position_that_is_not_there_is_said(
    app: Flask, client: PortalClient, people: dict[str, int], number: str
) -> None:
    values = {"number": number, "reason": "why not"}
    page = client.submit(f"{LIST}/{people['eve']}/position", values, action="/position")
    is_number = number in ("0", "5")
    assert words(page).count("Enter a number from") == (2 if is_number else 0)
    assert "leave it empty" not in words(page)
    assert page.status_code == 422
    assert line(app) == ["Bob", "Cid", "Dot", "Eve"]


def test_a_reason_is_wanted(client: PortalClient, people: dict[str, int]) -> None:
    for where in ("position", "promotion"):
        values = {"number": "1"} if where == "position" else {}
        with client.application.app_context(), transaction():
            event_of().capacity = 2
            event_of().waitlist = False
        page = client.submit(
            f"{LIST}/{people['eve']}/{where}", values | {"reason": " \u200b "}, action=f"/{where}"
        )
        assert page.status_code == 422
        assert "Say why." in words(page)


def test_the_second_of_two_who_move_sees_where_the_person_stands(
    app: Flask, client: PortalClient, people: dict[str, int]
) -> None:
    form = client.get(f"{LIST}/{people['eve']}/position")
    move(client, people["eve"], 1)
    values = {"number": "2", "reason": "mine"}
    shown = client.submit(form, values, action="/position")
    assert shown.status_code == 409
    assert "stands at position 1 now" in words(shown)
    assert "mine" in shown.text
    client.submit(shown, action="/position")
    assert line(app) == ["Bob", "Eve", "Cid", "Dot"]


def test_two_organisers_move_at_once(
    app: Flask, client: PortalClient, people: dict[str, int]
) -> None:
    other = sign_in(app, make_user(app, "otto@example.org", "trust"))
    for _round in range(5):
        before, start = numbers(app), Barrier(2)

        def press(
            who: PortalClient, page: TestResponse, number: int, start: Barrier = start
        ) -> int:
            start.wait(10)
            values = {"number": str(number), "reason": "at once"}
            return who.submit(page, values, action="/position").status_code

        pages = [
            c.get(f"{LIST}/{people[n]}/position") for c, n in ((client, "eve"), (other, "bob"))
        ]
        with ThreadPoolExecutor(2) as pool:
            done = [
                pool.submit(press, who, page, number)
                for who, page, number in zip((client, other), pages, (1, 4), strict=True)
            ]
            assert {each.result(30) for each in done} <= {303, 409}
        assert numbers(app) == before
        assert sorted(line(app)) == ["Bob", "Cid", "Dot", "Eve"]


def test_a_free_place_is_given_out_of_turn(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver
) -> None:
    deliver()
    with app.app_context(), transaction():
        event_of().capacity = 2
        event_of().registration_closes_at = datetime(2026, 10, 1, tzinfo=UTC)
    client.submit(f"{LIST}/{people['dot']}/promotion", {"reason": "Speaks at ten."},
                  action="/promotion")  # fmt: skip
    assert line(app) == ["Bob", "Cid", "Eve"]
    assert told(deliver()) == [("dot@example.org", "A place was found for you", "REQUEST")]
    page = words(client.get(f"{LIST}/{people['dot']}"))
    assert "Moved up to a free place Olga" in page and "Speaks at ten." in page


def test_no_place_is_given_that_is_not_free(
    app: Flask, client: PortalClient, people: dict[str, int]
) -> None:
    with app.app_context(), transaction():
        event_of().capacity = 2
        event_of().waitlist = False
    open_form = client.get(f"{LIST}/{people['dot']}/promotion")
    with app.app_context(), transaction():
        event_of().capacity = 1
    refused = client.submit(open_form, {"reason": "please"}, action="/promotion")
    assert refused.status_code == 409
    page = client.get(f"{LIST}/{people['dot']}/promotion")
    assert "The event has 1 place, and it is taken." in words(page)
    assert 'href="/desk/events/trust/details"' in page.text
    assert 'action="/desk/events/trust/registrations' not in page.text
    assert person(app, people["dot"], "status") == (Status.WAITLISTED,)


def test_who_is_in_no_line_is_not_moved(
    app: Flask, client: PortalClient, people: dict[str, int]
) -> None:
    for where in ("position", "promotion"):
        assert client.get(f"{LIST}/{people['ada']}/{where}").status_code == 409
    with app.app_context(), transaction():
        event_of().state = State.CANCELLED
    assert client.get(f"{LIST}/{people['bob']}/position").status_code == 409


def test_positions_in_words() -> None:
    assert [new_position(Target.BEFORE, 3, 3), new_position(Target.AFTER, 3, 3)] == [3, 3]
    assert reordered([1, 2, 3], 3, 1) == [3, 1, 2]
    assert reordered([1, 2, 3], 1, 3) == [2, 3, 1]
