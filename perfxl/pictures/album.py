"""All pictures of a program, or of one leader's part of it, and the page that holds them."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.cascade.tree import CascadeTree
from perfxl.core.language import COLON, FULL_STOP, Text
from perfxl.core.problems import Problem, problem
from perfxl.core.records import Tables
from perfxl.pictures.map_picture import draw_strategy_map
from perfxl.pictures.outline import Outline
from perfxl.pictures.page import make_page
from perfxl.pictures.png import render
from perfxl.pictures.strategy import strategy_map
from perfxl.pictures.svg import Picture
from perfxl.pictures.tree_picture import draw_cascade_tree

MOST_ROWS, MOST_DRAWN, UPPER_DRAWN = 5_000, 600, 300
"""KPIs on the page and in the pictures; of a larger tree the upper levels, in pictures so many: each takes a tenth of a
second."""
MOST_LINES = 20_000
"""Of a program with more contract lines pictures are made only where somebody asks for them: they take seconds."""
_PAGE = Text("目标分解.html", "cascade.html")


class Album(NamedTuple):
    """Pictures of the strategy map and of the cascade tree; `png` holds for each by its name the bytes, and how many of
    their pixels make one point of the drawing. It is empty where PNG cannot be made."""

    maps: list[Picture]
    trees: list[Picture]
    png: dict[str, tuple[bytes, float]]
    page: str

    def files(self, lang: str) -> dict[str, bytes]:
        """File name -> content: the page, every picture as SVG and as PNG."""
        made = {_PAGE(lang): self.page.encode("utf-8")}
        for picture in (*self.maps, *self.trees):
            made[f"{picture.name}.svg"] = picture.svg.encode("utf-8", "replace")
            if picture.name in self.png:
                made[f"{picture.name}.png"] = self.png[picture.name][0]
        return made


def make_fitting_album(tables: Tables, tree: CascadeTree, lang: str, asked: bool) -> tuple[Album | None, list[Problem]]:
    """The album of a program; None for a large one for which nobody has `asked`, and that it is missing."""
    size = len(tables.get("contract_lines") or ())
    if size > MOST_LINES and not asked:
        return None, [problem("pictures_not_asked_for", count=size)]
    return make_album(tables, tree, lang)


def make_album(tables: Tables, tree: CascadeTree, lang: str = "zh") -> tuple[Album, list[Problem]]:
    """Draws everything; of a leader's tree what is in it and nothing else.

    Returns: the album, and what is missing from it: PNG, or what was too much to draw.
    """
    maps, left_out = draw_strategy_map(strategy_map(tables, tree), lang)
    told = [left_out] if left_out else []
    drawn = Outline(tree, MOST_DRAWN)
    if drawn.hidden:
        drawn = Outline(tree, UPPER_DRAWN)
    trees, left_out = draw_cascade_tree(drawn, lang)
    if left_out:
        told.append(left_out)
    elif drawn.hidden:
        told.append(_upper("分解图", "the pictures of the cascade", drawn))
    listed = Outline(tree, MOST_ROWS)
    notes = [_upper("网页", "the page", listed)] if listed.hidden else []
    who = "" if tree.leader is None else tree.names.apart[tree.leader]
    about = COLON(lang).join((_LEADER(lang), who)) if who else ""
    page = make_page(listed, maps, lang, about, [each(lang) + FULL_STOP(lang) for each in notes])
    png, problems = render([*maps, *trees])
    problems += [problem("picture_in_part", what=each) for each in (*told, *notes)]
    return Album(maps, trees, png, page), problems


def _upper(zh: str, en: str, outline: Outline) -> Text:
    shown, hidden = len(outline.rows), outline.hidden
    return Text(
        f"{zh}只有上面几级的 {shown} 项，下面还有 {hidden} 项的直接下级未列入",
        f"{en}: {shown} KPIs of the upper levels; those right below {hidden} of them are not shown",
    )


_LEADER = Text("负责人", "leader")
