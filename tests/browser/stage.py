"""A running portal with an event for every state that a page can show.

The rows are made by the portal's own verbs in the server's database, so that a page is opened
where it is worth looking at, not after ten others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal import clock, uploads
from portal.access import service as access_service
from portal.access.rules import Asked
from portal.accounts import credentials, links
from portal.accounts import queries as accounts
from portal.accounts import service as account_service
from portal.accounts.rules import Made, TeamRole
from portal.audit.service import COMMAND, WORKER, Actor
from portal.calendars import letters as calendar_letters
from portal.calendars import service as calendars
from portal.calendars.models import PersonalFeed
from portal.campaigns.models import Visits
from portal.campaigns.rules import Place
from portal.circulars import service as circulars
from portal.circulars.models import Circular
from portal.circulars.rules import CircularState, Outcome
from portal.db import db, transaction
from portal.events import editions_service, letters, publication_service
from portal.events import programme_service as programme
from portal.events import queries as events
from portal.events import service as event_service
from portal.events.models import Appearance, Event, Session, Speaker
from portal.events.rules import Format, SessionKind, State
from portal.invites import service as invites
from portal.invites.rules import Partstat
from portal.maintenance import Pause, begin, end
from portal.materials import service as materials
from portal.materials.models import Material
from portal.materials.rules import Visibility
from portal.news import service as news
from portal.outbox import service as outbox
from portal.outbox.models import Message
from portal.papers import service as papers
from portal.papers.rules import Paper
from portal.podcasts import demonstration as demo_podcasts
from portal.podcasts import service as podcasts
from portal.publications import importing, ris
from portal.publications import service as library_service
from portal.publications.models import Publication, PublicationImport, Relation
from portal.publications.rules import Record, RelationKind
from portal.publications.rules import State as PublicationState
from portal.publications.rules import Type as ReportType
from portal.questions import queries as questions
from portal.questions.rules import Kind as Question
from portal.questions.rules import Said
from portal.questions.rules import Stage as Form
from portal.questions.service import second as second_form
from portal.registrations import office_links, service
from portal.registrations import papers as letters_of
from portal.registrations.acting import Office
from portal.registrations.demonstration import register_people
from portal.registrations.letters import details_token
from portal.registrations.models import Registration
from portal.registrations.readers import Readers
from portal.registrations.rules import Attendance, StakeholderGroup
from portal.registrations.service import answers as answering
from portal.registrations.service import choosing, contacts, notes, presence, quotas
from portal.registrations.service.contacts import OFFICE, Acting
from portal.reminders import service as reminders
from portal.reminders.models import Reminder, Run, Telling
from portal.reminders.rules import Audience, Kind, Unit
from portal.retention import queries as retention_queries
from portal.retention import service as retention
from portal.subjects import letters as subject_letters
from portal.subjects import service as subjects
from portal.subjects.models import Inquiry
from portal.subjects.rules import RequestKind
from portal.ties.models import Project, Topic
from portal.tokens import sign
from tests.browser import invited
from tests.campaigns.front_door import DAY
from tests.campaigns.front_door import make_link as make_campaign_link
from tests.desk.front_door import PASSWORD
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
from tests.harness.applications import close
from tests.harness.servers import Server
from tests.materials.files import PDF
from tests.news.front_door import make_item
from tests.podcasts.making import make_episode
from tests.questions.making import make_question
from tests.records import RECORD
from tests.sessions.making import make_chosen
from tests.ties.making import make_project, make_topic, tie

LINK = "https://meet.example.eu/trust"
ORGANISERS = {"en": "olga@example.org", "de": "odile@example.org"}
HALF_WAY = "hugo@example.org"
COMPLETE = "carl@example.org"
INVITED = "inga@example.org"
LONG = "Federation of European Manufacturers of Precision Instruments and Measuring Equipment"


@dataclass
class Stage:
    """The server, and a second application on its database and keys."""

    server: Server
    app: Flask

    def own(self, email: str, page: str = "") -> str:
        """The path of one's own registration, as its letter links it."""
        with self.app.app_context():
            found = db.session.scalars(
                select(Registration).where(Registration.email == email)
            ).one()
            token = sign("registration", found.id, found.link_code)
        return f"/registrations/{token}{page}"

    def letter_number(self, email: str) -> str:
        """The number of the letter of invitation that somebody can have."""
        with self.app.app_context():
            question = select(Registration).where(Registration.email == email)
            return letters_of.number(Paper.INVITATION, db.session.scalars(question).one())

    def calendar(self, email: str, *, ended: bool = False) -> str:
        """The path of the page that ends a calendar address of this mailbox."""
        with self.app.app_context(), transaction() as session:
            question = select(Registration).where(Registration.email == email)
            feed = PersonalFeed(
                registration=session.scalars(question).one(), address_key="", asked_at=clock.now()
            )
            session.add(feed)
            calendars.give(feed, now=clock.now())
            if ended:
                calendars.end(feed, now=clock.now())
            session.flush()
            return f"/calendars/{calendar_letters.token(feed)}"

    def filled(self, email: str, slug: str) -> str:
        """The path of an event's form with this person's last details in it."""
        with self.app.app_context():
            question = select(Registration).where(Registration.email == email)
            token = details_token(_event(slug), db.session.scalars(question).one())
        return f"/events/{slug}/register/last-details/{token}"

    def data(self, email: str, page: str = "") -> str:
        """The path of what is kept about an address, as its letter links it."""
        with self.app.app_context(), transaction() as session:
            inquiry = Inquiry(
                address=email, address_key=email, language="en", asked_at=clock.now(),
                told_at=clock.now(),
            )  # fmt: skip
            session.add(inquiry)
            session.flush()
            return f"/your-data/{subject_letters.token(inquiry)}{page}"

    def office(self, page: str = "", name: str = "represented") -> str:
        """The path of the office's page, as its letter links it, and of one of its people."""
        with self.app.app_context():
            office = db.session.scalars(select(Office)).first()
            assert office is not None
            found = db.session.scalars(
                select(Registration.id).where(Registration.email == f"{name}@example.org")
            ).one()
            return f"/offices/{office_links.token(office)}{page and f'/{found}{page}'}"

    def desk(self, email: str, page: str = "") -> str:
        """The path of that registration at the desk."""
        with self.app.app_context():
            found = db.session.scalars(
                select(Registration).where(Registration.email == email)
            ).one()
            return f"/desk/events/{found.event.slug}/registrations/{found.id}{page}"

    def invitation(self, name: str, page: str = "") -> str:
        """The path of the page behind the link in somebody's invitation."""
        with self.app.app_context():
            return invited.path(name, page)

    def door(self, name: str, page: str = "") -> str:
        """The path of the page on which this person gives what the building asks."""
        with self.app.app_context():
            question = select(Registration).where(Registration.email == f"{name}@example.org")
            found = db.session.scalars(question).one()
            return f"/access-list/{sign('access', found.id, found.link_code)}{page}"

    def speaker(self, name: str, page: str = "") -> str:
        """The path of a speaker's own page, as their letter links it."""
        with self.app.app_context():
            found = db.session.scalars(select(Speaker).where(Speaker.name == name)).one()
            return f"/speakers/{letters.token(found)}{page}"

    def offered(self, kind: type[Session] | type[Speaker] | type[Material], **facts: Any) -> str:
        """The id of the first of that kind at the event that has everything."""
        with self.app.app_context():
            question = select(kind.id).where(kind.event_id == _event("offers").id)
            return str(db.session.scalars(question.filter_by(**facts).order_by(kind.id)).first())

    def letter(self, name: str, page: str = "") -> str:
        """The path of a letter to a selection."""
        return f"/desk/events/crowd/letters/{_LETTERS[name]}{page}"

    def reminder(self, name: str, page: str = "") -> str:
        """The path of a letter that leaves by itself."""
        slug, number = _REMINDERS[name]
        return f"/desk/events/{slug}/reminders/{number}{page}"

    def sets_another_moment(self, name: str) -> None:
        """A colleague saves this letter first."""
        with self.app.app_context(), transaction() as session:
            session.get_one(Reminder, _REMINDERS[name][1]).number += 1

    def corrects(self, email: str) -> None:
        """A colleague corrects this person's role, each time to another one."""
        with self.app.app_context(), transaction() as session:
            found = session.scalars(select(Registration).where(Registration.email == email)).one()
            found.role = f"adviser {clock.now():%H:%M:%S.%f}"

    def rewrites(self, name: str) -> None:
        """A colleague saves this letter once more."""
        with self.app.app_context(), transaction() as session:
            session.get_one(Circular, _LETTERS[name]).revision += 1

    def keeps_a_record(self, slug: str) -> None:
        """A colleague keeps another version of the event's data protection record."""
        with self.app.app_context(), transaction():
            event, now = _event(slug), clock.now()
            facts = RECORD | {"officer_email": f"dpo-{now:%H%M%S%f}@example.org"}
            event_service.keep_record(event, facts, by=COMMAND, now=now)

    def newcomer(self, slug: str = "open") -> str:
        """Somebody who registers now; their address."""
        with self.app.app_context(), transaction():
            return make_registration(_event(slug)).email

    def link(self, purpose: str, email: str) -> str:
        """The path of a link to an account."""
        with self.app.app_context():
            account = accounts.by_address(email)
            assert account is not None
            whole = links.link(purpose, account)
        return "/desk" + whole.partition("/desk")[2]

    @contextmanager
    def maintenance(self, pause: Pause) -> Iterator[None]:
        """The portal is closed meanwhile."""
        begin(self.server.data_dir, pause)
        try:
            yield
        finally:
            end(self.server.data_dir)

    def code(self, email: str) -> str:
        """What the person's authenticator app shows, as if no code had been used."""
        with self.app.app_context(), transaction():
            account = accounts.by_address(email)
            assert account is not None
            account.totp_counter = None
            return str(
                self.app.extensions["security"].totp_factory.generate_totp_password(
                    account.tf_totp_secret
                )
            )

    def member(self, slug: str, email: str, page: str = "") -> str:
        """The path of somebody's place in a team."""
        with self.app.app_context():
            account = accounts.by_address(email)
            assert account is not None
            found = accounts.membership(account.id, _event(slug).id)
            assert found is not None
            return f"/desk/events/{slug}/team/{found.id}{page}"

    def colleague(self, email: str, page: str = "") -> str:
        """The path of a colleague's page."""
        with self.app.app_context():
            account = accounts.by_address(email)
            assert account is not None
            return f"/desk/colleagues/{account.id}{page}"

    def gathering(self, table: type[Topic] | type[Project], slug: str, page: str = "") -> str:
        """The path of a topic or a project at the desk."""
        with self.app.app_context():
            found = db.session.scalars(select(table.id).where(table.slug == slug)).one()
        return f"/desk/{table.kind}s/{found}{page}"

    def library(self, number: str, page: str = "") -> str:
        """The path of a publication at the desk."""
        with self.app.app_context():
            found = db.session.scalars(select(Publication).where(Publication.number == number))
            return f"/desk/publications/{found.one().id}{page}"

    def bibliography(self) -> str:
        """The path of what the import of a file would do."""
        with self.app.app_context():
            kept = db.session.scalars(select(PublicationImport.id)).first()
            return f"/desk/publications/import/{kept}"

    def passkey(self, email: str) -> str:
        """The path that removes the person's passkey."""
        with self.app.app_context():
            account = accounts.by_address(email)
            assert account is not None
            return f"/desk/account/passkeys/{account.passkeys[0].id}/removal"

    def forget_second_factor(self, email: str) -> None:
        with self.app.app_context(), transaction():
            account = accounts.by_address(email)
            assert account is not None
            account_service.forget_second_factor(account, by=COMMAND, now=clock.now())

    def changes(self, slug: str, **facts: Any) -> None:
        """Somebody else changes the event meanwhile."""
        with self.app.app_context(), transaction():
            event_service.change(_event(slug), facts, by=COMMAND, now=clock.now())

    def closes(self, slug: str, moment: datetime | None) -> None:
        """When registration for an event closes, from now on."""
        with self.app.app_context(), transaction():
            _event(slug).registration_closes_at = moment


