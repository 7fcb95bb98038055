"""Materials at the desk: what is kept, what is refused, and what is gone."""

from __future__ import annotations

import errno
import os
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal import uploads
from portal.config import Settings
from portal.db import db, transaction
from portal.materials.chores import sweep_files
from portal.materials.models import Material
from tests.desk.front_door import make_user, send, sign_in, words
from tests.factories import make_event, make_link, make_session
from tests.harness.client import PortalClient, form_in
from tests.materials.files import HONEST, PDF, REFUSED, taken_somewhere

PAGE = "/desk/events/trust/materials/"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def client(app: Flask) -> PortalClient:
    with app.app_context(), transaction():
        make_session(make_event(slug="trust"))
    return sign_in(app, make_user(app, "olga@example.org", "trust"))


def hand_in(
    client: PortalClient, name: str, content: bytes, path: str = f"{PAGE}new/file", **fields: Any
) -> TestResponse:
    """As a browser sends the form; its octets are put together here, and in no file."""
    page = client.get(path)
    given = form_in(page.get_data(as_text=True), path).values | {"title-en": ["The paper"]}
    given |= {field: [value] for field, value in fields.items()}
    parts = [
        f'Content-Disposition: form-data; name="{field}"\r\n\r\n{value}'.encode()
        for field, values in given.items()
        for value in values
    ]
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
    parts.append(f"{head}\r\nContent-Type: text/html\r\n\r\n".encode() + content)
    body = b"".join(b"--frontier\r\n" + part + b"\r\n" for part in parts) + b"--frontier--\r\n"
    return client.post(path, data=body, content_type="multipart/form-data; boundary=frontier")


def kept(settings: Settings) -> list[Path]:
    return sorted(settings.uploads_dir.glob("*")) if settings.uploads_dir.exists() else []


def material(app: Flask) -> Material:
    with app.app_context():
        return db.session.scalars(select(Material)).one()


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_kept_under_a_name_of_ours(
    app: Flask, client: PortalClient, settings: Settings, name: str
) -> None:
    answer = hand_in(client, name, HONEST[name])
    assert answer.status_code == 303, words(answer)
    (file,) = kept(settings)
    ending = name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    assert re.fullmatch(rf"[0-9a-f]{{32}}\.{ending}", file.name)
    assert material(app).file == file.name
    if ending not in ("png", "jpg", "webp"):
        assert file.read_bytes() == HONEST[name]


@pytest.mark.parametrize("name", REFUSED)
def test_what_lies_or_could_run_is_refused_and_leaves_nothing(
    client: PortalClient, settings: Settings, name: str
) -> None:
    answer = hand_in(client, name, REFUSED[name])
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "<title>Error:" in html and 'href="#file"' in html
    assert 'value="The paper"' in html
    assert kept(settings) == []


@pytest.mark.parametrize(
    "name",
    ["../../secret_key.pdf", "/etc/passwd.pdf", "a%22b.pdf", "a%0D%0AX-Evil: 1.pdf", "Μελέτη.pdf"],
)
def test_nothing_of_a_name_but_its_ending_is_used(
    app: Flask, client: PortalClient, settings: Settings, name: str
) -> None:
    assert hand_in(client, name, PDF).status_code == 303
    (file,) = kept(settings)
    assert re.fullmatch(r"[0-9a-f]{32}\.pdf", file.name)
    assert file.parent == settings.uploads_dir


def test_a_picture_is_drawn_anew_small_and_without_where_it_was_taken(
    client: PortalClient, settings: Settings
) -> None:
    content = taken_somewhere()
    assert hand_in(client, "photo.jpg", content).status_code == 303
    (file,) = kept(settings)
    with Image.open(file) as drawn:
        assert drawn.size == (1200, 600)
        assert not drawn.getexif()
    assert b"script" not in file.read_bytes() and b"Brussels" not in file.read_bytes()


def test_a_small_file_that_unfolds_into_all_the_memory_is_refused(
    client: PortalClient, settings: Settings
) -> None:
    bomb = BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 100_000
    answer = hand_in(client, "bomb.png", bomb.getvalue())
    assert answer.status_code == 422
    assert kept(settings) == []


@pytest.mark.parametrize(("megabytes", "status"), [(19, 303), (21, 422), (25, 413)])
def test_a_large_file_is_bounded_and_leaves_nothing(
    client: PortalClient, settings: Settings, megabytes: int, status: int
) -> None:
    content = b"%PDF-1.7\n" + b"\n" * megabytes * 1024 * 1024 + b"%%EOF\n"
    answer = hand_in(client, "big.pdf", content)
    assert answer.status_code == status
    if status == 422:
        assert "This file is larger than 20 MB." in words(answer)
    assert len(kept(settings)) == (status == 303)


@pytest.mark.settings(PORTAL_UPLOAD_MEGABYTES=1)
def test_the_bound_is_a_setting(client: PortalClient) -> None:
    answer = hand_in(client, "big.pdf", b"%PDF-1.7\n" + b"\n" * 1024 * 1024 + b"%%EOF\n")
    assert "This file is larger than 1 MB." in words(answer)


