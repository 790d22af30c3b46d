"""Programs full of edge cases: every method, figures missing and unreadable, ties, negatives, vetoes, segments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from perfxl.core.records import Tables, from_columns
from perfxl.core.values.text import NOT_APPLICABLE

Rows = dict[str, list[dict[str, Any]]]
START, HALF, END = date(2025, 1, 1), date(2025, 7, 1), date(2025, 12, 31)

OWN = {
    "奖优": "IF(D*A>=D*T,100+50*D*(A-T)/ABS(T),100-200*D*(T-A)/ABS(T))",
    "阶梯加成": "STEPS(A,D)+IF(ISNUMBER(C),IF(D*A>=D*C,5,0),0)",
    "除法": "IF(OR(T=0,A/T<0),FLOOR,MIN(A/T,1.5)*80)",
    "取整": "INT(A/U)*K",
    "工期": "100-K*DAYS(B,A)+2*DAYS(A+1,T)",
}
_ASPECTS = ["financial", "service", "people", "customer"]
_NUMERIC = ["ratio", "ratio", "progress", "interpolate", "interpolate", "per_unit", "within", "pass_fail", "steps"]
_WEIGHTED = [*_NUMERIC, "grade", "milestone", *OWN]


def program(contracts: int, seed: int, sound: bool = False, **policy: str) -> Tables:
    """A program of so many contracts with about eight lines each. Where it is not `sound`, so much is missing and
    unusable that hardly a contract has a total."""
    return _Program(contracts, Random(seed), sound, policy).book()


class _Program:
    def __init__(self, contracts: int, rng: Random, sound: bool, policy: dict[str, str]) -> None:
        self.sound, self.odd = sound, 0.0 if sound else 1.0
        self.rng, self.rows = rng, {"policy": [{"key": key, "value": value} for key, value in policy.items()]}
        self._settings()
        for number in range(contracts):
            self._person(number)

    def book(self) -> Tables:
        tables = {}
        for name, rows in self.rows.items():
            columns = dict.fromkeys(column for row in rows for column in row)
            tables[name] = from_columns(name, {column: [row.get(column) for row in rows] for column in columns})
        return tables

    def add(self, table: str, /, **values: Any) -> None:
        self.rows.setdefault(table, []).append(values)

    def _settings(self) -> None:
        for grade, lower, coefficient in (("A", 95.0, 1.5), ("B", 80.5, 1.0), ("C", 60.0, None), ("D", 0.0, 0.0)):
            self.add("grade_bands", grade=grade, lower=lower, coefficient=coefficient)
        for name, steps in {
            "份额": ((0.3, 80), (0.32, 100), (0.35, 120)),
            "投诉": ((10, 100), (20, 60), (5, 120)),
        }.items():
            for at, step_points in steps:
                self.add("step_tables", table=name, at=float(at), points=float(step_points))
        for label, points in (("卓越", 120.0), ("A*", 100.0), ("合格 ", 62.345), ("０", 0.0)):
            self.add("grade_tables", scale="四级", grade=label, points=points)
        for name, formula in OWN.items():
            self.add("methods", method=name, formula=formula)
        for day in range(1, 9):
            self.add("holidays", date=date(2025, 10, day), kind="off", name="国庆")
        for working in (date(2025, 9, 28), date(2025, 10, 11)):
            self.add("holidays", date=working, kind="work", name="调休")
        for unit in range(5):
            self.add("units", unit=f"U{unit}", name=f"第{unit}部", parent=None if unit == 0 else "U0")

    def _person(self, number: int) -> None:
        """One contract; of every tenth person two, meeting in mid-year; every twentieth shared with the one before."""
        person, rng = f"E{number:05d}", self.rng
        self.add("people", person=person, name=f"员工{number}", unit=f"U{number % 5}", post="岗位")
        spans = [(START, HALF - timedelta(days=1)), (HALF, END)] if number % 10 == 3 else [(START, END)]
        for part, (start, end) in enumerate(spans):
            contract = f"C{number:05d}{'AB'[part]}"
            second = f"E{number - 1:05d}" if number % 20 == 7 and not self.sound else None
            self.add("contracts", contract=contract, holder=person, second_holder=second, start=start, end=end)
            count = rng.choice([8, 9] if self.sound else [0, 1, 7, 8, 8, 9])
            for line in range(count):
                self._weighted(person, contract, part, line)
            self._make_whole(count)
            for kind in ("deduct", "bonus", "veto", "monitor"):
                if rng.random() < 0.4:
                    self._special(kind, person, contract, part, start, end)

    def _line(self, person: str, contract: str, part: int, name: str, kpi: dict[str, Any], line: dict[str, Any]) -> str:
        key = f"K{len(self.rows.get('kpis', []))}"
        self.add("kpis", kpi=key, name=name, category="financial", aggregation="last", **kpi)
        self.add("contract_lines", contract=contract, kpi=key, **line)
        return key

    def _weighted(self, person: str, contract: str, part: int, line: int) -> None:
        rng, method = self.rng, self.rng.choice(_NUMERIC if self.sound else _WEIGHTED)
        higher = rng.random() < 0.5
        figures, actual = _FIGURES.get(method, _numbers)(rng, 1 if higher else -1)
        if rng.random() < 0.02 * self.odd and figures:
            figures[rng.choice(list(figures))] = rng.choice([None, 0.0, "未出数"])
        if rng.random() < 0.06 * self.odd:
            actual = rng.choice([None, 0.0, 0.0, NOT_APPLICABLE, NOT_APPLICABLE, NOT_APPLICABLE, "未出数", -3.335])
        own = {"floor": rng.choice([10.0, -20.0])} if rng.random() < 0.1 else {}
        own |= {"cap": rng.choice([100.0, 150.0, 99.995])} if rng.random() < 0.1 else {}
        kpi: dict[str, Any] = {"kind": "quantitative", "method": method}
        kpi["direction"] = rng.choice(["higher"]) if higher else "lower"
        if rng.random() < 0.02 * self.odd:
            kpi |= rng.choice([{"method": "没有"}, {"direction": None}, {"direction": "斜"}])
        kpi["steps"] = (
            self._one_of(["份额"] if self.sound else ["份额", "投诉", "100:120;95:100;90:80.5"])
            if method in ("steps", "阶梯加成")
            else None
        )
        kpi["scale"] = (
            self._one_of(["四级" if actual in ("卓越", "A*", "a*", "合格", "０", "0") else None])
            if method == "grade"
            else None
        )
        weight = 10.0 if self.sound else rng.choice([5.0, 10.0, 12.5, 15.0, 33.33, 0.0, None])
        aspect = rng.choice([*_ASPECTS, None]) if rng.random() < 0.3 else _ASPECTS[line % 3]
        key = self._line(
            person, contract, part, f"指标{line}", kpi, {"weight": weight, "aspect": aspect, **figures, **own}
        )
        self._report(person, key, part, actual)

    def _make_whole(self, count: int) -> None:
        """Nearly always the weights of the last `count` lines sum to 100."""
        lines: list[dict[str, Any]] = self.rows["contract_lines"][-count:] if count else []
        if not lines or self.rng.random() > 1 - 0.05 * self.odd:
            return
        if sum(line["weight"] or 0.0 for line in lines[:-1]) > 95.0:
            for line in lines:
                line["weight"] = 10.0
        lines[-1]["weight"] = 100.0 - sum(line["weight"] or 0.0 for line in lines[:-1])

    def _one_of(self, names: list[Any]) -> Any:
        """Now and then one that does not exist."""
        return "没有" if self.rng.random() < 0.03 * self.odd else self.rng.choice(names)

    def _special(self, kind: str, person: str, contract: str, part: int, start: date, end: date) -> None:
        rng = self.rng
        kpi: dict[str, Any] = {"kind": kind, "method": kind}
        if kind in ("deduct", "bonus"):
            kpi |= {
                "k": rng.choice([0.5, 2.0, 1.005, None] if rng.random() < 0.2 * self.odd else [2.0]),
                "limit": rng.choice([None, 5.0]),
            }
        if kind == "veto":
            kpi |= {"veto_effect": rng.choice(["zero", "limit_total", "limit_grade", *([] if self.sound else [None])])}
            kpi |= {
                "limit": 70.0 if self.sound else rng.choice([None, 70.0]),
                "veto_grade": rng.choice(["C"] if self.sound else [None, "C", "没有"]),
            }
        key = self._line(person, contract, part, kind, kpi, {})
        if rng.random() < 0.3 and kind != "monitor":
            for _ in range(rng.choice([1, 1, 2, 4])):
                day = start + timedelta(days=rng.randrange((end - start).days))
                self.add(
                    "events",
                    holder=person,
                    kpi=key,
                    kind=kind,
                    date=day,
                    count=rng.choice([None, 1.0, 2.0]),
                    fact="事实",
                )
        elif rng.random() < 0.1:
            self._report(person, key, part, rng.choice([NOT_APPLICABLE, 3.0]))

    def _report(self, person: str, kpi: str, part: int, value: Any) -> None:
        if value is not None:
            self.add("actuals", holder=person, kpi=kpi, period="2025-12" if part else "2025-06", value=value)
            if not part:
                self.add("actuals", holder=person, kpi=kpi, period="2025-12", value=value)


def _number(rng: Random) -> float:
    """Of all sizes and signs, with few and with many decimals."""
    value = rng.choice([rng.uniform(0, 2), rng.uniform(1, 200), rng.uniform(1e3, 1e6), -rng.uniform(1, 50)])
    return round(value, rng.choice([0, 1, 2, 3, 6])) or 1.0


def _numbers(rng: Random, sign: int) -> tuple[dict[str, Any], Any]:
    """Target, threshold and challenge in order, an actual near them or a tie at the third decimal."""
    target = 100.0 if rng.random() < 0.3 else _number(rng)
    step = abs(target) * rng.choice([0.1, 0.2, 0.05])
    figures: dict[str, Any] = {"target": target}
    if rng.random() < 0.95:
        figures["threshold"] = round(target - sign * step, 6)
    if rng.random() < 0.6:
        figures["challenge"] = round(target + sign * step, 6)
    if rng.random() < 0.95:
        figures["base"] = round(target - sign * 3 * step, 6)
    figures |= {"k": rng.choice([1.0, 2.5, 0.005]), "unit_step": rng.choice([1.0, 0.1, 3.0])}
    actual = rng.choice(
        [
            round(rng.uniform(0, 150), 2) + 0.005,
            target,
            figures.get("threshold", target),
            figures.get("challenge", target),
            round(target + rng.uniform(-2, 2) * step, 4),
            target / 3,
            0.1 + 0.2,
        ]
    )
    return figures, actual


def _band(rng: Random, sign: int) -> tuple[dict[str, Any], Any]:
    low = _number(rng)
    figures = {
        "low": low,
        "high": low + rng.choice([0.0, 5.0, 5.0, 0.1, 0.1, 20.0, -1.0] if rng.random() < 0.2 else [5.0]),
        "k": 2.5,
        "unit_step": rng.choice([1.0, 0.3]),
    }
    return figures, rng.choice([low, figures["high"], low - 1.005, low + 7.335, low + 0.05])


def _graded(rng: Random, sign: int) -> tuple[dict[str, Any], Any]:
    odd = ["卓越", "A*", "a*", "合格", "０", "0", "棒", 75.0] if rng.random() < 0.2 else []
    return {}, rng.choice(["优", "良", "中", "差", *odd])


def _dates(rng: Random, sign: int) -> tuple[dict[str, Any], Any]:
    due = date(2025, 9, 20) + timedelta(days=rng.randrange(30))
    figures = {"target": due, "base": due - timedelta(days=rng.randrange(5)), "k": rng.choice([1.0, 2.5, 0.335])}
    if rng.random() < 0.5:
        figures["threshold"] = due + timedelta(days=rng.randrange(-2, 20))
    return figures, due + timedelta(days=rng.randrange(-15, 30))


_FIGURES: dict[str, Callable[[Random, int], tuple[dict[str, Any], Any]]] = {
    "within": _band,
    "grade": _graded,
    "milestone": _dates,
    "工期": _dates,
}
