"""Stories and tellings in lists, each made once for what stands in it."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template.context import Context
from django.utils.html import format_html

from newsroom.readers.models import Item
from newsroom.readers.templatetags.kept import kept_part
from newsroom.stories.history import History
from newsroom.stories.marks import Mark
from newsroom.stories.models import Placement, Story
from newsroom.stories.noted import Sections
from newsroom.stories.showing import Telling
from newsroom.stories.templatetags.keeping import list_mark

register = template.Library()
TAGS_SHOWN = 4


@register.simple_tag(takes_context=True)
def story_line(context: Context, story: Story, sections: Sections, *, has_dek: bool = False) -> str:
    """A story in one line, with the first sentence of its brief where it `has_dek`."""
    dek = sections.brief[:1] if has_dek else []
    mark = list_mark(context, Item.STORY, story.pk)
    is_read = bool(mark and mark.is_read)
    values = {"story": story, "dek": dek[0] if dek else None, "is_new": _is_new(context, story), "is_read": is_read}
    return kept_part("parts/story_line.html", values)


@register.simple_tag(takes_context=True)
def story_item(
    context: Context, story: Story, sections: Sections, publishers: Sequence[Placement], *, with_picture: bool = False
) -> str:
    """A story as `listing.with_cards` read it, with its newest publishers and hashtags."""
    picture, mark = "", list_mark(context, Item.STORY, story.pk)
    if with_picture:
        with context.push(article=story.lead):
            picture = context.template.engine.get_template("parts/picture.html").render(context)
    values = {
        "story": story,
        "dek": sections.brief[0] if sections.brief else None,
        "is_new": _is_new(context, story),
        "picture": picture,
        "publishers": [placement.article for placement in publishers],
        "tags": list(story.hashtags.all())[:TAGS_SHOWN],
        "is_read": bool(mark and mark.is_read),
    }
    return format_html("{}{}</article>\n", kept_part("parts/story_item.html", values), _buttons(context, story, mark))


def _buttons(context: Context, story: Story, mark: Mark | None) -> str:
    """What a reader who is signed in may do with it; never kept: it holds their token."""
    if mark is None:
        return ""
    with context.push(story=story, mark=mark):
        return context.template.engine.get_template("parts/keep_listed.html").render(context)


@register.simple_tag
def telling_line(telling: Telling, history: History) -> str:
    """A telling of a story, with why it stands there and its copies."""
    return kept_part("parts/telling.html", {"telling": telling, "has_opened": telling.article == history.opened_by})


def _is_new(context: Context, story: Story) -> bool:
    """True where the page tells what is new since a moment, and the story is."""
    since = context.get("since")
    return bool(since and story.last_at > since.moment)