def test_a_stranger_may_not_even_send_one(client: PortalClient, app: Flask) -> None:
    stranger = app.test_client()
    answer = stranger.post(f"{PAGE}new/file", data=b"%PDF" + b"\n" * 5 * 1024 * 1024)
    assert answer.status_code == 413


def test_when_another_field_is_wrong_nothing_is_kept_and_the_page_says_so(
    client: PortalClient, settings: Settings
) -> None:
    answer = hand_in(client, "paper.pdf", PDF, **{"title-en": ""})
    assert answer.status_code == 422
    assert "Choose the file again" in words(answer)
    assert kept(settings) == []


def test_a_file_goes_when_its_transaction_is_rolled_back(app: Flask, settings: Settings) -> None:
    with app.app_context(), pytest.raises(RuntimeError), transaction():
        uploads.keep(BytesIO(PDF), "a.pdf")
        db.session.execute(select(Material))
        assert len(kept(settings)) == 1
        raise RuntimeError
    assert kept(settings) == []


def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing(
    client: PortalClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = hand_in(client, "a.pdf", PDF)
    assert answer.status_code == 507
    assert "no room for this file" in answer.get_data(as_text=True)
    assert kept(settings) == []


def test_replacing_and_removing_leave_no_file_behind(
    app: Flask, client: PortalClient, settings: Settings
) -> None:
    hand_in(client, "a.pdf", PDF)
    (first,) = kept(settings)
    path = f"{PAGE}{material(app).id}"
    hand_in(client, "b.txt", b"Notes\n", path)
    (second,) = kept(settings)
    assert first != second and second.suffix == ".txt"
    send(client, path, {"title-en": "Other words"})
    assert kept(settings) == [second]
    assert send(client, f"{path}/removal").status_code == 303
    assert kept(settings) == []
    assert "No material yet" in words(client.get(PAGE))


def test_files_that_no_row_names_are_swept_after_a_day(
    app: Flask, client: PortalClient, settings: Settings, clock: time_machine.Traveller
) -> None:
    hand_in(client, "a.pdf", PDF)
    (named,) = kept(settings)
    orphan = settings.uploads_dir / f"{'0' * 32}.pdf"
    orphan.write_bytes(PDF)
    now = portal_clock.now()
    for file in (named, orphan):
        os.utime(file, (now.timestamp(), now.timestamp()))
    with app.app_context():
        assert not sweep_files(now + timedelta(hours=23))
        assert sweep_files(now + timedelta(hours=25))
        assert not sweep_files(now + timedelta(hours=25))
    assert kept(settings) == [named]


def test_a_link_has_to_be_a_web_address(client: PortalClient) -> None:
    path = f"{PAGE}new/link"
    for address in ("data:text/html,x", "ftp://example.org", "example.org"):
        page = send(client, path, {"url": address, "title-en": "A"})
        assert page.status_code == 422
        assert "begins with https://" in words(page)
    assert send(client, path, {"url": "https://example.org/a", "title-en": "A"}).status_code == 303


def test_materials_are_put_in_order_by_a_button(app: Flask, client: PortalClient) -> None:
    from portal.events.queries import any_slug

    with app.app_context(), transaction():
        event = any_slug("trust")
        assert event is not None
        ids = [make_link(event, title={"en": name}).id for name in "ABC"]
    client.submit(PAGE, {"to": "earlier"}, action=f"/{ids[2]}/place")
    html = client.get("/en/events/trust/").get_data(as_text=True)
    assert re.findall(r'hreflang="en">(\w)<', html) == ["A", "C", "B"]


def test_a_session_of_another_event_cannot_be_chosen(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        foreign = make_session(make_event(slug="other")).id
    fields = {"url": "https://example.org", "title-en": "A", "session_id": str(foreign)}
    assert send(client, f"{PAGE}new/link", fields).status_code == 422


def test_the_second_of_two_editors_loses_nothing(app: Flask, client: PortalClient) -> None:
    send(client, f"{PAGE}new/link", {"url": "https://example.org", "title-en": "A"})
    path = f"{PAGE}{material(app).id}"
    mine = client.get(path)
    (session,) = re.findall(r'value="(\d+)">Welcome<', mine.text)
    send(client, path, {"title-en": "Theirs", "visibility": "after", "session_id": session})
    page = send(client, mine, {"title-en": "Mine"})
    assert page.status_code == 409
    said = words(page)
    assert "Somebody else has changed the material meanwhile." in said
    assert "Title (English): somebody else changed it too. Theirs: Theirs" in said
    assert "Who finds it, as they left it: Everybody, once the event is over" in said
    assert "Belongs to, as they left it: Welcome" in said
    send(client, page)
    found = material(app)
    assert (found.title, found.visibility.value) == ({"en": "Mine"}, "after")
