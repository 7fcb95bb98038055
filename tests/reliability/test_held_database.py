"""A database that somebody else holds for longer than anybody waits.

In a file of its own, since it lasts: other files are run beside it.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from portal import db
from tests.harness.servers import until
from tests.reliability.crowd import rush, sent_to_a_held_event
from tests.reliability.running import Running

PATIENCE = 60.0
TOO_LONG = db.PATIENCE + 3.0


def test_a_database_that_is_held_for_long_is_said_in_words(portal: Running) -> None:
    """Who is told 503 is not registered, who is told 303 is; afterwards all is as before."""
    slug = portal.event(capacity=5)
    with ThreadPoolExecutor() as pool:
        with portal.locked(slug):
            posts = sent_to_a_held_event(pool, portal, slug, 12)
            time.sleep(TOO_LONG)
        outcomes = posts.result()
    refused = [o for o in outcomes if o.code == 503]
    assert refused
    assert all(int(o.headers["Retry-After"]) > 0 for o in refused)
    assert all(o.code in (303, 503) for o in outcomes)
    assert set(portal.statuses(slug)) == {o.email for o in outcomes if o.acknowledged}
    again = rush(portal.url, [o.wish for o in refused])
    assert all(o.acknowledged for o in again)
    until(lambda: portal.everybody_is_told(slug), PATIENCE)
