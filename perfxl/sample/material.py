"""What the sample is made of: names, departments, objectives, KPIs, posts and phrases, as the tables in data/ say."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, NamedTuple

from perfxl.core.language import Text

Figure = float | date | str


class Department(NamedTuple):
    """A department. `share` is its part of the people that are not heads; `staff` take turns; teams only when large."""

    code: str
    name: Text
    head: str
    staff: tuple[str, ...]
    share: int
    lead: str
    teams: tuple[Text, ...]


class Objective(NamedTuple):
    """`unit` is a department's code, "" the company; `causes` are the objectives that it brings about."""

    id: str
    parent: str | None
    unit: str
    perspective: str
    text: Text
    result: Text
    actions: tuple[Text, Text]
    causes: tuple[str, ...]


class Keeper(NamedTuple):
    """Who holds figures: the department (data source and reporter), the collector, the day of the next month they are
    due."""

    department: Text
    collector: Text
    due_day: int


class Steps(NamedTuple):
    """A step table, from the best step down: figure reached, points."""

    name: Text
    steps: tuple[tuple[float, float], ...]


class Scale(NamedTuple):
    """A grade table: labels, their points, and a sentence for each, from the best down."""

    name: Text
    labels: tuple[Text, ...]
    points: tuple[float, ...]
    sentences: tuple[Text, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Kpi:
    """One KPI and the figures every contract with it starts from; percentages are fractions (0.95 shows as 95%).

    `each` marks amounts given per person, which grow with the people below the holder; `volume` is a period's
    denominator per person, of the `whole` company or below the holder; `most` is where a figure naturally ends (a rate
    at 100%). `ratings` are impact, controllability and measurability, each 1-4; None where no weight is derived. A
    target "best" is the first label of the grade scale. `table` is a key of STEPS or SCALES."""

    id: str
    name: Text
    category: str
    method: str
    period: str
    aggregation: str
    unit: str
    ratings: tuple[float, float, float] | None
    keeper: Keeper
    objective: str
    source: str
    target: Figure | None
    challenge: Figure | None
    threshold: Figure | None
    base: Figure | None
    low: float | None
    high: float | None
    k: float | None
    step: float | None
    limit: float | None
    decimals: int
    lower: bool
    table: str | None
    veto: str | None
    veto_grade: str | None
    verdict: str
    each: bool
    volume: float | None
    whole: bool
    most: float | None
    numerator: Text | None
    denominator: Text | None
    definition: Text | None
    note: Text | None

    @property
    def kind(self) -> str:
        if self.method in ("deduct", "bonus", "veto", "monitor"):
            return self.method
        return "qualitative" if self.method in ("grade", "marks") else "quantitative"

    @property
    def counted(self) -> bool:
        """Whether actuals or marks are given for it; the others live by events."""
        return self.method not in ("deduct", "bonus", "veto")

    @property
    def places(self) -> int:
        """Decimals of the figure as kept: a percentage shown with one decimal is a fraction with three."""
        return self.decimals + 2 if self.unit == "percent" else self.decimals


class PostType(NamedTuple):
    """`weights` are (weight, least, most) in percent points by category."""

    name: Text
    weights: dict[str, tuple[float, float, float]]


class Line(NamedTuple):
    """A contract line of a post: weight in percent points (None where it carries none), the weight derived from the
    ratings where the post's agreed ones differ, aspect if not the KPI's own."""

    kpi: str
    weight: float | None
    derived_weight: float | None
    aspect: str | None


class Post(NamedTuple):
    """What people of a post sign."""

    name: Text
    post_type: str
    lines: tuple[Line, ...]


def _rows(table: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(_read(f"{table}.csv").splitlines())


def _read(name: str) -> str:
    return (files("perfxl.sample") / "data" / name).read_text(encoding="utf-8")


def _text(row: dict[str, str], prefix: str = "") -> Text:
    return Text(row[f"{prefix}zh"], row[f"{prefix}en"])


def _text_or_none(row: dict[str, str], prefix: str) -> Text | None:
    return _text(row, prefix) if row[f"{prefix}zh"] else None


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _figure(cell: str) -> Figure | None:
    if cell.count("-") == 2:
        return date.fromisoformat(cell)
    return cell if cell == "best" else _number(cell)


def _names(kind: str) -> tuple[Text, ...]:
    return tuple(_text(row) for row in _rows("names") if row["kind"] == kind)


def _departments(place: str) -> tuple[Department, ...]:
    return tuple(
        Department(
            row["code"],
            _text(row),
            row["head"],
            tuple(row["staff"].split()),
            int(row["share"]),
            row["lead"],
            tuple(_text(team) for team in _rows("teams") if team["department"] == row["code"]),
        )
        for row in _rows("departments")
        if row["place"] == place
    )


def _objectives(level: str) -> tuple[Objective, ...]:
    return tuple(
        Objective(
            row["id"],
            row["parent"] or None,
            row["unit"],
            row["perspective"],
            _text(row),
            _text(row, "result_"),
            (_text(row, "action_1_"), _text(row, "action_2_")),
            tuple(row["causes"].split()),
        )
        for row in _rows("objectives")
        if row["level"] == level
    )


def _kpi(row: dict[str, str]) -> Kpi:
    impact, controllability, measurability = map(float, row["ratings"].replace("-", "000"))
    return Kpi(
        id=row["id"],
        name=_text(row),
        category=row["category"],
        method=row["method"],
        period=row["period"],
        aggregation=row["aggregation"],
        unit=row["unit"],
        ratings=(impact, controllability, measurability) if impact else None,
        keeper=KEEPERS[row["data"]],
        objective=row["objective"],
        source=row["source"],
        target=_figure(row["target"]),
        challenge=_figure(row["challenge"]),
        threshold=_figure(row["threshold"]),
        base=_figure(row["base"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        k=_number(row["k"]),
        step=_number(row["step"]),
        limit=_number(row["limit"]),
        decimals=int(row["decimals"]),
        lower=bool(row["lower"]),
        table=row["table"] or None,
        veto=row["veto"] or None,
        veto_grade=row["veto_grade"] or None,
        verdict=row["verdict"],
        each=bool(row["each"]),
        volume=_number(row["volume"]),
        whole=bool(row["whole"]),
        most=_number(row["most"]),
        numerator=_text_or_none(row, "numerator_"),
        denominator=_text_or_none(row, "denominator_"),
        definition=_text_or_none(row, "definition_"),
        note=_text_or_none(row, "note_"),
    )


def _post(row: dict[str, str], lines: list[dict[str, str]]) -> Post:
    return Post(
        _text(row),
        row["post_type"],
        tuple(
            Line(line["kpi"], _number(line["weight"]), _number(line["derived_weight"]), line["aspect"] or None)
            for line in lines
        ),
    )


def _grouped(table: str, key: str) -> dict[str, list[dict[str, str]]]:
    """The rows of a table by a column, where those of one value stand together."""
    return {name: list(rows) for name, rows in groupby(_rows(table), lambda row: row[key])}


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(_read("texts.toml"))


@cache
def text(name: str) -> Text:
    """A single text of data/texts.toml."""
    return Text(*_texts()[name])


@cache
def choices(name: str) -> tuple[Text, ...]:
    """The texts of a list in data/texts.toml, to draw from."""
    return tuple(Text(*pair) for pair in _texts()[name])


@cache
def by_name(name: str) -> dict[str, Text]:
    """The texts of a section of data/texts.toml."""
    return {key: Text(*pair) for key, pair in _texts()[name].items()}


# The commonest surnames first; the generator draws the front ones more often.
SURNAMES, FIRST_CHARACTERS, LAST_CHARACTERS = _names("surname"), _names("first"), _names("last")
CITIES, COUNTIES = _names("city"), _names("county")
HEADQUARTERS, BRANCH = _departments("headquarters"), _departments("branch")
OBJECTIVES, BRANCH_OBJECTIVES = _objectives("company"), _objectives("branch")
# Date, off (a weekday) or work (a weekend day), holiday.
HOLIDAYS = tuple((date.fromisoformat(row["date"]), row["kind"], _text(row)) for row in _rows("holidays"))

UNITS = {row["unit"]: _text(row) for row in _rows("kpi_units")}
KEEPERS = {row["data"]: Keeper(_text(row), _text(row, "collector_"), int(row["due_day"])) for row in _rows("keepers")}
KPIS = {row["id"]: _kpi(row) for row in _rows("kpis")}
# Superior KPI -> KPI of a direct subordinate, and how it is carried.
CASCADE = tuple((row["kpi"], row["sub_kpi"], row["mode"]) for row in _rows("cascade"))
STEPS = {
    name: Steps(_text(rows[0]), tuple((float(row["at"]), float(row["points"])) for row in rows))
    for name, rows in _grouped("steps", "table").items()
}
SCALES = {
    name: Scale(
        _text(rows[0]),
        tuple(_text(row, "grade_") for row in rows),
        tuple(float(row["points"]) for row in rows),
        tuple(_text(row, "sentence_") for row in rows),
    )
    for name, rows in _grouped("scales", "scale").items()
}
# The company's own method: actual, target, direction, points.
METHOD_CASES = tuple(
    (float(row["actual"]), float(row["target"]), row["direction"], float(row["points"]))
    for row in _rows("method_cases")
)
OWN_FORMULA: str = _texts()["own_method_formula"]

POST_TYPES = {
    name: PostType(
        _text(rows[0]),
        {row["category"]: (float(row["weight"]), float(row["lower"]), float(row["upper"])) for row in rows},
    )
    for name, rows in _grouped("post_types", "post_type").items()
}
# The marketing company's general manager has the worked contract of domain.md section 4, with its derived and its
# agreed weights.
POSTS = {
    row["post"]: _post(row, lines.get(row["post"], []))
    for lines in (_grouped("post_lines", "post"),)
    for row in _rows("posts")
}

# Weightless KPI -> what happened, and who says so.
EVENTS = {kpi: (Text(*fact), Text(*source)) for kpi, (fact, source) in _texts()["events"].items()}
# Situation, its cause, the coach's advice, what both will do next.
COACHING = tuple(tuple(Text(*pair) for pair in coaching) for coaching in _texts()["coaching"])
