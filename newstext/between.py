"""Who did or said what to whom: sentences in which two that are named both act, by what the words beside them are.

No grammar is worked out. A name acts if a verb of deeds or of saying follows
it, or if it is what such a verb is aimed at; one behind "in" is a place, one
in a list of three or within a longer name is none. Where this cannot be told,
the sentence is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from newstext import alone
from newstext.countries import country_name, country_words
from newstext.dates import find as find_dates
from newstext.dates import precision_of
from newstext.entities import find as find_names
from newstext.naming import peoples
from newstext.note_records import Deed, Doer, Evidence
from newstext.questions import phrases
from newstext.records import ArticleText
from newstext.stems import dictionary_form
from newstext.when import day_of
from newstext.words import ARABIC_ARTICLE, ELISION, WORD, fold, read_list, words

LONGEST_NAME = 5  # words
SHARED_LETTERS = 3  # that a word for a country's people shares with a name of the country
SHORT_NAME = 3  # letters
LONG_NAME = 6  # letters; what begins with a name so long is its people's
SUBJECT_WORDS = 6  # from the one that acts to the verb
EXPLAINED_WORDS = 16  # the same where an explanation between two commas stands there
OBJECT_WORDS = 10  # from the verb to whom it is done or said to
DEED_WORDS = 14  # from "talks between A and B" to the verb
ACTOR_WORDS = 3  # between "Karsan" and "troops"
SAME = 0.6  # of the words of two sentences that tell the same
OWN_ORDER = frozenset({"en", "de", "fr", "es", "pt", "it"})  # who stands before the verb acts
VERB_FIRST = frozenset({"ar"})
LIST_MARK = re.compile(r"^\s?,?\s?$")
HEADER = re.compile(r"^[^.!?]{0,60}(?::\s|\s[—–-]{1,2}\s)")  # "KARSA, Velmark —", "Velmark:"
POSSESSIVE = re.compile(r"^[’']s?\b|^[’']")
UNCHANGED = frozenset("cut hit beat let put set shut".split())  # the same when it was done


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two: the folded keys of its names, and the code of the country that it is."""

    keys: frozenset[str]
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    folded: str
    text: str


@dataclass(frozen=True, slots=True)
class _Naming:
    """Where a party is named: its words from first to last. role: subject, object, by, or "" for none."""

    first: int
    last: int
    role: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence's words, and where its names are (start, end)."""

    text: str
    language: str
    words: Sequence[_Word]
    names: Sequence[tuple[int, int]]


def party(names: Iterable[str]) -> Party:
    """A party by its names, in any writing: "Oda Brask", "OdaBrask" and "odabrask" are one."""
    names = list(names)
    codes = {code for name in names if (code := _country(" ".join(words(_spaced(name)))))}
    return Party(frozenset(_key(name) for name in names) - {""}, frozenset(codes))


@cache
def _country(name: str) -> str:
    """The code of the country that a name is; "" for what merely tells of it: its president, its army."""
    code = country_words("en").whole.get(name, "")
    if not code:
        return ""
    own = [*_cldr_names(code), *(people for people, of in peoples("en").items() if of and _code_of(of) == code)]
    is_short = len(name) <= SHORT_NAME and " " not in name  # US, UK, UAE
    return code if is_short or any(one[:SHARED_LETTERS] == name[:SHARED_LETTERS] for one in own) else ""


def _spaced(name: str) -> str:
    """SouthKorea as South Korea."""
    return re.sub(r"(?<=[^\W\d_])(?=[A-Z][a-z])", " ", name)


def _key(name: str) -> str:
    return "".join(fold(word) for word in WORD.findall(name))


def sentences_between(
    articles: Sequence[ArticleText], a_names: Iterable[str], b_names: Iterable[str]
) -> tuple[Deed, ...]:
    """What the two did or said to each other, the newest first; the same told again is left out.

    articles: with their sentences; their dates are found where a sentence is
    listed. a_names, b_names: names and other names of each, as hashtags have
    them too. A country is known by its people as well ("Russian troops").
    """
    a, b = party(a_names), party(b_names)
    found: list[tuple[Deed, frozenset[str]]] = []
    seen: dict[str, list[int]] = {}
    for article in sorted(articles, key=lambda one: (one.published_at is None, one.published_at)):
        for number, doer, verb in _deeds(article, a, b):
            start, end = article.sentences[number]
            said = frozenset(words(article.text[start:end], article.language))
            if _is_told(said, found, seen):
                continue
            marked = _dated(article)
            if shown := alone.show(marked, number, known=alone.ALL_KNOWN):
                _remember(said, len(found), seen)
                found.append((_deed(marked, number, doer, verb, shown), said))
    return tuple(sorted((deed for deed, _ in found), key=lambda one: one.date, reverse=True))


