"""The names that an explanation uses, from the schema and the policy."""

from __future__ import annotations

from collections.abc import Sequence

from perfxl.core.explain.facts import Figure, Line
from perfxl.core.policy import SETTINGS
from perfxl.core.schema import Choice, get
from perfxl.core.schema.choices import AGGREGATION, CATEGORY, DIRECTION, VETO_EFFECT
from perfxl.core.scoring.totals_plain import Veto

_SETTINGS = {setting.name: setting for setting in SETTINGS}


def column_of_figure(figure: Figure, lang: str) -> str:
    """The header of the column, or the label of the setting, that a figure stands under."""
    table, column = figure.column.split(".")
    if table == "policy":
        setting = _SETTINGS[column]
        return setting.zh if lang == "zh" else setting.en
    found = get(table).column(column)
    return found.zh if lang == "zh" else found.en


def aspect_label(aspect: str | None, lang: str) -> str:
    return _label(CATEGORY, aspect, lang)


def aggregation_label(aggregation: str | None, lang: str) -> str:
    return _label(AGGREGATION, aggregation, lang)


def direction_label(line: Line, lang: str) -> str:
    """Blank for methods that go the same way for every KPI."""
    if line.method is None or not line.method.directed:
        return ""
    return DIRECTION[0 if line.direction > 0 else 1].label(lang)


def veto_text(veto: Veto, lang: str) -> str:
    limit = {"limit_total": f" {veto.limit:.15g}", "limit_grade": f" {veto.grade}"}.get(veto.effect, "")
    return _label(VETO_EFFECT, veto.effect, lang) + limit


def _label(choices: Sequence[Choice], name: str | None, lang: str) -> str:
    return next((choice.label(lang) for choice in choices if choice.name == name), name or "")
