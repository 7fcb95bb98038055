"""Organisers, the teams they are in, and where they are signed in."""

from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import SignedInBy, TeamRole
from portal.db import Row, coded


class User(Row, UserMixin):
    """Somebody who works at the desk; `admin` sees every event, others those of their teams.

    `fs_uniquifier` and `link_code` stand in signed links and change when such a link was used, so
    that each works once.
    """

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    admin: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    link_code: Mapped[str] = mapped_column(String(32))
    tf_primary_method: Mapped[str | None] = mapped_column(String(20))
    tf_totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_counter: Mapped[int | None]
    recovery_codes: Mapped[list[Any]] = mapped_column(default=list)
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(cascade="all, delete-orphan")

    @property
    def has_second_factor(self) -> bool:
        return bool(self.tf_primary_method and self.tf_totp_secret)


class Membership(Row):
    """A person in the team of an event."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "event_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    role: Mapped[TeamRole] = mapped_column(coded(TeamRole), default=TeamRole.ORGANISER)


class SignIn(Row):
    """A session, kept here so that its cookie, wherever copied, ends with the row.

    `code_digest` is of the random code in the cookie: the database alone opens nothing.
    """

    __tablename__ = "sign_ins"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    how: Mapped[SignedInBy] = mapped_column(coded(SignedInBy))
    began_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]

    user: Mapped[User] = relationship()
