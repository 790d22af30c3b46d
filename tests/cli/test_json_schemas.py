"""docs/schemas says what every --json holds: real runs of every command are held against it, those that are refused
too. Here nothing may be in an answer that the schema does not name."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import perfxl as px
from perfxl import sample
from perfxl.cli import main, show
from perfxl.cli.options import parser
from perfxl.workbook.program.book import write_program
from tools.json_schemas import schemas

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docs" / "schemas"
TABLES = ROOT / "tests" / "data" / "tables"


def tightened(schema: Any) -> Any:
    """The schema that allows no other keys than those it names."""
    if isinstance(schema, list):
        return [tightened(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: tightened(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and "type" in made:
        made.setdefault("additionalProperties", False)
    return made


def schema_of(command: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{command}.schema.json").read_text(encoding="utf-8"))
    return found


def commands_with_json() -> Iterator[str]:
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        if any("--json" in action.option_strings for action in command._actions):
            yield name


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    """The exit code and what was printed, which agrees with the schema and holds no NaN."""
    capsys.readouterr()
    code = main([*map(str, words), "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    errors = list(Draft202012Validator(tightened(schema_of(str(words[0])))).iter_errors(told))
    assert not errors, [(list(error.absolute_path), error.message[:300]) for error in errors[:5]]
    return code, told


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("schemas") / "p.xlsx"
    write_program(made, sample.program(30), "zh")
    return made


def test_every_json_has_a_schema_that_is_up_to_date() -> None:
    assert {name.split(".")[0] for name in schemas()} == set(commands_with_json())
    for name, text in schemas().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, "run: python docs/build.py"
        Draft202012Validator.check_schema(json.loads(text))
    assert {path.name for path in FOLDER.iterdir()} == schemas().keys()


def test_every_figure_says_what_it_was_made_of(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whence = {
        tuple(answer(capsys, *words)[1][name] for name in ("perfxl", "policy_hash", "input_hash"))
        for words in (
            ("check", program),
            ("score", program, "-o", tmp_path / "s.xlsx"),
            ("weights", program, "-o", tmp_path / "w.xlsx"),
            ("cascade", program, "-o", tmp_path / "c.xlsx"),
            ("explain", program, "E100003"),
            ("documents", "notice", program, "-o", tmp_path / "papers", "--only", "E100003"),
        )
    }
    scored = px.load(program).score()
    assert whence == {tuple(scored.provenance.values())}  # the same figures, wherever they are told
    assert scored.to_frame().attrs == scored.provenance


def test_score_says_everybody_with_a_total(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = answer(capsys, "score", program, "-o", tmp_path / "s.xlsx")
    assert code == 0 and len(told["people"]) == 29
    assert (told["perfxl"], len(told["policy_hash"]), len(told["input_hash"])) == ("0.1.0", 16, 16)
    for person in told["people"]:
        assert person["official"] == (person["total"] is not None) == (person["grade"] is not None)
    decided = [person for person in told["people"] if "results" in person]
    assert decided and all(person["results"][0]["stage"] == "original" for person in decided)
    assert all(person["results"][-1]["total"] == person["total"] for person in decided)
    waiting = [person for person in told["people"] if person["status"] == "provisional"]
    assert waiting and all(p["total"] is None and p["rank"] is None for p in waiting)
    assert sorted(p["rank"] for p in told["people"] if p["rank"])[0] == 1


def test_a_person_of_two_contracts_stands_there_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    import perfxl as px

    path = tmp_path / "p.xlsx"
    write_program(path, sample.program(120), "zh")
    _, told = answer(capsys, "score", path, "-o", tmp_path / "s.xlsx")
    several = [person for person in told["people"] if len(person["contracts"]) > 1]
    assert several
    frame = px.load(path).score().to_frame().set_index("person")
    for person in several:
        known = person["total"] is not None
        assert (
            (frame.total[person["person"]] == person["total"]) if known else math.isnan(frame.total[person["person"]])
        )


def test_check_weights_explain_cascade(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "check", program)[0] == 0
    code, told = answer(capsys, "weights", program, "-o", tmp_path / "w.xlsx")
    assert code == 0 and sum(line["agreed"] or 0 for line in told["contracts"][0]["lines"]) == 100
    assert answer(capsys, "explain", program, "E100003")[1]["person"] == "E100003"
    code, told = answer(capsys, "cascade", program, "-o", tmp_path / "c.xlsx")
    assert code == 0 and told["cascade"] and told["matrix"] and told["coverage"]["leaders"]
    code, told = answer(capsys, "cascade", program, "-o", tmp_path / "l.xlsx", "--for", "E100003")
    assert code == 0 and told["output"].endswith("l.xlsx")
    code, told = answer(capsys, "cascade", program, "-o", tmp_path / "c2.xlsx", "--into", tmp_path / "n.xlsx")
    assert "generated" in told and "differences" in told


def test_everybody_s_explanation(program: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Marks, events, vetoes, decided results: what one person lacks, another has."""
    _, told = answer(capsys, "score", program, "-o", tmp_path / "s.xlsx")
    for person in told["people"][:12]:
        answer(capsys, "explain", program, person["person"])


