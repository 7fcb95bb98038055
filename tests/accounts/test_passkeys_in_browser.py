"""The script of the passkeys with a real browser, whose authenticator is its own (WebAuthn 11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import CDPSession, Page, expect

from portal.config import Settings
from tests.desk.front_door import PASSWORD, code_now, make_user
from tests.harness.applications import close
from tests.harness.servers import Server

EMAIL = "olga@example.org"


@pytest.fixture
def portal(new_server: Callable[..., Server]) -> Iterator[tuple[str, Flask]]:
    """The address of a running portal that has a name, and a second application on its rows."""
    from portal.app import create_app

    server = new_server()
    address = f"http://localhost:{server.port}"
    server.environ["PORTAL_PUBLIC_URL"] = address
    app = create_app(Settings.from_environ(server.environment()))
    make_user(app, EMAIL)
    server.start()
    yield address, app
    close(app)


def plug_in(page: Page, *, verified: bool = True) -> tuple[CDPSession, str]:
    """A device with finger or face, as this page's browser has it from now on."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    made = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verified,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devices, made["authenticatorId"]


def sign_in_by_code(page: Page, address: str, app: Flask) -> None:
    page.goto(f"{address}/desk/sign-in")
    page.get_by_label("Mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code", exact=True).fill(code_now(app, EMAIL))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")


def make_one(page: Page, address: str) -> None:
    page.goto(f"{address}/desk/account/passkeys")
    page.get_by_label("Name of the passkey").fill("this computer")
    page.get_by_role("button", name="Make a passkey").press("Enter")


def test_a_passkey_is_made_opens_the_desk_and_is_the_second_step(
    portal: tuple[str, Flask], page: Page, axe: Callable[[Page], None]
) -> None:
    address, app = portal
    plug_in(page)
    sign_in_by_code(page, address, app)
    make_one(page, address)
    expect(page.locator("tbody th")).to_have_text("this computer")
    axe(page)
    make_one(page, address)
    expect(page.get_by_role("status")).to_have_text(
        "This device has a passkey for your account already."
    )
    page.get_by_role("button", name="Sign out").click()

    page.goto(f"{address}/desk/outbox/")
    axe(page)
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Outbox")
    page.get_by_role("button", name="Sign out").click()

    page.get_by_label("Mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    axe(page)
    page.get_by_role("button", name="Use a passkey instead").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")


def test_without_a_finger_the_page_says_what_else_can_be_done(
    portal: tuple[str, Flask], page: Page
) -> None:
    address, app = portal
    devices, device = plug_in(page)
    sign_in_by_code(page, address, app)
    make_one(page, address)
    expect(page.locator("tbody th")).to_have_text("this computer")
    page.get_by_role("button", name="Sign out").click()
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status").last).to_have_text(
        "The browser gave no passkey. Try again, or use another way."
    )


def test_under_another_name_the_browser_gives_no_passkey(
    portal: tuple[str, Flask], page: Page
) -> None:
    """The same portal by its number: it is no place for the passkey of the name."""
    address, _app = portal
    plug_in(page)
    page.goto(f"{address.replace('localhost', '127.0.0.1')}/desk/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status").last).to_have_text(
        "The browser gave no passkey. Try again, or use another way."
    )
