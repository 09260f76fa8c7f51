"""What an article and a story are about, as hashtags: one for each person, organisation, place or matter.

A subject stands in the headline and the text, or is named again and again from
the first lines on; what is named in passing is none. Works without any word
list; lists of a language (stop words, titles, weak words) only help.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from newstext import entities
from newstext.language import CHANGING_ENDS
from newstext.later import later
from newstext.note_records import Subject
from newstext.once import once_an_article
from newstext.records import ArticleText, Kind
from newstext.uncased import has_capitals
from newstext.words import ELISION, TEASER_WORDS, WORD, fold, read_list, stop_words

if TYPE_CHECKING:
    from newstext import naming
else:
    naming = later("newstext.naming")  # 3 MB, beside what it reads: pages only ask for a tag's key

MOST_TAGS = 5
LONGEST_TAG = 40
SHORTEST_TAG = 3
OFTEN = 4  # a text without its subject in the headline names it this often
LONG_NOUN = 10  # letters; a shorter noun, as garden or hour, is hardly what an article is about
AGAIN = 2  # what is no name is in the headline, and in the text this often
OFTEN_EACH_WORDS = 200  # and once more for so many words
SHARE_OF_TELLINGS = 0.34  # of a story's tellings that are about its subject
SHARE_OF_BEST = 0.4  # what scores below this share of the best is beside the point
WHOLE_LETTERS = 6  # a longer run of the headline that the text has word for word is no accident
HEADLINE_WEIGHT, LEAD_WEIGHT, MENTION_WEIGHT, WORD_WEIGHT, NAME_WEIGHT = 3.0, 1.0, 0.4, 0.5, 0.5
MENTIONS_COUNTED = 8
PLACE_SHARE = 0.5  # a single name after "in" or "at" this often is a place, not the person of that name
# Where names change their ends; what no dictionary knows is one name if it differs by 2 letters at its end.
CHANGING = CHANGING_ENDS | {"be", "sr", "hr", "bs"}

# A longer name with one of these is not the full form of its last word: the Bank of Velmark is not Velmark.
NO_PERSON = entities.ORGANISATION_ENDS | entities.PLACE_ENDS | frozenset("of and for the in und des zur".split())
NAME_JOINERS = frozenset("von van der den ten ter bin ibn al zu".split())
RANKS = frozenset("king queen prince princess pope konig konigin prinz papst roi reine pape rey reina".split())


def key(tag: str) -> str:
    """The folded form of a tag, for its address: letters and digits of any script."""
    return "".join(character for character in fold(tag.lstrip("#")) if character.isalnum()) if tag.strip("#") else ""


def of_articles(articles: Sequence[ArticleText]) -> list[tuple[str, tuple[str, ...]]]:
    """The hashtags of each article by itself."""
    return [(article.id, of_story([article])) for article in articles]


def of_story(articles: Sequence[ArticleText]) -> tuple[str, ...]:
    """The hashtags of the event that these articles tell, the most to the point first."""
    return tuple(subject.tag for subject in subjects(articles))


def subjects(articles: Sequence[ArticleText]) -> tuple[Subject, ...]:
    """Who and what these tellings of one event are about, with their kinds and shorter names; at most MOST_TAGS."""
    where: dict[tuple[str, ...], dict[int, Sequence[naming.Mention]]] = defaultdict(dict)
    for number, article in enumerate(articles):
        for words, mentions in _by_words(article).items():
            where[words][number] = mentions
    groups = _groups(where, _language(articles))
    unwanted = _unwanted(articles)
    scores = []
    for group in groups.values():
        score = _score(group, _tellings(group, articles, where), len(articles))
        if score and not _is_weak(group, articles, unwanted) and _tag(group):
            scores.append((score, group))
    scores.sort(key=lambda pair: (-pair[0], pair[1].main))
    chosen = [group for score, group in scores if score >= SHARE_OF_BEST * scores[0][0]]
    return tuple(_subject(group, _language(articles)) for group in _distinct(chosen)[:MOST_TAGS])


# --- which mentions name the same ----------------------------------------------


@dataclass(slots=True)
class _Group:
    """All ways in which the tellings name one subject. main: its fullest name."""

    main: tuple[str, ...]
    mentions: list[naming.Mention] = field(default_factory=list)
    words: set[tuple[str, ...]] = field(default_factory=set)
    country: str = ""

    @property
    def is_name(self) -> bool:
        return any(mention.is_name for mention in self.mentions)


def _language(articles: Sequence[ArticleText]) -> str:
    return Counter(article.language for article in articles).most_common(1)[0][0] if articles else ""


@once_an_article
def _by_words(article: ArticleText) -> Mapping[tuple[str, ...], Sequence[naming.Mention]]:
    """Each name and phrase of one article, folded, with its mentions in order."""
    found: dict[tuple[str, ...], list[naming.Mention]] = defaultdict(list)
    for mention in naming.find_mentions(article):
        found[mention.words].append(mention)
    return found


def _groups(
    where: Mapping[tuple[str, ...], Mapping[int, Sequence[naming.Mention]]], language: str
) -> dict[tuple[str, ...], _Group]:
    found = {words: [one for here in by_telling.values() for one in here] for words, by_telling in where.items()}
    main = _full_names(found, language)
    groups: dict[tuple[str, ...], _Group] = {}
    for words, places in found.items():
        country = naming.peoples(language).get(words[0]) if len(words) == 1 else None
        name = tuple(fold(word) for word in country.split()) if country else main.get(words, words)
        if country == "":
            continue
        group = groups.setdefault(name, _Group(name))
        group.mentions += places
        group.words.add(words)
        group.country = group.country or country or ""
    return groups


def _full_names(
    found: dict[tuple[str, ...], list[naming.Mention]], language: str
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """short or changed name -> the one full name that it stands for."""
    ends: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for words, places in found.items():
        if places[0].is_name and _may_be_person(places[0]):
            ends[words[-1]].add(words)
            if len(words) > 2:  # "Ada Brask" for "Minister of State Ada Brask"
                ends[" ".join(words[-2:])].add(words)
    main = _parts_of_runs([words for words, places in found.items() if len(words) > 1 and not places[0].is_name])
    for words, places in found.items():
        full = {one for one in ends.get(" ".join(words), ()) if one != words}
        if len(words) == 1 and len(full) == 1 and not _is_place(places):
            main[words] = next(iter(full))
        elif len(words) > 1 and full:
            main.update(dict.fromkeys(full, words))
    if language in CHANGING:
        main |= _same_but_for_ends([words for words in found if words not in main], found)
    return {short: main.get(full, full) for short, full in main.items()}


def _parts_of_runs(runs: list[tuple[str, ...]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """longer run -> the run within it that another telling has alone."""
    main = {}
    places = {run: place for place, run in enumerate(runs)}
    for longer in runs:
        lengths = range(2, len(longer))
        parts = (longer[at : at + length] for length in lengths for at in range(len(longer) - length + 1))
        if within := [part for part in parts if part in places]:
            main[longer] = max(within, key=places.__getitem__)
    return main


def _same_but_for_ends(
    names: Iterable[tuple[str, ...]], found: dict[tuple[str, ...], list[naming.Mention]]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    by_stem: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for words in names:
        by_stem[tuple(word[: max(4, len(word) - 2)][:6] if len(word) > 4 else word for word in words)].append(words)
    main = {}
    for alike in by_stem.values():
        best = min(alike, key=lambda words: (len("".join(words)), -len(found[words])))
        main.update({words: best for words in alike if words != best and _near(words, best)})
    return main


def _near(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True if each word begins as the other's and both end within three letters of that."""
    for first, second in zip(one, other, strict=True):
        shared = next((at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), 99)
        shared = min(shared, len(first), len(second))
        if max(len(first), len(second)) - shared > 3 or shared < min(4, len(first)):
            return False
    return True


