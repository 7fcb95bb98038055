"""Editors write news and calls, and what they change in public is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.db import db, transaction
from portal.errors import Refused
from portal.news import service
from portal.news.models import Item
from portal.news.rules import State
from tests.desk.front_door import make_user, send, sign_in, words
from tests.harness.client import PortalClient, form_in
from tests.news.front_door import CLOSES, make_item, make_news

DESK = "/desk/news/"


@pytest.fixture
def editor(app: Flask, clock: time_machine.Traveller) -> PortalClient:
    return sign_in(app, make_user(app, admin=True))


@pytest.fixture
def draft(app: Flask, clock: time_machine.Traveller) -> str:
    """The desk's address of a call that lacks nothing."""
    with app.app_context(), transaction():
        return f"{DESK}{make_item(slug='views', publish=False).id}/"


@pytest.fixture
def public(app: Flask, clock: time_machine.Traveller) -> str:
    """The desk's address of a public call."""
    with app.app_context(), transaction():
        return f"{DESK}{make_item(slug='views').id}/"


def kept(app: Flask, *names: str) -> tuple[object, ...]:
    """What is kept of the only item."""
    with app.app_context():
        item = db.session.scalars(select(Item)).one()
        return tuple(getattr(item, name) for name in names)


def test_a_call_is_written_looked_at_and_published(
    app: Flask, editor: PortalClient, client: PortalClient
) -> None:
    made = send(editor, f"{DESK}new", {"kind": "call", "title-en": "Your views: do they count?"})
    texts = made.headers["Location"]
    here = texts.removesuffix("texts")
    assert "A door at least, each with a link" in words(editor.get(f"{here}publication"))

    given = {
        "summary-en": "Four questionnaires.",
        "text-en": "Say *it*.",
        "closes_at": "2026-11-20T18:00",
        "door_1_audience-en": "Employees",
        "door_1_links": "EN  https://survey.example.org/a\nnl https://survey.example.org/b",
        "responsible-en": "The agency",
        "minutes_from": "15",
        "contact_1_role-en": "Experts",
        "contact_1_email": "experts@example.org",
    }
    assert send(editor, texts, given).headers["Location"] == f"{here}?saved=yes"
    assert kept(app, "slug", "closes_at", "doors", "languages", "contacts") == (
        "your-views-do-they-count",
        CLOSES,
        [{
            "audience": {"en": "Employees"},
            "links": {"en": "https://survey.example.org/a", "nl": "https://survey.example.org/b"},
        }],
        ["en", "nl"],
        [{"about": "content", "role": {"en": "Experts"}, "person": "",
          "email": "experts@example.org"}],
    )  # fmt: skip
    look = editor.get(f"{here}preview/fr")
    assert "Employees" in words(look) and look.headers["Cache-Control"] == "no-store"
    page = "/en/news/your-views-do-they-count/"
    assert client.get(page).status_code == 404

    assert send(editor, f"{here}publication", {"when": "now"}).status_code == 303
    assert client.get(page).status_code == 200
    assert "15 minutes" in words(client.get(page))


def test_a_draft_goes_public_at_its_time_and_not_before(
    app: Flask,
    editor: PortalClient,
    client: PortalClient,
    draft: str,
    deliver: Callable[[], list[EmailMessage]],
    clock: time_machine.Traveller,
) -> None:
    at = {"when": "later", "publish_at": "2026-11-02T11:00"}
    send(editor, f"{draft}publication", at)
    assert "It goes public on 2 November 2026, 11:00" in words(editor.get(draft))
    clock.move_to(datetime(2026, 11, 2, 9, 59, tzinfo=UTC))
    deliver()
    assert client.get("/en/news/views/").status_code == 404
    clock.shift(60)
    deliver()
    assert client.get("/en/news/views/").status_code == 200
    assert kept(app, "published_at", "publish_at") == (
        datetime(2026, 11, 2, 10, 0, tzinfo=UTC), None,
    )  # fmt: skip


def test_what_is_missing_when_its_time_comes_keeps_it_a_draft(
    app: Flask,
    editor: PortalClient,
    draft: str,
    deliver: Callable[[], list[EmailMessage]],
    clock: time_machine.Traveller,
) -> None:
    send(editor, f"{draft}publication", {"when": "later", "publish_at": "2026-11-02T11:00"})
    send(editor, f"{draft}texts", {"summary-en": "", "summary-fr": ""})
    clock.shift(3600)
    deliver()
    assert kept(app, "state", "publish_at") == (State.DRAFT, None)
    assert "It did not go public on 2 November 2026, 11:00" in words(editor.get(draft))


def test_what_was_planned_can_be_taken_back(app: Flask, editor: PortalClient, draft: str) -> None:
    send(editor, f"{draft}publication", {"when": "later", "publish_at": "2026-11-03T11:00"})
    page = editor.get(f"{draft}publication")
    editor.submit(page, action="publication/withdrawal")
    assert kept(app, "publish_at") == (None,)


