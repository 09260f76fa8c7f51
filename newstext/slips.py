"""Whether a few changed words mend a slip of the pen, or say something else.

A word is a slip where no dictionary has it, the word in its place is known, and
the two are spelled nearly alike. Figures, dates and negations never are; names
only where two letters changed places or one was doubled, and where the other
form does not stand in the text for somebody else. What cannot be told is none.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Literal

import simplemma
from rapidfuzz.distance import OSA

from newstext import entities
from newstext.language import CAPITALISED_NOUNS
from newstext.worddiff import Alignment, Edit, Word
from newstext.words import ELISION, UNSPACED, fold, read_list, stop_words
from newstext.words import WORD as WHOLE_WORD

Telling = Literal["figures", "dates", "names", "negation", "quotes", "question"]

QUOTE_MARKS = frozenset('"“”„‟«»‹›「」『』＂‘‚')  # ’ is an apostrophe more often than not
QUESTION_MARKS = frozenset("?؟？;¿")
FIGURE_SIGNS = frozenset("%‰°+=<>±×/٪％")
MINUS_SIGNS = frozenset("-−–")
CASED_DATES = frozenset({"en", "de"})  # but for "today" and its like, which tell by their own change of words
# Nouns stand after these where all nouns have capitals; names seldom do.
DETERMINERS = frozenset("der die das den dem des ein eine einen einem einer eines im am zum zur vom beim ins".split())
APOSTROPHES = str.maketrans("’ʼ`´", "''''")
# In these an accent makes another letter: "konnte" is not "könnte".
ACCENTS_ARE_LETTERS = frozenset("de sv da no fi is et lv lt tr az hu cs sk pl hr sr sl bs ro vi sq".split())
DICTIONARIES = {"no": "nb", "hr": "hbs", "sr": "hbs", "bs": "hbs"}
ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "ولل", "لل", "ال", "و", "ب", "ل", "ف", "ك", "س")
SHORTEST = 4  # letters of a word that may be one letter off
SHORTEST_SWAPPED = 3  # teh
LONG = 8  # may be two letters off
SHORTEST_NAME = 6  # "Iran" and "Iraq" are two names, "Brian" and "Brain" too
SHORTEST_UNKNOWN = 7  # where no dictionary helps
CONTRACTIONS = (
    (re.compile(r"^can'?t$|^cannot$"), "can not"),
    (re.compile(r"^won't$"), "will not"),
    (re.compile(r"^shan't$"), "shall not"),
    (re.compile(r"^(\w+)n't$"), r"\1 not"),
    (re.compile(r"^(\w+)'re$"), r"\1 are"),
    (re.compile(r"^(\w+)'ll$"), r"\1 will"),
    (re.compile(r"^(\w+)'ve$"), r"\1 have"),
    (re.compile(r"^(it|he|she|that|there|what|who)'s$"), r"\1 is"),
)
# British and American spellings come to one form; only words of some length, for "rise" is not "rize".
SPELLINGS = (
    (re.compile(r"(?<=\w{3})is(e|ed|es|er|ers|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"(?<=\w{2})our(?=$|s$|ed$|ing$|ite$|ites$|hood|able)"), "or"),
    (re.compile(r"(?<=\w{2}[tb])re(s?)$"), r"er\1"),
    (re.compile(r"(?<=\w{4})ll(ed|ing|er|ers)$"), r"l\1"),
    (re.compile(r"(?<=(?:def|off))ence(s?)$"), r"ense\1"),
)
ENDING = re.compile(r"(?:ed|ing|ers?|ments?)$")  # "occured" stands in dictionaries; "chose" is not "choose"
SHORTEST_SPELLING = 6


@dataclass(frozen=True, slots=True)
class Lists:
    """Words of one language, folded, that are never a slip: what each stands for."""

    numbers: dict[str, str]
    dates: dict[str, str]
    negations: frozenset[str]
    joining: frozenset[str]
    stops: frozenset[str]


@dataclass
class Slips:
    """Judges the edits between two texts; before, after: both whole, for what else stands in them."""

    language: str
    before: str
    after: str
    lists: Lists = field(init=False)

    def __post_init__(self) -> None:
        self.lists = lists_of(self.language)

    def is_slip(self, aligned: Alignment, edit: Edit) -> bool:
        """True if the edit mends spelling, accents, case, spaces, hyphens or punctuation, and no more."""
        old, new = aligned.before[edit.first : edit.last], aligned.after[edit.new_first : edit.new_last]
        if any(self._guarded(old, new)) or _moves_minus(aligned, edit) or _parts_again(old, new):
            return False
        old_words, new_words = _words(old), _words(new)
        if not old_words or not new_words:
            return self._is_small_word(aligned, edit, [*old_words, *new_words])
        if self._is_same_form(old_words, new_words):
            return True
        if len(old_words) != len(new_words):
            return False
        before = aligned.after[edit.new_first - 1].text if edit.new_first else ""
        for one, other in zip(old_words, new_words, strict=True):
            if one.text != other.text and not self._is_word_slip(one.text, other.text, before):
                return False
            before = other.text
        return True

    def telling(self, aligned: Alignment, edit: Edit) -> Iterator[Telling]:
        """What the changed words hold that readers must know of."""
        old, new = aligned.before[edit.first : edit.last], aligned.after[edit.new_first : edit.new_last]
        yield from self._guarded(old, new)
        if _moves_minus(aligned, edit):
            yield "figures"
        if self._dates(old) != self._dates(new):
            yield "dates"
        if {word for word in self._folded(old) if word in self._names} != {
            word for word in self._folded(new) if word in self._names
        }:
            yield "names"

    def is_quote_mark(self, text: str) -> bool:
        return text in QUOTE_MARKS

    def _guarded(self, old: Sequence[Word], new: Sequence[Word]) -> Iterator[Telling]:
        """Where these differ, no likeness of the words counts."""
        if self._figures(old) != self._figures(new):
            yield "figures"
        if self._negations(old) != self._negations(new):
            yield "negation"
        if not self._closes_a_quote and _count(old, QUOTE_MARKS) != _count(new, QUOTE_MARKS):
            yield "quotes"
        if _count(old, QUESTION_MARKS) != _count(new, QUESTION_MARKS):
            yield "question"

    @cached_property
    def _closes_a_quote(self) -> bool:
        """One quotation mark was missing and came."""
        was, now = (sum(map(text.count, QUOTE_MARKS)) for text in (self.before, self.after))
        return was % 2 == 1 and now == was + 1

    def _figures(self, words: Sequence[Word]) -> Counter[str]:
        return Counter(value for word in words if (value := self._figure(word.text)))

    def _figure(self, text: str) -> str:
        if any(map(str.isdigit, text)):
            return _digits(text, self.language)
        if text in FIGURE_SIGNS or unicodedata.category(text[0]) == "Sc":
            return text
        return self.lists.numbers.get(fold(text), "")

    def _dates(self, words: Sequence[Word]) -> Counter[str]:
        return Counter(value for word in words if (value := self._date(word.text)))

    def _date(self, text: str) -> str:
        """What a word of a date stands for, or ""; "may" and "march" are none."""
        if text.islower() and self.language in CASED_DATES:
            return ""
        return self.lists.dates.get(fold(text), "")

    def _negations(self, words: Sequence[Word]) -> Counter[str]:
        return Counter(found for word in words if (found := self._negation(word.text)))

    def _negation(self, text: str) -> str:
        plain = text.lower().translate(APOSTROPHES)
        if self.language == "en" and (plain.endswith("n't") or plain == "cannot"):
            return "not"
        if self.language == "fr" and plain.startswith("n'"):
            return "ne"
        folded = fold(plain)
        return folded if folded in self.lists.negations else ""

    def _folded(self, words: Sequence[Word]) -> list[str]:
        return [fold(word.text) for word in words]

    @cached_property
    def _names(self) -> set[str]:
        """Folded words of the names in both texts, headlines apart."""
        bodies = (text.partition("\n")[2] or text for text in (self.before, self.after))
        return {
            fold(word)
            for body in bodies
            for name in entities.find(body, language=self.language)
            for word in name.text.split()
        }

    def _is_small_word(self, aligned: Alignment, edit: Edit, words: list[Word]) -> bool:
        """True for marks alone, a word that stood there twice, or a grammar word that was left out."""
        if not words:  # marks alone; beside a "not" a comma may turn the sentence round
            around = (
                *aligned.after[max(0, edit.new_first - 1) : edit.new_first],
                *aligned.after[edit.new_last : edit.new_last + 1],
            )
            return not any(self._negation(word.text) for word in around)
        if len(words) > 1 or self._figure(words[0].text):
            return False
        word = fold(words[0].text)
        whole, first, last = (
            (aligned.before, edit.first, edit.last)
            if edit.first < edit.last
            else (aligned.after, edit.new_first, edit.new_last)
        )
        beside = [fold(whole[place].text) for place in (first - 1, last) if 0 <= place < len(whole)]
        return word in beside or word in self.lists.joining

    def _is_same_form(self, old: list[Word], new: list[Word]) -> bool:
        """True if case, accents, spaces, hyphens, apostrophes or a contraction make the whole difference."""
        if _cased(old) == _cased(new):
            return True
        if self.language == "en" and _expanded(old) == _expanded(new):
            return True
        if _bare("".join(self._folded(old))) != _bare("".join(self._folded(new))):
            return False
        return self.language not in ACCENTS_ARE_LETTERS or not all(self._is_known(word.text) for word in old)

    def _is_word_slip(self, old: str, new: str, before: str) -> bool:
        one, other = fold(old), fold(new)
        if one == other:
            return self.language not in ACCENTS_ARE_LETTERS or not self._is_known(old)
        if UNSPACED.search(old + new):
            return False
        if value := self._figure(old) or self._date(old):
            return value in (self._figure(new), self._date(new))
        if old[0].isupper() and new[0].isupper() and not self._is_common(other, new, before):
            return self._is_name_slip(one, other)
        return self._is_spelling(old, new)

    def _is_common(self, folded: str, text: str, before: str) -> bool:
        """True if a word with a capital is no name."""
        if folded in self.lists.stops or folded in self.lists.dates or folded in entities.person_titles():
            return True
        if self.language in CAPITALISED_NOUNS:
            return fold(before) in DETERMINERS and self._is_known(text)
        return text.lower() in self._small

    @cached_property
    def _small(self) -> set[str]:
        """Words that stand in small letters in either text."""
        return {word for word in WHOLE_WORD.findall(f"{self.before}\n{self.after}") if word.islower()}

    @cached_property
    def _counted(self) -> tuple[Counter[str], Counter[str]]:
        was, now = (Counter(map(fold, WHOLE_WORD.findall(text))) for text in (self.before, self.after))
        return was, now

    def _is_name_slip(self, old: str, new: str) -> bool:
        was, now = self._counted
        if min(len(old), len(new)) < SHORTEST_NAME or now[old]:
            return False  # the other form stands elsewhere: somebody else
        return _has_swapped(old, new) or (_has_doubled(old, new) and not was[new])

    def _is_spelling(self, old: str, new: str) -> bool:
        one, other = old.lower(), new.lower()
        if dictionary_of(self.language):
            if self._is_known(old):
                return self._is_other_spelling(one, other)
            if self._is_known(new) or fold(new) in self.lists.stops:
                return _is_near(one, other)
            return min(len(one), len(other)) >= SHORTEST_UNKNOWN and (
                _has_swapped(one, other) or _has_doubled(one, other)
            )
        was, now = self._counted
        stands_elsewhere = bool(was[fold(new)]) or now[fold(new)] > 1
        if min(len(one), len(other)) < SHORTEST_UNKNOWN or now[fold(old)]:
            return False
        return _has_swapped(one, other) or (stands_elsewhere and _is_near(one, other))

    def _is_known(self, word: str) -> bool:
        return is_known(word, self.language)

    def _is_other_spelling(self, old: str, new: str) -> bool:
        """True for two known spellings of one word."""
        if self.language != "en" or max(len(old), len(new)) < SHORTEST_SPELLING:
            return False
        if _one_spelling(old) == _one_spelling(new):
            return True
        endings = ENDING.search(old), ENDING.search(new)
        has_same = bool(endings[0] and endings[1] and endings[0].group() == endings[1].group())
        return has_same and _has_doubled(old, new) and _lemma(old) == _lemma(new)


def _words(passage: Sequence[Word]) -> list[Word]:
    """Without marks."""
    return [word for word in passage if word.text[0].isalnum() or unicodedata.category(word.text[0])[0] in "MS"]


def _count(passage: Sequence[Word], marks: frozenset[str]) -> int:
    return sum(word.text in marks for word in passage)


def _cased(words: list[Word]) -> str:
    """As it reads without case, spaces, hyphens and apostrophes."""
    return _bare(unicodedata.normalize("NFKC", "".join(word.text for word in words)).casefold())


def _bare(text: str) -> str:
    return text.translate(APOSTROPHES).replace("'", "")


def _expanded(words: list[Word]) -> str:
    parts = []
    for word in words:
        plain = word.text.lower().translate(APOSTROPHES)
        for pattern, replacement in CONTRACTIONS:
            plain = pattern.sub(replacement, plain)
        parts.append(plain)
    return "".join(parts).replace(" ", "")


def _digits(text: str, language: str) -> str:
    """A figure in the digits of ASCII, without the marks between thousands."""
    plain = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
    groups = (
        ",'’\u00a0\u202f\u066c" if language in ("en", "und", "ar", "zh", "ja", "ko", "th", "he") else ".'’\u00a0\u202f"
    )
    if re.fullmatch(rf"\d{{1,3}}(?:[{groups}]\d{{3}})+", plain):
        return re.sub(r"\D", "", plain)
    return plain.lower()


def _moves_minus(aligned: Alignment, edit: Edit) -> bool:
    """True if a sign before a figure came or went."""
    for whole, first, last in ((aligned.before, edit.first, edit.last), (aligned.after, edit.new_first, edit.new_last)):
        for place in range(first, last):
            following = whole[place + 1] if place + 1 < len(whole) else None
            if (
                whole[place].text in MINUS_SIGNS
                and following
                and following.text[0].isdigit()
                and not following.has_space
            ):
                return True
    return False


def _parts_again(old: Sequence[Word], new: Sequence[Word]) -> bool:
    """ "re-sign" is not "resign"."""
    return any(
        word.text.lower() == "re" and place + 1 < len(passage) and passage[place + 1].text in MINUS_SIGNS
        for passage in (old, new)
        for place, word in enumerate(passage)
    )


def _has_swapped(one: str, other: str) -> bool:
    """Two neighbouring letters changed places, and that is all."""
    if len(one) != len(other):
        return False
    apart = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and (one[apart[0]], one[apart[1]]) == (other[apart[1]], other[apart[0]])
    )


def _has_doubled(one: str, other: str) -> bool:
    """A letter was written twice, or once where it stands twice."""
    short, long = sorted((one, other), key=len)
    if len(long) != len(short) + 1:
        return False
    place = next((k for k, sign in enumerate(short) if long[k] != sign), len(short))
    return long[:place] + long[place + 1 :] == short and place > 0 and long[place] == long[place - 1]


def _is_near(one: str, other: str) -> bool:
    """Spelled so nearly alike that the one is taken for the other by slip."""
    if _has_swapped(one, other):
        return min(len(one), len(other)) >= SHORTEST_SWAPPED
    if one[0] != other[0]:
        return False  # un-, dis-, in-: what stands before a word turns it round
    distance = OSA.distance(one, other)
    longest = max(len(one), len(other))
    return (distance <= 1 and longest >= SHORTEST) or (distance == 2 and longest >= LONG and one[-1] == other[-1])


def _one_spelling(word: str) -> str:
    for pattern, replacement in SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def _lemma(word: str) -> str:
    return simplemma.lemmatize(word, "en", low_memory=True)


@cache
def dictionary_of(language: str) -> str:
    """The name of the language's dictionary, or ""."""
    name = DICTIONARIES.get(language, language)
    try:
        simplemma.is_known("a", name, low_memory=True)
    except ValueError:  # no such language
        return ""
    return name


