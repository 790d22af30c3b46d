"""An explanation as lines of text for the terminal, in the order in which a person would check it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfxl.core.explain.applied import applied_words
from perfxl.core.explain.facts import (
    IN_UNIT,
    AppliedRule,
    ContractExplanation,
    ExplainedTotal,
    Explanation,
    LineExplanation,
    aggregation_label,
    aspect_label,
    direction_label,
    figure_label,
    relations_label,
    veto_text,
)
from perfxl.core.language import BRACKETS, COMMA, PAUSE, SEMICOLON, Text
from perfxl.core.problems import Address
from perfxl.core.scoring.outcomes import Outcome
from perfxl.core.scoring.scalar import STATUS_LABELS, Status
from perfxl.core.values.numbers import show_figure
from perfxl.core.values.text import NOT_APPLICABLE
from perfxl.core.wording.formatting import format_figure

_PER_LINE, _RATIOS_PER_LINE = 6, 3  # reported actuals
_HEAD = Text("{}  ", "{:<9}")
_NAMES = {
    "rule": Text("规则", "rule"),
    "more": Text("　　", ""),
    "figures": Text("数据", "figures"),
    "applied": Text("代入", "applied"),
    "cap": Text("封顶", "cap"),
    "floor": Text("保底", "floor"),
    "actuals": Text("实绩", "actuals"),
    "more actuals": Text("　　", ""),
    "raters": Text("评分", "marks"),
    "event": Text("事件", "event"),
    "weight": Text("权重", "weight"),
    "veto": Text("否决", "veto"),
    "status": Text("状态", "status"),
    "adjusts": Text("加减", "adjusts"),
    "points": Text("得分", "points"),
    "weighted": Text("加权", "weighted"),
    "so far": Text("暂定", "so far"),
    "total": Text("总分", "total"),
    "person": Text("个人", "person"),
    "decided": Text("决定", "decided"),
    "version": Text("版本", "version"),
    "versions": Text("各版", "versions"),
}
_CONTRACT = Text("合同 ", "Contract ")
_DAYS = Text("{:.15g} 天", "{:.15g} days")
_BY_CURRENT = Text("全期按现行版本计分", "the current version counts for the whole period")
_SOURCE = Text("，来源：{}", "; source: {}")
_MEAN = Text("平均 {:.12g}", "mean {:.12g}")
_RATERS = Text("{} 人", "{} raters")
_TOO_FEW = Text("人数太少，不单列", "too few to show apart")
_TOGETHER = Text("有的人数太少，合并给出", "some are too few: shown together")
_COUNTS = Text("占 {:.6g}%", "counts {:.6g}%")
_SCALED_UP = Text(
    "占 {:.6g}%，因有评价缺席由 {:.6g}% 放大", "counts {:.6g}%, scaled up from {:.6g}% as others are absent"
)
_NOT_COUNTED = Text("不计入", "does not count")
_GOES_TO_OTHERS = Text("{:.12g}%，不适用，分给其余指标", "{:.12g}%, not applicable: goes to the others")
_SCOPES = {"category": Text("同类", "category"), "contract": Text("合同", "contract")}
_GIVEN_BY = Text("{scope}内“{names}”不适用", "“{names}” of the {scope} not applicable")
_NO_EVENT = Text("未发生", "no event")
_TO_DATE = Text("至今", "to date")
_TOTAL_AT_MOST = Text("总分不超过", "total at most")
_GRADE_AT_MOST = Text("等级不高于", "grade at most")
_COMPLETE = Text("数据完整度", "data complete")
_PROVISIONAL = Text("暂定分", "provisional")
_GRADE = Text("等级", "grade")
_FROM = Text("（{:.12g} 分起）", " (from {:.12g})")
_COEFFICIENT = Text("系数", "coefficient")
_ABSENT = Text("不适用", NOT_APPLICABLE)
_YES, _NO = Text("是", "yes"), Text("否", "no")


def as_text_lines(explanation: Explanation, lang: str = "zh") -> list[str]:
    """The explanation, one line of text each."""
    return list(_TextLines(explanation, lang).all())


class _TextLines:
    def __init__(self, explanation: Explanation, lang: str) -> None:
        self.explanation, self.lang = explanation, lang

    def all(self) -> Iterator[str]:
        person = self.explanation
        number = "" if person.person == person.name else person.person
        yield "  ".join(part for part in (f"{person.name}{self.aside(number)}", person.unit, person.post) if part)
        yield self._conclusion(person.result)
        yield from self._decided(person.outcome, 0)
        for contract in person.contracts:
            yield ""
            yield from self._contract(contract)
        if len(person.contracts) > 1:
            yield ""
            yield from self._average()

    def _contract(self, contract: ContractExplanation) -> Iterator[str]:
        span = f"{contract.start or ''} – {contract.end or ''}" if contract.start or contract.end else ""
        days = _DAYS(self.lang).format(contract.days) if len(self.explanation.contracts) > 1 else ""
        parts = (contract.contract, contract.unit, contract.post, span, days)
        yield _CONTRACT(self.lang) + "  ".join(part for part in parts if part)
        for number, line in enumerate(contract.lines, 1):
            yield ""
            yield from self._line(number, line)
        yield ""
        yield from self._total(contract)

    def _line(self, number: int, line: LineExplanation) -> Iterator[str]:
        method = line.method.title(self.lang) if line.method else line.method_name
        method += self.aside(direction_label(line, self.lang))
        yield "  " + "  ".join(p for p in (f"{number}. {line.name}", aspect_label(line.aspect, self.lang), method) if p)
        if line.rule and (line.status is Status.SCORED or line.problems):
            yield from self._rule(line, line.rule)
        yield from self._reports(line)
        yield from self._raters(line)
        for event in line.events:
            what = " ".join(str(part) for part in (event.day or "", event.fact) if part)
            times = f" ×{event.times:.12g}" if event.times != 1 else ""
            source = _SOURCE(self.lang).format(event.source) if event.source else ""
            yield self.field("event", f"{what}{times}{source}{_cell(event.address)}")
        for problem in line.problems:
            yield f"     {problem.message(self.lang)}"
            yield f"     {problem.hint(self.lang)}"
        yield from self._weight(line)
        if line.changed:
            why = self.aside(line.changed.decision.reason)
            yield self.field("decided", f"{line.changed.text(self.lang)}{why}{_cell(line.changed.decision.address)}")
        yield self._outcome(line)

    def _rule(self, line: LineExplanation, rule: AppliedRule) -> Iterator[str]:
        """The rule in words, the figures it takes, and what they give by it: as the score notice says it."""
        for place, said in enumerate(line.said(self.lang).splitlines()):
            yield self.field("more" if place else "rule", said)
        figures = [
            f"{figure_label(figure, self.lang)} {self._value(figure.value, line, figure.symbol)}"
            + ("" if figure.symbol == "A" and self._is_made_up(line) else _cell(figure.address))
            for figure in line.figures
            if figure.symbol not in ("FLOOR", "CAP")
        ]
        if figures:
            yield self.field("figures", SEMICOLON(self.lang).join(figures))
        graded = line.method is not None and line.method.name == "grade"
        applied = applied_words(rule, lambda value: self._figure(value, line), graded, self.lang)
        if applied:
            yield self.field("applied", applied)
        if rule.hit and rule.raw is not None:
            cells = {figure.symbol: _cell(figure.address) for figure in line.figures}
            limit = rule.cap if rule.hit == "cap" else rule.floor
            yield self.field(rule.hit, f"{rule.raw:.12g} → {limit:.12g}{cells.get(rule.hit.upper(), '')}")

    @staticmethod
    def _is_made_up(line: LineExplanation) -> bool:
        """Whether the actual stands in no cell: it is made of several, which are told one by one."""
        return len(line.reports) > 1 or any(report.parts for report in line.reports)

    def _figure(self, value: Any, line: LineExplanation) -> str:
        return format_figure(value, line.unit, line.decimals, self.lang)

    def _reports(self, line: LineExplanation) -> Iterator[str]:
        """The periods' reports, some in a line; where there are several, how they are taken together."""
        reports = []
        for report in line.reports:
            value = self._value(report.value, line) + (_cell(report.address) if report.value is not None else "")
            if report.parts:
                parts = f"{report.numerator:.12g} ÷ {report.denominator:.12g}{_cell(report.address, report.parts)}"
                value = f"{parts} = {value}" if value else parts
            reports.append(f"{report.period} {value}".strip())
        several = len(reports) > 1
        in_line = _RATIOS_PER_LINE if any(report.parts for report in line.reports) else _PER_LINE
        for start in range(0, len(reports), in_line):
            head = f"{aggregation_label(line.aggregation, self.lang)}  " if several and not start else ""
            is_last = start + in_line >= len(reports)
            together = f" → {self._together(line)}" if several and is_last else ""
            text = head + ", ".join(reports[start : start + in_line]) + together
            yield self.field("more actuals" if start else "actuals", text)

    def _together(self, line: LineExplanation) -> str:
        """What the reports come to; of a ratio of sums with both sums."""
        value = self._value(line.to_date, line)
        pairs = [(r.numerator, r.denominator) for r in line.reports if r.numerator is not None and r.denominator]
        if line.aggregation != "ratio" or len(pairs) < len(line.reports):
            return value
        above, below = sum(n for n, _ in pairs if n is not None), sum(d for _, d in pairs if d is not None)
        return f"{above:.12g} ÷ {below:.12g} = {value}"

    def _raters(self, line: LineExplanation) -> Iterator[str]:
        """What each relation gave, and how much it counts."""
        lang = self.lang
        for raters in line.raters:
            given = [f"{mark.rater} {mark.value:.12g}".lstrip() + _cell(mark.address) for mark in raters.marks]
            parts = [COMMA(lang).join(given) if given else _RATERS(lang).format(raters.size)]
            if raters.mean is None or len(raters.relations) > 1:
                parts.append((_TOO_FEW if len(raters.relations) == 1 else _TOGETHER)(lang))
            if raters.mean is None:
                pass
            elif raters.size > 1 or not given:
                parts.append(_MEAN(lang).format(raters.mean))
            if not raters.counted:
                parts += [_NOT_COUNTED(lang)] if line.status is Status.SCORED else []
            elif raters.share is not None and abs(raters.share - raters.counted) > 1e-9:
                parts.append(_SCALED_UP(lang).format(raters.counted, raters.share))
            else:
                parts.append(_COUNTS(lang).format(raters.counted))
            yield self.field("raters", f"{relations_label(raters.relations, lang)}  {PAUSE(lang).join(parts)}")

    def _weight(self, line: LineExplanation) -> Iterator[str]:
        weight = line.weight or 0.0
        if line.status is Status.NOT_APPLICABLE and weight > 0 and line.effective == 0:
            yield self.field("weight", _GOES_TO_OTHERS(self.lang).format(weight))
        for spread in line.spread:
            scope, names = _SCOPES[spread.scope](self.lang), COMMA(self.lang).join(spread.givers)
            why = self.aside(_GIVEN_BY(self.lang).format(scope=scope, names=names))
            yield self.field("weight", f"{weight:.12g} × {spread.whole:.12g} ÷ {spread.able:.12g}{why}")
            weight = weight * spread.whole / spread.able if spread.able else weight

    def _outcome(self, line: LineExplanation) -> str:
        if line.veto:
            return self.field("veto", veto_text(line.veto, self.lang))
        if line.method and line.method.name == "veto":
            return self.field("veto", _NO_EVENT(self.lang))
        if line.status is not Status.SCORED or line.points is None:
            text = STATUS_LABELS[line.status](self.lang)
            if (
                line.status is Status.PENDING
                and line.to_date is not None
                and (value := self._value(line.to_date, line))
            ):
                text += f" {_TO_DATE(self.lang)} {value}"
            return self.field("status", text)
        if line.adjusts:
            return self.field("adjusts", f"{line.points:+.2f}" if line.points else "0")
        return self.field("points", f"{line.points:.2f} × {line.effective:.6g}% = {_short(line.weighted)}")

    def _total(self, contract: ContractExplanation) -> Iterator[str]:
        if contract.weighted is None or contract.adjusted is None:
            yield from self._undetermined(contract.result)
            return
        parts = [_short(line.weighted) for line in contract.lines if line.weighted is not None]
        if parts:
            yield self.field("weighted", f"{' + '.join(parts)} = {contract.weighted:.6g}", 2)
        if contract.adjusted:
            yield self.field("adjusts", f"{contract.adjusted:+.2f}", 2)
        total, before, cap = contract.result.total, contract.weighted + contract.adjusted, self.explanation.total_cap
        if total is None and contract.known > 0:
            known = f"{contract.weighted:.6g} ÷ {contract.known:.6g}%"
            yield self.field("so far", f"{known} {contract.adjusted:+.2f} → {contract.result.provisional}", 2)
        if total is not None and before > cap:
            yield self.field("cap", f"{before:.6g} → {cap:.6g}", 2)
        if total is not None and before < 0:
            yield self.field("floor", f"{before:.6g} → 0", 2)
        if contract.veto_total is not None:
            yield self.field("veto", f"{_TOTAL_AT_MOST(self.lang)} {contract.veto_total:.6g}", 2)
        if contract.veto_grade:
            yield self.field("veto", f"{_GRADE_AT_MOST(self.lang)} {contract.veto_grade}", 2)
        yield from self._versions(contract)
        if len(self.explanation.contracts) > 1 or contract.outcome != self.explanation.outcome:
            yield from self._decided(contract.outcome, 2)
        yield self.field("total", self._conclusion(contract.result), 2)

    def _versions(self, contract: ContractExplanation) -> Iterator[str]:
        """The versions of an amended contract with their days, and how they make its total."""
        by_days = self.explanation.settings["amendment_scoring"] == "days"
        for each in contract.versions:
            held = f"{each.number}  {each.first} – {each.last}  {_DAYS(self.lang).format(each.days)}"
            if not by_days or not each.days:
                yield self.field("version", held, 2)
                continue
            weighed = [x for x in each.lines if x.weight > 0 and x.points is not None]
            parts = [f"{line.name} {line.points:.2f} × {line.weight:.6g}%" for line in weighed]
            parts += [f"{line.name} {line.points:+.2f}" for line in each.lines if line.adjusts and line.points]
            value = each.total if each.total is not None else each.provisional
            yield self.field("version", f"{held}  {' + '.join(parts)} → {'' if value is None else value}".rstrip(), 2)
        if contract.versions and not by_days:
            yield self.field("versions", _BY_CURRENT(self.lang), 2)
        counted = [each for each in contract.versions if each.counts and each.provisional is not None]
        result = contract.result.total if contract.result.total is not None else contract.result.provisional
        if by_days and counted and result is not None and not contract.outcome:
            parts = [f"{each.provisional} × {each.days}" for each in counted]
            average = f"({' + '.join(parts)}) ÷ {sum(each.days for each in counted)}"
            if contract.veto_total is not None:
                average = f"MIN({average}, {contract.veto_total:g})"
            yield self.field("versions", f"{average} = {result}", 2)

    def _decided(self, outcome: Outcome, depth: int) -> Iterator[str]:
        """Original, calibrated and appealed result, each with who decided, when and why."""
        for each in outcome:
            yield self.field("decided", f"{each.text(self.lang)}{self.aside(each.reason)}{_cell(each.address)}", depth)

    def _undetermined(self, result: ExplainedTotal) -> Iterator[str]:
        """What is wrong stands in place of the total."""
        yield self.field("total", self._conclusion(result), 2)
        reason = result.verdict.reason
        if reason is not None:
            yield f"     {reason.message(self.lang)}"
            yield f"     {reason.hint(self.lang)}"

    def _average(self) -> Iterator[str]:
        """The contracts' totals, weighted by their days."""
        contracts, result = [c for c in self.explanation.contracts if c.days > 0], self.explanation.result
        if result.total is None:  # provisional over those that have a result
            contracts = [c for c in contracts if c.result.provisional is not None]
        values = [c.result.total if result.total is not None else c.result.provisional for c in contracts]
        if values and None not in values and not result.verdict.is_undetermined:
            parts = " + ".join(f"{value} × {c.days:.12g}" for value, c in zip(values, contracts, strict=True))
            days = sum(contract.days for contract in contracts)
            total = self.explanation.averaged if result.total is not None else result.provisional
            binding = self.explanation.settings["veto_scope"] == "person"
            most = min((c.veto_total for c in contracts if binding and c.veto_total is not None), default=None)
            average = f"({parts}) ÷ {days:.12g}"
            yield self.field("person", f"{average if most is None else f'MIN({average}, {most:g})'} = {total}", 0)
        yield from self._decided(self.explanation.outcome, 0)
        yield self.field("total", self._conclusion(result), 0)

    def _conclusion(self, result: ExplainedTotal) -> str:
        lang, band = self.lang, result.band
        if result.verdict.is_undetermined:
            return result.verdict.label(lang)
        if result.total is None:
            text = f"{result.verdict.label(lang)}  {_COMPLETE(lang)} {result.completeness or 0:.4g}%"
            return text if result.provisional is None else f"{text}  {_PROVISIONAL(lang)} {result.provisional}"
        if band is None:
            return f"{result.total}"
        lower = "" if band.lower == float("-inf") else _FROM(lang).format(band.lower)
        factor = "" if band.coefficient is None else f"  {_COEFFICIENT(lang)} {band.coefficient:.12g}"
        return f"{result.total}  {_GRADE(lang)} {band.grade}{lower}{factor}"

    def _value(self, value: Any, line: LineExplanation, symbol: str = "A") -> str:
        if value == NOT_APPLICABLE:
            return _ABSENT(self.lang)
        if isinstance(value, bool):
            return (_YES if value else _NO)(self.lang)
        if not isinstance(value, int | float):
            return "" if value is None else str(value)
        return show_figure(value, line.unit if symbol in IN_UNIT else "", digits=12)

    def field(self, name: str, text: str, depth: int = 5) -> str:
        """What a line of text is about, and the text, indented."""
        return f"{' ' * depth}{_HEAD(self.lang).format(_NAMES[name](self.lang))}{text}"

    def aside(self, text: str) -> str:
        """A text in brackets; nothing for none."""
        return BRACKETS(self.lang).format(text) if text else ""


def _short(points: float | None) -> str:
    return f"{points:.4f}".rstrip("0").rstrip(".") if points is not None else ""


def _cell(address: Address, cells: str = "") -> str:
    """Where something stands; `cells` are others of that sheet."""
    return f" [{address.sheet}!{cells or address.cell}]" if cells or address.cell else ""
