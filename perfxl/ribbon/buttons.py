"""The buttons of the ribbon, one entry each: the ribbon's XML, its labels and the help page are made from them.

To add a button, add an entry: labels, tips, icon, group and what it does; one that is a job of the program needs only
`job("its name")`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.documents.papers import KINDS
from perfxl.ribbon import actions
from perfxl.ribbon.actions import Action, Desk, job
from perfxl.ribbon.exchange_jobs import AUDIENCE_LABELS, REMINDERS, RULES
from perfxl.ribbon.help_page import help_page

PREFIX = "px."


class Button(NamedTuple):
    """A button. `image` is one of Office's own icons. `run` is None where the add-in does it by itself."""

    id: str
    label: Text
    tip: Text
    image: str
    group: str
    run: Action | None
    large: bool = False


GROUPS = {
    "program": Text("方案", "Program"),
    "check": Text("检查", "Check"),
    "weights": Text("权重", "Weights"),
    "exchange": Text("下发与收集", "Out and back"),
    "score": Text("计分", "Scores"),
    "documents": Text("文件", "Documents"),
    "help": Text("帮助", "Help"),
}


class Menu(NamedTuple):
    """A button that opens a menu: an item for each name, with its label and what it does."""

    button: Button
    items: Mapping[str, Text]
    act: Callable[[str], Action]


_PAPERS = {name: Text(kind.title.zh, kind.title.en[:1].upper() + kind.title.en[1:]) for name, kind in KINDS.items()}

_MENUS = (
    Menu(
        Button(
            "adopt",
            Text("采用建议", "Take proposals"),
            Text(
                "把改动最小的合规建议写进合同的权重单元格，前后对照列在“PX 采用”表；写完即复查，不对就全部还原。"
                "可“撤销采用”",
                "Writes the smallest legal change into the weights of the contracts, before and after on PX Taken; "
                "what was written is checked at once and put back if anything is not right. Undo takes it back",
            ),
            "AcceptInvitation",
            "weights",
            None,
        ),
        {
            "all": Text("全部不合规的合同", "All contracts that break a rule"),
            "selected": Text("只有所选的人", "Only of selected people"),
        },
        actions.adopt,
    ),
    Menu(
        Button(
            "distribute",
            Text("下发", "Distribute"),
            Text(
                "给每位上级（或上报人、部门、本人）一份填报表；先问填什么、哪一期、何时截止、发给谁，要不要密码"
                "（每份、统一或自定）、邮件草稿、邮件合并清单、部门压缩包。清单在“PX 下发”表",
                "A workbook to be filled in for each manager, reporter, unit or person, with their own rows only; asks "
                "what, for which period, by when; passwords (also your own), drafts of mails, a mail merge list, "
                "archives if you like. Listed on PX Sent",
            ),
            "SendCopySendNow",
            "exchange",
            None,
            large=True,
        ),
        AUDIENCE_LABELS,
        actions.distribute,
    ),
    Menu(
        Button(
            "collect",
            Text("收集", "Collect"),
            Text(
                "选发回的文件所在的文件夹：并入方案的副本并打开，谁发回了、改了哪些、哪里有问题都列出，另有进度表。"
                "原方案不改动",
                "Choose the folder with what came back: it goes into a copy of the program, which is opened; who has "
                "answered, every change and every problem are listed, with a progress workbook. The program stays as "
                "it is",
            ),
            "ImportSavedImports",
            "exchange",
            None,
        ),
        RULES,
        lambda rule: actions.take_back("collect", rule),
    ),
    Menu(
        Button(
            "remind",
            Text("催报", "Remind"),
            Text(
                "选发回的文件所在的文件夹：谁还没有发回、谁没有填完，列在“PX 催报”表；"
                "可为他们生成邮件草稿，附原表或标注副本",
                "Choose the folder with what came back: who has not answered, or not completely, on the sheet PX "
                "Missing; if you like with drafts of mails, the form or a marked copy attached",
            ),
            "Reminder",
            "exchange",
            None,
        ),
        REMINDERS,
        lambda kind: actions.take_back("remind", then="" if kind == "list" else kind),
    ),
    Menu(
        Button(
            "documents",
            Text("批量生成文件", "All documents"),
            Text("为所有人批量生成 Word 文件，放到结果文件夹", "Word documents for everybody, in the results folder"),
            "FileSaveAsWordDocx",
            "documents",
            None,
            large=True,
        ),
        _PAPERS,
        actions.documents("documents"),
    ),
    Menu(
        Button(
            "selected",
            Text("所选的人", "Selected people"),
            Text(
                "先选中一个人或几个人的行（筛选过的，只算看得见的行）：只生成这些人的 Word 文件",
                "Select the rows of one person or several (of filtered rows, those that show): only their documents",
            ),
            "FileSaveAsWordDocx",
            "documents",
            None,
        ),
        _PAPERS,
        actions.documents("selected"),
    ),
)
MENUS = {menu.button.id: menu for menu in _MENUS}
"""By the button's name; an item is called documents.contract, distribute.manager, ..."""

