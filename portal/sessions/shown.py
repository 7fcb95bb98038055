"""Sessions that people choose, in the words of pages, letters and calendars."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.i18n import clock_time, day, translated, when
from portal.sessions import rules
from portal.sessions.queries import Loads, Mine
from portal.sessions.rules import Load, Offer, State

Notes = Mapping[int, str]
"""By session, what stands beside it where it is chosen."""


def place_words(offer: Offer, load: Load) -> str:
    """How many places somebody could have who chooses it now; nothing where there is no limit."""
    if offer.places == 0:
        return _("Closed")
    left = rules.places_left(offer, load)
    got = rules.outcome(offer, load)
    if left is None:
        return ""
    if got is State.PLACE:
        return ngettext("%(num)d place left", "%(num)d places left", left)
    return _("Full. You would wait for a place.") if got is State.LINE else _("Full")


def notes(offers: Collection[Offer], loads: Loads, mine: Sequence[Mine] = ()) -> dict[int, str]:
    """The same of each, or how somebody stands in it who chose it before."""
    standing = {each.offer.id: own_words(each) for each in mine}
    return {
        each.id: standing.get(each.id) or place_words(each, loads.get(each.id, Load()))
        for each in offers
    }


def own_words(mine: Mine) -> str:
    """How somebody stands in a session that they chose."""
    if mine.offer.cancelled:
        return _("This session is cancelled")
    if mine.state is State.LINE:
        return _(
            "You wait for a place. Your position in line: %(position)s", position=mine.position
        )
    return {
        State.PLACE: _("You have a place"),
        State.WISH: _("Decided when you have a place at the event"),
        State.MISSED: _("It was full when you got your place at the event"),
    }.get(mine.state, "")


def title(offer: Offer, lang: str | None = None) -> str:
    return translated(dict(offer.title), lang)


def time_and_room(offer: Offer, zone: str) -> str:
    """'Monday 18 January 2027, 14:00 to 15:00, Brussels time (CET, UTC+1), Forum'."""
    said = when(offer.starts_at, offer.ends_at, zone)
    return ", ".join(part for part in (said, offer.room) if part)


def slot_words(together: Sequence[Offer], zone: str) -> str:
    """The time of sessions that stand together, on the clock of `zone`."""
    start = min(each.starts_at for each in together)
    end = max(each.ends_at for each in together)
    return _(
        "%(day)s, %(start)s to %(end)s",
        day=day(start, zone), start=clock_time(start, zone), end=clock_time(end, zone),
    )  # fmt: skip


def beside(offer: Offer, together: Sequence[Offer], zone: str, note: str) -> str:
    """What stands below a session where it is chosen: its own time, the room, how full it is."""
    times = {(each.starts_at, each.ends_at) for each in together}
    start, end = clock_time(offer.starts_at, zone), clock_time(offer.ends_at, zone)
    time = _("%(start)s to %(end)s", start=start, end=end) if len(times) > 1 else ""
    return " · ".join(part for part in (time, offer.room, note) if part)


def facts(mine: Sequence[Mine], zone: str | None) -> list[tuple[str, str]]:
    """Each session by its title, with its time and how its person stands in it; without a `zone`
    nobody knows when it is held."""
    return [(title(each.offer), _fact(each, zone)) for each in mine]


def _fact(mine: Mine, zone: str | None) -> str:
    if zone is None:
        return own_words(mine)
    when = time_and_room(mine.offer, zone)
    return _("%(when)s. %(state)s", when=when, state=own_words(mine))


def told(mine: Sequence[Mine], zone: str | None) -> list[tuple[str, str]]:
    """The same for a letter, where labels are short; and what clashes since it was moved."""
    return [
        (_("Session"), _("“%(title)s”, %(words)s", title=name, words=words))
        for name, words in facts(mine, zone)
    ] + _clash_facts(mine)


def _clash_facts(mine: Sequence[Mine]) -> list[tuple[str, str]]:
    """What cannot both be heard any more, since one of them was moved."""
    return [
        (
            _("At the same time now"),
            _("“%(one)s” and “%(other)s”. Choose one of them on the page of your registration.",
              one=title(one), other=title(other)),
        )
        for one, other in clashes(mine)
    ]  # fmt: skip


def clashes(mine: Sequence[Mine]) -> list[tuple[Offer, Offer]]:
    """Those of somebody's own that are held at the same time."""
    return rules.clashes(each.offer for each in mine if each.state.is_chosen)


def in_calendar(mine: Sequence[Mine], zone: str, lang: str | None = None) -> str:
    """The sessions in which somebody has a place, for the description of their entry."""
    held = [each.offer for each in mine if each.state is State.PLACE and not each.offer.cancelled]
    if not held:
        return ""
    lines = [f"• {title(each, lang)}: {time_and_room(each, zone)}" for each in held]
    return "\n".join([_("Your sessions:"), *lines])
