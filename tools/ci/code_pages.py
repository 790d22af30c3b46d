"""Output into pipes in cp936 and cp1252, in a zh_CN.GBK locale, and into a pipe that was closed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tools.ci.kit import PYTHON, ROOT, WINDOWS, contents, expect, in_tree, new_folder, run, sample_program

CHINESE = "指标"


def main() -> None:
    with new_folder() as folder:
        program = sample_program(folder)
        for encoding in ("utf-8", "cp936", "cp1252"):
            own = in_tree({"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
            check = run([PYTHON, "-m", "perfxl", "check", str(program)], expected=(0, 1), variables=own)
            told = check.stdout.decode(encoding)  # strictly
            expect(told and (CHINESE in told) == (encoding != "cp1252"), f"{encoding}: {told[:200]}")
            help_page = run([sys.executable, str(ROOT / "run.py")], expected=(2,), variables=own).stdout.decode(
                encoding
            )
            expect("sample program" in help_page, f"{encoding}: {help_page[:200]}")
        closed_pipe(program)
        gbk_locale(folder)


def closed_pipe(program: Path) -> None:
    for command in ([PYTHON, "-m", "perfxl", "check", str(program)], [sys.executable, str(ROOT / "run.py")]):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            if running.stdout:
                running.stdout.close()
            said = running.stderr.read().decode("utf-8", "replace") if running.stderr else ""
        expect("Traceback" not in said and "Error" not in said, f"a closed pipe: {said}")


def gbk_locale(folder: Path) -> None:
    """As Chinese Windows is, as far as a Unix can be: names, pipes and files opened without an encoding are GBK."""
    if WINDOWS:
        own = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp936"}
    elif shutil.which("localedef") and Path("/usr/share/i18n/charmaps").is_dir():
        place = folder / "locales"
        place.mkdir()
        made = ["localedef", "-i", "zh_CN", "-f", "GBK", str(place / "zh_CN.GBK")]
        subprocess.run(made, capture_output=True, check=True)
        own = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "", "LOCPATH": str(place), "LC_ALL": "zh_CN.GBK"}
    else:
        print("   no localedef: not tried in a zh_CN.GBK locale")
        return
    home = folder / "gbk"
    home.mkdir()
    done = run([PYTHON, "-m", "perfxl", "demo", "out", "--people", "60"], cwd=home, variables=in_tree(own))
    expect(CHINESE in done.stdout.decode("cp936"), "the demo's output is not in the pipe's code page")
    (out,) = home.iterdir()
    expect(len([name for name in contents(out) if name.endswith(".docx")]) == 60, f"{len(contents(out))} files")


if __name__ == "__main__":
    main()
