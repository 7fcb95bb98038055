"""A publication as visitors see it, or will once it is public."""

from dataclasses import replace

from flask import Blueprint, abort, g, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.accounts.guards import guard_library
from portal.i18n import languages, page_language
from portal.publications import citation
from portal.publications.desk.shared import one
from portal.publications.exports import FORMATS
from portal.publications.rules import State
from portal.publications.shown import FileShown, Shown, file_shown, record_of

bp = Blueprint(
    "publication_preview", __name__, url_prefix="/desk/publications/<int:publication_id>/preview"
)
guard_library(bp, under="publications_desk")


class Planned(Shown):
    """A draft as if it were published at this moment; its files lead to the desk."""

    @property
    def files(self) -> list[FileShown]:
        return [
            replace(file_shown(self.one, each), url=_at_desk(self.one.id, each.id))
            for each in self.one.files
        ]


@bp.get("/<lang>")
def show(publication_id: int) -> ResponseReturnValue:
    """The public page as it would be, in one of the languages."""
    publication, now = one(publication_id), clock.now()
    if g.lang not in languages() or publication.state is State.WITHDRAWN:
        abort(404)
    g.same_page = ("publication_preview.show", {"publication_id": publication_id})
    is_draft = publication.state is State.DRAFT
    shown = Planned(publication, now) if is_draft else Shown(publication, now)
    return render_template(
        "publications/desk/preview.html",
        publication=shown,
        is_draft=is_draft,
        cited=citation.cited(record_of(publication), page_language()),
        style=citation.STYLE_NAME,
        formats=() if is_draft else FORMATS.values(),
    )


def _at_desk(publication_id: int, file_id: int) -> str:
    return url_for("publication_files.content", publication_id=publication_id, file_id=file_id)
