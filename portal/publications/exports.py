"""What machines read of publications: formats, and by which name each is asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MIMEAccept

from portal.publications import bibtex, csl, ris
from portal.publications.rules import Record

HTML = "text/html"
LINKED_DATA = "application/ld+json"
LINKSET = "application/linkset+json"  # RFC 9264


@dataclass(frozen=True, slots=True)
class Format:
    """A format of records: the end of its address, its media type, and who writes it."""

    ending: str
    media_type: str
    name: str
    write: Callable[[Sequence[Record], str], str]


FORMATS = {
    each.ending: each
    for each in (
        Format("bib", "application/x-bibtex", "BibTeX", bibtex.write),
        Format("ris", "application/x-research-info-systems", "RIS", ris.write),
        Format("csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", csl.write),
    )
}
OFFERED = {HTML: "", **{each.media_type: each.ending for each in FORMATS.values()},
           LINKED_DATA: "jsonld"}  # fmt: skip
"""Which ending a media type of `Accept` leads to; the page comes first, and so wins a tie."""


def wanted(accepted: Iterable[tuple[str, float]]) -> str:
    """The ending of what `Accept` asks for, empty for the page; parameters tell nothing apart."""
    bare = MIMEAccept([(value.partition(";")[0].strip(), weight) for value, weight in accepted])
    return OFFERED[bare.best_match(OFFERED, HTML)]


MEDIA_TYPES = {ending: media_type for media_type, ending in OFFERED.items() if ending}
