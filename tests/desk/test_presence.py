"""Who was there: check-in at the door, and what is shown of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal import labels
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.circulars.models import Circular
from portal.db import db, transaction
from portal.events.rules import State
from portal.registrations.models import AttendanceReport, Registration
from portal.registrations.rules import Status
from portal.registrations.service import of_event
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, event_of, person
from tests.factories import JANUARY, make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.registrations.front_door import link_in

Deliver = Callable[[], list[EmailMessage]]
DOOR = "/desk/events/trust/check-in/"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def people(app: Flask) -> dict[str, int]:
    """Two have a place, the third waits."""
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2)
    return {
        "ada": comes(app, "ada", last_name="Łoś", organisation="Société Générale des Compétences"),
        "bob": comes(app, "bob"),
        "cid": comes(app, "cid"),
    }


@pytest.fixture
def olga(app: Flask, people: dict[str, int], clock: time_machine.Traveller) -> PortalClient:
    """At the door, half an hour before the start."""
    clock.move_to(JANUARY)
    clock.shift(-1800)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def arrives(client: PortalClient, who: int, page: str = DOOR) -> str:
    """Press the button beside the name; what the page says then."""
    sent = client.submit(page, action=f"/{who}/arrival")
    assert sent.status_code == 303, words(sent)
    return words(client.get(sent.headers["Location"]))


def token_in(page: str) -> str:
    """The first of the page: all of a browser's forms have the same."""
    return page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]


def test_people_are_found_by_name_or_organisation_and_checked_in_with_one_press(
    app: Flask, olga: PortalClient, people: dict[str, int]
) -> None:
    door = words(olga.get(DOOR))
    assert "Ada Łoś" in door and "Bob Test" in door and "Cid" not in door
    for search in ("los", "SOCIETE competences", "ada l"):
        found = words(olga.get(DOOR, query_string={"q": search}))
        assert "Ada Łoś" in found and "Bob" not in found, search
    assert "Nobody fits" in words(olga.get(DOOR, query_string={"q": "zzz"}))
    assert "Ada Łoś is checked in Undo" in arrives(olga, people["ada"], f"{DOOR}?q=los")
    assert "Checked in at 13:30, by Olga" in words(olga.get(f"{DOOR}?q=los"))
    assert acts(app, people["ada"])[-1] == ("registration.checked_in", {})
    undone = olga.submit(f"{DOOR}{people['ada']}", action="/removal")
    assert "Ada Łoś is not noted as attended" in words(olga.get(undone.headers["Location"]))
    assert person(app, people["ada"], "checked_in_at", "checked_in_by") == (None, None)
    assert acts(app, people["ada"])[-1] == ("registration.presence_removed", {})


def test_only_who_has_a_place_is_checked_in_from_a_day_before_at_an_event_that_takes_place(
    app: Flask, olga: PortalClient, people: dict[str, int], clock: time_machine.Traveller
) -> None:
    waits = words(olga.get(DOOR, query_string={"q": "cid"}))
    assert "On the waitlist" in waits and "See the registration" in waits
    assert "Check in" not in waits
    form, path = olga.get(DOOR), f"{DOOR}{people['cid']}/arrival"
    refused = olga.post(path, data={"csrf_token": token_in(form.text)})
    assert refused.status_code == 409 and "Give this person a place first" in words(refused)
    with app.app_context(), transaction():
        event_of().state = State.POSTPONED
    refused = olga.submit(form, action=f"/{people['ada']}/arrival")
    assert refused.status_code == 409 and "does not take place" in words(refused)
    with app.app_context(), transaction():
        event_of().state = State.PUBLISHED
    clock.shift(-86400)
    early = sign_in(app, "olga@example.org")
    assert "Check-in opens a day before" in words(early.get(DOOR))
    assert early.submit(form, action=f"/{people['ada']}/arrival").status_code in (400, 409)
    assert person(app, people["ada"], "checked_in_at") == (None,)


def test_two_desks_at_once_check_a_person_in_once(
    app: Flask, olga: PortalClient, people: dict[str, int]
) -> None:
    otto = sign_in(app, make_user(app, "otto@example.org", "trust"))
    for nth in range(1, 4):
        pages, start = [each.get(DOOR) for each in (olga, otto)], Barrier(2)

        def press(client: PortalClient, page: object, start: Barrier = start) -> str:
            start.wait(10)
            return str(client.submit(page, action=f"/{people['ada']}/arrival").headers["Location"])  # type: ignore[arg-type]

        with ThreadPoolExecutor(2) as pool:
            sent = [pool.submit(press, *each) for each in zip((olga, otto), pages, strict=True)]
            news = sorted(re.findall(r"news=(\w+)", each.result(30))[0] for each in sent)
        assert news == ["checked_in", "was_here"]
        with app.app_context():
            noted = select(Entry).where(Entry.act == "registration.checked_in")
            assert len(db.session.scalars(noted).all()) == nth
        assert "Attended 1 of 2" in words(olga.get(DOOR))
        otto.submit(DOOR, action=f"/{people['ada']}/removal")


