"""A rule read back in words, so that HR sees what was understood; read_sentence makes the same rule of them again."""

from __future__ import annotations

from perfxl.core.language import PAUSE, Text
from perfxl.tables.notation.rules import FULL, Basis, Rule
from perfxl.tables.notation.targets import english_unit


def describe_rule(rule: Rule, lang: str) -> str:
    """What a rule says, in words: 每低1%扣2分，最多扣30分. Source: scoring.md section 1."""
    full = [Text(f"满分{_n(rule.scale)}分", f"out of {_n(rule.scale)} points")] if rule.scale != FULL else []
    parts = [*full, *_METHODS[rule.method](rule), *_limits(rule)]
    return PAUSE(lang).join(part(lang) for part in parts)


def _n(number: float | None) -> str:
    return f"{number or 0:.15g}"


def _amount(number: float | None, unit: str, basis: Basis = "") -> Text:
    """1%, 1个百分点, 目标的90%."""
    if unit == "%":
        shown = Text(f"{_n(number)}%", f"{_n(number)}%")
    elif unit == "百分点":
        shown = Text(f"{_n(number)}个百分点", f"{_n(number)} percentage point")
    else:
        counted = "个" if unit in ("月", "工作日", "季度") else ""
        shown = Text(f"{_n(number)}{counted}{unit}", f"{_n(number)} {english_unit(unit)}".strip())
    return Text(f"目标的{shown.zh}", f"{shown.en} of target") if basis == "target" else shown


def _points(number: float | None) -> Text:
    return Text(f"{_n(number)}分", f"{_n(number)} {'point' if number == 1 else 'points'}")


def _limits(rule: Rule) -> list[Text]:
    """The least and the most points, where the sentence sets them."""
    parts = []
    if rule.floor == 0:
        parts.append(Text("扣完为止", "until 0"))
    elif rule.floor is not None or (rule.method == "deduct" and rule.limit is not None):
        most = rule.limit if rule.floor is None else rule.scale - rule.floor
        parts.append(Text(f"最多扣{_n(most)}分", f"maximum deduction {_n(most)} points"))
    elif rule.limit is not None:
        parts.append(Text(f"最多加{_n(rule.limit)}分", f"maximum bonus {_n(rule.limit)} points"))
    if rule.method == "per_unit" and rule.cap is not None and rule.cap > rule.scale:
        most = rule.cap - rule.scale
        parts.append(Text(f"最多加{_n(most)}分", f"maximum bonus {_n(most)} points"))
    elif rule.method in ("ratio", "steps") and rule.cap is not None:
        parts.append(Text(f"最高{_n(rule.cap)}分", f"capped at {_n(rule.cap)} points"))
    return parts


def _per_unit(rule: Rule) -> list[Text]:
    step, k = _amount(rule.step, rule.unit), _points(rule.k)
    below, above = Text("每低", "below target"), Text("每高", "above target")
    worse, better = (below, above) if rule.direction == "higher" else (above, below)
    who = Text("完成率", " completion") if rule.basis == "achievement" else Text("", "")
    each = f"for each {step.en}{who.en}"
    parts = [Text(f"{who.zh}{worse.zh}{step.zh}扣{k.zh}", f"deduct {k.en} {each} {worse.en}")]
    if rule.cap != rule.scale:
        parts.append(Text(f"{who.zh}{better.zh}{step.zh}加{k.zh}", f"add {k.en} {each} {better.en}"))
    if rule.full_at is None:
        return parts
    at, full = _amount(rule.full_at, rule.full_unit), _points(rule.scale)
    sign = "≥" if rule.direction == "higher" else "≤"
    return [Text(f"{sign}{at.zh}得{full.zh}", f"{sign}{at.en}: {full.en}"), *parts]


def _late(rule: Rule) -> list[Text]:
    step, k = _amount(rule.step, rule.unit), _points(rule.k)
    return [Text(f"每延迟{step.zh}扣{k.zh}", f"deduct {k.en} for each {step.en} late")]


def _deduct(rule: Rule) -> list[Text]:
    k, unit = _points(rule.k), english_unit(rule.unit)
    return [Text(f"每发生1{rule.unit}扣{k.zh}", f"deduct {k.en} for each {unit}")]


def _bonus(rule: Rule) -> list[Text]:
    k, unit = _points(rule.k), english_unit(rule.unit)
    return [Text(f"每发生1{rule.unit}加{k.zh}", f"add {k.en} for each {unit}")]


def _within(rule: Rule) -> list[Text]:
    step, k = _amount(rule.step, rule.unit), _points(rule.k)
    return [Text(f"每偏离{step.zh}扣{k.zh}", f"deduct {k.en} for each {step.en} of deviation")]


def _zero_below(rule: Rule, implied: Basis) -> list[Text]:
    if rule.threshold is None:
        return []
    at = _amount(rule.threshold, rule.unit, rule.basis)
    achieved = rule.basis == "achievement" != implied
    who = Text("完成率", " completion") if achieved else Text("", "")
    return [Text(f"{who.zh}低于{at.zh}不得分", f"no points below {at.en}{who.en}")]


def _ratio(rule: Rule) -> list[Text]:
    literal = rule.direction == "higher" and rule.threshold is None
    how = (
        Text("实际/目标*100", "actual/target*100") if literal else Text("按完成比例得分", "in proportion to completion")
    )
    return [how, *_zero_below(rule, "achievement" if rule.unit == "%" else "")]


def _pass_fail(rule: Rule) -> list[Text]:
    met = Text("达标得满分", "full marks if met")
    silent = rule.silent_below or rule.threshold is not None
    return [met, *([] if silent else [Text("未达标不得分", "otherwise 0")]), *_zero_below(rule, "")]


def _steps(rule: Rule) -> list[Text]:
    met = rule.basis == "target" and not rule.unit
    parts = []
    for at, points in rule.steps:
        p = _points(points)
        if met:
            parts.append(Text(f"达标得{p.zh}", f"if met {p.en}"))
            continue
        sign, limit = "≥" if rule.direction == "higher" else "≤", _amount(at, rule.unit, rule.basis)
        who = Text("完成率", " completion") if rule.basis == "achievement" else Text("", "")
        parts.append(Text(f"{who.zh}{sign}{limit.zh}得{p.zh}", f"{sign}{limit.en}{who.en}: {p.en}"))
    if rule.otherwise is not None:
        rest = _points(rule.otherwise)
        other = Text("未达标", "otherwise") if met else Text("其他", "otherwise")
        parts.append(Text(f"{other.zh}得{rest.zh}", f"{other.en} {rest.en}"))
    return parts


def _grade(rule: Rule) -> list[Text]:
    return [Text(f"{label}：{_n(points)}分", f"{label}: {_n(points)} points") for label, points in rule.grades]


def _veto(_: Rule) -> list[Text]:
    return [Text("一票否决", "one-vote veto")]


_METHODS = {
    "per_unit": _per_unit,
    "late": _late,
    "deduct": _deduct,
    "bonus": _bonus,
    "within": _within,
    "ratio": _ratio,
    "pass_fail": _pass_fail,
    "steps": _steps,
    "grade": _grade,
    "veto": _veto,
}
