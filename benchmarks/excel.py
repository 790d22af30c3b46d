"""Worksheet functions: a single call and a table of 10,000 x 8 the way Excel calls them (xlwings' CallUDF), and Calc.

PX_TOTALS of 500, 2,000 and 8,000 people with five lines each stands beside: its time is to grow as their number does.

"Beyond the rule": what the way from cells to the rule and back costs, the rule's own time taken off. Calls and the
start are measured in processor time, Calc by the clock.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.table import Row, show

ROWS = 10_000
PEOPLE, LINES_EACH = (500, 2_000, 8_000), 5
_HEADS = ("指标名称", "计分方法", "方向", "目标值", "门槛值", "挑战值", "实际完成值", "权重")
_METHODS = ("比率法", "功效系数法", "非此即彼法")
_MISSING = -2147352572


def table(rows: int = ROWS) -> list[list[Any]]:
    rng = random.Random(1)
    made: list[list[Any]] = [list(_HEADS)]
    for i in range(rows):
        target = round(rng.uniform(50, 150), 2)
        figures = (target, round(target * 0.8, 2), round(target * 1.2, 2), round(rng.uniform(40, 160), 2), 10.0)
        made.append([f"指标{i}", _METHODS[i % 3], "越大越好", *figures])
    return made


def table_of_people(people: int) -> list[list[Any]]:
    """Lines of equal weight; each person has an ID and a name of their own."""
    rows = table(people * LINES_EACH)
    weight = 100.0 / LINES_EACH
    for i, row in enumerate(rows[1:]):
        row[-1] = weight
        row += [f"E{i // LINES_EACH:06d}", f"人{i // LINES_EACH}"]
    return [[*_HEADS, "工号", "姓名"], *rows[1:]]


def main() -> list[Row]:
    told = json.loads(_child("calludf"))
    start = min(float(_child("start")) for _ in range(10))
    overhead = told["table"] - told["rule"]
    found = [
        Row("import of the functions (fresh Python)", f"{start * 1000:.0f} ms", "under 100 ms"),
        Row("CallUDF, one line, per call", f"{told['call'] * 1e3:.3f} ms", "under 0.2 ms"),
        Row("CallUDF, table of 10,000 x 8", f"{told['table'] * 1000:.0f} ms"),
        Row("of it the rule itself", f"{told['rule'] * 1000:.0f} ms"),
        Row("beyond the rule", f"{overhead * 1000:.0f} ms", "under 60 ms"),
        *(
            Row(
                f"PX_TOTALS, {people:,} people x {LINES_EACH} lines",
                f"{float(_child('totals', str(people))) * 1000:.0f} ms",
                "under 1 s" if people == PEOPLE[-1] else "",
            )
            for people in PEOPLE
        ),
        *_calc(),
    ]
    show("Worksheet functions", found)
    return found


def _calc() -> list[Row]:
    from tests.excel.calc import python_with_uno, recalculated
    from tests.excel.cases import Case

    if not python_with_uno():
        return [Row("Calc", "not installed")]
    case = Case("PX_SCORES", (table(),), [[""]] * (ROWS + 1))
    with tempfile.TemporaryDirectory() as folder:
        first, *later = recalculated([case], Path(folder), rounds=20).seconds
    return [
        Row("Calc calculates 10,000 x 8 (no NumPy), first", f"{first * 1000:.0f} ms"),
        Row("Calc recalculates it, lines unchanged", f"{min(later) * 1000:.0f} ms", "about 200 ms"),
    ]


def _child(*what: str) -> str:
    """A process of its own: CallUDF needs Python to believe in Windows, and a start can be measured only once."""
    run = [sys.executable, "-m", "benchmarks.excel", *what]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout


def _calludf() -> None:
    from tests.excel.com_stub import call_udf

    call = call_udf()
    from perfxl.excel import answers, cells, scores
    from perfxl.excel.settings import read_policy_ranges

    line = ("比率法", 98.0, 100.0, *[_MISSING] * 17)
    rows = tuple(map(tuple, table()))
    cut = cells.rows(rows)
    whole = (rows, *[_MISSING] * 5)
    told = {
        "call": _least(lambda: [call("perfxl.excel.functions", "PX_SCORE", line, None, None) for _ in range(200)])
        / 200,
        "table": _least(lambda: call("perfxl.excel.functions", "PX_SCORES", whole, None, None)),
        "rule": _least(lambda: answers.show_columns(scores.score_table(cut, read_policy_ranges()), None)),
    }
    print(json.dumps(told))


def _start() -> None:
    begun = time.process_time()
    import perfxl.excel.functions

    assert perfxl.excel.functions.FUNCTIONS
    print(time.process_time() - begun)


def _totals(people: int) -> None:
    from perfxl.excel.functions import PX_TOTALS

    cells = table_of_people(people)
    print(_least(lambda: PX_TOTALS(cells), rounds=3))


def _least(work: Callable[[], object], rounds: int = 7) -> float:
    """The least of some rounds, in seconds of this process: what else the machine does only adds."""
    work()
    taken = []
    for _ in range(rounds):
        gc.collect()
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


if __name__ == "__main__":
    if sys.argv[1:2] == ["totals"]:
        _totals(int(sys.argv[2]))
    else:
        parts = {"calludf": _calludf, "start": _start}
        parts[sys.argv[1]]() if len(sys.argv) > 1 else main()
