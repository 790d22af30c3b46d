"""Nothing of anybody else's people in anything that leaves HR: files with a password, archives of units, drafts with
their attachments, marked copies; names of files, of parts and of senders included."""

from __future__ import annotations

import email
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import openpyxl
import pytest

from perfxl.core.records import Tables
from perfxl.core.requests import JOBS
from perfxl.exchange.collect import Collection, collect
from perfxl.exchange.mail import invitations, write_drafts
from perfxl.exchange.passwords import EACH, encrypted, read_passwords
from perfxl.exchange.reminding import reminders
from perfxl.exchange.send import Order, Sent, distribute
from perfxl.ooxml.package import COMPOUND_FILE
from perfxl.program import Program, from_tables
from tests.core.test_requests import program as tables_of
from tests.exchange.test_collect_merge import ACTUALS, put
from tests.exchange.test_passwords import opened

MANAGERS = 3
STAFF = 12


def words_of(manager: int) -> list[str]:
    """What stands for a manager and the manager's people, and for nobody else; not by accident in packed bytes."""
    own = [n for n in range(STAFF) if n % MANAGERS == manager]
    people = [
        word for n in own for word in (f"S-{n:03}", f"员工{n:03}号", f"HT{n:03}", f"旁注{n:03}", f">{70_000 + n}")
    ]
    return [f"M-{manager}-Z", f"经理{manager}号", f"第{manager}事业部", f"D-{manager}-Z", f"m{manager}@x.cn", *people]


def tables() -> Tables:
    """Each manager has a unit, an address and people whose names, contracts and figures stand nowhere else."""
    units = [{"unit": f"D-{n}-Z", "name": f"第{n}事业部", "head": f"M-{n}-Z"} for n in range(MANAGERS)]
    managers = [
        {"person": f"M-{n}-Z", "name": f"经理{n}号", "unit": f"D-{n}-Z", "email": f"m{n}@x.cn"} for n in range(MANAGERS)
    ]
    of = [n % MANAGERS for n in range(STAFF)]
    staff = [
        {"person": f"S-{n:03}", "name": f"员工{n:03}号", "unit": f"D-{m}-Z", "superior": f"M-{m}-Z"}
        for n, m in enumerate(of)
    ]
    year = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
    contracts = [
        {"contract": f"HT{n:03}", "holder": f"S-{n:03}", "issuer": f"M-{m}-Z", "unit": f"D-{m}-Z", **year}
        for n, m in enumerate(of)
    ]
    lines = [
        {"contract": f"HT{n:03}", "kpi": kpi, "target": 70_000.0 + n, "weight": 50.0}
        for n in range(STAFF)
        for kpi in ("K1", "K2")
    ]
    negotiations = [{"contract": f"HT{n:03}", "kpi": "K1", "cause": f"旁注{n:03}"} for n in range(STAFF)]
    people = [*managers, *staff]
    return tables_of(units=units, people=people, contracts=contracts, contract_lines=lines, negotiations=negotiations)


def program() -> Program:
    return from_tables(tables())[0]


def spoken(name: str, content: bytes, password: str = "") -> Iterator[str]:
    """Everything that a file says, to any depth: names, parts, comments, headers, bodies, attachments; of a file with
    a password what it says with it and without it."""
    yield name
    for text in (content.decode("utf-8", "replace"), content.decode("utf-16-le", "replace")):
        yield unescape(text)
    if content.startswith(COMPOUND_FILE):
        yield from spoken(name, opened_bytes(content, password))
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment.decode("utf-8", "replace")
            for entry in archive.infolist():
                yield (entry.comment + entry.extra).decode("utf-8", "replace")
                yield from spoken(entry.filename, archive.read(entry), password)
    elif name.endswith(".eml"):
        message = email.message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        yield from (f"{header}: {value}" for header, value in message.items())
        for part in message.walk():
            yield from (f"{header}: {value}" for header, value in part.items())
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield from spoken(str(part.get_filename() or ""), payload, password)


def opened_bytes(content: bytes, password: str) -> bytes:
    import msoffcrypto

    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=password, verify_password=True)
    out = io.BytesIO()
    file.decrypt(out)
    return out.getvalue()


