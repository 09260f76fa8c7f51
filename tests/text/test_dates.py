from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newstext.dates import find

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def values(text: str, language: str = "en", at: datetime | None = FRIDAY) -> list[str]:
    return [found.value for found in find(text, published_at=at, language=language)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It happened on Monday.", "2026-11-16"),
        ("It happened last Friday.", "2026-11-13"),
        ("They will meet on Friday.", "2026-11-20"),
        ("They will meet in Meren, the mayor said on Friday.", "2026-11-20"),
        ("Talks broke off last month.", "2026-10"),
        ("In May, talks broke off.", "2026-05"),
        ("On Dec. 25, 2024, a boat sank.", "2024-12-25"),
        ("It closed three years ago.", "2023"),
        ("In power since 2003.", "2003"),
        ("The storm came yesterday.", "2026-11-19"),
        ("It opens on January 6.", "2027-01-06"),
        ("Profit fell in the third quarter of 2025.", "2025-Q3"),
        ("Signed 2026-11-02 in Meren.", "2026-11-02"),
        ("It opened two weeks ago.", "2026-W45"),
    ],
)
def test_english(text, value):
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ar", "وقع الحادث يوم الاثنين.", "2026-11-16"),
        ("ar", "في 12 نوفمبر 2026", "2026-11-12"),
        ("ar", "في مايو الماضي", "2026-05"),
        ("de", "Am vergangenen Montag sank das Boot.", "2026-11-16"),
        ("de", "Am 3. Mai 2025 sank das Boot.", "2025-05-03"),
        ("fr", "Le 24 novembre 2025, le bateau a coulé.", "2025-11-24"),
        ("es", "El barco se hundió ayer.", "2026-11-19"),
        ("sv", "Det hände den 12.11.2025 i hamnen.", "2025-11-12"),
    ],
)
def test_other_languages(language, text, value):
    assert values(text, language) == [value]


def test_words_that_only_look_like_dates_are_left():
    assert values("He may march on. The sun sat low; 2,026 boats and 1999% more.") == []


def test_without_a_publication_date_only_whole_dates_are_found():
    assert values("On Monday and on May 3, 2025.", at=None) == ["2025-05-03"]


def test_offsets_give_the_words():
    text = "Nobody came on Tuesday."
    [found] = find(text, published_at=FRIDAY, language="en")
    assert text[found.start : found.end] == found.text == "Tuesday"
