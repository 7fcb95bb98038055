"""An event's questions at the desk."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, labels, uploads
from portal.accounts.guards import by
from portal.events.guards import guard_event, own_event
from portal.events.service import locked
from portal.forms import ActForm, Form
from portal.i18n import languages
from portal.questions import queries, rules, service, shown
from portal.questions.forms import asking
from portal.questions.models import Question
from portal.questions.rules import Kind
from portal.questions.wording import QuestionForm, earlier

bp = Blueprint("questions_desk", __name__, url_prefix="/desk/events/<slug>/questions")
guard_event(bp)
LARGEST = 2**31 - 1


class PreviewForm(Form):
    """What people see; nobody sends it."""

    class Meta(Form.Meta):
        csrf = False


@bp.get("/")
def index() -> ResponseReturnValue:
    """What is asked, in its order, and what each language still lacks."""
    event = own_event()
    asked = queries.asked(event.id)
    lacks = rules.gaps(asked, languages())
    return render_template(
        "questions/desk/index.html",
        event=event,
        asked=asked,
        languages=[(code, lacks[code], _spoken(asked, code)) for code in languages()],
        answered=queries.answered_numbers(event.id),
        taken=queries.taken(event.id),
        condition_words=shown.condition_words,
        words=shown.words,
        plain=shown.plain,
        spoken_in=shown.language_of(asked),
        labels=labels,
        kinds=_kinds(),
        form=ActForm(),
    )


@bp.route("/new/<question_kind>", methods=["GET", "POST"])
def new(question_kind: str) -> ResponseReturnValue:
    if question_kind not in _kinds():
        abort(404)
    _hold()
    asked = queries.asked(own_event().id)
    return _form(QuestionForm(Kind(question_kind), earlier(asked, None), None), None)


@bp.route("/<int:question_number>", methods=["GET", "POST"])
def question(question_number: int) -> ResponseReturnValue:
    _hold()
    found = _one(question_number)
    asked = queries.asked(own_event().id)
    form = QuestionForm(found.kind, earlier(asked, found.number), found.asked)
    return _form(form, found)


@bp.route("/<int:question_number>/removal", methods=["GET", "POST"])
def removal(question_number: int) -> ResponseReturnValue:
    _hold()
    found, form, event = _one(question_number), ActForm(), own_event()
    if form.validate_on_submit():
        service.remove(event, found, by=by(), now=clock.now())
        return _to_list()
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
    return _to_list()


@bp.get("/preview/<lang>")
def preview() -> ResponseReturnValue:
    """As people see it, in one of the languages."""
    if g.lang not in languages():
        abort(404)
    event = own_event()
    asked = queries.asked(event.id)
    return render_template(
        "questions/desk/preview.html",
        event=event,
        form=asking(PreviewForm, asked, queries.full(event.id, asked))(),
        codes=languages(),
    )


def _form(form: QuestionForm, found: Question | None) -> ResponseReturnValue:
    if request.method == "POST" and "more" in request.form:
        form.add_option()
        return _page(form, found)
    if not form.validate_on_submit():
        return _page(form, found), 422 if form.errors else 200
    if found is not None and form.version.data != str(found.version):
        form.version.data = str(found.version)
        form.form_errors = [
            _("Somebody else has changed this question meanwhile. Nothing that you typed is lost, "
              "and nothing is saved yet: compare, and save again.")
        ]  # fmt: skip
        return _page(form, found, meanwhile=True), 409
    if found is None:
        service.add(own_event(), form.kind, form.facts, by=by(), now=clock.now())
    else:
        service.change(own_event(), found, form.facts, by=by(), now=clock.now())
    return _to_list()


def _page(form: QuestionForm, found: Question | None, *, meanwhile: bool = False) -> str:
    return render_template(
        "questions/desk/form.html",
        event=own_event(), question=found, form=form, labels=labels, meanwhile=meanwhile,
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


def _to_list() -> ResponseReturnValue:
    return redirect(url_for("questions_desk.index", slug=own_event().slug), 303)
