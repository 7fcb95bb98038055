"""What visitors see of news and calls."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from portal.db import transaction
from portal.news import service
from tests.desk.front_door import words
from tests.harness.client import PortalClient
from tests.harness.counting import statements
from tests.news.front_door import CLOSES, make_item, make_news

PAGE = "/en/news/views/"
LIST = "/en/news/"
SECOND = timedelta(seconds=1)
MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

Change = Callable[..., None]


def test_a_call_says_what_one_needs_to_answer_it(item_id: int, client: PortalClient) -> None:
    page = client.get(PAGE)
    text, html = words(page), page.get_data(as_text=True)

    for said in (
        "Call",
        "Closes: 20 November 2026, 18:00, Brussels time (CET, UTC+1)",
        "Closes in 18 days",
        "15 to 20 minutes",
        "Which describes you?",
        "a link below leaves this portal",
        "Responsible The agency",
        "Carried out by An institute",
        "Whoever works.",
        "Questions about its content Experts experts@example.org",
        "Any other question Project office, Ada Example office@example.org",
        "#Views2026",
        "CC BY 4.0",
    ):
        assert said in text, said
    assert re.findall(r'<a href="(https://survey[^"]*)" hreflang="(\w+)"', html) == [
        ("https://survey.example.org/employees", "en"),
        ("https://survey.example.org/werknemers", "nl"),
        ("https://survey.example.org/employers", "en"),
    ]
    assert '<span lang="nl">Nederlands</span>' in html
    assert "Set-Cookie" not in page.headers


def test_what_is_left_turns_over_by_itself(
    item_id: int, client: PortalClient, clock: time_machine.Traveller
) -> None:
    """The page is kept, and made anew at midnight on the call's clock and when it closes."""
    seen = []
    for moment in (
        datetime(2026, 11, 18, 22, 59, tzinfo=UTC),
        datetime(2026, 11, 18, 23, 0, tzinfo=UTC),
        datetime(2026, 11, 19, 23, 0, tzinfo=UTC),
        CLOSES - SECOND,
        CLOSES,
    ):
        clock.move_to(moment)
        found = [re.search(r"Close[sd] (in|to|since)[^<]*", client.get(path).get_data(as_text=True))
                 for path in (PAGE, LIST)]  # fmt: skip
        assert found[0] and found[1] and found[0][0] == found[1][0]
        seen.append(found[0][0])
    assert seen == [
        "Closes in 2 days",
        "Closes tomorrow at 18:00",
        "Closes today at 18:00",
        "Closes today at 18:00",
        "Closed since 20 November 2026",
    ]


def test_a_closed_call_keeps_its_page_without_the_doors(
    item_id: int, client: PortalClient, clock: time_machine.Traveller
) -> None:
    clock.move_to(CLOSES)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "survey.example.org" not in page.get_data(as_text=True)
    assert "This call is closed" in words(page) and "Which describes you?" not in words(page)
    assert "For Employees Employers" in words(page)


