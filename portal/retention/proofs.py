"""The certificate of deletion: facts that were counted, their digest, and their words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.audit.models import Deletion
from portal.events.models import Event
from portal.i18n import moment_words, translated
from portal.labels import DELETED_BY, KEPT, KEPT_BESIDE
from portal.retention import queries
from portal.retention.models import Export


@dataclass(frozen=True, slots=True)
class Proof:
    """What was deleted of an event, and what is left of it; `number` changes with every fact."""

    event: Event
    facts: dict[str, Any]
    deletions: list[Deletion]
    left: dict[str, int]
    copies: list[Export]
    checked_at: datetime

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left."""
        return not any(self.left.values())

    @property
    def number(self) -> str:
        """SHA-256 of the facts as JSON with sorted keys and without spaces."""
        written = json.dumps(self.facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(written.encode()).hexdigest()


def of(event: Event, now: datetime) -> Proof:
    """The proof as it is to this minute."""
    now = now.replace(second=0, microsecond=0)
    left = {term.kept.value: term.count for term in queries.terms([event])}
    beside = queries.beside_the_record([event.id])
    left |= {name: counts.get(event.id, 0) for name, counts in beside.items()}
    deletions = list(queries.deletions(event.id))
    copies = [each for each in queries.exports_of([event.id]) if each.gone_at is None]
    facts = {
        "event": event.slug,
        "title": translated(event.title),
        "starts_at": _iso(event.starts_at),
        "ends_at": _iso(event.ends_at),
        "state": event.state.value,
        "record_version": event.notice_number,
        "checked_at": _iso(now),
        "deleted": [
            {
                "what": each.kind, "count": each.count, "record_version": each.number,
                "from": _iso(each.began_at), "until": _iso(each.at), "by": each.actor,
            }
            for each in deletions
        ],
        "left": left,
        "nothing_left": not any(left.values()),
        "copies_not_confirmed": [
            {
                "kind": each.kind, "count": each.count, "taken_at": _iso(each.taken_at),
                "delete_by": _iso(each.expires_at), "by": holder(each),
            }
            for each in copies
        ],
    }  # fmt: skip
    return Proof(event, facts, deletions, left, copies, now)


def text(proof: Proof) -> str:
    """The certificate as lines; the last one is the SHA-256 of those above."""
    above = "".join(f"{line}\n" for line in _lines(proof))
    return f"{above}SHA-256: {sha256(above.encode()).hexdigest()}\n"


def heading(proof: Proof) -> str:
    """What the certificate says at first sight."""
    if proof.is_whole:
        return _("Certificate of deletion")
    return _("Not everything is deleted yet")


def words_of(kind: str) -> str:
    """What was deleted, in the reader's language."""
    return str((KEPT | KEPT_BESIDE).get(kind, kind))


def holder(export: Export) -> str:
    """Who took it out, as long as they have an account."""
    user = export.user
    return (user.name or user.email) if user.active else _("a removed colleague")


def _lines(proof: Proof) -> Iterator[str]:
    event = proof.event
    yield heading(proof)
    yield translated(event.title)
    yield _("Event: %(slug)s, ended %(moment)s", slug=event.slug,
            moment=moment_words(event.ends_at, event.zone))  # fmt: skip
    yield _("Data protection record: version %(number)s", number=event.notice_number)
    yield _("Counted: %(moment)s", moment=moment_words(proof.checked_at, event.zone))
    yield ""
    yield _("What was deleted")
    for each in proof.deletions:
        yield _("%(moment)s: %(what)s, %(count)s, %(by)s, record version %(number)s",
                moment=moment_words(each.at, event.zone), what=words_of(each.kind),
                count=each.count, by=DELETED_BY.get(each.actor, each.actor),
                number=each.number)  # fmt: skip
    yield ""
    yield _("What is left")
    for kind, count in proof.left.items():
        yield _("%(what)s: %(count)s", what=words_of(kind), count=count)
    yield ""
    yield _("Copies that nobody said are deleted")
    if not proof.copies:
        yield _("none")
    for copy in proof.copies:
        yield _("%(moment)s: %(people)s, by %(who)s",
                moment=moment_words(copy.taken_at, event.zone), who=holder(copy),
                people=ngettext("%(num)d person", "%(num)d people", copy.count))  # fmt: skip
    yield ""


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
