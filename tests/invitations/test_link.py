"""The link in an invitation: what it shows, what its buttons do, and that it is used once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.errors import Refused
from portal.events import queries as events
from portal.invitations.models import Invitation, InvitationList
from portal.invitations.service import lists
from portal.outbox.models import Message
from portal.registrations.models import Registration
from portal.registrations.service import quotas
from tests.desk.front_door import words
from tests.desk.people import comes
from tests.factories import JANUARY, make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.mails import text_of
from tests.invitations.front_door import (
    comers,
    invite,
    known,
    links,
    make_list,
    press,
    register,
    stages,
)
from tests.registrations.front_door import link_in as own_page
from tests.subjects.front_door import ask_for_data, link_to_data

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def event(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust")


def by_link(app: Flask, deliver: Deliver, *names: str, **terms: object) -> dict[str, str]:
    invite(app, *names, **terms)
    return links(deliver())


def rows(app: Flask) -> list[tuple[object, ...]]:
    """All that an invitation says of what was done to it."""
    with app.app_context():
        return [
            (each.stage, each.opened_at, each.declined_at, each.registration_id, each.link_code)
            for each in db.session.query(Invitation)
        ]


@pytest.mark.usefixtures("event")
def test_what_opens_the_link_changes_nothing_and_a_button_says_that_it_was_opened(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = by_link(app, deliver, "ada")["ada"]
    before = rows(app)
    page = words(client.get(link))
    assert "You are invited" in page and "the members’ list of the network" in page
    for path in (f"{link}/registration", f"{link}/opening", f"{link}/refusal"):
        client.get(path)
        client.head(path)
    assert rows(app) == before and stages(app) == {"ada": "invited"}
    opened = press(client, link, "opening")
    assert opened.status_code == 303 and stages(app) == {"ada": "opened"}
    form = client.get(opened.headers["Location"])
    assert 'value="ada@example.org"' in form.text and "by an invitation" in words(form)


@pytest.mark.usefixtures("event")
def test_an_invitation_is_used_once_and_again_by_who_withdrew(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = by_link(app, deliver, "ada")["ada"]
    wrong = register(client, link, organisation="")
    assert wrong.status_code == 422 and f'action="{link}/registration"' in wrong.text
    form = client.get(f"{link}/registration")
    done = client.submit(form, {**KNOWN})
    assert "You have a place" in words(client.get(done.headers["Location"]))
    assert stages(app) == {"ada": "registered"} and comers(app) == {"ada": "confirmed"}
    again = client.submit(form, {**KNOWN})  # the button is pressed twice
    assert again.headers["Location"] == done.headers["Location"]
    other = client.submit(form, {**KNOWN, "first_name": "Eve", "email": "ada@example.org"})
    assert other.headers["Location"] == link
    assert comers(app) == {"ada": "confirmed"}
    assert "Somebody has registered by this invitation" in words(client.get(link))
    assert client.post(f"{link}/refusal").status_code in (400, 409)
    mine = own_page(deliver()[-1])
    client.submit(f"{mine}/withdrawal")
    assert "You are invited" in words(client.get(link))
    assert register(client, link).status_code == 303
    assert comers(app) == {"ada": "confirmed"}


KNOWN = {"organisation": "Analytical Society", "stakeholder_group": "expert", "country": "BE"}


@pytest.mark.usefixtures("event")
def test_a_no_can_be_taken_back_and_who_objects_is_never_asked_again(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = by_link(app, deliver, "ada", "bob")["ada"]
    assert press(client, link, "refusal").status_code == 303
    page = client.get(link)
    assert "You said that you cannot come" in words(page)
    assert stages(app) == {"ada": "declined", "bob": "invited"}
    press(client, link, "opening")
    assert stages(app)["ada"] == "opened"
    press(client, link, "refusal")
    gone = press(client, link, "objection")
    assert "Your invitation is deleted" in words(client.get(gone.headers["Location"]))
    assert client.get(link).status_code == 404
    with app.app_context():
        kept = vars(db.session.get_one(Invitation, 1)).items()
        random = ("digest", "reply_code")  # where a name may stand by chance
        said = [str(value).lower() for name, value in kept if name not in random]
        assert not [value for value in said if "ada" in value]
        written_to = [each.recipient for each in db.session.query(Message)]
        assert written_to == ["bob@example.org"], "no list of letters names her either"
    with app.app_context(), transaction():
        of_list = db.session.get_one(InvitationList, 1)
        with pytest.raises(Refused, match="does not want to be invited"):
            lists.add(of_list, known("ADA"), by=COMMAND, now=portal_clock.now())


@pytest.mark.usefixtures("event")
def test_who_may_come_by_a_link_is_known_by_address_or_name_and_a_bound_one_by_its_address(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    free = by_link(app, deliver, "ada", "eve")
    assert register(client, free["ada"], email="ada@home.example.org").status_code == 303
    stranger = register(client, free["eve"], first_name="Mallory", email="m@example.org")
    assert stranger.status_code == 422 and "for the person it was sent to" in words(stranger)
    bound = by_link(app, deliver, "bob", name="Bound", binds=True)["bob"]
    assert "readonly" in client.get(f"{bound}/registration").text
    wrong = register(client, bound, first_name="Bob", email="bob@home.example.org")
    assert wrong.status_code == 422 and "the mail address that it was sent to" in words(wrong)
    assert register(client, bound, first_name="Bob", email="BOB@example.org").status_code == 303
    assert stages(app) == {"ada": "registered", "eve": "invited", "bob": "registered"}


@pytest.mark.usefixtures("event")
def test_an_invitation_without_a_name_is_for_its_address_alone_unless_it_may_be_handed_on(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = by_link_to_nobody(app, deliver, "ada")
    assert "readonly" in client.get(f"{link}/registration").text
    stranger = register(client, link, first_name="Mallory", email="m@example.net")
    assert stranger.status_code == 422 and "the mail address that it was sent to" in words(stranger)
    assert comers(app) == {} and stages(app) == {"ada": "invited"}
    assert register(client, link).status_code == 303 and comers(app) == {"ada": "confirmed"}
    free = by_link_to_nobody(app, deliver, "bob", transferable=True)
    assert register(client, free, first_name="Eve", email="eve@example.net").status_code == 303
    told = {str(mail["To"]): text_of(mail) for mail in deliver()}
    assert "Eve Test registered by the link of your invitation" in told["bob@example.org"]


def by_link_to_nobody(app: Flask, deliver: Deliver, name: str, **terms: object) -> str:
    """The link of an invitation of which the organisers know the address and no name."""
    made = invite(app, **terms)
    with app.app_context(), transaction():
        nobody = known(name, first_name="", last_name="")
        of_list = db.session.get_one(InvitationList, made)
        lists.add(of_list, nobody, by=COMMAND, now=portal_clock.now())
    return links(deliver())[name]


@pytest.mark.usefixtures("event")
def test_an_invitation_is_handed_on_where_it_may_be_and_both_are_told(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    link = by_link(app, deliver, "ada", transferable=True, binds=True)["ada"]
    opened = press(client, link, "handover")
    form = client.get(opened.headers["Location"])
    assert "ada@example.org" not in form.text and "in your place" in words(form)
    grace = {**KNOWN, "first_name": "Grace", "last_name": "Hopper", "email": "grace@example.org"}
    assert client.submit(form, grace).status_code == 303
    assert comers(app) == {"grace": "confirmed"} and stages(app) == {"ada": "registered"}
    told = {str(mail["To"]): text_of(mail) for mail in deliver()}
    assert "Grace Hopper registered by the link of your invitation" in told["ada@example.org"]
    assert "Your place is confirmed" in told["grace@example.org"]
    assert deliver() == []
    ask_for_data(client, "ada@example.org")
    shown = words(client.get(link_to_data(deliver())))
    kept = shown.partition("Letters Invitation")[0]
    assert "Handed on yes" in kept and "Registered 2 November" not in kept


def test_a_link_passes_approval_a_closed_form_and_a_full_event_by_a_quota_of_its_own(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        now = portal_clock.now()
        event = make_event(slug="trust", capacity=3, approval=True)
        kept = {"places": 1, "until": JANUARY, "groups": [], "countries": [], "invited": True}
        quotas.add(event, kept, by=COMMAND, now=now)
    plain = by_link(app, deliver, "ada")["ada"]
    close(app)
    assert "Registration is closed" in words(client.get(f"{plain}/registration"))
    strong = by_link(
        app, deliver, "bob", "cid", name="Strong", passes_approval=True, passes_closed=True
    )
    assert register(client, strong["bob"], first_name="Bob").status_code == 303
    assert comers(app) == {"bob": "confirmed"}
    with app.app_context():
        event = events.any_slug("trust")
        assert event is not None
        assert [each.quota_id is not None for each in registrations(event.id)] == [True]


def close(app: Flask) -> None:
    with app.app_context(), transaction():
        event = events.any_slug("trust")
        assert event is not None
        event.registration_closes_at = portal_clock.now()
        event.revision += 1


def registrations(event_id: int) -> list[object]:
    return list(db.session.query(Registration).filter_by(event_id=event_id))


def test_kept_places_are_for_invited_people_alone_and_past_the_line(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    """Two places, one of them kept: the second stranger waits, the invited person does not."""
    with app.app_context(), transaction():
        event = make_event(slug="trust", capacity=2)
        kept = {"places": 1, "until": JANUARY, "groups": [], "countries": [], "invited": True}
        quotas.add(event, kept, by=COMMAND, now=portal_clock.now())
    comes(app, "eve")
    comes(app, "dan")
    assert comers(app) == {"eve": "confirmed", "dan": "waitlisted"}
    link = by_link(app, deliver, "ada")["ada"]
    assert "invited people" in words(client.get("/en/events/trust/"))
    register(client, link)
    assert comers(app) == {"eve": "confirmed", "dan": "waitlisted", "ada": "confirmed"}


def test_who_waits_for_a_decision_passes_it_by_the_link_and_not_by_the_address_alone(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", approval=True)
    link = by_link(app, deliver, "ada", passes_approval=True)["ada"]
    comes(app, "ada")
    deliver()
    assert comers(app) == {"ada": "pending"} and stages(app) == {"ada": "invited"}
    done = register(client, link)
    assert "You have a place" in words(client.get(done.headers["Location"]))
    assert comers(app) == {"ada": "confirmed"} and stages(app) == {"ada": "registered"}
    (mail,) = deliver()
    assert "Your place is confirmed" in mail["Subject"]


def test_the_form_behind_a_link_says_that_it_passes_approval(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", approval=True)
    plain = by_link(app, deliver, "ada")["ada"]
    page = words(client.get(f"{plain}/registration"))
    assert "The organisers decide who takes part" in page and "no approval" not in page
    strong = by_link(app, deliver, "bob", name="Strong", passes_approval=True)["bob"]
    page = words(client.get(f"{strong}/registration"))
    assert "You need no approval" in page and "The organisers decide" not in page
    wrong = words(register(client, strong, organisation=""))
    assert "The organisers decide" not in wrong


def test_the_form_behind_a_link_says_that_places_are_kept_while_there_are_any(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        event = make_event(slug="trust", capacity=2)
        kept = {"places": 1, "until": JANUARY, "groups": ["mep"], "countries": [], "invited": True}
        quotas.add(event, kept, by=COMMAND, now=portal_clock.now())
        for name, group in (("eve", "expert"), ("mia", "mep"), ("mel", "mep")):
            of_list = make_list(event, name=name)
            lists.add(of_list, known(name, group=group), by=COMMAND, now=portal_clock.now())
    comes(app, "dan")
    ways = links(deliver())
    promise, line = "you get one of them while there is one", "All open places are taken"
    page = words(client.get(f"{ways['mia']}/registration"))
    assert promise in page and line not in page and "Join the waitlist" not in page
    page = words(client.get(f"{ways['eve']}/registration"))
    assert promise not in page and line in page, "it is kept for others"
    register(client, ways["mia"], first_name="Mia", stakeholder_group="mep")
    assert comers(app) == {"dan": "confirmed", "mia": "confirmed"}
    page = words(client.get(f"{ways['mel']}/registration"))
    assert promise not in page and "Join the waitlist" in page


def test_who_withdrew_and_is_back_without_the_link_has_a_kept_place_again(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        event = make_event(slug="trust", capacity=2)
        kept = {"places": 1, "until": JANUARY, "groups": [], "countries": [], "invited": True}
        quotas.add(event, kept, by=COMMAND, now=portal_clock.now())
    link = by_link(app, deliver, "ada")["ada"]
    comes(app, "dan")
    register(client, link)
    mine = own_page(next(mail for mail in deliver() if mail["To"] == "ada@example.org"))
    client.submit(f"{mine}/withdrawal")
    deliver()
    comes(app, "eve", email="ada@example.org")  # another of the same mailbox
    comes(app, "ada")
    deliver()
    with app.app_context():
        rows = db.session.query(Registration).order_by(Registration.id)
        stand = {each.first_name: each.status.value for each in rows}
    assert stand == {"Dan": "confirmed", "Eve": "waitlisted", "Ada": "confirmed"}
    assert stages(app) == {"ada": "registered"}


@pytest.mark.usefixtures("event")
def test_a_link_says_why_it_leads_to_no_form_any_more(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    until = portal_clock.now() + timedelta(days=3)
    link = by_link(app, deliver, "ada", answer_until=until)["ada"]
    assert client.get(link.replace(link[-4:], "aaaa")).status_code == 404
    with app.app_context(), transaction():
        event = events.any_slug("trust")
        assert event is not None
        make_registration(event)
    clock.shift(timedelta(days=4))
    assert "The time to answer this invitation is over" in words(client.get(link))
    assert client.get(f"{link}/registration").headers["Location"] == link
    assert stages(app) == {"ada": "invited"}
