"""An event's questions at the desk."""

from collections.abc import Sequence

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, labels, uploads
from portal.accounts.guards import by
from portal.afterwards import overview
from portal.events.guards import guard_event, own_event
from portal.events.service import locked
from portal.forms import ActForm, Form
from portal.i18n import languages
from portal.questions import queries, ready_made, rules, service, shown
from portal.questions.forms import asking
from portal.questions.models import Question
from portal.questions.rules import Kind, Stage
from portal.questions.service import second
from portal.questions.wording import QuestionForm, earlier

bp = Blueprint("questions_desk", __name__, url_prefix="/desk/events/<slug>/questions")
guard_event(bp)
LARGEST = 2**31 - 1


class PreviewForm(Form):
    """What people see; nobody sends it."""

    class Meta(Form.Meta):
        csrf = False


@bp.get("/", defaults={"stage": "first"})
@bp.get("/<any(second):stage>/")
def index(stage: str) -> ResponseReturnValue:
    """What one of the forms asks, in its order, and what each language still lacks."""
    event, now = own_event(), clock.now()
    every = queries.every(event.id)
    asked = _of_form(every, stage)
    lacks = rules.gaps(asked, languages())
    return render_template(
        "questions/desk/index.html",
        event=event,
        stage=stage,
        overview=overview.of(event, now) if stage == Stage.SECOND else None,
        asked=asked,
        every=every,
        languages=[(code, lacks[code], _spoken(asked, code)) for code in languages()],
        answered=queries.answered_numbers(event.id),
        taken=queries.taken(event.id),
        condition_words=shown.condition_words,
        words=shown.words,
        plain=shown.plain,
        titles={each.number: each.label for each in asked},
        spoken_in=shown.language_of(asked),
        labels=labels,
        kinds=_kinds(),
        asks_for_account=ready_made.asks_for_account,
        form=ActForm(),
    )


@bp.route("/new/<question_kind>", methods=["GET", "POST"], defaults={"stage": "first"})
@bp.route("/<any(second):stage>/new/<question_kind>", methods=["GET", "POST"])
def new(question_kind: str, stage: str) -> ResponseReturnValue:
    if question_kind not in _kinds():
        abort(404)
    _hold()
    before = _of_form(queries.every(own_event().id), stage, with_first=True)
    form = QuestionForm(Kind(question_kind), earlier(before, None), None)
    return _form(form, None, Stage(stage))


@bp.post("/second/usual")
def usual() -> ResponseReturnValue:
    """The ready-made questions of the second form, in one press."""
    _hold()
    second.add_usual(own_event(), by=by(), now=clock.now())
    return _to_list(Stage.SECOND)


@bp.route("/<int:question_number>", methods=["GET", "POST"])
def question(question_number: int) -> ResponseReturnValue:
    _hold()
    found = _one(question_number)
    before = _of_form(queries.every(own_event().id), found.stage, with_first=True)
    form = QuestionForm(found.kind, earlier(before, found.number), found.asked)
    return _form(form, found, found.stage)


@bp.route("/<int:question_number>/removal", methods=["GET", "POST"])
def removal(question_number: int) -> ResponseReturnValue:
    _hold()
    found, form, event = _one(question_number), ActForm(), own_event()
    if form.validate_on_submit():
        service.remove(event, found, by=by(), now=clock.now())
        return _to_list(found.stage)
    return render_template(
        "questions/desk/removal.html",
        event=event, question=found, form=form,
        answers=queries.answered_numbers(event.id).get(found.number, 0),
    )  # fmt: skip


@bp.post("/<int:question_number>/place")
def place(question_number: int) -> ResponseReturnValue:
    """One further up or down in the list."""
    _hold()
    earlier_in_list = request.form.get("to") == "earlier"
    found = _one(question_number)
    service.place(own_event(), found, earlier=earlier_in_list, by=by(), now=clock.now())
    return _to_list(found.stage)


@bp.get("/preview/<lang>", defaults={"stage": "first"})
@bp.get("/<any(second):stage>/preview/<lang>")
def preview(stage: str) -> ResponseReturnValue:
    """As people see it, in one of the languages."""
    if g.lang not in languages():
        abort(404)
    event = own_event()
    asked = _of_form(queries.every(event.id), stage)
    return render_template(
        "questions/desk/preview.html",
        event=event,
        stage=stage,
        form=asking(PreviewForm, asked, queries.full(event.id, asked))(),
        codes=languages(),
    )


def _form(form: QuestionForm, found: Question | None, stage: Stage) -> ResponseReturnValue:
    if request.method == "POST" and "more" in request.form:
        form.add_option()
        return _page(form, found, stage)
    if not form.validate_on_submit():
        return _page(form, found, stage), 422 if form.errors else 200
    if found is not None and form.version.data != str(found.version):
        form.version.data = str(found.version)
        form.form_errors = [
            _("Somebody else has changed this question meanwhile. Nothing that you typed is lost, "
              "and nothing is saved yet: compare, and save again.")
        ]  # fmt: skip
        return _page(form, found, stage, meanwhile=True), 409
    if found is None:
        service.add(own_event(), form.kind, form.facts, stage=stage, by=by(), now=clock.now())
    else:
        service.change(own_event(), found, form.facts, by=by(), now=clock.now())
    return _to_list(stage)


def _page(
    form: QuestionForm, found: Question | None, stage: Stage, *, meanwhile: bool = False
) -> str:
    return render_template(
        "questions/desk/form.html",
        event=own_event(), question=found, form=form, labels=labels, meanwhile=meanwhile,
        stage=stage,
        date_is_over=stage is Stage.SECOND and overview.date_is_over(own_event(), clock.now()),
        is_answered=found is not None and queries.is_answered(found.id),
    )  # fmt: skip


def _kinds() -> list[Kind]:
    """Files only where whoever runs the portal wants to keep any."""
    return [each for each in Kind if each is not Kind.FILE or uploads.settings().answer_files]


def _spoken(asked: list[rules.Asked], code: str) -> str:
    return rules.spoken(asked, code, languages())


def _hold() -> None:
    if request.method == "POST":
        locked(own_event().id)


def _one(number: int) -> Question:
    return queries.one(own_event().id, min(number, LARGEST)) or abort(404)


def _of_form(
    every: Sequence[rules.Asked], stage: str, *, with_first: bool = False
) -> list[rules.Asked]:
    """The questions of one form; before those of the second can stand those of the first."""
    first = [each for each in every if each.stage is Stage.FIRST]
    if stage == Stage.FIRST:
        return first
    second_ones = [each for each in every if each.stage is Stage.SECOND]
    return first + second_ones if with_first else second_ones


def _to_list(stage: Stage) -> ResponseReturnValue:
    return redirect(url_for("questions_desk.index", slug=own_event().slug, stage=stage.value), 303)
