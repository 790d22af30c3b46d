"""A program on disk gives the same papers as one in memory, from nobody's rows but those that they are about."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfxl import sample
from perfxl.core.records import Records, Tables, from_rows, join_parts
from perfxl.documents.batch import ALL, workers
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.template.render_problems import DocumentError
from perfxl.program import Program, from_tables
from perfxl.table_store import DiskFull, TableStore, unpack_rows
from tests.documents.batch_kit import make_documents, prints
from tests.documents.contract_book import policy
from tests.documents.cycle_book import book as cycle_book

ALONE = tuple(kind for kind in KINDS if KINDS[kind].about)


def stored_tables(book: Tables, block: int = 7) -> TableStore:
    """As a reader would fill it: some rows at a time."""
    store = TableStore()
    for records in book.values():
        for first in range(0, max(len(records), 1), block):
            some = slice(first, first + block)
            columns = {name: values[some] for name, values in records.columns.items()}
            store.add(Records(records.table, columns, records.file, records.sheet, records.rows[some], records.letters))
    store.finish()
    return store


@cache
def program(lang: str = "zh") -> Program:
    return from_tables(sample.program(70, 3, lang), lang)[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_papers_are_the_same(lang: str, tmp_path: Path) -> None:
    held = program(lang)
    whole, problems = make_documents(ALL, held.tables, held.policy, tmp_path / "whole", lang=lang, jobs=1)
    files, found = make_documents(ALL, stored_tables(held.tables), held.policy, tmp_path / "store", lang=lang, jobs=2)
    assert [path.relative_to(tmp_path / "store") for path in files] == [
        path.relative_to(tmp_path / "whole") for path in whole
    ]
    assert found == problems and prints(tmp_path / "store") == prints(tmp_path / "whole")


def test_workers_elsewhere_get_the_rows_sent(tmp_path: Path) -> None:
    held = program()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        for name, book in (("whole", held.tables), ("store", stored_tables(held.tables))):
            for kind in ("notice", "unit_summary"):
                files, problems = make_documents(
                    kind, book, held.policy, tmp_path / name / kind, only=some(kind), executor=executor
                )
                assert files and not problems, [(each.code, each.message()) for each in problems]
    assert prints(tmp_path / "store") == prints(tmp_path / "whole")


def some(kind: str) -> list[str]:
    held = program()
    return list(KINDS[kind].ids(Contexts(held.tables, held.policy)))[:3]


@pytest.mark.parametrize("asked", ["a person and nobody", "a unit", "no such unit"])
def test_asking_for_some(asked: str, tmp_path: Path) -> None:
    held = program()
    person, unit = held.tables["people"].column("person")[4], held.tables["units"].column("unit")[1]
    options: dict[str, Any] = {
        "a person and nobody": {"only": [person, "nobody"]},
        "a unit": {"unit": unit},
        "no such unit": {"unit": "none"},
    }[asked]
    (whole, problems), (files, found) = (
        make_documents(ALL, book, held.policy, tmp_path / name, **options)
        for name, book in (("whole", held.tables), ("store", stored_tables(held.tables)))
    )
    assert [path.name for path in files] == [path.name for path in whole] and found == problems
    assert bool(files) == (asked != "no such unit") and bool(found) == (asked != "a unit")
    assert not files or prints(tmp_path / "store") == prints(tmp_path / "whole")


def _odd(name: str, change: Callable[[list[dict[str, Any]]], object]) -> Tables:
    """The small program with a table changed."""
    held = dict(cycle_book())
    rows = list(held[name].records())
    change(rows)
    held[name] = from_rows(name, rows, "方案.xlsx")
    return held


def _sheets(name: str) -> Tables:
    """The small program with a table on two sheets, of which one lacks a column."""
    held = dict(cycle_book())
    rows = held[name]
    half = len(rows) // 2
    names = {"一": list(rows.columns), "二": [column for column in rows.columns if column != "version"]}
    parts = [
        Records(
            rows.table,
            {column: rows.columns[column][some] for column in names[sheet]},
            "方案.xlsx",
            sheet,
            range(4, 4 + len(range(len(rows))[some])),
            rows.letters,
        )
        for sheet, some in (("一", slice(0, half)), ("二", slice(half, None)))
    ]
    held[name] = join_parts(parts)
    return held


ODD: Mapping[str, Callable[[], Tables]] = {
    "as it is": lambda: dict(cycle_book()),
    "a contract twice": lambda: _odd("contracts", lambda rows: rows.append({**rows[1], "holder": rows[2]["holder"]})),
    "somebody who shares everything": lambda: _odd(
        "contracts", lambda rows: [row.update(second_holder="E004") for row in rows]
    ),
    "nobody of that number": lambda: _odd("contracts", lambda rows: rows[1].update(issuer="E999", holder="E998")),
    "a superior who is not there": lambda: _odd("people", lambda rows: rows[1].update(superior="E997")),
    "no people at all": lambda: {name: rows for name, rows in cycle_book().items() if name != "people"},
    "a table without rows": lambda: _odd("people", lambda rows: rows.clear()),
    "lines of no contract": lambda: _odd("contract_lines", lambda rows: rows[0].update(contract="C-none")),
    "a contract without lines": lambda: _odd("contracts", lambda rows: rows.append({**rows[1], "contract": "C-bare"})),
    "an unknown KPI": lambda: _odd("contract_lines", lambda rows: rows[0].update(kpi="K-none")),
    "reports of the future": lambda: _odd("actuals", lambda rows: rows[-1].update(period="2026-03")),
    "an unknown unit": lambda: _odd("contracts", lambda rows: rows[1].update(unit="U-none")),
    "no contracts": lambda: {name: rows for name, rows in cycle_book().items() if name != "contracts"},
    "two sheets": lambda: _sheets("contracts"),
    "interviews of people without contracts": lambda: _odd(
        "interviews", lambda rows: rows.append({**rows[0], "holder": "E900", "date": date(2025, 3, 1)})
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_programs(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same papers, the same failures at the same cells, though each is made from its own few rows."""
    monkeypatch.setattr(workers, "_SLICE_WITH_ROWS", 1)
    held = ODD[case]()
    whole, problems = make_documents(ALL, held, policy(), tmp_path / "whole", jobs=1)
    files, found = make_documents(ALL, stored_tables(held, 2), policy(), tmp_path / "store", jobs=1)
    assert [path.name for path in files] == [path.name for path in whole]
    assert found == problems and prints(tmp_path / "store") == prints(tmp_path / "whole")


