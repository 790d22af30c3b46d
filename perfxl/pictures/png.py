"""SVG to PNG by resvg, where it is installed and the machine has a font for Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

from perfxl.core.problems import Problem, problem
from perfxl.installation import pip_install
from perfxl.pictures.svg import Picture

_SHARP, _MOST_PIXELS = 1.5, 36_000_000  # finer than the screen, where the picture is not too large for that
_ABSENT = "\U0010fffd"  # a private sign, which no font draws
_SIGN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="30" font-size="28">{}</text></svg>'
)


def render(pictures: Iterable[Picture]) -> tuple[dict[str, tuple[bytes, float]], list[Problem]]:
    """Each picture by its name: the bytes of a PNG, and how many of its pixels make one point of the drawing.

    Returns: nothing where it cannot be made, and why: resvg-py is missing, or the machine has no Chinese font.
    """
    resvg = _resvg()
    if resvg is None:
        return {}, [problem("png_without_renderer", pip=pip_install("pictures"))]
    if not _draws_chinese():
        return {}, [problem("png_without_chinese")]
    made = {}
    for picture in pictures:
        zoom = min(_SHARP, (_MOST_PIXELS / (picture.width * picture.height)) ** 0.5)
        made[picture.name] = bytes(resvg.svg_to_bytes(svg_string=picture.svg, zoom=zoom)), zoom
    return made, []


def _resvg() -> Any:
    try:
        return import_module("resvg_py")
    except ImportError:
        return None


@cache
def _draws_chinese() -> bool:
    """Whether a Chinese sign looks different from one that no font has."""
    resvg = _resvg()
    pair = [bytes(resvg.svg_to_bytes(svg_string=_SIGN.format(sign))) for sign in ("战", _ABSENT)]
    return pair[0] != pair[1]
