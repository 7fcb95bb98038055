"""The record of a publication as editors write it: its fields, and the rows of its lists."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal import labels
from portal.events.merging import MergingForm
from portal.fields import TranslatedField, WholeNumberField, text, web_address
from portal.i18n import ENDONYMS, language_name, page_language, translated
from portal.publications import checks, listing
from portal.publications.models import Publication
from portal.publications.rules import RESERVED, RelationKind, State, Type, first_free
from portal.text import fold, slug

ROWS, MORE, MOST_ROWS = 3, 3, 200
NUMBER = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_PLAIN = (
    "title", "abstract", "language", "published", "series", "series_number", "publication_number",
    "catalogue_number", "doi", "isbn", "issn", "publisher", "place", "pages", "licence",
)  # fmt: skip
_AUTHOR, _NUMBER, _RELATION = ("last", "given", "variants"), ("scheme", "value"), ("kind", "target")
LISTS = {"author": _AUTHOR, "other": _NUMBER, "relation": _RELATION}


class PublicationForm(MergingForm):
    """The record of a publication, in all fields; `form_for` adds the rows of its lists."""

    outdated = _l(
        "Somebody else has changed the publication meanwhile. Nothing of yours is lost, and "
        "nothing is saved yet: look at the form, and send it again."
    )
    rows: dict[str, int] = {}
    type = SelectField(_l("Type"), [InputRequired()])
    title = TranslatedField(_l("Title"), 500, _l("Enter a title in at least one language."))
    abstract = TranslatedField(_l("Abstract"), 10_000, rows=8)
    language = SelectField(_l("Language of the content"), [Optional()])
    published = text(
        _l("Date of publication"), 60,
        description=_l("As precise as it is known: 2023, 2023-12 or 2023-12-15."),
    )  # fmt: skip
    number = text(
        _l("Number in the address"), 80,
        description=_l("The last part of the page’s address, for good once it is public. Empty: it "
                       "is made from the publication number or the title."),
    )  # fmt: skip
    series = text(_l("Series"), 200)
    series_number = text(_l("Number in the series"), 40)
    publication_number = text(_l("Publication number"), 80)
    catalogue_number = text(_l("Catalogue number"), 80)
    doi = text(_l("DOI"), 300, description=_l("As 10.2801/351271, or any link to it."))
    isbn = text(_l("ISBN"), 30, description=_l("Ten or thirteen digits; hyphens are put in."))
    issn = text(_l("ISSN"), 30, description=_l("Of the series, as 1831-5860."))
    publisher = text(_l("Publisher"), 300)
    place = text(_l("Place of publication"), 200)
    pages = WholeNumberField(
        _l("Number of pages"),
        [Optional(), NumberRange(1, 99_999, _l("Enter a number of pages from 1 to 99999."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 5},
    )
    subjects = SelectMultipleField(
        _l("Subjects"), coerce=int,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    licence = text(
        _l("Licence"), 500,
        description=_l("Its web address, as https://creativecommons.org/licenses/by/4.0/."),
    )  # fmt: skip

    anyway = BooleanField(_l("It is another publication: save it all the same"))

    def __init__(self, publication: Publication | None) -> None:
        self.publication = publication
        self.others: dict[str, Publication] = {}
        """Who has a number already, by the field's name."""
        self.alike: list[Publication] = []
        lists = [f"{each}_{row}_{part}" for each, row, part in _row_names(self.rows)]
        self.names = ("type", *_PLAIN, "number", "subjects", *lists)
        given = {} if publication else {"language": page_language(), "type": Type.REPORT.value}
        super().__init__(_known(publication, self.rows) if publication else {}, **given)
        if publication is not None and self.is_submitted():
            self.note_added(lists)
        if self._is_public:
            del self.number

    def process(self, *args: Any, **given: Any) -> None:
        self.type.choices = _choices(labels.PUBLICATION_TYPES)
        own = self.publication.language if self.publication else "en"
        self.language.choices = _languages(own)
        self.subjects.choices = [
            SelectChoice(each.id, translated(each.label)) for each in listing.subjects()
        ]
        kinds = _choices({"": "–"} | {each.value: labels.RELATIONS[each] for each in RelationKind})
        for row in range(1, self.rows.get("relation", 0) + 1):
            self[f"relation_{row}_kind"].choices = kinds
        super().process(*args, **given)

    @property
    def facts(self) -> dict[str, Any]:
        """What `service.edit` wants, beside what it is to others."""
        chosen = set(self.subjects.data or ())
        return {
            **{name: self[name].data or ("" if name != "pages" else None) for name in _PLAIN},
            "title": self.title.data,
            "abstract": self.abstract.data,
            "type": Type(self.type.data),
            "authors": [_author(*each) for each in self._rows("author") if each[0] or each[1]],
            "other_numbers": [
                {"scheme": scheme, "value": value}
                for scheme, value in self._rows("other")
                if scheme and value
            ],
            "subjects": [each for each in listing.subjects() if each.id in chosen],
            **({"number": self.number.data} if "number" in self else {}),
        }

    @property
    def only_others_are_wrong(self) -> bool:
        """Nothing is wrong but that somebody has its numbers, who may be itself, sent before."""
        return bool(self.errors) and set(self.errors) <= {*self.others, "anyway"}

    @property
    def relations(self) -> list[tuple[RelationKind, int]]:
        """What it is to others, once the form is valid."""
        return [
            (RelationKind(kind), self.targets[target])
            for kind, target in self._rows("relation")
            if kind and target
        ]

    def _rows(self, name: str) -> Iterable[tuple[str, ...]]:
        for row in range(1, self.rows.get(name, 0) + 1):
            yield tuple(self[f"{name}_{row}_{part}"].data or "" for part in LISTS[name])

    def validate_published(self, field: Field) -> None:
        if field.data:
            sentence = _l("Write the year, the month or the day, as 2023, 2023-12 or 2023-12-15.")
            field.data = _checked(checks.day(field.data), sentence)

    def validate_doi(self, field: Field) -> None:
        if field.data:
            sentence = _l("This is no DOI. It begins with 10. and has a slash, as 10.2801/351271.")
            field.data = _checked(checks.doi(field.data), sentence).lower()
            self._is_free("doi", field)

    def validate_isbn(self, field: Field) -> None:
        if field.data:
            sentence = _l("The check digit of this ISBN is wrong, or digits are missing or too "
                          "many. Compare it with the book.")  # fmt: skip
            field.data = _checked(checks.isbn(field.data), sentence)
            self._is_free("isbn", field)

    def validate_issn(self, field: Field) -> None:
        if field.data:
            sentence = _l("The check digit of this ISSN is wrong, or it has not eight digits. "
                          "Compare it with the series.")  # fmt: skip
            field.data = _checked(checks.issn(field.data), sentence)

    def validate_licence(self, field: Field) -> None:
        if field.data:
            web_address(self, field)

    def validate_number(self, field: Field) -> None:
        if not NUMBER.fullmatch(field.data) or field.data in RESERVED:
            raise ValidationError(
                _l("Write small letters a to z, digits and hyphens, as in 5603 or briefing-2024.")
            )
        self._is_free("number", field)

    def _is_free(self, name: str, field: Field) -> None:
        own = self.publication.id if self.publication else None
        other = listing.another(own, **{name: field.data})
        if other is not None:
            self.others[name] = other
            said = {
                "doi": _("“%(title)s” has this DOI already."),
                "isbn": _("“%(title)s” has this ISBN already."),
                "number": _("“%(title)s” has this number in its address already."),
            }[name]
            raise ValidationError(said % {"title": translated(other.title)})

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        self.targets: dict[str, int] = {}
        if "number" in self and not self.number.data:
            self.number.data = self._own_number()
        if self._is_public and not self.published.data:
            self.published.errors = [_l("The publication is public: keep the year at least.")]
            is_valid = False
        for row in range(1, self.rows.get("author", 0) + 1):
            given, last = self[f"author_{row}_given"], self[f"author_{row}_last"]
            if (given.data or self[f"author_{row}_variants"].data) and not last.data:
                last.errors = [_l("Give the family name too.")]
                is_valid = False
        for row in range(1, self.rows.get("other", 0) + 1):
            scheme, value = self[f"other_{row}_scheme"], self[f"other_{row}_value"]
            if bool(scheme.data) != bool(value.data):
                empty = value if scheme.data else scheme
                empty.errors = [_l("Give both, the scheme and the number, or neither.")]
                is_valid = False
        for row in range(1, self.rows.get("relation", 0) + 1):
            is_valid = self._is_related(row) and is_valid
        return is_valid and self._is_no_second()

    def _is_no_second(self) -> bool:
        """Not like one that is here already, or its editor knows and keeps it."""
        if not self.anyway.data:
            self.alike = listing.alike(self.publication, self.facts)
        if self.alike:
            self.anyway.errors = [
                _l("It looks like a publication that is here already. Look at that one, or tick "
                   "this if yours is another.")
            ]  # fmt: skip
        return not self.alike

    @property
    def _is_public(self) -> bool:
        return self.publication is not None and self.publication.state is not State.DRAFT

    def _own_number(self) -> str:
        """That which it has, else one from its publication number or title."""
        if self.publication is not None:
            return self.publication.number
        return free_number(self.publication_number.data or "", self.title.data)

    def _is_related(self, row: int) -> bool:
        kind, target = self[f"relation_{row}_kind"], self[f"relation_{row}_target"]
        if bool(kind.data) != bool(target.data):
            empty = target if kind.data else kind
            empty.errors = [_l("Say both, what it is to the other and to which, or neither.")]
            return False
        if not target.data:
            return True
        found = listing.numbered(target.data)
        if found is None:
            target.errors = [_l("There is no publication of this number or DOI here.")]
        elif self.publication is not None and found.id == self.publication.id:
            target.errors = [_l("This is the publication itself.")]
        else:
            self.targets[target.data] = found.id
            return True
        return False


