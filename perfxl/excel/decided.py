"""What calibration and appeals decided of a person's result, for the worksheet functions: the results side by side, the
last one in force, by the rules that a program's sheets are held to (scoring.md section 6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import Any, NamedTuple

from perfxl.core.language import PAUSE, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables
from perfxl.core.scoring.outcomes import Decided, Stage
from perfxl.core.scoring.scalar import LineScore, Status, blank
from perfxl.core.scoring.totals_plain import ContractTotal
from perfxl.core.values.text import fold_name
from perfxl.excel.cells import Failure


class _Row(NamedTuple):
    """A decision. `points` is of the line at `line`, or where that is -1 of the person's total; None: as it is."""

    table: str
    cells: Mapping[str, Any]
    row: int
    stage: Stage
    points: float | None = None
    grade: str | None = None
    line: int = -1

    def decided(self, total: float, grade: str, place: int) -> Decided:
        """The result that it leads to."""
        says = self.cells
        record = str(says.get("appeal") or "") if self.table == "appeals" else ""
        reason = str(says.get("finding") or says.get("reason") or "")
        return Decided(
            *(self.stage, total, place, grade, record, str(says["decided_by"] or ""), says["decided_on"], reason)
        )


class Person(NamedTuple):
    """What a decision is held against: the lines of a person by KPI (ID or name), their scores, floor and cap, the most
    that vetoes leave of the total, and the best grade; `recount` gives the total with points that were changed."""

    name: str
    lines: Mapping[str, Sequence[int]]
    scores: Mapping[int, LineScore]
    limits: Mapping[int, float]
    most: float
    best_grade: str
    recount: Callable[[Mapping[int, float]], ContractTotal]


