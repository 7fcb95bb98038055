"""The verbs that change the truth of news and calls."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal.audit.service import WORKER, Actor, record
from portal.db import db, for_update
from portal.errors import Gone, Refused
from portal.i18n import Translated
from portal.news import queries, rules
from portal.news.models import Correction, Extension, Item, OldSlug
from portal.news.rules import Need, State, end_of_day
from portal.wall_clock import zones

ADDRESS_TAKEN = _l("Another item has or had this address. Choose another.")
DEADLINE = ("zone", "opens_at", "closes_at", "whole_day")
"""What nobody changes silently once it is public: see `extend` and `correct_deadline`."""
TOLD = {
    "title", "summary", "text", "doors", "languages", "responsible", "carried_out_by",
    "eligibility", "minutes_from", "minutes_to",
}  # fmt: skip
"""What an item says; who reads it again sees on which day that changed."""
TOO_LATE = _l("It would go public after its call has closed. Choose an earlier time.")


def locked(item_id: int) -> Item:
    """The item as it is now, held until the end of the transaction."""
    question = for_update(select(Item).where(Item.id == item_id))
    item = db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()
    if item is None:
        raise Gone(_("This draft has just been deleted."))
    return item


def create(facts: dict[str, Any], *, by: Actor, now: datetime) -> Item:
    """A draft."""
    item = Item(created_at=now, updated_at=now, state=State.DRAFT, **facts)
    _check(item)
    _ensure_free(item.slug)
    db.session.add(item)
    _flush_address()
    record("news.created", item, by=by, now=now)
    return item


def edit(item: Item, facts: dict[str, Any], *, by: Actor, now: datetime) -> bool:
    """Other words; of a public item the deadline stays. Answers whether anything differed."""
    _refuse_withdrawn(item)
    changed = sorted(name for name, value in facts.items() if getattr(item, name) != value)
    if item.state is State.PUBLISHED and set(changed) & set(DEADLINE):
        raise Refused(_("The deadline is public. Extend it, so that everybody sees that it moved."))
    if not changed:
        return False
    before = item.slug
    for name in changed:
        setattr(item, name, facts[name])
    _check(item)
    if item.state is State.PUBLISHED and missing(item, now):
        raise Refused(_("The item is public: what it needed to be published, it keeps."))
    if is_too_late(item, item.publish_at):
        raise Refused(str(TOO_LATE))
    if item.slug != before:
        _leave_old_address(item, before)
    if item.state is State.PUBLISHED and TOLD.intersection(changed):
        item.changed_at = now
    _changed(item, "news.changed", by=by, now=now, fields=changed)
    return True


def checklist(item: Item, now: datetime, facts: Mapping[str, Any] | None = None) -> list[Need]:
    """What the item needs before it is public, met or not; also as it would be with `facts`."""
    planned = {name: getattr(item, name) for name in _NEEDED} | {
        name: value for name, value in (facts or {}).items() if name in _NEEDED
    }
    said: dict[str, Any] = {name: bool(planned.pop(name)) for name in _SAID}
    return rules.needs(**planned, **said, now=now)


_SAID = ("title", "summary", "text", "responsible", "languages")
_NEEDED = (*_SAID, "kind", "opens_at", "closes_at", "contacts", "doors")


def missing(item: Item, now: datetime) -> list[str]:
    """Codes of what keeps the item from being published."""
    return [need.code for need in checklist(item, now) if not need.is_met]


def publish(item: Item, at: datetime | None = None, *, by: Actor, now: datetime) -> None:
    """Now, or at a time that is still to come; a time that was set before is replaced."""
    _refuse_what_is_not_ready(item, now)
    if at is None:
        _publish(item, by=by, now=now)
    elif at <= now:
        raise Refused(_("Choose a time from now on."))
    elif is_too_late(item, at):
        raise Refused(str(TOO_LATE))
    else:
        item.publish_at, item.publish_missed_at = at, None
        record("news.publication_planned", item, by=by, now=now)


def is_too_late(item: Item, at: datetime | None, closes_at: datetime | None = None) -> bool:
    """Whether nobody could answer the call any more when it goes public by itself."""
    closes_at = closes_at or item.closes_at
    return item.is_call and at is not None and closes_at is not None and at >= closes_at


def plan_no_more(item: Item, *, by: Actor, now: datetime) -> None:
    """It does not go public by itself."""
    if item.publish_at is None:
        raise Refused(_("Nothing is planned for this item."))
    item.publish_at = None
    record("news.publication_withdrawn", item, by=by, now=now)


def publish_when_due(item: Item, now: datetime) -> None:
    """Its time has come; what is missing keeps it a draft, and the desk says so."""
    if item.state is not State.DRAFT or item.publish_at is None or item.publish_at > now:
        return
    if missing(item, now):
        item.publish_missed_at, item.publish_at = item.publish_at, None
        record("news.publication_missed", item, by=WORKER, now=now)
    else:
        _publish(item, by=WORKER, now=now)


def extend(item: Item, closes_at: datetime, *, whole_day: bool, by: Actor, now: datetime) -> None:
    """A later deadline, which the page, lists and feeds show beside the earlier one."""
    if item.state is not State.PUBLISHED or item.closes_at is None:
        raise Refused(_("Only a public call has a deadline that can be extended."))
    after = end_of_day(closes_at, item.zone) if whole_day else closes_at
    if after <= item.closes_at:
        raise Refused(_("The new deadline has to be later than the one that is public."))
    if after <= now:
        raise Refused(_("The new deadline is in the past."))
    _move(item, after, whole_day, {}, now)
    _changed(item, "news.extended", by=by, now=now)


def correct_deadline(
    item: Item, closes_at: datetime, *, whole_day: bool, note: Translated, by: Actor, now: datetime
) -> None:
    """Another deadline, earlier or later, since the public one was wrong; the note says why."""
    if item.state is not State.PUBLISHED or item.closes_at is None:
        raise Refused(_("Only a public call has a deadline that can be corrected."))
    after = end_of_day(closes_at, item.zone) if whole_day else closes_at
    if (after, whole_day) == (item.closes_at, item.whole_day):
        raise Refused(_("This is the deadline that is public."))
    _move(item, after, whole_day, note, now)
    _check(item)
    _changed(item, "news.deadline_corrected", by=by, now=now)


def _move(item: Item, after: datetime, whole_day: bool, note: Translated, now: datetime) -> None:
    """The deadline is another, and both are kept; a call that is open again needs its doors."""
    before, before_whole_day = item.closes_at, item.whole_day
    assert before is not None  # noqa: S101
    item.extensions.append(Extension(
        item_id=item.id, before=before, before_whole_day=before_whole_day,
        after=after, after_whole_day=whole_day, at=now, note=note,
    ))  # fmt: skip
    item.closes_at, item.whole_day = after, whole_day
    if after > now and not_linked(item):
        raise Refused(_("Its doors have no links. Write them first, then extend the deadline."))


def not_linked(item: Item) -> bool:
    """Whether a door of the call leads nowhere."""
    return not all(door["links"] for door in item.doors)


def correct(item: Item, note: Translated, *, by: Actor, now: datetime) -> None:
    """Say in a public item what was wrong; it stands there for good."""
    if item.state is not State.PUBLISHED:
        raise Refused(_("Only what is public can have a correction."))
    item.corrections.append(Correction(item_id=item.id, note=note, at=now))
    _changed(item, "news.corrected", by=by, now=now)


def withdraw(item: Item, why: Translated, *, by: Actor, now: datetime) -> None:
    """Take a public item away for good: lists do not have it, its page and feeds say why."""
    if item.state is not State.PUBLISHED:
        raise Refused(_("Only what is public can be withdrawn."))
    item.state, item.withdrawn_at, item.withdrawn_why = State.WITHDRAWN, now, why
    item.contacts = []
    _changed(item, "news.withdrawn", by=by, now=now)


def remove(item: Item, *, by: Actor, now: datetime) -> None:
    """Delete a draft; what was public once is withdrawn instead."""
    if item.state is not State.DRAFT:
        raise Refused(_("Only a draft can be deleted."))
    record("news.removed", item, by=by, now=now)
    db.session.delete(item)


def _publish(item: Item, *, by: Actor, now: datetime) -> None:
    item.state, item.published_at = State.PUBLISHED, now
    item.publish_at = item.publish_missed_at = None
    _changed(item, "news.published", by=by, now=now)


def _changed(item: Item, act: str, *, by: Actor, now: datetime, **details: Any) -> None:
    item.revision += 1
    item.updated_at = now
    _flush_address()
    record(act, item, by=by, now=now, **details)


def _leave_old_address(item: Item, before: str) -> None:
    """What was never public was linked nowhere."""
    _ensure_free(item.slug, but=item.id)
    db.session.execute(delete(OldSlug).where(OldSlug.slug == item.slug))
    if item.state is not State.DRAFT:
        db.session.add(OldSlug(slug=before, item_id=item.id))


def _ensure_free(slug: str, but: int | None = None) -> None:
    with db.session.no_autoflush:
        if queries.slug_is_taken(slug, but=but):
            raise Refused(str(ADDRESS_TAKEN))


def _flush_address() -> None:
    """Two who take the same address at once: the second is refused as if they had come later."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused(str(ADDRESS_TAKEN)) from error


def _refuse_withdrawn(item: Item) -> None:
    if item.state is State.WITHDRAWN:
        raise Refused(_("What was withdrawn stays as it is."))


def _refuse_what_is_not_ready(item: Item, now: datetime) -> None:
    if item.state is not State.DRAFT:
        raise Refused(_("Only a draft can be published."))
    if missing(item, now):
        raise Refused(_("Something is missing still before it can be published."))


def _check(item: Item) -> None:
    if item.zone not in zones():
        raise Refused(_("Choose a time zone from the list."))
    opens, closes = item.opens_at, item.closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise Refused(_("A call has to close after it opens."))
