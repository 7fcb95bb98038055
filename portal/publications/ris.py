"""RIS: records line by line, tag by tag, as reference managers take and give them."""

import re
from collections.abc import Iterable, Iterator, Sequence

from portal.publications import checks
from portal.publications.entries import (
    GENRES,
    LONGEST_VALUE,
    MOST_CHARACTERS,
    MOST_ENTRIES,
    Entry,
    Trouble,
    from_notes,
    in_language,
    notes,
    person,
    record_of,
    reversed_name,
)
from portal.publications.rules import Name, Record, Type
from portal.text import clean

_KINDS = {Type.BOOK: "BOOK", Type.OTHER: "GEN"}
_TYPES = {
    **dict.fromkeys(("RPRT", "GOVDOC", "STD", "UNPB"), Type.REPORT),
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK", "WHOLE", "CONF"), Type.BOOK),
    **dict.fromkeys(("DICT", "ENCYC", "CTLG"), Type.REFERENCE),
}
_PARTS = {
    "ABST", "CHAP", "CPAPER", "DICT", "ECHAP", "EJOUR", "ENCYC", "INPR", "JOUR", "MGZN", "NEWS",
}  # fmt: skip
_BODY = "Corporate author "
_LINE = re.compile(r"([A-Z][A-Z0-9])  ?- ?(.*)")
_MOST_LINES = 2_000  # of one record


def write(records: Sequence[Record], lang: str = "en") -> str:
    """The records as a .ris file with CRLF, in UTF-8, texts in `lang` where there are such."""
    return "".join(
        f"{tag}  - {value}\r\n" for record in records for tag, value in _tags(record, lang)
    )


def read(text: str) -> list[Entry]:
    """Each record of a .ris file, or why it is none."""
    if len(text) > MOST_CHARACTERS:
        return [Entry(1, trouble=Trouble.TOO_LARGE)]
    found: list[Entry] = []
    for line, tags in _groups(text):
        nth = len(found) + 1
        if nth > MOST_ENTRIES:
            return [*found, Entry(nth, line, trouble=Trouble.TOO_MANY)]
        if isinstance(tags, Trouble):
            found.append(Entry(nth, line, trouble=tags))
            continue
        record = _record(tags)
        found.append(Entry(nth, line, record, None if record else Trouble.NO_TITLE))
    if not any(entry.trouble is not Trouble.OUTSIDE for entry in found):
        return [Entry(1, trouble=Trouble.NOT_THIS_FORMAT)]
    return found


def _tags(record: Record, lang: str) -> Iterator[tuple[str, str]]:
    """In order. SN is a report's number, so that its ISBN and ISSN stand among the notes."""
    year, month, day = [*record.published.split("-"), "", ""][:3]
    report = record.type not in _KINDS
    elsewhere = ("isbn", "issn") if report else ("publication_number", "issn")
    rows: list[tuple[str, str]] = [
        ("TY", _KINDS.get(record.type, "RPRT")),
        ("ID", record.number),
        *(("AU", reversed_name(name)) for name in record.authors),
        ("TI", in_language(record.title, lang, record.language)),
        ("T3", record.series),
        ("VL", record.series_number),
        ("PY", year),
        ("DA", f"{year}/{month}/{day}/" if month else ""),
        ("M3", GENRES[record.type] if report else ""),
        ("SN", record.publication_number if report else record.isbn),
        ("SP", str(record.pages or "")),
        ("PB", record.institution if report else record.publisher),
        ("CY", record.place),
        ("LA", record.language),
        ("DO", record.doi),
        ("UR", record.url),
        *(("KW", subject) for subject in record.subjects),
        ("AB", in_language(record.abstract, lang, record.language)),
        *(("N1", note) for note in notes(record, *elsewhere, "catalogue_number", "licence")),
        *(("N1", _BODY + clean(each.literal)) for each in record.authors if "," in each.literal),
    ]
    yield from ((tag, value) for tag, text in rows if (value := clean(text)))
    yield "ER", ""


def _groups(text: str) -> Iterator[tuple[int, dict[str, list[str]] | Trouble]]:
    """The tags from each TY to its ER, with the line of the TY; a line without a tag goes on."""
    tags: dict[str, list[str]] | None = None
    began, last, count = 0, "", 0
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text.lstrip("\ufeff")), 1):
        found = _LINE.fullmatch(line.strip())
        tag, value = (found[1], found[2]) if found else ("", line.strip())
        if tag == "TY":
            if tags is not None:
                yield began, Trouble.NOT_CLOSED
            tags, began, last, count = {"TY": [value]}, number, "TY", 0
        elif tags is None:
            if tag not in ("", "ER"):
                yield number, Trouble.OUTSIDE
        elif tag == "ER":
            yield began, tags if count <= _MOST_LINES else Trouble.TOO_LARGE
            tags = None
        elif value and (count := count + 1) <= _MOST_LINES:
            last = _keep(tags, tag or last, value[:LONGEST_VALUE], goes_on=not tag)
    if tags is not None:
        yield began, Trouble.NOT_CLOSED


