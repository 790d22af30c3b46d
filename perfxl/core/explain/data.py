"""An explanation as plain dicts and lists, for --json. Keys are English in either language; labels follow it."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.explain.facts import Contract, Event, Explanation, Figure, Line, Report, Result, Rule, Spread
from perfxl.core.explain.labels import aggregation_label, aspect_label, column_of_figure, direction_label, veto_text
from perfxl.core.problems import Address
from perfxl.core.scoring.scalar import STATUS_LABELS


def as_dict(found: Explanation, lang: str = "zh") -> dict[str, Any]:
    """The whole explanation; every figure with file, sheet and cell."""
    return {
        "person": found.person,
        "name": found.name,
        "unit": found.unit,
        "post": found.post,
        **_result(found.result),
        "contracts": [_contract(contract, lang) for contract in found.contracts],
        "bands": [{"grade": b.grade, "lower": _finite(b.lower), "coefficient": b.coefficient} for b in found.bands],
        "total_cap": found.total_cap,
    }


def _contract(found: Contract, lang: str) -> dict[str, Any]:
    return {
        "contract": found.contract,
        "holder": found.holder,
        "issuer": found.issuer,
        "unit": found.unit,
        "post": found.post,
        "from": _plain(found.start),
        "to": _plain(found.end),
        "days": found.days,
        "source": _address(found.address),
        "lines": [_line(line, lang) for line in found.lines],
        "weighted": found.weighted,
        "adjusted": found.adjusted,
        "known_weight": found.known,
        "whole_weight": found.whole,
        "veto_total": found.veto_total,
        "veto_grade": found.veto_grade,
        **_result(found.result),
    }


def _result(found: Result) -> dict[str, Any]:
    return {
        "total": found.total,
        "provisional": found.provisional,
        "completeness": found.completeness,
        "grade": found.band.grade if found.band else None,
        "coefficient": found.band.coefficient if found.band else None,
    }


def _line(found: Line, lang: str) -> dict[str, Any]:
    side = 0 if lang == "zh" else 1
    return {
        "kpi": found.kpi,
        "name": found.name,
        "aspect": aspect_label(found.aspect, lang),
        "unit": found.unit,
        "source": _address(found.address),
        "method": found.method.name if found.method else found.method_name,
        "method_label": found.method.label(lang) if found.method else found.method_name,
        "direction": direction_label(found, lang),
        "status": found.status.value,
        "status_label": STATUS_LABELS[found.status][side],
        "problems": [problem.as_dict(lang) for problem in found.problems],
        "figures": [_figure(figure, lang) for figure in found.figures],
        "rule": _rule(found.rule) if found.rule else None,
        "points": found.points,
        "weight": found.weight,
        "effective_weight": found.effective,
        "weight_from": [_spread(spread) for spread in found.spread],
        "weighted_points": found.weighted,
        "actual": _plain(found.actual),
        "to_date": _plain(found.to_date),
        "aggregation": aggregation_label(found.aggregation, lang),
        "reports": [_report(report) for report in found.reports],
        "events": [_event(event) for event in found.events],
        "veto": veto_text(found.veto, lang) if found.veto else None,
    }


def _figure(found: Figure, lang: str) -> dict[str, Any]:
    label = column_of_figure(found, lang)
    return {"symbol": found.symbol, "label": label, "value": _plain(found.value), "source": _address(found.address)}


def _rule(found: Rule) -> dict[str, Any]:
    return {
        "formula": found.text,
        "applied": found.applied,
        "raw": found.raw,
        "floor": found.floor,
        "cap": found.cap,
        "limited_by": found.hit or None,
        "table": [list(each) for each in found.table],
        "reached": list(found.reached) if found.reached else None,
    }


def _spread(found: Spread) -> dict[str, Any]:
    return {"scope": found.scope, "whole": found.whole, "applicable": found.able, "from": list(found.givers)}


def _report(found: Report) -> dict[str, Any]:
    return {
        "period": found.period,
        "value": _plain(found.value),
        "numerator": found.numerator,
        "denominator": found.denominator,
        "evidence": found.evidence,
        "source": _address(found.address),
    }


def _event(found: Event) -> dict[str, Any]:
    return {
        "date": _plain(found.day),
        "count": found.times,
        "fact": found.fact,
        "evidence": found.source,
        "source": _address(found.address),
    }


def _address(found: Address) -> dict[str, str]:
    return {"file": found.file, "sheet": found.sheet, "cell": found.cell}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _finite(value: float) -> float | None:
    return None if value == float("-inf") else value
