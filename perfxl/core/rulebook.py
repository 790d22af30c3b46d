"""The rule book: every scoring method as one line of Excel-formula text (scoring.md section 1).

The text is the only definition of a rule; `core/formula` compiles it for batches and single calls and renders it for
cells and LAMBDA. HR's own methods (sheet 自定义计分方法) stand beside the built-in ones in the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from perfxl.core.formula import Call, Name, Node, Number, calls_over, names_of, needs, parse, simplify, substitute
from perfxl.core.language import Text
from perfxl.core.policy import Policy
from perfxl.core.values.text import fold_name

# Figures of a line: symbol in formulas -> column of the line.
FIGURES: Mapping[str, str] = {
    "A": "actual",
    "T": "target",
    "L": "threshold",
    "C": "challenge",
    "B": "base",
    "K": "k",
    "U": "unit_step",
    "LO": "low",
    "HI": "high",
    "LIMIT": "limit",
    "FULL": "full_marks",
}
# The same with what limits the points: all that a line may give as a number.
COLUMNS: Mapping[str, str] = {**FIGURES, "FLOOR": "floor", "CAP": "cap"}
# Figures that may be dates, in methods that count days; a date is no number anywhere else (scoring.md section 7).
DATED = ("A", "T", "L", "C", "B")
# Known for every line: direction (+1 higher, -1 lower is better) and the label of a graded KPI.
LINE_NAMES = (*FIGURES, "D", "G")
# Values of the policy that rules use: symbol -> setting.
POLICY_NAMES: Mapping[str, str] = {
    "PL": "knot_threshold",
    "PT": "knot_target",
    "PC": "knot_challenge",
    "EARLY": "milestone_early",
}
# What HR may write in Chinese for a symbol.
ALIASES: Mapping[str, str] = {
    "实绩": "A",
    "实际完成值": "A",
    "目标值": "T",
    "目标": "T",
    "门槛值": "L",
    "挑战值": "C",
    "基数": "B",
    "方向": "D",
    "每单位分值": "K",
    "计分单位": "U",
    "区间下限": "LO",
    "区间上限": "HI",
    "评分满分": "FULL",
    "满分": "FULL",
}


class Condition(NamedTuple):
    """Figures that a method cannot work with: when `text` holds, the line has the problem of that name."""

    text: str
    problem: str


# The days that a figure may stand for, as serials: 1982 to 2119. A number outside them is no date.
DAYS = (30000, 80000)


class Method(NamedTuple):
    """A scoring method. effect: "points" (weighted), "total" (taken off or added to the total), "none" (no points)."""

    name: str
    zh: str
    text: str = ""
    conditions: tuple[Condition, ...] = ()
    aliases: tuple[str, ...] = ()
    effect: str = "points"
    own: bool = False

    @property
    def tree(self) -> Node:
        """Its formula, parsed."""
        return tree_of(self.text)

    @property
    def needs(self) -> tuple[str, ...]:
        """The symbols without which there is no score, direction and policy values aside."""
        return _needs_of(self.text)

    @property
    def unusable_when(self) -> tuple[Condition, ...]:
        """Its conditions, and that what it counts days between is a date."""
        return (*self.conditions, *_no_dates(self.text))

    @property
    def dated(self) -> tuple[str, ...]:
        """The symbols whose figures may be dates: none, unless the method counts days."""
        return DATED if "DAYS" in self.text else ()

    @property
    def directed(self) -> bool:
        """Whether its points depend on which direction is better."""
        return "D" in needs(self.tree) if self.text else False

    @property
    def label(self) -> Text:
        """What a user sees: HR's own method is called the same in both languages."""
        return Text(self.zh, self.zh if self.own else self.name)

    @property
    def title(self) -> Text:
        """The label where it is read and not typed: "Per unit" for per_unit."""
        return self.label if self.own else Text(self.zh, self.name.replace("_", " ").capitalize())


_UNIT = Condition("U<=0", "unit_step_not_positive")
_COUNT = Condition("A<0", "count_negative")
# Typed as -5, what is taken off would be added.
_EACH = Condition("K<0", "points_of_event_negative")
_MOST = Condition("AND(ISNUMBER(LIMIT),LIMIT<0)", "limit_of_events_negative")

