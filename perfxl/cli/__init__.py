"""The command line: thin. It reads arguments, calls the program, shows what came of it, and sets the exit code.

options            the commands and their options
commands           one function a command
demo               the main job on a sample program
template_commands  the actions of `perfxl templates`
addin_commands     those of `perfxl addin`
show               problems, tables and progress on a terminal, or plain lines elsewhere; exit codes
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


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
        return 0
    except KeyboardInterrupt:
        return 130
