"""A page saved or pasted as text gives one article and what it lists beside it, whatever its shape."""

from __future__ import annotations

import pytest

from newstext.extract import read_page
from newstext.extract.saved_text import is_age, read_saved_text
from newstext.records import ArticleText, Page
from tests.site import news

BODY = [
    f"{paragraph} {extra}" for paragraph, extra in zip(news.EVENTS[1][1], ["The gallery was full."] * 5, strict=True)
]
TITLE = "Water law passes after a long night"
FERRY = "The ferry Halda ran aground on Tuesday on the reef off Port Meren. Nobody was hurt, the harbour master said."
MILL = "The mill of Tarn burnt down on Sunday night while the miller slept. The brigade came too late for the wheel."


def read(*parts: str, blank: bool = True, url: str = "") -> ArticleText:
    text = ("\n\n" if blank else "\n").join(parts)
    found, _ = read_page(Page(url, text.encode(), media_type="text/plain", charset="utf-8"))
    assert isinstance(found, ArticleText)
    return found


def items(article: ArticleText) -> list[tuple[str, str, str]]:
    return [(one.title, one.publisher, one.age) for one in article.related]


RELATED = [("Ferry aground off Port Meren", "Sound Weekly", "3 hours ago"), ("Mill burns in Tarn", "The Meren Courier", "an hour ago")]  # fmt: skip


def test_format_a_logo_title_twice_publisher_age_banner_and_texts_of_related():
    article = read(
        "logo", TITLE, TITLE, "Lindhaven Post", "2 hours ago", *BODY, "Orange background", "Try Our AI Features",
        "Explore what Daily AI can do for you:", "Comments", "No comments yet...", "Related Articles",
        "Ferry aground off Port Meren", "Ferry aground off Port Meren", "Sound Weekly", "3 hours ago", FERRY,
        "Mill burns in Tarn", "Mill burns in Tarn", "The Meren Courier", "an hour ago", MILL,
        blank=False,
    )  # fmt: skip
    assert (article.title, article.publisher, article.paragraphs) == (TITLE, "Lindhaven Post", tuple(BODY))
    assert items(article) == RELATED
    assert article.refused == ""


def test_format_a_with_blank_lines_and_the_text_of_an_image():
    article = read("logo", "A crowd before the parliament", TITLE, TITLE, "Lindhaven Post", "09-06-2025", *BODY, "Orange background", "Try Our AI Features", "Comments", "No comments yet...")  # fmt: skip
    assert (article.title, article.publisher, article.paragraphs) == (TITLE, "Lindhaven Post", tuple(BODY))
    assert (article.published_at.date().isoformat(), article.published_precision) == ("2025-06-09", "day")


def test_format_b_no_publisher_empty_hashtags_and_related():
    article = read(
        TITLE, *BODY, "Hashtags", "Try Our AI Features", "Explore what Daily AI can do for you:", "Comments", "No comments yet...",
        "Related Articles", "Ferry aground off Port Meren", "Sound Weekly", "3 hours ago", FERRY, "Mill burns in Tarn", "The Meren Courier", "an hour ago", MILL,
    )  # fmt: skip
    assert (article.title, article.publisher, article.tags) == (TITLE, "", ())
    assert article.paragraphs == tuple(BODY)
    assert items(article) == RELATED


def test_arabic_page_with_arabic_indic_dates():
    body = [
        "أقر برلمان فيلمارك قانون المياه الجديد فجر الثلاثاء بعد جلسة طويلة استمرت حتى الرابعة صباحا في العاصمة.",
        "وقالت وزيرة المياه إن القانون سيجلب الآبار النظيفة إلى الوديان الشمالية خلال ثلاث سنوات من الآن.",
    ]
    article = read(
        "logo", "البرلمان يقر قانون المياه", "البرلمان يقر قانون المياه", "صحيفة ميرين", "٠٩-٠٦-٢٠٢٥", *body, "وسوم", "#المياه #فيلمارك",
        "التعليقات", "لا تعليقات بعد", "مقالات ذات صلة", "عبارة تجنح قرب الميناء", "عبارة تجنح قرب الميناء", "أسبوعية المضيق", "منذ ٣ ساعات", "جنحت العبارة يوم الثلاثاء قرب الميناء ولم يصب أحد بأذى، وفق ما قال مدير الميناء للصحيفة.",
    )  # fmt: skip
    assert (article.title, article.publisher, article.language) == ("البرلمان يقر قانون المياه", "صحيفة ميرين", "ar")
    assert article.published_at.date().isoformat() == "2025-06-09"
    assert article.paragraphs == tuple(body)
    assert article.tags == ("المياه", "فيلمارك")
    assert items(article) == [("عبارة تجنح قرب الميناء", "أسبوعية المضيق", "منذ ٣ ساعات")]