@contextmanager
def staged(server: Server) -> Iterator[Stage]:
    """The portal, started, with everything on it."""
    from portal import cache
    from portal.app import create_app
    from portal.config import Settings

    server.environ["PORTAL_PUBLIC_URL"] = server.url
    server.environ["PORTAL_TRUSTED_PROXIES"] = "1"
    server.environ["PORTAL_LIMITS"] = "link=20/hour;sign_in=1000/hour;reset=1000/hour"
    server.environ["PORTAL_INBOX_URL"] = f"maildir://{_maildir(server)}"
    server.environ["PORTAL_INBOX_AUTHSERV_ID"] = "mx.example.org"
    cache.clear()
    app = create_app(Settings.from_environ(server.environment()))
    with app.app_context(), transaction():
        _set_up(clock.now())
    try:
        yield Stage(server.start(), app)
    finally:
        server.close()
        close(app)


def _maildir(server: Server) -> Path:
    """A mailbox to read in which nothing ever comes."""
    for name in ("new", "cur"):
        (server.directory / "inbox" / name).mkdir(parents=True, exist_ok=True)
    return server.directory / "inbox"


def _event(slug: str) -> Event:
    found = events.any_slug(slug)
    assert found is not None
    return found


def _set_up(now: datetime) -> None:
    soon = now + timedelta(minutes=10)
    later = now.replace(hour=13, minute=0, second=0, microsecond=0) + timedelta(weeks=6)
    _open_events(now, later)
    _programme(now, later)
    _closed_doors(now, later)
    _people(now, soon, later)
    _crowd(now, later)
    _organisers(now)
    _letters(now)
    _circulars(now)
    _reminders(now)
    _stories(now)
    _requests(now)
    _drafts(now, later)
    _asked(now, later)
    _doors(now, later)
    _kept(now, later)
    _quotas(now)
    _offers(now)
    _podcasts(now)
    _news(now, later)
    _library(now)
    _ties()
    _questions(now, later)
    _papers(now, later)
    _sessions(now, later)
    _acted_for(now)
    _left_behind(now)
    invited.invite(_made("invited", later), now)


