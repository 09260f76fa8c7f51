"""Sends the mails that are due. Only the desk's process does, and each mail goes out once.

A mail is claimed for a while. Just before its words go to the server the row
says so, in a statement that succeeds for the claim's owner alone; it is taken
back only where the server surely did not take the mail. So who is killed
before that leaves a mail that another sends, and who is killed after it leaves
one that nobody sends again.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import F
from django.utils.translation import gettext_noop

from newsroom.alerts import composing, hours, planning
from newsroom.alerts.models import Mail, MailServer
from newsroom.alerts.wording import plain

AT_ONCE = 10
LEASE = timedelta(minutes=10)
ANSWER_S = 60  # that the server may take for each of its answers
TRIES = 8
FIRST_REST = timedelta(minutes=5)  # doubled with each try: the eighth comes ten hours after the first
SERVER_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)
TOO_OLD = timedelta(days=2)
IS_NO, IS_FINAL = 400, 500  # answers from here on mean: not now; never
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
PROBLEMS = {
    "refused": gettext_noop("The mail server refused it."),
    "put off": gettext_noop("The mail server put it off; it is tried again."),
    "tries": gettext_noop("The mail server put it off too often."),
    "unknown": gettext_noop("The mail server broke off after it; whether it came is not known. It is not sent twice."),
    "late": gettext_noop("It could not be sent for two days."),
}

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class ClaimLost(Exception):
    """Another has this mail by now, or it went out already."""


def send_due(owner: str, clock: Clock, *, only: Collection[int] | None = None) -> int:
    """Send a few mails that are due if the server is not resting; how many were looked at.

    only: of these rows alone.
    """
    now = clock()
    if planning.why_no_mail() or MailServer.objects.filter(pk=1, rests_until__gt=now).exists():
        return 0
    mails = Mail.objects.due(now).among(only).claim(owner, now, most=AT_ONCE, lease=LEASE)
    connection: Any = None
    try:
        for mail in mails:
            if not _is_to_send(mail, clock()):
                continue
            try:
                connection = connection or _connect()
            except (OSError, smtplib.SMTPException) as error:
                _rest(error, clock())
                break
            connection = _send(mail, connection, owner, clock)
    finally:
        _close(connection)
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).release(owner)
    return len(mails)


def _is_to_send(mail: Mail, now: datetime) -> bool:
    """False of a mail that is over, or not yet due by the reader's hours as they are now."""
    if mail.handed_at:  # its sender was killed
        _give_up(mail, "unknown", now)
    elif now - mail.due_at > TOO_OLD:
        _give_up(mail, "late", now)
    elif mail.tries >= TRIES:
        _give_up(mail, "tries", now)
    elif mail.kind == Mail.Kind.ALERTS:
        zone = hours.zone_of(mail.reader.time_zone)
        due_at = planning.loud(now, planning.choices_of(mail.reader), zone)
        if due_at > now:
            Mail.objects.filter(pk=mail.pk).update(due_at=due_at, on=due_at.astimezone(zone).date())
        return due_at <= now
    else:
        return True
    return False


def _connect() -> Any:
    backend = settings.EMAIL_BACKEND
    if backend != SMTP_BACKEND:
        return get_connection(backend)
    connection = get_connection("newsroom.alerts.smtp.EmailBackend", timeout=ANSWER_S)
    connection.open()
    return connection


