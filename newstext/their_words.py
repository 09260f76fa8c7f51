"""A story's quotes and reported claims over all its tellings: the same words once, the most telling first."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from newstext import alone, entities, quotes, roles
from newstext.language import CAPITALISED_NOUNS
from newstext.leaning import leans
from newstext.note_records import Claim, Evidence, Quotation, Quote
from newstext.once import once_an_article
from newstext.records import ArticleText
from newstext.signs import signs_of, tokens_of
from newstext.speakers import Speech, speech_of
from newstext.whole import quotations
from newstext.words import content_words, fold, words
from newstext.words import length as count_words

# "the man", "the minister": somebody of whom the quote alone does not say who it is.
POINTING = re.compile(
    r"^the (?:man|woman|boy|girl|pair|couple|two|three|minister|president|company|group|team|victim|suspect|official|"
    r"officials|actor|singer|player|latter|former|duo|trio|(?:first|second|third|last|next) one|\d+-year-old)\b",
    re.I,
)
# What one noun behind "the" may be and still be known to the reader of a story.
KNOWN_BODIES = frozenset(
    """police government military army navy ministry parliament court embassy union church bank mayor governor king
    queen pope vatican kremlin pentagon hospital university prosecution cabinet council senate authorities
    report""".split()
)
MOST_QUOTES = 8
MOST_CLAIMS = 6
BY_ONE_SPEAKER = 2
GOES_ON = 2  # sentences between a speaker and a quote that has none of its own, at most
FEWEST_WORDS = 4
MOST_WORDS = 70
FIRM_WORDS = 8  # a shorter quote that opens with "it" or "that" says nothing by itself
RUN = 4  # words in a row by which two tellings of a quote find each other
SAME_RATIO = 0.6  # of the shorter quote's runs, or of a claim's words
SPEAKER_WORDS = 10
FIRST_CHARS = 12  # a verb at the head of its sentence
ARTICLE_WORDS = 3  # "la policía local": a longer phrase may hold its verb
UNCASED_WORDS = 5
ARTICLES_READ = 120  # the newest; a story that long repeats its first quotes
LOOSE_SPEAKERS = frozenset("one another some others many who that which it all both".split())
LOOSE_OWNERS = frozenset("his her their its our my your these those this".split())
NOTHING = frozenset("nothing little much so".split())  # "said nothing new"
NOBODY = frozenset("no nobody none any".split())
MAY_SAY = frozenset("who which to would will could may might should shall not never cannot must if".split())
LOOSE_OPENERS = frozenset("it that this they these those he she and but so".split())


BEHIND_NAME = re.compile(r",? (?:of|from) |, | \(")
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
OF_TITLES = frozenset("state staff defense defence treasury commerce".split())  # Secretary of State Lee
FULL_NAME = re.compile(r"[A-ZÀ-ÞĞİŞА-Я][\w’'.-]*(?: [A-ZÀ-ÞĞİŞА-Я][\w’'.-]*| (?:de|da|di|van|von|bin|al|el)){1,3}")
PARTICLES = frozenset("de da di van von der den bin al el".split())
SMALL = frozenset("of for from at by with in on to and".split())


@dataclass(slots=True)
class Telling:
    """One quote as one article has it."""

    article: ArticleText
    quotation: Quotation
    evidence: Evidence
    words: list[str]
    is_cut: bool = False

    @property
    def last_name(self) -> str:
        return fold(bare_name(self.quotation.speaker).split()[-1])


@dataclass(slots=True)
class Group:
    """Tellings of the same words, the one that has most of it first."""

    tellings: list[Telling] = field(default_factory=list)
    runs: set[tuple[str, ...]] = field(default_factory=set)


def write_quotes(articles: Sequence[ArticleText]) -> tuple[tuple[Quote, ...], tuple[Claim, ...]]:
    """What is said in a story: at most eight quotes, of several speakers, and six reported claims.

    articles: the tellings, marked, oldest first. Each quote reads by itself:
    it has a speaker who is named, four words or more, and ends a thought.
    """
    read = articles[-ARTICLES_READ:]
    tellings = [replace(one) for article in read for one in _quoted(article)]  # speakers are united in a story's own
    _unite_speakers(tellings, read)
    groups = _merged(tellings)
    chosen = _chosen(groups, read)
    made = tuple(_quote(group) for group in chosen)
    return made, _claims(read, chosen)


@once_an_article
def _quoted(article: ArticleText) -> tuple[Telling, ...]:
    return tuple(_tellings(article, quotes.find(article)))


def _tellings(article: ArticleText, found: Sequence[Quotation]) -> Iterator[Telling]:
    speech = speech_of(article.language)
    if speech is None:
        return
    direct = [one for one in found if one.direct]
    for place, one in enumerate(direct):
        following = direct[place + 1] if place + 1 < len(direct) else None
        if not may_be_named(one.speaker, speech) or _breaks_off(article, one, following):
            continue
        cut = _short_enough(article, one)
        if cut is None or not _says_enough(cut.quote):
            continue
        evidence = _evidence(article, cut, speech)
        if evidence is not None:
            is_cut = cut.end < one.end or cut.quote[-1] == "…" or cut.quote.endswith("...") or cut.quote[0] in "…."
            yield Telling(article, cut, evidence, words(cut.quote, article.language), is_cut)


def bare_name(speaker: str) -> str:
    """A speaker's own name without title and place: Rep. Ann Lee of Lind is Ann Lee; other phrases as they are."""
    said = BEHIND_NAME.split(speaker)[0].split()
    if speaker.split()[0].islower() or not all(word[0].isupper() or word in PARTICLES for word in said):
        return speaker
    while len(said) > 1 and fold(said[0].rstrip(".")) in entities.person_titles() | OF_TITLES:
        said.pop(0)
    return " ".join(said) if said else speaker


