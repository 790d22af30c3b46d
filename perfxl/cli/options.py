"""The commands and their options. Help is Chinese first, English beside it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from getpass import getpass
from importlib import import_module
from pathlib import Path
from typing import Any

from perfxl import __version__

_ABOUT = "Excel 与 Word 里的业绩合同：校验、权重、计分、出合同 / Performance contracts in Excel and Word"


class _HelpOnKinds(argparse.HelpFormatter):
    """Names the kinds of papers; they are loaded only where their help is asked for."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.dest != "kind":
            return action.help
        from perfxl.documents.papers import KINDS

        return f"{'、'.join(f'{name} {kind.title.zh}' for name, kind in KINDS.items())}；{action.help}"


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; what it gives has the command to run as `run`."""
    whole = argparse.ArgumentParser(prog="perfxl", description=_ABOUT)
    whole.add_argument("--version", action="version", version=f"perfxl {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_CommandParser)

    demo = _command(commands, "demo", "生成示例方案并跑完全流程", "a sample program and the whole job on it")
    demo.add_argument("folder", nargs="?", type=Path, default=Path("perfxl-demo"), metavar="DIR")
    demo.add_argument("--people", type=_positive, default=120, metavar="N", help="人数 / number of people (120)")
    _overwrite(demo)
    demo.add_argument("--seed", type=int, default=2025, metavar="S", help="随机种子 / seed (2025)")

    new = _command(commands, "new", "新建空白方案", "an empty program workbook and both template folders")
    new.add_argument("folder", type=Path, metavar="DIR")
    _overwrite(new)

    check = _on_file(commands, "check", "检查方案", "check a program or a lone weight table or contract")
    _json(check)
    _output(check, "REPORT.xlsx", "标注问题的副本 / a copy with the cells marked", required=False)

    tables = _command(commands, "import", "把现有表格导入成方案", "make a program of the tables that you have")
    tables.add_argument("files", nargs="+", type=Path, metavar="FILE|DIR", help="表格或文件夹 / tables or folders")
    _output(tables, "PROGRAM.xlsx", "生成的方案 / the program")
    tables.add_argument("--into", type=Path, metavar="PROGRAM.xlsx", help="加到这个方案里 / add to this program")
    about = "按这个方案的“来源”表读 / read as its sheet Sources says"
    tables.add_argument("--sources", type=Path, metavar="PROGRAM.xlsx", help=about)
    about = "表中没有写期间时按此，如 2026 / the period of tables that give none"
    tables.add_argument("--period", type=_period, metavar="PERIOD", help=about)
    _json(tables)

    cascade = _on_file(commands, "cascade", "目标分解汇总", "who carries which company KPI")
    _json(cascade)
    _output(cascade, "OUT.xlsx", "结果工作簿 / the result")
    about = "战略地图、分解图（SVG、PNG）与网页存到这里 / pictures as SVG and PNG, and a page for a browser"
    cascade.add_argument("--pictures", type=Path, metavar="DIR", help=about)
    about = "只给此人：本人及下级，不含其他人 / only this leader, with direct reports and all below"
    cascade.add_argument("--for", dest="person", metavar="PERSON", help=about)
    about = "另写一本新方案，加入按“岗位指标”生成的行 / a new program with what the KPIs of posts give"
    cascade.add_argument("--into", type=Path, metavar="NEW.xlsx", help=about)

    weights = _on_file(commands, "weights", "测算与校验权重", "derive, check and repair weights")
    _json(weights)
    _output(weights, "OUT.xlsx", "结果工作簿 / the result")

    score = _on_file(commands, "score", "计分", "score contracts")
    _json(score)
    _output(score, "OUT.xlsx", "结果工作簿，公式可复算 / the result, with native formulas")
    score.add_argument("--template", type=Path, metavar="XLSX", help="自己的得分表模板 / your own template")

    explain = _on_file(commands, "explain", "解释一个人的得分", "how a person's total came about")
    explain.add_argument("person", metavar="PERSON", help="工号或姓名 / employee ID or name")
    _json(explain)

    documents = _command(commands, "documents", "批量生成 Word 文件", "Word documents in batches")
    add = documents.add_argument
    documents.formatter_class = _HelpOnKinds
    add("kind", metavar="KIND", help="all 为全部 / or all of them")
    add("file", type=Path, metavar="FILE", help="方案工作簿 / the workbook")
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="输出文件夹 / folder")
    _overwrite(documents)
    add("--only", metavar="ID,...", help="只做这些编号或工号 / only these IDs")
    add("--unit", metavar="UNIT", help="只做这个部门及其下级 / only this unit and those below")
    add("--since", type=_since, metavar="DATE|last", help="只做此后有变化的 / only what has changed since")
    add("--zip", type=Path, metavar="OUT.zip", help="装进一个压缩包 / into one archive")
    add("--merge", type=Path, metavar="OUT.docx", help="合成一个打印文件 / into one print file")
    add("--pdf", action="store_true", help="同时转成 PDF / PDFs too (LibreOffice)")
    add("--template", type=Path, metavar="DOCX", help="自己的模板 / your own template")
    about = "照片、签名、公章的文件夹，按工号或姓名命名 / photos, signatures and seal, named by ID or name"
    add("--pictures", type=Path, metavar="DIR", help=about)
    about = "印上二维码和校验码，供 perfxl verify 核对 / QR code and code, for perfxl verify"
    add("--qr", action=argparse.BooleanOptionalAction, help=about)
    about = (
        "会纪要、合同变更、改进计划、申诉表也做空白表格 / blank minutes, amendments, improvement plans and appeals too"
    )
    add("--blank", action="store_true", help=about)
    add("--grade", metavar="D,E", help="只做这些等级的人 / only people with these grades")
    add("--below", type=float, metavar="TOTAL", help="只做总分低于此的人 / only people with a total below this")
    about = "打印文件每份从奇数页开始，供双面打印 / in the print file each begins on an odd page, for both sides"
    add("--odd-pages", action="store_true", help=about)
    add("--lenient", action="store_true", help="模板有可疑之处也照做 / use the template in spite of its likely slips")
    add("--draft", action="store_true", help="有错误的做成草稿，不含结果 / drafts, without results, of what has errors")
    add("--jobs", type=_jobs, metavar="N", help="并行进程数，默认按核数 / processes; default: one a core")
    add("--executor", metavar="dask://HOST:PORT", help="交给 Dask 集群 / on a Dask cluster")
    _json(documents)

    distribute = _on_file(commands, "distribute", "给每位经理下发填报表", "a workbook for each manager to fill in")
    add = distribute.add_argument
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="输出文件夹 / folder")
    _overwrite(distribute)
    about = "每个上级、数据上报人、部门或本人一份 / one for each superior, reporter, unit or person (manager)"
    add("--for", dest="audience", choices=("manager", "reporter", "unit", "person"), default="manager", help=about)
    about = "要填什么，逗号分开 / what to fill in (actuals,grades): targets, actuals, grades, marks, coaching, ..."
    add("--what", default="actuals,grades", metavar="JOB,...", help=about)
    add("--period", type=_period, metavar="PERIOD", help="哪一期，如 2026Q1；默认全部 / which period; default: all")
    add("--due", type=_day, metavar="DATE", help="截止日期 / by when")
    add("--only", metavar="ID,...", help="只做这些人或其下级 / only these people, or those below them")
    add("--unit", metavar="UNIT", help="只做这个部门及其下级 / only this unit and those below")
    add("--template", type=Path, metavar="XLSX", help="自己的模板 / your own template")
    about = "加密：每份一个密码，或共用一个；密码表只有本人可读 / encrypt: a password for each file, or one for all"
    locks = distribute.add_mutually_exclusive_group()
    locks.add_argument("--passwords", choices=("each", "one"), help=about)
    about = "加密，用这个密码；- 为运行时输入 / encrypt with this password; -: it is asked for"
    locks.add_argument("--password", type=_password, metavar="TEXT", help=about)
    add("--zip", action="store_true", help="每个单位另打一个压缩包 / an archive for each unit, too")
    about = "邮件合并清单（.csv 或 .xlsx）/ a list for a mail merge"
    add("--mail", action="append", type=Path, default=[], metavar="LIST", help=about)
    about = "邮件草稿存到这里，文件已附上 / drafts of mails with the file attached"
    add("--drafts", type=Path, metavar="DIR", help=about)
    add("--jobs", type=_jobs, metavar="N", help="并行进程数，默认按核数 / processes; default: one a core")
    add("--executor", metavar="dask://HOST:PORT", help="交给 Dask 集群 / on a Dask cluster")
    _json(distribute)

    collect = _on_file(commands, "collect", "收集发回的填报表", "take in what managers have filled in")
    add = collect.add_argument
    add("places", nargs="+", type=Path, metavar="DIR", help="发回的文件、文件夹或压缩包 / files, folders or archives")
    _output(collect, "OUT.xlsx", "写入结果的方案副本 / a copy of the program with the answers")
    about = "进度表，默认在结果旁边 / the progress workbook; default: beside OUT.xlsx"
    add("--report", type=Path, metavar="XLSX", help=about)
    about = "下发的文件夹，默认在发回的旁边找 / the folder of what was sent, where it is not beside"
    add("--sent", action="append", type=Path, default=[], metavar="DIR", help=about)
    about = "文件密码，可写多次；- 为运行时输入 / password, may be repeated; -: it is asked for"
    add("--password", action="append", type=_password, default=[], metavar="TEXT", help=about)
    about = (
        "两份不一样时：都不采用，或采用后改的；默认按参数“收集冲突” / "
        "where two disagree: take neither, or the later one; default: as the settings say"
    )
    add("--conflict", choices=("stop", "latest"), help=about)
    about = "有问题的文件各写一份标注副本 / a marked copy of each file that has problems"
    add("--back", type=Path, metavar="DIR", help=about)
    about = "催报和改正的邮件草稿 .eml / drafts of mails to remind, or with the marked copy"
    add("--drafts", type=Path, metavar="DIR", help=about)
    add("--jobs", type=_jobs, metavar="N", help="并行进程数，默认按核数 / processes; default: one a core")
    add("--executor", metavar="dask://HOST:PORT", help="交给 Dask 集群 / on a Dask cluster")
    _json(collect)

    verify = _command(commands, "verify", "核验纸质文件上的校验码", "whether a printed paper is what was issued")
    about = "纸上的校验码，或扫二维码得到的全文 / the code on the paper, or all that its QR code says"
    verify.add_argument("code", nargs="+", metavar="CODE", help=about)
    about = "生成文件的文件夹（及其下级），默认当前 / where papers were made, or above; default: here"
    verify.add_argument("--in", dest="folder", type=Path, metavar="DIR", help=about)
    _json(verify)

    templates = _command(
        commands, "templates", "模板：生成、检查、列出字段", "build, check or adopt templates, list fields"
    )
    templates.add_argument("action", choices=("build", "check", "adopt", "fields"))
    about = "文件夹、.docx 或填报表 .xlsx；adopt：现有表单；fields：种类 / folder, .docx, .xlsx; your form; kinds"
    templates.add_argument("subjects", nargs="*", metavar="PATH|KIND", help=about)
    templates.add_argument("--kind", metavar="KIND", help="check、adopt：作为这种文件 / check, adopt: as this kind")
    _json(templates)
    _output(templates, "FILE", "fields：速查表；adopt：模板 / fields: the list; adopt: the template", required=False)

    addin = _command(commands, "addin", "Excel 加载项：生成、安装、检查", "the Excel add-in: build, install, examine")
    addin.add_argument("action", choices=("build", "install", "uninstall", "doctor", "relink", "lambda", "serve"))
    about = "relink、lambda：工作簿 / relink, lambda: the workbook"
    addin.add_argument("file", nargs="?", type=Path, metavar="FILE", help=about)
    about = "build：给别的电脑，Python 在那台电脑的哪个文件夹 / build: for others, the folder of Python there"
    addin.add_argument("--python", metavar="DIR", help=about)
    about = "build --python：那台电脑的 xlwings 版本 / build --python: the version of xlwings there"
    addin.add_argument("--xlwings", metavar="VERSION", help=about)
    about = "serve、build：在命令行窗口里运行服务，供开发者看 / serve, build: the server in a console, for developers"
    addin.add_argument("--console", action="store_true", help=about)
    addin.add_argument("--calc", action="store_true", help="build：LibreOffice 的 .oxt / build: LibreOffice's .oxt")
    _output(addin, "OUT", "生成的文件 / the file to write", required=False)
    return whole


_HOMES = {
    "demo": "demo",
    "import": "import_command",
    "distribute": "exchange_commands",
    "collect": "exchange_commands",
    "verify": "verify_command",
}
"""Commands in a module of their own."""
_NAMES = {"import": "import_tables"}  # import is a word of Python's


class _CommandParser(argparse.ArgumentParser):
    """Takes options before, between and behind the other arguments. argparse itself gives all that may be left out
    their defaults once an option follows the first argument."""

    _intermixed = False

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:  # type: ignore[override]
        if self._intermixed:  # parse_known_intermixed_args comes here for each of its two passes
            return super().parse_known_args(args, namespace)
        self._intermixed = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._intermixed = False


def _command(commands: Any, name: str, zh: str, en: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=f"{zh} / {en}", description=f"{zh} / {en}")
    command.add_argument("--lang", choices=("zh", "en"), help="语言，默认随工作簿 / language; default: the workbook's")

    def run(options: argparse.Namespace) -> int:
        """Imports a command only when it is run, so that --help stays fast."""
        home = import_module(f"perfxl.cli.{_HOMES.get(name, 'commands')}")
        return int(getattr(home, _NAMES.get(name, name))(options))

    command.set_defaults(run=run)
    return command


def _on_file(commands: Any, name: str, zh: str, en: str) -> argparse.ArgumentParser:
    command = _command(commands, name, zh, en)
    command.add_argument("file", type=Path, metavar="FILE", help="方案工作簿 / the workbook")
    return command


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def _output(command: argparse.ArgumentParser, metavar: str, about: str, required: bool = True) -> None:
    command.add_argument("-o", "--output", type=Path, required=required, metavar=metavar, help=about)
    _overwrite(command)


def _overwrite(command: argparse.ArgumentParser) -> None:
    about = "改过的、不是 perfxl 生成的文件也覆盖 / replace files too that were changed, or made by others"
    command.add_argument("--overwrite", action="store_true", help=about)


def _since(text: str) -> date | str:
    if text == "last":
        return text
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("写成 2025-03-31 或 last / write 2025-03-31, or last") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("写成 2026-04-10 / write 2026-04-10") from None


def _password(text: str) -> str:
    """A password; - for one that is asked for, since everybody on the machine can see what a command was given."""
    if text == "-":
        text = getpass("密码 / password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise argparse.ArgumentTypeError("密码是空的 / the password is blank")
    return text


def _period(text: str) -> str:
    from perfxl.core.values.dates import parse_period

    period = parse_period(text).value
    if not isinstance(period, str):
        raise argparse.ArgumentTypeError("写成 2026、2026H1、2026Q1 或 2026-01 / write 2026, 2026H1, 2026Q1 or 2026-01")
    return period


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("至少 1 / at least 1")
    return int(text)


def _positive(text: str) -> int:
    number = int(text)
    if number < 12:
        raise argparse.ArgumentTypeError("至少 12 人 / at least 12 people")
    return number
