"""The main rules as LAMBDA names, for Excel 365 without any add-in: =PX_RATIO(actual, target, threshold, direction).

The text of each rule comes from the rule book; here it only gets parameters with names that a person can read, and the
company's policy put in. Step tables and grade scales come as two columns each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import product
from typing import NamedTuple

from perfxl.core import rulebook
from perfxl.core.formula import Node, Number, Operation, for_cells, names_of, number_text, substitute, to_text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.rulebook import FIGURES, METHODS, POLICY_NAMES, Method
from perfxl.core.schema.choices import DIRECTION
from perfxl.excel.functions import FUNCTIONS


class Lambda(NamedTuple):
    """A defined name: its parameters, and its definition as a file holds it."""

    name: str
    parameters: tuple[str, ...]
    definition: str
    comment: str


def lambdas(policy: Policy) -> tuple[list[Lambda], list[Problem]]:
    """The built-in methods, HR's own ones and the total under a policy, and notices of what no LAMBDA can do."""
    rules, problems = [], []
    taken = {*FUNCTIONS, *map(_name, METHODS), _TOTAL}
    for method in (*METHODS, *rulebook.RuleBook(policy).own.values()):
        if not method.text:
            continue
        name = _name(method)
        if not _NAME.fullmatch(name) or (method.own and name in taken):
            problems.append(problem("lambda_name_invalid", value=method.name))
        elif "DAYS" in method.text and policy["milestone_days"] == "working":
            problems.append(problem("lambda_working_days", value=method.zh))
        else:
            rules.append(_method(name, method, policy))
    return [*rules, _total(policy)], problems


def _name(method: Method) -> str:
    return _OTHER_NAMES.get(method.name, f"PX_{method.name.upper()}")


_TOTAL = "PX_TOTAL_OF"
# A name may be Chinese; it must not read as a cell (PX1) or hold what formulas mean otherwise.
_OTHER_NAMES = {"grade": "PX_GRADED", "marks": "PX_MARKED"}  # PX_GRADE and PX_MARKS are worksheet functions
_NAME = re.compile(r"PX_\w{1,50}")
_TABLES = {"STEPS": ("steps", "step_points"), "GRADES": ("grades", "grade_points")}


def _method(name: str, method: Method, policy: Policy) -> Lambda:
    used = [symbol for tree in _trees(method) for symbol in names_of(tree)]
    tables = [column for look_up, columns in _TABLES.items() if look_up in method.text for column in columns]
    figures = [column for symbol, column in FIGURES.items() if symbol in used]
    parameters = (*(["actual"] if "G" in used else []), *figures, *tables, *(["direction"] if "D" in used else []))
    shown = ", ".join(parameters)
    return Lambda(name, parameters, _lambda(parameters, _body(method, policy)), f"{method.zh}: {name}({shown})")


def _trees(method: Method) -> list[Node]:
    return [method.tree, *([unusable] if (unusable := rulebook.unusable(method)) else [])]


_NOTHING = ("", "-", "－", "/", "—", "无", "暂无")
_ABSENT = ("不适用", "N/A", "NA", "not applicable")


def _body(method: Method, policy: Policy) -> str:
    """Blank gives blank, 不适用 stays as it is; a figure that is missing or unusable gives #N/A. The actual as a text
    is the number that it spells with digits, a point, a minus and a percent sign, as every other host reads it; what
    these read beyond that (12万, (3)), and any other text, gives #N/A. So does a text in place of another figure:
    ISNUMBER and COUNT would pass it over, and a threshold of "80" would be none. So does a column in place of a cell:
    OR and COUNT would take it as one."""
    rule = _text(rulebook.wrapped(method), policy)
    needed = [_symbol(symbol) for symbol in method.needs if symbol in FIGURES]
    unusable = rulebook.unusable(method)
    if unusable is not None:
        rule = f"IF({_text(unusable, policy)},NA(),{rule})"
    if needed:
        rule = f"IF(COUNT({','.join(needed)})<{len(needed)},NA(),{rule})"
    if "D" in names_of(method.tree):
        rule = f"_xlfn.LET({_parameter('sign')},{_sign(method)},{rule})"
    guards = _guards_of_tables(method)
    used = [symbol for tree in _trees(method) for symbol in names_of(tree)]
    names = ["actual", *(FIGURES[symbol] for symbol in used if symbol in FIGURES), *["direction"] * ("D" in used)]
    cells = [_parameter(name) for name in dict.fromkeys(names)]
    guards += [_no_figure(cell) for cell in cells[1:] if cell != _parameter("direction")]
    if guards:
        rule = f"IF(OR({','.join(guards)}),NA(),{rule})"
    sizes = ",".join(f"IFERROR(ROWS({cell})*COLUMNS({cell}),1)" for cell in cells)  # an argument left out has no size
    return f"IF(MAX({sizes})>1,NA(),{_of_cell(method, rule)})"


