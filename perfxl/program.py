"""One performance program: load, check, score. The table of contents of what perfxl does with a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from perfxl.core import checks
from perfxl.core.cascade.collective import Collective, collective_kpis, share_actuals, without_waiting
from perfxl.core.cascade.roll_up import is_rolled_up, keys_rolled_up, roll_up
from perfxl.core.own_methods import check_own_methods
from perfxl.core.policy import Policy
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Address, Problem, problem, said_once
from perfxl.core.records import Tables, join_parts
from perfxl.core.values.text import fold_name

if TYPE_CHECKING:
    from perfxl.core.cascade import Cascade
    from perfxl.core.cascade.generate import Generated
    from perfxl.core.cascade.review import Review
    from perfxl.core.cascade.tree import CascadeTree, Reported
    from perfxl.core.scoring.program import Joined, Scores
    from perfxl.core.value_tree import ValueTrees
    from perfxl.core.weights.program import Weighing
    from perfxl.judgement import Judgement
    from perfxl.table_store import TableStore
    from perfxl.tables.sheets import ReadInfo
    from perfxl.workbook.cascade_book import CascadeSheets

STORED_FROM = 2 * 2**20
"""Bytes: of a file from this size on, papers are made from rows on disk."""
SHARED_FROM = 5000
"""Contract lines: from so many on, it is worth another process that they are checked while they are scored."""
SHARED_UP_TO = 300_000
"""Contract lines: of more, two processes would take more memory together than the time saved is worth."""
STREAMED_FROM = 16 * 2**20
"""Bytes: a file from this size on is read block by block, which takes half the memory and twice the time."""


@dataclass
class Program:
    """A program's tables and policy, and all that was found while they were read.

    tables    canonical table name -> Records; a table that the workbook does not hold is absent. In memory a dict, of a
              large file a TableStore, which reads rows from disk as they are asked for
    policy    what the sheets of settings say, with the defaults for the rest
    lang      zh or en, as the workbook's headers are
    info      what each sheet and header was taken for; None for a program that was not read from a file
    problems  what is wrong with the file, its cells and its settings; `check` adds what is wrong between the tables
    person    the only one of whom all rows were read (an ID or a name); None where everything was
    """

    tables: Tables
    policy: Policy = field(default_factory=Policy)
    lang: str = "zh"
    path: Path | None = None
    info: ReadInfo | None = None
    problems: list[Problem] = field(default_factory=list)
    person: str | None = None

    def __setattr__(self, name: str, value: object) -> None:
        """Another policy, or other tables, and nothing stands that was worked out before."""
        object.__setattr__(self, name, value)
        if name in ("tables", "policy"):
            for known in ("judgement", "cascade_tree", "_scores", "_of_scoring", "_reported", "_checked"):
                self.__dict__.pop(known, None)

    @property
    def book(self) -> Tables:
        """The tables, under their former name."""
        return self.tables

    @property
    def usable(self) -> bool:
        """Whether anything was read at all."""
        return len(self.tables) > 0

    def check(self) -> list[Problem]:
        """What is wrong between the tables; single cells were judged while loading (`problems`)."""
        return self._checked

    def score(self) -> tuple[Scores, list[Problem]]:
        """Points, totals, grades, how every total stands (`verdicts`), and what only scoring finds.

        Source: scoring.md sections 1, 2 and 7.
        """
        return self._scores

    @cached_property
    def judgement(self) -> Judgement:
        """Everything that is wrong, and which contracts it touches; of rows on disk slice by slice."""
        from perfxl.judgement import judge, judge_scored
        from perfxl.table_store import TableStore

        if isinstance(self.tables, TableStore):
            return judge(self.tables, self.policy, self.problems)
        return judge_scored(self.tables, [*self.problems, *self.check()], *self.score())

    def all_problems(self, *more: Iterable[Problem]) -> list[Problem]:
        """Everything that is wrong, nothing twice: of reading, of checking, of scoring, and what else was found."""
        of_scoring = self._of_scoring  # first: of a large program, checks go along with it
        everything = chain(self.problems, self.check(), of_scoring, *more)
        return said_once(everything if self.person is None else self.problems_about(self.person, everything))

    def problems_about(self, asked: str, problems: Iterable[Problem] | None = None) -> list[Problem]:
        """Of all problems, or those given, the ones that touch a person's contracts or the file as a whole."""
        from perfxl.core.official import about

        rows = self.score()[0].segments.get(self.find_person(asked) or "", ())
        return about(self.tables, self.all_problems() if problems is None else problems, rows)

    def weigh(self) -> tuple[Weighing, list[Problem]]:
        """Derived, agreed and repaired weights of every contract. Source: scoring.md section 3."""
        from perfxl.core.weights.program import weigh

        weighing, problems = weigh(self.tables, self.policy)
        return weighing, self._fitted(problems)

    def cascade(self) -> tuple[Cascade, list[Problem]]:
        """Which company KPIs are carried by whom."""
        from perfxl.core.cascade import cascade

        return cascade(self.tables)

    @cached_property
    def cascade_tree(self) -> CascadeTree:
        """Objectives, who holds which KPI and the links between them; actuals and lights once something is reported."""
        from perfxl.core.cascade.tree import build_tree

        return build_tree(self.tables, self._reported)

    def cascade_sheets(self) -> tuple[CascadeSheets, list[Problem]]:
        """The whole cascade: its tree, what follows from the links, coverage, and the comparison of units, with what is
        unclear in the comparison. Source: domain.md section 3, scoring.md section 4."""
        from perfxl.core.cascade.coverage import cards_of, cover
        from perfxl.core.cascade.targets import expected_targets
        from perfxl.core.weights.program import compare_units
        from perfxl.workbook.cascade_book import CascadeSheets

        coverage, _ = cover(self.cascade_tree, cards_of(self.tables))  # its problems are among those of `check`
        comparison, problems = compare_units(self.tables, self.policy)
        expected = expected_targets(self.tables)
        return CascadeSheets(self.cascade_tree, expected, coverage, comparison), problems

    def generate(self, year: int) -> tuple[Generated, list[Problem]]:
        """What the KPIs of posts add: contracts, lines, links, rows of actuals, and where the program differs.

        year  of contracts where the policy sets no period
        """
        from perfxl.core.cascade.generate import generate

        return generate(self.tables, self.policy, year)

    def review(self) -> Review:
        """Each target against SMART, and the KPI library screened. Source: domain.md section 3."""
        from perfxl.core.cascade.review import review

        return review(self.tables, self.policy)

    def value_trees(self) -> ValueTrees:
        """The value trees worked out; what is wrong with their sheet, `check` says. Source: scoring.md section 4."""
        from perfxl.core.value_tree import value_trees

        return value_trees(self.tables, self.policy)[0]

    def find_person(self, asked: str) -> str | None:
        """The employee ID asked for, by ID or by a name that only one person has."""
        called = self.people_called(asked)
        return called[0] if len(called) == 1 else None

    def people_called(self, asked: str) -> list[str]:
        """The IDs of all who go by this ID or name, however it is spaced."""
        contracts, people = self.tables.get("contracts"), self.tables.get("people")
        if contracts and asked in set(map(str, contracts.column("holder"))):
            return [asked]
        pairs = list(zip(people.column("person"), people.column("name"), strict=True)) if people else []
        exact = [person for person, _ in pairs if person == asked]
        word = fold_name(asked)
        return exact or [
            person for person, name in pairs if word and word in (fold_name(person), fold_name(name or ""))
        ]

    def let_scores_go(self) -> None:
        """Keeps of the scores, which take as much room as the tables, what they found and what the cascade shows."""
        _ = self._of_scoring, self._reported
        self.__dict__.pop("_scores", None)

    @cached_property
    def _of_scoring(self) -> list[Problem]:
        return self.score()[1]

    @cached_property
    def _reported(self) -> Reported | None:
        """Of each line; None where nothing is reported."""
        from perfxl.core.cascade.tree import Reported

        return Reported.of(self.score()[0]) if self.tables.get("actuals") else None

    @cached_property
    def _scores(self) -> tuple[Scores, list[Problem]]:
        from perfxl.core.scoring.program import score_program

        lines = len(self.tables.get("contract_lines") or ())
        if lines < SHARED_FROM:
            scores, problems = score_program(self.tables, self.policy, problems=[*self.problems, *self.check()])
            return scores, self._fitted(problems)
        from perfxl.workbook.reading.read import no_collection

        with no_collection():
            joined = self._join_beside_checks() if lines <= SHARED_UP_TO else None
            problems = [*self.problems, *self.check()]
            scores, problems = score_program(self.tables, self.policy, problems=problems, joined=joined)
        return scores, self._fitted(problems)

    def _join_beside_checks(self) -> Joined | None:
        """What scoring begins with, while another process checks; then both of them check."""
        if "_checked" in self.__dict__:
            return None
        from perfxl.core.scoring.program import join_program
        from perfxl.processes import share_out

        joined = []

        def join() -> None:
            joined.append(join_program(self.tables, self.policy, self.problems))

        found = checks.run_checks(self.tables, self.policy, lambda count, run: share_out(count, run, before=join))
        self.__dict__["_checked"] = self._fitted(found)
        return joined[0]

    @cached_property
    def _checked(self) -> list[Problem]:
        return self._fitted(checks.run_checks(self.tables, self.policy))

    def _fitted(self, problems: list[Problem]) -> list[Problem]:
        """The problems with remedies that fit: those of a table alone name none of a program's sheets."""
        alone = "contract_sheet" in self.tables and not self.tables.get("policy")
        return [replace(each, lone=True) for each in problems] if alone else problems


