"""What decides a line's formula and how its figures show, for every line of the program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from perfxl.core.records import Records
from perfxl.core.rulebook import Method
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import (
    best_first,
    blank,
    implied_direction,
    labelled,
    number,
    read_direction,
    resolve_scale,
    resolve_steps,
)
from perfxl.core.values.text import NOT_APPLICABLE, fold_name
from perfxl.workbook.cell_look import NOT_APPLICABLE_LABELS, FigureUnit, figure_units
from perfxl.workbook.score.formulas import Kind, Table

NO_COEFFICIENT = "—"  # of a grade that has none; a blank cell would read as 0
_DEFAULT_SCALE = ""


class Steps(NamedTuple):
    """A step table from the best down; `unit` is how the figures of the first KPI that uses it show."""

    table: Table
    steps: list[tuple[float, float]]
    unit: FigureUnit


class Kinds:
    """The kind of each line; step tables and scales that any line uses, with the names they get on the sheet of
    parameters.

    of      by line: None where no formula could give points (unknown method, direction, table or scale)
    steps   by (table, direction)
    scales  scale -> its names and (label, points)
    """

    def __init__(self, book: Mapping[str, Records], scores: Scores, lang: str) -> None:
        self.scores, self.policy = scores, scores.policy
        self.absent = NOT_APPLICABLE_LABELS[lang]
        self.steps: dict[tuple[Any, float], Steps] = {}
        self.scales: dict[str, tuple[Table, list[tuple[str, float]]]] = {}
        self._labels: dict[tuple[Any, Any], Any] = {}
        self.units: list[FigureUnit] = figure_units(scores.line_table.lines, book) or []
        self.of = [self._kind(line) for line in range(len(scores.line_table))]

    def method(self, line: int) -> Method | None:
        place = self.scores.lines.method[line]
        return self.scores.lines.methods[place] if place >= 0 else None

    def actual(self, line: int) -> Any:
        """What the cell of the actual holds: a label as its scale has it, no event as 0."""
        method, value = self.method(line), self.scores.line_table.columns["actual"][line]
        if method and method.name == "veto":
            return self.scores.line_table.vetoed.get(line, 0.0)
        if value == NOT_APPLICABLE:
            return self.absent if method else f"{self.absent} ?"  # of an unknown method nothing is known to be so
        if method is None or method.effect == "none":
            return value
        if method.effect == "total" and blank(value):
            return 0.0
        if isinstance(value, str) and "GRADES" in method.text:
            return self._label(value, self.scores.line_table.columns["scale"][line])
        return value

    def _kind(self, line: int) -> Kind | None:
        columns, method = self.scores.line_table.columns, self.method(line)
        if method is None or method.effect == "none":
            return None
        direction = read_direction(columns["direction"][line])
        if direction is None:
            return None
        if not direction:
            figures = {name: columns[name][line] for name in ("threshold", "target")}
            direction = implied_direction(method, figures)
        steps, scale = None, None
        if "STEPS" in method.text:
            steps = self._steps(columns["steps"][line], direction, self.units[line])
        if "GRADES" in method.text:
            scale = self._scale(columns["scale"][line])
        if ("STEPS" in method.text and steps is None) or ("GRADES" in method.text and scale is None):
            return None
        own = [number(columns[name][line]) for name in ("floor", "cap")]
        return Kind(method, direction, steps, scale, *(given == given for given in own))

    def _steps(self, given: Any, direction: float, unit: FigureUnit) -> Table | None:
        found = self.steps.get((given, direction))
        if found:
            return found.table
        steps = resolve_steps(given, self.policy)
        if steps is None:
            return None
        name = f"px_steps_{len(self.steps) + 1}"
        table = Table(f"{name}_at", f"{name}_points", len(steps))
        self.steps[given, direction] = Steps(table, best_first(steps, direction), unit)
        return table

    def _scale(self, given: Any) -> Table | None:
        key = _DEFAULT_SCALE if blank(given) else str(given).strip()
        if key not in self.scales:
            points = resolve_scale(given, self.policy)
            if points is None:
                return None
            name = f"px_scale_{len(self.scales) + 1}"
            shown = {fold_name(label): label for label in labelled(given, self.policy)}
            rows = [(shown[folded], worth) for folded, worth in points.items()]
            self.scales[key] = Table(f"{name}_labels", f"{name}_points", len(rows)), rows
        return self.scales[key][0]

    def _label(self, label: str, scale: Any) -> str:
        """As it stands on its scale; the formula compares without regard to case, but not to width and spaces."""
        found = self._labels.get((label, scale))
        if found is None:
            known = {fold_name(each): each for each in labelled(scale, self.policy)}
            found = self._labels[label, scale] = known.get(fold_name(label), label)
        return found
