"""What editors may send about topics, projects and ties."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, SelectField, ValidationError
from wtforms.validators import Optional

from portal import labels
from portal.events.merging import MergingForm
from portal.fields import TranslatedField
from portal.fields import text as line
from portal.forms import Form
from portal.text import slug as as_slug
from portal.ties.models import Project, Topic
from portal.ties.rules import RESERVED, End, read_end

_SHARED = ("title", "summary", "text", "public")


class GatheringForm(MergingForm):
    """What a topic and a project have in common."""

    outdated = _l(
        "Somebody else has changed this page meanwhile. Nothing of yours is lost, and nothing is "
        "saved yet: look at the form, and send it again."
    )
    title = TranslatedField(_l("Title"), 200, _l("Write a title, in one language at least."))
    summary = TranslatedField(
        _l("Summary"), 300, description=_l("One sentence, for lists and search engines.")
    )
    text = TranslatedField(_l("Text"), 20_000, rows=8, description=_l("Markdown, as in events."))
    public = BooleanField(
        _l("Everybody finds it"),
        description=_l("Without this it stands at the desk alone, and its address knows nothing."),
    )
    slug = line(
        _l("Address"), 80, description=_l("Its last part, as in /en/topics/retail/. Made of the "
        "title if you leave it empty; it stays the same for ever.")
    )  # fmt: skip

    def __init__(self, found: Topic | Project | None, **given: Any) -> None:
        known = {name: getattr(found, name) for name in self.names} if found else {}
        super().__init__(known, **given)
        if found is not None:
            del self.slug

    def validate_slug(self, field: Field) -> None:
        if field.data and (as_slug(field.data) != field.data or field.data in RESERVED):
            raise ValidationError(
                _("Use small letters, digits and hyphens, as in learning-at-work.")
            )

    @property
    def facts(self) -> dict[str, Any]:
        own = {"slug": self.slug.data} if "slug" in self else {}
        return super().facts | own


class TopicForm(GatheringForm):
    names = (*_SHARED, "sector")
    sector = SelectField(
        _l("Sector"), [Optional()],
        description=_l("Events of this sector belong to the topic by themselves."),
    )  # fmt: skip

    def __init__(self, found: Topic | None) -> None:
        super().__init__(found)
        self.sector.choices = [("", _("None")), *((c, str(w)) for c, w in labels.SECTORS.items())]


class ProjectForm(GatheringForm):
    """What a project's page says beside its phases."""

    names = (*_SHARED, "also_called", "commissioned_by", "countries", "hashtag")
    also_called = TranslatedField(_l("Also called"), 300)
    commissioned_by = TranslatedField(_l("Commissioned by"), 300)
    countries = TranslatedField(_l("Countries"), 300)
    hashtag = line(_l("Hashtag"), 100)


class PhaseForm(MergingForm):
    """One phase of a project."""

    outdated = GatheringForm.outdated
    names = ("years", "focus", "carried_out_by")
    years = line(_l("Years"), 40, _l("Write the years, as in 2025–2027."))
    focus = TranslatedField(
        _l("What it looks at"), 500, _l("Write what this phase looks at, in one language at least.")
    )
    carried_out_by = line(_l("Carried out by"), 200)

    def __init__(self, found: dict[str, Any] | None, others: list[dict[str, Any]]) -> None:
        super().__init__(found or {})
        self.others = {phase["years"] for phase in others}

    def validate_years(self, field: Field) -> None:
        if field.data in self.others:
            raise ValidationError(_("Another phase has these years already."))


class BelongingForm(Form):
    """What is tied to a thing: ticks, as they were when the form was opened and as they are sent.

    Only what its sender changed is changed, so that what a colleague ties meanwhile stays.
    """

    opened = HiddenField()
    q = line(_l("Search for titles"), 100)

    @property
    def before(self) -> dict[End, int | None]:
        """What was tied when the form was opened, each with its phase."""
        found = {}
        for written in (self.opened.data or "").split():
            end, _colon, phase = written.partition(":")
            if (read := read_end(end)) is not None:
                found[read] = _number(phase)
        return found

    @property
    def ticked(self) -> list[End]:
        return [end for each in request.form.getlist("tied") if (end := read_end(each))]

    @property
    def phases(self) -> dict[End, int | None]:
        """What was chosen now where it is another phase than the form was opened with."""
        chosen = {
            end: _number(request.form[name])
            for name in request.form
            if name.startswith("phase:") and (end := read_end(name.removeprefix("phase:")))
        }
        return {end: phase for end, phase in chosen.items() if self.before.get(end) != phase}


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 3 else None
