"""One page for a browser: the cascade tree to fold, search and filter, and the strategy map; whole in one file, which
asks no other computer for anything and opens from a folder that is shared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from perfxl.core.cascade.tree import Node
from perfxl.core.language import Text
from perfxl.pictures.measure import wrap
from perfxl.pictures.outline import Outline, Row, says_edge, says_figures, says_holder
from perfxl.pictures.svg import LIGHT_NAMES, LIGHTS, Picture, legend

MOST_LOOSE = 3_000
"""KPIs that carry none and that none carries: so many of them stand on the page."""
_TITLE = Text("目标分解", "Objectives cascade")
_LOOSE = Text("未挂到上级指标", "Not linked to a superior's KPI")
_AGAIN = Text("见另一处", "opened elsewhere")
_HIDDEN = Text("直接下级 {} 项未列入本页", "{} right below are not on this page")
_FOUND, _ALL = Text("找到", "found"), Text("共", "all")
_NOTHING = "none"  # how the page asks for rows without a light


def make_page(
    outline: Outline, maps: Sequence[Picture], lang: str = "zh", about: str = "", notes: Iterable[str] = ()
) -> str:
    """The page as HTML.

    about  whose it is, beside the title
    notes  what is not on it
    """
    rows = [_row(row, outline, lang) for row in outline.rows]
    left_out = _add_loose(rows, outline, lang)
    shown = [*(row.node for row in outline.rows), *outline.loose[:MOST_LOOSE]]
    units = {node.unit: outline.names.units[node.unit] for node in shown if node.unit}
    above = {unit: [each for each in outline.people.units_above(unit) if each in units] for unit in units}
    data = {
        "rows": rows,
        "units": _named(units),
        "above": {unit: each for unit, each in above.items() if each},
        "people": _named({node.person: outline.names.people[node.person] for node in shown if node.person}),
        "lights": [[colour or _NOTHING, name(lang)] for colour, name in LIGHT_NAMES.items()],
        "colours": LIGHTS,
        "notes": [*notes, *left_out],
        "words": {"found": _FOUND(lang), "all": _ALL(lang)},
    }
    view = '<svg class="view" xmlns="http://www.w3.org/2000/svg"><g class="canvas">{}</g></svg>'
    return _part("page.html").format(
        lang=escape(lang),
        title=escape(_TITLE(lang)),
        about=escape(about),
        css=_part("page.css"),
        maps="\n".join(view.format(each.body) for each in maps),
        legend=f'<svg width="330" height="16">{legend(0, 12, lang)}</svg>',
        data=as_json(data),
        licence=_part("d3.LICENSE"),
        d3=_part("d3.min.js"),
        js=_part("page.js"),
    )


def as_json(data: Any) -> str:
    """JSON for a script element: nothing in it ends the element or a line of the script."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode("utf-8", "replace").decode("utf-8")


def _row(row: Row, outline: Outline, lang: str) -> dict[str, Any]:
    said = _AGAIN(lang) if row.again else _HIDDEN(lang).format(row.hidden) if row.hidden else ""
    linked = row.edge is None or row.edge.mode in ("full", "share")
    return _node(row.node, outline, lang) | {
        "p": row.parent,
        "e": says_edge(row, lang),
        "a": int(row.again),
        "c": said,
        "s": int(linked),
    }


def _node(node: Node, outline: Outline, lang: str) -> dict[str, Any]:
    return {
        "n": wrap(node.name, 186, 12, 3),
        "t": node.name,
        "h": says_holder(node, outline.names),
        "f": says_figures(node, lang),
        "l": node.light,
        "u": node.unit or "",
        "w": node.person or "",
        "k": node.kpi or "",
        "k2": node.kind,
    }


def _add_loose(rows: list[dict[str, Any]], outline: Outline, lang: str) -> list[str]:
    """Puts what hangs on nothing below a row of its own, unit by unit. Returns: what is left out."""
    loose = outline.loose[:MOST_LOOSE]
    by_unit: dict[str, list[Node]] = {}
    for node in loose:
        by_unit.setdefault(outline.names.units[node.unit], []).append(node)
    if by_unit:
        top = len(rows)
        rows.append(_group(_LOOSE(lang), -1))
        for unit, nodes in by_unit.items():
            place = len(rows)
            rows.append(_group(unit or "—", top))
            rows += [_node(node, outline, lang) | {"p": place, "e": "", "a": 0, "c": "", "s": 1} for node in nodes]
    rest = len(outline.loose) - len(loose)
    more = Text(f"另有 {rest} 项未挂到上级的指标不在本页。", f"{rest} more unlinked KPIs are not on this page.")
    return [more(lang)] if rest else []


def _group(name: str, parent: int) -> dict[str, Any]:
    blank = dict.fromkeys(("h", "f", "e", "l", "u", "w", "k", "k2", "c"), "")
    return {"p": parent, "n": wrap(name, 200, 12, 2), "t": name, "a": 0, "s": 1, "g": 1, **blank}


def _named(names: dict[str, str]) -> list[list[str]]:
    """Key and name for a list to choose from; people of one name are told apart by their number."""
    taken = list(names.values())
    return [[key, name if taken.count(name) == 1 else f"{name} ({key})"] for key, name in names.items()]


@cache
def _part(name: str) -> str:
    return files("perfxl.pictures").joinpath(name).read_text(encoding="utf-8")
