"""What the papers of a person say, and the number by which others find them genuine.

Everything in a letter is what the portal knows on its day: nothing can be typed into one, so that
nobody has a letter about somebody else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest

from flask_babel import gettext as _

from portal import labels, mail, pdf, tokens
from portal.db import LARGEST_ID, db
from portal.errors import Refused
from portal.events.models import Event
from portal.events.shown import whom_to_ask
from portal.i18n import moment_words, page_language, short_day, translated, translated_as, when
from portal.papers import queries
from portal.papers.models import EventPapers
from portal.papers.rules import No, Paper, why_not
from portal.registrations.models import Registration

_PURPOSE = "paper"
_NUMBER = re.compile(r"([ia])([0-9]{1,10})-(?:([0-9a-f]{8})-)?([0-9a-f]{12})")
"""Those without the middle part were given out when a number covered the name alone."""
_PICTURES = re.compile(
    "[\u2600-\u27bf\U0001f000-\U0001faff][\u200d\ufe0f\u2600-\u27bf\U0001f000-\U0001faff]*"
)
_LETTERS = {Paper.INVITATION: "i", Paper.ATTENDANCE: "a"}


@dataclass(frozen=True, slots=True)
class Papers:
    """What the page of a registration says: which letters there are, and where claims are made."""

    letters: Sequence[Paper]
    entitled: bool
    forms_url: str
    forms_until: datetime | None

    def __bool__(self) -> bool:
        return bool(self.letters) or self.entitled


def of(registration: Registration, now: datetime) -> Papers:
    """The papers that this person can have at this moment."""
    found = queries.of_event(registration.event_id)
    letters = [each for each in Paper if _offers(found, each) and not no(each, registration, now)]
    entitled = registration.entitled and (registration.holds_place or registration.attended)
    return Papers(
        letters,
        entitled,
        found.forms_url if found else "",
        found.forms_until if found else None,
    )


def offered(registration: Registration, paper: Paper) -> EventPapers | None:
    """What the event says of its papers, if it offers this one."""
    found = queries.of_event(registration.event_id)
    return found if _offers(found, paper) else None


def no(paper: Paper, registration: Registration, now: datetime) -> No | None:
    """Why this person cannot have this letter now."""
    event = registration.event
    return why_not(
        paper, holds_place=registration.holds_place, attended=registration.attended,
        event_state=event.state.value, ends_at=event.ends_at, now=now,
    )  # fmt: skip


def letter(
    paper: Paper, registration: Registration, papers: EventPapers, *, number: str, now: datetime
) -> bytes:
    """The finished PDF, in the language in force; or who can write it with other characters."""
    try:
        return pdf.letter(_said(paper, registration, papers, number, now))
    except pdf.Unwritable as no:
        raise Refused(_unwritable_words(registration, no.characters)) from no


def unwritable(event: Event, papers: EventPapers) -> list[str]:
    """The characters for which nobody at all can have a letter, whatever its language."""
    texts = [
        *(papers.body, papers.signer, papers.reference, papers.forms_url),
        *papers.signer_role.values(),
        *papers.words.values(),
        *_without_pictures(event.place, *event.title.values()),
        *_without_pictures(*(name for each in event.organisers for name in each.values())),
    ]
    return pdf.unwritable(*texts)


def _said(
    paper: Paper, registration: Registration, papers: EventPapers, number: str, now: datetime
) -> pdf.Letter:
    event, lang = registration.event, page_language()
    is_invitation = paper is Paper.INVITATION
    words, words_lang = translated_as(papers.words if is_invitation else {}, lang)
    role = translated(papers.signer_role, lang)
    return pdf.Letter(
        lang=lang,
        title=str(labels.PAPERS[paper]),
        author=papers.head[0] if papers.head else "",
        sender=papers.head,
        date=short_day(now, event.zone),
        before=[pdf.Words(_opening(paper, registration), lang)],
        facts=_facts(registration, lang),
        after=[pdf.Words(each, words_lang) for each in re.split(r"\n\s*\n", words) if each.strip()],
        links=_claims(registration, papers) if is_invitation else [],
        signer=[each for each in (papers.signer, role) if each],
        small=_small(event, papers, number),
        checks=[pdf.Link(_("Whether this letter is genuine:"), _check_url(number))],
    )


def _unwritable_words(registration: Registration, characters: Sequence[str]) -> str:
    """To whoever asked, by whose words it cannot be written."""
    own = (registration.title, registration.full_name, registration.organisation, registration.role)
    if theirs := pdf.unwritable(*own):
        return _(
            "The letter cannot be written: the name, organisation or role has characters that "
            "letters cannot show, %(characters)s. Change these details, with Latin, Greek or "
            "Cyrillic letters as in a passport, and make the letter anew.",
            characters=pdf.named(theirs),
        )
    return _(
        "The letter cannot be written: a text of the organisers has characters that letters "
        "cannot show, %(characters)s. It can be made as soon as the organisers have changed that "
        "text. Ask them: %(addresses)s",
        characters=pdf.named(characters),
        addresses=_addresses(registration.event),
    )


@dataclass(frozen=True, slots=True)
class Known:
    """A letter that was given out: whose it is, and whether all that it says is still so."""

    paper: Paper
    registration: Registration
    is_so: bool


def number(paper: Paper, registration: Registration) -> str:
    """The letter's number; whatever else it would say of them makes another one."""
    digest = tokens.keyed(_PURPOSE, *_printed(paper, registration))[:8]
    proof = tokens.keyed(_PURPOSE, paper.value, registration.id, "number", digest)[:12]
    return f"{_LETTERS[paper]}{registration.id}-{digest}-{proof}"


