"""What an article and a story are about: one tag for one subject, and none for what is named in passing."""

from __future__ import annotations

import time

import pytest

from newstext import hashtags, pipeline
from newstext.keyphrases import background, keyphrases
from newstext.note_records import Subject
from newstext.records import ArticleText


def article(title: str, text: str = "", language: str = "en", **more) -> ArticleText:
    return pipeline.mark_article(ArticleText(url="", id=title, title=title, text=text, language=language, **more))


def tags(title: str, text: str = "", language: str = "en", **more) -> tuple[str, ...]:
    return hashtags.of_story([article(title, text, language, **more)])


FILLER = "The ferry line said nothing on the first day and little on the second, and the harbour stayed closed. "


def test_last_name_and_full_name_are_one_tag():
    found = hashtags.subjects([
        article("Brask leaves the cabinet", "Minister Oda Brask left the cabinet. Brask said she was tired. Oda Brask is 51."),
    ])  # fmt: skip
    assert found[0] == Subject("#OdaBrask", "person", ("brask",), "brask")
    assert [one.tag for one in found].count("#Brask") == 0


def test_town_is_not_the_woman_who_bears_its_name():
    text = "A fire in Tarn killed two people. The roads into Tarn are closed. In Tarn, the school is shut. Ysolde Tarn wept."
    found = hashtags.subjects([article("Fire in Tarn kills two", text)])
    assert [(one.tag, one.kind) for one in found] == [("#Tarn", "place")]


def test_what_is_named_once_in_the_middle_is_no_tag():
    text = "The Halda ran aground. " + FILLER * 6 + "Otto Vane watched. " + FILLER * 6 + "The Halda was freed."
    assert tags("Ferry Halda runs aground", text) == ("#Halda",)


def test_what_a_long_text_dwells_on_is_a_tag_without_the_headline():
    text = "Otto Vane is back. " + (FILLER + "Then Vane spoke, and Otto Vane smiled. ") * 5
    assert "#OttoVane" in tags("He is back", text)


def test_titles_are_no_part_of_a_name():
    text = "French President Ada Lorentz met Prime Minister Lina Haro. Lorentz and Haro spoke."
    assert set(tags("Lorentz meets Haro", text)) == {"#AdaLorentz", "#LinaHaro"}


def test_popes_and_kings_keep_their_rank():
    assert tags("King Olaf opens the dam", "King Olaf opened the dam on Friday.") == ("#KingOlaf",)


def test_publisher_author_agency_section_and_weekday_are_no_tags():
    text = "Monday was calm, the Velmark Courier writes. Reuters and the Velmark Courier saw Sela Voss. Politics rests."
    found = tags(
        "Monday in Politics: Velmark Courier, Reuters and Sela Voss look back", text,
        publisher="Velmark Courier", authors=("Sela Voss",), section="Politics",
    )  # fmt: skip
    assert not {"#VelmarkCourier", "#Reuters", "#Monday", "#SelaVoss", "#Politics"} & set(found)


def test_headline_in_capitals_gives_only_names_that_the_text_has():
    text = "The mayor, Ada Brask, said that the old mill would reopen its doors after a long wait in the autumn."
    assert tags("Mayor Ada Brask Reopens Beloved Mill After Long Wait", text) == ("#AdaBrask",)


def test_matter_of_the_headline_that_the_text_repeats_is_a_tag_after_names():
    text = (
        "Parliament passed the water law. The water law limits wells. Farmers dislike the water law, Otto Vane says. "
        "Otto Vane will fight it."
    )
    assert tags("Vane fights the water law", text) == ("#OttoVane", "#WaterLaw")


def test_the_land_stands_for_its_people():
    assert tags("Turkish troops leave the valley", "Turkish troops left. The Turkish army said so.") == ("#Turkey",)


def test_story_of_several_tellings_takes_what_they_share():
    shared = "The ferry Halda ran aground. The Halda is stuck."
    story = [
        article("Ferry Halda aground", f"{shared} Otto Vane saw it. Otto Vane wept."),
        article("Halda stuck on a reef", shared),
        article("The Halda will not move", shared),
        article("Rescue for the Halda", shared),
    ]
    assert hashtags.of_story(story) == ("#Halda",)


def test_two_tags_never_have_one_key():
    found = tags(
        "US and U.S. and US's allies", "The US said so. U.S. officials agreed. The US's allies did not. US again."
    )
    assert len({hashtags.key(tag) for tag in found}) == len(found)


# --- languages --------------------------------------------------------------------


def test_german_nouns_are_not_names():
    text = "In der Nacht brannte der Garten. Die Leute sahen den Garten brennen, sagt Bundesrätin Ada Brask in Ostra."
    found = tags("Garten brennt: Bundesrätin Ada Brask reist nach Ostra", text, "de")
    assert set(found) == {"#AdaBrask", "#Ostra"}


