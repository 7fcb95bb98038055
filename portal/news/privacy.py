"""What news and calls hold about people: whom to ask, as their pages say it."""

from flask_babel import lazy_gettext as _l

from portal.keeping import Impersonal, Keeping, Rules, Whose
from portal.news.models import Correction, Extension, Item, OldSlug

KEEPING: Rules = {
    Item: Keeping(
        Whose.COLLEAGUES,
        what=_l("Whom to ask about a call, as its public page names them"),
        end=_l("when editors take them off the page, or withdraw it"),
        personal=("contacts",),
        of_the_record=(
            "kind", "slug", "uid", "title", "summary", "text", "zone", "doors", "languages",
            "responsible", "carried_out_by", "eligibility", "hashtag", "licence", "state",
            "withdrawn_why",
        ),
    ),
    Extension: Impersonal("Deadlines, before and after they were moved.", texts=("note",)),
    Correction: Impersonal("What was wrong in a public text and is right now.", texts=("note",)),
    OldSlug: Impersonal("Addresses that items had.", texts=("slug",)),
}  # fmt: skip
