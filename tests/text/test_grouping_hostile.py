"""Odd and hostile articles: no crash, no story that swallows others, no time that grows with the square."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from newstext import pipeline
from newstext.grouping import POSTINGS_MOST, StoryIndex
from newstext.invented_world import InventedWorld
from newstext.likeness import Lexicon, Tellings, chances
from newstext.records import Placement
from tests.site import news
from tests.text.test_grouping import START, article, group, told


def one_word(number: int):
    return article(f"w{number}", "Update", "", hours=number / 60)


def numbers(number: int):
    return article(
        f"n{number}", f"{number} {number + 7}", " ".join(str(number * k) for k in range(3, 60)), hours=number
    )


def mixed_scripts(number: int):
    return article(
        f"m{number}", f"Новости 日本 {number}", f"خبر {number} עברית 東京で地震 straße Ωμέγα " * 9, hours=number
    )


@pytest.mark.parametrize(("make", "most"), [(numbers, 60), (mixed_scripts, 200)])
def test_odd_articles_form_no_giant_story(make, most):
    placed = group([make(number) for number in range(200)])
    stories = [one.story for one in placed.values()]
    assert max(map(stories.count, stories)) <= most


def test_empty_articles_stay_alone():
    placed = group([article(f"e{number}", "", "", hours=number / 60) for number in range(50)])
    assert len({one.story for one in placed.values()}) == 50


def test_a_megabyte_is_placed():
    text = " ".join(f"word{number}" for number in range(120_000))
    placed = group([article("big", "Ferry " * 60_000, text), article("long", "x" * 1_000_000, "y" * 1_000_000)])
    assert len(placed) == 2


def test_one_text_under_five_thousand_addresses_takes_time_by_their_number():
    marks = told(0, 0).marks

    def seconds(count: int) -> float:
        index, began = StoryIndex(), time.process_time()
        for number in range(count):
            list(index.place(_again(marks, f"a{number}")))
        assert len(index) == 1
        return time.process_time() - began

    assert seconds(5_000) < 10 * max(seconds(1_000), 0.05)


def _again(marks, key, **change):
    return replace(marks, id=key, **change)


def test_an_item_re_dated_daily_does_not_keep_its_story_open():
    marks = told(0, 0).marks
    index = StoryIndex()
    stories = []
    for day in range(30):
        [placed] = index.place(_again(marks, f"day{day}", published_at=START + timedelta(days=day)))
        stories.append(placed.story)
    assert len(set(stories)) >= 3


def test_an_item_placed_again_with_a_new_time_is_still_one_member():
    marks = told(0, 0).marks
    index = StoryIndex()
    for day in range(30):
        [placed] = index.place(_again(marks, "same", published_at=START + timedelta(days=day)))
        assert placed.story == "same"
    assert len(index) == 1


def test_a_telling_taken_out_and_put_back_is_what_it_was():
    lexicon = Lexicon()
    first, second = (lexicon.member(told(0, paper).marks) for paper in (0, 1))
    body, story = dict(first.body), Tellings([first])
    story.remove(first.id)
    story.add(first)
    story.add(second)
    story.remove(second.id)
    assert first.body == body == pytest.approx({term: story.body[term] for term in body})
    assert chances(second, [story]) == pytest.approx(chances(second, [Tellings([first])]))


def test_a_time_in_the_future_keeps_no_later_telling_out():
    first, future, later = told(0, 0, hours=0), told(0, 1, hours=24 * 3650), told(0, 2, hours=5)
    placed = group([first, future, later])
    assert placed["0-2"].story == "0-0"


def test_a_removed_story_leaves_nothing_behind():
    index = StoryIndex()
    for event in range(4):
        for paper in range(2):
            list(index.place(told(event, paper).marks))
    for story in {f"{event}-0" for event in range(4)}:
        index.remove_story(story)
    assert len(index) == 0
    assert not index._postings
    assert not index._story_of


def test_a_term_leads_to_so_many_stories_at_most():
    index = StoryIndex()
    for number in range(POSTINGS_MOST + 80):
        one = article(f"t{number}", f"Gremlin{number:05}a", f"quux gadget{number:05}b", hours=number / 60)
        list(pipeline.group_articles([one], index))
    assert max(map(len, index._postings.values())) <= POSTINGS_MOST


def test_grouping_goes_on_after_the_original_of_a_copy_is_placed_anew():
    text = "\n\n".join(news.paragraphs_of(1, 0))
    index = StoryIndex()
    for key in ("first", "copy", "first", "copy", "other"):
        for placed in index.place(article(key, f"Title {key}", text, hours=1).marks):
            assert isinstance(placed, Placement)
    assert len(index) >= 1


def test_many_open_stories_do_not_slow_the_next_article():
    def seconds(stories: int) -> float:
        world = InventedWorld()
        index = StoryIndex(world.open_stories(stories))

        def placed(count: int) -> float:
            articles = world.articles(count)
            began = time.process_time()
            list(pipeline.group_articles(articles, index))
            return time.process_time() - began

        return min(placed(150) for _ in range(3))

    assert seconds(8_000) < 2.5 * seconds(500)