def _ties() -> None:
    """A topic and a project with long titles, a publication of each phase, and one hidden."""
    topic = make_topic(
        slug="trust", title={"en": f"Topics of the {LONG}"}, sector="retail", text={"en": "**Why**"}
    )
    project = make_project(
        slug="study", title={"en": f"Study of the {LONG}"}, also_called={"en": LONG}
    )
    make_topic(slug="hidden", title={"en": "Hidden"}, public=False)
    reports = db.session.scalars(select(Publication).limit(9)).all()
    tie(project, *reports[:2], phase=1)
    tie(topic, project, _event("open"), *reports)


def _podcasts(now: datetime) -> None:
    """The demonstration's episode; then a bare draft, one that is planned, one taken back."""
    show = demo_podcasts.load(now).show
    title = {"en": "What employers look for when people show what they have learned"}
    bare = {"slug": "bare", "title": title, "language": "fr"}
    podcasts.add_episode(show, bare, by=COMMAND, now=now)
    make_episode(show, slug="planned", at=now + timedelta(days=1))
    podcasts.withdraw(make_episode(show, slug="gone", at=now), by=COMMAND, now=now)
    host = {"name": LONG, "role": {"en": LONG}, "link": "https://example.org/host"}
    podcasts.add_person(show, None, host, by=COMMAND, now=now)


def _open_events(now: datetime, later: datetime) -> None:
    event = _made("open", later, capacity=None)
    make_session(event)
    for sector in ("manufacturing", "retail"):
        make_session(
            event, title={"en": f"Skills in {sector}"}, sector=sector, room="Blue room",
            kind=SessionKind.PARALLEL, starts_at=later + timedelta(hours=1),
        )  # fmt: skip
    make_speaker(event, affiliation=LONG)
    _made("online", later, format=Format.ONLINE, venue="", address="", joining_url=LINK)
    _made("hybrid", later, format=Format.HYBRID, joining_url=LINK, contacts=[])
    _made("full", later, capacity=1)
    _made("approval", later, approval=True)
    _made("closing", later)
    _made("draft", later, state=State.DRAFT)


def _news(now: datetime, later: datetime) -> None:
    """A call in each state, and links in a newsletter that were followed for a week."""
    call = make_item(slug="views", closes_at=later, title={"en": LONG, "fr": LONG})
    news.extend(call, later + timedelta(days=7), whole_day=True, by=COMMAND, now=now)
    news.correct(call, {"en": "Four questionnaires, not three."}, by=COMMAND, now=now)
    make_item(slug="closed-call", closes_at=now - timedelta(days=3))
    make_item(slug="draft-call", publish=False, summary={}, closes_at=None)
    link = make_campaign_link("/events/open/")
    make_campaign_link("/news/views/", Place.BANNER, link.issue)
    for number in range(8):
        db.session.add(Visits(link_id=link.id, day=DAY + timedelta(days=number), count=number + 1))


