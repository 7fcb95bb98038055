"""The list of an event's registrations as the desk wants it: found, filtered, sorted, counted."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, func, literal, select, type_coerce
from sqlalchemy import Row as Result
from sqlalchemy.orm import selectinload

from portal.db import db
from portal.events.division import Division
from portal.events.models import Event
from portal.events.rules import State
from portal.invites.models import Invite
from portal.registrations import calendar_replies, divisions, news, second_form, unreached
from portal.registrations.acting import Contact
from portal.registrations.models import Registration
from portal.registrations.offices import ACTS
from portal.registrations.queries import HAS_ADDRESS, HAS_ATTENDED, LIVE, MISSED
from portal.registrations.rules import (
    ASKED,
    TAKING,
    Attendance,
    Reply,
    StakeholderGroup,
    Status,
    reply,
)
from portal.sessions import queries as sessions
from portal.sessions.rules import State as InSession
from portal.text import clean, fold, like_pattern

REGISTERED_BY = (
    select(Contact.name + " <" + Contact.email + ">")
    .where(Contact.registration_id == Registration.id, ACTS)
    .correlate(Registration)
    .scalar_subquery()
    .label("registered_by")
)
"""Who acts for the person, if anybody does."""
PAGE = 50
MOST_WORDS = 8
LONGEST_SEARCH = 200
_COUNTRY = re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"[0-9]{1,9}")
OPEN_PLACES = 0
"""As a wish says that it wants who has a place of no quota."""
_SESSION = re.compile(r"([1-9][0-9]{0,8})(?:\.(line|wish))?", re.ASCII)
Question = Select[*tuple[Any, ...]]
SORTS = ("name", "organisation", "status", "registered_at")
ATTENDED = {"yes": True, "no": False}
"""Codes of a filter: who attended; who had a place and is not noted as attended."""
ENTITLED = {"yes": True, "no": False}
"""Codes of a filter: whose costs are reimbursed, and whose are not."""
HAS_JOINED = Registration.joined_at.is_not(None)
"""Who went to the joining link by the portal's button, which does not say how long they stayed."""
RANK = {status: rank for rank, status in enumerate(Status)}
COLUMNS = (
    Registration.id,
    Registration.title,
    Registration.first_name,
    Registration.last_name,
    Registration.badge_name,
    Registration.email,
    Registration.organisation,
    Registration.role,
    Registration.stakeholder_group,
    Registration.country,
    Registration.attendance,
    Registration.registered_at,
    Registration.stuck_at,
    Registration.still_comes_at,
    Registration.withdrawn_late,
    Registration.invitation_id,
    Registration.checked_in_at,
    Registration.checked_in_by,
    Registration.reported_at,
    Registration.joined_at,
    Registration.entitled,
    Registration.offered_until,
    Registration.quota_id,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to show, and in which order; `descending` turns it round.

    `session` is the id of one in which they have a place, or with `.line` wait for one, or with
    `.wish` wish for one.
    """

    words: str = ""
    status: Status | None = None
    group: StakeholderGroup | None = None
    attendance: Attendance | None = None
    country: str = ""
    unreached: bool = False
    attended: bool | None = None
    joined: bool = False
    entitled: bool | None = None
    calendar_reply: str = ""
    second: str = ""
    quota: int | None = None
    session: str = ""
    by_office: bool = False
    sort: str = "name"
    descending: bool = False


def wish_of(args: Mapping[str, str]) -> Wish | None:
    """What an address asks for; None where it holds a code that does not exist."""
    words, sort, country = args.get("q", ""), args.get("sort", "name"), args.get("country", "")
    status, group = args.get("status", ""), args.get("stakeholder_group", "")
    attendance, unreached = args.get("attendance", ""), args.get("unreached", "")
    joined = args.get("joined", "")
    attended, by_office = args.get("attended", ""), args.get("by_office", "")
    second, quota, session = args.get("second", ""), args.get("quota", ""), args.get("session", "")
    entitled, calendar_reply = args.get("entitled", ""), args.get("calendar_reply", "")
    known = (
        sort.removeprefix("-") in SORTS
        and (not status or status in set(Status))
        and (not group or group in set(StakeholderGroup))
        and (not attendance or attendance in set(Attendance))
        and (not country or _COUNTRY.fullmatch(country))
        and unreached in ("", "yes")
        and by_office in ("", "yes")
        and attended in ("", *ATTENDED)
        and joined in ("", "yes")
        and entitled in ("", *ENTITLED)
        and calendar_reply in ("", *calendar_replies.CODES)
        and second in ("", *second_form.FILTERS)
        and (not quota or _NUMBER.fullmatch(quota))
        and (not session or _SESSION.fullmatch(session))
    )
    if not known or len(words) > LONGEST_SEARCH:
        return None
    return Wish(
        words=clean(words),
        status=Status(status) if status else None,
        group=StakeholderGroup(group) if group else None,
        attendance=Attendance(attendance) if attendance else None,
        country=country,
        unreached=bool(unreached),
        attended=ATTENDED.get(attended),
        joined=bool(joined),
        entitled=ENTITLED.get(entitled),
        calendar_reply=calendar_reply,
        second=second,
        quota=int(quota) if quota else None,
        session=session,
        by_office=bool(by_office),
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
    )


def said(wish: Wish) -> dict[str, str]:
    """The wish as an address says it; what is usual is left out."""
    sort = f"{'-' if wish.descending else ''}{wish.sort}"
    codes = filter_codes(wish) | {"q": wish.words, "sort": "" if sort == "name" else sort}
    return {name: value for name, value in codes.items() if value}


def filter_codes(wish: Wish) -> dict[str, str]:
    """The filter without the words of the search, which may be somebody's name."""
    return {
        "status": wish.status.value if wish.status else "",
        "stakeholder_group": wish.group.value if wish.group else "",
        "attendance": wish.attendance.value if wish.attendance else "",
        "country": wish.country,
        "unreached": "yes" if wish.unreached else "",
        "by_office": "yes" if wish.by_office else "",
        "attended": next((code for code, so in ATTENDED.items() if so is wish.attended), ""),
        "joined": "yes" if wish.joined else "",
        "entitled": next((code for code, so in ENTITLED.items() if so is wish.entitled), ""),
        "calendar_reply": wish.calendar_reply,
        "second": wish.second,
        "quota": "" if wish.quota is None else str(wish.quota),
        "session": wish.session,
    }


def narrows(wish: Wish) -> bool:
    """Whether it shows fewer than everybody."""
    return bool(wish.words or any(filter_codes(wish).values()))


@dataclass(frozen=True, slots=True)
class Figures:
    """An event's people in numbers; how they attend is counted of those with a place."""

    statuses: dict[Status, int]
    attendance: dict[Attendance, int]
    countries: list[str]
    attended: int
    joined: int

    def __getitem__(self, status: Status) -> int:
        return self.statuses[status]

    @property
    def everybody(self) -> int:
        return sum(self.statuses.values())


def figures(event: Event, *, with_forgotten: bool = False) -> Figures:
    """How many people of the event stand at each status, how they attend, where they are from.

    Numbers outlive names: with those of whom nothing else is left, too.
    """
    shown = _standing(event).label("shown")
    kinds = (shown, Registration.attendance, Registration.country)
    whom = [Registration.event_id == event.id] if with_forgotten else _of(event)
    numbers = func.count(), func.count().filter(HAS_ATTENDED), func.count().filter(HAS_JOINED)
    counted = select(*kinds, *numbers).where(*whom).group_by(*kinds)
    statuses, ways = Counter[Status](), Counter[Attendance]()
    countries, attended, joined = set(), 0, 0
    for status, attendance, country, count, here, there in db.session.execute(counted).all():
        statuses[Status(status)] += count
        attended += here
        joined += there
        ways[attendance] += count if status == Status.CONFIRMED else 0
        countries.add(country)
    return Figures(
        {status: statuses[status] for status in Status},
        {way: ways[way] for way in Attendance},
        sorted(country for country in countries if country),
        attended,
        joined,
    )


def division(event: Event, now: datetime) -> Division | None:
    """How the event's places are divided, and how each quota stands; None where they are not."""
    return divisions.of({event.id: event}, now).get(event.id)


def were_forgotten(event: Event) -> bool:
    """Whether somebody registered of whom nothing is left to show."""
    gone = Registration.event_id == event.id, Registration.erased_at.is_not(None)
    return db.session.execute(select(Registration.id).where(*gone).limit(1)).first() is not None


def replies(event: Event) -> tuple[int, int] | None:
    """How many said that they will still come, and how many have not answered; None: not asked."""
    if event.asked_again_at is None or event.state is not State.PUBLISHED:
        return None
    yes = Registration.still_comes_at >= event.asked_again_at
    found = db.session.execute(
        select(func.count().filter(yes), func.count()).where(
            *_of(event),
            Registration.status.in_(ASKED),
            Registration.registered_at < event.asked_again_at,
        )
    ).one()
    return found[0], found[1] - found[0]


def reply_of(event: Event, person: Result[Any]) -> Reply | None:
    """What one of the list answered to “Will you still come?”; None where they are not asked."""
    return reply(
        status=Status(person.status),
        registered_at=person.registered_at,
        asked_at=event.asked_again_at if event.state is State.PUBLISHED else None,
        still_comes_at=person.still_comes_at,
    )


def to_be_asked(event: Event) -> int:
    """How many have a place or stand in line, and are asked when there is a new date."""
    asked = select(func.count()).where(*_of(event), Registration.status.in_(ASKED))
    return db.session.scalar(asked) or 0


def online(event: Event) -> int:
    """How many are to take part online."""
    how = Registration.status.in_(LIVE), Registration.attendance == Attendance.ONLINE
    return db.session.scalar(select(func.count()).where(*_of(event), *how)) or 0


def in_the_room(event: Event) -> tuple[int, int]:
    """How many are to take part in person, and how many said what they need there."""
    needs = (Registration.access_needs != "") | (Registration.diet != "")
    found = db.session.execute(
        select(func.count(), func.count().filter(needs)).where(
            *_of(event),
            Registration.status.in_(LIVE),
            Registration.attendance == Attendance.IN_PERSON,
        )
    ).one()
    return found[0], found[1]


def count(event: Event, wish: Wish) -> int:
    """How many people fit the wish."""
    return db.session.scalar(select(func.count()).where(*fitting(event, wish))) or 0


def page(event: Event, wish: Wish, number: int) -> Sequence[Result[Any]]:
    """One page of those who fit."""
    question = _listed(event, wish, REGISTERED_BY).limit(PAGE).offset((number - 1) * PAGE)
    return db.session.execute(question).all()


def everybody(event: Event, wish: Wish) -> Iterator[Result[Any]]:
    """All who fit, with what they need, read in portions."""
    question = _listed(event, wish, Registration.phone, Registration.access_needs,
                       Registration.diet, Registration.consents, Registration.language,
                       REGISTERED_BY)  # fmt: skip
    yield from db.session.execute(question.execution_options(yield_per=500))


def positions(event: Event) -> dict[int, int]:
    """1 for the first in line, by registration; one read of an index, where a join would crawl."""
    if event.state is State.CANCELLED:
        return {}
    line = db.session.scalars(
        select(Registration.id)
        .where(Registration.event_id == event.id, Registration.status == Status.WAITLISTED)
        .order_by(Registration.queue_number)
    )
    return {registration_id: position for position, registration_id in enumerate(line, start=1)}


def one(event: Event, registration_id: int) -> Registration | None:
    """The registration, if it is of this event and its person was not forgotten."""
    return db.session.scalar(
        select(Registration).where(Registration.id == registration_id, *_of(event))
    )


def some(event: Event, ids: Sequence[int]) -> Sequence[Registration]:
    """Those of the ids that are of this event, in order of arrival."""
    return db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(ids), *_of(event))
        .order_by(Registration.registered_at, Registration.id)
    ).all()


