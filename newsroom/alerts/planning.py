"""Which mails are due, and when: by quiet hours, by how many a day, and the edition at the reader's hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from newsroom.alerts import hours
from newsroom.alerts.models import Mail, MailChoices, Notice
from newsroom.readers.models import Reader
from newsroom.stories.models import Edition
from newsroom.updates import update_each

GATHERED = timedelta(minutes=2)  # finds that come together go out together
AT_ONCE = 500
STALE = timedelta(hours=36)  # an edition that is older is no news
MADE_SOON, MADE_LATE = timedelta(hours=1), timedelta(hours=2)
NOTHING_CHOSEN = MailChoices()


def why_no_mail() -> str:
    """What the site lacks to send mails, the name of a setting; "" where nothing."""
    if not settings.SITE_URL:
        return "SITE_URL"  # links in a mail are whole, and no request says under which host we are known
    return "" if settings.EMAIL_HOST else "EMAIL_URL"


def choices_of(reader: Reader) -> MailChoices:
    """How this reader wants mails; the defaults, unsaved, where nothing was chosen."""
    return MailChoices.objects.filter(reader=reader).first() or MailChoices(reader=reader)


def gather(now: datetime) -> int:
    """A mail for each reader with something to be mailed and no mail of alerts on its way; how many."""
    if why_no_mail():
        return 0
    has_one = Mail.objects.open().filter(kind=Mail.Kind.ALERTS)
    waiting = Notice.objects.to_mail().exclude(reader__in=has_one.values("reader"))
    keys = waiting.order_by().values_list("reader", flat=True).distinct()[:AT_ONCE]
    readers = Reader.objects.filter(pk__in=list(keys)).select_related("mail_choices")
    rows = []
    for reader in readers:
        choices = getattr(reader, "mail_choices", NOTHING_CHOSEN)
        _forget_unwanted(reader, choices)
        if Notice.objects.to_mail().filter(reader=reader).exists():
            rows.append(_mail_of_alerts(reader, choices, now))
    Mail.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _forget_unwanted(reader: Reader, choices: MailChoices) -> None:
    """What is no longer wanted by mail stays in the page alone."""
    unwanted = Q(alert__by_mail=False)
    if not choices.alerts:
        unwanted |= Q(alert__isnull=False)
    if not choices.answers:
        unwanted |= Q(alert=None)
    if not reader.is_active:
        unwanted |= Q(reader=reader)
    Notice.objects.to_mail().filter(unwanted, reader=reader).update(wants_mail=False)


def _mail_of_alerts(reader: Reader, choices: MailChoices, now: datetime) -> Mail:
    zone = hours.zone_of(reader.time_zone)
    due_at = loud(now + GATHERED, choices, zone)
    day = due_at.astimezone(zone).date()
    sent = Mail.objects.filter(reader=reader, kind=Mail.Kind.ALERTS, on__gte=day).exclude(sent_at=None)
    if sent.count() >= choices.most_a_day:  # the rest of the day in one, when the next begins
        due_at = loud(max(hours.next_moment(due_at, 0, zone), now), choices, zone)
        day = due_at.astimezone(zone).date()
    return Mail(
        reader=reader, kind=Mail.Kind.ALERTS, on=day, message_id=new_message_id(), created_at=now, due_at=due_at
    )


def loud(at: datetime, choices: MailChoices, zone: ZoneInfo) -> datetime:
    """That moment, or the end of the reader's quiet hours."""
    return hours.first_loud(at, choices.quiet_from, choices.quiet_until, zone)


def new_message_id() -> str:
    """A Message-ID that no other mail has."""
    return f"<{uuid4().hex}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def plan_edition(choices: MailChoices, time_zone: str, now: datetime) -> None:
    """Set when the reader's next edition is due; never without an hour. The caller saves."""
    hour = choices.edition_hour
    choices.edition_at = None if hour is None else hours.next_moment(now, hour, hours.zone_of(time_zone))


def make_editions(now: datetime) -> int:
    """A mail of the newest edition for each reader whose hour has come; how many readers were looked at."""
    if why_no_mail() or is_awaited(now):
        return 0
    newest = Edition.objects.filter(made_at__gt=now - STALE, made_at__lte=now).first()
    due = MailChoices.objects.filter(edition_at__lte=now, edition_hour__isnull=False).order_by("edition_at", "pk")
    rows = list(due.select_related("reader")[:AT_ONCE])
    mails = []
    for choices in rows:
        zone = hours.zone_of(choices.reader.time_zone)
        here = now.astimezone(zone).date()
        # The zone may have been changed since: the hour is another then.
        has_come = hours.moment(here, choices.edition_hour or 0, zone) <= now
        if newest and has_come and choices.reader.is_active:
            mails.append(_mail_of_edition(choices, newest, here, now))
    # Kept before the hour moves on: who is killed between the two makes the same mails again, once.
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
    for choices in rows:
        plan_edition(choices, choices.reader.time_zone, now)
    update_each(rows, ["edition_at"])
    return len(rows)


def _mail_of_edition(choices: MailChoices, newest: Edition, here: date, now: datetime) -> Mail:
    return Mail(
        reader=choices.reader, kind=Mail.Kind.EDITION, on=here, edition=newest, message_id=new_message_id(),
        created_at=now, due_at=now,
    )  # fmt: skip


def is_awaited(now: datetime) -> bool:
    """True while the site's edition of the day is about to be made: nobody is sent yesterday's for a few minutes."""
    here = timezone.localtime(now, hours.zone_of(""))
    made_at = hours.moment(here.date(), min(settings.EDITION_HOUR, 23), hours.zone_of(""))
    is_about = made_at - MADE_SOON <= now < made_at + MADE_LATE
    return is_about and not Edition.objects.filter(on=here.date()).exists()
