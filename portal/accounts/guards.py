"""What lets people in at the desk."""

from contextlib import nullcontext

from flask import Blueprint, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh
from sqlalchemy import update

from portal import clock
from portal.accounts import queries
from portal.accounts.models import SignIn, User
from portal.accounts.rules import FRESH, SEEN_EVERY, Right
from portal.audit.service import Actor
from portal.db import db, transaction, writing

OPENER = "sign_in"
EVENT_PAGES = {
    "events_desk", "events_texts", "events_publication", "events_editions", "retention_desk",
}  # fmt: skip
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OWN_PAGES = {"accounts_desk", "passkeys_desk", "identity_desk"}
_LETTERS = ("circulars_desk", "reminders_desk")
OWN_PAGES = {"accounts_desk", "passkeys_desk", "identity_desk", "exports_desk"}
LIBRARY = "library_desk"
_OF_THE_OFFICER = ("retention_house", "protection_house")
_OF_PEOPLE = (
    "registrations_desk", "person_desk", "line_desk", "unreached_desk", "invitations_desk",
    "invitation_lists",
)  # fmt: skip


def guard(bp: Blueprint) -> None:
    """Every page of the blueprint is for organisers who are signed in, and kept nowhere."""
    bp.before_request(organisers_only)
    bp.context_processor(of_the_desk)


def guard_library(bp: Blueprint, words: str = "", *, under: str = "") -> None:
    """Every page of the blueprint is for editors of the library; to others it is not there.

    With `words` its page `index` stands in the menu of the desk; one without them says `under`
    which other blueprint's entry it is.
    """
    guard(bp)
    bp.before_request(_editors_only)
    bp.record_once(
        lambda state: state.app.extensions.setdefault(LIBRARY, {}).update({bp.name: (words, under)})
    )


def _editors_only() -> None:
    if not organiser().may_edit_library:
        abort(404)


def organisers_only() -> ResponseReturnValue | None:
    """Who is not signed in is led to where one signs in, and back."""
    g.personal = True
    if _let_in():
        return None
    back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
    return redirect(url_for("accounts.sign_in", next=back), 303)


def organiser() -> User:
    """Who works at the desk in this request."""
    user: User = g.organiser
    return user


def signed_in_lately() -> bool:
    """Whether both steps of the sign-in are minutes old, for what needs more than a session."""
    sign_in: SignIn = g.sign_in
    return clock.now() < sign_in.began_at + FRESH


def by() -> Actor:
    """The organiser as the audit names them."""
    return Actor("organiser", organiser().id)


def of_the_desk() -> dict[str, object]:
    """What the layout of the desk shows of the person and the places they can go to."""
    if "organiser" not in g:
        return {}
    return {"current_user": organiser(), "desk_nav": _nav(), "library_nav": _library_nav()}


def _let_in() -> bool:
    """A request that may write begins its transaction here, for a read cannot turn into a write."""
    opener = session.get(OPENER)
    if not isinstance(opener, str):
        return False
    safe = request.method in SAFE_METHODS
    with nullcontext() if safe else writing():
        found = queries.sign_in(opener, clock.now(), hold=not safe)
    if found is None:
        session.pop(OPENER, None)
        return False
    g.sign_in = _seen(found, opener, safe)
    g.organiser = g.sign_in.user
    g.desk_language = g.organiser.language
    refresh()
    return True


def _seen(found: SignIn, opener: str, safe: bool) -> SignIn:
    """Note from time to time that the session is in use."""
    now = clock.now()
    if now - found.seen_at < SEEN_EVERY:
        return found
    if not safe:
        found.seen_at = now
        return found
    with transaction():
        db.session.execute(update(SignIn).where(SignIn.id == found.id).values(seen_at=now))
    return queries.sign_in(opener, now) or found


def _nav() -> list[tuple[str, str, bool]]:
    """The menu: (words, address, whether this page or one below it is it)."""
    making = request.blueprint == "events_making"
    places = [(_("Events"), url_for("desk.front"), making or request.endpoint == "desk.front")]
    if event := g.get("event"):
        slug = event.slug
        places.append(
            (_("This event"), url_for("events_desk.show", slug=slug),
             request.blueprint in EVENT_PAGES)
        )  # fmt: skip
        if Right.PEOPLE in g.rights:
            places.append(
                (_("Registrations"), url_for("registrations_desk.index", slug=slug),
                 request.blueprint in _OF_PEOPLE)
            )  # fmt: skip
        if Right.RUN in g.rights:
            places.append(
                (_("Letters"), url_for("circulars_desk.index", slug=slug),
                 request.blueprint in _LETTERS)
            )  # fmt: skip
        if Right.RUN in g.rights:
            places.append(
                (_("Team"), url_for("team_desk.index", slug=slug), request.blueprint == "team_desk")
            )
    places.append(
        (_("Requests"), url_for("subjects_desk.index"), request.blueprint == "subjects_desk")
    )
    places.append((_("Outbox"), url_for("outbox_desk.index"), request.blueprint == "outbox_desk"))
    if organiser().admin:
        places += [
            (_("Colleagues"), url_for("colleagues_desk.index"),
             request.blueprint == "colleagues_desk"),
        ]  # fmt: skip
    if organiser().admin or organiser().officer:
        places.append(
            (_("Data protection"), url_for("retention_house.index"),
             request.blueprint in _OF_THE_OFFICER)
        )  # fmt: skip
    places += [
        (_("Your account"), url_for("accounts_desk.show"), request.blueprint in OWN_PAGES),
    ]
    return places


def _library_nav() -> list[tuple[str, str, bool]]:
    """The same for what the library shows, for those who edit it."""
    if not organiser().may_edit_library:
        return []
    guarded: dict[str, tuple[str, str]] = current_app.extensions.get(LIBRARY, {})
    here = str(request.blueprint)
    mine = guarded.get(here, ("", ""))[1] or here
    return [
        (words, url_for(f"{name}.index"), name == mine)
        for name, (words, _under) in guarded.items()
        if words
    ]
