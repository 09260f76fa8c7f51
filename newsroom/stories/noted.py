"""A story's notes as templates need them: every sentence with its link, what lost its sentence left out."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import Article
from newsroom.articles.text import part_at
from newsroom.stories import model_calls
from newsroom.stories.bracketed import with_dates_in_words
from newsroom.stories.models import Notes, Story
from newsroom.stories.people import with_pages
from newstext.note_records import StoryNotes
from newstext.notes_json import notes_to_json

BETWEEN_MOST = 2  # signs between two sentences that stand beside each other: a space, or a paragraph's break
WORDS = frozenset({"name", "who", "speaker", "quote", "counts", "value", "question", "role"})  # of entries, as shown
EVIDENCE_KEYS = frozenset({"text", "article", "start", "end", "shown"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence with the address of its source sentence.

    is_checked: a model wrote it, and words checked it. date: of what it tells,
    where its list is in order of that. stored: the sentence as the notes have it.
    """

    text: str
    url: str
    publisher: str
    language: str
    article: int
    is_checked: bool = False
    date: str = ""
    publisher_id: int = 0
    stored: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def check(self) -> str:
        """By which the address of its place knows that the sentence is still the one there; "" where none is stored."""
        return check_of(self.stored["text"]) if self.stored else ""

    def as_json(self) -> dict[str, Any]:
        """The sentence as the API gives it, with the address of its place and its publisher."""
        return {**self.stored, "url": self.url, "publisher": self.publisher}


def check_of(text: str) -> str:
    """Four signs that differ where a sentence was edited; short, since each mark of a page has them."""
    return f"{zlib.crc32(text.encode()) & 0xFFFF:04x}"


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a story or article page. name: its key in the notes, and its place on the page.

    also: other keys that it shows. is_offered: it stands there wherever another
    section does, since readers can ask for more than it lists.
    """

    name: str
    title: Promise | str
    template: str
    also: tuple[str, ...] = ()
    is_offered: bool = False


PARTS = (
    Part("brief", _("Brief"), "parts/brief.html", also=("brief_long",)),
    Part("why_now", _("Why now?"), "parts/why_now.html"),
    Part("timeline", _("Timeline"), "parts/timeline.html"),
    Part("people", _("Who’s who"), "parts/people.html"),
    Part("quotes", _("In their words"), "parts/quotes.html", also=("claims",)),
    Part("numbers", _("Numbers"), "parts/numbers.html"),
    Part("coverage", _("Coverage"), "parts/coverage.html"),
    Part("questions", _("Ask"), "parts/questions.html", is_offered=True),
)
PART_NAMES = frozenset(name for part in PARTS for name in (part.name, *part.also))


@dataclass(slots=True)
class Sections:
    """What stands behind a story: newstext.notes_json's form with a Shown for each sentence that is still there."""

    body: dict[str, Any] = field(default_factory=dict)
    notes: Notes | None = None
    written: frozenset[str] = frozenset()  # the sections that a model wrote
    muted: tuple[Part, ...] = ()  # that have nothing left to show to a reader who mutes what they stand on

    @property
    def parts(self) -> list[Part]:
        """The sections that have something to show; an empty one has no heading. None where AI is turned off."""
        if not settings.AI_FEATURES:
            return []
        held = {part.name for part in PARTS if any(_holds(self.body.get(key)) for key in (part.name, *part.also))}
        return [part for part in PARTS if part.name in held or (part.is_offered and held)]

    @property
    def brief(self) -> list[Shown]:
        return list(self.body.get("brief", ()))


def sections_of(story: Story | None) -> Sections:
    """The story's notes with every sentence linked; sentences whose source is gone are left out."""
    notes = Notes.objects.filter(story=story).first() if story else None
    if notes is None:
        return Sections()
    sections = sections_of_all([notes])[notes.story_id]
    if sections.body.get("people"):
        sections.body["people"] = with_pages(sections.body["people"])
    return sections


