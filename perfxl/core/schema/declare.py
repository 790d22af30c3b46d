"""The shape of the schema's declarations: tables, columns, their types and allowed values."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from perfxl.core.language import Text


class Type(StrEnum):
    """What a cell of a column holds, and in which unit it is kept once read."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    COUNT = "count"  # how often: 2, "2次"
    POINTS = "points"  # percent points: 15, "15%" and a percent cell showing 15% are all 15.0 (weights, shares)
    FIGURE = "figure"  # a KPI's figure: number ("85%" is 0.85), date, grade label, or N/A in actuals
    DATE = "date"
    PERIOD = "period"  # "2025", "2025H1", "2025Q1", "2025-01"
    BOOL = "bool"
    CHOICE = "choice"  # kept as the choice's canonical name
    REF = "ref"  # the key of a row in another table


class Choice(NamedTuple):
    """An allowed value: canonical name, Chinese and English label, other spellings accepted."""

    name: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        """Its label in both languages."""
        return Text(self.zh, self.en)

    def label(self, lang: str) -> str:
        """What a user sees in a dropdown."""
        return self.text(lang)


class Column(NamedTuple):
    """One column. `ref` is "table.column" for Type.REF; `unit` is what the header shows in brackets.

    may_wait   a blank cell of a required column is a warning, not an error
    own_words  words that are none of the choices are kept, with a warning
    default    what a blank cell of a required column is taken for, and said so; `default_for` says it by the value of
               another column, (column, ((value, default), ...)); `default_from` names the column whose text is taken
    """

    name: str
    zh: str
    en: str
    type: Type = Type.TEXT
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    ref: str = ""
    unit: str = ""
    zh_help: str = ""
    en_help: str = ""
    may_wait: bool = False
    own_words: bool = False
    default: str = ""
    default_for: tuple[str, tuple[tuple[str, str], ...]] = ("", ())
    default_from: str = ""

    @property
    def text(self) -> Text:
        """Its name in both languages, without the unit."""
        return Text(self.zh, self.en)

    @property
    def has_default(self) -> bool:
        """Whether a blank cell is taken for something."""
        return bool(self.default or self.default_from)

    def header(self, lang: str) -> str:
        """What stands above the column, with the unit in brackets."""
        return f"{self.text(lang)} ({self.unit})" if self.unit else self.text(lang)

    def help(self, lang: str) -> str:
        """What to fill in."""
        return Text(self.zh_help, self.en_help)(lang)


class Table(NamedTuple):
    """One table. `key` names the columns that identify a row; `stage` groups the sheets in the index
    (setup, design, contract, results, follow_up); `template` is False for tables that a new program does not hold, and
    `when_filled` says which of these a program holds once they have rows."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    stage: str = "setup"
    aliases: tuple[str, ...] = ()
    zh_help: str = ""
    en_help: str = ""
    template: bool = True
    when_filled: bool = False

    @property
    def text(self) -> Text:
        """The sheet's name in both languages."""
        return Text(self.zh, self.en)

    def title(self, lang: str) -> str:
        """The sheet's name."""
        return self.text(lang)

    def help(self, lang: str) -> str:
        """What the sheet is for."""
        return Text(self.zh_help, self.en_help)(lang)

    def column(self, name: str) -> Column:
        """The declared column. Raises: KeyError for a name that is not declared."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)
