"""What each number of a sentence counts: rules over the words of wordlists/figures.toml.

Left out is what counts nothing by itself: years, ages, times, lengths, a part
of another number ("three of the dead"), what is added to one ("two more"), by
how much it rose or fell, what may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from newstext.figure_words import (
    Counted,
    FigureWords,
    Sentence,
    Span,
    joined,
    key_of,
    phrase_at,
    phrase_before,
    read_sentence,
)
from newstext.numbers import AFTER, YEAR, with_western_digits

NEAR = 7  # tokens between a number and the word that says what became of those counted
CLOSE = 3  # words of one noun phrase
TOTAL_FAR = 26  # "the number of dead after the burst of the dam above the town rose to 52"
MEASURE_FAR = 7
PLACE_FAR = 9
MAYBE_FAR = 9
LONGEST_RESULT_PAUSE = 8
RESULT = re.compile(r"(?<![\w.,:/–-])(\d{1,2})\s?[-–:]\s?(\d{1,2})(?![\w/:–-]|[.,]\d)")
LARGEST_RESULT = 30
FEWEST = 10  # of things of which nothing else is told
OF_THEMSELVES = frozenset({"protesters", "hostages", "jobs", "votes"})
POSSESSIVE = re.compile(r"[’']s$")
CURRENCY_SIGNS = "$€£¥₹"
LEAST_MONEY = 1000  # of deals, fines and budgets: less is a price
SIGN_OF = {"dollar": "$", "euro": "€", "pound": "£", "rupee": "₹"}


@dataclass(frozen=True, slots=True)
class Count:
    """A number of a sentence and what it counts; start, end: of the number in the sentence.

    name: one for all words and languages that say the same ("dead"), or the
    counted noun's stem; is_kind: it is one of wordlists/figures.toml. label: to
    be shown. written: with what bounds it, "at least 13". who: of whom, where
    it is not simply people. is_total: told as the state of a count. grows,
    corrects: of an older state.
    """

    name: str
    label: str
    unit: str
    value: float
    written: str
    start: int
    end: int
    bound: str = ""
    place: str = ""
    who: str = ""
    is_kind: bool = True
    is_total: bool = False
    grows: bool = False
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class _Number:
    """Tokens first to last - 1 are the number; begins: the token at which what bounds it begins."""

    value: float
    first: int
    last: int
    begins: int
    bound: str = ""
    is_percent: bool = False
    money: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a number counts, and the token after the words that say so."""

    counted: Counted
    last: int
    who: str = ""
    is_total: bool = False
    unit: str = ""


def counts_of(text: str, language: str, words: FigureWords, dates: Iterable[Span] = ()) -> list[Count]:
    """What the numbers of a sentence count, in order of place. dates: spans whose numbers are none."""
    sentence = read_sentence(with_western_digits(text), language, words, tuple(dates))
    found: list[Count] = []
    place = 0
    while place < len(sentence.tokens):
        if sentence.tokens[place].value is None or _is_date(sentence, place):
            place += 1
            continue
        number = _number(sentence, place)
        if _counts_something(sentence, number):
            found += _count(sentence, number, language)
        place = number.last
    return found + _none_at_all(sentence) + _result(sentence)


def _is_date(sentence: Sentence, place: int) -> bool:
    token = sentence.tokens[place]
    return any(start < token.end and token.start < end for start, end in sentence.dates)


def _number(sentence: Sentence, place: int) -> _Number:
    """The number at a token with what multiplies and what bounds it: "at least two dozen", "about $2.3 billion"."""
    text, tokens, words = sentence.text, sentence.tokens, sentence.words
    value, last = tokens[place].value or 0.0, place + 1
    sign = text[tokens[place].start]
    money = sign if sign in CURRENCY_SIGNS else ""
    while width := phrase_at(sentence, last, words.times):
        value *= words.times[joined(sentence.keys, last, width)]
        last += width
    if (
        money
        and last < len(tokens)
        and tokens[last].start == tokens[last - 1].end
        and sentence.keys[last] in ("m", "b")
    ):
        value, last = value * (1e6 if sentence.keys[last] == "m" else 1e9), last + 1
    percent = AFTER.match(text, tokens[last - 1].end)
    if percent:
        while last < len(tokens) and tokens[last].start < percent.end():
            last += 1
    elif not money and (width := phrase_at(sentence, last, words.sets["money"])):
        money = text[tokens[last].start : tokens[last + width - 1].end]
        last += width
    is_article = place > 0 and text[tokens[place - 1].start : tokens[place - 1].end].lower() == "a"
    begins = place - 1 if is_article and text[tokens[place].start].isalpha() else place
    width = phrase_before(sentence, begins, words.bounds)
    bound = words.bounds[joined(sentence.keys, begins - width, width)] if width else ""
    return _Number(value, place, last, begins - width, bound, bool(percent), money)


