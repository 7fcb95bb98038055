"""Shows and episodes for tests, made by the portal's own verbs, sensible unless a test says so."""

from __future__ import annotations

import itertools
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from portal import clock, uploads
from portal.audit.service import COMMAND
from portal.podcasts import service
from portal.podcasts.models import Episode, Show
from portal.podcasts.rules import Chapter, Part, first_feed
from portal.podcasts.transcripts import read

FILES = Path(__file__).parent / "files"
VTT = b"""WEBVTT

00:00.000 --> 00:01.000
<v Ada>Welcome to &lt;work&gt;.

00:01.000 --> 00:02.000
<v Bob>Thank you.
"""
_numbers = itertools.count(1)


def tone(ending: str = "mp3") -> bytes:
    """Two seconds of one note."""
    return (FILES / f"tone.{ending}").read_bytes()


def square(side: int = 1400, kind: str = "PNG", **options: Any) -> bytes:
    written = BytesIO()
    Image.new("RGB", (side, options.pop("height", side)), "teal").save(written, kind, **options)
    return written.getvalue()


_COVER = square()


def make_show(**facts: Any) -> Show:
    """A show with a cover and no episode."""
    usual = {
        "slug": f"show-{next(_numbers)}",
        "title": {"en": "Learning at work", "fr": "Apprendre au travail"},
        "description": {"en": "How people learn where they work."},
        "author": "The agency",
        "owner_name": "Podcasts of the agency",
        "owner_email": "podcast@example.org",
        "category": "Education / Courses",
        "language": "en",
    }
    whole, now = usual | facts, clock.now()
    feed = first_feed(uploads.settings().public_url, whole["slug"])
    show = service.add_show(whole, first_feed=feed, by=COMMAND, now=now)
    cover = uploads.keep_cover(BytesIO(_COVER), "cover.png")
    service.set_cover(show, cover, uploads.keep_small(cover.name), by=COMMAND, now=now)
    return show


def make_episode(
    show: Show, *, at: datetime | None = None, draft: bool = False, **facts: Any
) -> Episode:
    """An episode with all that it needs, public now or `at` a moment."""
    usual = {
        "slug": f"episode-{next(_numbers)}",
        "title": {"en": "Trust", "fr": "La confiance"},
        "notes": {"en": "What makes one *worth having*?"},
        "language": "en",
    }
    now = clock.now()
    episode = service.add_episode(show, usual | facts, by=COMMAND, now=now)
    kept = uploads.keep_audio(BytesIO(tone()), "tone.mp3")
    service.set_audio(episode, kept, by=COMMAND, now=now)
    service.set_transcript(episode, read(VTT), by=COMMAND, now=now)
    service.set_chapters(
        episode, [Chapter(0, "Welcome"), Chapter(1, "Thanks")], by=COMMAND, now=now
    )
    service.add_person(show, episode, {"part": Part.GUEST, "name": "Bob"}, by=COMMAND, now=now)
    if not draft:
        service.publish(episode, at, by=COMMAND, now=now)
    return episode
