"""What the minutes of one session say in which a unit's contracts were negotiated (单位目标质询会纪要): everybody's
proposals, differences, resources and open points on one paper, signed by all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from perfxl.core.language import COMMA, Text
from perfxl.core.schema.worked import SIGNED, negotiation_status
from perfxl.core.wording.formatting import format_day, format_number
from perfxl.documents.papers.contexts import Contexts, Row, make_heading
from perfxl.documents.papers.contract import make_contract_head
from perfxl.documents.papers.kind import NUMBERED, DocumentKind, Field, person_fields
from perfxl.documents.papers.lines import Line, read_lines
from perfxl.documents.papers.negotiation import (
    GROUNDS,
    describe_line,
    describe_promise,
    ground_fields,
    is_promised,
    line_fields,
    support_fields,
)


def _point_fields(path: str, what: Text) -> tuple[Field, ...]:
    zh, en = what
    return (
        Field(f"{path}.holder_names", f"{zh}的受约人", f"Holders, of {en}", "林晓梅", "Lin Xiaomei"),
        Field(f"{path}.kpi", f"{zh}的指标", f"KPI, of {en}", "营销收入", "Marketing revenue"),
    )


FIELDS: tuple[Field, ...] = (
    *NUMBERED,
    Field("session", "质询会；没有填时为单位名称", "Session; the unit's name if none is given"),
    Field(
        "session_on", "质询日期，几天的用顿号隔开；没有填时为空", "Days; blank if none", "2024年12月12日", "12 Dec 2024"
    ),
    Field("unit.id", "单位编号（各受约人单位的共同上级）", "ID of the unit that all holders belong to"),
    Field("unit.name", "单位名称", "Name of the unit"),
    Field("count", "合同数", "Contracts"),
    Field("line_count", "指标数", "KPIs"),
    Field("signed_count", "双方已签的指标数", "KPIs signed by both"),
    Field("open_count", "未决的指标数", "KPIs still open"),
    Field("contracts[].number", "序号", "Number"),
    Field("contracts[].contract", "合同编号；没有编号时为空", "Contract ID; blank if it has none"),
    Field("contracts[].holder_names", "受约人姓名", "Names of the holders"),
    Field("contracts[].post", "受约人岗位", "Post of the holder"),
    Field("contracts[].unit", "受约人单位", "Unit of the holder"),
    Field("contracts[].issuer", "发约人姓名", "Name of the issuer"),
    Field("contracts[].count", "该合同质询的指标数", "KPIs negotiated"),
    Field("contracts[].signed", "其中双方已签", "Signed by both"),
    Field("contracts[].open", "其中未决", "Still open"),
    *line_fields("contracts[].lines[]", Text("指标", "a KPI")),
    Field("differences[].holder_names", "有差异的指标的受约人", "Holders, of a KPI whose proposals differ"),
    *line_fields("differences[]", Text("有差异的指标", "a KPI whose proposals differ")),
    *_point_fields("grounds[]", Text("提议依据", "grounds")),
    *ground_fields("grounds[]"),
    *_point_fields("supports[]", Text("资源与服务", "resources and services")),
    *support_fields("supports[]"),
    *_point_fields("open_points[]", Text("未决事项", "an open point")),
    Field("open_points[].point", "未决事项", "Open point", "审批时间", "When it is approved"),
    Field("open_points[].owner", "责任人；没有时为空", "Responsible; blank if none", "周建国", "Zhou Jianguo"),
    Field("open_points[].due", "完成期限；没有时为空", "Due; blank if none", "2025年1月15日", "15 Jan 2025"),
    Field("parties[].role", "签署方的称谓", "What the party is called"),
    *person_fields("parties[]", "签署方", "party"),
)

_PREFIX = "DZX"
_FILE = Text("目标质询会纪要", "negotiation minutes")
_SHARED = ("kpi", *GROUNDS)


class _Session(NamedTuple):
    """The contracts of a session, in order of the sheets, and whether anything is said about them; `named` is what the
    sheet calls it, "" for that of a unit's contracts which name none."""

    contracts: tuple[str, ...]
    filled: bool
    named: str


