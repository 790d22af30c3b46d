"""What a performance contract (业绩合同) says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from perfxl.core.amendments import Version, histories
from perfxl.core.checks.percents import FRACTION
from perfxl.core.language import COLON, COMMA, SEMICOLON, Text
from perfxl.core.problems import Problem, problem
from perfxl.core.schema import get
from perfxl.core.values.numbers import is_percent, show_figure
from perfxl.core.wording.formatting import (
    BLANK,
    format_choice,
    format_day,
    format_figure,
    format_number,
    format_span,
    text_or_dash,
)
from perfxl.core.wording.rules import Kpi
from perfxl.documents.papers.contexts import ContextError, Contexts, Row
from perfxl.documents.papers.kind import GRADES, HEAD, RULES, DocumentKind, Field, person_fields
from perfxl.documents.papers.lines import SCORING_TEXT, WORDING, Line, describe_wording, read_lines, sum_weights


def _party(path: str, zh: str, en: str) -> tuple[Field, ...]:
    return Field(f"{path}.role", f"{zh}的称谓", f"What the {en} is called"), *person_fields(path, zh, en)


# What every paper about a contract begins with.
CONTRACT_HEAD: tuple[Field, ...] = (
    *HEAD,
    Field("business_unit", "业务单位", "Business unit"),
    Field("contract.number", "合同编号；没有编号时为空", "Contract ID; blank if it has none"),
    Field("contract.version", "版本", "Version"),
    Field("contract.valid_from", "生效日期", "Valid from"),
    Field("contract.valid_to", "截止日期", "Valid to"),
    Field("contract.validity", "合同有效期", "Term"),
    Field("contract.signed_on", "签约日期", "Signed on"),
    *_party("issuer", "发约人", "issuer"),
    *_party("holders[]", "受约人", "holder (one or two)"),
    *_party("parties[]", "签署方（发约人与全部受约人）", "party (issuer and holders)"),
    Field("holder_names", "受约人姓名，用顿号隔开", "Names of the holders, with commas"),
)


def _line_fields(path: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.number", "指标序号", "Number of the KPI"),
        Field(f"{path}.kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
        Field(f"{path}.unit", "单位", "Unit"),
        Field(f"{path}.weight", "权重", "Weight"),
        Field(f"{path}.threshold", "门槛值", "Threshold"),
        Field(f"{path}.target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
        Field(f"{path}.challenge", "挑战值", "Challenge"),
        Field(f"{path}.base", "基数", "Base"),
        Field(f"{path}.method", "计分方法（简）", "Scoring method, short"),
        Field(f"{path}.responsibility", "责任（主要、次要）", "Responsibility"),
        Field(f"{path}.note", "备注", "Note", "含子公司", "Includes subsidiaries"),
    )


def _definition_fields(path: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.number", "指标序号", "Number of the KPI"),
        Field(f"{path}.kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
        Field(f"{path}.kind", "指标性质", "Kind"),
        Field(f"{path}.unit", "单位", "Unit"),
        Field(f"{path}.weight", "权重", "Weight"),
        Field(f"{path}.definition", "指标定义", "Definition"),
        Field(f"{path}.has_fraction", "是否有分子分母，用于 if", "Whether it has a numerator or denominator, for `if`"),
        Field(f"{path}.numerator", "分子", "Numerator"),
        Field(f"{path}.denominator", "分母", "Denominator"),
        Field(f"{path}.data_source", "数据来源", "Data source"),
        Field(f"{path}.collector", "收集人", "Collector"),
        Field(f"{path}.reporter", "上报人", "Reporter"),
        Field(f"{path}.due_day", "上报日", "Due day"),
        Field(f"{path}.period", "考核周期", "Period"),
        Field(f"{path}.aggregation", "汇总方式", "Aggregation"),
        Field(
            f"{path}.facts",
            "数据来源、收集人、上报人、周期等已知的各项；没有时为空",
            "What is known of source, collector, reporter, period and so on; blank if nothing is",
        ),
        Field(f"{path}.method", "计分方法（简）", "Scoring method, short"),
        Field(f"{path}.rule", "计分规则（全文）", "Scoring rule in full"),
        SCORING_TEXT._replace(path=f"{path}.scoring_text"),
    )


def _said(zh: str, en: str) -> dict[str, str]:
    return {"example": zh, "example_en": en}


# The sample knows too much of its KPIs for any to be told in short.
_OF_BRIEFS = {
    "number": _said("1", "1"),
    "kpi": _said("销售收入", "Sales revenue"),
    "kind": _said("定量", "quantitative"),
    "unit": _said("万元", "10k yuan"),
    "weight": _said("20%", "20%"),
    "definition": _said("全年确认的收入", "Revenue recognised in the year"),
    "has_fraction": _said("False", "False"),
    "numerator": _said("按期回款额", "Paid in time"),
    "denominator": _said("应收额", "Receivable"),
    "data_source": _said("财务部", "Finance"),
    "collector": _said("财务部", "Finance"),
    "reporter": _said("财务部", "Finance"),
    "due_day": _said("5", "5"),
    "period": _said("季", "quarter"),
    "aggregation": _said("累计", "sum"),
    "facts": _said("数据来源 财务部", "Data source Finance"),
    "method": _said("比率法", "Ratio"),
    "rule": _said("得分＝实际÷目标×100", "points = actual ÷ target × 100"),
    "scoring_text": _said("达标得满分", "Full marks when reached"),
}


def _scale_fields(path: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.number", "定性指标的序号", "Number of a qualitative KPI"),
        Field(f"{path}.kpi", "定性指标的名称", "Qualitative KPI"),
        Field(f"{path}.weight", "权重", "Weight"),
        Field(f"{path}.grades[].grade", "级别", "Grade"),
        Field(f"{path}.grades[].points", "得分", "Points"),
        Field(f"{path}.grades[].sentence", "该级别的描述", "What the grade looks like"),
    )


FIELDS: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("aspects[].name", "考核方面", "Aspect"),
    Field("aspects[].weight", "该方面的权重小计", "Weight of the aspect"),
    *_line_fields("aspects[].lines[]"),
    Field("aspects[].lines[].aspect", "考核方面", "Aspect"),
    Field("aspects[].lines[].rule", "计分规则（全文）", "Scoring rule in full"),
    SCORING_TEXT._replace(path="aspects[].lines[].scoring_text"),
    *_line_fields("lines[]"),
    *WORDING,
    Field("total_weight", "权重合计", "Total weight"),
    Field("monitored[]", "监控指标的名称；没有时为空，可用于 if", "Names of monitored KPIs; empty if none, for `if`"),
    Field("adjustments[].number", "扣分、加分、否决指标的序号", "Number of a deduction, bonus or veto"),
    Field("adjustments[].kind", "类型", "Kind"),
    Field("adjustments[].kpi", "指标名称", "KPI"),
    Field("adjustments[].rule", "规则", "Rule"),
    SCORING_TEXT._replace(path="adjustments[].scoring_text"),
    *_definition_fields("definitions[]"),
    *_definition_fields("cards[]"),
    *(field._replace(**_OF_BRIEFS[field.path.rpartition(".")[2]]) for field in _definition_fields("briefs[]")),
    *_scale_fields("scales[]"),
    *_scale_fields("described_scales[]"),
    *GRADES,
    *RULES,
)

_ISSUER = Text("发约人", "Issuer")
_HOLDER = Text("受约人", "Holder")
_HOLDERS = (Text("受约人一", "First holder"), Text("受约人二", "Second holder"))
# What a card says of a KPI in one line, as far as it is known; with so few of them, it needs none.
_FACTS = ("data_source", "collector", "reporter", "period", "aggregation", "due_day")
_FEW = 3
_DUE = Text("期末次月 {day} 日前", "Day {day}, next month")


def ids(contexts: Contexts) -> Iterable[str]:
    """The IDs of all contracts, in sheet order."""
    return contexts.index.keys("contracts")


def asked_by(contexts: Contexts, contract_id: str) -> set[str]:
    """The IDs under which a contract may be asked for: its own and its holders'."""
    row = contexts.index.at("contracts", contexts.index.position("contracts", contract_id))
    return {contract_id, *(row[column] for column in ("holder", "second_holder") if row[column])}


