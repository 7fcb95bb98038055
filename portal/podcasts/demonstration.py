"""A short episode of the demonstration, made by the project, which says so itself."""

from datetime import datetime
from pathlib import Path

from portal import uploads
from portal.audit.service import COMMAND
from portal.i18n import everywhere
from portal.podcasts import service
from portal.podcasts.models import Episode
from portal.podcasts.rules import Chapter, Part, first_feed
from portal.podcasts.transcripts import read

MADE = Path(__file__).parent / "demo"
SHOW_SLUG = "learning-at-work"
SLUG = "how-this-podcast-works"
CHAPTERS = (
    Chapter(0, "What this is"),
    Chapter(7, "What is known of the real podcast"),
    Chapter(28, "What you can try"),
)
VOICES: tuple[tuple[str, Part], ...] = (
    ("Demonstration voice A", Part.HOST),
    ("Demonstration voice B", Part.GUEST),
)


def load(now: datetime) -> Episode:
    """The show, its cover and its one episode, public at once."""
    facts = {
        "slug": SHOW_SLUG,
        "title": everywhere("Learning at work (demonstration)"),
        "description": everywhere(
            "A podcast made up for the demonstration of this portal. Its voices are synthetic."
        ),
        "author": "Agency for learning at work (demonstration)",
        "owner_name": "Agency for learning at work (demonstration)",
        "owner_email": "podcast@example.org",
        "category": "Education / Courses",
        "language": "en",
    }
    feed = first_feed(uploads.settings().public_url, SHOW_SLUG)
    show = service.add_show(facts, first_feed=feed, by=COMMAND, now=now)
    with (MADE / "cover.png").open("rb") as picture:
        cover = uploads.keep_cover(picture, "cover.png")
    service.set_cover(show, cover, uploads.keep_small(cover.name), by=COMMAND, now=now)
    texts = {
        "slug": SLUG,
        "title": everywhere("Demonstration episode: how this podcast works"),
        "notes": everywhere(
            "Made by the project behind this portal, for this demonstration, with two synthetic "
            "voices.\n\n"
            "In January 2024 the newsletter “Championing skills” pointed to a real podcast about "
            "how microcredentials empower people to work. **The title, the date and the "
            "recording of that episode are not known to us**, so nothing of it is repeated here."
        ),
        "language": "en",
        "number": 1,
    }
    episode = service.add_episode(show, texts, by=COMMAND, now=now)
    with (MADE / "demonstration.mp3").open("rb") as recording:
        kept = uploads.keep_audio(recording, "demonstration.mp3")
    service.set_audio(episode, kept, by=COMMAND, now=now)
    cues = read((MADE / "demonstration.vtt").read_bytes())
    service.set_transcript(episode, cues, by=COMMAND, now=now)
    service.set_chapters(episode, CHAPTERS, by=COMMAND, now=now)
    for name, part in VOICES:
        person = {"name": name, "part": part, "role": everywhere("synthetic voice")}
        service.add_person(show, episode, person, by=COMMAND, now=now)
    service.publish(episode, None, by=COMMAND, now=now)
    return episode
