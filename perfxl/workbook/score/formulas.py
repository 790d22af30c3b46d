"""The columns of a score sheet, and the rule book as cell formulas over them, for Excel 2016 and later, WPS and
LibreOffice alike.

Every contract's block has the same columns, so a formula differs only in its rows: signs stand for them, a formula is
rendered once for all blocks, and `put_rows` puts a block's rows in; nothing here knows a rule by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from math import fsum, inf
from typing import NamedTuple

from perfxl.core import rulebook
from perfxl.core.formula import Node, for_cells, names_of, to_text
from perfxl.core.policy import Policy
from perfxl.core.rulebook import FIGURES, POLICY_NAMES, Method
from perfxl.core.schema import get
from perfxl.core.scoring.outcomes import VersionScore
from perfxl.core.scoring.scalar import STATUS_LABELS, Status, optional_figures
from perfxl.core.scoring.totals_plain import Veto
from perfxl.workbook.row_sheet import ROW
from perfxl.workbook.score.page import PageTemplate
from perfxl.workbook.score.texts import say

Row = int | str
"""A row's number, or a sign in its place."""

# In place of the first and last rows of a block's lines, and of its result, as ROW is of a formula's own row: signs
# that no text of a workbook has.
_LINES, _ADJUSTING, _VETOES, RESULT_ROW = ("\2", "\3"), ("\4", "\5"), ("\6", "\7"), "\b"


class ScoreColumn(NamedTuple):
    """`of` is "table.column" of the schema, whose header it has; otherwise `name` is a text of its own."""

    name: str
    width: float
    of: str = ""

    def header(self, lang: str) -> str:
        if not self.of:
            return say(f"column_{self.name}", lang)
        table, column = self.of.split(".")
        return get(table).column(column).header(lang)


COLUMNS = (
    ScoreColumn("aspect", 13, "contract_lines.aspect"),
    ScoreColumn("kpi", 26, "kpis.name"),
    ScoreColumn("unit", 7, "kpis.unit"),
    ScoreColumn("method", 18, "kpis.method"),
    ScoreColumn("direction", 9, "kpis.direction"),
    ScoreColumn("weight", 8, "contract_lines.weight"),
    ScoreColumn("effective", 10),
    ScoreColumn("target", 11, "contract_lines.target"),
    ScoreColumn("threshold", 11, "contract_lines.threshold"),
    ScoreColumn("challenge", 11, "contract_lines.challenge"),
    ScoreColumn("base", 11, "contract_lines.base"),
    ScoreColumn("actual", 12, "actuals.value"),
    ScoreColumn("points", 9),
    ScoreColumn("weighted", 9),
    ScoreColumn("status", 9),
    ScoreColumn("to_date", 11),
    ScoreColumn("light", 7),
    ScoreColumn("forecast", 11),
    # To the right of what is printed: figures that few methods use, and what the totals stand on.
    ScoreColumn("k", 9, "contract_lines.k"),
    ScoreColumn("unit_step", 9, "contract_lines.unit_step"),
    ScoreColumn("low", 9, "contract_lines.low"),
    ScoreColumn("high", 9, "contract_lines.high"),
    ScoreColumn("limit", 9, "contract_lines.limit"),
    ScoreColumn("full_marks", 9, "contract_lines.full_marks"),
    ScoreColumn("floor", 9, "contract_lines.floor"),
    ScoreColumn("cap", 9, "contract_lines.cap"),
    ScoreColumn("spread", 11),
)
PLACE = {column.name: i for i, column in enumerate(COLUMNS)}
PRINTED = PLACE["forecast"]
LAST = len(COLUMNS) - 1

# Symbol of the rule book -> its column. The label of a graded KPI stands where the actual does.
SYMBOL_COLUMN = {**FIGURES, "G": "actual", "FLOOR": "floor", "CAP": "cap"}

# A contract's result stands in one row, names and values by turns; so does a person's.
RESULTS = ("total", "grade", "coefficient", "completeness", "provisional")
RESULT_PLACE = {name: PLACE["weight"] + 2 * i for i, name in enumerate(RESULTS)}
# What leads from the weighted points to the total, in the row above, in the same places.
LIMITS = ("weighted_sum", "adjusted", "total_cap", "veto_most", "veto_grade")
LIMIT_PLACE = dict(zip(LIMITS, RESULT_PLACE.values(), strict=True))
# What it stands on, in the same row under a name each.
BASIS = ("known", "open", "adjusted", "band")
BASIS_PLACE = {name: PLACE["k"] + i for i, name in enumerate(BASIS)}


