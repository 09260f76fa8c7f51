"""What a reader mutes, taken out of what is shown to them: lists, tellings, and the sentences that notes stand on.

Nothing stored is touched, and nobody else's page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.readers.following import compared_form
from newsroom.readers.models import Mute, Reader
from newsroom.stories import model_calls
from newsroom.stories.listing import Item
from newsroom.stories.models import Hashtag, Notes, Placement, Story, StoryQuerySet
from newsroom.stories.noted import Part, Sections, Shown, keeping
from newsroom.stories.showing import RelatedGroup, Telling

# Scripts that write no space between words, or write endings onto them: a muted word may stand anywhere in a word.
UNSPACED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\u3040", "\u9fff"),
    ("\uac00", "\ud7af"),
)


@dataclass(frozen=True, slots=True)
class Mutes:
    """What one reader mutes. words: folded; hashtags, publishers: ids, of those too that were united since."""

    words: tuple[str, ...] = ()
    hashtags: frozenset[int] = frozenset()
    publishers: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.words or self.hashtags or self.publishers)

    def holds(self, text: str) -> bool:
        """True of a text with a muted word in it, as a whole word."""
        if not self.words:
            return False
        folded = compared_form(text)
        return any(word in folded and _stands_in(word, folded) for word in self.words)

    def allows(self, sentence: Shown) -> bool:
        """True of a sentence that no muted publisher wrote and that holds no muted word."""
        if sentence.publisher_id in self.publishers:
            return False
        return not self.words or not (self.holds(sentence.text) or self.holds(str(sentence.stored.get("text", ""))))

    def without(self, stories: StoryQuerySet) -> StoryQuerySet:
        """The stories that carry no muted hashtag and that not only muted publishers tell; words are not looked at."""
        if self.hashtags:
            tied = Hashtag.stories.through.objects.filter(story=OuterRef("pk"), hashtag__in=self.hashtags)
            stories = stories.exclude(Exists(tied))
        if self.publishers:
            told = Placement.objects.filter(story=OuterRef("pk")).exclude(article__publisher__in=self.publishers)
            stories = stories.filter(Exists(told))
        return stories

    def worded(self, stories: Collection[int]) -> set[int]:
        """Those of these stories whose headline, or the sentence that lists show of it, holds a muted word."""
        if not self.words or not stories:
            return set()
        rows = Story.objects.filter(pk__in=stories).values_list("pk", "title")
        muted = {pk for pk, title in rows if self.holds(title)}
        left = [pk for pk in stories if pk not in muted]
        briefs = Notes.objects.filter(story__in=left).values_list("story", "body__brief__0", "written__brief__0")
        for pk, by_rule, by_model in briefs:
            one = (model_calls.is_on() and by_model) or by_rule
            if one and (self.holds(one.get("shown") or "") or self.holds(one.get("text") or "")):
                muted.add(pk)
        return muted

    def of_item(self, item: Item) -> Item:
        """A card without the sentence and the names of muted publishers."""
        story, sections, publishers = item
        if self.publishers:
            publishers = [one for one in publishers if one.article.publisher_id not in self.publishers]
        return story, replace(sections, body=self._brief(sections)), publishers

    def _brief(self, sections: Sections) -> dict[str, list[Shown]]:
        return {"brief": [one for one in sections.brief if self.allows(one)]} if sections.body else {}

    def articles(self, articles: Iterable[Article]) -> list[Article]:
        """The articles of no muted publisher and without a muted word in the headline."""
        return [one for one in articles if not self.takes_out(one)]

    def takes_out(self, article: Article) -> bool:
        return article.publisher_id in self.publishers or self.holds(article.title)

    def but(self, *, hashtag: int = 0, publisher: int = 0) -> Mutes:
        """The same for the very page of a muted hashtag or publisher: who opens it wants to see it."""
        return replace(self, hashtags=self.hashtags - {hashtag}, publishers=self.publishers - {publisher})


NONE = Mutes()


@dataclass(frozen=True, slots=True)
class Muted:
    """What a reader's mutes took from a page. parts: sections of which nothing is left; articles: tellings."""

    parts: tuple[Part, ...]
    articles: int
    is_shown: bool = False  # the reader asked to see it all the same


