"""The calls of the demonstration are what the sources say, and no more."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.db import transaction
from portal.news import demonstration
from tests.desk.front_door import words
from tests.harness.client import PortalClient

pytestmark = pytest.mark.usefixtures("clock")


def test_two_calls_are_over_and_one_says_that_it_is_made_up(
    app: Flask, client: PortalClient
) -> None:
    from portal import clock

    with app.app_context(), transaction():
        addresses = [each.slug for each in demonstration.load(clock.now())]
    pages = [words(client.get(f"/en/news/{slug}/")).replace(" ,", ",") for slug in addresses]
    assert "Closed: end of 15 January 2023, Brussels time (CET, UTC+1)" in pages[0]
    assert "Deutsch, English, Español, Suomi, Français, Nederlands, Polski, Slovenščina" in pages[0]
    assert "Closed: end of 27 June 2025, Brussels time (CEST, UTC+2)" in pages[1]
    assert "15 to 20 minutes" in pages[1] and "Languages of the questionnaire" not in pages[1]
    assert "This call is made up." in pages[2] and "Closes in 20 days" in pages[2]
    for slug, page in zip(addresses, pages, strict=True):
        assert "cedefop.europa.eu" not in page and "ppmi.lt" not in page
        assert words(client.get(f"/fr/news/{slug}/")) != page