def _programme(now: datetime, later: datetime) -> None:
    """An event whose programme, speakers and materials are in every state."""
    event = _made("offers", later, capacity=None)
    first = make_session(event, abstract={"en": "Why we meet."}, room="Forum")
    make_session(event, title={"en": "Keynote"})
    for name in ("One", "Two"):
        make_session(
            event, title={"en": f"Table {name}"}, kind=SessionKind.PARALLEL, room="Studio",
            starts_at=later + timedelta(hours=1),
        )  # fmt: skip
    ill = make_session(event, title={"en": "Closing"}, starts_at=later + timedelta(hours=2))
    programme.cancel_session(ill, {"en": "The speaker is ill."}, by=COMMAND, now=now)
    speakers = {
        name: make_speaker(
            event, name=name, role={"en": "Head of training"}, affiliation=LONG, agreed=False,
            biography={"en": f"{name} has trained people at new machines for ten years. " * 3},
            photo=uploads.keep_picture(BytesIO(_portrait()), "a.png").name,
            photo_text={"en": f"{name} in front of a lathe"}, email=f"{name.lower()}@example.org",
        )
        for name in ("Ada", "Bob", "Cid", "Dora")
    }  # fmt: skip
    for name in ("Ada", "Bob"):
        speakers[name].agreed, speakers[name].agreed_at = speakers[name].shown, now
    speakers["Bob"].affiliation = "Another plant"
    speakers["Cid"].refused_at = speakers["Dora"].asked_at = now
    make_speaker(event, name="", role={"en": "Researcher of the study"})
    first.appearances = [Appearance(speaker=speakers["Ada"])]
    kept = uploads.keep(BytesIO(b"Notes\n"), "notes.txt")
    facts = {"title": {"en": "Notes"}, "language": "fr", "session_id": first.id, "url": ""}
    for visibility in Visibility:
        materials.add(event, facts | {"visibility": visibility}, kept, by=COMMAND, now=now)
    make_link(event, title={"en": LONG})
    _comes("offers", "reader")


def _portrait() -> bytes:
    written = BytesIO()
    Image.new("RGB", (300, 200), "teal").save(written, "PNG")
    return written.getvalue()


def _library(now: datetime) -> None:
    """Enough publications for every choice, and one in each state that looks different."""
    terms = [
        make_subject(f"s{number}", en=f"Subject {number}, {LONG}", fr=f"Sujet {number}, {LONG}")
        for number in range(9)
    ]
    for number in range(25):
        make_publication(
            title={"en": f"Short courses, part {number}"}, published=f"{2000 + number}-10",
            subjects=terms[number % 9 :],
        )  # fmt: skip
    whole = make_publication(
        number="whole", title={"en": f"Trust in credentials: {LONG}"}, doi="10.2801/141643",
        abstract={"en": "What users need.\n\nAnd what helps them."}, published="2023-12-15",
        authors=[{"literal": LONG}, {"family": "Lovelace", "given": "Ada"}], pages=118,
        series="Research papers", series_number="89", isbn="978-92-896-3577-6", subjects=terms,
        licence="https://creativecommons.org/licenses/by/4.0/", demonstration=True,
    )  # fmt: skip
    for language in ("en", "fr"):
        make_publication_file(whole, b"Notes\n", "notes.txt", language=language)
    later = make_publication(
        number="later", title={"en": "Soon"}, embargo_until=now + timedelta(days=30),
        doi="10.2801/566352",
    )  # fmt: skip
    make_publication_file(later, b"Notes\n", "notes.txt")
    later.relations.append(Relation(kind=RelationKind.CONTINUES, target=whole))
    make_publication(
        number="gone", title={"en": f"Withdrawn: {LONG}"}, state=PublicationState.WITHDRAWN,
        withdrawn_at=now, withdrawal_reason={"en": "Two tables were wrong."}, replaced_by=whole,
    )  # fmt: skip
    draft = make_publication(
        number="draft", title={"en": f"Drafted: {LONG}"}, state=PublicationState.DRAFT,
        authors=[{"literal": LONG}], subjects=terms[:3],
    )  # fmt: skip
    for label in ("Annex", LONG):
        make_publication_file(draft, b"Notes\n", "notes.txt", label={"en": label})
    record = Record("n", ReportType.REPORT, {"en": f"Imported: {LONG}"}, "en", published="2022")
    records = [
        record,
        replace(record, doi="10.2801/141643", place=LONG),
        replace(record, title={"en": "Soon"}, doi="10.2801/566352", published="2023"),
        replace(record, isbn="978-92-896-3577-7"),
    ]
    content = f"{ris.write(records)}TY  - RPRT\nTI  - Without an end\n"
    planned = importing.plan(importing.entries(content), "https://portal.example.org/publications/")
    library_service.keep_import(content, [each.said() for each in planned], now=now)


def _closed_doors(now: datetime, later: datetime) -> None:
    day = timedelta(days=1)
    _made("not-yet", later, registration_opens_at=now + day)
    _made("closed", later, registration_opens_at=now - 2 * day, registration_closes_at=now - day)
    _made("no-place", later, capacity=1, waitlist=False)
    _made("over", now - day)


