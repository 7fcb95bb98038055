"""What the public page of an item is made from: the same for visitors and for a preview."""

from collections.abc import Callable
from typing import Any

from flask import current_app, url_for

from portal.events.linked_data import script
from portal.markup import rich
from portal.news import linked_data
from portal.news.shown import Shown


def values(one: Shown, *, absolute: Callable[[str], str]) -> dict[str, Any]:
    """The values of `news/show.html`; `absolute` puts a path under the public address."""
    data = linked_data.article(
        one,
        page=absolute(url_for("news.show", slug=one.slug)),
        site=current_app.extensions["site"].name,
        home=absolute("/"),
        image=absolute("/static/img/card.png"),
    )
    return {"one": one, "item": one.item, "rich": rich, "structured": script(data)}
