"""The strategy map drawn: perspectives as lanes, objectives as boxes with their KPIs, arrows from cause to effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from perfxl.core.language import COMMA, Text
from perfxl.core.schema.choices import PERSPECTIVE
from perfxl.pictures.layers import Layout, lay_out
from perfxl.pictures.measure import text_width, wrap
from perfxl.pictures.strategy import Objective, StrategyMap, perspective_label
from perfxl.pictures.svg import (
    INK,
    LIGHTS,
    MUTED,
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

MOST_OBJECTIVES = 1_000
"""Of a larger map only the first ones, in the order of the units, are drawn."""
_PAGE = 48  # boxes; a unit is not torn apart
_TITLE = Text("战略地图", "Strategy map")
_NO_LANE = Text("未填维度", "no perspective")
_NOTHING = Text("（没有目标）", "(no objectives)")
_COLOURS = {
    "financial": ("#1F5FBF", "#EDF3FC"),
    "customer": ("#2E7D4F", "#EDF7F0"),
    "process": ("#B85C00", "#FDF4E9"),
    "learning": ("#6941A5", "#F4EFFA"),
    "": ("#475467", "#F2F4F7"),
}
_BOX, _PAD, _SIDE, _TOP, _FOOT, _EDGE = 208.0, 10.0, 42.0, 64.0, 40.0, 16.0
_BIG, _MEDIUM, _SMALL = 13.0, 11.5, 10.5


class _Box(NamedTuple):
    objective: Objective
    guest: bool  # of another page, shown for its arrow
    head: list[str]
    lines: list[str]
    measures: list[tuple[str, list[str]]]  # light, lines

    @property
    def height(self) -> float:
        said = sum(len(lines) for _, lines in self.measures)
        inside = 15 * len(self.head) + 18 * len(self.lines) + 15 * said + (6 if said else 0)
        return _PAD + inside + _PAD - 3


def draw_strategy_map(whole: StrategyMap, lang: str = "zh") -> tuple[list[Picture], Text | None]:
    """The map as pictures: one of up to 48 objectives, else some units to a picture; an objective of another picture
    that an arrow leads to or from stands there as a dashed box.

    Returns: the pictures, none without objectives; what was left out of them, if anything was.
    """
    drawn = whole.objectives[:MOST_OBJECTIVES]
    left_out = None
    if len(drawn) < len(whole.objectives):
        rest = len(whole.objectives) - len(drawn)
        left_out = Text(
            f"战略地图只画前 {MOST_OBJECTIVES} 个目标，另有 {rest} 个未画",
            f"the strategy map shows the first {MOST_OBJECTIVES} objectives; {rest} more are not drawn",
        )
    pages = list(_pages(drawn))
    pictures = []
    for number, page in enumerate(pages, 1):
        of = f" {number}/{len(pages)}" if len(pages) > 1 else ""
        units = COMMA(lang).join(dict.fromkeys(each.unit_name for each in page if each.unit_name))
        name = _TITLE(lang) + (f"-{number}" if of else "")
        pictures.append(_draw(page, drawn, name, _TITLE(lang) + of, units, lang))
    return pictures, left_out


def _pages(objectives: Sequence[Objective]) -> Iterator[list[Objective]]:
    """Whole units, as many as fit; a unit with more has a picture for itself."""
    by_unit: dict[str, list[Objective]] = {}
    for each in objectives:
        by_unit.setdefault(each.unit, []).append(each)
    page: list[Objective] = []
    for group in by_unit.values():
        if page and len(page) + len(group) > _PAGE:
            yield page
            page = []
        page = page + group
    if page:
        yield page


def _draw(
    page: Sequence[Objective], everything: Sequence[Objective], name: str, title: str, units: str, lang: str
) -> Picture:
    here = {each.key for each in page}
    leads_here = {each.key for each in everything if here.intersection(each.effects)}
    led_to = {effect for each in page for effect in each.effects}
    boxes = {
        each.key: _box(each, each.key not in here) for each in everything if each.key in here | leads_here | led_to
    }
    lanes = [choice.name for choice in PERSPECTIVE]
    if any(not box.objective.perspective for box in boxes.values()):
        lanes.append("")
    rows = [[key for key, box in boxes.items() if box.objective.perspective == lane] for lane in lanes]
    arrows = [
        (key, effect)
        for key, box in boxes.items()
        for effect in box.objective.effects
        if effect in boxes and (key in here or effect in here)
    ]
    layout = lay_out(rows, arrows, {key: box.height for key, box in boxes.items()}, _BOX)
    least = text_width(title, 20) + 2 * _EDGE
    heading = wrap(units, max(layout.size.width + _SIDE, least), 11, most=3)
    top = _TOP - 15 + 15 * max(len(heading), 1)
    width = max(layout.size.width + _SIDE + 2 * _EDGE, least, 420.0)
    height = layout.size.height + top + _FOOT
    parts = [text(_EDGE, 34, title, 20, INK, bold=True)]
    parts += [text(_EDGE, 54 + 15 * i, line, 11, MUTED) for i, line in enumerate(heading)]
    parts += _lanes(lanes, rows, layout, width, top, lang)
    parts.append(f'<g transform="translate({_EDGE + _SIDE:g} {top:g})">')
    parts += _arrows(arrows, boxes, layout)
    for key, box in boxes.items():
        parts.append(_draw_box(box, *map(float, layout.corner[key])))
    parts.append("</g>")
    parts.append(legend(_EDGE, height - 14, lang))
    return Picture(name, f"{title} {units}".strip(), "\n".join(parts), width, height)


def _box(objective: Objective, guest: bool) -> _Box:
    inner = _BOX - 2 * _PAD - 4
    head = wrap(f"{objective.key} · {objective.unit_name}" if objective.unit_name else objective.key, inner, _SMALL, 2)
    measures = [] if guest else [(each.light, wrap(each.name, inner - 16, _MEDIUM, 3)) for each in objective.measures]
    return _Box(objective, guest, head, wrap(objective.text, inner, _BIG), measures)


def _lanes(
    lanes: Sequence[str], rows: Sequence[Sequence[object]], layout: Layout, width: float, top: float, lang: str
) -> Iterator[str]:
    for lane, row, (upper, lower) in zip(lanes, rows, layout.lanes, strict=True):
        deep, pale = _COLOURS[lane]
        tall = lower - upper
        yield rect(_EDGE, top + upper, width - 2 * _EDGE, tall - 4, pale, RULE, 'rx="6"')
        yield rect(_EDGE, top + upper, 30, tall - 4, deep, "none", 'rx="6"')
        label = perspective_label(lane, lang) or _NO_LANE(lang)
        x, y = _EDGE + 15, top + upper + tall / 2 - 2
        size = min(13.0, 13.0 * (tall - 12) / max(text_width(label, 13.0), 1.0))
        turned = text(x, y + size * 0.36, label, size, PAPER, bold=True, anchor="middle")
        yield f'<g transform="rotate(-90 {x:g} {y:g})">{turned}</g>'
        if not row:
            yield text(_EDGE + _SIDE + 8, y + 4, _NOTHING(lang), 11, MUTED)


def _arrows(arrows: Sequence[tuple[str, str]], boxes: dict[str, _Box], layout: Layout) -> Iterator[str]:
    """From cause to effect, in the colour of the cause's lane; a white edge keeps crossings apart."""
    for arrow in arrows:
        d = rounded(layout.path[arrow])
        yield f'<path d="{d}" fill="none" stroke="#fff" stroke-width="4" stroke-opacity="0.8"/>'
        deep = _COLOURS[boxes[arrow[0]].objective.perspective][0]
        (_, before), (x, y) = layout.path[arrow][-2:]
        tip = 7 if before > y else -7
        about = escape(f"{arrow[0]} → {arrow[1]}")
        yield (
            f'<path d="{d}" fill="none" stroke="{deep}" stroke-width="1.5" stroke-opacity="0.85"><title>{about}</title>'
            f'</path><path d="M{x:g} {y:g}l-4 {tip}h8z" fill="{deep}"/>'
        )


