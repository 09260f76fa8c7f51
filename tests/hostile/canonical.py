"""The rows of a site in a form that two runs of the same news share: no numbers of rows, no moments of the run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

APPS = ("publishers", "articles", "stories")
LEFT_OUT = ("Installation", "TrendingRound", "Looked")
# Moments that the news itself gives; of all others only whether there is one is told.
OF_THE_NEWS = ("published_at", "updated_at", "first_at", "last_at", "on")
# Of the run, not of the news: how long an answer took, how a look at a feed went after a kill.
OF_THE_RUN = ("claimed_by", "claimed_until", "elapsed_s", "interval_s", "reread_at", "tries")
# Of a copy: which earlier telling it was compared with follows what had been read, and traced to its origin, by then.
OF_A_COPY = ("score", "because")
MERGED_ROW = re.compile(r"article:\d+")  # the number of a row that is gone
NUMBERED = ("article", "articles", "id", "carried_by", "copy_of", "key", "story", "began")

Rows = dict[str, list[dict[str, Any]]]


def rows() -> Rows:
    """Each table's rows, sorted: columns by name, other rows by what they are known by."""
    from django.apps import apps

    names = _Names()
    found: Rows = {}
    models = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    for model in models:
        if model.__name__ not in LEFT_OUT:
            told = [_row(one, names) for one in model._base_manager.all()]
            found[model._meta.label] = sorted(told, key=repr)
    found["search"] = sorted(names.searched(), key=repr)
    return found


def said() -> dict[str, list[str]]:
    """What readers wrote, each as often as it stands there: comments by their text, the rest by the reader's mail."""
    from allauth.account.models import EmailAddress

    from newsroom.comments.models import Comment
    from newsroom.readers.models import Follow, Reader, Saved

    return {
        "comment": list(Comment.objects.values_list("text", flat=True)),
        "account": list(Reader.objects.values_list("email", flat=True)),
        "address": list(EmailAddress.objects.values_list("user__email", flat=True)),
        "follow": list(Follow.objects.values_list("reader__email", flat=True)),
        "save": list(Saved.objects.values_list("reader__email", flat=True)),
    }


def place() -> str:
    """The address of the first story, where readers write."""
    from newsroom.stories.models import Story

    return f"/story/{Story.objects.order_by('pk').values_list('pk', flat=True)[0]}"


def broken() -> list[str]:
    """What the database itself finds wrong, and claims that nobody works on."""
    from django.db import connection

    from newsroom.desk.work import CLAIMED

    found = [f"{model.__name__} held by {one}" for model in CLAIMED for one in _owners(model)]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            found += [str(row[0]) for row in cursor.fetchall() if row[0] != "ok"]
            cursor.execute("PRAGMA foreign_key_check")
            found += [f"foreign key: {row}" for row in cursor.fetchall()]
    return found


def _owners(model: Any) -> list[str]:
    return list(model.objects.exclude(claimed_by="").values_list("claimed_by", flat=True))


class _Names:
    """What rows are known by, whatever their numbers."""

    def __init__(self) -> None:
        from newsroom.articles.models import Article
        from newsroom.stories.models import Placement

        self.articles = dict(Article.objects.values_list("pk", "url_key"))
        self.members: dict[int, list[str]] = {}
        for story, article in Placement.objects.values_list("story", "article"):
            self.members.setdefault(story, []).append(self.articles[article])
        self.by_model: dict[str, Callable[[Any], Any]] = {
            "Article": lambda row: row.url_key,
            "Story": lambda row: sorted(self.members.get(row.pk, ())) or ["empty", self.article(row.key)],
            "Publisher": lambda row: row.slug,
            "Feed": lambda row: row.url,
            "Hashtag": lambda row: row.key,
            "Storyline": lambda row: self.article(row.key),
            "Edition": lambda row: str(row.on),
        }

    def article(self, number: Any) -> Any:
        """The address of the article with that number; what is no number of one, as it is."""
        key = str(number)
        return self.articles.get(int(key), number) if key.isdigit() else number

    def of(self, row: Any) -> Any:
        named = self.by_model.get(type(row).__name__)
        return named(row) if named else str(row)

    def inside(self, value: Any, key: str = "") -> Any:
        """JSON with numbers of articles as their addresses."""
        if isinstance(value, dict):
            return {name: self.inside(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.inside(one, key) for one in value]
        return self.article(value) if key in NUMBERED and not isinstance(value, bool) else value

    def searched(self) -> list[dict[str, Any]]:
        """Which articles the search index finds by the words of their own headlines."""
        from newsroom.articles.models import Article
        from newsroom.stories.search import WORD, find_keys

        return [
            {"article": key, "is_found": number in find_keys(WORD.findall(title), most=1000, with_all=True)}
            for number, key, title in Article.objects.exclude(title="").values_list("pk", "url_key", "title")
        ]


def _row(row: Any, names: _Names) -> dict[str, Any]:
    from django.db import models

    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in OF_THE_RUN:
            continue
        if field.is_relation:
            other = getattr(row, field.name)
            told[field.name] = None if other is None else names.of(other)
            continue
        if field.name in OF_A_COPY and getattr(row, "copy_of_id", None):
            continue
        value = getattr(row, field.attname)
        if row._meta.label == "articles.Address" and field.name == "url_key":
            value = MERGED_ROW.sub("a merged row", value)
        if isinstance(field, models.DateTimeField) and field.name not in OF_THE_NEWS:
            value = value is not None
        elif isinstance(field, models.JSONField):
            value = names.inside(value, field.name)
            if row._meta.label == "publishers.Memory":
                value["blocks"] = sorted(block[0] for block in value["blocks"])  # not where each was seen first
        elif field.name == "key" and row._meta.label in ("stories.Story", "stories.Storyline"):
            value = names.article(value)
        told[field.name] = value
    return told