def _no_figure(cell: str) -> str:
    """Whether a cell holds what is neither a number nor blank."""
    return f'AND(OR(ISTEXT({cell}),ISLOGICAL({cell})),TRIM({cell})<>"")'


def _any_row(test: str, *columns: str) -> str:
    """Whether a test holds in any row of columns; ONE and OTHER stand for their cells. MAP asks it cell by cell."""
    names = [_parameter(name) for name in ("one", "other")[: len(columns)]]
    test = test.replace("ONE", names[0]).replace("OTHER", names[-1])
    asked = f"_xlfn.LAMBDA({','.join(names)},IF({test},1,0))"
    return f"SUM(_xlfn.MAP({','.join(columns)},{asked}))>0"


def _halves(one: str, other: str) -> str:
    """Whether a row of two columns holds a number in one of them alone: a header has none, a number as text is none."""
    return _any_row("ISNUMBER(ONE)<>ISNUMBER(OTHER)", one, other)


def _spells(cells: str) -> str:
    """Whether a number stands as text among the cells."""
    return _any_row("AND(ISTEXT(ONE),ISNUMBER(-ONE))", cells)


def _guards_of_tables(method: Method) -> list[str]:
    """When the columns of a method's table are not to be used: what stands there as text would be passed over."""
    guards = []
    for look_up, names in _TABLES.items():
        if look_up in method.text:
            first, points = map(_parameter, names)
            guards.append(_spells(points))
            if look_up == "STEPS":
                guards += [f"COUNT({first})=0", _halves(first, points), _spells(first)]
    return guards


def _of_cell(method: Method, rule: str) -> str:
    """What becomes of the actual's cell: the rule, or what stands for a text."""
    actual = _parameter("actual")
    if "G" in names_of(method.tree):
        return f'IF({actual}="","",{rule})'
    figure = f"IF(ISTEXT({actual}),{_spelt(actual)},IF(ISNUMBER({actual}),{actual},NA()))"
    rule = f"_xlfn.LET({_parameter('figure')},{figure},{rule})"
    nothing = ",".join(f'TRIM({actual})="{word}"' for word in _NOTHING)
    if method.effect == "total":  # blank: no event
        return f'IF({actual}="",0,IF(AND(ISTEXT({actual}),OR({nothing})),0,{rule}))'
    absent = ",".join(f'TRIM({actual})="{word}"' for word in _ABSENT)
    stated = f"IF(AND(ISTEXT({actual}),OR({absent})),{actual},{rule})"
    return f'IF(OR({actual}="",AND(ISTEXT({actual}),OR({nothing}))),"",{stated})'


def _spelt(cell: str) -> str:
    """The number that a text spells; #N/A where anything but its digits could mean something else."""
    text, signs = f"TRIM({cell})", f"TRIM({cell})"
    for digit in range(10):
        signs = f'SUBSTITUTE({signs},{digit},"")'
    form = _parameter("signs")
    known = ",".join(f'{form}="{"".join(each)}"' for each in product(("", "-"), ("", "."), ("", "%")))
    tests = (
        f"OR({known})",
        f"LEN({form})<LEN({text})",
        f'OR(LEFT({form},1)<>"-",LEFT({text},1)="-")',
        f'OR(RIGHT({form},1)<>"%",RIGHT({text},1)="%")',
    )
    number = f'_xlfn.NUMBERVALUE({text},".",",")'  # VALUE reads what the computer's region makes of it
    return f"_xlfn.LET({form},{signs},IF(AND({','.join(tests)}),{number},NA()))"