def _people(now: datetime, soon: datetime, later: datetime) -> None:
    """One for each state that one's own page shows, named by it."""
    _comes(
        "open",
        "confirmed",
        title="Dr",
        badge_name="Ada L.",
        access_needs="A hearing loop",
        diet="No nuts",
        consents=dict.fromkeys(("access_consent", "diet_consent"), "yes"),
    )
    _comes("open", "declining", organisation=LONG)
    represented = _comes("open", "represented", organisation=LONG)
    office = Acting(LONG, "office@example.org", "en", Readers.BOTH, Readers.PERSON)
    contacts.act_for(represented, office, by=OFFICE, now=now)
    _event("open").transferable = True
    _comes("online", "before", attendance=Attendance.ONLINE)
    _made("soon", soon, format=Format.ONLINE, venue="", address="", joining_url=LINK)
    _comes("soon", "within", attendance=Attendance.ONLINE)
    _comes("full", "first", last_name="Known")
    _comes("full", "waitlisted")
    _comes("no-place", "last")
    _comes("approval", "pending")
    _comes("approval", "hopeful")
    service.withdraw(_comes("open", "withdrawn"), by=COMMAND, now=now)
    yesterday = now - timedelta(days=1)
    _made("late", later, withdrawals_until=yesterday, changes_until=yesterday,
          contacts=[{"role": {"en": LONG}, "email": f"{'programme' * 5}@example.org"}])  # fmt: skip
    _comes("late", "late")
    service.withdraw(_comes("late", "too-late"), by=COMMAND, now=now)
    service.decline(_comes("approval", "declined"), by=COMMAND, now=now)
    for name, verb in (("cancelled", event_service.cancel), ("postponed", event_service.postpone)):
        event = _made(name, later)
        _comes(name, name)
        verb(event, by=COMMAND, now=now)
    held = _made("held", later)
    attended = _comes("held", "attended")
    _comes("held", "missed", organisation=LONG)
    _comes("held", "unsure", last_name="Ure")
    held.starts_at, held.ends_at = now - timedelta(days=2), now - timedelta(days=1)
    presence.check_in(attended, by=COMMAND, now=now)
    changed = _made("changed", later)
    for _count in register_people(changed, 3, now=now):
        db.session.flush()
    event_service.change(
        changed, {"venue": "Another house"}, tell=False, by=COMMAND, now=now + timedelta(hours=1)
    )


def _drafts(now: datetime, later: datetime) -> None:
    """One for each thing that may stand between a draft and the public, and a template."""
    asker = accounts.by_address(COMPLETE)
    assert asker is not None
    _made("bare", later, state=State.DRAFT, summary={}, venue="", address="")
    planned = _made("planned", later, state=State.DRAFT)
    planned.publish_at = now + timedelta(days=1)
    missed = _made("missed", later, state=State.DRAFT, summary={})
    missed.publish_missed_at = now
    publication_service.ask(
        _made("asked-for", later, state=State.DRAFT), by=Actor("organiser", asker.id), now=now
    )
    editions_service.keep_template(planned, f"Half a day, {LONG}", by=COMMAND, now=now)


def _asked(now: datetime, later: datetime) -> None:
    """Taken up again: one said yes, one has not answered."""
    event, then = _made("asked-again", later), now + timedelta(hours=1)
    yes = _comes("asked-again", "faithful")
    _comes("asked-again", "silent")
    event_service.postpone(event, reason={"en": "The hall is flooded."}, by=COMMAND, now=now)
    new_time = {"starts_at": later + timedelta(days=7), "ends_at": later + timedelta(days=8)}
    event_service.take_up(event, new_time, by=COMMAND, now=then)
    yes.still_comes_at = then


def _papers(now: datetime, later: datetime) -> None:
    """Letters are offered, and of one person the costs are reimbursed."""
    event = _made("papers", later, contacts=[{"role": {}, "email": "ask@example.org"}])
    facts = {
        "invites": True, "confirms": True, "body": f"{LONG}\nRue de la Loi 1\n1000 Brussels",
        "signer": "Olga Organiser", "signer_role": {"en": "Head of unit"},
        "words": {"en": "Travel is paid by the agency."}, "reference": "AG-2027/18",
        "forms_url": "https://example.org/forms", "forms_until": later,
    }  # fmt: skip
    papers.keep(event, facts, by=COMMAND, now=now)
    person = _comes("papers", "entitled", organisation=LONG)
    person.entitled = True
    calendars.ask(person, now=now)
    make_question(event, label={"en": f"Your IBAN, please, {LONG}", "fr": "Votre IBAN"})


def _kept(now: datetime, later: datetime) -> None:
    """One event of which some is deleted, one of which all is, one that a letter holds up."""
    olgas = [accounts.by_address(address) for address in ORGANISERS.values()]
    over = {"kept": 40, "forgotten": 400, "held-up": 400}
    for slug, days_ago in over.items():
        event = _made(slug, later)
        for name in ("one", "two"):
            person = _comes(slug, f"{slug}-{name}", diet="No nuts", consents={"diet_consent": {}})
            person.told_revision = 0 if slug == "held-up" else person.revision
            person.letter_due_at = now + timedelta(days=1)
        for olga, kind in zip(olgas * 3, ("csv", "csv", "xlsx", "xlsx", "csv", "csv"), strict=True):
            assert olga is not None
            by = Actor("organiser", olga.id)
            end = event.ends_at + timedelta(days=30)
            retention.take_out(event, kind, 2, end, by=by, now=now - timedelta(days=1))
        exports = retention_queries.exports_of([event.id])
        for export in exports[:2]:
            export.told_at = export.gone_at = now
        for export in exports[2:4]:
            export.told_at = now
        ago = timedelta(days=days_ago)
        event.starts_at, event.ends_at = now - ago, now - ago + timedelta(hours=3)
    db.session.flush()
    while retention.empty_some(retention_queries.due(now), by=WORKER, now=now):
        pass


def _crowd(now: datetime, later: datetime) -> None:
    """Sixty people for fifty places, and three to decide on."""
    event = _made("crowd", later, capacity=50)
    for _count in register_people(event, 57, now=now):
        db.session.flush()
    event.approval = True
    for _count in register_people(event, 3, now=now):
        db.session.flush()
    _made("lonely", later)


