"""Twenty at once with one link: one of them comes by it."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import text

from portal.db import db
from portal.invitations import letters
from portal.invitations.models import Invitation
from tests.invitations.front_door import make_list
from tests.reliability.crowd import PERSON, Wish, rush
from tests.reliability.running import Running


def test_a_link_that_twenty_use_at_once_is_used_once(portal: Running) -> None:
    for _round in range(3):
        slug = portal.event(capacity=50)
        with portal.writing():
            event = portal.held_event(portal.event_id(slug))
            made = make_list(event, "ada", sent=False, transferable=True)
            invitation = db.session.query(Invitation).filter_by(list_id=made.id).one()
            number, token = invitation.id, letters.token(invitation)
        path = f"/en/invitations/{token}/registration"
        wishes = [Wish(path, PERSON | someone(nth)) for nth in range(20)]
        outcomes = rush(portal.url, wishes)
        assert Counter(outcome.code for outcome in outcomes) == {303: 20}
        assert Counter(outcome.status for outcome in outcomes) == {"confirmed": 1, None: 19}
        (came,) = portal.registrations(slug)
        with portal.reading():
            used = db.session.get_one(Invitation, number)
            assert used.registration_id == came.id and used.stage.value == "registered"


def someone(nth: int) -> dict[str, str]:
    """All are different people, with addresses of their own."""
    return {"first_name": "Ada", "last_name": f"Number {nth}", "email": f"ada{nth}@example.org"}


@pytest.mark.parametrize("kind", ["postgresql"], scope="module")
def test_whoever_writes_of_an_event_waits_for_nobody_who_holds_it(portal: Running) -> None:
    """A letter refers to its event; its writer holds what a registrant is waiting for."""
    number = portal.event_id(portal.event(capacity=50))
    with portal.writing(), db.engine.connect() as another:
        portal.held_event(number)
        refers = text("SELECT id FROM events WHERE id = :number FOR KEY SHARE NOWAIT")
        assert another.scalar(refers, {"number": number}) == number
