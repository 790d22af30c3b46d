"""Contract sheets, the contract or weight tables that HR already has, taken apart into the tables of a program.

`split_contract_sheets(tables)` leaves every cell addressed where it stands on the sheet. What such a sheet does not say
is filled in with the plainest reading (ratio, higher is better, the whole period); what was read off a name is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from perfxl.core.language import Text
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Gathered, Records, Tables, empty, join_parts
from perfxl.core.rulebook import RuleBook, built_in
from perfxl.core.schema import Choice, get
from perfxl.core.schema.choices import CATEGORY, KIND
from perfxl.core.values.dates import period_span
from perfxl.core.values.text import NOT_APPLICABLE, fold_name

# A contract without dates counts as this year throughout, so its one actual covers the whole of it.
UNDATED = "2000"

# A KPI whose name holds one of these is better the lower it is.
LOWER_WORDS = (
    *("成本", "费用", "流失", "离职率", "投诉", "故障", "事故", "次品", "废品", "不良", "损耗", "逾期", "差错", "坏账"),
    *(
        "cost",
        "expense",
        "turnover of staff",
        "attrition",
        "complaint",
        "failure",
        "accident",
        "defect",
        "scrap",
        "overdue",
    ),
)

# Columns of the contract sheet that a KPI's card takes over, and those that the contract line does.
_CARD = (
    *("unit", "definition", "data_source", "impact", "controllability", "measurability"),
    *("steps", "scale", "veto_effect", "veto_grade"),
)
_LINE = (
    "weight",
    "derived_weight",
    "target",
    "challenge",
    "threshold",
    "base",
    "low",
    "high",
    "k",
    "unit_step",
    "floor",
    "cap",
    "limit",
    "full_marks",
    "note",
)
_EFFECTS = ("deduct", "bonus", "veto", "monitor")


def split_contract_sheets(tables: Tables) -> tuple[dict[str, Records], list[Problem]]:
    """The tables with the contract sheets as ordinary tables beside them; unchanged where there are none, or where the
    program has contract lines of its own, which the sheets then only repeat."""
    sheets = tables.get("contract_sheet")
    if not sheets:
        return dict(tables), []
    if tables.get("contract_lines"):
        repeated = problem("contract_sheet_not_counted", sheets.address(0), table="contract_sheet", sheet=sheets.sheet)
        return dict(tables), [repeated]
    splitter = _Splitter(tables, sheets)
    new = splitter.tables()
    whole = {
        name: join_parts([tables[name], records]) if tables.get(name) else records for name, records in new.items()
    }
    return {**tables, **whole}, splitter.problems


@dataclass
class _TableRows:
    """Rows of one table under way, with the row of the sheet that each came from."""

    table: str
    names: Mapping[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)

    def add(self, origin: int, **values: Any) -> None:
        self.rows.append(values)
        self.origins.append(origin)

    def records(self, sheets: Records) -> Records:
        """Only the columns that some row gives: a table without targets misses none."""
        names = [column.name for column in get(self.table).columns if any(column.name in row for row in self.rows)]
        sources = {name: self.names.get(name, name) for name in names}
        records = Gathered(
            get(self.table),
            {name: [row.get(name) for row in self.rows] for name in names},
            sheets.file,
            sheets.sheet,
            [sheets.rows[i] for i in self.origins],
            {name: sheets.letters[source] for name, source in sources.items() if source in sheets.letters},
            origins=[(sheets, i) for i in self.origins],
            names=dict(self.names),
        )
        for name, source in sources.items():
            percent = sheets.percent.get(source)
            if percent:
                records.percent[name] = {at for at, i in enumerate(self.origins) if i in percent}
        return records


class _Splitter:
    """One pass over the sheet's rows, in order."""

    def __init__(self, tables: Tables, sheets: Records) -> None:
        self.problems: list[Problem] = []
        self._tables, self._sheets = tables, sheets
        policy, _ = read_policy(tables)
        self._methods = RuleBook(policy)
        self._span = (policy["period_start"], policy["period_end"])
        self._people = _by_name(tables.get("people"), "person")
        self._in_unit = _by_unit(tables)
        self._namesakes = _namesakes(sheets)
        self._library = _by_name(tables.get("kpis"), "kpi")
        key = "kpi_id" if "kpi_id" in sheets.columns else "kpi"
        who = "person" if "person" in sheets.columns else "name"
        self._rows = {
            "people": _TableRows("people", {"person": who, "unit": "department"}),
            "kpis": _TableRows("kpis", {"kpi": key, "name": "kpi"}),
            "contracts": _TableRows("contracts", {"contract": who, "holder": who, "start": "period", "end": "period"}),
            "contract_lines": _TableRows("contract_lines", {"contract": who, "kpi": key, "aspect": "category"}),
            "actuals": _TableRows("actuals", {"holder": who, "kpi": key, "value": "actual"}),
            "events": _TableRows("events", {"holder": who, "kpi": key, "count": "actual"}),
        }
        self._vetoing = self._vetoing_in_library()
        self._cards: dict[str, dict[str, Any]] = {}
        self._contracts: dict[tuple[str, str, str], str] = {}
        self._reported: set[tuple[str, str]] = set()

    def tables(self) -> dict[str, Records]:
        for i, row in enumerate(self._sheets.records()):
            if row["kpi"] is not None or row["kpi_id"] is not None:
                self._line(i, row)
        return {name: rows.records(self._sheets) for name, rows in self._rows.items() if rows.rows}

    def _line(self, i: int, row: dict[str, Any]) -> None:
        person = self._person(i, row)
        period = row["period"] or self._default_period(i)
        contract = self._contract(i, row, person, period)
        kpi = self._kpi(i, row, person)
        line = {name: row[name] for name in _LINE if name in self._sheets.columns}
        self._rows["contract_lines"].add(i, contract=contract, kpi=kpi, **self._category("aspect", row), **line)
        if row["actual"] is not None:
            self._rows["actuals"].add(i, holder=person, kpi=kpi, period=period, value=row["actual"])
        if kpi in self._vetoing and isinstance(row["actual"], float) and row["actual"] > 0:
            self._event(i, person, kpi, row)

    def _vetoing_in_library(self) -> set[str]:
        library = self._tables.get("kpis") or empty("kpis")
        pairs = zip(library.column("kpi"), map(self._methods.find, library.column("method")), strict=True)
        return {kpi for kpi, method in pairs if method and method.name == "veto"}

    def _event(self, i: int, person: str, kpi: str, row: dict[str, Any]) -> None:
        """The actual of a vetoing KPI is how often it happened."""
        _, end = self._dates(row["period"])
        dated = {"date": end} if end else {}  # so that it belongs to this contract, and to no other of the person's
        self._rows["events"].add(i, holder=person, kpi=kpi, kind="veto", count=row["actual"], **dated)

    # Whose it is

    def _person(self, i: int, row: dict[str, Any]) -> str:
        name = row["person"] or row["name"]
        if name is None:
            name = _stem(self._sheets.address(i).sheet) or _stem(self._sheets.file.rpartition(".")[0])
            name = name or self._sheets.address(i).sheet
            self._report("holder_unnamed", i, "name", name)
        if row["person"] is None and row["department"]:
            known = self._in_unit.get((fold_name(name), fold_name(row["department"])))
            if known is not None:
                return known
            if fold_name(name) in self._namesakes:
                row = {**row, "name": row["name"] or name}
                name = f"{name} ({row['department']})"
        person = self._people.get(fold_name(name))
        if person is None and not self._tables.get("people"):
            unit = {"unit": row["department"]} if row["department"] else {}
            self._add_person(i, name, name=row["name"] or name, post=row["post"], **unit)
        return person or name

    def _add_person(self, i: int, person: str, **values: Any) -> None:
        self._people[fold_name(person)] = person
        self._rows["people"].add(i, person=person, **values)

    def _contract(self, i: int, row: dict[str, Any], person: str, period: str) -> str:
        """One contract for each person, sheet and period: who changed post has two."""
        key = (person, self._sheets.address(i).sheet, period)
        if key not in self._contracts:
            number = sum(key[0] == person for key in self._contracts) + 1
            self._contracts[key] = person if number == 1 else f"{person}-{number}"
            start, end = self._dates(row["period"])
            issuer = self._issuer(i, row["issuer"])
            post = {"post": row["post"]} if row["post"] else {}
            dates = {"start": start, "end": end} if start or end else {}
            contract = self._contracts[key]
            self._rows["contracts"].add(i, contract=contract, holder=person, **issuer, **post, **dates)
        return self._contracts[key]

    def _issuer(self, i: int, name: str | None) -> dict[str, str]:
        if name is None:
            return {}
        if fold_name(name) not in self._people and not self._tables.get("people"):
            self._add_person(i, name, name=name)
        return {"issuer": self._people.get(fold_name(name), name)}

    def _dates(self, period: str | None) -> tuple[date | None, date | None]:
        if period is None:
            return self._span
        span = period_span(period)
        return span.start, span.end

    def _default_period(self, i: int) -> str:
        """The program's year where the policy gives it."""
        if "actual" in self._sheets.columns:
            self._report("period_not_given", i, "kpi", "")
        end = self._span[1]
        return str(end.year) if end else UNDATED

    # What is measured

    def _kpi(self, i: int, row: dict[str, Any], person: str) -> str:
        """The ID of the KPI's card: the library's, one made for the same KPI before, or a new one."""
        typed = row["kpi_id"] or row["kpi"]
        in_library = self._library.get(fold_name(typed)) or self._library.get(fold_name(row["kpi"] or ""))
        if in_library:
            return in_library
        card = self._card(i, row)
        same = self._cards.setdefault(typed, card)
        kpi = typed if same == card else f"{typed} ({person})"
        if same is card or kpi not in self._cards:
            self._cards[kpi] = card
            if card["method"] == "veto":
                self._vetoing.add(kpi)
            self._rows["kpis"].add(i, kpi=kpi, **card)
        return kpi

    def _card(self, i: int, row: dict[str, Any]) -> dict[str, Any]:
        kind = kind_of(row)
        method = self._method(i, row, kind)
        if kind is None:
            kind = method if method in _EFFECTS else "qualitative" if method == "grade" else "quantitative"
        card = {name: row[name] for name in _CARD if name in self._sheets.columns}
        name = (row["kpi"] or row["kpi_id"]).lstrip("*★☆ ")
        return {
            "name": name,
            **self._category("category", row),
            "kind": kind,
            "method": method,
            "direction": self._direction(i, row, name, method),
            **card,
        }

    def _method(self, i: int, row: dict[str, Any], kind: str | None) -> str:
        default = default_method(row, kind)
        if row["method"] is None:
            return default
        method = self._methods.find(row["method"])
        if method is None:
            label = built_in()[default]
            self._report("method_word_unknown", i, "method", row["method"], method=Text(label.zh, label.name))
        return method.name if method else default

    def _direction(self, i: int, row: dict[str, Any], name: str, method: str) -> str:
        direction, by_name = direction_of(row, name)
        if by_name or (direction == "lower" and not row["direction"]):
            header = get("contract_sheet").column("direction").text
            known = self._methods.find(method)
            if known and known.directed and _apart(row["actual"], row["target"]):
                self._report("direction_assumed", i, "kpi", name, header=header, basis=_BASES[by_name])
            else:
                self._report("direction_by_name" if by_name else "direction_by_figures", i, "kpi", name, header=header)
        return direction

    def _category(self, column: str, row: dict[str, Any]) -> dict[str, Any]:
        if "category" not in self._sheets.columns:
            return {}
        return {column: category_of(row["category"])}

    def _report(self, name: str, i: int, column: str, value: Any, **details: Any) -> None:
        """Once for the same thing on the same sheet."""
        address = self._sheets.address(i, column)
        if (name, f"{address.sheet}:{value}") not in self._reported:
            self._reported.add((name, f"{address.sheet}:{value}"))
            self.problems.append(problem(name, address, table="contract_sheet", column=column, value=value, **details))


