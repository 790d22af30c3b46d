"""Tree to a function of NumPy arrays: the same values as `python`, for a million lines at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from perfxl.core.formula.tree import SAME, SEEN, Call, Name, Node, Number, Operation
from perfxl.core.values.numbers import round_half_away_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    ArrayRule = Callable[[Mapping[str, Array]], Array]


def to_numpy(node: Node, lookups: Mapping[str, Callable[..., Array]] | None = None) -> ArrayRule:
    """A function {name: float64 array or number} -> float64 array or number; NaN as in `python`. Call it under
    numpy.errstate(all="ignore"): both branches of an IF are computed."""
    if isinstance(node, Number):
        value: Any = node.value
        return lambda figures: value
    if isinstance(node, Name):
        name = node.name
        return lambda figures: figures[name]
    if isinstance(node, Operation):
        parts = [to_numpy(part, lookups) for part in node.operands]
        apply = _operations()[node.sign]
        return lambda figures: apply(*[part(figures) for part in parts])
    return _call(node, lookups or {})


def _call(node: Call, lookups: Mapping[str, Callable[..., Array]]) -> ArrayRule:
    parts = [to_numpy(part, lookups) for part in node.arguments]
    if node.function in lookups:
        lookup = lookups[node.function]
        return lambda figures: lookup(figures, *[part(figures) for part in parts])
    apply = _operations()[node.function]
    return lambda figures: apply(*[part(figures) for part in parts])


_TABLE: dict[str, Callable[..., Any]] = {}


def _operations() -> dict[str, Callable[..., Any]]:
    if not _TABLE:
        _TABLE.update(_build())
    return _TABLE


def _build() -> dict[str, Callable[..., Any]]:
    from functools import reduce

    import numpy as np

    nan = np.nan

    def compare(test: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def apply(a: Any, b: Any) -> Any:
            difference = np.subtract(a, b)
            width = SAME * np.maximum(np.abs(a), np.abs(b))
            return np.where(np.isnan(difference), nan, test(difference, width))

        return apply

    def both(*values: Any) -> Any:
        false = reduce(np.logical_or, [np.equal(value, 0) for value in values])
        unknown = reduce(np.logical_or, [np.isnan(value) for value in values])
        return np.where(false, 0.0, np.where(unknown, nan, 1.0))

    def either(*values: Any) -> Any:
        true = reduce(np.logical_or, [np.logical_and(np.not_equal(v, 0), ~np.isnan(v)) for v in values])
        unknown = reduce(np.logical_or, [np.isnan(value) for value in values])
        return np.where(true, 1.0, np.where(unknown, nan, 0.0))

    def rounded(x: Any, digits: Any) -> Any:
        places = int(np.atleast_1d(digits).flat[0])
        return round_half_away_array(np.asarray(x, dtype=np.float64), places)

    def integer(x: Any) -> Any:
        return np.where(np.isfinite(x), np.floor(rounded(x, SEEN)), nan)

    def power(a: Any, b: Any) -> Any:
        result = np.power(np.asarray(a, dtype=np.float64), b)
        return np.where(np.isfinite(result), result, nan)

    return {
        "NEG": np.negative,
        "PERCENT": lambda x: np.divide(x, 100.0),
        "+": np.add,
        "-": np.subtract,
        "*": np.multiply,
        "/": lambda a, b: np.where(np.equal(b, 0), nan, np.divide(a, b)),
        "^": power,
        "=": compare(lambda difference, width: np.abs(difference) <= width),
        "<>": compare(lambda difference, width: np.abs(difference) > width),
        "<": compare(lambda difference, width: difference < -width),
        "<=": compare(lambda difference, width: difference <= width),
        ">": compare(lambda difference, width: difference > width),
        ">=": compare(lambda difference, width: difference >= -width),
        "IF": lambda test, then, other: np.where(np.isnan(test), nan, np.where(np.not_equal(test, 0), then, other)),
        "AND": both,
        "OR": either,
        "NOT": lambda x: np.where(np.isnan(x), nan, np.equal(x, 0)),
        "MIN": lambda *values: reduce(np.minimum, values),
        "MAX": lambda *values: reduce(np.maximum, values),
        "ABS": np.abs,
        "ROUND": rounded,
        "INT": integer,
        "ISNUMBER": lambda x: np.where(np.isnan(x), 0.0, 1.0),
        "TRUE": lambda: np.float64(1.0),
        "FALSE": lambda: np.float64(0.0),
    }
