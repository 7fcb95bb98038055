"""Passwords by invitation or reset."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts import credentials, letters, links, queries, service
from portal.accounts.forms import AddressForm, NewPasswordForm
from portal.accounts.models import User
from portal.accounts.rules import SignedInBy
from portal.accounts.views import door
from portal.accounts.views.door import bp
from portal.audit.service import Actor, record
from portal.extensions import limiter
from portal.i18n import page_language
from portal.limits import rate

STRANGER = Actor("stranger")


@bp.route("/password/reset", methods=["GET", "POST"])
@limiter.limit(rate("reset"), methods=["POST"])
def reset() -> ResponseReturnValue:
    """Ask for a letter with a link; known and unknown addresses get the same page and work."""
    form = AddressForm()
    if not form.validate_on_submit():
        return door.page("reset", form)
    now = clock.now()
    known = queries.by_address(form.email.data)
    user = known if known is not None and known.active else None
    somebody = user or _nobody(form.email.data)
    written = letters.write_reset(somebody)
    record("account.reset_asked", somebody, by=STRANGER, now=now)
    if letters.may_write_to(somebody.email_key) and user is not None:
        letters.post_reset(user, written, now=now)
    return render_template("accounts/reset_sent.html", address=form.email.data)


@bp.route("/password/reset/<token>", methods=["GET", "POST"])
def new_password(token: str) -> ResponseReturnValue:
    """The link from the letter: another password, then sign in as always."""
    user = links.opened(links.RESET, token)
    form = NewPasswordForm(user.email)
    if not form.validate_on_submit():
        return door.page("new_password", form, user=user)
    now = clock.now()
    service.set_password(user, credentials.hashed(form.password.data), by=door.by(user), now=now)
    letters.tell_of_new_password(user, now=now)
    session.clear()
    return redirect(url_for("accounts.sign_in", done="password"), 303)


@bp.route("/password/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    """The link from the invitation: a first password, then the second factor."""
    user = links.opened(links.INVITATION, token)
    form = NewPasswordForm(user.email)
    if not form.validate_on_submit():
        return door.page("invitation", form, user=user)
    password = credentials.hashed(form.password.data)
    service.set_password(user, password, by=door.by(user), now=clock.now())
    door.half_sign_in(user, SignedInBy.PASSWORD, url_for("desk.front"))
    return redirect(url_for(door.second_step(user)), 303)


def _nobody(address: str) -> User:
    """An account that is nobody's and kept nowhere, to do the same work for."""
    return User(
        email=address,
        email_key=queries.address_key(address),
        name="",
        language=page_language(),
        fs_uniquifier="-",
        link_code="-",
    )
