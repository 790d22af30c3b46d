"""A new computer without internet, its folder named in Chinese: wheels from elsewhere, `run.py demo` into a pipe.

The folder of wheels is filled with the network; what follows has a dead proxy and index, and is called from another
folder. The installed copy works from anywhere; it is made again when the source has changed, and only then.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.ci.kit import ROOT, WINDOWS, contents, copy_tree, expect, new_folder, run

NO_NETWORK = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_RETRIES": "0",
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    **dict.fromkeys(("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PYTHONPATH", "PYTHONIOENCODING"), ""),
}


def main() -> None:
    with new_folder() as folder:
        wheels, home, elsewhere = folder / "轮子", folder / "perfxl 绩效", folder / "别处"
        for place in (home, elsewhere):
            place.mkdir()
        copy_tree(home)
        run([sys.executable, str(ROOT / "run.py"), "wheels", str(wheels)], cwd=elsewhere)
        expect(len(list(wheels.glob("*.whl"))) > 15, "too few wheels")
        # No UTF-8 anywhere: on Windows the pipe's code page, elsewhere the C locale with Python's coercion off.
        own = {**NO_NETWORK, "PYTHONUTF8": "0", **({} if WINDOWS else {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"})}
        command = [sys.executable, str(home / "run.py")]
        first = run([*command, "--wheels", str(wheels), "demo", "示例"], cwd=elsewhere, variables=own)
        expect(b"installing" in first.stdout and b"numpy" in first.stdout, "the installation was not seen at work")
        papers = [name for name in contents(elsewhere / "示例") if name.endswith(".docx")]
        expect(len(papers) == 120, f"{len(papers)} papers")
        again = run([*command, "--version"], cwd=elsewhere, variables=own)
        expect(b"installing" not in again.stdout, "installed twice")
        installed_copy(home, elsewhere)
        (home / "perfxl" / "__init__.py").open("a", encoding="utf-8").write("\n# changed\n")
        expect(
            b"installing" in run([*command, "--wheels", str(wheels), "--version"], cwd=elsewhere, variables=own).stdout,
            "old",
        )
        given = [*command, "wheels", str(folder / "空")]
        failed = run(given, cwd=elsewhere, expected=(2,), variables=NO_NETWORK)
        expect(b"HTTPS_PROXY" in failed.stdout, "a failed download gives no advice")


def installed_copy(home: Path, elsewhere: Path) -> None:
    """The .venv's Python starts from another folder and finds perfxl without that of the sources."""
    python = home / ".venv" / ("Scripts/python.exe" if WINDOWS else "bin/python")
    code = "import perfxl, sys; sys.stdout.buffer.write(perfxl.__file__.encode())"
    place = run([str(python), "-c", code], cwd=elsewhere, variables={"PYTHONPATH": ""}).stdout.decode("utf-8")
    expect("site-packages" in place, f"perfxl is at {place}")


if __name__ == "__main__":
    main()
