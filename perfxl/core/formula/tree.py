"""The tree of a formula: its parts, the closed list of operators and functions, what it needs, trees from trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias


class Number(NamedTuple):
    """A figure written in the formula."""

    value: float


class Name(NamedTuple):
    """A figure (A, T, ...) or a policy value."""

    name: str


class Operation(NamedTuple):
    """An operator with one operand (NEG, PERCENT) or two."""

    sign: str
    operands: tuple[Node, ...]


class Call(NamedTuple):
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Number | Name | Operation | Call

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")

# Sign -> binding strength, as Excel has it: the sign of a number binds tighter than ^, so -2^2 is 4.
STRENGTH = {**dict.fromkeys(COMPARISONS, 1), "+": 2, "-": 2, "*": 3, "/": 3, "^": 4, "NEG": 5, "PERCENT": 6}

# Function -> least and greatest number of arguments. The last three are look-ups that each host answers its own way:
# STEPS(A, D) points of the first step reached; GRADES(G) points of a label; DAYS(x, y) days after x up to y.
FUNCTIONS = {
    "IF": (3, 3),
    "AND": (1, 30),
    "OR": (1, 30),
    "NOT": (1, 1),
    "MIN": (1, 30),
    "MAX": (1, 30),
    "ABS": (1, 1),
    "ROUND": (2, 2),
    "INT": (1, 1),
    "ISNUMBER": (1, 1),
    "TRUE": (0, 0),
    "FALSE": (0, 0),
    "STEPS": (2, 2),
    "GRADES": (1, 1),
    "DAYS": (2, 2),
}
LOOKUPS = ("STEPS", "GRADES", "DAYS")

# Relative difference below which two numbers are the same to Excel and LibreOffice.
SAME = 2.0**-48

# Decimals that a person sees: INT cuts a figure rounded to so many, so that 0.3/0.1 is 3.
SEEN = 10

_TESTS = {"AND", "OR", "NOT", "ISNUMBER", "TRUE", "FALSE"}
_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}


def names_of(node: Node) -> list[str]:
    """Every name used, in order of first use."""
    if isinstance(node, Name):
        return [node.name]
    return list(dict.fromkeys(name for part in _parts(node) for name in names_of(part)))


def calls_over(function: str, node: Node) -> list[str]:
    """The names inside the arguments of a function, in order of first use."""
    if isinstance(node, Call) and node.function == function:
        return names_of(node)
    return list(dict.fromkeys(name for part in _parts(node) for name in calls_over(function, part)))


def needs(node: Node, numbers: frozenset[str] = frozenset()) -> list[str]:
    """The names without which the formula has no value: used somewhere not guarded by ISNUMBER(name). `numbers` are
    names that are given for certain."""
    if isinstance(node, Name):
        return [] if node.name in numbers else [node.name]
    parts = _parts(node)
    given = [numbers] * len(parts)
    if isinstance(node, Call):
        if node.function == "ISNUMBER":
            return []
        if node.function == "IF":
            given[1] = numbers | _numbers_where(parts[0])
        elif node.function == "AND":
            given = [numbers | _numbers_where(node)] * len(parts)
    return list(
        dict.fromkeys(name for part, certain in zip(parts, given, strict=True) for name in needs(part, certain))
    )


def substitute(node: Node, values: Mapping[str, Node]) -> Node:
    """The same formula with names replaced by trees."""
    if isinstance(node, Name):
        return values.get(node.name, node)
    return _rebuild(node, lambda part: substitute(part, values))


def simplify(node: Node) -> Node:
    """Drops factors of 1 and -1 (a known direction) and decided IFs, so that a rendered formula reads as a person
    would write it. Values stay the same bit for bit."""
    node = _rebuild(node, simplify)
    if isinstance(node, Operation):
        return _simplify_operation(node)
    if isinstance(node, Call) and node.function == "IF" and node.arguments[0] in (Call("TRUE", ()), Call("FALSE", ())):
        return node.arguments[1 if node.arguments[0] == Call("TRUE", ()) else 2]
    return node


def put_in(node: Node, value: Callable[[Node], float]) -> Node:
    """The formula as it stands for certain figures: of every IF that they decide the branch they choose, of every
    look-up its answer. `value` evaluates a part of the formula."""
    if isinstance(node, Call) and node.function in LOOKUPS:
        return Number(value(node))
    if isinstance(node, Call) and node.function == "IF":
        decided = value(node.arguments[0])
        if decided == decided:
            return put_in(node.arguments[1] if decided else node.arguments[2], value)
    return _rebuild(node, lambda part: put_in(part, value))


def for_cells(node: Node) -> Node:
    """The same formula written so that every spreadsheet decides as the other renderings do: an AND or OR that holds
    a test which may fail (a division by zero) as IFs, since here one false test settles an AND whatever the others
    are, while in a cell an error would win; and INT of the figure at ten decimals."""
    node = _rebuild(node, for_cells)
    if isinstance(node, Call) and node.function in ("AND", "OR") and any(map(_may_fail, node.arguments)):
        return _one_by_one(node.function, node.arguments)
    if isinstance(node, Call) and node.function == "INT":
        return Call("INT", (Call("ROUND", (node.arguments[0], Number(float(SEEN)))),))
    return node


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Operation):
        return node.operands
    return node.arguments if isinstance(node, Call) else ()


def _rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The same node over changed parts."""
    if isinstance(node, Operation):
        return Operation(node.sign, tuple(map(change, node.operands)))
    return Call(node.function, tuple(map(change, node.arguments))) if isinstance(node, Call) else node


