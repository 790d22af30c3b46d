"""docs/excel.md keeps up with the ribbon and the doctor: it names every button and every trouble."""

from __future__ import annotations

import re
from pathlib import Path

from perfxl.core.policy import Policy
from perfxl.excel.addin.doctor import TROUBLES
from perfxl.excel.functions import FUNCTIONS
from perfxl.excel.lambdas import lambdas
from perfxl.ribbon.buttons import BUTTONS, MENUS, TICKS

PAGE = (Path(__file__).parents[2] / "docs" / "excel.md").read_text(encoding="utf-8")


def test_every_button_is_explained() -> None:
    for command in (*BUTTONS, *(menu.button for menu in MENUS.values())):
        rows = [row.split("|")[1:3] for row in PAGE.splitlines() if row.count("|") >= 5]
        assert any(command.label.zh in zh and command.label.en in en for zh, en in rows), command.id


def test_every_box_is_explained() -> None:
    for tick in TICKS:
        assert tick.label.zh in PAGE and tick.label.en in PAGE, tick.id


def test_every_trouble_has_its_line() -> None:
    for number, trouble in enumerate(TROUBLES, 1):
        assert f"| {number} | {trouble.name.zh} | {trouble.name.en} |" in PAGE


def test_functions_that_are_shown_exist() -> None:
    names = {each.name for each in lambdas(Policy())[0]}
    assert set(re.findall(r"\bPX_[A-Z]+", PAGE)) <= FUNCTIONS.keys() | names
