"""Who is to have a contract, superiors first: post, superior, the days that it runs, and the contract that is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from perfxl.core.records import Records, Tables, empty
from perfxl.core.table_access import Contract, columns_of, contracts_of, once, rows_of
from perfxl.core.values.dates import Span, span
from perfxl.core.values.text import fold_name


class Member(NamedTuple):
    """Somebody who takes part: the row in the sheet of people, and what the contract is made from. `contract` is the
    one that is there, of several in the period the last."""

    person: Any
    row: int
    post: str | None
    post_type: str | None
    superior: Any
    second_holder: Any
    span: Span
    contract: Contract | None


class Organisation:
    """The people of a program in its period.

    members  superiors before those who report to them, else in the order of the sheet; not whoever holds another's
             contract with them, nor whoever left before or comes after the period
    """

    def __init__(self, tables: Tables, period: Span) -> None:
        people = rows_of(tables, "people") or empty("people")
        self._superiors = superiors(tables)
        self._names: dict[str, set[Any]] = {}
        self._posts: set[str] = set()
        held = _contracts_by_holder(tables, period)
        second = set(people.column("second_holder")) - {None}
        members: dict[Any, Member] = {}
        columns = ("person", "name", "post", "post_type", "second_holder", "start", "end")
        for row, person, name, post, post_type, partner, start, end in columns_of(people, *columns):
            self._posts |= {fold_name(each) for each in (post, post_type) if each is not None}
            for each in (person, name):
                if each is not None:
                    self._names.setdefault(fold_name(each), set()).add(person)
            days = span(max(start or date.min, period.start), min(end or date.max, period.end))
            if person is None or days is None or person in second or person in members:
                continue
            contract, said = held.get(person, (None, (None, None)))
            of_post = said[0] or post, said[1] or post_type
            superior = self._superiors.get(person)
            members[person] = Member(person, row, *of_post, superior, partner, days, contract)
        self.members = self._in_order(members)

    def posts(self, records: Records) -> Callable[[Member], dict[Any, int]]:
        """For somebody each KPI with its row in the sheet of the KPIs of posts; of several rows for one KPI that of the
        person, else of the post, else of the post type."""
        by_post: dict[str, list[tuple[Any, int]]] = {}
        for row, post, kpi in columns_of(records, "post", "kpi"):
            if post is not None and kpi is not None:
                by_post.setdefault(fold_name(post), []).append((kpi, row))
        of_people = {word: people for word, people in self._names.items() if word in by_post and len(people) == 1}
        named: dict[Any, list[tuple[Any, int]]] = {}
        for word, people in of_people.items():
            if word not in self._posts:
                for person in people:
                    named.setdefault(person, []).extend(by_post[word])

        def rows(member: Member) -> dict[Any, int]:
            found: dict[Any, int] = {}
            ranks = (member.post_type, member.post)
            for pairs in (*(by_post.get(fold_name(post), ()) for post in ranks if post), named.get(member.person, ())):
                found.update(reversed(pairs))
            return dict(sorted(found.items(), key=lambda pair: pair[1]))

        return rows

    def is_person(self, post: Any) -> bool:
        """Whether it names one person rather than a post."""
        word = fold_name(post)
        return word not in self._posts and len(self._names.get(word, ())) == 1

    def knows(self, post: Any) -> bool:
        """Whether somebody has this post, or goes by this name."""
        return fold_name(post) in self._posts or self.is_person(post)

    def above(self, member: Member, holds: Callable[[Any], bool]) -> Any:
        """The nearest superior of whom something holds; None where there is none."""
        seen, person = {member.person}, member.superior
        while person is not None and person not in seen:
            if holds(person):
                return person
            seen.add(person)
            person = self._superiors.get(person)
        return None

    def _in_order(self, members: dict[Any, Member]) -> list[Member]:
        depths: dict[Any, int] = {}

        def depth(person: Any) -> int:
            path: list[Any] = []
            while person is not None and person not in depths and person not in path:
                path.append(person)
                person = self._superiors.get(person)
            base = depths.get(person, -1)
            for each in reversed(path):
                base += 1
                depths[each] = base
            return base

        for person in members:
            depth(person)
        return sorted(members.values(), key=lambda member: depths[member.person])


@once
def superiors(tables: Tables) -> dict[Any, Any]:
    """Person -> superior: as the sheet of people says, else the head of the unit, or for the head of the one above."""
    people = rows_of(tables, "people") or empty("people")
    units = rows_of(tables, "units") or empty("units")
    heads = {unit: (head, parent) for _, unit, head, parent in columns_of(units, "unit", "head", "parent")}
    named = {person: superior for _, person, superior in columns_of(people, "person", "superior")}
    found: dict[Any, Any] = {}
    for _, person, unit, superior in columns_of(people, "person", "unit", "superior"):
        seen: set[Any] = set()
        while superior is None and unit in heads and unit not in seen:
            seen.add(unit)
            head, unit = heads[unit]
            superior = head if head != person and named.get(head) != person else None
        found.setdefault(person, superior)
    return found


def _contracts_by_holder(tables: Tables, period: Span) -> dict[Any, tuple[Contract, tuple[str | None, str | None]]]:
    """Holder -> the last contract in the period, with the post and post type that it says."""
    contracts, records = contracts_of(tables), rows_of(tables, "contracts") or empty("contracts")
    posts, types = records.column("post"), records.column("post_type")
    held: dict[Any, tuple[Contract, tuple[str | None, str | None]]] = {}
    for contract in sorted(contracts.values(), key=lambda each: each.span.start if each.span else date.min):
        if contract.span is None or contract.span.overlaps(period):
            for holder in contract.holders:
                held[holder] = contract, (posts[contract.row], types[contract.row])
    return held
