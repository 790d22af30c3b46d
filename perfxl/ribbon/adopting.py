"""Proposed weights taken into the program, and given back: what is to be written, whether it is read as it was meant,
and the page that remembers what stood there before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import empty
from perfxl.core.table_access import rows_of
from perfxl.core.weights.program import ContractWeights, Weighing, weigh
from perfxl.program import Program
from perfxl.ribbon.open_book import CellContent, CellRef, Content, Link, OpenBook, Page, PageColumn, Value
from perfxl.ribbon.request import Change, Request, Result, of_program, selected_people
from perfxl.tables.grid import OWN_PAGES, OWN_PREFIX

_NONE_SELECTED = Text(
    "请先选中某个人所在的一行（有工号或姓名），再点一次。",
    "Select a row that holds somebody's ID or name first, then click again.",
)
ALL_LEGAL = Text(
    "这些合同的权重都合规，没有建议可采用。", "These contracts' weights are legal: there is nothing to take."
)
_NO_PROPOSAL = Text(
    "{} 份不合规的合同算不出合规的建议（原因见问题清单），没有动。",
    "For {} contracts that break a rule there is no proposal (see what is wrong): they stay as they are.",
)
_IS_FORMULA, _IS_LOCKED = Text("是公式", "is a formula"), Text("的单元格有保护", "is locked")
_PRECISION = 1e-9  # percent points


class Taken(NamedTuple):
    """A weight that was written: the change, and what its cell held before and holds now, as it was typed."""

    change: Change
    before: Content
    after: Content


def adopt(whose: str, request: Request) -> Result:
    """The changes that make contracts legal: of all that break a rule ("all") or of selected people ("selected")."""

    @of_program
    def find(request: Request, program: Program) -> Result:
        people = selected_people(request, program) if whose == "selected" else None
        if whose == "selected" and not people:
            return Result(_NONE_SELECTED)
        weighing, problems = program.weigh()
        wrong = [
            contract
            for contract in weighing.contracts
            if not contract.legal and (people is None or set(people) & set(contract.holders))
        ]
        legal = _mended(wrong, program)
        without = sum(contract.contract not in legal for contract in wrong)
        mended = (contract for contract in wrong if contract.contract in legal)
        changes = [change for contract in mended for change in _changes(contract, weighing, program)]
        message = Text(*(text.format(without) for text in _NO_PROPOSAL)) if without else ALL_LEGAL
        return Result(message, program.all_problems(problems), changes=changes)

    return find(request)


@of_program
def adopted(request: Request, program: Program) -> Result:
    """Those of the changes that are read from the program as they were meant, and what is wrong with it now."""
    lines = rows_of(program.tables, "contract_lines") or empty("contract_lines")
    weights = {
        CellRef(address.sheet, address.cell): weight
        for address, weight in (
            (lines.address(row, "weight"), weight) for row, weight in enumerate(lines.column("weight"))
        )
    }
    weighing, problems = program.weigh()
    asked = {change.contract for change in request.changes}
    broken = {each.contract for each in weighing.contracts if each.contract in asked and not each.legal}
    right = [
        change
        for change in request.changes
        if change.contract not in broken and change.place in weights and _same(weights[change.place], change.after)
    ]
    return Result(Text("", ""), program.all_problems(problems), changes=right)


@of_program
def unadopt(request: Request, program: Program) -> Result:
    """Where the weights of the changes stand now; those whose line is gone or stands twice elsewhere are left out."""
    lines = rows_of(program.tables, "contract_lines") or empty("contract_lines")
    places: dict[tuple[str, str], list[CellRef]] = {}
    for row, (contract, kpi) in enumerate(zip(lines.column("contract"), lines.column("kpi"), strict=True)):
        address = lines.address(row, "weight")
        places.setdefault((contract or "", kpi or ""), []).append(CellRef(address.sheet, address.cell))
    found = []
    for change in request.changes:
        there = places.get((change.contract, change.kpi), [])
        if change.place in there:
            found.append(change)
        elif len(there) == 1:
            found.append(change._replace(place=there[0]))
    return Result(Text("", ""), changes=found)


def plan(book: OpenBook, changes: Sequence[Change]) -> tuple[list[Taken], list[Problem]]:
    """What is to be written into each cell, as the cell shows weights. A contract with a formula or a locked cell among
    its weights is left as it is: half of it would break it once more."""
    by_contract: dict[str, list[Change]] = {}
    for change in changes:
        by_contract.setdefault(change.contract, []).append(change)
    taken: list[Taken] = []
    problems: list[Problem] = []
    for contract, its in by_contract.items():
        cells = [(change, book.read_cell(change.place)) for change in its]
        kept = next(((change, cell) for change, cell in cells if cell.is_formula or cell.is_locked), None)
        if kept:
            change, cell = kept
            reason = _IS_FORMULA if cell.is_formula else _IS_LOCKED
            address = Address(book.name, change.place.sheet, change.place.cell)
            about: dict[str, Any] = {"table": "contract_lines", "column": "weight", "value": contract, "reason": reason}
            problems.append(problem("proposal_not_taken", address, **about))
        else:
            taken += [Taken(change, cell.value, as_typed(cell, change)) for change, cell in cells]
    return taken, problems


def as_typed(cell: CellContent, change: Change) -> Content:
    """The new weight in the way that the old one stands in its cell: 25, 25%, or 0.25 that is shown as 25%."""
    after = change.after
    if after is None:
        return None
    if isinstance(cell.value, str) and cell.value.strip():
        return f"{after:.15g}%" if cell.value.strip()[-1] in "%％" else f"{after:.15g}"
    fraction = float(f"{after / 100:.15g}")
    if cell.is_percent:
        return fraction
    typed = cell.value
    if not isinstance(typed, str) and _same(typed and typed * 100, change.before) and not _same(typed, change.before):
        return fraction
    return after


def taken_page(taken: Iterable[Taken], lang: str) -> Page:
    """The page that shows the weights before and after, and from which they are given back."""
    columns = [PageColumn(text(lang), width, number) for text, width, number in _COLUMNS]
    rows: list[list[Value]] = [
        [
            *(each.change.contract, each.change.holder, each.change.kpi, each.change.name),
            Link(f"{each.change.place.sheet}!{each.change.place.cell}", each.change.place),
            *(each.change.before, each.change.after, each.before, each.after),
        ]
        for each in taken
    ]
    about = Text(
        "权重为百分点。要改回去：点“撤销采用”，逐格还原到“原来所填”。",
        "Weights in percent points. To go back click Undo proposals: each cell gets again what was typed before.",
    )
    return Page(OWN_PAGES["taken"](lang), about(lang), columns, rows)


def read_taken(book: OpenBook) -> list[Taken]:
    """What the page of the workbook remembers, in either language; nothing where there is none."""
    for title in OWN_PAGES["taken"]:
        rows = [row for row in book.page_rows(OWN_PREFIX + title, len(_COLUMNS)) if row[4]]
        if rows:
            return [_taken(row) for row in rows]
    return []


def is_as_left(cell: CellContent, taken: Taken) -> bool:
    """Whether a cell still holds what was written into it."""
    if isinstance(cell.value, str) or isinstance(taken.after, str):
        return not cell.is_formula and (cell.value or "") == (taken.after or "")
    return not cell.is_formula and _same(cell.value, taken.after)


def _mended(contracts: Sequence[ContractWeights], program: Program) -> set[str]:
    """The contracts that are legal once their proposals are taken: of some none is found that keeps every rule."""
    lines = rows_of(program.tables, "contract_lines")
    if lines is None or "weight" not in lines.columns:
        return set()
    weights = list(lines.column("weight"))
    for contract in contracts:
        for row, candidate, weight in zip(contract.rows, contract.candidates, contract.repaired, strict=True):
            weights[row] = weight if candidate.weighted else None
    tried = replace(lines, columns={**lines.columns, "weight": weights})
    weighing, _ = weigh({**program.tables, "contract_lines": tried}, program.policy)
    return {contract.contract for contract in weighing.contracts if contract.legal}


def _changes(contract: ContractWeights, weighing: Weighing, program: Program) -> list[Change]:
    """The lines of a contract whose weight the proposal changes."""
    lines = rows_of(program.tables, "contract_lines") or empty("contract_lines")
    holder = "、".join(weighing.names.people[person] for person in contract.holders)
    changes = []
    for at, (row, kpi, candidate) in enumerate(zip(contract.rows, contract.kpis, contract.candidates, strict=True)):
        before = candidate.agreed if isinstance(candidate.agreed, int | float) else None
        after = contract.repaired[at] if candidate.weighted else None
        if _same(before, after) or (not candidate.weighted and not before):
            continue
        address = lines.address(row, "weight")
        name = weighing.names.kpis[kpi] or candidate.kpi
        place = CellRef(address.sheet, address.cell)
        changes.append(Change(contract.contract or "", kpi or "", holder, name, place, before, after))
    return changes


def _taken(row: Sequence[Content]) -> Taken:
    contract, holder, kpi, name = (_word(cell) for cell in row[:4])
    sheet, _, cell = _word(row[4]).rpartition("!")
    before, after = (each if isinstance(each, int | float) else None for each in row[5:7])
    return Taken(Change(contract, kpi, holder, name, CellRef(sheet, cell), before, after), row[7], row[8])


def _word(cell: Content) -> str:
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell or "")


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < _PRECISION
    return one is None and other is None


_COLUMNS = (
    (Text("合同", "Contract"), 16, ""),
    (Text("责任人", "Held by"), 18, ""),
    (Text("指标编号", "KPI"), 12, ""),
    (Text("指标", "KPI name"), 34, ""),
    (Text("单元格", "Cell"), 20, ""),
    (Text("原权重", "Before"), 10, "0.00"),
    (Text("采用后", "After"), 10, "0.00"),
    (Text("原来所填", "Typed before"), 12, "General"),
    (Text("现在所填", "Typed now"), 12, "General"),
)
