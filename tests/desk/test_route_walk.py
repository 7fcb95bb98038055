"""Every page of the desk refuses strangers, and organisers of other events."""

from __future__ import annotations

import re
from datetime import time
from html import unescape

import pytest
from flask import Flask
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from portal import clock
from portal.accounts import service as accounts
from portal.accounts.models import SignIn
from portal.accounts.rules import RIGHTS, Right, TeamRole
from portal.audit.service import COMMAND
from portal.circulars import service as circulars
from portal.db import db, transaction
from portal.events import editions_service
from portal.events.models import Event
from portal.invitations.service import lists
from portal.papers import service as papers
from portal.podcasts.models import Show
from portal.publications import service as publications
from portal.publications.rules import State as PublicationState
from portal.questions.rules import Stage
from portal.questions.service import second
from portal.registrations.service import quotas
from portal.reminders import service as reminders
from portal.reminders.rules import Kind, Unit
from tests.campaigns.front_door import make_link as make_campaign_link
from tests.desk.front_door import account, make_user, sign_in
from tests.factories import (
    make_event,
    make_link,
    make_publication,
    make_publication_file,
    make_registration,
    make_session,
    make_speaker,
    make_subject,
)
from tests.harness.client import PortalClient
from tests.invitations.front_door import known, make_list
from tests.news.front_door import make_item
from tests.podcasts.making import draw_cover, make_episode, make_show
from tests.questions.making import make_question
from tests.ties.making import make_project, make_topic

pytestmark = pytest.mark.usefixtures("clock")
DOORS = "accounts."
A_DAY_BEFORE = {"kind": Kind.REMINDER, "number": 1, "unit": Unit.DAYS, "at": time(10)}


def desk_rules(app: Flask) -> list[tuple[str, str, set[str]]]:
    """(endpoint, method, names in the address) of every page behind the guard."""
    return sorted(
        (rule.endpoint, method, frozenset(rule.arguments))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk") and not rule.endpoint.startswith(DOORS)
        for method in (rule.methods or set()) & {"GET", "POST"}
    )  # type: ignore[return-value]


def address(app: Flask, endpoint: str, names: set[str], values: dict[str, object]) -> str:
    with app.test_request_context():
        built: str = app.url_for(endpoint, **{name: values[name] for name in names})
    return built


@pytest.fixture
def values(app: Flask) -> dict[str, object]:
    with app.app_context(), transaction():
        theirs = make_event(slug="theirs")
        make_event(slug="mine")
        make_registration(theirs)
        theirs.capacity = 1
        papers.keep(theirs, {"invites": True, "signer_role": {}}, by=COMMAND, now=clock.now())
        make_question(theirs, stage=Stage.SECOND)
        second.open_form(theirs, theirs.starts_at, by=COMMAND, now=clock.now())
        first_kept = {"places": 1, "until": theirs.starts_at, "groups": ["mep"], "countries": []}
        kept = editions_service.keep_template(theirs, "House", by=COMMAND, now=clock.now())
        made = {
            "slug": "theirs",
            "lang": "en",
            "template_id": kept.id,
            "registration_id": make_registration(theirs).id,  # in line: all acts are possible
            "note_id": 1,
            "circular_id": circulars.begin(theirs, {}, by=COMMAND, now=theirs.created_at).id,
            "quota_id": quotas.add(theirs, first_kept, by=COMMAND, now=clock.now()).id,
            "reminder_id": reminders.add(theirs, A_DAY_BEFORE, by=COMMAND, now=clock.now()).id,
            "kind": "reminder",
            "run_id": 1,
            "session_id": make_session(theirs).id,
            "speaker_id": make_speaker(theirs).id,
            "material_id": make_link(theirs).id,
            "question_number": make_question(theirs).number,
            "question_kind": "text",
            "paper_kind": "invitation",
            "stage": "second",
            "message_id": 1,
            "report_id": 1,
            "request_id": 1,
            "export_id": 1,
            **_invited(theirs),
            **library_values(),
            "item_id": make_item().id,
            **_campaign(),
            "gathering_id": make_topic().id,
            "number": make_project().id,  # its first phase has the same number
            "what": "topic",
            **podcast(),
        }
    email = make_user(app, "member@example.org", "theirs")
    sign_in(app, email)
    with app.app_context():
        member = account(email)
        return made | {
            "member_id": member.memberships[0].id,
            "user_id": member.id,
            "sign_in_id": db.session.scalars(select(SignIn.id)).one(),
            "passkey_id": 1,
        }


