"""The form behind the link of an invitation, which is used once."""

from dataclasses import replace
from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, tokens
from portal.audit.service import REGISTRANT
from portal.db import db, looking
from portal.errors import Refused
from portal.events import places_shown
from portal.events import service as event_service
from portal.events.rules import Entrance, Places, State
from portal.extensions import csrf, limiter
from portal.i18n import moment_words
from portal.invitations import letters as invitation_letters
from portal.invitations import queries as invitations
from portal.invitations import rules
from portal.invitations import service as invitation_service
from portal.invitations.models import Invitation
from portal.invitations.rules import Use
from portal.invitations.words import USES
from portal.limits import rate
from portal.questions.forms import Asking
from portal.questions.service.answers import Full, Outdated
from portal.registrations import queries, service
from portal.registrations.forms import RegistrationForm
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key
from portal.registrations.rules import Status
from portal.registrations.views.choosing import recognise_repeated
from portal.registrations.views.registering import (
    form_class_of,
    form_page,
    places_words,
    refused_form,
    sent_by,
    to_answer,
)
from portal.registrations.views.shared import bp, may_write_to, public_event
from portal.text import fold
from portal.tokens import BadLink
from portal.web import personal

Found = tuple[Entrance, Places]
KNOWN = ("title", "first_name", "last_name", "email", "organisation", "role", "country")
ANOTHER = "other"


@bp.get("/invitations/<token>/registration")
@personal
def invited_form(token: str) -> ResponseReturnValue:
    """Filled in with what the organisers know; it shows, and changes nothing."""
    invitation = of_link(token)
    if closed(invitation) is not None:
        return to_invitation(token)
    found = way_in(invitation)
    entrance, places = found
    make, for_another = form_class_of(entrance), request.args.get("who") == ANOTHER
    form = make(entrance.format, data={} if for_another else _known(invitation))
    form.renew_key()
    _lead(form, invitation, token, for_another=for_another)
    _promise(form, invitation, places)
    event, door = public_event(entrance.slug), entrance.door(places, clock.now())
    kept = places_shown.kept_words(places, event.zone)
    return form_page(event, form, door, places_words(found), kept)


@bp.post("/invitations/<token>/registration")
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("register"))
@personal
def send_invited(token: str) -> ResponseReturnValue:
    """Register, and use the invitation, under the event's lock: of twenty at once one does."""
    with looking():
        invitation = of_link(token)
        found = way_in(invitation)
        form = form_class_of(found[0])(found[0].format)
        _lead(form, invitation, token, for_another=request.args.get("who") == ANOTHER)
        _promise(form, invitation, found[1])
        recognise_repeated(form, found[0].id, form.form_key.data, lambda: form.name_and_mailbox)
        if not form.validate_on_submit() or not _may_use(form, invitation):
            if closed(invitation) is not None:
                return to_invitation(token)
            return refused_form(found, form)
        invitation_id, event_id = invitation.id, invitation.event_id
    may_write = may_write_to(form.email.data, "registering")
    entrance = event_service.held(event_id)
    invitation = invitations.held(invitation_id)
    invitation_service.catch_up(invitation, now=clock.now())
    if closed(invitation) is not None:
        return _answered(invitation, form, token)
    now = clock.now()
    entrance = opened(entrance, invitation)
    try:
        return _register(invitation, entrance, form, may_write=may_write, now=now)
    except (Full, Outdated) as no:
        if isinstance(form, Asking):
            form.refuse(no)
    except Refused as refused:  # said on the form, with all that was typed
        form.form_errors = [refused.sentence]
    return refused_form((entrance, queries.places_now(entrance.id, entrance, now)), form)


def _answered(invitation: Invitation, form: RegistrationForm, token: str) -> ResponseReturnValue:
    """Pressed twice, the button gets the same answer; anybody else sees that the link is used."""
    made = invitation.registration
    mine = address_key(form.email.data), name_key(form.person)
    if made is not None and (made.address_key, made.name_key) == mine and made.status.is_live:
        return to_answer(invitation.event.slug, said_of(made), form)
    return to_invitation(token)


