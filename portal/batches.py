"""Letters that are written several to a transaction, of which none holds up the others."""

import logging
from collections.abc import Callable

from sqlalchemy.exc import InterfaceError, OperationalError

from portal.db import db, transaction

log = logging.getLogger("portal.letters")

AT_ONCE = 10
"""Letters of one transaction: few, since on SQLite whoever registers waits for its end."""

NO_LETTERS_FAULT = (OperationalError, InterfaceError)
"""The database is away, or was held for too long: all of it is done again later."""

Write = Callable[[], None]
SetAside = Callable[[str], None]
Attempt = Callable[[Write, SetAside], None]
"""How a letter is written, and how it is set aside under the name of its error."""


def together_or_one_by_one(write_some: Callable[[Attempt], bool]) -> bool:
    """All of them in few statements; where one cannot be written, each behind a savepoint.

    A letter and what is noted of it are one commit, so that a worker that is killed writes none
    twice.
    """
    try:
        with transaction() as session, session.no_autoflush:
            return write_some(_with_the_others)
    except NO_LETTERS_FAULT:
        raise
    except Exception:  # whose fault it was is found out, and logged, one by one
        with transaction():
            return write_some(on_its_own)


def _with_the_others(write: Write, set_aside: SetAside) -> None:
    write()


def on_its_own(write: Write, set_aside: SetAside) -> None:
    """A letter that cannot be written is set aside, and blocks nobody."""
    try:
        with db.session.begin_nested(), db.session.no_autoflush:
            write()
    except NO_LETTERS_FAULT:
        raise
    except Exception as error:
        log.error("a letter could not be written", exc_info=error)
        set_aside(type(error).__name__)
