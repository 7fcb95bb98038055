"""What differs between two programmes of an event, session by session, in words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from portal.i18n import translated, when
from portal.wall_clock import distance

Said = dict[str, Any]
Difference = tuple[str, str, str]


def differences(old: Said, new: Said) -> Iterator[Difference]:
    """(session, what was, what is) of each that is another one for who comes.

    A session that only moves with the start of the whole event is not told apart. What the first
    release kept of an event says nothing of its sessions.
    """
    if "sessions" not in old or old["sessions"] == new["sessions"]:
        return
    was = {each["id"]: each for each in old["sessions"]}
    for now in sorted(new["sessions"], key=lambda each: each["starts_at"]):
        difference = _difference(was.get(now["id"]), now, old, new)
        if difference is not None:
            yield difference


def _difference(then: Said | None, now: Said, old: Said, new: Said) -> Difference | None:
    name = _("Session “%(title)s”", title=translated(now["title"]))
    if then is None or then["cancelled"]:
        first = _("cancelled") if then else _("not in the programme")
        return None if now["cancelled"] else (name, first, _words(now, new["zone"]))
    renamed = translated(then["title"]) != translated(now["title"])
    before = _words(then, old["zone"], titled=renamed)
    if now["cancelled"]:
        return name, before, _("cancelled")
    moved = then["room"] != now["room"] or _place(then, old) != _place(now, new)
    if renamed or moved:
        return name, before, _words(now, new["zone"], titled=renamed)
    if then["speakers"] != now["speakers"]:
        return name, _("other speakers"), _("the page of the event says who speaks now")
    return None


def _place(session: Said, event: Said) -> tuple[timedelta, timedelta]:
    """How far from the event's start it begins, on the event's clock, and how long it takes."""
    start, end = (datetime.fromisoformat(session[name]) for name in ("starts_at", "ends_at"))
    began = datetime.fromisoformat(event["starts_at"])
    return distance(began, start, event["zone"]), end - start


def _words(session: Said, zone: str, *, titled: bool = False) -> str:
    """'Monday 18 January 2027, 14:00 to 15:00, Brussels time (CET, UTC+1), Forum'."""
    start, end = (datetime.fromisoformat(session[name]) for name in ("starts_at", "ends_at"))
    words = ", ".join(part for part in (when(start, end, zone), session["room"]) if part)
    if titled:
        return _("“%(title)s”, %(words)s", title=translated(session["title"]), words=words)
    return words
