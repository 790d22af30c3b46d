"""The weights of a whole program, contract by contract: agreed, derived from the ratings, and repaired."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from typing import Any, NamedTuple

from perfxl.core.policy import Policy, Share
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records, Tables, empty
from perfxl.core.schema.categories import USUAL, Categories
from perfxl.core.table_access import Names, cell, columns_of, contracts_of, first_rows, labels, once, rows_of
from perfxl.core.weights.checks import check, financial_words, judge_ratings
from perfxl.core.weights.compare import Carried, Comparison, ComparisonBasis, compare
from perfxl.core.weights.derive import derive, repair
from perfxl.core.weights.rules import DEFAULTS, WHOLE, Candidate, WeightRules, blank, exact, settled


class ContractWeights(NamedTuple):
    """One contract's lines, all sequences of one length: rows in contract_lines, KPI IDs, candidates with ratings and
    the agreed weight, importance, raw, derived and repaired weight (percent points, None where there is none).

    post_type  whose category weights hold for it; blank where none do
    shares     those category weights, else the ones that the agreed weights make
    legal      whether the agreed weights may stay as they are
    problems   what is wrong with it
    """

    contract: str
    holders: tuple[str, ...]
    unit: str
    post_type: str
    shares: Mapping[str, float]
    rows: tuple[int, ...]
    kpis: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    importance: tuple[float | None, ...]
    raw: tuple[float | None, ...]
    derived: tuple[float | None, ...]
    repaired: tuple[float | None, ...]
    legal: bool
    problems: tuple[Problem, ...]

    @property
    def has_proposal(self) -> bool:
        """Whether legal weights were found that make a whole: of a category without KPIs nobody has the share."""
        found = [exact(weight) for c, weight in zip(self.candidates, self.repaired, strict=True) if c.weighted]
        known = [weight for weight in found if weight is not None]
        return len(known) == len(found) and settled(sum(known, Fraction(0))) == WHOLE

    @property
    def total(self) -> float:
        """The sum of the agreed weights of the KPIs that carry one."""
        return float(_agreed_total(self.candidates))


class Weighing(NamedTuple):
    """Every contract, and the cross-department comparison: which unit carries which KPI (both by ID).

    shares  post type -> category -> weight, of the post types that contracts are weighed by
    """

    contracts: tuple[ContractWeights, ...]
    comparison: Comparison
    rules: WeightRules
    shares: Mapping[str, Mapping[str, float]]
    names: Names
    categories: Categories = USUAL


def weighing_as_dicts(weighing: Weighing) -> list[dict[str, Any]]:
    """For JSON: the contracts with their lines; weights in percent points, None where there is none."""
    return [
        {
            "contract": each.contract,
            "holders": list(each.holders),
            "unit": each.unit or None,
            "post_type": each.post_type,
            "legal": each.legal,
            "total": each.total,
            "lines": [
                {
                    "kpi": candidate.kpi,
                    "category": candidate.category or None,
                    "importance": each.importance[line],
                    "agreed": candidate.agreed,
                    "derived": each.derived[line],
                    "repaired": each.repaired[line],
                }
                for line, candidate in enumerate(each.candidates)
            ],
        }
        for each in weighing.contracts
    ]


class ContractTable(NamedTuple):
    """What a contract's weights are judged by; `people`: what messages call them; `advised`: the table is HR's own and
    the limits are only defaults."""

    contract: str
    holders: tuple[str, ...]
    unit: str
    post_type: str
    shares: Mapping[str, Share]
    rows: tuple[int, ...]
    kpis: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    people: Mapping[str, str]
    advised: bool

    @property
    def subject(self) -> str:
        """What messages call the contract: its number and its holders."""
        holders = "、".join(self.people[person] for person in self.holders)
        return " ".join(dict.fromkeys(part for part in (self.contract, holders) if part))


def weigh(tables: Tables, policy: Policy) -> tuple[Weighing, list[Problem]]:
    """Derives, checks and repairs every contract's weights.

    Returns: the weights, and all problems at their cells.
    Source: scoring.md section 3.
    """
    rules = WeightRules.of(policy)
    lines = rows_of(tables, "contract_lines") or empty("contract_lines")
    weighed: list[ContractWeights] = []
    contracts = contract_tables(tables, policy)
    # Posts alike have contracts alike: one of their kind is worked out, the others are as it is.
    judge = cache(partial(_judge, rules, policy.categories))
    for table in contracts:
        judged = judge(table.candidates, tuple(table.shares.items()))
        weighed.append(_of(table, judged, lines))
    comparison, unclear = _compared(tables, contracts)
    problems = [problem for contract in weighed for problem in contract.problems] + unclear
    shares = {contract.post_type: contract.shares for contract in weighed if contract.post_type}
    return Weighing(tuple(weighed), comparison, rules, shares, Names.of(tables), policy.categories), problems


def compare_units(tables: Tables, policy: Policy) -> tuple[Comparison, list[Problem]]:
    """The cross-department comparison of a program, and what is unclear in it, at its cells.

    Source: domain.md section 3."""
    return _compared(tables, contract_tables(tables, policy))


def _compared(tables: Tables, contracts: Sequence[ContractTable]) -> tuple[Comparison, list[Problem]]:
    lines = rows_of(tables, "contract_lines") or empty("contract_lines")
    roles = lines.column("responsibility")
    carried: list[Carried] = []
    rows: list[int] = []
    for table in contracts:
        if not table.unit:
            continue
        for row, kpi, candidate in zip(table.rows, table.kpis, table.candidates, strict=True):
            if kpi is not None and candidate.weighted:
                carried.append(Carried(table.unit, kpi, candidate.agreed, roles[row]))
                rows.append(row)
    comparison, unclear = compare(carried, _comparison_basis(tables))
    return comparison, [p.at(lines.address(rows[p.details["index"]], p.column)) for p in unclear]


def rank_owner(tables: Tables) -> Callable[[tuple[Any, ...]], tuple[Any, Any] | None]:
    """For lines that are too many to compare at once: what ranks (contract, KPI, weight, responsibility) within the
    group of its KPI, unit and responsibility. The greatest of each group are all that `compare_units` looks at."""
    units = _units(tables)

    def rank(line: tuple[Any, ...]) -> tuple[Any, Any] | None:
        contract, kpi, weight, responsibility = line
        unit = units.get(contract)
        if unit is None or kpi is None:
            return None
        size = exact(weight)
        return (kpi, unit, responsibility), -1 if size is None else size

    return rank


def weights_to_derive(weighing: Weighing, tables: Tables) -> dict[Address, Problem]:
    """Contracts that give no weight yet, and ratings from which each is derived: what proposing weights is for.

    Returns: the cell of each such weight -> the notice of its contract.
    """
    lines = rows_of(tables, "contract_lines") or empty("contract_lines")
    found: dict[Address, Problem] = {}
    for contract in weighing.contracts:
        weighted = [i for i, candidate in enumerate(contract.candidates) if candidate.weighted]
        open_ones = all(blank(contract.candidates[i].agreed) and contract.derived[i] is not None for i in weighted)
        cells = [lines.address(contract.rows[i], "weight") for i in weighted]
        if weighted and open_ones:
            about: dict[str, Any] = {"table": "contract_lines", "column": "weight", "count": len(weighted)}
            found |= dict.fromkeys(cells, problem("weights_to_derive", cells[0], **about))
    return found


def contract_tables(tables: Tables, policy: Policy) -> list[ContractTable]:
    """The lines of each contract in sheet order, with their ratings, kinds and category weights."""
    lines = rows_of(tables, "contract_lines")
    if lines is None:
        return []
    candidates, kpis = _candidates(tables), lines.column("kpi")
    rows_by_contract: dict[str, list[int]] = {}
    for i, contract, kpi, weight in columns_of(lines, "contract", "kpi", "weight"):
        if kpi is not None or weight is not None:
            rows_by_contract.setdefault(contract, []).append(i)
    contracts, people = contracts_of(tables), labels(tables, "people")
    post_types, units = _post_types(tables, policy), _units(tables)
    advised = _are_advice(tables, policy)
    of_contracts = []
    for number, rows in rows_by_contract.items():
        contract, mine = contracts.get(number), tuple(candidates[i] for i in rows)
        post_type = post_types.get(number, "") if all(candidate.category for candidate in mine) else ""
        of_contracts.append(
            ContractTable(
                number,
                contract.holders if contract else (),
                units.get(number, ""),
                post_type,
                policy.category_weights[post_type] if post_type else {},
                tuple(rows),
                tuple(kpis[i] for i in rows),
                mine,
                people,
                advised,
            )
        )
    return of_contracts


def _are_advice(tables: Tables, policy: Policy) -> bool:
    """Whether nobody has agreed on the limits: a table of HR's own is all there is, or a program was imported from such
    and its limits are the defaults still."""
    if rows_of(tables, "policy") is None:
        return "contract_sheet" in tables or rows_of(tables, "sources") is not None
    return rows_of(tables, "sources") is not None and WeightRules.of(policy) == DEFAULTS


# What the limits of the policy forbid; nobody has agreed on them where a table of HR's own is all there is.
_LIMITS = frozenset(
    (
        *("weight_below_minimum", "weight_above_maximum", "weight_off_step", "kpi_count"),
        *("category_off_step", "category_has_too_few_kpis", "category_has_too_many_kpis", "category_not_divisible"),
    )
)


def addressed(problem: Problem, lines: Records, table: ContractTable) -> Problem:
    """A line's problem at its own cell, a contract's at the weight of its first line."""
    index = problem.details.get("index")
    column = problem.column if index is not None else "weight"
    address = lines.address(table.rows[index or 0], column)
    details = {**problem.details, "subject": table.subject}
    if details.get("kpi") in (None, ""):  # a line that names none is called by its cell
        details["kpi"] = address.cell
    advice = table.advised and problem.name in _LIMITS
    return replace(problem, address=address, table="contract_lines", column=column, details=details, advice=advice)


def financial_range(
    shares: Mapping[str, Share], financial: Sequence[str] = USUAL.financial
) -> tuple[float | None, float | None] | None:
    """The least and greatest sum of the financial KPIs' weights, percent points; None where neither is set.
    `financial`: the categories that count as such."""
    held = [shares[name] for name in financial if name in shares]
    lowers = [share.lower for share in held if share.lower is not None]
    uppers = [share.upper for share in held if share.upper is not None]
    upper = sum(uppers) if uppers and len(uppers) == len(held) else None
    return (sum(lowers) if lowers else None, upper) if lowers or upper is not None else None


class _CommonWeights(NamedTuple):
    """What a set of lines comes to, whoever holds it; the names as in ContractWeights."""

    shares: Mapping[str, float]
    importance: tuple[float | None, ...]
    raw: tuple[float | None, ...]
    derived: tuple[float | None, ...]
    repaired: tuple[float | None, ...]
    legal: bool
    problems: tuple[Problem, ...]


def _judge(
    rules: WeightRules,
    categories: Categories,
    candidates: tuple[Candidate, ...],
    allowed: tuple[tuple[str, Share], ...],
) -> _CommonWeights:
    shares = {category: share.weight for category, share in allowed}
    given = shares or _agreed_shares(candidates)
    importance, raw, derived, underived = _derived(candidates, given, rules)
    mended, unmended = repair(candidates, rules, shares or None)
    repaired = tuple(_float(weight) for weight in mended)
    broken = check(
        candidates,
        rules,
        category_weights=shares or None,
        derived=derived if any(d is not None for d in derived) else None,
        financial_range=financial_range(dict(allowed), categories.financial),
        financial_categories=financial_words(categories),
    )
    unchanged = all(
        exact(c.agreed) == exact(weight) if c.weighted else not c.agreed
        for c, weight in zip(candidates, repaired, strict=True)
    )
    legal = unchanged and settled(_agreed_total(candidates)) == WHOLE
    return _CommonWeights(
        given, importance, raw, derived, repaired, legal, tuple(_once([*broken, *underived, *unmended]))
    )


_Figures = tuple[float | None, ...]


def _derived(
    candidates: Sequence[Candidate], shares: Mapping[str, float], rules: WeightRules
) -> tuple[_Figures, _Figures, _Figures, list[Problem]]:
    """Importance, raw and derived weights; only importance where nothing says what a category has, and nothing at all
    where nobody has rated anything."""
    blank: _Figures = (None,) * len(candidates)
    if all(rating is None for c in candidates for rating in (c.impact, c.controllability, c.measurability)):
        return blank, blank, blank, []
    if not shares:
        judged, problems = judge_ratings(candidates, rules)
        return tuple(_float(each) for each in judged), blank, blank, problems
    weighted, problems = derive(candidates, shares, rules)
    importance, raw, weight = (tuple(getattr(w, name) for w in weighted) for name in ("importance", "raw", "weight"))
    return importance, raw, weight, problems


def _float(value: Decimal | Fraction | None) -> float | None:
    return None if value is None else float(value)


def _of(table: ContractTable, judged: _CommonWeights, lines: Records) -> ContractWeights:
    who = (table.contract, table.holders, table.unit, table.post_type, judged.shares)
    problems = tuple(addressed(each, lines, table) for each in judged.problems)
    return ContractWeights(*who, table.rows, table.kpis, table.candidates, *judged[1:-1], problems)


def _comparison_basis(tables: Tables) -> ComparisonBasis:
    """What the comparison of units stands on. A KPI whose card names another source than collective is not shared."""
    units, kpis = rows_of(tables, "units"), rows_of(tables, "kpis")
    parents = {unit: parent for _, unit, parent in columns_of(units, "unit", "parent")} if units else {}
    sources = columns_of(kpis, "kpi", "source") if kpis else ()
    own = {kpi for _, kpi, source in sources if source not in (None, "collective")}
    return ComparisonBasis(parents, own, labels(tables, "kpis"), labels(tables, "units"))


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """The same finding of the same line once, whether checking, deriving or repairing came upon it."""
    seen = {(p.code, p.details.get("index"), p.message("en")): p for p in problems}
    return list(seen.values())


def _agreed_total(candidates: Sequence[Candidate]) -> Fraction:
    return sum((exact(c.agreed) or Fraction(0) for c in candidates if c.weighted), Fraction(0))


def _agreed_shares(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Without category weights for the post type, the agreed weights say what each category has, if they make 100."""
    sums: dict[str, Any] = {}
    for candidate in candidates:
        if candidate.weighted:
            sums[candidate.category] = sums.get(candidate.category, 0) + (exact(candidate.agreed) or 0)
    if settled(sum(sums.values(), Fraction(0))) == WHOLE:
        return {category: float(weight) for category, weight in sums.items()}
    return {}


