"""Which company KPIs are carried by whom: the links from the head of the root unit, one level down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from perfxl.core.cascade.organisation import superiors
from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Tables
from perfxl.core.schema.choices import LINK_MODE, RESPONSIBILITY
from perfxl.core.table_access import Names, cell, columns_of, contracts_of, problem_at, rows_of
from perfxl.core.weights.rules import UNWEIGHTED

# How a company KPI stands: broken down by links; only held by subordinates as the same KPI; carried by nobody; without
# weight (monitored, deducting, ...), so that it need not be broken down.
LINKED, HELD, NOBODY, EXEMPT = "linked", "held", "nobody", "exempt"


class Carrier(NamedTuple):
    """A subordinate's KPI that carries the superior's; share in percent points where it is shared. The mode is blank
    where no link says so: the same KPI stands in the subordinate's contract."""

    kpi: str
    owner: str
    unit: str | None
    mode: str
    share: float | None
    responsibility: str | None


class CompanyKpi(NamedTuple):
    """A KPI held by the head of the root unit, and what carries it one level down."""

    kpi: str
    owner: str
    kind: str
    carriers: tuple[Carrier, ...]

    @property
    def state(self) -> str:
        """LINKED, HELD, NOBODY or EXEMPT."""
        if any(carrier.mode for carrier in self.carriers):
            return LINKED
        if self.kind in UNWEIGHTED:
            return EXEMPT
        return HELD if self.carriers else NOBODY


class Cascade(NamedTuple):
    """The company's KPIs; the units one level down and all others that carry one, in the order of the units' sheet."""

    kpis: tuple[CompanyKpi, ...]
    units: tuple[str, ...]
    names: Names

    @property
    def carried(self) -> int:
        """How many of the KPIs somebody carries."""
        return sum(1 for kpi in self.kpis if kpi.carriers)


def cascade(tables: Tables) -> tuple[Cascade, list[Problem]]:
    """The company's KPIs with their carriers. Gaps in the cascade are among the checks of the program.

    Returns: the cascade, and why it is empty, or no more than who holds the same KPI."""
    names, homes, kinds = Names.of(tables), _homes(tables), _kinds(tables)
    keys = _company_kpis(tables)
    heads = {head for _, head in keys}
    linked, held = _linked(tables, homes, heads), _held(tables, homes, heads)
    kpis = tuple(
        CompanyKpi(kpi, head, kinds.get(kpi, ""), tuple(linked.get((kpi, head)) or held.get((kpi, head)) or ()))
        for kpi, head in keys
    )
    carrying = {carrier.unit for kpi in kpis for carrier in kpi.carriers}
    ordered = dict.fromkeys([*names.units, *sorted(unit for unit in carrying if unit)])
    below = _below_root(tables)
    units = tuple(unit for unit in ordered if unit in carrying or unit in below)
    return Cascade(kpis, units, names), list(_whys(tables, kpis))


def as_dicts(company: Cascade) -> list[dict[str, Any]]:
    """For JSON: each company KPI with its state (linked, held, nobody, exempt) and its carriers."""
    names = company.names
    return [
        {
            "kpi": kpi.kpi,
            "name": names.kpis[kpi.kpi],
            "owner": kpi.owner,
            "state": kpi.state,
            "carriers": [carrier._asdict() for carrier in kpi.carriers],
        }
        for kpi in company.kpis
    ]


def summary_rows(company: Cascade, lang: str) -> list[tuple[str, str, str, str]]:
    """For the terminal: company KPI and its owner, who carries it, and how; a row for each carrier."""
    rows = []
    names = company.names
    for kpi in company.kpis:
        first = (names.kpis[kpi.kpi], names.people[kpi.owner])
        for carrier in kpi.carriers:
            parts = (names.people[carrier.owner], names.units[carrier.unit], names.kpis[carrier.kpi])
            who = " · ".join(part for part in parts if part)
            rows.append((*first, who, manner(carrier, lang)))
            first = ("", "")
        if not kpi.carriers:
            rows.append((*first, state_label(kpi.state, lang), ""))
    return rows


def manner(carrier: Carrier, lang: str) -> str:
    """How a KPI is carried, in words: mode, share, main or secondary."""
    mode = next((choice.label(lang) for choice in LINK_MODE if choice.name == carrier.mode), _SAME_KPI(lang))
    share = "" if carrier.share is None else f"{carrier.share:.15g}%"
    role = next((choice.label(lang) for choice in RESPONSIBILITY if choice.name == carrier.responsibility), "")
    return " ".join(part for part in (mode, share, role) if part)


def state_label(state: str, lang: str) -> str:
    """How a company KPI stands, in words."""
    return _STATES[state](lang)


_SAME_KPI = Text("同一指标", "same KPI")
_STATES = {
    LINKED: Text("已分解", "broken down"),
    HELD: Text("下级合同有同一指标，未建分解", "same KPI below, no link"),
    NOBODY: Text("无人承接", "carried by nobody"),
    EXEMPT: Text("不计权重，可不分解", "no weight, need not be"),
}

