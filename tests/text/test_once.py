from __future__ import annotations

from dataclasses import replace

from newstext import once
from newstext.once import once_an_article
from newstext.records import ArticleText

ARTICLE = ArticleText(url="", id="a", title="Ferry aground", text="The ferry ran aground.", language="en")


def counted(asked: list[str]):
    @once_an_article
    def find(article: ArticleText) -> str:
        asked.append(article.id)
        return article.text.upper()

    return find


def test_what_is_found_in_an_article_is_found_once():
    asked: list[str] = []
    find = counted(asked)
    assert find(ARTICLE) == find(ARTICLE) == "THE FERRY RAN AGROUND."
    assert asked == ["a"]


def test_corrected_article_is_read_anew():
    asked: list[str] = []
    find = counted(asked)
    find(ARTICLE)
    assert find(replace(ARTICLE, text="It was refloated.")) == "IT WAS REFLOATED."
    assert asked == ["a", "a"]


def test_two_functions_keep_their_own_findings():
    title = once_an_article(lambda article: article.title)
    words = once_an_article(lambda article: len(article.text.split()))
    assert (title(ARTICLE), words(ARTICLE), title(ARTICLE)) == ("Ferry aground", 4, "Ferry aground")


def test_findings_of_articles_long_unasked_are_let_go():
    asked: list[str] = []
    find = counted(asked)
    find(ARTICLE)
    others = [replace(ARTICLE, id=str(number)) for number in range(once.HELD)]
    for other in others:
        find(other)
    find(ARTICLE)
    assert asked.count("a") == 2
