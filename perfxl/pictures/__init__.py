"""A program as pictures: the strategy map and the cascade tree, as SVG and PNG."""

from __future__ import annotations

from perfxl.pictures.map_picture import draw_strategy_map
from perfxl.pictures.outline import Outline
from perfxl.pictures.png import render
from perfxl.pictures.strategy import Objective, StrategyMap, strategy_map
from perfxl.pictures.svg import Picture
from perfxl.pictures.tree_picture import draw_cascade_tree

__all__ = [
    "Objective",
    "Outline",
    "Picture",
    "StrategyMap",
    "draw_cascade_tree",
    "draw_strategy_map",
    "render",
    "strategy_map",
]
