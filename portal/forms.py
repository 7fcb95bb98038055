"""What every form has in common."""

from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from portal.i18n import page_language


class Form(FlaskForm):
    """A form whose library speaks the page's language."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: FlaskForm) -> Any:
            """Read once a language: Flask-WTF reads the file again for each request."""
            return _catalogue(page_language())


class ActForm(Form):
    """A page with nothing but a button."""


@lru_cache(maxsize=64)
def _catalogue(lang: str) -> Any:
    return get_translations([lang])
