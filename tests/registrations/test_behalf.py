"""Somebody acts for others: registers them, chooses who is told, and stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.circulars import service as circulars
from portal.clock import now
from portal.db import db, transaction
from portal.registrations.acting import Contact, Office
from portal.registrations.models import Registration
from tests.desk.front_door import make_user, sign_in
from tests.desk.people import event_of
from tests.factories import make_event
from tests.harness.client import PortalClient, find_form
from tests.harness.counting import statements
from tests.harness.mails import calendar_of, text_of
from tests.registrations.front_door import link_in, method_of, property_of, register, told

Deliver = Callable[[], list[EmailMessage]]
pytestmark = pytest.mark.usefixtures("clock")

OFFICE = {
    "name": "Omar Office",
    "email": "office@ep.example",
    "organisation": "European Parliament",
    "country": "BE",
    "letters": "both",
    "invites": "person",
}
MEMBER = {
    "first_name": "Mia",
    "last_name": "Member",
    "email": "mia@ep.example",
    "stakeholder_group": "mep",
    "language": "en",
}


def person(number: int, **fields: Any) -> dict[str, Any]:
    """The fields of one person of the form."""
    typed = MEMBER | {
        "first_name": f"Cleo{number}",
        "last_name": "Colleague",
        "email": f"cleo{number}@ep.example",
    }
    return {f"person{number}-{name}": value for name, value in (typed | fields).items()}


def send(
    client: PortalClient, slug: str, people: int = 1, page: str = "", **fields: Any
) -> TestResponse:
    """Open the form, fill it for so many people, send it."""
    path = f"/en/events/{slug}/register/{'group' if people > 1 else 'for-somebody'}"
    typed: dict[str, Any] = {"order": ".".join(str(n) for n in range(1, people + 1))}
    for number in range(1, people + 1):
        typed |= person(number)
    return post(client, path, OFFICE | typed | fields)


def post(client: PortalClient, path: str, typed: dict[str, Any]) -> TestResponse:
    """With more people than the form begins with, and the hidden fields that it came with."""
    shown = find_form(client.get(path), "")
    return client.post(path, data=shown.values | typed)


def in_database(app: Flask, question: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(question))


def make(app: Flask, **facts: Any) -> str:
    with app.app_context(), transaction():
        return make_event(slug="trust", **facts).slug


def member(client: PortalClient, slug: str, **fields: Any) -> TestResponse:
    """An assistant registers a Member."""
    typed = {f"person1-{name}": value for name, value in MEMBER.items()}
    return send(client, slug, **(typed | fields))


def office_link(mail: EmailMessage) -> str:
    """The path of the office's page in a letter."""
    found = re.search(r"https?://[^/\s]+(/\w\w/offices/[\w.\-]+)\s", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def to(mails: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [each for each in mails if each["To"] == address]


def test_an_assistant_registers_a_member_and_both_are_told(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    answer = member(client, slug)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Mia Member" in page and "Confirmed" in page and "o…@ep.example" in page
    mails = deliver()
    assert sorted(told(mails)) == [
        ("mia@ep.example", "Your place is confirmed", "REQUEST"),
        ("office@ep.example", "Confirmed", ""),
    ]
    [mine] = to(mails, "mia@ep.example")
    assert "Omar Office (office@ep.example) registered you" in text_of(mine)
    [theirs] = to(mails, "office@ep.example")
    assert "This letter is about Mia Member" in text_of(theirs)
    assert "/registrations/" not in text_of(theirs)
    acts = [
        (each.act, each.actor, each.details)
        for each in in_database(app, select(Entry).where(Entry.subject == "registrations"))
    ]
    assert [(act, actor) for act, actor, _details in acts] == [
        ("registration.made", "office"), ("registration.acted_for", "office"),
    ]  # fmt: skip
    assert "Omar" not in str(acts)


@pytest.mark.parametrize(
    ("letters", "invites", "expected"),
    [
        ("person", "office", [("mia", ""), ("office", "REQUEST")]),
        ("office", "both", [("mia", "REQUEST"), ("office", "REQUEST")]),
        ("both", "person", [("mia", "REQUEST"), ("office", "")]),
    ],
)
def test_who_acts_chooses_who_gets_letters_and_the_invite(
    app: Flask, client: PortalClient, deliver: Deliver, letters: str, invites: str, expected: Any
) -> None:
    slug = make(app)
    member(client, slug, letters=letters, invites=invites)
    mails = deliver()
    assert sorted((m["To"].partition("@")[0], method_of(m)) for m in mails) == expected
    for each in mails:
        octets = calendar_of(each)
        if octets is not None:
            assert property_of(octets, "ATTENDEE").lower() == f"mailto:{each['To']}".lower()
            assert octets.count(b"ATTENDEE") == 1
    uids = [property_of(calendar_of(m), "UID") for m in mails if calendar_of(m)]
    assert len(set(uids)) == len(uids)
    page = to(mails, "office@ep.example")[0]
    client.submit(one_of(app, office_link(page), "withdrawal"), {})
    later = deliver()
    gets = {"person": ["mia"], "office": ["office"], "both": ["mia", "office"]}
    expected_later = {(who, "CANCEL" if who in gets[invites] else "")
                      for who in {*gets[letters], *gets[invites]}}  # fmt: skip
    assert {(m["To"].partition("@")[0], method_of(m)) for m in later} == expected_later
    assert deliver() == []


def one_of(app: Flask, page: str, act: str) -> str:
    registration_id = in_database(app, select(Contact.registration_id))[0]
    return f"{page}/{registration_id}/{act}"


def test_a_mailbox_that_is_to_get_the_invite_no_more_gets_a_cancel(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    member(client, slug)
    mails = deliver()
    mine = link_in(to(mails, "mia@ep.example")[0])
    page = office_link(to(mails, "office@ep.example")[0])
    client.submit(one_of(app, page, "readers"), {"letters": "office", "invites": "office"})
    moved = deliver()
    assert sorted((m["To"], method_of(m)) for m in moved) == [
        ("mia@ep.example", "CANCEL"), ("office@ep.example", "REQUEST"),
    ]  # fmt: skip
    client.submit(f"{mine}/contact", {"letters": "both", "invites": "person"})
    back = deliver()
    assert sorted((m["To"], method_of(m)) for m in back) == [
        ("mia@ep.example", "REQUEST"), ("office@ep.example", "CANCEL"),
    ]  # fmt: skip
    sequences = [property_of(calendar_of(m), "SEQUENCE") for m in [*moved, *back]]
    assert sorted(sequences) == ["0", "1", "1", "2"]


def test_the_person_takes_over_and_the_office_hears_it_and_sees_them_no_more(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    member(client, slug, letters="office", invites="office")
    mails = deliver()
    mine = link_in(to(mails, "mia@ep.example")[0])
    page = office_link(to(mails, "office@ep.example")[0])
    assert "Omar Office" in client.get(mine).get_data(as_text=True)
    client.submit(f"{mine}/contact", {"stop": "yes"})
    after = deliver()
    assert sorted(told(after)) == [
        ("mia@ep.example", "Your details are changed", "REQUEST"),
        ("office@ep.example", "You do not act for this person any more", "CANCEL"),
    ]
    assert client.get(page).status_code == 404
    assert in_database(app, select(Office)) == []
    kept = in_database(app, select(Contact))[0]
    assert (kept.name, kept.email, kept.address_key, kept.told_address) == ("", "", "", "")


def test_a_member_without_a_mailbox_is_seen_to_by_the_office_alone(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    member(client, slug, **{"person1-email": ""})
    mails = deliver()
    assert told(mails) == [("office@ep.example", "Confirmed", "REQUEST")]
    client.submit("/en/registrations/link", {"email": "office@ep.example"})
    [links] = deliver()
    assert "/registrations/" not in text_of(links)
    page = office_link(links)
    fields = {name: value for name, value in MEMBER.items() if name != "email"}
    fields |= {"organisation": "EP", "country": "BE", "email": "mia@ep.example"}
    answer = client.submit(one_of(app, page, "details"), fields)
    assert answer.status_code == 303
    first = to(deliver(), "mia@ep.example")
    assert [method_of(each) for each in first] == ["REQUEST"]
    assert "registered you" in text_of(first[0])


def test_ten_colleagues_in_one_form_each_get_what_is_free_in_their_order(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app, capacity=6)
    register(client, slug, email="cleo3@ep.example", first_name="Cleo3",
             last_name="Colleague")  # fmt: skip
    deliver()
    answer = send(client, slug, 10)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert page.count("Confirmed") == 6 and page.count("On the waitlist") == 4
    mails = deliver()
    [receipt] = to(mails, "office@ep.example")
    said = text_of(receipt)
    assert "Cleo1 Colleague: Confirmed" in said
    assert "Cleo3 Colleague: nothing was changed; this person hears from us" in said
    assert "Cleo10 Colleague: On the waitlist, position 4" in said
    assert len(mails) == 11
    assert [str(m["Subject"]) for m in to(mails, "cleo3@ep.example")] == ["Your registrations"]
    listed = client.get(office_link(receipt)).get_data(as_text=True)
    assert "Cleo1 Colleague" in listed and "Cleo3 Colleague" not in listed
    known = in_database(app, select(Registration).where(Registration.first_name == "Cleo3"))[0]
    assert known.id not in in_database(app, select(Contact.registration_id))


def test_the_same_form_sent_twice_registers_and_tells_once(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    for _again in range(2):
        assert send(client, slug, 3, form_key="thesame").status_code == 303
    assert len(deliver()) == 4
    assert send(client, slug, 3, form_key="thesame").status_code == 303
    assert deliver() == []


def test_adding_and_removing_people_loses_nothing_and_errors_name_the_person(
    app: Flask, client: PortalClient
) -> None:
    slug = make(app, waitlist=False, capacity=2)
    page = f"/en/events/{slug}/register/group"
    more = post(client, page, OFFICE | {"order": "1"} | person(1) | {"more": "yes"})
    shown = more.get_data(as_text=True)
    assert more.status_code == 200
    assert 'value="Cleo1"' in shown and "Person 2" in shown and 'value="Omar Office"' in shown
    less = post(client, page, OFFICE | {"order": "1.2.3"} | person(1) | person(2) | person(3)
                         | {"remove": "2"})  # fmt: skip
    shown = less.get_data(as_text=True)
    assert 'value="Cleo1"' in shown and 'value="Cleo3"' in shown and 'value="Cleo2"' not in shown
    wrong = send(client, slug, 2, **{"person2-last_name": "", "person1-email": "nowhere"})
    shown = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "<title>Error:" in shown
    assert "Person 1: Enter an address like name@example.eu." in shown
    assert "Person 2: Enter the last name." in shown
    twice = send(client, slug, 2, **person(2, first_name="cleo1", email="CLEO1@ep.example"))
    assert "Person 2: This person stands in the form twice" in twice.get_data(as_text=True)
    full = send(client, slug, 3)
    assert full.status_code in (409, 422)
    assert "Person 3: " in full.get_data(as_text=True)
    assert in_database(app, select(Registration)) == []


def test_an_office_sees_and_changes_its_own_alone(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app, transferable=True)
    send(client, slug, 2)
    [mine] = to(deliver(), "office@ep.example")
    member(client, slug, email="other@ep.example", name="Otto Other")
    [theirs] = to(deliver(), "other@ep.example")
    page, foreign = office_link(mine), office_link(theirs)
    member_id = in_database(app, select(Registration.id).where(Registration.first_name == "Mia"))[0]
    assert "Mia" not in client.get(page).get_data(as_text=True)
    for act in ("details", "withdrawal", "readers", "transfer"):
        assert client.get(f"{page}/{member_id}/{act}").status_code == 404
    assert client.get(f"{page[:-2]}xx").status_code == 404
    mia = f"{foreign}/{member_id}"
    colleague = {"first_name": "Carl", "last_name": "Colleague", "email": "carl@ep.example",
                 "organisation": "EP", "stakeholder_group": "mep_office", "country": "BE",
                 "language": "en"}  # fmt: skip
    assert client.submit(f"{mia}/transfer", colleague).status_code == 303
    mails = deliver()
    assert ("carl@ep.example", "Your place is confirmed", "REQUEST") in told(mails)
    assert ("mia@ep.example", "Your registration is withdrawn", "CANCEL") in told(mails)
    assert "Carl Colleague" in client.get(foreign).get_data(as_text=True)
    client.submit(foreign, {}, action="/link")
    assert client.get(foreign).status_code == 404
    [anew] = deliver()
    assert "Carl Colleague" in client.get(office_link(anew)).get_data(as_text=True)


def test_who_says_i_did_not_register_is_forgotten_and_the_office_is_told_without_a_name(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    member(client, slug, invites="both")
    mails = deliver()
    client.submit(f"{link_in(to(mails, 'mia@ep.example')[0])}/erasure", {})
    after = deliver()
    [theirs] = to(after, "office@ep.example")
    ended = "You do not act for this person any more"
    assert told([theirs]) == [("office@ep.example", ended, "CANCEL")]
    assert "Mia" not in text_of(theirs)
    assert in_database(app, select(Office)) == []
    gone = in_database(app, select(Registration))[0]
    assert gone.erased_at is not None


def test_a_plain_registration_asks_the_database_no_more(app: Flask, client: PortalClient) -> None:
    slug = make(app)
    client.get(f"/en/events/{slug}/register")
    with statements(app) as asked:
        client.get(f"/en/events/{slug}/register")
        register(client, slug)
    assert not [each for each in asked if "_contacts" in each or "offices" in each]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [("person", ["mia"]), ("office", ["office"]), ("both", ["mia", "office"])],
)
def test_organisers_letters_and_reminders_follow_the_choice(
    app: Flask, client: PortalClient, deliver: Deliver, letters: str, expected: list[str]
) -> None:
    slug = make(app)
    member(client, slug, letters=letters)
    deliver()
    with app.app_context(), transaction():
        event = event_of()
        circular = circulars.begin(event, {}, by=COMMAND, now=now())
        words = {"en": "Dear {first_name}, see {manage_link}"}
        circular.subject, circular.body = {"en": "News"}, words
        circulars.send(circular, by=COMMAND, now=now())
    mails = deliver()
    assert sorted(str(m["To"]).partition("@")[0] for m in mails) == expected
    for mail in mails:
        assert "Dear Mia" in text_of(mail)
        of_office = mail["To"] == "office@ep.example"
        assert ("/registrations/" in text_of(mail)) is not of_office
        assert ("/offices/" in text_of(mail)) is of_office


def test_who_acts_is_shown_filtered_exported_and_entered_at_the_desk(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    member(client, slug)
    register(client, slug)
    deliver()
    client = sign_in(app, make_user(app, "boss@example.org", slug))
    people = f"/desk/events/{slug}/registrations"
    everybody = client.get(people).get_data(as_text=True)
    assert "registered by Omar Office &lt;office@ep.example&gt;" in everybody
    some = client.get(f"{people}?by_office=yes").get_data(as_text=True)
    assert "Mia Member" in some and "Ada Lovelace" not in some
    file = client.get(f"{people}.csv").get_data(as_text=True)
    assert file.count("Omar Office <office@ep.example>") == 1
    [ada] = in_database(app, select(Registration.id).where(Registration.first_name == "Ada"))
    entered = {"name": "Olga", "email": "olga@ep.example", "letters": "office",
               "invites": "office", "language": "fr"}  # fmt: skip
    assert client.submit(f"{people}/{ada}/contact", entered, action="/contact").status_code == 303
    assert sorted((m["To"], method_of(m)) for m in deliver()) == [
        ("ada@example.org", "CANCEL"), ("olga@ep.example", "REQUEST"),
    ]  # fmt: skip
    assert "Olga (olga@ep.example)" in client.get(f"{people}/{ada}").get_data(as_text=True)


def test_the_address_of_who_acts_is_shown_and_erased_on_request(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    slug = make(app)
    member(client, slug, invites="office")
    deliver()
    client.submit("/en/your-data", {"email": "office@ep.example"})
    [letter] = deliver()
    found = re.search(r"https?://[^/\s]+(/en/your-data/[\w.\-]+)\s", text_of(letter))
    assert found
    assert "Omar Office" in client.get(found[1]).get_data(as_text=True)
    erased = client.submit(f"{found[1]}/erasure", {})
    assert erased.status_code in (200, 303)
    mails = deliver()
    assert ("mia@ep.example", "REQUEST") in [(m["To"], method_of(m)) for m in mails]
    [kept] = in_database(app, select(Contact))
    assert (kept.name, kept.email, kept.address_key) == ("", "", "")
    assert in_database(app, select(Office)) == []
    [mia] = in_database(app, select(Registration))
    assert mia.status == "confirmed" and mia.email == "mia@ep.example"
