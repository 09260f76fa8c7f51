"""What a sentence changes of what its source says, in words: the refusals that no score may overrule.

Each rule takes a sentence laid beside its source (`Standing`) and gives a
reason, or "" where it finds nothing wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from newstext.standing import QUOTED, Standing, Told, around, lists_of, names_of, numbers_in
from newstext.words import words

QUOTE_MARKS = frozenset('"“”«»„‟‘`')
LONG_QUOTE = 3  # words; a shorter quotation may be a word set apart
SPEAKER_REACH = 4  # words between a verb of speaking and its speaker
LEAST = 0.65  # of the words that are no names
FEW = 4  # words left out between two that stay
LEAD = 5  # words before the first that is told
PIECE = 3  # runs of three words that make a piece of a sentence
WHOLE = 0.8  # of the runs in one sentence: it stands on that one
PATCHED = 0.7  # of the runs in two sentences: it is made of their pieces
ABOUT_A_COPY = 0.7  # of the words in order: what differs then was changed, not told anew


def misstatement(one: Standing) -> str:
    """The first thing that the sentence says otherwise than its source; "" if none is found."""
    return next((reason for rule in RULES if (reason := rule(one))), "")


def changed_in_copying(one: Standing) -> str:
    """What is wrong with a sentence that is else a copy; "" for one that tells anew, which a rule may misread."""
    return misstatement(one) if _is_about_a_copy(one) else ""


def _is_about_a_copy(one: Standing) -> bool:
    return len(one.pairs) >= ABOUT_A_COPY * len(one.told.words)


def misquotes_or_turns(one: Standing) -> bool:
    """True if words that are all in the source in one run still say otherwise, by marks put in or a "not" cut off."""
    return bool(_quotes(one) or _negation(one) or _governed(one))


def out_of_place(one: Standing) -> str:
    """Numbers, names or days that the source has, but not where the sentence stands on it; "" if there are none."""
    return _apart(one, before=1, behind=1) or _names(one) or _about_names_alone(one)


def _about_names_alone(one: Standing) -> str:
    """Besides its names the sentence has little of what it stands on."""
    other = [stem for stem in one.weights if stem not in one.names]
    held = sum(stem in one.window.held for stem in other)
    return "little but its names is in what it stands on" if held < LEAST * len(other) else ""


def _apart(one: Standing, *, before: int, behind: int) -> str:
    near = _held_near(one, before=before, behind=behind)
    return _not_there("number", numbers_in(one.told) - near) or _not_there("day or month", _days_in(one) - near)


def _names(one: Standing) -> str:
    return _not_there("name", one.names - _held_near(one, before=2, behind=0))


def _held_near(one: Standing, *, before: int, behind: int) -> frozenset[str]:
    return frozenset().union(*(other.held for other in around(one, before=before, behind=behind)))


def _nowhere(one: Standing) -> str:
    """A number, name or day that the source has nowhere."""
    held = one.source.held
    return (
        _not_there("number", numbers_in(one.told) - held)
        or _not_there("name", one.names - held)
        or _not_there("day or month", _days_in(one) - held)
    )


def _days_in(one: Standing) -> set[str]:
    return {stem for stem, word in zip(one.told.stems, one.told.words, strict=True) if _is_day(word, one)}


def _is_day(word: str, one: Standing) -> bool:
    # "may" and "mar" are words as well as months
    return len(word) > 3 and word in lists_of(one.source.language).calendar


def _not_there(what: str, missing: frozenset[str] | set[str]) -> str:
    return f"{what} not in what it stands on: {', '.join(sorted(missing))}" if missing else ""


def _quotes(one: Standing) -> str:
    """Words in quotation marks are in the source word for word, in marks there too if they are more than a few."""
    said = [" ".join(words(quote)) for quote in QUOTED.findall(one.told.text)]
    if not said:
        return ""
    near = " ".join(other.text for other in around(one, before=3, behind=3))
    held = f" {' '.join(words(near))} "
    for quote in said:
        if f" {quote} " not in held:
            return f"quotation not word for word in the source: {quote}"
        if len(quote.split()) >= LONG_QUOTE and not QUOTE_MARKS & set(near):
            return f"in quotation marks here and not in the source: {quote}"
    return ""


def _negation(one: Standing) -> str:
    """Turned round: a "not" put in, or one left out between, or right before, the words that both have."""
    lists = lists_of(one.source.language)
    mine, theirs = lists.negations & set(one.told.words), lists.negations & set(one.window.words)
    if mine and not theirs:
        return f"a negation that is not in the source: {', '.join(sorted(mine))}"
    if not theirs or not one.pairs:
        return ""
    lost = [one.window.words[place] for place in _left_out(one) if one.window.words[place] in theirs]
    return f"a negation of the source is left out: {lost[0]}" if len(lost) > _put_in(one, lists.negations) else ""


def _governed(one: Standing) -> str:
    """It was told in a clause that hangs on a denial or a doubt: "no one confirmed that …"."""
    lists = lists_of(one.source.language)
    if not one.pairs or one.pairs[0][0] > 1:
        return ""
    place = one.pairs[0][1] - 1
    if place < 1 or one.window.words[place] not in lists.that:
        return ""
    while place > 0 and place != one.seam and not one.window.starts[place]:
        place -= 1
        if (word := one.window.words[place]) in lists.negations | lists.hedges and word not in one.told.words:
            return f"told as a fact, while the source has: {word}"
    return ""


def _put_in(one: Standing, listed: frozenset[str]) -> int:
    """How many of these words the sentence has where the window has not the same."""
    kept = {here for here, _ in one.pairs}
    return sum(word in listed and place not in kept for place, word in enumerate(one.told.words))


def _left_out(one: Standing) -> Iterator[int]:
    """Places of the window where a word or few are left out of what is told, and right before it.

    A whole clause that is left out turns nothing: it is the "not" beside its verb that does.
    """
    lists = lists_of(one.source.language)
    for (here, there), (next_here, next_there) in pairwise(one.pairs):
        left_out = range(there + 1, next_there)
        is_few = 0 < len(left_out) <= FEW and next_here - here <= 2
        signs = [one.window.starts[place] for place in (*left_out, next_there)]
        if is_few and not any(signs[1:-1]) and not (signs[0] and signs[-1]):
            yield from left_out
    here, first = one.pairs[0]
    place, joints = first, 0
    while here <= 1 and place > 0 and first - place < LEAD and not one.window.starts[place] and place != one.seam:
        place -= 1
        joints += one.window.words[place] in lists.joints
        if joints > 1 or (joints and first - place > 1 and one.window.words[place] in lists.joints):
            break  # another clause
        yield place


def _weakened(one: Standing) -> str:
    """What was said with an "if", a "may" or a "denied" is told as a fact."""
    lists = lists_of(one.source.language)
    if not one.pairs or lists.hedges & set(one.told.words) or not _is_about_a_copy(one):
        return ""
    lost = [one.window.words[place] for place in _left_out(one) if one.window.words[place] in lists.hedges]
    return f"told as a fact, while the source has: {lost[0]}" if lost else ""


def _speaker(one: Standing) -> str:
    """Who is said to speak stands by a verb of speaking there too, or nobody else does."""
    mine = frozenset().union(*_speakers(one.told, one).values())
    if not mine:
        return ""
    theirs = frozenset().union(*_speakers(one.window, one).values())
    return f"somebody else speaks in the source: {' '.join(sorted(theirs))}" if theirs and not mine & theirs else ""


def _speakers(told: Told, one: Standing) -> dict[int, frozenset[str]]:
    """For each verb of speaking its place and the name stems that stand near it, before it first."""
    lists = lists_of(one.source.language)
    verbs = [place for place, word in enumerate(told.words) if word in lists.speech]
    if not verbs:
        return {}
    names = one.names if told is one.told else names_of(told, one.source.language)
    found = {}
    for verb in verbs:
        near = [*told.stems[max(0, verb - SPEAKER_REACH) : verb], *told.stems[verb + 1 : verb + 1 + SPEAKER_REACH]]
        found[verb] = names & set(near)
    return found


def _changed(one: Standing) -> str:
    """In what is else a copy, a name, a number or a day stands where the source has another."""
    if not _is_about_a_copy(one):
        return ""
    theirs = names_of(one.window, one.source.language)
    anchors = [(-1, -1), *one.pairs, (len(one.told.words), len(one.window.words))]
    for (here, there), (next_here, next_there) in pairwise(anchors):
        mine, their = one.told.stems[here + 1 : next_here], one.window.stems[there + 1 : next_there]
        if not mine or not their:
            continue
        speaks = _speaks(one, here) or _speaks(one, next_here)
        if not speaks and max(len(mine), len(their)) > FEW:
            continue
        if reason := _other_name(mine, their, theirs, one, speaks=speaks) or _other_number(mine, their):
            return reason
    return ""


def _speaks(one: Standing, place: int) -> bool:
    return 0 <= place < len(one.told.words) and one.told.words[place] in lists_of(one.source.language).speech


def _other_name(
    mine: tuple[str, ...], their: tuple[str, ...], names: frozenset[str], one: Standing, *, speaks: bool
) -> str:
    named = [stem for stem in mine if stem in one.names]
    if not named or set(named) & set(their):
        return ""
    if other := [stem for stem in their if stem in names]:
        return f"another name in the source: {' '.join(other)}, here {' '.join(named)}"
    if set(their) & lists_of(one.source.language).pronouns:
        return _other_antecedent(set(named), one)
    return f"somebody else speaks in the source: {' '.join(their)}, here {' '.join(named)}" if speaks else ""


def _other_antecedent(named: set[str], one: Standing) -> str:
    """A name stands for a pronoun: the nearest sentence before that names anybody must name it."""
    for number in range(one.chosen[0] - 1, max(-1, one.chosen[0] - 4), -1):
        before = one.source.sentences[number]
        if found := names_of(before, one.source.language):
            return "" if named & before.held else f"the one named before is {' '.join(sorted(found))}"
    return ""


def _other_number(mine: tuple[str, ...], their: tuple[str, ...]) -> str:
    numbers = {stem for stem in mine if stem[0].isdigit()}
    others = {stem for stem in their if stem[0].isdigit()}
    if numbers and others and not numbers <= others:
        return f"another number in the source: {', '.join(sorted(others))}"
    return ""


def _stitched(one: Standing) -> str:
    """A piece of one sentence and a piece of another run together, where neither ends or begins a clause."""
    told = one.told
    runs = list(zip(told.stems, told.stems[1:], told.stems[2:], strict=False))
    held: list[set[int]] = [one.source.three.get(run, set()) for run in runs]
    counts = Counter(number for numbers in held for number in numbers)
    if len(counts) < 2:
        return ""
    (first, most), *_ = counts.most_common(1)
    rest = Counter(number for numbers in held if first not in numbers for number in numbers)
    if most >= WHOLE * len(held) or not rest:
        return ""
    (second, more), *_ = rest.most_common(1)
    if more < PIECE or most + more < PATCHED * len(held):
        return ""
    sides = [first if first in numbers else second if second in numbers else None for numbers in held]
    before = None
    for place, side in enumerate(sides):
        if side is None:
            continue
        if before is not None and sides[before] != side:
            ending, beginning = one.source.sentences[sides[before] or 0], one.source.sentences[side]
            if not _are_joined(one, before + 2, place, (ending, runs[before]), (beginning, runs[place])):
                return "pieces of two sentences of the source are run into one"
        before = place
    return ""


Piece = tuple[Told, tuple[str, ...]]


def _are_joined(one: Standing, last: int, begin: int, ending: Piece, beginning: Piece) -> bool:
    """At a joint of the sentence, one piece ending a clause where it comes from, or the other beginning one."""
    if begin <= last or not (begin - last > 1 or one.told.starts[begin]):
        return False
    end = _place_of(ending) + len(ending[1])
    ends = end >= len(ending[0].words) or ending[0].starts[end]
    return ends or beginning[0].starts[_place_of(beginning)]


def _place_of(piece: Piece) -> int:
    told, run = piece
    return next(place for place in range(len(told.stems)) if told.stems[place : place + len(run)] == run)


RULES = (_nowhere, _quotes, _negation, _governed, _weakened, _speaker, _changed, _stitched)