def _unite_speakers(tellings: Sequence[Telling], articles: Sequence[ArticleText]) -> None:
    """Give each speaker the one full name that the story has for a surname: "Lee" and "Rep. Ann Lee" are Ann Lee."""
    wanted = {one.last_name for one in tellings}
    full: dict[str, Counter[str]] = {}
    named = [name.text for article in articles for name in article.names if name.kind in (None, "person")]
    for name in (*named, *(bare_name(one.quotation.speaker) for one in tellings)):
        last = fold(name.split()[-1])
        if last in wanted and FULL_NAME.fullmatch(name):
            full.setdefault(last, Counter())[name] += 1
    for one in tellings:
        speaker = bare_name(one.quotation.speaker)
        forms = full.get(one.last_name)
        if not forms or not speaker[0].isupper():
            continue
        near = [name for name in forms if _may_be_one(speaker, name)]
        usual = max(near, key=lambda name: (forms[name], len(name)), default="")
        if usual and all(_may_be_one(usual, name) for name in near):
            one.quotation = replace(one.quotation, speaker=usual)


def _may_be_one(one: str, other: str) -> bool:
    """True for Lee and Ann Lee, Mike and Michael Lee, Ann Lee and Ann B. Lee: the surname is the same."""
    first, second = one.split(), other.split()
    return len(first) == 1 or len(second) == 1 or fold(first[0])[:2] == fold(second[0])[:2]


def may_be_named(speaker: str, speech: Speech) -> bool:
    """False for "he", "his lawyer", "the man": readers of the quote alone would not know who."""
    said = speaker.split()
    if not said or len(said) > SPEAKER_WORDS or speaker.lower() in speech.pronouns:
        return False
    first = said[0].lower()
    if said[-1].endswith(("’s", "'s")) or YEAR.search(speaker):
        return False  # "the Lind Party's"; "Back in 2012 Lee"
    if first.replace("’", "'").split("'")[0] in speech.pronouns:  # "we'll"
        return False
    if first in speech.leading or first in LOOSE_OWNERS or (len(said) == 1 and first in LOOSE_SPEAKERS):
        return False
    if not any(word[0].isupper() for word in said[1:]) and (
        POINTING.match(speaker) or (first == "the" and (len(said) == 2 and said[1] not in KNOWN_BODIES))
    ):
        return False
    if speech.language == "en" and any(
        word in ("the", "a", "an") and said[place].lower() not in SMALL for place, word in enumerate(said[1:])
    ):
        return False  # "The letter quotes the Lind Council"
    return _is_phrase(said, speech)


