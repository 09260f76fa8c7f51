"""The whole path by its commands: feeds in, story pages out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.site import loopback, news, running


@pytest.fixture
def site():
    with loopback.serve() as served:
        yield served


def follow(site, data: Path) -> None:
    for url in news.serve_papers(site):
        running.run("add", url, "--data", str(data), allow=site.host)


def test_feeds_become_stories_with_all_their_tellings(site, tmp_path):
    follow(site, tmp_path)
    done = running.ingest(tmp_path, allow=site.host)
    assert (done["feeds"], done["items_new"], done["pages_read"]) == (3, 12, 12)
    tellings = running.rows(tmp_path, "select story_id, count(*) from stories_placement group by story_id")
    assert sorted(count for _, count in tellings) == [3, 3, 3, 3]
    assert running.rows(tmp_path, "select count(*) from stories_notes") == [(4,)]
    assert running.rows(tmp_path, "select count(*) from articles_article where text like '%Ilse Torvik%'") == [(3,)]


@pytest.mark.slow
def test_second_ingest_asks_conditionally_and_stores_nothing(site, tmp_path):
    follow(site, tmp_path)
    running.ingest(tmp_path, allow=site.host)
    site.asked.clear()
    done = running.ingest(tmp_path, allow=site.host)
    assert done["feeds_unchanged"] == 3
    assert done["items_new"] == done["pages_read"] == 0
    assert {status for _, status in site.asked} == {304}


@pytest.mark.slow
def test_an_answer_that_breaks_off_is_asked_for_again_as_a_whole(site, tmp_path):
    follow(site, tmp_path)
    whole = site.answers["/0/feed.xml"].body
    site.answers["/0/feed.xml"].body = whole[: whole.rindex(b"<guid>")]
    assert running.ingest(tmp_path, allow=site.host)["items_new"] == 11
    kept = running.rows(tmp_path, "select etag, body_hash from publishers_feed where url like '%/0/feed.xml'")
    assert kept == [("", "")]  # else "unchanged" would be the answer until the paper writes again
    site.answers["/0/feed.xml"].body = whole
    assert running.ingest(tmp_path, allow=site.host)["items_new"] == 1


@pytest.mark.slow
def test_a_new_item_alone_is_read(site, tmp_path):
    follow(site, tmp_path)
    running.ingest(tmp_path, allow=site.host)
    path = "/0/more.html"
    site.page(path, "Captain of the ferry Halda is questioned", news.paragraphs_of(0, 0)[::-1])
    at = news.date_for_rss(news.FIRST_AT.replace(day=18))
    item = {"path": path, "title": "Captain of the ferry Halda is questioned", "at": at}
    old = site.answers["/0/feed.xml"].body
    site.feed("/0/feed.xml", [item])
    new = site.answers["/0/feed.xml"].body
    items = new[new.index(b"<item>") : new.index(b"</item>") + 7]
    site.answers["/0/feed.xml"].body = old.replace(b"<item>", items + b"<item>", 1)
    done = running.ingest(tmp_path, allow=site.host)
    assert (done["items_new"], done["pages_read"]) == (1, 1)
    assert running.rows(tmp_path, "select count(*) from stories_story where notes_due_at is not null") == [(0,)]


@pytest.mark.slow
def test_a_page_that_cannot_be_read_is_told_by_its_feed(site, tmp_path):
    at = news.date_for_rss(news.FIRST_AT)
    teaser = "The old mill of Tarn burnt down on Sunday night; nobody was hurt."
    url = site.feed("/feed.xml", [{"path": "/gone.html", "title": "Mill burns", "description": teaser, "at": at}])
    running.run("add", url, "--data", str(tmp_path), allow=site.host)
    done = running.ingest(tmp_path, allow=site.host)
    assert done["pages_read"] + done["pages_failed"] == 1
    [(kind, text, grouped)] = running.rows(tmp_path, "select kind, text, grouped_at is not null from articles_article")
    assert (kind, grouped) == ("teaser", 1)
    assert teaser in text


@pytest.mark.slow
def test_broken_feeds_are_named_and_the_rest_goes_on(site, tmp_path):
    site.answers["/page.xml"] = loopback.Answer(b"<html><body>Please log in</body></html>")
    site.answers["/cut.xml"] = loopback.Answer(b"", "application/rss+xml")
    site.answers["/closed.xml"] = loopback.Answer(b"", status=403)
    lines = ["<opml><body>"]
    lines += [
        f'<outline type="rss" text="{name}" xmlUrl="{site.url(f"/{name}.xml")}"/>' for name in ("page", "cut", "closed")
    ]
    lines += [f'<outline type="rss" text="good" xmlUrl="{news.serve_papers(site, papers=1)[0]}"/>', "</body></opml>"]
    opml = tmp_path / "list.opml"
    opml.write_text("".join(lines))
    data = tmp_path / "data"
    running.run("add", str(opml), "--data", str(data), allow=site.host)
    done = running.ingest(data, allow=site.host)
    assert (done["feeds"], done["feeds_failed"], done["items_new"]) == (4, 3, 4)
    problems = dict(
        running.rows(
            data,
            "select substr(url, instr(url, '/page') + instr(url, '/cut') + instr(url, '/closed')), problem_kind from publishers_feed where failures",
        )
    )
    assert problems == {"/page.xml": "not-a-feed", "/cut.xml": "empty-answer", "/closed.xml": "http-403"}


@pytest.mark.slow
def test_a_silent_edit_keeps_the_earlier_version(site, tmp_path):
    follow(site, tmp_path)
    running.ingest(tmp_path, allow=site.host)
    site.page(
        "/0/story-0.html",
        "Ferry Halda runs aground, 214 aboard",
        news.paragraphs_of(0, 0) + ["The number was corrected to 214."],
    )
    feed = site.answers["/0/feed.xml"]
    feed.body = feed.body.replace(b"Ferry Halda runs aground off Port Meren", b"Ferry Halda runs aground, 214 aboard")
    done = running.ingest(tmp_path, allow=site.host)
    assert done["items_changed"] == 1
    assert running.rows(tmp_path, "select title from articles_version") == [
        ("Ferry Halda runs aground off Port Meren",)
    ]
    assert running.rows(tmp_path, "select count(*) from articles_article") == [(12,)]


def test_private_hosts_are_refused_unless_named(site, tmp_path):
    url = news.serve_papers(site, papers=1)[0]
    process = running.start("add", url, "--data", str(tmp_path))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert site.host.encode() in errors or b"127.0.0.1" in errors
    assert site.asked == []


@pytest.mark.slow
def test_a_page_that_robots_txt_closes_is_not_asked_for(site, tmp_path):
    url = news.serve_papers(site, papers=1)[0]
    site.answers["/robots.txt"] = loopback.Answer(b"User-agent: *\nDisallow: /0/story-1", "text/plain")
    running.run("add", url, "--data", str(tmp_path), allow=site.host)
    running.ingest(tmp_path, allow=site.host)
    asked = {path for path, _ in site.asked}
    assert "/0/story-0.html" in asked
    assert "/0/story-1.html" not in asked
    [(kind, problem)] = running.rows(
        tmp_path, "select kind, read_problem from articles_article where url like '%story-1%'"
    )
    assert kind == "teaser"
    assert "robots.txt" in problem


@pytest.mark.slow
def test_what_a_list_got_wrong_is_named_and_logged(site, tmp_path):
    good = news.serve_papers(site, papers=1)[0]
    toml = tmp_path / "list.toml"
    toml.write_text(
        f'[[publisher]]\nname = "Good"\nhome = "{site.url("/")}"\n[[publisher.feed]]\nurl = "{good}"\n'
        '[[publisher]]\nname = "No feed"\n[[publisher]]\nname = "Bad"\n[[publisher.feed]]\nurl = "gopher://x"\n'
    )
    said = running.run("add", str(toml), "--data", str(tmp_path), allow=site.host)
    assert "1 new feeds, 0 followed already, 2 problems" in said
    log = (tmp_path / "site.log").read_text()
    assert "gopher://x" in log
    assert "list.toml, publisher 2" in log
