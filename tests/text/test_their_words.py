"""A story's quotes and claims over its tellings: merged, marked, in order; invented texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newstext import notes_json, pipeline
from newstext.records import ArticleText
from newstext.their_words import write_quotes
from newstext.writers import extractive

FIRST = datetime(2026, 11, 20, 9, tzinfo=UTC)


def told(key: str, text: str, *, title: str = "", hours: int = 0, language: str = "en") -> ArticleText:
    return pipeline.mark_article(
        ArticleText(
            url="",
            id=key,
            title=title,
            text=text,
            publisher=f"The {key.title()} Post",
            language=language,
            published_at=FIRST + timedelta(hours=hours),
        )
    )


LONG = "“We will rebuild the gate, stone by stone. Nobody in this valley is going to leave,” said Ann Lee on Monday."
SHORT = "Mayor Ann Lee said: “We will rebuild the gate, stone by stone.”"


def test_the_same_quote_is_shown_once_with_all_its_tellers():
    quotes, _ = write_quotes([told("a", LONG), told("b", LONG), told("c", SHORT)])
    assert [one.speaker for one in quotes] == ["Ann Lee"]
    assert {one.article for one in (quotes[0].evidence, *quotes[0].also)} == {"a", "b", "c"}


def test_the_longer_telling_is_shown():
    quotes, _ = write_quotes([told("c", SHORT), told("a", LONG)])
    assert quotes[0].quote.endswith("is going to leave,")
    assert not quotes[0].is_cut


def test_a_quote_of_which_another_has_more_is_marked_as_cut():
    one = "“We will rebuild the gate, stone by stone, and we will do it before the spring,” said Ann Lee."
    other = "“Whatever they say, we will rebuild the gate, stone by stone,” said Ann Lee."
    quotes, _ = write_quotes([told("a", one), told("b", other)])
    assert len(quotes) == 1
    assert quotes[0].is_cut


def test_a_quote_too_long_to_show_is_cut_at_a_sentence_and_marked():
    text = (
        "“" + "The water rose over the lower fields again this winter, as it had done before. " * 12 + "” said Ann Lee."
    )
    quotes, _ = write_quotes([told("a", text)])
    assert quotes[0].is_cut
    assert quotes[0].quote.endswith("before.")


@pytest.mark.parametrize(
    "text",
    [
        "“We will stay in the valley for ever,” Ann Lee said through an interpreter.",
        "“We will stay in the valley for ever,” Ann Lee said in Arabic.",
    ],
)
def test_a_quote_that_was_translated_says_so(text):
    quotes, _ = write_quotes([told("a", text)])
    assert quotes[0].is_translated


def test_a_quote_in_its_own_language_is_not_called_translated():
    quotes, _ = write_quotes([told("a", LONG)])
    assert not quotes[0].is_translated


def test_every_quote_is_verbatim_and_stands_on_its_sentences():
    tellings = [
        told("a", LONG),
        told("b", "Police came. “He ran,” said Bo Hale. “He ran down to the river and over it.”"),
    ]
    texts = {one.id: one.text for one in tellings}
    quotes, claims = write_quotes(tellings)
    for one in (*quotes, *claims):
        evidence = one.evidence
        assert texts[evidence.article][evidence.start : evidence.end] == evidence.text
    assert all(one.quote in one.evidence.text for one in quotes)


@pytest.mark.parametrize(
    "text",
    [
        "The gate fell at night. “We will stay in the valley for ever,” she said.",
        "The gate fell at night. “We will stay in the valley for ever,” his lawyer said.",
        "“It is so bad,” said Ann Lee.",
        "“No way,” said Ann Lee.",
        "“We will rebuild the gate,” Ann Lee said, “and then the whole of the town.”",
    ],
)
def test_what_does_not_read_alone_is_no_quote_to_show(text):
    quotes, _ = write_quotes([told("a", text)])
    assert not any(one.quote in ("It is so bad,", "No way,", "We will rebuild the gate,") for one in quotes)
    assert all(one.speaker == "Ann Lee" for one in quotes)


def test_a_pronoun_has_its_name_in_brackets():
    text = "Ann Lee opened the gate on Saturday. “We will stay in the valley for ever,” she said."
    quotes, _ = write_quotes([told("a", text)])
    assert (quotes[0].speaker, "she [Ann Lee] said" in quotes[0].evidence.shown) == ("Ann Lee", True)


def test_several_speakers_come_before_a_second_quote_of_one():
    names = "Ann Lee,Bo Hale,Cy Marsh,Di Fenn,Ed Holt,Flo Gray,Gus Penn,Hal Dorn,Ida Moss,Jo Reed".split(",")
    lines = [f"“The gate at number {place} will never be opened again,” said {who}." for place, who in enumerate(names)]
    lines += [f"“And number {place} shall be closed for ever, I promise it,” said Ann Lee." for place in range(4)]
    quotes, _ = write_quotes([told("a", "\n\n".join(lines))])
    assert len(quotes) == 8
    assert len({one.speaker for one in quotes}) == 8


def test_who_is_named_in_the_headlines_comes_first():
    text = "“The gate was never looked at by anybody,” said Bo Hale.\n\n“We will close the lower road today,” said Ann Lee."
    quotes, _ = write_quotes([told("a", text, title="Lee closes the lower road")])
    assert quotes[0].speaker == "Ann Lee"


def test_claims_have_who_made_them_and_repeat_no_quote():
    text = "Police said the lower road was closed on Monday after the flood.\n\n" + LONG
    quotes, claims = write_quotes([told("a", text)])
    assert [(one.who, one.verb) for one in claims] == [("Police", "said")]
    assert not {one.evidence.start for one in claims} & {one.evidence.start for one in quotes}


def test_the_same_claim_is_listed_once():
    one = "Police said the lower road was closed on Monday after the flood."
    other = "The lower road was closed on Monday after the flood, police said."
    _, claims = write_quotes([told("a", one), told("b", other, hours=2)])
    assert len(claims) == 1
    assert len(claims[0].also) == 1


@pytest.mark.parametrize(
    "text",
    [
        "It is safe to say the lower road was closed on Monday for good.",
        "Nobody said the lower road was closed on Monday for good.",
        "The council would say the lower road was closed on Monday for good.",
    ],
)
def test_what_nobody_said_is_no_claim(text):
    assert write_quotes([told("a", text)])[1] == ()


def test_one_sentence_stories_and_no_dates_give_nothing_wrong():
    bare = pipeline.mark_article(ArticleText(url="", id="a", text="Flood.", language="en"))
    assert write_quotes([bare]) == ((), ())
    assert write_quotes([]) == ((), ())
    undated = pipeline.mark_article(ArticleText(url="", id="b", text=LONG, language="en"))
    assert write_quotes([bare, undated])[0][0].published_at is None


def test_a_long_story_is_bounded():
    tellings = [told(f"t{place}", LONG, hours=place) for place in range(300)]
    quotes, _ = write_quotes(tellings)
    assert len(quotes) == 1


def test_notes_have_quotes_and_claims_with_publisher_and_time():
    body = notes_json.notes_to_json(extractive((told("a", "Police said the road was closed.\n\n" + LONG),), ()))
    (quote,) = body["quotes"]
    assert quote.keys() >= {"speaker", "verb", "quote", "evidence", "also", "is_cut", "is_translated"}
    assert quote["publisher"] == "The A Post"
    assert quote["published_at"].startswith("2026-11-20T09:00")


def test_arabic_quotes_are_shown_too():
    text = "وقال سامي حداد: «لن نغادر المدينة أبدا مهما ارتفعت المياه في النهر»."
    quotes, _ = write_quotes([told("a", text, language="ar")])
    assert [one.speaker for one in quotes] == ["سامي حداد"]
