"""Signing in and out: the password, the second step, the demonstration's link."""

import io

import segno
from flask import Response, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts import credentials, links, queries, service
from portal.accounts.forms import CodeForm, FirstCodeForm, SignInForm
from portal.accounts.guards import OPENER
from portal.accounts.models import User
from portal.accounts.rules import SignedInBy, inside
from portal.accounts.views import door
from portal.accounts.views.door import bp
from portal.db import looking
from portal.extensions import limiter
from portal.forms import ActForm
from portal.limits import rate


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(rate("sign_in"), methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """The password; a page that never tells whether an address is known."""
    form = SignInForm()
    if not form.validate_on_submit():
        return door.page("sign_in", form)
    key = queries.address_key(form.email.data)
    door.refuse_after_failures("password", key)
    user = _whose_password(form.email.data, form.password.data)
    if user is None:
        door.note_failure("password", key)
        form.password.errors = [_("Address and password do not belong together.")]
        return door.page("sign_in", form)
    door.half_sign_in(
        user, SignedInBy.PASSWORD, inside(request.args.get("next"), url_for("desk.front"))
    )
    return redirect(url_for(door.second_step(user)), 303)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit(rate("sign_in"), methods=["POST"])
def code() -> ResponseReturnValue:
    """The second factor: the app's code, or a recovery code."""
    user = door.half_signed_in()
    if user is None or not user.has_second_factor:
        return redirect(url_for("accounts.sign_in"), 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return door.page("code", form, user=user)
    door.refuse_after_failures("code", str(user.id))
    if not _second_factor_fits(user, form.code.data):
        door.note_failure("code", str(user.id))
        form.code.errors = [_("This code does not fit. Enter the one that your app shows now.")]
        return door.page("code", form, user=user)
    return redirect(door.sign_in_after_both_steps(user), 303)


@bp.route("/sign-in/second-factor", methods=["GET", "POST"])
@limiter.limit(rate("sign_in"), methods=["POST"])
def second_factor() -> ResponseReturnValue:
    """At the first sign-in an authenticator app is set up; recovery codes are shown once."""
    user = door.half_signed_in()
    if user is None or user.has_second_factor or not user.tf_totp_secret:
        return redirect(url_for("accounts.sign_in"), 303)
    form = FirstCodeForm()
    if not form.validate_on_submit():
        return door.page("second_factor", form, secret=credentials.secret_in_words(user))
    door.refuse_after_failures("code", str(user.id))
    if not credentials.code_fits(user, form.code.data):
        door.note_failure("code", str(user.id))
        form.code.errors = [_("This code does not fit. Enter the one that your app shows now.")]
        return door.page("second_factor", form, secret=credentials.secret_in_words(user))
    codes = credentials.new_recovery_codes()
    digests = [credentials.recovery_digest(each) for each in codes]
    service.confirm_second_factor(user, digests, by=door.by(user), now=clock.now())
    onwards = door.sign_in_after_both_steps(user)
    return render_template("accounts/recovery_codes.html", codes=codes, onwards=onwards)


@bp.get("/sign-in/second-factor/qr.svg")
def qr() -> ResponseReturnValue:
    """The secret for the app's camera, while it is being set up."""
    user = door.half_signed_in()
    if user is None or user.has_second_factor or not user.tf_totp_secret:
        abort(404)
    drawn = io.BytesIO()
    segno.make(credentials.secret_address(user), error="m").save(
        drawn, kind="svg", scale=5, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return Response(drawn.getvalue(), content_type="image/svg+xml")


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@limiter.limit(rate("sign_in"), methods=["POST"])
def sign_in_by_link(token: str) -> ResponseReturnValue:
    """The demonstration's organiser: the link opens a page, its button signs in, once."""
    user = links.opened(links.SIGN_IN, token)
    if not user.demonstration or current_app.extensions["portal"].env == "production":
        abort(404)
    form = ActForm()
    if not form.validate_on_submit():
        return door.page("sign_in_by_link", form, user=user)
    held = queries.locked(user.id)
    if held is None or links.opened(links.SIGN_IN, token) is not held:
        abort(404)
    service.use_link(held)
    return redirect(door.sign_in(held, SignedInBy.LINK, url_for("desk.front")), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and wherever its cookie was copied to."""
    opener = session.get(OPENER)
    if isinstance(opener, str):
        service.end_session(opener)
    session.clear()
    return redirect(url_for("accounts.sign_in", done="out"), 303)


def _whose_password(address: str, password: str) -> User | None:
    """Trying a password takes its time, and nobody should wait for that: it is done before the
    lock, under which the account is asked for again."""
    with looking():
        known = queries.by_address(address)
        tried = known.password if known else None
        fits = credentials.fits(known, password)
    user = queries.by_address(address) if fits else None
    if known is None or user is None or not user.active or user.password != tried:
        return None
    if known.password and known.password != tried:
        service.renew_hash(user, known.password)
    return user


def _second_factor_fits(user: User, typed: str) -> bool:
    if credentials.code_fits(user, typed):
        return True
    recovery = credentials.recovery_digest(typed)
    return service.use_recovery_code(user, recovery, by=door.by(user), now=clock.now())
