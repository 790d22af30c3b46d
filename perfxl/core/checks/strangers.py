"""Rows of which nobody knows whose they are: they may be anybody's, and so leave totals without which none shows that
one is absent. One rule for all checks, and for whoever reads only one person's rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfxl.core.checks.methods import Plan, plans_of
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem
from perfxl.core.records import Records, Tables
from perfxl.core.table_access import (
    columns_of,
    contracts_of,
    known_people,
    labels,
    row_of_anybody,
    rows_of,
)
from perfxl.core.values.text import fold_name

TABLES = {"events": "holder", "actuals": "holder", "marks": "ratee"}
"""Tables of which a row may be anybody's -> the column that says whose it is."""
_MEANS = {"events": "kpi", "actuals": "kpi", "marks": "dimension"}
EVERYBODY = (None,)
"""In the place of KPIs: one that is not known may be anybody's."""


class Strangers:
    """Whose rows may be anybody's, by a program's people, contracts and KPIs. Events all may be: a deduction, bonus or
    veto is not missed as the actual of a line with weight is, whose total stays open. Of the actuals those typed counts
    are like them; and of the marks all of scored KPIs, since those of other raters make a mean without it."""

    def __init__(self, tables: Tables, policy: Policy) -> None:
        kpis = rows_of(tables, "kpis")
        self._known, self._contracts = known_people(tables), contracts_of(tables)
        self._cards: set[Any] = set() if kpis is None else set(kpis.column("kpi")) - {None}
        self._judged = bool(self._contracts) and kpis is not None
        plans = plans_of(tables, policy)
        self._counting = {kpi for kpi, plan in plans.items() if plan.counts}
        self._marked = _by_spelling(plans)

    def rows(self, records: Records) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """(row, the KPIs whose holders it may concern; `EVERYBODY` where that is not known either)."""
        table = records.table.name
        if not self._judged or table not in TABLES:
            return
        numbers = records.column("contract") if table == "marks" else None
        unknown = {whom for whom in set(records.column(TABLES[table])) if not self._is_known(whom)}
        for i, whom, meant in columns_of(records, TABLES[table], _MEANS[table]) if unknown else ():
            if whom not in unknown or (numbers is not None and numbers[i] in self._contracts):
                continue
            kpis = self._kpis(table, meant)
            if kpis and any(values[i] is not None for values in records.columns.values()):
                yield i, kpis

    def _is_known(self, whom: Any) -> bool:
        return whom is not None and (self._known is None or fold_name(whom) in self._known)

    def _kpis(self, table: str, meant: Any) -> tuple[Any, ...]:
        if table == "marks":
            return self._marked.get(fold_name(meant), ()) if meant is not None else ()
        if table == "actuals":
            return (meant,) if meant in self._counting else ()
        return (meant,) if meant in self._cards else EVERYBODY

    def kpis_of(self, table: str) -> frozenset[str]:
        """The KPIs of which alone such a row matters; of events any does, of other tables none."""
        marked = {kpi for kpis in self._marked.values() for kpi in kpis}
        return frozenset({"actuals": self._counting, "marks": marked}.get(table, ()))


def check_strangers(tables: Tables, policy: Policy, records: Records) -> list[Problem]:
    """The rows of a table that may be anybody's, each with whose totals it leaves out."""
    column, names = TABLES[records.table.name], labels(tables, "kpis")
    return [
        row_of_anybody(records, i, column, kpi, names[kpi])
        for i, kpis in Strangers(tables, policy).rows(records)
        for kpi in kpis
    ]


def _by_spelling(plans: dict[str, Plan]) -> dict[str, tuple[str, ...]]:
    """How a mark may spell a KPI of the method marks -> KPIs spelt so: by a code one, by a name several."""
    spelt: dict[str, tuple[str, ...]] = {}
    for kpi, plan in plans.items():
        if plan.method is not None and plan.method.name == "marks":
            name = plan.card["name"]
            for word in dict.fromkeys((fold_name(kpi), *([fold_name(name)] if name is not None else []))):
                spelt[word] = (*spelt.get(word, ()), kpi)
    return spelt
