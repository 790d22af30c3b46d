"""Text: what a cell says without the characters nobody sees, spellings compared, and the nearest known name.

`Parsed` is what every reader of a cell returns. Its problem is blank (the cell is read as it stands), a notice or
warning (read, but not letter by letter) or an error (then the value is None); the texts are in catalogue/values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property, lru_cache
from numbers import Real
from typing import Any, NamedTuple

from perfxl.core.language import Text

# A typed "不适用" / "N/A" in an actual: not blank, not zero (scoring.md section 1).
NOT_APPLICABLE = "N/A"

EXCEL_ERROR = "excel_error"
NOT_YES_OR_NO = "not_yes_or_no"
DIGITS_LOST = "digits_lost"
DASH_IS_BLANK = "dash_is_blank"
DATE_IN_TEXT = "text_is_date"


class Parsed(NamedTuple):
    """A value as it was read; `problem` names what is to be said about it; `percent`: it was typed as a percentage, and
    is kept as the fraction (85% is 0.85)."""

    value: Any
    problem: str = ""
    percent: bool = False


BLANK = Parsed(None)

# No "x" and no ☒: on one form they tick the box, on the next they strike it out.
YES = frozenset(("是", "对", "同意", "认可", "√", "✓", "✔", "☑", "✅", "y", "yes", "t", "true", "1"))
NO = frozenset(("否", "错", "不是", "不同意", "不认可", "×", "✗", "✘", "☐", "❌", "n", "no", "f", "false", "0"))


def parse_text(raw: object) -> Parsed:
    """Free text as typed (full-width stays full-width), or an id: 1001.0 becomes "1001"."""
    if isinstance(raw, str):
        text = clean(raw)
        return Parsed(None, EXCEL_ERROR) if _ERROR_VALUE.fullmatch(text) else Parsed(text or None)
    if is_blank(raw):
        return BLANK
    if is_bool(raw):
        return Parsed("TRUE" if raw else "FALSE")
    if isinstance(raw, datetime):
        return Parsed(str(raw.date() if raw.time() == time.min else raw), DATE_IN_TEXT)
    if isinstance(raw, date):
        return Parsed(raw.isoformat(), DATE_IN_TEXT)
    if isinstance(raw, int | float):
        return _number_as_text(raw)
    return Parsed(clean(str(raw)) or None)


def parse_bool(raw: object) -> Parsed:
    """Yes or no."""
    if is_bool(raw):
        return Parsed(bool(raw))
    if is_blank(raw):
        return BLANK
    if isinstance(raw, str):
        return _yes_or_no(fold(raw))
    return Parsed(raw == 1) if isinstance(raw, Real) and raw in (0, 1) else Parsed(None, NOT_YES_OR_NO)


def clean(raw: str) -> str:
    """Without outer space, zero-width and control characters (which no .docx may hold); line breaks are "\\n"."""
    if not raw.isprintable():
        raw = raw.replace("\r\n", "\n").replace("\r", "\n").translate(_VISIBLE)
    return raw.strip()


def fold(raw: str) -> str:
    """The text of a number or date, half-width, with a plain minus and single spaces; for names see fold_name."""
    if not (raw.isascii() and raw.isprintable()):
        raw = raw.translate(_FOLDED)
    return " ".join(raw.split())


_TRADITIONAL = str.maketrans(
    "標權績實際達評價項類別單總計劃員職務門編號說備註規則細節辦數據來鍵關業維點額營銷費級間時長領導審復複覆結過準預戰檻層產質"
    "責擔認簽約書資訊財顧滿應經組團隊勞態協優稱較還獎懲減係術開進動問題負執當處狀況內學習發創訂確驗證測統彙匯後個週為與歷錄檢"
    "討調訪談紀衝極區場車廠檔擬屬雙見戶賬帳貨儲庫採購訓練離誤遲範圍歸險齊體補償貢獻簡視讀寫話電網絡機設訴萬億裝運輸貼剛專師顯"
    "擇連線選閱盤穩壞廢損繳繼續環護衛給從會兩鐘鍾歲無濟",
    "标权绩实际达评价项类别单总计划员职务门编号说备注规则细节办数据来键关业维点额营销费级间时长领导审复复复结过准预战槛层产质"
    "责担认签约书资讯财顾满应经组团队劳态协优称较还奖惩减系术开进动问题负执当处状况内学习发创订确验证测统汇汇后个周为与历录检"
    "讨调访谈纪冲极区场车厂档拟属双见户账帐货储库采购训练离误迟范围归险齐体补偿贡献简视读写话电网络机设诉万亿装运输贴刚专师显"
    "择连线选阅盘稳坏废损缴继续环护卫给从会两钟钟岁无济",
)
"""Traditional characters of the field's words as simplified ones: 權重, 目標值."""


def simplified(text: str) -> str:
    """Words in traditional characters as the simplified ones that lists of words hold; to compare, never to show."""
    return text if text.isascii() else text.translate(_TRADITIONAL)


def is_blank(raw: object) -> bool:
    """None, and what pandas and numpy put for it, known by name so that neither is imported. Text is judged by
    whoever reads it."""
    return raw is None or (isinstance(raw, float) and raw != raw) or type(raw).__name__ in {"NaTType", "NAType"}


