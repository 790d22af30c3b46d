"""The weights of lines that nobody has weighed yet: by the ratings and the post type's category weights where there are
any, else by the ratings alone, else alike."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from perfxl.core.cascade.allocation import allocate
from perfxl.core.policy import Policy
from perfxl.core.records import Records, Tables, join_parts
from perfxl.core.weights import program as weighing
from perfxl.core.weights.derive import round_legal
from perfxl.core.weights.rules import WHOLE, WeightRules, exact


def put_weights(tables: Tables, new: dict[str, Records], policy: Policy) -> None:
    """Fills in the weights of contracts whose lines are all new; a weight that a post gives holds. Where a contract has
    lines of its own, what is left is for whoever agreed on those.

    Source: scoring.md section 3.
    """
    lines = new["contract_lines"]
    names = ("contracts", "contract_lines")
    whole = {**tables, **{n: join_parts([t for t in (tables.get(n), new.get(n)) if t]) for n in names if n in new}}
    before = len(tables["contract_lines"]) if tables.get("contract_lines") else 0
    weights, derived = lines.column("weight"), lines.column("derived_weight")
    rules = WeightRules.of(policy)
    known: dict[tuple[tuple[Fraction | None, ...], tuple[Fraction, ...]], list[Fraction]] = {}  # posts are alike
    for contract in weighing.weigh(whole, policy)[0].contracts:
        at = [i for i, candidate in enumerate(contract.candidates) if candidate.weighted]
        if not at or min(contract.rows) < before:
            continue
        for i in at:
            derived[contract.rows[i] - before] = contract.derived[i]
        agreed = [exact(contract.candidates[i].agreed) for i in at]
        if all(weight is None for weight in agreed) and None not in (contract.derived[i] for i in at):
            found = [Fraction(str(contract.derived[i])) for i in at]
        else:
            importance = [exact(contract.importance[i]) or Fraction(0) for i in at]
            key = tuple(agreed), tuple(importance if all(importance) else [Fraction(1)] * len(at))
            if key not in known:
                known[key] = _alike(*key, rules)
            found = known[key]
        for i, weight in zip(at, found, strict=True):
            weights[contract.rows[i] - before] = float(weight)


def _alike(agreed: Sequence[Fraction | None], importance: Sequence[Fraction], rules: WeightRules) -> list[Fraction]:
    """What the agreed weights leave, by importance, to legal weights where that can be."""
    blank = [i for i, weight in enumerate(agreed) if weight is None]
    rest = WHOLE - sum((weight for weight in agreed if weight is not None), Fraction(0))
    found = [Fraction(0) if weight is None else weight for weight in agreed]
    if not blank or rest <= 0:
        return found
    total = sum(importance[i] for i in blank)
    shares = [importance[i] / total for i in blank]
    legal = None
    if len(blank) == len(agreed):
        weights = round_legal([rest * share for share in shares], [importance[i] for i in blank], Decimal(100), rules)
        legal = [Fraction(weight) for weight in weights] if weights else None
    step = Fraction(rules.step)
    if legal is None and step > 0 and (rest / step).denominator == 1 and rest / step >= len(blank):
        legal = [part * step for part in allocate(rest / step, shares, 0) or []]
    legal = legal or allocate(rest, shares, 2) or [rest / len(blank)] * len(blank)
    for i, weight in zip(blank, legal, strict=True):
        found[i] = weight
    return found
