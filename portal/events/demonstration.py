"""Events of the demonstration: one that was held, told in our own words, and three made up."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.audit.service import COMMAND
from portal.db import db
from portal.events import service
from portal.events.models import Appearance, Event, Session, Speaker
from portal.events.rules import Format, Kind, SessionKind
from portal.i18n import Translated
from portal.protection import service as protection
from portal.protection.demonstration import RECORD

ZONE = "Europe/Brussels"
HELD_ON = date(2024, 1, 29)
NEXT_EDITION = timedelta(weeks=6)
PLENARY, PARALLEL, BREAK = SessionKind.PLENARY, SessionKind.PARALLEL, SessionKind.BREAK
VISIT = "study-visit-learning-in-retail"
WORKSHOP = "workshop-learning-outside-formal-education"
VISITORS = 20


@dataclass(frozen=True)
class Item:
    """One line of a programme; speakers are the keys of the event's roles."""

    start: str
    end: str
    title: Translated
    kind: SessionKind = PLENARY
    sector: str = ""
    room: str = ""
    abstract: Translated = field(default_factory=dict)
    speakers: tuple[str, ...] = ()


def load(now: datetime) -> list[Event]:
    """The events of the demonstration, published, with their programmes and records."""
    protection.keep(None, RECORD, by=COMMAND, now=now)
    return [_held(now), _next_edition(now), _workshop(now), _visit(now)]


def people_at(event: Event) -> int:
    """How many made-up registrants make an event what it is to show."""
    return {VISIT: VISITORS + 3, WORKSHOP: 9}.get(event.slug, 0)


def both(en: str, fr: str) -> Translated:
    """A text in both languages; in French no line begins with a sign of punctuation."""
    return {"en": en, "fr": re.sub(" (?=[:;?!»])", "\N{NO-BREAK SPACE}", fr)}


def _held(now: datetime) -> Event:
    """Of its hours, the sources give the start and the first item; the text says so."""
    facts = {
        "slug": "microcredentials-manufacturing-and-retail-2024",
        "kind": Kind.PEER_LEARNING,
        "title": both(
            "Microcredentials for the labour market: a sectoral approach",
            "Les microcertifications et le marché du travail : une approche par secteur",
        ),
        "summary": both(
            "Manufacturing and retail compared how short courses are certified, who trusts them "
            "and what they change at work.",
            "L’industrie et le commerce de détail ont comparé comment de courtes formations sont "
            "certifiées, qui s’y fie et ce qu’elles changent au travail.",
        ),
        "description": both(
            "About 200 people followed this online activity, which the European Commission and "
            "Cedefop organised together. Manufacturing came first, then retail, then a discussion "
            "of both.\n\n"
            "The study behind it had looked in 2022 at microcredentials in use and found 18 in "
            "manufacturing and 21 in retail.\n\n"
            "*For this demonstration:* the sources give the start at 14:00 and the first item. "
            "The order of the others is theirs, the hours are ours.",
            "Environ 200 personnes ont suivi cette activité en ligne, organisée ensemble par la "
            "Commission européenne et le Cedefop. L’industrie est venue d’abord, puis le commerce "
            "de détail, puis une discussion sur les deux.\n\n"
            "L’étude dont il était question avait relevé en 2022 les microcertifications en "
            "usage : 18 dans l’industrie et 21 dans le commerce de détail.\n\n"
            "*Pour cette démonstration :* les sources donnent le début à 14 h et le premier "
            "point. L’ordre des autres est le leur, les heures sont les nôtres.",
        ),
        "audience": both(
            "Members of the European Parliament and other policy-makers, social partners, "
            "providers of vocational education and training, experts and researchers.",
            "Membres du Parlement européen et autres responsables politiques, partenaires "
            "sociaux, prestataires d’enseignement et de formation professionnels, experts et "
            "chercheurs.",
        ),
        "starts_at": _at(HELD_ON, "14:00"),
        "ends_at": _at(HELD_ON, "17:30"),
        "format": Format.ONLINE,
        "organisers": [
            both("European Commission", "Commission européenne"),
            both("Cedefop", "Cedefop"),
        ],
        "sectors": ["manufacturing", "retail"],
        "working_languages": [{"code": "en", "how": ["spoken"]}],
        "hashtag": "#Microcredentials4LabourMarket",
    }
    items = (
        Item("14:00", "14:15", both("Welcome", "Accueil")),
        Item("14:15", "15:15", both("Manufacturing", "L’industrie"), sector="manufacturing"),
        Item("15:15", "15:30", both("Break", "Pause"), BREAK),
        Item("15:30", "16:30", both("Retail", "Le commerce de détail"), sector="retail"),
        Item("16:30", "17:30", both("Discussion", "Discussion")),
    )
    return _publish(facts, HELD_ON, items, {}, now)


