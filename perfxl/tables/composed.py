"""What one row of a contract sheet says in several cells: marks by several people, actuals of several periods, options,
a weight within a section; and whether people judge the line or a rule scores it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perfxl.core.cells import column_letter
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records
from perfxl.core.rulebook import RuleBook
from perfxl.core.scoring.scalar import LineScorer
from perfxl.core.values.multiples import multiple_of
from perfxl.core.values.text import fold, is_nothing
from perfxl.tables.aggregating import wholes_in
from perfxl.tables.columns import NO_VALUE
from perfxl.tables.contract_rows import ContractRows
from perfxl.tables.cross_checks import compare_attainment, compare_total
from perfxl.tables.evidence import number_in
from perfxl.tables.forms import Form
from perfxl.tables.levels import Level, as_limits, full_marks_of, read_level, show_limit
from perfxl.tables.lexicon import MARK, PERIOD
from perfxl.tables.marked import (
    RELATION_NAMES,
    MarkCell,
    MarkedRow,
    Settled,
    is_final,
    join_heard,
    join_marks,
    relation_among,
    settle,
)
from perfxl.tables.named_weights import read_named_weights
from perfxl.tables.notation.lines import LineRule, settle_rule
from perfxl.tables.notation.rules import UNDERSTOOD, Rule
from perfxl.tables.notation.sentences import read_bands, read_sentence
from perfxl.tables.notation.targets import BLANK_TARGET, Target
from perfxl.tables.notation.words import describe_rule
from perfxl.tables.proof import LEVEL
from perfxl.tables.row_form import Option, Report, RowForm
from perfxl.tables.row_kpi import kind_of
from perfxl.tables.shown_points import take_directions, take_weighted, ways_of
from perfxl.tables.ticks import TickedRow, read_ticks
from perfxl.tables.two_levels import category_weight, multiply

_OF_RULE = ("method", "direction", "target", "k", "unit_step", "floor", "cap", "limit", "threshold", "low", "high")
_WEIGHT_IS_FULL = ("分值", "配分", "标准分", "权重分", "基准分", "points", "marks")


def _is_open(typed: str) -> bool:
    """A mark that is not given yet: blanks in any script, a dash, 无, or what a form prints there (____, /10, %)."""
    text = fold(typed)
    return not text.strip(" _/%-") or text.startswith("/") or is_nothing(text)


def complete_rows(
    records: Records, rows: ContractRows, form: Form, options: dict[int, list[Option]], reports: dict[int, list[Report]]
) -> list[Problem]:
    """Adds to the records of a contract sheet what stands in several cells; what is to be said about it."""
    return list(_Completing(records, rows, form).all(options, reports))


class _Completing:
    def __init__(self, records: Records, rows: ContractRows, form: Form) -> None:
        self._records, self._rows, self._form = records, rows, form
        self._columns = records.columns
        self._sheet_rows = [i for i, _ in rows.rows]
        self._methods = RuleBook(Policy())
        count = len(self._sheet_rows)
        self._options: list[tuple[Option, ...]] = [()] * count
        self._reports: list[tuple[Report, ...]] = [()] * count
        self._rules: list[LineRule | None] = [None] * count
        self._texts: list[str | None] = [None] * count
        self._open = [False] * count
        self._level_cells: dict[int, list[tuple[Level, str]]] = {}
        self._level_full: dict[int, float | None] = {}  # full marks by the levels' own points
        self._marks: list[tuple[MarkCell, ...]] = [()] * count

    def _settle_effects(self) -> None:
        """Points beside a deduction or a bonus are what was taken or added: -2 is one point off, twice."""
        kinds, points = self._records.column("kind"), self._records.column("points")
        effects = [i for i, kind in enumerate(kinds) if kind in ("deduct", "bonus") and points[i] is not None]
        if effects and "k" not in self._columns:
            actuals = list(self._records.column("actual"))
            each: list[float | None] = [None] * len(kinds)
            for i in effects:
                actuals[i], each[i] = abs(points[i]), 1.0
            self._columns |= {"actual": actuals, "k": each}
            self._records.letters.setdefault("actual", self._records.letters["points"])

    def all(self, options: dict[int, list[Option]], reports: dict[int, list[Report]]) -> Iterator[Problem]:
        self._add_words()
        self._options = [tuple(options.get(i, ())) for i in self._sheet_rows]
        self._reports = [tuple(reports.get(i) or self._reports_in(i, row)) for i, row in self._rows.rows]
        yield from self._read_levels()
        self._settle_effects()
        yield from read_named_weights(self._records, self._form, self._groups(), self._sheet_rows, self._at("kpi"))
        yield from self._set_weights()
        yield from self._read_marks()
        yield from self._read_rules()
        yield from self._settle()

    def _add_words(self) -> None:
        rows, columns = self._rows, self._columns
        for column in ("target", "actual"):
            said = [rows.words.get((i, column)) for i in self._sheet_rows]
            if any(said):
                columns[f"{column}_text"] = said
                self._records.letters[f"{column}_text"] = self._records.letters[column]
        named = list(zip(*(self._records.column(name) for name in ("kind", "kpi", "weight", "category")), strict=True))
        for i, (kind, kpi, weight, category) in zip(self._sheet_rows, named, strict=True):
            row = {"kind": kind, "kpi": kpi, "weight": weight, "category": category}
            if not kind and weight is None and (effect := kind_of(row)) in ("deduct", "bonus"):
                rows.kinds.setdefault(i, effect)
        for name, by_row in (("kind", rows.kinds), ("unit", rows.units)):
            if by_row:
                typed = self._records.column(name)
                columns[name] = [value or by_row.get(i) for value, i in zip(typed, self._sheet_rows, strict=True)]
        if rows.bands:
            columns["low"] = [rows.bands[i][0] if i in rows.bands else None for i in self._sheet_rows]
            columns["high"] = [rows.bands[i][1] if i in rows.bands else None for i in self._sheet_rows]

    def _reports_in(self, i: int, row: Sequence[Any]) -> list[Report]:
        heard = self._form.block.heard
        return [
            Report(heard[at].period, kind, row[at], column_letter(at), i + 1, self._multiple(row, at))
            for at, kind in self._form.reading.all(PERIOD).items()
            if row[at] != "" and kind in ("target", "actual")
        ]

    def _multiple(self, row: Sequence[Any], at: int) -> float | None:
        header = self._form.header
        beside = [row[place] for place, name in header.columns.items() if name in ("unit", "kpi")]
        return multiple_of([*(str(each) for each in beside if each), self._form.block.texts[at]])

    def _groups(self) -> list[list[int]]:
        """The rows of each contract."""
        names = ("person", "name", "post", "department", "period")
        keys = list(zip(*(self._records.column(name) for name in names), strict=True))
        groups: dict[tuple[Any, ...], list[int]] = {}
        for i, key in enumerate(keys):
            groups.setdefault(key, []).append(i)
        return list(groups.values())

    # Levels

    def _read_levels(self) -> list[Problem]:
        """The cells below columns of levels: points to choose from, limits that are a rule, or sentences. Figures below
        levels that have points of their own (5分) are limits."""
        texts = self._form.block.texts
        levels = {at: read_level(texts[at]) for at in sorted(self._form.reading.all(LEVEL))}
        ticked, told = read_ticks(self._rows.rows, levels, self._rows.lines)
        if ticked:
            self._take_ticks(ticked)
            return [self._form.problem(name, i, at, **details) for name, i, at, details in told]
        full = list(self._records.column("full_marks"))
        pointed = all(level.points is not None for level in levels.values())
        for place, (i, row) in enumerate(self._rows.rows if levels else ()):
            filled = {at: level for at, level in levels.items() if row[at] != ""}
            worths = {at: row[at] for at in filled if isinstance(row[at], float)}
            if filled and len(worths) == len(filled) and not pointed:
                self._options[place] = tuple(
                    Option(level.label or texts[at], worths[at], i + 1, False) for at, level in filled.items()
                )
                full[place] = max(worths.values())
            elif filled:
                percent = {at for at in worths if i in self._form.grid.percent.get(at, ())}
                cells = {at: show_limit(row[at], at in percent) for at in filled}
                if pointed and len(worths) == len(filled):
                    cells = as_limits(levels, cells, worths)
                self._level_cells[place] = [(levels[at], cells[at]) for at in filled]
                self._level_full[place] = full_marks_of(levels.values())
        if any(value is not None for value in full):
            self._columns["full_marks"] = full
            self._records.letters.setdefault("full_marks", column_letter(min(levels, default=0)))
        self._choose_options()
        return []

    def _take_ticks(self, ticked: Sequence[TickedRow]) -> None:
        """The level that is ticked is what came about; of unknown worth, or one of several, it leaves the line open."""
        first = column_letter(min(self._form.reading.all(LEVEL)))
        said, actuals = ([row.label if row.open is on else None for row in ticked] for on in (True, False))
        self._columns |= {"actual": actuals, "actual_text": said}
        self._columns["method"] = [None if row.open else "grade" for row in ticked]
        for column in ("actual", "actual_text", "method"):
            self._records.letters.setdefault(column, first)
        self._options = [row.options for row in ticked]
        self._open = [row.open for row in ticked]

    def _choose_options(self) -> None:
        """Beside points below each level, the level that the row says was reached is the one chosen."""
        for place, label in enumerate(self._records.column("actual")):
            if isinstance(label, str) and any(option.label == label for option in self._options[place]):
                options = self._options[place]
                self._options[place] = tuple(each._replace(chosen=each.label == label) for each in options)

    def _rule_of_levels(self, place: int) -> tuple[Rule | None, Text]:
        """Limits below the levels as steps, sentences as grades with the points of their headers."""
        cells = self._level_cells[place]
        full = self._records.column("full_marks")[place] or self._level_full.get(place)
        heads = [
            f"{level.label} ({level.points:.10g}分)"
            if level.label and level.points is not None
            else f"{level.points:.10g}分"
            if level.points is not None
            else level.label
            for level, _ in cells
        ]
        rule, why = read_bands(heads, [text for _, text in cells], full)
        if rule is None and full and all(level.label and level.points is not None for level, _ in cells):
            return Rule(
                "grade", full, grades=tuple((level.label, level.points or 0.0) for level, _ in cells)
            ), UNDERSTOOD
        return rule, why

    # Weights

    def _set_weights(self) -> Iterator[Problem]:
        weights, full = self._records.column("weight"), self._records.column("full_marks")
        if not any(weight is not None for weight in weights) and any(value is not None for value in full):
            self._columns["weight"] = weights = list(full)
            self._records.letters["weight"] = self._records.letters["full_marks"]
        sections = self._sections()
        if not any(sections):
            return
        if "section_weight" in self._columns or any(weight is None for weight in weights):
            self._columns["section_weight"] = [section[1] if section else None for section in sections]
            self._records.letters.setdefault("section_weight", column_letter(self._at("weight")))
        made, unclear, multiplied = list(weights), False, False
        for group in self._groups():
            within = multiply([weights[i] for i in group], [sections[i] for i in group], self._form.beside)
            if within is None:
                unclear = True
            else:
                multiplied |= within != [weights[i] for i in group]
                for i, weight in zip(group, within, strict=True):
                    made[i] = weight
        first = next(i for i, section in enumerate(sections) if section)
        at = self._at("section_weight") if "section_weight" in self._records.letters else self._at("weight")
        if unclear:
            yield self._form.problem("section_weights_unclear", self._sheet_rows[first], at)
        elif multiplied:
            yield self._form.problem("section_weights_multiplied", self._sheet_rows[first], at)
        self._columns["weight"] = made

    def _sections(self) -> list[tuple[str, float] | None]:
        """Each row's section and its weight: from its heading, or from a column, which holds for the category."""
        column, categories = self._records.column("section_weight"), self._records.column("category")
        found: list[tuple[str, float] | None] = []
        for place, i in enumerate(self._sheet_rows):
            category = str(categories[place] or "")
            weight = column[place]
            if (
                weight is None
                and found
                and found[-1]
                and found[-1][0] == category
                and "section_weight" in self._columns
            ):
                weight = found[-1][1]
            if weight is None:
                weight = self._rows.section_weights.get(i)
                category = self._rows.headings.get(i, category)
            found.append((category, weight) if weight is not None else None)
        return found if any(found) else self._sections_in_categories(found)

    def _sections_in_categories(self, none: list[tuple[str, float] | None]) -> list[tuple[str, float] | None]:
        """Categories that all say their weight, 重点工作（60分）: the category is 重点工作."""
        categories, weights = self._records.column("category"), self._records.column("weight")
        named = [category_weight(each) if isinstance(each, str) else None for each in categories]
        weighed = [section for section, weight in zip(named, weights, strict=True) if weight is not None]
        if not weighed or not all(weighed):
            return none
        self._columns["category"] = [
            section[0] if section else category for section, category in zip(named, categories, strict=True)
        ]
        return named

    def _at(self, column: str) -> int:
        named = {**self._form.header.beside, **self._form.header.columns}
        return next((at for at, name in named.items() if name == column), min(self._form.block.texts))

    # Rules

    def _read_rules(self) -> Iterator[Problem]:
        """The scoring sentence of each row as a rule; a method's name is left to the method's column."""
        records = self._records
        told: set[str] = set()
        of_rules = "rule" if "rule" in self._columns else "method"
        for place in range(len(records)):
            column = of_rules
            said, method = records.column("rule")[place], records.column("method")[place]
            text = next((words for words in (said, method) if words and not self._methods.find(words)), None)
            if not text and place in self._level_cells:
                text = "；".join(f"{level}：{cell}" for level, cell in self._level_cells[place])
                column = LEVEL
            if not text:
                continue
            self._texts[place] = text
            found, line, why = self._rule(place, text)
            self._rules[place], self._open[place] = line, line is None
            cell = self._sheet_rows[place], self._at(column)
            if line is None and not self._is_judged(place):
                yield self._form.problem("rule_not_understood", *cell, value=text, why=why)
            elif found and line and text not in told and not self._is_judged(place):
                told.add(text)
                details = {"value": text, "rule": Text(describe_rule(found, "zh"), describe_rule(found, "en"))}
                yield self._form.problem("rule_read", *cell, **details)
        if "rule" in self._columns and "method" not in self._columns:
            self._columns["method"] = list(self._columns["rule"])
            self._records.letters["method"] = self._records.letters["rule"]
        if "method" in self._columns:
            named = (name if name and self._methods.find(name) else None for name in self._columns["method"])
            self._columns["method"] = list(named)

    def _rule(self, place: int, text: str) -> tuple[Rule | None, LineRule | None, Text]:
        records, i = self._records, self._sheet_rows[place]
        if place in self._level_cells:
            rule, why = self._rule_of_levels(place)
        else:
            full = records.column("full_marks")[place]
            full = records.column("weight")[place] if full is None and self._weight_is_full() else full
            rule, why = read_sentence(text, full)
        if rule is None:
            return None, None, why
        target, actual = records.column("target")[place], records.column("actual")[place]
        percent = place in records.percent.get("target", ())
        unit = records.column("unit")[place] or ""
        if target is None and place in records.percent.get("actual", ()):
            unit = unit or "%"  # with no target, percentages are of the figure itself
        read = self._rows.targets.get(i)
        if read is None and isinstance(target, float):
            read = Target("number", number=target, is_percent=percent)
        line, why = settle_rule(
            rule,
            read or BLANK_TARGET,
            actual=actual if isinstance(actual, float) else None,
            name=records.column("kpi")[place] or "",
            unit=unit,
            weighted=records.column("kind")[place] not in ("deduct", "bonus"),
        )
        return rule, line, why

    # Marks

    def _read_marks(self) -> Iterator[Problem]:
        columns = self._form.reading.all(MARK)
        whole: list[tuple[MarkCell, ...]] = []
        shares = {column_letter(at): self._form.block.heard[at].share for at in columns}
        self._unread: list[tuple[tuple[str, str], ...]] = []
        for i, row in self._rows.rows:
            cells: list[MarkCell] = []
            unread: list[tuple[str, str]] = []
            for at, relation in columns.items():
                value = number_in(row[at])
                if value is not None:
                    cells.append(MarkCell(relation_among(relation, columns.values()), value, column_letter(at)))
                elif isinstance(row[at], str) and not _is_open(row[at]):
                    wrong = NO_VALUE.get(row[at])  # a formula without a result, a cell that makes no sense
                    typed = "#VALUE!" if wrong else row[at].strip()
                    unread.append((relation_among(relation, columns.values()), typed))
                    name, shown = (wrong, None) if wrong else ("cell_mark_unreadable", typed)
                    yield self._form.problem(name, i, at, value=shown, column=self._form.block.texts[at])
            whole.append(join_marks(cells, shares))
            self._unread.append(tuple(unread))
        self._marks = whole

    def _settle(self) -> Iterator[Problem]:
        """Who judges which line, on which scale and with which shares."""
        records, form = self._records, self._form
        ruled = [rule is not None for rule in self._rules]
        take_weighted(records, ruled, bool(form.reading.all(MARK)))
        judged = [self._is_judged(place) for place in range(len(records))]
        take_directions(records, self._rows, form, [a or b for a, b in zip(judged, ruled, strict=True)])
        rows = [self._marked_row(place) if on else MarkedRow() for place, on in enumerate(judged)]
        columns = form.reading.all(MARK)
        at_relation = {relation_among(relation, columns.values()): at for at, relation in columns.items()}
        named = ((relation_among(relation, columns.values()), form.block.heard[at]) for at, relation in columns.items())
        heard = join_heard(named)
        points_at = form.reading.at("points")
        total = self._total_shown(points_at) if points_at is not None else None
        of_points = form.block.heard[points_at] if points_at is not None else None
        totals = {relation: self._total_shown(at) for relation, at in at_relation.items()}
        below = {relation: shown for relation, shown in totals.items() if shown is not None}
        settled = settle(rows, heard, of_points, self._rows.lines, total, self._weight_is_full(), below)
        given = {cell.relation for row in rows for cell in row.marks}
        final = is_final([row for row, on in zip(rows, judged, strict=True) if on], of_points)
        if final and settled.off and given == {"superior"} and "superior" in columns.values():
            settled.shares, settled.off = {}, []  # 得分 says otherwise than the only mark beside it
        by_points = any(row.points is not None for row in rows) and not settled.shares
        by_points = by_points and (final or "superior" not in given)
        shares = {"superior": 100.0} if by_points else settled.shares
        words = "；".join(f"{RELATION_NAMES[name]}{share:.10g}%" for name, share in shares.items()) or None
        forms = []
        for place, row in enumerate(rows):
            marks = self._marks[place]
            if by_points and row.points is not None and not any(option.chosen for option in self._options[place]):
                others = (cell for cell in marks if cell.relation != "superior")
                marks = (*others, MarkCell("superior", row.points, records.letters["points"]))
            judges = (judged[place], settled.full[place], words) if judged[place] else (False, None, None)
            rule = None if judged[place] else self._rules[place]
            reading = rule, self._texts[place], self._open[place] and not judged[place]
            sentences = tuple((level.label, text) for level, text in self._level_cells.get(place, ()))
            forms.append(
                RowForm(
                    *(marks, self._reports[place], self._options[place], *judges, *reading),
                    *(sentences, self._unread[place], wholes_in(form.reading, self._rows.rows[place][1])),
                )
            )
            if (rule := reading[0]) and row.points is not None and not self._follows_rule(place, rule, row):
                yield form.problem("marks_not_follow", self._sheet_rows[place], points_at or 0, value=row.points)
        self._columns["form"] = forms
        yield from compare_total(form, records, self._rows, [self._marked_row(place) for place in range(len(records))])
        yield from compare_attainment(form, records, self._rows)
        yield from self._ask(rows, settled, shares, at_relation)

    def _follows_rule(self, place: int, rule: LineRule, row: MarkedRow) -> bool:
        """Whether the points that the table shows, of 100 or of the weight, are those of its scoring sentence."""
        records = self._records
        said = {name: value for name in _OF_RULE if (value := getattr(rule, name)) is not None}
        line = {"target": records.column("target")[place], "direction": "higher", **said, "steps": list(rule.steps)}
        points = LineScorer().score({**line, "actual": records.column("actual")[place]}).points
        shown = row.points
        if points is None or shown is None:
            return True
        ways = (points, points * (row.weight or 0.0) / 100, points * (row.full or 0.0) / 100)
        return any(abs(way - shown) < 0.051 for way in ways)

    def _ask(
        self, rows: Sequence[MarkedRow], settled: Settled, shares: dict[str, float], at_relation: dict[str, int]
    ) -> Iterator[Problem]:
        """What scale and shares rest on, and what is missing."""
        form, head = self._form, self._form.block.first - 1
        points_at, weighted_at = form.reading.at("points"), form.reading.at("weighted")
        filled = [i for i, row in enumerate(rows) if row.marks or row.points is not None]
        given = {cell.relation for row in rows for cell in row.marks}
        if filled and all(settled.full[i] is None for i in filled):
            of_points = points_at is not None and rows[filled[0]].points is not None
            at = points_at if of_points and points_at is not None else next(iter(at_relation.values()))
            yield form.problem("marks_scale_unknown", head, at, value=form.block.texts[at])
        if shares and not settled.shares and "superior" in given and points_at is not None:
            yield form.problem("points_are_final", head, points_at, value=form.block.texts[points_at])
        if settled.proved and len(given) > 1:
            names = ", ".join(form.block.texts[at_relation[relation]] for relation in shares)
            yield form.problem("shares_proved", head, at_relation[next(iter(shares))], value=names)
        for i in settled.off:
            shown = (points_at, rows[i].points) if rows[i].points is not None else (weighted_at, rows[i].weighted)
            if shown[0] is not None:
                yield form.problem("marks_not_follow", self._sheet_rows[i], shown[0], value=shown[1])

    def _marked_row(self, place: int) -> MarkedRow:
        columns = ("points", "weighted", "weight")
        points, weighted, weight = (self._records.column(name)[place] for name in columns)
        return MarkedRow(self._marks[place], points, weighted, weight, self._full(place))

    def _weight_is_full(self) -> bool:
        """Whether the header of the weights says that they are the points to be had."""
        text = self._form.block.texts.get(self._at("weight"), "").casefold()
        return any(word in text for word in _WEIGHT_IS_FULL)

    def _full(self, place: int) -> float | None:
        """The row's own full marks: its column's, the best of its options, or its levels', which its marks reach."""
        options, own = self._options[place], self._records.column("full_marks")[place]
        if options or own is not None:
            return max(option.points for option in options) if options else own
        of_levels = self._level_full.get(place)
        given = [cell.value for cell in self._marks[place]]
        given += [points] if (points := self._records.column("points")[place]) is not None else []
        return of_levels if of_levels is not None and all(value <= of_levels for value in given) else None

    def _total_shown(self, points_at: int) -> float | None:
        """What the last row of totals shows for the points."""
        shown = [number_in(self._form.grid.rows[i][points_at]) for i in self._rows.totals]
        return next((total for total in reversed(shown) if total is not None), None)

    def _is_judged(self, place: int) -> bool:
        """Whether people say the points: marks or points and no rule that makes them, or no figure to go by."""
        columns, form = self._records, self._form
        if columns.column("kind")[place] in ("deduct", "bonus", "veto", "monitor"):
            return False
        actual, target = columns.column("actual")[place], columns.column("target")[place]
        ruled = self._rules[place] is not None or columns.column("method")[place] is not None
        points = columns.column("points")[place]
        if isinstance(actual, float) and ruled:
            return False
        if self._marks[place]:
            return True
        if points is not None:
            figures = isinstance(actual, float) and isinstance(target, float) and target != 0
            return not (figures and ways_of(actual, target, points))
        if self._options[place] or (columns.column("target_text")[place] and not ruled):
            return True
        asked = bool(form.reading.all(MARK)) or form.reading.at("points") is not None
        return asked and form.reading.at("actual") is None and not self._reports[place]
