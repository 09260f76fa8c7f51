"""`python -m tests.hostile.many_articles COUNT SEED`: fills the site of the environment with invented articles.

With what hangs on them: stories of three, notes, comments, readers who keep some.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

SYLLABLES = "ba de fo gu ka li mo ne pi ra su ta ve wo zi cha dri sto pla gre".split()
WORDS = 3000
TEXT_WORDS = 600  # some 4,000 letters: a usual article with what is marked in it
AT_ONCE = 500
PUBLISHERS = 40
READERS = 50
BEGAN = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


def main(count: int, seed: int) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from newsroom.publishers.models import Publisher
    from newsroom.readers.models import Reader

    chance = random.Random(seed)
    words = ["".join(chance.choices(SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(WORDS)]
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA synchronous=OFF")  # nothing of this is anybody's
    with transaction.atomic():
        papers = [
            Publisher.objects.create(name=f"The {words[n].title()} Post", slug=f"many-{n}", domain=f"{n}.example")
            for n in range(PUBLISHERS)
        ]
        Reader.objects.bulk_create(
            Reader(username=f"many-{n}", email=f"reader{n}@paper.example", name=f"Reader {n}", password="!")
            for n in range(READERS)
        )
    readers = list(Reader.objects.all())
    for first in range(0, count, AT_ONCE):
        with transaction.atomic():
            _add(range(first, min(first + AT_ONCE, count)), words, chance, papers, readers)


def _add(numbers: range, words: list[str], chance: random.Random, papers: list[Any], readers: list[Any]) -> None:
    from newsroom.articles.models import Article
    from newsroom.comments.models import Comment
    from newsroom.readers.models import Saved
    from newsroom.stories.models import Notes, Placement, Story, Storyline

    articles = Article.objects.bulk_create(_article(number, words, chance, papers) for number in numbers)
    thirds = [articles[at : at + 3] for at in range(0, len(articles), 3)]
    keys = [f"many-{members[0].pk}" for members in thirds]
    lines = Storyline.objects.bulk_create(Storyline(key=key) for key in keys)
    stories = Story.objects.bulk_create(
        Story(
            key=key, storyline=line, title=members[0].title, lead=members[0], article_count=3, publisher_count=3,
            first_at=members[0].seen_at, last_at=members[-1].seen_at, settled_at=BEGAN, section_at=BEGAN, section="world",
        )
        for key, line, members in zip(keys, lines, thirds, strict=True)
    )  # fmt: skip
    pairs = [(one, story) for story, members in zip(stories, thirds, strict=True) for one in members]
    Placement.objects.bulk_create(Placement(article=one, story=story, placed_at=one.seen_at) for one, story in pairs)
    Notes.objects.bulk_create(
        Notes(
            story=story, body={"brief": [" ".join(chance.choices(words, k=40))]}, made_by="many", article_count=3,
            made_at=story.last_at,
        )
        for story in stories
    )  # fmt: skip
    Comment.objects.bulk_create(
        Comment(article=one, name="Ada", text=" ".join(chance.choices(words, k=30)), created_at=one.seen_at)
        for one in articles[::10]
    )
    Saved.objects.bulk_create(
        Saved(reader=chance.choice(readers), kind="story", key=str(story.pk), at=story.last_at)
        for story in stories[::5]
    )


def _article(number: int, words: list[str], chance: random.Random, papers: list[Any]) -> Any:
    from newsroom.articles.models import Article

    said = chance.choices(words, k=TEXT_WORDS)
    text = "\n\n".join(" ".join(said[at : at + 40]).capitalize() + "." for at in range(0, TEXT_WORDS, 40))
    at = BEGAN + timedelta(minutes=number)
    address = f"many-{number}.example/{number}"
    return Article(
        publisher=papers[number % PUBLISHERS], url=f"https://{address}", url_key=address, title=" ".join(said[:8]),
        published_at=at, seen_at=at, read_at=at, grouped_at=at, language="en", text=text, summary=" ".join(said[:25]),
        sentences=[[place * 60, place * 60 + 59] for place in range(40)], entry_hash=f"{number:064x}",
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