GRADES, LOWERS, COEFFICIENTS, PLACES = "px_grades", "px_grade_lowers", "px_coefficients", "px_grade_places"
DAYS_OFF, DAYS_ON = "px_days_off", "px_days_on"

_MOST_TESTS = 50  # Excel nests 64 functions
_SUM = re.compile(r"[-+<>=]")


def setting_name(setting: str) -> str:
    """The defined name of a policy value in the score workbook."""
    return f"px_{setting}"


class LookupTable(NamedTuple):
    """The defined names of a step table's or a grade scale's two columns, and how many rows they have."""

    keys: str
    points: str
    size: int


class LineKind(NamedTuple):
    """What makes two lines share a formula."""

    method: Method
    direction: float
    steps: LookupTable | None = None
    scale: LookupTable | None = None
    own_floor: bool = False
    own_cap: bool = False


class RowRange(NamedTuple):
    """The one-based rows of some lines, both ends inside, and the columns of their fields."""

    first: Row
    last: Row
    letters: Mapping[str, str]

    def of(self, column: str) -> str:
        letter = self.letters[column]
        return f"{letter}{self.first}:{letter}{self.last}"


class DaysHeld(NamedTuple):
    """What earlier versions of a contract come to: the sum of a figure x days, and the days."""

    weighed: float
    days: int

    @property
    def alone(self) -> str:
        """The mean over them alone."""
        return f"ROUND(ROUND({self.weighed:.15g}/{self.days},10),2)" if self.days else "0"

    def with_other(self, days: int, figure: str) -> str:
        """The mean with a figure of other days, rounded as people see it."""
        return f"ROUND(ROUND(({self.weighed:.15g}+{days}*{figure})/{self.days + days},10),2)"


class EarlierVersions(NamedTuple):
    """The versions before the one in the block, of a contract that counts by days; is_open, whether one of them has no
    total yet; most and best, what their vetoes leave of the total (inf where free) and the place of the best grade;
    days, those of the version in the block."""

    total: DaysHeld
    provisional: DaysHeld
    complete: DaysHeld
    is_open: bool
    most: float
    best: int
    days: int

    @classmethod
    def of(cls, versions: Sequence[VersionScore]) -> EarlierVersions | None:
        """From the versions of a contract, the last of which stands in its block; None where that one counts alone."""
        *before, current = versions
        counted = [each for each in before if each.counts]
        if not counted:
            return None

        def held(figures: Sequence[float | None]) -> DaysHeld:
            there = [(x, each.days) for x, each in zip(figures, counted, strict=True) if x is not None]
            return DaysHeld(fsum(x * days for x, days in there), sum(days for _, days in there))

        return cls(
            held([each.total for each in counted]),
            held([each.provisional for each in counted]),
            held([each.completeness for each in counted]),
            any(each.total is None for each in counted),
            min(each.most for each in counted),
            max(each.worst for each in counted) + 1,
            current.days,
        )