def of(request: HttpRequest) -> Mutes:
    """What whoever asks mutes; nothing, and no query, for who is not signed in. Read once a request."""
    found: Mutes | None = getattr(request, "mutes", None)
    if found is None:
        user = getattr(request, "user", None)
        found = mutes_of(user) if user is not None and user.is_authenticated else NONE
        request.mutes = found  # type: ignore[attr-defined]
    return found


def mutes_of(reader: Reader) -> Mutes:
    """What the reader mutes, in three queries at most."""
    rows = list(Mute.objects.filter(reader=reader).values_list("kind", "key"))
    tags = [key for kind, key in rows if kind == Mute.Kind.HASHTAG]
    slugs = [key for kind, key in rows if kind == Mute.Kind.PUBLISHER]
    hashtags = Hashtag.objects.filter(Q(key__in=tags) | Q(aliases__key__in=tags)).values_list("pk", flat=True)
    publishers = Publisher.objects.filter(Q(slug__in=slugs) | Q(old_slugs__slug__in=slugs))
    return Mutes(
        words=tuple(key for kind, key in rows if kind == Mute.Kind.WORD),
        hashtags=frozenset(hashtags if tags else ()),
        publishers=frozenset(publishers.values_list("pk", flat=True) if slugs else ()),
    )


def shows_all(request: HttpRequest) -> bool:
    """True where the reader asked to see a page with what they mute."""
    return request.GET.get("muted") == "show"


def shown_to(
    request: HttpRequest, sections: Sections, tellings: list[Telling]
) -> tuple[Sections, list[Telling], Muted | None]:
    """A story's sections and tellings as whoever asks is shown them, and what their mutes took; None for nothing."""
    mutes = of(request)
    if not mutes:
        return sections, tellings, None
    kept = keeping(sections, mutes.allows, mutes.holds)
    left, gone = _tellings(tellings, mutes)
    if not gone and kept.body == sections.body:
        return sections, tellings, None
    if shows_all(request):
        return sections, tellings, Muted((), gone, is_shown=True)
    return kept, left, Muted(kept.muted, gone)


def related_to(request: HttpRequest, groups: Sequence[RelatedGroup]) -> list[RelatedGroup]:
    """Related articles without those of muted publishers, or with a muted word in the headline."""
    mutes = of(request)
    if not mutes or shows_all(request):
        return list(groups)
    kept = [replace(group, articles=[one for one in group.articles if not mutes.takes_out(one[0])]) for group in groups]
    return [group for group in kept if group.articles]


def _tellings(tellings: Iterable[Telling], mutes: Mutes) -> tuple[list[Telling], int]:
    """The tellings left, the first copy left in place of a muted original; and how many articles went."""
    left, gone = [], 0
    for telling in tellings:
        articles = [telling.article, *telling.copies]
        kept = [one for one in articles if one.publisher_id not in mutes.publishers]
        gone += len(articles) - len(kept)
        if len(kept) == len(articles):
            left.append(telling)
        elif kept:
            first, *copies = kept
            placement = telling.placement if first is telling.article else first.placement
            left.append(Telling(first, placement, copies))
    return left, gone


def _stands_in(word: str, text: str) -> bool:
    """True if the word stands in the text as a whole word; endings and neighbours count where a script has spaces."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if _is_edge(word[0], text[at - 1 : at]) and _is_edge(word[-1], text[end : end + 1]):
            return True
        at = text.find(word, at + 1)
    return False


def _is_edge(own: str, beside: str) -> bool:
    return not beside.isalnum() or not own.isalnum() or any(first <= own <= last for first, last in UNSPACED)