def test_who_attended_is_shown_filtered_counted_and_told_and_a_withdrawal_ends_it(
    app: Flask, olga: PortalClient, people: dict[str, int], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    own = {str(mail["To"]): link_in(mail) for mail in deliver()}
    arrives(olga, people["ada"])
    came, missed = (words(olga.get(f"{LIST}?attended={code}")) for code in ("yes", "no"))
    assert "1 person · attended" in came and "Ada Łoś" in came and "Bob" not in came
    assert "Bob Test" in missed and "Ada" not in missed and "Cid" not in missed
    assert olga.get(f"{LIST}?attended=perhaps").status_code == 404
    (row,) = csv.DictReader(olga.get(f"{LIST}.csv?attended=yes").text.splitlines())
    assert row["attended"] == "yes"
    begin = {"scope": "all", "attended": "yes", "csrf_token": token_in(olga.get(LIST).text)}
    letter = olga.post("/desk/events/trust/letters/", data=begin)
    assert letter.status_code == 303, words(letter)
    with app.app_context():
        assert db.session.scalars(select(Circular.selection)).one() == {"attended": "yes"}
    assert "Attended 1" in words(olga.get("/desk/events/trust/"))
    assert "checked in, 18 January 2027, 13:30" in words(olga.get(f"{LIST}/{people['ada']}"))
    client = app.test_client()
    said = "You took part: the organisers have noted it."
    assert said not in client.get(own["ada@example.org"]).text
    clock.shift(6 * 3600)
    assert said in client.get(own["ada@example.org"]).text
    assert said not in client.get(own["bob@example.org"]).text
    clock.shift(-5 * 3600)
    again = sign_in(app, "olga@example.org")
    again.submit(f"{LIST}/{people['ada']}/withdrawal", action="/withdrawal")
    assert person(app, people["ada"], "status", "checked_in_at") == ("withdrawn", None)


def test_the_door_asks_as_often_for_one_as_for_thirty(app: Flask, olga: PortalClient) -> None:
    with statements(app) as few:
        olga.get(DOOR)
    with app.app_context(), transaction():
        event_of().capacity = 40
        for _each in range(30):
            made = make_registration(event_of())
            made.status = Status.CONFIRMED
            made.checked_in_at, made.checked_in_by = portal_clock.now(), 1
    with statements(app) as many:
        assert olga.get(DOOR).text.count("Undo:") == 30
    assert len(many) <= len(few) + 1, many  # the names of who checked them in


REPORT = "/desk/events/trust/attendance-report/"
ZOOM = """Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)
Ada L. (Ada Łoś),ADA@example.org,01/18/2027 02:00:00 PM,01/18/2027 03:00:00 PM,60
Ada L. (Ada Łoś),ada@example.org,01/18/2027 03:10:00 PM,01/18/2027 04:20:00 PM,70
"TEST, Bob",,01/18/2027 02:00:00 PM,01/18/2027 05:00:00 PM,180
Ada Łoś,,01/18/2027 02:00:00 PM,01/18/2027 05:00:00 PM,180
Cid Test,cid@example.org,01/18/2027 02:00:00 PM,01/18/2027 05:00:00 PM,180
Eve Stranger,eve@elsewhere.example,01/18/2027 02:00:00 PM,01/18/2027 05:00:00 PM,180
=1+1,,,,5
"""


@pytest.fixture
def later(app: Flask, people: dict[str, int], clock: time_machine.Traveller) -> PortalClient:
    """The day after, at the desk."""
    clock.move_to(JANUARY)
    clock.shift(86400)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def hand_in(client: PortalClient, written: str, minutes: str = "90") -> TestResponse:
    file = (BytesIO(written.encode("utf-16")), "report.csv")
    return client.submit(REPORT, {"file": file, "minutes": minutes}, action=REPORT)


def fates(page: str) -> dict[str, int]:
    """How many of each fate the dry run shows."""
    names = "|".join(map(str, labels.REPORT_FATES.values()))
    return {name: int(count) for name, count in re.findall(rf"({names}) \((\d+)\)", page)}


def reports_kept(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(AttendanceReport.id)).all())


