"""Text in BibTeX's way of writing: what TeX would take for commands, and what others write so."""

import re

_WRITTEN = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # \{ would still be counted as a brace
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{each: "\\" + each for each in "&%$#_"},
    }
)
_LIGATURES = re.compile(r"-(?=-)|`(?=`)|'(?=')")
_SIGNS = {
    "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~",
    "textasciicircum": "^", "textendash": "–", "textemdash": "—", "textquoteleft": "‘",
    "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "texteuro": "€",
    "euro": "€", "ldots": "…", "dots": "…", "textellipsis": "…", "ss": "ß", "o": "ø", "O": "Ø",
    "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "i", "j": "j", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
    "S": "§", "P": "¶", "copyright": "©", "pounds": "£", "textdegree": "°", "degree": "°",
    "guillemotleft": "«", "guillemotright": "»", "slash": "/", "textregistered": "®",
    "texttrademark": "™", "lbrace": "{", "rbrace": "}", "textunderscore": "_",
}  # fmt: skip
_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_PIECES = re.compile(
    r"\\href\s*\{[^{}]{0,2000}\}(?=\s*\{)"
    r"|\\(?P<mark>[`'^~=.\"]|[uvHcdbrk](?![A-Za-z]))\s*(?:\{\s*\\?(?P<in>[^\W\d_])\s*\}"
    r"|\\?(?P<bare>[^\W\d_])|\{\s*\})"
    r"|\\(?P<word>[A-Za-z]{1,40})(?:\{\}|\s{1,9}|(?![A-Za-z]))"
    r"|\\(?P<sign>.)"
    r"|(?P<dash>-{2,3})|(?P<open>``)|(?P<close>'')|(?P<tie>~)|(?P<brace>[{}$])",
    re.DOTALL,
)


def escaped(text: str) -> str:
    """Text that TeX sets as it stands, however many signs of TeX's own are in it."""
    return _LIGATURES.sub(r"\g<0>{}", text.translate(_WRITTEN))


def unescaped(text: str) -> str:
    """What TeX would set, as plain text; braces and commands that are not known are left out.

    Marks stand after their letters; `text.clean` composes them.
    """
    return _PIECES.sub(_piece, text)


def _piece(found: re.Match[str]) -> str:
    if found["mark"]:
        letter = found["in"] or found["bare"] or ""
        if not letter:
            return found["mark"] if found["mark"] in "~^" else ""  # over nothing: the sign itself
        return letter + _MARKS[found["mark"]]
    if found["word"]:
        return _SIGNS.get(found["word"], "")
    if found["sign"]:
        return found["sign"] if found["sign"] in r"&%$#_{}~^ -/,;:" else ""
    if found["dash"]:
        return "–" if len(found["dash"]) == 2 else "—"
    return {"``": "“", "''": "”", "~": " "}.get(found[0], "")
