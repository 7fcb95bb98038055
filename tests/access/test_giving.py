"""People are asked once, give by a link of its own, and are shown nothing of it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask

from portal.access import privacy
from portal.accounts.rules import TeamRole
from portal.db import db, transaction
from portal.registrations.models import Registration
from tests.access.door import (
    CANARY,
    CUT_OFF,
    GIVES,
    SETTINGS,
    give,
    kept,
    link_in,
    links,
    sealed_number,
    standing,
    switch_on,
)
from tests.desk.front_door import act, make_user, sign_in, words
from tests.desk.people import LIST as PEOPLE
from tests.desk.people import acts, comes, event_of
from tests.factories import JANUARY
from tests.harness.client import PortalClient
from tests.harness.mails import html_of, text_of
from tests.registrations.front_door import link_in as own_link_in

Deliver = Callable[[], list[EmailMessage]]


def test_who_has_a_place_is_asked_once_in_their_language(
    organiser: PortalClient, people: dict[str, int], deliver: Deliver
) -> None:
    page = words(organiser.get(SETTINGS))
    assert "2 people have a place on the spot and get a letter each" in page
    assert "Switch it on and write 2 letters" in page
    switch_on(organiser)
    mails = deliver()
    assert sorted(links(mails)) == ["ada", "bob"]
    ada = next(mail for mail in mails if "ada@" in str(mail["To"]))
    assert ada["Subject"] == "The building asks for your data: Trust in microcredentials"
    assert "Security service of the Parliament" in text_of(ada)
    assert "Bring the document along." in text_of(ada) and "Bring the document" in html_of(ada)
    assert "11 January 2027, 12:00, Brussels time" in text_of(ada)
    assert "21 January 2027" in text_of(ada)
    assert link_in(ada) in html_of(ada)
    bob = next(mail for mail in mails if "bob@" in str(mail["To"]))
    assert "Service de sécurité du Parlement" in text_of(bob)
    assert deliver() == []


def test_who_gets_a_place_later_is_asked_then_and_after_the_news_of_it(
    app: Flask, client: PortalClient, asked: list[EmailMessage], deliver: Deliver
) -> None:
    client.submit(f"{own(asked, 'ada')}/withdrawal")
    mails = [mail for mail in deliver() if "cid@" in str(mail["To"])]
    assert [str(mail["Subject"]).partition(":")[0] for mail in mails] == [
        "A place was found for you", "The building asks for your data",
    ]  # fmt: skip


def test_what_is_given_is_shown_to_nobody_and_can_be_replaced_and_removed(
    app: Flask, client: PortalClient, people: dict[str, int], asked: list[EmailMessage]
) -> None:
    link = links(asked)["ada"]
    empty = client.get(link)
    assert standing(empty) == "missing"
    for name in ("bday-day", "bday-month", "bday-year"):
        assert f'autocomplete="{name}"' in empty.get_data(as_text=True)
    page = give(client, link, document_number=f" {CANARY.lower()} ")
    assert standing(page) == "given" and CANARY not in page.get_data(as_text=True).upper()
    assert "1985" not in page.get_data(as_text=True).partition("As in 27 3 1985.")[2]
    own_page = client.get(own(asked, "ada"))
    assert "What it asks for is given." in words(own_page)
    assert CANARY not in own_page.get_data(as_text=True)
    give(client, link, document_number="OTHER 2")
    with app.app_context():
        ada = db.session.get_one(Registration, people["ada"])
        (held,) = privacy.held(ada)["access_list"]
        assert held["given"] == {
            "birth_date": "1985-03-27", "nationality": "BE", "document_kind": "passport",
            "document_number": "OTHER 2",
        }  # fmt: skip
    client.submit(f"{link}/removal")
    assert standing(client.get(link)) == "missing" and sealed_number(app) == 0
    assert [name for name, _ in acts(app, people["ada"])][-3:] == [
        "access.given", "access.given", "access.removed",
    ]  # fmt: skip


MISTAKES: tuple[tuple[dict[str, str | None], str], ...] = (
    ({"birth_date-month": ""}, "Enter your date of birth with day, month and year"),
    ({"birth_date-year": "85x"}, "Write day, month and year as numbers"),
    ({"birth_date-day": "31", "birth_date-month": "2"}, "There is no such day."),
    ({"birth_date-year": "2027"}, "This day is still to come."),
    ({"birth_date-year": "1885"}, "This is more than 120 years ago."),
    ({"nationality": ""}, "Choose your nationality."),
    ({"nationality": "EU"}, "Choose a country from the list."),
    ({"document_kind": None}, "Choose a document."),
    ({"document_number": ""}, "Enter the number of the document."),
    ({"document_number": "=1+1"}, "Write the number as it stands in the document"),
    ({"document_number": "PASSPORT"}, "Write the number as it stands in the document"),
    ({"csrf_token": "stale"}, "Send the form once more"),
)


def test_a_mistake_is_named_and_nothing_typed_is_lost(
    app: Flask, client: PortalClient, asked: list[EmailMessage]
) -> None:
    for typed, sentence in MISTAKES:
        page = client.submit(links(asked)["ada"], GIVES | typed)
        html = page.get_data(as_text=True)
        assert page.status_code == 422 and "<title>Error:" in html, typed
        assert sentence in words(page)
        left = {name: value for name, value in GIVES.items() if name not in typed}
        assert all(f'value="{value}"' in html for value in left.values()), typed
    assert sealed_number(app) == 0


def test_a_number_is_taken_in_the_letters_of_its_document(
    app: Flask, client: PortalClient, people: dict[str, int], asked: list[EmailMessage]
) -> None:
    for typed, kept_as in (
        ("ΑΒ 123456", "ΑΒ 123456"),
        ("ак 0912", "АК 0912"),
        ("Ａ１２３", "A123"),
    ):
        assert standing(give(client, links(asked)["ada"], document_number=typed)) == "given"
        with app.app_context():
            ada = db.session.get_one(Registration, people["ada"])
            (held,) = privacy.held(ada)["access_list"]
            assert held["given"]["document_number"] == kept_as
    for wrong in ("A" * 31 + "1", "A_1", "ΑΒΓ"):
        page = client.submit(links(asked)["ada"], GIVES | {"document_number": wrong})
        assert page.status_code == 422 and "3 to 30 letters and numbers" in words(page), wrong


def test_one_second_after_the_cut_off_it_is_late_and_the_page_says_so(
    app: Flask, client: PortalClient, asked: list[EmailMessage], clock: object
) -> None:
    ada, bob = (links(asked)[name] for name in ("ada", "bob"))
    clock.move_to(CUT_OFF)  # type: ignore[attr-defined]
    passed = "The cut-off has passed"
    assert passed not in words(client.get(ada))
    assert standing(give(client, ada)) == "given"
    clock.move_to(CUT_OFF + timedelta(seconds=1))  # type: ignore[attr-defined]
    english = bob.replace("/fr/", "/en/")
    assert passed in words(client.get(english))
    assert standing(give(client, bob)) == "late"
    assert standing(client.get(ada)) == "given"
    assert standing(give(client, ada, document_number="NEW1")) == "late"
    clock.move_to(JANUARY - timedelta(seconds=1))  # type: ignore[attr-defined]
    assert client.get(ada).status_code == 200
    clock.move_to(JANUARY)  # type: ignore[attr-defined]
    assert "asks for nothing at present" in words(client.get(ada))


@pytest.mark.parametrize("when", ["begun", "postponed"])
def test_what_is_kept_can_be_taken_back_when_nothing_is_asked_any_more(
    app: Flask, client: PortalClient, organiser: PortalClient, asked: list[EmailMessage],
    deliver: Deliver, clock: object, when: str,
) -> None:  # fmt: skip
    """From the start to the day of erasing, and while the event has no day."""
    link, other = links(asked)["ada"], links(asked)["bob"].replace("/fr/", "/en/")
    give(client, link)
    form = client.get(link)
    if when == "begun":
        clock.move_to(JANUARY)  # type: ignore[attr-defined]
    else:
        act(organiser, "/desk/events/trust/postponement")
    assert client.submit(form, GIVES).status_code == 409
    page = client.get(link)
    assert standing(page) == "given" and "unless you erase it now" in words(page)
    assert "Your data" not in page.get_data(as_text=True).partition("<form")[0]
    assert "nothing that you gave is kept" in words(client.get(other))
    mine = words(client.get(own(asked, "ada")))
    assert "What you gave for the door is kept until" in mine
    assert "Erase what I gave for the door…" in mine
    sent = client.submit(f"{link}/removal")
    assert "Your data are erased" in words(client.get(sent.headers["Location"]))
    assert sealed_number(app) == 0
    assert "The door of the building" not in words(client.get(own(asked, "ada")))


def test_the_link_is_no_link_to_the_registration_and_the_other_way_round(
    client: PortalClient, asked: list[EmailMessage]
) -> None:
    door, page = links(asked)["ada"], own(asked, "ada")
    assert client.get(f"/en/registrations/{door.rpartition('/')[2]}").status_code == 404
    assert client.get(f"/en/access-list/{page.rpartition('/')[2]}").status_code == 404
    assert client.get(door[:-1]).status_code == 404


def test_another_address_gets_another_link_and_the_old_one_is_dead(
    app: Flask, client: PortalClient, asked: list[EmailMessage], deliver: Deliver
) -> None:
    old = links(asked)["ada"]
    give(client, old)
    client.submit(f"{own(asked, 'ada')}/details", {"email": "augusta@example.org"})
    assert client.get(old).status_code == 404
    new = links(deliver())
    assert list(new) == ["augusta"] and standing(client.get(new["augusta"])) == "given"


@pytest.mark.parametrize("how", ["withdrawal", "erasure", "declined", "online"])
def test_who_does_not_come_is_erased_at_once(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage], deliver: Deliver, how: str,
) -> None:  # fmt: skip
    link = links(asked)["ada"]
    give(client, link)
    match how:
        case "declined":
            act(organiser, f"{PEOPLE}/{people['ada']}/refusal")
        case "online":
            act(organiser, "/desk/events/trust/move-online", {"joining_url": ""})
            form = organiser.submit("/desk/events/trust/move-online", action="/move-online")
            organiser.submit(form, {"step": "act"}, action="/move-online")
        case _:
            client.submit(f"{own(asked, 'ada')}/{how}")
    assert client.get(link).status_code == 404
    deliver()
    assert sealed_number(app) == 0


def test_who_comes_back_is_asked_again(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage], deliver: Deliver,
) -> None:  # fmt: skip
    give(client, links(asked)["ada"])
    act(organiser, f"{PEOPLE}/{people['ada']}/refusal")
    deliver()
    with app.app_context(), transaction():
        event_of().capacity = 5
    organiser.submit(f"{PEOPLE}/{people['ada']}", action="/approval")
    assert standing(client.get(links(deliver())["ada"])) == "missing"


def test_who_is_missing_is_reminded_once_before_the_cut_off(
    client: PortalClient, asked: list[EmailMessage], deliver: Deliver, clock: object
) -> None:
    give(client, links(asked)["bob"])
    clock.move_to(CUT_OFF - timedelta(days=2, seconds=1))  # type: ignore[attr-defined]
    assert deliver() == []
    clock.move_to(CUT_OFF - timedelta(days=2))  # type: ignore[attr-defined]
    (mail,) = deliver()
    assert (mail["To"], mail["Subject"]) == (
        "ada@example.org",
        "Your data for the building are still missing: Trust in microcredentials",
    )
    assert link_in(mail) == links(asked)["ada"]
    clock.move_to(CUT_OFF - timedelta(hours=1))  # type: ignore[attr-defined]
    assert deliver() == []


def test_an_organiser_reminds_with_the_number_of_letters_before(
    client: PortalClient, organiser: PortalClient, asked: list[EmailMessage], deliver: Deliver
) -> None:
    give(client, links(asked)["bob"])
    page = organiser.get("/desk/events/trust/access-list/reminders")
    assert "1 person was asked and has given nothing." in words(page)
    organiser.submit(page, action="/reminders")
    assert list(links(deliver())) == ["ada"]
    give(client, links(asked)["ada"])
    again = organiser.get("/desk/events/trust/access-list/reminders")
    assert "Nobody who was asked is missing." in words(again)


def test_who_comes_online_only_is_not_asked(
    app: Flask, organiser: PortalClient, deliver: Deliver
) -> None:
    from portal.events.rules import Format
    from portal.registrations.rules import Attendance

    with app.app_context(), transaction():
        event = event_of()
        event.format, event.capacity = Format.HYBRID, 9
    comes(app, "dan", attendance=Attendance.ONLINE)
    comes(app, "eve", attendance=Attendance.IN_PERSON)
    deliver()
    switch_on(organiser)
    assert "dan" not in (asked := links(deliver())) and "eve" in asked


def test_a_letter_that_cannot_be_written_is_seen_and_blocks_nobody(
    app: Flask, organiser: PortalClient, people: dict[str, int], deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from portal.access import letters

    token = letters.token

    def failing(registration: Registration) -> str:
        if registration.id == people["ada"]:
            raise ValueError
        return token(registration)

    with monkeypatch.context() as broken:
        broken.setattr(letters, "token", failing)
        switch_on(organiser)
        assert list(links(deliver())) == ["bob"]
    page = organiser.get(f"{PEOPLE}/{people['ada']}")
    assert "A letter to this person could not be written" in words(page)
    organiser.submit(page, action="/letter")
    assert list(links(deliver())) == ["ada"]


def test_the_persons_page_at_the_desk_says_only_whether_it_is_there(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage],
) -> None:  # fmt: skip
    where = f"{PEOPLE}/{people['ada']}"
    assert "Access list of the building Missing" in words(organiser.get(where))
    give(client, links(asked)["ada"])
    page = organiser.get(where)
    assert "Access list of the building Given" in words(page)
    assert CANARY not in page.get_data(as_text=True)
    reader = sign_in(app, make_user(app, "rita@example.org", "trust", role=TeamRole.READER))
    assert CANARY not in reader.get(where).get_data(as_text=True)


def own(mails: list[EmailMessage], name: str) -> str:
    """The page of this person's registration."""
    mail = next(each for each in mails if str(each["To"]).startswith(f"{name}@"))
    return own_link_in(mail)


