"""Papers about what was agreed: minutes with their rows, amendments with old and new values, for those alone who have
some."""

from __future__ import annotations

from pathlib import Path

import docx

from perfxl.documents.batch import make_documents
from perfxl.documents.papers import amendment, contract, negotiation, notice
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import policy
from tests.documents.cycle_book import agreed, book

MANAGER, COUPLE = "HT-2025-002", "HT-2025-003"


def test_the_amendment_tells_old_and_new_why_and_who_signed() -> None:
    said = amendment.context(Contexts(agreed(), policy()), MANAGER)
    assert said["current"] == {"version": "2", "valid_from": "2025年7月1日"}
    names = ("version", "effective", "kpi", "item", "before", "after", "reason", "signed")
    assert [[row[name] for name in names] for row in said["amended"]] == [
        [
            "2",
            "2025年7月1日",
            "营销收入",
            "目标值",
            "88,000",
            "80,000",
            "市场变化",
            "2024年12月20日\n2024年12月21日",
        ],
        [
            "—",
            "2025年10月1日",
            "营销收入",
            "目标值",
            "80,000",
            "70,000",
            "市场变化",
            "2024年12月20日\n尚未全部签字，不生效",
        ],
    ]


def test_the_contract_states_its_version() -> None:
    bare = contract.context(Contexts(book(), policy()), COUPLE)["contract"]["version"]
    head = contract.context(Contexts(agreed(), policy()), MANAGER)["contract"]
    assert (head["version"], bare) == (str(book()["contracts"].column("version")[0] or 2), bare)


def test_the_notice_tells_versions_and_days() -> None:
    tables = agreed()
    rule = policy().but(amendment_scoring="days")
    said = notice.context(Contexts(tables, rule), "E002")["contracts"][0]["sum"]
    assert "按各版本的天数加权：第 1 版（2025年1月1日至2025年6月30日，181 天）" in said and "184 天" in said
    current = notice.context(Contexts(tables, policy()), "E002")["contracts"][0]["sum"]
    assert "自 2025年7月1日 起为第 2 版" in current


def test_minutes_hold_what_was_agreed() -> None:
    said = negotiation.context(Contexts(agreed(), policy()), MANAGER)
    line = next(each for each in said["lines"] if each["kpi"] == "营销收入")
    names = ("proposal_issuer", "proposal_holder", "difference", "target", "cause", "owner", "status")
    assert [line[name] for name in names] == [
        "84,000",
        "76,000",
        "−8,000 (−9.5%)",
        "88,000",
        "对续约率的判断不同",
        "周建国",
        "双方已签",
    ]
    assert (said["session"], said["session_on"], said["open_points"]) == (
        "营销中心质询会",
        "2024年12月12日",
        "营销收入：审批时间",
    )
    assert [each["kpi"] for each in said["grounds"]] == ["营销收入"]
    assert [said["supports"][0][name] for name in ("resources", "provider", "sla")] == [
        "客户经理 2 人",
        "网络中心",
        "24 小时内开通",
    ]


def test_papers_are_made_for_those_alone_who_have_something_to_say(tmp_path: Path) -> None:
    for kind in ("negotiation", "amendment"):
        files, _ = make_documents(kind, agreed(), policy(), tmp_path / kind, draft=True)
        assert [MANAGER in file.name for file in files] in ([True], [True, False])
        everybody, _ = make_documents(kind, agreed(), policy(), tmp_path / f"{kind}2", draft=True, blank=True)
        assert len(everybody) == len(book()["contracts"])
    text = "".join(
        cell.text for table in docx.Document(str(files[0])).tables for row in table.rows for cell in row.cells
    )
    assert "88,000" in text
    nothing = book()
    del nothing["contract_lines"].columns["proposal_issuer"], nothing["contract_lines"].columns["proposal_holder"]
    files, problems = make_documents("negotiation", nothing, policy(), tmp_path / "none")
    assert (list(files), [each.name for each in problems]) == ([], ["paper_would_be_blank"])


def test_proposals_typed_on_contract_lines_make_minutes_too(tmp_path: Path) -> None:
    tables = book()
    assert "negotiations" not in tables
    files, problems = make_documents("negotiation", tables, policy(), tmp_path, draft=True)
    assert ([MANAGER in file.name for file in files], problems) == ([True], [])
