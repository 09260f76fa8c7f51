"""What publishers published: each article once, its versions, and what could not be read."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from newsroom.claims import Claimable, ClaimQuerySet
from newsroom.publishers.models import Feed, Publisher
from newstext.records import READABLE_KINDS
from newstext.reservations import AGENTS, allows_notes


class ArticleQuerySet(ClaimQuerySet):
    def public(self) -> ArticleQuerySet:
        """Without the texts that readers brought for themselves."""
        return self.filter(private_key="")

    def newest_first(self) -> ArticleQuerySet:
        """In order of their `moment`: when they were published, else when we first saw them."""
        rows = self.annotate(moment=Coalesce("published_at", "seen_at"))
        return rows.order_by(models.F("moment").desc(), "-pk")

    def open_to_notes(self) -> ArticleQuerySet:
        """Those of which notes may be made: their publisher has not reserved them against it."""
        return self.filter(models.Q(reserved=None) | models.Q(reserved=AGENTS))

    def due_to_read(self, now: datetime) -> ArticleQuerySet:
        """New articles whose page is to be fetched: never-read ones first, newest first."""
        due = self.filter(next_read_at__lte=now, backfilled_at=None)
        return due.order_by(models.F("read_at").asc(nulls_first=True), "-seen_at", "pk")

    def due_to_backfill(self, now: datetime) -> ArticleQuerySet:
        """Articles of earlier days whose page is to be fetched, the newest first."""
        return self.filter(next_read_at__lte=now, backfilled_at__isnull=False).order_by("-published_at", "pk")

    def due_to_group(self) -> ArticleQuerySet:
        """New articles that are read but in no story yet, in order of arrival."""
        due = self.filter(grouped_at=None, read_at__isnull=False, private_key="", backfilled_at=None)
        return due.order_by("seen_at", "pk")

    def earlier_due_to_group(self) -> ArticleQuerySet:
        """Articles of earlier days that are read but in no story yet, in order of their own time."""
        due = self.filter(grouped_at=None, read_at__isnull=False, private_key="", backfilled_at__isnull=False)
        return due.order_by("published_at", "pk")


class Article(Claimable):
    """One article of one publisher.

    What is due stands in the row: `next_read_at` says when its page is to be
    fetched (None: not again), `read_at` None that it has no text yet,
    `grouped_at` None that it stands in no story.
    """

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="articles")
    feed = models.ForeignKey(Feed, models.SET_NULL, null=True, blank=True, related_name="articles")
    guid = models.TextField(blank=True)
    url = models.TextField()
    url_key = models.TextField(unique=True)  # newstext.addresses.url_key: one article, one row
    canonical_url = models.TextField(blank=True)
    private_key = models.CharField(max_length=43, blank=True, default="", db_index=True)

    title = models.TextField(blank=True)
    authors = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_precision = models.CharField(max_length=4, default="time")
    updated_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(db_index=True)
    language = models.CharField(max_length=12, default="und")
    kind = models.CharField(max_length=12, default="article")
    section = models.CharField(max_length=120, blank=True)
    tags = models.JSONField(default=list, blank=True)
    image = models.TextField(blank=True)
    dateline = models.CharField(max_length=120, blank=True)
    agency = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200, blank=True)
    notices = models.JSONField(default=list, blank=True)
    related = models.JSONField(default=list, blank=True)

    summary = models.TextField(blank=True)  # the feed's own words, plain
    text = models.TextField(blank=True)  # paragraphs joined by one blank line
    # newstext.identity.text_key. Null, so that SQLite adds the column in place: a table made anew loses its triggers.
    text_key = models.CharField(max_length=32, null=True, blank=True, db_index=True)
    sentences = models.JSONField(default=list, blank=True)  # [[start, end], …] into text
    passages = models.JSONField(default=list, blank=True)  # [[start, end, language], …] not in the article's language
    confidence = models.FloatField(default=0)
    site = models.CharField(max_length=255, blank=True)  # registrable domain of the page it was read from
    memory_version = models.PositiveIntegerField(default=0)  # of the publisher's memory its text was held against
    refused = models.TextField(blank=True)  # why there is no body to show
    refused_times = models.PositiveSmallIntegerField(default=0)  # in a row; says when its page is asked for again
    marks = models.JSONField(null=True, blank=True)  # newstext.marks.to_json
    # newstext.reservations.joined; None for nothing. Null, as text_key is.
    reserved = models.CharField(max_length=40, null=True, blank=True, editable=False)

    entry = models.JSONField(null=True, blank=True)  # the feed item, until its page is read
    entry_hash = models.CharField(max_length=64, blank=True)
    raw_hash = models.CharField(max_length=64, blank=True, default="")  # of the feed item before it was cleaned
    next_read_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_tries = models.PositiveSmallIntegerField(default=0)
    read_problem = models.TextField(blank=True)
    reread_at = models.DateTimeField(null=True, blank=True)  # when its page was last asked for again
    etag = models.TextField(blank=True)  # these three as the page that was read gave them
    last_modified = models.TextField(blank=True)
    page_hash = models.CharField(max_length=64, blank=True)
    grouped_at = models.DateTimeField(null=True, blank=True)
    # When an archive brought it: no news to anybody. None: it was new when we first saw it.
    backfilled_at = models.DateTimeField(null=True, blank=True)
    # When its text was let go of (KEEP_DAYS; newsroom.desk.thinning). None: never. Null, as text_key is.
    thinned_at = models.DateTimeField(null=True, blank=True, editable=False)

    asked_off_s = 0.0  # no column: how long its host asked us to wait, for whoever asked for its page just now

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("next_read_at",),
                name="article_due_to_read",
                condition=models.Q(next_read_at__isnull=False, backfilled_at=None),
            ),
            models.Index(
                fields=("publisher", "-published_at"),
                name="article_due_to_backfill",
                condition=models.Q(next_read_at__isnull=False, backfilled_at__isnull=False),
            ),
            models.Index(
                fields=("private_key", "seen_at"),  # the key first, or SQLite would look through all rows by its index
                name="article_due_to_group",
                condition=models.Q(grouped_at=None, read_at__isnull=False),
            ),
            models.Index(fields=("claimed_by",), name="article_claimed", condition=~models.Q(claimed_by="")),
            models.Index(
                fields=("publisher", "reread_at"), name="article_reread", condition=models.Q(reread_at__isnull=False)
            ),
            models.Index(fields=("feed", "guid"), name="article_feed_guid"),
            models.Index(fields=("publisher", "-published_at"), name="article_by_publisher"),
            models.Index(fields=("site", "-read_at"), name="article_by_site"),
            models.Index(fields=("publisher", "kind"), name="article_refused", condition=~models.Q(refused="")),
            # Public articles by moment, with all that a search asks of them: the two times too, or SQLite before
            # 3.41 would look up each row for the expression's sake.
            models.Index(
                models.F("private_key"),
                Coalesce("published_at", "seen_at").desc(),
                models.F("id").desc(),
                models.F("publisher"),
                models.F("language"),
                models.F("published_at"),
                models.F("seen_at"),
                name="article_by_moment",
            ),
        )

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def at(self) -> datetime:
        """When it was published, else when we first saw it."""
        return self.published_at or self.seen_at

    @property
    def is_backfilled(self) -> bool:
        """True if an archive brought it: it makes no alert."""
        return self.backfilled_at is not None

    @property
    def has_address(self) -> bool:
        """False of an item without a link, which stands in its feed alone: `url` is then the feed's."""
        return self.url.startswith(("http://", "https://")) and not self.url_key.startswith("guid:")

    @property
    def has_body(self) -> bool:
        return bool(self.text) and not self.refused and self.kind in READABLE_KINDS

    @property
    def allows_notes(self) -> bool:
        """False where the publisher reserved the text against what notes are."""
        return allows_notes((self.reserved or "").split())

    @property
    def original_url(self) -> str:
        """Where the publisher has it; "" for what has no address of the web."""
        url = self.canonical_url or self.url
        return url if url.startswith(("http://", "https://")) else ""

    def get_absolute_url(self) -> str:
        if self.private_key:
            return f"/text/{self.private_key}"
        slug = slugify(self.title, allow_unicode=True)[:80]
        return f"/article/{self.pk}/{slug}" if slug else f"/article/{self.pk}"


