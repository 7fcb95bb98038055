"""Behind the link of an invitation, somebody registers the invited, as the office of a Member."""

from dataclasses import replace
from datetime import datetime

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.db import db, looking
from portal.errors import Refused
from portal.events import service as event_service
from portal.events.models import Event
from portal.events.rules import Entrance
from portal.extensions import csrf, limiter
from portal.invitations import letters as invitation_letters
from portal.invitations import queries as invitations
from portal.invitations import rules
from portal.invitations import service as invitation_service
from portal.invitations.models import Invitation
from portal.invitations.rules import Use
from portal.invitations.words import USES
from portal.limits import rate
from portal.registrations import queries
from portal.registrations.behalf_forms import OfficeForm
from portal.registrations.models import Registration
from portal.registrations.person import address_key, name_key
from portal.registrations.rules import StakeholderGroup
from portal.registrations.views.behalf import (
    Letters,
    office_form,
    others_page,
    register_people,
    show_answer,
    to_answer,
)
from portal.registrations.views.invited import (
    Found,
    closed,
    of_link,
    opened,
    said_of,
    to_invitation,
    way_in,
)
from portal.registrations.views.shared import bp, public_event
from portal.text import fold
from portal.web import personal


@bp.route("/invitations/<token>/registration/for-somebody", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("register"), methods=["POST"])
@personal
def invited_somebody(token: str) -> ResponseReturnValue:
    """The form of who acts, filled in with what the organisers know."""
    with looking():
        invitation = of_link(token)
        found = way_in(invitation)
        event = public_event(found[0].slug)
        form = office_form(event, found[0], 1)
        lets_in = found[0].door(found[1], clock.now()).lets_in
        if request.method == "GET" and (closed(invitation) is not None or not lets_in):
            return redirect(url_for("registrations.invited_form", token=token))
        if request.method == "GET":
            _fill(form, invitation)
            return _page(event, found, form, token)
        if not form.validate_on_submit() or not _may_use(form, invitation):
            if closed(invitation) is not None:
                return to_invitation(token)
            return _page(event, found, form, token)
        invitation_id = invitation.id
    letters = Letters.of(form)
    entrance = event_service.held(event.id)
    invitation = invitations.held(invitation_id)
    invitation_service.catch_up(invitation, now=clock.now())
    if closed(invitation) is not None:
        return _answered(event, invitation, form, token)
    return _register(event, opened(entrance, invitation), invitation, form, letters, token)


def _register(
    event: Event,
    entrance: Entrance,
    invitation: Invitation,
    form: OfficeForm,
    letters: Letters,
    token: str,
) -> ResponseReturnValue:
    now = clock.now()  # under the lock, so that moments of arrival rise as the line does
    try:
        registered = register_people(
            entrance, form, letters, invitation_id=invitation.id, now=now
        )  # fmt: skip
        made = _take(invitation, form, now)
    except Refused as no:  # said on the form, with all that was typed
        form.refuse(1, no.sentence)
        places = queries.places_now(entrance.id, entrance, now)
        return _page(event, (entrance, places), form, token)
    said = [replace(each, answer=said_of(made)) for each in registered]
    return to_answer(event, form, said, letters, now=now)


def _take(invitation: Invitation, form: OfficeForm, now: datetime) -> Registration:
    """It is used by whom the form registered, or who was registered already."""
    db.session.flush()
    made = _of_form(invitation.event_id, form)
    if made is None:  # it was sent before, and its person is another since
        raise Refused(str(USES[Use.NOT_THEIRS.value]))
    handed_on = _use(form, invitation) is Use.HANDED_ON
    invitation_service.use(invitation, made, handed_on=handed_on, now=now)
    invitation_letters.take_back(invitation)
    return made


def _answered(
    event: Event, invitation: Invitation, form: OfficeForm, token: str
) -> ResponseReturnValue:
    """Pressed twice, the button gets the same answer; anybody else sees that the link is used."""
    made = invitation.registration
    if made is None or made is not _of_form(event.id, form) or not made.status.is_live:
        return to_invitation(token)
    return show_answer(event, form, [(made.full_name[:40], said_of(made).value)])


def _of_form(event_id: int, form: OfficeForm) -> Registration | None:
    person = form.people[0].of(form)
    return queries.of_person(event_id, address_key(person["email"]), name_key(person))


def _fill(form: OfficeForm, invitation: Invitation) -> None:
    """The name is the office's where an office was invited; else of the one who comes."""
    person = form.people[0]
    form.email.data, form.organisation.data = invitation.email, invitation.organisation
    form.country.data = invitation.country
    if _is_for_office(invitation):
        form.name.data = invitation.full_name
        return
    for name in ("title", "first_name", "last_name", "role"):
        person[name].data = getattr(invitation, name)
    group = invitation.stakeholder_group
    person.stakeholder_group.data = group.value if group else ""


def _is_for_office(invitation: Invitation) -> bool:
    return invitation.stakeholder_group is StakeholderGroup.MEP_OFFICE


def _may_use(form: OfficeForm, invitation: Invitation) -> bool:
    """Whether who comes may come by this invitation; if not, the form says why."""
    use = _use(form, invitation)
    if use.is_possible:
        return True
    email = form.people[0].email
    email.errors = [*email.errors, str(USES[use.value])]
    return False


def _use(form: OfficeForm, invitation: Invitation) -> Use:
    of_list, person = invitation.of_list, form.people[0].of(form)
    typed = fold(f"{person['first_name']} {person['last_name']}")
    return rules.use_by_office(
        same_address=address_key(person["email"]) == invitation.address_key,
        same_name=typed == fold(invitation.full_name) if invitation.full_name else None,
        from_invited=address_key(form.email.data) == invitation.address_key,
        is_for_office=_is_for_office(invitation),
        binds=of_list.binds,
        transferable=of_list.transferable,
    )


def _page(event: Event, found: Found, form: OfficeForm, token: str) -> ResponseReturnValue:
    own_form = url_for("registrations.invited_form", token=token)
    return others_page(event, found, form, own_form=own_form)
