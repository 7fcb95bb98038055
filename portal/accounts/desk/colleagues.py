"""All accounts, for administrators: who they are, invite, and acts that change what opens."""

import math
from collections.abc import Callable, Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from portal import clock
from portal.accounts import letters, privacy, queries, service
from portal.accounts.forms import NewColleagueForm
from portal.accounts.guards import SAFE_METHODS, by, guard, organiser
from portal.accounts.models import User
from portal.accounts.rules import TeamRole
from portal.db import db, writing
from portal.errors import Refused
from portal.events.models import Event
from portal.forms import ActForm
from portal.web import page_number

bp = Blueprint("colleagues_desk", __name__, url_prefix="/desk/colleagues")
PAGE = 50
LARGEST_ID = 2**31 - 1
Verb = Callable[[User], None]


@bp.before_request
def _one_after_the_other() -> None:
    """Of two administrators who act on each other at once, the second is asked anew who they are.

    The lock is taken before the session's own, by everybody in this order.
    """
    if request.method not in SAFE_METHODS:
        with writing():
            queries.held_administrators()


guard(bp)


@bp.before_request
def _administrators_only() -> None:
    """To others it is a page that is not there."""
    if not organiser().admin:
        abort(404)


@bp.get("/")
def index() -> ResponseReturnValue:
    number, found = page_number(), queries.how_many_colleagues()
    last = max(1, math.ceil(found / PAGE))
    if number > last:
        abort(404)
    return render_template(
        "accounts/desk/colleagues.html",
        colleagues=queries.colleagues((number - 1) * PAGE, PAGE),
        found=found,
        number=number,
        last=last,
    )


@bp.route("/invitation", methods=["GET", "POST"])
def invitation() -> ResponseReturnValue:
    """Somebody new, who is in no team yet."""
    form = NewColleagueForm()
    if form.validate_on_submit() and queries.by_address(form.email.data) is not None:
        form.email.errors = [_("There is an account with this address already.")]
    if not form.is_submitted() or form.errors:
        page = render_template("accounts/desk/invitation.html", form=form)
        return page, 422 if form.errors else 200
    user = service.create(
        form.email.data, name=form.name.data, admin=form.admin.data, by=by(), now=clock.now()
    )
    _write_invitation(user)
    return _to(user)


@bp.get("/<int:user_id>")
def show(user_id: int) -> ResponseReturnValue:
    user = _colleague(user_id)
    return render_template(
        "accounts/desk/colleague.html",
        user=user,
        teams=_teams(user),
        is_me=user.id == organiser().id,
        form=ActForm(),
    )


@bp.post("/<int:user_id>/invitation")
def invite_again(user_id: int) -> ResponseReturnValue:
    user = _colleague(user_id)
    if user.has_come:
        raise Refused(_("This colleague has followed an invitation already."))
    _write_invitation(user)
    return _to(user)


@bp.route("/<int:user_id>/administration", methods=["GET", "POST"])
def administration(user_id: int) -> ResponseReturnValue:
    """Make the person administrator, or make them one no more."""
    user = _colleague(user_id)
    verb = service.unmake_admin if user.admin else service.make_admin
    return _one_step("administration", user, lambda user: verb(user, by=by(), now=clock.now()))


@bp.route("/<int:user_id>/officer", methods=["GET", "POST"])
def officer(user_id: int) -> ResponseReturnValue:
    """Let the person see what is kept of every event, or see it no more."""
    user = _colleague(user_id)
    verb = service.unmake_officer if user.officer else service.make_officer
    return _one_step("officer", user, lambda user: verb(user, by=by(), now=clock.now()))


@bp.route("/<int:user_id>/library", methods=["GET", "POST"])
def library(user_id: int) -> ResponseReturnValue:
    """Let the person edit publications, podcasts, news and campaigns, or edit them no more."""
    user = _colleague(user_id)
    verb = service.unmake_editor if user.edits_library else service.make_editor
    return _one_step("library", user, lambda user: verb(user, by=by(), now=clock.now()))


@bp.route("/<int:user_id>/second-factor", methods=["GET", "POST"])
def second_factor(user_id: int) -> ResponseReturnValue:
    """On request of who lost app, passkeys and codes."""

    def forget(user: User) -> None:
        service.forget_second_factor(user, by=by(), now=clock.now())
        letters.tell_of_forgotten_factor(user, now=clock.now())

    return _one_step("lost_factor", _colleague(user_id), forget)


@bp.route("/<int:user_id>/removal", methods=["GET", "POST"])
def removal(user_id: int) -> ResponseReturnValue:
    """Close the account, sign it out everywhere, forget who it was."""
    user = _colleague(user_id)

    def remove(user: User) -> None:
        service.remove(user, by=by(), now=clock.now())
        privacy.erase(user)

    return _one_step("removal", user, remove, alone=_events(queries.alone_at(user.id)))


def _one_step(name: str, user: User, verb: Verb, **values: object) -> ResponseReturnValue:
    """A page that says what will happen, and the act."""
    form = ActForm()
    if not form.validate_on_submit():
        return render_template(
            f"accounts/desk/{name}.html",
            user=user,
            form=form,
            is_me=user.id == organiser().id,
            **values,
        )
    verb(user)
    return _to(user)


def _to(user: User) -> ResponseReturnValue:
    """The colleague's page, while there is one and one may see it."""
    if not organiser().active or not organiser().admin:
        return redirect(url_for("desk.front"), 303)
    if not user.active:
        return redirect(url_for("colleagues_desk.index"), 303)
    return redirect(url_for("colleagues_desk.show", user_id=user.id), 303)


def _colleague(user_id: int) -> User:
    found = queries.by_id(user_id) if user_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _write_invitation(user: User) -> None:
    if not letters.may_write_to(user.email_key):
        raise Refused(_("This mailbox had several letters within the hour. Try again later."))
    letters.invite(user, now=clock.now())


def _teams(user: User) -> list[tuple[Event, TeamRole]]:
    roles = {each.event_id: each.role for each in user.memberships}
    return [(event, roles[event.id]) for event in _events(list(roles))]


def _events(event_ids: Sequence[int]) -> Sequence[Event]:
    question = select(Event).where(Event.id.in_(event_ids))
    return db.session.scalars(question.order_by(Event.starts_at, Event.id)).all()
