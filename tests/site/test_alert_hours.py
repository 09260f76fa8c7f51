"""A reader's own hours: quiet ones, how many mails a day, and the edition once a day, also in nights when clocks change.

Oslo: on 28 March 2027 the hour from 2 to 3 does not exist, on 31 October 2027
it comes twice. Lord Howe moves by half an hour, at 2 on 4 April 2027.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from newsroom.alerts import hours, planning
from newsroom.alerts.models import Mail, MailChoices, Notice
from newsroom.stories.models import Edition
from tests.site.told import MINUTE, NOW, alert, look, reader, tell

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OSLO, LORD_HOWE, APIA = ZoneInfo("Europe/Oslo"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")


@pytest.fixture(autouse=True)
def _can_send(settings):
    settings.SITE_URL, settings.EMAIL_HOST = "https://news.example", "mail.example"
    settings.EDITION_HOUR = 0


def there(text: str, zone: ZoneInfo = OSLO, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def chosen(name: str = "ada", *, zone: str = "Europe/Oslo", now: datetime = NOW, **more: object) -> MailChoices:
    by = reader(name, time_zone=zone)
    row = MailChoices(reader=by, **more)
    planning.plan_edition(row, zone, now)
    row.save()
    return row


def found(row: MailChoices, count: int = 1, now: datetime = NOW) -> None:
    """So many finds that are to be mailed."""
    set_on = alert(row.reader, "search", "ferry", by_mail=True)
    for number in range(count):
        story = tell(f"Ferry {Notice.objects.count()} {number}")
        Notice.objects.create(reader=row.reader, alert=set_on, story=story, due_at=now, told_at=now, is_waiting=False,
                              wants_mail=True)  # fmt: skip


# --- hours ------------------------------------------------------------------------
def test_hour_that_does_not_exist_is_the_moment_of_the_change():
    before = there("2027-03-28T01:30")
    assert hours.next_moment(before, 2, OSLO) == before + HOUR / 2
    assert hours.next_moment(before + HOUR, 2, OSLO) == there("2027-03-29T02:00")


def test_of_an_hour_that_comes_twice_the_first_is_meant():
    before = there("2027-10-31T01:30")
    first = hours.next_moment(before, 2, OSLO)
    assert first == before + HOUR / 2
    assert hours.next_moment(first, 2, OSLO) == there("2027-11-01T02:00")
    assert hours.next_moment(there("2027-10-31T02:30", fold=1), 2, OSLO) == there("2027-11-01T02:00")


@pytest.mark.parametrize("zone", [OSLO, LORD_HOWE, APIA, ZoneInfo("America/Sao_Paulo"), ZoneInfo("UTC")])
def test_every_hour_comes_once_a_day_through_a_whole_year(zone):
    for hour in (0, 1, 2, 3, 23):
        moment, days = datetime(2027, 1, 1, tzinfo=UTC), []
        while moment < datetime(2028, 1, 1, tzinfo=UTC):
            moment = hours.next_moment(moment, hour, zone)
            days.append(moment.astimezone(zone).date())
        assert len(days) == len(set(days))
        assert days[-1] - days[0] == timedelta(days=len(days) - 1)


@pytest.mark.parametrize(
    ("begin", "end", "quiet"),
    [
        (22, 7, (*range(7), 22, 23)),
        (1, 4, (1, 2, 3)),
        (None, 7, ()),
        (22, None, ()),
        (5, 5, ()),
        (0, 23, tuple(range(23))),
    ],
)
def test_quiet_hours_run_over_midnight_and_end_at_their_hour(begin, end, quiet):
    day = datetime(2027, 6, 1, 0, 30, tzinfo=OSLO)
    assert quiet == tuple(h for h in range(24) if hours.is_quiet(day.replace(hour=h), begin, end, OSLO))


def test_quiet_night_of_a_change_ends_by_the_clock_on_the_wall():
    assert hours.first_loud(there("2027-03-28T01:00"), 22, 7, OSLO) == there("2027-03-28T07:00")
    assert hours.first_loud(there("2027-03-28T01:00"), 22, 2, OSLO) == there("2027-03-28T03:00")
    assert hours.first_loud(there("2027-10-31T01:00"), 22, 7, OSLO) == there("2027-10-31T07:00")
    assert hours.first_loud(there("2027-10-31T02:30", fold=1), 22, 3, OSLO) == there("2027-10-31T03:00")
    second = there("2027-10-31T02:10", fold=1)
    assert hours.first_loud(second, 22, 2, OSLO) == second


def test_end_of_quiet_hours_is_never_quiet_itself():
    for zone in (OSLO, LORD_HOWE):
        for start in ("2027-03-27T12:00", "2027-04-03T12:00", "2027-10-02T12:00", "2027-10-30T12:00"):
            for quarter in range(4 * 48):
                now = there(start, zone) + quarter * HOUR / 4
                for begin, end in ((22, 2), (1, 2), (2, 3), (22, 7), (3, 2)):
                    loud = hours.first_loud(now, begin, end, zone)
                    assert loud >= now
                    assert not hours.is_quiet(loud, begin, end, zone), (now, begin, end)


def test_zone_that_is_not_known_is_the_sites(settings):
    settings.TIME_ZONE = "Europe/Oslo"
    for name in ("", "Nowhere/Here", "../etc/passwd", "x" * 300, "/etc/passwd"):
        assert hours.zone_of(name) == OSLO


# --- mails of alerts ----------------------------------------------------------------
def test_finds_that_come_together_are_one_mail():
    found(chosen(), 3)
    assert planning.gather(NOW) == 1
    assert planning.gather(NOW + MINUTE) == 0
    assert Mail.objects.get().due_at == NOW + planning.GATHERED


def test_mail_waits_for_the_end_of_quiet_hours():
    night = there("2027-03-28T00:30")
    found(chosen(quiet_from=22, quiet_until=6), now=night)
    planning.gather(night)
    row = Mail.objects.get()
    assert (row.due_at, str(row.on)) == (there("2027-03-28T06:00"), "2027-03-28")


def test_what_is_too_much_for_a_day_is_gathered_into_one_mail_of_the_next():
    row = chosen(most_a_day=2)
    for number in range(2):
        found(row)
        planning.gather(NOW)
        Notice.objects.update(wants_mail=False)
        Mail.objects.filter(sent_at=None).update(sent_at=NOW + number * MINUTE)
    found(row, 4)
    assert planning.gather(NOW + 10 * MINUTE) == 1
    last = Mail.objects.filter(sent_at=None).get()
    assert (last.due_at, str(last.on)) == (there("2026-11-27T00:00"), "2026-11-27")
    found(row, 2)
    assert planning.gather(NOW + 20 * MINUTE) == 0


def test_no_mail_for_who_wants_none_or_is_barred():
    off = chosen("ada", alerts=False)
    found(off)
    barred = chosen("ben")
    found(barred)
    barred.reader.is_active = False
    barred.reader.save()
    assert planning.gather(NOW) == 0
    assert not Notice.objects.to_mail().exists()


@pytest.mark.parametrize(("name", "of_django"), [("SITE_URL", "SITE_URL"), ("EMAIL_URL", "EMAIL_HOST")])
def test_site_that_cannot_send_says_which_setting_it_lacks(settings, name, of_django):
    setattr(settings, of_django, "")
    row = chosen(edition_hour=7)
    found(row)
    assert planning.gather(NOW) == 0
    client = Client()
    client.force_login(row.reader)
    for page in ("/alerts", "/alerts/mails"):
        assert f"has not set {name}" in client.get(page).content.decode()
    assert f"{name} is not set" in client.get("/health").content.decode()
    part = next(one for one in client.get("/health.json").json()["parts"] if one["name"] == "mails")
    assert not part["is_well"]


# --- the edition ------------------------------------------------------------------
def editions_made(begin: datetime, days: int, step: timedelta, site_hour: int = 0) -> list[tuple[str, str]]:
    """Let the hours pass: (the reader's day, the moment there) of each edition mail."""
    sent, now = [], begin
    while now < begin + timedelta(days=days):
        if now.hour >= site_hour:
            Edition.objects.get_or_create(on=now.date(), defaults={"made_at": now})
        planning.make_editions(now)
        for row in Mail.objects.filter(sent_at=None):
            zone = hours.zone_of(row.reader.time_zone)
            sent.append((str(row.on), f"{now.astimezone(zone):%Y-%m-%d %H:%M}"))
        Mail.objects.update(sent_at=now)
        now += step
    return sent


@pytest.mark.parametrize(
    ("zone", "begin", "hour"),
    [
        ("Europe/Oslo", "2027-03-26T12:00", 2),
        ("Europe/Oslo", "2027-03-26T12:00", 3),
        ("Europe/Oslo", "2027-10-29T12:00", 2),
        ("Europe/Oslo", "2027-10-29T12:00", 1),
        ("Australia/Lord_Howe", "2027-04-02T12:00", 1),
        ("Australia/Lord_Howe", "2027-10-01T12:00", 2),
        ("America/Los_Angeles", "2027-03-12T12:00", 2),
        ("Pacific/Kiritimati", "2027-03-12T12:00", 6),
    ],
)
def test_edition_comes_exactly_once_on_each_day_also_when_clocks_change(zone, begin, hour):
    start = there(begin, ZoneInfo(zone))
    Edition.objects.create(on=(start - timedelta(days=1)).date(), made_at=start - 12 * HOUR)
    chosen(zone=zone, edition_hour=hour, now=start)
    sent = editions_made(start, 5, 10 * MINUTE)
    days = [day for day, _ in sent]
    assert len(days) == len(set(days)) == 5
    assert all(moment.startswith(day) for day, moment in sent)
    assert all(int(moment[11:13]) in (hour, hour + 1) for _, moment in sent)


def test_edition_of_the_day_is_waited_for_when_it_is_about_to_be_made(settings):
    settings.EDITION_HOUR = 7
    start = datetime(2027, 6, 1, 5, tzinfo=UTC)
    Edition.objects.create(on=start.date() - timedelta(days=1), made_at=start - 22 * HOUR)
    chosen(zone="UTC", edition_hour=7, now=start)
    planning.make_editions(start + 2 * HOUR + MINUTE)
    assert not Mail.objects.exists()
    newest = Edition.objects.create(on=start.date(), made_at=start + 2 * HOUR + 2 * MINUTE)
    planning.make_editions(start + 2 * HOUR + 3 * MINUTE)
    assert Mail.objects.get().edition == newest


def test_one_edition_is_sent_once_even_where_no_other_is_made():
    start = datetime(2027, 6, 1, 5, tzinfo=UTC)
    Edition.objects.create(on=start.date(), made_at=start)
    chosen(zone="UTC", edition_hour=6, now=start)
    for hour in range(60):
        Edition.objects.update(made_at=start + hour * HOUR)
        planning.make_editions(start + hour * HOUR)
    assert Mail.objects.count() == 1


def test_hour_of_the_zone_chosen_since_counts():
    row = chosen(zone="UTC", edition_hour=7, now=datetime(2027, 6, 1, 5, tzinfo=UTC))
    Edition.objects.create(on=datetime(2027, 6, 1, tzinfo=UTC).date(), made_at=datetime(2027, 6, 1, 1, tzinfo=UTC))
    row.reader.time_zone = "America/New_York"
    row.reader.save()
    planning.make_editions(datetime(2027, 6, 1, 7, tzinfo=UTC))  # three in the night there
    assert not Mail.objects.exists()
    planning.make_editions(datetime(2027, 6, 1, 11, tzinfo=UTC))
    assert Mail.objects.count() == 1


def test_edition_hour_in_quiet_hours_is_the_readers_own_choice():
    start = datetime(2027, 6, 1, 4, tzinfo=UTC)
    Edition.objects.create(on=start.date(), made_at=start)
    chosen(zone="UTC", edition_hour=5, quiet_from=22, quiet_until=8, now=start)
    planning.make_editions(start + HOUR)
    assert Mail.objects.get().due_at == start + HOUR


# --- choosing ---------------------------------------------------------------------
CHOICES = {"alerts": "on", "most_a_day": "3", "quiet_from": "22", "quiet_until": "7", "edition_hour": "6",
           "time_zone": "Europe/Oslo"}  # fmt: skip


@pytest.fixture
def page():
    client = Client(headers={"accept-language": "ar"})
    client.force_login(reader("ada"))
    return client


def test_choices_of_mails_are_kept_and_shown_again(page):
    assert page.post("/alerts/mails", CHOICES).status_code == 303
    row = MailChoices.objects.select_related("reader").get()
    assert (row.alerts, row.answers, row.most_a_day, row.quiet_from, row.quiet_until) == (True, False, 3, 22, 7)
    assert (row.edition_hour, row.reader.time_zone, row.language) == (6, "Europe/Oslo", "ar")
    assert row.edition_at.astimezone(OSLO).hour == 6
    shown = page.get("/alerts/mails").content.decode()
    assert '<option value="6" selected>' in shown
    assert '<option value="Europe/Oslo" selected>' in shown
    page.post("/alerts/mails", CHOICES | {"edition_hour": "", "alerts": ""})
    row.refresh_from_db()
    assert (row.edition_hour, row.edition_at, row.alerts) == (None, None, False)


@pytest.mark.parametrize(
    "wrong",
    [{"most_a_day": "0"}, {"most_a_day": "51"}, {"most_a_day": "9" * 400}, {"most_a_day": ""}, {"quiet_from": ""},
     {"quiet_until": "24"}, {"edition_hour": "-1"}, {"edition_hour": "<script>"}, {"time_zone": "Nowhere/Here"},
     {"time_zone": "../../etc/passwd"}, {"quiet_from": "2\r\n"}],
)  # fmt: skip
def test_wrong_choices_are_refused_beside_their_field_and_nothing_is_kept(page, wrong):
    answer = page.post("/alerts/mails", CHOICES | wrong)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not MailChoices.objects.exists()


def test_choices_are_ones_own(page):
    chosen("ben", most_a_day=9, edition_hour=4)
    page.post("/alerts/mails", CHOICES)
    theirs = MailChoices.objects.get(reader__username="ben")
    assert (theirs.most_a_day, theirs.edition_hour) == (9, 4)


def test_new_finds_of_an_alert_that_mails_wait_for_a_mail():
    row = chosen()
    alert(row.reader, "search", "gravel", by_mail=True)
    alert(row.reader, "search", "granite")
    tell("The gravel ferry is late")
    tell("The granite ferry is late")
    look()
    assert [one.alert.key for one in Notice.objects.to_mail()] == ["gravel"]
