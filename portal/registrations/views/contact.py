"""Who acts for a person, as the person sees it: choose who is told, or take over."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.audit.service import REGISTRANT
from portal.registrations.behalf_forms import ReadersForm
from portal.registrations.service import contacts
from portal.registrations.views.shared import bp, held_registration, own_registration
from portal.web import personal


@bp.route("/registrations/<token>/contact", methods=["GET", "POST"])
@personal
def contact(token: str) -> ResponseReturnValue:
    """The person has the last word on who acts for them."""
    find = held_registration if request.method == "POST" else own_registration
    registration = find(token)
    acting = registration.acting
    if acting is None:
        return redirect(url_for("registrations.own", token=token), 303)
    if request.method == "POST" and "stop" in request.form:
        contacts.stop(registration, by=REGISTRANT, now=clock.now())
        return redirect(url_for("registrations.own", token=token, saved="yes"), 303)
    chosen = {"letters": acting.letters.value, "invites": acting.invites.value}
    form = ReadersForm(data=chosen)
    if not form.validate_on_submit():
        page = render_template(
            "registrations/contact.html",
            form=form, registration=registration, acting=acting, event=registration.event,
            token=token,
        )  # fmt: skip
        return page, 422 if form.errors else 200
    contacts.choose(registration, *form.chosen, by=REGISTRANT, now=clock.now())
    return redirect(url_for("registrations.own", token=token, saved="yes"), 303)
