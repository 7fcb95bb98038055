"""What the catalogue holds about a person: the names under which they published, for good.

An author's name is part of a publication as its title is: published by the author's own will,
cited by others, and kept for the record of what a public body has put out (Regulation (EU)
2018/1725, 4(1)(b), 13 and 19(3)(d): archiving in the public interest). So an erasure leaves it, and
a mistake in it is corrected at the desk. No address and nothing else of them is kept.
"""

from portal.keeping import Impersonal, Rules
from portal.publications.models import (
    Publication,
    PublicationFile,
    PublicationImport,
    Relation,
    Subject,
    SubjectLink,
)

KEEPING: Rules = {
    Publication: Impersonal(
        "Bibliographic facts, published as they are; an author's name stays with the work.",
        texts=(
            "number", "type", "title", "abstract", "language", "published", "authors", "series",
            "series_number", "publication_number", "catalogue_number", "other_numbers", "doi",
            "isbn", "issn", "publisher", "place", "licence", "state", "withdrawal_reason", "words",
        ),
    ),
    PublicationFile: Impersonal(
        "Published files; who wrote one stands in it with their will.",
        texts=("label", "language", "file", "digest"),
    ),
    Subject: Impersonal("Terms of a vocabulary.", texts=("code", "label")),
    SubjectLink: Impersonal("What a publication is about."),
    PublicationImport: Impersonal(
        "A bibliography that is looked at before it is imported, for a day at most.",
        texts=("content", "fates"),
    ),
    Relation: Impersonal("What one publication is to another.", texts=("kind",)),
}  # fmt: skip
