"""From each earlier version's site to this one: its rows stay, its pages open, its backup is put back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from newsroom import backups
from tests.site import old_sites, running

VERSIONS = old_sites.versions()

# In one process: the upgrade, and its pages asked for as readers do.
UPGRADE = """
from newsroom.commands import upgrade
assert upgrade.main([]) == 0
from django.conf import settings
from django.test import Client
from newsroom import wsgi  # refuses tables that are not this version's
from newsroom.articles.models import Article
from newsroom.stories.models import Story
settings.ALLOWED_HOSTS = ["testserver"]
story, article = Story.objects.public().order_by("pk").first(), Article.objects.public().order_by("pk").first()
paths = ["/", "/stories", f"/story/{story.pk}", f"/article/{article.pk}", "/search?q=Ostra", "/health", "/publishers",
         "/hashtags", "/edition", "/feed.xml", "/accounts/login/", f"/api/v1/stories/{story.pk}"]
found = {path: Client().get(path, follow=True).status_code for path in paths}
print({path: status for path, status in found.items() if status != 200} or "all open")
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_rows_of_an_earlier_version_stay_and_its_pages_open(version, tmp_path):
    data = tmp_path / "data"
    old_sites.lay_out(version, data)
    before = old_sites.rows(data)
    said = running.run_python(UPGRADE, data)
    assert said.splitlines()[-1] == "all open", said
    assert old_sites.lost(before, old_sites.rows(data)) == []
    if "migrations applied" in said:
        (kept,) = data.glob("site.sqlite3.before-*")
        assert kept.stat().st_mode & 0o077 == 0
        assert old_sites.rows(data, of=kept) == before
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.slow
@pytest.mark.parametrize(
    "version", [pytest.param(one, marks=[] if one == VERSIONS[0] else pytest.mark.long) for one in VERSIONS]
)
def test_a_backup_of_an_earlier_version_is_put_back_on_this_one(version, tmp_path):
    old, anew = tmp_path / "old", tmp_path / "anew"
    old_sites.lay_out(version, old)
    before = old_sites.rows(old)
    running.run("backup", str(tmp_path / "made"), "--data", str(old))
    assert old_sites.rows(old) == before, "a backup changed the site"
    running.run("restore", str(tmp_path / "made"), "--data", str(anew))
    kept = {table: rows for table, rows in before.items() if table not in backups.SESSIONS}
    assert old_sites.lost(kept, old_sites.rows(anew)) == []


def test_every_tag_of_this_repository_has_its_site_kept():
    """After a release: python -m tests.site.old_sites TAG."""
    tags = old_sites.tags()
    if not tags:
        pytest.skip("no tags here: a shallow clone")
    assert [tag for tag in tags if tag not in VERSIONS] == []


def test_what_an_upgrade_takes_is_found_out():
    before = {"stories_story": {1: {"title": "Ferry"}, 2: {"title": "Dam"}}, "old": {1: {"a": 1}}}
    after = {"stories_story": {1: {"title": "Ferry", "new": 0}, 2: {"title": ""}}}
    assert old_sites.lost(before, after) == ["stories_story 2: title was 'Dam', is ''", "old 1 is gone"]
