"""Notes that an earlier version made: shown as they are, and made anew."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.test import Client

from newsroom.stories.models import Notes, Story
from tests.site.stories import TEXT, make_story

pytestmark = pytest.mark.django_db


def test_notes_of_an_earlier_version_are_shown_whole_and_become_due():
    story = make_story("Dam above Ostra holds", TEXT)
    notes = Notes.objects.get(story=story)
    notes.body = {key: notes.body[key] for key in ("hashtags", "subjects", "brief", "why_now", "timeline")}
    notes.save()
    assert Client().get(f"/story/{story.pk}").status_code == 200
    told = Client().get(f"/api/v1/stories/{story.pk}").json()["notes"]
    assert told["claims"] == []
    assert told["coverage"]["only"] == []
    migration = importlib.import_module("newsroom.stories.migrations.0014_notes_anew")
    migration.make_due(apps, None)
    assert Story.objects.get(pk=story.pk).notes_due_at is not None
