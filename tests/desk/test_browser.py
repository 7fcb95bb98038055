"""The desk in a real browser: by keyboard alone, and every page held against WCAG by axe."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.servers import Server

SIZES = ((1280, 900), (320, 800))


@pytest.fixture
def demonstration(new_server: Callable[..., Server]) -> Server:
    """A portal with the demonstration, as `make run` starts it."""
    return new_server("serve", "--prepare", empty=True, PORTAL_ENV="development").start()


def test_an_organiser_works_by_keyboard_on_pages_that_axe_likes(
    demonstration: Server, page: Page, axe: Callable[[Page], None]
) -> None:
    page.goto(f"{demonstration.url}/desk/")
    expect(page).to_have_title(re.compile("Sign in to the desk"))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    look(page, axe)
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    look(page, axe)

    link = re.search(r"sign in: (\S+)", demonstration.said())
    assert link, demonstration.said()
    page.goto(link[1])
    look(page, axe)
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")
    look(page, axe)
    page.get_by_role("link", name="Study visit: learning in retail").press("Enter")
    look(page, axe)
    where = page.url

    page.get_by_role("link", name="Registrations").first.press("Enter")
    page.keyboard.press("/")
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=a"))
    look(page, axe)
    page.locator("tbody th a").first.press("Enter")
    look(page, axe)
    page.get_by_role("link", name="Decline…").press("Enter")
    look(page, axe)
    page.get_by_role("button", name="Decline the registration").press("Enter")
    expect(page.locator("main")).to_contain_text("Declined")

    page.goto(f"{where}details")
    page.get_by_label("Venue").fill("House of Crafts")
    page.get_by_label("Starts at").fill("2027-10-31T02:30")
    page.get_by_role("button", name="See what it does").press("Enter")
    look(page, axe)
    page.goto(f"{where}details")
    page.get_by_label("Venue").fill("House of Crafts")
    page.get_by_role("button", name="See what it does").press("Enter")
    look(page, axe)
    page.get_by_role("button", name="Change it").press("Enter")
    expect(page.locator("main")).to_contain_text("letters due at")
    look(page, axe)
    page.get_by_role("button", name="Tell now").press("Enter")
    for path in ("postponement", "cancellation", "/desk/outbox/", "/desk/outbox/?shelf=sent",
                 "/desk/account/", "/desk/account/password", "/desk/password/reset"):  # fmt: skip
        page.goto(demonstration.url + path if path.startswith("/") else where + path)
        look(page, axe)
    page.goto(where)
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.locator("main")).to_contain_text("You are signed out")
    look(page, axe)


def look(page: Page, axe: Callable[[Page], None]) -> None:
    """Wide and narrow, light and dark; nothing is wider than the window."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            axe(page)
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) <= 0, page.url
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
