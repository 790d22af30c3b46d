"""The cascade tree drawn from left to right: company KPI, unit, sub-unit, person. A picture has the shape of a page;
more than fits it is folded, with counts, and drawn on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from perfxl.core.language import SEMICOLON, Text
from perfxl.pictures.measure import text_width, wrap
from perfxl.pictures.outline import Outline, Row, levels_below, says_edge, says_figures, says_holder
from perfxl.pictures.svg import (
    INK,
    LIGHTS,
    MUTED,
    PAGE_SHAPE,
    PAGE_WIDTH,
    PAPER,
    RULE,
    Picture,
    escape,
    legend,
    light,
    rect,
    rounded,
    text,
)

MOST_PICTURES = 60
_LEVELS = 5  # of a page: with more of them its text would be too small on paper
_WIDEST = 150  # subordinates of one KPI that are drawn
_TITLE = Text("分解图", "Cascade tree")
_AGAIN = Text("见 {}", "see {}")
_FOLDED = Text("下级 {count} 项，见第 {page} 张", "{count} below, see picture {page}")
_FOLDED_AWAY = Text("下级 {count} 项", "{count} below")
_HIDDEN = Text("直接下级 {} 项未画", "{} right below not drawn")
_MORE = Text("另有 {} 项", "{} more")
_PART = Text("直接下级第 {first}–{last} 项，共 {count} 项", "{first}–{last} of {count} right below")
_BOX, _GAP, _APART, _PAD, _EDGE, _TOP, _FOOT = 204.0, 40.0, 8.0, 8.0, 16.0, 60.0, 40.0
_NARROWEST = 460.0
_BIG, _SMALL = 12.0, 10.5
_DEEP = {"company": "#1F5FBF", "unit": "#2E7D4F", "sub_unit": "#B85C00", "person": "#475467"}


class _Page(NamedTuple):
    """Some starts with the rows below each that are shown, which of them are folded, how many of a row's subordinates
    are left out, and which of them are on this page where they take several."""

    shown: list[int]
    folded: set[int]
    cut: dict[int, int]
    part: dict[int, tuple[int, int]]


class _Placed(NamedTuple):
    x: float
    y: float
    height: float


def draw_cascade_tree(outline: Outline, lang: str = "zh") -> tuple[list[Picture], Text | None]:
    """The tree as pictures that fit a page each.

    Returns: the pictures, none without rows; what was left out of them, if anything was.
    """
    pages, opened = _pages_alike(outline, lang)
    pictures = []
    for number, page in enumerate(pages, 1):
        of = f" {number}/{len(pages)}" if len(pages) > 1 else ""
        name = _TITLE(lang) + (f"-{number}" if of else "")
        pictures.append(_draw(outline, page, opened, name, _TITLE(lang) + of, lang))
    drawn = {at for page in pages for at in page.shown}
    missing = sum(1 for at in range(len(outline.rows)) if at not in drawn)
    if not missing:
        return pictures, None
    return pictures, Text(f"分解图有 {missing} 项未画", f"{missing} KPIs of the cascade are not in the pictures")


def _pages_alike(outline: Outline, lang: str) -> tuple[list[_Page], dict[int, int]]:
    """Pages of one shape: printed below one another, all are as small as the widest asks for, and have its height."""
    levels = min(max((row.depth for row in outline.rows), default=0) + 1, _LEVELS)
    while True:
        width = max(levels * (_BOX + _GAP) - _GAP + 2 * _EDGE, PAGE_WIDTH)
        pages, opened = _pages(outline, width * PAGE_SHAPE - _TOP - 15 - _FOOT, lang)
        taken = max((_levels(outline, page) for page in pages), default=1)
        if taken >= levels or width <= PAGE_WIDTH:
            return pages, opened
        levels = taken


def _levels(outline: Outline, page: _Page) -> int:
    """How many levels a page shows."""
    here, depth = set(page.shown), dict[int, int]()
    for at in sorted(page.shown):
        parent = outline.rows[at].parent
        depth[at] = depth[parent] + 1 if parent in here else 1
    return max(depth.values())


def _pages(outline: Outline, whole: float, lang: str) -> tuple[list[_Page], dict[int, int]]:
    """Whole trees, as many to a page as have room; one that is too large is folded, and opened on pages behind it.

    Returns: the pages; folded row -> the number of the page that opens it."""
    pages: list[_Page] = []
    opened: dict[int, int] = {}
    room = 0.0
    pending = [(root, False) for root in reversed(outline.roots)]
    while pending:
        start, is_opened = pending.pop()
        folded: list[int] = []
        for page, height in _pages_of(outline, start, whole, lang):
            if not pages or height > room or start in pages[-1].folded or start in pages[-1].part:
                if len(pages) == MOST_PICTURES:
                    return pages, opened
                pages.append(_Page([], set(), {}, {}))
                room = whole
            last = pages[-1]
            last.shown.extend(page.shown)
            last.folded.update(page.folded)
            last.cut.update(page.cut)
            last.part.update(page.part)
            room -= height
            if is_opened:
                opened.setdefault(start, len(pages))
            folded += sorted(page.folded)
        pending += [(at, True) for at in reversed(folded)]
    return pages, opened


def _pages_of(outline: Outline, start: int, room: float, lang: str) -> list[tuple[_Page, float]]:
    """A row with as many whole levels below it as there is room for, and how high that is; where the first one is too
    high already, it takes several pages."""
    alone, *below = (_cut(outline, start, *level) for level in islice(levels_below(outline, start), _LEVELS))
    if not below:
        return [(alone, _height(outline, alone, lang))]
    best = below[0], _height(outline, below[0], lang)
    if best[1] > room:
        return list(_parts(outline, start, below[0], room, lang))
    for page in below[1:]:
        height = _height(outline, page, lang)
        if height > room:
            break
        best = page, height
    return [best]


def _parts(outline: Outline, start: int, page: _Page, room: float, lang: str) -> Iterator[tuple[_Page, float]]:
    """One level in parts that fit a page each, the row that it hangs on at each."""
    children, first = [at for at in page.shown if at != start], 0
    while first < len(children):
        taken = 1
        while True:
            some = children[first : first + taken + 1]
            part = _part(page, start, some, first)
            if len(some) <= taken or _height(outline, part, lang) > room:
                break
            taken += 1
        part = _part(page, start, children[first : first + taken], first)
        yield part, _height(outline, part, lang)
        first += taken


def _part(page: _Page, start: int, children: list[int], first: int) -> _Page:
    return _Page([start, *children], page.folded & set(children), page.cut, {start: (first + 1, first + len(children))})


def _height(outline: Outline, page: _Page, lang: str) -> float:
    boxes = {at: _Box.of(outline, at, page, 0, lang) for at in page.shown}
    return _place(outline, page.shown, boxes)[1]


def _cut(outline: Outline, start: int, shown: list[int], folded: set[int]) -> _Page:
    """Of a row with very many subordinates the first ones, with nothing but them."""
    children = outline.children[start]
    if len(children) <= _WIDEST:
        return _Page(shown, folded, {}, {})
    away = set(children[_WIDEST:])
    kept = [at for at in shown if at not in away and outline.rows[at].parent not in away]
    return _Page(kept, folded & set(kept), {start: len(away)} if len(kept) > 1 else {}, {})


def _draw(outline: Outline, page: _Page, opened: Mapping[int, int], name: str, title: str, lang: str) -> Picture:
    rows = outline.rows
    boxes = {at: _Box.of(outline, at, page, opened.get(at), lang) for at in page.shown}
    placed, height = _place(outline, page.shown, boxes)
    deepest = max((each.x for each in placed.values()), default=0.0)
    tops = [at for at in page.shown if rows[at].parent not in boxes]
    about = SEMICOLON(lang).join(dict.fromkeys(rows[at].node.name for at in tops))
    width = max(deepest + _BOX + 2 * _EDGE, _NARROWEST, text_width(title, 20) + 2 * _EDGE)
    heading = wrap(about, width - 2 * _EDGE, 11, most=2)
    top = _TOP + 15 * max(len(heading) - 1, 0)
    parts = [text(_EDGE, 34, title, 20, INK, bold=True)]
    parts += [text(_EDGE, 54 + 15 * i, line, 11, MUTED) for i, line in enumerate(heading)]
    parts.append(f'<g transform="translate({_EDGE:g} {top:g})">')
    parts += _lines(rows, placed)
    parts += [boxes[at].draw(rows[at], placed[at]) for at in page.shown]
    parts.append("</g>")
    whole = top + height + _FOOT
    parts.append(legend(_EDGE, whole - 14, lang))
    return Picture(name, f"{title} {about}", "\n".join(parts), width, whole)


def _place(outline: Outline, shown: Sequence[int], boxes: Mapping[int, _Box]) -> tuple[dict[int, _Placed], float]:
    """A tidy tree: rows below one another, each parent in the middle of its children, no box over another."""
    inside = set(shown)
    children = {at: [child for child in outline.children[at] if child in inside] for at in shown}
    taken: dict[int, float] = {}
    for at in sorted(shown, reverse=True):
        below = sum(taken[child] for child in children[at]) + _APART * max(len(children[at]) - 1, 0)
        taken[at] = max(boxes[at].height, below)
    placed: dict[int, _Placed] = {}
    tops: dict[int, tuple[float, float]] = {}
    y = 0.0
    for at in sorted(shown):
        if at not in tops:  # the top of a tree
            tops[at] = 0.0, y
            y += taken[at] + 2 * _APART
        x, upper = tops[at]
        below = sum(taken[child] for child in children[at]) + _APART * max(len(children[at]) - 1, 0)
        start = upper + max(0.0, (taken[at] - below) / 2)
        for child in children[at]:
            tops[child] = x + _BOX + _GAP, start
            start += taken[child] + _APART
        placed[at] = _Placed(x, upper + (taken[at] - boxes[at].height) / 2, boxes[at].height)
    return placed, y


def _lines(rows: Sequence[Row], placed: Mapping[int, _Placed]) -> Iterator[str]:
    for at, box in placed.items():
        parent = placed.get(rows[at].parent)
        if parent is None:
            continue
        from_y, to_y = parent.y + parent.height / 2, box.y + box.height / 2
        middle = parent.x + _BOX + _GAP / 2
        way = [(parent.x + _BOX, from_y), (middle, from_y), (middle, to_y), (box.x, to_y)]
        edge = rows[at].edge
        dashed = ' stroke-dasharray="4 3"' if edge and edge.mode not in ("full", "share") else ""
        yield f'<path d="{rounded(way)}" fill="none" stroke="#98A2B3" stroke-width="1.2"{dashed}/>'


class _Box(NamedTuple):
    name: list[str]
    under: list[str]
    holder: list[str]
    figures: list[str]
    edge: list[str]
    counts: list[tuple[str, int]]
    full: str

    @classmethod
    def of(cls, outline: Outline, at: int, page: _Page, opened: int | None, lang: str) -> _Box:
        row, cut = outline.rows[at], page.cut.get(at)
        node, inner = row.node, _BOX - 2 * _PAD
        under = []
        counts: list[tuple[str, int]] = []
        if row.hidden:
            under = [_HIDDEN(lang).format(row.hidden)]
        if row.again:
            under = [_AGAIN(lang).format(says_holder(node, outline.names))]
        if at in page.folded:
            lights = outline.lights[at]
            count = sum(lights.values())
            label = _FOLDED_AWAY if opened is None else _FOLDED
            under = [label(lang).format(count=count, page=opened)]
            counts = [(colour, lights[colour]) for colour in LIGHTS if lights[colour]]
        if at in page.part:
            (first, last), count = page.part[at], len(outline.children[at])
            under = [_PART(lang).format(first=first, last=last, count=count)]
        if cut:
            under = [*under, _MORE(lang).format(cut)]
        holder, figures, edge = says_holder(node, outline.names), says_figures(node, lang), says_edge(row, lang)
        name = wrap(node.name, inner - 16, _BIG, 3)
        lines = (wrap(each, inner, _SMALL, 2) for each in (holder, figures, edge))
        full = " | ".join(part for part in (node.name, holder, figures, edge, *under) if part)
        return cls(name, under, next(lines), next(lines), next(lines), counts, full)

    @property
    def height(self) -> float:
        small = len(self.holder) + len(self.figures) + len(self.edge) + len(self.under) + bool(self.counts)
        return 2 * _PAD + 15 * len(self.name) + 14 * small

    def draw(self, row: Row, placed: _Placed) -> str:
        x, y, height = placed
        deep = _DEEP.get(row.node.kind, RULE)
        dashed = ' stroke-dasharray="5 4"' if row.again else ""
        pale = "#F5F7FA" if self.counts else PAPER
        parts = [f"<g><title>{escape(self.full)}</title>"]
        if self.counts:  # a second sheet behind it: there is more below
            parts.append(rect(x + 4, y + 4, _BOX, height, PAPER, RULE, 'rx="5"'))
        parts.append(rect(x, y, _BOX, height, pale, deep, f'rx="5" stroke-width="1.2"{dashed}'))
        parts.append(light(x + _PAD + 5, y + _PAD + 8, row.node.light))
        base = y + _PAD
        for line in self.name:
            parts.append(text(x + _PAD + 16, base + 12, line, _BIG, INK, bold=True))
            base += 15
        for lines, ink in ((self.holder, MUTED), (self.figures, INK), (self.edge, MUTED), (self.under, deep)):
            for line in lines:
                parts.append(text(x + _PAD, base + 11, line, _SMALL, ink))
                base += 14
        left = x + _PAD
        for colour, count in self.counts:
            parts += [light(left + 5, base + 7, colour), text(left + 13, base + 11, str(count), _SMALL, INK)]
            left += 24 + text_width(str(count), _SMALL)
        return "".join([*parts, "</g>"])
