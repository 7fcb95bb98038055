"""What was chosen among sessions is kept as long as the name of who chose it."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.i18n import translated
from portal.keeping import Keeping, Rules, Whose
from portal.sessions import queries
from portal.sessions.models import Chosen

KEEPING: Rules = {
    Chosen: Keeping(
        Whose.REGISTRANTS,
        what=_l("Sessions of an event that somebody chose"),
        end=_l("with the name, days after the event as the event’s record says"),
        personal=("state",),
    ),
}


def held(registration_id: int) -> dict[str, Any]:
    """Each session that the person chose, how they stand in it, and since when."""
    return {
        "sessions": [
            {
                "title": translated(dict(each.offer.title)),
                "starts_at": each.offer.starts_at.isoformat(),
                "standing": each.state.value,
                "at": each.at.isoformat(),
            }
            for each in queries.of(registration_id)
        ]
    }
