"""Charts made here: places by attributes, the way time goes, and the words and tables behind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.template.loader import render_to_string
from django.utils.translation import override

from newsroom.stories import charts
from newsroom.stories.templatetags.charts import figure_chart

DAY = date(2026, 11, 1)
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
HEADS = ("Day", "Articles")


def days(*values: int) -> list[charts.Span]:
    return [charts.Span(DAY + timedelta(days=n), DAY + timedelta(days=n), value) for n, value in enumerate(values)]


def bars(*values: int) -> charts.Chart | None:
    return charts.bars("trend", days(*values), title="Articles on each day", heads=HEADS)


def x_of(chart: charts.Chart) -> list[float]:
    return [float(bar.x.rstrip("%")) + float(bar.width.rstrip("%")) / 2 for bar in chart.bars]


def test_bars_are_as_high_as_their_share_of_the_highest():
    chart = bars(2, 4, 0, 1)
    assert [bar.height for bar in chart.bars] == ["50.00%", "100.00%", "25.00%"]
    assert bars(0, 0) is None
    assert bars() is None


def test_time_goes_the_way_the_page_is_read():
    points = [charts.Point(AT, 1, "one"), charts.Point(AT + timedelta(days=1), 4, "four")]
    moments = [(AT, "A", False), (AT + timedelta(hours=1), "B", True), (AT + timedelta(hours=9), "C", False)]

    def placed() -> list[list[float]]:
        line = charts.line("figure-1", points, title="Dead")
        blocks = charts.blocks("band", moments, title="Publishers")
        return [x_of(bars(1, 2, 3)), [float(dot.x.rstrip("%")) for dot in line.dots], x_of(blocks)]

    straight = placed()
    with override("ar"):
        mirrored = placed()
    for one, other in zip(straight, mirrored, strict=True):
        assert one == sorted(one)
        assert [round(100 - x, 2) for x in one] == [round(x, 2) for x in other]


def test_the_drawing_has_a_name_a_description_and_the_same_figures_in_a_table():
    html = render_to_string("parts/chart.html", {"chart": bars(2, 4, 0)})
    assert 'role="img" aria-labelledby="trend-title trend-desc"' in html
    assert '<title id="trend-title">Articles on each day</title>' in html
    assert "at most 4, on 2 Nov 2026" in html
    assert html.count("<rect") == 2 == html.count('<th scope="row">')
    assert " style=" not in html
    assert "<table" in html


def test_what_a_source_calls_things_is_text_and_no_markup():
    points = [charts.Point(AT + timedelta(days=n), n, "<b>&") for n in range(3)]
    html = render_to_string("parts/chart.html", {"chart": charts.line("figure-1", points, title="<script>")})
    assert "<b>" not in html
    assert "<script>" not in html


def test_thirty_days_and_a_thousand_blocks_stay_inside_the_drawing():
    moments = [(AT + timedelta(minutes=n), f"P{n}", False) for n in range(1000)]
    for chart in (bars(*range(30)), charts.blocks("band", moments, title="Publishers")):
        for bar in chart.bars:
            x, y, width, height = (float(value.rstrip("%")) for value in (bar.x, bar.y, bar.width, bar.height))
            assert -0.01 <= x <= 100.01 - width
            assert -0.01 <= y <= 100.01 - height
    assert charts.blocks("band", [(AT, "A", False)], title="Publishers") is None
    assert charts.blocks("band", [], title="Publishers") is None


def figure(*values: tuple[str, str]) -> dict:
    return {"counts": "dead", "values": [{"value": value, "as_of": as_of} for value, as_of in values]}


def test_a_figure_that_goes_on_over_time_is_drawn_as_a_line():
    chart = figure_chart(figure(("13", "2026-11-03"), ("at least 1,200", "2026-11-05"), ("7", "2026-11-02")), 1)
    assert [dot.title for dot in chart.dots] == ["7", "13", "at least 1,200"]
    heights = [float(dot.y.rstrip("%")) for dot in chart.dots]
    assert heights == sorted(heights, reverse=True)
    assert len(chart.lines) == 2


def test_a_figure_that_words_or_times_leave_open_is_not_drawn():
    two = ("13", "2026-11-03"), ("14", "2026-11-04")
    for third in (("a dozen", "2026-11-05"), ("15", ""), ("16", "2026-11-04"), ("2 million", "2026-11-05")):
        assert figure_chart(figure(*two, third), 1) is None
    assert figure_chart(figure(*two, ("10 to 20", "2026-11-05")), 1) is None
    assert figure_chart(figure(*two), 1) is None
