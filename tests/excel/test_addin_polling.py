"""The add-in's own code while Python is at work: it asks each second, says what was changed meanwhile, sends the boxes
that are ticked, and always ends with a message."""

from __future__ import annotations

from typing import Any

import pytest
from pyopenvba.apps.excel import Application, ExcelApplication
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import MISSING, VBAObject, method
from pyopenvba.interpreter._objects import MemberSpec

from perfxl.excel.addin.package import code_modules
from perfxl.ribbon.background import WORKING
from tests.excel.vba_host import LINK, VERSION

_REST = """Option Explicit
Private shown As String
Private kept As New Collection
Public Function PxKeptSetting(ByVal name As String) As String
    On Error Resume Next
    PxKeptSetting = kept(name)
End Function
Public Sub PxKeepSetting(ByVal name As String, ByVal value As String)
    On Error Resume Next
    kept.Remove name
    kept.Add value, name
End Sub
Public Function PxText(ByVal sheet As String, ByVal name As String, ByVal kind As Long) As String
    PxText = name
End Function
Public Function PxSetting(ByVal name As String) As String
    PxSetting = "pdf,print,zip"
End Function
Public Function PxLanguage() As String
    PxLanguage = "zh"
End Function
Public Sub PxSwitchLanguage()
End Sub
Public Function PxRegister() As Boolean
End Function
Public Function MessageBoxW(ByVal owner As Variant, ByVal text As String, ByVal title As String, ByVal kind As Long)
    shown = shown & text & ";"
End Function
Public Function Told() As String
    Told = shown
End Function
Public Sub Click(ByVal name As String)
    Dim one As New Control
    one.ID = name
    PxRun one
End Sub
Public Sub Tick(ByVal name As String, ByVal pressed As Boolean)
    Dim one As New Control
    one.ID = name
    PxTick one, pressed
End Sub
Public Function Ticked(ByVal name As String) As Variant
    Dim one As New Control, pressed As Variant
    one.ID = name
    PxTicked one, pressed
    Ticked = pressed
End Function
"""


class Python(VBAObject):
    """Answers one after the other; a number is an error of COM's."""

    vba_type_name = "XLPython"

    def __init__(self, *answers: str | int) -> None:
        self.answers, self.asked = list(answers), list[tuple[Any, ...]]()

    @method
    def CallUDF(self, script: Any, fname: Any, args: Any, book: Any = MISSING) -> Any:
        assert script == "perfxl.ribbon.server"
        self.asked.append((fname, *args.items))
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            raise VBARuntimeError(answer, "gone")
        return answer


timed: list[str] = []


@pytest.fixture
def app() -> Any:
    names = ("EarliestTime", "Procedure", "LatestTime", "Schedule")
    wait = MemberSpec("OnTime", "method", lambda self, when, what, *rest: timed.append(what), parameters=names)
    Application.vba_add_member(wait)
    timed.clear()
    started = ExcelApplication()
    started.add_workbook()
    (ribbon,) = (module.code for module in code_modules(VERSION) if module.name == "PxRibbon")
    code = "\n".join(line for line in ribbon.splitlines() if " Declare " not in line)
    for name in ("text", '"perfxl"'):  # addresses, which the engine has none of
        code = code.replace(f"StrPtr({name})", name)
    code = code.replace("Application.Hwnd", "0")
    bridge = "Public Function PxGone(ByVal number As Long) As Boolean\nPxGone = (number = 462)\nEnd Function"
    for name, source in {"PxLink": LINK, "PxBridge": bridge, "PxRibbon": code, "Rest": _REST}.items():
        started.add_module(source, name=name)
    started.add_module("Public ID As String", name="Control", kind="class")
    return started


def test_work_that_takes_time_is_asked_for_until_its_message(app: Any) -> None:
    python = Python(WORKING, WORKING, "", "98 人")
    app.run("PxUse", python)
    app.run("Click", "px.score")
    assert timed == ["'Book1'!PxPoll"] and app.run("Told") == ""
    app.run("PxPoll")
    assert len(timed) == 2
    python.answers.pop(0)
    app.run("PxPoll")
    assert len(timed) == 2 and app.run("Told") == "98 人;"
    assert [asked[0] for asked in python.asked] == ["clicked", "polled", "polled"]


def test_what_is_changed_meanwhile_is_said_once(app: Any) -> None:
    python = Python(WORKING, WORKING, "", WORKING, "")
    app.run("PxUse", python)
    app.run("PxEdited", "早先.xlsx")  # nothing is at work
    app.run("Click", "px.check")
    for name in ("方案.xlsx", "另一本.xlsx", "方案.xlsx"):
        app.run("PxEdited", name)
    app.run("PxPoll")
    app.run("PxPoll")
    app.run("Click", "px.check")
    app.run("PxPoll")
    assert [asked[1] for asked in python.asked if asked[0] == "polled"] == [*["/方案.xlsx/另一本.xlsx"] * 2, ""]


def test_another_button_meanwhile_does_not_end_the_asking(app: Any) -> None:
    python = Python(WORKING, "还没有做完", WORKING, "完")
    app.run("PxUse", python)
    app.run("Click", "px.score")
    app.run("Click", "px.check")
    assert len(timed) == 1  # it is not asked twice a second
    app.run("PxPoll")
    app.run("PxPoll")
    assert app.run("Told") == "还没有做完;完;" and len(timed) == 2


def test_a_server_that_goes_while_it_works_is_told_and_not_asked_again(app: Any) -> None:
    python = Python(WORKING, 462)
    app.run("PxUse", python)
    app.run("Click", "px.score")
    app.run("PxPoll")
    assert "px.failed" in app.run("Told") and len(timed) == 1 and app.run("PxForgotten") == 1


def test_ticked_boxes_are_remembered_and_sent(app: Any) -> None:
    python = Python("", "", "")
    app.run("PxUse", python)
    app.run("Click", "px.documents.contract")
    app.run("Tick", "px.tick.pdf", True)
    app.run("Tick", "px.tick.zip", True)
    assert app.run("Ticked", "px.tick.zip") is True and app.run("Ticked", "px.tick.print") is False
    app.run("Click", "px.documents.contract")
    app.run("Tick", "px.tick.pdf", False)
    app.run("Click", "px.documents.contract")
    assert [asked[3] for asked in python.asked] == ["", "pdf,zip", "zip"]
