"""一个计分服务 A service that scores: uvicorn examples.service:app

POST /score    a program workbook as the body -> everybody's total
POST /explain/{person}  the same -> how that total came about
POST /lines    {"lines": [{"method": "ratio", "actual": 98, "target": 100, ...}]} -> points, status, reason

What is unknown is null: JSON has no NaN. What cannot be used is answered with 422 and the problems.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from fastapi import Body, FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

import perfxl as px

MOST = 50 * 1024 * 1024  # bytes of a workbook

app = FastAPI(title="perfxl")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON takes them: what is no number is None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


async def program_of(request: Request) -> px.LoadedProgram:
    """The program in the body; refused where it cannot be used."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST:
            raise HTTPException(413, "too large")
    program = await run_in_threadpool(px.load, bytes(data))
    if not program.usable:
        raise HTTPException(422, [each.as_dict("en") for each in program.problems])
    return program


@app.post("/score")
async def score(request: Request) -> dict[str, Any]:
    """Everybody's total, and what is wrong."""
    scored = await run_in_threadpool((await program_of(request)).score)
    problems = [each.as_dict("en") for each in scored.problems]
    return {**scored.provenance, "people": records(scored.to_frame()), "problems": problems}


@app.post("/explain/{person}")
async def explain(person: str, request: Request) -> dict[str, Any]:
    """How a total came about, each figure with its cell."""
    scored = await run_in_threadpool((await program_of(request)).score)
    try:
        return scored.explain(person).as_dict()
    except KeyError:
        raise HTTPException(404, person) from None


@app.post("/lines")
def lines(lines: list[dict[str, Any]] = Body(embed=True)) -> list[dict[str, Any]]:  # noqa: B008 - FastAPI's way
    """Points for single lines."""
    if not lines:
        return []
    try:
        return records(px.score_lines(pd.DataFrame(lines)))
    except ValueError as error:  # columns that are misspelt
        raise HTTPException(422, str(error)) from None
