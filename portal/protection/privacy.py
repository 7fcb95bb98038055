"""What records of processing hold about a person: the published mailboxes of bodies."""

from portal.keeping import Impersonal, Rules
from portal.protection.models import Version

KEEPING: Rules = {
    Version: Impersonal(
        "Names and functional mailboxes of bodies, which the law wants published; the id of the "
        "colleague who kept the version.",
        texts=("facts",),
    ),
}