def test_the_report_of_an_online_meeting_is_shown_then_taken_over_and_gone(
    app: Flask, later: PortalClient, people: dict[str, int]
) -> None:
    """Address decides, a mere name is the organiser's to tick; nothing happens before the act."""
    shown = later.get(hand_in(later, ZOOM).headers["Location"])
    said = words(shown)
    assert fates(said) == {
        "attended": 1, "unsure: tick who it is": 1, "in the report twice": 1,
        "registered, without a place": 1, "not found": 1, "cannot be read": 1,
    }  # fmt: skip
    assert "130 from 2 rows" in said and "“TEST, Bob” in the report is Bob Test" in said
    assert person(app, people["ada"], "reported_at") == (None,) and reports_kept(app) == 1
    strict = words(later.get(shown.request.path, query_string={"minutes": "131"}))
    assert fates(strict)["not there long enough"] == 1 and "attended" not in fates(strict)
    later.submit(shown, {"same": f"2-{people['bob']}"}, action="/attendance")
    assert reports_kept(app) == 0 and later.get(shown.request.path).status_code == 404
    for name in ("ada", "bob"):
        assert person(app, people[name], "reported_at") == (portal_clock.now(),)
        assert acts(app, people[name])[-1] == ("registration.reported", {})
    assert person(app, people["cid"], "reported_at") == (None,)
    assert "by the report of the online meeting" in words(later.get(f"{LIST}/{people['ada']}"))
    again = words(later.get(hand_in(later, ZOOM).headers["Location"]))
    assert "attended" not in fates(again) and "There is nothing to be noted" in again
    assert "elsewhere.example" not in words(later.get(LIST))


def test_who_left_soon_and_came_back_without_signing_in_can_be_ticked(
    app: Flask, later: PortalClient, people: dict[str, int]
) -> None:
    """Under the address it was too short, under the mere name long enough: nobody is lost."""
    written = ZOOM.replace("01/18/2027 03:00:00 PM,60", "01/18/2027 02:05:00 PM,5")
    written = "\n".join(each for each in written.splitlines() if "04:20" not in each) + "\n"
    shown = later.get(hand_in(later, written).headers["Location"])
    assert fates(words(shown))["unsure: tick who it is"] == 2, words(shown)
    nth = re.search(rf'name="same" value="(\d+-{people["ada"]})"', shown.text)
    assert nth, shown.text
    later.submit(shown, {"same": nth[1]}, action="/attendance")
    assert person(app, people["ada"], "reported_at") == (portal_clock.now(),)


HALVES = """Name,Email,Join time,Leave time,Duration (minutes),In waiting room
Ada Łoś,ada@example.org,01/18/2027 02:00:00 PM,01/18/2027 03:00:00 PM,60,No
Ada Łoś,,01/18/2027 03:00:00 PM,01/18/2027 04:00:00 PM,60,No
Bob Test,bob@example.org,01/18/2027 02:00:00 PM,01/18/2027 05:25:00 PM,205,Yes
"""


def test_two_halves_of_one_person_are_the_organiser_s_to_put_together(
    app: Flask, later: PortalClient, people: dict[str, int]
) -> None:
    shown = later.get(hand_in(later, HALVES, "121").headers["Location"])
    assert fates(words(shown)) == {"not there long enough": 3}, "not even together"
    shown = later.get(shown.request.path, query_string={"minutes": "105"})
    assert fates(words(shown)) == {"not there long enough": 2, "unsure: tick who it is": 1}
    assert "with their other rows it is long enough" in words(shown)
    assert shown.text.count('name="same"') == 1, "nobody but Ada"
    later.submit(shown, {"same": f"2-{people['ada']}"}, action="/attendance")
    assert person(app, people["ada"], "reported_at") == (portal_clock.now(),)


def test_who_was_never_let_in_from_the_waiting_room_has_not_attended(
    app: Flask, later: PortalClient, people: dict[str, int]
) -> None:
    shown = later.get(hand_in(later, HALVES).headers["Location"])
    assert "attended" not in fates(words(shown))
    later.submit(shown, action="/attendance")
    assert person(app, people["bob"], "reported_at") == (None,)


