"""The page that says what every button and worksheet function does."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from perfxl.core.language import Text
from perfxl.excel.registry import Function


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


def _html_table(rows: Iterable[tuple[str, str]]) -> str:
    return f"<table>{''.join(f'<tr><td>{name}</td><td>{about}</td></tr>' for name, about in rows)}</table>"
