"""How complete each language is, for those who write what the library shows."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import completeness, labels
from portal.accounts.guards import guard_library
from portal.i18n import ENDONYMS, languages

bp = Blueprint("languages_desk", __name__, url_prefix="/desk/languages")
guard_library(bp, _l("Languages"))


@bp.get("/")
def index() -> ResponseReturnValue:
    """The portal's own texts, and by kind those that people wrote: numbers only."""
    written = completeness.written_texts()
    return render_template(
        "desk/languages.html",
        codes=[(code, ENDONYMS.get(code, code)) for code in languages()],
        own={lang: completeness.own_texts(lang) for lang in languages()},
        written=[(words, written[table]) for table, words in labels.TEXTS_OF.items()],
    )
