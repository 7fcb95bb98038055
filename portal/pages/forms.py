"""What readers may tell the keepers of the site."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portal.fields import AddressField
from portal.forms import Form
from portal.text import clean_lines


class FeedbackForm(Form):
    """A barrier that somebody met, and where to answer, if they want an answer."""

    message = TextAreaField(
        _l("What did not work, and on which page"),
        [
            DataRequired(_l("Write what did not work.")),
            Length(max=5000, message=_l("Write at most 5,000 characters.")),
        ],
        filters=[clean_lines],
        render_kw={"rows": 6, "maxlength": 5000, "autocomplete": "off"},
    )
    email = AddressField(
        _l("Mail address"),
        optional=True,
        description=_l("If you want an answer. It is used for nothing else."),
        render_kw={"autocomplete": "email", "maxlength": 254, "spellcheck": "false"},
    )
