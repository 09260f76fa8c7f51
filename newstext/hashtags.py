"""What an article and a story are about, as hashtags and keyphrases."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from newstext.records import ArticleText
from newstext.words import ELISION, WORD, fold, stop_words, words

MOST_TAGS = 6
PHRASE_WORDS = 3
PRIOR_DOCUMENTS = 20
LEAD_BONUS = 0.6  # a phrase of the first lines weighs this much more
TITLE_BONUS = 1.0
NAME_BONUS = 0.8
WORD_COUNT_WEIGHT = {1: 1.0, 2: 0.85, 3: 0.7}
TAG_WORD_COUNT_WEIGHT = {1: 0.8, 2: 1.3, 3: 1.2}
FEWEST_MENTIONS = 2
LONGEST_TAG = 40
BREAK = re.compile(r"[.!?,;:()\[\]«»“”\"\n–—|/]|\s-\s")


def key(tag: str) -> str:
    """The folded form of a tag, for its address: letters and digits of any script."""
    return "".join(character for character in fold(tag.lstrip("#")) if character.isalnum()) if tag.strip("#") else ""


def of_articles(articles: Sequence[ArticleText]) -> list[tuple[str, tuple[str, ...]]]:
    """The hashtags of each article by itself, rarity counted over all of them."""
    rarity = _Rarity(articles)
    return [(article.id, _tags([article], rarity)) for article in articles]


def of_story(articles: Sequence[ArticleText]) -> tuple[str, ...]:
    """The hashtags of the event that these articles tell."""
    return _tags(articles, None)


def keyphrases(articles: Sequence[ArticleText], *, top: int = 15) -> list[tuple[str, tuple[str, ...]]]:
    """The phrases of one to three words that say most about each article, best first."""
    rarity = _Rarity(articles)
    found = []
    for article in articles:
        scored = _scored(article, rarity, WORD_COUNT_WEIGHT)
        found.append((article.id, tuple(_shown(article, _without_parts(scored, top)))))
    return found


class _Rarity:
    """How rare a word is among some articles; alone they say little, so a prior helps."""

    def __init__(self, articles: Sequence[ArticleText]) -> None:
        self.documents = len(articles) + PRIOR_DOCUMENTS
        self.counts = Counter(word for article in articles for word in set(words(f"{article.title}\n{article.text}")))

    def __call__(self, word: str) -> float:
        return math.log((self.documents + 1) / (self.counts[word] + 1)) + 0.3


def _phrases(text: str, language: str, longest: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Runs of words that do not begin or end with a stop word, with their place."""
    stops = stop_words(language)
    place = 0
    for piece in BREAK.split(text):
        found = [fold(ELISION.sub("", match.group())) for match in WORD.finditer(piece)]
        for start in range(len(found)):
            for length in range(1, longest + 1):
                run = tuple(found[start : start + length])
                if len(run) == length and not (_is_empty(run[0], stops) or _is_empty(run[-1], stops)):
                    yield run, place + start
        place += len(found)


def _is_empty(word: str, stops: frozenset[str]) -> bool:
    return word in stops or (len(word) < 2 and word.isascii()) or word.isdigit()


def _scored(article: ArticleText, rarity: _Rarity | None, by_length: dict[int, float]) -> dict[tuple[str, ...], float]:
    counts: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], int] = {}
    for run, place in _phrases(article.text, article.language, PHRASE_WORDS):
        counts[run] += 1
        first.setdefault(run, place)
    in_title = {run for run, _ in _phrases(article.title, article.language, PHRASE_WORDS)}
    for run in in_title:
        counts[run] += 1
        first.setdefault(run, 0)
    names = {tuple(words(name.text)) for name in article.names}
    scores = {}
    for run, count in counts.items():
        if count < 2 and len(run) > 1 and run not in names and run not in in_title:
            continue
        rare = sum(rarity(word) for word in run) / len(run) if rarity else 1.0
        bonus = LEAD_BONUS * 0.5 ** (first[run] / 80) + TITLE_BONUS * (run in in_title) + NAME_BONUS * (run in names)
        scores[run] = (1 + math.log(count)) * rare * by_length[len(run)] * (1 + bonus)
    return scores