@lru_cache(maxsize=4096)
def is_known(word: str, language: str) -> bool:
    """True if the language's dictionary has the word, whatever its case."""
    name = dictionary_of(language)
    if not name:
        return False
    bare = ELISION.sub("", re.sub(r"[’']s?$", "", word))
    if not bare:
        return False
    if simplemma.is_known(bare, name, low_memory=True) or simplemma.is_known(bare.lower(), name, low_memory=True):
        return True
    if language != "ar":
        return False
    return any(
        len(bare) > len(prefix) + 1
        and bare.startswith(prefix)
        and simplemma.is_known(bare.removeprefix(prefix), name, low_memory=True)
        for prefix in ARABIC_PREFIXES
    )


@cache
def lists_of(language: str) -> Lists:
    """The lists of a language; of all of them where it has none, so that nothing is taken for a slip by mistake."""
    mine, negations, dates = read_list("changes"), read_list("negations"), _date_tables()
    chosen = [language] if language in mine else list(mine)
    numbers: dict[str, str] = {}
    for code in chosen:
        numbers |= {fold(word): fold(word) for word in mine[code]["larger"].split()}
        numbers |= {fold(word): str(value) for value, word in enumerate(mine[code]["zero_to_twenty"].split())}
    negating = [mine[code]["negations"] for code in chosen] + [negations.get(code, "") for code in chosen]
    return Lists(
        numbers=numbers,
        dates={
            word: value
            for code, words in dates.items()
            if code == language or language not in dates
            for word, value in words.items()
        },
        negations=frozenset(fold(word.translate(APOSTROPHES)) for said in negating for word in said.split()),
        joining=frozenset(fold(word) for word in mine[language]["joining"].split())
        if language in mine
        else frozenset(),
        stops=stop_words(language),
    )


@cache
def _date_tables() -> dict[str, dict[str, str]]:
    """By language: folded word of a month, weekday or day -> what it stands for."""
    found: dict[str, dict[str, str]] = {}
    for path in (resources.files("newstext") / "wordlists" / "dates").iterdir():
        table = tomllib.loads(path.read_text("utf-8"))
        named = {
            fold(word): f"{kind}{n}"
            for kind in ("months", "weekdays")
            for n, row in enumerate(table[kind])
            for word in row
        }
        days = {fold(word): f"day{shift}" for word, shift in table["days"].items() if " " not in word}
        found[path.name.removesuffix(".toml")] = named | days
    return found
