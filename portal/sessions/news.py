"""What became of somebody's sessions since they last heard of them."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _

from portal.sessions.queries import Mine
from portal.sessions.rules import State
from portal.sessions.shown import title

Heard = Mapping[str, str]
"""By session, how its person stood in it in the last letter; of none that they had given up."""
Difference = tuple[str, str, str]


def heard(mine: Sequence[Mine]) -> dict[str, str]:
    """What a letter of now says, to compare the next one with."""
    return {str(each.offer.id): each.state.value for each in mine if each.state is not State.GONE}


def differences(before: Heard | None, mine: Sequence[Mine]) -> Iterator[Difference]:
    """(session, what was, what is), as letters name them; `mine` has also what was given up.

    What was told before anybody kept it (None) is not guessed at.
    """
    for each in mine if before is not None else ():
        then = State((before or {}).get(str(each.offer.id), State.GONE))
        if then is not each.state:
            name = _("Session “%(title)s”", title=title(each.offer))
            yield name, words(then), words(each.state)


def words(state: State) -> str:
    """How somebody stands in a session, beside how it was."""
    return {
        State.PLACE: _("a place"),
        State.LINE: _("waiting for a place"),
        State.WISH: _("decided with the place at the event"),
        State.MISSED: _("full when the place at the event came"),
        State.GONE: _("not chosen"),
    }[state]


def found(before: Heard | None, mine: Sequence[Mine]) -> list[str]:
    """The titles of the sessions in which somebody who waited has a place now."""
    waited = {number for number, state in (before or {}).items() if state == State.LINE.value}
    return [
        title(each.offer)
        for each in mine
        if each.state is State.PLACE and str(each.offer.id) in waited
    ]
