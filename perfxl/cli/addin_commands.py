"""`perfxl addin ...`: the Excel add-in built, installed, examined; workbooks with old links mended."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from perfxl.cli import show, targets
from perfxl.cli.show import CLEAN, PROBLEMS
from perfxl.core.language import COLON, Text
from perfxl.core.problems import Severity, has_errors, problem
from perfxl.outputs import replacing


def build(options: Namespace) -> int:
    """Writes perfxl.xlam, for this computer or for one whose folders are given; with --calc LibreOffice's add-in."""
    lang = options.lang or "zh"
    if options.calc:
        return _build_calc(options, lang)
    from perfxl.excel.addin.install import place_of
    from perfxl.excel.addin.machine import CONSOLE_SERVER, look
    from perfxl.excel.addin.package import Place

    path = options.output or Path("perfxl.xlam")
    refused = targets.judge_file(options, path, (".xlam",))
    if refused:
        return refused
    machine = look()
    place = Place(machine.server, str(machine.dll_folder or machine.interpreter.parent), machine.xlwings)
    if options.python:
        given, problems = place_of(options.python, options.xlwings or machine.xlwings)
        if given is None:
            return show.refuse(problems, lang)
        place = given
    if options.console:
        place = place._replace(server=CONSOLE_SERVER)
    content = build_addin(*place)

    def write() -> None:
        with replacing(path, "addin") as temporary:
            temporary.write_bytes(content)

    failed = targets.write_file(path, lang, write, make_folder=False)
    if failed:
        return failed
    show.say(Text(f"已生成 {path}（{show.size(path)}）", f"made {path} ({show.size(path)})")(lang))
    if options.python:
        there = Text(
            f"给这样的电脑：Python 在 {options.python}，xlwings {place.xlwings_version}。放进那台电脑的 XLSTART 即可。",
            f"For computers with Python in {options.python} and xlwings {place.xlwings_version}: put it into XLSTART "
            "there.",
        )
        show.say(there(lang))
    elif machine.system != "Windows":
        elsewhere = Text(
            "其中的路径是这台电脑的：要在 Excel 里用，请在那台 Windows 电脑上运行 perfxl addin install。",
            "Its paths are those of this computer: for Excel, run perfxl addin install on the Windows computer itself.",
        )
        show.say(elsewhere(lang))
    return CLEAN


def install(options: Namespace) -> int:
    """Builds the add-in for this computer and puts it into XLSTART."""
    from perfxl.excel.addin import install as installing
    from perfxl.excel.addin.machine import look

    lang, machine = options.lang or "zh", look()
    place, problems = installing.choose_place(machine)
    if place is None:
        return show.refuse(problems, lang)
    path, problems = installing.install(machine, build_addin(*place))
    if path is None:
        return show.refuse(problems, lang)
    installed = Text(
        f"已安装：{path}（xlwings {place.xlwings_version}）\n"
        "重新打开 Excel，功能区会出现“绩效”；在单元格输入 =PX_GRADE(95) 试试。",
        f"Installed: {path} (xlwings {place.xlwings_version})\n"
        "Start Excel again: the ribbon shows the tab Performance. Try =PX_GRADE(95) in a cell.",
    )
    show.say(installed(lang))
    return CLEAN


def serve(options: Namespace) -> int:
    """Serves Excel from this console and tells what it asks for, for developers. On Windows only."""
    from perfxl.excel.addin.machine import look
    from perfxl.ribbon.console import serve_here

    lang, machine = options.lang or "zh", look()
    if machine.system != "Windows":
        return show.refuse([problem("excel_not_here", value=machine.system)], lang)
    started = Text(
        "等待 Excel。用 perfxl addin build --console 生成的加载项会连到这里；Ctrl+C 结束。",
        "Waiting for Excel. An add-in made by perfxl addin build --console comes here; Ctrl+C ends it.",
    )
    show.say(started(lang))
    serve_here(show.say)
    return CLEAN


def uninstall(options: Namespace) -> int:
    """Takes the add-in out of XLSTART."""
    from perfxl.excel.addin import install as installing
    from perfxl.excel.addin.machine import look

    lang = options.lang or "zh"
    removed, problems = installing.uninstall(look())
    for path in removed:
        show.say(Text(f"已删除 {path}", f"removed {path}")(lang))
    return show.refuse(problems, lang) if has_errors(problems) else CLEAN


