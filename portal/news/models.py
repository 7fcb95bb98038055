"""News and calls, their deadlines, corrections and old addresses."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import coded
from portal.edition import Published
from portal.i18n import Translated
from portal.news.rules import Kind, Openness, State, openness, said_at


class Item(Published):
    """A piece of news, or a call that can be answered until it closes.

    `revision` counts each change, so that kept pages and feeds know when they are old. `uid` is
    what feeds make the ids of its entries from; it never changes. `whole_day` says that the call
    is open until its last day is over, and that its hour is not said. `doors` are groups of
    people with their questionnaires: {audience, links by language}. `contacts` are {about, role,
    person, email}. `changed_at` is when what it says was written anew in public.
    """

    __tablename__ = "news_items"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        Index("ix_news_items_state_published_at", "state", "published_at"),
        Index("ix_news_items_state_updated_at", "state", "updated_at"),
        Index("ix_news_items_state_closes_at", "state", "closes_at"),
        Index("ix_news_items_publish_at", "publish_at"),
    )

    kind: Mapped[Kind] = mapped_column(coded(Kind))
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    title: Mapped[Translated] = mapped_column(JSON)
    summary: Mapped[Translated] = mapped_column(JSON, default=dict)
    text: Mapped[Translated] = mapped_column(JSON, default=dict)
    zone: Mapped[str] = mapped_column(String(60))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    whole_day: Mapped[bool] = mapped_column(default=False)
    doors: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    responsible: Mapped[Translated] = mapped_column(JSON, default=dict)
    carried_out_by: Mapped[Translated] = mapped_column(JSON, default=dict)
    eligibility: Mapped[Translated] = mapped_column(JSON, default=dict)
    minutes_from: Mapped[int | None]
    minutes_to: Mapped[int | None]
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    hashtag: Mapped[str] = mapped_column(String(100), default="")
    licence: Mapped[str] = mapped_column(String(40), default="cc-by-4.0")
    state: Mapped[State] = mapped_column(coded(State), default=State.DRAFT)
    publish_at: Mapped[datetime | None]
    publish_missed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[Translated] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    extensions: Mapped[list["Extension"]] = relationship(order_by="Extension.id", lazy="selectin")
    corrections: Mapped[list["Correction"]] = relationship(
        order_by="Correction.id", lazy="selectin"
    )

    @property
    def is_call(self) -> bool:
        return self.kind is Kind.CALL

    def openness(self, now: datetime) -> Openness | None:
        """How the call stands; none of news, and of a draft without its day."""
        if not self.is_call or self.closes_at is None:
            return None
        return openness(self.opens_at, self.closes_at, now)

    @property
    def closing(self) -> datetime | None:
        """The moment that is said as its end."""
        return said_at(self.closes_at, self.whole_day) if self.closes_at else None


class Extension(Published):
    """A deadline that was moved: what it was, and what it is since.

    With a note it was wrong and is corrected; without, the call was extended.
    """

    __tablename__ = "news_extensions"

    item_id: Mapped[int] = mapped_column(ForeignKey("news_items.id"), index=True)
    before: Mapped[datetime]
    before_whole_day: Mapped[bool]
    after: Mapped[datetime]
    after_whole_day: Mapped[bool]
    note: Mapped[Translated] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]


class Correction(Published):
    """What was wrong in a public item and is right now, in words, for readers and republishers."""

    __tablename__ = "news_corrections"

    item_id: Mapped[int] = mapped_column(ForeignKey("news_items.id"), index=True)
    note: Mapped[Translated] = mapped_column(JSON)
    at: Mapped[datetime]


class OldSlug(Published):
    """An address that a public item had before; it leads to the item for ever."""

    __tablename__ = "news_old_slugs"

    slug: Mapped[str] = mapped_column(String(100), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("news_items.id"), index=True)
