"""The pictures of docs/managers.md: forms of a sample program that were sent out, some of them filled in and collected,
as LibreOffice prints them.

`python -m tools.draw_managers` makes docs/img/managers-*.png; it needs soffice, pdftoppm, pdftotext and Pillow.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps

from perfxl import sample
from perfxl.core.language import Text
from perfxl.core.records import from_rows
from perfxl.core.values.dates import period_span
from perfxl.disk import made_folder
from perfxl.exchange.collect import Collection, collect, write_collected
from perfxl.exchange.progress import write_progress
from perfxl.exchange.send import Order, Sent, distribute
from perfxl.program import Program, load
from perfxl.workbook.files import load_quietly
from perfxl.workbook.program.book import write_program

IMAGES = Path(__file__).parent.parent / "docs" / "img"
_PEOPLE, _PERIOD, _DUE = 60, "2025Q1", date(2025, 4, 10)
_KNOWN = ("2025-01", "2025-02")  # reported before the forms go out
_WIDE = 1000  # pixels
_DARKER = 5  # than its neighbours a row of pixels is that is a line of the table
_SHOWN = 3  # which of the managers' forms is shown

Reported = dict[tuple[Any, ...], dict[str, Any]]


class Picture(NamedTuple):
    """A picture: its name, the workbook, how each page begins that it shows, and how high each may be."""

    name: str
    book: Path
    pages: tuple[str, ...]
    high: int = 480


class _Answer(NamedTuple):
    """Whose form comes back, how much of it is filled in, what is typed besides, and what its name has more."""

    form: int
    share: float
    typed: Mapping[str, str | float] = {}
    added: str = ""


_ANSWERS = (
    _Answer(1, 1.0),
    _Answer(2, 0.6),
    _Answer(3, 0.9, {"H7": "九十五", "G5": 99, "H8": 95.5}),
    _Answer(4, 1.0, {"H7": 11}),
    _Answer(4, 1.0, {"H7": 17}, "（更正）"),
)
_CHANGED = 1_743_900_000  # when the first one was, in seconds
_INPUTS = {"实际完成值": "value", "级别": "value", "分子": "numerator", "分母": "denominator", "依据": "evidence"}


def main() -> None:
    """Draws them all."""
    with tempfile.TemporaryDirectory() as folder:
        for lang in ("zh", "en"):
            for picture in pictures(made_folder(Path(folder) / lang), lang):
                parts = [_page(picture, page) for page in picture.pages]
                _stacked(parts).quantize(256).save(IMAGES / f"managers-{picture.name}.png", optimize=True)


def pictures(folder: Path, lang: str) -> Iterator[Picture]:
    """Sends the forms of a program out, has some come back, and collects them; in English only the first sheet."""
    program, reported = _program(folder, lang)
    order = Order(within=period_span(_PERIOD), period=_PERIOD, due=_DUE)
    sent, _ = distribute(program, folder / "sent", order)
    form = folder / "sent" / sent.files[_SHOWN].path
    if lang == "en":
        yield Picture("start.en", form, ("Performance form",), 540)
        return
    yield Picture("start", form, ("绩效填报表",), 540)
    yield Picture("actuals", form, ("实绩填报",))
    yield Picture("grades", form, ("定性评价",), 380)
    yield Picture("scores", form, ("预估得分",))
    back, out, report = folder / "发回", folder / "收集结果.xlsx", folder / "进度.xlsx"
    _answer(sent, folder / "sent", made_folder(back), reported)
    collected = collect(program, Collection((back,), back=folder / "退回"))
    assert program.path
    write_collected(collected, program.path, out)
    merged, record = collected.merged, collected.record
    write_progress(report, program.tables, merged, record, collected.problems, "zh", out, collected.found)
    yield Picture("progress", report, ("进度",))
    yield Picture("disagreements", report, ("分歧",), 300)
    yield Picture("marked", collected.marked[0].path, ("检查结果", "实绩填报"), 250)


def _program(folder: Path, lang: str) -> tuple[Program, Reported]:
    """A sample program of which the figures of the last month are still to come, and these."""
    tables = sample.program(_PEOPLE, lang=lang)
    rows = list(tables["actuals"].records())
    known = from_rows("actuals", [row for row in rows if row["period"] in _KNOWN])
    path = folder / Text("绩效方案.xlsx", "program.xlsx")(lang)
    write_program(path, {**tables, "actuals": known}, lang)
    return load(path)[0], {(row["holder"], row["kpi"], row["period"]): row for row in rows}


def _answer(sent: Sent, folder: Path, back: Path, reported: Reported) -> None:
    """Some managers fill their forms in: wholly, in part, with slips, and one twice, differently."""
    for number, answer in enumerate(_ANSWERS):
        file = folder / sent.files[answer.form].path
        book = load_quietly(file)
        for sheet in (book[title] for title in ("实绩填报", "定性评价") if title in book.sheetnames):
            at = {cell.value: i for i, cell in enumerate(sheet[4])}
            for row in list(sheet.iter_rows(min_row=5))[: int(answer.share * (sheet.max_row - 4))]:
                key = tuple(row[at[word]].value for word in ("工号", "指标编号", "期间"))
                for word in _INPUTS.keys() & at.keys():
                    row[at[word]].value = reported.get(key, {}).get(_INPUTS[word])
        for cell, value in answer.typed.items():
            book["实绩填报"][cell] = value
        path = back / f"{file.stem}{answer.added}.xlsx"
        book.save(path)
        os.utime(path, (_CHANGED + number, _CHANGED + number))


def _page(picture: Picture, begins: str) -> Image.Image:
    """A page without its margins, cut below a row of its table."""
    folder = picture.book.parent
    pdf = picture.book.with_suffix(".pdf")
    if not pdf.exists():
        convert = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "pdf"]
        subprocess.run([*convert, "--outdir", folder, picture.book], check=True, capture_output=True)
    texts = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, text=True).stdout.split("\f")
    number = str(1 + next(i for i, text in enumerate(texts) if text.strip().startswith(begins)))
    to = ["-png", "-scale-to-x", str(_WIDE), "-scale-to-y", "-1", "-f", number, "-l", number, "-singlefile"]
    subprocess.run(["pdftoppm", *to, pdf, folder / "page"], check=True)
    drawn = Image.open(folder / "page.png").convert("RGB")
    grey = drawn.convert("L")
    left, _, right, _ = ImageOps.invert(grey).getbbox() or (0, 0, *drawn.size)
    top = (ImageOps.invert(grey.crop((0, 0, _WIDE // 2, drawn.height))).getbbox() or (0, 0))[1]  # not the page's header
    means = np.asarray(grey)[:, left:right].mean(axis=1)
    lines = [y for y in range(top, top + picture.high) if means[y] < min(means[y - 2], means[y + 2]) - _DARKER]
    bottom = lines[-1]
    return drawn.crop((left - 6, top - 6, right + 6, bottom + 2))


def _stacked(parts: list[Image.Image]) -> Image.Image:
    """Pictures below each other."""
    whole = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), "white")
    for at, part in enumerate(parts):
        whole.paste(part, (0, sum(each.height for each in parts[:at])))
    return whole


if __name__ == "__main__":
    main()
