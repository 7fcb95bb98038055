"""What retention itself holds about a person: that a colleague took a list out."""

from flask_babel import lazy_gettext as _l

from portal.keeping import Keeping, Rules, Whose
from portal.retention.models import Export

KEEPING: Rules = {
    Export: Keeping(
        Whose.COLLEAGUES,
        what=_l("Who took which list out, and when they deleted it"),
        end=_l("stays as a proof; the name goes with the account"),
        of_the_record=("kind",),
    ),
}