METHODS: tuple[Method, ...] = (
    Method(
        "ratio",
        "比率法",
        "IF(AND(ISNUMBER(L),D*A<D*L),0,100*(1+D*(A-T)/ABS(T)))",
        (Condition("T=0", "target_zero"),),
        ("比例法", "完成率法"),
    ),
    Method("progress", "改善法", "100*(A-B)/(T-B)", (Condition("T=B", "target_equals_base"),), ("进步法",)),
    Method(
        "interpolate",
        "功效系数法",
        "IF(D*A<D*L,0,IF(D*A<D*T,PL+(PT-PL)*(A-L)/(T-L),IF(ISNUMBER(C),IF(D*A<D*C,PT+(PC-PT)*(A-T)/(C-T),PC),PT)))",
        (Condition("D*L>=D*T", "figures_out_of_order"), Condition("AND(ISNUMBER(C),D*C<=D*T)", "figures_out_of_order")),
        ("区间法", "插值法"),
    ),
    Method("steps", "层差法", "STEPS(A,D)", (), ("分档法",)),
    Method("grade", "说明法", "GRADES(G)", (), ("分级法", "分级评估法")),
    Method(
        "milestone",
        "节点法",
        "IF(A>T,IF(AND(ISNUMBER(L),A>L),0,100-K*DAYS(T,A)),100+EARLY*K*DAYS(A,T))",
        (Condition("AND(ISNUMBER(L),L<T)", "figures_out_of_order"),),
        ("里程碑法",),
    ),
    Method("per_unit", "加减分法", "100+D*K*(A-T)/U", (_UNIT,), ("单位加减分法",)),
    Method(
        "within",
        "区间控制",
        "IF(A<LO,100-K*(LO-A)/U,IF(A>HI,100-K*(A-HI)/U,100))",
        (Condition("LO>HI", "band_reversed"), _UNIT),
        ("区间控制法",),
    ),
    Method(
        "marks",
        "评分法",
        "100*A/FULL",
        (Condition("FULL<=0", "full_marks_not_positive"), Condition("OR(A<0,A>FULL)", "mark_beyond_scale")),
        ("打分法", "评价打分", "多方评分", "主观评分"),
    ),
    Method("pass_fail", "非此即彼法", "IF(D*A>=D*T,100,0)", (), ("达标法",)),
    Method(
        "deduct",
        "减分法",
        "-IF(ISNUMBER(LIMIT),MIN(LIMIT,K*A),K*A)",
        (_COUNT, _EACH, _MOST),
        ("扣分", "扣分法"),
        "total",
    ),
    Method("bonus", "加分", "IF(ISNUMBER(LIMIT),MIN(LIMIT,K*A),K*A)", (_COUNT, _EACH, _MOST), ("加分法",), "total"),
    Method("veto", "否决", "", (_COUNT,), ("一票否决", "否决法"), "none"),
    Method("monitor", "监控", effect="none", aliases=("监控指标",)),
)

# Every weighted line ends so: limited to its floor and cap, rounded half away from zero to 2 decimals. The inner ROUND
# takes away what cancellation leaves: 100*(1+(2.675-100)/100) is 2.67499999999999, but a person sees 2.675, so 2.68.
LIMITED = "ROUND(ROUND(MIN(CAP,MAX(FLOOR,RAW)),10),2)"
ROUNDED = "ROUND(ROUND(RAW,10),2)"
# A contract's total (scoring.md sections 2 and 7). WEIGHTED is sum(weight x points), ADJUSTED bonuses less deductions;
# here the inner ROUND makes the order of adding irrelevant.
TOTAL = "ROUND(ROUND(MIN(TOTAL_CAP,MAX(0,WEIGHTED/100+ADJUSTED)),10),2)"
# A provisional total stands on the weights known so far.
PROVISIONAL = "ROUND(ROUND(MIN(TOTAL_CAP,MAX(0,WEIGHTED/KNOWN+ADJUSTED)),10),2)"


@cache
def built_in() -> dict[str, Method]:
    """Every spelling of a built-in method, folded -> method."""
    spellings = ((fold_name(word), m) for m in METHODS for word in (m.name, m.name.replace("_", " "), m.zh, *m.aliases))
    return dict(spellings)


class RuleBook:
    """The methods that hold under a policy: the built-in ones and HR's own. `find` takes any accepted spelling."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.own = {fold_name(name): Method(name, name, text, own=True) for name, text in policy.methods.items()}

    def find(self, name: object) -> Method | None:
        """The method of that name; None where there is none. A built-in name cannot be taken by an own method."""
        key = fold_name(name)
        return built_in().get(key) or self.own.get(key)


def wrapped(method: Method, *, limited: bool = True) -> Node:
    """The whole rule of a line as a tree: limits and rounding around the method's own formula."""
    outer = LIMITED if limited and method.effect == "points" else ROUNDED
    return substitute(tree_of(outer), {"RAW": method.tree})


@lru_cache(maxsize=256)
def for_direction(tree: Node, direction: float) -> Node:
    """The rule with the direction known, written as a person would write it."""
    return simplify(substitute(tree, {"D": Number(direction)}))


def unusable(method: Method) -> Node | None:
    """When a line's figures cannot be scored: any of the method's conditions."""
    trees = tuple(tree_of(condition.text) for condition in method.unusable_when)
    if not trees:
        return None
    return trees[0] if len(trees) == 1 else Call("OR", trees)


def counted(method: Method) -> list[Name]:
    """The figures that must be numbers, for the COUNT guard of a cell formula."""
    return [Name(name) for name in method.needs if name != "G"]


@cache
def figure_of(condition: Condition) -> str:
    """The symbol that a condition is about: the first figure that its text names."""
    return next(name for name in names_of(tree_of(condition.text)) if name in COLUMNS)


def total_tree(*, provisional: bool = False) -> Node:
    """The rule of a contract's total, final or provisional (scoring.md section 2)."""
    return tree_of(PROVISIONAL if provisional else TOTAL)


@cache
def _needs_of(text: str) -> tuple[str, ...]:
    return tuple(name for name in needs(tree_of(text)) if name in FIGURES or name == "G") if text else ()


@cache
def tree_of(text: str) -> Node:
    """The tree of a rule's text, parsed once."""
    return parse(text, aliases=ALIASES)


@cache
def _no_dates(text: str) -> tuple[Condition, ...]:
    names = calls_over("DAYS", tree_of(text)) if "DAYS" in text else []
    first, last = DAYS
    return tuple(
        Condition(f"OR({name}<{first},{name}>{last})", "figure_not_a_date") for name in names if name in FIGURES
    )
