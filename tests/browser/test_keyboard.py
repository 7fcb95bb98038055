"""From the event page to the confirmation and back, and through the desk, by keyboard alone."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.browser.conftest import WIDE, Look, Window
from tests.browser.keys import await_focus, enter, press, set_time, tab_to, write
from tests.browser.looking import focused
from tests.browser.stage import ORGANISERS, Stage
from tests.harness.mails import MailBox, calendar_of
from tests.harness.servers import until
from tests.registrations.front_door import link_in

LOOKS = [
    Look(width=width, scripts=scripts, lang="en")
    for width in (1280, 320)
    for scripts in (True, False)
]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.width}-scripts-{look.scripts}")
def test_a_newcomer_needs_no_mouse(stage: Stage, window: Window, look: Look) -> None:
    page, mails = window(look), stage.server.mails
    email = f"kay-{look.width}-{look.scripts}@example.org".lower()
    mails.new()
    page.goto(f"{stage.server.url}/en/events/hybrid/")
    page.keyboard.press("Tab")
    assert focused(page)["words"] == "Skip to the content"
    press(page, "Register")

    tab_to(page, id="first_name")
    page.keyboard.type("Kay")
    press(page, "Register", "button")
    await_focus(page, "error-summary")
    assert page.title().startswith("Error:")
    assert page.locator("#first_name").input_value() == "Kay"
    page.keyboard.press("Tab")
    assert focused(page)["href"] == "#last_name"
    page.keyboard.press("Enter")
    assert focused(page)["id"] == "last_name"

    page.keyboard.type("Board")
    write(page, email=email, organisation="Keys", stakeholder_group="Expert", country="Belgium")
    tab_to(page, name="attendance")
    page.keyboard.press("Space")
    write(page, access_needs="Room for a desk")
    tab_to(page, id="access_consent")
    page.keyboard.press("Space")
    press(page, "Register", "button")
    assert page.locator("main").get_attribute("data-status") == "confirmed"
    assert page.locator("h1").inner_text() == "You have a place"

    page.goto(stage.server.url + _letter(mails, email))
    assert page.locator("main").get_attribute("data-status") == "confirmed"
    press(page, "Change my details")
    tab_to(page, id="role")
    page.keyboard.type("typist")
    press(page, "Save my details", "button")
    assert page.get_by_text("typist").is_visible()
    press(page, "Withdraw my registration")
    press(page, "Withdraw my registration", "button")
    assert page.locator("main").get_attribute("data-status") == "withdrawn"


def test_every_link_of_the_summary_leads_to_its_field(stage: Stage, window: Window) -> None:
    page = window(WIDE)
    page.goto(f"{stage.server.url}/en/events/hybrid/register")
    press(page, "Register", "button")
    links = page.locator("#error-summary a")
    assert links.count() == 7
    for number in range(links.count()):
        link = links.nth(number)
        link.focus()
        page.keyboard.press("Enter")
        field = focused(page)
        assert link.get_attribute("href") == f"#{field['id']}"
        assert page.locator(f"#{field['id']}").get_attribute("aria-invalid") == "true"
        described = page.locator(f"#{field['id']}").get_attribute("aria-describedby") or ""
        words = [page.locator(f"#{each}").inner_text() for each in described.split()]
        assert any(link.inner_text() in each for each in words)


def test_an_organiser_needs_no_mouse(stage: Stage, window: Window, tmp_path: Path) -> None:
    page = window(WIDE)
    page.goto(stage.server.url + stage.link("sign_in", ORGANISERS["en"]))
    press(page, "Sign in", "button")
    assert page.locator("h1").inner_text() == "Events"
    press(page, "Approval: trust in microcredentials")
    press(page, "Registrations")

    page.keyboard.press("/")
    assert focused(page)["name"] == "q"
    page.keyboard.type("hopeful")
    enter(page)
    assert page.locator("tbody tr").count() == 1
    press(page, re.compile("^Hopeful "))
    press(page, "Approve", "button")
    assert page.locator("main .status-badge").first.inner_text() == "Confirmed"

    press(page, "Registrations")
    tab_to(page, words="Download as CSV")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    kept = tmp_path / download.value.suggested_filename
    download.value.save_as(kept)
    assert kept.name.startswith("approval-registrations-delete-by-")
    assert "hopeful@example.org" in kept.read_text(encoding="utf-8-sig")
    press(page, "Sign out", "button")
    assert page.get_by_text("You are signed out").is_visible()


def test_a_letter_to_a_selection_needs_no_mouse(stage: Stage, window: Window) -> None:
    page, mails = window(WIDE), stage.server.mails
    page.goto(stage.server.url + stage.link("sign_in", ORGANISERS["en"]))
    press(page, "Sign in", "button")
    press(page, "Rests: trust in microcredentials")
    press(page, "Registrations")
    tab_to(page, name="id")
    page.keyboard.press("Space")
    press(page, "Write a letter", "button")

    press(page, "Save and look at it", "button")
    await_focus(page, "error-summary")
    write(page, **{"subject-en": "Bring a pen, {first_name}", "body-en": "See you there."})
    press(page, "Save and look at it", "button")
    assert page.get_by_text("Bring a pen, Settled").first.is_visible()
    mails.new()
    press(page, "Send 1 letter", "button")
    assert page.locator("h1").inner_text() == "Bring a pen, {first_name}"
    until(lambda: any("Bring a pen, Settled" in str(m["Subject"]) for m in mails.new()), 20)


@pytest.mark.parametrize("look", [Look(width=width, lang="en") for width in (1280, 320)],
                         ids=lambda look: str(look.width))  # fmt: skip
def test_an_event_is_made_and_published_without_a_mouse(
    stage: Stage, window: Window, look: Look
) -> None:
    page = window(look)
    page.goto(stage.server.url + stage.link("sign_in", ORGANISERS["en"]))
    press(page, "Sign in", "button")
    press(page, "New event")
    press(page, "Make the draft", "button")
    await_focus(page, "error-summary")
    assert page.title().startswith("Error:")
    title = f"Keys {look.width}"
    tab_to(page, id="title-en")
    page.keyboard.type(title)
    tab_to(page, name="format")
    page.keyboard.press("Space")
    set_time(page, "starts_at", "0118", "2038", "0200PM")
    set_time(page, "ends_at", "0118", "2038", "0530PM")
    press(page, "Make the draft", "button")
    assert page.locator("h1").inner_text() == title

    press(page, "Summary")
    write(page, **{"summary-en": "Nobody needs a mouse."})
    press(page, "Save the texts", "button")
    assert page.get_by_text("The texts are saved").is_visible()
    press(page, "Place")
    write(page, venue="House of Keys")
    press(page, "See what it does", "button")
    press(page, "Change it", "button")

    press(page, "Preview as a visitor: English")
    assert page.locator("h1").inner_text() == title
    assert page.get_by_text("This is a preview").is_visible()
    press(page, "Back to the desk")
    press(page, "Publish…")
    press(page, "Publish", "button")
    press(page, "Public page")
    assert page.locator("h1").inner_text() == title
    assert page.get_by_text("Nobody needs a mouse.").first.is_visible()


def _letter(mails: MailBox, email: str) -> str:
    """The link in the letter that comes to this mailbox, with its invite."""
    came: list[EmailMessage] = []

    def it_came() -> bool:
        came.extend(mail for mail in mails.new() if mail["To"] == email)
        return bool(came)

    until(it_came, 20)
    invite = calendar_of(came[0])
    assert invite is not None
    assert b"METHOD:REQUEST" in invite
    return link_in(came[0])
