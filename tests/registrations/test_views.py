"""Registering, and one's own registration, through the front door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock as portal_clock
from portal.audit.models import Entry
from portal.db import db, transaction
from portal.events.models import Event
from portal.events.rules import Format, State
from portal.registrations.models import Registration
from portal.registrations.rules import NOTICE_VERSION
from tests.factories import JANUARY, make_event
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, html_of, text_of
from tests.registrations.front_door import (
    ADA,
    link_in,
    property_of,
    register,
    status_of,
    told,
)

Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def event(app: Flask, clock: object) -> str:
    with app.app_context(), transaction():
        return make_event(slug="trust", capacity=1).slug


def rows(app: Flask) -> list[tuple[str, str, int | None]]:
    with app.app_context():
        found = db.session.scalars(select(Registration).order_by(Registration.id)).all()
        return [(each.email, each.status.value, each.queue_number) for each in found]


def test_the_first_gets_the_place_and_the_second_joins_the_line(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    assert status_of(register(client, event)) == "confirmed"
    assert (
        status_of(register(client, event, last_name="Byron", email="b@example.org")) == "waitlisted"
    )
    assert told(deliver()) == [
        ("ada@example.org", "Your place is confirmed", "REQUEST"),
        ("b@example.org", "You are on the waitlist", ""),
    ]


def test_a_repeated_post_gets_the_same_answer_and_makes_one_registration(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    page = client.get(f"/en/events/{event}/register")
    answers = [client.submit(page, ADA) for _ in range(5)]
    assert [status_of(client.get(a.headers["Location"])) for a in answers] == ["confirmed"] * 5
    assert len(rows(app)) == 1
    assert len(deliver()) == 1


def test_four_spellings_of_an_address_are_one_person(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    for address in ("ada@example.org", "Ada@Example.ORG", " ada@EXAMPLE.org ", "ADA@example.org"):
        register(client, event, email=address)
    assert rows(app) == [("ada@example.org", "confirmed", None)]


def test_an_international_domain_is_one_mailbox_in_both_spellings(
    app: Flask, client: PortalClient, event: str
) -> None:
    register(client, event, email="ada@bücher.example.org")
    register(client, event, email="ada@xn--bcher-kva.example.org")
    assert [row[0] for row in rows(app)] == ["ada@xn--bcher-kva.example.org"]


def test_two_colleagues_who_share_a_mailbox_are_two(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event, email="office@example.org")
    register(client, event, email="office@example.org", first_name="Charles", last_name="Babbage")
    assert [row[1] for row in rows(app)] == ["confirmed", "waitlisted"]
    assert len(deliver()) == 2


def test_who_is_registered_sees_what_a_newcomer_sees_and_the_letter_tells_the_truth(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    deliver()
    again = register(client, event)
    newcomer = register(client, event, email="new@example.org", last_name="Newcomer")
    assert status_of(again) == status_of(newcomer) == "waitlisted"
    letters = {str(mail["To"]): mail for mail in deliver()}
    assert "Confirmed" in text_of(letters["ada@example.org"])
    assert rows(app)[0] == ("ada@example.org", "confirmed", None)


def test_the_answer_holds_no_link_and_no_position(client: PortalClient, event: str) -> None:
    register(client, event)
    page = register(client, event, email="b@example.org", last_name="Byron").get_data(as_text=True)
    assert "/registrations/link" in page
    assert page.count("/registrations/") == 1
    assert "data-position" not in page


def test_errors_keep_what_was_typed_and_lead_to_their_fields(
    app: Flask, client: PortalClient, event: str
) -> None:
    page = client.submit(
        f"/en/events/{event}/register", ADA | {"email": "ada", "country": "", "role": "<b>adviser"}
    )
    html = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "<title>Error: " in html
    assert 'href="#email"' in html and 'href="#country"' in html
    assert 'value="ada"' in html and "&lt;b&gt;adviser" in html
    assert 'aria-invalid="true"' in html
    assert rows(app) == []


@pytest.mark.parametrize(
    ("needs", "consent"), [("access_needs", "access_consent"), ("diet", "diet_consent")]
)
def test_needs_without_their_consent_are_refused_in_a_sentence(
    app: Flask, client: PortalClient, event: str, needs: str, consent: str
) -> None:
    page = client.submit(f"/en/events/{event}/register", ADA | {needs: "step-free access"})
    assert page.status_code == 422
    assert f'href="#{consent}"' in page.get_data(as_text=True)
    page = client.submit(
        f"/en/events/{event}/register", ADA | {needs: "step-free access", consent: "y"}
    )
    assert page.status_code == 303
    with app.app_context():
        kept = db.session.scalars(select(Registration)).one()
        assert getattr(kept, needs) == "step-free access"
        proof = kept.consents[consent]
        assert (proof["version"], proof["notice"]) == (NOTICE_VERSION, kept.notice_version)
        assert set(kept.consents) == {consent}


def test_needs_are_not_asked_of_those_who_come_online(
    app: Flask, client: PortalClient, clock: object
) -> None:
    with app.app_context(), transaction():
        make_event(slug="online", format=Format.ONLINE, venue="", address="")
    page = client.get("/en/events/online/register").get_data(as_text=True)
    assert 'name="access_needs"' not in page and 'name="diet"' not in page
    assert status_of(register(client, "online")) == "confirmed"


def test_a_hybrid_event_asks_how_one_takes_part(
    app: Flask, client: PortalClient, clock: object
) -> None:
    with app.app_context(), transaction():
        make_event(slug="hybrid", format=Format.HYBRID)
    page = client.submit("/en/events/hybrid/register", ADA)
    assert page.status_code == 422
    register(client, "hybrid", attendance="online", access_needs="a chair", access_consent="y")
    with app.app_context():
        kept = db.session.scalars(select(Registration)).one()
        assert (kept.attendance.value, kept.access_needs, kept.consents) == ("online", "", {})


def test_a_stale_form_loses_nothing(client: PortalClient, event: str) -> None:
    page = client.submit(f"/en/events/{event}/register", ADA | {"csrf_token": "stale"})
    assert page.status_code == 422
    assert 'value="Lovelace"' in page.get_data(as_text=True)
    assert client.submit(page).status_code == 303


def test_the_form_still_works_the_next_morning(
    client: PortalClient, event: str, clock: object
) -> None:
    page = client.get(f"/en/events/{event}/register")
    clock.shift(timedelta(hours=15))  # type: ignore[attr-defined]
    assert client.submit(page, ADA).status_code == 303


def test_a_form_whose_cookie_is_gone_says_what_to_do_and_loses_nothing(
    app: Flask, client: PortalClient, event: str
) -> None:
    form = client.get(f"/fr/events/{event}/register")
    stranger = app.test_client()
    page = stranger.submit(form, ADA)  # type: ignore[attr-defined]
    html = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "Renvoyez le formulaire" in html
    assert 'value="Lovelace"' in html
    assert "CSRF" not in html and "#csrf_token" not in html
    assert stranger.submit(page).status_code == 303  # type: ignore[attr-defined]


def test_details_whose_cookie_is_gone_are_kept_as_well(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    form = client.get(f"{link_in(deliver()[0])}/details")
    page = app.test_client().submit(form, {"role": "poet"})  # type: ignore[attr-defined]
    assert page.status_code == 422
    assert 'value="poet"' in page.get_data(as_text=True)


def test_who_was_taken_for_a_robot_presses_once_more(client: PortalClient, event: str) -> None:
    page = client.submit(f"/en/events/{event}/register", ADA | {"website": "https://x.example"})
    html = page.get_data(as_text=True)
    assert page.status_code == 422
    assert "send the form once more" in html
    assert "x.example" not in html and "#website" not in html
    assert client.submit(page).status_code == 303


def test_a_door_that_closed_meanwhile_loses_nothing(
    app: Flask, client: PortalClient, event: str
) -> None:
    form = client.get(f"/en/events/{event}/register")
    with app.app_context(), transaction() as session:
        session.execute(update(Event).values(registration_closes_at=portal_clock.now()))
    page = client.submit(form, ADA)
    html = page.get_data(as_text=True)
    assert page.status_code == 409
    assert "Registration is closed" in html
    assert 'value="Lovelace"' in html
    assert f'href="/en/events/{event}/"' in html
    assert "place left" not in html


def test_saved_details_are_said_to_be_saved(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    sent = client.submit(f"{link_in(deliver()[0])}/details", {"role": "poet"})
    assert "Your details are saved" in client.get(sent.headers["Location"]).get_data(as_text=True)


def test_links_come_in_one_language(app: Flask, client: PortalClient, deliver: Deliver) -> None:
    with app.app_context(), transaction():
        for slug in ("one", "two"):
            make_event(slug=slug, title={"en": f"English {slug}", "fr": f"Français {slug}"})
    register(client, "one")
    register(client, "two", lang="fr")
    deliver()
    client.submit("/en/registrations/link", {"email": ADA["email"]})
    (letter,) = deliver()
    assert "Français" not in text_of(letter) + html_of(letter)
    assert "/fr/" not in text_of(letter)


def test_the_trap_for_robots_says_so(app: Flask, client: PortalClient, event: str) -> None:
    page = client.submit(f"/en/events/{event}/register", ADA | {"website": "http://spam.example"})
    assert page.status_code == 422
    assert rows(app) == []


def test_what_cannot_be_seen_is_cleaned_away(app: Flask, client: PortalClient, event: str) -> None:
    register(
        client, event, last_name="Love\u202elace\u2028", organisation="A\u200bnalytical\tSociety"
    )
    with app.app_context():
        kept = db.session.scalars(select(Registration)).one()
        assert (kept.last_name, kept.organisation) == ("Lovelace", "Analytical Society")


def test_a_name_of_nothing_visible_is_missing(client: PortalClient, event: str) -> None:
    page = client.submit(f"/en/events/{event}/register", ADA | {"last_name": "\u200b\u200b"})
    assert page.status_code == 422
    assert "Enter your last name." in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("facts", "moment", "sentence"),
    [
        ({"registration_opens_at": JANUARY - timedelta(days=10)}, None, "Registration opens on"),
        ({}, JANUARY - timedelta(days=1), "Registration is closed"),
        ({}, JANUARY + timedelta(minutes=1), "Over"),
        ({"state": State.POSTPONED}, None, "Postponed"),
        ({"state": State.CANCELLED}, None, "Cancelled"),
        ({"capacity": 0}, None, "Registration is closed"),
    ],
)
def test_a_closed_door_says_why_and_takes_nobody(
    app: Flask,
    client: PortalClient,
    clock: object,
    facts: dict[str, object],
    moment: datetime | None,
    sentence: str,
) -> None:
    with app.app_context(), transaction():
        make_event(slug="door", **({"registration_closes_at": JANUARY - timedelta(days=2)} | facts))
        make_event(slug="open", starts_at=JANUARY + timedelta(days=300))
    form = client.get("/en/events/open/register")
    if moment:
        clock.move_to(moment)  # type: ignore[attr-defined]
    page = client.get("/en/events/door/register")
    assert sentence in page.get_data(as_text=True)
    data = ADA | {"csrf_token": _token(form)}
    assert client.post("/en/events/door/register", data=data).status_code == 409
    assert rows(app) == []


def _token(page: object) -> str:
    from tests.harness.client import find_form

    return find_form(page).values["csrf_token"][0]  # type: ignore[arg-type]


def test_full_without_waitlist_says_that_it_is_full(
    app: Flask, client: PortalClient, clock: object
) -> None:
    with app.app_context(), transaction():
        make_event(slug="full", capacity=1, waitlist=False)
    page = client.get("/en/events/full/register")
    register(client, "full")
    late = client.submit(page, ADA | {"last_name": "Late", "email": "late@example.org"})
    assert late.status_code == 409
    assert "All places are taken" in late.get_data(as_text=True)


def test_an_empty_capacity_is_unlimited(app: Flask, client: PortalClient, clock: object) -> None:
    with app.app_context(), transaction():
        make_event(slug="wide", capacity=None)
    answers = [
        status_of(register(client, "wide", email=f"a{n}@example.org", last_name=f"A{n}"))
        for n in range(3)
    ]
    assert answers == ["confirmed"] * 3


def test_drafts_are_not_registrable(app: Flask, client: PortalClient, clock: object) -> None:
    with app.app_context(), transaction():
        make_event(slug="draft", state=State.DRAFT)
    assert client.get("/en/events/draft/register").status_code == 404
    assert client.post("/en/events/draft/register", data=ADA).status_code == 404


def test_approval_makes_everybody_wait_for_a_decision(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="chosen", approval=True, capacity=1)
    assert status_of(register(client, "chosen")) == "pending"
    assert told(deliver()) == [("ada@example.org", "Registration received", "")]


def test_the_own_page_shows_the_true_state(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    register(client, event, email="b@example.org", last_name="Byron")
    first, second = (client.get(link_in(mail)) for mail in deliver())
    assert (status_of(first), status_of(second)) == ("confirmed", "waitlisted")
    assert 'data-position="1"' in second.get_data(as_text=True)
    assert "when somebody gives a place back" in second.get_data(as_text=True)
    assert second.headers["Cache-Control"] == "no-store"
    assert second.headers["Referrer-Policy"] == "no-referrer"


def test_a_place_given_back_goes_to_the_first_in_line_at_once(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    for number in range(3):
        register(client, event, email=f"a{number}@example.org", last_name=f"A{number}")
    links = [link_in(mail) for mail in deliver()]
    page = client.submit(f"{links[0]}/withdrawal")
    assert status_of(client.get(page.headers["Location"])) == "withdrawn"
    stranger = register(client, event, email="late@example.org", last_name="Late")
    assert status_of(stranger) == "waitlisted"
    assert [status for _, status, _ in rows(app)] == [
        "withdrawn", "confirmed", "waitlisted", "waitlisted",
    ]  # fmt: skip
    assert told(deliver()) == [
        ("a0@example.org", "Your registration is withdrawn", "CANCEL"),
        ("a1@example.org", "A place was found for you", "REQUEST"),
        ("late@example.org", "You are on the waitlist", ""),
    ]


def test_who_withdrew_comes_back_at_the_end_of_the_line_with_a_rising_sequence(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    (confirmed,) = deliver()
    client.submit(f"{link_in(confirmed)}/withdrawal")
    done = client.get(f"{link_in(confirmed)}/withdrawal").text
    assert "This registration is withdrawn already." in done
    assert "<button" not in done.partition("<main")[2]
    (cancelled,) = deliver()
    assert status_of(register(client, event)) == "confirmed"
    (again,) = deliver()
    calendars = [calendar_of(mail) or b"" for mail in (confirmed, cancelled, again)]
    assert [property_of(c, "SEQUENCE") for c in calendars] == ["0", "1", "2"]
    assert len({property_of(c, "UID") for c in calendars}) == 1
    stamps = [property_of(c, "DTSTAMP") for c in calendars]
    assert stamps == sorted(set(stamps))


def test_opening_a_link_changes_nothing(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    link = link_in(deliver()[0])
    for path in ("", "/details", "/withdrawal", "/erasure", "/calendar.ics"):
        assert client.get(link + path).status_code == 200
    assert client.get(link + "/join").status_code == 405
    assert rows(app) == [("ada@example.org", "confirmed", None)]
    assert deliver() == []


def test_a_tampered_or_foreign_link_gives_a_clear_page(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    link = link_in(deliver()[0])
    for bad in (
        link[:-1],
        link + "x",
        "/en/registrations/x.y",
        link.replace("/en/registrations/", "/en/registrations/."),
    ):
        page = client.get(bad)
        assert page.status_code == 404, bad
        assert "This link does not work" in page.get_data(as_text=True)
        assert 'href="/en/registrations/link"' in page.get_data(as_text=True)
        assert client.post(bad + "/withdrawal").status_code in (400, 404)
    assert rows(app)[0][1] == "confirmed"


def test_details_can_be_changed_until_the_deadline(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="until", changes_until=JANUARY - timedelta(days=3))
    register(client, "until")
    link = link_in(deliver()[0])
    done = client.submit(f"{link}/details", {"organisation": "Royal Society", "list_consent": "y"})
    assert done.status_code == 303
    assert "Royal Society" in client.get(link).get_data(as_text=True)
    assert told(deliver()) == [("ada@example.org", "Your details are changed", "")]
    form = client.get(f"{link}/details")
    clock.move_to(JANUARY - timedelta(days=2))  # type: ignore[attr-defined]
    client.submit(form, {"organisation": "Too Late"})
    assert "Royal Society" in client.get(link).get_data(as_text=True)
    assert "The time to change details ended on" in client.get(link).get_data(as_text=True)


def test_nothing_changed_means_no_write_and_no_letter(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event, list_consent="y")
    link = link_in(deliver()[0])
    assert client.submit(f"{link}/details").status_code == 303
    assert deliver() == []
    with app.app_context():
        acts = db.session.scalars(select(Entry.act).where(Entry.subject == "registrations")).all()
        assert acts == ["registration.made"]


def test_wrong_corrections_are_refused_and_kept_in_view(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    link = link_in(deliver()[0])
    page = client.submit(f"{link}/details", {"email": "nowhere", "role": "poet"})
    assert page.status_code == 422
    assert 'value="poet"' in page.get_data(as_text=True)


def test_a_changed_address_moves_invite_and_link(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    (first,) = deliver()
    link = link_in(first)
    client.submit(f"{link}/details", {"email": "new@example.org"})
    letters = deliver()
    assert told(letters) == [
        ("ada@example.org", "Another address for your registration", "CANCEL"),
        ("new@example.org", "Your details are changed", "REQUEST"),
    ]
    assert "/registrations/" not in text_of(letters[0])
    assert client.get(link).status_code == 404
    assert status_of(client.get(link_in(letters[1]))) == "confirmed"


def test_somebody_else_registered_me(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    link = link_in(deliver()[0])
    page = client.submit(f"{link}/erasure")
    assert page.status_code == 200
    (letter,) = deliver()
    assert told([letter]) == [("ada@example.org", "Your registration is deleted", "CANCEL")]
    assert "/registrations/" not in text_of(letter) + html_of(letter)
    assert "Lovelace" not in text_of(letter) + html_of(letter)
    assert client.get(link).status_code == 404
    with app.app_context():
        kept = db.session.scalars(select(Registration)).one()
        values = " ".join(str(v) for v in vars(kept).values())
        assert "ada@" not in values and "Lovelace" not in values and kept.erased_at
    assert status_of(register(client, event)) == "confirmed"


def test_one_mail_has_all_registrations_of_an_address(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(slug="second", title={"en": "Second event"})
    register(client, event)
    register(client, "second")
    links = {link_in(mail) for mail in deliver()}
    known = client.submit("/en/registrations/link", {"email": "ADA@example.org"})
    known = client.get(known.headers["Location"])
    (letter,) = deliver()
    assert links <= set(_paths(text_of(letter)))
    assert text_of(letter).count("Monday 18 January 2027, 14:00 to 17:30") == 2
    assert text_of(letter).count("For: Ada Lovelace") == 2
    unknown = client.submit("/en/registrations/link", {"email": "nobody@example.org"})
    unknown = client.get(unknown.headers["Location"])
    assert deliver() == []
    assert _without(known, "A…@example.org") == _without(unknown, "n…@example.org")


def _paths(text: str) -> list[str]:
    return [
        word.removeprefix("http://localhost") for word in text.split() if "/registrations/" in word
    ]


def _without(page: object, address: str) -> str:
    return page.get_data(as_text=True).replace(address, "")  # type: ignore[attr-defined]


@pytest.mark.settings(PORTAL_LIMITS="mail=2/hour")
def test_too_many_asks_make_no_more_letters_and_the_page_stays_the_same(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    deliver()
    for _ in range(4):
        page = client.submit("/en/registrations/link", {"email": "ada@example.org"})
        assert page.status_code == 303
        deliver_count = len(deliver())
    assert deliver_count == 0


@pytest.mark.settings(PORTAL_LIMITS="register=2/hour")
def test_too_many_forms_of_a_network_are_refused_with_a_word_when(
    client: PortalClient, event: str
) -> None:
    for number in range(2):
        register(client, event, email=f"a{number}@example.org")
    page = client.submit(f"/en/events/{event}/register", ADA)
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0


def test_the_joining_link_is_for_the_confirmed_from_its_time_on(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    secret = "https://meet.example.org/secret-room"
    with app.app_context(), transaction():
        make_event(
            slug="online", format=Format.ONLINE, venue="", address="", capacity=1,
            joining_url=secret, joining_minutes=30,
        )  # fmt: skip
    register(client, "online")
    register(client, "online", email="b@example.org", last_name="Byron")
    mails = deliver()
    confirmed, waitlisted = (link_in(mail) for mail in mails)
    page = client.get(confirmed)
    assert "Show the link to join" not in page.get_data(as_text=True)
    clock.move_to(JANUARY - timedelta(minutes=31))  # type: ignore[attr-defined]
    early = client.post(
        f"{confirmed}/join", data={"csrf_token": _token(client.get(f"{confirmed}/withdrawal"))}
    )
    assert early.status_code == 409
    clock.move_to(JANUARY - timedelta(minutes=29))  # type: ignore[attr-defined]
    shown = client.submit(confirmed, action="/join")
    assert secret in shown.get_data(as_text=True)
    token = _token(client.get(f"{waitlisted}/withdrawal"))
    refused = client.post(f"{waitlisted}/join", data={"csrf_token": token})
    assert refused.status_code == 409
    everything = [
        client.get(p)
        for p in (confirmed, waitlisted, "/en/events/online/join", "/en/events/online/register")
    ]
    assert not any(secret in page.get_data(as_text=True) for page in everything)
    assert not any(
        secret in (text_of(m) + html_of(m) + (calendar_of(m) or b"").decode()) for m in mails
    )


def test_the_way_in_mails_the_registered_a_fresh_link_and_strangers_nothing(
    app: Flask, client: PortalClient, clock: object, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        make_event(
            slug="online", format=Format.ONLINE, venue="", address="",
            joining_url="https://meet.example.org/room",
        )  # fmt: skip
    register(client, "online")
    link = link_in(deliver()[0])
    client.submit("/en/events/online/join", {"email": "ada@example.org"})
    client.submit("/en/events/online/join", {"email": "stranger@example.org"})
    (letter,) = deliver()
    assert link in text_of(letter)


def test_letters_and_invites_come_in_the_language_of_the_form(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event, lang="fr")
    (letter,) = deliver()
    assert letter["Content-Language"] == "fr"
    assert '<html lang="fr"' in html_of(letter)
    assert "/fr/registrations/" in text_of(letter)
    summary = property_of(calendar_of(letter) or b"", "SUMMARY")
    assert summary == "La confiance dans les microcertifications"


def test_every_letter_names_date_time_zone_place_and_link(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    (letter,) = deliver()
    for words in (text_of(letter), html_of(letter)):
        assert "Monday 18 January 2027, 14:00 to 17:30, Brussels time (CET, UTC+1)" in words
        assert "House of Skills, Rue de la Formation 1, Brussels" in words
        assert "/en/registrations/" in words


def test_a_name_cannot_put_a_link_into_a_letter(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event, first_name="Win at", last_name="https://evil.example/www.x.test <b>")
    (letter,) = deliver()
    assert "://evil" not in text_of(letter) and "://evil" not in html_of(letter)
    assert "<b>" not in html_of(letter)
    assert "evil" not in str(letter["Subject"])


def test_the_calendar_file_of_ones_own_page_has_the_uid_of_the_mail(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    (letter,) = deliver()
    octets = client.get(f"{link_in(letter)}/calendar.ics").get_data()
    assert property_of(octets, "UID") == property_of(calendar_of(letter) or b"", "UID")
    assert b"ATTENDEE" not in octets


def test_every_act_leaves_an_audit_line_without_personal_data(
    app: Flask, client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    client.submit(f"{link_in(deliver()[0])}/withdrawal")
    with app.app_context():
        entries = db.session.scalars(
            select(Entry).where(Entry.subject == "registrations").order_by(Entry.id)
        ).all()
        assert [(e.actor, e.act) for e in entries] == [
            ("registrant", "registration.made"),
            ("registrant", "registration.withdrawn"),
        ]
        assert not any("ada" in str(vars(entry)).lower() for entry in entries)


@pytest.mark.parametrize("count", [1, 30])
def test_a_post_costs_the_same_queries_however_many_are_registered(
    app: Flask, client: PortalClient, clock: object, count: int
) -> None:
    with app.app_context(), transaction():
        make_event(slug="many", capacity=count + 5)
    for number in range(count):
        register(client, "many", email=f"a{number}@example.org", last_name=f"A{number}")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Registration)) == count


def test_nothing_hostile_makes_a_500(client: PortalClient, event: str) -> None:
    token = _token(client.get(f"/en/events/{event}/register"))
    path = f"/en/events/{event}/register"
    assert (
        client.post(path, data=ADA | {"csrf_token": token, "last_name": "a\x00b"}).status_code
        == 400
    )
    assert client.post(path, data={f"f{n}": "x" for n in range(20_000)}).status_code == 413
    assert (
        client.post(
            path, data=b"\xff\xfe", content_type="application/x-www-form-urlencoded"
        ).status_code
        < 500
    )
    assert client.get("/en/registrations/" + "x" * 3000).status_code == 404
    assert client.get("/xx/events/trust/register").status_code == 404


def test_the_host_header_never_reaches_a_letter(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    assert client.get("/en/", headers={"Host": "evil.example"}).status_code == 400
    register(client, event)
    assert "http://localhost/en/registrations/" in text_of(deliver()[0])


def test_mails_are_made_of_the_portal_clock(
    client: PortalClient, event: str, deliver: Deliver
) -> None:
    register(client, event)
    stamp = property_of(calendar_of(deliver()[0]) or b"", "DTSTAMP")
    assert datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) == datetime(
        2026, 11, 2, 9, 0, tzinfo=UTC
    )