def _next_edition(now: datetime) -> Event:
    day = _first_weekday(now + NEXT_EDITION, 1)
    facts = {
        "slug": "microcredentials-manufacturing-and-retail",
        "kind": Kind.PEER_LEARNING,
        "title": both(
            "Microcredentials for the labour market: manufacturing and retail",
            "Les microcertifications et le marché du travail : industrie et commerce de détail",
        ),
        "summary": both(
            "Two sectors show what makes a microcredential worth having.",
            "Deux secteurs montrent ce qui donne sa valeur à une microcertification.",
        ),
        "description": both(
            "A microcredential certifies what somebody learned in a short time: to run a new "
            "machine, to advise customers online, to lead a small team. It is quick and close to "
            "the work. Whether it also counts elsewhere depends on who trusts it.\n\n"
            "In this afternoon two sectors show what they tried. You hear what research found, "
            "see one example from each sector, and work at a table on one question:\n\n"
            "- What has an employer to know before a microcredential helps to choose?\n"
            "- What support does a worker need to take part, and to gain from it?\n\n"
            "You go home with the notes of both tables.",
            "Une microcertification atteste ce qu’une personne a appris en peu de temps : conduire "
            "une nouvelle machine, conseiller des clients en ligne, diriger une petite équipe. "
            "Elle est rapide et proche du travail. Qu’elle compte aussi ailleurs dépend de qui s’y "
            "fie.\n\n"
            "Cet après-midi, deux secteurs montrent ce qu’ils ont essayé. Vous entendez ce que la "
            "recherche a trouvé, voyez un exemple de chaque secteur et travaillez à une table sur "
            "une question :\n\n"
            "- Que doit savoir un employeur pour qu’une microcertification l’aide à choisir ?\n"
            "- De quel soutien une personne au travail a-t-elle besoin pour participer et en "
            "tirer profit ?\n\n"
            "Vous repartez avec les notes des deux tables.",
        ),
        "audience": both(
            "Policy-makers and their offices, social partners, training providers, employers, "
            "experts and researchers. No special knowledge is needed.",
            "Responsables politiques et leurs équipes, partenaires sociaux, prestataires de "
            "formation, employeurs, experts et chercheurs. Aucune connaissance particulière n’est "
            "nécessaire.",
        ),
        "starts_at": _at(day, "14:00"),
        "ends_at": _at(day, "17:30"),
        "format": Format.IN_PERSON,
        "venue": "Example Conference Centre",
        "address": "1 Example Street, 1000 Brussels",
        "organisers": _ORGANISERS,
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
        "host": both("Host, unit for learning at work", "Hôte, unité apprentissage au travail"),
        "research": both("Researcher of the study", "Chercheuse de l’étude"),
        "plant": both("Head of training, car parts plant", "Responsable formation, équipementier"),
        "union": both("Adviser, metal workers’ union", "Conseiller, syndicat de la métallurgie"),
        "shop": both("Shop manager, supermarket chain", "Directrice de magasin, supermarchés"),
        "centre": both("Trainer, retail training centre", "Formateur, centre du commerce"),
    }
    items = (
        Item("14:00", "14:15", both("Welcome", "Accueil"), room="Forum", speakers=("host",)),
        Item(
            "14:15", "15:00", both("What the research found", "Ce que la recherche a trouvé"),
            room="Forum", speakers=("research",),
            abstract=both(
                "Three questions to learners and employers: what they need before they trust a "
                "microcredential, which support helps, and how it serves people of every age.",
                "Trois questions aux apprenants et aux employeurs : ce qu’il leur faut pour se "
                "fier à une microcertification, quel soutien aide, et à quoi elle sert à tout âge.",
            ),
        ),
        Item(
            "15:00", "15:30", both("Skills on the shop floor", "Des compétences à l’atelier"),
            sector="manufacturing", room="Forum", speakers=("plant", "union"),
            abstract=both(
                "How a plant certifies what people learn at a new line, and who accepts it.",
                "Comment une usine atteste ce qu’on apprend sur une nouvelle ligne, et qui "
                "l’accepte.",
            ),
        ),
        Item(
            "15:30", "16:00", both("Learning between two shifts", "Apprendre entre deux services"),
            sector="retail", room="Forum", speakers=("shop", "centre"),
            abstract=both(
                "How short courses fit into a week in a shop, and what they change.",
                "Comment de courtes formations trouvent place dans une semaine de magasin, et ce "
                "qu’elles changent.",
            ),
        ),
        Item("16:00", "16:15", both("Break", "Pause"), BREAK),
        Item(
            "16:15", "17:00",
            both("Table 1: what an employer must know", "Table 1 : ce que l’employeur doit savoir"),
            PARALLEL, "manufacturing", "Studio 1", speakers=("union",),
        ),
        Item(
            "16:15", "17:00",
            both("Table 2: what helps to take part?", "Table 2 : ce qui aide à participer"),
            PARALLEL, "retail", "Studio 2", speakers=("centre",),
        ),
        Item(
            "17:00", "17:30", both("What we take home", "Ce que nous en retenons"),
            room="Forum", speakers=("host",),
        ),
    )  # fmt: skip
    return _publish(facts, day, items, roles, now)


