"""The desk's pages of news and calls."""

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts.guards import by, guard_library
from portal.db import LARGEST_ID
from portal.forms import ActForm
from portal.i18n import languages
from portal.news import page as item_page
from portal.news import queries, service
from portal.news.act_forms import (
    CorrectionForm,
    DeadlineForm,
    ExtensionForm,
    NewItemForm,
    PublicationForm,
    WithdrawalForm,
)
from portal.news.forms import CONTACT_ROWS, DOOR_ROWS, ItemForm
from portal.news.models import Item
from portal.news.shown import NEEDS, Shown
from portal.site import absolute
from portal.web import page_number

bp = Blueprint("news_desk", __name__, url_prefix="/desk/news")
guard_library(bp, _l("News and calls"))

ON_A_PAGE = 50


@bp.get("/")
def index() -> ResponseReturnValue:
    """Everything that was ever written, the last first."""
    number, now = page_number(), clock.now()
    last = max(1, -(-queries.count_all() // ON_A_PAGE))
    if number > last:
        abort(404)
    items = queries.all_items(first=(number - 1) * ON_A_PAGE, most=ON_A_PAGE)
    shown = [Shown(each, now) for each in items]
    return render_template("news/desk/index.html", items=shown, number=number, last=last)


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """What it is and how it is called; then one writes it."""
    form = NewItemForm()
    if form.validate_on_submit():
        zone = {"zone": _house_zone()}
        item = service.create(form.facts | zone, by=by(), now=clock.now())
        return redirect(url_for("news_desk.texts", item_id=item.id), 303)
    page = render_template("news/desk/new.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/<item_id>/")
def show(item_id: str) -> ResponseReturnValue:
    """How an item stands, and what can be done with it."""
    item, now = _item(item_id), clock.now()
    return render_template(
        "news/desk/show.html",
        item=item,
        one=Shown(item, now),
        checklist=service.checklist(item, now),
        needs=NEEDS,
        form=ActForm(),
    )


@bp.route("/<item_id>/texts", methods=["GET", "POST"])
def texts(item_id: str) -> ResponseReturnValue:
    """All that is written of it; two who write at once lose nothing."""
    item = _held(item_id)
    form = ItemForm(item)
    status = 409 if form.is_submitted() and form.is_outdated else 200
    if status == 200 and form.validate_on_submit():
        service.edit(item, form.facts, by=by(), now=clock.now())
        return redirect(url_for("news_desk.show", item_id=item.id, saved="yes"), 303)
    page = render_template(
        "news/desk/texts.html",
        item=item, form=form, door_rows=DOOR_ROWS, contact_rows=CONTACT_ROWS,
    )  # fmt: skip
    return page, 422 if form.errors and status == 200 else status


@bp.get("/<item_id>/preview/<lang>")
def preview(item_id: str) -> ResponseReturnValue:
    """The public page as it is or would be, in one of the languages."""
    item = _item(item_id)
    if g.lang not in languages():
        abort(404)
    g.same_page = ("news_desk.preview", {"item_id": item.id})
    values = item_page.values(Shown(item, clock.now()), absolute=absolute)
    return render_template("news/desk/preview.html", **values)


@bp.route("/<item_id>/publication", methods=["GET", "POST"])
def publication(item_id: str) -> ResponseReturnValue:
    """To the public: now, or at a time on the item's clock."""
    item, now = _held(item_id), clock.now()
    form = PublicationForm(item)
    if form.validate_on_submit():
        service.publish(item, form.publish_at.data, by=by(), now=now)
        return _to_item(item)
    page = render_template(
        "news/desk/publication.html",
        item=item, form=form, checklist=service.checklist(item, now), needs=NEEDS,
        missing=service.missing(item, now), act_form=ActForm(),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/<item_id>/publication/withdrawal")
def no_publication(item_id: str) -> ResponseReturnValue:
    """What was planned does not happen."""
    item = _held(item_id)
    service.plan_no_more(item, by=by(), now=clock.now())
    return _to_item(item)


@bp.route("/<item_id>/extension", methods=["GET", "POST"])
def extension(item_id: str) -> ResponseReturnValue:
    """A later deadline, which everybody sees."""
    item, now = _held(item_id), clock.now()
    form = ExtensionForm(item)
    if form.validate_on_submit() and form.closes_at.data:
        service.extend(item, form.closes_at.data, whole_day=form.whole_day.data, by=by(), now=now)
        return _to_item(item)
    page = render_template("news/desk/extension.html", item=item, form=form, one=Shown(item, now))
    return page, 422 if form.errors else 200


@bp.route("/<item_id>/deadline", methods=["GET", "POST"])
def deadline(item_id: str) -> ResponseReturnValue:
    """Another deadline, since the public one was wrong."""
    item, now = _held(item_id), clock.now()
    form = DeadlineForm(item)
    if form.validate_on_submit() and form.closes_at.data:
        whole_day, note = form.whole_day.data, form.note.data
        service.correct_deadline(
            item, form.closes_at.data, whole_day=whole_day, note=note, by=by(), now=now
        )
        return _to_item(item)
    page = render_template("news/desk/deadline.html", item=item, form=form, one=Shown(item, now))
    return page, 422 if form.errors else 200


@bp.route("/<item_id>/correction", methods=["GET", "POST"])
def correction(item_id: str) -> ResponseReturnValue:
    """What was wrong in public, said for good."""
    item, form = _held(item_id), CorrectionForm()
    if form.validate_on_submit():
        service.correct(item, form.note.data, by=by(), now=clock.now())
        return _to_item(item)
    page = render_template("news/desk/correction.html", item=item, form=form)
    return page, 422 if form.errors else 200


@bp.route("/<item_id>/withdrawal", methods=["GET", "POST"])
def withdrawal(item_id: str) -> ResponseReturnValue:
    """Away with what is public, for good."""
    item, form = _held(item_id), WithdrawalForm()
    if form.validate_on_submit():
        service.withdraw(item, form.why.data, by=by(), now=clock.now())
        return _to_item(item)
    page = render_template("news/desk/withdrawal.html", item=item, form=form)
    return page, 422 if form.errors else 200


@bp.route("/<item_id>/removal", methods=["GET", "POST"])
def removal(item_id: str) -> ResponseReturnValue:
    """Away with a draft."""
    item, form = _held(item_id), ActForm()
    if form.validate_on_submit():
        service.remove(item, by=by(), now=clock.now())
        return redirect(url_for("news_desk.index"), 303)
    return render_template("news/desk/removal.html", item=item, form=form)


def _item(number: str) -> Item:
    is_id = number.isascii() and number.isdigit() and len(number) <= 10
    if not is_id or int(number) > LARGEST_ID:
        abort(404)
    return queries.item(int(number)) or abort(404)


def _held(number: str) -> Item:
    """Who writes has it as it is now, and holds it, so that two acts do not cross."""
    item = _item(number)
    return service.locked(item.id) if request.method == "POST" else item


def _to_item(item: Item) -> ResponseReturnValue:
    return redirect(url_for("news_desk.show", item_id=item.id), 303)


def _house_zone() -> str:
    zone: str = current_app.extensions["site"].zone
    return zone
