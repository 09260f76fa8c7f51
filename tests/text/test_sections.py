"""Sections are told of what a text is about; publishers' own words and places are heard beside it."""

from __future__ import annotations

import pytest

from newstext.countries import countries_of, countries_of_story, country_name, is_country
from newstext.records import ArticleText
from newstext.sections import Section, own_sections, section_of, section_of_story, usual_of


def article(title: str, text: str = "", **given) -> ArticleText:
    return ArticleText(**({"url": "https://meren.example/1", "language": "en", "title": title, "text": text} | given))


def section(title: str, text: str = "", **given) -> str:
    return section_of(article(title, text, **given)).name


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "Parliament passes the water law after a night of debate", "politics"),
        ("en", "Ferry runs aground in fog, all passengers rescued", "world"),
        ("en", "Shares in the shipping line fall after a profit warning", "business"),
        ("en", "New smartphone app warns of ransomware", "technology"),
        ("en", "Astronomers find a comet that returns each 80 years", "science"),
        ("en", "Hospital opens a ward for patients with measles", "health"),
        ("en", "Torvik scores twice as Brann reach the cup final", "sport"),
        ("en", "Novelist Quill reads from her new book at the festival", "culture"),
        ("de", "Nach dem Unfall auf der Brücke ermittelt die Polizei", "world"),
        ("de", "Der Gemeinderat legt das Gesetz dem Parlament vor", "politics"),
        ("de", "Die Stadtmeisterschaft im Rudern beginnt mit einem Heimsieg", "sport"),
        ("es", "El Banco Central sube la tasa de interés por la inflación", "business"),
        ("fr", "Le médecin décrit les symptômes de la grippe", "health"),
        ("it", "La squadra vince la partita con un gol nel finale", "sport"),
        ("pt", "Deputados aprovam a reforma no parlamento", "politics"),
        ("nl", "Brand in fabriek: brandweer zoekt vermiste man", "world"),
        ("pl", "Naukowcy odkryli nową planetę", "science"),
        ("ru", "Банк повысил ставку из-за инфляции", "business"),
        ("tr", "Takım maçı üç golle kazandı", "sport"),
        ("sv", "Forskare hittar ny planet med teleskop", "science"),
        ("ar", "المنتخب يفوز في المباراة النهائية بهدفين", "sport"),
        ("ja", "サッカー代表、決勝で優勝", "sport"),
        ("zh", "央行宣布下调利率应对通胀", "business"),
        ("ko", "대표팀 감독이 결승 경기에 나설 선수를 발표했다", "sport"),
    ],
)
def test_headline_is_in_the_section_of_what_it_speaks_of(language, title, expected):
    assert section(title, language=language) == expected


def test_a_carmakers_party_is_politics():
    text = "The founder of the carmaker said the party would field candidates for the Senate in the midterm election."
    assert section("Carmaker's founder launches a political party", text) == "politics"


def test_what_the_text_is_about_beats_one_word_of_the_headline():
    text = (
        "Scientists found a new species of whale. The researchers took DNA samples of the mammal. The species lives in "
        "deep water, and biologists think that fewer than a hundred animals are left. The study was peer-reviewed."
    )
    assert section("A movie star of the sea", text) == "science"


def test_publishers_section_decides_where_words_are_few():
    assert section("What we know so far", section="Sport") == "sport"
    assert section("What we know so far", url="https://meren.example/wirtschaft/2026/what-we-know") == "business"
    assert section("What we know so far", tags=("Gesundheit",)) == "health"


def test_the_articles_own_name_in_its_address_is_no_section():
    assert section("What we know so far", url="https://meren.example/2026/sport") == "general"


def test_publishers_section_of_the_world_may_hold_politics():
    title = "Prime minister calls an election after his party loses the vote"
    assert section(title, section="International") == "politics"


def test_text_without_a_topic_is_an_event_of_the_place_it_names():
    told = section_of(article("Quiet morning in Norway"))
    assert (told.name, told.because) == ("world", ("place: Norway",))
    assert told.confidence < 0.2


@pytest.mark.parametrize("title", ["", "Torvik", "So it goes", "12 34 56"])
def test_text_that_says_nothing_is_general(title):
    assert section_of(article(title)) == Section("general", 0.0)


@pytest.mark.parametrize("language", ["fi", "xx", "", "und", "zh-Hant", "../en"])
def test_language_without_a_list_is_no_error(language):
    assert section("NASA and ESA plan a mission", language=language) == "science"


def test_what_a_publisher_mostly_writes_of_decides_where_a_headline_says_little():
    usual = usual_of(["sport"] * 30)
    assert section_of(article("Torvik returns"), usual=usual).name == "sport"
    assert section_of(article("Parliament passes the budget law"), usual=usual).name == "politics"


