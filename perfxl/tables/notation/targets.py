"""A target or an actual as HR types it: ≥90分, 3天内, 5%以内, 12万元, 90±5, up to 5% - number, unit, direction, band.

What is no figure stays text for people to judge: 同比下降5% is not 5%, 每月5日前 is not 5. Only a cell that is a figure
from its first character to its last is read as one. The words stand in data/targets.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal

from perfxl.core.values.dates import parse_date
from perfxl.core.values.numbers import BOOLEAN, is_not_applicable, parse_number
from perfxl.core.values.text import EXCEL_ERROR, clean, fold, is_bool, is_error_value, is_nothing

Direction = Literal["higher", "lower"]
Kind = Literal["blank", "number", "band", "date", "text", "not_applicable", "error"]
Clash = Literal["", "units_differ", "percent_on_one_side"]

_LONGEST = 60  # a longer cell is a sentence, not a figure


@dataclass(frozen=True)
class Target:
    """A cell of the target or the actual column.

    kind         what it is; the other fields that belong to it are set, the rest stay empty
    number       the figure, of ± its middle; percentages as fractions (85% is 0.85), 12万 as 120000
    is_percent   it was typed or is shown as a percentage
    unit         the unit's one spelling (小时 for h, hrs, hours), "次/月" for a rate; "" where none is given
    direction    which way is better, where the cell itself says so
    strict       the figure itself is not reached: >, 少于, less than
    lower, upper the band, both ends inside
    date         the day, of "before 2026-06-30" too
    text         what is to be judged by people, as typed
    how          the sign or word that showed the direction or the band: "≥", "以内", "±"
    problem      of kind error: the problem's name in the catalogue
    """

    kind: Kind
    number: float | None = None
    is_percent: bool = False
    unit: str = ""
    direction: Direction | None = None
    strict: bool = False
    lower: float | None = None
    upper: float | None = None
    date: date | None = None
    text: str = ""
    how: str = ""
    problem: str = ""


BLANK_TARGET = Target("blank")


def read_target(raw: Any, number_format: str = "", *, name: str = "", unit: str = "") -> Target:
    """A target's or an actual's cell. `number_format` is the cell's (0.00%, 0"次"); `name` is the KPI's, which the cell
    may repeat (合格率≥98%); `unit` is what the table's own unit column says, accepted beside the known ones.

    Returns: a Target; nothing that is not wholly a figure becomes one, and nothing raises."""
    if isinstance(raw, str):
        return _read_text(raw, name, unit)
    if isinstance(raw, datetime | date):
        return Target("date", date=raw.date() if isinstance(raw, datetime) else raw)
    if is_bool(raw):
        return Target("error", problem=BOOLEAN)
    parsed = parse_number(raw)
    if parsed.value is None:
        return Target("error", problem=parsed.problem) if parsed.problem else BLANK_TARGET
    return _formatted(parsed.value, number_format)


def clash_of_units(target: Target, actual: Target) -> Clash:
    """Whether a target and an actual cannot be compared: 分 with 次, 小时 with 天; or a percent sign on one side only.
    A plain number goes with any unit; 次, 起, 件 count alike."""
    if not (_is_figure(target) and _is_figure(actual)):
        return ""
    if target.is_percent != actual.is_percent:
        other = actual if target.is_percent else target
        plain_zero = other.number == 0 and not other.unit
        return "units_differ" if other.unit else "" if plain_zero else "percent_on_one_side"
    if not target.unit or not actual.unit or target.unit == actual.unit:
        return ""
    return "" if _family(target.unit) == _family(actual.unit) else "units_differ"


def unit_of(word: str) -> str:
    """The one spelling of a unit; "" for what is none."""
    return _spellings().get(fold(word).casefold().replace(" ", ""), "")


def unit_spellings() -> tuple[str, ...]:
    """Every spelling of every unit, and the percent sign."""
    return ("%", *(word for words in _words()["units"].values() for word in words))


def is_counted(unit: str) -> bool:
    """Whether figures in this unit are whole numbers: 次, 件; not 天 or 分."""
    return unit in _words()["whole"]["units"]


def english_unit(unit: str) -> str:
    """A unit's English word; the unit as it is where it has none."""
    return next((word for word in _words()["units"].get(unit, ()) if word.isascii()), unit)


def same_units(one: str, other: str) -> bool:
    """Whether figures in two units can be compared; no unit goes with any."""
    return not one or not other or _family(one) == _family(other)


def _is_figure(cell: Target) -> bool:
    return cell.kind in ("number", "band")


