"""The cascade: links judged, coverage, the tree with what follows from its links; 10,000, 100,000 and 1,000,000 links.

`python -m benchmarks.cascade 100000` measures one number of people alone (memory is that of the process).
"""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

from benchmarks.table import Row, peak_memory, show, spent
from perfxl.core.cascade import cascade
from perfxl.core.cascade.coverage import cards_of, cover
from perfxl.core.cascade.targets import expected_targets
from perfxl.core.cascade.tree import build_tree
from perfxl.core.checks.cascade import check_coverage
from perfxl.core.checks.links import check_links
from perfxl.core.policy import Policy
from perfxl.core.records import Records, from_columns
from perfxl.core.table_access import lookups_kept

_KPIS, _BELOW = 10, 10
_PEOPLE = (1_000, 10_000, 100_000)


def company(people: int) -> dict[str, Records]:
    """A tree of people, ten below each; all hold ten KPIs, divided in equal shares from above."""
    ids = [f"E{i}" for i in range(people)]
    superiors = [None if i == 0 else ids[(i - 1) // _BELOW] for i in range(people)]
    kpis = [f"K{k}" for k in range(_KPIS)]
    reports = [min(people - 1 - superior * _BELOW, _BELOW) for superior in range((people - 2) // _BELOW + 1)]
    targets = [1e9] * people
    for i in range(1, people):
        targets[i] = targets[(i - 1) // _BELOW] / reports[(i - 1) // _BELOW]
    pairs = [(i, kpi) for kpi in kpis for i in range(people)]
    linked = [(i, kpi) for i, kpi in pairs if i]
    return {
        "units": from_columns("units", {"unit": ["U"], "name": ["U"], "head": [ids[0]], "parent": [None]}),
        "people": from_columns("people", {"person": ids, "name": ids, "unit": ["U"] * people, "superior": superiors}),
        "kpis": from_columns("kpis", {"kpi": kpis, "name": kpis}),
        "contracts": from_columns("contracts", {"contract": ids, "holder": ids, "issuer": superiors}),
        "contract_lines": from_columns(
            "contract_lines",
            {
                "contract": [ids[i] for i, _ in pairs],
                "kpi": [kpi for _, kpi in pairs],
                "target": [targets[i] for i, _ in pairs],
            },
        ),
        "links": from_columns(
            "links",
            {
                "kpi": [kpi for _, kpi in linked],
                "owner": [superiors[i] for i, _ in linked],
                "sub_kpi": [kpi for _, kpi in linked],
                "sub_owner": [ids[i] for i, _ in linked],
                "mode": ["share"] * len(linked),
                "share": [100 / reports[(i - 1) // _BELOW] for i, _ in linked],
            },
        ),
    }


def measure(people: int) -> None:
    """Prints: links, seconds of processors and by the clock of the checks and of the cascade itself, MB, problems."""
    tables = company(people)
    gc.freeze()  # this and the next as the command line has it
    gc.set_threshold(100_000, 20, 100)
    found = 0

    def check() -> None:
        nonlocal found
        found = len(check_links(tables, Policy())) + len(check_coverage(tables, Policy()))

    def break_down() -> None:
        cascade(tables)
        cover(build_tree(tables), cards_of(tables))
        expected_targets(tables)

    with lookups_kept():  # as `perfxl cascade` has it: what the checks worked out is not worked out again
        checked, broken_down = spent(check), spent(break_down)
    figures = (checked.cpu, checked.wall, broken_down.cpu, broken_down.wall, peak_memory())
    print(len(tables["links"]), *(f"{figure:.2f}" for figure in figures), found)


def main() -> None:
    """The table, each size in a process of its own."""
    rows = []
    once: list[float] = []
    for people in _PEOPLE:
        command = [sys.executable, "-m", "benchmarks.cascade", str(people)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
        links, *figures = (float(part) for part in told.stdout.split())
        per_link = [1e6 * figures[at] / links for at in (0, 2)]
        once = once or per_link
        target = "20 s, 2,000 MB" if people == _PEOPLE[-1] else ""
        for name, cpu, wall, cost, first in zip(
            ("checked", "broken down"), figures[0:4:2], figures[1:4:2], per_link, once, strict=True
        ):
            measured = (
                f"{cpu:.1f} s of processors, {wall:.1f} s by the clock, {cost:.1f} µs a link (x {cost / first:.2f})"
            )
            rows.append(Row(f"{links:,.0f} links {name}", f"{measured}; {figures[4]:,.0f} MB", target))
    show("Cascade", rows)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
    else:
        main()
