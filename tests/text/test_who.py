"""Who's who: names told apart, the roles that texts give them, and who is one over tellings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from newstext import entities, name_scorer, pipeline, who
from newstext.note_records import Person
from newstext.records import ArticleText
from tests.text.timing import least_s


def telling(text: str, *, key: str = "a", day: int | None = 20, language: str = "en", **more) -> ArticleText:
    at = datetime(2026, 11, day, 9, tzinfo=UTC) if day else None
    return pipeline.mark_article(
        ArticleText(url="", id=key, text=text, published_at=at, language=language, **more)  # type: ignore[arg-type]
    )


def roles(*articles: ArticleText) -> dict[str, list[str]]:
    return {one.name: [role.role for role in one.roles] for one in who.write_people(articles)}


def one_role(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(name, role) for name, said in roles(telling(text, language=language)).items() for role in said]


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Sten Aldous, the mayor of Ostra, said on Monday that the dam was safe.", "Sten Aldous", "mayor of Ostra"),
        ("The dam is safe, said the mayor of Ostra, Sten Aldous.", "Sten Aldous", "mayor of Ostra"),
        ("The mayor, Sten Aldous, said on Monday that the dam was safe.", "Sten Aldous", "mayor"),
        ("President Sten Aldous, in power since 2003, won again.", "Sten Aldous", "in power since 2003"),
        ("Turkish Foreign Minister Ada Brink met them.", "Ada Brink", "Turkish Foreign Minister"),
        ("On Monday former Turkish prime minister Ada Brink met them.", "Ada Brink", "former Turkish prime minister"),
        ("They met Turkey's deputy foreign minister Ada Brink.", "Ada Brink", "Turkey's deputy foreign minister"),
        ("Police handed the boy to Sgt. Ada Brink on Monday.", "Ada Brink", "Sgt."),
        ("Ada Brink is the head of the water office.", "Ada Brink", "head of the water office"),
        ("Ada Brink, 34, a driver from Ostra, saw the bus.", "Ada Brink", "34, a driver from Ostra"),
        ("Ada Brink, who is the head of the water office, saw it.", "Ada Brink", "head of the water office"),
        ("Talks between the speaker and President Ada Brink failed.", "Ada Brink", "President"),
        ("New Karsa Conservative Rep. Ada Brink left.", "Ada Brink", "New Karsa Conservative Rep."),
        ("They heard singer Ada Brink in the evening.", "Ada Brink", "singer"),
    ],
)
def test_a_role_is_the_whole_phrase_that_the_text_gives(text, name, role):
    assert (name, role) in one_role(text)


@pytest.mark.parametrize(
    "text",
    [
        "In Turkey, the mayor of the town said nothing.",
        "Ada Brink met the mayor, the governor and the chief of police.",
        "Ada Brink, the minister said, would not come.",
        "Ada Brink is expected to be the next mayor.",
        "“Ada Brink is a dictator,” he said.",
        "Prosecutors said Ada Brink is the leader of the gang.",
        "Through a spokeswoman, Ada Brink, who won in May, said no.",
        "The ship left at 12:50 PM Ada Brink was on board.",
        "The wife, Ada Brink, waited.",
        "His lawyer Ada Brink spoke.",
        "Ostra, Karsa district, told the papers.",
        "Head of the agency Ada Brink, who left, was calm.",
        "They feared the first days of a President Ada Brink.",
        "The deputy's mother, Ada Brink, was there.",
        "Associated Press writer Ada Brink contributed to this report.",
    ],
)
def test_no_role_is_given_in_doubt(text):
    assert one_role(text) == []


def test_organisations_and_places_have_what_they_are():
    text = (
        "Ada Brink works for the Ostra Water Institute, a research institute based in Turkey, and likes it. "
        "She was born in Ankara, the capital of Turkey."
    )
    found = roles(telling(text))
    assert found["Ostra Water Institute"] == ["research institute based in Turkey"]
    assert found["Ankara"] == ["capital of Turkey"]


@pytest.mark.parametrize(
    ("language", "text", "name", "role"),
    [
        ("de", "Sten Aldous, der Bürgermeister von Ostra, sagte das am Montag.", "Sten Aldous", "Bürgermeister von Ostra"),
        ("de", "Das sagte Bundeskanzlerin Ada Brink am Montag.", "Ada Brink", "Bundeskanzlerin"),
        ("fr", "Ada Brink, maire d’Ostra, a parlé lundi soir devant la presse.", "Ada Brink", "maire d’Ostra"),
        ("fr", "Lundi, le président turc Sten Aldous a parlé.", "Sten Aldous", "président turc"),
        ("es", "Ada Brink, alcaldesa de Ostra, habló el lunes con la prensa.", "Ada Brink", "alcaldesa de Ostra"),
        ("it", "Ada Brink, sindaca di Ostra, ha parlato lunedì con la stampa.", "Ada Brink", "sindaca di Ostra"),
        ("pt", "Ada Brink, prefeita de Ostra, falou na segunda-feira.", "Ada Brink", "prefeita de Ostra"),
        ("ru", "В понедельник президент Стен Алдоус выступил с речью.", "Стен Алдоус", "президент"),
        ("tr", "Pazartesi günü konuşan Cumhurbaşkanı Sten Aldous açıkladı.", "Sten Aldous", "Cumhurbaşkanı"),
        ("ar", "قال الرئيس ستين ألدوس إن السد آمن.", "ستين ألدوس", "الرئيس"),
    ],
)  # fmt: skip
def test_other_languages_have_their_own_words(language, text, name, role):
    assert (name, role) in one_role(text, language)


def test_a_language_without_words_gives_no_roles_and_no_error():
    assert one_role("Ada Brink, zupanja Ostre, je govorila v ponedeljek.", "sl") == []


def test_every_role_stands_in_its_sentence():
    text = "President Ada Brink met Sten Aldous, the mayor of Ostra, on Monday."
    article = telling(text)
    people = who.write_people([article])
    assert sum(len(person.roles) for person in people) == 2
    for person in people:
        for role in person.roles:
            assert role.role in role.evidence.text
            assert article.text[role.evidence.start : role.evidence.end] == role.evidence.text
            assert role.on == "2026-11-20"


def test_one_person_over_tellings_is_listed_once_under_the_full_name():
    first = telling("Sten Aldous, the mayor of Ostra, spoke. Aldous was calm. Mr. Aldous left.", key="a")
    second = telling("Mayor Sten R. Aldous spoke on Monday. Aldous left at noon.", key="b")
    people = [one for one in who.write_people([first, second]) if one.kind == "person"]
    assert [(one.name.startswith("Sten"), one.mentions) for one in people] == [(True, 5)]


def test_two_people_of_one_surname_stay_two():
    text = (
        "Mary Aldous, the mayor of Ostra, spoke to Sten Aldous, the governor of the province. "
        "Aldous was calm. Both left at noon."
    )
    found = roles(telling(text))
    assert found["Mary Aldous"] == ["mayor of Ostra"]
    assert found["Sten Aldous"] == ["governor of the province"]


def test_father_and_son_of_one_name_stay_two():
    text = "Rev. Jesse Aldous spoke first. Then Senator Jesse Aldous Jr. spoke for an hour."
    assert len([name for name in roles(telling(text)) if "Aldous" in name]) == 2


def test_an_abbreviation_given_in_brackets_is_the_same_organisation():
    text = (
        "The Ostra Water Council (OWC), a charity based in Turkey, met on Monday. The OWC said the dam was safe. "
        "The OWC will meet again."
    )
    people = who.write_people([telling(text)])
    assert [(one.name, one.mentions) for one in people if "Council" in one.name or "OWC" in one.name] == [("OWC", 3)]


def test_a_role_that_changed_is_shown_with_both_days_the_newest_first():
    before = telling("Ada Brink, the mayor of Ostra, spoke on the dam.", key="a", day=3)
    after = telling("Ada Brink, the former mayor of Ostra, spoke on the dam.", key="b", day=20)
    (person,) = [one for one in who.write_people([before, after]) if one.name == "Ada Brink"]
    assert [(role.role, role.on) for role in person.roles] == [
        ("former mayor of Ostra", "2026-11-20"),
        ("mayor of Ostra", "2026-11-03"),
    ]


def test_the_same_role_in_other_words_is_shown_once():
    first = telling("Ada Brink, the mayor of Ostra, spoke.", key="a", day=3)
    second = telling("Mayor Ada Brink spoke again.", key="b", day=4)
    assert roles(first, second)["Ada Brink"] == ["mayor of Ostra"]


def test_authors_agencies_and_publishers_are_left_out():
    text = "Ada Brink told Reuters that it was safe. Reuters and Reuters and the Ostra Post reported. Ada Brink left."
    article = telling(text, publisher="Ostra Post", authors=("Ada Brink",))
    assert who.write_people([article]) == ()


def test_who_is_named_once_without_a_role_is_not_listed():
    assert who.write_people([telling("They had seen Ada Brink in the evening.")]) == ()


def test_many_people_are_cut_to_the_most_dwelt_on():
    given = "Ada Sten Mary Jesse John Anna Peter Paul Laura David Karen Simon Helen Oscar".split()
    text = " ".join(f"Senator {name} Brink{'a' * place}h spoke." for place, name in enumerate(given))
    people = who.write_people([telling(text + " Senator Ada Brinkh left. Ada Brinkh came back.")])
    assert len(people) == who.MOST
    assert people[0].name == "Ada Brinkh"


@pytest.mark.parametrize("text", ["", "Fire.", "“Sten Aldous, the mayor of", "SGT. " * 500, "Ada Brink, " * 500])
def test_odd_texts_give_people_or_nothing(text):
    assert all(isinstance(one, Person) for one in who.write_people([telling(text, day=None)]))


def test_no_article_no_people():
    assert who.write_people([]) == ()


def test_a_story_of_many_tellings_takes_time_in_proportion():
    text = "Sten Aldous, the mayor of Ostra, met President Ada Brink on Monday. Aldous spoke. " * 8
    who.write_people([telling(text, key="first")])  # the lists are read; of no article timed is anything known

    def of(count: int) -> Callable[[int], Callable[[], object]]:
        def make(again: int) -> Callable[[], object]:
            articles = [telling(text, key=f"{count} {again} {number}") for number in range(count)]
            return lambda: who.write_people(articles)

        return make

    assert least_s(of(300)) < 25 * max(least_s(of(30)), 0.005)


def test_named_tells_people_places_and_organisations_apart():
    text = "Prime Minister Ada Brink flew from Ankara to Berlin on Monday. The Ostra Water Committee met. Brink left."
    kinds = {name.text: name.kind for name in entities.named(telling(text))}
    assert kinds["Ada Brink"] == "person"
    assert kinds["Brink"] == "person"
    assert kinds["Ankara"] == "place"
    assert kinds["Ostra Water Committee"] == "organisation"


def test_named_gives_offsets_into_the_text_also_of_a_long_one():
    text = "Ada Brink went to Ankara. " * 4000
    names = entities.named(telling(text[:100]))
    assert all(text[name.start : name.end] == name.text for name in names)
    long = name_scorer.find(text)
    assert len(long) > 4000
    assert all(text[name.start : name.end] == name.text for name in long)


def test_a_name_ends_with_its_sentence():
    text = "They called Sten Aldous. Brink came too.\nMary Aldous\nAda Brink left."
    assert all("." not in name.text and "\n" not in name.text for name in entities.named(telling(text)))


def test_titles_and_days_are_no_part_of_a_name():
    names = [name.text for name in entities.named(telling("Sen. Ada Brink met Mr. Sten Aldous on Monday."))]
    assert names == ["Ada Brink", "Sten Aldous"]


def test_named_in_a_text_without_capitals():
    (name,) = entities.named(telling("قال الرئيس ستين ألدوس إن السد آمن.", language="ar"))
    assert (name.text, name.kind) == ("ستين ألدوس", "person")


def test_a_short_english_text_is_read_as_english_whatever_it_was_taken_for():
    text = "Ada Brink of the Partito Nuovo was in the senate of Italy from 1992 to 1996 and then left it."
    assert entities.named(telling(text, language="it")) == entities.named(telling(text))


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("In between tides Hall of Winds guide Ada Brink told him to wait.", "Ada Brink", "Hall of Winds guide"),
        (
            "Port Meren nobility, former 12ers goalkeeper Sten Aldous, sailed here.",
            "Sten Aldous",
            "former 12ers goalkeeper",
        ),
    ],
)
def test_a_role_begins_where_its_title_begins(text, name, role):
    assert one_role(text) == [(name, role)]


def test_the_end_of_a_title_is_no_part_of_a_name():
    text = "Chief of Staff Sten Aldous met General Manager A. J. Brink on Monday. Sten Aldous, the mayor, left."
    names = {one.name for one in who.write_people([telling(text)])}
    assert names == {"Sten Aldous", "A. J. Brink"}


def test_who_is_known_by_one_word_alone_is_not_listed_without_a_role():
    text = "Bentley stood there. They saw Bentley. Then Bentley left, and Bentley won. Mayor Ada Brink spoke."
    assert [one.name for one in who.write_people([telling(text)])] == ["Ada Brink"]


def test_a_first_name_is_no_second_person():
    text = (
        "Mayor Sten Aldous spoke. Sten Aldous met Ada. Sten was calm. They saw Sten. Then Sten left. Sten Aldous won."
    )
    assert [one.name for one in who.write_people([telling(text * 2)])] == ["Sten Aldous"]


def test_a_role_is_not_cut_at_a_state():
    text = "It is hard, said Ada Brink, president of the Lind City, Ka., branch of the fund, which met on Monday."
    assert "president of the Lind City" not in roles(telling(text)).get("Ada Brink", [])
