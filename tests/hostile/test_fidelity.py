"""The sanitiser keeps the words and elements of real articles; one that strips or loses them is told."""

from __future__ import annotations

import pytest

from newstext import sanitise
from tests.hostile import fidelity
from tests.hostile.figures import Run

ARTICLE = (
    "<article class=a><h2>The harbour</h2><script>count()</script><p>The <b>harbour</b> of Orrin reopened.</p>"
    '<div><p>It was <a href="https://a.example/b">closed</a> all winter.</p></div><ul><li>Ships<li>Boats</ul></article>'
)


def kept(clean) -> fidelity.Kept:
    total = fidelity.Kept()
    fidelity.add(total, ARTICLE, clean(ARTICLE))
    return total


def test_what_is_allowed_stays_and_scripts_count_for_nothing():
    total = kept(sanitise.clean_html)
    assert (total.words_kept, total.elements_kept) == (total.words, total.elements) == (14, 8)


def test_a_sanitiser_that_strips_markup_or_words_turns_the_figures_red():
    text, elements = fidelity.figures(kept(lambda html: f"<p>{sanitise.plain_text(html)}</p>"))
    assert text.is_reached
    assert not elements.is_reached
    text, _ = fidelity.figures(kept(lambda html: sanitise.clean_html(html).replace("winter", "")))
    assert not text.is_reached


def test_the_article_is_found_by_its_words():
    page = f"<html><body><nav>Home World</nav><div>{ARTICLE}</div><footer>About us</footer></body></html>"
    found = fidelity.article_of(page.encode(), "The harbour of Orrin reopened. It was closed all winter.")
    assert found.startswith("<article")
    assert "About" not in found
    assert fidelity.article_of(page.encode(), "Nothing of the kind stands here at all") == ""


@pytest.mark.slow
def test_some_real_articles_keep_their_words_and_elements(hostile, tmp_path):
    for figure in fidelity.figures(fidelity.keep(Run(0.05, 7, hostile, tmp_path))):
        assert figure.is_reached, (figure.name, figure.got)


@pytest.mark.long
def test_a_tenth_of_the_real_articles(hostile, tmp_path):
    for figure in fidelity.measure(Run(0.1, 8, hostile, tmp_path)):
        assert figure.is_reached, (figure.name, figure.got)
