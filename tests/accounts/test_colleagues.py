"""Administrators see all colleagues, and what they do to one holds at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.accounts import queries
from portal.accounts.models import SignIn, User
from portal.audit.models import Entry
from portal.db import db, transaction
from tests.desk.front_door import account, act, give_password, link_in, make_user, sign_in, words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.counting import statements

Deliver = Callable[[], list[EmailMessage]]
LIST = "/desk/colleagues/"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(app: Flask) -> PortalClient:
    """An administrator, signed in."""
    with app.app_context(), transaction():
        make_event(slug="trust")
    return sign_in(app, make_user(app, "ada@example.org", admin=True, name="Ada"))


def of(app: Flask, email: str, page: str = "") -> str:
    with app.app_context():
        return f"/desk/colleagues/{account(email).id}{page}"


def administrators(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(User.email).where(User.admin, User.active)))


def test_the_list_is_for_administrators(app: Flask, ada: PortalClient) -> None:
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    assert olga.get(LIST).status_code == 404
    assert olga.get(of(app, "ada@example.org")).status_code == 404
    assert LIST not in olga.get("/desk/").get_data(as_text=True)
    page = words(ada.get(LIST))
    assert "2 accounts" in page
    assert "Olga olga@example.org 1 event app 2 November 2026, 10:00" in page
    assert "Ada ada@example.org every event (administrator) app 2 November 2026, 10:00" in page


def test_a_colleague_is_invited_and_invited_again(
    app: Flask,
    ada: PortalClient,
    client: PortalClient,
    deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:
    values = {"email": "eva@example.org", "name": "Eva", "admin": "y"}
    sent = act(ada, f"{LIST}invitation", values)
    page = ada.get(sent.headers["Location"])
    assert "invited, has not come yet" in words(page)
    clock.shift(1)
    ada.submit(page, action="/invitation")
    first, second = deliver()
    assert first["To"] == second["To"] == "Eva <eva@example.org>"
    client.submit(link_in(second), {"password": "four words are easy enough"})
    assert client.get(link_in(first)).status_code == 404
    assert administrators(app) == ["ada@example.org", "eva@example.org"]
    again = act(ada, f"{LIST}invitation", values)
    assert again.status_code == 422
    assert "There is an account with this address already." in words(again)
    assert "Invite again" not in words(ada.get(sent.headers["Location"]))


def test_an_administrator_is_made_and_unmade_behind_a_page_that_says_so(
    app: Flask, ada: PortalClient
) -> None:
    olga = sign_in(app, make_user(app, "olga@example.org"))
    path = of(app, "olga@example.org", "/administration")
    assert "They will see every event" in words(ada.get(path))
    assert olga.get(LIST).status_code == 404
    act(ada, path)
    assert olga.get(LIST).status_code == 200
    act(ada, path)
    assert olga.get(LIST).status_code == 404
    with app.app_context():
        acts = db.session.scalars(select(Entry.act).order_by(Entry.id.desc()).limit(2)).all()
        assert acts == ["account.unmade_admin", "account.made_admin"]


def test_an_editor_of_the_library_is_made_and_unmade_behind_a_page_that_says_so(
    app: Flask, ada: PortalClient
) -> None:
    make_user(app, "dora@example.org", name="Dora")
    page = of(app, "dora@example.org", "/library")
    said = words(ada.get(page))
    assert "Make editor of the library" in said
    assert "By this they see no event and nobody’s data." in said
    assert act(ada, page).status_code == 303
    assert "Library edits publications" in words(ada.get(of(app, "dora@example.org")))
    assert "editor of the library" in words(ada.get(LIST))
    assert act(ada, page).status_code == 303
    assert "editor of the library" not in words(ada.get(LIST))
    with app.app_context():
        found = select(Entry.act).where(Entry.act.like("account.%editor")).order_by(Entry.id)
        assert list(db.session.scalars(found)) == ["account.made_editor", "account.unmade_editor"]


@pytest.mark.parametrize("page", ["/administration", "/removal"])
def test_the_last_administrator_who_has_come_stays(
    app: Flask, ada: PortalClient, page: str
) -> None:
    """One who was invited and never came is no help."""
    make_user(app, "eva@example.org", admin=True)
    refused = act(ada, of(app, "ada@example.org", page))
    assert refused.status_code == 409
    assert "Nobody else who has signed in is an administrator." in words(refused)
    sign_in(app, "eva@example.org")
    assert act(ada, of(app, "ada@example.org", page)).headers["Location"] == "/desk/"
    assert administrators(app) == ["eva@example.org"]


@pytest.mark.parametrize("page", ["/administration", "/removal"])
def test_two_administrators_cannot_send_each_other_away_at_once(
    app: Flask, ada: PortalClient, page: str
) -> None:
    eva = sign_in(app, make_user(app, "eva@example.org", admin=True))
    at_once = Barrier(2)
    rushes = [(ada, of(app, "eva@example.org", page)), (eva, of(app, "ada@example.org", page))]
    forms = [(client, path, client.get(path)) for client, path in rushes]

    def send(client: PortalClient, path: str, form: object) -> int:
        at_once.wait()
        return client.submit(form, action=path).status_code  # type: ignore[arg-type]

    for _round in range(4):
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda each: send(*each), forms))
        assert len(administrators(app)) == 1, answers
        if page == "/removal":
            break
        _make_both_administrators(app)


def _make_both_administrators(app: Flask) -> None:
    with app.app_context(), transaction():
        for email in ("ada@example.org", "eva@example.org"):
            account(email).admin = True


def test_who_is_removed_is_out_at_once_and_forgotten(
    app: Flask, ada: PortalClient, client: PortalClient
) -> None:
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    path = of(app, "olga@example.org", "/removal")
    page = ada.get(path)
    assert "signed out everywhere at once" in words(page)
    assert "1 event will have no organiser" in words(page)
    assert ada.submit(page, action=path).headers["Location"] == LIST
    assert olga.get("/desk/").status_code == 303
    assert ada.get(path).status_code == 404
    assert give_password(client, "olga@example.org").status_code == 422
    with app.app_context():
        gone = db.session.scalars(select(User).where(User.active.is_(False))).one()
        assert (gone.name, gone.email, gone.password) == ("", f"removed-{gone.id}@invalid", None)
        assert (gone.signed_in_at, gone.passkeys, gone.recovery_codes) == (None, [], [])
        acts = db.session.scalars(select(Entry.act).where(Entry.subject_id == gone.id)).all()
        assert acts[-1] == "account.removed"


def test_what_a_removed_colleague_had_begun_is_done_before_they_are_out(app: Flask) -> None:
    """A post in flight holds its session: the removal waits for it, and nothing comes after it."""
    email = make_user(app)
    client = sign_in(app, email)
    with client.session_transaction() as session:
        opener = session["sign_in"]
    done: list[str] = []

    def remove() -> None:
        from portal import clock
        from portal.accounts import service
        from portal.audit.service import COMMAND

        with app.app_context(), transaction():
            service.remove(account(email), by=COMMAND, now=clock.now())
            done.append("removed")

    with ThreadPoolExecutor(1) as pool:
        with app.app_context():
            from portal import clock

            with transaction():
                assert queries.sign_in(opener, clock.now(), hold=True) is not None
                removing = pool.submit(remove)
                for _look in range(10):
                    assert not removing.done()
                    pool_sleep()
                done.append("acted")
        removing.result(30)
    assert done == ["acted", "removed"]
    assert client.get("/desk/").status_code == 303


def pool_sleep() -> None:
    from threading import Event

    Event().wait(0.03)


def test_a_lost_second_step_is_forgotten_and_its_owner_told(
    app: Flask, ada: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    email = make_user(app)
    olga = sign_in(app, email)
    path = of(app, email, "/second-factor")
    assert "call them" in words(ada.get(path))
    assert olga.get("/desk/").status_code == 200
    act(ada, path)
    assert olga.get("/desk/").status_code == 303
    assert [(m["To"], m["Subject"]) for m in deliver()] == [
        ("Olga <olga@example.org>", "Your second step is to be set up anew")
    ]
    step = give_password(client, email)
    assert step.headers["Location"] == "/desk/sign-in/second-factor"


def test_the_list_asks_as_often_for_thirty_as_for_one(app: Flask, ada: PortalClient) -> None:
    with statements(app) as one:
        assert ada.get(LIST).status_code == 200
    for number in range(29):
        make_user(app, f"olga{number}@example.org", "trust")
    with statements(app) as thirty:
        assert ada.get(LIST).status_code == 200
    assert len(thirty) == len(one)
    assert ada.get(f"{LIST}?page=2").status_code == 404


def test_one_session_is_ended_and_the_others_stay(app: Flask) -> None:
    email = make_user(app)
    here, there = sign_in(app, email), sign_in(app, email)
    page = here.get("/desk/account/")
    assert "Brussels" in words(page)
    assert "password and code 2 November 2026, 10:00" in words(page)
    with app.app_context():
        first, second = db.session.scalars(select(SignIn.id).order_by(SignIn.id)).all()
    here.submit(page, action=f"/sessions/{second}/end")
    assert there.get("/desk/").status_code == 303
    here.submit("/desk/account/", action=f"/sessions/{first}/end")
    assert here.get("/desk/").status_code == 303


def test_a_session_of_somebody_else_is_not_found(app: Flask, ada: PortalClient) -> None:
    olga = sign_in(app, make_user(app))
    with app.app_context():
        hers = db.session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    page = ada.get("/desk/account/").get_data(as_text=True)
    token = page.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
    ended = ada.post(f"/desk/account/sessions/{hers}/end", data={"csrf_token": token})
    assert ended.status_code == 404
    assert olga.get("/desk/").status_code == 200