def _family(unit: str) -> str:
    head, slash, per = unit.partition("/")
    same = next((name for name, units in _words()["same"].items() if head in units), head)
    return f"{same}{slash}{per}"


@cache
def _words() -> dict[str, Any]:
    path = files("perfxl.tables.notation") / "data" / "targets.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _spellings() -> dict[str, str]:
    return {word.replace(" ", ""): unit for unit, words in _words()["units"].items() for word in words}


@cache
def _signs() -> dict[tuple[str, str], tuple[Direction, bool]]:
    """(before or after, word) -> direction, strict."""
    found: dict[tuple[str, str], tuple[Direction, bool]] = {}
    sides: tuple[Direction, Direction] = ("higher", "lower")
    for place in ("before", "after"):
        for side in sides:
            for strength, words in _words()[place][side].items():
                found |= {(place, word): (side, strength == "strict") for word in words}
    return found


def any_of(words: Iterable[str]) -> str:
    """The words as alternatives of a pattern, the longest first, with spaces that may be left out. Single characters
    share a class and plurals their word, since a pattern of many alternatives is slow to make."""
    given = set(words)
    plurals = {word for word in given if len(word) > 2 and word.isascii() and f"{word}s" in given}
    left = [
        f"{re.escape(word)}{'s?' * (word in plurals)}"
        for word in given - {f"{word}s" for word in plurals}
        if len(word) > 1
    ]
    singles = "".join(sorted(re.escape(word) for word in given if len(word) == 1))
    several = [word.replace(r"\ ", " ?") for word in sorted(left, key=len, reverse=True)]
    return "|".join([*several, *([f"[{singles}]"] if singles else [])])


_HANZI = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_MONEY = {"¥": "元", "$": "美元", "€": "欧元"}
_POWERS = "万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百"
_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?:\.\d{1,12})?"
_PERCENT = r"%|个?百分点|percentage ?points?|per ?cent|pct"


