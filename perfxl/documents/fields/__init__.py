"""The fields a template may use: for `perfxl templates check`, and for `perfxl templates fields`, which lists them.

`[]` stands for each element of a list: `{%tr for line in aspect.lines %} {{ line.target }} {%tr endfor %}` uses
`aspects[].lines[].target`. Every value is text ready to print ("—" where there is none), but for the lists and what is
only to be asked for in an `if`.
"""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    """A field of a template. Its example is what the sample program says; `example` is for what that leaves blank."""

    path: str
    zh: str
    en: str
    example: str = ""
    example_en: str = ""

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def shown(self, lang: str) -> str:
        return self.example if lang == "zh" else self.example_en or self.example


def party(path: str, zh: str, en: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.role", f"{zh}的称谓", f"What the {en} is called"),
        Field(f"{path}.id", f"{zh}工号", f"Employee ID of the {en}"),
        Field(f"{path}.name", f"{zh}姓名", f"Name of the {en}"),
        Field(f"{path}.post", f"{zh}岗位", f"Post of the {en}"),
        Field(f"{path}.unit", f"{zh}所属单位", f"Unit of the {en}"),
    )


HEAD: tuple[Field, ...] = (
    Field("company", "公司名称（参数表，或最上级单位）", "Company (policy, or the topmost unit)"),
    Field("program", "方案名称", "Name of the program"),
)

# The number that stands in the footer of every paper but the contract, which has its own.
NUMBERED = (*HEAD, Field("number", "文件编号", "Number of the paper"))
