"""Nobody comes under another's care, or out of their place, without a letter of their own."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal.db import transaction
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.registrations.front_door import link_in, register
from tests.registrations.test_behalf import MEMBER, member, office_link, one_of, to
from tests.registrations.test_office import CARL, MAILBOX

Deliver = Callable[[], list[EmailMessage]]
SILENT = {"letters": "office", "invites": "office"}
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _event(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", transferable=True, capacity=3)


def comes_and_goes(client: PortalClient, deliver: Deliver, person: dict[str, str]) -> None:
    known = {name: value for name, value in person.items() if name != "language"}
    register(client, "trust", **known)
    [letter] = deliver()
    client.submit(link_in(letter) + "/withdrawal")
    deliver()


def test_who_withdrew_hears_that_somebody_registered_them_again(
    client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    comes_and_goes(client, deliver, MEMBER)
    clock.shift(86400)
    member(client, "trust", **SILENT)
    mails = deliver()
    [hers] = to(mails, MEMBER["email"])
    assert "Omar Office" in text_of(hers) and "/registrations/" in text_of(hers)
    assert len(to(mails, MAILBOX)) == 1


def test_who_withdrew_hears_that_an_office_handed_a_place_over_to_them_and_who_loses_it_too(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    comes_and_goes(client, deliver, CARL)
    clock.shift(60)
    member(client, "trust", **SILENT)
    page = office_link(to(deliver(), MAILBOX)[0])
    form = client.get(one_of(app, page, "transfer"))
    assert client.submit(form, CARL, action="/transfer").status_code == 303
    mails = deliver()
    [his], [hers] = to(mails, CARL["email"]), to(mails, MEMBER["email"])
    assert "/registrations/" in text_of(his) and "Carl Colleague" in text_of(hers)
    said = [text for mail in to(mails, MAILBOX) for text in (text_of(mail), html_of(mail))]
    assert any("The place was handed over to a colleague." in each for each in said)
    again = client.submit(form, CARL, action="/transfer")
    assert (again.status_code, again.headers["Location"]) == (303, f"{page}?saved=yes")
    assert deliver() == []


def test_who_waits_hears_that_somebody_acts_for_them_now(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    for name in ("ada", "bob", "cid", "dan"):
        register(client, "trust", first_name=name.title(), email=f"{name}@example.org")
    deliver()
    desk = sign_in(app, make_user(app, "olga@example.org", "trust"))
    acts = {"name": "Omar Office", "email": MAILBOX, "language": "en"} | SILENT
    sent = desk.submit("/desk/events/trust/registrations/4/contact", acts, action="/contact")
    assert sent.status_code == 303
    assert sorted(str(mail["To"]) for mail in deliver()) == ["dan@example.org", MAILBOX]


def test_a_receipt_for_who_registered_nobody_new_leads_to_no_page(
    client: PortalClient, deliver: Deliver
) -> None:
    known = {name: value for name, value in MEMBER.items() if name != "language"}
    register(client, "trust", **known)
    deliver()
    member(client, "trust")
    [letter] = to(deliver(), MAILBOX)
    assert 'href=""' not in html_of(letter) and "Everybody whom you" not in text_of(letter)
