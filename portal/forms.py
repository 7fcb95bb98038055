"""What every form has in common."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from portal.i18n import page_language

STALE = _l(
    "Send the form once more: its protection had run out. If this comes again, your browser has to "
    "accept the cookie of this site."
)


class Form(FlaskForm):
    """A form whose library speaks the page's language, and whose hidden fields explain themselves.

    What is wrong with a field that nobody sees is said of the whole form, since no link can lead
    to it.
    """

    unseen: Sequence[str] = ("csrf_token",)
    to_publish: Sequence[str] = ()
    """What may be empty as long as the event is a draft, as its label says."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: FlaskForm) -> Any:
            """Read once a language: Flask-WTF reads the file again for each request."""
            return _words(page_language())

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for name in self.to_publish:
            self[name].flags.to_publish = True

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for name in self.unseen:
            field = self._fields.get(name)
            if field is not None and field.errors:
                words = [STALE] if name == "csrf_token" else field.errors
                self.form_errors += words
                field.errors = []
        return bool(is_valid)


class ActForm(Form):
    """A page with nothing but a button."""


class _Words:
    """The library's own words; where they do not say what to do, ours."""

    def __init__(self, lang: str) -> None:
        self._kept = get_translations([lang])

    def gettext(self, text: str) -> str:
        if text == "Not a valid choice.":
            return _("Choose one of those in the list.")
        return str(self._kept.gettext(text))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return str(self._kept.ngettext(one, many, count))


@lru_cache(maxsize=64)
def _words(lang: str) -> _Words:
    return _Words(lang)
