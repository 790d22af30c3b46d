"""The layered drawing: boxes apart, arrows beside them, whatever leads to what."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.pictures.layers import Layout, lay_out

WIDTH = 200.0
Segment = tuple[float, float, float, float]


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[list[int]], list[tuple[int, int]], dict[int, float]]:
    sizes = draw(st.lists(st.integers(0, 14), min_size=1, max_size=5))
    nodes = iter(range(sum(sizes)))
    lanes = [[next(nodes) for _ in range(size)] for size in sizes]
    whole = sum(sizes)
    ends = st.integers(0, max(whole - 1, 0))
    arrows = draw(st.lists(st.tuples(ends, ends), max_size=60)) if whole else []
    heights = {node: draw(st.sampled_from((30.0, 64.0, 151.0))) for node in range(whole)}
    return lanes, arrows, heights


def segments(layout: Layout) -> Iterator[tuple[tuple[object, object], Segment]]:
    for arrow, path in layout.path.items():
        for (x1, y1), (x2, y2) in pairwise(path):
            assert x1 == x2 or y1 == y2
            yield arrow, (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def judge(layout: Layout, heights: dict[int, float]) -> None:
    boxes = {node: (x, y, x + WIDTH, y + heights[int(str(node))]) for node, (x, y) in layout.corner.items()}
    assert boxes.keys() == heights.keys()
    for node, (left, top, right, bottom) in boxes.items():
        assert left >= 0 and top >= 0 and right <= layout.size.width and bottom <= layout.size.height
        for other, (x1, y1, x2, y2) in boxes.items():
            assert node == other or left >= x2 or x1 >= right or top >= y2 or y1 >= bottom
    for arrow, (x1, y1, x2, y2) in segments(layout):
        assert x1 >= 0 and y1 >= 0 and x2 <= layout.size.width and y2 <= layout.size.height
        for node, (left, top, right, bottom) in boxes.items():
            crosses = x1 < right and x2 > left and y1 < bottom and y2 > top
            assert not crosses, f"{arrow} crosses {node}"


@given(drawings())
def test_arrows_cross_no_box(drawing: tuple[list[list[int]], list[tuple[int, int]], dict[int, float]]) -> None:
    lanes, arrows, heights = drawing
    layout = lay_out(lanes, arrows, heights, WIDTH)
    judge(layout, heights)
    assert set(layout.path) == {(one, other) for one, other in arrows if one != other}
    lane_of = {node: number for number, lane in enumerate(lanes) for node in lane}
    for node, (_, y) in layout.corner.items():
        top, bottom = layout.lanes[lane_of[int(str(node))]]
        assert top < y and y + heights[int(str(node))] < bottom


@pytest.mark.parametrize("size", [10, 300])
def test_no_two_arrows_lie_on_each_other(size: int) -> None:
    random = Random(size)
    lanes = [list(range(i, size, 4)) for i in range(4)]
    arrows = [(node, random.randrange(node)) for node in range(1, size)]
    heights = {node: random.choice((40.0, 90.0)) for node in range(size)}
    layout = lay_out(lanes, arrows, heights, WIDTH)
    judge(layout, heights)
    lying = list(segments(layout))
    for i, (arrow, (x1, y1, x2, y2)) in enumerate(lying):
        for other, (u1, v1, u2, v2) in lying[i + 1 :]:
            if arrow == other:
                continue
            upright = x1 == x2 == u1 == u2 and min(y2, v2) - max(y1, v1) > 0
            level = y1 == y2 == v1 == v2 and min(x2, u2) - max(x1, u1) > 0
            assert not upright and not level, (arrow, other)


def test_effects_stand_above_their_causes_in_a_lane() -> None:
    layout = lay_out([[1, 2, 3]], [(1, 2), (2, 3)], {1: 40.0, 2: 40.0, 3: 40.0}, WIDTH)
    assert layout.corner[3][1] < layout.corner[2][1] < layout.corner[1][1]


def test_a_long_chain_is_no_recursion() -> None:
    size = 3000
    layout = lay_out(
        [list(range(size))], [(i, i + 1) for i in range(size - 1)], dict.fromkeys(range(size), 30.0), WIDTH
    )
    assert len(layout.corner) == size
