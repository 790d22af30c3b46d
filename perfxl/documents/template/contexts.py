"""Contexts that can be read more than once: by the body and a header, by perfxl and by docxtpl after it."""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from jinja2 import nodes

__all__ = ["read_often", "reads_within"]

_PLAIN = frozenset((str, int, float, bool, type(None), dict, list, tuple))
# What may go through something, or gives it another name: a filter, a function, a test of what is in something.
_GOES_THROUGH: tuple[type[nodes.Node], ...] = (
    nodes.Filter,
    nodes.Call,
    nodes.Operand,
    nodes.Getitem,
    nodes.Test,
    nodes.Assign,
    nodes.With,
)


def reads_within(trees: Iterable[nodes.Template]) -> bool:
    """Whether a template may go through more than values that have a name of their own: `{% for k in kpis %}` does not,
    `{% for t in k.tags %}` and `{{ kpis|length }}` do."""
    return any(
        any(tree.find(kind) for kind in _GOES_THROUGH) or _loops_within(list(tree.find_all(nodes.For)))
        for tree in trees
    )


def _loops_within(loops: Sequence[nodes.For]) -> bool:
    """Whether a loop is over what another gives, or over a part of a value, or takes apart what it gives."""
    given = {loop.target.name for loop in loops if isinstance(loop.target, nodes.Name)}
    over = {loop.iter.name for loop in loops if isinstance(loop.iter, nodes.Name)}
    is_plain = all(isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name) for loop in loops)
    return not is_plain or bool(given & over)


def read_often(context: Mapping[str, Any], within: bool = True) -> Mapping[str, Any]:
    """The context, with generators and the like replaced by what can be gone through again; they are read once, as far
    as they are asked for.

    within  whether a template may go through what stands within the values, too
    """
    if not within and set(map(type, context.values())) <= _PLAIN:
        return context
    plain: Any = context
    try:
        marshal.dumps(plain)  # far quicker than looking: plain data holds nothing of the kind
    except ValueError:
        replaced: Mapping[str, Any] = _replaced(dict(context), {})
        return replaced
    return context


class _Remembered:
    """What an iterator gives, kept as it comes; it may never end."""

    def __init__(self, source: Iterator[Any], known: dict[int, Any]) -> None:
        self._source, self._known, self._kept = source, known, list[Any]()

    def __iter__(self) -> Iterator[Any]:
        at = 0
        while True:
            if at == len(self._kept):
                try:
                    self._kept.append(_replaced(next(self._source), self._known))
                except StopIteration:
                    return
            yield self._kept[at]
            at += 1


def _replaced(value: Any, known: dict[int, Any]) -> Any:
    kind = type(value)
    if kind not in (dict, list, tuple):
        return _Remembered(value, known) if isinstance(value, Iterator) and not hasattr(value, "read") else value
    if id(value) in known:  # it may hold itself
        return known[id(value)][1]
    if kind is tuple:
        return tuple(_replaced(element, known) for element in value)
    copy: Any = kind()
    known[id(value)] = value, copy  # the value too, so that no other has its place in memory
    if kind is dict:
        copy.update((key, _replaced(element, known)) for key, element in value.items())
    else:
        copy.extend(_replaced(element, known) for element in value)
    return copy
