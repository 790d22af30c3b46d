"""The fields a template may use, with an example of each: for `perfxl templates check` and the cheat sheets.

`[]` stands for each element of a list: `{%tr for line in aspect.lines %} {{ line.target }} {%tr endfor %}` uses
`aspects[].lines[].target`. Every value is text ready to print ("—" where there is none), but for the lists and what is
only to be asked for in an `if`.
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A field of a template; `example` may differ in English papers."""

    path: str
    zh: str
    en: str
    example: str
    example_en: str = ""

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def shown(self, lang: str) -> str:
        return self.example if lang == "zh" else self.example_en or self.example


def party(path: str, zh: str, en: str, role: tuple[str, str]) -> tuple[Field, ...]:
    return (
        Field(f"{path}.role", f"{zh}的称谓", f"What the {en} is called", *role),
        Field(f"{path}.id", f"{zh}工号", f"Employee ID of the {en}", "E002"),
        Field(f"{path}.name", f"{zh}姓名", f"Name of the {en}", "林晓梅"),
        Field(f"{path}.post", f"{zh}岗位", f"Post of the {en}", "总经理"),
        Field(f"{path}.unit", f"{zh}所属单位", f"Unit of the {en}", "营销公司"),
    )


HEAD: tuple[Field, ...] = (
    Field(
        "company", "公司名称（参数表，或最上级单位）", "Company (policy, or the topmost unit)", "华信通信股份有限公司"
    ),
    Field("program", "方案名称", "Name of the program", "2025年度绩效方案", "Performance program 2025"),
)

# The number that stands in the footer of every paper but the contract, which has its own.
NUMBERED = (*HEAD, Field("number", "文件编号", "Number of the paper", "TZ-2025-E002"))
