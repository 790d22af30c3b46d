"""What titles say, also in brackets behind the name of the paper."""

from __future__ import annotations

import pytest

from perfxl.tables.titles import read_title


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("2025年度业绩合同（姓名：张三 工号：E1）", {"name": "张三", "person": "E1", "period": "2025"}),
        ("业绩合同(工号:000123，姓名:李梅)", {"person": "000123", "name": "李梅"}),
        ("绩效考核表【被考核人：王五】", {"name": "王五"}),
        ("（姓名：张三）（部门：销售部）", {"name": "张三", "department": "销售部"}),
        ("姓名：张三（销售部）", {"name": "张三（销售部）"}),
        ("部门：销售部（华东） 姓名：张三", {"department": "销售部（华东）", "name": "张三"}),
        ("Scorecard (Name: Ann Lee; Employee ID: E1)", {"name": "Ann Lee", "person": "E1"}),
    ],
)
def test_what_a_title_says(title: str, said: dict[str, str]) -> None:
    assert read_title([[title]]) == said