def _is_phrase(said: Sequence[str], speech: Speech) -> bool:
    """True for a name, "police" or "the ministry"; false where a verb or half a sentence was taken for a speaker."""
    last = said[-1]
    if speech.language == "en" and last in roles.CLAUSE:
        return False  # "The evening began"
    if last[0].lower() == last[0].upper():  # a script without capitals: names cannot be told, short phrases pass
        return len(said) <= UNCASED_WORDS
    if last.lower() in speech.speakers or said[0].lower() in speech.speakers:
        return True
    if last[0].isupper():
        if speech.language == "en" and said[0].islower() and not _opens_phrase(said[0], speech):
            return False  # "attract more voters in Lind"
        return len(said) > 1 or speech.language not in CAPITALISED_NOUNS
    most = SPEAKER_WORDS if speech.language == "en" else ARTICLE_WORDS
    return said[0].lower() in speech.articles and 1 < len(said) <= most


def _opens_phrase(word: str, speech: Speech) -> bool:
    """True for the small word that the name of somebody may stand behind: "the", "a", "analyst"."""
    grammar = roles.grammar_of("en")
    is_office = grammar is not None and (word in grammar.heads or word in grammar.before or word in grammar.titles)
    return is_office or word in speech.articles or word in speech.speakers or word.endswith(("’s", "'s", "-based"))


def _breaks_off(article: ArticleText, one: Quotation, following: Quotation | None) -> bool:
    """True for the first half of a sentence that goes on behind its speaker: "No," she said, "we stay"."""
    if one.quote[-1] not in ",،，" and not one.quote[-1].isalnum():
        return False
    if following is None or following.start - one.end > 120 or "\n" in article.text[one.end : following.start]:
        return False
    return following.quote[:1].islower() and following.speaker == one.speaker and one.quote[-1] == ","


def _short_enough(article: ArticleText, one: Quotation) -> Quotation | None:
    """The quote, a long one cut at the end of one of its sentences; None if it cannot be cut."""
    if count_words(one.quote) <= MOST_WORDS:
        return one
    ends = [end for _, end in article.sentences if one.start < end < one.end]
    fitting = [end for end in ends if count_words(article.text[one.start : end]) <= MOST_WORDS]
    if not fitting:
        return None
    quote = article.text[one.start : fitting[-1]]
    return Quotation(one.start, fitting[-1], quote, one.speaker, one.verb, one.direct, one.said_at)


def _says_enough(quote: str) -> bool:
    count = count_words(quote)
    if count < FEWEST_WORDS or (quote[0].islower() and count < FIRM_WORDS):
        return False  # a few words out of a sentence
    return count >= FIRM_WORDS or quote.split()[0].lower().strip("’'") not in LOOSE_OPENERS


def _evidence(article: ArticleText, one: Quotation, speech: Speech) -> Evidence | None:
    """The sentence that holds the quote, or those from its first to its last; a pronoun's name in brackets."""
    starts = [start for start, _ in article.sentences]
    first, last = bisect_right(starts, one.start) - 1, bisect_right(starts, one.end - 1) - 1
    if first < 0:
        return None
    if not one.verb and one.said_at[1]:
        # It goes on from an earlier sentence, which alone says whose it is.
        speaking = bisect_right(starts, one.said_at[0]) - 1
        if not first - GOES_ON <= speaking <= first or not any(word[0].isupper() for word in one.speaker.split()[-2:]):
            return None
        first = speaking
    start, end = article.sentences[first][0], article.sentences[last][1]
    who, at = article.text[slice(*one.said_at)], one.said_at[1]
    is_meant = start <= one.said_at[0] < at <= end and who.lower() in speech.pronouns and who != one.speaker
    return alone.evidence_of_run(article, first, last, named=(at, one.speaker) if is_meant else None)


def _merged(tellings: Sequence[Telling]) -> list[Group]:
    """The tellings, those of the same words together; each looked up by its runs of words, not by every other."""
    groups: list[Group] = []
    by_run: dict[tuple[str, ...], Group] = {}
    for one in sorted(tellings, key=lambda telling: -len(telling.words)):
        runs = {tuple(one.words[i : i + RUN]) for i in range(max(1, len(one.words) - RUN + 1))}
        near = [by_run[run] for run in runs if run in by_run]
        best = max(near, key=near.count, default=None) if len(near) < 50 else near[0]
        if best is not None and len(runs & best.runs) >= SAME_RATIO * len(runs):
            best.tellings.append(one)
        else:
            best = Group([one])
            groups.append(best)
        best.runs |= runs
        for run in runs:
            by_run.setdefault(run, best)
    return groups


