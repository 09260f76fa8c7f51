"""The one check: does a sentence stand on that source?

What it can and cannot tell, with figures: docs/decisions/0008. In short: what
is word for word in the source passes; what changes a number, a name, a day, a
quotation, a negation, a speaker, or runs two sentences into one is refused by
rule; of the rest a scorer learned from judged claims says how sure it is. One
score, two cuts: what passes the higher is "supported" and may be shown, what
passes the lower alone is "partly". The lower is where right and wrong claims
are told apart best; too many wrong ones pass it to be shown to readers.
"""

from __future__ import annotations

from collections.abc import Sequence

from newstext import sentences
from newstext.misstating import changed_in_copying, misquotes_or_turns, misstatement, out_of_place
from newstext.note_records import Verdict
from newstext.standing import Standing, lists_of, read_source, stand, tidied
from newstext.support import chance
from newstext.trees import Trees
from newstext.words import words

SHOWN: tuple[Verdict, ...] = ("verbatim", "supported")  # verdicts of `stands_on` that readers may see
SUPPORTED_CHANCE = 0.515
PARTLY_CHANCE = 0.39
RETOLD_MOST_CHARS = 3_000  # no sentence is longer; what is laid beside its source word by word costs its square


def stands_on(sentence: str, source: str, language: str = "", *, trees: Trees | None = None) -> tuple[Verdict, str]:
    """Does `sentence` say only what `source` says? The verdict and why.

    sentence: one, or a few: the worst verdict of them counts. source: one
    sentence or a whole article; a sentence stands on one sentence of it or on
    two neighbouring ones, never on words from all over it. "verbatim" and
    "supported" may be shown, "partly" and "unsupported" never. trees: other
    than newstext ships, for measuring.
    """
    sentence = tidied(sentence)
    spans = sentences.split(sentence, language)
    held = read_source(source, language)
    said = [sentence[start:end] for start, end in spans]
    standings = [one for text in said if (one := stand(text, held))]
    if not standings:
        return "unsupported", "no word that says anything"
    retold = [one for one in standings if not _is_verbatim(one)]
    if not retold:
        return "verbatim", "word for word in the source"
    if any(len(one.told.text) > RETOLD_MOST_CHARS for one in retold):
        return "unsupported", f"a sentence of over {RETOLD_MOST_CHARS} characters that is not word for word"
    if reason := next(filter(None, map(changed_in_copying, retold)), ""):
        return "unsupported", reason
    if not lists_of(language).are_known:
        return "partly", f"not word for word, and no list says what turns a sentence round in {language!r}"
    if all(map(_is_reordered, retold)):
        return "supported", "the words of the source in another order"
    return _by_chance(chance(standings, trees), retold)


def _is_verbatim(one: Standing) -> bool:
    """Its words are in the source in one run, with no quotation marks of its own, and nothing right before turns it."""
    return f" {' '.join(words(one.told.text))} " in one.source.in_one_run and not misquotes_or_turns(one)


def _by_chance(sure: float, retold: Sequence[Standing]) -> tuple[Verdict, str]:
    """The verdict by how sure the scorer is, never better than "partly" where a rule finds something wrong."""
    if sure < PARTLY_CHANCE:
        return "unsupported", f"only {sure:.0%} sure by its words"
    if reason := next(filter(None, (misstatement(one) or out_of_place(one) for one in retold)), ""):
        return "partly", reason
    return ("supported" if sure >= SUPPORTED_CHANCE else "partly"), f"{sure:.0%} sure by its words"


def _is_reordered(one: Standing) -> bool:
    """It is a run of its one source sentence whose last phrase now comes first: "Before dawn the dam burst"."""
    told, window = one.told, one.window
    size = len(told.stems)
    if one.seam or told.words[0] not in lists_of(one.source.language).joints or misstatement(one):
        return False
    turned = {told.stems[cut:] + told.stems[:cut] for cut in range(1, size)}
    return any(window.stems[begin : begin + size] in turned for begin in range(len(window.stems) - size + 1))
