"""Figures with a word for tens of thousands or the like: 950万 of a KPI in 万元 is 950, of one in 元 9,500,000."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from perfxl.core.records import Records
from perfxl.core.schema import Column, Type
from perfxl.core.values.multiples import in_multiples, multiple_of
from perfxl.core.values.numbers import MULTIPLIED

__all__ = ["Multiplied", "MultipliedFigures"]


class Multiplied(NamedTuple):
    """One such figure: its column, its record, its cell (zero-based) and what stands there."""

    column: Column
    record: int
    row: int
    at: int
    raw: Any


class MultipliedFigures:
    """Those of the rows just read. What is said of each is (figure, name of the problem, its details)."""

    def __init__(self) -> None:
        self._waiting: list[Multiplied] = []

    def add(self, figure: Multiplied) -> None:
        """Takes note of one."""
        self._waiting.append(figure)

    def settle(
        self, records: Records, units: Callable[[], Mapping[Any, Any]]
    ) -> Iterator[tuple[Multiplied, str, dict[str, Any]]]:
        """Puts figures into the unit of their KPI where that is a multiple; the others wait."""
        if not self._waiting or "kpi" not in records.columns:
            return
        waiting, self._waiting, of_kpi = self._waiting, [], units()
        for each in waiting:
            values = records.columns[each.column.name]
            unit, value = of_kpi.get(records.columns["kpi"][each.record]), values[each.record]
            multiple = multiple_of([str(unit)]) if unit and each.column.type is Type.FIGURE else None
            if multiple is None or not isinstance(value, float):
                self._waiting.append(each)
                records.multiplied.setdefault(each.column.name, set()).add(each.record)
                continue
            values[each.record] = in_multiples(value, multiple)
            told = {"value": each.raw, "unit": unit, "number": f"{values[each.record]:.15g}"}
            yield each, "number_in_unit", told

    def rest(self) -> Iterator[tuple[Multiplied, str, dict[str, Any]]]:
        """What is said of those that were taken as they are."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            yield each, MULTIPLIED, {"value": each.raw}
