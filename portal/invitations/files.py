"""Lists of people as offices keep them: CSV in any usual encoding, and XLSX.

Columns are known by their heads, in the languages of the portal, in any order. A formula is not
read: what it says depends on the program that opens it.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from email_validator import EmailNotValidError, validate_email

from portal.i18n import ENDONYMS, country_code, in_language, languages
from portal.invitations.rules import MOST_BYTES, MOST_ROWS, Fault, Person, Trouble
from portal.labels import STAKEHOLDER_GROUPS
from portal.text import clean, fold

MOST_COLUMNS = 60
MOST_UNPACKED = 100_000_000
LINES_BEFORE_THE_TABLE = 20
LONGEST = {
    "address": 254, "title": 50, "first_name": 100, "last_name": 100, "organisation": 200,
    "role": 200,
}  # fmt: skip
FORMULA = "="
SEPARATORS = (";", ",", "\t", "|")
_GREEK = "\u0370"
"""The first Greek letter; nothing behind it is in what Windows writes of other languages."""


class NotAList(Exception):
    """The file cannot be read, for the reason that it carries; `which` names columns, if any."""

    def __init__(self, fault: Fault, which: Sequence[str] = ()) -> None:
        super().__init__(fault.value)
        self.fault, self.which = fault, which


HEADS = {
    "address": (
        "email", "e-mail", "mail", "mail address", "email address", "e-mail address", "address",
        "adresse e-mail", "adresse électronique", "adresse de messagerie", "adresse mail",
        "courriel", "adresse",
        "e-mail-adresse", "email-adresse", "mailadresse", "mail-adresse",
        "διεύθυνση", "ηλεκτρονική διεύθυνση", "διεύθυνση ηλεκτρονικού ταχυδρομείου",
        "διεύθυνση email", "διεύθυνση e-mail",
    ),
    "title": ("title", "titre", "civilité", "titel", "anrede", "τίτλος", "προσφώνηση"),
    "first_name": ("first name", "first_name", "given name", "prénom", "vorname", "όνομα"),
    "last_name": (
        "last name", "last_name", "surname", "family name", "nom", "nom de famille",
        "nachname", "familienname", "επώνυμο",
    ),
    "name": ("name", "full name", "nom complet", "vollständiger name", "ονοματεπώνυμο"),
    "organisation": (
        "organisation", "organization", "institution", "company", "organisme", "einrichtung",
        "οργανισμός", "φορέας",
    ),
    "role": ("role", "function", "job title", "fonction", "rôle", "funktion", "rolle", "ρόλος",
             "ιδιότητα"),
    "group": (
        "stakeholder group", "stakeholder_group", "group", "takes part as", "groupe",
        "gruppe", "ομάδα",
    ),
    "country": ("country", "pays", "land", "χώρα"),
    "language": ("language", "langue", "sprache", "γλώσσα"),
}  # fmt: skip
_BY_HEAD = {fold(head): field for field, heads in HEADS.items() for head in heads}
COLUMNS = (
    "email", "title", "first name", "last name", "organisation", "role", "stakeholder group",
    "country", "language",
)  # fmt: skip
"""The heads of a file that we offer as an example."""

Cells = Sequence[str]


def read(octets: bytes) -> list[Person]:
    """Everybody of the file in its order, each with what is wrong with their row."""
    if len(octets) > MOST_BYTES:
        raise NotAList(Fault.TOO_LARGE)
    lines = list(_workbook(octets) if octets[:4] == b"PK\x03\x04" else _text(octets))
    at, columns = _head(lines)
    rows = [(nth, cells) for nth, cells in lines[at + 1 :] if any(cells)]
    if not rows:
        raise NotAList(Fault.EMPTY)
    if len(rows) > MOST_ROWS:
        raise NotAList(Fault.TOO_MANY)
    width, codes = len(lines[at][1]), Codes()
    return _told_apart(_person(nth, cells, columns, width, codes) for nth, cells in rows)


def kept(people: Iterable[Person]) -> list[dict[str, Any]]:
    """As JSON keeps them while they are looked at."""
    return [asdict(each) | {"troubles": list(each.troubles)} for each in people]


def read_back(rows: Iterable[Mapping[str, Any]]) -> list[Person]:
    """The same as they were."""
    return [Person(**{**row, "troubles": tuple(row["troubles"])}) for row in rows]


def _text(octets: bytes) -> Iterator[tuple[int, Cells]]:
    """The lines of a CSV file, under the numbers that a spreadsheet shows for them."""
    text = _decoded(octets)
    if not text.strip():
        raise NotAList(Fault.EMPTY)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        for nth, cells in enumerate(islice(reader, MOST_ROWS * 2), start=1):
            yield nth, [_cell(each) for each in cells[:MOST_COLUMNS]]
    except csv.Error:
        raise NotAList(Fault.NO_TABLE) from None


def _separator(text: str) -> str:
    """What parts the first line that names a column of addresses; a title may stand above it."""
    for line in text.splitlines()[:LINES_BEFORE_THE_TABLE]:
        for separator in sorted(SEPARATORS, key=line.count, reverse=True):
            heads = next(csv.reader([line], delimiter=separator), [])
            if any(_BY_HEAD.get(fold(_cell(head))) == "address" for head in heads):
                return separator
    start = text.lstrip("\r\n").partition("\n")[0]
    return max(SEPARATORS, key=start.count)


def _decoded(octets: bytes) -> str:
    """UTF-8, or as Excel writes text: UTF-16, Windows’ western European, or its Greek."""
    wide = _wide(octets)
    for encoding in (wide,) if wide else ("utf-8-sig", "cp1253", "cp1252"):
        try:
            text = octets.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and (encoding != "cp1253" or _is_greek(text)):
            return text
    raise NotAList(Fault.ENCODING)


def _wide(octets: bytes) -> str:
    """UTF-16 by its mark, or by the zeros that stand beside each letter of an address."""
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    before, behind = octets[:4000:2].count(0), octets[1:4000:2].count(0)
    if not before and not behind:
        return ""
    return "utf-16-be" if before > behind else "utf-16-le"


def _is_greek(text: str) -> bool:
    """Whether words are Greek as a whole: of French or German only the marked letters would be."""
    words = [[letter >= _GREEK for letter in word] for word in re.findall(r"[^\W\d_]{2,}", text)]
    return sum(map(all, words)) > sum(any(word) and not all(word) for word in words)


def _workbook(octets: bytes) -> Iterator[tuple[int, Cells]]:
    """The rows of a workbook's first sheet; one that would unpack to very much is not opened."""
    import openpyxl  # only who imports waits for it

    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
                raise NotAList(Fault.TOO_LARGE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(octets), read_only=True)
            rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS * 2, max_col=MOST_COLUMNS)
            for nth, row in enumerate(rows, start=1):
                yield nth, [_value(each) for each in row]
    except NotAList:
        raise
    except Exception:  # whatever a broken archive makes a reader of XML say
        raise NotAList(Fault.NO_TABLE) from None


