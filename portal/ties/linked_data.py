"""Topics and projects as schema.org describes them (schema.org 29)."""

from collections.abc import Callable, Iterable
from typing import Any

from portal.events.shown import words
from portal.ties.models import Project, Topic
from portal.ties.rules import Kind
from portal.ties.shown import Group

CONTEXT = "https://schema.org"
TYPES = {
    Kind.EVENT: "Event",
    Kind.PUBLICATION: "Report",
    Kind.EPISODE: "PodcastEpisode",
    Kind.NEWS: "NewsArticle",
    Kind.PROJECT: "ResearchProject",
}


def topic_data(
    topic: Topic, found: Iterable[Group], *, page: str, absolute: Callable[[str], str]
) -> dict[str, Any]:
    """A page that collects others."""
    title = words(topic.title).text
    return {
        "@context": CONTEXT,
        "@type": "CollectionPage",
        "@id": page,
        "url": page,
        "name": title,
        "description": words(topic.summary).text,
        "about": {"@type": "Thing", "name": title},
        "mainEntity": {"@type": "ItemList", "itemListElement": _listed(found, absolute)},
    }


def project_data(
    project: Project, found: Iterable[Group], *, page: str, absolute: Callable[[str], str]
) -> dict[str, Any]:
    """A project, and what was written and held about it."""
    data = {
        "@context": CONTEXT,
        "@type": "ResearchProject",
        "@id": page,
        "url": page,
        "name": words(project.title).text,
        "alternateName": words(project.also_called).text,
        "description": words(project.summary).text,
        "keywords": project.hashtag,
        "subjectOf": [
            {"@type": TYPES[group.kind], "name": card.title.text, "url": absolute(card.url)}
            for group in found
            if group.kind in TYPES
            for card in group.cards
        ],
    }
    return {name: value for name, value in data.items() if value}


def _listed(found: Iterable[Group], absolute: Callable[[str], str]) -> list[dict[str, Any]]:
    cards = [card for group in found for card in group.cards]
    return [
        {"@type": "ListItem", "position": n, "name": card.title.text, "url": absolute(card.url)}
        for n, card in enumerate(cards, 1)
    ]
