"""A scoring sentence (每低1%扣2分,扣完为止) to a rule of the rule book, or why it is left to people.

A sentence is understood whole or not at all: where a clause is not known, contradicts another, or leaves open what an
actual would give, there is no rule, and the line stays open with its text. Points are kept as the sentence says them
together with the full marks they are of; `rule_lines` makes the columns of a contract line of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from perfxl.core.language import Text
from perfxl.tables.notation.bands import Band, basis_of, limit_of, read_steps
from perfxl.tables.notation.clauses import Clause, read_clauses
from perfxl.tables.notation.names import subjects_of
from perfxl.tables.notation.rules import (
    CONTRADICTION,
    FULL,
    NO_METHOD,
    NO_SENTENCE,
    UNDERSTOOD,
    UNKNOWN_SCALE,
    UNSAID_BELOW,
    Rule,
    Unclear,
    grade_label,
    rule_unit,
    scale_of,
)
from perfxl.tables.notation.targets import Direction, is_counted


def read_sentence(text: str, full: float | None = None, name: str = "") -> tuple[Rule | None, Text]:
    """A scoring sentence in Chinese or English. `full` is the line's full marks, where its table has a column of them:
    of 满分 20, 每低1%扣2分 takes 2 of the 20. Without, points are of 100, or of the full marks the sentence names.
    `name` is the KPI's, which the sentence may repeat: 合格率每低1%扣2分.

    Returns: the rule and UNDERSTOOD, or None and why. Source: scoring.md section 1."""
    clauses, rest = read_clauses(text, subjects_of(name))
    if rest:
        shown = rest if len(rest) <= 40 else rest[:40] + "…"
        return None, Text(f"看不懂“{shown}”", f"“{shown}” is not understood")
    if not clauses:
        return None, NO_SENTENCE
    try:
        return _Assembly(clauses, full).rule(), UNDERSTOOD
    except Unclear as unclear:
        return None, unclear.why


def read_bands(heads: Sequence[str], cells: Sequence[str], full: float | None = None) -> tuple[Rule | None, Text]:
    """Bands that stand in columns: heads such as 优(100分), 良(80分) or 100, 80, 60, each above its cell such as ≥95%,
    90%-95%, <80%. Blank cells have no band.

    Returns: as read_sentence; steps where the cells are limits."""
    parts = []
    for head, cell in zip(heads, cells, strict=True):
        points = _points_of(head)
        if not cell.strip():
            continue
        if points is None:
            return None, UNKNOWN_SCALE
        parts.append(f"{cell.strip()}得{points:.15g}分")
    return read_sentence(";".join(parts), full) if parts else (None, NO_SENTENCE)


def _points_of(head: str) -> float | None:
    """The points in a head: 100, 100分, 优(100分), A:90."""
    clauses, rest = read_clauses(head)
    if not rest and len(clauses) == 1 and clauses[0].fact == "grade":
        return clauses[0].number("points")
    clauses, rest = read_clauses(f"满分{head}")
    return clauses[0].number("points") if not rest and len(clauses) == 1 else None


_MODIFIERS = ("full", "floor_zero", "limit_off", "limit_on", "cap", "cap_full")


class _Assembly:
    """The clauses of one sentence, put together."""

    def __init__(self, clauses: list[Clause], full: float | None) -> None:
        self.by_fact: dict[str, list[Clause]] = {}
        for clause in clauses:
            self.by_fact.setdefault(clause.fact, []).append(clause)
        self.full = self._full_marks(full)
        self.scale = self.full or FULL

    def rule(self) -> Rule:
        """The one rule that uses every clause."""
        core = frozenset(self.by_fact) - set(_MODIFIERS)
        if core == {"band"} or (core and core <= {"band", "zero_below", "zero_above", "unmet"} and "band" in core):
            return self._steps()
        build = {
            frozenset({"step"}): self._per_unit,
            frozenset({"step", "met"}): self._per_unit,
            frozenset({"step", "band"}): self._per_unit,
            frozenset({"event", "band"}): self._event,
            frozenset({"late"}): self._late,
            frozenset({"late", "met"}): self._late,
            frozenset({"late", "on_time"}): self._late,
            frozenset({"event"}): self._event,
            frozenset({"ratio"}): self._ratio,
            frozenset({"ratio", "zero_below"}): self._ratio,
            frozenset({"met", "ratio_unmet"}): self._ratio,
            frozenset({"met", "ratio_unmet", "zero_below"}): self._ratio,
            frozenset({"met"}): self._pass_fail,
            frozenset({"met", "unmet"}): self._pass_fail,
            frozenset({"met", "zero_below"}): self._pass_fail,
            frozenset({"grade"}): self._grades,
            frozenset({"veto"}): self._veto,
            frozenset({"deviation"}): self._within,
            frozenset({"deviation", "band_full"}): self._within,
        }.get(core)
        if build is None:
            raise Unclear(NO_METHOD if len(core) > 1 else NO_SENTENCE)
        return build()

    def _full_marks(self, told: float | None) -> float | None:
        said = {clause.number("points") for clause in self.by_fact.get("full", ())}
        if len(said) > 1 or (said and told and said != {told}):
            raise Unclear(CONTRADICTION)
        of_100 = any(c.number("points") == FULL for fact in ("met", "band") for c in self.by_fact.get(fact, ()))
        if told and not said and of_100 and "step" in self.by_fact:
            return FULL  # 达标得100分 of a line of 20: the sentence speaks of 100
        full = next(iter(said), None if told is None else float(told))
        if full is not None and not full > 0:
            raise Unclear(UNKNOWN_SCALE)
        return full

    def _only(self, fact: str) -> Clause:
        clauses = self.by_fact[fact]
        if len(clauses) > 1:
            raise Unclear(CONTRADICTION)
        return clauses[0]

    def _one(self, fact: str) -> float | None:
        """The points of a modifier; 最高120% is of full marks."""
        clause = self._only(fact) if fact in self.by_fact else None
        share = clause.number("share") if clause else None
        return self.scale * share / 100 if share is not None else clause.number("points") if clause else None

    def _refuse(self, *facts: str) -> None:
        if any(fact in self.by_fact for fact in facts):
            raise Unclear(CONTRADICTION)

    def _points(self, clause: Clause) -> float:
        """Points of a clause: 满分, 不得分 or a number."""
        if clause.has("all"):
            return self.scale
        if clause.has("none"):
            return 0.0
        points = clause.number("points")
        if points is None:
            raise Unclear(UNKNOWN_SCALE)
        return points

    def _must_be_full(self) -> None:
        """达标得满分 beside points taken off or in proportion says nothing new; other points contradict."""
        for clause in (*self.by_fact.get("met", ()), *self.by_fact.get("on_time", ())):
            if self._points(clause) != self.scale:
                raise Unclear(CONTRADICTION)

    def _lowest(self) -> float | None:
        limit = self._one("limit_off")
        zero = "floor_zero" in self.by_fact
        if limit is not None and (zero or not 0 < limit <= self.scale):
            raise Unclear(CONTRADICTION if zero else UNKNOWN_SCALE)
        return 0.0 if zero else None if limit is None else self.scale - limit

    def _k(self, clause: Clause) -> tuple[float, float, str]:
        k, step = clause.number("k"), clause.number("step") if clause.has("step") else 1.0
        if not k or not step or not (clause.has("step") or clause.has("unit")):
            raise Unclear(CONTRADICTION)
        if k > self.scale:
            raise Unclear(UNKNOWN_SCALE)
        return k, step, rule_unit(clause.groups.get("unit", ""))

    def _per_unit(self) -> Rule:
        clauses = self.by_fact["step"]
        self._must_be_full()
        worse = [clause for clause in clauses if clause.sign < 0]
        better = [clause for clause in clauses if clause.sign > 0]
        if len(worse) != 1 or len(better) > 1:
            raise Unclear(UNSAID_BELOW if not worse else CONTRADICTION)
        k, step, unit = self._k(worse[0])
        cap: float | None = self.scale
        if better:
            if better[0].side == worse[0].side:
                raise Unclear(CONTRADICTION)
            if self._k(better[0]) != (k, step, unit):
                raise Unclear(NO_METHOD)
            self._refuse("cap_full")
            most = self._one("limit_on")
            cap = self._one("cap") if most is None else self.scale + most
            if cap is not None and not cap > self.scale:
                raise Unclear(CONTRADICTION)
        else:
            self._refuse("limit_on")
            self._cap_is_full()
        direction: Direction = "higher" if worse[0].side == "below" else "lower"
        bases = {basis_of(clause) for clause in clauses}
        if len(bases) > 1:
            raise Unclear(CONTRADICTION)
        at, at_unit = self._full_at(direction)
        return Rule(
            "per_unit",
            self.scale,
            direction,
            k,
            step,
            unit,
            self._lowest(),
            cap,
            basis=bases.pop(),
            full_at=at,
            full_unit=at_unit,
        )

    def _full_at(self, direction: Direction) -> tuple[float | None, str]:
        """The figure of ≥98%得满分 beside points taken off below it."""
        if "band" not in self.by_fact:
            return None, ""
        band = Band.read(self._only("band"), self._points(self._only("band")))
        exact = band.low == band.high
        at, inside = (band.low, band.low_in) if direction == "higher" else (band.high, band.high_in)
        ends = exact or (band.high is None if direction == "higher" else band.low is None)
        if at is None or inside is False or not ends or band.points != self.scale or band.basis == "target":
            raise Unclear(CONTRADICTION)
        return at, band.unit

    def _cap_is_full(self) -> None:
        cap = self._one("cap")
        if cap is not None and cap != self.scale:
            raise Unclear(CONTRADICTION)

    def _late(self) -> Rule:
        self._must_be_full()
        self._refuse("limit_on")
        self._cap_is_full()
        k, step, unit = self._k(self._only("late"))
        return Rule("late", self.scale, "lower", k, step, unit, self._lowest(), self.scale)

    def _event(self) -> Rule:
        clause = self._only("event")
        k, step, unit = self._k(clause)
        if step != 1 or not is_counted(unit):
            raise Unclear(NO_METHOD)
        if "band" in self.by_fact and (clause.sign > 0 or self._full_at("lower")[0] != 0):
            raise Unclear(CONTRADICTION)
        limit = self._one("limit_off" if clause.sign < 0 else "limit_on")
        self._refuse("cap", "cap_full", "limit_on" if clause.sign < 0 else "limit_off")
        if clause.sign > 0:
            self._refuse("floor_zero")
            return Rule("bonus", self.scale, None, k, step, unit, limit=limit)
        return Rule("deduct", self.scale, "lower", k, step, unit, self._lowest(), limit=limit)

    def _ratio(self) -> Rule:
        self._must_be_full()
        self._refuse("limit_on", "limit_off", "floor_zero")
        if len(self.by_fact.get("ratio", ())) > 1:
            raise Unclear(CONTRADICTION)
        times = {clause.number("times") for clause in self.by_fact.get("ratio", ()) if clause.has("times")}
        if times - {self.scale, FULL}:
            raise Unclear(CONTRADICTION)
        cap = self._one("cap")
        if "cap_full" in self.by_fact or "ratio_unmet" in self.by_fact:
            if cap not in (None, self.scale):
                raise Unclear(CONTRADICTION)
            cap = self.scale
        direction: Direction | None = "higher" if any(c.has("literal") for c in self.by_fact.get("ratio", ())) else None
        if "zero_below" not in self.by_fact:
            return Rule("ratio", self.scale, direction, cap=cap)
        below = self._only("zero_below")
        at, unit, basis = limit_of(below, "at", "unit")
        return Rule(
            "ratio",
            self.scale,
            "higher",
            unit=unit,
            cap=cap,
            threshold=at,
            basis=(basis or "achievement") if unit == "%" else basis,
        )

    def _pass_fail(self) -> Rule:
        self._refuse("limit_on", "limit_off", "floor_zero")
        self._cap_is_full()
        best = self._points(self._only("met"))
        if "zero_below" in self.by_fact:
            at, unit, basis = limit_of(self._only("zero_below"), "at", "unit")
            self._must_be_full()
            return Rule("pass_fail", self.scale, "higher", unit=unit, threshold=at, basis=basis)
        if "unmet" not in self.by_fact:
            self._must_be_full()
            return Rule("pass_fail", self.scale, silent_below=True)
        worst = self._points(self._only("unmet"))
        self.scale = scale_of([best, worst], self.full)
        if best == self.scale and worst == 0:
            return Rule("pass_fail", self.scale)
        if not worst < best:
            raise Unclear(CONTRADICTION)
        return Rule("steps", self.scale, basis="target", steps=((1.0, best),), otherwise=worst)

    def _grades(self) -> Rule:
        self._refuse("limit_on", "limit_off", "floor_zero", "cap", "cap_full")
        grades = [(grade_label(c.groups["label"]), self._points(c)) for c in self.by_fact["grade"]]
        if len(grades) < 2 or len({label for label, _ in grades}) < len(grades):
            raise Unclear(CONTRADICTION)
        return Rule("grade", scale_of([points for _, points in grades], self.full), grades=tuple(grades))

    def _veto(self) -> Rule:
        self._refuse(*(fact for fact in _MODIFIERS if fact != "full"))
        return Rule("veto", self.scale)

    def _within(self) -> Rule:
        self._refuse("limit_on")
        self._cap_is_full()
        k, step, unit = self._k(self._only("deviation"))
        return Rule("within", self.scale, None, k, step, unit, self._lowest(), self.scale)

    def _steps(self) -> Rule:
        self._refuse("limit_on", "limit_off", "floor_zero")
        clauses = [*self.by_fact["band"], *self.by_fact.get("zero_below", ()), *self.by_fact.get("zero_above", ())]
        bands = [Band.read(clause, self._points(clause) if clause.fact == "band" else 0.0) for clause in clauses]
        rest = self._points(self._only("unmet")) if "unmet" in self.by_fact else None
        return read_steps(bands, rest, self.full, self._one("cap"), "cap_full" in self.by_fact)
