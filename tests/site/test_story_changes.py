"""Stories that merge, split and move: addresses, history, counts, and what an editor decided stay right."""

from __future__ import annotations

import contextlib
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.test import Client

from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newsroom.desk import merging
from newsroom.desk.work import Desk
from newsroom.publishers.save import get_publisher
from newsroom.readers.models import Reader
from newsroom.stories import changing, save
from newsroom.stories.models import Apart, GroupingCase, Hashtag, Notes, Placement, Story, StoryChange
from newsroom.stories.search import search_articles
from newstext import marks, pipeline, records
from newstext.records import ArticleText, Correction
from tests.site import news

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RULE = "settling-v1"


@pytest.fixture
def editor(db) -> Reader:
    return Reader.objects.create(username="ed", email="ed@paper.example", role="editor")


def article(event: int, paper: int, *, at: datetime | None = None, title: str = "", text: str = "") -> Article:
    """One paper's article on one event, read and marked, in no story yet."""
    at = at or news.FIRST_AT + timedelta(hours=paper, minutes=event)
    title, text = title or news.title_of(event, paper), text or "\n\n".join(news.paragraphs_of(event, paper))
    row = Article(
        publisher=get_publisher(news.PAPERS[paper], f"https://paper{paper}.example/"),
        url=f"https://paper{paper}.example/{event}/{Article.objects.count()}",
        title=title, text=text, language="en", published_at=at, seen_at=at, read_at=at, grouped_at=at,
    )  # fmt: skip
    row.url_key = row.url
    row.save()
    read = ArticleText(url=row.url, id=str(row.pk), title=title, text=text, paragraphs=tuple(text.split("\n\n")),
                       language="en", published_at=at, kind="article")  # fmt: skip
    read = pipeline.mark_article(read)
    row.marks, row.sentences = marks.to_json(read.marks), list(map(list, read.sentences))
    row.save()
    return row


def told_changes():
    """The changes of this test's stories; the sample edition has some of its own."""
    return StoryChange.objects.filter(story__is_sample=False)


def story(*articles: Article) -> Story:
    """A story of these articles; the first opens it."""
    key = str(articles[0].pk)
    for number, one in enumerate(articles):
        because = ("both name Halda",) if number else ()
        placed = records.Placement(str(one.pk), key, key, because=because, score=0.4 * bool(number), rule="lexical-v1")
        made = save.place(placed, one, NOW)
    save.refresh([made], NOW)
    return Story.objects.get(pk=made.pk)


def articles_of(found: Story) -> set[int]:
    return set(Placement.objects.filter(story=found).values_list("article_id", flat=True))


def correction(one: Article, to: Story | str, was: Story) -> Correction:
    return Correction(str(one.pk), to if isinstance(to, str) else to.key, was.key)


def merge_by_rule(kept: Story, gone: Story, **options) -> list[Story]:
    rows = Article.objects.filter(placement__story=gone)
    return changing.apply_corrections([correction(row, kept, gone) for row in rows], NOW, rule=RULE, **options)


def leads_to(one: Story) -> str:
    answer = Client().get(f"/story/{one.pk}/an-old-slug/feed")
    assert answer.status_code == 301
    return answer["Location"]


# --- by rule -----------------------------------------------------------------
def test_a_merged_storys_old_addresses_lead_to_the_one_that_stays():
    one, other = story(article(0, 0), article(0, 1)), story(article(0, 2))
    [kept] = merge_by_rule(one, other, because={str(other.lead_id): "the same harbour, ship and hour"})
    assert kept == one
    assert (kept.article_count, kept.publisher_count) == (3, 3)
    assert leads_to(other) == Client().get(f"/story/{other.pk}")["Location"] == kept.get_absolute_url()
    page = Client().get(kept.get_absolute_url()).content.decode()
    assert "came in when another story was merged into this one" in page
    assert "the same harbour, ship and hour" in page
    assert "settling, version 1" in page
    kinds = told_changes().values_list("story", "kind")
    assert sorted(kinds) == sorted([(one.pk, "merged"), (other.pk, "merged into")])


def test_corrections_twice_are_as_good_as_once():
    one, other = story(article(0, 0)), story(article(0, 1), article(0, 2))
    told = [correction(row, one, other) for row in Article.objects.filter(placement__story=other)]
    changing.apply_corrections(told, NOW, rule=RULE)
    before = (list(Placement.objects.values_list("pk", "story")), StoryChange.objects.count())
    assert changing.apply_corrections(told, NOW, rule=RULE) == []
    assert (list(Placement.objects.values_list("pk", "story")), StoryChange.objects.count()) == before


