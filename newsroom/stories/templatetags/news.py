"""What the pages' templates need: times and numbers in words, what the engine says in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.readers.templatetags.kept import at_each_showing
from newsroom.readers.wording import (
    DayForm,
    day_in_words,
    language_in_words,
    moment_in_words,
    number_in_words,
)
from newsroom.stories.engine_words import kind_in_words, said_in_words
from newsroom.stories.models import Story
from newstext.language import is_right_to_left

register = template.Library()
register.filter("kind_name", kind_in_words)
register.filter("in_words", said_in_words)
register.filter("language_name", language_in_words)
register.filter("number", number_in_words)
MINUTES_AN_HOUR = 60
MINUTE_S, HOUR_S, DAY_S, WEEK_S = 60, 3600, 86_400, 7 * 86_400


def age_in_words(moment: datetime, now: datetime) -> str:
    """ "5 minutes ago"; the date itself from a week on, and for what lies ahead."""
    seconds = (now - moment).total_seconds()
    if seconds < -MINUTE_S or seconds >= WEEK_S:
        return day_in_words(moment.astimezone(timezone.get_current_timezone()).date())
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
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        moment_in_words(moment),
        at_each_showing(_age_now, moment),
    )


def _age_now(moment: datetime) -> str:
    return escape(age_in_words(moment, timezone.now()))


@register.simple_tag
def carried(story: Story) -> str:
    """Why a story stands where it does: "12 independent publishers in 3 hours"; "" where one alone tells it."""
    if story.front_origins < 2:
        return ""
    who = ngettext("%(n)d independent publisher", "%(n)d independent publishers", story.front_origins)
    who = who % {"n": story.front_origins}
    if story.front_minutes < MINUTES_AN_HOUR:
        return _("%(who)s within an hour") % {"who": who}
    hours = max(2, -(-story.front_minutes // MINUTES_AN_HOUR))
    return ngettext("%(who)s in %(n)d hour", "%(who)s in %(n)d hours", hours) % {"who": who, "n": hours}


@register.simple_tag
def today() -> str:
    """A <time> element of the day with its weekday: "Thursday, 26 November 2026"."""
    day = timezone.localdate()
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), day_in_words(day, "full"))


@register.simple_tag
def full_time(moment: datetime | None, precision: str = "time") -> str:
    """A <time> element with the date, and the clock time with its zone where it is known."""
    if moment is None:
        return ""
    if precision == "day":
        day = moment.astimezone(timezone.get_current_timezone()).date()
        return format_html('<time datetime="{}">{}</time>', day.isoformat(), day_in_words(day, "long"))
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), moment_in_words(moment, "long"))


@register.simple_tag
def as_of(value: str) -> str:
    """A <time> element of an ISO day or moment in a note; "" where it has none."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    if len(value) == len("2026-11-18"):
        return format_html('<time datetime="{}">{}</time>', value, day_in_words(moment.date()))
    return format_html('<time datetime="{}">{}</time>', value, moment_in_words(moment, has_zone=False))


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
def day(value: date | datetime | None, form: DayForm = "medium") -> str:
    """A day in words: "18 Nov 2026", as "long" "18 November 2026", as "short" "18 Nov"; "" for none."""
    if value is None:
        return ""
    is_moment = isinstance(value, datetime) and timezone.is_aware(value)
    return day_in_words(value.astimezone(timezone.get_current_timezone()) if is_moment else value, form)


@register.filter
def nice_date(value: str) -> str:
    """2026-11-18 as 18 Nov 2026, 2026-11 as Nov 2026."""
    is_month = len(value) == len("2026-11")
    try:
        return day_in_words(date.fromisoformat(f"{value}-01" if is_month else value), "month" if is_month else "medium")
    except ValueError:
        return value
