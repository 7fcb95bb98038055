"""The public pages in a real browser: what axe says, narrow, dark, printed, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.harness.browsers import watched_page
from tests.harness.servers import Server

PAGES = (
    "/{}/",
    "/{}/events/",
    "/{}/events/?sector=retail",
    "/{}/events/microcredentials-manufacturing-and-retail/",
    "/{}/events/microcredentials-manufacturing-and-retail/?zone=Asia/Tokyo",
    "/{}/events/microcredentials-manufacturing-and-retail-2024/",
    "/{}/events/workshop-learning-outside-formal-education/",
    "/{}/events/study-visit-learning-in-retail/",
    "/{}/topics/",
    "/{}/topics/microcredentials/",
    "/{}/projects/microcredentials-for-the-labour-market/",
    "/{}/imprint",
    "/{}/accessibility",
    "/{}/privacy",
    "/{}/cookies",
    "/{}/contact",
    "/{}/nothing-here",
)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal with its demonstration, as a newcomer starts it; its pages only read."""
    server = Server(tmp_path_factory.mktemp("portal"), {}, arguments=("serve", "--prepare"))
    yield server.start()
    server.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_accessible_and_fits(
    demonstration: Server,
    browser: Browser,
    axe: Callable[[Page], None],
    scheme: str,
    width: int,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    with watched_page(context) as page:
        for path in PAGES:
            page.goto(demonstration.url + path.format("fr" if width == 320 else "en"))
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


@pytest.mark.parametrize("lang", ["en", "de", "el"])
def test_a_phones_first_screen_has_the_button_and_the_menu_needs_no_script(
    demonstration: Server, browser: Browser, lang: str
) -> None:
    phone = {"width": 375, "height": 667}
    context = browser.new_context(viewport=phone, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demonstration.url}/{lang}/")
    button = page.locator(".next-event__acts a").first.bounding_box()
    assert button is not None
    assert button["y"] + button["height"] <= phone["height"]
    topics = page.locator(f'.site-nav a[href="/{lang}/topics/"]')
    assert not topics.is_visible()
    page.locator(".site-nav__open").press("Enter")
    assert topics.is_visible()
    page.keyboard.press("Escape")
    assert not topics.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    places = page.locator(".site-nav li").all()
    assert len({place.bounding_box()["y"] for place in places}) == 1  # type: ignore[index]
    context.close()


def test_the_first_page_is_light(demonstration: Server, page: Page) -> None:
    """At most 60 kB on the wire and eight requests, with everything it asks for."""
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(_size(request.sizes())))

    page.goto(
        f"{demonstration.url}/en/events/microcredentials-manufacturing-and-retail/",
        wait_until="networkidle",
    )

    assert len(sizes) <= 8
    assert sum(sizes) <= 60_000


def test_another_zone_is_chosen_by_keyboard(demonstration: Server, page: Page) -> None:
    page.goto(f"{demonstration.url}/en/events/microcredentials-manufacturing-and-retail/")
    page.get_by_label("Show times in").focus()
    page.keyboard.type("Tokyo")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**zone=Asia%2FTokyo#programme")

    assert page.get_by_text("All times: Tokyo time (JST, UTC+9)").is_visible()
    assert page.get_by_role("rowheader").first.inner_text() == "22:00–22:15"


def test_on_a_phone_the_act_stays_at_the_bottom_edge(
    demonstration: Server, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 812})
    with watched_page(context) as page:
        page.goto(f"{demonstration.url}/en/events/microcredentials-manufacturing-and-retail/")
        act = page.get_by_role("link", name="Register", exact=True)
        box = act.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 812
        assert box["height"] >= 44
    context.close()


def test_what_can_only_be_pressed_is_not_printed(demonstration: Server, page: Page) -> None:
    page.goto(f"{demonstration.url}/en/events/microcredentials-manufacturing-and-retail/")
    page.emulate_media(media="print")

    assert page.get_by_role("heading", name="Programme", exact=True).is_visible()
    assert page.get_by_text("Skills on the shop floor").is_visible()
    assert not page.get_by_role("link", name="Add to calendar").is_visible()
    assert not page.get_by_label("Show times in").is_visible()


def _size(sizes: dict[str, int]) -> int:
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
