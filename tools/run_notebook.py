"""Runs docs/notebook.ipynb and keeps what it shows: python -m tools.run_notebook

docs/build.py makes docs/notebook.md of it, so run that afterwards.
"""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import ExecutePreprocessor

DOCS = Path(__file__).parent.parent / "docs"
NOTEBOOK = DOCS / "notebook.ipynb"
PICTURES = "img/notebook-{}.png"


def run(folder: Path, timeout: int = 120) -> Any:
    """The notebook as it is once its cells have run in a folder. Raises: CellExecutionError for one that fails."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    executor = ExecutePreprocessor(timeout=timeout, kernel_name="python3")
    executor.preprocess(notebook, {"metadata": {"path": str(folder)}})
    return notebook


def main() -> None:
    """Runs it in a folder of its own, and keeps the notebook and its pictures."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = run(Path(folder))
    pictures = [
        output.data["image/png"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    for place, picture in enumerate(pictures, 1):
        (DOCS / PICTURES.format(place)).write_bytes(base64.b64decode(picture))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # when it ran
        if cell.cell_type == "code":
            cell.outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
    nbformat.write(notebook, NOTEBOOK)


if __name__ == "__main__":
    main()
