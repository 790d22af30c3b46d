"""A layered drawing: boxes on a grid of rows and columns, arrows that run between them and cross none.

Rows lie in lanes. Boxes take their columns by the barycentre of their neighbours. Arrows run in the channels between
rows and the corridors between columns only, each on a track of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from math import ceil, sqrt
from typing import Any, NamedTuple

Node = Hashable
Point = tuple[float, float]

_SWEEPS = 8
_PORT, _TRACK = 7.0, 7.0  # between two arrows along a box, and between two in a channel or corridor
_CHANNEL, _CORRIDOR = 34.0, 26.0  # at least
_MARGIN = 14.0
_EMPTY = 44.0  # a lane without boxes: room for its name
_BAND = 10.0  # from a lane's lowest boxes to its edge


class Size(NamedTuple):
    """The width and height of a box, or of a drawing."""

    width: float
    height: float


class Layout(NamedTuple):
    """Where things are: `corner` the upper left of each box, `path` the turning points of each arrow, `lanes` top and
    bottom of each lane in their order."""

    corner: dict[Node, Point]
    path: dict[tuple[Node, Node], list[Point]]
    lanes: list[tuple[float, float]]
    size: Size


class _Grid(NamedTuple):
    rows: list[list[Node]]
    lane_of_row: list[int]
    row: dict[Node, int]
    column: dict[Node, int]
    columns: int


def lay_out(
    lanes: Sequence[Sequence[Node]], arrows: Sequence[tuple[Node, Node]], heights: Mapping[Any, float], width: float
) -> Layout:
    """Places boxes of one width and routes the arrows, causes below their effects where both are in one lane.

    lanes    the boxes of each lane, from the top; an empty lane keeps a narrow band
    arrows   (from, to), between boxes that are there
    heights  of each box
    """
    arrows = [arrow for arrow in dict.fromkeys(arrows) if arrow[0] != arrow[1]]
    grid = _make_grid(lanes, arrows)
    return _Router(grid, arrows, heights, width).layout(len(lanes))


def _make_grid(lanes: Sequence[Sequence[Node]], arrows: Sequence[tuple[Node, Node]]) -> _Grid:
    broadest = max((len(lane) for lane in lanes), default=0)
    whole = sum(map(len, lanes))
    columns = max(1, min(broadest, 6, whole) if whole <= 40 else min(10, max(6, ceil(sqrt(whole) * 0.6))))
    rows, lane_of_row = list[list[Node]](), list[int]()
    for number, lane in enumerate(lanes):
        layers = _layers(lane, arrows) if lane else [[]]
        for layer in layers:
            parts = max(1, ceil(len(layer) / columns))
            each = ceil(len(layer) / parts)
            for start in range(0, max(len(layer), 1), max(each, 1)):
                rows.append(list(layer[start : start + each]))
                lane_of_row.append(number)
    return _order(rows, lane_of_row, arrows, columns)


def _layers(lane: Sequence[Node], arrows: Sequence[tuple[Node, Node]]) -> list[list[Node]]:
    """The boxes of a lane, effects above their causes; those of a circle stay where they were met."""
    inside = set(lane)
    causes: dict[Node, list[Node]] = defaultdict(list)
    for cause, effect in arrows:
        if cause in inside and effect in inside:
            causes[effect].append(cause)
    depth: dict[Node, int] = {}
    for start in lane:  # longest path, without recursion
        pending, open_ = [start], set[Node]()
        while pending:
            node = pending[-1]
            open_.add(node)
            waiting = [cause for cause in causes[node] if cause not in depth and cause not in open_]
            if node not in depth and waiting:
                pending.append(waiting[0])
                continue
            depth[node] = max((depth[cause] + 1 for cause in causes[node] if cause in depth), default=0)
            open_.discard(node)
            pending.pop()
    deepest = max(depth.values())
    return [[node for node in lane if depth[node] == level] for level in range(deepest, -1, -1)]


def _order(rows: list[list[Node]], lane_of_row: list[int], arrows: Sequence[tuple[Node, Node]], columns: int) -> _Grid:
    """Sweeps down and up, each row ordered by the mean column of its boxes' neighbours (barycentre)."""
    near: dict[Node, list[Node]] = defaultdict(list)
    for one, other in arrows:
        near[one].append(other)
        near[other].append(one)
    column: dict[Node, int] = {}
    for row in rows:
        start = (columns - len(row)) // 2
        column.update({node: start + i for i, node in enumerate(row)})
    row_of = {node: i for i, row in enumerate(rows) for node in row}
    for sweep in range(_SWEEPS):
        for i in range(len(rows)) if sweep % 2 == 0 else range(len(rows) - 1, -1, -1):
            wish = {
                node: sum(column[other] for other in near[node]) / len(near[node]) if near[node] else column[node]
                for node in rows[i]
            }
            rows[i].sort(key=lambda node: (wish[node], column[node]))
            _settle(rows[i], wish, columns, column)
    return _Grid(rows, lane_of_row, row_of, column, columns)


