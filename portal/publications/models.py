"""The catalogue: publications, their files, subjects and relations."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload, validates

from portal.db import Model, Row, coded, db
from portal.edition import Published
from portal.i18n import Translated
from portal.publications.rules import (
    Name,
    Record,
    RelationKind,
    State,
    Type,
    has_begun,
    words_of,
    year_of,
)

_HAS_DOI = text("doi <> ''")


class Publication(Published):
    """What the catalogue says of one publication.

    `number` is the last part of its address and never changes once it is public. `published` is
    its date as precisely as it is known ('2022', '2022-10', '2022-10-03'), `public_at` when its
    page went public here. `authors` are those of `rules.Name`, each with the `variants` by which a
    search finds it too where it is spelled in several ways. `other_numbers` have a `scheme`
    ('ERIC') and a `value`. A DOI is bare and in small letters. Until `embargo_until` its files are
    given to nobody. `revision` and `updated_at` count and date the changes of what is said of it;
    `words` is what a search finds, kept by `_keep_words`.
    """

    __tablename__ = "publications"
    __table_args__ = (
        Index(
            "uq_publications_doi", "doi", unique=True,
            sqlite_where=_HAS_DOI, postgresql_where=_HAS_DOI,
        ),
        Index("ix_publications_state_published", "state", "published"),
        Index("ix_publications_state_type_published", "state", "type", "published"),
        Index("ix_publications_state_year_published", "state", "year", "published"),
        Index("ix_publications_state_language_published", "state", "language", "published"),
        Index("ix_publications_state_revision", "state", "revision"),
        Index("ix_publications_updated_at", "updated_at", "id"),
        Index("ix_publications_isbn", "isbn"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(80), unique=True)
    type: Mapped[Type] = mapped_column(coded(Type))
    title: Mapped[Translated] = mapped_column(JSON)
    abstract: Mapped[Translated] = mapped_column(JSON, default=dict)
    language: Mapped[str] = mapped_column(String(35))
    published: Mapped[str] = mapped_column(String(10), default="")
    year: Mapped[int | None]
    authors: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    series: Mapped[str] = mapped_column(String(200), default="")
    series_number: Mapped[str] = mapped_column(String(40), default="")
    publication_number: Mapped[str] = mapped_column(String(80), default="")
    catalogue_number: Mapped[str] = mapped_column(String(80), default="")
    other_numbers: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    doi: Mapped[str] = mapped_column(String(200), default="")
    isbn: Mapped[str] = mapped_column(String(20), default="")
    issn: Mapped[str] = mapped_column(String(9), default="")
    publisher: Mapped[str] = mapped_column(String(300), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    pages: Mapped[int | None]
    licence: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[State] = mapped_column(coded(State), default=State.DRAFT)
    embargo_until: Mapped[datetime | None]
    public_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[Translated] = mapped_column(JSON, default=dict)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("publications.id"), index=True)
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    words: Mapped[str] = mapped_column(Text, default="", deferred=True)

    files: Mapped[list["PublicationFile"]] = relationship(
        back_populates="publication",
        order_by="PublicationFile.position, PublicationFile.id",
        cascade="all, delete-orphan",
    )
    subjects: Mapped[list["Subject"]] = relationship(
        secondary="publication_subject_links",
        back_populates="publications",
        order_by="Subject.code",
    )
    relations: Mapped[list["Relation"]] = relationship(
        foreign_keys="Relation.publication_id",
        order_by="Relation.id",
        back_populates="publication",
        cascade="all, delete-orphan",
    )
    related_from: Mapped[list["Relation"]] = relationship(
        foreign_keys="Relation.target_id", order_by="Relation.id", back_populates="target",
        cascade="all, delete-orphan",
    )  # fmt: skip
    replaced_by: Mapped["Publication | None"] = relationship(remote_side="Publication.id")

    @validates("published")
    def _date(self, _name: str, published: str) -> str:
        self.year = year_of(published)
        return published

    @property
    def names(self) -> tuple[Name, ...]:
        return tuple(
            Name(**{part: value for part, value in each.items() if part != "variants"})
            for each in self.authors or ()
        )

    def changed(self, now: datetime) -> None:
        """What is said of it is another: kept pages and harvesters are to know."""
        self.revision += 1
        self.updated_at = now

    def files_are_free(self, now: datetime) -> bool:
        """Published, and no embargo holds at `now`."""
        return self.state is State.PUBLISHED and has_begun(self.embargo_until, now)

    def record(self, address: Callable[[str], str] = str) -> Record:
        """Its metadata for exports; `address` makes the permanent address of a number."""
        return Record(
            **{name: getattr(self, name) for name in _SAME},
            title=dict(self.title),
            abstract=dict(self.abstract),
            authors=self.names,
            subjects=tuple(each.label.get("en", each.code) for each in self.subjects),
            other_numbers=tuple(
                (each["scheme"], each["value"]) for each in self.other_numbers or ()
            ),
            url=address(self.number),
        )


_SAME = (
    "number", "type", "language", "published", "series", "series_number", "publication_number",
    "catalogue_number", "doi", "isbn", "issn", "publisher", "place", "pages", "licence",
)  # fmt: skip


class PublicationFile(Published):
    """One of the files of a publication, in one language, under a label ('Annex')."""

    __tablename__ = "publication_files"
    __table_args__ = (
        Index("ix_publication_files_publication_id_position", "publication_id", "position"),
    )

    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    label: Mapped[Translated] = mapped_column(JSON, default=dict)
    language: Mapped[str] = mapped_column(String(35))
    file: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    publication: Mapped[Publication] = relationship(back_populates="files")

    @property
    def ending(self) -> str:
        """'pdf': what kind of file it is."""
        return self.file.rpartition(".")[2]


class Subject(Published):
    """A term of the catalogue's own vocabulary, with a label in each language."""

    __tablename__ = "publication_subjects"

    code: Mapped[str] = mapped_column(String(80), unique=True)
    label: Mapped[Translated] = mapped_column(JSON)

    publications: Mapped[list[Publication]] = relationship(
        secondary="publication_subject_links", back_populates="subjects"
    )


