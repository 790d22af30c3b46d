"""How a column is typed into: its dropdown or limits, the hint Excel shows at the cell, and the hidden sheet of what
dropdowns offer.

Lists typed into a validation hold 255 characters; ranges have no such limit, and one list serves many columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.core.cells import column_letter
from perfxl.core.language import FULL_STOP, WORD_SPACE, Text
from perfxl.core.policy import SETTINGS, Setting
from perfxl.core.records import Tables
from perfxl.core.rulebook import METHODS
from perfxl.core.schema import Choice, Column, Table, Type, column_label, get, table_label
from perfxl.core.schema.choices import CATEGORY
from perfxl.core.values.text import fold_name
from perfxl.workbook.program.layout import (
    FIRST_ROW,
    LISTS_SHEET,
    REFERENCE_ROWS,
    TableSheet,
    last_row,
    list_name,
    place_of,
    span,
)

_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255

_HINTS: dict[Type, Text] = {
    Type.INTEGER: Text("填整数。", "A whole number."),
    Type.NUMBER: Text("填数字。", "A number."),
    Type.COUNT: Text("填数字。", "A number."),
    Type.POINTS: Text("填百分点：15 表示 15%。", "Percent points: 15 means 15%."),
    Type.FIGURE: Text(
        "填数字、日期或级别；百分比可直接填 85%。",
        "A number, a date or a grade; a percentage may be typed as 85%.",
    ),
    Type.DATE: Text("填日期，如 2025-03-31。", "A date such as 2025-03-31."),
    Type.PERIOD: Text("填期间：2025、2025H1、2025Q1 或 2025-01。", "A period: 2025, 2025H1, 2025Q1 or 2025-01."),
    Type.BOOL: Text("选“是”或“否”。", "Choose yes or no."),
    Type.CHOICE: Text("从下拉列表中选择。", "Choose from the list."),
    Type.REF: Text(
        "填“{table}”表中的“{column}”，可从下拉列表选择。",
        "{column} of the sheet {table}; choose from the list.",
    ),
}
_REQUIRED = Text("必填。", "Required.")
_COMPUTED = Text("由 perfxl 计算，不必填写。", "Worked out by perfxl; leave it.")
_WRONG_TITLE = Text("与要求不符", "Not as expected")
_WRONG = Text(
    "这里填写的内容与提示不符，perfxl check 会再次提醒。仍要保留吗？",
    "This does not match the hint; perfxl check will report it. Keep it all the same?",
)
_NOT_LISTED_TITLE = Text("不在列表中", "Not in the list")
_NOT_LISTED = Text("请从下拉列表中选择一项。", "Please choose one of the list.")
_DEFAULT = Text("默认：{}。", "Default: {}.")

_NUMBERS: dict[Type, dict[str, Any]] = {
    Type.INTEGER: {"validate": "integer", "criteria": "between", "minimum": -1_000_000, "maximum": 1_000_000},
    Type.NUMBER: {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15},
    Type.COUNT: {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15},
    Type.POINTS: {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
    Type.DATE: {
        "validate": "date",
        "criteria": "between",
        "minimum": date(1950, 1, 1),
        "maximum": date(2199, 12, 31),
    },
}


def column_rule(table: Table, column: Column, lists: DropdownLists, lang: str, computed: bool) -> dict[str, Any]:
    """The validation of a column, as XlsxWriter takes it."""
    rule = _rule(column.type, column.choices, f"{table.name}_{column.name}", lists)
    if column.choices is CATEGORY and table.name != "categories":
        rule["source"] = lists.of_categories(f"{table.name}_{column.name}")
    suggestions = SUGGESTIONS.get((table.name, column.name))
    if column.type is Type.REF:
        rule = {"validate": "list", "source": lists.of_reference(column), **_warning(lang)}
    elif suggestions:
        source = lists.of_choices(suggestions, f"{table.name}_{column.name}")
        rule = {"validate": "list", "source": source, "show_error": False}
    elif column.type in (Type.CHOICE, Type.BOOL):
        rule |= _warning(lang) if column.own_words else _stop(lang)
    elif rule["validate"] != "any":
        rule |= _warning(lang)
    return rule | _message(column.header(lang), _hint(column, lang, computed))


def setting_of(key: Any) -> Setting | None:
    """The setting that a row of the policy sheet is about, by any of its names."""
    return _SETTINGS.get(fold_name(key)) if key else None


_SETTINGS = {fold_name(name): setting for setting in SETTINGS for name in (setting.name, setting.zh, setting.en)}


def setting_rule(setting: Setting, lists: DropdownLists, lang: str) -> dict[str, Any]:
    """The validation of one row of the policy sheet."""
    rule = _rule(setting.type, setting.choices, setting.name, lists)
    if setting.low is not None and setting.high is not None and "minimum" in rule:
        rule |= {"minimum": setting.low, "maximum": setting.high}
    if rule["validate"] != "any":
        rule |= _stop(lang) if rule["validate"] == "list" else _warning(lang)
    texts = [Text(setting.zh_help, setting.en_help)(lang)]
    if setting.type in _HINTS:
        texts.append(_HINTS[setting.type](lang))
    if isinstance(setting.default, int | float) and not isinstance(setting.default, bool):
        texts.append(_DEFAULT(lang).format(f"{setting.default:g}{setting.unit}"))
    return rule | _message(setting.text(lang), " ".join(_sentence(text, lang) for text in texts if text))


def _rule(kind: Type, choices: tuple[Any, ...], name: str, lists: DropdownLists) -> dict[str, Any]:
    if kind is Type.CHOICE:
        return {"validate": "list", "source": lists.of_choices(choices, name)}
    if kind is Type.BOOL:
        return {"validate": "list", "source": lists.of_choices(YES_NO, "yes_no")}
    return dict(_NUMBERS.get(kind, {"validate": "any"}))


def _hint(column: Column, lang: str, computed: bool) -> str:
    if computed:
        return _COMPUTED(lang)
    sentences = [_REQUIRED(lang)] if column.required else []
    if column.help(lang):
        sentences.append(_sentence(column.help(lang), lang))
    if column.type in _HINTS:
        table, _, key = column.ref.partition(".")
        names = {"table": table_label(table, lang), "column": column_label(table, key, lang)}
        sentences.append(_HINTS[column.type](lang).format(**names))
    return WORD_SPACE(lang).join(sentences)


def _sentence(text: str, lang: str) -> str:
    return text if text.endswith((FULL_STOP(lang), "）", ")", ".")) else text + FULL_STOP(lang)


def _message(title: str, text: str) -> dict[str, Any]:
    if not text:
        return {}
    return {"input_title": title[:_LONGEST_TITLE], "input_message": text[:_LONGEST_MESSAGE]}


def _warning(lang: str) -> dict[str, Any]:
    return {"error_type": "warning", "error_title": _WRONG_TITLE(lang), "error_message": _WRONG(lang)}


def _stop(lang: str) -> dict[str, Any]:
    return {"error_type": "stop", "error_title": _NOT_LISTED_TITLE(lang), "error_message": _NOT_LISTED(lang)}


YES_NO = (Choice("yes", "是", "yes"), Choice("no", "否", "no"))
_METHODS = tuple(Choice(method.name, method.zh, method.label("en")) for method in METHODS)

# Free text with usual answers: offered, not enforced.
SUGGESTIONS: dict[tuple[str, str], tuple[Choice, ...]] = {("kpis", "method"): _METHODS}

_SPARE = 40  # room for values that are typed later in a list of different values
_SCANNED = 1_000  # rows of a table that such a list looks at


class DropdownLists:
    """The dropdown ranges of one workbook, each named when first asked for."""

    def __init__(
        self, workbook: Workbook, sheets: Mapping[str, Sequence[TableSheet]], tables: Tables, lang: str
    ) -> None:
        self._workbook, self._sheets, self._tables, self._lang = workbook, sheets, tables, lang
        self._columns: list[tuple[str, Sequence[str]]] = []
        self._fixed: dict[tuple[Choice, ...], str] = {}
        self._references: dict[str, str] = {}
        self._formulas: dict[int, str] = {}

    def of_choices(self, choices: tuple[Choice, ...], name: str) -> str:
        """The formula of a dropdown of these values; `name` is used where they are new."""
        if choices not in self._fixed:
            labels = [choice.label(self._lang) for choice in choices]
            self._fixed[choices] = self._define(name, self._add(name, labels, len(labels)))
        return self._fixed[choices]

    def of_categories(self, name: str) -> str:
        """The formula of a dropdown of KPI categories: the company's own once its sheet names some, else the usual."""
        usual = self.of_choices(CATEGORY, name).removeprefix("=")
        if "categories" not in self._sheets:
            return f"={usual}"
        if "categories" not in self._references:
            own = self._keys("categories", "category")
            source = self._source("categories", "category", REFERENCE_ROWS)
            self._references["categories"] = self._define("categories", f"IF(COUNTA({source})=0,{usual},{own})")
        return self._references["categories"]

    def of_reference(self, column: Column) -> str:
        """The formula of a dropdown of another table's keys."""
        ref = column.ref
        if ref not in self._references:
            table, name = ref.split(".")
            unique = get(table).key == (name,)
            reach = self._keys(table, name) if unique else self._different(table, name)
            self._references[ref] = self._define(ref.replace(".", "_"), reach)
        return self._references[ref]

    def write(self, sheet: Worksheet) -> None:
        """Puts the lists on their sheet, when all have been asked for."""
        for i, (name, values) in enumerate(self._columns):
            sheet.write_string(0, i, name)
            for row, value in enumerate(values, 1):
                if i not in self._formulas:
                    sheet.write_string(row, i, value)
                else:
                    above = f"{column_letter(i)}$1:{column_letter(i)}{row}"
                    sheet.write_array_formula(row, i, row, i, self._formulas[i].format(above=above), None, value)

    def _define(self, name: str, reach: str) -> str:
        self._workbook.define_name(list_name(name), f"={reach}")
        return f"={list_name(name)}"

    def _add(self, name: str, values: Sequence[str], rows: int) -> str:
        self._columns.append((name, values))
        return span(LISTS_SHEET, len(self._columns) - 1, 1, rows)

    def _keys(self, table: str, name: str) -> str:
        """The filled part of a key column."""
        source = self._source(table, name, REFERENCE_ROWS)
        return f"{source.split(':')[0]}:INDEX({source},MAX(1,COUNTA({source})))"

    def _different(self, table: str, name: str) -> str:
        """The different values of a column that repeats them, worked out by formulas on the lists' sheet."""
        source = self._source(table, name, _SCANNED)
        known_values = self._tables[table].column(name) if table in self._tables else []
        values = list(dict.fromkeys(str(value) for value in known_values if value is not None))
        values += [""] * _SPARE
        reach = self._add(f"{table}_{name}", values, len(values))
        self._formulas[len(self._columns) - 1] = (
            f'=IFERROR(INDEX({source},MATCH(0,COUNTIF({{above}},{source})+({source}=""),0)),"")'
        )
        return f'{reach.split(":")[0]}:INDEX({reach},MAX(1,SUMPRODUCT(--({reach}<>""))))'

    def _source(self, table: str, name: str, least: int) -> str:
        """The rows of a column, with room below. Of a table on several sheets those of the first: a dropdown shows one
        range, and what it does not offer may be typed all the same."""
        sheet = self._sheets[table][0]
        return span(sheet.title, place_of(get(table), name), FIRST_ROW, last_row(max(least, 2 * len(sheet.records))))
