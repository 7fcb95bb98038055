"""The attendee list: found, filtered, sorted, decided, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from email.message import EmailMessage

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Entry
from portal.db import db, transaction
from portal.registrations.models import Registration
from portal.registrations.rules import StakeholderGroup
from portal.sheets import neutral
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient, find_form
from tests.harness.counting import statements

Deliver = Callable[[], list[EmailMessage]]
LIST = "/desk/events/trust/registrations"
PROOF = {"version": "1", "at": "2026-11-02T09:00:00+00:00"}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def people(app: Flask) -> None:
    """Two places, three people of Trust; one of another event."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=2)
        make_registration(
            trust, first_name="Søren", last_name="Ångström", email="soren@example.org",
            organisation="Øresund College", stakeholder_group=StakeholderGroup.VET_PROVIDER,
            access_needs="step-free", diet="vegan", consents={"access_consent": PROOF},
        )  # fmt: skip
        make_registration(
            trust, first_name="=2+3", last_name="Čapek", email="capek@example.org",
            organisation="@SUM(A1)", role="-1", stakeholder_group=StakeholderGroup.EXPERT,
        )  # fmt: skip
        make_registration(
            trust, first_name="Zoë", last_name="Zwart", email="zoe@example.org",
            organisation="100 % Skills", stakeholder_group=StakeholderGroup.EXPERT,
            consents={"list_consent": PROOF},
        )  # fmt: skip
        make_registration(make_event(slug="other"), last_name="Elsewhere")


@pytest.fixture
def client(app: Flask, people: None) -> PortalClient:
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def rows(client: PortalClient, query: str = "") -> list[dict[str, str]]:
    """The list as a program reads it."""
    answer = client.get(f"{LIST}.csv{query}")
    assert answer.status_code == 200
    octets = answer.get_data()
    assert octets.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"))))


def addresses(client: PortalClient, query: str = "") -> list[str]:
    """Whom the page and both files show, which has to be the same."""
    by_file = [row["email"] for row in rows(client, query)]
    page = words(client.get(f"{LIST}{query}"))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{LIST}.xlsx{query}").get_data()))
    by_book = [row[4].value for row in book.worksheets[0].iter_rows(min_row=2)]
    on_page = sorted((page.index(each), each) for each in by_file if each in page)
    assert [each for _place, each in on_page] == by_file == by_book
    return [each.partition("@")[0] for each in by_file]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["soren", "capek", "zoe"]),
        ("?sort=-name", ["zoe", "capek", "soren"]),
        ("?sort=registered_at", ["soren", "capek", "zoe"]),
        ("?sort=status", ["soren", "capek", "zoe"]),
        ("?sort=organisation", ["zoe", "capek", "soren"]),
        ("?q=angstrom", ["soren"]),
        ("?q=ORESUND+soren", ["soren"]),
        ("?q=oresund+zwart", []),
        ("?q=100+%25", ["zoe"]),
        ("?q=%25", ["zoe"]),
        ("?q=_", []),
        ("?status=waitlisted", ["zoe"]),
        ("?status=confirmed&stakeholder_group=expert", ["capek"]),
        ("?stakeholder_group=mep", []),
    ],
)
def test_page_and_files_show_the_same_people(
    client: PortalClient, query: str, found: list[str]
) -> None:
    assert addresses(client, query) == found


@pytest.mark.parametrize(
    "query",
    ["?status=lost", "?sort=password", "?sort=--name", "?stakeholder_group=x", "?page=0",
     "?page=99", "?page=100000000000000000000", "?page=-1", "?q=" + "x" * 201],
)  # fmt: skip
def test_what_the_list_does_not_know_is_no_page(client: PortalClient, query: str) -> None:
    assert client.get(LIST + query).status_code == 404


def test_the_page_says_its_filter_and_its_figures(client: PortalClient) -> None:
    page = words(client.get(LIST + "?status=waitlisted&q=zoe"))
    assert "1 person · Status: On the waitlist · Search: “zoe” · Sorted by: name" in page
    assert "Confirmed 2 of 2" in page
    assert "Waiting 1" in page
    assert "Waiting, number 1" in page


