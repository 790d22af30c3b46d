"""Mails with which workbooks go out: a list for a mail merge, and drafts that open with the file attached."""

from __future__ import annotations

import csv
import email
import io
from dataclasses import replace
from datetime import date
from email import policy
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from perfxl.cli import main
from perfxl.exchange.mail import Mail, invitations, judge_addresses, write_drafts, write_list
from perfxl.exchange.send import distribute
from perfxl.outputs import is_unchanged
from perfxl.workbook.program.book import write_program
from tests.core.test_requests import program as tables_of
from tests.exchange.test_distribute import ORDER, named, program

MAIL = Mail("=王小明", "+销售部", "M1", "wang@example.com; li@example.com", "绩效填报表 2026Q1", "您好\n", rows=7)


def draft(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_draft_carries_the_file_under_its_chinese_name(tmp_path: Path) -> None:
    file = tmp_path / "M1_王小明_销售部.xlsx"
    file.write_bytes(b"PK content")
    (path,), problems = write_drafts(tmp_path / "drafts", [MAIL._replace(name="王小明", attachment=file)])
    assert not problems
    assert path.name == "M1_王小明_销售部.eml"
    message = draft(path)
    assert message["X-Unsent"] == "1"
    assert [address.addr_spec for address in message["To"].addresses] == ["wang@example.com", "li@example.com"]
    assert message["Subject"] == "绩效填报表 2026Q1"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == file.name
    assert attached.get_content() == b"PK content"
    assert b"filename*" in path.read_bytes(), "RFC 2231"
    body = message.get_body()
    assert body is not None and body.get_content().splitlines() == ["您好"]
    assert path.read_bytes().isascii() and b"From:" not in path.read_bytes()


def test_nothing_of_a_cell_becomes_a_header(tmp_path: Path) -> None:
    mail = MAIL._replace(name="A\nBcc: x@example.com", email="a@b.cn\nBcc: c@d.cn", subject="S\r\nX-Evil: 1")
    (path,), _ = write_drafts(tmp_path, [mail])
    message = draft(path)
    assert message["Bcc"] is None and message["X-Evil"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["a@b.cn", "c@d.cn"]


def test_drafts_made_again_are_the_same_and_those_changed_are_kept(tmp_path: Path) -> None:
    mails = [MAIL, MAIL._replace(name="李四", email="")]
    paths, _ = write_drafts(tmp_path, mails)
    before = [path.read_bytes() for path in paths]
    assert all(is_unchanged(path) for path in paths)
    again, problems = write_drafts(tmp_path, mails)
    assert (again, problems, [path.read_bytes() for path in paths]) == (paths, [], before)
    assert draft(paths[1])["To"] is None
    paths[0].write_bytes(before[0].replace(b"wang@", b"wong@"))
    again, problems = write_drafts(tmp_path, mails)
    assert [each.name for each in problems] == ["output_changed"]
    assert b"wong@" in paths[0].read_bytes()
    write_drafts(tmp_path, mails, overwrite=True)
    assert paths[0].read_bytes() == before[0]


def test_the_list_reads_in_excel_and_holds_no_formula(tmp_path: Path) -> None:
    as_csv, as_xlsx = tmp_path / "list.csv", tmp_path / "list.xlsx"
    for path in (as_csv, as_xlsx):
        assert not write_list(path, [MAIL._replace(attachment=tmp_path / "M1.xlsx")], "zh")
    content = as_csv.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    headers, row = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert headers == ["工号", "填报人", "单位", "邮箱", "文件", "完整路径", "行数", "主题"]
    said = ["wang@example.com; li@example.com", "M1.xlsx", str(tmp_path / "M1.xlsx"), "7", "绩效填报表 2026Q1"]
    assert row == ["M1", "'=王小明", "'+销售部", *said]
    (sheet,) = openpyxl.load_workbook(as_xlsx).worksheets
    assert [cell.value for cell in sheet[1]] == headers
    assert [cell.value for cell in sheet[2]] == ["M1", "=王小明", "+销售部", *said[:3], 7, said[4]]
    assert sheet["B2"].data_type == "s"


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_a_list_that_somebody_has_changed_is_kept(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_list(path, [MAIL], "en")
    assert not write_list(path, [MAIL], "en")
    if path.suffix == ".csv":
        path.write_bytes(path.read_bytes() + b"more")
    else:
        book = openpyxl.load_workbook(path)
        book.worksheets[0]["A3"] = "M2"
        book.save(path)
    kept = path.read_bytes()
    assert [each.name for each in write_list(path, [MAIL], "en")] == ["output_changed"]
    assert path.read_bytes() == kept
    assert not write_list(path, [MAIL], "en", overwrite=True)
    assert path.read_bytes() != kept


def test_those_whom_no_mail_reaches_are_named_at_their_cell(tmp_path: Path) -> None:
    people = [
        {"person": "E1", "name": "甲", "unit": "D1", "email": "a@b.cn"},
        {"person": "E2", "name": "乙", "unit": "D1", "superior": "E1", "email": "b@@c"},
        {"person": "E3", "name": "丙", "unit": "D1", "superior": "E1"},
    ]
    tables = tables_of(people=people)
    mails = [MAIL._replace(person=p["person"], name=p["name"], email=p.get("email", "")) for p in people]
    problems = judge_addresses(mails, tables)
    row = tables["people"].address(1, "email")
    assert problems[0].address == row
    assert [each.code for each in problems] == ["T161", "T160"]
    assert problems[1].details["count"] == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_mail_says_what_and_by_when(tmp_path: Path, lang: str) -> None:
    result, _ = distribute(program(), tmp_path, ORDER)
    mail = invitations(result.files, result.batch, tmp_path)[0]
    assert mail.attachment == tmp_path / "M0_经理0号_销售部.xlsx"
    assert mail.rows == 8
    assert "2026-04-10" in mail.subject and "2026Q1" in mail.subject
    assert "实绩填报：4 行" in mail.text and "经理0号" in mail.text
    assert date(2026, 4, 10).isoformat() in mail.text


def test_the_command_writes_list_and_drafts(tmp_path: Path) -> None:
    source, out = tmp_path / "方案.xlsx", tmp_path / "out"
    write_program(source, named(), "zh")
    drafts, as_csv, as_xlsx = tmp_path / "drafts", tmp_path / "l.csv", tmp_path / "l.xlsx"
    command = ["distribute", str(source), "-o", str(out), "--period", "2026Q1", "--drafts", str(drafts)]
    command += ["--mail", str(as_csv), "--mail", str(as_xlsx)]
    for _ in range(2):
        main(command)
        assert sorted(path.name for path in drafts.glob("*.eml")) == [f"M{n}_经理{n}号_销售部.eml" for n in range(3)]
        assert len(as_csv.read_bytes().splitlines()) == 4
        assert as_xlsx.is_file()
    for path in drafts.glob("*.eml"):
        (attached,) = draft(path).iter_attachments()
        assert attached.get_content() == (out / f"{path.stem}.xlsx").read_bytes()
    assert main([*command, "--mail", str(source)]) == 2
    assert main([*command, "--mail", str(tmp_path / "l.txt")]) == 2


def test_a_file_with_a_password_says_so_in_its_mail(tmp_path: Path) -> None:
    """Nothing told the manager why it could not be opened; the password itself goes another way."""
    pytest.importorskip("msoffcrypto")
    result, _ = distribute(program(), tmp_path / "locked", replace(ORDER, password="s3cret"))
    (text, *_) = (mail.text for mail in invitations(result.files, result.batch, tmp_path))
    assert "密码另行告知" in text and "s3cret" not in text
    result, _ = distribute(program(), tmp_path / "open", ORDER)
    assert "密码" not in invitations(result.files, result.batch, tmp_path)[0].text


def test_the_list_says_where_each_file_lies_from_wherever_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word looked for p1/... beside itself."""
    monkeypatch.chdir(tmp_path)
    result, _ = distribute(program(), Path("p1"), ORDER)
    write_list(Path("l.csv"), invitations(result.files, result.batch, Path("p1")), "zh")
    with (tmp_path / "l.csv").open(encoding="utf-8-sig", newline="") as file:
        paths = [row["完整路径"] for row in csv.DictReader(file)]
    assert paths == [str(tmp_path / "p1" / each.path) for each in result.files]