def doctor(options: Namespace) -> int:
    """Tests the ten usual troubles and says what to do about each."""
    from perfxl.excel.addin.doctor import NO_EXCEL, State, examine, remedy
    from perfxl.excel.addin.machine import look
    from perfxl.installation import judge_python

    lang, machine = options.lang or "zh", look()
    if machine.excel is None:
        show.say(NO_EXCEL(lang))
    signs = {State.FINE: "✓", State.TROUBLE: "✗", State.UNKNOWN: "-"}
    unfit = judge_python(machine.python)
    for about in unfit:
        show.say(f"{about.message(lang)}{Text('。', '. ')(lang)}{about.hint(lang)}")
    in_trouble = machine.excel is None or bool(unfit)
    for number, finding in enumerate(examine(machine), 1):
        trouble, verdict = finding
        line = f"{signs[verdict.state]} {number:>2} {trouble.name(lang)}{COLON(lang)}{verdict.found(lang)}"
        if verdict.state is State.TROUBLE:
            in_trouble = True
            line = f"{line}{Text('。', '. ')(lang)}{remedy(finding, machine, lang)}"
        show.say(line)
    return PROBLEMS if in_trouble else CLEAN


def relink(options: Namespace) -> int:
    """Takes the add-in's old path out of a workbook's formulas; the workbook itself stays, a mended copy is written."""
    from perfxl.workbook.patch.formulas import relink as mend_links

    lang, path = options.lang or "zh", options.file
    if path is None:
        return show.refuse([problem("workbook_not_given")], lang)
    suffix = _fitting_suffix(path)
    out = options.output or path.with_name(f"{path.stem}-relinked{suffix}")
    refused = targets.judge_file(options, out, [suffix], [path])
    if refused:
        return refused
    count, problems = mend_links(path, out)
    if has_errors(problems):
        return show.refuse(problems, lang)
    show.say(Text(f"{out}：改了 {count} 处公式", f"{out}: {count} formulas mended")(lang))
    for about in problems:
        show.complain(about, lang)
    return CLEAN


def _fitting_suffix(path: Path) -> str:
    """The extension of a patched copy: a table of another format becomes a workbook."""
    suffix = path.suffix.lower()
    return suffix if suffix in _WORKBOOKS else ".xlsx"


_SETTINGS = ("policy", "methods", "method_cases")  # what the texts of LAMBDA names are made from
_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")


def lambda_names(options: Namespace) -> int:
    """Adds the rules as LAMBDA names to a copy of a workbook, under the policy that the workbook holds."""
    from perfxl.core.policy import Policy
    from perfxl.excel.lambdas import lambdas
    from perfxl.program import load
    from perfxl.workbook.patch.formulas import DefinedName, define_names

    path = options.file
    if path is None:
        return show.refuse([problem("workbook_not_given")], options.lang or "zh")
    suffix = _fitting_suffix(path)
    out = options.output or path.with_name(f"{path.stem}-lambda{suffix}")
    unfit = targets.judge_file(options, out, [suffix], [path])
    if unfit:
        return unfit
    program, _ = load(path, options.lang)
    lang = program.lang
    unread = [each for each in program.problems if each.severity is Severity.ERROR and each.table in _SETTINGS]
    if unread:  # a default in place of what HR set would give other points
        return show.refuse(unread, lang)
    rules, problems = lambdas(program.policy if program.usable else Policy())
    refused = define_names(path, out, [DefinedName(rule.name, rule.definition, rule.comment) for rule in rules])
    if refused:
        return show.refuse(refused, lang)
    for about in problems:
        show.complain(about, lang)
    names = "、".join(rule.name for rule in rules)
    show.say(Text(f"{out}：Excel 365 里可直接用 {names}", f"{out}: in Excel 365 you may now use {names}")(lang))
    return CLEAN


ACTIONS: dict[str, Callable[[Namespace], int]] = {
    "build": build,
    "install": install,
    "serve": serve,
    "uninstall": uninstall,
    "doctor": doctor,
    "relink": relink,
    "lambda": lambda_names,
}


def build_addin(server: str, dll_folder: str, xlwings_version: str) -> bytes:
    """perfxl.xlam with the ribbon in it; see perfxl.excel.addin.package.Place."""
    from perfxl import __version__
    from perfxl.excel.addin.package import Place, addin
    from perfxl.ribbon.ribbon_xml import ribbon_texts, ribbon_xml

    place = Place(server, dll_folder, xlwings_version)
    return addin(place, ribbon_xml(), ribbon_texts(), __version__)


def _build_calc(options: Namespace, lang: str) -> int:
    from perfxl.excel.calc.build import build_oxt

    path = options.output or Path("perfxl.oxt")
    refused = targets.judge_file(options, path, (".oxt",))
    if refused:
        return refused
    failed = targets.write_file(path, lang, lambda: build_oxt(path), make_folder=False)
    if failed:
        return failed
    size = show.size(path)
    installing = Text(
        f"已生成 {path}（{size}）。在 LibreOffice 里：工具 → 扩展管理器 → 添加，选这个文件，然后重启。",
        f"made {path} ({size}). In LibreOffice: Tools, Extensions, Add, choose this file, then restart.",
    )
    show.say(installing(lang))
    return CLEAN
