"""What a score notice (考核结果通知) says: how the total came about, every line with its rule and figures."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from typing import Any

from perfxl.core.explain.applied import applied_words, limited_words
from perfxl.core.explain.gather import rule_of
from perfxl.core.language import COMMA, FULL_STOP, SEMICOLON, Text
from perfxl.core.scoring.missed import points_at_target
from perfxl.core.scoring.outcomes import outcome_text
from perfxl.core.scoring.scalar import LineScorer, Status
from perfxl.core.scoring.totals_plain import Veto
from perfxl.core.values.numbers import is_percent
from perfxl.core.wording.formatting import (
    BLANK,
    capitalize,
    format_choice,
    format_day,
    format_number,
    format_period,
    format_span,
    format_weight,
    shorten,
    text_or_dash,
)
from perfxl.documents.papers.contexts import Contexts
from perfxl.documents.papers.kind import GRADES, RULES, DocumentKind, Field
from perfxl.documents.papers.lines import SCORING_TEXT
from perfxl.documents.papers.person import (
    PERSON_HEAD,
    PRECISE,
    RESULT_LINES,
    Scored,
    describe_holder,
    describe_result,
    describe_total,
    describe_undetermined,
    find_scored_lines,
    format_actual,
    format_points,
    list_people,
    make_person_head,
    result_fields,
)
from perfxl.documents.papers.results import Total

CHARTS = 3  # contracts that have a chart each, the last ones: hardly anybody changes posts more often in a year


def _chart_fields(path: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.kpi", "图表：指标名称", "Chart: KPI"),
        Field(f"{path}.target", "图表：目标对应的得分（数字）", "Chart: points at the target (a number)"),
        Field(f"{path}.met", "图表：达到目标的得分值（数字，未达为空）", "Chart: points where the target is met"),
        Field(f"{path}.missed", "图表：未达目标时的得分（数字）", "Chart: points where the target is missed"),
    )


SCORE_CHART: tuple[Field, ...] = (
    *_chart_fields("score_chart[]"),
    Field(
        "score_charts[].title",
        "图表：哪一份合同；只有一份时为空",
        "Chart: which contract; blank if there is only one",
        "HT-2025-003　营销公司 大客户部主任",
        "HT-2025-003  Marketing, key accounts",
    ),
    *_chart_fields("score_charts[].lines[]"),
)

FIELDS: tuple[Field, ...] = (
    *PERSON_HEAD,
    *RESULT_LINES,
    Field("lines[].calculation", "代入数字的计分过程；没有时为空", "The rule with its figures; blank if none"),
    Field(
        "lines[].fraction",
        "比率指标的分子、分母与合计；没有时为空",
        "Numerators, denominators and their sums, of a ratio; blank if none",
    ),
    Field("several", "考核期内是否有多份合同，用于 if", "Whether there are several contracts, for `if`"),
    Field("average", "多份合同按天数加权的算式", "How several contracts make one total, by days"),
    Field("contracts[].number", "合同编号", "Contract ID"),
    Field("contracts[].post", "该合同的岗位", "Post of the contract"),
    Field("contracts[].unit", "该合同的单位", "Unit of the contract"),
    Field("contracts[].validity", "合同有效期", "Term"),
    Field("contracts[].days", "考核期内的天数", "Days within the period"),
    *result_fields("contracts[].result", "该合同的总分", "total of the contract"),
    Field("contracts[].lines[].number", "指标序号", "Number of the KPI"),
    Field("contracts[].lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("contracts[].lines[].unit", "单位", "Unit"),
    Field("contracts[].lines[].weight", "计入的权重（不适用指标分摊后）", "Weight, after N/A lines are spread"),
    Field("contracts[].lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("contracts[].lines[].actual", "实绩（待报、不适用用文字）", "Actual (pending and N/A in words)"),
    Field("contracts[].lines[].points", "得分", "Points"),
    Field("contracts[].lines[].weighted", "加权得分", "Weighted points"),
    Field("contracts[].lines[].status", "状态", "Status"),
    Field("contracts[].lines[].aspect", "考核方面", "Aspect"),
    Field("contracts[].lines[].rule", "计分规则（全文）", "Scoring rule in full"),
    SCORING_TEXT._replace(path="contracts[].lines[].scoring_text"),
    Field(
        "contracts[].lines[].calculation", "代入数字的计分过程；没有时为空", "The rule with its figures; blank if none"
    ),
    Field(
        "contracts[].lines[].fraction",
        "比率指标的分子、分母与合计；没有时为空",
        "Numerators, denominators and their sums, of a ratio; blank if none",
    ),
    Field("contracts[].adjustments[].number", "扣分、加分、否决指标的序号", "Number of a deduction or bonus"),
    Field("contracts[].adjustments[].kpi", "指标名称", "KPI"),
    Field("contracts[].adjustments[].kind", "类型", "Kind"),
    Field("contracts[].adjustments[].rule", "规则", "Rule"),
    SCORING_TEXT._replace(path="contracts[].adjustments[].scoring_text"),
    Field("contracts[].adjustments[].events", "发生的事件，每件一行", "What happened, a line for each event"),
    Field("contracts[].adjustments[].points", "加减分，或否决的后果", "Points, or what a veto does"),
    Field("contracts[].weighted", "加权得分合计", "Sum of the weighted points"),
    Field("contracts[].sum", "从加权得分到总分的算式", "From the weighted points to the total"),
    *SCORE_CHART,
    *GRADES,
    *RULES,
)

_PREFIX = "TZ"
_LABEL_LENGTH = {"zh": 16, "en": 28}  # of a KPI beside a chart

_HERE = Text("代入：{}", "Here: {}")
_SPREAD = Text("不适用指标的权重分摊后为 {weight}", "{weight} after the weight of N/A lines is spread")
_GIVEN = Text("不适用，权重分给其余指标", "not applicable, its weight goes to other KPIs")
_SO_FAR = Text("截至目前 {actual}", "so far {actual}")
_NO_EVENT = Text("未发生", "No event")
_REPORTED = Text("实绩填报 {count} 次", "Reported {count} times")
_TIMES = Text("{day} {fact}", "{day} {fact}")
_COUNT = Text("（{count} 次）", " ({count} times)")
_SOURCE = Text("（来源：{source}）", " (source: {source})")
_VETOED = Text("否决：{effect}", "Veto: {effect}")
_AT_MOST = {
    "zero": Text("总分为零", "total is zero"),
    "limit_total": Text("总分不超过 {limit} 分", "total at most {limit}"),
    "limit_grade": Text("等级不高于 {grade}", "grade at most {grade}"),
}
_SUM = Text("加权得分合计 {weighted} 分", "Weighted points {weighted}")
_BONUS = Text("加分 {points} 分", "bonuses {points}")
_DEDUCTED = Text("扣分 {points} 分", "deductions {points}")
_CAPPED = Text("合计 {sum} 分，按总分上限 {cap} 分计", "{sum} in all, limited to the cap {cap}")
_AT_LEAST = Text("合计 {sum} 分，按 0 分计", "{sum} in all, counted as 0")
_OPEN = Text(
    "“{kpis}”尚未上报，暂按已知权重 {known} 折算为 {points} 分",
    "“{kpis}” not yet reported: {points} on the {known} known",
)
_VERSION = Text(
    "第 {number} 版（{span}，{days} 天）{points} 分", "version {number} ({span}, {days} days) {points} points"
)
_BY_DAYS = Text("合同有变更，按各版本的天数加权：{versions}", "amended, averaged by days: {versions}")
_BY_CURRENT = Text(
    "合同有变更（自 {first} 起为第 {number} 版），全期按现行版本计分",
    "amended (version {number} from {first}); the current version counts for the whole period",
)
_SEGMENT = Text("{number}　{unit} {post}（{days} 天）", "{number}  {unit}, {post} ({days} days)")
_NO_CHARTS: list[dict[str, Any]] = [{"title": "", "lines": []}] * CHARTS
_FRACTION = Text("数据：{parts}；合计 {over} ÷ {under}＝{ratio}", "Data: {parts}; in all {over} ÷ {under} = {ratio}")
_FRACTION_ONE = Text("数据：{over} ÷ {under}＝{ratio}", "Data: {over} ÷ {under} = {ratio}")
_PART = Text("{period} {over}/{under}", "{period} {over}/{under}")
_AVERAGE = Text("{total} 分 × {days} 天", "{total} × {days} days")


def context(contexts: Contexts, person: str) -> dict[str, Any]:
    """What one person's score notice says.

    Raises: ContextError for somebody without a contract, or where a row refers to what is not there.
    """
    wording = contexts.cached(_NoticeText)
    rows = contexts.results.contracts(person)
    contracts = [wording.contract(person, row) for row in rows]
    return {
        **make_person_head(contexts, _PREFIX, person),
        "contracts": contracts,
        "lines": [line for contract in contracts for line in contract["lines"]],
        "several": len(rows) > 1,
        "average": wording.average(person, rows) if len(rows) > 1 else "",
        "score_chart": (points := _chart_segments(contexts, contracts, rows))[-1]["lines"],
        "score_charts": (points[-CHARTS:] + _NO_CHARTS)[:CHARTS],
        "grades": contexts.grades,
        "rules": contexts.rules,
    }


def _chart_segments(contexts: Contexts, contracts: list[dict[str, Any]], rows: list[int]) -> list[dict[str, Any]]:
    """A chart for each contract, with its name where there are several."""
    charts = []
    for contract, row in zip(contracts, rows, strict=True):
        title = _SEGMENT(contexts.lang).format(**contract) if len(rows) > 1 else ""
        charts.append({"title": title, "lines": chart_points(contexts, find_scored_lines(contexts, row))})
    return charts


def chart_points(contexts: Contexts, lines: list[Scored]) -> list[dict[str, Any]]:
    """The points of weighted lines against those of the target: numbers, for a chart. None without points."""
    rows = []
    for line, result in lines:
        if not line.counts or result.not_applicable:
            continue
        goal = points_at_target(line.kpi.method.name if line.kpi.method else "", contexts.policy)
        reached = result.points
        met = reached is not None and reached >= goal
        rows.append(
            {
                "kpi": shorten(line.name, _LABEL_LENGTH[contexts.lang]),
                "target": goal,
                "met": reached if met else None,
                "missed": None if met else reached,
            }
        )
    return rows if any(row["met"] is not None or row["missed"] is not None for row in rows) else []


class _NoticeText:
    def __init__(self, contexts: Contexts) -> None:
        self._contexts, self._lang = contexts, contexts.lang
        self._scorer = LineScorer(contexts.policy)

    def contract(self, person: str, row: int) -> dict[str, Any]:
        contexts = self._contexts
        terms, lines = contexts.index.at("contracts", row), find_scored_lines(contexts, row)
        party, result = describe_holder(contexts, person, row), contexts.results.contract(row)
        return {
            "number": terms["contract"],
            "post": party["post"],
            "unit": party["unit"],
            "validity": format_span(terms["start"], terms["end"], self._lang),
            "days": format_number(contexts.results.days(row)),
            "result": describe_total(contexts, result),
            "lines": [self._line(scored) for scored in lines if not scored.line.adjusting],
            "adjustments": [self._adjustment(scored) for scored in lines if scored.line.adjusting],
            "weighted": BLANK if _nothing_known(result) else format_points(result.weighted / 100, PRECISE),
            "sum": self._sum(person, row, lines),
        }

    def average(self, person: str, rows: list[int]) -> str:
        """How several contracts make one total."""
        results = self._contexts.results
        undetermined = [total for row in rows if (total := results.contract(row)).undetermined]
        if undetermined:
            return describe_undetermined(self._contexts, undetermined[0])
        parts = []
        for row in rows:
            contract = results.contract(row)
            shown = format_points(contract.provisional if contract.total is None else contract.total)
            parts.append(_AVERAGE(self._lang).format(total=shown, days=format_number(results.days(row))))
        days = format_number(sum(results.days(row) for row in rows))
        average = f"({' + '.join(parts)}) ÷ {days}"
        decided = outcome_text(results.person(person).outcome, self._lang)
        return SEMICOLON(self._lang).join(filter(None, (average, decided)))

    def _line(self, scored: Scored) -> dict[str, str]:
        return {
            **describe_result(self._contexts, scored),
            "calculation": self._sentence(self._calculation(scored)),
            "fraction": self._sentence(self._fraction(scored)),
        }

    def _fraction(self, scored: Scored) -> Iterator[str]:
        """The numerators and denominators that a ratio comes from, so that it can be worked out again."""
        line, result = scored
        table = self._contexts.results.scores.line_table
        if table.columns["aggregation"][line.position] != "ratio" or not isinstance(result.actual, float):
            return
        so_far = table.to_date[line.position]
        shares = so_far.shares or (1.0,) * len(so_far.rows)
        reports = [self._contexts.index.at("actuals", row) for row in so_far.rows]
        pairs = [
            (row, row["numerator"] * share, row["denominator"] * share)
            for row, share in zip(reports, shares, strict=True)
            if isinstance(row["numerator"], float) and isinstance(row["denominator"], float)
        ]
        if not pairs:
            return
        over, under = fsum(each[1] for each in pairs), fsum(each[2] for each in pairs)
        parts = (
            _PART(self._lang).format(
                period=format_period(row["period"], self._lang), over=_amount(above), under=_amount(below)
            )
            for row, above, below in pairs
        )
        words = _FRACTION if len(pairs) > 1 else _FRACTION_ONE
        yield words(self._lang).format(
            parts=COMMA(self._lang).join(parts),
            over=_amount(over),
            under=_amount(under),
            ratio=format_actual(self._contexts, scored),
        )

    def _calculation(self, scored: Scored) -> Iterator[str]:
        """The rule with the line's figures, and what else happened to points or weight."""
        line, result = scored
        if result.status is Status.SCORED:
            yield from self._applied(scored)
        elif result.not_applicable:
            yield _GIVEN(self._lang)
        elif result.status is Status.PENDING and result.actual is not None:
            yield _SO_FAR(self._lang).format(actual=format_actual(self._contexts, scored))
        yield from self._contexts.results.means(line.position, self._lang)
        changed = self._contexts.results.changed(line.position)
        if changed:
            yield changed.text(self._lang)
        agreed = line.row["weight"] or 0.0
        if line.counts and not result.not_applicable and abs(result.weight - agreed) > 1e-9:
            yield _SPREAD(self._lang).format(weight=format_weight(round(result.weight, 2)))

    def _applied(self, scored: Scored) -> Iterator[str]:
        line = scored.line
        columns = self._contexts.results.scores.line_table.columns
        row = {name: values[line.position] for name, values in columns.items()}
        percent = is_percent(row["unit"])  # marks are none, whatever the KPI's unit
        rule = rule_of(self._scorer.score(row), row, self._contexts.policy, percent=percent)
        if rule is None:
            return
        said = applied_words(rule, lambda value: line.figure(value, self._lang), line.graded, self._lang)
        if said:
            yield said if rule.table else _HERE(self._lang).format(said)
        if limited := limited_words(rule, self._lang):
            yield limited

    def _adjustment(self, scored: Scored) -> dict[str, Any]:
        line, result = scored
        events, vetoed = list(self._events(line.position)), self._contexts.results.vetoed(line.position)
        change = result.points or 0.0
        changed = self._contexts.results.changed(line.position)
        if changed:
            events.append(changed.text(self._lang))
        shown = f"{'+' if change > 0 else '−'}{format_points(abs(change))}" if change else format_points(0.0)
        if result.unclear:
            shown = format_actual(self._contexts, scored)
        return {
            "number": line.number,
            "kpi": line.name,
            "kind": format_choice("kpis", "kind", line.kind, self._lang),
            "rule": self._contexts.words.rule(line.kpi, line.terms),
            "scoring_text": line.scoring_text,
            "events": "\n".join(events)
            or (_REPORTED if vetoed else _NO_EVENT)(self._lang).format(count=format_number(vetoed)),
            "points": self._veto(line.position) if vetoed else BLANK if line.kind == "veto" else shown,
        }

    def _events(self, line: int) -> Iterator[str]:
        for row in self._contexts.results.events(line):
            event = self._contexts.index.at("events", row)
            sentence = _TIMES(self._lang).format(
                day=format_day(event["date"], self._lang), fact=text_or_dash(event["fact"])
            )
            if event["count"] not in (None, 1.0):
                sentence += _COUNT(self._lang).format(count=format_number(event["count"]))
            yield sentence + _SOURCE(self._lang).format(source=event["source"]) if event["source"] else sentence

    def _veto(self, line: int) -> str:
        columns = self._contexts.results.scores.line_table.columns
        row = {name: columns[name][line] for name in ("veto_effect", "limit", "veto_grade")}
        veto = Veto.of(row, self._contexts.policy)
        return _AT_MOST[veto.effect](self._lang).format(limit=format_number(veto.limit), grade=veto.grade)

    def _sum(self, person: str, row: int, lines: list[Scored]) -> str:
        """From the weighted points to the contract's total."""
        contract = self._contexts.results.contract(row)
        if contract.undetermined:
            return self._sentence(iter([describe_undetermined(self._contexts, contract)]))
        changes = [s.result.points for s in lines if s.line.adjusting and s.line.kind != "veto" and s.result.points]
        bonus, deducted = sum(c for c in changes if c > 0), -sum(c for c in changes if c < 0)
        parts = [_SUM(self._lang).format(weighted=format_points(contract.weighted / 100, PRECISE))]
        if bonus:
            parts.append("+ " + _BONUS(self._lang).format(points=format_points(bonus)))
        if deducted:
            parts.append("− " + _DEDUCTED(self._lang).format(points=format_points(deducted)))
        sentences = [" ".join(parts), *self._limits(contract.weighted / 100 + contract.adjusted)]
        vetoed = [s for s in lines if self._contexts.results.vetoed(s.line.position)]
        sentences += [_VETOED(self._lang).format(effect=self._veto(s.line.position)) for s in vetoed]
        pending = [s.line.name for s in lines if s.result.status in (Status.PENDING, Status.PROBLEM) and s.line.counts]
        if contract.total is None and contract.provisional is not None and pending:
            share, now = format_weight(round(contract.completeness, 2)), format_points(contract.provisional)
            sentences.append(_OPEN(self._lang).format(kpis=COMMA(self._lang).join(pending), known=share, points=now))
        sentences += self._versions(row)
        alone = len(self._contexts.results.contracts(person)) == 1
        outcome = contract.outcome or (self._contexts.results.person(person).outcome if alone else ())
        if outcome:
            sentences.append(outcome_text(outcome, self._lang))
        return self._sentence(iter(sentences))

    def _versions(self, row: int) -> Iterator[str]:
        """How the versions of an amended contract count."""
        versions, lang = self._contexts.results.versions(row), self._lang
        if not versions:
            return
        if self._contexts.policy["amendment_scoring"] != "days":
            last = versions[-1]
            yield _BY_CURRENT(lang).format(number=last.number, first=format_day(last.first, lang))
            return
        shown = [
            _VERSION(lang).format(
                number=each.number,
                span=format_span(each.first, each.last, lang),
                days=each.days,
                points=format_points(each.total if each.total is not None else each.provisional),
            )
            for each in versions
            if each.counts
        ]
        yield _BY_DAYS(lang).format(versions=COMMA(lang).join(shown))

    def _limits(self, exact: float) -> Iterator[str]:
        cap = float(self._contexts.policy["total_cap"])
        if exact > cap:
            yield _CAPPED(self._lang).format(sum=format_points(exact), cap=format_number(cap))
        elif exact < 0:
            yield _AT_LEAST(self._lang).format(sum=format_points(exact))

    def _sentence(self, parts: Iterator[str]) -> str:
        sentence = SEMICOLON(self._lang).join(parts)
        return capitalize(sentence) + FULL_STOP(self._lang) if sentence else ""


def _nothing_known(result: Total) -> bool:
    """Whether a contract has no points yet, which is not the same as points of zero."""
    return result.undetermined or (result.total is None and result.provisional is None)


def _amount(value: float) -> str:
    """A numerator or denominator; what comes of adding is shown without the noise of its last digits."""
    return format_number(round(value, 6))


KIND = DocumentKind(
    title=Text("考核结果通知", "score notice"),
    template="notice",
    ids=list_people,
    context=context,
    file_name=Text(
        "{holder[id]} {holder[name]} 考核结果通知",
        "{holder[id]} {holder[name]} score notice",
    ),
    fields=FIELDS,
)
