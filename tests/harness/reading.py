"""What a reader and a machine find on a page."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from werkzeug.test import TestResponse


def words(page: TestResponse, start: str = "<main", end: str = "</main>") -> str:
    """The text between two pieces of markup, on one line."""
    html = page.get_data(as_text=True).partition(start)[2].partition(end)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", "<" + html)).split())


def all_words(page: TestResponse, start: str, end: str) -> list[str]:
    """The same for every place where the markup stands."""
    html = page.get_data(as_text=True)
    parts = [part.partition(end)[0] for part in html.split(start)[1:]]
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", "<" + part)).split()) for part in parts]


def links(page: TestResponse) -> list[str]:
    """Where its main part leads."""
    html = page.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return [unescape(href) for href in re.findall(r'<a [^>]*href="([^"]*)"', html)]


def linked_data(page: TestResponse) -> dict[str, Any]:
    """The page's JSON-LD."""
    html = page.get_data(as_text=True)
    text = html.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    data: dict[str, Any] = json.loads(text)
    return data


def meta(page: TestResponse) -> dict[str, str]:
    """Its meta elements by name or property."""
    found = re.findall(
        r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page.get_data(as_text=True)
    )
    return {name: unescape(content) for name, content in found}