def _send(mail: Mail, connection: Any, owner: str, clock: Clock) -> Any:
    """Send one mail; the connection for the next one, None where this one broke."""
    # Counted before it is written: a mail that ends the desk itself must not be tried for ever.
    Mail.objects.filter(pk=mail.pk).update(tries=F("tries") + 1)
    mail.tries += 1
    message = composing.compose(mail, clock())
    if message is None:  # nothing is left to say, or nobody to say it to
        mail.delete()
        return connection
    line = getattr(connection, "connection", None)
    try:
        if line is None:
            _hand(mail, owner, clock)
        else:
            line.before_content = lambda: _hand(mail, owner, clock)
        connection.send_messages([message])
    except ClaimLost:
        log.warning("Mail %d is another's by now; not sent here.", mail.pk)
    except smtplib.SMTPResponseException as error:
        _answered(mail, error.smtp_code, error.smtp_error, clock(), is_handed=_is_handed(line))
        if line and line.sock:
            return connection
    except smtplib.SMTPRecipientsRefused as error:
        _answered(mail, *next(iter(error.recipients.values())), clock())
        if line and line.sock:
            return connection
    except (OSError, smtplib.SMTPException, ValueError) as error:
        _broke(mail, error, clock(), is_handed=_is_handed(line))
    else:
        _sent(mail, clock())
        return connection
    if line:
        line.close()  # no farewell to a server that does not answer
    _close(connection)
    return None


def _is_handed(line: Any) -> bool:
    return bool(line and line.is_handed)


def _hand(mail: Mail, owner: str, clock: Clock) -> None:
    """Say that the words go out now. Raises ClaimLost unless this very claim still stands."""
    now = clock()
    mine = Mail.objects.open().filter(pk=mail.pk, claimed_by=owner, claimed_until__gt=now, handed_at=None)
    if not mine.update(handed_at=now):
        raise ClaimLost


def _sent(mail: Mail, now: datetime) -> None:
    Mail.objects.filter(pk=mail.pk).update(sent_at=now, problem="", answer="")
    server, _ = MailServer.objects.get_or_create(pk=1)
    MailServer.objects.filter(pk=server.pk).update(failures=0, rests_until=None, problem="", last_sent_at=now)


def _answered(mail: Mail, code: int, said: bytes | str, now: datetime, *, is_handed: bool = False) -> None:
    """The server said no: for good, or for now; or what nobody understands."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    answer = plain(f"{code} {words}", most=300)
    if is_handed and code < IS_NO:
        _give_up(mail, "unknown", now, answer)
    elif code >= IS_FINAL:
        _give_up(mail, "refused", now, answer)
    elif mail.tries >= TRIES:
        _give_up(mail, "tries", now, answer)
    else:
        _put_off(mail, now, answer)


def _broke(mail: Mail, error: Exception, now: datetime, *, is_handed: bool) -> None:
    """The line broke, or the mail could not be written."""
    if is_handed:
        _give_up(mail, "unknown", now, plain(str(error), most=300))
    elif mail.tries >= TRIES or isinstance(error, ValueError):
        _give_up(mail, "refused" if isinstance(error, ValueError) else "tries", now, plain(str(error), most=300))
    else:
        _put_off(mail, now, plain(str(error), most=300))
    if not isinstance(error, ValueError):
        _rest(error, now)


def _put_off(mail: Mail, now: datetime, answer: str) -> None:
    due_at = now + FIRST_REST * 2 ** (mail.tries - 1)
    Mail.objects.filter(pk=mail.pk).update(handed_at=None, due_at=due_at, problem="put off", answer=answer)


def _give_up(mail: Mail, problem: str, now: datetime, answer: str = "") -> None:
    log.warning("Mail %d is given up: %s %s", mail.pk, problem, answer)
    Mail.objects.filter(pk=mail.pk).update(given_up_at=now, problem=problem, answer=answer)


def _rest(error: Exception, now: datetime) -> None:
    """Leave the server alone for a while, longer each time."""
    server, _ = MailServer.objects.get_or_create(pk=1)
    rest = min(LONGEST_REST, SERVER_REST * 2 ** min(server.failures, 10))
    # /health is for everybody: what the server says in words may hold a reader's address, or the site's name there.
    told = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else getattr(error, "strerror", "")
    problem = plain(f"{type(error).__name__} {told or ''}", most=300)
    log.warning("The mail server does not answer: %s. Asked again in %s.", problem, rest)
    MailServer.objects.filter(pk=1).update(failures=F("failures") + 1, rests_until=now + rest, problem=problem)


def _close(connection: Any) -> None:
    if connection is None:
        return
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        log.info("Leaving the mail server: %s", error)