LANGUAGE = "language"
"""The button that the add-in does by itself: it changes only its own labels."""

STOP = "stop"
"""The button that ends what is at work in the background."""

_NOTHING: Text = Text("现在没有正在做的事。", "Nothing is at work now.")

BESIDE = frozenset(("previous", "next", "folder", "help"))
"""What may be clicked while something is at work."""


class Tick(NamedTuple):
    """A box to be ticked: it does nothing by itself, and the buttons of its group look at it."""

    id: str
    label: Text
    tip: Text
    group: str


TICKS = (
    Tick(
        "pdf",
        Text("同时 PDF", "PDF too"),
        Text(
            "每份文件（或打印合集）也做成 PDF，需要 LibreOffice",
            "PDFs as well, of each or of the print file; needs LibreOffice",
        ),
        "documents",
    ),
    Tick(
        "print",
        Text("合成打印文件", "Print file"),
        Text("所有人合成一个 Word 文件，一次打印", "Everybody in one Word file, to be printed at once"),
        "documents",
    ),
    Tick(
        "zip",
        Text("装进压缩包", "Zip"),
        Text("装进一个 .zip 压缩包，便于发送", "Into one .zip archive, to be sent"),
        "documents",
    ),
    Tick(
        "since",
        Text("只做有变化的", "Only what changed"),
        Text("只做上次生成之后有变化的人", "Only those that have changed since they were made last"),
        "documents",
    ),
    Tick(
        "template",
        Text("用自己的模板", "Own template"),
        Text("生成前选择一个自己的 Word 模板（.docx）", "Choose a Word template (.docx) of your own first"),
        "documents",
    ),
    Tick(
        "form",
        Text("自己的填报表", "Own forms"),
        Text(
            "下发前选择一个自己的填报表模板（.xlsx）", "Choose a template of forms (.xlsx) of your own before sending"
        ),
        "exchange",
    ),
    Tick(
        "back",
        Text("写标注副本", "Marked copies"),
        Text(
            "收集时，有问题的文件各写一份标注副本，可退回请填报人在上面改",
            "Collecting, a marked copy of each file that has problems, to be sent back and corrected in place",
        ),
        "exchange",
    ),
    Tick(
        "scorecard",
        Text("自己的得分表", "Own score sheets"),
        Text("计分前选择一个自己的得分表模板（.xlsx）", "Choose a template of score sheets (.xlsx) of your own first"),
        "score",
    ),
)

