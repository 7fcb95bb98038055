"""News of the demonstration: two calls that were made, in our own words, and one made up.

What the sources do not say stays out: no questionnaire is linked, and mail addresses are made up.
Their closing days have no hour in the sources, and are counted on the clock of Brussels.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.audit.service import COMMAND
from portal.db import db
from portal.events.demonstration import ZONE
from portal.i18n import Translated, everywhere
from portal.news import service
from portal.news.models import Item
from portal.news.rules import Kind

HASHTAG = "#Microcredentials4LabourMarket"
OPEN_FOR = timedelta(days=20)


def load(now: datetime) -> list[Item]:
    """The calls of the demonstration, public."""
    items = [
        service.create({"kind": Kind.CALL, "zone": ZONE} | facts, by=COMMAND, now=now)
        for facts in (_end_users(), _stakeholders(), _made_up(now))
    ]
    db.session.flush()
    for item in items:
        service.publish(item, by=COMMAND, now=now)
    return items


def _agency() -> Translated:
    return everywhere("European Centre for the Development of Vocational Training (Cedefop)")


def _experts() -> Translated:
    return everywhere("Experts of the study (address made up)")


def _end_users() -> dict[str, Any]:
    """Seed 000: four questionnaires, for four groups of people, in eight languages."""
    return {
        "slug": "added-value-of-microcredentials",
        "title": everywhere("Survey: what are microcredentials worth to you?"),
        "summary": everywhere(
            "Four short questionnaires asked people who learn, work, employ or look for work about "
            "the added value of microcredentials."
        ),
        "text": everywhere(
            "The survey was part of a study on the role of microcredentials in learning for "
            "employment. It looked at how useful they are to the people who hold them, and at what "
            "helps people to find their way through working life with them.\n\n"
            "This page was made for the demonstration, after the survey had closed. The source "
            "names the closing day and no hour."
        ),
        "closes_at": _end_of(2023, 1, 15),
        "whole_day": True,
        "doors": [
            _closed_door(everywhere("Employees")),
            _closed_door(everywhere("Employers")),
            _closed_door(everywhere("Students, young and adult")),
            _closed_door(everywhere("People not in employment")),
        ],
        "languages": ["de", "en", "es", "fi", "fr", "nl", "pl", "sl"],
        "responsible": _agency(),
        "carried_out_by": everywhere("A consortium led by PPMI"),
        "contacts": [
            _contact("content", _experts(), "study@example.org"),
            _contact(
                "rest",
                everywhere("Project management (address made up)"),
                "project@example.org",
            ),
        ],
        "hashtag": HASHTAG,
    }


def _stakeholders() -> dict[str, Any]:
    """Seed 001: the survey of the European stakeholder group."""
    return {
        "slug": "european-stakeholder-group-survey",
        "title": everywhere(
            "European stakeholder group survey: microcredentials outside formal education"
        ),
        "summary": everywhere(
            "Experts and stakeholders told what they know of microcredentials that are issued "
            "outside formal education and training."
        ),
        "text": everywhere(
            "The survey had three aims:\n\n"
            "- to look at the variety, the profile and the function of microcredentials outside "
            "formal education;\n"
            "- to show what quality assurance and recognition contribute;\n"
            "- to find conditions for a European ecosystem of microcredentials.\n\n"
            "This page was made for the demonstration, after the survey had closed. The source "
            "names the closing day and no hour."
        ),
        "closes_at": _end_of(2025, 6, 27),
        "whole_day": True,
        "doors": [
            _closed_door(
                everywhere(
                    "Experts and stakeholders: private training providers, professional bodies, "
                    "sectoral organisations, public employment services, partly publicly funded "
                    "providers"
                )
            )
        ],
        "responsible": _agency(),
        "carried_out_by": {"en": "Ockham IPS"},
        "eligibility": everywhere(
            "Whoever works with microcredentials regularly, or knows a single initiative."
        ),
        "minutes_from": 15,
        "minutes_to": 20,
        "contacts": [_contact("content", _experts(), "study@example.org")],
    }


def _made_up(now: datetime) -> dict[str, Any]:
    """So that an open call can be seen; its words say what it is."""
    closes = datetime.combine((now + OPEN_FOR).date(), time(18), ZoneInfo(ZONE)).astimezone(UTC)
    return {
        "slug": "demonstration-of-an-open-call",
        "title": everywhere("Demonstration: how an open call looks"),
        "summary": everywhere(
            "This call is made up. It shows what visitors see while a call can be answered."
        ),
        "text": everywhere(
            "Nobody collects answers: the links lead to *example.org*, where there is no "
            "questionnaire. The closing day lies twenty days after the demonstration was loaded."
        ),
        "closes_at": closes,
        "doors": [
            _door(everywhere("I learn"), "learners", "en", "fr", "nl"),
            _door(everywhere("I employ people"), "employers", "en", "fr"),
        ],
        "languages": ["en", "fr", "nl"],
        "responsible": everywhere("Agency for learning at work (demonstration)"),
        "minutes_from": 5,
        "minutes_to": 10,
        "contacts": [
            _contact("content", everywhere("Made-up experts"), "experts@example.org"),
            _contact("rest", everywhere("Made-up office"), "office@example.org"),
        ],
    }


def _closed_door(audience: Translated) -> dict[str, Any]:
    """Who was asked; where the questionnaire stood is not told any more."""
    return {"audience": audience, "links": {}}


def _door(audience: Translated, name: str, *languages: str) -> dict[str, Any]:
    links = {lang: f"https://www.example.org/demonstration/{name}-{lang}" for lang in languages}
    return {"audience": audience, "links": links}


def _contact(about: str, role: Translated, email: str) -> dict[str, Any]:
    return {"about": about, "role": role, "person": "", "email": email}


def _end_of(year: int, month: int, day: int) -> datetime:
    """When this day was over in Brussels."""
    last = datetime(year, month, day, 23, 59, tzinfo=ZoneInfo(ZONE))
    return (last + timedelta(minutes=1)).astimezone(UTC)