def test_the_deadline_of_a_public_call_is_extended_and_never_edited(
    app: Flask, editor: PortalClient, client: PortalClient, public: str
) -> None:
    form = editor.get(f"{public}texts")
    assert 'name="closes_at"' not in form.get_data(as_text=True)
    values = form_in(form.get_data(as_text=True), "texts").values
    answer = editor.post(f"{public}texts", data={**values, "closes_at": "2027-01-01T18:00"})
    assert answer.status_code == 303 and kept(app, "closes_at") == (CLOSES,)

    with app.app_context(), transaction(), pytest.raises(Refused):
        item = db.session.scalars(select(Item)).one()
        service.edit(item, {"whole_day": True}, by=COMMAND, now=CLOSES)

    for wrong in ("2026-11-20T18:00", "2026-11-19T18:00"):
        again = send(editor, f"{public}extension", {"closes_at": wrong})
        assert again.status_code == 422
        assert "has to be later than the one that is public" in words(again)
    send(editor, f"{public}extension", {"closes_at": "2026-11-27T12:00", "whole_day": "y"})
    assert kept(app, "closes_at", "whole_day") == (datetime(2026, 11, 27, 23, tzinfo=UTC), True)
    said = "to end of 27 November 2026, Brussels time (CET, UTC+1)"
    assert said in words(client.get("/en/news/views/"))
    assert said in words(editor.get(public))


def test_a_wrong_deadline_is_corrected_and_both_are_seen(
    app: Flask, editor: PortalClient, client: PortalClient, public: str
) -> None:
    send(editor, f"{public}extension", {"closes_at": "2036-11-10T12:00"})
    same = {"closes_at": "2036-11-10T12:00", "note-en": "x"}
    for wrong in (same, {"closes_at": "2026-11-10T12:00"}):
        assert send(editor, f"{public}deadline", wrong).status_code == 422
    right = {"closes_at": "2026-11-10T12:00", "note-en": "The year was wrong."}
    assert send(editor, f"{public}deadline", right).status_code == 303
    said = (
        "The deadline is 10 November 2026, 12:00, Brussels time (CET, UTC+1), and not "
        "10 November 2036, 12:00, Brussels time (CET, UTC+1)."
    )
    page = words(client.get("/en/news/views/"))
    assert f"Corrections 2 November 2026 {said} The year was wrong." in page
    assert page.index(said) < page.index("Extended from")
    assert f"{said} The year was wrong." in client.get("/en/news/atom.xml").get_data(as_text=True)
    assert "The deadline was corrected on 2 November 2026" in words(client.get("/en/news/"))
    assert kept(app, "closes_at") == (datetime(2026, 11, 10, 11, tzinfo=UTC),)


def test_what_is_written_anew_in_public_says_on_which_day(
    app: Flask, editor: PortalClient, client: PortalClient, public: str
) -> None:
    send(editor, f"{public}texts", {"hashtag": "#Other"})
    assert "Changed on" not in words(client.get("/en/news/views/"))
    assert "say on which day it changed" in words(editor.get(f"{public}texts"))
    send(editor, f"{public}texts", {"door_2_links": "en https://survey.example.org/other"})
    assert "Changed on 2 November 2026" in words(client.get("/en/news/views/"))
    assert "Changed on 2 November 2026" in client.get("/en/news/atom.xml").get_data(as_text=True)


def test_nothing_is_planned_for_after_the_call_has_closed(editor: PortalClient, draft: str) -> None:
    late = {"when": "later", "publish_at": "2026-11-20T18:00"}
    answer = send(editor, f"{draft}publication", late)
    assert (answer.status_code, "after its call has closed" in words(answer)) == (422, True)
    send(editor, f"{draft}publication", late | {"publish_at": "2026-11-20T17:00"})
    answer = send(editor, f"{draft}texts", {"closes_at": "2026-11-20T17:00"})
    assert (answer.status_code, "to go public after this moment" in words(answer)) == (422, True)


