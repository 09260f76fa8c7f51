"""Dates, numbers and names of countries and languages, as the language of the page writes them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

DayForm = Literal["short", "medium", "long", "full", "month", "weekday", "weekday-short"]
SKELETONS = {"short": "MMMd", "medium": "yMMMd", "month": "yMMM", "weekday": "EEEE", "weekday-short": "E"}
LOCALES = {"en": "en_GB"}  # English with the day before the month


def day_in_words(day: date, form: DayForm = "medium") -> str:
    """A day: "18 Nov", "18 Nov 2026", "18 November 2026", with its weekday, "Nov 2026",
    "Wednesday" or "Wed".

    Digits are 0 to 9: newsroom/readers/digits.py writes others, on the whole page.
    """
    return _day(day.year, day.month, day.day, form, get_language() or "en")


@lru_cache(maxsize=4096)
def _day(year: int, month: int, day: int, form: DayForm, language: str) -> str:
    whole = date(year, month, day)
    if form in ("long", "full"):
        return format_date(whole, form, locale=locale_of(language))
    return format_skeleton(SKELETONS[form], whole, locale=locale_of(language))


def moment_in_words(moment: datetime, form: DayForm = "medium", *, has_zone: bool = True) -> str:
    """A moment in the site's time zone: "18 Nov 2026, 14:30 UTC"."""
    shown = moment.astimezone(timezone.get_current_timezone())
    zone = f"{shown:%Z}" if has_zone else ""
    return _moment(shown.replace(tzinfo=None), zone, form, get_language() or "en")


@lru_cache(maxsize=4096)
def _moment(clock: datetime, zone: str, form: DayForm, language: str) -> str:
    """The moment that a clock of the zone shows, in the language that is on."""
    told = {"day": day_in_words(clock.date(), form), "time": f"{clock:%H:%M}", "zone": zone}
    return (_("%(day)s, %(time)s %(zone)s") if zone else _("%(day)s, %(time)s")) % told


def number_in_words(number: float) -> str:
    """A number with the signs of the language between its digits: "1,200", "3.5". Digits are 0 to 9."""
    return format_decimal(number, locale=locale_of(get_language() or "en"), numbering_system="latn")


def country_in_words(code: str) -> str:
    """A country of an ISO 3166 code in the page's language, "Egypt"; the code itself where there is no word."""
    return str(_here().territories.get(code.upper(), code))


def language_in_words(code: str) -> str:
    """A language of a BCP 47 code in the page's language, "Arabic"; the code itself where there is no word."""
    try:
        return Locale.parse(code, sep="-").get_language_name(_here()) or code
    except (UnknownLocaleError, ValueError, TypeError):
        return code


def _here() -> Locale:
    return locale_of(get_language() or "en")


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """CLDR's locale of a language of the pages; English where it has none."""
    try:
        return Locale.parse(LOCALES.get(language, language), sep="_" if "_" in LOCALES.get(language, "") else "-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(LOCALES["en"])
