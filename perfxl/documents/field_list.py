"""The fields of a kind as HR writes them in a template, each with an example: for `perfxl templates fields`, which
lists them on the terminal, in a workbook or in a Word document (made by tools/doc_templates and filled here)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from perfxl.core.language import BRACKETS, Text
from perfxl.core.wording.formatting import BLANK
from perfxl.documents.papers.kind import Field
from perfxl.documents.template.compiled import CompiledTemplate
from perfxl.outputs import replacing

TEMPLATES = Path(__file__).parent  # where field_list.zh.docx and field_list.en.docx are
_INDENT = "　"  # of a field within a list

# How to write what is not simply a field: the tag, and what it does.
HOW_TO: tuple[tuple[str, Text], ...] = (
    (
        "{{ company }}",
        Text("印出一个字段。花括号、点、引号都用半角。", "Prints a field. Copy it as it stands, brackets included."),
    ),
    (
        "{%tr for line in lines %}\n{%tr endfor %}",
        Text(
            "表格的行重复：两个标签各占一行，中间的行每一项印一次。",
            "Repeats table rows: each tag in a row of its own, the rows between are printed for every element.",
        ),
    ),
    (
        "{%p for line in lines %}\n{%p endfor %}",
        Text(
            "段落（和整张表格）重复：两个标签各占一段。",
            "Repeats paragraphs and whole tables: each tag in a paragraph of its own.",
        ),
    ),
    (
        "{%p if lines %}\n{%p else %}\n{%p endif %}",
        Text(
            "有才印：列表不为空、文字不为空、是/否为“是”时印前一段，否则印 else 后的一段。表格的行用 {%tr if … %}。",
            "Prints the part before `else` where the list or text is not empty or the answer is yes, else the part "
            "after it. For table rows: {%tr if … %}.",
        ),
    ),
    (
        "{{ loop.index }}",
        Text("重复之内：第几项（1、2、3……）。", "Within a repetition: 1, 2, 3 …"),
    ),
    (
        "photo\nissuer.signature\nseal",
        Text(
            "图片：插入一张占位图片，大小照它；在替代文字里写 photo（照片）、signature（签名）、seal（公章），"
            "某人的写 {{ issuer.signature }}。图片放在 --pictures 文件夹，按工号或姓名命名。",
            "Pictures: insert a placeholder picture, which gives the size, and write photo, signature or seal as its "
            "alt text, {{ issuer.signature }} for that of somebody in particular. The pictures are in the folder "
            "--pictures, named by employee ID or name.",
        ),
    ),
    (
        "{{ several }}",
        Text(
            "复选框（内容控件）：字段写在控件的标记里，是就打勾。",
            "Check boxes (content controls): the field as the control's tag ticks it where it says yes.",
        ),
    ),
    (
        "qr\n{{ verify_code }}",
        Text(
            "核验：qr 写在占位图片的替代文字里，印成二维码；{{ verify_code }} 印校验码。"
            "纸质文件用 perfxl verify 核对。",
            "Check-back: qr as the alt text of a placeholder picture becomes a QR code, {{ verify_code }} the code in "
            "letters; perfxl verify says whether a print is what was issued.",
        ),
    ),
)

# What a list holds.
_LISTS: Mapping[str, Text] = {
    "actions": Text("改进事项", "Improvements agreed"),
    "adjustments": Text("扣分、加分、否决指标", "Deductions, bonuses and vetoes"),
    "affirmed": Text("值得肯定的指标", "KPIs to affirm"),
    "amended": Text("登记的变更", "Registered changes"),
    "aspects": Text("考核方面", "Aspects"),
    "briefs": Text("所知不多的指标，合用一张表", "KPIs of which little is known, in one table"),
    "cards": Text("有卡片的指标", "KPIs with a card of their own"),
    "changes": Text("变更的项目", "What changed"),
    "contracts": Text("考核期内的合同", "Contracts of the period"),
    "definitions": Text("指标定义与计分规则", "Definitions of the KPIs"),
    "described_scales": Text("有文字描述的分级评估表", "Grade tables with descriptions"),
    "differences": Text("提议有差异的指标", "KPIs whose proposals differ"),
    "distribution": Text("等级分布", "Grades of the unit"),
    "entries": Text("辅导记录", "Coachings"),
    "gaps": Text("有差距的指标", "KPIs that fell short"),
    "grades": Text("级别", "Grades"),
    "grounds": Text("提议的依据", "Grounds"),
    "holders": Text("受约人", "Holders"),
    "items": Text("改进事项", "Improvements"),
    "lines": Text("指标", "KPIs"),
    "monitored": Text("监控指标", "Monitored KPIs"),
    "open_points": Text("未决事项", "Open points"),
    "parties": Text("签署方", "Parties"),
    "people": Text("人员", "People"),
    "promises": Text("上期承诺与计划", "What was promised"),
    "questions": Text("需要核实的问题", "Open questions"),
    "scales": Text("定性指标的分级评估表", "Grade tables"),
    "score_chart": Text("图表：得分", "Chart: points"),
    "score_charts": Text("图表：每份合同的得分", "Chart: points, by contract"),
    "supports": Text("所需资源与服务", "Resources and services"),
    "trend": Text("图表：各月完成率", "Chart: attainment by month"),
    "unit_chart": Text("图表：下级单位", "Chart: units below"),
    "units": Text("下级单位", "Units below"),
}
_REPEATED = Text("{}（列表，逐项重复）", "{} (a list, repeated for each)")
_IN_CHARTS = ("score_chart", "score_charts", "trend", "unit_chart")  # these stand in a chart's data, not in a table
_ANSWERS = {True: Text("是", "yes"), False: Text("否", "no")}


class FieldEntry(NamedTuple):
    """A line of the list: how it is written, what it means, what it may say; `depth` is how many lists it is in.
    `repeats` marks the tag that a list begins with."""

    path: str
    tag: str
    meaning: str
    example: str
    depth: int
    repeats: bool = False


class FieldList(NamedTuple):
    """The fields of one kind of paper."""

    kind: str
    title: str
    entries: Sequence[FieldEntry]


def list_fields(fields: Iterable[Field], examples: Mapping[str, Any], lang: str) -> Iterator[FieldEntry]:
    """The fields in their order, each list headed by the tag that repeats it."""
    fields = tuple(fields)
    names = {field.path.partition(".")[0] for field in fields}
    begun = set[str]()
    for field in fields:
        *lists, last = field.path.split("[]")
        for depth in range(len(lists)):
            path = "[]".join(lists[: depth + 1])
            if path not in begun:
                begun.add(path)
                name = path.rpartition(".")[2]
                meaning = _REPEATED(lang).format(_LISTS[name](lang))
                yield FieldEntry(f"{path}[]", _write_loop(lists[: depth + 1], names), meaning, "", depth, repeats=True)
        example = examples.get(field.path)
        written = f"{name_element(lists, names)}{last}" if lists else last
        tag = f"{{% if {written} %}}" if isinstance(example, bool) else f"{{{{ {written} }}}}"
        yield FieldEntry(field.path, tag, field.label(lang), _show_example(field, example, lang), len(lists))


def collect_examples(contexts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Field -> what it says on a paper: as much as can be from the one that says most, so that examples agree."""
    papers = [
        {path: value for path, value in _walk_values(context) if value not in ("", BLANK, None)} for context in contexts
    ]
    examples: dict[str, Any] = {}
    for paper in sorted(papers, key=len, reverse=True):
        examples = {**paper, **examples}
    return examples