def test_the_files_heads_are_codes_for_programs_and_words_for_people(client: PortalClient) -> None:
    answer = client.get(f"{LIST}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="trust-registrations-delete-by-2027-02-17.csv"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert rows(client)[2] == {
        "title": "", "first_name": "Zoë", "last_name": "Zwart", "badge_name": "",
        "email": "zoe@example.org", "phone": "", "organisation": "100 % Skills", "role": "adviser",
        "stakeholder_group": "expert", "country": "BE", "attendance": "in_person",
        "access_needs": "", "access_consent": "no", "diet": "", "diet_consent": "no",
        "list_consent": "yes", "photo_consent": "no", "status": "waitlisted",
        "withdrawn_late": "no", "waitlist_position": "1", "offered_until": "",
        "quota": "", "registered_at": "2026-11-02T09:00:00Z",
        "language": "en", "registered_by": "", "attended": "no",
        "joined": "no", "calendar_reply": "", "entitled_to_reimbursement": "no",
    }  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{LIST}.xlsx").get_data()))
    sheet, notes = book.worksheets
    assert [cell.value for cell in sheet[1]][:5] == [
        "Title", "First name", "Last name", "Name on the badge", "Mail address",
    ]  # fmt: skip
    assert "personal data" in str(notes["A4"].value)


def test_needs_are_given_on_with_consent_only(client: PortalClient) -> None:
    soren = next(row for row in rows(client) if row["email"].startswith("soren"))
    assert (soren["access_needs"], soren["diet"]) == ("step-free", "")


def test_no_cell_is_a_formula(client: PortalClient) -> None:
    capek = next(row for row in rows(client) if row["email"].startswith("capek"))
    assert (capek["first_name"], capek["organisation"], capek["role"]) == (
        "'=2+3", "'@SUM(A1)", "'-1",
    )  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{LIST}.xlsx").get_data()))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n", "inlineStr")
            assert cell.value is None or isinstance(cell.value, str)
            assert not str(cell.value or "").startswith("=")


