"""A checkout as Git for Windows makes it (core.autocrlf=true): lint, pages, rooms, hints and the add-in agree."""

from __future__ import annotations

import subprocess

from tools.ci.kit import PYTHON, ROOT, expect, in_tree, new_folder, run

TESTS = ("test_architecture.py", "test_docs.py", "test_contributing.py", "test_hints.py", "excel/test_addin_file.py")


def main() -> None:
    with new_folder("checkout") as folder:
        clone = ["git", "clone", "-q", "-c", "core.autocrlf=true", "--depth", "1", ROOT.as_uri(), str(folder)]
        subprocess.run(clone, check=True, capture_output=True)
        expect(b"\r\n" in (folder / "run.py").read_bytes(), "the checkout has no CRLF")
        own = in_tree({"PYTHONPATH": str(folder)})
        for step in (["ruff", "check", "."], ["ruff", "format", "--check", "."]):
            run([PYTHON, "-m", *step], cwd=folder, variables=own)
        run([PYTHON, "-m", "pytest", "-q", *(f"tests/{name}" for name in TESTS)], cwd=folder, variables=own)


if __name__ == "__main__":
    main()
