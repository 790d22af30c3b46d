"""Where every contract stands on the sheet of lines, and the formulas there: each beside the engine's value.

A contract is a block: the KPIs that carry weight, category by category, so that every sum is one of neighbouring
cells; then those that carry none; then the row of sums. Within a category the order is the program's. The formulas use
only functions that Excel 2016 and later, WPS and LibreOffice share; blanks are told from zeros by COUNT.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from perfxl.core.cells import column_letter
from perfxl.core.weights.program import ContractWeights
from perfxl.core.weights.rules import WeightRules, exact, figures, plain
from perfxl.workbook.weights.parameters import parameter
from perfxl.workbook.weights.texts import say

HEADER_ROW = 4  # one-based
FIRST_ROW = HEADER_ROW + 1

COLUMNS = (
    "contract",
    "holder",
    "kpi",
    "name",
    "unit",
    "category",
    "impact",
    "controllability",
    "measurability",
    "importance",
    "share",
    "raw",
    "derived",
    "agreed",
    "difference",
    "category_sum",
    "repaired",
    "check",
)
PLACE = {name: i for i, name in enumerate(COLUMNS)}
LETTER = {name: column_letter(i) for name, i in PLACE.items()}


class CategoryRows(NamedTuple):
    """A category's lines: their positions in the contract, and the rows they stand in (one-based)."""

    name: str
    positions: tuple[int, ...]
    first: int
    last: int


class ContractBlock(NamedTuple):
    """A contract's rows, one-based. The weighted lines of all categories end in the row before `free`."""

    weights: ContractWeights
    first: int
    categories: tuple[CategoryRows, ...]
    unweighted: tuple[int, ...]
    free: int
    sums: int

    def range(self, column: str) -> str:
        """The cells of the lines that carry weight, in one column."""
        return f"{LETTER[column]}{self.first}:{LETTER[column]}{self.free - 1}"


def plan(contracts: Sequence[ContractWeights]) -> list[ContractBlock]:
    """Places the contracts one under another, in the order given."""
    blocks: list[ContractBlock] = []
    row = FIRST_ROW
    for weights in contracts:
        categories = tuple(_categories(weights, row))
        free = row + sum(len(category.positions) for category in categories)
        unweighted = tuple(i for i, c in enumerate(weights.candidates) if not c.weighted)
        blocks.append(ContractBlock(weights, row, categories, unweighted, free, free + len(unweighted)))
        row = blocks[-1].sums + 1
    return blocks


def _categories(weights: ContractWeights, row: int) -> Iterator[CategoryRows]:
    members: dict[str, list[int]] = {}
    for i, candidate in enumerate(weights.candidates):
        if candidate.weighted:
            members.setdefault(candidate.category, []).append(i)
    for name, positions in members.items():
        yield CategoryRows(name, tuple(positions), row, row + len(positions) - 1)
        row += len(positions)


# Findings of one line, in the order in which the formula asks; the first that holds is shown.
_FINDINGS = {
    "weight_missing": "missing",
    "weight_not_a_number": "missing",
    "weight_negative": "below",
    "weight_below_minimum": "below",
    "weight_above_maximum": "above",
    "weight_off_step": "step",
    "weight_not_allowed": "must_be_blank",
}
# Decimals behind which a double holds only the noise of its last bit.
_NOISE = 12
_RANKS = {name: rank for rank, name in enumerate(dict.fromkeys(_FINDINGS.values()))}


