"""Judging weights: agreed ones against the rules (each rule its own code), and what deriving starts from.

A problem about one line carries its position as details["index"]; the caller adds the address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from perfxl.core.problems import Problem, problem
from perfxl.core.schema.categories import Categories
from perfxl.core.schema.choices import CATEGORY
from perfxl.core.weights.rules import (
    DEFAULTS,
    WHOLE,
    Candidate,
    WeightRules,
    blank,
    category_names,
    exact,
    figures,
    kind_names,
    plain,
    settled,
)

# A lone contract sheet says 财务类 where a program says financial.
FINANCIAL = tuple(name for c in CATEGORY if c.name == "financial" for name in (c.name, c.zh, c.en, *c.aliases))


def financial_words(categories: Categories) -> tuple[str, ...]:
    """How lines may name the categories that count as financial."""
    own = tuple(name for c in categories.choices if c.name in categories.financial for name in (c.name, c.zh, c.en))
    return (*own, *FINANCIAL) if "financial" in categories.financial else own


_TABLE, _COLUMN = "contract_lines", "weight"

Range = tuple[float | None, float | None]


def check(
    lines: Sequence[Candidate],
    rules: WeightRules = DEFAULTS,
    *,
    category_weights: Mapping[str, float] | None = None,
    derived: Sequence[float | None] | None = None,
    financial_range: Range | None = None,
    financial_categories: Sequence[str] = FINANCIAL,
) -> list[Problem]:
    """The agreed weights of one contract against every rule of scoring.md section 3.

    `derived` are derived weights in the order of the lines; `financial_range` is the least and greatest sum of the
    financial KPIs' weights for the post type. A sum that falls short while a weight is missing is not judged: the
    missing weight is the finding. The category weights themselves are judged by judge_category_weights.
    """
    contract = _AgreedWeights(lines, [exact(line.agreed) for line in lines])
    problems = [*_each_line(contract, rules), *_count(contract, rules), *_total(contract)]
    if category_weights is not None:
        problems += judge_categories(lines, category_weights, "contract_lines", "aspect")
        problems += _category_sums(contract, category_weights)
    if financial_range is not None:
        problems += _financial_share(contract, financial_range, financial_categories)
    if derived is not None:
        problems += _differences(contract, derived, Fraction(rules.difference))
    return problems


def judge_ratings(
    candidates: Sequence[Candidate], rules: WeightRules = DEFAULTS
) -> tuple[list[Fraction | None], list[Problem]]:
    """The importance of every KPI that carries weight: its ratings weighed together. Returns: None for one with a
    rating that is missing, no number or outside the scale, and a problem for each such rating."""
    scale = figures(rules)
    importances: list[Fraction | None] = []
    problems: list[Problem] = []
    for i, candidate in enumerate(candidates):
        ratings = [exact(getattr(candidate, name)) for name in scale.ratings] if candidate.weighted else None
        importances.append(_importance(tuple(ratings), rules) if ratings is not None else None)
        if ratings is not None and importances[i] is None:
            off = (name for name, rating in zip(scale.ratings, ratings, strict=True) if not scale.rates(rating))
            problems += [_about_rating(candidate, i, name, rules) for name in off]
    return importances, problems


def judge_categories(
    lines: Sequence[Candidate], category_weights: Mapping[str, float], table: str, column: str
) -> list[Problem]:
    """Weighted KPIs whose category is blank or has no category weight. Having no category weights at all is one
    problem of the category weights, not one of every line."""
    problems = []
    for i, line in enumerate(lines):
        if category_weights and line.weighted and line.category not in category_weights:
            code = "category_missing" if blank(line.category) else "category_without_weight"
            problems.append(problem(code, table=table, column=column, value=line.category, index=i, kpi=line.kpi))
    return problems


def judge_category_weights(category_weights: Mapping[str, float]) -> tuple[dict[str, Fraction], list[Problem]]:
    """The category weights of one post type, exactly. Returns: those that can be used, and what is wrong with them."""
    shares: dict[str, Fraction] = {}
    problems = []
    for category, typed in category_weights.items():
        share = exact(typed)
        if share is None or share < 0:
            problems.append(about_category("category_weight_not_a_number", category, typed))
        else:
            shares[category] = share
    total = sum(shares.values(), Fraction(0))
    if not problems and settled(total) != WHOLE:
        problems.append(about_category("categories_sum", "", float(total), **_off(total, WHOLE)))
    return shares, problems


def about_category(code: str, category: str, value: object, **details: Any) -> Problem:
    """A problem of a category's weight; the blank category is the whole contract."""
    names: dict[str, Any] = {"category": category, **category_names(category)}
    return problem(code, table="category_weights", column="weight", value=value, **names, **details)


class _WeightSum(NamedTuple):
    total: Fraction
    open: bool  # a weight is missing or unreadable

    def misses(self, should: Fraction) -> bool:
        total = settled(self.total)
        return total > should or (total < should and not self.open)


class _AgreedWeights(NamedTuple):
    lines: Sequence[Candidate]
    weights: Sequence[Fraction | None]

    def sum(self, categories: Sequence[str] | None = None) -> _WeightSum:
        """The weights of the KPIs that carry one, of some categories or of all."""
        pairs = zip(self.lines, self.weights, strict=True)
        own = [w for line, w in pairs if line.weighted and (categories is None or line.category in categories)]
        return _WeightSum(sum((w for w in own if w is not None), Fraction(0)), None in own)


