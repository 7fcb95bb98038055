"""Shows and episodes as pages show them: codes, seconds and octets turned into people's words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import labels, uploads
from portal.events.linked_data import script
from portal.events.shown import Words, words
from portal.i18n import language_name, page_language, short_day
from portal.markup import plain, rich
from portal.materials.shown import size_words
from portal.podcasts import linked_data
from portal.podcasts.models import Episode, Person, Show
from portal.podcasts.rules import Part, clock_words, shortened
from portal.podcasts.transcripts import turns

LONGEST_CARD = 240


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Who is heard; whose name was taken out is there by their part alone."""

    name: str
    part: str
    role: Words
    link: str


@dataclass(frozen=True, slots=True)
class Jump:
    """A time in the recording, and where it begins there (Media Fragments URI 1.0, 4.2.1)."""

    seconds: int
    clock: str
    url: str
    text: str
    voice: str = ""


@dataclass(frozen=True, slots=True)
class EpisodeShown:
    """A line of a list."""

    title: Words
    summary: Words
    url: str
    kicker: str
    notes: str
    day: date


def page_values(
    episode: Episode,
    *,
    absolute: Callable[[str], str],
    audio_url: str,
    cover_url: str,
) -> dict[str, Any]:
    """The values of `podcasts/episode.html`; files come from where whoever looks may have them."""
    show = episode.show
    return {
        "show": show,
        "show_title": words(show.title),
        "episode": episode,
        "title": words(episode.title),
        "summary": summary(episode.notes),
        "kicker": kicker(episode),
        "notes": words(episode.notes),
        "rich": rich,
        "people": [person_shown(each) for each in people_of(episode)],
        "chapters": [
            Jump(each.start, clock_words(each.start), f"{audio_url}#t={each.start}", each.title)
            for each in episode.marks
        ],
        "turns": turns_of(episode, audio_url),
        "audio_url": audio_url,
        "cover_url": cover_url,
        "kind": episode.ending.upper(),
        "size": size_words(episode.audio_bytes),
        "length": length_words(episode.audio_seconds),
        "spoken": language_name(episode.language),
        "is_foreign": episode.language != page_language(),
        "structured": script(linked_data.episode_data(episode, absolute=absolute)),
    }


def listed(episodes: Sequence[Episode]) -> list[EpisodeShown]:
    """Lines of a list; each knows its show already."""
    zone = uploads.settings().zone
    return [
        EpisodeShown(
            title=words(each.title),
            summary=summary(each.notes),
            url=url_for("podcasts.episode", show=each.show.slug, slug=each.slug),
            kicker=kicker(each),
            notes=", ".join(_about(each, zone)),
            day=_published(each).astimezone(ZoneInfo(zone)).date(),
        )
        for each in episodes
    ]


def people_of(episode: Episode) -> list[Person]:
    """Hosts first; where an episode names none, those of its show."""
    hosts = [each for each in episode.people if each.part is Part.HOST] or episode.show.hosts
    return [*hosts, *(each for each in episode.people if each.part is Part.GUEST)]


def person_shown(person: Person) -> PersonShown:
    part = str(labels.PARTS[person.part])
    return PersonShown(person.name, part, words(person.role), person.link)


def summary(notes: dict[str, str]) -> Words:
    """The first words of its notes, without their marks."""
    found = words(notes)
    return Words(shortened(" ".join(plain(found.text).split()), LONGEST_CARD), found.lang)


def kicker(episode: Episode) -> str:
    """'Season 2, episode 3', as far as they are numbered."""
    match episode.season, episode.number:
        case None, None:
            return ""
        case None, number:
            return _("Episode %(number)s", number=number)
        case season, None:
            return _("Season %(season)s", season=season)
        case season, number:
            return _("Season %(season)s, episode %(number)s", season=season, number=number)


def length_words(seconds: float) -> str:
    """'18 minutes', '45 seconds'."""
    if seconds < 90:
        return ngettext("%(num)d second", "%(num)d seconds", round(seconds))
    return ngettext("%(num)d minute", "%(num)d minutes", round(seconds / 60))


def audio_path(episode: Episode) -> str:
    return url_for(
        "podcast_files.audio",
        show=episode.show.slug, slug=episode.slug, ending=episode.ending,
    )  # fmt: skip


def cover_path(show: Show, *, small: bool = False) -> str:
    """An address of its own for each picture, or nothing where there is none."""
    name = show.small_cover if small else show.cover
    if not name:
        return ""
    mark, _dot, ending = name.partition(".")
    what = "small" if small else "cover"
    return url_for("podcast_files.cover", show=show.slug, what=what, mark=mark[:12], ending=ending)


def turns_of(episode: Episode, audio_url: str) -> list[Jump]:
    """What is said, by turns, each with its place in the recording."""
    return [
        Jump(int(each.start), clock_words(each.start), f"{audio_url}#t={int(each.start)}",
             each.text, each.voice)
        for each in turns(episode.cues)
    ]  # fmt: skip


def _about(episode: Episode, zone: str) -> list[str]:
    about = [short_day(_published(episode), zone), length_words(episode.audio_seconds)]
    if episode.language != page_language():
        about.append(_("in %(language)s", language=language_name(episode.language)))
    return about


def _published(episode: Episode) -> datetime:
    """Lists hold none without it."""
    assert episode.published_at is not None  # noqa: S101
    return episode.published_at