def context(contexts: Contexts, contract_id: str) -> dict[str, Any]:
    """What one contract says, and nothing about anybody else's.

    Raises: KeyError for an ID that does not exist; ContextError for a contract that cannot be printed: it refers to
        what is not there, or has no lines.
    """
    at = contexts.index.position("contracts", contract_id)
    head = make_contract_head(contexts, contract_id, at)
    lines = read_lines(contexts, contract_id, at)
    wording = contexts.cached(_ContractText)
    return {
        **head,
        "aspects": (aspects := wording.aspects(lines)),
        "lines": [line for aspect in aspects for line in aspect["lines"]],
        "total_weight": sum_weights(lines),
        "monitored": [text_or_dash(line.kpi.row["name"]) for line in lines if line.kind == "monitor"],
        "adjustments": [wording.adjustment(line) for line in lines if line.adjusting],
        "definitions": (definitions := [wording.definition(line) for line in lines]),
        "cards": [each for each in definitions if not _is_brief(each)],
        "briefs": [each for each in definitions if _is_brief(each)],
        "scales": (scales := [wording.scale(line) for line in lines if line.graded]),
        "described_scales": [scale for scale in scales if any(g["sentence"] != BLANK for g in scale["grades"])],
        "grades": contexts.grades,
        "rules": contexts.rules,
    }


