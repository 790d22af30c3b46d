"""Which variables a template uses, found by reading it: `person.name`, and `kpis[].weight` for what a loop over kpis
uses of each element. Whatever reading cannot follow (results of functions, macro arguments) is left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import nodes
from jinja2.defaults import DEFAULT_NAMESPACE

from perfxl.core.problems import Problem
from perfxl.documents.pictures.places import FIELDS, is_picture_field
from perfxl.documents.template.render_problems import report_missing

__all__ = ["Lookup", "VariableUse", "find_missing", "find_printed_pictures", "make_lookup", "read_uses"]


if TYPE_CHECKING:
    from perfxl.documents.template.parts import TemplatePart


class VariableUse(NamedTuple):
    """`optional`: the template itself asks whether it is there (is defined, default)."""

    path: str
    line: int
    optional: bool = False


Lookup = Callable[[str], list[str] | None]
"""Says of a path: None where it is there (or nobody can tell), else the names that are there in its place."""


def read_uses(tree: nodes.Template) -> list[VariableUse]:
    """Every name and dotted path in the order of the template."""
    reader = _Reader()
    reader.read(tree, {})
    return reader.uses


def find_missing(part: TemplatePart, lookup: Lookup) -> list[Problem]:
    """What the part uses and the record does not have, each path once per paragraph."""
    absent: list[str] = []
    problems: dict[Any, Problem] = {}
    for use in read_uses(part.tree):
        if use.optional or "._" in use.path or any(use.path.startswith((f"{path}.", f"{path}[")) for path in absent):
            continue
        names = lookup(use.path)
        if names is not None and is_picture_field(use.path):
            owner = use.path.rpartition(".")[0]
            names = lookup(f"{owner}.name") if owner else None  # people have pictures
        if names is not None:
            absent.append(use.path)
            name = _segments(use.path)[-1]
            problem = report_missing(part.places.at_line(use.line, name), use.path, name, names)
            problems.setdefault((problem.address, use.path), problem)
    return list(problems.values())


def find_printed_pictures(part: TemplatePart, lookup: Lookup) -> list[Problem]:
    """Fields that lead to pictures, written as texts."""
    problems = []
    for output in part.tree.find_all(nodes.Output):
        for node in output.nodes:
            name = node.attr if isinstance(node, nodes.Getattr) else getattr(node, "name", "")
            if isinstance(node, nodes.Getattr | nodes.Name) and name in FIELDS and lookup(name) is not None:
                place = part.places.at_line(node.lineno, name)
                problems.append(place.problem("picture_field_as_text", word=name, field=FIELDS[name][0]))
    return problems


def make_lookup(context_or_fields: Mapping[str, Any] | Iterable[str]) -> Lookup:
    """The lookup in an example record, or in the list of fields that a record may have."""
    if isinstance(context_or_fields, Mapping):
        context = context_or_fields
        return partial(_absent_in_record, context)
    fields = {prefix for field in context_or_fields for prefix in _prefixes(field)}
    return partial(_absent_in_fields, fields)


ELEMENT = "[]"
_KEEPING = frozenset(("sort", "reverse", "list", "unique", "select", "reject", "selectattr", "rejectattr"))
_PICKING = frozenset(("first", "last", "min", "max", "random"))
_ATTRIBUTE_FIRST = frozenset(("selectattr", "rejectattr", "groupby"))
_ASKING = frozenset(("default", "d"))
_ASKING_TESTS = frozenset(("defined", "undefined"))
_LOCAL = frozenset(("loop", "caller", "varargs", "kwargs", "self", *DEFAULT_NAMESPACE))

Scope = dict[str, str | None]


class _Reader:
    """Walks the syntax tree. A scope says for each local name which path it stands for; None: nobody knows."""

    def __init__(self) -> None:
        self.uses: list[VariableUse] = []
        self._asked: tuple[str, ...] = ()  # paths that an enclosing `if ... is defined` asks for

    def read(self, node: nodes.Node | None, scope: Scope, optional: bool = False) -> str | None:
        """Notes the uses below a node and returns the path that its value has, if any."""
        if node is None:
            return None
        special: Callable[[Any, Scope, bool], str | None] | None = getattr(self, f"_{type(node).__name__}", None)
        if special:
            return special(node, scope, optional)
        for child in node.iter_child_nodes():
            self.read(child, scope)
        return None

    def _note(self, path: str | None, line: int, optional: bool) -> str | None:
        if path is not None and not path.endswith(ELEMENT):
            asked = any(path == other or path.startswith((f"{other}.", f"{other}[")) for other in self._asked)
            self.uses.append(VariableUse(path, line, optional or asked))
        return path

    def _Name(self, node: nodes.Name, scope: Scope, optional: bool) -> str | None:
        if node.name in scope:
            return scope[node.name]
        return None if node.name in _LOCAL else self._note(node.name, node.lineno, optional)

    def _Getattr(self, node: nodes.Getattr, scope: Scope, optional: bool) -> str | None:
        owner = self.read(node.node, scope, optional)
        return self._note(owner and f"{owner}.{node.attr}", node.lineno, optional)

    def _Getitem(self, node: nodes.Getitem, scope: Scope, optional: bool) -> str | None:
        owner = self.read(node.node, scope, optional)
        if isinstance(node.arg, nodes.Slice):
            return owner
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._note(owner and f"{owner}.{node.arg.value}", node.lineno, optional)
        self.read(node.arg, scope)
        whole_number = isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int)
        return f"{owner}{ELEMENT}" if owner and whole_number else None

    def _Call(self, node: nodes.Call, scope: Scope, optional: bool) -> str | None:
        method = node.node
        self.read(method.node if isinstance(method, nodes.Getattr) else method, scope, optional)
        for argument in (*node.args, *node.kwargs):
            self.read(argument, scope)
        return None

    def _Filter(self, node: nodes.Filter, scope: Scope, optional: bool) -> str | None:
        value = self.read(node.node, scope, optional or node.name in _ASKING)
        for argument in (*node.args, *node.kwargs):
            self.read(argument, scope)
        attribute = _attribute_argument(node)
        if value and attribute:
            self._note(f"{value}{ELEMENT}.{attribute}", node.lineno, optional)
        if value and node.name in _PICKING:
            return f"{value}{ELEMENT}"
        return value if node.name in _KEEPING else None

    def _Test(self, node: nodes.Test, scope: Scope, optional: bool) -> str | None:
        self.read(node.node, scope, optional or node.name in _ASKING_TESTS)
        for argument in (*node.args, *node.kwargs):
            self.read(argument, scope)
        return None

    def _If(self, node: nodes.If, scope: Scope, optional: bool) -> str | None:
        self._guarded(node.test, (*node.body, *node.elif_, *node.else_), scope)
        return None

    def _CondExpr(self, node: nodes.CondExpr, scope: Scope, optional: bool) -> str | None:
        self._guarded(node.test, [branch for branch in (node.expr1, node.expr2) if branch], scope)
        return None

    def _And(self, node: nodes.And, scope: Scope, optional: bool) -> str | None:
        self._guarded(node.left, [node.right], scope)
        return None

    _Or = _And

    def _guarded(self, test: nodes.Node, branches: Iterable[nodes.Node], scope: Scope) -> None:
        before = self._asked
        self._asked = (*before, *self._asked_for(test, scope))
        for node in (test, *branches):
            self.read(node, scope)
        self._asked = before

    def _asked_for(self, test: nodes.Node, scope: Scope) -> Iterator[str]:
        tests = [test] if isinstance(test, nodes.Test) else list(test.find_all(nodes.Test))
        for asking in tests:
            if asking.name in _ASKING_TESTS:
                path = _Reader().read(asking.node, dict(scope))
                if path:
                    yield path

    def _For(self, node: nodes.For, scope: Scope, optional: bool) -> str | None:
        path = self.read(node.iter, scope)
        inner = {**scope, **dict.fromkeys(_targets(node.target))}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = path and path + ELEMENT
        for child in (*([node.test] if node.test else []), *node.body):
            self.read(child, inner)
        for child in node.else_:
            self.read(child, scope)
        return None

    def _Assign(self, node: nodes.Assign, scope: Scope, optional: bool) -> str | None:
        path = self.read(node.node, scope)
        scope.update(dict.fromkeys(_targets(node.target)))
        if isinstance(node.target, nodes.Name):
            scope[node.target.name] = path
        return None

    def _AssignBlock(self, node: nodes.AssignBlock, scope: Scope, optional: bool) -> str | None:
        scope.update(dict.fromkeys(_targets(node.target)))
        self._inside(node.body, scope, ())
        return None

    def _With(self, node: nodes.With, scope: Scope, optional: bool) -> str | None:
        inner = dict(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            path = self.read(value, scope)
            inner.update(dict.fromkeys(_targets(target), path if isinstance(target, nodes.Name) else None))
        self._inside(node.body, inner, ())
        return None

    def _Macro(self, node: nodes.Macro, scope: Scope, optional: bool) -> str | None:
        scope[node.name] = None
        self._inside((*node.defaults, *node.body), scope, node.args)
        return None

    def _CallBlock(self, node: nodes.CallBlock, scope: Scope, optional: bool) -> str | None:
        self.read(node.call, scope)
        self._inside((*node.defaults, *node.body), scope, node.args)
        return None

    def _inside(self, body: Iterable[nodes.Node], scope: Scope, arguments: Iterable[nodes.Name]) -> None:
        inner = {**scope, **{argument.name: None for argument in arguments}}
        for child in body:
            self.read(child, inner)


def _targets(target: nodes.Node) -> list[str]:
    names = [target] if isinstance(target, nodes.Name) else list(target.find_all(nodes.Name))
    return [name.name for name in names]


def _attribute_argument(node: nodes.Filter) -> str:
    candidates = [pair.value for pair in node.kwargs if pair.key == "attribute"]
    if node.name in _ATTRIBUTE_FIRST:
        candidates += node.args[:1]
    values = [candidate.value for candidate in candidates if isinstance(candidate, nodes.Const)]
    return values[0] if values and isinstance(values[0], str) else ""


def _segments(path: str) -> list[str]:
    return re.findall(r"\[\]|[^.\[\]]+", path)


def _prefixes(path: str) -> list[str]:
    """kpis, kpis[], kpis[].name for kpis[].name."""
    return [path[: match.start()] for match in re.finditer(r"\.|\[\]|$", path) if match.start()] + (
        [path[: match.end()] for match in re.finditer(r"\[\]", path)]
    )


def _absent_in_fields(fields: set[str], path: str) -> list[str] | None:
    parent = ""
    for prefix in sorted(_prefixes(path), key=len):
        if prefix in fields:
            parent = prefix
            continue
        beside = [_segments(field)[-1] for field in fields if _is_child(field, parent)]
        if parent:
            return beside or None
        return [*beside, *sorted(field for field in fields if "." in field and ELEMENT not in field)]
    return None


def _is_child(field: str, parent: str) -> bool:
    rest = field[len(parent) :] if field.startswith(parent) else ""
    return bool(rest) and len(_segments(rest)) == 1 and rest != ELEMENT and (not parent or rest.startswith("."))


def _absent_in_record(context: Mapping[str, Any], path: str) -> list[str] | None:
    values: list[Any] = [context]
    for segment in _segments(path):
        if segment == ELEMENT:
            values = [element for value in values if isinstance(value, list | tuple) for element in value]
            continue
        for at, value in enumerate(values):
            if isinstance(value, Mapping) and segment in value:
                values[at] = value[segment]
            elif hasattr(value, segment):
                values[at] = getattr(value, segment)
            else:
                names = value if isinstance(value, Mapping) else (n for n in dir(value) if n[:1] != "_")
                deeper = _dotted(context) if value is context else ()
                return [*map(str, names), *deeper]
    return None


def _dotted(context: Mapping[str, Any]) -> Iterator[str]:
    """The paths below the names of a record: result.total."""
    for name, value in context.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)
