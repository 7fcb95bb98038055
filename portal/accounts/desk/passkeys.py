"""One's own passkeys: make one, and take one away."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts import letters, passkeys, queries, service
from portal.accounts.forms import NewPasskeyForm
from portal.accounts.guards import by, guard, organiser
from portal.accounts.models import User
from portal.accounts.passkeys import NotProven
from portal.errors import Refused
from portal.forms import ActForm

bp = Blueprint("passkeys_desk", __name__, url_prefix="/desk/account/passkeys")
guard(bp)

LARGEST_ID = 2**31 - 1


@bp.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The list, and the form that makes one where the browser can."""
    form = NewPasskeyForm()
    if form.validate_on_submit():
        return _add(form)
    page = render_template(
        "accounts/desk/passkeys.html",
        user=organiser(),
        form=form,
        work_here=passkeys.work_here(),
    )
    return page, 422 if form.errors else 200


@bp.post("/challenge")
def challenge() -> ResponseReturnValue:
    service.give_handle(organiser())
    options = passkeys.ask_for_new(organiser(), _("Peer-learning portal"))
    return Response(options, content_type="application/json")


@bp.route("/<int:passkey_id>/removal", methods=["GET", "POST"])
def removal(passkey_id: int) -> ResponseReturnValue:
    user = _held() if ActForm().is_submitted() else organiser()
    found = next((each for each in user.passkeys if each.id == passkey_id), None)
    if found is None:
        abort(404)
    form = ActForm()
    if not form.validate_on_submit():
        return render_template("accounts/desk/passkey_removal.html", passkey=found, form=form)
    service.remove_passkey(found, by=by(), now=clock.now())
    return redirect(url_for("passkeys_desk.index"), 303)


def _add(form: NewPasskeyForm) -> ResponseReturnValue:
    try:
        new = passkeys.made(form.answer.data)
    except NotProven as error:
        raise Refused(
            _("Your browser’s answer came too late, or was not for this page. Try again.")
        ) from error
    user, now = _held(), clock.now()
    service.add_passkey(user, new, form.name.data or _("Passkey"), by=by(), now=now)
    letters.tell_of_new_passkey(user, now=now)
    return redirect(url_for("passkeys_desk.index"), 303)


def _held() -> User:
    """Of two removals at once one would leave no second step."""
    held = queries.locked(organiser().id)
    if held is None:
        abort(404)
    return held
