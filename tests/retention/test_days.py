"""What people wrote is forgotten when the days of the event's record are over, and not before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock as portal_clock
from portal.audit.models import Entry
from portal.audit.service import COMMAND
from portal.config import Settings
from portal.db import db, transaction
from portal.events import service as events
from portal.registrations import privacy
from portal.registrations import service as registrations
from portal.registrations.models import Note, Registration
from portal.registrations.service import notes
from tests.desk.front_door import make_user, sign_in, words
from tests.desk.people import event_of
from tests.factories import JANUARY, make_event, make_registration
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.registrations.front_door import link_in
from tests.retention.house import (
    ADA,
    CONSENTS,
    END,
    change_days,
    deletions,
    keep_days,
    left,
    tables_with,
)
from tests.subjects.front_door import found_in

Deliver = Callable[[], list[EmailMessage]]
SECOND = timedelta(seconds=1)
NEEDS, ORGANISATION = {"access_needs", "diet"}, {"organisation", "role"}
NAME = {"title", "first_name", "last_name", "badge_name"}
CONTACT = {"email", "phone"}


@pytest.fixture
def ada(app: Flask, clock: Any, deliver: Deliver) -> str:
    """Ada registered for Trust, was noted, got her letter; the path of her own page."""
    with app.app_context(), transaction():
        event = make_event(slug="trust")
        keep_days(event)
        ada = make_registration(event, **ADA, consents=CONSENTS)
        notes.write(
            ada, "Sings.", expires_at=portal_clock.now() + timedelta(days=364), by=COMMAND,
            now=portal_clock.now(),
        )  # fmt: skip
    return link_in(deliver()[0])


def test_each_field_goes_at_the_hour_at_which_its_days_are_over(
    app: Flask, ada: str, clock: Any, deliver: Deliver
) -> None:
    """On the event's clock, which in Brussels is put forward between the 60th and the 90th day."""
    hour = timedelta(hours=1)
    everything = set(ADA)
    steps = [
        (END + timedelta(days=30), NEEDS),
        (END + timedelta(days=60), NAME),
        (END + timedelta(days=90) - hour, CONTACT),
        (END + timedelta(days=100) - hour, ORGANISATION),
    ]
    for moment, goes in steps:
        clock.move_to(moment - SECOND)
        deliver()
        assert set(left(app)) == everything
        clock.move_to(moment)
        deliver()
        everything -= goes
        assert set(left(app)) == everything
    assert deletions(app) == [
        ("letters", 1, 0, "worker"), ("needs", 1, 2, "worker"), ("name", 1, 2, "worker"),
        ("notes", 1, 0, "worker"), ("contact", 1, 2, "worker"), ("organisation", 1, 2, "worker"),
    ]  # fmt: skip


def test_nothing_of_a_person_is_left_in_any_table(
    app: Flask, ada: str, clock: Any, client: PortalClient, deliver: Deliver
) -> None:
    """Badge, keys, search, calendar, mails and notes go; counts, group and country stay."""
    change_days(app, name=40, contact=40, organisation=40, needs=40)
    words_of_ada = {*ADA.values(), "canary", "lovelace", "sings"}
    assert all(tables_with(app, word) for word in words_of_ada)
    assert client.get(ada).status_code == 200
    clock.move_to(END + timedelta(days=40))
    deliver()
    assert {word: found for word in words_of_ada if (found := tables_with(app, word))} == {}
    assert client.get(ada).status_code == 404
    with app.app_context():
        row = db.session.scalars(select(Registration)).one()
        assert (row.status, row.stakeholder_group, row.country) == ("confirmed", "expert", "BE")
        assert (row.erased_at, row.consents) == (portal_clock.now(), {})
        assert db.session.scalars(select(Note)).all() == []


def test_mails_that_are_kept_as_files_go_with_their_letters(
    app: Flask, ada: str, settings: Settings, clock: Any, deliver: Deliver
) -> None:
    """With the person's address, and where nobody was deleted 90 days after they were sent."""
    with app.app_context(), transaction():
        keep_days(event_of(), name=30, contact=30)
        late = make_event(slug="late", starts_at=END + timedelta(days=300))
        make_registration(late, email="bob@canary.example")
    deliver()
    kept = ADA["email"], "bob@canary.example"
    assert len(found_in(settings.data_dir / "mail", *kept)) >= 2
    clock.move_to(END + timedelta(days=30))
    deliver()
    assert found_in(settings.data_dir / "mail", ADA["email"]) == []
    clock.move_to(END + timedelta(days=92))
    deliver()
    assert found_in(settings.data_dir / "mail", *kept) == []


