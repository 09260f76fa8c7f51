"""EMBEDDINGS: the optional model on the site."""

from __future__ import annotations

import numpy as np
import pytest

from newsroom.commands import site
from newsroom.desk import keeping
from newstext import embedding, pipeline
from newstext.records import ArticleText


def fake():
    """A model for tests: one vector for all."""
    return lambda texts: np.stack([np.eye(1, embedding.SIZE, dtype=np.float32)[0]] * len(texts))


def read():
    return pipeline.mark_article(ArticleText(url="", id="1", title="Kestrel dam bursts", language="en"))


def test_without_the_setting_no_vector_is_made(settings):
    settings.EMBEDDINGS = ""
    assert keeping._with_vector(read()).marks.vector == ""


def test_with_the_setting_a_short_article_has_a_vector(settings):
    settings.EMBEDDINGS = f"{__name__}:fake"
    assert embedding.unpacked(keeping._with_vector(read()).marks.vector) is not None


def test_a_start_with_a_missing_model_says_how_to_bring_it(monkeypatch):
    monkeypatch.setattr(embedding, "PACKAGE", "no_such_model_package")
    embedding.embedder.cache_clear()
    with pytest.raises(SystemExit, match=r"EMBEDDINGS: .*requirements/models\.txt"):
        site.require_model("newstext.embedding:minilm")
