"""The one cleaner of what people type, and the folding that searches compare."""

import re
import unicodedata

_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Letters that no Unicode decomposition takes apart, spelled as people without the key spell them.
_UNMARKED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe"})


def clean(value: str | None) -> str:
    """One line as typed, without control, bidi and zero-width characters (also U+2028, NUL)."""
    return _SPACES.sub(" ", clean_lines(value).replace("\n", " ")).strip()


def clean_lines(value: str | None) -> str:
    """Several lines as typed, line ends as LF, without what cannot be seen."""
    text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    text = unicodedata.normalize("NFC", text)
    if not text.isascii() or not text.replace("\n", "").isprintable():
        text = "".join(
            c for c in text if c == "\n" or unicodedata.category(c) not in _DROPPED_CATEGORIES
        )
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def fold(value: str) -> str:
    """What a search compares: no case, no accents, words parted by one space."""
    apart = unicodedata.normalize("NFKD", value).casefold()
    bare = "".join(c for c in apart if not unicodedata.combining(c)).translate(_UNMARKED)
    return " ".join(bare.split())


def like_pattern(word: str) -> str:
    """A LIKE pattern (escape character: backslash) that finds `word` anywhere, literally."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