def test_merge_then_split_then_merge_keeps_one_number_and_its_addresses():
    first, second, third = article(0, 0), article(0, 1), article(1, 0)
    one, other = story(first, second), story(third)
    merge_by_rule(one, other)
    # the split-off part is what had been merged: its old address stands again
    changing.apply_corrections([correction(third, other, one)], NOW, rule=RULE)
    other.refresh_from_db()
    assert (other.merged_into, articles_of(other), articles_of(one)) == (None, {third.pk}, {first.pk, second.pk})
    assert Client().get(other.get_absolute_url()).status_code == 200
    other.refresh_from_db()
    assert (other.article_count, other.title, other.lead_id) == (1, third.title, third.pk)
    merge_by_rule(one, other)
    assert articles_of(one) == {first.pk, second.pk, third.pk}
    assert leads_to(other) == Story.objects.get(pk=one.pk).get_absolute_url()
    kinds = list(one.changes.values_list("kind", flat=True))
    assert kinds == ["merged", "split", "merged"]


def test_stories_merged_in_a_chain_lead_to_the_last_at_once():
    stories = [story(article(event, 0)) for event in range(4)]
    for gone, kept in ((0, 1), (1, 2), (2, 3)):
        merge_by_rule(stories[kept], stories[gone])
    for one in stories[:3]:
        assert leads_to(one) == Story.objects.get(pk=stories[3].pk).get_absolute_url()
    assert Story.objects.get(pk=stories[3].pk).article_count == 4


def test_two_merges_in_a_ring_make_no_loop(editor):
    one, other, third = (story(article(event, 0)) for event in range(3))
    for kept, gone in ((one, other), (other, third), (third, one)):
        assert changing.merge_stories(kept, gone, NOW, by=editor, why="one event") == one
    assert articles_of(one) == set(Article.objects.filter(publisher__is_sample=False).values_list("pk", flat=True))
    assert {Story.objects.get(pk=gone.pk).merged_into for gone in (other, third)} == {one}
    assert Story.objects.get(pk=one.pk).merged_into is None


def test_stories_that_swap_their_articles_in_one_go_both_stand():
    one, other = story(article(0, 0)), story(article(1, 0))
    a, b = one.lead, other.lead
    changing.apply_corrections([correction(a, other, one), correction(b, one, other)], NOW, rule=RULE)
    assert (articles_of(one), articles_of(other)) == ({b.pk}, {a.pk})
    assert not Story.objects.exclude(merged_into=None).exists()


def test_a_loop_left_in_the_rows_is_no_endless_redirect():
    one, other = story(article(0, 0)), story(article(1, 0))
    Story.objects.filter(pk=one.pk).update(merged_into=other)
    Story.objects.filter(pk=other.pk).update(merged_into=one)
    assert save.stands_for(Story.objects.get(pk=one.pk)) == other


def test_a_correction_into_a_story_that_was_merged_meanwhile_goes_where_that_went(editor):
    one, other, third = story(article(0, 0)), story(article(0, 1)), story(article(0, 2))
    changing.merge_stories(one, other, NOW, by=editor, why="one event")
    merge_by_rule(other, third)
    assert len(articles_of(one)) == 3
    assert Story.objects.get(pk=third.pk).merged_into == one


def test_a_correction_that_comes_too_late_is_passed_over(editor):
    moved, one, other, third = article(0, 0), story(article(0, 1)), story(article(0, 2)), story(article(1, 0))
    was = story(moved, article(1, 1))
    changing.move(moved, third, NOW, by=editor, why="it tells of the law")
    assert changing.apply_corrections([correction(moved, one, was)], NOW, rule=RULE) == []
    assert moved.pk in articles_of(third)
    gone = other.lead
    told = [correction(gone, one, other), Correction("999999", one.key, other.key), Correction("x", "y", "z")]
    Article.objects.filter(pk=gone.pk).delete()
    assert changing.apply_corrections(told, NOW, rule=RULE) == []


def test_a_rule_that_splits_opens_the_story_it_names_with_where_it_came_from():
    rows = [article(0, 0), article(0, 1), article(1, 0), article(1, 1)]
    one = story(*rows)
    key = str(rows[2].pk)
    told = [correction(row, key, one) for row in rows[2:]]
    changing.apply_corrections(told, NOW, rule=RULE, because={key: "they share no name"})
    new = Story.objects.get(key=key)
    assert (articles_of(new), new.storyline_id) == ({rows[2].pk, rows[3].pk}, one.storyline_id)
    page = Client().get(new.get_absolute_url()).content.decode()
    assert "came here when this story was split from" in page
    assert f'href="/story/{one.pk}"' in page
    assert "went into a new story" in Client().get(one.get_absolute_url()).content.decode()


