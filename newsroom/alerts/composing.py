"""What stands in a mail, written when it is sent: only what the site shows then, with links to the site alone.

Titles, names and sentences are foreign text: on one line in the plain form,
escaped in the other, and in no header but the subject, where Django encodes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.encoding import iri_to_uri
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.alerts import hours, planning
from newsroom.alerts.models import Mail, MailChoices, Notice
from newsroom.alerts.stopping import stop_address
from newsroom.alerts.wording import plain
from newsroom.readers.models import Reader
from newsroom.readers.wording import day_in_words
from newsroom.stories import editions
from newsroom.stories.models import Story
from newsroom.stories.save import stands_for
from newstext.language import is_right_to_left

FOUND_MOST = 50  # in one mail; the rest is counted, and stands on the page
SUBJECT_MOST = 120
SENTENCES = 3  # of a story in an edition


@dataclass(slots=True)
class Line:
    """A story in a mail. alerts: the names of what found it; sentences: (words, publisher, address, language)."""

    title: str
    url: str
    language: str
    told_by: str
    alerts: list[str] = field(default_factory=list)
    sentences: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def direction(self) -> str:
        return "rtl" if is_right_to_left(self.language) else "ltr"


def mail_address(reader: Reader) -> str:
    """Where the reader gets mails; "" where they gave no address, or have not confirmed it."""
    if not reader.is_active or not reader.email:
        return ""
    if apps.is_installed("allauth.account"):  # else nobody signs up, and an administrator made the account
        rows = apps.get_model("account", "EmailAddress").objects.filter(user=reader, email__iexact=reader.email)
        return reader.email if rows.filter(verified=True).exists() else ""
    return reader.email


def compose(mail: Mail, now: datetime) -> EmailMultiAlternatives | None:
    """The mail as it goes out; None where nothing is left to say, or nobody may be told."""
    choices = planning.choices_of(mail.reader)
    to = mail_address(mail.reader)
    if not to:
        return None
    language = choices.language if choices.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(hours.zone_of(mail.reader.time_zone)):
        said = _alerts(mail, choices) if mail.kind == Mail.Kind.ALERTS else _edition(mail, choices)
        if said is None:
            return None
        subject, what, context = said
        return _message(mail, to, subject, what, {**context, **_frame(mail, what)}, now)


def _frame(mail: Mail, what: str) -> dict[str, Any]:
    """What every mail has around its news."""
    return {
        "site_name": settings.SITE_NAME,
        "stop_address": stop_address(mail.reader, what),
        "alerts_address": ours("/alerts"),
        "choices_address": ours("/alerts/mails"),
        "html_lang": translation.get_language(),
        "html_dir": "rtl" if translation.get_language_bidi() else "ltr",
    }


def _message(
    mail: Mail, to: str, subject: str, what: str, context: dict[str, Any], now: datetime
) -> EmailMultiAlternatives:
    stop = context["stop_address"]
    message = EmailMultiAlternatives(
        subject=plain(subject, most=SUBJECT_MOST),
        body=render_to_string(f"mails/{mail.kind}.txt", context),
        to=[to],
        headers={
            "Message-ID": mail.message_id,
            "Date": http_date(now.timestamp()).replace("GMT", "+0000"),
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"<{what}.{mail.message_id.rpartition('@')[2].rstrip('>')}>",
        },
    )
    message.attach_alternative(render_to_string(f"mails/{mail.kind}.html", context), "text/html")
    return message


def _alerts(mail: Mail, choices: MailChoices) -> tuple[str, str, dict[str, Any]] | None:
    """The finds and answers that wait for this mail, or were put into it before."""
    if mail.tries <= 1:  # what a server may have seen already stays as it was
        Notice.objects.to_mail().filter(reader=mail.reader).update(mail=mail, wants_mail=False)
    rows = Notice.objects.filter(mail=mail, reader=mail.reader).order_by("-told_at", "-pk")
    rows = list(rows.select_related("alert", "story__merged_into", "comment__story__merged_into", "comment__article"))
    lines = _lines([row for row in rows if row.alert and row.alert.by_mail] if choices.alerts else [])
    answers = [_answer(row) for row in rows if row.comment and choices.answers and row.comment.state == "shown"]
    answers = [one for one in answers if one]
    if not lines and not answers:
        return None
    what = "alerts" if lines else "answers"
    context = {"lines": lines[:FOUND_MOST], "more": len(lines[FOUND_MOST:]), "answers": answers[:FOUND_MOST]}
    return _subject(lines, answers), what, context


def _lines(notices: list[Notice]) -> list[Line]:
    """Each story once, with all the alerts that found it."""
    lines: dict[int, Line] = {}
    for row in notices:
        story = stands_for(row.story) if row.story else None
        if story is None or not is_shown(story):
            continue
        line = lines.setdefault(story.pk, _line(story))
        name = plain(row.alert.name if row.alert else "", most=100)
        if name not in line.alerts:
            line.alerts.append(name)
    return list(lines.values())


def is_shown(story: Story) -> bool:
    """False of a reader's own text, of a story that was merged away, and of one whose articles were removed."""
    return not story.is_private and story.merged_into_id is None and story.article_count > 0


