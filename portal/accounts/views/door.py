"""What all ways in have in common: half signed in, signed in, and who guesses too often."""

import logging
from datetime import datetime
from typing import Any

from flask import Blueprint, g, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from limits import parse
from werkzeug.exceptions import TooManyRequests

from portal import clock
from portal.accounts import credentials, oidc, passkeys, queries, service
from portal.accounts.guards import OPENER
from portal.accounts.models import User
from portal.accounts.rules import FAILURES_PER_ACCOUNT, HALF_SIGNED_IN, SignedInBy
from portal.audit.service import Actor
from portal.extensions import limiter
from portal.tokens import BadLink, keyed
from portal.web import error_page

bp = Blueprint("accounts", __name__, url_prefix="/desk")
log = logging.getLogger("portal.accounts")

HALF = "half_signed_in"


@bp.before_request
def _personal() -> None:
    """These pages are about one person, and kept nowhere."""
    g.personal = True


@bp.context_processor
def _ways_in() -> dict[str, object]:
    return {"passkeys_work": passkeys.work_here(), "provider": oidc.settings()}


@bp.errorhandler(BadLink)
def _used_or_old(error: BadLink) -> ResponseReturnValue:
    """What to do instead, since such a link works once and for a while."""
    sign_in_here = (_("Sign in to the desk"), url_for("accounts.sign_in"))
    match request.endpoint:
        case "accounts.new_password":
            sentence = _("It has been used, or is older than one hour. Ask for a new one.")
            way = (_("Ask for a new link"), url_for("accounts.reset"))
        case "accounts.invitation":
            sentence = _(
                "It has been used, or is older than seven days. Sign in with the password that you "
                "chose, or ask the administrator of the portal to invite you again."
            )
            way = sign_in_here
        case _:
            sentence = _(
                "It has been used, or is older than 15 minutes. Start the demonstration again: it "
                "shows a new one. Or sign in with your password."
            )
            way = sign_in_here
    return error_page(404, _("This link does not work any more"), sentence, way)


def page(name: str, form: FlaskForm, **values: object) -> ResponseReturnValue:
    """One question, asked again with its errors where there are any."""
    shown = render_template(f"accounts/{name}.html", form=form, **values)
    return shown, 422 if form.errors else 200


def half_sign_in(user: User, how: SignedInBy, onwards: str) -> None:
    """The first step was right: for some minutes the second factor can be shown."""
    if not user.has_second_factor:
        service.prepare_second_factor(user, credentials.new_secret())
    session.clear()
    session[HALF] = [user.id, user.fs_uniquifier, clock.now().isoformat(), onwards, how.value]


def half_signed_in() -> User | None:
    """Who took the first step some minutes ago, held where the second is about to be tried."""
    half: list[Any] = session.get(HALF) or []
    if len(half) != 5:
        return None
    user_id, uniquifier, at, *_rest = half
    if datetime.fromisoformat(at) + HALF_SIGNED_IN <= clock.now():
        return None
    user = queries.locked(user_id) if request.method == "POST" else queries.by_id(user_id)
    return user if user is not None and user.fs_uniquifier == uniquifier else None


def second_step(user: User) -> str:
    return "accounts.code" if user.has_second_factor else "accounts.second_factor"


def sign_in_after_both_steps(user: User) -> str:
    """Where who was half signed in wanted to go, now that they are in."""
    *_rest, onwards, how = session[HALF]
    return sign_in(user, SignedInBy(how), onwards)


def sign_in(user: User, how: SignedInBy, onwards: str) -> str:
    """A new session with a new cookie; where to go is answered."""
    opener = service.begin_session(user, how, by=by(user), now=clock.now())
    session.clear()
    session[OPENER] = opener
    return onwards


def by(user: User) -> Actor:
    return Actor("organiser", user.id)


def refuse_after_failures(what: str, key: str) -> None:
    """Somebody guesses: this account rests, whether or not it exists."""
    if not limiter.limiter.test(parse(FAILURES_PER_ACCOUNT), what, keyed("account", key)):
        raise TooManyRequests


def note_failure(what: str, key: str) -> None:
    """Counted outside the transaction, which is about to be rolled back."""
    limiter.limiter.hit(parse(FAILURES_PER_ACCOUNT), what, keyed("account", key))
    log.warning("sign-in failed", extra={"fields": {"factor": what}})