def _counts_something(sentence: Sentence, number: _Number) -> bool:
    """False for a part of another number, an addition, what was before and what may be."""
    text, tokens = sentence.text, sentence.tokens
    start, end = tokens[number.first].start, tokens[number.last - 1].end
    if text[end : end + 1] in ("-", "–") and not text[end + 1 : end + 2].isspace():
        return sentence.keys[number.last + 1 : number.last + 2] != () and (
            sentence.keys[number.last + 1] in sentence.words.measures
        )
    if text[max(0, start - 1) : start] == "(" and text[end : end + 1] == ")":
        return False
    if (
        phrase_at(sentence, number.last, sentence.words.sets["partitive"])
        and not number.money
        and not number.is_percent
    ):
        return False
    before = number.begins
    is_vague = sentence.keys[number.first] in sentence.words.times and number.begins == number.first  # "several dozen"
    if number.value < 1 or is_vague:
        return False
    if sentence.ends_in("more", before) or sentence.ends_in("former", before):
        return False
    if _is_range(sentence, number) or (number.value == 1 and not _is_one_of_people(sentence, number)):
        return False
    near = range(max(0, before - MAYBE_FAR), before)
    if any(sentence.is_in("maybe", place) for place in near):
        return False
    return not any(sentence.is_in("parts", place) for place in range(max(0, before - 2), before))


def _is_change(sentence: Sentence, number: _Number) -> bool:
    """By how much something rose or fell, which is no level: "by 11 percent", "two more"."""
    before = number.begins
    if sentence.ends_in("by", before) or sentence.ends_in("changes", before):
        return True
    return sentence.is_in("change_nouns", number.last)


def _is_range(sentence: Sentence, number: _Number) -> bool:
    """ "46 to 57 months", "between 80 and 100", "7.5 or larger"; "from 13 to 24" is none."""
    keys, tokens, before, last = sentence.keys, sentence.tokens, number.begins, number.last
    is_second = (
        before > 1
        and tokens[before - 2].value is not None
        and (sentence.is_in("joins", before - 1) and not sentence.ends_in("former", before - 2))
    )
    follows = last + 1 < len(tokens) and sentence.is_in("joins", last)
    is_first = follows and (tokens[last + 1].value is not None or sentence.is_in("change_nouns", last + 1))
    return is_second or is_first or "between" in keys[max(0, before - 1) : before]


def _is_one_of_people(sentence: Sentence, number: _Number) -> bool:
    """ "One person", "one dead", and not "one was charged", "one of them"."""
    last = number.last
    return sentence.is_in("people", last) or phrase_at(sentence, last, sentence.words.stands) > 0


def _count(sentence: Sentence, number: _Number, language: str) -> Iterator[Count]:
    is_level = not _is_change(sentence, number)
    said = _measured(sentence, number) if is_level else None
    if is_level and not said and not number.is_percent and not number.money and number.value == int(number.value):
        said = _counted(sentence, number)
    if said:
        yield _made(sentence, number, said)
    elif noun := _noun(sentence, number):
        yield _of_noun(sentence, number, noun, language)


def _counted(sentence: Sentence, number: _Number) -> _Said | None:
    """People or things to whom something happened: behind the number, as its verb's object, or as a total."""
    first = sentence.tokens[number.first]
    said = _object(sentence, number) or _behind(sentence, number) or _total(sentence, number)
    if not said:
        return None
    if said.counted.things and said.who.lower() not in said.counted.things:
        return None
    is_year = bool(YEAR.fullmatch(sentence.text[first.start : first.end])) and number.last == number.first + 1
    if is_year and not sentence.is_in("people", number.last) and said.last != number.last + 1:
        return None
    return said


