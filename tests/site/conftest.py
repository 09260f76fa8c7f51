"""What the site's tests look for in the sample edition."""

from __future__ import annotations

import pytest


@pytest.fixture
def story_of(db):
    """The story that tells of these words."""
    from newsroom.articles.models import Article
    from newsroom.stories.models import Story

    def find(words: str) -> Story:
        article = Article.objects.filter(title__contains=words).order_by("pk").first()
        assert article, f"the sample has no headline with {words!r}"
        return Story.objects.get(placements__article=article)

    return find


@pytest.fixture
def article_of(db):
    """The article with these words in its headline."""
    from newsroom.articles.models import Article

    def find(words: str) -> Article:
        return Article.objects.filter(title__contains=words).order_by("pk").first()

    return find


@pytest.fixture(autouse=True)
def _texts_open_to_all(settings):
    """The pages' tests read whole texts; what is closed to whom is tested in test_openness.py."""
    settings.PUBLIC_TEXT = "whole"