def sections_of_all(many: Iterable[Notes], *, names: Container[str] = PART_NAMES) -> dict[int, Sections]:
    """The same for many stories, with one look at their articles; names: of the sections that are wanted."""
    many = list(many)
    if not settings.AI_FEATURES:
        return {notes.story_id: Sections(notes=notes) for notes in many}
    bodies = [
        (notes, {name: part for name, part in {**notes.body, **_written(notes)}.items() if name in names})
        for notes in many
    ]
    articles = articles_of(one for _, body in bodies for one in _all_sentences(body))

    def link(one: dict[str, Any]) -> Shown | None:
        return shown(one, articles)

    return {notes.story_id: Sections(_linked(body, link), notes, frozenset(_written(notes))) for notes, body in bodies}


def leads_of(stories: Iterable[int]) -> dict[int, Sections]:
    """The first sentence of the brief of each of these stories, as lists show it; no more of the notes is read."""
    if not settings.AI_FEATURES:
        return {}
    rows = Notes.objects.filter(story__in=list(stories)).values_list("story", "body__brief__0", "written__brief__0")
    first = {story: (model_calls.is_on() and by_model) or by_rule for story, by_rule, by_model in rows}
    found = linked({story: [one] for story, one in first.items() if one})
    return {story: Sections({"brief": sentences}) for story, sentences in found.items()}


def linked(node: Any) -> Any:
    """A part of stored notes with each sentence linked, what lost its sentence left out."""
    articles = articles_of(_all_sentences(node))
    return _linked(node, lambda one: shown(one, articles))


def as_json(notes: Notes) -> dict[str, Any]:
    """The notes in the form of newstext.notes_json, each sentence as the API gives it."""
    body = {**notes_to_json(StoryNotes()), **notes.body, **_written(notes)}  # earlier versions kept fewer sections
    articles = articles_of(_all_sentences(body))

    def link(one: dict[str, Any]) -> dict[str, Any] | None:
        found = shown(one, articles)
        return found.as_json() if found else None

    return dict(_linked(body, link))


def _written(notes: Notes) -> dict[str, Any]:
    """The sections that a model wrote, while the operator has one."""
    return notes.written if notes.written and model_calls.is_on() else {}


def articles_of(sentences: Iterable[dict[str, Any]]) -> dict[str, Article]:
    """The articles that sentences of notes stand in, by the id that these give, with what a link needs."""
    wanted = {one["article"] for one in sentences}
    rows = Article.objects.filter(pk__in=[int(key) for key in wanted if key.isdigit()])
    rows = rows.select_related("publisher").only(
        "text", "sentences", "language", "private_key", "title", "reserved", "thinned_at",
        "publisher__name", "publisher__slug", "publisher__domain", "publisher__shares_name",
    )  # fmt: skip
    return {str(row.pk): row for row in rows}