def assert_only(manager: int, said: str, what: str) -> None:
    """It speaks of the manager's people, and of nobody else."""
    assert any(word in said for word in words_of(manager)), f"{what}: nothing was found at all"
    others = [word for n in range(MANAGERS) if n != manager for word in words_of(n) if word in said]
    assert not others, f"{what}: {others[:5]}"


@pytest.fixture
def sent(tmp_path: Path) -> Sent:
    order = Order(jobs=tuple(JOBS), passwords=EACH, bundles=True)
    result, problems = distribute(program(), tmp_path / "out", order)
    assert not problems
    assert len(result.files) == len(result.bundles) == MANAGERS
    return result


def test_the_search_sees_to_the_ground(sent: Sent, tmp_path: Path) -> None:
    """What is asserted to be absent elsewhere is found where it is: in a draft of an encrypted file in an archive."""
    passwords = read_passwords(sent.folder)
    file = sent.files[0]
    mail = invitations([file], sent.batch, tmp_path / "out")[0]._replace(attachment=sent.bundles[0])
    (draft,), _ = write_drafts(tmp_path / "drafts", [mail])
    said = "\n".join(spoken(draft.name, draft.read_bytes(), passwords[file.path]))
    assert all(word in said for word in words_of(0) if word != "D-0-Z")


def test_a_file_with_a_password_holds_its_own_people_alone(sent: Sent, tmp_path: Path) -> None:
    passwords = read_passwords(sent.folder)
    for manager, file in enumerate(sent.files):
        content = (tmp_path / "out" / file.path).read_bytes()
        said = "\n".join(spoken(file.path, content, passwords[file.path]))
        assert_only(manager, said, file.path)
        assert not [word for name, word in passwords.items() if word in said], "its own password neither"


def test_an_archive_of_a_unit_holds_its_own_people_alone(sent: Sent) -> None:
    passwords = read_passwords(sent.folder)
    for manager, (bundle, file) in enumerate(zip(sent.bundles, sent.files, strict=True)):
        said = "\n".join(spoken(bundle.name, bundle.read_bytes(), passwords[file.path]))
        assert_only(manager, said, bundle.name)
        assert "下发记录" not in said and "seal.key" not in said


def test_a_draft_holds_its_own_people_alone(sent: Sent, tmp_path: Path) -> None:
    passwords = read_passwords(sent.folder)
    drafts, _ = write_drafts(tmp_path / "drafts", invitations(sent.files, sent.batch, tmp_path / "out"))
    for manager, (draft, file) in enumerate(zip(drafts, sent.files, strict=True)):
        said = "\n".join(spoken(draft.name, draft.read_bytes(), passwords[file.path]))
        assert_only(manager, said, draft.name)
        assert passwords[file.path] not in said, "a password goes another way than its file"


def test_marked_copies_and_reminders_hold_their_own_people_alone(sent: Sent, tmp_path: Path) -> None:
    """Every manager answers wrongly, and for one of the others' people."""
    passwords = read_passwords(sent.folder)
    returned = tmp_path / "back"
    returned.mkdir()
    plain: dict[str, set[str]] = {}
    for manager, file in enumerate(sent.files):
        path = tmp_path / "out" / file.path
        book = openpyxl.load_workbook(io.BytesIO(opened(path, passwords[file.path])))
        put(book, f"S-{manager:03}", "九十")
        put(book, f"S-{manager + MANAGERS:03}", "=1+1")
        book.save(returned / file.path)
        plain[file.path] = set()
    # the second manager's file once more, under the first one's ID: the two disagree about somebody
    twin = openpyxl.load_workbook(returned / sent.files[1].path)
    put(twin, "S-004", 5)
    twin.save(returned / "再发一次.xlsx")
    back = tmp_path / "marked"
    collected = collect(program(), Collection((returned,), (tmp_path / "out",), back=back))
    copies = {each.name: each for each in collected.marked}
    assert copies.keys() == {*plain, "再发一次.xlsx"}
    for manager, file in enumerate(sent.files):
        copy = copies[file.path].path
        assert openpyxl.load_workbook(copy)[ACTUALS] is not None
        assert_only(manager, "\n".join(spoken(copy.name, copy.read_bytes())), copy.name)
    drafts, _ = write_drafts(
        tmp_path / "reminders", reminders(collected.merged.files, collected.record, collected.marked, "zh")
    )
    assert len(drafts) == MANAGERS
    for manager, draft in enumerate(drafts):
        assert_only(manager, "\n".join(spoken(draft.name, draft.read_bytes())), draft.name)