def _is_told(said: frozenset[str], found: Sequence[tuple[Deed, frozenset[str]]], seen: dict[str, list[int]]) -> bool:
    """True if a sentence already listed has most of these words; only those that share a longer word are compared."""
    near = {place for word in said if len(word) > 6 for place in seen.get(word, ())}
    return any(len(said & found[place][1]) > SAME * min(len(said), len(found[place][1])) for place in near)


def _remember(said: frozenset[str], place: int, seen: dict[str, list[int]]) -> None:
    for word in said:
        if len(word) > 6:
            seen.setdefault(word, []).append(place)


def _dated(article: ArticleText) -> ArticleText:
    if article.dates:
        return article
    found = find_dates(article.text, published_at=article.published_at, language=article.language)
    return replace(article, dates=found)


def _deed(article: ArticleText, number: int, doer: Doer, verb: str, shown: tuple[Evidence, ...]) -> Deed:
    start, end = article.sentences[number]
    published = day_of(article)
    told = [
        one.value[:10]
        for one in article.dates
        if start <= one.start < end
        and precision_of(one.value) == "day"
        and (not published or one.value[:10] <= published)
    ]
    return Deed(told[0] if told else published, doer, verb, shown, is_dated=bool(told))


# --- which sentences -----------------------------------------------------------


def _deeds(article: ArticleText, a: Party, b: Party) -> Iterator[tuple[int, Doer, str]]:
    """(sentence number, who acts, the verb) of every sentence in which both act."""
    language = article.language
    if not _lists(language):
        return
    forms = [_forms(one, language) for one in (a, b)]
    whole = _squeezed(article.text)
    if not all(any(form in whole for form in both) for both in forms):
        return
    for number, (start, end) in enumerate(article.sentences):
        text = article.text[start:end]
        squeezed = _squeezed(text)
        if all(any(form in squeezed for form in both) for both in forms) and (told := _told(text, language, a, b)):
            yield number, *told


def _bare(word: str) -> str:
    """A word folded, without the English genitive and what French writes on to its front."""
    return fold(ELISION.sub("", word.removesuffix("'s").removesuffix("’s")))


def _squeezed(text: str) -> str:
    return "".join(fold(word) for word in WORD.findall(text))


@cache
def _forms(one: Party, language: str) -> frozenset[str]:
    """All words and joined names by which a party is known in a language."""
    found = set(one.keys)
    for code in one.countries:
        known = country_words(language)
        names = {name for name, country in known.whole.items() if country == code}
        roots = {name[:SHARED_LETTERS] for name in _cldr_names(code)}
        found |= {
            name.replace(" ", "") for name in names if name[:SHARED_LETTERS] in roots or name in _cldr_names(code)
        }
        found |= {cut for cut, country in known.beginnings.items() if country == code and cut[:SHARED_LETTERS] in roots}
        found |= {people for people, country in peoples(language).items() if country and _code_of(country) == code}
    return frozenset(form for form in found if len(form) > 1)


@cache
def _cldr_names(code: str) -> frozenset[str]:
    return frozenset(
        " ".join(words(country_name(code, one)))
        for one in ("en", "de", "fr", "es", "it", "pt", "ru", "tr", "ar", "nl", "pl")
    )


@cache
def _names_of(codes: frozenset[str]) -> frozenset[str]:
    """The countries' own names, joined."""
    return frozenset(name.replace(" ", "") for code in codes for name in _cldr_names(code))


@cache
def _code_of(country: str) -> str:
    return country_words("en").whole.get(" ".join(words(country)), "")


def _told(text: str, language: str, a: Party, b: Party) -> tuple[Doer, str] | None:
    """(who acts, the verb) if both act in this sentence."""
    found = [_Word(match.start(), match.end(), _bare(match.group()), match.group()) for match in WORD.finditer(text)]
    names = tuple((one.start, one.end) for one in find_names(text, language=language))
    sentence = _Sentence(text, language, found, names)
    ours, theirs = (_namings(sentence, one) for one in (a, b))
    verbs = [place for place in range(len(found)) if _is_deed(place, found, language)]
    if not ours or not theirs or not verbs:
        return None
    joint = _joint(ours, theirs, sentence, verbs)
    if joint >= 0:
        return "both", found[joint].text
    for place in verbs:
        if doer := _by_verb(place, ours, theirs, sentence):
            return (doer if language in OWN_ORDER | VERB_FIRST else ""), found[place].text
    return None


