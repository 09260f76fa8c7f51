"""Every address asked by everybody, by every method, beside the declared table; and no GET writes.

A new route is declared in newsroom/access.py. Where its arguments are not
among `arguments` below, or it leads to what is a reader's own, a line there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core import signing
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from newsroom.access import ANONYMOUS, PREFIXES, ROUTES, Route
from newsroom.alerts.models import Alert
from newsroom.alerts.stopping import SALT
from newsroom.articles.models import Article, Removal, Version
from newsroom.comments.models import Comment
from newsroom.comments.moderation import Correction, ModerationAct
from newsroom.publishers.models import Feed, Publisher
from newsroom.readers import app_passwords
from newsroom.readers.models import Invitation, Reader
from newsroom.readers.save import vouch_for
from newsroom.stories.models import Edition, Hashtag, Story, Storyline

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROLES = (ANONYMOUS, "reader", "trusted", "moderator", "editor", "admin")
PASSWORD = "a long and quiet password"
METHODS = ("GET", "POST", "PUT", "DELETE")
STRANGER = "192.0.2.7"  # not this machine: its own user may set the site up
# These answer 404 to all here: there is no picture and no favicon (their own tests have some), and no root of the API.
WITHOUT_A_SAMPLE = {"picture", "favicon", "api:api-root"}
# Tables that a GET may write, and why: none of what anybody wrote or chose.
WRITTEN_BY_GET: dict[str, str] = {
    "django_session": "when it was last used, and when it ends",
    "stories_installation": "the site's own key, made once, when a feed or the API first needs it",
}
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA", "EXPLAIN", "SET", "SHOW", "DECLARE", "FETCH")


def patterns(resolver: URLResolver | None = None, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(the table's name of a route, its pattern) of all but those under PREFIXES that are not declared."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route, f"{space}{one.namespace}:" if one.namespace else space)
            continue
        name = f"{space}{one.name}" if one.name else route
        if name in ROUTES or not route.startswith(PREFIXES):
            yield name, route


@pytest.fixture
def readers() -> dict[str, Reader]:
    """One of each role, of an age to vote."""
    found, joined = {}, timezone.now() - timedelta(days=90)
    for role in ROLES[1:]:
        mail = f"{role}@meren.example"
        found[role] = Reader.objects.create_user(mail, mail, PASSWORD, role=role, name=role, date_joined=joined)
        vouch_for(found[role])
    return found


@pytest.fixture
def stranger() -> Reader:
    """Whose things the others' are."""
    return Reader.objects.create_user("somebody-else@meren.example")


