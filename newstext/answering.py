"""Does a sentence hold what a question asks for: somebody, a place, a date, a count, a reason, what was said?"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from newstext.asked_passage import Passage, Word
from newstext.dates import precision_of
from newstext.entities import person_titles
from newstext.naming import word_list
from newstext.questions import TO_BE, Asked, is_speech, lists, negations, phrases, plain, term, terms_of, word_set
from newstext.records import Name
from newstext.when import day_of
from newstext.words import ARABIC_ARTICLE, WORD, fold, read_list

YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
NEAR_WORDS = 6  # between a count and what it counts
SPEAKER_WORDS = 4  # between who speaks and the verb
EXPLAINED_SPEAKER_WORDS = 30
OPENING_WORDS = 3
NEAR_CHARS = 160  # before and behind a name that what it is stands in
DEED_WORDS = 12  # between a date or a place and what happened there
UNIT_WORDS = 4  # between a count and the word for what is counted, which follows it
AGE = re.compile(
    r"^[\w,.]+?[\s-]{0,3}"
    r"(?:years?[\s-]{0,3}olds?|ans|años|jahre alt|jährige?[rnsm]?|anni|anos|лет|года?|yaşında|عاما|عاماً|سنة)\b",
    re.I,
)
BARE_AGE = re.compile(r"^\s?[,)]")
GENITIVE = re.compile(r"^\s?[’'](?:s\b|\s)")
CURRENCY = re.compile(r"(?:[$€£¥₹₽₺]|\b(?:USD|EUR|GBP|CHF))\s?$")
WHETHER = 0.5  # how well a sentence holds that something is so: whether its words say it, is told before
UNSURE = 0.3  # of a fit, where the sentence says that it would be so
NEGATED_WORDS = 3  # between "not" and what is denied
ACTING_WORDS = 12  # between who acts and the verb
# Before what is done to somebody.
BEING = TO_BE | frozenset("be been being got wurde wurden worden été sido foram foi stato stata".split())
OWN_ORDER = frozenset({"en", "fr", "es", "pt", "it"})  # who acts stands before the verb
VERB_FIRST = frozenset({"ar"})
COUNTED_BEFORE = frozenset({"ar", "fa", "he"})  # the number may stand behind what it counts
ONES = r"(?:an?|the|one|ein|eine|einer|der|die|das|une?|le|la|el|una|um|uma|il|lo|o)"
BEFORE_ROLE = (
    r"(?:an?|the|his|her|their|its|now|then|former|ein|eine|der|die|das|le|la|l[’']|une?|el|una?|um|uma|o|il|lo)"
)
# What stands behind a name that is explained: ", the mayor of Karsa,", ", who", " is a", " (26)", ", 26,".
EXPLAINED = re.compile(
    r"^(?:\s?,\s(?:who|whose|\d\d|qui|die seit|der seit|quien)\b"
    rf"|\s?,\s(?:{BEFORE_ROLE}|[\w-]+ (?:of|von|de|du|del))\s[^,.;]{{3,90}},"
    rf"|\s\(\d\d\)|\s(?:is|was|ist|war|est|était|es|era|fue|é|foi|è)\s{ONES}\s)"
)
# The same at a sentence's end, where it takes a verb of saying before the name.
EXPLAINED_LAST = re.compile(r"^\s?,\s(?:an?|the|ein|eine|der|die|le|la|une?|el|una?)\s[^,.;]{3,90}\.?$")
ROLE = re.compile(r"^[a-z]{2,}(?:er|or|ist|man|woman|ian|ee|oon|ive)$")  # lawyer, governor, activist, nominee
TITLED = re.compile(r"([^\W\d_][\w’'-]*)\.?\s$")
MERE_MANNERS = frozenset(
    """mr mrs ms miss sir dame lord lady herr frau monsieur madame mme senor senora signor signora senhor senhora pan
    pani bay bayan""".split()
)
# Between a role and its name: "mayor Sten Aldous", "her mother, Ada Vane"; between a name and its role.
AFTER_ROLE = re.compile(r"^(?:\s?,\s(?:[\w’'.-]+\s){0,5}|\s(?:[\w’'.-]+\s)?)$")
# "a film called "Harbour"": what has no name of its own kind stands in quotation marks.
CALLED = re.compile(r"^(?:\s?,)?\s(?:[\w-]+\s)?[\"“”«»„‘]")
BEFORE_ROLES = re.compile(r"^(?:\s?,\s|\s\(|\s(?:is|was|became|ist|war|wurde|est|était|es|era|fue|é|foi|è)\s)[^,;.]*$")
ROLE_WORDS = 6  # between a name and its role, and between a role and of what it is one
AGE_WORDS = 4  # between a name and its age
APPOSED = re.compile(
    r"\b(?:the|a|an|its|their|his|her|der|die|das|le|la|el|ein|eine|un|une|una)\s"
    r"(?:[\w’'-]+\s){0,3}[\w’'-]+,\s$",
    re.I,
)


def answers_kind(asked: Asked, passage: Passage) -> float:
    """How well a sentence holds what is asked for, 0 to 1; 0 where it does not, or contradicts the question."""
    if not (_is_of_that_time(asked, passage) and _has_numbers(asked, passage) and _is_done_by(asked, passage)):
        return 0.0
    if _is_denied(asked, passage):
        return 0.0
    if asked.is_about_name:
        return _explains(asked, passage)
    if asked.says:
        return _says(asked, passage)
    check = CHECKS.get(asked.kind)
    fit = check(asked, passage) if check else WHETHER
    return fit * UNSURE if _is_unsure(asked, passage) else fit


# --- what the question takes for granted ----------------------------------------


def _is_of_that_time(asked: Asked, passage: Passage) -> bool:
    """True if every date of the question is one of the sentence's, or the day it was published where it has none."""
    told = [one.value[:10] for one in passage.dates if precision_of(one.value)]
    published = day_of(passage.article)
    if not told and published and passage.number < 3:
        told = [published]
    return all(any(one.startswith(wanted) or wanted.startswith(one) for one in told) for wanted in asked.dates)


