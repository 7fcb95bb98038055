"""An episode for search engines and assistants: schema.org PodcastEpisode in JSON-LD."""

from collections.abc import Callable
from typing import Any

from flask import url_for

from portal.audio import MEDIA_TYPES
from portal.i18n import languages, translated
from portal.markup import plain
from portal.podcasts.models import Episode
from portal.podcasts.rules import shortened

CONTEXT = "https://schema.org"


def episode_data(episode: Episode, *, absolute: Callable[[str], str]) -> dict[str, Any]:
    """What is public of it; `absolute` puts a path of ours under the public address."""
    show = episode.show
    values: dict[str, Any] = {"show": show.slug, "slug": episode.slug}
    data = {
        "@context": CONTEXT,
        "@type": "PodcastEpisode",
        "url": absolute(url_for("podcasts.episode", **values)),
        "identifier": episode.guid,
        "name": translated(episode.title),
        "description": shortened(plain(translated(episode.notes))),
        "inLanguage": episode.language,
        "datePublished": episode.published_at.isoformat() if episode.published_at else "",
        "episodeNumber": episode.number,
        "partOfSeason": {"@type": "CreativeWorkSeason", "seasonNumber": episode.season}
        if episode.season
        else None,
        "timeRequired": _lasts(episode),
        "isAccessibleForFree": True,
        "accessibilityFeature": ["transcript"],
        "associatedMedia": {
            "@type": "AudioObject",
            "contentUrl": absolute(url_for("podcast_files.audio", ending=episode.ending, **values)),
            "encodingFormat": MEDIA_TYPES.get(episode.ending, ""),
            "contentSize": str(episode.audio_bytes),
            "duration": _lasts(episode),
            "inLanguage": episode.language,
        },
        "partOfSeries": {
            "@type": "PodcastSeries",
            "name": translated(show.title),
            "url": absolute(url_for("podcasts.show", show=show.slug)),
            "webFeed": [
                absolute(url_for("podcast_feeds.feed", lang=lang, show=show.slug))
                for lang in languages()
            ],
        },
        "contributor": [
            {"@type": "Person", "name": each.name}
            for each in (*show.hosts, *episode.people)
            if each.name
        ],
    }
    return {name: value for name, value in data.items() if value not in ("", None, [])}


def _lasts(episode: Episode) -> str:
    """ISO 8601."""
    return f"PT{round(episode.audio_seconds)}S"
