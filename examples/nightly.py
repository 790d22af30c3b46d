"""每晚的任务 A nightly job: python examples/nightly.py 绩效方案.xlsx 输出文件夹

Checks the program, writes everybody's total as scores.json and the score workbook, makes the contracts, and ends with
perfxl's own exit codes (docs/exit-codes.md): 0 nothing wrong, 1 errors in the program (what they touch is held back),
2 nothing could be done. Run it by cron or the task scheduler; it writes the same files for the same input.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import perfxl as px

log = logging.getLogger("nightly")


def run(source: Path, out: Path) -> int:
    """Does the job. Returns: the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    program = px.load(source)
    if not program.usable:
        for each in program.problems:
            log.error("%s %s %s", each.code, each.address, each.message("en"))
        return 2
    scored = program.score()
    totals = scored.to_frame()
    errors = [each for each in scored.problems if each.severity == "error"]
    for each in errors:
        log.warning("%s %s %s", each.code, each.address, each.message("en"))
    # pandas writes NaN as null; None of an unknown grade too.
    told = {**scored.provenance, "people": json.loads(totals.to_json(orient="records", force_ascii=False))}
    (out / "scores.json").write_text(json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1), encoding="utf-8")
    scored.to_excel(out / "scores.xlsx")
    files, held_back = program.documents("contract", out / "contracts")
    log.info(
        "%d of %d totals official, %d contracts made, %d problems",
        totals.official.sum(),
        len(totals),
        len(files),
        len(scored.problems) + len(held_back),
    )
    return 1 if errors else 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2])))