BUTTONS = (
    Button(
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
    Button(
        "import",
        Text("导入", "Import"),
        Text(
            "打开的是自己的合同表、权重表、评分表时，把它变成绩效方案；否则选择要导入的文件。另存并打开新方案，原文件不改动",
            "Makes a program of the open workbook where it is a table of your own, else of files that you choose. The "
            "program is a file of its own and is opened; the tables stay as they are",
        ),
        "ImportExcel",
        "program",
        actions.import_tables,
    ),
    Button(
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
    Button(
        "previous",
        Text("上一处", "Previous"),
        Text("转到上一个有问题的单元格", "To the previous marked cell"),
        "ReviewPreviousComment",
        "check",
        actions.step(-1),
    ),
    Button(
        "next",
        Text("下一处", "Next"),
        Text("转到下一个有问题的单元格", "To the next marked cell"),
        "ReviewNextComment",
        "check",
        actions.step(1),
    ),
    Button(
        "clear",
        Text("清除标记", "Clear marks"),
        Text("去掉检查加上的颜色和批注，恢复原来的样子", "Takes off colours and comments, as it was before"),
        "ReviewDeleteComment",
        "check",
        actions.clear,
    ),
    Button(
        "cascade",
        Text("分解", "Cascade"),
        Text(
            "公司指标逐级到人，列在“PX 分解”表，问题标在单元格；可折叠的全表（含覆盖情况、横向比较）另存到结果文件夹",
            "Who carries the company's KPIs, down to people, on the sheet PX Cascade, problems marked in their cells; "
            "the workbook that folds, with coverage and comparison, goes to the results folder",
        ),
        "SmartArtInsert",
        "check",
        job("cascade"),
    ),
    Button(
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
    Button(
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
    Button(
        "unadopt",
        Text("撤销采用", "Undo proposals"),
        Text(
            "把“采用建议”写进的权重逐格还原；之后又改过的单元格不动，并列出来",
            "Gives every weight that Take proposals wrote its former value back; cells changed since stay, listed",
        ),
        "Undo",
        "weights",
        actions.unadopt,
    ),
    Button(
        "score",
        Text("计分", "Score"),
        Text(
            "所有人的总分、等级、系数列在“PX 得分”表；带公式的得分工作簿另存到结果文件夹并打开",
            "Everybody's total, grade and coefficient on the sheet PX Scores; the score workbook with native formulas "
            "goes to the results folder and is opened",
        ),
        "CalculateNow",
        "score",
        actions.score,
        large=True,
    ),
    Button(
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
    Button(
        "folder",
        Text("打开结果文件夹", "Results folder"),
        Text("打开生成的文件所在的文件夹", "Opens the folder with the files that were made"),
        "FileOpen",
        "documents",
        actions.open_folder,
    ),
    Button(
        STOP,
        Text("停止", "Stop"),
        Text("停止正在后台进行的计算", "Ends what is at work in the background"),
        "CancelRequest",
        "help",
        lambda desk: desk.say(_NOTHING),
    ),
    Button(
        LANGUAGE,
        Text("English", "中文"),
        Text("Labels and messages in English", "按钮和提示改用中文"),
        "SetLanguage",
        "help",
        None,
    ),
    Button(
        "help",
        Text("帮助", "Help"),
        Text("每个按钮和每个 PX_ 函数的说明", "What every button and every PX_ function does"),
        "Help",
        "help",
        lambda desk: _open_help(desk),
    ),
)


class Chosen(NamedTuple):
    """What a control is called and does."""

    label: Text
    action: Action | None


def find_button(control: str) -> Chosen:
    """The button, or the item of a menu, that a control of the ribbon stands for ("check", "px.documents.contract")."""
    name, _, item = control.removeprefix(PREFIX).partition(".")
    menu = MENUS.get(name)
    if menu:
        return Chosen(menu.button.label, menu.act(item))
    button = next(button for button in BUTTONS if button.id == name)
    return Chosen(button.label, button.run)


def all_buttons() -> Iterator[Button]:
    """Every button, those with a menu last."""
    yield from BUTTONS
    yield from (menu.button for menu in MENUS.values())


def _open_help(desk: Desk) -> str:
    """Opens the page that says what every button and function does."""
    from perfxl.excel.functions import FUNCTIONS

    buttons = [(button.label, button.tip) for button in all_buttons() if button.id != LANGUAGE]
    buttons += [(tick.label, tick.tip) for tick in TICKS]
    path = Path(tempfile.gettempdir()) / f"perfxl-help.{desk.lang}.html"
    path.write_text(help_page(buttons, FUNCTIONS.values(), desk.lang), encoding="utf-8")
    desk.book.show(path)
    return ""