def find(typed: str) -> Known | None:
    """The letter and whose it is, if we gave out one of this number."""
    found = _NUMBER.fullmatch(plain_number(typed))
    if found is None or int(found[2]) > LARGEST_ID:
        return None
    paper = next(each for each, letter in _LETTERS.items() if letter == found[1])
    registration = db.session.get(Registration, int(found[2]))
    if registration is None or registration.erased_at or registration.erase_asked_at:
        return None
    digest, proof = found[3], found[4]
    covers = ["number", digest] if digest else [registration.full_name]
    if not _is_code(proof, paper.value, registration.id, *covers):
        return None
    is_so = digest is None or _is_code(digest, *_printed(paper, registration))
    return Known(paper, registration, is_so)


def plain_number(typed: str) -> str:
    """As it stands on the letter, however it was typed."""
    return typed.strip().lower()


def _is_code(code: str, *facts: object) -> bool:
    known = tokens.keyed_are(_PURPOSE, *facts)
    return any(compare_digest(each[: len(code)], code) for each in known)


def _printed(paper: Paper, registration: Registration) -> list[object]:
    """What the letter says in every language; the event's title may be put better meanwhile."""
    person, event = registration, registration.event
    moments = (each.astimezone(UTC).isoformat() for each in (event.starts_at, event.ends_at))
    return [
        *(paper.value, person.id, "printed"),
        *(person.title, person.full_name, person.organisation, person.role),
        *(person.attendance.value, event.place, event.zone),
        *moments,
    ]


def why_words(why: No) -> str:
    """The sentence for who asks for a letter that they cannot have."""
    return {
        No.NO_PLACE: _("There is a letter of invitation for people with a place only."),
        No.POSTPONED: _("The event has no date at the moment, so there is no letter of invitation. "
                        "It is here again when the new date is known."),
        No.CANCELLED: _("The event is cancelled, so there are no letters about it."),
        No.OVER: _("The event is over, so there is no letter of invitation any more."),
        No.NOT_ATTENDED: _("There is a confirmation after the event, for people of whom it is "
                           "noted that they attended."),
    }[why]  # fmt: skip


def whom_to_ask_words(event: Event) -> str:
    """After each No to the person, who may know better than what is noted."""
    return _("Ask the organisers: %(addresses)s", addresses=_addresses(event))


def _offers(found: EventPapers | None, paper: Paper) -> bool:
    if found is None:
        return False
    return found.invites if paper is Paper.INVITATION else found.confirms


def _opening(paper: Paper, registration: Registration) -> str:
    name = f"{registration.title} {registration.full_name}".strip()
    if paper is Paper.ATTENDANCE:
        return _("We confirm that %(name)s took part in this event.", name=name)
    return _("We invite %(name)s to this event, and confirm that a place is kept for them.",
             name=name)  # fmt: skip


def _facts(registration: Registration, lang: str) -> list[pdf.Fact]:
    event = registration.event
    title, title_lang = translated_as(event.title, lang)
    organisers = _without_pictures(*(translated(each, lang) for each in event.organisers))
    title, place = _without_pictures(title, event.place)
    here = [
        (_("Name"), registration.full_name),
        (_("Organisation"), registration.organisation),
        (_("Role"), registration.role),
    ]
    there = [
        (_("When"), when(event.starts_at, event.ends_at, event.zone)),
        (_("Where"), place or _("Online")),
        (_("Attendance"), str(labels.ATTENDANCE[registration.attendance.value])),
        (_("Organised by"), ", ".join(organisers)),
    ]
    rows = [pdf.Fact(term, text, lang) for term, text in here]
    rows.append(pdf.Fact(_("Event"), title, title_lang))
    rows += [pdf.Fact(term, text, lang) for term, text in there]
    return [each for each in rows if each.text]


def _without_pictures(*texts: str) -> list[str]:
    """Small pictures brighten a page; a letter says the same without them."""
    return [
        " ".join(_PICTURES.sub(" ", each).split()) or each if _PICTURES.search(each) else each
        for each in texts
    ]


def _claims(registration: Registration, papers: EventPapers) -> list[pdf.Link]:
    if not (registration.entitled and papers.forms_url):
        return []
    return [pdf.Link(claim_words(papers.forms_until, registration.event), papers.forms_url)]


def claim_words(until: datetime | None, event: Event) -> str:
    """Before the address of the forms, in the letter of invitation."""
    if until is None:
        return _("This person is entitled to reimbursement by the organisers. The forms:")
    return _(
        "This person is entitled to reimbursement by the organisers. The forms, until %(moment)s:",
        moment=moment_words(until, event.zone),
    )


def entitled_words(registration: Registration) -> str:
    """To the person themselves, in their letters."""
    found, event = queries.of_event(registration.event_id), registration.event
    if found is None or not found.forms_url:
        return _("you are entitled to it")
    if found.forms_until is None:
        return _("you are entitled to it; the forms: %(url)s", url=found.forms_url)
    return _(
        "you are entitled to it; the forms, until %(moment)s: %(url)s",
        moment=moment_words(found.forms_until, event.zone),
        url=found.forms_url,
    )


def _small(event: Event, papers: EventPapers, number: str) -> list[str]:
    rows = [_("Our reference: %(reference)s", reference=papers.reference)]
    return [
        *(rows if papers.reference else []),
        _("Number of this letter: %(number)s. It is valid without a signature.", number=number),
        _("Questions: %(addresses)s", addresses=_addresses(event)),
    ]


def _addresses(event: Event) -> str:
    return ", ".join(each.address for each in whom_to_ask(event))


def _check_url(number: str) -> str:
    return mail.public_url("registrations.paper_number", lang=page_language(), number=number)