@lru_cache(maxsize=64)
def _patterns(unit: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A figure, a range and a ±, with the table's own unit beside the known ones."""
    words = _words()
    signs: dict[str, list[str]] = {"before": [], "after": []}
    for place, word in _signs():
        signs[place].append(word)
    units = [word for spellings in words["units"].values() for word in spellings] + ([unit] if unit else [])
    power = rf"(?:{_POWERS}|{any_of(words['multipliers'])})"
    per = any_of([*words["per"]["words"], *units])
    unit_text = rf"(?:{_PERCENT}|‰|(?:{any_of(units)})(?:(?:/ ?| per )(?:{per})|每(?:{per}))?)"

    def amount(tag: str) -> str:
        number = rf"[-+]? ?(?P<money{tag}>[¥$€])? ?(?P<digits{tag}>{_DIGITS}) ?(?P<power{tag}>{power})?"
        hanzi = rf"(?P<hanzi{tag}>[零〇一二两三四五六七八九十]{{1,3}})(?=\D)"
        return rf"(?P<amount{tag}>{number}|{hanzi}) ?(?P<unit{tag}>{unit_text})?"

    before = rf"(?P<before>{any_of(signs['before'])})? ?"
    after = rf" ?(?P<after>{any_of(signs['after'])})?"
    single = re.compile(before + amount("") + after)
    spread = re.compile(rf"(?:between ?|在|介于)?{amount('1')} ?(?:-|~|至|到|to|and) ?{amount('2')}(?:之间)?")
    around = re.compile(rf"(?:{amount('1')} ?)?(?:±|\+/-) ?{amount('2')}(?:以内|之内|内)?")
    return single, spread, around


def _read_text(raw: str, name: str, unit: str) -> Target:
    shown = clean(raw)
    text = _plain(shown)
    if not text or is_nothing(text):
        return BLANK_TARGET
    if is_error_value(fold(raw)):
        return Target("error", problem=EXCEL_ERROR)
    if is_not_applicable(shown):
        return Target("not_applicable", text=shown)
    if len(text) > _LONGEST:
        return Target("text", text=shown)
    if _is_placeholder(text):
        return BLANK_TARGET
    own = _plain(unit)[:12] if unit and not unit_of(unit) and "%" not in unit else ""
    return (
        _day(text)
        or _figure(_without_name(text, _plain(name)), own)
        or _plain_number(shown)
        or Target("text", text=shown)
    )


def _plain(text: str) -> str:
    """Folded, lower case, without spaces beside anything but Latin letters and digits, and the many comparison signs
    as one each."""
    folded = fold(text).casefold().replace("∽", "~").replace("﹣", "-").replace("。", ".")
    return re.sub(r"(?<=[^a-z0-9.%]) | (?=[^a-z0-9.%(])", "", folded)


def _without_name(text: str, name: str) -> str:
    """The cell without the KPI's name before a sign: 合格率≥98%. Other words before it (同比增长≥5%) stay, and make the
    cell a text."""
    subject = re.match(r"[^\d≥≤<>=]{2,30}?(?=[:≥≤<>=]|不低于|不高于|不超过|不少于|不大于|至少|达到)", text)
    if not subject or not name:
        return text
    said = subject[0].rstrip(":的为应需")
    return text[subject.end() :].lstrip(":") if said and (name.endswith(said) or said == name) else text


def _plain_number(shown: str) -> Target | None:
    """(3) is -3 and 1 000 a thousand, as everywhere; 2026.6 in a text is a month."""
    if _MONTH.fullmatch(fold(shown)):
        return None
    parsed = parse_number(shown)
    return None if parsed.value is None else Target("number", parsed.value, parsed.percent)


_MONTH = re.compile(r"(?:19|20)\d\d\.(?:0?[1-9]|1[0-2])", re.ASCII)
_UNDERLINED = re.compile(r"[_ .…·*□\\\-]+")
_OUT_OF = re.compile(r"/ ?\d{1,3}(?:\.\d)?(?:分|points|pts)?")


def _is_placeholder(text: str) -> bool:
    if text.strip("()[]") in _words()["blanks"]["words"]:
        return True
    left = _UNDERLINED.sub("", text).replace("()", "").replace("xx", "")
    for sign in ("≥", "≤", ">", "<", "="):
        left = left.removeprefix(sign)
    if left in ("", "%", "()") or (_OUT_OF.fullmatch(left) and not text[0].isdigit()):
        return True
    ruled = "_" in text or ".." in text or "…" in text or "xx" in text or "()" in text
    if ruled and not re.search(r"\d", left):
        return bool(re.fullmatch(r"[年月日号时分/:%]*", left)) or left in _spellings()
    return len(left) == 1 and left in _spellings() and not left.isascii()


_BY = re.compile(
    r"(?:by|before|no later than|not later than|截止|截至|于)? ?(?P<day>\d{4}\D.{3,12}?)(?P<till>之前|以前|前|止)?"
)


def _day(text: str) -> Target | None:
    match = _BY.fullmatch(text)
    if not match:
        return None
    day = parse_date(match["day"].strip()).value
    if day is None:
        return None
    till = match["till"] or text[: match.start("day")].strip()
    return Target("date", date=day, direction="lower" if till else None, how=till or "")


def _figure(text: str, unit: str) -> Target | None:
    if _MONTH.fullmatch(text):
        return None
    single, spread, around = _patterns(unit)
    if match := single.fullmatch(text):
        return _single(match, unit)
    if match := around.fullmatch(text):
        return _around(match, unit)
    if match := spread.fullmatch(text):
        return _spread(match, unit)
    return None


def _single(match: re.Match[str], own: str) -> Target | None:
    read = _amount(match, "", own)
    if read is None:
        return None
    number, percent, unit = read
    before, after = match["before"] or "", match["after"] or ""
    one, other = _sign("before", before), _sign("after", after)
    if one and other and one[0] != other[0]:
        return None
    said = one or other
    if not said and _is_calendar(match, unit, number):
        return None
    if said:
        return Target("number", number, percent, unit, said[0], said[1], how=before or after)
    return Target("number", number, percent, unit)


def _is_calendar(match: re.Match[str], unit: str, number: float) -> bool:
    """5日 is a day of the month and 2026年 a year, unless a sign makes them an amount."""
    return (match["unit"] or "") in ("日", "号") or (unit == "年" and number >= 100)


def _around(match: re.Match[str], own: str) -> Target | None:
    spread = _amount(match, "2", own)
    if spread is None:
        return None
    width, percent, unit = spread
    if match["amount1"] is None:
        return Target("band", 0.0, percent, unit, lower=-width, upper=width, how="±") if width >= 0 else None
    middle = _amount(match, "1", own)
    if middle is None or width < 0 or (middle[1] and not percent and unit):
        return None
    if percent and not middle[1]:
        return None  # 100±5% : of the target or points? people know
    number, is_percent, unit1 = middle
    if is_percent and not percent:
        width = float(f"{width!r}e-2") if "e" not in repr(width) else width / 100
    if unit1 and unit and unit1 != unit:
        return None
    low, high = _decimal(number - width), _decimal(number + width)
    return Target("band", number, is_percent, unit1 or unit, lower=low, upper=high, how="±")


def _spread(match: re.Match[str], own: str) -> Target | None:
    second = _amount(match, "2", own)
    if second is None or (match["unit2"] is None and match["unit1"] is None and _may_be_day(match)):
        return None
    power = match["power2"] if match["digits1"] and not match["power1"] else None
    first = _amount(match, "1", own, power or "", percent=second[1] and not match["unit1"])
    if first is None or first[1] != second[1] or first[0] >= second[0]:
        return None
    if first[2] and second[2] and first[2] != second[2]:
        return None
    return Target("band", None, second[1], second[2] or first[2], lower=first[0], upper=second[0], how="-")


def _may_be_day(match: re.Match[str]) -> bool:
    first, second = match["digits1"] or "", match["digits2"] or ""
    if re.search(r"(?<!\d)0\d", f"{first} {second}"):
        return True
    if re.fullmatch(r"(?:(?:19|20)\d\d ?){2}", f"{first} {second}"):
        return True  # two years
    return "." not in first + second and len(first) <= 2 and first.isdigit() and int(first) <= 12 and len(second) <= 2


def _amount(
    match: re.Match[str], tag: str, own: str, power: str = "", percent: bool = False
) -> tuple[float, bool, str] | None:
    """Number, whether a percentage, unit."""
    spelled = match[f"unit{tag}"] or ""
    head, per = _split_rate(spelled)
    is_percent = percent or bool(head and re.fullmatch(_PERCENT, head))
    if match[f"hanzi{tag}"]:
        number = _chinese(match[f"hanzi{tag}"])
        if number is None or spelled in ("", "分"):  # 十分满意 is no 10 points
            return None
    else:
        number = _decimal_of(match, tag, power or match[f"power{tag}"] or "", is_percent, head == "‰")
        if number is None:
            return None
    money = _MONEY.get(match[f"money{tag}"] or "", "")
    unit = "" if is_percent or head == "‰" else (_spellings().get(head.replace(" ", ""), head if head == own else ""))
    if money and (is_percent or (unit and unit != money)):
        return None
    unit = money or unit
    return number, is_percent or head == "‰", f"{unit}/{per}" if per else unit


def _split_rate(spelled: str) -> tuple[str, str]:
    for sign in ("/", " per ", "每"):
        head, found, per = spelled.partition(sign)
        if found and head:
            return head.strip(), per.strip()
    return spelled.strip(), ""


def _decimal_of(match: re.Match[str], tag: str, power: str, percent: bool, per_mille: bool) -> float | None:
    digits = match[f"digits{tag}"].replace(",", "")
    sign = "-" if match[f"amount{tag}"].lstrip().startswith("-") else ""
    multipliers = _words()["multipliers"]
    chinese = "" if power in multipliers else power
    suffix = "%" if percent else "‰" if per_mille else chinese
    if suffix != chinese and power:
        return None
    value = parse_number(f"{sign}{digits}{suffix}").value
    return None if value is None else _decimal(value * multipliers.get(power, 1.0))


def _decimal(value: float) -> float:
    return float(f"{value:.15g}") + 0.0


def _chinese(word: str) -> float | None:
    """To 99, as people write it: 三, 十, 十五, 二十, 二十四."""
    if word == "十":
        return 10.0
    tens, found, ones = word.partition("十")
    if not found:
        return float(_HANZI[word]) if len(word) == 1 else None
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return None
    return float((_HANZI[tens] if tens else 1) * 10 + (_HANZI[ones] if ones else 0))


def _sign(place: str, word: str) -> tuple[Direction, bool] | None:
    if not word:
        return None
    signs = _signs()
    spaceless = word.replace(" ", "")
    found = signs.get((place, word))
    return found or next((s for (p, w), s in signs.items() if p == place and w.replace(" ", "") == spaceless), None)


_LITERAL = re.compile(r'"([^"]*)"|\\(.)')


def _formatted(value: float, code: str) -> Target:
    """A number as its format shows it: 0% is a percentage, 0"次" and "≥"0 carry unit and sign."""
    first = code.split(";")[0]
    percent = "%" in _LITERAL.sub("", first)
    places = list(re.finditer(r"[0#?][0#?,.%]*", _LITERAL.sub(lambda literal: "\0" * len(literal[0]), first)))
    if not places or not _LITERAL.search(first):
        return Target("number", value, percent)
    ends = first[: places[0].start()], first[places[-1].end() :]
    before, after = ("".join(quoted or escaped for quoted, escaped in _LITERAL.findall(part)) for part in ends)
    shown = _figure(_plain(f"{before}1{'%' if percent else ''}{after}"), "")
    if shown is None or shown.kind != "number":
        return Target("number", value, percent)
    return replace(shown, number=value, is_percent=percent)
