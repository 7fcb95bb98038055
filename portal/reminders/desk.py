"""Reminders and thanks at the desk: the rules of an event, and what went out by them."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, labels
from portal.accounts.guards import by
from portal.errors import Refused
from portal.events.guards import guard_event, own_event
from portal.events.service import locked
from portal.forms import ActForm
from portal.i18n import languages, page_language, translated_as
from portal.materials import queries as materials
from portal.questions.queries import second_form
from portal.registrations.models import Registration
from portal.registrations.own_links import token
from portal.reminders import letters, queries, service, shown
from portal.reminders.forms import ReminderForm
from portal.reminders.models import Reminder
from portal.reminders.rules import Kind

bp = Blueprint("reminders_desk", __name__, url_prefix="/desk/events/<slug>/reminders")
guard_event(bp)

TO_CHOOSE_FROM = 20


@bp.get("/")
def index() -> ResponseReturnValue:
    event, runs = own_event(), queries.runs(own_event())
    return render_template(
        "reminders/desk/index.html",
        event=event,
        rules=shown.of_event(event, clock.now()),
        proposed=[
            (labels.REMINDERS[facts["kind"]], shown.timing(Reminder(**facts)))
            for facts in service.usual(event)
        ],
        runs=runs,
        progress=queries.progress(runs),
        names=labels.REMINDERS,
        Kind=Kind,
        asks_again=second_form(event.id) is not None,
        form=ActForm(),
    )


@bp.post("/usual")
def usual() -> ResponseReturnValue:
    """The rules that are proposed, in one press."""
    service.add_usual(own_event(), by=by(), now=clock.now())
    return _to_list()


@bp.route("/new/<any(reminder, soon, thanks, answers):kind>", methods=["GET", "POST"])
def new(kind: str) -> ResponseReturnValue:
    form = ReminderForm(own_event(), Kind(kind), None)
    if form.validate_on_submit():
        facts = {"kind": Kind(kind)} | form.facts
        if _is_taken(form, lambda: service.add(own_event(), facts, by=by(), now=clock.now())):
            return _to_list()
    return _form_page(form, None)


@bp.route("/<int:reminder_id>", methods=["GET", "POST"])
def rule(reminder_id: int) -> ResponseReturnValue:
    """Its moment and its words; of two at one form the second sees what the first changed."""
    reminder = _one(reminder_id)
    form = ReminderForm(own_event(), reminder.kind, reminder)
    if form.is_outdated:
        return _form_page(form, reminder, 409)
    if form.validate_on_submit():
        facts, now = form.facts, clock.now()
        if _is_taken(form, lambda: service.change(reminder, facts, by=by(), now=now)):
            return _to_list()
    return _form_page(form, reminder)


@bp.post("/<int:reminder_id>/state")
def state(reminder_id: int) -> ResponseReturnValue:
    """Switched on or off."""
    on = request.form.get("to") == "on"
    service.switch(_one(reminder_id), on=on, by=by(), now=clock.now())
    return _to_list()


@bp.get("/<int:reminder_id>/preview")
def preview(reminder_id: int) -> ResponseReturnValue:
    """As one of those who would get it now reads it, in each language."""
    event, reminder, now = own_event(), _one(reminder_id), clock.now()
    noted = queries.reach(event, now).noted
    numbers = queries.languages(reminder, until=now, noted=noted)
    count = sum(numbers.values())
    number = min(_number(), max(count, 1))
    person = queries.nth(reminder, number, until=now, noted=noted)
    lang = _language(person)
    return render_template(
        "reminders/desk/preview.html",
        event=event,
        reminder=reminder,
        name=labels.REMINDERS[reminder.kind],
        languages_read=[
            (code, n, translated_as(reminder.words, code)[1] if reminder.words else code)
            for code, n in numbers.items()
        ],
        count=count,
        number=number,
        person=person,
        chosen=lang,
        letter=_letter(reminder, person, lang) if person else None,
        link_is_missing=reminder.lacks_link,
    )


@bp.route("/<int:reminder_id>/removal", methods=["GET", "POST"])
def removal(reminder_id: int) -> ResponseReturnValue:
    reminder, form = _one(reminder_id), ActForm()
    if form.validate_on_submit():
        service.remove(reminder, by=by(), now=clock.now())
        return _to_list()
    found = shown.of_event(own_event(), clock.now())
    return render_template(
        "reminders/desk/removal.html",
        event=own_event(),
        rule=next(each for each in found if each.reminder.id == reminder_id),
        form=form,
    )


@bp.post("/runs/<int:run_id>/attempts")
def attempt(run_id: int) -> ResponseReturnValue:
    """Write once more what could not be written."""
    run = queries.run(own_event(), run_id) or abort(404)
    service.try_failed_again(run, by=by(), now=clock.now())
    return _to_list()


def _is_taken(form: ReminderForm, save: Callable[[], object]) -> bool:
    """Save it; what is refused is said on the form, with all that was typed."""
    try:
        save()
    except Refused as refused:
        form.form_errors = [str(refused)]
        return False
    return True


def _form_page(
    form: ReminderForm, reminder: Reminder | None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "reminders/desk/form.html",
        event=own_event(),
        reminder=reminder,
        name=labels.REMINDERS[form.kind],
        kind=form.kind,
        form=form,
    )
    return page, 422 if form.errors and status == 200 else status


def _letter(reminder: Reminder, person: Registration, lang: str) -> dict[str, str]:
    """The letter without the link that is the person's own: who has it can act for them."""
    found = materials.of_event(own_event()) if reminder.kind.comes_after else []
    written = letters.written(reminder, reminder.words, person, lang, found, clock.now())
    text = written.text.replace(token(person), "…")
    return {"subject": written.subject, "text": text}


def _one(reminder_id: int) -> Reminder:
    """The rule; where this request may change it, held, and the event first as the worker does."""
    changes = request.method == "POST"
    if changes:
        locked(own_event().id)
    return queries.one(own_event(), reminder_id, hold=changes) or abort(404)


def _number() -> int:
    """Which of the people to look at; anything that is no number is the first."""
    typed = request.args.get("person", "1")
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 6
    return max(1, int(typed)) if is_number else 1


def _language(person: Registration | None) -> str:
    """In which language to look at it: the one asked for, else the person's."""
    asked = request.args.get("lang", "")
    if asked in languages():
        return asked
    return person.language if person else page_language()


def _to_list() -> ResponseReturnValue:
    return redirect(url_for("reminders_desk.index", slug=own_event().slug), 303)
