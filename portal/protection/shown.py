"""A record as people read it: gaps, grounds and times in the page's language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.i18n import language_name, translated
from portal.labels import ACCESS_ASKS, BASES, KEPT, LAWS
from portal.protection.rules import (
    ACCESS_LIST,
    ARTICLES,
    Basis,
    Facts,
    Gap,
    Kept,
    Law,
    Missing,
    days,
)

REGULATIONS = {
    Law.EUDPR: "https://eur-lex.europa.eu/eli/reg/2018/1725/oj",
    Law.GDPR: "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
}
LONGEST_SAID = 300
SUPERVISOR = "https://www.edps.europa.eu/"


@dataclass(frozen=True)
class Notice:
    """What registrants are told, made from a version of the record.

    `letters` and `notes` are the days for which the portal keeps those, whatever a record says.
    """

    facts: Facts
    number: int
    letters: int
    notes: int

    @property
    def law(self) -> Law:
        return Law(self.facts["law"])

    @property
    def regulation(self) -> tuple[str, str]:
        """Its name and where it is found."""
        if self.law is Law.EUDPR:
            return _("Regulation (EU) 2018/1725"), REGULATIONS[Law.EUDPR]
        return _("General Data Protection Regulation (EU) 2016/679"), REGULATIONS[Law.GDPR]

    @property
    def authority(self) -> tuple[str, str]:
        """With whom one can lodge a complaint."""
        if self.law is Law.EUDPR:
            return _("European Data Protection Supervisor"), SUPERVISOR
        return self.facts["authority_name"], self.facts["authority_url"]

    @property
    def purposes(self) -> list[tuple[str, str]]:
        """(what for, on what ground) with the article."""
        return [(translated(each["what"]), self._ground(each["basis"])) for each in
                self.facts["purposes"]]  # fmt: skip

    @property
    def access_list(self) -> Mapping[str, Any] | None:
        """What the building asks of those who come: in words, with who gets it, and why it may."""
        said = self.facts.get(ACCESS_LIST)
        if not said:
            return None
        return {
            "asks": ", ".join(str(ACCESS_ASKS[each]) for each in said["asks"]),
            "receiver": translated(said["receiver"]),
            "ground": self._ground(said["basis"]),
            "days": days_words(said["days"]),
        }

    @property
    def recipients(self) -> list[str]:
        return [line for line in translated(self.facts["recipients"]).splitlines() if line]

    @property
    def processors(self) -> list[tuple[str, str]]:
        return [(each["name"], translated(each["what"])) for each in self.facts["processors"]]

    @property
    def times(self) -> list[tuple[str, str]]:
        """(what, for how long)."""
        sent = ngettext(
            "%(num)d day after it was sent", "%(num)d days after they were sent", self.letters
        )
        written = _("as long as each of them says, %(days)s days at most", days=self.notes)
        return [
            *((str(KEPT[kept]), days_words(days(self.facts, kept))) for kept in Kept),
            (_("Letters that were sent"), sent),
            (_("Notes of the organisers"), written),
        ]

    def _ground(self, code: str) -> str:
        basis = Basis(code)
        article = ARTICLES[self.law].get(basis, "")
        words = str(BASES[basis])
        return _("%(ground)s (Article %(article)s)", ground=words, article=article)


def days_words(number: int) -> str:
    """'30 days after the event', or that it goes with the event."""
    if number == 0:
        return _("until the event ends")
    return ngettext("%(num)d day after the event", "%(num)d days after the event", number)


def sections(names: Sequence[str]) -> list[str]:
    """The parts of a record in words, each once."""
    words = {
        "law": _("the law"),
        "controllers": _("the responsible bodies"),
        "arrangement": _("what they agreed"),
        "officer_email": _("the data protection officer"),
        "register_url": _("the public register"),
        "authority_name": _("the supervisory authority"),
        "authority_url": _("the supervisory authority"),
        "purposes": _("the purposes"),
        "recipients": _("who sees the data"),
        "processors": _("the processors"),
        "transfers": _("transfers"),
        "safeguards": _("transfers"),
        "retention": _("how long data are kept"),
        ACCESS_LIST: _("the access list of the building"),
    }
    return list(dict.fromkeys(words[name] for name in names))


def written(value: Any) -> str:
    """What a colleague wrote, in one line."""
    line = " · ".join(_leaves(value))
    return (line if len(line) <= LONGEST_SAID else f"{line[:LONGEST_SAID]}…") or _("(empty)")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value not in (None, ""):
        yield str((BASES | LAWS).get(value, value))


def sentences(found: Sequence[Missing]) -> list[str]:
    """What has to be added, one sentence each."""
    return [_sentence(each) for each in found]


def _sentence(each: Missing) -> str:
    words = {
        Gap.RECORD: _("Nothing is written yet."),
        Gap.CONTROLLER: _("Name the body that is responsible."),
        Gap.CONTROLLER_REACHED: _(
            "Responsible body %(number)s: give name, postal address and mailbox.",
            number=each.number,
        ),
        Gap.ARRANGEMENT: _("Say what the responsible bodies have agreed."),
        Gap.OFFICER: _("Give the mailbox of the data protection officer."),
        Gap.AUTHORITY: _("Name the supervisory authority with its web address."),
        Gap.PURPOSE: _("Say what the data are for."),
        Gap.PURPOSE_WORDS: _("Purpose %(number)s: say what for.", number=each.number),
        Gap.BASIS: _("Purpose %(number)s: choose what makes it lawful under this law.",
                     number=each.number),
        Gap.RECIPIENTS: _("Say who gets to see the data."),
        Gap.PROCESSOR: _("Processor %(number)s: give its name.", number=each.number),
        Gap.PROCESSOR_WORDS: _("Processor %(number)s: say what it does for you.",
                               number=each.number),
        Gap.SAFEGUARDS: _("Say where data go and what protects them there."),
        Gap.RETENTION: _("Say for how long this is kept: %(what)s.",
                         what=KEPT[each.kept] if each.kept else ""),
        Gap.REGISTER: _("Link to the public register of processing."),
    }[each.gap]  # fmt: skip
    if not each.languages:
        return str(words)
    names = ", ".join(language_name(code) for code in each.languages)
    return _("%(sentence)s Missing in: %(languages)s.", sentence=words, languages=names)
