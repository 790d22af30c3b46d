"""What a unit's summary (部门绩效汇总) says, for its head: the people, the grades beside the company's, the units
below. That of the company itself is called so, and is compared with nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, cached_property
from statistics import fmean
from typing import Any, NamedTuple

from perfxl.core.language import COMMA, Text
from perfxl.core.scoring.placing import choose_unit
from perfxl.core.wording.formatting import BLANK, format_day, format_number, shorten, text_or_dash
from perfxl.documents.papers.contexts import Contexts, Row, make_heading
from perfxl.documents.papers.kind import NUMBERED, DocumentKind, Field, person_fields
from perfxl.documents.papers.person import describe_holder, describe_total, format_points, result_fields

FIELDS: tuple[Field, ...] = (
    *NUMBERED,
    Field("period", "考核期", "Period"),
    Field("unit.id", "单位编号", "Unit ID"),
    Field("unit.name", "单位名称", "Name of the unit"),
    Field("unit.parent", "上级单位", "Parent unit"),
    Field("unit.grade", "单位等级", "Grade of the unit"),
    Field("unit.whole", "是否为全公司，用于 if", "Whether it is the whole company, for `if`"),
    Field("title", "文件名称：公司或部门的绩效汇总", "Title: summary of the company or of a unit"),
    *person_fields("head", "负责人", "head of the unit"),
    Field("count", "参评人数（含下级单位）", "People, those of the units below included"),
    Field("official", "已有正式总分的人数", "People with an official total"),
    Field("pending", "未定的人数", "People without one"),
    Field("average", "平均分", "Average"),
    Field("highest", "最高分", "Highest total"),
    Field("lowest", "最低分", "Lowest total"),
    Field("distribution[].grade", "等级", "Grade"),
    Field("distribution[].range", "总分范围", "Range of totals"),
    Field("distribution[].count", "人数", "People"),
    Field("distribution[].share", "占比", "Share"),
    Field("distribution[].company", "全公司占比", "The company's share"),
    Field("distribution[].share_number", "图表：占比，百分数（数字）", "Chart: share, % (a number)"),
    Field("distribution[].company_number", "图表：全公司占比，百分数（数字）", "Chart: the company's, % (a number)"),
    Field("people[].number", "序号", "Number"),
    *person_fields("people[]", "员工", "employee"),
    *result_fields("people[]", "总分", "total"),
    Field("units[].name", "下级单位名称", "Unit below"),
    Field("units[].head", "下级单位负责人", "Its head"),
    Field("units[].count", "下级单位人数", "Its people"),
    Field("units[].average", "下级单位平均分", "Its average"),
    Field("units[].grades", "下级单位等级分布", "Its grades"),
    Field("unit_chart[].unit", "图表：下级单位", "Chart: unit below"),
    Field("unit_chart[].average", "图表：平均分（数字）", "Chart: average (a number)"),
)

_PREFIX = "HZ"
_TITLE = Text("部门绩效汇总", "Unit Summary")
_COMPANY_TITLE = Text("公司绩效汇总", "Company Summary")
_SPAN = Text("{start}至{end}", "{start} to {end}")
_COUNT = Text("{grade} {count} 人", "{grade}: {count}")
_LABEL_LENGTH = {"zh": 12, "en": 24}


class Group(NamedTuple):
    """The results of some people."""

    people: int
    totals: tuple[float, ...]  # official ones
    grades: Counter[str]

    @property
    def average(self) -> float | None:
        return fmean(self.totals) if self.totals else None


def ids(contexts: Contexts) -> list[str]:
    """The units that have anybody with a contract, or that a unit below has."""
    units = contexts.cached(_Units)
    return [unit for unit in contexts.index.keys("units") if units.below(unit)]


def asked_by(contexts: Contexts, unit: str) -> set[str]:
    """Names the unit itself and its head."""
    row = contexts.index.at("units", contexts.index.position("units", unit))
    return {unit, row["head"]} if row["head"] else {unit}


def list_shown_people(contexts: Contexts, unit: str) -> list[str]:
    """Whose results a unit's summary shows or counts: its people, those of the units below, and their heads."""
    units = contexts.cached(_Units)
    heads = [row["head"] for _, row in units.children(unit) if row["head"] in units.of]
    return [*units.below(unit), *heads]


def context(contexts: Contexts, unit: str) -> dict[str, Any]:
    """What one unit's summary says.

    Raises: KeyError for a unit that does not exist; ContextError for one whose head or parent does not.
    """
    units = contexts.cached(_Units)
    at = contexts.index.position("units", unit)
    row = contexts.index.at("units", at)
    group = units.group(unit)
    parent = contexts.index.refer(unit, "units", at, "parent", row["parent"]) if row["parent"] else {"name": None}
    whole = row["parent"] is None and group.people == units.company.people
    return {
        **make_heading(contexts, _PREFIX, unit),
        "title": (_COMPANY_TITLE if whole else _TITLE)(contexts.lang),
        "period": _format_period(contexts),
        "unit": {
            "id": unit,
            "name": text_or_dash(row["name"]),
            "parent": text_or_dash(parent["name"]),
            "grade": text_or_dash(row["grade"]),
            "whole": whole,
        },
        "head": contexts.person(unit, "units", at, "head") if row["head"] else dict.fromkeys(_PARTY, BLANK),
        "count": format_number(group.people),
        "official": format_number(len(group.totals)),
        "pending": format_number(group.people - len(group.totals)),
        "average": format_points(group.average),
        "highest": format_points(max(group.totals, default=None)),
        "lowest": format_points(min(group.totals, default=None)),
        "distribution": list(_list_grades(contexts, group, units.company)),
        "people": list(_list_people(contexts, units, unit)),
        "units": list(_list_units_below(contexts, units, unit)),
        "unit_chart": list(_chart_averages(contexts, units, unit)),
    }


