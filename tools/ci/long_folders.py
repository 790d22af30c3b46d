"""A folder of 200 characters, one of 250, and a UNC path on Windows: all papers, or none and one line that says why."""

from __future__ import annotations

from pathlib import Path

from tools.ci.kit import PYTHON, WINDOWS, contents, expect, in_tree, new_folder, run, sample_program


def main() -> None:
    with new_folder() as folder:
        program = sample_program(folder)
        places = [long_folder(folder, 200), long_folder(folder, 250)]
        if WINDOWS:
            drive, rest = str(folder).split(":", 1)
            places.append(Path(rf"\\localhost\{drive}${rest}") / "UNC")
        for place in places:
            arguments = ["documents", "contract", str(program), "-o", str(place), "--jobs", "2"]
            done = run([PYTHON, "-m", "perfxl", *arguments], expected=(0, 2), variables=in_tree())
            told = done.stderr.decode("utf-8").splitlines()
            if done.returncode == 0:
                expect(len(contents(place)) > 50, f"{len(contents(place))} papers in {place}")
            else:  # what Windows could not open is not made elsewhere either
                expect(len(str(place)) == 250 and len(told) == 1 and not contents(place), f"{place}: {told}")


def long_folder(folder: Path, characters: int) -> Path:
    """A path of so many characters."""
    while len(str(folder)) < characters:
        folder /= "绩效考核结果"[: max(1, characters - 1 - len(str(folder)))]
    return folder


if __name__ == "__main__":
    main()
