"""DataFrames as data people have them: other kinds, other names, IDs of other types, several contracts."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import perfxl as px
from perfxl.frames import ColumnsError


def _lines(**columns: Any) -> pd.DataFrame:
    rows = {
        "person": ["100001", "100001", "100002", "100002"],
        "kpi": ["a", "b", "a", "b"],
        "method": ["ratio"] * 4,
        "actual": [90.0, 80.0, None, 100.0],
        "target": [100.0] * 4,
        "weight": [60.0, 40.0, 60.0, 40.0],
    }
    return pd.DataFrame(rows | columns)


KINDS: dict[str, Any] = {
    "polars": (pl.from_pandas, pl.DataFrame),
    "polars lazy": (lambda frame: pl.from_pandas(frame).lazy(), pl.LazyFrame),
    "pyarrow": (pa.Table.from_pandas, pa.Table),
    "duckdb": (duckdb.from_df, duckdb.DuckDBPyRelation),
}


def _pandas(frame: Any) -> pd.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    made: pd.DataFrame = frame.df() if isinstance(frame, duckdb.DuckDBPyRelation) else frame.to_pandas()
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_that_comes_in_goes_out(kind: str) -> None:
    make, expected = KINDS[kind]
    found, plain = px.score_lines(make(_lines())), px.score_lines(_lines())
    assert isinstance(found, expected)
    again = _pandas(found)
    assert list(again.columns) == list(plain.columns)
    np.testing.assert_array_equal(again["points"].astype(float), plain["points"])
    assert again["status"].tolist() == plain["status"].tolist() == ["scored", "scored", "pending", "scored"]
    people = px.score_contracts(make(_lines()))
    assert isinstance(people, expected)
    totals = _pandas(people)
    assert totals["total"].iloc[0] == 86.0 and pd.isna(totals["total"].iloc[1])
    weighed, problems = px.derive_weights(
        make(
            pd.DataFrame(
                {"kpi": ["a", "b"], "category": "f", "impact": 4, "controllability": [4, 2], "measurability": 3}
            )
        ),
        {"f": 100},
    )
    assert isinstance(weighed, expected) and isinstance(problems, list)


def test_what_is_no_frame_is_said() -> None:
    with pytest.raises(TypeError, match="list"):
        px.score_lines([1, 2])


def test_own_names_of_columns() -> None:
    raw = _lines().rename(columns={"actual": "实际", "target": "目标", "person": "工号"})
    found = px.score_lines(raw, columns={"实际": "actual", "目标": "target"})
    assert found["points"].tolist()[:2] == [90.0, 80.0] and "实际" in found and "actual" not in found
    people = px.score_contracts(raw, columns={"实际": "actual", "目标": "target", "工号": "person"})
    assert people["total"].iloc[0] == 86.0
    both = raw.assign(actual=0.0)  # the mapped one counts
    assert px.score_lines(both, columns={"实际": "actual", "目标": "target"})["points"].tolist()[:2] == [90.0, 80.0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.rename(columns={"actual": "actaul"}), "actaul"),
        (lambda f: f.rename(columns={"weight": "weights"}), "weights"),
        (lambda f: f.drop(columns="person"), "person"),
        (lambda f: f.rename(columns={"person": "工号"}), "{'工号': 'person'}"),
        (lambda f: f.rename(columns={"weight": "权重"}), "{'权重': 'weight'}"),
        (lambda f: f.drop(columns="method"), "method"),
        (lambda f: f.drop(columns="weight"), "weight"),
        (lambda f: pd.concat([f, f[["actual"]]], axis=1), "actual"),
    ],
)
def test_columns_that_are_missing_misspelt_or_doubled_are_named(change: Any, told: str) -> None:
    with pytest.raises(ColumnsError, match=told):
        px.score_contracts(change(_lines()))


def test_a_name_to_map_that_is_not_there_is_named() -> None:
    with pytest.raises(ColumnsError, match="实际"):
        px.score_lines(_lines(), columns={"实际": "actual"})


@pytest.mark.parametrize("kind", ["int", "float", "text", "object"])
@pytest.mark.parametrize("other", ["int", "float", "text"])
def test_ids_of_any_type_meet(kind: str, other: str) -> None:
    def typed(values: list[str], kind: str) -> list[Any]:
        if kind in ("int", "float"):
            return [float(value) if kind == "float" else int(value) for value in values]
        return [int(values[0]), *values[1:]] if kind == "object" else values

    lines = _lines(actual=[90.0, 80.0, 90.0, 100.0])
    veto = pd.DataFrame(
        {"person": ["100001"], "kpi": ["v"], "method": ["veto"], "veto_effect": ["zero"], "weight": [None]}
    )
    lines = pd.concat([lines, veto], ignore_index=True)
    lines["person"] = typed(lines["person"].tolist(), kind)
    events = pd.DataFrame({"person": typed(["100001"], other), "kpi": ["v"], "kind": ["veto"]})
    found = px.score_contracts(lines, events)
    assert len(found) == 2 and found["total"].tolist() == [0.0, 94.0] and found["grade"].iloc[0] == "E"


def test_events_of_nobody_are_not_passed_over() -> None:
    events = pd.DataFrame({"person": ["999"], "kpi": ["v"], "kind": ["veto"]})
    with pytest.warns(UserWarning, match="999"):
        found = px.score_contracts(_lines(), events)
    assert [each.code for each in found.attrs["problems"]] == ["R101"]
    events = pd.DataFrame({"person": ["100001"], "kpi": ["v"], "kind": ["veto"]})
    assert "C142" in px.score_contracts(_lines(), events)["reason"].iloc[0]


def _halves(**columns: Any) -> pd.DataFrame:
    first = _lines().iloc[:2].assign(contract="c1", actual=[120.0, 120.0], start="2025-01-01", end="2025-03-31")
    second = _lines().iloc[:2].assign(contract="c2", actual=[80.0, 80.0], start="2025-04-01", end="2025-12-31")
    return pd.concat([first, second], ignore_index=True).assign(**columns)


def test_several_contracts_of_a_person_count_by_their_days() -> None:
    found = px.score_contracts(_halves())
    assert len(found) == 1
    assert found["total"].iloc[0] == round((120 * 90 + 80 * 275) / 365 + 1e-9, 2)
    two = pd.concat([_halves(), _halves(person="100009")], ignore_index=True)
    both = px.score_contracts(two)
    assert both["person"].tolist() == ["100001", "100009"] and both["total"].nunique() == 1


def test_several_contracts_without_dates_are_asked_for_them() -> None:
    found = px.score_contracts(_halves().drop(columns=["start", "end"]))
    assert np.isnan(found["total"].iloc[0]) and "V109" in found["reason"].iloc[0]
    one = px.score_contracts(_lines().assign(contract="c"))
    assert one["total"].iloc[0] == 86.0


def test_events_go_to_the_contract_of_their_day() -> None:
    halves = _halves()
    for contract in ("c1", "c2"):
        row = (
            halves[halves["contract"] == contract]
            .iloc[:1]
            .assign(kpi="d", method="deduct", actual=None, k=2.0, weight=None)
        )
        halves = pd.concat([halves, row.assign(limit=20.0, target=None)], ignore_index=True)
    events = pd.DataFrame({"person": ["100001"] * 3, "kpi": "d", "date": ["2025-02-01", "2025-05-01", "2025-06-01"]})
    events["fact"] = ["x", "y", "z"]
    found = px.score_contracts(halves, events)
    assert found["total"].iloc[0] == round((118 * 90 + 76 * 275) / 365 + 1e-9, 2)
    late = pd.concat([events, pd.DataFrame({"person": ["100001"], "kpi": "d", "date": ["2026-02-01"]})])
    assert "C144" in px.score_contracts(halves, late)["reason"].iloc[0]


def test_what_is_no_number_scores_nothing() -> None:
    frame = _lines(actual=pd.array([pd.NA, 80, pd.NA, 100], dtype="object"))
    assert px.score_lines(frame)["status"].tolist() == ["pending", "scored", "pending", "scored"]
    days = pd.to_datetime(["2025-01-01"] * 4)
    found = px.score_lines(_lines(actual=days, target=days))
    assert found["points"].isna().all() and found["reason"].str.startswith("M106").all()
    nullable = _lines(method=pd.array(["ratio", pd.NA, "ratio", "ratio"], dtype="string"))
    assert px.score_lines(nullable)["reason"].iloc[1].startswith("M101")


@pytest.mark.parametrize("weights", [["sixty", "40%"], [20.0, 0.0], [150.0, 150.0], [-20.0, 120.0]])
def test_weights_that_cannot_be_leave_no_total(weights: list[Any]) -> None:
    found = px.score_contracts(_lines().iloc[:2].assign(weight=weights))
    assert np.isnan(found["total"].iloc[0]) and found["reason"].iloc[0] and pd.isna(found["grade"].iloc[0])


def test_weights_for_each_person() -> None:
    ratings = pd.DataFrame(
        {
            "who": ["x"] * 5 + ["y"] * 5,
            "kpi": list("abcdeabcde"),
            "category": "f",
            "impact": [4, 3, 2, 3, 2, 1, 1, 4, 2, 3],
            "controllability": [3, 3, 3, 4, 2, 2, 4, 1, 3, 3],
            "measurability": 3,
        }
    )
    found, _ = px.derive_weights(ratings, {"f": 100}, by="who")
    assert found.groupby("who")["weight"].sum().tolist() == [100.0, 100.0]
    alone = px.derive_weights(ratings.iloc[5:], {"f": 100}).frame
    assert found["weight"].tolist()[5:] == alone["weight"].tolist()
    assert px.derive_weights(ratings, {"x": {"f": 100}, "y": {"f": 100}}, by="who").frame.equals(found)


def test_a_policy_that_cannot_be_scores_nothing() -> None:
    broken = px.Policy(values={"points_cap": "120"})
    for judge in (px.score_lines, px.score_contracts):
        with pytest.raises(px.PolicyError):
            judge(_lines(), policy=broken)


@pytest.mark.parametrize("cell", [{"a": 1}, [1, 2], {1, 2}])
@pytest.mark.parametrize("column", ["actual", "target", "method", "weight", "kpi"])
def test_a_cell_that_holds_several_things_is_a_problem(column: str, cell: Any) -> None:
    lines = _lines(actual=[90.0, 80.0, 95.0, 100.0])
    lines[column] = pd.Series([cell, *lines[column].tolist()[1:]], dtype=object)
    found = px.score_contracts(lines).set_index("person")
    assert found["total"]["100002"] == 97.0
    if column != "kpi":  # there it is a name
        assert pd.isna(found["total"]["100001"]) and str(cell) in found["reason"]["100001"]
        assert column == "weight" or px.score_lines(lines)["status"][0] == "problem"


@pytest.mark.parametrize("nobody", [None, "", " ", float("nan"), pd.NA])
def test_lines_of_nobody_have_no_total(nobody: Any) -> None:
    found = px.score_contracts(_lines(person=[nobody, nobody, "100002", "100002"], actual=[90.0, 80.0, 95.0, 100.0]))
    assert found["total"].isna().tolist() == [True, False]
    assert "V109" in found["reason"][0] and "person" in found["reason"][0]


def test_totals_say_what_they_were_made_by() -> None:
    attrs = px.score_contracts(_lines()).attrs
    assert (attrs["perfxl"], attrs["policy_hash"]) == (px.__version__, px.Policy().fingerprint)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("caps", "cap"),
        ("Limit", "limit"),
        ("floors", "floor"),
        ("categroy", "category"),
        ("contracts", "contract"),
        ("veto_efect", "veto_effect"),
        ("Full marks", "full_marks"),
        ("rater share", "rater_shares"),
        ("得分上限", "cap"),
        ("门槛值", "threshold"),
        ("扣分上限", "limit"),
        ("否决后果", "veto_effect"),
        ("合同编号", "contract"),
        ("实绩", "actual"),
    ],
)
def test_a_slip_in_a_column_that_may_be_left_out_is_named(typed: str, known: str) -> None:
    lines = _lines().assign(**{typed: 95})
    lines = lines.drop(columns=[known], errors="ignore")
    for judge in (px.score_lines, px.score_contracts):
        with pytest.raises(ColumnsError) as told:
            judge(lines)
        assert f"columns={{{typed!r}: {known!r}}}" in str(told.value)
    assert px.score_lines(lines, columns={typed: typed})[typed].tolist() == [95] * 4  # it is what it is


def test_slips_in_the_columns_of_events_and_marks_are_named() -> None:
    events = pd.DataFrame({"person": ["100001"], "kpi": ["a"], "counts": [2]})
    with pytest.raises(ColumnsError, match="counts"):
        px.score_contracts(_lines(), events)
    marks = pd.DataFrame({"person": ["100001"], "kpi": ["a"], "relation": ["上级"], "mark": [8], "full_mark": [10]})
    with pytest.raises(ColumnsError, match="full_mark"):
        px.evaluate(marks)
    with pytest.raises(ColumnsError, match="full_mark"):
        px.score_contracts(_lines(), marks=marks)


@pytest.mark.parametrize(
    "other", ["country", "flow", "market", "personal", "Unit", "note", "备注", "部门", 7, ("a", "b")]
)
def test_columns_of_other_words_are_left_alone(other: Any) -> None:
    lines = _lines()
    lines[other] = 1
    assert px.score_contracts(lines)["total"].iloc[0] == 86.0


def test_a_name_that_columns_maps_to_is_one_that_is_known() -> None:
    raw = _lines().assign(实际=1.0)
    with pytest.raises(ColumnsError, match="actaul"):
        px.score_lines(raw, columns={"实际": "actaul"})


def test_weights_by_ids_of_any_type() -> None:
    ratings = pd.DataFrame({"who": [1, 1, 2, 2], "kpi": list("abab"), "category": "f", "impact": [4, 3, 1, 4]})
    ratings = ratings.assign(controllability=3, measurability=3)
    policy = px.Policy().but(weight_max=100)
    alike, _ = px.derive_weights(ratings, {"f": 100}, policy, by="who")
    each_way: list[dict[Any, Any]] = [{1: {"f": 100}, 2: {"f": 100}}, {"1": {"f": 100}, "2": {"f": 100}}]
    for shares in each_way:
        found, problems = px.derive_weights(ratings, shares, policy, by="who")
        assert found.weight.tolist() == alike.weight.tolist() and not problems
        found, _ = px.derive_weights(ratings.astype({"who": float}), shares, policy, by="who")
        assert found.weight.tolist() == alike.weight.tolist()
    with pytest.raises(TypeError, match="list"):
        px.derive_weights(ratings, [100], policy)  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="2"):
        px.derive_weights(ratings, {1: {"f": 100}}, policy, by="who")


@pytest.mark.parametrize("by", [None, "person"])
def test_weights_of_an_empty_frame(by: str | None) -> None:
    names = ["person", "kpi", "category", "impact", "controllability", "measurability"]
    found, _ = px.derive_weights(pd.DataFrame(columns=names), {"f": 100}, by=by)
    assert list(found.columns) == [*names, "importance", "raw_weight", "weight"] and found.empty


@pytest.mark.parametrize("policy", [{"points_cap": 100}, "{}", 3])
def test_what_is_no_policy_is_said(policy: Any) -> None:
    for judge in (px.score_lines, px.score_contracts):
        with pytest.raises(TypeError, match=f"Policy.*{type(policy).__name__}"):
            judge(_lines(), policy=policy)


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        (["2025-03-31", "2025-04-01"], ["2025-01-01", "2025-12-31"], "C101"),  # its days would be none
        (["2025-01-01", "2025-01-01"], ["2025-12-31", "2025-12-31"], "C110"),  # days would count twice
        (["2025-01-01", "2025-03-31"], ["2025-03-31", "2025-12-31"], "C110"),
        (["2025-04-01", "2025-01-01"], ["2025-12-31", "2025-04-01"], "C110"),
    ],
)
@pytest.mark.parametrize("typed", [str, pd.Timestamp])
def test_dates_of_contracts_that_cannot_be_leave_no_total(
    starts: list[str], ends: list[str], code: str, typed: Any
) -> None:
    start, end = ([typed(days[at]) for at in (0, 0, 1, 1)] for days in (starts, ends))
    found = px.score_contracts(_halves(start=start, end=end))
    assert np.isnan(found["total"].iloc[0]) and code in found["reason"].iloc[0]


def test_lines_of_one_contract_have_its_dates() -> None:
    start = ["2025-01-01", "2025-03-01", "2025-04-01", "2025/4/1"]
    found = px.score_contracts(_halves(start=start))
    assert np.isnan(found["total"].iloc[0]) and "2025-03-01" in found["reason"].iloc[0]
    assert found["reason"].iloc[0].count("C110") == 1


def test_many_weights_sum_exactly() -> None:
    many = pd.DataFrame({"person": "p", "kpi": range(200_000), "method": "ratio", "weight": 100 / 200_000})
    found = px.score_contracts(many.assign(target=100.0, actual=99.0))
    assert found["total"].tolist() == [99.0] and found["reason"].tolist() == [""]


@pytest.mark.parametrize("rows", [0, 4])
def test_columns_without_a_value_keep_their_kind(rows: int) -> None:
    lines = _lines(actual=[None] * 4, method="no such method").head(rows)
    lines["actual"] = lines["actual"].astype(float)
    found, people = (judge(pl.from_pandas(lines)) for judge in (px.score_lines, px.score_contracts))
    assert found.schema["points"] == pl.Float64 and found.schema["reason"] == found.schema["rule"] == pl.String
    assert people.schema["total"] == people.schema["coefficient"] == pl.Float64
    assert people.schema["grade"] == people.schema["reason"] == pl.String
    table = px.score_contracts(pa.Table.from_pandas(lines))
    assert table.schema.field("total").type == pa.float64() and table.schema.field("grade").type == pa.string()
    told = px.score_contracts(duckdb.from_arrow(pa.Table.from_pandas(lines)))
    assert [str(kind) for kind in told.types][1:3] == ["DOUBLE", "DOUBLE"]


def test_a_column_that_stands_twice_is_named_in_other_kinds() -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array([1.0]), pa.array([2.0])], names=["kpi", "actual", "actual"])
    with pytest.raises(ColumnsError, match="actual"):
        px.score_lines(table)