def test_an_article_corrected_twice_in_one_go_goes_from_its_first_story_to_its_last():
    one, other, third = story(article(0, 0), article(0, 1)), story(article(1, 0)), story(article(2, 0))
    row = Article.objects.filter(placement__story=one).order_by("pk")[1]
    told = [correction(row, other, one), correction(row, third, other)]
    changing.apply_corrections(told, NOW, rule=RULE)
    assert row.pk in articles_of(third)
    assert list(told_changes().values_list("kind", flat=True)) == ["moved in", "moved out"]


def test_an_error_in_the_middle_leaves_everything_as_it_was(monkeypatch):
    one, other = story(article(0, 0)), story(article(0, 1))

    def fail(*_, **__):
        raise RuntimeError("the power went")

    monkeypatch.setattr(save, "refresh", fail)
    with pytest.raises(RuntimeError):
        merge_by_rule(one, other)
    assert articles_of(other) == {other.lead_id}
    assert Story.objects.get(pk=other.pk).merged_into is None
    assert not told_changes().exists()


# --- what follows from a change --------------------------------------------------
def test_comments_move_along_with_their_article(editor):
    one, other = story(article(0, 0)), story(article(0, 1))
    row = other.lead
    Comment.objects.create(article=row, name="Ada", text="Were you there?", state="shown", created_at=NOW)
    changing.merge_stories(one, other, NOW, by=editor, why="one event")
    changing.split(one, [row], NOW, by=editor, why="two after all")
    changing.merge_stories(one, Story.objects.get(placements__article=row), NOW, by=editor, why="one event")
    assert b"Were you there?" in Client().get(row.get_absolute_url()).content
    assert f"/article/{row.pk}" in Client().get(Story.objects.get(pk=one.pk).get_absolute_url()).content.decode()


def test_counts_lead_notes_and_search_follow(editor):
    rows = [article(0, 0), article(0, 1), article(1, 2, at=news.FIRST_AT + timedelta(days=1))]
    one = story(*rows)
    Notes.objects.create(story=one, body=_notes(rows[2]), made_by="x", made_at=NOW, article_count=3)
    Story.objects.filter(pk=one.pk).update(notes_due_at=None)
    assert one.lead == rows[2]
    new = changing.split(one, [rows[2]], NOW, by=editor, why="another event")
    one.refresh_from_db()
    assert (one.article_count, one.publisher_count, one.lead, one.title) == (2, 2, rows[1], rows[1].title)
    assert one.last_at == rows[1].published_at
    assert (new.article_count, new.lead, new.first_at) == (1, rows[2], rows[2].published_at)
    assert one.notes_due_at == NOW  # at once: they tell of what is gone
    assert new.notes_due_at == NOW
    found = {row.pk: row.placement.story_id for row in search_articles('"parliament of Velmark passed"')}
    assert found[rows[2].pk] == new.pk
    assert str(new.pk) in Client().get("/feed.xml").content.decode()


def _notes(row: Article) -> dict:
    return {
        "brief": [],
        "why_now": {key: [] for key in ("trigger", "steps", "background", "sides", "ahead")},
        "timeline": [],
        "hashtags": [],
    }


def test_hashtags_go_over_when_stories_merge_and_come_anew_with_the_notes(editor):
    one, other = story(article(0, 0), article(0, 2)), story(article(0, 1))
    tag = Hashtag.objects.create(key="reefofmeren", name="ReefOfMeren")
    other.hashtags.add(tag)
    changing.merge_stories(one, other, NOW, by=editor, why="one event")
    assert [list(row.hashtags.all()) for row in (one, other)] == [[tag], []]
    page = Client().get("/hashtag/reefofmeren").content.decode()
    assert page.count('class="story-item"') == 1


def test_copies_go_with_their_original_and_keep_no_original_elsewhere(editor):
    original, first, second, other = article(0, 0), article(0, 1), article(0, 2), article(1, 0)
    one = story(original, first, second, other)
    Placement.objects.filter(article__in=[first.pk, second.pk]).update(copy_of=original)
    new = changing.move(original, None, NOW, by=editor, why="not the law")
    assert articles_of(new) == {original.pk, first.pk, second.pk}
    back = changing.move_all([first, second], one, NOW, by=editor, why="they are")
    copies = dict(Placement.objects.filter(story=back).values_list("article_id", "copy_of_id"))
    assert copies == {other.pk: None, first.pk: None, second.pk: first.pk}


