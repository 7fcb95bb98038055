"""Attendance reports as conference tools write them, and as nobody should."""

from __future__ import annotations

import pytest

from portal.registrations.reports import (
    MOST_BYTES,
    MOST_ROWS,
    Fault,
    NotAReport,
    named,
    read,
    seconds,
)

GERMAN = """1. Zusammenfassung
Besprechungstitel\tVertrauen
Teilnehmer\t3

2. Teilnehmer
Name\tErster Beitritt\tLetztes Verlassen\tDauer der Besprechung\tE-Mail\tTeilnehmer-ID (UPN)\tRolle
Ada Lovelace\t06.10.26, 18:01:00\t06.10.26, 19:00:00\t59 Min. 0 Sek.\tada@example.org\tu17@corp\tX
Gast\t06.10.26, 18:05:00\t06.10.26, 19:20:00\t1 Std. 15 Min.\t\tguest_of_example.org#EXT#@t.eu\tX
Bob\t06.10.26, 18:05:00\t06.10.26, 18:20:00\t15 Min.\t\tbob@example.org\tX

3. Aktivitäten in der Besprechung
Name\tBeitrittszeit\tVerlassenszeit
Ada Lovelace\t06.10.26, 18:01:00\t06.10.26, 19:00:00
"""
TEAMS = """1. Summary
Meeting title\tTrust in microcredentials
Attended participants\t3
Meeting duration\t3h 31m 4s

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Ada Lovelace\t1/18/27, 1:58:02 PM\t1/18/27, 5:31:10 PM\t3h 33m 8s\tAda@Example.org\tada\tPresenter
Bob Test (Guest)\t1/18/27, 2:10:00 PM\t1/18/27, 2:12:30 PM\t2m 30s\t\t\tAttendee

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Ada Lovelace\t1/18/27, 1:58:02 PM\t1/18/27, 5:31:10 PM\t3h 33m 8s\tAda@Example.org\tPresenter
"""
ZOOM = """Topic,ID,User Name,User Email,Start Time,End Time,Duration (Minutes),Participants
Trust,123 456,The host,host@example.org,01/18/2027 01:50:00 PM,01/18/2027 05:35:00 PM,225,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Ada (Ada Lovelace),ada@example.org,01/18/2027 02:00:00 PM,01/18/2027 03:00:00 PM,60,Yes
Ada (Ada Lovelace),ada@example.org,01/18/2027 02:30:00 PM,01/18/2027 03:30:00 PM,60,Yes
"Test, Bob",,01/18/2027 02:00:00 PM,01/18/2027 02:45:00 PM,45,Yes
"Test, Bob",,01/18/2027 02:00:00 PM,01/18/2027 02:45:00 PM,45,Yes
"""
WEBEX = """"Meeting";"Display Name";"Attendee Email";"Join Time";"Leave Time";"Attendance Duration"
"Trust";"Ada Lovelace";"ada@example.org";="2027-01-18 14:00:00";="2027-01-18 15:00:00";"60 mins"
"Trust";"Ada Lovelace";"ada@example.org";="2027-01-18 15:10:00";="2027-01-18 15:30:00";"20 mins"
"Trust";"=HYPERLINK(""http://evil.example"")";"";"";"";"60 mins"
"Trust";"Bob";"";"";"";"for ever"
"""
WEBINAR = """Attendee Report
Topic,Webinar ID
Trust,1
Host Details
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)
Yes,Olga,olga@example.org,01/18/2027 14:00:00,01/18/2027 15:00:00,60
Attendee Details
Attended,User Name (Original Name),First Name,Last Name,Email,Join Time,Leave Time,Time in Session (minutes)
Yes,Ada L.,Ada,Lovelace,ada@example.org,01/18/2027 14:00:00,01/18/2027 15:00:00,60
No,Bob,Bob,Test,bob@example.org,--,--,--
"""  # noqa: E501
WAITING = """Name,Email,Join time,Leave time,Duration (minutes),Guest,In waiting room
Ada,ada@example.org,01/18/2027 02:00:00 PM,01/18/2027 05:25:00 PM,205,Yes,Yes
Bob,bob@example.org,01/18/2027 02:00:00 PM,01/18/2027 02:05:00 PM,5,Yes,Yes
Bob,bob@example.org,01/18/2027 02:05:00 PM,01/18/2027 04:05:00 PM,120,Yes,No
Bob,bob@example.org,01/18/2027 02:05:00 PM,01/18/2027 03:05:00 PM,60,Yes,No
"""
FRENCH = """1. Résumé
Titre de la réunion\tConfiance
Durée de la réunion\t3 h 31 min

2. Participants
Nom\tPremière participation\tDernier départ\tDurée de la réunion\tE-mail\tID de participant (UPN)\tRôle
Ada Lovelace\t18/01/2027 14:00:00\t18/01/2027 15:45:00\t1 h 45 min\tada@example.org\tada\tX
Éva\t18/01/2027 14:00:00\t18/01/2027 14:02:30\t2 min 30 s\t\teva@example.org\tX
"""  # noqa: E501