def _by_verb(place: int, ours: Sequence[_Naming], theirs: Sequence[_Naming], sentence: _Sentence) -> Doer:
    """Which of the two does what that verb says to the other; "" if neither."""
    found, language = sentence.words, sentence.language
    is_passive = any(word.folded in _said(language, "being") for word in found[max(0, place - 2) : place])
    if is_passive and found[place].folded == "said":
        return ""  # "is said to": nobody is named who says it
    for doer, mine, others in (("a", ours, theirs), ("b", theirs, ours)):
        if is_passive:
            acts = any(one.role == "by" and 0 < one.first - place <= OBJECT_WORDS for one in mine)
            suffers = any(one.role and 0 < place - one.last <= SUBJECT_WORDS for one in others)
        elif language in VERB_FIRST:
            first = min((one.first for one in mine if one.first > place and one.role == "subject"), default=-1)
            acts = 0 < first - place <= ACTOR_WORDS
            suffers = any(first < one.first <= place + OBJECT_WORDS and one.role for one in others)
        else:
            acts = any(_does(one, place, sentence) for one in mine) and not any(
                _does(one, place, sentence) and one.last > mine[0].last for one in others
            )
            suffers = any(_is_done_to(one, place, sentence) for one in others)
        if acts and suffers:
            return "a" if doer == "a" else "b"
    return ""


def _does(one: _Naming, place: int, sentence: _Sentence) -> bool:
    """True if that naming is what the verb at `place` is said of: near before it, no half clause between."""
    if one.role != "subject" or one.last >= place:
        return False
    between = sentence.text[sentence.words[one.last].end : sentence.words[place].start]
    commas = between.count(",")
    if commas:  # "Oda Brask, the minister for water, said"
        return commas == 2 and between.lstrip().startswith(",") and place - one.last <= EXPLAINED_WORDS
    return place - one.last <= SUBJECT_WORDS and not any(mark in between for mark in ";:()—–")


def _is_done_to(one: _Naming, place: int, sentence: _Sentence) -> bool:
    """True if that naming follows the verb in the same half of the sentence, or "to" and the like stands before it."""
    if one.last < place:
        return one.role == "object"
    between = sentence.text[sentence.words[place].end : sentence.words[one.first].start]
    return bool(one.role) and one.first - place <= OBJECT_WORDS and not any(mark in between for mark in ",;()—–")


def _joint(ours: Sequence[_Naming], theirs: Sequence[_Naming], sentence: _Sentence, verbs: Sequence[int]) -> int:
    """The place of the verb of "A and B signed" or "talks between A and B began"; -1 if there is none."""
    found, language = sentence.words, sentence.language
    for one in ours:
        for other in theirs:
            first, second = sorted((one, other), key=lambda naming: naming.first)
            joined = [word.folded for word in found[first.last + 1 : second.first]]
            if not joined or len(joined) > ACTOR_WORDS + 1 or not set(joined) & _said(language, "and"):
                continue
            if "," in sentence.text[found[first.last].end : found[second.first].start] or not first.role:
                continue
            before = found[first.first - 1].folded if first.first else ""
            is_between = before in _said(language, "between")
            if is_between and not any(
                word.folded in _said(language, "relations") for word in found[max(0, first.first - 4) : first.first - 1]
            ):
                continue
            reach = DEED_WORDS if is_between else SUBJECT_WORDS
            after = [place for place in verbs if 0 < place - second.last <= reach]
            if after and "," not in sentence.text[found[second.last].end : found[after[0]].start]:
                return after[0]
            if is_between and verbs[0] < first.first:
                return verbs[0]
    return -1


def _is_deed(place: int, found: Sequence[_Word], language: str) -> bool:
    """True for a verb of the list in a form that says that it is done: no noun, no English -ing."""
    word = found[place].folded
    bare = ARABIC_ARTICLE.sub("", word) if language in VERB_FIRST else word
    form = dictionary_form(bare, language)
    known = _said(language, "deeds")
    is_known = form in known or bare in known
    if not is_known and language in ("en", "", "und"):  # what the dictionary has no form of: thanked, vetoes
        is_known = any(bare.endswith(end) and bare.removesuffix(end) in known for end in ("ed", "d", "es", "s"))
    if not is_known:
        return False
    if found[place].text[0].isupper() and place and language != "de":
        return False
    before = found[place - 1].folded if place else ""
    if language in ("en", "", "und"):
        if bare.endswith("ing"):
            return False
        if (
            bare == form
            and not bare.endswith("ed")
            and before not in _said(language, "helps")
            and not (
                before.endswith("s") and len(before) > SHORT_NAME  # "troops attack", not "US support"
            )
        ):
            return bare in UNCHANGED
    return before not in phrases(language, "nouns")


# --- how a party is named --------------------------------------------------------


def _namings(sentence: _Sentence, one: Party) -> list[_Naming]:
    """Every place that names a party, with the role that the words beside it give."""
    forms = _forms(one, sentence.language)
    named = []
    place = 0
    while place < len(sentence.words):
        last = _run(place, sentence.words, forms, one, sentence.language)
        if last < 0:
            place += 1
            continue
        role, reach = _role(place, last, sentence, one)
        named.append(_Naming(place, reach, role))
        place = last + 1
    return named


