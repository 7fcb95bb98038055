"""Somebody at the keyboard, without a mouse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.looking import focused

MOST_STEPS = 150


def set_time(page: Page, name: str, day: str, year: str, clock: str) -> None:
    """Month and day follow by themselves; after the year, which may be longer, one goes on."""
    tab_to(page, id=name)
    page.keyboard.type(day + year)
    page.keyboard.press("ArrowRight")
    page.keyboard.type(clock)


def tab_to(page: Page, **wanted: str | re.Pattern[str]) -> None:
    """Press Tab until the focus is there; wherever it rests on the way, it can be seen."""
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        found = focused(page)
        if all(_fits(found[name], value) for name, value in wanted.items()):
            return
    words = page.locator("main").inner_text()
    pytest.fail(f"The keyboard does not reach {wanted} on {page.url}: {words}")


def press(page: Page, words: str | re.Pattern[str], tag: str = "a") -> None:
    """Go to a link or a button and press Enter."""
    tab_to(page, words=words, tag=tag)
    enter(page)


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def await_focus(page: Page, id: str) -> dict[str, Any]:
    """A browser gives the focus that a page asks for (autofocus) when it first draws the page."""
    page.wait_for_function("id => document.activeElement.id === id", arg=id)
    return focused(page)


def write(page: Page, /, **fields: str) -> None:
    """Go from field to field in their order and type; a list jumps to what is typed."""
    for name, value in fields.items():
        tab_to(page, id=name)
        page.keyboard.type(value)


def _fits(found: str, wanted: str | re.Pattern[str]) -> bool:
    return found == wanted if isinstance(wanted, str) else bool(wanted.search(found))
