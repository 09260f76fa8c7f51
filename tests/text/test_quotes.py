"""Who says what in one article: invented texts, in marks and without, in many languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newstext import pipeline, quotation_marks, quotes
from newstext.records import ArticleText
from tests.text.timing import least_s


def marked(text: str, language: str = "en") -> ArticleText:
    return pipeline.mark_article(ArticleText(url="", id="a", text=text, language=language))


def direct(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(one.quote, one.speaker) for one in quotes.find(marked(text, language)) if one.direct]


def reported(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(one.quote, one.speaker) for one in quotes.find(marked(text, language)) if not one.direct]


def test_offsets_give_the_quote_without_its_marks():
    text = "The dam held. “We were lucky this time,” said Ann Lee, the mayor of Lindhaven."
    (one,) = [found for found in quotes.find(marked(text)) if found.direct]
    assert text[one.start : one.end] == one.quote == "We were lucky this time,"
    assert (one.speaker, one.verb) == ("Ann Lee", "said")


@pytest.mark.parametrize(
    "text",
    [
        "“We will rebuild it,” said Ann Lee.",
        "“We will rebuild it,” Ann Lee said on Monday.",
        "“We will rebuild it,” Ann Lee, the mayor of Lindhaven, told reporters.",
        "Ann Lee said: “We will rebuild it,”",
        "Ann Lee: “We will rebuild it,”",
        '"We will rebuild it," Ann Lee said.',
        "''We will rebuild it,'' Ann Lee said.",
        "‘We will rebuild it,’ Ann Lee said.",
        "'We will rebuild it,' Ann Lee said.",
        "«We will rebuild it,» Ann Lee said.",
        "„We will rebuild it,“ Ann Lee said.",
        "The letter came late. “We will rebuild it,” ― Ann Lee\n",
        "According to Ann Lee, “We will rebuild it,”",
        "“We will rebuild it,” quoted a report. Not so. Ann Lee, who met the farmers, said, “We will rebuild it,”",
    ],
)
def test_the_speaker_is_found_in_every_order(text):
    assert ("We will rebuild it,", "Ann Lee") in direct(text)


def test_a_quote_split_by_its_speaker_is_two_parts_of_one():
    assert direct("“No,” Ann Lee said, “we are not afraid of it.” The town slept.") == [
        ("No,", "Ann Lee"),
        ("we are not afraid of it.", "Ann Lee"),
    ]


def test_a_quote_over_paragraphs_keeps_its_speaker():
    text = "“The water came at night,” said Bo Hale.\n\n“Nobody had warned us of it.\n\n“We will not forget.”\n\nRain fell."
    assert direct(text) == [
        ("The water came at night,", "Bo Hale"),
        ("Nobody had warned us of it.", "Bo Hale"),
        ("We will not forget.", "Bo Hale"),
    ]


def test_an_announced_speaker_has_the_next_paragraph():
    assert direct("Bo Hale wrote to the council:\n\n“The gate is broken and you know it.”") == [
        ("The gate is broken and you know it.", "Bo Hale")
    ]


def test_a_question_and_its_speaker_are_one_sentence():
    assert direct("“Why did nobody call us?” Bo Hale asked. “Who slept?”")[0] == ("Why did nobody call us?", "Bo Hale")


@pytest.mark.parametrize(
    "text",
    [
        "“The water rose, said Bo Hale on Monday.\n\nThe town slept.",
        'The "gate was shut by hand in the night.\n\nBo Hale said that it was late.',
        "„Das Tor war offen, sagte Bo Hale.\n\nDie Stadt schlief.",
    ],
)
def test_a_quote_never_closed_swallows_nothing(text):
    assert direct(text) == []


def test_a_mark_left_open_does_not_take_the_next_quote():
    assert direct("“The gate was shut, wrote the paper. “We are safe now,” said Bo Hale.") == [
        ("We are safe now,", "Bo Hale")
    ]


def test_a_quote_in_a_quote_is_part_of_it():
    text = "“He told us ‘run for the hill’ and we ran,” said Bo Hale."
    assert direct(text) == [("He told us ‘run for the hill’ and we ran,", "Bo Hale")]


@pytest.mark.parametrize(
    "text",
    [
        "The film “The Long Winter” opens in March.",
        "The so-called “smart” gates were built in 2019.",
        "In an interview for “Face of the Town,” Bo Hale said the gate was old.",
        "She stood 5'4\" tall beside the workers' gate.",
    ],
)
def test_titles_and_words_held_at_arms_length_are_no_quotes(text):
    assert direct(text) == []


def test_a_few_words_quoted_keep_their_speaker():
    assert direct("Ann Lee called the plan “a disgrace to the whole valley”.") == [
        ("a disgrace to the whole valley", "Ann Lee")
    ]


def test_a_surname_is_given_in_full():
    text = "Ann Lee came to Lindhaven on Monday. “We will stay,” Lee said."
    assert direct(text) == [("We will stay,", "Ann Lee")]


def test_a_surname_that_two_people_bear_stays_a_surname():
    text = "Ann Lee met her brother, and Tom Lee stayed. “We will stay,” Lee said."
    assert direct(text) == [("We will stay,", "Lee")]


def test_a_pronoun_is_who_acted_last():
    text = "Ann Lee opened the gate on Monday. “We will stay,” she said."
    assert direct(text) == [("We will stay,", "Ann Lee")]


def test_a_pronoun_that_is_not_sure_stays_a_pronoun():
    assert direct("The gate was opened in Lindhaven. “We will stay,” she said.") == [("We will stay,", "she")]


def test_a_pronoun_between_two_people_stays_a_pronoun():
    text = "Ann Lee wrote to Ida Moss about the gate. “We will stay,” she said."
    assert direct(text) == [("We will stay,", "she")]


def test_a_pronoun_is_nobody_of_the_headline():
    text = "Woman Hears Water Above\n\nIt was late. “We will stay,” she said."
    assert direct(text) == [("We will stay,", "she")]


def test_initials_and_honours_lead_to_the_full_name():
    text = "Theo J. Boll built the gate. “We will stay,” Mr. Boll said."
    assert direct(text) == [("We will stay,", "Theo J. Boll")]


def test_what_follows_and_said_is_the_sentences_own_subject():
    text = "Ann Lee praised the farmers and said the gate would be mended by the spring."
    assert reported(text)[-1] == ("the gate would be mended by the spring", "Ann Lee")


def test_an_added_clause_has_the_same_speaker():
    text = "Ann Lee said the gate was old, adding that “nobody had looked at it in ten years”."
    assert direct(text) == [("nobody had looked at it in ten years", "Ann Lee")]


def test_who_is_told_is_not_who_speaks():
    text = "“It was a long night,” Bo Hale, who led the divers, told The Lindhaven Times."
    assert direct(text) == [("It was a long night,", "Bo Hale")]


@pytest.mark.parametrize(
    ("text", "content", "speaker"),
    [
        ("Police said the road was closed.", "the road was closed", "Police"),
        ("The ministry said that the water rises.", "that the water rises", "The ministry"),
        ("The road was closed, police said.", "The road was closed", "police"),
        ("The road was closed, said Bo Hale.", "The road was closed", "Bo Hale"),
        ("According to the ministry, the road was closed.", "the road was closed", "the ministry"),
        ("The road was closed, according to the ministry.", "The road was closed", "the ministry"),
        ("Officials who met him in Lind said the road was closed.", "the road was closed", "Officials"),
    ],
)
def test_reported_claims_have_their_speaker(text, content, speaker):
    assert reported(text) == [(content, speaker)]


@pytest.mark.parametrize(
    "text",
    [
        "The plan is older than the town.",
        "The United States sent engineers to the valley.",
        "The gate was expected to hold.",
    ],
)
def test_a_noun_that_looks_like_a_verb_says_nothing(text):
    assert reported(text) == []


@pytest.mark.parametrize(
    ("language", "text", "quote", "speaker"),
    [
        ("de", "„Wir bleiben hier“, sagte Olaf Brenner am Montag.", "Wir bleiben hier", "Olaf Brenner"),
        ("de", "„Wir bleiben hier“, so Brenner.", "Wir bleiben hier", "Brenner"),
        ("fr", "« Nous restons ici », a déclaré Marie Dupont lundi.", "Nous restons ici", "Marie Dupont"),
        ("es", "“Nos quedamos aquí”, dijo Ana Ruiz el lunes.", "Nos quedamos aquí", "Ana Ruiz"),
        ("pt", "“Ficamos aqui”, disse Ana Prado na segunda-feira.", "Ficamos aqui", "Ana Prado"),
        ("it", "«Restiamo qui», ha detto Anna Conti lunedì.", "Restiamo qui", "Anna Conti"),
        ("nl", "“Wij blijven hier”, zei Jan Bakker maandag.", "Wij blijven hier", "Jan Bakker"),
        ("ru", "«Мы остаемся здесь», — сказал Иван Петров.", "Мы остаемся здесь", "Иван Петров"),
        ("uk", "«Ми залишаємося тут», — сказав Іван Коваль.", "Ми залишаємося тут", "Іван Коваль"),
        ("tr", "Ali Işık, “Biz burada kalıyoruz” dedi.", "Biz burada kalıyoruz", "Ali Işık"),
        ("ar", "وقال سامي حداد: «لن نغادر المدينة أبدا».", "لن نغادر المدينة أبدا", "سامي حداد"),
        ("fa", "رضا کریمی گفت: «ما همین جا می‌مانیم».", "ما همین جا می‌مانیم", "رضا کریمی"),
    ],
)
def test_quotes_of_other_languages_have_their_speaker(language, text, quote, speaker):
    assert direct(text, language) == [(quote, speaker)]


def test_a_language_without_a_list_gives_long_quotes_and_no_speaker():
    text = "“Maji yalipanda usiku wa manane na hakuna mtu aliyetuonya hata kidogo,” alisema Juma. Ni “kitabu”."
    assert direct(text, "sw") == [("Maji yalipanda usiku wa manane na hakuna mtu aliyetuonya hata kidogo,", "")]


def test_a_text_without_quotes_gives_none():
    assert quotes.find(marked("The river rose over the fields of Lind in the night.")) == ()
    assert quotes.find(marked("")) == ()


@pytest.mark.parametrize("hostile", ['"', "“", "«", "'", "” ", "“a” said ", "Lee said " * 3, ", said", "「"])
def test_time_grows_no_faster_than_the_text(hostile):
    def of(times: int) -> Callable[[int], Callable[[], object]]:
        def make(again: int) -> Callable[[], object]:
            article = marked(hostile * (times + again))  # no text twice: what is known of one is kept
            return lambda: quotes.find(article)

        return make

    quotes.find(marked(hostile * 20))
    assert least_s(of(2_000)) < 40 * max(least_s(of(200)), 0.002)


def test_marks_that_close_nothing_mark_nothing():
    assert quotation_marks.find("It’s the workers’ gate, built in the ’90s.") == ()
