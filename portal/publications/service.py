"""The verbs of the catalogue: what an editor does to a publication, its files and subjects."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from portal import uploads
from portal.audit.service import Actor, record, record_all
from portal.db import db
from portal.errors import Refused
from portal.i18n import Translated
from portal.publications.models import (
    Publication,
    PublicationFile,
    PublicationImport,
    Relation,
    Subject,
)
from portal.publications.rules import RelationKind, State
from portal.uploads import Kept

MOST_IMPORTS = 5
A_DAY = timedelta(days=1)
SECOND_CLICK = timedelta(minutes=1)


def draft(facts: Mapping[str, Any], *, by: Actor, now: datetime) -> Publication:
    """A new publication that nobody but editors sees."""
    publication = Publication(state=State.DRAFT, created_at=now, updated_at=now)
    _write(publication, facts)
    db.session.add(publication)
    _flush()
    record("publication.drafted", publication, by=by, now=now)
    return publication


def made_just_now(facts: Mapping[str, Any], now: datetime) -> Publication | None:
    """The draft that the first of two clicks made: it says the same, whatever its number."""
    said = {name: value for name, value in facts.items() if name != "number"}
    recent = select(Publication).where(
        Publication.state == State.DRAFT, Publication.created_at > now - SECOND_CLICK
    )
    for each in db.session.scalars(recent.order_by(Publication.id.desc()).limit(20)):
        if all(getattr(each, name) == value for name, value in said.items()):
            return each
    return None


def edit(
    publication: Publication, facts: Mapping[str, Any], *, by: Actor, now: datetime
) -> list[str]:
    """Say something else of it; the names of what is another now."""
    fields = _write(publication, facts)
    if fields:
        _flush()
        _change("publication.edited", publication, by=by, now=now, fields=fields)
    return fields


def import_some(
    new: Sequence[Mapping[str, Any]],
    changed: Sequence[tuple[Publication, Mapping[str, Any]]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Many drafts and edits at once, in few statements."""
    drafts = [
        Publication(state=State.DRAFT, created_at=now, updated_at=now, **facts) for facts in new
    ]
    db.session.add_all(drafts)
    for publication, facts in changed:
        _write(publication, facts)
        publication.changed(now)
    _flush()
    record_all("publication.drafted", drafts, by=by, now=now)
    record_all("publication.edited", [each for each, _facts in changed], by=by, now=now)


def keep_import(content: str, fates: list[dict[str, Any]], *, now: datetime) -> PublicationImport:
    """What an editor has handed in waits for their word; not for long, and not too much of it."""
    for older in db.session.scalars(
        select(PublicationImport).order_by(PublicationImport.id.desc()).offset(MOST_IMPORTS - 1)
    ):
        db.session.delete(older)
    db.session.execute(delete(PublicationImport).where(PublicationImport.created_at < now - A_DAY))
    kept = PublicationImport(content=content, fates=fates, created_at=now)
    db.session.add(kept)
    db.session.flush()
    return kept


def forget_import(kept: PublicationImport) -> None:
    """It was carried out, or is not wanted."""
    db.session.delete(kept)


