"""An organiser's week, by keyboard alone: prepare, publish, change, tell, thank, erase.

The portal runs in this process, so that its clock can be set forward, behind a server of its own;
its letters go to a real mail server. With PORTAL_TEST_PICTURES=docs/pictures it also draws the
pictures of docs/organisers-week.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from portal import clock as portal_clock
from portal.db import db, transaction
from portal.outbox.chores import hang_up
from portal.registrations.models import Registration
from portal.registrations.rules import Status
from tests.browser.conftest import Look, Window
from tests.browser.keys import press, set_time, tab_to, write
from tests.desk.front_door import PASSWORD, code_now, make_user
from tests.factories import keep_house_record
from tests.harness.mails import calendar_of, text_of
from tests.harness.smtp import MailServer
from tests.registrations.front_door import register

BRUSSELS = ZoneInfo("Europe/Brussels")
OLGA = "olga@example.org"
PICTURES = os.environ.get("PORTAL_TEST_PICTURES")


@pytest.fixture
def environ(port: int, smtp: MailServer) -> dict[str, str]:
    return {
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORTAL_MAIL_URL": smtp.url,
        "PORTAL_LIMITS": "off",
    }


@dataclass
class Week:
    """The organiser's window, and how they come and go."""

    page: Page
    app: Flask
    url: str
    smtp: MailServer
    clock: time_machine.Traveller
    axe: Callable[[Page], None]
    width: int
    seen: int = 0

    def looks(self, name: str) -> None:
        """Nothing on the page is a barrier; its picture is kept where that is asked for."""
        self.axe(self.page)
        if PICTURES:
            path = Path(PICTURES) / f"week-{name}-{self.width}.png"
            self.page.screenshot(path=path)

    def work(self) -> list[EmailMessage]:
        """The worker does all that is due; what came by mail."""
        from portal.worker import run_all

        with self.app.app_context():
            run_all(portal_clock.now())
        before, self.seen = self.seen, len(self.smtp.mails)
        return self.smtp.mails[before:]

    def wait(self, **distance: float) -> list[EmailMessage]:
        self.clock.shift(timedelta(**distance))
        return self.work()

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def signs_in(self) -> None:
        """On the way to the page that asked for it."""
        write(self.page, email=OLGA, password=PASSWORD)
        press(self.page, "Sign in", "button")
        write(self.page, code=code_now(self.app, OLGA))
        press(self.page, "Sign in", "button")

    def registers(self, first_name: str, **fields: str) -> None:
        """Somebody at the front door, in a browser of their own."""
        person = {"first_name": first_name, "email": f"{first_name.lower()}@example.org"}
        register(self.app.test_client(), "retail-skills", **person | fields)  # type: ignore[arg-type]

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def shows(self, words: str) -> None:
        found = " ".join(self.page.locator("main").inner_text().split())
        assert words in found, found


@pytest.fixture(params=[1280, 375], ids=str)
def week(
    request: pytest.FixtureRequest,
    app: Flask,
    served: str,
    smtp: MailServer,
    window: Window,
    axe: Callable[[Page], None],
) -> Iterator[Week]:
    """It begins tomorrow morning, since the browser goes by the machine's clock for its cookies."""
    morning = datetime.combine(datetime.now(UTC) + timedelta(days=1), time(8), UTC)
    with time_machine.travel(morning, tick=True) as traveller:
        page = window(Look(width=request.param))
        yield Week(page, app, served, smtp, traveller, axe, request.param)
    hang_up()


def test_an_organisers_week(week: Week) -> None:
    _comes_in(week)
    _prepares(week)
    _publishes(week)
    _people_register(week)
    _changes_the_venue(week)
    _tells_a_few(week)
    _thanks(week)
    _erases(week)


def _comes_in(week: Week) -> None:
    """By password and the code of an app."""
    make_user(week.app, OLGA)
    with week.app.app_context(), transaction():
        keep_house_record()
    week.go("/desk/")
    week.signs_in()
    assert week.heading == "Events"
    week.looks("1-desk")


def _prepares(week: Week) -> None:
    """A draft, its texts, its place, its programme, its record of processing."""
    page = week.page
    press(page, "New event")
    tab_to(page, id="title-en")
    page.keyboard.type("Retail skills")
    tab_to(page, name="format")
    page.keyboard.press("Space")
    day = (portal_clock.now() + timedelta(days=9)).astimezone(BRUSSELS)
    set_time(page, "starts_at", f"{day:%m%d}", f"{day:%Y}", "0930AM")
    set_time(page, "ends_at", f"{day:%m%d}", f"{day:%Y}", "0430PM")
    week.looks("2-new-event")
    press(page, "Make the draft", "button")
    assert week.heading == "Retail skills"
    week.shows("missing Summary")
    week.looks("3-draft")

    press(page, "Summary")
    write(page, **{"summary-en": "What shops need to know about microcredentials."})
    press(page, "Save the texts", "button")
    press(page, "Place")
    write(page, venue="House of Crafts")
    press(page, "See what it does", "button")
    press(page, "Change it", "button")
    press(page, "Data protection record")
    for name, days in {"name": "30", "contact": "30", "organisation": "30", "needs": "14"}.items():
        tab_to(page, id=name)
        page.keyboard.press("Control+a")
        page.keyboard.type(days)
    week.looks("4-record")
    press(page, "Keep this record", "button")
    week.shows("The record is kept")
    week.go("/desk/events/retail-skills/")
    press(page, "Reminders and thanks")
    press(page, "Use these", "button")
    week.looks("5-reminders")
    week.go("/desk/events/retail-skills/")


