"""The verbs: make, change, order and remove topics and projects; tie things and untie them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import chain, count
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from portal import text
from portal.audit.service import Actor, record
from portal.db import db
from portal.errors import Refused
from portal.i18n import translated
from portal.ties import queries
from portal.ties.models import Project, Tie, Topic
from portal.ties.rules import MOST_PHASES, RESERVED, End, Kind, without

Made = TypeVar("Made", Topic, Project)


def make(table: type[Made], facts: Mapping[str, Any], *, by: Actor, now: datetime) -> Made:
    """A topic or a project, behind the others; its address is made of its title and stays."""
    last = db.session.scalar(select(func.max(table.position))) or 0
    made = table(
        slug=_free_slug(table, str(facts.get("slug") or translated(facts["title"]))),
        position=last + 1,
        created_at=now,
        updated_at=now,
        **{name: value for name, value in facts.items() if name != "slug"},
    )
    db.session.add(made)
    db.session.flush()
    record(f"{made.kind}.made", made, by=by, now=now)
    return made


def change(
    gathering: Topic | Project, facts: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """What its page says."""
    changed = [name for name, value in facts.items() if getattr(gathering, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(gathering, name, facts[name])
    _changed(gathering, now)
    record(f"{gathering.kind}.changed", gathering, by=by, now=now, fields=sorted(changed))


def add_phase(project: Project, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """The next phase, behind the others."""
    if len(project.phases) >= MOST_PHASES:
        raise Refused(_("A project has at most %(num)s phases.", num=MOST_PHASES))
    _keep_phases(project, [*project.phases, dict(facts)], by, now)


def change_phase(
    project: Project, number: int, facts: Mapping[str, Any], *, by: Actor, now: datetime
) -> None:
    """What a phase is; what belongs to it stays with it."""
    phases = [*project.phases]
    phases[number - 1] = dict(facts)
    _keep_phases(project, phases, by, now)


def remove_phase(project: Project, number: int, *, by: Actor, now: datetime) -> None:
    """What belonged to it belongs to the whole project now."""
    places = without(project.phases, number)
    for each in queries.ties_with_phases(project.id):
        each.phase = places.get(each.phase or 0)
    _keep_phases(project, project.phases[: number - 1] + project.phases[number:], by, now)


def place(gathering: Topic | Project, to: str, *, by: Actor, now: datetime) -> None:
    """One place earlier or later in the list."""
    table: Any = type(gathering)
    rows: list[Any] = [*queries.every(table)]
    here = rows.index(gathering)
    there = here + {"earlier": -1, "later": 1}.get(to, 0)
    if there == here or not 0 <= there < len(rows):
        return
    rows.insert(there, rows.pop(here))
    for position, each in enumerate(rows, 1):
        if each.position != position:
            each.position = position
            _changed(each, now)
    record(f"{gathering.kind}.placed", gathering, by=by, now=now)


def ensure_removable(gathering: Topic | Project, now: datetime) -> None:
    """Readers of what is public would follow a link to nothing."""
    if not gathering.public:
        return
    if number := len(queries.gathered(gathering, now)):
        raise Refused(
            ngettext(
                "%(num)s public page belongs to it. Hide it first.",
                "%(num)s public pages belong to it. Hide it first.",
                number,
            )
        )


def remove(gathering: Topic | Project, *, by: Actor, now: datetime) -> None:
    """For good, with its ties; what was tied to it stays."""
    ensure_removable(gathering, now)
    record(f"{gathering.kind}.removed", gathering, by=by, now=now)
    db.session.delete(gathering)
    db.session.flush()


def tie(
    end: End,
    *,
    added: Collection[End] = (),
    removed: Collection[End] = (),
    phases: Mapping[End, int | None] | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Tie these things to it and untie those; what a colleague tied meanwhile stays."""
    if any(other.kind is end.kind for other in added):
        raise Refused(_("Only things of different kinds are tied together."))
    if queries.missing(added):
        raise Refused(_("Something that you ticked was deleted meanwhile."))
    held = {queries.other_end(each, end): each for each in queries.ties_of(end)}
    fresh = [other for other in dict.fromkeys(added) if other not in held]
    gone = [other for other in removed if other in held]
    for other in fresh:
        held[other] = Tie(**{f"{end.kind}_id": end.id, f"{other.kind}_id": other.id})
        db.session.add(held[other])
    for other in gone:
        db.session.delete(held.pop(other))
    moved = [
        other for other, phase in (phases or {}).items()
        if other in held and held[other].phase != phase
    ]  # fmt: skip
    for other in moved:
        held[other].phase = (phases or {})[other]
    db.session.flush()
    if fresh or gone or moved:
        _record(end, fresh, gone, moved, by, now)


def _record(
    end: End, fresh: list[End], gone: list[End], moved: list[End], by: Actor, now: datetime
) -> None:
    details = {"tied": fresh, "untied": gone, "phases": moved}
    written = {name: [str(each) for each in found] for name, found in details.items() if found}
    subject = queries.subject(end)
    event_id = end.id if end.kind is Kind.EVENT else None
    record("ties.changed", subject, by=by, now=now, event_id=event_id, **written)


def _keep_phases(project: Project, phases: list[Any], by: Actor, now: datetime) -> None:
    if phases != project.phases:
        project.phases = phases
        _changed(project, now)
        record("project.changed", project, by=by, now=now, fields=["phases"])


def _changed(gathering: Topic | Project, now: datetime) -> None:
    gathering.revision += 1
    gathering.updated_at = now


def _free_slug(table: type[Topic] | type[Project], wanted: str) -> str:
    base = text.slug(wanted) or table.kind.value
    taken = queries.slugs(table) | RESERVED
    names = chain((base,), (f"{base}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
