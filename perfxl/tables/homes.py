"""Which contract deductions and bonuses belong to that stand on a sheet of their own: 扣分记录 beside the sheets of
single people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from perfxl.core.problems import Problem, problem
from perfxl.core.records import Records
from perfxl.core.values.dates import period_span
from perfxl.core.values.text import fold_name

_WHO = ("person", "name", "post", "department")
Key = tuple[str, str, str, str]
"""Person, file, sheet and period: one contract."""
_Group = tuple[str, str, str, Any]


class Homes:
    """The rows of contract sheets, those of nothing but deductions and bonuses after those of the contracts to which
    they belong: the only one that their person has elsewhere in the file, for days in common."""

    def __init__(self, sheets: Records) -> None:
        self._sheets = sheets
        rows = [(i, row) for i, row in enumerate(sheets.records()) if (row["kpi"], row["kpi_id"]) != (None, None)]
        groups: dict[_Group, list[int]] = defaultdict(list)
        weighed: set[_Group] = set()
        for i, row in rows:
            address = sheets.address(i)
            who = next((fold_name(row[name]) for name in _WHO if row[name]), "")
            group = (who, address.file, address.sheet, row["period"])
            groups[group].append(i)
            if row["weight"] is not None or row["kind"] not in ("deduct", "bonus"):
                weighed.add(group)
        self._first: dict[int, int] = {}  # row of an effect -> a row of its contract
        self._several: dict[int, list[int]] = {}  # row of an effect -> a row of each contract that may be meant
        for group in groups.keys() - weighed:
            homes = list(_homes(group, weighed))
            if len(homes) == 1:
                self._first |= dict.fromkeys(groups[group], groups[homes[0]][0])
            elif homes:
                self._several[groups[group][0]] = [groups[home][0] for home in homes]
        self._keys: dict[int, Key] = {}
        self.rows = sorted(rows, key=lambda each: each[0] in self._first)

    def key(self, i: int, own: Key) -> Key:
        """The contract of a row; `own`, that of its person on its sheet."""
        key = self._keys.get(self._first.get(i, -1), own)
        self._keys[i] = key
        return key

    def problems(self, contracts: Mapping[Key, str]) -> Iterator[Problem]:
        """Effects of which nobody knows to which of several contracts they belong: none of these has a total."""
        for i, rows in self._several.items():
            address = self._sheets.address(i, "kpi")
            for contract in dict.fromkeys(contracts[self._keys[row]] for row in rows):
                value = self._sheets.column("kpi")[i]
                yield problem("effects_of_several", address, table="contract_sheet", value=value, of_contract=contract)


def _homes(group: _Group, weighed: set[_Group]) -> Iterator[_Group]:
    who, file, _, period = group
    return (each for each in weighed if who and each[:2] == (who, file) and _meet(each[3], period))


def _meet(one: str | None, other: str | None) -> bool:
    """Whether two periods have days in common; one that is not given does with any."""
    if one is None or other is None:
        return True
    first, second = period_span(one), period_span(other)
    return first.start <= second.end and second.start <= first.end
