"""The feeds that the site sends out: stories, tellings, what a search finds, editions; each in three forms.

No whole text leaves by them: an article is its headline, an excerpt and where
to read it; a story the sentences of its brief, each with its source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from unicodedata import bidirectional
from uuid import uuid5

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import http_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.articles.openness import EXCERPT_WORDS, public_openness
from newsroom.publishers.models import Publisher
from newsroom.stories.absolute import absolute
from newsroom.stories.feed_forms import FORMS, Item, Outgoing, Source
from newsroom.stories.models import Edition, Installation, Placement, Story, StoryQuerySet
from newsroom.stories.noted import Sections, Shown, sections_of_all
from newsroom.stories.save import stands_for
from newsroom.stories.templatetags.news import direction
from newstext.sanitise import plain_text

ITEMS = 30
TELLINGS_NAMED = 6
TAGS = 8
EXCERPT_CHARS = 600
LONGEST_WORD = 60  # longer ones are several, in a script that puts no space between them
UNSPACED_CHARS = 120
TITLE_CHARS = 500
SENTENCE = '<p lang="{}" dir="{}">{} <a href="{}"><bdi>{}</bdi></a></p>'
TELLING = '<li><bdi>{}</bdi>: <a href="{}" lang="{}" dir="{}">{}</a></li>'
# A reader takes a title's direction from its first letter.
DIRECTION_MARKS = {"rtl": "\u200f", "ltr": "\u200e"}

Hides = Callable[[str], bool]


def in_three_forms(of: str, view: Callable[..., HttpResponseBase]) -> list[URLPattern]:
    """The addresses of a page's feeds. of: the page's own, "" for the front page; view takes the form's name."""
    folder = f"{of}/" if of else ""
    return [path(f"{folder}{form.file}", view, {"form": name}) for name, form in FORMS.items()]


def feed_of(
    request: HttpRequest, stories: StoryQuerySet, *, page: str, title: str = "", form: str = "rss"
) -> HttpResponseBase:
    """The newest of these stories. page: the address of the page that lists them; title: what they are of."""
    rows = list(with_what_an_item_needs(stories.order_by("-last_at", "-pk"))[:ITEMS])
    sections = sections_of_all((one.notes for one in rows if hasattr(one, "notes")), names={"brief"})
    ids = Ids()
    items = [of_story(request, ids, one, sections.get(one.pk, Sections())) for one in rows]
    said = _("The newest stories: %(title)s") % {"title": title} if title else _("The newest stories")
    return answer(request, ids, items, page=page, title=title, description=said, form=form)


def with_what_an_item_needs(stories: StoryQuerySet) -> StoryQuerySet:
    """The same stories with all that `of_story` asks but the brief, in as many queries whatever their number."""
    told = Placement.objects.select_related("article__publisher").order_by("-article__published_at", "-article_id")
    told = told.only(
        "story_id", "copy_of_id", "article__title", "article__url", "article__language", "article__private_key",
        "article__publisher__name", "article__publisher__domain", "article__publisher__shares_name",
    )  # fmt: skip
    stories = stories.select_related("lead__publisher", "notes")
    stories = stories.defer("lead__sentences", "lead__marks", "lead__entry")
    return stories.prefetch_related("hashtags", Prefetch("placements", told, to_attr="told"))


def feed_of_articles(
    request: HttpRequest,
    articles: Iterable[Article],
    *,
    page: str,
    title: str,
    description: str,
    form: str,
    query: str = "",
) -> HttpResponseBase:
    """These articles in their order. query: of the page's address and the feed's, as ?q=dam."""
    ids = Ids()
    items = [_of_article(request, ids, one) for one in articles]
    return answer(request, ids, items, page=page, title=title, description=description, form=form, query=query)


def with_what_a_feed_needs(articles: QuerySet[Article]) -> QuerySet[Article]:
    """The same articles with their publishers, without what no feed shows."""
    return articles.select_related("publisher").defer("sentences", "marks", "entry")


def feed_of_editions(request: HttpRequest, editions: Iterable[Edition], *, form: str) -> HttpResponseBase:
    """An item for each edition, with its headlines. Their stories and what these were merged into come along."""
    ids = Ids()
    items = [_of_edition(request, ids, one) for one in editions]
    said = _("Once a day the stories that matter")
    return answer(request, ids, items, page="/edition", title=_("The edition"), description=said, form=form)


class Ids:
    """What names feeds and items for ever: made of this installation's key and what they are, not of host or title."""

    def __init__(self) -> None:
        self.installation, _made = Installation.objects.get_or_create(pk=1)

    def of(self, what: str) -> str:
        """The URN of, say, "story/12"."""
        return uuid5(self.installation.key, what).urn


