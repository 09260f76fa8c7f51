"""Does a sentence stand alone when it is read outside its article, and what must be added so that it does?

What leans on the sentence before it (he, however, the man, the next day) is
shown after that sentence, or has its name put in [brackets] where only one
person can be meant, or is not shown. What this misses: docs/measured.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache

from newstext import entities
from newstext.antecedents import POSSESSIVE, ArticleReading, Reading, read_article, stems_in, words_in
from newstext.dates import precision_of
from newstext.leaning import leans, noun_stem
from newstext.note_records import Evidence
from newstext.records import ArticleText, DateMention
from newstext.signs import signs_of, speaks, tokens_of
from newstext.whole import has_shape, has_verb, is_caption, quotations

ONE_OF_MANY = re.compile(r"\b(?:an?|un|una|ein) $", re.I)  # "on a Friday"
# "President Vane" may be another than the Ada Vane before; Mr. Vane is who is spoken of.
TITLED = re.compile(r"\b(?!Mrs?\.? |Ms\.? |Dr\.? )[A-Z][a-z]+\.? $")
OF_A_MONTH = re.compile(r"\bthe $")
AHEAD = re.compile(
    r"\b(?:will|could|would|may|might|expected|scheduled|planned|plans|due|hopes|(?:as )?(?:early|soon) as)\b"
)
QUOTE_MARK = re.compile("[\"“‘']")
TITLE_ENDS = re.compile('[.,]?["”’]')
RACE = re.compile(
    r"\b(?:running|runs|run for|election|re-election|race|(?:going|heading) into|ahead of|facing|face)\b"
)  # it is the one to come
AHEAD_CHARS = 50
IDIOM = re.compile(r"(?:\bend of the|\bto this) day$", re.I)
# Days that are none of this week: Black Friday, Super Tuesday, Patch Tuesday.
NAMED_DAY = re.compile(
    r"\b(?:Black|Super|Good|Ash|Fat|Bloody|Patch|Easter|Palm|Giving|Maundy|Holy|Casual|Shrove|Throwback|Cyber|Freaky|"
    r"Boxing|Ruby|Whit|Mardi|Manic|Taco) $"
)
YEAR = re.compile(r"\d{4}")
DIGIT = re.compile(r"\d")
WEEK = re.compile(r"\d{4}-W\d\d$")
COARSE = re.compile(r"decade|centur|d[ée]cad|décenn|jahrzehnt|jahrhundert|decenni|десятил|век", re.I)
# A figure that counts back or on from the day of publication, in any language: no month stands beside it.
RELATIVE = re.compile(r"^\D*\d{1,3}\W+(?:days?|weeks?|months?|years?)\b|^(?:vor|il y a|hace|h[áa]|fa|منذ|قبل)\s", re.I)
# Counted from another day than that of publication; and no one week or month.
FROM_ANOTHER_DAY = re.compile(r"\b(?:before|earlier)$", re.I)
MANY = re.compile(r"^(?:last|past|next|coming|previous|recent)\s+(?:days|weeks|months|years)$", re.I)
LOOK_BACK = 12
WHOLE_KEPT = 4_096  # sentences: the brief asks again when more is known
RETURNS = 3  # a text that names a thing so often is about it
BESIDE_CHARS = 24  # "on Monday, November 16": the date stands there already
Addition = tuple[int, str]  # where in the sentence, what is put there in brackets


class _Everything:
    """It holds every word."""

    def __contains__(self, word: object) -> bool:
        return True


# For sections that say themselves what their sentences are about: a number under what it counts, an answer under
# its question, an event on its day. "The dam" is plain there; "he" and "however" are not.
ALL_KNOWN = _Everything()


def show(article: ArticleText, number: int, *, known: Container[str] = frozenset()) -> tuple[Evidence, ...]:
    """Sentence `number` (from 0) as it may be shown, what it needs before it first; empty if it may not be shown.

    Two sentences are to be shown side by side, in that order. known: what a
    reader has read of before, as `words_known` has it.
    """
    reader = read_article(article)
    read = reader.reading(number)
    if read.stands_after(known):
        return (evidence_for(article, number),)
    if number and read.is_whole and _is_answered(read, reader.reading(number - 1), reader, number, known):
        return (evidence_for(article, number - 1), _evidence(reader, number, _after(reader, number)))
    return ()


def can_be_shown(article: ArticleText, number: int, *, known: Container[str] = frozenset()) -> bool:
    """True if a sentence may be cut out of its article and shown by itself, as `evidence_for` gives it."""
    return read_article(article).reading(number).stands_after(known)


def is_sentence(article: ArticleText, number: int) -> bool:
    """True if it is whole as it stands in its article: no caption, nothing the splitter cut, no part of a quotation."""
    return read_article(article).reading(number).is_whole


def words_known(texts: Iterable[str], language: str) -> frozenset[str]:
    """What a reader of these headlines and sentences has read of, as `show` takes it."""
    signs = signs_of(language)
    found: set[str] = set()
    for text in texts:
        found |= stems_in(text, language)
        found.update(word for word in words_in(text, signs) if word[0].isupper())  # names, as a surname alone asks for
    return frozenset(found)


def known_on_page(articles: Sequence[ArticleText]) -> frozenset[str]:
    """What a story is about, as who reads its page knows from headline and brief: "the dam" is that dam.

    The words of its tellings' headlines; those that half of the tellings have
    in their first sentences, of one telling those that it comes back to. Of "the
    group" and "the man" none of that tells which: they are known from a headline alone.
    """
    held: Counter[str] = Counter()
    for article in articles:
        openings = read_article(article).openings
        held.update(frozenset().union(*openings) if len(articles) > 1 else [stem for said in openings for stem in said])
    fewest = max(2, len(articles) / 2) if len(articles) > 1 else RETURNS
    titles = (words_known([article.title], article.language) for article in articles if article.title)
    vague = frozenset().union(*(vague_nouns(language) for language in {article.language for article in articles}))
    return frozenset(stem for stem, count in held.items() if count >= fewest and stem not in vague).union(*titles)


@cache
def vague_nouns(language: str) -> frozenset[str]:
    """Nouns for people, bodies and places, of which a story may have several, as `words_known` has them."""
    signs = signs_of(language)
    if signs is None:
        return frozenset()
    vague = (signs.people | signs.bodies | signs.places | signs.any_matter) - signs.one_each
    return frozenset(noun_stem(word) for word in vague)


def evidence_for(article: ArticleText, sentence_number: int) -> Evidence:
    """Sentence `sentence_number` (from 0) with what can be said of it in [brackets]: days, full names, who "he" is."""
    reader = read_article(article)
    return _evidence(reader, sentence_number, [*_people(reader, sentence_number), *_days(reader, sentence_number)])


def evidence_of_run(article: ArticleText, first: int, last: int, *, named: Addition | None = None) -> Evidence:
    """Sentences `first` to `last` (from 0) as one, with their days in [brackets].

    named: an offset of the article's text, and who is meant there.
    """
    reader = read_article(article)
    start, end = article.sentences[first][0], article.sentences[last][1]
    additions: list[Addition] = [(named[0] - start, named[1])] if named else []
    for number in range(first, last + 1):
        offset = article.sentences[number][0] - start
        additions += [(offset + at, added) for at, added in _days(reader, number)]
    return _with(article, start, end, additions)


@lru_cache(maxsize=WHOLE_KEPT)
def is_whole(sentence: str, language: str = "") -> bool:
    """A sentence with a beginning, a verb, an end and its marks closed; no question, caption, list or teaser."""
    signs = signs_of(language)
    quoted = quotations(sentence)
    if quoted.broken or not sentence or not has_shape(sentence, language):
        return False
    tokens = tokens_of(sentence, quoted.spans, signs)
    return has_verb(tokens, signs) and not is_caption(sentence, tokens, signs)


def stands_alone(sentence: str, language: str, *, known: Container[str] = frozenset()) -> bool:
    """False if something in it points at a sentence before it, or a quote lacks its speaker; its article unseen.

    known: what a reader has read of before, as `words_known` has it.
    """
    signs = signs_of(language)
    if signs is None or not sentence:
        return bool(sentence) and not quotations(sentence).spans
    quoted = quotations(sentence).spans
    tokens = tokens_of(sentence, quoted, signs)
    names = entities.find(sentence, language=language)
    found = leans(tokens, names, signs, is_first=True)
    if any(lean.kind != "known" or lean.word not in known for lean in found):
        return False
    return not (quoted and quoted[0][0] <= 1 and not speaks(tokens, signs))


def _is_answered(read: Reading, before: Reading, reader: ArticleReading, number: int, known: Container[str]) -> bool:
    """True if the sentence before stands by itself and says all that this one leans on."""
    if not before.stands_after(known):
        return False
    for lean in read.leans:
        if lean.kind == "known" and lean.word in known:
            continue
        if lean.kind in ("first", "second"):
            return False
        if lean.kind == "person" and not before.has_person:
            return False
        if lean.kind == "known" and lean.word and not _is_known_from(lean.word, before, reader, number):
            return False
    return True


def _is_known_from(stem: str, before: Reading, reader: ArticleReading, number: int) -> bool:
    """True if the sentence before has that noun, or somebody it may stand for and nothing further up has it."""
    if stem in reader.stems(number - 1):
        return True
    signs = signs_of(reader.language_at(reader.sentences[number][0]))
    if signs is None or any(stem in reader.stems(further) for further in range(max(0, number - LOOK_BACK), number - 1)):
        return False
    return before.has_person if stem in signs.somebody else before.has_name


def _evidence(reader: ArticleReading, number: int, additions: list[Addition]) -> Evidence:
    return _with(reader.article, *reader.sentences[number], additions)


def _with(article: ArticleText, start: int, end: int, additions: list[Addition]) -> Evidence:
    """A part of the text, with additions in [brackets] at offsets into it."""
    text = article.text[start:end]
    parts, place = [], 0
    for at, added in sorted(additions):
        parts.append(f"{text[place:at]} [{added}]")
        place = at
    return Evidence(text=text, article=article.id, start=start, end=end, shown="".join(parts) + text[place:])


def _after(reader: ArticleReading, number: int) -> list[Addition]:
    """What is added to a sentence that is shown right after the one before it: no name that stands there."""
    start, end = reader.sentences[number - 1]
    before = reader.text[start:end]
    added = [one for one in _full_names(reader, number) if one[1] not in before] + list(_days(reader, number))
    speaker = reader.reading(number).speaker
    length = reader.sentences[number][1] - reader.sentences[number][0]
    return [*added, (length, speaker)] if speaker else added


def _people(reader: ArticleReading, number: int) -> Iterator[Addition]:
    """Who is meant by "he", by a quotation without a speaker, and by a surname alone."""
    read = reader.reading(number)
    start, end = reader.sentences[number]
    yield from _full_names(reader, number)
    if read.speaker:
        yield end - start, read.speaker
    if read.meant:
        lean = min((lean for lean in read.leans if lean.kind == "person"), key=lambda lean: lean.start)
        yield lean.end, read.meant + ("’s" if lean.word == "his" else "")


def _full_names(reader: ArticleReading, number: int) -> Iterator[Addition]:
    """After a surname alone the full name that the article had before; once for each."""
    start, end = reader.sentences[number]
    told: set[str] = set()
    for name in reader.names_in(start, end):
        last = name.text.split()[-1]
        full = reader.full_names.get(last) or (reader.first_names.get(last) if last == name.text else None)
        if full is None or last in told:
            continue
        told.add(last)
        titled = TITLED.search(reader.text, max(start, name.start - 20), name.start)
        if name.text == last and full[1] < start and not titled and not reader.is_quoted(name.start):
            ending = POSSESSIVE.match(reader.text, name.end, end)
            yield (ending.end() if ending else name.end) - start, full[0]


def _days(reader: ArticleReading, number: int) -> Iterator[Addition]:
    """After "Monday", "two days ago", "last week" the date that the article's own day settles; each date once."""
    start, end = reader.sentences[number]
    found = [one for one in reader.dates_in(start, end) if one.end <= end]
    if reader.article.published_at is None or _is_of_another_year(found, reader.article.published_at.year):
        return
    told: set[str] = set()
    published = reader.article.published_at.date().isoformat()
    for place, mention in enumerate(found):
        value = _bracket_for(mention)
        if not value or value in told or _names_no_day(reader, mention, start, end):
            continue
        if value <= published and _is_ahead(reader.text[start : mention.start], value):
            continue  # "could come as early as Thursday" is no Thursday past
        if _stands_beside(mention, found, place, reader.text[mention.end : end]):
            continue
        told.add(value)
        ending = POSSESSIVE.match(reader.text, mention.end, end)
        yield (ending.end() if ending else mention.end) - start, value


