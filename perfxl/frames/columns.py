"""Dataframes of any kind in, pandas inside, the same kind out; columns under other names, and clear errors for those
that are missing, doubled or misspelt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from math import isfinite
from typing import Any

import pandas as pd

from perfxl.core.policy import Policy
from perfxl.core.rulebook import COLUMNS
from perfxl.core.schema import get
from perfxl.core.scoring.scalar import blank
from perfxl.core.values.text import fold_name

__all__ = [
    *("EVENT_COLUMNS", "LINE_COLUMNS", "LINE_FIGURES", "LINE_SETTINGS", "MARK_COLUMNS"),
    *("ColumnsError", "as_pandas", "key_text", "policy_of", "renamed"),
]

LINE_COLUMNS = frozenset(
    (*COLUMNS.values(), "method", "weight", "person", "kpi", "contract", "category", "u", "lo", "hi", "grade", "steps")
) | {"direction", "unit", "start", "end", "kind", "count", "fact", "date", "relation", "mark", "rater", "rater_shares"}
"""Names that a column may have; the others are left alone."""
LINE_FIGURES = (*COLUMNS.values(), "direction", "weight", "steps", "full_marks")
LINE_SETTINGS = ("category", "contract", "start", "end", "veto_effect", "veto_grade", "rater_shares")
EVENT_COLUMNS = ("count", "kind", "date", "contract")
MARK_COLUMNS = ("full_marks", "rater", "rater_shares")
"""What lines, events and marks may have and need not: a slip in one of these would leave another figure."""
_MORE = ("person_name", "kpi_name", "name", "impact", "controllability", "measurability", "veto_effect", "veto_grade")
_WHOSE = ("person", "method")
_RESULTS = ("total", "days", "veto", "group", "tenure", "result", "last_month")
_NAMES = LINE_COLUMNS | {*_MORE, *_RESULTS}
_USUAL = ("actual", "target", "threshold", "challenge", "base", "weight", "direction")
_ALIKE = 0.8  # how near a column's name must be to a usual or needed one to be taken for a slip
_VERY_ALIKE = 0.85  # how near to another one, of at least _LONG letters: "country" is no slip of "count"
_LONG = 6
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

    Raises: TypeError for what is no dataframe, ColumnsError for columns that stand twice.
    """
    if isinstance(frame, pd.DataFrame):
        return frame, lambda result: result
    import narwhals as nw

    try:
        held = nw.from_native(frame)
    except TypeError:
        raise TypeError(f"a dataframe is due, not {type(frame).__name__}") from None
    except nw.exceptions.DuplicateError as error:
        raise ColumnsError(f"列重复 / columns that stand twice: {error}") from None
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
        columns = _without_nan(nw.from_native(plain).to_dict(as_series=False))
        of_arrow = kind is nw.Implementation.DUCKDB
        made = nw.from_dict(columns, backend=nw.Implementation.PYARROW if of_arrow else kind)
        made = _with_kinds(made, plain)
        if of_arrow:
            import duckdb

            return duckdb.from_arrow(made.to_native())
        return (made.lazy() if is_lazy else made).to_native()

    return back


def _with_kinds(made: Any, plain: pd.DataFrame) -> Any:
    """A column without a value has the kind that it has with some, so that results can be put below each other."""
    import narwhals as nw

    numbers = [name for name in plain.columns if plain[name].dtype.kind == "f"]
    empty = [name for name in plain.columns if name not in numbers and bool(plain[name].isna().all())]
    texts = [name for name in empty if plain[name].dtype in (object, "str")]
    kinds = {**dict.fromkeys(numbers, nw.Float64()), **dict.fromkeys(texts, nw.String())}
    return made.with_columns(*(nw.col(name).cast(kind) for name, kind in kinds.items())) if kinds else made


def policy_of(policy: Policy | None) -> Policy:
    """The policy that is given, or the usual one. Raises: PolicyError; TypeError for what is no policy."""
    if policy is None:
        return Policy()
    if not isinstance(policy, Policy):
        kind = type(policy).__name__
        raise TypeError(f"a Policy is due (px.Policy().but(...), px.Policy.from_json(...)), not {kind}")
    return policy.checked()


def renamed(
    frame: pd.DataFrame, columns: Mapping[str, str] | None, needed: Sequence[str] = (), may: Sequence[str] = ()
) -> pd.DataFrame:
    """The frame with columns under the names that are known, as `columns` maps them: {"实际": "actual"}. One that is
    mapped to itself is what it is, however near it comes to another name.

    needed  columns that must be there; may: those that need not, and would change what is found

    Raises: ColumnsError for one that is not there, stands twice, is mapped to a name that there is none of, or is all
        but spelt like one that is not there.
    """
    given = dict(columns or {})
    absent = [name for name in given if name not in frame.columns]
    if absent:
        raise ColumnsError(f"没有列 / no column {absent}; 有 / there are {list(map(str, frame.columns))}")
    unknown = [name for own, name in given.items() if name not in (own, *_NAMES, *needed, *may)]
    if unknown:
        near = "".join(get_close_matches(str(unknown[0]), sorted(_NAMES), 1))
        raise ColumnsError(f"没有 {unknown} 这样的列名 / there is no column of the name {unknown}; near: {near or '-'}")
    taken = frame.drop(columns=[name for name in given.values() if name in frame.columns and name not in given])
    known = taken.rename(columns=given)
    names = [str(name) for name in known.columns]
    twice = sorted({name for name in names if names.count(name) > 1 and name in _NAMES})
    if twice:
        raise ColumnsError(f"列重复 / columns that stand twice: {twice}")
    others = [name for name in names if name not in _NAMES and name not in given.values()]
    for name in dict.fromkeys((*needed, *_USUAL, *may)):
        if name in names:
            continue
        slip = _slip_of(name, others, usual=name in needed or name in _USUAL)
        if slip is not None:
            told = f"columns={{{slip!r}: {name!r}}}"
            raise ColumnsError(f"没有列 {name}，{slip} 像是它 / no column {name}, {slip} looks like it: {told}")
        if name in needed:
            raise ColumnsError(f"没有列 / no column {name}; 有 / there are {names}")
    return _with_plain_cells(known)


def _slip_of(name: str, others: Sequence[str], *, usual: bool) -> str | None:
    """Which of the other columns is meant by a name: all but spelt like it, or called as sheets call it."""
    called = _titles(name) | {_plain(name)}
    same = next((other for other in others if _plain(other) in called), None)
    if same is not None or not (usual or len(name) >= _LONG):
        return same
    return next(iter(get_close_matches(name, others, 1, _ALIKE if usual else _VERY_ALIKE)), None)


def _plain(name: str) -> str:
    return fold_name(name).replace("_", "").replace(" ", "").removesuffix("s")


@cache
def _titles(name: str) -> frozenset[str]:
    """What a column of figures or settings is called in sheets, in both languages."""
    columns = get("contract_sheet").columns if name in (*LINE_FIGURES, *LINE_SETTINGS, *_WHOSE) else ()
    found = (each for each in columns if each.name == name)
    return frozenset(_plain(word) for each in found for word in (each.zh, each.en, *each.aliases))


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
    whole = isinstance(value, float | Decimal) and isfinite(value) and value == int(value)
    return str(int(value)) if whole else str(value).strip()


def _without_nan(columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """What is no number is nothing: other dataframes tell the two apart."""
    return {
        name: [None if isinstance(value, float) and value != value else value for value in values]
        for name, values in columns.items()
    }
