"""What every `--json` of the command line holds, as JSON Schema: docs/schemas/COMMAND.schema.json is made from here
by docs/build.py. Keys that are there at every exit code are required; the others are missing where the exit code is 2.
A later version may add keys; it changes and takes away none.
"""

from __future__ import annotations

import json
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}


def schemas() -> dict[str, str]:
    """File name -> the text of the schema."""
    return {f"{name}.schema.json": json.dumps(made, ensure_ascii=False, indent=1) + "\n" for name, made in _ALL.items()}


def _said(about: str, schema: Schema) -> Schema:
    return {"description": about, **schema}


def _or_null(schema: Schema) -> Schema:
    """What may be unknown."""
    if "type" in schema and "enum" not in schema and isinstance(schema["type"], str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _map(schema: Schema) -> Schema:
    """Any keys, one kind of value."""
    return {"type": "object", "additionalProperties": schema}


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _object(optional: dict[str, Schema] | None = None, /, **required: Schema) -> Schema:
    """Names that are words of Python's carry a trailing underscore here."""
    needed = {name.rstrip("_"): schema for name, schema in required.items()}
    return {"type": "object", "properties": {**needed, **(optional or {})}, "required": list(needed)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


_TEXT, _NUMBER = _or_null(TEXT), _or_null(NUMBER)
_VALUE: Schema = {"type": ["number", "string", "boolean", "null"]}  # as a cell has it; dates are ISO
_STANDING = _one_of("official", "provisional", "undetermined")
_PLACE = _object(file=TEXT, sheet=TEXT, cell=TEXT)
_POINTS = "points, null unless official"

_PROBLEM = _object(
    code=_said("as in docs/problems.md, such as W101", {"type": "string", "pattern": "^[A-Z][0-9]+$"}),
    name=_said("the same for programs", TEXT),
    severity=_one_of("error", "warning", "notice"),
    message=TEXT,
    hint=_said("what to do", TEXT),
    **_PLACE["properties"],
    table=TEXT,
    column=TEXT,
    value=_said("what stands in the cell", _VALUE),
)
_TABLE = _object(
    sheet=TEXT,
    range=TEXT,
    kind=TEXT,
    confidence=_said("0 to 1", NUMBER),
    header_rows=_list(COUNT),
    columns=_list(
        _object(
            letter=TEXT,
            header=TEXT,
            column=_said("what it was taken for; blank: kept as it is", TEXT),
            how=TEXT,
            sure=_said("0 to 1", NUMBER),
        )
    ),
    rows_read=COUNT,
    rows_left=_list(_object(row=COUNT, why=_said("name of a problem", TEXT))),
)
_RESULT = _object(
    stage=TEXT,
    total=_NUMBER,
    grade=_TEXT,
    record=_TEXT,
    decided_by=_TEXT,
    decided_on=_TEXT,
    reason=_TEXT,
    source=_PLACE,
)
_VERSION = _object(version=COUNT, from_=TEXT, to=TEXT, days=COUNT, total=_NUMBER)
_CONTRACT = _object(
    {
        "results": _said("where something was decided later: the original and all others", _list(_RESULT)),
        "people_results": _said("by employee ID, where they differ", _map(_list(_RESULT))),
        "versions": _said("of an amended contract", _list(_VERSION)),
    },
    contract=_TEXT,
    person=_said("employee ID", _TEXT),
    name=_TEXT,
    unit=_TEXT,
    post=_TEXT,
    start=_TEXT,
    end=_TEXT,
    official=FLAG,
    total=_said(_POINTS, _NUMBER),
    grade=_TEXT,
    standing=_STANDING,
    reason=_or_null(_ref("problem")),
    lines=_list(
        _object(
            {"original_points": _said("before a decision changed them", _NUMBER)},
            kpi=_TEXT,
            category=_TEXT,
            kind=_TEXT,
            weight=_said("percent points", _NUMBER),
            target=_said("a percentage is a fraction", _VALUE),
            actual=_said("a percentage is a fraction", _VALUE),
            method=_TEXT,
            points=_NUMBER,
            cell=TEXT,
        )
    ),
)
_PERSON = _object(
    {"results": _said("where something was decided later: the original and all others", _list(_RESULT))},
    person=_said("employee ID", TEXT),
    name=_TEXT,
    unit=_TEXT,
    contracts=_list(TEXT),
    total=_said(_POINTS, _NUMBER),
    grade=_said("null unless official", _TEXT),
    coefficient=_said("null unless official", _NUMBER),
    rank=_said("1 is best, ties share it; null unless official", _or_null(COUNT)),
    status=_STANDING,
    official=FLAG,
    provisional=_said("points over what is known; null where something is wrong", _NUMBER),
    completeness=_said("percent points; null where no weight is", _NUMBER),
    reason=_or_null(_ref("problem")),
)
_SUMMED = _object(
    official=FLAG,
    standing=_STANDING,
    reason=_or_null(_ref("problem")),
    total=_said(_POINTS, _NUMBER),
    provisional=_NUMBER,
    completeness=_said("percent points; null where no weight is", _NUMBER),
    grade=_TEXT,
    coefficient=_NUMBER,
)["properties"]
_LINE = _object(
    {"original_points": _NUMBER},
    kpi=_TEXT,
    name=_TEXT,
    aspect=_TEXT,
    unit=_TEXT,
    source=_PLACE,
    method=_TEXT,
    method_label=_TEXT,
    direction=_TEXT,
    status=_one_of("scored", "pending", "not_applicable", "problem", "monitored"),
    status_label=TEXT,
    problems=_list(_ref("problem")),
    figures=_list(_object(symbol=TEXT, label=TEXT, value=_VALUE, source=_PLACE)),
    rule=_or_null(
        _object(
            formula=TEXT,
            applied=_said("the formula with the figures put in", TEXT),
            raw=_NUMBER,
            floor=_NUMBER,
            cap=_NUMBER,
            limited_by=_TEXT,
            table=_list(_list(_VALUE)),
            reached=_or_null(_list(_VALUE)),
        )
    ),
    points=_NUMBER,
    weight=_said("percent points", _NUMBER),
    effective_weight=_said("after what is not applicable is spread", _NUMBER),
    weight_from=_list(_object(scope=_TEXT, whole=_NUMBER, applicable=_NUMBER, from_=_list(_VALUE))),
    weighted_points=_NUMBER,
    actual=_VALUE,
    to_date=_VALUE,
    aggregation=_TEXT,
    reports=_list(
        _object(period=_TEXT, value=_VALUE, numerator=_NUMBER, denominator=_NUMBER, evidence=_TEXT, source=_PLACE)
    ),
    events=_list(_object(date=_TEXT, count=_NUMBER, fact=_TEXT, evidence=_TEXT, source=_PLACE)),
    veto=_TEXT,
    raters=_list(
        _object(
            relations=_list(TEXT),
            relations_label=TEXT,
            count=COUNT,
            mean=_NUMBER,
            share=_NUMBER,
            counted=_NUMBER,
            marks=_list(_object(rater=_TEXT, mark=_VALUE, source=_PLACE)),
        )
    ),
)
_EXPLAINED: dict[str, Schema] = {
    "person": TEXT,
    "name": _TEXT,
    "unit": _TEXT,
    "post": _TEXT,
    **_SUMMED,
    "results": _list(_RESULT),
    "contracts": _list(
        _object(
            {"results": _list(_RESULT), "versions": _list(_VERSION)},
            contract=_TEXT,
            holder=_TEXT,
            issuer=_TEXT,
            unit=_TEXT,
            post=_TEXT,
            from_=_TEXT,
            to=_TEXT,
            days=_NUMBER,
            source=_PLACE,
            lines=_list(_LINE),
            weighted=_NUMBER,
            adjusted=_NUMBER,
            known_weight=_NUMBER,
            whole_weight=_NUMBER,
            veto_total=_NUMBER,
            veto_grade=_TEXT,
            **_SUMMED,
        )
    ),
    "bands": _list(_object(grade=TEXT, lower=_said("null: whatever is below", _NUMBER), coefficient=_NUMBER)),
    "total_cap": NUMBER,
}
_WEIGHED = _object(
    contract=TEXT,
    holders=_list(TEXT),
    unit=_TEXT,
    post_type=_said("whose category weights hold; blank where none do", _TEXT),
    legal=_said("whether the agreed weights may stay as they are", FLAG),
    total=_said("of the agreed weights, percent points", NUMBER),
    lines=_list(
        _object(kpi=_TEXT, category=_TEXT, importance=_NUMBER, agreed=_NUMBER, derived=_NUMBER, repaired=_NUMBER)
    ),
)
_OUTLINE = _object(
    depth=COUNT,
    kind=TEXT,
    objective=_TEXT,
    kpi=_TEXT,
    name=_TEXT,
    unit=_TEXT,
    person=_TEXT,
    mode=_TEXT,
    share=_NUMBER,
    responsibility=_TEXT,
    weight=_NUMBER,
    measure=_TEXT,
    target=_VALUE,
    expected=_said("the target that follows from the link", _VALUE),
    threshold=_VALUE,
    challenge=_VALUE,
    actual=_VALUE,
    points=_NUMBER,
    light=_TEXT,
    again=_said("stands further up already; nothing below it is repeated", FLAG),
    sheet=TEXT,
    cell=TEXT,
)
_COVERAGE = _object(
    company=_list(
        _object(
            kpi=TEXT, owner=_TEXT, carriers=COUNT, main_owners=COUNT, shares=_NUMBER, shares_make_whole=_or_null(FLAG)
        )
    ),
    leaders=_list(
        _object(
            person=_TEXT,
            unit=_TEXT,
            kpis=_list(TEXT),
            uncovered=_list(TEXT),
            reports=_list(TEXT),
            kpis_of_reports=COUNT,
            shared=COUNT,
            overloaded=FLAG,
        )
    ),
    without=_list(_object(person=_TEXT, unit=_TEXT)),
)
_CASCADE: dict[str, Schema] = {
    "cascade": _list(
        _object(
            kpi=TEXT,
            name=_TEXT,
            owner=_TEXT,
            state=_one_of("linked", "held", "nobody", "exempt"),
            carriers=_list(_object(kpi=TEXT, owner=_TEXT, unit=_TEXT, mode=_TEXT, share=_NUMBER, responsibility=_TEXT)),
        )
    ),
    "matrix": _list(_OUTLINE),
    "coverage": _COVERAGE,
    "comparison": _list(_object(kpi=TEXT, unit=_TEXT, weight=_NUMBER, role=_TEXT)),
    "generated": _said("with the posts' KPIs: new rows by table", _map(COUNT)),
    "differences": _list(_object(table=TEXT, column=TEXT, address=TEXT, what=TEXT, present=_VALUE, generated=_VALUE)),
    "into": TEXT,
}
_CHANGE = _object(table=TEXT, column=TEXT, old=_VALUE, new=_VALUE, **_PLACE["properties"], who=TEXT)
_COLLECTED: dict[str, Schema] = {
    "added": _list(_object(table=TEXT, values=_map(_VALUE), **_PLACE["properties"], who=TEXT)),
    "marked": _list(_object(file=TEXT, copy=TEXT, problems=COUNT)),
    "report": _said("the progress workbook", TEXT),
    "drafts": _list(TEXT),
}
_FIELD = _object(field=TEXT, tag=TEXT, meaning=TEXT, example=TEXT)
_TEMPLATES: dict[str, Schema] = {
    "files": _said("build: what was written", _list(TEXT)),
    "templates": _said(
        "check",
        _list(_object({"names": _list(_object(name=TEXT, cells=TEXT))}, file=TEXT, kind=TEXT)),
    ),
    "kind": _said("adopt: the kind of paper", TEXT),
    "findings": _said(
        "adopt",
        _list(
            _object(
                part=TEXT,
                paragraph=COUNT,
                text=TEXT,
                tag=TEXT,
                how=_one_of("placed", "missed", "signature", "filled"),
                part_label=TEXT,
            )
        ),
    ),
    "kinds": _said("fields", _list(_object(kind=TEXT, title=TEXT, fields=_list(_FIELD)))),
}
_SHEET = _object(
    sheet=TEXT,
    table=TEXT,
    header_row=COUNT,
    rows=COUNT,
    columns=_said("by letter", _map(_object(header=TEXT, column=_TEXT))),
)
_SENT = _object(file=TEXT, name=TEXT, unit=_TEXT, email=_TEXT, rows=_map(COUNT))
_STATE = _object(name=TEXT, unit=_TEXT, came=_list(TEXT), done=COUNT, asked=COUNT)
_READ: dict[str, Schema] = {
    "tables": _said("what each table was taken for", _list(_TABLE)),
    "contracts": _said("in sheet order", _list(_CONTRACT)),
}


def _command(about: str, optional: dict[str, Schema] | None = None, /, **required: Schema) -> Schema:
    problems = _said("all that is wrong; where the exit code is 2 or 3, why nothing was done", _list(_ref("problem")))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": about,
        **_object(optional, problems=problems, **required),
        "$defs": {"problem": _PROBLEM},
    }


_OUTPUT: dict[str, Schema] = {"output": _said("the file or folder that was written", TEXT)}
# Where something was read; what could not be read has none.
_WHENCE: dict[str, Schema] = {
    "perfxl": _said("the version that made the figures", TEXT),
    "policy_hash": _said("of all settings, bands and methods", TEXT),
    "input_hash": _said("of the file; with the same three, the same figures", TEXT),
}
_ALL: dict[str, Schema] = {
    "check": _command("perfxl check --json", _WHENCE, sheets=_list(_SHEET), **_READ),
    "import": _command("perfxl import --json", _OUTPUT, files=_list(_object(file=TEXT, tables=_list(_TABLE)))),
    "cascade": _command(
        "perfxl cascade --json; with --for, problems and output only", {**_OUTPUT, **_WHENCE, **_CASCADE}
    ),
    "weights": _command("perfxl weights --json", {**_OUTPUT, **_WHENCE}, contracts=_list(_WEIGHED)),
    "score": _command(
        "perfxl score --json",
        {**_OUTPUT, **_WHENCE},
        people=_said("everybody once, however many contracts", _list(_PERSON)),
        **_READ,
    ),
    "explain": _command("perfxl explain --json", {**_WHENCE, **_EXPLAINED}),
    "documents": _command(
        "perfxl documents --json",
        {**_OUTPUT, **_WHENCE},
        files=_said("the papers, or the archive or print file", _list(TEXT)),
    ),
    "distribute": _command("perfxl distribute --json", {"files": _list(_SENT)}),
    "collect": _command("perfxl collect --json", _COLLECTED, changes=_list(_CHANGE), files=_list(_STATE)),
    "verify": _command(
        "perfxl verify --json",
        {
            "code": TEXT,
            "genuine": _said("issued here, the last one, nothing altered", FLAG),
            "kind": TEXT,
            "number": TEXT,
            "person": TEXT,
            "total": _said("as it must be printed", TEXT),
            "draft": _said("1 where it is only one", TEXT),
            "file": TEXT,
            "at": _said("when it was issued", TEXT),
        },
    ),
    "templates": _command("perfxl templates build|check|adopt|fields --json", _TEMPLATES),
}