def _publishes(week: Week) -> None:
    page = week.page
    press(page, "Preview as a visitor: English")
    assert week.heading == "Retail skills"
    week.looks("6-preview")
    press(page, "Back to the desk")
    press(page, "Publish…")
    press(page, "Publish", "button")
    press(page, "Public page")
    week.shows("House of Crafts")
    week.go("/desk/events/retail-skills/")


def _people_register(week: Week) -> None:
    """Four come; the mailbox of one is away, and they left a telephone number."""
    week.smtp.say("RCPT", "550 5.1.1 No such mailbox", to="away@example.org")
    for name in ("Ada", "Bea", "Cem"):
        week.registers(name)
    week.registers("Away", phone="+32 2 555 01 23", access_needs="a ramp", access_consent="y")
    assert sorted(str(mail["To"]) for mail in week.work()) == [
        "ada@example.org", "bea@example.org", "cem@example.org",
    ]  # fmt: skip
    week.page.reload()
    press(week.page, "Registrations")
    week.shows("4 people")
    week.looks("7-registrations")
    press(week.page, "1 person could not be reached")
    week.shows("+32 2 555 01 23")
    week.looks("8-unreached")


def _changes_the_venue(week: Week) -> None:
    """The night before: what it does is said first, then everybody's entry moves."""
    page = week.page
    week.wait(days=8)
    week.smtp.answers.clear()
    week.go("/desk/events/retail-skills/")
    week.signs_in()
    press(page, "Change time, place or registration")
    tab_to(page, id="venue")
    page.keyboard.press("Control+a")
    page.keyboard.type("Town Hall")
    press(page, "See what it does", "button")
    week.shows("4 letters")
    week.shows("House of Crafts Town Hall")
    week.looks("9-what-it-does")
    press(page, "Change it", "button")
    press(page, "Tell now", "button")
    letters = week.work()
    assert {str(mail["To"]) for mail in letters} == {
        f"{name}@example.org" for name in ("ada", "bea", "cem", "away")
    }
    for mail in letters:
        invite = calendar_of(mail)
        assert invite is not None
        assert b"METHOD:REQUEST" in invite and b"LOCATION:Town Hall" in invite
        assert "Town Hall" in text_of(mail)


def _tells_a_few(week: Week) -> None:
    page = week.page
    press(page, "Registrations")
    tab_to(page, name="id")
    page.keyboard.press("Space")
    press(page, "Write a letter", "button")
    write(page, **{"subject-en": "Your badge, {first_name}", "body-en": "It waits at the door."})
    press(page, "Save and look at it", "button")
    week.looks("10-letter")
    press(page, "Send 1 letter", "button")
    assert [str(mail["Subject"]) for mail in week.work()] == ["Your badge, Ada"]


def _thanks(week: Week) -> None:
    """In the evening the material is there; the thank-you of the next morning leads to it."""
    week.clock.shift(timedelta(days=1, hours=10))
    week.go("/desk/events/retail-skills/")
    week.signs_in()
    press(week.page, "Materials", "a")
    press(week.page, "Add a link")
    write(week.page, **{"title-en": "What we learned", "url": "https://example.org/learned"})
    press(week.page, "Save the material", "button")
    letters = week.wait(hours=16)
    assert sorted(str(mail["To"]) for mail in letters) == [
        "ada@example.org", "away@example.org", "bea@example.org", "cem@example.org",
    ]  # fmt: skip
    for mail in letters:
        assert "Thank you" in str(mail["Subject"])
        assert calendar_of(mail) is None


def _erases(week: Week) -> None:
    """Nobody has to remember it: when the days of the record are over, nothing is left."""
    page = week.page
    assert week.wait(days=32) == []
    week.go("/desk/events/retail-skills/")
    week.signs_in()
    press(page, "What is kept, until when")
    week.looks("11-what-is-kept")
    press(page, "Certificate of deletion")
    assert week.heading == "Certificate of deletion"
    week.looks("12-certificate")
    with week.app.app_context():
        rows = db.session.scalars(select(Registration)).all()
        assert [(each.status, each.email, each.last_name) for each in rows] == [
            (Status.CONFIRMED, "", "")
        ] * 4