def _by_name(records: Records | None, key: str) -> dict[str, str]:
    """ID by its own spelling and by the name beside it; a name that two rows share stands for neither."""
    if not records:
        return {}
    ids = records.column(key)
    names = [fold_name(name or "") for name in records.column("name")]
    counts = Counter(names)
    by_name = {name: row_id for name, row_id in zip(names, ids, strict=True) if name and counts[name] == 1}
    by_name.update({fold_name(row_id): row_id for row_id in ids if row_id is not None})
    return by_name


def _by_unit(tables: Tables) -> dict[tuple[str, str], str]:
    """ID by name and unit (its ID or its name), for people whose name others have as well."""
    people, units = tables.get("people"), tables.get("units")
    if not people:
        return {}
    called = dict(zip(units.column("unit"), units.column("name"), strict=True)) if units else {}
    rows = list(zip(*(people.column(name) for name in ("person", "name", "unit")), strict=True))
    counts = Counter(fold_name(name or "") for _, name, _ in rows)
    return {
        (fold_name(name), fold_name(spelling)): person
        for person, name, unit in rows
        if person is not None and name and counts[fold_name(name)] > 1
        for spelling in (unit, called.get(unit))
        if spelling
    }


def _namesakes(sheets: Records) -> set[str]:
    """Names without an ID that stand in two departments for one period: two people. In one department after the other
    it is one who changed post."""
    units: dict[tuple[str, Any], set[str]] = {}
    for row in sheets.records():
        if row["person"] is None and row["name"] and row["department"]:
            units.setdefault((fold_name(row["name"]), row["period"]), set()).add(fold_name(row["department"]))
    return {name for (name, _), departments in units.items() if len(departments) > 1}