def _without_parts(scores: dict[tuple[str, ...], float], most: int) -> list[tuple[str, ...]]:
    """The best phrases, none of which is a part of a better one."""
    kept: list[tuple[str, ...]] = []
    for run in sorted(scores, key=lambda run: (-scores[run], run)):
        if not any(set(run) < set(better) for better in kept):
            kept.append(run)
        if len(kept) >= most:
            break
    return kept


def _shown(article: ArticleText, runs: list[tuple[str, ...]]) -> Iterator[str]:
    """Each phrase as the text writes it."""
    text = f"{article.title}\n{article.text}"
    written = [(fold(ELISION.sub("", match.group())), match.start(), match.end()) for match in WORD.finditer(text)]
    places: dict[str, list[int]] = {}
    for number, (word, _, _) in enumerate(written):
        places.setdefault(word, []).append(number)
    for run in runs:
        for number in places.get(run[0], ()):
            if tuple(word for word, _, _ in written[number : number + len(run)]) == run:
                yield " ".join(text[written[number][1] : written[number + len(run) - 1][2]].split())
                break


def _tags(articles: Sequence[ArticleText], rarity: _Rarity | None) -> tuple[str, ...]:
    """Names and phrases that many tellings dwell on, multi-word first among equals."""
    totals: Counter[str] = Counter()
    shown: dict[str, str] = {}
    tellings: Counter[str] = Counter()
    mentions: Counter[str] = Counter()
    for article in articles:
        for tag, score, count in _candidates(article, rarity):
            folded = key(tag)
            totals[folded] += score  # type: ignore[assignment]
            mentions[folded] += count
            tellings[folded] += 1
            shown.setdefault(folded, tag)
    needed = 1 if len(articles) < 3 else 2
    ranked = [tag for tag, _ in totals.most_common() if tellings[tag] >= needed and mentions[tag] >= FEWEST_MENTIONS]
    return tuple(shown[tag] for tag in _distinct(ranked)[:MOST_TAGS])


def _distinct(ranked: list[str]) -> list[str]:
    kept: list[str] = []
    for tag in ranked:
        if not any(tag in other or other in tag for other in kept):
            kept.append(tag)
    return kept


def _candidates(article: ArticleText, rarity: _Rarity | None) -> Iterator[tuple[str, float, int]]:
    scores = _scored(article, rarity, TAG_WORD_COUNT_WEIGHT)
    names = {tuple(words(name.text)) for name in article.names}
    counts = Counter(tuple(words(name.text)) for name in article.names)
    text_words = words(f"{article.title}\n{article.text}")
    in_title = set(words(article.title))
    has_case = any(name.text[:1].isupper() for name in article.names)
    for run in _without_parts(scores, 30):
        is_about = run in names or (set(run) <= in_title and len(run) > 1) or not has_case
        if not is_about:
            continue
        count = counts[run] or _count(run, text_words)
        if written := next(_shown(article, [run]), ""):
            tag = camel_case(written)
            if 3 < len(tag) <= LONGEST_TAG and not any(character.isdigit() for character in tag):
                yield tag, scores[run], count


def _count(run: tuple[str, ...], found: list[str]) -> int:
    return sum(tuple(found[start : start + len(run)]) == run for start in range(len(found)))


def camel_case(phrase: str) -> str:
    """#CamelCase in the phrase's own script: #WaterLaw, #الأمم_المتحدة where there are no capitals."""
    parts = [ELISION.sub("", match.group()).replace("’", "").replace("'", "") for match in WORD.finditer(phrase)]
    if not parts:
        return ""
    has_case = any(character.isupper() or character.islower() for character in phrase)
    if not has_case:
        return "#" + "_".join(parts)
    return "#" + "".join(part[:1].upper() + part[1:] for part in parts)
