"""Issues of newsletters, the links in them, and how often each was followed on a day."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.campaigns.rules import Place
from portal.db import Model, Row, coded


class Issue(Row):
    """A newsletter that goes out on a day."""

    __tablename__ = "campaign_issues"
    __table_args__ = (UniqueConstraint("newsletter", "number"),)

    newsletter: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    created_at: Mapped[datetime]

    links: Mapped[list["Link"]] = relationship(back_populates="issue", order_by="Link.id")


class Link(Row):
    """A short address in an issue, and the page that it leads to; it is retired, never deleted.

    `target` is a path of this portal, without a language where the reader's is meant.
    """

    __tablename__ = "campaign_links"

    code: Mapped[str] = mapped_column(String(8), unique=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("campaign_issues.id"), index=True)
    place: Mapped[Place] = mapped_column(coded(Place))
    target: Mapped[str] = mapped_column(String(500))
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    issue: Mapped[Issue] = relationship(back_populates="links")


class Visits(Model):
    """How often a link was followed on a day, on the portal's clock: a number, and nobody."""

    __tablename__ = "campaign_visits"

    link_id: Mapped[int] = mapped_column(ForeignKey("campaign_links.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