def test_two_keys_open_and_a_foreign_one_says_so(
    app: Flask, client: PortalClient, organiser: PortalClient, people: dict[str, int],
    asked: list[EmailMessage],
) -> None:  # fmt: skip
    from cryptography.fernet import Fernet

    from portal.sealing import FILE, init_sealing

    give(client, links(asked)["ada"])
    settings = app.extensions["portal"]
    file = settings.data_dir / FILE
    assert file.stat().st_mode & 0o777 == 0o600
    old, new = file.read_text().strip(), Fernet.generate_key().decode()
    file.write_text(f"{new}\n{old}\n")
    init_sealing(app, settings)
    assert "People on the list 1" in words(organiser.get("/desk/events/trust/access-list/export"))
    file.write_text(f"{new}\n")
    init_sealing(app, settings)
    refused = organiser.get("/desk/events/trust/access-list/export")
    assert refused.status_code == 409 and "cannot be read" in words(refused)
    with app.app_context():
        ada = db.session.get_one(Registration, people["ada"])
        assert privacy.held(ada)["access_list"][0]["given"] == "unreadable"
    file.write_text(f"{old}\n")
    init_sealing(app, settings)
    with app.app_context(), transaction():
        _found, (line, other) = kept(app)
        other.sealed, other.given_at = line.sealed, line.given_at
    assert organiser.get("/desk/events/trust/access-list/export").status_code == 409
