"""A file is asked for where the portal is set so; its person and organisers alone get it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from portal import clock as portal_clock
from portal import uploads
from portal.db import transaction
from portal.questions.rules import Kind
from tests.desk.front_door import make_user, sign_in
from tests.factories import make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.mails import text_of as said_in
from tests.materials.files import HTML, PDF
from tests.questions.making import make_question
from tests.questions.test_answering import answers, own, text_of
from tests.questions.test_desk import DESK
from tests.registrations.front_door import register, status_of

pytestmark = [
    pytest.mark.usefixtures("clock", "event"),
    pytest.mark.settings(PORTAL_ANSWER_FILES=1),
]
Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def event(app: Flask) -> None:
    """Who presents something hands in a paper."""
    with app.app_context(), transaction():
        forum = make_event(slug="forum")
        presents = make_question(forum, Kind.YES_NO, "Do you present?")
        make_question(forum, Kind.FILE, "Your paper", required=True, only=(presents, "yes"))
        make_registration(forum, first_name="Bob")


def kept(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(each.name for each in uploads.settings().uploads_dir.glob("*"))


def hand_in(client: PortalClient, app: Flask, content: bytes, name: str) -> Any:
    page = client.get(f"{own(app)}/files/2")
    return client.submit(page, {"file": (BytesIO(content), name)}, action="/files/2")


def test_a_file_is_handed_in_by_who_is_asked_and_leaves_as_an_attachment_only(
    app: Flask, client: PortalClient, deliver: Deliver
) -> None:
    form = text_of(client.get("/en/events/forum/register"))
    assert "Files are handed in on the page of your registration" in form
    assert "Your paper (needed) Only if you answered “Yes” to “Do you present?”." in form
    assert status_of(register(client, "forum", q1="no")) == "confirmed"
    presents = {"first_name": "Eva", "email": "eva@example.org", "q1": "yes"}
    assert "Still needed from you" in text_of(register(client, "forum", **presents))
    mails = {str(each["To"]): said_in(each) for each in deliver()}
    assert "Still needed from you" in mails["eva@example.org"]
    assert "– Your paper" in mails["eva@example.org"]
    assert "Still needed from you" not in mails["ada@example.org"]
    assert client.get(f"{own(app)}/files/2").status_code == 404, "not asked of Ada"
    client.submit(f"{own(app)}/answers", {"q1": "yes"})
    page = text_of(client.get(own(app)))
    assert "1 question needs your answer" in page and "Hand in a file : Your paper" in page
    for content, name, why in [
        (b"", "", "Choose a file."),
        (HTML, "paper.html", "This kind of file cannot be used."),
        (HTML, "paper.pdf", "This kind of file cannot be used."),
        (PDF, "paper.docx", "The name ends in “docx”"),
    ]:
        refused = hand_in(client, app, content, name)
        assert refused.status_code == 422 and why in text_of(refused)
    assert kept(app) == []
    assert hand_in(client, app, PDF, "paper.pdf").status_code == 303
    first = kept(app)
    assert len(first) == 1 and "Download the file (PDF)" in text_of(client.get(own(app)))
    assert hand_in(client, app, PDF, "better.pdf").status_code == 303
    assert len(kept(app)) == 1 and kept(app) != first, "replaced"
    olga = sign_in(app, make_user(app, "olga@example.org", "forum"))
    where = "/desk/events/forum/registrations/2"
    assert "Download the file (PDF)" in text_of(olga.get(where))
    for answer in (client.get(f"{own(app)}/files/2/content"), olga.get(f"{where}/files/2")):
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "File downloaded" in text_of(olga.get(where))
    assert client.get(f"{own(app, 'Bob')}/files/2/content").status_code == 404
    assert olga.get("/desk/events/forum/registrations/1/files/2").status_code == 404
    sheet = olga.get("/desk/events/forum/registrations.csv").get_data(as_text=True)
    assert ",PDF" in sheet and kept(app)[0] not in sheet
    client.submit(client.get(f"{own(app)}/files/2"), action="/removal")
    assert kept(app) == [] and answers(app) == {1: ["yes"]}


def test_a_file_goes_with_its_answer_its_question_and_its_person(
    app: Flask, client: PortalClient, clock: Any, deliver: Deliver
) -> None:
    register(client, "forum", q1="yes")
    hand_in(client, app, PDF, "paper.pdf")
    changed = client.submit(f"{own(app)}/answers", {"q1": "no"})
    assert kept(app) == [] and answers(app) == {1: ["no"]}, "asked no more"
    told = text_of(client.get(changed.headers["Location"]))
    assert "What you answered there is not kept: Your paper" in told
    client.submit(f"{own(app)}/answers", {"q1": "yes"})
    hand_in(client, app, PDF, "paper.pdf")
    client.submit(f"{own(app)}/answers", {"q1": "yes"})
    (name,) = kept(app)
    old = (portal_clock.now() - timedelta(days=3)).timestamp()
    with app.app_context():
        os.utime(uploads.path(name), (old, old))
    deliver()
    assert kept(app) == [name], "it is no orphan"
    client.submit(f"{own(app)}/erasure")
    assert kept(app) == []


@pytest.mark.settings(PORTAL_ANSWER_FILES=0)
def test_files_are_off_unless_the_portal_is_set_so(app: Flask) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", "forum"))
    assert desk.get(f"{DESK}/new/file").status_code == 404
    assert "/new/file" not in desk.get(f"{DESK}/").get_data(as_text=True)


def test_where_it_is_an_organiser_asks_for_a_file(app: Flask) -> None:
    desk = sign_in(app, make_user(app, "olga@example.org", "forum"))
    assert "/new/file" in desk.get(f"{DESK}/").get_data(as_text=True)
    sent = desk.submit(f"{DESK}/new/file", {"label-en": "A photo"}, action="/new/file")
    assert sent.status_code == 303
    assert "A photo" in text_of(desk.get(f"{DESK}/preview/en"))
