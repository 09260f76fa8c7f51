"""The head of story, article and list pages: what parts/meta_*.html show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context

from newsroom.articles.models import Article
from newsroom.stories import metadata
from newsroom.stories.absolute import absolute
from newsroom.stories.models import Story
from newsroom.stories.noted import Sections
from newsroom.stories.showing import Telling

register = template.Library()


@register.simple_tag(takes_context=True)
def meta_of_story(context: Context, story: Story, tellings: Iterable[Telling], sections: Sections) -> dict[str, Any]:
    """What the head of the story's page says."""
    return metadata.of_story(context["request"], story, tellings, sections)


@register.simple_tag(takes_context=True)
def meta_of_article(context: Context, article: Article) -> dict[str, Any]:
    """What the head of the article's page says."""
    return metadata.of_article(context["request"], article)


@register.simple_tag(takes_context=True)
def absolute_url(context: Context, path: str) -> str:
    """The whole address of a path of this site."""
    return absolute(context["request"], path)


@register.filter
def og_locale(language: str) -> str:
    """The language as OpenGraph wants it."""
    return metadata.locale_of(language)


class DataBlock(template.Node):
    """A <script> that no browser runs; its text was escaped by metadata.as_data_block for where it stands."""

    def __init__(self, data: FilterExpression) -> None:
        self.data = data

    def render(self, context: Context) -> str:
        return f'<script type="application/ld+json">{self.data.resolve(context)}</script>'


@register.tag
def data_block(parser: Parser, token: Token) -> DataBlock:
    """{% data_block meta.data %}: JSON by schema.org, made by metadata.as_data_block."""
    return DataBlock(parser.compile_filter(token.split_contents()[1]))
