"""One seed is one mutated workbook; `judge` says what must never happen and did."""

from __future__ import annotations

import re
import tempfile
import traceback
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from perfxl import program as programs
from perfxl import unforeseen
from perfxl.cli import main
from perfxl.core import explain as explaining
from perfxl.core.official import Standing
from perfxl.core.problems import Problem, Severity
from perfxl.core.records import Tables
from perfxl.core.rulebook import METHODS
from perfxl.documents.batch import make_documents
from perfxl.program import Program, load, load_for_papers, load_person
from tests.fuzz.agreed import agreed_book
from tests.fuzz.books import MARK, Book, Raw, lone_book, parts, program_book, zipped
from tests.fuzz.foreign import LAYOUTS, foreign_book
from tests.fuzz.mutations import BOOK_MUTATIONS, XML_MUTATIONS, ZIP_MUTATIONS

_ID = re.compile(rf"{MARK}\d{{6}}")
# Tables whose rows are somebody's, and the column that leads there.
_OWNERS = {
    "people": ("person",),
    "contracts": ("holder", "second_holder"),
    "contract_lines": ("contract",),
    "phasing": ("contract",),
    "actuals": ("holder",),
    "events": ("holder",),
    "kpis": ("kpi",),
    "amendments": ("contract",),
    "negotiations": ("contract",),
    "marks": ("contract", "ratee"),
    "calibrations": ("holder",),
    "appeals": ("holder",),
}
_WHOSE_AT = {"marks": 1, "appeals": 1}  # the cell of a row that says whose it is, where that is not the first
AGREED = 4  # programs of agreed.py
PROGRAMS, LONE = 4, 2  # kinds of base: programs, contract tables, and then those of foreign.py
FOR_EVERYBODY = ("policy", "grade_bands", "methods", "method_cases")


@dataclass
class Case:
    """A mutated workbook: its bytes, what was done to it, the cells before XML and archive were touched, and the base
    whose totals it must give where only its XML or archive was touched."""

    content: bytes
    done: list[str]
    book: Book
    same_as: int | None


@cache
def _base(kind: int) -> Book:
    lang = ("zh", "en")[kind % 2]
    if kind >= PROGRAMS + LONE:
        return foreign_book(kind - PROGRAMS - LONE)
    return lone_book(kind, lang) if kind >= PROGRAMS else program_book(12 + kind, kind, lang)


def make(seed: int) -> Case:
    """The mutated workbook of a seed."""
    rng = Random(seed)
    kind = rng.randrange(PROGRAMS + LONE + len(LAYOUTS))
    book = _base(kind).copy()
    level = rng.choice(["book", "book", "book", "xml", "xml", "zip"])
    done = [f"{book.lang} {book.sheets[0].table}"]
    changes = rng.choice([1, 1, 2, 5]) if level == "book" else rng.choice([0, 0, 1])
    for _ in range(changes):
        done.append(rng.choice(BOOK_MUTATIONS)(rng, book))
    made = parts(book, shared=rng.random() < 0.5)
    if level == "xml":
        for _ in range(rng.choice([1, 1, 2])):
            done.append(rng.choice(XML_MUTATIONS)(rng, made))
    content = zipped(made, rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]))
    if level == "zip":
        mutate = rng.choice(ZIP_MUTATIONS)
        content = mutate(rng, content)
        done.append(mutate.__name__)
    return Case(content, done, book, None if changes else kind)


@cache
def _agreed_base(kind: int) -> Book:
    return agreed_book(kind, ("zh", "en")[kind % 2])


def make_agreed(seed: int) -> Case:
    """The workbook of a seed whose agreements, decisions, marks, links or value tree were typed over."""
    rng = Random(seed)
    book = _agreed_base(rng.randrange(AGREED)).copy()
    done = [f"{book.lang} agreed"]
    for _ in range(rng.choice([1, 1, 2, 5])):
        done.append(rng.choice(BOOK_MUTATIONS)(rng, book))
    return Case(zipped(parts(book, shared=rng.random() < 0.5)), done, book, None)


