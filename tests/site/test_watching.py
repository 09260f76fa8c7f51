"""What programs that watch the site are told: /readyz, /metrics; and what readers are told while something is away."""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import sqlite3
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from newsroom import settings as site_settings
from newsroom.desk import condition, metrics, readiness
from newsroom.log_file import LogFile
from newsroom.page_cache import PageCache
from newsroom.page_counts import NAMES, CountedPages, Counts
from newsroom.publishers.models import Feed, Publisher
from newsroom.readers import out_of_order
from newsroom.readers.save import make_admin

pytestmark = pytest.mark.django_db
STRANGER = {"REMOTE_ADDR": "203.0.113.9"}
TOKEN = "of-twenty-signs-or-more"
SAMPLE = re.compile(r'^backstory_[a-z_]+(?:\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})? -?[0-9.e+]+$')


@pytest.fixture(autouse=True)
def _looked_anew(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    readiness.forget()
    yield
    readiness.forget()


def ready(**environment: str) -> tuple[int, str]:
    readiness.forget()
    answer = Client(**environment).get("/readyz")
    return answer.status_code, answer.content.decode()


# --- /readyz ----------------------------------------------------------------
def test_a_site_that_can_serve_is_ready():
    assert ready() == (200, "ready\n")
    assert ready(**STRANGER)[0] == 200


@pytest.mark.parametrize("before", [None, frozenset({("stories", "0001_initial")})])
def test_a_migration_that_is_not_applied_is_named(monkeypatch, before):
    monkeypatch.setattr(readiness._Held, "migrated", before)
    applied = frozenset(MigrationRecorder.Migration.objects.values_list("app", "name"))
    last = max(one for one in applied if one[0] == "stories")
    monkeypatch.setattr(readiness, "_applied", lambda _: applied - {last})
    assert ready() == (
        503,
        "migrations: 1 to apply, first of stories. Start the site with ./run, which applies them.\n",
    )


def test_a_full_disk_is_named(monkeypatch):
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _: SimpleNamespace(free=12 * 1024**2))
    assert ready() == (503, "disk: 12 MB free, 64 are needed. Make room.\n")


