"""A place is handed over to a colleague: by whom, to whom, until when, and what both are told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.events.rules import Format
from portal.registrations.models import Registration
from portal.registrations.rules import Attendance, StakeholderGroup
from portal.registrations.service import quotas
from tests.desk.front_door import words
from tests.desk.people import acts, comes, event_of, person
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, html_of, text_of
from tests.registrations.front_door import link_in, property_of, told

Deliver = Callable[[], list[EmailMessage]]
GRACE = {
    "first_name": "Grace", "last_name": "Hopper", "email": "grace@example.org",
    "organisation": "Navy", "stakeholder_group": "expert", "country": "BE", "language": "fr",
}  # fmt: skip
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def own(app: Flask, deliver: Deliver) -> dict[str, str]:
    """Ada and Bob have the two places, Cid waits; each one's own page."""
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2, transferable=True)
    consents = dict.fromkeys(("diet_consent", "list_consent"), "yes")
    comes(app, "ada", diet="No nuts", consents=consents)
    comes(app, "bob")
    comes(app, "cid")
    return {str(mail["To"]).partition("@")[0]: link_in(mail) for mail in deliver()}


def hand_over(client: PortalClient, path: str, **fields: str) -> TestResponse:
    return client.submit(f"{path}/transfer", GRACE | fields, action="/transfer")


def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {each.first_name: each.id for each in db.session.query(Registration)}


def places(app: Flask) -> list[str]:
    """Who has a place, by first name."""
    with app.app_context():
        question = select(Registration.first_name).where(Registration.status == "confirmed")
        return sorted(db.session.scalars(question))