def test_a_closed_call_opens_again_when_it_is_extended(
    editor: PortalClient, client: PortalClient, public: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(CLOSES)
    editor = sign_in(editor.application, "olga@example.org")
    send(editor, f"{public}extension", {"closes_at": "2026-11-27T12:00"})
    assert "Which describes you?" in words(client.get("/en/news/views/"))


def test_a_correction_is_one_act(editor: PortalClient, client: PortalClient, public: str) -> None:
    assert send(editor, f"{public}correction", {}).status_code == 422
    send(editor, f"{public}correction", {"note-en": "Four, not three."})
    assert "2 November 2026 Four, not three." in words(client.get("/en/news/views/"))


def test_what_is_withdrawn_says_so_and_forgets_whom_to_ask(
    app: Flask, editor: PortalClient, client: PortalClient, public: str
) -> None:
    assert "It cannot be published again." in words(editor.get(f"{public}withdrawal"))
    assert send(editor, f"{public}withdrawal").status_code == 422
    send(editor, f"{public}withdrawal", {"why-en": "It was asked twice."})
    assert "Closes in" not in words(editor.get(public))
    assert client.get("/en/news/views/").status_code == 410
    assert kept(app, "contacts") == ([],)
    note, why, closes = {"note-en": "x"}, {"why-en": "x"}, {"closes_at": "2027-01-01T18:00"}
    for act, values in (
        ("texts", {}), ("correction", note), ("deadline", note | closes), ("extension", closes),
        ("publication", {}), ("withdrawal", why), ("removal", {}),
    ):  # fmt: skip
        page = editor.get(f"{public}{act}")
        if 'method="post" action="/desk/news' in page.get_data(as_text=True):
            assert send(editor, page, values).status_code in (409, 422), act


def test_a_draft_is_deleted_and_what_was_public_is_not(
    app: Flask, editor: PortalClient, draft: str
) -> None:
    assert send(editor, f"{draft}removal").headers["Location"] == DESK
    assert editor.get(draft).status_code == 404
    with app.app_context():
        acts = list(db.session.scalars(select(Entry.act).where(Entry.subject == "news_items")))
    assert acts == ["news.created", "news.removed"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"closes_at": "2026-11-01T10:00", "opens_at": "2026-11-02T10:00"},
         "A call has to close after it opens."),
        ({"door_1_links": "en http://survey.example.org/"}, "has to begin with https://."),
        ({"door_1_links": "xx https://survey.example.org/"}, "is no code of a language"),
        ({"door_1_links": "en https://a.example.org\nen https://b.example.org"},
         "English stands there twice."),
        ({"door_3_links": "en https://a.example.org"}, "Say for whom these questionnaires are."),
        ({"contact_3_person": "Ada"}, "Enter the mail address of this contact"),
        ({"contact_3_email": "ada@example.org"}, "Say who answers at this address."),
        ({"minutes_from": "20", "minutes_to": "15"}, "This is less than at least."),
        ({"slug": "new"}, "Write small letters"),
        ({"title-en": "", "title-fr": ""}, "Enter a title in at least one language."),
        ({"hashtag": "#two words"}, "Write one word"),
    ],
)  # fmt: skip
def test_a_form_says_what_is_wrong_and_loses_nothing(
    app: Flask, editor: PortalClient, draft: str, values: dict[str, str], sentence: str
) -> None:
    answer = send(editor, f"{draft}texts", {"text-en": "Typed, not lost", **values})
    assert answer.status_code == 422
    assert sentence in words(answer)
    html = answer.get_data(as_text=True)
    assert "<title>Error:" in html and "Typed, not lost" in html
    assert kept(app, "text") == (
        {"en": "Say what you *think*.", "fr": "Dites ce que vous *pensez*."},
    )


def test_what_a_public_call_needed_it_keeps(app: Flask, editor: PortalClient, public: str) -> None:
    answer = send(editor, f"{public}texts", {"door_2_links": "", "contact_1_role-en": "",
                  "contact_1_role-fr": "", "contact_1_email": ""})  # fmt: skip
    assert answer.status_code == 422
    assert "keeps this: A door at least, each with a link." in words(answer)
    assert "keeps this: A contact for its content." in words(answer)


def test_two_who_write_at_once_lose_nothing(app: Flask, editor: PortalClient, draft: str) -> None:
    mine = editor.get(f"{draft}texts")
    send(editor, f"{draft}texts", {"title-en": "Theirs", "hashtag": "#Theirs"})
    answer = send(editor, mine, {"title-en": "Mine", "summary-en": "Also mine"})
    assert answer.status_code == 409
    assert "somebody else changed it too. Theirs: Theirs" in words(answer)
    assert kept(app, "title") == ({"en": "Theirs", "fr": "Votre avis compte"},)
    assert send(editor, answer).status_code == 303
    assert kept(app, "title", "hashtag", "summary") == (
        {"en": "Mine", "fr": "Votre avis compte"}, "#Theirs",
        {"en": "Also mine", "fr": "Quatre courts questionnaires."},
    )  # fmt: skip


def test_news_has_no_deadline_to_write_or_to_extend(
    app: Flask, editor: PortalClient, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        here = f"{DESK}{make_news(slug='study').id}/"
    form = editor.get(f"{here}texts").get_data(as_text=True)
    assert "door_1" not in form and "closes_at" not in form
    assert send(editor, f"{here}texts", {"text-en": "It is out."}).status_code == 303
    assert send(editor, f"{here}extension", {"closes_at": "2027-01-01T18:00"}).status_code == 409


def test_the_address_of_another_is_refused(app: Flask, editor: PortalClient, draft: str) -> None:
    answer = send(editor, f"{DESK}new", {"kind": "news", "title-en": "X", "slug": "views"})
    assert answer.status_code == 422
    assert "Another item has or had this address." in words(answer)
    made = send(editor, f"{DESK}new", {"kind": "news", "title-en": "Views"})
    assert made.status_code == 303


def test_who_is_no_editor_finds_nothing(app: Flask, draft: str) -> None:
    client = sign_in(app, make_user(app, "other@example.org"))
    assert client.get(DESK).status_code == 404
    assert client.get(draft).status_code == 404
