"""The value tree of a range: what each node does for the result, row by row beside it."""

from __future__ import annotations

from typing import Any

from perfxl.core.language import Text
from perfxl.core.problems import Problem, Severity
from perfxl.core.value_tree import Effect, read_trees, work_out
from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold_name
from perfxl.excel.cells import CellError, Failure, Rows, failure
from perfxl.excel.ranges import judge_rows, read_table, select_columns
from perfxl.excel.settings import PolicyRanges

SHOWS = {
    "elasticity": Text("弹性", "Elasticity"),
    "gain": Text("单项增益", "Gain alone"),
    "step": Text("分解额", "Step"),
    "rating": Text("影响评分", "Impact rating"),
    "actual": Text("实际值", "Actual"),
    "target": Text("目标值", "Target"),
}


def show_value_tree(rows: Rows, show: Any, root: Any, settings: PolicyRanges) -> tuple[Rows, list[Problem]]:
    """The figures asked for beside the table, with what is doubtful about it: units, nodes that nothing uses; nodes of
    another tree have none.

    Raises: Failure where the tree cannot be worked out, or there are several and none is named.
    """
    table = read_table("value_tree", rows, "node", "formula")
    trees, problems = read_trees(table.records)
    found = [*judge_rows(table), *problems]
    wrong = [about for about in found if about.severity is Severity.ERROR]
    if wrong:
        raise Failure(wrong, CellError.NUM)
    if not trees:
        raise failure("value_tree_without_formula", CellError.NA)
    asked = fold_name(root or "")
    chosen = [t for t in trees if not asked or asked in map(fold_name, (t.root, t.nodes[t.root].name))]
    if len(chosen) != 1:
        known = "、".join(tree.nodes[tree.root].name for tree in trees)
        about = "name_unknown" if asked and not chosen else "value_trees_many"
        raise failure(about, CellError.NA, value=root or "", known=known, count=len(chosen))
    effects = {effect.node.row: effect for effect in work_out(chosen[0], settings.rules).effects}
    names = select_columns(show, SHOWS)
    places = range(len(table.records))
    return table.beside([(SHOWS[name], [_figure(effects.get(i), name) for i in places]) for name in names]), found


def _figure(effect: Effect | None, name: str) -> float | None:
    if effect is None:
        return None
    if name in ("actual", "target"):
        return canonical(float(getattr(effect.node, name)))
    if name in ("gain", "step") and effect.node.formula is not None:
        return None
    figure = getattr(effect, name)
    return None if figure is None else canonical(float(figure))
