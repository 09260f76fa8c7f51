"""The words of dates of one language, and the rules that are tried around each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError

from newstext.dates import scene
from newstext.dates.values import as_listed
from newstext.words import read_list

OF = {"pt": ["de"], "ca": ["de", "d’"]}
YEAR = r"(?:1[5-9]\d\d|20\d\d)"
TOKEN = re.compile("([\\w\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff]+)")  # \\w leaves out vowel signs

Resolve = Callable[[scene.Scene, re.Match[str]], str | None]
Rule = tuple[re.Pattern[str], Resolve]


@cache
def language_of(code: str) -> Language | None:
    """The words of that language; None for one of which nothing is known."""
    if not code.isalpha():
        return None
    table = read_list(f"dates/{code}") or months_and_days(code)
    return Language(table) if table else None


def months_and_days(code: str) -> dict[str, Any]:
    """What CLDR knows of a language without a list: its months and weekdays."""
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return {}
    months = [_forms(locale.months, number) for number in range(1, 13)]
    if any(name[:1].isdigit() for names in months for name in names):
        return {}  # written with figures: numeric.py reads them
    return {
        "months": months,
        "weekdays": [_forms(locale.days, number) for number in range(7)],
        "days": {},
        "units": {},
        "of": OF.get(code, []),
    }


def _forms(table: Any, number: int) -> list[str]:
    """A month's or weekday's name in a date. Other widths babel may take from a language read before."""
    return [str(table["format"]["wide"][number])]


def _any(words: Iterable[str]) -> str:
    """A pattern for any of those words; a space in one stands for any white space."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered) or r"(?!)"


def _numbered(rows: list[list[str]], first: int) -> dict[str, int]:
    return {name.lower(): number for number, names in enumerate(rows, first) for name in names}


def _by_name(table: dict[str, list[str]]) -> dict[str, str]:
    return {name.lower(): key for key, names in table.items() for name in names}


def _opens(text: str, place: int) -> bool:
    """True if a sentence, a line or a quotation begins there."""
    before = text[max(0, place - 3) : place]
    return not before.strip() or "\n" in before or before.rstrip()[-1] in ".!?:;«“\"‘'’(-–—¿¡…"


