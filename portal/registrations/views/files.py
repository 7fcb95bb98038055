"""A file that the organisers ask for: handed in, replaced, taken back, on one's own page."""

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import Field, ValidationError

from portal import clock, filetypes, uploads
from portal.audit.service import REGISTRANT
from portal.forms import ActForm, Form
from portal.i18n import page_language
from portal.questions import shown
from portal.questions.rules import Asked, Said
from portal.registrations import answers
from portal.registrations.models import Registration
from portal.registrations.service import answers as answering
from portal.registrations.serving import handed_in
from portal.registrations.views.closed import closed_page
from portal.registrations.views.shared import bp, held_registration, own_registration
from portal.web import personal, takes_files


class FileForm(Form):
    """One file."""

    file = FileField(
        _l("File"),
        render_kw={"accept": ",".join(f".{each}" for each in sorted(filetypes.ENDINGS))},
    )

    def __init__(self) -> None:
        super().__init__()
        self.file.flags.required = True
        self.file.description = _(
            "%(kinds)s; at most %(most)s MB. Pictures are made smaller, and lose where and with "
            "what they were taken.",
            kinds=", ".join(sorted(each.upper() for each in filetypes.ENDINGS)),
            most=uploads.settings().upload_megabytes,
        )  # fmt: skip

    def validate_file(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Choose a file."))


@bp.route("/registrations/<token>/files/<int:number>", methods=["GET", "POST"])
@takes_files
@personal
def file(token: str, number: int) -> ResponseReturnValue:
    form = FileForm()
    registration = held_registration(token) if form.is_submitted() else own_registration(token)
    question = _asked(registration, number)
    if not answering.may_answer(registration, question.stage, clock.now()):
        return closed_page(registration, token, question.stage)
    if form.validate_on_submit():
        kept = uploads.from_field(form.file, uploads.keep)
        if kept is not None:
            said = Said(question, (kept.name,), shown.language_of([question]))
            answering.hand_in(registration, question, said, by=REGISTRANT, now=clock.now())
            return _to_own_page(token)
    page = render_template(
        "registrations/file.html",
        form=form, act=ActForm(), event=registration.event, token=token, number=number,
        question=shown.words(question.label, shown.language_of([question])),
        help=shown.words(question.help, page_language()),
        kept=answers.file_given(registration, number),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/registrations/<token>/files/<int:number>/removal")
@personal
def file_removal(token: str, number: int) -> ResponseReturnValue:
    registration = held_registration(token)
    question = _asked(registration, number)
    answering.hand_in(registration, question, None, by=REGISTRANT, now=clock.now())
    return _to_own_page(token)


@bp.get("/registrations/<token>/files/<int:number>/content")
@personal
def file_content(token: str, number: int) -> Response:
    """One's own file, as it was kept."""
    return handed_in(answers.file_given(own_registration(token), number))


def _asked(registration: Registration, number: int) -> Asked:
    return answers.file_asked(registration, number) or abort(404)


def _to_own_page(token: str) -> ResponseReturnValue:
    return redirect(url_for("registrations.own", token=token, saved="answers"), 303)
