from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newstext.origins import Origins, original_of_group, trace_origin
from newstext.records import ArticleText
from tests.site import news

AT = datetime(2026, 11, 16, 8, tzinfo=UTC)
WIRE = news.paragraphs_of(0, 0) + news.paragraphs_of(1, 0)
OWN_VELMARK = news.paragraphs_of(2, 0)
OWN_KARSA = news.paragraphs_of(3, 0)
ADDED = (
    "The mayor of Sandwick told this paper that the town will pay for the night in the school hall, and for the bread."
)


def article(key: str, publisher: str, paragraphs: list[str], *, hours: float = 0, **more) -> ArticleText:
    told = {"published_at": AT + timedelta(hours=hours), "language": "en", **more}
    return ArticleText(
        url="", id=key, publisher=publisher, paragraphs=tuple(paragraphs), text="\n\n".join(paragraphs), **told
    )


def copies_of(origins: Origins) -> dict[str, tuple[str, bool, tuple[int, ...]]]:
    return {one.article: (group.original, one.is_whole, one.added) for group in origins.groups for one in group.copies}


def test_forty_reprints_of_a_wire_are_one_origin_at_forty_outlets():
    reprints = [article(f"r{n}", f"Paper {n}", WIRE, hours=n / 10, agency="Reuters") for n in range(40)]
    found = trace_origin(reprints)
    assert found.count == 1
    assert len(copies_of(found)) == 39


def test_three_outlets_with_texts_of_their_own_are_three_origins():
    texts = (WIRE, OWN_VELMARK, OWN_KARSA)
    found = trace_origin([article(str(n), f"Paper {n}", text) for n, text in enumerate(texts)])
    assert found.count == 3
    assert copies_of(found) == {}


def test_an_agency_whose_own_text_is_not_held_is_named_as_the_origin():
    found = trace_origin(
        [
            article("a", "Meren Courier", WIRE, hours=1, agency="AFP", dateline="PORT MEREN"),
            article("b", "Orhan Herald", WIRE, hours=2),
        ]
    )
    assert found.began is not None
    assert (found.began.name, found.began.kind, found.began.article) == ("AFP", "agency", "")
    assert found.began.dateline == "PORT MEREN"
    assert found.began.at == AT + timedelta(hours=1)
    assert found.began.because == ("1 of the 2 articles with this text credits AFP",)
    assert copies_of(found) == {"b": ("a", True, ())}


def test_the_agencys_own_text_is_the_original_though_it_came_after_its_copies():
    found = trace_origin(
        [
            article("early", "Meren Courier", WIRE, hours=1, agency="Reuters"),
            article("agency", "Reuters", WIRE, hours=5),
        ]
    )
    assert found.began is not None
    assert (found.began.name, found.began.article) == ("Reuters", "agency")
    assert copies_of(found) == {"early": ("agency", True, ())}


def test_an_agency_under_its_news_name_is_the_agency():
    found = trace_origin([article("a", "AP News", WIRE, hours=3), article("b", "Meren Courier", WIRE, agency="AP")])
    assert found.began is not None
    assert (found.began.name, found.began.article, found.count) == ("AP", "a", 1)


def test_the_outlet_that_others_name_as_their_source_is_the_original():
    copy = article("portal", "News Portal", WIRE, hours=1, source="Meren Courier")
    own = article("courier", "Meren Courier", WIRE, hours=3)
    assert original_of_group([copy, own]).id == "courier"
    [group] = trace_origin([copy, own]).groups
    assert (group.origin.name, group.origin.kind) == ("Meren Courier", "outlet")
    assert group.origin.because == ("the others name it as their source",)


def test_the_earliest_is_the_original_where_nobody_is_credited():
    late = article("late", "Paper 1", WIRE, hours=6)
    early = article("early", "Paper 2", WIRE, hours=2)
    assert original_of_group([late, early]).id == "early"


def test_the_whole_text_is_the_original_of_one_that_came_with_it():
    cut, whole = article("cut", "Paper 1", WIRE[:6]), article("whole", "Paper 2", WIRE)
    assert original_of_group([cut, whole]).id == "whole"
    assert copies_of(trace_origin([cut, whole])) == {"cut": ("whole", False, ())}


def test_a_day_without_a_time_does_not_make_an_article_the_first():
    day = article("day", "Paper 1", WIRE, hours=-8, published_precision="day")
    timed = article("timed", "Paper 2", WIRE, hours=2)
    assert original_of_group([day, timed]).id == "timed"


def test_a_copy_that_adds_reporting_says_which_paragraphs():
    more = [*WIRE[:2], ADDED, *WIRE[2:], news.paragraphs_of(3, 0)[0] + " " + news.paragraphs_of(3, 0)[1]]
    found = trace_origin([article("wire", "Reuters", WIRE), article("more", "Meren Courier", more, hours=2)])
    assert copies_of(found) == {"more": ("wire", True, (3, len(more)))}
    assert found.count == 1


def test_a_cut_copy_is_not_whole():
    found = trace_origin([article("wire", "Reuters", WIRE), article("cut", "Orhan Herald", WIRE[:4], hours=2)])
    assert copies_of(found) == {"cut": ("wire", False, ())}


def test_own_words_that_name_an_agency_are_own_reporting_with_a_named_source():
    own = [*OWN_VELMARK, "Two domes are to be repaired, according to Reuters, which saw the order."]
    found = trace_origin([article("wire", "Reuters", WIRE), article("own", "Meren Courier", own, hours=1)])
    assert found.count == 2
    assert found.names == {"own": ("Reuters",)}


def test_two_letters_are_an_agency_only_where_the_text_says_so():
    one = article("one", "Paper 1", [*OWN_VELMARK, "The AP saw the order in the afternoon of that long day."])
    two = article("two", "Paper 2", [*OWN_KARSA, "Pupils in AP classes had the day off."])
    assert trace_origin([one, two]).names == {"one": ("AP",)}


def test_two_texts_of_one_agency_are_one_origin():
    first = article("first", "Paper 1", WIRE, agency="AFP")
    second = article("second", "Paper 2", OWN_VELMARK, hours=5, agency="AFP")
    own = article("own", "Paper 2", OWN_KARSA, hours=6)
    assert trace_origin([first, second]).count == 1
    assert trace_origin([first, second, own]).count == 2


def test_an_article_with_too_little_text_counts_as_no_origin():
    found = trace_origin([article("a", "Paper 1", WIRE), article("b", "Paper 2", ["Ferry aground."])])
    assert found.count == 1
    assert trace_origin([]) == Origins()


def test_missing_times_break_nothing():
    held = [article(str(n), f"Paper {n}", WIRE, published_at=None) for n in range(3)]
    naive = article("naive", "Paper 9", WIRE, published_at=datetime(2026, 11, 16, 9))
    assert trace_origin([*held, naive]).count == 1


def test_copies_are_like_the_original_and_not_merely_like_another_copy():
    bridge = [*WIRE, *OWN_VELMARK]
    found = trace_origin(
        [
            article("wire", "Reuters", WIRE),
            article("both", "Paper 1", bridge, hours=1),
            article("other", "Paper 2", OWN_VELMARK, hours=2),
        ]
    )
    assert set(copies_of(found)) == {"both"}
    assert found.count == 2