def form_for(publication: Publication | None, sent: Any) -> PublicationForm:
    """The form with as many rows as are known or were sent, and more where they were asked for."""
    rows = {}
    for name in LISTS:
        known = len(getattr(publication, _LIST_OF[name])) if publication else 0
        given = sum(1 for key in sent if key.startswith(f"{name}_")) // len(LISTS[name])
        rows[name] = min(max(known + 1, given, ROWS if name == "author" else 1), MOST_ROWS)
        if sent.get("more") == name:
            rows[name] = min(rows[name] + MORE, MOST_ROWS)
    return _with_rows(**rows)(publication)


_LIST_OF = {"author": "authors", "other": "other_numbers", "relation": "relations"}


@lru_cache(maxsize=64)
def _with_rows(**rows: int) -> type[PublicationForm]:
    fields: dict[str, Any] = {"rows": rows}
    for name, row, part in _row_names(rows):
        fields[f"{name}_{row}_{part}"] = _ROW_FIELDS[name, part](row)
    return type("PublicationForm", (PublicationForm,), fields)


def _row_names(rows: dict[str, int]) -> list[tuple[str, int, str]]:
    return [
        (name, row, part)
        for name, parts in LISTS.items()
        for row in range(1, rows.get(name, 0) + 1)
        for part in parts
    ]