def _all_sentences(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for one in node:
            yield from _all_sentences(one)
    elif isinstance(node, dict):
        if node.keys() >= EVIDENCE_KEYS:
            yield node
        else:
            yield from _all_sentences(list(node.values()))


def _linked(node: Any, link: Callable[[Any], Any]) -> Any:
    """The same with each sentence linked. What stood on sentences none of which is left is gone from its list.

    node: of stored notes, or with each sentence a Shown already.
    """
    if isinstance(node, list):
        found = [(one, _linked(one, link)) for one in node]
        return [
            after
            for place, (before, after) in enumerate(found)
            if after is not None and not _is_lost(before, after) and not _has_lost_what_it_needs(found, place)
        ]
    if isinstance(node, Shown):
        return link(node)
    if not isinstance(node, dict):
        return node
    if node.keys() >= EVIDENCE_KEYS:
        return link(node)
    return {key: _linked(value, link) for key, value in node.items()}


def without_article(body: Any, article: str) -> Any:
    """Stored notes, or a section of them, without what stands on an article; the rest is as it was."""

    def keep(one: dict[str, Any]) -> dict[str, Any] | None:
        return None if one["article"] == article else one

    return _linked(body, keep)


def keeping(sections: Sections, keeps: Callable[[Shown], bool], drops: Callable[[str], bool]) -> Sections:
    """Sections as one reader sees them: without the sentences that are not to be kept, and what stood on them.

    drops: says of the other words of an entry, as a name, whether the entry goes. No note is changed.
    """
    body = _without_entries(sections.body, drops)
    body = _linked(body, lambda shown_one: shown_one if keeps(shown_one) else None)
    kept = Sections(body, sections.notes, sections.written)
    left = {part.name for part in kept.parts}
    kept.muted = tuple(part for part in sections.parts if part.name not in left)
    return kept


def _without_entries(node: Any, drops: Callable[[str], bool]) -> Any:
    """The same without the entries of its lists whose own words are to be dropped."""
    if isinstance(node, list):
        return [_without_entries(one, drops) for one in node if not _is_told_by(one, drops)]
    return {key: _without_entries(value, drops) for key, value in node.items()} if isinstance(node, dict) else node


def _is_told_by(entry: Any, drops: Callable[[str], bool]) -> bool:
    return isinstance(entry, dict) and any(drops(entry[key]) for key in WORDS.intersection(entry) if entry[key])


def without_sentences(body: Any, withdrawn: Iterable[Mapping[str, str]]) -> Any:
    """Stored notes, or a section of them, without what an editor withdrew (Notes.withdrawn); the rest is as it was."""
    gone = list(withdrawn)
    sources = {(one["article"], one["text"]) for one in gone if one["article"]}
    words = {one["shown"] for one in gone if one["shown"]}

    def keep(one: dict[str, Any]) -> dict[str, Any] | None:
        is_gone = (one["article"], one["text"]) in sources or not words.isdisjoint((one["shown"], one["text"]))
        return None if is_gone else one

    return _linked(body, keep) if gone else body


def _has_lost_what_it_needs(found: list[tuple[Any, Any]], place: int) -> bool:
    """True of a sentence that is shown after the one before it in its article, where that one is gone.

    "He said so" was understood only after it.
    """
    if not place:
        return False
    (one, gone), (other, _) = found[place - 1], found[place]
    one, other = (said.stored if isinstance(said, Shown) else said for said in (one, other))
    if not all(isinstance(said, Mapping) and said.keys() >= EVIDENCE_KEYS for said in (one, other)):
        return False
    is_next = one["article"] == other["article"] and 0 <= other["start"] - one["end"] <= BETWEEN_MOST
    return is_next and (gone is None or _has_lost_what_it_needs(found, place - 1))


def _is_lost(before: Any, after: Any) -> bool:
    """True if the sentence that an entry stands on is gone, or all of those that it lists."""
    if not isinstance(after, dict):
        return False
    if "evidence" in after:
        return after["evidence"] is None
    lists = [key for key, value in before.items() if isinstance(value, list) and _has_sentence(value)]
    return bool(lists) and not any(after[key] for key in lists)


def _has_sentence(node: Any) -> bool:
    return any(_all_sentences(node)) or any(True for _one in sentences_in(node))


def shown(one: dict[str, Any], articles: dict[str, Article]) -> Shown | None:
    """A stored sentence with its link; None if its article is gone, or was edited and no longer has it.

    None too where its publisher reserves the text against what notes are. Of
    a text that was let go of (KEEP_DAYS) the sentence stays as it was checked,
    and leads to the article's page.
    """
    article = articles.get(one["article"])
    if article is None or not article.allows_notes:
        return None
    page = f"/text/{article.private_key}" if article.private_key else f"/article/{article.pk}"
    if not article.thinned_at:
        place = bisect_left(article.sentences, one["start"], key=itemgetter(0))
        is_there = place < len(article.sentences) and article.sentences[place][0] == one["start"]
        if not is_there or article.text[one["start"] : one["end"]] != one["text"]:
            return None  # what stood on it is withdrawn
        part = part_at(one["start"])
        page = f"{page}?part={part}#s{place + 1}" if part > 1 else f"{page}#s{place + 1}"
    return Shown(
        with_dates_in_words(one["shown"], one["text"], article.language) or one["text"],
        page,
        article.publisher.shown_name,
        article.language,
        article.pk,
        is_checked=one.get("verdict", "verbatim") != "verbatim",
        date=one.get("date", ""),
        publisher_id=article.publisher_id,
        stored=one,
    )


def sentences_in(node: Any) -> Iterator[Shown]:
    """Every sentence of a linked section, in its order."""
    if isinstance(node, Shown):
        yield node
    elif isinstance(node, list | dict):
        for one in node.values() if isinstance(node, dict) else node:
            yield from sentences_in(one)


def _holds(value: Any) -> bool:
    """True if there is anything in it to show."""
    return any(_holds(one) for one in value.values()) if isinstance(value, dict) else bool(value)
