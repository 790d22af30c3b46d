"""Dataframes of any kind in, pandas inside, the same kind out; columns under other names, and clear errors for those
that are missing, doubled or misspelt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import pandas as pd

from perfxl.core.rulebook import COLUMNS
from perfxl.core.scoring.scalar import blank

__all__ = ["LINE_COLUMNS", "ColumnsError", "as_pandas", "key_text", "renamed"]

LINE_COLUMNS = frozenset(
    (*COLUMNS.values(), "method", "weight", "person", "kpi", "contract", "category", "u", "lo", "hi", "grade", "steps")
) | {"direction", "unit", "start", "end", "kind", "count", "fact", "date", "relation", "mark", "rater", "rater_shares"}
"""Names that a column may have; the others are left alone."""
_ALIKE = 0.8  # how near a column's name must be to a known one to be taken for a slip
_OWN = Callable[[pd.DataFrame], Any]


class ColumnsError(ValueError):
    """Columns that are missing, doubled or misspelt; the message says which, and which one looks like it.

    >>> import pandas as pd, perfxl as px
    >>> try:
    ...     px.score_contracts(pd.DataFrame({"persons": ["E1"], "method": ["ratio"], "weight": [100]}))
    ... except px.ColumnsError as error:
    ...     print(error)
    没有列 person，persons 像是它 / no column person, persons looks like it: columns={'persons': 'person'}
    """


def as_pandas(frame: Any) -> tuple[pd.DataFrame, _OWN]:
    """The dataframe in pandas, and what turns a result into its own kind again.

    frame  pandas, polars (lazy too), pyarrow, DuckDB relations, or whatever else Narwhals knows

    Raises: TypeError for what is no dataframe.
    """
    if isinstance(frame, pd.DataFrame):
        return frame, lambda result: result
    import narwhals as nw

    try:
        held = nw.from_native(frame)
    except TypeError:
        raise TypeError(f"a dataframe is due, not {type(frame).__name__}") from None
    eager = held.collect() if isinstance(held, nw.LazyFrame) else held
    try:
        plain = eager.to_pandas()
    except ImportError:  # polars wants pyarrow for it
        plain = pd.DataFrame(eager.to_dict(as_series=False))
    return plain, _back_to(held)


def _back_to(held: Any) -> _OWN:
    """What turns a pandas result into the kind of a dataframe of Narwhals."""
    import narwhals as nw

    kind = held.implementation
    is_lazy = isinstance(held, nw.LazyFrame)

    def back(result: pd.DataFrame) -> Any:
        plain = result.copy()
        for name in plain.columns[[isinstance(t, pd.CategoricalDtype) for t in plain.dtypes]]:
            plain[name] = plain[name].astype(object)
        columns = nw.from_native(plain).to_dict(as_series=False)
        if kind is nw.Implementation.DUCKDB:
            import duckdb
            import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

            return duckdb.from_arrow(pa.table(_without_nan(columns)))
        made = nw.from_dict(_without_nan(columns), backend=kind)
        return (made.lazy() if is_lazy else made).to_native()

    return back


def renamed(frame: pd.DataFrame, columns: Mapping[str, str] | None, needed: Sequence[str] = ()) -> pd.DataFrame:
    """The frame with columns under the names that are known, as `columns` maps them: {"实际": "actual"}.

    needed  columns that must be there

    Raises: ColumnsError for one that is not there, stands twice, or is all but spelt like one that is not there.
    """
    given = dict(columns or {})
    absent = [name for name in given if name not in frame.columns]
    if absent:
        raise ColumnsError(f"没有列 / no column {absent}; 有 / there are {list(map(str, frame.columns))}")
    taken = frame.drop(columns=[name for name in given.values() if name in frame.columns and name not in given])
    known = taken.rename(columns=given)
    names = [str(name) for name in known.columns]
    twice = sorted({name for name in names if names.count(name) > 1 and name in LINE_COLUMNS})
    if twice:
        raise ColumnsError(f"列重复 / columns that stand twice: {twice}")
    others = [name for name in names if name not in LINE_COLUMNS]
    for name in dict.fromkeys((*needed, "actual", "target", "threshold", "challenge", "base", "weight", "direction")):
        if name in names:
            continue
        near = get_close_matches(name, others, 1, _ALIKE)
        if near:
            told = f"columns={{{near[0]!r}: {name!r}}}"
            raise ColumnsError(f"没有列 {name}，{near[0]} 像是它 / no column {name}, {near[0]} looks like it: {told}")
        if name in needed:
            raise ColumnsError(f"没有列 / no column {name}; 有 / there are {names}")
    return _with_plain_cells(known)


def _with_plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists and dicts in cells as their texts, so that what is wrong with them is said like of any other text."""
    kinds = {
        name: pd.api.types.infer_dtype(frame[name], skipna=True)
        for name in frame.columns
        if name in LINE_COLUMNS and frame[name].dtype == object
    }
    changed = {name: frame[name].map(_plain_cell) for name, kind in kinds.items() if kind.startswith("mixed")}
    return frame.assign(**changed) if changed else frame


def _plain_cell(value: Any) -> Any:
    return str(value) if type(value).__hash__ is None else value


def key_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """IDs as texts, so that 100001, 100001.0 and "100001" are one; blanks stay blank."""
    if column.dtype.kind in "iu":
        return column.astype(str)
    return column.astype(object).map(_key)


def _key(value: Any) -> str:
    if blank(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _without_nan(columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """What is no number is nothing: other dataframes tell the two apart."""
    return {
        name: [None if isinstance(value, float) and value != value else value for value in values]
        for name, values in columns.items()
    }
