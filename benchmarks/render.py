"""How fast one core makes contracts: docxtpl against perfxl's compiled template, interleaved, in one run.

    python -m benchmarks.render [seconds per engine]

Ratios are of processor time, medians of rounds: a core is a core, whatever else the machine does.

The template is built here: two pages of Chinese with a logo, header, footer, 12 KPI columns and Word's habit of
splitting runs; records have 8 to 12 KPIs.
"""

from __future__ import annotations

import random
import shutil
import statistics
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from docxtpl import DocxTemplate

from benchmarks.table import Row, Spent, show, spent
from perfxl.documents.template.compiled import CompiledTemplate

ROUNDS = 5
ASKED = {"perfxl, a file each": 60, "perfxl, one archive": 80}
Engine = Callable[[Iterator[dict[str, Any]], int, Path], None]  # records, how many, where to


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "contract.docx"
        template.write_bytes(contract_template())
        engines = list(_engines(template))
        records = contract_records()
        taken: dict[str, list[Spent]] = {name: [] for name, _ in engines}
        for _ in range(ROUNDS):
            for name, engine in engines:
                taken[name].append(per_document(engine, records, seconds / ROUNDS, Path(folder)))
    show("contracts, one core: docs/s, times docxtpl", list(rows(taken, ASKED)))


def contract_template() -> bytes:
    document = docx.Document()
    document.core_properties.title = "业绩合同 {{ person.name }}"
    section = document.sections[0]
    section.page_width, section.page_height = section.page_height, section.page_width
    section.header.paragraphs[0].add_run().add_picture(BytesIO(_logo()), width=Cm(2))
    split_runs(section.header.paragraphs[0], "{{ company }} 业绩合同 编号 {{ number }}")
    split_runs(section.footer.paragraphs[0], "机密 {{ person.name }} {{ period.name }}")
    document.add_heading("业绩合同", 0)
    for text in OPENING:
        split_runs(document.add_paragraph(), text)
    _table(document, [PARTY_LABELS, [f"{{{{ {name} }}}}" for name in PARTY_NAMES]])
    document.add_heading("一、业绩指标", 1)
    labels = [label for _, label in KPI_FIELDS]
    tags = [f"{{{{ k.{field} }}}}" for field, _ in KPI_FIELDS]
    loop, end = ([tag] + [""] * (len(tags) - 1) for tag in ("{%tr for k in kpis %}", "{%tr endfor %}"))
    _table(document, [labels, loop, tags, end])
    for number, text in enumerate(CLAUSES, 1):
        document.add_heading(f"第{number}条", 2)
        split_runs(document.add_paragraph(), text)
    _table(document, [["发约人签字：", "受约人签字：{{ person.name }}"], ["日期：", "日期："]])
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def contract_records() -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    return cycle([_record(chance, number) for number in range(50)])


OPENING = (
    "发约人：{{ issuer.name }}（{{ issuer.post }}）",
    "受约人：{{ person.name }}（{{ person.post }}，{{ person.unit }}）",
    "合同期限：{{ period.start }} 至 {{ period.end }}{% if term %}（任期 {{ term }}）{% endif %}",
)
PARTY_LABELS = ["工号", "姓名", "部门", "岗位", "直接上级", "合同类型"]
PARTY_NAMES = ("person.id", "person.name", "person.unit", "person.post", "issuer.name", "kind")
KPI_FIELDS = (
    ("no", "序号"), ("aspect", "维度"), ("name", "指标"), ("definition", "定义"), ("unit", "单位"), ("weight", "权重"),
    ("base", "基准值"), ("threshold", "门槛值"), ("target", "目标值"), ("challenge", "挑战值"),
    ("method", "计分方法"), ("source", "数据来源"),
)  # fmt: skip
CLAUSES = (
    "受约人承诺在合同期内完成上述指标，权重合计 {{ total_weight }}%。",
    "考核得分按附件所列方法计算，总分上限 {{ cap }} 分，"
    "{% if veto %}出现否决事项时总分为零。{% else %}无否决事项。{% endif %}",
    "数据由归口部门提供，争议由 {{ issuer.unit }} 裁定；申诉期为结果公布后 {{ appeal_days }} 个工作日。" * 3,
    "本合同一式三份，发约人、受约人及人力资源部各执一份，自 {{ period.start }} 起生效。" * 3,
)


def _record(chance: random.Random, number: int) -> dict[str, Any]:
    name = chance.choice("赵钱孙李周吴郑王") + chance.choice(["伟", "芳", "娜", "敏", "静", "秀英", "丽", "强"])
    return {
        "company": "某某集团有限公司",
        "number": f"PC-2025-{number:05}",
        "kind": "年度",
        "term": None,
        "veto": number % 2,
        "person": {"id": f"E{number:05}", "name": name, "unit": "华东销售部", "post": "区域经理"},
        "issuer": {"name": "陈总", "post": "总经理", "unit": "考核委员会"},
        "period": {"name": "2025 年度", "start": "2025-01-01", "end": "2025-12-31"},
        "kpis": [_kpi(n, number) for n in range(1, chance.randint(8, 12) + 1)],
        "total_weight": 100,
        "cap": 120,
        "appeal_days": 5,
    }


