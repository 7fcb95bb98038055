"""Every state of every page: its name, and the way there as a person goes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from itertools import count
from typing import Any

from playwright.sync_api import Page

from portal import clock
from portal.events.models import Session, Speaker
from portal.maintenance import Pause
from portal.materials.models import Material
from portal.ties.models import Project, Topic
from tests.browser.stage import COMPLETE, HALF_WAY, INVITED, ORGANISERS, Stage
from tests.desk.front_door import PASSWORD

Way = Callable[[Page, Stage, str], None]
Step = Callable[[Page], None]

ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "ada@example.org",
    "organisation": "Analytical Society",
}
CHOSEN = {"stakeholder_group": "expert", "country": "BE"}
_networks = count(1)


def at(path: str) -> Way:
    """A page with an address in each language."""
    return lambda page, stage, lang: goto(page, stage, f"/{lang}{path}")


def at_desk(path: str) -> Way:
    return lambda page, stage, lang: goto(page, stage, f"/desk{path}")


def _lost_link(page: Page, stage: Stage, lang: str) -> None:
    """The address of a campaign names no language: the reader's browser does."""
    page.set_extra_http_headers({"Accept-Language": lang})
    goto(page, stage, "/c/23456789")
    page.set_extra_http_headers({})


def own(name: str, rest: str = "") -> Way:
    """One's own registration by the link in the letter."""
    return lambda page, stage, lang: goto(
        page, stage, f"/{lang}{stage.own(f'{name}@example.org', rest)}"
    )


def office(rest: str = "", name: str = "represented") -> Way:
    """Everybody whom a mailbox registered, or one of them, by the link in its letter."""
    return lambda page, stage, lang: goto(page, stage, f"/{lang}{stage.office(rest, name)}")


def calendar(*, ended: bool = False) -> Way:
    """The page behind the link in the letter with the address of one's calendar."""
    return lambda page, stage, lang: goto(
        page, stage, f"/{lang}{stage.calendar('confirmed@example.org', ended=ended)}"
    )


def kept_of(name: str, rest: str = "") -> Way:
    """What is kept about an address, by the link in the letter."""
    return lambda page, stage, lang: goto(
        page, stage, f"/{lang}{stage.data(f'{name}@example.org', rest)}"
    )


def _all_deleted(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, f"/{lang}{stage.data(stage.newcomer(), '/erasure')}")
    press(page)


def person(name: str, rest: str = "") -> Way:
    """A registration at the desk."""
    return lambda page, stage, lang: goto(page, stage, stage.desk(f"{name}@example.org", rest))


def _at_the_door(name: str) -> Way:
    """A registration's own address at the check-in."""
    return lambda page, stage, lang: goto(
        page, stage,
        stage.desk(f"{name}@example.org").replace("/registrations/", "/check-in/"),
    )  # fmt: skip


def _hand_in_a_report(page: Page) -> None:
    """With one of each fate, and a name that is long."""
    written = (
        "Name,Email,Duration\nAttended,attended@example.org,90\nUre Unsure,,120\n"
        f"{'Stranger' * 12},{'s' * 60}@elsewhere.example,120\n=1+1,,9\nMissed,missed@example.org,1"
    )
    file = {"name": "report.csv", "mimeType": "text/csv", "buffer": written.encode()}
    page.set_input_files("#file", files=[file])  # type: ignore[list-item]


def _handed_to_an_attendee(page: Page, stage: Stage, lang: str) -> None:
    own("confirmed", "/transfer")(page, stage, lang)
    fill_in(page)
    fill(first_name="Known", last_name="Known", email="known@example.org")(page)
    press(page)


def _handed_over(page: Page, stage: Stage, lang: str) -> None:
    """A place of its own each time: a place is handed over once."""
    goto(page, stage, f"/{lang}{stage.own(stage.newcomer(), '/transfer')}")
    fill_in(page)
    page.fill("#email", f"colleague-{next(_networks)}@example.org")
    press(page)


def offered(path: str, kind: type[Any], rest: str = "", **facts: Any) -> Way:
    """A page at the desk about one thing of the event that offers everything."""
    return lambda page, stage, lang: goto(
        page, stage, f"/desk/events/offers/{path}/{stage.offered(kind, **facts)}{rest}"
    )


def _left_session(page: Page, stage: Stage, lang: str) -> None:
    """A cancelled session that the event has left behind is to be held again."""
    at_desk("/events/left-behind/programme/")(page, stage, lang)
    page.click("main a:has-text('Old day')")
    page.click("a[href$='/return']")


def _three_weeks_earlier(page: Page) -> None:
    for name in ("starts_at", "ends_at"):
        before = datetime.fromisoformat(page.input_value(f"#{name}"))
        page.fill(f"#{name}", f"{before - timedelta(weeks=3):%Y-%m-%dT%H:%M}")


def _outdated_letter(page: Page, stage: Stage, lang: str) -> None:
    """What stands in it is not so any more."""
    number = stage.letter_number("entitled@example.org")
    stage.corrects("entitled@example.org")
    goto(page, stage, f"/{lang}/letters/{number}")


def gives(name: str, rest: str = "") -> Way:
    """What the building asks of this person, by the link in the letter."""
    return lambda page, stage, lang: goto(page, stage, f"/{lang}{stage.door(name, rest)}")


def invites(name: str, rest: str = "") -> Way:
    """The page behind the link of this person's invitation."""
    return lambda page, stage, lang: goto(page, stage, f"/{lang}{stage.invitation(name, rest)}")


def speaks(name: str, rest: str = "") -> Way:
    """A speaker's own page by the link in the letter."""
    return lambda page, stage, lang: goto(page, stage, f"/{lang}{stage.speaker(name, rest)}")


def _two_editors(page: Page, stage: Stage, lang: str) -> None:
    """While the form was open, somebody else saved it."""
    offered("programme", Session)(page, stage, lang)
    mine = page.content()
    number = f"{next(_networks)}"
    page.fill("#abstract-en", f"Theirs, {number}")
    press(page)
    offered("programme", Session)(page, stage, lang)
    opened = re.search(r'name="opened"[^>]*value="([^"]*)"', mine)
    assert opened
    page.evaluate("was => { document.querySelector('#opened').value = was }", unescape(opened[1]))
    page.fill("#abstract-en", "Mine")
    press(page)


def goto(page: Page, stage: Stage, path: str) -> None:
    page.goto(stage.server.url + path)