def kind_of(row: Mapping[str, Any]) -> str | None:
    """The kind of a row's KPI: as typed, else from a star before the name (a monitored KPI carries no weight), or from
    a category such as 扣分项."""
    if row["kind"]:
        return str(row["kind"])
    if (row["kpi"] or "").startswith(("*", "★", "☆")) and not row["weight"]:
        return "monitor"
    kind = _KINDS.get(_plain(row["category"] or ""))
    return kind if kind in _EFFECTS else None


def direction_of(row: Mapping[str, Any], name: str) -> tuple[str, bool]:
    """Whether more or less is better, and whether only the KPI's name said so."""
    if row["direction"]:
        return str(row["direction"]), False
    if _lower_by_figures(row):
        return "lower", False
    by_name = any(word in name.casefold() for word in LOWER_WORDS)
    return ("lower" if by_name else "higher"), by_name


def category_of(typed: str | None) -> str | None:
    """财务类, 财务指标 and Financial are all financial; a category of HR's own stays as typed."""
    return _CATEGORIES.get(_plain(typed or ""), typed)


def default_method(row: Mapping[str, Any], kind: str | None) -> str:
    """The method of a row that names none."""
    if kind in _EFFECTS:
        return str(kind)
    figures = [value for value in (row["actual"], row["target"]) if value not in (None, NOT_APPLICABLE)]
    if any(isinstance(value, str) for value in figures):
        return "grade"
    return "milestone" if any(isinstance(value, date) for value in figures) else "ratio"


