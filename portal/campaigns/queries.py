"""Questions about campaign links."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import selectinload

from portal.campaigns.models import Issue, Link, Visits
from portal.db import Stamp, db


def target(code: str) -> tuple[int, str] | None:
    """A link's id and the page that it leads to, also of one that is retired."""
    found = _TARGET.first(code=code)
    return None if found is None else (found[0], found[1])


_TARGET = Stamp(select(Link.id, Link.target).where(Link.code == bindparam("code")))


def issues() -> Sequence[Issue]:
    """Every issue, the latest first."""
    return db.session.scalars(select(Issue).order_by(Issue.day.desc(), Issue.id.desc())).all()


def totals() -> dict[int, tuple[int, int]]:
    """Of each issue, how many links it has and how often they were followed."""
    followed = (
        select(Visits.link_id, func.sum(Visits.count).label("count"))
        .group_by(Visits.link_id)
        .subquery()
    )
    question = (
        select(Link.issue_id, func.count(), func.coalesce(func.sum(followed.c.count), 0))
        .outerjoin(followed, followed.c.link_id == Link.id)
        .group_by(Link.issue_id)
    )
    return {issue: (links, int(visits)) for issue, links, visits in db.session.execute(question)}


def issue(issue_id: int) -> Issue | None:
    """An issue with its links."""
    return db.session.scalar(
        select(Issue).where(Issue.id == issue_id).options(selectinload(Issue.links))
    )


def link(link_id: int) -> Link | None:
    return db.session.get(Link, link_id)


def visits(issue_id: int) -> dict[tuple[int, date], int]:
    """How often each link of an issue was followed, by (link, day)."""
    question = (
        select(Visits.link_id, Visits.day, Visits.count)
        .join(Link, Link.id == Visits.link_id)
        .where(Link.issue_id == issue_id)
        .order_by(Visits.day)
    )
    return {(link_id, day): count for link_id, day, count in db.session.execute(question)}


def newsletters() -> list[str]:
    """The names that newsletters had, to choose from."""
    return list(db.session.scalars(select(Issue.newsletter).distinct().order_by(Issue.newsletter)))


def is_there(newsletter: str, number: str, *, but: int | None = None) -> bool:
    """Whether this issue of this newsletter is there already."""
    question = select(Issue.id).where(
        Issue.newsletter == newsletter, Issue.number == number, Issue.id.is_distinct_from(but)
    )
    return db.session.scalar(question) is not None
