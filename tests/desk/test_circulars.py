"""Letters to a selection: written once, looked at, sent once to each, stopped in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.models import Entry
from portal.circulars import chores, letters
from portal.circulars.models import Circular, Recipient
from portal.circulars.rules import filled, plain_for_markdown, unknown_placeholders
from portal.db import db, transaction
from portal.markup import plain, rich
from portal.outbox import service as outbox
from portal.outbox.models import Message
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import LIST, comes, event_of, park
from tests.factories import make_event
from tests.harness.client import PortalClient, find_form
from tests.harness.counting import statements
from tests.harness.mails import html_of, text_of
from tests.registrations.front_door import link_in

Deliver = Callable[[], list[EmailMessage]]
LETTERS = "/desk/events/trust/letters/"
HELLO = {
    "subject-en": "News for {first_name}", "subject-fr": "",
    "body-en": "Dear {first_name},\n\nthe **door** is on the *left*: {where}.\n\n- bring a pen\n"
               "- see [your page]({manage_link})\n",
    "body-fr": "",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def people(app: Flask, deliver: Deliver) -> dict[str, int]:
    """Two have a place, one of them French, one waits; all have heard."""
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=2)
    found = {
        name: comes(app, name, language="fr" if name == "bob" else "en")
        for name in ("ada", "bob", "cid")
    }
    deliver()
    return found


@pytest.fixture
def client(app: Flask, people: dict[str, int]) -> PortalClient:
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def draft(client: PortalClient, ids: list[int] | None = None, **more: str) -> str:
    """Tick people in the list, or take all whom its filter shows; the draft's address."""
    form = find_form(client.get(LIST), "/approvals")
    data: dict[str, Any] = {"csrf_token": form.values["csrf_token"], "scope": "all"} | more
    if ids is not None:
        data |= {"scope": "ticked", "id": [str(each) for each in ids]}
    begun = client.post(LETTERS, data=data)
    assert begun.status_code == 303, words(begun)
    return begun.headers["Location"]


def write(client: PortalClient, where: str, **values: str) -> TestResponse:
    """Write the letter and see how it looks."""
    page = client.get(where)
    saved = client.submit(page, HELLO | values, action=where.rpartition("/")[2])
    return client.get(saved.headers["Location"]) if saved.status_code == 303 else saved


def send(client: PortalClient, where: str, **values: str) -> TestResponse:
    sent = client.submit(write(client, where, **values), action="/sending")
    assert sent.status_code == 303, words(sent)
    return sent


def to(mails: list[EmailMessage]) -> list[str]:
    return sorted(str(mail["To"]).partition("@")[0] for mail in mails)


def outcomes(app: Flask) -> list[str]:
    with app.app_context():
        return [each.outcome.value for each in db.session.query(Recipient).order_by(Recipient.id)]