def _total(policy: Policy) -> Lambda:
    """The weighted total; blank until every weight has points. Weights are percent points, or fractions where they are
    shown as percentages; what does not sum to 100%, and a text that would count as nothing, gives #N/A."""
    parameters = ("weights", "points", "adjusted")
    weights, points, adjusted = map(_parameter, parameters)
    scale = _parameter("scale")
    names = {"WEIGHTED": f"{scale}*SUMPRODUCT({weights},{points})", "ADJUSTED": f"SUM({adjusted})"}
    names["TOTAL_CAP"] = number_text(float(policy["total_cap"]))
    total = to_text(rulebook.total_tree(), names.__getitem__)
    waits = _any_row("AND(ISNUMBER(ONE),NOT(ISNUMBER(OTHER)))", weights, points)
    total = f'IF({waits},"",{total})'
    sums = f"IF(ABS(SUM({weights})-100)<0.000001,1,IF(ABS(SUM({weights})-1)<0.00000001,100,NA()))"
    texts = ",".join(_any_row(_no_figure("ONE"), cells) for cells in (weights, adjusted))
    body = f"IF(OR({texts}),NA(),_xlfn.LET({scale},{sums},{total}))"
    return Lambda(_TOTAL, parameters, _lambda(parameters, body), "PX_TOTAL_OF(weights, points, adjusted)")


def _text(tree: Node, policy: Policy) -> str:
    settings = {symbol: float(policy[setting]) for symbol, setting in POLICY_NAMES.items()}
    settings |= {"FLOOR": float(policy["points_floor"]), "CAP": float(policy["points_cap"])}
    known: Mapping[str, Node] = {symbol: _number(value) for symbol, value in settings.items()}
    lookups: dict[str, Callable[..., str]] = {
        "STEPS": lambda actual, sign: _steps(actual, sign, number_text(settings["FLOOR"])),
        "GRADES": lambda label: "INDEX({1},MATCH({2},{0},0))".format(*map(_parameter, _TABLES["GRADES"]), label),
        "DAYS": lambda first, last: f"MAX(0,{last}-{first})",
    }
    return to_text(for_cells(substitute(tree, known)), _symbol, lookups)


def _steps(actual: str, sign: str, floor: str) -> str:
    """The first step reached, from the best down: the highest below the figure, or the lowest above it."""
    steps, points = map(_parameter, _TABLES["STEPS"])

    def reached(better: str, best: str) -> str:
        asked = f'"{better}"&{actual}'
        best_step = f"INDEX({points},MATCH(_xlfn.{best}({steps},{steps},{asked}),{steps},0))"
        return f"IF(COUNTIF({steps},{asked})=0,{floor},{best_step})"

    return f"IF({sign}>0,{reached('<=', 'MAXIFS')},{reached('>=', 'MINIFS')})"


def _symbol(symbol: str) -> str:
    if symbol == "D":
        return _parameter("sign")
    return _parameter("actual" if symbol == "G" else "figure" if symbol == "A" else FIGURES[symbol])


def _parameter(name: str) -> str:
    return f"_xlpm.{name}"


def _lambda(parameters: tuple[str, ...], body: str) -> str:
    return f"_xlfn.LAMBDA({','.join(map(_parameter, parameters))},{body})"


def _number(value: float) -> Node:
    return Operation("NEG", (Number(-value),)) if value < 0 else Number(value)


def _sign(method: Method) -> str:
    """+1 or -1; where no direction is given, as the rule book has it: implied by threshold and target, else +1."""
    blank, higher, lower = (_is_direction(name) for name in ("", "higher", "lower"))
    implied = f"IF({_parameter('threshold')}>{_parameter('target')},-1,1)" if method.name == "interpolate" else "1"
    return f"IF({blank},{implied},IF(OR({higher}),1,IF(OR({lower}),-1,NA())))"


def _is_direction(name: str) -> str:
    """Tests of the parameter direction: a word in either language, or the sign itself; blank where there is no name."""
    given = _parameter("direction")
    if not name:
        return f'{given}=""'
    choice = next(choice for choice in DIRECTION if choice.name == name)
    words = (f'{given}="{word}"' for word in dict.fromkeys((choice.zh, choice.en)))
    return ",".join((*words, f"{given}={1 if name == 'higher' else -1}"))
