"""Languages: the page's, the letter's, and the way each writes dates."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.support import Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel import gettext as _

from portal.config import ROOT
from portal.text import fold

# The 24 official languages of the Union, each by its own name.
ENDONYMS = {
    "bg": "Български",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "et": "Eesti",
    "fi": "Suomi",
    "fr": "Français",
    "ga": "Gaeilge",
    "hr": "Hrvatski",
    "hu": "Magyar",
    "it": "Italiano",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "mt": "Malti",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sv": "Svenska",
}

Translated = dict[str, str]
TEXTS = ROOT / "portal" / "translations"
babel = Babel()
_catalogue: ContextVar[NullTranslations | None] = ContextVar("catalogue", default=None)


def init_templates(app: Flask) -> None:
    """In letters, templates keep hold of their catalogue: the search for it costs most."""

    def gettext(text: str) -> str:
        return (_catalogue.get() or get_translations()).gettext(text)

    def ngettext(one: str, many: str, count: int) -> str:
        return (_catalogue.get() or get_translations()).ngettext(one, many, count)

    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


def languages() -> tuple[str, ...]:
    """The languages that this portal offers, the first is its own."""
    offered: tuple[str, ...] = current_app.extensions["portal"].languages
    return offered


def page_language() -> str:
    """The language of the page or letter that is being written."""
    if has_request_context() and g.get("lang") in languages():
        return str(g.lang)
    locale = get_locale()
    return locale.language if locale else languages()[0]


def wanted_language() -> str:
    """The offered language that the reader's browser asks for, else the portal's first."""
    if not has_request_context():
        return languages()[0]
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((code for code in wanted if code in languages()), languages()[0])


@contextmanager
def in_language(lang: str) -> Iterator[None]:
    """Texts, dates and numbers inside are in `lang`, with or without a request."""
    with force_locale(lang if lang in languages() else languages()[0]):
        before = _catalogue.set(get_translations())
        try:
            yield
        finally:
            _catalogue.reset(before)


def translated(texts: Translated | None, lang: str | None = None) -> str:
    """The text in the language asked for, else in English, else in any it has."""
    return translated_as(texts, lang)[0]


def translated_as(texts: Translated | None, lang: str | None = None) -> tuple[str, str]:
    """The text and the language it is really in, for the `lang` of that part of a page."""
    asked = lang or _written_language()
    for candidate in (asked, "en", *(texts or {})):
        if texts and texts.get(candidate):
            return texts[candidate], candidate
    return "", asked


def everywhere(text: str) -> Translated:
    """A text of the portal's own in every language that it offers; gathered like `gettext`."""
    return {lang: _texts(lang).gettext(text) for lang in languages()}


def language_name(code: str) -> str:
    """A language's name in the page's language."""
    try:
        return Locale.parse(code, sep="-").get_language_name(_written_language()) or code
    except (ValueError, UnknownLocaleError):  # a tag that CLDR does not know (BCP 47)
        return code


def known_date(date: str) -> str:
    """'2022', 'October 2022' or '3 October 2022': as precise as the date is known."""
    match [int(part) for part in date.split("-") if part]:
        case [year, month, day_of_month]:
            moment = datetime(year, month, day_of_month, tzinfo=UTC)
            return _date(moment, "UTC", "long")
        case [year, month]:
            moment = datetime(year, month, 1, tzinfo=UTC)
            return format_skeleton("yMMMM", moment, locale=_formatting_locale())
        case _:
            return date


def country_name(code: str) -> str:
    """A country's name in the page's language."""
    return Locale.parse(_written_language()).territories.get(code, code)


@lru_cache(maxsize=64)
def countries(lang: str) -> list[tuple[str, str]]:
    """Every country as (ISO 3166-1 code, name), sorted as a reader of `lang` expects."""
    names = Locale.parse(lang).territories
    found = [(c, n) for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in _NO_LAND]
    return sorted(found, key=lambda pair: fold(pair[1]))


def country_code(said: str) -> str:
    """The country that is meant, by code or by its name in any language of the portal; or ""."""
    wanted = fold(said).strip()
    spoken = dict.fromkeys((page_language(), *languages()))
    return next((code for lang in spoken if (code := _country_codes(lang).get(wanted))), "")


_EU = {"el": "GR", "uk": "GB"}
"""As the institutions write these two (Interinstitutional style guide, 7.1.1)."""


