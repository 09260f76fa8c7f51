"""The pass that looks at stories again, from the desk to the pages."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from newsroom.articles.models import Article
from newsroom.desk.settling import EVERY, PLACED_FEWEST, Settling
from newsroom.desk.telling import Grouping
from newsroom.publishers.save import get_publisher
from newsroom.stories import save as story_save
from newsroom.stories.models import Placement, Story, Storyline
from newstext import marks, pipeline
from newstext.records import ArticleText
from newstext.records import Placement as Placed
from tests.site import news, running

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def held(event: int, paper: int, *, opens: Article | None = None, hours: float = 0) -> Article:
    """An article of the site as that paper tells that event, put into the story that `opens` has or into its own."""
    publisher = get_publisher(news.PAPERS[paper], f"https://paper{paper}.example")
    address = f"https://paper{paper}.example/{event}-{hours}"
    at = NOW - timedelta(days=2) + timedelta(hours=hours + paper)
    text = "\n\n".join(news.paragraphs_of(event, paper))
    article = Article.objects.create(
        publisher=publisher, url=address, url_key=address[8:], title=news.title_of(event, paper), text=text,
        kind="article", language="en", published_at=at, seen_at=at, read_at=at, grouped_at=at,
    )  # fmt: skip
    record = ArticleText(
        url=address, id=str(article.pk), title=article.title, text=text, published_at=at, language="en", kind="article"
    )
    found = pipeline.mark_article(record).marks
    assert found is not None
    Article.objects.filter(pk=article.pk).update(marks=marks.to_json(found))
    key = str(opens.pk) if opens else str(article.pk)
    story = story_save.place(Placed(str(article.pk), key, key), article, at)
    story_save.refresh([story], at)
    return article


def story_with(article: Article) -> Story:
    return Story.objects.get(placements__article=article)


def settle(grouping: Grouping | None = None) -> Settling:
    settling = Settling(grouping or Grouping())
    settling.settle(NOW)
    return settling


def test_a_story_of_two_events_is_split_and_the_part_with_the_first_article_keeps_its_address():
    first = held(0, 0)
    others = [held(0, 1, opens=first), held(3, 0, opens=first), held(3, 1, opens=first)]
    before = story_with(first)
    settle()
    assert [story_with(one).pk == before.pk for one in others] == [True, False, False]
    part = story_with(others[1])
    assert part == story_with(others[2])
    assert (part.key, part.article_count, part.storyline.key) == (str(others[1].pk), 2, str(others[1].pk))
    assert part.lead_id in {others[1].pk, others[2].pk}
    before.refresh_from_db()
    assert (before.article_count, before.lead_id in {first.pk, others[0].pk}) == (2, True)


def test_after_a_merge_the_younger_address_leads_to_the_older_story(client):
    first, second, third = held(0, 0), held(0, 1), held(0, 2)
    younger = story_with(second)
    settle()
    story = story_with(first)
    assert story == story_with(second) == story_with(third)
    assert story.article_count == 3
    answer = client.get(f"/story/{younger.pk}")
    assert answer.status_code == 301
    assert answer["Location"].startswith(f"/story/{story.pk}")


def test_an_address_that_was_merged_away_comes_to_life_when_its_articles_part(client):
    first, second = held(0, 0), held(3, 0)
    other = story_with(second)
    Placement.objects.filter(article=second).update(story=story_with(first))
    Story.objects.filter(pk=other.pk).update(merged_into=story_with(first))
    story_save.refresh([story_with(first)], NOW)
    settle()
    assert story_with(second) == other
    assert client.get(f"/story/{other.pk}", follow=True).context["story"].pk == other.pk


def test_what_is_settled_is_not_due_until_something_is_placed():
    first = held(0, 0)
    held(3, 0)
    settling = settle()
    assert not Story.objects.due_to_settle().filter(is_sample=False).exists()
    assert settling.settle(NOW) == 0
    held(0, 1, opens=first)
    assert list(Story.objects.due_to_settle().filter(is_sample=False)) == [story_with(first)]


def test_twice_is_as_good_as_once():
    first = held(0, 0)
    for event, paper in ((0, 1), (3, 0), (3, 1)):
        held(event, paper, opens=first)
    settle()
    before = list(Placement.objects.order_by("article").values_list("article", "story"))
    Story.objects.update(settled_at=None)
    settle()
    assert list(Placement.objects.order_by("article").values_list("article", "story")) == before


def test_a_pass_comes_after_a_while_or_when_much_was_placed():
    settling = Settling(Grouping())
    assert settling.is_due(NOW)
    settling.settle(NOW)
    assert not settling.is_due(NOW + EVERY / 2)
    assert settling.is_due(NOW + EVERY)
    settling.count(PLACED_FEWEST)
    assert settling.is_due(NOW)


def test_what_an_editor_moved_meanwhile_stays(monkeypatch):
    first = held(0, 0)
    moved = [held(3, 0, opens=first), held(3, 1, opens=first)]
    mine = held(2, 0)

    import newsroom.desk.settling as module

    found = module.settle

    def settle_while_an_editor_works(stories, **options):
        corrections = found(stories, **options)
        Placement.objects.filter(article=moved[0]).update(story=story_with(mine))
        return corrections

    monkeypatch.setattr(module, "settle", settle_while_an_editor_works)
    settle()
    assert story_with(moved[0]) == story_with(mine)


def place(grouping: Grouping, event: int, paper: int, hours: float) -> Story:
    article = held(event, paper, hours=hours)
    Story.objects.filter(placements__article=article).delete()
    Article.objects.filter(pk=article.pk).update(grouped_at=None)
    grouping.place([Article.objects.select_related("publisher").get(pk=article.pk)], NOW)
    return story_with(article)


@pytest.mark.parametrize("same_process", [True, False])
def test_the_kept_index_sees_what_was_moved(same_process):
    first = held(0, 0)
    quake = [held(3, 0, opens=first), held(3, 1, opens=first)]
    grouping = Grouping()
    place(grouping, 2, 0, 1)
    settle(grouping if same_process else None)
    assert story_with(quake[0]) != story_with(first)
    assert place(grouping, 3, 2, 5) == story_with(quake[0])
    assert place(grouping, 0, 2, 6) == story_with(first)


def test_a_kept_index_is_not_read_whole_after_a_pass(monkeypatch):
    import newsroom.desk.telling as module

    first = held(0, 0)
    held(3, 0, opens=first), held(3, 1, opens=first)
    grouping = Grouping()
    place(grouping, 2, 0, 1)
    settle(grouping)
    monkeypatch.setattr(module, "open_stories", lambda **_: pytest.fail("read whole"))
    place(grouping, 0, 2, 6)


def test_a_kept_index_lets_go_of_what_is_open_no_more():
    old, grouping = held(0, 0), Grouping()
    place(grouping, 2, 0, 1)
    index = grouping._index
    assert index is not None
    assert index.story_of(str(old.pk))
    late = settings.STORY_DAYS * 24 + 48
    newest = place(grouping, 1, 0, late)
    place(grouping, 3, 0, late + 1)
    assert grouping._index is index
    assert not index.story_of(str(old.pk))
    assert index.story_of(str(newest.lead_id)) == newest.key


def test_stories_of_one_course_of_events_form_a_storyline_and_others_leave_it(story_of):
    dismissed = story_of("Harrow dismisses transport minister Brask")
    dead = story_of("Former minister Oda Brask found dead")
    buried = story_of("Hundreds follow Oda Brask's coffin")
    assert len({dismissed.pk, dead.pk, buried.pk}) == 3
    assert dismissed.storyline == dead.storyline == buried.storyline
    assert story_of("Student finds comet").storyline.stories.count() == 1


def test_a_storyline_that_nothing_is_in_any_more_is_removed():
    first, second = held(0, 0), held(2, 0)
    line = story_with(first).storyline
    gone = story_with(second).storyline
    Story.objects.filter(placements__article=second).update(storyline=line)
    settle()
    assert story_with(second).storyline != line
    assert Storyline.objects.filter(pk=line.pk).exists()
    assert not Storyline.objects.filter(stories=None).exclude(pk=gone.pk).exists()


KILLED = """
import json, os, signal, sys
from pathlib import Path
from newsroom.commands import site
site.open_site(Path(sys.argv[1]))
from django.utils import timezone
from newsroom.desk import settling
from newsroom.desk.telling import Grouping
from newsroom.stories import changing, save
from newsroom.stories.models import Placement, Story
Story.objects.update(settled_at=None)
calls = 0
def counted(function):
    def call(*args, **options):
        global calls
        calls += 1
        if calls == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **options)
    return call