def _one_by_one(function: str, arguments: tuple[Node, ...]) -> Node:
    """AND or OR as IFs, the tests that cannot fail first."""
    safe = tuple(test for test in arguments if not _may_fail(test))
    tests = [test for test in arguments if _may_fail(test)]
    if safe:
        tests.insert(0, safe[0] if len(safe) == 1 else Call(function, safe))
    decided = _truth(tests.pop())
    for test in reversed(tests):
        settled = (decided, Call("FALSE", ())) if function == "AND" else (Call("TRUE", ()), decided)
        decided = Call("IF", (test, *settled))
    return decided


def _truth(node: Node) -> Node:
    """A test as it is; a number as the test whether it is not zero."""
    if isinstance(node, Operation):
        is_test = node.sign in COMPARISONS
    else:
        is_test = isinstance(node, Call) and node.function in _TESTS
    return node if is_test else Operation("<>", (node, Number(0.0)))


def _may_fail(node: Node) -> bool:
    return (isinstance(node, Operation) and node.sign in "/^") or any(map(_may_fail, _parts(node)))


def _numbers_where(condition: Node) -> frozenset[str]:
    """The names that are numbers wherever the condition holds."""
    if isinstance(condition, Call):
        if condition.function == "ISNUMBER" and isinstance(condition.arguments[0], Name):
            return frozenset({condition.arguments[0].name})
        if condition.function == "AND":
            return frozenset().union(*map(_numbers_where, condition.arguments))
    return frozenset()


def _factor(node: Node) -> tuple[float, Node]:
    """The node as a sign times the rest."""
    if isinstance(node, Operation):
        if node.sign == "NEG":
            sign, rest = _factor(node.operands[0])
            return -sign, rest
        if node.sign == "*" and node.operands[0] in (Number(1.0), Number(-1.0)):
            sign, rest = _factor(node.operands[1])
            return sign * (1.0 if node.operands[0] == Number(1.0) else -1.0), rest
    return 1.0, node


def _simplify_operation(node: Operation) -> Node:
    if node.sign in COMPARISONS:
        (left, a), (right, b) = _factor(node.operands[0]), _factor(node.operands[1])
        if left == right == -1.0:
            return Operation(_MIRROR[node.sign], (a, b))
        return node
    if node.sign == "*" and node.operands[0] == Number(1.0):
        return node.operands[1]
    if node.sign == "*" and node.operands[0] == Number(-1.0):
        return Operation("NEG", (node.operands[1],))
    if node.sign in "*/" and node.operands[1] == Number(1.0):
        return node.operands[0]
    if node.sign in "*/" and node.operands[1] == Number(-1.0):
        return _simplify_operation(Operation("NEG", (node.operands[0],)))
    if node.sign in "*/" and isinstance(node.operands[0], Operation) and node.operands[0].sign == "NEG":
        inner = Operation(node.sign, (node.operands[0].operands[0], node.operands[1]))
        return Operation("NEG", (inner,))
    if node.sign in "+-" and isinstance(node.operands[1], Operation) and node.operands[1].sign == "NEG":
        return Operation("-" if node.sign == "+" else "+", (node.operands[0], node.operands[1].operands[0]))
    return node