def test_headline_with_a_name_joined_to_a_noun_is_read():
    found = tags(
        "Nach EM-Silber: Mara Lind beendet ihre Laufbahn", "Mara Lind hört auf. Das sagte Lind am Montag.", "de"
    )
    assert "#MaraLind" in found


def test_word_that_begins_a_sentence_is_no_first_name():
    text = "Ada Brask hat das Gesetz gelesen. Sogar Brask lacht. Brask sagte das am Montag."
    assert tags("Sogar Brask lacht", text, "de") == ("#AdaBrask",)
    text = "Ada Brask said on Monday that she stays. Brask spoke in Ostra. Brask is tired."
    assert "#AdaBrask" in tags("Embattled Ada Brask holds talks", text)
    assert not any("Embattled" in tag for tag in tags("Embattled Brask holds talks with Ostra", text))


def test_german_adjective_at_a_headlines_start_is_no_first_name():
    assert tags("Harte Strafe für Fahrer", "Ein Gericht hat entschieden.", "de") == ()


def test_russian_names_are_one_in_all_their_cases():
    text = "В Москве прошла встреча. Москва ждала её давно. Власти Москвы довольны."
    found = tags("В Москве прошла встреча", text, "ru")
    assert found == ("#Москва",)


def test_arabic_tags_are_whole_runs_and_no_reporting_words():
    text = "قالت الشرطة إن سد كيستريل انهار يوم الجمعة. وأعلنت وزارة المياه أن سد كيستريل قديم. وقالت إنها تحقق."
    found = tags("قالت الشرطة: انهيار في سد كيستريل", text, "ar")
    assert "#سد_كيستريل" in found
    assert not {"#قالت", "#أعلنت", "#الجمعة"} & set(found)


def test_arabic_and_is_no_part_of_a_name():
    text = "اجتمعت فيلمارك وكارسا. وقالت كارسا إن فيلمارك وافقت. ورحبت كارسا بالاتفاق مع فيلمارك. فيلمارك راضية."
    assert set(tags("اتفاق بين فيلمارك وكارسا", text, "ar")) == {"#فيلمارك", "#كارسا"}


def test_chinese_tags_are_words_that_come_back_whole():
    text = "凯斯特大坝昨天倒塌。救援队说，凯斯特大坝年久失修。居民要求调查凯斯特大坝，政府同意。"
    assert "#凯斯特大坝" in tags("凯斯特大坝倒塌", text, "zh")


def test_turkish_suffix_is_no_part_of_a_name():
    assert "#Velmark" in tags(
        "Velmark'ta seçim", "Velmark'ta seçim var. Seçim Velmark'ı bölüyor, Velmark bekliyor.", "tr"
    )


@pytest.mark.parametrize("language", ["xx", "und", "", "qq-rare"])
def test_no_word_list_is_no_error(language):
    assert "#OdaBrask" in tags(
        "Oda Brask resigns", "Oda Brask resigned. Brask is tired. Then Oda Brask left.", language
    )


@pytest.mark.parametrize("text", ["", "word", "1 2 3 4 5", "A", "\n\n\n", "🙂🙂🙂", "'’'’", "مرحبا hello 你好 привет"])
def test_odd_texts_have_tags_or_none(text):
    for title in ("", text):
        assert isinstance(tags(title, text), tuple)


def test_time_grows_with_the_text_and_not_with_its_square():
    text = "Oda Brask met Otto Vane in Port Meren. " * 25_000
    began = time.process_time()
    assert hashtags.of_story([ArticleText(url="", title="Oda Brask meets Otto Vane", text=text, language="en")])
    signs = ArticleText(url="", title="凯斯特大坝" * 40, text="凯斯特大坝昨天倒塌。" * 20_000, language="zh")
    hashtags.of_story([signs])
    words = ArticleText(url="", title="سد كيستريل " * 30, text="انهار سد كيستريل أمس ثم " * 8_000, language="ar")
    hashtags.of_story([words])
    assert time.process_time() - began < 15


# --- keyphrases ---------------------------------------------------------------------


def test_keyphrases_are_rare_words_of_the_text_as_written():
    text = (
        "The spillway of Kestrel cracked. Engineers looked at the spillway. The spillway and the Kestrel dam are old."
    )
    found = keyphrases([ArticleText(url="", id="1", title="", text=text, language="en")], top=3)
    assert found[0][0] == "1"
    assert {"spillway", "Kestrel"} <= set(found[0][1])
    assert len(found[0][1]) == 3


def test_words_that_stand_together_are_a_phrase_in_their_own_spelling():
    text = "La nouvelle écluse ouvre. La nouvelle écluse est longue. Tous aiment la nouvelle écluse."
    assert "nouvelle écluse" in keyphrases([ArticleText(url="", text=text, language="fr")])[0][1]


def test_rarity_without_a_table_is_no_error_and_with_one_knows_common_words():
    assert not background("qq").counts
    assert background("en").rarity("said") < background("en").rarity("spillway")