def _organisers(now: datetime) -> None:
    for language, address in ORGANISERS.items():
        user = account_service.create(
            address, name="Olga", admin=True, demonstration=True, by=COMMAND, now=now
        )
        account_service.choose_language(user, language)
        made = Made(credential_id=f"key-{language}", public_key="", sign_count=0)
        account_service.add_passkey(user, made, "Telephone", by=COMMAND, now=now)
    for address in (HALF_WAY, COMPLETE):
        user = account_service.create(address, name="Hugo", by=COMMAND, now=now)
        account_service.set_password(user, credentials.hashed(PASSWORD), by=COMMAND, now=now)
    account_service.prepare_second_factor(user, credentials.new_secret())
    account_service.confirm_second_factor(user, [], by=COMMAND, now=now)
    account_service.join_team(user, _event("open").id, by=COMMAND, now=now)
    invited = account_service.create(INVITED, name="", by=COMMAND, now=now)
    account_service.join_team(invited, _event("open").id, role=TeamRole.READER, by=COMMAND, now=now)


def _letters(now: datetime) -> None:
    """One that waits for a better hour, one that is parked, and one that could not be written."""
    for number, recipient in enumerate(("waits@example.org", f"{'parked' * 6}@example.org")):
        outbox.post(
            message_id=f"<{number}@example.org>", recipient=recipient,
            subject="Confirmed: Trust in microcredentials", octets=b"Subject: x\r\n\r\nx",
            occasion="confirmed", event_id=_event("crowd").id, now=now,
        )  # fmt: skip
    db.session.flush()
    waits, parked = db.session.scalars(select(Message).order_by(Message.id)).all()
    waits.attempts = parked.attempts = 8
    waits.due_at, waits.reason = now + timedelta(hours=1), "451 4.7.1 try again later"
    parked.parked_at, parked.reason = now, "550 5.1.1 no such mailbox here"
    stuck = _comes("crowd", "stuck")
    stuck.stuck_at, stuck.stuck_reason = now, "The template says nothing about this state."
    answered = _comes("crowd", "answered")
    answered.told_revision, answered.told_event_revision = answered.revision, 1
    service.note_failing(answered, "5.1.1", by=COMMAND, now=now)
    invite = invites.of(answered.id, domain="example.org", now=now)
    invites.note_reply(invite, Partstat.TENTATIVE, stamped_at=now, now=now)


_LETTERS: dict[str, int] = {}
_REMINDERS: dict[str, tuple[str, int]] = {}


def _circulars(now: datetime) -> None:
    """One of each state, to the crowd."""
    crowd = _event("crowd")
    words = {
        "subject": {"en": "Another entrance, {first_name}"},
        "body": {"en": "Dear {first_name},\n\nuse the **side door**.\n\n- {where}\n- {nobody}"},
        "urgent": True,
    }  # fmt: skip
    for name in ("draft", "empty", "sent", "stopped"):
        one = circulars.begin(crowd, {"status": "confirmed"}, by=COMMAND, now=now)
        if name != "empty":
            circulars.rewrite(one, **words, by=COMMAND, now=now)
        if name == "stopped":
            one.subject = {"en": "Another hour"}
            circulars.send(one, by=COMMAND, now=now)
            circulars.stop(one, by=COMMAND, now=now)
        if name == "sent":
            one.state, one.sent_at, one.ended_at = CircularState.SENT, now, now
        _LETTERS[name] = one.id


def _reminders(now: datetime) -> None:
    """Of the crowd: one to come, one that went out, one switched off; and one that nobody gets."""
    crowd = _event("crowd")
    own = {"words": {"en": "Bring a **pen**, and:\n\n- something to write on\n- patience"}}
    day = {"unit": Unit.DAYS, "at": time(10)}
    for name, kind, number, more in (
        ("coming", Kind.REMINDER, 1, own),
        ("sent", Kind.REMINDER, 7, {}),
        ("thanks", Kind.THANKS, 1, {"audience": Audience.CAME}),
        ("off", Kind.THANKS, 30, own | {"is_on": False}),
    ):
        facts = {"kind": kind, "number": number} | day | more
        one = reminders.add(crowd, facts, by=COMMAND, now=now)
        _REMINDERS[name] = ("crowd", one.id)
    sent = db.session.get_one(Reminder, _REMINDERS["sent"][1])
    reminders.begin(sent, now=now)
    run = db.session.scalars(select(Run)).one()
    failed = db.session.scalars(select(Telling).order_by(Telling.id)).first()
    assert failed is not None
    failed.outcome, failed.reason = Outcome.FAILED, "ValueError"
    db.session.flush()
    reminders.end(run, now=now)
    soon = {"kind": Kind.SOON, "number": 1, "unit": Unit.HOURS, "at": None}
    one = reminders.add(_event("hybrid"), soon, by=COMMAND, now=now)
    _REMINDERS["nobody"] = ("hybrid", one.id)


def _stories(now: datetime) -> None:
    """Somebody with notes, a telephone and refused letters; somebody in a line that rests."""
    storied = _comes("crowd", "storied", phone="+32 2 123 45 67", organisation=LONG)
    notes.write(storied, "Comes by night train.\nAsks for a receipt.", by=COMMAND, now=now)
    outbox.post(
        message_id="<storied@example.org>", recipient=storied.email, subject="Received: Crowd",
        octets=b"Subject: x\r\n\r\nx", occasion="received", event_id=storied.event_id,
        thread=storied.thread, now=now,
    )  # fmt: skip
    db.session.flush()
    refused = db.session.scalars(select(Message).where(Message.thread == storied.thread)).one()
    refused.parked_at, refused.reason = now, "550 5.1.1 no such mailbox here"
    storied.told_revision = storied.revision
    rests = _made("rests", storied.event.starts_at, capacity=1)
    _comes("rests", "settled")
    _comes("rests", "resting")
    rests.capacity, rests.waitlist = 2, False
    _comes("open", "known", last_name="Known")


