"""Somebody without a mailbox of their own: whoever acts for them is not them."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal.db import db, transaction
from portal.questions.rules import Kind, Stage
from portal.registrations import own_links
from portal.registrations.models import Registration
from tests.desk.front_door import act, make_user, sign_in, words
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.questions.making import make_question
from tests.registrations.front_door import register
from tests.registrations.test_behalf import MEMBER, member, office_link, one_of, to
from tests.reminders.front_door import add, at
from tests.subjects.front_door import ask_for_data, link_to_data

Deliver = Callable[[], list[EmailMessage]]
OFFICE = "office@ep.example"
DESK = "/desk/events/trust"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def desk(app: Flask) -> PortalClient:
    """An event whose organisers ask a second time, and remind."""
    with app.app_context(), transaction():
        event = make_event(slug="trust", capacity=9)
        make_question(event, Kind.TEXT, "How do you arrive?", required=True, stage=Stage.SECOND)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def own_path(app: Flask) -> str:
    with app.app_context():
        found = db.session.query(Registration).filter_by(first_name="Mia").one()
        return f"/en/registrations/{own_links.token(found)}"


def asked_twice(
    desk: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> list[EmailMessage]:
    """All letters of the second form, and of its reminder."""
    act(desk, f"{DESK}/second-form/opening", {"until": "2027-01-08T18:00"})
    add(desk, "answers", number="11", unit="days", at="10:00")
    first = deliver()
    clock.move_to(at("2027-01-07 10:05"))
    return [*first, *deliver()]


def test_no_letter_brings_the_office_to_the_page_of_a_member_without_a_mailbox(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    member(client, "trust", **{"person1-email": ""})
    mails = [*deliver(), *asked_twice(desk, deliver, clock)]
    client.submit("/en/registrations/link", {"email": OFFICE})
    client.submit("/en/events/trust/register/last-details", {"email": OFFICE})
    mails += deliver()
    assert {str(each["To"]) for each in mails} == {OFFICE}
    for each in mails:
        written = text_of(each) + html_of(each)
        assert "/registrations/" not in written and "/last-details/" not in written
    page = own_path(app)
    for act_of_theirs in ("", "/details", "/consents", "/withdrawal", "/erasure", "/second-form"):
        assert client.get(f"{page}{act_of_theirs}").status_code == 404
    client.submit(
        one_of(app, office_link(mails[0]), "details"),
        MEMBER | {"email": "mia@ep.example", "organisation": "EP", "country": "BE"},
    )
    assert client.get(own_path(app)).status_code == 200
    asked = [each for each in to(deliver(), "mia@ep.example") if "/second-form" in text_of(each)]
    assert len(asked) == 1


def test_what_is_kept_of_an_office_says_nothing_of_what_a_member_needs(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver
) -> None:
    member(client, "trust", **{"person1-email": ""})
    register(client, "trust", email=OFFICE, first_name="Omar", last_name="Office")
    deliver()
    with app.app_context(), transaction():
        mia = db.session.query(Registration).filter_by(first_name="Mia").one()
        mia.access_needs = "A wheelchair"
    ask_for_data(client, OFFICE)
    page = link_to_data(deliver())
    shown = client.get(page)
    assert "Omar Office" in words(shown) and own_path(app) not in shown.text
    assert "wheelchair" not in shown.text
    assert "wheelchair" not in client.get(f"{page}/data.json").text
    goes = words(client.get(f"{page}/erasure"))
    assert "you act for somebody there no more" in goes and "(Mia Member)" in goes


def test_the_office_hears_that_a_member_has_not_answered_without_the_members_link(
    app: Flask, client: PortalClient, desk: PortalClient, deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    member(client, "trust", letters="office")
    deliver()
    mails = asked_twice(desk, deliver, clock)
    [theirs] = to(mails, OFFICE)
    assert "Mia Member has not answered the organisers’ questions yet" in text_of(theirs)
    assert "/registrations/" not in text_of(theirs) + html_of(theirs)
    assert "/offices/" in text_of(theirs)
    assert sum("/second-form" in text_of(each) for each in to(mails, "mia@ep.example")) == 2
