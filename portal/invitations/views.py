"""The page behind the link in an invitation: it only shows; buttons open, decline and object."""

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal import clock, tokens
from portal.audit.service import REGISTRANT
from portal.events.rules import State
from portal.extensions import limiter
from portal.forms import ActForm
from portal.i18n import translated_as
from portal.invitations import letters, queries, rules, service
from portal.invitations.models import Invitation
from portal.invitations.rules import Closed, Stage
from portal.invitations.words import CLOSED
from portal.limits import rate
from portal.markup import rich
from portal.tokens import BadLink
from portal.web import personal

bp = Blueprint("invitations", __name__, url_prefix="/<lang>")


@bp.get("/invitations/<token>")
@personal
def show(token: str) -> ResponseReturnValue:
    """What it is about, and the two answers; mail scanners that open it change nothing."""
    return _page(_of_link(token), token)


@bp.post("/invitations/<token>/opening")
@limiter.limit(rate("link"))
@personal
def opening(token: str) -> ResponseReturnValue:
    """On to the form, filled in for the invited."""
    return _to_form(token, for_another=False)


@bp.post("/invitations/<token>/handover")
@limiter.limit(rate("link"))
@personal
def handover(token: str) -> ResponseReturnValue:
    """On to an empty form, for who comes in their place."""
    return _to_form(token, for_another=True)


def _to_form(token: str, *, for_another: bool) -> ResponseReturnValue:
    invitation = queries.held(_of_link(token).id)
    if closed(invitation) is not None:
        return _page(invitation, token), 409
    service.undo_decline(invitation, now=clock.now())
    service.open_(invitation, now=clock.now())
    who = "other" if for_another else None  # what is None is left out
    return redirect(url_for("registrations.invited_form", token=token, who=who), 303)


@bp.post("/invitations/<token>/refusal")
@limiter.limit(rate("link"))
@personal
def refusal(token: str) -> ResponseReturnValue:
    """They cannot come."""
    invitation = queries.held(_of_link(token).id)
    if closed(invitation) is not None:
        return _page(invitation, token), 409
    letters.decline(invitation, now=clock.now())
    return redirect(url_for("invitations.show", token=token), 303)


@bp.post("/invitations/<token>/objection")
@limiter.limit(rate("link"))
@personal
def objection(token: str) -> ResponseReturnValue:
    """They do not want to be invited: their data go, and the link with them."""
    invitation = queries.held(_of_link(token).id)
    slug = invitation.event.slug
    letters.object_to(invitation, by=REGISTRANT, now=clock.now())
    session["objected"] = slug
    return redirect(url_for("invitations.forgotten", slug=slug), 303)


@bp.get("/events/<slug>/invitation-deleted")
@personal
def forgotten(slug: str) -> ResponseReturnValue:
    """That it is done; there is no link left that this page could belong to."""
    if session.get("objected") != slug:
        abort(404)
    return render_template("invitations/forgotten.html", slug=slug)


def closed(invitation: Invitation) -> Closed | None:
    """Why this link can be answered no more, or None while it can."""
    event = invitation.event
    return rules.closed(
        invitation.stage,
        event_state=event.state.value,
        starts_at=event.starts_at,
        answer_until=invitation.of_list.answer_until,
        came_back=invitation.came_back,
        now=clock.now(),
    )


def _of_link(token: str) -> Invitation:
    """The invitation of a link that is whole, ours, and was not replaced or ended."""
    invitation = queries.of_link(tokens.read(letters.PURPOSE, token))
    if invitation is None or invitation.event.state is State.DRAFT:
        raise BadLink
    return invitation


def _page(invitation: Invitation, token: str) -> str:
    why = closed(invitation)
    text, language = translated_as(invitation.of_list.words)
    return render_template(
        "invitations/show.html",
        invitation=invitation,
        event=invitation.event,
        of_list=invitation.of_list,
        token=token,
        why=why,
        why_words=CLOSED[why] if why else "",
        is_declined=invitation.stage is Stage.DECLINED,
        words=rich(text),
        words_language=language,
        form=ActForm(),
    )
