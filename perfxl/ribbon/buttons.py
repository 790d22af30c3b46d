"""The buttons of the ribbon, one entry each, and what is made from them: the ribbon's XML (customUI14), its labels, the
help page.

To add a button, add an entry: labels, tips, icon, group and what it does; one that is a job of the program needs only
`job("its name")`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from perfxl.core.language import Text
from perfxl.core.problems import Problem, problem
from perfxl.documents.papers import KINDS
from perfxl.excel.registry import Function
from perfxl.outputs import explain_error
from perfxl.ribbon import actions
from perfxl.ribbon.actions import Action, Desk, job
from perfxl.ribbon.exchange_jobs import AUDIENCE_LABELS, REMINDERS, RULES
from perfxl.ribbon.open_book import OpenBook
from perfxl.unforeseen import guarded

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
TAB = "绩效 Performance"
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
            "distribute",
            Text("下发", "Distribute"),
            Text(
                "给每位上级（或上报人、部门、本人）一份填报表；先问填什么、哪一期、何时截止、发给谁，"
                "要不要密码、邮件草稿、部门压缩包。清单在“PX 下发”表",
                "A workbook to be filled in for each manager, reporter, unit or person, with their own rows only; asks "
                "what, for which period, by when; passwords, drafts of mails, archives if you like. Listed on PX Sent",
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
                "选发回的文件所在的文件夹：并入方案的副本并打开，谁发回了、改了哪些、哪里有问题都列出。原方案不改动",
                "Choose the folder with what came back: it goes into a copy of the program, which is opened; who has "
                "answered, every change and every problem are listed. The program stays as it is",
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
        lambda kind: job(f"documents.{kind}"),
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
        lambda kind: job(f"selected.{kind}"),
    ),
)
MENUS = {menu.button.id: menu for menu in _MENUS}
"""By the button's name; an item is called documents.contract, distribute.manager, ..."""

LANGUAGE = "language"
"""The button that the add-in does by itself: it changes only its own labels."""

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


def run(control: str, book: OpenBook, lang: str) -> str:
    """Does what a button ("check", "documents.contract") is for and gives the message for the user."""
    name = control.removeprefix(PREFIX)
    menu = MENUS.get(name.partition(".")[0])
    button = menu.button if menu else next(button for button in BUTTONS if button.id == name)
    action = menu.act(name.partition(".")[2]) if menu else button.run
    if action is None:
        return ""
    result = guarded(lambda: _try(action, Desk(book, lang, button.label(lang))), ["ribbon", name])
    return f"{result.message(lang)}\n{result.hint(lang)}" if isinstance(result, Problem) else result


def _try(action: Action, desk: Desk) -> str | Problem:
    try:
        return action(desk)
    except OSError as error:
        path = Path(str(error.filename2 or error.filename or ""))
        return problem("result_not_writable", value=str(path), reason=explain_error(error, path))


def ribbon_xml() -> str:
    """The tab, with a button for each kind of papers in its menus."""
    root = Element("customUI", xmlns=NAMESPACE, onLoad="PxLoaded")
    tab = SubElement(SubElement(SubElement(root, "ribbon"), "tabs"), "tab", id=f"{PREFIX}tab", label=TAB)
    for name in GROUPS:
        group = SubElement(tab, "group", id=f"{PREFIX}group.{name}", getLabel="PxLabel")
        for menu in (menu for menu in MENUS.values() if menu.button.group == name):
            opened = SubElement(group, "menu", _attributes(menu.button))
            for part in menu.items:
                item = {"id": f"{PREFIX}{menu.button.id}.{part}", "imageMso": menu.button.image, "onAction": "PxRun"}
                SubElement(opened, "button", item | _CALLBACKS)
        for button in (button for button in BUTTONS if button.group == name):
            action = "PxSwitch" if button.id == LANGUAGE else "PxRun"
            SubElement(group, "button", _attributes(button) | {"onAction": action})
    return tostring(root, encoding="unicode")


def ribbon_texts() -> list[list[str | int]]:
    """Rows for the add-in's sheet of labels: control, label zh, label en, tip zh, tip en."""
    rows: list[list[str | int]] = [["control", "zh", "en", "tip zh", "tip en"]]
    rows += ([control, label.zh, label.en, tip.zh, tip.en] for control, label, tip in _texts())
    return rows


