"""The sample's tables of set-up and design: policy, grades, category weights, holidays, units, people; objectives, the
KPI library, step and grade tables, the company's own method."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from perfxl.core.language import SEMICOLON, Text
from perfxl.core.policy import DEFAULT_BANDS, SETTINGS
from perfxl.core.rulebook import built_in
from perfxl.sample import material
from perfxl.sample.builder import TableBuilder
from perfxl.sample.contracts import YEAR_END, YEAR_START
from perfxl.sample.organisation import Organisation


def write(tables: TableBuilder, organisation: Organisation, rng: Random, lang: str) -> None:
    """Fills the tables that a program begins with, from the policy to the KPI library."""
    _policy(tables, lang)
    for band in DEFAULT_BANDS:
        meaning = material.by_name("bands")[band.grade](lang)
        tables.add(
            "grade_bands", grade=band.grade, lower=max(0.0, band.lower), coefficient=band.coefficient, meaning=meaning
        )
    for name, categories in material.POST_TYPES.values():
        for category, (weight, lower, upper) in categories.items():
            tables.add(
                "category_weights",
                post_type=name(lang),
                category=category,
                weight=weight,
                lower=lower,
                upper=upper,
            )
    for day, kind, holiday in material.HOLIDAYS:
        tables.add("holidays", date=day, kind=kind, name=holiday(lang))
    for unit in organisation.units:
        grade = next(grade for least, grade in _UNIT_GRADES if unit.level >= least) if unit.parent else None
        tables.add("units", unit=unit.id, name=unit.name, parent=unit.parent, head=unit.head, grade=grade)
    _people(tables, organisation, rng, lang)
    _write_library(tables, organisation, lang)


_UNIT_GRADES = ((2.0, "A"), (-1.5, "B"), (-99.0, "C"))


def _policy(tables: TableBuilder, lang: str) -> None:
    """Only what this company sets for itself; the rest are the defaults."""
    set_here: dict[str, Any] = {
        "company": material.text("company")(lang),
        "program": material.text("program")(lang),
        "period_start": YEAR_START,
        "period_end": YEAR_END,
        "as_of": YEAR_END,
        "weight_min": 4.0,
    }
    reasons = {"weight_min": material.text("least_weight")}
    for setting in SETTINGS:
        if setting.name in set_here:
            tables.add(
                "policy",
                key=Text(setting.zh, setting.en)(lang),
                value=set_here[setting.name],
                unit=setting.unit or None,
                help=reasons.get(setting.name, Text(setting.zh_help, setting.en_help))(lang),
            )


def _people(tables: TableBuilder, organisation: Organisation, rng: Random, lang: str) -> None:
    for person in organisation.people:
        post = material.POSTS[person.post]
        second = next((report for report in person.reports if report.deputy), None)
        tables.add(
            "people",
            person=person.id,
            name=person.name,
            unit=person.unit.id,
            post=(material.text("deputy_post") if person.deputy else post.name)(lang),
            post_type=material.POST_TYPES[post.post_type].name(lang),
            superior=person.superior.id if person.superior else None,
            second_holder=second.id if second else None,
            start=YEAR_START - timedelta(days=int(365 * rng.uniform(1, 25))),
            email=person.email,
        )


def _write_library(tables: TableBuilder, organisation: Organisation, lang: str) -> None:
    """Fills objectives, kpis, step_tables, grade_tables, methods and method_cases."""
    _objectives(tables, organisation, lang)
    on_contracts = {line.kpi for person in organisation.people for line in material.POSTS[person.post].lines}
    library = [kpi for kpi in material.KPIS.values() if kpi.id in on_contracts or kpi.verdict == "drop"]
    _value_tree(tables, {kpi.id for kpi in library}, organisation.top.span * 60.0, lang)
    used = {kpi.table for kpi in library}
    for kpi in library:
        _kpi(tables, kpi, lang)
    for key, (name, steps) in material.STEPS.items():
        for at, points in steps if key in used else ():
            tables.add("step_tables", table=name(lang), at=at, points=points)
    for key, scale in material.SCALES.items():
        for label, points, sentence in (
            zip(scale.labels, scale.points, scale.sentences, strict=True) if key in used else ()
        ):
            tables.add(
                "grade_tables", scale=scale.name(lang), grade=label(lang), points=points, sentence=sentence(lang)
            )
    tables.add(
        "methods",
        method=material.text("own_method")(lang),
        formula=material.OWN_FORMULA,
        help=material.text("own_method_help")(lang),
    )
    for actual, target, direction, points in material.METHOD_CASES:
        tables.add(
            "method_cases",
            method=material.text("own_method")(lang),
            actual=actual,
            target=target,
            direction=direction,
            points=points,
        )


def _objectives(tables: TableBuilder, organisation: Organisation, lang: str) -> None:
    """The company's and the departments', then each branch's under those of the branch or company above it."""
    company = organisation.units[0]
    revenue = organisation.top.span * 60
    for objective in material.OBJECTIVES:
        holder = objective.unit or company.id
        _objective(tables, objective, objective.id, holder, objective.parent, objective.causes, lang, revenue=revenue)
    branches = {person.unit.id: person.unit for person in organisation.of("branch_gm")}
    for unit in branches.values():
        for objective in material.BRANCH_OBJECTIVES:
            above = f"{unit.parent}-{objective.id}" if unit.parent in branches else objective.parent
            causes = tuple(f"{unit.id}-{cause}" for cause in objective.causes)
            _objective(tables, objective, f"{unit.id}-{objective.id}", unit.id, above, causes, lang, unit=unit.name)


