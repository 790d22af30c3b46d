"""docs/notebook.ipynb runs from top to bottom with nbconvert, in a kernel of its own, and shows what it promises."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from perfxl import sample
from perfxl.workbook.program.book import write_program
from tools.run_notebook import NOTEBOOK, run


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from jupyter_client.kernelspec import NoSuchKernel

    folder = tmp_path_factory.mktemp("notebook")
    (folder / "perfxl-demo").mkdir()
    write_program(folder / "perfxl-demo" / "示例绩效方案.xlsx", sample.program(60), "zh")
    try:
        notebook = run(folder)
    except NoSuchKernel as error:
        pytest.skip(f"no kernel for Jupyter here: {error}")
    except RuntimeError as error:
        if "Kernel died before replying" not in str(error):
            raise
        pytest.skip(f"the kernel cannot start here: {error}")
    notebook.metadata["folder"] = str(folder)
    return notebook


def shown(notebook: Any, source: str, kind: str) -> list[str]:
    """What the cell with this code shows, of one kind."""
    (cell,) = (each for each in notebook.cells if each.cell_type == "code" and source in each.source)
    return [each.data[kind] for each in cell.outputs if kind in each.get("data", {})]


def test_every_cell_ran_and_shows_itself(executed: Any) -> None:
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")
    (card,) = shown(executed, "px.load", "text/html")
    assert "示例绩效方案.xlsx" in card
    assert len(shown(executed, "left.hist", "image/png")) == 1 and len(shown(executed, "scatter", "image/png")) == 1
    (explained,) = shown(executed, "s.explain", "text/html")
    assert explained.startswith("<div") and "系数" in explained
    (status,) = shown(executed, "df.status.value_counts", "text/plain")
    assert "official" in status and "provisional" in status


def test_the_what_if_moves_totals_and_the_results_are_kept(executed: Any) -> None:
    (cell,) = (each for each in executed.cells if "points_cap=100" in each.source and each.cell_type == "code")
    told = next(each.text for each in cell.outputs if each.output_type == "stream")
    assert int(told.split(" of ")[0]) > 0 and "by -" in told
    folder = Path(executed.metadata["folder"])
    assert (folder / "scores.xlsx").is_file() and (folder / "policy.json").is_file()


def test_the_kept_notebook_shows_what_its_cells_give_today(executed: Any) -> None:
    kept = nbformat.read(NOTEBOOK, as_version=4)
    told = ("px.load", "problems[[", 'df[["person"', "df.status.value_counts", "lines[[", "s.explain", ".compare(")
    for source in told:
        assert shown(kept, source, "text/plain") == shown(executed, source, "text/plain"), "run: tools.run_notebook"


def test_the_kept_notebook_shows_no_path_of_this_machine() -> None:
    text = (Path(__file__).parent.parent / "docs" / "notebook.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"/(?:tmp|home)/|Traceback", text)
