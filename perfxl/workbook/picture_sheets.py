"""The sheets 战略地图 and 分解图: pictures one below another, each on pages of its own when printed."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import ceil

from xlsxwriter import Workbook

from perfxl.core.language import Text
from perfxl.pictures import Album, Picture
from perfxl.pictures.svg import PAGE_SHAPE, PAGE_WIDTH
from perfxl.workbook.result_page import ResultPage
from perfxl.workbook.style import Formats

_STAGE = "design"
_ROW, _COLUMN = 20, 64  # points of the screen
_FIRST = 3
_LYING = 0.6  # of a landscape page, its height to its width, below the title
_MAP, _TREE = Text("战略地图", "Strategy map"), Text("分解图", "Cascade tree")
_GUIDES = (
    Text(
        "箭头由因到果；方框左边的颜色是其指标中最差的亮灯。",
        "Arrows lead from cause to effect; a box's edge has the worst light of its KPIs.",
    ),
    Text(
        "从左到右：公司、单位、下级单位、个人；虚线为支撑或同一指标，虚线框在别处已展开。",
        "From left to right: company, unit, sub-unit, person; dashed: in support, or the same KPI; a dashed box is "
        "opened elsewhere.",
    ),
)
_NO_OBJECTIVES = Text("没有目标：填写“目标”表后即有战略地图。", "No objectives: fill in the sheet Objectives.")
_NO_LINES = Text("没有可画的指标：填写合同指标与目标分解。", "Nothing to draw: fill in Contract lines and Links.")
_NO_PNG = Text(
    "图片没有生成，原因见“问题”表；--pictures 文件夹 另存 SVG 与网页。",
    "The pictures could not be made; the sheet Problems says why. --pictures DIR saves them as SVG and as a page.",
)


def add_picture_sheets(workbook: Workbook, formats: Formats, album: Album, lang: str) -> None:
    """Adds both sheets; one without pictures says why."""
    for title, guide, pictures, none in zip(
        (_MAP, _TREE), _GUIDES, (album.maps, album.trees), (_NO_OBJECTIVES, _NO_LINES), strict=True
    ):
        page = ResultPage(workbook.add_worksheet(title(lang)), formats, lang, _STAGE)
        page.top(title(lang), guide(lang))
        if not pictures:
            page.sheet.write_string(_FIRST, 0, none(lang), page.muted_look())
        elif not album.png:
            page.sheet.write_string(_FIRST, 0, _NO_PNG(lang), page.muted_look())
        else:
            _insert(page, pictures, album)
        page.print_set_up(title(lang), landscape=_lies(pictures))


def _lies(pictures: Sequence[Picture]) -> bool:
    """Whether all of the pictures are wide rather than high."""
    return bool(pictures) and all(picture.height <= _LYING * picture.width for picture in pictures)


def _insert(page: ResultPage, pictures: Sequence[Picture], album: Album) -> None:
    row, breaks = _FIRST, []
    widest = max(PAGE_WIDTH, *(picture.width for picture in pictures))
    highest = widest * (_LYING if _lies(pictures) else PAGE_SHAPE)
    for picture in pictures:
        data, zoom = album.png[picture.name]
        shown = min(1.0, highest / picture.height)  # a picture on two pages shows neither half of its lines
        if row > _FIRST:
            breaks.append(row)
        about = {"x_scale": shown / zoom, "y_scale": shown / zoom, "object_position": 2, "description": picture.title}
        page.sheet.insert_image(row, 0, f"{picture.name}.png", {"image_data": BytesIO(data), **about})
        row += ceil(picture.height * shown / _ROW) + 2
    page.sheet.set_h_pagebreaks(breaks)
    page.sheet.print_area(0, 0, row - 1, ceil(widest / _COLUMN) - 1)  # as wide as pages are, whatever is on them
