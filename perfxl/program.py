"""One performance program: load, check, score. The table of contents of what perfxl does with a workbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from perfxl.core import checks
from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy import Policy
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Address, Problem, problem
from perfxl.core.records import Records

if TYPE_CHECKING:
    from perfxl.core.cascade import Cascade
    from perfxl.core.scoring.book import Scores
    from perfxl.core.weights.program import Weighing
    from perfxl.documents.shelf.shelf import Shelf
    from perfxl.workbook.reading.info import ReadInfo


@dataclass
class Program:
    """A program's tables and policy.

    book    canonical table name -> Records; a table that the workbook does not hold is absent
    policy  what the sheets of settings say, with the defaults for the rest
    lang    zh or en, as the workbook's headers are
    info    what each sheet and header was taken for; None for a program that was not read from a file
    """

    book: Mapping[str, Records]
    policy: Policy = field(default_factory=Policy)
    lang: str = "zh"
    path: Path | None = None
    info: ReadInfo | None = None

    @property
    def usable(self) -> bool:
        """Whether anything was read at all."""
        return bool(self.book)

    def check(self) -> list[Problem]:
        """What is wrong between the tables; single cells were judged while loading."""
        return checks.run_checks(self.book, self.policy)

    def score(self) -> tuple[Scores, list[Problem]]:
        """Points, totals, grades (scoring.md sections 1 and 2)."""
        return self._scored

    def weigh(self) -> tuple[Weighing, list[Problem]]:
        """Derived, agreed and repaired weights of every contract (scoring.md section 3)."""
        from perfxl.core.weights.program import weigh

        return weigh(self.book, self.policy)

    def cascade(self) -> tuple[Cascade, list[Problem]]:
        """Which company KPIs are carried by whom."""
        from perfxl.core.cascade import cascade

        return cascade(self.book)

    def find_person(self, asked: str) -> str | None:
        """The employee ID asked for, by ID or by a name that only one person has."""
        people = self.book.get("people")
        contracts = self.book.get("contracts")
        known = {str(p) for p in contracts.column("holder")} if contracts else set()
        if asked in known:
            return asked
        named = (
            [
                person
                for person, name in zip(people.column("person"), people.column("name"), strict=True)
                if name == asked or person == asked
            ]
            if people
            else []
        )
        return named[0] if len(named) == 1 else None

    @cached_property
    def _scored(self) -> tuple[Scores, list[Problem]]:
        from perfxl.core.scoring.book import score_book

        return score_book(self.book, self.policy)


def load(path: str | Path, lang: str | None = None) -> tuple[Program, list[Problem]]:
    """Reads a program, or a lone weight table or contract, from an .xlsx or .xlsm file (values only; macros are never
    run). `lang` overrides the language that the headers are in. Never raises for a bad file: the problems say what is
    wrong, and a program that cannot be used has an empty book."""
    from perfxl.tables.contract_sheet import expand
    from perfxl.workbook.reading.read import read_book

    book, info, problems = read_book(path, lang)
    expanded, found = expand(book)
    program, judged = from_book(expanded, info.lang)
    program.path, program.info = Path(path), info
    return program, [*problems, *found, *judged]


@dataclass
class PaperSource:
    """What papers are made from: as `Program`, but of a large file the rows are on disk."""

    book: Mapping[str, Records] | Shelf
    policy: Policy
    lang: str

    @property
    def usable(self) -> bool:
        """Whether anything was read at all."""
        return bool(self.book)


def paper_source(
    path: str | Path, lang: str | None = None, kinds: Collection[str] | None = None
) -> tuple[PaperSource, list[Problem]]:
    """A program to make papers from, of some kinds or (None) of all, as `load` gives it. Of a file from SHELVED_FROM
    bytes on the rows stay on disk while it is used, so that memory does not grow with the number of people, and tables
    that no such paper is made from are not read."""
    path = Path(path)
    found = _shelved(path, lang, kinds) if path.is_file() and path.stat().st_size >= SHELVED_FROM else None
    if found is None:
        program, problems = load(path, lang)
        return PaperSource(program.book, program.policy, program.lang), problems
    return found


SHELVED_FROM = 2 * 2**20


def _shelved(path: Path, lang: str | None, kinds: Collection[str] | None) -> tuple[PaperSource, list[Problem]] | None:
    """None for a program whose lines stand on contract sheets, which must be seen together."""
    from perfxl.documents.kinds import tables_of
    from perfxl.documents.shelf.rows import NoRoom, temporary_folder
    from perfxl.documents.shelf.shelf import Shelf
    from perfxl.workbook.reading.stream import stream_book

    shelf = Shelf()
    try:
        info, problems = stream_book(path, tables_of(kinds), shelf.add, lang)
        shelf.ready()
    except NoRoom as full:
        found = problem("temporary_folder_full", Address(path.name), folder=temporary_folder(), reason=full)
        return PaperSource({}, Policy(), lang or "zh"), [found]
    if "contract_sheet" in info.tables and not shelf.holds("contract_lines"):
        return None
    policy, more = _policy(shelf.book)
    return PaperSource(shelf, policy, info.lang), [*problems, *more]


def from_book(book: Mapping[str, Records], lang: str = "zh") -> tuple[Program, list[Problem]]:
    """A program from tables that are already there."""
    policy, problems = _policy(book)
    return Program(book, policy, lang), problems


def _policy(book: Mapping[str, Records]) -> tuple[Policy, list[Problem]]:
    policy, problems = read_policy(book)
    policy, found = check_own_methods(book, policy)
    return policy, [*problems, *found]