class Thinning(models.Model):
    """How far letting go of old texts has come (KEEP_DAYS); one row.

    through_at, through_id: the article that was looked at last, in order of
    arrival. began_at: when this pass over the articles began. at: when
    something last went. The others count what went so far.
    """

    through_at = models.DateTimeField(null=True, blank=True)
    through_id = models.PositiveBigIntegerField(default=0)
    began_at = models.DateTimeField()
    at = models.DateTimeField(null=True, blank=True)
    articles = models.PositiveBigIntegerField(default=0)
    versions = models.PositiveBigIntegerField(default=0)
    own_texts = models.PositiveBigIntegerField(default=0)
    notes_of_work = models.PositiveBigIntegerField(default=0)  # refusals and calls of the model

    def __str__(self) -> str:
        return f"{self.articles} articles thinned"


class Address(models.Model):
    """Another key under which an article is known, beside its row's own `url_key`.

    url_key: of an address its page names or was found at; "guid:FEED:GUID" of
    an item of another feed; "article:ID" of a row that was merged into it.
    """

    class Kind(models.TextChoices):
        CANONICAL = "canonical"
        AMP = "amp"
        MOBILE = "mobile"
        PRINT = "print"
        SHORT = "short"
        FOUND = "found"  # where a redirect led
        FEED = "feed"  # under which another feed lists it
        ROW = "row"

    article = models.ForeignKey(Article, models.CASCADE, related_name="addresses")
    url = models.TextField()
    url_key = models.TextField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.url


