"""What somebody agreed to, taken back on their own page, at any time."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import Field, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput

from portal import clock
from portal.audit.service import REGISTRANT
from portal.events.rules import Format
from portal.forms import Form
from portal.questions import queries as questions
from portal.questions import shown
from portal.registrations.forms import PersonForm
from portal.registrations.models import Registration
from portal.registrations.rules import NEEDED_FOR
from portal.registrations.service import consents as taking
from portal.registrations.views.shared import bp, held_registration, own_registration
from portal.web import personal


class ConsentsForm(Form):
    """Which of them are taken back; what is not there any more is taken back already."""

    which = SelectMultipleField(
        _l("What do you take back?"),
        choices=[],
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def __init__(self) -> None:
        super().__init__()
        self.which.flags.required = True

    def validate_which(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Tick what you take back."))


@bp.route("/registrations/<token>/consents", methods=["GET", "POST"])
@personal
def consents(token: str) -> ResponseReturnValue:
    form = ConsentsForm()
    registration = held_registration(token) if form.is_submitted() else own_registration(token)
    form.which.choices = _given(registration)
    if form.which.choices and form.validate_on_submit():
        there = {each.value for each in form.which.choices}
        chosen = [each for each in form.which.data if each in there]
        names = [each for each in chosen if not each.startswith("q")]
        numbers = [int(each[1:]) for each in chosen if each.startswith("q")]
        taking.take_back(registration, names, numbers, by=REGISTRANT, now=clock.now())
        return redirect(url_for("registrations.own", token=token, saved="consents"), 303)
    page = render_template(
        "registrations/consents.html", form=form, event=registration.event, token=token
    )
    return page, 422 if form.errors else 200


def _given(registration: Registration) -> list[SelectChoice]:
    """Each with the words that were agreed to, and what is deleted with it."""
    words = PersonForm(Format.IN_PERSON)
    return [
        *(
            SelectChoice(name, _with_what(words[name].label.text, name))
            for name in registration.consents
            if name in words
        ),
        *(
            SelectChoice(
                f"q{each.question.number}", shown.words(each.question.label, each.language)
            )
            for each in questions.given(registration.id)
            if each.agrees
        ),
    ]


def _with_what(words: str, name: str) -> Markup:
    if name not in NEEDED_FOR:
        return Markup("{}").format(words)
    goes = _("What you wrote about it is deleted.")
    return Markup("{}<br><span class='soft'>{}</span>").format(words, goes)
