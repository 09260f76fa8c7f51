"""What tests of alerts need: readers, stories with tellings that come one by one, and a look at what is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newsroom.alerts import finding
from newsroom.alerts.models import Alert, Notice
from newsroom.alerts.save import set_alert
from newsroom.articles.models import Article
from newsroom.publishers.models import Publisher
from newsroom.readers.models import Reader
from newsroom.readers.save import vouch_for
from newsroom.stories import save
from newsroom.stories.models import Hashtag, Story
from newstext import records

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def reader(name: str = "ada", **more: object) -> Reader:
    told = {"username": name, "email": f"{name}@readers.example", **more}
    made = Reader.objects.create_user(**told, password="nine lamps on the pier")
    vouch_for(made)
    return made


def tell(
    title: str,
    *,
    paper: str = "Tarn Gazette",
    story: Story | None = None,
    at: datetime = NOW,
    tags: tuple[str, ...] = (),
    text: str = "",
    **more: object,
) -> Story:
    """A telling by that paper, of a story that is there or of a new one."""
    slug = paper.lower().replace(" ", "-")
    publisher, _ = Publisher.objects.get_or_create(slug=slug, defaults={"name": paper, "domain": f"{slug}.example"})
    url = f"https://{slug}.example/{Article.objects.count()}"
    article = Article.objects.create(
        publisher=publisher, url=url, url_key=url, title=title, text=text or f"{title}. It was said on the pier.",
        language="en", published_at=at, seen_at=at, read_at=at, **more,
    )  # fmt: skip
    key = str(article.pk)
    opened = story.key if story else key
    line = story.storyline.key if story else key
    placed = save.place(records.Placement(key, opened, line), article, at, is_private=bool(more.get("private_key")))
    save.refresh([placed], at)
    for tag in tags:
        row, _ = Hashtag.objects.get_or_create(key=tag.lower(), defaults={"name": tag, "article_count": 5})
        row.stories.add(placed)
    return Story.objects.get(pk=placed.pk)


def alert(by: Reader, kind: str, key: object, **more: object) -> Alert:
    """An alert set a moment ago; what stands there already is not told."""
    finding.looked()
    row = set_alert(by, kind, str(key), NOW)
    Alert.objects.filter(pk=row.pk).update(**more)
    return Alert.objects.get(pk=row.pk)


def look(now: datetime = NOW) -> None:
    """Look until nothing is left to be looked at."""
    while finding.look(now):
        pass


def told_to(by: Reader) -> list[str]:
    """Headlines of what the reader was told, the newest first."""
    return [row.story.title for row in Notice.objects.told().filter(reader=by)]