def test_articles_removed_leave_counts_right_and_an_empty_story_can_be_merged(editor):
    rows = [article(0, 0), article(0, 1)]
    one, other = story(*rows), story(article(0, 2))
    one.lead.delete()
    save.refresh([Story.objects.get(pk=one.pk)], NOW)
    assert Story.objects.get(pk=one.pk).article_count == 1
    Article.objects.filter(placement__story=one).delete()
    save.refresh([Story.objects.get(pk=one.pk)], NOW)
    assert Story.objects.get(pk=one.pk).article_count == 0
    changing.merge_stories(other, Story.objects.get(pk=one.pk), NOW, by=editor, why="nothing is left")
    assert leads_to(one) == Story.objects.get(pk=other.pk).get_absolute_url()


# --- what an editor decided stands ----------------------------------------------
def test_a_pinned_article_is_left_where_it_is_by_rules_and_on_arriving_again(editor):
    rows = [article(0, 0), article(0, 1)]
    one, other = story(*rows), story(article(1, 0))
    changing.pin(rows[1], NOW, by=editor, why="it is the same ferry")
    assert changing.pinned() == {str(rows[1].pk): one.key}
    changing.apply_corrections([correction(row, other, one) for row in rows], NOW, rule=RULE)
    assert articles_of(one) == {rows[1].pk}
    assert Story.objects.get(pk=one.pk).merged_into is None
    placed = records.Placement(str(rows[1].pk), other.key, other.key, rule="lexical-v1")
    assert save.place(placed, rows[1], NOW) == one
    changing.pin(rows[1], NOW, by=editor, is_pinned=False)
    assert save.place(placed, rows[1], NOW) == other
    assert list(one.changes.values_list("kind", flat=True))[-1] == "merged into"


def test_what_an_editor_took_out_does_not_come_back(editor):
    rows = [article(0, 0), article(0, 1), article(1, 0)]
    one = story(*rows)
    new = changing.move(rows[2], None, NOW, by=editor, why="a law is no ferry")
    assert changing.apart() == {frozenset({str(rows[2].pk), str(row.pk)}) for row in rows[:2]}
    assert changing.apply_corrections([correction(rows[2], one, new)], NOW, rule=RULE) == []
    assert merge_by_rule(new, Story.objects.get(pk=one.pk)) == []
    placed = records.Placement(str(rows[2].pk), one.key, one.key, copy_of=str(rows[0].pk), rule="lexical-v1")
    assert save.place(placed, rows[2], NOW) == new
    Placement.objects.filter(article=rows[2]).delete()
    assert save.place(placed, rows[2], NOW).key not in (one.key, new.key)
    assert rows[2].placement.copy_of is None


def test_it_is_kept_out_of_what_that_story_became(editor):
    rows = [article(0, 0), article(0, 1), article(1, 0)]
    one, bigger = story(*rows), story(article(0, 2))
    new = changing.move(rows[2], None, NOW, by=editor, why="a law is no ferry")
    merge_by_rule(bigger, Story.objects.get(pk=one.pk))
    assert changing.apply_corrections([correction(rows[2], bigger, new)], NOW, rule=RULE) == []
    changing.apply_corrections([correction(rows[1], str(rows[1].pk), bigger)], NOW, rule=RULE)
    assert changing.apply_corrections([correction(rows[2], str(rows[1].pk), new)], NOW, rule=RULE) == []


def test_an_editor_may_change_his_mind(editor):
    rows = [article(0, 0), article(0, 1)]
    one = story(*rows)
    new = changing.split(one, rows[1:], NOW, by=editor, why="two events")
    assert changing.move(rows[1], one, NOW, by=editor, why="one after all") == one
    assert not Apart.objects.filter(story=one).exists()
    placed = Placement.objects.get(article=rows[1])
    assert (placed.is_pinned, placed.because) == (True, ["one after all"])
    assert leads_to(new) == Story.objects.get(pk=one.pk).get_absolute_url()


def test_what_an_editor_merged_no_rule_takes_apart(editor):
    one, other = story(article(0, 0)), story(article(1, 0))
    row = other.lead
    changing.merge_stories(one, other, NOW, by=editor, why="one course of the day")
    changing.apply_corrections([correction(row, str(row.pk), one)], NOW, rule=RULE)
    assert row.pk in articles_of(one)


