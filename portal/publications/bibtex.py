"""BibTeX: records as entries of a bibliography, and such files of others as records."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from portal.publications.entries import (
    GENRES,
    LONGEST_VALUE,
    MOST_CHARACTERS,
    MOST_ENTRIES,
    MOST_OF_A_KIND,
    Entry,
    Trouble,
    from_notes,
    in_language,
    name_of,
    notes,
    record_of,
)
from portal.publications.latex import escaped, unescaped
from portal.publications.rules import Name, Record, Type
from portal.text import clean

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DEEPEST = 50
MOST_FIELDS = 200
_KINDS = {Type.BOOK: "book", Type.OTHER: "misc"}
_TYPES = {
    **dict.fromkeys(("techreport", "report", "unpublished"), Type.REPORT),
    **dict.fromkeys(("book", "mvbook", "booklet", "proceedings", "collection"), Type.BOOK),
    **dict.fromkeys(("manual", "reference", "mvreference"), Type.REFERENCE),
}
_PARTS = {
    "article", "bookinbook", "conference", "inbook", "incollection", "inproceedings", "inreference",
    "review", "suppbook", "suppcollection", "suppperiodical",
}  # fmt: skip
_NO_ENTRIES = {"comment", "preamble"}


def write(records: Sequence[Record], lang: str = "en") -> str:
    """The records as a .bib file in UTF-8, texts in `lang` where there are such."""
    return "\n".join(_entry(record, lang) for record in records)


def read(text: str) -> list[Entry]:
    """Each entry of a .bib file as a record, or why not."""
    if len(text) > MOST_CHARACTERS:
        return [Entry(1, trouble=Trouble.TOO_LARGE)]
    found: list[Entry] = []
    for line, raw in _entries(text):
        if len(found) == MOST_ENTRIES:
            return [*found, Entry(len(found) + 1, line, trouble=Trouble.TOO_MANY)]
        if isinstance(raw, Trouble):
            found.append(Entry(len(found) + 1, line, trouble=raw))
            continue
        record = _record(raw)
        trouble = None if record else Trouble.NO_TITLE
        found.append(Entry(len(found) + 1, line, record, trouble))
    return found or [Entry(1, trouble=Trouble.NOT_THIS_FORMAT)]


def _entry(record: Record, lang: str) -> str:
    year, month, day = [*record.published.split("-"), "", ""][:3]
    report = record.type not in _KINDS
    genre = "" if record.type in (Type.BOOK, Type.OTHER) else GENRES[record.type]
    noted = notes(record, *(() if report else ("publication_number",)), "catalogue_number")
    fields = {
        "author": " and ".join(_author(name) for name in record.authors),
        "title": _title(in_language(record.title, lang, record.language)),
        "institution" if report else "publisher": escaped(
            clean(record.institution if report else record.publisher)
        ),
        "address": escaped(clean(record.place)),
        "year": year,
        "month": month and MONTHS[int(month) - 1],
        "day": day and str(int(day)),
        "type": escaped(genre),
        "number": escaped(clean(record.publication_number)) if report else "",
        "series": escaped(clean(record.series)),
        "volume": escaped(clean(record.series_number)),
        "pagetotal": str(record.pages or ""),
        "doi": _verbatim(record.doi),
        "isbn": _verbatim(record.isbn),
        "issn": _verbatim(record.issn),
        "url": _verbatim(record.url),
        "language": escaped(clean(record.language)),
        "keywords": ", ".join(_keyword(each) for each in record.subjects),
        "abstract": escaped(clean(in_language(record.abstract, lang, record.language))),
        "copyright": _verbatim(record.licence),
        "note": escaped("; ".join(noted)),
    }
    lines = [
        f"  {name} = {value if name == 'month' else '{' + value + '}'},"
        for name, value in fields.items()
        if value
    ]
    kind = _KINDS.get(record.type, "techreport")
    key = re.sub(r"[^A-Za-z0-9.:+_-]", "-", record.number)
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _author(name: Name) -> str:
    """A body in braces of its own, so that no reader takes it apart; a person as Family, Given."""
    if name.literal:
        return "{" + escaped(clean(name.literal)) + "}"
    return f"{_part(name.family)}, {_part(name.given)}".strip()


def _part(text: str) -> str:
    written = escaped(clean(text))
    apart = "," in written or " and " in f" {written.casefold()} "
    return "{" + written + "}" if apart else written


def _title(text: str) -> str:
    """Words with capitals in braces, since styles print titles of reports in small letters."""
    first, *others = escaped(clean(text)).split(" ")
    return " ".join([first, *(_kept(word) for word in others)])


def _kept(word: str) -> str:
    plain = re.sub(r"\\[a-z]+\{\}", "", word)
    return "{" + word + "}" if any(c.isupper() for c in plain) else word


def _keyword(text: str) -> str:
    written = escaped(clean(text))
    return "{" + written + "}" if re.search("[,;]", written) else written


def _verbatim(text: str) -> str:
    """An address or a number as it is; a brace could not be told from the field's own."""
    return "".join(f"%{ord(c):02X}" if c in "{}\\" else c for c in clean(text).replace(" ", "%20"))


