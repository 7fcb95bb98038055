"""Linking one's own account with the provider of sign-ins, and undoing it."""

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts import letters, oidc, queries, service
from portal.accounts.guards import by, guard, organiser
from portal.forms import ActForm

bp = Blueprint("identity_desk", __name__, url_prefix="/desk/account/identity")
guard(bp)

FOUND_THERE = "oidc_found"


@bp.route("", methods=["GET", "POST"])
def show() -> ResponseReturnValue:
    """Who one is at the provider; the button links it, since a false link would be a way in."""
    provider, found = oidc.settings(), session.get(FOUND_THERE)
    if provider is None or not found:
        abort(404)
    issuer, subject, email = found
    form = ActForm()
    if not form.validate_on_submit():
        return render_template(
            "accounts/desk/identity.html", provider=provider, email=email, form=form
        )
    session.pop(FOUND_THERE)
    user, now = organiser(), clock.now()
    service.link_identity(user, issuer, subject, by=by(), now=now)
    letters.tell_of_identity(user, now=now)
    return redirect(url_for("accounts_desk.show"), 303)


@bp.route("/removal", methods=["GET", "POST"])
def removal() -> ResponseReturnValue:
    provider, form = oidc.settings(), ActForm()
    linked = queries.identity(organiser().id, provider.issuer) if provider else None
    if provider is None or linked is None:
        abort(404)
    if not form.validate_on_submit():
        return render_template(
            "accounts/desk/identity_removal.html", provider=provider, user=organiser(), form=form
        )
    service.unlink_identity(linked, by=by(), now=clock.now())
    return redirect(url_for("accounts_desk.show"), 303)
