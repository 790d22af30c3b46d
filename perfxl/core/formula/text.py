"""Text to tree, by precedence climbing (no eval, nothing outside the closed language); and tree to text: a cell
formula, the body of a LAMBDA, or the formula with its figures put in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping

from perfxl.core.formula.tree import COMPARISONS, FUNCTIONS, STRENGTH, Call, Name, Node, Number, Operation

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign><=|>=|<>|[-+*/^%=<>(),]))"
)
_BINARY = {*COMPARISONS, "+", "-", "*", "/", "^"}
_LONGEST = 2000
_DEEPEST = 60


class FormulaError(ValueError):
    """A mistake. kind: syntax, name, function, arguments or length; what: the piece; at: 1-based position."""

    def __init__(self, kind: str, what: str, at: int) -> None:
        super().__init__(f"{kind} at {at}: {what}")
        self.kind, self.what, self.at = kind, what, at


def parse(text: str, names: Collection[str] | None = None, aliases: Mapping[str, str] | None = None) -> Node:
    """The tree of a formula, with or without a leading "=".

    names    the names allowed; None allows any
    aliases  other spellings of names, such as {"实绩": "A"}
    Raises: FormulaError.
    """
    # Full-width signs and brackets come from Chinese keyboards and mean the plain ones.
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > _LONGEST:
        raise FormulaError("length", f"{len(plain)}", _LONGEST)
    return _Parser(plain.removeprefix("="), names, aliases or {}).whole()


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
    arguments = [to_text(part, names, lookups) for part in node.arguments]
    if lookups and node.function in lookups:
        return lookups[node.function](*arguments)
    return f"{node.function}({','.join(arguments)})" if arguments else node.function


def number_text(value: float) -> str:
    """A number as a formula holds it: 100, 0.25, 1E+20."""
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value).upper()


class _Parser:
    def __init__(self, text: str, names: Collection[str] | None, aliases: Mapping[str, str]) -> None:
        self.text, self.names, self.aliases = text, names, aliases
        self.position = self.depth = 0
        self.kind = self.token = ""
        self.next()

    def whole(self) -> Node:
        node = self.expression(0)
        if self.token:
            raise self.error("syntax")
        return node

    def error(self, kind: str, what: str = "") -> FormulaError:
        return FormulaError(kind, what or self.token or self.text[-1:], self.start + 1)

    def next(self) -> None:
        rest = self.text[self.position :]
        self.start = self.position + len(rest) - len(rest.lstrip())
        if not rest.strip():
            self.kind = self.token = ""
            return
        match = _TOKEN.match(self.text, self.position)
        if not match:
            raise FormulaError("syntax", self.text[self.start], self.start + 1)
        self.kind, self.token, self.position = str(match.lastgroup), str(match[match.lastgroup or 0]), match.end()

    def take(self, sign: str) -> None:
        if self.token != sign:
            raise self.error("syntax")
        self.next()

    def expression(self, weakest: int) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error("length")
        left = self.operand()
        while self.token in _BINARY and STRENGTH[self.token] > weakest:
            sign = self.token
            self.next()
            left = Operation(sign, (left, self.expression(STRENGTH[sign])))
        self.depth -= 1
        return left

    def operand(self) -> Node:
        if self.token in ("-", "+"):
            sign = self.token
            self.next()
            inner = self.signed()
            return Operation("NEG", (inner,)) if sign == "-" else inner
        return self.percent(self.primary())

    def signed(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error("length")
        inner = self.operand()
        self.depth -= 1
        return inner

    def percent(self, node: Node) -> Node:
        while self.token == "%":
            self.next()
            node = Operation("PERCENT", (node,))
        return node

    def primary(self) -> Node:
        kind, token = self.kind, self.token
        if kind == "number":
            self.next()
            return Number(float(token))
        if token == "(":
            self.next()
            node = self.expression(0)
            self.take(")")
            return node
        if kind != "name":
            raise self.error("syntax")
        at = self.start
        self.next()
        if self.token == "(":
            return self.call(token.upper(), at)
        if token.upper() in ("TRUE", "FALSE"):
            return Call(token.upper(), ())
        name = self.aliases.get(token, token.upper())
        if self.names is not None and name not in self.names:
            raise FormulaError("name", token, at + 1)
        return Name(name)

    def call(self, function: str, at: int) -> Node:
        if function not in FUNCTIONS:
            raise FormulaError("function", function, at + 1)
        self.take("(")
        arguments: list[Node] = []
        while self.token != ")":
            arguments.append(self.expression(0))
            if self.token != ",":
                break
            self.next()
            if self.token == ")":
                raise self.error("syntax")
        self.take(")")
        least, most = FUNCTIONS[function]
        if not least <= len(arguments) <= most:
            raise FormulaError("arguments", function, at + 1)
        return Call(function, tuple(arguments))


def _operation(node: Operation, names: Callable[[str], str], lookups: Mapping[str, LookupText] | None) -> str:
    strength = STRENGTH[node.sign]
    texts = [
        _bracketed(part, to_text(part, names, lookups), strength, right=place == 1)
        for place, part in enumerate(node.operands)
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
