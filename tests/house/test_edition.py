"""The mark that kept pages of the library ask for is another after each change, and only then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal import edition
from portal.db import Base, db, transaction
from portal.edition import Published
from portal.events.models import Event
from portal.publications.models import Publication, SubjectLink
from portal.ties.models import Topic
from tests.factories import make_event, make_publication, make_registration, make_subject
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.harness.reading import words
from tests.ties.making import make_topic, tie, untie

pytestmark = pytest.mark.usefixtures("clock")
SHELVES = ("portal.publications.", "portal.podcasts.", "portal.news.", "portal.ties.")
NOT_SHOWN = {"publication_imports", SubjectLink.__tablename__}
"""What a desk keeps for a day, and links that go with their publication's revision."""


def test_every_table_of_the_library_is_published(app: Flask) -> None:
    models: list[Any] = [each.class_ for each in Base.registry.mappers]
    shelved = {each for each in models if each.__module__.startswith(SHELVES)}

    unmarked = {each.__tablename__ for each in shelved if not issubclass(each, Published)}

    assert unmarked == NOT_SHOWN
    assert issubclass(Event, Published)  # pages of the library say when it is held


@pytest.mark.parametrize(
    "change",
    [
        lambda one, topic: setattr(one, "title", {"en": "Another"}),
        lambda one, topic: setattr(one.subjects[0], "label", {"en": "Another"}),
        lambda one, topic: db.session.delete(one),
        lambda one, topic: make_publication(),
        lambda one, topic: untie(one, topic),
    ],
    ids=["changed", "label", "deleted", "new", "untied"],
)
def test_each_change_draws_another_mark(app: Flask, change: Callable[..., object]) -> None:
    with app.app_context():
        with transaction():
            one, topic = make_publication(subjects=[make_subject("trust")]), make_topic()
            tie(one, topic)
            number, tied = one.id, topic.id
        before = edition.mark()
        with transaction():
            change(db.session.get_one(Publication, number), db.session.get_one(Topic, tied))
        assert edition.mark() != before


def test_what_is_taken_back_or_is_none_of_its_words_leaves_the_mark(app: Flask) -> None:
    with app.app_context():
        with transaction():
            event = make_event()
            number = event.id
        before = edition.mark()
        with pytest.raises(ZeroDivisionError), transaction():
            make_publication()
            raise ZeroDivisionError
        assert edition.mark() == before
        with transaction():
            make_registration(db.session.get_one(Event, number))
        with transaction():
            same = db.session.get_one(Event, number)
            same.title = dict(same.title)
        assert edition.mark() == before


def test_a_page_kept_before_a_restore_is_not_taken_for_one_after_it(
    app: Flask, client: PortalClient
) -> None:
    """Two histories of one database never have one mark: it is drawn, and not counted."""
    with app.app_context(), transaction():
        make_publication(number="1", title={"en": "First"})
        db.session.flush()
    with app.app_context():
        past = edition.mark()
    with app.app_context(), transaction():
        db.session.get_one(Publication, 1).title = {"en": "Second"}
    assert "Second" in words(client.get("/en/publications/1/"))
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(edition.Edition.__table__.update().values(mark=past))
        connection.execute(Publication.__table__.update().values(title={"en": "First"}, revision=1))
    with app.app_context(), transaction():
        db.session.get_one(Publication, 1).title = {"en": "Third"}

    assert "Third" in words(client.get("/en/publications/1/"))


def test_the_mark_is_drawn_once_and_last(app: Flask) -> None:
    """Whoever draws it holds its row until the end, so that this is the end."""
    with app.app_context(), statements(app) as asked, transaction():
        make_publication()
        make_publication()
    said = [each for each in asked if "editions" in each]
    assert len(said) == 1
    assert asked.index(said[0]) == len(asked) - 1
