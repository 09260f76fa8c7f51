"""The feeds of a story's tellings, of a publisher, a search and a storyline."""

from __future__ import annotations

from urllib.parse import quote

from django.db.models import F
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.publishers.models import OldSlug, Publisher
from newsroom.stories import editions, hashtag_pages, section_pages, storyline_page, views
from newsroom.stories.feed_forms import FORMS
from newsroom.stories.models import Story, Storyline
from newsroom.stories.outgoing import ITEMS, feed_of, feed_of_articles, in_three_forms, with_what_a_feed_needs
from newsroom.stories.save import stands_for
from newsroom.stories.search_feed import articles_for_feed
from newsroom.stories.search_query import read_query


def story(request: HttpRequest, story_id: int, form: str) -> HttpResponseBase:
    """A story's tellings as they come, copies left out: they say nothing new."""
    found = get_object_or_404(Story.objects.select_related("merged_into"), pk=story_id, is_private=False)
    if found.merged_into:
        return HttpResponsePermanentRedirect(f"/story/{stands_for(found).pk}/{FORMS[form].file}")
    tellings = Article.objects.public().filter(placement__story=found, placement__copy_of=None)
    newest = with_what_a_feed_needs(tellings).order_by(F("published_at").desc(nulls_last=True), "-pk")[:ITEMS]
    title = found.title or "…"
    said = _("Who tells it, as it comes: %(title)s") % {"title": title}
    return feed_of_articles(request, newest, page=f"/story/{found.pk}", title=title, description=said, form=form)


def publisher(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """A publisher's newest articles."""
    if old := OldSlug.objects.filter(slug=slug).select_related("publisher").first():
        return HttpResponsePermanentRedirect(f"{_page_of(old.publisher)}/{FORMS[form].file}")
    found = get_object_or_404(Publisher, slug=slug)
    articles = Article.objects.public().filter(publisher=found).exclude(backfilled_at__isnull=False, read_at=None)
    newest = with_what_a_feed_needs(articles).order_by(F("published_at").desc(nulls_last=True), "-pk")[:ITEMS]
    said = _("The newest articles of %(name)s") % {"name": found.shown_name}
    return feed_of_articles(request, newest, page=_page_of(found), title=found.shown_name, description=said, form=form)


def search(request: HttpRequest, form: str) -> HttpResponseBase:
    """What a search finds, the newest first."""
    query = read_query(request.GET.get("q", "")).said
    title = _("Search: %(query)s") % {"query": query} if query else _("Search")
    return feed_of_articles(
        request,
        articles_for_feed(query),
        page="/search",
        query=f"?q={quote(query)}" if query else "",
        title=title,
        description=_("The newest articles that a search finds"),
        form=form,
    )


def storyline(request: HttpRequest, storyline_id: int, form: str) -> HttpResponseBase:
    """The stories of one course of events."""
    found = get_object_or_404(Storyline, pk=storyline_id)
    stories = Story.objects.public().filter(storyline=found)
    opening = stories.order_by("first_at", "pk").first()
    if opening is None:
        return storyline_page.moved(found, to=f"/{FORMS[form].file}")
    title = opening.title or "…"
    return feed_of(request, stories, page=f"/storyline/{found.pk}", title=title, form=form)


def _page_of(publisher: Publisher) -> str:
    return f"/publisher/{quote(publisher.slug)}"


def addresses() -> list[URLPattern]:
    """The feeds of all pages that have one, each in three forms. They stand before the pages whose slug is any path."""
    return [
        *in_three_forms("", views.feed),
        *in_three_forms("section/<str:name>", section_pages.section_feed),
        *in_three_forms("country/<str:code>", section_pages.country_feed),
        *in_three_forms("hashtag/<str:key>", hashtag_pages.feed),
        *in_three_forms("edition", editions.feed),
        *in_three_forms("story/<int:story_id>", story),
        *in_three_forms("storyline/<int:storyline_id>", storyline),
        *in_three_forms("publisher/<str:slug>", publisher),
        *in_three_forms("search", search),
    ]