for module, names in ((changing, ("_carry", "_tell")), (save, ("refresh", "refresh_later")), (settling, ("_link",))):
    for name in names:
        setattr(module, name, counted(getattr(module, name)))
one = settling.Settling(Grouping(is_sample=True))
while one.settle(timezone.now()):
    pass
print(json.dumps([calls, list(Placement.objects.order_by("article").values_list("article", "story__key"))]))
"""


def run_killed(data, point: int):
    """What stands where after a pass that is killed at its so many-th step; None if it was."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(data), str(point)],
        cwd=running.ROOT, env=running.environment(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


@pytest.mark.slow
def test_killed_at_any_point_it_is_done_again_once(tmp_path):
    data, whole = tmp_path / "site", tmp_path / "whole"
    running.run("sample", "--data", str(data))
    with sqlite3.connect(data / "site.sqlite3") as database:
        database.execute("update stories_placement set story_id = (select min(id) from stories_story) where id % 3 = 0")
    shutil.copytree(data, whole)
    expected = run_killed(whole, 100_000)
    assert expected
    steps, stands = expected
    assert steps > 20  # each group of articles that is moved, and told of, is a point to be killed at
    killed = [run_killed(data, point) is None for point in (1, 3, steps // 2, steps - 4)]
    assert killed[:3] == [True] * 3
    assert running.rows(data, "pragma integrity_check") == [("ok",)]
    done = run_killed(data, 100_000)
    assert done
    assert done[1] == stands


def test_the_kept_index_takes_in_what_another_desk_placed_without_being_read_whole(monkeypatch):
    import newsroom.desk.telling as module

    held(2, 0)
    ours, theirs = Grouping(), Grouping()
    place(ours, 2, 1, 1)
    opened = place(theirs, 3, 0, 2)
    monkeypatch.setattr(module, "open_stories", lambda **_: pytest.fail("read whole"))
    assert place(ours, 3, 1, 3) == opened
    assert place(theirs, 3, 2, 4) == opened
    assert opened.placements.count() == 3
