"""What the KPIs of posts add to a program: told on the terminal and in JSON, and written as a new program."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfxl.cli import show, targets
from perfxl.cli.show import CLEAN
from perfxl.core.language import COMMA, Text
from perfxl.core.problems import Problem, has_errors
from perfxl.program import Program, from_tables

if TYPE_CHECKING:
    from perfxl.core.cascade.generate import Generated


def generate(options: Namespace, program: Program) -> tuple[Generated | None, Program, list[Problem]]:
    """What is generated, None where nothing asks for it; the program that the cascade is then of: with the new rows
    where they are to be written; and what keeps rows from being generated."""
    if not (options.into or program.tables.get("post_kpis")):
        return None, program, []
    generated, found = program.generate(date.today().year)
    if not options.into:
        return generated, program, found
    if program.info:
        from perfxl.workbook.program.adding import place_rows

        generated = generated._replace(rows=place_rows(generated.rows, program.info, options.into.name))
    whole = from_tables(generated.added_to(program.tables), program.lang)[0]
    whole.path, whole.info = program.path, program.info
    whole.problems = [*program.problems, *whole.problems]
    return generated, whole, found


def write_into(options: Namespace, program: Program, generated: Generated) -> tuple[int, list[Problem]]:
    """Writes the program with what was generated, as a new file. Returns: the exit code, and what it cannot hold."""
    from perfxl.tables.sheets import ReadInfo
    from perfxl.workbook.program.adding import write_with_rows

    tables, info, lang = generated.added_to(program.tables), program.info or ReadInfo(), program.lang
    found = list[Problem]()

    def write() -> None:
        found.extend(write_with_rows(options.file, options.into, tables, generated.rows, info, lang))

    failed = targets.write_file(options.into, lang, write, json=options.json)
    return failed or (show.refuse(found, lang, options.json) if has_errors(found) else CLEAN), found


def as_json(generated: Generated, into: Path | None) -> dict[str, Any]:
    """How many rows are new, the differences, and the new program's file."""
    from perfxl.core.cascade.generate import differences_as_dicts

    counts = {table: len(rows) for table, rows in generated.rows.items()}
    told = {"generated": counts, "differences": differences_as_dicts(generated.differences)}
    return {**told, "into": str(into)} if into else told


def tell(generated: Generated, into: Path | None, lang: str) -> None:
    """The same on the terminal."""
    from perfxl.core.schema import table_label

    counts = COMMA(lang).join(f"{table_label(name, lang)} {len(rows)}" for name, rows in generated.rows.items())
    count = len(generated.differences)
    show.say(
        Text(
            f"按岗位指标生成：{counts or '没有新的行'}；与现有不一致 {count} 处（保留现有，见“差异”表）",
            f"Made of the posts' KPIs: {counts or 'nothing new'}; {count} differences (what is there is kept)",
        )(lang)
    )
    if into:
        show.say(Text(f"新方案：{into}", f"New program: {into}")(lang))