@pytest.mark.parametrize("audience", ["manager", "unit", "person"])
def test_whoever_is_asked_hears_of_nobody_else(audience: str, tmp_path: Path) -> None:
    order = Order(audience=audience, jobs=tuple(JOBS))
    result, _ = distribute(program(), tmp_path, replace(order, chosen=lambda person: person.startswith("S")))
    for file in result.files:
        said = "\n".join(spoken(file.path, (tmp_path / file.path).read_bytes()))
        manager = next(n for n in range(MANAGERS) if f"D-{n}-Z" in file.key or file.unit == f"第{n}事业部")
        assert_only(manager, said, file.path)
        if audience == "person":
            own = file.key
            assert not [f"S-{n:03}" for n in range(STAFF) if f"S-{n:03}" in said and f"S-{n:03}" != own]


# ---- what came back with the password that it was sent with


def locked_returns(sent: Sent, out: Path, back: Path) -> None:
    """Each file filled in wrongly and saved with its own password; the last one under another name, in an archive."""
    passwords = read_passwords(sent.folder)
    back.mkdir()
    for manager, file in enumerate(sent.files):
        book = openpyxl.load_workbook(io.BytesIO(opened(out / file.path, passwords[file.path])))
        put(book, f"S-{manager:03}", "九十")
        put(book, f"S-{manager + MANAGERS:03}", 5)
        plain = io.BytesIO()
        book.save(plain)
        content = encrypted(plain.getvalue(), passwords[file.path])
        if manager < MANAGERS - 1:
            (back / f"回复 {file.path}").write_bytes(content)
        else:
            with zipfile.ZipFile(back / "打包.zip", "w") as archive:
                archive.writestr("我的表.xlsx", content)


def test_passwords_that_hr_gave_need_not_be_typed(sent: Sent, tmp_path: Path) -> None:
    locked_returns(sent, tmp_path / "out", tmp_path / "back")
    collected = collect(program(), Collection((tmp_path / "back",), (tmp_path / "out",)))
    assert collected.files == MANAGERS
    assert "password_unknown" not in {each.name for each in collected.problems}
    assert [change.new for change in collected.merged.changes] == [5.0] * MANAGERS


def test_a_copy_of_a_file_with_a_password_has_the_same_and_is_kept_once_it_is_worked_on(
    sent: Sent, tmp_path: Path
) -> None:
    locked_returns(sent, tmp_path / "out", tmp_path / "back")
    passwords = read_passwords(sent.folder)
    order = Collection((tmp_path / "back",), (tmp_path / "out",), back=tmp_path / "marked")
    first = collect(program(), order)
    assert len(first.marked) == MANAGERS
    before = {each.path: each.path.read_bytes() for each in first.marked}
    for each in first.marked:
        content = before[each.path]
        assert content.startswith(COMPOUND_FILE)
        manager = next(n for n in range(MANAGERS) if f"经理{n}号" in each.path.name or n == MANAGERS - 1)
        word = passwords[sent.files[manager].path]
        assert "V116" in "\n".join(spoken(each.path.name, content, word))
        assert_only(manager, "\n".join(spoken(each.path.name, content, word)), each.path.name)
    again = collect(program(), order)
    assert [each.path for each in again.marked] == [*before]
    assert {each.path: each.path.read_bytes() for each in again.marked} == before
    path = first.marked[0].path
    book = openpyxl.load_workbook(io.BytesIO(opened(path, passwords[sent.files[0].path])))
    book[ACTUALS]["A1"] = "改过"
    plain = io.BytesIO()
    book.save(plain)
    path.write_bytes(encrypted(plain.getvalue(), passwords[sent.files[0].path]))
    kept = path.read_bytes()
    third = collect(program(), order)
    assert path.read_bytes() == kept
    assert [each.name for each in third.problems if each.name == "output_changed"] == ["output_changed"]