def _names_no_day(reader: ArticleReading, mention: DateMention, start: int, end: int) -> bool:
    """True if a date in a sentence from `start` to `end` is a name, an idiom, or one of many: nothing to settle."""
    text = reader.text
    if any(name.start <= mention.start < name.end for name in reader.names_in(start, end)):
        return True  # a man called Jan
    if precision_of(mention.value) == "month" and (
        mention.start == start or OF_A_MONTH.search(text, max(0, mention.start - 5), mention.start)
    ):
        return True  # "March participants"; "the November election": which one, only who writes knows
    before = text[max(start, mention.start - 18) : mention.start]
    if IDIOM.search(text, max(start, mention.end - 18), mention.end) or NAMED_DAY.search(before):
        return True
    if QUOTE_MARK.match(text, mention.start - 1) and TITLE_ENDS.match(text, mention.end):
        return True  # the programme “This Week”
    if "[" in text[start : mention.start] and "]" in text[mention.end : end]:
        return True  # the paper's own brackets
    is_one_of_many = ONE_OF_MANY.search(text, max(start, mention.start - 3), mention.start)
    return bool(is_one_of_many) or mention.text.lower() == "overnight"


def _is_ahead(before: str, value: str) -> bool:
    """True if the words before a date speak of what is to come."""
    if precision_of(value) == "month":
        return bool(AHEAD.search(before) or RACE.search(before))
    return bool(AHEAD.search(before[-AHEAD_CHARS:])) or before.endswith(" is ")