def _behind(sentence: Sentence, number: _Number) -> _Said | None:
    """The number, a noun, and what became of them: "13 dead", "13 people in the town were killed"."""
    keys, words = sentence.keys, sentence.words
    noun, is_people, saw_helper = -1, False, False
    weak: _Said | None = None
    for place in range(number.last, min(len(keys), number.last + NEAR)):
        if width := phrase_at(sentence, place, words.stands):
            counted = words.stands[joined(keys, place, width)]
            if counted.name in OF_THEMSELVES and not weak:  # "400 protesters": they may yet have been arrested
                weak = _Said(counted, place + width, is_total=_tells_total(sentence, number))
                noun = place
                continue
            if noun < 0 or counted.things or not _acts(sentence, place, place + width, has_helper=saw_helper):
                return _Said(counted, place + width, _who(sentence, place, noun), _tells_total(sentence, number))
            return weak
        if sentence.tokens[place].value is not None or not keys[place] or sentence.is_in("maybe", place):
            return weak
        if sentence.is_in("helpers", place):
            saw_helper = True
        elif sentence.is_in("people", place):
            is_people = True
            noun = place
        elif sentence.is_in("ends", place):
            if not is_people:
                return weak
        elif sentence.is_in("not_counted", place) or (place - number.last >= CLOSE and not (is_people or saw_helper)):
            return weak
        elif not saw_helper and not is_people:
            noun = place
    return weak


def _acts(sentence: Sentence, place: int, last: int, *, has_helper: bool) -> bool:
    """True where those counted did it to others: "two soldiers killed five people"."""
    if has_helper or sentence.keys[place] not in sentence.words.does or last >= len(sentence.keys):
        return False
    token = sentence.tokens[last]
    follows = sentence.keys[last] in ("the", "a", "an", "his", "her", "their", "him", "them", "its", "two")
    bounded = phrase_at(sentence, last, sentence.words.bounds) > 0
    return follows or bounded or token.value is not None or token.has_capital


def _who(sentence: Sentence, place: int, noun: int) -> str:
    """Of whom, "" where they are people: the noun between number and what became of them."""
    if noun < 0 or noun >= place or sentence.is_in("people", noun):
        return ""
    return sentence.text[sentence.tokens[noun].start : sentence.tokens[noun].end]


def _tells_total(sentence: Sentence, number: _Number) -> bool:
    """A count is named before the number: the toll, the number of."""
    places = range(max(0, number.begins - TOTAL_FAR), number.begins)
    return any(phrase_at(sentence, place, sentence.words.named) or sentence.is_in("totals", place) for place in places)


def _total(sentence: Sentence, number: _Number) -> _Said | None:
    """What the count before a number counts: "the number of dead rose to 52", "the toll stood at 49"."""
    keys, words = sentence.keys, sentence.words
    if not _is_linked(sentence, number) or not _ends_phrase(sentence, number):
        return None
    for place in range(number.begins - 1, max(-1, number.begins - TOTAL_FAR), -1):
        token = sentence.tokens[place]
        if token.value is not None and not _is_date(sentence, place) and not sentence.ends_in("former", place):
            return None
        if width := phrase_at(sentence, place, words.named):
            return _Said(words.named[joined(keys, place, width)], number.last, is_total=True)
        width = phrase_at(sentence, place, words.stands)
        if width and any(sentence.is_in("totals", near) for near in range(max(0, place - 4), place + width + 2)):
            return _Said(words.stands[joined(keys, place, width)], number.last, is_total=True)
    return None


def _is_linked(sentence: Sentence, number: _Number) -> bool:
    """A verb or preposition of a level stands right beside the number: "to 52", "at 49"."""
    if sentence.ends_in("links", number.begins):
        return True
    return any(sentence.is_in("links_after", place) for place in range(number.last, number.last + 4))


def _ends_phrase(sentence: Sentence, number: _Number) -> bool:
    """No noun of its own follows the number."""
    last = number.last
    if not sentence.is_word(last):
        return True
    names = ("ends", "people", "helpers", "links_after")
    return any(sentence.is_in(name, last) for name in names) or sentence.tokens[last].start in _date_starts(sentence)


def _date_starts(sentence: Sentence) -> set[int]:
    return {start for start, _ in sentence.dates}


def _object(sentence: Sentence, number: _Number) -> _Said | None:
    """What was done to the number of people: "killing at least 13 people"."""
    width = phrase_before(sentence, number.begins, sentence.words.does)
    is_passive = width and sentence.is_in("helpers", number.begins - width - 1)  # "was arrested five houses away"
    if not width or is_passive or sentence.is_in("not_counted", number.last) or number.value < 2:
        return None
    counted = sentence.words.does[joined(sentence.keys, number.begins - width, width)]
    if _ends_phrase(sentence, number):
        return _Said(counted, number.last)
    last = _noun_end(sentence, number) or number.last + 1
    who = sentence.text[sentence.tokens[last - 1].start : sentence.tokens[last - 1].end]
    return _Said(counted, last, who)


