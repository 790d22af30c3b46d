"""Every command that opens somebody's file, and every kind of file that must not take the machine along: one line,
an exit that is not 0, in little memory and time."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from perfxl.cli import main
from perfxl.ooxml.package import PackageError, inspect_package, open_zip
from perfxl.ooxml.zip_read import read_parts
from perfxl.outputs import read_mark
from perfxl.workbook.reading.guarded import MAX_OTHER_FORMAT, is_odd
from tests.workbook.books import save

Captured = pytest.CaptureFixture[str]
SOUND = Path(__file__).parent.parent / "data" / "trust" / "thirds.xlsx"
ON_UNIX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to a limit of memory")

# FILE is the stranger's, OUT a path that is free.
ROADS = {
    "check": ("check", "FILE"),
    "check -o": ("check", "FILE", "-o", "OUT.xlsx"),
    "score": ("score", "FILE", "-o", "OUT.xlsx"),
    "weights": ("weights", "FILE", "-o", "OUT.xlsx"),
    "cascade": ("cascade", "FILE", "-o", "OUT.xlsx"),
    "explain": ("explain", "FILE", "E1"),
    "import": ("import", "FILE", "-o", "OUT.xlsx"),
    "documents": ("documents", "notice", "FILE", "-o", "OUT"),
    "documents --template": ("documents", "contract", str(SOUND), "--template", "FILE", "-o", "OUT"),
    "templates check": ("templates", "check", "FILE"),
    "templates adopt": ("templates", "adopt", "FILE", "-o", "OUT.docx"),
    "addin relink": ("addin", "relink", "FILE", "-o", "OUT.xlsx"),
    "addin lambda": ("addin", "lambda", "FILE", "-o", "OUT.xlsx"),
}
# These go on to say what else they found.
_ONE_OF_SEVERAL = ("documents --template", "templates check")
_MEMORY, _SECONDS = 3 * 2**30, 300


def listing(path: Path, entries: int) -> Path:
    """A zip whose directory lists so many entries, each of them the same empty part."""
    name = b"a"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    fields = (b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0)
    entry = struct.pack("<4s6H3I5H2I", *fields) + name
    size, start = len(entry) * entries, len(local)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, min(entries, 65535), min(entries, 65535), size, start, 0)
    path.write_bytes(local + entry * entries + end)
    return path


def refusal(road: str) -> int:
    """How a road ends at a file that cannot be used."""
    return 1 if road in _ONE_OF_SEVERAL else 2


_ALL = """
import contextlib, io, json, resource, sys
from perfxl.cli import main
roads, memory = json.loads(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
ends = {}
for road, arguments in roads.items():
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        ends[road] = main(arguments), said.getvalue()
print(json.dumps(ends))
"""


def outside(folder: Path, roads: Iterable[str], file: str) -> dict[str, tuple[int, str]]:
    """The commands in a process of their own, under limits: one that lets the file through does not end otherwise."""
    asked = {
        road: [part.replace("FILE", file).replace("OUT", str(folder / "out")) for part in ROADS[road]] for road in roads
    }
    done = subprocess.run(
        [sys.executable, "-c", _ALL, json.dumps([asked, _MEMORY])],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_SECONDS,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"},
        check=True,
    )
    return {road: (code, said) for road, (code, said) in json.loads(done.stdout).items()}


@ON_UNIX
def test_a_device_is_no_file_and_nobody_waits_at_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.docx"
    os.mkfifo(pipe)
    for file in ("/dev/zero", str(pipe)):
        for road, (code, said) in outside(tmp_path, ROADS, file).items():
            assert code == refusal(road), (road, said)
            assert "设备或管道" in said, (road, said)
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


@pytest.mark.parametrize("road", ROADS)
def test_a_directory_of_half_a_million_parts(road: str, tmp_path: Path, capsys: Captured) -> None:
    path = listing(tmp_path / ("a.docx" if "templa" in road else "a.xlsx"), 500_000)
    arguments = [part.replace("FILE", str(path)).replace("OUT", str(tmp_path / "out")) for part in ROADS[road]]
    assert main(arguments) == refusal(road)
    said = "".join(capsys.readouterr())
    assert ("a.docx 解开后超过" if "templa" in road else ">10000 个部件") in said
    assert not list(tmp_path.rglob("out*/*")) and not list(tmp_path.glob("*.*x"))[1:]


def test_no_entry_is_made_of_a_directory_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = listing(tmp_path / "a.xlsx", 20_000)
    made: list[str] = []
    original = zipfile.ZipInfo.__init__

    def counted(self: zipfile.ZipInfo, *given: object) -> None:
        made.append("")
        original(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(zipfile.ZipInfo, "__init__", counted)
    with path.open("rb") as file, pytest.raises(PackageError, match="unsafe"):
        open_zip(file)
    with path.open("rb") as file, pytest.raises(PackageError, match="unsafe"):
        inspect_package("a.xlsx", file)
    with pytest.raises(PackageError, match="unsafe"):
        read_parts(path.read_bytes(), 2**20, 4096)
    assert not is_odd(path)  # the reader says it; no process is needed
    assert made == []
    with path.open("rb") as file:
        assert len(open_zip(file, most=20_000).infolist()) == len(made) == 20_000
    assert read_mark(listing(tmp_path / "b.xlsx", 600_000)) is None


def test_a_template_of_too_much_xml(tmp_path: Path, capsys: Captured) -> None:
    """A few kilobytes that unpack to what no template holds, below the bound for pictures."""
    path = tmp_path / "t.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w>" + "<p/>" * (9 * 2**20) + "</w>")
    for road in ("documents --template", "templates check", "templates adopt"):
        arguments = [part.replace("FILE", str(path)).replace("OUT", str(tmp_path / "out")) for part in ROADS[road]]
        assert main(arguments) == refusal(road)
        said = "".join(capsys.readouterr())
        assert "t.docx 解开后超过 32 MB" in said


def test_a_part_that_is_too_large_to_be_marked(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfxl.ooxml.edit._MOST", 100)
    for road in ("check -o", "addin relink", "addin lambda"):
        arguments = [part.replace("FILE", str(SOUND)).replace("OUT", str(tmp_path / "out")) for part in ROADS[road]]
        assert main(arguments) == 2
        assert "thirds.xlsx" in "".join(capsys.readouterr())
    assert list(tmp_path.iterdir()) == []


def test_a_large_file_of_another_format_is_read_apart(tmp_path: Path) -> None:
    text = tmp_path / "a.csv"
    text.write_bytes(b"a,b\n" * (MAX_OTHER_FORMAT // 4 + 1))
    assert is_odd(text)
    text.write_bytes(b"a,b\n")
    assert not is_odd(text)


@pytest.mark.parametrize(
    "sheets",
    [
        {"参数": [["参数", "取值"], ["单项得分上限", "很高"]]},
        {"自定义方法": [["方法名称", "公式"], ["坏", "A/X"]]},
    ],
)
def test_no_lambda_is_made_from_settings_that_could_not_be_read(
    sheets: dict[str, list[list[object]]], tmp_path: Path, capsys: Captured
) -> None:
    path = save(tmp_path / "a.xlsx", sheets)
    assert main(["addin", "lambda", str(path)]) == 2
    assert "B2" in "".join(capsys.readouterr())
    assert list(tmp_path.iterdir()) == [path]


def test_a_patched_copy_of_a_table_of_another_format_is_a_workbook(tmp_path: Path, capsys: Captured) -> None:
    text = tmp_path / "a.csv"
    text.write_text("参数,取值\n单项得分上限,130\n", encoding="utf-8")
    assert main(["addin", "lambda", str(text)]) == 0
    assert zipfile.is_zipfile(tmp_path / "a-lambda.xlsx")
    assert main(["addin", "lambda", str(text), "-o", str(tmp_path / "b.csv")]) == 2
    assert ".xlsx" in "".join(capsys.readouterr())