def _line(story: Story, title: str = "") -> Line:
    return Line(plain(title or story.title) or "…", ours(f"/story/{story.pk}"), story.language, told_by(story))


def told_by(story: Story) -> str:
    """ "4 outlets, 2 independent origins", or how many publishers where origins are not traced."""
    if story.origin_count and story.publisher_count > 1:
        outlets = ngettext("%(n)d outlet", "%(n)d outlets", story.publisher_count) % {"n": story.publisher_count}
        words = ngettext("%(n)d independent origin", "%(n)d independent origins", story.origin_count)
        return outlets + _(", ") + words % {"n": story.origin_count}
    return ngettext("%(n)d publisher", "%(n)d publishers", story.publisher_count) % {"n": story.publisher_count}


def _answer(row: Notice) -> tuple[str, str, str] | None:
    """(who answered, under what, where). Their words stay on the site, where they can be mended or taken back."""
    comment = row.comment
    if comment is None:
        return None
    story = stands_for(comment.story) if comment.story else None
    if story and is_shown(story):
        return plain(comment.name, most=60), plain(story.title), ours(f"/story/{story.pk}#comment-{comment.pk}")
    if comment.article and not comment.article.private_key:
        place = ours(f"/article/{comment.article.pk}#comment-{comment.pk}")
        return plain(comment.name, most=60), plain(comment.article.title), place
    return None


def _subject(lines: list[Line], answers: list[Any]) -> str:
    if len(lines) == 1 and not answers:
        return lines[0].title
    said = []
    if lines:
        said.append(ngettext("%(n)d story for your alerts", "%(n)d stories for your alerts", len(lines)))
        said[-1] %= {"n": len(lines)}
    if answers:
        said.append(ngettext("%(n)d answer to you", "%(n)d answers to you", len(answers)) % {"n": len(answers)})
    return f"{settings.SITE_NAME}: {_(', ').join(said)}"


def _edition(mail: Mail, choices: MailChoices) -> tuple[str, str, dict[str, Any]] | None:
    """The day's stories, each with sentences of its brief, and of each sentence its publisher and place."""
    if mail.edition is None or choices.edition_hour is None:
        return None
    lines = []
    for row, story, sections in editions.items_of(mail.edition):
        if not is_shown(story):
            continue
        line = _line(story, row.title)
        for one in sections.brief[:SENTENCES]:
            line.sentences.append(
                (plain(one.text, most=600), plain(one.publisher, most=80), ours(one.url), one.language)
            )
        lines.append(line)
    if not lines:
        return None
    day = day_in_words(mail.edition.on, "long")
    context = {"lines": lines, "day": day, "edition_address": ours(mail.edition.get_absolute_url())}
    return f"{settings.SITE_NAME}: {_('The edition of %(day)s') % {'day': day}}", "edition", context


def ours(path: str) -> str:
    """The whole address of a path of this site."""
    return str(iri_to_uri(f"{settings.SITE_URL}{path}"))
