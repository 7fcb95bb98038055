"""One's own answers to the event's questions, of either form: given later, or changed."""

from collections.abc import Sequence
from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.audit.service import REGISTRANT
from portal.db import looking
from portal.extensions import csrf
from portal.forms import Form
from portal.questions import queries as questions
from portal.questions.forms import Asking, asking, known
from portal.questions.queries import Answered
from portal.questions.rules import Asked, Stage, for_person
from portal.questions.service.answers import Full, Outdated
from portal.registrations import answers as answered
from portal.registrations.models import Registration
from portal.registrations.second_form import date_of
from portal.registrations.service import answers as answering
from portal.registrations.views.closed import closed_page
from portal.registrations.views.shared import bp, own_registration
from portal.web import personal

TEMPLATES = {
    Stage.FIRST: "registrations/answers.html",
    Stage.SECOND: "registrations/second_form.html",
}


class AnswersForm(Form):
    """The event's questions alone."""


@bp.route("/registrations/<token>/answers", methods=["GET", "POST"])
@csrf.exempt  # the form checks its token itself, so that a stale one loses nothing
@personal
def answers(token: str) -> ResponseReturnValue:
    return _answers(token, Stage.FIRST)


@bp.route("/registrations/<token>/second-form", methods=["GET", "POST"])
@csrf.exempt  # as above
@personal
def second_form(token: str) -> ResponseReturnValue:
    """What is asked of who has a place; the letter about it leads here."""
    return _answers(token, Stage.SECOND)


def _answers(token: str, stage: Stage) -> ResponseReturnValue:
    with looking():
        registration = own_registration(token)
        form = _form(registration, stage)
        if form is None and request.method != "POST":
            return redirect(url_for("registrations.own", token=token))
        if form is None or not answering.may_answer(registration, stage, clock.now()):
            return closed_page(registration, token, stage)
        if not form.validate_on_submit():
            return _page(registration, form, token, stage)
    registration = own_registration(token)
    try:
        fallen = answering.change(
            registration, form.answers, stage=stage, by=REGISTRANT, now=clock.now()
        )
    except (Full, Outdated) as no:
        anew = _form(registration, stage) or form
        anew.validate()
        anew.refuse(no)
        return _page(registration, anew, token, stage)
    ignored = sorted({*form.ignored, *fallen})
    return redirect(
        url_for("registrations.own", token=token, saved="answers", ignored=ignored), 303
    )


def _form(registration: Registration, stage: Stage) -> Asking | None:
    """Filled with what was answered before; nothing where nothing is asked."""
    event = registration.event
    every = questions.every(event.id) if event.asks else []
    asked = [each for each in every if each.stage is stage]
    if not asked:
        return None
    given = questions.given(registration.id)
    if stage is Stage.SECOND:
        if questions.second_form(event.id) is None:
            return None
        first = [each for each in every if each.stage is Stage.FIRST]
        asked = for_person(asked, first, answering.values_of(given))
    asked = _not_pressed(asked, given)
    full = questions.full(event.id, asked) - questions.held_by(given)
    form = asking(AnswersForm, asked, full)(data=known(asked, given))
    return form if isinstance(form, Asking) else None


def _not_pressed(asked: Sequence[Asked], given: Sequence[Answered]) -> list[Asked]:
    """Who took a needed consent back can still change their other answers."""
    taken_back = {each.question.id for each in given if each.was_taken_back}
    return [replace(each, required=False) if each.id in taken_back else each for each in asked]


def _page(
    registration: Registration, form: Asking, token: str, stage: Stage
) -> ResponseReturnValue:
    event = registration.event
    found = questions.second_form(event.id) if stage is Stage.SECOND else None
    until = date_of(found, event) if found else None
    page = render_template(
        TEMPLATES[stage],
        form=form, registration=registration, event=event, token=token,
        until=until, is_late=until is not None and until <= clock.now(),
        full=answered.full_words(
            [each for each in questions.given(registration.id) if each.question.stage is stage]
        ),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200
