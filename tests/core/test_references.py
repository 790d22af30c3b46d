"""References that find nothing: what is suggested in their place, and what is not."""

from __future__ import annotations

from perfxl.core.checks import run_checks
from perfxl.core.policy_reading import read_policy
from perfxl.core.problems import Problem
from tests.core.clean_program import add, book, put


def _findings(typed: str) -> list[Problem]:
    people = [add("people", person=person, name=person, unit="U2") for person in ("000123", "0077", "77")]
    tables = book(*people, put("actuals", 0, holder=typed))
    return [problem for problem in run_checks(tables, read_policy(tables)[0]) if problem.code == "R101"]


def test_an_id_that_lost_its_zeros_is_told_which_one_it_was() -> None:
    """A spreadsheet makes 123 of 000123; of two that it may have been none is named."""
    for typed, said in (("123", "是否为“000123”"), ("0123", "是否为“000123”"), ("077", ""), ("124", ""), ("0", "")):
        (found,) = _findings(typed)
        assert ("是否为" in found.message("zh")) == bool(said)
        assert said in found.message("zh")
