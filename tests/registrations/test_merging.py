"""Who changes their address to one with which they are registered already."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from portal.db import db, transaction
from portal.questions.rules import Kind
from portal.registrations.models import Registration
from portal.registrations.queries import LIVE
from tests.desk.people import event_of
from tests.factories import make_event
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.questions.making import make_question
from tests.registrations.front_door import link_in, register, told

Deliver = Callable[[], list[EmailMessage]]
NEW = "ada@parliament.example"


@pytest.fixture
def event(app: Flask, clock: object) -> str:
    with app.app_context(), transaction():
        return make_event(slug="trust", capacity=1).slug


def standing(app: Flask) -> list[tuple[str, str, int | None]]:
    """Everybody who may still come: address, status, place in line."""
    with app.app_context():
        found = db.session.scalars(
            select(Registration).where(Registration.status.in_(LIVE)).order_by(Registration.id)
        )
        return [(each.email, each.status.value, each.queue_number) for each in found]


def move(client: PortalClient, link: str) -> str:
    page = client.submit(f"{link}/details", {"email": NEW})
    assert page.status_code == 200
    return page.get_data(as_text=True).replace(link[3:], "")


def test_nobody_learns_by_it_who_is_registered(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    link = link_in(deliver()[0])
    to_a_stranger = move(client, link)
    as_a_stranger = {str(mail["To"]): mail for mail in deliver()}

    with app.app_context(), transaction():
        make_event(slug="faith", capacity=2)
    register(client, "faith", email=NEW)
    deliver()
    register(client, "faith")
    link = link_in(deliver()[0])
    assert move(client, link).replace("faith", "trust") == to_a_stranger
    letters = deliver()
    (as_a_namesake,) = [mail for mail in letters if mail["To"] == "ada@example.org"]
    of_a_stranger = as_a_stranger["ada@example.org"]
    assert as_a_namesake["Subject"] == of_a_stranger["Subject"]
    assert text_of(as_a_namesake).replace("faith", "trust") == text_of(of_a_stranger)
    assert html_of(as_a_namesake).replace("faith", "trust") == html_of(of_a_stranger)
    assert client.get(link).status_code == 404


def test_the_better_place_stays_and_the_other_is_forgotten(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    register(client, event, email=NEW, organisation="Parliament")
    register(client, event, email="grace@example.org", first_name="Grace")
    link = link_in(deliver()[0])
    move(client, link)
    assert told(deliver()) == [
        ("ada@example.org", "Another address for your registration", "CANCEL"),
        (NEW, "A place was found for you", "REQUEST"),
    ]
    assert standing(app) == [(NEW, "confirmed", 1), ("grace@example.org", "waitlisted", 2)]
    with app.app_context():
        kept = db.session.scalars(select(Registration).where(Registration.email == NEW)).one()
        assert kept.organisation == "Parliament"  # whoever changed it may be somebody else


def test_of_two_places_one_goes_to_the_next_in_line(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="pair", capacity=2)
    register(client, "pair")
    register(client, "pair", email=NEW)
    register(client, "pair", email="grace@example.org", first_name="Grace")
    move(client, link_in(deliver()[0]))
    assert standing(app) == [(NEW, "confirmed", None), ("grace@example.org", "confirmed", 1)]
    assert sorted(told(deliver())) == [
        ("ada@example.org", "Another address for your registration", "CANCEL"),
        (NEW, "Your registrations", ""),
        ("grace@example.org", "A place was found for you", "REQUEST"),
    ]


def test_in_line_the_earlier_number_stays(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event, email="first@example.org", first_name="First")
    register(client, event)
    register(client, event, email="grace@example.org", first_name="Grace")
    register(client, event, email=NEW)
    letters = {str(mail["To"]): mail for mail in deliver()}
    move(client, link_in(letters["ada@example.org"]))
    assert standing(app)[1:] == [("grace@example.org", "waitlisted", 2), (NEW, "waitlisted", 1)]


def test_who_was_not_yet_forgotten_there_is_not_forgotten_with_it(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="pair", capacity=2)
    register(client, "pair", email=NEW)
    register(client, "pair")
    letters = {str(mail["To"]): mail for mail in deliver()}
    client.submit(f"{link_in(letters[NEW])}/erasure")
    move(client, link_in(letters["ada@example.org"]))
    deliver()
    assert standing(app) == [(NEW, "confirmed", None)]
    with app.app_context():
        kept = db.session.scalars(select(Registration).where(Registration.email == NEW)).one()
        assert (kept.full_name, kept.erased_at) == ("Ada Lovelace", None)


def test_a_colleague_of_this_name_at_this_address_is_refused(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    register(client, event, first_name="Augusta")
    link = link_in(deliver()[0])
    page = client.submit(f"{link}/details", {"first_name": "Augusta"})
    assert page.status_code == 422  # said on the form, with all that was typed
    assert 'value="Augusta"' in page.get_data(as_text=True)
    assert "registered with your address already" in page.get_data(as_text=True)


def test_answers_of_who_answered_stay_where_the_other_gave_none(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    """And an option's last place stays theirs."""
    with app.app_context(), transaction():
        make_event(slug="pair", capacity=5)
    register(client, "pair", email=NEW)  # before anything was asked
    with app.app_context(), transaction():
        make_question(event_of("pair"), Kind.ONE_OF, "Which bus?", options=[("The early one", 1)])
    register(client, "pair", q1="1")
    letters = {str(mail["To"]): mail for mail in deliver()}
    move(client, link_in(letters["ada@example.org"]))
    letter = next(mail for mail in deliver() if mail["To"] == NEW)
    page = client.get(link_in(letter))
    assert "The early one" in page.text and "was full" not in page.text
