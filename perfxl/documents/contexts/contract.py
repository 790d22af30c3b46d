"""What a performance contract (业绩合同) says. The names used here are documented in `documents/fields.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from perfxl.core.policy import Policy
from perfxl.core.problems import problem
from perfxl.core.records import Book
from perfxl.documents.contexts.index import ContextError, Index, Row
from perfxl.documents.contexts.scoring_words import Kpi, ScoringWords, Terms, terms_of
from perfxl.documents.formatting import BLANK, choice, day, figure, number, text, weight

STAR = "*"

_ISSUER = ("发约人", "Issuer")
_HOLDER = ("受约人", "Holder")
_HOLDERS = (("受约人一", "First holder"), ("受约人二", "Second holder"))
_COMPANY = ("本公司", "the company")
_PROGRAM = ("{year}年度绩效方案", "Performance program {year}")
_VALIDITY = ("{start}至{end}", "{start} to {end}")
_DUE = ("期末次月 {day} 日前", "Day {day}, next month")
_FROM = ("{lower} 分及以上", "{lower} and above")
_BETWEEN = ("{lower} 分（含）至 {upper} 分", "{lower} to below {upper}")
_BELOW = ("{upper} 分以下", "below {upper}")
_NOT_APPLICABLE = {
    "category": ("同一方面的其余指标", "the other KPIs of the same aspect"),
    "contract": ("合同的其余指标", "the other KPIs of the contract"),
}
_ADJUSTING = ("deduct", "bonus", "veto")


@dataclass(slots=True)
class _Line:
    """A contract line beside its KPI, as it will be numbered on paper."""

    row: Row
    kpi: Kpi
    terms: Terms
    kind: str
    aspect: str
    number: str = ""

    @property
    def name(self) -> str:
        return f"{text(self.kpi.row['name'])}{STAR if self.kind == 'monitor' else ''}"

    @property
    def graded(self) -> bool:
        return self.kpi.method is not None and self.kpi.method.name == "grade"

    @property
    def weight(self) -> str:
        return weight(self.row["weight"]) if self.counts else BLANK

    @property
    def counts(self) -> bool:
        """Whether it carries weight."""
        return self.kind not in ("monitor", *_ADJUSTING)


def contract_context(book: Book, policy: Policy, contract_id: str, lang: str = "zh") -> dict[str, Any]:
    """One contract. For many use `Contexts`, which indexes the tables once."""
    return Contexts(book, policy, lang).contract(contract_id)


class Contexts:
    """What the contracts of a program say, in one language."""

    def __init__(self, book: Book, policy: Policy, lang: str = "zh") -> None:
        self.index = Index(book, policy)
        self.lang = lang
        self._policy = policy
        self._words = ScoringWords(policy, lang, self.index.pairs("methods", "method", "help"))
        self._kpis: dict[str, Kpi] = {}
        self._card = cache(self._kpi_card)
        self._company = policy["company"] or self.index.root_unit() or self._say(_COMPANY)
        self._grades = self._grade_bands()
        self._rules = {
            "points_floor": number(policy["points_floor"]),
            "points_cap": number(policy["points_cap"]),
            "total_cap": number(policy["total_cap"]),
            "not_applicable": self._say(_NOT_APPLICABLE[policy["na_rule"]]),
        }

    def contracts(self) -> Iterable[str]:
        """The ids of all contracts, in sheet order."""
        return self.index.keys("contracts")

    def contract_asked_by(self, contract_id: str) -> set[str]:
        """The IDs under which a contract may be asked for: its own and its holders'."""
        row = self.index.at("contracts", self.index.position("contracts", contract_id))
        return {contract_id, *(row[column] for column in ("holder", "second_holder") if row[column])}

    def contract(self, contract_id: str) -> dict[str, Any]:
        """What one contract says, and nothing about anybody else's.

        Raises KeyError for an id that does not exist, ContextError for a contract that cannot be printed: it refers
        to what is not there, or has no lines."""
        at = self.index.position("contracts", contract_id)
        row = self.index.at("contracts", at)
        issuer, holders = self._parties(contract_id, at, row)
        lines = self._lines(contract_id, at)
        start, end = day(row["start"], self.lang), day(row["end"], self.lang)
        return {
            "company": self._company,
            "program": self._policy["program"] or self._year_program(row),
            "business_unit": holders[0]["unit"],
            "contract": {
                "number": contract_id,
                "version": text(row["version"]),
                "valid_from": start,
                "valid_to": end,
                "validity": self._say(_VALIDITY).format(start=start, end=end),
                "signed_on": day(row["signed"], self.lang),
            },
            "issuer": issuer,
            "holders": holders,
            "holder_names": ("、" if self.lang == "zh" else ", ").join(holder["name"] for holder in holders),
            "parties": [issuer, *holders],
            "aspects": self._aspects(lines),
            "total_weight": _sum(lines),
            "monitored": [text(line.kpi.row["name"]) for line in lines if line.kind == "monitor"],
            "adjustments": [self._adjustment(line) for line in lines if line.kind in _ADJUSTING],
            "definitions": [self._definition(line) for line in lines],
            "scales": [self._scale(line) for line in lines if line.graded],
            "grades": self._grades,
            "rules": self._rules,
        }

    # Parties

    def _parties(self, contract_id: str, at: int, row: Row) -> tuple[dict[str, str], list[dict[str, str]]]:
        def person(column: str, key: str) -> Row:
            return self.index.refer(contract_id, "contracts", at, column, key)

        holder = person("holder", row["holder"])
        second = row["second_holder"] or holder["second_holder"]
        role, second_role = _HOLDERS if second else (_HOLDER, _HOLDER)
        unit = self.index.refer(contract_id, "contracts", at, "unit", row["unit"])["name"] if row["unit"] else None
        holders = [self._party(role, contract_id, holder, row["post"], unit)]
        if second:
            holders.append(self._party(second_role, contract_id, person("second_holder", second)))
        return self._party(_ISSUER, contract_id, person("issuer", row["issuer"])), holders

    def _party(
        self, role: tuple[str, str], contract_id: str, person: Row, post: str | None = None, unit: str | None = None
    ) -> dict[str, str]:
        if unit is None and person["unit"]:
            at = self.index.position("people", person["person"])
            unit = self.index.refer(contract_id, "people", at, "unit", person["unit"])["name"]
        return {
            "role": self._say(role),
            "id": person["person"],
            "name": text(person["name"]),
            "post": text(post or person["post"]),
            "unit": text(unit),
        }

    # Lines

    def _lines(self, contract_id: str, at: int) -> list[_Line]:
        """The contract's lines in printed order: by aspect as they first appear, what deducts, adds or vetoes last."""
        lines = []
        for position, row in self.index.rows("contract_lines", "contract", contract_id):
            kpi = self._kpi(contract_id, position, row["kpi"])
            kind = kpi.method.name if kpi.method and kpi.method.effect != "points" else kpi.row["kind"]
            aspect = row["aspect"] or kpi.row["category"] or ""
            lines.append(_Line(row, kpi, terms_of(row, kpi), kind or "quantitative", aspect))
        if not lines:
            raise ContextError([problem("D202", self.index.address("contracts", at), record=contract_id)], self.lang)
        order = list(dict.fromkeys(line.aspect for line in lines))
        lines.sort(key=lambda line: (line.kind in _ADJUSTING, order.index(line.aspect)))
        for i, line in enumerate(lines, 1):
            line.number = str(i)
        return lines

    def _kpi(self, contract_id: str, position: int, key: str) -> Kpi:
        if key not in self._kpis:
            self._kpis[key] = self._words.kpi(self.index.refer(contract_id, "contract_lines", position, "kpi", key))
        return self._kpis[key]

    def _aspects(self, lines: Sequence[_Line]) -> list[dict[str, Any]]:
        shown = [line for line in lines if line.kind not in _ADJUSTING]
        grouped = [(aspect, list(held)) for aspect, held in groupby(shown, lambda line: line.aspect)]
        return [
            {
                "name": choice("contract_lines", "aspect", aspect, self.lang),
                "weight": _sum(held),
                "lines": [self._line(line) for line in held],
            }
            for aspect, held in grouped
        ]

    def _line(self, line: _Line) -> dict[str, str]:
        row = line.row
        return {
            "number": line.number,
            "kpi": line.name,
            "unit": text(line.kpi.unit),
            "weight": line.weight,
            "threshold": self._figure(line, "threshold"),
            "target": self._target(line),
            "challenge": self._figure(line, "challenge"),
            "base": self._figure(line, "base"),
            "method": self._words.short(line.kpi, line.terms),
            "responsibility": choice("contract_lines", "responsibility", row["responsibility"], self.lang),
            "note": text(row["note"]),
        }

    def _target(self, line: _Line) -> str:
        """The target; of a KPI that is to stay within a range, the range."""
        if line.row["target"] is None and line.row["low"] is not None and line.row["high"] is not None:
            return f"{self._figure(line, 'low')}–{self._figure(line, 'high')}"
        return self._figure(line, "target")

    def _figure(self, line: _Line, column: str) -> str:
        return figure(line.row[column], line.kpi.unit, line.kpi.decimals, self.lang)

    def _adjustment(self, line: _Line) -> dict[str, str]:
        return {
            "number": line.number,
            "kind": choice("kpis", "kind", line.kind, self.lang),
            "kpi": line.name,
            "rule": self._words.rule(line.kpi, line.terms),
        }

    def _definition(self, line: _Line) -> dict[str, Any]:
        return {
            "number": line.number,
            "kpi": line.name,
            "kind": choice("kpis", "kind", line.kind, self.lang),
            "weight": line.weight,
            **self._card(line.kpi),
            "method": self._words.short(line.kpi, line.terms),
            "rule": self._words.rule(line.kpi, line.terms),
        }

    def _kpi_card(self, kpi: Kpi) -> dict[str, Any]:
        """What the library says of a KPI, the same in every contract."""
        row = kpi.row
        names = ("unit", "definition", "numerator", "denominator", "data_source", "collector", "reporter")
        due = row["due_day"]
        return {
            **{name: text(row[name]) for name in names},
            "has_fraction": bool(row["numerator"] or row["denominator"]),
            "due_day": self._say(_DUE).format(day=number(due)) if due is not None else BLANK,
            "period": choice("kpis", "period", row["period"], self.lang),
            "aggregation": choice("kpis", "aggregation", row["aggregation"], self.lang),
        }

    def _scale(self, line: _Line) -> dict[str, Any]:
        described = self.index.rows("grade_tables", "scale", line.kpi.row["scale"] or "")
        sentences = {row["grade"]: row["sentence"] for _, row in described}
        return {
            "number": line.number,
            "kpi": line.name,
            "weight": line.weight,
            "grades": [
                {"grade": grade, "points": points, "sentence": text(sentences.get(grade))}
                for grade, points in self._words.grades(line.kpi).items()
            ],
        }

    # What holds for every contract

    def _grade_bands(self) -> list[dict[str, str]]:
        """The grades, the totals that earn them, their coefficients; best first. What is below all bounds earns the
        last grade too, so it is shown without a bound."""
        bands = sorted(self._policy.bands, key=lambda band: -band.lower)
        shown = []
        for i, band in enumerate(bands):
            words = _FROM if i == 0 else _BELOW if band is bands[-1] else _BETWEEN
            bounds = {"lower": number(max(band.lower, 0.0)), "upper": number(bands[i - 1].lower) if i else ""}
            shown.append(
                {
                    "grade": band.grade,
                    "range": self._say(words).format(**bounds),
                    "coefficient": BLANK if band.coefficient is None else number(band.coefficient, 1),
                }
            )
        return shown

    def _year_program(self, row: Row) -> str:
        return self._say(_PROGRAM).format(year=row["start"].year if row["start"] else "").strip()

    def _say(self, pair: tuple[str, str]) -> str:
        return pair[0] if self.lang == "zh" else pair[1]


def _sum(lines: Sequence[_Line]) -> str:
    weights = [line.row["weight"] for line in lines if line.counts and line.row["weight"] is not None]
    return weight(sum(weights)) if weights else BLANK
