"""Publications of the demonstration: real ones, of which no fact is made up and no file is kept.

What the sources do not say stays empty. Abstracts are in our own words, made of facts that stand in
the sources.
"""

from datetime import datetime
from typing import Any

from portal.audit.service import COMMAND
from portal.i18n import Translated, everywhere
from portal.publications import service
from portal.publications.models import Publication
from portal.publications.rules import RelationKind, Type

AGENCY = "European Centre for the Development of Vocational Training (Cedefop)"
STUDY = "Microcredentials for labour market education and training: "
OFFICE = {"publisher": "Publications Office", "place": "Luxembourg"}


def load(now: datetime) -> list[Publication]:
    """The three reports of the study's first phase, and two briefing notes."""
    reports = [_draft(facts, now) for facts in (_mapping(), _systems(), _users())]
    for later, earlier in zip(reports[1:], reports[:-1], strict=True):
        service.relate(later, [(RelationKind.CONTINUES, earlier.id)], by=COMMAND, now=now)
    reports[-1].subjects = [
        service.add_subject(code, label, by=COMMAND, now=now) for code, label in _subjects().items()
    ]
    loaded = [*reports, *(_draft(facts, now) for facts in _briefings())]
    for each in loaded:
        service.publish(each, None, by=COMMAND, now=now)
    return loaded


def _subjects() -> dict[str, Translated]:
    """The source has them in English; the other languages are ours."""
    return {
        "delivering-vet-and-qualifications": everywhere("Delivering VET and qualifications"),
        "qualifications-and-credentials": everywhere("Qualifications and credentials"),
        "microcredentials": everywhere("Microcredentials"),
        "education": everywhere("Education"),
    }


def _draft(facts: dict[str, Any], now: datetime) -> Publication:
    return service.draft(facts | {"demonstration": True}, by=COMMAND, now=now)


def _mapping() -> dict[str, Any]:
    return OFFICE | {
        "number": "5587",
        "type": Type.RESEARCH_PAPER,
        "title": {
            "en": STUDY + "first look at mapping microcredentials in European "
            "labour-market-related education, training and learning: take-up, characteristics "
            "and functions"
        },
        "abstract": everywhere(
            "A first look at microcredentials in the 27 Member States, Iceland, Norway and the "
            "United Kingdom."
        ),
        "series": "Research paper",
        "series_number": "87",
        "publication_number": "5587",
        "published": "2022-10",
        "doi": "10.2801/351271",
        "language": "en",
    }


def _systems() -> dict[str, Any]:
    return OFFICE | {
        "number": "5589",
        "type": Type.RESEARCH_PAPER,
        "title": {"en": STUDY + "microcredentials and evolving qualifications systems"},
        "series": "Research paper",
        "series_number": "89",
        "publication_number": "5589",
        "published": "2023-02",
        "doi": "10.2801/566352",
        "isbn": "978-92-896-3577-6",
        "issn": "1831-5860",
        "other_numbers": [{"scheme": "ERIC", "value": "ED629621"}],
        "pages": 164,
        "language": "en",
    }


def _users() -> dict[str, Any]:
    return {
        "number": "5603",
        "type": Type.RESEARCH_PAPER,
        "title": {"en": STUDY + "the added value for end users"},
        "abstract": everywhere(
            "The third and last report of the study’s first phase asks three things: what users "
            "need before they trust a microcredential, which support helps them to take part and "
            "to gain by it, and how microcredentials can serve training for every age."
        ),
        "authors": [{"literal": AGENCY}],
        "series": "Cedefop research paper",
        "publication_number": "5603",
        "catalogue_number": "TI-BC-23-014-EN-N",
        "published": "2023-12-15",
        "doi": "10.2801/141643",
        "pages": 118,
        "language": "en",
    }


def _briefings() -> list[dict[str, Any]]:
    """Of these the sources give little more than title and date."""
    return [
        {
            "number": "briefing-2022",
            "type": Type.BRIEFING_NOTE,
            "title": {"en": "Are microcredentials becoming a big deal?"},
            "published": "2022",
            "language": "",
        },
        {
            "number": "briefing-2024",
            "type": Type.BRIEFING_NOTE,
            "title": {"en": "Microcredentials: striving to combine credibility and agility"},
            "published": "2024-01",
            "language": "",
        },
    ]
