"""The ten troubles that users of Excel add-ins have most, each tested on this computer, each with its remedy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.excel.addin.install import read_settings
from perfxl.excel.addin.machine import Machine, runs, short, started_python, xlwings_of
from perfxl.excel.cells import CellError, cell, result
from perfxl.excel.functions import FUNCTIONS
from perfxl.installation import console_python, pip_install

_PATIENCE = 30.0  # seconds; the DLL gives the server a minute
_SLOW = 5.0


class State(StrEnum):
    """fine, trouble, or not to be told here (no Excel, no add-in yet)."""

    FINE = "fine"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


class Verdict(NamedTuple):
    """What a test found, in a few words; the remedy, where it is another than usual."""

    state: State
    found: Text
    remedy: Text | None = None


class Trouble(NamedTuple):
    """What users see, how it is tested, what helps."""

    name: Text
    test: Callable[[Machine], Verdict]
    remedy: Text


class Finding(NamedTuple):
    """A trouble and whether it is there."""

    trouble: Trouble
    verdict: Verdict


NO_EXCEL = Text(
    "这台电脑没有 Excel：加载项只用于 Windows 版 Excel。LibreOffice 请用 perfxl addin build --calc，文件请用命令行。",
    "There is no Excel on this computer: the add-in is for Excel on Windows. For LibreOffice use perfxl addin build "
    "--calc, for files the command line.",
)


def examine(machine: Machine) -> Iterator[Finding]:
    """Tests one trouble after the other."""
    return (Finding(trouble, trouble.test(machine)) for trouble in TROUBLES)


def remedy(finding: Finding, machine: Machine, lang: str) -> str:
    """What helps, with the commands for the Python that the add-in starts."""
    python = _python(machine)
    return (finding.verdict.remedy or finding.trouble.remedy)(lang).format(
        python=console_python(python),
        install=pip_install("excel", python),
        reinstall=pip_install("excel", python, "--force-reinstall"),
    )


def _dll(machine: Machine) -> Verdict:
    if machine.excel is None:
        return _NOT_HERE
    place = _installed(machine)
    if place is None:
        return _trouble("加载项没有安装", "the add-in is not installed")
    settings = read_settings(place)
    dll = Path(settings.get("dll", "")) / f"xlwings{machine.excel_bits}-{settings.get('xlwings')}.dll"
    python = _python(machine)
    xlwings = machine.xlwings if python == machine.interpreter else xlwings_of(python, _PATIENCE)
    if settings.get("xlwings") != xlwings:
        wanted, there = settings.get("xlwings", "?"), xlwings or "-"
        return _trouble(f"加载项要 {wanted}，装的是 {there}", f"the add-in wants {wanted}, there is {there}")
    return _fine(dll.name, dll.name) if dll.exists() else _trouble(f"找不到 {dll}", f"{dll} is not there")


def _antivirus(machine: Machine) -> Verdict:
    """Scanners take the DLL away, lock it, or keep Python from being started; Defender's rules keep Excel from it."""
    block = next((each for each in machine.blocks if each.antivirus), None)
    if block:
        return Verdict(State.TROUBLE, block.text, block.remedy)
    dll = machine.dll(machine.excel_bits)
    if dll is not None:
        try:
            with dll.open("rb") as file:
                head = file.read(2)
            if head != b"MZ":
                return _trouble(f"{dll.name} 被改动过", f"{dll.name} was tampered with")
        except OSError:
            return _trouble(f"读不了 {dll}", f"{dll} cannot be read")
    python = _python(machine)
    if not runs(python, "pass", _PATIENCE):
        return _trouble(f"启动不了 {python}", f"{python} cannot be started")
    return _fine("Python 能启动", "Python starts")


def _trust(machine: Machine) -> Verdict:
    if machine.excel is None:
        return _NOT_HERE
    block = next((each for each in machine.blocks if not each.antivirus), None)
    if block:
        return Verdict(State.TROUBLE, block.text, block.remedy)
    return _fine("不需要导入函数，也不需要信任 VBA 工程", "no import of functions, no trust in VBA projects needed")


def _slow(machine: Machine) -> Verdict:
    begun = time.process_time()  # of this program alone, whatever else the computer is at
    FUNCTIONS["PX_GRADE"].call([[95.0]] * 10_000 + [[None]] * 1_038_576)
    took = time.process_time() - begun
    if took > _SLOW:
        return _trouble(f"整列 {took:.1f} 秒", f"a whole column takes {took:.1f} s")
    return _fine(f"整列（10,000 个数）{took:.1f} 秒", f"a whole column (10,000 figures) takes {took:.1f} s")


def _errors(machine: Machine) -> Verdict:
    given = FUNCTIONS["PX_GRADE"].call("?")[0][0]
    if given not in set(CellError):
        return _trouble(f"错误以文字 {given} 返回", f"an error comes back as the text {given}")
    return _fine("出错返回 Excel 错误值，SUM 不会跳过", "failures are Excel's error values, which SUM does not skip")


def _dates(machine: Machine) -> Verdict:
    same = cell(datetime(2025, 6, 30)) == date(2025, 6, 30)
    if not same or result(date(2025, 6, 30)) != [[45838.0]]:
        return _trouble("日期换算不对", "dates are not taken as they should be")
    return _fine("2025-06-30 = 45838", "2025-06-30 = 45838")


def _arrays(machine: Machine) -> Verdict:
    if machine.excel is None:
        return _NOT_HERE
    if not machine.spills:
        return _fine(
            "这个 Excel 版本没有动态数组：选中足够大的区域，按 Ctrl+Shift+Enter",
            "this Excel has no dynamic arrays: select enough cells, Ctrl+Shift+Enter",
        )
    return _fine("结果自动铺开", "results spread by themselves")


