"""One contract as rows of XML: title, details, lines by aspect, deductions, vetoes and monitored KPIs, the total."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import fsum
from typing import Any

import numpy as np

from perfxl.core.official import Verdict
from perfxl.core.policy import Policy
from perfxl.core.records import Tables
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import blank, number
from perfxl.core.scoring.totals import Totals, ordered_bands
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.cell_writer import CellWriter
from perfxl.workbook.score.formulas import (
    COEFFICIENTS,
    GRADES,
    LIMITS,
    EarlierVersions,
    ScoreFormulas,
    setting_name,
)
from perfxl.workbook.score.line_rows import LineWriter
from perfxl.workbook.score.page import INSTEAD, PageRows
from perfxl.workbook.score.parameters import NO_COEFFICIENT, LineKinds
from perfxl.workbook.score.sheet_plan import ContractPlan, column_of
from perfxl.workbook.score.texts import say
from perfxl.workbook.template.references import Growth, Place


class ContractWriter:
    """Writes blocks as rows of XML."""

    def __init__(
        self,
        tables: Tables,
        scores: Scores,
        kinds: LineKinds,
        formulas: ScoreFormulas,
        writer: CellWriter,
        page: PageRows,
    ) -> None:
        self.page, self._settled = page, (-1, 0.0, 0)
        self.scores, self.kinds, self.formulas, self.writer, self.lang = scores, kinds, formulas, writer, writer.lang
        self.lines = LineWriter(scores, kinds, formulas, writer, page)
        self.people = column_of(tables, "people", "person", "name")
        self.posts = column_of(tables, "people", "person", "post")
        self.units_of_people = column_of(tables, "people", "person", "unit")
        self.units = column_of(tables, "units", "unit", "name")

    def rows(self, block: ContractPlan) -> Iterator[str]:
        """The block's rows, in the order of the template; a kind of lines that it has none of is left out."""
        counts = {"lines": block.weighted, "adjusting": block.adjusting, "vetoes": block.vetoes}
        of_kind: dict[str, Sequence[int]] = {**counts, "monitored": block.monitored}
        write: dict[str, Callable[[int, int], str]] = {
            "lines": partial(self.lines.weighted, block.lines),
            "adjusting": self.lines.adjusting,
            "vetoes": self.lines.veto,
            "monitored": self.lines.monitored,
        }
        once: dict[str, Callable[..., str]] = {
            "title": self._title,
            "details": self._details,
            "sum": self._sum,
            "limits": self._limits,
        }
        once["result"] = self._result
        places = _BlockRows(block) if self.page.template.refers else None
        row = block.start
        for pattern in block.layout.contract.patterns:
            kind = pattern.kind
            if kind in of_kind:
                for line in of_kind[kind]:
                    yield write[kind](row, line)
                    row += 1
                if kind == "lines" and not block.weighted:
                    yield self.lines.none(row)
                    row += 1
            else:
                if kind in once:
                    yield once[kind](block, row, places)
                else:
                    yield self.page.row(pattern, row, {}, places=places)
                row += 1

    def results(
        self, kind: str, totals: Totals, place: int, verdict: Verdict, written: Sequence[tuple[str, str]]
    ) -> tuple[str, dict[str, Tail]]:
        """The kind of a result's row, and its cells: the values of `totals` at `place`; `written` are the formulas by
        RESULTS name. An undetermined total has no formula, but says what is wrong."""
        writer = self.writer
        if verdict.is_undetermined:
            instead = next(name for name, other in INSTEAD.items() if other == kind)
            kind = instead if instead in self.page.template.of_kind else kind
            return kind, {"total": writer.text(verdict.label(self.lang), (kind, "total"))}
        values = result_values(totals, place, self.scores.policy)
        return kind, {name: writer.formula(formula, values[name], (kind, name)) for name, formula in written}

    def result_row(
        self,
        row: int,
        kind: str,
        cells: dict[str, Tail],
        basis: Mapping[str, tuple[str, float | str]],
        places: Growth | None = None,
    ) -> str:
        """A result row with what it stands on: name -> formula and value."""
        for name, (formula, value) in basis.items():
            cells[name] = self.writer.formula(formula, value, (kind, name))
        return self.page.row(self.page.template.of_kind[kind], row, cells, places=places)

    def title(self, row: int, names: str, post: str, places: Growth | None = None) -> str:
        """The row that says whose page it is."""
        return self._texts("title", row, {"name": names, "post": post}, places)

    def _texts(self, kind: str, row: int, texts: dict[str, str], places: Growth | None = None) -> str:
        pattern = self.page.template.of_kind.get(kind)
        if pattern is None:
            return ""
        cells = {name: self.writer.text(text, (kind, name)) for name, text in texts.items()}
        return self.page.row(pattern, row, cells, texts=texts, places=places)

    def _title(self, block: ContractPlan, row: int, places: Growth | None) -> str:
        contracts, at = self.scores.line_table.contracts, block.contract
        holders = [contracts.column(name)[at] for name in ("holder", "second_holder")]
        names = "、".join(str(self.people.get(holder) or holder) for holder in holders if not blank(holder))
        post = contracts.column("post")[at] or self.posts.get(holders[0]) or ""
        return self.title(row, names, post, places)

    def _details(self, block: ContractPlan, row: int, places: Growth | None) -> str:
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
        return self._texts("details", row, {"details": "    ".join(shown)}, places)

    def _versions(self, contract: int) -> Iterator[tuple[int, object, object, int, str]]:
        """Of an amended contract: number, first and last day, days, and the total where it counts by days."""
        for each in self.scores.versions.get(contract, ()):
            total = "" if each.total is None else say("version_total", self.lang).format(each.total)
            yield each.number, each.first, each.last, each.days, total

    def _sum(self, block: ContractPlan, row: int, places: Growth | None) -> str:
        lines, scores, writer = block.lines, self.scores, self.writer
        weights = [number(scores.line_table.columns["weight"][line]) for line in block.weighted]
        effective = scores.effective[block.weighted]
        weighted = effective * scores.lines.points[block.weighted] / 100
        is_undetermined = scores.verdicts.contracts[block.contract].is_undetermined
        cells = {
            name: writer.formula(f"SUM({lines.of(name)})", _total(values), ("sum", name))
            if not (name == "weighted" and is_undetermined)
            else writer.text("", ("sum", name))
            for name, values in (("weight", weights), ("effective", effective), ("weighted", weighted))
        }
        return self.page.row(self.page.template.of_kind["sum"], row, cells, places=places)

    def _limits(self, block: ContractPlan, row: int, places: Growth | None) -> str:
        """From the weighted points to the total: deductions and bonuses, the cap, what vetoes leave."""
        writer, totals, contract = self.writer, self.scores.contracts, block.contract
        cells: dict[str, Tail] = {}
        if self.scores.verdicts.contracts[contract].is_undetermined:
            cells = {name: writer.text("", ("limits", name)) for name in LIMITS}
        else:
            known, is_open = self._known_and_open(block)
            most, grade = self.scores.vetoes.total[contract], int(self.scores.vetoes.grade[contract])
            veto_most, veto_grade = self.formulas.veto_limits(block.veto_rows)
            weighted = float(totals.weighted[contract]) / (known if is_open else 100) if known > 0 else ""
            written: tuple[tuple[str, float | str], ...] = (
                (self.formulas.weighted_sum(block.lines, block.result), weighted),
                (f"{self.formulas.basis['adjusted']}{block.result}", float(totals.adjusted[contract])),
                (setting_name("total_cap"), float(self.scores.policy["total_cap"])),
                (veto_most, float(most) if most < float("inf") else ""),
                (veto_grade, self.lines.grades[grade] if self._limits_grade(block) else ""),
            )
            for name, (formula, value) in zip(LIMITS, written, strict=True):
                cells[name] = writer.formula(formula, value, ("limits", name))
        return self.page.row(self.page.template.of_kind["limits"], row, cells, places=places)

    def _limits_grade(self, block: ContractPlan) -> bool:
        """Whether a veto that happened limits the grade."""
        vetoed = self.scores.line_table.vetoed
        return any(line in vetoed and self.lines.veto_of(line).effect == "limit_grade" for line in block.vetoes)

    def _known_and_open(self, block: ContractPlan) -> tuple[float, int]:
        """The weight of the lines that have points; how many lines keep the total from being official, and weights that
        are not legal in sum."""
        if self._settled[0] != block.contract:  # asked for in two rows
            points = self.scores.lines.points[block.weighted]
            known = float(self.scores.effective[block.weighted][points == points].sum())
            is_open = sum(self.lines.is_open(line) for line in (*block.weighted, *block.adjusting))
            weights = [number(self.scores.line_table.columns["weight"][line]) for line in block.weighted]
            given = [weight for weight in weights if weight == weight]
            if whole := fsum(given):
                is_open += (round(whole, 10) != 100) + sum(weight < 0 for weight in given)
            self._settled = block.contract, known, is_open
        return self._settled[1:]

    def _result(self, block: ContractPlan, row: int, places: Growth | None) -> str:
        written, totals = self.formulas, self.scores.contracts
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
        kind, cells = self.results("result", totals, block.contract, verdict, formulas)
        return self.result_row(row, kind, cells, self._basis(block), places)

    def earlier(self, block: ContractPlan) -> EarlierVersions | None:
        """What stands in no block: the earlier versions of a contract that counts by days."""
        versions = self.scores.versions.get(block.contract, ())
        return EarlierVersions.of(versions) if self.scores.policy["amendment_scoring"] == "days" and versions else None

    def _basis(self, block: ContractPlan) -> dict[str, tuple[str, float | str]]:
        """Known weight, open lines, deductions and bonuses, the grade's place."""
        written, scores, adjusting = self.formulas, self.scores, block.adjusting_rows
        points, band = scores.lines.points, scores.contracts.grade[block.contract]
        known, is_open = self._known_and_open(block)
        limits, earlier = block.veto_rows.of("spread") if block.veto_rows else "", self.earlier(block)
        if earlier and earlier.best > 1:
            limits = ",".join(filter(None, (limits, str(earlier.best))))
        stated = scores.decisions.stated_contract(block.contract)
        place = f"{stated.place + 1}" if stated else written.band(block.result, limits)
        return {
            "known": (written.known(block.lines), known),
            "open": (written.open(block.lines, adjusting, block.veto_rows), float(is_open)),
            "adjusted": (
                f"SUM({adjusting.of('points')})" if adjusting else "0",
                _total(points[block.adjusting]) if adjusting else 0.0,
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


class _BlockRows(Growth):
    """Where the template's rows stand in one contract, for HR's own formulas."""

    def __init__(self, block: ContractPlan) -> None:
        super().__init__({})
        self._first, self._last = dict[int, int](), dict[int, int]()
        for pattern, first, last in block.placed():
            self._first[pattern.row], self._last[pattern.row] = first, last

    def row(self, place: Place) -> int:
        """A kind of which there is no line has no last row: that before it."""
        rows = self._last if place.end else self._first
        return rows.get(place.row, place.row) - place.less


def _total(values: Any) -> float:
    """The sum of the figures among the values, as np.nansum has it, which takes thrice as long for a few."""
    figures = np.array(values, dtype=np.float64)
    figures[figures != figures] = 0.0
    return float(np.add.reduce(figures))
