"""The list of publications: searching it, narrowing it down, taking it along."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
import time_machine
from flask import Flask

from portal import cache
from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.config import Settings
from portal.db import db, is_for_searching, transaction
from portal.dump import database_at
from portal.publications import queries, service
from portal.publications.models import Publication, Subject
from portal.publications.rules import State, Type
from tests.factories import make_publication, make_subject
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.reading import links, words

LIST = "/en/publications/"

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def library(app: Flask) -> None:
    """Five records that are public, and two that nobody is to find."""
    with app.app_context(), transaction():
        vet = make_subject("vet", en="Vocational training", el="Επαγγελματική κατάρτιση")
        trust = make_subject("trust", en="Trust", el="Εμπιστοσύνη")
        make_publication(
            number="one", title={"en": "Trust in short courses"}, published="2023-12-15",
            type=Type.RESEARCH_PAPER, subjects=[vet, trust], doi="10.2801/141643",
            authors=[{"family": "Kirdulytė", "given": "Greta"}],
        )  # fmt: skip
        make_publication(
            number="two", title={"en": "Courses", "el": "Ο ρόλος των μαθημάτων στις σπουδές"},
            published="2023-02", type=Type.RESEARCH_PAPER, subjects=[vet], language="el",
        )  # fmt: skip
        make_publication(
            number="three", title={"en": "Ærø and Łódź"}, published="2022",
            type=Type.BRIEFING_NOTE, subjects=[trust],
        )  # fmt: skip
        make_publication(
            number="four", title={"en": "Numbers"}, published="2022-10", isbn="978-92-896-3577-6"
        )
        make_publication(number="five", title={"en": "Undated"}, published="", language="")
        make_publication(title={"en": "Trust, a draft"}, state=State.DRAFT)
        make_publication(title={"en": "Trust, withdrawn"}, state=State.WITHDRAWN)


def found(client: PortalClient, **args: str) -> list[str]:
    """The numbers of what a search shows."""
    page = client.get(LIST, query_string=args)
    assert page.status_code == 200
    return re.findall(r'<h3[^>]*><a href="/en/publications/([^"]*)/">', page.get_data(as_text=True))


def test_all_that_is_public_stands_there_the_newest_first(
    client: PortalClient, library: None
) -> None:
    assert found(client) == ["one", "two", "four", "three", "five"]
    assert "5 publications" in words(client.get(LIST))


FINDINGS = (
    ("Kirdulyte", ["one"]),
    ("kirdulytė GRETA", ["one"]),
    ("trust", ["one", "three"]),
    ("ρολοσ", ["two"]),
    ("ΡΌΛΟΣ των σπουδέσ", ["two"]),
    ("εμπιστοσυνη", ["one", "three"]),
    ("lodz aero", ["three"]),
    ("cour", ["one", "two"]),
    ("cour greta", ["one"]),
    ("10.2801/141643", ["one"]),
    ("https://doi.org/10.2801/141643", ["one"]),
    ("http://dx.doi.org/10.2801/141643", ["one"]),
    ("trust https://data.europa.eu/doi/10.2801/141643", ["one"]),
    ("doi: 10.2801/141643", ["one"]),
    ("978-92", ["four"]),
    ("9789289635776", ["four"]),
    ("92 896 3577 0", ["four"]),
    ("9789289635783", []),
    ("2022", ["four", "three"]),
    ("ours", []),
    ("Zahilas", []),
    ("!!!", []),
    ('trust" OR words:*', []),
    ("trust' | 'cour", ["one"]),
    (") & !trust:*", ["one", "three"]),
)


def test_words_are_found_whatever_their_accents_and_their_case(
    client: PortalClient, library: None
) -> None:
    assert [(sought, found(client, q=sought)) for sought, _numbers in FINDINGS] == list(FINDINGS)


def test_what_stands_beside_a_choice_is_what_one_gets_by_it(
    client: PortalClient, library: None
) -> None:
    """For each search and each choice that it offers: the count is that of the list behind it."""
    for args in ({}, {"q": "cour"}, {"subject": "vet"}, {"year": "2022", "type": "briefing_note"}):
        page = client.get(LIST, query_string=args)
        choices = links_with_counts(page)
        assert choices
        for url, count in choices:
            behind = client.get(url)
            assert f"{count} publication" in words(behind, '<h2 id="found"', "</h2>")


def links_with_counts(page: Any) -> list[tuple[str, int]]:
    """The address of each choice that is not made yet, and the count beside it."""
    html = page.get_data(as_text=True)
    return [
        (unescape(url), int(count))
        for url, is_chosen, count in re.findall(
            r'<li><a href="([^"]*)"( aria-current="true")?>[^<]*</a> '
            r'<span class="facet-list__count">(\d+)</span>',
            html,
        )
        if not is_chosen
    ]


def test_choices_are_combined_and_given_up_one_by_one(client: PortalClient, library: None) -> None:
    both = {"q": "cour", "type": "research_paper", "subject": "vet"}
    assert found(client, **both) == ["one", "two"]
    assert found(client, **both, year="2023", language="el") == ["two"]

    page = client.get(LIST, query_string=both)
    chosen = words(page, '<ul class="chosen-list"', "</ul>")
    assert "Words: cour Type: Research paper Subject headings: Vocational training" in chosen
    assert f"{LIST}?q=cour&subject=vet" in links(page)
    assert f"{LIST}?type=research_paper&subject=vet" in links(page)
    assert '<input type="hidden" name="subject" value="vet">' in page.get_data(as_text=True)


def test_labels_of_choices_are_in_the_readers_language_and_the_search_goes_along(
    client: PortalClient, library: None
) -> None:
    page = client.get("/fr/publications/?type=research_paper&q=cour")
    assert "/en/publications/?q=cour&type=research_paper" in page.get_data(as_text=True).replace(
        "&amp;", "&"
    )


def test_nothing_found_says_what_to_do_and_an_empty_catalogue_what_will_be_here(
    client: PortalClient, app: Flask
) -> None:
    assert "Nothing is published yet" in words(client.get(LIST))
    with app.app_context(), transaction():
        make_publication()
    page = client.get(f"{LIST}?q=nothing&year=1999")
    assert "Nothing was found" in words(page) and LIST in links(page)


def test_an_address_that_no_page_named_is_not_found(client: PortalClient, library: None) -> None:
    unknown = ("type=novel", "year=20", "year=२०२२", "page=0", "page=2", "subject=" + "x" * 300)
    assert {client.get(f"{LIST}?{query}").status_code for query in unknown} == {404}


def test_the_list_asks_as_often_for_thirty_as_for_one_and_with_every_choice_made(
    client: PortalClient, app: Flask
) -> None:
    def make(count: int) -> None:
        with app.app_context(), transaction():
            subject = db.session.query(Subject).first() or make_subject("vet")
            for _ in range(count):
                make_publication(subjects=[subject], authors=[{"literal": "Agency"}])

    whole = f"{LIST}?q=report&type=report&year=2023&subject=vet&language=en"
    make(1)
    client.get(LIST)
    asked = []
    for url in (LIST, whole):
        cache.clear()
        with statements(app) as once:
            client.get(url)
        asked.append(len(once))
    make(30)
    for url, before in zip((LIST, whole), asked, strict=True):
        with statements(app) as now:
            page = client.get(url)
        assert len(now) == before <= 6
        assert "31 publications" in words(page)
    assert len(found(client, page="2")) == 11


def test_a_kept_list_is_new_with_each_change_and_304_without(
    client: PortalClient, app: Flask, library: None
) -> None:
    page = client.get(f"{LIST}?q=trust")
    etag = {"If-None-Match": page.headers["ETag"]}
    assert client.get(f"{LIST}?q=trust", headers=etag).status_code == 304
    with app.app_context(), transaction():
        one = queries.any_publication("one")
        assert one is not None
        one.title = {"en": "Something else"}
        one.subjects = []
        one.changed(portal_clock.now())
    assert client.get(f"{LIST}?q=trust", headers=etag).status_code == 200
    assert found(client, q="trust") == ["three"]
    with app.app_context(), transaction():
        label = db.session.query(Subject).filter_by(code="trust").one()
        label.label = {"en": "Confidence"}
        for each in label.publications:
            each.changed(portal_clock.now())
    assert found(client, q="confidence") == ["three"]


@pytest.fixture
def feed(client: PortalClient) -> Iterator[Any]:
    yield lambda **args: feedparser.parse(
        client.get(f"{LIST}feed.atom", query_string=args).get_data()
    )


def test_every_search_can_be_followed(
    client: PortalClient, app: Flask, library: None, feed: Any, clock: time_machine.Traveller
) -> None:
    page = client.get(f"{LIST}?q=trust")
    assert f"{LIST}feed.atom?q=trust" in links(page)
    assert feed(q="trust").bozo == 0
    clock.shift(timedelta(hours=1))
    with app.app_context(), transaction():
        three = queries.any_publication("three")
        assert three is not None
        three.changed(portal_clock.now())
    read = feed(q="trust")
    assert [each.id for each in read.entries] == [
        "http://localhost/publications/three", "http://localhost/publications/one",
    ]  # fmt: skip
    assert [each.link for each in read.entries] == [
        "http://localhost/en/publications/three/", "http://localhost/en/publications/one/",
    ]  # fmt: skip
    assert read.feed.updated == "2026-11-02T10:00:00Z"
    assert read.entries[1].authors[0].name == "Greta Kirdulytė"
    answer = client.get(f"{LIST}feed.atom?q=trust")
    again = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"{LIST}feed.atom?q=trust", headers=again).status_code == 304
    ElementTree.fromstring(client.get(f"{LIST}feed.atom?q=zzz").get_data())


def test_the_sitemap_names_what_is_listed_and_when_it_was_changed(
    client: PortalClient, library: None
) -> None:
    body = client.get("/sitemap.xml").get_data(as_text=True)
    assert "<loc>http://localhost/fr/publications/one/</loc><lastmod>2026-11-02</lastmod>" in body
    assert body.count("<loc>http://localhost/en/publications/") == 6


def test_words_are_indexed_and_lists_are_read_by_an_index(app: Flask, library: None) -> None:
    """The plan of a database that holds much: no search reads the whole table."""
    if_sqlite = "EXPLAIN QUERY PLAN SELECT id FROM publications WHERE "
    with app.app_context():
        if db.engine.name != "sqlite":
            db.session.execute(db.text("SET enable_seqscan = off"))
            plan = db.session.execute(
                db.text("EXPLAIN SELECT id FROM publications WHERE array_to_tsvector("
                        "string_to_array(words, ' ')) @@ CAST('''trust'':*' AS tsquery)")
            )  # fmt: skip
            assert "fts_publications" in str(plan.all())
            return
        words = "id IN (SELECT rowid FROM fts_publications WHERE fts_publications MATCH 'trust*')"
        plan = db.session.execute(db.text(if_sqlite + words)).all()
        assert "VIRTUAL TABLE INDEX" in str(plan) and "SCAN publications" not in str(plan)
        by_date = "state = 'published' ORDER BY published DESC LIMIT 20"
        assert "ix_publications_state" in str(
            db.session.execute(db.text(if_sqlite + by_date)).all()
        )


def test_only_what_changed_of_a_row_is_in_the_index(app: Flask, library: None) -> None:
    """Whoever writes: a deleted row leaves no word behind."""
    with app.app_context(), transaction():
        for each in db.session.query(Publication).all():
            db.session.delete(each)
    with app.app_context(), transaction():
        if db.engine.name == "sqlite":
            for check in ("integrity-check", "rebuild"):
                db.session.execute(
                    db.text("INSERT INTO fts_publications(fts_publications) VALUES (:check)"),
                    {"check": check},
                )


def test_a_backup_takes_the_index_of_words_along(
    app: Flask, library: None, tmp_path: Path, settings: Settings
) -> None:
    """On PostgreSQL it is no table: the migrations make it, and rows that come back fill it."""
    dumped = database_at(settings.database_url).write(tmp_path)
    if dumped["kind"] == "postgresql":
        assert not [name for name in dumped["tables"] if is_for_searching(name)]
        return
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as copy:
        question = "SELECT count(*) FROM fts_publications WHERE fts_publications MATCH 'trust*'"
        assert copy.execute(question).fetchone() == (4,)


def test_another_label_of_a_subject_asks_as_often_for_many_publications(
    client: PortalClient, app: Flask
) -> None:
    def rename(label: str) -> int:
        with app.app_context(), transaction(), statements(app) as asked:
            subject = db.session.query(Subject).one()
            service.name_subject(subject, {"en": label}, by=COMMAND, now=portal_clock.now())
        return len([each for each in asked if each.startswith("SELECT")])

    with app.app_context(), transaction():
        vet = make_subject("vet")
        make_publication(subjects=[vet])
    once = rename("Handwerk")
    with app.app_context(), transaction():
        vet = db.session.query(Subject).one()
        for _ in range(20):
            make_publication(subjects=[vet])
    assert rename("Μαθητεία") == once
    assert len(found(client, q="μαθητεια")) == 20
