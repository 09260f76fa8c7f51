"""Where a text names somebody or something: the material that hashtags are chosen from.

Where a script has capitals, these are the names that `entities` found, and
those of the headline; elsewhere runs of words, or of signs, that come back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import simplemma

from newstext import entities
from newstext.keyphrases import BREAK, background
from newstext.language import CAPITALISED_NOUNS, CHANGING_ENDS
from newstext.once import once_an_article
from newstext.records import ArticleText, Kind
from newstext.uncased import has_capitals
from newstext.words import ELISION, POSSESSIVE, UNSPACED, WORD, fold, read_list, stop_words

LEAD_CHARS = 350
TITLE_CASE = 0.75  # of a headline's long words with a capital: capitals say nothing there
READ_CHARS = 60_000  # of a text; what a longer one is about has been named by then
LONGEST_RUN = 4
LONGEST_SIGNS = 8
LONG_FOR_A_NAME = 12  # letters of a first name
SAME_BESIDE = 0.7  # of its places a run of signs has the same sign beside it: it is part of a longer one


Span = tuple[int, int, Kind | None]
Written = tuple[str, str, int]  # a word folded, as written, and where


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where something is named.

    words: its folded words. start: offset in the text, or -1 in the headline.
    kind: as the place itself says, by a title before it or a preposition.
    is_name: by its capitals; else a phrase that came back. has_article: where
    all nouns have capitals, an article stands before it, and before names none.
    """

    words: tuple[str, ...]
    written: tuple[str, ...]
    start: int
    kind: Kind | None = None
    is_name: bool = True
    has_article: bool = False


@cache
def word_list(table: str, language: str) -> frozenset[str]:
    """The folded words of a table of wordlists/subjects.toml; empty where the language has none."""
    return frozenset(fold(word) for word in _lists().get(table, {}).get(language, "").split())


@cache
def peoples(language: str) -> dict[str, str]:
    """ "russian" -> "Russia"; to "" where a people says nothing."""
    pairs = (pair.partition("=") for pair in _lists()["peoples"].get(language, "").split())
    return {people: country.replace("_", " ") for people, _, country in pairs}


@cache
def _lists() -> dict[str, dict[str, str]]:
    return read_list("subjects")


@once_an_article
def find_mentions(article: ArticleText) -> Sequence[Mention]:
    """Every place of the headline and the text that names somebody or something."""
    if has_capitals(f"{article.title} {article.text}"):
        return _named(article)
    return list(_repeated(article))


# --- scripts with capitals ---------------------------------------------------


def _named(article: ArticleText) -> list[Mention]:
    text, language = article.text[:READ_CHARS], article.language
    found = list(_in_text(article, text))
    headline = list(_in_headline(article.title, text, language, found))
    wanted: set[tuple[str, ...]] = set()
    if language in CAPITALISED_NOUNS:
        headline += _nouns(article.title, -1, language, headline)
        singles = {mention.words for mention in headline if len(mention.words) == 1}
        spans = [(one.start, one.start + len(" ".join(one.written))) for one in found]
        found += [
            one for one in _nouns(text, 0, language, []) if one.words in singles and not _within(one.start, spans)
        ]
    elif not _is_title_case(article.title, language):
        pairs = list(_phrases(article.title, language))
        wanted = {one.words for one in pairs}
        headline += pairs
    return headline + found + list(_again(text, wanted))


def _within(start: int, spans: list[tuple[int, int]]) -> bool:
    """True if the place lies in one of these spans, which are in order."""
    at = bisect_right(spans, (start, 1 << 60)) - 1
    return at >= 0 and start < spans[at][1]


def _in_text(article: ArticleText, text: str) -> Iterator[Mention]:
    if article.language in CAPITALISED_NOUNS:
        spans: list[Span] = [(start, end, None) for start, end in _noun_runs(text)]
    else:
        names = article.names or entities.find(text, language=article.language)
        spans = [(name.start, name.end, name.kind) for name in names if name.end <= len(text)]
    for whole_start, whole_end, kind in spans:
        for start, end in _owners_apart(text, whole_start, whole_end):
            start = _with_capital_before(text, start, article.language)
            start = _without_common_start(text, start, end, article.language)
            if mention := _mention(text, start, end, article.language, kind=kind if end == whole_end else None):
                yield mention


OWNER = re.compile(r"[’']s[ \u00a0]+(?=\w)|[ \u00a0][ye][ \u00a0]")  # Velmark's Ada Brask; Temir y Sela


