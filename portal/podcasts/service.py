"""The verbs of podcasts; kept pages and feeds of the show are old after each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _

from portal import uploads
from portal.audit.service import Actor, record
from portal.db import Row, db
from portal.errors import Refused
from portal.podcasts import queries
from portal.podcasts.models import Episode, Person, Show
from portal.podcasts.rules import Chapter, Need, Part, State, needs, runs_over
from portal.podcasts.transcripts import Cue, kept
from portal.uploads import Kept, KeptAudio


def add_show(facts: Mapping[str, Any], *, first_feed: str, by: Actor, now: datetime) -> Show:
    """A show that nobody finds yet; the names of its feeds are settled now, for ever."""
    show = Show(first_feed=first_feed, created_at=now, updated_at=now, **facts)
    db.session.add(show)
    db.session.flush()
    record("podcast.added", show, by=by, now=now)
    return show


def change_show(show: Show, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Other words, another owner; its address and the names of its feeds stay."""
    for name, value in facts.items():
        setattr(show, name, value)
    _note("podcast.changed", show, show, by=by, now=now)


def set_cover(show: Show, cover: Kept, small: Kept, *, by: Actor, now: datetime) -> None:
    """A new name with each picture: programs look again only then."""
    uploads.drop(show.cover)
    uploads.drop(show.small_cover)
    show.cover, show.small_cover = cover.name, small.name
    _note("podcast.cover_set", show, show, by=by, now=now)


def remove_show(show: Show, *, by: Actor, now: datetime) -> None:
    """One without episodes: who subscribed to one that had any goes on asking for it."""
    if queries.how_many(show.id):
        raise Refused(_("This show has episodes. Remove its drafts first; a show with an episode "
                        "that was public stays."))  # fmt: skip
    uploads.drop(show.cover)
    uploads.drop(show.small_cover)
    for host in queries.show_people(show.id):
        db.session.delete(host)
    record("podcast.removed", show, by=by, now=now)
    db.session.delete(show)


