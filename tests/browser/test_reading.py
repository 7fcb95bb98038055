"""Pages as readers set them: larger, with more room, in their own colours, on paper."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NARROW, WIDE, Look, Window
from tests.browser.looking import TEXT_SPACING, TWICE_AS_LARGE, cut_off, set_style, sideways
from tests.browser.stage import Stage
from tests.browser.states import DESK, VISITOR, sign_in
from tests.harness.browsers import violations

LONGEST = ("event", "registering, everything missing", "own: confirmed")
BORDERED = ".ecl-button, .ecl-text-input, .ecl-text-area, .ecl-select, .error-summary"


@pytest.mark.parametrize(
    ("look", "css"),
    [
        (WIDE, TEXT_SPACING),
        (NARROW, TEXT_SPACING),
        (WIDE, TWICE_AS_LARGE),
        (Look(width=640, lang="fr"), TWICE_AS_LARGE),
    ],
    ids=["wide-spaced", "narrow-spaced", "wide-large", "half-wide-large"],
)
def test_nothing_is_lost_when_a_reader_changes_the_text(
    stage: Stage, window: Window, look: Look, css: str
) -> None:
    page = window(look)
    for name in LONGEST:
        VISITOR[name](page, stage, look.lang)
        before = page.locator("main").inner_text()
        set_style(page, css)
        assert sideways(page) <= 0, name
        assert cut_off(page) == [], name
        assert page.locator("main").inner_text().split() == before.split(), name


def test_controls_stand_out_in_forced_colours(stage: Stage, window: Window) -> None:
    page = window(WIDE)
    page.emulate_media(forced_colors="active")
    for name in ("registering, everything missing", "own: confirmed"):
        VISITOR[name](page, stage, "en")
        borders = page.locator(BORDERED).evaluate_all(
            "all => all.filter(e => !e.closest('.trap')).map(e => getComputedStyle(e))"
            ".map(s => [parseFloat(s.borderBottomWidth), s.borderBottomStyle])"
        )
        assert borders
        assert all(width >= 1 and style != "none" for width, style in borders), name
    VISITOR["registering, hybrid"](page, stage, "en")
    page.locator("#first_name").focus()
    assert page.locator("#first_name").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    assert page.locator("#list_consent").evaluate("e => getComputedStyle(e).appearance") == "auto"


def test_where_one_is_shows_at_the_desk_in_forced_colours(stage: Stage, window: Window) -> None:
    page = window(WIDE)
    page.emulate_media(forced_colors="active")
    sign_in(page, stage, "en")
    for name in ("desk", "outbox: parked"):
        DESK[name](page, stage, "en")
        here = page.locator("nav [aria-current]").evaluate_all(
            "all => all.map(e => getComputedStyle(e)).map(s => [s.fontWeight, s.outlineStyle])"
        )
        assert here
        assert all(weight == "700" or outline == "solid" for weight, outline in here)


@pytest.mark.parametrize("look", [WIDE, NARROW], ids=["light", "dark"])
def test_a_printed_event_has_its_programme_in_ink_on_paper(
    stage: Stage, window: Window, look: Look
) -> None:
    page = window(look)
    VISITOR["event"](page, stage, look.lang)
    page.emulate_media(media="print")

    assert page.locator("#programme").is_visible()
    assert page.get_by_text("Skills in retail").is_visible()
    assert not page.locator(".register-bar").is_visible()
    assert not page.locator("header nav").first.is_visible()
    assert page.locator("h1").evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"


def test_on_a_phone_all_that_became_of_a_letter_is_in_view(stage: Stage, window: Window) -> None:
    page = window(NARROW)
    sign_in(page, stage, NARROW.lang)
    DESK["reminders"](page, stage, NARROW.lang)
    table = page.locator(".data-table")
    assert table.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    said = table.locator("[data-label]").evaluate_all(
        "all => all.map(e => [e.dataset.label, getComputedStyle(e, '::before').content])"
    )
    assert said and all(label in content for label, content in said)
    assert violations(page) == []