class DecidedResults:
    """The rows of calibration and appeals among the settings, by what they call the person."""

    def __init__(self, tables: Tables, policy: Policy) -> None:
        self.policy, self.grades = policy, [band.grade for band in policy.bands]
        self.rows: dict[str, list[tuple[Records, int]]] = defaultdict(list)
        for name in ("calibrations", "appeals"):
            records = tables.get(name)
            for i, holder in enumerate(records.column("holder") if records else ()):
                assert records is not None
                self.rows[str(holder)].append((records, i))

    def apply(self, total: ContractTotal, names: Sequence[str], person: Person) -> ContractTotal:
        """The total in force, with the results side by side. Raises: Failure where a decision cannot be carried out."""
        given = [row for name in dict.fromkeys(names) for row in self.rows.get(name, ())]
        if not given:
            return total
        judged = [self._read(records, i, total, person) for records, i in given]
        rows = [each for each in judged if isinstance(each, _Row)]
        wrong = [each for each in judged if isinstance(each, Problem)] or list(_disagreeing(rows, person.name))
        if wrong:
            raise Failure(wrong)
        return self._carry_out(total, rows, person) if rows else total

    def _read(self, records: Records, i: int, total: ContractTotal, person: Person) -> _Row | Problem | None:
        cells, table = records.record(i), records.table.name
        column = "total" if table == "calibrations" else "points"
        row = _Row(table, cells, records.rows[i], Stage.CALIBRATED, cells[column], cells["grade"])
        about: dict[str, Any] = {"table": table, "person": person.name}
        if table == "appeals" and cells["decision"] != "changed":
            upheld = cells["decision"] == "upheld" and total.total is not None
            return row._replace(stage=Stage.UPHELD, points=None, grade=None) if upheld else None
        missing = [name for name in ("decided_by", "decided_on") if blank(cells[name])]
        if row.points is None and blank(row.grade):
            missing.insert(0, column)
        if missing:
            declared = records.table.column
            named = Text(*(PAUSE(lang).join(declared(name).header(lang) for name in missing) for lang in ("zh", "en")))
            return problem("decision_incomplete", column=missing[0], missing=named, **about)
        if total.total is None:
            return None  # there is nothing to change yet, which the total itself shows
        if table == "appeals":
            row = row._replace(stage=Stage.APPEALED)
            if not blank(cells["kpi"]):
                return self._of_line(row, person, about)
        return self._of_total(row, person, about)

    def _of_total(self, row: _Row, person: Person, about: dict[str, Any]) -> _Row | Problem:
        most = min(float(self.policy["total_cap"]), person.most)
        if row.points is not None and not 0 <= row.points <= most:
            return problem("decision_out_of_limits", value=row.points, least="0", most=f"{most:g}", **about)
        best = self.grades.index(person.best_grade) if person.best_grade in self.grades else 0
        if not blank(row.grade):
            known = {fold_name(grade): grade for grade in self.grades[best:]}
            if fold_name(row.grade) not in known:
                allowed = Text(*(PAUSE(lang).join(self.grades[best:]) for lang in ("zh", "en")))
                return problem("decided_grade_impossible", value=row.grade, allowed=allowed, **about)
            return row._replace(grade=known[fold_name(row.grade)])
        return row

    def _of_line(self, row: _Row, person: Person, about: dict[str, Any]) -> _Row | Problem:
        lines = person.lines.get(str(row.cells["kpi"]), ())
        score = person.scores[lines[0]] if len(lines) == 1 else None
        effect = score.method.effect if score and score.method else ""
        why = None
        if not blank(row.grade):
            why = Text("又给了等级", "a grade is given as well")
        elif score is None:
            why = Text("不在合同里", "no contract has it")
        elif score.status is not Status.SCORED or effect not in ("points", "total"):
            why = Text("没有得分", "it has no points")
        if why is not None or score is None or row.points is None:
            return problem("appeal_line_unclear", column="kpi", value=row.cells["kpi"], why=why, **about)
        least, most = score.floor, score.cap
        if effect == "total":
            limit = person.limits.get(lines[0], inf)
            least, most = (-limit, 0.0) if score.method and score.method.name == "deduct" else (0.0, limit)
        if not least <= row.points <= most:
            return problem("decision_out_of_limits", value=row.points, least=f"{least:g}", most=f"{most:g}", **about)
        return row._replace(line=lines[0])

    def _carry_out(self, total: ContractTotal, rows: Sequence[_Row], person: Person) -> ContractTotal:
        assert total.total is not None
        now, grade = total.total, total.band.grade if total.band else ""
        stages = [Decided(Stage.ORIGINAL, now, self._place(grade), grade)]
        changed = {row.line: row.points for row in rows if row.line >= 0 and row.points is not None}
        order = (Stage.CALIBRATED, Stage.UPHELD, Stage.APPEALED)
        for row in sorted(rows, key=lambda each: order.index(each.stage)):
            if row.line >= 0:
                after = person.recount(changed)
                now, grade = float(after.total or 0.0), after.band.grade if after.band else ""
            elif row.stage is not Stage.UPHELD:
                if row.points is not None:
                    now = row.points
                    best = self._place(person.best_grade) if person.best_grade else 0
                    grade = self.grades[max(self._place(self.policy.grade(now).grade), best)]
                grade = row.grade or grade
            stages.append(row.decided(now, grade, self._place(grade)))
        band = next((band for band in self.policy.bands if band.grade == grade), None)
        return total._replace(total=now, provisional=now, band=band, outcome=tuple(stages))

    def _place(self, grade: str) -> int:
        return self.grades.index(grade) if grade in self.grades else -1


def _disagreeing(rows: Sequence[_Row], person: str) -> Iterator[Problem]:
    """Decisions that do not make one result."""
    calibrated = [row for row in rows if row.stage is Stage.CALIBRATED]
    granted = [row for row in rows if row.stage is Stage.APPEALED]
    for decided in (calibrated, granted):
        for i, row in enumerate(decided):
            for other in decided[:i]:
                same_line = row.line == other.line and (row.points, row.grade) != (other.points, other.grade)
                if (row.line < 0) != (other.line < 0) or same_line:
                    yield problem("decisions_disagree", table=row.table, person=person, other=_where(other))
                    return
    for row in granted if calibrated else ():
        first = calibrated[0]
        about: dict[str, Any] = {"table": row.table, "person": person, "other": _where(first)}
        if row.cells["decided_on"] < first.cells["decided_on"]:
            yield problem("appeal_before_calibration", value=row.cells["decided_on"], **about)
        elif row.line >= 0 or (blank(row.grade) and not blank(first.grade)):
            yield problem("appeal_result_open", value=row.points, **about)


def _where(row: _Row) -> Text:
    table = "校准" if row.table == "calibrations" else "申诉"
    return Text(f"{table}表的第 {row.row} 行", f"row {row.row} of {row.table}")