def help_page(buttons: Iterable[tuple[Text, Text]], functions: Iterable[Function], lang: str) -> str:
    """What all buttons (pairs of label and tip) and worksheet functions do, as a page in one language."""
    rows = [(escape(label(lang)), escape(tip(lang))) for label, tip in buttons]
    calls = []
    for function in functions:
        names = [f"[{a.name}]" if a.optional else a.name for a in function.arguments]
        shown = names[:_MOST_ARGUMENTS] + ["…"] * (len(names) > _MOST_ARGUMENTS)
        call = f"{function.name}<br><small>{escape(', '.join(shown))}</small>"
        calls.append((call, escape(function.about(lang))))
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>perfxl</title><style>{_STYLE}</style>'
        f"</head><body><h1>{_TITLE(lang)}</h1><h2>{_BUTTONS(lang)}</h2>{_html_table(rows)}"
        f"<h2>{_FUNCTIONS(lang)}</h2><p>{_WHY(lang)}</p>{_html_table(calls)}</body></html>"
    )


_CALLBACKS = {"getLabel": "PxLabel", "getScreentip": "PxLabel", "getSupertip": "PxTip"}
_FAILED = Text(
    "没有完成。请在命令行运行 perfxl addin doctor 查找原因。",
    "It did not work. Run perfxl addin doctor to find out why.",
)
_STYLE = (
    "body{font:16px/1.6 'Microsoft YaHei','Segoe UI',sans-serif;color:#1f2933;max-width:960px;margin:32px auto;"
    "padding:0 24px}h1{font-size:28px}h2{font-size:20px;margin-top:32px}table{border-collapse:collapse;width:100%}"
    "td{border-bottom:1px solid #d9e0e7;padding:8px 24px 8px 0;vertical-align:top}td:first-child{font-weight:600}"
    "small{color:#616e7c;font-weight:400}"
)
_TITLE = Text("perfxl 绩效：按钮和函数", "perfxl Performance: buttons and functions")
_BUTTONS = Text("功能区“绩效”的按钮", "Buttons of the tab Performance")
_FUNCTIONS = Text("工作表函数", "Worksheet functions")
_WHY = Text(
    "函数显示错误值时，在任意单元格输入 =PX_WHY(出错的单元格) 看原因。方括号里的参数可以不填。",
    "Where a function shows an error, =PX_WHY(that cell) in any cell tells why. Arguments in brackets may be left out.",
)
_MOST_ARGUMENTS = 8


def _open_help(desk: Desk) -> str:
    """Opens the page that says what every button and function does."""
    from perfxl.excel.functions import FUNCTIONS

    buttons = [(button.label, button.tip) for button in _all_buttons() if button.id != LANGUAGE]
    path = Path(tempfile.gettempdir()) / f"perfxl-help.{desk.lang}.html"
    path.write_text(help_page(buttons, FUNCTIONS.values(), desk.lang), encoding="utf-8")
    desk.book.show(path)
    return ""


def _texts() -> Iterator[tuple[str, Text, Text]]:
    """The label and the tip of every control by its ID."""
    for group, label in GROUPS.items():
        yield f"{PREFIX}group.{group}", label, label
    for button in _all_buttons():
        yield PREFIX + button.id, button.label, button.tip
    for menu in MENUS.values():
        for name, label in menu.items.items():
            yield f"{PREFIX}{menu.button.id}.{name}", label, menu.button.tip
    yield f"{PREFIX}failed", _FAILED, _FAILED


def _all_buttons() -> Iterator[Button]:
    yield from BUTTONS
    yield from (menu.button for menu in MENUS.values())


def _attributes(button: Button) -> dict[str, str]:
    size = "large" if button.large else "normal"
    return {"id": PREFIX + button.id, "imageMso": button.image, "size": size} | _CALLBACKS


def _html_table(rows: Iterable[tuple[str, str]]) -> str:
    return f"<table>{''.join(f'<tr><td>{name}</td><td>{about}</td></tr>' for name, about in rows)}</table>"