@dataclass(frozen=True, slots=True)
class _Raw:
    kind: str
    key: str
    fields: dict[str, str]


class _Broken(Exception):
    """What stands here is not BibTeX; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble


def _entries(text: str) -> Iterator[tuple[int, _Raw | Trouble]]:
    """Each entry with its line. After a broken one, reading goes on at the next line with an @."""
    macros = dict(zip(MONTHS, MONTHS, strict=True))
    at, line, seen = _next(text, 0), 1, 0
    while at >= 0:
        line, seen = line + text.count("\n", seen, at), at
        reader = _Reader(text, at, macros)
        try:
            raw = reader.entry()
        except _Broken as broken:
            yield line, broken.trouble
            after = re.compile(r"^[ \t]{0,50}@", re.MULTILINE).search(text, at + 1)
            at = after.end() - 1 if after else -1
            continue
        if raw is not None:
            yield line, raw
        at = _next(text, reader.at)


def _next(text: str, start: int) -> int:
    """Where the next entry begins; what stands between entries is a comment."""
    found = _BEGIN.search(text, start)
    return found.start() if found else -1


_LISTS = {"keywords": ", ", "author": " and "}
"""What some write more than once, and how its parts are joined."""
_BEGIN = re.compile(r"@[ \t]{0,50}[A-Za-z]{1,40}\s{0,50}[{(]")
_WORD = re.compile(r"[^\s\"#%'(),={}]{1,300}")
_SPACE = re.compile(r"\s*")


class _Reader:
    """Reads one entry from `at` on, in one pass and without recursion."""

    def __init__(self, text: str, at: int, macros: dict[str, str]) -> None:
        self.text, self.at, self.macros = text, at, macros

    def entry(self) -> _Raw | None:
        begin = _BEGIN.match(self.text, self.at)
        if begin is None:
            raise _Broken(Trouble.NOT_UNDERSTOOD)
        self.at = begin.end()
        kind = begin[0][1:-1].strip().casefold()
        close = "}" if begin[0][-1] == "{" else ")"
        if kind in _NO_ENTRIES:
            self._until(close)
            return None
        if kind == "string":
            self._strings(close)
            return None
        key = self._key(close)
        fields: dict[str, str] = {}
        for name, value in self._fields(close):
            again = name in _LISTS and name in fields
            fields[name] = f"{fields[name]}{_LISTS[name]}{value}" if again else value
        return _Raw(kind, key, fields)

    def _key(self, close: str) -> str:
        found = re.compile(r"\s*([^,{}\s=\"]{0,300})\s*(?=[,})])").match(self.text, self.at)
        if found is None:
            raise _Broken(self._why())
        self.at = found.end()
        return found[1]

    def _strings(self, close: str) -> None:
        for name, value in self._fields(close):
            if len(self.macros) < MOST_ENTRIES:
                self.macros[name] = value

    def _fields(self, close: str) -> Iterator[tuple[str, str]]:
        """`name = value` until the entry is closed; commas too many or too few are forgiven."""
        for _each in range(MOST_FIELDS):
            while self._sees(","):
                self.at += 1
            if self._sees(close):
                self.at += 1
                return
            name = _WORD.match(self.text, self.at)
            if name is None:
                raise _Broken(self._why())
            self.at = name.end()
            if not self._sees("="):
                raise _Broken(self._why())
            self.at += 1
            yield name[0].casefold(), self._value()
        raise _Broken(Trouble.TOO_LARGE)

    def _value(self) -> str:
        """Parts joined by #: in braces, in quotation marks, a number, or a macro's name."""
        parts: list[str] = []
        for _each in range(MOST_FIELDS):
            parts.append(self._part())
            if sum(map(len, parts)) > LONGEST_VALUE:
                raise _Broken(Trouble.TOO_LARGE)
            if not self._sees("#"):
                return "".join(parts)
            self.at += 1
        raise _Broken(Trouble.TOO_LARGE)

    def _part(self) -> str:
        if self._sees("{"):
            self.at += 1
            return self._until("}")
        if self._sees('"'):
            self.at += 1
            return self._until('"')
        word = _WORD.match(self.text, self.at)
        if word is None:
            raise _Broken(self._why())
        self.at = word.end()
        return word[0] if word[0].isdigit() else self.macros.get(word[0].casefold(), word[0])

    def _until(self, close: str) -> str:
        """What stands before `close`, which is not inside braces."""
        start, depth = self.at, 0
        for found in re.compile(r"[{}\")]").finditer(self.text, start):
            if found.start() - start > LONGEST_VALUE:
                break
            if depth == 0 and found[0] == close:
                self.at = found.end()
                return self.text[start : found.start()]
            if found[0] == "{":
                depth += 1
            elif found[0] == "}":
                depth -= 1
            if depth > DEEPEST:
                raise _Broken(Trouble.TOO_DEEP)
            if depth < 0:
                raise _Broken(Trouble.NOT_UNDERSTOOD)
        raise _Broken(Trouble.NOT_CLOSED)

    def _sees(self, sign: str) -> bool:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at
        return self.text.startswith(sign, self.at)

    def _why(self) -> Trouble:
        return Trouble.NOT_CLOSED if self.at >= len(self.text) else Trouble.NOT_UNDERSTOOD


