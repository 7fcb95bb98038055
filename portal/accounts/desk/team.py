"""Who works on an event: invite, change a role, send away."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts import letters, queries, service
from portal.accounts.forms import RoleForm, TeamMemberForm
from portal.accounts.guards import by, organiser
from portal.accounts.models import Membership
from portal.accounts.rules import TeamRole
from portal.errors import Refused
from portal.events.guards import guard_event, own_event
from portal.forms import ActForm

bp = Blueprint("team_desk", __name__, url_prefix="/desk/events/<slug>/team")
guard_event(bp)

LARGEST_ID = 2**31 - 1


@bp.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The team, and the form by which somebody joins it."""
    event, form = own_event(), TeamMemberForm(role=TeamRole.ORGANISER.value)
    if form.validate_on_submit() and _is_in(form.email.data):
        form.email.errors = [
            _("This colleague is in the team already. Change the role in the table above.")
        ]
    if form.is_submitted() and not form.errors:
        _invite(form)
        return _to_team()
    page = render_template(
        "accounts/desk/team.html",
        event=event,
        form=form,
        team=queries.team(event.id),
        me=organiser(),
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:member_id>/role", methods=["GET", "POST"])
def role(member_id: int) -> ResponseReturnValue:
    member = _member(member_id)
    form = RoleForm(role=member.role.value)
    if not form.validate_on_submit():
        page = render_template(
            "accounts/desk/role.html", event=own_event(), form=form, member=member
        )
        return page, 422 if form.errors else 200
    service.change_role(
        member, TeamRole(form.role.data), even_last=organiser().admin, by=by(), now=clock.now()
    )
    return _to_team()


@bp.route("/<int:member_id>/removal", methods=["GET", "POST"])
def removal(member_id: int) -> ResponseReturnValue:
    member, form = _member(member_id), ActForm()
    if not form.validate_on_submit():
        return render_template(
            "accounts/desk/leaving.html",
            event=own_event(),
            form=form,
            member=member,
            is_me=member.user_id == organiser().id,
        )
    service.leave_team(member, even_last=organiser().admin, by=by(), now=clock.now())
    return _to_team()


def _is_in(address: str) -> bool:
    known = queries.by_address(address)
    return known is not None and queries.membership(known.id, own_event().id) is not None


def _invite(form: TeamMemberForm) -> None:
    """Who has come in before is told of the team; whoever has not gets an invitation."""
    event, now = own_event(), clock.now()
    if not letters.may_write_to(queries.address_key(form.email.data)):
        raise Refused(_("This mailbox had several letters within the hour. Try again later."))
    user = queries.by_address(form.email.data) or service.create(
        form.email.data, name=form.name.data, by=by(), now=now
    )
    role = TeamRole(form.role.data)
    service.join_team(user, event.id, role=role, by=by(), now=now)
    if user.has_come:
        letters.tell_of_team(user, event.title, event.slug, role, now=now)
    else:
        letters.invite(user, now=now)


def _member(member_id: int) -> Membership:
    found = queries.member(own_event().id, member_id) if member_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _to_team() -> ResponseReturnValue:
    """Back to the list; who is in it no more, or runs the event no more, to their own events."""
    me, event = organiser(), own_event()
    mine = queries.membership(me.id, event.id)
    if me.admin or (mine is not None and mine.role is TeamRole.ORGANISER):
        return redirect(url_for("team_desk.index", slug=event.slug), 303)
    if mine is not None:
        return redirect(url_for("events_desk.show", slug=event.slug), 303)
    return redirect(url_for("desk.front"), 303)
