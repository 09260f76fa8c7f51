"""Why now? What set a story off, the steps before it, what lies behind, what is to come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from newstext import alone, brief, evidence
from newstext.dates import precision_of
from newstext.entities import find as find_names
from newstext.records import ArticleText, Evidence, Side, WhyNow
from newstext.vectors import cosine

TRIGGER_SENTENCES = 2
STEPS = 5
BACKGROUND = 3
AHEAD = 3
SIDES = 3
RECENT_DAYS = 180  # a step; what is older lies behind
SAME = 0.5
TRIGGERS = re.compile(
    r"\b(?:after|following|since|in response to|triggered|sparked|prompted|"
    r"came (?:days|hours|weeks) after|because of|over the)\b",
    re.I,
)
BACKGROUND_SIGNS = re.compile(
    r"\b(?:for (?:years|decades|centuries)|since (?:the )?(?:1[89]|20)\d\d|in the (?:19|20)\d0s|historically|has long|"
    r"has been|decades|in power|independence|founded|relations|traditionally|war|dispute over)\b",
    re.I,
)
AHEAD_SIGNS = re.compile(
    r"\b(?:will|is (?:expected|due|scheduled|set) to|are (?:expected|due|scheduled|set) to|is planned|plans? to|"
    r"next (?:week|month|year)|"
    r"tomorrow|wird|werden|soll|sera|seront|será|serán|سوف|من المقرر|المقبل)\b",
    re.I,
)
SAYS = re.compile(
    r"\b(?:said|says|told|accused|denied|warned|called|rejected|insisted|demanded|argued|condemned|announced|claimed|"
    r"sagte|erklärte|warnte|a déclaré|a dit|dijo|afirmó|declaró)\b|قال|قالت|أكد|أعلن|حذر|نفى"
)


def write_why_now(articles: Sequence[ArticleText], background: Sequence[ArticleText] = ()) -> WhyNow:
    """The parts, each a few verbatim sentences that stand alone; empty where nothing is held.

    articles: the story's tellings. background: earlier articles of its storyline.
    """
    if not articles:
        return WhyNow()
    used: list[brief.Candidate] = []
    ranked = brief.rank(articles)
    ahead = _take([one for one in ranked if _is_ahead(one, _newest_day(articles))], used, AHEAD)
    trigger = _take(_by_trigger(ranked, articles), used, TRIGGER_SENTENCES)
    steps = _steps([*ranked, *brief.rank(background)], used, _newest_day(articles))
    behind = _take([one for one in ranked if _is_background(one)], used, BACKGROUND)
    return WhyNow(
        trigger=_evidence(trigger),
        steps=_evidence(steps),
        background=_evidence(behind),
        sides=_sides(ranked, used),
        ahead=_evidence(ahead),
    )


def _by_trigger(ranked: list[brief.Candidate], articles: Sequence[ArticleText]) -> list[brief.Candidate]:
    """Opening sentences, those that say what came before what first, of the newest tellings first."""
    newest = _newest_day(articles)

    def weight(one: brief.Candidate) -> float:
        says_why = 0.25 if TRIGGERS.search(_text(one)) else 0.0
        age_days = (newest - day).days if newest and (day := _day(one.article)) else 0
        return one.score + says_why - 0.02 * min(age_days, 20) - 0.03 * one.number - 0.5 * _is_background(one)

    return sorted(ranked, key=lambda one: (-weight(one), one.article.id, one.number))


def _steps(ranked: list[brief.Candidate], used: list[brief.Candidate], newest: date | None) -> list[brief.Candidate]:
    """Dated sentences of the months before, one a date, in order of time."""
    if newest is None:
        return []
    first = newest - timedelta(days=RECENT_DAYS)
    by_date: dict[str, brief.Candidate] = {}
    for one in ranked:
        value = _past_date(one)
        if (
            value
            and first.isoformat()[: len(value)] <= value < newest.isoformat()[: len(value)]
            and value not in by_date
        ):
            by_date[value] = one
    best = sorted(by_date.items(), key=lambda pair: -pair[1].score)
    taken = _take([one for _, one in best], used, STEPS)
    dates = {id(one): value for value, one in by_date.items()}
    return sorted(taken, key=lambda one: dates[id(one)])


def _past_date(one: brief.Candidate) -> str:
    """The first date of a day or month that the sentence names, "" if it names none before its article's day."""
    start, end = one.article.sentences[one.number]
    published = evidence.day_of(one.article)
    for found in one.article.dates:
        if start <= found.start < end and precision_of(found.value) in ("day", "month"):
            value = found.value[:10]
            return value if not published or value <= published[: len(value)] else ""
    return ""


def _is_background(one: brief.Candidate) -> bool:
    text = _text(one)
    newest = evidence.day_of(one.article)
    start, end = one.article.sentences[one.number]
    years = [
        found.value for found in one.article.dates if start <= found.start < end and re.match(r"\d{4}", found.value)
    ]
    is_old = bool(newest) and any(int(value[:4]) < int(newest[:4]) - 1 for value in years)
    return is_old or (one.number >= 3 and bool(BACKGROUND_SIGNS.search(text)))


def _is_ahead(one: brief.Candidate, newest: date | None) -> bool:
    """An announcement that names a day or month after the newest telling."""
    if newest is None or not AHEAD_SIGNS.search(_text(one)):
        return False
    start, end = one.article.sentences[one.number]
    inside = [
        found.value[:10] for found in one.article.dates if start <= found.start < end and precision_of(found.value)
    ]
    return any(value > newest.isoformat()[: len(value)] for value in inside)


def _sides(ranked: list[brief.Candidate], used: list[brief.Candidate]) -> tuple[Side, ...]:
    """Who says what: sentences of reported speech, by the name that speaks."""
    found: dict[str, Evidence] = {}
    for one in ranked:
        said = SAYS.search(_text(one))
        if not said or _repeats(one, used):
            continue
        names = [name for name in find_names(_text(one), language=one.article.language) if name.start < said.start()]
        if names and names[0].text not in found and len(found) < SIDES:
            found[names[0].text] = alone.evidence_for(one.article, one.number)
            used.append(one)
    return tuple(Side(who, (sentence,)) for who, sentence in found.items()) if len(found) > 1 else ()


def _take(ranked: Sequence[brief.Candidate], used: list[brief.Candidate], most: int) -> list[brief.Candidate]:
    taken: list[brief.Candidate] = []
    for one in ranked:
        if len(taken) >= most:
            break
        if not _repeats(one, used):
            taken.append(one)
            used.append(one)
    return taken


def _repeats(one: brief.Candidate, used: Sequence[brief.Candidate]) -> bool:
    return any(one is other or cosine(one.vector, other.vector) > SAME for other in used)


def _evidence(chosen: Sequence[brief.Candidate]) -> tuple[Evidence, ...]:
    return tuple(alone.evidence_for(one.article, one.number) for one in chosen)


def _text(one: brief.Candidate) -> str:
    start, end = one.article.sentences[one.number]
    return one.article.text[start:end]


def _day(article: ArticleText) -> date | None:
    return article.published_at.date() if article.published_at else None


def _newest_day(articles: Sequence[ArticleText]) -> date | None:
    return max((day for article in articles if (day := _day(article))), default=None)
