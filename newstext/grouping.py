"""Which articles tell the same event: stories grow as articles arrive.

An article is compared with the members of open stories that share its rare
terms (an inverted index finds them) by cosines of body, lead and names, and by
the time between. Rules are named and versioned; no model, no download.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newstext import crossing, embedding
from newstext.copies import CopyIndex
from newstext.records import Correction, Marks, OpenStory, Placement
from newstext.vectors import Vector, cosine, strongest, unit
from newstext.words import fold

RULE = "lexical-v1"
PRIOR_DOCUMENTS = 200  # an index that has seen little takes no term for common
SEARCH_TERMS = 16  # an article's rarest terms look for candidates
POSTINGS_MOST = 400  # a term in more stories tells too little to look by
CANDIDATES = 24
MEMBERS_COMPARED = 8  # the newest of each story, and its first
SHORT_WORDS = 60  # headlines and teasers are judged by all their words and a bar of their own
HEADLINE_WORDS = 8
JOIN = 0.185
JOIN_SHORT = 0.28
JOIN_HEADLINE = 0.22
MODEL_SHARE = 0.6  # of the likeness of two short articles, where the optional model has read both
JOIN_MODEL = 0.42
JOIN_MODEL_HEADLINE = 0.3  # of two bare headlines
MODEL_CANDIDATES = 12
STORYLINE = 0.11
STORYLINE_NAMES = 2
DAYS_OPEN = 10
HALF_WEIGHT_DAYS = 6.0
COPY_DAYS = 7
NEVER_LEAD = frozenset({"letters", "newsletter", "live", "list"})
CROWDED = 60  # members from which on joining gets harder


@dataclass(slots=True)
class _Member:
    id: str
    at: datetime | None
    body: Vector
    lead: Vector
    names: Vector
    words: int
    vector: embedding.Array | None = None  # the optional model's, of short articles
    language: str = ""  # "" where it is not known


@dataclass(slots=True)
class _Story:
    id: str
    storyline: str
    members: list[_Member] = field(default_factory=list)
    size: int = 0
    last_at: datetime | None = None

    def compared(self) -> list[_Member]:
        return self.members[:1] + self.members[1:][-MEMBERS_COMPARED:]


@dataclass(frozen=True, slots=True)
class _Match:
    story: _Story
    member: _Member
    score: float


class StoryIndex:
    """The open stories, ready to take articles; keep one for a whole run."""

    def __init__(self, open_stories: Iterable[OpenStory] = (), *, rule: str = RULE) -> None:
        if rule != RULE:
            raise ValueError(f"Grouping rule {rule!r}: unknown. Choose {RULE}.")
        self.rule = rule
        self._stories: dict[str, _Story] = {}
        self._document_counts: Counter[str] = Counter()
        self._documents = 0
        self._postings: dict[str, dict[str, int]] = defaultdict(dict)
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
        """Take in a story as it stands."""
        for marks in story.members:
            self._count(marks)
            self._take(marks, self._open(story.id, story.storyline))

    def remove_story(self, story_id: str) -> None:
        """Forget a story; articles join it no more."""
        story = self._stories.pop(story_id, None)
        if story is None:
            return
        for term in [term for term, stories in self._postings.items() if story_id in stories]:
            del self._postings[term][story_id]
            if not self._postings[term]:
                del self._postings[term]
        for member in [key for key, held in self._story_of.items() if held == story_id]:
            del self._story_of[member]
            self._original_of.pop(member, None)
            self._copies.remove(member)
            self._vectors.remove(member)
        self._crossing.remove(story_id)

    def forget_before(self, moment: datetime) -> None:
        """Drop stories without activity since that moment."""
        for story in list(self._stories.values()):
            if story.last_at and story.last_at < moment:
                self.remove_story(story.id)

    def place(self, marks: Marks) -> Iterator[Placement | Correction]:
        """The story an article belongs to: an open one, or one it opens; one placed before is placed anew."""
        self._forget(marks.id)
        self._count(marks)
        placement = self._placement(marks)
        if marks.kind in NEVER_LEAD:
            self._story_of[marks.id] = placement.story
        else:
            self._take(marks, self._open(placement.story, placement.storyline))
        if placement.copy_of:
            self._original_of[marks.id] = placement.copy_of
        yield placement

    def _forget(self, key: str) -> None:
        """Take an article out of the story it stands in: it must not be compared with itself."""
        story = self._stories.get(self._story_of.pop(key, ""))
        self._original_of.pop(key, None)
        self._copies.remove(key)
        self._vectors.remove(key)
        if story is None:
            return
        story.members[:] = [member for member in story.members if member.id != key]
        story.size = max(0, story.size - 1)
        self._crossing.remove_article(story.id, key)
        if not story.members:
            self.remove_story(story.id)

    def settle(self) -> Iterator[Correction]:
        """Corrections at the end of a run; this rule makes none."""
        return iter(())

    def _open(self, story_id: str, storyline: str) -> _Story:
        return self._stories.setdefault(story_id, _Story(story_id, storyline))

    def _count(self, marks: Marks) -> None:
        self._documents += 1
        self._crossing.count(marks)
        self._document_counts.update({*marks.terms, *marks.lead_terms})

    def _rarity(self, term: str) -> float:
        return math.log((self._documents + PRIOR_DOCUMENTS) / (self._document_counts[term] + 1))

    def _vector(self, counts: Mapping[str, int]) -> Vector:
        weights = {term: (1 + math.log(count)) * self._rarity(term) for term, count in counts.items() if count > 0}
        return unit(weights)

    def _member(self, marks: Marks) -> _Member:
        names: Counter[str] = Counter()
        for name, count in marks.names.items():
            names[fold(name)] += count
        return _Member(
            id=marks.id,
            at=marks.published_at,
            body=self._vector(marks.terms),
            lead=self._vector(marks.lead_terms),
            names=unit({name: 1 + math.log(count) for name, count in names.items()}),
            words=marks.words,
            vector=embedding.unpacked(marks.vector),
            language="" if marks.language == "und" else marks.language,
        )

    def _take(self, marks: Marks, story: _Story) -> None:
        member = self._member(marks)
        story.members.append(member)
        story.size += 1
        story.last_at = max(filter(None, (story.last_at, marks.published_at)), default=None)
        self._story_of[marks.id] = story.id
        self._copies.add(marks.id, marks.fingerprint)
        self._crossing.add(story.id, marks)
        if member.vector is not None:
            self._vectors.add(marks.id, member.vector)
        for term in strongest(member.body, SEARCH_TERMS):
            stories = self._postings[term]
            if len(stories) < POSTINGS_MOST or story.id in stories:
                stories[story.id] = stories.get(story.id, 0) + 1

    def _placement(self, marks: Marks) -> Placement:
        if copy := self._copy(marks):
            return copy
        member = self._member(marks)
        matches = sorted(self._matches(member, marks), key=lambda match: -match.score)
        best = matches[0] if matches else None
        if best and best.score >= self._bar(best, member):
            because = _reasons(marks, member, best)
            return Placement(marks.id, best.story.id, best.story.storyline, None, because, best.score, self.rule)
        if across := self._crossing.find(marks):
            story = self._stories[across.story]
            return Placement(marks.id, story.id, story.storyline, None, across.because, across.probability, self.rule)
        storyline = best.story.storyline if best and _continues(best, member) else marks.id
        return Placement(marks.id, marks.id, storyline, rule=self.rule)

    def _copy(self, marks: Marks) -> Placement | None:
        for key, share in self._copies.find(marks.fingerprint)[:5]:
            story = self._stories.get(self._story_of.get(key, ""))
            if story is None or _days_apart(marks.published_at, story.last_at) > COPY_DAYS:
                continue
            original = self._original_of.get(key, key)
            because = (f"{share:.0%} of its text is the same as in an earlier article",)
            return Placement(marks.id, story.id, story.storyline, original, because, share, self.rule)
        return None

    def _matches(self, member: _Member, marks: Marks) -> Iterator[_Match]:
        found: Counter[str] = Counter()
        for term in strongest(member.body, SEARCH_TERMS):
            for story_id in self._postings.get(term, ()):
                found[story_id] += 1 + int(10 * member.body[term])
        if member.vector is not None:
            for key, near in self._vectors.nearest(member.vector, MODEL_CANDIDATES):
                found[self._story_of[key]] += int(20 * near)
        for story_id, _ in found.most_common(CANDIDATES):
            story = self._stories[story_id]
            if _days_apart(marks.published_at, story.last_at) > DAYS_OPEN:
                continue
            yield self._match(member, story)

    def _match(self, member: _Member, story: _Story) -> _Match:
        told = [other for other in story.compared() if _same_language(member, other)]
        scored = [(_likeness(member, other), other) for other in told] or [(0.0, story.members[0])]
        best, nearest = max(scored, key=lambda pair: pair[0])
        mean = sum(score for score, _ in scored) / len(scored)
        return _Match(story, nearest, 0.7 * best + 0.3 * mean)

    def _bar(self, match: _Match, member: _Member) -> float:
        shorter = min(member.words, match.member.words)
        if member.vector is not None and match.member.vector is not None:
            bare = max(member.words, match.member.words) < HEADLINE_WORDS
            return (JOIN_MODEL_HEADLINE if bare else JOIN_MODEL) * (
                1 + 0.15 * math.log2(max(1.0, match.story.size / CROWDED))
            )
        bar = JOIN_HEADLINE if shorter < HEADLINE_WORDS else JOIN_SHORT if shorter < SHORT_WORDS else JOIN
        return bar * (1 + 0.15 * math.log2(max(1.0, match.story.size / CROWDED)))


def _same_language(first: _Member, second: _Member) -> bool:
    """Words compare tellings of one language; across languages newstext.crossing does. Unknown goes with all."""
    return first.language == second.language or not (first.language and second.language)


def _likeness(first: _Member, second: _Member) -> float:
    """0 to 1: how much two articles have in common, less the further apart in time."""
    if min(first.words, second.words) < SHORT_WORDS:
        likeness = cosine(first.body, second.body)
        if first.vector is not None and second.vector is not None:
            likeness += MODEL_SHARE * (embedding.likeness(first.vector, second.vector) - likeness)
    else:
        likeness = (
            0.55 * cosine(first.body, second.body)
            + 0.2 * cosine(first.lead, second.lead)
            + 0.25 * cosine(first.names, second.names)
        )
    return likeness * float(0.5 ** (_days_apart(first.at, second.at) / HALF_WEIGHT_DAYS))


def _days_apart(first: datetime | None, second: datetime | None) -> float:
    """0 where a time is missing: it must not keep two tellings apart."""
    return abs((first - second).total_seconds()) / 86_400 if first and second else 0.0


def _continues(match: _Match, member: _Member) -> bool:
    shared = member.names.keys() & match.member.names.keys()
    return match.score >= STORYLINE and len(shared) >= STORYLINE_NAMES


def _reasons(marks: Marks, member: _Member, match: _Match) -> tuple[str, ...]:
    """Why the article stands in the story, in words."""
    shown = {fold(name): name for name in marks.names}
    names = [shown[name] for name in strongest(member.names, 40) if name in match.member.names][:3]
    named = {word for name in names for word in fold(name).split()}
    common = {term: member.body[term] * match.member.body.get(term, 0) for term in member.body}
    words = [term for term in strongest(common, 12) if common[term] > 0 and term not in named][:4]
    reasons = []
    if names:
        reasons.append("both name " + ", ".join(names))
    if words:
        reasons.append("both use the words " + ", ".join(words))
    if member.vector is not None and match.member.vector is not None:
        reasons.append(
            f"the optional model finds them {embedding.likeness(member.vector, match.member.vector):.0%} alike"
        )
    if member.at and match.member.at:
        reasons.append(_apart(_days_apart(member.at, match.member.at)))
    return tuple(reasons)


def _apart(days: float) -> str:
    if days < 2:
        hours = round(days * 24)
        return "published within an hour" if hours < 1 else f"published {hours} hour{'s' * (hours != 1)} apart"
    return f"published {round(days)} days apart"
