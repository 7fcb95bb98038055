"""The second form at the desk: opened, its date, and those reminded who have not answered."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.guards import by
from portal.afterwards import overview, queries
from portal.afterwards.forms import DateForm, ReminderNowForm
from portal.errors import Refused
from portal.events.guards import guard_event, own_event
from portal.events.service import locked
from portal.questions import queries as questions
from portal.questions.models import SecondForm
from portal.questions.service import second

bp = Blueprint("second_form_desk", __name__, url_prefix="/desk/events/<slug>/second-form")
guard_event(bp)


@bp.route("/opening", methods=["GET", "POST"])
def opening() -> ResponseReturnValue:
    """To how many it says so, and until when they should answer."""
    event, now = own_event(), clock.now()
    found = overview.of(event, now)
    form = DateForm(event, None, now)
    if form.validate_on_submit():
        second.open_form(locked(event.id), form.moment, by=by(), now=now)
        return _back()
    page = render_template(
        "afterwards/desk/opening.html",
        event=event, form=form, overview=found, count=queries.to_ask(event.id),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.route("/date", methods=["GET", "POST"])
def date() -> ResponseReturnValue:
    """Another date until when answers are wanted."""
    event, now, found = own_event(), clock.now(), _open_form()
    form = DateForm(event, found.deadline(event.starts_at, event.zone), now)
    if form.validate_on_submit():
        locked(event.id)
        second.move(found, form.moment, event, by=by(), now=now)
        return _back()
    page = render_template("afterwards/desk/date.html", event=event, form=form)
    return page, 422 if form.errors else 200


@bp.route("/reminder", methods=["GET", "POST"])
def reminder() -> ResponseReturnValue:
    """Who has not answered is written to now; before that, how many they are."""
    event, now, form = own_event(), clock.now(), ReminderNowForm()
    if form.is_submitted():
        locked(event.id)
    found = _open_form()
    if form.validate_on_submit():
        if form.last.data != _last(found):
            raise Refused(_("Somebody else has just sent a reminder."))
        second.remind(found, event, by=by(), now=now)
        return _back()
    form.last.data = _last(found)
    return render_template(
        "afterwards/desk/reminder.html",
        event=event, form=form, count=queries.to_remind(event.id, now), found=found,
        overview=overview.of(event, now),
    )  # fmt: skip


def _last(found: SecondForm) -> str:
    return found.remind_asked_at.isoformat() if found.remind_asked_at else "none"


def _open_form() -> SecondForm:
    return questions.second_form(own_event().id) or abort(404)


def _back() -> ResponseReturnValue:
    where = url_for("questions_desk.index", slug=own_event().slug, stage="second")
    return redirect(where, 303)