_ROW_FIELDS = {
    ("author", "last"): lambda row: text(
        _l("Author %(number)s: family name, or name of a body", number=row), 300
    ),
    ("author", "given"): lambda row: text(
        _l("Author %(number)s: given names, none for a body", number=row), 200
    ),
    ("author", "variants"): lambda row: text(
        _l("Author %(number)s: also spelled", number=row), 200
    ),
    ("other", "scheme"): lambda row: text(
        _l("Other number %(number)s: whose it is, as ERIC", number=row), 40
    ),
    ("other", "value"): lambda row: text(_l("Other number %(number)s", number=row), 80),
    ("relation", "kind"): lambda row: SelectField(
        _l("Relation %(number)s: this publication …", number=row), [Optional()], choices=[]
    ),
    ("relation", "target"): lambda row: text(
        _l("Relation %(number)s: number or DOI of the other", number=row), 300
    ),
}


def free_number(*wishes: Any) -> str:
    """A number that no publication has, from the first wish that has letters or figures."""
    texts = [translated(wish) if isinstance(wish, dict) else wish for wish in wishes]
    base = next((found for each in texts if (found := slug(each)[:60].strip("-"))), "publication")
    taken = listing.numbers_like(base)
    return first_free(base, taken)


def _checked(found: str | None, sentence: Any) -> str:
    if found is None:
        raise ValidationError(sentence)
    return found


def _author(last: str, given: str, variants: str) -> dict[str, str]:
    name = {"family": last, "given": given} if given else {"literal": last}
    return name | ({"variants": variants} if variants else {})


def _choices(words: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in words.items()]


def _languages(own: str) -> list[SelectChoice]:
    """The official languages of the Union, and the publication's own, by their names.

    Before them none, which is that of a record whose source does not say it.
    """
    named = {code: language_name(code) for code in {*ENDONYMS, own} if code}
    in_order = sorted(named.items(), key=lambda each: fold(each[1]))
    return [SelectChoice("", "–"), *(SelectChoice(code, name) for code, name in in_order)]


def _known(publication: Publication, rows: dict[str, int]) -> dict[str, Any]:
    """What stands in each field."""
    known = {name: getattr(publication, name) for name in (*_PLAIN, "number")}
    known["type"] = publication.type.value
    known["subjects"] = [each.id for each in publication.subjects]
    for row in range(1, rows.get("author", 0) + 1):
        name = next(iter(publication.names[row - 1 : row]), None)
        known[f"author_{row}_last"] = (name.literal or name.family) if name else ""
        known[f"author_{row}_given"] = name.given if name else ""
        said = next(iter((publication.authors or [])[row - 1 : row]), {})
        known[f"author_{row}_variants"] = said.get("variants", "")
    for row in range(1, rows.get("other", 0) + 1):
        other = (publication.other_numbers or [])[row - 1 : row] or [{}]
        known[f"other_{row}_scheme"] = other[0].get("scheme", "")
        known[f"other_{row}_value"] = other[0].get("value", "")
    for row in range(1, rows.get("relation", 0) + 1):
        relation = next(iter(publication.relations[row - 1 : row]), None)
        known[f"relation_{row}_kind"] = relation.kind.value if relation else ""
        known[f"relation_{row}_target"] = relation.target.number if relation else ""
    return known