def test_documents_names_the_files(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = answer(capsys, "documents", "contract", program, "-o", tmp_path / "d", "--only", "E100003")
    assert code == 0 and [Path(path).is_file() for path in told["files"]] == [True]
    zipped = tmp_path / "d.zip"
    code, told = answer(
        capsys, "documents", "contract", program, "-o", tmp_path / "d", "--only", "E100003", "--zip", zipped
    )
    assert code == 0 and str(zipped) in told["files"] and zipped.is_file()
    code, told = answer(capsys, "documents", "contract", program, "-o", tmp_path / "d", "--only", "nobody")
    assert code == 1 and told["files"] == [] and told["problems"]


def test_a_code_on_paper(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from docx import Document

    template, papers = tmp_path / "notice.docx", tmp_path / "papers"
    document = Document()
    document.add_paragraph("{{ verify_code }}")
    document.save(str(template))
    made = answer(capsys, "documents", "notice", program, "-o", papers, "--template", template, "--only", "E100003")
    paper = next(path for path in made[1]["files"] if path.endswith(".docx"))
    code = Document(paper).paragraphs[0].text
    result, told = answer(capsys, "verify", code, "--in", papers)
    assert (result, told["genuine"], told["code"]) == (0, True, code) and told["total"]


def test_out_to_managers_and_back(program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = answer(capsys, "distribute", program, "-o", tmp_path / "sent")
    assert code == 0 and told["files"]
    code, told = answer(capsys, "collect", program, tmp_path / "sent", "-o", tmp_path / "new.xlsx")
    assert told["files"] and told["changes"] == []


def test_import_and_a_lone_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = TABLES / "09_units_in_values.xlsx"
    _, told = answer(capsys, "import", file, "-o", tmp_path / "i.xlsx")
    assert told["files"][0]["tables"]
    assert answer(capsys, "check", file)[0] == 1
    assert answer(capsys, "score", file, "-o", tmp_path / "s.xlsx")[0] == 1


def test_templates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "templates", "check")[1]["templates"]
    assert answer(capsys, "templates", "fields", "contract")[1]["kinds"][0]["fields"]
    made = answer(capsys, "templates", "build", tmp_path / "t")[1]["files"]
    assert made and all(Path(path).is_file() for path in made)


@pytest.mark.parametrize("command", sorted(commands_with_json()))
def test_what_cannot_be_used_is_said_in_json_too(
    command: str, program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK cut off")
    (tmp_path / "file").write_bytes(b"in the way")
    missing, broken, out = tmp_path / "missing.xlsx", tmp_path / "broken.xlsx", tmp_path / "out.xlsx"
    runs: dict[str, list[list[object]]] = {
        "check": [[missing], [broken], [program, "-o", program]],
        "import": [[missing, "-o", out], [broken, "-o", out], [program, "-o", program]],
        "cascade": [
            [missing, "-o", out],
            [program, "-o", program],
            [program, "-o", out, "--pictures", tmp_path / "file"],
            [program, "-o", out, "--for", "nobody"],
            [program, "-o", out, "--for", "E100003", "--into", tmp_path / "n.xlsx"],
        ],
        "weights": [[missing, "-o", out], [broken, "-o", out], [program, "-o", program]],
        "score": [[missing, "-o", out], [broken, "-o", out], [program, "-o", program]],
        "explain": [[missing, "E1"], [broken, "E1"], [program, "nobody"]],
        "documents": [
            ["contract", missing, "-o", tmp_path / "d"],
            ["contract", program, "-o", tmp_path / "file"],
            ["nothing", program, "-o", tmp_path / "d"],
            ["contract", program, "-o", tmp_path / "d", "--zip", program],
        ],
        "distribute": [
            [missing, "-o", tmp_path / "d"],
            [program, "-o", tmp_path / "file"],
            [program, "-o", tmp_path / "d", "--what", "dance"],
            [program, "-o", tmp_path / "d", "--unit", "nowhere"],
        ],
        "collect": [[missing, tmp_path, "-o", out], [program, tmp_path, "-o", program]],
        "verify": [["not a code"], ["0000-0000-0000", "--in", tmp_path / "nowhere"]],
        "templates": [
            ["check", "--kind", "nothing"],
            ["fields", "nothing"],
            ["adopt", missing],
            ["build", tmp_path / "file"],
        ],
    }
    for words in runs[command]:
        code, told = answer(capsys, command, *words)
        assert code == show.UNUSABLE and told["problems"], words


def test_what_nobody_foresaw_is_json_too(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfxl import unforeseen
    from perfxl.program import Program

    monkeypatch.setattr(Program, "all_problems", lambda *_: 1 / 0)
    assert answer_of_fault(capsys, program) == (show.UNFORESEEN, ["unforeseen"])
    unforeseen.REPORTS.clear()


def answer_of_fault(capsys: pytest.CaptureFixture[str], program: Path) -> tuple[int, list[str]]:
    capsys.readouterr()
    code = main(["check", str(program), "--json"])
    return code, [each["name"] for each in json.loads(capsys.readouterr().out)["problems"]]


def test_what_is_no_number_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    show.as_json({"a": [float("nan"), 1.5], "b": {"c": float("inf")}, "d": (float("-inf"), "x")})
    assert json.loads(capsys.readouterr().out) == {"a": [None, 1.5], "b": {"c": None}, "d": [None, "x"]}
