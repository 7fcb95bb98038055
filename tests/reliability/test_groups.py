"""A group of ten is registered by one form, sent twice at once: five places, five in line."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import httpx

from tests.harness.client import form_in
from tests.harness.servers import until
from tests.reliability.running import Running

PATIENCE = 60.0
OFFICE = {
    "name": "Omar Office",
    "email": "office@example.org",
    "organisation": "Parliament",
    "country": "BE",
    "letters": "both",
    "invites": "person",
    "order": ".".join(str(number) for number in range(1, 11)),
}


def colleague(number: int) -> dict[str, str]:
    fields = {
        "first_name": f"Cleo{number}",
        "last_name": "Colleague",
        "email": f"cleo{number}@example.org",
        "stakeholder_group": "mep_office",
        "language": "en",
    }
    return {f"person{number}-{name}": value for name, value in fields.items()}


def test_ten_colleagues_for_five_places_posted_twice_at_once(portal: Running) -> None:
    slug = portal.event(capacity=5)
    typed = OFFICE | {k: v for n in range(1, 11) for k, v in colleague(n).items()}
    start = Barrier(2)
    key = ""

    def visitor() -> tuple[httpx.Client, dict[str, object]]:
        client = httpx.Client(base_url=portal.url, timeout=PATIENCE, trust_env=False)
        page = client.get(f"/en/events/{slug}/register/group")
        return client, dict(form_in(page.text).values)

    def press(opened: tuple[httpx.Client, dict[str, object]]) -> tuple[int, int, int]:
        client, form = opened
        start.wait(PATIENCE)
        with closing(client):
            path = f"/en/events/{slug}/register/group"
            sent = client.post(path, data={**form, **typed, "form_key": key})
            answer = client.get(sent.headers.get("location", path)).text
        return sent.status_code, answer.count("Confirmed"), answer.count("On the waitlist")

    visitors = [visitor(), visitor()]
    key = str(visitors[0][1]["form_key"])
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(press, visitors))
    assert answers == [(303, 5, 5)] * 2
    assert Counter(portal.statuses(slug).values()) == {"confirmed": 5, "waitlisted": 5}
    event_id = portal.event_id(slug)
    until(lambda: len(portal.messages(event_id=event_id)) >= 11, PATIENCE)
    until(lambda: all(each.sent_at for each in portal.messages(event_id=event_id)), PATIENCE)
    told = Counter(each.recipient for each in portal.messages(event_id=event_id))
    everybody = [f"cleo{number}@example.org" for number in range(1, 11)]
    assert told == dict.fromkeys([*everybody, "office@example.org"], 1)
