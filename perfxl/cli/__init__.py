"""The command line: thin. It reads arguments, calls the program, shows what came of it, and sets the exit code.

options   the commands and their options
commands  one function a command
demo      the main job on a sample program
show      problems, tables and progress on a terminal, or plain lines elsewhere
addin_commands, template_commands    the actions of `perfxl addin` and `perfxl templates`
excel_server, ribbon_jobs            what runs beside Excel, and what its ribbon asks of the program
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

# Exit codes: nothing wrong, problems of severity error, input that cannot be used.
CLEAN, PROBLEMS, UNUSABLE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; the result is the exit code."""
    from perfxl.cli.options import parser

    gc.set_threshold(100_000, 20, 100)  # one command makes few cycles and many rows
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Chinese goes out whole whatever the console's code page; what it lacks is replaced, never a crash.
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(argv)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # the reader of a pipe has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return 130
