"""What a template of score books that HR has changed can no longer do, cell by cell, and what its names mark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.workbook.score.formulas import BASIS, COLUMNS, LIMITS, RESULTS
from perfxl.workbook.score.page import CONTRACT, DECIDED, PERSON
from perfxl.workbook.score.template import SUMMARY, ScoreTemplate, template_for
from perfxl.workbook.template.book import ROWS

__all__ = ["Mark", "check_score_template"]

_LINES = frozenset(column.name for column in COLUMNS)
_SEGMENT = ("contract", "span", "days", "total", "completeness", "provisional", "most", "best")
_KNOWN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("lines", "adjusting", "vetoes", "monitored"), _LINES),
    "title": frozenset(("name", "post")),
    "details": frozenset(("details",)),
    "sum": frozenset(("weight", "effective", "weighted")),
    "limits": frozenset(LIMITS),
    **dict.fromkeys(("result", "undetermined", "person_result", "person_undetermined"), frozenset((*RESULTS, *BASIS))),
    "segments": frozenset(_SEGMENT),
    DECIDED: frozenset((DECIDED,)),
}
_AROUND = frozenset(("summary", "people", "unit", "name", "person"))
# What formulas need; figures that few methods use are in the shipped template, to the right of what is printed.
_LIVE: Mapping[str, tuple[str, ...]] = {
    "lines": tuple(column.name for column in COLUMNS if column.name not in ("kpi", "unit", "method", "direction")),
    "adjusting": ("actual", "k", "limit", "points", "status"),
    "vetoes": ("actual", "limit", "points", "spread"),
    "result": (*RESULTS, *BASIS),
    "segments": ("days", "total", "completeness", "provisional", "most", "best"),
    "person_result": ("total", "grade", "band"),
}
_NOT_LIVE = ("to_date", "light", "forecast")
_SUMMARY_FIELDS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("units", "more_units"),
        frozenset(("unit", "people", "official", "mean", "best", "least", "open", "head", "head_total")),
    ),
    "gaps": frozenset(("kpi", "people", "points", "weight", "lost_each", "lost")),
    "grades": frozenset(("grade", "count", "share")),
    "bins": frozenset(("range", "count")),
    "": frozenset(
        (
            *("title", "subtitle", "company", "period", "as_of", "to_people", "to_params"),
            *(f"card_{name}" for name in ("people", "official", "mean", "complete")),
            *(f"card_{name}" for name in ("pending", "absent", "problem", "vetoed")),
        )
    ),
}
_TEXTS: Mapping[str, Text] = {
    "title": Text("姓名与岗位", "name and post"),
    "details": Text("合同说明", "the contract's details"),
    "header": Text("列标题", "names of the columns"),
    "lines": Text("有权重的指标", "weighted KPIs"),
    "adjusting": Text("加减分项", "deductions and bonuses"),
    "vetoes": Text("否决项", "vetoes"),
    "monitored": Text("监控指标", "monitored KPIs"),
    "sum": Text("合计", "the sum"),
    "limits": Text("加减与限制", "limits"),
    "result": Text("合同结果", "the contract's result"),
    "undetermined": Text("未定的合同结果", "an undetermined contract"),
    "segments_title": Text("各段合同的标题", "the title of the contracts"),
    "segments_header": Text("各段合同的列标题", "names of the contracts' columns"),
    "segments": Text("各段合同", "the contracts"),
    "person_result": Text("个人结果", "the person's result"),
    "person_undetermined": Text("未定的个人结果", "an undetermined person"),
    "decided": Text("校准与申诉", "calibrations and appeals"),
    "units": Text("各单位（图表中的前 20 个）", "units, the 20 of the chart"),
    "more_units": Text("其余单位", "the other units"),
    "gaps": Text("失分最多的指标", "KPIs that lose most points"),
    "grades": Text("等级分布", "grades"),
    "bins": Text("总分分布", "totals"),
}


class Mark(NamedTuple):
    """A defined name of a template, the cells that it marks, and what for."""

    name: str
    reach: str
    meaning: Text


def check_score_template(path: Path, lang: str) -> tuple[list[Mark], list[Problem]]:
    """Returns: what its names mark, and what it cannot do."""
    template, problems = template_for(path, lang)
    if template is None:
        return [], problems
    marks = [
        Mark(f"{ROWS}{kind}", f"{sheet}!{row}:{row}", _TEXTS.get(kind, Text(kind, kind)))
        for sheet, kinds in template.marks.items()
        for kind, row in kinds.items()
    ]
    return marks, [*problems, *_judge(path.name, template)]


def _judge(file: str, template: ScoreTemplate) -> Iterator[Problem]:
    page = template.page
    for kind in (*CONTRACT, *PERSON, DECIDED):
        if kind not in page.of_kind and kind not in page.apart:
            yield problem("score_template_lacks_row", Address(file, template.page_title), value=_TEXTS[kind])
    for kind, apart in page.apart.items():
        address = Address(file, template.page_title, f"A{page.marks[kind]}")
        shown = ", ".join(f"{{{{{name}}}}}" for name in apart)
        yield problem("score_template_other_columns", address, value=_TEXTS[kind], fields=shown)
    for kind, fields in _LIVE.items():
        for name in fields if kind in page.of_kind else ():
            if name not in page.letters(kind) and name not in _NOT_LIVE:
                address = Address(file, template.page_title, f"A{page.marks[kind]}")
                yield problem("score_template_figure_only", address, value=f"{{{{{name}}}}}", kind=_TEXTS[kind])
    for table in SUMMARY:
        if table not in template.summary.tables:
            yield problem("score_template_lacks_row", Address(file, template.summary_title), value=_TEXTS[table])
    yield from _unknown(file, template)


def _unknown(file: str, template: ScoreTemplate) -> Iterator[Problem]:
    """Fields that nothing is known for: they would stay blank."""
    page = template.page
    for pattern in (*page.head, *page.contract, *page.person, *page.decided, *page.tail):
        known = _KNOWN.get(pattern.kind, frozenset()) if pattern.kind else _AROUND
        for cell in pattern.cells:
            for name in cell.parts[1::2]:
                if name not in known:
                    yield _field(file, template.page_title, f"{cell.letters}{pattern.row}", name, known)
    for field in template.summary.fields:
        known = _SUMMARY_FIELDS.get(field.table, frozenset())
        if field.name not in known:
            yield _field(file, template.summary_title, field.cell, field.name, known)


def _field(file: str, sheet: str, cell: str, name: str, known: frozenset[str]) -> Problem:
    near = get_close_matches(name, known, 1)
    meant = f"{{{{{near[0]}}}}}" if near else "—"
    return problem("template_field_unknown", Address(file, sheet, cell), value=f"{{{{{name}}}}}", meant=meant)
