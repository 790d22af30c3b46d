"""Weights: each contract's lines against the rules of core/weight_checks, with the cell of every finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from perfxl.core.checks.lookups import Contract, contracts_of, first_rows, labels
from perfxl.core.findings import cell, columns_of, rows_of
from perfxl.core.policy import Policy, Share
from perfxl.core.problems import Problem
from perfxl.core.records import Book, Records
from perfxl.core.weight_checks import check as check_weights
from perfxl.core.weight_rules import Candidate, WeightRules


def check(book: Book, policy: Policy) -> list[Problem]:
    """A sheet without a column of weights has none to judge; a contract with a line of no known category has no
    category sums: the line itself is reported as an unknown KPI or an empty cell."""
    lines = rows_of(book, "contract_lines")
    if lines is None or "weight" not in lines.columns:
        return []
    rules, candidates, derived = WeightRules.of(policy), _candidates(book, lines), lines.column("derived_weight")
    contracts, shares = contracts_of(book), _shares(book, policy)
    people = labels(book, "people")
    rows_by_contract: dict[str, list[int]] = {}
    for i, contract, kpi, weight in columns_of(lines, "contract", "kpi", "weight"):
        if kpi is not None or weight is not None:
            rows_by_contract.setdefault(contract, []).append(i)
    problems: list[Problem] = []
    for number, rows in rows_by_contract.items():
        mine = [candidates[i] for i in rows]
        share = shares.get(number) if all(each.category for each in mine) else None
        found = check_weights(
            mine,
            rules,
            category_weights={category: s.weight for category, s in share.items()} if share else None,
            derived=[derived[i] for i in rows],
            financial_range=_range(share.get("financial") if share else None),
        )
        if found:
            subject = _subject(number, contracts.get(number), people)
            problems += [_addressed(each, lines, rows, subject) for each in found]
    return problems


def _candidates(book: Book, lines: Records) -> list[Candidate]:
    kpis, names = rows_of(book, "kpis"), labels(book, "kpis")
    cards: dict[str, tuple[str, str]] = {}
    if kpis is not None:
        for _, kpi, category, kind, verdict in columns_of(kpis, "kpi", "category", "kind", "verdict"):
            kind = "monitor" if verdict == "monitor" else kind or "quantitative"
            cards.setdefault(kpi, (category or "", kind))
    made = []
    for _, kpi, aspect, weight in columns_of(lines, "kpi", "aspect", "weight"):
        # Without a library nobody knows whether a line without weight should have one.
        unknown = ("", "quantitative" if kpis is not None or weight is not None else "monitor")
        category, kind = cards.get(kpi, unknown)
        made.append(Candidate(names[kpi], aspect or category, kind=kind, agreed=weight))
    return made


def _shares(book: Book, policy: Policy) -> dict[str, Mapping[str, Share]]:
    """Contract -> category weights of the post type that the contract or else its holder names."""
    contracts, people = rows_of(book, "contracts"), rows_of(book, "people")
    if contracts is None:
        return {}
    rows = first_rows(people, "person")
    found: dict[str, Mapping[str, Share]] = {}
    for _, number, holder, post_type in columns_of(contracts, "contract", "holder", "post_type"):
        if post_type is None and people is not None and holder in rows:
            post_type = cell(people, rows[holder], "post_type")
        if post_type in policy.category_weights:
            found.setdefault(number, policy.category_weights[post_type])
    return found


def _range(share: Share | None) -> tuple[float | None, float | None] | None:
    return (share.lower, share.upper) if share and (share.lower is not None or share.upper is not None) else None


def _subject(number: str | None, contract: Contract | None, people: Mapping[str, str]) -> str:
    holders = "、".join(people[person] for person in contract.holders) if contract else ""
    return " ".join(part for part in (number, holders) if part)


def _addressed(found: Problem, lines: Records, rows: list[int], subject: str) -> Problem:
    """A line's finding at its own cell, a contract's at the weight of its first line."""
    index = found.details.get("index")
    column = found.column if index is not None else "weight"
    address = lines.address(rows[index or 0], column)
    return replace(
        found, address=address, table="contract_lines", column=column, details={**found.details, "subject": subject}
    )