_WAN, _PER_CUSTOMER = Text("万元", "10k yuan"), Text("元/户", "yuan/customer")
# Node, name, formula, unit, KPI.
_NODES: tuple[tuple[str, Text, Text | None, Text, str | None], ...] = (
    ("VT1", Text("EBITDA", "EBITDA"), Text("通信业务收入-付现成本", "VT2-VT3"), _WAN, None),
    ("VT2", Text("通信业务收入", "Telecom revenue"), Text("用户数*户均收入", "VT6*VT7"), _WAN, "F01"),
    ("VT3", Text("付现成本", "Cash cost"), Text("营销成本+网络维护成本+其他成本", "VT4+VT5+VT10"), _WAN, None),
    ("VT4", Text("营销成本", "Marketing cost"), Text("通信业务收入*销售费用率", "VT2*VT8"), _WAN, "F10"),
    ("VT5", Text("网络维护成本", "Maintenance cost"), Text("用户数*每户网络维护成本", "VT6*VT9"), _WAN, None),
    ("VT6", Text("用户数", "Customers"), None, Text("万户", "10k customers"), "S04"),
    ("VT7", Text("户均收入", "Revenue per customer"), None, _PER_CUSTOMER, None),
    ("VT8", Text("销售费用率", "Selling expense ratio"), None, Text("%", "%"), "F14"),
    ("VT9", Text("每户网络维护成本", "Maintenance cost per customer"), None, _PER_CUSTOMER, "F13"),
    ("VT10", Text("其他成本", "Other cost"), None, _WAN, None),
)


def _value_tree(tables: TableBuilder, library: set[str], revenue: float, lang: str) -> None:
    """EBITDA down to its drivers; at their targets customers times revenue per customer make the revenue's target."""
    figures = {
        "VT6": (round(revenue / 660, 4), round(revenue / 600, 4)),
        "VT7": (585.0, 600.0),
        "VT8": (0.14, 0.13),
        "VT9": (66.0, 62.0),
        "VT10": (float(round(revenue * 0.38)), float(round(revenue * 0.39))),
    }
    for node, name, formula, unit, kpi in _NODES:
        actual, target = figures.get(node, (None, None))
        note = Text("上年实际与本年目标", "Last year's actual, this year's target") if node == "VT1" else None
        tables.add(
            "value_tree",
            node=node,
            name=name(lang),
            formula=formula(lang) if formula else None,
            actual=actual,
            target=target,
            unit=unit(lang),
            kpi=kpi if kpi in library else None,
            note=note(lang) if note else None,
        )