@lru_cache(maxsize=64)
def _country_codes(lang: str) -> dict[str, str]:
    """Codes by names and by themselves, without accents and in small letters."""
    found = countries(lang)
    return (
        {fold(name): code for code, name in found}
        | {code.lower(): code for code, _n in found}
        | _EU
    )


def day(moment: datetime, zone: str) -> str:
    """'Monday 29 January 2024' on the clock of `zone`."""
    return _date(moment, zone, _full_date())


def short_day(moment: datetime, zone: str) -> str:
    """'29 January 2024' on the clock of `zone`."""
    return _date(moment, zone, "long")


def clock_time(moment: datetime, zone: str) -> str:
    """'14:00' on the clock of `zone`."""
    return format_time(moment.astimezone(ZoneInfo(zone)), "HH:mm", locale=_written_language())


def zone_words(moment: datetime, zone: str) -> str:
    """'Brussels time (CET, UTC+1)' as it holds at `moment`."""
    return _("%(city)s time (%(mark)s)", city=zone_city(zone), mark=zone_mark(moment, zone))


def zone_city(zone: str) -> str:
    """The zone's city in the page's language."""
    if zone == "UTC":
        return "UTC"
    city = get_timezone_location(ZoneInfo(zone), locale=_written_language(), return_city=True)
    return str(city).replace("\N{SOFT HYPHEN}", "")


def when(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """'Monday 29 January 2024, 14:00 to 17:30, Brussels time (CET, UTC+1)'; both days if two.

    Where clocks change in between, each time carries its own mark.
    """
    return _when(starts_at, ends_at, zone, _written_language())


@lru_cache(maxsize=256)  # each letter of a batch says it
def _when(starts_at: datetime, ends_at: datetime, zone: str, lang: str) -> str:
    first, last = day(starts_at, zone), day(ends_at, zone)
    start, end = clock_time(starts_at, zone), clock_time(ends_at, zone)
    zone_said = zone_words(starts_at, zone)
    if offset(starts_at, zone) != offset(ends_at, zone):
        start = f"{start} ({zone_mark(starts_at, zone)})"
        end = f"{end} ({zone_mark(ends_at, zone)})"
        zone_said = _("%(city)s time", city=zone_city(zone))
    words = {"day": first, "last_day": last, "start": start, "end": end, "zone": zone_said}
    if first == last:
        return _("%(day)s, %(start)s to %(end)s, %(zone)s", **words)
    return _("%(day)s, %(start)s to %(last_day)s, %(end)s, %(zone)s", **words)


def moment_words(moment: datetime, zone: str) -> str:
    """'11 January 2027, 18:00, Brussels time (CET, UTC+1)'."""
    return _moment_words(moment, zone, _written_language())


@lru_cache(maxsize=256)
def _moment_words(moment: datetime, zone: str, lang: str) -> str:
    return _(
        "%(day)s, %(time)s, %(zone)s",
        day=short_day(moment, zone),
        time=clock_time(moment, zone),
        zone=zone_words(moment, zone),
    )


def offset(moment: datetime, zone: str) -> str:
    """'UTC+1', 'UTC−3:30' at `moment`."""
    distance = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = int(distance.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


# Codes that CLDR lists beside countries: regions, groups, uninhabited or test entries.
_NO_LAND = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}


def zone_mark(moment: datetime, zone: str) -> str:
    """'CET, UTC+1': the abbreviation where there is one, and the offset at `moment`."""
    abbreviation = moment.astimezone(ZoneInfo(zone)).tzname() or ""
    distance = offset(moment, zone)
    return f"{abbreviation}, {distance}" if abbreviation.isalpha() and zone != "UTC" else distance


def _date(moment: datetime, zone: str, pattern: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    written = format_date(local, pattern, locale=_formatting_locale())
    if local.day == 1 and _written_language() == "fr":
        return written.replace("1 ", "1er ", 1)
    return written


def _formatting_locale() -> str:
    """English dates are written the European way round."""
    lang = _written_language()
    return "en_GB" if lang == "en" else lang


def _full_date() -> str:
    """'Monday 29 January 2024': the day's name without the comma that CLDR has for English."""
    return "EEEE d MMMM y" if _written_language() == "en" else "full"


@cache
def _texts(lang: str) -> NullTranslations:
    return Translations.load(str(TEXTS), [lang])


def _written_language() -> str:
    locale = get_locale()
    return locale.language if locale else "en"
