"""The add-in's VBA, run: by a VBA engine with Excel's object model, cell by cell against the shared cases."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from pyopenvba.apps.excel import Application, ExcelApplication
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import EMPTY, MISSING, Interpreter, VBAArray, VBAObject, method
from pyopenvba.interpreter._objects import MemberSpec

from perfxl.excel.addin.package import Place, addin, code_modules, vba_name
from perfxl.excel.functions import FUNCTIONS
from perfxl.ribbon.ribbon_xml import ribbon_texts, ribbon_xml
from tests.excel.cases import CASES
from tests.excel.vba_host import LINK, VERSION, Server, array, call, excel, shown


def test_every_module_compiles() -> None:
    engine = Interpreter()
    for module in code_modules(VERSION):
        engine.add_module(module.code, name=module.name)
    assert len(engine.modules) == 5


def test_arguments_that_vba_has_other_uses_for_get_another_name() -> None:
    assert [vba_name(name) for name in ("scale", "Date", "target", "to")] == ["scale_", "Date_", "target", "to_"]


@pytest.fixture(scope="module")
def app() -> Any:
    return excel(Server())


def test_every_case_through_the_wrappers(app: Any) -> None:
    for case in CASES:
        got = call(app, case.function, *case.arguments)
        rows = case.rows
        assert got == (rows[0][0] if len(rows) == len(rows[0]) == 1 else rows), case


def test_whole_columns_are_cut_behind_what_is_used_and_not_before(app: Any) -> None:
    call(app, "PX_GRADE", [[None], [None], [95.0], [80.0]])
    column = app.sheet(1).sheet.vba_get("Range", ["A:A"])
    assert [row[0] for row in shown(app.interpreter.run("PxCells", [column]))] == [EMPTY, EMPTY, 95.0, 80.0]
    grades = shown(app.interpreter.run("PX_GRADE", [column]))
    assert [row[0] for row in grades[2:]] == ["A", "B"] and len(grades) == 4


def test_a_whole_column_without_cells_is_nothing(app: Any) -> None:
    call(app, "PX_GRADE", 95.0)
    column = app.sheet(1).sheet.vba_get("Range", ["H:H"])
    assert app.interpreter.run("PxCells", [column]) is EMPTY


def test_several_areas_are_refused_and_the_reason_is_told(app: Any) -> None:
    call(app, "PX_GRADE", [[95.0, 80.0, 70.0]])
    areas = app.sheet(1).sheet.vba_get("Range", ["A1,C1"])
    assert shown(app.interpreter.run("PX_GRADE", [areas])) == "#VALUE!"
    assert "several areas" in app.run("PX_WHY")


class Failing(Server):
    """A server that has gone for so many calls."""

    def __init__(self, times: int, number: int = 462) -> None:
        self.times, self.number = times, number

    @method
    def CallUDF(self, script: Any, fname: Any, args: Any, book: Any = MISSING) -> Any:
        if self.times:
            self.times -= 1
            raise VBARuntimeError(self.number, "The remote server machine does not exist")
        return Server.CallUDF(self, script, fname, args)


def test_a_server_that_has_gone_is_started_again_once() -> None:
    excel_ = excel(Failing(1))
    assert call(excel_, "PX_GRADE", 95.0) == "A"
    assert excel_.run("PxForgotten") == 1


def test_a_server_that_stays_away_is_an_error_and_a_reason() -> None:
    excel_ = excel(Failing(2))
    assert call(excel_, "PX_GRADE", 95.0) == "#VALUE!"
    assert excel_.run("PX_WHY") == "perfxl: The remote server machine does not exist"
    assert excel_.run("PxForgotten") == 1


def test_another_failure_is_not_tried_again() -> None:
    excel_ = excel(Failing(1, 1004))
    assert call(excel_, "PX_GRADE", 95.0) == "#VALUE!"
    assert excel_.run("PxForgotten") == 0


def test_results_of_every_shape_hold_error_values(app: Any) -> None:
    assert shown(app.interpreter.run("PxResult", ["#N/A"])) == "#N/A"
    assert shown(app.interpreter.run("PxResult", [VBAArray([(0, 2)], items=[1.0, "#NUM!", "#else"])])) == [
        [1.0, "#NUM!", "#else"]
    ]
    assert shown(app.interpreter.run("PxResult", [array([[1.0, "#REF!"], ["a", "#DIV/0!"]])])) == [
        [1.0, "#REF!"],
        ["a", "#DIV/0!"],
    ]


@pytest.fixture(params=["zh", "en"])
def opened(request: Any, tmp_path: Path) -> tuple[str, Any]:
    """The add-in's own workbook, with its sheets of texts, for a user of either language."""
    lang, path = request.param, tmp_path / "perfxl.xlsm"
    place = Place("the server", r"C:\张三", VERSION)
    path.write_bytes(addin(place, ribbon_xml(), ribbon_texts(), "1.2.3"))
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:  # the engine opens workbooks only
        for name, content in parts.items():
            package.writestr(name, content.replace(b"ms-excel.addin.macro", b"ms-excel.sheet.macro"))
    app = ExcelApplication.open(path, with_vba=False)
    for module in code_modules(VERSION):
        code = LINK if module.name == "PxLink" else module.code
        app.add_module(
            code.replace('GetSetting("perfxl", "addin", name, "")', f'IIf(name = "language", "{lang}", "")'),
            name=module.name,
        )
    return lang, app


