"""The calendars that we write, read by others, and the rules that no reader notices."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.invites import rules
from tests.invites.readers import Seen, faults, lines, seen_by_ical, seen_by_vobject

MARCH = datetime(2026, 3, 28, 9, 30, tzinfo=UTC)
READERS = pytest.mark.parametrize("read", [seen_by_ical, seen_by_vobject])
HOSTILE = ["\\New", "C:\\New\\", ";,:\"'^", "a\r\nATTENDEE:mailto:x@example.org", "BEGIN:VEVENT"]
HOSTILE += [
    "\x00\x07\x0b\x1b\x7f\x85\u2028\u2029",
    "é" * 80,
    "𝔘" * 40,
    "\\" * 150,
    "‮abc",
    "^n^'",
    "\ud800",
]
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(HOSTILE)).map("".join))


def entry(**changes: object) -> rules.Entry:
    ada = rules.Entry(
        uid="3f1c@portal.example.org",
        summary="Microcredentials in retail; a peer-learning activity",
        description="First manufacturing, then retail,\nthen discussion.",
        location="Rue de la Loi 175, Brussels",
        url="https://portal.example.org/en/events/retail/",
        conference="",
        starts_at=MARCH,
        ends_at=MARCH + timedelta(hours=3),
        organizer_name="Peer learning, the portal",
        organizer_address="portal@example.org",
        attendee_name='Ada "Countess" Lovelace',
        attendee_address="ada+pla@example.org",
        created_at=MARCH - timedelta(days=30),
    )
    return replace(ada, **changes)  # type: ignore[arg-type]


def public(**changes: object) -> rules.PublicEntry:
    event = rules.PublicEntry(
        uid="retail@portal.example.org",
        summary="Microcredentials in retail",
        description="",
        location="",
        url="https://portal.example.org/en/events/retail/",
        starts_at=MARCH,
        ends_at=MARCH + timedelta(hours=3),
        status="CONFIRMED",
        sequence=2,
        stamped_at=MARCH - timedelta(days=3),
        created_at=MARCH - timedelta(days=30),
        modified_at=MARCH - timedelta(days=3),
        organizer_name="The portal",
        organizer_address="portal@example.org",
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def seen(**changes: object) -> Seen:
    ada = Seen(
        method="REQUEST",
        uid="3f1c@portal.example.org",
        sequence=4,
        stamped_at=MARCH,
        starts_at=MARCH,
        ends_at=MARCH + timedelta(hours=3),
        status="CONFIRMED",
        summary="Microcredentials in retail; a peer-learning activity",
        description="First manufacturing, then retail,\nthen discussion.",
        location="Rue de la Loi 175, Brussels",
        url="https://portal.example.org/en/events/retail/",
        conference="",
        organizer=("Peer learning, the portal", "mailto:portal@example.org"),
        attendees=(("Ada 'Countess' Lovelace", "mailto:ada+pla@example.org", "ACCEPTED", "FALSE"),),
    )
    return replace(ada, **changes)  # type: ignore[arg-type]


@READERS
def test_a_request_is_read_as_it_was_meant(read: Callable[[bytes], list[Seen]]) -> None:
    octets = rules.request(entry(), sequence=4, stamped_at=MARCH)
    assert read(octets) == [seen()]
    assert faults(octets) == []


@READERS
def test_a_cancel_takes_back_the_same_entry(read: Callable[[bytes], list[Seen]]) -> None:
    octets = rules.cancel(entry(), sequence=5, stamped_at=MARCH)
    assert read(octets) == [seen(method="CANCEL", status="CANCELLED", sequence=5)]
    assert faults(octets) == []


@READERS
def test_a_downloaded_file_is_the_mails_entry_without_an_attendee(
    read: Callable[[bytes], list[Seen]],
) -> None:
    kept = rules.personal_file(entry(), sequence=4, stamped_at=MARCH)
    gone = rules.personal_file(entry(), sequence=5, stamped_at=MARCH, cancelled=True)
    published = seen(method="PUBLISH", attendees=())
    assert read(kept) == [published]
    assert read(gone) == [replace(published, status="CANCELLED", sequence=5)]
    assert faults(kept) == faults(gone) == []


@READERS
def test_a_public_file_holds_one_event_for_everybody(read: Callable[[bytes], list[Seen]]) -> None:
    octets = rules.published(public())
    assert [(x.method, x.uid, x.sequence, x.organizer, x.attendees) for x in read(octets)] == [
        (
            "PUBLISH",
            "retail@portal.example.org",
            2,
            ("The portal", "mailto:portal@example.org"),
            (),
        )
    ]
    assert faults(octets) == []


@READERS
def test_a_feed_holds_its_name_its_rhythm_and_the_cancelled(
    read: Callable[[bytes], list[Seen]],
) -> None:
    entries = [public(), public(uid="b@portal.example.org", status="CANCELLED", sequence=3)]
    octets = rules.feed("Events; all", entries, refresh=timedelta(hours=6))
    assert [(x.uid, x.status, x.sequence) for x in read(octets)] == [
        ("retail@portal.example.org", "CONFIRMED", 2),
        ("b@portal.example.org", "CANCELLED", 3),
    ]
    assert lines(octets)[3:8] == [
        "METHOD:PUBLISH",
        "NAME:Events\\; all",
        "X-WR-CALNAME:Events\\; all",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    assert faults(octets) == []
    assert rules.feed("Events; all", entries, refresh=timedelta(hours=6)) == octets


def test_a_feed_without_events_is_still_a_calendar() -> None:
    octets = rules.feed("Events", [], refresh=timedelta(hours=1))
    assert seen_by_ical(octets) == seen_by_vobject(octets) == []
    assert faults(octets) == []


def test_a_request_line_by_line() -> None:
    joining = "https://portal.example.org/en/join/retail/"
    octets = rules.request(
        entry(conference=joining, location="", description=""), sequence=0, stamped_at=MARCH
    )
    assert lines(octets) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//PLA portal//Invites//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:3f1c@portal.example.org",
        "SEQUENCE:0",
        "DTSTAMP:20260328T093000Z",
        "CREATED:20260226T093000Z",
        "LAST-MODIFIED:20260328T093000Z",
        "DTSTART:20260328T093000Z",
        "DTEND:20260328T123000Z",
        "STATUS:CONFIRMED",
        "SUMMARY:Microcredentials in retail\\; a peer-learning activity",
        f"DESCRIPTION:{joining}",
        "URL:https://portal.example.org/en/events/retail/",
        'ORGANIZER;CN="Peer learning, the portal":mailto:portal@example.org',
        f"CONFERENCE;VALUE=URI:{joining}",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE;"
        "CN=\"Ada 'Countess' Lovelace\":mailto:ada+pla@example.org",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@READERS
def test_the_way_to_join_is_said_where_every_calendar_shows_it(
    read: Callable[[bytes], list[Seen]],
) -> None:
    joining = "https://portal.example.org/en/join/retail/"
    (plain,) = read(rules.request(entry(conference=joining), sequence=0, stamped_at=MARCH))
    told = entry(conference=joining, description=f"Join at {joining} from nine.")
    (said,) = read(rules.request(told, sequence=0, stamped_at=MARCH))
    assert plain.description == f"{entry().description}\n\n{joining}"
    assert said.description == told.description
    assert plain.conference == said.conference == joining


@settings(deadline=None)
@given(summary=TEXTS, description=TEXTS, location=TEXTS, name=TEXTS, organizer=TEXTS)
def test_no_text_breaks_a_rule_or_loses_a_letter(
    summary: str, description: str, location: str, name: str, organizer: str
) -> None:
    hostile = entry(
        summary=summary,
        description=description,
        location=location,
        attendee_name=name,
        organizer_name=organizer,
    )
    for octets in (
        rules.request(hostile, sequence=1, stamped_at=MARCH),
        rules.cancel(hostile, sequence=1, stamped_at=MARCH),
        rules.personal_file(hostile, sequence=1, stamped_at=MARCH),
    ):
        assert faults(octets) == []
        (by_ical,), (by_vobject,) = seen_by_ical(octets), seen_by_vobject(octets)
        assert _bare(by_ical.summary) == _bare(by_vobject.summary) == _bare(summary)
        assert _bare(by_ical.location) == _bare(by_vobject.location) == _bare(location)
        assert _bare(by_ical.description) == _bare(by_vobject.description) == _bare(description)


@settings(deadline=None)
@given(address=st.emails(), link=TEXTS)
def test_no_address_and_no_link_breaks_a_rule(address: str, link: str) -> None:
    hostile = entry(
        attendee_address=address,
        url=f"https://example.org/{link}",
        conference=f"https://example.org/?{link}",
    )
    octets = rules.request(hostile, sequence=1, stamped_at=MARCH)
    assert faults(octets) == []
    assert len(seen_by_ical(octets)) == len(seen_by_vobject(octets)) == 1


def test_a_tab_still_parts_two_words() -> None:
    octets = rules.request(entry(summary="one\ttwo\x0bthree"), sequence=0, stamped_at=MARCH)
    assert "SUMMARY:one two three" in lines(octets)


def test_a_feeds_name_is_cleaned_too() -> None:
    octets = rules.feed("Ev\x00ents\r\nMETHOD:REQUEST\u2028", [], refresh=timedelta(hours=1))
    assert faults(octets) == []
    assert "NAME:Events\\nMETHOD:REQUEST\\n" in lines(octets)


def test_moments_are_told_in_utc_and_never_without_a_zone() -> None:
    brussels = timezone(timedelta(hours=2))
    summer = entry(starts_at=datetime(2026, 6, 1, 10, 0, 0, 999, tzinfo=brussels))
    octets = rules.request(summer, sequence=0, stamped_at=MARCH)
    assert "DTSTART:20260601T080000Z" in lines(octets)
    floating = entry(starts_at=MARCH.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        rules.request(floating, sequence=0, stamped_at=MARCH)


def test_time_and_place_are_the_substance_and_words_are_not() -> None:
    changed = {
        name
        for name in _changes()
        if rules.substance(entry()) != rules.substance(entry(**{name: _changes()[name]}))
    }
    assert changed == {"starts_at", "ends_at", "location", "conference"}


def test_the_content_is_all_that_a_calendar_shows() -> None:
    changed = {
        name
        for name in _changes()
        if rules.content(entry()) != rules.content(entry(**{name: _changes()[name]}))
    }
    assert changed == {field.name for field in fields(rules.Entry)} - {"created_at", "asks"}
    assert rules.content(entry(starts_at=MARCH.astimezone(timezone(timedelta(hours=5))))) == (
        rules.content(entry())
    )


def test_whose_answers_are_read_is_asked_and_what_they_answered_stays_said() -> None:
    asks = entry(asks=True)
    request = lines(rules.request(asks, sequence=0, stamped_at=MARCH))
    (attendee,) = [each for each in request if each.startswith("ATTENDEE")]
    assert ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE;" in attendee
    again = rules.request(asks, sequence=0, stamped_at=MARCH, answered=rules.Partstat.TENTATIVE)
    assert ";PARTSTAT=TENTATIVE;RSVP=TRUE;" in "".join(lines(again))
    silent = rules.request(entry(), sequence=0, stamped_at=MARCH, answered=rules.Partstat.DECLINED)
    assert ";PARTSTAT=ACCEPTED;RSVP=FALSE;" in "".join(lines(silent))
    declined = rules.decline_counter(asks, sequence=2, stamped_at=MARCH)
    assert {"METHOD:DECLINECOUNTER", "SEQUENCE:2", "STATUS:CONFIRMED"} <= set(lines(declined))


def test_neither_digest_runs_two_fields_together() -> None:
    one, other = entry(location="ab", conference="c"), entry(location="a", conference="bc")
    assert rules.substance(one) != rules.substance(other)


@pytest.mark.parametrize(
    ("last", "told", "now", "was_cancelled", "is_cancelled", "expected"),
    [
        (None, None, "noon", False, False, 0),
        (0, "noon", "noon", False, False, 0),
        (0, "noon", "one", False, False, 1),
        (7, "noon", "noon", False, True, 8),
        (8, "noon", "noon", True, False, 9),
        (8, "noon", "one", True, False, 9),
        (8, "noon", "noon", True, True, 8),
        (8, None, "noon", False, False, 9),
    ],
)
def test_the_sequence_only_rises(
    last: int | None,
    told: str | None,
    now: str,
    was_cancelled: bool,
    is_cancelled: bool,
    expected: int,
) -> None:
    assert expected == rules.next_sequence(
        last,
        told_substance=told,
        substance=now,
        was_cancelled=was_cancelled,
        is_cancelled=is_cancelled,
    )


@settings(deadline=None)
@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=2))
def test_each_stamp_is_later_even_when_the_clock_runs_back(moments: list[datetime]) -> None:
    stamps = [rules.next_stamp(None, moments[0])]
    for moment in moments[1:]:
        stamps.append(rules.next_stamp(stamps[-1], moment))
    assert stamps == sorted(set(stamps))
    assert {stamp.microsecond for stamp in stamps} == {0}


SEEDED = {
    "bare line feeds": (b"\r\n", b"\n"),
    "a line too long": (b"SUMMARY:", b"SUMMARY:" + b"x" * 80),
    "a fold inside a character": ("é".encode(), b"\xc3\r\n \xa9"),
    "a fold inside an escape": (b"retail\\;", b"retail\\\r\n ;"),
    "a bell": (b"SUMMARY:", b"SUMMARY:\x07"),
    "a line separator": (b"SUMMARY:", "SUMMARY:\u2028".encode()),
    "no method": (b"METHOD:REQUEST\r\n", b""),
    "a method in small letters": (b"METHOD:REQUEST", b"METHOD:request"),
    "two product names": (b"METHOD:", b"PRODID:x\r\nMETHOD:"),
    "no sequence": (b"SEQUENCE:4\r\n", b""),
    "two UIDs": (b"SEQUENCE:", b"UID:x\r\nSEQUENCE:"),
    "no stamp": (b"DTSTAMP", b"X-STAMP"),
    "a floating time": (b"DTSTART:20260328T093000Z", b"DTSTART:20260328T093000"),
    "a named zone": (b"DTSTART:", b"DTSTART;TZID=Europe/Brussels:"),
    "no end": (b"DTEND", b"X-END"),
    "a wrong status": (b"CONFIRMED", b"CANCELLED"),
    "two attendees": (b"STATUS:", b"ATTENDEE:mailto:bob@example.org\r\nSTATUS:"),
    "no organizer": (b"ORGANIZER", b"X-ORGANIZER"),
    "a sender on behalf": (b"ORGANIZER;", b'ORGANIZER;SENT-BY="mailto:x@example.org";'),
    "a question to the attendee": (b"ACCEPTED;RSVP=FALSE", b"NEEDS-ACTION;RSVP=TRUE"),
    "an alarm": (b"END:VEVENT", b"BEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT"),
    "a comma unescaped": (b"SUMMARY:", b"SUMMARY:a,b"),
    "a link with a blank": (b"URL:https://", b"URL:https:// "),
}


@pytest.mark.parametrize("seeded", SEEDED)
def test_each_fault_that_is_seeded_is_seen(seeded: str) -> None:
    sound = rules.request(entry(summary="é retail; x"), sequence=4, stamped_at=MARCH)
    unfolded = sound.replace(b"\r\n PT", b"PT").replace(b"\r\n ", b"")
    before, after = SEEDED[seeded]
    source = sound if before in sound else unfolded
    assert before in source
    assert set(faults(source.replace(before, after))) - set(faults(source))


def _changes() -> dict[str, object]:
    """Another value for every field of an entry."""
    given_changes = {
        field.name: "https://example.org/other"
        for field in fields(rules.Entry)
        if not field.name.endswith("_at")
    }
    moments = {
        field.name: MARCH + timedelta(days=2)
        for field in fields(rules.Entry)
        if field.name.endswith("_at")
    }
    return given_changes | moments


def _bare(text: str) -> str:
    """A text without controls and blanks, which are cleaned on purpose."""
    return "".join(
        letter
        for letter in text
        if not letter.isspace()
        and letter >= " "
        and not 0x7F <= ord(letter) < 0xA0
        and not "\ud800" <= letter < "\ue000"
    )
