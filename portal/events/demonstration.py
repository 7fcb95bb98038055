"""Events of the demonstration: one that was held, told in our own words, and three made up."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.audit.service import COMMAND
from portal.db import db
from portal.events import service
from portal.events.models import Appearance, Event, Session, Speaker
from portal.events.rules import Format, Kind, SessionKind
from portal.i18n import Translated, everywhere
from portal.protection import service as protection
from portal.protection.demonstration import record

ZONE = "Europe/Brussels"
HELD_ON = date(2024, 1, 29)
NEXT_EDITION = timedelta(weeks=6)
PLENARY, PARALLEL, BREAK = SessionKind.PLENARY, SessionKind.PARALLEL, SessionKind.BREAK
NEXT = "microcredentials-manufacturing-and-retail"
VISIT = "study-visit-learning-in-retail"
WORKSHOP = "workshop-learning-outside-formal-education"
VISITORS = 20


@dataclass(frozen=True)
class Item:
    """One line of a programme; speakers are the keys of the event's roles. With `places` it is one
    that people choose, and five can wait for it."""

    start: str
    end: str
    title: Translated
    kind: SessionKind = PLENARY
    sector: str = ""
    room: str = ""
    abstract: Translated = field(default_factory=dict)
    speakers: tuple[str, ...] = ()
    places: int | None = None


def load(now: datetime) -> list[Event]:
    """The events of the demonstration, published, with their programmes and records."""
    protection.keep(None, record(), by=COMMAND, now=now)
    return [_held(now), _next_edition(now), _workshop(now), _visit(now)]


def people_at(event: Event) -> int:
    """How many made-up registrants make an event what it is to show."""
    return {VISIT: VISITORS + 3, WORKSHOP: 9}.get(event.slug, 0)


def _held(now: datetime) -> Event:
    """Of its hours, the sources give the start and the first item; the text says so."""
    facts = {
        "slug": "microcredentials-manufacturing-and-retail-2024",
        "kind": Kind.PEER_LEARNING,
        "title": everywhere("Microcredentials for the labour market: a sectoral approach"),
        "summary": everywhere(
            "Manufacturing and retail compared how short courses are certified, who trusts them "
            "and what they change at work."
        ),
        "description": everywhere(
            "About 200 people followed this online activity, which the European Commission and "
            "Cedefop organised together. Manufacturing came first, then retail, then a discussion "
            "of both.\n\n"
            "The study behind it had looked in 2022 at microcredentials in use and found 18 in "
            "manufacturing and 21 in retail.\n\n"
            "*For this demonstration:* the sources give the start at 14:00 and the first item. "
            "The order of the others is theirs, the hours are ours."
        ),
        "audience": everywhere(
            "Members of the European Parliament and other policy-makers, social partners, "
            "providers of vocational education and training, experts and researchers."
        ),
        "starts_at": _at(HELD_ON, "14:00"),
        "ends_at": _at(HELD_ON, "17:30"),
        "format": Format.ONLINE,
        "organisers": [
            everywhere("European Commission"),
            everywhere("Cedefop"),
        ],
        "sectors": ["manufacturing", "retail"],
        "working_languages": [{"code": "en", "how": ["spoken"]}],
        "hashtag": "#Microcredentials4LabourMarket",
    }
    items = (
        Item("14:00", "14:15", everywhere("Welcome")),
        Item("14:15", "15:15", everywhere("Manufacturing"), sector="manufacturing"),
        Item("15:15", "15:30", everywhere("Break"), BREAK),
        Item("15:30", "16:30", everywhere("Retail"), sector="retail"),
        Item("16:30", "17:30", everywhere("Discussion")),
    )
    return _publish(facts, HELD_ON, items, {}, now)


def _next_edition(now: datetime) -> Event:
    day = _first_weekday(now + NEXT_EDITION, 1)
    facts = {
        "slug": NEXT,
        "kind": Kind.PEER_LEARNING,
        "title": everywhere("Microcredentials for the labour market: manufacturing and retail"),
        "summary": everywhere("Two sectors show what makes a microcredential worth having."),
        "description": everywhere(
            "A microcredential certifies what somebody learned in a short time: to run a new "
            "machine, to advise customers online, to lead a small team. It is quick and close to "
            "the work. Whether it also counts elsewhere depends on who trusts it.\n\n"
            "In this afternoon two sectors show what they tried. You hear what research found, "
            "see one example from each sector, and work at a table on one question:\n\n"
            "- What has an employer to know before a microcredential helps to choose?\n"
            "- What support does a worker need to take part, and to gain from it?\n\n"
            "You go home with the notes of both tables."
        ),
        "audience": everywhere(
            "Policy-makers and their offices, social partners, training providers, employers, "
            "experts and researchers. No special knowledge is needed."
        ),
        "starts_at": _at(day, "14:00"),
        "ends_at": _at(day, "17:30"),
        "format": Format.IN_PERSON,
        "venue": "Example Conference Centre",
        "address": "1 Example Street, 1000 Brussels",
        "organisers": _organisers(),
        "sectors": ["manufacturing", "retail"],
        "working_languages": [
            {"code": "en", "how": ["spoken", "captions"]},
            {"code": "fr", "how": ["interpreted"]},
        ],
        "contacts": _contacts("programme", "venue"),
        "hashtag": "#Microcredentials4LabourMarket",
        "registration_opens_at": _at(now.date() - timedelta(weeks=1), "09:00"),
        "registration_closes_at": _at(day - timedelta(weeks=1), "18:00"),
        "changes_until": _at(day - timedelta(days=2), "18:00"),
        "capacity": 50,
        "waitlist": True,
    }
    roles = {
        "host": everywhere("Host, unit for learning at work"),
        "research": everywhere("Researcher of the study"),
        "plant": everywhere("Head of training, car parts plant"),
        "union": everywhere("Adviser, metal workers’ union"),
        "shop": everywhere("Shop manager, supermarket chain"),
        "centre": everywhere("Trainer, retail training centre"),
    }
    items = (
        Item("14:00", "14:15", everywhere("Welcome"), room="Forum", speakers=("host",)),
        Item(
            "14:15", "15:00", everywhere("What the research found"),
            room="Forum", speakers=("research",),
            abstract=everywhere(
                "Three questions to learners and employers: what they need before they trust a "
                "microcredential, which support helps, and how it serves people of every age."
            ),
        ),
        Item(
            "15:00", "15:30", everywhere("Skills on the shop floor"),
            sector="manufacturing", room="Forum", speakers=("plant", "union"),
            abstract=everywhere(
                "How a plant certifies what people learn at a new line, and who accepts it."
            ),
        ),
        Item(
            "15:30", "16:00", everywhere("Learning between two shifts"),
            sector="retail", room="Forum", speakers=("shop", "centre"),
            abstract=everywhere(
                "How short courses fit into a week in a shop, and what they change."
            ),
        ),
        Item("16:00", "16:15", everywhere("Break"), BREAK),
        Item(
            "16:15", "17:00",
            everywhere("Table 1: what an employer must know"),
            PARALLEL, "manufacturing", "Studio 1", speakers=("union",), places=25,
        ),
        Item(
            "16:15", "17:00",
            everywhere("Table 2: what helps to take part?"),
            PARALLEL, "retail", "Studio 2", speakers=("centre",), places=25,
        ),
        Item(
            "17:00", "17:30", everywhere("What we take home"),
            room="Forum", speakers=("host",),
        ),
    )  # fmt: skip
    return _publish(facts, day, items, roles, now)


def _workshop(now: datetime) -> Event:
    day = _first_weekday(now + timedelta(weeks=8), 3)
    facts = {
        "slug": WORKSHOP,
        "kind": Kind.WORKSHOP,
        "title": everywhere("Learning outside formal education: who says what it is worth?"),
        "summary": everywhere("A working session in small groups on quality and recognition."),
        "description": everywhere(
            "Professional bodies, companies and public employment services issue badges and "
            "certificates of their own. In two rooms we collect what makes them comparable.\n\n"
            "So that each room has all sides in it, the organisers choose among those who "
            "register, and tell you by letter."
        ),
        "audience": everywhere("People who issue, check or use microcredentials at work."),
        "starts_at": _at(day, "09:30"),
        "ends_at": _at(day, "12:30"),
        "format": Format.ONLINE,
        "joining_url": "https://meeting.example.org/demonstration",
        "organisers": _organisers()[:1],
        "working_languages": [{"code": "en", "how": ["spoken", "captions", "sign"]}],
        "contacts": _contacts("programme"),
        "registration_opens_at": _at(now.date() - timedelta(days=2), "09:00"),
        "registration_closes_at": _at(day - timedelta(days=10), "18:00"),
        "changes_until": _at(day - timedelta(days=2), "18:00"),
        "capacity": 30,
        "waitlist": False,
        "approval": True,
    }
    roles = {
        "chair": everywhere("Chair, unit for learning at work"),
        "quality": everywhere("Quality officer, training network"),
        "career": everywhere("Career adviser, employment service"),
    }
    items = (
        Item("09:30", "10:00", everywhere("Welcome and question"),
             speakers=("chair",)),
        Item("10:00", "11:15", everywhere("Quality: who checks?"), PARALLEL,
             room="Online 1", speakers=("quality",)),
        Item("10:00", "11:15", everywhere("Recognition: who accepts?"),
             PARALLEL, room="Online 2", speakers=("career",)),
        Item("11:15", "11:30", everywhere("Break"), BREAK),
        Item("11:30", "12:30", everywhere("Results of both rooms"),
             speakers=("chair",)),
    )  # fmt: skip
    return _publish(facts, day, items, roles, now)


def _visit(now: datetime) -> Event:
    day = _first_weekday(now + timedelta(weeks=10), 2)
    facts = {
        "slug": VISIT,
        "kind": Kind.PEER_LEARNING,
        "title": everywhere("Study visit: learning in retail"),
        "summary": everywhere(
            "A morning in a training centre, among the people who learn and teach there."
        ),
        "description": everywhere(
            "Twenty people visit, since the rooms are small. If you are on the waitlist, you get "
            "a place at once when somebody gives theirs back."
        ),
        "audience": everywhere("Training providers and social partners in retail."),
        "starts_at": _at(day, "09:00"),
        "ends_at": _at(day, "12:00"),
        "format": Format.IN_PERSON,
        "venue": "Example Training Centre",
        "address": "2 Example Street, 1000 Brussels",
        "organisers": _organisers()[1:],
        "sectors": ["retail"],
        "working_languages": [{"code": "en", "how": ["spoken"]}, {"code": "fr", "how": ["spoken"]}],
        "contacts": _contacts("programme", "venue"),
        "registration_closes_at": _at(day - timedelta(days=3), "18:00"),
        "changes_until": _at(day - timedelta(days=3), "18:00"),
        "capacity": VISITORS,
        "waitlist": True,
    }
    roles = {"head": everywhere("Head of the training centre")}
    items = (
        Item("09:00", "09:30", everywhere("Arrival"), BREAK),
        Item("09:30", "10:45", everywhere("Walk through the centre"), sector="retail",
             speakers=("head",)),
        Item("10:45", "12:00", everywhere("Talk with learners and trainers"),
             sector="retail"),
    )  # fmt: skip
    return _publish(facts, day, items, roles, now)


def _organisers() -> list[Translated]:
    return [
        everywhere("Unit for learning at work (demonstration)"),
        everywhere("Network of training centres (demonstration)"),
    ]


def _contacts(*keys: str) -> list[dict[str, Any]]:
    contacts = {
        "programme": {"role": everywhere("Programme"), "email": "programme@example.org"},
        "venue": {"role": everywhere("Venue and access"), "email": "venue@example.org"},
    }
    return [contacts[key] for key in keys]


def _publish(
    facts: dict[str, Any],
    day: date,
    items: tuple[Item, ...],
    roles: dict[str, Translated],
    now: datetime,
) -> Event:
    event = service.create({"zone": ZONE, "demonstration": True} | facts, by=COMMAND, now=now)
    speakers = {
        key: Speaker(event=event, name="", role=role, position=position)
        for position, (key, role) in enumerate(roles.items())
    }
    db.session.add_all(speakers.values())
    db.session.flush()
    for speaker in speakers.values():
        speaker.agreed, speaker.agreed_at = speaker.shown, now
    db.session.add_all(
        _session(event, day, item, position, speakers) for position, item in enumerate(items)
    )
    event.chooses = any(item.places for item in items)
    db.session.flush()
    service.publish(event, by=COMMAND, now=now)
    return event


def _session(
    event: Event, day: date, item: Item, position: int, speakers: dict[str, Speaker]
) -> Session:
    return Session(
        event=event,
        title=item.title,
        abstract=item.abstract,
        starts_at=_at(day, item.start),
        ends_at=_at(day, item.end),
        sector=item.sector,
        room=item.room,
        kind=item.kind,
        position=position,
        chosen=item.places is not None,
        places=item.places,
        waiting=item.places and 5,
        appearances=[
            Appearance(speaker=speakers[key], position=place)
            for place, key in enumerate(item.speakers)
        ],
    )


def _first_weekday(after: datetime, weekday: int) -> date:
    """The first day of that kind (Monday is 0) on or after the moment."""
    day = after.date()
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _at(day: date, clock: str) -> datetime:
    """An hour on the clock of Brussels."""
    local = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(ZONE))
    return local.astimezone(UTC)