def test_a_data_folder_that_takes_nothing_is_named(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    status, said = ready()
    assert status == 503
    assert "data folder: cannot be written (No such file or directory)." in said


def test_a_database_that_is_away_is_named_and_nothing_of_where_it_is(monkeypatch):
    def refuse(_: object) -> None:
        raise OperationalError("connection to server at 10.1.2.3, user news, failed")

    monkeypatch.setattr(readiness, "_applied", refuse)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.decode().startswith("database: does not answer")
    assert "10.1.2.3" not in answer.content.decode()


def test_a_database_file_that_is_away_is_not_made_anew(tmp_path):
    own = readiness._own_connection()
    if own.vendor != "sqlite":
        pytest.skip("of SQLite alone")
    own.settings_dict["NAME"] = f"file:{tmp_path / 'site.sqlite3'}?mode=rw"
    with pytest.raises(OperationalError):
        own.ensure_connection()
    assert not (tmp_path / "site.sqlite3").exists()


def test_however_many_ask_it_is_looked_at_once(monkeypatch):
    looks = []
    monkeypatch.setattr(readiness, "_rows", lambda: looks.append(1) or ("", "", ""))
    for _ in range(20):
        Client().get("/readyz")
    assert len(looks) <= 3  # one a second, on a machine that takes three for it


def test_it_needs_no_session_and_no_row_of_the_site(django_assert_num_queries):
    with django_assert_num_queries(0):  # its own connection looks
        Client().get("/readyz")


# --- /metrics ---------------------------------------------------------------
def numbers(**headers: str) -> str:
    answer = Client(SERVER_NAME="127.0.0.1").get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == metrics.FORMAT
    return answer.content.decode()


def test_metrics_are_in_the_format_of_prometheus():
    lines = numbers().splitlines()
    named = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {f"backstory_{name}" for name in (
        "ready", "feeds", "articles", "waiting", "waiting_seconds", "newest_article_timestamp_seconds",
        "answers_total", "kept_answers_total", "database_bytes", "part_well",
    )} <= named  # fmt: skip
    for line in lines:
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.match(line), line
        if not line.startswith("#"):
            assert re.split(r"[{ ]", line)[0] in named
    assert len({line for line in lines if line.startswith("# TYPE")}) == len(named)


def test_they_count_what_waits_and_what_fails_by_reason():
    paper = Publisher.objects.create(slug="halden", name="Halden Post", domain="halden.example")
    now = timezone.now()
    for number, kind in enumerate(("dns", "dns", "http-500")):
        Feed.objects.create(
            publisher=paper, url=f"https://halden.example/{number}?key=SECRET", failures=1, problem_kind=kind,
            problem=f"https://halden.example/{number}?key=SECRET: no", next_check_at=now - timedelta(minutes=5),
        )  # fmt: skip
    said = numbers()
    assert 'backstory_failing_feeds{why="dns"} 2\n' in said
    assert 'backstory_waiting{step="feeds"} 3\n' in said
    assert 300 <= float(re.search(r'waiting_seconds\{step="feeds"\} (\S+)', said)[1]) < 4000
    assert "SECRET" not in said
    assert "halden" not in said.lower()


def test_without_a_database_the_rest_is_told(monkeypatch):
    monkeypatch.setattr(readiness, "_rows", lambda: ("does not answer", "", ""))
    said = numbers()
    assert 'backstory_ready{check="database"} 0\n' in said
    assert "backstory_answers_total" in said
    assert "backstory_articles" not in said


def test_a_label_cannot_break_out_of_its_line():
    said = metrics.in_text([metrics.Metric("x", "y", (({"why": 'a"}\nb\\'}, 1),))])
    assert said.splitlines()[-1] == 'backstory_x{why="a\\"}\\nb\\\\"} 1'


# --- who may read them --------------------------------------------------------
def status(environment: dict[str, str] | None = None, **headers: str) -> int:
    return Client(**(environment or {})).get("/metrics", headers=headers).status_code


def test_strangers_are_told_how_to_be_let_in():
    answer = Client(**STRANGER).get("/metrics")
    assert answer.status_code == 403
    assert "METRICS_TOKEN" in answer.content.decode()


def test_the_token_opens_them_and_no_other_does(settings):
    assert status(STRANGER, authorization="Bearer ") == 403
    settings.METRICS_TOKEN = TOKEN
    assert status(STRANGER, authorization=f"Bearer {TOKEN}") == 200
    for wrong in (f"Bearer {TOKEN}x", "Bearer", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9"):
        assert status(STRANGER, authorization=wrong) == 403, wrong
    assert status(authorization="Bearer wrong") == 403  # who shows a token is judged by it


def test_a_named_network_is_let_in_unless_an_unknown_proxy_speaks_for_it(settings):
    settings.METRICS_FROM = site_settings._networks("METRICS_FROM", ["203.0.113.0/24", "2001:db8::/32"])
    settings.SITE_HOSTS = ["testserver"]
    assert status(STRANGER) == 200
    assert status({"REMOTE_ADDR": "198.51.100.4"}) == 403
    assert status(STRANGER, x_forwarded_for="198.51.100.4") == 403
    assert status({"REMOTE_ADDR": "198.51.100.4"}, x_forwarded_for="203.0.113.9") == 403
    settings.TRUSTED_PROXIES = site_settings._networks("TRUSTED_PROXIES", ["198.51.100.4"])
    assert status({"REMOTE_ADDR": "198.51.100.4"}, x_forwarded_for="203.0.113.9") == 200
    assert status({"REMOTE_ADDR": "198.51.100.4"}, x_forwarded_for="192.0.2.1") == 403


def test_this_machine_is_let_in_but_nobody_through_its_proxy():
    here = {"SERVER_NAME": "127.0.0.1"}
    assert status(here) == 200
    assert status(here, x_forwarded_for="198.51.100.4") == 403


def test_an_administrator_may_look():
    admin = make_admin("boss@paper.example", "a long enough password")
    client = Client(**STRANGER)
    client.force_login(admin)
    assert client.get("/metrics").status_code == 200


def test_a_short_token_is_refused_without_being_told(monkeypatch):
    monkeypatch.setenv("METRICS_TOKEN", "hunter2")
    with pytest.raises(ImproperlyConfigured, match="7 signs") as refused:
        site_settings._metrics_token()
    assert "hunter2" not in str(refused.value)


# --- what is counted ------------------------------------------------------------
def test_answers_are_counted_over_all_processes_and_never_fall():
    counts = Counts()
    counts.add("2xx")
    for _ in range(3):  # one after another: each takes over the row of one that is gone
        child = os.fork()
        if not child:
            counts.add("2xx", "kept")
            os._exit(0)
        os.waitpid(child, 0)
    counts.add("5xx")
    assert counts.totals() == {**dict.fromkeys(NAMES, 0), "2xx": 4, "kept": 3, "5xx": 1}


def test_kept_pages_are_counted_as_such(tmp_path):
    def application(environ, start):
        start("200 OK", [("Content-Type", "text/html")])
        return [b"news"]

    counts = Counts()
    site = CountedPages(PageCache(application, tmp_path / "changed"), counts)
    for _ in range(3):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/stories", "HTTP_HOST": "news.example"}
        assert list(site(environ, lambda *_: None)) == [b"news"]
    assert (counts.totals()["2xx"], counts.totals()["kept"]) == (3, 2)


# --- what readers are told while something is away ----------------------------------
def away(path: str, monkeypatch, error: BaseException, **headers: str):
    def gone(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("newsroom.stories.context.model_calls.is_on", gone)
    return Client(raise_request_exception=False, headers=headers).get(path)


ERRORS = (
    OperationalError("database is locked"), InterfaceError("connection already closed"), MemoryError(),
    DatabaseError("database disk image is malformed"), OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
)  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_passes_is_a_page_that_says_when_to_come_back(monkeypatch, error, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = away("/about", monkeypatch, error)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    assert "Back in a moment" in answer.content.decode()


def test_it_is_in_the_readers_language_and_direction(monkeypatch):
    said = away("/about", monkeypatch, OperationalError(), accept_language="ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in said
    assert "نعود بعد لحظات" in said


def test_a_fault_of_ours_is_not_called_passing(monkeypatch):
    answer = away("/about", monkeypatch, ValueError("x"))
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
    assert "no-store" in answer["Cache-Control"]
    assert "The fault is ours" in answer.content.decode()
    assert not out_of_order.passes(sqlite3.IntegrityError())


def test_programs_are_told_in_json(monkeypatch):
    monkeypatch.setattr("newsroom.access.name_of", lambda _: (_ for _ in ()).throw(OperationalError()))
    answer = Client(raise_request_exception=False).get("/api/v1/stories")
    assert answer.status_code == 503
    assert "half a minute" in json.loads(answer.content)["detail"]


def test_a_log_that_cannot_be_written_breaks_no_page(tmp_path, capsys):
    handler = LogFile(tmp_path / "no such folder" / "site.log", delay=True)
    handler.emit(logging.makeLogRecord({"msg": "x"}))
    assert capsys.readouterr().err == ""


# --- /health ------------------------------------------------------------------
def test_a_database_that_another_program_holds_is_named(monkeypatch):
    monkeypatch.setattr(readiness, "is_held", lambda: True)
    part = next(one for one in condition.condition(timezone.now()) if one.name == "database")
    assert not part.is_well
    assert "sqlite3" in part.advice


def test_a_lock_of_another_program_is_seen_on_a_real_file(tmp_path, monkeypatch):
    path = tmp_path / "site.sqlite3"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("PRAGMA journal_mode=WAL")
        site = {**connections.settings["default"], "ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
        monkeypatch.setattr(readiness, "connection", DatabaseWrapper({**site, "OPTIONS": {"timeout": 30}}))
        monkeypatch.setattr(readiness, "WAIT_S", 0.1)
        assert not readiness.is_held()
        other.execute("BEGIN IMMEDIATE")
        assert readiness.is_held()
        other.execute("ROLLBACK")
        assert not readiness.is_held()
    other.close()


def test_a_slow_disk_is_named(monkeypatch):
    monkeypatch.setattr(readiness, "disk_s", lambda: 3.2)
    part = next(one for one in condition.condition(timezone.now()) if one.name == "disk")
    assert not part.is_well
    assert [one.value for one in part.figures if one.key == "write_ms"] == [3200]