def _draw_box(box: _Box, x: float, y: float) -> str:
    each = box.objective
    deep, _ = _COLOURS[each.perspective]
    dashed = ' stroke-dasharray="5 4"' if box.guest else ""
    lights = " ".join(sorted({measure.light or "none" for measure in each.measures}))
    full = [each.key, each.unit_name, each.text, *(measure.name for measure in each.measures)]
    parts = [
        f'<g class="objective" data-unit="{escape(each.unit)}" data-light="{lights}">',
        f"<title>{escape(' | '.join(part for part in full if part))}</title>",
        rect(x, y, _BOX, box.height, PAPER, deep, f'class="paper" rx="6" stroke-width="1.2"{dashed}'),
        rect(x + 1, y + 5, 4, box.height - 10, LIGHTS[each.light], "none", 'rx="2"') if each.light else "",
    ]
    left, base = x + _PAD + 2, y + _PAD
    for line in box.head:
        parts.append(text(left, base + 9, line, _SMALL, MUTED))
        base += 15
    for line in box.lines:
        parts.append(text(left, base + 13, line, _BIG, MUTED if box.guest else INK, bold=not box.guest))
        base += 18
    base += 6
    for colour, lines in box.measures:
        parts.append(light(left + 5, base + 7, colour))
        for line in lines:
            parts.append(text(left + 16, base + 11, line, _MEDIUM, INK))
            base += 15
    return "".join([*parts, "</g>"])
