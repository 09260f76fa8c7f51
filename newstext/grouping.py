"""Which articles tell the same event: stories grow as articles arrive.

An article is compared with the members of open stories that share its rare
terms (an inverted index finds them) by cosines of body, lead and names, and by
the time between. Rules are named and versioned; no model, no download.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from newstext.copies import CopyIndex
from newstext.likeness import Lexicon, Member, bar, days_apart, likeness, reasons
from newstext.records import Correction, Marks, OpenStory, Placement
from newstext.vectors import strongest

RULE = "lexical-v1"
SEARCH_TERMS = 16  # an article's rarest terms look for candidates
POSTINGS_MOST = 400  # a term in more stories tells too little to look by
CANDIDATES = 24
MEMBERS_COMPARED = 8  # the newest of each story, and its first
STORYLINE = 0.11
STORYLINE_NAMES = 2
DAYS_OPEN = 10
COPY_DAYS = 7
NEVER_LEAD = frozenset({"letters", "newsletter", "live", "list"})
CROWDED = 60  # members from which on joining gets harder


@dataclass(slots=True)
class _Story:
    id: str
    storyline: str
    members: list[Member] = field(default_factory=list)
    size: int = 0
    last_at: datetime | None = None

    def compared(self) -> list[Member]:
        return self.members[:1] + self.members[1:][-MEMBERS_COMPARED:]


@dataclass(frozen=True, slots=True)
class _Match:
    story: _Story
    member: Member
    score: float


class StoryIndex:
    """The open stories, ready to take articles; keep one for a whole run."""

    def __init__(self, open_stories: Iterable[OpenStory] = (), *, rule: str = RULE) -> None:
        if rule != RULE:
            raise ValueError(f"Grouping rule {rule!r}: unknown. Choose {RULE}.")
        self.rule = rule
        self._stories: dict[str, _Story] = {}
        self._lexicon = Lexicon()
        self._postings: dict[str, dict[str, int]] = defaultdict(dict)
        self._copies = CopyIndex()
        self._story_of: dict[str, str] = {}
        self._original_of: dict[str, str] = {}
        for story in open_stories:
            self.add_story(story)

    def __len__(self) -> int:
        return len(self._stories)

    def add_story(self, story: OpenStory) -> None:
        """Take in a story as it stands."""
        for marks in story.members:
            self._lexicon.count(marks)
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

    def forget_before(self, moment: datetime) -> None:
        """Drop stories without activity since that moment."""
        for story in list(self._stories.values()):
            if story.last_at and story.last_at < moment:
                self.remove_story(story.id)

    def place(self, marks: Marks) -> Iterator[Placement | Correction]:
        """The story an article belongs to: an open one, or one it opens; one placed before is placed anew."""
        self._forget(marks.id)
        self._lexicon.count(marks)
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
        if story is None:
            return
        story.members[:] = [member for member in story.members if member.id != key]
        story.size = max(0, story.size - 1)
        if not story.members:
            self.remove_story(story.id)

    def settle(self) -> Iterator[Correction]:
        """Corrections at the end of a run; this rule makes none."""
        return iter(())

    def _open(self, story_id: str, storyline: str) -> _Story:
        return self._stories.setdefault(story_id, _Story(story_id, storyline))

    def _take(self, marks: Marks, story: _Story) -> None:
        member = self._lexicon.member(marks)
        story.members.append(member)
        story.size += 1
        story.last_at = max(filter(None, (story.last_at, marks.published_at)), default=None)
        self._story_of[marks.id] = story.id
        self._copies.add(marks.id, marks.fingerprint)
        for term in strongest(member.body, SEARCH_TERMS):
            stories = self._postings[term]
            if len(stories) < POSTINGS_MOST or story.id in stories:
                stories[story.id] = stories.get(story.id, 0) + 1

    def _placement(self, marks: Marks) -> Placement:
        if copy := self._copy(marks):
            return copy
        member = self._lexicon.member(marks)
        matches = sorted(self._matches(member, marks), key=lambda match: -match.score)
        best = matches[0] if matches else None
        if best and best.score >= self._bar(best, member):
            because = reasons(member, best.member)
            return Placement(marks.id, best.story.id, best.story.storyline, None, because, best.score, self.rule)
        storyline = best.story.storyline if best and _continues(best, member) else marks.id
        return Placement(marks.id, marks.id, storyline, rule=self.rule)

    def _copy(self, marks: Marks) -> Placement | None:
        for key, share in self._copies.find(marks.fingerprint)[:5]:
            story = self._stories.get(self._story_of.get(key, ""))
            if story is None or days_apart(marks.published_at, story.last_at) > COPY_DAYS:
                continue
            original = self._original_of.get(key, key)
            because = (f"{share:.0%} of its text is the same as in an earlier article",)
            return Placement(marks.id, story.id, story.storyline, original, because, share, self.rule)
        return None

    def _matches(self, member: Member, marks: Marks) -> Iterator[_Match]:
        found: Counter[str] = Counter()
        for term in strongest(member.body, SEARCH_TERMS):
            for story_id in self._postings.get(term, ()):
                found[story_id] += 1 + int(10 * member.body[term])
        for story_id, _ in found.most_common(CANDIDATES):
            story = self._stories[story_id]
            if days_apart(marks.published_at, story.last_at) > DAYS_OPEN:
                continue
            yield self._match(member, story)

    def _match(self, member: Member, story: _Story) -> _Match:
        scored = [(likeness(member, other), other) for other in story.compared()]
        best, nearest = max(scored, key=lambda pair: pair[0])
        mean = sum(score for score, _ in scored) / len(scored)
        return _Match(story, nearest, 0.7 * best + 0.3 * mean)

    def _bar(self, match: _Match, member: Member) -> float:
        return bar(member, match.member) * (1 + 0.15 * math.log2(max(1.0, match.story.size / CROWDED)))


def _continues(match: _Match, member: Member) -> bool:
    shared = member.names.keys() & match.member.names.keys()
    return match.score >= STORYLINE and len(shared) >= STORYLINE_NAMES