def _keep(tags: dict[str, list[str]], tag: str, value: str, *, goes_on: bool) -> str:
    values = tags.setdefault(tag, [])
    if goes_on and values:
        values[-1] = f"{values[-1]}\n{value}"[:LONGEST_VALUE]
    else:
        values.append(value)
    return tag


def _record(tags: dict[str, list[str]]) -> Record | None:
    def first(*names: str) -> str:
        return next((tags[name][0] for name in names if tags.get(name)), "")

    called = first("TY").strip().upper()
    kind = _TYPES.get(called, Type.OTHER)
    is_part = called in _PARTS or (called == "CONF" and bool(first("T2", "BT", "EP")))
    said = [clean(note) for note in _each(tags, "N1")]
    bodies = {note[len(_BODY) :].strip() for note in said if note.startswith(_BODY)}
    noted = from_notes([*_each(tags, "N1", "M1", "C1", "C2")])
    values = {
        **noted,
        "series": first("T3", "T2", "JO", "JF", "BT"),
        "series_number": first("VL", "SV"),
        "doi": first("DO", "DI"),
        "publisher": first("PB"),
        "place": first("CY", "PP"),
        "url": first("UR", "LK"),
        **_standard_numbers(kind, _each(tags, "SN")),
    }
    return record_of(
        number=first("ID"),
        kind=kind,
        genre=first("M3"),
        title=first("TI", "T1", "CT", "BT"),
        language=first("LA"),
        published=_published(first("DA", "Y1", "PY"), first("PY", "Y1")),
        authors=[name for each in _each(tags, "AU", "A1") if (name := _author(each, bodies))],
        subjects=_each(tags, "KW"),
        abstract="\n".join(_each(tags, "AB", "N2")),
        pages="" if first("EP") else first("SP"),
        values=values,
        is_part=is_part,
    )


def _author(text: str, bodies: set[str]) -> Name | None:
    """A name with a comma is a person's; our own notes name the bodies that have one."""
    return Name(literal=clean(text)) if clean(text) in bodies else person(text)


def _standard_numbers(kind: Type, numbers: Iterable[str]) -> dict[str, str]:
    """SN is an ISBN, an ISSN or a report's own number: its form tells which."""
    found: dict[str, str] = {}
    for number in map(clean, numbers):
        found.setdefault(_number_kind(kind, number), number)
    return found


def _number_kind(kind: Type, number: str) -> str:
    """What has the form of an ISBN or an ISSN is one, or one with a wrong digit."""
    if _LIKE_ISSN.fullmatch(number):
        return "issn"
    is_report = kind in (Type.REPORT, Type.REFERENCE)
    if _LIKE_ISBN.match(number) or not is_report:
        return "issn" if checks.issn(number) else "isbn"
    return "isbn" if checks.isbn(number) else "publication_number"


_LIKE_ISSN = re.compile(r"(?:ISSN:?\s*)?[0-9]{4}-[0-9]{3}[0-9Xx]", re.IGNORECASE)
_LIKE_ISBN = re.compile(
    r"ISBN|97[89](?:[ -]?[0-9]){10}(?![0-9])|[0-9]{1,7}([ -])[0-9]{1,7}\1[0-9]{1,7}\1[0-9Xx]$",
    re.IGNORECASE,
)


def _published(whole: str, year: str) -> str:
    """'2022/10/03/' as far as it is filled in; what is no such date as it stands."""
    found = _DATE.fullmatch(whole.strip())
    if found is None:
        return whole if re.search("[0-9]{4}", whole) else year
    return "-".join(part.zfill(2) for part in found.groups() if part)


_DATE = re.compile(
    r"([0-9]{4})(?:/(?:([0-9]{1,2})(?:/(?:([0-9]{1,2})(?:/.*)?|/.*)?)?|/.*)?"
    r"|-([0-9]{1,2})(?:-([0-9]{1,2}))?)?"
)


def _each(tags: dict[str, list[str]], *names: str) -> Iterable[str]:
    return [value for name in names for value in tags.get(name, ())]
