"""A script without `if __name__ == "__main__"` makes papers with two workers, whatever way processes are started."""

from __future__ import annotations

import multiprocessing

from tools.ci.kit import PYTHON, contents, expect, in_tree, new_folder, run, sample_program

SCRIPT = """
import multiprocessing, sys
from pathlib import Path
if multiprocessing.current_process().name == "MainProcess":
    multiprocessing.set_start_method(sys.argv[1])
print("once", flush=True)
from perfxl import load
from perfxl.documents.batch import make_documents
program, _ = load(sys.argv[2])
files, problems = make_documents("contract", program.tables, program.policy, Path(sys.argv[3]), jobs=2)
assert len(files) > 50, problems
"""


def main() -> None:
    with new_folder() as folder:
        program, script = sample_program(folder), folder / "没有保护.py"
        script.write_text(SCRIPT, encoding="utf-8")
        made = []
        for method in multiprocessing.get_all_start_methods():
            out = folder / method
            done = run([PYTHON, str(script), method, str(program), str(out)], variables=in_tree())
            expect(
                done.stdout.split() == [b"once"], f"{method}: the script itself ran {len(done.stdout.split())} times"
            )
            made.append(contents(out))
        expect(all(each == made[0] for each in made), "ways of starting processes make different papers")


if __name__ == "__main__":
    main()
