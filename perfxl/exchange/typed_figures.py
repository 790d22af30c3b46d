"""What is typed for a line, as formulas over the sheets Actuals and Grades: the figure to date, and what the period
ends with at this pace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from perfxl.core.scoring.line_table import LineTable
from perfxl.core.scoring.periods import months_of_period
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.workbook.cell_values import NOT_APPLICABLE_LABEL
from perfxl.workbook.score.formulas import quote_text

__all__ = ["UNCLEAR", "TypedFigures", "figure_formula", "literal", "numbers_of", "reported_besides"]

Reported = tuple[str, Any, Any, Any]
"""A period's figure, by itself or by its parts, and the parts."""

UNCLEAR = "?"
"""In the column of figures that count: what is neither a number nor not applicable."""

_LEAST = "-1E+300"
_MOST_PERIODS = 24


def numbers_of(cells: str) -> str:
    """Which cells hold a number, in SUMPRODUCT: text is more than any number. Not every program knows ISNUMBER of a
    range there."""
    return f'--({cells}<>""),--({cells}<1E+300)'


@cache
def figure_formula(lang: str) -> str:
    """The figure of a row of actuals that counts: what was typed, or the ratio of its two parts."""
    absent = NOT_APPLICABLE_LABEL(lang)
    value, over, under = "{{value}}", "{{numerator}}", "{{denominator}}"
    is_absent = f'OR(UPPER(TRIM({value}))="N/A",TRIM({value})="不适用")'
    parts = f'IF(AND(ISNUMBER({over}),ISNUMBER({under})),IF({under}<>0,{over}/{under},""),"")'
    return f'IF(ISNUMBER({value}),{value},IF(TRIM({value})="",{parts},IF({is_absent},"{absent}","{UNCLEAR}")))'


class _Period(NamedTuple):
    """A period that is asked for, and its months within the contract."""

    name: str
    first: int
    last: int
    months: int