def relate(
    publication: Publication,
    relations: Sequence[tuple[RelationKind, int]],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """What it is to others, as pairs of a kind and the other's id; those left out are no more."""
    wanted = dict.fromkeys(relations)
    kept = {(each.kind, each.target_id): each for each in publication.relations}
    if set(kept) == set(wanted):
        return
    publication.relations = [
        kept.get(pair) or Relation(kind=pair[0], target_id=pair[1]) for pair in wanted
    ]
    others = {target_id for _kind, target_id in set(kept) ^ set(wanted)}
    for other in db.session.scalars(select(Publication).where(Publication.id.in_(others))):
        other.changed(now)  # its page says the same, the other way round
    _change("publication.related", publication, by=by, now=now)


def publish(
    publication: Publication, embargo_until: datetime | None, *, by: Actor, now: datetime
) -> None:
    """Everybody finds it from now on; its files once the embargo is over."""
    if publication.state is not State.DRAFT:
        raise Refused(_("This publication is public already, or was withdrawn."))
    if not publication.published:
        raise Refused(_("Give the date of the publication first: the year at least."))
    publication.state, publication.public_at = State.PUBLISHED, now
    publication.embargo_until = embargo_until
    _change("publication.published", publication, by=by, now=now)


def set_embargo(
    publication: Publication, embargo_until: datetime | None, *, by: Actor, now: datetime
) -> None:
    """Files are given to everybody from another moment on, or at once."""
    if publication.state is not State.PUBLISHED:
        raise Refused(_("An embargo is for the files of a public publication."))
    publication.embargo_until = embargo_until
    _change("publication.embargo_set", publication, by=by, now=now)


def withdraw(
    publication: Publication,
    reason: Translated,
    replaced_by: Publication | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Its page says for good that it was there, why it is no more, and what came after it."""
    if publication.state is not State.PUBLISHED:
        raise Refused(_("Only what is public can be withdrawn."))
    publication.state, publication.withdrawn_at = State.WITHDRAWN, now
    publication.withdrawal_reason = reason
    publication.replaced_by_id = replaced_by.id if replaced_by else None
    _change("publication.withdrawn", publication, by=by, now=now)


def remove(publication: Publication, *, by: Actor, now: datetime) -> None:
    """A draft was never seen, and goes with its files; what was public stays."""
    if publication.state is not State.DRAFT:
        raise Refused(_("What was public is never deleted. Withdraw it instead."))
    for each in publication.files:
        uploads.drop(each.file)
    for relation in publication.related_from:
        relation.publication.changed(now)
    record("publication.removed", publication, by=by, now=now)
    db.session.delete(publication)


def add_file(
    publication: Publication, facts: Mapping[str, Any], kept: Kept, *, by: Actor, now: datetime
) -> PublicationFile:
    """One more file, after the others."""
    last = max((each.position for each in publication.files), default=-1)
    file = PublicationFile(position=last + 1, created_at=now, **facts)
    _take(file, kept)
    publication.files.append(file)
    db.session.flush()
    _change("publication.file_added", publication, by=by, now=now, file=file.id)
    return file


def change_file(
    file: PublicationFile,
    facts: Mapping[str, Any],
    kept: Kept | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Another label or language, or another file in the place of the one before."""
    for name, value in facts.items():
        setattr(file, name, value)
    if kept is not None:
        uploads.drop(file.file)
        _take(file, kept)
    _change("publication.file_changed", file.publication, by=by, now=now, file=file.id)


def remove_file(file: PublicationFile, *, by: Actor, now: datetime) -> None:
    """Nobody finds it any more, and it is gone."""
    publication = file.publication
    uploads.drop(file.file)
    _change("publication.file_removed", publication, by=by, now=now, file=file.id)
    publication.files.remove(file)


def place_file(file: PublicationFile, *, earlier: bool, by: Actor, now: datetime) -> None:
    """One further up or down."""
    in_order = list(file.publication.files)
    here = in_order.index(file)
    there = max(here - 1, 0) if earlier else min(here + 1, len(in_order) - 1)
    in_order.insert(there, in_order.pop(here))
    for position, each in enumerate(in_order):
        each.position = position
    _change("publication.file_placed", file.publication, by=by, now=now, file=file.id)


def add_subject(code: str, label: Translated, *, by: Actor, now: datetime) -> Subject:
    """A term that publications can be about."""
    subject = Subject(code=code, label=label)
    db.session.add(subject)
    db.session.flush()
    record("subject.added", subject, by=by, now=now)
    return subject


def name_subject(subject: Subject, label: Translated, *, by: Actor, now: datetime) -> None:
    """Other words for a term; the pages that show it are others then."""
    if subject.label == label:
        return
    subject.label = label
    for publication in subject.publications:
        publication.changed(now)
    record("subject.named", subject, by=by, now=now)


def remove_subject(subject: Subject, *, by: Actor, now: datetime) -> None:
    """Only a term that no publication is about."""
    if subject.publications:
        raise Refused(_("Publications are about this subject. Take it from them first."))
    record("subject.removed", subject, by=by, now=now)
    db.session.delete(subject)


def _write(publication: Publication, facts: Mapping[str, Any]) -> list[str]:
    fields = [name for name, value in facts.items() if getattr(publication, name) != value]
    for name in fields:
        setattr(publication, name, facts[name])
    return fields


def _flush() -> None:
    """Of two who give the same number or DOI at once, the second is told so."""
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Refused(
            _("Somebody else has just given this number or DOI to another publication.")
        ) from error


def _take(file: PublicationFile, kept: Kept) -> None:
    file.file, file.size, file.digest = kept.name, kept.size, kept.digest


def _change(
    act: str, publication: Publication, *, by: Actor, now: datetime, **details: Any
) -> None:
    publication.changed(now)
    record(act, publication, by=by, now=now, **details)
