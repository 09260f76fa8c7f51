"""Readers who say that an article does not belong to its story, or that a section of its page is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.articles.models import Article
from newsroom.readers.models import Reader
from newsroom.stories import changing
from newsroom.stories.cases import keep_case
from newsroom.stories.models import MemberReport, Notes, Placement, SectionReport, Story
from newsroom.stories.noted import PARTS
from newsroom.stories.save import stands_for

HOUR = timedelta(hours=1)
REPORTED = frozenset(part.name for part in PARTS)
REPORTS_PER_HOUR = 6  # of one reader, or of one address


class CannotReport(ValueError):
    """A report that is not taken; the message says why, and what to do."""


class TooManyReports(CannotReport):
    """This reader or address has sent as many reports as REPORTS_PER_HOUR allows."""


def _too_many() -> str:
    return _("%(n)d reports an hour are taken from one reader. Try again in an hour.") % {"n": REPORTS_PER_HOUR}


def report_member(
    article: Article, story: Story, reason: str, *, now: datetime, address_hash: str = "", reader: Reader | None = None
) -> MemberReport:
    """Keep that a reader finds an article wrong in its story; the same reader's second one is the first.

    address_hash: a keyed hash, of who has no account. What a reader said again
    after an editor dismissed it is not asked again. Raises CannotReport where
    the article does not stand there, or neither reader nor address is given;
    TooManyReports.
    """
    if reader is None and not address_hash:
        raise CannotReport(_("A report needs a reader or an address, by which its sender’s are counted."))
    story = stands_for(story)
    who = {"reader": reader} if reader else {"address_hash": address_hash}
    with transaction.atomic():
        if not Placement.objects.filter(article=article, story=story).exists():
            told = {"article": article, "story": story.pk}
            raise CannotReport(
                _("“%(article)s” does not stand in story %(story)s any more. Look at its page again.") % told
            )
        if same := MemberReport.objects.filter(article=article, story=story, **who).first():
            return same
        if MemberReport.objects.filter(**who, created_at__gt=now - HOUR).count() >= REPORTS_PER_HOUR:
            raise TooManyReports(_too_many())
        said = " ".join(reason.split())[:1000]
        return MemberReport.objects.create(
            article=article, story=story, reason=said, created_at=now, reader=reader, address_hash=address_hash
        )


def report_section(story: Story, section: str, now: datetime, *, address_hash: str) -> SectionReport:
    """Keep that a reader finds a section wrong; the same reader's second report of one text is the first.

    Raises CannotReport where the story has no such section, TooManyReports.
    """
    with transaction.atomic():
        notes = Notes.objects.filter(story=story).first()
        written = (notes.written or {}) if notes else {}
        body = written.get(section) or (notes.body.get(section) if notes and section in REPORTED else None)
        if notes is None or not body:
            told = {"story": story.pk, "section": repr(section[:20])}
            raise CannotReport(_("Story %(story)s has no section %(section)s. Look at its page again.") % told)
        of_reader = SectionReport.objects.filter(address_hash=address_hash)
        if same := of_reader.filter(story=story, section=section, shown=body).first():
            return same
        if of_reader.filter(created_at__gt=now - HOUR).count() >= REPORTS_PER_HOUR:
            raise TooManyReports(_too_many())
        return SectionReport.objects.create(
            story=story,
            section=section,
            made_by=(section in written and notes.written_by) or notes.made_by,
            shown=body,
            created_at=now,
            address_hash=address_hash,
        )


def follow(report: MemberReport, to: Story | None, now: datetime, *, by: Reader, why: str) -> None:
    """Take the reported article out of the story, into another or (None) one of its own.

    Raises CannotChange, as where the article is all that the story has.
    """
    with transaction.atomic():
        stands = Placement.objects.filter(article=report.article).select_related("story").first()
        if stands and stands.story == stands_for(report.story):
            changing.move(report.article, to, now, by=by, why=why)
        rows = MemberReport.objects.filter(pk=report.pk, state=MemberReport.State.OPEN)
        rows.update(state=MemberReport.State.FOLLOWED, decided_at=now, decided_by=by)


def dismiss(report: MemberReport, now: datetime, *, by: Reader) -> bool:
    """Say that the article does belong there, which is kept as a case; False if the report was decided before."""
    with transaction.atomic():
        rows = MemberReport.objects.filter(pk=report.pk, state=MemberReport.State.OPEN)
        if not rows.update(state=MemberReport.State.DISMISSED, decided_at=now, decided_by=by):
            return False
        if Placement.objects.filter(article=report.article, story=report.story).exists():
            keep_case(report.article, report.story, now, together=True, how="dismissed", editor=by)
        return True
