"""Weights, each contract's lines against the rules of core/weights; and conservation: what stands in the workbook but
in no result is named."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.policy import SETTINGS, Policy, is_default_scale
from perfxl.core.policy_reading import setting_of
from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.core.table_access import columns_of, first_rows, labels, lines_by_holder, problem_at, rows_of
from perfxl.core.weights.checks import check as judge_weights
from perfxl.core.weights.checks import financial_words, judge_ratings
from perfxl.core.weights.program import addressed, contract_tables, financial_range
from perfxl.core.weights.rules import Candidate, WeightRules

_RATINGS = ("impact", "controllability", "measurability")


def check_weights(tables: Tables, policy: Policy) -> list[Problem]:
    """Ratings of KPIs, and the weights of each contract's lines (scoring.md section 3)."""
    rules = WeightRules.of(policy)
    return [*_ratings(tables, rules), *_contracts(tables, policy, rules)]


def _ratings(tables: Tables, rules: WeightRules) -> Iterator[Problem]:
    """Ratings off the scale, or some of the three without the others; with none at all there is nothing to derive."""
    kpis, names = rows_of(tables, "kpis"), labels(tables, "kpis")
    if kpis is None:
        return
    rows, candidates = [], []
    for i, kpi, kind, verdict, *ratings in columns_of(kpis, "kpi", "kind", "verdict", *_RATINGS):
        if verdict not in ("drop", "monitor") and any(rating is not None for rating in ratings):
            rows.append(i)
            impact, controllability, measurability = ratings
            candidates.append(Candidate(names[kpi], "", impact, controllability, measurability, kind or "quantitative"))
    for about in judge_ratings(candidates, rules)[1]:
        yield about.at(kpis.address(rows[about.details["index"]], about.column))


def _contracts(tables: Tables, policy: Policy, rules: WeightRules) -> list[Problem]:
    """A sheet without a column of weights has none to judge."""
    lines = rows_of(tables, "contract_lines")
    if lines is None or "weight" not in lines.columns:
        return []
    derived = lines.column("derived_weight")
    problems: list[Problem] = []
    # A program signs few different sets of weights: what was found right once need not be judged again.
    right: set[tuple[object, ...]] = set()
    for table in contract_tables(tables, policy):
        own = [derived[i] for i in table.rows]
        weights = (tuple(table.shares.items()), *(candidate[1:] for candidate in table.candidates), *own)
        if weights in right:
            continue
        broken = judge_weights(
            table.candidates,
            rules,
            category_weights={category: s.weight for category, s in table.shares.items()} or None,
            derived=own,
            financial_range=financial_range(table.shares, policy.categories.financial),
            financial_categories=financial_words(policy.categories),
        )
        if not broken:
            right.add(weights)
        problems += [addressed(about, lines, table) for about in broken]
    return problems


# Table, its name column, and the KPI library's column that would name it.
_NAMED_BY_KPIS = (("step_tables", "table", "steps"), ("grade_tables", "scale", "scale"))
_UNTIL_EVALUATION = ("service_min",)
_LINK_ENDS = (("kpi", "owner"), ("sub_kpi", "sub_owner"))


def check_conservation(tables: Tables, policy: Policy) -> list[Problem]:
    """KPIs, scales, phasing and links that no contract uses; settings that nothing uses yet."""
    return [
        *_unused_kpis(tables),
        *_unused_tables(tables),
        *_stray_phasing(tables),
        *_stray_links(tables),
        *_until_evaluation(tables, policy),
    ]


def _unused_kpis(tables: Tables) -> Iterator[Problem]:
    kpis, lines = rows_of(tables, "kpis"), rows_of(tables, "contract_lines")
    if kpis is None or lines is None:
        return
    used, names = set(lines.column("kpi")), labels(tables, "kpis")
    amendments = rows_of(tables, "amendments")
    if amendments is not None:  # a KPI of an earlier version is in a contract
        used |= set(amendments.column("kpi"))
    for i, kpi, verdict in columns_of(kpis, "kpi", "verdict"):
        if kpi is not None and kpi not in used and verdict != "drop":
            yield problem_at("kpi_unused", kpis, i, "kpi", kpi=names[kpi])


def _unused_tables(tables: Tables) -> Iterator[Problem]:
    kpis = rows_of(tables, "kpis")
    if kpis is None:
        return
    for table, column, by in _NAMED_BY_KPIS:
        records, used = rows_of(tables, table), set(kpis.column(by))
        if records is None:
            continue
        for name, i in first_rows(records, column).items():
            if name is not None and name not in used and not is_default_scale(name):
                yield problem_at("scale_unused", records, i, column)


def _stray_phasing(tables: Tables) -> Iterator[Problem]:
    phasing, lines = rows_of(tables, "phasing"), rows_of(tables, "contract_lines")
    if phasing is None or lines is None:
        return
    agreed = set(zip(lines.column("contract"), lines.column("kpi"), strict=True))
    names = labels(tables, "kpis")
    for i, contract, kpi in columns_of(phasing, "contract", "kpi"):
        if contract is not None and kpi is not None and (contract, kpi) not in agreed:
            yield problem_at("phasing_kpi_not_held", phasing, i, "kpi", contract=contract, kpi=names[kpi])


def _stray_links(tables: Tables) -> Iterator[Problem]:
    links = rows_of(tables, "links")
    if links is None:
        return
    agreed = lines_by_holder(tables)
    if agreed is None:
        return
    people, kpis = labels(tables, "people"), labels(tables, "kpis")
    for kpi_column, owner_column in _LINK_ENDS:
        for i, kpi, owner in columns_of(links, kpi_column, owner_column):
            if kpi is not None and owner is not None and (owner, kpi) not in agreed:
                yield problem_at("link_kpi_not_held", links, i, kpi_column, person=people[owner], kpi=kpis[kpi])


def _until_evaluation(tables: Tables, policy: Policy) -> Iterator[Problem]:
    """Settings that were changed from their default: one notice each."""
    sheet = rows_of(tables, "policy")
    if sheet is None:
        return
    unused = {setting for setting in SETTINGS if setting.name in _UNTIL_EVALUATION}
    for i, key in columns_of(sheet, "key"):
        setting = setting_of(key) if key is not None else None
        if setting in unused and policy[setting.name] != setting.default:
            unused.remove(setting)
            yield problem_at("setting_not_used", sheet, i, "value", setting=setting.text)