class _Sessions:
    """The sessions of a program: those that the sheet of negotiations names, and of contracts whose rows name none, or
    that have proposals on their lines only, one for each unit."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts, index = contexts, contexts.index
        self._ids, self._names = set(index.keys("units")), index.pairs("units", "name", "unit")
        self._parents = index.pairs("units", "unit", "parent")
        known = dict.fromkeys(index.keys("contracts"))
        named: dict[str, dict[str, None]] = {}
        said, elsewhere = set[str](), set[str]()
        for contract in known:
            for _, row in index.rows("negotiations", "contract", contract):
                session = self._unit_meant(row["session"])
                if session:
                    named.setdefault(session, {})[contract] = None
                (elsewhere if session else said).add(contract)
        said |= {contract for contract in known if self._is_proposed(contract)} - elsewhere
        units: dict[str, list[str]] = {}
        for contract in known:
            if contract in said or contract not in elsewhere:
                units.setdefault(self.unit_of(contract) or contexts.company, []).append(contract)
        self.all: dict[str, _Session] = {}
        for unit, held in units.items():
            filled = [contract for contract in held if contract in said]
            self.all[unit] = _Session(tuple(filled or held), bool(filled), "")
        for session, contracts in named.items():
            own = self.all.get(session, _Session((), False, ""))
            also = own.contracts if own.filled else ()
            held = [contract for contract in known if contract in contracts or contract in also]
            is_unit = session in self._ids
            self.all[session] = _Session(tuple(held), True, "" if is_unit else session)

    def unit_of(self, contract: str) -> str:
        """The unit of a contract, else its holder's; "" where neither says one."""
        index = self._contexts.index
        row = index.at("contracts", index.position("contracts", contract))
        if row["unit"]:
            return str(row["unit"])
        return next((str(r["unit"]) for _, r in index.rows("people", "person", row["holder"]) if r["unit"]), "")

    def unit_of_all(self, contracts: tuple[str, ...]) -> str:
        """The lowest unit that all of the contracts belong to; "" where there is none."""
        first, *others = [self._line_of(self.unit_of(contract)) for contract in contracts]
        return next((unit for unit in first if all(unit in other for other in others)), "")

    def belongs(self, row: Row, session: str) -> bool:
        """Whether a row of negotiation was one of a session's."""
        meant = self._unit_meant(row["session"])
        return meant == session or (not meant and not self.all[session].named)

    def _line_of(self, unit: str) -> list[str]:
        """A unit and those above it, from below; one that stands below itself is there once."""
        line: list[str] = []
        while unit and unit not in line:
            line.append(unit)
            unit = self._parents.get(unit, "")
        return line

    def _unit_meant(self, session: str | None) -> str:
        """A session by the name of a unit is that unit's own."""
        return "" if not session else session if session in self._ids else self._names.get(session, session)

    def _is_proposed(self, contract: str) -> bool:
        if contract in self._contexts.proposed:
            return True
        lines = self._contexts.index.rows("contract_lines", "contract", contract)
        return any(row["proposal_issuer"] is not None or row["proposal_holder"] is not None for _, row in lines)


def ids(contexts: Contexts) -> list[str]:
    """The sessions: those of units by the unit's ID, of people without one by the company's name, others by theirs."""
    return list(contexts.cached(_Sessions).all)


def asked_by(contexts: Contexts, session: str) -> set[str]:
    """A session's name, its unit, and its contracts. Not the holders: it shows what others proposed."""
    sessions = contexts.cached(_Sessions)
    contracts = sessions.all[session].contracts
    return {session, sessions.unit_of_all(contracts), *contracts} - {""} or {session}


def list_concerned(contexts: Contexts, session: str) -> set[str]:
    """The contracts and their holders."""
    found: set[str] = set()
    for contract in contexts.cached(_Sessions).all[session].contracts:
        row = contexts.index.at("contracts", contexts.index.position("contracts", contract))
        found |= {contract, *(row[column] for column in ("holder", "second_holder") if row[column])}
    return found


def context(contexts: Contexts, session: str) -> dict[str, Any]:
    """What the minutes of one session say.

    Raises: KeyError for a session that does not exist; ContextError for a contract that cannot be printed.
    """
    sessions, lang = contexts.cached(_Sessions), contexts.lang
    held = sessions.all[session]
    told = [_Told(contexts, sessions, session, contract) for contract in held.contracts]
    unit = sessions.unit_of_all(held.contracts)
    name = contexts.index.pairs("units", "unit", "name").get(unit, "")
    days = sorted({row["date"] for one in told for _, row in one.rows if row["date"]})
    contracts = [one.describe(number) for number, one in enumerate(told, 1)]
    lines = [(one, line) for one in contracts for line in one["lines"]]
    counts = {key: sum(one.count[key] for one in told) for key in ("lines", "signed", "open")}
    return {
        **make_heading(contexts, _PREFIX, session),
        "session": held.named or name or contexts.company,
        "session_on": COMMA(lang).join(format_day(day, lang) for day in days),
        "unit": {"id": unit, "name": name},
        "count": format_number(len(told)),
        "line_count": format_number(counts["lines"]),
        "signed_count": format_number(counts["signed"]),
        "open_count": format_number(counts["open"]),
        "contracts": contracts,
        "differences": [{**line, "holder_names": one["holder_names"]} for one, line in lines if line["difference"]],
        "grounds": [
            {"holder_names": one["holder_names"], **{key: line[key] for key in _SHARED}}
            for one, line in lines
            if any(line[key] for key in GROUNDS)
        ],
        "supports": [each for one in told for each in one.supports()],
        "open_points": [each for one in told for each in one.open_points()],
        "parties": _list_parties(told),
    }