def _kpi(number: int, person: int) -> dict[str, Any]:
    return {
        "no": number,
        "aspect": "财务",
        "name": f"指标 {number} <{person}>",
        "definition": "按当期合并报表口径计算，剔除一次性项目 & 汇率影响",
        "unit": "万元",
        "weight": "10%",
        "base": "900.5",
        "threshold": "950",
        "target": "1,000",
        "challenge": "1,100",
        "method": "区间线性计分",
        "source": "财务部",
    }


def _engines(template: Path) -> Iterator[tuple[str, Engine]]:
    compiled = CompiledTemplate(template)
    record = next(contract_records())
    if compiled.self_check(record):
        raise SystemExit("the results differ: nothing to compare")
    finished = compiled.render(record)

    def docxtpl_files(records: Iterator[dict[str, Any]], count: int, folder: Path) -> None:
        for number in range(count):
            document = DocxTemplate(template)
            document.render(next(records), autoescape=True)
            document.save(folder / f"{number}.docx")

    def fallback_files(records: Iterator[dict[str, Any]], count: int, folder: Path) -> None:
        for number in range(count):
            document = compiled.docxtpl()
            document.render(next(records))
            document.save(folder / f"{number}.docx")

    def compiled_files(records: Iterator[dict[str, Any]], count: int, folder: Path) -> None:
        for number in range(count):
            (folder / f"{number}.docx").write_bytes(compiled.render(next(records)))

    def compiled_archive(records: Iterator[dict[str, Any]], count: int, folder: Path) -> None:
        with zipfile.ZipFile(folder / "all.zip", "w") as archive:
            for number in range(count):
                archive.writestr(f"{number}.docx", compiled.render(next(records)))

    def only_writing(records: Iterator[dict[str, Any]], count: int, folder: Path) -> None:
        for number in range(count):
            (folder / f"{number}.docx").write_bytes(finished)

    yield "docxtpl", docxtpl_files
    yield "docxtpl, compiled once (fallback tier)", fallback_files
    yield "perfxl, a file each", compiled_files
    yield "perfxl, one archive", compiled_archive
    yield "no rendering, a file each", only_writing


def per_document(engine: Engine, records: Iterator[dict[str, Any]], seconds: float, parent: Path) -> Spent:
    """The number of documents is found by doubling, so that quick engines are timed as long."""
    count = 4
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent))
        taken = spent(partial(engine, records, count, folder))
        shutil.rmtree(folder)
        if taken.cpu > seconds / 2:
            return Spent(taken.wall / count, taken.cpu / count)
        count *= 2


def rows(taken: dict[str, list[Spent]], wanted: dict[str, int]) -> Iterator[Row]:
    slowest, *_ = taken.values()
    for name, rounds in taken.items():
        speed = statistics.median(1 / one.wall for one in rounds)
        ratio = statistics.median(base.cpu / one.cpu for one, base in zip(rounds, slowest, strict=True))
        asked = f"at least {wanted[name]} x" if name in wanted else ""
        yield Row(name, f"{speed:,.0f}/s {ratio:8.1f} x", asked)


def _table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            split_runs(cell.paragraphs[0], text)


def split_runs(paragraph: Paragraph, text: str) -> None:
    """Runs as Word leaves them after editing: broken within tags, each with its own fonts and revision mark."""
    for start in range(0, len(text), 7):
        run = paragraph.add_run(text[start : start + 7])
        _dress(run, start)


def _dress(run: Run, seed: int) -> None:
    run.font.name = "宋体"
    properties: Any = run._element.get_or_add_rPr()
    fonts = properties.rFonts
    for script in ("eastAsia", "cs"):
        fonts.set(f"{{{docx.oxml.ns.nsmap['w']}}}{script}", "宋体")
    run._element.set(f"{{{docx.oxml.ns.nsmap['w']}}}rsidR", f"00{seed:06X}")
    language = OxmlElement("w:lang")
    language.set(f"{{{docx.oxml.ns.nsmap['w']}}}eastAsia", "zh-CN")
    properties.append(language)


def _logo(size: int = 96) -> bytes:
    """A PNG of noise: what cannot be compressed costs most."""
    chance = random.Random(2)
    rows = b"".join(b"\0" + chance.randbytes(size * 3) for _ in range(size))
    chunks = (
        (b"IHDR", struct.pack(">2L5B", size, size, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    pieces = (struct.pack(">L", len(d)) + k + d + struct.pack(">L", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


if __name__ == "__main__":
    main()
