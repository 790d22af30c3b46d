"""Contract sheets, the contract or weight tables that HR already has, taken apart into the tables of a program.

`split_contract_sheets(tables)` leaves every cell addressed where it stands on the sheet. What such a sheet does not say
is filled in with the plainest reading (ratio, higher is better, the whole period); what was read off a name is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from perfxl.core.language import Text, join_texts
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records, Tables, join_parts
from perfxl.core.rulebook import RuleBook, built_in
from perfxl.core.schema import get
from perfxl.core.schema.choices import AGGREGATION
from perfxl.core.values.dates import UNDATED, parse_period, period_span
from perfxl.core.values.numbers import show_figure
from perfxl.core.values.text import fold_name
from perfxl.tables.aggregating import aggregation_of, targets_of
from perfxl.tables.holders import People, by_name, by_unit, namesakes, stem
from perfxl.tables.homes import Homes
from perfxl.tables.library import Library, names_for, said_of, titles
from perfxl.tables.made_rows import AS_IT_IS, TableRows, ToProgram
from perfxl.tables.notation.names import is_open_name
from perfxl.tables.row_form import NOTHING_ELSE, RowForm
from perfxl.tables.row_kpi import BASES, EFFECTS, apart, category_of, default_method, direction_of, kind_of
from perfxl.tables.total_comparison import known_totals, say_whose, shown_totals

# A contract without dates counts as this year throughout, so its one actual covers the whole of it.

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
    "target_text",
    "full_marks",
    "note",
)
# What a scoring sentence makes of a line.
_RULED = ("target", "k", "unit_step", "floor", "cap", "limit", "threshold", "low", "high")


def split_contract_sheets(tables: Tables, found: Sequence[Problem] = ()) -> tuple[dict[str, Records], list[Problem]]:
    """The tables with the contract sheets as ordinary tables beside them; unchanged where there are none, or where the
    program has contract lines of its own, which the sheets then only repeat. `found` is what reading them found."""
    sheets = tables.get("contract_sheet")
    if not sheets:
        return known_totals(tables), []
    if tables.get("contract_lines"):
        repeated = problem("contract_sheet_not_counted", sheets.address(0), table="contract_sheet", sheet=sheets.sheet)
        return dict(tables), [repeated]
    asked = {(one.address.file, one.address.sheet) for one in found if one.name == "not_a_period"}
    new, problems = take_apart(tables, sheets, ToProgram(asked=frozenset(asked)))
    known = known_totals(tables)
    whole = {name: join_parts([known[name], records]) if known.get(name) else records for name, records in new.items()}
    return {**known, **whole}, problems


def take_apart(tables: Tables, sheets: Records, to: ToProgram = AS_IT_IS) -> tuple[dict[str, Records], list[Problem]]:
    """The rows that contract sheets add to the tables of a program."""
    splitter = _Splitter(tables, sheets, to)
    new, problems = splitter.tables(), splitter.problems
    if new:
        say_whose(tables, new)
        if shown := shown_totals(new, sheets):
            new["shown_totals"] = shown
    return new, problems


class _Splitter:
    """One pass over the sheet's rows, in order."""

    def __init__(self, tables: Tables, sheets: Records, to: ToProgram) -> None:
        self.problems: list[Problem] = []
        self._tables, self._sheets, self._to = tables, sheets, to
        policy, _ = read_policy(tables)
        self._categories = policy.categories
        self._methods = RuleBook(policy)
        given = period_span(to.period) if to.period else None
        self._span = (given.start, given.end) if given else (policy["period_start"], policy["period_end"])
        self._people = by_name(tables.get("people"), "person")
        self._in_unit = by_unit(tables)
        self._namesakes = namesakes(sheets)
        self._library = Library(tables, self._methods)
        key = "kpi_id" if "kpi_id" in sheets.columns else "kpi"
        who = "person" if "person" in sheets.columns else "name"
        contract = {"contract": who, "holder": who, "unit": "department", "start": "period", "end": "period"}
        self._rows = {
            "people": TableRows("people", {"person": who, "unit": "department"}),
            "kpis": TableRows("kpis", {"kpi": key, "name": "kpi"}),
            "contracts": TableRows("contracts", contract),
            "contract_lines": TableRows("contract_lines", {"contract": who, "kpi": key, "aspect": "category"}),
            "actuals": TableRows("actuals", {"holder": who, "kpi": key, "value": "actual"}),
            "marks": TableRows("marks", {"ratee": who, "dimension": key, "mark": "points"}),
            "step_tables": TableRows("step_tables", {"table": key, "at": "rule", "points": "rule"}),
            "grade_tables": TableRows("grade_tables", {"scale": key, "grade": "rule", "points": "rule"}),
            "category_weights": TableRows("category_weights", {"post_type": who, "weight": "section_weight"}),
            "events": TableRows("events", {"holder": who, "kpi": key, "count": "actual"}),
        }
        self._of_library = self._library.methods()
        self._vetoing = {kpi for kpi, method in self._of_library.items() if method == "veto"}
        self._cards: dict[str, dict[str, Any]] = {}
        self._card_of: dict[str, int] = {}  # KPI -> the row that its card was made of
        self._contracts: dict[tuple[str, str, str, str], str] = {}
        self._homes = Homes(sheets)
        self._numbers: Counter[str] = Counter()
        self._who = People(tables)
        self._adds = to.adds or not tables.get("people")
        self._told: set[tuple[str, str]] = set()
        self._shares: set[tuple[str, str]] = set()
        self._made: dict[str, dict[str, list[dict[str, Any]]]] = {}

    def tables(self) -> dict[str, Records]:
        for i, row in self._homes.rows:
            self._line(i, row)
        self.problems += self._homes.problems(self._contracts)
        plans = self._tables.get("improvements")
        if plans and self._adds:
            for i, owner in enumerate(plans.column("owner")):
                if owner is not None and fold_name(owner) not in self._people:
                    self._people[fold_name(owner)] = owner
                    self._rows["people"].add((plans, i), person=owner, name=owner)
        return {name: rows.records(self._sheets) for name, rows in self._rows.items() if rows.rows}

    def _line(self, i: int, row: dict[str, Any]) -> None:
        person = self._person(i, row)
        period = row["period"] or self._default_period(i)
        contract = self._contract(i, row, person, period)
        kpi = self._kpi(i, row, person)
        line = {name: self._as_read(i, row, name) for name in _LINE if name in self._sheets.columns}
        form: RowForm = row["form"] or NOTHING_ELSE
        if form.rule:
            line |= {name: value for name in _RULED if (value := getattr(form.rule, name)) is not None}
        if line.get("target") is None and (targets := targets_of(form)):
            way = aggregation_of(row, form, row["kpi"] or "", *self._dates(row["period"]))
            line["target"] = targets[-1] if way == "mean" else sum(targets)
        self._add_category_weight(i, row, contract)
        self._rows["contract_lines"].add(i, contract=contract, kpi=kpi, **self._category("aspect", row), **line)
        self._add_actuals(i, row, form, person, kpi, period)
        self._add_marks(i, row, form, person, contract, kpi)
        if kpi in self._vetoing and isinstance(row["actual"], float) and row["actual"] > 0:
            self._event(i, person, kpi, row)

    def _to_be_derived(self, row: dict[str, Any]) -> bool:
        """Whether the sheet gives the weight of the row's section, and leaves its own to be derived from ratings."""
        return row["section_weight"] is not None and row["weight"] is None and row["impact"] is not None

    def _add_category_weight(self, i: int, row: dict[str, Any], contract: str) -> None:
        category = category_of(row["category"], self._categories)
        if self._to_be_derived(row) and category and (contract, category) not in self._shares:
            self._shares.add((contract, category))
            self._rows["category_weights"].add(i, post_type=contract, category=category, weight=row["section_weight"])

    def _add_actuals(self, i: int, row: dict[str, Any], form: RowForm, person: str, kpi: str, period: str) -> None:
        """The row's actual, the option chosen, and one actual for each period that stands across."""
        chosen = next((option.label for option in form.options if option.chosen), None)
        value = chosen if form.options else self._as_read(i, row, "actual")
        said = row["actual_text"]
        if value is None and said and not (form.reports or form.judged or form.open):
            value = self._read_words(i, said, kpi)
        if form.judged and not form.options and value is not None:  # what came about, beside what people make of it
            percent = i in self._sheets.percent.get("actual", ())
            shown = show_figure(value, "%" if percent else "") if isinstance(value, float) else str(value)
            said, value = said or shown, None
        if value is not None or said:
            words = {"evidence": said} if said else {}
            self._rows["actuals"].add(i, holder=person, kpi=kpi, period=period, value=value, **words)
        within = period_span(period)
        for report in form.reports:
            of, figure = parse_period(report.period, within).value, report.read()
            if report.kind != "actual" or figure.kind == "blank":
                continue
            if of is None or figure.number is None:
                self._report("report_unreadable", i, "kpi", f"{report.letter}{report.row}")
                if self._to.keeps:
                    wrong = {"period": of or report.period, "value": report.value}
                    self._rows["actuals"].add(i, holder=person, kpi=kpi, **wrong)
                continue
            self._rows["actuals"].add(i, holder=person, kpi=kpi, period=of, value=figure.number)

    def _read_words(self, i: int, words: str, kpi: str) -> str | None:
        """An actual in words: the label of a graded KPI; of one that needs a figure, what cannot be read."""
        card = self._cards.get(kpi)
        method = self._methods.find(card["method"] if card else self._of_library.get(kpi))
        if method is not None and "GRADES" in method.text:
            return words
        if method is not None and (method.text or method.effect == "total" or method.name == "veto"):
            address = self._sheets.address(i, "actual")
            self.problems.append(problem("not_a_figure", address, table="contract_sheet", column="actual", value=words))
        return words if self._to.keeps else None

    def _add_marks(self, i: int, row: dict[str, Any], form: RowForm, person: str, contract: str, kpi: str) -> None:
        """Each giver's mark, with the name where the sheet gives one."""
        issuer = self._people.get(fold_name(row["issuer"])) if row["issuer"] else None
        for mark in form.marks:
            rater = person if mark.relation == "self" else issuer if mark.relation == "superior" else None
            relation = "superior" if mark.relation == "review" else mark.relation
            given = {"rater": rater} if rater else {}
            self._rows["marks"].add(
                i, ratee=person, relation=relation, dimension=kpi, mark=mark.value, contract=contract, **given
            )
        for relation, text in form.unread if self._to.keeps else ():
            self._rows["marks"].add(i, ratee=person, relation=relation, dimension=kpi, mark=text, contract=contract)

    def _event(self, i: int, person: str, kpi: str, row: dict[str, Any]) -> None:
        """The actual of a vetoing KPI is how often it happened."""
        _, end = self._dates(row["period"])
        dated = {"date": end} if end else {}  # so that it belongs to this contract, and to no other of the person's
        said = {"fact": row["actual_text"] or row["kpi"] or kpi}
        self._rows["events"].add(i, holder=person, kpi=kpi, kind="veto", count=row["actual"], **dated, **said)

    def _as_read(self, i: int, row: dict[str, Any], column: str) -> Any:
        """A cell's value; what stands in one that could not be read, where that is kept."""
        value = row[column]
        if value is None and self._to.unread:
            address = self._sheets.address(i, column)
            value = self._to.unread.get((address.file, address.sheet, address.cell))
        return value

    # Whose it is

    def _person(self, i: int, row: dict[str, Any]) -> str:
        name = row["person"] or row["name"]
        if name is None and (row["post"] or row["department"]):
            name = row["post"] or row["department"]
            self._report("holder_is_post", i, "post" if row["post"] else "department", name)
        if name is None:
            address = self._sheets.address(i)
            name = stem(address.sheet) or stem(address.file.rpartition(".")[0]) or address.sheet
            self._report("holder_unnamed", i, "name", name)
        if row["person"] is None and row["department"]:
            known = self._in_unit.get((fold_name(name), fold_name(row["department"])))
            if known is not None:
                return known
            if fold_name(name) in self._namesakes:
                row = {**row, "name": row["name"] or name}
                name = f"{name} ({row['department']})"
        person = self._people.get(fold_name(name))
        other = self._who.named_otherwise(person, row["name"]) if row["person"] else None
        if other:
            told = {"person": person, "known": other.name, "first": other.place}
            self._report("person_named_otherwise", i, "name", row["name"], **told)
            return f"{person} {row['name']}"  # nobody, so that nothing counts
        if person is None and self._adds:
            if self._tables.get("people"):
                self._report("person_added", i, "person" if row["person"] else "name", name)
            unit = {"unit": row["department"]} if row["department"] else {}
            called = row["name"] or (None if name in (row["post"], row["department"]) else name)
            self._add_person(i, name, name=called, post=row["post"], **unit)
        return person or name

    def _add_person(self, i: int, person: str, **values: Any) -> None:
        self._people[fold_name(person)] = person
        self._who.add(person, values.get("name"), values.get("unit"), str(self._sheets.address(i)))
        self._rows["people"].add(i, person=person, **values)

    def _contract(self, i: int, row: dict[str, Any], person: str, period: str) -> str:
        """One contract for each person, sheet of a file and period: who changed post has two."""
        address = self._sheets.address(i)
        key = self._homes.key(i, (person, address.file, address.sheet, period))
        if key not in self._contracts:
            self._contracts[key] = self._number(person, row["contract"])
            start, end = self._dates(row["period"])
            issuer = self._issuer(i, row["issuer"])
            post = {"post": row["post"]} if row["post"] else {}
            elsewhere = self._who.in_other_unit(person, row["department"])
            if elsewhere:
                post["unit"] = row["department"]
                if self._who.is_of_program(person):
                    told = {"known": elsewhere, "unit": row["department"]}
                    self._report("person_in_other_unit", i, "department", row["name"] or person, **told)
            if self._to_be_derived(row):
                post["post_type"] = self._contracts[key]
            dates = {"start": start, "end": end} if start or end else {}
            contract = self._contracts[key]
            self._rows["contracts"].add(i, contract=contract, holder=person, **issuer, **post, **dates)
        return self._contracts[key]

    def _number(self, person: str, given: str | None) -> str:
        """The ID of the person's next contract, which no other has: as the sheet gives it, or made of the person's."""
        if given and given not in self._to.contracts and given not in self._contracts.values():
            return given
        while True:
            self._numbers[person] += 1
            number = person if self._numbers[person] == 1 else f"{person}-{self._numbers[person]}"
            if number not in self._to.contracts:
                return number

    def _issuer(self, i: int, name: str | None) -> dict[str, str]:
        if name is None:
            return {}
        if fold_name(name) not in self._people and self._adds:
            self._add_person(i, name, name=name)
        return {"issuer": self._people.get(fold_name(name), name)}

    def _dates(self, period: str | None) -> tuple[date | None, date | None]:
        if period is None:
            return self._span
        span = period_span(period)
        return span.start, span.end

    def _default_period(self, i: int) -> str:
        """The period that is given for all, or the program's year where the policy gives it."""
        address = self._sheets.address(i)
        if "actual" in self._sheets.columns and (address.file, address.sheet) not in self._to.asked:
            self._report("period_not_given", i, "kpi", "")
        if self._to.period:
            return self._to.period
        end = self._span[1]
        return str(end.year) if end else UNDATED

    # What is measured

    def _kpi(self, i: int, row: dict[str, Any], person: str) -> str:
        """The ID of the KPI's card: the library's, one made for the same KPI before, or a new one."""
        typed = row["kpi_id"] or row["kpi"]
        cards = self._library.cards_of(row["kpi_id"], row["kpi"])
        said = said_of(row, self._methods, self._categories) if cards else {}
        otherwise = {at: self._library.scores_otherwise(at, said) for at in cards}
        fitting = [at for at in cards if not otherwise[at]]
        if len(fitting) > 1 and typed not in self._library:
            return str(typed)  # which of them is meant is asked where contract lines are checked
        if fitting:
            kpi = self._library.id_of(fitting[0])
            lost = self._library.words_lost(fitting[0], said)
            if lost:
                self._report("library_words_hold", i, "kpi", kpi, what=join_texts(titles(lost)))
            return kpi
        card = self._card(i, row)
        names = (name for name in names_for(typed, person) if name not in self._library)
        kpi = next(name for name in names if self._cards.get(name, card) == card)
        if kpi not in self._cards:
            self._cards[kpi] = card
            self._card_of[kpi] = i
            if cards:
                told = {"first": self._library.place(cards[0]), "what": join_texts(titles(otherwise[cards[0]]))}
                self._report("library_scores_otherwise", i, "kpi", typed, kpi=kpi, **told)
            elif kpi != typed:
                first = str(self._sheets.address(self._card_of.get(typed, i), "kpi"))
                self._report("card_differs", i, "kpi", typed, first=first, kpi=kpi)
            if card["method"] == "veto":
                self._vetoing.add(kpi)
            self._rows["kpis"].add(i, kpi=kpi, **card)
        return kpi

    def _card(self, i: int, row: dict[str, Any]) -> dict[str, Any]:
        kind = kind_of(row)
        method = self._method(i, row, kind)
        if kind is None:
            kind = method if method in EFFECTS else "qualitative" if method == "grade" else "quantitative"
        card = {name: row[name] for name in _CARD if name in self._sheets.columns}
        name = (row["kpi"] or row["kpi_id"]).strip("*★☆ ")
        form: RowForm = row["form"] or NOTHING_ELSE
        if form.rule and form.rule.percent and not row["unit"]:
            card["unit"] = "%"  # its limits are percentages, and so is what is measured
        return {
            "name": name,
            **self._category("category", row),
            "kind": kind,
            "method": method,
            "direction": self._direction(i, row, name, method),
            **card,
            **self._scored_by(i, name, method, form),
            **self._reported(i, row, name, form),
        }

    def _scored_by(self, i: int, name: str, method: str, form: RowForm) -> dict[str, Any]:
        """The tables and scales that the method goes by, as the row says them."""
        card: dict[str, Any] = {"scoring_text": form.text} if form.text else {}
        if method == "marks":
            card |= {"full_marks": form.full, "rater_shares": form.shares}
        best = max((option.points for option in form.options), default=0.0)
        grades = [(option.label, option.points / best * 100) for option in form.options] if best else []
        if form.rule and method == form.rule.method:
            grades = list(form.rule.grades) or grades
            if form.rule.steps:
                card["steps"] = self._table(
                    "step_tables", i, name, [{"at": at, "points": p} for at, p in form.rule.steps]
                )
        if grades and method == "grade":
            said = dict(form.sentences)
            described = [{"sentence": said[label]} if said.get(label) else {} for label, _ in grades]
            rows = [{"grade": label, "points": p, **more} for (label, p), more in zip(grades, described, strict=True)]
            card["scale"] = self._table("grade_tables", i, name, rows)
        return card

    def _table(self, table: str, i: int, name: str, rows: list[dict[str, Any]]) -> str:
        """The name of a step or grade table with these rows: that of the same rows before, or a new one."""
        key = "table" if table == "step_tables" else "scale"
        known = self._made.setdefault(table, {})
        same = next((called for called, those in known.items() if those == rows), None)
        if same:
            return same
        called = name if name not in known else f"{name} ({len(known) + 1})"
        known[called] = rows
        for row in rows:
            self._rows[table].add(i, **{key: called}, **row)
        return called

    def _reported(self, i: int, row: dict[str, Any], name: str, form: RowForm) -> dict[str, Any]:
        """How actuals that stand across add up: amounts to a sum, rates to a mean. Said, since it is assumed."""
        if not form.reports:
            return {}
        aggregation = aggregation_of(row, form, name, *self._dates(row["period"]))
        if aggregation is None or row["aggregation"]:
            return {"aggregation": aggregation}
        how = next(choice.text for choice in AGGREGATION if choice.name == aggregation)
        self._report("aggregation_assumed", i, "kpi", how, how=how)
        return {"aggregation": aggregation}

    def _method(self, i: int, row: dict[str, Any], kind: str | None) -> str:
        form: RowForm = row["form"] or NOTHING_ELSE
        default = default_method(row, kind)
        if row["method"] is None and kind not in EFFECTS:
            if form.options and any(option.chosen for option in form.options):
                return "grade"
            if form.judged or form.open:
                return "marks"
            if form.rule:
                return form.rule.method
        if row["method"] is None:
            if default == "ratio" and row["actual"] is not None:
                self._report("method_by_default", i, "kpi", "")
            return default
        method = self._methods.find(row["method"])
        if method is None:
            label = built_in()[default]
            self._report("method_word_unknown", i, "method", row["method"], method=Text(label.zh, label.name))
        return method.name if method else default

    def _direction(self, i: int, row: dict[str, Any], name: str, method: str) -> str:
        form: RowForm = row["form"] or NOTHING_ELSE
        if form.rule and form.rule.direction and not row["direction"]:
            return form.rule.direction
        direction, by_name = direction_of(row, name)
        known = self._methods.find(method)
        if known and not known.directed:
            return str(row["direction"] or "higher")
        if (
            direction == "higher"
            and not row["direction"]
            and is_open_name(name)
            and apart(row["actual"], row["target"])
        ):
            self._report("direction_unsaid", i, "kpi", name)
        if by_name or (direction == "lower" and not row["direction"]):
            header = get("contract_sheet").column("direction").text
            if known and apart(row["actual"], row["target"]):
                self._report("direction_assumed", i, "kpi", name, header=header, basis=BASES[by_name])
            else:
                self._report("direction_by_name" if by_name else "direction_by_figures", i, "kpi", name, header=header)
        return direction

    def _category(self, column: str, row: dict[str, Any]) -> dict[str, Any]:
        if "category" not in self._sheets.columns:
            return {}
        return {column: category_of(row["category"], self._categories)}

    def _report(self, name: str, i: int, column: str, value: Any, **details: Any) -> None:
        """Once for the same thing on the same sheet."""
        address = self._sheets.address(i, column)
        if (name, f"{address.sheet}:{value}") not in self._told:
            self._told.add((name, f"{address.sheet}:{value}"))
            self.problems.append(problem(name, address, table="contract_sheet", column=column, value=value, **details))