def test_related_items_without_a_heading_are_known_by_their_shape():
    article = read(
        TITLE, *BODY, "Ferry aground off Port Meren", "Ferry aground off Port Meren", "Sound Weekly", "3 hours ago", FERRY,
        "Mill burns in Tarn", "Mill burns in Tarn", "The Meren Courier", "an hour ago", MILL,
    )  # fmt: skip
    assert article.paragraphs == tuple(BODY)
    assert items(article) == RELATED


@pytest.mark.parametrize(
    ("tags", "comments", "related", "age"),
    [
        ("Schlagworte", "Kommentare (2)", "Das könnte Sie auch interessieren", "vor 3 Stunden"),
        ("Mots-clés", "Commentaires", "Sur le même sujet", "il y a 3 heures"),
        ("Etiquetas", "Comentarios", "Noticias relacionadas", "hace 3 horas"),
        ("Argomenti", "Commenti", "Articoli correlati", "3 ore fa"),
        ("Palavras-chave", "Comentários", "Leia também", "há 3 horas"),
        ("Trefwoorden", "Reacties", "Lees ook", "3 uur geleden"),
        ("Теги", "Комментарии", "Материалы по теме", "3 часа назад"),
        ("Etiketler", "Yorumlar", "İlgili haberler", "3 saat önce"),
        ("Tagi", "Komentarze", "Czytaj także", "3 godziny temu"),
    ],
)
def test_headings_in_other_languages(tags, comments, related, age):
    article = read(TITLE, *BODY, tags, "Water, Velmark", comments, "A fine law, that!", related, "Ferry aground off Port Meren", "Sound Weekly", age)  # fmt: skip
    assert article.paragraphs == tuple(BODY)
    assert article.tags == ("Water", "Velmark")
    assert items(article) == [("Ferry aground off Port Meren", "Sound Weekly", age)]


def test_comments_with_texts_are_not_of_the_article():
    article = read(
        TITLE, *BODY, "Comments (3)", "Otto V.", "2 hours ago", "I was there that night, and the gallery was not full at all. They should count again, and so should the paper.",
        "Ada B.", "an hour ago", "It was.", "Related Articles", "Ferry aground off Port Meren", "Sound Weekly", "3 hours ago",
    )  # fmt: skip
    assert article.paragraphs == tuple(BODY)
    assert items(article) == RELATED[:1]


def test_related_without_ages_is_told_by_blank_lines():
    article = read(TITLE, *BODY, "Related Articles\nFerry aground off Port Meren\nSound Weekly", "Mill burns in Tarn\nThe Meren Courier")  # fmt: skip
    assert article.paragraphs == tuple(BODY)
    assert [(title, publisher) for title, publisher, _ in items(article)] == [(one[0], one[1]) for one in RELATED]


def test_related_without_ages_and_blank_lines_is_told_by_names():
    article = read(TITLE, *BODY, "Related Articles", "Ferry aground off Port Meren", "Sound Weekly", "Mill burns in Tarn", "The Meren Courier", blank=False)  # fmt: skip
    assert [(title, publisher) for title, publisher, _ in items(article)] == [(one[0], one[1]) for one in RELATED]
    assert article.paragraphs == tuple(BODY)


def test_related_as_bullets_gives_their_headlines():
    article = read(TITLE, *BODY, "More stories\n- Ferry aground off Port Meren\n- Mill burns in Tarn")
    assert [title for title, _, _ in items(article)] == ["Ferry aground off Port Meren", "Mill burns in Tarn"]
    assert article.paragraphs == tuple(BODY)


def test_publisher_and_age_on_one_line():
    article = read(TITLE, "Lindhaven Post · 2 hours ago", *BODY, "Related Articles", "Ferry aground off Port Meren\nSound Weekly · 3 hours ago", "Mill burns in Tarn\nThe Meren Courier | an hour ago")  # fmt: skip
    assert (article.publisher, article.paragraphs) == ("Lindhaven Post", tuple(BODY))
    assert items(article) == RELATED


def test_a_plain_pasted_article_is_all_article():
    article = read(TITLE, *BODY)
    assert (article.title, article.paragraphs, article.related, article.tags) == (TITLE, tuple(BODY), (), ())
    without_blank = read(TITLE, *BODY, blank=False)
    assert without_blank.paragraphs == tuple(BODY)


def test_a_list_at_an_articles_end_is_of_the_article():
    points = ["- 61 members voted for the law.", "- 54 voted against it", "- The law enters into force in March"]
    article = read(TITLE, *BODY, "What the law says:", "\n".join(points))
    assert article.paragraphs == (*BODY, "What the law says:", *points)
    assert article.related == ()


