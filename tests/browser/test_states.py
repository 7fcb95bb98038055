"""Every state of every page in a real browser, wide and light, narrow and dark.

With PORTAL_TEST_PICTURES=docs/pictures it also draws the pictures of docs/organisers-in-full.md.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, Look, Window
from tests.browser.looking import (
    ENOUGH_FOR_A_POINTER,
    ENOUGH_FOR_A_THUMB,
    sideways,
    too_small,
)
from tests.browser.stage import Stage
from tests.browser.states import DESK, STRANGER, VISITOR, Way, sign_in
from tests.harness.browsers import violations

PARTS: dict[str, dict[str, Way]] = {"visitor": VISITOR, "stranger": STRANGER, "desk": DESK}

PICTURES = os.environ.get("PORTAL_TEST_PICTURES")
PICTURED = {
    "questions": "questions",
    "registering with questions": "form",
    "quotas": "quotas",
    "registrations, with quotas": "registrations",
    "check-in": "check-in",
    "attendance report, looked at": "report",
    "second form at the desk": "second-form",
    "sessions": "sessions",
    "own sessions": "choosing",
    "invitations, dry run": "dry-run",
    "invitations at the desk": "invitations",
    "invitation": "invitation",
    "office": "office",
    "own: offered": "offered",
    "letters and reimbursement": "papers",
}
"""The states that the guide shows, and under which name."""

# Pages that are one page twice, and those that say no to whatever was asked.
SAME_TITLE = {
    "your data, shown",
    "your data, nothing kept",
    "your data, letter sent",
    "your data, nothing to delete",
    "deletion, shown",
    "request, answered",
    "record, with gaps",
    "record, one more purpose",
    "record, kept by a colleague meanwhile",
    "session, changed by two",
    "speaker: bad link",
    "last details, link ended",
    "second form, closed",
    "letters and reimbursement, not to be shown",
    "maintenance, a form was sent",
    "data protection: due, nothing",
    "record, fewer days",
    "details, no place there",
    "details, saved",
    "feedback, sent",
    "review: it takes place after all",
    "registering, consent missing",
    "refused",
    "joining shown",
    "join, link sent",
    "reset sent",
    "registrations, filtered",
    "transfer, who has a place",
    "transfer, done",
    "check-in, done",
    "check-in, one person",
    "check-in, nobody fits",
    "registrations, nobody fits",
    "registrations, filtered by more",
    "letter, preview of the second",
    "letter, preview of nothing",
    "review: letters",
    "no such page at the desk",
    "second factor, wrong code",
    "own: asked again",
    "own: still comes",
    "form, filled in",
    "own: calendar address asked for",
    "own: letters and reimbursement",
    "registrations, entitled",
    "withdrawal, late",
    "withdrawal at the desk, late",
    "reply, not asked",
    "reply, answered",
    "reply, yes",
    "own: waitlisted, no number",
    "withdrawal, offered",
    "withdrawal, waitlisted",
    "own sessions, too late",
    "own programme, postponed",
    "place out of turn, none for them",
    "event at the desk, with quotas",
    "entering, with quotas",
    "new event from a template",
    "publication, something missing",
    "publication, planned",
    "publication, like another",
    "publication, to approve",
    "review: online",
    "postponement, with words",
    "registrations, asked again",
    "details, changed by two",
    "code, wrong",
    "own, asked for the door",
    "own, given for the door",
    "door, after the event, removal",
    "access list, nobody like that",
    "access list, none",
    "access list, erased",
    "new password, too short",
    "signed out",
    "own: answers needed",
    "own: answers saved",
    "answer: not everything kept",
    "own: represented",
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("look", [WIDE, NARROW], ids=["wide-light", "narrow-dark"])
def test_every_state_is_accessible_and_fits(
    stage: Stage, window: Window, look: Look, part: str
) -> None:
    """Its languages and titles are right, and every control is large enough to be met."""
    page = window(look)
    if part == "desk":
        sign_in(page, stage, look.lang)
    broken: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for name, way in PARTS[part].items():
        way(page, stage, look.lang)
        broken[name] = _broken(page, look)
        if PICTURES and look is WIDE and name in PICTURED:
            path = Path(PICTURES) / f"full-{PICTURED[name]}.png"
            page.locator("main").screenshot(path=path)
        if name not in SAME_TITLE:
            other = titles.setdefault(page.title(), name)
            broken[name] += [f"Its title is that of {other!r}."] * (other != name)
    assert {name: found for name, found in broken.items() if found} == {}


def _broken(page: Page, look: Look) -> list[str]:
    """What is wrong with the page as it stands, one line each."""
    found = violations(page)
    if (lang := page.evaluate("document.documentElement.lang")) != look.lang:
        found.append(f"Its language is {lang}.")
    if (wider := sideways(page)) > 0:
        found.append(f"It is {wider} px wider than the window.")
    least = ENOUGH_FOR_A_THUMB if look.thumb else ENOUGH_FOR_A_POINTER
    found += [f"A target is small: {target}" for target in too_small(page, least)]
    return found
