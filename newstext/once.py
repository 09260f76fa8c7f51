"""What is found in an article is found once: the sections of a story's notes ask for it one after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

from newstext.records import ArticleText

HELD = 512  # articles whose findings are kept: all of a large story, and of the stories around it
Found = TypeVar("Found")


class _Held:
    """An article as a key: the same object, whatever it holds; comparing texts would cost more than reading them."""

    __slots__ = ("article",)

    def __init__(self, article: ArticleText) -> None:
        self.article = article

    def __hash__(self) -> int:
        return id(self.article)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.article is self.article


@lru_cache(maxsize=HELD)
def _findings(held: _Held) -> dict[Callable[..., Any], Any]:
    return {}


def once_an_article(find: Callable[[ArticleText], Found]) -> Callable[[ArticleText], Found]:
    """The same function, which remembers what it found in the last articles it was asked of.

    find: says the same of an article each time; what it gives may learn more of
    that article (`read_article` reads on), and nobody changes what it said.
    """

    @wraps(find)
    def found_once(article: ArticleText) -> Found:
        kept = _findings(_Held(article))
        if find not in kept:
            kept[find] = find(article)
        return cast(Found, kept[find])

    return found_once
