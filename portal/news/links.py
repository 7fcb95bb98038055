"""The questionnaires of a door, as editors write them: one a line."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, TextAreaField, ValidationError
from wtforms.validators import Length, Optional

from portal.forms import Form
from portal.i18n import ENDONYMS
from portal.news.rules import unsafe
from portal.text import clean_lines

LONGEST = 8000


def links_field(label: Any) -> TextAreaField:
    too_long = _l("Write at most %(most)s characters.", most=LONGEST)
    return TextAreaField(
        label,
        [Optional(), Length(max=LONGEST, message=too_long), _links_are_whole],
        filters=[clean_lines],
        render_kw={"rows": 3, "maxlength": LONGEST, "autocomplete": "off",
                   "spellcheck": "false"},
        description=_l("One on each line: the code of its language, a space, and the address, as "
                       "in en https://survey.example.org/learners."),
    )  # fmt: skip


def _links_are_whole(form: Form, field: Field) -> None:
    """Each line a language of the Union and an address by https; no language twice."""
    seen: set[str] = set()
    for lang, link in pairs(field.data):
        if lang not in ENDONYMS:
            raise ValidationError(
                _("“%(code)s” is no code of a language: write it as in “en”.", code=lang[:20])
            )
        if unsafe([link]):
            raise ValidationError(
                _("The link in %(language)s has to begin with https://.", language=ENDONYMS[lang])
            )
        if lang in seen:
            raise ValidationError(_("%(language)s stands there twice.", language=ENDONYMS[lang]))
        seen.add(lang)


def pairs(lines: str | None) -> list[tuple[str, str]]:
    """(language, address) of each line."""
    parts = (line.partition(" ") for line in (lines or "").split("\n") if line)
    return [(lang.lower(), link.strip()) for lang, _space, link in parts]
