"""The form filled in with one's last details, by a link that goes to the mailbox."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, tokens
from portal.db import LARGEST_ID, looking
from portal.events import places_shown
from portal.events.models import Event
from portal.extensions import csrf, limiter
from portal.i18n import page_language
from portal.limits import rate
from portal.registrations import letters, person, queries, service
from portal.registrations.forms import LinkForm, of_last_details
from portal.registrations.models import Registration
from portal.registrations.rules import LAST_DETAILS_HOLD
from portal.registrations.views.registering import form_class_of, form_page, places_words
from portal.registrations.views.shared import bp, may_write_to, moved_event, public_event
from portal.text import masked
from portal.tokens import BadLink
from portal.web import error_page, personal


@bp.route("/events/<slug>/register/last-details", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@limiter.limit(rate("link"), methods=["POST"])
@personal
def last_details(slug: str) -> ResponseReturnValue:
    """Ask for the link; the page says the same of an address that is known and of any other."""
    form, now = LinkForm(), clock.now()
    with looking():
        found = queries.entrance(slug, now) or moved_event(slug)
        if not found[0].door(found[1], now).lets_in:  # the form says why, and whom to ask
            return redirect(url_for("registrations.register", slug=slug), 303)
        event = public_event(slug)
        event_id = event.id
        if not form.validate_on_submit():
            return _asking(event, form)
    address = person.address_key(form.email.data)
    if may_write_to(address, "mail"):
        service.ask_for_last_details(event_id, address, page_language(), now=clock.now())
    session["asked"] = masked(form.email.data)
    return redirect(url_for("registrations.last_details", slug=slug, sent="yes"), 303)


@bp.get("/events/<slug>/register/last-details/<token>")
@personal
def filled_form(slug: str, token: str) -> ResponseReturnValue:
    """The form as its person sees it alone; nothing is sent before they press the button."""
    now = clock.now()
    found = queries.entrance(slug, now) or moved_event(slug)
    entrance, places = found
    known = _of_link(token, entrance.id)
    if known is None:
        return _ended(slug)
    form = of_last_details(known, entrance.format, form_class_of(entrance))
    form.renew_key()
    event, door = public_event(slug), entrance.door(places, now)
    kept = places_shown.kept_words(places, event.zone)
    return form_page(event, form, door, places_words(found), kept, is_filled=True)


def _asking(event: Event, form: LinkForm) -> ResponseReturnValue:
    if request.args.get("sent") == "yes" and not form.errors:
        asked = session.get("asked", "")
        return render_template("registrations/details_sent.html", address=asked, event=event)
    page = render_template("registrations/last_details.html", form=form, event=event)
    return page, 422 if form.errors else 200


def _of_link(token: str, event_id: int) -> Registration | None:
    """Whose details they are, while the link holds and the registration still says it."""
    seconds = int(LAST_DETAILS_HOLD.total_seconds())
    try:
        values = tokens.read_within(letters.LAST_DETAILS, token, seconds)
    except BadLink:
        return None
    if len(values) != 3 or values[0] != event_id or not 0 < values[1] <= LARGEST_ID:
        return None
    registration = queries.named(values[1])
    is_theirs = registration is not None and registration.link_code == values[2]
    return registration if is_theirs else None


def _ended(slug: str) -> ResponseReturnValue:
    """The way on is another such link: the one to a registration would fill in nothing."""
    return error_page(
        404,
        _("This link does not work"),
        _("It fills in the form of one event, for two hours. Ask for a new one, or fill in the "
          "form yourself."),
        way=(_("Ask for a new link"), url_for("registrations.last_details", slug=slug)),
    )  # fmt: skip
