"""A program as pictures: the strategy map and the cascade tree, as SVG, as PNG, and as one page for a browser."""

from __future__ import annotations

from perfxl.pictures.album import Album, make_album, make_fitting_album
from perfxl.pictures.outline import Outline
from perfxl.pictures.svg import Picture

__all__ = ["Album", "Outline", "Picture", "make_album", "make_fitting_album"]