def test_settings_are_read_from_the_sheet(opened: tuple[str, Any]) -> None:
    _, app = opened
    assert app.run("PxSetting", "server") == "the server"
    assert app.run("PxSetting", "dll") == r"C:\张三"
    assert app.run("PxSetting", "nothing of the kind") == ""


def test_buttons_have_labels_and_tips_in_the_users_language(opened: tuple[str, Any]) -> None:
    lang, app = opened
    app.add_module(
        """Public Function Asked(ByVal name As String, ByVal kind As Long) As Variant
    Dim text As Variant
    If kind = 1 Then PxLabel Named(name), text Else PxTip Named(name), text
    Asked = text
End Function
Private Function Named(ByVal name As String) As Object
    Set Named = New Control
    Named.ID = name
End Function""",
        name="Asking",
    )
    app.add_module("Public ID As String", name="Control", kind="class")
    for control, *texts in ribbon_texts()[1:]:
        assert [app.run("Asked", control, kind) for kind in (1, 2)] == texts[lang != "zh" :: 2]


told: dict[str, tuple[str, str, list[str]]] = {}


def _options(self: Any, Macro: Any, Description: Any, Category: Any, ArgumentDescriptions: Any = MISSING) -> None:
    """Application.MacroOptions, which the model lacks."""
    helps = [] if ArgumentDescriptions is MISSING else list(ArgumentDescriptions.items)
    told[Macro] = (Description, Category, helps)


def test_the_wizard_is_told_of_every_function(opened: tuple[str, Any]) -> None:
    lang, app = opened
    names = ("Macro", "Description", "Category", "ArgumentDescriptions")
    Application.vba_add_member(MemberSpec("MacroOptions", "method", _options, parameters=names))
    told.clear()
    assert app.run("PxRegister") is True
    category = "绩效" if lang == "zh" else "Performance"
    for name, function in FUNCTIONS.items():
        helps = [argument.help(lang) for argument in function.arguments[:20]]
        assert told.pop(f"'perfxl.xlsm'!{name}") == (function.about(lang), category, helps)
    assert not told


def test_a_button_hands_the_workbook_over_and_shows_what_came_of_it(opened: tuple[str, Any]) -> None:
    lang, app = opened
    clicks: list[Any] = []

    class Clicked(VBAObject):
        vba_type_name = "XLPython"

        @method
        def CallUDF(self, script: Any, fname: Any, args: Any, book: Any = MISSING) -> Any:
            clicks.append((script, fname, list(args.items), book.vba_get("Name")))
            return ""

    app.add_module("Public ID As String", name="Control", kind="class")
    app.add_module(
        'Public Sub Click()\nDim one As New Control\none.ID = "px.check"\nPxRun one\nEnd Sub', name="Clicking"
    )
    app.run("PxUse", Clicked())
    app.run("Click")
    assert clicks == [("perfxl.ribbon.server", "clicked", ["px.check", lang, ""], "perfxl.xlsm")]


def test_what_the_status_bar_was_told_stays_until_the_next_button(opened: tuple[str, Any]) -> None:
    """上一处 and 下一处 say there why a cell is marked."""
    _, app = opened

    class Telling(VBAObject):
        vba_type_name = "XLPython"

        @method
        def CallUDF(self, script: Any, fname: Any, args: Any, book: Any = MISSING) -> Any:
            app.application.vba_set("StatusBar", "1/3  合同指标!E7  权重不合规")
            return ""

    app.add_module("Public ID As String", name="Control", kind="class")
    app.add_module(
        'Public Sub Click()\nDim one As New Control\none.ID = "px.next"\nPxRun one\nEnd Sub', name="Clicking"
    )
    app.run("PxUse", Telling())
    app.run("Click")
    assert app.application.vba_get("StatusBar") == "1/3  合同指标!E7  权重不合规"


STARTING = """Option Explicit
Public tries As Long, refused As String
Public Function LoadLibraryW(ByVal path As Variant) As Long
    LoadLibraryW = 1
End Function
Public Function XLPyDLLActivateAuto(ByRef result As Variant, ByVal line As String, ByVal mode As Long) As Long
    tries = tries + 1
    result = refused
    XLPyDLLActivateAuto = 1
End Function
Public Sub Refuse(ByVal reason As String)
    refused = reason
End Sub
Public Function Tries_() As Long
    Tries_ = tries
End Function
Public Function PxSetting(ByVal name As String) As String
    PxSetting = name
End Function
Public Function Said() As String
    Dim server As Object
    On Error GoTo Failed
    Set server = PxServer()
    Exit Function
Failed:
    Said = Err.Description
End Function
"""


@pytest.mark.parametrize("reason", ["Python was not found", ""])
def test_a_server_that_cannot_be_started_is_tried_once_until_a_button_is_pressed(reason: str) -> None:
    """Each try may take the DLL two minutes, and every cell would wait for it."""
    link = next(module.code for module in code_modules(VERSION) if module.name == "PxLink")
    engine = Interpreter()
    code = "\n".join(line for line in link.splitlines() if " Declare " not in line)
    engine.add_module(code.replace("StrPtr(path)", "1"), name="PxLink")  # an address, which the engine has none of
    engine.add_module(STARTING, name="Starting")
    engine.run("Refuse", [reason])
    told = [engine.run("Said", []) for _ in range(5)]
    assert set(told) == {reason or "the server did not start"} and engine.run("Tries_", []) == 1
    assert engine.run("PxFailed", []) is True
    engine.run("PxForget", [])
    assert engine.run("Said", []) == told[0] and engine.run("Tries_", []) == 2
