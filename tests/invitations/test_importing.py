"""Lists of people as offices keep them: read, looked at, and imported whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask

from portal.db import db, transaction
from portal.invitations import files
from portal.invitations.models import Invitation, InvitationImport
from portal.invitations.rules import Fault
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import comes
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.invitations.front_door import DESK, fates, hand_in, invite, press, stages
from tests.invitations.front_door import links as links_in

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_event(slug="trust")
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    file = BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "octets",
    [
        "email,first name,last name\nada@example.org,Zoë,Test\n".encode(),
        "\ufeffE-mail;Prénom;Nom\r\nada@example.org;Zoë;Test\r\n".encode(),
        "Mailadresse;Vorname;Nachname\nada@example.org;Zoë;Test\n".encode("cp1252"),
        "Διεύθυνση\tΌνομα\tΕπώνυμο\nada@example.org\tZoë\tTest\n".encode("utf-16"),
        "Name,Email\n\n\"Test, Zoë\",ada@example.org\n,\n".encode(),
        book(["Invited in May"], [], ["EMAIL", "name"], ["ada@example.org", "Zoë Test"]),
    ],
    ids=["comma", "French", "Windows", "tabs", "one column of names", "workbook"],
)  # fmt: skip
def test_a_file_is_read_as_offices_write_it(app: Flask, octets: bytes) -> None:
    with app.test_request_context("/en/"):
        (person,) = files.read(octets)
    assert (person.address, person.first_name, person.last_name, person.troubles) == (
        "ada@example.org", "Zoë", "Test", (),
    )  # fmt: skip


GREEK = "Email;Όνομα;Επώνυμο;Φορέας\r\nada@example.org;Ζωή;Παπαδοπούλου;Άλφα AE\r\n"
FRENCH = "Courriel;Prénom;Nom;Fonction\r\nada@example.org;Zoé;Lefèbvre;Élue à Liège, où\r\n"
GERMAN = "E-Mail;Vorname;Nachname\r\nada@example.org;Jürgen;Großäcker\r\n"
POLISH = "email\tfirst name\tlast name\r\nada@example.org\tŁucja\tŻółć\r\n"


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        (GREEK.encode("cp1253"), "Ζωή Παπαδοπούλου"),
        (GREEK.replace(";", "\t").encode("utf-16"), "Ζωή Παπαδοπούλου"),
        (GREEK.encode("utf-16-le"), "Ζωή Παπαδοπούλου"),
        (FRENCH.encode("cp1252"), "Zoé Lefèbvre"),
        (FRENCH.encode("utf-16-be"), "Zoé Lefèbvre"),
        (GERMAN.encode("cp1252"), "Jürgen Großäcker"),
        (GERMAN.replace("\r\n", "\r").encode("cp1252"), "Jürgen Großäcker"),
        (f"sep=;\r\n{GERMAN}".encode("utf-8-sig"), "Jürgen Großäcker"),
        (f"Gäste, im Mai, an alle\r\n\r\n{GERMAN}".encode("cp1252"), "Jürgen Großäcker"),
        (GERMAN.replace(";", "|").encode(), "Jürgen Großäcker"),
        (POLISH.encode("utf-16"), "Łucja Żółć"),
    ],
)
def test_a_file_is_read_as_excel_writes_it_in_each_country(
    app: Flask, octets: bytes, name: str
) -> None:
    with app.test_request_context("/en/"):
        (person,) = files.read(octets)
    assert (person.address, person.troubles) == ("ada@example.org", ())
    assert f"{person.first_name} {person.last_name}" == name


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"email\n", Fault.EMPTY),
        (b"name,town\nAda,Ghent\n", Fault.NO_ADDRESSES),
        (b"email,town\na@example.org,Ghent\n", Fault.UNKNOWN_COLUMNS),
        (b"email,e-mail\na@example.org,b@example.org\n", Fault.UNKNOWN_COLUMNS),
        (b"\x00\x01\x02", Fault.ENCODING),
        (b"PK\x03\x04 broken", Fault.NO_TABLE),
        (b"email\n" + b"a@example.org\n" * 10_001, Fault.TOO_MANY),
        (b"x" * 5_000_001, Fault.TOO_LARGE),
    ],
    ids=lambda value: value.value if isinstance(value, Fault) else "",
)
def test_what_is_no_list_of_people_is_refused_whole(
    app: Flask, octets: bytes, fault: Fault
) -> None:
    with app.test_request_context("/en/"), pytest.raises(files.NotAList) as error:
        files.read(octets)
    assert error.value.fault is fault


def test_while_one_row_is_wrong_nobody_is_imported(app: Flask, desk: PortalClient) -> None:
    made = invite(app, sent=False)
    rows = [
        ["email", "country", "language", "stakeholder group", "role"],
        ["ada@example.org", "Griechenland", "Français", "expert", ""],
        ["", "", "", "", "adviser"],
        ["ada@", "", "", "", ""],
        ["Ada@Example.org", "Atlantis", "tlh", "wizards", ""],
        ["=A1", "", "", "", ""],
        ["bob@example.org", "", "", "", "r" * 201],
    ]
    page = hand_in(desk, made, book(*rows), "people.xlsx")
    text = words(page)
    assert [row for row, fate in fates(page) if "wrong" in fate] == ["3", "4", "5", "6", "7"]
    for said in (
        "There is no mail address.", "This is no mail address", "It is row 2.",
        "This country is not known.", "Letters are not written in this language.",
        "This stakeholder group is not known.", "A formula stands in this row.", "too long",
        "5 rows are wrong",
    ):  # fmt: skip
        assert said in text
    assert "Add 1 person" not in text
    path = page.request.path
    forced = desk.post(f"{path}/people", data={"csrf_token": token(page)})
    assert forced.status_code == 409 and stages(app) == {}
    assert "“town”" in words(hand_in(desk, made, b"email,town\na@b.eu,X\n"))


def token(page: object) -> str:
    text: str = page.text  # type: ignore[attr-defined]
    return text.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]


def test_each_row_says_what_becomes_of_it_and_who_is_known_is_never_asked_twice(
    app: Flask, desk: PortalClient, client: PortalClient, deliver: Deliver
) -> None:
    comes(app, "cid")
    old = invite(app, "ada", "bob", "dan", name="Old")
    ways = links_in(deliver())
    press(client, ways["bob"], "refusal")
    press(client, ways["dan"], "refusal")
    press(client, ways["dan"], "objection")
    content = b"email\n" + b"".join(
        b"%s@example.org\n" % name for name in (b"ADA", b"bob", b"cid", b"dan", b"eve", b"fay")
    )
    made = invite(app, sent=False)
    page = hand_in(desk, made, content)
    assert [fate for _row, fate in fates(page)] == [
        "is invited already", "has declined, or was declined", "is registered already",
        "does not want to be invited", "will be invited", "will be invited",
    ]  # fmt: skip
    comes(app, "fay")  # between the look and the act
    started = desk.submit(page, action="/people")
    assert "0 of 6 rows are done" in words(desk.get(started.headers["Location"]))
    deliver()
    done = desk.get(started.headers["Location"])
    assert "1 person was added to the list" in words(desk.get(done.headers["Location"]))
    assert [name for name, stage in stages(app).items() if stage == "new"] == ["eve"]
    with app.app_context():
        assert [each.people for each in db.session.query(InvitationImport)] == [[]]
        assert db.session.query(Invitation).filter_by(list_id=old).count() == 3


def test_a_file_that_nobody_imports_is_gone_after_a_day(
    app: Flask, desk: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    hand_in(desk, invite(app, sent=False), b"email\nada@example.org\n")
    clock.shift(timedelta(hours=25))
    deliver()
    with app.app_context():
        assert db.session.query(InvitationImport).count() == 0


def test_the_command_shows_first_and_imports_with_a_progress_bar(
    app: Flask, desk: PortalClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal import cli

    monkeypatch.setattr(cli, "_app", lambda: app)
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"p{n}@example.org\n" for n in range(600)))
    run = [str(file), "--event", "trust", "--source", "the network"]

    def portal(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.main, ["invitations", "import", *words])
        return result.exit_code, result.output

    assert portal(*run, "--dry-run") == (0, "will be invited: 600\nNothing was changed.\n")
    assert stages(app) == {}
    assert portal(*run[:3])[0] == 1
    code, said = portal(*run)
    assert code == 0 and "Added to the list “Import”: 600" in said
    assert len(stages(app)) == 600 and set(stages(app).values()) == {"new"}
    code, said = portal(*run)
    assert code == 0 and "is invited already: 600" in said and len(stages(app)) == 600
    file.write_text("email\nada@\n")
    code, said = portal(*run)
    assert code == 1 and "row 2: ada@" in said
    assert "600" in words(desk.get(DESK))
