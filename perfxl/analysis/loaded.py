"""A program as `perfxl.load` gives it: it shows itself, gives its tables as DataFrames, and can be scored under another
policy. What is in it, perfxl.program says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from perfxl import program as programs
from perfxl.analysis.cards import program_card, program_lines
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, Severity
from perfxl.core.schema import Type, all_tables
from perfxl.disk import fingerprint, private_folder
from perfxl.problem_list import ProblemList
from perfxl.program import Program

if TYPE_CHECKING:
    import pandas as pd

    from perfxl.analysis.scored import Scored

__all__ = ["LoadedProgram", "ProgramError", "load"]

Source = str | os.PathLike[str] | bytes | IO[bytes]


class ProgramError(ValueError):
    """A program that cannot be relied on; `problems` says why, and the message names the first ones.

    >>> import perfxl as px
    >>> try:
    ...     px.load("missing.xlsx", strict=True)
    ... except px.ProgramError as error:
    ...     [each.code for each in error.problems]
    ['F101']
    """

    def __init__(self, problems: Iterable[Problem], lang: str = "zh") -> None:
        self.problems = ProblemList(problems, lang)
        super().__init__(repr(self.problems))


class LoadedProgram(Program):
    """A program that was read. `program, problems = load(path)` takes it apart.

    >>> import perfxl as px
    >>> program = px.load("p.xlsx")
    >>> program.usable, program.lang, len(program.tables["people"])
    (True, 'zh', 12)
    """

    problems: ProblemList  # the same list, which can tell itself
    fingerprint: str = ""
    """A hash of the file, 16 letters; blank where there was none to read."""

    def __iter__(self) -> Iterator[Any]:
        yield from (self, self.problems)

    def __getitem__(self, place: int) -> Any:
        """The program (0), or its problems (1)."""
        return (self, self.problems)[place]

    def score(self) -> Scored:
        """Points, totals, grades, how every total stands, and what only scoring finds: see Scored.

        Raises: ProgramError where nothing could be read.
        Source: scoring.md sections 1, 2 and 7.

        >>> import perfxl as px
        >>> px.load("p.xlsx").score().to_frame()[["person", "status"]].values.tolist()[0]
        ['E100002', 'official']
        """
        from perfxl.analysis.scored import Scored

        if not self.usable:
            raise ProgramError(self.problems, self.lang)
        return Scored(*super().score(), self, self.fingerprint)

    def all_problems(self, *more: Iterable[Problem]) -> ProblemList:
        """Everything that is wrong: of reading, checking and scoring, nothing twice.

        >>> import perfxl as px
        >>> px.load("p.xlsx").all_problems().to_frame("en").columns.tolist()[:4]
        ['code', 'name', 'severity', 'message']
        """
        return ProblemList(super().all_problems(*more) if self.usable else self.problems, self.lang)

    def frame(self, table: str) -> pd.DataFrame:
        """A table as a DataFrame: canonical columns that the sheet holds, then those of HR's own under their headers;
        the index is the row of the sheet. Dates are datetime64; NaN, NaT and None are
        blanks.

        table  its name (people, kpis, contracts, ...), or its title in either language

        Raises: KeyError for a table that there is none of; ProgramError where nothing could be read, which is not the
            same as an empty table.

        >>> import perfxl as px
        >>> px.load("p.xlsx").frame("people").columns.tolist()[:2]
        ['person', 'name']
        """
        import pandas as pd

        name = _table_named(table)
        if not self.usable:
            raise ProgramError(self.problems, self.lang)
        records = self.tables.get(name)
        if records is None:
            return pd.DataFrame(columns=[column.name for column in all_tables()[name].columns])
        dates = {column.name for column in records.table.columns if column.type is Type.DATE}
        columns: dict[str, Any] = {**records.columns, **records.extra}
        columns |= {name: pd.to_datetime(columns[name]) for name in dates & records.columns.keys()}
        index = pd.Index(list(records.rows), name="row") if len(records.rows) == len(records) else None
        return pd.DataFrame(columns, index=index)

    def with_policy(self, policy: Policy) -> LoadedProgram:
        """The same tables under another policy; this program stays as it is. Raises: PolicyError.

        >>> import perfxl as px
        >>> program = px.load("p.xlsx")
        >>> capped = program.with_policy(program.policy.but(points_cap=100)).score()
        >>> bool((capped.compare(program.score()).difference.dropna() <= 0).all())
        True
        """
        other = _loaded(self, policy=policy.checked())
        other.fingerprint = self.fingerprint
        return other

    def documents(
        self,
        kind: str,
        folder: str | os.PathLike[str],
        *,
        unit: str | None = None,
        only: str | Iterable[str] | None = None,
        progress: Callable[..., Any] | None = None,
        **options: Any,
    ) -> tuple[list[Path], ProblemList]:
        """Makes papers, and says which were held back and why.

        kind      contract, notice, ... or "all"
        unit      a unit by ID or name, with the units below it
        only      an employee ID or several
        progress  called with (papers done, papers in all), or a tqdm class, such as tqdm.tqdm
        options   as perfxl.documents.batch.make_documents: pdf, print_file, archive, draft, template, ...

        Returns: the files, and every problem.
        Raises: ValueError for a kind that does not exist; ProgramError where nothing could be read; OSError where the
        folder cannot be written.

        >>> import perfxl as px
        >>> files, problems = px.load("p.xlsx").documents("contract", "out", only="E100003")
        >>> [path.suffix for path in files]
        ['.docx']
        """
        from perfxl.documents.batch import make_documents

        if not self.usable:
            raise ProgramError(self.problems, self.lang)
        people = only if only is None or isinstance(only, str) else list(only)
        with _followed(progress) as follow:
            files, problems = make_documents(
                kind,
                self.tables,
                self.policy,
                Path(os.fspath(folder)),
                lang=self.lang,
                only=people,
                unit=unit,
                source=self.path,
                progress=follow,
                judgement=self.judgement,
                **options,
            )
        return list(files), ProblemList(problems, self.lang)

    def __repr__(self) -> str:
        return "\n".join(program_lines(self))

    def _repr_html_(self) -> str:
        return program_card(self)


def load(source: Source, lang: str | None = None, *, strict: bool = False) -> LoadedProgram:
    """Reads a program, or a table that HR has, from .xlsx, .xlsm, .xls, .et, .ods or .csv.

    source  a path, the file's bytes, or an open binary file
    lang    zh or en, where the headers do not tell
    strict  raise for a program that cannot be relied on, rather than leave its problems on it

    Returns: the program. Its `problems` are those of reading; `all_problems()` adds those of checking and scoring.
    `program, problems = load(path)` gives both.
    Raises: ProgramError where `strict` and anything is wrong with severity error; TypeError for another kind of source.

    >>> import perfxl as px
    >>> px.load("p.xlsx", strict=True).policy["points_cap"]
    120.0
    >>> [each.code for each in px.load("missing.xlsx").problems]
    ['F101']
    >>> with open("p.xlsx", "rb") as file:
    ...     program, problems = px.load(file)
    >>> len(problems)
    0
    """
    with _on_disk(source) as path:
        found, _ = programs.load(path, lang)
        found_hash = fingerprint(path)
    program = _loaded(found, path=found.path if isinstance(source, str | os.PathLike) else None)
    program.fingerprint = found_hash
    if strict:
        problems = program.all_problems()
        if any(each.severity is Severity.ERROR for each in problems):
            raise ProgramError(problems, program.lang)
    return program


def _loaded(program: Program, **changes: Any) -> LoadedProgram:
    held = {each.name: getattr(program, each.name) for each in fields(Program)} | changes
    return LoadedProgram(**{**held, "problems": ProblemList(held["problems"], program.lang)})


@contextmanager
def _on_disk(source: Source) -> Iterator[Path]:
    """Where the source can be read as a file; what is handed over as bytes lies in a folder that nobody else can look
    into, and goes with it."""
    if isinstance(source, str | os.PathLike):
        yield Path(source)
        return
    data = source if isinstance(source, bytes | bytearray | memoryview) else _read(source)
    named = Path(str(getattr(source, "name", "") or "")).name or "bytes.xlsx"
    with private_folder(Path(tempfile.gettempdir())) as folder:
        path = folder / named
        path.write_bytes(data)
        yield path


def _read(source: Any) -> bytes:
    data = source.read() if hasattr(source, "read") else None
    if not isinstance(data, bytes):
        raise TypeError(f"a path, bytes or an open binary file, not {type(source).__name__}")
    return data


def _table_named(asked: str) -> str:
    tables = all_tables()
    names = {word.casefold(): table.name for table in tables.values() for word in (table.name, table.zh, table.en)}
    if asked.casefold() not in names:
        raise KeyError(f"{asked!r}: {', '.join(tables)}")
    return names[asked.casefold()]


@contextmanager
def _followed(progress: Callable[..., Any] | None) -> Iterator[Callable[[int, int], None] | None]:
    """What is called with papers done and in all; a class such as tqdm's is made into a bar and closed."""
    if not isinstance(progress, type):
        yield progress
        return
    bar: Any = progress(total=0)

    def follow(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield follow
    finally:
        bar.close()