def _workshop(now: datetime) -> Event:
    day = _first_weekday(now + timedelta(weeks=8), 3)
    facts = {
        "slug": WORKSHOP,
        "kind": Kind.WORKSHOP,
        "title": both(
            "Learning outside formal education: who says what it is worth?",
            "Apprendre hors de l’enseignement formel : qui dit ce que cela vaut ?",
        ),
        "summary": both(
            "A working session in small groups on quality and recognition.",
            "Une séance de travail en petits groupes sur la qualité et la reconnaissance.",
        ),
        "description": both(
            "Professional bodies, companies and public employment services issue badges and "
            "certificates of their own. In two rooms we collect what makes them comparable.\n\n"
            "So that each room has all sides in it, the organisers choose among those who "
            "register, and tell you by letter.",
            "Organisations professionnelles, entreprises et services publics de l’emploi délivrent "
            "leurs propres badges et certificats. Dans deux salles, nous réunissons ce qui les "
            "rend comparables.\n\n"
            "Pour que chaque salle réunisse toutes les parties, les organisateurs choisissent "
            "parmi les inscriptions et vous l’annoncent par courriel.",
        ),
        "audience": both(
            "People who issue, check or use microcredentials at work.",
            "Personnes qui délivrent, vérifient ou utilisent des microcertifications au travail.",
        ),
        "starts_at": _at(day, "09:30"),
        "ends_at": _at(day, "12:30"),
        "format": Format.ONLINE,
        "joining_url": "https://meeting.example.org/demonstration",
        "organisers": _ORGANISERS[:1],
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
        "chair": both("Chair, unit for learning at work", "Présidence, apprentissage au travail"),
        "quality": both("Quality officer, training network", "Qualité, réseau de formation"),
        "career": both("Career adviser, employment service", "Conseil, service de l’emploi"),
    }
    items = (
        Item("09:30", "10:00", both("Welcome and question", "Accueil et question"),
             speakers=("chair",)),
        Item("10:00", "11:15", both("Quality: who checks?", "Qualité : qui vérifie ?"), PARALLEL,
             room="Online 1", speakers=("quality",)),
        Item("10:00", "11:15", both("Recognition: who accepts?", "Reconnaissance : qui accepte ?"),
             PARALLEL, room="Online 2", speakers=("career",)),
        Item("11:15", "11:30", both("Break", "Pause"), BREAK),
        Item("11:30", "12:30", both("Results of both rooms", "Résultats des deux salles"),
             speakers=("chair",)),
    )  # fmt: skip
    return _publish(facts, day, items, roles, now)


def _visit(now: datetime) -> Event:
    day = _first_weekday(now + timedelta(weeks=10), 2)
    facts = {
        "slug": VISIT,
        "kind": Kind.PEER_LEARNING,
        "title": both(
            "Study visit: learning in retail", "Visite d’étude : apprendre dans le commerce"
        ),
        "summary": both(
            "A morning in a training centre, among the people who learn and teach there.",
            "Une matinée dans un centre de formation, parmi ceux qui y apprennent et enseignent.",
        ),
        "description": both(
            "Twenty people visit, since the rooms are small. If you are on the waitlist, you get "
            "a place at once when somebody gives theirs back.",
            "Vingt personnes visitent, car les salles sont petites. Si vous êtes sur la liste "
            "d’attente, vous recevez une place dès que quelqu’un rend la sienne.",
        ),
        "audience": both(
            "Training providers and social partners in retail.",
            "Prestataires de formation et partenaires sociaux du commerce de détail.",
        ),
        "starts_at": _at(day, "09:00"),
        "ends_at": _at(day, "12:00"),
        "format": Format.IN_PERSON,
        "venue": "Example Training Centre",
        "address": "2 Example Street, 1000 Brussels",
        "organisers": _ORGANISERS[1:],
        "sectors": ["retail"],
        "working_languages": [{"code": "en", "how": ["spoken"]}, {"code": "fr", "how": ["spoken"]}],
        "contacts": _contacts("programme", "venue"),
        "registration_closes_at": _at(day - timedelta(days=3), "18:00"),
        "changes_until": _at(day - timedelta(days=3), "18:00"),
        "capacity": VISITORS,
        "waitlist": True,
    }
    roles = {"head": both("Head of the training centre", "Directrice du centre de formation")}
    items = (
        Item("09:00", "09:30", both("Arrival", "Arrivée"), BREAK),
        Item("09:30", "10:45", both("Walk through the centre", "Tour du centre"), sector="retail",
             speakers=("head",)),
        Item("10:45", "12:00", both("Talk with learners and trainers", "Échange sur place"),
             sector="retail"),
    )  # fmt: skip
    return _publish(facts, day, items, roles, now)


_ORGANISERS = [
    both(
        "Unit for learning at work (demonstration)",
        "Unité apprentissage au travail (démonstration)",
    ),
    both("Network of training centres (demonstration)", "Réseau de centres (démonstration)"),
]
_CONTACTS = {
    "programme": {"role": both("Programme", "Programme"), "email": "programme@example.org"},
    "venue": {"role": both("Venue and access", "Lieu et accès"), "email": "venue@example.org"},
}


def _contacts(*keys: str) -> list[dict[str, Any]]:
    return [_CONTACTS[key] for key in keys]


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
