"""One's own account: language, password, recovery codes, sessions."""

from flask import Blueprint, abort, g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts import credentials, letters, oidc, queries, service
from portal.accounts.forms import ChangePasswordForm, LanguageForm
from portal.accounts.guards import OPENER, by, guard, organiser
from portal.accounts.rules import SignedInBy
from portal.forms import ActForm
from portal.i18n import page_language

bp = Blueprint("accounts_desk", __name__, url_prefix="/desk/account")
guard(bp)


@bp.get("/")
def show() -> ResponseReturnValue:
    provider = oidc.settings()
    return render_template(
        "accounts/desk/show.html",
        user=organiser(),
        language=LanguageForm(language=organiser().language or page_language()),
        act=ActForm(),
        sign_ins=queries.sign_ins(organiser().id, clock.now()),
        this_one=g.sign_in,
        provider=provider,
        identity=queries.identity(organiser().id, provider.issuer) if provider else None,
    )


@bp.post("/language")
def language() -> ResponseReturnValue:
    form = LanguageForm()
    if form.validate_on_submit():
        service.choose_language(organiser(), form.language.data)
    return redirect(url_for("accounts_desk.show"), 303)


@bp.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Another password; all other sessions end."""
    user = organiser()
    form = ChangePasswordForm(user.email)
    if form.validate_on_submit() and not credentials.fits(user, form.current.data):
        form.current.errors = [_("This is not your password until now.")]
    if not form.is_submitted() or form.errors:
        page = render_template("accounts/desk/password.html", form=form)
        return page, 422 if form.errors else 200
    now = clock.now()
    service.set_password(user, credentials.hashed(form.password.data), by=by(), now=now)
    letters.tell_of_new_password(user, now=now)
    opener = service.begin_session(user, SignedInBy.PASSWORD, by=by(), now=now)
    session.clear()
    session[OPENER] = opener
    return redirect(url_for("accounts_desk.show"), 303)


@bp.post("/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes, shown once."""
    codes = credentials.new_recovery_codes()
    digests = [credentials.recovery_digest(each) for each in codes]
    service.renew_recovery_codes(organiser(), digests, by=by(), now=clock.now())
    return render_template(
        "accounts/recovery_codes.html", codes=codes, onwards=url_for("accounts_desk.show")
    )


@bp.post("/sessions/<int:sign_in_id>/end")
def end_one(sign_in_id: int) -> ResponseReturnValue:
    """One of one's own sessions; this one is a way to sign out."""
    found = queries.own_sign_in(organiser().id, sign_in_id) if sign_in_id < 2**31 else None
    if found is None:
        abort(404)
    service.end_one_session(found)
    return redirect(url_for("accounts_desk.show"), 303)


@bp.post("/other-sessions/end")
def end_others() -> ResponseReturnValue:
    service.end_sessions(organiser(), but=g.sign_in)
    return redirect(url_for("accounts_desk.show"), 303)