_BASES = {
    True: Text("名称", "the words of its name"),
    False: Text("门槛值、挑战值与目标值的大小", "its threshold, challenge and target"),
}


def _apart(actual: Any, target: Any) -> bool:
    """Whether it matters to the points which is better."""
    return isinstance(actual, float) and isinstance(target, float) and actual != target


def _lower_by_figures(row: Mapping[str, Any]) -> bool:
    """A threshold above the target, or a challenge below it, leaves no choice."""
    target = row["target"]
    for name, sign in (("threshold", 1), ("challenge", -1)):
        if isinstance(target, float) and isinstance(row[name], float) and (row[name] - target) * sign > 0:
            return True
    return False


def _plain(text: str) -> str:
    return _ENDING.sub("", fold_name(text))


def _stem(text: str) -> str:
    """The person in a sheet's or file's name: without year, 业绩合同, Sheet1 and the like."""
    table = get("contract_sheet")
    words = sorted({fold_name(word) for word in (table.zh, table.en, *table.aliases)}, key=len, reverse=True)
    plain = _NO_NAME.sub("", text)
    for word in words:
        plain = re.sub(re.escape(word), "", plain, flags=re.IGNORECASE)
    return plain.strip(" -_—·.的")


_NO_NAME = re.compile(
    r"\d{4}\s*年?度?|第?[一二三四1-4]季度|[上下]半年|\d{1,2}月份?|^sheet\d*$|^工作表\d*$|\(\d+\)", re.IGNORECASE
)
_ENDING = re.compile(r"(?:类?指标|类|项目?|层面|维度)$")


def _spellings(choices: tuple[Choice, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for choice in choices:
        for text in (choice.name, choice.zh, choice.en, *choice.aliases):
            names.setdefault(_plain(text), choice.name)
    return names


_CATEGORIES = _spellings(CATEGORY)
_KINDS = _spellings(KIND)
