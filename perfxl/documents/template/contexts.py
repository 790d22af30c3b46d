"""Contexts that can be read more than once: by the body and a header, by perfxl and by docxtpl after it."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["read_often"]


def read_often(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """The context, with generators and the like replaced by what can be gone through again; they are read once, as far
    as they are asked for."""
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
