"""Lets a language model write the brief and “Why now?” of stories, where the operator named one.

The page never waits for it: the picked sentences stand until a model's, each
checked, are there.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings

from newsroom.desk import jobs, telling
from newsroom.stories import model_calls
from newsroom.stories.models import ModelCall, Notes, Story
from newsroom.stories.noted import without_sentences
from newstext import notes_json
from newstext.later import later

if TYPE_CHECKING:
    from newstext import model
else:
    model = later("newstext.model")  # only for who has a model

log = logging.getLogger(__name__)

STORIES_AT_ONCE = 4
ASKED_AGAIN = timedelta(hours=1)  # after a call that failed: one story that no answer fits must not hold up the rest


def write_due(now: datetime) -> int:
    """Ask for the stories whose notes no model has been asked for, the newest first; how many were done."""
    if not model_calls.is_on():
        return 0
    failed = ModelCall.objects.filter(outcome=ModelCall.Outcome.FAILED, at__gt=now - ASKED_AGAIN, story__isnull=False)
    due = Notes.objects.filter(written_at=None, story__in=Story.objects.public()).select_related("story")
    due = due.exclude(story__in=failed.values("story"))
    done = 0
    for notes in due.order_by("-made_at")[:STORIES_AT_ONCE]:
        try:
            checked = _ask(notes.story, now)
        except model_calls.NoBudget as error:
            log.info("Story %s keeps its picked sentences. %s", notes.story.key, error)
            return 0
        except model.ModelError as error:
            log.warning("Story %s keeps its picked sentences for now. %s", notes.story.key, error)
            return 0
        _keep(notes, checked, now)
        done += 1
    return done


def _ask(story: Story, now: datetime) -> dict[model.Task, model.Checked]:
    """What is left of the model's answers for a story. Raises ModelError, NoBudget."""
    tellings = [jobs.marked(article) for article in telling.tellings_of_notes(story) if not article.reserved]
    found: dict[model.Task, model.Checked] = {}
    if not tellings:
        return found
    for request in model.requests(tellings, name=settings.MODEL_NAME, language=story.language):
        held = model_calls.answered(request.key)
        if held is None:
            found[request.task] = _call(request, story, now)
        else:
            found[request.task] = replace(model.check(held.items or [], request), dropped=tuple(held.dropped))
    return found


def _call(request: model.ModelRequest, story: Story, now: datetime) -> model.Checked:
    endpoint = model.Endpoint(
        url=settings.MODEL_URL, name=settings.MODEL_NAME, key=settings.MODEL_KEY, timeout_s=settings.MODEL_TIMEOUT_S
    )
    call = model_calls.take(request.key, request.task, story, now)
    try:
        items, tokens = model.ask(endpoint, request)
    except model.ModelError as error:
        model_calls.keep_failure(call, str(error), now)
        raise
    checked = model.check(items, request)
    model_calls.keep_answer(call, list(checked.items), tokens, dropped=list(checked.dropped))
    return checked


def _keep(notes: Notes, checked: dict[model.Task, model.Checked], now: datetime) -> None:
    """Keep what is enough to stand in place of the picked sentences; notes made anew meanwhile stay due."""
    body = without_sentences(notes_json.notes_to_json(model.written(checked)), notes.withdrawn or ())
    written = {task: body[task] for task, told in checked.items() if told.is_enough}
    if "why_now" in written:
        written["why_now"]["sides"] = notes.body["why_now"]["sides"]  # what each side says is picked
    Notes.objects.filter(pk=notes.pk, made_at=notes.made_at).update(
        written=written or None, written_by=settings.MODEL_NAME[:120] if written else None, written_at=now
    )