class Language:
    """One language's words and rules. rules: by kind of date word, the first that matches counts."""

    def __init__(self, table: dict[str, Any]) -> None:
        self.table = table
        self.flags = re.UNICODE | (0 if table.get("is_cased") else re.IGNORECASE)
        self.months = _numbered(table["months"], 1)
        self.weekdays = _numbered(table["weekdays"], 0)
        self.plurals = _by_name(table.get("plurals", {}))
        self.units = _by_name(table["units"]) | self.plurals
        self.seasons = _by_name(table.get("seasons", {}))
        self.parts = _by_name(table.get("parts", {}))
        self.references = _by_name(table.get("references", {}))
        self.holidays = _by_name(table.get("holidays", {}))
        self.days: dict[str, int] = {name.lower(): away for name, away in table["days"].items()}
        self.day_parts: dict[str, str] = {name.lower(): part for name, part in table.get("day_parts", {}).items()}
        self.numbers: dict[str, int] = {name.lower(): value for name, value in table.get("numbers", {}).items()}
        self.phrases: dict[str, str] = {name.lower(): said for name, said in table.get("phrases", {}).items()}
        self.ordinals = {name.lower(): int(value) for name, value in table.get("ordinal_words", {}).items()}
        self.this_is_ahead = bool(table.get("this_is_ahead"))
        self.prefixes: str = table.get("prefixes", "")
        self.future = self._word_pattern("future")
        self.past = self._word_pattern("past")
        self.no_event = self._word_pattern("future", "planned", "usual")
        self.since = re.compile(rf"(?<!\w)(?:{self._either('since')})(?:\s+(?:\w+\s+)?)?\Z")
        self.attribute = (
            re.compile(rf"(?<!\w)(?:{self._either('attribute_after')})\s+\Z") if "attribute_after" in table else None
        )
        self.since_after = re.compile(rf"(?:['’]\w+)?(?:\s+\w+)?\s+(?:{self._either('since_after')})(?!\w)")
        self._groups()
        self.kinds = self._kinds()
        self.leading = self._leading()
        phrases = [self._rule(rf"(?P<phrase>{self._cases(self.phrases)})(?!\w)", scene.phrase)]
        self.rules: dict[str, list[Rule]] = {
            "month": [*self._every(), *self._month_rules()],
            "weekday": [*self._every(), *self._holiday_rules(), *self._month_rules(), *self._weekday_rules()],
            "near": self._near_rules(),
            "unit": [*self._every(), *self._holiday_rules(), *phrases, *self._unit_rules(), *self._reference_rules()],
            "phrase": phrases,
            "season": self._season_rules(),
            "year": self._year_rules(),
            "reference": self._reference_rules(),
            "holiday": self._holiday_rules(),
        }

    def part_of(self, said: str) -> str:
        """TimeML's mark of a part of the day: MO, AF, EV or NI."""
        return self.parts[as_listed(said)]

    def date_words(self, parts: list[str]) -> list[tuple[int, int, str]]:
        """(place in `parts`, signs to leave out at its beginning, kind) of each date word among a text's parts.

        parts: what stands between the words and the words, by turns.
        """
        kinds = self.kinds
        found = [
            (place, 0, kinds.get(word) or "year")
            for place, word in enumerate(parts)
            if word in kinds or (word and word[0] in "12" and 4 <= len(word) <= 5 and word[:4].isdecimal())
        ]
        if self.prefixes:  # what Arabic writes onto the next word: and, in, for
            found += [
                (place, 1, kinds[word[1:]])
                for place, word in enumerate(parts)
                if word and word[0] in self.prefixes and word not in kinds and word[1:] in kinds
            ]
            found.sort()
        return found

    def says_last(self, said: str) -> bool:
        """True of "last Friday", and of a date in figures: the day is told, not guessed."""
        listed = {*self.table.get("last", []), *self.table.get("last_after", [])}
        spoken = TOKEN.findall(said.lower())
        return any(word in listed or word.isdecimal() or word in self.days for word in spoken)

    def leads(self, word: str) -> bool:
        """May that word stand before a date word, and belong to it?"""
        return word in self.leading or (word[0] <= "9" and len(word) <= 4)  # figures, and "1er", "3rd"

    def _either(self, *keys: str) -> str:
        """The words of lists, and their capitalised forms, as one sentence may open with them."""
        listed = [word for key in keys for word in self.table.get(key, [])]
        return _any({*listed, *(word[:1].upper() + word[1:] for word in listed)})

    def _word_pattern(self, *keys: str) -> re.Pattern[str]:
        words = [word for key in keys for word in self.table.get(key, [])]
        return re.compile(rf"(?<!\w)(?:{_any(words)})(?!\w)", self.flags)

    def _groups(self) -> None:
        """The parts that the rules are put together from."""
        table, either = self.table, self._either
        stop = r"(?:\.(?=\s*[\da-z,]))?"
        suffix = r"(?:['’]\w+)?" if table.get("has_suffixes") else ""  # Turkish: Mart'ta, Salı'dan
        month_names = _any({name for names in table["months"] for name in names})
        self.month = rf"(?P<month>{month_names})(?!\w){suffix}{stop}{self._tail('month_tail')}"
        self.weekday_names = {name for names in table["weekdays"] for name in names}
        self.weekday = rf"(?P<weekday>{_any(self.weekday_names)})(?!\w){suffix}{self._tail('weekday_tail')}"
        self.unit_name = rf"(?P<unit>{self._cases(name for name in self.units if name not in self.plurals)})(?!\w)"
        self.counted = rf"(?P<unit>{self._cases(self.units)})(?!\w)"
        self.number = rf"(?P<number>\d{{1,3}}|{self._cases(self.numbers)})"
        self.which = rf"(?:(?P<last>{either('last')})|(?P<next>{either('next')})|(?P<this>{either('this')}))"
        self.after = rf"(?:(?P<last>{either('last_after')})|(?P<next>{either('next_after')}))"
        self.article = rf"(?:(?:{either('articles')})\s*)?" if table.get("articles") else ""
        self.lead = rf"(?:(?:{either('before')})[\s-]+)?" if table.get("before") else ""
        self.about = rf"(?:(?:{either('about')})\s+)?" if table.get("about") else ""
        self.of = rf"(?:(?:{_any(table.get('of', []))})\s*)?"
        self.year = rf"(?P<year>{YEAR})(?!\d|[.,]\d)"
        self.part = rf"(?:\s+(?P<part>{self._cases(self.parts)})(?!\w))?" if self.parts else ""
        self.of_year = self._of_unit("year")
        self.of_week = self._of_unit("week")

    def _cases(self, words: Iterable[str]) -> str:
        """Those words as the lists write them, in small letters and with a capital."""
        named = list(words)
        capital = [word[:1].upper() + word[1:] for word in named]
        return _any({*named, *capital})

    def _of_unit(self, name: str) -> str:
        """ "of last year", "this week" behind another date word."""
        units = self._cases(word for word, unit in self.units.items() if unit == name)
        which = [f"(?P<of_{key}>{self._either(key)})" for key in ("last", "next", "this") if self.table.get(key)]
        before = rf"(?:{'|'.join(which)})\s+(?:{units})(?!\w)" if which else r"(?!)"
        if not self.table.get("last_after"):
            return rf"(?:{self.of}{before})"
        behind = rf"(?P<of_last_after>{self._either('last_after')})|(?P<of_next_after>{self._either('next_after')})"
        return rf"(?:{self.of}(?:{before}|{self.article}(?:{units})\s+(?:{behind})(?!\w)))"

    def _kinds(self) -> dict[str, str]:
        """Each word that rules are tried around; of a phrase, its last word."""
        kinds: dict[str, str] = {}
        for kind, names in (
            ("reference", self.references),
            ("holiday", self.holidays),
            ("season", self.seasons),
            ("unit", self.units),
            ("unit", dict.fromkeys(self.table.get("latest_nouns", []), 0)),
            ("near", self.days),
            ("phrase", self.phrases),
            ("weekday", self.weekdays),
            ("month", self.months),
        ):
            for name in names:
                kinds[TOKEN.findall(name.lower())[-1]] = kind
        if self.table.get("compounds"):  # Montagabend
            kinds |= {day + part: "weekday" for day in self.weekdays for part in self.parts}
        return kinds

    def _leading(self) -> frozenset[str]:
        keys = "last next this before about of ago_first articles vague same following preceding fiscal latest"
        keys += " every no_references"
        listed = [word for key in keys.split() for word in self.table.get(key, [])]
        listed += [
            *self.numbers,
            *self.ordinals,
            *self.weekdays,
            *self.days,
            *self.phrases,
            *self.units,
            *self.references,
        ]
        listed += [
            *self.holidays,
            *self.table.get("season_lead", []),
            *self.table.get("ago", []),
            *self.table.get("earlier", []),
        ]
        return frozenset(token for name in listed for token in TOKEN.findall(name.lower())) - {""}

    def _rule(self, pattern: str, resolve: Resolve) -> Rule:
        return re.compile(pattern, self.flags), resolve

    def _every(self) -> list[Rule]:
        """ "Every Monday" is no date."""
        if not self.table.get("every"):
            return []
        names = [name for rows in (*self.table["months"], *self.table["weekdays"]) for name in rows]
        said = _any([*names, *self.units, *(name for name in self.parts)])
        return [self._rule(rf"(?:{self._either('every')})\s+(?:{said})(?!\w)", scene.no_date)]

    def _month_rules(self) -> list[Rule]:
        ordinal = r"(?:st|nd|rd|th|er|º|ª|-го)?" if self.table.get("months_first") else r"(?:er|º|ª|\.|-го)?"
        day = rf"(?P<day>\d{{1,2}}){ordinal}(?!\d|:\d|%)"
        first = rf"(?:{self.weekday}\.?,?\s+(?:{self.of}))?"
        year = rf"(?:,?\s+{self.of}{self.year}|,?\s+{self.of_year})"
        rules = []
        if self.table.get("months_first"):
            to = r"(?:\s?[-–]\s?\d{1,2}(?![\d,]))?"
            rules.append(self._rule(rf"{first}{self.month}\s+{day}(?![,.]\d){to}{year}?", scene.month))
        else:
            rules.append(self._rule(rf"{first}{self.month}\s+{day}(?!\w)(?:,\s+{self.year})", scene.month))
        begin = rf"(?:\d{{1,2}}{ordinal}\s?[-–]\s?)?"
        rules.append(self._rule(rf"{first}{begin}{day}\s*{self.of}{self.month}(?!\w){year}?", scene.month))
        rules.append(self._rule(rf"{self.lead}{self.month}{year}", scene.month))
        rules.append(self._rule(rf"{self.lead}{self.month}\s+{self.after}(?!\w)", scene.month))
        bare = rf"{self.lead}(?:{self.which}\s+)?{self.month}(?![\w’'])"
        rules.append(self._rule(bare, scene.bare_month))
        return rules

    def is_led(self, text: str, match: re.Match[str], kind: str) -> bool:
        """False for a month or weekday that is another word too and has nothing before it that says which."""
        if self.table.get("small_letters") and match[kind][:1].isupper() and not _opens(text, match.start()):
            return False  # Julio Bitelli, Plácido Domingo
        if match[kind] not in self.table.get(f"ambiguous_{kind}s", ()) or match.start(kind) > match.start():
            return True
        before = re.search(r"(\w+)[\s(]*\Z", text[max(0, match.start() - 20) : match.start()])
        return before is not None and before[1].lower() in self.table[f"before_{kind}s"]

    def _weekday_rules(self) -> list[Rule]:
        short = r"(?<!\b\w\w\w)" if self.table.get("is_cased") else ""
        compound = rf"(?P<part>{_any(self.parts)})(?!\w)" if self.table.get("compounds") else ""
        bare = self.weekday.removesuffix(r"(?!\w)")
        behind = rf"{self.part}(?:,?\s+{self.of_week})?"
        rules = [
            self._rule(rf"{self.lead}{self.article}{self.weekday}\s+{self.after}(?!\w){self.part}", scene.weekday),
            self._rule(rf"{self.lead}(?:{self.article}{self.which}\s+)?{self.weekday}{short}{behind}", scene.weekday),
        ]
        if compound:
            rules.insert(0, self._rule(rf"{self.lead}(?:{self.which}\s+)?{bare}{compound}", scene.weekday))
        if short:
            rules.append(self._rule(rf"{self.weekday}\.", scene.weekday))
        return rules

    def _near_rules(self) -> list[Rule]:
        names = self._cases(self.days)
        return [self._rule(rf"{self.lead}(?P<near>{names})(?!\w){self.part}", scene.near_day)]

    def _unit_rules(self) -> list[Rule]:
        rules = [*self._numbered_rules(), *self._ago_rules(), *self._same_rules()]
        after = rf"{self.lead}{self.article}{self.unit_name}\s+{self.after}(?!\w)"
        rules.append(self._rule(after, scene.unit))
        fiscal = self._optional("fiscal")
        rules.append(self._rule(rf"{self.lead}{self.article}{self.which}\s+{fiscal}{self.unit_name}", scene.unit))
        if bare := self.table.get("bare_units"):
            rules.append(self._rule(rf"(?P<bare>{self._cases(bare)})(?![\w-])", scene.bare_unit))
        if self.lead:
            rules.append(self._rule(rf"(?:{self._either('before')})[\s-]+{self.article}{self.unit_name}", scene.unit))
        return rules

    def _tail(self, key: str) -> str:
        """What may stand behind a word and belongs to it: Turkish "Mart ayında", in the month of March."""
        return rf"(?:\s+(?:{self._either(key)})(?!\w))?" if self.table.get(key) else ""

    def _optional(self, key: str) -> str:
        return rf"(?:(?:{self._either(key)})[\s-]+)?" if self.table.get(key) else ""

    def _numbered_rules(self) -> Iterator[Rule]:
        """The third quarter, the first half, of a year; the quarter that is reported."""
        if not self.ordinals:
            return
        parts = self._cases(word for word, unit in self.units.items() if unit in ("quarter", "half", "century"))
        nth = rf"(?P<nth>{self._cases(self.ordinals)})"
        part = rf"(?P<unit>{parts})(?!\w)"
        fiscal = self._optional("fiscal")
        years = self._cases(word for word, unit in self.units.items() if unit == "year")
        which = [f"(?P<of_{key}>{self._either(key)})" for key in ("last", "next", "this") if self.table.get(key)]
        owner = rf"(?:{'|'.join(which)})\s+(?:{years})[’']s\s+|" if which else ""
        before = rf"(?:(?P<year_before>{YEAR})\s+|{owner}(?:{years})-(?P<ago>{self._either('ago', 'earlier')})\s+)?"
        year = rf"(?:,?\s+{self.of}{fiscal}{self.year})?"
        yield self._rule(rf"{self.lead}{self.article}{nth}\s+{part}\s+{self.of_year}", scene.numbered)
        yield self._rule(rf"{self.lead}{self.article}{before}{fiscal}{nth}\s+{part}{year}", scene.numbered)
        yield self._rule(rf"{before}{fiscal}{nth}-{part}{year}", scene.numbered)
        if nouns := self.table.get("latest_nouns"):
            noun = rf"(?:{_any(nouns)})(?!\w)"
            latest = rf"(?P<latest>{self._either('latest')})\s+"
            past = rf"(?:comparable\s+)?(?:{years})-(?P<ago>{self._either('ago', 'earlier')})\s+"
            named = rf"(?P<year>{YEAR})\s+"
            yield self._rule(rf"{self.article}(?:{latest}|{past}|{named}){noun}", scene.reported_quarter)
            yield self._rule(rf"(?:{self._either('articles')})\s+(?:{parts})(?![\w-])", scene.reported_quarter)

    def _ago_rules(self) -> Iterator[Rule]:
        number = rf"{self.about}(?:{self.number}|(?P<vague>{self._either('vague')}))"
        every = self.table
        if any(every.get(key) for key in ("ago", "earlier", "later")):
            said = self._behind("ago", "earlier", "later")
            half = rf"(?:\s+(?:{_any(every['or_so'])}))?" if every.get("or_so") else ""
            yield self._rule(rf"{number}{half}[\s-]+{self.counted}{half}\s+{said}(?!\w)", scene.ago)
            if every.get("articles"):
                joined = rf"{self.unit_name}-{said}(?!\w)"
                yield self._rule(joined, scene.ago)
        if every.get("bare_ago"):
            yield self._rule(rf"{self.unit_name}\s+(?:{_any(every['bare_ago'])})(?!\w)", scene.ago)
        if every.get("ago_first"):
            yield self._rule(rf"(?:{self._either('ago_first')})\s+{number}\s+{self.counted}", scene.ago)

    def _behind(self, *keys: str) -> str:
        marked = [f"(?P<{key}>{self._either(key)})" for key in keys if self.table.get(key)]
        return f"(?:{'|'.join(marked)})"

    def _same_rules(self) -> Iterator[Rule]:
        keys = [key for key in ("same", "following", "preceding") if self.table.get(key)]
        if keys:
            said = "|".join(f"(?P<{key}>{self._either(key)})" for key in keys)
            yield self._rule(rf"(?:{said})\s+{self.unit_name}", scene.same)
        after = [key for key in ("same", "following", "preceding") if self.table.get(f"{key}_after")]
        if after:
            said = "|".join(f"(?P<{key}>{self._either(key + '_after')})" for key in after)
            yield self._rule(rf"{self.article}{self.unit_name}\s+(?:{said})(?=[.,;:)]|\Z)", scene.same)

    def _season_rules(self) -> list[Rule]:
        name = rf"(?P<season>{self._cases(self.seasons)})(?!\w)"
        lead = rf"(?:(?:{self._either('season_lead')})\s*)" if self.table.get("season_lead") else r"(?!)"
        before = rf"(?:{lead})?{self.lead}{self.article}"
        return [
            self._rule(rf"{before}{name}\s+{self.after}(?!\w)", scene.season),
            self._rule(rf"{before}{name},?\s+{self.of}(?:{self.article}{self.year}|{self.of_year})", scene.season),
            self._rule(rf"{self.lead}{self.which}\s+(?:{self._either('last')}\s+)?{name}", scene.season),
            self._rule(rf"{lead}{name}", scene.season),
        ]  # fmt: skip

    def _year_rules(self) -> list[Rule]:
        units = self._cases(word for word, unit in self.units.items() if unit == "year")
        fiscal = self._optional("fiscal")
        year = rf"(?P<year>{YEAR})(?![\w%]|[.,]\d|-\d|/\d)"
        decade = rf"{self.article}{self.lead}{self.article}(?P<year>{YEAR})(?P<decade>(?<=0)s)(?!\w)"
        return [
            *self._numbered_rules(),
            self._rule(decade, scene.year),
            self._rule(rf"{self.lead}(?:{self.article}{fiscal}(?:{units})\s+)?{fiscal}{year}", scene.year),
        ]

    def _reference_rules(self) -> list[Rule]:
        """Now, recently, soon: not before a unit or a number, as in "the past three months"."""
        counted = (
            rf"(?:{self._optional('fiscal')}(?:{self._cases(self.units)})|{self.number}|{self._either('vague')})(?!\w)"
        )
        refused = rf"(?:{self._either('no_references')})(?!\w)"
        said = rf"(?P<ref>{self._cases(self.references)})(?![\w-])(?!\s+{counted})"
        return [self._rule(refused, scene.no_date), self._rule(said, scene.reference)]

    def _holiday_rules(self) -> list[Rule]:
        written = {name for names in self.table.get("holidays", {}).values() for name in names}
        return [self._rule(rf"(?P<holiday>{_any(written)})(?!\w)(?:,?\s+{self.of}{self.year})?", scene.holiday)]
