"""Sets everything up on a machine that has only Python 3.11+, then runs: python3 run.py ...; on Windows: py run.py ...

    run.py demo     一套示例，从头到尾跑一遍；别的命令也这样写：run.py check 文件
                    a sample program and the whole job on it; any perfxl command works so: run.py check FILE
    run.py test     lint, types and all tests; installs LibreOffice and Chromium where it can (root and apt)
    run.py bench    speed and size with ratios: rules, program, tables, render, pictures, batch, memory, excel,
                    cascade, exchange, others

不能上网的电脑 / a computer without internet (the same system and the same version of Python on both):

    run.py wheels DIR            在能上网的电脑上：把要用的软件包都存到 DIR / with internet: everything needed, into DIR
    run.py --wheels DIR demo     在不能上网的电脑上：从 DIR 安装 / without: installs from DIR

Everything goes into .venv beside this file; nothing else on the machine is touched but by apt, and only for tests.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
FINGERPRINT = VENV / "perfxl-installed.json"
SYSTEM = ["libreoffice-calc", "libreoffice-writer", "python3-uno", "poppler-utils", "fonts-noto-cjk"]
BROWSER = "chromium"
SHIPPED = ("pyproject.toml", "README.md", "perfxl", "workbook_templates", "doc_templates")  # what goes into the wheel
COMPILED = "numpy,pandas,lxml,python-calamine"  # never from source: nobody's computer has the compilers
MADE_FOR = "perfxl-wheels.txt"


class Stopped(Exception):
    """Nothing more can be done here; the text says why and what helps."""


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what a console or a pipe has no characters for is replaced
            stream.reconfigure(errors="replace")
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before anything is installed
        say(f"perfxl 需要 Python 3.11 以上，这里是 {sys.version.split()[0]} / perfxl needs Python 3.11 or later")
        return 2
    try:
        return run(arguments)
    except Stopped as reason:
        say(str(reason))
        return 2
    except KeyboardInterrupt:
        say("已中断 / stopped")
        return 130


def run(arguments: list[str]) -> int:
    wheels = None
    if arguments[:1] == ["--wheels"]:
        wheels, arguments = wheels_folder(arguments[1:2]), arguments[2:]
    if not arguments:
        say(str(__doc__))
        return 2
    judge_this_python()
    command, rest = arguments[0], arguments[1:]
    if command == "wheels":
        return fill_wheels(rest)
    if command == "test":
        install("dev", wheels)
        libreoffice()
        browser()
        return test(rest)
    if command == "bench":
        install("dev", wheels)
        return bench(rest)
    install("excel" if command == "addin" and platform.system() == "Windows" else "", wheels)
    # -P: no file of the user's own is imported, whatever the folder that this is called from holds.
    return subprocess.call([str(PYTHON), "-P", "-m", "perfxl", *arguments], env=environment())


def say(text: str) -> None:
    """Prints at once. Where whoever read the pipe has gone, the work goes on unheard."""
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def judge_this_python() -> None:
    """One line for a Python that will not do. The rule core needs nothing that is not there yet."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    from perfxl.core.problems import has_errors
    from perfxl.installation import judge_python, this_python

    unfit = judge_python(this_python())
    lines = [f"{each.message('zh')}。{each.hint('zh')} / {each.message('en')}. {each.hint('en')}" for each in unfit]
    if has_errors(unfit):
        raise Stopped("\n".join(lines))
    for line in lines:
        say(line)


# What is installed, and whether it is still that.


def fingerprint() -> dict[str, str]:
    """What an installation depends on: the Python, this folder, what is asked for, and every byte that is installed."""
    source = hashlib.sha256()
    for path in shipped_files():
        source.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return {
        "python": f"{platform.python_version_tuple()[:2]} {platform.machine()} {sys.base_prefix}",
        "folder": str(HERE),
        "needs": hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest(),
        "source": source.hexdigest(),
    }


def shipped_files() -> Iterator[Path]:
    for name in SHIPPED:
        place = HERE / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            hidden = path.name.startswith((".", "~$"))  # locks of Word and LibreOffice
            if path.is_file() and not hidden and "__pycache__" not in path.parts:
                yield path


