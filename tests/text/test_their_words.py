"""A story's quotes and claims over its tellings: merged, marked, in order; invented texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newstext import notes_json, pipeline
from newstext.records import ArticleText
from newstext.speakers import speech_of
from newstext.their_words import may_be_named, write_quotes
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
    assert len(quotes) == 2
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


def test_two_forms_of_a_name_are_one_speaker():
    texts = [
        "“We will rebuild the gate before the spring comes,” Rep. Ann Lee of Lind said.",
        "Ann Lee and the council met. “The money for the bridge is not there this year,” Lee said on Monday.",
        "“Nobody in this valley is going to leave his house,” Mrs. Lee said on Monday.",
    ]
    quotes, _ = write_quotes([told(key, text) for key, text in zip("abc", texts, strict=True)])
    assert {one.speaker for one in quotes} == {"Ann Lee"}
    assert len(quotes) == 2


def test_two_people_of_one_surname_stay_two():
    texts = [
        "“We will rebuild the gate before the spring comes,” Ann Lee said.",
        "“The money for the bridge is not there this year,” Bo Lee said on Monday.",
    ]
    quotes, _ = write_quotes([told(key, text) for key, text in zip("ab", texts, strict=True)])
    assert {one.speaker for one in quotes} == {"Ann Lee", "Bo Lee"}


@pytest.mark.parametrize(
    "text",
    [
        # Who is "he", Boll or Hale?
        "Boll swung the boom over Ted Hale. He later said he was sorry to have left Hale no room to duck. "
        "“I was turning it away because they were all standing there,” he said.",
        # Which lawyer?
        "“Bring everything you have, we are going to show the world what you are,” the attorney wrote.",
    ],
)
def test_whoever_a_reader_cannot_tell_is_not_quoted(text):
    assert write_quotes([told("a", text)])[0] == ()


def test_a_verb_within_makes_no_speaker():
    speech = speech_of("en")
    assert speech is not None
    assert not may_be_named("The letter quotes the Lind Council", speech)
    assert may_be_named("the head of the Lind Council", speech)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "“This march shows what the people of the valley want,” the group’s director, Otto Marsh, said.",
            "Otto Marsh",
        ),
        ("“The gate has stood open since the summer,” said Ann Call, a former warden.", "Ann Call"),
    ],
)
def test_the_name_beside_an_office_speaks(text, speaker):
    assert [one.speaker for one in write_quotes([told("a", text)])[0]] == [speaker]


def test_a_quote_without_a_verb_shows_the_sentence_that_names_its_speaker():
    text = "“This weed goes straight into our state,” Ann Lee said in Lind. “Our people have to bear the whole cost of it.”"
    [quote] = write_quotes([told("a", text)])[0][:1]
    assert "Ann Lee said" in quote.evidence.text


def test_an_arabic_sentence_that_opens_with_its_verb_is_a_claim():
    text = (
        "وصل وفد من مدينة ليند إلى ميناء مرن يوم الثلاثاء لبحث أزمة المياه. "
        "وقال وزير المياه سامي حداد إن السد الجديد سيكتمل قبل نهاية العام المقبل. "
        "وقال إنه سيعود غدا إلى المدينة مع وفد كبير من المهندسين."
    )
    _, claims = write_quotes([told("a", text, language="ar")])
    assert [one.who for one in claims] == ["وزير المياه سامي حداد"]


def test_a_body_is_no_he():
    text = "Hale said the Lind House Democrats are tired. “All through these years they have been carrying a spear,” he said."
    assert "Lind House Democrats" not in {one.speaker for one in write_quotes([told("a", text)])[0]}


@pytest.mark.parametrize(
    "speaker", ["the Lind Party's", "Back in 2012 Lee", "The evening began", "attract more voters in Lind"]
)
def test_what_is_no_speaker_may_not_be_named(speaker):
    speech = speech_of("en")
    assert speech is not None
    assert not may_be_named(speaker, speech)


def test_the_fund_that_somebody_heads_does_not_speak_for_him():
    text = "Ann Lee, president of the Lind Children’s Fund, an aid group here, said, “This is nothing but a plan for more guns.”"
    assert "Fund" not in write_quotes([told("a", text)])[0][0].speaker