def _has_numbers(asked: Asked, passage: Passage) -> bool:
    in_dates = {number for value in asked.dates for number in re.findall(r"\d+", value)}
    said = {match.rstrip(".,") for match in re.findall(r"\d[\d.,]*", passage.text)}
    return all(one in said or one.lstrip("0") in {day.lstrip("0") for day in in_dates} for one in asked.numbers)


def _is_denied(asked: Asked, passage: Passage) -> bool:
    """True if one of the two says "not" of what is asked about, and the other does not."""
    if asked.kind == "is" or not (asked.terms or asked.is_negated):
        return False
    words = [word.replace("’", "'").strip(".,;:!?\"'“”") for word in passage.text.lower().split()]
    said = [place for place, word in enumerate(words) if word in negations(passage.language)]
    after = (" ".join(words[place + 1 : place + 1 + NEGATED_WORDS]) for place in said)
    is_denied = any(term(word, passage.language) in asked.terms for one in after for word in WORD.findall(one))
    return is_denied != asked.is_negated


def _is_unsure(asked: Asked, passage: Passage) -> bool:
    """True if the sentence says of all that is asked about that it would or might be so."""
    unsure = word_set(passage.language, "unsure")
    if asked.kind in ("is", "why") or unsure & set(plain(asked.text).split()):
        return False
    deeds = [place for place, word in enumerate(passage.words) if word.term in asked.terms]
    said = [any(one.folded in unsure for one in passage.words[max(0, place - 2) : place]) for place in deeds]
    return any(said)


def _is_done_by(asked: Asked, passage: Passage) -> bool:
    """True unless the question says who acts or suffers, and the sentence tells that deed of another."""
    if not asked.acts or not asked.deed or passage.language in VERB_FIRST:
        return True
    deeds = [word for word in passage.words if word.term == asked.deed]
    if not deeds:
        return _is_subject(asked, passage)
    if passage.language not in OWN_ORDER:
        doers = [word.start for word in passage.words if word.term == asked.acts[-1]]
        return not doers or min(doers) < deeds[-1].start
    return any(_is_told_of(asked, deed, passage) for deed in deeds)


