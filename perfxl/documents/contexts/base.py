"""A program as its papers see it: tables indexed once, people, KPIs, scoring words, and scores when a paper asks."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, TypeVar

from perfxl.core.policy import Policy
from perfxl.core.records import Tables, empty
from perfxl.core.scoring.book import contracts_of_people, score_book
from perfxl.documents.contexts.index import Index, Row
from perfxl.documents.contexts.results import Results, Standing
from perfxl.documents.contexts.scoring_words import Kpi, ScoringWords
from perfxl.documents.formatting import BLANK, number, text
from perfxl.table_store import Outline

T = TypeVar("T")

_COMPANY = ("本公司", "the company")
_PROGRAM = ("{year}年度绩效方案", "Performance program {year}")
_FROM = ("{lower} 分及以上", "{lower} and above")
_BETWEEN = ("{lower} 分（含）至 {upper} 分", "{lower} to below {upper}")
_BELOW = ("{upper} 分以下", "below {upper}")
_NOT_APPLICABLE = {
    "category": ("同一方面的其余指标", "the other KPIs of the same aspect"),
    "contract": ("合同的其余指标", "the other KPIs of the contract"),
}


class Contexts:
    """What the papers of a program are made from, in one language. With an `outline` the book holds only what names
    papers and people; the rows of some of them are brought by `over`."""

    def __init__(self, book: Tables, policy: Policy, lang: str = "zh", outline: Outline | None = None) -> None:
        self.book, self.policy, self.lang = book, policy, lang
        self._outline, self._as_of = outline, outline.as_of if outline else None
        self.index = Index(book, policy)
        self.words = ScoringWords(policy, lang, self.index.pairs("methods", "method", "help"))
        self.company = policy["company"] or self.index.root_unit() or self.say(_COMPANY)
        self.rules = {
            "points_floor": number(policy["points_floor"]),
            "points_cap": number(policy["points_cap"]),
            "total_cap": number(policy["total_cap"]),
            "not_applicable": self.say(_NOT_APPLICABLE[policy["na_rule"]]),
        }
        self._kpis: dict[str, Kpi] = {}
        self._kept: dict[Any, Any] = {}

    def say(self, pair: tuple[str, str]) -> str:
        return pair[0] if self.lang == "zh" else pair[1]

    def listed(self, texts: list[str]) -> str:
        """Several names in a row: 甲、乙."""
        return ("、" if self.lang == "zh" else ", ").join(texts)

    def kept(self, make: Callable[[Contexts], T]) -> T:
        """What `make` builds from this program, built once."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return self._kept[make]

    def over(self, rows: Tables) -> Contexts:
        """The same program with these tables in place of its own: of some of its people all that there is."""
        part = copy(self)
        part.book, part.index = {**self.book, **rows}, self.index.over(rows)
        part.year, part.program, part._outline, part._kept = self.year, self.program, None, {}
        part.__dict__.pop("standing", None)
        return part

    def let_go(self) -> None:
        """Ends its use. What was built from it points back to it, so its rows would stay until the garbage collector
        looks for circles, which it seldom does where few objects hold much."""
        self.__dict__.clear()

    @property
    def results(self) -> Results:
        """The scores of the program, or of the part that is at hand, worked out once."""
        assert isinstance(self.standing, Results), "asked of a program whose lines are not at hand"
        return self.standing

    @cached_property
    def standing(self) -> Standing:
        """Who holds which contracts and where everybody stands."""
        if self._outline is None:
            return Results(score_book(self.book, self.policy, self._as_of)[0])
        contracts = self.book.get("contracts") or empty("contracts")
        return Standing(contracts, contracts_of_people(contracts), self._outline.totals, self.policy)

    @cached_property
    def year(self) -> str:
        """The year that the papers' numbers name: of the program's period, else of the first contract."""
        contracts = self.book["contracts"].column("start") if "contracts" in self.book else []
        start = self.policy["period_start"] or next((day for day in contracts if day), None)
        return str(start.year) if start else ""

    @cached_property
    def program(self) -> str:
        return self.policy["program"] or self.say(_PROGRAM).format(year=self.year).strip()

    @cached_property
    def grades(self) -> list[dict[str, str]]:
        """The grades, the totals that earn them, their coefficients; best first. What is below all bounds earns the
        last grade too, so it is shown without a bound."""
        bands = self.policy.bands
        shown = []
        for i, band in enumerate(bands):
            words = _FROM if i == 0 else _BELOW if band is bands[-1] else _BETWEEN
            bounds = {"lower": number(max(band.lower, 0.0)), "upper": number(bands[i - 1].lower) if i else ""}
            shown.append(
                {
                    "grade": band.grade,
                    "range": self.say(words).format(**bounds),
                    "coefficient": coefficient(band.coefficient),
                }
            )
        return shown

    def kpi(self, record: str, table: str, position: int, key: str) -> Kpi:
        """The KPI that a row of `table` points to, for the paper `record`."""
        if key not in self._kpis:
            self._kpis[key] = self.words.kpi(self.index.refer(record, table, position, "kpi", key))
        return self._kpis[key]

    def person(self, record: str, table: str, position: int, column: str) -> dict[str, str]:
        """Who a row of `table` names in `column`: ID, name, post, unit."""
        key = self.index.at(table, position)[column]
        return self.described(record, self.index.refer(record, table, position, column, key))

    def described(self, record: str, person: Row, post: str | None = None, unit: str | None = None) -> dict[str, str]:
        """A row of people as papers show it; `post` and `unit` (names) go before the person's own."""
        if unit is None and person["unit"]:
            at = self.index.position("people", person["person"])
            unit = self.index.refer(record, "people", at, "unit", person["unit"])["name"]
        return {
            "id": person["person"],
            "name": text(person["name"]),
            "post": text(post or person["post"]),
            "unit": text(unit),
        }


def coefficient(value: float | None) -> str:
    return BLANK if value is None else number(value, 1)


def heading(contexts: Contexts, prefix: str, record: str) -> dict[str, Any]:
    """What stands at the head of every paper: the company, the program, the paper's own number."""
    year = f"{contexts.year}-" if contexts.year else ""
    number = f"{prefix}-{year}{record.replace(' ', '-')}"
    return {"company": contexts.company, "program": contexts.program, "number": number}