def _value(cell: Any) -> str:
    """A number as it was typed, a date as ISO writes it, a formula as itself."""
    value = cell.value
    if value is None:
        return ""
    if getattr(cell, "data_type", "") == "f":
        return FORMULA
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    return _cell(str(value))


def _cell(written: str) -> str:
    return clean(written[:1000])


def _head(lines: Sequence[tuple[int, Cells]]) -> tuple[int, dict[int, str]]:
    """Where the table begins, and which column says what; every column has to be known."""
    for at, (_nth, cells) in enumerate(lines[:LINES_BEFORE_THE_TABLE]):
        heads = [fold(head) for head in cells]
        columns = {n: _BY_HEAD[head] for n, head in enumerate(heads) if head in _BY_HEAD}
        if "address" not in columns.values():
            continue
        names = list(columns.values())
        strange = [head for n, head in enumerate(cells) if head and n not in columns]
        twice = [cells[n] for n, name in columns.items() if names.count(name) > 1]
        if strange or twice:
            raise NotAList(Fault.UNKNOWN_COLUMNS, strange or twice)
        return at, columns
    raise NotAList(Fault.NO_ADDRESSES)


def _person(
    nth: int, cells: Cells, columns: Mapping[int, str], width: int, codes: "Codes"
) -> Person:
    said = {name: cells[n] if n < len(cells) else "" for n, name in columns.items()}
    if any(value.startswith(FORMULA) for value in said.values()):
        return Person(nth, troubles=(Trouble.FORMULA.value,))
    if any(cells[width:]):
        return Person(nth, troubles=(Trouble.CELLS.value,))
    is_long = any(len(said.get(name, "")) > most for name, most in LONGEST.items())
    troubles = [Trouble.TOO_LONG] if is_long else []
    first, last = _names(said)
    address = said.get("address", "")
    if not address:
        troubles.append(Trouble.NO_ADDRESS)
    elif not (address := _address(address)):
        troubles.append(Trouble.BAD_ADDRESS)
    found = codes.of(said)
    troubles += [trouble for _name, code, trouble in found if code is None]
    group, country, language = (code or "" for _name, code, _trouble in found)
    return Person(
        nth, (address or said.get("address", ""))[:254], said.get("title", "")[:50], first, last,
        said.get("organisation", "")[:200], said.get("role", "")[:200], group, country, language,
        troubles=tuple(dict.fromkeys(each.value for each in troubles)),
    )  # fmt: skip


