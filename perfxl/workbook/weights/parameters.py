"""The sheet 参数 / Parameters: what the formulas count with, under the names they use."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from perfxl.core.cells import a1, column_letter
from perfxl.core.language import Text
from perfxl.core.policy import SETTINGS
from perfxl.core.schema.categories import Categories
from perfxl.core.weights.program import Weighing
from perfxl.core.weights.rules import WeightRules
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.result_page import BAD, GOOD, ResultPage
from perfxl.workbook.style import INPUT, MUTED, RESULT, fitting_width
from perfxl.workbook.weights.texts import header, say

_IMPORTANCE = ("impact_share", "controllability_share", "measurability_share")
_LIMITS = ("weight_min", "weight_max", "weight_step", "kpi_min", "kpi_max")
_RATINGS = ("rating_min", "rating_max", "weight_difference")

_MEANING = 2, 6  # columns

# Zero-based: title, guide, blank, section, header, the three shares, their sum.
_SHARES_ROW = 5
_LIMITS_ROW = _SHARES_ROW + len(_IMPORTANCE) + 4
_CATEGORIES_ROW = _LIMITS_ROW + len(_LIMITS) + len(_RATINGS) + 2


def parameter(setting: str) -> str:
    """The defined name of a setting in the workbook."""
    return f"px_{setting}"


class CategoryShares:
    """Where the category weights of each post type stand."""

    def __init__(self, shares: Mapping[str, Mapping[str, float]], categories: Categories, lang: str) -> None:
        self.listed = categories
        self.categories = categories.order({category for of_type in shares.values() for category in of_type})
        self.post_types = list(shares)
        self.values = shares
        self._sheet = say("parameters", lang)
        self._rows = {post_type: _CATEGORIES_ROW + 2 + i for i, post_type in enumerate(self.post_types)}
        self._columns = {category: 1 + i for i, category in enumerate(self.categories)}

    def reference(self, post_type: str, category: str) -> str | None:
        """The cell of a category weight; None where there is none that can be used."""
        if self.values[post_type].get(category, -1.0) < 0:
            return None
        column = column_letter(self._columns[category])
        return f"{quoted(self._sheet)}!${column}${self._rows[post_type] + 1}"


def write_parameters(page: ResultPage, workbook: Workbook, weighing: Weighing, shares: CategoryShares) -> None:
    """Writes the sheet and defines the names that formulas use."""
    _Parameters(page, workbook).write(weighing.rules, shares)


class _Parameters:
    def __init__(self, page: ResultPage, workbook: Workbook) -> None:
        self.page, self.workbook = page, workbook
        self.sheet, self.lang, self.formats = page.sheet, page.lang, page.formats
        self.settings = {setting.name: setting for setting in SETTINGS}

    def write(self, rules: WeightRules, shares: CategoryShares) -> None:
        self.page.top(say("parameters", self.lang), say("parameters_guide", self.lang))
        self._settings(_SHARES_ROW, "importance_title", _IMPORTANCE, rules)
        total = _SHARES_ROW + len(_IMPORTANCE)
        value = float((rules.impact + rules.controllability + rules.measurability) * 100)
        bold = self.formats.bordered(bold=True, bg_color=RESULT)
        self.sheet.write_string(total, 0, say("sum", self.lang), bold)
        cells = f"B{_SHARES_ROW + 1}:B{total}"
        self.sheet.write_formula(total, 1, f"=SUM({cells})", self._number(bold=True, bg_color=RESULT), value)
        self._verdict(total, 2, cells, value)
        self._settings(_LIMITS_ROW, "limits_title", _LIMITS + _RATINGS, rules)
        self._categories(shares)
        labels = [self._label(name) for name in _IMPORTANCE + _LIMITS + _RATINGS]
        self.sheet.set_column(0, 0, fitting_width([*labels, *shares.post_types], 20, 40))
        self.sheet.set_column(1, max(len(shares.categories) + 2, _MEANING[1]), 14)
        self.page.print_set_up(say("parameters", self.lang), landscape=False)

    def _settings(self, row: int, title: str, names: tuple[str, ...], rules: WeightRules) -> None:
        self.page.section(row - 2, say(title, self.lang))
        self.page.header(row - 1, [say(name, self.lang) for name in ("name", "value")])
        self.page.span(row - 1, *_MEANING, say("meaning", self.lang), self.page.header_look())
        values = _values(rules)
        for i, name in enumerate(names, row):
            setting = self.settings[name]
            self.sheet.write_string(i, 0, self._label(name), self.formats.bordered())
            self.sheet.write_number(i, 1, values[name], self._number(bg_color=INPUT))
            text = Text(setting.zh_help, setting.en_help)(self.lang)
            self.page.span(i, *_MEANING, text, self.formats.bordered(font_color=MUTED, indent=1))
            place = f"{quoted(self.sheet.get_name())}!$B${i + 1}"
            self.workbook.define_name(parameter(name), f"={place}")

    def _categories(self, shares: CategoryShares) -> None:
        if not shares.post_types:
            return
        row = _CATEGORIES_ROW
        self.page.section(row, say("shares_title", self.lang))
        labels = [shares.listed.label(category, self.lang) for category in shares.categories]
        self.page.header(row + 1, [header("post_type", self.lang), *labels, say("sum", self.lang)])
        last = len(shares.categories)
        for i, post_type in enumerate(shares.post_types, row + 2):
            self.sheet.write_string(i, 0, post_type, self.formats.bordered())
            weights = shares.values[post_type]
            for column, category in enumerate(shares.categories, 1):
                if category in weights:
                    self.sheet.write_number(i, column, weights[category], self._number(bg_color=INPUT))
                else:
                    self.sheet.write_blank(i, column, None, self.formats.bordered())
            cells = f"{a1(i, 1)}:{a1(i, last)}"
            value = float(sum(weights.values()))
            self.sheet.write_formula(i, last + 1, f"=SUM({cells})", self._number(bg_color=RESULT, bold=True), value)
            self._verdict(i, last + 2, cells, value)

    def _verdict(self, row: int, column: int, cells: str, value: float) -> None:
        ok, wrong = say("ok", self.lang), say("not_ok", self.lang)
        fits = round(value, 6) == 100
        formula = f'=IF(ROUND(SUM({cells}),6)=100,"{ok}","{wrong}")'
        self.sheet.write_formula(row, column, formula, self.formats(align="left", indent=1), ok if fits else wrong)
        for text, colour in ((ok, GOOD), (wrong, BAD)):
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"'}
            self.sheet.conditional_format(
                row, column, row, column, rule | {"format": self.workbook.add_format({"bg_color": colour})}
            )

    def _label(self, name: str) -> str:
        setting = self.settings[name]
        label = setting.text(self.lang)
        return f"{label} ({setting.unit})" if setting.unit == "%" else label

    def _number(self, **more: object) -> Format:
        return self.formats.bordered(align="right", indent=1, **more)


def _values(rules: WeightRules) -> dict[str, float]:
    return {
        "impact_share": float(rules.impact * 100),
        "controllability_share": float(rules.controllability * 100),
        "measurability_share": float(rules.measurability * 100),
        "weight_min": float(rules.minimum),
        "weight_max": float(rules.maximum),
        "weight_step": float(rules.step),
        "kpi_min": float(rules.count_min),
        "kpi_max": float(rules.count_max),
        "rating_min": float(rules.rating_min),
        "rating_max": float(rules.rating_max),
        "weight_difference": float(rules.difference),
    }
