"""The one cleaner of what people type, and the folding that searches compare."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

_SPACES = re.compile(r"[^\S\n\u00a0\u202f]+")  # what holds words together stays
_BLANK_LINES = re.compile(r"\n{3,}")
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
MOST_MARKS = 30
LONGEST_TEXT = 20_000
LONGEST_SLUG = 80
# Letters that no Unicode decomposition takes apart, spelled as people without the key spell them.
_UNMARKED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe"})


def clean(value: str | None) -> str:
    """One line as typed, without control, bidi and zero-width characters (also U+2028, NUL)."""
    return _SPACES.sub(" ", clean_lines(value).replace("\n", " ")).strip()


def clean_lines(value: str | None) -> str:
    """Several lines as typed, line ends as LF, without what cannot be seen."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    if not text.isascii() or not text.replace("\n", "").isprintable():
        text = "".join(
            c for c in text if c == "\n" or unicodedata.category(c) not in _DROPPED_CATEGORIES
        )
    text = _normal("NFC", text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def fold(value: str) -> str:
    """What a search compares: no case, no accents, words parted by one space."""
    apart = _normal("NFKD", value).casefold()
    bare = "".join(c for c in apart if not unicodedata.combining(c)).translate(_UNMARKED)
    return " ".join(bare.split())


def slug(value: str) -> str:
    """A title as a part of an address; empty where none of its letters is among a to z."""
    words = re.findall(r"[a-z0-9]+", fold(value))
    return "-".join(words)[:LONGEST_SLUG].strip("-")


def like_pattern(word: str) -> str:
    """A LIKE pattern (escape character: backslash) that finds `word` anywhere, literally."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def masked(address: str) -> str:
    """A mail address as its owner knows it again and the next at the same computer does not."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}…{at}{domain}"


def _normal(form: Literal["NFC", "NFKD"], text: str) -> str:
    """The normal form, in linear time: marks are sorted by insertion, and a long run takes hours.

    A run is cut as in stream-safe text (UAX 15); what is too long for any field stays as it came.
    """
    if text.isascii() or len(text) > LONGEST_TEXT:
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if _is_mark(character) else 0
        if run <= MOST_MARKS:
            kept.append(character)
    return unicodedata.normalize(form, "".join(kept))


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    """Whether nothing of it stands by itself, also once it is taken apart (like U+0F73)."""
    return all(unicodedata.combining(c) for c in unicodedata.normalize("NFKD", character))