def load(path: str | Path, lang: str | None = None) -> tuple[Program, list[Problem]]:
    """Reads a program, or a lone weight table or contract, from .xlsx, .xlsm, .xls, .et, .ods or .csv.

    Values only; macros are never run. `lang` overrides the language that the headers are in.

    Returns: the program and its `problems`. Never raises for a bad file: the problems say what is wrong, and a program
    that cannot be used has no tables.
    """
    from perfxl.tables.contract_sheet import split_contract_sheets
    from perfxl.workbook.reading.guarded import read_guarded

    sheets, info, problems = read_guarded(path, lang, large=_is_large(path, STREAMED_FROM))
    tables, expanding = split_contract_sheets(sheets, problems)
    program, _ = from_tables(tables, info.lang)
    program.path, program.info = Path(path), info
    program.problems[:0] = [*problems, *expanding]
    program.problems = program._fitted(program.problems)
    return program, program.problems


def load_person(path: str | Path, asked: str, lang: str | None = None) -> Program:
    """As `load`, for one person's result. Of a file from STORED_FROM bytes on the rows that it does not rest on are not
    kept, and `all_problems` are those that touch the person or the file as a whole.

    asked  an employee ID, or a name
    """
    from perfxl.workbook.reading.guarded import is_odd
    from perfxl.workbook.reading.person import read_person

    part = read_person(path, asked, lang) if _is_large(path, STORED_FROM) and not is_odd(path) else None
    if part is None:
        return load(path, lang)[0]
    tables, info, problems = part
    if is_rolled_up(tables):
        return load(path, lang)[0]  # a superior's result rests on the rows of others
    program, _ = from_tables(tables, info.lang)
    program.path, program.info, program.person = Path(path), info, asked
    program.problems[:0] = problems
    return program


