"""An event's organisers choose who works on it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts import queries
from portal.accounts.models import Membership
from portal.accounts.rules import TeamRole
from portal.audit.models import Entry
from portal.db import db, transaction
from tests.desk.front_door import account, act, make_user, sign_in, words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.mails import text_of

Deliver = Callable[[], list[EmailMessage]]
TEAM = "/desk/events/trust/team"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def olga(app: Flask) -> PortalClient:
    """The organiser of an event, signed in."""
    with app.app_context(), transaction():
        make_event(slug="trust")
        make_event(slug="other")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def roles(app: Flask, slug: str = "trust") -> dict[str, str]:
    from portal.events import queries as events

    with app.app_context():
        event = events.any_slug(slug)
        assert event is not None
        return {each.user.email: each.role.value for each in queries.team(event.id)}


def member_id(app: Flask, email: str) -> int:
    with app.app_context():
        found: int = db.session.scalars(
            select(Membership.id).where(Membership.user_id == account(email).id)
        ).one()
        return found


def invite(client: PortalClient, email: str, role: str = "editor", name: str = "") -> int:
    sent = client.submit(TEAM, {"email": email, "role": role, "name": name}, action="/team")
    return sent.status_code


def test_who_has_no_account_is_invited_to_the_desk(
    app: Flask, olga: PortalClient, deliver: Deliver
) -> None:
    assert invite(olga, "Eva@Example.org", name="Eva") == 303
    assert roles(app) == {"olga@example.org": "organiser", "Eva@example.org": "editor"}
    assert [(m["To"], m["Subject"]) for m in deliver()] == [
        ("Eva <Eva@example.org>", "You are invited to the desk")
    ]
    page = words(olga.get(TEAM))
    assert "Eva" in page
    assert "invited, has not come yet" in page


def test_who_has_an_account_is_added_and_told(
    app: Flask, olga: PortalClient, deliver: Deliver
) -> None:
    make_user(app, "rita@example.org", name="Rita")
    assert invite(olga, "rita@example.org", "reader", name="Somebody else") == 303
    (letter,) = deliver()
    assert letter["To"] == "Rita <rita@example.org>"
    assert letter["Subject"] == "You are in the team of: Trust in microcredentials"
    assert "Your role is: Reader." in text_of(letter)
    assert "http://localhost/desk/events/trust/" in text_of(letter)
    assert sign_in(app, "rita@example.org").get("/desk/events/trust/").status_code == 200


def test_who_is_in_already_is_not_added_twice(
    app: Flask, olga: PortalClient, deliver: Deliver
) -> None:
    page = olga.submit(TEAM, {"email": "OLGA@example.org", "role": "reader"}, action="/team")
    assert page.status_code == 422
    assert "is in the team already" in words(page)
    assert roles(app) == {"olga@example.org": "organiser"}
    assert deliver() == []


def test_what_is_said_of_a_colleagues_address_is_said_of_a_colleague(olga: PortalClient) -> None:
    nobody = olga.submit(TEAM, {"email": "", "role": "editor"}, action="/team")
    assert nobody.status_code == 422
    assert "Enter the colleague’s mail address" in words(nobody)
    mine = olga.submit(TEAM, {"email": "olga@example.org", "role": "editor"}, action="/team")
    assert "Change the role in the table above." in words(mine)


def test_a_form_that_is_wrong_keeps_what_was_typed(olga: PortalClient) -> None:
    page = olga.submit(
        TEAM, {"email": "nobody", "name": "Nobody", "role": "editor"}, action="/team"
    )
    assert page.status_code == 422
    html = page.get_data(as_text=True)
    assert 'value="nobody"' in html
    assert 'value="Nobody"' in html
    assert "<title>Error:" in html


@pytest.mark.settings(PORTAL_LIMITS="mail=1/hour")
def test_a_mailbox_is_not_flooded_by_invitations(
    app: Flask, olga: PortalClient, deliver: Deliver
) -> None:
    assert invite(olga, "eva@example.org") == 303
    act(olga, f"{TEAM}/{member_id(app, 'eva@example.org')}/removal")
    assert invite(olga, "eva@example.org") == 409
    assert len(deliver()) == 1
    assert roles(app) == {"olga@example.org": "organiser"}


def test_a_role_is_changed_at_once(app: Flask, olga: PortalClient) -> None:
    make_user(app, "rita@example.org", "trust", role=TeamRole.READER)
    rita = sign_in(app, "rita@example.org")
    assert rita.get(TEAM).status_code == 403
    changed = act(olga, f"{TEAM}/{member_id(app, 'rita@example.org')}/role", {"role": "organiser"})
    assert changed.headers["Location"] == TEAM
    assert rita.get(TEAM).status_code == 200


def test_who_is_taken_out_finds_no_such_event(app: Flask, olga: PortalClient) -> None:
    make_user(app, "rita@example.org", "trust")
    rita = sign_in(app, "rita@example.org")
    removal = f"{TEAM}/{member_id(app, 'rita@example.org')}/removal"
    assert "They will not see this event" in words(olga.get(removal))
    assert roles(app)["rita@example.org"] == "organiser"
    assert act(olga, removal).headers["Location"] == TEAM
    assert rita.get("/desk/events/trust/").status_code == 404
    with app.app_context():
        verb, details = db.session.execute(
            select(Entry.act, Entry.details).order_by(Entry.id.desc()).limit(1)
        ).one()
        assert (verb, details) == ("account.left_team", {})


def test_the_last_organiser_neither_leaves_nor_steps_down(app: Flask, olga: PortalClient) -> None:
    make_user(app, "rita@example.org", "trust", role=TeamRole.READER)
    own = f"{TEAM}/{member_id(app, 'olga@example.org')}"
    for page, values in ((f"{own}/removal", {}), (f"{own}/role", {"role": "editor"})):
        refused = act(olga, page, values)
        assert refused.status_code == 409
        assert "An event needs an organiser." in words(refused)
    assert roles(app)["olga@example.org"] == "organiser"


def test_two_organisers_cannot_take_each_other_out_at_once(app: Flask, olga: PortalClient) -> None:
    rita = sign_in(app, make_user(app, "rita@example.org", "trust"))
    at_once = Barrier(2)
    acts = [
        (client, path, client.get(path))
        for client, path in (
            (olga, f"{TEAM}/{member_id(app, 'rita@example.org')}/removal"),
            (rita, f"{TEAM}/{member_id(app, 'olga@example.org')}/removal"),
        )
    ]

    def send(client: PortalClient, path: str, page: TestResponse) -> int:
        at_once.wait()
        return client.submit(page, action=path).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(lambda each: send(*each), acts))
    assert list(roles(app).values()) == ["organiser"], answers
    assert answers[0] == 303
    assert answers[1] in (404, 409)


def test_one_of_two_organisers_may_leave(app: Flask, olga: PortalClient) -> None:
    make_user(app, "rita@example.org", "trust")
    left = act(olga, f"{TEAM}/{member_id(app, 'olga@example.org')}/removal")
    assert left.headers["Location"] == "/desk/"
    assert olga.get(TEAM).status_code == 404


def test_one_who_steps_down_is_led_to_what_they_still_see(app: Flask, olga: PortalClient) -> None:
    make_user(app, "rita@example.org", "trust")
    left = act(olga, f"{TEAM}/{member_id(app, 'olga@example.org')}/role", {"role": "editor"})
    assert olga.get(left.headers["Location"]).status_code == 200


def test_an_administrator_may_take_out_even_the_last(app: Flask, olga: PortalClient) -> None:
    admin = sign_in(app, make_user(app, "ada@example.org", admin=True))
    removal = f"{TEAM}/{member_id(app, 'olga@example.org')}/removal"
    assert act(admin, removal).headers["Location"] == TEAM
    assert roles(app) == {}


def test_a_member_of_one_team_is_not_found_under_another_event(
    app: Flask, olga: PortalClient
) -> None:
    make_user(app, "rita@example.org", "other")
    for page in ("role", "removal"):
        path = f"{TEAM}/{member_id(app, 'rita@example.org')}/{page}"
        assert olga.get(path).status_code == 404
    assert olga.get(f"{TEAM}/{10**20}/role").status_code == 404


def test_the_list_asks_as_often_for_thirty_as_for_one(app: Flask, olga: PortalClient) -> None:
    with statements(app) as one:
        assert olga.get(TEAM).status_code == 200
    for number in range(29):
        make_user(app, f"rita{number}@example.org", "trust", role=TeamRole.READER)
    with statements(app) as thirty:
        assert olga.get(TEAM).status_code == 200
    assert len(thirty) == len(one)
