"""An explanation as lines of text for the terminal, in the order in which a person would check it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfxl.core.explain.facts import Contract, Explanation, Line, Result, Rule
from perfxl.core.explain.labels import aggregation_label, aspect_label, column_of_figure, direction_label, veto_text
from perfxl.core.problems import Address
from perfxl.core.scoring.scalar import STATUS_LABELS, Status
from perfxl.core.values.numbers import show_figure
from perfxl.core.values.text import NOT_APPLICABLE

_IN_A_LINE = 6  # rows of actuals


def as_text_lines(found: Explanation, lang: str = "zh") -> list[str]:
    """The explanation, one line of text each."""
    return list(_Words(found, lang).all())


class _Words:
    def __init__(self, found: Explanation, lang: str) -> None:
        self.found, self.lang = found, lang

    def all(self) -> Iterator[str]:
        found = self.found
        yield "  ".join(part for part in (f"{found.name}{self.aside(found.person)}", found.unit, found.post) if part)
        yield self._conclusion(found.result)
        for contract in found.contracts:
            yield ""
            yield from self._contract(contract)
        if len(found.contracts) > 1:
            yield ""
            yield from self._average()

    def _contract(self, contract: Contract) -> Iterator[str]:
        span = f"{contract.start or ''} – {contract.end or ''}" if contract.start or contract.end else ""
        days = self.say(f"{contract.days:.15g} 天", f"{contract.days:.15g} days")
        parts = (contract.contract, contract.unit, contract.post, span, days if len(self.found.contracts) > 1 else "")
        yield self.say("合同 ", "Contract ") + "  ".join(part for part in parts if part)
        for number, line in enumerate(contract.lines, 1):
            yield ""
            yield from self._line(number, line)
        yield ""
        yield from self._total(contract)

    def _line(self, number: int, line: Line) -> Iterator[str]:
        method = line.method.label(self.lang) if line.method else line.method_name
        direction = direction_label(line, self.lang)
        head = f"{number}. {line.name}"
        aspect = aspect_label(line.aspect, self.lang)
        yield "  " + "  ".join(p for p in (head, aspect, method + self.aside(direction)) if p)
        if line.rule and (line.status is Status.SCORED or line.problems):
            yield from self._rule(line, line.rule)
        yield from self._sources(line)
        for problem in line.problems:
            yield f"     {problem.message(self.lang)}"
            yield f"     {problem.hint(self.lang)}"
        yield from self._weight(line)
        yield self._outcome(line)

    def _rule(self, line: Line, rule: Rule) -> Iterator[str]:
        yield self._field("规则", "rule", rule.text)
        if rule.table:
            yield self._field("对照", "table", self._table(line, rule))
        names = [
            f"{figure.symbol} {column_of_figure(figure, self.lang)} = {self._value(figure.value, line, figure.symbol)}"
            + _place(figure.address)
            for figure in line.figures
            if figure.symbol not in ("FLOOR", "CAP")
        ]
        if names:
            yield self._field("数据", "figures", self.say("；", "; ").join(names))
        if rule.raw is None:
            return
        raw = f"{rule.raw:.12g}"
        yield self._field("代入", "applied", rule.applied if rule.applied == raw else f"{rule.applied} = {raw}")
        limits = {figure.symbol: _place(figure.address) for figure in line.figures}
        if rule.hit == "cap" and rule.cap is not None:
            yield self._field("封顶", "cap", f"{raw} → {rule.cap:.12g}{limits.get('CAP', '')}")
        elif rule.hit == "floor" and rule.floor is not None:
            yield self._field("保底", "floor", f"{raw} → {rule.floor:.12g}{limits.get('FLOOR', '')}")

    def _table(self, line: Line, rule: Rule) -> str:
        """The steps or grades, and the one reached in brackets."""
        sign = "≥" if line.direction > 0 else "≤"
        shown = []
        for at, points in rule.table:
            key = at if isinstance(at, str) else f"{sign}{self._value(at, line)}"
            text = f"{key} {self.say('得', 'earns')} {points:.12g}"
            shown.append(f"【{text}】" if (at, points) == rule.reached else text)
        return self.say("，", ", ").join(shown)

    def _sources(self, line: Line) -> Iterator[str]:
        """Where the actual comes from: the periods' reports, or the events."""
        if line.reports:
            yield from self._reports(line)
        for event in line.events:
            what = " ".join(str(part) for part in (event.day or "", event.fact) if part)
            source = self.say(f"，来源：{event.source}", f"; source: {event.source}") if event.source else ""
            times = f" ×{event.times:.12g}" if event.times != 1 else ""
            yield self._field("事件", "event", f"{what}{times}{source}{_place(event.address)}")

    def _reports(self, line: Line) -> Iterator[str]:
        several = len(line.reports) > 1
        shown = [
            f"{r.period} {self._reported(r.value, r.numerator, r.denominator, line)}{_place(r.address)}"
            for r in line.reports
        ]
        for start in range(0, len(shown), _IN_A_LINE):
            head = f"{aggregation_label(line.aggregation, self.lang)}  " if several and not start else ""
            last = start + _IN_A_LINE >= len(shown)
            result = f" → {self._value(line.to_date, line)}" if several and last else ""
            text = head + ", ".join(shown[start : start + _IN_A_LINE]) + result
            yield self._field("实绩", "actuals", text) if not start else self._field("　　", "", text)

    def _weight(self, line: Line) -> Iterator[str]:
        weight = line.weight or 0.0
        if line.status is Status.NOT_APPLICABLE and weight > 0 and line.effective == 0:
            text = self.say(
                f"{weight:.12g}%，不适用，分给其余指标", f"{weight:.12g}%, not applicable: goes to the others"
            )
            yield self._field("权重", "weight", text)
        for spread in line.spread:
            scope = self.say(*{"category": ("同类", "category"), "contract": ("合同", "contract")}[spread.scope])
            names = self.say("、", ", ").join(spread.givers)
            sum_text = f"{weight:.12g} × {spread.whole:.12g} ÷ {spread.able:.12g}"
            why = self.say(f"{scope}内“{names}”不适用", f"“{names}” of the {scope} not applicable")
            yield self._field("权重", "weight", sum_text + self.aside(why))
            weight = weight * spread.whole / spread.able if spread.able else weight

    def _outcome(self, line: Line) -> str:
        if line.veto:
            return self._field("否决", "veto", veto_text(line.veto, self.lang))
        if line.method and line.method.name == "veto":
            return self._field("否决", "veto", self.say("未发生", "no event"))
        if line.status is not Status.SCORED or line.points is None:
            label = STATUS_LABELS[line.status][0 if self.lang == "zh" else 1]
            to_date = (
                "" if line.to_date is None or line.status is not Status.PENDING else self._value(line.to_date, line)
            )
            return self._field(
                "状态", "status", f"{label} {self.say('至今', 'to date')} {to_date}" if to_date else label
            )
        if line.adjusts:
            return self._field("加减", "adjusts", f"{line.points:+.2f}" if line.points else "0")
        return self._field("得分", "points", f"{line.points:.2f} × {line.effective:.6g}% = {_short(line.weighted)}")

    def _total(self, contract: Contract) -> Iterator[str]:
        parts = [_short(line.weighted) for line in contract.lines if line.weighted is not None]
        if parts:
            yield self._field("加权", "weighted", f"{' + '.join(parts)} = {contract.weighted:.6g}", 2)
        if contract.adjusted:
            yield self._field("加减", "adjusts", f"{contract.adjusted:+.2f}", 2)
        total = contract.result.total
        if total is None and contract.known > 0:
            known = f"{contract.weighted:.6g} ÷ {contract.known:.6g}%"
            yield self._field("暂定", "so far", f"{known} {contract.adjusted:+.2f} → {contract.result.provisional}", 2)
        before = contract.weighted + contract.adjusted
        if total is not None and before > self.found.total_cap:
            yield self._field("封顶", "cap", f"{before:.6g} → {self.found.total_cap:.6g}", 2)
        if total is not None and before < 0:
            yield self._field("保底", "floor", f"{before:.6g} → 0", 2)
        if contract.veto_total is not None:
            yield self._field(
                "否决", "veto", self.say("总分不超过", "total at most") + f" {contract.veto_total:.6g}", 2
            )
        if contract.veto_grade:
            yield self._field("否决", "veto", self.say("等级不高于", "grade at most") + f" {contract.veto_grade}", 2)
        yield self._field("总分", "total", self._conclusion(contract.result), 2)

    def _average(self) -> Iterator[str]:
        """The contracts' totals, weighted by their days."""
        contracts, result = self.found.contracts, self.found.result
        values = [c.result.total if result.total is not None else c.result.provisional for c in contracts]
        days = sum(contract.days for contract in contracts)
        if None not in values:
            parts = " + ".join(f"{value} × {c.days:.12g}" for value, c in zip(values, contracts, strict=True))
            total = result.total if result.total is not None else result.provisional
            yield self._field("个人", "person", f"({parts}) ÷ {days:.12g} = {total}", 0)
        yield self._field("总分", "total", self._conclusion(result), 0)

    def _conclusion(self, result: Result) -> str:
        if result.total is None:
            text = self.say("未定", "open") + f"  {self.say('完成度', 'complete')} {result.completeness:.4g}%"
            return (
                text
                if result.provisional is None
                else f"{text}  {self.say('暂定分', 'provisional')} {result.provisional}"
            )
        band = result.band
        if band is None:
            return f"{result.total}"
        factor = "" if band.coefficient is None else f"  {self.say('系数', 'coefficient')} {band.coefficient:.12g}"
        lower = (
            "" if band.lower == float("-inf") else self.say(f"（{band.lower:.12g} 分起）", f" (from {band.lower:.12g})")
        )
        return f"{result.total}  {self.say('等级', 'grade')} {band.grade}{lower}{factor}"

    def _reported(self, value: Any, over: float | None, under: float | None, line: Line) -> str:
        if value is None and over is not None and under is not None:
            return f"{over:.12g}/{under:.12g}"
        return self._value(value, line)

    def _value(self, value: Any, line: Line, symbol: str = "A") -> str:
        if value == NOT_APPLICABLE:
            return self.say("不适用", NOT_APPLICABLE)
        if isinstance(value, bool):
            return self.say("是" if value else "否", "yes" if value else "no")
        if not isinstance(value, int | float):
            return "" if value is None else str(value)
        in_unit = symbol in ("A", "T", "L", "C", "B", "LO", "HI", "U")
        return show_figure(value, line.unit if in_unit else "", digits=12)

    def _field(self, zh: str, en: str, text: str, depth: int = 5) -> str:
        return f"{' ' * depth}{zh}  {text}" if self.lang == "zh" else f"{' ' * depth}{en:<9}{text}"

    def aside(self, text: str) -> str:
        """A text in brackets; nothing for none."""
        return self.say(f"（{text}）", f" ({text})") if text else ""

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en


def _short(points: float | None) -> str:
    return f"{points:.4f}".rstrip("0").rstrip(".") if points is not None else ""


def _place(address: Address) -> str:
    return f" [{address.sheet}!{address.cell}]" if address.cell else ""
