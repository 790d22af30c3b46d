"""Weights on two levels: a section's weight (分类权重, or 权重：60% in its heading) and the weights within it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from perfxl.core.values.numbers import canonical
from perfxl.core.values.text import fold

_OF_HEADING = re.compile(
    r"(?:权重|占比|比重|weight(?:age|ing)?)\s*[:=]?\s*(\d+(?:\.\d+)?)\s*%|[(\[]\s*(\d+(?:\.\d+)?)\s*%\s*[)\]]|[:\s](\d+(?:\.\d+)?)\s*%$",
    re.I,
)
_NEAR = 1e-6


def heading_weight(text: str) -> float | None:
    """The percent points that a heading such as 质量绩效（权重：60%） gives its section."""
    match = _OF_HEADING.search(fold(text))
    number = next((group for group in match.groups() if group), None) if match else None
    return float(number) if number else None


_OF_CATEGORY = re.compile(
    r"(.*\S)\s*[(\[【]\s*(?:权重|占比|分值|满分|共|weight)?\s*[:=]?\s*(\d+(?:\.\d+)?)\s*(?:%|分|points?)\s*[)\]】]",
    re.IGNORECASE,
)


def category_weight(text: str) -> tuple[str, float] | None:
    """The name and the weight of a category such as 重点工作（60分） or Finance (30%)."""
    match = _OF_CATEGORY.fullmatch(" ".join(fold(text).split()))
    return (match[1], float(match[2])) if match else None


def multiply(
    weights: Sequence[float | None], sections: Sequence[tuple[str, float] | None], beside: float = 0.0
) -> list[float | None] | None:
    """The weights within the whole contract.

    sections  for each row its section's name and weight (percent points); rows of one section follow one another
    beside    the weights of sections that stand in tables of their own

    Returns: section weight x weight, where every section's weights make 100 and the sections' do; the weights as they
    are, where each section's make the section's weight; None where neither holds.
    """
    groups: list[tuple[tuple[str, float] | None, list[int]]] = []
    for i, section in enumerate(sections):
        if weights[i] is None:
            continue
        if groups and groups[-1][0] == section:
            groups[-1][1].append(i)
        else:
            groups.append((section, [i]))
    if not groups or any(section is None for section, _ in groups):
        return list(weights) if all(section is None for section, _ in groups) else None
    sums = [(section[1], sum(weights[i] or 0.0 for i in rows)) for section, rows in groups if section]
    if all(abs(total - whole) < _NEAR for whole, total in sums):
        return list(weights)
    if (
        all(abs(total - 100) < _NEAR for _, total in sums)
        and abs(sum(whole for whole, _ in sums) + beside - 100) < _NEAR
    ):
        made = list(weights)
        for section, rows in groups:
            for i in rows:
                made[i] = canonical((weights[i] or 0.0) * (section[1] if section else 100.0) / 100)
        return made
    return None
