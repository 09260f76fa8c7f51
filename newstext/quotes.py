"""What an article has people say: quotes in marks with their speakers, and what is reported without marks.

No parser and no model: quotation marks, verbs of speech (wordlists/speech.toml)
and the words beside them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newstext import attributions, quotation_marks, speakers
from newstext.attributions import Said, Span, Unit
from newstext.entities import ORGANISATION_ENDS, PLACE_ENDS, SHORT_DATES
from newstext.note_records import Quotation
from newstext.once import once_an_article
from newstext.quotation_marks import Marked
from newstext.records import ArticleText, Name
from newstext.speakers import HIDDEN, Speech, is_person_title, speech_of
from newstext.words import fold

WORD = re.compile(r"[^\W\d_][^\W_\u200c]*(?:\u200c[^\W_]+)*")
LETTER = re.compile(r"[^\W_]")
LONG_WORDS = 8  # a quote of so many words is speech, not a title or a word held at arm's length
LOOK_BACK = 120
OPENING_CHARS = 60  # a sentence's subject begins within so many characters
PRONOUN_SENTENCES = 4  # a pronoun's name stands at most so far back
SIGNED = re.compile(r"\.?\s{0,2}[―—–]\s?((?:[^\W\d_][\w.’'-]*[ \u00a0]){0,4}[^\W\d_][\w’'-]*)\s*(?:\n|$|\.\s)")
TITLE_SMALL = frozenset(
    "of the a an and or in on to for with from at by as is de la le les des du el los und der die".split()
)
CLAUSE_OPENERS = frozenset("though although while when as after before if since because once until".split())
SAY_SUBJECTS = frozenset("en de fr nl".split())
# A word of these makes of a name a body or a place.
NOBODY_ALONE = frozenset(
    """house democrats republicans party united states national department ministry
    parliament senate congress city county university people officials""".split()
)
AFTER_INITIAL = re.compile(r"\. [A-Z][\w’'-]+")
COLON_WORDS = 10
SHORT_LEAD = 2  # before a colon, without a name
MOST_IN_SENTENCE = 40  # verbs or quotes; what has more is no sentence of news
PREPOSITIONS = frozenset("of for from at by with in on to de du des del della di da von der für pour para von".split())


@once_an_article
def find(article: ArticleText) -> tuple[Quotation, ...]:
    """The quotes and reported clauses of a marked article, in order of place. Linear in its length.

    Quotes in marks that nobody says (titles, words held at arm's length) are
    left out. In a language without words of speech only long quotes are given,
    without a speaker.
    """
    marked = quotation_marks.find(article.text)
    speech = speech_of(article.language)
    if speech is None:
        return tuple(_quotation(article.text, one) for one in marked if _word_count(article.text, one) >= LONG_WORDS)
    verbs = _verbs(article.text, speech)
    sources = _sources(article.text, speech)
    if not marked and not verbs and not sources:
        return ()
    masked = _masked(article.text, marked)
    return tuple(_Reader(article, speech, masked).read(_units(article, masked, marked, (verbs, sources))))


def _verbs(text: str, speech: Speech) -> list[Span]:
    known = speech.verbs
    spans = [found.span() for found in WORD.finditer(text) if found.group().lower() in known]
    return [(start, end) for start, end in spans if text[start - 1 : start] not in ("-", "‑")]  # "so-called"


def _sources(text: str, speech: Speech) -> list[Span]:
    """Where "according to" stands."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    found = []
    for phrase in speech.by_phrases:
        at = lowered.find(phrase)
        while at >= 0:
            end = at + len(phrase)
            if not lowered[at - 1 : at].isalnum() and not lowered[end : end + 1].isalnum():
                found.append((at, end))
            at = lowered.find(phrase, end)
    return sorted(found)


def _masked(text: str, marked: Sequence[Marked]) -> str:
    """The text with every character of a quoted part hidden, marks too; offsets stay."""
    parts, place = [], 0
    for one in marked:
        parts += [text[place : one.opens], HIDDEN * (one.closes - one.opens)]
        place = one.closes
    return "".join([*parts, text[place:]])


def _units(
    article: ArticleText, masked: str, marked: Sequence[Marked], cues: tuple[Sequence[Span], Sequence[Span]]
) -> Iterator[Unit]:
    """The sentences that may say something; those that end inside a quote are one with the next."""
    verbs, sources = cues
    opens = [one.opens for one in marked]
    verb_starts, source_starts = [start for start, _ in verbs], [start for start, _ in sources]
    begin = None
    for number, (start, end) in enumerate(article.sentences):
        begin = start if begin is None else begin
        inside = bisect_left(opens, end) - 1
        if inside >= 0 and end < marked[inside].closes:
            continue
        if number + 1 < len(article.sentences) and _goes_on(article, marked, inside, number):
            continue
        first, last = bisect_left(opens, begin), inside + 1
        said = [verbs[i] for i in range(bisect_left(verb_starts, begin), bisect_left(verb_starts, end))]
        held = marked[first:last]
        outside = tuple(span for span in said if masked[span[0]] != HIDDEN)[:MOST_IN_SENTENCE]
        named = sources[bisect_left(source_starts, begin) : bisect_left(source_starts, end)]
        named = [span for span in named if masked[span[0]] != HIDDEN]
        if held or outside or named:
            yield Unit(begin, end, tuple(held[:MOST_IN_SENTENCE]), outside, tuple(named[:MOST_IN_SENTENCE]))
        begin = None


def _goes_on(article: ArticleText, marked: Sequence[Marked], inside: int, number: int) -> bool:
    """True where “Why?” ends a sentence of its own and “Ann Lee asked.” is the next."""
    _, end = article.sentences[number]
    start, next_end = article.sentences[number + 1]
    if inside < 0 or marked[inside].closes != end or article.text[marked[inside].end - 1] not in "?!…-—":
        return False
    if next_end - start > OPENING_CHARS * 2 or "\n" in article.text[end:start]:
        return False
    speech = speech_of(article.language)
    words = WORD.findall(article.text[start:next_end])[:8]
    return speech is not None and any(word.lower() in speech.verbs for word in words)


def _quotation(text: str, one: Marked) -> Quotation:
    start, end = one.start, one.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Quotation(start, end, text[start:end])


def _word_count(text: str, one: Marked) -> int:
    return len(text[one.start : one.end].split())


@dataclass(slots=True)
class _Reader:
    """Reads a text's sentences in order and remembers who spoke last."""

    article: ArticleText
    speech: Speech
    masked: str
    name_starts: list[int] = field(default_factory=list)
    in_full: dict[str, list[tuple[int, str]]] = field(default_factory=dict)  # surname -> (where, full name)
    last_speaker: str = ""
    last_at: Span = (0, 0)
    last_end: int = -1  # where the sentence of the last speaker ends
    spoke: list[tuple[int, str]] = field(default_factory=list)  # (sentence's start, speaker) in order

    def read(self, units: Iterator[Unit]) -> Iterator[Quotation]:
        self.name_starts = [name.start for name in self.article.names]
        for name in self.article.names:
            if " " in name.text and " " in (full := _without_title(self._with_initial(name))):
                self.in_full.setdefault(fold(full.split()[-1]), []).append((name.start, full))
        for unit in units:
            found = attributions.of(self.masked, unit, self.speech)
            made = [*self._direct(unit, found), *self._reported(unit, found)]
            yield from sorted(made, key=lambda one: (one.start, -one.end))
            self._announced(unit, found)

    def _announced(self, unit: Unit, found: list[Said]) -> None:
        """Remember who is about to speak: "Lee said:" with the quote in the next paragraph."""
        if self.article.text[unit.end - 1] not in ":：" or (unit.quotes and unit.quotes[-1].closes == unit.end):
            return
        spans = [said.speaker for said in found if said.speaker]
        if spans:
            self._remember(unit, self._named(spans[0]), spans[0])

    def _remember(self, unit: Unit, speaker: str, span: Span) -> None:
        self.last_speaker, self.last_at, self.last_end = speaker, span, unit.end
        self.spoke.append((unit.start, speaker))

    def _direct(self, unit: Unit, found: list[Said]) -> Iterator[Quotation]:
        for quote in unit.quotes:
            made = self._spoken(unit, quote, found)
            if made is not None:
                yield made

    def _spoken(self, unit: Unit, quote: Marked, found: list[Said]) -> Quotation | None:
        """A quote with who says it; None if it is no speech."""
        plain = _quotation(self.article.text, quote)
        if plain.start >= plain.end:
            return None
        if signed := self._signed(unit, quote):
            return self._by(plain, unit, signed, "")
        if self._is_alone(unit):
            return self._going_on(plain, unit, quote)
        said = attributions.nearest(self.masked, quote, found, self.speech)
        told_before = said is not None and said.verb[1] <= quote.opens and said.speaker is not None
        if not told_before and (colon := self._before_colon(unit, quote)):
            return self._by(plain, unit, colon, "")
        if said is not None and self._fits(unit, quote, said):
            return self._with_speaker(plain, unit, said)
        if _word_count(self.article.text, quote) >= LONG_WORDS or self._is_named_speech(unit, quote):
            return plain
        return None

    def _going_on(self, plain: Quotation, unit: Unit, quote: Marked) -> Quotation | None:
        """A quote that is a sentence of its own: who spoke last goes on."""
        if self.last_speaker and self._follows_on(unit) and not _is_title(plain.quote.split()):
            self.last_end = unit.end
            return Quotation(plain.start, plain.end, plain.quote, self.last_speaker, "", said_at=self.last_at)
        is_long = _word_count(self.article.text, quote) >= LONG_WORDS
        if _is_title(plain.quote.split()):
            return None
        return plain if is_long or plain.quote[-1] in ".!?…," else None

    def _is_named_speech(self, unit: Unit, quote: Marked) -> bool:
        """True after "his claim that", "the statement": words that somebody said, though not beside a verb."""
        if self.speech.language == "en":
            lead = self.masked[max(unit.start, quote.opens - LOOK_BACK) : quote.opens]
            return any(word.lower() in self.speech.said_nouns for word in WORD.findall(lead))
        return False

    def _signed(self, unit: Unit, quote: Marked) -> Span | None:
        """The name behind a dash: “…” ― Ann Lee."""
        found = SIGNED.match(self.article.text, quote.closes)
        if found is None or any(found.end() > start >= found.start() for start, _ in unit.verbs):
            return None
        return found.span(1)

    def _fits(self, unit: Unit, quote: Marked, said: Said) -> bool:
        """False for the title of a work, or a word held at arm's length, that no verb of speech stands beside."""
        gap = self.masked[min(quote.closes, said.end) : max(quote.opens, said.start)]
        if len(gap.strip(" ,:،，\u00a0")) <= 2:
            lead = self.masked[unit.start : quote.opens].strip()
            is_work = bool(lead) and said.start >= quote.closes and len(gap) < 3
            return not (is_work and _is_title(self.article.text[quote.start : quote.end].split()))
        words = self.article.text[quote.start : quote.end].split()
        if _is_title(words):
            return self.masked[said.verb[0] : said.verb[1]].lower() in self.speech.calls and said.verb[1] <= quote.opens
        return said.verb[1] <= quote.opens or len(words) > 1

    def _with_speaker(self, plain: Quotation, unit: Unit, said: Said) -> Quotation:
        verb = self.article.text[said.verb[0] : said.verb[1]]
        if said.speaker is None:
            # Where a verb may stand without its subject, it is the last speaker's.
            if self.speech.language in SAY_SUBJECTS or not self._follows_on(unit):
                return Quotation(plain.start, plain.end, plain.quote, "", verb)
            return Quotation(plain.start, plain.end, plain.quote, self.last_speaker, verb, said_at=self.last_at)
        return self._by(plain, unit, said.speaker, verb)

    def _by(self, plain: Quotation, unit: Unit, span: Span, verb: str, *, direct: bool = True) -> Quotation:
        speaker = self._named(span)
        self._remember(unit, speaker, span)
        return Quotation(plain.start, plain.end, plain.quote, speaker, verb, direct, span)

    def _before_colon(self, unit: Unit, quote: Marked) -> Span | None:
        """The speaker of "Ann Lee: “…”"."""
        lead = self.masked[unit.start : quote.opens].rstrip()
        if lead[-1:] not in (":", "："):
            return None
        bare = lead[:-1].rstrip()
        if not bare or len(bare.split()) > COLON_WORDS or HIDDEN in bare:
            return None
        end = unit.start + len(bare)
        span = speakers.before(self.masked, unit.start, end, self.speech)
        if span is None:
            return None
        first, last = bisect_left(self.name_starts, span[0]), bisect_left(self.name_starts, span[1])
        ends_in_name = any(name.end == span[1] for name in self.article.names[first:last])
        return span if ends_in_name or len(bare.split()) <= SHORT_LEAD else None

    def _is_alone(self, unit: Unit) -> bool:
        """Nothing but quotes in the sentence."""
        return LETTER.search(self.masked, unit.start, unit.end) is None

    def _follows_on(self, unit: Unit) -> bool:
        """Right behind the sentence of the last speaker, a paragraph's break between them at most."""
        return self.last_end >= 0 and not self.article.text[self.last_end : unit.start].strip(' \n\u00a0\t”"»')

    def _reported(self, unit: Unit, found: list[Said]) -> Iterator[Quotation]:
        for said, (start, end) in attributions.reported(self.masked, unit, found, self.speech):
            if said.speaker is None or LETTER.search(self.masked, start, end) is None:
                continue
            start, end = _with_whole_quotes(start, end, unit.quotes)
            plain = Quotation(start, end, self.article.text[start:end])
            verb = self.article.text[said.verb[0] : said.verb[1]]
            yield self._by(plain, unit, said.speaker, verb, direct=False)

    def _named(self, span: Span) -> str:
        """The speaker in full: a pronoun's name where it is sure, a surname with its first name."""
        text = self.article.text[span[0] : span[1]]
        if text.lower() in self.speech.pronouns:
            return (self._of_pronoun(span[0]) if text.lower() in self.speech.singular else "") or text
        first, last = bisect_left(self.name_starts, span[0]), bisect_left(self.name_starts, span[1])
        inside = [name for name in self.article.names[first:last] if name.end <= span[1]]
        if not inside or inside[-1].end != span[1]:
            return self._honoured(text, span[0])
        name = inside[-1]
        before = self.article.text[span[0] : name.start].split()
        if len(inside) > 1 and any(one.end != name.start for one in inside[:-1] if one.kind == "person"):
            return text
        if len(before) == 1 and fold(before[0]) in SHORT_DATES:
            return text  # Jan Bakker, whose first name is no month
        if any(word.lower() in PREPOSITIONS or word == "and" or word.endswith("ing") for word in before):
            return text  # "a spokesman for Ann Lee"
        if before and before[0].lower() in ("the", "a", "an") and all(word[0].isupper() for word in before[1:]):
            return text  # "the U.N. Water Office"
        return self._in_full(name)

    def _in_full(self, name: Name) -> str:
        """The one full name that the article has given before for a surname; else as it is."""
        if " " in name.text:
            return _without_title(self._with_initial(name))
        full = {fold(one): one for start, one in self.in_full.get(fold(name.text), ()) if start < name.start}
        return next(iter(full.values())) if len(full) == 1 else name.text

    def _with_initial(self, name: Name) -> str:
        """ "Theo J" with the "Boll" that the stop behind the initial parts from it."""
        found = AFTER_INITIAL.match(self.article.text, name.end) if name.text[-2:-1] == " " else None
        return name.text + found.group() if found else name.text

    def _honoured(self, text: str, at: int) -> str:
        """The full name behind "Mr. Boll"; the words as they are where it is not known."""
        said = text.split()
        if len(said) == 2 and is_person_title(said[0]) and said[1][0].isupper():
            return self._in_full(Name(at, at + len(text), said[1])) if fold(said[1]) in self.in_full else text
        return text

    def _of_pronoun(self, at: int) -> str:
        """The name that a "he" stands for: who spoke or acted last, if it is one person's full name."""
        sentences = self.article.sentences
        number = bisect_right(sentences, (at, len(self.article.text))) - 1
        if self.masked[sentences[number][0] : at].strip().lower() in CLAUSE_OPENERS:  # "Though she left, Lee said"
            comma = self.masked.find(",", at, sentences[number][1])
            name = self._subject(comma, sentences[number][1]) if comma > 0 else None
            if name is not None and name.start < comma + 10:
                full = self._in_full(name)
                return full if _is_person(full) else ""
        for place in range(number, max(-1, number - PRONOUN_SENTENCES), -1):
            start, end = sentences[place]
            if place < number:
                spoken = [who for begin, who in self.spoke[-6:] if begin == start]
                if spoken and _is_somebody(None, spoken[-1]):
                    return spoken[-1]
            name = self._subject(start, min(end, at))
            if name is not None:
                full = self._in_full(name)
                is_sure = _is_somebody(name, full) and not self._others(name, full, at)
                return full if is_sure else ""
        return ""

    def _others(self, name: Name, full: str, at: int) -> bool:
        """True if another person is named between a name and the pronoun that may stand for it, outside quotes."""
        first, last = bisect_left(self.name_starts, name.end), bisect_left(self.name_starts, at)
        for other in self.article.names[first:last]:
            theirs = self._in_full(other)
            is_other = other.kind in (None, "person") and _is_person(theirs) and theirs != full
            if is_other and self.masked[other.start] != HIDDEN:
                return True
        return False

    def _is_headline(self, start: int) -> bool:
        """True for a line of its own without a stop, whose capitals are no names."""
        line_end = self.article.text.find("\n", start)
        return line_end > 0 and self.article.text[line_end - 1].isalnum() and start in (0, self.article.sentences[0][0])

    def _subject(self, start: int, end: int) -> Name | None:
        """The name that a sentence opens with, outside quotes."""
        place = bisect_left(self.name_starts, start)
        if place >= len(self.name_starts) or self._is_headline(start):
            return None
        name = self.article.names[place]
        following = self.article.names[place + 1] if place + 1 < len(self.article.names) else None
        if is_person_title(name.text.split()[-1]) and following and following.start <= name.end + 2:
            name = following  # "Democratic Sen. Ann Lee"
        if name.start >= min(end, start + OPENING_CHARS) or self.masked[name.start] == HIDDEN:
            return None
        lead = self.masked[start : name.start].lower().split()
        if name.text.split()[0].endswith("ing") and self.speech.language == "en":
            return None  # "Describing Lind, he said"
        if any(word in speakers.LEADING or word in self.speech.leading or word == "as" for word in lead[-2:]):
            return None
        if any(word in self.speech.singular for word in lead):
            return None  # "He was sorry to have left Lee no room": the sentence's subject is the "he"
        return name


def _without_title(name: str) -> str:
    """A long name without what stands before the person's own: "Lind City Mayor Ann Lee", "CEO Bo Hale"."""
    said = name.split()
    if len(said) < 3:
        return name
    cut = 0
    for place, word in enumerate(said[:-2], 1):
        if (
            is_person_title(word)
            or word.endswith(("’s", "'s"))
            or (word.isupper() and len(word) > 1 and "." not in word)
        ):
            cut = place
    return " ".join(said[cut:])


def _is_title(words: Sequence[str]) -> bool:
    """Two words or more, each with a capital but the small ones, as works and headings are written."""
    large = [word for word in words if word[:1].isupper() or word[:1].isdigit()]
    small = [word for word in words if word not in large]
    return (
        len(words) > 1
        and bool(large)
        and words[0] in large
        and all(word.lower() in TITLE_SMALL for word in small)
        and len(large) > 1
    )


def _is_person(speaker: str) -> bool:
    """Two words or more, all of them capital, as people's full names are; no "the"."""
    words = speaker.split()
    return 2 <= len(words) <= 4 and all(
        word[0].isupper() or word in ("de", "van", "von", "bin", "al") for word in words
    )


def _is_somebody(name: Name | None, full: str) -> bool:
    """True if a "he" may stand for it: no House Democrats, no Lind Water Office."""
    said = [fold(word) for word in full.split()]
    if said[0].endswith("ing"):
        return False  # "Saying President Hale"
    if not _is_person(full) or (name is not None and name.kind not in (None, "person")):
        return False
    return not NOBODY_ALONE.intersection(said) and said[-1] not in ORGANISATION_ENDS | PLACE_ENDS


def _with_whole_quotes(start: int, end: int, quotes: Sequence[Marked]) -> Span:
    """The clause, its ends moved out of no quote: a mark that opens in it closes in it."""
    for one in quotes:
        if one.opens < end < one.closes:
            end = one.closes
        if one.opens < start < one.closes:
            start = one.opens
    return start, end
