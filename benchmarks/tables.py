"""Tables that HR has: a folder of single-person files imported, and the check of a lone table."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from xlsxwriter import Workbook

from benchmarks.program import ENVIRONMENT
from benchmarks.table import Row, show, spent

FILES, LINES = 1_000, 8
_WEIGHTS = (15, 20, 15, 10, 10, 10, 10, 10)


def write_table(path: Path, person: str, rows: Sequence[tuple[str, float, float, float]]) -> None:
    """A contract as HR keeps it: title, labels, header, a row for each KPI."""
    with Workbook(path) as book:
        sheet = book.add_worksheet("业绩合同")
        head = (
            ("2026年度业绩合同",),
            (f"姓名：{person}", "", "部门：一部"),
            ("指标名称", "权重", "目标值", "实际完成值"),
        )
        for i, row in enumerate((*head, *rows)):
            sheet.write_row(i, 0, row)


def run(*words: str) -> tuple[float, float]:
    """Wall and processor seconds of the whole command."""
    command = [sys.executable, "-m", "perfxl", *words]
    done = spent(lambda: subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT))
    return done.wall, done.cpu


def main() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lone = folder / "50.xlsx"
        write_table(lone, "甲", [(f"指标{k}", 2, 100 + k, 90 + k % 15) for k in range(50)])
        run("check", str(lone))  # the modules' bytecode is written
        _, check = run("check", str(lone))
        many = folder / "many"
        many.mkdir()
        for i in range(FILES):
            rows = [(f"指标{k}", _WEIGHTS[k], 100.0 + k, 90.0 + (i + k) % 15) for k in range(LINES)]
            write_table(many / f"{i}.xlsx", f"员工{i:04}", rows)
        wall, cpu = run("import", str(many), "-o", str(folder / "方案.xlsx"))
    found = [
        Row("perfxl check, a lone table of 50 rows, processor time", f"{check:.2f} s", "under 0.5 s"),
        Row(f"perfxl import, {FILES:,} files of one person each", f"{wall:.1f} s, processor {cpu:.1f} s", "under 20 s"),
    ]
    show("Tables that HR has", found)
    return found


if __name__ == "__main__":
    sys.exit(not main())
