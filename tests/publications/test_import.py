"""Bibliographies are imported: shown first, then done, and doing it again changes nothing."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.audit.models import Entry as AuditEntry
from portal.audit.service import COMMAND
from portal.cli import main
from portal.db import db, transaction
from portal.publications import bibtex, csl, importing, ris
from portal.publications.comparing import Reason
from portal.publications.importing import Fate
from portal.publications.models import Publication, PublicationImport, Subject
from portal.publications.rules import Name, Record, State, Type
from portal.publications.shown import record_of
from tests.desk.front_door import words
from tests.factories import make_publication
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.publications.test_desk import LIST, ella  # noqa: F401 - a fixture

IMPORT = f"{LIST}import/"
OWN = "https://portal.example.org/publications/"

pytestmark = pytest.mark.usefixtures("clock")

PAPER = Record(
    number="5589",
    type=Type.RESEARCH_PAPER,
    title={"en": "Evolving systems"},
    language="en",
    published="2023-02",
    authors=(Name(literal="Cedefop"), Name("Zahilas", "Loukas")),
    publication_number="5589",
    doi="10.2801/566352",
    isbn="978-92-896-3577-6",
    subjects=("Education", "Skills, new"),
    abstract={"en": "About systems."},
)


def plan_of(*records: Record) -> list[importing.Plan]:
    return importing.plan(bibtex.read(bibtex.write(records)), OWN)


def do(*records: Record) -> list[tuple[str, tuple[str, ...]]]:
    """Import them; what became of each."""
    with transaction():
        planned = plan_of(*records)
        importing.carry_out(planned, by=COMMAND, now=clock.now())
    return [(each.fate.value, each.fields) for each in planned]


@pytest.mark.parametrize("format", [bibtex, ris, csl])
def test_what_is_exported_is_imported_and_twice_changes_nothing(app: Flask, format: Any) -> None:
    with app.app_context():
        content = format.write([PAPER, replace(PAPER, doi="", isbn="", title={"en": "Other"})])
        for fates in (["new", "new"], ["same", "same"]):
            with transaction():
                planned = importing.plan(importing.entries(content), OWN)
                importing.carry_out(planned, by=COMMAND, now=clock.now())
            assert [each.fate.value for each in planned] == fates
        first, second = db.session.scalars(select(Publication).order_by(Publication.id)).all()
        assert first.state is State.DRAFT and first.revision == 1
        assert (first.number, second.number) == ("5589", "5589-2")
        expected = replace(PAPER, url=f"{OWN}5589", publisher="Cedefop")
        assert first.record(lambda number: OWN + number) == expected
        assert db.session.scalar(select(func.count()).select_from(Subject)) == 2
        acts = db.session.scalars(
            select(AuditEntry.act).where(AuditEntry.subject == "publications")
        )
        assert list(acts) == ["publication.drafted"] * 2


def test_a_record_changes_only_what_it_says_otherwise(app: Flask) -> None:
    with app.app_context():
        do(PAPER)
        with transaction():
            found = db.session.scalars(select(Publication)).one()
            found.state, found.series = State.PUBLISHED, "Research paper"
        more = replace(PAPER, type=Type.REPORT, published="2023-02-14", subjects=("New one",))
        assert do(more) == [("changed", ("published", "subjects"))]
        assert do(more) == [("same", ())]
        by_isbn = replace(PAPER, doi="", published="", publisher="Office", subjects=())
        assert do(by_isbn) == [("changed", ("publisher",))]
        own = Record("x", Type.OTHER, {"en": "Renamed"}, "en", url=f"{OWN}5589")
        assert do(own) == [("changed", ("title",))]
        by_title = Record("x", Type.OTHER, {"en": "RENAMED "}, "", published="2023")
        assert [each.publication_id for each in plan_of(by_title)] == [found.id]
        another = replace(by_title, doi="10.1/x", title={"en": "Renamed"})
        assert [each.fate for each in plan_of(another)] == [Fate.REFUSED]
        assert [each.fate for each in plan_of(replace(another, doi="10.1000/x"))] == [Fate.NEW]
        db.session.expire_all()
        assert found.series == "Research paper"
        assert sorted(each.label["en"] for each in found.subjects) == [
            "Education", "New one", "Skills, new",
        ]  # fmt: skip


PART_OF_5589 = [
    f"TY  - {kind}\nTI  - A chapter\nT2  - Evolving systems\nSN  - 9789289635776\nPY  - 2023\n"
    "SP  - 405\nEP  - 420\nER  - \n"
    for kind in ("CHAP", "JOUR", "CPAPER", "CONF")
] + [
    f"@{kind}{{k, title = {{A chapter}}, booktitle = {{Evolving systems}}, number = {{5589}},"
    " isbn = {9789289635776}, year = 2023, pages = {7}}"
    for kind in ("incollection", "inbook", "inproceedings", "article")
] + [
    f'[{{"type": "{kind}", "title": "A chapter", "ISBN": "9789289635776", "page": "7",'
    ' "number": "5589"}]'
    for kind in ("chapter", "article-journal", "paper-conference")
]  # fmt: skip


def test_a_part_is_never_taken_for_its_whole(app: Flask) -> None:
    """Nor for a report of the same title; twice the same part is the same all the same."""
    with app.app_context():
        do(PAPER)
        for content in PART_OF_5589:
            [each] = importing.plan(importing.entries(content), OWN)
            assert each.fate is Fate.NEW, content
            told = {name: each.facts[name] for name in ("isbn", "pages", "publication_number")}
            assert told == {"isbn": "", "pages": None, "publication_number": ""}
            [alike] = importing.plan(
                importing.entries(content.replace("A chapter", "Evolving systems", 1)), OWN
            )
            assert alike.fate is Fate.NEW, content
        found = importing.entries(PART_OF_5589[0])
        with transaction():
            importing.carry_out(importing.plan(found, OWN), by=COMMAND, now=clock.now())
        assert [each.fate for each in importing.plan(found, OWN)] == [Fate.SAME]


def test_what_is_known_better_here_is_no_change(app: Flask) -> None:
    """A coarser date, a body with a comma or a comma behind it, and no language at all."""
    body = "Agency for Work, Skills and Training"
    whole = replace(PAPER, published="2023-12-15", authors=(Name(literal=body),), language="")
    with app.app_context():
        do(whole)
        for published in ("2023", "2023-12"):
            assert do(replace(whole, published=published)) == [("same", ())]
        assert do(replace(whole, published="2022"))[0] == ("changed", ("published",))
        with transaction():
            found = db.session.scalars(select(Publication)).one()
            assert found.language == "" and found.title == {"en": "Evolving systems"}
            found.publisher = ""  # exports name the body then, which is no news
        for format in (bibtex, ris, csl):
            content = format.write([record_of(found)])
            [each] = importing.plan(importing.entries(content), OWN)
            assert (each.fate, each.fields) == (Fate.SAME, ()), content
        assert "LA  - " not in ris.write([record_of(found)])


def test_what_cannot_be_imported_is_refused_with_the_reason(app: Flask) -> None:
    bare = Record("a", Type.REPORT, {"en": "A"}, "en", published="2020")
    cases = {
        Reason.DOI: replace(bare, doi="10.x/1"),
        Reason.ISBN: replace(bare, isbn="978-92-896-3577-7"),
        Reason.ISSN: replace(bare, issn="1831-5861"),
        Reason.TOO_LONG: replace(bare, series="s" * 201),
        Reason.WITHDRAWN: replace(bare, doi="10.2801/gone"),
        Reason.SEVERAL: replace(bare, doi="10.2801/one", isbn="978-92-896-3577-6"),
        Reason.TWICE: replace(bare, title={"en": "B"}),
    }
    with app.app_context(), transaction():
        make_publication(doi="10.2801/gone", state=State.WITHDRAWN)
        make_publication(doi="10.2801/one")
        make_publication(isbn="978-92-896-3577-6")
        planned = plan_of(replace(bare, title={"en": "B"}), *cases.values())
    assert [each.reason for each in planned] == ["", *cases]


def test_an_editor_sees_what_would_happen_and_then_it_happens(
    app: Flask,
    ella: PortalClient,  # noqa: F811
) -> None:
    with app.app_context(), transaction():
        make_publication(number="1", doi="10.2801/566352", title={"en": "Evolving systems"})
    content = ris.write([PAPER, replace(PAPER, doi="10.2801/2", isbn="1", title={"en": "Wrong"})])
    content += ris.write([Record("n", Type.BOOK, {"en": "New book"}, "en")])
    content += "TY  - RPRT\nTI  - x\n"
    empty = ella.submit(IMPORT, action="/import/")
    assert empty.status_code == 422 and "Choose a file." in words(empty)
    binary = ella.submit(IMPORT, {"file": (BytesIO(b"\xff\xfe"), "a.ris")}, action="/import/")
    assert "no text in UTF-8" in words(binary)

    sent = ella.submit(IMPORT, {"file": (BytesIO(content.encode()), "a.ris")}, action="/import/")
    assert sent.status_code == 303
    page = sent.headers["Location"]
    said = words(ella.get(page))
    assert "New drafts 1 Records changed 1" in said and "Records refused 2" in said
    assert "The check digit of the ISBN is wrong" in said
    assert "The record has no end" in said
    assert "Is changed Date of publication Was: 2023 Now: 2023-02" in said
    assert "Title" not in said.partition("Is changed Date")[2].partition("Is refused")[0]
    assert "New subjects: Education; Skills, new." in said
    assert "New book" not in words(ella.get(f"{page}?fate=changed"))
    assert ella.get(f"{page}?fate=lost").status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Publication)) == 1

    shown = ella.get(page)
    with app.app_context(), transaction():
        db.session.scalars(select(Publication)).one().publication_number = "A colleague’s"
    meanwhile = ella.submit(shown, action="/records")
    assert meanwhile.headers["Location"].endswith("?now=yes")
    anew = words(ella.get(f"{page}?now=yes"))
    assert "The catalogue has changed since you looked." in anew
    assert "Publication number Was: A colleague’s Now: 5589" in anew
    done = ella.submit(page, action="/records")
    assert "1 draft was made and 1 record was changed." in words(ella.get(done.headers["Location"]))
    assert ella.get(page).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PublicationImport)) == 0
        states = db.session.scalars(select(Publication.state).order_by(Publication.id))
        assert list(states) == [State.PUBLISHED, State.DRAFT]


def test_a_file_waits_for_a_day_and_not_more_than_five_do(
    app: Flask,
    ella: PortalClient,  # noqa: F811
) -> None:
    for _each in range(7):
        ella.submit(IMPORT, {"file": (BytesIO(b"[]"), "a.json")}, action="/import/")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PublicationImport)) == 5
        kept = db.session.scalars(select(PublicationImport.id)).first()
    gone = ella.submit(f"{IMPORT}{kept}", action="/removal")
    assert gone.status_code == 303
    assert ella.get(f"{IMPORT}{kept}").status_code == 404


def test_many_records_take_few_questions(app: Flask) -> None:
    """As many as are looked up at once, and some; new ones are inserted together."""
    many = [
        replace(PAPER, publication_number=str(n), doi=f"10.2801/{n}", isbn="",
                title={"en": f"Report {n}"})
        for n in range(importing.AT_ONCE + 20)
    ]  # fmt: skip
    with app.app_context():
        content = csl.write(many)
        for fate in (Fate.NEW, Fate.SAME):
            with statements(app) as asked, transaction():
                planned = importing.plan(importing.entries(content), OWN)
                importing.carry_out(planned, by=COMMAND, now=clock.now())
            assert {each.fate for each in planned} == {fate}
            assert len([each for each in asked if each.startswith("SELECT")]) < 15


def test_the_command_imports_too(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "all.bib"
    file.write_text(bibtex.write([PAPER]) + "\n@book{broken, year = 2020}\n", encoding="utf-8")
    runner = app.test_cli_runner()
    from portal.publications.cli import import_publications

    first = runner.invoke(import_publications, [str(file), "--dry-run"]).output
    assert "New draft (record 1, line 1): Evolving systems" in first
    assert "Is refused (record 2, line" in first and "The record has no title." in first
    assert "New draft: 1; Is changed: 0; Stays the same: 0; Is refused: 1\nNothing" in first
    assert "New draft: 1" in runner.invoke(import_publications, [str(file)]).output
    assert "Stays the same: 1" in runner.invoke(import_publications, [str(file)]).output
    assert "import-publications" in main.list_commands(main.make_context("portal", ["check"]))
    with app.app_context():
        found = db.session.scalars(select(Publication)).one()
        assert record_of(found).doi == PAPER.doi
