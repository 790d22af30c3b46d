"""The policy: every number that a company may set for itself, with the defaults of scoring.md.

settings.py declares the rows of the sheet 参数; `Policy` holds the values together with the grade bands, category
weights, step tables, grade scales, days and own methods of the workbook.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from perfxl.core.policy.settings import SETTINGS, default_values
from perfxl.core.policy.validity import faults
from perfxl.core.schema import Choice, Type
from perfxl.core.schema.categories import USUAL, Categories
from perfxl.core.schema.choices import RELATION
from perfxl.core.values.dates import Days, Span, span


class Band(NamedTuple):
    """A grade, the least total that earns it, and its bonus coefficient."""

    grade: str
    lower: float
    coefficient: float | None


class Share(NamedTuple):
    """Weight of a category for a post type, percent points, and the range allowed."""

    weight: float
    lower: float | None = None
    upper: float | None = None


DEFAULT_BANDS = (
    Band("A", 90.0, 1.2),
    Band("B", 80.0, 1.1),
    Band("C", 70.0, 1.0),
    Band("D", 60.0, 0.8),
    Band("E", float("-inf"), 0.5),
)

DEFAULT_SCALE: Mapping[str, float] = {"优": 100.0, "良": 75.0, "中": 50.0, "差": 0.0}

_WRITTEN = ("settings", "bands", "category_weights", "categories", "steps", "scales", "off", "on", "methods")
"""The parts of a policy in JSON: a misspelt one would leave the usual rules in force."""

# (at, points) from the best step down; which end is best follows from the KPI's direction.
Steps = tuple[tuple[float, float], ...]


def is_default_scale(name: str) -> bool:
    """Whether a grade scale of that name is the one of KPIs that name none."""
    return name.strip().casefold() in ("默认", "default")


class PolicyError(ValueError):
    """A policy that cannot be: which setting, and why.

    >>> import perfxl as px
    >>> try:
    ...     px.Policy().but(weight_max="forty")
    ... except px.PolicyError as error:
    ...     error.setting
    'weight_max'
    """

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(f"{setting}: {why}")
        self.setting = setting


def _plain(value: Any) -> Any:
    """As JSON has it; a number is one number however it was typed: 110 and 110.0."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _ordered(bands: Any) -> tuple[Band, ...]:
    """Bands, best first. Raises: PolicyError for what is none."""
    try:
        made = [Band(*band) for band in bands]
        return tuple(sorted(made, key=lambda band: -band.lower))
    except TypeError:
        why = f"{bands!r}: 应为 ((等级, 总分下限, 系数), ...) / ((grade, lower bound, coefficient), ...) is due"
        raise PolicyError("bands", why) from None


