"""Topics, projects, and ties between two things of any part."""

from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.edition import Published
from portal.i18n import Translated
from portal.ties.rules import Kind


class _Gathering(Published):
    """What a topic and a project have in common: a page of its own that others are tied to.

    Everybody finds it once it is `public`. `revision` counts each change, so that kept pages know
    when they are old.
    """

    __abstract__ = True

    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[Translated] = mapped_column(JSON)
    summary: Mapped[Translated] = mapped_column(JSON, default=dict)
    text: Mapped[Translated] = mapped_column(JSON, default=dict)
    public: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)


class Topic(_Gathering):
    """What events, publications, episodes and news are about.

    Events of its `sector`, where it has one, belong to it without a tie.
    """

    __tablename__ = "topics"
    kind = Kind.TOPIC

    sector: Mapped[str] = mapped_column(String(40), default="")


class Project(_Gathering):
    """A piece of work that others come from: a study, with its phases one after the other.

    `phases` are {years, focus by language, carried_out_by}.
    """

    __tablename__ = "projects"
    kind = Kind.PROJECT

    also_called: Mapped[Translated] = mapped_column(JSON, default=dict)
    commissioned_by: Mapped[Translated] = mapped_column(JSON, default=dict)
    countries: Mapped[Translated] = mapped_column(JSON, default=dict)
    hashtag: Mapped[str] = mapped_column(String(100), default="")
    phases: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


TABLES = {
    Kind.EVENT: "events",
    Kind.PUBLICATION: "publications",
    Kind.EPISODE: "podcast_episodes",
    Kind.NEWS: "news_items",
    Kind.TOPIC: "topics",
    Kind.PROJECT: "projects",
}
COLUMNS = tuple(f"{kind}_id" for kind in TABLES)
_ENDS = " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in COLUMNS)


def _end(kind: Kind) -> Mapped[int | None]:
    return mapped_column(ForeignKey(f"{TABLES[kind]}.id", ondelete="CASCADE"), index=True)


class Tie(Published):
    """Two things of different kinds belong together.

    `phase` says to which phase of a project the other one belongs, counted from 1. NULLs
    differ from each other, so that each constraint of two columns is about rows that fill both.
    """

    __tablename__ = "ties"
    __table_args__ = (
        CheckConstraint(f"{_ENDS} = 2", name="two_ends"),
        *(UniqueConstraint(*pair) for pair in combinations(COLUMNS, 2)),
    )

    event_id: Mapped[int | None] = _end(Kind.EVENT)
    publication_id: Mapped[int | None] = _end(Kind.PUBLICATION)
    episode_id: Mapped[int | None] = _end(Kind.EPISODE)
    news_id: Mapped[int | None] = _end(Kind.NEWS)
    topic_id: Mapped[int | None] = _end(Kind.TOPIC)
    project_id: Mapped[int | None] = _end(Kind.PROJECT)
    phase: Mapped[int | None]
