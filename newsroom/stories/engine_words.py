"""What the text engine says of articles, in the reader's language.

The engine writes its reasons in English and they are kept so; here each known
sentence is told anew, the names in it as they stand. What is not known stays
English and is marked as that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from django.utils.functional import Promise
from django.utils.html import format_html, strip_tags
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Promise] = {
    "article": _("article"),
    "opinion": _("opinion"),
    "letters": _("letters"),
    "live": _("live page"),
    "explainer": _("explainer"),
    "newsletter": _("newsletter"),
    "sponsored": _("advertisement"),
    "teaser": _("teaser"),
    "video": _("video"),
    "gallery": _("pictures"),
    "podcast": _("podcast"),
    "list": _("list"),
    "paywall": _("for subscribers"),
    "consent": _("consent form"),
    "challenge": _("check for robots"),
    "error": _("error"),
    "empty": _("no text"),
}

# How a look at a feed went: "new", "unchanged", or what was wrong.
OUTCOMES: dict[str, Promise] = {
    "new": _("something new"),
    "unchanged": _("unchanged"),
    "bad-address": _("no address that is fetched"),
    "refused-address": _("an address that is not public"),
    "dns": _("its name has no address"),
    "dns-failed": _("its name could not be looked up"),
    "connect": _("no connection"),
    "connect-timeout": _("no connection in time"),
    "tls": _("no safe connection"),
    "timeout": _("no answer in time"),
    "too-large": _("too large"),
    "headers-too-large": _("its headers are too large"),
    "too-many-redirects": _("too many redirects"),
    "redirect-loop": _("redirects in a circle"),
    "redirect-nowhere": _("redirects to nowhere"),
    "redirect-refused": _("redirects to what is not fetched"),
    "bad-encoding": _("cannot be unpacked"),
    "protocol": _("no sound HTTP"),
    "interrupted": _("broken off"),
    "asked-to-wait": _("its host asked us to wait"),
    "empty-answer": _("an empty answer"),
    "not-a-feed": _("not a feed"),
    "limits": _("takes too much to read"),
}

STATUSES: dict[str, Promise] = {
    "http-401": _("asks for a password"),
    "http-403": _("forbidden to us"),
    "http-404": _("not there"),
    "http-410": _("gone for good"),
    "http-429": _("asks us to come less often"),
    "http-451": _("withheld for legal reasons"),
    "http-5": _("out of order"),
    "http-": _("cannot be had"),
}

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
BEFORE: dict[str, Callable[[int], str]] = {
    "year": lambda n: ngettext("{n} year before", "{n} years before", n),
    "month": lambda n: ngettext("{n} month before", "{n} months before", n),
    "week": lambda n: ngettext("{n} week before", "{n} weeks before", n),
    "day": lambda n: ngettext("{n} day before", "{n} days before", n),
    "hour": lambda n: ngettext("{n} hour before", "{n} hours before", n),
}
LATER: dict[str, Callable[[int], str]] = {
    "year": lambda n: ngettext("{n} year later", "{n} years later", n),
    "month": lambda n: ngettext("{n} month later", "{n} months later", n),
    "week": lambda n: ngettext("{n} week later", "{n} weeks later", n),
    "day": lambda n: ngettext("{n} day later", "{n} days later", n),
    "hour": lambda n: ngettext("{n} hour later", "{n} hours later", n),
}
APART: dict[str, Callable[[int], str]] = {
    "hour": lambda n: ngettext("published {n} hour apart", "published {n} hours apart", n),
    "day": lambda n: ngettext("published {n} day apart", "published {n} days apart", n),
}
SPAN = r"(?P<number>\w+) (?P<unit>year|month|week|day|hour)s? (?P<way>before|later)"
# As newstext writes them -> the same with the parts that differ in braces. `names` are names and words of articles.
PATTERNS: tuple[tuple[str, Promise], ...] = (
    (r"both name (?P<names>.+)", _("both name {names}")),
    (r"both use the words (?P<names>.+)", _("both use the words {names}")),
    (r"both give (?P<names>.+)", _("both give {names}")),
    (r"also names (?P<names>.+)", _("also names {names}")),
    (r"shares the words (?P<names>.+)", _("shares the words {names}")),
    (r"in another language, (?P<rest>.+)", _("in another language, {rest}")),
    (r"published within an hour", _("published within an hour")),
    (r"tells the same event, (?P<rest>.+)", _("tells the same event, {rest}")),
    (r"tells the same event", _("tells the same event")),
    (r"earlier in the same course of events, (?P<rest>.+)", _("earlier in the same course of events, {rest}")),
    (r"later in the same course of events, (?P<rest>.+)", _("later in the same course of events, {rest}")),
    (r"in the same course of events", _("in the same course of events")),
    (r"explains what lies behind", _("explains what lies behind")),
    (r"tells what went before, (?P<rest>.*)", _("tells what went before, {rest}")),
    (r"another side: (?P<names>.+)", _("another side: {names}")),
    (r"an opinion that says the opposite on (?P<names>.+)", _("an opinion that says the opposite on {names}")),
    (r"(?P<share>\d+%) of its text is the same as in an earlier article",
     _("{share} of its text is the same as in an earlier article")),
    (r"the optional model finds them (?P<share>\d+%) alike", _("the optional model finds them {share} alike")),
    (r"(?P<n>\d+) of the (?P<all>\d+) articles with this text credits? (?P<names>.+)",
     _("of {all} articles with this text, {n} credit {names}")),
    (r"its only reprint held credits (?P<names>.+)", _("its only reprint held credits {names}")),
    (r"it is the agency’s own text", _("it is the agency’s own text")),
    (r"the others name it as their source", _("the others name it as their source")),
    (r"it was published first", _("it was published first")),
    (r"The publisher's site answered with a check for robots instead of the article\.",
     _("The publisher’s site answered with a check for robots instead of the article.")),
    (r"The publisher's site answered with an error page\.", _("The publisher’s site answered with an error page.")),
    (r"The article is for the publisher's subscribers; only its first lines were sent\.",
     _("The article is for the publisher’s subscribers; only its first lines were sent.")),
    (r"The publisher's site answered with a consent form instead of the article\.",
     _("The publisher’s site answered with a consent form instead of the article.")),
    (r"The page shows its text only to browsers that run its scripts\.",
     _("The page shows its text only to browsers that run its scripts.")),
    (r"The address leads to a list of headlines, not to an article\.",
     _("The address leads to a list of headlines, not to an article.")),
    (r"This newsletter is a list of other stories\.", _("This newsletter is a list of other stories.")),
    (r"This is a video page without a text of its own\.", _("This is a video page without a text of its own.")),
    (r"This is a gallery page without a text of its own\.", _("This is a gallery page without a text of its own.")),
    (r"This is a podcast page without a text of its own\.", _("This is a podcast page without a text of its own.")),
    (r"The publisher marks this article as closed, and sent only a part of it\.",
     _("The publisher marks this article as closed, and sent only a part of it.")),
    (r"No article text was found on the page\.", _("No article text was found on the page.")),
    (r"What stands where the article should is no writing: most of it is signs and figures\.",
     _("What stands where the article should is no writing: most of it is signs and figures.")),
    (r"The text found on the page has no word of its headline; it is another text\.",
     _("The text found on the page has no word of its headline; it is another text.")),
    (r"The text found on the page stands under other, unrelated headlines of this publisher too\.",
     _("The text found on the page stands under other, unrelated headlines of this publisher too.")),
    (r"The text has a headline but no body\.", _("The text has a headline but no body.")),
    (r"The feed item has neither headline nor text\.", _("The feed item has neither headline nor text.")),
    (r"(?P<address>\S+): asks for a password \(HTTP 401\)\.", _("{address}: asks for a password (HTTP 401).")),
    (r"(?P<address>\S+): is forbidden to us \(HTTP 403\)\.", _("{address}: is forbidden to us (HTTP 403).")),
    (r"(?P<address>\S+): is not there \(HTTP 404\)\.", _("{address}: is not there (HTTP 404).")),
    (r"(?P<address>\S+): is gone for good \(HTTP 410\)\.", _("{address}: is gone for good (HTTP 410).")),
    (r"(?P<address>\S+): asks us to come less often \(HTTP 429\)\.",
     _("{address}: asks us to come less often (HTTP 429).")),
    (r"(?P<address>\S+): is withheld for legal reasons \(HTTP 451\)\.",
     _("{address}: is withheld for legal reasons (HTTP 451).")),
    (r"(?P<address>\S+): is out of order \(HTTP (?P<status>\d+)\)\.",
     _("{address}: is out of order (HTTP {status}).")),
    (r"(?P<address>\S+): cannot be had \(HTTP (?P<status>\d+)\)\.",
     _("{address}: cannot be had (HTTP {status}).")),
)  # fmt: skip
KNOWN = tuple((re.compile(pattern, re.DOTALL), said) for pattern, said in PATTERNS)
TIME_APART = re.compile(SPAN)
PUBLISHED_APART = re.compile(r"published (?P<number>\d+) (?P<unit>hour|day)s? apart")
ENGLISH = "en"
NAMED = re.compile(r"(https?://)[^\s/?#@]+@")
QUERY = re.compile(r"(https?://[^\s?]+)\?[^\s:,;)]+")


def said_in_words(said: str) -> str:
    """HTML of one of the engine's sentences in the page's language, names as they are written.

    Several in a row, parted by "; ", are told one by one. What stands behind the
    ? of an address is left out, and a name or password before its host: they
    may be a reader's key.
    """
    said = NAMED.sub(r"\1…@", QUERY.sub(r"\1?…", said))
    parts = said.split("; ")
    if (get_language() or ENGLISH).startswith(ENGLISH):
        return format_html("<bdi>{}</bdi>", said)
    told = [_told(part) for part in parts]
    if all(told):
        return format_html("<bdi>{}</bdi>", _joined([part for part in told if part]))
    whole = _told(said)  # a "; " of its own, or nothing that is known
    return format_html("<bdi>{}</bdi>", whole) if whole else format_html('<bdi lang="en" dir="ltr">{}</bdi>', said)


def said_as_text(said: str) -> str:
    """The same without HTML, for a message."""
    return unescape(strip_tags(said_in_words(said)))


def kind_in_words(kind: str) -> str:
    """What kind of page an article is, or how a look at a feed went, in one or two words."""
    if kind.startswith("http-"):
        return str(STATUSES.get(kind) or (STATUSES["http-5"] if kind >= "http-5" else STATUSES["http-"]))
    return str(KINDS.get(kind) or OUTCOMES.get(kind) or kind)


def _told(said: str) -> str | None:
    """The sentence in the page's language; None where it is not known."""
    if found := TIME_APART.fullmatch(said):
        ways = BEFORE if found["way"] == "before" else LATER
        return _counted(ways[found["unit"]], found["number"])
    if found := PUBLISHED_APART.fullmatch(said):
        return _counted(APART[found["unit"]], found["number"])
    for pattern, message in KNOWN:
        if found := pattern.fullmatch(said):
            parts = {name: _part(name, value) for name, value in found.groupdict().items()}
            is_known = None not in parts.values()
            return (format_html(str(message), **parts) if parts else str(message)) if is_known else None
    return None


def _part(name: str, value: str) -> str | None:
    if name == "rest":
        return _told(value) if value else ""
    if name == "names" and " and " in value:
        first, _and, last = value.rpartition(" and ")
        both = {"first": format_html("<bdi>{}</bdi>", first), "last": format_html("<bdi>{}</bdi>", last)}
        return format_html(str(_("{first} and {last}")), **both)
    return format_html("<bdi>{}</bdi>", value)


def _counted(message: Callable[[int], str], number: str) -> str:
    count = NUMBERS.index(number) + 1 if number in NUMBERS else int(number) if number.isdecimal() else 0
    return format_html(message(count), n=count)


def _joined(parts: list[str]) -> str:
    """The parts with the language's own mark between them."""
    whole = parts[0]
    for part in parts[1:]:
        whole = format_html(str(_("{first}; {last}")), first=whole, last=part)
    return whole