def judge(seed: int, folder: Path, make: Callable[[int], Case] = make) -> list[str]:
    """What must never happen, and did; nothing where all is well."""
    case = make(seed)
    path = folder / f"{seed}.xlsx"
    path.write_bytes(case.content)
    try:
        faults = list(_faults(seed, case, path))
    except Exception:  # noqa: BLE001 - whatever is raised is what is looked for
        faults = [traceback.format_exc(limit=-6)]
    path.unlink()
    return [f"seed {seed}, {'; '.join(case.done)}: {fault}" for fault in faults]


def _faults(seed: int, case: Case, path: Path) -> Iterator[str]:
    program, problems = load(path)
    if not program.usable:
        if not any(problem.severity is Severity.ERROR for problem in problems):
            yield "nothing was read, and no error says so"
        return
    found = [*problems, *program.check()]
    yield from wrong_words([*found, *program.score()[1]], case.book)
    yield from lost_rows(program, found, case.book)
    yield from official_on_errors(program, found, case.book)
    if case.same_as is not None:
        yield from changed_in_silence(program, found, case.same_as)
    if case.book.focus and seed % 2:
        yield from told_otherwise(path, program)
    scores, _ = program.score()
    for person in scores.people[:3]:
        lines = explaining.as_text_lines(explaining.explain(program.tables, scores, person), program.lang)
        if not lines:
            yield f"{person} is not explained"
    if seed % 4 == 0:
        make_documents("notice", program.tables, program.policy, path.parent / "notices", lang=program.lang, jobs=1)
    if seed % 8 == 1:
        yield from _by_command(path, scores.people[:1])


def told_otherwise(path: Path, whole: Program) -> Iterator[str]:
    """Where what is read from rows on disk, or for one person, differs from the whole."""
    official, people = official_totals(whole), [str(person) for person in whole.score()[0].people]
    stored_from, programs.STORED_FROM = programs.STORED_FROM, 0
    try:
        stored, _ = load_for_papers(path)
        parts = {person: load_person(path, person) for person in people[::5]}
    finally:
        programs.STORED_FROM = stored_from
    said, same = ({(p.name, p.address.place) for p in each.judgement.problems} for each in (stored, whole))
    if said != same:
        yield f"of rows on disk other problems are told: {sorted(said ^ same)[:5]}"
    touched_on_disk, touched_whole = (set(each.judgement.results) for each in (stored, whole))
    if touched_on_disk != touched_whole:
        yield f"of rows on disk others are touched: {touched_on_disk ^ touched_whole}"
    for person, part in parts.items():
        scores, _ = part.score()
        if person not in scores.people:
            yield f"{person} is not in the part of the file"
        elif official_totals(part).get(person) != official.get(person):
            yield f"{person} alone has {official_totals(part).get(person)}, in the whole {official.get(person)}"
        elif part.person is not None and part.all_problems() != whole.problems_about(person):
            differ = {(p.name, p.address.place) for p in part.all_problems()} ^ {
                (p.name, p.address.place) for p in whole.problems_about(person)
            }
            yield f"{person} alone is told other problems: {sorted(differ)[:5]}"


def _by_command(path: Path, people: Iterable[Any]) -> Iterator[str]:
    out = path.parent / "commands"
    out.mkdir(exist_ok=True)
    for command in (
        ["check", str(path), "-o", str(out / f"check-{path.name}")],
        ["score", str(path), "-o", str(out / f"score-{path.name}")],
        ["weights", str(path), "-o", str(out / f"weights-{path.name}")],
        ["cascade", str(path), "-o", str(out / f"cascade-{path.name}")],
        ["score", str(path), "-o", str(out / f"json-{path.name}"), "--json"],
        *(["explain", str(path), str(person), *json] for person in people for json in ([], ["--json"])),
        ["documents", "contract", str(path), "-o", str(out / f"contracts-{path.stem}"), "--draft"],
    ):
        printed = StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            code = main(command)
        if code not in (0, 1, 2) or "Traceback" in printed.getvalue():
            reports = [report.read_text(encoding="utf-8") for report in unforeseen.REPORTS]
            unforeseen.REPORTS.clear()
            yield f"{command[0]} gave {code}: {printed.getvalue()[-500:]} {reports}"


