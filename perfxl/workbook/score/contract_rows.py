"""One contract as rows of XML: title, details, lines by aspect, deductions, vetoes and monitored KPIs, the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from perfxl.core.explain.facts import veto_text
from perfxl.core.official import Verdict
from perfxl.core.policy import Policy
from perfxl.core.records import Tables
from perfxl.core.schema.choices import CATEGORY, DIRECTION
from perfxl.core.scoring.marks import means_texts, shown_means
from perfxl.core.scoring.periods import LIGHT_LABELS
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import STATUS_LABELS, Status, blank, number
from perfxl.core.scoring.totals import Totals, ordered_bands, spread_twice
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.scoring.vector import Factor
from perfxl.core.values.dates import from_serial
from perfxl.core.values.numbers import show_figure
from perfxl.workbook import row_sheet as rows
from perfxl.workbook.cell_values import FigureUnit
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.cell_writer import PLAIN, CellWriter
from perfxl.workbook.score.formulas import (
    BASIS,
    BASIS_LETTER,
    BASIS_PLACE,
    COEFFICIENTS,
    COLUMNS,
    GRADES,
    LIMIT_PLACE,
    LIMITS,
    PLACE,
    PRINTED,
    RESULT_PLACE,
    EarlierVersions,
    RowRange,
    ScoreFormulas,
    setting_name,
)
from perfxl.workbook.score.parameters import NO_COEFFICIENT, LineKinds
from perfxl.workbook.score.sheet_plan import ContractPlan, column_of
from perfxl.workbook.score.texts import SHORT, say
from perfxl.workbook.style import row_height

_RESULT_HEIGHT, _TITLE_HEIGHT = 24.0, 24.0
_CONTRACT_ROLES = {"completeness": "percent", "provisional": "muted"}


class ContractWriter:
    """Writes blocks as rows of XML."""

    def __init__(
        self, tables: Tables, scores: Scores, kinds: LineKinds, formulas: ScoreFormulas, writer: CellWriter
    ) -> None:
        self.scores, self.kinds, self.formulas, self.writer, self.lang = scores, kinds, formulas, writer, writer.lang
        self.lines = LineWriter(scores, kinds, formulas, writer)
        self.people = column_of(tables, "people", "person", "name")
        self.posts = column_of(tables, "people", "person", "post")
        self.units_of_people = column_of(tables, "people", "person", "unit")
        self.units = column_of(tables, "units", "unit", "name")
        roles = ["header" if i <= PRINTED else "side_header" for i in range(len(COLUMNS))]
        headers = [column.header(self.lang) for column in COLUMNS]
        self._header = dict(enumerate(map(writer.text, headers, roles)))
        self._header_height = 2 + max(row_height(headers[i], COLUMNS[i].width) for i in range(PRINTED + 1))

    def rows(self, block: ContractPlan) -> Iterator[str]:
        """The block's rows, from its title to its result, without a gap."""
        yield self._title(block)
        yield self._details(block)
        yield rows.row(block.header, self._header, self._header_height)
        lines = block.lines
        for row, line in enumerate(block.weighted, lines.first):
            yield self.lines.weighted(row, line, lines)
        if not block.weighted:
            yield self.lines.none(lines.first)
        for placed, of_kind, write in (
            (block.adjusting_rows, block.adjusting, self.lines.adjusting),
            (block.veto_rows, block.vetoes, self.lines.veto),
            (block.monitored_rows, block.monitored, self.lines.monitored),
        ):
            for row, line in enumerate(of_kind, placed.first if placed else 0):
                yield write(row, line)
        yield self._sum(block)
        yield self._limits(block)
        yield self._result(block)

    def results(
        self, title: str, totals: Totals, place: int, verdict: Verdict, written: Sequence[tuple[str, str]]
    ) -> dict[int, Tail]:
        """The cells of a result row: the values of `totals` at `place`; `written` are the formulas by RESULTS name. An
        undetermined total has no formula, but says what is wrong."""
        writer = self.writer
        cells: dict[int, Tail] = {0: writer.text(title, "sum_label")}
        cells |= {i: writer.text("", "name") for i in range(1, PRINTED + 1)}
        values = result_values(totals, place, self.scores.policy)
        for name, formula in written:
            at = RESULT_PLACE[name]
            role = _CONTRACT_ROLES.get(name, "result")
            if name == "total" or not verdict.is_undetermined:
                cells[at - 1] = writer.text(say(name, self.lang), "name")
            cells[at] = writer.result(verdict, name, formula, values[name], role)
        return cells

    def result_row(self, row: int, cells: dict[int, Tail], basis: Mapping[str, tuple[str, float | str]]) -> str:
        """A result row with what it stands on beside it: name -> formula and value."""
        for name, (formula, value) in basis.items():
            cells[BASIS_PLACE[name]] = self.writer.formula(formula, value, "helper")
        return rows.row(row, cells, _RESULT_HEIGHT)

    def title(self, row: int, names: str, post: str) -> str:
        cells = {0: self.writer.text(f"{names}    {post}".rstrip(), "title")}
        cells |= {i: self.writer.text("", "title") for i in range(1, PRINTED + 1)}
        return rows.row(row, cells, _TITLE_HEIGHT)

    def _title(self, block: ContractPlan) -> str:
        contracts, at = self.scores.line_table.contracts, block.contract
        holders = [contracts.column(name)[at] for name in ("holder", "second_holder")]
        names = "、".join(str(self.people.get(holder) or holder) for holder in holders if not blank(holder))
        post = contracts.column("post")[at] or self.posts.get(holders[0]) or ""
        return self.title(block.start, names, post)

    def _details(self, block: ContractPlan) -> str:
        contracts, at = self.scores.line_table.contracts, block.contract
        holder, unit, issuer, start, end = (
            contracts.column(name)[at] for name in ("holder", "unit", "issuer", "start", "end")
        )
        unit = unit or self.units_of_people.get(holder)
        parts = {
            "contract": contracts.column("contract")[at],
            "holder": holder,
            "unit": self.units.get(unit) or unit,
            "issuer": self.people.get(issuer) or issuer,
        }
        shown = [f"{contracts.table.column(name).header(self.lang)} {value}" for name, value in parts.items() if value]
        if start or end:
            shown.append(f"{start or ''} – {end or ''}")
        shown += [say("version", self.lang).format(*each) for each in self._versions(at)]
        return rows.row(block.start + 1, {0: self.writer.text("    ".join(shown), "meta")})

    def _versions(self, contract: int) -> Iterator[tuple[int, object, object, int, str]]:
        """Of an amended contract: number, first and last day, days, and the total where it counts by days."""
        for each in self.scores.versions.get(contract, ()):
            total = "" if each.total is None else say("version_total", self.lang).format(each.total)
            yield each.number, each.first, each.last, each.days, total

    def _sum(self, block: ContractPlan) -> str:
        lines, scores, writer = block.lines, self.scores, self.writer
        cells = {i: writer.text("", "sum_label") for i in range(PRINTED + 1)}
        cells[0] = writer.text(say("sum", self.lang), "sum_label")
        weights = [number(scores.line_table.columns["weight"][line]) for line in block.weighted]
        effective = scores.effective[block.weighted]
        weighted = effective * scores.lines.points[block.weighted] / 100
        is_undetermined = scores.verdicts.contracts[block.contract].is_undetermined
        for name, values in (("weight", weights), ("effective", effective), ("weighted", weighted)):
            if not (name == "weighted" and is_undetermined):
                cells[PLACE[name]] = writer.formula(f"SUM({lines.of(name)})", float(np.nansum(values)), "sum")
        return rows.row(block.sum, cells)

    def _limits(self, block: ContractPlan) -> str:
        """From the weighted points to the total: deductions and bonuses, the cap, what vetoes leave."""
        writer, totals, row, contract = self.writer, self.scores.contracts, block.result, block.contract
        cells = {i: writer.text("", "name") for i in range(PRINTED + 1)}
        cells[0] = writer.text(say("limits", self.lang), "sum_label")
        if not self.scores.verdicts.contracts[contract].is_undetermined:
            known, is_open = self._known(block), self._open(block)
            most, grade = self.scores.vetoes.total[contract], int(self.scores.vetoes.grade[contract])
            veto_most, veto_grade = self.formulas.veto_limits(block.veto_rows)
            weighted = float(totals.weighted[contract]) / (known if is_open else 100) if known > 0 else ""
            written: tuple[tuple[str, float | str], ...] = (
                (self.formulas.weighted_sum(block.lines, row), weighted),
                (f"{BASIS_LETTER['adjusted']}{row}", float(totals.adjusted[contract])),
                (setting_name("total_cap"), float(self.scores.policy["total_cap"])),
                (veto_most, float(most) if most < float("inf") else ""),
                (veto_grade, self.lines.grades[grade] if self._limits_grade(block) else ""),
            )
            for name, (formula, value) in zip(LIMITS, written, strict=True):
                at = LIMIT_PLACE[name]
                cells[at - 1] = writer.text(say(name, self.lang), "name")
                cells[at] = writer.formula(formula, value, "centred" if name == "veto_grade" else "muted")
        for name in BASIS:
            cells[BASIS_PLACE[name]] = writer.text(say(name, self.lang), "helper_label")
        return rows.row(block.limits, cells)

    def _limits_grade(self, block: ContractPlan) -> bool:
        """Whether a veto that happened limits the grade."""
        vetoed = self.scores.line_table.vetoed
        return any(line in vetoed and self.lines.veto_of(line).effect == "limit_grade" for line in block.vetoes)

    def _known(self, block: ContractPlan) -> float:
        """The weight of the lines that have points."""
        points, effective = self.scores.lines.points, self.scores.effective
        return float(sum(effective[line] for line in block.weighted if points[line] == points[line]))

    def _open(self, block: ContractPlan) -> int:
        """How many lines keep the total from being official."""
        return sum(self.lines.is_open(line) for line in (*block.weighted, *block.adjusting))

    def _result(self, block: ContractPlan) -> str:
        written, totals, row = self.formulas, self.scores.contracts, block.result
        lines, vetoes = block.lines, block.veto_rows
        stated, earlier = self.scores.decisions.stated_contract(block.contract), self.earlier(block)
        formulas = (
            ("total", f"{stated.total:.15g}" if stated else written.total(lines, vetoes, row, earlier)),
            ("grade", written.of_band(GRADES, row)),
            ("coefficient", written.of_band(COEFFICIENTS, row)),
            ("completeness", written.completeness(lines, row, earlier)),
            ("provisional", written.total(lines, vetoes, row, earlier, provisional=True)),
        )
        verdict = self.scores.verdicts.contracts[block.contract]
        cells = self.results(say("contract_result", self.lang), totals, block.contract, verdict, formulas)
        return self.result_row(row, cells, self._basis(block))

    def earlier(self, block: ContractPlan) -> EarlierVersions | None:
        """What stands in no block: the earlier versions of a contract that counts by days."""
        versions = self.scores.versions.get(block.contract, ())
        return EarlierVersions.of(versions) if self.scores.policy["amendment_scoring"] == "days" and versions else None

    def _basis(self, block: ContractPlan) -> dict[str, tuple[str, float | str]]:
        """Known weight, open lines, deductions and bonuses, the grade's place."""
        written, scores, adjusting = self.formulas, self.scores, block.adjusting_rows
        points, band = scores.lines.points, scores.contracts.grade[block.contract]
        limits, earlier = block.veto_rows.of("spread") if block.veto_rows else "", self.earlier(block)
        if earlier and earlier.best > 1:
            limits = ",".join(filter(None, (limits, str(earlier.best))))
        stated = scores.decisions.stated_contract(block.contract)
        place = f"{stated.place + 1}" if stated else written.band(block.result, limits)
        return {
            "known": (written.known(block.lines), self._known(block)),
            "open": (written.open(block.lines, adjusting), float(self._open(block))),
            "adjusted": (
                f"SUM({adjusting.of('points')})" if adjusting else "0",
                float(np.nansum(points[block.adjusting])) if adjusting else 0.0,
            ),
            "band": (place, float(band + 1) if band >= 0 else ""),
        }


