"""Marked copies of the files that came back with problems, to be sent to who filled them in: each problem at its cell,
and a list in front.

A copy says nothing about anybody else's people: of problems that would, it says only that HR is to be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from perfxl.core.language import LANGUAGES, Text
from perfxl.core.problems import Address, Problem, Severity, problem
from perfxl.core.records import Tables
from perfxl.core.table_access import rows_of
from perfxl.disk import made_folder, private_folder, real
from perfxl.documents.filenames import FileNames
from perfxl.exchange.finding import MARKED, Found
from perfxl.exchange.passwords import decrypted, encrypted
from perfxl.exchange.record import Record
from perfxl.exchange.returned import Returned
from perfxl.outputs import OutputRefused, explain_error, is_unchanged, refuse_output, write_whole
from perfxl.workbook.report import write_report

__all__ = ["Marked", "mark_returned"]

_GUIDE = Text(
    "请点击“单元格”一列，逐处改正，在本文件里直接改，然后发回；有批注的单元格就是要看的地方。",
    "The column Cell leads to each place, which carries a comment. Correct it in this file and send it back.",
)
_FOR_HR = frozenset(("change_without_column", "returned_unknown", "record_missing"))
_DISAGREE = frozenset(("answers_differ", "answers_differ_latest", "answer_refused"))
_NAMED = {"people": ("person", "name", "email"), "contracts": ("contract",)}
"""Tables and their columns whose values tell one person from another."""


class Marked(NamedTuple):
    """A copy: the file as it came, the copy, how many problems it shows."""

    name: str
    path: Path
    shown: int


def mark_returned(
    folder: Path,
    found: Sequence[Found],
    returned: Sequence[Returned],
    problems: Iterable[Problem],
    tables: Tables,
    record: Record | None,
    lang: str,
    inputs: Sequence[Path] = (),
    overwrite: bool = False,
) -> tuple[list[Marked], list[Problem]]:
    """Writes a marked copy of each file that has an error or a warning.

    found     where the files lie; returned: what was read from them, in the same order
    problems  of the whole collection
    inputs    what no copy may replace, beside the files themselves

    Returns: the copies, and what kept others from being written.
    """
    wrong: dict[str, list[Problem]] = defaultdict(list)
    for each in problems:
        if each.address.file and each.name not in _FOR_HR:
            wrong[each.address.file].append(each)
    private = _Private(tables, returned, record)
    names = FileNames(len(str(real(folder))), ".xlsx")
    marked: list[Marked] = []
    more: list[Problem] = []
    closed: list[str] = []
    for file, came in zip(found, returned, strict=True):
        of_file = wrong.get(file.name, ())
        if all(each.severity is Severity.NOTICE for each in of_file):
            continue
        target = folder / names.give(PurePosixPath(file.name).stem)
        try:
            made_folder(folder)
            told = [each.at(Address("", each.address.sheet, each.address.cell)) for each in private.told(came, of_file)]
            if file.password:
                kept = _write_locked(file, told, target, lang, inputs, overwrite)
            else:
                refuse_output(target, [file.path, *inputs], (".xlsx",), overwrite)
                kept = _write_copy(file, told, target, lang)
        except OutputRefused as refused:
            more.append(refused.problem)
        except OSError as error:
            reason = explain_error(error, target)
            more.append(problem("output_not_writable", Address(target.name), value=str(target), reason=reason))
            break
        else:
            if kept:
                closed.append(file.name)
            else:
                marked.append(Marked(file.name, target, len(told)))
    if closed:
        more.append(problem("copies_not_marked", value=closed[0], count=len(closed)))
    return marked, more


def _write_copy(file: Found, told: Sequence[Problem], target: Path, lang: str) -> list[Problem]:
    """The copy, marked with the name of the file as it came: corrected, it is known what it replaces."""
    name = PurePosixPath(file.name).name
    return write_report(file.path, told, target, lang, kind=MARKED, guide=_GUIDE, again=True, name=name)


def _write_locked(
    file: Found, told: Sequence[Problem], target: Path, lang: str, inputs: Sequence[Path], overwrite: bool
) -> list[Problem]:
    """The copy of a file that came with a password has the same. What it holds is judged as without one: a copy that
    was worked on is kept, the same copy is not written again.

    Returns: problems of the copying.

    Raises: OutputRefused, OSError.
    """
    with private_folder(target.parent) as own:
        held = own / "held.xlsx"
        if target.is_file():
            with suppress(ValueError, KeyError, AttributeError):  # what is no such file is not ours
                held.write_bytes(decrypted(target, file.password) or b"")
        refuse_output(target, [file.path, *inputs], (".xlsx",), overwrite or is_unchanged(held))
        copy = own / target.name
        kept = _write_copy(file, told, copy, lang)
        if not kept and not (held.is_file() and held.read_bytes() == copy.read_bytes()):
            write_whole(target, encrypted(copy.read_bytes(), file.password), "")
    return kept


class _Private:
    """What a file's copy may not say: words of the program, and of other files, that the file does not hold itself."""

    def __init__(self, tables: Tables, returned: Sequence[Returned], record: Record | None) -> None:
        self._record = record
        self._words = {str(value) for value in _named(tables) if value}
        self._owner: dict[str, str] = {}  # name of a file that came -> the ID that it was sent with
        for came in returned:
            self._owner[came.name] = came.file
        for sent in record.files.values() if record else ():
            self._words |= {word for word in (sent.key, sent.name, sent.email, sent.path) if word}
        self._lengths = sorted({len(word) for word in self._words})

    def told(self, came: Returned, problems: Iterable[Problem]) -> Iterator[Problem]:
        """The problems as the copy has them."""
        own = self._own(came)
        for each in problems:
            if self._is_private(each, own, came):
                name = "answer_differs_elsewhere" if each.name in _DISAGREE else "answer_at_odds"
                yield problem(name, each.address, value=each.value if each.name in _DISAGREE else None)
            else:
                yield each

    def _own(self, came: Returned) -> set[str]:
        """Words that the file holds, or was sent to."""
        said = {came.name}
        sent = self._record.files.get(came.file) if self._record else None
        rows: list[Mapping[str, object]] = []
        if sent is not None:
            said |= {sent.key, sent.name, sent.email, sent.path, sent.person}
            said |= {name for name, owner in self._owner.items() if owner == came.file}
            rows += [row for each in sent.rows.values() for row in each]
        for each in came.rows.values():
            rows += map(each.locked, range(len(each.records)))
        for records in (*(each.records for each in came.rows.values()), *([came.own] if came.own else [])):
            said |= {value for column in records.columns.values() for value in column if isinstance(value, str)}
        said |= {value for row in rows for value in row.values() if isinstance(value, str)}
        return said - {""}

    def _is_private(self, about: Problem, own: Iterable[str], came: Returned) -> bool:
        text = "\n".join(f"{about.message(lang)}\n{about.hint(lang)}" for lang in LANGUAGES) + f"\n{about.value}"
        known = [(at, at + len(word)) for word in own for at in _places(text, word)]
        others = (at for name in self._owner if name != came.name for at in _places(text, name))
        if any(not any(first <= at < last for first, last in known) for at in others):
            return True
        return any(
            text[at : at + length] in self._words and not any(a <= at and at + length <= b for a, b in known)
            for length in self._lengths
            for at in range(len(text) - length + 1)
        )


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _named(tables: Tables) -> Iterator[object]:
    for name, columns in _NAMED.items():
        records = rows_of(tables, name)
        for column in columns if records is not None else ():
            assert records is not None
            yield from records.column(column)