def _run(place: int, found: Sequence[_Word], forms: frozenset[str], one: Party, language: str) -> int:
    """The last word of the longest name of the party that begins at a word; -1 if none does."""
    best, joined = -1, ""
    for last in range(place, min(place + LONGEST_NAME, len(found))):
        joined += found[last].folded
        if joined in forms or (last == place and _by_beginning(joined, one, language)):
            best = last
    word = found[place].text
    return best if best >= 0 and (word[0].isupper() or not word.isascii() or not _has_capital(language)) else -1


def _has_capital(language: str) -> bool:
    """True where words for a people have capitals."""
    return language == "en"


def _by_beginning(word: str, one: Party, language: str) -> bool:
    if not one.countries:
        return False
    forms = _forms(one, language)
    if any(len(name) >= LONG_NAME and word.startswith(name) for name in _names_of(one.countries)):
        return True  # aserbaidschanisch, azerbaïdjanais
    known = country_words(language).beginnings
    return any(
        known.get(word[:length]) in one.countries and word[:length] in forms for length in range(len(word), 3, -1)
    )


def _role(first: int, last: int, sentence: _Sentence, one: Party) -> tuple[str, int]:
    """(role, the last word of what acts) of a party named from `first` to `last`."""
    found, text, language = sentence.words, sentence.text, sentence.language
    start, end = found[first].start, found[last].end
    header = HEADER.match(text)
    if header and end <= header.end():
        return "", last
    if _is_in_list(first, last, found, text, language):
        return "", last
    reach = _actor(first, last, sentence, one)
    if reach < 0:
        return "", last
    before = found[first - 1].folded if first and LIST_MARK.match(text[found[first - 1].end : start]) else ""
    if before in phrases(language, "nouns") and first > 1:
        before = found[first - 2].folded if before in _said(language, "articles") else before
    if before in _said(language, "by"):
        return "by", reach
    if before in _said(language, "of"):
        owner = found[first - 2].folded if first > 1 else ""
        return ("subject" if owner in _said(language, "actors") else ""), reach
    if before in _said(language, "at"):
        return "", reach
    return ("object" if before in _said(language, "to") else "subject"), reach


def _is_in_list(first: int, last: int, found: Sequence[_Word], text: str, language: str) -> bool:
    """True for one of three or more names in a row: "France, Norway and Chile"."""
    joiners = _said(language, "and")

    def beside(place: int, step: int) -> int:
        """The next name in the row, or -1. A comma or "and" alone stands between."""
        other = place + step
        if 0 <= other < len(found) and found[other].folded in joiners:
            other += step
        if not 0 <= other < len(found) or not found[other].text[0].isupper():
            return -1
        low, high = sorted((place, other))
        gap = text[found[low].end : found[high].start].strip()
        return other if gap.strip(", ") in joiners | {""} and gap else -1

    count, place = 1, first
    while (place := beside(place, -1)) >= 0:
        count += 1
    place = last
    while (place := beside(place, 1)) >= 0:
        count += 1
    return count > 2


def _actor(first: int, last: int, sentence: _Sentence, one: Party) -> int:
    """The last word of what acts in that naming: the name, or "Karsan troops"; -1 if it is a mere part of a thing."""
    found, text, language = sentence.words, sentence.text, sentence.language
    end = found[last].end
    is_owner = bool(POSSESSIVE.match(text[end:])) or found[last].text.endswith(("'s", "’s"))
    joined = "".join(word.folded for word in found[first : last + 1])
    is_people = bool(one.countries) and joined not in one.keys | _names_of(one.countries)
    for place in range(last + 1, min(last + 1 + (ACTOR_WORDS if is_people or is_owner else 1), len(found))):
        if "," in text[end : found[place].start] or _is_deed(place, found, language):
            break
        if found[place].folded in _said(language, "actors"):
            return place
    if is_owner:
        return -1
    if is_people and not joined.endswith("s"):
        return -1  # "Karsan" and no actor behind it: the Karsan language, a Karsan restaurant
    inside = [span for span in sentence.names if span[0] <= found[first].start and end <= span[1]]
    if any(span[1] - span[0] > end - found[first].start + 2 for span in inside) and one.countries:
        return -1  # a part of a longer name: Bank of Karsa, Karsa Avenue
    return last


# --- word lists -------------------------------------------------------------------


@cache
def _lists(language: str) -> dict[str, str]:
    tables: dict[str, dict[str, str]] = read_list("between")
    return tables.get("en" if language in ("", "und") else language, {})


@cache
def _said(language: str, name: str) -> frozenset[str]:
    """The words of one list, folded."""
    return frozenset(fold(word) for word in _lists(language).get(name, "").split())
