"""An editor removes an article: it is gone everywhere at once, its address says why, and it does not come back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from newsroom.articles import removal
from newsroom.articles import save as article_save
from newsroom.articles.models import Address, Article, Picture, Removal, Version
from newsroom.comments.models import Comment
from newsroom.publishers.models import Feed
from newsroom.readers.models import Reader
from newsroom.stories import removing
from newsroom.stories.models import Notes, Story
from newsroom.stories.search import find_keys
from newstext.records import ArticleText, RawEntry
from tests.site.stories import NOW, make_story

TEXT = (
    "The glassblower Oskar Lind of Sandwick was acquitted on Monday by the court of Port Meren. "
    "The court said that the ledger of the glassworks had been read wrongly by two inspectors. "
    "Lind will open his workshop again in March with nine apprentices from the Meren Sound."
)
WHY = {"kind": "withheld", "reason": "It names a minor.", "asked_by": "The family, by a lawyer"}


@pytest.fixture
def article(db) -> Article:
    make_story("Glassblower Lind acquitted", TEXT, number=81)
    row = Article.objects.get(url="https://meren.example/81")
    feed = Feed.objects.create(publisher=row.publisher, url="https://meren.example/feed", next_check_at=NOW)
    Article.objects.filter(pk=row.pk).update(feed=feed, guid="g81", text_key="k81")
    Version.objects.create(article=row, replaced_at=NOW, title="Glassblower Lind on trial", text=TEXT[:90])
    Comment.objects.create(
        article=row, name="Ada", text="At last", state=Comment.State.SHOWN, created_at=NOW, address_hash="x"
    )
    Address.objects.create(article=row, url="https://m.meren.example/81", url_key="m.meren.example/81", kind="mobile")
    return Article.objects.select_related("publisher", "feed").get(pk=row.pk)


@pytest.fixture
def editor(client, db) -> Reader:
    reader = Reader.objects.create_user("editor@meren.example", role="editor")
    client.force_login(reader)
    return reader


def take_off(article: Article, **more) -> Removal:
    return removing.take_off([article], NOW, editor=None, **{**WHY, **more})[0]


def test_editor_removes_it_on_one_page_and_its_address_says_why(client, article, editor):
    asked = client.get(f"/article/{article.pk}/remove").content.decode()
    assert "Remove this article?" in asked
    assert client.post(f"/article/{article.pk}/remove", WHY).status_code == 302
    gone = client.get(article.get_absolute_url())
    page = gone.content.decode()
    assert gone.status_code == 451
    assert "It names a minor." in page
    assert "The family, by a lawyer" in page
    assert "2026" in page
    assert "glassblower" not in page.lower().partition("<footer>")[0]  # which leads back to the address asked for
    assert "Undo the removal" in page


def test_what_its_publisher_deleted_is_410(client, article):
    gone = take_off(article, kind="deleted")
    assert client.get(f"/article/{gone.number}").status_code == 410


def test_a_reason_is_needed(client, article, editor):
    assert client.post(f"/article/{article.pk}/remove", {"kind": "withheld"}).status_code == 422
    assert Article.objects.filter(pk=article.pk).exists()


def test_only_editors_may(client, article):
    address = f"/article/{article.pk}/remove"
    assert client.get(address)["Location"].startswith("/admin/login/")
    client.force_login(Reader.objects.create_user("reader@meren.example"))
    assert client.post(address, WHY).status_code == 403
    assert "Remove this article" not in client.get(f"/article/{article.pk}").content.decode()
    assert Article.objects.filter(pk=article.pk).exists()


def test_it_is_gone_everywhere_at_once(client, article):
    story, number, slug = article.placement.story, article.pk, article.publisher.slug
    assert find_keys(["glassblower"], most=5, with_all=True) == [number]
    take_off(article)
    assert find_keys(["glassblower"], most=5, with_all=True) == []
    assert not Version.objects.filter(article_id=number).exists()
    assert not Story.objects.filter(pk=story.pk).exists()
    for address in ("/", "/feed.xml", "/search?q=glassblower", f"/publisher/{slug}"):
        assert "Lind acquitted" not in client.get(address).content.decode(), address
    answer = client.get(f"/api/v1/articles/{number}")
    assert answer.status_code == 451
    assert "It names a minor." in answer.json()["detail"]


def test_no_note_of_the_course_keeps_its_words(article):
    other = make_story("Glassworks of Sandwick opens again", TEXT.replace("Oskar", "Old Oskar"), number=82)
    Story.objects.filter(pk=other.pk).update(storyline=article.placement.story.storyline)
    notes = Notes.objects.get(story=other)
    said = {"text": TEXT[:40], "article": str(article.pk), "start": 0, "end": 40, "shown": TEXT[:40]}
    notes.body = {**notes.body, "brief": [*notes.body["brief"], said]}
    notes.save()
    number = take_off(article).number
    kept = json.dumps(Notes.objects.get(story=other).body)
    assert f'"article": "{number}"' not in kept
    assert "Old Oskar" in kept


def test_who_has_it_open_is_told_plainly(client, article):
    version = article.versions.get()
    number = take_off(article).number
    for answer in (
        client.post(f"/article/{number}/comments", {"name": "Bo", "text": "Well"}),
        client.get(version.get_absolute_url()),
        client.get(f"/article/{number}/glassblower-lind-acquitted"),
    ):
        assert answer.status_code == 451
        assert "It names a minor." in answer.content.decode()


def entry(url: str, guid: str = "g81") -> RawEntry:
    return RawEntry(guid=guid, url=url, title="Glassblower Lind acquitted", raw_summary="He is free.")


@pytest.mark.parametrize(
    ("url", "guid"),
    [("https://meren.example/81", "g81"), ("https://meren.example/81?new", "g81"), ("https://meren.example/81", "g99")],
)
def test_its_feed_does_not_bring_it_back(article, url, guid):
    Article.objects.filter(pk=article.pk).update(url_key="meren.example/81")
    article.refresh_from_db()
    feed = article.feed
    take_off(article)
    [fresh] = article_save.clean_fresh([(feed, [entry(url, guid), entry("https://meren.example/90", "g90")])])
    assert [one.entry.guid for one in fresh] == ["g90"]


def test_another_address_of_it_goes_again_when_its_page_is_read(article):
    publisher = article.publisher
    Article.objects.filter(pk=article.pk).update(url_key="meren.example/81")
    article.refresh_from_db()
    take_off(article)
    later = Article.objects.create(
        publisher=publisher, url="https://meren.example/x", url_key="meren.example/x", seen_at=NOW
    )
    read = ArticleText(url="https://meren.example/x", canonical_url="https://meren.example/81", text="Other words.")
    number = later.pk
    assert removal.may_be_back([ArticleText(url="https://meren.example/y", text="Nobody removed it."), read])
    assert not removal.may_be_back([ArticleText(url="https://meren.example/y", text="Nobody removed it.")])
    assert removal.take_off_again(later, read)
    assert removal.removal_of(number) is not None


def test_undo_puts_all_of_it_back(client, article, editor):
    story, number = article.placement.story_id, article.pk
    gone = take_off(article)
    answer = client.post(f"/removal/{gone.pk}/undo")
    assert answer.status_code == 302
    back = Article.objects.get(pk=number)
    assert back.text == TEXT
    assert back.grouped_at is None
    assert back.versions.count() == 1
    assert back.comments.count() == 1
    assert back.addresses.count() == 1
    assert find_keys(["glassblower"], most=5, with_all=True) == [number]
    assert client.get(f"/article/{number}").status_code == 200
    assert not Story.objects.filter(pk=story).exists()
    assert client.post(f"/removal/{gone.pk}/undo").status_code == 409


def test_undo_where_the_story_still_stands(article):
    other = make_story("Court of Port Meren acquits a glassblower", TEXT, number=83)
    placement = article.placement
    placement.story = other
    placement.save()
    gone = take_off(article)
    assert Story.objects.get(pk=other.pk).article_count == 1
    removing.put_back(gone, NOW)
    assert Story.objects.get(pk=other.pk).article_count == 2


def test_after_a_week_nothing_of_it_is_kept(article):
    gone = take_off(article)
    assert "glassblower" in gone.kept
    assert removal.forget_kept(NOW + timedelta(days=6)) == 0
    assert removal.forget_kept(NOW + timedelta(days=7)) == 1
    gone.refresh_from_db()
    assert gone.kept == ""
    with pytest.raises(removal.CannotUndo, match="7 days"):
        removal.undo(gone, NOW + timedelta(days=8))


def test_copies_with_the_same_text_are_offered_and_go_with_it(client, article, editor):
    copy = make_story("Acquitted: Oskar Lind", TEXT, number=84)
    number = copy.lead_id
    Article.objects.filter(pk=number).update(text_key="k81")
    page = client.get(f"/article/{article.pk}/remove").content.decode()
    assert f'name="also" value="{number}" checked' in page
    client.post(f"/article/{article.pk}/remove", {**WHY, "also": [str(number)]})
    assert client.get(f"/article/{number}").status_code == 451


def test_admin_leads_to_the_page_that_asks(client, article):
    client.force_login(Reader.objects.create_user("admin@meren.example", role="admin"))
    told = {"action": "remove", "_selected_action": [article.pk]}
    answer = client.post("/admin/articles/article/", told)
    assert answer["Location"] == f"/article/{article.pk}/remove"
    gone = take_off(article)
    listed = client.get("/admin/articles/removal/")
    assert listed.status_code == 200
    assert str(gone.number) in listed.content.decode()
    client.post("/admin/articles/removal/", {"action": "undo", "_selected_action": [gone.pk]})
    assert Article.objects.filter(pk=gone.number).exists()


def test_text_fetched_for_a_reader_is_not_one_that_was_removed(client, article):
    Article.objects.filter(pk=article.pk).update(url_key="meren.example/81")
    article.refresh_from_db()
    take_off(article)
    answer = client.post("/explain", {"url": "https://meren.example/81"})
    assert answer.status_code == 422
    assert "was removed from here" in answer.content.decode()


def test_a_source_note_of_a_removed_article_says_why_it_is_gone(client, article):
    address = f"/article/{article.pk}/sentence/1"
    assert client.get(address).status_code == 200
    take_off(article)
    assert client.get(address).status_code == 451


def test_a_removed_articles_picture_goes_and_does_not_come_back_with_it(article):
    Picture.objects.create(article=article, url="https://meren.example/81.jpg", url_key="81", width=640, digest="d81")
    gone = take_off(article)
    assert "d81" not in gone.kept
    removing.put_back(gone, NOW)
    assert not Picture.objects.filter(article_id=gone.number).exists()
