"""Questions about publications."""

from sqlalchemy import select

from portal.db import db
from portal.publications.models import Publication, PublicationFile


def files() -> set[str]:
    """The names of all files that publications have."""
    return set(db.session.scalars(select(PublicationFile.file)))


def any_publication(number: str) -> Publication | None:
    """The publication of this number, in whatever state it is."""
    return db.session.scalar(select(Publication).where(Publication.number == number))