class WeightFormulas:
    """Formula texts without "=", for one workbook."""

    def __init__(self, rules: WeightRules, lang: str) -> None:
        self._lang = lang
        # A rating that counts nothing need not be given.
        self._ratings = list(figures(rules).ratings)
        self._flat = rules.rating_min <= 0  # all importances of a category may be 0: its weight is spread evenly

    def importance(self, at: int) -> str:
        cells = [f"{LETTER[name]}{at}" for name in self._ratings]
        all_of = ",".join(cells)
        weighed = "+".join(f"{c}*{parameter(f'{n}_share')}" for c, n in zip(cells, self._ratings, strict=True))
        return (
            f"IF(AND(COUNT({all_of})={len(cells)},MIN({all_of})>={parameter('rating_min')},"
            f'MAX({all_of})<={parameter("rating_max")}),ROUND(({weighed})/100,{_NOISE}),"")'
        )

    def agreed_share(self, block: ContractBlock, category: CategoryRows) -> str:
        """Without category weights for the post type: what the agreed weights give the category."""
        own = _range("agreed", category)
        return f'IF(ROUND(SUM({block.range("agreed")}),6)=100,ROUND(SUM({own}),6),"")'

    def raw(self, category: CategoryRows, at: int) -> str:
        share, all_of = f"{LETTER['share']}${category.first}", _range("importance", category, "$")
        count = len(category.positions)
        spread = f"{share}*{LETTER['importance']}{at}/SUM({all_of})"
        if self._flat:
            spread = f"IF(SUM({all_of})=0,{share}/{count},{spread})"
        return f'IF(AND(COUNT({all_of})={count},COUNT({share})=1),ROUND({spread},{_NOISE}),"")'

    def difference(self, at: int) -> str:
        derived, agreed = f"{LETTER['derived']}{at}", f"{LETTER['agreed']}{at}"
        return f'IF(COUNT({derived},{agreed})=2,ROUND({agreed}-{derived},6),"")'

    def category_sum(self, category: CategoryRows) -> str:
        return f"ROUND(SUM({_range('agreed', category)}),6)"

    def sum(self, block: ContractBlock, column: str) -> str:
        cells = block.range(column)
        total = f"ROUND(SUM({cells}),6)"
        return total if column == "agreed" else f'IF(COUNT({cells})=0,"",{total})'

    def weighted(self, block: ContractBlock, category: CategoryRows, at: int) -> str:
        """Whether the agreed weight of a line is legal; beside a category's first line also its sum."""
        cell, step = f"{LETTER['agreed']}{at}", parameter("weight_step")
        last = self._category(category) if at == category.first and block.weights.post_type else '""'
        off_step = f"IF({step}>0,ROUND({cell}/{step},6)<>ROUND({cell}/{step},0),FALSE)"
        tests = (
            (f"COUNT({cell})=0", "missing"),
            (f"{cell}<{parameter('weight_min')}", "below"),
            (f"{cell}>{parameter('weight_max')}", "above"),
            (off_step, "step"),
        )
        return "".join(f"IF({test},{self._text(name)}," for test, name in tests) + last + ")" * len(tests)

    def unweighted(self, at: int) -> str:
        cell = f"{LETTER['agreed']}{at}"
        return f'IF(COUNT({cell})=0,"",IF({cell}=0,"",{self._text("must_be_blank")}))'

    def whole(self, block: ContractBlock) -> str:
        """Whether the contract's weights are legal: their sum first."""
        total = f"SUM({block.range('agreed')})" if block.categories else "0"
        checks = f"{LETTER['check']}{block.first}:{LETTER['check']}{block.sums - 1}"
        lines = f'IF(SUMPRODUCT(({checks}<>"")*1)=0,{self._text("legal")},{self._text("open")})'
        off = f"IF({total}>100,{self._text('over')},{self._text('short')})&ROUND(ABS({total}-100),6)"
        return f"IF(ROUND({total},6)=100,{lines},{off})"

    def _category(self, category: CategoryRows) -> str:
        share, total = f"{LETTER['share']}{category.first}", f"{LETTER['category_sum']}{category.first}"
        open_ = f"AND({total}<{share},COUNT({_range('agreed', category)})<{len(category.positions)})"
        return (
            f"IF(COUNT({share})=0,{self._text('no_share')},"
            f'IF(ROUND({total}-{share},6)=0,"",IF({open_},"",{self._text("category_off")})))'
        )

    def _text(self, name: str) -> str:
        return f'"{say(name, self._lang)}"'


def line_verdicts(block: ContractBlock) -> dict[int, str]:
    """Position of a line -> what is wrong with its agreed weight, as the engine found it."""
    weights = block.weights
    verdicts: dict[int, str] = {}
    for problem in weights.problems:
        index = problem.details.get("index")
        if problem.name in _FINDINGS and index is not None:
            names = [_FINDINGS[problem.name], *([verdicts[index]] if index in verdicts else [])]
            verdicts[index] = min(names, key=_RANKS.__getitem__)
    off = {problem.details.get("category") for problem in weights.problems if problem.name == "category_weights_sum"}
    for category in block.categories if weights.post_type else ():
        first = category.positions[0]
        if usable_share(weights, category.name) is None:
            verdicts.setdefault(first, "no_share")
        elif category.name in off:
            verdicts.setdefault(first, "category_off")
    return verdicts


def whole_verdict(weights: ContractWeights, verdicts: dict[int, str], lang: str) -> str:
    """What the row of sums says of a contract: its sum is off, a line is not legal, or all is."""
    amount = exact(weights.total) or Fraction(0)
    if amount != 100:
        return f"{say('over' if amount > 100 else 'short', lang)}{plain(abs(amount - 100))}"
    return say("open" if verdicts else "legal", lang)


@lru_cache(maxsize=4096)
def apart(agreed: float | None, derived: float | None) -> float | None:
    """By how much the agreed weight is above the derived one."""
    weight, proposal = exact(agreed), exact(derived)
    return None if weight is None or proposal is None else float(weight - proposal)


def usable_share(weights: ContractWeights, category: str) -> float | None:
    """A category's weight in percent points; None where there is none that can be used."""
    share = weights.shares.get(category)
    return None if share is None or share < 0 else share


def _range(column: str, category: CategoryRows, fixed: str = "") -> str:
    return f"{LETTER[column]}{fixed}{category.first}:{LETTER[column]}{fixed}{category.last}"
