"""A batch that was killed goes on where it was, and ends with the papers of one that was not."""

from __future__ import annotations

import os
import subprocess
import time

from tools.ci.kit import PYTHON, contents, expect, in_tree, new_folder, perfxl, sample_program


def main() -> None:
    with new_folder() as folder:
        program = sample_program(folder, 150)
        begun = time.monotonic()
        perfxl("documents", "contract", program, "-o", folder / "whole", "--jobs", "2")
        took = time.monotonic() - begun
        killed = folder / "killed"
        for share in (0.5, 0.7, 0.9):
            command = [PYTHON, "-m", "perfxl", "documents", "contract", str(program), "-o", str(killed), "--jobs", "2"]
            environment = {**os.environ, **in_tree()}
            with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
                try:
                    running.wait(share * took)
                except subprocess.TimeoutExpired:
                    running.kill()
        perfxl("documents", "contract", program, "-o", killed, "--jobs", "2")
        expect(contents(killed) == contents(folder / "whole"), "the papers differ from those of an undisturbed batch")
        held = sorted(path.name for path in (killed / ".perfxl").iterdir())
        expect(held == ["lock", "manifest.jsonl"], f"left behind: {held}")


if __name__ == "__main__":
    main()
