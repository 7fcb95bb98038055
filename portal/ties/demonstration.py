"""Topics and the project of the demonstration, and what belongs to them.

Of the study every fact stands in the sources; what they do not say is left out.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.audit.service import COMMAND
from portal.events import queries as events
from portal.i18n import everywhere
from portal.news import queries as news
from portal.podcasts.models import Episode
from portal.publications import queries as publications
from portal.ties import service
from portal.ties.models import Project, Topic
from portal.ties.rules import End, Kind

HELD, NEXT, WORKSHOP = (
    "microcredentials-manufacturing-and-retail-2024",
    "microcredentials-manufacturing-and-retail",
    "workshop-learning-outside-formal-education",
)
REPORTS = ("5587", "5589", "5603")
NOTES = ("briefing-2022", "briefing-2024")
END_USERS, STAKEHOLDERS = "added-value-of-microcredentials", "european-stakeholder-group-survey"
OPEN_CALL = "demonstration-of-an-open-call"


def load(episode: Episode, now: datetime) -> None:
    """Three topics and the study, each with what the demonstration has of it."""
    project = _project(now)
    topic, manufacturing, retail = _topics(now)
    heard = End(Kind.EPISODE, episode.id)
    reports, notes = _publications(REPORTS), _publications(NOTES)
    first, second = _news([END_USERS]), _news([STAKEHOLDERS])
    at = dict.fromkeys([*reports, *first], 1) | dict.fromkeys(second, 2)
    _tie(project, [*_events([HELD]), *reports, *first, *second, heard], now, at)
    everything = [*reports, *notes, *first, *second, *_news([OPEN_CALL]), heard]
    about = _events([HELD, NEXT, WORKSHOP])
    _tie(topic, [*about, *everything, End(Kind.PROJECT, project.id)], now)
    for sector in (manufacturing, retail):
        _tie(sector, [End(Kind.PROJECT, project.id)], now)
    for event in _events([HELD]):
        service.tie(event, added=_publications(["5587", "briefing-2024"]), by=COMMAND, now=now)
    for call in first:
        service.tie(call, added=_publications(["5603"]), by=COMMAND, now=now)


def _project(now: datetime) -> Project:
    facts: dict[str, Any] = {
        "title": everywhere("Microcredentials for labour market education and training"),
        "also_called": everywhere(
            "The role of microcredentials in facilitating learning for employment"
        ),
        "summary": everywhere(
            "A study of what microcredentials are, what they add for those who learn and those "
            "who employ, and how they fare outside formal education."
        ),
        "text": everywhere(
            "Its first phase had three themes: mapping, evolving qualifications systems, and the "
            "added value for end users. Each became a report.\n\n"
            "*For this demonstration:* the study is real and belongs to those who commissioned "
            "it. This site is not theirs."
        ),
        "commissioned_by": everywhere(
            "European Centre for the Development of Vocational Training (Cedefop)"
        ),
        "countries": everywhere("27 Member States, Iceland, Norway, United Kingdom (mapping)"),
        "hashtag": "#Microcredentials4LabourMarket",
        "public": True,
        "phases": [
            {
                "years": "2020–2023",
                "focus": everywhere(
                    "Characteristics, added value for learners and employees, effect on "
                    "qualifications and recognition"
                ),
                "carried_out_by": "PPMI",
            },
            {
                "years": "2025–2027",
                "focus": everywhere(
                    "Microcredentials outside formal education: sectors, companies, professional "
                    "bodies"
                ),
                "carried_out_by": "",
            },
        ],
    }
    facts["slug"] = "microcredentials-for-the-labour-market"
    return service.make(Project, facts, by=COMMAND, now=now)


def _topics(now: datetime) -> list[Topic]:
    facts: list[dict[str, Any]] = [
        {
            "slug": "microcredentials",
            "title": everywhere("Microcredentials"),
            "summary": everywhere(
                "Short courses that certify what somebody learned, and who trusts them."
            ),
        },
        {
            "slug": "manufacturing",
            "title": everywhere("Manufacturing"),
            "summary": everywhere("Learning for and on the shop floor."),
            "sector": "manufacturing",
        },
        {
            "slug": "retail",
            "title": everywhere("Retail"),
            "summary": everywhere("Learning for and between the shelves."),
            "sector": "retail",
        },
    ]
    return [service.make(Topic, each | {"public": True}, by=COMMAND, now=now) for each in facts]


def _tie(
    gathering: Topic | Project,
    found: Iterable[End],
    now: datetime,
    phases: dict[End, int] | None = None,
) -> None:
    end = End(gathering.kind, gathering.id)
    service.tie(end, added=list(found), phases=phases, by=COMMAND, now=now)


def _events(slugs: Iterable[str]) -> list[End]:
    found = (events.any_slug(slug) for slug in slugs)
    return [End(Kind.EVENT, event.id) for event in found if event is not None]


def _publications(numbers: Iterable[str]) -> list[End]:
    found = (publications.any_publication(number) for number in numbers)
    return [End(Kind.PUBLICATION, each.id) for each in found if each is not None]


def _news(slugs: Iterable[str]) -> list[End]:
    found = (news.public_item(slug) for slug in slugs)
    return [End(Kind.NEWS, item.id) for item in found if item is not None]
