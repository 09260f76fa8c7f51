"""What stands behind a story: the records of its notes, each sentence of them with its evidence.

Frozen, as `newstext.records` are; of ours they import those alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from newstext.records import ArticleText, Kind, Precision

# Does a sentence stand on its source sentence? The last two are not shown.
Verdict = Literal["verbatim", "supported", "partly", "unsupported"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence as it stands in an article: text == article.text[start:end].

    shown: the text with additions in [brackets], so that it stands alone; where
    a model wrote, its sentence, and `verdict` is then "supported". date: of what
    it tells, ISO 8601 at its precision, where its place in a list is by date.
    """

    text: str
    article: str
    start: int
    end: int
    shown: str = ""
    verdict: Verdict = "verbatim"
    date: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """What happened on one date. precision: day, month, year, or since: what began then still lasts.

    sentences: its line first, then other articles' for the same event. also_on:
    the other dates that tellings give it.
    """

    date: str
    precision: Literal["day", "month", "year", "since"]
    sentences: tuple[Evidence, ...]
    also_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """What one named side says."""

    who: str
    sentences: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class WhyNow:
    """What set a story off, the steps before it, and what lies behind.

    Each sentence of trigger, steps and ahead, and of background where it is
    known, has its date; steps and ahead are in order of it.
    """

    trigger: tuple[Evidence, ...] = ()
    steps: tuple[Evidence, ...] = ()
    background: tuple[Evidence, ...] = ()
    sides: tuple[Side, ...] = ()
    ahead: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """What a text says somebody is: "president of Azerbaijan, in power since 2003", in its own words.

    on: the day its article was published, ISO 8601, "" where it gives none.
    """

    role: str
    evidence: Evidence
    on: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who or what is named in a story, with the roles its tellings give, the newest first.

    kind: None where it is not sure. mentions: over all tellings.
    """

    name: str
    kind: Kind | None
    roles: tuple[Role, ...]
    mentions: int


@dataclass(frozen=True, slots=True)
class Quotation:
    """What one article has somebody say: text[start:end] == quote, without quotation marks.

    speaker: the name in full where the article gives it, or the words it has,
    "the ministry"; a pronoun that is not sure stays; "" where nobody is named.
    verb: as written, "" after a colon. direct: in quotation marks; else a
    reported clause ("that the water rises"). said_at: where the speaker stands
    in the text, (0, 0) where not in the same sentence.
    """

    start: int
    end: int
    quote: str
    speaker: str = ""
    verb: str = ""
    direct: bool = True
    said_at: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said, word for word, in one sentence of a telling, or in a few that a quote runs through.

    quote: without its quotation marks. speaker, verb: as the text has them,
    "" where it names none. also: the same words in other tellings. is_cut: one
    telling has more of it. is_translated: it was said in another language.
    publisher, published_at: of the telling shown.
    """

    speaker: str
    verb: str
    quote: str
    evidence: Evidence
    also: tuple[Evidence, ...] = ()
    is_cut: bool = False
    is_translated: bool = False
    publisher: str = ""
    published_at: datetime | None = None
    published_precision: Precision = "time"


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody is reported to have said, without quotation marks."""

    who: str
    verb: str
    evidence: Evidence
    also: tuple[Evidence, ...] = ()
    publisher: str = ""
    published_at: datetime | None = None
    published_precision: Precision = "time"


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One value of a figure, as written: "at least 13".

    as_of: when it stood so, ISO 8601, "" where it is not known. also: other
    publishers' sentences with it. standing: "holds", "superseded" or "differs"
    (another value stands against it at that time); "" where no time tells.
    """

    value: str
    as_of: str
    publisher: str
    evidence: Evidence
    also: tuple[Evidence, ...] = ()
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted, and its values: the one that holds first, then what it supersedes or what differs.

    counts: "dead", "houses damaged". unit: "people", "barrels a day", "%".
    differs: values that stand against each other at the same time.
    """

    counts: str
    unit: str
    values: tuple[FigureValue, ...]
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Teller:
    """A publisher of a story: its first telling, and minutes behind the very first one."""

    publisher: str
    article: str
    country: str = ""
    language: str = ""
    first_at: datetime | None = None
    lag_min: int | None = None
    tellings: int = 1
    agency: str = ""  # whose copy its telling is


@dataclass(frozen=True, slots=True)
class Origin:
    """Where tellings began: an agency or a publisher, and who carries its text."""

    name: str
    kind: str  # agency or publisher
    carried_by: tuple[str, ...]
    article: str = ""  # the origin's own text, "" where it is not held


@dataclass(frozen=True, slots=True)
class OnlyHere:
    """What one publisher alone reports."""

    publisher: str
    sentences: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Stand:
    """One publisher's side of a disagreement. value: the word or number it turns on."""

    publisher: str
    value: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Tellings that contradict each other, sentences side by side. about: who, when, where or how many."""

    about: str
    stands: tuple[Stand, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who tells a story, where it began, what one alone reports, and on what they disagree."""

    publishers: tuple[Teller, ...] = ()
    origins: tuple[Origin, ...] = ()
    only: tuple[OnlyHere, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question that the story's tellings answer, with the answer's sentences in order."""

    question: str
    answer: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One sentence of an answer, what it needs to stand alone before it, and who published it when."""

    sentences: tuple[Evidence, ...]
    publisher: str = ""
    published_at: datetime | None = None
    published_precision: Precision = "time"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the held articles say to a question. held: False where they do not say it; then there are no parts."""

    held: bool
    parts: tuple[AnswerPart, ...] = ()

    @property
    def sentences(self) -> tuple[Evidence, ...]:
        """All sentences in order."""
        return tuple(one for part in self.parts for one in part.sentences)


# Of two parties, the one that acts; "" where that is not clear.
Doer = Literal["a", "b", "both", ""]


@dataclass(frozen=True, slots=True)
class Deed:
    """What one of two did or said to the other: the sentence, and before it what it needs to stand alone.

    date: of the event where the sentence names its day (`is_dated`), else of
    publication; ISO 8601, "" if neither is known. verb: as the sentence has it.
    """

    date: str
    doer: Doer
    verb: str
    sentences: tuple[Evidence, ...]
    is_dated: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what a story is about.

    tag: #CamelCase. kind: person, organisation or place; None when unsure.
    also: shorter names that the tellings have for it. last_name: the last word
    of a name that may be a person's, or "".
    """

    tag: str
    kind: Kind | None = None
    also: tuple[str, ...] = ()
    last_name: str = ""


@dataclass(frozen=True, slots=True)
class StoryNotes:
    """What a story page shows beside its tellings; empty where there is nothing."""

    hashtags: tuple[str, ...] = ()
    brief: tuple[Evidence, ...] = ()
    brief_long: tuple[Evidence, ...] = ()  # what a longer brief says beyond all else here
    why_now: WhyNow = field(default_factory=WhyNow)
    timeline: tuple[TimelineEvent, ...] = ()
    people: tuple[Person, ...] = ()
    quotes: tuple[Quote, ...] = ()
    claims: tuple[Claim, ...] = ()
    numbers: tuple[Figure, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    questions: tuple[Question, ...] = ()
    made_by: str = ""  # the writer's dotted name and version
    subjects: tuple[Subject, ...] = ()  # behind `hashtags`, where the writer knows more of them

    @property
    def about(self) -> tuple[Subject, ...]:
        """The subjects; of a writer that gives hashtags alone, these."""
        return self.subjects or tuple(Subject(tag) for tag in self.hashtags)


class Writer(Protocol):
    """What makes notes: articles of one story in, notes out."""

    def __call__(self, articles: tuple[ArticleText, ...], background: tuple[ArticleText, ...]) -> StoryNotes: ...
