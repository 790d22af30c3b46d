"""The sample's KPI library in figures, one KPI a line; names and definitions stand in `kpi_texts`.

The columns are those of `Kpi` down to `source`, then options (a bare word is true), figures by the rule book's letters.
Percent KPIs are fractions (0.95 shows as 95%). `each` marks amounts given per person, which grow with the people below
the holder; `volume` is a period's denominator per person, of the `whole` company or below the holder; `most` is where
a figure naturally ends (a rate at 100%).
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

Figure = float | date | str

WEIGHTLESS = ("deduct", "bonus", "veto", "monitor")


class Kpi(NamedTuple):
    """One KPI and the figures every contract with it starts from."""

    id: str
    category: str
    method: str
    period: str
    aggregation: str
    unit: str  # a key of kpi_texts.UNITS
    ratings: str  # impact, controllability, measurability, each 1-4; "-" where no weight is derived
    data: str  # who holds the figures: a key of kpi_texts.KEEPERS
    objective: str
    source: str
    target: Figure | None = None  # "best" is the first label of the grade scale
    challenge: Figure | None = None
    threshold: Figure | None = None
    base: Figure | None = None
    low: float | None = None
    high: float | None = None
    k: float | None = None
    step: float | None = None
    limit: float | None = None
    decimals: int = 1
    lower: bool = False
    table: str | None = None  # a key of scales.STEPS or scales.SCALES
    veto: str | None = None
    veto_grade: str | None = None
    verdict: str = "keep"
    each: bool = False
    volume: float | None = None
    whole: bool = False
    most: float | None = None

    @property
    def kind(self) -> str:
        if self.method in WEIGHTLESS:
            return self.method
        return "qualitative" if self.method == "grade" else "quantitative"

    @property
    def counted(self) -> bool:
        """Whether actuals are reported for it; the others live by events."""
        return self.method not in ("deduct", "bonus", "veto")

    @property
    def places(self) -> int:
        """Decimals of the figure as kept: a percentage shown with one decimal is a fraction with three."""
        return self.decimals + 2 if self.unit == "percent" else self.decimals


_FINANCIAL = """
F01 financial ratio month sum wan 424 finance O1 value_tree T=60 C=66 B=55 decimals=0 each
F02 financial ratio month sum wan 424 finance O11 value_tree T=60 C=66 B=55 decimals=0 each
F03 financial ratio month sum wan 424 finance O21 value_tree T=60 C=66 B=55 decimals=0 each
F04 financial ratio month sum wan 424 finance O11 value_tree T=60 C=66 B=55 decimals=0 each
F05 financial ratio month sum wan 424 finance O21 value_tree T=60 C=66 B=55 decimals=0 each
F06 financial interpolate quarter ratio percent 224 finance O2 value_tree T=.36 C=.39 L=.32 volume=15
F07 financial interpolate quarter ratio percent 224 finance O2 value_tree T=.12 C=.14 L=.1 volume=60
F08 financial own quarter ratio percent 234 finance O2 value_tree T=1.2 volume=6
F09 financial per_unit year ratio times 124 finance O2 collective T=8 K=10 U=.5 volume=7
F10 financial own quarter sum wan 124 finance O13 value_tree T=5.4 B=5.8 decimals=0 each lower
F11 financial interpolate quarter ratio percent 234 finance O2 routine T=.95 C=.98 L=.88 volume=150 most=1
F12 financial ratio quarter ratio percent 223 finance O11 priority T=.18 B=.15 volume=150 most=1
F13 financial progress quarter mean yuan 134 finance O42 value_tree T=48 B=52 lower
F14 financial own quarter ratio percent 134 finance O13 value_tree T=.08 volume=150 lower
F15 financial progress quarter mean yuan 124 finance O13 value_tree T=2.6 B=3 decimals=2 lower
"""

_SERVICE = """
S01 service interpolate half mean percent 223 service O3 collective T=.8 C=.88 L=.72 most=1
S02 service interpolate month min percent 334 network O4 value_tree T=.999 C=.9996 L=.9975 decimals=2 most=1
S03 service ratio quarter ratio percent 224 finance O21 value_tree T=.3 C=.32 volume=15 most=1
S04 service per_unit quarter sum customers 234 marketing O12 value_tree T=24 decimals=0 K=2 U=1
S05 service ratio month ratio percent 144 marketing O12 routine T=1 volume=40
S06 service interpolate quarter ratio percent 234 accounts O22 routine T=.95 C=.99 L=.88 volume=60 most=1
S07 service interpolate month ratio percent 334 service O31 routine T=.85 C=.92 L=.78 volume=900 most=1
S08 service steps month ratio percent 324 service O31 routine T=.92 volume=1000 most=1 table=answered
S09 service ratio quarter mean marks 243 service O31 routine T=90 most=100
S10 service per_unit quarter ratio percent 234 service O32 routine T=.96 volume=80 most=1 K=5 U=.01
S11 service steps month ratio percent 334 network O43 routine T=.95 volume=60 most=1 table=repaired
S12 service progress month mean hours 234 network O43 priority T=4.5 B=6 decimals=2 lower
S13 service ratio quarter ratio percent 144 network O41 routine T=1 volume=50
S14 service interpolate quarter ratio percent 234 network O41 routine T=.99 C=.996 L=.98 volume=400 most=1 decimals=2
S15 service per_unit quarter ratio percent 234 network O43 routine T=.06 volume=100 K=10 U=.01 lower
S16 service interpolate quarter ratio percent 224 network O22 priority T=.95 C=.99 L=.88 volume=40 most=1
S17 service per_unit quarter max hours 224 network O43 preventive T=8 K=5 U=.5 lower
S18 service interpolate quarter ratio percent 324 accounts O22 value_tree T=.96 C=.985 L=.92 volume=60 most=1
E20 efficiency within month mean seconds 134 service O32 routine LO=150 HI=200 decimals=0 K=3 U=5
E21 efficiency pass_fail quarter ratio percent 144 service O32 routine T=.98 volume=60 most=1
"""

_PEOPLE = """
P01 people per_unit year ratio percent 324 hr O61 collective T=.05 K=5 U=.01 volume=2 lower
P02 people ratio year ratio wan_each 224 hr O6 value_tree T=60 volume=1
P03 people interpolate half ratio percent 234 hr O62 priority T=.95 C=1 L=.85 volume=4 most=1
P04 people ratio half ratio percent 144 hr O62 routine T=1 volume=6
P05 people grade year last grade 232 hr O61 priority T=best table=talent
B01 behaviour grade half last grade 242 accounts O22 routine T=best table=response
B02 behaviour grade half last grade 232 network O41 routine T=best table=analysis
B03 behaviour grade half last grade 232 office O81 routine T=best table=coordination
B04 behaviour grade half last grade 232 hr O62 routine T=best table=understanding
"""

_FUNCTIONAL = """
T01 key_task milestone year last date 334 strategy O71 priority T=2025-06-30 L=2025-08-31 K=1
T02 key_task milestone year last date 424 strategy O71 priority T=2025-09-30 L=2025-11-30 K=1
T03 key_task milestone year last date 124 strategy O72 priority T=2025-05-31 L=2025-07-31 K=1
T04 key_task grade year last grade 222 strategy O72 priority T=best table=work
T05 key_task milestone year last date 323 strategy O71 priority T=2025-10-31 L=2025-12-15 K=1
T06 key_task milestone year last date 133 hr O61 priority T=2025-03-31 L=2025-06-30 K=1
T07 key_task milestone year last date 134 hr O61 priority T=2025-04-30 L=2025-06-30 K=1
D01 duty grade year last grade 322 strategy O71 routine T=best table=work
D02 duty grade year last grade 122 strategy O72 routine T=best table=government
D03 duty milestone year last date 133 strategy O71 routine T=2025-11-30 L=2025-12-31 K=1
D04 duty grade year last grade 332 strategy O72 routine T=best table=work
E11 efficiency interpolate year ratio percent 224 finance O1 collective T=.08 C=.1 L=.05 volume=55 whole
E12 efficiency interpolate year ratio percent 224 finance O2 collective T=.07 C=.085 L=.05 volume=80 whole
T10 key_task milestone year last date 334 finance O51 priority T=2025-11-30 L=2025-12-20 K=2
T11 key_task within year last percent 324 finance O51 value_tree LO=-.03 HI=.03 K=10 U=.01
T12 key_task pass_fail month min percent 234 finance O51 routine T=1 most=1
T13 key_task milestone year last date 334 finance O51 priority T=2025-08-31 L=2025-10-31 K=1
D10 duty per_unit quarter sum times 234 finance O51 routine T=2 decimals=0 K=10 U=1 lower
D11 duty ratio quarter ratio percent 234 finance O52 preventive T=1 volume=12
E10 efficiency ratio quarter sum wan 134 finance O2 collective T=6 B=6.5 each lower
T20 key_task interpolate quarter ratio percent 334 hr O61 routine T=1 L=.85 volume=3 most=1
T21 key_task milestone year last date 244 hr O62 priority T=2025-08-31 L=2025-10-31 K=1
T22 key_task milestone year last date 233 hr O61 priority T=2025-05-31 L=2025-07-31 K=1
T23 key_task ratio quarter sum times 224 hr O62 priority T=3 decimals=0
T24 key_task progress quarter mean days 234 hr O61 routine T=35 B=48 lower
T25 key_task milestone year last date 234 hr O62 priority T=2025-03-31 L=2025-05-31 K=1
D20 duty per_unit quarter sum times 234 hr O6 routine T=2 decimals=0 K=5 U=1 lower
D21 duty pass_fail half min percent 144 hr O6 routine T=1 most=1
D22 duty interpolate half ratio percent 234 hr O62 routine T=.95 C=.99 L=.85 volume=80 most=1
D23 duty grade half last grade 232 hr O61 routine T=best table=work
T26 key_task ratio quarter ratio percent 334 strategy O71 routine T=1 volume=6
T27 key_task milestone year last date 334 strategy O71 priority T=2025-10-15 L=2025-12-15 K=1
D24 duty ratio month sum issues 234 strategy O72 routine T=24 decimals=0
D25 duty per_unit quarter sum times 234 strategy O71 routine T=1 decimals=0 K=10 U=1 lower
T30 key_task interpolate quarter ratio percent 334 office O81 routine T=.98 C=1 L=.9 volume=20 most=1
T31 key_task milestone year last date 334 office O81 priority T=2025-09-30 L=2025-11-30 K=1
D30 duty per_unit quarter ratio percent 234 office O81 routine T=.02 volume=100 K=10 U=.01 lower
D31 duty ratio quarter ratio percent 234 office O81 preventive T=.98 volume=50 most=1
D32 duty grade half last grade 232 office O81 routine T=best table=government
E30 efficiency interpolate quarter mean marks 133 office O81 routine T=90 C=96 L=80 most=100
"""

# No weight: they take from the total or add to it, limit it, or are only watched (*).
_WEIGHTLESS = """
X01 quality deduct month sum times - network O4 preventive K=5 LIMIT=15 decimals=0
X02 quality deduct month sum times - service O3 preventive K=2 LIMIT=10 decimals=0
X03 quality deduct month sum times - network O41 preventive K=3 LIMIT=12 decimals=0
X04 quality deduct month sum times - strategy O72 preventive K=5 LIMIT=20 decimals=0
X05 quality deduct quarter sum times - finance O2 preventive K=1 LIMIT=5 decimals=0
X06 quality deduct month sum times - office O81 preventive K=1 LIMIT=5 decimals=0
Y01 service bonus quarter sum times - hr O6 priority K=2 LIMIT=6 decimals=0
Y02 process bonus quarter sum times - hr O62 priority K=1 LIMIT=3 decimals=0
V01 quality veto year sum times - network O4 preventive LIMIT=59 decimals=0 veto=limit_total
V02 quality veto year sum times - finance O52 preventive decimals=0 veto=zero
V03 quality veto year sum times - service O3 preventive decimals=0 veto=limit_grade veto_grade=D
M01 service monitor quarter last percent 213 marketing O11 value_tree T=.3 C=.32 most=1 verdict=monitor
M02 service monitor quarter mean percent 214 network O11 value_tree T=.06 verdict=monitor
M03 service monitor quarter mean yuan 324 accounts O21 value_tree T=5200 decimals=0 verdict=monitor
M04 service monitor quarter ratio percent 323 marketing O12 value_tree T=.04 volume=400 lower verdict=monitor
M05 process monitor quarter mean percent 213 network O41 value_tree T=.72 most=1 verdict=monitor
"""

# Listed and dropped in the screening; nobody's contract holds them.
_DROPPED = """
Z01 financial ratio year last percent 213 finance O2 value_tree lower verdict=drop
Z02 process ratio quarter ratio percent 121 network O4 routine verdict=drop
Z03 service ratio month ratio percent 223 service O3 routine lower verdict=drop
Z04 service ratio month sum times 122 marketing O12 routine decimals=0 verdict=drop
Z05 process ratio year ratio percent 113 marketing O12 routine verdict=drop
"""


# The rule book's letters for figures.
_SYMBOLS = {
    "T": "target",
    "C": "challenge",
    "L": "threshold",
    "B": "base",
    "LO": "low",
    "HI": "high",
    "K": "k",
    "U": "step",
    "LIMIT": "limit",
}
_TEXTS = ("table", "veto", "veto_grade", "verdict")


def _option(word: str) -> tuple[str, Any]:
    name, is_value, text = word.partition("=")
    name = _SYMBOLS.get(name, name)
    if not is_value:
        return name, True
    if name in _TEXTS or text == "best":
        return name, text
    if name == "decimals":
        return name, int(text)
    return name, date.fromisoformat(text) if text.count("-") == 2 else float(text)


def _kpi(line: str) -> Kpi:
    words = line.split()
    columns = len(Kpi._fields) - len(Kpi._field_defaults)
    values: dict[str, Any] = dict(zip(Kpi._fields, words[:columns], strict=False))
    values.update(map(_option, words[columns:]))
    return Kpi(**values)


KPIS: dict[str, Kpi] = {
    kpi.id: kpi
    for table in (_FINANCIAL, _SERVICE, _PEOPLE, _FUNCTIONAL, _WEIGHTLESS, _DROPPED)
    for kpi in map(_kpi, table.strip().splitlines())
}
