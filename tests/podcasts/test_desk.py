"""Podcasts at the desk: made, handed in, checked, published and taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock as portal_clock
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.config import Settings
from portal.db import db, transaction
from portal.materials.chores import sweep_files
from portal.podcasts import service
from portal.podcasts.models import Episode, Person, Show
from portal.podcasts.rules import Part
from portal.podcasts.transcripts import read
from tests.desk.front_door import make_user, send, sign_in, words
from tests.desk.test_route_walk import address, ask, desk_rules, token
from tests.harness.client import PortalClient, form_in
from tests.podcasts.making import FILES, VTT, make_episode, make_show, square, tone

pytestmark = pytest.mark.usefixtures("clock")
SHOW = {
    "title-en": "Learning at work",
    "author": "The agency",
    "owner_name": "Podcasts of the agency",
    "owner_email": "podcast@example.org",
    "description-en": "How people learn.",
}


@pytest.fixture
def client(app: Flask, clock: time_machine.Traveller) -> PortalClient:
    email = make_user(app, "olga@example.org")
    with app.app_context(), transaction():
        from portal.accounts import queries as accounts
        from portal.accounts import service as account_service

        user = accounts.by_address(email)
        assert user is not None
        account_service.make_editor(user, by=COMMAND, now=portal_clock.now())
    return sign_in(app, email)


def hand_in(
    client: PortalClient, path: str, field: str, name: str, content: bytes, **fields: str
) -> TestResponse:
    """As a browser sends a form with a file."""
    given = form_in(client.get(path).get_data(as_text=True), path).values
    given |= {key: [value] for key, value in fields.items()}
    parts = [
        f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode()
        for key, values in given.items()
        for value in values
    ]
    head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"'
    parts.append(f"{head}\r\nContent-Type: text/html\r\n\r\n".encode() + content)
    body = b"".join(b"--frontier\r\n" + part + b"\r\n" for part in parts) + b"--frontier--\r\n"
    return client.post(path, data=body, content_type="multipart/form-data; boundary=frontier")


def made(app: Flask, **facts: Any) -> str:
    """An episode with everything; the path of its page at the desk."""
    with app.app_context(), transaction():
        return f"/desk/episodes/{make_episode(make_show(slug='work'), slug='trust', **facts).id}"


def one(kind: type[Any]) -> Any:
    return db.session.scalars(select(kind)).one()


def kept(settings: Settings) -> list[Path]:
    return sorted(settings.uploads_dir.glob("*")) if settings.uploads_dir.exists() else []


def test_an_editor_makes_a_podcast_from_nothing_and_everybody_finds_it(
    app: Flask, client: PortalClient, settings: Settings
) -> None:
    answer = hand_in(client, "/desk/podcasts/new", "cover", "c.png", square(), **SHOW)
    assert answer.status_code == 303, words(answer)
    with app.app_context():
        show = one(Show)
        with Image.open(settings.uploads_dir / show.cover) as cover:
            assert cover.size == (1400, 1400) and cover.mode == "RGB"
        guid = show.guid("en")
    assert show.slug == "learning-at-work"
    answer = send(
        client,
        f"/desk/podcasts/{show.id}/episodes/new",
        {"title-en": "Trust", "notes-en": "What *for*?", "chapters": "0:00 Welcome\n0:01 Bye"},
    )
    page = answer.headers["Location"]
    checklist = words(client.get(page))
    assert "missing Recording" in checklist and "missing Transcript" in checklist
    assert "Something is missing still" in words(client.get(f"{page}publication"))
    assert hand_in(client, f"{page}audio", "audio", "a.mp3", tone()).status_code == 303
    assert hand_in(client, f"{page}transcript", "transcript", "a.vtt", VTT).status_code == 303
    send(client, f"{page}people/new", {"name": "Bob", "role-en": "Researcher"})
    assert "MP3, 4 kB, 2 seconds" in words(client.get(page))
    assert "Ada, Bob" in words(client.get(page))
    preview = client.get(f"{page}preview/fr")
    assert "Welcome to &lt;work&gt;." in preview.get_data(as_text=True)
    assert client.get("/en/podcasts/learning-at-work/").status_code == 404
    send(client, f"{page}publication", {"when": "now"})
    public = words(client.get("/en/podcasts/learning-at-work/trust"))
    assert "Welcome to &lt;work&gt;." in public and "Guest · Researcher" in public
    hand_in(client, f"/desk/podcasts/{show.id}/details", "cover", "c.jpg", square(1500, "JPEG"),
            **{"title-en": "Another title"})  # fmt: skip
    with app.app_context():
        assert one(Show).guid("en") == guid
    assert len(kept(settings)) == 3  # cover, its small twin, recording


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.png", square(1399), "1399 by 1399 pixels"),
        ("c.png", square(1400, height=1500), "1400 by 1500 pixels"),
        ("c.jpg", square(3001, "JPEG"), "3001 by 3001 pixels"),
        ("c.webp", square(1400, "WEBP"), "Choose one of: JPG, PNG"),
        ("c.png", b"<svg/>", "Choose one of: JPG, PNG"),
    ],
)
def test_a_cover_is_a_square_of_the_size_that_directories_ask_for(
    client: PortalClient, settings: Settings, name: str, content: bytes, said: str
) -> None:
    answer = hand_in(client, "/desk/podcasts/new", "cover", name, content, **SHOW)
    assert answer.status_code == 422 and said in words(answer)
    assert 'value="Learning at work"' in answer.get_data(as_text=True)
    assert kept(settings) == []


def test_a_recording_is_known_by_its_content_and_says_how_long_it_is(
    app: Flask, client: PortalClient, settings: Settings
) -> None:
    page = made(app, draft=True)
    honest = {"m4a": "m4a", "ogg": "ogg", "opus": "opus"}
    for ending, kind in honest.items():
        assert (
            hand_in(client, f"{page}/audio", "audio", f"a.{ending}", tone(ending)).status_code
            == 303
        )
        with app.app_context():
            episode = one(Episode)
            assert (episode.ending, round(episode.audio_seconds)) == (kind, 2)
        assert len(kept(settings)) == 1
    lying = {
        "a.mp3": tone("ogg"),
        "film.m4a": (FILES / "film.mp4").read_bytes(),
        "page.mp3": b"<script>alert(1)</script>",
        "tag.mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 400,
        "cut.m4a": tone("m4a")[:60],
        "cut.ogg": tone("ogg")[:40],
        "half.mp3": tone()[: len(tone()) // 2],
        "half.m4a": tone("m4a")[: len(tone("m4a")) - 2000],
        "empty.mp3": b"",
        "tone": tone(),
    }
    for name, content in lying.items():
        answer = hand_in(client, f"{page}/audio", "audio", name, content)
        assert answer.status_code == 422, name
        assert 'href="#audio"' in answer.get_data(as_text=True)
    assert [file.suffix for file in kept(settings)] == [".opus"]


@pytest.mark.settings(PORTAL_AUDIO_MEGABYTES=1, PORTAL_UPLOAD_MEGABYTES=4)
def test_a_recording_is_bounded_by_a_setting_of_its_own(app: Flask, client: PortalClient) -> None:
    page = made(app, draft=True)
    answer = hand_in(client, f"{page}/audio", "audio", "a.mp3", tone() * 300)
    assert answer.status_code == 422 and "larger than 1 MB" in words(answer)


def test_a_transcript_that_cannot_be_read_says_where(app: Flask, client: PortalClient) -> None:
    page = made(app)
    wrong = b"WEBVTT\n\n00:01.000 --> 00:00.500\nx\n"
    answer = hand_in(client, f"{page}/transcript", "transcript", "a.vtt", wrong)
    assert answer.status_code == 422
    assert "Line 3: The second time has to be later than the first." in words(answer)
    assert "Welcome to" in client.get("/en/podcasts/work/trust").get_data(as_text=True)


def test_one_that_goes_on_behind_the_recording_is_not_published(
    app: Flask, client: PortalClient
) -> None:
    page = made(app, draft=True)
    late = b"1\n00:00:09,000 --> 00:00:10,000\nLate\n"
    assert hand_in(client, f"{page}/transcript", "transcript", "a.srt", late).status_code == 303
    assert "missing A transcript that ends with the recording" in words(client.get(page + "/"))
    form = {"csrf_token": token(client), "when": "now"}
    answer = client.post(f"{page}/publication", data=form)
    assert answer.status_code == 409 and "Something is missing still" in words(answer)
    assert client.get("/en/podcasts/work/trust").status_code == 404


def test_what_is_planned_goes_public_by_itself_or_not(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    page = made(app, draft=True)
    send(client, f"{page}/publication", {"when": "later", "at": "2026-11-03T09:00"})
    assert "Planned 3 November 2026, 09:00" in words(client.get(f"{page}/"))
    client.submit(f"{page}/publication", action="/publication/withdrawal")
    assert "Draft" in words(client.get(f"{page}/"))
    client.submit(
        f"{page}/publication",
        {"when": "later", "at": "2026-11-03T09:00"},
        action="/publication",
    )
    clock.shift(timedelta(days=1))
    assert "Published" in words(sign_in(app, "olga@example.org").get(f"{page}/"))
    assert client.get("/en/podcasts/work/trust").status_code == 200


def test_what_was_public_is_taken_back_and_brought_back_but_never_deleted(
    app: Flask, client: PortalClient
) -> None:
    page = made(app)
    assert send(client, f"{page}/removal").status_code == 409
    with app.app_context():
        before = (one(Episode).guid, one(Episode).published_at)
    send(client, f"{page}/withdrawal")
    assert client.get("/en/podcasts/work/trust").status_code == 410
    assert client.post(f"{page}/withdrawal").status_code == 400
    send(client, f"{page}/withdrawal")
    assert client.get("/en/podcasts/work/trust").status_code == 200
    with app.app_context():
        assert (one(Episode).guid, one(Episode).published_at) == before
        question = select(Entry.act).where(Entry.subject == "podcast_episodes").order_by(Entry.id)
        acts = db.session.scalars(question).all()
    assert acts[-2:] == ["episode.withdrawn", "episode.brought_back"]


def test_nothing_of_what_is_public_lies_behind_the_end_of_its_recording(
    app: Flask, client: PortalClient, settings: Settings
) -> None:
    page = made(app, number=3, season=1)
    texts = send(client, f"{page}/texts", {"chapters": "0:00 A\n0:03 B"})
    assert (texts.status_code, "Line 2: The recording is over" in words(texts)) == (422, True)
    late = b"WEBVTT\n\n00:00.000 --> 00:09.000\nToo late\n"
    answer = hand_in(client, f"{page}/transcript", "transcript", "a.vtt", late)
    assert answer.status_code == 422
    assert "This transcript goes on after the recording ends" in words(answer)
    short = tone()[225:1225]  # frames alone: half a second
    answer = hand_in(client, f"{page}/audio", "audio", "a.mp3", short)
    assert (answer.status_code, "A chapter begins after this" in words(answer)) == (422, True)
    assert send(client, f"{page}/texts", {"chapters": ""}).status_code == 303
    with app.app_context(), transaction():
        one(Episode).last_word_at = 2.9
    answer = hand_in(client, f"{page}/audio", "audio", "a.mp3", short)
    assert (answer.status_code, "The transcript goes on after" in words(answer)) == (422, True)
    assert len(kept(settings)) == 1

    with app.app_context():
        show = one(Show).id
    new = {"title-en": "Again", "season": "1", "number": "3"}
    answer = send(client, f"/desk/podcasts/{show}/episodes/new", new)
    assert (answer.status_code, "has this number" in words(answer)) == (422, True)
    assert send(client, f"{page}/texts", {"number": "3"}).status_code == 303


def test_a_draft_is_deleted_with_its_files_and_then_the_podcast(
    app: Flask, client: PortalClient, settings: Settings
) -> None:
    page = made(app, draft=True)
    with app.app_context():
        show = one(Show).id
    assert "cannot be deleted" in words(client.get(f"/desk/podcasts/{show}/removal"))
    send(client, f"{page}/removal")
    assert kept(settings) == []
    send(client, f"/desk/podcasts/{show}/removal")
    assert "No podcast yet" in words(client.get("/desk/podcasts/"))


def test_what_is_public_keeps_its_notes(app: Flask, client: PortalClient) -> None:
    answer = send(client, f"{made(app)}/texts", {"notes-en": ""})
    assert answer.status_code == 409
    assert "needs a title, notes, a recording and a transcript" in words(answer)


def test_of_two_at_one_form_the_second_sees_what_the_first_changed(
    app: Flask, client: PortalClient
) -> None:
    page = f"{made(app)}/texts"
    mine = client.get(page)
    send(client, page, {"notes-en": "Theirs", "chapters": "0:00 Theirs"})
    answer = send(client, mine, {"notes-en": "Mine"})
    assert answer.status_code == 409
    said = words(answer)
    assert "Nothing that you typed is lost" in said and "Theirs" in said and "Mine" in said
    assert "0:00 Theirs" in said
    assert send(client, answer).status_code == 303
    with app.app_context():
        assert one(Episode).notes == {"en": "Mine"}
        assert one(Episode).chapters == [[0, "Theirs"]]


def test_a_name_is_taken_out_of_every_list_and_transcript(app: Flask, client: PortalClient) -> None:
    with app.app_context(), transaction():
        now = portal_clock.now()
        for slug in ("work", "other"):
            show = make_show(slug=slug)
            facts = {"part": Part.HOST, "name": "Ada", "link": "https://example.org/ada"}
            service.add_person(show, make_episode(show, slug="trust"), facts, by=COMMAND, now=now)
    assert "Nobody of this name" in words(send(client, "/desk/podcasts/names", {"name": "Adam"}))
    answer = send(client, "/desk/podcasts/names", {"name": "Ada"})
    assert "It was taken out of 4 places" in words(client.get(answer.headers["Location"]))
    paths = ("/en/podcasts/work/trust", "/en/podcasts/other/feed.xml",
             "/podcasts/work/trust/transcript.vtt")  # fmt: skip
    for path in paths:
        page = client.get(path).get_data(as_text=True)
        assert not re.search(r"\bAda\b|example.org/ada", page), path
    assert "Name taken out on request" in client.get(paths[0]).get_data(as_text=True)
    with app.app_context():
        assert {each.name for each in db.session.scalars(select(Person))} == {"", "Bob"}
        assert {cue.voice for cue in db.session.scalars(select(Episode)).first().cues} == {
            "",
            "Bob",
        }


def test_the_sweep_leaves_what_podcasts_name(
    app: Flask, settings: Settings, clock: time_machine.Traveller
) -> None:
    made(app)
    (file,) = kept(settings)
    orphan = file.with_name("0" * 32 + ".mp3")
    orphan.write_bytes(b"x")
    later = portal_clock.now() + timedelta(days=30000)
    with app.app_context(), transaction():
        assert sweep_files(later)
    assert kept(settings) == [file]


def test_addresses_are_one_each_and_made_from_titles(app: Flask, client: PortalClient) -> None:
    made(app)
    for slug, said in (
        ("work", "Another podcast has this address"),
        ("Wörk", "Write small letters"),
    ):
        answer = send(client, "/desk/podcasts/new", SHOW | {"slug": slug})
        assert answer.status_code == 422 and said in words(answer)
    greek = {key: value for key, value in SHOW.items() if key != "title-en"} | {"title-fr": "Ω"}
    assert "Write small letters" in words(send(client, "/desk/podcasts/new", greek))
    with app.app_context():
        show = one(Show).id
    answer = send(client, f"/desk/podcasts/{show}/episodes/new", {"title-en": "Trust"})
    assert answer.status_code == 422 and "Another episode has this address" in words(answer)
    chapters = {"title-en": "New", "chapters": "1:00 Late"}
    answer = send(client, f"/desk/podcasts/{show}/episodes/new", chapters)
    assert "Line 1: The first chapter has to begin at 0:00." in words(answer)


def test_who_does_not_edit_the_library_finds_none_of_it(app: Flask) -> None:
    made(app)
    names = {"show_id": 1, "episode_id": 1, "person_id": 1, "lang": "en"}
    other = sign_in(app, make_user(app, "else@example.org"))
    seen = {
        (endpoint, method): ask(other, method, address(app, endpoint, arguments, names))
        for endpoint, method, arguments in desk_rules(app)
        if endpoint.partition(".")[0] in ("podcasts_desk", "episodes_desk", "podcast_people_desk")
    }
    assert len(seen) > 30
    assert set(seen.values()) == {404}, seen


def test_a_cue_is_kept_as_it_was_read(app: Flask) -> None:
    made(app)
    with app.app_context():
        assert one(Episode).cues == read(VTT)
