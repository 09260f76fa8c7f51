"""Who stands where: what parties to a story say for or against each other, by the names the text gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newstext import ranking
from newstext.entities import find as find_names
from newstext.note_records import Side
from newstext.ranking import Candidate, Ranked
from newstext.records import Name
from newstext.when import phrases

SIDES = 4
SENTENCES_LOOKED_AT = 60
LONGEST_APPOSITION = 60
# Between a name and its verb: nothing, an apposition, or the helpers of the verb.
BEFORE_VERB = re.compile(
    rf"(?:,[^,;.“”\"]{{2,{LONGEST_APPOSITION}}},)?[ \u00a0](?:(?:has|have|had|also|strongly|again|a|ont|avait|hat|"
    r"haben|ha|han|hanno)[ \u00a0])*"
)
AFTER_VERB = re.compile(r"[ \u00a0](?:[a-zà-öø-ÿ-]+[ \u00a0]){0,3}")
NO_SIDE = re.compile(r"\d|^(?:The|A)$")
# "an official in Gaza said", "Nebraska and Karsa said": who speaks is another, or not this one alone.
LONGEST_BINDING = 12
BOUND = re.compile(
    r"(?:^|\W)(?:of|in|from|to|for|by|with|at|on|and|or|against|under|over|than|as|du|de|des|et|von|in|aus|und|y|del|en|e|"
    r"di|da|do|в|из|и|от)(?: the| la| le| el| der| dem| den)?\s$",
    re.IGNORECASE,
)
ENDS_CLAUSE = ("", ".", ",", ";", ":", '"', "”", "»")
VERB_FIRST = frozenset({"ar"})


def find_sides(ranked: Ranked) -> tuple[Side, ...]:
    """What each party says, if at least two do and one of them takes a side; else nothing."""
    parties: dict[str, Candidate] = {}
    takers = 0
    for kind in ("takes_side", "says"):
        for one in ranked.best[:SENTENCES_LOOKED_AT]:
            if len(parties) == SIDES or one.key in ranked.told or one in parties.values():
                continue
            who = _speaker(one, kind)
            if not who or _is_known(who, parties) or (kind == "says" and not _answers(one, parties)):
                continue
            if len(ranking.unit_of(ranked, one)) == 1:
                parties[who] = one
                takers += kind == "takes_side"
    if len(parties) < 2 or not takers:
        return ()
    chosen = ((who, ranking.choose(ranked, [one], picks=1)) for who, one in parties.items())
    sides = tuple(Side(who, ranking.shown(ranked, units)) for who, units in chosen if units)
    return sides if len(sides) > 1 else ()


def _speaker(one: Candidate, kind: str) -> str:
    """The name that stands right before or after a verb of that kind, as the text has it; "" if none does."""
    pattern = phrases(one.article.language, kind)
    verb = pattern.search(one.text) if pattern else None
    if verb is None:
        return ""
    for name in find_names(one.text, language=one.article.language):
        if _speaks(name, verb, one) and not NO_SIDE.search(name.text) and name.text != one.article.publisher:
            return name.text
    return ""


def _speaks(name: Name, verb: re.Match[str], one: Candidate) -> bool:
    """True if the name is what the verb is said of: right before it and bound to nothing else, or right after it."""
    if name.end <= verb.start():
        is_bound = BOUND.search(one.text, max(0, name.start - LONGEST_BINDING), name.start)
        return not is_bound and bool(BEFORE_VERB.fullmatch(one.text, name.end, verb.start()))
    before = one.text[: verb.start()].rstrip(" ,\u00a0")[-1:]
    is_inverted = one.article.language in VERB_FIRST or before in tuple('"”»')
    return (
        is_inverted
        and bool(AFTER_VERB.fullmatch(one.text, verb.end(), name.start))
        and one.text[name.end : name.end + 1] in ENDS_CLAUSE
    )


def _is_known(who: str, parties: Iterable[str]) -> bool:
    """True if it is one of them under a shorter or longer name."""
    mine = set(who.split())
    return any(mine & set(other.split()) for other in parties)


def _answers(one: Candidate, parties: Iterable[str]) -> bool:
    """Plain speech is a side if it names a party, or a party names its speaker's words; else it is only a source."""
    return any(who.split()[-1] in one.text for who in parties)