def _is_brief(definition: dict[str, Any]) -> bool:
    """Whether so little is known of a KPI that a card of its own would be empty."""
    if definition["definition"] != BLANK or definition["has_fraction"]:
        return False
    return len([name for name in _FACTS if definition[name] != BLANK]) <= _FEW


def make_contract_head(contexts: Contexts, contract_id: str, at: int) -> dict[str, Any]:
    """Company, term and parties, as every paper about a contract has them."""
    row = contexts.index.at("contracts", at)
    issuer, holders = _describe_parties(contexts, contract_id, at, row)
    return {
        "company": contexts.company,
        "program": contexts.program,
        "business_unit": holders[0]["unit"],
        "contract": {
            "number": "" if _is_made(contract_id, row["holder"]) else contract_id,
            "version": row["version"] or _current_version(contexts, contract_id) or "",
            "valid_from": format_day(row["start"], contexts.lang),
            "valid_to": format_day(row["end"], contexts.lang),
            "validity": format_span(row["start"], row["end"], contexts.lang, to_fill_in=True),
            "signed_on": format_day(row["signed"], contexts.lang, to_fill_in=True),
        },
        "issuer": issuer,
        "holders": holders,
        "holder_names": COMMA(contexts.lang).join(holder["name"] for holder in holders),
        "parties": [issuer, *holders],
    }


def _is_made(contract_id: str, holder: str | None) -> bool:
    """Whether a contract of a lone table, which gave it no number, goes by whose it is."""
    if holder is None or not contract_id.startswith(holder):
        return False
    number = contract_id.removeprefix(holder)
    return not number or (number.startswith("-") and number[1:].isdecimal())


def find_versions(contexts: Contexts) -> dict[str, tuple[Version, ...]]:
    """Contract -> its versions, of those with an amendment in force."""
    return histories(contexts.tables, contexts.policy).versions


def _current_version(contexts: Contexts, contract_id: str) -> str | None:
    versions = contexts.cached(find_versions).get(contract_id)
    return str(versions[-1].number) if versions else None


def _describe_parties(
    contexts: Contexts, contract_id: str, at: int, row: Row
) -> tuple[dict[str, str], list[dict[str, str]]]:
    def named(column: str, key: str) -> Row:
        return contexts.index.refer(contract_id, "contracts", at, column, key)

    def party(role: Text, person: Row, *own: str | None) -> dict[str, str]:
        return {"role": role(contexts.lang), **contexts.describe(contract_id, person, *own)}

    holder = named("holder", row["holder"])
    second = row["second_holder"] or holder["second_holder"]
    role, second_role = _HOLDERS if second else (_HOLDER, _HOLDER)
    unit = named("unit", row["unit"])["name"] if row["unit"] else None
    holders = [party(role, holder, row["post"], unit)]
    if second:
        holders.append(party(second_role, named("second_holder", second)))
    if row["issuer"] is None:  # a lone table may not say: a line to fill in
        return {"role": _ISSUER(contexts.lang), **dict.fromkeys(("id", "name", "post", "unit"), "")}, holders
    return party(_ISSUER, named("issuer", row["issuer"])), holders