class ScoreFormulas:
    """The formulas of one workbook. `absent` is how an actual that is not applicable reads in its cell; `page` says in
    which columns fields stand."""

    def __init__(self, policy: Policy, absent: str, lang: str, page: PageTemplate) -> None:
        self.policy, self.absent, self.lang, self.page = policy, quote_text(absent), lang, page
        self.letter, self.of_veto, self.basis = map(page.letters, ("lines", "vetoes", "result"))
        self.lines, self.adjusting, self.vetoes = (
            RowRange(*rows, page.letters(kind))
            for kind, rows in (("lines", _LINES), ("adjusting", _ADJUSTING), ("vetoes", _VETOES))
        )
        self.by_aspect = policy["na_rule"] == "category"
        self._rules: dict[LineKind, str] = {}

    def points(self, kind: LineKind) -> str:
        """The points of a line; blank where a figure is missing or cannot be used."""
        rule = self._rules.get(kind)
        if rule is None:
            letters = self.page.letters("adjusting" if kind.method.effect == "total" else "lines")
            rule = self._rules[kind] = LineRule(kind, self.policy, letters).text().replace("#", ROW)
        return rule

    def spread(self) -> str:
        """A line's weight once those of lines that are not applicable went to the rest of their aspect."""
        weight, aspect = self.letter["weight"], self.letter["aspect"]
        same = f"--({self.lines.of('aspect')}={aspect}{ROW})"
        able = f"SUMPRODUCT({same},{self._able()},{self.lines.of('weight')})"
        whole = f"SUMPRODUCT({same},{self.lines.of('weight')})"
        return f"IF({able}>0,IF({self._absent()},0,{weight}{ROW}*{whole}/{able}),{weight}{ROW}+0)"

    def effective(self) -> str:
        """The same over the whole contract: from the weight itself, or from what was left within the aspects."""
        source = "spread" if self.by_aspect else "weight"
        own, all_ = f"{self.letter[source]}{ROW}", self.lines.of(source)
        able = f"SUMPRODUCT({self._able()},{all_})"
        return f"IF({able}>0,IF({self._absent()},0,{own}*SUM({all_})/{able}),{own}+0)"

    def weighted(self) -> str:
        points, effective = f"{self.letter['points']}{ROW}", f"{self.letter['effective']}{ROW}"
        return f'IF(ISNUMBER({points}),{effective}*{points}/100,"")'

    def status(self, letters: Mapping[str, str]) -> str:
        points, actual = f"{letters['points']}{ROW}", f"{letters['actual']}{ROW}"
        pending, problem, absent = (self.state(s) for s in (Status.PENDING, Status.PROBLEM, Status.NOT_APPLICABLE))
        rest = f'IF({actual}={self.absent},{absent},IF({actual}="",{pending},{problem}))'
        return f"IF(ISNUMBER({points}),{self.state(Status.SCORED)},{rest})"

    def known(self) -> str:
        """The weight of the lines that have points."""
        return f"SUMIFS({self.lines.of('effective')},{self.lines.of('status')},{self.state(Status.SCORED)})"

    def open(self, *, adjusting: bool, vetoes: bool) -> str:
        """How many lines keep the total from being official, and weights that are not legal in sum; whether there are
        adjusting lines and vetoes."""
        weighing = f'{self.lines.of("effective")},">0"'
        counts = [
            f"COUNTIFS({weighing},{self.lines.of('status')},{self.state(s)})" for s in (Status.PENDING, Status.PROBLEM)
        ]
        if adjusting:
            counts.append(f"COUNTIFS({self.adjusting.of('status')},{self.state(Status.PROBLEM)})")
        if vetoes:
            counts.append(self._no_counts(self.vetoes.of("actual")))
        weights = self.lines.of("weight")
        counts.append(f'IF(SUM({weights})=0,0,(ROUND(SUM({weights}),10)<>100)+COUNTIFS({weights},"<0"))')
        return "+".join(counts)

    def _no_counts(self, cells: str) -> str:
        """How many of the cells hold neither how often something happened nor that it does not apply."""
        count = f'COUNTIFS({cells},"<>")-COUNT({cells})-COUNTIFS({cells},{self.absent})'
        return f'{count}+COUNTIFS({cells},"<0")'

    def veto_state(self) -> str:
        """Whether a veto's event took place; a problem where its count is none."""
        actual = f"{self.of_veto['actual']}{ROW}"
        hit, free = (quote_text(say(name, self.lang)) for name in ("triggered", "not_triggered"))
        wrong = self.state(Status.PROBLEM)
        return f"IF({self._no_counts(actual)}>0,{wrong},IF({self._happened()},{hit},{free}))"

    def total(self, earlier: EarlierVersions | None = None, *, vetoes: bool, provisional: bool = False) -> str:
        names = {
            "TOTAL_CAP": setting_name("total_cap"),
            "WEIGHTED": f"SUMPRODUCT({self.lines.of('effective')},{self.lines.of('points')})",
            "ADJUSTED": f"{self.basis['adjusted']}{ROW}",
            "KNOWN": f"{self.basis['known']}{ROW}",
        }
        total = to_text(rulebook.total_tree(provisional=provisional), names.__getitem__)
        if vetoes:
            total = f"MIN({total},{self.vetoes.of('points')})"
        alone = '""'
        if earlier:
            others = earlier.provisional if provisional else earlier.total
            limits = [self.vetoes.of("points")] if vetoes else []
            limits += [f"{earlier.most:.15g}"] if earlier.most < inf else []
            total = f"MIN({','.join([others.with_other(earlier.days, total), *limits])})"
            alone = f"MIN({','.join([others.alone, *limits])})" if others.days else alone
            if earlier.is_open and not provisional:
                return '""'
            if not earlier.days and not provisional:
                return alone
            total = total if earlier.days else alone
        if provisional:
            official = f"{self.basis['total']}{ROW}"
            return f"IF(ISNUMBER({official}),{official},IF({names['KNOWN']}>0,{total},{alone}))"
        is_open = f"{self.basis['open']}{ROW}"
        if earlier:
            return f'IF({is_open}>0,"",IF({names["KNOWN"]}<=0,{alone},{total}))'
        return f'IF(OR({is_open}>0,{names["KNOWN"]}<=0),"",{total})'

    def completeness(self, earlier: EarlierVersions | None = None) -> str:
        whole, known = self.sum_of("effective"), f"{self.basis['known']}{ROW}"
        own = f"IF({whole}>0,{known}/{whole}*100,0)"
        if not earlier:
            return own
        if not earlier.days:
            return earlier.complete.alone
        absent = f"AND({known}<=0,{self.basis['open']}{ROW}=0)"
        return f"IF({absent},{earlier.complete.alone},{earlier.complete.with_other(earlier.days, own)})"

    def sum_of(self, field: str) -> str:
        """The sum over a block's lines."""
        return f"SUM({self.lines.of(field)})"

    def weighted_sum(self) -> str:
        """The weighted points: of all the weight, or, while lines are open, over the weight known so far."""
        known, is_open = (f"{self.basis[name]}{RESULT_ROW}" for name in ("known", "open"))
        over = f"IF({is_open}>0,{known},100)"
        return f'IF({known}>0,SUMPRODUCT({self.lines.of("effective")},{self.lines.of("points")})/{over},"")'

    def veto_limits(self, *, vetoes: bool) -> tuple[str, str]:
        """The most that vetoes leave of the total, and the best grade."""
        if not vetoes:
            return quote_text(""), quote_text("")
        points, places = self.vetoes.of("points"), self.vetoes.of("spread")
        return (
            f'IF(COUNT({points})>0,MIN({points}),"")',
            f'IF(COUNT({places})>0,INDEX({GRADES},MAX({places})),"")',
        )

    def band(self, row: Row, limits: str = "", of: str = "result") -> str:
        """The place of the total's grade, 1 for the best; `limits` is the range of the places that vetoes leave."""
        total = f"{self.page.letters(of)['total']}{row}"
        place = f"MIN({len(self.policy.bands)},1+SUMPRODUCT(--({LOWERS}>{total})))"
        best = f"MAX({place},{limits})" if limits else place
        return f'IF(ISNUMBER({total}),{best},"")'

    def of_band(self, names: str, row: Row, of: str = "result") -> str:
        place = f"{self.page.letters(of)['band']}{row}"
        return f'IF(ISNUMBER({place}),INDEX({names},{place}),"")'

    def veto_total(self, veto: Veto, *, own_limit: bool) -> str:
        """The most that a veto leaves of the total, once there is an event."""
        limit = f"{self.of_veto['limit']}{ROW}" if own_limit else setting_name("veto_limit")
        left = "0" if veto.effect == "zero" else limit
        return f'IF({self._happened()},{left},"")'

    def veto_grade(self) -> str:
        """The best grade that a veto leaves, as a place; its name stands where other lines have their limit."""
        return f'IF({self._happened()},SUMPRODUCT(--({GRADES}={self.of_veto["limit"]}{ROW}),{PLACES}),"")'

    def _happened(self) -> str:
        """Any text is greater than a number, in every spreadsheet."""
        return f"AND(ISNUMBER({self.of_veto['actual']}{ROW}),{self.of_veto['actual']}{ROW}>0)"

    def state(self, status: Status) -> str:
        return quote_text(STATUS_LABELS[status](self.lang))

    def _able(self) -> str:
        return f"--({self.lines.of('actual')}<>{self.absent})"

    def _absent(self) -> str:
        return f"{self.letter['actual']}{ROW}={self.absent}"


