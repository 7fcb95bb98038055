"""Organisers, the teams they are in, and where they are signed in."""

from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.rules import SignedInBy, TeamRole
from portal.db import Row, coded


class User(Row, UserMixin):
    """Somebody who works at the desk; `admin` sees every event, others those of their teams.

    An `officer` for data protection sees how every event stands, and nobody's data. Who
    `edits_library` writes publications, podcasts, news and campaigns, and by that sees nobody's.

    `fs_uniquifier` and `link_code` stand in signed links and change when such a link was used, so
    that each works once.
    """

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="")
    admin: Mapped[bool] = mapped_column(default=False)
    officer: Mapped[bool] = mapped_column(default=False, server_default=false())
    edits_library: Mapped[bool] = mapped_column(default=False, server_default=false())
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
    signed_in_at: Mapped[datetime | None]
    passkey_handle: Mapped[str | None] = mapped_column(String(64), unique=True)

    memberships: Mapped[list["Membership"]] = relationship(
        cascade="all, delete-orphan", back_populates="user"
    )
    passkeys: Mapped[list["Passkey"]] = relationship(
        cascade="all, delete-orphan", back_populates="user", order_by="Passkey.id"
    )
    identities: Mapped[list["Identity"]] = relationship(
        cascade="all, delete-orphan", back_populates="user"
    )

    @property
    def may_edit_library(self) -> bool:
        """An editor of the library, or an administrator."""
        return self.admin or self.edits_library

    @property
    def has_app(self) -> bool:
        """An authenticator app is set up."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    @property
    def has_second_factor(self) -> bool:
        return self.has_app or bool(self.passkeys)

    @property
    def has_come(self) -> bool:
        """Whether the invitation was followed, by a password or by somebody else's sign-in."""
        return bool(self.password) or self.signed_in_at is not None


class Membership(Row):
    """A person in the team of an event."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "event_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    role: Mapped[TeamRole] = mapped_column(coded(TeamRole), default=TeamRole.ORGANISER)

    user: Mapped[User] = relationship(back_populates="memberships")


class Passkey(Row):
    """A key that a device or a manager of passwords holds (WebAuthn level 3); its public half.

    `sign_count` only rises, unless the device does not count: a copy of the key is seen by it.
    """

    __tablename__ = "passkeys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="passkeys")


class Identity(Row):
    """Who a person is at a provider of sign-ins (OpenID Connect Core 1.0, section 5.7)."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("user_id", "issuer"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="identities")


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
