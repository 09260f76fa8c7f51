"""Fields that people fill, filled with attacks as people fill them; what is answered is kept to be opened.

Each place of the data set that the site has is a function here, which fills it
by the form or interface that readers, editors and apps use, and says which
pages show it. Forms refuse much of it; their refusals are opened too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from newsroom.articles.models import Article, Version
from newsroom.comments import moderating
from newsroom.comments.models import Comment
from newsroom.comments.moderation import Correction
from newsroom.publishers.models import Publisher
from newsroom.readers.models import AppPassword, Follow, Reader
from newsroom.stories.models import Notes, Story

MODEL_STORIES, FEEDS_OF_STORIES = 60, 100
THREAD_PAGE = 20  # or more; a page that is not there answers so
UNDER_ONE = 40  # comments under one article
Words = dict[int, str]  # the number of a case to what is put into the field
Where = Iterator[tuple[str, str]]  # (path, who opens it)


class Attacker:
    """Who fills the fields: an administrator, a reader, an app of theirs, and passers-by of many addresses."""

    def __init__(self) -> None:
        self.admin = Reader.objects.create(username="a@desk.example", email="a@desk.example", name="Ada", role="admin")
        self.reader = Reader.objects.create(username="r@desk.example", email="r@desk.example", name="Rell")
        Reader.objects.filter(pk=self.admin.pk).update(is_staff=True, is_superuser=True)
        self.articles = list(Article.objects.public().exclude(placement=None).order_by("pk")[:400])
        self.count = 0
        self.answers: list[bytes] = []

    def client(self, who: Reader | None = None) -> Client:
        self.count += 1
        client = Client(
            REMOTE_ADDR=f"198.51.{self.count // 250 % 250}.{self.count % 250 + 1}", raise_request_exception=True
        )
        if who is not None:
            client.force_login(who)
        return client

    def send(self, client: Client, path: str, said: dict[str, Any]) -> Any:
        """Post a form; a page that answers at once is kept."""
        answer = client.post(path, said)
        assert answer.status_code < 500, (path, answer.status_code, said)
        if answer.status_code not in (301, 302, 303) and "html" in answer["Content-Type"]:
            self.answers.append(answer.content)
        return answer


def fill(cases: list[dict[str, Any]]) -> tuple[list[dict[str, str]], list[bytes], dict[str, str]]:
    """Fill all fields; the pages that show them, the pages that answered, and the cookies of who opens them."""
    settings.COMMENTS_PER_HOUR = 100_000
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]  # as the test client calls the site
    by: dict[str, Words] = {}
    for case in cases:
        by.setdefault(case["slot"], {})[case["number"]] = case["words"]
    attacker = Attacker()
    pages: list[dict[str, str]] = []
    for slots, put in PLACES.items():
        words = [by.get(slot, {}) for slot in slots]
        if any(words):
            pages += [{"path": path, "who": who} for path, who in put(attacker, *words)]
    return pages, attacker.answers, {"admin": _session(attacker.admin), "reader": _session(attacker.reader)}


def _session(reader: Reader) -> str:
    client = Client()
    client.force_login(reader)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _comments(by: Attacker, texts: Words, names: Words) -> Where:
    """Comments of passers-by: shown under articles, and waiting for moderators."""
    said = list(texts.values()), list(names.values())
    for place in range(max(map(len, said))):
        text, name = (
            words[place] if place < len(words) else plain for words, plain in zip(said, ("A word.", "Orn"), strict=True)
        )
        article = by.articles[place // UNDER_ONE % len(by.articles)]
        by.send(by.client(), f"/article/{article.pk}/comments", {"text": text, "name": name[:60]})
    held = Comment.objects.filter(state=Comment.State.HELD)
    Comment.objects.filter(pk__in=[key for key in held.values_list("pk", flat=True) if key % 5]).update(
        state=Comment.State.SHOWN, held_because=[]
    )
    yield from _threads()


def _threads() -> Where:
    threads = Comment.objects.exclude(article=None).values("article").annotate(count=Count("pk")).order_by("article")
    for key, count in threads.values_list("article", "count"):
        yield f"/article/{key}/comments", ""
        yield from ((f"/article/{key}/comments?page={page}", "") for page in range(2, 2 + count // THREAD_PAGE))
        yield from ((f"/article/{key}/comments/{form}", "") for form in ("feed.xml", "atom.xml", "feed.json"))
        yield f"/as-apps-show-it/article/{key}/comments/feed.json", ""
        yield f"/api/v1/articles/{key}/comments", ""
        yield f"/article/{key}", "reader"
    yield from ((f"/comment/{key}", "") for key in Comment.objects.values_list("pk", flat=True)[:100])
    yield from ((f"/moderation?queue={queue}", "admin") for queue in ("pending", "reported", "new", "appeals"))
    yield "/moderation/counts", ""


def _names_of_readers(by: Attacker, names: Words) -> Where:
    """Readers who call themselves so, and comment."""
    for number, name in names.items():
        reader = Reader.objects.create(
            username=f"n{number}@desk.example", email=f"n{number}@desk.example", role="trusted"
        )
        by.send(by.client(reader), "/account", {"name": name[:60], "time_zone": ""})
        reader.refresh_from_db()
        article = by.articles[-1 - number % 5]
        by.send(by.client(reader), f"/article/{article.pk}/comments", {"text": f"A word of reader {number}."})
    yield from _threads()
    yield from ((f"/admin/readers/reader/?p={page}", "admin") for page in range(3))


def _followed(by: Attacker, titles: Words, folders: Words, renamed: Words) -> Where:
    """What an app calls the feeds it follows, and the folders they lie in."""
    from tests.site.apps import App

    app = App(by.reader)
    publishers = list(Publisher.objects.values_list("slug", flat=True)[:200])
    for slug in publishers:
        Follow.objects.get_or_create(
            reader=by.reader, kind="publisher", key=slug, defaults={"name": slug, "since": timezone.now()}
        )
    listed = [one["id"] for one in app.read("subscription/list")["subscriptions"]]
    said = [list(words.values()) for words in (titles, folders, renamed)]
    for place in range(max(map(len, said))):
        stream = quote(listed[place % len(listed)], safe="")
        title, folder, name = (words[place] if place < len(words) else f"kept {place}" for words in said)
        body = f"ac=edit&s={stream}&t={quote(title)}&a={quote('user/-/label/' + folder[:90])}"
        assert app.send("subscription/edit", body).status_code < 500
        if place % 3 == 0:
            body = f"s={quote('user/-/label/' + folder[:90])}&dest={quote('user/-/label/' + name[:90])}"
            assert app.send("rename-tag", body).status_code < 500
    yield from (
        (path, "reader")
        for path in ("/following", "/following.opml", "/for-you", "/for-you/profile", "/alerts", "/saved", "/history")
    )


def _searches(by: Attacker, queries: Words) -> Where:
    for query in queries.values():
        said = quote(query)
        yield f"/search?q={said}", ""
        yield f"/ask?q={said}", ""
        yield f"/search/as-you-type?q={said}", ""
        yield f"/explain?text={said}", ""
        by.send(by.client(by.reader), "/search/save", {"q": query})
    for query in islice(queries.values(), 100):
        yield f"/search/feed.xml?q={quote(query)}", ""
        yield f"/person/{quote(query, safe='')}", ""
        yield f"/publisher/{quote(query, safe='')}", ""
        yield f"/section/{quote(query, safe='')}", ""
        yield f"/accounts/login/?next={quote(query)}", ""
        yield f"/choices?next={quote(query)}", ""


def _corrections(by: Attacker, notes: Words) -> Where:
    """What readers say of a sentence, and editors of that."""
    for place, note in enumerate(notes.values()):
        article = by.articles[place % len(by.articles)]
        said = {"sentence": note[:2000], "text": note[:2000], "source": note if place % 2 else ""}
        answer = by.send(by.client(), f"/article/{article.pk}/correct", said)
        if answer.status_code == 422:
            answer = by.send(by.client(), f"/article/{article.pk}/correct", {**said, "source": ""})
        if answer.status_code in (302, 303):
            yield answer["Location"], ""
    for correction in Correction.objects.all()[: len(notes) // 2]:
        words = list(notes.values())[correction.pk % len(notes)]
        said = {"decline" if correction.pk % 2 else "accept": "1", "answer": words[:500], "outcome": "mended"}
        by.send(by.client(by.admin), f"/corrections/{correction.pk}", said)
    yield "/corrections", "admin"
    yield "/corrections/mine", "reader"


def _reports(by: Attacker, reasons: Words) -> Where:
    comments = list(Comment.objects.filter(state=Comment.State.SHOWN)[:50]) or [_comment(by)]
    for place, reason in enumerate(reasons.values()):
        mail, since = f"p{place}@desk.example", timezone.now() - timedelta(days=30)
        reader = Reader.objects.create(username=mail, email=mail, name=f"P {place}", date_joined=since)
        by.send(
            by.client(reader),
            f"/comment/{comments[place % len(comments)].pk}/report",
            {"reason": "other", "text": reason[:500]},
        )
    yield "/moderation?queue=reported", "admin"


def _comment(by: Attacker, reader: Reader | None = None, text: str = "A word.") -> Comment:
    article = by.articles[0]
    said = {"text": text, "name": "Orn"}
    by.send(by.client(reader), f"/article/{article.pk}/comments", said)
    found = Comment.objects.order_by("-pk").first()
    assert found is not None
    return found


def _refusals(by: Attacker, reasons: Words) -> Where:
    """What moderators tell writers."""
    now = timezone.now()
    for number, reason in reasons.items():
        comment = _comment(by, by.reader, f"A word of ours, the {number}th.")
        seen = moderating.version_of(comment, moderating.last_act_of(comment))
        moderating.refuse(comment.pk, by.admin, now, seen=seen, reason="other", words=reason[:500])
        by.send(by.client(by.reader), f"/comments/{comment.pk}/appeal", {"words": reason[:500]})
    yield from ((f"/comments/mine?page={page}", "reader") for page in (1, 2, 3))
    yield "/moderation?queue=appeals", "admin"


def _invitations(by: Attacker, notes: Words) -> Where:
    for note in notes.values():
        by.send(by.client(by.admin), "/account/invitations", {"note": note[:100]})
    yield "/account/invitations", "admin"


def _passwords(by: Attacker, names: Words) -> Where:
    """Names of app passwords: no more than one may have are kept at once, so each page is answered by its post."""
    for name in names.values():
        made = AppPassword.objects.filter(reader=by.reader)
        if made.count() >= 20:
            made.delete()
        client = by.client(by.reader)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(by.reader.pk)
        session.save()
        by.send(client, "/account/app-passwords", {"name": name[:60], "purpose": "greader"})
    yield "/account/app-passwords", "reader"


def _sentences(by: Attacker, sentences: Words) -> Where:
    """As if a model had written them and the check had let them pass: sentences of briefs, each of a source sentence."""
    words = list(sentences.values())
    articles = [one for one in by.articles if one.sentences][:MODEL_STORIES]
    for place, article in enumerate(articles):
        start, end = article.sentences[0]
        source = {"text": article.text[start:end], "article": str(article.pk), "start": start, "end": end}
        brief = [
            {**source, "shown": said, "verdict": "supported", "date": ""} for said in words[place :: len(articles)]
        ]
        notes, _ = Notes.objects.get_or_create(
            story=article.placement.story, defaults={"body": {}, "made_by": "a model", "made_at": timezone.now()}
        )
        notes.body = {**notes.body, "brief": [*notes.body.get("brief", []), *brief]}
        notes.save(update_fields=["body"])
        yield f"/story/{notes.story_id}", ""
        yield f"/api/v1/stories/{notes.story_id}", ""
        yield from ((f"/story/{notes.story_id}/{form}", "") for form in ("feed.xml", "feed.json"))


def _uploads(by: Attacker, names: Words) -> Where:
    for name in names.values():
        file = SimpleUploadedFile("list.opml", b"<opml><body><outline text='x'/></body></opml>")
        file.name = _file_name(name)
        by.send(by.client(by.reader), "/following/import", {"file": file})
        file.seek(0)
        by.send(by.client(by.admin), "/setup/publishers", {"do": "add", "file": file, "addresses": name})
    yield "/setup/publishers", "admin"
    yield "/setup/publishers/added", "admin"
    yield "/following/import", "reader"


def _file_name(words: str) -> str:
    """The words as the name of a file, of which Django's client sends what follows the last slash."""
    name = re.sub(r"[\r\n\0]", " ", words)
    return name.replace("/", " ") + ".opml" if name.rpartition("/")[2] in ("", ".", "..") else name


