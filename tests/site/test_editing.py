"""An editor moves, splits, merges, pins and renames in the admin; readers' reports stand in a queue there."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from newsroom.readers.models import Reader
from newsroom.stories import changing, reports
from newsroom.stories.models import GroupingCase, MemberReport, Placement, Story, StoryChange
from tests.site.test_story_changes import NOW, article, articles_of, story

pytestmark = pytest.mark.django_db
STORIES, TELLINGS, REPORTS = (f"/admin/stories/{model}/" for model in ("story", "placement", "memberreport"))
DONE = {"confirmed": "yes"}


@pytest.fixture
def editor(db) -> Reader:
    return Reader.objects.create(username="ed", email="ed@paper.example", role="editor")


@pytest.fixture
def desk(editor) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def choose(client: Client, listed: str, action: str, rows, **form) -> str:
    """Choose rows of a list and an action, and fill in its form if there is one; the page that follows, as text."""
    keys = [row.pk for row in rows]
    answer = client.post(listed, {"action": action, "_selected_action": keys, **form}, follow=True)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def tellings(*articles):
    return Placement.objects.filter(article__in=articles).order_by("article")


@pytest.mark.parametrize(("role", "status"), [("reader", 302), ("moderator", 403), ("editor", 200), ("admin", 200)])
def test_editors_alone_come_to_these_pages(role, status):
    client = Client()
    client.force_login(Reader.objects.create(username=role, role=role))
    for page in (STORIES, TELLINGS, REPORTS, "/admin/stories/groupingcase/"):
        assert client.get(page).status_code == status


def test_a_moderator_cannot_move_by_a_post_alone():
    one, law = story(article(0, 0), article(0, 1)), story(article(1, 0))
    client = Client()
    client.force_login(Reader.objects.create(username="mo", role="moderator"))
    keys = [row.pk for row in one.placements.all()][:1]
    form = {"action": "move", "_selected_action": keys, "to": law.pk, **DONE}
    assert client.post(TELLINGS, form).status_code == 403
    assert len(articles_of(one)) == 2


def test_the_form_is_shown_first_and_changes_nothing(desk):
    rows = [article(0, 0), article(0, 1)]
    one = story(*rows)
    for action, title in (("move", "To which story"), ("split", "Which part keeps"), ("pin", "Why"), ("unpin", "Why")):
        assert title in choose(desk, TELLINGS, action, tellings(rows[1]))
    assert "To which story" in choose(desk, STORIES, "merge", [one])
    assert not StoryChange.objects.filter(story__is_sample=False).exists()  # the sample has some of its own
    assert articles_of(one) == {row.pk for row in rows}


@pytest.mark.parametrize(
    "form", ["{pk}", "#{pk}", " {pk} ", "/story/{pk}", "https://site.example/story/{pk}/a-law?x=1"]
)
def test_tellings_are_moved_to_a_story_by_its_number_or_its_address(desk, form):
    rows = [article(0, 0), article(1, 1), article(1, 2)]
    one, law = story(*rows), story(article(1, 0))
    page = choose(
        desk, TELLINGS, "move", tellings(*rows[1:]), to=form.format(pk=law.pk), why="they tell of the law", **DONE
    )
    assert f"2 moved to {law.pk}" in page
    assert articles_of(one) == {rows[0].pk}
    assert set(tellings(*rows[1:]).values_list("story", "is_pinned")) == {(law.pk, True)}
    told = Client().get(Story.objects.get(pk=law.pk).get_absolute_url()).content.decode()
    assert "they tell of the law" in told
    assert "By an editor" in told
    assert "ed@paper.example" not in told


def test_a_story_can_be_looked_for_by_words_and_chosen(desk):
    rows = [article(0, 0), article(1, 1)]
    one, law = story(*rows), story(article(1, 0))
    page = choose(desk, TELLINGS, "move", tellings(rows[1]), to="Velmark water law", **DONE)
    assert "Several may be meant. Choose one." in page
    assert re.search(rf'<input type="radio" name="chosen" value="{law.pk}"', page)
    choose(desk, TELLINGS, "move", tellings(rows[1]), to="Velmark water law", chosen=law.pk, **DONE)
    assert rows[1].pk in articles_of(law)
    assert one.pk


def test_a_merged_story_is_not_taken_but_the_one_it_went_into_is_offered(desk, editor):
    rows = [article(0, 0), article(1, 1)]
    one, law, gone = story(*rows), story(article(1, 0)), story(article(1, 2))
    changing.merge_stories(law, gone, NOW, by=editor, why="one law")
    page = choose(desk, TELLINGS, "move", tellings(rows[1]), to=gone.pk, **DONE)
    assert f"Story {gone.pk} was merged into {law.pk}," in page
    assert re.search(rf'<input type="radio" name="chosen" value="{law.pk}"', page)
    assert rows[1].pk in articles_of(one)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("", "Say which story"),
        ("99999999", "There is no story 99999999"),
        ("9" * 30, "No story has the words"),
        ("zebra umbrella quartz", "No story has the words “zebra umbrella quartz”"),
        ("<script>alert(1)</script>", "No story has the words"),
        ("/article/1", "No story has the words"),
    ],
)
def test_what_names_no_story_is_said_and_nothing_moves(desk, to, said):
    rows = [article(0, 0), article(0, 1)]
    one = story(*rows)
    page = choose(desk, TELLINGS, "move", tellings(rows[1]), to=to, **DONE)
    assert said in page
    assert "Nothing was changed yet" in page
    assert articles_of(one) == {row.pk for row in rows}


def test_a_refusal_of_the_change_itself_stands_on_the_form(desk, story_of):
    rows = [article(0, 0), article(0, 1)]
    one, sample = story(*rows), story_of("The morning the Kestrel")
    assert "sample edition" in choose(desk, TELLINGS, "move", tellings(rows[1]), to=sample.pk, **DONE)
    page = choose(desk, TELLINGS, "split", tellings(*rows), keeps="rest", **DONE)
    assert f"Nothing would be left in story {one.pk}" in page
    assert articles_of(one) == {row.pk for row in rows}


def test_a_split_keeps_the_address_with_the_larger_part_unless_told_otherwise(desk):
    rows = [article(0, 0), article(1, 0), article(1, 1)]
    one = story(*rows)
    page = choose(desk, TELLINGS, "split", tellings(*rows[1:]))
    assert re.search(r'value="chosen"[^>]*checked', page)
    choose(desk, TELLINGS, "split", tellings(*rows[1:]), keeps="chosen", same_course="on", why="two events", **DONE)
    assert articles_of(one) == {rows[1].pk, rows[2].pk}
    new = Story.objects.get(placements__article=rows[0])
    assert new.storyline_id == one.storyline_id
    other = story(article(2, 0), article(3, 0), article(2, 1))
    leaving = Placement.objects.filter(story=other, article__title__contains="Quake")
    assert re.search(r'value="rest"[^>]*checked', choose(desk, TELLINGS, "split", leaving))
    choose(desk, TELLINGS, "split", leaving, keeps="rest", **DONE)
    quake = Story.objects.exclude(pk=other.pk).get(title__startswith="Quake", is_sample=False)
    assert quake.storyline_id != other.storyline_id


def test_tellings_of_two_stories_are_not_split_in_one_go(desk):
    one, other = story(article(0, 0), article(0, 1)), story(article(1, 0), article(1, 1))
    rows = Placement.objects.filter(story__in=[one, other])
    assert "stand in 2 stories" in choose(desk, TELLINGS, "split", rows)


def test_several_stories_are_merged_into_the_one_chosen(desk):
    stories = [story(article(0, paper)) for paper in range(3)]
    page = choose(desk, STORIES, "merge", stories)
    assert "Which one stays" in page
    choose(desk, STORIES, "merge", stories, keep=stories[1].pk, why="one ferry", **DONE)
    kept = Story.objects.get(pk=stories[1].pk)
    assert kept.article_count == 3
    for gone in (stories[0], stories[2]):
        assert Client().get(f"/story/{gone.pk}")["Location"] == kept.get_absolute_url()


def test_one_story_is_merged_into_another_that_is_named(desk):
    one, other = story(article(0, 0)), story(article(0, 1))
    assert "is the one that was chosen" in choose(desk, STORIES, "merge", [other], to=other.pk, **DONE)
    choose(desk, STORIES, "merge", [other], to=one.pk, why="one ferry", **DONE)
    assert Story.objects.get(pk=other.pk).merged_into == one


def test_pinned_and_unpinned(desk):
    rows = [article(0, 0), article(0, 1)]
    one = story(*rows)
    choose(desk, TELLINGS, "pin", tellings(*rows), why="sure", **DONE)
    assert set(tellings(*rows).values_list("is_pinned", flat=True)) == {True}
    assert "Pinned here by an editor" in Client().get(one.get_absolute_url()).content.decode()
    choose(desk, TELLINGS, "unpin", tellings(rows[1]), **DONE)
    assert list(tellings(*rows).values_list("is_pinned", flat=True)) == [True, False]


def test_a_headline_is_given_on_the_storys_page_and_nothing_else_can_be_changed_there(desk):
    rows = [article(0, 0), article(0, 1)]
    one, other = story(*rows), story(article(1, 0))
    address = reverse("admin:stories_story_change", args=(one.pk,))
    assert f"{TELLINGS}?story__id__exact={one.pk}" in desk.get(address).content.decode()
    form = {
        "given_title": "عبارة تجنح",
        "given_language": "ar",
        "title": "x",
        "merged_into": other.pk,
        "article_count": 9,
    }
    assert desk.post(address, form).status_code == 302
    one.refresh_from_db()
    assert (one.title, one.merged_into, one.article_count) == ("عبارة تجنح", None, 2)
    assert '<h1 lang="ar" dir="rtl">عبارة تجنح</h1>' in Client().get(one.get_absolute_url()).content.decode()
    assert desk.post(f"{STORIES}{one.pk}/delete/", {"post": "yes"}).status_code == 403
    listed = desk.get(f"{TELLINGS}?story__id__exact={one.pk}").content.decode()
    assert listed.count('name="_selected_action"') == 2


def test_a_readers_own_text_is_in_no_list(desk):
    one = story(article(0, 0))
    Story.objects.filter(pk=one.pk).update(is_private=True)
    assert one.title not in desk.get(STORIES).content.decode()
    assert one.title not in desk.get(TELLINGS).content.decode()
    assert desk.get(reverse("admin:stories_story_change", args=(one.pk,))).status_code == 302


def test_no_page_of_the_editor_has_inline_style_or_script(desk):
    rows = [article(0, 0), article(0, 1)]
    story(*rows)
    pages = [choose(desk, TELLINGS, action, tellings(rows[1])) for action in ("move", "split", "pin")]
    for page in pages:
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|\sstyle=|\son\w+=", page)


# --- what readers say ---------------------------------------------------------------
def test_a_report_stands_in_the_queue_once(desk):
    rows = [article(0, 0), article(1, 0)]
    one = story(*rows)
    for _ in range(2):
        reports.report_member(rows[1], one, "This is  about a law.", now=NOW, address_hash="h")
    assert MemberReport.objects.get().reason == "This is about a law."
    assert "This is about a law." in desk.get(f"{REPORTS}?state__exact=open").content.decode()


def test_a_reader_and_an_address_may_report_so_many_an_hour():
    rows = [article(event, paper) for event in range(4) for paper in range(2)]
    one = story(*rows)
    someone = Reader.objects.create(username="someone")
    for who in ({"address_hash": "h"}, {"reader": someone}):
        for row in rows[: reports.REPORTS_PER_HOUR]:
            reports.report_member(row, one, "", now=NOW, **who)
        with pytest.raises(reports.TooManyReports, match="Try again in an hour"):
            reports.report_member(rows[-1], one, "", now=NOW, **who)
        assert reports.report_member(rows[-1], one, "", now=NOW + timedelta(hours=1), **who).pk


def test_a_report_about_what_does_not_stand_there_is_refused(editor):
    row = article(1, 0)
    one, other = story(article(0, 0), row), story(article(2, 0))
    with pytest.raises(reports.CannotReport, match=f"does not stand in story {other.pk}"):
        reports.report_member(row, other, "", now=NOW, address_hash="h")
    with pytest.raises(reports.CannotReport, match="a reader or an address"):
        reports.report_member(row, one, "", now=NOW)
    changing.merge_stories(other, one, NOW, by=editor, why="")
    one.refresh_from_db()
    assert reports.report_member(row, one, "", now=NOW, address_hash="h").story == other


def test_an_editor_follows_a_report_and_all_others_of_it_are_answered(desk):
    rows = [article(0, 0), article(1, 0)]
    one = story(*rows)
    for who in ("h", "i"):
        reports.report_member(rows[1], one, "No ferry here", now=NOW, address_hash=who)
    page = choose(desk, REPORTS, "take_out", MemberReport.objects.all(), why="a law", **DONE)
    assert "1 followed." in page
    assert set(MemberReport.objects.values_list("state", "decided_by__username")) == {("followed", "ed")}
    assert articles_of(one) == {rows[0].pk}
    told = Client().get(one.get_absolute_url()).content.decode()
    assert "a law" in told
    assert "No ferry here" not in told  # a reader's words are for the editor
    assert GroupingCase.objects.get().together is False


def test_a_dismissed_report_is_a_case_too_and_is_not_asked_again(desk):
    rows = [article(0, 0), article(0, 1)]
    one = story(*rows)
    reports.report_member(rows[1], one, "wrong", now=NOW, address_hash="h")
    assert "1 dismissed." in choose(desk, REPORTS, "dismiss", MemberReport.objects.all())
    reports.report_member(rows[1], one, "wrong", now=NOW, address_hash="h")
    assert list(MemberReport.objects.values_list("state", flat=True)) == ["dismissed"]
    assert list(GroupingCase.objects.values_list("how", "together")) == [("dismissed", True)]
    assert "0 dismissed." in choose(desk, REPORTS, "dismiss", MemberReport.objects.all())


def test_an_article_moved_by_an_editor_answers_its_report(editor):
    rows = [article(0, 0), article(1, 0)]
    one = story(*rows)
    reports.report_member(rows[1], one, "wrong", now=NOW, address_hash="h")
    changing.move(rows[1], None, NOW, by=editor, why="a law")
    assert MemberReport.objects.get().state == "followed"