class Site:
    """One of everything, and the address of a route that leads to it."""

    def __init__(self) -> None:
        self.now = timezone.now()
        Story.objects.update(is_sample=False)  # sitemaps list no invented news
        Publisher.objects.update(is_sample=False)
        Edition.objects.create(on="2026-11-16", made_at=self.now)
        self.story = Story.objects.public().filter(article_count__gt=1).first()
        self.article = Article.objects.public().filter(placement__story=self.story).exclude(text="").first()
        Feed.objects.create(publisher=self.article.publisher, url="https://f.example/", next_check_at=self.now)
        self.version = Version.objects.filter(article=self.article).first() or Version.objects.create(
            article=self.article, replaced_at=self.now, title="Before", text=self.article.text[:200]
        )
        self.private = Article.objects.create(
            publisher=self.article.publisher, url="", url_key="private", private_key="k" * 32, title="Mine",
            text="A text of my own.", language="en", seen_at=self.now, read_at=self.now,
        )  # fmt: skip
        self.removal = Removal.objects.create(
            number=9_999_999, kind="withheld", reason="x", at=self.now, undo_until=self.now + timedelta(days=1)
        )
        self.comment = Comment.objects.create(
            article=self.article, name="Cem", text="Held", created_at=self.now, address_hash="x"
        )
        self.said = Comment.objects.create(
            article=self.article, name="Eda", text="Shown", state="shown", created_at=self.now, address_hash="x"
        )
        self.act = ModerationAct.objects.create(
            comment=self.comment, kind="approved", before="held", after="held", at=self.now
        )

    def comment_for(self, name: str, owner: Reader | None) -> Comment:
        """What the route acts on: of a comment that is the owner's own, one that is held, or one that all may read."""
        if name in ("comment-edit", "comment-delete"):
            return Comment.objects.create(
                article=self.article, reader=owner, name="N", text="Mine", state="shown", created_at=self.now,
                address_hash="x",
            )  # fmt: skip
        if name == "appeal":
            return self.refused_of(owner)
        return self.comment if name == "moderate" else self.said

    def refused_of(self, owner: Reader | None) -> Comment:
        comment = Comment.objects.create(
            article=self.article, reader=owner, name="N", text="Refused", state="refused", created_at=self.now,
            address_hash="x",
        )  # fmt: skip
        ModerationAct.objects.create(comment=comment, kind="refused", before="held", after="refused", at=self.now)
        return comment

    def correction_of(self, owner: Reader | None) -> Correction:
        count = Correction.objects.count()
        return Correction.objects.create(
            story=self.story, sentence="s", text="t", reader=owner, digest=str(count), at=self.now
        )

    def number_for(self, name: str) -> int:
        """Of the sentence in the text; in the addresses of a thread, of the story or article."""
        if name.startswith(("story-comments", "story/")):
            return self.story.pk
        return self.article.pk if name.startswith(("article-comments", "article/")) else 1

    def own_rows(self, name: str, owner: Reader | None) -> dict[str, object]:
        """A row of the owner's, where the route is about one."""
        if owner is None:
            return {"alert_id": 0, "invitation_id": 0, "session_id": 0}
        count, end = self.now.microsecond, self.now + timedelta(days=1)
        if name == "alert":
            told = {"kind": "search", "key": "ferry", "name": "ferry", "created_at": self.now}
            return {"alert_id": Alert.objects.get_or_create(reader=owner, key="ferry", defaults=told)[0].pk}
        if name == "invitation-withdraw":
            digest = f"{count}-{Invitation.objects.count()}"
            row = Invitation.objects.create(digest=digest, made_by=owner, made_at=self.now, expires_at=end)
            return {"invitation_id": row.pk}
        if name == "session-end":
            key = f"{owner.pk}-elsewhere"
            told = {"user": owner, "ip": STRANGER, "user_agent": "A Telephone"}
            return {"session_id": UserSession.objects.get_or_create(session_key=key, defaults=told)[0].pk}
        return {}

    def arguments(self, name: str, owner: Reader | None) -> dict[str, object]:
        """What stands in the gaps of a route's pattern. owner: whose it is, of what is somebody's own."""
        tags = Hashtag.objects.filter(article_count__gte=Hashtag.PAGE_FROM).order_by("-article_count")
        named = {kind: tags.filter(kind=kind).first() for kind in ("person", "place", "organisation")}
        keys = {"hashtag": tags[0].key, "text": self.private.private_key, "ask-text": self.private.private_key}
        keys |= {"api:get_text": self.private.private_key}
        if name == "correction":
            keys["correction"] = self.correction_of(owner).key
        return {
            **self.own_rows(name, owner),
            "number": self.number_for(name),
            "signed": signing.Signer(salt=SALT).sign_object([owner.pk if owner else 0, "alerts"]),
            "stream": "user/-/state/com.google/reading-list",
            "story_id": self.story.pk,
            "storyline_id": Storyline.objects.filter(stories=self.story).get().pk,
            "article_id": self.version.article_id,
            "version_id": self.version.pk,
            "removal_id": self.removal.pk,
            "comment_id": self.comment_for(name, owner).pk,
            "act_id": self.act.pk,
            "correction_id": self.correction_of(None).pk if name == "decide-correction" else 0,
            "part": 1,
            "width": 400,
            "publisher_id": self.article.publisher_id,
            "signature": "none",
            "code": "no",
            "day": "2026-11-16",
            "slug": Publisher.objects.exclude(slug="").first().slug if "publisher" in name else "any-words",
            "token": "none",
            "key": keys.get(name, tags[0].key),
            "name": named[name].name if named.get(name) else "world",
            "one": "karsa",
            "other": "velmark",
        }

    def address(self, name: str, pattern: str, owner: Reader | None) -> str:
        """The address of a route; a gap that nobody filled is an error that names it."""
        found = self.arguments(name, owner)
        said = []
        for part in pattern.replace("<", "\0<").replace(">", ">\0").split("\0"):
            gap = part.strip("<>").rpartition(":")[2] if part.startswith("<") else ""
            assert not gap or gap in found, f"{name}: nothing stands for <{gap}>. Add it to Site.arguments."
            said.append(str(found[gap]) if gap else part)
        return "/" + "".join(said)


def answer_class(status: int, location: str) -> str:
    if status in (301, 302, 303) and "/login/" in location:
        return "login"
    return {401: "no password", 403: "forbidden", 404: "missing", 405: "method"}.get(status, "open")


def wanted(route: Route, method: str, role: str, *, is_own: bool) -> set[str]:
    """The answers that the table allows."""
    if method not in route.methods():
        return {"method"}
    if route.by_app:
        return {"no password"}
    if role not in route.roles(method):
        return {"login" if role == ANONYMOUS and route.is_login else "forbidden"}
    return {"open"} if is_own or route.others is None or role in route.others else {"missing"}


