"""What is decided of episodes, and how what is said in them is read."""

from __future__ import annotations

import json
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.podcasts import categories, rules, transcripts
from portal.podcasts.rules import Chapter, Misread
from portal.podcasts.transcripts import Cue
from tests.podcasts.making import FILES

VTT = """\ufeffWEBVTT - with a title
Kind: captions

NOTE nobody reads this

STYLE
::cue { color: red }

first
00:00.000 --> 00:02.500 align:start
<v.loud Ada &amp; Co>Hi <i>there</i> &lt;b&gt;
second line <v Bob>Good morning

00:01:02.500 --> 00:01:03.000
Nobody named
"""
SRT = "1\r\n00:00:00,000 --> 00:00:02,500\r\n<font color=red>Hello</font>\r\nyou\r\n"


def test_the_categories_are_those_of_the_directory() -> None:
    theirs = json.loads((FILES / "apple-categories.json").read_text())
    assert {name: list(below) for name, below in categories.SUBCATEGORIES.items()} == theirs
    assert categories.parts("Education / Courses") == ("Education", "Courses")
    assert categories.parts("Government") == ("Government", "")


def test_a_feed_has_its_name_by_the_address_under_which_it_began() -> None:
    first = rules.first_feed("https://portal.example.org", "work")
    space = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
    whole = "portal.example.org/fr/podcasts/work/feed.xml"
    assert rules.feed_guid(first, "fr") == str(uuid5(space, whole))
    # the example of the namespace's own description
    assert rules.feed_guid("mp3s.nashownotes.com/pc20rss.xml", "en") == (
        "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    )


def test_a_transcript_is_read_and_everything_but_words_voices_and_times_left_behind() -> None:
    assert transcripts.read(VTT.encode()) == [
        Cue(0.0, 2.5, "Ada & Co", "Hi there <b>\nsecond line"),
        Cue(0.0, 2.5, "Bob", "Good morning"),
        Cue(62.5, 63.0, "", "Nobody named"),
    ]
    assert transcripts.read(SRT.encode()) == [Cue(0.0, 2.5, "", "Hello\nyou")]


def test_a_bracket_that_is_no_tag_was_said() -> None:
    said = "Pay is < 2000 for some and > 3000, a<b and c>d, <me@example.org> {so} <url>"
    srt = f"1\n00:00:00,000 --> 00:00:02,500\n{{\\an8}}<I>{said}</I> <00:00:01.000>now\n"
    assert transcripts.read(srt.encode()) == [Cue(0.0, 2.5, "", f"{said} now")]
    vtt = f"WEBVTT\n\n00:00.000 --> 00:02.500\n<c.red><lang en>{said}</lang></c> {{\\an8}}\n"
    assert transcripts.read(vtt.encode()) == [Cue(0.0, 2.5, "", f"{said} {{\\an8}}")]


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (b"", 0, "empty"),
        (b"WEBVTT\n", 0, "empty"),
        (b"Just words", 1, "times"),
        (b"WEBVTT\n\nwords\nwithout times", 3, "times"),
        (b"WEBVTT\n\n00:99.000 --> 01:40.000\nx", 3, "times"),
        (b"WEBVTT\n\n00:05.000 --> 00:05.000\nx", 3, "backwards"),
        (b"WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:09.000\ny", 6, "order"),
        ("caf\u00e9".encode("latin-1"), 1, "utf8"),
        (b"WEBVTT\n\n00:05.000 --> 00:06.000\n" + b"x" * 2001, 3, "long"),
        (b"x" * (transcripts.MOST_BYTES + 1), 0, "size"),
    ],
)
def test_a_transcript_that_cannot_be_used_says_on_which_line(
    content: bytes, line: int, why: str
) -> None:
    with pytest.raises(Misread) as misread:
        transcripts.read(content)
    assert (misread.value.line, misread.value.why) == (line, why)


HOSTILE = st.text(min_size=1, max_size=80).filter(lambda text: bool(transcripts._plain(text)))


@given(said=HOSTILE, voice=st.text(max_size=30))
def test_no_word_of_a_transcript_becomes_anything_else(said: str, voice: str) -> None:
    """Whatever is said, it is read again as it was written, in one cue."""
    cue = Cue(1.0, 2.0, transcripts.clean(voice), transcripts._plain(said))
    assert transcripts.read(transcripts.as_vtt([cue]).encode()) == [cue]
    srt = transcripts.as_srt([cue])
    assert srt.count("-->") == 1 and "<" not in srt and "\n\n" not in srt


def test_turns_join_what_one_voice_says_for_a_minute() -> None:
    cues = [Cue(n * 30.0, n * 30.0 + 20, "Ada", f"{n}") for n in range(3)]
    found = transcripts.turns([*cues, Cue(90.0, 99.0, "Bob", "a\nb")])
    assert [(each.start, each.voice, each.text) for each in found] == [
        (0.0, "Ada", "0 1"),
        (60.0, "Ada", "2"),
        (90.0, "Bob", "a b"),
    ]


def test_chapters_are_lines_with_a_time() -> None:
    typed = "0:00 Welcome\n1:05 – What – and why\n\n1:00:00 The end"
    assert rules.chapters(typed) == [
        Chapter(0, "Welcome"),
        Chapter(65, "What – and why"),
        Chapter(3600, "The end"),
    ]
    assert rules.chapters(rules.typed_chapters(rules.chapters(typed))) == rules.chapters(typed)
    assert rules.chapters("") == []
    assert rules.chapters(typed, ends=3600.5) == rules.chapters(typed)
    with pytest.raises(Misread) as misread:
        rules.chapters(typed, ends=3600.0)
    assert (misread.value.line, misread.value.why) == (4, "behind")


@pytest.mark.parametrize(
    ("typed", "line", "why"),
    [
        ("Welcome", 1, "chapter"),
        ("0:00", 1, "chapter"),
        ("0:00 A\n0:75 B", 2, "chapter"),
        ("0:10 A", 1, "first"),
        ("0:00 A\n\n5:00 B\n4:00 C", 4, "order"),
        ("0:00 " + "x" * 201, 1, "long"),
    ],
)
def test_a_chapter_that_cannot_be_used_says_on_which_line(typed: str, line: int, why: str) -> None:
    with pytest.raises(Misread) as misread:
        rules.chapters(typed)
    assert (misread.value.line, misread.value.why) == (line, why)


@pytest.mark.parametrize("letter", ["a", "é", "€", "\U0001d11e"])
def test_a_text_is_cut_by_octets_and_never_within_a_letter(letter: str) -> None:
    long = f"{letter * 9} " * 1000
    cut = rules.shortened(long)
    assert 3900 < len(cut.encode()) < 4000
    assert cut.endswith(f"{letter * 9}…")
    assert rules.shortened("short") == "short"
