"""Workbooks with a password, the list of passwords, the archives of units and the list of what was sent."""

from __future__ import annotations

import io
import shutil
import stat
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest

from perfxl.cli import main
from perfxl.disk import WINDOWS
from perfxl.exchange.csv_lists import as_csv, from_csv
from perfxl.exchange.passwords import EACH, ONE, PASSWORD_FILE, digest, read_passwords
from perfxl.exchange.send import distribute
from perfxl.ooxml.package import COMPOUND_FILE
from perfxl.outputs import is_unchanged
from perfxl.workbook.program.book import write_program
from tests.exchange.test_distribute import ORDER, named, program


def opened(path: Path, password: str) -> bytes:
    file = msoffcrypto.OfficeFile(io.BytesIO(path.read_bytes()))
    file.load_key(password=password, verify_password=True)
    out = io.BytesIO()
    file.decrypt(out, verify_integrity=True)
    return out.getvalue()


def test_each_file_opens_with_its_own_password(tmp_path: Path) -> None:
    result, problems = distribute(program(), tmp_path, replace(ORDER, passwords=EACH))
    assert not problems
    passwords = read_passwords(result.folder)
    assert len(set(passwords.values())) == 3 and min(map(len, passwords.values())) >= 12
    for file in result.files:
        content = (tmp_path / file.path).read_bytes()
        assert content.startswith(COMPOUND_FILE)
        assert file.name.encode("utf-16-le") not in content
        plain = opened(tmp_path / file.path, passwords[file.path])
        assert digest(plain) == file.content
        assert openpyxl.load_workbook(io.BytesIO(plain)).sheetnames
    first, second = result.files[:2]
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        opened(tmp_path / first.path, passwords[second.path])


@pytest.mark.skipif(WINDOWS, reason="rights of files are of another kind on Windows")
def test_the_passwords_are_for_their_owner_alone(tmp_path: Path) -> None:
    for _ in range(2):
        result, _ = distribute(program(), tmp_path, replace(ORDER, passwords=ONE))
        assert result.passwords is not None
        assert stat.S_IMODE(result.passwords.stat().st_mode) == 0o600
        result.passwords.chmod(0o644)
    assert len(set(read_passwords(result.folder).values())) == 1


def test_sending_again_with_passwords_changes_nothing(tmp_path: Path) -> None:
    order = replace(ORDER, passwords=EACH)
    distribute(program(), tmp_path, order)
    before = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    _, problems = distribute(program(), tmp_path, order)
    assert not problems
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_passwords_stay_when_the_program_has_changed(tmp_path: Path) -> None:
    order = replace(ORDER, passwords=EACH)
    result, _ = distribute(program(), tmp_path, order)
    passwords = read_passwords(result.folder)
    changed, problems = distribute(program(), tmp_path, replace(order, due=None))
    assert not problems
    assert read_passwords(result.folder) == passwords
    assert changed.files[0].content != result.files[0].content
    assert opened(tmp_path / changed.files[0].path, passwords[changed.files[0].path])


def test_a_file_with_a_password_that_somebody_has_changed_is_kept(tmp_path: Path) -> None:
    order = replace(ORDER, passwords=EACH)
    result, _ = distribute(program(), tmp_path, order)
    path = tmp_path / result.files[0].path
    path.write_bytes(path.read_bytes() + b"\0")
    kept = path.read_bytes()
    _, problems = distribute(program(), tmp_path, order)
    assert [each.name for each in problems] == ["output_changed"]
    assert path.read_bytes() == kept


def test_a_password_of_hr_opens_all_and_can_be_taken_off_again(tmp_path: Path) -> None:
    result, _ = distribute(program(), tmp_path, replace(ORDER, password="=绩效2026"))
    assert set(read_passwords(result.folder).values()) == {"=绩效2026"}
    for file in result.files:
        assert opened(tmp_path / file.path, "=绩效2026")
    bare, problems = distribute(program(), tmp_path, ORDER)
    assert [each.name for each in problems] == []
    assert all(is_unchanged(tmp_path / file.path) for file in bare.files)


def test_without_the_package_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfxl.exchange.passwords.find_spec", lambda name: None)
    result, problems = distribute(program(), tmp_path, replace(ORDER, passwords=EACH))
    assert [each.code for each in problems] == ["T162"]
    assert f'"{sys.executable}" -m pip install "msoffcrypto-tool' in problems[0].hint("zh")
    assert not result.files and not list(tmp_path.iterdir())