def test_a_call_that_is_not_open_yet_shows_no_doors(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        make_item(slug="views", opens_at=CLOSES - timedelta(days=2))
    assert "You can answer this call from 18 November 2026, 18:00" in words(client.get(PAGE))
    assert "survey.example.org" not in client.get(PAGE).get_data(as_text=True)
    text = words(client.get(LIST))
    assert "No call is open at the moment" in text
    assert text.index("Calls that open later") < text.index("Your views count")
    atom = client.get("/en/news/atom.xml")
    assert "Opens: 18 November 2026, 18:00, Brussels time" in atom.get_data(as_text=True)
    clock.move_to(CLOSES - timedelta(days=2))
    assert "Calls that open later" not in words(client.get(LIST))
    assert "survey.example.org" in client.get(PAGE).get_data(as_text=True)


def test_a_whole_day_is_said_without_an_hour(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    end = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    with app.app_context(), transaction():
        make_item(slug="views", closes_at=end, whole_day=True)
    assert "Closes: end of 20 November 2026, Brussels time (CET, UTC+1)" in words(client.get(PAGE))
    clock.move_to(end - SECOND)
    assert "Closes at the end of today" in words(client.get(PAGE))
    clock.move_to(end)
    assert "Closed since 20 November 2026" in words(client.get(PAGE))


def test_an_extended_deadline_is_seen_on_the_page_and_in_the_list(
    item_id: int, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    client.get(PAGE), client.get(LIST)
    clock.shift(86_400)
    change(item_id, service.extend, CLOSES + timedelta(days=7), whole_day=False)

    said = (
        "Extended from 20 November 2026, 18:00, Brussels time (CET, UTC+1) to "
        "27 November 2026, 18:00, Brussels time (CET, UTC+1)"
    )
    assert words(client.get(PAGE)).count(said) == 2  # below the title, and with its day below
    assert "Extended from 20 November 2026 to 27 November 2026" in words(client.get(LIST))
    assert "Closes in 24 days" in words(client.get(LIST))


def test_a_correction_stands_above_the_text_with_its_day(
    item_id: int, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    clock.shift(86_400)
    change(item_id, service.correct, {"en": "It is four questionnaires, not three."})
    text = words(client.get(PAGE))
    assert "3 November 2026 It is four questionnaires, not three." in text
    assert text.index("It is four questionnaires") < text.index("Say what you")
    french = client.get("/fr/news/views/").get_data(as_text=True)
    assert '<span lang="en">It is four questionnaires, not three.</span>' in french
    assert "Corrected on 3 November 2026" in words(client.get(LIST))


def test_an_old_address_leads_on_and_what_was_withdrawn_is_gone(
    item_id: int, change: Change, client: PortalClient
) -> None:
    change(item_id, service.edit, {"slug": "your-views"})
    moved = client.get(PAGE)
    assert (moved.status_code, moved.headers["Location"]) == (301, "/en/news/your-views/")
    change(item_id, service.withdraw, {"en": "It was asked twice."})
    for path in (PAGE, "/en/news/your-views/"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "This was withdrawn" in words(answer)
        said = "“Your views count” was withdrawn on 2 November 2026. It was asked twice."
        assert said in words(answer)
    assert client.get("/en/news/nothing/").status_code == 404
    assert "Your views count" not in words(client.get(LIST))


def test_a_draft_is_found_nowhere(
    app: Flask, client: PortalClient, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        make_item(slug="views", publish=False)
    assert client.get(PAGE).status_code == 404
    assert "No call is open at the moment" in words(client.get(LIST))
    assert "views" not in client.get("/sitemap.xml").get_data(as_text=True)


def test_machines_are_told_what_the_page_says(
    item_id: int, change: Change, client: PortalClient, clock: time_machine.Traveller
) -> None:
    clock.shift(60)
    change(item_id, service.correct, {"en": "Four </script>."})
    html = client.get(PAGE).get_data(as_text=True)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "Your views count"
    assert (data["datePublished"], data["dateModified"]) == (
        "2026-11-02T09:00:00Z", "2026-11-02T09:01:00Z",
    )  # fmt: skip
    assert data["author"] == {"@type": "Organization", "name": "The agency"}
    assert data["expires"] == "2026-11-20T17:00:00Z"
    assert [each["text"] for each in data["correction"]] == ["Four </script>."]
    sitemap = client.get("/sitemap.xml").get_data(as_text=True)
    assert "<loc>http://localhost/en/news/views/</loc><lastmod>2026-11-02</lastmod>" in sitemap


@pytest.mark.parametrize("path", ["/en/news/?kind=other", "/en/news/?page=9", "/en/news/?page=x"])
def test_a_list_that_is_not_there_is_not_found(client: PortalClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_list_is_asked_for_in_the_same_number_of_questions(
    app: Flask, client: PortalClient, change: Change, clock: time_machine.Traveller
) -> None:
    client.get("/en/events/")  # whether it is the demonstration is asked once
    counts = []
    for more in (1, 21):
        with app.app_context(), transaction():
            for _each in range(more):
                item_id = make_item().id
                make_item(closes_at=MONDAY - timedelta(days=1))
                make_news()
        change(item_id, service.extend, CLOSES + timedelta(days=7), whole_day=False)
        with statements(app) as asked:
            page = client.get(LIST)
        assert page.status_code == 200
        counts.append(len(asked))
        kinds = [len(re.findall('class="event-item"', client.get(f"{LIST}?kind={kind}")
                                .get_data(as_text=True))) for kind in ("news", "call")]  # fmt: skip
    assert counts[0] == counts[1]
    assert kinds == [20, 22 + 20]
