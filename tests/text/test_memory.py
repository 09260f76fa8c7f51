"""What a publisher's pages have in common is learned; what is of an article stays."""

from __future__ import annotations

import json

import pytest

from newstext.extract import PublisherMemory, apply_memory
from newstext.extract.memory import (
    BLOCKS_KEPT,
    are_related,
    block_hash,
    headline_words,
    without_furniture,
)
from newstext.records import ArticleText

APPEAL = (
    "Nobody pays the Courier but its readers, and printing grows dearer each winter, so please think of giving a "
    "little each month to keep it going."
)
HEADLINES = ["Ferry runs aground off Skarvoy", "Bakers strike over flour tax", "Old cinema sold to choir", "Wolf seen"]
TEXTS = [f"This is what happened in case {word}, as far as anybody in town can tell today." for word in "abcd"]


def memory_of(*pages: tuple[str, str, list[str]]) -> PublisherMemory:
    memory = PublisherMemory()
    for url, title, paragraphs in pages:
        memory.learn(url, title, [block_hash(text) for text in paragraphs], "en")
    return memory


def appeal_on(*numbers: int) -> PublisherMemory:
    return memory_of(*((f"https://courier.example/{n}", HEADLINES[n], [TEXTS[n], APPEAL]) for n in numbers))


def left_of(number: int, paragraphs: list[str], memory: PublisherMemory) -> list[str]:
    url = f"https://courier.example/{number}"
    return without_furniture(
        paragraphs, url=url, title=HEADLINES[number], furniture=memory.furniture(url), language="en"
    )


def test_a_paragraph_is_furniture_from_the_third_page_on():
    page = [TEXTS[2], TEXTS[3], APPEAL]
    assert left_of(2, page, appeal_on(0)) == page
    assert left_of(2, page, appeal_on(0, 1)) == page[:2]


def test_pages_read_before_are_cleaned_of_what_was_learned_since():
    memory = appeal_on(0, 1, 2)
    assert left_of(0, [TEXTS[0], TEXTS[3], APPEAL], memory) == [TEXTS[0], TEXTS[3]]
    article = ArticleText(
        "https://courier.example/0", title=HEADLINES[0], language="en", paragraphs=(TEXTS[0], TEXTS[3], APPEAL)
    )
    cleaned = apply_memory(article, memory.furniture(article.url))
    assert (cleaned.text, cleaned.marks) == (f"{TEXTS[0]}\n\n{TEXTS[3]}", None)
    assert apply_memory(cleaned, memory.furniture(article.url)) is cleaned


def test_another_publisher_s_page_keeps_it():
    memory = appeal_on(0, 1, 2)
    assert not memory.furniture("https://herald.example/0")


def test_background_of_a_running_story_is_no_furniture():
    background = "The Skarvoy ferry line was sold to the harbour board in 2019 after a long quarrel over its debts."
    titles = ["Skarvoy ferry runs aground", "Divers reach grounded Skarvoy ferry", "Skarvoy ferry towed to port"]
    text = [*TEXTS, background, *TEXTS[:3]]
    memory = memory_of(*((f"https://courier.example/{n}", title, text) for n, title in enumerate(titles)))
    assert not memory.furniture("https://courier.example/9")


def test_a_long_paragraph_that_names_what_its_text_names_stays():
    background = (
        "It is the second winter in which Minister Ostrander and the Harbour Board of Lindhaven have not agreed about "
        "who is to pay for the dredging of the old channel."
    )
    memory = memory_of(*((f"https://courier.example/{n}", HEADLINES[n], [background]) for n in (0, 1)))
    text = ["Today Ostrander spoke in Lindhaven.", "He will speak again on Friday, this time to the Harbour Board."]
    assert left_of(2, [*text, background], memory) == [*text, background]
    assert left_of(2, [TEXTS[0], TEXTS[1], TEXTS[2], background], memory) == TEXTS[:3]


def test_the_same_page_under_other_tracking_keys_counts_once():
    pages = [(f"https://courier.example/0?utm_source={n}", HEADLINES[n], [APPEAL]) for n in range(3)]
    assert not memory_of(*pages).furniture("https://courier.example/3")


def test_an_article_under_several_addresses_is_not_taken_apart():
    pages = [(f"https://courier.example/{n}", HEADLINES[0], [TEXTS[0], TEXTS[1]]) for n in range(3)]
    assert not memory_of(*pages).furniture("https://courier.example/0")


def test_a_text_of_which_most_is_known_stays_whole():
    assert left_of(2, [APPEAL], appeal_on(0, 1)) == [APPEAL]


@pytest.mark.parametrize(
    ("one", "other", "language", "are"),
    [
        ("Ferry runs aground off Skarvoy", "Skarvoy ferry: captain questioned", "en", True),
        ("Ferry runs aground", "Bakers strike over flour tax", "en", False),
        ("Hafen von Lindhaven gesperrt", "Lindhaven sperrt seinen Hafen ganz", "de", True),
        ("إغلاق ميناء لندهافن", "وزير المالية يستقيل", "ar", False),
        ("إغلاق ميناء لندهافن", "ميناء لندهافن يعود إلى العمل", "ar", True),
        ("リンド港が閉鎖された", "リンド港は再び閉鎖へ", "ja", True),
    ],
)
def test_headlines_of_one_course_of_events_are_told_from_others(one, other, language, are):
    assert are_related(headline_words(one, language), headline_words(other, language)) is are


def test_a_memory_comes_back_from_where_it_is_kept():
    kept: dict[str, str] = {}
    memory = PublisherMemory(lambda domain: json.loads(kept[domain]) if domain in kept else None)
    for n in (0, 1, 2):
        memory.learn(f"https://courier.example/{n}", HEADLINES[n], [block_hash(APPEAL)], "en")
        for domain in memory.take_changed():
            kept[domain] = json.dumps(memory.publisher_to_json(domain))
            memory.forget(domain)
    assert memory.version("courier.example") == 2
    assert left_of(3, [TEXTS[3], TEXTS[0], APPEAL], memory) == [TEXTS[3], TEXTS[0]]
    kept["courier.example"] = '{"rule": 0}'
    memory.forget("courier.example")
    assert memory.version("courier.example") == 0


def test_a_memory_is_bounded():
    memory = PublisherMemory()
    for page in range(30):
        memory.learn(f"https://courier.example/{page}", f"Headline {page}", range(page * 100, page * 100 + 100), "en")
    stored = memory.publisher_to_json("courier.example")
    assert len(stored["blocks"]) == BLOCKS_KEPT
    assert len(stored["pages"]) == 10
