"""What happened: stories, which articles tell them, and what stands behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import Article
from newsroom.claims import Claimable, ClaimQuerySet
from newstext.sections import SECTIONS


class Installation(models.Model):
    """This site as others know it, one row: its key makes the ids of what is sent out, whatever the host is called."""

    key = models.UUIDField(default=uuid4, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.key)


class Storyline(models.Model):
    """The stories of one course of events. `key` is the id of the article that opened it."""

    key = models.CharField(max_length=40, unique=True)
    title = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title or self.key


KEEP_LEAST = timedelta(days=settings.KEEP_DAYS_LEAST)  # a newer story with a thinned article took it in
PUBLIC = models.Q(merged_into=None, is_private=False)  # stories that stand by themselves; indexes hold these alone


class StoryQuerySet(ClaimQuerySet):
    def public(self) -> StoryQuerySet:
        """Stories that stand by themselves: not merged away, not a reader's own text."""
        return self.filter(PUBLIC)

    def in_section(self, name: str) -> StoryQuerySet:
        return self.public().filter(section=name)

    def about(self, country: str) -> StoryQuerySet:
        return self.public().filter(countries__code=country)

    def due_for_section(self) -> StoryQuerySet:
        """Stories whose section is not known or was told of other tellings, the newest first."""
        return self.public().filter(section_at=None).order_by("-last_at", "-pk")

    def due_for_notes(self, now: datetime) -> StoryQuerySet:
        """Stories whose notes are stale, the newest first; those of which texts were let go keep theirs."""
        thinned = Placement.objects.filter(story=models.OuterRef("pk"), article__thinned_at__isnull=False)
        is_old = models.Q(models.Exists(thinned), last_at__lt=now - KEEP_LEAST)
        return self.filter(notes_due_at__lte=now, merged_into=None).exclude(is_old).order_by("-last_at", "pk")

    def due_to_settle(self) -> StoryQuerySet:
        """Stories that have changed since they were looked at again, the newest first."""
        return self.public().filter(settled_at=None).order_by("-last_at", "pk")


class Story(Claimable):
    """One event, with all its tellings. `key` is the id of the article that opened it."""

    key = models.CharField(max_length=40, unique=True)
    storyline = models.ForeignKey(Storyline, models.PROTECT, related_name="stories")
    lead = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.TextField(blank=True)
    language = models.CharField(max_length=12, default="und")
    given_title = models.TextField(blank=True, default="")  # an editor's headline; stands instead of the lead's
    given_language = models.CharField(max_length=12, blank=True, default="")  # of that headline
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)
    article_count = models.PositiveIntegerField(default=0)
    publisher_count = models.PositiveIntegerField(default=0)
    origin_count = models.PositiveIntegerField(null=True, blank=True)  # independent ones; None until they are traced
    began = models.JSONField(null=True, blank=True)  # {"name", "kind", "article", "dateline", "at", "because"}
    is_sample = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)
    # Its index holds merged stories alone: SQLite would take a whole one for "merged into nothing", and sort them all.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="merged", db_index=False
    )
    notes_due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # newstext.prominence.Standing: the front page's order, and how many independent publishers in how many minutes.
    front_at = models.DateTimeField(null=True, blank=True)
    front_origins = models.PositiveIntegerField(default=0)
    front_minutes = models.PositiveIntegerField(default=0)
    # These three are null, so that SQLite adds the columns in place. Section: one of newstext.sections, or "general".
    section = models.CharField(max_length=12, null=True, blank=True, editable=False)
    section_chosen = models.CharField(
        max_length=12,
        null=True,
        blank=True,
        choices=[(name, name.title()) for name in SECTIONS],
        help_text="Stands whatever the rule says. Empty: the rule decides.",
    )
    section_at = models.DateTimeField(null=True, blank=True, editable=False)  # None: the section is to be told anew
    settled_at = models.DateTimeField(null=True, blank=True)  # when it was looked at again; None: it has changed since

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        indexes = (
            models.Index(fields=("merged_into",), name="story_merged", condition=~models.Q(merged_into=None)),
            models.Index(fields=("-last_at", "-id"), name="story_newest", condition=PUBLIC),
            models.Index(fields=("-front_at", "-id"), name="story_order", condition=PUBLIC),
            models.Index(fields=("claimed_by",), name="story_claimed", condition=~models.Q(claimed_by="")),
            models.Index(fields=("section", "-last_at"), name="story_by_section"),
            models.Index(
                fields=("-last_at",),
                name="story_due_for_section",
                condition=models.Q(section_at=None, merged_into=None, is_private=False),
            ),
            models.Index(fields=("-last_at",), name="story_unsettled", condition=models.Q(settled_at=None)),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        slug = slugify(self.title, allow_unicode=True)[:80]
        return f"/story/{self.pk}/{slug}" if slug else f"/story/{self.pk}"


class StoryCountry(models.Model):
    """A country that a story is about. code: ISO 3166, small letters; place: 0 for the foremost."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="countries")
    code = models.CharField(max_length=2, db_index=True)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("story", "code"), name="story_country_once"),)

    def __str__(self) -> str:
        return self.code


class Placement(models.Model):
    """Why an article stands in its story."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="placement")
    story = models.ForeignKey(Story, models.CASCADE, related_name="placements")
    copy_of = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="copies")
    # Of a copy {"from", "whole", "added"}, of an original {"from"}, of own words {"names"}; None until traced.
    origin = models.JSONField(null=True, blank=True)
    because = models.JSONField(default=list, blank=True)
    score = models.FloatField(default=0)
    rule = models.CharField(max_length=60, blank=True)
    placed_at = models.DateTimeField()
    related = models.JSONField(null=True, blank=True)  # as Notes.related, of this article; null: the story's are shown
    is_pinned = models.BooleanField(default=False)  # an editor's choice: no rule takes it out of its story

    class Meta:
        verbose_name = "telling"
        indexes = (
            models.Index(fields=("story",), name="placement_pinned", condition=models.Q(is_pinned=True)),
            models.Index(fields=("-placed_at",), name="placement_placed_at"),
        )

    def __str__(self) -> str:
        return str(self.article)


