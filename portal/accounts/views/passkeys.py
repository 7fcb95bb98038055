"""Passkeys at the door: alone, as the second step, or as the first second step somebody has."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts import credentials, passkeys, queries, service
from portal.accounts.forms import CodeForm, FirstCodeForm, NewPasskeyForm, PasskeyForm, SignInForm
from portal.accounts.models import Passkey, User
from portal.accounts.passkeys import NotProven
from portal.accounts.rules import SignedInBy, inside
from portal.accounts.views import door
from portal.accounts.views.door import bp
from portal.extensions import limiter
from portal.limits import rate


@bp.post("/sign-in/passkey/challenge")
@limiter.limit(rate("sign_in"))
def passkey_challenge() -> ResponseReturnValue:
    """For whoever it is: the browser shows the passkeys that it has for this portal."""
    return _json(passkeys.ask_for_one())


@bp.post("/sign-in/passkey")
@limiter.limit(rate("sign_in"))
def passkey() -> ResponseReturnValue:
    """The passkey alone: its device has asked for finger, face or PIN, which is the other step."""
    form, onwards = PasskeyForm(), inside(request.args.get("next"), url_for("desk.front"))
    used = _used(form.answer.data) if form.validate_on_submit() else None
    if used is None:
        return _again("sign_in", SignInForm(formdata=None))
    return redirect(door.sign_in(used.user, SignedInBy.PASSKEY, onwards), 303)


@bp.post("/sign-in/code/passkey/challenge")
@limiter.limit(rate("sign_in"))
def second_challenge() -> ResponseReturnValue:
    user = door.half_signed_in()
    if user is None or not user.passkeys:
        return redirect(url_for("accounts.sign_in"), 303)
    return _json(passkeys.ask_for_one(user.passkeys))


@bp.post("/sign-in/code/passkey")
@limiter.limit(rate("sign_in"))
def second_passkey() -> ResponseReturnValue:
    """A passkey instead of the code, after the password."""
    user, form = door.half_signed_in(), PasskeyForm()
    if user is None or not user.passkeys:
        return redirect(url_for("accounts.sign_in"), 303)
    door.refuse_after_failures("code", str(user.id))
    used = _used(form.answer.data, of=user) if form.validate_on_submit() else None
    if used is None:
        door.note_failure("code", str(user.id))
        return _again("code", CodeForm(formdata=None), user=user)
    return redirect(door.sign_in_after_both_steps(user), 303)


@bp.post("/sign-in/second-factor/passkey/challenge")
@limiter.limit(rate("sign_in"))
def first_challenge() -> ResponseReturnValue:
    user = door.half_signed_in()
    if user is None or user.has_second_factor:
        return redirect(url_for("accounts.sign_in"), 303)
    service.give_handle(user)
    return _json(passkeys.ask_for_new(user, _("Peer-learning portal")))


@bp.post("/sign-in/second-factor/passkey")
@limiter.limit(rate("sign_in"))
def first_passkey() -> ResponseReturnValue:
    """At the first sign-in a passkey is made instead of setting up an app."""
    user, form = door.half_signed_in(), NewPasskeyForm()
    if user is None or user.has_second_factor:
        return redirect(url_for("accounts.sign_in"), 303)
    try:
        new = passkeys.made(form.answer.data if form.validate_on_submit() else "")
    except NotProven:
        secret = credentials.secret_in_words(user)
        return _again("second_factor", FirstCodeForm(formdata=None), secret=secret)
    codes = credentials.new_recovery_codes()
    digests = [credentials.recovery_digest(each) for each in codes]
    now = clock.now()
    service.add_passkey(user, new, form.name.data or _("Passkey"), by=door.by(user), now=now)
    service.renew_recovery_codes(user, digests, by=door.by(user), now=now)
    onwards = door.sign_in_after_both_steps(user)
    return render_template("accounts/recovery_codes.html", codes=codes, onwards=onwards)


def _used(answer: str, of: User | None = None) -> Passkey | None:
    """The passkey that proved itself, if there is one; held, so that it proves one thing at once.

    Which of the many reasons it was, nobody learns.
    """
    try:
        found = queries.passkey(passkeys.credential_id(answer))
        user = queries.locked(found.user_id) if found else None
        if found is None or user is None or (of is not None and user.id != of.id):
            raise NotProven
        count = passkeys.proven(answer, found)
    except NotProven:
        door.log.warning("sign-in failed", extra={"fields": {"factor": "passkey"}})
        return None
    service.use_passkey(found, count, now=clock.now())
    return found


def _again(name: str, form: CodeForm | SignInForm, **values: object) -> ResponseReturnValue:
    form.form_errors.append(
        _("This passkey did not open the desk. Try again, or use another way to sign in.")
    )
    return door.page(name, form, **values)


def _json(options: str) -> Response:
    return Response(options, content_type="application/json")