def _each_line(contract: _AgreedWeights, rules: WeightRules) -> Iterator[Problem]:
    for i, (line, weight) in enumerate(zip(contract.lines, contract.weights, strict=True)):
        for code in _broken(line, weight, rules):
            details: dict[str, Any] = {name: plain(getattr(rules, name)) for name in ("minimum", "maximum", "step")}
            details |= {"total": plain(contract.sum().total)} if code == "weight_missing" else {}
            details |= kind_names(line.kind) if code == "weight_not_allowed" else {}
            yield _about_line(code, line, i, **details)


def _broken(line: Candidate, weight: Fraction | None, rules: WeightRules) -> Sequence[str]:
    """Codes of the rules that a line breaks. Beside a deducting KPI people write 扣分 for a weight: that is none."""
    if not line.weighted:
        return ["weight_not_allowed"] if weight else []
    if weight is None:
        return ["weight_missing" if blank(line.agreed) else "weight_not_a_number"]
    return _beyond(weight, rules)


# Programs hold the same few weights and ratings over and over, and exact figures are slow to compare.
@lru_cache(maxsize=4096)
def _beyond(weight: Fraction, rules: WeightRules) -> Sequence[str]:
    if weight < 0:
        return ["weight_negative"]
    limits = figures(rules)
    broken = {
        "weight_below_minimum": weight < limits.minimum,
        "weight_above_maximum": weight > limits.maximum,
        "weight_off_step": limits.step > 0 and weight % limits.step != 0,
    }
    return [code for code, is_so in broken.items() if is_so]


@lru_cache(maxsize=4096)
def _importance(ratings: tuple[Fraction | None, ...], rules: WeightRules) -> Fraction | None:
    scale = figures(rules)
    total = Fraction(0)
    for rating, share in zip(ratings, scale.ratings.values(), strict=True):
        if rating is None or not scale.rates(rating):
            return None
        total += share * rating
    return total


def _count(contract: _AgreedWeights, rules: WeightRules) -> Iterator[Problem]:
    count = sum(line.weighted for line in contract.lines)
    if not rules.count_min <= count <= rules.count_max:
        yield _about_contract("kpi_count", count, count=count, fewest=rules.count_min, most=rules.count_max)


def _total(contract: _AgreedWeights) -> Iterator[Problem]:
    found = contract.sum()
    if found.misses(WHOLE):
        yield _about_contract("weights_sum", float(found.total), **_off(found.total, WHOLE))


def _category_sums(contract: _AgreedWeights, category_weights: Mapping[str, float]) -> Iterator[Problem]:
    held = {line.category for line in contract.lines if line.weighted}
    for category, typed in category_weights.items():
        should = exact(typed)
        if should is None:
            continue
        found = contract.sum((category,))
        if category not in held:
            if should:
                yield about_category("category_without_kpi", category, typed, total=plain(should))
        elif found.misses(should):
            names = {"category": category, **category_names(category)}
            yield _about_contract("category_weights_sum", float(found.total), **names, **_off(found.total, should))


def _financial_share(contract: _AgreedWeights, limits: Range, categories: Sequence[str]) -> Iterator[Problem]:
    low, high = (exact(limit) for limit in limits)
    found = contract.sum(categories)
    if low is not None and settled(found.total) < low and not found.open:
        missed = low
    elif high is not None and settled(found.total) > high:
        missed = high
    else:
        return
    yield _about_contract("financial_share", float(found.total), range=_range(low, high), **_off(found.total, missed))


def _differences(contract: _AgreedWeights, derived: Sequence[float | None], least: Fraction) -> Iterator[Problem]:
    for i, (line, agreed, typed) in enumerate(zip(contract.lines, contract.weights, derived, strict=True)):
        other = exact(typed) if line.weighted else None
        if agreed is not None and other is not None and agreed != other and abs(agreed - other) >= least:
            yield _about_line("weight_differs_from_derived", line, i, derived=plain(other), **_off(agreed, other))


def _off(found: Fraction, should: Fraction) -> dict[str, Any]:
    """How far a figure is off, in words."""
    way_zh, way_en = ("少", "short") if found < should else ("多", "over")
    amounts = {"total": plain(found), "should": plain(should), "amount": plain(abs(found - should))}
    return {"way_zh": way_zh, "way_en": way_en, **amounts}


def _range(low: Fraction | None, high: Fraction | None) -> str:
    if low is None or high is None:
        return f"≥{plain(low)}" if low is not None else f"≤{plain(high or 0)}"
    return f"{plain(low)}-{plain(high)}"


def _about_rating(candidate: Candidate, index: int, name: str, rules: WeightRules) -> Problem:
    typed = getattr(candidate, name)
    details: dict[str, Any] = {"low": plain(rules.rating_min), "high": plain(rules.rating_max), "kpi": candidate.kpi}
    if blank(typed):
        return problem("rating_missing", table="kpis", column=name, index=index, **details)
    return problem("rating_out_of_range", table="kpis", column=name, value=typed, index=index, **details)


def _about_line(code: str, line: Candidate, index: int, **details: Any) -> Problem:
    weight = line.agreed
    return problem(code, table=_TABLE, column=_COLUMN, value=weight, index=index, kpi=line.kpi, **details)


def _about_contract(code: str, value: float, **details: Any) -> Problem:
    return problem(code, table=_TABLE, column=_COLUMN, value=value, **details)