def _sessions(by: Attacker, agents: Words) -> Where:
    """What browsers call themselves."""
    from allauth.usersessions.models import UserSession

    for agent in agents.values():
        session = SessionStore()
        session.update({"_auth_user_id": str(by.reader.pk), "_auth_user_backend": settings.AUTHENTICATION_BACKENDS[0]})
        session["_auth_user_hash"] = by.reader.get_session_auth_hash()
        session.create()
        UserSession.objects.create(
            user=by.reader, ip="192.0.2.4", session_key=session.session_key, user_agent=agent[:200]
        )
    yield "/accounts/sessions/", "reader"


def _headlines(by: Attacker, titles: Words) -> Where:
    """What an editor calls a story; each earlier title stands in its history."""
    stories = list(Story.objects.public()[:300])
    for place, title in enumerate(titles.values()):
        story = stories[place % len(stories)]
        story.given_title = story.title = title
        story.save(update_fields=["given_title", "title"])
    for story in stories[: len(titles)]:
        yield f"/story/{story.pk}", "admin"
    for story in stories[: min(len(titles), FEEDS_OF_STORIES)]:
        yield from ((f"/story/{story.pk}/{form}", "") for form in ("feed.xml", "atom.xml", "feed.json"))
    yield "/admin/stories/story/", "admin"
    yield "/stories", ""