def is_bool(raw: object) -> bool:
    """Python's or NumPy's, known by name so that NumPy is not imported."""
    return type(raw).__name__ in {"bool", "bool_"}


def is_error_value(folded: str) -> bool:
    """#DIV/0!, #N/A ..., and ###### (copied from a column too narrow)."""
    return folded[:1] in "#E" and bool(_ERROR_VALUE.fullmatch(folded) or _HASHES.fullmatch(folded))


def is_dash(folded: str) -> bool:
    """-, --, —, / alone: how many forms say that a cell is empty."""
    return folded[:1] in "-/\\" and bool(_DASH.fullmatch(folded))


def is_nothing(folded: str) -> bool:
    """A dash, 无 or 暂无 alone where a figure or a day is due: there is none yet."""
    return is_dash(folded) or folded in _NOTHING


_NOTHING = frozenset(("无", "暂无"))
NO_SUGGESTION = Text("", "")


def fold_name(name: object) -> str:
    """What two spellings of the same name or label have in common: case, width and spaces do not matter."""
    return _folded_name(str(name))


@lru_cache(maxsize=2**15)  # people's IDs and KPIs come again and again, in every row of several tables
def _folded_name(name: str) -> str:
    return fold(name).casefold().replace(" ", "")


class Nearest:
    """The known name that is meant by an unknown one, if any comes near.

    A handful of names are compared by difflib; ids by the thousand through their shortened forms, so that a
    workbook full of wrong ids is still checked in linear time.
    """

    _FEW = 300

    def __init__(self, names: Iterable[object]) -> None:
        self._names: dict[str, str] = {}
        for name in names:
            self._names.setdefault(fold_name(name), str(name))

    def __call__(self, unknown: object) -> str:
        """The name as it stands where it is declared; blank where nothing comes near."""
        word = fold_name(unknown)
        if word in self._names:
            return self._names[word]
        if len(self._names) <= self._FEW:
            near = get_close_matches(word, self._names, n=1, cutoff=0.6)
            return self._names[near[0]] if near else ""
        return next((self._shortened[form] for form in _shortened(word) if form in self._shortened), "")

    def sentence(self, unknown: object) -> Text:
        """ "，是否为“…”？" to append to a message; blank where nothing comes near."""
        near = self(unknown)
        return Text(f"，是否为“{near}”？", f"; did you mean “{near}”?") if near else NO_SUGGESTION

    @cached_property
    def _shortened(self) -> dict[str, str]:
        """Every name by each of its forms with at most one character left out."""
        forms: dict[str, str] = {}
        for word, name in self._names.items():
            for form in _shortened(word):
                forms.setdefault(form, name)
        return forms


def _shortened(word: str) -> Iterator[str]:
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]


_ERROR_VALUE = re.compile(
    r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|UNKNOWN!|CONNECT!|BUSY!|PYTHON!"
    r"|EXTERNAL!|GETTING_DATA)|Err:\d{3}"
)
_HASHES = re.compile(r"##+")
_DASH = re.compile(r"-+|/+|\\+")
_DASHES = "‐‑‒–—―−─"
_LONG = 1e15  # Excel keeps 15 digits: what is longer has been rounded


def _yes_or_no(text: str) -> Parsed:
    word = text.casefold()
    if word in YES or word in NO:
        return Parsed(word in YES)
    if is_dash(text):
        return Parsed(None, DASH_IS_BLANK)
    if is_error_value(text):
        return Parsed(None, EXCEL_ERROR)
    return Parsed(None, NOT_YES_OR_NO) if text else BLANK


def _number_as_text(raw: int | float) -> Parsed:
    if isinstance(raw, int):
        return Parsed(str(Decimal(raw)))  # str(int) refuses to write more than 4300 digits
    if abs(raw) < _LONG:
        return Parsed(str(int(raw)) if raw.is_integer() else f"{raw:.15g}")
    return Parsed(f"{raw:.0f}" if abs(raw) < 1e21 else f"{raw:.15g}", DIGITS_LOST)


class _Visible(dict[int, "str | None"]):
    """For str.translate: drops format (zero-width), control and surrogate characters; filled as they are met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        if char in "\v\f\x0e":  # texts from Word: a line, a page, a column ends
            char = "\n"
        hidden = unicodedata.category(char) in {"Cf", "Cc", "Cs"} or code in (0xFFFE, 0xFFFF)
        self[code] = None if hidden and char not in "\t\n" else char
        return self[code]


class _Folded(dict[int, "str | None"]):
    """NFKC by character, except where it would make a number: ² ① ⑴ ½ contain digits but are none, 10² is not 102."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        self[code] = _folded(char)
        return self[code]


def _folded(char: str) -> str | None:
    if char.isspace():
        return " "
    if unicodedata.category(char) in {"Cf", "Cc", "Cs"} or "\ufe00" <= char <= "\ufe0f":
        return None
    if char in _DASHES:
        return "-"
    plain = unicodedata.normalize("NFKC", char)
    contains_digit = any(part.isdigit() for part in plain)
    return char if contains_digit and unicodedata.category(char) != "Nd" else plain


_VISIBLE = _Visible()
_FOLDED = _Folded()
