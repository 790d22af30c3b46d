"""Windows: an output that is open elsewhere is told before the work is done; one locked for 60 ms stops nothing."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.ci.kit import PYTHON, WINDOWS, Skipped, contents, expect, in_tree, new_folder, perfxl, run, sample_program


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Open without sharing, as Word, Excel and virus scanners open files."""
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.CreateFileW.restype = ctypes.c_void_p
        handle = kernel.CreateFileW(str(path), 0x80000000, 0, None, 3, 0, None)
        if handle in (None, ctypes.c_void_p(-1).value):
            raise PermissionError(str(path))
        try:
            yield
        finally:
            kernel.CloseHandle(ctypes.c_void_p(handle))
    else:
        yield


def main() -> None:
    if not WINDOWS:
        raise Skipped("no other system locks files that are open; the tests simulate it by a patched os.replace")
    with new_folder() as folder:
        program = sample_program(folder, 300)
        score = folder / "得分.xlsx"
        perfxl("score", program, "-o", score)
        with locked(score):
            done = run(
                [PYTHON, "-m", "perfxl", "score", str(program), "-o", str(score)], expected=(1, 2), variables=in_tree()
            )
        told = done.stderr.decode("utf-8").splitlines()
        expect(len(told) <= 2 and any(score.stem in line for line in told), f"it says {told}")
        out, command = folder / "papers", [PYTHON, "-m", "perfxl", "documents", "contract", str(program), "-o"]
        environment = {**os.environ, **in_tree()}
        with subprocess.Popen(
            [*command, str(out), "--jobs", "2"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as running:
            locks = 0
            while running.poll() is None:
                for path in list(out.rglob("*.tmp"))[:1] or list(out.glob("*.docx"))[-1:]:
                    with suppress(OSError), locked(path):
                        locks += 1
                        time.sleep(0.06)
                time.sleep(0.2)
            said = running.stderr.read().decode("utf-8") if running.stderr else ""
        expect(running.returncode == 0, f"exit code {running.returncode} after {locks} locks: {said}")
        perfxl("documents", "contract", program, "-o", folder / "whole", "--jobs", "2")
        expect(contents(out) == contents(folder / "whole"), f"papers are missing after {locks} locks of 60 ms")


if __name__ == "__main__":
    main()