def test_few_articles_say_nothing_of_a_publisher():
    assert usual_of(["sport"] * 19) == {}


def test_reasons_name_the_words():
    told = section_of(article("Hospital opens a ward for patients", section="Health"))
    assert any(reason.startswith("word: ") for reason in told.because)
    assert "publisher's section: Health" in told.because


def test_labels_are_known_in_many_languages():
    assert own_sections(["Economía"]) == ["topic:business"]
    assert own_sections(["スポーツ"]) == ["topic:sport"]
    assert own_sections(["Ausland"]) == ["place:world"]
    assert own_sections(["Torvik"]) == []


def test_story_is_where_most_of_its_tellings_are():
    tellings = [Section("sport", 0.9), Section("business", 0.4), Section("sport", 0.5)]
    assert section_of_story(tellings).name == "sport"


def test_sure_telling_outweighs_two_unsure_ones():
    assert section_of_story([Section("health", 0.9), Section("world", 0.2), Section("world", 0.2)]).name == "health"


def test_story_keeps_its_section_while_it_grows_by_a_near_tie():
    tellings = [Section("politics", 0.5), Section("business", 0.55)]
    assert section_of_story(tellings, before="politics").name == "politics"
    assert section_of_story([*tellings, Section("business", 0.5)], before="politics").name == "business"


def test_story_of_which_nothing_is_told_keeps_what_it_was():
    assert section_of_story([], before="sport").name == "sport"
    assert section_of_story([Section("general", 0.0)]).name == "general"


def test_long_text_is_read_at_its_beginning_alone():
    assert section("Torvik", "So it goes. " * 100_000 + "parliament " * 100) == "general"


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "Norwegian ferry runs aground off Sweden", ("no", "se")),
        ("de", "Brand in Wien: Österreichs Feuerwehr im Einsatz", ("at",)),
        ("es", "Terremoto en Perú deja tres heridos", ("pe",)),
        ("ru", "В Норвегии прошли выборы", ("no",)),
        ("ja", "ノルウェーで選挙", ("no",)),
        ("fr", "Un séisme frappe le Maroc", ("ma",)),
        ("en", "So it goes", ()),
    ],
)
def test_countries_are_told_by_name_people_and_town(language, title, expected):
    assert countries_of(article(title, language=language)) == expected


def test_where_the_publisher_sits_is_not_what_it_writes_of():
    assert countries_of(article("Election in Norway", country="DE")) == ("no",)
    assert countries_of(article("So it goes", country="DE")) == ()


def test_small_town_is_known_to_papers_of_its_country():
    assert countries_of(article("Fire in Olten", country="CH")) == ("ch",)
    assert countries_of(article("Fire in Olten", country="FI")) == ()


def test_us_is_no_country_in_small_letters():
    assert countries_of(article("Tell us what you think")) == ()
    assert countries_of(article("US lawmakers meet")) == ("us",)


def test_town_within_a_persons_name_is_no_place():
    assert countries_of(article("Paris Quill opens a shop")) == ()
    assert countries_of(article("A shop opens in Paris")) == ("fr",)


def test_country_named_in_passing_is_left_out():
    text = "Norway votes today. " + "The parliament of Norway is old. " * 5 + "A guest came from Portugal."
    assert countries_of(article("Norway votes", text)) == ("no",)


def test_story_is_about_the_countries_of_most_tellings():
    assert countries_of_story([("no",), ("no", "se"), ("dk", "no"), ("no",)]) == ("no",)
    assert countries_of_story([]) == ()


def test_names_of_countries():
    assert country_name("de") == "Germany"
    assert country_name("de", "fr") == "Allemagne"
    assert country_name("de", "xx") == "Germany"
    assert is_country("ch")
    assert not is_country("eu")


def test_a_last_name_that_is_a_town_elsewhere_names_no_country():
    text = (
        "Prime Minister Lena Harrow dismissed her minister. Harrow said that she had no choice. Harrow spoke briefly."
    )
    article = ArticleText(url="", title="Harrow dismisses minister", text=text, language="en")
    assert countries_of(article) == ()
    seen = ArticleText(url="", title="Fire in Harrow", text="A mill in Harrow burnt down.", language="en")
    assert countries_of(seen) == ("gb",)


@pytest.mark.parametrize(
    "title", ["Canary ferries strike, islands cut off", "Island life is hard", "The islanders voted"]
)
def test_islands_are_not_iceland(title):
    assert "is" not in countries_of(article(title, title))
    assert countries_of(article("Isländische Fischer streiken", language="de")) == ("is",)