@pytest.mark.parametrize(
    "cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "\u00a0=1", "\u3000@a", "＝1", '"=1']
)
def test_what_may_begin_a_formula_is_neutral(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ada", "a=b", "1-2", "ada@example.org", "Zoë", "(+32)"])
def test_what_is_text_stays_as_it_is(cell: str) -> None:
    assert neutral(cell) == cell


def test_every_export_and_act_leaves_a_line(app: Flask, client: PortalClient) -> None:
    client.get(f"{LIST}.csv?status=confirmed&q=soren")
    client.get(f"{LIST}.xlsx")
    person = person_id(app, "zoe@example.org")
    client.submit(f"{LIST}/{person}/withdrawal", action="/withdrawal")
    codes = (
        "status", "stakeholder_group", "attendance", "country", "unreached", "by_office",
        "attended", "joined", "quota", "entitled", "calendar_reply", "second", "session",
    )  # fmt: skip
    nothing = dict.fromkeys(codes, "")
    with app.app_context():
        lines = db.session.scalars(
            select(Entry).where(Entry.actor == "organiser").order_by(Entry.id)
        ).all()
        assert [(line.act, line.details) for line in lines][-3:] == [
            ("registrations.exported", nothing | {"kind": "csv", "count": 1, "searched": "yes",
                                                  "status": "confirmed"}),
            ("registrations.exported", nothing | {"kind": "xlsx", "count": 3, "searched": "no"}),
            ("registration.withdrawn", {"before": "waitlisted", "after": "withdrawn"}),
        ]  # fmt: skip
        assert len({line.actor_id for line in lines}) == 1


def test_who_is_declined_gives_the_place_to_the_next_in_line(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    deliver()
    soren = person_id(app, "soren@example.org")
    page = client.get(f"{LIST}/{soren}/refusal")
    assert "The place goes to the next in line" in words(page)
    assert statuses(app) == ["confirmed", "confirmed", "waitlisted"]
    client.submit(page, action="/refusal")
    assert statuses(app) == ["declined", "confirmed", "confirmed"]
    told = {m["To"].addresses[0].addr_spec: m["Subject"].partition(":")[0] for m in deliver()}
    assert set(told) == {"soren@example.org", "zoe@example.org"}


def test_pending_people_are_approved_one_by_one_or_together(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        asked = make_event(slug="asked", approval=True, capacity=2)
        ids = [make_registration(asked).id for _each in range(4)]
        from portal.accounts import service
        from portal.audit.service import COMMAND
        from tests.desk.front_door import account

        service.join_team(account("olga@example.org"), asked.id, by=COMMAND, now=asked.created_at)
    where = "/desk/events/asked/registrations"
    client.submit(f"{where}/{ids[3]}", action="/approval")
    assert statuses(app, "asked") == ["pending", "pending", "pending", "confirmed"]
    client.submit(where, {"id": [str(ids[1]), str(ids[0])]}, action="/approvals")
    assert statuses(app, "asked") == ["confirmed", "waitlisted", "pending", "confirmed"]
    foreign = client.submit(where, {"id": [str(person_id(app, "zoe@example.org"))]},
                            action="/approvals")  # fmt: skip
    assert foreign.status_code == 404


def test_an_act_that_cannot_be_done_says_why_and_changes_nothing(
    app: Flask, client: PortalClient
) -> None:
    soren = person_id(app, "soren@example.org")
    page = client.get(f"{LIST}/{soren}/withdrawal")
    client.submit(page, action="/withdrawal")
    again = client.submit(page, action="/withdrawal")
    assert again.status_code == 409
    assert "withdrawn already" in again.get_data(as_text=True)


def test_a_letter_that_could_not_be_written_is_shown_and_tried_again(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction() as session:
        row = session.get_one(Registration, person_id(app, "soren@example.org"))
        row.stuck_at, row.stuck_reason = row.registered_at, "ValueError"
    assert "1 person could not be reached" in words(client.get(LIST))
    assert "ValueError" in words(client.get("/desk/outbox/"))
    client.submit("/desk/outbox/", action="/letter")
    assert "1 person could not be reached" not in words(client.get(LIST))


def test_a_list_asks_as_often_with_one_person_as_with_sixty(
    app: Flask, client: PortalClient
) -> None:
    client.get(LIST)
    with statements(app) as few:
        client.get(LIST)
    with app.app_context(), transaction():
        from portal.events.queries import any_slug

        trust = any_slug("trust")
        assert trust is not None
        for _each in range(60):
            make_registration(trust)
    with statements(app) as many:
        page = client.get(LIST)
    assert "63 people" in words(page)
    assert len(many) == len(few) < 16
    assert client.get(f"{LIST}?page=2").status_code == 200
    with statements(app) as front:
        client.get("/desk/")
    assert len(front) < 12


def person_id(app: Flask, email: str) -> int:
    with app.app_context():
        found = db.session.scalar(select(Registration.id).where(Registration.email == email))
        assert found is not None
        return found


def statuses(app: Flask, slug: str = "trust") -> list[str]:
    with app.app_context():
        from portal.events.queries import any_slug

        event = any_slug(slug)
        assert event is not None
        found = db.session.scalars(
            select(Registration.status)
            .where(Registration.event_id == event.id)
            .order_by(Registration.id)
        )
        return [each.value for each in found]


def test_a_number_beyond_any_row_is_no_page(client: PortalClient) -> None:
    token = find_form(client.get(LIST), "/sign-out").values["csrf_token"]
    for typed in ("", "x", "-1", "²", "٣", str(2**31), "100000000000000000000", "9" * 5000):
        sent = client.post(f"{LIST}/approvals", data={"csrf_token": token, "id": typed})
        assert (typed, sent.status_code) == (typed, 404)
    for number in ("0", str(2**31), "100000000000000000000", "9" * 5000):
        assert client.get(f"{LIST}/{number}").status_code == 404
        tried = client.post(f"/desk/outbox/{number}/attempts", data={"csrf_token": token})
        assert tried.status_code == 404
