"""Letters to a selection at the desk: written, looked at, sent, stopped."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, labels
from portal.accounts import queries as accounts
from portal.accounts.guards import by
from portal.circulars import letters, queries, service
from portal.circulars.forms import CircularForm, placeholders, strange_placeholders
from portal.circulars.models import Circular
from portal.circulars.rules import CircularState
from portal.events.guards import guard_event, own_event
from portal.forms import ActForm
from portal.i18n import countries, page_language
from portal.registrations import listing
from portal.registrations.listing import Wish

bp = Blueprint("circulars_desk", __name__, url_prefix="/desk/events/<slug>/letters")
guard_event(bp)

LARGEST_ID = 2**31 - 1
TO_CHOOSE_FROM = 20


@bp.get("/")
def index() -> ResponseReturnValue:
    event = own_event()
    found = queries.of_event(event)
    return render_template(
        "circulars/desk/index.html",
        event=event,
        circulars=found,
        progress=queries.progress(found),
        names=accounts.names_of({each.changed_by for each in found} - {None}),
    )


@bp.post("/")
def begin() -> ResponseReturnValue:
    """A draft to those who were ticked in the list, or to all whom its filter shows."""
    event, selection = own_event(), _selection()
    if selection is None:
        wish = listing.wish_of(request.form) or Wish()
        args = listing.said(wish) | {"slug": event.slug}
        return render_template("circulars/desk/nobody.html", event=event, args=args), 422
    circular = service.begin(event, selection, by=by(), now=clock.now())
    return redirect(_url("show", circular), 303)


@bp.route("/<int:circular_id>", methods=["GET", "POST"])
def show(circular_id: int) -> ResponseReturnValue:
    """A draft is a form; what was sent says how far it is."""
    circular = _held(circular_id) if request.method == "POST" else _one(circular_id)
    if circular.state is not CircularState.DRAFT:
        return _sent_page(circular)
    form = CircularForm(circular)
    if not form.validate_on_submit():
        return _draft_page(circular, form), 422 if form.errors else 200
    if form.revision.data != str(circular.revision):
        form.revision.data = str(circular.revision)
        return _draft_page(circular, form, meanwhile=True), 409
    service.rewrite(
        circular, subject=form.subject.data, body=form.body.data, urgent=form.urgent.data,
        by=by(), now=clock.now(),
    )  # fmt: skip
    return redirect(_url("preview", circular), 303)


@bp.get("/<int:circular_id>/preview")
def preview(circular_id: int) -> ResponseReturnValue:
    circular = _one(circular_id)
    if circular.state is not CircularState.DRAFT:
        return redirect(_url("show", circular))
    return _preview_page(circular)


@bp.post("/<int:circular_id>/sending")
def sending(circular_id: int) -> ResponseReturnValue:
    """Not before its sender has seen the words and the number that it goes out with."""
    circular = _held(circular_id)
    seen = request.form.get("revision"), request.form.get("count")
    count = sum(queries.languages(circular).values())
    if circular.state is CircularState.DRAFT and seen != (str(circular.revision), str(count)):
        return _preview_page(circular, meanwhile=True), 409
    service.send(circular, by=by(), now=clock.now())
    return redirect(_url("show", circular), 303)


@bp.post("/<int:circular_id>/stop")
def stop(circular_id: int) -> ResponseReturnValue:
    circular = _held(circular_id)
    letters.stop(circular, by=by(), now=clock.now())
    return redirect(_url("show", circular), 303)


@bp.post("/<int:circular_id>/attempts")
def attempt(circular_id: int) -> ResponseReturnValue:
    """Write once more what could not be written."""
    circular = _held(circular_id)
    service.try_failed_again(circular, by=by(), now=clock.now())
    return redirect(_url("show", circular), 303)


@bp.route("/<int:circular_id>/removal", methods=["GET", "POST"])
def removal(circular_id: int) -> ResponseReturnValue:
    form = ActForm()
    if form.validate_on_submit():
        service.remove(_held(circular_id), by=by(), now=clock.now())
        return redirect(url_for("circulars_desk.index", slug=own_event().slug), 303)
    circular = _one(circular_id)
    return render_template(
        "circulars/desk/removal.html", event=own_event(), circular=circular, form=form
    )


def _selection() -> dict[str, Any] | None:
    """Ids, or codes of the filter; words of a search may be a name and are made ids at once.

    None where nobody is ticked, or somebody who is not in the list (any more).
    """
    event = own_event()
    if request.form.get("scope") != "all":
        typed = set(request.form.getlist("id"))
        people = listing.some(event, sorted(int(each) for each in typed if _is_id(each)))
        is_whole = len(people) == len(typed)
        return {"ids": [each.id for each in people]} if people and is_whole else None
    wish = listing.wish_of(request.form) or abort(404)
    if wish.words:
        return {"ids": listing.all_ids(event, wish)}
    return {name: code for name, code in listing.filter_codes(wish).items() if code}


def _is_id(typed: str) -> bool:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 10
    return is_number and int(typed) <= LARGEST_ID


def _one(circular_id: int) -> Circular:
    if circular_id > LARGEST_ID:
        abort(404)
    return queries.one(own_event(), circular_id) or abort(404)


def _held(circular_id: int) -> Circular:
    if circular_id > LARGEST_ID:
        abort(404)
    return queries.held(own_event(), circular_id) or abort(404)


def _url(page: str, circular: Circular) -> str:
    return url_for(f"circulars_desk.{page}", slug=own_event().slug, circular_id=circular.id)


def _draft_page(circular: Circular, form: CircularForm, *, meanwhile: bool = False) -> str:
    languages = queries.languages(circular)
    return render_template(
        "circulars/desk/draft.html",
        event=own_event(),
        circular=circular,
        form=form,
        count=sum(languages.values()),
        languages=languages,
        whom=_whom(circular),
        placeholders=placeholders(),
        strange=strange_placeholders(circular),
        meanwhile=meanwhile,
    )


def _preview_page(circular: Circular, *, meanwhile: bool = False) -> str:
    languages = queries.languages(circular)
    count = sum(languages.values())
    number = min(_number(), max(count, 1))
    person = queries.nth(circular, number)
    return render_template(
        "circulars/desk/preview.html",
        event=own_event(),
        circular=circular,
        form=ActForm(),
        count=count,
        mailboxes=queries.mailboxes(circular),
        languages=[
            (lang, n, letters.language_for(circular, lang)) for lang, n in languages.items()
        ],
        person=person,
        number=number,
        names=queries.first_names(circular, TO_CHOOSE_FROM),
        words=letters.words_to_look_at(circular, person) if person and circular.body else None,
        strange=strange_placeholders(circular),
        meanwhile=meanwhile,
    )


def _sent_page(circular: Circular) -> str:
    return render_template(
        "circulars/desk/show.html",
        event=own_event(),
        circular=circular,
        progress=queries.progress([circular])[circular.id],
        names=accounts.names_of({circular.made_by, circular.changed_by} - {None}),
        form=ActForm(),
    )


def _number() -> int:
    """Which of the recipients to look at; anything that is no number is the first."""
    typed = request.args.get("person", "1")
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= 6
    return max(1, int(typed)) if is_number else 1


def _whom(circular: Circular) -> Sequence[str]:
    """The filter of a draft in words."""
    chosen = circular.selection
    if "ids" in chosen:
        return [_("chosen in the list")]
    said = {
        "status": labels.STATUSES,
        "stakeholder_group": labels.STAKEHOLDER_GROUPS,
        "attendance": labels.ATTENDANCE,
        "country": dict(countries(page_language())),
        "unreached": {"yes": _("could not be reached")},
        "attended": {"yes": _("attended"), "no": _("had a place, did not attend")},
        "second": {
            "answered": _("have answered the second form"),
            "open": _("have not answered the second form"),
        },
    }
    words = [str(said[name].get(code, code)) for name, code in chosen.items() if name in said]
    return words or [_("everybody in the list, also who declined or withdrew")]
