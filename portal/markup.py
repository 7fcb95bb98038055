"""Rich text as organisers write it (Markdown), made into the few elements that a page allows."""

from collections.abc import Callable
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "h3", "h4", "hr"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")


@lru_cache(maxsize=256)
def rich(text: str) -> Markup:
    """Markdown as clean HTML, its headings below those of the page."""
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2") else "h4"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return Markup(  # noqa: S704 - cleaned in the same breath
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer",
        )
    )


def plain(text: str) -> str:
    """The same for who reads without pictures and colours: words, signs of lists, whole links."""
    said = ""
    lists: list[int | None] = []
    mark, gap = "", ""
    for token in _markdown.parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            is_ordered = token.type == "ordered_list_open"
            gap = "\n" if lists else "\n\n"
            lists.append(int(token.attrs.get("start", 1)) if is_ordered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            mark = "  " * (len(lists) - 1) + ("- " if number is None else f"{number}. ")
            lists[-1] = None if number is None else number + 1
        elif token.type in _SAID:
            said += (gap if mark else "\n\n") + mark + _SAID[token.type](token)
            mark, gap = "", "\n"
    return said.strip()


_SAID: dict[str, Callable[[Token], str]] = {
    "inline": lambda token: _inline(token.children or []),
    "hr": lambda token: "-----",
    "fence": lambda token: token.content.rstrip(),
    "code_block": lambda token: token.content.rstrip(),
}


def _inline(tokens: list[Token]) -> str:
    """A link is its words and then its address, once where the two are the same."""
    said, link, words = "", "", 0
    for token in tokens:
        if token.type == "link_open":
            link, words = str(token.attrs.get("href", "")), len(said)
        elif token.type == "link_close":
            said += "" if said[words:] in (link, link.removeprefix("mailto:")) else f" ({link})"
        elif token.type in ("softbreak", "hardbreak"):
            said += "\n"
        else:
            said += token.content
    return said