def _names(said: Mapping[str, str]) -> tuple[str, str]:
    """Also from one column with both: “Lovelace, Ada” or “Ada Lovelace”."""
    first, last, whole = (said.get(name, "") for name in ("first_name", "last_name", "name"))
    if not (first or last) and whole:
        before, comma, behind = whole.partition(",")
        first, _space, last = (behind, "", before) if comma else whole.partition(" ")
        first, last = (first, last) if last else ("", first)
    return first.strip()[:100], last.strip()[:100]


def _address(typed: str) -> str:
    """As the form takes one: with its domain in ASCII (RFC 5891); empty where it is none."""
    try:
        found = validate_email(
            typed, check_deliverability=False, allow_smtputf8=True, test_environment=True
        )
    except EmailNotValidError:
        return ""
    return found.ascii_email or ""


class Codes:
    """Of words that stand in many rows the code is looked up once a file."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}

    def of(self, said: Mapping[str, str]) -> list[tuple[str, str | None, Trouble]]:
        """(column, its code or None where nothing is called so, what is wrong then)."""
        return [(name, self._of(name, said.get(name, "")), trouble) for name, trouble in CODED]

    def _of(self, name: str, typed: str) -> str | None:
        if not typed:
            return ""
        if (name, typed) not in self._found:
            self._found[name, typed] = _FIND[name](typed)
        return self._found[name, typed] or None


CODED = (
    ("group", Trouble.GROUP), ("country", Trouble.COUNTRY), ("language", Trouble.LANGUAGE),
)  # fmt: skip


def _group(typed: str) -> str:
    """By code, or by its name in any language of the portal."""
    wanted = fold(typed)
    if wanted in STAKEHOLDER_GROUPS:
        return wanted
    for lang in languages():
        with in_language(lang):
            named = {fold(str(words)): code for code, words in STAKEHOLDER_GROUPS.items()}
        if wanted in named:
            return str(named[wanted])
    return ""


def _language(typed: str) -> str:
    """By code or by its own name, if letters are written in it."""
    wanted = fold(typed)
    return next(
        (lang for lang in languages() if wanted in (lang, fold(ENDONYMS.get(lang, lang)))), ""
    )


_FIND = {"group": _group, "country": country_code, "language": _language}


def _told_apart(people: Iterable[Person]) -> list[Person]:
    """Of several rows with one address the later ones say which row had it first."""
    seen: dict[str, int] = {}
    found = []
    for each in people:
        key = each.address.casefold()
        if key and key in seen:
            troubles = (*each.troubles, Trouble.REPEATED.value)
            each = replace(each, same_as=seen[key], troubles=troubles)
        elif key:
            seen[key] = each.nth
        found.append(each)
    return found
