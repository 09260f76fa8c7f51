"""Threads: how they stand on pages, where a comment is found, what happens to them when stories and articles change."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.articles import removal
from newsroom.comments import save, threads
from newsroom.comments.models import Comment, ThreadRule
from newsroom.comments.moderation import Correction
from newsroom.comments.votes import best_of
from newsroom.desk import merging
from newsroom.stories import changing
from newsroom.stories.models import Story
from tests.site.feed_rules import faults_of
from tests.site.talking import NOW, attempt, make_reader, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many(settings):
    settings.COMMENTS_PER_HOUR = 1_000_000


@pytest.fixture
def article(article_of):
    return article_of("The morning the Kestrel")


@pytest.fixture
def story(story_of):
    return story_of("The morning the Kestrel")


def page_of(address: str, status: int = 200) -> str:
    answer = Client().get(address)
    assert answer.status_code == status
    return answer.content.decode()


def place_of(html: str, comment: Comment) -> int:
    assert f'id="comment-{comment.pk}"' in html
    return html.index(f'id="comment-{comment.pk}"')


def many(place, count: int, **fields) -> list[Comment]:
    now = timezone.now()
    rows = [
        Comment(name="N", text=f"Thought {number}", state="shown", created_at=now, article=place, **fields)
        for number in range(count)
    ]
    return Comment.objects.bulk_create(rows)


# --- where they stand -------------------------------------------------------------
def test_a_story_and_an_article_have_each_their_own_thread_and_the_story_leads_to_its_articles(article, story):
    say(article, "Under the article")
    say(story, "Under the story")
    assert "Under the article" not in page_of(f"/story/{story.pk}")
    assert "Under the story" in page_of(f"/story/{story.pk}")
    assert f'href="/article/{article.pk}/comments"' in page_of(f"/story/{story.pk}")
    assert "Under the article" in page_of(f"/article/{article.pk}")


def test_answers_stand_below_what_they_answer_down_to_a_depth_and_then_name_it(article):
    parent = say(article, "The root")
    for depth in range(7):
        parent = say(article, f"Depth {depth}", parent=parent, name=f"Writer {depth}")
    html = page_of(f"/article/{article.pk}/comments")
    assert html.count('<ol class="thread">') == threads.DEEPEST + 1
    assert html.count("in answer to") == 7 - threads.DEEPEST
    assert [html.index(f"Depth {depth}") for depth in range(7)] == sorted(html.index(f"Depth {n}") for n in range(7))


def test_three_hundred_levels_are_shown_whole_in_pages(article):
    parent = root = say(article, "The root")
    said = {root.pk}
    for depth in range(300):
        parent = say(article, f"Depth {depth}", parent=parent)
        said.add(parent.pk)
    html = page_of(f"/article/{article.pk}/comments")
    assert "280 more answers" in html
    seen = {key for key in said if f'id="comment-{key}"' in html}
    address = f"/comment/{root.pk}/answers"
    while address:
        html = page_of(address)
        seen |= {key for key in said if f'id="comment-{key}"' in html}
        _, found, rest = html.partition('class="older"><a href="')
        address = rest.partition('"')[0] if found else ""
    assert seen == said
    there = Client().get(f"/comment/{parent.pk}")
    assert f'id="comment-{parent.pk}"' in page_of(there["Location"].partition("#")[0])


@pytest.mark.parametrize("shape", ["one after the other", "all answer one", "each answers the last"])
def test_a_long_thread_costs_three_queries_and_no_more_than_a_page(article, django_assert_max_num_queries, shape):
    [root] = many(article, 1)
    if shape == "one after the other":
        many(article, 2000)
    elif shape == "all answer one":
        many(article, 2000, root=root, parent=root)
    else:
        chain = many(article, 2000, root=root)
        for above, below in zip([root, *chain], chain, strict=False):
            below.parent = above
        Comment.objects.bulk_update(chain, ["parent"])
    Comment.objects.filter(pk=root.pk).update(has_answers=True)
    with django_assert_max_num_queries(3):
        page = threads.thread_of(article)
    assert sum(1 for _one in threads.every(page.said)) <= threads.A_PAGE
    assert page.count == 2001


@pytest.mark.parametrize("sort", threads.SORTS)
def test_pages_of_a_thread_hold_every_comment_once(article, sort):
    rows = many(article, 120)
    for number, row in enumerate(rows[:40]):
        Comment.objects.filter(pk=row.pk).update(best=best_of(number % 5, number % 3))
    seen, after = [], ""
    while True:
        page = threads.thread_of(article, sort=sort, after=after)
        seen += [one.comment.pk for one in page.said]
        after = page.after
        if not after:
            break
    assert sorted(seen) == sorted(row.pk for row in rows)


def test_orders(article):
    old, good, new = many(article, 3)
    Comment.objects.filter(pk=good.pk).update(best=best_of(3, 0))
    Comment.objects.filter(pk=old.pk).update(best=best_of(0, 3))
    wanted = {"best": [good, new, old], "newest": [new, good, old], "oldest": [old, good, new]}
    for sort, order in wanted.items():
        html = page_of(f"/article/{article.pk}/comments?sort={sort}")
        places = [place_of(html, one) for one in order]
        assert places == sorted(places), sort


@pytest.mark.parametrize("token", ["x", "nan:4", "9:9", "0.5", ":", "1e999:3", "0.1:" + "9" * 40, "٣:٣", "-1"])
def test_a_token_that_is_none_shows_the_first_page(article, token):
    one = say(article, "Here")
    answer = Client().get(f"/article/{article.pk}/comments", {"after": token, "at": token, "sort": token})
    assert answer.status_code == 200
    assert f'id="comment-{one.pk}"' in answer.content.decode()


def test_a_permalink_leads_to_the_page_on_which_the_comment_stands(article):
    rows = many(article, 130)
    for comment in (rows[0], rows[60], rows[-1]):
        there = Client().get(f"/comment/{comment.pk}")
        assert there.status_code == 302
        address, _, anchor = there["Location"].partition("#")
        assert anchor == f"comment-{comment.pk}"
        assert f'id="{anchor}"' in page_of(address)


@pytest.mark.parametrize("state", ["held", "refused", "deleted"])
def test_what_is_not_shown_has_no_address_and_stands_nowhere(article, state):
    comment = say(article, "Nobody reads this")
    Comment.objects.filter(pk=comment.pk).update(state=state)
    for address in (f"/comment/{comment.pk}", f"/comment/{comment.pk}/answer", f"/comment/{comment.pk}/versions"):
        assert Client().get(address).status_code == 404
    for address in (f"/article/{article.pk}/comments", f"/article/{article.pk}/comments/feed.json"):
        assert "Nobody reads this" not in page_of(address)
    assert Client().get(f"/api/v1/articles/{article.pk}/comments").json()["comments"] == []


@pytest.mark.parametrize(
    ("state", "words"), [("deleted", "Its writer deleted"), ("refused", "A moderator removed"), ("held", "waits for")]
)
def test_the_place_of_what_was_answered_stays_without_its_words(article, state, words):
    root = say(article, "Words that go")
    answer = say(article, "An answer that stays", parent=root)
    Comment.objects.filter(pk=root.pk).update(state=state)
    html = page_of(f"/article/{article.pk}/comments").partition('class="thread"')[2]
    assert words in html
    assert "Words that go" not in html
    assert "An answer that stays" in html
    assert Client().get(f"/comment/{answer.pk}").status_code == 302


def test_a_thread_page_of_what_was_merged_away_leads_on(story):
    other = Story.objects.public().exclude(pk=story.pk).first()
    editor = make_reader("Ada", role="editor")
    changing.merge_stories(story, other, timezone.now(), by=editor, why="one event")
    answer = Client().get(f"/story/{other.pk}/comments?sort=newest")
    assert (answer.status_code, answer["Location"]) == (301, f"/story/{story.pk}/comments?sort=newest")
    answer = Client().get(f"/story/{other.pk}/comments/atom.xml")
    assert answer["Location"] == f"/story/{story.pk}/comments/atom.xml"


# --- merged -----------------------------------------------------------------------
def test_comments_of_merged_stories_stand_in_one_thread_and_part_again_with_them(story):
    other = Story.objects.public().exclude(pk=story.pk).first()
    own, its = say(story, "Said under the one"), say(other, "Said under the other")
    editor = make_reader("Ada", role="editor")
    changing.merge_stories(story, other, timezone.now(), by=editor, why="one event")
    html = page_of(f"/story/{story.pk}/comments")
    assert place_of(html, own)
    assert place_of(html, its)
    answer = say(story, "An answer to the other", parent=its)
    late = say(Story.objects.get(pk=other.pk), "Written while they were merged")
    html = page_of(f"/story/{story.pk}/comments")
    assert place_of(html, answer)
    assert place_of(html, late)
    Story.objects.filter(pk=other.pk).update(merged_into=None)
    html = page_of(f"/story/{other.pk}/comments")
    assert place_of(html, its)
    assert place_of(html, answer)
    assert f'id="comment-{own.pk}"' not in html


def test_comments_go_with_an_article_into_the_row_it_is_united_with(article):
    later = type(article).objects.exclude(pk=article.pk).order_by("-pk").first()
    kept, gone = sorted((article, later), key=lambda one: one.pk)
    said = say(gone, "Said under the later")
    ThreadRule.objects.create(article=gone, slow_s=30)
    wrong = Correction.objects.create(article=gone, text="It were 400.", source="", digest="a" * 64, at=NOW)
    merging.merge(kept, gone, timezone.now(), because="the same address")
    assert f'id="comment-{said.pk}"' in page_of(f"/article/{kept.pk}/comments")
    assert ThreadRule.objects.get().article_id == kept.pk
    wrong.refresh_from_db()
    assert wrong.article_id == kept.pk
    late = save.take_comment(attempt(gone, "Written while they were united", now=NOW + timedelta(minutes=1)))
    assert late.article_id == kept.pk
    ThreadRule.objects.all().delete()
    answer = Client().post(f"/article/{gone.pk}/comments", {"name": "Ada", "text": "Sent to the old address"})
    assert answer["Location"].startswith(kept.get_absolute_url())


def test_a_removal_that_is_undone_brings_the_thread_back_as_it_was(article):
    ada, ben = make_reader("Ada"), make_reader("Ben")
    root = say(article, "The root", reader=ada)
    answer = say(article, "An answer", reader=ben, parent=root)
    save.vote(root, ben, 1, NOW)
    number = article.pk
    gone = removal.remove(article, "withheld", NOW, reason="asked for", editor=ada)
    assert Client().get(f"/comment/{root.pk}").status_code == 404
    assert not Comment.objects.exists()
    removal.undo(gone, NOW)
    answer.refresh_from_db()
    assert (answer.parent_id, answer.root_id) == (root.pk, root.pk)
    assert Comment.objects.get(pk=root.pk).votes.count() == 1
    assert "An answer" in page_of(f"/article/{number}/comments")


# --- rules of a thread --------------------------------------------------------------
def test_an_editor_closes_a_thread_and_says_so_on_the_page(article):
    client = Client()
    client.force_login(make_reader("Ada", role="editor"))
    assert client.post(f"/article/{article.pk}/comments/rule", {"closed": "on"}).status_code == 302
    assert "An editor closed this thread" in page_of(f"/article/{article.pk}/comments")
    answer = Client().post(f"/article/{article.pk}/comments", {"name": "Ben", "text": "Too late"})
    assert answer.status_code == 403
    assert b"Too late" in answer.content, "the words are given back"
    assert not Comment.objects.exists()


@pytest.mark.parametrize("role", ["reader", "trusted", "moderator"])
def test_who_is_no_editor_makes_no_rules(article, role):
    client = Client()
    client.force_login(make_reader("Ben", role=role))
    assert client.post(f"/article/{article.pk}/comments/rule", {"closed": "on"}).status_code == 403
    assert Client().post(f"/article/{article.pk}/comments/rule", {"closed": "on"}).status_code == 403
    assert not ThreadRule.objects.exists()
    assert "Rules of this thread" not in client.get(f"/article/{article.pk}/comments").content.decode()


def test_a_slow_thread_takes_one_comment_of_a_writer_at_a_time(article):
    ThreadRule.objects.create(article=article, slow_s=60)
    ada, ben = make_reader("Ada"), make_reader("Ben")
    first = save.take_comment(attempt(article, "One", reader=ada))
    with pytest.raises(save.TooMany, match="wait 30 more seconds"):
        save.take_comment(attempt(article, "Two", reader=ada, now=first.created_at + timedelta(seconds=30)))
    save.take_comment(attempt(article, "Other", reader=ben))
    save.take_comment(attempt(article, "Two", reader=ada, now=first.created_at + timedelta(seconds=61)))
    assert Comment.objects.count() == 3


def test_threads_close_by_age(article, settings):
    settings.COMMENTS_CLOSE_DAYS = 3
    now = article.at + timedelta(days=3, seconds=1)
    with pytest.raises(save.MayNot, match="older than"):
        save.take_comment(attempt(article, "Late", now=now))
    save.take_comment(attempt(article, "In time", now=article.at + timedelta(days=2)))


def test_who_may_comment(article, settings):
    address = f"/article/{article.pk}/comments"
    settings.COMMENTS_FROM = "accounts"
    assert "Sign in to comment" in page_of(address)
    assert Client().post(address, {"name": "Ada", "text": "Hello"}).status_code == 403
    ben = Client()
    ben.force_login(make_reader("Ben"))
    assert ben.post(address, {"text": "Hello"}).status_code == 302
    settings.COMMENTS_FROM = "nobody"
    assert "Comments are not taken" not in page_of(f"/article/{article.pk}")
    assert ben.post(address, {"text": "Again"}).status_code == 403
    assert Comment.objects.count() == 1


# --- feeds, API, export ---------------------------------------------------------------
@pytest.mark.parametrize("file", ["feed.xml", "atom.xml", "feed.json"])
def test_a_thread_has_feeds_that_hold_the_rules(article, file):
    say(article, "A **strong** word & <b>no markup</b>", name="Ada <i>")
    address = f"http://testserver/article/{article.pk}/comments/{file}"
    answer = Client().get(address)
    assert faults_of(answer.content, address) == []
    assert b"strong" in answer.content


def test_programs_read_a_thread_page_by_page(article):
    rows = many(article, 5)
    api = f"/api/v1/articles/{article.pk}/comments"
    first = Client().get(f"{api}?limit=3").json()
    assert (first["count"], len(first["comments"]), first["after"]) == (5, 3, rows[2].pk)
    rest = Client().get(f"{api}?limit=3&after={first['after']}").json()
    assert [one["id"] for one in [*first["comments"], *rest["comments"]]] == [row.pk for row in rows]
    assert rest["after"] is None
    for bad in ("after=-5", "limit=0", f"after={2**70}"):
        assert Client().get(f"{api}?{bad}").status_code in (200, 422)


def test_all_comments_are_exported_with_state_and_versions_and_no_address(article, story, tmp_path):
    from io import StringIO

    from newsroom.comments.export import write_comments

    one = say(article, "One", reader=make_reader("Ada"))
    save.edit_comment(one, attempt(article, "One, changed", reader=one.reader))
    say(story, "Two")
    out = StringIO()
    assert write_comments(out, timezone.now()) == 2
    whole = json.loads(out.getvalue())
    told = {row["id"]: row for row in whole["comments"]}[one.pk]
    assert (told["text"], told["versions"][0]["text"], told["article"]) == ("One, changed", "One", article.pk)
    assert "192.0.2.9" not in out.getvalue()
    assert one.address_hash not in out.getvalue()
    assert "paper.example" not in out.getvalue()
    out = StringIO()
    assert write_comments(out, timezone.now(), place=story) == 1