def pending(event: Event, wish: Wish) -> Sequence[Registration]:
    """Those who fit and are to be decided on, in order of arrival."""
    return db.session.scalars(
        select(Registration)
        .where(*fitting(event, wish), Registration.status == Status.PENDING)
        .order_by(Registration.registered_at, Registration.id)
    ).all()


def counts_of(event_ids: Sequence[int] | None) -> dict[tuple[int, Status], int]:
    """How many registrations stand at each status, by event; at a cancelled one nobody does."""
    counted = (
        select(Registration.event_id, Registration.status, func.count())
        .join(Registration.event)
        .where(Event.state != State.CANCELLED)
        .group_by(Registration.event_id, Registration.status)
    )
    rows = db.session.execute(_in(counted, event_ids)).all()
    return {(row[0], row[1]): row[2] for row in rows}


def letters_due_of(event_ids: Sequence[int] | None) -> dict[int, int]:
    """How many letters are to be written, by event: of people's own news, and of the event's.

    Small reads by their indexes, where one would go through all registrations.
    """
    own = (
        select(Registration.event_id, func.count())
        .where(
            Registration.stuck_at.is_(None),
            Registration.revision > Registration.told_revision,
            HAS_ADDRESS,
        )
        .group_by(Registration.event_id)
    )
    due = Counter({row[0]: row[1] for row in db.session.execute(_in(own, event_ids)).all()})
    with_news = select(Event).where(
        Event.tell_due_at.is_not(None) | (Event.announced_revision > Event.told_revision)
    )
    if event_ids is not None:
        with_news = with_news.where(Event.id.in_(event_ids))
    found = db.session.scalars(with_news.options(selectinload(Event.sessions))).all()
    due.update(news.letters_waiting(found))
    return due