class _Told:
    """What a session says about one contract."""

    def __init__(self, contexts: Contexts, sessions: _Sessions, session: str, contract: str) -> None:
        self._contexts, self._contract = contexts, contract
        at = contexts.index.position("contracts", contract)
        every = list(contexts.index.rows("negotiations", "contract", contract))
        self.rows = [(position, row) for position, row in every if sessions.belongs(row, session)]
        self.head = make_contract_head(contexts, contract, at)
        of_kpi = {row["kpi"]: (position, row) for position, row in self.rows}
        elsewhere = {row["kpi"] for _, row in every} - of_kpi.keys()
        named, lines = sessions.all[session].named, read_lines(contexts, contract, at)
        self._lines: list[tuple[Line, tuple[int, Row] | None]] = [
            (line, of_kpi.get(line.row["kpi"]))
            for line in lines
            if not line.adjusting and (line.row["kpi"] in of_kpi or (not named and line.row["kpi"] not in elsewhere))
        ]
        self._by_kpi = {line.row["kpi"]: line for line, _ in self._lines}
        status = [negotiation_status(row["agreed"], row["signed_issuer"], row["signed_holder"]) for _, row in self.rows]
        signed = sum(each is SIGNED for each in status)
        self.count = {"lines": len(self._lines), "signed": signed, "open": len(self._lines) - signed}

    def describe(self, number: int) -> dict[str, Any]:
        head = self.head
        return {
            "number": format_number(number),
            "contract": head["contract"]["number"],
            "holder_names": head["holder_names"],
            "post": head["holders"][0]["post"],
            "unit": head["business_unit"],
            "issuer": head["issuer"]["name"],
            "count": format_number(self.count["lines"]),
            "signed": format_number(self.count["signed"]),
            "open": format_number(self.count["open"]),
            "lines": [describe_line(self._contexts, self._contract, *each) for each in self._lines],
        }

    def supports(self) -> Iterator[dict[str, str]]:
        """What was promised."""
        for _, row in self.rows:
            if is_promised(row):
                about = self._about(row)
                yield about | describe_promise(about["kpi"], row)

    def open_points(self) -> Iterator[dict[str, str]]:
        for position, row in self.rows:
            if row["open_point"]:
                owner = self._contexts.person(self._contract, "negotiations", position, "owner") if row["owner"] else {}
                yield self._about(row) | {
                    "point": row["open_point"],
                    "owner": owner.get("name", ""),
                    "due": format_day(row["due"], self._contexts.lang) if row["due"] else "",
                }

    def _about(self, row: Row) -> dict[str, str]:
        line = self._by_kpi.get(row["kpi"])
        return {"holder_names": self.head["holder_names"], "kpi": line.name if line else str(row["kpi"] or "")}


def _list_parties(told: list[_Told]) -> list[dict[str, str]]:
    """Issuers, then holders, each once."""
    parties = [one.head["issuer"] for one in told] + [holder for one in told for holder in one.head["holders"]]
    return list({(party["id"], party["name"]): party for party in reversed(parties)}.values())[::-1]


def _list_filled(contexts: Contexts) -> list[str]:
    return [name for name, session in contexts.cached(_Sessions).all.items() if session.filled]


KIND = DocumentKind(
    title=Text("单位目标质询会纪要", "unit negotiation minutes"),
    template="unit_negotiation",
    ids=ids,
    context=context,
    asked_by=asked_by,
    about=list_concerned,
    file_name=Text(
        f"{{unit[id]}} {{session}} {_FILE.zh}",
        f"{{unit[id]}} {{session}} {_FILE.en}",
    ),
    fields=FIELDS,
    results=False,
    filled=_list_filled,
)