def test_an_archive_for_each_unit_holds_its_files(tmp_path: Path) -> None:
    result, _ = distribute(program(), tmp_path, replace(ORDER, bundles=True, passwords=ONE))
    (bundle,) = result.bundles
    assert bundle.name == "销售部.zip" and is_unchanged(bundle)
    with zipfile.ZipFile(bundle) as archive:
        assert archive.namelist() == [file.path for file in result.files]
        assert archive.read(result.files[0].path) == (tmp_path / result.files[0].path).read_bytes()


def test_the_list_of_what_was_sent_says_to_whom_and_when(tmp_path: Path) -> None:
    result, _ = distribute(program(), tmp_path, replace(ORDER, passwords=EACH))
    sheet = openpyxl.load_workbook(result.folder / "下发清单.xlsx").worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [row[2] for row in rows] == [file.name for file in result.files]
    assert rows[0][0] == result.files[0].sent
    assert rows[0][5:10] == ["实绩填报 4 行，定性评价 4 行", "2026Q1", "2026-04-10", "有", result.files[0].path]
    distribute(program(), tmp_path, replace(ORDER, jobs=("coaching",), overwrite=True))
    sheet = openpyxl.load_workbook(result.folder / "下发清单.xlsx").worksheets[0]
    assert sheet.max_row == 10
    said = set(read_passwords(result.folder).values())
    assert not said & {cell.value for row in sheet.iter_rows() for cell in row}, "no password stands on it"


def test_a_list_saved_again_by_excel_is_read(tmp_path: Path) -> None:
    rows = [["文件", "密码"], ["甲.xlsx", "=1+1"], ["乙.xlsx", "'quoted"]]
    assert from_csv(as_csv(rows)) == rows
    assert from_csv(as_csv(rows).decode("utf-8-sig").encode("gb18030")) == rows


def test_the_command_says_where_the_passwords_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "方案.xlsx", tmp_path / "out"
    write_program(source, named(), "zh")
    main(["distribute", str(source), "-o", str(out), "--period", "2026Q1", "--passwords", "each", "--zip"])
    said = capsys.readouterr().out
    assert PASSWORD_FILE("zh") in said
    assert (out / "销售部.zip").is_file()
    assert not any(word in said for word in read_passwords(out / "_下发记录").values())


def test_a_password_may_be_asked_for_and_one_way_of_encrypting_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everybody on the machine sees what a command was given."""
    source, out = tmp_path / "方案.xlsx", tmp_path / "out"
    write_program(source, named(), "zh")
    monkeypatch.setattr(sys, "stdin", io.StringIO("只有HR知道\n"))
    main(["distribute", str(source), "-o", str(out), "--period", "2026Q1", "--password", "-"])
    assert set(read_passwords(out / "_下发记录").values()) == {"只有HR知道"}
    assert "只有HR知道" not in "".join(capsys.readouterr())
    monkeypatch.setattr(sys, "stdin", io.StringIO("只有HR知道\n"))
    back = Path(shutil.copytree(out, tmp_path / "back", ignore=shutil.ignore_patterns("_*")))
    (tmp_path / "elsewhere").mkdir()
    moved = Path(shutil.move(back, tmp_path / "elsewhere" / "back"))
    (out / "_下发记录" / "密码.csv").unlink()
    assert main(["collect", str(source), str(moved), "-o", str(tmp_path / "r.xlsx"), "--password", "-"]) in (0, 1)
    assert "T163" not in capsys.readouterr().out
    for wrong in (["--password", "x", "--passwords", "each"], ["--password", ""]):
        with pytest.raises(SystemExit) as ended:
            main(["distribute", str(source), "-o", str(tmp_path / "no"), *wrong])
        assert ended.value.code == 2 and not (tmp_path / "no").exists()


def test_rows_of_the_list_are_as_high_as_what_is_asked(tmp_path: Path) -> None:
    """LibreOffice showed three lines in the height of one, over the rows beside."""
    jobs = ("targets", "actuals", "grades", "coaching", "interview")
    result, _ = distribute(program(), tmp_path, replace(ORDER, jobs=jobs))
    sheet = openpyxl.load_workbook(result.folder / "下发清单.xlsx").worksheets[0]
    assert all((sheet.row_dimensions[row].height or 0) > 2 * 13 for row in range(5, 8))