def stuck_of(event_ids: Sequence[int] | None) -> Sequence[Result[Any]]:
    """Whom we could not write a letter for, with their event."""
    question = (
        select(Registration.id, Registration.event_id, Registration.first_name,
               Registration.last_name,
               Registration.stuck_at, Registration.stuck_reason, Event.slug, Event.title)
        .join(Registration.event)
        .where(Registration.stuck_at.is_not(None))
        .order_by(Registration.stuck_at)
        .limit(200)
    )  # fmt: skip
    return db.session.execute(_in(question, event_ids)).all()


def ids(event: Event, wish: Wish) -> Select[int]:
    """Those who fit, to be asked within another question."""
    return select(Registration.id).where(*fitting(event, wish))


def all_ids(event: Event, wish: Wish) -> list[int]:
    """The same, asked at once."""
    return list(db.session.scalars(ids(event, wish)))


def _listed(event: Event, wish: Wish, *more: Any) -> Question:
    return (
        select(*COLUMNS, _standing(event).label("status"), Invite.partstat, *more)
        .outerjoin(Invite, Invite.registration_id == Registration.id)
        .where(*fitting(event, wish))
        .order_by(*_order(event, wish))
    )


def fitting(event: Event, wish: Wish) -> list[ColumnElement[bool]]:
    """Who fits a wish."""
    conditions = _of(event)
    for word in fold(wish.words).split()[:MOST_WORDS]:
        conditions.append(Registration.search_text.like(like_pattern(word), escape="\\"))
    if wish.status is not None:
        conditions.append(_standing(event) == wish.status.value)
    if wish.group is not None:
        conditions.append(Registration.stakeholder_group == wish.group)
    if wish.attendance is not None:
        conditions.append(Registration.attendance == wish.attendance)
    if wish.country:
        conditions.append(Registration.country == wish.country)
    if wish.unreached:
        conditions.append(Registration.id.in_(unreached.ids(event.id)))
    if wish.by_office:
        acted_for = select(Contact.registration_id).where(ACTS)
        conditions.append(Registration.id.in_(acted_for))
    if wish.attended is not None:
        conditions.append(HAS_ATTENDED if wish.attended else MISSED)
    if wish.joined:
        conditions.append(HAS_JOINED)
    if wish.entitled is not None:
        conditions.append(Registration.entitled.is_(wish.entitled))
    if wish.calendar_reply:
        conditions.append(calendar_replies.replied(wish.calendar_reply))
    if wish.second:
        conditions.append(second_form.fits(event.id, wish.second))
    if wish.quota == OPEN_PLACES:
        conditions += [Registration.quota_id.is_(None), Registration.status.in_(TAKING)]
    elif wish.quota is not None:
        conditions.append(Registration.quota_id == wish.quota)
    if found := _SESSION.fullmatch(wish.session):
        chosen = sessions.in_state(int(found[1]), InSession(found[2] or InSession.PLACE))
        conditions.append(Registration.id.in_(chosen))
        if found[2] == InSession.WISH:
            conditions.append(Registration.status.in_(sessions.HOPING))
    return conditions


