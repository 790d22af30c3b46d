"""What a new program is filled with before anybody types: the policy's settings, the grade bands, the grade scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfxl.core.policy import DEFAULT_BANDS, DEFAULT_SCALE, SETTINGS, Setting
from perfxl.core.records import Records, from_rows
from perfxl.core.values.text import fold_name

_UNITS = {"个": "", "分": "points", "人": "people", "天": "days"}
_BAND_MEANINGS = {
    "A": ("卓越：全面超过目标", "Outstanding: beyond targets throughout"),
    "B": ("优良：多数超过目标", "Good: beyond most targets"),
    "C": ("称职：达到目标", "Competent: on target"),
    "D": ("待改进：部分未达目标", "To improve: some targets missed"),
    "E": ("不称职：多数未达目标", "Not competent: most targets missed"),
}
_SCALE_NAMES = {"zh": "默认", "en": "Default"}
_SCALE_SENTENCES = {
    "优": ("全面达到并超出要求", "All requirements met and exceeded"),
    "良": ("达到要求，个别方面可改进", "Requirements met, single points to improve"),
    "中": ("基本达到要求，多个方面需改进", "Requirements mostly met, several points to improve"),
    "差": ("未达到要求", "Requirements not met"),
}


def with_defaults(book: Mapping[str, Records], lang: str) -> dict[str, Records]:
    """The book, its policy completed by the settings it leaves to their defaults, and the tables that a new program
    brings along where the book does not have them."""
    side = 0 if lang == "zh" else 1
    filled = {"grade_bands": _bands(side), "grade_tables": _scale(lang, side), **book}
    filled["policy"] = _policy(book.get("policy"), lang)
    return filled


def setting_of(key: Any) -> Setting | None:
    """The setting that a row of the policy sheet is about, by any of its names."""
    return _SETTINGS.get(fold_name(key)) if key else None


_SETTINGS = {fold_name(name): setting for setting in SETTINGS for name in (setting.name, setting.zh, setting.en)}


def _policy(given: Records | None, lang: str) -> Records:
    """Every setting in the order of SETTINGS, then rows that are none of them, as they came."""
    rows = list(given.records()) if given else []
    by_setting = {setting.name: row for row in rows if (setting := setting_of(row["key"]))}
    known = [_policy_row(setting, by_setting.get(setting.name, {}), lang) for setting in SETTINGS]
    return from_rows("policy", known + [row for row in rows if not setting_of(row["key"])])


def _policy_row(setting: Setting, given: Mapping[str, Any], lang: str) -> dict[str, Any]:
    zh = lang == "zh"
    value = given.get("value")
    return {
        "key": setting.zh if zh else setting.en,
        "value": setting.default if value is None else value,
        "unit": given.get("unit") or (setting.unit if zh else _UNITS.get(setting.unit, setting.unit)),
        "help": given.get("help") or (setting.zh_help if zh else setting.en_help),
    }


def _bands(side: int) -> Records:
    return from_rows(
        "grade_bands",
        [
            {
                "grade": band.grade,
                "lower": max(band.lower, 0.0),
                "coefficient": band.coefficient,
                "meaning": _BAND_MEANINGS[band.grade][side],
            }
            for band in DEFAULT_BANDS
        ],
    )


def _scale(lang: str, side: int) -> Records:
    return from_rows(
        "grade_tables",
        [
            {"scale": _SCALE_NAMES[lang], "grade": grade, "points": points, "sentence": _SCALE_SENTENCES[grade][side]}
            for grade, points in DEFAULT_SCALE.items()
        ],
    )