@dataclass(frozen=True)
class Policy:
    """What a company has set. `policy["weight_min"]` reads a setting; blanks of the sheet hold the default.

    bands    the grades, best first, in whatever order they were given
    steps    step table name -> ((at, points), ...) as on the sheet
    scales   grade scale name -> {label: points}
    off, on  weekdays off and weekend days worked, for milestones in working days
    categories  the KPI categories, in their order
    methods  HR's own methods: name -> formula text, checked when the workbook was read

    >>> import perfxl as px
    >>> policy = px.Policy()
    >>> policy["points_cap"], policy.grade(91).grade
    (120.0, 'A')
    """

    values: Mapping[str, Any] = field(default_factory=default_values)
    bands: tuple[Band, ...] = DEFAULT_BANDS
    category_weights: Mapping[str, Mapping[str, Share]] = field(default_factory=dict)
    categories: Categories = USUAL
    steps: Mapping[str, Steps] = field(default_factory=dict)
    scales: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    off: tuple[date, ...] = ()
    on: tuple[date, ...] = ()
    methods: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", {**default_values(), **self.values})
        object.__setattr__(self, "bands", _ordered(self.bands))

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def default_scale(self) -> str:
        """The name under which the workbook holds the scale of KPIs that name none; blank where it does not."""
        return next(filter(is_default_scale, self.scales), "")

    def scale(self, name: object) -> Mapping[str, float]:
        """A grade scale, {label: points}: of a blank name the workbook's default one, or else that of DEFAULT_SCALE;
        empty where there is none of that name."""
        named = "" if name is None else str(name).strip()
        if named or self.default_scale:
            return self.scales.get(named or self.default_scale, {})
        return DEFAULT_SCALE

    def but(self, **changes: Any) -> Policy:
        """The same policy with some settings changed, or its bands ([("A", 90, 1.2), ("B", 0, 1)]), steps, scales,
        methods, category_weights, categories, off, on.

        Raises: PolicyError for a setting that does not exist, or a value that it cannot have.

        >>> import perfxl as px
        >>> policy = px.Policy().but(points_cap=110, bands=[("A", 90, 1.2), ("B", 0, 1)])
        >>> policy["points_cap"], policy.grade(60).grade
        (110, 'B')
        """
        whole = {each.name for each in fields(self)} - {"values"}
        settings = {name: value for name, value in changes.items() if name not in whole}
        others = {name: value for name, value in changes.items() if name in whole}
        for name in settings.keys() - self.values.keys():
            near = "".join(get_close_matches(name, self.values, 1))
            raise PolicyError(
                name, f"没有这个参数{f'，是否为 {near}？' if near else ''} / no such setting; near: {near or '-'}"
            )
        return replace(self, values={**self.values, **settings}, **others).checked()

    def checked(self) -> Policy:
        """The policy itself. Raises: PolicyError for a value that a setting cannot have, settings that contradict each
        other, bands that leave totals without a grade, or a table that is none."""
        tables = {each.name: getattr(self, each.name) for each in fields(self)}
        for fault in faults(self.values, self.bands, tables):
            raise PolicyError(*fault)
        return self

    def to_json(self) -> str:
        """The whole policy as JSON: the same text for the same policy, to keep beside results."""
        return json.dumps(
            _plain(
                {
                    "settings": self.values,
                    "bands": [
                        [band.grade, None if band.lower == float("-inf") else band.lower, band.coefficient]
                        for band in self.bands
                    ],
                    "category_weights": self.category_weights,
                    "categories": {
                        "choices": self.categories.choices,
                        "financial": self.categories.financial,
                        "own": self.categories.own,
                    },
                    "steps": self.steps,
                    "scales": self.scales,
                    "off": self.off,
                    "on": self.on,
                    "methods": self.methods,
                }
            ),
            ensure_ascii=False,
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Policy:
        """The policy that `to_json` wrote; what is left out has its default.

        Raises: PolicyError for what is no policy, or a value that a setting cannot have.

        >>> import perfxl as px
        >>> policy = px.Policy().but(total_cap=150)
        >>> px.Policy.from_json(policy.to_json()).fingerprint == policy.fingerprint
        True
        """
        try:
            found = json.loads(text)
            for name in sorted(found.keys() - set(_WRITTEN)):
                raise PolicyError(str(name), f"没有这一部分 / no such part; 有 / there are {list(_WRITTEN)}")
            given = dict(found.get("settings", {}))
            days = {setting.name for setting in SETTINGS if setting.type is Type.DATE}
            for name in days & given.keys():
                given[name] = date.fromisoformat(given[name]) if given[name] else None
            policy = cls().but(**given) if given else cls()
            bands = [(grade, float("-inf") if low is None else low, c) for grade, low, c in found.get("bands", ())]
            listed = found.get("categories")
            return policy.but(
                bands=tuple(bands) or policy.bands,
                category_weights={
                    post: {category: Share(*share) for category, share in shares.items()}
                    for post, shares in found.get("category_weights", {}).items()
                },
                categories=USUAL
                if listed is None
                else Categories(
                    tuple(Choice(name, zh, en, tuple(aliases)) for name, zh, en, aliases in listed["choices"]),
                    tuple(listed["financial"]),
                    bool(listed["own"]),
                ),
                steps={name: tuple(map(tuple, steps)) for name, steps in found.get("steps", {}).items()},
                scales=found.get("scales", {}),
                off=tuple(map(date.fromisoformat, found.get("off", ()))),
                on=tuple(map(date.fromisoformat, found.get("on", ()))),
                methods=found.get("methods", {}),
            )
        except PolicyError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise PolicyError("JSON", f"不是参数 / no policy: {error}") from None

    @property
    def fingerprint(self) -> str:
        """A hash of the whole policy, 16 letters: figures made under one fingerprint were made by the same rules."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def grade(self, total: float) -> Band:
        """The band a total falls in: the highest whose lower bound it reaches; the lowest band where none."""
        return next((band for band in self.bands if total >= band.lower), self.bands[-1])

    def rater_shares(self) -> dict[str, float]:
        """Relation -> its share of a KPI's marks, percent points; empty where none is set."""
        shares = {relation.name: self[f"share_{relation.name}"] for relation in RELATION}
        return {relation: float(share) for relation, share in shares.items() if share is not None}

    def days(self) -> Days:
        """How days count between two dates: every day, or working days by the sheet of holidays."""
        return Days(self["milestone_days"] == "working", self.off, self.on)

    def span(self) -> Span | None:
        """The program's period, where the sheet gives both ends."""
        return span(self["period_start"], self["period_end"])
