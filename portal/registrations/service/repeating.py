"""A form that is sent twice is recognised by its own random key and by who stands in it."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from portal.registrations import queries
from portal.registrations.person import address_key, name_key


def key_of(form_key: str, person: Mapping[str, Any]) -> str:
    """One form and one person: a form that is used again for a colleague is another."""
    form = form_key or secrets.token_urlsafe(16)
    whole = "\n".join((form, address_key(person["email"]), name_key(dict(person))))
    return hashlib.sha256(whole.encode()).hexdigest()


def was_answered(event_id: int, form_key: str | None, person: Mapping[str, Any]) -> bool:
    """Whether this very form got its answer already: its places are theirs then, and not full."""
    if not form_key:
        return False
    known = address_key(person["email"]), name_key(dict(person))
    return queries.situation(event_id, *known, key_of(form_key, person)).answer is not None
