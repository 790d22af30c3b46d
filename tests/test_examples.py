"""examples/ works as it stands: the nightly job with its exit codes, the service, which never fails over a NaN."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from perfxl import sample
from perfxl.workbook.program.book import write_program

EXAMPLES = Path(__file__).parent.parent / "examples"
TABLES = Path(__file__).parent / "data" / "tables"


def example(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("examples") / "p.xlsx"
    write_program(made, sample.program(12), "zh")
    return made


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(example("service").app)


def strict(text: str) -> Any:
    return json.loads(text, parse_constant=pytest.fail)


def test_the_nightly_job(program: Path, tmp_path: Path) -> None:
    nightly = example("nightly")
    assert nightly.run(program, tmp_path / "out") == 0
    told = strict((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
    assert len(told["people"]) > 5 and told["policy_hash"] and told["input_hash"]
    assert (tmp_path / "out" / "scores.xlsx").is_file() and list((tmp_path / "out" / "contracts").glob("*.docx"))
    assert nightly.run(program, tmp_path / "out") == 0, "again, the next night"
    assert nightly.run(TABLES / "09_units_in_values.xlsx", tmp_path / "wrong") == 1
    assert nightly.run(tmp_path / "missing.xlsx", tmp_path / "none") == 2


@pytest.mark.skipif(shutil.which("sh") is None, reason="a shell script, and there is no sh")
def test_the_nightly_script(program: Path, tmp_path: Path) -> None:
    command = tmp_path / "bin" / "perfxl"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m perfxl "$@"\n')
    command.chmod(0o755)
    paths = os.environ | {"PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}
    paths |= {"PYTHONPATH": str(EXAMPLES.parent)}

    def run(source: Path, out: Path) -> int:
        return subprocess.run(["sh", EXAMPLES / "nightly.sh", source, out], env=paths, capture_output=True).returncode

    assert run(program, tmp_path / "out") == 0
    told = {name: strict((tmp_path / "out" / f"{name}.json").read_text("utf-8")) for name in ("score", "documents")}
    assert told["score"]["people"] and all(Path(path).is_file() for path in told["documents"]["files"])
    assert run(tmp_path / "missing.xlsx", tmp_path / "none") == 2


def test_the_service_scores_a_workbook(client: TestClient, program: Path) -> None:
    answer = client.post("/score", content=program.read_bytes())
    told = strict(answer.text)
    assert answer.status_code == 200 and told["input_hash"] and told["problems"]
    pending = [person for person in told["people"] if not person["official"]]
    assert len(told["people"]) > 5 and all(person["total"] is None for person in pending)
    person = told["people"][0]["person"]
    explained = client.post(f"/explain/{person}", content=program.read_bytes())
    assert explained.status_code == 200 and strict(explained.text)["person"] == person
    assert client.post("/explain/nobody", content=program.read_bytes()).status_code == 404


def test_what_is_no_workbook_is_refused_with_its_problems(client: TestClient) -> None:
    for data in (b"", b"PK cut off", "姓名".encode()):
        answer = client.post("/score", content=data)
        assert answer.status_code == 422 and answer.json()["detail"][0]["code"], data


def test_a_nan_never_ends_in_an_error_of_the_server(client: TestClient) -> None:
    line = {"method": "ratio", "direction": "higher", "target": 100, "actual": 98}
    asked = [line, line | {"actual": None}, line | {"target": 0}, line | {"actual": "1e999"}, {"method": "nothing"}]
    answer = client.post("/lines", json={"lines": asked})
    told = strict(answer.text)
    assert answer.status_code == 200 and [each["points"] for each in told] == [98, None, None, None, None]
    assert [each["status"] for each in told[:3]] == ["scored", "pending", "problem"] and told[2]["reason"]
    raw = '{"lines": [{"method": "ratio", "direction": "higher", "target": NaN, "actual": Infinity}]}'
    answer = client.post("/lines", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == 200 and strict(answer.text)[0]["points"] is None
    assert client.post("/lines", json={"lines": []}).json() == []
    assert client.post("/lines", json={"lines": [{"method": "ratio", "actuall": 98}]}).status_code == 422