def result_values(totals: Totals, place: int, policy: Policy) -> dict[str, float | str]:
    """What the result cells hold, by RESULTS name; "" for none."""
    band = ordered_bands(policy)[totals.grade[place]] if totals.grade[place] >= 0 else None
    coefficient: float | str = NO_COEFFICIENT if band and band.coefficient is None else ""
    return {
        "total": float(totals.total[place]),
        "grade": band.grade if band else "",
        "coefficient": band.coefficient if band and band.coefficient is not None else coefficient,
        "completeness": float(totals.completeness[place]),
        "provisional": float(totals.provisional[place]),
    }


# Figures in the KPI's unit, and those that are points.
_OF_KPI = ("target", "threshold", "challenge", "base", "unit_step", "low", "high")
_OF_POINTS = ("k", "limit", "full_marks", "floor", "cap")
_WRAPPING = ("aspect", "kpi", "method")

Extra = Mapping[str, Tail]


class LineWriter:
    """Writes lines as rows of XML."""

    def __init__(self, scores: Scores, kinds: LineKinds, formulas: ScoreFormulas, writer: CellWriter) -> None:
        self.scores, self.kinds, self.formulas, self.writer, self.lang = scores, kinds, formulas, writer, writer.lang
        self.columns = scores.line_table.columns
        categories = scores.policy.categories
        self.aspects = {c.name: c.label(writer.lang) for c in (*CATEGORY, *categories.choices)}
        self.directions = {1.0: DIRECTION[0].label(writer.lang), -1.0: DIRECTION[1].label(writer.lang)}
        self.lights = {
            name: rows.text(label(writer.lang), writer.cell_formats.light(name)) for name, label in LIGHT_LABELS.items()
        }
        self.states = {status: label(writer.lang) for status, label in STATUS_LABELS.items()}
        self.directed = {method.name for method in scores.lines.methods if method.directed}
        self.grades = [band.grade for band in ordered_bands(scores.policy)]
        self._spread = spread_weights(scores)
        self._empty = [writer.text("", "plain")] * len(COLUMNS)
        self._heights: dict[tuple[str, ...], float] = {}
        self._weighted, self._state = formulas.weighted(), formulas.status()
        self._effective, self._spreading = lru_cache(1)(formulas.effective), lru_cache(1)(formulas.spread)

    def weighted(self, row: int, line: int, lines: RowRange) -> str:
        """A line with weight, among the `lines` of its contract."""
        effective, points = float(self.scores.effective[line]), float(self.scores.lines.points[line])
        writer = self.writer
        extra = {
            "weight": writer.number(self.columns["weight"][line], "weight"),
            "effective": writer.formula_at(row, self._effective(lines), effective, "weight"),
            "points": self._points(row, line),
            "weighted": writer.formula_at(row, self._weighted, effective * points / 100, "points"),
            "status": self._status(row, line),
        }
        if self.formulas.by_aspect:
            extra["spread"] = writer.formula_at(row, self._spreading(lines), float(self._spread[line]), "helper")
        return self._row(row, line, extra)

    def adjusting(self, row: int, line: int) -> str:
        return self._row(row, line, {"points": self._points(row, line), "status": self._status(row, line)})

    def veto(self, row: int, line: int) -> str:
        """How often it happened, and what they leave of the total (in the column of points) or of the grades."""
        veto, hit = self.veto_of(line), line in self.scores.line_table.vetoed
        writer = self.writer
        extra = {"status": writer.text(say("triggered" if hit else "not_triggered", self.lang), "state")}
        if veto.effect == "limit_grade":
            place = self.grades.index(veto.grade) if veto.grade in self.grades else len(self.grades) - 1
            extra["limit"] = writer.text(self.grades[place], "centred")
            extra["spread"] = writer.formula(self.formulas.veto_grade(row), float(place + 1) if hit else "", "helper")
        else:
            written = self.formulas.veto_total(veto, row, own_limit=not blank(self.columns["limit"][line]))
            left = 0.0 if veto.effect == "zero" else veto.limit
            extra["points"] = writer.formula(written, left if hit else "", "limit")
        return self._row(row, line, extra)

    def monitored(self, row: int, line: int) -> str:
        return self._row(row, line, {"status": self.writer.text(self.states[Status.MONITORED], "state")})

    def none(self, row: int) -> str:
        """Instead of lines."""
        cells = dict(enumerate(self._empty))
        cells[PLACE["kpi"]] = self.writer.text(say("no_lines", self.lang), "text")
        return rows.row(row, cells)

    def is_open(self, line: int) -> bool:
        """Whether it keeps the total from being official."""
        method = self.kinds.method(line)
        adjusts = method is not None and method.effect == "total"
        pending = self.scores.status(line) in (Status.PENDING, Status.PROBLEM)
        return pending and (adjusts or self.scores.effective[line] > 0)

    def _row(self, row: int, line: int, extra: Extra) -> str:
        """What all lines show; `extra` holds what differs."""
        columns, unit, writer = self.columns, self.kinds.units[line], self.writer
        cells = self._empty.copy()
        for names, shown in ((_OF_KPI, unit), (_OF_POINTS, PLAIN)):
            for name in names:
                value = columns[name][line]
                if value is not None:
                    cells[PLACE[name]] = writer.figure(value, shown)
        texts = self._wrapping(line)
        for name, text, role in zip(_WRAPPING, texts, ("text", "text", "centred"), strict=True):
            cells[PLACE[name]] = writer.text(text, role)
        cells[PLACE["unit"]] = writer.text(str(columns["unit"][line] or ""), "centred")
        kind = self.kinds.of[line]
        if kind and kind.method.name in self.directed:
            cells[PLACE["direction"]] = writer.text(self.directions[kind.direction], "state")
        cells[PLACE["actual"]] = writer.figure(self.kinds.actual(line), unit)
        self._outlook(cells, line, unit)
        for name, tail in extra.items():
            cells[PLACE[name]] = tail
        return rows.whole_row(row, cells, self._height(texts))

    def _outlook(self, cells: list[Tail], line: int, unit: FigureUnit) -> None:
        outlook, to_date = self.scores.outlook, self.scores.line_table.as_of[line].value
        forecast: Any = outlook.forecast[line]
        if forecast is not None and isinstance(to_date, date):
            forecast = from_serial(forecast)
        cells[PLACE["to_date"]] = self.writer.figure(to_date, unit)
        cells[PLACE["light"]] = self.lights[outlook.light[line]]
        cells[PLACE["forecast"]] = self.writer.figure(forecast, unit)

    def _wrapping(self, line: int) -> tuple[str, str, str]:
        """Aspect, KPI and method as they show."""
        columns, method = self.columns, self.kinds.method(line)
        aspect = columns["aspect"][line]
        name = str(columns["name"][line] or columns["kpi"][line] or "")
        starred = f"{name} ★" if method and method.name == "monitor" else name
        method_text, changed = self._method(line), self.scores.decisions.lines.get(line)
        if changed:
            method_text += f"\n{changed.text(self.lang)}"
        marked = self.scores.line_table.marked.get(line)
        if marked:
            shown = shown_means(marked.combined, self.scores.policy["confidentiality_min"])
            method_text = "\n".join((method_text, *means_texts(shown, self.lang)))
        return self.aspects.get(aspect, str(aspect or say("no_aspect", self.lang))), starred, method_text

    def _height(self, texts: tuple[str, ...]) -> float:
        height = self._heights.get(texts)
        if height is None:
            widths = (COLUMNS[PLACE[name]].width for name in _WRAPPING)
            height = self._heights[texts] = max(map(row_height, texts, widths))
        return height

    def _points(self, row: int, line: int) -> Tail:
        """Where something is wrong with a line no formula may give it points; it is mended in the program."""
        if self.scores.status(line) is Status.PROBLEM:
            return self.writer.text("", "points")
        changed = self.scores.decisions.lines.get(line)
        if changed:
            return self.writer.number(changed.points, "points")
        kind = self.kinds.of[line]
        written = self.formulas.points(kind) if kind else '""'
        return self.writer.formula_at(row, written, float(self.scores.lines.points[line]), "points")

    def _status(self, row: int, line: int) -> Tail:
        """Where something is wrong, nothing that is typed changes it."""
        if self.kinds.method(line) is None or self.scores.status(line) is Status.PROBLEM:
            return self.writer.text(self.states[Status.PROBLEM], "state")
        return self.writer.formula_at(row, self._state, self.states[self.scores.status(line)], "state")

    def veto_of(self, line: int) -> Veto:
        """What a veto does."""
        given = {name: self.columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        return Veto.of(given, self.scores.policy)

    def _method(self, line: int) -> str:
        """The method's name, and the figures that make it this line's."""
        method = self.kinds.method(line)
        if method is None:
            return str(self.columns["method"][line] or "")
        if method.name == "veto":
            return f"{method.title(self.lang)}\n{veto_text(self.veto_of(line), self.lang)}"
        words = SHORT[method.name](self.lang) if method.name in SHORT else ""
        k, unit = self.columns["k"][line], self.columns["unit_step"][line]
        if not words or k is None or (unit is None and "{u}" in words):
            return method.title(self.lang)
        own_unit = self.columns["unit"][line]
        shown = {"k": _show(k), "u": _show(unit, own_unit)}
        if "{low}" in words:
            given = (self.columns[name][line] for name in ("low", "high"))
            low, high = ("—" if blank(value) else _show(value, own_unit) for value in given)
            shown |= {"low": low, "high": high}
        return f"{method.title(self.lang)}\n{words.format(**shown)}"


def spread_weights(scores: Scores) -> Any:
    """Each line's weight once those that are not applicable went to the rest of their aspect."""
    columns, size = scores.line_table.columns, len(scores.line_table.contracts)
    contract = np.array([c if c >= 0 else size for c in scores.line_table.contract], dtype=np.int64)
    weights = np.array([number(w) for w in columns["weight"]], dtype=np.float64)
    aspect = Factor.of(columns["aspect"]).codes
    return spread_twice(scores.lines, weights, contract, aspect, scores.policy)[0]


def _show(value: Any, unit: object = "") -> str:
    figure = number(value)
    return show_figure(figure, unit, digits=10) if figure == figure else str(value)
