"""`perfxl addin ...`: the Excel add-in built, installed, examined; workbooks with old links mended."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from perfxl.cli import CLEAN, PROBLEMS, UNUSABLE, show
from perfxl.core.problems import Problem, has_errors, problem


def build(options: Namespace) -> int:
    """Writes perfxl.xlam, for this computer or for one whose folders are given."""
    if options.calc:
        return _build_calc(options)
    from perfxl.excel.addin.machine import look

    lang, path = options.lang or "zh", options.output or Path("perfxl.xlam")
    machine = look()
    content = _addin(machine.server, str(machine.dll_folder or machine.interpreter.parent), machine.xlwings)
    try:
        path.write_bytes(content)
    except OSError as error:
        return _refused([problem("result_not_writable", value=str(path), reason=error.strerror or str(error))], lang)
    show.say(f"已生成 {path}（{show.size(path)}）", f"made {path} ({show.size(path)})", lang)
    if machine.system != "Windows":
        show.say(
            "其中的路径是这台电脑的：要在 Excel 里用，请在那台 Windows 电脑上运行 perfxl addin install。",
            "Its paths are those of this computer: for Excel, run perfxl addin install on the Windows computer itself.",
            lang,
        )
    return CLEAN


def install(options: Namespace) -> int:
    """Builds the add-in for this computer and puts it into XLSTART."""
    from perfxl.excel.addin import install as placing
    from perfxl.excel.addin.machine import look

    lang, machine = options.lang or "zh", look()
    place, problems = placing.place_of(machine)
    if place is None:
        return _refused(problems, lang)
    path, problems = placing.install(machine, _addin(*place))
    if path is None:
        return _refused(problems, lang)
    show.say(
        f"已安装：{path}\n重新打开 Excel，功能区会出现“绩效”；在单元格输入 =PX_GRADE(95) 试试。",
        f"Installed: {path}\nStart Excel again: the ribbon shows the tab Performance. Try =PX_GRADE(95) in a cell.",
        lang,
    )
    return CLEAN


def uninstall(options: Namespace) -> int:
    from perfxl.excel.addin import install as placing
    from perfxl.excel.addin.machine import look

    lang = options.lang or "zh"
    removed, problems = placing.uninstall(look())
    for path in removed:
        show.say(f"已删除 {path}", f"removed {path}", lang)
    return _refused(problems, lang) if has_errors(problems) else CLEAN


def doctor(options: Namespace) -> int:
    """Tests the ten usual troubles and says what to do about each."""
    from perfxl.excel.addin.doctor import NO_EXCEL, State, examine
    from perfxl.excel.addin.machine import look

    lang, machine = options.lang or "zh", look()
    if machine.excel is None:
        show.say(NO_EXCEL.zh, NO_EXCEL.en, lang)
    signs = {State.FINE: "✓", State.TROUBLE: "✗", State.UNKNOWN: "-"}
    troubled = machine.excel is None
    for number, (trouble, verdict) in enumerate(examine(machine), 1):
        zh = f"{signs[verdict.state]} {number:>2} {trouble.name.zh}：{verdict.found.zh}"
        en = f"{signs[verdict.state]} {number:>2} {trouble.name.en}: {verdict.found.en}"
        if verdict.state is State.TROUBLE:
            troubled = True
            zh, en = f"{zh}。{trouble.remedy.zh}", f"{en}. {trouble.remedy.en}"
        show.say(zh, en, lang)
    return PROBLEMS if troubled else CLEAN


def relink(options: Namespace) -> int:
    """Takes the add-in's old path out of a workbook's formulas; the workbook itself stays, a mended copy is written."""
    from perfxl.workbook.patch.relink import relink as mended

    lang, path = options.lang or "zh", options.file
    if path is None:
        return _refused([problem("workbook_not_given")], lang)
    out = options.output or path.with_stem(f"{path.stem}-relinked")
    count, problems = mended(path, out)
    if has_errors(problems):
        return _refused(problems, lang)
    show.say(f"{out}：改了 {count} 处公式", f"{out}: {count} formulas mended", lang)
    for found in problems:
        show.complain(found, lang)
    return CLEAN


def lambda_names(options: Namespace) -> int:
    """Adds the rules as LAMBDA names to a copy of a workbook, under the policy that the workbook holds."""
    from perfxl.core.policy import Policy
    from perfxl.excel.lambdas import lambdas
    from perfxl.program import load
    from perfxl.workbook.patch.defined_names import DefinedName, define

    path = options.file
    if path is None:
        return _refused([problem("workbook_not_given")], options.lang or "zh")
    program, _ = load(path, options.lang)
    lang, out = program.lang, options.output or path.with_stem(f"{path.stem}-lambda")
    made, problems = lambdas(program.policy if program.usable else Policy())
    wrong = define(path, out, [DefinedName(each.name, each.definition, each.comment) for each in made])
    if wrong:
        return _refused(wrong, lang)
    for found in problems:
        show.complain(found, lang)
    names = "、".join(each.name for each in made)
    show.say(f"{out}：Excel 365 里可直接用 {names}", f"{out}: in Excel 365 you may now use {names}", lang)
    return CLEAN


ACTIONS: dict[str, Callable[[Namespace], int]] = {
    "build": build,
    "install": install,
    "uninstall": uninstall,
    "doctor": doctor,
    "relink": relink,
    "lambda": lambda_names,
}


def _build_calc(options: Namespace) -> int:
    from perfxl.excel.calc.build import build_oxt

    lang, path = options.lang or "zh", options.output or Path("perfxl.oxt")
    try:
        build_oxt(path)
    except OSError as error:
        return _refused([problem("result_not_writable", value=str(path), reason=error.strerror or str(error))], lang)
    show.say(
        f"已生成 {path}（{show.size(path)}）。在 LibreOffice 里：工具 → 扩展管理器 → 添加，选这个文件，然后重启。",
        f"made {path} ({show.size(path)}). In LibreOffice: Tools, Extensions, Add, choose this file, then restart.",
        lang,
    )
    return CLEAN


def _addin(server: str, dll_folder: str, xlwings_version: str) -> bytes:
    from perfxl import __version__
    from perfxl.excel.addin.package import Place, addin
    from perfxl.ribbon.commands_on_program import KIND_LABELS
    from perfxl.ribbon.xml import ribbon_texts, ribbon_xml

    place = Place(server, dll_folder, xlwings_version)
    return addin(place, ribbon_xml(KIND_LABELS), ribbon_texts(KIND_LABELS), __version__)


def _refused(problems: Sequence[Problem], lang: str) -> int:
    for found in problems:
        show.complain(found, lang)
    return UNUSABLE
