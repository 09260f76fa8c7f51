"""A story's notes as JSON: what newstext notes writes, and what the site keeps."""

from __future__ import annotations

from collections.abc import Sequence

from newstext.jsonlines import Json, moment_text
from newstext.note_records import (
    Claim,
    Coverage,
    Evidence,
    Figure,
    Person,
    Quotation,
    Quote,
    StoryNotes,
    Teller,
    TimelineEvent,
    WhyNow,
)


def evidence_to_json(evidence: Evidence) -> Json:
    return {
        "text": evidence.text,
        "article": evidence.article,
        "start": evidence.start,
        "end": evidence.end,
        "shown": evidence.shown or evidence.text,
        **({} if evidence.verdict == "verbatim" else {"verdict": evidence.verdict}),
        **({"date": evidence.date} if evidence.date else {}),
    }


def sentences_to_json(sentences: Sequence[Evidence]) -> list[Json]:
    return [evidence_to_json(one) for one in sentences]


def timeline_to_json(events: Sequence[TimelineEvent]) -> list[Json]:
    return [
        {
            "date": event.date,
            "precision": event.precision,
            "sentences": sentences_to_json(event.sentences),
            "also_on": list(event.also_on),
        }
        for event in events
    ]


def quotations_to_json(found: Sequence[Quotation]) -> list[Json]:
    """What `newstext quotes` prints of an article."""
    return [
        {
            "start": one.start,
            "end": one.end,
            "quote": one.quote,
            "speaker": one.speaker,
            "verb": one.verb,
            "direct": one.direct,
        }
        for one in found
    ]


def notes_to_json(notes: StoryNotes) -> Json:
    """All that a story page shows; every key is there, empty where there is nothing."""
    return {
        "hashtags": list(notes.hashtags),
        "subjects": [{"hashtag": one.tag, "kind": one.kind, "also": list(one.also)} for one in notes.subjects],
        "brief": sentences_to_json(notes.brief),
        "brief_long": sentences_to_json(notes.brief_long),
        "why_now": _why_now_to_json(notes.why_now),
        "timeline": timeline_to_json(notes.timeline),
        "people": [_person_to_json(one) for one in notes.people],
        "quotes": [_quote_to_json(one) for one in notes.quotes],
        "claims": [_claim_to_json(one) for one in notes.claims],
        "numbers": [_figure_to_json(one) for one in notes.numbers],
        "coverage": _coverage_to_json(notes.coverage),
        "questions": [{"question": one.question, "answer": sentences_to_json(one.answer)} for one in notes.questions],
        "made_by": notes.made_by,
    }


def _why_now_to_json(why_now: WhyNow) -> Json:
    return {
        "trigger": sentences_to_json(why_now.trigger),
        "steps": sentences_to_json(why_now.steps),
        "background": sentences_to_json(why_now.background),
        "sides": [{"who": side.who, "sentences": sentences_to_json(side.sentences)} for side in why_now.sides],
        "ahead": sentences_to_json(why_now.ahead),
    }


def _person_to_json(person: Person) -> Json:
    return {
        "name": person.name,
        "kind": person.kind,
        "roles": [{"role": one.role, "on": one.on, "evidence": evidence_to_json(one.evidence)} for one in person.roles],
        "mentions": person.mentions,
    }


def _quote_to_json(quote: Quote) -> Json:
    return {
        "speaker": quote.speaker,
        "verb": quote.verb,
        "quote": quote.quote,
        "evidence": evidence_to_json(quote.evidence),
        "also": sentences_to_json(quote.also),
        "is_cut": quote.is_cut,
        "is_translated": quote.is_translated,
        "publisher": quote.publisher,
        "published_at": moment_text(quote.published_at, quote.published_precision),
    }


def _claim_to_json(claim: Claim) -> Json:
    return {
        "who": claim.who,
        "verb": claim.verb,
        "evidence": evidence_to_json(claim.evidence),
        "also": sentences_to_json(claim.also),
        "publisher": claim.publisher,
        "published_at": moment_text(claim.published_at, claim.published_precision),
    }


def _figure_to_json(figure: Figure) -> Json:
    return {
        "counts": figure.counts,
        "unit": figure.unit,
        "differs": figure.differs,
        "values": [
            {
                "value": one.value,
                "as_of": one.as_of,
                "publisher": one.publisher,
                "evidence": evidence_to_json(one.evidence),
                "also": sentences_to_json(one.also),
                "standing": one.standing,
            }
            for one in figure.values
        ],
    }


def _coverage_to_json(coverage: Coverage) -> Json:
    return {
        "publishers": [_teller_to_json(one) for one in coverage.publishers],
        "origins": [
            {"name": one.name, "kind": one.kind, "carried_by": list(one.carried_by), "article": one.article}
            for one in coverage.origins
        ],
        "only": [{"publisher": one.publisher, "sentences": sentences_to_json(one.sentences)} for one in coverage.only],
        "disagreements": [
            {
                "about": one.about,
                "stands": [
                    {"publisher": side.publisher, "value": side.value, "evidence": evidence_to_json(side.evidence)}
                    for side in one.stands
                ],
            }
            for one in coverage.disagreements
        ],
    }


def _teller_to_json(teller: Teller) -> Json:
    return {
        "publisher": teller.publisher,
        "article": teller.article,
        "country": teller.country,
        "language": teller.language,
        "first_at": moment_text(teller.first_at, "time"),
        "lag_min": teller.lag_min,
        "tellings": teller.tellings,
        "agency": teller.agency,
    }
