"""Alerts: what they find, each story once, and the page of a reader's own alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from newsroom.alerts import answers, finding
from newsroom.alerts.finding import FRESH, LOOKED_AGAIN, STORY_REST
from newsroom.alerts.models import Alert, Notice
from newsroom.alerts.save import MOST_ALERTS
from newsroom.articles import removal
from newsroom.articles.models import Article
from newsroom.comments.models import Comment
from newsroom.readers.models import Reader
from newsroom.stories import save
from newsroom.stories.models import Hashtag, HashtagAlias, Story
from tests.site.told import MINUTE, NOW, alert, look, reader, tell, told_to

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7|add:7 }}{% now 'Y' %}", "a\r\nBcc: x@y.example",
    "\u202egnp.exe", "' OR 1=1 --", "%s%n%d", "\ufeff\u200b", "AND OR NOT NEAR(\"", "x" * 5000, "🧿" * 60, "نبأ عاجل",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_late_rows(monkeypatch):
    """One connection writes here, at one moment: nothing is committed late."""
    monkeypatch.setattr("newsroom.alerts.finding.LATE_ROWS", 0)


@pytest.fixture
def ada():
    return reader("ada")


@pytest.fixture
def page(ada):
    client = Client()
    client.force_login(ada)
    return client


# --- what is found --------------------------------------------------------------
def test_alert_on_a_hashtag_tells_a_new_story_once(ada):
    tell("The tarn rises", tags=("Tarnfell",))
    alert(ada, "hashtag", "tarnfell")
    story = tell("The tarn falls", tags=("Tarnfell",))
    look()
    tell("The tarn falls still", paper="Fell Herald", story=story)
    look(NOW + MINUTE)
    assert told_to(ada) == ["The tarn falls"]


def test_story_that_grows_is_told_to_an_alert_set_after_it_began(ada):
    story = tell("The tarn rises", tags=("Tarnfell",))
    look()
    alert(ada, "hashtag", "tarnfell")
    look()
    assert told_to(ada) == []
    tell("The tarn rises on", paper="Fell Herald", story=story)
    look()
    assert len(told_to(ada)) == 1


def test_hashtag_that_comes_with_the_notes_later_is_found(ada):
    story = tell("The tarn rises")
    tag = Hashtag.objects.create(key="tarnfell", name="Tarnfell")
    alert(ada, "hashtag", "tarnfell")
    look()
    tag.stories.add(story)
    look(NOW + MINUTE)
    assert told_to(ada) == ["The tarn rises"]


def test_alert_goes_on_under_the_new_name_of_its_hashtag(ada):
    old = Hashtag.objects.create(key="tarn-fell", name="TarnFell")
    alert(ada, "place", "tarn-fell")
    new = Hashtag.objects.create(key="tarnfell", name="Tarnfell")
    old.delete()
    HashtagAlias.objects.create(key="tarn-fell", hashtag=new)
    tell("The tarn rises", tags=("Tarnfell",))
    look()
    assert told_to(ada) == ["The tarn rises"]


def test_alert_on_a_publisher_tells_what_it_tells_and_no_other(ada):
    tell("Earlier news", paper="Fell Herald")
    alert(ada, "publisher", "fell-herald")
    tell("Of another", paper="Tarn Gazette")
    tell("Of the Herald", paper="Fell Herald")
    look()
    assert told_to(ada) == ["Of the Herald"]


@pytest.mark.parametrize(
    ("search", "is_told"),
    [
        ("gravel ferry", True),
        ('"ferry gravel"', False),
        ("gravel -ferry", False),
        ("gravel publisher:tarn-gazette", True),
        ("gravel publisher:nobody", False),
        ("tag:tarnfell", True),
        ("gravel before:2026-11-26", False),
        ("after:2026-11-26", True),
        ("granite", False),
    ],
)
def test_alert_on_a_search_tells_what_the_search_finds(ada, search, is_told):
    tell("Anything", tags=("Tarnfell",))
    alert(ada, "search", search)
    tell("The gravel ferry is late", tags=("Tarnfell",))
    look()
    assert told_to(ada) == (["The gravel ferry is late"] if is_told else [])
    found = Client().get("/search", {"q": search}).context.get("results") or []
    assert is_told is ("The gravel ferry is late" in [one.article.title for one in found])


def test_story_that_is_watched_is_told_again_when_it_grows_but_not_at_once(ada):
    story = tell("The tarn rises")
    alert(ada, "story", story.pk)
    look()
    assert told_to(ada) == []
    tell("The tarn rises on", paper="Fell Herald", story=story)
    look()
    notice = Notice.objects.get(reader=ada)
    Notice.objects.update(read_at=NOW)
    tell("The tarn rises yet", paper="Mere Post", story=story)
    look(NOW + MINUTE)
    assert not Notice.objects.unread().exists()
    look(NOW + STORY_REST)
    assert [row.pk for row in Notice.objects.unread()] == [notice.pk]
    look(NOW + 2 * STORY_REST)
    assert Notice.objects.get().told_at == NOW + STORY_REST


def test_copy_is_no_news_of_a_story_that_is_watched(ada):
    story = tell("The tarn rises")
    alert(ada, "story", story.pk)
    tell("The tarn rises", paper="Fell Herald", story=story)
    story.placements.exclude(article=story.lead).update(copy_of=story.lead)
    look()
    assert told_to(ada) == []


def test_alert_waits_for_as_many_independent_origins_as_it_needs(ada):
    alert(ada, "search", "gravel", needs=3)
    story = tell("The gravel ferry is late")
    for paper in ("Fell Herald", "Mere Post"):
        tell("The gravel ferry is late", paper=paper, story=story)
    Story.objects.filter(pk=story.pk).update(origin_count=1)  # traced: all three print one text
    look()
    assert told_to(ada) == []
    Story.objects.filter(pk=story.pk).update(origin_count=3)
    look(NOW + LOOKED_AGAIN)
    assert len(told_to(ada)) == 1


def test_publishers_are_counted_until_origins_are_traced(ada):
    alert(ada, "search", "gravel", needs=2)
    story = tell("The gravel ferry is late")
    look()
    assert told_to(ada) == []
    tell("A ferry is late", paper="Fell Herald", story=story)
    look()
    assert len(told_to(ada)) == 1


def test_story_that_few_told_while_it_was_news_is_forgotten(ada):
    alert(ada, "search", "gravel", needs=2)
    tell("The gravel ferry is late")
    look()
    look(NOW + FRESH + MINUTE)
    assert not Notice.objects.exists()


def test_merged_story_is_not_told_twice(ada):
    alert(ada, "hashtag", Hashtag.objects.create(key="tarnfell", name="Tarnfell").key)
    gone = tell("The tarn rises", tags=("Tarnfell",))
    look()
    kept = tell("A tarn rises", paper="Fell Herald", tags=("Tarnfell",))
    Notice.objects.filter(story=kept).delete()
    gone.placements.update(story=kept)
    save.point_to(gone, kept)
    save.refresh([kept], NOW)
    look()
    tell("A tarn still rises", paper="Mere Post", story=kept)
    look()
    assert Notice.objects.filter(reader=ada).count() == 1


def test_what_waits_of_a_merged_story_waits_of_what_took_it_in(ada):
    alert(ada, "search", "gravel", needs=2)
    gone = tell("The gravel ferry is late")
    look()
    kept = tell("Boats are late", paper="Fell Herald")
    gone.placements.update(story=kept)
    save.point_to(gone, kept)
    save.refresh([kept], NOW)
    look(NOW + LOOKED_AGAIN)
    assert [row.story for row in Notice.objects.told().filter(reader=ada)] == [kept]


def test_watched_story_that_was_merged_is_watched_on(ada):
    gone, kept = tell("The tarn rises"), tell("A tarn rises", paper="Fell Herald")
    alert(ada, "story", gone.pk)
    gone.placements.update(story=kept)
    save.point_to(gone, kept)
    tell("The tarn rises on", paper="Mere Post", story=kept)
    look()
    assert [row.story for row in Notice.objects.told()] == [kept]


def test_private_removed_old_and_backfilled_texts_are_never_told(ada):
    alert(ada, "search", "gravel")
    tell("Gravel of a reader's own", private_key="k" * 43)
    tell("Gravel of last week", at=NOW - FRESH - MINUTE)
    tell("Gravel of an archive", backfilled_at=NOW)
    gone = tell("Gravel that was removed")
    removal.remove(gone.lead, "withheld", NOW, reason="Asked for.")
    save.refresh([gone], NOW)
    look()
    assert not Notice.objects.exists()


def test_story_whose_articles_are_removed_later_is_named_no_more(ada, page):
    alert(ada, "search", "gravel")
    story = tell("Gravel of the north pier")
    look()
    assert "north pier" in page.get("/alerts").content.decode()
    Article.objects.filter(pk=story.lead_id).delete()
    save.refresh([story], NOW)
    shown = page.get("/alerts").content.decode()
    assert "north pier" not in shown
    assert "no longer here" in shown


def test_reader_who_is_barred_is_told_nothing(ada):
    alert(ada, "search", "gravel")
    Reader.objects.filter(pk=ada.pk).update(is_active=False)
    tell("The gravel ferry is late")
    look()
    assert not Notice.objects.exists()


def test_new_site_tells_nothing_of_what_it_holds(ada):
    tell("The gravel ferry is late")
    Alert.objects.create(reader=ada, kind="search", key="gravel", name="gravel", created_at=NOW)
    look()
    assert not Notice.objects.exists()


def test_look_makes_a_fixed_number_of_queries_and_reads_new_rows_alone(ada, django_assert_max_num_queries):
    tags = tuple(f"T{n}" for n in range(12))
    for tag in tags:
        Hashtag.objects.create(key=tag.lower(), name=tag)
        alert(ada, "hashtag", tag.lower())
    for number in range(15):
        tell(f"Story {number}", tags=tags)
    with django_assert_max_num_queries(40):
        finding.look(NOW)
    with django_assert_max_num_queries(8):
        finding.look(NOW)
    assert Notice.objects.count() == 15 * 12


def test_looking_twice_at_once_tells_once(ada, monkeypatch):
    story = tell("The tarn rises")
    alert(ada, "story", story.pk)
    alert(ada, "search", "tarn")
    tell("The tarn rises on", paper="Fell Herald", story=story)
    before = finding.looked()
    look()
    monkeypatch.setattr(finding, "looked", lambda: before)  # another that began at the same moment
    finding.look(NOW)
    assert Notice.objects.count() == 2
    assert not Notice.objects.filter(is_waiting=True).exists()


# --- answers to comments ------------------------------------------------------------
def commented(by: Reader | None, *, parent: Comment | None = None, state: str = "shown", name: str = "Ben") -> Comment:
    story = parent.story if parent else tell("The tarn rises")
    return Comment.objects.create(
        story=story,
        reader=by,
        parent=parent,
        name=name,
        text="I saw it.",
        state=state,
        created_at=NOW,
        address_hash="x",
    )


def test_answer_to_ones_comment_is_told_when_it_is_shown(ada, page):
    answer = commented(reader("ben"), parent=commented(ada), state="held")
    assert answers.look(NOW) == 0
    Comment.objects.filter(pk=answer.pk).update(state="shown")
    assert answers.look(NOW) == 1
    assert answers.look(NOW) == 0
    shown = page.get("/alerts").content.decode()
    assert f"/story/{answer.story_id}#comment-{answer.pk}" in shown
    Comment.objects.filter(pk=answer.pk).update(state="deleted")
    assert "no longer shown" in page.get("/alerts").content.decode()


def test_answer_of_somebody_without_an_account_is_told_and_ones_own_is_not(ada):
    mine = commented(ada)
    commented(ada, parent=mine)
    commented(None, parent=mine)
    assert answers.look(NOW) == 1


def test_answers_are_not_mailed_to_who_did_not_ask(ada):
    commented(None, parent=commented(ada))
    answers.look(NOW)
    assert not Notice.objects.to_mail().exists()


# --- the page ---------------------------------------------------------------------
def test_page_is_for_who_is_signed_in():
    answer = Client().get("/alerts")
    assert answer.status_code == 302
    assert answer["Location"].endswith("login/?next=/alerts")
    sent = Client().post(
        "/alerts/new", {"kind": "search", "key": "gravel"}, headers={"Referer": "http://testserver/stories"}
    )
    assert sent["Location"].endswith("login/?next=/stories")  # not to what takes posts alone
    sent = Client().post(
        "/alerts/new", {"kind": "search", "key": "gravel"}, headers={"Referer": "http://evil.example/x"}
    )
    assert sent["Location"].endswith("login/?next=/")
    assert not Alert.objects.exists()


def test_alert_is_set_changed_and_deleted_by_forms(ada, page):
    answer = page.post("/alerts/new", {"kind": "search", "key": "  gravel   ferry "})
    row = Alert.objects.get()
    assert (row.reader, row.key, row.by_mail, row.needs) == (ada, "gravel ferry", False, 1)
    assert answer["Location"] == f"/alerts?set={row.pk}#alert-{row.pk}"
    page.post("/alerts/new", {"kind": "search", "key": "gravel ferry"})
    page.post(f"/alerts/{row.pk}", {"by_mail": "on", "needs": "3"})
    row = Alert.objects.get()
    assert (row.by_mail, row.needs) == (True, 3)
    page.post(f"/alerts/{row.pk}", {"delete": "yes"})
    assert not Alert.objects.exists()


@pytest.mark.parametrize("needs", ["0", "21", "", "many", "9" * 400, "-1"])
def test_what_is_no_number_of_publishers_is_refused_with_the_reason(ada, page, needs):
    row = alert(ada, "search", "gravel")
    answer = page.post(f"/alerts/{row.pk}", {"needs": needs})
    assert answer.status_code == 422
    assert "from 1 to 20" in answer.content.decode()
    assert Alert.objects.get().needs == 1


@pytest.mark.parametrize(
    ("kind", "key"),
    [("story", "0"), ("story", "9" * 400), ("story", "x"), ("hashtag", "nothing"), ("publisher", "nobody"),
     ("search", ""), ("search", "\0"), ("", ""), ("robot", "1"), ("hashtag", "x" * 3000)],
)  # fmt: skip
def test_what_is_not_here_cannot_be_watched(page, kind, key):
    answer = page.post("/alerts/new", {"kind": kind, "key": key})
    assert answer.status_code == 422
    assert not Alert.objects.exists()


def test_private_text_of_a_reader_cannot_be_watched(page):
    story = tell("My own text", private_key="p" * 43)
    assert page.post("/alerts/new", {"kind": "story", "key": story.pk}).status_code == 422


def test_so_many_alerts_and_no_more(ada, page):
    Alert.objects.bulk_create(
        Alert(reader=ada, kind="search", key=f"w{n}", name=f"w{n}", created_at=NOW) for n in range(MOST_ALERTS)
    )
    answer = page.post("/alerts/new", {"kind": "search", "key": "gravel"})
    assert answer.status_code == 422
    assert f"{MOST_ALERTS} alerts" in answer.content.decode()


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_search_is_kept_as_it_was_understood_and_shown_as_text(page, words):
    answer = page.post("/alerts/new", {"kind": "search", "key": words})
    assert answer.status_code in (303, 422)
    shown = page.get("/alerts").content.decode()
    assert "<script>alert" not in shown
    assert "<img" not in shown
    tell("Something happens")
    look()


def test_reader_sees_and_touches_their_own_alone(ada, page):
    ben = reader("ben")
    theirs = alert(ben, "search", "gravel")
    tell("The gravel ferry is late")
    look()
    notice = Notice.objects.get()
    shown = page.get("/alerts").content.decode()
    assert "gravel" not in shown
    assert page.post(f"/alerts/{theirs.pk}", {"delete": "yes"}).status_code == 404
    page.post("/alerts/read", {"notice": notice.pk})
    page.post("/alerts/read", {"up_to": notice.pk})
    assert Notice.objects.unread().get().reader == ben


def test_reading_the_page_changes_nothing_and_a_button_marks_as_read(ada, page):
    alert(ada, "search", "ferry")
    for number in range(3):
        tell(f"Ferry {number} is late")
    look()
    page.get("/alerts")
    assert Notice.objects.unread().count() == 3
    page.post("/alerts/read", {"notice": Notice.objects.unread()[0].pk})
    assert Notice.objects.unread().count() == 2
    newest = page.get("/alerts").context["newest"]
    tell("Another ferry")
    look(NOW + MINUTE)
    page.post("/alerts/read", {"up_to": newest})
    assert [row.story.title for row in Notice.objects.unread()] == ["Another ferry"]


@pytest.mark.parametrize("address", ["/alerts/new", "/alerts/read", "/alerts/1"])
def test_forms_are_refused_without_the_token_and_by_get(ada, address):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.get(address).status_code == 405
    assert strict.post(address, {"kind": "search", "key": "gravel"}).status_code == 403


def test_page_makes_a_fixed_number_of_queries(ada, page, django_assert_max_num_queries):
    alert(ada, "search", "ferry")
    for number in range(60):
        tell(f"Ferry {number} is late", at=NOW + number * MINUTE)
    look(NOW + 61 * MINUTE)
    with django_assert_max_num_queries(7):
        first = page.get("/alerts").content.decode()
    older = page.get(f"/alerts?before={page.get('/alerts').context['older']}").content.decode()
    assert first.count('<h3><a href="/story/') == 50
    assert older.count('<h3><a href="/story/') == 10


def test_unread_count_is_one_query_and_none_for_strangers(ada, django_assert_num_queries):
    alert(ada, "search", "ferry")
    tell("The ferry is late")
    look()
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert render_to_string("parts/alert_count.html", request=request).strip() == ""
        assert render_to_string("parts/alert.html", {"kind": "story", "key": 1}, request=request).strip() == ""
    request.user = ada
    with django_assert_num_queries(1):
        assert "1 unread" in render_to_string("parts/alert_count.html", request=request)


def test_button_sets_an_alert_or_leads_to_it(ada):
    request = RequestFactory().get("/")
    request.user = ada
    what = {"kind": "search", "key": '"gravel ferry"', "name": "<b>"}
    button = render_to_string("parts/alert.html", what, request=request)
    assert 'value="&quot;gravel ferry&quot;"' in button
    assert "csrfmiddlewaretoken" in button
    row = alert(ada, "search", '"gravel ferry"')
    assert f"#alert-{row.pk}" in render_to_string("parts/alert.html", what, request=request)


def test_account_that_is_deleted_takes_alerts_finds_and_mails_along(ada):
    alert(ada, "search", "ferry", by_mail=True)
    tell("The ferry is late")
    look()
    ada.delete()
    assert not Alert.objects.exists()
    assert not Notice.objects.exists()


def test_page_cache_never_keeps_what_is_one_readers(page):
    assert "no-store" in page.get("/alerts")["Cache-Control"]
    assert "private" in page.get("/alerts/mails")["Cache-Control"]