def _owners_apart(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The names that stand in one run of capitals."""
    spans, begin = [], start
    for owner in OWNER.finditer(text, start, end):
        spans.append((begin, owner.start()))
        begin = owner.end()
    return [(first, last) for first, last in (*spans, (begin, end)) if text[first:last].strip()]


CAPITAL_BEFORE = re.compile(r"(?:^|(?<=[^\W_] )|(?<=, ))([^\W\d_]{3,})[ \u00a0]$")


def _with_capital_before(text: str, start: int, language: str) -> int:
    """Where the name begins with an empty word that has a capital within the sentence: New York."""
    before = CAPITAL_BEFORE.search(text, max(0, start - 12), start)
    if language in CAPITALISED_NOUNS or not before or not before.group(1).istitle():
        return start
    word = fold(before.group(1))
    return before.start(1) if word in stop_words(language) and word != "the" else start


def _without_common_start(text: str, start: int, end: int, language: str) -> int:
    """Where the name begins: "Unlike Ada Brask" at a sentence's start is Ada Brask."""
    if not background(language).small or re.search(r"[\w,)] $", text[max(0, start - 2) : start]):
        return start
    words = [(match.start(), fold(match.group())) for match in re.finditer(r"[^ \u00a0]+", text[start:end])]
    if len(words) < 2 or is_common(words[-1][1], language):
        return start
    while len(words) > 1 and (is_common(words[0][1], language) or _is_participle(words[0][1], language)):
        words.pop(0)
    return start + words[0][0]


def _is_participle(word: str, language: str) -> bool:
    """True for a form of a verb: Embattled Ada Brask. English alone."""
    if language != "en" or len(word) < LONG_FOR_A_PARTICIPLE or not word.endswith(("ed", "ing")):
        return False
    return simplemma.lemmatize(word, "en", low_memory=True) != word


NOUN_RUN = re.compile(
    r"[A-ZÄÖÜÉ][\w’-]*[\w](?:[ \u00a0](?:von der |van der |van |de |di |del |al |bin )?[A-ZÄÖÜÉ][\w’-]*[\w])+"
)
GIVEN_NAME = re.compile(r"(?:ie|ine|nne|ice|tte|ane|one|ike|ge|se)$")
LONG_FOR_A_PARTICIPLE = 6
INFLECTED = re.compile(r"\w{3,}(?:e|es|en|em)$")  # Harte Strafe, Neues Gesetz: an adjective begins the sentence


def _is_adverb(word: str) -> bool:
    """True for a German word that bends in no way and is no noun: Sogar Ada Brask."""
    small = word.lower()
    is_known = simplemma.is_known(small, "de", low_memory=True)
    return is_known and simplemma.lemmatize(small, "de", low_memory=True) == small


def _noun_runs(text: str) -> Iterator[tuple[int, int]]:
    """Runs of words with capitals that may be names where all nouns have capitals."""
    for run in NOUN_RUN.finditer(text):
        words = run.group().split()
        first = words[0]
        start = run.start()
        at_start = start == 0 or not re.search(r"[\w,)] $", text[max(0, start - 2) : start])
        is_inflected = INFLECTED.fullmatch(first) and not GIVEN_NAME.search(first)
        if at_start and (is_inflected or first.lower() in stop_words("de") or _is_adverb(first)):
            words, start = words[1:], start + len(first) + 1
        first = words[0]
        if FOLLOWER.match(first) or (len(words) > 2 and _is_what_one_does(first) and words[1][0].isupper()):
            words, start = words[1:], start + len(first) + 1
        while len(words) > 1 and fold(words[0]) in word_list("weak", "de"):
            start += len(words.pop(0)) + 1
        while words and words[0].islower():
            start += len(words.pop(0)) + 1
        end = run.end()
        while len(words) > 1 and fold(words[-1]) in word_list("weak", "de"):
            end -= len(words.pop()) + 1
        if len(words) > 3 and words[1] == "von" and simplemma.is_known(words[0], "de", low_memory=True):
            continue  # Flucht von der Küste
        is_of_a_place = at_start and len(words) == 2 and words[0].endswith("er")  # Berliner Mauer, or Peter Brask
        if (len(words) > 1 or FOLLOWER.match(first)) and not (is_of_a_place and text.count(words[1]) < 2):
            yield start, end


def _is_what_one_does(word: str) -> bool:
    """True for a word before a name that is hardly a first name: Moderatorin, Rückraumspieler, Ex-Torhüter."""
    return "-" in word or len(word) >= LONG_FOR_A_NAME or bool(DOES.search(word))


FOLLOWER = re.compile(r"[A-ZÄÖÜ]{2,}-[A-ZÄÖÜ]\w+$")  # US-Präsident, CSU-Chef, KKCG-Tochter
DOES = re.compile(
    r"\w{4,}(?:ator|entin|ent|ist|istin|eur|euse|erin|ärin|orin|ant|antin|iker|löser|meister|schafter|fahrer)$"
)


def _mention(
    text: str, start: int, end: int, language: str, *, kind: Kind | None = None, at: int | None = None
) -> Mention | None:
    """The name between these offsets without the titles before it; None if nothing is left."""
    if (start > 0 and text[start - 1].isalnum()) or text[end : end + 1] == "$":
        return None  # the capital stands within a word, as in iPhone, or it is a currency
    written = [_plain(word, language) for word in text[start:end].replace("\u00a0", " ").split()]
    written = [word for word in written if word and fold(word)]
    while len(written) > 1 and (len(written[0]) == 1 or written[0] in ("An", "The")) and _is_stop(written[0], language):
        written.pop(0)  # A New Mexico judge; В Велмарке
    while len(written) > 1 and len(written[-1].strip(".")) == 1 and written[-1].isalpha():
        written.pop()  # Ada B.
    while language in ("es", "fr") and len(written) > 1 and fold(written[0]) in word_list("weak", language):
        written = written[1 + written[1].islower() :]
    while len(written) > 1 and fold(written[-1]) in word_list("titles", language) and language != "de":
        written.pop()  # GOP Sen. Brask
    written, has_title = _without_titles(written, language)
    if not written:
        return None
    if len(written) == 1 and (joined := re.fullmatch(r"(\w{4,})-[^\W\d_A-Z]\w+", written[0])):
        written = [joined.group(1)]  # Velmark-controlled
    if len(written) == 1 and _plain_form(written[0], language)[0].islower():
        return None  # Велмарской области: an adjective
    written = [_plain_form(word, language) for word in written]
    while len(written) > 1 and written[0].islower() and language in CHANGING_ENDS:
        written.pop(0)  # Власти Велмарка
    before = _word_before(text, start)
    if len(written) == 1 and fold(before or "-") in word_list("ranks", language):
        written.insert(0, before)
        has_title = True
    if has_title and not (len(written) == 1 and written[0].isupper()):
        kind = "person"
    elif kind is None and language and _word_before(text, start) in word_list("before_places", language):
        kind = "place"
    return Mention(tuple(fold(word) for word in written), tuple(written), start if at is None else at, kind)


@lru_cache(maxsize=20_000)
def _plain_form(word: str, language: str) -> str:
    """The name as a dictionary has it (Москва for Москве), in small letters if it is none; unknown ones as written."""
    if language not in CHANGING_ENDS or not simplemma.is_known(word, language, low_memory=True):
        return word
    plain: str = simplemma.lemmatize(word, language, low_memory=True)
    return plain if plain[:1].casefold() == word[:1].casefold() else word


def _is_stop(word: str, language: str) -> bool:
    return fold(word) in stop_words(language)


def _word_before(text: str, start: int) -> str:
    before = re.search(r"(\w+)[ \u00a0]$", text[max(0, start - 16) : start])
    return before.group(1) if before else ""


def _without_titles(written: list[str], language: str) -> tuple[list[str], bool]:
    """ "French President Ada Brask" is Ada Brask; a title after which too little stands stays."""
    last = max((place for place, word in enumerate(written) if _is_title(word, language)), default=-1)
    rest = written[last + 1 :]
    if last >= 0 and rest and rest[0].islower():
        return [], False  # CFO de Velmarca
    if last < 0 or not rest or fold(written[-1]) in entities.ORGANISATION_ENDS:
        return written, False
    if len(rest) == 1 and fold(written[last]) in word_list("ranks", language):
        return written[last:], True
    return rest, True


def _is_title(word: str, language: str) -> bool:
    folded = fold(word).rstrip(".")
    titles = word_list("titles", language)
    if folded in titles:
        return True
    if language != "de":
        return False
    return any(folded.endswith(title) and len(folded) > len(title) + 2 for title in titles if len(title) > 3)


def _is_title_case(title: str, language: str) -> bool:
    long = re.findall(r"[^\W\d_]{4,}", title)
    capitals = sum(word[0].isupper() for word in long)
    if language in CAPITALISED_NOUNS:  # every verb has a capital too, if only words like "und" have none
        small = [word for word in re.findall(r"[^\W\d_]+", title) if word.islower()]
        return capitals > 3 and stop_words(language).issuperset(map(fold, small))
    return len(long) > 2 and capitals > TITLE_CASE * len(long)


def _in_headline(title: str, text: str, language: str, in_text: list[Mention]) -> Iterator[Mention]:
    """The names of a headline: those that the text has too, and where capitals say something, others."""
    taken: list[tuple[int, int]] = []
    for known, span in _known_in_headline(title, language, in_text):
        taken.append(span)
        yield known
    if _is_title_case(title, language):
        return
    if language in CAPITALISED_NOUNS:
        spans: list[Span] = [(start, end, None) for start, end in _noun_runs(title)]
    else:
        spans = [(name.start, name.end, name.kind) for name in entities.find(title, language=language)]
    is_guess = language in CAPITALISED_NOUNS
    parts = [(*part, kind) for first, last, kind in spans for part in _owners_apart(title, first, last)]
    for begin, end, kind in parts:
        start = _with_capital_before(title, begin, language)
        opener = title[start:end].split()[0]
        start = start or _without_common_start(title, start, end, language)
        if start == 0 and " " in title[:end] and re.search(rf"\b{re.escape(opener.lower())}\b", text):
            start = len(opener) + 1  # Ferry Halda aground: the text writes it small
        if any(start < last and first < end for first, last in taken):
            continue
        if is_guess and not _is_known_name(title[start:end].split(), text):
            continue  # two nouns side by side, as it seems
        if mention := _mention(title, start, end, language, kind=kind, at=-1):
            taken.append((start, end))
            yield mention
    first = WORD.match(title)
    if first and not any(start <= 0 < end for start, end in taken):
        word = _plain(first.group(), language)
        if word and _may_begin(title, word, language):
            yield Mention((fold(word),), (word,), -1)


def _is_known_name(words: list[str], text: str) -> bool:
    """True if the text has the last word too, or the dictionary misses one: names are short and stand in none."""
    if words[-1] in text:
        return True
    return any(len(word) < LONG_FOR_A_NAME and not simplemma.is_known(word, "de", low_memory=True) for word in words)


def _known_in_headline(title: str, language: str, in_text: list[Mention]) -> Iterator[tuple[Mention, tuple[int, int]]]:
    known = {mention.words for mention in in_text}
    known |= {words[-1:] for words in known if not is_common(words[-1], language)}
    found = [(_plain(match.group(), language), match.start(), match.end()) for match in WORD.finditer(title)]
    folded = [fold(word) if word else "" for word, _, _ in found]
    is_cased = not _is_title_case(title, language)
    at = 0
    while at < len(found):
        for length in range(min(5, len(found) - at), 0, -1):
            run = tuple(folded[at : at + length])
            start, end = found[at][1], found[at + length - 1][2]
            is_plain = is_cased or not is_common(run[0], language)
            is_plain = length > 1 or (is_plain and not _is_title(run[0], language))
            if run in known and is_plain and title[start].isupper() and not _is_hyphened(title, start, end):
                begin = at - (not is_cased and length == 1 and _is_first_name(title, found, folded, at, language))
                run, start = tuple(folded[begin : at + length]), found[begin][1]
                written = tuple(word for word, _, _ in found[begin : at + length])
                place = language and _word_before(title, start) in word_list("before_places", language)
                yield Mention(run, written, -1, "place" if place else None), (start, end)
                at += length
                break
        else:
            at += 1


def _is_first_name(title: str, found: list[tuple[str, int, int]], folded: list[str], at: int, language: str) -> bool:
    """True if before a last name of a headline in capitals stands what may be its first name."""
    if (
        at == 0
        or is_common(folded[at], language)
        or not folded[at - 1]
        or title[found[at - 1][2] : found[at][1]] != " "
    ):
        return False
    is_empty = is_common(folded[at - 1], language) or folded[at - 1] in stop_words(language)
    before = found[at - 2] if at > 1 else None
    if before and before[0][:1].isupper() and title[before[2] : found[at - 1][1]] == " ":
        return False  # Ada Brask Reopens Velmark: what stands before is part of another name
    return bool(background(language).small) and found[at - 1][0][0].isupper() and not is_empty


def _plain(word: str, language: str = "") -> str:
    if language == "tr":  # Velmark'ta: what follows the apostrophe is no part of the name
        word = re.split("[’']", word)[0]
    return POSSESSIVE.sub("", ELISION.sub("", word))


def _is_hyphened(text: str, start: int, end: int) -> bool:
    return text[end : end + 1] == "-" or (start > 0 and text[start - 1] == "-")


def is_common(word: str, language: str) -> bool:
    """True if the language's news mostly has this folded word in small letters; False without a table."""
    return word in background(language).small


def _may_begin(title: str, word: str, language: str) -> bool:
    """A headline's first word is a name if news hardly has it in small letters, and one does something."""
    if not background(language).small or is_common(fold(word), language) or not word[0].isupper() or len(word) < 3:
        return False
    does = re.match(r"(?:[’']s)? [a-z]+s\b|[’']s ", title[len(word) :])
    return bool(does) and not word.endswith("s")


def _nouns(text: str, at: int, language: str, taken: list[Mention]) -> Iterator[Mention]:
    """Single words with a capital, where every noun has one; no adjective or verb that begins a sentence."""
    parts = {part for mention in taken for part in mention.words}
    for match in re.finditer(r"(?<![\w-])[A-ZÄÖÜ][\w-]+", text):
        written = match.group().rstrip("-")
        folded = fold(written)
        begins = not re.search(r"[\w,)] $", text[max(0, match.start() - 2) : match.start()])
        is_weak = folded in stop_words(language) or folded in word_list("weak", language)
        is_weak = is_weak or (begins and (bool(INFLECTED.fullmatch(written)) or _is_adverb(written)))
        is_weak = is_weak or (
            written.endswith("er") and text[match.end() :][:1] == " " and text[match.end() + 1 :][:1].isupper()
        )
        if folded not in parts and not is_weak and not _is_title(written, language) and written[-1:].isalpha():
            before = fold(_word_before(text, match.start()))
            has_article = before.isdigit() or before in word_list("articles", language)
            start = -1 if at < 0 else match.start()
            yield Mention((folded,), (written,), start, is_name=False, has_article=has_article)


def _phrases(title: str, language: str) -> Iterator[Mention]:
    """Pairs of small words in the headline, as "water law"; they count where the text has them again."""
    stops = stop_words(language)
    for piece in BREAK.split(title) if stops else ():
        found = [_small_alone(piece, match) for match in WORD.finditer(piece)]
        for pair in pairwise(found):
            folded = tuple(fold(word) for word in pair)
            is_plain = all(word.islower() and len(word) > 2 and not word.isdigit() for word in pair)
            if is_plain and not stops & set(folded) and not any("'" in word or "’" in word for word in pair):
                yield Mention(folded, pair, -1, is_name=False)


def _small_alone(piece: str, match: re.Match[str]) -> str:
    """The word, or "" for a part of a hyphened one."""
    return "" if _is_hyphened(piece, match.start(), match.end()) else match.group()


def _again(text: str, wanted: set[tuple[str, ...]]) -> Iterator[Mention]:
    """Where the text has these pairs of words."""
    if not wanted:
        return
    before, folded_before, end = "", "", -1
    for match in WORD.finditer(text):
        folded = fold(match.group())
        if (folded_before, folded) in wanted and text[end : match.start()].isspace():
            yield Mention((folded_before, folded), (before, match.group()), match.start(), is_name=False)
        before, folded_before, end = match.group(), folded, match.end()


# --- scripts without capitals -------------------------------------------------


def _repeated(article: ArticleText) -> Iterator[Mention]:
    text = article.text[:READ_CHARS]
    if UNSPACED.search(f"{article.title} {text}"[:300]):
        yield from _repeated_signs(article.title, text, article.language)
    else:
        yield from _repeated_words(article.title, text, article.language)


def _repeated_words(title: str, text: str, language: str) -> Iterator[Mention]:
    """The longest runs of words that the headline has and the text has again; no stop word stands in one."""
    empty = stop_words(language) | word_list("weak", language)
    alone = {match.group() for match in WORD.finditer(f"{title}\n{text}")} if ARABIC.search(title) else set()
    pieces = list(_pieces(text, empty, alone))
    places: dict[str, list[tuple[int, int]]] = {}
    for number, piece in enumerate(pieces):
        for at, (folded, _, _) in enumerate(piece):
            places.setdefault(folded, []).append((number, at))
    for piece in _pieces(title, empty, alone):
        at = 0
        while at < len(piece):
            wanted = tuple(folded for folded, _, _ in piece[at : at + LONGEST_RUN])
            found = [
                (pieces[number][first:], _shared(wanted, pieces[number][first:]))
                for number, first in places.get(wanted[0], ())
            ]
            length = max((shared for _, shared in found), default=0)
            if length:
                yield _run(piece[at:], length, -1)
                yield from (_run(rest, length, rest[0][2]) for rest, shared in found if shared >= length)
            at += max(1, length)


def _shared(wanted: tuple[str, ...], piece: list[Written]) -> int:
    """How many words both have in common from their beginning."""
    count = 0
    for word, (folded, _, _) in zip(wanted, piece, strict=False):
        if word != folded:
            break
        count += 1
    return count


def _run(piece: list[Written], length: int, start: int) -> Mention:
    words = piece[:length]
    return Mention(tuple(folded for folded, _, _ in words), tuple(word for _, word, _ in words), start, is_name=False)


def _pieces(text: str, empty: frozenset[str], alone: set[str]) -> Iterator[list[Written]]:
    """Stretches of words without a stop word, a number or a stop between them.

    alone: the words of an Arabic article; one that stands there without the
    letter before it ("and", "in", "to") is that word.
    """
    found: list[Written] = []
    end = 0
    for match in WORD.finditer(text):
        word = _bare(match.group())
        is_joined = word[0] in ARABIC_LETTERS and len(word) > 3 and word[1:] in alone
        is_apart = (is_joined and word[0] == "و") or match.group()[0] == "و" != word[0]
        word = word[1:] if is_joined else word
        folded = fold(word)
        is_empty = folded in empty or folded.isdigit() or len(folded) < 2
        if found and (
            is_empty or is_apart or not text[end : match.start()].isspace() or "\n" in text[end : match.start()]
        ):
            yield found
            found = []
        if not is_empty:
            found.append((folded, word, match.start()))
        end = match.end()
    if found:
        yield found


ARABIC = re.compile("[\u0600-\u06ff]")
ARABIC_LETTERS = "وبلفك"  # and, in, to, so, as: written with the word that follows
ARABIC_PREFIX = re.compile("^(?:[وفبك]?(?=ال\\w{3})|و(?=لل\\w{2}))")
ARABIC_TO_THE = re.compile("^لل(?=\\w{3})")


def _bare(word: str) -> str:
    """An Arabic word without "and", "in", "to" that are written with it; others as they are."""
    return ARABIC_TO_THE.sub("ال", ARABIC_PREFIX.sub("", word)) if "\u0600" <= word[0] <= "\u06ff" else word


def _repeated_signs(title: str, text: str, language: str) -> Iterator[Mention]:
    """Runs of signs in the headline that the text has again in other company; a sign that says nothing ends a run."""
    empty = stop_words(language) | word_list("weak", language)
    for piece in UNSPACED.findall(title):
        for run in _longest_again(piece, text, empty):
            yield Mention((run,), (run,), -1, is_name=False)
            yield from (Mention((run,), (run,), place, is_name=False) for place in _places(run, text))


def _longest_again(piece: str, text: str, empty: frozenset[str]) -> list[str]:
    taken: list[str] = []
    for length in range(min(LONGEST_SIGNS, len(piece)), 1, -1):
        for start in range(len(piece) - length + 1):
            run = piece[start : start + length]
            if any(run in longer for longer in taken) or not _stands_alone(run, empty):
                continue
            if _has_edges(run, text):
                taken.append(run)
    return taken


def _has_edges(run: str, text: str) -> bool:
    """True if other signs stand beside it from place to place: it is whole, and no part of a longer word."""
    places = _places(run, text)
    for beside in ([text[at - 1 : at] for at in places], [text[at + len(run) : at + len(run) + 1] for at in places]):
        signs = Counter(sign for sign in beside if UNSPACED.match(sign))
        if signs and max(signs.values()) > SAME_BESIDE * len(places):
            return False
    return len(places) > 1


HIRAGANA = re.compile("[\u3040-\u309f]")


def _stands_alone(run: str, empty: frozenset[str]) -> bool:
    is_edged = run[0] in empty or run[-1] in empty or HIRAGANA.match(run[0]) or HIRAGANA.match(run[-1])
    has_empty = any(run[at : at + 2] in empty for at in range(len(run) - 1))
    return not is_edged and not has_empty and not re.match(r"[\u0e30-\u0e3a\u0e45-\u0e4e]", run)


def _places(run: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(run), text)]