class Notes(models.Model):
    """What stands behind a story; `body` is newstext.jsonlines' form of StoryNotes."""

    story = models.OneToOneField(Story, models.CASCADE, related_name="notes")
    body = models.JSONField()
    related = models.JSONField(default=list)  # [{"article": id, "kind": …, "because": […]}], best first
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    article_count = models.PositiveIntegerField()  # that they are made of: originals in the story's language
    # What a model wrote and words checked, {"brief": …, "why_now": …}; stands in place of `body`'s where it is.
    written = models.JSONField(null=True, blank=True)
    written_by = models.CharField(max_length=120, null=True, blank=True)  # the model's name
    written_at = models.DateTimeField(null=True, blank=True)  # when a model was last asked; None: it is due
    # Sentences that an editor took out, [{"shown", "article", "text"}]; they stay out when the notes are made anew.
    withdrawn = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "notes"
        indexes = (models.Index(fields=("-made_at",), name="notes_unwritten", condition=models.Q(written_at=None)),)


class ModelCall(models.Model):
    """One call of the language model: the budget is counted on these rows, and an answer is never paid twice.

    key: hash of all that was asked. items: what passed of the answer, as
    newstext.model.Checked has it; dropped: why the rest did not.
    """

    class Outcome(models.TextChoices):
        TAKEN = "taken"  # from the budget; the answer is awaited
        ANSWERED = "answered"
        FAILED = "failed"

    key = models.CharField(max_length=64, db_index=True)
    task = models.CharField(max_length=12)
    story = models.ForeignKey(Story, models.SET_NULL, null=True, related_name="model_calls")
    model = models.CharField(max_length=120)
    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.TAKEN)
    problem = models.TextField(blank=True)
    items = models.JSONField(null=True, blank=True)
    tokens = models.PositiveIntegerField(default=0)
    dropped = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.task} {self.at:%Y-%m-%d %H:%M}"


class ModelState(models.Model):
    """How the model's endpoint does; one row, on whose lock the budget is taken."""

    failures = models.PositiveIntegerField(default=0)  # in a row
    rests_until = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.problem or "answers"


class Hashtag(models.Model):
    """A subject that stories are about, as one entity. `key` is its folded form and its address.

    last_name: the folded last word of what may be a person's name, by which a
    story that has the last name alone finds it. article_count: of its stories;
    counted when notes are kept. A blocked one is in no story and stays so.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")
        PLACE = "place", _("place")

    PAGE_FROM = 3  # articles; below, it is a word under a story and no page

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=120)  # as shown, without #
    kind = models.CharField(max_length=12, choices=Kind, blank=True)
    last_name = models.CharField(max_length=120, blank=True, db_index=True)
    first_seen_at = models.DateTimeField(null=True, blank=True)
    article_count = models.PositiveIntegerField(default=0)
    is_blocked = models.BooleanField(default=False)
    stories = models.ManyToManyField(Story, related_name="hashtags", blank=True)

    class Meta:
        ordering = ("name",)

    @property
    def has_page(self) -> bool:
        return self.article_count >= self.PAGE_FROM and not self.is_blocked

    def __str__(self) -> str:
        return f"#{self.name}"

    def get_absolute_url(self) -> str:
        return f"/hashtag/{self.key}"


class Apart(models.Model):
    """An article that an editor took out of a story: no rule brings it back."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="apart_from")
    story = models.ForeignKey(Story, models.CASCADE, related_name="kept_out")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("article", "story"), name="apart_once"),)


