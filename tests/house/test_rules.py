"""The rules of the house, as far as code and tables can show them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import JSON, String

from portal.access import privacy as access
from portal.access.models import Visitor
from portal.circulars import privacy as circulars
from portal.circulars.models import Recipient
from portal.config import ROOT
from portal.db import db
from portal.events import privacy as events
from portal.events.models import Speaker
from portal.registrations import privacy as registrations
from portal.registrations.models import Note, Registration
from portal.registrations.rules import Occasion
from portal.reminders import privacy as reminders
from portal.reminders.models import Telling
from portal.reminders.rules import Kind

CODE = sorted((ROOT / "portal").rglob("*.py"))
MAY_COMMIT = {"portal/web.py", "portal/db.py", "portal/worker.py", "portal/outbox/chores.py"}
# These keep their own books: the backup copies them whole, Flask-Security commits by itself.
BESIDE_THE_RULE = {"portal/dump.py", "portal/backup.py", "portal/accounts/datastore.py"}


def calls(path: Path, name: str) -> list[int]:
    """The lines on which a method of that name is called."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    ]


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_request_the_chore_and_the_postman_commit(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    if name not in MAY_COMMIT | BESIDE_THE_RULE:
        assert calls(path, "commit") == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_the_clock_reads_the_clock(path: Path) -> None:
    if path.name != "clock.py":
        assert calls(path, "utcnow") == [] and calls(path, "now") == _of_our_clock(path)


def _of_our_clock(path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "now"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "clock"
    ]


@pytest.mark.parametrize("occasion", list(Occasion))
@pytest.mark.parametrize("shape", ["subject.txt", "txt", "html"])
def test_every_letter_has_its_three_shapes(occasion: Occasion, shape: str) -> None:
    assert (ROOT / "templates/registrations/mail" / f"{occasion}.{shape}").is_file()


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("shape", ["subject.txt", "txt", "html"])
def test_every_reminder_has_its_three_shapes(kind: Kind, shape: str) -> None:
    assert (ROOT / "templates/reminders/mail" / f"{kind}.{shape}").is_file()


def test_every_template_compiles(app: Flask) -> None:
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def test_every_part_that_keeps_an_address_says_how_it_forgets(app: Flask) -> None:
    parts = {
        mapper.class_.__module__.split(".")[1]
        for mapper in db.Model.registry.mappers
        for column in mapper.columns
        if column.key in ("email", "recipient")
    }
    assert parts == {"accounts", "events", "outbox", "registrations"}
    for part in parts:
        assert (ROOT / "portal" / part / "privacy.py").is_file()


def test_every_text_about_a_speaker_is_personal_or_has_its_reason(app: Flask) -> None:
    of_the_record = {"link_code"}
    texts = {
        column.key for column in Speaker.__table__.columns if isinstance(column.type, String | JSON)
    }
    assert texts == {*events.PERSONAL} | of_the_record


def test_every_text_about_a_registrant_is_personal_or_has_its_reason(app: Flask) -> None:
    of_the_record = {"status", "told_status", "link_code", "notice_version", "stuck_reason"}
    texts = {
        column.key for column in Registration.__table__.columns if isinstance(column.type, String)
    }
    assert texts == {*registrations.PERSONAL, *registrations.STATISTICAL} | of_the_record


def test_every_text_of_a_note_is_personal(app: Flask) -> None:
    texts = {column.key for column in Note.__table__.columns if isinstance(column.type, String)}
    assert texts == {*registrations.PERSONAL_NOTES, "kind"}


def test_a_copy_of_a_reminder_is_a_pair_of_ids(app: Flask) -> None:
    kept = {column.key for column in Telling.__table__.columns if isinstance(column.type, String)}
    assert kept == {*reminders.PERSONAL, "outcome", "message_id", "reason"}


def test_a_recipient_of_a_letter_is_a_pair_of_ids(app: Flask) -> None:
    """No name and no address: those go with the mail."""
    kept = {column.key for column in Recipient.__table__.columns if isinstance(column.type, String)}
    assert kept == {*circulars.PERSONAL, "outcome", "message_id", "reason"}


def test_of_a_visitor_nothing_is_kept_but_what_is_sealed(app: Flask) -> None:
    """The rest is the record: which notice they read, which link they were told, and a mark."""
    kept = {each.key for each in Visitor.__table__.columns if isinstance(each.type, String)}
    assert kept == {*access.PERSONAL, "notice_version", "told_link", "exported"}


@pytest.mark.parametrize("occasion", ["access_asked", "access_reminder"])
@pytest.mark.parametrize("shape", ["subject.txt", "txt", "html"])
def test_every_letter_about_the_door_has_its_three_shapes(occasion: str, shape: str) -> None:
    assert (ROOT / "templates/access/mail" / f"{occasion}.{shape}").is_file()