def _one_drive(machine: Machine) -> Verdict:
    if machine.startup is None:
        return _NOT_HERE
    kept = [folder for folder in machine.one_drive if folder in machine.startup.parents]
    if kept:
        return _trouble(f"XLSTART 在 OneDrive 里：{kept[0]}", f"XLSTART is kept by OneDrive: {kept[0]}")
    return _fine("加载项不在 OneDrive 里", "the add-in is not kept by OneDrive")


def _links(machine: Machine) -> Verdict:
    if machine.startup is None:
        return _NOT_HERE
    elsewhere = [path for path in machine.add_ins if path.parent != machine.startup]
    if elsewhere:
        return _trouble(f"还有一份：{elsewhere[0]}", f"there is another one: {elsewhere[0]}")
    if not machine.add_ins:
        return _NOT_INSTALLED
    return _fine("只有 XLSTART 里的一份", "only the one in XLSTART")


def _hanging(machine: Machine) -> Verdict:
    begun = time.perf_counter()
    started = runs(_python(machine), "import perfxl.ribbon.server, perfxl.excel.functions", _PATIENCE)
    took = time.perf_counter() - begun
    if started is None:
        return _trouble(f"{_PATIENCE:.0f} 秒还没启动", f"not started after {_PATIENCE:.0f} s")
    if not started:
        return _trouble("服务程序启动失败", "the server does not start")
    return _fine(f"服务程序 {took:.1f} 秒启动", f"the server starts in {took:.1f} s")


TROUBLES = (
    Trouble(
        Text("DLL 缺失或版本不符", "DLL missing or of another version"),
        _dll,
        Text("关闭 Excel，运行 perfxl addin install", "Close Excel and run perfxl addin install"),
    ),
    Trouble(
        Text("杀毒软件拦截", "Antivirus in the way"),
        _antivirus,
        Text(
            "把 Python 所在文件夹加入杀毒软件的信任区，再运行 {reinstall}",
            "Exclude Python's folder from scanning, then run {reinstall}",
        ),
    ),
    Trouble(
        Text("导入函数与信任设置", "Importing functions and trust"),
        _trust,
        Text(
            "按所说的设置改；公司统一设置的请找 IT",
            "Change the setting; ask IT where the company sets it",
        ),
    ),
    Trouble(
        Text("引用整列变慢", "Slow calls on whole columns"),
        _slow,
        Text(
            "引用有数据的区域，或把多个单格公式换成一个 PX_SCORES",
            "Refer to the used range, or use one PX_SCORES in place of many single formulas",
        ),
    ),
    Trouble(
        Text("错误不能作为错误返回", "Errors not returned as errors"),
        _errors,
        Text(
            "更新 perfxl 并重装加载项；=PX_WHY() 说明原因",
            "Update perfxl, install the add-in again; =PX_WHY() tells why",
        ),
    ),
    Trouble(
        Text("日期错乱", "Dates that are off"),
        _dates,
        Text(
            "Excel：文件 > 选项 > 高级 > 计算此工作簿时，取消“使用 1904 日期系统”",
            "Excel: File > Options > Advanced > When calculating this workbook, clear Use 1904 date system",
        ),
    ),
    Trouble(
        Text("动态数组与 @", "Dynamic arrays and the @"),
        _arrays,
        Text(
            "选中足够大的区域，输入公式后按 Ctrl+Shift+Enter；新版 Excel 里删去公式中的 @",
            "Select enough cells and enter the formula with Ctrl+Shift+Enter; in newer Excel delete the @",
        ),
    ),
    Trouble(
        Text("OneDrive 路径", "OneDrive paths"),
        _one_drive,
        Text(
            "OneDrive 设置里停止备份该文件夹；OneDrive 里的工作簿，结果存到“文档”文件夹",
            "Stop OneDrive's backup of that folder; results of workbooks in OneDrive go to Documents",
        ),
    ),
    Trouble(
        Text("公式里带着旧的加载项路径", "Links that hold the add-in's old path"),
        _links,
        Text(
            "只留 XLSTART 里的一份；带旧路径的工作簿运行 perfxl addin relink 文件 -o 新文件",
            "Keep only the one in XLSTART; mend workbooks with perfxl addin relink FILE -o NEW",
        ),
    ),
    Trouble(
        Text("启动时卡住", "The server hangs at start"),
        _hanging,
        Text(
            '在命令行运行 "{python}" -c "import perfxl.ribbon.server" 看报错；缺包时 {install}',
            '"{python}" -c "import perfxl.ribbon.server" shows why; for missing packages {install}',
        ),
    ),
)


def _installed(machine: Machine) -> Path | None:
    return next((path for path in machine.add_ins if path.parent == machine.startup), None)


def _python(machine: Machine) -> Path:
    """The Python that the add-in starts: the one that was baked in, which need not be this one."""
    place = _installed(machine)
    baked = started_python(read_settings(place).get("server", "")) if place else None
    if baked is None or str(baked) == short(machine.interpreter):
        return machine.interpreter
    return baked


def _fine(zh: str, en: str) -> Verdict:
    return Verdict(State.FINE, Text(zh, en))


def _trouble(zh: str, en: str) -> Verdict:
    return Verdict(State.TROUBLE, Text(zh, en))


_NOT_HERE = Verdict(State.UNKNOWN, Text("没有 Excel，无法检查", "no Excel, cannot be tested"))
_NOT_INSTALLED = Verdict(State.UNKNOWN, Text("加载项还没有安装", "the add-in is not installed yet"))
