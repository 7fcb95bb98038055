"""What papers hold of people: the colleague who signs for the body."""

from flask_babel import lazy_gettext as _l

from portal.keeping import Keeping, Rules, Whose
from portal.papers.models import EventPapers

KEEPING: Rules = {
    EventPapers: Keeping(
        Whose.COLLEAGUES,
        what=_l("Who signs the letters of an event"),
        end=_l("when the organisers name somebody else or nobody"),
        personal=("signer", "signer_role"),
        of_the_record=("body", "words", "reference", "forms_url"),
    ),
}
