"""The page behind the button Help: every button and every worksheet function, from the tables that make them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from perfxl.core.language import Text
from perfxl.excel.registry import Function

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
    "函数显示错误值时，在任意单元格输入 =PX_WHY() 看原因。方括号里的参数可以不填。",
    "Where a function shows an error, =PX_WHY() in any cell tells why. Arguments in brackets may be left out.",
)
_MOST_ARGUMENTS = 8


def help_page(buttons: Iterable[tuple[Text, Text]], functions: Iterable[Function], lang: str) -> str:
    """The page in one language; buttons are pairs of label and tip."""
    rows = [(escape(_in(label, lang)), escape(_in(tip, lang))) for label, tip in buttons]
    calls = [(_call(function), escape(function.about(lang))) for function in functions]
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>perfxl</title><style>{_STYLE}</style>'
        f"</head><body><h1>{_in(_TITLE, lang)}</h1><h2>{_in(_BUTTONS, lang)}</h2>{_table(rows)}"
        f"<h2>{_in(_FUNCTIONS, lang)}</h2><p>{_in(_WHY, lang)}</p>{_table(calls)}</body></html>"
    )


def _call(function: Function) -> str:
    names = [f"[{a.name}]" if a.optional else a.name for a in function.arguments]
    shown = names[:_MOST_ARGUMENTS] + ["…"] * (len(names) > _MOST_ARGUMENTS)
    return f"{function.name}<br><small>{escape(', '.join(shown))}</small>"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return f"<table>{''.join(f'<tr><td>{name}</td><td>{about}</td></tr>' for name, about in rows)}</table>"


def _in(text: Text, lang: str) -> str:
    return text.zh if lang == "zh" else text.en
