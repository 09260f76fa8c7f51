"""The site's tests read a site that holds the sample edition."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the sample edition once; each test's own changes are rolled back."""
    from newsroom.desk import sample
    from newsroom.desk.work import Desk

    with django_db_blocker.unblock():
        desk = Desk()
        try:
            sample.load(desk, stays=True)
            while desk.write_notes():
                pass
        finally:
            desk.close()


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
