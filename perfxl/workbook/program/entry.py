"""How a column is typed into: its dropdown or limits, and the hint Excel shows at the cell."""

from __future__ import annotations

from datetime import date
from typing import Any

from perfxl.core.policy import Setting
from perfxl.core.schema import Column, Table, Type, column_label, table_label
from perfxl.workbook.program.lists import SUGGESTIONS, YES_NO, Lists

_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255

_HINTS: dict[Type, tuple[str, str]] = {
    Type.INTEGER: ("填整数。", "A whole number."),
    Type.NUMBER: ("填数字。", "A number."),
    Type.POINTS: ("填百分点：15 表示 15%。", "Percent points: 15 means 15%."),
    Type.FIGURE: (
        "填数字、日期或级别；百分比可直接填 85%。",
        "A number, a date or a grade; a percentage may be typed as 85%.",
    ),
    Type.DATE: ("填日期，如 2025-03-31。", "A date such as 2025-03-31."),
    Type.PERIOD: ("填期间：2025、2025H1、2025Q1 或 2025-01。", "A period: 2025, 2025H1, 2025Q1 or 2025-01."),
    Type.BOOL: ("选“是”或“否”。", "Choose yes or no."),
    Type.CHOICE: ("从下拉列表中选择。", "Choose from the list."),
    Type.REF: (
        "填“{table}”表中的“{column}”，可从下拉列表选择。",
        "{column} of the sheet {table}; choose from the list.",
    ),
}
_REQUIRED = ("必填。", "Required. ")
_COMPUTED = ("由 perfxl 计算，不必填写。", "Worked out by perfxl; leave it.")
_WRONG = {
    "zh": ("与要求不符", "这里填写的内容与提示不符，perfxl check 会再次提醒。仍要保留吗？"),
    "en": ("Not as expected", "This does not match the hint; perfxl check will report it. Keep it all the same?"),
}
_NOT_LISTED = {
    "zh": ("不在列表中", "请从下拉列表中选择一项。"),
    "en": ("Not in the list", "Please choose one of the list."),
}

_NUMBERS: dict[Type, dict[str, Any]] = {
    Type.INTEGER: {"validate": "integer", "criteria": "between", "minimum": -1_000_000, "maximum": 1_000_000},
    Type.NUMBER: {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15},
    Type.POINTS: {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
    Type.DATE: {
        "validate": "date",
        "criteria": "between",
        "minimum": date(1950, 1, 1),
        "maximum": date(2199, 12, 31),
    },
}


def column_rule(table: Table, column: Column, lists: Lists, lang: str, computed: bool) -> dict[str, Any]:
    """The validation of a column, as XlsxWriter takes it."""
    rule = _rule(column.type, column.choices, f"{table.name}_{column.name}", lists)
    suggestions = SUGGESTIONS.get((table.name, column.name))
    if column.type is Type.REF:
        rule = {"validate": "list", "source": lists.of_reference(column), **_warning(lang)}
    elif suggestions:
        source = lists.of_choices(suggestions, f"{table.name}_{column.name}")
        rule = {"validate": "list", "source": source, "show_error": False}
    elif column.type in (Type.CHOICE, Type.BOOL):
        rule |= _stop(lang)
    elif rule["validate"] != "any":
        rule |= _warning(lang)
    return rule | _message(column.header(lang), _hint(column, lang, computed))


def setting_rule(setting: Setting, lists: Lists, lang: str) -> dict[str, Any]:
    """The validation of one row of the policy sheet."""
    rule = _rule(setting.type, setting.choices, setting.name, lists)
    if setting.low is not None and setting.high is not None and "minimum" in rule:
        rule |= {"minimum": setting.low, "maximum": setting.high}
    if rule["validate"] != "any":
        rule |= _stop(lang) if rule["validate"] == "list" else _warning(lang)
    texts = (setting.zh_help, _HINTS.get(setting.type, ("", ""))[0], _default(setting, "默认：{}。"))
    if lang != "zh":
        texts = (setting.en_help, _HINTS.get(setting.type, ("", ""))[1], _default(setting, "Default: {}."))
    sentences = [_sentence(text, lang) for text in texts if text]
    return rule | _message(setting.zh if lang == "zh" else setting.en, " ".join(sentences))


def _rule(kind: Type, choices: tuple[Any, ...], name: str, lists: Lists) -> dict[str, Any]:
    if kind is Type.CHOICE:
        return {"validate": "list", "source": lists.of_choices(choices, name)}
    if kind is Type.BOOL:
        return {"validate": "list", "source": lists.of_choices(YES_NO, "yes_no")}
    return dict(_NUMBERS.get(kind, {"validate": "any"}))


def _hint(column: Column, lang: str, computed: bool) -> str:
    side = 0 if lang == "zh" else 1
    if computed:
        return _COMPUTED[side]
    parts = [_REQUIRED[side].strip()] if column.required else []
    if column.help(lang):
        parts.append(_sentence(column.help(lang), lang))
    if column.type in _HINTS:
        table, _, key = column.ref.partition(".")
        names = {"table": table_label(table, lang), "column": column_label(table, key, lang)}
        parts.append(_HINTS[column.type][side].format(**names))
    return ("" if lang == "zh" else " ").join(parts)


def _sentence(text: str, lang: str) -> str:
    stop = "。" if lang == "zh" else "."
    return text if text.endswith((stop, "）", ")", ".")) else text + stop


def _default(setting: Setting, text: str) -> str:
    shown = isinstance(setting.default, int | float) and not isinstance(setting.default, bool)
    return text.format(f"{setting.default:g}{setting.unit}") if shown else ""


def _message(title: str, text: str) -> dict[str, Any]:
    if not text:
        return {}
    return {"input_title": title[:_LONGEST_TITLE], "input_message": text[:_LONGEST_MESSAGE]}


def _warning(lang: str) -> dict[str, Any]:
    title, text = _WRONG[lang]
    return {"error_type": "warning", "error_title": title, "error_message": text}


def _stop(lang: str) -> dict[str, Any]:
    title, text = _NOT_LISTED[lang]
    return {"error_type": "stop", "error_title": title, "error_message": text}