def _measured(sentence: Sentence, number: _Number) -> _Said | None:
    """What was measured: "magnitude of 6.1", "a $2.3 billion deal", "damage at 310 million crowns"."""
    unit, last = _unit(sentence, number)
    for place, width in _measures_near(sentence, number, last):
        counted = sentence.words.measures[joined(sentence.keys, place, width)]
        if _fits(counted, number, unit):
            written = sentence.text[sentence.tokens[place].start : sentence.tokens[place + width - 1].end].lower()
            if not counted.label:
                counted = replace(counted, label=written)
            money = SIGN_OF.get(number.money.lower().rstrip("s"), number.money)
            said_unit = "%" if number.is_percent else money or (unit if counted.units else "")
            return _Said(counted, max(last if counted.units else number.last, 0), unit=said_unit)
    return None


def _unit(sentence: Sentence, number: _Number) -> tuple[str, int]:
    """The word behind the number, and the token after it: "degrees", "barrels a day"."""
    last = number.last
    if not sentence.is_word(last):
        return "", last
    end = last + 1
    if joined(sentence.keys, end, 2) in ("a_day", "per_day", "a_year", "per_year", "an_hour", "per_hour", "a_month"):
        end += 2
    return sentence.text[sentence.tokens[last].start : sentence.tokens[end - 1].end], end


def _fits(counted: Counted, number: _Number, unit: str) -> bool:
    if not counted.units:
        return not number.is_percent and not number.money
    if "%" in counted.units:
        return number.is_percent
    if "money" in counted.units:
        is_worth = number.value >= LEAST_MONEY or counted.name in ("price", "cost")
        return bool(number.money) and is_worth
    return not number.is_percent and not number.money and unit.split(" ")[0].lower() in counted.units


def _measures_near(sentence: Sentence, number: _Number, unit_end: int) -> Iterator[tuple[int, int]]:
    """Where words of measures stand that may be this number's: (token, how many)."""
    keys, measures = sentence.keys, sentence.words.measures
    tokens = sentence.tokens
    after = number.last
    if after < len(tokens) and not keys[after] and sentence.text[tokens[after].start] in "-–":
        after += 1  # 6.1-magnitude
    for place in range(after, min(len(keys), unit_end + CLOSE)):
        if tokens[place].value is not None or not keys[place]:
            break
        if width := phrase_at(sentence, place, measures):
            yield place, width
        if place > unit_end and sentence.is_in("ends", place):
            break
    before = number.begins
    is_linked = sentence.ends_in("links", before)
    for place in range(before - 1, max(-1, before - MEASURE_FAR), -1):
        if tokens[place].value is not None and not _is_date(sentence, place):
            break
        if not keys[place] and sentence.text[tokens[place].start] not in '"“”':
            break
        width = phrase_at(sentence, place, measures)
        if width and (is_linked or place + width == before):
            yield place, width


def _noun(sentence: Sentence, number: _Number) -> str:
    """The noun a number counts, as written; "" where it cannot be told or is a length or a time."""
    if number.is_percent or number.money or number.value < FEWEST or number.value != int(number.value):
        return ""
    first = sentence.tokens[number.first]
    last = sentence.tokens[number.last - 1]
    is_glued = sentence.text[last.end : last.end + 1].isalpha()  # the 76ers
    if is_glued or YEAR.fullmatch(sentence.text[first.start : first.end]):
        return ""
    end = _noun_end(sentence, number)
    return sentence.text[sentence.tokens[number.last].start : sentence.tokens[end - 1].end] if end else ""


def _noun_end(sentence: Sentence, number: _Number) -> int:
    """The token after the noun that a number counts; 0 where it cannot be told or is a length or a time."""
    how = sentence.words.plural
    for place in range(number.last, min(len(sentence.keys), number.last + CLOSE)):
        if not sentence.is_word(place) or sentence.is_in("ends", place) or sentence.is_in("helpers", place):
            return 0
        if sentence.is_in("not_counted", place) or sentence.is_in("people", place):
            return 0
        key = sentence.keys[place]
        if how == "next" or (how == "capital" and sentence.tokens[place].has_capital):
            return place + 1
        if how == "s" and key[-1:] == "s" and key[-2:] != "ss":
            return place + 1
    return 0


