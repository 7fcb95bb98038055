"""The edition of the library: a mark that every change of what its public pages show draws anew.

Kept pages ask for it and not for all that they were made of: one row, however much there is. It is
drawn at the very end of a transaction, so that nobody waits for its row, and by chance, so that no
other database (another backup) has the same mark for other words. ADR 0047.
"""

from secrets import randbits
from typing import Any

from sqlalchemy import BigInteger, bindparam, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Row, Stamp, db
from portal.keeping import Impersonal, Rules

_DUE = "edition is due"
_ONLY = 1


class Edition(Row):
    """The only row there is."""

    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[int] = mapped_column(BigInteger)


class Published(Row):
    """A row that public pages of the library may show."""

    __abstract__ = True


KEEPING: Rules = {Edition: Impersonal("Which words the kept pages of the library show.")}
MARK = select(Edition.mark).where(Edition.id == _ONLY).scalar_subquery()
"""For questions that ask for more as well."""
_STAMP = Stamp(select(Edition.mark).where(Edition.id == _ONLY))
_DRAWN = text(
    "INSERT INTO editions (id, mark) VALUES (:id, :mark)"
    " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
).bindparams(bindparam("id", _ONLY), bindparam("mark"))


def mark() -> int:
    """What tells a kept page that it may be old; 0 where nothing was ever written."""
    found = _STAMP.first()
    return found[0] if found else 0


@event.listens_for(db.session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    if _DUE not in session.info and _is_seen(session):
        session.info[_DUE] = True


@event.listens_for(db.session, "before_commit")
def _draw(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.pop(_DUE, False):
        session.execute(_DRAWN, {"mark": randbits(62)})


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_DUE, None)


def _is_seen(session: Session) -> bool:
    """What was only touched, and says the same, is no change."""
    if any(isinstance(each, Published) for each in (*session.new, *session.deleted)):
        return True
    touched = (each for each in session.dirty if isinstance(each, Published))
    return any(map(session.is_modified, touched))
