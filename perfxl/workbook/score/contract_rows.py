"""One contract as rows of XML: title, details, lines by aspect, deductions, vetoes and monitored KPIs, the total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from operator import attrgetter

from perfxl.core.official import Verdict
from perfxl.core.policy import Policy
from perfxl.core.records import Tables
from perfxl.core.scoring.outcomes import Decided
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import blank
from perfxl.core.scoring.totals import Totals, ordered_bands
from perfxl.workbook.row_sheet import ROW, Tail
from perfxl.workbook.score.block_sums import BlockSums
from perfxl.workbook.score.cell_writer import CellWriter, FormulaCell
from perfxl.workbook.score.formulas import (
    COEFFICIENTS,
    GRADES,
    LIMITS,
    RESULT_ROW,
    EarlierVersions,
    ScoreFormulas,
    put_rows,
    setting_name,
)
from perfxl.workbook.score.line_rows import LineWriter
from perfxl.workbook.score.page import INSTEAD, PageRows
from perfxl.workbook.score.parameters import NO_COEFFICIENT, LineKinds
from perfxl.workbook.score.sheet_plan import ContractPlan, column_of
from perfxl.workbook.score.texts import say
from perfxl.workbook.template.references import Growth, Place

_DETAILS = ("contract", "holder", "unit", "issuer")
_MOST_RESULTS = 256  # kinds of results whose formulas are kept: most contracts are of four


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
        blocks: Mapping[int, ContractPlan],
    ) -> None:
        self.page = page
        self.scores, self.kinds, self.formulas, self.writer, self.lang = scores, kinds, formulas, writer, writer.lang
        self.lines = LineWriter(scores, kinds, formulas, writer, page)
        self.people = column_of(tables, "people", "person", "name")
        self.posts = column_of(tables, "people", "person", "post")
        self.units_of_people = column_of(tables, "people", "person", "unit")
        self.units = column_of(tables, "units", "unit", "name")
        self._of_lines: dict[str, tuple[Callable[[ContractPlan], Sequence[int]], Callable[[int, int], bytes]]] = {
            "lines": (attrgetter("weighted"), self.lines.weighted),
            "adjusting": (attrgetter("adjusting"), self.lines.adjusting),
            "vetoes": (attrgetter("vetoes"), self.lines.veto),
            "monitored": (attrgetter("monitored"), self.lines.monitored),
        }
        self._once: dict[str, Callable[[ContractPlan, int, Growth | None], bytes]] = {
            "title": self._title,
            "details": self._details,
            "sum": self._sum,
            "limits": self._limits,
            "result": self._result,
        }
        table = scores.line_table.contracts.table
        self._headers = {name: table.column(name).header(self.lang) for name in _DETAILS}
        self._sums = BlockSums(scores, self.lines.open, blocks)
        self._ready_limits, self._ready_results = cache(self._limit_cells), lru_cache(_MOST_RESULTS)(self._result_cells)

    def xml(self, block: ContractPlan) -> bytes:
        """The block's rows, in the order of the template; a kind of lines that it has none of is left out."""
        places = _BlockRows(block) if self.page.template.refers else None
        rows = list[bytes]()
        for pattern in block.layout.contract.patterns:
            row, kind = block.start + len(rows), pattern.kind
            if kind in self._of_lines:
                lines_of, write = self._of_lines[kind]
                lines = lines_of(block)
                rows += [write(*each) for each in enumerate(lines, row)]
                if kind == "lines" and not lines:
                    rows.append(self.lines.none(row))
            elif kind in self._once:
                rows.append(self._once[kind](block, row, places))
            else:
                rows.append(self.page.row(pattern, row, {}, places=places))
        return put_rows(b"".join(rows), block.lines, block.adjusting_rows, block.veto_rows, block.result)

    def results(
        self, kind: str, totals: Totals, place: int, verdict: Verdict, written: Sequence[tuple[str, str]]
    ) -> tuple[str, dict[str, Tail]]:
        """The kind of a result's row, and its cells: the values of `totals` at `place`; `written` are the formulas by
        RESULTS name. An undetermined total has no formula, but says what is wrong."""
        if verdict.is_undetermined:
            kind = self._undetermined(kind)
            return kind, {"total": self.writer.text(verdict.label(self.lang), (kind, "total"))}
        values = result_values(totals, place, self.scores.policy)
        return kind, {name: self.writer.formula(formula, values[name], (kind, name)) for name, formula in written}

    def _undetermined(self, kind: str) -> str:
        """The kind of row in place of a result that there is none of."""
        instead = next(name for name, other in INSTEAD.items() if other == kind)
        return instead if instead in self.page.template.of_kind else kind

    def result_row(
        self,
        row: int,
        kind: str,
        cells: dict[str, Tail],
        basis: Mapping[str, tuple[str, float | str]],
        places: Growth | None = None,
    ) -> bytes:
        """A result row with what it stands on: name -> formula and value."""
        for name, (formula, value) in basis.items():
            cells[name] = self.writer.formula(formula, value, (kind, name))
        return self.page.row(self.page.template.of_kind[kind], row, cells, places=places)

    def title(self, row: int, names: str, post: str, places: Growth | None = None) -> bytes:
        """The row that says whose page it is."""
        return self._texts("title", row, {"name": names, "post": post}, places)

    def _texts(self, kind: str, row: int, texts: dict[str, str], places: Growth | None = None) -> bytes:
        pattern = self.page.template.of_kind.get(kind)
        if pattern is None:
            return b""
        cells = {name: self.writer.text(text, (kind, name)) for name, text in texts.items()}
        return self.page.row(pattern, row, cells, texts=texts, places=places)

    def _title(self, block: ContractPlan, row: int, places: Growth | None) -> bytes:
        contracts, at = self.scores.line_table.contracts, block.contract
        holders = [contracts.column(name)[at] for name in ("holder", "second_holder")]
        names = "、".join(str(self.people.get(holder) or holder) for holder in holders if not blank(holder))
        post = contracts.column("post")[at] or self.posts.get(holders[0]) or ""
        return self.title(row, names, post, places)

    def _details(self, block: ContractPlan, row: int, places: Growth | None) -> bytes:
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
        shown = [f"{self._headers[name]} {value}" for name, value in parts.items() if value]
        if start or end:
            shown.append(f"{start or ''} – {end or ''}")
        shown += [say("version", self.lang).format(*each) for each in self._versions(at)]
        return self._texts("details", row, {"details": "    ".join(shown)}, places)

    def _versions(self, contract: int) -> Iterator[tuple[int, object, object, int, str]]:
        """Of an amended contract: number, first and last day, days, and the total where it counts by days."""
        for each in self.scores.versions.get(contract, ()):
            total = "" if each.total is None else say("version_total", self.lang).format(each.total)
            yield each.number, each.first, each.last, each.days, total

    def _sum(self, block: ContractPlan, row: int, places: Growth | None) -> bytes:
        sums, writer = self._sums.of[block.contract], self.writer
        cells = {
            name: writer.formulas(("sum", name))[self.formulas.sum_of(name)](value)
            for name, value in (("weight", sums.weight), ("effective", sums.effective), ("weighted", sums.weighted))
        }
        if self.scores.verdicts.contracts[block.contract].is_undetermined:
            cells["weighted"] = writer.text("", ("sum", "weighted"))
        return self.page.row(self.page.template.of_kind["sum"], row, cells, places=places)

    def _limits(self, block: ContractPlan, row: int, places: Growth | None) -> bytes:
        """From the weighted points to the total: deductions and bonuses, the cap, what vetoes leave."""
        writer, totals, contract = self.writer, self.scores.contracts, block.contract
        if self.scores.verdicts.contracts[contract].is_undetermined:
            cells = {name: writer.text("", ("limits", name)) for name in LIMITS}
        else:
            known, is_open = self._sums.of[contract].known, self._sums.of[contract].open
            most, grade = self.scores.vetoes.total[contract], int(self.scores.vetoes.grade[contract])
            values: tuple[float | str, ...] = (
                float(totals.weighted[contract]) / (known if is_open else 100) if known > 0 else "",
                float(totals.adjusted[contract]),
                float(self.scores.policy["total_cap"]),
                float(most) if most < float("inf") else "",
                self.lines.grades[grade] if self._limits_grade(block) else "",
            )
            ready = self._ready_limits(bool(block.vetoes))
            cells = {name: cell(value) for (name, cell), value in zip(ready.items(), values, strict=True)}
        return self.page.row(self.page.template.of_kind["limits"], row, cells, places=places)

    def _limit_cells(self, vetoes: bool) -> dict[str, FormulaCell]:
        """What gives the cells that lead to the total, with vetoes or without."""
        written = (
            self.formulas.weighted_sum(),
            f"{self.formulas.basis['adjusted']}{RESULT_ROW}",
            setting_name("total_cap"),
            *self.formulas.veto_limits(vetoes=vetoes),
        )
        return self._ready("limits", zip(LIMITS, written, strict=True))

    def _ready(self, kind: str, written: Iterable[tuple[str, str]]) -> dict[str, FormulaCell]:
        """What gives the cells of a row, from their formulas by field."""
        return {name: self.writer.formulas((kind, name))[formula] for name, formula in written}

    def _limits_grade(self, block: ContractPlan) -> bool:
        """Whether a veto that happened limits the grade."""
        vetoed = self.scores.line_table.vetoed
        return any(line in vetoed and self.lines.veto_of(line).effect == "limit_grade" for line in block.vetoes)

    def _result(self, block: ContractPlan, row: int, places: Growth | None) -> bytes:
        """The result, and what it stands on: known weight, open lines, deductions and bonuses, the grade's place."""
        contract, sums, totals = block.contract, self._sums.of[block.contract], self.scores.contracts
        verdict, band = self.scores.verdicts.contracts[contract], totals.grade[contract]
        kind = self._undetermined("result") if verdict.is_undetermined else "result"
        stated, earlier = self.scores.decisions.stated_contract(contract), self.earlier(block)
        ready = self._ready_results(kind, bool(block.adjusting), bool(block.vetoes), stated, earlier)
        values = {"known": sums.known, "open": float(sums.open), "band": float(band + 1) if band >= 0 else ""}
        values["adjusted"] = sums.adjusted
        if not verdict.is_undetermined:
            values |= result_values(totals, contract, self.scores.policy)
        cells = {name: cell(values[name]) for name, cell in ready.items() if name in values}
        if verdict.is_undetermined:
            cells["total"] = self.writer.text(verdict.label(self.lang), (kind, "total"))
        return self.page.row(self.page.template.of_kind[kind], row, cells, places=places)

    def _result_cells(
        self, kind: str, adjusting: bool, vetoes: bool, stated: Decided | None, earlier: EarlierVersions | None
    ) -> dict[str, FormulaCell]:
        """What gives the cells of a result; adjusting, vetoes: whether there are such lines."""
        written = self.formulas
        limits = [written.vetoes.of("spread")] if vetoes else []
        limits += [str(earlier.best)] if earlier and earlier.best > 1 else []
        formulas = {
            "total": f"{stated.total:.15g}" if stated else written.total(earlier, vetoes=vetoes),
            "grade": written.of_band(GRADES, ROW),
            "coefficient": written.of_band(COEFFICIENTS, ROW),
            "completeness": written.completeness(earlier),
            "provisional": written.total(earlier, vetoes=vetoes, provisional=True),
            "known": written.known(),
            "open": written.open(adjusting=adjusting, vetoes=vetoes),
            "adjusted": f"SUM({written.adjusting.of('points')})" if adjusting else "0",
            "band": f"{stated.place + 1}" if stated else written.band(ROW, ",".join(limits)),
        }
        return self._ready(kind, formulas.items())

    def earlier(self, block: ContractPlan) -> EarlierVersions | None:
        """What stands in no block: the earlier versions of a contract that counts by days."""
        versions = self.scores.versions.get(block.contract, ())
        return EarlierVersions.of(versions) if self.scores.policy["amendment_scoring"] == "days" and versions else None


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
