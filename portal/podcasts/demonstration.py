"""A short episode of the demonstration, made by the project, which says so itself."""

from datetime import datetime
from pathlib import Path

from portal import uploads
from portal.audit.service import COMMAND
from portal.i18n import Translated
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
TITLE: Translated = {
    "en": "Demonstration episode: how this podcast works",
    "fr": "Épisode de démonstration\N{NO-BREAK SPACE}: comment fonctionne ce podcast",
    "de": "Demonstrationsfolge: So funktioniert dieser Podcast",
    "el": "Επεισόδιο επίδειξης: πώς λειτουργεί αυτό το podcast",
}
NOTES: Translated = {
    "en": "Made by the project behind this portal, for this demonstration, with two synthetic "
    "voices.\n\n"
    "In January 2024 the newsletter “Championing skills” pointed to a real podcast about how "
    "microcredentials empower people to work. **The title, the date and the recording of that "
    "episode are not known to us**, so nothing of it is repeated here.",
    "fr": "Réalisé par le projet à l’origine de ce portail, pour cette démonstration, avec deux "
    "voix de synthèse.\n\n"
    "En janvier 2024, la lettre d’information «\N{NO-BREAK SPACE}Championing skills"
    "\N{NO-BREAK SPACE}» renvoyait à un véritable podcast sur la manière dont les "
    "microcertifications aident les gens à travailler. **Le titre, la date et l’enregistrement "
    "de cet épisode ne nous sont pas connus**, et rien n’en est donc repris ici.",
    "de": "Vom Projekt hinter diesem Portal für diese Demonstration gemacht, mit zwei "
    "künstlichen Stimmen.\n\n"
    "Im Januar 2024 verwies der Newsletter „Championing skills“ auf einen echten Podcast "
    "darüber, wie Microcredentials Menschen zur Arbeit befähigen. **Titel, Datum und Aufnahme "
    "jener Folge kennen wir nicht**, daher wird hier nichts davon wiedergegeben.",
    "el": "Φτιάχτηκε από το έργο πίσω από αυτή την πύλη, για την επίδειξη, με δύο συνθετικές "
    "φωνές.\n\n"
    "Τον Ιανουάριο του 2024 το ενημερωτικό δελτίο «Championing skills» παρέπεμπε σε ένα "
    "πραγματικό podcast για το πώς τα μικροδιαπιστευτήρια ενδυναμώνουν τους ανθρώπους στην "
    "εργασία. **Ο τίτλος, η ημερομηνία και η ηχογράφηση εκείνου του επεισοδίου δεν μας είναι "
    "γνωστά**, οπότε τίποτα από αυτό δεν επαναλαμβάνεται εδώ.",
}
SHOW_TITLE: Translated = {
    "en": "Learning at work (demonstration)",
    "fr": "Apprendre au travail (démonstration)",
    "de": "Lernen bei der Arbeit (Demonstration)",
    "el": "Μάθηση στην εργασία (επίδειξη)",
}
DESCRIPTION: Translated = {
    "en": "A podcast made up for the demonstration of this portal. Its voices are synthetic.",
    "fr": "Un podcast imaginé pour la démonstration de ce portail. Ses voix sont de synthèse.",
    "de": "Ein für die Demonstration dieses Portals erfundener Podcast. Seine Stimmen sind "
    "künstlich.",
    "el": "Ένα podcast φτιαγμένο για την επίδειξη αυτής της πύλης. Οι φωνές του είναι συνθετικές.",
}
VOICES: tuple[tuple[str, Part], ...] = (
    ("Demonstration voice A", Part.HOST),
    ("Demonstration voice B", Part.GUEST),
)
ROLE: Translated = {
    "en": "synthetic voice",
    "fr": "voix de synthèse",
    "de": "künstliche Stimme",
    "el": "συνθετική φωνή",
}


def load(now: datetime) -> Episode:
    """The show, its cover and its one episode, public at once."""
    facts = {
        "slug": SHOW_SLUG,
        "title": SHOW_TITLE,
        "description": DESCRIPTION,
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
    texts = {"slug": SLUG, "title": TITLE, "notes": NOTES, "language": "en", "number": 1}
    episode = service.add_episode(show, texts, by=COMMAND, now=now)
    with (MADE / "demonstration.mp3").open("rb") as recording:
        kept = uploads.keep_audio(recording, "demonstration.mp3")
    service.set_audio(episode, kept, by=COMMAND, now=now)
    cues = read((MADE / "demonstration.vtt").read_bytes())
    service.set_transcript(episode, cues, by=COMMAND, now=now)
    service.set_chapters(episode, CHAPTERS, by=COMMAND, now=now)
    for name, part in VOICES:
        person = {"name": name, "part": part, "role": ROLE}
        service.add_person(show, episode, person, by=COMMAND, now=now)
    service.publish(episode, None, by=COMMAND, now=now)
    return episode
