"""What an event's page says, and how a visitor will see it."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by
from portal.accounts.rules import Right
from portal.errors import Refused
from portal.events import page, service, zones
from portal.events.guards import guard_event, needs, own_event
from portal.events.rules import State
from portal.events.text_forms import CONTACT_ROWS, LANGUAGE_ROWS, TextsForm
from portal.i18n import languages
from portal.materials import shown as materials
from portal.registrations.queries import places_now
from portal.site import absolute

bp = Blueprint("events_texts", __name__, url_prefix="/desk/events/<slug>")
guard_event(bp)


@bp.route("/texts", methods=["GET", "POST"])
@needs(Right.EDIT)
def texts() -> ResponseReturnValue:
    """All that is written of the event; two who write at once lose nothing."""
    event = own_event()
    if event.state is State.CANCELLED:
        raise Refused(_("A cancelled event stays as it is."))
    if request.method == "POST":
        event = service.locked(event.id)  # read anew, before it is asked who changed it meanwhile
    form = TextsForm(event)
    status = 409 if form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        service.edit(event, form.facts, form.slug.data, by=by(), now=clock.now())
        return redirect(url_for("events_desk.show", slug=event.slug, saved="yes"), 303)
    shown = render_template(
        "events/desk/texts.html",
        event=event,
        form=form,
        language_rows=LANGUAGE_ROWS,
        contact_rows=CONTACT_ROWS,
    )
    return shown, 422 if form.errors and status == 200 else status


@bp.get("/preview/<lang>")
@needs(Right.EDIT)
def preview() -> ResponseReturnValue:
    """The public page as it would be, in one of the languages; a draft as if it were published."""
    event, zone = own_event(), request.args.get("zone", "")
    if g.lang not in languages() or (zone and zone not in zones.names()):
        abort(404)
    g.same_page = ("events_texts.preview", {"slug": event.slug})
    now = clock.now()
    seen = event.planned({"state": State.PUBLISHED}) if event.state is State.DRAFT else event
    values = page.values(
        seen, places_now(event.id, event, now), zone, now, absolute=absolute, told_of=event
    )
    to_read = materials.page_values(event, now)
    is_draft = seen is not event
    return render_template("events/desk/preview.html", is_draft=is_draft, **values, **to_read)