def _register(
    invitation: Invitation,
    entrance: Entrance,
    form: RegistrationForm,
    *,
    may_write: bool,
    now: datetime,
) -> ResponseReturnValue:
    sent = sent_by(form, entrance, may_write=may_write, now=now)
    sent = replace(sent, invitation_id=invitation.id)
    service.register(entrance, sent, by=REGISTRANT, now=now)
    db.session.flush()
    person = sent.person
    made = queries.of_person(entrance.id, address_key(person["email"]), name_key(person))
    if made is None:  # it was sent before, and its person is another since
        raise Refused(str(USES[Use.NOT_THEIRS.value]))
    handed_on = _use(form, invitation) is Use.HANDED_ON
    invitation_service.use(invitation, made, handed_on=handed_on, now=now)
    invitation_letters.take_back(invitation)
    return to_answer(entrance.slug, said_of(made), form)


def said_of(made: Registration) -> Status:
    """What they have by now, as a page says it; of an offered place the letter says the rest."""
    return Status.WAITLISTED if made.status is Status.OFFERED else made.status


def of_link(token: str) -> Invitation:
    invitation = invitations.of_link(tokens.read(invitation_letters.PURPOSE, token))
    if invitation is None or invitation.event.state is State.DRAFT:
        raise BadLink
    return invitation


def closed(invitation: Invitation) -> rules.Closed | None:
    event = invitation.event
    return rules.closed(
        invitation.stage,
        event_state=event.state.value,
        starts_at=event.starts_at,
        answer_until=invitation.of_list.answer_until,
        came_back=invitation.came_back,
        now=clock.now(),
    )


def way_in(invitation: Invitation) -> Found:
    """The event's entrance and its places, before anything is locked."""
    found = queries.entrance(invitation.event.slug, clock.now())
    if found is None:
        raise BadLink
    return opened(found[0], invitation), found[1]


def opened(entrance: Entrance, invitation: Invitation) -> Entrance:
    """As this link opens it: without approval, or although it is closed."""
    of_list = invitation.of_list
    if of_list.passes_approval:
        entrance = replace(entrance, approval=False)
    if of_list.passes_closed:
        entrance = replace(entrance, registration_opens_at=None, registration_closes_at=None)
    return entrance


def _known(invitation: Invitation) -> dict[str, str]:
    group = invitation.stakeholder_group
    known = {name: getattr(invitation, name) for name in KNOWN}
    return known | {"stakeholder_group": group.value if group else ""}


def _lead(form: RegistrationForm, invitation: Invitation, token: str, *, for_another: bool) -> None:
    """The form is sent back to the link; where only the address counts, it stands fast."""
    of_list = invitation.of_list
    form.for_another = for_another and of_list.transferable
    who = ANOTHER if form.for_another else None  # what is None is left out
    form.sends_to = url_for("registrations.send_invited", token=token, who=who)
    if not form.for_another:
        form.for_somebody = url_for("registrations.invited_somebody", token=token)
    by_address = of_list.binds or not invitation.full_name
    if by_address and not of_list.transferable:
        form.email.render_kw = {**(form.email.render_kw or {}), "readonly": True}


def _promise(form: RegistrationForm, invitation: Invitation, places: Places) -> None:
    """What the invited get that others do not, so that no sentence of the form says otherwise."""
    event, group = invitation.event, invitation.stakeholder_group
    form.passes_approval = event.approval and invitation.of_list.passes_approval
    if places.division is None or event.approval != form.passes_approval:
        return
    known = ("", "") if form.for_another else (group.value if group else "", invitation.country)
    until = places.division.kept_for_invited(*known)
    form.kept_until = moment_words(until, event.zone) if until else ""


def _may_use(form: RegistrationForm, invitation: Invitation) -> bool:
    """Whether who sends it may come by this invitation; if not, the form says why."""
    use = _use(form, invitation)
    if use.is_possible:
        return True
    form.email.errors = [*form.email.errors, str(USES[use.value])]
    return False


def _use(form: RegistrationForm, invitation: Invitation) -> Use:
    of_list, typed = invitation.of_list, f"{form.first_name.data} {form.last_name.data}"
    same_name = fold(typed) == fold(invitation.full_name) if invitation.full_name else None
    return rules.use(
        same_address=address_key(form.email.data) == invitation.address_key,
        same_name=same_name,
        binds=of_list.binds,
        transferable=of_list.transferable,
    )


def to_invitation(token: str) -> ResponseReturnValue:
    """The page behind the link says why it can be answered no more."""
    return redirect(url_for("invitations.show", token=token), 303)
