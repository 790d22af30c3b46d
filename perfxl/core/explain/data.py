"""An explanation as plain dicts and lists, for --json. Keys are English in either language; labels follow it."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.explain.facts import (
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
from perfxl.core.official import Standing
from perfxl.core.problems import Address
from perfxl.core.scoring.outcomes import Outcome, outcome_as_dicts, versions_as_dicts
from perfxl.core.scoring.scalar import STATUS_LABELS


def as_dict(explanation: Explanation, lang: str = "zh") -> dict[str, Any]:
    """The whole explanation; every figure with file, sheet and cell. Points; weights in percent points."""
    return {
        "person": explanation.person,
        "name": explanation.name,
        "unit": explanation.unit,
        "post": explanation.post,
        **_total(explanation.result, lang),
        **_decided(explanation.outcome),
        "contracts": [_contract(contract, lang) for contract in explanation.contracts],
        "bands": [
            {"grade": b.grade, "lower": None if b.lower == float("-inf") else b.lower, "coefficient": b.coefficient}
            for b in explanation.bands
        ],
        "total_cap": explanation.total_cap,
    }


def _contract(contract: ContractExplanation, lang: str) -> dict[str, Any]:
    return {
        "contract": contract.contract,
        "holder": contract.holder,
        "issuer": contract.issuer,
        "unit": contract.unit,
        "post": contract.post,
        "from": _plain(contract.start),
        "to": _plain(contract.end),
        "days": contract.days,
        "source": _address(contract.address),
        "lines": [_line(line, lang) for line in contract.lines],
        "weighted": contract.weighted,
        "adjusted": contract.adjusted,
        "known_weight": contract.known,
        "whole_weight": contract.whole,
        "veto_total": contract.veto_total,
        "veto_grade": contract.veto_grade,
        **_total(contract.result, lang),
        **_decided(contract.outcome),
        **({"versions": versions_as_dicts(contract.versions)} if contract.versions else {}),
    }


def _decided(outcome: Outcome) -> dict[str, Any]:
    """Only where something was decided."""
    return {"results": outcome_as_dicts(outcome)} if outcome else {}


def _total(total: ExplainedTotal, lang: str) -> dict[str, Any]:
    verdict = total.verdict
    return {
        "official": verdict.standing is Standing.OFFICIAL,
        "standing": verdict.standing.value,
        "reason": verdict.reason.as_dict(lang) if verdict.reason else None,
        "total": total.total,
        "provisional": total.provisional,
        "completeness": total.completeness,
        "grade": total.band.grade if total.band else None,
        "coefficient": total.band.coefficient if total.band else None,
    }


def _line(line: LineExplanation, lang: str) -> dict[str, Any]:
    return {
        "kpi": line.kpi,
        "name": line.name,
        "aspect": aspect_label(line.aspect, lang),
        "unit": line.unit,
        "source": _address(line.address),
        "method": line.method.name if line.method else line.method_name,
        "method_label": line.method.label(lang) if line.method else line.method_name,
        "direction": direction_label(line, lang),
        "status": line.status.value,
        "status_label": STATUS_LABELS[line.status](lang),
        "problems": [problem.as_dict(lang) for problem in line.problems],
        "figures": [
            {
                "symbol": figure.symbol,
                "label": figure_label(figure, lang),
                "value": _plain(figure.value),
                "source": _address(figure.address),
            }
            for figure in line.figures
        ],
        "rule": _rule(line.rule) if line.rule else None,
        "points": line.points,
        "weight": line.weight,
        "effective_weight": line.effective,
        "weight_from": [
            {"scope": spread.scope, "whole": spread.whole, "applicable": spread.able, "from": list(spread.givers)}
            for spread in line.spread
        ],
        "weighted_points": line.weighted,
        "actual": _plain(line.actual),
        "to_date": _plain(line.to_date),
        "aggregation": aggregation_label(line.aggregation, lang),
        "reports": [
            {
                "period": report.period,
                "value": _plain(report.value),
                "numerator": report.numerator,
                "denominator": report.denominator,
                "evidence": report.evidence,
                "source": _address(report.address),
            }
            for report in line.reports
        ],
        "events": [
            {
                "date": _plain(event.day),
                "count": event.times,
                "fact": event.fact,
                "evidence": event.source,
                "source": _address(event.address),
            }
            for event in line.events
        ],
        "veto": veto_text(line.veto, lang) if line.veto else None,
        **({"original_points": line.changed.original} if line.changed else {}),
        "raters": [
            {
                "relations": list(raters.relations),
                "relations_label": relations_label(raters.relations, lang),
                "count": raters.size,
                "mean": raters.mean,
                "share": raters.share,
                "counted": raters.counted,
                "marks": [
                    {"rater": mark.rater, "mark": _plain(mark.value), "source": _address(mark.address)}
                    for mark in raters.marks
                ],
            }
            for raters in line.raters
        ],
    }


def _rule(rule: AppliedRule) -> dict[str, Any]:
    return {
        "formula": rule.text,
        "applied": rule.applied,
        "raw": rule.raw,
        "floor": rule.floor,
        "cap": rule.cap,
        "limited_by": rule.hit or None,
        "table": [list(step) for step in rule.table],
        "reached": list(rule.reached) if rule.reached else None,
    }


def _address(address: Address) -> dict[str, str]:
    return {"file": address.file, "sheet": address.sheet, "cell": address.cell}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
