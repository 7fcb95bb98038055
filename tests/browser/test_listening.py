"""An episode is heard from a chapter on, with scripts and without.

With PORTAL_TEST_PICTURES=docs/pictures this also draws the pictures of docs/editors.md.
"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, Look, Window
from tests.browser.stage import Stage
from tests.browser.states import DESK, VISITOR, sign_in

AT = "document.querySelector('audio, video').currentTime"
PICTURES = os.environ.get("PORTAL_TEST_PICTURES")
LASTS = "document.querySelector('audio, video').readyState > 0"


def test_a_chapter_plays_in_the_player_of_the_page(stage: Stage, window: Window) -> None:
    page = window(WIDE)
    VISITOR["episode"](page, stage, "en")
    page.wait_for_function(LASTS)
    assert page.evaluate(AT) == 0
    page.get_by_role("link", name="0:28 What you can try").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{AT} >= 28")
    assert page.evaluate("document.activeElement.tagName") == "AUDIO"
    assert "audio.mp3" not in page.url


def test_without_scripts_it_opens_the_recording_there(stage: Stage, window: Window) -> None:
    """The recording's own policy lets the browser play it."""
    page = window(Look(scripts=False))
    VISITOR["episode"](page, stage, "en")
    address = page.get_by_role("link", name="0:28 What you can try").get_attribute("href")
    assert address and address.endswith("audio.mp3#t=28")
    player = window(WIDE)
    player.goto(stage.server.url + address)
    player.wait_for_function(LASTS)
    assert 27 < player.evaluate(AT) < 30


def test_what_is_said_stands_beside_or_below(stage: Stage, window: Window) -> None:
    for look, beside in ((WIDE, True), (NARROW, False)):
        page = window(look)
        VISITOR["episode"](page, stage, look.lang)
        looks(page, f"podcast-episode-{look.width}")
        notes = page.locator("#notes").bounding_box()
        said = page.locator("#transcript").bounding_box()
        assert notes and said
        assert (said["x"] > notes["x"] and abs(said["y"] - notes["y"]) < 2) is beside
        assert (said["x"] == notes["x"] and said["y"] > notes["y"]) is not beside


def test_the_desk_says_what_an_episode_has(stage: Stage, window: Window) -> None:
    page = window(WIDE)
    sign_in(page, stage, "en")
    for name in ("podcast at the desk", "episode, bare"):
        DESK[name](page, stage, "en")
        looks(page, f"podcast-{name.partition(' ')[0].strip(',')}-desk-1280")
    assert page.get_by_role("link", name="Recording", exact=True).is_visible()


def looks(page: Page, name: str) -> None:
    """Its picture is kept where that is asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
