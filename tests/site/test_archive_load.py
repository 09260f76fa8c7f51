"""./run archive load: an archive's results become rows and stories, once, however often it is stopped."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from newsroom.articles.models import Article
from newsroom.desk import loading
from newsroom.desk.work import Desk
from newsroom.publishers.models import Publisher
from newsroom.stories.models import Placement, Story
from newstext import archive_results, archive_rows, pipeline
from tests.engines import archived
from tests.site import running


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    list(pipeline.process_archive(archived.write(folder, files=2, events=5), folder / "out"))
    return folder / "out"


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.DATA_DIR, settings.READ_WORKERS = tmp_path, 1
    made = Desk()
    yield made
    made.close()


def load(folder: Path, desk: Desk) -> loading.Loaded:
    done = loading.load(str(folder), desk, tell=lambda line: None)
    while desk.group():
        pass
    return done


def told() -> list[archived.Told]:
    return [one for event in range(10) for one in archived.tellings(event)]


def test_results_become_articles_of_their_publishers_and_stories_once(results, desk):
    done = load(results, desk)
    assert (done.files, done.articles, done.known, done.left_out) == (2, len(told()), 0, 0)
    kept = Article.objects.filter(backfilled_at__isnull=False)
    assert sorted(kept.values_list("url", flat=True)) == sorted(one.url for one in told())
    assert set(kept.values_list("publisher__domain", flat=True)) == set(archived.PAPERS)
    first = Article.objects.get(url=told()[0].url)
    assert (first.title, first.published_at) == (told()[0].title, told()[0].at)
    assert first.text.startswith(told()[0].paragraphs[0])
    assert (first.is_backfilled, first.next_read_at, first.language) == (True, None, "en")
    placed = Placement.objects.filter(article__in=kept)
    assert placed.count() == len(told())
    assert placed.filter(copy_of__isnull=False).exists()
    stories = set(Story.objects.values_list("key", flat=True))
    again = load(results, desk)
    assert (again.articles, again.known) == (0, len(told()))
    assert kept.count() == placed.count() == len(told())
    assert set(Story.objects.values_list("key", flat=True)) == stories


def test_what_the_site_reads_itself_is_left_as_it_is(results, desk):
    one = told()[0]
    paper = Publisher.objects.create(slug="courier", name="The Courier", domain=archived.PAPERS[0])
    own = Article.objects.create(
        publisher=paper, url=one.url, url_key=loading.url_key(one.url), title="Ours", seen_at=one.at, text="Our text."
    )
    done = load(results, desk)
    assert (done.articles, done.known) == (len(told()) - 1, 1)
    own.refresh_from_db()
    assert (own.title, own.text) == ("Ours", "Our text.")
    assert Publisher.objects.filter(domain=archived.PAPERS[0]).count() == 1


def test_what_is_no_article_is_counted_and_left_out(results, desk, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    rows = list(archived.rows(results))[:4]
    rows[0] = {"id": None, "url": "https://a.example/x", "rejected": {"step": "archive", "reason": "is cut off"}}
    rows[1]["refused"] = {"reason": "empty"}
    rows[2]["text"] = None
    (out / "a.warc.jsonl").write_bytes(b"".join(archive_rows.line(row) for row in rows))
    archive_results.keep_record(str(out / "a.warc.jsonl"), {})
    done = load(out, desk)
    assert (done.articles, done.left_out) == (1, 3)


def test_a_folder_without_results_is_named(desk, tmp_path):
    with pytest.raises(FileNotFoundError, match="newstext archive PATH"):
        load(tmp_path, desk)


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_and_keeps_nothing_twice(results, tmp_path):
    for after in (1, 12):
        process = running.start("archive", "load", str(results), "--data", str(tmp_path))
        until = time.monotonic() + 120
        while time.monotonic() < until and process.poll() is None:
            database = tmp_path / "site.sqlite3"
            try:
                if database.exists() and running.rows(tmp_path, "select count(*) from articles_article")[0][0] >= after:
                    break
            except Exception:
                pass  # its tables are being made
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    done = json.loads(
        running.run("archive", "load", str(results), "--data", str(tmp_path), timeout_s=300).splitlines()[-1]
    )
    assert done["articles"] + done["known"] == len(told())
    urls = [url for (url,) in running.rows(tmp_path, "select url from articles_article")]
    assert sorted(urls) == sorted(one.url for one in told())
    assert running.rows(tmp_path, "select count(*) from stories_placement") == [(len(told()),)]
    assert running.rows(tmp_path, "select count(*) from stories_story where notes_due_at is not null") == [(0,)]
    again = json.loads(
        running.run("archive", "load", str(results), "--data", str(tmp_path), timeout_s=300).splitlines()[-1]
    )
    assert (again["articles"], again["articles_placed"]) == (0, 0)