def library_values() -> dict[str, object]:
    """A draft with a file, and what else the desk pages of the library have in their addresses."""
    draft = make_publication(state=PublicationState.DRAFT)
    file = make_publication_file(draft, b"%PDF-1.7\n%%EOF\n")
    subject = make_subject("skills")
    kept = publications.keep_import("[]", [], now=clock.now())
    return {
        "publication_id": draft.id,
        "file_id": file.id,
        "subject_id": subject.id,
        "import_id": kept.id,
    }


def _invited(event: Event) -> dict[str, object]:
    """A list with a person on it, and a file that is looked at."""
    of_list = make_list(event, "ada", sent=False)
    file = lists.keep_file(of_list, [known("bob")], by=COMMAND, now=clock.now())
    return {"list_id": of_list.id, "invitation_id": 1, "upload_id": file.id}


def _campaign() -> dict[str, object]:
    """An issue of a newsletter, and a link in it."""
    link = make_campaign_link()
    return {"issue_id": link.issue_id, "link_id": link.id}


def podcast() -> dict[str, object]:
    """The ids of a show, of an episode and of who is heard in it."""
    show = make_show()
    episode = make_episode(show)
    return {
        "show_id": show.id,
        "episode_id": episode.id,
        "person_id": episode.people[0].id,
    }


def ask(client: PortalClient, method: str, path: str) -> int:
    if method == "GET":
        return client.get(path).status_code
    return client.post(path, data={"csrf_token": token(client)}).status_code


def token(client: PortalClient) -> str:
    """A token that fits the session, as a page of the desk would carry it."""
    with client.application.test_request_context():
        from flask import session

        with client.session_transaction() as kept:
            session.update(kept)
            made: str = generate_csrf()
            kept["csrf_token"] = session["csrf_token"]
    return made


def test_strangers_are_led_to_the_sign_in(
    app: Flask, client: PortalClient, values: dict[str, object]
) -> None:
    seen = {
        (endpoint, method): ask(client, method, address(app, endpoint, names, values))
        for endpoint, method, names in desk_rules(app)
    }
    assert len(seen) > 25
    assert set(seen.values()) == {303}, seen


def test_organisers_of_another_event_find_nothing_of_this_one(
    app: Flask, values: dict[str, object]
) -> None:
    client = sign_in(app, make_user(app, "other@example.org", "mine"))
    seen = {
        (endpoint, method): ask(client, method, address(app, endpoint, names, values))
        for endpoint, method, names in desk_rules(app)
        if "slug" in names
    }
    assert len(seen) > 20
    assert set(seen.values()) == {404}, seen


LOOKS = {
    "events_desk.show", "retention_desk.show", "retention_desk.certificate",
    "retention_desk.as_json", "retention_desk.as_text",
}  # fmt: skip
READS_PEOPLE = {
    "registrations_desk.index", "registrations_desk.show", "sessions_desk.index",
    "unreached_desk.index",
        "invitations_desk.index", "invitations_desk.show",
}  # fmt: skip
WRITES_TEXTS = {
    "events_texts.texts", "events_texts.preview",
    "programme_desk.index", "programme_desk.new", "programme_desk.session",
    "programme_desk.cancellation", "programme_desk.comes_back", "programme_desk.removal",
    "programme_desk.place",
    "speakers_desk.index", "speakers_desk.new", "speakers_desk.speaker", "speakers_desk.photo",
    "speakers_desk.removal", "speakers_desk.place",
    "materials_desk.index", "materials_desk.new_file", "materials_desk.new_link",
    "materials_desk.material", "materials_desk.file", "materials_desk.removal",
    "materials_desk.place",
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "open_to_it"),
    [(TeamRole.READER, LOOKS | READS_PEOPLE), (TeamRole.EDITOR, LOOKS | WRITES_TEXTS)],
)
def test_a_role_opens_its_pages_and_no_others(
    app: Flask, values: dict[str, object], role: TeamRole, open_to_it: set[str]
) -> None:
    """Readers take nothing out and change nothing; editors see nobody's data."""
    client = sign_in(app, make_user(app, "role@example.org", "theirs", role=role))
    refused, opened = set(), set()
    for endpoint, method, names in desk_rules(app):
        if "slug" in names:
            answer = ask(client, method, address(app, endpoint, names, values))
            (refused if answer == 403 else opened).add(endpoint)
    assert opened == open_to_it
    assert refused


def test_who_may_not_act_is_offered_no_act(app: Flask, values: dict[str, object]) -> None:
    """What a page shows to readers and editors leads to no page that refuses them."""
    for role in (TeamRole.READER, TeamRole.EDITOR):
        client = sign_in(app, make_user(app, f"{role}@example.org", "theirs", role=role))
        for path in offered(client, "/desk/events/theirs/", RIGHTS[role]):
            assert client.get(path).status_code == 200, (role, path)


