"""What the house says of itself by settings: where else it is found, its imprint, its pictures."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

LONGEST_NAME = 40
LONGEST_PAGE = 64 * 1024
SAFE_STARTS = ("https://", "mailto:", "/", "#")

_markdown = MarkdownIt("commonmark", {"html": False})


class Unsafe(ValueError):
    """One sentence about what cannot be shown."""


def social_links(given: str) -> tuple[tuple[str, str], ...]:
    """'Mastodon=https://…,LinkedIn=https://…' as (name, address): the name is what people read."""
    links = tuple(_link(item.strip()) for item in given.split(",") if item.strip())
    if len({name for name, _url in links}) < len(links):
        raise Unsafe("PORTAL_SOCIAL_LINKS has to give each name once.")
    return links


def page(setting: str, given: str, languages: tuple[str, ...]) -> Mapping[str, str]:
    """The texts of a Markdown file by language: /a/imprint.md, and /a/imprint.fr.md beside it.

    The file that the setting names is in the first language.
    """
    path = Path(given).expanduser()
    if not path.is_absolute():
        raise Unsafe(f"{setting} has to be a whole path such as /etc/portal/page.md.")
    beside = {code: path.with_suffix(f".{code}{path.suffix}") for code in languages[1:]}
    files = {languages[0]: path} | {code: each for code, each in beside.items() if each.exists()}
    return {code: _text(setting, file) for code, file in files.items()}


def _link(item: str) -> tuple[str, str]:
    name, _equals, url = (part.strip() for part in item.partition("="))
    if not name or len(name) > LONGEST_NAME or not _is_safe(url):
        raise Unsafe(
            f"PORTAL_SOCIAL_LINKS cannot hold {item!r}: write "
            "Mastodon=https://social.example.org/@portal, and a comma before the next."
        )
    return name, url


def _is_safe(url: str) -> bool:
    """By https, to a host, without a user's name that would pose as one."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return bool(host and re.fullmatch(r"https://[^\s/?#@]+([/?#]\S*)?", url))


def _text(setting: str, path: Path) -> str:
    """What the file says; refused where there is none, or where it leads astray."""
    try:
        text = path.read_bytes()[: LONGEST_PAGE + 1].decode("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text.strip() or len(text.encode()) > LONGEST_PAGE:
        raise Unsafe(
            f"{setting} has to name a text in UTF-8 of at most {LONGEST_PAGE // 1024} kB: "
            f"{path} cannot be read as one."
        )
    for link in _links(text):
        if not link.startswith(SAFE_STARTS):
            raise Unsafe(f"{setting} leads to {link}: links begin with https:// or mailto:.")
    return text.strip()


def _links(text: str) -> Iterator[str]:
    for token in _markdown.parse(text):
        for child in token.children or ():
            if child.type in ("link_open", "image"):
                yield str(child.attrs.get("href") or child.attrs.get("src") or "")