def put_rows(xml: bytes, lines: RowRange, adjusting: RowRange | None, vetoes: RowRange | None, result: int) -> bytes:
    """A block's XML with its rows in place of the signs."""
    for signs, rows in ((_LINES, lines), (_ADJUSTING, adjusting), (_VETOES, vetoes)):
        if rows:
            xml = xml.replace(signs[0].encode(), str(rows.first).encode())
            xml = xml.replace(signs[1].encode(), str(rows.last).encode())
    return xml.replace(RESULT_ROW.encode(), b"%d" % result)


class LineRule:
    """The formula of one kind of line, with # for its row. What stands for a figure, a step table or a scale is in
    methods of their own, for sheets that have them elsewhere."""

    def __init__(self, kind: LineKind, policy: Policy, letters: Mapping[str, str]) -> None:
        self.kind, self.letters, self.working = kind, letters, policy["milestone_days"] == "working"
        self.lookups: dict[str, Callable[..., str]] = {"STEPS": self.steps, "GRADES": self.grades, "DAYS": self._days}

    def text(self) -> str:
        method = self.kind.method
        rule = self._render(rulebook.wrapped(method))
        if method.own:
            rule = f'IFERROR({rule},"")'
        unusable = rulebook.unusable(method)
        if unusable is not None:
            rule = f'IF({self._render(unusable)},"",{rule})'
        guards = self._guards()
        if not guards:
            return rule
        guard = guards[0] if len(guards) == 1 else f"AND({','.join(guards)})"
        return f'IF({guard},{rule},"")'

    def _guards(self) -> list[str]:
        guards = []
        figures = [self.name(figure.name) for figure in rulebook.counted(self.kind.method)]
        if figures:
            guards.append(f"COUNT({','.join(figures)})={len(figures)}")
        own = {"FLOOR": self.kind.own_floor, "CAP": self.kind.own_cap}
        for symbol, _ in optional_figures(self.kind.method):
            if own.get(symbol, True):  # blank is nothing, text is wrong
                guards.append(f'OR({self.name(symbol)}="",ISNUMBER({self.name(symbol)}))')
        if self.kind.method.effect == "points" and (self.kind.own_floor or self.kind.own_cap):
            guards.append(f"{self.name('FLOOR')}<={self.name('CAP')}")
        if "G" in names_of(self.kind.method.tree) and self.kind.scale:
            guards.append(self.on_scale(self.kind.scale))
        return guards

    def on_scale(self, scale: LookupTable) -> str:
        """Whether the label is one of the scale's."""
        return f"SUMPRODUCT(--({scale.keys}={self.name('G')}))>0"

    def _render(self, tree: Node) -> str:
        return to_text(for_cells(rulebook.for_direction(tree, self.kind.direction)), self.name, self.lookups)

    def name(self, symbol: str) -> str:
        """Where a figure, or a value of the policy, stands."""
        if symbol in POLICY_NAMES:
            return setting_name(POLICY_NAMES[symbol])
        if symbol == "FLOOR" and not self.kind.own_floor:
            return setting_name("points_floor")
        if symbol == "CAP" and not self.kind.own_cap:
            return setting_name("points_cap")
        return f"{self.letters[SYMBOL_COLUMN[symbol]]}#"

    def steps(self, actual: str, direction: str) -> str:
        """From the best step down, one test each: spreadsheets differ in how they compare a figure with a range."""
        if self.kind.steps is None:
            return self.name("FLOOR")
        keys, points, size = self.kind.steps
        better = ">=" if self.kind.direction > 0 else "<="
        if size > _MOST_TESTS:
            reached = f"SUMPRODUCT(--({actual}{better}{keys}))"
            return f"IF({reached}=0,{self.name('FLOOR')},INDEX({points},{size + 1}-{reached}))"
        text = self.name("FLOOR")
        for place in range(size, 0, -1):
            text = f"IF({actual}{better}INDEX({keys},{place}),INDEX({points},{place}),{text})"
        return text

    def grades(self, label: str) -> str:
        """The points of a label on its scale."""
        if self.kind.scale is None:
            return "0"
        keys, points, _ = self.kind.scale
        return f"SUMPRODUCT(--({keys}={label}),{points})"

    def _days(self, first: str, last: str) -> str:
        if not self.working:
            return f"MAX(0,{last}-{f'({first})' if _SUM.search(first) else first})"
        worked = f'COUNTIFS({DAYS_ON},">"&{first},{DAYS_ON},"<="&{last})'
        return f"IF({last}>{first},NETWORKDAYS({first}+1,{last},{DAYS_OFF})+{worked},0)"


def quote_text(text: str) -> str:
    """A text as formulas spell it."""
    escaped = text.replace('"', '""')
    return f'"{escaped}"'
