"""Charts as SVG that is made here: by attributes alone, with a title, and with the table that says the same.

Places and sizes are in % of the drawing, so it is as wide as its page. Where
the page reads from the right, time goes from the right. Shown by parts/chart.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, npgettext
from django.utils.translation import gettext as _

BAR_RATIO = 0.8  # of a step's width
WIDEST_BAR = 5.0  # three days are no three blocks
LOWEST_BAR = 4.0  # one article among hundreds is still seen
MARKS_ROOM = 22.0  # above bars that have marks
MARK_Y = 10.0
MARK_R, MARKS_R, POINT_R = 5, 7, 4  # px: one mark, several, a point of a line
LINE_LEFT, LINE_TOP, LINE_BOTTOM = 3.0, 8.0, 92.0  # a line's points are whole inside the drawing
BLOCK_STEPS = 40  # of time in a drawing of blocks
BLOCKS_HIGH = 8  # more above one another are drawn as the highest
BLOCKS_LOWEST = 3  # a drawing of few blocks is no wall
BLOCK_RATIO = 0.85
DAY_FORM = "j M Y"
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or some days from `first` to `last`, with how much was then.

    marks: what else was, in words. address: where the table's row leads to.
    """

    first: date
    last: date
    value: int
    marks: tuple[str, ...] = ()
    address: str = ""

    @property
    def label(self) -> str:
        first = format_date(self.first, DAY_FORM)
        return first if self.first == self.last else f"{first} – {format_date(self.last, DAY_FORM)}"


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a moment. label: the value in the source's words."""

    at: datetime
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle. is_pale: drawn paler than the others, with what that means in the chart's caption."""

    x: str
    y: str
    width: str
    height: str
    title: str
    is_pale: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    r: int
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    x1: str
    y1: str
    x2: str
    y2: str
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. cells: the figures, as the heads after the first name them."""

    first: date
    last: date
    cells: tuple[int, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and what it says. name: its place on the page. heads: of the table; none where one stands beside it.

    begins, ends: under the two ends of the drawing, the earlier first.
    """

    name: str
    title: Words
    text: str = ""  # what a reader who cannot see it is told; "": the table beside it says all
    caption: Words = ""
    height: int = 96
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    begins: date | datetime | None = None
    ends: date | datetime | None = None
    heads: tuple[Words, ...] = ()
    rows: tuple[Row, ...] = field(default=(), repr=False)

    @property
    def has_times(self) -> bool:
        return isinstance(self.begins, datetime)


def bars(
    name: str,
    spans: Sequence[Span],
    *,
    title: Words,
    heads: tuple[Words, ...],
    caption: Words = "",
    newest_first: bool = False,
) -> Chart | None:
    """A bar for each span and a dot above it where it has marks; None where there is nothing to draw.

    heads: of the table's columns: the days, the values, and the marks if there are any.
    """
    most = max((span.value for span in spans), default=0)
    if not most:
        return None
    has_marks = len(heads) > 2
    top, step = MARKS_ROOM if has_marks else 0.0, 100 / len(spans)
    drawn, lines, dots = [], [], []
    for place, span in enumerate(spans):
        middle, width = _x((place + 0.5) * step), min(step * BAR_RATIO, WIDEST_BAR)
        height = max((100 - top) * span.value / most, LOWEST_BAR)
        if span.value:
            title_of = f"{span.label}: {span.value}"
            drawn.append(
                Bar(_percent(middle - width / 2), _percent(100 - height), _percent(width), _percent(height), title_of)
            )
        if span.marks:
            lines.append(Line(_percent(middle), _percent(MARK_Y), _percent(middle), "100%", is_dashed=True))
            radius = MARKS_R if len(span.marks) > 1 else MARK_R
            dots.append(Dot(_percent(middle), _percent(MARK_Y), radius, ", ".join(span.marks)))
    rows = [Row(one.first, one.last, _cells(one, has_marks), one.address) for one in spans if one.value or one.marks]
    return Chart(
        name, title, _text_of(spans), caption,
        bars=tuple(drawn), lines=tuple(lines), dots=tuple(dots),
        begins=spans[0].first, ends=spans[-1].last,
        heads=heads, rows=tuple(reversed(rows) if newest_first else rows),
    )  # fmt: skip


def line(name: str, points: Sequence[Point], *, title: Words, caption: Words = "") -> Chart | None:
    """A line through values by their time, from zero up; None for fewer than two moments.

    Its table stands beside it.
    """
    points = sorted(points, key=lambda point: point.at)
    if len(points) < 2 or points[0].at == points[-1].at:
        return None
    most = max(point.value for point in points) or 1.0
    span = points[-1].at - points[0].at
    places = [
        (
            _percent(_x(LINE_LEFT + (100 - 2 * LINE_LEFT) * ((point.at - points[0].at) / span))),
            _percent(LINE_BOTTOM - (LINE_BOTTOM - LINE_TOP) * point.value / most),
        )
        for point in points
    ]
    return Chart(
        name, title, "; ".join(f"{format_date(point.at, DAY_FORM)}: {point.label}" for point in points), caption,
        lines=tuple(Line(*one, *other) for one, other in pairwise(places)),
        dots=tuple(Dot(x, y, POINT_R, point.label) for (x, y), point in zip(places, points, strict=True)),
        begins=points[0].at.date(), ends=points[-1].at.date(),
    )  # fmt: skip


def blocks(
    name: str, moments: Sequence[tuple[datetime, str, bool]], *, title: Words, caption: Words = ""
) -> Chart | None:
    """A block for each (moment, name, is pale), by its time, those of one time above one another.

    moments: in order of time. None where all came at once. Its table stands beside it.
    """
    span = moments[-1][0] - moments[0][0] if moments else timedelta()
    if span < timedelta(minutes=1):
        return None
    stacked: dict[int, int] = {}
    placed = []
    for at, label, is_pale in moments:
        place = min(BLOCK_STEPS - 1, int((at - moments[0][0]) / span * BLOCK_STEPS))
        level = stacked.get(place, 0)
        if level < BLOCKS_HIGH:
            placed.append((place, level, label, is_pale))
            stacked[place] = level + 1
    wide, high = 100 / BLOCK_STEPS, 100 / max(BLOCKS_LOWEST, *stacked.values())
    drawn = (
        Bar(
            _percent(_x((place + 0.5) * wide) - wide * BLOCK_RATIO / 2), _percent(100 - (level + 1) * high),
            _percent(wide * BLOCK_RATIO), _percent(high * BLOCK_RATIO), label, is_pale,
        )
        for place, level, label, is_pale in placed
    )  # fmt: skip
    return Chart(name, title, "", caption, height=64, bars=tuple(drawn), begins=moments[0][0], ends=moments[-1][0])


def _x(percent: float) -> float:
    """The place from the left: time goes the way the page is read."""
    return 100 - percent if get_language_bidi() else percent


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _cells(span: Span, has_marks: bool) -> tuple[int, ...]:
    return (span.value, len(span.marks)) if has_marks else (span.value,)


def _text_of(spans: Sequence[Span]) -> str:
    highest = max(spans, key=lambda span: span.value)
    told = npgettext("chart", "at most %(n)d, on %(when)s", "at most %(n)d, on %(when)s", highest.value)
    ends = _("from %(first)s to %(last)s") % {"first": spans[0].label, "last": spans[-1].label}
    return f"{ends}; {told % {'n': highest.value, 'when': highest.label}}"
