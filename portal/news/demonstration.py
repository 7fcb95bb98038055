"""News of the demonstration: two calls that were made, in our own words, and one made up.

What the sources do not say stays out: no questionnaire is linked, and mail addresses are made up.
Their closing days have no hour in the sources, and are counted on the clock of Brussels.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.audit.service import COMMAND
from portal.db import db
from portal.events.demonstration import ZONE, both
from portal.i18n import Translated
from portal.news import service
from portal.news.models import Item
from portal.news.rules import Kind

AGENCY = both(
    "European Centre for the Development of Vocational Training (Cedefop)",
    "Centre européen pour le développement de la formation professionnelle (Cedefop)",
)
HASHTAG = "#Microcredentials4LabourMarket"
EXPERTS = both("Experts of the study (address made up)", "Experts de l’étude (adresse inventée)")
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


def _end_users() -> dict[str, Any]:
    """Seed 000: four questionnaires, for four groups of people, in eight languages."""
    return {
        "slug": "added-value-of-microcredentials",
        "title": both(
            "Survey: what are microcredentials worth to you?",
            "Enquête : que valent pour vous les microcertifications ?",
        ),
        "summary": both(
            "Four short questionnaires asked people who learn, work, employ or look for work about "
            "the added value of microcredentials.",
            "Quatre courts questionnaires ont interrogé des personnes qui apprennent, travaillent, "
            "emploient ou cherchent un emploi sur la valeur ajoutée des microcertifications.",
        ),
        "text": both(
            "The survey was part of a study on the role of microcredentials in learning for "
            "employment. It looked at how useful they are to the people who hold them, and at what "
            "helps people to find their way through working life with them.\n\n"
            "This page was made for the demonstration, after the survey had closed. The source "
            "names the closing day and no hour.",
            "L’enquête faisait partie d’une étude sur le rôle des microcertifications dans "
            "l’apprentissage pour l’emploi. Elle portait sur leur utilité pour les personnes qui "
            "en ont, et sur ce qui les aide à tracer leur parcours professionnel.\n\n"
            "Cette page a été faite pour la démonstration, après la clôture de l’enquête. La "
            "source donne le jour de clôture, sans heure.",
        ),
        "closes_at": _end_of(2023, 1, 15),
        "whole_day": True,
        "doors": [
            _closed_door(both("Employees", "Personnes salariées")),
            _closed_door(both("Employers", "Employeurs")),
            _closed_door(
                both("Students, young and adult", "Étudiantes et étudiants, jeunes et adultes")
            ),
            _closed_door(both("People not in employment", "Personnes sans emploi")),
        ],
        "languages": ["de", "en", "es", "fi", "fr", "nl", "pl", "sl"],
        "responsible": AGENCY,
        "carried_out_by": both("A consortium led by PPMI", "Un consortium mené par PPMI"),
        "contacts": [
            _contact("content", EXPERTS, "study@example.org"),
            _contact(
                "rest",
                both(
                    "Project management (address made up)", "Direction du projet (adresse inventée)"
                ),
                "project@example.org",
            ),
        ],
        "hashtag": HASHTAG,
    }


def _stakeholders() -> dict[str, Any]:
    """Seed 001: the survey of the European stakeholder group."""
    return {
        "slug": "european-stakeholder-group-survey",
        "title": both(
            "European stakeholder group survey: microcredentials outside formal education",
            "Enquête auprès du groupe européen d’acteurs : les microcertifications hors de "
            "l’enseignement formel",
        ),
        "summary": both(
            "Experts and stakeholders told what they know of microcredentials that are issued "
            "outside formal education and training.",
            "Des spécialistes et des acteurs du domaine ont dit ce qu’ils savent des "
            "microcertifications délivrées hors de l’enseignement et de la formation formels.",
        ),
        "text": both(
            "The survey had three aims:\n\n"
            "- to look at the variety, the profile and the function of microcredentials outside "
            "formal education;\n"
            "- to show what quality assurance and recognition contribute;\n"
            "- to find conditions for a European ecosystem of microcredentials.\n\n"
            "This page was made for the demonstration, after the survey had closed. The source "
            "names the closing day and no hour.",
            "L’enquête avait trois buts :\n\n"
            "- étudier la variété, le profil et la fonction des microcertifications hors de "
            "l’enseignement formel ;\n"
            "- montrer ce qu’apportent l’assurance qualité et la reconnaissance ;\n"
            "- trouver les conditions d’un écosystème européen de microcertifications.\n\n"
            "Cette page a été faite pour la démonstration, après la clôture de l’enquête. La "
            "source donne le jour de clôture, sans heure.",
        ),
        "closes_at": _end_of(2025, 6, 27),
        "whole_day": True,
        "doors": [
            _closed_door(
                both(
                    "Experts and stakeholders: private training providers, professional bodies, "
                    "sectoral organisations, public employment services, partly publicly funded "
                    "providers",
                    "Spécialistes et acteurs : prestataires privés de formation, organisations "
                    "professionnelles, organisations sectorielles, services publics de l’emploi, "
                    "prestataires en partie financés par des fonds publics",
                )
            )
        ],
        "responsible": AGENCY,
        "carried_out_by": {"en": "Ockham IPS"},
        "eligibility": both(
            "Whoever works with microcredentials regularly, or knows a single initiative.",
            "Toute personne qui travaille régulièrement avec des microcertifications, ou qui "
            "connaît une seule initiative.",
        ),
        "minutes_from": 15,
        "minutes_to": 20,
        "contacts": [_contact("content", EXPERTS, "study@example.org")],
    }


def _made_up(now: datetime) -> dict[str, Any]:
    """So that an open call can be seen; its words say what it is."""
    closes = datetime.combine((now + OPEN_FOR).date(), time(18), ZoneInfo(ZONE)).astimezone(UTC)
    return {
        "slug": "demonstration-of-an-open-call",
        "title": both(
            "Demonstration: how an open call looks",
            "Démonstration : à quoi ressemble un appel ouvert",
        ),
        "summary": both(
            "This call is made up. It shows what visitors see while a call can be answered.",
            "Cet appel est inventé. Il montre ce que voient les visiteurs tant qu’on peut répondre "
            "à un appel.",
        ),
        "text": both(
            "Nobody collects answers: the links lead to *example.org*, where there is no "
            "questionnaire. The closing day lies twenty days after the demonstration was loaded.",
            "Personne ne recueille de réponses : les liens mènent à *example.org*, où il n’y a pas "
            "de questionnaire. Le jour de clôture est vingt jours après le chargement de la "
            "démonstration.",
        ),
        "closes_at": closes,
        "doors": [
            _door(both("I learn", "J’apprends"), "learners", "en", "fr", "nl"),
            _door(both("I employ people", "J’emploie des personnes"), "employers", "en", "fr"),
        ],
        "languages": ["en", "fr", "nl"],
        "responsible": both(
            "Agency for learning at work (demonstration)",
            "Agence pour l’apprentissage au travail (démonstration)",
        ),
        "minutes_from": 5,
        "minutes_to": 10,
        "contacts": [
            _contact("content", both("Made-up experts", "Experts inventés"), "experts@example.org"),
            _contact("rest", both("Made-up office", "Bureau inventé"), "office@example.org"),
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
