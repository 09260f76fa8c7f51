"""Which articles tell the same event: stories grow as articles arrive.

An inverted index of open stories finds those that share an article's rare
terms; a learned, named and versioned scorer (likeness.py) says how likely the
article tells their event. Words compare tellings of one language; across
languages shared names, numbers and places do (crossing.py). No model, no
download; where the optional model has read bare headlines, it has a say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from types import MappingProxyType

from newstext import crossing, embedding
from newstext.copies import CopyIndex
from newstext.likeness import (
    VERSION,
    Company,
    Judge,
    Lexicon,
    Member,
    Tellings,
    chances,
    days_apart,
    dot,
    reasons,
)
from newstext.records import OF_MANY_TOPICS, Correction, Marks, OpenStory, Placement
from newstext.vectors import strongest
from newstext.words import HEADLINE_WORDS

RULE = VERSION
SEARCH_TERMS = 20  # an article's rarest terms look for candidates
POSTINGS_MOST = 200  # stories a term leads to: the newest
LOOKED_AT = 300  # postings read for one article, the rarest terms' first
CANDIDATES = 8
LEAST = 0.15  # weight, in the article, of the terms shared: two rare ones of a whole text, one of a headline
LEAST_OF_BEST = 0.2  # share of the best candidate's weight that makes another worth a look
DAYS_OPEN = 10
COPY_DAYS = 7
SAME_TEXT = 0.9  # a copy so near its original need not be found itself
CROWDED = 60  # members from which on joining gets harder
JOIN = 0.5  # chance from which on an article joins
JOIN_OF_MANY = 0.95  # a page of many topics joins only where it is all but sure
STORYLINE = 0.11  # likeness from which on two stories that share names are one course of events
HALF_WEIGHT_DAYS = 6.0
STORYLINE_NAMES = 2
MODEL_CANDIDATES = 12
ALONE_REMEMBERED = 2_000  # headlines that are looked at again
EVEN_FELL = 0.05  # by so much, since
UNKNOWN = ("", "und")
NONE_SHOWN: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class _Story:
    id: str
    storyline: str
    told: Tellings = field(default_factory=Tellings)
    members: dict[str, None] = field(default_factory=dict)
    terms: list[str] = field(default_factory=list)  # that lead here, or did


@dataclass(frozen=True, slots=True)
class _Match:
    story: _Story
    score: float
    by_model: float | None = None  # how much alike the optional model finds it, 0 to 1


class StoryIndex:
    """The open stories, ready to take articles; keep one for a whole run."""

    def __init__(self, open_stories: Iterable[OpenStory] = (), *, rule: str = RULE, judge: Judge | None = None) -> None:
        if rule != RULE:
            raise ValueError(f"Grouping rule {rule!r}: unknown. Choose {RULE}.")
        self.rule = rule
        self._judge = judge
        self._lexicon = Lexicon()
        self._company = Company()
        self._alone: dict[str, tuple[Marks, float]] = {}  # headlines that opened a story, and what was even then
        self._sought: tuple[Member | None, list[str]] = (None, [])
        self._stories: dict[str, _Story] = {}
        self._postings: dict[str, dict[str, None]] = {}
        self._copies = CopyIndex()
        self._story_of: dict[str, str] = {}
        self._original_of: dict[str, str] = {}
        self._crossing = crossing.CrossIndex()
        self._vectors = embedding.VectorIndex()
        for story in open_stories:
            self.add_story(story)

    def __len__(self) -> int:
        return len(self._stories)

    def add_story(self, story: OpenStory) -> None:
        """Take in a story as it stands, or what came to one that is held.

        One that only live pages and the like tell takes no articles.
        """
        there_before = self._stories[story.id].members if story.id in self._stories else ()
        held = {*there_before, *(marks.id for marks in story.members)}
        for marks in story.members:
            original, score = story.copies.get(marks.id, ("", 0.0))
            self._count(marks)
            if marks.words < HEADLINE_WORDS:
                self._company.count(len(held) > 1)
            if marks.kind in OF_MANY_TOPICS:
                self._story_of[marks.id] = story.id
            else:
                member, there = self._lexicon.member(marks), self._open(story.id, story.storyline)
                self._take(marks, member, there, copy_of=original if original in held else None, score=score)

    def story_of(self, article: str) -> str:
        """The id of the story in which this article stands here; "" if it is not held."""
        return self._story_of.get(article, "")

    def remove_story(self, story_id: str) -> None:
        """Forget a story; articles join it no more."""
        story = self._stories.pop(story_id, None)
        if story is None:
            return
        for term in story.terms:
            held = self._postings.get(term, {})
            held.pop(story_id, None)
            if not held:
                self._postings.pop(term, None)
        for key in story.members:
            self._story_of.pop(key, None)
            self._original_of.pop(key, None)
            self._alone.pop(key, None)
            self._copies.remove(key)
            self._vectors.remove(key)
        self._crossing.remove(story_id)

    def forget_before(self, moment: datetime) -> None:
        """Drop stories without activity since that moment."""
        for story in list(self._stories.values()):
            if story.told.last_at and story.told.last_at < moment:
                self.remove_story(story.id)

    def place(self, marks: Marks) -> Iterator[Placement | Correction]:
        """The story an article belongs to: an open one, or one it opens; one placed before is placed anew."""
        if marks.id in self._story_of:
            self._forget(marks.id)
        else:
            self._count(marks)
        member = self._lexicon.member(marks)
        placement = self._copy(marks) or self._placement(marks, member)
        if marks.kind in OF_MANY_TOPICS:
            self._story_of[marks.id] = placement.story
        else:
            story = self._open(placement.story, placement.storyline)
            self._take(marks, member, story, copy_of=placement.copy_of, score=placement.score)
        yield placement

    def _forget(self, key: str) -> None:
        """Take an article out of the story it stands in: it must not be compared with itself."""
        story = self._stories.get(self._story_of.pop(key, ""))
        self._original_of.pop(key, None)
        self._alone.pop(key, None)
        self._copies.remove(key)
        self._vectors.remove(key)
        if story is None or key not in story.members:
            return
        del story.members[key]
        self._crossing.remove_article(story.id, key)
        story.told.remove(key)
        if not story.members:
            self.remove_story(story.id)

    def settle(self) -> Iterator[Correction]:
        """Corrections at the end of a run: headlines that were left alone before it was seen how many have company."""
        even = self._company.even()
        early = [marks for marks, then in self._alone.values() if even < then - EVEN_FELL]
        for marks in early:
            self._alone.pop(marks.id, None)
            if len(self._stories[marks.id].members) > 1:
                continue  # others have come to it
            for placed in self.place(marks):
                if placed.story != marks.id:
                    yield Correction(marks.id, placed.story, marks.id)

    def _count(self, marks: Marks) -> None:
        self._lexicon.count(marks)
        self._crossing.count(marks)

    def _open(self, story_id: str, storyline: str) -> _Story:
        return self._stories.setdefault(story_id, _Story(story_id, storyline))

    def _take(
        self, marks: Marks, member: Member, story: _Story, *, copy_of: str | None = None, score: float = 0.0
    ) -> None:
        """A copy says nothing new: it is not compared with, and does not keep its story open. score: of a copy."""
        story.members[marks.id] = None
        self._story_of[marks.id] = story.id
        if copy_of:
            self._original_of[marks.id] = copy_of
            if score < SAME_TEXT:
                self._copies.add(marks.id, marks.fingerprint)
            return
        self._copies.add(marks.id, marks.fingerprint)
        member.written = member.shown = NONE_SHOWN  # reasons show the words of the article that joins
        story.told.add(member)
        self._crossing.add(story.id, marks)
        if (vector := embedding.unpacked(marks.vector)) is not None:
            self._vectors.add(marks.id, vector)
        for term in self._search_terms(member):
            held = self._postings.setdefault(term, {})
            if story.id not in held:
                held[story.id] = None
                story.terms.append(term)
                if len(held) > POSTINGS_MOST:
                    del held[next(iter(held))]

    def _placement(self, marks: Marks, member: Member) -> Placement:
        vector = embedding.unpacked(marks.vector)
        matches = self._matches(member, vector)
        best = max(matches, key=lambda match: match.score, default=None)
        if best and best.score >= _bar(best, member):
            because = (*reasons(member, _nearest(member, best.story)), *_by_model(best))
            return Placement(marks.id, best.story.id, best.story.storyline, None, because, best.score, self.rule)
        if across := self._crossing.find(marks):
            story = self._stories[across.story]
            return Placement(marks.id, story.id, story.storyline, None, across.because, across.probability, self.rule)
        if marks.words < HEADLINE_WORDS and marks.kind not in OF_MANY_TOPICS:
            self._leave_alone(marks)
        storyline = best.story.storyline if best and _continues(best, member) else marks.id
        return Placement(marks.id, marks.id, storyline, rule=self.rule)

    def _leave_alone(self, marks: Marks) -> None:
        self._alone[marks.id] = marks, self._company.even()
        if len(self._alone) > ALONE_REMEMBERED:
            del self._alone[next(iter(self._alone))]

    def _copy(self, marks: Marks) -> Placement | None:
        for key, share in self._copies.find(marks.fingerprint)[:5]:
            story = self._stories.get(self._story_of.get(key, ""))
            if story is None or story.told.days_outside(marks.published_at) > COPY_DAYS:
                continue
            original = self._original_of.get(key, key)
            because = (f"{share:.0%} of its text is the same as in an earlier article",)
            return Placement(marks.id, story.id, story.storyline, original, because, share, self.rule)
        return None

    def _matches(self, member: Member, vector: embedding.Array | None) -> list[_Match]:
        """The open stories an article may belong to, each with the chance that it does."""
        near = [] if vector is None else self._vectors.nearest(vector, MODEL_CANDIDATES)
        stories = self._candidates(member, [self._story_of[key] for key, _ in near])
        scores = chances(member, [story.told for story in stories], judge=self._judge, company=self._company)
        found = [_Match(story, score) for story, score in zip(stories, scores, strict=True)]
        return found if vector is None else [self._as_the_model_sees(match, vector) for match in found]

    def _as_the_model_sees(self, match: _Match, vector: embedding.Array) -> _Match:
        """The same with the model's say, where it has read the story's headlines too."""
        alike = self._vectors.likeness(vector, [other.id for other in match.story.told.members])
        return match if alike is None else _Match(match.story, embedding.chance(match.score, alike), alike)

    def _search_terms(self, member: Member) -> list[str]:
        """The article's rarest terms; those asked for last are kept, since it is looked up and then taken."""
        if self._sought[0] is not member:
            self._sought = (member, strongest(member.body, SEARCH_TERMS))
        return self._sought[1]

    def _candidates(self, member: Member, also: Iterable[str]) -> list[_Story]:
        """Open stories that share rare terms with an article, within reach; also: what the model finds beside them."""
        known = [term for term in self._search_terms(member) if term in self._postings]
        found: dict[str, float] = {}
        read = 0
        for term in sorted(known, key=lambda term: (len(self._postings[term]), -member.body[term])):
            held, weight = self._postings[term], member.body[term]
            for story_id in held:
                found[story_id] = found.get(story_id, 0.0) + weight
            read += len(held)
            if read > LOOKED_AT:
                break
        least = max(LEAST, LEAST_OF_BEST * max(found.values(), default=0.0))
        worth = [story_id for story_id, weight in found.items() if weight >= least]
        ranked = sorted(worth, key=found.__getitem__, reverse=True)[: 3 * CANDIDATES]
        chosen = dict.fromkeys(islice((key for key in ranked if self._is_in_reach(key, member)), CANDIDATES))
        chosen |= dict.fromkeys(key for key in also if self._is_in_reach(key, member))
        return [self._stories[key] for key in chosen]

    def _is_in_reach(self, story_id: str, member: Member) -> bool:
        """True for a story that may take an article of that time and language."""
        story = self._stories[story_id]
        is_near = bool(story.told.members) and story.told.days_outside(member.at) <= DAYS_OPEN
        return is_near and _speaks(story, member.language)


