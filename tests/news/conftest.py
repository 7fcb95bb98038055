"""What the tests of news and calls share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine
from flask import Flask

from portal import clock as portal_clock
from portal.audit.service import COMMAND
from portal.db import transaction
from portal.news import service
from tests.news.front_door import make_item

Change = Callable[..., None]


@pytest.fixture
def item_id(app: Flask, clock: time_machine.Traveller) -> int:
    """A public call at /news/views/."""
    with app.app_context(), transaction():
        return make_item(slug="views").id


@pytest.fixture
def change(app: Flask) -> Change:
    """Calls a verb with the item and what else is given."""

    def change(item_id: int, verb: Callable[..., object], *more: object, **given: object) -> None:
        with app.app_context(), transaction():
            verb(service.locked(item_id), *more, **given, by=COMMAND, now=portal_clock.now())

    return change