class StoryChange(models.Model):
    """One line of a story's history: what was done to it, by whom, and why in words.

    rule: name of the rule that did it, "" for an editor. article: where it was
    about one alone.
    """

    class Kind(models.TextChoices):
        OPENED = "opened"  # with an article that stood in `other`
        MERGED = "merged"  # took `other` in
        MERGED_INTO = "merged into"
        SPLIT = "split"  # a part went into `other`
        SPLIT_FROM = "split from"
        MOVED_IN = "moved in"
        MOVED_OUT = "moved out"
        PINNED = "pinned"
        UNPINNED = "unpinned"
        RENAMED = "renamed"  # why: the headline before
        CORRECTED = "corrected"  # as a reader suggested; why: what an editor answered

    story = models.ForeignKey(Story, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    other = models.ForeignKey(Story, models.SET_NULL, null=True, blank=True, related_name="+")
    article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    article_count = models.PositiveIntegerField(default=0)
    rule = models.CharField(max_length=60, blank=True)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class GroupingCase(models.Model):
    """An editor's choice as the grouping rule is measured on it: does this article belong with these?

    marks: {"article": …, "members": […]}, each as newstext.marks.to_json
    writes it: what the rule saw of the article and of the story at that time,
    without their texts.
    """

    article = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="+")
    story = models.ForeignKey(Story, models.SET_NULL, null=True, blank=True, related_name="+")
    together = models.BooleanField()
    how = models.CharField(max_length=12)
    at = models.DateTimeField()
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    marks = models.JSONField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.how}: {self.article} {'with' if self.together else 'not with'} {self.story}"


class MemberReport(models.Model):
    """A reader says that an article does not belong to its story."""

    class State(models.TextChoices):
        OPEN = "open"
        FOLLOWED = "followed"  # the article was taken out
        DISMISSED = "dismissed"

    article = models.ForeignKey(Article, models.CASCADE, related_name="member_reports")
    story = models.ForeignKey(Story, models.CASCADE, related_name="member_reports")
    reason = models.TextField(max_length=1000, blank=True)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    address_hash = models.CharField(max_length=64, blank=True)  # keyed hash of the address, for the rate limit alone
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN, db_index=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "reader's report"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.article}: {self.reason[:60]}"


class SectionReport(models.Model):
    """A reader says that something is wrong with a section of a story's page, as it was made then."""

    class State(models.TextChoices):
        OPEN = "open"
        MENDED = "mended"
        DISMISSED = "dismissed"

    story = models.ForeignKey(Story, models.CASCADE, related_name="section_reports")
    section = models.CharField(max_length=20)
    made_by = models.CharField(max_length=120)
    shown = models.JSONField()  # the section as the notes had it
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    address_hash = models.CharField(max_length=64, blank=True)  # keyed hash of the address, for the rate limit alone
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN, db_index=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.section} of {self.story}"


class Edition(models.Model):
    """The stories that mattered on one day, chosen once; nothing is added later."""

    on = models.DateField(unique=True)  # in the site's time zone
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("-on",)

    def __str__(self) -> str:
        return str(self.on)

    def get_absolute_url(self) -> str:
        return f"/edition/{self.on}"


class EditionStory(models.Model):
    """A story of an edition. title: its headline on that day."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="stories")
    place = models.PositiveSmallIntegerField()
    story = models.ForeignKey(Story, models.CASCADE, related_name="+")
    title = models.TextField()

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("edition", "place"), name="edition_place_once"),)

    def __str__(self) -> str:
        return self.title


class HashtagAlias(models.Model):
    """Another key of a hashtag: a shorter name, or one that an editor united or renamed."""

    key = models.CharField(max_length=120, unique=True)
    hashtag = models.ForeignKey(Hashtag, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name_plural = "hashtag aliases"

    def __str__(self) -> str:
        return self.key


class TrendingHashtag(models.Model):
    """A hashtag with many more articles in the last day than usual; all are chosen anew together."""

    hashtag = models.OneToOneField(Hashtag, models.CASCADE, related_name="trending")
    score = models.FloatField()
    articles = models.PositiveIntegerField()  # of the last day, without copies
    usual = models.FloatField()  # a day, over the two weeks before
    publishers = models.PositiveIntegerField()

    class Meta:
        ordering = ("-score", "pk")

    def __str__(self) -> str:
        return f"{self.hashtag} {self.articles}"


class TrendingRound(models.Model):
    """When the trending hashtags were last chosen; one row."""

    made_at = models.DateTimeField()


class NotForMe(models.Model):
    """What For you must not use, though its reader follows or reads it: a line of the profile turned off for good.

    kind, key: of a line of stories/for_you.py; kind "reading" with no key: nothing is to be guessed from reading.
    """

    READING = "reading"

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="not_for_me")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)  # as the line was called
    at = models.DateTimeField()

    class Meta:
        ordering = ("kind", "name", "pk")
        constraints = (models.UniqueConstraint(fields=("reader", "kind", "key"), name="not_for_me_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