_Key = tuple[str, str]


def _linked(tables: Tables, homes: dict[str, str], heads: set[str]) -> dict[_Key, list[Carrier]]:
    """(KPI, head) -> what the sheet of links says."""
    carriers: dict[_Key, list[Carrier]] = {}
    links = rows_of(tables, "links")
    columns = ("kpi", "owner", "sub_kpi", "sub_owner", "mode", "share", "responsibility")
    for _, kpi, owner, sub_kpi, sub_owner, mode, share, role in columns_of(links, *columns) if links else ():
        if owner not in heads:
            continue
        carrier = Carrier(sub_kpi, sub_owner, homes.get(sub_owner), mode or "", share, role)
        carriers.setdefault((kpi, owner), []).append(carrier)
    return carriers


def _held(tables: Tables, homes: dict[str, str], heads: set[str]) -> dict[_Key, list[Carrier]]:
    """(KPI, head) -> direct subordinates whose contract holds the same KPI."""
    people, lines, contracts = rows_of(tables, "people"), rows_of(tables, "contract_lines"), contracts_of(tables)
    if people is None or lines is None:
        return {}
    reports = {person: superior for person, superior in superiors(tables).items() if superior in heads}
    carriers: dict[_Key, dict[str, Carrier]] = {}
    for _, number, kpi, role in columns_of(lines, "contract", "kpi", "responsibility"):
        holders = contracts[number].holders if number in contracts else ()
        for holder in holders:
            superior = reports.get(holder)
            if superior is not None and kpi is not None and superior not in holders:
                carrier = Carrier(kpi, holder, homes.get(holder), "", None, role)
                carriers.setdefault((kpi, superior), {}).setdefault(holder, carrier)
    return {key: list(by_holder.values()) for key, by_holder in carriers.items()}


def _company_kpis(tables: Tables) -> list[_Key]:
    """(KPI, head) of the contracts that the head of the root unit holds, each once."""
    units, lines = rows_of(tables, "units"), rows_of(tables, "contract_lines")
    if units is None or lines is None:
        return []
    heads = {head for _, head, parent in columns_of(units, "head", "parent") if head and parent is None}
    held = {
        number: holder
        for number, contract in contracts_of(tables).items()
        for holder in contract.holders
        if holder in heads
    }
    pairs = ((kpi, held[number]) for _, number, kpi in columns_of(lines, "contract", "kpi") if number in held)
    return list(dict.fromkeys((kpi, head) for kpi, head in pairs if kpi is not None))


def _whys(tables: Tables, kpis: tuple[CompanyKpi, ...]) -> Iterator[Problem]:
    if not kpis:
        yield _why_empty(tables)
    elif rows_of(tables, "links") is None and len(contracts_of(tables)) > 1:
        sheet = tables.get("links") or tables["contract_lines"]
        yield problem("cascade_without_links", Address(sheet.file, sheet.sheet))


def _why_empty(tables: Tables) -> Problem:
    """What is missing for the company to have KPIs: the first thing on the way from the root unit to its lines."""
    units, contracts = rows_of(tables, "units"), contracts_of(tables)
    if units is None:
        sheet = tables.get("units") or tables.get("people")
        return problem("cascade_without_units", Address(sheet.file if sheet else "", sheet.sheet if sheet else ""))
    roots = [i for i, unit, parent in columns_of(units, "unit", "parent") if unit is not None and parent is None]
    if not roots:
        return problem_at("cascade_without_top", units, 0, "parent")
    names, top = Names.of(tables), roots[0]
    unit, head = names.units[cell(units, top, "unit")], cell(units, top, "head")
    if head is None:
        return problem_at("cascade_without_head", units, top, "head", unit=unit)
    details = {"unit": unit, "person": names.people[head]}
    held = [contract for contract in contracts.values() if head in contract.holders]
    if not held:
        return problem_at("cascade_without_contract", units, top, "head", **details)
    records = rows_of(tables, "contracts")
    assert records is not None
    number = held[0].contract
    return problem_at("cascade_without_lines", records, held[0].row, "contract", contract=number, **details)


def _below_root(tables: Tables) -> set[str]:
    units = rows_of(tables, "units")
    pairs = [(unit, parent) for _, unit, parent in columns_of(units, "unit", "parent")] if units else []
    roots = {unit for unit, parent in pairs if parent is None}
    return {unit for unit, parent in pairs if parent in roots}


def _homes(tables: Tables) -> dict[str, str]:
    people = rows_of(tables, "people")
    return {person: unit for _, person, unit in columns_of(people, "person", "unit") if unit} if people else {}


def _kinds(tables: Tables) -> dict[str, str]:
    kpis = rows_of(tables, "kpis")
    columns = ("kpi", "kind", "verdict")
    return {
        kpi: "monitor" if verdict == "monitor" else kind or "quantitative"
        for _, kpi, kind, verdict in (columns_of(kpis, *columns) if kpis else ())
    }
