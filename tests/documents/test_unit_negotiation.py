"""Minutes of a session about several contracts: which contracts belong together, and what they say of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from perfxl.core.records import Tables
from perfxl.documents.batch import make_documents
from perfxl.documents.papers import unit_negotiation
from perfxl.documents.papers.contexts import Contexts
from tests.documents.contract_book import policy
from tests.documents.cycle_book import book
from tests.documents.papers import whole_text

MANAGER, COUPLE = "HT-2025-002", "HT-2025-003"
DAY = date(2024, 12, 12)
SIGNED = {"signed_issuer": DAY, "signed_holder": DAY}


def negotiated(*rows: dict[str, Any]) -> Tables:
    lines = [
        {"contract": contract, "kpi": kpi, "target": target, "weight": 50.0}
        for contract in (MANAGER, COUPLE)
        for kpi, target in (("F02", 80000.0), ("F04", 12000.0))
    ]
    return book(contract_lines=lines, negotiations=list(rows), plans=[], actuals=[], events=[], amendments=[])


def says(tables: Tables, session: str, lang: str = "zh") -> dict[str, Any]:
    return unit_negotiation.context(Contexts(tables, policy(), lang), session)


def sessions(tables: Tables) -> dict[str, list[str]]:
    contexts = Contexts(tables, policy())
    return {
        session: [one["contract"] for one in unit_negotiation.context(contexts, session)["contracts"]]
        for session in unit_negotiation._list_filled(contexts)
    }


NAMED = {"session": "营销公司质询会", "date": DAY, "proposal": 84000.0, "forecast": 76000.0}


def test_a_session_that_is_named_holds_its_contracts_others_go_by_unit() -> None:
    tables = negotiated(
        {"contract": MANAGER, "kpi": "F02", **NAMED},
        {"contract": COUPLE, "kpi": "F02", **NAMED},
        {"contract": COUPLE, "kpi": "F04", "proposal": 9.0, "forecast": 9.0},
    )
    assert sessions(tables) == {"U1": [COUPLE], "营销公司质询会": [MANAGER, COUPLE]}
    assert [line["kpi"] for one in says(tables, "营销公司质询会")["contracts"] for line in one["lines"]] == [
        "营销收入",
        "营销收入",
    ]
    (own,) = says(tables, "U1")["contracts"]
    assert [line["number"] for line in own["lines"]] == ["2"], "and what another session was about is not told again"


def test_a_session_called_as_the_unit_is_the_units() -> None:
    rows = [{"contract": c, "kpi": "F02", **NAMED, "session": s} for c, s in ((MANAGER, "营销公司"), (COUPLE, "U1"))]
    assert sessions(negotiated(*rows)) == {"U1": [MANAGER, COUPLE]}
    assert sessions(negotiated(rows[0], {**rows[1], "session": None})) == {"U1": [MANAGER, COUPLE]}


def test_what_is_settled_and_open_is_counted() -> None:
    tables = negotiated(
        {"contract": MANAGER, "kpi": "F02", **NAMED, "agreed": 80000.0, **SIGNED, "cause": "判断不同"},
        {"contract": COUPLE, "kpi": "F02", **NAMED, "open_point": "预算", "owner": "E001", "due": date(2025, 1, 15)},
        {"contract": COUPLE, "kpi": "F04", **NAMED, "proposal": 9.0, "forecast": 9.0, "sla": "3 天", "market": "增长"},
    )
    told = says(tables, "营销公司质询会")
    assert [told[name] for name in ("count", "line_count", "signed_count", "open_count")] == ["2", "3", "1", "2"]
    assert [[one[name] for name in ("count", "signed", "open")] for one in told["contracts"]] == [
        ["1", "1", "0"],
        ["2", "0", "2"],
    ]
    assert [(d["difference"], d["cause"], d["status"]) for d in told["differences"]] == [
        ("−8,000 (−9.5%)", "判断不同", "双方已签"),
        ("−8,000 (−9.5%)", "", "未决"),
    ]
    (point,) = told["open_points"]
    assert (point["kpi"], point["point"], point["owner"], point["due"]) == (
        "营销收入",
        "预算",
        "周建国",
        "2025年1月15日",
    )
    assert [each["sla"] for each in told["supports"]] == ["3 天"]
    assert [each["market"] for each in told["grounds"]] == ["增长"]
    assert told["session_on"] == "2024年12月12日"
    roles = [party["role"] for party in told["parties"]]
    assert roles[0] == "发约人" and len({party["id"] for party in told["parties"]}) == len(roles)


def test_a_kpi_without_a_row_is_not_negotiated_and_is_open(tmp_path: Path) -> None:
    """Its column State was blank, and beside open targets the paper said that no open points were recorded."""
    tables = negotiated({"contract": MANAGER, "kpi": "F02", **NAMED, "session": None, "agreed": 80000.0, **SIGNED})
    told = says(tables, "U1")
    states = [line["status"] for one in told["contracts"] if one["contract"] == MANAGER for line in one["lines"]]
    assert states.count("双方已签") == 1 and set(states) == {"双方已签", "未质询"}
    assert told["open_count"] == str(states.count("未质询"))
    rows = [{"contract": MANAGER, "kpi": "F02", "target": 80000.0, "proposal_issuer": 84000.0}]
    (proposed,) = says(book(contract_lines=rows, plans=[], actuals=[], events=[]), "U1")["contracts"]
    assert [line["status"] for line in proposed["lines"]] == ["已商定，双方未签"], (
        "proposals on lines are a negotiation"
    )
    files, _ = make_documents("unit_negotiation", tables, policy(), tmp_path, draft=True, jobs=1)
    text = whole_text(files[0])
    assert "未质询" in text and f"{told['open_count']} 项目标双方尚未都签字" in text


def test_the_unit_is_the_lowest_that_holds_all() -> None:
    tables = negotiated(*({"contract": c, "kpi": "F02", **NAMED} for c in (MANAGER, COUPLE)))
    assert says(tables, "营销公司质询会")["unit"] == {"id": "U1", "name": "营销公司"}
    assert unit_negotiation.asked_by(Contexts(tables, policy()), "营销公司质询会") == {
        "营销公司质询会",
        "U1",
        MANAGER,
        COUPLE,
    }


def test_proposals_on_lines_are_a_negotiation_too() -> None:
    rows = [{"contract": MANAGER, "kpi": "F02", "target": 80000.0, "proposal_issuer": 84000.0}]
    tables = book(contract_lines=rows, plans=[], actuals=[], events=[])
    assert sessions(tables) == {"U1": [MANAGER]}


def test_one_file_a_session_and_none_with_an_error_of_its_contracts(tmp_path: Path) -> None:
    rows = [
        {"contract": MANAGER, "kpi": "F02", **NAMED, "agreed": 80000.0, **SIGNED},
        {"contract": COUPLE, "kpi": "F02", **NAMED, "session": "合作质询会", "agreed": 79000.0, **SIGNED},
    ]
    loose = policy().but(weight_max=100.0, kpi_min=1)
    files, problems = make_documents("unit_negotiation", negotiated(*rows), loose, tmp_path, jobs=1)
    assert [path.stem for path in files] == ["U1 营销公司质询会 目标质询会纪要"]
    assert [(each.name, each.details["record"]) for each in problems if each.severity == "error"] == [
        ("paper_held_back", "合作质询会")
    ]
    text = whole_text(files[0])
    assert "林晓梅" in text and "−8,000" in text and "双方已签 1 项" in text
