"""Organisers sign in with a real provider, by invitation only; what is not proven opens nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import select

from portal import clock
from portal.accounts import oidc, service
from portal.accounts.models import Identity, SignIn, User
from portal.audit.service import COMMAND
from portal.db import db, transaction
from tests.accounts.providers import Liar, Provider, lying_provider, real_provider
from tests.desk.front_door import act, code_now, make_user, sign_in, words
from tests.harness.client import PortalClient

Deliver = Callable[[], list[EmailMessage]]
START = "/desk/sign-in/provider"


@pytest.fixture(scope="module")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with real_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(_process: Provider) -> Provider:
    """The real one; tests that lie override it."""
    oidc.forget()
    return _process


@pytest.fixture
def environ(provider: Provider, request: pytest.FixtureRequest) -> dict[str, str]:
    marks = request.node.iter_markers("settings")
    return provider.environ() | {k: v for mark in marks for k, v in mark.kwargs.items()}


def go(client: PortalClient, provider: Provider, subject: str, start: str = START) -> Any:
    """To the provider, sign in there, and come back."""
    away = client.get(start)
    assert away.status_code == 303, away.get_data(as_text=True)
    return client.get(provider.come_back(away.headers["Location"], subject))


def invited(app: Flask, email: str = "olga@example.org") -> None:
    with app.app_context(), transaction():
        service.create(email, name="Olga", by=COMMAND, now=clock.now())


def counts(app: Flask) -> tuple[int, int]:
    """How many accounts, and how many links there are."""
    with app.app_context():
        users, links = db.session.scalars(select(User)), db.session.scalars(select(Identity))
        return len(users.all()), len(links.all())


def test_an_invited_colleague_comes_in_by_their_verified_address(
    app: Flask, client: PortalClient, provider: Provider, deliver: Deliver
) -> None:
    invited(app)
    provider.knows("u-olga", email="Olga@Example.org", email_verified=True)
    page = client.get("/desk/outbox/", follow_redirects=True)
    assert "Sign in with House Login" in words(page)
    done = go(client, provider, "u-olga", f"{START}?next=/desk/outbox/")
    assert done.headers["Location"] == "/desk/outbox/"
    assert client.get("/desk/").status_code == 200
    assert [m["Subject"] for m in deliver()] == ["House Login opens your account"]
    with app.app_context():
        assert db.session.scalars(select(SignIn.how)).all() == ["oidc"]
    provider.knows("u-olga", email="another@example.org", email_verified=True)
    assert go(client, provider, "u-olga").headers["Location"] == "/desk/"
    assert counts(app) == (1, 1)
    assert deliver() == []


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_out_of_the_site(
    app: Flask, client: PortalClient, provider: Provider, evil: str
) -> None:
    invited(app)
    provider.knows("u-olga", email="olga@example.org", email_verified=True)
    assert go(client, provider, "u-olga", f"{START}?next={evil}").headers["Location"] == "/desk/"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@example.org", "email_verified": True},
        {"email": "olga@example.org", "email_verified": False},
        {"email": "olga@example.org"},
        {},
    ],
    ids=["unknown", "not verified", "not said", "no address"],
)
def test_who_is_not_invited_gets_a_page_and_no_account(
    app: Flask, client: PortalClient, provider: Provider, claims: dict[str, Any]
) -> None:
    invited(app)
    provider.knows("u-stranger", **claims)
    page = go(client, provider, "u-stranger")
    assert page.status_code == 403
    assert "There is no account for you here" in words(page)
    assert counts(app) == (1, 0)
    assert client.get("/desk/").status_code == 303


def test_a_second_person_with_the_same_address_does_not_take_the_account(
    app: Flask, client: PortalClient, provider: Provider
) -> None:
    invited(app)
    provider.knows("u-olga", email="olga@example.org", email_verified=True)
    provider.knows("u-other", email="olga@example.org", email_verified=True)
    go(client, provider, "u-olga")
    other = app.test_client()
    assert isinstance(other, PortalClient)
    assert go(other, provider, "u-other").status_code == 403


def test_a_removed_colleague_does_not_come_in(
    app: Flask, client: PortalClient, provider: Provider
) -> None:
    from portal.accounts import privacy

    invited(app)
    provider.knows("u-olga", email="olga@example.org", email_verified=True)
    go(client, provider, "u-olga")
    with app.app_context(), transaction():
        user = db.session.scalars(select(User)).one()
        service.remove(user, even_last=True, by=COMMAND, now=clock.now())
        privacy.erase(user)
    assert client.get("/desk/").status_code == 303
    assert go(client, provider, "u-olga").status_code == 403
    assert counts(app) == (1, 0)


def test_who_says_no_there_is_not_signed_in(client: PortalClient, provider: Provider) -> None:
    away = client.get(START).headers["Location"]
    page = client.get(provider.come_back(away, "u-olga", action="deny"))
    assert page.status_code in (400, 403)
    assert "You are not signed in" in words(page)


def test_a_way_back_is_good_once_and_for_the_browser_that_went(
    app: Flask, client: PortalClient, provider: Provider
) -> None:
    invited(app)
    provider.knows("u-olga", email="olga@example.org", email_verified=True)
    back = provider.come_back(client.get(START).headers["Location"], "u-olga")
    other = app.test_client()
    other.get(START)
    assert other.get(back).status_code == 400
    copied = app.test_client()
    for cookie in client._cookies.values():  # type: ignore[union-attr]
        copied.set_cookie(cookie.key, cookie.value)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400
    assert copied.get(back).status_code == 400


@pytest.mark.settings(PORTAL_OIDC_SECOND_FACTOR="portal")
def test_where_the_portal_rules_the_second_step_it_is_asked_for(
    app: Flask, client: PortalClient, provider: Provider
) -> None:
    email = make_user(app)
    provider.knows("u-olga", email=email, email_verified=True)
    step = go(client, provider, "u-olga", f"{START}?next=/desk/outbox/")
    assert step.headers["Location"] == "/desk/sign-in/code"
    assert client.get("/desk/").status_code == 303
    done = client.submit("/desk/sign-in/code", {"code": code_now(app, email)})
    assert done.headers["Location"] == "/desk/outbox/"
    with app.app_context():
        assert db.session.scalars(select(SignIn.how)).all() == ["oidc"]


def test_an_account_of_another_address_is_linked_by_a_button_and_unlinked(
    app: Flask, provider: Provider, deliver: Deliver
) -> None:
    client = sign_in(app, make_user(app, "olga@example.org"))
    provider.knows("u-o", email="o.organiser@body.example", email_verified=True)
    led = go(client, provider, "u-o", f"{START}?link=1")
    path = led.headers["Location"]
    assert "You are o.organiser@body.example at House Login." in words(client.get(path))
    assert counts(app) == (1, 0)
    act(client, path)
    assert counts(app) == (1, 1)
    assert client.get(path).status_code == 404
    other = app.test_client()
    assert isinstance(other, PortalClient)
    assert go(other, provider, "u-o").headers["Location"] == "/desk/"
    removal = "/desk/account/identity/removal"
    assert removal in client.get("/desk/account/").get_data(as_text=True)
    act(client, removal)
    assert counts(app) == (1, 0)
    assert [m["Subject"] for m in deliver()] == ["House Login opens your account"]


def test_a_sign_in_opens_one_account_only(app: Flask, provider: Provider) -> None:
    provider.knows("u-o", email="nobody@body.example", email_verified=True)
    for email, expected in (("olga@example.org", 303), ("eva@example.org", 409)):
        client = sign_in(app, make_user(app, email))
        path = go(client, provider, "u-o", f"{START}?link=1").headers["Location"]
        assert act(client, path).status_code == expected


class TestALyingProvider:
    """What must not be believed, whoever says it."""

    @pytest.fixture
    def provider(self) -> Iterator[Liar]:
        oidc.forget()  # of another that had the same port
        with lying_provider() as liar:
            yield liar

    def test_its_true_word_is_believed(
        self, app: Flask, client: PortalClient, provider: Liar
    ) -> None:
        invited(app)
        assert go(client, provider, "s1").headers["Location"] == "/desk/"

    def test_the_address_may_come_from_its_other_page(
        self, app: Flask, client: PortalClient, provider: Liar
    ) -> None:
        invited(app)
        provider.claims = {"email": None, "email_verified": None}
        provider.userinfo = {"sub": "s1", "email": "olga@example.org", "email_verified": True}
        assert go(client, provider, "s1").headers["Location"] == "/desk/"

    def test_the_address_of_another_person_is_not_taken(
        self, app: Flask, client: PortalClient, provider: Liar
    ) -> None:
        invited(app)
        provider.claims = {"email": None, "email_verified": None}
        provider.userinfo = {"sub": "s2", "email": "olga@example.org", "email_verified": True}
        assert go(client, provider, "s1").status_code == 400

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": None},
            {"aud": "another portal"},
            {"aud": None},
            {"iss": "https://another.example"},
            {"iss": None},
            {"exp": 1_700_000_000},
            {"exp": None},
            {"sub": None},
            {"iat": 4_000_000_000},
            {"azp": "another portal"},
            {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        ],
        ids=str,
    )
    def test_an_id_token_that_is_not_ours_opens_nothing(
        self, app: Flask, client: PortalClient, provider: Liar, claims: dict[str, Any]
    ) -> None:
        invited(app)
        provider.claims = claims
        page = go(client, provider, "s1")
        assert page.status_code == 400
        assert "You are not signed in" in words(page)
        assert counts(app) == (1, 0)

    def test_a_token_signed_by_somebody_else_opens_nothing(
        self, app: Flask, client: PortalClient, provider: Liar
    ) -> None:
        invited(app)
        provider.own = RSAKey.generate_key(2048, {"kid": "own"})
        assert go(client, provider, "s1").status_code == 400

    @pytest.mark.parametrize(
        "metadata",
        [{"issuer": "https://another.example"}, {"token_endpoint": 7}, {"jwks_uri": None}],
        ids=str,
    )
    def test_a_provider_that_is_another_or_unclear_is_not_gone_to(
        self, app: Flask, client: PortalClient, provider: Liar, metadata: dict[str, Any]
    ) -> None:
        provider.metadata = metadata
        page = client.get(START)
        assert page.status_code == 502
        assert "House Login does not answer. Sign in with your password" in words(page)

    def test_a_provider_that_fell_silent_leaves_the_password(
        self, app: Flask, client: PortalClient, provider: Liar
    ) -> None:
        email = make_user(app)
        away = client.get(START).headers["Location"]
        provider.metadata = {}
        back = provider.come_back(away)
        provider.own = None
        provider.claims = {"sub": object()}
        assert client.get(back).status_code == 502
        assert sign_in(app, email).get("/desk/").status_code == 200


def test_without_a_provider_there_is_no_such_page() -> None:
    """Said in the settings' own test below the browser: nothing is configured by default."""
    from portal.config import Settings

    assert Settings.__dataclass_fields__["oidc"].default is None