def _objective(
    tables: TableBuilder,
    objective: material.Objective,
    id: str,
    unit_id: str,
    parent: str | None,
    causes: tuple[str, ...],
    lang: str,
    **figures: object,
) -> None:
    tables.add(
        "objectives",
        objective=id,
        parent=parent,
        unit=unit_id,
        perspective=objective.perspective,
        text=objective.text(lang).format(**figures),
        csf_result=objective.result(lang),
        csf_action_1=objective.actions[0](lang),
        csf_action_2=objective.actions[1](lang),
        causes=SEMICOLON(lang).join(causes) or None,
    )


def _kpi(tables: TableBuilder, kpi: material.Kpi, lang: str) -> None:
    impact, controllability, measurability = kpi.ratings or (None, None, None)
    tables.add(
        "kpis",
        kpi=kpi.id,
        name=kpi.name(lang),
        objective=kpi.objective,
        category=kpi.category,
        kind=kpi.kind,
        source=kpi.source,
        method=_method(kpi.method, lang),
        direction=_direction(kpi),
        unit=material.UNITS[kpi.unit](lang),
        decimals=kpi.decimals,
        numerator=kpi.numerator(lang) if kpi.numerator else None,
        denominator=kpi.denominator(lang) if kpi.denominator else None,
        definition=_definition(kpi, lang),
        data_source=kpi.keeper.department(lang),
        collector=kpi.keeper.collector(lang),
        reporter=kpi.keeper.department(lang),
        due_day=kpi.keeper.due_day,
        period=kpi.period,
        aggregation=kpi.aggregation,
        k=kpi.k,
        unit_step=kpi.step,
        limit=kpi.limit,
        full_marks=100.0 if kpi.method == "marks" else None,
        rater_shares=material.text("rater_shares")(lang) if kpi.method == "marks" else None,
        steps=_table_name(kpi, material.STEPS, lang),
        scale=_table_name(kpi, material.SCALES, lang) if kpi.method == "grade" else None,
        veto_effect=kpi.veto,
        veto_grade=kpi.veto_grade,
        impact=impact,
        controllability=controllability,
        measurability=measurability,
        verdict=kpi.verdict,
        note=kpi.note(lang) if kpi.note else None,
    )


def _direction(kpi: material.Kpi) -> str | None:
    """Blank where neither more nor less is better."""
    if kpi.method in ("within", "milestone"):
        return None
    return "lower" if kpi.lower or kpi.method in ("deduct", "veto") else "higher"


def _method(name: str, lang: str) -> str:
    if name == "own":
        return material.text("own_method")(lang)
    method = built_in()[name]
    return Text(method.zh, method.name)(lang)


def _definition(kpi: material.Kpi, lang: str) -> str:
    if kpi.numerator and kpi.denominator:
        numerator, denominator = kpi.numerator(lang), kpi.denominator(lang)
        percent = "×100%" if kpi.unit == "percent" else ""
        return Text(f"{_term(numerator)}÷{_term(denominator)}{percent}", f"{numerator} ÷ {denominator}")(lang)
    return (kpi.definition or material.text({"milestone": "milestone", "marks": "marked"}.get(kpi.method, "graded")))(
        lang
    )


def _term(text: str) -> str:
    return f"({text})" if "+" in text or "-" in text else text


def _table_name(
    kpi: material.Kpi, tables: Mapping[str, material.Steps] | Mapping[str, material.Scale], lang: str
) -> str | None:
    return tables[kpi.table].name(lang) if kpi.table and kpi.table in tables else None
