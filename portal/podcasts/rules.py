"""Decisions about shows and episodes: values in, a value out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

PODCASTS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace in which feeds have their names (Podcasting 2.0, `podcast:guid`)."""
LONGEST_DESCRIPTION = 4000
"""Bytes of a description in a feed; it has to stay below."""
LONGEST_CHAPTER = 200
MOST_CHAPTERS = 200
RUNS_OVER = 2.0
"""Seconds that a transcript may go on behind the audio: silence at its end is often cut."""
_TIME = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:\s+[-–—])?\s+(\S.*)")


class State(StrEnum):
    """Of an episode, read from its moments and the clock."""

    DRAFT = "draft"
    PLANNED = "planned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Part(StrEnum):
    """What a person does in an episode."""

    HOST = "host"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Need:
    """One line of what an episode needs before it is public; a hint may stay unmet."""

    code: str
    is_met: bool
    is_must: bool = True


@dataclass(frozen=True, slots=True)
class Chapter:
    """From this second on, the episode is about this."""

    start: int
    title: str


class Misread(ValueError):
    """A line that says nothing that can be used: its number, and a code for why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line, self.why = line, why


def state(published_at: datetime | None, withdrawn_at: datetime | None, now: datetime) -> State:
    if withdrawn_at is not None:
        return State.WITHDRAWN
    if published_at is None:
        return State.DRAFT
    return State.PUBLISHED if published_at <= now else State.PLANNED


def first_feed(public_url: str, slug: str) -> str:
    """Where the feeds of a new show are to be found, as `feed_guid` wants it."""
    return f"{public_url.partition('://')[2]}/{{lang}}/podcasts/{slug}/feed.xml"


def feed_guid(first_feed: str, lang: str) -> str:
    """The name of a feed for ever: of the address under which it was first to be found.

    `first_feed` has `{lang}` in the place of the language, and neither scheme nor last slash.
    """
    return str(uuid5(PODCASTS, first_feed.replace("{lang}", lang)))


def needs(
    *,
    title: bool,
    notes: bool,
    audio_seconds: float,
    last_word_at: float | None,
    cover: bool,
    description: bool,
    chapters: bool,
    people: bool,
) -> list[Need]:
    """What an episode needs before anybody finds it; sound alone is for those who hear.

    WCAG 2.2, 1.2.1: whoever cannot hear it reads the transcript.
    """
    is_over = bool(audio_seconds and runs_over(last_word_at, audio_seconds))
    return [
        Need("title", title),
        Need("notes", notes),
        Need("audio", audio_seconds > 0),
        Need("transcript", last_word_at is not None),
        *([Need("transcript_fits", is_met=False)] if is_over else []),
        Need("cover", cover),
        Need("description", description),
        Need("chapters", chapters, is_must=False),
        Need("people", people, is_must=False),
    ]


def runs_over(last_word_at: float | None, audio_seconds: float) -> bool:
    """Whether something is said behind the end of the recording."""
    return last_word_at is not None and last_word_at > audio_seconds + RUNS_OVER


def chapters(typed: str, ends: float = 0.0) -> list[Chapter]:
    """One a line, as '1:05 What the research found'; the first begins at 0:00 (Apple, Spotify).

    None begins when the recording `ends`, where there is one.
    """
    found: list[Chapter] = []
    for number, line in enumerate(typed.split("\n"), start=1):
        if line.strip():
            chapter = _chapter(line.strip(), number)
            _follows(chapter, found, number)
            if ends and chapter.start >= ends:
                raise Misread(number, "behind")
            found.append(chapter)
    return found


def _follows(chapter: Chapter, found: Sequence[Chapter], number: int) -> None:
    if not found and chapter.start:
        raise Misread(number, "first")
    if found and chapter.start <= found[-1].start:
        raise Misread(number, "order")
    if len(found) == MOST_CHAPTERS:
        raise Misread(number, "many")


def _chapter(line: str, number: int) -> Chapter:
    read = _TIME.fullmatch(line)
    if read is None:
        raise Misread(number, "chapter")
    hours, minutes, seconds, title = read.groups()
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        raise Misread(number, "chapter")
    if len(title) > LONGEST_CHAPTER:
        raise Misread(number, "long")
    return Chapter(int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds), title)


def clock_words(seconds: float) -> str:
    """'1:05', '1:02:03': a time in a recording."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def typed_chapters(found: Sequence[Chapter]) -> str:
    """The lines from which `chapters` reads the same."""
    return "\n".join(f"{clock_words(each.start)} {each.title}" for each in found)


def shortened(text: str, most: int = LONGEST_DESCRIPTION) -> str:
    """The text in less than `most` bytes of UTF-8, cut behind a word."""
    if len(text.encode()) < most:
        return text
    room = most - 1 - len("…".encode())
    cut = text.encode()[:room].decode(errors="ignore")
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"
