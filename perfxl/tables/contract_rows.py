"""The contract or weight table that HR already has: whose it is, and which of its rows are KPIs.

Totals, headings, notes, signatures and repeated headers are told from KPIs and named by a notice each; nothing else
is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfxl.core.policy import DEFAULT_SCALE
from perfxl.core.schema.choices import KIND
from perfxl.core.values.multiples import may_differ, multiple_of
from perfxl.core.values.numbers import parse_figure, parse_number
from perfxl.core.values.text import clean, fold, is_nothing
from perfxl.tables.columns import NO_VALUE
from perfxl.tables.evidence import number_in
from perfxl.tables.grid import Merge
from perfxl.tables.headers import Header, bare
from perfxl.tables.notation.powers import in_multiple, times_of
from perfxl.tables.notation.targets import BLANK_TARGET, Target, clash_of_units, read_target, unit_of
from perfxl.tables.sections import Section, find_sections
from perfxl.tables.ticks import ticked_label
from perfxl.tables.titles import OWNERS, Fields, name_owner, read_title
from perfxl.tables.total_words import is_result_row, result_label
from perfxl.tables.totals import BEFORE_TOTAL, WHOLE, PlainTexts, Sum, before_total_word, is_subtotal
from perfxl.tables.two_levels import heading_weight

TOTAL, NOTE, HEADING, HEADER_AGAIN, TITLE, BOUND, CRITERIA = (
    "row_is_total",
    "row_is_note",
    "row_is_heading",
    "row_is_header",
    "row_is_owner",
    "bound_read_as_number",
    "criteria_shares_differ",
)

_NOTE = re.compile(
    r"(?:备注|说明|填表说明|注释|附注|注|评分(?:等级)?说明|评分标准|等级说明|notes?|remarks?"
    r"|.{0,8}(?:评语|意见|建议|评价|总结|comments?)|rating scale|rating key|legend|key)"
    r"\s*\d*\s*(?:[:.、]|$)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:签字|签名|签章|签署|盖章|signature|signed(?: by)?)\s*(?:[:()_日]|$)", re.IGNORECASE)
_SENTENCE = re.compile(r"[,;:。%]")
_NUMBERED = re.compile(r"^\(?[一二三四五六七八九十]+[)、.]\s*")
_FIRST, _SECOND = re.compile(r"^\(?一[)、.]"), re.compile(r"^\(?二[)、.]")
_LISTED = re.compile(r"^\(?(?:[一二三四五六七八九十]+|\d+)[)、.]\s*")
_CRITERIA = ("impact", "controllability", "measurability")
_SHARES = (60.0, 25.0, 15.0)  # as the policy has them, unless it says otherwise
_NOTHING = ("无", "没有", "暂无", "none")
_CARRIED = ("category", "person", "name", "post", "department", "issuer")
_FIGURES = ("weight", "target", "actual", "challenge", "threshold", "points")

_SIGNS = {"lower": re.compile(r"[≤<]|不超过|不高于|不多于|以内|以下"), "higher": re.compile(r"[≥>]|不低于|不少于|以上")}
"""Which way is better, where the header of the targets says so for all: 目标(≤)."""

_EFFECTS = {
    bare(word): kind.name for kind in KIND[2:] for word in (kind.name, kind.zh, kind.en, *kind.aliases) if bare(word)
}
"""What a cell of the weights says of a KPI without one: 扣分, 加分, 否决, 监控."""


@dataclass
class ContractRows:
    """The KPI rows (sheet row, cells) with the fields that the titles gave, and what the other rows are."""

    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    fields: list[Fields] = field(default_factory=list)
    others: list[tuple[str, int, int, str]] = field(default_factory=list)  # problem, row, column, text
    carried: dict[str, list[int]] = field(default_factory=dict)  # column -> rows that took the value above
    headings: dict[int, str] = field(default_factory=dict)  # sheet row -> category from the heading above
    section_weights: dict[int, float] = field(default_factory=dict)  # sheet row -> the weight that its heading gives
    directions: dict[int, str] = field(default_factory=dict)  # sheet row -> what a target such as ≥95% implies
    units: dict[int, str] = field(default_factory=dict)  # sheet row -> the unit that stands with its target
    words: dict[tuple[int, str], str] = field(default_factory=dict)  # (sheet row, column) -> a target that is no figure
    targets: dict[int, Target] = field(default_factory=dict)  # sheet row -> its target as typed, sign and unit
    percents: list[tuple[int, int]] = field(default_factory=list)  # cells whose text was a percentage
    kinds: dict[int, str] = field(default_factory=dict)  # sheet row -> what its weight says: 扣分, 加分, 否决
    bands: dict[int, tuple[float, float]] = field(default_factory=dict)  # sheet row -> the band that is its target
    totals: list[int] = field(default_factory=list)  # sheet rows that hold totals
    blank: list[int] = field(default_factory=list)  # sheet rows that hold a number in order and nothing else
    lines: list[str] = field(default_factory=list)  # the texts above and below, which may state shares


def read_contract_rows(
    header: Header,
    rows: Sequence[list[Any]],
    merges: Sequence[Merge],
    totals: Collection[int] = (),
    labels: Collection[str] = DEFAULT_SCALE,
) -> ContractRows:
    """Sorts the rows below the header; blank ones are left out silently.

    totals  rows that an Excel table keeps for its totals; labels, the grades that an actual may be
    """
    return _Reader(header, rows, merges, totals, labels).read()


class _Reader:
    """Goes down the sheet once, remembering the person, the category and the weights since the last subtotal."""

    def __init__(
        self,
        header: Header,
        rows: Sequence[list[Any]],
        merges: Sequence[Merge],
        totals: Collection[int],
        labels: Collection[str],
    ) -> None:
        self._rows, self._totals = rows, totals
        self._header = header
        self._at = {column: at for at, column in header.columns.items()}
        self._wide = {(top, left): right for top, left, _, right in merges if right > left}
        self._fields = read_title(rows[: header.row], above=True)
        self._result = ContractRows()
        self._above: dict[str, Any] = {}
        self._heading = self._heading_effect = ""
        self._heading_weight: float | None = None
        self._number = next((at for at, meaning in header.beside.items() if meaning == "no"), None)
        self._labels = labels
        self._categories: set[str] = set()
        self._block, self._all, self._table = Sum(), Sum(), Sum()
        self._in_notes = False
        self._lines_of_rule = 0  # rows below the last KPI's that are more of its scoring sentence
        self._heads = {at: bare(text) for at, text in header.texts.items()}
        self._plain = PlainTexts(frozenset(filter(None, self._heads.values())))
        weights = (i for i in range(len(rows) - 1, -1, -1) if self._weight(rows[i]) is not None)
        self._last_weight = next(weights, -1)
        self._figures = [self._at[column] for column in _FIGURES if column in self._at]
        self._carried = [(column, self._at[column]) for column in _CARRIED if column in self._at]
        bounded = ("target", "actual", "threshold", "challenge", "base", "points", "weighted", "full_marks")
        self._bounded = [(column, self._at[column]) for column in bounded if column in self._at]

        target = header.texts.get(self._at["target"], "") if "target" in self._at else ""
        self._sections = find_sections(rows, header.row + header.height, self._at, self._number)
        self._sign = next((way for way, said in _SIGNS.items() if said.search(fold(target))), "")

    def read(self) -> ContractRows:
        self._result.lines = [
            clean(cell) for row in self._rows[: self._header.row] for cell in row if isinstance(cell, str) and cell
        ]
        self._read_heading_above()
        for i in range(self._header.row + self._header.height, len(self._rows)):
            row = self._rows[i]
            if i in self._sections:
                self._take_section(self._sections[i])
                self._result.others.append((HEADING, i, self._sections[i].at, self._sections[i].name))
                continue
            plain = i not in self._totals and not self._is_under_result(i, row) and self._is_plain(row)
            if plain and not self._is_last_sum(i, row):
                self._keep(i, row)
                continue
            texts = [(at, clean(value)) for at, value in enumerate(row) if isinstance(value, str) and value.strip()]
            if not texts and all(isinstance(value, str) or at == self._number for at, value in enumerate(row)):
                if any(value != "" for value in row):
                    self._result.blank.append(i)
                continue
            if self._continues_rule(i, row):
                continue
            if self._is_of_criteria(i, row):
                kind = NOTE if self._shares_are_usual(row) else CRITERIA
            else:
                of_units = self._is_of_units(i, row, texts)
                kind = NOTE if of_units or self._is_nothing(row) else self._kind(i, row, texts)
            if kind:
                at, text = texts[0] if texts else self._first_figure(row)
                self._result.others.append((kind, i, at, text))
                if kind == TOTAL:
                    self._result.totals.append(i)
                elif kind == NOTE:
                    self._result.lines += [text for _, text in texts]
            else:
                self._keep(i, row)
        return self._result

    def _first_figure(self, row: list[Any]) -> tuple[int, str]:
        """What names a row without a word in it, such as a sum below the weights: its column and the figure."""
        figures = ((at, row[at]) for at in (self._at.get("weight", self._at["kpi"]), *range(len(row))))
        at, value = next((at, value) for at, value in figures if value != "")
        return at, f"{value:.15g}" if isinstance(value, float) else str(value)

    def _continues_rule(self, i: int, row: list[Any]) -> bool:
        """A row right below a KPI's with nothing but more of its scoring sentence, which is part of that; names
        that are merged down repeat."""
        at = self._at.get("rule")
        last = self._result.rows[-1] if self._result.rows else None
        if at is None or last is None or last[0] + self._lines_of_rule != i - 1:
            return False
        above, names = last[1], {self._at["kpi"], *(place for _, place in self._carried)}
        same = all(
            cell in ("", above[place] if place in names else "") for place, cell in enumerate(row) if place != at
        )
        if not same or not all(isinstance(cells[at], str) and cells[at] for cells in (above, row)):
            return False
        above[at] = f"{above[at]}；{clean(row[at])}"
        self._lines_of_rule += 1
        return True

    def _is_of_units(self, i: int, row: list[Any], texts: list[tuple[int, str]]) -> bool:
        """The units of the columns right below the header: % | 万元 | 万元."""
        below = i == self._header.row + self._header.height and self._cell(row, "kpi") == ""
        filled = sum(cell != "" for cell in row)
        units = [text for _, text in texts if text == "%" or unit_of(text) or multiple_of([text])]
        return below and len(units) == filled > 1

    def _is_of_criteria(self, i: int, row: list[Any]) -> bool:
        """The shares of 对经济效益影响, 可控性, 可测性 right below the header: 60%, 25%, 15%."""
        at = [self._at[column] for column in _CRITERIA if column in self._at]
        filled = [place for place, cell in enumerate(row) if cell != ""]
        return i == self._header.row + self._header.height and len(at) > 1 and bool(filled) and set(filled) <= set(at)

    def _shares_are_usual(self, row: list[Any]) -> bool:
        figures = [parse_number(self._cell(row, column)).value or 0.0 for column in _CRITERIA]
        times = 100.0 if sum(figures) <= 1 + 1e-9 else 1.0
        return all(abs(each * times - share) < 1e-6 for each, share in zip(figures, _SHARES, strict=True))

    def _is_nothing(self, row: list[Any]) -> bool:
        """A line that says that its section has no KPI: （无）."""
        return bare(self._cell(row, "kpi")) in _NOTHING or fold(str(self._cell(row, "kpi"))).strip("() ") in _NOTHING

    def _is_plain(self, row: list[Any]) -> bool:
        """Whether a row has figures and a KPI, and no word in it that could make it anything but a KPI's row."""
        if row[self._at["kpi"]] == "" or not any(type(row[at]) is float for at in self._figures):
            return False
        plain = self._plain
        return all(plain[value] for value in row if isinstance(value, str))

    def _kind(self, i: int, row: list[Any], texts: list[tuple[int, str]]) -> str:
        """The problem that names a row which is no KPI, "" for a KPI."""
        names = [(at, bare(text)) for at, text in texts]
        if self._is_header(names):
            if not self._result.others or self._result.others[-1][:2] != (HEADING, i - 1):
                self._heading, self._heading_weight, self._heading_effect = "", None, ""
            self._in_notes, self._above, self._block, self._table = False, {}, Sum(), Sum()
            return HEADER_AGAIN
        result = self._is_under_result(i, row) or (self._weight(row) is None and is_result_row(row))
        if result or i in self._totals or self._is_total(row, names) or self._is_last_sum(i, row):
            self._block, self._above = Sum(), {}
            return TOTAL
        if texts and not self._has_figure(row):
            new = read_title([row])
            if new.keys() & {"name", "person"}:
                self._above, self._heading, self._in_notes, self._block = {}, "", False, Sum()
                self._fields = {**{k: v for k, v in self._fields.items() if k == "period"}, **new}
                return TITLE
            if (
                self._in_notes
                or _NOTE.match(fold(texts[0][1]))
                or any(_SIGNATURE.search(fold(text)) for _, text in texts)
            ):
                self._in_notes = True
                return NOTE
            if len(texts) == 1 and self._names_owner(i, texts[0][1]):
                return TITLE
            if len(texts) == 1 and self._is_heading(i, *texts[0]):
                self._take_heading(texts[0][1])
                return HEADING
            over = i > self._last_weight and self._table.whole()
            below = over and bool(_SENTENCE.search(fold(texts[0][1])))
            nameless = self._cell(row, "kpi") == "" and (len(texts) == 1 or over)
            if nameless or (len(texts) == 1 and below):
                return NOTE  # a line below weights that are a whole, such as 自评占30%，上级占70%
        return ""

    def _is_under_result(self, i: int, row: list[Any]) -> bool:
        """90 | A right below 考核总分 | 考核等级, a row of nothing but labels of a person's result."""
        is_below = self._result.totals[-1:] == [i - 1]
        above = {at: cell for at, cell in enumerate(self._rows[i - 1]) if cell != ""} if is_below else {}
        under = all(at in above for at, cell in enumerate(row) if cell != "")
        return len(above) > 1 and under and all(result_label(str(cell))[0] for cell in above.values())

    def _names_owner(self, i: int, text: str) -> bool:
        """A line above the header once more, after a table whose weights are a whole: whose the next one is. Then the
        line above the first header says whose that was."""
        below = next((row for row in self._rows[i + 1 :] if any(cell != "" for cell in row)), [])
        names = [(at, bare(clean(cell))) for at, cell in enumerate(below) if isinstance(cell, str) and cell.strip()]
        if not self._table.whole() or heading_weight(text) is not None or not self._is_header(names):
            return False
        above = [cell for cell in self._rows[self._header.row - 1] if cell != ""] if self._header.row else []
        if not self._fields.keys() & OWNERS and len(above) == 1 and isinstance(above[0], str):
            self._fields |= name_owner(above[0])
        self._above, self._heading, self._in_notes, self._block = {}, "", False, Sum()
        self._fields = {**{k: v for k, v in self._fields.items() if k == "period"}, **name_owner(text)}
        return True

    def _take_heading(self, text: str) -> None:
        plain = fold(text)
        self._heading = _LISTED.sub("", re.sub(r"[(（\[【].*", "", plain)).strip(" :")
        self._heading_weight = heading_weight(plain)
        self._heading_effect = _EFFECTS.get(_effect_word(plain), "")
        self._categories.add(bare(self._heading))
        self._above.pop("category", None)
        self._block = Sum()

    def _take_section(self, section: Section) -> None:
        self._take_heading(section.name)
        self._heading_weight = section.weight
        self._above = {column: value for column, value in self._above.items() if column != "category"}
        if section.at == self._at.get("category"):
            self._above["category"] = section.name

    def _read_heading_above(self) -> None:
        """A line directly above the header that gives its section a weight is a heading, not the sheet's title."""
        above = self._rows[self._header.row - 1] if self._header.row else ()
        texts = [cell for cell in above if cell != ""]
        if len(texts) == 1 and isinstance(texts[0], str):
            text = texts[0]
            first = bool(_FIRST.match(fold(text))) and any(
                self._is_second(row) for row in self._rows[self._header.row :]
            )
            if first or heading_weight(text) is not None:
                self._take_heading(text)

    def _is_second(self, row: list[Any]) -> bool:
        """Whether a row is the heading that follows 一、财务类: 二、客户类, and nothing else."""
        filled = [cell for cell in row if cell != ""]
        return len(filled) == 1 and isinstance(filled[0], str) and bool(_SECOND.match(fold(filled[0])))

    def _keep(self, i: int, row: list[Any]) -> None:
        if self._heading:
            self._result.headings[i] = self._heading
            if self._heading_weight is not None:
                self._result.section_weights[i] = self._heading_weight
        self._read_points_of_weight(i, row)
        effect = _EFFECTS.get(bare(self._cell(row, "weight")))
        if effect:
            row[self._at["weight"]] = ""
        elif self._heading_effect and self._weight(row) is None:
            effect = self._heading_effect
        if effect:
            self._result.kinds[i] = effect
        for column, at in self._carried:
            self._carry(i, row, column, at)
        times: dict[str, float] = {}
        for column, at in self._bounded:
            if isinstance(row[at], str) and row[at].strip() and row[at] not in NO_VALUE:
                times[column] = self._read_words(i, row, column)
        self._compare_multiples(i, row, times)
        if self._sign:
            self._result.directions.setdefault(i, self._sign)
        weight = self._weight(row)
        if weight is not None:
            self._block.add(weight)
            self._all.add(weight)
            self._table.add(weight)
        self._result.rows.append((i, row))
        self._lines_of_rule = 0
        self._result.fields.append(self._fields)

    def _read_points_of_weight(self, i: int, row: list[Any]) -> None:
        """A weight of 30分 is 30."""
        at = self._at.get("weight")
        if at is not None and isinstance(row[at], str) and row[at].strip().endswith(("分", "points", "pts")):
            number = number_in(row[at])
            if number is not None:
                self._result.others.append((BOUND, i, at, row[at]))
                row[at] = number

    def _carry(self, i: int, row: list[Any], column: str, at: int) -> None:
        if row[at] != "":
            if column in ("person", "name", "post", "department") and self._above.get(column, row[at]) != row[at]:
                self._above, self._block = {}, Sum()
            self._above[column] = row[at]
            if column == "category":
                self._categories.add(bare(row[at]))
        elif column in self._above:
            row[at] = self._above[column]
            self._result.carried.setdefault(column, []).append(i)

    def _compare_multiples(self, i: int, row: list[Any], times: dict[str, float]) -> None:
        """100万 beside 95: of what unit the second is, is not said, where no unit is given and they are far apart."""
        target, actual = self._cell(row, "target"), self._cell(row, "actual")
        target, actual = (parse_number(each).value for each in (target, actual))
        if target is None or actual is None or times.get("target", 1.0) == times.get("actual", 1.0):
            return
        if may_differ(target, actual):
            self._result.others.append(("units_differ", i, self._at["actual"], f"{row[self._at['actual']]}"))

    def _multiple(self, row: list[Any], column: str) -> float | None:
        """How many plain ones the unit of a row's figures is: 10000 of 万元."""
        header = self._header.texts.get(self._at.get(column, -1), "")
        return multiple_of(str(each) for each in (self._cell(row, "unit"), self._cell(row, "kpi"), header) if each)

    def _read_words(self, i: int, row: list[Any], column: str) -> float:
        """A figure with its sign and unit (≤24小时) becomes the number; what people are to judge stays text.

        Returns: by how much words multiplied the figure, in the row's unit."""
        at = self._at[column]
        name, unit = self._cell(row, "kpi"), self._cell(row, "unit")
        read = read_target(row[at], name=str(name), unit=str(unit))
        typed = row[at]
        if column == "actual" and (label := ticked_label(typed)):
            row[at] = label
            return 1.0
        plain = read
        read = in_multiple(read, typed, self._multiple(row, column))
        if column == "target":
            self._result.targets[i] = read
        elif column == "actual" and clash_of_units(self._result.targets.get(i, BLANK_TARGET), read) == "units_differ":
            self._result.others.append(("units_differ", i, at, typed))
        if read.kind == "number" and read.number is not None:
            row[at] = read.number
            if read.is_percent:
                self._result.percents.append((i, at))
            if read.direction and column == "target":
                self._result.directions.setdefault(i, read.direction)
            if read.unit:
                self._result.units.setdefault(i, read.unit)
            if read.how or read.unit or read is not plain:
                self._result.others.append((BOUND, i, at, typed))
            elif parse_number(typed).value is not None:
                row[at] = typed  # as every column reads it, with its notice
                self._result.percents = [cell for cell in self._result.percents if cell != (i, at)]
        elif read.kind == "band" and column == "target" and read.lower is not None and read.upper is not None:
            self._result.bands[i] = read.lower, read.upper
            self._result.others.append((BOUND, i, at, typed))
            row[at] = ""
        elif read.kind == "blank" and not is_nothing(fold(typed)):  # a dash is blank with a notice
            row[at] = ""
        elif read.kind == "text" and column in ("target", "actual") and parse_figure(typed, self._labels).value is None:
            self._result.words[i, column] = clean(typed)
            row[at] = ""
        return times_of(typed, plain) if read is plain else 1.0

    def _cell(self, row: list[Any], column: str) -> Any:
        at = self._at.get(column)
        return "" if at is None else row[at]

    def _weight(self, row: list[Any]) -> float | None:
        cell = self._cell(row, "weight")
        return cell if type(cell) is float else parse_number(cell).value

    def _has_figure(self, row: list[Any]) -> bool:
        cells = [row[at] for at in self._figures]
        return float in map(type, cells) or any(parse_figure(cell, DEFAULT_SCALE).value is not None for cell in cells)

    def _is_header(self, names: list[tuple[int, str]]) -> bool:
        same = [at for at, name in names if name and self._heads.get(at) == name]
        return len(same) >= 2 and 2 * len(same) >= len(self._heads)

    def _is_total(self, row: list[Any], names: list[tuple[int, str]]) -> bool:
        if not names:
            return self._cell(row, "kpi") == "" and self._is_sum(row)
        if self._cell(row, "kpi") != "":  # a word in a remark says nothing of a row that names its KPI
            names = [(at, name) for at, name in names if at <= self._at["kpi"]]
        ends = [before for _, name in names for before in before_total_word(name)]
        if any(is_subtotal(name) for _, name in names) and self._block.is_exactly(self._weight(row)):
            return not self._has_own_figures(row)
        return bool(ends) and (any(map(self._before_total, ends)) or self._is_sum(row))

    def _is_sum(self, row: list[Any]) -> bool:
        """The weight is that of the rows above together."""
        weight = self._weight(row)
        return weight is not None and (self._block.makes(weight) or self._all.makes(weight))

    def _is_last_sum(self, i: int, row: list[Any]) -> bool:
        """The weight is all that the rows above have, so that with it they would have twice as much: no KPI below has
        a weight, or that much is a whole already."""
        weight = self._weight(row) or 0.0
        if not (self._block.makes(weight) or (self._block and self._all.makes(weight))) or self._is_next_person(row):
            return False
        if self._has_own_figures(row):
            return False
        return weight in WHOLE or (i == self._last_weight and 2 * weight not in WHOLE)

    def _has_own_figures(self, row: list[Any]) -> bool:
        """A target or an actual that is not the sum of those above: something of its own is measured."""
        for column in ("target", "actual"):
            at = self._at.get(column)
            if at is None or row[at] == "":
                continue
            above = [kept[at] for _, kept in self._result.rows if isinstance(kept[at], float)]
            if not isinstance(row[at], float) or abs(sum(above) - row[at]) > 1e-6:
                return True
        return False

    def _is_next_person(self, row: list[Any]) -> bool:
        cells = ((column, self._cell(row, column)) for column in ("person", "name", "post", "department"))
        return any(cell not in ("", self._above.get(column, cell)) for column, cell in cells)

    def _before_total(self, text: str) -> bool:
        plain = _LISTED.sub("", text)
        forms = {plain, plain.removesuffix("指标"), plain.removesuffix("类"), plain.removesuffix("类指标")}
        return bool(forms & (BEFORE_TOTAL | self._categories))

    def _is_heading(self, i: int, at: int, text: str) -> bool:
        kpi = self._at["kpi"]
        across = at <= kpi < self._wide.get((i, at), -1) + 1 and self._wide.get((i, at), at) > kpi
        numbered = bool(_NUMBERED.match(fold(text))) or heading_weight(text) is not None
        return across or numbered or _effect_word(fold(text)) in _EFFECTS or at == self._at.get("category")


def _effect_word(text: str) -> str:
    """扣分 of 三、扣分项（无权重）."""
    return bare(_LISTED.sub("", re.sub(r"[(\[【].*", "", text))).removesuffix("目").removesuffix("项")
