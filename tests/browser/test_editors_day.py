"""An editor's day, by keyboard alone: a report, a bibliography, a call, a newsletter, what belongs.

With PORTAL_TEST_PICTURES=docs/pictures it draws the pictures of docs/editors.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Page

from portal import clock as portal_clock
from portal.accounts import queries as accounts
from portal.accounts import service as account_service
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import demonstration as demo_events
from portal.podcasts import demonstration as demo_podcasts
from portal.publications import demonstration as demo_publications
from portal.ties import demonstration as demo_ties
from tests.browser.conftest import Look, Window
from tests.browser.keys import await_focus, press, set_time, tab_to, write
from tests.campaigns.front_door import FIREFOX
from tests.desk.front_door import PASSWORD, code_now, make_user

EDDA = "edda@example.org"
# Days are counted by the zone of the call, and after 23:00 UTC it has the next day already.
BRUSSELS = ZoneInfo("Europe/Brussels")
PICTURES = os.environ.get("PORTAL_TEST_PICTURES")
WIDTHS = {"sqlite": 1280, "postgresql": 375}
BIBLIOGRAPHY = b"""
@techreport{a, title = {Skills for shops}, year = {2024}}
@book{b, title = {Misprinted}, year = {2024}, isbn = {978-92-896-3577-7}}
"""


@pytest.fixture
def environ(port: int) -> dict[str, str]:
    return {"PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}", "PORTAL_LIMITS": "off"}


@dataclass
class Day:
    """The editor's window."""

    page: Page
    url: str
    axe: Callable[[Page], None]
    width: int

    def looks(self, name: str) -> None:
        self.axe(self.page)
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"editors-{name}-{self.width}.png")

    def shows(self, words: str) -> None:
        found = " ".join(self.page.locator("main").inner_text().split())
        assert words in found, found

    def at_desk(self, name: str) -> None:
        """By the menu of the desk."""
        self.page.goto(f"{self.url}/desk/")
        press(self.page, name)


@pytest.fixture
def day(
    request: pytest.FixtureRequest,
    app: Flask,
    served: str,
    window: Window,
    axe: Callable[[Page], None],
) -> Day:
    now = portal_clock.now()
    with app.app_context(), transaction():
        demo_events.load(now)
        demo_publications.load(now)
        demo_ties.load(demo_podcasts.load(now), now)
    make_user(app, EDDA, name="Edda")
    with app.app_context(), transaction():
        edda = accounts.by_address(EDDA)
        assert edda is not None
        account_service.make_editor(edda, by=COMMAND, now=now)
    kind = request.node.callspec.params["databases"]
    day = Day(window(Look(width=WIDTHS[kind])), served, axe, WIDTHS[kind])
    day.page.goto(f"{served}/desk/")
    write(day.page, email=EDDA, password=PASSWORD)
    press(day.page, "Sign in", "button")
    write(day.page, code=code_now(app, EDDA))
    press(day.page, "Sign in", "button")
    return day


def test_an_editors_day(day: Day) -> None:
    _publishes_a_report(day)
    _imports_a_bibliography(day)
    _opens_a_call(day)
    _extends_it(day)
    _links_a_newsletter(day)
    _ties_them(day)
    _looks_at_an_episode(day)


def _publishes_a_report(day: Day) -> None:
    page = day.page
    day.at_desk("Publications")
    day.looks("1-publications")
    press(page, "New publication")
    write(page, **{"title-en": "Trust on the shop floor"})
    write(page, published="2026-11", doi="10.2801/141643", isbn="978-92-896-3577-7")
    press(page, "Save the record", "button")
    await_focus(page, "error-summary")
    day.looks("2-checks")
    tab_to(page, id="doi")
    page.keyboard.press("Control+a")
    page.keyboard.type("https://doi.org/10.2801/999999")
    tab_to(page, id="isbn")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    press(page, "Save the record", "button")
    press(page, "Publish…")
    press(page, "Publish", "button")
    press(page, "Its page")
    assert page.locator("h1").inner_text().startswith("Trust on the shop floor")
    day.shows("10.2801/999999")


