"""Materials for everybody and for who has a place, with their own strict headers."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal import uploads
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.events import service as events
from portal.events.models import Event
from portal.events.queries import any_slug
from portal.events.rules import State
from portal.materials import service
from portal.materials.rules import Visibility
from portal.registrations import own_links
from portal.registrations import service as registrations
from tests.desk.front_door import words
from tests.factories import make_event, make_link, make_registration, make_session
from tests.harness.client import PortalClient
from tests.materials.files import PDF

PAGE = "/en/events/trust/"

pytestmark = pytest.mark.usefixtures("clock")


def make_file(event: Event, content: bytes = PDF, name: str = "a.pdf", **facts: Any) -> int:
    usual: dict[str, Any] = {
        "title": {"en": "The paper"}, "language": "en", "visibility": Visibility.PUBLIC,
        "session_id": None, "url": "",
    }  # fmt: skip
    kept = uploads.keep(BytesIO(content), name)
    now = portal_clock.now()
    return service.add(event, usual | facts, kept, by=COMMAND, now=now).id


def the_event() -> Event:
    found = any_slug("trust")
    assert found is not None
    return found


@pytest.fixture
def trust(app: Flask) -> None:
    with app.app_context(), transaction():
        make_event(slug="trust", capacity=1)


@pytest.fixture
def files(app: Flask, trust: None) -> dict[str, str]:
    """One file of each visibility: its public address."""
    with app.app_context(), transaction():
        return {
            each.value: f"{PAGE}materials/{make_file(the_event(), visibility=each)}"
            for each in Visibility
        }


def own_link(app: Flask, **fields: Any) -> str:
    with app.app_context(), transaction():
        token = own_links.token(make_registration(the_event(), **fields))
    return f"/en/registrations/{token}"


def test_a_public_file_leaves_with_headers_of_its_own(
    client: PortalClient, files: dict[str, str]
) -> None:
    answer = client.get(files["public"])
    assert answer.status_code == 200
    assert answer.data == PDF
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "public, no-cache"
    assert headers["Content-Disposition"].startswith('attachment; filename="material-')
    assert headers["Content-Disposition"].endswith("filename*=UTF-8''The%20paper.pdf")
    assert "Set-Cookie" not in headers


def test_a_file_is_asked_for_again_by_its_etag_in_part_and_by_its_head(
    client: PortalClient, files: dict[str, str]
) -> None:
    path = files["public"]
    etag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    part = client.get(path, headers={"Range": "bytes=0-4", "Accept-Encoding": "br, gzip"})
    assert (part.status_code, part.data) == (206, b"%PDF-")
    assert part.headers["Content-Range"] == f"bytes 0-4/{len(PDF)}"
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(PDF))
    assert client.get(path, headers={"Range": "bytes=9999-"}).status_code == 416


def test_a_table_is_not_compressed_on_its_way(
    app: Flask, client: PortalClient, trust: None
) -> None:
    content = b"name;places\n" * 500
    with app.app_context(), transaction():
        number = make_file(the_event(), content, "table.csv")
    answer = client.get(f"{PAGE}materials/{number}", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.data == content


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('Μελέτη: "τι" / πώς;', "%CE%9C%CE%B5%CE%BB%CE%AD%CF%84%CE%B7%20"),
        ("../../etc/passwd", "etc%20passwd.pdf"),
        ('a"; filename="b.html', "a%20%3B%20filename%3D%20b.html.pdf"),
        ("...", "material.pdf"),
    ],
)
def test_a_title_of_any_kind_makes_an_honest_name(
    app: Flask, client: PortalClient, trust: None, title: str, name: str
) -> None:
    with app.app_context(), transaction():
        number = make_file(the_event(), title={"en": title})
    header = client.get(f"{PAGE}materials/{number}").headers["Content-Disposition"]
    assert f"filename*=UTF-8''{name}" in header
    assert header.count('"') == 2 and header.isascii()


def test_what_is_not_public_is_not_there(
    app: Flask, client: PortalClient, files: dict[str, str], clock: time_machine.Traveller
) -> None:
    assert [client.get(files[each.value]).status_code for each in Visibility] == [200, 404, 404]
    number = files["public"].rpartition("/")[2]
    with app.app_context(), transaction():
        make_event(slug="other")
        make_event(slug="draft", state=State.DRAFT)
        draft = make_file(any_slug("draft"))  # type: ignore[arg-type]
    for path in (
        f"/en/events/other/materials/{number}", f"/en/events/draft/materials/{draft}",
        f"{PAGE}materials/99999", f"{PAGE}materials/{10**20}", f"{PAGE}materials/../x",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_what_is_public_after_the_event_appears_by_the_clock(
    app: Flask, client: PortalClient, files: dict[str, str], clock: time_machine.Traveller
) -> None:
    after = files["after"]
    assert after not in client.get(PAGE).get_data(as_text=True)
    with app.app_context():
        ends_at = the_event().ends_at
    clock.move_to(ends_at - timedelta(seconds=1))
    assert after not in client.get(PAGE).get_data(as_text=True)
    clock.move_to(ends_at + timedelta(seconds=1))
    assert after in client.get(PAGE).get_data(as_text=True)
    assert client.get(after).status_code == 200
    assert client.get(files["attendees"]).status_code == 404


def test_a_cancelled_event_has_no_after(
    app: Flask, client: PortalClient, files: dict[str, str], clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        events.cancel(the_event(), by=COMMAND, now=portal_clock.now())
        ends_at = the_event().ends_at
    clock.move_to(ends_at + timedelta(days=1))
    assert client.get(files["after"]).status_code == 404


def test_a_kept_page_is_renewed_when_materials_change(
    app: Flask, client: PortalClient, trust: None
) -> None:
    assert "The study" not in words(client.get(PAGE))
    with app.app_context(), transaction():
        session = make_session(the_event())
        link = make_link(the_event(), session_id=session.id).id
    html = client.get(PAGE).get_data(as_text=True)
    assert html.count("https://example.org/study") == 2  # beside its session, and in the list
    with app.app_context(), transaction():
        service.remove(material(link), by=COMMAND, now=portal_clock.now())
    assert "The study" not in words(client.get(PAGE))


def material(number: int) -> Any:
    from portal.materials import queries

    return queries.one(the_event(), number)


def test_attendees_find_theirs_by_their_own_link_and_nobody_else_does(
    app: Flask, client: PortalClient, files: dict[str, str]
) -> None:
    has_place, waits = own_link(app), own_link(app)
    number = files["attendees"].rpartition("/")[2]
    path = f"{has_place}/materials/{number}"
    assert path in client.get(has_place).get_data(as_text=True)
    answer = client.get(path)
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "materials/" not in client.get(waits).get_data(as_text=True)
    for refused in (
        f"{waits}/materials/{number}", f"/en/registrations/x/materials/{number}",
        files["attendees"], f"{has_place[:-2]}/materials/{number}",
        f"{has_place}/materials/{files['after'].rpartition('/')[2]}",
        f"{has_place}/materials/{10**20}",
    ):  # fmt: skip
        assert client.get(refused).status_code == 404, refused


def test_who_withdraws_finds_them_no_more(
    app: Flask, client: PortalClient, files: dict[str, str]
) -> None:
    from portal.registrations.queries import of_address

    own = own_link(app, email="ada@example.org")
    path = f"{own}/materials/{files['attendees'].rpartition('/')[2]}"
    assert client.get(path).status_code == 200
    with app.app_context(), transaction():
        registrations.withdraw(of_address("ada@example.org")[0], by=COMMAND, now=portal_clock.now())
    assert client.get(path).status_code == 404


def test_an_old_address_leads_to_the_file(
    app: Flask, client: PortalClient, files: dict[str, str]
) -> None:
    with app.app_context(), transaction():
        events.rename(the_event(), "trust-2027", by=COMMAND, now=portal_clock.now())
    answer = client.get(files["public"])
    assert answer.status_code == 301
    assert client.get(answer.headers["Location"]).status_code == 200
