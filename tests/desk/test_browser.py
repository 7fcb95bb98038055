"""The desk in a real browser, by keyboard alone; tests/browser holds its pages against axe."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.servers import Server, until


@pytest.fixture
def demonstration(new_server: Callable[..., Server]) -> Server:
    """A portal with the demonstration, as `make run` starts it."""
    return new_server("serve", "--prepare", empty=True, PORTAL_ENV="development").start()


def test_an_organiser_works_by_keyboard_alone(demonstration: Server, page: Page) -> None:
    page.goto(f"{demonstration.url}/desk/")
    expect(page).to_have_title(re.compile("Sign in to the desk"))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()

    until(lambda: "sign in: " in demonstration.said())
    link = re.search(r"sign in: (\S+)", demonstration.said())
    assert link
    page.goto(link[1])
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")
    page.get_by_role("link", name="Study visit: learning in retail").press("Enter")
    where = page.url

    page.get_by_role("link", name="Registrations").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Registrations")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=a"))
    page.locator("tbody th a").first.press("Enter")
    page.get_by_role("link", name="Decline…").press("Enter")
    page.get_by_role("button", name="Decline the registration").press("Enter")
    expect(page.locator("main")).to_contain_text("Declined")

    page.goto(f"{where}details")
    page.get_by_label("Venue").fill("House of Crafts")
    page.get_by_role("button", name="See what it does").press("Enter")
    page.get_by_role("button", name="Change it").press("Enter")
    expect(page.locator("main")).to_contain_text("letters due at")
    page.get_by_role("button", name="Tell now").press("Enter")
    expect(page.locator("main")).not_to_contain_text("letters due at")
    page.goto(where)
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.locator("main")).to_contain_text("You are signed out")
