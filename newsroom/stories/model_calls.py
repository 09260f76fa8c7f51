"""The language model's budget: taken in one transaction before each call, so that it is never passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from newsroom.stories.models import ModelCall, ModelState, Notes, Story

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAILURES_MOST = 3  # in a row; then the endpoint rests
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)  # doubled with each call that fails again


class NoBudget(Exception):
    """No call may be made now; the message says why, and when one may."""


def is_on() -> bool:
    """True if the operator named a model and did not turn the AI features off."""
    return bool(settings.AI_FEATURES and settings.MODEL_URL and settings.MODEL_NAME)


def answered(key: str) -> ModelCall | None:
    """The call that asked the same before, None if none was answered."""
    return ModelCall.objects.filter(key=key, outcome=ModelCall.Outcome.ANSWERED).first()


def take(key: str, task: str, story: Story, now: datetime) -> ModelCall:
    """A call, counted before it is made. Raises NoBudget."""
    with transaction.atomic():
        state = _locked_state()
        if state.rests_until and state.rests_until > now:
            raise NoBudget(f"The model rests until {state.rests_until:%H:%M} UTC: {state.problem}")
        for span, most, name in (
            (HOUR, settings.MODEL_CALLS_AN_HOUR, "MODEL_CALLS_AN_HOUR"),
            (DAY, settings.MODEL_CALLS_A_DAY, "MODEL_CALLS_A_DAY"),
        ):
            if ModelCall.objects.filter(at__gt=now - span).count() >= most:
                raise NoBudget(f"{most} calls are made, as {name} allows. Raise it, or wait.")
        return ModelCall.objects.create(key=key, task=task, story=story, model=settings.MODEL_NAME[:120], at=now)


def keep_answer(call: ModelCall, items: list[Any], tokens: int, *, dropped: list[str]) -> None:
    """What passed of an answer, why the rest did not, and that the endpoint answers."""
    with transaction.atomic():
        call.outcome, call.items, call.tokens = ModelCall.Outcome.ANSWERED, items, tokens
        call.dropped = dropped
        call.save()
        ModelState.objects.filter(pk=_locked_state().pk).update(failures=0, rests_until=None, problem="")


def keep_failure(call: ModelCall, problem: str, now: datetime) -> None:
    """That a call failed; after FAILURES_MOST in a row none is made for a while, longer each time."""
    with transaction.atomic():
        call.outcome, call.problem = ModelCall.Outcome.FAILED, problem[:1000]
        call.save()
        state = _locked_state()
        state.failures += 1
        state.problem = problem[:1000]
        if state.failures >= FAILURES_MOST:
            state.rests_until = now + min(LONGEST_REST, FIRST_REST * 2 ** min(state.failures - FAILURES_MOST, 10))
        state.save()


def withdraw(calls: QuerySet[ModelCall]) -> None:
    """Show the picked sentences again where these calls wrote, and never use their answers anew."""
    with transaction.atomic():
        Notes.objects.filter(story__model_calls__in=calls).update(written=None, written_by=None)
        calls.update(outcome=ModelCall.Outcome.FAILED, problem="Withdrawn by an editor.", items=None)


def _locked_state() -> ModelState:
    """The one row, locked for this transaction. SQLite's transactions are immediate: they lock all."""
    ModelState.objects.get_or_create(pk=1)
    return ModelState.objects.select_for_update().get(pk=1)