def test_set_apart_takes_out_what_stands_there_and_keeps_out_what_does_not(editor):
    rows = [article(0, 0), article(1, 0)]
    one, other = story(*rows), story(article(2, 0))
    assert articles_of(changing.set_apart(rows[1], one, NOW, by=editor, why="no ferry")) == {rows[1].pk}
    changing.set_apart(other.lead, one, NOW, by=editor, why="a comet")
    assert merge_by_rule(one, other) == []
    assert GroupingCase.objects.filter(together=False).count() == 2


def test_a_headline_that_an_editor_gave_stays_until_it_is_taken_back(editor):
    one = story(article(0, 0))
    changing.rename(one, "  Ferry aground:\n all are safe ", NOW, by=editor)
    save.place(records.Placement(str((late := article(0, 1)).pk), one.key, one.key), late, NOW)
    save.refresh([Story.objects.get(pk=one.pk)], NOW)
    one.refresh_from_db()
    assert (one.title, one.lead) == ("Ferry aground: all are safe", late)
    assert b"Ferry aground: all are safe" in Client().get(one.get_absolute_url()).content
    assert changing.rename(one, "", NOW, by=editor).title == late.title
    assert [change.why for change in one.changes.all()] == [news.title_of(0, 0), "Ferry aground: all are safe"]


def test_two_records_of_one_article_keep_what_an_editor_decided_of_either(editor):
    kept, later, other = article(0, 0), article(0, 1), article(1, 0)
    one, law = story(kept, article(0, 2)), story(other, article(1, 1))
    alone = story(later)
    changing.set_apart(later, law, NOW, by=editor, why="no law")
    changing.pin(later, NOW, by=editor)
    merging.merge(kept, later, NOW, because="one address")
    row = Placement.objects.get(article=kept)
    assert (row.story, row.is_pinned) == (alone, True)
    assert changing.apply_corrections([correction(kept, law, alone)], NOW, rule=RULE) == []
    assert Apart.objects.filter(article=kept, story=law).exists()
    assert one.placements.count() == 1


# --- what makes no sense is refused -----------------------------------------------
def test_refusals_name_the_story_and_the_way_out(editor, story_of):
    rows = [article(0, 0), article(0, 1)]
    one, other = story(*rows), story(article(1, 0))
    with pytest.raises(changing.CannotChange, match=f"Nothing would be left in story {one.pk}"):
        changing.split(one, rows, NOW, by=editor, why="")
    with pytest.raises(changing.CannotChange, match=f"not in {other.pk}"):
        changing.split(other, rows[:1], NOW, by=editor, why="")
    with pytest.raises(changing.CannotChange, match="sample edition"):
        changing.merge_stories(one, story_of("The morning the Kestrel"), NOW, by=editor, why="")
    with pytest.raises(changing.CannotChange, match="stands in no story"):
        changing.move(article(2, 0), one, NOW, by=editor, why="")
    changing.pin(rows[0], NOW, by=editor)
    with pytest.raises(changing.CannotChange, match="pinned"):
        changing.move(rows[0], other, NOW, by=RULE, why="")
    assert articles_of(one) == {row.pk for row in rows}


def test_a_new_story_never_takes_a_number_that_another_bears(editor):
    rows = [article(0, 0), article(0, 1), article(1, 0)]
    one = story(*rows)
    keys = set()
    for _ in range(3):  # the article that opened the story is what leaves it, again and again
        new = changing.split(one, rows[:1], NOW, by=editor, why="apart")
        keys.add(new.key)
        changing.merge_stories(one, new, NOW, by=editor, why="together")
    assert len(keys | {one.key}) == 4


# --- the page, and the desk ---------------------------------------------------------
def test_each_telling_says_why_it_stands_there():
    one = story(article(0, 0), article(0, 1))
    page = Client().get(one.get_absolute_url()).content.decode()
    assert page.count("Why in this story?") == 2
    assert "The story opened with it." in page
    assert "both name Halda" in page
    assert "Score 0.40 of 1" in page
    assert "lexical, version 1" in page
    assert "Article by article, with no change since" in page


