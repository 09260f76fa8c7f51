"""Sentences of notes with the mark that leads to their source.

A story's page has a hundred of them and more, so they are written here: a
part of a template would be found, filled and joined for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.stories.noted import Shown
from newsroom.stories.templatetags.news import age, direction, html_language, moment, nice_date

register = template.Library()
SAID = '<span class="said" lang="{}" dir="{}">{}</span> {}\n'


@register.simple_tag
def mark(sentence: Shown) -> str:
    """The link to the place that a sentence stands on, under its publisher's name."""
    title, source = _words(get_language())
    return format_html(
        '<a class="mark" href="{}"{} title="{}"><span class="hidden">{} </span><bdi>{}</bdi></a>',
        sentence.url, _check(sentence), title, source, sentence.publisher,
    )  # fmt: skip


@register.simple_tag
def sentence(sentence: Shown) -> str:
    """The sentence and its mark."""
    language = sentence.language
    return format_html(SAID, html_language(language), direction(language), sentence.text, mark(sentence))


@register.simple_tag
def also(sentences: Iterable[Shown]) -> str:
    """The marks of other tellings that say the same."""
    said = _("Also:")
    return format_html_join(
        "",
        ' <a class="mark" href="{}"{}><span class="hidden">{} </span><bdi>{}</bdi></a>',
        ((one.url, _check(one), said, one.publisher) for one in sentences or ()),
    )


@register.simple_tag
def said_in(said: Mapping[str, Any]) -> str:
    """Where something was said, and when; a quote or a claim of the notes."""
    published_at = said.get("published_at", "")
    when = ""
    if at := moment(published_at):
        when = age(at)
    elif published_at:
        when = format_html('<time datetime="{}">{}</time>', published_at, nice_date(published_at))
    return format_html("{} {}{}\n", mark(said["evidence"]), when, also(said.get("also", ())))


@lru_cache(maxsize=64)
def _words(language: str | None) -> tuple[str, str]:
    """What stands in each mark, in the language that is on."""
    return _("Open this sentence in its article"), _("Source:")


def _check(sentence: Shown) -> str:
    return format_html(' data-is="{}"', sentence.check) if sentence.check else ""