def load_for_papers(path: str | Path, lang: str | None = None) -> tuple[Program, list[Problem]]:
    """As `load`. Of a file from STORED_FROM bytes on the rows stay on disk, so that memory does not grow with the
    number of people."""
    from perfxl.workbook.reading.guarded import is_odd

    path = Path(path)
    if not _is_large(path, STORED_FROM) or is_odd(path):
        return load(path, lang)
    from perfxl.core.schema import all_tables
    from perfxl.table_store import DiskFull, TableStore, find_temporary_folder
    from perfxl.workbook.reading.read import stream_book

    store = TableStore()
    try:
        info, problems = stream_book(path, all_tables().keys() - {"contract_sheet"}, store.add, lang)
        store.finish()
    except DiskFull as full:
        problems = [problem("temporary_folder_full", Address(path.name), folder=find_temporary_folder(), reason=full)]
        return Program({}, lang=lang or "zh", path=path, problems=problems), problems
    if "contract_sheet" in info.tables:
        return load(path, lang)  # contract sheets must be seen together
    if not info.tables:  # what was read before the file turned out to be damaged is no program
        return Program({}, lang=info.lang, path=path, info=info, problems=problems), problems
    policy, more = _read_policy(store.in_memory)
    more += _roll_up_on_disk(store, info.lang)
    more += _share_on_disk(store, info.lang)
    program = Program(store, policy, info.lang, path, info, [*problems, *more])
    return program, program.problems


def _roll_up_on_disk(store: TableStore, lang: str) -> list[Problem]:
    """Puts the superiors' computed actuals beside the typed ones."""
    keys = keys_rolled_up(store.in_memory)
    if not keys:
        return []
    actuals = store.pick_rows("actuals", ("kpi", "holder"), keys.__contains__)
    rolled, problems = roll_up({**store.in_memory, "actuals": actuals}, lang)
    store.add(rolled)
    return problems


def _share_on_disk(store: TableStore, lang: str) -> list[Problem]:
    """Puts the actuals of collective KPIs beside the typed ones, for those who have not reported them; what differs
    among their carriers only a look at all of them shows."""
    kpis = collective_kpis(store.in_memory)
    if not kpis:
        return []
    rows = {
        table: store.pick_rows(table, ("kpi",), lambda key: key[0] in kpis) for table in ("contract_lines", "actuals")
    }
    collective = Collective({**store.in_memory, "people": store["people"], **rows})
    shared = collective.shared(lang)
    if len(shared):
        store.add(shared)
    return list(collective.problems())


def _is_large(path: str | Path, size: int) -> bool:
    """Whether there is a file of this size or more."""
    path = Path(path)
    return path.is_file() and path.stat().st_size >= size


def from_tables(tables: Tables, lang: str = "zh") -> tuple[Program, list[Problem]]:
    """A program from tables that are already there, and its problems."""
    policy, problems = _read_policy(tables)
    rolled, of_rolling = roll_up(tables, lang)
    if len(rolled):
        typed = tables.get("actuals")
        tables = {**tables, "actuals": join_parts([without_waiting(typed, rolled), rolled]) if typed else rolled}
    shared = share_actuals(tables, lang)
    if len(shared):
        tables = {**tables, "actuals": join_parts([without_waiting(tables["actuals"], shared), shared])}
    program = Program(tables, policy, lang, problems=[*problems, *of_rolling])
    return program, program.problems


def _read_policy(tables: Tables) -> tuple[Policy, list[Problem]]:
    policy, problems = read_policy(tables)
    policy, of_methods = check_own_methods(tables, policy)
    return policy, [*problems, *of_methods]