def _bar(match: _Match, member: Member) -> float:
    """The chance from which on an article joins; higher where a story is crowded."""
    bar = JOIN_OF_MANY if member.kind in OF_MANY_TOPICS else JOIN
    crowd = math.log2(max(1.0, match.story.told.size / CROWDED))
    return 1 - (1 - bar) * float(0.85**crowd)


def _speaks(story: _Story, language: str) -> bool:
    """True if one of its tellings is in that language; an unknown one goes with all."""
    understood = (language, *UNKNOWN)
    return language in UNKNOWN or any(other.language in understood for other in story.told.members)


def _by_model(match: _Match) -> tuple[str, ...]:
    return () if match.by_model is None else (f"the optional model finds them {match.by_model:.0%} alike",)


def _nearest(member: Member, story: _Story) -> Member:
    return max(story.told.members, key=lambda other: dot(member.body, other.body) + dot(member.lead, other.lead))


def _continues(match: _Match, member: Member) -> bool:
    """True where an article that tells another event goes on with what the story began."""
    other = _nearest(member, match.story)
    alike = (
        0.55 * dot(member.body, other.body) + 0.2 * dot(member.lead, other.lead) + 0.25 * dot(member.names, other.names)
    )
    alike *= 0.5 ** (days_apart(member.at, other.at) / HALF_WEIGHT_DAYS)
    return alike >= STORYLINE and len(member.names.keys() & other.names.keys()) >= STORYLINE_NAMES