def _made(sentence: Sentence, number: _Number, said: _Said) -> Count:
    start, end = sentence.tokens[number.begins].start, sentence.tokens[number.last - 1].end
    first = sentence.tokens[number.first].start
    return Count(
        said.counted.name,
        said.counted.label,
        said.unit,
        number.value,
        sentence.text[start:end],
        first,
        end,
        number.bound,
        place=_place(sentence, said.last, number),
        who=said.who,
        is_total=said.is_total,
        grows=_has(sentence, "grows"),
        corrects=_has(sentence, "corrects"),
    )


def _of_noun(sentence: Sentence, number: _Number, noun: str, language: str) -> Count:
    start, end = sentence.tokens[number.begins].start, sentence.tokens[number.last - 1].end
    unit, _ = _unit(sentence, number)
    return Count(
        key_of(noun, language),
        noun,
        unit if unit.count(" ") == 2 else "",
        number.value,
        sentence.text[start:end],
        sentence.tokens[number.first].start,
        end,
        number.bound,
        place=_place(sentence, number.last + 1, number),
        is_kind=False,
        grows=_has(sentence, "grows"),
        corrects=_has(sentence, "corrects"),
    )


def _has(sentence: Sentence, name: str) -> bool:
    return not sentence.words.sets[name].isdisjoint(sentence.keys)


def _place(sentence: Sentence, place: int, number: _Number) -> str:
    """The place named with what is counted: "killed in Ostra", "in Ostra 13 people"; "" where none is."""
    behind = range(max(place, number.last), min(len(sentence.keys) - 1, number.last + PLACE_FAR))
    return _named_in(sentence, behind) or _named_in(
        sentence, range(number.begins - 2, max(-1, number.begins - PLACE_FAR), -1)
    )


def _named_in(sentence: Sentence, places: range) -> str:
    tokens = sentence.tokens
    for at in places:
        if tokens[at].value is not None:
            return ""
        if not sentence.is_in("in", at):
            continue
        start = at + 2 if sentence.keys[at + 1] in ("the", "el", "la", "le") else at + 1
        if start >= len(tokens) or not tokens[start].has_capital or tokens[start].start in _date_starts(sentence):
            continue
        end = start
        if POSSESSIVE.search(sentence.text, tokens[start].start, tokens[start].end) and start + 1 < len(tokens):
            start = end = start + (1 if tokens[start + 1].has_capital else 0)  # "in Velmark's Karsa province"
        while end + 1 < len(tokens) and sentence.is_word(end + 1) and tokens[end + 1].has_capital:
            end += 1
        return POSSESSIVE.sub("", sentence.text[tokens[start].start : tokens[end].end])
    return ""


def _none_at_all(sentence: Sentence) -> list[Count]:
    """ "No deaths": that none is counted is a figure too."""
    words = sentence.words
    found: list[Count] = []
    if words.sets["no"].isdisjoint(sentence.keys):
        return found
    for place in range(len(sentence.keys) - 1):
        if sentence.keys[place] in words.sets["no"] and (width := phrase_at(sentence, place + 1, words.stands)):
            counted = words.stands[joined(sentence.keys, place + 1, width)]
            token = sentence.tokens[place]
            written = sentence.text[token.start : token.end].lower()
            if counted.name in ("dead", "injured", "arrested"):
                found.append(Count(counted.name, counted.label, "", 0.0, written, token.start, token.end))
    return found


def _result(sentence: Sentence) -> list[Count]:
    """A result of a match, where a word of winning or losing stands near it."""
    wins = sentence.words.sets["wins"]
    if wins.isdisjoint(sentence.keys):
        return []
    for match in RESULT.finditer(sentence.text):
        one, other = int(match[1]), int(match[2])
        if max(one, other) > LARGEST_RESULT or any(
            start < match.end() and match.start() < end for start, end in sentence.dates
        ):
            continue
        if sentence.text[max(0, match.start() - 1) : match.start()] == "(":
            continue
        place = next((n for n, token in enumerate(sentence.tokens) if token.start >= match.start()), 0)
        near = sentence.keys[max(0, place - LONGEST_RESULT_PAUSE) : place + 5]
        if not wins.isdisjoint(near):
            value = max(one, other) + min(one, other) / 100
            return [Count("result", "result", "", value, match.group(), match.start(), match.end())]
    return []