def answer(
    request: HttpRequest,
    ids: Ids,
    items: Iterable[Item],
    *,
    page: str,
    title: str,
    description: str,
    form: str,
    query: str = "",
) -> HttpResponseBase:
    """The feed in a form, or 304 where the reader has it as it stands."""
    held, title, description = tuple(items), cut(title), cut(description)
    feed = Outgoing(
        id=ids.of(f"feed {page}{query}"),
        url=absolute(request, f"{page}{query}"),
        folder=absolute(request, page).rstrip("/"),
        query=query,
        title=f"{settings.SITE_NAME}: {title}" if title else settings.SITE_NAME,
        site_name=settings.SITE_NAME,
        description=description,
        language=get_language() or settings.LANGUAGE_CODE,
        updated_at=max((one.updated_at for one in held), default=ids.installation.made_at),
        items=held,
    )
    body = FORMS[form].write(feed).encode()
    changed_at = max((one.changed_at for one in held), default=ids.installation.made_at)
    response = HttpResponse(body, content_type=FORMS[form].content_type)
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response["Last-Modified"] = http_date(changed_at.timestamp())
    asked = get_conditional_response(request, response["ETag"], int(changed_at.timestamp()), response)
    return asked or response


def told_by(story: Story) -> str:
    """Who tells it: reprints confirm nothing, so origins are counted beside outlets."""
    outlets = ngettext("%(n)d outlet", "%(n)d outlets", story.publisher_count) % {"n": story.publisher_count}
    if not story.origin_count or story.publisher_count == 1:
        return outlets
    words = ngettext("%(n)d independent origin", "%(n)d independent origins", story.origin_count)
    return f"{outlets}, {words % {'n': story.origin_count}}"


