"""A formula in words, as a contract says it: figures by their names, IF as cases, signs of arithmetic as people write
them. Nobody has to know Excel to read how the points of a KPI come about."""

from __future__ import annotations

from collections.abc import Callable

from perfxl.core.formula import Call, Name, Node, Number, Operation, number_text
from perfxl.core.language import COMMA, SEMICOLON, Text

_CASE = Text("{condition}时{points}", "if {condition}: {points}")
_ELSE = Text("其他情况{points}", "otherwise {points}")
_PLAIN = Text("得 {value} 分", "{value} points")
_WORKED_OUT = Text("得分＝{value}", "points = {value}")
_CHOICE = Text("（{condition}时取 {then}，否则取 {other}）", "({then} if {condition}, else {other})")
_FUNCTIONS = {
    "ABS": Text("{0}的绝对值", "the size of {0}"),
    "INT": Text("{0}（舍去小数）", "{0} (decimals cut off)"),
    "ISNUMBER": Text("设有{0}", "{0} is given"),
    "NOT": Text("并非（{0}）", "not ({0})"),
    "DAYS": Text("{0}至{1}的天数", "days from {0} to {1}"),
    "STEPS": Text("按{0}所达分档的得分", "the points of the step that {0} reaches"),
    "GRADES": Text("{0}对应的得分", "the points of the {0}"),
    "TRUE": Text("总是", "always"),
    "FALSE": Text("从不", "never"),
}
_ROUND = Text("{0}（四舍五入，保留 {1} 位小数）", "{0} (rounded to {1} decimals)")
_WHOLE = Text("{0}（四舍五入取整）", "{0} (rounded to a whole number)")
# Of two, of more.
_SMALLEST = (Text("{}中较小者", "the smaller of {}"), Text("{}中最小者", "the smallest of {}"))
_GREATEST = (Text("{}中较大者", "the larger of {}"), Text("{}中最大者", "the largest of {}"))
_AND, _OR = Text("且", " and "), Text("或", " or ")
_LAST = Text("与", " and ")
_POWER = Text("{0}的 {1} 次方", "{0} to the power of {1}")
_SUPERSCRIPTS: dict[Node, str] = {Number(2.0): "²", Number(3.0): "³"}
_COMPARED = {
    "=": Text("＝", " = "),
    "<>": Text("≠", " ≠ "),
    "<": Text("＜", " < "),
    "<=": Text("≤", " ≤ "),
    ">": Text("＞", " > "),
    ">=": Text("≥", " ≥ "),
}
_SIGNS = {"+": Text("＋", " + "), "-": Text("－", " − "), "*": Text("×", " × "), "/": Text("÷", " ÷ ")}
_BRACKETS = Text("（{}）", "({})")
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "NEG": 3, "^": 4}
_TESTS = ("AND", "OR", "NOT", "ISNUMBER", "TRUE", "FALSE")


