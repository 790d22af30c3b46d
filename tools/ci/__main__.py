"""python -m tools.ci [STEP ...]"""

from __future__ import annotations

import subprocess
import sys
import time
from importlib import import_module

from tools.ci.kit import Skipped

STEPS = (
    *("code_pages", "many_workers", "no_main_guard", "long_folders", "no_permission", "locked_outputs"),
    *("kill_and_resume", "addin_install", "calludf", "autocrlf", "fresh_machine"),
)


def main(names: list[str]) -> int:
    """Runs the steps; the result is the number of those that failed, or 2 for a step that is not there."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # paths and messages have Chinese in them
    if set(names) - set(STEPS):
        print(f"steps: {' '.join(STEPS)}")
        return 2
    failed = []
    for name in names or STEPS:
        step, begun = import_module(f"tools.ci.{name}"), time.monotonic()
        print(f"== {name}: {str(step.__doc__).splitlines()[0]}", flush=True)
        try:
            step.main()
            result = "passed"
        except Skipped as reason:
            result = f"skipped: {reason}"
        except (AssertionError, OSError, ValueError, subprocess.SubprocessError) as reason:
            failed.append(name)
            result = f"FAILED: {reason}"
        print(f"   {result} ({time.monotonic() - begun:.0f} s)", flush=True)
    print(f"{len(failed)} failed {' '.join(failed)}".rstrip())
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
