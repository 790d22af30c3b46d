"""A program as pictures: the strategy map, as SVG and PNG."""

from __future__ import annotations

from perfxl.pictures.map_picture import draw_strategy_map
from perfxl.pictures.strategy import Objective, StrategyMap, strategy_map
from perfxl.pictures.svg import Picture

__all__ = ["Objective", "Picture", "StrategyMap", "draw_strategy_map", "strategy_map"]