def _settle(row: Sequence[Node], wish: Mapping[Node, float], columns: int, column: dict[Node, int]) -> None:
    """Each box as near to its wish as the order and the others leave room."""
    last = -1
    for i, node in enumerate(row):
        last = min(max(round(wish[node]), last + 1), columns - (len(row) - i))
        column[node] = last


class _Router:
    def __init__(
        self, grid: _Grid, arrows: Sequence[tuple[Node, Node]], heights: Mapping[Any, float], width: float
    ) -> None:
        self.grid, self.arrows, self.heights, self.width = grid, arrows, heights, width
        self.ends = {arrow: self._ends(*arrow) for arrow in arrows}
        self.corridor = self._choose_corridors()
        self.port = self._ports()

    def _ends(self, cause: Node, effect: Node) -> tuple[int, int, bool, bool]:
        """The channels (channel i is above row i) where an arrow leaves and arrives; whether it leaves by the top, and
        arrives at the bottom."""
        below, above = self.grid.row[cause], self.grid.row[effect]
        if below > above:
            return below, above + 1, True, True
        if below == above:
            return below, below, True, False
        return below + 1, above, False, False

    def _choose_corridors(self) -> dict[tuple[Node, Node], int]:
        """For arrows that pass rows: the corridor (j is left of column j) that lengthens them least, the emptier of
        two alike."""
        load = [0.0] * (self.grid.columns + 1)
        chosen = {}
        for arrow in sorted(self.arrows, key=lambda each: abs(self.ends[each][0] - self.ends[each][1])):
            leave, arrive, *_ = self.ends[arrow]
            if leave == arrive:
                continue
            one, other = (self.grid.column[node] + 0.5 for node in arrow)
            best = min(range(len(load)), key=lambda j: abs(j - one) + abs(j - other) + 0.06 * load[j])
            load[best] += 1
            chosen[arrow] = best
        return chosen

    def _ports(self) -> dict[tuple[tuple[Node, Node], bool], float]:
        """How far from the box's left an arrow leaves (True) or arrives (False). Ports above and below lie between
        each other, so that what comes from two boxes of a column does not meet."""
        sides: dict[tuple[Node, bool], list[tuple[float, tuple[Node, Node], bool]]] = defaultdict(list)
        for arrow in self.arrows:
            _, _, by_top, at_bottom = self.ends[arrow]
            via = self.corridor.get(arrow)
            for node, far, top, leaves in ((*arrow, by_top, True), (arrow[1], arrow[0], not at_bottom, False)):
                aim = self.grid.column[far] + 0.5 if via is None else via
                sides[node, top].append((aim, arrow, leaves))
        ports = {}
        for (_, top), users in sides.items():
            users.sort(key=lambda user: user[0])
            step = min(2 * _PORT, (self.width - 4 * _PORT) / len(users))
            start = self.width / 2 - step * (len(users) // 2) + (_PORT / 2 if top else -_PORT / 2)
            for i, (_, arrow, leaves) in enumerate(users):
                ports[arrow, leaves] = start + i * step
        return ports

    def layout(self, lanes: int) -> Layout:
        """All coordinates. Tracks are dealt out twice: across first, since channels' heights follow from them."""
        grid = self.grid
        between = self._tracks(
            {(j, arrow): sorted(self.ends[arrow][:2]) for arrow, j in self.corridor.items()}, touching=True
        )
        used = _most(between, grid.columns + 1)
        corridors = [max(_CORRIDOR, 2 * _MARGIN + (count - 1) * _TRACK) for count in used]
        lefts, x = [], 0.0
        for j in range(grid.columns):
            x += corridors[j]
            lefts.append(x)
            x += self.width
        whole = x + corridors[-1]
        rights = [*lefts, whole]
        at = {
            arrow: rights[j] - corridors[j] / 2 + (between[j, arrow] - (used[j] - 1) / 2) * _TRACK
            for arrow, j in self.corridor.items()
        }
        along: dict[tuple[int, tuple[Node, Node]], list[float]] = {}
        for arrow in self.arrows:
            leave, arrive, *_ = self.ends[arrow]
            x1, x2 = (lefts[grid.column[node]] + self.port[arrow, i == 0] for i, node in enumerate(arrow))
            if leave == arrive:
                along[leave, arrow] = sorted((x1, x2))
            else:
                along[leave, arrow] = sorted((x1, at[arrow]))
                along[arrive, arrow] = sorted((at[arrow], x2))
        tracks = self._tracks(along)
        counts = _most(tracks, len(grid.rows) + 1)
        channels = [max(_CHANNEL, 2 * _MARGIN + (count + 1) * _TRACK) for count in counts]
        tops, y = [], 0.0
        for i, row in enumerate(grid.rows):
            y += channels[i]
            tops.append(y)
            y += max((self.heights[node] for node in row), default=_EMPTY)
        height = y + channels[-1]
        bottoms = [*tops, height]
        level = {
            (i, arrow): bottoms[i] - channels[i] / 2 + (track - (counts[i] - 1) / 2) * _TRACK
            for (i, arrow), track in tracks.items()
        }
        corner = {node: (lefts[grid.column[node]], tops[grid.row[node]]) for node in grid.row}
        path = {arrow: self._path(arrow, corner, at, level) for arrow in self.arrows}
        edges = []
        for lane in range(lanes):
            first = grid.lane_of_row.index(lane)
            beyond = first + grid.lane_of_row.count(lane)
            upper = tops[first] - channels[first] + (_BAND if first else 0.0)
            edges.append((upper, tops[beyond] - channels[beyond] + _BAND if beyond < len(tops) else height))
        return Layout(corner, path, edges, Size(whole, height))

    def _tracks(
        self, spans: Mapping[tuple[int, tuple[Node, Node]], Sequence[float]], touching: bool = False
    ) -> dict[tuple[int, tuple[Node, Node]], int]:
        """(channel, arrow) -> a track on which nothing else lies there; shorter spans come first."""
        taken: dict[int, list[list[tuple[float, float]]]] = defaultdict(list)
        result = {}
        gap = 0.0 if touching else _TRACK
        for (channel, arrow), (low, high) in sorted(spans.items(), key=lambda item: item[1][1] - item[1][0]):
            tracks = taken[channel]
            free = (
                number
                for number, held in enumerate(tracks)
                if all(high + gap < start or low - gap > end for start, end in held)
            )
            number = next(free, len(tracks))
            if number == len(tracks):
                tracks.append([])
            tracks[number].append((low, high))
            result[channel, arrow] = number
        return result

    def _path(
        self,
        arrow: tuple[Node, Node],
        corner: Mapping[Node, Point],
        at: Mapping[tuple[Node, Node], float],
        level: Mapping[tuple[int, tuple[Node, Node]], float],
    ) -> list[Point]:
        leave, arrive, by_top, at_bottom = self.ends[arrow]
        (x1, y1), (x2, y2) = (corner[node] for node in arrow)
        x1, x2 = x1 + self.port[arrow, True], x2 + self.port[arrow, False]
        y1 += 0.0 if by_top else self.heights[arrow[0]]
        y2 += self.heights[arrow[1]] if at_bottom else 0.0
        out = level[leave, arrow]
        if leave == arrive:
            return [(x1, y1), (x1, out), (x2, out), (x2, y2)]
        across, into = at[arrow], level[arrive, arrow]
        return [(x1, y1), (x1, out), (across, out), (across, into), (x2, into), (x2, y2)]


def _most(tracks: Mapping[tuple[int, tuple[Node, Node]], int], size: int) -> list[int]:
    """How many tracks each channel has."""
    counts = [0] * size
    for (channel, _), track in tracks.items():
        counts[channel] = max(counts[channel], track + 1)
    return counts