class Version(models.Model):
    """How an article stood before it was changed: each state once, however often it came back.

    replaced_at: when we last saw it replaced; the state that followed is the
    version replaced next, or the article as it stands. change, reasons: what
    kind of change that was (newstext.changes), "" where it was never judged.
    updated_at: when the publisher said this state was updated.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    replaced_at = models.DateTimeField()
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)
    notices = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    change = models.CharField(max_length=12, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    times = models.PositiveIntegerField(default=1)  # how often it was replaced
    state = models.CharField(max_length=64, blank=True)  # a hash of title, text and notices

    class Meta:
        ordering = ("-replaced_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("article", "state"), name="version_state_once", condition=~models.Q(state="")
            ),
        )

    def get_absolute_url(self) -> str:
        return f"/article/{self.article_id}/changes/{self.pk}"


class MainParagraph(models.Model):
    """One of the longest paragraphs of an article's body, as a hash.

    By these a body that stands under several headlines of one publisher is
    known. is_foreign: it was found to be none of theirs; such rows stay when
    the text is taken off, so that the next page with it is refused at once.
    """

    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="main_paragraphs")
    article = models.ForeignKey(Article, models.CASCADE, related_name="main_paragraphs")
    key = models.BigIntegerField()
    is_foreign = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=("publisher", "key"), name="main_paragraph_key"),)


class Rejection(models.Model):
    """A page or feed item that could not be used: the step, and the reason in words.

    at: when it was last so. gone_at: when a later reading of the page had a body.
    """

    publisher = models.ForeignKey(Publisher, models.CASCADE, null=True, blank=True, related_name="rejections")
    article = models.ForeignKey(Article, models.CASCADE, null=True, blank=True, related_name="rejections")
    url = models.TextField(blank=True)
    step = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, blank=True)
    reason = models.TextField()
    at = models.DateTimeField(db_index=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.step}: {self.reason}"


class PictureQuerySet(ClaimQuerySet):
    def due(self, now: datetime) -> PictureQuerySet:
        """Pictures to fetch, the newest articles' first."""
        return self.filter(due_at__lte=now).order_by("-article_id")


class Picture(Claimable):
    """The lead picture of an article, as its publisher names it and as we hold it.

    width: of the largest copy we hold; 0: none is held, and pages show nothing.
    due_at: when it is to be fetched; None: not by itself. digest: names the
    files (newsroom.articles.images). problem: why it is not held, in words.
    """

    article = models.OneToOneField(Article, models.CASCADE, related_name="picture")
    url = models.TextField()
    url_key = models.CharField(max_length=32, db_index=True)  # a hash: addresses are too long for an index
    alt = models.TextField(blank=True)
    caption = models.TextField(blank=True)
    credit = models.TextField(blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=16, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("due_at",), name="picture_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=("claimed_by",), name="picture_claimed", condition=~models.Q(claimed_by="")),
        )

    def __str__(self) -> str:
        return self.url


class Removal(models.Model):
    """An article that was taken off on request, or since its publisher deleted it; its row is gone.

    number: of the article's page, which answers with this. reason, asked_by:
    in words for all to read. kept: the rows that went, to undo it until
    `undo_until`; then they are let go too. undone_at: it is no longer removed.
    """

    class Kind(models.TextChoices):
        WITHHELD = "withheld", _("withheld on request (451)")
        DELETED = "deleted", _("deleted by the publisher (410)")

    number = models.PositiveBigIntegerField(db_index=True)
    publisher = models.ForeignKey(Publisher, models.SET_NULL, null=True, blank=True, related_name="removals")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    text_key = models.CharField(max_length=32, blank=True)
    kept = models.TextField(blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"article {self.number}"

    @property
    def status(self) -> int:
        """Of the answer under the article's address."""
        return 410 if self.kind == self.Kind.DELETED else 451


class RemovedKey(models.Model):
    """A key under which a removed article was known: what it names is not read again."""

    removal = models.ForeignKey(Removal, models.CASCADE, related_name="keys")
    url_key = models.TextField(unique=True)

    def __str__(self) -> str:
        return self.url_key