def add_episode(show: Show, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> Episode:
    """A draft; its guid is never another."""
    episode = Episode(show=show, guid=str(uuid4()), created_at=now, updated_at=now, **facts)
    db.session.add(episode)
    db.session.flush()
    _note("episode.added", episode, show, is_public=False, by=by, now=now)
    return episode


def change_episode(episode: Episode, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    for name, value in facts.items():
        setattr(episode, name, value)
    _stays_whole(episode, now)
    _changed("episode.changed", episode, by=by, now=now)


def set_chapters(episode: Episode, marks: Sequence[Chapter], *, by: Actor, now: datetime) -> None:
    episode.chapters = [[each.start, each.title] for each in marks]
    _changed("episode.chapters_set", episode, by=by, now=now)


def set_audio(episode: Episode, kept_audio: KeptAudio, *, by: Actor, now: datetime) -> None:
    """The recording, or another in its place, as long as its chapters at least."""
    if sentence := too_short(episode, kept_audio.seconds, now):
        raise Refused(sentence)
    uploads.drop(episode.audio)
    episode.audio, episode.audio_bytes = kept_audio.name, kept_audio.size
    episode.audio_digest, episode.audio_seconds = kept_audio.digest, kept_audio.seconds
    _stays_whole(episode, now)
    _changed("episode.audio_set", episode, by=by, now=now)


def too_short(episode: Episode, seconds: float, now: datetime) -> str:
    """Why a recording of this length cannot be that of the episode; empty where it can."""
    if episode.marks and episode.marks[-1].start >= seconds:
        return _("A chapter begins after this recording ends. Change the chapters first.")
    if episode.state(now) in _FOUND and runs_over(episode.last_word_at, seconds):
        return _("The transcript goes on after this recording ends. The episode is public or "
                 "planned: send its new transcript first.")  # fmt: skip
    return ""


def set_transcript(episode: Episode, cues: Sequence[Cue], *, by: Actor, now: datetime) -> None:
    if sentence := too_long(episode, cues, now):
        raise Refused(sentence)
    episode.transcript = kept(cues)
    episode.last_word_at = max(cue.end for cue in cues)
    _stays_whole(episode, now)
    _changed("episode.transcript_set", episode, by=by, now=now)


def too_long(episode: Episode, cues: Sequence[Cue], now: datetime) -> str:
    """Why this cannot be the transcript of what people find; empty where it can."""
    is_found = episode.state(now) in _FOUND
    if is_found and runs_over(max(cue.end for cue in cues), episode.audio_seconds):
        return _("This transcript goes on after the recording ends. The episode is public or "
                 "planned: send its new recording first.")  # fmt: skip
    return ""


def publish(episode: Episode, at: datetime | None, *, by: Actor, now: datetime) -> None:
    """At once, or at a moment; one that has been is what its page and its feed say."""
    if episode.state(now) not in (State.DRAFT, State.PLANNED):
        raise Refused(_("This episode was published already."))
    if missing(episode):
        raise Refused(_("Something is missing still: the page of the episode says what."))
    episode.published_at = at or now
    _changed("episode.published", episode, by=by, now=now, planned=episode.published_at > now)


def unplan(episode: Episode, *, by: Actor, now: datetime) -> None:
    """It does not go public by itself any more."""
    if episode.state(now) is not State.PLANNED:
        raise Refused(_("This episode does not wait for its time any more."))
    episode.published_at = None
    _changed("episode.unplanned", episode, by=by, now=now)


def withdraw(episode: Episode, *, by: Actor, now: datetime) -> None:
    """Gone from lists and feed; its page says that it was taken back (RFC 9110, 15.5.11)."""
    if episode.state(now) is not State.PUBLISHED:
        raise Refused(_("Only an episode that is public can be taken back."))
    episode.withdrawn_at = now
    episode.updated_at = now
    _note("episode.withdrawn", episode, episode.show, by=by, now=now)


def bring_back(episode: Episode, *, by: Actor, now: datetime) -> None:
    """Public again, under its address, its guid and its date."""
    if episode.state(now) is not State.WITHDRAWN:
        raise Refused(_("This episode was not taken back."))
    episode.withdrawn_at = None
    _stays_whole(episode, now)
    _changed("episode.brought_back", episode, by=by, now=now)


def remove_episode(episode: Episode, *, by: Actor, now: datetime) -> None:
    """A draft is gone with its files; what was public leaves its address with a word why."""
    if episode.state(now) not in (State.DRAFT, State.PLANNED):
        raise Refused(_("This episode was public. Take it back instead: its page then says so."))
    uploads.drop(episode.audio)
    for person in list(episode.people):
        db.session.delete(person)
    _note("episode.removed", episode, episode.show, is_public=False, by=by, now=now)
    db.session.delete(episode)


def add_person(
    show: Show, episode: Episode | None, facts: Mapping[str, Any], *, by: Actor, now: datetime
) -> Person:
    """A host or guest of an episode; without one, a host of the show."""
    given = {"part": Part.HOST} | dict(facts)
    person = Person(show_id=show.id, episode_id=episode.id if episode else None, **given)
    db.session.add(person)
    db.session.flush()
    _named("podcast.person_added", person, show, by=by, now=now)
    return person


def change_person(
    person: Person, show: Show, facts: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    for name, value in facts.items():
        setattr(person, name, value)
    _named("podcast.person_changed", person, show, by=by, now=now)


def remove_person(person: Person, show: Show, *, by: Actor, now: datetime) -> None:
    _named("podcast.person_removed", person, show, by=by, now=now)
    db.session.delete(person)


def take_name_out(name: str, *, by: Actor, now: datetime) -> int:
    """Nobody of this name is named any more, in no list and in no transcript; how many places.

    Who they were is forgotten with it: role and link go too.
    """
    people = queries.people_named(name)
    spoken = [each for each in queries.all_transcripts() if name in {c.voice for c in each.cues}]
    for person in people:
        person.name, person.role, person.link = "", {}, ""
    for episode in spoken:
        cues = [Cue(c.start, c.end, "" if c.voice == name else c.voice, c.text)
                for c in episode.cues]  # fmt: skip
        episode.transcript = kept(cues)
    for show_id in sorted({p.show_id for p in people} | {e.show_id for e in spoken}):
        show = queries.held_show(show_id)
        if show is not None:
            _note("podcast.name_taken_out", show, show, by=by, now=now)
    return len(people) + len(spoken)


def checklist(episode: Episode) -> list[Need]:
    """What it needs before it is public, line by line."""
    show = episode.show
    return needs(
        title=bool(episode.title),
        notes=bool(episode.notes),
        audio_seconds=episode.audio_seconds,
        last_word_at=episode.last_word_at,
        cover=bool(show.cover),
        description=bool(show.description),
        chapters=bool(episode.chapters),
        people=bool(episode.people or show.hosts),
    )


def missing(episode: Episode) -> list[Need]:
    return [need for need in checklist(episode) if need.is_must and not need.is_met]


_FOUND = (State.PUBLISHED, State.PLANNED)


def _stays_whole(episode: Episode, now: datetime) -> None:
    """What is public, or goes public by itself, keeps what it needs."""
    if episode.state(now) not in _FOUND:
        return
    lost = {need.code for need in missing(episode)}
    if lost == {"transcript_fits"}:
        raise Refused(_("Something is missing still: the page of the episode says what."))
    if lost:
        raise Refused(_("What is public needs a title, notes, a recording and a transcript."))


def _named(act: str, person: Person, show: Show, *, by: Actor, now: datetime) -> None:
    """Hosts of the show stand in its feed; others where their episode does."""
    episode = person.episode
    is_public = episode is None or episode.state(now) is State.PUBLISHED
    _note(act, person, show, is_public=is_public, by=by, now=now)


def _changed(act: str, episode: Episode, *, by: Actor, now: datetime, **details: Any) -> None:
    episode.updated_at = now
    is_public = episode.state(now) is State.PUBLISHED
    _note(act, episode, episode.show, is_public=is_public, by=by, now=now, **details)


def _note(
    act: str, subject: Row, show: Show, *,
    by: Actor, now: datetime, is_public: bool = True, **details: Any,
) -> None:  # fmt: skip
    """Kept pages are made anew; the feed says another date only if people find something new."""
    show.revision += 1
    if is_public:
        show.updated_at = now
    record(act, subject, by=by, now=now, **details)