def ask(client: Client, method: str, address: str, **headers: str) -> tuple[str, list[str]]:
    """(class of the answer, what was written); all of it is taken back."""
    written: list[str] = []
    cookies = dict(client.cookies)

    def listen(execute, sql, params, many, context):
        if not sql.lstrip(" (").upper().startswith(READS):
            written.append(sql[:120])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(listen):
        answer = getattr(client, method.lower())(address, REMOTE_ADDR=STRANGER, HTTP_HOST="localhost", **headers)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(cookies)  # who was signed out by it still has a session: its row is back
    return answer_class(answer.status_code, answer.headers.get("Location", "")), written


def sign_in(client: Client, reader: Reader) -> None:
    """As who has given their password once more, so that nothing asks for it again."""
    client.post("/accounts/login/", {"login": reader.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/account").status_code == 200


def bad_writes(written: list[str]) -> list[str]:
    """Those that no exception allows."""
    return [sql for sql in written if not any(one in sql for one in WRITTEN_BY_GET)]


def test_every_route_is_declared_and_nothing_else_is():
    names = {name for name, _ in patterns()}
    assert names - ROUTES.keys() == set(), "declare them in newsroom/access.py"
    assert ROUTES.keys() - names == set(), "no such route any more"


def test_every_route_answers_each_role_and_method_as_the_table_says(readers, stranger, settings, client):
    settings.SITE_HOSTS = ["localhost"]
    settings.SIGN_UP, settings.FEVER = "invitation", True
    site = Site()
    clients = {role: Client() for role in ROLES}
    for role, reader in readers.items():
        sign_in(clients[role], reader)
    wrong, writing = [], []
    for name, pattern in patterns():
        route = ROUTES[name]
        for role in ROLES:
            own = readers.get(role)
            for is_own in (True, False) if route.others is not None else (True,):
                address = site.address(name, pattern, own if is_own else stranger)
                for method in METHODS:
                    got, written = ask(clients[role], method, address)
                    allowed = wanted(route, method, role, is_own=is_own)
                    if name in WITHOUT_A_SAMPLE:
                        allowed |= {"missing"}
                    if got not in allowed:
                        whose = "own" if is_own else "other's"
                        wrong.append(f"{method} {address} ({name}, {whose}) as {role}: {got}, table: {allowed}")
                    if method == "GET" and bad_writes(written):
                        writing.append(f"{address} as {role}: {written}")
    assert not wrong, "\n".join(wrong)
    assert not writing, "\n".join(writing)


def test_an_app_password_opens_what_apps_ask_and_none_of_it_writes(readers, settings, client):
    settings.SITE_HOSTS = ["localhost"]
    site, reader = Site(), readers["reader"]
    made = app_passwords.make(reader, "A Telephone", "greader", site.now)
    shown = {"HTTP_AUTHORIZATION": f"GoogleLogin auth={app_passwords.auth_of(made.row)}"}
    asked = [(name, pattern) for name, pattern in patterns() if ROUTES[name].by_app and ROUTES[name].get]
    assert asked
    for name, pattern in asked:
        got, written = ask(client, "GET", site.address(name, pattern, reader), **shown)
        assert (got, bad_writes(written)) == ("open", []), name


def test_an_app_password_opens_no_page_of_the_account(readers, settings, client):
    settings.SITE_HOSTS = ["localhost"]
    site, reader = Site(), readers["admin"]
    made = app_passwords.make(reader, "A Telephone", "greader", site.now)
    shown = {"HTTP_AUTHORIZATION": f"GoogleLogin auth={app_passwords.auth_of(made.row)}"}
    for name, pattern in patterns():
        route = ROUTES[name]
        for method in ("GET", "POST"):
            if route.roles(method) and ANONYMOUS not in route.roles(method):
                got, _written = ask(client, method, site.address(name, pattern, reader), **shown)
                assert got in ("login", "forbidden"), f"{method} {name}: {got}"


def test_fever_is_not_there_while_it_is_off(readers, settings, client):
    settings.SITE_HOSTS, settings.FEVER = ["localhost"], False
    for address in ("/fever", "/api/fever.php"):  # "/fever/" leads to the first, as all with a slash too many
        for method in ("GET", "POST"):
            assert ask(client, method, address) == ("missing", []), (method, address)


def test_no_get_changes_a_row_of_any_table(readers, client):
    """The same by the rows themselves, whatever wrote them."""
    site = Site()
    sign_in(client, readers["admin"])
    addresses = [site.address(name, pattern, readers["admin"]) for name, pattern in patterns() if ROUTES[name].get]
    before = rows_of_all_tables()
    for address in addresses:
        answer = client.get(address, REMOTE_ADDR=STRANGER)
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)
    after = rows_of_all_tables()
    assert {table for table in before if before[table] != after[table]} == set()


def rows_of_all_tables() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a hash of all that stands in them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in WRITTEN_BY_GET:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found