def _imports_a_bibliography(day: Day) -> None:
    """A file is chosen by the browser's own window, which no page opens."""
    page = day.page
    day.at_desk("Publications")
    press(page, "Import")
    page.locator("input[type=file]").set_input_files(
        {"name": "list.bib", "mimeType": "text/plain", "buffer": BIBLIOGRAPHY}
    )
    press(page, "Show what would happen", "button")
    day.looks("3-import")
    day.shows("Skills for shops")
    press(page, "Import 1 record", "button")
    day.shows("1 draft was made")


def _opens_a_call(day: Day) -> None:
    page = day.page
    day.at_desk("News and calls")
    press(page, "Write news or a call")
    tab_to(page, name="kind")
    page.keyboard.press("ArrowDown")
    write(page, **{"title-en": "Tell us what you trust"})
    press(page, "Make the draft", "button")
    closes = portal_clock.now().astimezone(BRUSSELS) + timedelta(days=9)
    write(page, **{"summary-en": "Ten questions.", "text-en": "What makes a certificate count?"})
    set_time(page, "closes_at", f"{closes:%m%d}", f"{closes:%Y}", "0600PM")
    write(page, **{"responsible-en": "The agency", "door_1_audience-en": "I learn"})
    write(page, door_1_links="en https://survey.example.org/learners")
    write(page, **{"contact_1_role-en": "Experts", "contact_1_email": "experts@example.org"})
    day.looks("4-call")
    press(page, "Save the texts", "button")
    press(page, "Publish…")
    tab_to(page, name="when")
    page.keyboard.press("Space")
    press(page, "Publish", "button")
    press(page, "To its page")
    day.shows("Closes in 9 days")


def _extends_it(day: Day) -> None:
    page = day.page
    day.at_desk("News and calls")
    press(page, "Tell us what you trust")
    press(page, "Extend the deadline…")
    later = portal_clock.now().astimezone(BRUSSELS) + timedelta(days=19)
    set_time(page, "closes_at", f"{later:%m%d}", f"{later:%Y}", "0600PM")
    day.looks("5-extension")
    press(page, "Extend the deadline", "button")
    press(page, "To its page")
    day.shows("Extended from")


def _links_a_newsletter(day: Day) -> None:
    page = day.page
    day.at_desk("Campaign links")
    press(page, "Add an issue of a newsletter")
    write(page, newsletter="Championing skills", number="13", day="12012026")
    press(page, "Add the issue", "button")
    press(page, "Add a link")
    write(page, page="/news/tell-us-what-you-trust/")
    press(page, "Make the link", "button")
    found = re.search(r"/c/\w+", page.content())
    assert found is not None
    page.set_extra_http_headers({"User-Agent": FIREFOX})  # its own name says that nobody looks
    page.goto(day.url + found[0])
    page.set_extra_http_headers({})
    assert page.locator("h1").inner_text() == "Tell us what you trust"
    day.at_desk("Campaign links")
    press(page, "Championing skills, issue 13")
    day.shows("Visits 1")
    day.looks("6-campaign")


def _ties_them(day: Day) -> None:
    page = day.page
    day.at_desk("News and calls")
    press(page, "Tell us what you trust")
    press(page, "What belongs to it")
    page.get_by_label("Trust on the shop floor").focus()
    page.keyboard.press("Space")
    day.looks("7-belonging")
    press(page, "Save what belongs to it", "button")
    page.goto(f"{day.url}/en/news/tell-us-what-you-trust/")
    press(page, "Trust on the shop floor")
    day.shows("Tell us what you trust")


def _looks_at_an_episode(day: Day) -> None:
    page = day.page
    day.at_desk("Podcasts")
    press(page, "Learning at work (demonstration)")
    press(page, "Demonstration episode: how this podcast works")
    day.axe(page)
    page.goto(f"{day.url}/en/")
    day.shows("Tell us what you trust")
    day.looks("8-front")
