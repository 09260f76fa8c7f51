"""The same done by many at once, in threads: `python -m tests.site.at_once DATA_DIR`.

The tests' own SQLite is in memory, where connections do not wait for each other; the site's is a file.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

MANY = 100


def together(doing: list[Callable[[], object]]) -> list[str]:
    """Do all of these at once; what each was refused with, in no order."""
    from django.db import connections

    from newsroom.comments.save import NotTaken

    refused: list[str] = []
    gate = threading.Barrier(len(doing))

    def do(one: Callable[[], object]) -> None:
        try:
            gate.wait()
            one()
        except NotTaken as error:
            refused.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(one,)) for one in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def outcomes() -> dict[str, object]:
    """What became of it: votes, words sent twice, an edit against a refusal, comments against a merge."""
    from django.conf import settings

    from newsroom.articles.models import Article
    from newsroom.comments import save
    from newsroom.comments.models import Comment, Vote
    from newsroom.desk import merging
    from newsroom.publishers.models import Publisher
    from newsroom.stories.models import Story, Storyline
    from tests.site.talking import NOW, attempt, make_reader, say

    settings.COMMENTS_PER_HOUR = 1_000_000
    paper = Publisher.objects.create(slug="meren", name="Meren Courier", domain="meren.example")
    rows = [
        Article.objects.create(publisher=paper, url=url, url_key=url, title=url, language="en", seen_at=NOW)
        for url in (f"https://meren.example/{number}" for number in range(3))
    ]
    story = Story.objects.create(key="one", first_at=NOW, last_at=NOW, storyline=Storyline.objects.create(key="one"))
    ada, ben = make_reader("Ada"), make_reader("Ben")
    told: dict[str, object] = {}

    comment = say(story, "Judge me", reader=ada)
    together([lambda: save.vote(comment, ben, 1, NOW)] * MANY)
    comment.refresh_from_db()
    told["same vote"] = [comment.ups, comment.downs, Vote.objects.count()]

    voters = [make_reader(f"Voter {number}") for number in range(20)]
    together([lambda voter=voter: save.vote(comment, voter, -1, NOW) for voter in voters])
    comment.refresh_from_db()
    told["many votes"] = [comment.ups, comment.downs, Vote.objects.count()]

    together([lambda: save.take_comment(attempt(story, "The same words", reader=ben))] * 20)
    told["same words"] = Comment.objects.filter(text="The same words").count()

    def refuse() -> None:
        done = Comment.objects.filter(pk=edited.pk, state="shown").update(state="refused")
        if not done:
            raise save.MayNot("not shown any more")

    ends = set()
    for number in range(5):
        edited = say(story, f"Before {number}", reader=ada)
        change = attempt(story, f"After {number}", reader=ada, now=NOW + timedelta(minutes=1))
        refused = together([lambda one=edited, said=change: save.edit_comment(one, said), refuse])
        edited.refresh_from_db()
        is_changed = edited.text == f"After {number}"
        ends.add((edited.state, is_changed == edited.versions.exists(), bool(refused) == (not is_changed)))
    told["edit against refusal"] = sorted(ends)

    writes = [
        lambda number=number: save.take_comment(attempt(rows[2], f"Thought {number}", address=f"192.0.2.{number}"))
        for number in range(20)
    ]
    refused = together([*writes, lambda: merging.merge(rows[0], rows[2], NOW, because="one address")])
    told["written while merged"] = [Comment.objects.filter(article=rows[0]).count(), len(refused)]
    told["lost"] = Comment.objects.filter(article=None, story=None).count()
    return told


if __name__ == "__main__":
    from newsroom.commands.site import open_site

    open_site(Path(sys.argv[1]))
    print(json.dumps(outcomes()))
