"""A sheet of HR's own as rows of the schema: what each kind of table gives.

Contracts, scored forms, rubrics, months and target/actual rows are read as contract sheets; matrices, deductions,
bonuses become such rows; grade bands, plans and people rows of their own tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from perfxl.core.cells import a1, column_letter
from perfxl.core.language import Text
from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.schema import get
from perfxl.core.values.dates import Span
from perfxl.core.values.numbers import canonical
from perfxl.tables.blocks import cell_text
from perfxl.tables.composed import complete_rows
from perfxl.tables.evidence import number_in
from perfxl.tables.forms import ColumnTaken, Form, FoundTable, RowLeft, find_forms, rows_of
from perfxl.tables.grade_rows import (
    BandsAcross,
    find_bands_across,
    is_set_aside,
    lower_bound,
    read_bands_across,
    without,
)
from perfxl.tables.grid import Grid
from perfxl.tables.headers import Match
from perfxl.tables.levels import read_level
from perfxl.tables.lexicon import LIKELY, PERIOD, hear, row_kind, title_rest
from perfxl.tables.matrix_rows import read_matrix
from perfxl.tables.memory import NOTHING_SETTLED, Memory
from perfxl.tables.plain_rows import WHO, Parts, fields_of, info_of, kept_rows, typed
from perfxl.tables.proof import LEVEL
from perfxl.tables.row_form import Option, Report
from perfxl.tables.sheet_reader import SheetInfo, SheetReader
from perfxl.tables.shown_totals import keep_shown_totals
from perfxl.tables.titles import OWNERS, name_owner, read_title
from perfxl.tables.totals import is_total_word
from perfxl.tables.two_levels import heading_weight


@dataclass
class OwnSheet:
    """What a sheet of HR's own holds."""

    records: list[Records] = field(default_factory=list)
    infos: list[SheetInfo] = field(default_factory=list)
    found: list[FoundTable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    langs: dict[str, int] = field(default_factory=dict)


def read_own_sheet(
    file: str, grid: Grid, labels: frozenset[str], within: Span | None, memory: Memory = NOTHING_SETTLED
) -> OwnSheet:
    """Every table of the sheet that is understood; what is not is named by a problem."""
    across = [bands for bands in find_bands_across(grid) if not is_set_aside(grid, bands, memory)]
    forms, found, totals, problems = find_forms(file, without(grid, across), memory)
    sheet = OwnSheet(totals, found=found, problems=problems)
    _weigh_tables(forms)
    _give_whole_sheet(forms, grid)
    parts: list[tuple[Form, Records]] = []
    for form in forms:
        kind = _KINDS.get(form.kind, _read_contract)
        records, info, more = kind(form, labels, within)
        sheet.records += records
        parts += [(form, each) for each in records if each.table.name == "contract_sheet" and kind is _read_contract]
        sheet.infos.append(info)
        sheet.problems += more
        form.found.rows_read = info.records
        for lang, count in form.header.langs.items():
            sheet.langs[lang] = sheet.langs.get(lang, 0) + count
    _name_owners(parts)
    for bands in across:
        records, problems = read_bands_across(file, grid, bands)
        count = sum(map(len, records))
        sheet.records += records
        sheet.infos.append(
            SheetInfo(grid.name, "grade_bands", bands.rows["grade"] + 1, [], count, bands.bottom, grid.hidden)
        )
        sheet.found.append(_describe_bands(grid, bands, count))
        sheet.problems += problems
    return sheet


def _describe_bands(grid: Grid, bands: BandsAcross, count: int) -> FoundTable:
    """Grades across as `check --json` tells them: a label is the header of its row."""
    letter = column_letter(bands.label)
    first, last = min(bands.rows.values()), max(bands.rows.values())
    texts = bands.labels(grid)
    columns = [
        ColumnTaken(letter, texts[at], meaning, "header", round(hear(texts[at]).senses.get(meaning, LIKELY), 2))
        for at, meaning in enumerate(bands.rows)
    ]
    place = f"{a1(first, bands.label)}:{a1(last, bands.columns[-1])}"
    sure = min(column.sure for column in columns)
    return FoundTable(grid.name, place, "grade_bands", sure, [bands.rows["grade"] + 1], columns, count)


def _weigh_tables(forms: Sequence[Form]) -> None:
    """Sections with headers of their own make one whole: 一、业绩（70%） above one, 二、行为（30%） above another."""
    headings = [_heading_above(form) for form in forms]
    weights = [heading_weight(text) or 0.0 for text in headings]
    for form, weight in zip(forms, weights, strict=True):
        form.beside = sum(weights) - weight if weight else 0.0


def _give_whole_sheet(forms: Sequence[Form], grid: Grid) -> None:
    """Lines below a table of grades or a plan still speak of the only table of KPIs on their sheet."""
    of_kpis = [form for form in forms if form.kind not in ("grade_bands", "plans")]
    if len(of_kpis) == 1 and of_kpis[0].kind not in _KINDS:
        of_kpis[0].whole = grid


def _heading_above(form: Form) -> str:
    above = form.grid.rows[form.header.row - 1] if form.header.row else ()
    texts = [cell for cell in above[form.block.left : form.block.right] if cell != ""]
    return texts[0] if len(texts) == 1 and isinstance(texts[0], str) else ""


def _name_owners(parts: Sequence[tuple[Form, Records]]) -> None:
    """Of several whole contracts on one sheet, the line above each says whose it is."""
    lines = [_lines_above(form) for form, _ in parts]
    weights = [[weight or 0.0 for weight in records.column("weight")] for _, records in parts]
    whole = all(any(abs(sum(each) - all_of) < 1e-6 for all_of in (1.0, 100.0)) for each in weights)
    named = any(any(records.column(name)) for _, records in parts for name in OWNERS)
    if len(parts) > 1 and whole and not named and all(lines) and len({each[-1] for each in lines}) == len(lines):
        for (_, records), each in zip(parts, lines, strict=True):
            records.columns |= {name: [text] * len(records) for name, text in name_owner(each[-1]).items()}


def _lines_above(form: Form) -> list[str]:
    rows = range(form.block.top, form.block.row)
    cells = [value for i in rows for value in form.grid.rows[i][form.block.left : form.block.right]]
    return [cell_text(value) for value in cells if value != ""]


# Contract sheets


def _read_contract(form: Form, labels: frozenset[str], within: Span | None) -> Parts:
    options: dict[int, list[Option]] = {}
    reports: dict[int, list[Report]] = {}
    if form.kind == "rubric":
        options = _fold_options(form)
    elif form.reading.at("row_kind") is not None:
        reports = _fold_row_kinds(form)
    problems = _take_off(form)
    labels |= {read_level(form.block.texts[at]).label for at in form.reading.all(LEVEL)} - {""}
    reader = SheetReader(form.file, form.grid, Match(form.table, form.header, False), form.header, labels, within)
    records = reader.read(form.grid)
    problems += complete_rows(records, reader.contract, form, options, reports)
    _add_post(records, form)
    keep_shown_totals(records, reader.contract, form)
    form.found.rows_left += [
        RowLeft(row + 1, name) for name, row, _, _ in reader.contract.others if name.startswith("row_is")
    ]
    if reader.contract.blank and not len(records):
        columns = [text for at, text in sorted(form.block.texts.items()) if at in form.header.columns]
        problems.append(
            form.problem(
                "form_blank",
                reader.contract.blank[0],
                min(form.block.texts),
                count=len(reader.contract.blank),
                columns=", ".join(columns),
            )
        )
    form.found.rows_left += [RowLeft(row + 1, "form_blank") for row in reader.contract.blank]
    return [records], reader.info, [*reader.problems, *problems]


def _add_post(records: Records, form: Form) -> None:
    """The post or the unit that the line above the table names, where nothing else says whose it is."""
    lines = _lines_above(form)
    for line in lines:
        what, name = title_rest(line)
        if what and not any(records.columns.get(column) for column in ("person", "name", what)):
            records.columns[what] = [name] * len(records)


def _take_off(form: Form) -> list[Problem]:
    """What was taken off full marks leaves the points: 25 of 30 with 5 off. Said, since they stand nowhere."""
    off, full = form.reading.at("deducted"), form.reading.at("full_marks")
    full = form.reading.at("weight") if full is None else full
    if off is None or full is None:
        return []
    for i in rows_of(form.grid, form.block):
        row = form.grid.rows[i]
        whole, taken = number_in(row[full]), number_in(row[off])
        if whole is not None and taken is not None and not any(is_total_word(cell) for cell in row):
            row[off] = canonical(whole - abs(taken))
    form.header.columns[off] = "points"
    form.header.beside.pop(off, None)
    texts = form.block.texts
    return [form.problem("points_taken_off", form.block.row, off, value=texts[off], full=texts[full])]


_TICKS = ("√", "✓", "☑")


def _fold_options(form: Form) -> dict[int, list[Option]]:
    """Rows of options below a KPI become the KPI's: the best option is its weight, the points chosen its mark.

    Returns: sheet row of each KPI -> its options. The rows of the others are emptied.
    """
    at = {meaning: form.reading.at(meaning) for meaning in ("kpi", "option", "option_points", "points")}
    kpi, label, worth, points = at["kpi"], at["option"], at["option_points"], at["points"]
    assert kpi is not None and label is not None and worth is not None
    rows, head = form.grid.rows, -1
    found: dict[int, list[Option]] = {}
    for i in rows_of(form.grid, form.block):
        row = rows[i]
        if row[kpi] != "" and not any(is_total_word(cell) for cell in row):
            head = i
        number = number_in(row[worth])
        if head < 0 or number is None or not cell_text(row[label]):
            head = head if row[label] == "" else -1
            continue
        if points is not None and row[points] in _TICKS:
            row[points] = number
        typed = number_in(row[points]) if points is not None else None
        found.setdefault(head, []).append(Option(cell_text(row[label]), number, i + 1, typed == number))
        if points is not None and i != head and row[points] != "":
            rows[head][points] = row[points]
        if i != head:
            rows[i] = [""] * len(row)
    for head, options in found.items():
        typed = number_in(rows[head][points]) if points is not None else None
        if not any(option.chosen for option in options):  # one cell for all options of the KPI
            found[head] = options = [option._replace(chosen=option.points == typed) for option in options]
        rows[head][worth] = max(option.points for option in options)
    _unmerge(form)
    form.header.columns[worth] = "full_marks"
    form.header.beside.pop(worth, None)
    return found


def _fold_row_kinds(form: Form) -> dict[int, list[Report]]:
    """Rows of targets and actuals below each other become one KPI with its targets and actuals by period; rows of
    differences are for the reader to see, and are not read.

    Returns: sheet row of each KPI -> what each period's cells hold.
    """
    kpi, kind_at = form.reading.at("kpi"), form.reading.at("row_kind")
    assert kpi is not None and kind_at is not None
    periods = form.reading.all(PERIOD)
    rows, head = form.grid.rows, -1
    found: dict[int, list[Report]] = {}
    for i in rows_of(form.grid, form.block):
        row = rows[i]
        if row[kpi] != "":
            head = i
        kind = row_kind(cell_text(row[kind_at]))
        if head < 0 or not kind:
            continue
        if kind in ("target", "actual"):
            found.setdefault(head, []).extend(
                Report(form.block.heard[at].period, kind, row[at], column_letter(at), i + 1)
                for at in periods
                if row[at] != ""
            )
        form.found.rows_left += [RowLeft(i + 1, "row_is_difference")] if kind == "variance" else []
        if i != head:
            rows[i] = [""] * len(row)
    _unmerge(form)
    return found


def _unmerge(form: Form) -> None:
    """Rows that became one are merged no longer."""
    form.grid = replace(form.grid, merges=[merge for merge in form.grid.merges if merge[0] < form.block.first])


# Other tables


def _read_effects(form: Form, labels: frozenset[str], within: Span | None) -> Parts:
    """Deductions or bonuses, or both beside each other: KPIs without weight, whose points are what was deducted or
    added."""
    key = form.reading.at("deduction_item" if form.kind == "deductions" else "bonus_item")
    assert key is not None
    amounts = {effect: form.reading.at(effect) for effect in ("deduction", "bonus")}
    of_kind = "deduction" if form.kind == "deductions" else "bonus"
    told: dict[str, int | None] = {effect: at for effect, at in amounts.items() if at is not None} or {of_kind: None}
    rows = kept_rows(form, key)
    parts: list[Records] = []
    problems: list[Problem] = []
    for effect, amount in told.items():
        own = [i for i in rows if len(told) == 1 or (amount is not None and form.grid.rows[i][amount] != "")]
        records, more = _effect_records(form, own, key, effect, amount, within)
        parts.append(records)
        problems += more
    return parts, info_of(form, len(rows)), problems


def _effect_records(
    form: Form, rows: list[int], key: int, effect: str, amount: int | None, within: Span | None
) -> tuple[Records, list[Problem]]:
    """The rows of one effect; `amount`, the column of the points."""
    columns = {at: name for at, name in form.header.columns.items() if name in ("kpi", "rule", "note", *WHO)}
    records, problems = typed(form, rows, {key: "kpi", **columns}, "contract_sheet")
    _tell_apart(records)
    count = form.reading.at("count")
    figures = [number_in(form.grid.rows[i][amount]) if amount is not None else None for i in rows]
    fields, asked = fields_of(form, len(rows), within)
    problems += asked
    records.columns |= {name: values for name, values in fields.items() if name not in records.columns}
    records.columns["kind"] = ["deduct" if effect == "deduction" else "bonus"] * len(rows)
    times = [number_in(form.grid.rows[i][count]) if count is not None else None for i in rows]
    open_rows = [figure is None and bool(number) for figure, number in zip(figures, times, strict=True)]
    records.columns["k"] = [None if unknown else 1.0 for unknown in open_rows]
    records.columns["actual"] = [
        number if unknown else abs(figure) if figure is not None else None
        for unknown, figure, number in zip(open_rows, figures, times, strict=True)
    ]
    records.letters["actual"] = column_letter(next(at for at in (amount, count, key) if at is not None))
    for i, figure in zip(rows, figures, strict=True):
        if amount is not None and figure is None and form.grid.rows[i][amount] != "":
            problems.append(form.problem("not_a_number", i, amount, column="actual", value=form.grid.rows[i][amount]))
    if count is not None and any(open_rows):
        problems.append(form.problem("deduction_unknown", rows[open_rows.index(True)], count))
    kind = Text("扣分", "deductions") if effect == "deduction" else Text("加分", "bonuses")
    problems.append(form.problem("effects_read", form.block.row, key, kind=kind, count=len(rows)))
    return records, problems


def _tell_apart(records: Records) -> None:
    """迟到 twice of one person becomes 迟到 and 迟到 (2): each took its points off."""
    whose = zip(*(records.column(name) for name in ("person", "name", "kpi")), strict=True)
    seen: Counter[tuple[object, ...]] = Counter()
    made = []
    for key in whose:
        seen[key] += 1
        made.append(f"{key[-1]} ({seen[key]})" if seen[key] > 1 and key[-1] else key[-1])
    records.columns["kpi"] = made


def _read_bands(form: Form, labels: frozenset[str], within: Span | None) -> Parts:
    """Grade bands: the lower bound of each range."""
    key, bounds = form.reading.at("grade"), form.reading.at("range")
    assert key is not None and bounds is not None
    rows = [i for i in kept_rows(form, key) if form.grid.rows[i][bounds] != ""]
    columns = {at: name for at, name in form.header.columns.items() if name in ("grade", "coefficient", "meaning")}
    records, problems = typed(form, rows, columns, "grade_bands")
    lowers = [lower_bound(form.grid.rows[i][bounds]) for i in rows]
    for i, lower in zip(rows, lowers, strict=True):
        if lower is None:
            problems.append(form.problem("range_unreadable", i, bounds, value=form.grid.rows[i][bounds]))
    records.columns["lower"], records.letters["lower"] = lowers, column_letter(bounds)
    if any(lower is None for lower in lowers):
        return [], info_of(form, 0), problems
    problems.append(form.problem("grade_bands_read", form.block.row, key, count=len(rows)))
    return [records], info_of(form, len(rows)), problems


def _read_plans(form: Form, labels: frozenset[str], within: Span | None) -> Parts:
    """Action plans: what, by whom, by when; of the person that the sheet is about."""
    key = form.reading.at("action")
    assert key is not None
    rows = kept_rows(form, key)
    declared = get("improvements")
    columns = {at: name for at, name in form.header.columns.items() if name in declared and name != "status"}
    records, problems = typed(form, rows, columns, "improvements")
    fields = read_title(form.grid.rows[: form.block.row], above=True)
    holder = fields.get("person") or fields.get("name")
    if "holder" not in records.columns:
        records.columns["holder"] = [holder] * len(rows)
    if rows and not any(records.columns["holder"]):
        problems.append(form.problem("plan_of_nobody", rows[0], key, count=len(rows)))
        return [], info_of(form, 0), problems
    return [records], info_of(form, len(rows)), problems


def _read_people(form: Form, labels: frozenset[str], within: Span | None) -> Parts:
    """A list of people; who has no ID goes by the name."""
    at = {taken.meaning: column for column, taken in form.reading.columns.items()}
    key = at.get("name", at.get("person"))
    assert key is not None
    rows = kept_rows(form, key)
    records, problems = typed(form, rows, dict(form.header.columns), "people")
    if "person" not in records.columns:
        records.columns["person"] = list(records.columns["name"])
        records.letters["person"] = column_letter(key)
    return [records], info_of(form, len(rows)), problems


_KINDS = {
    "matrix": read_matrix,
    "deductions": _read_effects,
    "bonuses": _read_effects,
    "grade_bands": _read_bands,
    "plans": _read_plans,
    "people": _read_people,
}