def _chosen(groups: Sequence[Group], articles: Sequence[ArticleText]) -> list[Group]:
    """The most telling first; several speakers before a second quote of one."""
    headlines = {word for article in articles for word in words(article.title, article.language)}
    newest = max((one.published_at for one in articles if one.published_at), default=None)
    ranked = sorted(groups, key=lambda group: (-_weight(group, headlines, newest), group.tellings[0].article.id))
    by_speaker: dict[str, int] = {}
    first, second = [], []
    for group in ranked:
        name = group.tellings[0].last_name
        by_speaker[name] = by_speaker.get(name, 0) + 1
        if by_speaker[name] == 1:
            first.append(group)
        elif by_speaker[name] <= BY_ONE_SPEAKER:
            second.append(group)
    chosen = first[:MOST_QUOTES]
    return chosen + second[: max(0, MOST_QUOTES // 2 - len(chosen))]


def _weight(group: Group, headlines: set[str], newest: datetime | None) -> float:
    """How telling a quote is: who says it, how many carry it, how new and how whole it is."""
    one = group.tellings[0]
    quote, count = one.quotation.quote, len(one.words)
    publishers = {telling.article.publisher for telling in group.tellings}
    weight = 1.5 * (one.last_name in headlines) + 1.0 * min(3, len(publishers) - 1)
    weight += 1.0 * (quote[0].isupper() and quote[-1] in ".!?,。！？؟") + 0.5 * (8 <= count <= 45)
    weight += 0.5 * (one.quotation.speaker[0].isupper() and " " in one.quotation.speaker)
    is_unnamed = not any(word[0].isupper() for word in one.quotation.speaker.split()[1:] or [one.quotation.speaker])
    weight -= 1.5 * is_unnamed  # "the lawyer"
    weight -= 0.5 * (quote.split()[0].lower() in LOOSE_OPENERS)
    weight += 0.3 / (1 + one.quotation.start / 2000)
    if newest is not None and one.article.published_at is not None:
        days = (newest - one.article.published_at).total_seconds() / 86_400
        weight += float(0.5 ** max(0.0, days))
    return weight


def _quote(group: Group) -> Quote:
    first = group.tellings[0]
    also, seen = [], {first.article.publisher or first.article.id}
    for one in group.tellings[1:]:
        if (who := one.article.publisher or one.article.id) not in seen:
            also.append(one.evidence)
            seen.add(who)
    said = " ".join(first.words)
    more = any(" ".join(one.words) not in said for one in group.tellings[1:])
    return Quote(
        speaker=first.quotation.speaker,
        verb=first.quotation.verb,
        quote=first.quotation.quote,
        evidence=first.evidence,
        also=tuple(also),
        is_cut=first.is_cut or more,
        is_translated=any(_is_translated(one) for one in group.tellings),
        publisher=first.article.publisher,
        published_at=first.article.published_at,
        published_precision=first.article.published_precision,
    )


def _is_translated(one: Telling) -> bool:
    """True where the sentence itself says so: "said in Arabic", "through an interpreter"."""
    speech = speech_of(one.article.language)
    if speech is None or speech.translated is None:
        return False
    evidence, quotation = one.evidence, one.quotation
    outside = one.article.text[evidence.start : quotation.start] + " " + one.article.text[quotation.end : evidence.end]
    return bool(speech.translated.search(outside))


def _claims(articles: Sequence[ArticleText], chosen: Sequence[Group]) -> tuple[Claim, ...]:
    """What is reported without marks, newest telling first, nothing that a quote shown says."""
    quoted = {(one.article.id, one.evidence.start) for group in chosen for one in group.tellings}
    made: list[tuple[frozenset[str], Claim]] = []
    for article in sorted(
        articles, key=lambda one: one.published_at.timestamp() if one.published_at else 0, reverse=True
    ):
        for reported in _claimed(article):
            if (article.id, reported.evidence.start) not in quoted:
                _add_claim(made, article, reported)
    made.sort(key=lambda row: -len(row[1].also))
    return tuple(claim for _, claim in made[:MOST_CLAIMS])


@dataclass(frozen=True, slots=True)
class _Reported:
    """One reported claim that may be shown. terms: the words that carry what it says."""

    quotation: Quotation
    evidence: Evidence
    terms: frozenset[str]


@once_an_article
def _claimed(article: ArticleText) -> tuple[_Reported, ...]:
    """The claims of one article whose sentences stand by themselves, in order of place."""
    speech = speech_of(article.language)
    found: list[_Reported] = []
    for one, number in _reported(article, quotes.find(article), speech) if speech else ():
        shown = alone.show(article, number, known=alone.ALL_KNOWN)
        if len(shown) != 1 and speech and speech.verb_first:
            shown = _after_its_verb(article, number, one)
        if len(shown) == 1:
            found.append(_Reported(one, shown[0], frozenset(content_words(shown[0].text, article.language))))
    return tuple(found)


def _reported(article: ArticleText, found: Sequence[Quotation], speech: Speech) -> Iterator[tuple[Quotation, int]]:
    """The first claim of each sentence, by somebody a reader can tell, with the sentence's number."""
    starts = [start for start, _ in article.sentences]
    in_marks = {bisect_right(starts, one.start) - 1 for one in found if one.direct}
    seen: set[int] = set()
    for one in found:
        number = bisect_right(starts, one.start) - 1
        if one.direct or number in seen or number in in_marks or count_words(one.quote) < FEWEST_WORDS:
            continue
        verb, opens = one.verb.lower(), one.quote.split()[0].lower()
        has_that = opens in speech.that and verb in speech.says and not (speech.language == "en" and opens != "that")
        if not (verb in speech.reports or verb in speech.by_phrases or has_that):
            continue
        if verb.endswith("ing") or opens in NOTHING or not _did_say(article, one, speech):
            continue
        if may_be_named(one.speaker, speech) and one.said_at[0] >= article.sentences[number][0]:
            seen.add(number)
            yield one, number


def _after_its_verb(article: ArticleText, number: int, one: Quotation) -> tuple[Evidence, ...]:
    """The sentence if it leans on the one before by nothing but the verb of speech that opens it.

    Arabic news opens so: "وقال الوزير سامي حداد إن"; whose the verb is stands right behind it.
    """
    start, end = article.sentences[number]
    sentence, signs = article.text[start:end], signs_of(article.language)
    quoted = quotations(sentence)
    if signs is None or quoted.broken or sentence.split(None, 1)[0] != one.verb or one.said_at[0] > start + FIRST_CHARS:
        return ()
    if not alone.is_whole(sentence, article.language):
        return ()
    names = entities.find(sentence, language=article.language)
    found = leans(tokens_of(sentence, quoted.spans, signs), names, signs, is_first=True)
    return (alone.evidence_for(article, number),) if all(one.kind == "link" and one.start <= 1 for one in found) else ()


def _did_say(article: ArticleText, one: Quotation, speech: Speech) -> bool:
    """True if somebody with a name or an article did say it: not "would say", and not "Accidents claimed"."""
    start, end = one.said_at
    between = article.text[end : max(end + 30, one.start)].lower().split()
    place = between.index(one.verb.lower()) if one.verb.lower() in between else 0
    if any(word in MAY_SAY or word.endswith(("n't", "n’t")) for word in between[max(0, place - 3) : place]):
        return False
    said = article.text[start:end].split()
    if said[0].lower() in NOBODY:
        return False
    if any(name.start < end and start < name.end for name in article.names) or not speech.speakers:
        return True
    return (
        said[0].lower() in speech.articles or said[-1].lower() in speech.speakers or said[0].lower() in speech.speakers
    )


def _add_claim(made: list[tuple[frozenset[str], Claim]], article: ArticleText, reported: _Reported) -> None:
    """Put a claim behind the one that says the same, or in a place of its own while there are few."""
    said, one, evidence = reported.terms, reported.quotation, reported.evidence
    for place, (other, claim) in enumerate(made):
        if said and len(said & other) >= SAME_RATIO * min(len(said), len(other)):
            if evidence.article not in {claim.evidence.article, *(also.article for also in claim.also)}:
                also = (*claim.also, evidence)
                made[place] = (other, Claim(claim.who, claim.verb, claim.evidence, also, claim.publisher,
                                            claim.published_at, claim.published_precision))  # fmt: skip
            return
    if len(made) < 4 * MOST_CLAIMS:
        made.append(
            (
                said,
                Claim(
                    one.speaker, one.verb, evidence, (), article.publisher, article.published_at,
                    article.published_precision,
                ),
            )
        )  # fmt: skip