@pytest.mark.parametrize(
    ("written", "encoding", "people"),
    [
        (TEAMS, "utf-16", [("Ada Lovelace", "Ada@Example.org", 213, 1, ""),
                           ("Bob Test (Guest)", "", 2, 1, "")]),
        (ZOOM, "utf-8-sig", [("Ada (Ada Lovelace)", "ada@example.org", 90, 2, ""),
                             ("Test, Bob", "", 45, 1, "")]),
        (WEBEX, "utf-8", [("Ada Lovelace", "ada@example.org", 80, 2, ""),
                          ('=HYPERLINK("http://evil.example")', "", 60, 1, "formula"),
                          ("Bob", "", 0, 1, "no_time")]),
        (WEBINAR, "utf-8", [("Olga", "olga@example.org", 60, 1, ""),
                            ("Ada L.", "ada@example.org", 60, 1, ""),
                            ("Bob", "bob@example.org", 0, 1, "")]),
        ("Name,Email,Duration\n,,5\nÉva,eva@example.org,1:30:00\n", "utf-8",
         [("", "", 5, 1, "nobody"), ("Éva", "eva@example.org", 90, 1, "")]),
        (GERMAN, "utf-16", [("Ada Lovelace", "ada@example.org", 59, 1, ""),
                            ("Gast", "guest_of@example.org", 75, 1, ""),
                            ("Bob", "bob@example.org", 15, 1, "")]),
        (WAITING, "utf-8", [("Ada", "ada@example.org", 0, 1, ""),
                            ("Bob", "bob@example.org", 120, 2, "")]),
        (FRENCH, "utf-16", [("Ada Lovelace", "ada@example.org", 105, 1, ""),
                            ("Éva", "eva@example.org", 2, 1, "")]),
    ],
    ids=["Teams", "Zoom", "Webex", "Zoom webinar", "plain", "Teams in German",
         "Zoom with a waiting room", "Teams in French"],
)  # fmt: skip
def test_a_report_is_read_as_each_tool_writes_it(
    written: str, encoding: str, people: list[tuple[str, str, int, int, str]]
) -> None:
    """Visits are added up, what overlaps or stands there twice counts once."""
    found = read(written.replace("\n", "\r\n").encode(encoding))
    assert [(p.name, p.address, p.minutes, p.rows, p.trouble) for p in found] == people


def test_other_heads_are_read_as_the_organiser_names_them() -> None:
    french = "Participants;3\n\nNom complet;Courriel;Durée (minutes)\nAda;ada@example.org;12\n"
    with pytest.raises(NotAReport):
        read(french.encode())
    said = named(name="nom  COMPLET", address="Courriel", duration="Durée")
    (ada,) = read(french.encode(), said)
    assert (ada.name, ada.address, ada.minutes) == ("Ada", "ada@example.org", 12)
    with pytest.raises(NotAReport):
        read(french.encode(), named(name="Nom"))


HEAD = "Name,Email,Duration\n"


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"\xef\xbb\xbf \r\n", Fault.EMPTY),
        ("Name,Email,Duration\nJosé,j@example.org,5\n".encode("latin-1"), Fault.ENCODING),
        (HEAD.encode() + b"A\x00da,a@example.org,5\n", Fault.ENCODING),
        (HEAD.encode("utf-32"), Fault.ENCODING),
        (HEAD.encode("utf-16")[:-1], Fault.ENCODING),
        (b"PK\x03\x04\xff\xfe not a text", Fault.ENCODING),
        (b"Nom,Courriel\nAda,ada@example.org\n", Fault.NO_TABLE),
        (b'"' + b"Name,Duration," * 20_000, Fault.NO_TABLE),
        (b"x" * (MOST_BYTES + 1), Fault.TOO_LARGE),
        (HEAD.encode() + b"\n" * (MOST_BYTES - 100), Fault.TOO_MANY),
        (HEAD.encode() + b"".join(b"P%d,,5\n" % n for n in range(MOST_ROWS + 1)), Fault.TOO_MANY),
    ],
)
def test_what_is_no_report_gets_a_reason(octets: bytes, fault: Fault) -> None:
    with pytest.raises(NotAReport) as refused:
        read(octets)
    assert refused.value.fault is fault


def test_a_length_of_time_is_read_in_every_way_and_nothing_else_is_one() -> None:
    said = {
        "45": 2700, "0,5": 30, "1:02:03": 3723, "1:30": 5400, "1h 2m 3s": 3723, "62 mins": 3720,
        "2 hours, 5 min.": 7500, "": None, "--": None, "m": None, "1h of it": None, "-5": None,
        "1 Std. 5 Min. 3 Sek.": 3903, "2 Stunden": 7200, "1 ώ. 5 λ. 3 δ.": 3903, "1 h 5 min": 3900,
        "1 h 45": 6300, "1h05": 3900, "1.5 h": 5400, "1,5 Std.": 5400, "1 h 60": None, "h 5": None,
        "999999": None, "9" * 400: None, "1e9": None,
    }  # fmt: skip
    assert {written: seconds(written) for written in said} == said
