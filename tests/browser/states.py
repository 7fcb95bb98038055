"""Every state of every page: its name, and the way there as a person goes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count

from playwright.sync_api import Page

from portal import clock
from tests.browser.stage import COMPLETE, HALF_WAY, ORGANISERS, Stage
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


def own(name: str, rest: str = "") -> Way:
    """One's own registration by the link in the letter."""
    return lambda page, stage, lang: goto(
        page, stage, f"/{lang}{stage.own(f'{name}@example.org', rest)}"
    )


def person(name: str, rest: str = "") -> Way:
    """A registration at the desk."""
    return lambda page, stage, lang: goto(page, stage, stage.desk(f"{name}@example.org", rest))


def goto(page: Page, stage: Stage, path: str) -> None:
    page.goto(stage.server.url + path)


def press(page: Page, form: str = "main form") -> None:
    """The first button of a form, and what it leads to."""
    with page.expect_navigation():
        page.locator(f"{form} button[type=submit]").first.click()


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


def fill(**values: str) -> Step:
    def filling(page: Page) -> None:
        for name, value in values.items():
            page.fill(f"#{name}", value)

    return filling


def needs_without_consent(page: Page) -> None:
    fill_in(page)
    page.fill("#access_needs", "A hearing loop")
    page.check("#attendance-0")


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


def sign_in(page: Page, stage: Stage, lang: str) -> None:
    """As the demonstration's organiser, whose desk speaks this language."""
    _by_link(page, stage, lang)
    press(page)


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


VISITOR: dict[str, Way] = {
    "event": at("/events/open/"),
    "registering in person": at("/events/open/register"),
    "registering online": at("/events/online/register"),
    "registering, hybrid": at("/events/hybrid/register"),
    "registering for the waitlist": at("/events/full/register"),
    "registering with approval": at("/events/approval/register"),
    "door not open yet": at("/events/not-yet/register"),
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
    "own: pending": own("pending"),
    "own: withdrawn": own("withdrawn"),
    "own: declined": own("declined"),
    "own: cancelled": own("cancelled"),
    "own: postponed": own("postponed"),
    "own: over": own("attended"),
    "own: asked again": own("silent"),
    "own: still comes": own("faithful"),
    "reply": own("silent", "/reply"),
    "reply, not asked": own("confirmed", "/reply"),
    "reply, yes": then(own("faithful", "/reply"), press),
    "details": own("confirmed", "/details"),
    "details, everything missing": then(
        own("confirmed", "/details"), fill(first_name="", last_name="", email="ada"), press
    ),
    "another address": _another_address,
    "details, saved": then(own("confirmed", "/details"), press),
    "withdrawal": own("confirmed", "/withdrawal"),
    "erasure": own("confirmed", "/erasure"),
    "erased": _erased,
    "link": at("/registrations/link"),
    "link, address missing": then(at("/registrations/link"), press),
    "link sent": then(at("/registrations/link"), fill(email="ada@example.org"), press),
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
    "registration, letter stuck": person("stuck"),
    "refusal": person("declining", "/refusal"),
    "withdrawal at the desk": person("declining", "/withdrawal"),
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
    "postponement": at_desk("/events/crowd/postponement"),
    "cancellation": at_desk("/events/crowd/cancellation"),
    "publication": at_desk("/events/draft/publication"),
    "new time": at_desk("/events/postponed/publication"),
    "review: it takes place after all": then(at_desk("/events/postponed/publication"), press),
    "outbox: waiting": at_desk("/outbox/"),
    "outbox: sent": at_desk("/outbox/?shelf=sent"),
    "outbox: parked": at_desk("/outbox/?shelf=parked"),
    "account": at_desk("/account/"),
    "password": at_desk("/account/password"),
    "password, nothing given": then(at_desk("/account/password"), press),
    "no such page at the desk": at_desk("/events/nothing-here/"),
}
