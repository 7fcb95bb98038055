"""What personal calendars hold about a person, and how they forget: the mailbox they belong to."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal.calendars import queries
from portal.calendars.models import PersonalFeed
from portal.db import db
from portal.keeping import Keeping, Rules, Whose
from portal.registrations.models import Registration

PERSONAL = ("address_key",)

KEEPING: Rules = {
    PersonalFeed: Keeping(
        Whose.REGISTRANTS,
        what=_l("That a mail address subscribed to its calendar"),
        end=_l("when it is ended, or with the last registration of the address"),
        personal=PERSONAL,
        of_the_record=("code_digest",),
    ),
}


def held(registration: Registration) -> dict[str, Any]:
    """The calendar addresses that were asked for from this registration's page."""
    feeds = queries.asked_from(registration.id)
    return {"calendar_addresses": [_said(each) for each in feeds if each.is_live]}


def erase(registration: Registration) -> None:
    """Forget the mailbox, unless somebody else is registered with it."""
    forget_all([registration.id])


def forget_all(registration_ids: Sequence[int]) -> None:
    """The same for many, whose addresses are still there."""
    theirs = select(Registration.address_key).where(Registration.id.in_(registration_ids))
    _forget(
        PersonalFeed.address_key.in_(theirs.scalar_subquery()), queries.of_nobody(registration_ids)
    )


def some_are_of_nobody() -> bool:
    """Whether a feed is left of an address under which nobody is registered any more."""
    feeds = select(PersonalFeed.id).where(queries.of_nobody()).limit(1)
    return db.session.execute(feeds).first() is not None


def forget_those_of_nobody() -> None:
    """As after a change of address: the old mailbox has no event left to show."""
    _forget(queries.of_nobody())


def _forget(*which: Any) -> None:
    db.session.execute(
        update(PersonalFeed)
        .where(*which)
        .values(address_key="")
        .execution_options(synchronize_session="fetch")
    )


def _said(feed: PersonalFeed) -> dict[str, Any]:
    return {
        "asked_at": feed.asked_at.isoformat(),
        "given_at": feed.told_at.isoformat() if feed.told_at else None,
    }