def _is_told_of(asked: Asked, deed: Word, passage: Passage) -> bool:
    """True if the nearest name before the deed that may act is the question's; also for "fired NAME"."""
    before = [name for name in passage.names if name.end <= deed.start]
    for name in reversed(before):
        if _is_named(name, asked, passage.language):
            return True
        if not _is_beside(name, passage):
            break
    place = passage.words.index(deed)
    near = passage.words[place + 1 : place + 1 + NEAR_WORDS]
    after = [number for number, word in enumerate(near) if word.term == asked.acts[-1]]
    is_by = any(word.folded in _by(passage.language) for word in near[: after[0]]) if after else False
    if after and asked.is_passive != is_by:
        return True
    # "he resigned": of whom, the sentences around it say
    pronouns = word_set(passage.language, "pronouns")
    if any(word.folded in pronouns for word in passage.words[max(0, place - 2) : place]):
        return True
    rivals = [name for name in before if name.kind != "place" and not _is_beside(name, passage)]
    if asked.kind == "why":  # "a man of 27 shot his friend after": its article is about the one who is asked for
        return not rivals
    return not before and not asked.is_passive and passage.words[0].folded in pronouns


def _is_subject(asked: Asked, passage: Passage) -> bool:
    """True if the question's name acts first where the deed is told in another word, or stands behind "by"."""
    before = [name for name in passage.names if not _is_beside(name, passage)]
    if not before or _is_named(before[0], asked, passage.language):
        return True
    by = _by(passage.language)
    mine = [name for name in passage.names if _is_named(name, asked, passage.language)]
    return any(fold(one) in by for name in mine for one in WORD.findall(passage.text[: name.start])[-1:])


def _is_named(name: Name, asked: Asked, language: str) -> bool:
    return asked.acts[-1] in {term(word, language) for word in WORD.findall(name.text)}


def _is_beside(name: Name, passage: Passage) -> bool:
    """True for a name behind a small word such as "of", "for" or "in", or with a genitive: it does not act."""
    if GENITIVE.match(passage.text[name.end :]) or name.text.endswith(("'s", "’s")):
        return True
    before = passage.text[: name.start].split()[-2:]
    words = [fold(word) for word in before]
    small = _ways(passage.language) | _of(passage.language) | word_set(passage.language, "around")
    if words and before[-1].islower() and len(words) > 1 and words[-1] not in small:
        words.pop()  # "in the Karsa valley", "in eastern Karsa"
    return bool(words) and words[-1] in small


# --- what is asked for ----------------------------------------------------------


def _who(asked: Asked, passage: Passage) -> float:
    """Somebody whom the question does not name; where it names what was done, on the side of the doer."""
    if asked.is_role:
        return _is_in_role(asked, passage)
    if asked.opening in phrases(asked.language, "whose"):
        return _whose(asked, passage)
    is_kind = asked.opening in phrases(asked.language, "what")  # "which country": a place may be the answer
    others = [
        name for name in passage.new_names(asked) if is_kind or (name.kind != "place" and not _is_in(name, passage))
    ]
    if not others:
        return _by_their_work(asked, passage)
    doers = [name for name in others if _may_do(name, asked, passage)]
    if not doers:
        return _by_their_work(asked, passage)
    return 1.0 if any(name.kind == "person" or " " in name.text for name in doers) else 0.7


def _whose(asked: Asked, passage: Passage) -> float:
    """A name with a genitive before what is asked for, or behind "of": "Sten Aldous's record"."""
    for name in passage.new_names(asked):
        if not (GENITIVE.match(passage.text[name.end :]) or name.text.endswith(("'s", "’s"))):
            before = WORD.findall(passage.text[: name.start])[-1:]
            if not before or fold(before[0]) not in _of(passage.language):
                continue
        place = _place_of(name.start, passage)
        if any(
            word.term in asked.terms and abs(other - place) <= NEAR_WORDS for other, word in enumerate(passage.words)
        ):
            return 1.0
    return 0.0


def _by_their_work(asked: Asked, passage: Passage) -> float:
    """Some who have no name here but act as what they are: "officers shot", "rescued by soldiers"."""
    actors = word_set(passage.language, "actors")
    for place, word in enumerate(passage.words):
        if not asked.first or word.term != asked.first or asked.is_passive:
            continue
        before = passage.words[max(0, place - NEAR_WORDS) : place]
        if any(one.folded in actors or ROLE.match(one.folded.removesuffix("s")) for one in before):
            return 0.6
        behind = passage.words[place + 1 : place + 1 + SPEAKER_WORDS]
        if behind and behind[0].folded in _by(passage.language) and any(one.folded in actors for one in behind):
            return 0.6
    return 0.0


