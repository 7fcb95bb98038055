"""What organisers may send of a letter to a selection."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, ValidationError

from portal.circulars.models import Circular
from portal.circulars.rules import PLACEHOLDERS, unknown_placeholders
from portal.fields import TranslatedField
from portal.forms import Form
from portal.i18n import ENDONYMS

LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000


class CircularForm(Form):
    """Subject and text in each language; `revision` is what its reader has seen."""

    unseen = ("csrf_token", "revision")
    revision = HiddenField()
    subject = TranslatedField(_l("Subject"), LONGEST_SUBJECT, _l("Write the subject."))
    body = TranslatedField(
        _l("Text"), LONGEST_BODY, _l("Write the text."), rows=12,
        description=_l("An empty line parts paragraphs. **Bold**, *italic*, lists with “-”, and "
                       "[words](https://…) for a link."),
    )  # fmt: skip
    urgent = BooleanField(
        _l("Urgent: it leaves before everything else"),
        description=_l("For what cannot wait, like another entrance an hour before the start. "
                       "Other letters go out after confirmations."),
    )  # fmt: skip

    def __init__(self, circular: Circular) -> None:
        known: dict[str, Any] = {
            "subject": circular.subject,
            "body": circular.body,
            "urgent": circular.urgent,
            "revision": str(circular.revision),
        }
        super().__init__(data=known)

    def validate_subject(self, field: Field) -> None:
        self._needs_the_languages_of(field, self.body, _l("Write the subject in this language."))

    def validate_body(self, field: Field) -> None:
        self._needs_the_languages_of(field, self.subject, _l("Write the text in this language."))

    def _needs_the_languages_of(self, field: Field, other: Field, sentence: Any) -> None:
        """A subject without its text says nothing, and a text without a subject is not opened."""
        missing = [each for each in other.data if each not in field.data]
        if missing:
            field.wrong = {each: str(sentence) for each in missing}
            names = ", ".join(ENDONYMS.get(each, each) for each in missing)
            raise ValidationError(
                _("%(what)s is missing in: %(languages)s.", what=field.label.text, languages=names)
            )


def placeholders() -> Sequence[tuple[str, str]]:
    """What may stand in braces, and what is put there."""
    words = {
        "first_name": _("the first name"),
        "last_name": _("the last name"),
        "title": _("the title, if there is one"),
        "event": _("the title of the event"),
        "when": _("day and time with the zone"),
        "where": _("venue and address, or “Online”"),
        "position": _("the position in the line; a dash for who stands in none"),
        "manage_link": _("the link to the person’s own registration"),
    }
    return [(f"{{{name}}}", words[name]) for name in PLACEHOLDERS]


def strange_placeholders(circular: Circular) -> list[str]:
    """What stands in braces and is not on the list: it goes out as it was typed."""
    texts = [*circular.subject.values(), *circular.body.values()]
    return list(dict.fromkeys(each for text in texts for each in unknown_placeholders(text)))