class SubjectLink(Model):
    """A publication is about a subject."""

    __tablename__ = "publication_subject_links"

    publication_id: Mapped[int] = mapped_column(
        ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True
    )
    subject_id: Mapped[int] = mapped_column(
        ForeignKey("publication_subjects.id"), primary_key=True, index=True
    )


class Relation(Published):
    """What a publication is to another; the other way round is said by `RelationKind.inverse`."""

    __tablename__ = "publication_relations"
    __table_args__ = (
        UniqueConstraint("publication_id", "kind", "target_id"),
        CheckConstraint("publication_id <> target_id", name="not_to_itself"),
    )

    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id", ondelete="CASCADE"))
    kind: Mapped[RelationKind] = mapped_column(coded(RelationKind))
    target_id: Mapped[int] = mapped_column(
        ForeignKey("publications.id", ondelete="CASCADE"), index=True
    )

    publication: Mapped[Publication] = relationship(
        foreign_keys=[publication_id], back_populates="relations"
    )
    target: Mapped[Publication] = relationship(
        foreign_keys=[target_id], back_populates="related_from"
    )


class PublicationImport(Row):
    """A bibliography that was handed in, and what it would do; for a day at most."""

    __tablename__ = "publication_imports"

    content: Mapped[str] = mapped_column(Text)
    fates: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime]


@event.listens_for(db.session, "before_flush")
def _keep_words(session: Session, *_context: Any) -> None:
    """Whoever changes a publication, a search finds what it says now.

    Another label of a subject is a change of each publication that has it.
    """
    changed = {each for each in (*session.new, *session.dirty) if isinstance(each, Publication)}
    unread = [each.id for each in changed if "subjects" in inspect(each).unloaded and each.id]
    if unread:
        question = select(Publication).where(Publication.id.in_(unread))
        session.scalars(question.options(selectinload(Publication.subjects))).all()
    for publication in changed:
        publication.words = _words(publication)


def _words(publication: Publication) -> str:
    """Everything by which people look for it, split and folded."""
    names = [part for each in publication.authors or () for part in each.values()]
    numbers = [each["value"] for each in publication.other_numbers or ()]
    labels = [label for subject in publication.subjects for label in subject.label.values()]
    said = [getattr(publication, name) for name in _SEARCHED]
    texts = [*(publication.title or {}).values(), *(publication.abstract or {}).values()]
    return " ".join(words_of(*texts, *names, *labels, *numbers, *said))


_SEARCHED = (
    "number", "published", "series", "series_number", "publication_number", "catalogue_number",
    "doi", "isbn", "issn", "publisher", "place",
)  # fmt: skip
