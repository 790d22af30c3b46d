"""Whom and what a range calls by name: a person or KPI goes by ID or by name, and a name leads to the one that alone
has it, as in a program's sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfxl.core.codes import Codes, of_several
from perfxl.core.problems import Problem, problem
from perfxl.excel.cells import CellError, Failure
from perfxl.excel.scores import ScoredTable

_COLUMNS = {"people": "name", "kpis": "kpi"}  # of a contract sheet, in which the names stand


class NamesOfLines:
    """The people of a table of lines and the KPIs of each of them, by ID where there is one."""

    def __init__(self, scored: ScoredTable) -> None:
        column = scored.range.records.column
        self.people = Codes([person or None for person in scored.people], [column("name")])
        self.kpis = [number or name for number, name in zip(column("kpi_id"), column("kpi"), strict=True)]
        self._names, self._lines = column("kpi"), scored.lines_of
        self._of_person: dict[str, Codes] = {}

    @property
    def are_of_one(self) -> bool:
        """Whether the range names nobody: its lines are one contract's."""
        return list(self._lines) == [""]

    def kpis_of(self, person: str) -> Codes:
        """The KPIs of a person's lines."""
        if person not in self._of_person:
            lines = self._lines.get(person, [])
            self._of_person[person] = Codes([self.kpis[i] for i in lines], [[self._names[i] for i in lines]])
        return self._of_person[person]


def several(table: str, name: Any, codes: Sequence[Any]) -> Problem:
    """A name that several people or KPIs of a range have."""
    return problem(
        "name_of_several", table="contract_sheet", column=_COLUMNS[table], value=name, **of_several(table, codes)
    )


def only_one(table: str, codes: Codes, asked: str) -> str:
    """The ID that is asked for, by itself or by a name; what nobody has stays as it is. Raises: Failure."""
    named = [] if asked in codes else codes.named(asked)
    if len(named) > 1:
        raise Failure(several(table, asked, named), CellError.NA)
    return str(named[0]) if named else asked
