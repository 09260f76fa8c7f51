"""Which section an article or a story belongs to: World, Politics, Business and so on.

What the text is about counts most; what its publisher calls the section is
heard beside it. Sections, and what belongs where: docs/reference/sections.md.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from newstext import countries
from newstext.language import UNSPACED_LANGUAGES, WITH_PREFIXES
from newstext.records import ArticleText
from newstext.words import read_list, words

SECTIONS = ("world", "politics", "business", "technology", "science", "health", "sport", "culture")
GENERAL = "general"

LEAD_WORDS, BODY_WORDS = 60, 400
TITLE_SHARE, LEAD_SHARE, BODY_SHARE = 4.0, 1.0, 0.3
SURE, LIKELY = 2.0, 0.7
HEARD_TWICE = 2  # a word said more often in one part says no more
# What a publisher's own word weighs: about as much as one sure word in a headline.
OWN_SECTION, OWN_PLACE = 6.0, 0.6
ENOUGH = 0.9  # of weight, for a section to be said
AHEAD = 1.25  # another section must lead by this, for a story to change its own
WEAK = 0.15  # confidence of what is known by its place or its publisher alone
USUAL = 7.0  # weight of a publisher that writes of one section alone
USUAL_FROM = 20  # articles
MOSTLY = 0.3
REASONS = 5
LONGEST_PHRASE = 4
ONE_LIST = {"nb": "no", "nn": "no", "und": "en", "": "en", "in": "id", "iw": "he"}


@dataclass(frozen=True, slots=True)
class Section:
    """name: one of SECTIONS, or "general". confidence: 0 to 1. because: what spoke for it, strongest first."""

    name: str
    confidence: float
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicWords:
    """Words and phrases of one language: folded -> {section: weight}; beginnings and ends stand apart."""

    whole: Mapping[str, Mapping[str, float]]
    beginnings: Mapping[str, Mapping[str, float]]
    ends: Mapping[str, Mapping[str, float]]

    def of(self, word: str) -> Mapping[str, float]:
        """What a word speaks for: as a whole, else by its longest known beginning or end."""
        if found := self.whole.get(word):
            return found
        for length in range(len(word), 1, -1):
            if found := self.beginnings.get(word[:length]):
                return found
        for length in range(len(word), 2, -1):
            if found := self.ends.get(word[-length:]):
                return found
        return {}


def section_of(article: ArticleText, *, usual: Mapping[str, float] = MappingProxyType({})) -> Section:
    """The section an article belongs to, and why. Linear in its first 400 words.

    usual: section -> share of what the same publisher wrote lately; {} where
    that is not known. It decides where a short text says little.
    """
    weights: dict[str, float] = defaultdict(float)
    reasons: dict[tuple[str, str], float] = defaultdict(float)
    for section, weight, reason in (*_own_words(article), *_topic_words(article)):
        weights[section] += weight
        reasons[section, reason] += weight
    for section, share in usual.items():
        weights[section] += USUAL * share**2
        reasons[section, "what its publisher mostly writes of"] += USUAL * share**2
    ranked = sorted(SECTIONS, key=lambda name: (-weights[name], SECTIONS.index(name)))
    best, second = weights[ranked[0]], weights[ranked[1]]
    if best < ENOUGH:
        return _without_words(article, usual)
    because = sorted((one for one in reasons if one[0] == ranked[0]), key=lambda one: -reasons[one])
    return Section(ranked[0], round(best / (best + second + 1), 3), tuple(reason for _, reason in because[:REASONS]))


def _without_words(article: ArticleText, usual: Mapping[str, float]) -> Section:
    """What no word tells the topic of: an event of the place it names, else what its publisher mostly writes of."""
    if named := countries.countries_of(article):
        return Section("world", WEAK, (f"place: {countries.country_name(named[0])}",))
    mostly = max(SECTIONS, key=lambda name: usual.get(name, 0.0))
    if usual.get(mostly, 0.0) >= MOSTLY and article.title:
        return Section(mostly, WEAK, ("what its publisher mostly writes of",))
    return Section(GENERAL, 0.0)


def usual_of(sections: Iterable[str]) -> dict[str, float]:
    """Section -> its share of these; {} for fewer than USUAL_FROM, which say too little."""
    counted = Counter(name for name in sections if name in SECTIONS)
    total = sum(counted.values())
    return {name: count / total for name, count in counted.items()} if total >= USUAL_FROM else {}


def section_of_story(tellings: Iterable[Section], before: str = "") -> Section:
    """The section most of a story's tellings speak for, each weighing its confidence.

    before: what the story's section was; it stays unless another leads clearly.
    """
    votes: dict[str, float] = defaultdict(float)
    reasons: dict[str, list[str]] = {}
    for one in tellings:
        if one.name != GENERAL:
            votes[one.name] += one.confidence
            reasons.setdefault(one.name, []).extend(one.because)
    if not votes:
        return Section(before or GENERAL, 0.0)
    name = min(votes, key=lambda one: (-votes[one], SECTIONS.index(one)))
    if before in votes and votes[name] < votes[before] * AHEAD:
        name = before
    share = votes[name] / sum(votes.values())
    return Section(name, round(share, 3), tuple(dict.fromkeys(reasons[name]))[:REASONS])


def _own_words(article: ArticleText) -> Iterator[tuple[str, float, str]]:
    """What the publisher calls it: its section, the parts of the address, the feed's categories."""
    said: dict[str, str] = {}
    for label in (article.section, *article.tags[:8]):
        for section in own_sections([label]):
            said.setdefault(section, f"publisher's section: {label.strip()[:60]}")
    for section in own_sections(path_parts(article.canonical_url or article.url)):
        said.setdefault(section, f"address: /{section}")
    topics = [section for section in said if section.startswith("topic:")]
    for section, reason in said.items():
        kind, name = section.split(":")
        # One word of several that the publisher gives weighs less.
        yield name, OWN_SECTION / max(1, len(topics)) if kind == "topic" else OWN_PLACE, reason


