"""Why a story stands where it does in For you, in words."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.stories.for_you import Line

register = template.Library()


@register.simple_tag
def line_name(line: Line) -> SafeString:
    """What the line is about, as a link to its page: #Karabakh, The Meren Courier, “bridge repairs”."""
    shown = {"hashtag": "#{}", "search": "“{}”"}.get(line.kind, "{}").replace("{}", line.name or line.key)
    return format_html('<a href="{}"><bdi>{}</bdi></a>', line.address, shown)


@register.simple_tag
def line_reason(line: Line) -> SafeString:
    """Why a story stands where it does: "you follow #Karabakh", "you read 4 stories of this storyline"."""
    what = line_name(line)
    if line.kind == "storyline":  # its name is a headline, too long for a reason
        what = format_html('<a href="{}">{}</a>', line.address, _("this storyline"))
    if not line.read:
        return format_html(_("you follow {what}"), what=what)
    if line.kind == "storyline":
        words = ngettext("you read {n} story of {what}", "you read {n} stories of {what}", line.read)
    elif line.kind == "publisher":
        words = ngettext("you read {n} article of {what}", "you read {n} articles of {what}", line.read)
    else:
        words = ngettext("you read {n} story with {what}", "you read {n} stories with {what}", line.read)
    return format_html(words, n=line.read, what=what)


@register.simple_tag
def read_of(line: Line) -> str:
    """What was read of it: "4 stories of this storyline read", "4 articles read", "4 stories read"."""
    if line.kind == "publisher":
        words = ngettext("%(n)d article read", "%(n)d articles read", line.read)
    elif line.kind == "storyline":
        words = ngettext("%(n)d story of this storyline read", "%(n)d stories of this storyline read", line.read)
    else:
        words = ngettext("%(n)d story read", "%(n)d stories read", line.read)
    return words % {"n": line.read}


@register.filter
def at_dial(line: Line, dial: int) -> float:
    """How many hours newer a story with this line stands at that dial."""
    return line.hours * dial / 100