def press(page: Page, form: str = "main form") -> None:
    """The first button of a form, and what it leads to."""
    with page.expect_navigation():
        page.locator(f"{form} button[type=submit]").first.click()


def _press_last(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button[type=submit]").last.click()


def _add_one(page: Page) -> None:
    """One more person, with whom the form goes on."""
    with page.expect_navigation():
        page.locator("button[name=more]").click()
    assert page.evaluate("document.activeElement.id") == "person3-title"


def _a_group(page: Page, stage: Stage, lang: str) -> None:
    """Two colleagues, of whom each time others are registered."""
    goto(page, stage, f"/{lang}/events/open/register/group")
    page.fill("#name", "Omar Office")
    page.fill("#email", "office@example.org")
    page.fill("#organisation", "Parliament")
    page.select_option("#country", "BE")
    for number in (1, 2):
        page.fill(f"#person{number}-first_name", f"Cleo{next(_networks)}")
        page.fill(f"#person{number}-last_name", "Colleague")
        page.fill(f"#person{number}-email", f"cleo-{next(_networks)}@example.org")
        page.select_option(f"#person{number}-stakeholder_group", "mep_office")
    _press_last(page)


def then(way: Way, *steps: Step) -> Way:
    """The way to a page, and what is done there."""

    def whole(page: Page, stage: Stage, lang: str) -> None:
        way(page, stage, lang)
        for step in steps:
            step(page)

    return whole


def fill_in(page: Page) -> None:
    """What the form of registration asks for."""
    for name, value in ADA.items():
        page.fill(f"#{name}", value)
    for name, value in CHOSEN.items():
        page.select_option(f"#{name}", value)


def _save_publication(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form .actions button[type=submit]").first.click()


def fill(**values: str) -> Step:
    def filling(page: Page) -> None:
        for name, value in values.items():
            page.fill(f"#{name}", value)

    return filling


def _two_at_once(page: Page) -> None:
    """A long talk and a short one in it."""
    for words in ("Long talk", "Short talk"):
        page.get_by_label(words).check()


def needs_without_consent(page: Page) -> None:
    fill_in(page)
    page.fill("#access_needs", "A hearing loop")
    page.check("#attendance-0")


def _answers(page: Page) -> None:
    """Also what is asked only of those who sit elsewhere."""
    fill_in(page)
    page.fill("#first_name", f"Ada {next(_networks)}")
    page.fill("#q1", "A body")
    page.fill("#q4", "By chance")
    _ticks(page)


def _ticks(page: Page) -> None:
    page.fill("#q4", "By chance")
    page.check("#q9")


def _closed_meanwhile(page: Page, stage: Stage, lang: str) -> None:
    """The door closes while somebody fills in the form."""
    goto(page, stage, f"/{lang}/events/closing/register")
    fill_in(page)
    stage.closes("closing", clock.now() - timedelta(minutes=1))
    press(page)
    stage.closes("closing", None)


def _erased(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, f"/{lang}{stage.own(stage.newcomer(), '/erasure')}")
    press(page)


def _another_address(page: Page, stage: Stage, lang: str) -> None:
    email = stage.newcomer()
    goto(page, stage, f"/{lang}{stage.own(email, '/details')}")
    page.fill("#email", f"new-{email}")
    press(page)


def _refused(page: Page, stage: Stage, lang: str) -> None:
    """Nothing is left to withdraw: the page says so and has no button."""
    goto(page, stage, f"/{lang}{stage.own('declined@example.org', '/withdrawal')}")


def _stale(page: Page, stage: Stage, lang: str) -> None:
    """The cookie that protects the form is gone."""
    goto(page, stage, f"/{lang}{stage.own('confirmed@example.org', '/withdrawal')}")
    page.context.clear_cookies()
    press(page)


def _too_often(page: Page, stage: Stage, lang: str) -> None:
    """One network asks for links more often than a network may."""
    network = {"X-Forwarded-For": f"192.0.2.{next(_networks)}"}
    for _time in range(20):
        stage.server.http().post(f"/{lang}/registrations/link", headers=network)
    page.set_extra_http_headers(network)
    goto(page, stage, f"/{lang}/registrations/link")
    press(page)
    page.set_extra_http_headers({})


def _maintenance(page: Page, stage: Stage, lang: str) -> None:
    """Closed while somebody reads, until tomorrow on a clock in Brussels."""
    with stage.maintenance(Pause(clock.now() + timedelta(days=1), "Europe/Brussels")):
        goto(page, stage, f"/{lang}/events/")


def _maintenance_meanwhile(page: Page, stage: Stage, lang: str) -> None:
    """Closed while somebody fills in a form."""
    goto(page, stage, f"/{lang}/registrations/link")
    page.fill("#email", "ada@example.org")
    with stage.maintenance(Pause()):
        press(page)


def _write_a_letter(page: Page) -> None:
    with page.expect_navigation():
        page.click("button[formaction$='/letters/']")


def _signed_out(page: Page, stage: Stage, lang: str) -> None:
    _by_link(page, stage, lang)
    press(page)
    press(page, "header form")


def _by_link(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, stage.link("sign_in", ORGANISERS[lang]))


def _half_way(email: str) -> Way:
    """The password was right; now the second step."""
    return then(at_desk("/sign-in"), fill(email=email, password=PASSWORD), press)


def _recovery_codes(page: Page, stage: Stage, lang: str) -> None:
    _half_way(HALF_WAY)(page, stage, lang)
    page.fill("#code", stage.code(HALF_WAY))
    press(page)
    stage.forget_second_factor(HALF_WAY)


def _account_link(purpose: str, email: str) -> Way:
    return lambda page, stage, lang: goto(page, stage, stage.link(purpose, email))


def _member(rest: str) -> Way:
    """The page of somebody in a team."""
    return lambda page, stage, lang: goto(page, stage, stage.member("open", COMPLETE, rest))


def _colleague(email: str, rest: str = "") -> Way:
    return lambda page, stage, lang: goto(page, stage, stage.colleague(email, rest))


def gathering(table: type[Topic] | type[Project], slug: str, rest: str = "") -> Way:
    """A page at the desk about a topic or a project."""
    return lambda page, stage, lang: goto(page, stage, stage.gathering(table, slug, rest))


def belonging(table: type[Project], slug: str) -> Way:
    """What belongs to it."""

    def way(page: Page, stage: Stage, lang: str) -> None:
        path = stage.gathering(table, slug).replace("/desk/projects/", "/desk/belonging/project/")
        goto(page, stage, path)

    return way


def library(number: str, rest: str = "") -> Way:
    """A publication at the desk."""
    return lambda page, stage, lang: goto(page, stage, stage.library(number, rest))


def _bibliography(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, stage.bibliography())


def _preview_of_a_draft(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, stage.library("draft", f"/preview/{lang}"))


def _passkey_removal(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, stage.passkey(ORGANISERS[lang]))


def letter(name: str, rest: str = "") -> Way:
    """A letter to a selection at the desk."""
    return lambda page, stage, lang: goto(page, stage, stage.letter(name, rest))


def _corrected_meanwhile(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, stage.desk("declining@example.org", "/details"))
    stage.corrects("declining@example.org")
    page.fill("#last_name", "Another")
    press(page)


def reminder(name: str, rest: str = "") -> Way:
    """A letter that leaves by itself, at the desk."""
    return lambda page, stage, lang: goto(page, stage, stage.reminder(name, rest))


def _moment_changed_meanwhile(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, stage.reminder("thanks"))
    stage.sets_another_moment("thanks")
    page.fill("#number", "9")
    press(page)


def _rewritten_meanwhile(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, stage.letter("draft"))
    stage.rewrites("draft")
    press(page)


def sign_in(page: Page, stage: Stage, lang: str) -> None:
    """As the demonstration's organiser, whose desk speaks this language."""
    _by_link(page, stage, lang)
    press(page)


def _keep_record(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button:not([name])").last.click()


def _one_more_purpose(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button[value=purposes]").click()


def _kept_meanwhile(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, "/desk/events/draft/protection")
    stage.keeps_a_record("draft")
    page.fill("#register_url", "https://mine.example.org")
    _keep_record(page)


def _two_write(page: Page, stage: Stage, lang: str) -> None:
    """Somebody else saves the same text first."""
    goto(page, stage, "/desk/events/lonely/texts")
    texts = {"en": f"Theirs, of {next(_networks)}.\n\nIn two paragraphs.", "fr": "La leur."}
    stage.changes("lonely", description=texts, hashtag=f"#theirs{next(_networks)}")
    page.fill("#description-en", "Mine")
    press(page)


def _two_change(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, "/desk/events/lonely/details")
    stage.changes("lonely", venue=f"House {next(_networks)}", capacity=next(_networks))
    page.fill("#venue", "Mine")
    press(page)


def _later(page: Page) -> None:
    page.check("#when-1")


def _flooded(page: Page) -> None:
    page.fill("#reason-en", "The hall is flooded.\nWe look for another.")


def _episode_preview(page: Page, stage: Stage, lang: str) -> None:
    goto(page, stage, f"/desk/episodes/1/preview/{lang}")


def _two_write_notes(page: Page, stage: Stage, lang: str) -> None:
    """Somebody else saved the same notes while the form was open."""
    goto(page, stage, "/desk/episodes/2/texts")
    mine = page.content()
    page.fill("#notes-en", f"Theirs, {next(_networks)}")
    press(page)
    goto(page, stage, "/desk/episodes/2/texts")
    opened = re.search(r'name="opened"[^>]*value="([^"]*)"', mine)
    assert opened
    page.evaluate("was => { document.querySelector('#opened').value = was }", unescape(opened[1]))
    page.fill("#notes-en", "Mine")
    press(page)


VISITOR: dict[str, Way] = {
    "podcasts": at("/podcasts/"),
    "podcast": at("/podcasts/learning-at-work/"),
    "episode": at("/podcasts/learning-at-work/how-this-podcast-works"),
    "episode, taken back": at("/podcasts/learning-at-work/gone"),
    "notice of an event": at("/events/open/privacy"),
    "event": at("/events/open/"),
    "event that offers everything": at("/events/offers/"),
    "event with quotas": at("/events/quotas/"),
    "registering, places are kept": at("/events/quotas/register"),
    "topics": at("/topics/"),
    "topic": at("/topics/trust/"),
    "topic, all of a kind": at("/topics/trust/?all=publication"),
    "project": at("/projects/study/"),
    "publications": at("/publications/"),
    "publications, found": at("/publications/?q=part&type=report&subject=s3&page=1"),
    "publications, nothing found": at("/publications/?q=nothing+of+this&year=1999"),
    "publication": at("/publications/whole/"),
    "publication under an embargo": at("/publications/later/"),
    "publication, withdrawn": at("/publications/gone/"),
    "own: with materials": own("reader"),
    "speaker: asked": speaks("Dora"),
    "speaker: agreed": speaks("Ada"),
    "speaker: changed": speaks("Bob"),
    "speaker: refused": speaks("Cid"),
    "speaker: corrects": speaks("Dora", "/details"),
    "speaker: corrects, name missing": then(
        speaks("Dora", "/details"), fill(name="", **{"photo_text-en": ""}), press
    ),
    "speaker: bad link": at("/speakers/nothing.of-this"),
    "registering in person": at("/events/open/register"),
    "registering online": at("/events/online/register"),
    "registering, hybrid": at("/events/hybrid/register"),
    "registering for the waitlist": at("/events/full/register"),
    "registering with approval": at("/events/approval/register"),
    "registering with questions": at("/events/asks/register"),
    "registering with questions, nothing answered": then(at("/events/asks/register"), press),
    "answer: not everything kept": then(at("/events/asks/register"), _answers, press),
    "registering with sessions": at("/events/sessions/register"),
    "own: sessions that clash": own("chooser"),
    "own programme": own("chooser", "/programme"),
    "own sessions": own("waiter", "/sessions"),
    "own sessions, two at once": then(own("waiter", "/sessions"), _two_at_once, press),
    "own: answers": own("answerer"),
    "own: answers needed": own("unanswered"),
    "own answers": own("answerer", "/answers"),
    "own answers, nothing answered": then(own("unanswered", "/answers"), press),
    "own answers, file": own("answerer", "/files/10"),
    "own answers, no file chosen": then(own("unanswered", "/files/10"), press),
    "own: answers saved": then(own("answerer", "/answers"), _ticks, press),
    "own: second form, and full": own("hurried"),
    "second form": own("traveller", "/second-form"),
    "second form, nothing answered": then(own("traveller", "/second-form"), press),
    "own answers, closed": own("traveller", "/answers"),
    "second form, closed": own("undecided", "/second-form"),
    "consents": own("traveller", "/consents"),
    "consents, nothing ticked": then(own("traveller", "/consents"), press),
    "door not open yet": at("/events/not-yet/register"),
    "invitation": invites("asked"),
    "invitation, cannot come": invites("no"),
    "invitation, used": invites("used"),
    "invitation, nothing typed": then(invites("bound", "/registration"), fill(email=""), press),
    "invitation, somebody else": invites("asked", "/registration/for-somebody"),
    "invitation, nobody named": then(
        invites("asked", "/registration/for-somebody"), fill(name=""), _press_last
    ),
    "form, filled in": lambda page, stage, lang: goto(
        page, stage, f"/{lang}{stage.filled('confirmed@example.org', 'hybrid')}"
    ),
    "last details": at("/events/hybrid/register/last-details"),
    "last details, wrong": then(
        at("/events/hybrid/register/last-details"), fill(email="nowhere"), press
    ),
    "last details, sent": then(
        at("/events/hybrid/register/last-details"), fill(email="nobody@example.org"), press
    ),
    "last details, link ended": at("/events/hybrid/register/last-details/ended"),
    "door closed": at("/events/closed/register"),
    "door of a full event": at("/events/no-place/register"),
    "door of a postponed event": at("/events/postponed/register"),
    "door of a cancelled event": at("/events/cancelled/register"),
    "door of an event that is over": at("/events/over/register"),
    "registering, everything missing": then(at("/events/hybrid/register"), press),
    "registering, consent missing": then(
        at("/events/hybrid/register"), needs_without_consent, press
    ),
    "door closed meanwhile": _closed_meanwhile,
    "answer: confirmed": then(at("/events/open/register"), fill_in, press),
    "answer: waitlisted": then(at("/events/full/register"), fill_in, press),
    "answer: pending": then(at("/events/approval/register"), fill_in, press),
    "own: confirmed": own("confirmed"),
    "own: before joining": own("before"),
    "own: within joining": own("within"),
    "own: waitlisted": own("waitlisted"),
    "own: waitlisted, no number": own("kept-second"),
    "own: waitlisted, to be decided": own("decided"),
    "own: offered": own("offered"),
    "own: offer ended": own("let-pass"),
    "withdrawal, offered": own("offered", "/withdrawal"),
    "withdrawal, waitlisted": own("waitlisted", "/withdrawal"),
    "own sessions, too late": own("late", "/sessions"),
    "details, no place there": then(
        own("kept-athome", "/details"), lambda page: page.check("#attendance-0"), press
    ),
    "own: pending": own("pending"),
    "own: calendar address asked for": own("confirmed", "?calendar=asked"),
    "own: letters and reimbursement": own("entitled"),
    "letter, its number": lambda page, stage, lang: goto(
        page, stage, f"/{lang}/letters/{stage.letter_number('entitled@example.org')}"
    ),
    "letter, holds no more": _outdated_letter,
    "letter, no such number": at("/letters/i1-00000000-000000000000"),
    "calendar addresses": own("entitled", "/calendar-addresses"),
    "calendar addresses, none": own("waitlisted", "/calendar-addresses"),
    "calendar address": calendar(),
    "calendar address, ended": calendar(ended=True),
    "own: late": own("late"),
    "own: withdrawn late": own("too-late"),
    "event, deadlines over": at("/events/late/"),
    "event, closed": at("/events/closed/"),
    "withdrawal, late": own("late", "/withdrawal"),
    "own: withdrawn": own("withdrawn"),
    "own: declined": own("declined"),
    "own: cancelled": own("cancelled"),
    "own: postponed": own("postponed"),
    "own programme, postponed": own("postponed", "/programme"),
    "own: over": own("attended"),
    "own: asked again": own("unanswered"),
    "own: still comes": own("faithful"),
    "own, asked for the door": own("door-missing"),
    "own, given for the door": own("door-given"),
    "door": gives("door-missing"),
    "door, nothing typed": then(gives("door-missing"), press),
    "door, given": gives("door-given"),
    "door, past the cut-off": gives("late-door-missing"),
    "door, given late": gives("late-door-given"),
    "door, removal": gives("door-given", "/removal"),
    "door, after the event": gives("shut-door-given"),
    "door, after the event, removal": gives("shut-door-given", "/removal"),
    "notice with a door": at("/events/door/privacy"),
    "reply": own("unanswered", "/reply"),
    "reply, not asked": own("confirmed", "/reply"),
    "reply, answered": own("faithful", "/reply"),
    "reply, yes": own("faithful", "?replied=yes"),
    "details": own("confirmed", "/details"),
    "details, everything missing": then(
        own("confirmed", "/details"), fill(first_name="", last_name="", email="ada"), press
    ),
    "another address": _another_address,
    "details, saved": then(own("confirmed", "/details"), press),
    "withdrawal": own("confirmed", "/withdrawal"),
    "somebody else": at("/events/hybrid/register/for-somebody"),
    "several colleagues, everything missing": then(at("/events/open/register/group"), _press_last),
    "several colleagues, registered": _a_group,
    "own: represented": own("represented"),
    "who acts for me": own("represented", "/contact"),
    "office": office(),
    "office: details": office("/details"),
    "office: letters and invite": office("/readers"),
    "office: withdrawal": office("/withdrawal"),
    "office: hand over": office("/transfer"),
    "office: sessions": office("/sessions", "acted-for"),
    "several colleagues, with sessions": then(at("/events/acted-for/register/group"), _add_one),
    "transfer": own("confirmed", "/transfer"),
    "transfer, everything missing": then(own("confirmed", "/transfer"), press),
    "transfer, who has a place": _handed_to_an_attendee,
    "transfer, done": _handed_over,
    "erasure": own("confirmed", "/erasure"),
    "erased": _erased,
    "link": at("/registrations/link"),
    "link, address missing": then(at("/registrations/link"), press),
    "link sent": then(at("/registrations/link"), fill(email="ada@example.org"), press),
    "your data": at("/your-data"),
    "your data, address missing": then(at("/your-data"), press),
    "your data, letter sent": then(at("/your-data"), fill(email="ada@example.org"), press),
    "your data, shown": kept_of("storied"),
    "your data, nothing kept": kept_of("nobody"),
    "your data, request": kept_of("storied", "/request"),
    "your data, request, nothing written": then(kept_of("storied", "/request"), press),
    "your data, deletion": kept_of("storied", "/erasure"),
    "your data, nothing to delete": kept_of("nobody", "/erasure"),
    "your data, deleted": _all_deleted,
    "join": at("/events/soon/join"),
    "join, address missing": then(at("/events/soon/join"), press),
    "join, link sent": then(at("/events/soon/join"), fill(email="ada@example.org"), press),
    "joining shown": then(own("within"), press),
    "feedback": at("/accessibility/feedback"),
    "feedback, nothing written": then(at("/accessibility/feedback"), press),
    "feedback, sent": then(at("/accessibility/feedback"), fill(message="No words."), press),
    "bad link": at("/registrations/nothing.of-this"),
    "no such page": at("/nothing-here"),
    "refused": _refused,
    "stale form": _stale,
    "too often": _too_often,
    "news and calls": at("/news/"),
    "call": at("/news/views/"),
    "call, closed": at("/news/closed-call/"),
    "campaign link that is none": _lost_link,
    "maintenance": _maintenance,
    "maintenance, a form was sent": _maintenance_meanwhile,
}

STRANGER: dict[str, Way] = {
    "sign-in": at_desk("/sign-in"),
    "sign-in, nothing given": then(at_desk("/sign-in"), press),
    "signed out": _signed_out,
    "second factor": _half_way(HALF_WAY),
    "second factor, wrong code": then(_half_way(HALF_WAY), fill(code="000000"), press),
    "recovery codes": _recovery_codes,
    "code": _half_way(COMPLETE),
    "code, wrong": then(_half_way(COMPLETE), fill(code="nonsense"), press),
    "reset": at_desk("/password/reset"),
    "reset sent": then(at_desk("/password/reset"), fill(email="nobody@example.org"), press),
    "new password": _account_link("password_reset", COMPLETE),
    "new password, too short": then(
        _account_link("password_reset", COMPLETE), fill(password="short"), press
    ),
    "invitation": _account_link("invitation", HALF_WAY),
    "sign-in by link": _by_link,
}

DESK: dict[str, Way] = {
    "podcasts at the desk": at_desk("/podcasts/"),
    "podcast at the desk": at_desk("/podcasts/1/"),
    "podcast, new": at_desk("/podcasts/new"),
    "podcast, nothing given": then(at_desk("/podcasts/new"), press),
    "podcast, details": at_desk("/podcasts/1/details"),
    "podcast, removal": at_desk("/podcasts/1/removal"),
    "podcast, a name": at_desk("/podcasts/names"),
    "podcast, a host": at_desk("/podcasts/1/hosts/new"),
    "episode, new": at_desk("/podcasts/1/episodes/new"),
    "episode at the desk": at_desk("/episodes/1/"),
    "episode, bare": at_desk("/episodes/2/"),
    "episode, texts": at_desk("/episodes/1/texts"),
    "episode, two write": _two_write_notes,
    "episode, recording": at_desk("/episodes/1/audio"),
    "episode, transcript": at_desk("/episodes/1/transcript"),
    "episode, preview": _episode_preview,
    "episode, something missing": at_desk("/episodes/2/publication"),
    "episode, planned": at_desk("/episodes/3/publication"),
    "episode, withdrawal": at_desk("/episodes/1/withdrawal"),
    "episode, removal": at_desk("/episodes/2/removal"),
    "person of a podcast": at_desk("/podcast-people/1"),
    "person of a podcast, removal": at_desk("/podcast-people/1/removal"),
    "record": at_desk("/events/open/protection"),
    "record, with gaps": then(
        at_desk("/events/draft/protection"), fill(officer_email=""), _keep_record
    ),
    "record, wrong": then(
        at_desk("/events/open/protection"), fill(officer_email="nobody", needs="9999"), _keep_record
    ),
    "record, one more purpose": then(at_desk("/events/open/protection"), _one_more_purpose),
    "record, kept by a colleague meanwhile": _kept_meanwhile,
    "record of the house": at_desk("/protection/"),
    "desk": at_desk("/"),
    "event at the desk": at_desk("/events/open/"),
    "event with letters due": at_desk("/events/changed/"),
    "event at the desk, over": at_desk("/events/over/"),
    "draft at the desk": at_desk("/events/draft/"),
    "postponed at the desk": at_desk("/events/postponed/"),
    "cancelled at the desk": at_desk("/events/cancelled/"),
    "new event": at_desk("/events/new"),
    "new event, nothing given": then(at_desk("/events/new"), press),
    "new event from a template": at_desk("/events/new?template=1"),
    "templates": at_desk("/templates"),
    "template removed": at_desk("/templates/1/removal"),
    "template kept": at_desk("/events/open/template"),
    "next edition": at_desk("/events/open/edition"),
    "draft, to be deleted": at_desk("/events/draft/removal"),
    "texts": at_desk("/events/open/texts"),
    "texts, wrong": then(
        at_desk("/events/open/texts"),
        fill(**{"hashtag": "two words", "title-en": "", "title-fr": "", "contact_1_email": "x"}),
        press,
    ),
    "texts, changed by two": _two_write,
    "details, changed by two": _two_change,
    "preview of a draft": lambda page, stage, lang: goto(
        page, stage, f"/desk/events/draft/preview/{lang}"
    ),
    "draft at the desk, bare": at_desk("/events/bare/"),
    "draft at the desk, planned": at_desk("/events/planned/"),
    "draft at the desk, missed": at_desk("/events/missed/"),
    "draft at the desk, asked for": at_desk("/events/asked-for/"),
    "publication, something missing": at_desk("/events/bare/publication"),
    "publication, planned": at_desk("/events/planned/publication"),
    "publication, to approve": at_desk("/events/asked-for/publication"),
    "publication, no time": then(at_desk("/events/draft/publication"), _later, press),
    "draft sent back": at_desk("/events/asked-for/publication/refusal"),
    "asked again at the desk": at_desk("/events/asked-again/"),
    "registrations, asked again": at_desk("/events/asked-again/registrations"),
    "move online": at_desk("/events/crowd/move-online"),
    "review: online": then(at_desk("/events/crowd/move-online"), press),
    "postponement, with words": then(at_desk("/events/crowd/postponement"), _flooded, press),
    "registrations": at_desk("/events/crowd/registrations"),
    "registrations, last page": at_desk("/events/crowd/registrations?page=2"),
    "registrations, none yet": at_desk("/events/lonely/registrations"),
    "registrations, filtered": at_desk(
        "/events/crowd/registrations?status=waitlisted&sort=-registered_at&q=example"
    ),
    "registrations, nobody fits": at_desk("/events/crowd/registrations?q=xyzzy"),
    "registration, confirmed": person("confirmed"),
    "registration, pending": person("pending"),
    "registration, who acts for them": person("represented", "/contact"),
    "registration, letter stuck": person("stuck"),
    "registration, mail comes back": person("answered"),
    "registrations, filtered by more": at_desk(
        "/events/hybrid/registrations?attendance=online&country=BE&unreached=yes"
    ),
    "registration, waitlisted": person("waitlisted"),
    "registration, entitled": person("entitled"),
    "registrations, entitled": at_desk(
        "/events/papers/registrations?entitled=yes&calendar_reply=none&marked=2"
    ),
    "letters and reimbursement": at_desk("/events/papers/papers/"),
    "letters and reimbursement, wrong": then(
        at_desk("/events/papers/papers/"), fill(body="", signer="", forms_url="none"), press
    ),
    "letters and reimbursement, not to be shown": then(
        at_desk("/events/papers/papers/"), fill(signer="会议 🎉", **{"words-fr": "学"}), press
    ),
    "questions, one for an account": at_desk("/events/papers/questions/"),
    "question, register number": at_desk("/events/papers/questions/new/register_number"),
    "registration with a story": person("storied"),
    "correcting": person("confirmed", "/details"),
    "correcting, everything missing": then(
        person("confirmed", "/details"), fill(first_name="", last_name="", phone="none"), press
    ),
    "correcting, changed meanwhile": _corrected_meanwhile,
    "correcting, registered already": then(
        person("waitlisted", "/details"),
        fill(email="first@example.org", first_name="First", last_name="Known"),
        press,
    ),
    "entering": at_desk("/events/open/registrations/entry"),
    "entering, everything missing": then(at_desk("/events/hybrid/registrations/entry"), press),
    "entering, to be chosen": then(
        at_desk("/events/full/registrations/entry"), fill_in, fill(source="by telephone"), press
    ),
    "entering, registered already": then(
        at_desk("/events/open/registrations/entry"),
        fill_in,
        fill(
            first_name="Known", last_name="Known", email="known@example.org", source="by telephone"
        ),
        press,
    ),
    "note": person("confirmed", "/notes"),
    "note, nothing written": then(person("confirmed", "/notes"), fill(kept_until=""), press),
    "place out of turn": person("resting", "/promotion"),
    "place out of turn, none free": person("waitlisted", "/promotion"),
    "place, offered": person("offered", "/promotion"),
    "offer, taken back": person("offered", "/offer-removal"),
    "registrations, with offers": at_desk("/events/in-turn/registrations"),
    "registration, offered": person("offered"),
    "place out of turn, none for them": person("kept-second", "/promotion"),
    "event at the desk, with quotas": at_desk("/events/quotas/"),
    "registrations, with quotas": at_desk("/events/quotas/registrations"),
    "registration, of a quota": person("kept-eva"),
    "entering, with quotas": at_desk("/events/quotas/registrations/entry"),
    "invitations at the desk": at_desk("/events/invited/invitations/"),
    "invitations, nobody yet": at_desk("/events/open/invitations/"),
    "invitations, list": at_desk("/events/invited/invitations/lists/1"),
    "invitations, new list, nothing given": then(
        at_desk("/events/open/invitations/lists/new"), press
    ),
    "invitations, dry run": at_desk("/events/invited/invitations/lists/imports/1"),
    "invitations, letter": at_desk("/events/invited/invitations/lists/2/letter"),
    "invitations, nobody entered": then(
        at_desk("/events/invited/invitations/lists/2/people"), press
    ),
    "invitations, came back": at_desk("/events/invited/invitations/people/6"),
    "quotas": at_desk("/events/quotas/quotas/"),
    "quotas, none yet": at_desk("/events/open/quotas/"),
    "quota, new": at_desk("/events/open/quotas/new"),
    "quota, everything missing": then(at_desk("/events/quotas/quotas/new"), press),
    "quota": at_desk("/events/quotas/quotas/2"),
    "quota, too few": then(
        at_desk("/events/quotas/quotas/1"), fill(places="9", countries="Atlantis"), press
    ),
    "quota, removal": at_desk("/events/quotas/quotas/2/removal"),
    "position": person("waitlisted", "/position"),
    "position, nothing written": then(person("waitlisted", "/position"), press),
    "attendance report": at_desk("/events/held/attendance-report/"),
    "attendance report, not begun": at_desk("/events/crowd/attendance-report/"),
    "attendance report, no file": then(at_desk("/events/held/attendance-report/"), press),
    "attendance report, looked at": then(
        at_desk("/events/held/attendance-report/"), _hand_in_a_report, press
    ),
    "check-in, not open yet": at_desk("/events/crowd/check-in/"),
    "check-in": at_desk("/events/held/check-in/"),
    "check-in, done": then(
        at_desk("/events/held/check-in/?q=missed"), lambda page: press(page, ".arrivals")
    ),
    "check-in, one person": _at_the_door("attended"),
    "check-in, nobody fits": at_desk("/events/held/check-in/?q=xyzzy"),
    "registrations, who attended": at_desk("/events/held/registrations?attended=yes"),
    "could not be reached": at_desk("/events/crowd/unreached"),
    "everybody could be reached": at_desk("/events/lonely/unreached"),
    "told by telephone": person("stuck", "/told"),
    "told by telephone, nothing written": then(person("stuck", "/told"), press),
    "reminders": at_desk("/events/crowd/reminders/"),
    "reminders, none yet": at_desk("/events/online/reminders/"),
    "reminder, new": at_desk("/events/open/reminders/new/reminder"),
    "reminder, wrong": then(
        at_desk("/events/crowd/reminders/new/reminder"), fill(number="99", at=""), press
    ),
    "it starts soon, new": at_desk("/events/online/reminders/new/soon"),
    "thanks, new": at_desk("/events/open/reminders/new/thanks"),
    "reminder": reminder("coming"),
    "reminder, changed meanwhile": _moment_changed_meanwhile,
    "reminder, preview": reminder("coming", "/preview"),
    "reminder, preview of nobody": reminder("nobody", "/preview"),
    "reminder, removing": reminder("off", "/removal"),
    "letters": at_desk("/events/crowd/letters/"),
    "letters, none yet": at_desk("/events/lonely/letters/"),
    "letter, draft": letter("draft"),
    "letter, nothing written": then(
        letter("draft"), fill(**{"subject-en": "", "body-en": ""}), press
    ),
    "letter, changed meanwhile": _rewritten_meanwhile,
    "letter, preview": letter("draft", "/preview"),
    "letter, preview of the second": letter("draft", "/preview?person=2"),
    "letter, preview of nothing": letter("empty", "/preview"),
    "letter, sent": letter("sent"),
    "letter, stopped": letter("stopped"),
    "letter, to nobody": then(at_desk("/events/open/registrations"), _write_a_letter),
    "letter, deleting": letter("draft", "/removal"),
    "refusal": person("declining", "/refusal"),
    "withdrawal at the desk": person("declining", "/withdrawal"),
    "withdrawal at the desk, late": person("late", "/withdrawal"),
    "registrations, one withdrawn late": at_desk("/events/late/registrations"),
    "person, withdrawn late": person("too-late"),
    "details of the event": at_desk("/events/hybrid/details"),
    "details of the event, wrong": then(
        at_desk("/events/hybrid/details"), fill(joining_url="nowhere", capacity="-1"), press
    ),
    "review: nothing": then(at_desk("/events/crowd/details"), press),
    "review: letters": then(
        at_desk("/events/crowd/details"), fill(venue="Another house", capacity="55"), press
    ),
    "review: letters on request": then(
        at_desk("/events/online/details"), fill(joining_url="https://meet.example.eu/else"), press
    ),
    "review: a quota moves along": then(
        at_desk("/events/left-behind/details"), _three_weeks_earlier, press
    ),
    "postponement": at_desk("/events/crowd/postponement"),
    "cancellation": at_desk("/events/crowd/cancellation"),
    "publication": at_desk("/events/draft/publication"),
    "new time": at_desk("/events/postponed/publication"),
    "review: it takes place after all": then(at_desk("/events/postponed/publication"), press),
    "programme": at_desk("/events/offers/programme/"),
    "programme, none yet": at_desk("/events/draft/programme/"),
    "new session": at_desk("/events/offers/programme/new"),
    "new session, nothing given": then(at_desk("/events/offers/programme/new"), press),
    "session": offered("programme", Session),
    "session, changed by two": _two_editors,
    "session: letters": then(offered("programme", Session), fill(room="Another room"), press),
    "session: again, on a day that is left": _left_session,
    "session: cancelling": offered("programme", Session, "/cancellation"),
    "session: cancelling, no reason": then(offered("programme", Session, "/cancellation"), press),
    "speakers": at_desk("/events/offers/speakers/"),
    "speakers, none yet": at_desk("/events/draft/speakers/"),
    "new speaker": at_desk("/events/offers/speakers/new"),
    "new speaker, nothing given": then(at_desk("/events/offers/speakers/new"), press),
    "speaker at the desk": offered("speakers", Speaker, name="Ada"),
    "speaker at the desk: consent": offered("speakers", Speaker, "/consent", name="Bob"),
    "speaker at the desk: consent, no address": then(
        offered("speakers", Speaker, "/consent", name="Cid"), fill(email=""), press
    ),
    "speaker at the desk: note": offered("speakers", Speaker, "/consent/note", name="Dora"),
    "speaker at the desk: removal": offered("speakers", Speaker, "/removal", name="Ada"),
    "materials": at_desk("/events/offers/materials/"),
    "materials, none yet": at_desk("/events/draft/materials/"),
    "new file": at_desk("/events/offers/materials/new/file"),
    "new file, nothing given": then(at_desk("/events/offers/materials/new/file"), press),
    "new link": at_desk("/events/offers/materials/new/link"),
    "material": offered("materials", Material),
    "material: removal": offered("materials", Material, "/removal"),
    "questions": at_desk("/events/asks/questions/"),
    "sessions": at_desk("/events/sessions/sessions/"),
    "sessions, none chosen": at_desk("/events/open/sessions/"),
    "registration, with sessions": person("chooser"),
    "sessions of a person": person("chooser", "/sessions"),
    "registrations, with sessions": at_desk("/events/sessions/registrations?status=confirmed"),
    "questions, none yet": at_desk("/events/open/questions/"),
    "question, new, nothing given": then(
        at_desk("/events/asks/questions/new/text"), _save_publication
    ),
    "question, new consent": at_desk("/events/asks/questions/new/consent"),
    "question, answered": at_desk("/events/asks/questions/2"),
    "question: removal": at_desk("/events/asks/questions/2/removal"),
    "questions, preview": lambda page, stage, lang: goto(
        page, stage, f"/desk/events/asks/questions/preview/{lang}"
    ),
    "registration, with answers": person("answerer"),
    "second form at the desk": at_desk("/events/asks-again/questions/second/"),
    "second form, some shut out": at_desk("/events/left-behind/questions/second/"),
    "second form, a question after its date": at_desk(
        "/events/left-behind/questions/second/new/text"
    ),
    "second form, to be opened": at_desk("/events/asks-soon/questions/second/"),
    "second form: opening": at_desk("/events/asks-soon/second-form/opening"),
    "second form: reminder": at_desk("/events/asks-again/second-form/reminder"),
    "requests": at_desk("/requests/"),
    "requests, answered": at_desk("/requests/?shelf=answered"),
    "request": at_desk("/requests/1"),
    "request, overdue, no answer": then(at_desk("/requests/2"), press),
    "request, answered": at_desk("/requests/3"),
    "deletions": at_desk("/requests/erasures"),
    "deletion": at_desk("/requests/erasures/new"),
    "deletion, nobody": then(
        at_desk("/requests/erasures/new"), fill(email="unknown@example.org"), press
    ),
    "deletion, shown": then(
        at_desk("/requests/erasures/new"), fill(email="storied@example.org"), press
    ),
    "outbox: waiting": at_desk("/outbox/"),
    "outbox: sent": at_desk("/outbox/?shelf=sent"),
    "outbox: parked": at_desk("/outbox/?shelf=parked"),
    "account": at_desk("/account/"),
    "passkeys": at_desk("/account/passkeys"),
    "passkey removal": _passkey_removal,
    "team": at_desk("/events/open/team"),
    "team, nobody yet": at_desk("/events/lonely/team"),
    "team, address missing": then(at_desk("/events/open/team"), press),
    "role": _member("/role"),
    "leaving the team": _member("/removal"),
    "colleagues": at_desk("/colleagues/"),
    "inviting a colleague": at_desk("/colleagues/invitation"),
    "inviting a colleague, address missing": then(at_desk("/colleagues/invitation"), press),
    "colleague": _colleague(COMPLETE),
    "colleague, invited": _colleague(INVITED),
    "administration": _colleague(COMPLETE, "/administration"),
    "lost second step": _colleague(COMPLETE, "/second-factor"),
    "removal of a colleague": _colleague(COMPLETE, "/removal"),
    "password": at_desk("/account/password"),
    "password, nothing given": then(at_desk("/account/password"), press),
    "access list": at_desk("/events/door/access-list/"),
    "access list, nobody like that": at_desk("/events/late-door/access-list/?show=given"),
    "access list, none": at_desk("/events/open/access-list/"),
    "access list, erased": at_desk("/events/old-door/access-list/"),
    "access list, to switch on": at_desk("/events/open/access-list/settings"),
    "access list, nothing chosen": then(at_desk("/events/open/access-list/settings"), press),
    "access list, to change": at_desk("/events/door/access-list/settings"),
    "access list, reminders": at_desk("/events/door/access-list/reminders"),
    "access list, taken out": at_desk("/events/late-door/access-list/"),
    "access list, given on": at_desk("/events/shut-door/access-list/"),
    "access list, to take out": at_desk("/events/door/access-list/export"),
    "access list, to switch off": at_desk("/events/door/access-list/removal"),
    "what is kept": at_desk("/events/kept/retention"),
    "what is kept, nothing deleted yet": at_desk("/events/open/retention"),
    "what is kept of a postponed event": at_desk("/events/postponed/retention"),
    "certificate": at_desk("/events/forgotten/retention/certificate"),
    "certificate, not yet": at_desk("/events/kept/retention/certificate"),
    "registrations, all forgotten": at_desk("/events/forgotten/registrations"),
    "record, fewer days": then(
        at_desk("/events/kept/protection"), fill(name="1", contact="1"), _keep_record
    ),
    "data protection": at_desk("/protection/events"),
    "data protection: due": at_desk("/protection/due?day=2036-01-01"),
    "data protection: due, nothing": at_desk("/protection/due?day=2000-01-01"),
    "data protection: due, wrong": at_desk("/protection/due?day=soon"),
    "data protection: deletions": at_desk("/protection/deletions"),
    "data protection: what is held": at_desk("/protection/inventory"),
    "my copies": at_desk("/copies/"),
    "data protection officer": _colleague(COMPLETE, "/officer"),
    "editor of the library": _colleague(COMPLETE, "/library"),
    "topics at the desk": at_desk("/topics/"),
    "topic without a title": then(at_desk("/topics/new"), press),
    "project at the desk": gathering(Project, "study"),
    "phase": gathering(Project, "study", "/phases/1"),
    "topic that something public needs": gathering(Topic, "trust", "/removal"),
    "topic to be deleted": gathering(Topic, "hidden", "/removal"),
    "what belongs to a project": belonging(Project, "study"),
    "publications at the desk": at_desk("/publications/"),
    "publications at the desk, nothing found": at_desk("/publications/?q=nothing&state=draft"),
    "publication at the desk, draft": library("draft"),
    "publication at the desk, withdrawn": library("gone"),
    "publication at the desk, embargo": library("later"),
    "publication, record": library("whole", "/record"),
    "publication, something wrong": then(
        at_desk("/publications/new"),
        fill(
            doi="10.2801/141643",
            isbn="978-92-896-3577-7",
            published="soon",
            author_1_given="Ada",
            relation_1_target="none",
        ),
        _save_publication,
    ),
    "publication, like another": then(
        at_desk("/publications/new"),
        fill(**{"title-en": "Short courses, part 5", "published": "2005"}),
        _save_publication,
    ),
    "publication, to publish": library("draft", "/publication"),
    "publication, withdrawal without a reason": then(library("whole", "/withdrawal"), press),
    "publication, embargo": library("later", "/embargo"),
    "publication, draft to be deleted": library("draft", "/removal"),
    "publication, preview": _preview_of_a_draft,
    "publication, files": library("draft", "/files/"),
    "publication, no file chosen": then(library("draft", "/files/new"), press),
    "publication, file": library("whole", "/files/1"),
    "publication, file to be removed": library("whole", "/files/1/removal"),
    "subjects of publications": at_desk("/publications/subjects/"),
    "subject, nothing given": then(at_desk("/publications/subjects/new"), press),
    "subject": at_desk("/publications/subjects/1"),
    "subject to be removed": at_desk("/publications/subjects/1/removal"),
    "import": at_desk("/publications/import/"),
    "import, dry run": _bibliography,
    "news at the desk": at_desk("/news/"),
    "news, new, nothing given": then(at_desk("/news/new"), press),
    "call at the desk": at_desk("/news/1/"),
    "call, draft at the desk": at_desk("/news/3/"),
    "call, its texts": at_desk("/news/3/texts"),
    "call, its texts wrong": then(
        at_desk("/news/3/texts"), fill(door_1_links="en nowhere", minutes_to="0"), press
    ),
    "call, extended without a time": then(at_desk("/news/1/extension"), press),
    "call, its deadline was wrong": then(at_desk("/news/1/deadline"), press),
    "call, corrected without a word": then(at_desk("/news/1/correction"), press),
    "call, withdrawn without a reason": then(at_desk("/news/1/withdrawal"), press),
    "call, to publish": at_desk("/news/3/publication"),
    "call, to be deleted": at_desk("/news/3/removal"),
    "call, preview": lambda page, stage, lang: goto(page, stage, f"/desk/news/3/preview/{lang}"),
    "languages": at_desk("/languages/"),
    "campaigns": at_desk("/campaigns/"),
    "campaign, issue": at_desk("/campaigns/1/"),
    "campaign, link": at_desk("/campaigns/links/1/"),
    "campaign, nothing given": then(at_desk("/campaigns/new"), press),
    "campaign, details": at_desk("/campaigns/1/details"),
    "campaign, link to another page": then(
        at_desk("/campaigns/links/1/target"), fill(page="https://example.com/"), press
    ),
    "campaign, new link, nothing given": then(at_desk("/campaigns/1/links/new"), press),
    "no such page at the desk": at_desk("/events/nothing-here/"),
}
