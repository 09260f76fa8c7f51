"""Bare headlines: how sure a join must be depends on how many of them have company."""

from __future__ import annotations

from newstext import pipeline
from newstext.grouping import StoryIndex
from newstext.likeness import EVEN_OF_HEADLINES, Company
from newstext.records import ArticleText, Correction, Placement


def after(*seen: bool) -> float:
    company = Company()
    for has_company in seen:
        company.count(has_company)
    return company.even()


def test_where_most_have_company_a_likely_story_is_enough():
    assert after(*[True] * 200) < 0.1


def test_where_few_have_company_a_join_must_be_all_but_sure():
    assert after(*[True, False, False, False] * 50) > EVEN_OF_HEADLINES


def test_what_was_seen_long_ago_is_forgotten():
    assert after(*[True] * 1000, *[False] * 400) > 0.95


def test_an_index_that_has_seen_nothing_takes_no_side():
    assert 0.2 < Company().even() < 0.5


# --- headlines that came before it was seen how many have company ---------------
def headlines(*titles: str, kind: str = "article") -> list[ArticleText]:
    return [
        ArticleText(url="", id=f"{kind}{number}", title=title, kind=kind, language="en")
        for number, title in enumerate(titles)
    ]


def storm(events: int, tellings: int) -> list[ArticleText]:
    """As many headlines of each event, one after the other."""
    return headlines(
        *(
            f"Quay {event} of Port Meren reopens after storm Odil{'e' * event}"
            for event in range(events)
            for _ in range(tellings)
        )
    )


def test_a_headline_left_alone_early_joins_once_most_are_seen_to_have_company(monkeypatch):
    index, chance = StoryIndex(), {"said": 0.0}
    monkeypatch.setattr("newstext.grouping.chances", lambda member, stories, **_: [chance["said"] for _ in stories])
    early = headlines("Ferry Halda aground off Port Meren", "Ferry Halda aground: all safe")
    assert {placed.story for placed in pipeline.group_articles(early, index)} == {"article0", "article1"}
    for _ in range(200):
        index._company.count(True)
    chance["said"] = 0.9
    [corrected] = index.settle()
    assert isinstance(corrected, Correction)
    assert {corrected.story, corrected.was} == {"article0", "article1"}
    assert list(index.settle()) == []


def test_a_live_page_that_joins_nothing_is_not_looked_at_again():
    index = StoryIndex()
    live = headlines("Live: ferry Halda aground off Port Meren", kind="live")
    placed = list(pipeline.group_articles([*live, *storm(9, 40)], index))
    assert sum(isinstance(one, Placement) for one in placed) == 361
    assert index._company.even() < 0.2
    assert not any(one.article == "live0" for one in placed if isinstance(one, Correction))
