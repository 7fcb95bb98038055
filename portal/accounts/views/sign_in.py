"""Signing in and out, and passwords by invitation or reset."""

import io
import logging
from datetime import datetime

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from limits import parse
from werkzeug.exceptions import TooManyRequests

from portal import clock
from portal.accounts import credentials, letters, links, queries, service
from portal.accounts.forms import (
    AddressForm,
    CodeForm,
    FirstCodeForm,
    NewPasswordForm,
    SignInForm,
)
from portal.accounts.guards import OPENER
from portal.accounts.models import User
from portal.accounts.rules import (
    FAILURES_PER_ACCOUNT,
    HALF_SIGNED_IN,
    SignedInBy,
    inside,
)
from portal.audit.service import Actor, record
from portal.db import looking
from portal.extensions import limiter
from portal.forms import ActForm
from portal.i18n import page_language
from portal.limits import rate
from portal.tokens import BadLink, digest
from portal.web import error_page

bp = Blueprint("accounts", __name__, url_prefix="/desk")
log = logging.getLogger("portal.accounts")

HALF = "half_signed_in"
STRANGER = Actor("stranger")


@bp.before_request
def _personal() -> None:
    """These pages are about one person, and kept nowhere."""
    g.personal = True


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


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(rate("sign_in"), methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """The password; a page that never tells whether an address is known."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page("sign_in", form)
    key = queries.address_key(form.email.data)
    _refuse_after_failures("password", key)
    user = _whose_password(form.email.data, form.password.data)
    if user is None:
        _note_failure("password", key)
        form.password.errors = [_("Address and password do not belong together.")]
        return _page("sign_in", form)
    _half_sign_in(user, inside(request.args.get("next"), url_for("desk.front")))
    return redirect(url_for(_second_step(user)), 303)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@limiter.limit(rate("sign_in"), methods=["POST"])
def code() -> ResponseReturnValue:
    """The second factor: the app's code, or a recovery code."""
    user = _half_signed_in()
    if user is None or not user.has_second_factor:
        return redirect(url_for("accounts.sign_in"), 303)
    form = CodeForm()
    if not form.validate_on_submit():
        return _page("code", form)
    _refuse_after_failures("code", str(user.id))
    if not _second_factor_fits(user, form.code.data):
        _note_failure("code", str(user.id))
        form.code.errors = [_("This code does not fit. Enter the one that your app shows now.")]
        return _page("code", form)
    return redirect(_sign_in(user, SignedInBy.PASSWORD), 303)


@bp.route("/sign-in/second-factor", methods=["GET", "POST"])
@limiter.limit(rate("sign_in"), methods=["POST"])
def second_factor() -> ResponseReturnValue:
    """At the first sign-in an authenticator app is set up; recovery codes are shown once."""
    user = _half_signed_in()
    if user is None or user.has_second_factor or not user.tf_totp_secret:
        return redirect(url_for("accounts.sign_in"), 303)
    form = FirstCodeForm()
    if not form.validate_on_submit():
        return _page("second_factor", form, secret=credentials.secret_in_words(user))
    _refuse_after_failures("code", str(user.id))
    if not credentials.code_fits(user, form.code.data):
        _note_failure("code", str(user.id))
        form.code.errors = [_("This code does not fit. Enter the one that your app shows now.")]
        return _page("second_factor", form, secret=credentials.secret_in_words(user))
    codes = credentials.new_recovery_codes()
    digests = [credentials.recovery_digest(each) for each in codes]
    service.confirm_second_factor(user, digests, by=_by(user), now=clock.now())
    onwards = _sign_in(user, SignedInBy.PASSWORD)
    return render_template("accounts/recovery_codes.html", codes=codes, onwards=onwards)


@bp.get("/sign-in/second-factor/qr.svg")
def qr() -> ResponseReturnValue:
    """The secret for the app's camera, while it is being set up."""
    user = _half_signed_in()
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
        return _page("sign_in_by_link", form, user=user)
    held = queries.locked(user.id)
    if held is None or links.opened(links.SIGN_IN, token) is not held:
        abort(404)
    service.use_link(held)
    return redirect(_sign_in(held, SignedInBy.LINK), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and wherever its cookie was copied to."""
    opener = session.get(OPENER)
    if isinstance(opener, str):
        service.end_session(opener)
    session.clear()
    return redirect(url_for("accounts.sign_in", done="out"), 303)


@bp.route("/password/reset", methods=["GET", "POST"])
@limiter.limit(rate("reset"), methods=["POST"])
def reset() -> ResponseReturnValue:
    """Ask for a letter with a link; known and unknown addresses get the same page and work."""
    form = AddressForm()
    if not form.validate_on_submit():
        return _page("reset", form)
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
        return _page("new_password", form, user=user)
    now = clock.now()
    service.set_password(user, credentials.hashed(form.password.data), by=_by(user), now=now)
    letters.tell_of_new_password(user, now=now)
    session.clear()
    return redirect(url_for("accounts.sign_in", done="password"), 303)


@bp.route("/password/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    """The link from the invitation: a first password, then the second factor."""
    user = links.opened(links.INVITATION, token)
    form = NewPasswordForm(user.email)
    if not form.validate_on_submit():
        return _page("invitation", form, user=user)
    password = credentials.hashed(form.password.data)
    service.set_password(user, password, by=_by(user), now=clock.now())
    _half_sign_in(user, url_for("desk.front"))
    return redirect(url_for(_second_step(user)), 303)


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


def _page(name: str, form: FlaskForm, **values: object) -> ResponseReturnValue:
    page = render_template(f"accounts/{name}.html", form=form, **values)
    return page, 422 if form.errors else 200


def _half_sign_in(user: User, onwards: str) -> None:
    """The password was right: for some minutes the second factor can be shown."""
    if not user.has_second_factor:
        service.prepare_second_factor(user, credentials.new_secret())
    session.clear()
    session[HALF] = [user.id, user.fs_uniquifier, clock.now().isoformat(), onwards]


def _half_signed_in() -> User | None:
    """Who gave the right password some minutes ago, held where a code is about to be tried."""
    half = session.get(HALF)
    if not half or datetime.fromisoformat(half[2]) + HALF_SIGNED_IN <= clock.now():
        return None
    user = queries.locked(half[0]) if request.method == "POST" else queries.by_id(half[0])
    return user if user is not None and user.fs_uniquifier == half[1] else None


def _second_step(user: User) -> str:
    return "accounts.code" if user.has_second_factor else "accounts.second_factor"


def _second_factor_fits(user: User, typed: str) -> bool:
    if credentials.code_fits(user, typed):
        return True
    recovery = credentials.recovery_digest(typed)
    return service.use_recovery_code(user, recovery, by=_by(user), now=clock.now())


def _sign_in(user: User, how: SignedInBy) -> str:
    """A new session with a new cookie; where the person wanted to go is answered."""
    half = session.get(HALF)
    onwards = half[3] if half else url_for("desk.front")
    opener = service.begin_session(user, how, by=_by(user), now=clock.now())
    session.clear()
    session[OPENER] = opener
    return str(onwards)


def _by(user: User) -> Actor:
    return Actor("organiser", user.id)


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


def _refuse_after_failures(what: str, key: str) -> None:
    """Somebody guesses: this account rests, whether or not it exists."""
    if not limiter.limiter.test(parse(FAILURES_PER_ACCOUNT), what, digest(key)):
        raise TooManyRequests


def _note_failure(what: str, key: str) -> None:
    """Counted outside the transaction, which is about to be rolled back."""
    limiter.limiter.hit(parse(FAILURES_PER_ACCOUNT), what, digest(key))
    log.warning("sign-in failed", extra={"fields": {"factor": what}})