def test_everybody_whom_the_filter_shows_gets_it_once(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    where = draft(client, status="confirmed")
    page = words(write(client, where))
    assert "2 letters" in page
    assert "French 1 English, because there is no text in their language" in page
    client.submit(f"{where}/preview", action="/sending")
    mails = deliver()
    assert to(mails) == ["ada", "bob"]
    ada, bob = sorted(mails, key=lambda mail: str(mail["To"]))
    assert ada["Subject"] == "News for Ada"
    assert "<strong>door</strong>" in html_of(ada) and "<li>bring a pen</li>" in html_of(ada)
    assert "the door is on the left: House of Skills, Rue de la Formation 1, Brussels." in text_of(
        ada
    )
    assert "\n\n- bring a pen\n- see your page (http" in text_of(ada).replace("\r\n", "\n")
    assert f'href="http://localhost{link_in(ada)}"' in html_of(ada)
    assert 'lang="en"' in html_of(bob) and 'html lang="fr"' in html_of(bob)
    assert deliver() == []
    row = words(client.get(LETTERS))
    assert "News for {first_name}" in row and "Sent Olga" in row and " 2 2 2 0 " in row


def test_only_the_ticked_get_it(
    client: PortalClient, people: dict[str, int], deliver: Deliver
) -> None:
    send(client, draft(client, [people["cid"], people["ada"]]))
    assert to(deliver()) == ["ada", "cid"]


def test_words_of_a_search_are_not_kept(app: Flask, client: PortalClient, deliver: Deliver) -> None:
    where = draft(client, q="bob")
    with app.app_context():
        assert list(db.session.query(Circular).one().selection) == ["ids"]
    send(client, where)
    assert to(deliver()) == ["bob"]
    with app.app_context():
        assert db.session.query(Circular).one().selection == {}


def test_who_comes_later_does_not_get_it_and_who_leaves_neither(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    send(client, draft(client))
    comes(app, "dot")
    clock.shift(timedelta(minutes=1))
    client.submit(f"{LIST}/{people['ada']}/withdrawal", action="/withdrawal")
    told = [mail for mail in deliver() if str(mail["Subject"]).startswith("News")]
    assert to(told) == ["bob", "cid"]
    assert outcomes(app) == ["skipped", "written", "written"]


def test_who_withdrew_before_may_be_written_to(
    client: PortalClient, people: dict[str, int], deliver: Deliver, clock: time_machine.Traveller
) -> None:
    client.submit(f"{LIST}/{people['cid']}/withdrawal", action="/withdrawal")
    clock.shift(timedelta(minutes=1))
    deliver()
    send(client, draft(client, status="withdrawn"))
    (mail,) = deliver()
    assert to([mail]) == ["cid"]
    for part in (text_of(mail), html_of(mail)):
        assert "because you had registered for this event" in " ".join(part.split())


def test_a_worker_that_is_killed_writes_nothing_twice(
    app: Flask, client: PortalClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, draft(client))
    whole, dies = letters.write, iter([False, True, False, False, False, False])

    def deadly(*copy: Any) -> None:
        whole(*copy)
        if next(dies):
            raise SystemExit

    monkeypatch.setattr(chores, "AT_ONCE", 1)
    monkeypatch.setattr(letters, "write", deadly)
    with app.app_context(), pytest.raises(SystemExit):
        while chores.write_next_circulars(portal_clock.now()):
            pass
    assert sorted(outcomes(app)) == ["waiting", "waiting", "written"]
    monkeypatch.setattr(letters, "write", whole)
    assert to(deliver()) == ["ada", "bob", "cid"]
    assert deliver() == []


def test_one_that_cannot_be_written_does_not_hold_up_the_others(
    app: Flask, client: PortalClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = draft(client)
    send(client, where)
    whole = letters.write

    def faulty(*copy: Any) -> None:
        if copy[2].first_name == "Bob":
            raise ValueError("no")
        whole(*copy)

    monkeypatch.setattr(letters, "write", faulty)
    assert to(deliver()) == ["ada", "cid"]
    assert "1 letter could not be written" in words(client.get(where))
    monkeypatch.setattr(letters, "write", whole)
    client.submit(where, action="/attempts")
    assert to(deliver()) == ["bob"]


def test_what_is_stopped_is_taken_back_as_far_as_it_has_not_left(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    where = draft(client)
    send(client, where)
    with app.app_context():
        chores.write_next_circulars(portal_clock.now())
        with transaction():
            first = outbox.claim(1, lease=timedelta(minutes=1), now=portal_clock.now())
            outbox.note_sent(first[0].id, now=portal_clock.now())
    page = client.get(client.submit(where, action="/stop").headers["Location"])
    assert "1 letter had left before. 2 were taken back." in words(page)
    assert deliver() == []
    assert sorted(outcomes(app)) == ["stopped", "stopped", "written"]


def test_urgent_letters_overtake_what_goes_to_everybody(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    client.submit("/desk/events/trust/postponement", action="/postponement")
    client.submit("/desk/events/trust/", action="/letters")
    from portal.registrations import chores as registrations

    with app.app_context():
        while registrations.write_next_news(portal_clock.now()):
            pass
    send(client, draft(client), urgent="y")
    subjects = [str(mail["Subject"]).partition(" ")[0] for mail in deliver()]
    assert subjects[:3] == ["News"] * 3 and len(subjects) == 6


def test_an_urgent_letter_that_left_keeps_nothing_from_being_taken_back(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver
) -> None:
    """A letter about a change waits, an urgent one overtakes it, and the change is taken back."""
    from portal.registrations import chores as registrations

    client.submit(f"{LIST}/{people['ada']}/details", {"role": "poet"}, action="/details")
    with app.app_context(), transaction():
        db.session.query(Message).delete()
    with app.app_context():
        registrations.write_next_letters(portal_clock.now())
    send(client, draft(client, [people["ada"]]), urgent="y")
    with app.app_context():
        chores.write_next_circulars(portal_clock.now())
        with transaction() as session:
            urgent = session.query(Message).filter_by(occasion="circular").one()
            outbox.note_sent(urgent.id, now=portal_clock.now())
            before = outbox.take_back(f"registration:{people['ada']}")
        assert before is not None and before["revision"] == 1


def test_other_letters_wait_for_confirmations(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    send(client, draft(client))
    with app.app_context():
        while chores.write_next_circulars(portal_clock.now()):
            pass
    comes(app, "dot")
    assert str(deliver()[0]["To"]).startswith("dot")


PROBES = "{event.__init__} {{config}} {first_name!r} {0} {} {manage_link"


def test_only_what_is_on_the_list_is_filled_in_and_once(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    evil = comes(app, "evil", first_name="{last_name}", last_name="[x](https://evil.example) <b>")
    deliver()
    body = f"{PROBES}\n\nHello {{first_name}} {{last_name}}"
    page = write(client, draft(client, [evil]), **{"subject-en": PROBES, "body-en": body})
    assert "No placeholder is called like that" in words(page)
    assert "<code>{event.__init__}</code>" in page.text
    client.submit(page, action="/sending")
    (mail,) = deliver()
    assert mail["Subject"] == PROBES
    assert PROBES in text_of(mail)
    assert "Hello {last_name} [x](https: // evil. example) <b>" in text_of(mail)
    assert "evil.example" not in html_of(mail) and "<b>" not in html_of(mail)


@pytest.mark.parametrize(
    "name",
    ["[a](https://b.c)", "<https://b.c>", "*a*", "# a", "1. a", "- a", "> a", "`a`", "![a](b)",
     "&lt;b&gt;", "a\\", "***", "a\n\n# b", "[a]: https://b.c", "~~~", "a_b_c", "|a|"],
)  # fmt: skip
def test_no_name_is_markup(name: str) -> None:
    html = str(rich(plain_for_markdown(name)))
    assert html.startswith("<p>") and html.count("<") == 2
    assert plain(plain_for_markdown(name)) == " ".join(name.split())


def test_placeholders_are_filled_in_one_pass() -> None:
    values = {"first_name": "{last_name}", "last_name": "no"}
    assert filled("{first_name} {other} {", values) == "{last_name} {other} {"
    assert unknown_placeholders("{first_name} {x.y} {{config}} { a }") == ["{x.y}", "{config}"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("# Title\n\none\ntwo", "Title\n\none\ntwo"),
        ("3. a\n4. b\n   - c", "3. a\n4. b\n  - c"),
        ("[a](https://b.c/) and <https://b.c/>", "a (https://b.c/) and https://b.c/"),
        ("a\n\n---\n\nb", "a\n\n-----\n\nb"),
        ("    code\n", "code"),
        ("- a\n- b\n\nafter", "- a\n- b\n\nafter"),
        ("before\n\n- a\n- b", "before\n\n- a\n- b"),
    ],
)
def test_the_text_part_reads_well(typed: str, read: str) -> None:
    assert plain(typed) == read


def test_a_language_with_a_text_has_a_subject(client: PortalClient) -> None:
    where = draft(client)
    page = write(client, where, **{"subject-en": "", "body-fr": "Bonjour"})
    assert page.status_code == 422
    said = words(page)
    assert "Write the subject." in said or "Subject is missing in: English, Français." in said
    assert "Bonjour" in page.text
    empty = write(client, where, **{"subject-en": " ", "body-en": "\u200b"})
    assert empty.status_code == 422


def test_each_reads_their_language(client: PortalClient, deliver: Deliver) -> None:
    fr = {"subject-fr": "Du nouveau, {first_name}", "body-fr": "C’est {when}."}
    send(client, draft(client), **fr)
    mails = {str(mail["To"]): mail for mail in deliver()}
    assert mails["bob@example.org"]["Subject"] == "Du nouveau, Bob"
    assert "lundi 18 janvier 2027" in text_of(mails["bob@example.org"])
    assert mails["ada@example.org"]["Subject"] == "News for Ada"


def test_the_preview_leads_from_one_to_the_next(client: PortalClient) -> None:
    where = draft(client)
    first = write(client, where)
    assert "As Ada Test reads it" in words(first) and "Dear Ada," in words(first)
    second = client.get(f"{where}/preview?person=2")
    assert "As Bob Test reads it" in words(second)
    for odd in ("0", "-1", "x", "99999", "9" * 50):
        assert client.get(f"{where}/preview?person={odd}").status_code == 200


def test_nobody_at_the_desk_gets_the_link_with_which_a_person_acts(
    client: PortalClient, deliver: Deliver
) -> None:
    typed = "<{manage_link}> [page]({manage_link}) `{manage_link}` \\{manage_link}"
    page = write(client, draft(client, status="waitlisted"), **{"body-en": typed})
    assert "Cid" in words(page) and "/..." in page.text
    client.submit(page, action="/sending")
    (mail,) = deliver()
    link = link_in(mail)
    token = link.strip("/").rpartition("/")[2]
    assert token and token not in page.text
    assert client.get(link).status_code == 200


def test_what_is_sent_is_what_was_seen(app: Flask, client: PortalClient, deliver: Deliver) -> None:
    where = draft(client)
    seen = write(client, where)
    comes(app, "dot")
    deliver()
    again = client.submit(seen, action="/sending")
    assert again.status_code == 409
    assert "has changed meanwhile" in words(again)
    client.submit(again, action="/sending")
    assert len(deliver()) == 4
    twice = client.submit(again, action="/sending")
    assert twice.status_code == 409
    assert deliver() == []


def test_two_who_write_one_letter_lose_nothing(app: Flask, client: PortalClient) -> None:
    where = draft(client)
    number = where.rpartition("/")[2]
    second = sign_in(app, make_user(app, "otto@example.org", "trust", name="Otto"))
    form = second.get(where)
    write(client, where)
    shown = second.submit(form, {"subject-en": "Mine", "body-en": "My text"}, action=number)
    assert shown.status_code == 409
    assert "Somebody changed this letter meanwhile" in words(shown)
    assert "My text" in shown.text and "the **door**" in shown.text
    assert second.submit(shown, action=number).status_code == 303


def test_a_draft_can_be_deleted_and_what_was_sent_not(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    where = draft(client)
    page = client.get(f"{where}/removal")
    client.submit(page, action="/removal")
    assert client.get(where).status_code == 404
    sent = draft(client)
    page = client.get(f"{sent}/removal")
    send(client, sent)
    assert client.submit(page, action="/removal").status_code == 409


def test_a_copy_that_a_wrong_address_refused_goes_to_the_right_one(
    app: Flask, client: PortalClient, people: dict[str, int], deliver: Deliver
) -> None:
    send(client, draft(client, [people["ada"]]))
    park(app, people["ada"])
    client.submit(
        f"{LIST}/{people['ada']}/details", {"email": "new@example.org"}, action="/details"
    )
    mails = [mail for mail in deliver() if str(mail["Subject"]).startswith("News")]
    assert to(mails) == ["new"]
    assert deliver() == []


def test_nobody_is_chosen_who_is_not_of_this_event(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        make_event(slug="other")
    foreign = comes(app, "fay", slug="other")
    token = find_form(client.get(LIST), "/approvals").values["csrf_token"]
    for typed in ([str(foreign)], [], ["x"], ["9" * 30]):
        data = {"csrf_token": token, "scope": "ticked", "id": typed}
        answer = client.post(LETTERS, data=data | {"status": "confirmed"})
        assert answer.status_code == 422 and "Tick somebody" in words(answer)
        assert f'href="{LIST}?status=confirmed"' in answer.text
    with app.app_context():
        assert db.session.query(Circular).count() == 0
    data = {"csrf_token": token, "scope": "all", "status": "lost"}
    assert client.post(LETTERS, data=data).status_code == 404


def test_the_audit_knows_numbers_and_no_words(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    where = draft(client)
    send(client, where)
    client.submit(where, action="/stop")
    with app.app_context():
        lines = db.session.query(Entry).filter_by(subject="circulars").order_by(Entry.id)
        assert [(line.act, line.details) for line in lines] == [
            ("circular.made", {}), ("circular.changed", {}),
            ("circular.sent", {"count": 3, "urgent": "no"}), ("circular.stopped", {}),
        ]  # fmt: skip


def test_a_list_of_letters_asks_as_often_with_one_as_with_twenty(
    client: PortalClient, deliver: Deliver
) -> None:
    send(client, draft(client))
    with statements(client.application) as few:
        client.get(LETTERS)
    for _each in range(20):
        draft(client)
    with statements(client.application) as many:
        client.get(LETTERS)
    assert len(many) == len(few) < 12


def test_everybody_pending_whom_the_filter_shows_is_approved(
    app: Flask, client: PortalClient
) -> None:
    with app.app_context(), transaction():
        event_of().approval, event_of().capacity = True, 4
    for name in ("dot", "eve", "fay"):
        comes(app, name, country="FR" if name != "eve" else "BE")
    from tests.desk.test_registrations import statuses

    page = client.get(f"{LIST}?country=FR")
    client.submit(page, {"scope": "all"}, action="/approvals")
    assert statuses(app) == ["confirmed", "confirmed", "waitlisted", "waitlisted", "pending",
                             "waitlisted"]  # fmt: skip