def _is_of_another_year(found: list[DateMention], year: int) -> bool:
    """True if it names a year far from its article's: its Mondays are not this week's."""
    years = [int(said.group()) for one in found if (said := YEAR.search(one.text))]
    return any(abs(one - year) > 1 for one in years)


def _bracket_for(mention: DateMention) -> str:
    """What to add to a date that its words do not settle; "" where they do, or nothing sure can be said."""
    if YEAR.search(mention.text) or FROM_ANOTHER_DAY.search(mention.text) or MANY.search(mention.text):
        return ""
    value = mention.value.split("T")[0]
    if WEEK.match(value):
        return _week(value)
    if not precision_of(value):
        return ""
    if precision_of(value) == "year" and COARSE.search(mention.text):
        return ""
    # "March 3" names its day; "10 days ago" does not
    return "" if DIGIT.search(mention.text) and not RELATIVE.search(mention.text) else value


def _week(value: str) -> str:
    """Its first and last day, as ISO 8601 writes a span: 2026-11-16/22."""
    year, week = value.split("-W")
    first = date.fromisocalendar(int(year), int(week), 1)
    last = date.fromisocalendar(int(year), int(week), 7)
    return f"{first.isoformat()}/{last:%d}" if first.month == last.month else f"{first.isoformat()}/{last:%m-%d}"


def _stands_beside(mention: DateMention, found: list[DateMention], place: int, after: str) -> bool:
    """True if the same day is written out right beside it: "Monday, November 16"."""
    if after[:2] in (" (", " ["):
        return bool(DIGIT.search(after[2:BESIDE_CHARS]))
    near = [other for other in found[max(0, place - 1) : place + 2] if other is not mention]
    return any(
        DIGIT.search(other.text)
        and other.value[: len(mention.value)] == mention.value
        and max(other.start - mention.end, mention.start - other.end) < BESIDE_CHARS
        for other in near
    )