def _requests(now: datetime) -> None:
    """One to answer, one that is late, one that was answered."""
    who = Inquiry(address="storied@example.org", address_key="storied@example.org", language="en")
    for kind, days in ((RequestKind.OBJECTION, 3), (RequestKind.RESTRICTION, 40)):
        said = "No photographs of me.\nNot in the report either."
        asked = now - timedelta(days=days)
        subjects.ask(who, _event("crowd").id, kind, said, now=asked)
    done = subjects.ask(who, _event("crowd").id, RequestKind.OTHER, "Who saw it?", now=now)
    subjects.answer(done, "The team of the event, and nobody else.", by=COMMAND, now=now)


def _doors(now: datetime, later: datetime) -> None:
    """Buildings that ask: in time, past the cut-off, not after the event, and not any more.

    The first list of the late one was taken out, that of the shut one was given on as well.
    """
    lists = {}
    for slug, closes_at in (
        ("door", later - timedelta(days=7)), ("late-door", now - timedelta(hours=1)),
        ("shut-door", later - timedelta(days=7)), ("old-door", later - timedelta(days=7)),
    ):  # fmt: skip
        event = _made(slug, later)
        facts = {
            "asks": [each.value for each in Asked],
            "receiver": {"en": "Security service of the Parliament", "fr": "Sécurité du Parlement"},
            "words": {"en": "Bring the document along.\nThe visitors’ entrance opens at 13:00."},
            "basis": "public_task", "closes_at": closes_at, "days_kept": 3,
        }  # fmt: skip
        lists[slug] = access_service.keep(event, facts, by=COMMAND, now=now)
        _comes(slug, f"{slug}-missing", organisation=LONG)
        given = _comes(slug, f"{slug}-given")
        sealed = {"birth_date": "1985-03-27", "nationality": "BE", "document_kind": "passport",
                  "document_number": "X1"}  # fmt: skip
        access_service.give(given, sealed, notice_version="2", by=COMMAND, now=now)
    for slug in ("late-door", "shut-door"):
        access_service.note_export(lists[slug], {}, {}, "csv", by=COMMAND, now=now)
    access_service.give_on(lists["shut-door"], 1, by=COMMAND, now=now)
    shut = lists["shut-door"].event
    shut.starts_at, shut.ends_at = now - timedelta(days=2), now - timedelta(days=1)
    access_service.switch_off(lists["old-door"], by=COMMAND, now=now)


def _questions(now: datetime, later: datetime) -> None:
    """A question of each kind, with long words; answered by one, to be answered by another."""
    event = _made("asks", later)
    both = {"en": f"For which body do you come: {LONG}?", "fr": f"Pour quel organisme : {LONG} ?"}
    make_question(event, Question.TEXT, both, required=True, help={"en": "As on its letters."})
    table = make_question(
        event, Question.ONE_OF, "At which table do you sit?", options=[("Shop floor", 1), LONG],
    )  # fmt: skip
    make_question(event, Question.SEVERAL, "Topics", options=["Skills", "Trust", LONG])
    make_question(event, Question.LONG_TEXT, "Why there?", required=True, only=(table, "2"))
    for kind in (Question.YES_NO, Question.NUMBER, Question.DATE, Question.COUNTRY):
        make_question(event, kind, f"{kind.value.capitalize()}, if you know it")
    make_question(event, Question.CONSENT, "I agree that my words are quoted.", required=True)
    make_question(event, Question.FILE, "Your paper")
    asked = questions.asked(event.id)
    said = [
        Said(asked[0], (LONG,), "en"),
        Said(asked[1], ("1",), "en"),
        Said(asked[2], ("1", "3"), "en"),
    ]
    answerer = _comes("asks", "answerer")
    answering.change(answerer, said, by=COMMAND, now=now)
    paper = Said(asked[-1], (uploads.keep(BytesIO(PDF), "paper.pdf").name,), "en")
    answering.hand_in(answerer, asked[-1], paper, by=COMMAND, now=now)
    _comes("asks", "unanswered")
    _second_form(now, later)


def _second_form(now: datetime, later: datetime) -> None:
    """One event asks again, with an answer that was full; another has its questions ready."""
    over = now - timedelta(days=1)
    event = _made("asks-again", later, approval=True, changes_until=over)
    second = {"stage": Form.SECOND}
    agrees = make_question(event, Question.CONSENT, "I agree to be filmed.")
    make_question(event, Question.ONE_OF, "Table", options=[("Small", 1), LONG], required=True)
    how = make_question(
        event,
        Question.ONE_OF,
        "How do you travel?",
        options=["Train", LONG],
        required=True,
        **second,
    )
    make_question(event, Question.TEXT, "At what time?", required=True, only=(how, "1"), **second)
    make_question(event, Question.FILE, "Your slides", required=True, only=(agrees, "yes"),
                  **second)  # fmt: skip
    asked = questions.every(event.id)
    people = []
    for name in ("traveller", "hurried"):
        consents = {"photo_consent": {"version": "1", "at": now.isoformat()}}
        person = _comes("asks-again", name, consents=consents)
        said = [Said(asked[0], ("yes",), "en"), Said(asked[1], ("1",), "en")]
        answering.change(person, said, by=COMMAND, now=now)
        people.append(person)
    for person in people:
        service.approve(person, by=COMMAND, now=now)
    second_form.open_form(event, later - timedelta(days=3), by=COMMAND, now=now)
    _comes("asks-again", "undecided")
    make_question(_made("asks-soon", later), Question.TEXT, "Where do you sleep?", **second)