def test_links_in_the_middle_do_not_end_the_article():
    long = f"{BODY[2]} {BODY[3]} {BODY[4]}"
    article = read(TITLE, *BODY[:2], "Related stories", "Ferry aground off Port Meren", "Mill burns in Tarn", long)
    assert article.paragraphs == (*BODY[:2], long)
    assert [title for title, _, _ in items(article)] == ["Ferry aground off Port Meren", "Mill burns in Tarn"]


def test_markdown():
    article = read(
        f"# {TITLE}", "**By Ada Brask and Otto Vane**", "*12 November 2026*", "![A crowd](https://p.example/crowd.jpg)", BODY[0], f"> {BODY[1]}", "The **law** is [here](https://p.example/law) to be read by all.", "---",
        "## Related", "- [Ferry aground off Port Meren](https://p.example/ferry)\n- [Mill burns in Tarn](https://p.example/mill)",
    )  # fmt: skip
    assert (article.title, article.authors) == (TITLE, ("Ada Brask", "Otto Vane"))
    assert article.published_at.date().isoformat() == "2026-11-12"
    assert article.paragraphs == (BODY[0], BODY[1], "The law is here to be read by all.")
    assert [(one.title, one.url) for one in article.related] == [
        ("Ferry aground off Port Meren", "https://p.example/ferry"),
        ("Mill burns in Tarn", "https://p.example/mill"),
    ]


def test_an_address_on_the_first_line_is_no_headline():
    article = read(
        "https://post.example/news/water?utm_source=x", TITLE, "By Ada Brask", "Published: 2026-11-12", *BODY
    )
    assert (article.title, article.authors, article.paragraphs) == (TITLE, ("Ada Brask",), tuple(BODY))
    assert article.canonical_url == "https://post.example/news/water"
    assert (
        read("https://post.example/a", TITLE, *BODY, url="https://sound.example/b").canonical_url
        == "https://sound.example/b"
    )


def test_one_line_that_is_a_headline_has_no_body():
    article = read(TITLE)
    assert (article.title, article.text, article.kind) == (TITLE, "", "empty")
    assert article.refused


def test_one_line_of_text_is_a_body():
    for line in (FERRY, "The ferry Halda ran aground on Tuesday on the reef off Port Meren, the harbour master said."):
        article = read(line)
        assert (article.text, article.refused) == (line, "")
        assert article.title.startswith("The ferry Halda ran aground")


def test_a_text_without_a_headline_begins_with_its_first_paragraph():
    article = read(*BODY)
    assert article.paragraphs == tuple(BODY)
    assert BODY[0].startswith(article.title.removesuffix(" …"))


def test_lines_broken_at_the_margin_are_paragraphs_again():
    broken = "The parliament of Velmark passed the water law on Tuesday after a\ndebate that went on until four in the morning, by 61 votes to 54 in\na full house."
    article = read(TITLE, broken, BODY[1])
    assert article.paragraphs == (broken.replace("\n", " "), BODY[1])


def test_a_headline_of_two_sentences_is_a_headline():
    article = read("Tensions rise between the ports. Why now?", "By Ilse Brandt", *BODY)
    assert (article.title, article.authors) == ("Tensions rise between the ports. Why now?", ("Ilse Brandt",))


@pytest.mark.parametrize("date", ["12 November 2026", "November 12, 2026", "Published on 12 November 2026", "12.11.2026", "12/11/2026", "2026-11-12", "Updated: 2026-11-12 08:30"])  # fmt: skip
def test_dates_under_the_headline(date):
    article = read(TITLE, date, *BODY)
    assert article.published_at.date().isoformat() == "2026-11-12"
    assert article.paragraphs == tuple(BODY)


def test_an_age_alone_gives_no_date_and_is_no_paragraph():
    article = read(TITLE, "Lindhaven Post", "2 hours ago", *BODY)
    assert article.published_at is None
    assert article.paragraphs == tuple(BODY)


@pytest.mark.parametrize(
    "line",
    ["a few seconds ago", "22 minutes ago", "an hour ago", "2h ago", "6 days ago", "yesterday", "09-06-2025", "٠٩-٠٦-٢٠٢٥", "منذ ساعة", "قبل ٥ دقائق", "vor einer Stunde", "il y a une heure", "hace un día".replace("un ", "una "), "час назад", "bir saat önce", "godzinę temu"],
)  # fmt: skip
def test_ages(line):
    assert is_age(line)


@pytest.mark.parametrize("line", ["Years ago the mill burnt.", "The Meren Courier", "Ago", "", "3 hours"])
def test_what_is_no_age(line):
    assert not is_age(line)


def test_hostile_texts_never_raise_or_hang():
    for hostile in (
        "",
        "\n" * 50_000,
        "logo\n" * 5000,
        "3 hours ago\n" * 5000,
        "#" * 50_000,
        "Related\n" * 5000,
        "a\n\n" * 20_000,
        "Sound Weekly\n3 hours ago\n" * 2000,
    ):
        read_saved_text(hostile)
