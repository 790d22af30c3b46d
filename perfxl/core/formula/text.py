"""Tree to text: a cell formula, the body of a LAMBDA, or the formula with its figures put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from perfxl.core.formula.tree import STRENGTH, Name, Node, Number, Operation

# Writes a look-up (STEPS, GRADES, DAYS) from the texts of its arguments.
LookupText = Callable[..., str]


def to_text(node: Node, names: Callable[[str], str] = str, lookups: Mapping[str, LookupText] | None = None) -> str:
    """The formula without "=", names written by `names` (a cell reference, a figure), look-ups by `lookups`;
    brackets only where the order of operations asks for them."""
    if isinstance(node, Number):
        return number_text(node.value)
    if isinstance(node, Name):
        return names(node.name)
    if isinstance(node, Operation):
        return _operation(node, names, lookups)
    arguments = [to_text(each, names, lookups) for each in node.arguments]
    if lookups and node.function in lookups:
        return lookups[node.function](*arguments)
    return f"{node.function}({','.join(arguments)})" if arguments else node.function


def number_text(value: float) -> str:
    """A number as a formula holds it: 100, 0.25, 1E+20."""
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).upper()


def _operation(node: Operation, names: Callable[[str], str], lookups: Mapping[str, LookupText] | None) -> str:
    strength = STRENGTH[node.sign]
    texts = [
        _bracketed(each, to_text(each, names, lookups), strength, right=place == 1)
        for place, each in enumerate(node.operands)
    ]
    if node.sign == "NEG":
        return f"-{texts[0]}"
    if node.sign == "PERCENT":
        return f"{texts[0]}%"
    return f"{texts[0]}{node.sign}{texts[1]}"


def _bracketed(node: Node, text: str, outer: int, *, right: bool) -> str:
    weaker = isinstance(node, Operation) and STRENGTH[node.sign] + (not right) <= outer
    # A sign directly after an operator is legal but reads badly.
    signed = right and text.startswith("-")
    return f"({text})" if weaker or signed else text
