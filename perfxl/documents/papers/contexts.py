"""A program as its papers see it: tables indexed once, people, KPIs, scoring words, and scores when a paper asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from functools import cache, cached_property
from typing import Any, TypeVar

from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Address, problem
from perfxl.core.records import Records, Tables, empty
from perfxl.core.scoring.missed import people_with_gaps
from perfxl.core.scoring.program import contracts_of_people, score_program
from perfxl.core.wording.formatting import format_number
from perfxl.core.wording.rules import Kpi, ScoringWords
from perfxl.documents.papers.results import Results, Standing
from perfxl.documents.template.render_problems import DocumentError
from perfxl.judgement import NOTHING_WRONG, Judgement
from perfxl.table_store import Outline

Row = dict[str, Any]


class ContextError(DocumentError):
    """A paper that cannot be made from what the tables hold."""


class Index:
    """Rows by key, and by the values of a column. A row is made when asked for."""

    def __init__(self, tables: Tables, policy: Policy) -> None:
        self.policy = policy
        self.drafting = False  # a draft names what a reference leads to as it was typed, where that is nowhere
        self._tables = {name: records for name, records in tables.items() if len(records)}
        self._groups: dict[tuple[str, str], dict[str, list[int]]] = {}
        self._columns: dict[str, list[tuple[str, list[Any]]]] = {}

    def with_tables(self, tables: Tables) -> Index:
        """The same with the tables given in place of its own, which may have no rows and are there nevertheless."""
        index = copy(self)
        index._tables = {**self._tables, **tables}
        index._groups = {at: groups for at, groups in self._groups.items() if at[0] not in tables}
        index._columns = {table: columns for table, columns in self._columns.items() if table not in tables}
        return index

    def keys(self, table: str) -> list[str]:
        """The keys of a table, in sheet order."""
        return self.values(table, empty(table).table.key[0])

    def values(self, table: str, column: str) -> list[str]:
        """The different values of a column, as they first appear."""
        return list(dict.fromkeys(value for value in self._records(table).column(column) if value is not None))

    def position(self, table: str, key: str) -> int:
        """Where the row with that key stands.

        Raises: KeyError for a key that does not exist.
        """
        return self._grouped(table)[key][0]

    def at(self, table: str, position: int) -> Row:
        columns = self._columns.get(table)
        if columns is None:
            records = self._records(table)
            blank = [None] * len(records)
            columns = [(column.name, records.columns.get(column.name, blank)) for column in records.table.columns]
            self._columns[table] = columns
        return {name: values[position] for name, values in columns}

    def address(self, table: str, position: int, column: str = "") -> Address:
        return self._records(table).address(position, column)

    def is_percent(self, table: str, position: int, column: str) -> bool:
        """Whether the cell is typed or formatted as a percentage."""
        return position in self._records(table).percent.get(column, ())

    def rows(self, table: str, column: str, value: str) -> Iterator[tuple[int, Row]]:
        """(position, row) of every row whose `column` is `value`, in sheet order."""
        return ((at, self.at(table, at)) for at in self._grouped(table, column).get(value, ()))

    def refer(self, record: str, source: str, position: int, column: str, key: str) -> Row:
        """The row that `column` of the row at `position` in `source` points to, for the paper `record`.

        Where the workbook does not hold the other table at all, what was typed is the name.

        Raises: ContextError for a key that is missing from a table that is there, but in a draft.
        """
        target, named = _leads_to(source, column)
        positions = self._grouped(target).get(key) if target in self._tables else None
        if positions:
            return self.at(target, positions[0])
        if target not in self._tables or self.drafting:
            return {**dict.fromkeys(c.name for c in empty(target).table.columns), named: key, "name": key}
        title = empty(target).table
        raise ContextError(
            [
                problem(
                    "paper_reference_unknown",
                    self.address(source, position, column),
                    table=source,
                    column=column,
                    value=key,
                    record=record,
                    target=Text(title.zh, title.en),
                )
            ]
        )

    def pairs(self, table: str, key: str, value: str) -> dict[str, str]:
        """One column by another, of the rows that have both."""
        records = self._records(table)
        rows = zip(records.column(key), records.column(value), strict=True)
        return {name: text for name, text in rows if name and text}

    def root_unit(self) -> str:
        """The company's name: that of the unit without a parent."""
        units = self._records("units")
        names = (name for name, parent in zip(units.column("name"), units.column("parent"), strict=True) if not parent)
        return next(names, None) or ""

    def _records(self, table: str) -> Records:
        return self._tables.get(table) or empty(table)

    def _grouped(self, table: str, column: str = "") -> dict[str, list[int]]:
        """value -> positions, of a column (blank: the table's key)."""
        if (table, column) not in self._groups:
            records = self._records(table)
            groups: dict[str, list[int]] = {}
            for at, value in enumerate(records.column(column or records.table.key[0])):
                if value is not None:
                    groups.setdefault(value, []).append(at)
            self._groups[table, column] = groups
        return self._groups[table, column]