def _is_in_role(asked: Asked, passage: Passage) -> float:
    """A name right beside what it is asked for: "mayor Sten Aldous", "Sten Aldous, the mayor", and beside of what."""
    roles = [place for place, word in enumerate(passage.words) if word.term in asked.terms]
    of_what = {one for name in asked.names for one in name}
    wholes = [place for place, word in enumerate(passage.words) if word.term in of_what]
    if (
        of_what
        and (wholes or asked.is_name_asked)
        and not any(abs(place - role) <= ROLE_WORDS for place in wholes for role in roles)
    ):
        return 0.0
    if asked.is_name_asked and any(CALLED.match(passage.text[passage.words[role].end :]) for role in roles):
        return 1.0
    for name in passage.names:
        held = {term(word, passage.language) for word in WORD.findall(name.text)} - {""}
        if held & of_what or held <= {*asked.terms}:
            continue
        if held & {*asked.terms}:  # "CEO Ilse Torvik" taken as one name
            return 1.0 if wholes or not of_what else 0.6
        first, last = _place_of(name.start, passage), _place_of(name.end, passage) - 1
        if name.kind == "place" or _is_in(name, passage):
            continue
        for role in roles:
            if 0 < first - role <= 2 and AFTER_ROLE.match(passage.text[passage.words[role].end : name.start]):
                return 1.0 if wholes or not of_what else 0.6
            between = passage.text[name.end : passage.words[role].start]
            if 0 < role - last <= ROLE_WORDS and BEFORE_ROLES.match(between):
                return 1.0 if wholes or not of_what else 0.6
    return 0.0


def _may_do(name: Name, asked: Asked, passage: Passage) -> bool:
    """True if the name stands where the doer of the question's verb would: before it, or behind "by"."""
    if not asked.first or asked.first not in passage.terms:
        return not asked.is_passive
    if asked.is_passive:
        return _may_suffer(name, asked, passage)
    before = WORD.findall(passage.text[: name.start])[-1:]
    if before and fold(before[0]) in _by(passage.language):
        return True
    nouns = phrases(passage.language, "nouns")
    others = {*asked.terms, *(one for wanted in asked.names for one in wanted)} - {asked.first}
    for place, word in enumerate(passage.words):
        if word.term != asked.first or (place and passage.words[place - 1].folded in nouns):
            continue
        if passage.language in VERB_FIRST:
            return word.end <= name.start
        between = sum(name.end <= other.start for other in passage.words[:place])
        done = [other for other in passage.words if other.term in others]
        if name.end <= word.start and between <= ACTING_WORDS and (not done or done[-1].start > name.end):
            return True
    return False


def _may_suffer(name: Name, asked: Asked, passage: Passage) -> bool:
    """True if the deed may be done to that name: "Ada Vane was arrested", "officers arrested Ada Vane"."""
    if _is_beside(name, passage):
        return False
    for place, word in enumerate(passage.words):
        if word.term != asked.first:
            continue
        if name.end <= word.start:
            helped = any(one.folded in BEING for one in passage.words[max(0, place - 3) : place])
            if helped and place - _place_of(name.start, passage) <= ACTING_WORDS:
                return True
        elif 0 < _place_of(name.start, passage) - place <= SPEAKER_WORDS:
            return True
    return False


def _is_in(name: Name, passage: Passage) -> bool:
    """True for a name behind a small word that places stand behind."""
    before = passage.text[: name.start].split()[-1:]
    return bool(before) and fold(before[0]) in _place_words(passage.language)


@cache
def _place_words(language: str) -> frozenset[str]:
    """The small words that stand before places and hardly before anything else."""
    return frozenset(fold(word.split()[0]) for word in lists(language).get("places", "").split("|") if word)


@cache
def _of(language: str) -> frozenset[str]:
    return frozenset(lists(language).get("of", "").split("|")) - {""}


@cache
def _by(language: str) -> frozenset[str]:
    """The small words before whom a deed is done by (wordlists/between.toml)."""
    said: str = read_list("between").get(language, {}).get("by", "")
    return frozenset(map(fold, said.split()))


@cache
def _ways(language: str) -> frozenset[str]:
    """All small words that may stand before a place."""
    return _place_words(language) | {fold(word) for word in lists(language).get("ways", "").split("|")}


