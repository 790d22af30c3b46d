"""The pictures of docs/own-tables.md: tables of tests/data/tables/layouts.json, as LibreOffice prints them.

`python -m tools.draw_tables` makes docs/img/own_*.png; it needs soffice, pdftoppm and Pillow.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, PatternFill, Side
from openpyxl.utils import get_column_letter
from PIL import Image, ImageOps

ROOT = Path(__file__).parent.parent
LAYOUTS = ROOT / "tests" / "data" / "tables" / "layouts.json"
PICTURES = {
    "own_contract.png": "section headings",
    "own_scored.png": "shares in note",
    "own_levels.png": "levels w/ header over",
    "own_grades.png": "bands horizontally",
    "own_matrix.png": "matrix with dept post weightrow",
    "own_months.png": "quarters pairs",
    "own_asked.png": "unknown kpi header",
}
"""Picture -> the layout that it shows."""


def main() -> None:
    """Draws them all."""
    layouts = {layout["name"]: layout for layout in json.loads(LAYOUTS.read_text(encoding="utf-8"))}
    with tempfile.TemporaryDirectory() as folder:
        for picture, name in PICTURES.items():
            draw(layouts[name], Path(folder), ROOT / "docs" / "img" / picture)


def draw(layout: dict[str, Any], folder: Path, picture: Path) -> None:
    """One table with lines around its cells, cut to its size."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in layout["rows"]:
        sheet.append([None if value == "" else value for value in row])
    line = Side(style="thin", color="888888")
    for cells in sheet.iter_rows():
        filled = sum(cell.value is not None for cell in cells)
        for cell in cells:
            cell.alignment = Alignment(wrap_text=filled > 1, vertical="center")
            if filled > 1 or any(cell.coordinate in merge for merge in layout["merges"]):
                cell.border = Border(line, line, line, line)
    texts = [sum(isinstance(value, str) and value != "" for value in row) for row in layout["rows"]]
    head = next(i for i, count in enumerate(texts) if count > 2) + 1
    for cell in sheet[head]:
        cell.fill = PatternFill("solid", start_color="DDE8F4")
    for merge in layout["merges"]:
        sheet.merge_cells(merge)
    for at in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(at)].width = min(12.0, 92 / sheet.max_column)
    sheet.print_options.gridLines = False
    sheet.page_setup.orientation = "landscape"
    book.save(folder / "table.xlsx")
    convert = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "pdf"]
    subprocess.run([*convert, "--outdir", folder, folder / "table.xlsx"], check=True, capture_output=True)
    page = [folder / "table.pdf", folder / "page"]
    subprocess.run(["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", *page], check=True)
    drawn = Image.open(folder / "page.png").convert("L")
    left, top, right, bottom = ImageOps.invert(drawn).getbbox() or (0, 0, *drawn.size)
    cut = (
        Image.open(folder / "page.png")
        .convert("RGB")
        .crop((left - 6, top - 6, min(right + 6, drawn.width), bottom + 6))
    )
    cut.quantize(32).save(picture, optimize=True)


if __name__ == "__main__":
    main()