_PARTY = ("id", "name", "post", "unit")


class _Units:
    """Who belongs to which unit, and which units stand below which."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self.of = {person: self._unit(person) for person in contexts.standing.people}
        self._members: dict[str, list[str]] = {}
        for person, unit in self.of.items():
            self._members.setdefault(unit, []).append(person)
        self.below = cache(self._at_or_below)
        self.group = cache(lambda unit: self._group(self.below(unit)))

    def members(self, unit: str) -> list[str]:
        """Who belongs to the unit itself."""
        return self._members.get(unit, [])

    def children(self, unit: str) -> Iterator[tuple[str, Row]]:
        for _, row in self._contexts.index.rows("units", "parent", unit):
            if row["unit"] != unit:
                yield row["unit"], row

    @cached_property
    def company(self) -> Group:
        return self._group(self._contexts.standing.people)

    def _at_or_below(self, unit: str) -> list[str]:
        """Who belongs to the unit or to one below it; a unit that stands below itself is counted once."""
        units, seen = [unit], {unit}
        for above in units:  # grows while it is walked
            new = [child for child, _ in self.children(above) if child not in seen]
            units += new
            seen.update(new)
        return [person for above in units for person in self.members(above)]

    def _group(self, people: list[str]) -> Group:
        results = [self._contexts.standing.person(person) for person in people]
        totals = tuple(result.total for result in results if result.total is not None)
        return Group(len(people), totals, Counter(result.band.grade for result in results if result.band))

    def _unit(self, person: str) -> str:
        """The unit of the last contract, else the person's own."""
        row = self._contexts.index.at("contracts", self._contexts.standing.contracts(person)[-1])
        own = next((r["unit"] for _, r in self._contexts.index.rows("people", "person", person)), None)
        return str(choose_unit(person, row["unit"], row["holder"], own) or "")


def _format_period(contexts: Contexts) -> str:
    start, end = (format_day(contexts.policy[name], contexts.lang) for name in ("period_start", "period_end"))
    return _SPAN(contexts.lang).format(start=start, end=end) if BLANK not in (start, end) else contexts.year or BLANK


def _list_people(contexts: Contexts, units: _Units, unit: str) -> Iterator[dict[str, Any]]:
    """The unit's own people and the heads of the units right below it, the best first; those without a total last."""
    heads = [row["head"] for _, row in units.children(unit) if row["head"] in units.of]
    people = dict.fromkeys([*units.members(unit), *heads])
    results = [(person, contexts.standing.person(person)) for person in people]
    results.sort(key=lambda pair: (pair[1].total is None, -(pair[1].total or pair[1].provisional or 0.0)))
    for rank, (person, result) in enumerate(results, 1):
        party = describe_holder(contexts, person, contexts.standing.contracts(person)[-1])
        yield {"number": format_number(rank), **party, **describe_total(contexts, result)}


def _list_grades(contexts: Contexts, group: Group, company: Group) -> Iterator[dict[str, Any]]:
    """By grade: how many, their share, and the company's; the shares as numbers too, for the chart."""
    for band in contexts.grades:
        grade = band["grade"]
        own, company_share = (_compute_share(people, grade) for people in (group, company))
        yield {
            "grade": grade,
            "range": band["range"],
            "count": format_number(group.grades[grade]),
            "share": f"{own:.1f}%",
            "company": f"{company_share:.1f}%",
            "share_number": round(own, 1),
            "company_number": round(company_share, 1),
        }


def _compute_share(group: Group, grade: str) -> float:
    graded = sum(group.grades.values())
    return 100 * group.grades[grade] / graded if graded else 0.0


def _list_units_below(contexts: Contexts, units: _Units, unit: str) -> Iterator[dict[str, str]]:
    for child, row in units.children(unit):
        group = units.group(child)
        if not group.people:
            continue
        at = contexts.index.position("units", child)
        grades = [_COUNT(contexts.lang).format(grade=g, count=n) for g, n in _order_grades(contexts, group)]
        yield {
            "name": text_or_dash(row["name"]),
            "head": contexts.person(unit, "units", at, "head")["name"] if row["head"] else BLANK,
            "count": format_number(group.people),
            "average": format_points(group.average),
            "grades": COMMA(contexts.lang).join(grades) or BLANK,
        }


def _chart_averages(contexts: Contexts, units: _Units, unit: str) -> Iterator[dict[str, Any]]:
    """The averages of the units right below, as numbers for a chart."""
    for child, row in units.children(unit):
        average = units.group(child).average
        if average is not None:
            name = text_or_dash(row["name"])
            yield {"unit": shorten(name, _LABEL_LENGTH[contexts.lang]), "average": round(average, 2)}


def _order_grades(contexts: Contexts, group: Group) -> list[tuple[str, int]]:
    names = [band["grade"] for band in contexts.grades]
    return [(grade, group.grades[grade]) for grade in names if group.grades[grade]]


KIND = DocumentKind(
    title=Text("部门绩效汇总", "unit summary"),
    template="unit_summary",
    ids=ids,
    context=context,
    asked_by=asked_by,
    file_name=Text(
        "{unit[id]} {unit[name]} {title}",
        "{unit[id]} {unit[name]} summary",
    ),
    fields=FIELDS,
    about=None,
    people=list_shown_people,
)
