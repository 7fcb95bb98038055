"""What organisers may send about their accounts."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal import labels
from portal.accounts.rules import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    TeamRole,
    password_is_weak,
)
from portal.fields import AddressField, text
from portal.forms import Form
from portal.i18n import ENDONYMS, languages
from portal.text import clean


class SignInForm(Form):
    email = EmailField(
        _l("Mail address"),
        [InputRequired(_l("Enter your mail address, like name@example.eu.")), Length(max=254)],
        filters=[clean],
        render_kw={"autocomplete": "username", "maxlength": 254, "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password", "maxlength": LONGEST_PASSWORD},
    )


class AddressForm(Form):
    email = EmailField(
        _l("Mail address"),
        [InputRequired(_l("Enter your mail address, like name@example.eu.")), Length(max=254)],
        filters=[clean],
        description=_l("The one of your account."),
        render_kw={"autocomplete": "username", "maxlength": 254, "spellcheck": "false"},
    )


class CodeForm(Form):
    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the six digits that your app shows.")), Length(max=40)],
        filters=[clean],
        description=_l("Six digits from your authenticator app. One of your recovery codes will "
                       "do as well."),
        render_kw={"autocomplete": "one-time-code", "maxlength": 40, "spellcheck": "false"},
    )  # fmt: skip


class FirstCodeForm(CodeForm):
    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the six digits that your app shows.")), Length(max=40)],
        filters=[clean],
        description=_l("The six digits that your app shows now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 40},
    )


class NewPasswordForm(Form):
    """A new password; `address` is the account's, which it must not repeat."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Enter a new password."))],
        description=_l("At least %(least)s characters. Four or five words are easy to remember.",
                       least=SHORTEST_PASSWORD),
        render_kw={"autocomplete": "new-password", "maxlength": LONGEST_PASSWORD},
    )  # fmt: skip

    def __init__(self, address: str, **values: Any) -> None:
        super().__init__(**values)
        self.address = address

    def validate_password(self, field: Field) -> None:
        if len(field.data) > LONGEST_PASSWORD or password_is_weak(field.data, self.address):
            raise ValidationError(
                _l("Choose a longer password, of at least %(least)s different enough characters.",
                   least=SHORTEST_PASSWORD)
            )  # fmt: skip


class ChangePasswordForm(NewPasswordForm):
    """The same at the desk, where the old password is asked for too."""

    current = PasswordField(
        _l("Your password until now"),
        [InputRequired(_l("Enter your password until now.")), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password", "maxlength": LONGEST_PASSWORD},
    )


class LanguageForm(Form):
    language = SelectField(_l("Language"), [InputRequired(_l("Choose a language."))])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.language.choices = [
            SelectChoice(code, ENDONYMS.get(code, code)) for code in languages()
        ]


class RoleForm(Form):
    role = RadioField(
        _l("Role in the team"),
        [InputRequired(_l("Choose a role."))],
        choices=[SelectChoice(role.value, labels.TEAM_ROLES[role.value]) for role in TeamRole],
        description=_l("Organisers decide everything. Editors write texts and programme and see "
                       "nobody’s data. Readers see who comes, and take nothing out."),
    )  # fmt: skip


class ColleagueForm(Form):
    """Whom to invite."""

    email = AddressField(
        _l("Mail address of the colleague"),
        missing=_l("Enter the colleague’s mail address, like name@example.eu."),
        render_kw={"autocomplete": "off", "maxlength": 254, "spellcheck": "false"},
    )
    name = text(
        _l("Name"), 200, description=_l("As colleagues know them. Who has an account keeps theirs.")
    )


class TeamMemberForm(ColleagueForm, RoleForm):
    """Whom to invite into a team."""


class NewColleagueForm(ColleagueForm):
    admin = BooleanField(
        _l("Administrator"), description=_l("Sees every event, and all colleagues.")
    )


class PasskeyForm(Form):
    """What the browser answers for a passkey; a script fills it in."""

    unseen = ("csrf_token", "answer")
    answer = HiddenField(
        validators=[InputRequired(_l("Passkeys need JavaScript. Use another way to sign in."))]
    )


class NewPasskeyForm(PasskeyForm):
    name = text(_l("Name of the passkey"), 100, description=_l("Such as: my phone"))
