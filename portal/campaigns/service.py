"""The verbs that change campaign links, and the one that counts."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Connection, Date, Integer, bindparam, select, text
from sqlalchemy.exc import IntegrityError

from portal.audit.service import Actor, record
from portal.campaigns.models import Issue, Link
from portal.campaigns.rules import ALPHABET, CODE_LENGTH, Place
from portal.db import db, for_update
from portal.errors import Refused


def create(facts: dict[str, Any], *, by: Actor, now: datetime) -> Issue:
    """An issue of a newsletter, without links."""
    issue = Issue(created_at=now, **facts)
    db.session.add(issue)
    _flush_number()
    record("campaign.issue_made", issue, by=by, now=now)
    return issue


def change(issue: Issue, facts: dict[str, Any], *, by: Actor, now: datetime) -> None:
    """Another name, number or day; its links stay as they are."""
    changed = sorted(name for name, value in facts.items() if getattr(issue, name) != value)
    for name in changed:
        setattr(issue, name, facts[name])
    if changed:
        _flush_number()
        record("campaign.issue_changed", issue, by=by, now=now, fields=changed)


def add_link(issue: Issue, place: Place, target: str, *, by: Actor, now: datetime) -> Link:
    """A short address in an issue that leads to a page of ours; see `targets.public_path`."""
    link = Link(issue=issue, place=place, target=target, code=_free_code(), created_at=now)
    db.session.add(link)
    db.session.flush()
    record("campaign.link_made", link, by=by, now=now)
    return link


def lead_to(link: Link, target: str, *, by: Actor, now: datetime) -> None:
    """To another page, under the same address and with the same count."""
    if link.target == target:
        raise Refused(_("The link leads to this page already."))
    link.target = target
    record("campaign.link_led_elsewhere", link, by=by, now=now)


def locked(link_id: int) -> Link:
    question = for_update(select(Link).where(Link.id == link_id))
    return db.session.scalars(question.execution_options(populate_existing=True)).one()


def retire(link: Link, *, by: Actor, now: datetime) -> None:
    """It is not to be used any more; who follows it still gets to its page, and is counted."""
    if link.retired_at is not None:
        raise Refused(_("This link is retired already."))
    link.retired_at = now
    record("campaign.link_retired", link, by=by, now=now)


def take_up(link: Link, *, by: Actor, now: datetime) -> None:
    """It may be used again."""
    if link.retired_at is None:
        raise Refused(_("This link is in use already."))
    link.retired_at = None
    record("campaign.link_taken_up", link, by=by, now=now)


def count(connection: Connection, visits: Mapping[tuple[int, date], int]) -> None:
    """So many more visits of a link on a day; two who count at once lose none.

    In one order, so that they do not wait for each other crosswise either; of a link that a restore
    took away there is nothing to count.
    """
    rows = [
        {"link": link_id, "day": day, "count": number}
        for (link_id, day), number in sorted(visits.items())
    ]
    connection.execute(_COUNT, rows)


_COUNT = text(
    "INSERT INTO campaign_visits (link_id, day, count) "
    "SELECT id, :day, :count FROM campaign_links WHERE id = :link "
    "ON CONFLICT (link_id, day) DO UPDATE SET count = campaign_visits.count + excluded.count"
).bindparams(bindparam("day", type_=Date()), bindparam("count", type_=Integer()))


def _free_code() -> str:
    """Random, so that nobody learns from one code which others there are."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _each in range(CODE_LENGTH))
        if db.session.scalar(select(Link.id).where(Link.code == code)) is None:
            return code


def _flush_number() -> None:
    """Two who make the same issue at once: the second is refused."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused(_("This issue of this newsletter is there already.")) from error
