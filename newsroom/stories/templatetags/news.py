"""What the pages' templates need: times in words, direction of a language."""

from __future__ import annotations

from datetime import datetime, timedelta

from babel import Locale, UnknownLocaleError
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.stories.models import Story
from newstext.language import is_right_to_left

register = template.Library()
MINUTES_AN_HOUR = 60
MINUTE_S, HOUR_S, DAY_S, WEEK_S = 60, 3600, 86_400, 7 * 86_400


def age_in_words(moment: datetime, now: datetime) -> str:
    """ "5 minutes ago"; the date itself from a week on, and for what lies ahead."""
    seconds = (now - moment).total_seconds()
    if seconds < -MINUTE_S or seconds >= WEEK_S:
        return f"{moment.day} {moment:%b %Y}"
    if seconds < MINUTE_S:
        return _("just now")
    if seconds < HOUR_S:
        minutes = int(seconds // MINUTE_S)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if seconds < DAY_S:
        hours = int(seconds // HOUR_S)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    days = int(seconds // DAY_S)
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


@register.simple_tag
def duration(length: timedelta) -> str:
    """ "12 minutes", "3 hours", "2 days"."""
    seconds = length.total_seconds()
    if seconds < HOUR_S:
        minutes = int(seconds // MINUTE_S)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if seconds < 2 * DAY_S:
        hours = int(seconds // HOUR_S)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = int(seconds // DAY_S)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.simple_tag
def age(moment: datetime | None) -> str:
    """A <time> element with the age in words and the whole moment behind it."""
    if moment is None:
        return ""
    shown = moment.astimezone(timezone.get_current_timezone())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        f"{shown:%Y-%m-%d %H:%M %Z}",
        age_in_words(moment, timezone.now()),
    )


@register.simple_tag
def carried(story: Story) -> str:
    """Why a story stands where it does: "12 independent publishers in 3 hours"; "" where one alone tells it."""
    if story.front_origins < 2:
        return ""
    who = ngettext("%(n)d independent publisher", "%(n)d independent publishers", story.front_origins)
    who = who % {"n": story.front_origins}
    if story.front_minutes < MINUTES_AN_HOUR:
        return _("%(who)s within an hour") % {"who": who}
    hours = -(-story.front_minutes // MINUTES_AN_HOUR)
    return _("%(who)s in %(n)d hours") % {"who": who, "n": max(2, hours)}


@register.simple_tag
def full_time(moment: datetime | None, precision: str = "time") -> str:
    """A <time> element with the date, and the clock time with its zone where it is known."""
    if moment is None:
        return ""
    shown = moment.astimezone(timezone.get_current_timezone())
    if precision == "day":
        return format_html('<time datetime="{}">{}</time>', f"{shown:%Y-%m-%d}", f"{shown.day} {shown:%B %Y}")
    text = f"{shown.day} {shown:%B %Y, %H:%M %Z}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.simple_tag
def as_of(value: str) -> str:
    """A <time> element of an ISO day or moment in a note; "" where it has none."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    if len(value) == len("2026-11-18"):
        return format_html('<time datetime="{}">{}</time>', value, f"{moment.day} {moment:%b %Y}")
    shown = moment.astimezone(timezone.get_current_timezone())
    return format_html('<time datetime="{}">{}</time>', value, f"{shown.day} {shown:%b %Y, %H:%M}")


@register.filter
def direction(language: str) -> str:
    return "rtl" if is_right_to_left(language) else "ltr"


@register.filter
def rule_in_words(rule: str) -> str:
    """lexical-v1 as "lexical, version 1"; a name without a version as it is."""
    name, mark, version = rule.rpartition("-v")
    if not (mark and version.isdecimal()):
        return rule
    return _("%(name)s, version %(version)s") % {"name": name.replace("-", " "), "version": version}


@register.filter
def language_name(language: str) -> str:
    """A language in words, "Arabic"; its code where CLDR has no word."""
    try:
        return Locale.parse(language, sep="-").get_language_name("en") or language
    except (UnknownLocaleError, ValueError):
        return language


@register.filter
def html_language(language: str) -> str:
    """The lang attribute's value; "und" says that it is not known."""
    return language or "und"


@register.filter
def moment(value: str | None) -> datetime | None:
    """The time that notes keep as ISO 8601, with its offset; None for a day alone, and for none."""
    return datetime.fromisoformat(value) if value and "T" in value else None


@register.filter
def without_comma(quote: str) -> str:
    """A quote without the comma that led on to its speaker."""
    return quote.rstrip().rstrip(",،、，")


@register.filter
def nice_date(value: str) -> str:
    """2026-11-18 as 18 Nov 2026, 2026-11 as Nov 2026."""
    for form, shown in (("%Y-%m-%d", "%d %b %Y"), ("%Y-%m", "%b %Y")):
        try:
            return f"{datetime.strptime(value, form):{shown}}".lstrip("0")  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return value