def _may_be_person(mention: naming.Mention) -> bool:
    """True for two to four words with no organisation's end and no joiner but those of names."""
    joiners = {word for word in mention.written if word.islower()}
    return 1 < len(mention.words) < 5 and not NO_PERSON & set(mention.words) and joiners <= NAME_JOINERS


def _is_place(places: Sequence[naming.Mention]) -> bool:
    count = sum(one.kind == "place" for one in places)
    return count > 0 and count >= PLACE_SHARE * len(places)


# --- what the tellings are about -----------------------------------------------


@dataclass(slots=True)
class _Telling:
    """One article, how many words it has, and its mentions of one subject."""

    article: ArticleText
    words: int
    mentions: list[naming.Mention]

    @property
    def is_in_headline(self) -> bool:
        return any(one.start < 0 for one in self.mentions)

    @property
    def in_text(self) -> list[int]:
        return sorted({one.start for one in self.mentions if one.start >= 0})


def _score(group: _Group, tellings: Sequence[_Telling], count: int) -> float:
    """0 if too few of `count` tellings are about it; else how much they dwell on it."""
    about = [telling for telling in tellings if _is_about(telling, group)]
    if not about or len(about) < SHARE_OF_TELLINGS * count:
        return 0.0
    total = 0.0
    for telling in about:
        places = telling.in_text
        total += HEADLINE_WEIGHT * telling.is_in_headline + MENTION_WEIGHT * min(len(places), MENTIONS_COUNTED)
        total += LEAD_WEIGHT * bool(places and places[0] < naming.LEAD_CHARS)
    total /= count
    return total + WORD_WEIGHT * (len(group.main) > 1) + NAME_WEIGHT * group.is_name