def _texts(by: Attacker, texts: Words) -> Where:
    """As if a page had been read so: an article's text, its agency and source, and how it stood before."""
    for place, text in enumerate(texts.values()):
        article = by.articles[place % len(by.articles)]
        Version.objects.create(
            article=article, replaced_at=timezone.now(), title=article.title, text=article.text, state=str(place)
        )
        article.text, article.sentences, article.kind, article.refused = text, [[0, len(text)]], "article", ""
        article.agency, article.source, article.notices = text[:80], text[:200], [text]
        article.save()
        yield article.get_absolute_url(), "reader"
        yield f"/article/{article.pk}/sentence/1", ""
        yield f"/article/{article.pk}/changes/{article.versions.first().pk}", ""
        yield f"/api/v1/articles/{article.pk}", ""
        yield from (
            (f"/publisher/{article.publisher.slug}/{form}", "") for form in ("feed.xml", "atom.xml", "feed.json")
        )


PLACES: dict[tuple[str, ...], Callable[..., Where]] = {
    ("app-comment-body", "app-comment-author"): _comments,
    ("app-username",): _names_of_readers,
    ("app-report-reason",): _reports,
    ("app-moderation-reason",): _refusals,
    ("app-note-on-article",): _corrections,
    ("app-feed-custom-title", "app-collection-name", "app-tag-name"): _followed,
    ("app-search-query",): _searches,
    ("app-admin-note",): _invitations,
    ("app-api-token-name",): _passwords,
    ("app-outgoing-feed-title",): _headlines,
    ("app-outgoing-feed-content",): _texts,
    ("app-LLM-output-sentence",): _sentences,  # after the texts, which they stand on
    ("app-filename-of-upload",): _uploads,
    ("app-user-agent-in-audit-log",): _sessions,
}