def _order(event: Event, wish: Wish) -> list[ColumnElement[Any]]:
    rank = case({status.value: rank for status, rank in RANK.items()}, value=_standing(event))
    first: dict[str, tuple[Any, ...]] = {
        "name": (Registration.sort_name,),
        "organisation": (func.lower(Registration.organisation), Registration.sort_name),
        "status": (rank, Registration.queue_number, Registration.sort_name),
        "registered_at": (Registration.registered_at,),
    }
    columns = (*first[wish.sort], Registration.id)
    return [column.desc() if wish.descending else column.asc() for column in columns]


def _standing(event: Event) -> ColumnElement[Any]:
    """The true state as a column of codes: a cancelled event is over for all who might come."""
    own = type_coerce(Registration.status, String)
    if event.state is State.CANCELLED:
        return case((Registration.status.in_(LIVE), literal(Status.CANCELLED.value)), else_=own)
    return own


def _of(event: Event) -> list[ColumnElement[bool]]:
    return [Registration.event_id == event.id, *_kept()]


def _kept() -> list[ColumnElement[bool]]:
    """Who asked to be forgotten is shown to nobody."""
    return [Registration.erased_at.is_(None), Registration.erase_asked_at.is_(None)]


def _in(question: Question, event_ids: Sequence[int] | None) -> Question:
    return question if event_ids is None else question.where(Registration.event_id.in_(event_ids))
