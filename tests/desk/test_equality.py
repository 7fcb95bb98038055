"""Event A's team never sees event B: its desk is what it would be if B did not exist."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal import clock
from portal.accounts.rules import TeamRole
from portal.db import db, transaction
from portal.events import queries as events
from portal.outbox.models import Message
from portal.registrations.models import Registration
from portal.retention.models import Export
from tests.desk.front_door import make_user, sign_in
from tests.desk.test_route_walk import desk_rules
from tests.factories import make_event, make_registration, make_session, make_speaker
from tests.harness.client import PortalClient

pytestmark = pytest.mark.usefixtures("clock")

Deliver = Callable[[], list[EmailMessage]]

# Of each event the same, by another name: what is looked for in the other's pages.
OURS, THEIRS = "alder", "birch"
CHANGING = (
    re.compile(r'(name="csrf_token" (?:type="hidden" )?value=")[^"]+'),
    re.compile(
        r"(id=\"csrf-(?:session|copy)-|/copies/|/sessions/|/team/|/registrations/|/outbox/)\d+"
    ),
)


def set_up(app: Flask, tree: str) -> None:
    """An event with people in every state, a programme, a team of all roles, letters."""
    with app.app_context(), transaction():
        event = make_event(
            slug=f"{tree}-event", title={"en": f"Event {tree}"}, venue=f"House {tree}", capacity=2
        )
        make_session(event, title={"en": f"Session {tree}"})
        make_speaker(event, name=f"Speaker {tree}")
        for number in range(4):
            make_registration(
                event, first_name=f"First{number}", last_name=f"Last {tree}",
                email=f"guest{number}@{tree}.example",
            )  # fmt: skip
    for role in TeamRole:
        make_user(
            app, f"{role}@{tree}.example", f"{tree}-event", role=role, name=f"{role} of {tree}"
        )


def park_one(app: Flask, tree: str) -> None:
    """The first mail about the event was refused for good, and one letter could not be written."""
    with app.app_context(), transaction():
        event = events.any_slug(f"{tree}-event")
        assert event is not None
        question = select(Message).where(Message.event_id == event.id).order_by(Message.id)
        message = db.session.scalars(question).first()
        assert message is not None
        message.sent_at, message.parked_at, message.reason = None, clock.now(), f"550 no {tree}"
        stuck = db.session.scalars(
            select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
        ).first()
        assert stuck is not None
        stuck.stuck_at, stuck.stuck_reason = clock.now(), f"A fault with {tree}."


def desk_of(app: Flask, role: TeamRole) -> dict[str, tuple[int, str]]:
    """Every page of the desk as A's colleague gets it, by its rule; ids are A's own."""
    email = f"{role}@{OURS}.example"
    with app.app_context(), transaction() as session:
        session.execute(delete(Export))  # what an earlier walk took out
    client = sign_in(app, email)
    values = own_values(app, email)
    found = {}
    for endpoint, method, names in desk_rules(app):
        if method == "GET" and names <= values.keys():
            with app.test_request_context():
                path = app.url_for(endpoint, **{name: values[name] for name in names})
            found[endpoint] = answer(client, path)
    for query in ("outbox/?shelf=sent", "outbox/?shelf=parked"):
        found[query] = answer(client, f"/desk/{query}")
    return found


def own_values(app: Flask, email: str) -> dict[str, object]:
    from tests.desk.front_door import account

    with app.app_context():
        event = events.any_slug(f"{OURS}-event")
        assert event is not None
        question = select(Registration.id).where(Registration.event_id == event.id)
        return {
            "slug": event.slug,
            "registration_id": db.session.scalars(question.order_by(Registration.id)).first(),
            "member_id": account(email).memberships[0].id,
            "user_id": account(email).id,
        }


def answer(client: PortalClient, path: str) -> tuple[int, str]:
    page = client.get(path)
    if page.data.startswith(b"PK"):
        return page.status_code, unpacked(page.data)
    text = page.get_data(as_text=True)
    for pattern in CHANGING:
        text = pattern.sub(r"\1", text)
    return page.status_code, text


def unpacked(workbook: bytes) -> str:
    """What stands in the parts of a workbook."""
    with ZipFile(BytesIO(workbook)) as parts:
        return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())


@pytest.fixture
def alone(app: Flask, deliver: Deliver) -> dict[TeamRole, dict[str, tuple[int, str]]]:
    """The desks of A's team while there is no other event."""
    set_up(app, OURS)
    deliver()
    park_one(app, OURS)
    return {role: desk_of(app, role) for role in TeamRole}


def test_the_desk_of_one_event_is_the_same_with_and_without_another(
    app: Flask, alone: dict[TeamRole, dict[str, tuple[int, str]]], deliver: Deliver
) -> None:
    """Byte for byte, but for tokens and numbers of rows; and nothing of B is in any page."""
    forget_sessions(app)
    set_up(app, THEIRS)
    deliver()
    park_one(app, THEIRS)
    for role in TeamRole:
        together = desk_of(app, role)
        assert together.keys() == alone[role].keys()
        assert len(together) > 20
        for endpoint, (status, text) in together.items():
            assert THEIRS not in text.casefold(), (role, endpoint)
            assert (status, text) == alone[role][endpoint], (role, endpoint)
    assert f"550 no {OURS}" in alone[TeamRole.ORGANISER]["outbox/?shelf=parked"][1]
    assert f"guest0@{OURS}.example" in alone[TeamRole.READER]["registrations_desk.index"][1]


def forget_sessions(app: Flask) -> None:
    """So that the list of one's own sessions has one row again."""
    from portal.accounts.models import SignIn

    with app.app_context(), transaction() as session:
        session.query(SignIn).delete()


def test_an_administrator_sees_both(app: Flask) -> None:
    """What the test above looks for is really there."""
    set_up(app, OURS)
    set_up(app, THEIRS)
    admin = sign_in(app, make_user(app, "ada@example.org", admin=True))
    for path in ("/desk/", "/desk/colleagues/", f"/desk/events/{THEIRS}-event/registrations"):
        assert THEIRS in admin.get(path).get_data(as_text=True).casefold()