@cache
def _leads_to(table: str, column: str) -> tuple[str, str]:
    """The table and column that a column's values are keys of."""
    target, _, named = empty(table).table.column(column).ref.partition(".")
    return target, named


T = TypeVar("T")

_COMPANY = Text("本公司", "the company")
_PROGRAM = Text("{year}年度绩效方案", "Performance program {year}")
_UNDATED_PROGRAM = Text("绩效方案", "Performance program")
_FROM = Text("{lower} 分及以上", "{lower} and above")
_BETWEEN = Text("{lower} 分（含）至 {upper} 分", "{lower} to below {upper}")
_BELOW = Text("{upper} 分以下", "below {upper}")
_NOT_APPLICABLE = {
    "category": Text("同一方面的其余指标", "the other KPIs of the same aspect"),
    "contract": Text("合同的其余指标", "the other KPIs of the contract"),
}


class Contexts:
    """What the papers of a program are made from, in one language. With an `outline` the tables hold only what names
    papers and people; the rows of some of them are brought by `with_tables`. `judgement` says what stands against
    contracts and their results; `proposed` are contracts whose lines, not at hand, hold a proposal."""

    def __init__(
        self,
        tables: Tables,
        policy: Policy,
        lang: str = "zh",
        outline: Outline | None = None,
        judgement: Judgement = NOTHING_WRONG,
    ) -> None:
        self.tables, self.policy, self.lang, self.judgement = tables, policy, lang, judgement
        self._outline, self._as_of = outline, outline.as_of if outline else None
        self.proposed = outline.proposed if outline else frozenset()
        self._with_gaps = outline.with_gaps if outline else None
        self.index = Index(tables, policy)
        self.words = ScoringWords(policy, lang, self.index.pairs("methods", "method", "help"))
        self.company = policy["company"] or self.index.root_unit() or _COMPANY(lang)
        self.rules: dict[str, Any] = {
            "points_floor": format_number(policy["points_floor"]),
            "points_cap": format_number(policy["points_cap"]),
            "total_cap": format_number(policy["total_cap"]),
            "coefficients": any(band.coefficient is not None for band in policy.bands),
            "not_applicable": _NOT_APPLICABLE[policy["na_rule"]](lang),
        }
        self._kpis: dict[str, Kpi] = {}
        self._cached: dict[Any, Any] = {}

    def cached(self, make: Callable[[Contexts], T]) -> T:
        """What `make` makes of this program, made once."""
        if make not in self._cached:
            self._cached[make] = make(self)
        result: T = self._cached[make]
        return result

    def with_tables(self, rows: Tables) -> Contexts:
        """The same program with these tables in place of its own: of some of its people all that there is."""
        part = copy(self)
        part.tables, part.index = {**self.tables, **rows}, self.index.with_tables(rows)
        part.year, part.program, part._outline, part._cached = self.year, self.program, None, {}
        part.__dict__.pop("standing", None)
        return part

    def close(self) -> None:
        """Ends its use. What was built from it points back to it, so its rows would stay until the garbage collector
        looks for circles, which it seldom does where few objects hold much."""
        self.__dict__.clear()

    @property
    def results(self) -> Results:
        """The scores of the program, or of the part that is at hand, worked out once."""
        assert isinstance(self.standing, Results), "asked of a program whose lines are not at hand"
        return self.standing

    @cached_property
    def with_gaps(self) -> frozenset[str]:
        """The people who missed a target."""
        return frozenset(people_with_gaps(self.results.scores)) if self._with_gaps is None else self._with_gaps

    @cached_property
    def standing(self) -> Standing:
        """Who holds which contracts and where everybody stands."""
        if self._outline is None:
            scores, _ = score_program(self.tables, self.policy, self._as_of, self.judgement.problems)
            return Results(scores, self.judgement.results)
        contracts = self.tables.get("contracts") or empty("contracts")
        undetermined = {**self._outline.undetermined, **self.judgement.results}
        segments, outline = contracts_of_people(contracts), self._outline
        return Standing(contracts, segments, outline.totals, self.policy, undetermined, outline.outcomes)

    @cached_property
    def year(self) -> str:
        """The year that the papers' numbers name: of the program's period, else of the first contract."""
        contracts = self.tables["contracts"].column("start") if "contracts" in self.tables else []
        start = self.policy["period_start"] or next((day for day in contracts if day), None)
        return str(start.year) if start else ""

    @cached_property
    def program(self) -> str:
        named = _PROGRAM if self.year else _UNDATED_PROGRAM
        return self.policy["program"] or named(self.lang).format(year=self.year)

    @cached_property
    def grades(self) -> list[dict[str, str]]:
        """The grades, the totals that earn them, their coefficients; best first. What is below all bounds earns the
        last grade too, so it is shown without a bound."""
        bands = self.policy.bands
        shown = []
        for i, band in enumerate(bands):
            words = _FROM if i == 0 else _BELOW if band is bands[-1] else _BETWEEN
            bounds = {
                "lower": format_number(max(band.lower, 0.0)),
                "upper": format_number(bands[i - 1].lower) if i else "",
            }
            shown.append(
                {
                    "grade": band.grade,
                    "range": words(self.lang).format(**bounds),
                    "coefficient": format_coefficient(band.coefficient),
                }
            )
        return shown

    def kpi(self, record: str, table: str, position: int, key: str) -> Kpi:
        """The KPI that a row of `table` points to, for the paper `record`. One that names no unit and whose target is
        typed as a percentage is one in percent."""
        if key not in self._kpis:
            row = self.index.refer(record, table, position, "kpi", key)
            if not row["unit"] and table == "contract_lines" and self.index.is_percent(table, position, "target"):
                row = {**row, "unit": "%"}
            if self.index.drafting:  # of this paper only
                return self.words.kpi(row)
            self._kpis[key] = self.words.kpi(row)
        return self._kpis[key]

    def person(self, record: str, table: str, position: int, column: str) -> dict[str, str]:
        """Who a row of `table` names in `column`: ID, name, post, unit."""
        key = self.index.at(table, position)[column]
        return self.describe(record, self.index.refer(record, table, position, column, key))

    def describe(self, record: str, person: Row, post: str | None = None, unit: str | None = None) -> dict[str, str]:
        """A row of people as papers show it; `post` and `unit` (names) go before the person's own. A table of HR's own
        may know somebody by name alone, or only the post or unit that a contract is made for: none is an employee ID.
        What is not known is blank, a box to fill in by hand."""
        if unit is None and person["unit"]:
            at = self.index.position("people", person["person"])
            unit = self.index.refer(record, "people", at, "unit", person["unit"])["name"]
        key, name, post = person["person"], person["name"], post or person["post"]
        if not name and key in (post, unit):
            name = key
        return {
            "id": "" if key == name else key or "",
            "name": name or "",
            "post": post or "",
            "unit": unit or "",
        }


def format_coefficient(value: float | None) -> str:
    """Shows a bonus coefficient with at least one decimal; blank for none."""
    return "" if value is None else format_number(value, 1)


def make_heading(contexts: Contexts, prefix: str, record: str) -> dict[str, Any]:
    """What stands at the head of every paper: the company, the program, the paper's own number."""
    year = f"{contexts.year}-" if contexts.year else ""
    number = f"{prefix}-{year}{record.replace(' ', '-')}"
    return {"company": contexts.company, "program": contexts.program, "number": number}