def _when(asked: Asked, passage: Passage) -> float:
    wanted = {*asked.dates}
    told = [one for one in passage.dates if one.value[:10] not in wanted]
    told = [one for one in told if _is_near(_place_of(one.start, passage), asked, passage)]
    return (1.0 if any(len(one.value) >= len("2026-01") for one in told) else 0.8) if told else 0.0


def _is_near(place: int, asked: Asked, passage: Passage) -> bool:
    """True if a word of the question that is no name stands near that word of the sentence."""
    deeds = [other for other, word in enumerate(passage.words) if word.term in asked.terms]
    return not deeds or min(abs(place - other) for other in deeds) <= DEED_WORDS


def _place_of(offset: int, passage: Passage) -> int:
    """The number of the word at that offset."""
    return sum(word.start < offset for word in passage.words)


def _where(asked: Asked, passage: Passage) -> float:
    """A place that the question does not name: a name or a kind of place behind the small word of places."""
    small = _place_words(passage.language)
    sites = word_set(passage.language, "sites")
    known = {*asked.terms, *(one for name in asked.names for one in name)}
    best = 0.0
    for name in passage.new_names(asked):
        if not _is_near(_place_of(name.start, passage), asked, passage):
            continue
        before = [fold(word) for word in passage.text[: name.start].split()[-2:]]
        is_behind = before[-1:] and before[-1] in small
        is_of_site = len(before) > 1 and before[0] in sites and before[1] in _of(passage.language)
        if name.kind == "place" or (name.kind != "person" and (is_behind or is_of_site)):
            return 1.0
    for place, word in enumerate(passage.words):
        bare = ARABIC_ARTICLE.sub("", word.folded) if not word.folded.isascii() else word.folded
        if (word.folded in sites or bare in sites) and word.term not in known and _is_near(place, asked, passage):
            before_words = [one.folded for one in passage.words[max(0, place - 4) : place]]
            if any(one in _ways(passage.language) for one in before_words):
                best = max(best, 0.6)
    return best


def _many(asked: Asked, passage: Passage) -> float:
    """A count before what is counted, or near another word of the question; an age with its years."""
    places = [place for place, word in enumerate(passage.words) if _is_count(place, word, passage, asked)]
    if asked.wants:
        places = [place for place in places if MEASURES[asked.wants](place, asked, passage)]
    if not places:
        return 0.0
    if asked.unit:
        counted = [place for place, word in enumerate(passage.words) if word.term == asked.unit]
        return 1.0 if any(_counts(place, other, passage) for place in places for other in counted) else 0.0
    wanted = {*asked.terms} or {one for name in asked.names for one in name}
    near = [place for place, word in enumerate(passage.words) if word.term in wanted]
    distance = min((abs(one - other) for one in places for other in near), default=NEAR_WORDS + 1)
    if distance > NEAR_WORDS:
        return 0.0
    return 1.0 if distance <= NEAR_WORDS // 2 else 0.7


def _is_age(place: int, asked: Asked, passage: Passage) -> bool:
    """True for a count that is the age of whom the question names: "Ada Vane, 32,", "the 32-year-old driver"."""
    number = passage.words[place]
    is_told = place and passage.words[place - 1].folded == "aged"
    is_between = passage.text[: number.start].rstrip()[-1:] in (",", "(") and BARE_AGE.match(passage.text[number.end :])
    if not (is_told or is_between or AGE.match(passage.text[number.start :])):
        return False
    wanted = {*asked.terms, *(one for name in asked.names for one in name)}
    whose = [other for other, word in enumerate(passage.words) if word.term in wanted]
    return any(abs(place - other) <= AGE_WORDS for other in whose)


def _is_span(place: int, asked: Asked, passage: Passage) -> bool:
    """True for a count of units of time."""
    following = passage.words[place : place + 3]
    units = terms_of(passage.language, "spans")
    return any(word.term in units or not units.isdisjoint(_parts(word, passage.language)) for word in following)


def _parts(word: Word, language: str) -> set[str]:
    """The terms of a word with hyphens: six-year."""
    return {term(part, language) for part in word.folded.split("-")} if "-" in word.folded else set()


def _is_sum(place: int, asked: Asked, passage: Passage) -> bool:
    """True for a sum of money."""
    number = passage.words[place]
    if CURRENCY.search(passage.text[: number.start]):
        return True
    following = passage.words[place + 1 : place + 4]
    return any(word.folded in _currencies(passage.language) for word in following)


