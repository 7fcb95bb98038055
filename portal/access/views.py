"""Where one gives what the building asks, behind a link that is good for nothing else."""

from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access import letters, queries, service
from portal.access.forms import IdentityForm
from portal.access.models import AccessList
from portal.access.shown import things
from portal.audit.service import REGISTRANT
from portal.db import looking
from portal.events.shown import words
from portal.extensions import csrf, limiter
from portal.forms import ActForm
from portal.limits import rate
from portal.registrations.models import Registration
from portal.registrations.rules import notice_version
from portal.tokens import BadLink
from portal.web import personal

bp = Blueprint("access", __name__, url_prefix="/<lang>/access-list")


@bp.route("/<token>", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing that was typed
@limiter.limit(rate("form"), methods=["POST"])
@personal
def give(token: str) -> ResponseReturnValue:
    """Write-only: what is kept can be replaced and removed, and is shown to nobody."""
    with looking():
        registration, found = _asked(token)
        now = clock.now()
        if not found.is_open(now):
            return _closed_page(registration, found, token), 409 if request.form else 200
        form = IdentityForm(found.asked, now.astimezone(ZoneInfo(found.event.zone)).date())
        if not form.validate_on_submit():
            return _page(registration, found, form, token), 422 if form.errors else 200
    registration, found = _asked(token)
    service.give(
        registration,
        form.facts,
        notice_version=notice_version(registration.event.notice_number),
        by=REGISTRANT,
        now=clock.now(),
    )
    return redirect(url_for("access.give", token=token, done="given"), 303)


@bp.route("/<token>/removal", methods=["GET", "POST"])
@personal
def removal(token: str) -> ResponseReturnValue:
    registration, found = _asked(token)
    if request.method == "POST":
        service.remove(registration, by=REGISTRANT, now=clock.now())
        return redirect(url_for("access.give", token=token, done="removed"), 303)
    return render_template(
        "access/removal.html", form=ActForm(), event=found.event, found=found, token=token
    )


def _asked(token: str) -> tuple[Registration, AccessList]:
    """The person, while the building asks them, and as long as they stand on its list."""
    registration = letters.registration_of(token)
    found = queries.list_of(registration, clock.now()) if registration else None
    if registration is None or found is None:
        raise BadLink
    return registration, found


def _closed_page(registration: Registration, found: AccessList, token: str) -> str:
    """Nothing is asked any more, but what is kept can be taken back."""
    return render_template(
        "access/closed.html",
        registration=registration,
        event=found.event,
        found=found,
        token=token,
        standing=queries.standing_of(registration, found),
        done=request.args.get("done", ""),
    )


def _page(registration: Registration, found: AccessList, form: IdentityForm, token: str) -> str:
    now = clock.now()
    line = queries.visitor(found.id, registration.id)
    return render_template(
        "access/give.html",
        registration=registration,
        event=found.event,
        found=found,
        form=form,
        token=token,
        things=things(found.asked),
        receiver=words(found.receiver),
        said=words(found.words),
        standing=queries.standing_of(registration, found),
        given_at=line.given_at if line else None,
        is_late=now > found.cut_off,
        done=request.args.get("done", ""),
    )
