"""Reports that follow a plain course come to what settling them one by one gives, whatever stands among them."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl.core.scoring.courses import Courses
from perfxl.core.scoring.periods import Report, aggregate, days_of_months, months_of_period
from perfxl.core.values.dates import Span

PERIODS = ("2025-01", "2025-02", "2025-03", "2025-12", "2025Q1", "2025Q2", "2025Q4", "2024-12")
NUMBERS = st.sampled_from((1.0, 2.5, 0.1, 0.2, 0.0, -0.0, -3.0, 1e300, float("inf"), float("nan"))) | st.floats(
    -1e6, 1e6
)
FIGURES = st.sampled_from((None, "N/A", "优", date(2025, 3, 9), 7, True, 1.0, 2.5))
SPANS = st.sampled_from((Span(date(2025, 1, 1), date(2025, 12, 31)), Span(date(2025, 3, 1), date(2025, 8, 14))))
REPORT = st.tuples(st.sampled_from(PERIODS), FIGURES, st.none() | NUMBERS, st.none() | NUMBERS)
PLAIN = st.tuples(st.sampled_from(PERIODS), NUMBERS, NUMBERS, NUMBERS)


@settings(max_examples=600, deadline=None)
@given(
    st.lists(PLAIN, max_size=6) | st.lists(REPORT, max_size=2) | st.lists(REPORT, max_size=6),
    st.sampled_from(("sum", "last", "mean", "max", "min", "ratio", None, "其他")),
    SPANS | SPANS | st.none(),
    st.none() | st.none() | st.integers(months_of_period("2025-01")[0], months_of_period("2025-12")[1]),
    st.booleans(),
)
def test_a_plain_course_is_what_settling_the_reports_gives(
    reports: list[tuple[str, Any, Any, Any]], rule: str | None, days: Span | None, until: int | None, ordered: bool
) -> None:
    said = [each for each in reports if any(figure is not None for figure in each[1:])]
    if ordered:
        said.sort(key=lambda each: months_of_period(each[0])[::-1])
    first, last = (months_of_period(f"{day:%Y-%m}")[0] for day in days) if days else (0, 0)
    own = [
        Report(*months, figures[0], figures[1], figures[2], row)
        for row, (period, *figures) in enumerate(said)
        if days and days_of_months(*(months := months_of_period(period))).overlaps(days)
        if until is None or months[1] <= until
    ]
    columns = ([each[at] for each in said] for at in range(4))
    rows = range(len(said)) if ordered else list(range(len(said)))
    try:
        settled = aggregate(rule, own, first, last)
    except (ValueError, OverflowError):  # infinite sums, which the reader lets in nowhere
        return
    course = Courses(*columns).aggregate(rule, rows, first, last, days, until)
    assert course is None or repr(_listed(course)) == repr(_listed(settled))


def test_the_usual_reports_follow_a_course() -> None:
    whole = Span(date(2025, 1, 1), date(2025, 12, 31))
    first, last = months_of_period("2025")
    values = [1.0, 2.5, 3.0, 0.5]
    courses = Courses(
        [f"2025Q{quarter}" for quarter in range(1, 5)], values, [1.0, 2.0, 3.0, 4.0], [4.0, 4.0, 4.0, 4.0]
    )
    figures = {"sum": 7.0, "mean": 1.75, "max": 3.0, "min": 0.5, "last": 0.5, "ratio": 0.625}
    for rule, figure in figures.items():
        course = courses.aggregate(rule, range(4), first, last, whole)
        assert course is not None and (course.value, course.complete, course.rows) == (figure, True, range(4))
    to_june = courses.aggregate("sum", range(4), first, last, whole, until=first + 5)
    assert to_june is not None and (to_june.value, to_june.known, to_june.complete) == (3.5, 6, False)


def _listed(result: Any) -> Any:
    return result._replace(rows=list(result.rows))