def _offers(now: datetime) -> None:
    """One place is offered until registration closes; one offer is over, and nobody came by yet."""
    made = _made("in-turn", now + timedelta(days=60), capacity=1, offer_hours=72,
                 registration_closes_at=now + timedelta(days=2))  # fmt: skip
    leaves = _comes("in-turn", "offer-leaves")
    for name in ("offered", "let-pass", "offer-next"):
        _comes("in-turn", name, organisation=LONG)
    service.withdraw(leaves, by=COMMAND, now=now)
    made.capacity = 2
    service.fill_places(made, now=now)
    let_pass = db.session.scalars(
        select(Registration).where(Registration.email == "let-pass@example.org")
    ).one()
    let_pass.offered_until = now - timedelta(minutes=1)
    _made("to-decide", now + timedelta(days=60), capacity=1, approval=True,
          decision_at=now + timedelta(days=20))  # fmt: skip
    for name in ("decided-before", "decided"):
        service.approve(_comes("to-decide", name), by=COMMAND, now=now)


def _acted_for(now: datetime) -> None:
    """An office is offered a place for somebody, who has sessions to choose and not answered."""
    made = _made("acted-for", now + timedelta(days=60), capacity=1, offer_hours=72)
    make_question(made, label=LONG, required=True)
    make_chosen(made, "Shop floor", places=1)
    first = _comes("acted-for", "acted-first")
    office = Acting(LONG, "office@example.org", "en", Readers.BOTH, Readers.PERSON)
    for name in ("acted-for", "acted-waits"):
        contacts.act_for(_comes("acted-for", name), office, by=OFFICE, now=now)
    service.withdraw(first, by=COMMAND, now=now)


def _left_behind(now: datetime) -> None:
    """A session stands on a day that the event has left, and a quota ends after an earlier one.

    To a second form whose date is over a question was added; mail to one person comes back.
    """
    starts_at = now + timedelta(days=40)
    made = _made("left-behind", starts_at)
    kept = {"groups": ["mep"], "countries": [], "online": False, "places": 2}
    quotas.add(made, kept | {"until": starts_at - timedelta(days=3)}, by=COMMAND, now=now)
    stays = make_chosen(made, "Old day")
    programme.cancel_session(stays, {"en": LONG}, by=COMMAND, now=now)
    stays.starts_at, stays.ends_at = now + timedelta(days=9), now + timedelta(days=9, hours=1)
    make_question(made, Question.TEXT, "How do you travel?", stage=Form.SECOND)
    person, failing = _comes("left-behind", "prompt"), _comes("left-behind", "comes-back")
    failing.failing_at = now
    long_ago, yesterday = now - timedelta(days=2), now - timedelta(days=1)
    second_form.open_form(made, yesterday, by=COMMAND, now=long_ago)
    said = [Said(questions.every(made.id)[0], ("By train",), "en")]
    answering.change(person, said, stage=Form.SECOND, by=COMMAND, now=long_ago)
    make_question(made, Question.TEXT, LONG, required=True, stage=Form.SECOND)


def _sessions(now: datetime, later: datetime) -> None:
    """Side by side, one after the other and half over each other; full, with a line, closed.

    One has two that clash since a session was moved, one waits, one chose before having a place.
    """
    event = _made("sessions", later, capacity=2)
    made = [
        make_chosen(event, "Shop floor", places=1, waiting=3, room="Forum"),
        make_chosen(event, f"Table of the {LONG}", room=LONG),
        make_chosen(event, "Full house", places=0),
        make_chosen(event, "Workshop", after=1, hours=0.5),
        make_chosen(event, "Long talk", after=1.5),
        make_chosen(event, "Short talk", after=1.5, hours=0.5, places=30),
        make_chosen(event, "Late talk", after=2, hours=0.5),
        make_chosen(event, "Moved talk", after=2.5, hours=0.5),
    ]
    floor, talk = made[0].id, made[7].id
    _comes("sessions", "chooser", sessions=[floor, talk])
    _comes("sessions", "waiter", sessions=[floor])
    _comes("sessions", "wisher", sessions=[floor])
    moved = {"starts_at": later, "ends_at": later + timedelta(minutes=30)}
    choosing.change_session(made[7], moved, tell=False, by=COMMAND, now=now)


def _quotas(now: datetime) -> None:
    """Room and online apart, a quota in each, one that has ended, and people of every sort."""
    made = _made("quotas", now + timedelta(days=60), format=Format.HYBRID, capacity=2,
                 online_capacity=40)  # fmt: skip
    usual = {"until": now + timedelta(days=30), "countries": [], "online": False}
    for facts in (
        {"groups": ["mep", "mep_office"], "places": 1},
        {"groups": ["vet_provider"], "countries": ["GR", "CY", "LU"], "places": 30, "online": True},
        {"groups": ["learner"], "places": 1, "until": now, "online": True},
    ):
        quotas.add(made, usual | facts, by=COMMAND, now=now)
    for name, group in (("eva", "mep"), ("first", "expert"), ("second", "expert")):
        _comes("quotas", f"kept-{name}", stakeholder_group=StakeholderGroup(group))
    _comes("quotas", "kept-athome", attendance=Attendance.ONLINE)


def _made(slug: str, starts_at: datetime, **facts: Any) -> Event:
    title = slug.replace("-", " ").capitalize()
    words = {"en": f"{title}: trust in microcredentials", "fr": f"{title} : la confiance"}
    return make_event(slug=slug, starts_at=starts_at, title=words, **facts)


def _comes(slug: str, name: str, **fields: Any) -> Registration:
    return make_registration(
        _event(slug), email=f"{name}@example.org", first_name=name.capitalize(), **fields
    )