def install(extra: str, wheels: Path | None = None) -> None:
    """Makes .venv and installs perfxl into it: a copy, since a link to this folder (pip's -e) does not survive Chinese
    names on Windows. Again when the source, the folder or the Python has changed. Whoever has installed with -e by
    hand keeps that."""
    now, held = fingerprint(), read_fingerprint()
    if held and any(held.get(part) != now[part] for part in ("python", "folder")):
        say("Python 或文件夹变了，重建 .venv / Python or the folder has changed: making .venv anew")
        remove_venv()
        held = {}
    named = held.get("extras")
    extras = [str(each) for each in named] if isinstance(named, list) else []
    wanted = sorted({*extras, *([extra] if extra else [])})
    linked = is_linked()
    changed = [part for part in now if held.get(part) != now[part] and not (linked and part == "source")]
    earlier = list(VENV.glob(".installed-*"))  # of a run.py that made links
    if PYTHON.exists() and not changed and not earlier and wanted == extras:
        return
    ready_venv()
    target = f"{HERE}[{','.join(wanted)}]" if wanted else str(HERE)
    say(
        "安装 perfxl 和它用到的软件包，第一次约 60 MB、几分钟；以后马上开始 / "
        "installing perfxl and what it uses: some 60 MB and a few minutes the first time, nothing later"
    )
    pip("install", [*(["-e"] if linked else []), target], wheels)
    for stamp in earlier:
        stamp.unlink()
    FINGERPRINT.write_text(json.dumps({**now, "extras": wanted}), encoding="utf-8")