class TypedFigures:
    """What is typed for one line, as formulas over the sheets Actuals and Grades; what else was reported is in them as
    figures. Rows are found by their keys, so that sorting them changes nothing."""

    def __init__(
        self, rule: str, periods: Iterable[str], others: Iterable[Reported], contract: tuple[int, int], absent: str
    ) -> None:
        """rule: how periods become one figure; contract: its first and last month; absent: how a cell says that a
        figure is not applicable."""
        self._rule, self._absent = rule, absent
        self._first, self._last = contract
        self._periods = sorted((self._period(name) for name in dict.fromkeys(periods)), key=lambda p: (p.last, p.first))
        self._others = [(self._period(name), *figures) for name, *figures in others]
        self._due = self._last - self._first + 1

    @cached_property
    def is_clear(self) -> bool:
        """Whether what is typed can be followed: no period overlaps another one."""
        spans = sorted((p.first, p.last) for p in [*self._periods, *(other[0] for other in self._others)])
        apart = all(before[1] < after[0] for before, after in pairwise(spans))
        return (apart or self._rule == "last") and len(self._periods) <= _MOST_PERIODS

    def label(self, labels: Sequence[str]) -> str:
        """The grade of the latest period, of a scale with these; blank where it cannot be followed."""
        others = [(period, said) for period, said, *_ in self._others if said != NOT_APPLICABLE]
        if (others and self._rule != "last") or any(said not in labels for _, said in others):
            return ""
        mask, value = _mask("grades"), "{{grades.value}}"

        def count(word: str, period: str = "") -> str:
            return f"SUMPRODUCT({mask},{period}--({value}={quote_text(word)}))"

        absent = "+".join(count(word) for word in dict.fromkeys(NOT_APPLICABLE_LABEL))
        text = f'IF({len(self._others) - len(others)}+{absent}>0,"{self._absent}","")'
        typed = [(period, "") for period in self._periods]
        for period, label in sorted([*others, *typed], key=lambda each: (each[0].last, each[0].first)):
            if label:
                text = quote_text(label)
                continue
            of = f"--({{{{grades.period}}}}={quote_text(period.name)}),"
            for name in reversed(labels):
                text = f"IF({count(name, of)}>0,{quote_text(name)},{text})"
        known = "+".join([*map(count, labels), absent])
        return f'IF(SUMPRODUCT({mask},--({value}<>""))>{known},"{UNCLEAR}",{text})'

    @cached_property
    def figure(self) -> str:
        """The figure to date; blank where this rule of aggregation cannot be followed."""
        if not all(isinstance(value, float) or value == NOT_APPLICABLE for _, value, *_ in self._others):
            return ""
        counted = [(period, value, *parts) for period, value, *parts in self._others if isinstance(value, float)]
        absent = sum(value == NOT_APPLICABLE for _, value, *_ in self._others)
        value = self._combined(counted)
        if not value:
            return ""
        none = f'IF({absent}+{self._count(self._absent_mask)}>0,"{self._absent}","")'
        unclear = self._count(f'--({{{{actuals.figure}}}}="{UNCLEAR}")')
        number_of = f"{len(counted)}+{self._count(_NUMBERS)}"
        return f'IF({unclear}>0,"{UNCLEAR}",IF({number_of}>0,{value},{none}))'

    @cached_property
    def pace(self) -> str:
        """What the period ends with at this pace."""
        if self._rule != "sum":
            return "{{to_date}}"
        known = sum(period.months for period, value, *_ in self._others if isinstance(value, float))
        absent = sum(period.months for period, value, *_ in self._others if value == NOT_APPLICABLE)
        known_text = self._in_months(known, _NUMBERS)
        due_text = self._in_months(absent, self._absent_mask, f"{self._due}-")
        paced = f"{{{{to_date}}}}*({due_text})/({known_text})"
        return f"IF(ISNUMBER({{{{to_date}}}}),IF(({known_text})<({due_text}),{paced},{{{{to_date}}}}),{{{{to_date}}}})"

    @property
    def _absent_mask(self) -> str:
        return f'--({{{{actuals.figure}}}}="{self._absent}")'

    def _combined(self, counted: Sequence[tuple[Any, ...]]) -> str:
        figures = [each[1] for each in counted]
        typed = self._sum("figure")
        if self._rule == "sum":
            return f"({literal(sum(figures))}+{typed})"
        if self._rule == "mean":
            return f"({literal(sum(figures))}+{typed})/({len(figures)}+{self._count(_NUMBERS)})"
        if self._rule in ("max", "min"):
            none = _LEAST if self._rule == "max" else _LEAST[1:]
            each = [f"IF({self._count(_NUMBERS, p)}>0,{self._one(p)},{none})" for p in self._periods]
            return f"{self._rule.upper()}({','.join([*map(literal, figures), *each])})"
        if self._rule == "last":
            return self._latest(counted)
        if self._rule == "ratio":
            return self._ratio(counted)
        return self._one(self._periods[0]) if len(self._periods) == 1 and not counted else ""

    def _latest(self, counted: Sequence[tuple[Any, ...]]) -> str:
        given = [(period, literal(value), False) for period, value, *_ in counted]
        both = [*given, *((period, self._one(period), True) for period in self._periods)]
        text = '""'
        for period, value, is_typed in sorted(both, key=lambda each: (each[0].last, each[0].first)):
            text = f"IF({self._count(_NUMBERS, period)}>0,{value},{text})" if is_typed else value
        return text

    def _ratio(self, counted: Sequence[tuple[Any, ...]]) -> str:
        """Sums of the parts where every row has both; a single row's own figure else."""
        whole = all(over is not None and under is not None for _, _, over, under in counted)
        both = f"{numbers_of('{{actuals.numerator}}')},{numbers_of('{{actuals.denominator}}')}"
        over, under = (
            f"({literal(sum(each[at] or 0.0 for each in counted))}+{self._sum(name)})"
            for at, name in ((2, "numerator"), (3, "denominator"))
        )
        rows = f"{len(counted)}+{self._count(_NUMBERS)}"
        typed = self._sum("figure")
        alone = literal(sum(each[1] for each in counted))
        single = f'IF({rows}=1,{alone}+{typed},"")'
        if not whole:
            return single
        return f'IF({self._count(_NUMBERS)}={self._count(both)},IF({under}<>0,{over}/{under},""),{single})'

    def _period(self, name: str) -> _Period:
        first, last = months_of_period(name)
        return _Period(name, first, last, max(0, min(last, self._last) - max(first, self._first) + 1))

    def _sum(self, field: str) -> str:
        """Of the line's rows."""
        return f"SUMPRODUCT({_mask('actuals')},{{{{actuals.{field}}}}})"

    def _one(self, period: _Period) -> str:
        return f"SUMPRODUCT({_mask('actuals')},{_of(period)},{{{{actuals.figure}}}})"

    def _count(self, test: str, period: _Period | None = None) -> str:
        """How many of the line's rows, or of its rows of a period, pass a test."""
        return f"SUMPRODUCT({_mask('actuals')},{f'{_of(period)},' if period else ''}{test})"

    def _in_months(self, known: int, test: str, before: str = "") -> str:
        lengths = {period.months for period in self._periods}
        if len(lengths) == 1:
            parts = [f"{lengths.pop()}*{self._count(test)}"]
        else:
            parts = [f"{period.months}*{self._count(test, period)}" for period in self._periods]
        sign = "-" if before else "+"
        return f"{before}{known}{sign}{sign.join(parts)}"


_NUMBERS = numbers_of("{{actuals.figure}}")


def _mask(job: str) -> str:
    return f"--({{{{{job}.holder}}}}={{{{holder}}}}),--({{{{{job}.kpi}}}}={{{{kpi}}}})"


def _of(period: _Period) -> str:
    return f"--({{{{actuals.period}}}}={quote_text(period.name)})"


def reported_besides(table: LineTable, line: int, periods: Collection[str]) -> tuple[Reported, ...]:
    """What was reported for a line, but for these periods."""
    rows, actuals = table.to_date[line].rows, table.actuals
    if not rows:
        return ()
    rows = [row for row in rows if actuals.column("period")[row] not in periods]
    return tuple((actuals.column("period")[row], *_parts(actuals.columns, row)) for row in rows)


def _parts(columns: Mapping[str, Sequence[Any]], row: int) -> tuple[Any, Any, Any]:
    value, over, under = (
        columns[name][row] if name in columns else None for name in ("value", "numerator", "denominator")
    )
    return (over / under if value is None and over is not None and under else value), over, under


def literal(value: float) -> str:
    """A figure inside a formula; a blank is a blank text."""
    if value != value:
        return '""'
    return f"({value:.15g})" if value < 0 else f"{value:.15g}"
