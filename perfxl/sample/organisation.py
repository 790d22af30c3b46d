"""The sample's units and people: headquarters, and city and county branches as the company grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random

from perfxl.core.language import Text
from perfxl.sample import material
from perfxl.sample.figures import apportion

TEAM = 9  # people a leader leads
HEADQUARTERS = 200  # people at headquarters once there are branches
BRANCH = 300  # people a branch has about
BRANCHES = 20  # a city's counties, the company's cities


@dataclass(slots=True, eq=False)
class Unit:
    """A department, team or branch."""

    id: str
    name: str
    parent: str | None
    level: float  # how well its people do beside the others, points
    head: str = ""


@dataclass(slots=True, eq=False)
class Person:
    """`level` is the points that a line of this person earns on average; `turn` counts those of the same post."""

    id: str
    name: str
    email: str
    unit: Unit
    post: str  # a key of material.POSTS
    superior: Person | None
    leads: bool
    turn: int
    level: float
    deputy: bool = False  # shares the superior's contract
    span: int = 1  # people below, with oneself
    reports: list[Person] = field(default_factory=list)
    shared: dict[str, tuple[float, list[float]]] = field(default_factory=dict)  # KPI -> target, monthly actuals given
    roles: dict[str, str] = field(default_factory=dict)  # KPI -> main or secondary among the departments
    gone: list[tuple[float, str]] = field(default_factory=list)  # points aimed at, KPI: what interviews talk about


@dataclass(slots=True)
class Organisation:
    """Superiors stand before their reports."""

    units: list[Unit]
    people: list[Person]

    @property
    def top(self) -> Person:
        """The general manager; only the chair, who signs but holds no contract, stands above."""
        return self.people[1]

    def of(self, post: str) -> list[Person]:
        return [person for person in self.people if person.post == post]


def build(people: int, rng: Random, lang: str) -> Organisation:
    """An organisation of exactly so many people."""
    builder = _Builder(rng, lang)
    builder.company(people)
    for person in reversed(builder.people):
        if person.superior:
            person.superior.span += person.span
    return Organisation(builder.units, builder.people)


class _Builder:
    def __init__(self, rng: Random, lang: str) -> None:
        self.rng, self.lang = rng, lang
        self.units: list[Unit] = []
        self.people: list[Person] = []
        self.turns: Counter[str] = Counter()

    def company(self, people: int) -> None:
        company = self.unit("C00", material.text("company"), None)
        top = self.head(company, "gm", self.person(company, "chair", None))
        central = people if people <= HEADQUARTERS * 1.3 else HEADQUARTERS
        self.departments(material.HEADQUARTERS, company, top, central - 2, None)
        if central < people:
            cities = min(BRANCHES, ceil((people - central) / BRANCH))
            for i, size in enumerate(self.uneven(people - central, cities)):
                city = material.CITIES[i]
                self.branch(f"B{i + 1:02d}", _fill(material.text("branch"), place=city), company, top, size, city)

    def branch(self, id: str, name: Text, parent: Unit, superior: Person, size: int, city: Text | None) -> None:
        """A branch; a city's one that is too large for a single branch divides into counties."""
        unit = self.unit(id, name, parent)
        head = self.head(unit, "branch_gm", superior)
        if city is None or size <= 2 * BRANCH:
            self.departments(material.BRANCH, unit, head, size - 1, unit)
            return
        office = 6
        self.department(material.BRANCH[-1], unit, head, office, unit)
        counties = min(BRANCHES, ceil((size - 1 - office) / BRANCH))
        for i, part in enumerate(self.uneven(size - 1 - office, counties)):
            county = _fill(material.text("county"), city=city, place=material.COUNTIES[i])
            self.branch(f"{id}C{i + 1:02d}", county, unit, head, part, None)

    def departments(
        self, kinds: Sequence[material.Department], parent: Unit, superior: Person, size: int, branch: Unit | None
    ) -> None:
        staff = apportion(size - len(kinds), [kind.share for kind in kinds])
        for kind, people in zip(kinds, staff, strict=True):
            self.department(kind, parent, superior, 1 + people, branch)

    def department(
        self, kind: material.Department, parent: Unit, superior: Person, size: int, branch: Unit | None
    ) -> None:
        id = f"{branch.id}D{kind.code}" if branch else kind.code
        unit = self.unit(id, kind.name, parent, branch)
        head = self.head(unit, kind.head, superior)
        staff = size - 1
        if kind.head == "account_head" and staff > TEAM:
            self.person(unit, kind.head, head).deputy = True
            staff -= 1
        if not kind.teams or staff <= TEAM:
            self.staff(kind, unit, head, staff)
            return
        for i, people in enumerate(apportion(staff, [1] * ceil(staff / TEAM))):
            again, which = divmod(i, len(kind.teams))
            number = str(i + 1) if len(kind.teams) == 1 else str(again + 1) if again else ""
            zh, en = kind.teams[which]
            team = self.unit(f"{id}T{i + 1:02d}", Text(zh + number, f"{en} {number}".strip()), unit, branch)
            self.staff(kind, team, self.head(team, kind.lead, head), people - 1)

    def staff(self, kind: material.Department, unit: Unit, superior: Person, people: int) -> None:
        for i in range(people):
            self.person(unit, kind.staff[i % len(kind.staff)], superior)

    def unit(self, id: str, name: Text, parent: Unit | None, branch: Unit | None = None) -> Unit:
        """A branch's departments carry the branch's name in theirs, so that names tell units apart."""
        if branch:
            name = Text(branch.name + name.zh, f"{branch.name}, {name.en}")
        unit = Unit(id, name(self.lang), parent.id if parent else None, self.rng.gauss(0, 2.5))
        self.units.append(unit)
        return unit

    def head(self, unit: Unit, post: str, superior: Person | None) -> Person:
        person = self.person(unit, post, superior, leads=True)
        unit.head = person.id
        return person

    def person(self, unit: Unit, post: str, superior: Person | None, leads: bool = False) -> Person:
        serial = 100001 + len(self.people)
        name, spelling = self.name()
        low = self.rng.random() < 0.05 and not leads
        level = self.rng.gauss(68 if low else 91.5, 5) + unit.level
        turn = self.turns[post]
        self.turns[post] += 1
        person = Person(f"E{serial}", name, f"{spelling}{serial}@example.com", unit, post, superior, leads, turn, level)
        self.people.append(person)
        if superior:
            superior.reports.append(person)
        return person

    def name(self) -> tuple[str, str]:
        """A full name in the sample's language, and its spelling for an e-mail address."""
        rng = self.rng
        surname = material.SURNAMES[int(len(material.SURNAMES) * rng.random() ** 1.6)]
        given = [rng.choice(material.LAST_CHARACTERS)]
        if rng.random() < 0.8:
            given.insert(0, rng.choice(material.FIRST_CHARACTERS))
        zh = "".join(part.zh for part in (surname, *given))
        en = "".join(part.en for part in given)
        return Text(zh, f"{en.capitalize()} {surname.en}")(self.lang), f"{en}.{surname.en}".lower().replace("ü", "v")

    def uneven(self, total: int, parts: int) -> list[int]:
        return apportion(total, [self.rng.uniform(0.8, 1.2) for _ in range(parts)])


def _fill(name: Text, **places: Text) -> Text:
    """A pair of templates filled with pairs."""
    zh = name.zh.format(**{key: value.zh for key, value in places.items()})
    return Text(zh, name.en.format(**{key: value.en for key, value in places.items()}))
