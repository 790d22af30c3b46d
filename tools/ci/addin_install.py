"""Windows: `run.py addin install` into a temporary APPDATA installs xlwings too; then doctor, uninstall."""

from __future__ import annotations

import sys

from tools.ci.kit import ROOT, WINDOWS, Skipped, expect, new_folder, run


def main() -> None:
    if not WINDOWS:
        raise Skipped("Excel's add-ins are for Windows; the tests install into real folders that stand for its own")
    with new_folder() as folder:
        command = [sys.executable, str(ROOT / "run.py"), "addin"]
        own = {"APPDATA": str(folder), "PYTHONIOENCODING": "utf-8"}
        run([*command, "install"], cwd=folder, variables=own)
        addin = folder / "Microsoft" / "Excel" / "XLSTART" / "perfxl.xlam"
        expect(addin.exists(), "perfxl.xlam is not in XLSTART")
        said = run([*command, "doctor"], cwd=folder, expected=(0, 1), variables=own).stdout.decode("utf-8")
        expect(said.count("\n") >= 10, said)
        run([*command, "uninstall"], cwd=folder, variables=own)
        expect(not addin.exists(), "perfxl.xlam is still in XLSTART")


if __name__ == "__main__":
    main()