def write_field_list(path: Path, kinds: Sequence[FieldList], lang: str) -> None:
    """Writes the fields of some kinds as a Word document to keep at hand."""
    template = CompiledTemplate(TEMPLATES / f"field_list.{lang}.docx", lang)
    context = {
        "how_to": [{"tag": tag, "meaning": meaning(lang)} for tag, meaning in HOW_TO],
        "kinds": [
            {
                "title": kind.title + BRACKETS(lang).format(kind.kind),
                "entries": [{**entry._asdict(), "tag": _INDENT * entry.depth + entry.tag} for entry in kind.entries],
            }
            for kind in kinds
        ],
    }
    with replacing(path, "fields") as temporary:
        temporary.write_bytes(template.render(context))


def _walk_values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Fields and values, backwards: of a list's elements, the first is to be remembered."""
    if isinstance(value, Mapping):
        for name, element in value.items():
            yield from _walk_values(element, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for element in reversed(value):
            yield from _walk_values(element, f"{path}[]")
    else:
        yield path, value


def _show_example(field: Field, example: Any, lang: str) -> str:
    if isinstance(example, bool):
        return _ANSWERS[example](lang)
    return field.fallback(lang) if example is None else str(example)


def _write_loop(lists: list[str], names: set[str]) -> str:
    """`{%tr for line in aspect.lines %}` for ["aspects", ".lines"]."""
    whole = f"{name_element(lists[:-1], names)}{lists[-1]}" if lists[:-1] else lists[-1]
    tag = "{%" if lists[-1] in _IN_CHARTS else "{%tr"
    return f"{tag} for {name_element(lists, names)} in {whole} %}}"


def name_element(lists: list[str], names: set[str]) -> str:
    """What an element of the last list is called: line of lines, unless that is a field by itself."""
    name = lists[-1].rpartition(".")[2]
    element = _ELEMENTS.get(name) or (name[:-1] if name.endswith("s") else "item")
    return "item" if element in names else element


_ELEMENTS = {"entries": "entry", "parties": "party", "people": "person"}