@once
def _candidates(tables: Tables) -> list[Candidate]:
    """Of each contract line."""
    lines = rows_of(tables, "contract_lines") or empty("contract_lines")
    kpis, names = rows_of(tables, "kpis"), labels(tables, "kpis")
    cards: dict[str, tuple[Any, ...]] = {}
    columns = ("kpi", "category", "kind", "verdict", "impact", "controllability", "measurability")
    for _, kpi, category, kind, verdict, *ratings in columns_of(kpis, *columns) if kpis is not None else ():
        kind = "monitor" if verdict == "monitor" else kind or "quantitative"
        cards.setdefault(kpi, (category or "", kind, *ratings))
    candidates: list[Candidate] = []
    alike: dict[tuple[Any, ...], Candidate] = {}  # a KPI comes again and again with the same weight
    for _, kpi, aspect, weight in columns_of(lines, "kpi", "aspect", "weight"):
        # Without a library nobody knows whether a line without weight should have one.
        unknown = ("", "quantitative" if kpis is not None or weight is not None else "monitor", None, None, None)
        category, kind, impact, controllability, measurability = cards.get(kpi, unknown)
        key = kpi, aspect, weight, type(weight)
        if key not in alike:
            alike[key] = Candidate(names[kpi], aspect or category, impact, controllability, measurability, kind, weight)
        candidates.append(alike[key])
    return candidates


def _post_types(tables: Tables, policy: Policy) -> dict[str, str]:
    """Contract -> the post type that it or else its holder names, where that one has category weights."""
    return {
        number: post_type
        for number, post_type in _of_contract_or_holder(tables, "post_type").items()
        if post_type in policy.category_weights
    }


def _units(tables: Tables) -> dict[str, str]:
    return {number: unit for number, unit in _of_contract_or_holder(tables, "unit").items() if unit}


def _of_contract_or_holder(tables: Tables, column: str) -> dict[str, Any]:
    """Contract -> what it says in a column, else what its holder's row says."""
    contracts, people = rows_of(tables, "contracts"), rows_of(tables, "people")
    if contracts is None:
        return {}
    rows = first_rows(people, "person")
    values: dict[str, Any] = {}
    for _, number, holder, value in columns_of(contracts, "contract", "holder", column):
        if value is None and people is not None and holder in rows:
            value = cell(people, rows[holder], column)
        values.setdefault(number, value)
    return values
