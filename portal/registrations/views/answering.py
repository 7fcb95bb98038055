"""One's own answers to the event's questions: given later, or changed."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.audit.service import REGISTRANT
from portal.db import looking
from portal.extensions import csrf
from portal.forms import Form
from portal.questions import queries as questions
from portal.questions.forms import Asking, asking, known
from portal.questions.service.answers import Full, Outdated
from portal.registrations.models import Registration
from portal.registrations.service import answers as answering
from portal.registrations.views.shared import bp, own_registration
from portal.web import personal


class AnswersForm(Form):
    """The event's questions alone."""


@bp.route("/registrations/<token>/answers", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def answers(token: str) -> ResponseReturnValue:
    with looking():
        registration = own_registration(token)
        form = _form(registration)
        if form is None or not registration.may_answer(clock.now()):
            return redirect(url_for("registrations.own", token=token))
        if not form.validate_on_submit():
            return _page(registration, form, token)
    registration = own_registration(token)
    try:
        answering.change(registration, form.answers, by=REGISTRANT, now=clock.now())
    except (Full, Outdated) as no:
        anew = _form(registration) or form
        anew.validate()
        anew.refuse(no)
        return _page(registration, anew, token)
    where = url_for("registrations.own", token=token, saved="answers", ignored=form.ignored)
    return redirect(where, 303)


def _form(registration: Registration) -> Asking | None:
    """Filled with what was answered before; nothing where nothing is asked."""
    event = registration.event
    asked = questions.asked(event.id) if event.asks else []
    if not asked:
        return None
    given = questions.given(registration.id)
    full = questions.full(event.id, asked) - questions.held_by(given)
    form = asking(AnswersForm, asked, full)(data=known(asked, given))
    return form if isinstance(form, Asking) else None


def _page(registration: Registration, form: Asking, token: str) -> ResponseReturnValue:
    page = render_template(
        "registrations/answers.html",
        form=form, registration=registration, event=registration.event, token=token,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200
