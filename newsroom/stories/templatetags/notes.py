"""A section of a story's notes on its page, made once for what stands in it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html

from newsroom.readers.templatetags.kept import kept_part
from newsroom.stories.noted import Part, Sections

register = template.Library()
MADE_FIELDS = ("article_count", "made_at", "written_at", "written_by")


@register.simple_tag(takes_context=True)
def section_of_notes(context: Context, part: Part) -> str:
    """The section, and below it how it was made. On a page with `sections`, and a `course`, `story` and `article`."""
    sections: Sections = context["sections"]
    story, article = context.get("story"), context.get("article")
    values = {
        "sections": {"body": _body(part, sections)},
        "course": context.get("course") if part.name == "timeline" else None,
        "story": story.pk if story else None,
        "private_key": article.private_key if article else "",
    }
    html = kept_part(part.template, values)
    if sections.notes is None:  # who tells a story is known before anything is noted of it
        return format_html("{}\n", html)
    how = {
        "part": {"name": part.name, "title": part.title},
        "is_written": part.name in sections.written,
        "notes": {name: getattr(sections.notes, name) for name in MADE_FIELDS},
        "story": story.pk if story and not story.is_private else None,
    }
    return format_html("{}{}", html, kept_part("parts/made.html", how))


def _body(part: Part, sections: Sections) -> dict[str, Any]:
    """What the section shows of the notes."""
    shown = {key: sections.body.get(key) for key in (part.name, *part.also)}
    if part.name == "why_now":
        disagreements = sections.body.get("coverage", {}).get("disagreements", ())
        shown["coverage"] = {"disagreements": disagreements}
    return shown