@cache
def _both() -> tuple[Contexts, TableStore, Contexts]:
    held = program()
    store = stored_tables(held.tables)
    outline = store.make_outline(held.policy, store.score_everybody(held.policy))
    return Contexts(held.tables, held.policy), store, Contexts(store.in_memory, held.policy, "zh", outline)


@cache
def _papers() -> list[tuple[str, str]]:
    whole, _, _ = _both()
    return [(kind, record) for kind in ALONE for record in KINDS[kind].ids(whole)]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_papers_together(data: st.DataObject) -> None:
    whole, store, outline = _both()
    asked = data.draw(st.lists(st.sampled_from(_papers()), min_size=1, max_size=6))
    ids = set().union(*(KINDS[kind].about(outline, record) for kind, record in asked))  # type: ignore[misc]
    part = outline.with_tables(unpack_rows(store.select_rows(ids), store.origins))
    for kind, record in asked:
        assert _said(part, kind, record) == _said(whole, kind, record)


def _said(contexts: Contexts, kind: str, record: str) -> Any:
    try:
        return KINDS[kind].context(contexts, record), KINDS[kind].review(contexts, record)
    except DocumentError as error:
        return error.problems


def test_nobody_elses_rows() -> None:
    """Around a person there are that person's rows, the contracts' other holders', and no figures of anybody else."""
    _, store, outline = _both()
    person = outline.standing.people[5]
    around = unpack_rows(store.select_rows({person}), store.origins)
    contracts = around["contracts"]
    assert all(
        person in pair for pair in zip(contracts.column("holder"), contracts.column("second_holder"), strict=True)
    )
    for table in ("actuals", "events", "plans", "coaching", "interviews", "improvements", "appeals"):
        assert set(around[table].column("holder")) <= set(contracts.column("holder"))
    assert set(around["contract_lines"].column("contract")) <= set(contracts.column("contract"))


def test_a_program_on_disk_is_a_program() -> None:
    """Whatever reads tables gets them whole, as from memory."""
    held = program()
    stored, problems = from_tables(stored_tables(held.tables))
    assert set(stored.tables) == set(held.tables)
    filled = {name for name, records in held.tables.items() if records}
    assert {name for name in stored.tables if stored.tables[name]} == filled < set(held.tables)  # nobody was calibrated
    assert stored.problems is problems and problems == held.problems
    assert stored.tables["contract_lines"].columns == held.tables["contract_lines"].columns
    assert np.array_equal(stored.score()[0].totals.total, held.score()[0].totals.total, equal_nan=True)


def test_memory_does_not_grow_with_the_rows() -> None:
    """What is added is on disk: a hundred times the rows, next to no more memory."""
    code = (
        "from benchmarks.table import peak_memory; from tests.test_table_store import filled;"
        "filled(2); before = peak_memory(); filled(200); print(peak_memory() - before)"
    )
    grown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_ROOT).stdout
    assert float(grown) < 24, grown


_ROOT = Path(__file__).parents[1]


def filled(blocks: int) -> TableStore:
    """A thousand actuals in each block."""
    store = TableStore()
    for block in range(blocks):
        rows = [
            {"holder": f"E{block}", "kpi": "K1", "period": "2025-01", "value": float(i), "evidence": "说明" * 20}
            for i in range(1000)
        ]
        store.add(from_rows("actuals", rows))
    store.finish()
    return store


def test_a_full_disk() -> None:
    store = TableStore()
    store._database.execute("PRAGMA max_page_count = 40")
    with pytest.raises(DiskFull, match="full"):
        for _ in range(50):
            store.add(from_rows("actuals", [{"holder": "E1", "kpi": "K1", "evidence": "x" * 4000} for _ in range(50)]))
