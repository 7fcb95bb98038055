"""What podcasts hold about people, and how a name is taken out."""

from flask_babel import lazy_gettext as _l

from portal.keeping import Keeping, Rules, Whose
from portal.podcasts.models import Episode, Person, Show

KEEPING: Rules = {
    Show: Keeping(
        Whose.COLLEAGUES,
        what=_l("Who owns a podcast, with name and address, as its feed says it"),
        end=_l("when somebody else is named at the desk"),
        personal=("author", "owner_name", "owner_email"),
        of_the_record=(
            "slug", "first_feed", "title", "description", "category", "language", "link", "cover",
            "small_cover",
        ),
    ),
    Episode: Keeping(
        Whose.SPEAKERS,
        what=_l("What hosts and guests of a podcast say, heard and written down"),
        end=_l("when the episode is replaced or removed; a name is taken out on request"),
        personal=("title", "notes", "chapters", "audio", "transcript"),
        of_the_record=("slug", "guid", "language", "audio_digest"),
    ),
    Person: Keeping(
        Whose.SPEAKERS,
        what=_l("Hosts and guests of a podcast, by name and public role"),
        end=_l("when they are removed at the desk, or their name is taken out on request"),
        personal=("name", "role", "link"),
        of_the_record=("part",),
    ),
}  # fmt: skip