@cache
def _currencies(language: str) -> frozenset[str]:
    named: str = read_list("figures").get(language, {}).get("money", "")
    return frozenset(fold(word) for word in named.split())


MEASURES: dict[str, Callable[[int, Asked, Passage], bool]] = {"age": _is_age, "span": _is_span, "money": _is_sum}


def _counts(place: int, unit: int, passage: Passage) -> bool:
    """True if the count at `place` is of the word at `unit`: it follows soon, and no comma stands between."""
    if passage.language in COUNTED_BEFORE and -UNIT_WORDS <= unit - place < 0:
        return True
    between = passage.text[passage.words[place].end : passage.words[unit].start]
    return 0 < unit - place <= UNIT_WORDS and ", " not in between


def _is_count(place: int, word: Word, passage: Passage, asked: Asked) -> bool:
    if any(one.start <= word.start < one.end for one in passage.dates):
        return False
    if word.folded[:1].isdigit():
        return not YEAR.fullmatch(word.folded) and word.folded not in asked.numbers
    if word.folded not in word_set(passage.language, "numbers"):
        return False
    return not (
        word.folded == "one" and passage.words[place + 1 : place + 2] and passage.words[place + 1].folded == "of"
    )


def _why(asked: Asked, passage: Passage) -> float:
    said = [one for one in phrases(passage.language, "cause") if passage.has_phrase(one)]
    if not said:
        return 0.0
    return 1.0 if any(len(one) > 5 for one in said) else 0.8


def _what(asked: Asked, passage: Passage) -> float:
    """Something beyond the question's own words."""
    if asked.unit and asked.unit not in passage.terms:
        return 0.0  # "which law": the sentence must speak of one
    known = {*asked.terms, *(one for name in asked.names for one in name)}
    new = passage.terms - known
    if not known and asked.dates:  # "What happened in 1998?": best told by a sentence that opens with it
        return 1.0 if any(_place_of(one.start, passage) <= OPENING_WORDS for one in passage.dates) else 0.3
    return 0.6 if len(new) >= 3 else 0.0


def _says(asked: Asked, passage: Passage) -> float:
    """Words of the one that is asked about: the name beside a verb of saying, and not behind "of" or "in"."""
    verbs = [place for place, word in enumerate(passage.words) if is_speech(word.folded, passage.language)]
    last = {name[-1] for name in asked.names} or {asked.terms[0]}
    for place, word in enumerate(passage.words):
        if word.term not in last or not verbs:
            continue
        name = next((one for one in passage.names if one.start <= word.start < one.end), None)
        start, end = (name.start, name.end) if name else (word.start, word.end)
        before = WORD.findall(passage.text[:start])[-2:]
        behind = fold(before[-1]) if before else ""
        if behind == "the":
            behind = fold(before[0])
        if behind in _ways(passage.language) | _of(passage.language):
            continue
        is_explained = passage.text[end : end + 1] == ","  # "Sten Aldous, the mayor of …, said"
        reach = EXPLAINED_SPEAKER_WORDS if is_explained else SPEAKER_WORDS
        first = _place_of(start, passage)
        if any(0 < verb - place <= reach or 0 < first - verb <= SPEAKER_WORDS for verb in verbs):
            return 1.0
    return 0.0


def _explains(asked: Asked, passage: Passage) -> float:
    """The name with what it is: "Ilse Torvik, the harbour master,", "harbour master Ilse Torvik"."""
    wanted = set(asked.names[0])
    for name in passage.names:
        if not wanted <= {term(word, passage.language) for word in WORD.findall(name.text)}:
            continue
        before = passage.text[max(0, name.start - NEAR_CHARS) : name.start]
        after = passage.text[name.end : name.end + NEAR_CHARS]
        if EXPLAINED.match(after) or APPOSED.search(before):
            return 1.0
        title = TITLED.search(before)
        if not title:
            continue
        word = fold(title.group(1))
        if is_speech(word, passage.language):
            if EXPLAINED_LAST.match(after):
                return 1.0
        elif word in person_titles():
            if word not in MERE_MANNERS:
                return 0.8
        elif word in word_list("titles", passage.language) or ROLE.search(word):
            return 0.7
    return 0.0


CHECKS: dict[str, Callable[[Asked, Passage], float]] = {
    "who": _who,
    "when": _when,
    "where": _where,
    "many": _many,
    "why": _why,
    "what": _what,
}
