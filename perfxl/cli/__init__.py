"""The command line: thin. It reads arguments, calls the program, shows what came of it, and sets the exit code.

options            the commands and their options
commands           one function a command
demo               the main job on a sample program
import_command     what `perfxl import` does
exchange_commands  workbooks out to managers and back: `perfxl distribute`, `perfxl collect`
template_commands  the actions of `perfxl templates`
addin_commands     those of `perfxl addin`
targets            where commands write, judged first
streams            what is printed into pipes of any code page
show               problems, tables and progress on a terminal, or plain lines elsewhere; exit codes
"""

from __future__ import annotations

import gc
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from perfxl.core.language import Text


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; the result is the exit code. What nobody foresaw is one line and a saved report."""
    try:
        return _main(argv)
    except KeyboardInterrupt:  # at any moment: modules are still being read, or the command is at work
        from perfxl.cli import show
        from perfxl.cli.streams import output_streams

        with output_streams():
            show.tell(Text("已中断。", "Stopped."))
        return show.STOPPED


def _main(argv: Sequence[str] | None) -> int:
    from perfxl.cli.options import parser
    from perfxl.cli.streams import output_streams
    from perfxl.unforeseen import guarded

    gc.set_threshold(100_000, 20, 100)  # one command makes few cycles and many rows
    with output_streams():
        options = parser().parse_args(argv)
        result = guarded(lambda: _run(options), _asked(options))
        if isinstance(result, int):
            return result
        from perfxl.cli import show

        show.tell(Text(result.message("zh"), result.message("en")))
        if getattr(options, "json", False):
            show.as_json({"problems": [result.as_dict(options.lang or "zh")]})
        return show.UNFORESEEN


def _run(options: Namespace) -> int:
    from perfxl.disk import without_empty_folders

    try:
        with without_empty_folders():
            code = int(options.run(options))
    finally:
        gc.unfreeze()  # what a command froze is its own: a process may run another
    sys.stdout.flush()
    return code


def _asked(options: Namespace) -> Iterator[str]:
    """The command and its options. Words of the user's own, which may be somebody's name, are counted only."""
    for name, value in vars(options).items():
        if name == "run" or value is None or value is False:
            continue
        if isinstance(value, Path):
            value = value.suffix or "folder"
        elif isinstance(value, str) and name not in ("command", "action", "kind", "lang"):
            value = f"({len(value)} characters)"
        elif isinstance(value, list):
            value = f"({len(value)} words)"
        yield f"{name}={value}"
