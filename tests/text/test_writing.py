from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newstext import evidence, pipeline
from newstext.brief import write_brief
from newstext.records import ArticleText
from newstext.timeline import write_timeline
from newstext.whynow import write_why_now
from newstext.writers import extractive, most_telling
from tests.text.test_grouping import told


def article(text: str, *, key: str = "a", day: int = 20, language: str = "en") -> ArticleText:
    at = datetime(2026, 11, day, 9, tzinfo=UTC)
    return pipeline.mark_article(ArticleText(url="", id=key, title="", text=text, published_at=at, language=language))


def all_sentences(notes) -> list:
    why_now = notes.why_now
    listed = [*notes.brief, *why_now.trigger, *why_now.steps, *why_now.background, *why_now.ahead]
    return (
        listed
        + [one for event in notes.timeline for one in event.sentences]
        + [one for side in why_now.sides for one in side.sentences]
    )


def test_every_sentence_stands_word_for_word_in_its_article():
    tellings = tuple(told(event, paper) for event in (0,) for paper in range(3))
    texts = {one.id: one.text for one in tellings}
    shown = all_sentences(extractive(tellings, ()))
    assert len(shown) >= 4
    assert all(texts[one.article][one.start : one.end] == one.text for one in shown)


def test_the_same_input_gives_the_same_notes():
    tellings = tuple(told(1, paper) for paper in range(3))
    assert extractive(tellings, ()) == extractive(tellings, ())


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("The dam burst before dawn and 13 people died.", "verbatim"),
        ("The dam burst before dawn, and 24 people died.", "unsupported"),
        ("The dam did not burst before dawn.", "unsupported"),
        ("The dam in Karsa burst before dawn.", "unsupported"),
        ("Before dawn the dam burst.", "supported"),
        ("Ministers resigned over cheap concrete contracts.", "unsupported"),
    ],
)
def test_a_sentence_stands_on_its_source_or_not(sentence, verdict):
    source = "In the valley of Ostra the dam burst before dawn and 13 people died."
    assert evidence.stands_on(sentence, source, "en")[0] == verdict


def test_timeline_is_in_order_and_tells_events_apart_from_their_publication():
    text = (
        "The council of Meren bought the old mill for nine crowns on Friday.\n\n"
        "In May, the council of Meren had refused an offer from its owner, Otto Vane.\n\n"
        "The mill of Meren was built in 1884 by the Torrin Shipping Line of Port Torrin."
    )
    events = write_timeline([article(text)])
    assert [event.date for event in events] == ["1884", "2026-05", "2026-11-20"]
    assert [event.precision for event in events] == ["year", "month", "day"]


def test_what_is_announced_is_no_event_yet():
    text = "The council of Meren will open the mill to all visitors on December 3. The mill is old and stands by the river Tarn."
    one = article(text)
    assert "2026-12-03" not in [event.date for event in write_timeline([one])]
    assert "December 3" in write_why_now([one]).ahead[0].text


def test_a_brief_repeats_nothing_and_keeps_to_its_words():
    tellings = [told(0, paper) for paper in range(3)]
    brief = write_brief(tellings)
    assert 1 <= len(brief) <= 5
    assert len({one.text for one in brief}) == len(brief)
    assert sum(len(one.text.split()) for one in brief) <= 90


def test_nothing_gives_nothing():
    assert extractive((), ()).brief == ()
    assert write_brief([article("Too short.")]) == ()
    assert write_why_now([]).trigger == ()


def test_of_many_tellings_the_first_the_newest_and_some_between_are_read():
    read = most_telling(list(range(100)))
    assert len(read) == 24
    assert read == sorted(set(read))
    assert read[:4] == [0, 1, 2, 3]
    assert read[-12:] == list(range(88, 100))
    assert most_telling(list(range(24))) == list(range(24))