def read_fingerprint() -> dict[str, object]:
    try:
        held = json.loads(FINGERPRINT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def is_linked() -> bool:
    """Whether somebody has installed this folder with -e by hand."""
    if any(VENV.glob(".installed-*")):  # an earlier run.py did
        return False
    for pattern in ("Lib/site-packages", "lib/python*/site-packages"):
        for path in VENV.glob(f"{pattern}/perfxl-*.dist-info/direct_url.json"):
            told = json.loads(path.read_text(encoding="utf-8"))
            if told.get("dir_info", {}).get("editable") and told.get("url") == HERE.as_uri():
                return True
    return False


def ready_venv() -> None:
    """A .venv whose Python starts."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], capture_output=True).returncode == 0:
        return
    if VENV.exists():
        remove_venv()
    say("准备环境 .venv，约半分钟 / making .venv, half a minute")
    make_venv()


def remove_venv() -> None:
    if Path(sys.prefix).resolve() == VENV.resolve():
        raise Stopped(
            ".venv 要重建，请用电脑上的 Python 运行：py run.py ... / "
            ".venv must be made anew: run this with the computer's own Python, py run.py ..."
        )
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
    except OSError as error:
        raise Stopped(
            f"删不掉 {error.filename}：关闭正在用它的程序（Excel、命令行窗口）再试 / "
            f"{error.filename} cannot be removed: close what uses it (Excel, consoles) and try again"
        ) from error


def make_venv() -> None:
    made = run_venv()
    if made.returncode and can_apt():  # Debian keeps venv in a package of its own
        shutil.rmtree(VENV, ignore_errors=True)
        apt(["python3-venv"])
        made = run_venv()
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        say(made.stdout + made.stderr)
        raise Stopped("建不了虚拟环境；Debian/Ubuntu 请先 apt install python3-venv / cannot make a virtual environment")


def run_venv() -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "venv", str(VENV)]
    return subprocess.run(command, capture_output=True, env=environment(pip=True), encoding="utf-8", errors="replace")


def environment(pip: bool = False) -> dict[str, str]:
    """That of what is started from here: in UTF-8 where the system's own encoding cannot spell Chinese file names; pip
    and venv write UTF-8 into their pipe."""
    known = {**os.environ, **({"PYTHONIOENCODING": "utf-8:replace"} if pip else {})}
    try:
        f"{HERE}绩效".encode(sys.getfilesystemencoding())
    except UnicodeError:
        known["PYTHONUTF8"] = "1"
    return known


# pip, so that one sees it work.


def pip(verb: str, arguments: list[str], wheels: Path | None = None) -> None:
    """Runs .venv's pip, a line for each download; where it fails, what went wrong and what helps.

    Raises: Stopped.
    """
    command = [str(PYTHON), "-m", "pip", verb, "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command += ["--only-binary", COMPILED]
    known = environment(pip=True)
    if wheels:
        command += ["--no-index", "--find-links", str(wheels)]
        known["PIP_CONFIG_FILE"] = os.devnull  # which may name places in a network
    output = []
    with subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=known,
        encoding="utf-8",
        errors="replace",
    ) as running:
        for line in running.stdout or ():
            output.append(line)
            news = tell(line.strip())
            if news:
                say(news)
    log = VENV / "install.log"
    log.write_text("".join(output), encoding="utf-8")
    if running.returncode:
        for line in [line.strip() for line in output if line.lstrip().startswith("ERROR")][-3:]:
            say(line)
        raise Stopped(f"{advise(''.join(output), wheels)}\n{log}")


def tell(line: str) -> str:
    """What a line of pip's means to somebody who waits; blank for most."""
    packed = re.match(
        r"(?:Downloading|Using cached|Processing) (?:.*[/\\])?([\w.]+)-\S+\.whl(?!\.) *(\([\d.]+ \w+\))?", line
    )
    if packed:
        return f"  {packed[1]} {packed[2] or ''}".rstrip()
    if line.startswith("Installing collected packages:"):
        count = line.count(",") + 1
        return f"  安装 {count} 个软件包，约一分钟 / installing {count} packages, about a minute"
    if "Retrying (" in line:
        return "  网络没有应答，再试 / no answer from the network, trying again"
    return ""


REASONS = {
    "network": r"NewConnection|ConnectTimeout|ReadTimeout|ProxyError|SSLError|CERTIFICATE|ConnectionReset|"
    r"Could not fetch URL|RemoteDisconnected|timed out|Retrying \(|"
    rf"No matching distribution found for (?!{COMPILED.replace(',', '|')})",  # what needs no compiler fits every Python
    "disk": r"No space left|Errno 28\b|WinError 112\b",
    "locked": r"Permission denied|Access is denied|Errno 13\b|WinError (5|32)\b",
    "no package": r"No matching distribution|Could not find a version",
}
ADVICE = {
    "network": "下载失败。公司网络要代理：先 set HTTPS_PROXY=http://代理:端口；有内部镜像：先 set PIP_INDEX_URL=https://镜像/simple；"
    "不能上网：在能上网的电脑上运行 run.py wheels 文件夹，拷过来后运行 run.py --wheels 文件夹 demo\n"
    "The download failed. Behind a proxy: set HTTPS_PROXY=http://PROXY:PORT first; with a mirror of the company's: "
    "set PIP_INDEX_URL=https://MIRROR/simple first; without internet: run.py wheels DIR on a computer that has it, "
    "then run.py --wheels DIR demo here (macOS, Linux: export instead of set)",
    "disk": "磁盘满了：腾出 500 MB 再试 / the disk is full: free 500 MB and try again",
    "locked": "写不了 .venv：关闭 Excel，把这个文件夹加入杀毒软件的信任区，再试 / "
    "cannot write into .venv: close Excel, exclude this folder from antivirus scanning, try again",
    "no package": "没有适合这个 Python 的软件包：安装 64 位的 Python 3.12 或 3.13 再试 / "
    "there are no packages for this Python: install the 64-bit Python 3.12 or 3.13 and try again",
    "wheels": "{wheels} 里缺软件包：在同样系统、同样 Python（{here}）的电脑上重新运行 run.py wheels 文件夹 / "
    "{wheels} lacks a package: run run.py wheels DIR again on a computer with the same system and Python ({here})",
    "": "安装失败，原因见上面和下面的文件 / the installation failed: see above and the file below",
}


def advise(output: str, wheels: Path | None) -> str:
    """What helps where pip has failed."""
    reason = next((name for name, signs in REASONS.items() if re.search(signs, output)), "")
    if wheels and reason in ("network", "no package"):
        reason = "wheels"
    return ADVICE[reason].format(wheels=wheels, here=this_kind())


def this_kind() -> str:
    return f"{platform.system()} {platform.machine()}, Python {sys.version_info.major}.{sys.version_info.minor}"


def fill_wheels(arguments: list[str]) -> int:
    """Packs all that perfxl needs into a folder, for computers without internet; `run.py wheels DIR dev`: for tests."""
    if not arguments:
        raise Stopped("run.py wheels 文件夹 / run.py wheels DIR")
    import tomllib

    extra = arguments[1] if len(arguments) > 1 else "excel" if platform.system() == "Windows" else ""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    if extra and extra not in project["project"]["optional-dependencies"]:
        raise Stopped(f"没有 {extra} / there is no {extra}: {', '.join(project['project']['optional-dependencies'])}")
    folder = Path(arguments[0]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ready_venv()
    say("下载软件包，几分钟 / downloading, a few minutes")
    pip("wheel", ["-w", str(folder), f"{HERE}[{extra}]" if extra else str(HERE), *project["build-system"]["requires"]])
    (folder / MADE_FOR).write_text(this_kind(), encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
    say(
        f"{folder}：{size:.0f} MB，给 {this_kind()}。连同本文件夹拷过去，运行 run.py --wheels 文件夹 demo / "
        f"{size:.0f} MB for {this_kind()}. Take it along with this folder and run run.py --wheels DIR demo"
    )
    return 0


def wheels_folder(given: list[str]) -> Path:
    folder = Path(given[0]).resolve() if given else Path()
    if not given or not folder.is_dir():
        raise Stopped(f"没有这个文件夹 / there is no such folder: {' '.join(given)}")
    note = folder / MADE_FOR
    made_for = note.read_text(encoding="utf-8") if note.exists() else this_kind()
    if made_for != this_kind():
        raise Stopped(
            f"{folder} 是给 {made_for} 的，这里是 {this_kind()} / it is for {made_for}, this is {this_kind()}"
        )
    return folder


# The tests, and what they use.


def libreoffice() -> None:
    """The tests recalculate and print with the real thing; without it they skip, each saying so."""
    missing = [need for need, found in needs().items() if not found]
    if missing and can_apt():
        say(f"安装 / installing {' '.join(SYSTEM)} ...")
        apt(SYSTEM)
        missing = [need for need, found in needs().items() if not found]
    if missing:
        say(
            f"没有 {'、'.join(missing)}：跳过用 LibreOffice 重算、打印的测试 / "
            f"no {', '.join(missing)}: tests that recalculate or print with LibreOffice are skipped"
        )


def browser() -> None:
    """The page of the cascade is opened in a real browser; without one its tests skip. Alone, since not every system
    has it under this name, and apt installs all that it is asked for or nothing."""
    if not has_browser() and can_apt():
        say(f"安装 / installing {BROWSER} ...")
        apt([BROWSER])
    if not has_browser():
        say("没有 Chromium：跳过在浏览器里打开网页的测试 / no Chromium: tests that open the page are skipped")


def has_browser() -> bool:
    return any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome")))


def needs() -> dict[str, bool]:
    fonts = shutil.which("fc-list")
    chinese = bool(fonts and subprocess.run([fonts, ":lang=zh"], capture_output=True).stdout.strip())
    return {
        "soffice": bool(shutil.which("soffice")),
        "pdftoppm": bool(shutil.which("pdftoppm")),
        "Chinese fonts": chinese or os.name == "nt" or sys.platform == "darwin",
    }


def can_apt() -> bool:
    return bool(shutil.which("apt-get")) and hasattr(os, "geteuid") and os.geteuid() == 0


def apt(packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call(["apt-get", "update", "-qq"], env=quiet, stdout=subprocess.DEVNULL)
    subprocess.call(["apt-get", "install", "-y", "-qq", *packages], env=quiet, stdout=subprocess.DEVNULL)


def this_tree() -> dict[str, str]:
    """The environment in which every Python imports perfxl from this folder, whatever is installed."""
    return {**os.environ, "PYTHONPATH": str(HERE)}


def test(arguments: list[str]) -> int:
    """Lint, types, tests, in that order; all of them run, and the worst decides."""
    steps = [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["pytest", "-n", str(min(4, os.cpu_count() or 1)), *arguments],
    ]
    codes = []
    for step in steps:
        say(f"== {' '.join(step)}")
        codes.append(subprocess.call([str(PYTHON), "-m", *step], cwd=HERE, env=this_tree()))
    return max(codes)


def bench(names: list[str]) -> int:
    names = names or ["rules"]
    codes = [subprocess.call([str(PYTHON), "-m", f"benchmarks.{name}"], cwd=HERE, env=this_tree()) for name in names]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
