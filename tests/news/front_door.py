"""Items for the tests of news and calls."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db
from portal.news import service
from portal.news.models import Item
from portal.news.rules import Kind

CLOSES = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""18:00 in Brussels, 18 days after the Monday on which the tests' clock stands."""

_numbers = itertools.count(1)


def make_item(*, publish: bool = True, **facts: Any) -> Item:
    """A public call with two doors that closes on 20 November 2026 at 18:00 in Brussels."""
    usual: dict[str, Any] = {
        "kind": Kind.CALL,
        "slug": f"item-{next(_numbers)}",
        "title": {"en": "Your views count", "fr": "Votre avis compte"},
        "summary": {"en": "Four short questionnaires.", "fr": "Quatre courts questionnaires."},
        "text": {"en": "Say what you *think*.", "fr": "Dites ce que vous *pensez*."},
        "zone": "Europe/Brussels",
        "closes_at": CLOSES,
        "doors": [
            {
                "audience": {"en": "Employees", "fr": "Personnes salariées"},
                "links": {
                    "en": "https://survey.example.org/employees",
                    "nl": "https://survey.example.org/werknemers",
                },
            },
            {
                "audience": {"en": "Employers", "fr": "Employeurs"},
                "links": {"en": "https://survey.example.org/employers"},
            },
        ],
        "languages": ["en", "nl"],
        "responsible": {"en": "The agency", "fr": "L’agence"},
        "carried_out_by": {"en": "An institute", "fr": "Un institut"},
        "eligibility": {"en": "Whoever works.", "fr": "Toute personne qui travaille."},
        "minutes_from": 15,
        "minutes_to": 20,
        "contacts": [
            {
                "about": "content",
                "role": {"en": "Experts", "fr": "Experts"},
                "person": "",
                "email": "experts@example.org",
            },
            {
                "about": "rest",
                "role": {"en": "Project office", "fr": "Bureau du projet"},
                "person": "Ada Example",
                "email": "office@example.org",
            },
        ],
        "hashtag": "#Views2026",
    }
    item = service.create(usual | facts, by=COMMAND, now=clock.now())
    db.session.flush()
    if publish:
        service.publish(item, by=COMMAND, now=clock.now())
    return item


def make_news(**facts: Any) -> Item:
    """A public piece of news."""
    usual: dict[str, Any] = {
        "kind": Kind.NEWS, "closes_at": None, "doors": [], "languages": [], "contacts": [],
        "minutes_from": None, "minutes_to": None, "eligibility": {}, "carried_out_by": {},
        "title": {"en": "The study is out", "fr": "L’étude est parue"},
    }  # fmt: skip
    return make_item(**(usual | facts))
