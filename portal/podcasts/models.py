"""Shows, their episodes, and who is heard in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import coded
from portal.edition import Published
from portal.i18n import Translated
from portal.podcasts.rules import Chapter, Part, State, feed_guid, state
from portal.podcasts.transcripts import Cue


class Show(Published):
    """What one subscribes to; public once an episode of it is.

    `revision` counts every change of it and of its episodes, so that kept pages and feeds know
    that they are old. `first_feed` gives its feeds their names for ever (`rules.feed_guid`).
    """

    __tablename__ = "podcast_shows"
    __table_args__ = (UniqueConstraint("slug"),)

    slug: Mapped[str] = mapped_column(String(80))
    first_feed: Mapped[str] = mapped_column(String(400))
    title: Mapped[Translated] = mapped_column(JSON)
    description: Mapped[Translated] = mapped_column(JSON, default=dict)
    author: Mapped[str] = mapped_column(String(200))
    owner_name: Mapped[str] = mapped_column(String(200))
    owner_email: Mapped[str] = mapped_column(String(254))
    category: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(8))
    explicit: Mapped[bool] = mapped_column(default=False)
    link: Mapped[str] = mapped_column(String(1000), default="")
    cover: Mapped[str] = mapped_column(String(80), default="")
    small_cover: Mapped[str] = mapped_column(String(80), default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    hosts: Mapped[list["Person"]] = relationship(
        primaryjoin="and_(Person.show_id == Show.id, Person.episode_id.is_(None))",
        order_by="Person.id",
        viewonly=True,
    )

    def guid(self, lang: str) -> str:
        """`podcast:guid` of its feed in this language."""
        return feed_guid(self.first_feed, lang)


class Episode(Published):
    """One recording: its texts, its file, and what is said in it.

    `transcript` keeps cues as `transcripts.kept` writes them; `last_word_at` is the end of the last
    one, for who need not read them all. `chapters` are of the recording, and in its language.
    """

    __tablename__ = "podcast_episodes"
    __table_args__ = (
        UniqueConstraint("show_id", "slug"),
        UniqueConstraint("guid"),
        Index("ix_podcast_episodes_show_id_published_at", "show_id", "published_at"),
    )

    show_id: Mapped[int] = mapped_column(ForeignKey("podcast_shows.id"))
    slug: Mapped[str] = mapped_column(String(80))
    guid: Mapped[str] = mapped_column(String(36))
    number: Mapped[int | None]
    season: Mapped[int | None]
    title: Mapped[Translated] = mapped_column(JSON)
    notes: Mapped[Translated] = mapped_column(JSON, default=dict)
    language: Mapped[str] = mapped_column(String(8))
    chapters: Mapped[list[Any]] = mapped_column(default=list)
    audio: Mapped[str] = mapped_column(String(80), default="")
    audio_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    audio_digest: Mapped[str] = mapped_column(String(64), default="")
    audio_seconds: Mapped[float] = mapped_column(default=0.0)
    transcript: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    last_word_at: Mapped[float | None]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    show: Mapped[Show] = relationship()
    people: Mapped[list["Person"]] = relationship(order_by="Person.id", back_populates="episode")

    @property
    def ending(self) -> str:
        """'mp3': what kind of file it is."""
        return self.audio.rpartition(".")[2]

    @property
    def marks(self) -> list[Chapter]:
        return [Chapter(start, title) for start, title in self.chapters]

    @property
    def cues(self) -> list[Cue]:
        return [Cue(*each) for each in self.transcript]

    def state(self, now: datetime) -> State:
        return state(self.published_at, self.withdrawn_at, now)


class Person(Published):
    """A host or a guest, by a public role; without an episode, a host of the whole show.

    One whose name was taken out on request keeps the row: somebody was heard.
    """

    __tablename__ = "podcast_people"

    show_id: Mapped[int] = mapped_column(ForeignKey("podcast_shows.id"), index=True)
    episode_id: Mapped[int | None] = mapped_column(ForeignKey("podcast_episodes.id"), index=True)
    part: Mapped[Part] = mapped_column(coded(Part))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Translated] = mapped_column(JSON, default=dict)
    link: Mapped[str] = mapped_column(String(1000), default="")

    episode: Mapped[Episode | None] = relationship(back_populates="people")
