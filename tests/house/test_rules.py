"""The rules of the house, as far as code and tables can show them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import JSON, LargeBinary, String

from portal.config import ROOT
from portal.db import db
from portal.inbox.rules import Occasion as CalendarOccasion
from portal.keeping import Impersonal, Keeping, inventory
from portal.registrations import privacy as registrations
from portal.registrations.rules import HOLDS, Occasion
from portal.reminders.rules import Kind

CODE = sorted((ROOT / "portal").rglob("*.py"))
MAY_COMMIT = {"portal/web.py", "portal/db.py", "portal/worker.py", "portal/outbox/chores.py"}
# These keep their own books: the backup copies them whole, Flask-Security commits by itself.
BESIDE_THE_RULE = {"portal/dump.py", "portal/backup.py", "portal/accounts/datastore.py"}

WORDS = (String, JSON, LargeBinary)
"""Types of columns in which something about a person may stand."""


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


def test_every_table_says_what_it_holds_of_people_and_until_when(app: Flask) -> None:
    """By a rule beside it, in the part's `privacy.py`, or with the reason why it needs none."""
    assert set(inventory()) == set(db.metadata.tables)


def test_every_text_of_a_table_with_people_is_personal_or_has_its_place(app: Flask) -> None:
    for name, rule in inventory().items():
        if isinstance(rule, Keeping):
            columns = db.metadata.tables[name].columns
            texts = {each.key for each in columns if isinstance(each.type, WORDS)}
            assert texts <= rule.columns <= {each.key for each in columns}, name
            named = (*rule.personal, *rule.statistical, *rule.of_the_record)
            assert len(named) == len(rule.columns), name


def test_a_table_about_nobody_names_its_texts(app: Flask) -> None:
    """A new one, which may hold something about a person, is thought about."""
    for name, rule in inventory().items():
        if isinstance(rule, Impersonal):
            columns = db.metadata.tables[name].columns
            texts = {each.key for each in columns if isinstance(each.type, WORDS)}
            assert texts == set(rule.texts), name


@pytest.mark.parametrize("occasion", [*CalendarOccasion, "person_wrote", "calendars_ended"])
@pytest.mark.parametrize("shape", ["subject.txt", "txt", "html"])
def test_every_answer_to_a_calendar_has_its_three_shapes(occasion: str, shape: str) -> None:
    assert any((ROOT / "templates").glob(f"*/mail/{occasion}.{shape}"))


@pytest.mark.parametrize("occasion", ["access_asked", "access_reminder"])
@pytest.mark.parametrize("shape", ["subject.txt", "txt", "html"])
def test_every_letter_about_the_door_has_its_three_shapes(occasion: str, shape: str) -> None:
    assert (ROOT / "templates/access/mail" / f"{occasion}.{shape}").is_file()


def test_what_the_record_says_days_of_is_what_the_form_asks_of_a_person(app: Flask) -> None:
    emptied = [name for names in HOLDS.values() for name in names]
    derived = {"address_key", "name_key", "sort_name", "search_text"}
    assert sorted(emptied) == sorted({*registrations.PERSONAL} - derived)
