"""A real Chromium, and axe in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.harness.chromium import FLAGS, ensure

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """tags => axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]
}).then(found => found.violations.flatMap(
    each => each.nodes.map(node => `${each.id}: ${each.help} (${node.html})`)
))"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched_page(context: BrowserContext) -> Iterator[Page]:
    """A page that complains about nothing and fetches from one host alone."""
    complaints: list[str] = []
    hosts: set[str] = set()
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    yield page
    assert not complaints, complaints
    assert len(hosts - {""}) <= 1, f"The pages fetched from {sorted(hosts)}."


def axe(page: Page) -> None:
    """Assert that axe finds nothing on the page as it stands."""
    found = violations(page)
    assert not found, f"{page.url}\n" + "\n".join(found)


def violations(page: Page) -> list[str]:
    """What axe finds: the rule, what it is about, and where, one line each."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
        page.add_init_script(AXE_SCRIPT)  # the next pages have it when they come
    found: list[str] = page.evaluate(LOOK, TAGS)
    return found