def test_a_place_goes_to_a_colleague_past_the_line_and_both_are_told(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    assert "Hand my place over to a colleague" in client.get(own["ada"]).text
    page = words(client.get(f"{own['ada']}/transfer"))
    assert "You cannot take that back yourself" in page and "No nuts" not in page
    assert hand_over(client, own["ada"]).status_code == 303
    assert places(app) == ["Bob", "Grace"]
    gone, come = deliver()
    assert told([gone, come]) == [
        ("ada@example.org", "Your registration is withdrawn", "CANCEL"),
        ("grace@example.org", "Votre place est confirmée ", "REQUEST"),
    ]
    assert "You handed your place over to Grace Hopper" in text_of(gone)
    assert "Ada Test" in text_of(come) and "Navy" not in text_of(come)
    uids = [property_of(calendar_of(mail) or b"", "UID") for mail in (gone, come)]
    assert uids[0] != uids[1]
    number = ids(app)
    kept = ("diet", "consents", "language", "handed_by", "entered_by")
    assert person(app, number["Grace"], *kept) == ("", {}, "fr", number["Ada"], None)
    assert acts(app, number["Ada"])[-1][0] == "registration.handed_over"
    assert acts(app, number["Grace"]) == [("registration.taken_over", {"handed_by": number["Ada"]})]
    assert "You handed your place over to a colleague" in client.get(own["ada"]).text
    assert client.get(f"{own['ada']}/transfer").status_code == 303
    theirs = link_in(come)
    assert "Ada Test" in words(client.get(theirs))
    client.submit(f"{theirs}/erasure")
    deliver()
    assert places(app) == ["Bob", "Cid"]


def test_who_has_a_place_cannot_take_another_and_who_waits_or_withdrew_can(
    app: Flask, client: PortalClient, own: dict[str, str], deliver: Deliver
) -> None:
    bob = {"first_name": "Bob", "last_name": "Test", "email": "BOB@example.org"}
    ada = {"first_name": "ADA", "last_name": "Test", "email": "ada@example.org"}
    for fields, sentence in (
        (bob, "This colleague has a place already."),
        (ada, "These are your own name and address."),
        ({"first_name": ""}, "Enter the first name."),
    ):
        refused = hand_over(client, own["ada"], **fields)
        assert refused.status_code == 422 and sentence in words(refused)
        assert "<title>Error:" in refused.text and 'value="Navy"' in refused.text
    assert places(app) == ["Ada", "Bob"] and deliver() == []
    cid = {"first_name": "Cid", "last_name": "Test", "email": "cid@example.org"}
    hand_over(client, own["ada"], **cid)
    assert places(app) == ["Bob", "Cid"]
    mails = {str(mail["To"]): mail for mail in deliver()}
    assert "Ada Test handed their place over to you" in text_of(mails["cid@example.org"])
    assert person(app, ids(app)["Cid"], "organisation") == ("Analytical Society",)
    hand_over(client, own["bob"], **ada)
    assert places(app) == ["ADA", "Cid"]
    assert person(app, ids(app)["ADA"], "organisation", "handed_to", "handed_by", "consents") == (
        "Navy", None, ids(app)["Bob"], {},
    )  # fmt: skip


@pytest.mark.parametrize("why", ["not allowed", "too late", "no place", "declined colleague"])
def test_a_place_is_not_handed_over(
    app: Flask, client: PortalClient, own: dict[str, str], clock: time_machine.Traveller, why: str
) -> None:
    form = client.get(f"{own['ada']}/transfer")
    with app.app_context(), transaction():
        event = event_of()
        event.transferable = why != "not allowed"
        if why == "declined colleague":
            cid = db.session.get_one(Registration, 3)
            cid.status = "declined"  # type: ignore[assignment]
    who = own["cid"] if why == "no place" else own["ada"]
    if why == "too late":
        clock.move_to(JANUARY)
    if why == "declined colleague":
        cid_again = {"first_name": "Cid", "last_name": "Test", "email": "cid@example.org"}
        refused = hand_over(client, who, **cid_again)
        assert refused.status_code == 422 and "cannot take over your place" in words(refused)
    else:
        assert "Hand my place over" not in client.get(who).text
        assert client.get(f"{who}/transfer").status_code == 303
        if why != "no place":
            late = client.submit(form, GRACE, action="/transfer")
            assert late.status_code == 409 and "What you sent was not kept" in words(late)
            assert "Ask the organisers" in words(late)
    assert places(app) == ["Ada", "Bob"]


def test_two_clicks_at_once_hand_a_place_over_once(
    app: Flask, client: PortalClient, own: dict[str, str]
) -> None:
    others = [app.test_client() for _each in range(2)]
    pages = [each.get(f"{own['ada']}/transfer") for each in others]
    start = Barrier(2)

    def press(nth: int) -> int:
        start.wait(10)
        fields = GRACE | {"email": f"grace{nth}@example.org"}
        sent: TestResponse = others[nth].submit(pages[nth], fields, action="/transfer")  # type: ignore[attr-defined]
        return sent.status_code

    with ThreadPoolExecutor(2) as pool:
        answers = [each.result(30) for each in [pool.submit(press, nth) for nth in range(2)]]
    assert 303 in answers and set(answers) <= {303, 422}
    assert places(app) == ["Bob", "Grace"]


def test_a_place_that_was_kept_stays_of_its_quota_and_where_it_is(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        event = make_event(
            slug="trust", capacity=1, online_capacity=2, format=Format.HYBRID, transferable=True
        )
        facts = {"groups": ["mep"], "places": 1, "countries": [], "online": True, "until": JANUARY}
        quotas.add(event, facts, by=COMMAND, now=clock.now())
    comes(app, "ada", stakeholder_group=StakeholderGroup.MEP, attendance=Attendance.ONLINE)
    path = link_in(deliver()[0])
    assert 'name="attendance"' not in client.get(f"{path}/transfer").text
    hand_over(client, path, stakeholder_group="expert")
    with app.app_context():
        taker = db.session.query(Registration).filter_by(first_name="Grace").one()
        assert (taker.status, taker.attendance, taker.quota_id) == ("confirmed", "online", 1)


def test_who_waited_gave_us_their_name_themself(
    client: PortalClient, own: dict[str, str], deliver: Deliver, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    cid = {"first_name": "Cid", "last_name": "Test", "email": "cid@example.org"}
    for giver, taker, gave in (("ada", cid, False), ("bob", {}, True)):
        hand_over(client, own[giver], language="en", **taker)
        taken = next(each for each in deliver() if "handed their place over" in text_of(each))
        for said in (text_of(taken), html_of(taken)):
            assert ("gave us your name and mail address" in said) is gave
            assert ("You did not register?" in said) is not gave
