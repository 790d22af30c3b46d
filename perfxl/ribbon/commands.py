"""The commands of the ribbon, one entry each. To add one, add an entry: labels, tips, icon, group and what it does; a
command that is a job of the program needs only `job("its name")`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.core.problems import problem
from perfxl.ribbon import actions
from perfxl.ribbon.actions import Action, Desk, job
from perfxl.ribbon.help_page import help_page
from perfxl.ribbon.jobs import Jobs
from perfxl.ribbon.open_book import OpenBook


class Command(NamedTuple):
    """A button. `image` is one of Office's own icons. `run` is None where the add-in does it by itself."""

    id: str
    label: Text
    tip: Text
    image: str
    group: str
    run: Action | None
    large: bool = False


def _open_help(desk: Desk) -> str:
    """Opens the page that says what every button and function does."""
    from perfxl.excel.functions import FUNCTIONS

    buttons = [(each.label, each.tip) for each in (*COMMANDS, *MENUS.values()) if each.id != LANGUAGE]
    path = Path(tempfile.gettempdir()) / f"perfxl-help.{desk.lang}.html"
    path.write_text(help_page(buttons, FUNCTIONS.values(), desk.lang), encoding="utf-8")
    desk.book.show(path)
    return ""


GROUPS = {
    "program": Text("方案", "Program"),
    "check": Text("检查", "Check"),
    "weights": Text("权重", "Weights"),
    "score": Text("计分", "Scores"),
    "documents": Text("文件", "Documents"),
    "help": Text("帮助", "Help"),
}

MENUS = {
    "documents": Command(
        "documents",
        Text("批量生成文件", "All documents"),
        Text("为所有人批量生成 Word 文件，放到结果文件夹", "Word documents for everybody, in the results folder"),
        "FileSaveAsWordDocx",
        "documents",
        None,
        large=True,
    ),
    "selected": Command(
        "selected",
        Text("所选的人", "Selected person"),
        Text("先选中某个人的一行：只生成此人的 Word 文件", "Select somebody's row first: that person's documents only"),
        "FileSaveAsWordDocx",
        "documents",
        None,
    ),
}
"""Buttons that open a menu of jobs, one for each kind of documents: documents.contract, selected.contract, ..."""

LANGUAGE = "language"
"""The command that the add-in does by itself: it changes only its own labels."""

COMMANDS = (
    Command(
        "new",
        Text("新建方案", "New program"),
        Text(
            "选一个文件夹，在那里生成空白的绩效方案工作簿和两套模板",
            "An empty program workbook and both sets of templates, in a folder that you choose",
        ),
        "FileNew",
        "program",
        actions.new,
        large=True,
    ),
    Command(
        "check",
        Text("检查", "Check"),
        Text(
            "检查打开的工作簿：有问题的单元格上色、加批注，全部问题列在“PX 检查”表。不改动数据，标记可清除",
            "Checks the open workbook: colours and comments cells, lists everything on the sheet PX Check. Data stay "
            "as they are, marks can be taken off",
        ),
        "DataValidation",
        "check",
        job("check"),
        large=True,
    ),
    Command(
        "previous",
        Text("上一处", "Previous"),
        Text("转到上一个有问题的单元格", "To the previous marked cell"),
        "ReviewPreviousComment",
        "check",
        actions.step(-1),
    ),
    Command(
        "next",
        Text("下一处", "Next"),
        Text("转到下一个有问题的单元格", "To the next marked cell"),
        "ReviewNextComment",
        "check",
        actions.step(1),
    ),
    Command(
        "clear",
        Text("清除标记", "Clear marks"),
        Text("去掉检查加上的颜色和批注，恢复原来的样子", "Takes off colours and comments, as it was before"),
        "ReviewDeleteComment",
        "check",
        actions.clear,
    ),
    Command(
        "weights",
        Text("测算权重", "Derive weights"),
        Text(
            "按评分测算每份合同的权重，与商定权重并列在“PX 权重”表；带公式的全表另存到结果文件夹",
            "Derives every contract's weights from the ratings, beside the agreed ones, on the sheet PX Weights; the "
            "whole workbook with formulas goes to the results folder",
        ),
        "PercentStyle",
        "weights",
        job("weights"),
        large=True,
    ),
    Command(
        "repair",
        Text("修正权重", "Repair weights"),
        Text(
            "对不合规的权重给出改动最小的合规建议，列在“PX 权重建议”表，由您决定是否采用",
            "The smallest legal change to weights that break a rule, on the sheet PX Weight proposals; you decide",
        ),
        "FormatPainter",
        "weights",
        job("repair"),
    ),
    Command(
        "score",
        Text("计分", "Score"),
        Text(
            "所有人的总分、等级、系数列在“PX 得分”表；带公式的得分工作簿另存到结果文件夹并打开",
            "Everybody's total, grade and coefficient on the sheet PX Scores; the score workbook with native formulas "
            "goes to the results folder and is opened",
        ),
        "CalculateNow",
        "score",
        job("score"),
        large=True,
    ),
    Command(
        "explain",
        Text("解释得分", "Explain"),
        Text(
            "选中某个人的一行，再点这里：此人的得分逐条说明，列在“PX 解释”表",
            "Select somebody's row, then click: how that total came about, on the sheet PX Explained",
        ),
        "FunctionWizard",
        "score",
        job("explain"),
    ),
    Command(
        "folder",
        Text("打开结果文件夹", "Results folder"),
        Text("打开生成的文件所在的文件夹", "Opens the folder with the files that were made"),
        "FileOpen",
        "documents",
        actions.open_folder,
    ),
    Command(
        LANGUAGE,
        Text("English", "中文"),
        Text("Labels and messages in English", "按钮和提示改用中文"),
        "SetLanguage",
        "help",
        None,
    ),
    Command(
        "help",
        Text("帮助", "Help"),
        Text("每个按钮和每个 PX_ 函数的说明", "What every button and every PX_ function does"),
        "Help",
        "help",
        _open_help,
    ),
)


def run(control: str, book: OpenBook, jobs: Jobs, lang: str) -> str:
    """Runs the command of a button ("check", "documents.contract") and gives the message for the user."""
    name = control.removeprefix(PREFIX)
    menu = MENUS.get(name.partition(".")[0])
    command = menu or next(each for each in COMMANDS if each.id == name)
    action = job(name) if menu else command.run
    if action is None:
        return ""
    desk = Desk(book, jobs, lang, command.label.zh if lang == "zh" else command.label.en)
    try:
        return action(desk)
    except OSError as error:
        told = problem("result_not_writable", value=error.filename or "", reason=error.strerror or str(error))
        return f"{told.message(lang)}\n{told.hint(lang)}"


PREFIX = "px."


def texts(kinds: Mapping[str, Text]) -> Iterator[tuple[str, Text, Text]]:
    """The label and the tip of every control by its ID; `kinds` are the documents there are."""
    for group, label in GROUPS.items():
        yield f"{PREFIX}group.{group}", label, label
    for command in (*COMMANDS, *MENUS.values()):
        yield PREFIX + command.id, command.label, command.tip
    for menu in MENUS.values():
        for kind, label in kinds.items():
            yield f"{PREFIX}{menu.id}.{kind}", Text(label.zh, label.en[:1].upper() + label.en[1:]), menu.tip
    yield f"{PREFIX}failed", _FAILED, _FAILED


_FAILED = Text(
    "没有完成。请在命令行运行 perfxl addin doctor 查找原因。",
    "It did not work. Run perfxl addin doctor to find out why.",
)