def test_who_arrived_before_the_event_moved_to_another_day_has_not_attended_it(
    app: Flask, olga: PortalClient, people: dict[str, int]
) -> None:
    assert "Ada" in arrives(olga, people["ada"])
    assert person(app, people["ada"], "checked_in_at") != (None,)
    with app.app_context(), transaction():
        event = event_of()
        moved = {"starts_at": event.starts_at + timedelta(days=30),
                 "ends_at": event.ends_at + timedelta(days=30)}  # fmt: skip
        of_event.change(event, moved, by=COMMAND, now=portal_clock.now())
    assert person(app, people["ada"], "checked_in_at", "checked_in_by") == (None, None)
    assert acts(app, people["ada"])[-1][0] == "registration.presence_removed"


def test_who_arrived_before_the_event_was_postponed_has_not_attended_the_new_day(
    app: Flask, olga: PortalClient, people: dict[str, int]
) -> None:
    assert "Ada" in arrives(olga, people["ada"])
    postponing = "/desk/events/trust/postponement"
    seen = olga.submit(postponing, action="/postponement")
    if seen.status_code == 200:
        seen = olga.submit(seen, {"step": "act"}, action="/postponement")
    assert seen.status_code == 303, words(seen)
    new_time = {"starts_at": "2027-03-01T14:00", "ends_at": "2027-03-01T17:00"}
    seen = olga.submit("/desk/events/trust/publication", new_time, action="/publication")
    if seen.status_code == 200:
        seen = olga.submit(seen, {"step": "act"}, action="/publication")
    assert seen.status_code == 303, words(seen)
    assert person(app, people["ada"], "checked_in_at") == (None,)


def test_what_changed_meanwhile_is_shown_anew_and_only_what_was_offered_can_be_ticked(
    app: Flask, later: PortalClient, people: dict[str, int]
) -> None:
    shown = later.get(hand_in(later, ZOOM).headers["Location"])
    with app.app_context(), transaction():
        ada = db.session.get_one(Registration, people["ada"])
        ada.status = Status.WITHDRAWN
    sent = later.submit(shown, {"same": f"2-{people['bob']}"}, action="/attendance")
    anew = later.get(sent.headers["Location"])
    assert "Nothing was noted" in words(anew)
    assert person(app, people["bob"], "reported_at") == (None,)
    done = later.submit(anew, {"same": f"2-{people['cid']}"}, action="/attendance")
    said = words(later.get(done.headers["Location"]))
    assert "0 people are noted as attended by the report" in said
    assert person(app, people["cid"], "reported_at") == (None,)


def test_a_report_is_kept_a_day_at_most_and_belongs_to_one_event(
    app: Flask, later: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    path = hand_in(later, ZOOM).headers["Location"]
    with app.app_context(), transaction():
        make_event(slug="other", starts_at=JANUARY)
    boss = sign_in(app, make_user(app, "boss@example.org", admin=True))
    assert boss.get(path).status_code == 200
    assert boss.get(path.replace("/trust/", "/other/")).status_code == 404
    boss.submit(path, action="/removal")
    assert reports_kept(app) == 0
    hand_in(boss, ZOOM)
    deliver()
    assert reports_kept(app) == 1
    clock.shift(86400 + 1)
    deliver()
    assert reports_kept(app) == 0


def test_a_file_that_is_no_report_is_refused_with_a_sentence_and_nothing_is_kept(
    app: Flask, later: PortalClient, clock: time_machine.Traveller
) -> None:
    for written, minutes, sentence in (
        ("", "90", "This file is empty."),
        ("Nom,Courriel\nAda,ada@example.org\n", "90", "Say below how its columns are headed"),
        (ZOOM, "x", "Enter a whole number."),
        (ZOOM, "0", "Enter a number from 1 to 1440."),
    ):
        refused = hand_in(later, written, minutes)
        assert refused.status_code == 422 and sentence in words(refused), sentence
        assert "<title>Error:" in refused.text
    assert "Choose a file." in words(later.submit(REPORT, action=REPORT))
    assert reports_kept(app) == 0
    file = (BytesIO("Nom complet;Durée\nAda Łoś;2 h 5 min\n".encode()), "rapport.csv")
    heads = {"name_head": "Nom complet", "duration_head": "Durée"}
    read_in = later.submit(REPORT, {"file": file, "minutes": "90"} | heads, action=REPORT)
    assert read_in.status_code == 303, words(read_in)
    assert "Ada Łoś" in words(later.get(read_in.headers["Location"]))
    clock.move_to(JANUARY)
    clock.shift(-3600)
    early = sign_in(app, "olga@example.org")
    assert hand_in(early, ZOOM).status_code == 409