class _ContractText:
    """What a contract says of its lines."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts, self._lang, self._words = contexts, contexts.lang, contexts.words
        self._card = cache(self._kpi_card)

    def aspects(self, lines: Sequence[Line]) -> list[dict[str, Any]]:
        shown = [line for line in lines if not line.adjusting]
        grouped = [
            (aspect, list(lines_of_aspect)) for aspect, lines_of_aspect in groupby(shown, lambda line: line.aspect)
        ]
        return [
            {
                "name": lines_of_aspect[0].aspect_shown(self._contexts.policy.categories, self._lang),
                "weight": sum_weights(lines_of_aspect),
                "lines": [self._line(line) for line in lines_of_aspect],
            }
            for aspect, lines_of_aspect in grouped
        ]

    def adjustment(self, line: Line) -> dict[str, str]:
        return {
            "number": line.number,
            "kind": format_choice("kpis", "kind", line.kind, self._lang),
            "kpi": line.name,
            "rule": self._words.rule(line.kpi, line.terms),
            "scoring_text": line.scoring_text,
        }

    def definition(self, line: Line) -> dict[str, Any]:
        return {
            "number": line.number,
            "kpi": line.name,
            "kind": format_choice("kpis", "kind", line.kind, self._lang),
            "weight": line.weight,
            **self._card(line.kpi),
            "method": self._words.short(line.kpi, line.terms),
            "rule": self._words.rule(line.kpi, line.terms),
            "scoring_text": line.scoring_text,
        }

    def scale(self, line: Line) -> dict[str, Any]:
        """The grades of a KPI in words; of a grade that its own scale does not describe, as the scale 默认 does."""
        default = self._contexts.policy.default_scale
        sentences = {**self._sentences(default), **self._sentences(line.kpi.row["scale"] or default)}
        return {
            "number": line.number,
            "kpi": line.name,
            "weight": line.weight,
            "grades": [
                {"grade": grade, "points": points, "sentence": text_or_dash(sentences.get(grade))}
                for grade, points in self._words.grades(line.kpi).items()
            ],
        }

    def _sentences(self, scale: str) -> dict[str, str]:
        rows = self._contexts.index.rows("grade_tables", "scale", scale)
        return {row["grade"]: row["sentence"] for _, row in rows if row["sentence"]}

    def _line(self, line: Line) -> dict[str, str]:
        row, lang = line.row, self._lang
        return {
            "number": line.number,
            "kpi": line.name,
            "unit": line.unit,
            "weight": line.weight,
            "threshold": line.shown("threshold", lang),
            "target": line.target(lang),
            "challenge": line.shown("challenge", lang),
            "base": line.shown("base", lang),
            "method": self._words.short(line.kpi, line.terms),
            "responsibility": format_choice("contract_lines", "responsibility", row["responsibility"], lang),
            "note": text_or_dash(row["note"]),
            **describe_wording(self._contexts, line),
        }

    def _kpi_card(self, kpi: Kpi) -> dict[str, Any]:
        """What the library says of a KPI, the same in every contract."""
        row = kpi.row
        names = ("unit", "definition", "numerator", "denominator", "data_source", "collector", "reporter")
        due = row["due_day"]
        card = {
            **{name: text_or_dash(row[name]) for name in names},
            "has_fraction": bool(row["numerator"] or row["denominator"]),
            "due_day": _DUE(self._lang).format(day=format_number(due)) if due is not None else BLANK,
            "period": format_choice("kpis", "period", row["period"], self._lang),
            "aggregation": format_choice("kpis", "aggregation", row["aggregation"], self._lang),
        }
        said = (f"{_label(name)(self._lang)}{COLON(self._lang)}{card[name]}" for name in _FACTS if card[name] != BLANK)
        return {**card, "facts": SEMICOLON(self._lang).join(said)}


def _label(column: str) -> Text:
    declared = get("kpis").column(column)
    return Text(declared.zh, declared.en)


def review(contexts: Contexts, contract: str) -> list[Problem]:
    """Targets in % that were typed without the sign, such as 95, which reads as 9,500%."""
    problems = []
    for at, row in contexts.index.rows("contract_lines", "contract", contract):
        target = row["target"]
        if type(target) is not float or target <= FRACTION or contexts.index.is_percent("contract_lines", at, "target"):
            continue
        try:
            kpi = contexts.kpi(contract, "contract_lines", at, row["kpi"])
        except ContextError:  # said when the paper is made
            continue
        if is_percent(kpi.unit):
            problems.append(
                problem(
                    "target_without_percent",
                    contexts.index.address("contract_lines", at, "target"),
                    record=contract,
                    kpi=kpi.row["name"],
                    value=show_figure(target, "", digits=10),
                    shown=format_figure(target, kpi.unit, kpi.decimals, contexts.lang),
                    table="contract_lines",
                    column="target",
                )
            )
    return problems


KIND = DocumentKind(
    title=Text("业绩合同", "performance contract"),
    template="contract",
    ids=ids,
    context=context,
    asked_by=asked_by,
    file_name=Text(
        "{holders[0][id]} {holders[0][name]} 业绩合同 {contract[number]}",
        "{holders[0][id]} {holders[0][name]} contract {contract[number]}",
    ),
    fields=FIELDS,
    results=False,
    review=review,
)
