"""Questions and answers in the words of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext as _
from markupsafe import Markup, escape

from portal.i18n import country_name, languages, page_language, short_day, translated_as
from portal.questions import queries, register, rules
from portal.questions.queries import Answered
from portal.questions.rules import Asked, Kind, Text


@dataclass(frozen=True, slots=True)
class Line:
    """A question and what was answered to it, as a page shows them."""

    question: Markup
    answer: Markup | str
    number: int
    file: str = ""


def lines(answers: Sequence[Answered]) -> list[Line]:
    """What somebody answered, each with the question as they read it."""
    return [
        Line(
            words(each.question.label, each.language),
            _answer_with_proof(each),
            each.question.number,
            each.values[0] if each.question.kind is Kind.FILE else "",
        )
        for each in answers
    ]


def _answer_with_proof(answered: Answered) -> Markup | str:
    """To which words somebody agreed, and when, or that they took it back; of other answers only
    what they said."""
    if answered.question.kind is not Kind.CONSENT:
        return answer(answered.question, answered.values, answered.language)
    day = short_day(answered.at, "UTC")
    if answered.was_taken_back:
        return _("Taken back on %(day)s", day=day)
    return _("Yes, to version %(version)s on %(day)s", version=answered.question.version, day=day)


def ignored_words(event_id: int, numbers: Sequence[int]) -> list[Markup]:
    """What was answered and not kept, since it was not asked of this person."""
    if not numbers:
        return []
    found = queries.in_last_words(event_id, numbers)
    lang = language_of(queries.every(event_id))
    return [words(each.label, lang) for each in found]


def language_of(asked: Sequence[Asked]) -> str:
    """In which language the questions are asked on this page: all of them in one."""
    return rules.spoken(asked, page_language(), languages())


def words(text: Text, lang: str) -> Markup:
    """The text in that language or another, said where it is not the page's."""
    said, its = translated_as(dict(text), lang)
    if its == page_language():
        return escape(said)
    return Markup('<span lang="{}">{}</span>').format(its, said)


def plain(text: Text, lang: str) -> str:
    """The same without a mark, for sentences and files."""
    return translated_as(dict(text), lang)[0]


def answer(question: Asked, values: Sequence[str], lang: str) -> Markup:
    """What was answered, in words; several beside each other."""
    return Markup(", ").join(_one(question, value, lang) for value in values)


def answer_plain(question: Asked, values: Sequence[str], lang: str) -> str:
    """The same for files."""
    return ", ".join(_one(question, value, lang).striptags() for value in values)


def condition_words(question: Asked, asked: Sequence[Asked], lang: str) -> Markup:
    """For whom the question is; nothing where it is for everybody."""
    on = question.condition
    about = next((each for each in asked if on and each.number == on.number), None)
    if on is None or about is None:
        return Markup("")
    if about.kind is Kind.CONSENT:
        return escape(_("Only if you ticked “%(question)s”.")) % {
            "question": words(about.label, lang)
        }
    return escape(_("Only if you answered “%(answer)s” to “%(question)s”.")) % {
        "answer": _one(about, on.code, lang), "question": words(about.label, lang),
    }  # fmt: skip


def _one(question: Asked, value: str, lang: str) -> Markup:
    if question.codes and value in (rules.YES, rules.NO) and not question.options:
        return escape(_("Yes") if value == rules.YES else _("No"))
    if question.options:
        label = next((each.label for each in question.options if each.code == value), {})
        return words(label, lang) or escape(value)
    if question.kind is Kind.FILE:
        return escape(value.rpartition(".")[2].upper())
    if question.kind is Kind.REGISTER_NUMBER:
        link = Markup('<a class="ecl-link" href="{}" rel="noreferrer">{}</a>')
        return link.format(register.register_page(value), value)
    if question.kind is Kind.COUNTRY:
        return escape(country_name(value))
    if question.kind is Kind.DATE:
        return escape(short_day(datetime.fromisoformat(value).replace(tzinfo=UTC), "UTC"))
    return escape(value)
