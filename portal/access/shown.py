"""What is asked and given, in the page's language."""

from collections.abc import Iterable, Mapping

from portal import labels
from portal.access.rules import Asked
from portal.i18n import country_name


def things(asked: Iterable[str]) -> list[str]:
    """What is asked, in words."""
    return [str(labels.ACCESS_ASKS[each]) for each in asked]


COLUMNS: Mapping[Asked, tuple[str, ...]] = {
    Asked.BIRTH_DATE: ("birth_date",),
    Asked.NATIONALITY: ("nationality",),
    Asked.DOCUMENT: ("document_kind", "document_number"),
}
"""The values that each question gives."""


def in_words(name: str, value: str) -> str:
    """A value as the building's people read it."""
    if name == "nationality":
        return country_name(value) if value else ""
    if name == "document_kind":
        return str(labels.DOCUMENTS.get(value, value))
    return value