def test_the_page_asks_no_more_of_the_database_for_more_copies(django_assert_max_num_queries):
    rows = [article(0, 0), *(article(0, paper % 3) for paper in range(12))]
    one = story(*rows)
    Placement.objects.filter(article__in=rows[1:]).update(copy_of=rows[0], because=["97% of its text is the same"])
    changing.pin(rows[0], NOW, by=Reader.objects.create(username="x"))
    with django_assert_max_num_queries(14):
        page = Client().get(one.get_absolute_url()).content.decode()
    assert page.count("97% of its text is the same") == 12


def test_the_desk_sees_what_an_editor_changed(editor):
    desk = Desk(clock=lambda: NOW)
    try:
        first = [article(0, 0), article(0, 1), article(1, 0)]
        Article.objects.filter(pk__in=[row.pk for row in first]).update(grouped_at=None)
        while desk.group():
            pass
        one = Story.objects.get(placements__article=first[0])
        assert one == Story.objects.get(placements__article=first[1])
        law = Story.objects.get(placements__article=first[2])
        changing.merge_stories(law, one, NOW, by=editor, why="one day")
        late = article(0, 2)
        Article.objects.filter(pk=late.pk).update(grouped_at=None)
        while desk.group():
            pass
        assert articles_of(law) == {row.pk for row in [*first, late]}
    finally:
        desk.close()


def test_an_edited_article_that_was_taken_out_stays_out(editor):
    desk = Desk(clock=lambda: NOW)
    try:
        rows = [article(0, 0), article(0, 1), article(0, 2)]
        one = story(*rows)
        new = changing.move(rows[2], None, NOW, by=editor, why="another ferry")
        Article.objects.filter(pk=rows[2].pk).update(grouped_at=None)
        while desk.group():
            pass
        assert articles_of(new) == {rows[2].pk}
        assert articles_of(one) == {rows[0].pk, rows[1].pk}
        late = article(0, 1, title="Divers look at the hull of the ferry Halda off Port Meren")
        Article.objects.filter(pk=late.pk).update(grouped_at=None)
        while desk.group():
            pass
        assert late.placement.story in (one, new)
    finally:
        desk.close()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_in_whatever_order_each_article_stands_in_one_living_story(editor, seed):
    chance = random.Random(seed)
    rows = [article(number % 4, number // 4) for number in range(12)]
    stories = [story(*rows[start : start + 3]) for start in range(0, 12, 3)]
    Placement.objects.filter(article=rows[1]).update(copy_of=rows[0])
    for _ in range(25):
        stories = list(Story.objects.filter(is_sample=False))
        one, other = chance.choices(stories, k=2)
        some = chance.sample(rows, chance.randint(1, 3))
        acts = (
            lambda one=one, other=other, some=some: changing.merge_stories(one, other, NOW, by=chance.choice((editor, RULE)), why=""),
            lambda one=one, other=other, some=some: changing.move_all(some, chance.choice((one, None)), NOW, by=editor, why="x"),
            lambda one=one, other=other, some=some: changing.split(one, some, NOW, by=editor, why=""),
            lambda one=one, other=other, some=some: changing.apply_corrections(
                [correction(row, chance.choice((one.key, str(row.pk))), Story.objects.get(placements__article=row)) for row in some], NOW, rule=RULE
            ),
            lambda one=one, other=other, some=some: merge_by_rule(one, other),
            lambda one=one, other=other, some=some: changing.pin(some[0], NOW, by=editor, is_pinned=False),
        )  # fmt: skip
        with contextlib.suppress(changing.CannotChange):
            chance.choice(acts)()
        _check_all(rows)
    assert StoryChange.objects.exists()


def _check_all(rows: list[Article]) -> None:
    assert Placement.objects.filter(article__in=rows).count() == len(rows)
    assert not Placement.objects.exclude(story__merged_into=None).exists()
    for one in Story.objects.filter(is_sample=False):
        count = one.placements.count()
        if one.merged_into:
            assert (count, one.merged_into.merged_into) == (0, None)
        else:
            assert one.article_count == count > 0
            assert one.lead_id in articles_of(one)
            assert one.notes_due_at is not None
    assert not Placement.objects.filter(copy_of__isnull=False).exclude(copy_of__placement__story=F("story")).exists()
    assert all(len(pair) == 2 for pair in changing.apart())


def test_removing_what_is_empty_leaves_no_merged_story_standing_by_itself():
    kept, gone = story(article(0, 0)), story(article(1, 0))
    changing.merge_stories(kept, gone, NOW, by=RULE, why="")
    Article.objects.filter(publisher__is_sample=False).delete()
    save.drop_empty()
    assert not Story.objects.filter(is_sample=False).exists()
