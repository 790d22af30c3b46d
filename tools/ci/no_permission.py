"""An output folder in which nothing may be written is told at once, in one line; nothing hangs."""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.ci.kit import PYTHON, WINDOWS, Skipped, expect, in_tree, new_folder, run, sample_program

_COMMANDS = (
    ["score", "{program}", "-o", "{folder}/得分.xlsx"],
    ["check", "{program}", "-o", "{folder}/检查.xlsx"],
    ["documents", "contract", "{program}", "-o", "{folder}"],
    ["demo", "{folder}"],
)


@contextmanager
def denied(folder: Path) -> Iterator[None]:
    """By the rights that the system has: deny-ACL, mode, or for root a disk that is read-only."""
    if WINDOWS:
        subprocess.run(["icacls", str(folder), "/deny", f"{getpass.getuser()}:(W)"], check=True, capture_output=True)
        undo = ["icacls", str(folder), "/remove:d", getpass.getuser()]
    elif os.geteuid():
        folder.chmod(0o555)
        undo = ["chmod", "755", str(folder)]
    else:
        mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)]
        if subprocess.run(mount, capture_output=True).returncode:
            raise Skipped("root may write everywhere, and mounts nothing here")
        undo = ["umount", str(folder)]
    try:
        yield
    finally:
        subprocess.run(undo, check=True, capture_output=True)


def main() -> None:
    with new_folder() as folder:
        program, out = sample_program(folder), folder / "不许写"
        out.mkdir()
        with denied(out):
            for command in _COMMANDS:
                begun = time.monotonic()
                filled = [word.format(program=program, folder=out) for word in command]
                done = run([PYTHON, "-m", "perfxl", *filled], expected=(2,), variables=in_tree())
                told = done.stderr.decode("utf-8").strip().splitlines()
                expect(told and len(told) <= 2, f"{command[0]} says {told}")
                expect(time.monotonic() - begun < 60, f"{command[0]} took {time.monotonic() - begun:.0f} s to say so")


if __name__ == "__main__":
    main()