def own_sections(labels: Iterable[str]) -> list[str]:
    """What a publisher's labels say: "topic:sport", "place:world"; in order, each once."""
    known = _section_words()
    found: list[str] = []
    for label in labels:
        folded = " ".join(words(label))
        parts = folded.split()
        hits = known.get(folded) or (
            [hit for part in parts for hit in known.get(part, ())] if 1 < len(parts) <= 4 else []
        )
        found += hits
    return list(dict.fromkeys(found))


def path_parts(url: str) -> list[str]:
    """The parts of an address that may be a section: those before the article's own name."""
    parts = urlsplit(url)
    host = [part for part in (parts.hostname or "").split(".")[:-2] if part != "www"]
    return [*host, *(part for part in unquote(parts.path).split("/")[:-1] if part and len(part) < 40)]


@cache
def _section_words() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    body = read_list("sections")
    for kind, key in (("topic", "topics"), ("place", "places")):
        for section, listed in body[key].items():
            for word in listed.split():
                folded = " ".join(words(word))
                known.setdefault(folded, ())
                known[folded] = (*known[folded], f"{kind}:{section}")
    return known


def _topic_words(article: ArticleText) -> Iterator[tuple[str, float, str]]:
    """What the headline, the lead and the body speak of."""
    body = article.text.split(None, BODY_WORDS)[:BODY_WORDS] if article.language not in UNSPACED_LANGUAGES else []
    parts = (
        (TITLE_SHARE, article.title),
        (LEAD_SHARE, " ".join(body[:LEAD_WORDS]) if body else article.text[:150]),
        (BODY_SHARE, " ".join(body[LEAD_WORDS:]) if body else article.text[150:1000]),
    )
    for share, text in parts:
        for word, times, speaks_for in _heard(text, article.language):
            for section, weight in speaks_for.items():
                yield section, share * weight * min(times, HEARD_TWICE), f"word: {word}"


def _heard(text: str, language: str) -> Iterator[tuple[str, int, Mapping[str, float]]]:
    """The known words and phrases of a text, how often, and what they speak for."""
    known = topic_words(ONE_LIST.get(language, language))
    if language in UNSPACED_LANGUAGES:
        lowered = text.lower()
        for term, speaks_for in known.whole.items():
            if times := lowered.count(term):
                yield term, times, speaks_for
        return
    counted: Counter[str] = Counter()
    read = words(text, language)
    place = 0
    while place < len(read):
        phrase = next(
            (
                one
                for length in range(LONGEST_PHRASE, 1, -1)
                if (one := " ".join(read[place : place + length])) in known.whole
            ),
            read[place],
        )
        counted[phrase] += 1
        place += phrase.count(" ") + 1
    for word, times in counted.items():
        speaks_for = known.of(word)
        if not speaks_for and language in WITH_PREFIXES and len(word) > 3:
            speaks_for = known.whole.get(word[1:], {})
        if speaks_for:
            yield word, times, speaks_for


@cache
def topic_words(language: str) -> TopicWords:
    """The words of a language and the names that are the same in all; a language without a list has the names alone."""
    kinds: tuple[dict[str, dict[str, float]], ...] = ({}, {}, {})
    for name in (language, "names"):
        for section, lists in _topic_list(name).items():
            for key, weight in (("sure", SURE), ("likely", LIKELY)):
                for entry in lists.get(key, "").split():
                    _take_in(entry, section, weight, kinds, language)
    for listed in kinds:
        for speaks_for in listed.values():
            total = len(speaks_for)
            for section in speaks_for:
                speaks_for[section] /= total  # a word of two sections says half as much
    return TopicWords(*kinds)


def _take_in(
    entry: str, section: str, weight: float, kinds: Sequence[dict[str, dict[str, float]]], language: str
) -> None:
    whole, beginnings, ends = kinds
    if language in UNSPACED_LANGUAGES:
        whole.setdefault(entry.strip("*").replace("_", " "), {})[section] = weight
        return
    folded = " ".join(words(re.sub(r"[*_]", " ", entry)))
    is_one_word = " " not in folded
    if entry.startswith("*") and is_one_word:
        chosen = ends
    elif is_one_word and not entry.endswith("-*") and (entry.endswith("*") or (language == "ko" and len(folded) > 1)):
        chosen = beginnings
    else:
        chosen = whole
    heard = chosen.setdefault(folded, {})
    heard[section] = max(heard.get(section, 0.0), weight)


@cache
def _topic_list(name: str) -> dict[str, dict[str, str]]:
    return read_list(f"topics/{name}") if name.isalpha() else {}
