"""Plans change: an event moves online, is postponed, is cancelled, and everybody hears why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.db import db, transaction
from portal.events.queries import any_slug
from portal.events.rules import Format, State
from portal.registrations.models import Registration
from portal.registrations.rules import Attendance, Status
from tests.desk.front_door import make_user, sign_in, words
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.mails import calendar_of, text_of
from tests.registrations.front_door import link_in, property_of

Deliver = Callable[[], list[EmailMessage]]
PAGE = "/desk/events/trust/"
NEW_TIME = {"starts_at": "2027-04-12T14:00", "ends_at": "2027-04-12T17:30"}
PROOF = {"version": "1", "at": "2026-11-02T09:00:00+00:00"}

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask, deliver: Deliver, clock: time_machine.Traveller) -> PortalClient:
    """Ada and Bob have the two places, Zoé waits and reads French; they were told a minute ago."""
    with app.app_context(), transaction():
        trust = make_event(slug="trust", capacity=2)
        make_registration(
            trust, email="ada@example.org", access_needs="step-free", diet="vegan",
            consents={"access_consent": PROOF, "diet_consent": PROOF, "list_consent": PROOF},
        )  # fmt: skip
        make_registration(trust, email="bob@example.org")
        make_registration(trust, email="zoe@example.org", language="fr")
    assert len(deliver()) == 3
    clock.shift(60)
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def person(app: Flask, name: str) -> Registration:
    with app.app_context():
        email = f"{name}@example.org"
        found = db.session.scalars(select(Registration).where(Registration.email == email)).one()
        db.session.expunge(found)
        return found


def fact(app: Flask, name: str) -> Any:
    with app.app_context():
        event = any_slug("trust")
        assert event is not None
        return getattr(event, name)


def tell(client: PortalClient, deliver: Deliver) -> dict[str, EmailMessage]:
    """The letters after "Tell now", by who gets them."""
    client.submit(PAGE, action="/letters")
    return {str(mail["To"]).partition("@")[0]: mail for mail in deliver()}


def take_up(client: PortalClient, **time: str) -> str:
    """The review of the new time, which is set then."""
    review = client.submit(f"{PAGE}publication", NEW_TIME | time, action="/publication")
    client.submit(review, {"step": "act"}, action="/publication")
    return words(review)


def reply_path(mail: EmailMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/\w\w/registrations/[\w.\-]+/reply)\s", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def test_an_event_moves_online_in_one_act(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    page = client.submit(
        f"{PAGE}move-online", {"joining_url": "https://meet.example.org/1"}, action="/move-online"
    )
    said = words(page)
    assert "3 people who were to come in person take part online." in said
    assert "What 1 person needs on the spot is deleted." in said
    assert "3 letters" in said
    assert "House of Skills, Rue de la Formation 1, Brussels Online" in said
    assert fact(app, "format") is Format.IN_PERSON
    client.submit(page, {"step": "act"}, action="/move-online")
    assert (fact(app, "format"), fact(app, "venue"), fact(app, "address")) == (
        Format.ONLINE, "", "",
    )  # fmt: skip
    ada = person(app, "ada")
    assert (ada.attendance, ada.access_needs, ada.diet) == (Attendance.ONLINE, "", "")
    assert set(ada.consents) == {"list_consent"}
    assert person(app, "zoe").attendance is Attendance.ONLINE
    letters = tell(client, deliver)
    assert sorted(letters) == ["ada", "bob", "zoe"]
    invite = calendar_of(letters["ada"])
    assert invite is not None
    assert (property_of(invite, "METHOD"), property_of(invite, "LOCATION")) == ("REQUEST", "Online")
    assert "https://meet.example.org" not in text_of(letters["ada"])
    refused = client.get(f"{PAGE}move-online")
    assert refused.status_code == 409
    assert f'href="{PAGE}">To the event</a>' in refused.text


def test_a_place_that_a_colleague_found_meanwhile_is_shown_before_it_goes(
    app: Flask, client: PortalClient
) -> None:
    link = {"joining_url": "https://meet.example.org/1"}
    review = client.submit(f"{PAGE}move-online", link, action="/move-online")
    other = client.submit(f"{PAGE}details", {"venue": "Guild Hall"}, action="/details")
    client.submit(other, {"step": "act"}, action="/details")
    outdated = client.submit(review, {"step": "act"}, action="/move-online")
    assert (outdated.status_code, fact(app, "venue")) == (409, "Guild Hall")
    assert "Venue, as they left it: Guild Hall" in words(outdated)
    again = client.submit(outdated, action="/move-online")
    client.submit(again, {"step": "act"}, action="/move-online")
    assert (fact(app, "venue"), fact(app, "joining_url")) == ("", link["joining_url"])


def test_the_joining_link_may_follow_and_must_be_one(app: Flask, client: PortalClient) -> None:
    wrong = client.submit(f"{PAGE}move-online", {"joining_url": "nowhere"}, action="-online")
    assert (wrong.status_code, "begins with https://" in words(wrong)) == (422, True)
    page = client.submit(f"{PAGE}move-online", action="/move-online")
    client.submit(page, {"step": "act"}, action="/move-online")
    assert (fact(app, "format"), fact(app, "joining_url")) == (Format.ONLINE, "")


def test_the_form_of_details_moves_an_event_online_as_well(
    app: Flask, client: PortalClient
) -> None:
    page = client.submit(f"{PAGE}details", {"format": "online"}, action="/details")
    assert "3 people who were to come in person take part online." in words(page)
    client.submit(page, {"step": "act"}, action="/details")
    assert fact(app, "venue") == ""
    assert person(app, "ada").access_needs == ""


@pytest.mark.parametrize(
    ("act", "subject"), [("postponement", "Postponed"), ("cancellation", "Cancelled")]
)
def test_the_organisers_words_go_into_the_letter(
    app: Flask, client: PortalClient, deliver: Deliver, act: str, subject: str
) -> None:
    written = {"reason-en": "The hall is <b>flooded</b>.", "reason-fr": "", "step": "look"}
    shown = client.submit(f"{PAGE}{act}", written, action=f"/{act}")
    assert shown.status_code == 200
    assert "The hall is &lt;b&gt;flooded&lt;/b&gt;." in shown.text.partition("<form")[2]
    assert fact(app, "state") is State.PUBLISHED
    client.submit(shown, action=f"/{act}")
    letters = tell(client, deliver)
    assert letters["ada"]["Subject"].startswith(subject)
    assert "The hall is <b>flooded</b>." in text_of(letters["ada"])
    html = letters["ada"].get_body(("html",))
    assert html is not None and "The hall is &lt;b&gt;flooded&lt;/b&gt;." in html.get_content()
    assert "The hall is <b>flooded</b>." in text_of(letters["zoe"])  # no French was written


def test_words_that_are_too_long_keep_the_event_as_it_is(app: Flask, client: PortalClient) -> None:
    long = client.submit(f"{PAGE}cancellation", {"reason-en": "x" * 501}, action="/cancellation")
    assert long.status_code == 422
    assert fact(app, "state") is State.PUBLISHED


def test_a_new_date_asks_everybody_whether_they_will_still_come(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    assert all("still come" not in text_of(mail) for mail in tell(client, deliver).values())
    clock.shift(3600)
    assert "The letter asks 3 people: will you still come?" in take_up(client)
    letters = tell(client, deliver)
    assert sorted(letters) == ["ada", "bob", "zoe"]
    assert "Will still come 0 Have not answered 3" in words(client.get(PAGE))

    ada, bob, zoe = (reply_path(letters[name]) for name in ("ada", "bob", "zoe"))
    asked = client.get(ada)
    assert "Will you still come?" in words(asked)
    assert person(app, "ada").still_comes_at is None  # looking changes nothing
    thanked = client.get(answer(client, ada, "yes"))
    assert "Thank you: you still come" in words(thanked)
    said_at = person(app, "ada").still_comes_at
    assert said_at == datetime(2026, 11, 2, 10, 1, tzinfo=UTC)
    clock.shift(60)
    answered = client.get(ada)
    assert "You have answered: you still come" in words(answered)
    assert "Yes, I still come" not in words(answered) and "No, give my" in words(answered)
    client.submit(asked, {"reply": "yes"})
    assert person(app, "ada").still_comes_at == said_at

    assert "You keep yours as long" in flat(letters["ada"])
    assert "Votre inscription reste telle quelle" in flat(letters["zoe"])
    assert "Vous gardez la vôtre" not in flat(letters["zoe"])
    waits = words(client.get(zoe))
    assert "votre inscription est annulée" in waits and "votre place" not in waits

    gone = client.get(answer(client, bob, "no"))
    assert "Your registration is withdrawn" in words(gone)
    assert person(app, "zoe").status is Status.CONFIRMED
    answer(client, zoe, "yes")
    assert "Will still come 2 Have not answered 0" in words(client.get(PAGE))
    assert "Will you still come?" not in words(client.get(ada.removesuffix("/reply")))
    listed = words(client.get(f"{PAGE}registrations"))
    assert listed.count("will still come") == 2
    assert person(app, "bob").status is Status.WITHDRAWN
    deliver()
    assert "Nobody asks this" in words(client.get(bob))


def flat(mail: EmailMessage) -> str:
    return " ".join(text_of(mail).split())


def answer(client: PortalClient, path: str, said: str) -> str:
    sent = client.submit(path, {"reply": said})
    assert sent.status_code == 303
    return sent.headers["Location"]


def test_who_does_not_answer_keeps_their_place_and_newcomers_are_not_asked(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    take_up(client)
    clock.shift(60)
    with app.app_context(), transaction():
        trust = any_slug("trust")
        assert trust is not None
        make_registration(trust, email="new@example.org")
    letters = {str(mail["To"]).partition("@")[0]: mail for mail in deliver()}
    assert "still come" not in text_of(letters["new"])
    assert "Have not answered 3" in words(client.get(PAGE))
    clock.move_to(datetime(2027, 4, 11, tzinfo=UTC))
    deliver()
    assert person(app, "ada").status is Status.CONFIRMED
    late = client.get(f"{link_in(letters['new'])}/reply")
    assert "Nobody asks this" in words(late)


def test_another_postponement_asks_again(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    tell(client, deliver)
    take_up(client)
    ada = reply_path(tell(client, deliver)["ada"])
    answer(client, ada, "yes")
    clock.shift(60)
    client.submit(f"{PAGE}postponement", action="/postponement")
    assert "Nobody asks this" in words(client.get(ada))
    tell(client, deliver)
    clock.shift(60)
    take_up(client, starts_at="2027-05-10T14:00", ends_at="2027-05-10T17:30")
    assert "Have not answered 3" in words(client.get(PAGE))
    assert "/reply" in text_of(tell(client, deliver)["ada"])


def test_a_postponement_that_nobody_heard_of_asks_nobody(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    back = client.submit(f"{PAGE}publication", action="/publication")
    assert "still come" not in words(back)
    client.submit(back, {"step": "act"}, action="/publication")
    assert fact(app, "asked_again_at") is None
    assert deliver() == []


def test_a_withdrawal_forgets_the_yes_of_who_comes_back(
    app: Flask, client: PortalClient, deliver: Deliver, clock: time_machine.Traveller
) -> None:
    client.submit(f"{PAGE}postponement", action="/postponement")
    tell(client, deliver)
    take_up(client)
    path = reply_path(tell(client, deliver)["ada"])
    answer(client, path, "yes")
    answer(client, path, "no")
    assert person(app, "ada").status is Status.WITHDRAWN
    token = _token(client, path)
    again = client.post(path, data={"reply": "no", "csrf_token": token})
    assert again.status_code == 303  # a second press finds it done
    for said, status in (("maybe", 400), ("yes", 409)):
        late = client.post(path, data={"reply": said, "csrf_token": token})
        assert late.status_code == status


def _token(client: PortalClient, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]
