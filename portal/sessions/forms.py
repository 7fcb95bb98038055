"""The fields by which people choose sessions: added to whatever form carries them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, ValidationError
from wtforms.utils import unset_value

from portal.forms import Form
from portal.i18n import page_language, translated_as
from portal.sessions import rules, service, shown
from portal.sessions.queries import Loads, Mine
from portal.sessions.rules import Load, Offer

AnyForm = TypeVar("AnyForm", bound=Form)
LABEL = _l("Sessions that you choose")


@dataclass(frozen=True, slots=True)
class Option:
    """One session to choose, with what is said of its places."""

    offer: Offer
    title: str
    lang: str | None
    note: str
    is_chosen: bool
    is_disabled: bool
    id: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Sessions at one time: dots where only one of them can be chosen, else ticks."""

    name: str
    when: str
    options: Sequence[Option]
    is_one_of: bool

    @property
    def is_empty(self) -> bool:
        return not any(option.is_chosen for option in self.options)


class SessionsField(Field):
    """The ids of the sessions that somebody chooses, whichever of its inputs sent them.

    Inputs are named after the slot as it was shown. How sessions stand together may have changed
    since, and what was chosen is still read. Where the same form `was_answered` before, a
    session may be full because of the very person who sends it.
    """

    def __init__(
        self, offers: Sequence[Offer], loads: Loads, zone: str, notes: shown.Notes,
        mine: Sequence[Mine], *, beyond: bool = False, **given: Any,
    ) -> None:  # fmt: skip
        super().__init__(**given)
        self.offers, self.loads, self.zone, self.notes = offers, loads, zone, notes
        self.own = {each.offer.id: each.state for each in mine}
        self.beyond = beyond
        self.was_answered: Callable[[], bool] = lambda: False

    @property
    def anchor(self) -> str:
        """Where the summary of errors leads: to the second of a pair, or the first to choose."""
        options = [option for slot in self.slots for option in slot.options]
        for _one, other in rules.clashes(each for each in self.offers if each.id in self.data):
            return self._id_of(other)
        return next((option.id for option in options if not option.is_disabled), str(self.id))

    @property
    def slots(self) -> list[Slot]:
        """What is shown, by time."""
        return [self._slot(together) for together in rules.slots(self.offers)]

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Iterable[Any] | None = None
    ) -> None:
        self.process_errors = []
        self.data = [] if data is unset_value or data is None else list(data)
        if formdata is None:
            return
        names = [each for each in formdata if each == self.name or each.startswith(f"{self.name}-")]
        typed = [value for name in names for value in formdata.getlist(name) if value]
        known = {str(offer.id): offer.id for offer in self.offers}
        self.data = sorted({known[value] for value in typed if value in known})
        if any(value not in known for value in typed):
            self.process_errors.append(
                _("A session that you chose cannot be chosen any more. Look at the list.")
            )

    def pre_validate(self, form: Any) -> None:
        """Two at the same time, or a full one, is said before anything is asked of the places."""
        chosen = [offer for offer in self.offers if offer.id in self.data]
        clashes = rules.clashes(chosen)
        if clashes:
            raise ValidationError(" ".join(service.clash_sentence(*pair) for pair in clashes))
        full = [offer for offer in chosen if self._is_full(offer)]
        if full and not self.beyond and not self.was_answered():
            raise ValidationError(" ".join(service.full_sentence(offer) for offer in full))

    def _slot(self, together: Sequence[Offer]) -> Slot:
        """With ticks where two are chosen already, so that one of them can be taken back."""
        options = [self._option(offer, together) for offer in together]
        return Slot(
            name=f"{self.name}-{together[0].id}",
            when=shown.slot_words(together, self.zone),
            options=options,
            is_one_of=rules.is_one_of(together) and sum(each.is_chosen for each in options) < 2,
        )

    def _option(self, offer: Offer, together: Sequence[Offer]) -> Option:
        title, lang = translated_as(dict(offer.title))
        is_disabled = self._is_full(offer) and not self.beyond
        return Option(
            offer,
            title,
            None if lang == page_language() else lang,
            shown.beside(offer, together, self.zone, self.notes.get(offer.id, "")),
            is_chosen=offer.id in self.data and not is_disabled,
            is_disabled=is_disabled,
            id=self._id_of(offer),
        )

    def _id_of(self, offer: Offer) -> str:
        """Of its own also where several people are in one form."""
        return f"{self.name.removesuffix('sessions')}session-{offer.id}"

    def _is_full(self, offer: Offer) -> bool:
        """Not for who has a place in it, or waits."""
        state = self.own.get(offer.id)
        if state is not None and state.is_chosen:
            return False
        return rules.outcome(offer, self.loads.get(offer.id, Load())) is None


def choosing(
    form: type[AnyForm],
    offers: Sequence[Offer],
    loads: Loads,
    zone: str,
    notes: shown.Notes,
    mine: Sequence[Mine] = (),
    *,
    beyond: bool = False,
    label: LazyString = LABEL,
) -> type[AnyForm]:
    """The same form with the sessions; where none can be chosen it is the form itself."""
    here = [each for each in offers if not each.cancelled]
    if not here:
        return form
    field = SessionsField(here, loads, zone, notes, mine, beyond=beyond, label=label)
    return cast(type[AnyForm], type(form.__name__, (form,), {"sessions": field}))
