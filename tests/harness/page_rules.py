"""The rules that every page of the portal keeps, whichever test opens it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from tests.harness.markup import Reader

NEED_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}
FETCHED = {
    ("script", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("source", "src"),
    ("source", "srcset"),
    ("audio", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("track", "src"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("use", "href"),
    ("image", "href"),
    ("form", "action"),
    ("button", "formaction"),
    ("base", "href"),
}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}
POINTERS = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage")


class Page(Reader):
    """A page as its elements, with the text of its titles."""

    def __init__(self, html: str) -> None:
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.wrapped: set[int] = set()
        self.titles: list[str] = []
        self._open: list[str] = []
        self.read(html)

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        if "label" in self._open:
            self.wrapped.add(len(self.elements))
        self.elements.append((tag, dict(attrs)))
        if tag in ("label", "title", "svg"):
            self._open.append(tag)
        if tag == "title" and "svg" not in self._open:
            self.titles.append("")

    def end(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def data(self, data: str) -> None:
        if self._open[-1:] == ["title"] and "svg" not in self._open:
            self.titles[-1] += data

    def ids(self) -> Counter[str]:
        return Counter(attrs["id"] for _tag, attrs in self.elements if "id" in attrs)


def broken_rules(html: str, headers: Headers, own_hosts: set[str]) -> list[str]:
    """Which rules the page breaks, one sentence each."""
    page = Page(html)
    return [
        *_about_head(page),
        *_about_ids(page),
        *_about_labels(page),
        *_about_inline(page),
        *_about_hosts(page, own_hosts),
        *_about_policy(headers.get("Content-Security-Policy", "")),
    ]


def _about_head(page: Page) -> Iterator[str]:
    if len(page.titles) != 1 or not page.titles[0].strip():
        yield f"It has to have one title, not {page.titles}."
    languages = [attrs.get("lang") for tag, attrs in page.elements if tag == "html"]
    if len(languages) != 1 or not languages[0]:
        yield "Its html element has to name the language."


def _about_ids(page: Page) -> Iterator[str]:
    ids = page.ids()
    for name, times in ids.items():
        if times > 1:
            yield f"The id {name!r} is there {times} times."
    for tag, attrs in page.elements:
        for pointer in POINTERS:
            for name in attrs.get(pointer, "").split():
                if name not in ids:
                    yield f"<{tag}> points with {pointer} to {name!r}, which is not there."


def _about_labels(page: Page) -> Iterator[str]:
    labelled = {attrs.get("for") for tag, attrs in page.elements if tag == "label"}
    for index, (tag, attrs) in enumerate(page.elements):
        if tag not in ("input", "select", "textarea") or attrs.get("type") in NEED_NO_LABEL:
            continue
        named = attrs.get("aria-label") or attrs.get("aria-labelledby")
        if not named and attrs.get("id") not in labelled and index not in page.wrapped:
            yield f"The field {attrs.get('name')!r} has no label."


def _about_inline(page: Page) -> Iterator[str]:
    for tag, attrs in page.elements:
        if tag == "style" or "style" in attrs:
            yield f"<{tag}> carries inline style."
        if tag == "script" and "src" not in attrs and attrs.get("type") != "application/ld+json":
            yield "It carries an inline script."
        for name, value in attrs.items():
            if name.startswith("on") or value.strip().lower().startswith("javascript:"):
                yield f"<{tag}> carries a script in {name}."


def _about_hosts(page: Page, own_hosts: set[str]) -> Iterator[str]:
    for tag, attrs in page.elements:
        for name, value in attrs.items():
            fetched = (tag, name.removeprefix("xlink:")) in FETCHED
            if tag == "link" and name == "href":
                fetched = bool(FETCHED_LINKS & set(attrs.get("rel", "").lower().split()))
            for address in _addresses(name, value) if fetched else ():
                if (host := urlsplit(address).netloc) and host not in own_hosts:
                    yield f"<{tag}> fetches from another host: {address}"


def _addresses(name: str, value: str) -> list[str]:
    if name != "srcset":
        return [value]
    return [candidate.split()[0] for candidate in value.split(",") if candidate.strip()]


def _about_policy(policy: str) -> Iterator[str]:
    if "default-src 'none'" not in policy:
        yield "Its Content-Security-Policy does not begin with default-src 'none'."
    if "unsafe" in policy or "nonce" in policy or "*" in policy:
        yield f"Its Content-Security-Policy has a hole: {policy}"
