"""Many at once for few places: never one too many, and the line in order of arrival."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

import pytest

from portal.events.rules import Format
from portal.questions import queries as questions
from portal.questions.rules import Kind
from portal.registrations.rules import Status
from tests.harness.servers import until
from tests.questions.making import make_question
from tests.reliability.conftest import Open
from tests.reliability.crowd import Outcome, Wish, people, registration, rush
from tests.reliability.running import Running

ROUNDS_TO_SEE_IT = 10
PATIENCE = 60.0


def test_160_people_for_50_places(portal: Running) -> None:
    slug = portal.event(capacity=50)
    outcomes = rush(portal.url, people(slug, 160))
    assert Counter(o.status for o in outcomes) == {"confirmed": 50, "waitlisted": 110}
    assert everybody_read_the_truth(portal, slug, outcomes)
    assert line_is_in_order_of_arrival(portal, slug, 110)


def test_16_posts_for_the_very_last_place(portal: Running) -> None:
    for _round in range(4):
        slug = portal.event(capacity=3)
        rush(portal.url, people(slug, 2, "early"))
        outcomes = rush(portal.url, people(slug, 16, "late"))
        assert Counter(o.status for o in outcomes) == {"confirmed": 1, "waitlisted": 15}
        assert line_is_in_order_of_arrival(portal, slug, 15)


def test_50_people_for_5_places_eight_times(portal: Running) -> None:
    for _time in range(8):
        slug = portal.event(capacity=5)
        outcomes = rush(portal.url, people(slug, 50))
        assert Counter(o.status for o in outcomes) == {"confirmed": 5, "waitlisted": 45}
        assert everybody_read_the_truth(portal, slug, outcomes)
        assert line_is_in_order_of_arrival(portal, slug, 45)


def test_160_people_for_kept_places_in_the_room_and_online(portal: Running) -> None:
    """Of 40 in each of 4 groups the right ones get places: kept ones, then those that are open."""
    slug = portal.event(format=Format.HYBRID, capacity=30, online_capacity=20)
    portal.keep_places(slug, places=10, groups=["mep"])
    portal.keep_places(slug, places=5, countries=["GR"])
    portal.keep_places(slug, places=8, groups=["mep"], online=True)
    crowd = [
        *some(slug, "meps", stakeholder_group="mep", attendance="in_person"),
        *some(slug, "greeks", country="GR", attendance="in_person"),
        *some(slug, "others", attendance="in_person"),
        *some(slug, "athome", attendance="online"),
    ]
    random.Random(5).shuffle(crowd)
    outcomes = rush(portal.url, crowd)
    assert Counter(o.status for o in outcomes) == {"confirmed": 42, "waitlisted": 118}
    assert everybody_read_the_truth(portal, slug, outcomes)
    assert line_is_in_order_of_arrival(portal, slug, 118)
    assert portal.places_by_quota(slug) == {
        ("in_person", "mep"): 10,
        ("in_person", "GR"): 5,
        ("in_person", ""): 15,
        ("online", ""): 12,
    }


def some(slug: str, name: str, **fields: str) -> list[Wish]:
    return [registration(slug, f"{name}{number}@example.org", **fields) for number in range(40)]


def test_without_the_lock_too_many_places_are_given(open_portal: Open) -> None:
    """The negative control: the same race, and it is seen that it races."""
    portal = open_portal(PORTAL_TEST_UNLOCKED="1")
    given = []
    for _round in range(ROUNDS_TO_SEE_IT):
        slug = portal.event(capacity=1)
        rush(portal.url, people(slug, 16))
        given.append(list(portal.statuses(slug).values()).count("confirmed"))
        if given[-1] > 1:
            return
    pytest.fail(f"Places given, of one each: {given}.")


def test_without_the_lock_too_many_kept_places_are_given(open_portal: Open) -> None:
    """The same of the one place of a quota, beside one that is open."""
    portal = open_portal(PORTAL_TEST_UNLOCKED="1")
    given = []
    for _round in range(ROUNDS_TO_SEE_IT):
        slug = portal.event(capacity=2)
        portal.keep_places(slug, places=1, groups=["mep"])
        rush(portal.url, some(slug, "mep", stakeholder_group="mep")[:16])
        given.append(portal.places_by_quota(slug))
        if max(given[-1].values()) > 1:
            return
    pytest.fail(f"Places given, of one each: {given}.")


def test_five_equal_posts_at_once_are_one_registration_and_one_letter(portal: Running) -> None:
    slug = portal.event(capacity=4)
    impatient = [Wish(each.path, each.fields, times=5) for each in people(slug, 5, "impatient")]
    outcomes = rush(portal.url, impatient)
    assert Counter(o.status for o in outcomes) == {"confirmed": 20, "waitlisted": 5}
    assert everybody_read_the_truth(portal, slug, outcomes)
    event_id = portal.event_id(slug)
    until(lambda: len(portal.messages(event_id=event_id)) >= 5, PATIENCE)
    until(lambda: all(m.sent_at for m in portal.messages(event_id=event_id)), PATIENCE)
    recipients = Counter(m.recipient for m in portal.messages(event_id=event_id))
    assert recipients == {each.fields["email"]: 1 for each in impatient}


def test_24_people_for_the_two_places_of_an_answer(portal: Running) -> None:
    """Who comes too late for it is told on the form, and registers with another."""
    slug = portal.event(capacity=None)
    with portal.writing():
        event = portal.held_event(portal.event_id(slug))
        make_question(event, Kind.ONE_OF, "Table", options=[("Shop floor", 2), "Back office"])
    wishes = [Wish(each.path, each.fields | {"q1": "1"}) for each in people(slug, 24)]
    outcomes = rush(portal.url, wishes)
    assert Counter(o.code for o in outcomes) == {303: 2, 422: 22}
    with portal.reading():
        assert questions.taken(portal.event_id(slug)) == {(1, "1"): 2}


def test_24_people_for_the_one_place_of_a_session_and_its_line_of_two(portal: Running) -> None:
    """The event has room for all: who comes too late for the session is told on the form."""
    slug = portal.event(capacity=None)
    number = portal.session(slug, places=1, waiting=2)
    for _round in range(2):
        outcomes = rush(portal.url, choosing(slug, number, 24, f"round{_round}"))
        portal.raise_places(number, by=1)
    assert Counter(o.code for o in outcomes) == {303: 1, 422: 23}
    assert portal.in_session(number) == {"place": 3, "line": 1}


def test_a_session_with_room_takes_nobody_into_a_full_event(portal: Running) -> None:
    """What 16 in line wish for is no place; whoever withdraws makes room in both at once."""
    slug = portal.event(capacity=4)
    number = portal.session(slug, places=2, waiting=20)
    outcomes = rush(portal.url, choosing(slug, number, 20))
    assert Counter(o.status for o in outcomes) == {"confirmed": 4, "waitlisted": 16}
    assert portal.in_session(number) == {"place": 2, "line": 2, "wish": 16}
    pages = portal.own_pages(slug)
    leaving = [each.email for each in portal.registrations(slug)][:3]
    rush(portal.url, [Wish(f"{pages[email]}/withdrawal") for email in leaving])
    assert list(portal.statuses(slug).values()).count("confirmed") == 4
    assert portal.in_session(number) == {"place": 2, "line": 2, "wish": 13, "gone": 3}


def test_without_the_lock_too_many_places_of_a_session_are_given(open_portal: Open) -> None:
    """The negative control of the one place in a session."""
    portal = open_portal(PORTAL_TEST_UNLOCKED="1")
    given = []
    for _round in range(ROUNDS_TO_SEE_IT):
        slug = portal.event(capacity=None)
        number = portal.session(slug, places=1)
        rush(portal.url, choosing(slug, number, 16))
        given.append(portal.in_session(number).get("place", 0))
        if given[-1] > 1:
            return
    pytest.fail(f"Places given, of one each: {given}.")


def choosing(slug: str, number: int, count: int, name: str = "person") -> list[Wish]:
    """People who all choose this session."""
    chosen = {f"sessions-{number}": str(number)}
    return [Wish(each.path, each.fields | chosen) for each in people(slug, count, name)]


def test_a_storm_of_withdrawals_while_places_are_added_never_overbooks(portal: Running) -> None:
    slug = portal.event(capacity=5)
    rush(portal.url, people(slug, 25))
    before = portal.registrations(slug)
    pages = portal.own_pages(slug)
    leaving = [*before[:5], before[6], before[11], before[15]]
    storm = [Wish(f"{pages[each.email]}/withdrawal") for each in leaving]
    with ThreadPoolExecutor() as pool:
        stop = Flag()
        watched = pool.submit(lambda: max(confirmed_at_times(portal, slug, stop)))
        stormed = pool.submit(rush, portal.url, [*storm, *people(slug, 10, "stranger")])
        for capacity in range(6, 10):
            portal.change_event(slug, capacity=capacity)
        outcomes = stormed.result()
        staying = [each.email for each in before if each not in leaving]
        until(lambda: with_a_place(portal, slug) == staying[:9], PATIENCE)
        stop.set()
    assert watched.result() <= 9
    assert Counter(o.status for o in outcomes) == {"withdrawn": 8, "waitlisted": 10}
    queue = {each.id: each.queue_number for each in before}
    promoted = [queue[id_] for id_ in portal.acts("registration.promoted", slug)]
    assert len(promoted) >= 9
    assert promoted == sorted(promoted)


def everybody_read_the_truth(portal: Running, slug: str, outcomes: list[Outcome]) -> bool:
    """Each was answered, and what the page said is what is stored."""
    statuses = portal.statuses(slug)
    return all(o.acknowledged and o.status == statuses[o.email] for o in outcomes)


def line_is_in_order_of_arrival(portal: Running, slug: str, length: int) -> bool:
    """Numbers 1 to `length` without a gap, rising with the moments of arrival."""
    waiting = [each.queue_number for each in portal.registrations(slug) if each.queue_number]
    return waiting == list(range(1, length + 1))


def with_a_place(portal: Running, slug: str) -> list[str]:
    """In order of arrival."""
    found = portal.registrations(slug)
    return [each.email for each in found if each.status is Status.CONFIRMED]


def confirmed_at_times(portal: Running, slug: str, stop: Flag) -> Iterator[int]:
    """How many had a place whenever somebody looked."""
    while not stop.wait(0.05):
        yield len(with_a_place(portal, slug))
