"""What the books of acts and deletions hold about a person: ids and codes."""

from portal.audit.models import Deletion, Entry
from portal.keeping import Impersonal, Rules

KEEPING: Rules = {
    Entry: Impersonal(
        "Ids, codes and numbers. They prove what was done (Regulation (EU) 2018/1725, Article "
        "4(2)) and name nobody once the row of their id is emptied."
    ),
    Deletion: Impersonal("How many of what were deleted when; no id of a person."),
}