class FormulaWords:
    """Formulas in one language; `name` says what a symbol stands for, `measure` how a figure that is compared with
    one reads in its unit."""

    def __init__(
        self, lang: str, name: Callable[[str], str], measure: Callable[[str, float], str] | None = None
    ) -> None:
        self._lang, self._name, self._measure = lang, name, measure

    def say(self, tree: Node) -> str:
        """The whole rule: its cases in order, the first that holds decides."""
        cases = []
        while isinstance(tree, Call) and tree.function == "IF":
            condition, then, tree = tree.arguments
            if isinstance(then, Call) and then.function == "IF":  # cases within a case stay in its brackets
                points = _WORKED_OUT(self._lang).format(value=self.value(then))
            else:
                points = self._points(then)
            cases.append(_CASE(self._lang).format(condition=self.condition(condition), points=points))
        last = self._points(tree)
        return SEMICOLON(self._lang).join([*cases, _ELSE(self._lang).format(points=last) if cases else last])

    def value(self, node: Node) -> str:
        """A figure, or how it is worked out."""
        if isinstance(node, Number):
            return number_text(node.value).replace("-", "−")
        if isinstance(node, Name):
            return self._name(node.name)
        if isinstance(node, Call):
            return self._call(node)
        if node.sign in _COMPARED:
            return _BRACKETS(self._lang).format(self.condition(node))
        if node.sign == "PERCENT":
            return f"{self._within(node.operands[0], 9)}%"
        if node.sign == "NEG":
            return f"−{self._within(node.operands[0], _STRENGTH['NEG'])}"
        left, right = node.operands
        strength = _STRENGTH[node.sign]
        if node.sign == "^":
            if right in _SUPERSCRIPTS:
                return self._within(left, strength + 1) + _SUPERSCRIPTS[right]
            return _POWER(self._lang).format(self._within(left, strength + 1), self._within(right, strength + 1))
        after = strength + (node.sign in "-/")  # what is subtracted or divided by keeps its brackets
        return self._within(left, strength) + _SIGNS[node.sign](self._lang) + self._within(right, after)

    def condition(self, node: Node) -> str:
        """When something holds."""
        if isinstance(node, Operation) and node.sign in _COMPARED:
            left, right = node.operands
            return f"{self._side(left, right)}{_COMPARED[node.sign](self._lang)}{self._side(right, left)}"
        if isinstance(node, Call) and node.function in ("AND", "OR"):
            joint = _AND if node.function == "AND" else _OR
            parts = (
                _BRACKETS(self._lang).format(self.condition(part))
                if isinstance(part, Call) and part.function in ("AND", "OR") and part.function != node.function
                else self.condition(part)
                for part in node.arguments
            )
            return joint(self._lang).join(parts)
        if isinstance(node, Call) and node.function in _TESTS:
            return self._call(node)
        return f"{self.value(node)}{_COMPARED['<>'](self._lang)}0"

    def _side(self, node: Node, other: Node) -> str:
        """A side of a comparison; a figure beside a symbol reads in the symbol's unit."""
        figure = _figure(node)
        if self._measure and figure is not None and isinstance(other, Name):
            return self._measure(other.name, figure)
        return self.value(node)

    def _points(self, node: Node) -> str:
        figure = _figure(node)
        plain = figure is not None and not (isinstance(node, Operation) and node.sign == "PERCENT")
        return (_PLAIN if plain else _WORKED_OUT)(self._lang).format(value=self.value(node))

    def _call(self, node: Call) -> str:
        function, arguments = node
        if function == "IF":
            condition, then, other = arguments
            return _CHOICE(self._lang).format(
                condition=self.condition(condition), then=self.value(then), other=self.value(other)
            )
        if function in ("AND", "OR"):
            return _BRACKETS(self._lang).format(self.condition(node))
        if function in ("MIN", "MAX"):
            few, many = _SMALLEST if function == "MIN" else _GREATEST
            *first, last = map(self.value, arguments)
            if not first:
                return last
            listed = _LAST(self._lang).join((COMMA(self._lang).join(first), last))
            return _BRACKETS(self._lang).format((few if len(arguments) == 2 else many)(self._lang).format(listed))
        if function == "ROUND":
            figure, decimals = arguments
            text = _WHOLE if decimals == Number(0.0) else _ROUND
            return text(self._lang).format(self._within(figure, 1), self.value(decimals))
        if function == "NOT":
            return _FUNCTIONS[function](self._lang).format(self.condition(arguments[0]))
        if function == "STEPS":
            arguments = arguments[:1]
        strength = 9 if function in ("ABS", "INT") else 0
        return _FUNCTIONS[function](self._lang).format(*(self._within(each, strength) for each in arguments))

    def _within(self, node: Node, strength: int) -> str:
        """A part of a larger figure, in brackets where it binds less."""
        weak = isinstance(node, Operation) and _STRENGTH.get(node.sign, 9) < strength
        if strength and isinstance(node, Operation) and node.sign == "^":  # in words it has no end of its own
            weak = node.operands[1] not in _SUPERSCRIPTS or strength > _STRENGTH["^"]
        shown = self.value(node)
        return _BRACKETS(self._lang).format(shown) if weak else shown


def _figure(node: Node) -> float | None:
    """A number as it may be written: 90, -5, 5%."""
    if isinstance(node, Number):
        return node.value
    if isinstance(node, Operation) and node.sign in ("NEG", "PERCENT"):
        inner = _figure(node.operands[0])
        if inner is not None:
            return -inner if node.sign == "NEG" else inner / 100
    return None
