"""Dates, numbers, plurals, names and the engine's reasons in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from newsroom.readers.digits import in_arabic_digits, with_arabic_digits
from newsroom.readers.wording import country_in_words, day_in_words, language_in_words, moment_in_words, number_in_words
from newsroom.stories.engine_words import kind_in_words, said_as_text, said_in_words
from newsroom.stories.templatetags.news import age_in_words, day, nice_date

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "english", "arabic"),
    [
        ("short", "18 Nov", "18 نوفمبر"),
        ("medium", "18 Nov 2026", "18 نوفمبر 2026"),
        ("long", "18 November 2026", "18 نوفمبر 2026"),
        ("full", "Wednesday, 18 November 2026", "الأربعاء، 18 نوفمبر 2026"),
        ("month", "Nov 2026", "نوفمبر 2026"),
    ],
)
def test_days_are_written_as_the_language_writes_them(form, english, arabic):
    with translation.override("en"):
        assert day_in_words(date(2026, 11, 18), form) == english
    with translation.override("ar"):
        assert day_in_words(date(2026, 11, 18), form) == arabic


def test_moments_numbers_countries_and_languages_follow_the_language():
    with translation.override("ar"):
        assert moment_in_words(NOW) == "18 نوفمبر 2026، 14:30 UTC"
        assert (number_in_words(1234.5), country_in_words("eg"), language_in_words("fr")) == (
            "1,234.5",
            "مصر",
            "الفرنسية",
        )
        assert nice_date("2026-11") == "نوفمبر 2026"
    with translation.override("en"):
        assert moment_in_words(NOW) == "18 Nov 2026, 14:30 UTC"
        assert (number_in_words(1234.5), country_in_words("eg"), language_in_words("pt-BR")) == (
            "1,234.5",
            "Egypt",
            "Portuguese",
        )
        assert (day(NOW, "long"), day(None), nice_date("sometime")) == ("18 November 2026", "", "sometime")


def test_codes_that_nobody_knows_stay_as_they_are():
    assert (country_in_words("qq"), language_in_words("xx-nonsense"), language_in_words("")) == (
        "qq",
        "xx-nonsense",
        "",
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (1, "قبل ساعة"),
        (2, "قبل ساعتين"),
        (3, "قبل 3 ساعات"),
        (10, "قبل 10 ساعات"),
        (11, "قبل 11 ساعة"),
        (23, "قبل 23 ساعة"),
    ],
)
def test_ages_have_the_six_plurals_of_arabic(hours, said):
    with translation.override("ar"):
        assert age_in_words(NOW - timedelta(hours=hours), NOW) == said


def test_plural_of_a_hundred_is_its_own():
    with translation.override("ar"):
        forms = [
            translation.ngettext("%(n)s article", "%(n)s articles", n) % {"n": n}
            for n in (0, 1, 2, 3, 11, 100, 103, 111)
        ]
    assert forms == [
        "لا مقالات", "مقال واحد", "مقالان", "3 مقالات", "11 مقالًا", "100 مقال", "103 مقالات", "111 مقالًا"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "arabic"),
    [
        ("two weeks later", "بعد ذلك بأسبوعين"),
        ("three hours before", "قبل ذلك بـ3 ساعات"),
        ("15 days later", "بعد ذلك بـ15 يومًا"),
        ("tells the same event, one day later", "يروي الحدث نفسه، بعد ذلك بيوم"),
        ("published 3 hours apart", "نُشرا بفارق 3 ساعات"),
        ("in another language, published within an hour", "بلغة أخرى، نُشرا في غضون ساعة"),
        ("both name Ostra, Kestrel", "كلاهما يذكر Ostra, Kestrel"),
        ("also names Ostra and Lena Harrow", "يذكر أيضًا Ostra وLena Harrow"),
        (
            "it was published first; its only reprint held credits Tidewire",
            "نُشر أولًا؛ النسخة الوحيدة المحفوظة تنسبه إلى Tidewire",
        ),
        ("93% of its text is the same as in an earlier article", "93% من نصه مطابق لمقال أسبق"),
        ("https://a.example/x: is not there (HTTP 404).", "https://a.example/x: غير موجود (HTTP 404)."),
    ],
)
def test_reasons_of_the_engine_are_told_in_the_readers_language(said, arabic):
    with translation.override("ar"):
        assert said_as_text(said) == arabic
    with translation.override("en"):
        assert said_as_text(said) == said


def test_reason_that_is_not_known_is_marked_as_english():
    with translation.override("ar"):
        assert said_in_words("a < b, for once") == '<bdi lang="en" dir="ltr">a &lt; b, for once</bdi>'
        assert (
            said_in_words("tells the same event, for once")
            == '<bdi lang="en" dir="ltr">tells the same event, for once</bdi>'
        )


def test_names_in_a_reason_cannot_bring_html():
    with translation.override("ar"):
        assert "<i>" not in said_in_words("both name <i>Ostra</i> {0} and {x}")
        assert "{x}" in said_in_words("both name <i>Ostra</i> {0} and {x}")


def test_kinds_of_articles_are_named():
    with translation.override("ar"):
        assert (kind_in_words("opinion"), kind_in_words("dns"), kind_in_words("odd")) == (
            "رأي",
            "لا عنوان لاسمه",
            "odd",
        )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12 مقالًا و3 قصص", "١٢ مقالًا و٣ قصص"),
        ("1,200 و 3.5%", "١٬٢٠٠ و ٣٫٥٪"),
        ("14:30", "١٤:٣٠"),
        ("G20 v1 5G 15G", "G20 v1 5G 15G"),
        ("Backstory 0.4.0", "Backstory 0.4.0"),
        ("", ""),
    ],
)
def test_numbers_become_arabic_and_words_stay(text, said):
    assert in_arabic_digits(text) == said


def test_only_the_pages_own_numbers_change():
    page = (
        '<!doctype html><html lang="ar"><body><p id="p5" title="3 أيام">7 &amp; 8 &#39; <img alt="9" src="/1.png"> 2</p>'
        '<a lang="en" title="4">10 dead<br>11 <b>12</b></a> 13 <bdi>R2 14</bdi> <code>15</code> <!-- 16 -->'
        '<time datetime="2026-11-18">18</time><script>let a = 1 < 2;</script><input value="19" placeholder="20"></body></html>'
    )
    assert with_arabic_digits(page) == (
        '<!doctype html><html lang="ar"><body><p id="p5" title="٣ أيام">٧ &amp; ٨ &#39; <img alt="٩" src="/1.png"> ٢</p>'
        '<a lang="en" title="4">10 dead<br>11 <b>12</b></a> ١٣ <bdi>R2 14</bdi> <code>15</code> <!-- 16 -->'
        '<time datetime="2026-11-18">١٨</time><script>let a = 1 < 2;</script><input value="19" placeholder="٢٠"></body></html>'
    )