def _is_about(telling: _Telling, group: _Group) -> bool:
    places, words = telling.in_text, telling.words
    if not group.is_name:
        if len(group.main[0]) < LONG_NOUN and any(one.has_article for one in group.mentions):
            return False
        is_whole = not has_capitals(group.main[0]) and len("".join(group.main)) > WHOLE_LETTERS
        if len(group.main) == 1 and naming.ARABIC.match(group.main[0]) and not group.main[0].startswith("ال"):
            return telling.is_in_headline and len(places) >= OFTEN - 1  # it may be a verb
        again = 1 if is_whole or (words <= TEASER_WORDS and len(group.main) == 1) else AGAIN
        return telling.is_in_headline and len(places) >= again
    if telling.is_in_headline:
        return bool(places) or words <= TEASER_WORDS
    if words <= TEASER_WORDS:
        return len(places) > 1
    is_early = bool(places) and places[0] < max(naming.LEAD_CHARS, len(telling.article.text) // 5)
    return is_early and len(places) >= OFTEN + words // OFTEN_EACH_WORDS


@once_an_article
def _words_in(article: ArticleText) -> int:
    return len(article.text.split()) if has_capitals(article.text) else len(article.text) // 3


def _tellings(
    group: _Group,
    articles: Sequence[ArticleText],
    where: Mapping[tuple[str, ...], Mapping[int, Sequence[naming.Mention]]],
) -> list[_Telling]:
    """The articles that name a subject, in order; none if too few do for it to be the story's."""
    found: dict[int, list[naming.Mention]] = defaultdict(list)
    for said in group.words:
        for number, mentions in where[said].items():
            found[number] += mentions
    if len(found) < SHARE_OF_TELLINGS * len(articles):
        return []
    return [_Telling(articles[number], _words_in(articles[number]), found[number]) for number in sorted(found)]


def _unwanted(articles: Sequence[ArticleText]) -> set[str]:
    """Keys of what is around the news and not in it: publishers, authors, agencies, sections."""
    told: set[str] = set()
    for article in articles:
        told |= {article.publisher, article.site_name, article.source, article.agency, article.section}
        told.update(article.authors)
    return ({key(name) for name in told} | _agencies()) - {""}


@cache
def _agencies() -> frozenset[str]:
    said = (one for spellings in read_list("agencies").values() for one in spellings.split(";"))
    return frozenset(key("".join(one.split())) for one in said)


def _is_weak(group: _Group, articles: Sequence[ArticleText], unwanted: set[str]) -> bool:
    joined = key("".join(group.main))
    language = _language(articles)
    weak = naming.word_list("weak", language) | entities.calendar_words(language) | entities.calendar_words("en")
    if not group.is_name:  # with a capital it is no stop word: US, Москва
        weak |= stop_words(language)
    if joined in unwanted or f"the{joined}" in unwanted or all(word in weak for word in group.main):
        return True
    return len(group.main) == 1 and (group.main[0] in naming.word_list("titles", language) or joined.isdigit())


def _distinct(ranked: Sequence[_Group]) -> list[_Group]:
    """Of groups whose words are part of another's, the better alone."""
    kept: list[_Group] = []
    tags: set[str] = set()
    for group in ranked:
        if key(_tag(group)) in tags:
            continue
        tags.add(key(_tag(group)))
        if not any(_is_part(group, other) or _is_part(other, group) for other in kept):
            kept.append(group)
    return kept


def _is_part(group: _Group, other: _Group) -> bool:
    words, others = set(group.main), set(other.main)
    if words <= others or (words & others and (not group.is_name or RANKS & (words | others))):
        return True
    is_spaced = has_capitals(group.main[0])
    return not is_spaced and "".join(group.main) in "".join(other.main)


# --- how it is written ----------------------------------------------------------


def _subject(group: _Group, language: str) -> Subject:
    shorter = {"".join(words) for words in group.words if words != group.main and set(words) <= set(group.main)}
    kind = _kind(group, language)
    may_be_person = group.is_name and any(_may_be_person(one) for one in group.mentions if one.words == group.main)
    last_name = key(group.main[-1]) if may_be_person and kind in (None, "person") else ""
    return Subject(_tag(group), kind, tuple(sorted(key(one) for one in shorter)), last_name)


def _kind(group: _Group, language: str) -> Kind | None:
    """The kind that the places say; a full name with its last word alone elsewhere is a person's."""
    said = Counter(mention.kind for mention in group.mentions if mention.kind)
    if group.country:
        return "place"
    if said:
        kind, count = said.most_common(1)[0]
        if kind != "place" or (count > 1 and _is_place(group.mentions)):
            return kind
    alone = any(one.words == group.main[-1:] and one.start >= 0 for one in group.mentions)
    is_person = alone and len(group.main) in (2, 3) and not naming.is_common(group.main[-1], language)
    return "person" if is_person else None


def _tag(group: _Group) -> str:
    if group.country:
        return camel_case(group.country)
    written = Counter(mention.written for mention in group.mentions if mention.words == group.main)
    if not written:
        return ""
    best = max(written, key=lambda one: (not all(word.isupper() and len(word) > 5 for word in one), written[one]))
    shown = " ".join(word.title() if word.isupper() and len(word) > 5 else word for word in best)
    tag = camel_case(shown)
    letters = tag.lstrip("#")
    is_short = len(letters) < (SHORTEST_TAG if letters.isascii() or has_capitals(letters) else 2)
    is_short = is_short and not (letters.isupper() and len(letters) == 2)
    return "" if is_short or len(tag) > LONGEST_TAG or letters.isdigit() else tag


def camel_case(phrase: str) -> str:
    """#CamelCase in the phrase's own script: #WaterLaw, #الأمم_المتحدة where there are no capitals."""
    parts = [ELISION.sub("", match.group()).replace("’", "").replace("'", "") for match in WORD.finditer(phrase)]
    if not parts:
        return ""
    has_case = any(character.isupper() or character.islower() for character in phrase)
    if not has_case:
        return "#" + "_".join(parts)
    return "#" + "".join(part[:1].upper() + part[1:] for part in parts)