@cache
def _base_result(kind: int) -> tuple[dict[str, float], frozenset[str]]:
    """What the untouched workbook gives: official totals, and the codes of its problems."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "base.xlsx"
        path.write_bytes(zipped(parts(_base(kind))))
        program, problems = load(path)
        codes = frozenset(problem.code for problem in [*problems, *program.check()])
        return official_totals(program), codes


def official_totals(program: Program) -> dict[str, float]:
    """Person -> total, of the people with an official one."""
    scores, _ = program.score()
    return {
        str(person): float(total)
        for person, verdict, total in zip(scores.people, scores.verdicts.people, scores.totals.total, strict=True)
        if verdict.standing is Standing.OFFICIAL
    }


def changed_in_silence(program: Program, problems: Iterable[Problem], kind: int) -> Iterator[str]:
    """Official totals that differ although no cell was typed over and no problem says a thing."""
    totals, codes = _base_result(kind)
    if {problem.code for problem in problems} <= codes:
        for person, total in official_totals(program).items():
            if totals.get(person) != total:
                yield f"the total of {person} is {total}, not {totals.get(person)}, without a word"


_ENGLISH = re.compile(rf"(?<![A-Za-z_])(?:{'|'.join(method.name for method in METHODS)})(?![A-Za-z_])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def wrong_words(problems: Iterable[Problem], book: Book) -> Iterator[str]:
    """Messages with holes, Chinese ones with English names of methods, English ones with Chinese that no cell holds."""
    cells = "\n".join(
        [sheet.title for sheet in book.sheets]
        + [
            cell.xml if isinstance(cell, Raw) else str(cell)
            for sheet in book.sheets
            for row in sheet.rows
            for cell in row
        ]
    )
    seen = set()
    for problem in problems:
        zh, en = (f"{problem.message(lang)} {problem.hint(lang)}" for lang in ("zh", "en"))
        if re.search(r"\{\w*\}", re.sub(r"\{\{x\}\}|\{0\}", "", zh + en)):
            yield f"{problem.code} has a hole: {zh} {en}"
        if "“”" in zh + en:
            yield f"{problem.code} quotes nothing: {zh} {en}"
        if problem.name in seen:
            continue
        if book.lang == "zh" and any(word not in cells for word in _ENGLISH.findall(zh)):
            seen.add(problem.name)
            yield f"{problem.code} names a method in English: {zh}"
        if book.lang == "en" and any(word not in cells for word in _CHINESE.findall(problem.message("en"))):
            seen.add(problem.name)
            yield f"{problem.code} is Chinese in English: {en}"


def lost_rows(program: Program, problems: Iterable[Problem], book: Book) -> Iterator[str]:
    """Planted rows that are neither in the tables nor named by a problem: their cells, their sheet, the whole file."""
    problems, kept = list(problems), _planted_in(program.tables)
    rows: dict[str, set[int]] = defaultdict(set)
    for problem in problems:
        rows[problem.address.sheet].add(_row_of(problem))
        if problem.name in _OF_A_SHEET:
            rows[problem.address.sheet].add(0)
    if 0 in rows.get("", ()):
        return
    lost = defaultdict(list)
    headers = {each.sheet: each.header_row for each in program.info.sheets} if program.info else {}
    for planted, (sheet, row) in book.planted().items():
        if planted in book.hit and row < headers.get(sheet, 0):
            continue  # it was put among the titles, and is no row any more
        if planted not in kept and not rows[sheet] & {0, row}:
            lost[sheet].append(row)
    for sheet, numbers in lost.items():
        named = sorted({problem.code for problem in problems if problem.address.sheet == sheet})
        yield f"{len(numbers)} rows of {sheet}, the first {numbers[0]}, are lost; named: {named}"


# Named at the header's cell, they say of a whole sheet or column that it is not used.
_OF_A_SHEET = frozenset(
    (
        "no_table_known",
        "sheet_lacks_headers",
        "sheet_unknown",
        "header_row_missing",
        "column_missing",
        "header_ambiguous",
        "rows_above_header",
        "table_like_another",
    )
)


def _planted_in(tables: Tables) -> set[str]:
    return {
        planted
        for records in tables.values()
        for values in (*records.columns.values(), *records.extra.values())
        for value in values
        if isinstance(value, str)
        for planted in _ID.findall(value)
    }


def _row_of(problem: Problem) -> int:
    digits = re.sub(r"\D", "", problem.address.cell)
    return int(digits) if digits else 0


def official_on_errors(program: Program, problems: Iterable[Problem], book: Book) -> Iterator[str]:
    """People with an official total although an error touches them."""
    scores, more = program.score()
    official = {
        str(person)
        for person, verdict in zip(scores.people, scores.verdicts.people, strict=True)
        if verdict.standing is Standing.OFFICIAL
    }
    errors = [problem for problem in [*problems, *more] if problem.severity is Severity.ERROR]
    for person, error in touched(program.tables, errors, book):
        if person in official:
            yield f"{person} has an official total with {error.code} at {error.address}"


def touched(tables: Tables, errors: Iterable[Problem], book: Book) -> Iterator[tuple[str, Problem]]:
    """Who is touched by which error. Found row by row, not by the look-up tables of the gate."""
    holders: dict[Any, set[str]] = defaultdict(set)
    by_kpi: dict[Any, set[str]] = defaultdict(set)
    if "contracts" in tables:
        for record in tables["contracts"].records():
            holders[record["contract"]] |= {
                str(p) for p in (record["holder"], record["second_holder"]) if p is not None
            }
    if "contract_lines" in tables:
        for record in tables["contract_lines"].records():
            by_kpi[record["kpi"]] |= holders[record["contract"]]
    everybody = set().union(*holders.values()) if holders else set()
    cards = tables["kpis"].records() if "kpis" in tables else ()
    rolled_up = {card["kpi"] for card in cards if card["roll_up"] is not None}
    rows: dict[tuple[str, int], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for name, records in tables.items():
        for i in range(len(records)):
            address = records.address(i)
            number = re.sub(r"\D", "", address.cell)
            if number:
                rows[address.sheet, int(number)].append((name, records.record(i)))
    titles = {sheet.title: sheet for sheet in book.sheets}
    for error in errors:
        sheet = titles.get(error.address.sheet)
        people: set[str] = set()
        at = rows.get((error.address.sheet, _row_of(error)), [])
        for name, record in at:
            if name in FOR_EVERYBODY:
                people |= everybody
            if name == "links" and record["kpi"] in rolled_up:
                people.add(str(record["owner"]))
            for column in _OWNERS.get(name, ()):
                value = record[column]
                people |= by_kpi[value] if column == "kpi" else holders[value] if column == "contract" else {str(value)}
        if not at and sheet is not None and sheet.table in _OWNERS and 1 < _row_of(error) <= len(sheet.rows):
            cells = sheet.rows[_row_of(error) - 1]
            of_contracts = set().union(*(holders[cell] for cell in cells if isinstance(cell, str) and cell in holders))
            whose = cells[_WHOSE_AT.get(sheet.table, 0) :][:1]
            people |= of_contracts or {cell for cell in whose if isinstance(cell, str) and cell in everybody}
        for person in people:
            yield person, error