def offered(client: PortalClient, path: str, rights: frozenset[Right]) -> set[str]:
    """The pages of the desk that this one and those behind it link to.

    Their forms are only those that somebody with these rights may send.
    """
    seen, ahead = set(), {path}
    while ahead:
        path = ahead.pop()
        seen.add(path)
        page = client.get(path).get_data(as_text=True)
        for action in re.findall(r'method="post" action="(/desk/events[^"]*)"', page):
            assert needed(client, unescape(action)) in rights, (path, action)
        links = {unescape(link) for link in re.findall(r'href="(/desk/[^"]*)"', page)}
        ahead |= {link for link in links if link.startswith("/desk/events/")} - seen
    return seen


def needed(client: PortalClient, action: str) -> Right:
    """The right that who sends a form to this address needs."""
    urls = client.application.url_map.bind("localhost")
    endpoint, _values = urls.match(action, method="POST")
    view = client.application.view_functions[endpoint]
    right: Right = getattr(view, "needed_right", Right.RUN)
    return right


def test_the_library_is_open_to_its_editors_and_to_administrators_alone(
    app: Flask, values: dict[str, object]
) -> None:
    """An editor who belongs to no event gets into no other page that says anything of anybody."""
    emails = {
        "editor": make_user(app, "editor@example.org"),
        "organiser": make_user(app, "organiser@example.org", "theirs"),
        "administrator": make_user(app, "admin@example.org", admin=True),
    }
    with app.app_context(), transaction():
        accounts.make_editor(account(emails["editor"]), by=COMMAND, now=clock.now())
        draw_cover(db.session.scalars(select(Show)).one())
    library = set(app.extensions["library_desk"])
    gets = [each for each in desk_rules(app) if each[1] == "GET"]
    every = {endpoint for endpoint, _m, _n in gets if endpoint.partition(".")[0] in library}
    for who, email in emails.items():
        client, opened = sign_in(app, email), set()
        for endpoint, _method, names in gets:
            if who != "editor" and endpoint not in every:
                continue
            answer = client.get(address(app, endpoint, names, values))
            if answer.status_code in (200, 409):
                opened.add(endpoint)
                if who == "editor":
                    page = answer.get_data()  # a recording is no text
                    assert not [w for w in OF_OTHERS if w.encode() in page], endpoint
        inside = {endpoint for endpoint in opened if endpoint.partition(".")[0] in library}
        assert inside == (set() if who == "organiser" else every), who
        if who == "editor":
            assert opened - inside == OWN_PAGES


OF_OTHERS = ("Analytical Society", "member@example.org", "organiser@example.org")
OWN_PAGES = {
    "accounts_desk.password", "accounts_desk.show", "desk.front", "events_making.new",
    "events_making.templates", "exports_desk.index", "outbox_desk.index", "passkeys_desk.index",
    "subjects_desk.index",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "registration_id",
        "session_id",
        "speaker_id",
        "material_id",
        "reminder_id",
        "quota_id",
        "list_id",
        "invitation_id",
        "upload_id",
    ],
)
def test_what_belongs_to_one_event_is_not_found_under_another(
    app: Flask, values: dict[str, object], name: str
) -> None:
    """Who may see both still has to use the right address."""
    client = sign_in(app, make_user(app, "both@example.org", "mine", "theirs"))
    found, foreign = (
        {
            (endpoint, method): ask(
                client, method, address(app, endpoint, names, values | {"slug": slug})
            )
            for endpoint, method, names in desk_rules(app)
            if name in names and method == "GET"
        }
        for slug in ("theirs", "mine")
    )
    assert {at for at, answer in found.items() if answer != 200} <= HAVE_NO_FILE | NO_OFFER
    assert found and set(foreign.values()) == {404}


HAVE_NO_FILE = {
    ("person_papers_desk.letter", "GET"),  # of somebody without a place
    ("speakers_desk.photo", "GET"),
    ("materials_desk.file", "GET"),
    ("registrations_desk.file", "GET"),
}
NO_OFFER = {("line_desk.offer_removal", "GET")}


def test_an_act_without_the_forms_token_is_refused(app: Flask, values: dict[str, object]) -> None:
    client = sign_in(app, make_user(app, admin=True))
    for endpoint, method, names in desk_rules(app):
        if method == "POST":
            assert client.post(address(app, endpoint, names, values)).status_code == 400
