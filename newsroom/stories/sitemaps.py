"""What search engines may list: /sitemap.xml and its parts, /news-sitemap.xml, /robots.txt.

A part holds the rows of a range of numbers, so a new story changes the last
part alone and no part is counted through. Invented news is listed nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Exists, IntegerField, Max, OuterRef, QuerySet
from django.db.models.expressions import F
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from newsroom.publishers.models import Publisher
from newsroom.stories.absolute import absolute
from newsroom.stories.feed_forms import legal
from newsroom.stories.models import Hashtag, Story, StoryCountry
from newsroom.stories.section_pages import SECTION_NAMES

A_PART = 10_000  # numbers; the protocol allows 50,000 addresses
PARTS_MOST = 50_000  # that an index may name
NEWS_MOST = 1000  # addresses, as those who read news sitemaps take
NEWS_AGE = timedelta(days=2)
XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_XMLNS = "http://www.google.com/schemas/sitemap-news/0.9"
PAGES = ("/", "/edition", "/hashtags", "/countries", "/publishers", "/about")
NEWS_LANGUAGES = {"zh": "zh-cn"}  # news sitemaps know two Chineses, and no plain one


def index(request: HttpRequest) -> HttpResponse:
    """The parts that hold something, those of stories with when they last changed."""
    parts = [
        ("sections", 1, None),
        *((name, part, None) for name in ("hashtags", "publishers") for part in _parts(name)),
    ]
    numbered = _in_parts(_stories()).values("part").annotate(last=Max("last_at")).order_by("part")
    parts += [("stories", row["part"] + 1, row["last"]) for row in numbered]
    lines = (
        f"<sitemap><loc>{absolute(request, f'/sitemap-{name}-{part}.xml')}</loc>{_changed(last)}</sitemap>"
        for name, part, last in parts
    )
    return _xml("sitemapindex", lines)


def stories(request: HttpRequest, part: int) -> HttpResponse:
    """The stories of a range of numbers."""
    rows = _range(_stories(), part).values_list("pk", "last_at")
    return _urlset(((absolute(request, f"/story/{pk}"), last_at) for pk, last_at in rows.iterator()))


def hashtags(request: HttpRequest, part: int) -> HttpResponse:
    """The hashtags of a range of numbers that have a page."""
    keys = _range(_hashtags(), part).values_list("key", flat=True)
    return _urlset((absolute(request, f"/hashtag/{quote(key)}"), None) for key in keys)


def publishers(request: HttpRequest, part: int) -> HttpResponse:
    """The publishers of a range of numbers that are followed."""
    slugs = _range(_publishers(), part).values_list("slug", flat=True)
    return _urlset((absolute(request, f"/publisher/{quote(slug)}"), None) for slug in slugs)


def sections(request: HttpRequest, part: int) -> HttpResponse:
    """The site's lists: front page, sections, countries that stories are about."""
    if part != 1:
        raise Http404(f"No part {part} of the sections' sitemap: it has one.")
    standing = StoryCountry.objects.filter(story__merged_into=None, story__is_private=False)
    codes = standing.order_by("code").values_list("code", flat=True).distinct()
    pages = [*PAGES, *(f"/section/{name}" for name in SECTION_NAMES), *(f"/country/{code}" for code in codes)]
    return _urlset((absolute(request, page), None) for page in pages)


def news(request: HttpRequest) -> HttpResponse:
    """The stories that began in the last two days."""
    since = timezone.now() - NEWS_AGE
    begun = _stories().filter(last_at__gte=since, first_at__gte=since).exclude(title="").order_by("-first_at", "-pk")
    lines = (
        f"<url><loc>{absolute(request, f'/story/{pk}')}</loc><news:news><news:publication>"
        f"<news:name>{_text(settings.SITE_NAME)}</news:name>"
        f"<news:language>{_text(_news_language(language))}</news:language></news:publication>"
        f"<news:publication_date>{first_at.isoformat()}</news:publication_date>"
        f"<news:title>{_text(title)}</news:title></news:news></url>"
        for pk, language, first_at, title in begun.values_list("pk", "language", "first_at", "title")[:NEWS_MOST]
    )
    return _xml("urlset", lines, f' xmlns:news="{NEWS_XMLNS}"')


def robots(request: HttpRequest) -> HttpResponse:
    """What robots may not ask for, and where the sitemaps are."""
    named = [absolute(request, "/sitemap.xml"), absolute(request, "/news-sitemap.xml")]
    return render(request, "robots.txt", {"sitemaps": named}, content_type="text/plain; charset=utf-8")


def addresses() -> list[URLPattern]:
    """The addresses of all these; the parts stand at the root, or they might list nothing above them."""
    parts = {"stories": stories, "hashtags": hashtags, "publishers": publishers, "sections": sections}
    return [
        path("robots.txt", robots),
        path("sitemap.xml", index),
        path("news-sitemap.xml", news),
        *(path(f"sitemap-{name}-<int:part>.xml", view) for name, view in parts.items()),
    ]


def _stories() -> QuerySet[Story]:
    return Story.objects.public().filter(is_sample=False)


def _hashtags() -> QuerySet[Hashtag]:
    told = Exists(_stories().filter(hashtags=OuterRef("pk")))
    return Hashtag.objects.filter(told, is_blocked=False, article_count__gte=Hashtag.PAGE_FROM)


def _publishers() -> QuerySet[Publisher]:
    return Publisher.objects.filter(feeds__isnull=False, is_sample=False).distinct()


def _parts(name: str) -> Iterator[int]:
    rows = _hashtags() if name == "hashtags" else _publishers()
    for part in _in_parts(rows).order_by("part").values_list("part", flat=True).distinct():
        yield part + 1


def _in_parts(rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    return rows.annotate(part=Cast((F("pk") - 1) / A_PART, IntegerField()))


def _range(rows: QuerySet, part: int) -> QuerySet:  # type: ignore[type-arg]
    """The rows of the part's numbers, in their order. Raises Http404 where there are none."""
    if not 1 <= part <= PARTS_MOST:
        raise Http404(f"No part {part} of a sitemap.")
    found = rows.filter(pk__gt=(part - 1) * A_PART, pk__lte=part * A_PART).order_by("pk")
    if not found.exists():
        raise Http404(f"No part {part} of a sitemap: nothing is numbered so.")
    return found


def _urlset(pages: Iterable[tuple[str, datetime | None]]) -> HttpResponse:
    return _xml("urlset", (f"<url><loc>{_text(url)}</loc>{_changed(last)}</url>" for url, last in pages))


def _changed(last: datetime | None) -> str:
    return f"<lastmod>{last.isoformat()}</lastmod>" if last else ""


def _xml(root: str, lines: Iterable[str], more: str = "") -> HttpResponse:
    body = "\n".join(lines)
    whole = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{XMLNS}"{more}>\n{body}\n</{root}>\n'
    return HttpResponse(whole, content_type="application/xml; charset=utf-8")


def _text(text: str) -> str:
    return escape(legal(text))


def _news_language(language: str) -> str:
    known = settings.LANGUAGE_CODE if language in ("", "und") else language
    return NEWS_LANGUAGES.get(known, known)