def _record(raw: _Raw) -> Record | None:
    fields = raw.fields

    def plain(*names: str) -> str:
        return unescaped(next((fields[name] for name in names if fields.get(name)), ""))

    def bare(name: str) -> str:
        return fields.get(name, "").replace("\\", "")

    kind = _TYPES.get(raw.kind, Type.OTHER)
    noted = from_notes([plain("note"), plain("annote")])
    values = {
        **noted,
        "series": plain("series", "journal", "journaltitle", "booktitle"),
        "series_number": plain("volume"),
        "doi": re.sub("%(?:7B|7D|5C)", lambda found: unquote(found[0]), bare("doi")),
        "isbn": bare("isbn") or noted.get("isbn", ""),
        "issn": bare("issn") or noted.get("issn", ""),
        "publisher": plain("institution", "publisher", "organization", "school"),
        "place": plain("address", "location"),
        "licence": bare("copyright") or bare("license"),
        "url": bare("url"),
    }
    if fields.get("number") and kind in (Type.REPORT, Type.REFERENCE):
        values["publication_number"] = plain("number")
    elif fields.get("number") and kind is Type.BOOK:
        values["series_number"] = plain("volume", "number")
    return record_of(
        number=raw.key,
        kind=kind,
        genre=plain("type"),
        title=": ".join(filter(None, [plain("title"), plain("subtitle")])),
        language=plain("language", "langid"),
        published=_published(plain),
        authors=_names(fields.get("author") or fields.get("editor", "")),
        subjects=[
            unescaped(each)
            for name in ("keywords", "keyword")
            for each in _split(fields.get(name, ""), r"[,;]")
        ],
        abstract=plain("abstract"),
        pages=plain("pagetotal", "numpages", "pages"),
        values=values,
        is_part=raw.kind in _PARTS,
    )


def _published(plain: Callable[..., str]) -> str:
    """From biblatex's date, or from year, month (by name, macro or number) and day."""
    if plain("date"):
        return plain("date").strip()
    year, month, day = plain("year").strip(), plain("month").strip().casefold(), plain("day")
    if not re.fullmatch("[0-9]{4}", year):
        return year  # what a month and a day would be added to, nobody knows
    split = re.fullmatch(r"([0-9]{1,2})?[\s~.]*([a-z]{3,10})\.?\s*([0-9]{1,2})?", month)
    if split and split[2][:3] in MONTHS:
        month, day = str(MONTHS.index(split[2][:3]) + 1), day or split[1] or split[3] or ""
    elif not month.isdigit():
        month = day = ""
    return "-".join(part.zfill(2) for part in (year, month, day.strip()) if part)


def _names(text: str) -> list[Name]:
    found = (_name(part) for part in _split(text, r"\s+and\s+"))
    return [name for name in found if name is not None]


def _name(text: str) -> Name | None:
    """'{A Body}', 'Family, Given', 'Family, Jr, Given' or 'Given Family'."""
    if text.startswith("{") and text.endswith("}") and len(_split(text[1:-1], "}")) == 1:
        return Name(literal=clean(unescaped(text))) if clean(unescaped(text)) else None
    parts = [clean(unescaped(part)) for part in _split(text, ",", blank=True)]
    named = {found[1]: found[2] for part in parts if (found := _NAMED.fullmatch(part)) is not None}
    if parts and len(named) == len(parts):
        family = " ".join(named[part] for part in ("prefix", "family", "suffix") if named.get(part))
        return name_of(family, named.get("given", ""))
    if len(parts) > 1:
        return name_of(" ".join(part for part in parts[:-1] if part), parts[-1])
    words = parts[0].split() if parts else []
    if parts[:1] == ["others"] or not words:
        return None
    if len(words) == 1:
        return Name(literal=words[0])
    first = next((n for n, word in enumerate(words[:-1]) if n and word[0].islower()), -1)
    return Name(family=" ".join(words[first:]), given=" ".join(words[:first]))


_NAMED = re.compile(r"(family|given|prefix|suffix|[a-z]{1,9}-i|useprefix|id)\s*=\s*(.*)")
"""A part of a name as biblatex may have it: family=Beethoven."""


def _split(text: str, at: str, *, blank: bool = False) -> list[str]:
    """The parts of a field between what is not inside braces."""
    parts, depth, start = [], 0, 0
    for found in re.compile(rf"[{{}}]|{at}").finditer(text):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
        if depth == 0 and found[0] not in ("{", "}"):
            parts.append(text[start : found.start()].strip())
            start = found.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part or blank][: MOST_OF_A_KIND + 1]
