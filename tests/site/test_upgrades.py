"""From each earlier version's site to this one: its rows stay, its pages open, its backup is put back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.site import old_sites, running

VERSIONS = old_sites.versions()


@pytest.fixture(scope="module", params=VERSIONS)
def upgraded(request, tmp_path_factory):
    """Rows before, the data folder after ./run upgrade, what that said; and the folder a backup of before was put in."""
    old, data, anew = (tmp_path_factory.mktemp(name) for name in ("old", "data", "anew"))
    shutil.copy(old_sites.lay_out(request.param, old), data / "site.sqlite3")
    before = old_sites.rows(old)
    running.run("backup", str(old / "of-before"), "--data", str(old))
    assert old_sites.rows(old) == before, "a backup changed the site"
    said = running.run("upgrade", "--data", str(data))
    running.run("restore", str(old / "of-before"), "--data", str(anew))
    return before, data, said, anew


@pytest.mark.slow
def test_every_row_of_an_earlier_version_stays(upgraded):
    before, data, said, anew = upgraded
    for after in (data, anew):
        assert old_sites.lost(before, old_sites.rows(after)) == []
    assert before == old_sites.rows(data, of=kept_beside(data)) if "migrations applied" in said else True
    with closing(sqlite3.connect(data / "site.sqlite3")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def kept_beside(data):
    (kept,) = data.glob("site.sqlite3.before-*")
    return kept


@pytest.mark.slow
def test_pages_of_an_earlier_version_open(upgraded):
    _, data, _, _ = upgraded
    answers = running.run_python(PAGES, data)
    assert answers.splitlines()[-1] == "all open", answers


# Asks for the upgraded site's pages in a process of its own, as readers do.
PAGES = """
import django
django.setup()
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


def test_every_tag_of_this_repository_has_its_site_kept():
    """After a release: python -m tests.site.old_sites TAG."""
    tags = old_sites.tags()
    if not tags:
        pytest.skip("no tags here: a shallow clone")
    assert [tag for tag in tags if tag not in VERSIONS] == []