def test_it_is_forgotten_of_everybody_also_of_those_who_withdrew_or_were_declined(
    app: Flask, clock: Any, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In more than one batch, and of no other event."""
    monkeypatch.setattr(privacy, "A_FEW", 2)
    with app.app_context(), transaction():
        event, other = make_event(slug="trust", capacity=1), make_event(slug="other")
        keep_days(event, name=1, contact=1)
        for number in range(5):
            make_registration(event, first_name=f"Person{number}")
        ids = db.session.scalars(select(Registration.id).order_by(Registration.id)).all()
        now = portal_clock.now()
        registrations.withdraw(db.session.get_one(Registration, ids[0]), by=COMMAND, now=now)
        registrations.decline(db.session.get_one(Registration, ids[2]), by=COMMAND, now=now)
        make_registration(other, email="kept@example.org")
    deliver()
    clock.move_to(END + timedelta(days=1))
    deliver()
    with app.app_context():
        kept = db.session.scalars(select(Registration.email).where(Registration.email != ""))
        assert kept.all() == ["kept@example.org"]
        named = select(Registration.id).where(Registration.first_name != "")
        assert len(db.session.scalars(named).all()) == 1
        assert db.session.scalars(select(Registration.status).order_by(Registration.id)).all()[
            :4
        ] == ["withdrawn", "confirmed", "declined", "waitlisted"]
    assert {("name", 5, 2, "worker"), ("contact", 5, 2, "worker")} < {*deletions(app)}


def test_the_days_of_a_postponed_event_wait_for_its_new_date(
    app: Flask, ada: str, clock: Any, deliver: Deliver
) -> None:
    with app.app_context(), transaction():
        events.postpone(event_of(), by=COMMAND, now=portal_clock.now())
    clock.move_to(END + timedelta(days=400))
    deliver()
    assert set(left(app)) == set(ADA)
    start = JANUARY + timedelta(days=500)
    with app.app_context(), transaction():
        times = {"starts_at": start, "ends_at": start + timedelta(hours=3)}
        events.take_up(event_of(), times, by=COMMAND, now=portal_clock.now())
    clock.move_to(start + timedelta(hours=3, days=29))
    deliver()
    assert set(left(app)) == set(ADA)
    clock.move_to(start + timedelta(hours=3, days=31))
    deliver()
    assert set(left(app)) == set(ADA) - NEEDS


def test_a_cancelled_event_counts_from_its_cancellation_and_its_people_hear_of_it_first(
    app: Flask, ada: str, clock: Any, deliver: Deliver
) -> None:
    change_days(app, name=0, contact=0)
    with app.app_context(), transaction():
        events.cancel(event_of(), by=COMMAND, now=portal_clock.now())
    deliver()
    assert set(left(app)) == set(ADA), "the letter about the cancellation waits ten minutes"
    clock.shift(timedelta(minutes=10))
    (letter,) = deliver()
    assert letter["To"] == ADA["email"]
    clock.shift(SECOND)
    deliver()
    assert set(left(app)) == {*ORGANISATION, *NEEDS}
    clock.shift(timedelta(days=100))
    deliver()
    assert left(app) == {}


def test_more_days_bring_nothing_back_and_fewer_count_at_once(
    app: Flask, ada: str, clock: Any, deliver: Deliver
) -> None:
    clock.move_to(END + timedelta(days=31))
    deliver()
    change_days(app, needs=300)
    deliver()
    assert set(left(app)) == set(ADA) - NEEDS
    change_days(app, name=31)
    deliver()
    assert set(left(app)) == {*CONTACT, *ORGANISATION}
    assert deletions(app)[-1] == ("name", 1, 4, "worker")


def test_an_event_without_a_record_keeps_for_the_usual_time(
    app: Flask, clock: Any, deliver: Deliver
) -> None:
    with app.app_context(), transaction() as session:
        event = make_event(slug="trust")
        event.notice_number = 0
        session.execute(db.metadata.tables["protection_versions"].delete())
        make_registration(event, **ADA, consents=CONSENTS)
    deliver()
    clock.move_to(END + timedelta(days=364))
    deliver()
    assert set(left(app)) == set(ADA) - NEEDS
    clock.move_to(END + timedelta(days=365))
    deliver()
    assert left(app) == {}


def test_whose_address_is_gone_is_written_to_by_nobody(
    app: Flask, ada: str, clock: Any, deliver: Deliver
) -> None:
    change_days(app, contact=10, name=300)
    clock.move_to(END + timedelta(days=10))
    deliver()
    with app.app_context(), transaction():
        event = event_of()
        events.change(event, {"venue": "Elsewhere"}, by=COMMAND, now=portal_clock.now())
        ada_id = db.session.scalars(select(Registration.id)).one()
        registrations.ask_for_links(
            [db.session.get_one(Registration, ada_id)], now=portal_clock.now()
        )
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    assert "Letters due 0" in words(olga.get("/desk/events/trust/"))
    assert "Countess" in words(olga.get(f"/desk/events/trust/registrations/{ada_id}"))
    clock.shift(timedelta(minutes=11))
    assert deliver() == []
    with app.app_context():
        assert event_of().told_revision == event_of().announced_revision


def test_a_list_of_the_forgotten_keeps_its_numbers(
    app: Flask, ada: str, clock: Any, deliver: Deliver
) -> None:
    clock.move_to(END + timedelta(days=100))
    deliver()
    olga = sign_in(app, make_user(app, "olga@example.org", "trust"))
    assert "Confirmed 1 of 50" in words(olga.get("/desk/events/trust/"))
    page = words(olga.get("/desk/events/trust/registrations"))
    assert "Their data are deleted" in page and "Nobody has registered yet" not in page


def test_the_audit_names_nobody(app: Flask, ada: str, clock: Any, deliver: Deliver) -> None:
    with app.app_context():
        said = str([each.details for each in db.session.scalars(select(Entry))])
    assert not any(str(value) in said for value in ADA.values())


def test_nothing_more_is_asked_for_more_events_that_are_over(
    app: Flask, clock: Any, deliver: Deliver
) -> None:
    """One question by an index looks over all of them."""
    from portal.retention import queries

    def asked(count: int) -> int:
        with app.app_context(), transaction():
            for _ in range(count):
                make_registration(make_event())
        with app.app_context(), statements(app) as sent:
            queries.plan(END + timedelta(days=500))
        return len(sent)

    assert asked(1) == asked(30)
