"""perfxl beside docxtpl and the libraries of npm: the same contract, plain values and rows, a file each, one process.

    python -m benchmarks.others [seconds per library]

docxtemplater, easy-template-x and carbone are installed into a temporary folder where node and npm are there, and left
out where not. The template is that of render.py without conditions, in each library's own tags.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate

from benchmarks.render import contract_records, contract_template, split_runs
from benchmarks.table import Row, show
from perfxl.documents.template.compiled import CompiledTemplate

ROUNDS = 3
PACKAGES = {
    "docxtemplater": ("docxtemplater", "pizzip"),
    "easy-template-x": ("easy-template-x",),
    "carbone": ("carbone",),
}

Speed = Callable[[float], float]  # seconds to spend -> documents a second


def main() -> None:
    seconds = (float(sys.argv[1]) if len(sys.argv) > 1 else 10.0) / ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        libraries = dict(_libraries(Path(folder)))
        speeds: dict[str, list[float]] = {name: [] for name in libraries}
        words: dict[str, list[str]] = {}
        for _ in range(ROUNDS):
            for name, speed in libraries.items():
                speeds[name].append(speed(seconds))
                words[name] = _words(Path(folder) / "0.docx")
    different = [name for name in words if words[name] != words["docxtpl"]]
    if different:
        print(f"not the same words as docxtpl: {', '.join(different)}")
    show("plain rows, a file each: docs/s, times docxtpl", [_row(name, speeds) for name in speeds])


def _row(name: str, speeds: dict[str, list[float]]) -> Row:
    ratio = statistics.median(one / base for one, base in zip(speeds[name], speeds["docxtpl"], strict=True))
    asked = "ahead of all" if name == "perfxl" else ""
    return Row(name, f"{statistics.median(speeds[name]):,.0f}/s {ratio:8.1f} x", asked)


def _libraries(folder: Path) -> Iterator[tuple[str, Speed]]:
    records = [_flat(record) for record in islice(contract_records(), 50)]
    python = folder / "python.docx"
    python.write_bytes(_template("{{{{ {} }}}}"))
    compiled = CompiledTemplate(python)

    def docxtpl(record: dict[str, Any]) -> bytes:
        document, saved = DocxTemplate(python), BytesIO()
        document.render(record, autoescape=True)
        document.save(saved)
        return saved.getvalue()

    yield "docxtpl", _in_python(docxtpl, records, folder)
    yield "perfxl", _in_python(compiled.render, records, folder)
    if not _installed(folder):
        return
    (folder / "records.json").write_text(json.dumps(records))
    braces = _template("{{{}}}", "{{{}}}")
    for name in PACKAGES:
        template = folder / f"{name}.docx"
        template.write_bytes(_template("{{d.{}}}", "{{d.kpis[i].{}}}") if name == "carbone" else braces)
        yield f"{name} (npm)", _in_node(name, template, folder)


def _words(document: Path) -> list[str]:
    """Of the body, as they are printed."""
    body = docx.Document(str(document)).element.body
    return ["".join(text.text or "" for text in paragraph.iter(qn("w:t"))) for paragraph in body.iter(qn("w:p"))]


def _in_python(make: Callable[[dict[str, Any]], bytes], records: list[dict[str, Any]], folder: Path) -> Speed:
    def speed(seconds: float) -> float:
        begin, number = time.perf_counter(), 0
        while (passed := time.perf_counter() - begin) < seconds:
            (folder / f"{number}.docx").write_bytes(make(records[number % len(records)]))
            number += 1
        return number / passed

    return speed


def _in_node(name: str, template: Path, folder: Path) -> Speed:
    def speed(seconds: float) -> float:
        script = Path(__file__).with_suffix(".js")
        command: list[str | Path] = ["node", script, name, template, folder / "records.json", folder, str(seconds)]
        return float(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)

    return speed


def _installed(folder: Path) -> bool:
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        print("node or npm is not here: npm's libraries are left out")
        return False
    packages = [package for needed in PACKAGES.values() for package in needed]
    (folder / "package.json").write_text("{}")
    command = [npm, "install", "--no-audit", "--no-fund", *packages]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"npm cannot install: npm's libraries are left out ({done.stderr.strip().splitlines()[-1:]})")
    return done.returncode == 0


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    """person.name as person_name: not every library follows dots. And no blanks, which each prints in its way."""
    flat: dict[str, Any] = {"term": "一年"}
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{key}": inner for key, inner in value.items()}
        elif value is not None:
            flat[name] = value
    return flat


def _template(tag: str, row_tag: str = "") -> bytes:
    """The contract in the tags of a library; without a `row_tag`, rows stay as docxtpl has them."""
    document = docx.Document(BytesIO(contract_template()))
    document.core_properties.title = "业绩合同"
    if row_tag:
        (rows,) = (table for table in document.tables if "{%tr for" in table.cell(1, 0).text)
        _set_rows(rows, row_tag)
    for paragraph in _paragraphs(document):
        if _CONDITION.search(paragraph.text) or _TAG.search(paragraph.text):
            plain = _CONDITION.sub("", paragraph.text)
            _retext(paragraph, _TAG.sub(lambda found: tag.format(found[1].replace(".", "_")), plain))
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


_CONDITION = re.compile("{% (?:if|else|endif).*?%}")
_TAG = re.compile(r"{{ (?!k\.)([\w.]+) }}")
_ROW_TAG = re.compile(r"{{ k\.(\w+) }}")


def _set_rows(table: Any, row_tag: str) -> None:
    """docxtpl repeats what is between two rows of tags; carbone takes two rows for an example, the others look for tags
    in the first and the last cell."""
    _, loop, row, end = table.rows
    for extra in (loop, end):
        table._tbl.remove(extra._tr)
    for cell in row.cells:
        _retext(cell.paragraphs[0], _ROW_TAG.sub(lambda found: row_tag.format(found[1]), cell.text))
    if "[i]" in row_tag:
        row._tr.addnext(copy.deepcopy(row._tr))
        for cell in table.rows[-1].cells:
            _retext(cell.paragraphs[0], cell.text.replace("[i]", "[i+1]"))
    else:
        first, last = row.cells[0].paragraphs[0], row.cells[-1].paragraphs[0]
        _retext(first, "{#kpis}" + first.text)
        _retext(last, last.text + "{/kpis}")


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    section = document.sections[0]
    for part in (document, section.header, section.footer):
        yield from part.paragraphs
        for table in part.tables:
            for row in table.rows:
                for cell in row.cells:
                    yield from cell.paragraphs


def _retext(paragraph: Paragraph, text: str) -> None:
    for run in paragraph.runs:
        if not run._element.findall(qn("w:drawing")):
            paragraph._p.remove(run._element)
    split_runs(paragraph, text)


if __name__ == "__main__":
    main()
