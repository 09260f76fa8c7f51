"""Every address of the site, one of everything for them to lead to, and somebody of each role to ask them.

What a new route needs, where its arguments are not among `Site.arguments` or
it leads to what is a reader's own, is a line there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.core import signing
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from newsroom.access import ANONYMOUS, PREFIXES, ROUTES
from newsroom.alerts.models import Alert
from newsroom.alerts.stopping import SALT
from newsroom.articles.models import Article, Removal, Version
from newsroom.comments.models import Comment
from newsroom.comments.moderation import Correction, ModerationAct
from newsroom.publishers.models import Feed, Publisher
from newsroom.readers.models import Invitation, Reader
from newsroom.readers.save import vouch_for
from newsroom.stories.models import Edition, Hashtag, Story, Storyline

ROLES = (ANONYMOUS, "reader", "trusted", "moderator", "editor", "admin")
PASSWORD = "a long and quiet password"
STRANGER = "192.0.2.7"  # not this machine: its own user may set the site up


def every_pattern(resolver: URLResolver | None = None, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(the table's name of a route, its pattern) of all."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from every_pattern(one, route, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield (f"{space}{one.name}" if one.name else route), route


def patterns() -> list[tuple[str, str]]:
    """The same, but for those under PREFIXES that are not declared."""
    return [(name, route) for name, route in every_pattern() if name in ROUTES or not route.startswith(PREFIXES)]


def one_of_each_role() -> dict[str, Reader]:
    """A reader of each role, of an age to vote."""
    found, joined = {}, timezone.now() - timedelta(days=90)
    for role in ROLES[1:]:
        mail = f"{role}@meren.example"
        found[role] = Reader.objects.create_user(mail, mail, PASSWORD, role=role, name=role, date_joined=joined)
        vouch_for(found[role])
    return found


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


def sign_in(client: Client, reader: Reader) -> None:
    """As who has given their password once more, so that nothing asks for it again."""
    client.post("/accounts/login/", {"login": reader.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/account").status_code == 200
