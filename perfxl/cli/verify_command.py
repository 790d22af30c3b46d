"""`perfxl verify CODE`: whether a printed paper is what was issued."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from perfxl.cli import show
from perfxl.cli.show import CLEAN, PROBLEMS
from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem

_LABELS = {
    "kind": Text("文件", "Paper"),
    "number": Text("编号", "Number"),
    "person": Text("人员", "Person"),
    "total": Text("总分", "Total"),
    "file": Text("原文件", "Original"),
    "at": Text("发出时间", "Issued"),
}


def verify(options: Namespace) -> int:
    """Looks a code up among the papers issued from a folder and shows what the print must say."""
    from perfxl.documents.batch.issued import find_issue, manifests_in, qr_text, read_code
    from perfxl.documents.papers import KINDS

    lang, folder = options.lang or "zh", options.folder or Path()
    given = " ".join(options.code)
    code, manifests = read_code(given), manifests_in(folder)
    if not code:
        return show.refuse([problem("code_mistyped", value=given)], lang, options.json)
    if not manifests:
        return show.refuse([problem("issued_papers_missing", value=str(folder.absolute()))], lang, options.json)
    issue = find_issue(code, manifests)
    if issue is None:
        return _answer(options, {"code": code}, [problem("code_unknown", value=code, folder=str(folder))], lang)
    kind = KINDS[issue.kind].title(lang) if issue.kind in KINDS else issue.kind
    shown = {"kind": kind, **issue.facts, "file": issue.file, "at": issue.at.replace("T", " ")}
    problems = []
    told = given.split("\n") if "\n" in given.strip() else []
    issued = {text for each in ("zh", "en") for text in _words(qr_text(issue.kind, issue.facts, code, each))}
    altered = [line for line in told if line.strip() and " ".join(line.split()) not in issued]
    if altered:
        problems.append(problem("code_text_differs", value=" / ".join(altered)))
    if issue.newer:
        problems.append(problem("code_replaced", at=shown["at"], newer=issue.newer.replace("T", " ")))
    if issue.facts.get("draft"):
        problems.append(problem("code_of_draft", Address(file=issue.file), value=code))
    return _answer(options, {"code": code, **shown}, problems, lang)


def _words(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n")]


def _answer(options: Namespace, found: dict[str, str], problems: list[Problem], lang: str) -> int:
    if options.json:
        show.as_json({**found, "genuine": not problems, "problems": [each.as_dict(lang) for each in problems]})
        return PROBLEMS if problems else CLEAN
    rows = [(label(lang), found[name]) for name, label in _LABELS.items() if found.get(name)]
    if rows:
        show.rows(found["code"], ["", Text("应当是", "must be")(lang)], rows)
    if problems:
        show.problems(problems, lang)
        return PROBLEMS
    show.say(
        Text(
            "这个校验码是这里发出的，也是最新一份。请与纸上逐项核对。",
            "A paper with this code was issued here, and it is the last one. Compare the print with what stands above.",
        )(lang)
    )
    return CLEAN