def excerpt(article: Article) -> str:
    """The publisher's own summary or its text's beginning, 60 words at most and never the whole text.

    "" where its publisher opens no more than the headline.
    """
    if public_openness(article).access == "headline":
        return ""
    said, most = plain_text(article.summary).split(), EXCERPT_WORDS
    if not said and article.has_body:
        said = article.text[: 10 * EXCERPT_CHARS].split()
        most = min(EXCERPT_WORDS, max(1, len(said) // 2))
    elif article.has_body:
        most = min(EXCERPT_WORDS, max(1, len(article.text[: 10 * EXCERPT_CHARS].split()) - 1))
    shown = " ".join(said[:most])
    chars = UNSPACED_CHARS if any(len(word) > LONGEST_WORD for word in said[:most]) else EXCERPT_CHARS
    if len(shown) > chars:
        shown = shown[:chars].rpartition(" ")[0] or shown[:chars]
    return shown if len(shown) >= len(" ".join(said)) else f"{shown} …"


def of_story(
    request: HttpRequest,
    ids: Ids,
    story: Story,
    sections: Sections,
    *,
    without: Collection[int] = (),
    hides: Hides | None = None,
) -> Item:
    """A `with_what_an_item_needs` story as an item.

    without: publishers whose words and headlines are left out; hides: says of a sentence that it is.
    """
    tellers = _tellers(story, without)
    lead = story.lead if story.lead and story.lead.publisher_id not in without else None
    title, language = story.title, story.language
    if story.lead and lead is None and tellers and not story.given_title:
        title, language = tellers[0].title, tellers[0].language
    brief = _brief_without(story, sections.brief, without, hides)
    begins = "" if brief or lead is None else excerpt(lead)
    html = _story_html(request, story, brief, begins, tellers)
    if sections.brief and not brief:
        html = format_html("<p>{}</p>{}", _("Its brief stands on what you muted."), html)
    summary = brief[0].text if brief else begins or told_by(story)
    notes = sections.notes
    changes = (notes.made_at, notes.written_at) if notes else ()
    return Item(
        id=ids.of(f"story/{story.pk}"),
        url=absolute(request, f"/story/{story.pk}"),
        title=directed(title or "…", language),
        language=known(language),
        published_at=story.first_at,
        updated_at=story.last_at,
        changed_at=max(moment for moment in (story.last_at, *changes) if moment),
        summary=summary,
        html=html,
        authors=tuple(one.publisher.shown_name for one in tellers),
        tags=tuple(tag.name for tag in story.hashtags.all())[:TAGS],
    )


def _tellers(story: Story, without: Collection[int]) -> list[Article]:
    """The newest telling of each publisher, a few."""
    newest: dict[int, Article] = {}
    for placement in story.told:  # type: ignore[attr-defined]
        if placement.article.publisher_id not in without:
            newest.setdefault(placement.article.publisher_id, placement.article)
    return list(newest.values())[:TELLINGS_NAMED]


def _brief_without(story: Story, brief: list[Shown], without: Collection[int], hides: Hides | None) -> list[Shown]:
    """The sentences of a brief that no such publisher wrote and that are not hidden."""
    rows = story.told  # type: ignore[attr-defined]
    theirs = {row.article_id for row in rows if row.article.publisher_id in without} if without else ()
    return [one for one in brief if one.article not in theirs and not (hides and hides(one.text))]


def _story_html(request: HttpRequest, story: Story, brief: list[Shown], begins: str, tellers: list[Article]) -> str:
    """The brief, each sentence with its source, or the lead's beginning; then who tells it, each by its headline."""
    said = format_html_join(
        "",
        SENTENCE,
        (
            (known(one.language), direction(one.language), one.text, absolute(request, one.url), one.publisher)
            for one in brief
        ),
    )
    if begins:
        said = format_html('<p lang="{}" dir="{}">{}</p>', known(story.language), direction(story.language), begins)
    told = format_html_join(
        "",
        TELLING,
        (
            (
                one.publisher.shown_name,
                absolute(request, f"/article/{one.pk}"),
                known(one.language),
                direction(one.language),
                cut(_title(one)),
            )
            for one in tellers
            if not one.private_key
        ),
    )
    return format_html("{}<p>{}</p>{}", said, told_by(story), format_html("<ul>{}</ul>", told) if told else "")


def _of_article(request: HttpRequest, ids: Ids, article: Article) -> Item:
    publisher = article.publisher
    begins = excerpt(article)
    here = absolute(request, f"/article/{article.pk}")
    there = article.original_url or here
    html = format_html(
        '<p lang="{}" dir="{}">{}</p><p><a href="{}">{}</a></p>',
        known(article.language),
        direction(article.language),
        begins or cut(_title(article)),
        there,
        _("Read it at the publisher") if article.original_url else publisher.shown_name,
    )
    return Item(
        id=ids.of(f"article/{article.pk}"),
        url=here,
        title=directed(_title(article), article.language),
        language=known(article.language),
        published_at=article.at,
        updated_at=max(article.updated_at or article.at, article.at),
        changed_at=max(
            moment for moment in (article.at, article.updated_at, article.seen_at, article.read_at) if moment
        ),
        summary=begins or publisher.shown_name,
        html=html,
        authors=tuple(str(one) for one in article.authors if str(one).strip())[:TAGS] or (publisher.shown_name,),
        tags=tuple(str(one) for one in article.tags if str(one).strip())[:TAGS],
        source=Source(ids.of(f"publisher/{publisher.pk}"), publisher.shown_name, home_of(publisher)),
        original=article.original_url,
    )


def _of_edition(request: HttpRequest, ids: Ids, edition: Edition) -> Item:
    rows = [(row, stands_for(row.story)) for row in edition.stories.all()]
    shown = [(row, story) for row, story in rows if not story.is_private]
    lines = format_html_join(
        "",
        '<li><a href="{}" lang="{}" dir="{}">{}</a></li>',
        (
            (absolute(request, f"/story/{story.pk}"), known(story.language), direction(story.language), row.title)
            for row, story in shown
        ),
    )
    title = _("The edition of %(day)s") % {"day": date_format(edition.on)}
    return Item(
        id=ids.of(f"edition/{edition.on}"),
        url=absolute(request, edition.get_absolute_url()),
        title=title,
        language=get_language() or settings.LANGUAGE_CODE,
        published_at=edition.made_at,
        updated_at=edition.made_at,
        changed_at=edition.made_at,
        summary="\n".join(f"{row.place}. {row.title}" for row, _story in shown) or title,
        html=format_html("<ol>{}</ol>", lines),
        authors=(settings.SITE_NAME,),
    )


def _title(article: Article) -> str:
    return article.title or article.url


def cut(title: str) -> str:
    """The title as long as anybody reads one."""
    return title if len(title) <= TITLE_CHARS else f"{title[:TITLE_CHARS].rstrip()}…"


def directed(title: str, language: str) -> str:
    """The title, cut, with a mark in front where its first letter would turn it round."""
    shown = cut(title)
    wanted = direction(language)
    first = _first_direction(shown)
    return f"{DIRECTION_MARKS[wanted]}{shown}" if first and first != wanted and language not in ("", "und") else shown


def _first_direction(text: str) -> str:
    for letter in text:
        kind = bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return ""


def known(language: str) -> str:
    """The language, "" where it is not known."""
    return "" if language == "und" else language


def home_of(publisher: Publisher) -> str:
    """The publisher's home page, "" if it has none of the web. Never a feed's address: it may hold a reader's key."""
    url = publisher.home_url or (f"https://{publisher.domain}/" if publisher.domain else "")
    return url if url.startswith(("http://", "https://")) else ""
