"""Places that are kept, at the desk: made, changed, removed, and how they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import openpyxl
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.db import db, transaction
from portal.events.models import Event, Quota
from portal.events.rules import Format, State
from portal.registrations.rules import StakeholderGroup, Status
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, acts, comes, line, person
from tests.factories import make_event
from tests.harness.client import PortalClient

Deliver = Callable[[], list[EmailMessage]]
QUOTAS = "/desk/events/trust/quotas/"
DETAILS = "/desk/events/trust/details"
MEP, EXPERT = StakeholderGroup.MEP, StakeholderGroup.EXPERT
TWO_FOR_MEPS = {"groups": "mep", "places": "2", "until": "2026-12-01T10:00"}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    """Three places of which an MEP has one and an expert another."""
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=3)
    comes(app, "eva", stakeholder_group=MEP)
    comes(app, "bob", stakeholder_group=EXPERT)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def keep(client: PortalClient, **values: str | None) -> TestResponse:
    return client.submit(QUOTAS + "new", TWO_FOR_MEPS | values, action="/quotas/new")


def only_quota(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Quota.id)).one()


def row(page: TestResponse) -> list[str]:
    """The one quota as the table shows it."""
    found = words(page).partition("Kept for them until ")[2].split()
    start = next(n for n, word in enumerate(found) if word.isdigit())
    return found[start : start + 4]


def test_a_quota_is_made_counts_who_is_there_and_stands_where_organisers_look(
    app: Flask, client: PortalClient
) -> None:
    assert keep(client).status_code == 303
    for page in (QUOTAS, LIST, "/desk/events/trust/"):
        assert row(client.get(page)) == ["2", "1", "1", "0"], page
    dot, fay = comes(app, "dot", stakeholder_group=EXPERT), comes(app, "fay", stakeholder_group=MEP)
    assert person(app, dot, "status") == (Status.WAITLISTED,)
    assert person(app, fay, "status", "quota_id") == (Status.CONFIRMED, only_quota(app))
    gil = comes(app, "gil", stakeholder_group=MEP)
    assert row(client.get(QUOTAS)) == ["2", "2", "0", "1"]
    assert "Has a place kept for Member of the European Parliament" in words(
        client.get(f"{LIST}/{fay}")
    )
    # Declining one of them gives the place to the first in line whom it is for.
    client.submit(f"{LIST}/{fay}/refusal", action="/refusal")
    assert person(app, gil, "status", "quota_id") == (Status.CONFIRMED, only_quota(app))
    assert line(app) == ["Dot"]


def test_what_cannot_be_kept_is_refused_on_the_form_with_all_that_was_typed(
    app: Flask, client: PortalClient
) -> None:
    refused: list[tuple[dict[str, str | None], str]] = [
        ({"places": "4"}, "4 places are kept for groups, and there are 3 places."),
        ({"groups": None}, "Choose a group, enter a country below, or keep the places for"),
        ({"countries": "Greece\nAtlantis"}, "There is no country “Atlantis”."),
        ({"countries": "Lemuria\nGR\nAtlantis"}, "There are no countries “Lemuria”, “Atlantis”."),
        ({"until": "2026-11-01T10:00"}, "This is in the past."),
        ({"until": "2027-01-18T14:01"}, "By then nobody could get what is left."),
    ]
    for values, sentence in refused:
        page = keep(client, **values)
        assert (page.status_code, sentence in words(page)) == (422, True), (values, words(page))
    assert keep(client, countries="gr\nChypre\n").status_code == 303
    with app.app_context():
        kept = db.session.scalars(select(Quota)).one()
        assert (kept.groups, kept.countries) == (["mep"], ["CY", "GR"])
    # The event itself keeps enough places for it, and has a limit.
    page = client.submit(DETAILS, {"capacity": ""}, action="/details")
    assert "only where their number has a limit" in words(page)
    page = client.submit(DETAILS, {"capacity": "1"}, action="/details")
    assert page.status_code == 422
    assert "2 places are kept for groups, and there are 1 places." in words(page)


def test_it_is_never_lowered_below_what_is_taken_and_its_removal_opens_its_places(
    app: Flask, client: PortalClient
) -> None:
    keep(client)
    comes(app, "fay", stakeholder_group=MEP)
    form = f"{QUOTAS}{only_quota(app)}"
    page = client.submit(form, {"places": "1"}, action=form)
    assert page.status_code == 422
    assert "2 places of this quota are taken" in words(page)
    assert client.submit(form, {"until": "2026-12-02T10:00"}, action=form).status_code == 303

    gil = comes(app, "gil", stakeholder_group=EXPERT)
    with app.app_context(), transaction():
        db.session.scalars(select(Event)).one().capacity = 4
    client.submit(form, {"places": "3"}, action=form)
    assert person(app, gil, "status") == (Status.WAITLISTED,)
    page = client.get(form + "/removal")
    assert "1 place that is kept becomes open" in words(page)
    client.submit(page, action="/removal")
    assert person(app, gil, "status", "quota_id") == (Status.CONFIRMED, None)
    assert ("registration.promoted", {"before": "waitlisted", "after": "confirmed"}) in acts(
        app, gil
    )
    with app.app_context():
        assert not db.session.scalars(select(Event)).one().has_quotas
    assert "No places are kept" in words(client.get(QUOTAS))


def test_places_are_kept_until_registration_closes_at_most_and_for_invited_people_until_the_start(
    app: Flask, client: PortalClient
) -> None:
    """What is left is open to everybody only while somebody can still get it."""
    with app.app_context(), transaction():
        event = db.session.scalars(select(Event)).one()
        event.registration_closes_at = datetime(2026, 12, 15, 9, tzinfo=UTC)
    late = {"until": "2026-12-20T10:00"}
    page = keep(client, **late)
    assert page.status_code == 422
    assert "The latest moment: 15 December 2026, 10:00, Brussels time" in words(page), words(page)
    assert keep(client, invited="y", **late).status_code == 303
    with app.app_context(), transaction():
        db.session.scalars(select(Event)).one().state = State.POSTPONED
    assert keep(client, places="1", **late).status_code == 303


def test_two_quotas_for_the_same_people_are_refused_in_both_ways(
    app: Flask, client: PortalClient
) -> None:
    keep(client, places="1")
    again = keep(client, places="1", until="2026-12-24T10:00")
    assert again.status_code == 422
    assert "There is a quota for the same people already" in words(again)
    assert keep(client, places="1", countries="Greece").status_code == 303
    form = QUOTAS + "2"
    same = client.submit(form, {"countries": ""}, action=form)
    assert same.status_code == 422 and "for the same people already" in words(same)
    assert client.submit(form, {"countries": "Cyprus"}, action=form).status_code == 303


def test_the_list_its_files_and_the_entry_say_which_places_are_kept(
    app: Flask, client: PortalClient
) -> None:
    keep(client)
    whom = "Member of the European Parliament"
    assert f"kept for: {whom}" in words(client.get(LIST))
    number = only_quota(app)
    found = words(client.get(f"{LIST}?quota={number}"))
    assert "1 person · Place kept for: " in found and "bob@example.org" not in found
    found = words(client.get(f"{LIST}?quota=0"))
    assert "has an open place" in found and "eva@example.org" not in found
    assert client.get(f"{LIST}?quota=x").status_code == 404
    rows = list(csv.DictReader(io.StringIO(client.get(f"{LIST}.csv").get_data(as_text=True))))
    assert {each["email"]: each["quota"] for each in rows} == {
        "eva@example.org": str(number), "bob@example.org": "",
    }  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{LIST}.xlsx").data)).worksheets[0]
    cells = [list(each) for each in sheet.iter_rows(values_only=True)]
    column = next(each for each in cells if "Has a place kept for" in each)
    at = column.index("Has a place kept for")
    assert [each[at] for each in cells if len(each) > at].count(whom) == 1
    entry = words(client.get(f"{LIST}/entry"))
    assert "0 places are free. 1 place is kept until" in entry


def test_of_two_who_change_a_quota_the_second_sees_what_the_first_did(
    app: Flask, client: PortalClient
) -> None:
    keep(client)
    form = f"{QUOTAS}{only_quota(app)}"
    seen = client.get(form)
    client.submit(form, {"places": "3"}, action=form)
    late = client.submit(seen, {"places": "1", "countries": "GR"}, action=form)
    assert late.status_code == 409
    assert "Theirs: 3" in words(late)


def test_an_organiser_gives_nobody_a_place_that_is_kept_for_others(
    app: Flask, client: PortalClient
) -> None:
    keep(client)
    dot = comes(app, "dot", stakeholder_group=EXPERT)
    assert "No place is free for this person" in words(client.get(f"{LIST}/{dot}/promotion"))
    entry = {
        "first_name": "Ida", "last_name": "Test", "email": "ida@example.org", "language": "en",
        "organisation": "none", "stakeholder_group": "expert", "country": "BE",
        "source": "by telephone",
    }  # fmt: skip
    page = client.submit(f"{LIST}/entry", entry, action="/entry")
    assert page.status_code == 409 and "Choose where the person stands in line" in words(page)
    assert client.submit(page, {"stakeholder_group": "mep"}, action="/entry").status_code == 303


def test_places_of_room_and_online_are_set_on_one_form_and_move_the_line(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        event = db.session.scalars(select(Event)).one()
        event.format, event.capacity = Format.HYBRID, 2
    comes(app, "dot")
    assert line(app) == ["Dot"]
    page = client.submit(DETAILS, {"capacity": "3", "online_capacity": "5"}, action="/details")
    assert "1 person" in words(page)
    client.submit(page, {"step": "act"}, action="/details")
    deliver()
    assert line(app) == []
    page = words(client.get("/desk/events/trust/"))
    assert "3 in the room, 5 online" in page
    assert "Places taken in the room 3 of 3" in page


def test_the_next_edition_keeps_places_for_the_same_people(
    app: Flask, client: PortalClient
) -> None:
    keep(client)
    answers = {"title-en": "Again", "starts_at": "2028-01-18T14:00", "ends_at": "2028-01-18T17:30"}
    made = client.submit("/desk/events/trust/edition", answers, action="/edition")
    assert made.status_code == 303, words(made)
    with app.app_context():
        first, second = db.session.scalars(select(Quota).order_by(Quota.id))
        assert (second.places, second.groups, second.until.isoformat()) == (
            first.places, first.groups, "2027-12-01T09:00:00+00:00",
        )  # fmt: skip
