"""The access list at the desk: who may, what leaves, what changes, and that it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.access import privacy
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events import service as events
from portal.events.rules import Format
from portal.protection import queries as records
from portal.registrations.models import Registration
from tests.access.door import (
    ASKS,
    CANARY,
    CUT_OFF,
    GIVES,
    LIST,
    SETTINGS,
    give,
    give_on,
    kept,
    links,
    rows,
    sealed_number,
    standing,
    switch_on,
    take_out,
)
from tests.desk.front_door import account, act, sign_in, words
from tests.desk.people import LIST as PEOPLE
from tests.desk.people import comes, event_of
from tests.factories import JANUARY
from tests.harness.client import PortalClient
from tests.harness.counting import statements

Deliver = Callable[[], list[EmailMessage]]
END = JANUARY + timedelta(hours=3, minutes=30)
NOTICE = "/en/events/trust/privacy"


def entries(app: Flask, act: str) -> list[dict[str, object]]:
    """What the audit says of this act."""
    with app.app_context():
        found = db.session.scalars(select(Entry).where(Entry.act == act).order_by(Entry.id))
        return [each.details for each in found]


def test_it_never_stands_in_an_ordinary_page_list_export_or_record(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage], deliver: Deliver, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """A number that is nowhere else is looked for in every page that an organiser can open."""
    give(client, links(asked)["ada"])
    give(client, links(asked)["ada"], document_number="")
    deliver()
    values = {"slug": "trust", "registration_id": people["ada"]}
    paths = [
        app.url_map.bind("localhost").build(rule.endpoint, {n: values[n] for n in rule.arguments})
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.rule.startswith("/desk")
        and rule.arguments <= set(values)
    ]  # fmt: skip
    assert f"{PEOPLE}.csv" in paths and f"{LIST}export" in paths and len(paths) > 30
    for path in [*paths, "/en/events/trust"]:
        page = organiser.get(path)
        assert CANARY not in _whole(page.get_data(), path), path
    assert "Nobody fits" in words(organiser.get(f"{PEOPLE}?q={CANARY}"))
    sent = [path.read_bytes() for path in (_data(app) / "mail").glob("*.eml")]
    assert sent and not any(CANARY.encode() in octets for octets in sent)
    assert CANARY not in caplog.text
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                assert CANARY not in str(tuple(row)), table.name
    for file in _data(app).parent.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file


def _data(app: Flask) -> Path:
    return Path(app.extensions["portal"].data_dir)


def _whole(octets: bytes, path: str) -> str:
    if not path.endswith(".xlsx"):
        return octets.decode(errors="replace")
    book = openpyxl.load_workbook(BytesIO(octets))
    return str([list(sheet.values) for sheet in book])


def test_the_list_says_what_changed_since_the_last_one(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage], deliver: Deliver, clock: object,
) -> None:  # fmt: skip
    ada, bob = (links(asked)[name] for name in ("ada", "bob"))
    give(client, ada)
    give(client, bob, document_number="B 1")
    first = take_out(organiser)
    assert first.headers["Content-Disposition"] == (
        'attachment; filename="trust-access-list-1-destroy-by-2027-01-21.csv"'
    )
    assert first.headers["Cache-Control"] == "no-store"
    assert first.get_data().decode("utf-8-sig").splitlines()[0] == (
        "number,change,late,last_name,first_name,organisation,birth_date,nationality,"
        "document_kind,document_number,given_at"
    )
    assert rows(first) == [
        ["1", "new", "no", "Test", "Ada", "Analytical Society", "1985-03-27", "BE", "passport",
         CANARY, "2026-11-02T09:00:00Z"],
        ["2", "new", "no", "Test", "Bob", "Analytical Society", "1985-03-27", "BE", "passport",
         "B 1", "2026-11-02T09:00:00Z"],
    ]  # fmt: skip
    assert [row[1] for row in rows(take_out(organiser))] == ["new", "new"]
    give_on(organiser)
    clock.move_to(CUT_OFF + timedelta(minutes=1))  # type: ignore[attr-defined]
    organiser = sign_in(app, "olga@example.org")
    give(client, ada, document_number="A 2")
    act(organiser, f"{PEOPLE}/{people['bob']}/refusal")
    cid = links(deliver())["cid"]
    give(client, cid, document_number="C 3")
    page = words(organiser.get(f"{LIST}export"))
    assert "People on the list 2 Late 2 New since the list given on 1 Changed 1" in page
    book = openpyxl.load_workbook(BytesIO(take_out(organiser, "xlsx").get_data()))
    sheet, info = (list(each.values) for each in book)
    assert [(row[0], row[1], row[2], row[4], row[9]) for row in sheet[1:]] == [
        ("1", "changed", "late", "Ada", "A 2"),
        ("2", "does not come", None, "Bob", None),
        ("3", "new", "late", "Cid", "C 3"),
    ]  # fmt: skip
    assert info[0] == ("Destroy this file on 21 January 2027 at the latest.",)
    differences = [["1", "changed"], ["2", "gone"], ["3", "new"]]
    assert [row[:2] for row in rows(take_out(organiser))] == differences, "the other kind of it"
    give_on(organiser)
    assert [row[:2] for row in rows(take_out(organiser))] == [["1", "same"], ["3", "same"]]
    assert entries(app, "access_list.exported")[2] == {
        "kind": "xlsx", "number": 3, "people": 2, "late": 2, "new": 1, "changed": 1,
        "withdrawn": 0, "gone": 1,
    }  # fmt: skip
    with app.app_context(), transaction():
        privacy.erase(db.session.get_one(Registration, people["ada"]))
    assert rows(take_out(organiser))[0][:2] == ["1", "gone"]


def test_who_leaves_after_the_file_and_before_it_is_given_on_is_gone_in_the_next(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage], deliver: Deliver,
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    give(client, links(asked)["bob"])
    take_out(organiser)
    page = organiser.get(LIST)
    assert "Has list 1 been given on?" in words(page)
    act(organiser, f"{PEOPLE}/{people['bob']}/refusal")
    deliver()
    organiser.submit(page, action="/handover")
    assert "List 1 was given on: the next one tells what is new" in words(organiser.get(LIST))
    assert [row[:2] for row in rows(take_out(organiser))] == [["1", "same"], ["2", "gone"]]
    stale = organiser.submit(page, action="/handover")
    assert stale.status_code == 409 and "taken out once more since" in words(stale)
    give_on(organiser)
    assert [row[:2] for row in rows(take_out(organiser))] == [["1", "same"]]
    assert [each["number"] for each in entries(app, "access_list.given_on")] == [1, 2]


def test_who_takes_the_data_back_keeps_the_place_and_is_not_gone(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
) -> None:  # fmt: skip
    link = links(asked)["ada"]
    give(client, link)
    take_out(organiser)
    give_on(organiser)
    client.submit(f"{link}/removal")
    page = words(organiser.get(f"{LIST}export"))
    assert "People on the list 0" in page
    assert "Took their data back 1 Do not come any more 0" in page
    assert [row[:2] for row in rows(take_out(organiser))] == [["1", "withdrawn"]]
    give_on(organiser)
    assert rows(take_out(organiser)) == []
    give(client, link)
    assert [row[:2] for row in rows(take_out(organiser))] == [["1", "new"]]


def test_a_corrected_name_is_a_change(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage],
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    take_out(organiser)
    give_on(organiser)
    act(organiser, f"{PEOPLE}/{people['ada']}/details", {"last_name": "Byron"})
    assert [row[1:4] for row in rows(take_out(organiser))] == [["changed", "no", "Byron"]]


def test_it_leaves_only_minutes_after_a_sign_in(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
    clock: object,
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    page = organiser.get(f"{LIST}export")
    clock.shift(timedelta(minutes=15))  # type: ignore[attr-defined]
    assert "Sign in once more" in words(organiser.get(f"{LIST}export"))
    sent = organiser.submit(page, {"kind": "csv"}, action="/export")
    assert sent.status_code == 303
    where = sent.headers["Location"]
    assert where == "/desk/sign-in?next=/desk/events/trust/access-list/export"
    again = sign_in(app, "olga@example.org", where)
    assert again.landed == f"{LIST}export"  # type: ignore[attr-defined]
    assert len(rows(take_out(again))) == 1


def test_the_notice_names_it_in_a_version_of_its_own(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage]
) -> None:
    now = words(client.get(NOTICE))
    assert "This is version 2 of the notice" in now
    asks = "Date of birth, Nationality, Kind and number of an identity document"
    assert f"To let you into the building: {asks}" in now
    assert "What you give for the building: Security service of the Parliament" in now
    assert f"{asks} 3 days after the event" in now
    assert "To let you into" not in words(client.get(f"{NOTICE}?version=1"))
    give(client, links(asked)["ada"])
    with app.app_context():
        assert kept(app)[1][0].notice_version == "2"
    organiser.submit("/desk/events/trust/protection", {"recipients-en": "Us"}, action="/protection")
    assert "To let you into" in words(client.get(NOTICE))
    act(organiser, f"{LIST}removal")
    assert "To let you into" not in words(client.get(NOTICE))
    with app.app_context():
        version = records.current(event_of().id)
        assert version is not None and "access_list" not in version.facts


def test_what_people_were_told_stays_so(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
    deliver: Deliver, clock: object,
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    page = organiser.get(SETTINGS)
    assert 'name="asks"' not in page.get_data(as_text=True)
    more = organiser.submit(page, {"days_kept": "4"}, action="/settings")
    assert more.status_code == 422 and "People were told 3 days" in words(more)
    stale = organiser.get(SETTINGS)
    earlier = {"closes_at": "2026-11-02T09:30", "days_kept": "2"}
    assert organiser.submit(page, earlier, action="/settings").status_code == 422
    fewer = {"closes_at": "2026-11-02T10:30", "days_kept": "2"}
    assert organiser.submit(page, fewer, action="/settings").status_code == 303
    theirs = organiser.submit(stale, {"words-en": "Mine", "days_kept": "2"}, action="/settings")
    assert theirs.status_code == 409 and "A colleague has changed" in words(theirs)
    clock.move_to(CUT_OFF - timedelta(days=30))  # type: ignore[attr-defined]
    assert standing(client.get(links(asked)["ada"])) == "given"
    assert standing(give(client, links(asked)["bob"])) == "late"
    assert deliver() == []


def test_the_form_refuses_what_cannot_be(organiser: PortalClient) -> None:
    for wrong, sentence in (
        ({"asks": None}, "Choose what the building asks for."),
        ({f"receiver-{lang}": "" for lang in ("en", "fr", "de", "el")}, "Say who gets the list."),
        ({"closes_at": "2027-01-18T14:01"}, "The event starts before that."),
        ({"closes_at": "2026-11-02T10:00"}, "Enter a moment to come."),
        ({"receiver-fr": ""}, "Write it in French, too."),
        ({"days_kept": ""}, "Enter the number of days."),
        ({"days_kept": "31"}, "Enter a number of days from 0 to 30."),
        ({"days_kept": "0x"}, "Enter a number of days from 0 to 30."),
        ({"basis": "legitimate_interests"}, "Choose one of those in the list."),
    ):
        page = organiser.submit(SETTINGS, ASKS | wrong, action="/settings")
        html = page.get_data(as_text=True)
        assert page.status_code == 422 and sentence in words(page), wrong
        assert "<title>Error:" in html
        assert "whole number" not in html, wrong


def test_everything_goes_the_days_after_the_event_that_were_promised(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
    deliver: Deliver, clock: object,
) -> None:  # fmt: skip
    """Also when the event moves meanwhile: cut-off and end of the data move with it."""
    give(client, links(asked)["ada"])
    take_out(organiser)
    later = timedelta(days=7)
    with app.app_context(), transaction():
        facts = {"starts_at": JANUARY + later, "ends_at": END + later}
        events.change(events.locked(event_of().id), facts, by=COMMAND, now=CUT_OFF)
    assert "18 January 2027, 12:00" in words(client.get(links(asked)["ada"]))
    clock.move_to(CUT_OFF + later)  # type: ignore[attr-defined]
    assert standing(give(client, links(asked)["bob"])) == "given"
    clock.move_to(END + later + timedelta(days=3, seconds=-1))  # type: ignore[attr-defined]
    deliver()
    assert sealed_number(app) == 2
    clock.move_to(END + later + timedelta(days=3))  # type: ignore[attr-defined]
    deliver()
    assert sealed_number(app) == 0
    page = words(sign_in(app, "olga@example.org").get(LIST))
    assert "Erased on 28 January 2027, 17:30" in page
    assert "The data of 2 people were erased, as many days after the event" in page
    assert "The list was taken out 1 time: destroy that file too." in page
    assert entries(app, "access_list.erased") == [{"people": 2, "why": "over"}]
    with app.app_context():
        assert kept(app)[1] == []


def test_a_cancelled_event_keeps_nothing_and_a_postponed_one_asks_again(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
    deliver: Deliver, clock: object,
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    act(organiser, "/desk/events/trust/postponement")
    deliver()
    assert standing(client.get(links(asked)["ada"])) == "given" and sealed_number(app) == 1
    clock.shift(timedelta(days=3))  # type: ignore[attr-defined]
    deliver()
    assert sealed_number(app) == 0
    assert entries(app, "access_list.erased") == [{"people": 1, "why": "postponed"}]
    with app.app_context(), transaction():
        facts = {"starts_at": JANUARY + timedelta(days=60), "ends_at": END + timedelta(days=60)}
        event = events.locked(event_of().id)
        events.take_up(event, facts, by=COMMAND, now=CUT_OFF - timedelta(days=60))
        events.tell_now(event, by=COMMAND, now=CUT_OFF - timedelta(days=60))
    again = links(deliver())
    assert sorted(again) == ["ada", "bob"] and standing(client.get(again["ada"])) == "missing"
    give(client, again["ada"])
    act(sign_in(app, "olga@example.org"), "/desk/events/trust/cancellation")
    deliver()
    assert sealed_number(app) == 0
    assert entries(app, "access_list.erased")[-1] == {"people": 1, "why": "cancelled"}


def test_switching_it_off_erases_and_on_again_asks_anew(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
    deliver: Deliver, clock: object,
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    page = organiser.get(f"{LIST}removal")
    assert "What 1 person gave is erased at once." in words(page)
    organiser.submit(page, action="/removal")
    assert sealed_number(app) == 0 and client.get(links(asked)["ada"]).status_code == 404
    assert "because the list was switched off" in words(organiser.get(LIST))
    assert organiser.get(f"{LIST}export").status_code == 404
    assert organiser.submit(page, action="/removal").status_code == 404
    switch_on(organiser, asks=["birth_date"])
    new = links(deliver())
    html = client.get(new["ada"]).get_data(as_text=True)
    assert 'name="birth_date-day"' in html and "document_number" not in html
    client.submit(new["ada"], {name: GIVES[name] for name in GIVES if "birth" in name})
    assert sealed_number(app) == 1


def test_it_needs_an_event_with_a_door_that_is_to_come(
    app: Flask, organiser: PortalClient, clock: object
) -> None:
    assert "Switch it on…" in words(organiser.get(LIST))
    page = organiser.get(SETTINGS)
    with app.app_context(), transaction():
        event_of().format = Format.ONLINE
    assert "An event that is only online has no door." in words(organiser.get(LIST))
    assert organiser.submit(page, ASKS, action="/settings").status_code == 409
    with app.app_context(), transaction():
        event_of().format = Format.IN_PERSON
    clock.move_to(JANUARY)  # type: ignore[attr-defined]
    index = words(sign_in(app, "olga@example.org").get(LIST))
    assert "still to come" in index and "Switch it on…" not in index


def test_the_list_asks_the_database_as_often_for_thirty_as_for_one(
    app: Flask, organiser: PortalClient, asked: list[EmailMessage], deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        event_of().capacity = 50
    deliver()
    with statements(app) as few:
        organiser.get(LIST)
    for number in range(27):
        comes(app, f"p{number}")
    with statements(app) as many:
        organiser.get(LIST)
    assert len(many) == len(few)
    assert "Missing 30" in words(organiser.get(LIST))
    assert words(organiser.get(f"{LIST}?show=given")).count("Nobody is here") == 1
    assert organiser.get(f"{LIST}?show=other").status_code == 404


def test_rows_made_before_survive_the_migration(app: Flask, asked: list[EmailMessage]) -> None:
    """Down to the release before, which knows no lists, and up again."""
    from flask_migrate import downgrade

    from portal.config import ROOT
    from portal.prepare import migrate

    migrate(app)
    with app.app_context():
        downgrade(directory=str(ROOT / "migrations"), revision="0009")
        assert db.session.scalar(text("SELECT count(*) FROM registrations")) == 3
        db.session.rollback()
    migrate(app)
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM access_lists")) == 0
        assert account("olga@example.org").email == "olga@example.org"


@pytest.mark.parametrize("act_of_theirs", ["cancellation", "access-list/removal"])
def test_copies_end_when_the_list_is_erased(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
    deliver: Deliver, clock: object, act_of_theirs: str,
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    take_out(organiser)
    assert "21 January 2027" in words(organiser.get("/desk/copies/"))
    act(organiser, f"/desk/events/trust/{act_of_theirs}")
    clock.shift(timedelta(minutes=2))  # type: ignore[attr-defined]
    letters = [str(mail["Subject"]) for mail in deliver() if "olga@" in str(mail["To"])]
    assert any("Delete" in subject for subject in letters), letters
    page = words(organiser.get("/desk/copies/"))
    assert "2 November 2026" in page and "21 January 2027" not in page
