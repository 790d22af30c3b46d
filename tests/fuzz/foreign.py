"""Tables as HR has them, in layouts that are not the program's: forms with marks, people by KPI, months across, scoring
sentences, posts one below the other. Every row of a KPI, or of a person, has a planted ID in its name."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Any

from tests.fuzz.books import MARK, Book, Sheet

Rows = list[list[Any]]


class _Names:
    """Names with a planted ID each."""

    def __init__(self, seed: int) -> None:
        self.rng, self._numbers = Random(seed), count(1)

    def __call__(self, name: str) -> str:
        return f"{name}{MARK}{next(self._numbers):06d}"

    def near(self, target: float) -> float:
        """What was reached of a target."""
        return round(target * self.rng.choice([0.8, 0.9, 0.95, 1.0, 1.05]), 2)


def _form(name: _Names) -> Rows:
    lines = [("销售收入", 40, 1000.0), ("回款率", 30, 95.0), ("客户满意度", 30, 90.0)]
    rows: Rows = [["2025年度绩效考核表"], ["姓名：甲", None, "部门：销售部", None, "岗位：经理"]]
    rows.append(["序号", "考核指标", "权重(%)", "目标值", "实际完成", "自评分", "上级评分", "备注"])
    for i, (kpi, weight, target) in enumerate(lines, 1):
        rows.append([i, name(kpi), weight, target, name.near(target), 85.0 + i, 80.0 + i, None])
    return [*rows, ["合计", None, 100], ["注：自评占30%，上级评占70%"]]


def _matrix(name: _Names) -> Rows:
    rows: Rows = [["2025年一季度得分表"], ["姓名", "销售额", "回款率", "满意度", "投诉率", "合计"]]
    rows.append(["权重", "45%", "25%", "20%", "10%", "100%"])
    for person in ("甲", "乙", "丙"):
        points = [float(name.rng.randrange(70, 100)) for _ in range(4)]
        total = sum(weight * each for weight, each in zip((0.45, 0.25, 0.2, 0.1), points, strict=True))
        rows.append([name(person), *points, round(total, 2)])
    return rows


def _months(name: _Names) -> Rows:
    months = [f"{i}月" for i in range(1, 13)]
    rows: Rows = [["2025年度目标分解表"], ["指标名称", "单位", "权重", "年度目标", *months]]
    for kpi, unit, weight, target in (("销售收入", "万元", 60, 1200.0), ("新客户数", "个", 40, 120.0)):
        rows.append([name(kpi), unit, weight, target, *[name.near(target / 12) for _ in range(3)], *[None] * 9])
    return rows


def _sentences(name: _Names) -> Rows:
    rows: Rows = [["考核项目", "权重", "评分标准", "目标", "完成情况"]]
    for kpi, rule, actual in (
        ("回款率", "每降低1%扣2分", "97%"),
        ("满意度", "每降低1%扣2分", "98%"),
        ("交付及时率", "≥98%得满分，低于90%不得分", "95%"),
        ("计划完成率", "每降低1%扣2分", "98%"),
    ):
        rows.append([name(kpi), 25, rule, ">=98%", actual])
    return [*rows, ["目标权重之和", 100]]


def _rated(name: _Names) -> Rows:
    rows: Rows = [["Performance Appraisal 2025"], ["Employee Name:", "Ann", None, "Department:", "Sales"]]
    rows.append(["KRA", "KPI", "Weight (%)", "Target", "Actual", "Self Rating (1-5)", "Manager Rating (1-5)"])
    for area, kpi, weight, target in (("Financial", "Revenue", 40, 500.0), ("Customer", "Retention", 60, 90.0)):
        rows.append([area, name(kpi), weight, target, name.near(target), 4, name.rng.randrange(2, 6)])
    return [*rows, ["Total", None, 100]]


def _posts(name: _Names) -> Rows:
    rows: Rows = []
    for post, kpis in (("计划主管", ("计划达成率", "库存周转")), ("仓储主管", ("盘点准确率", "出库及时率"))):
        rows.append([f"岗位：{post}"])
        rows.append(["指标名称", "权重", "目标值", "实际值"])
        rows += [[name(kpi), 50, 95.0, name.near(95.0)] for kpi in kpis]
        rows.append([])
    return rows


LAYOUTS: tuple[tuple[Callable[[_Names], Rows], str], ...] = (
    *((_form, "zh"), (_matrix, "zh"), (_months, "zh"), (_sentences, "zh"), (_rated, "en"), (_posts, "zh")),
)


def foreign_book(number: int) -> Book:
    """The workbook of a layout."""
    layout, lang = LAYOUTS[number % len(LAYOUTS)]
    return Book([Sheet("Sheet1", layout(_Names(number)), layout.__name__.strip("_"))], lang)
