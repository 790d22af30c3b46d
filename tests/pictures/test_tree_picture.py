"""The cascade tree as an outline and as pictures: everything is there once, folded with counts where it is much."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from xlsxwriter import Workbook

from perfxl.core.cascade.tree import Node, build_tree
from perfxl.core.records import Tables, from_rows
from perfxl.pictures import Outline, Picture, make_album
from perfxl.pictures.outline import says_figures
from perfxl.pictures.svg import PAGE_SHAPE, PAGE_WIDTH
from perfxl.pictures.tree_picture import MOST_PICTURES, draw_cascade_tree
from perfxl.workbook.picture_sheets import add_picture_sheets
from perfxl.workbook.style import Formats
from tests.core import manufacturer

SVG = "{http://www.w3.org/2000/svg}"


def program(size: int, seed: int = 1) -> Tables:
    """A company of so many people, each with one KPI that carries the superior's."""
    random = Random(seed)
    superiors = [None, *(random.randrange(max(1, (i + 3) // 4)) for i in range(1, size))]
    people = [
        {"person": f"P{i}", "name": f"员工{i}", "unit": "U", "superior": None if above is None else f"P{above}"}
        for i, above in enumerate(superiors)
    ]
    lines = [{"contract": f"C{i}", "kpi": "K", "weight": 100, "target": 1000 + i} for i in range(size)]
    links = [
        {"kpi": "K", "owner": f"P{above}", "sub_kpi": "K", "sub_owner": f"P{i}", "mode": "full"}
        for i, above in enumerate(superiors)
        if above is not None
    ]
    return {
        "units": from_rows("units", [{"unit": "U", "name": "公司", "head": "P0"}]),
        "people": from_rows("people", people),
        "kpis": from_rows("kpis", [{"kpi": "K", "name": "销售收入", "unit": "万元"}]),
        "contracts": from_rows("contracts", [{"contract": f"C{i}", "holder": f"P{i}"} for i in range(size)]),
        "contract_lines": from_rows("contract_lines", lines),
        "links": from_rows("links", links),
    }


def texts(pictures: list[Picture]) -> list[str]:
    return [each.text or "" for p in pictures for each in ET.fromstring(p.svg.encode()).iter(f"{SVG}text")]


@pytest.mark.parametrize("size", [1, 10, 300])
def test_everybody_is_drawn_and_boxes_lie_apart(size: int) -> None:
    pictures, left_out = draw_cascade_tree(Outline(build_tree(program(size))))
    assert left_out is None
    said = texts(pictures)
    assert {f"员工{i} · 公司" for i in range(size)} <= set(said)
    for picture in pictures:
        assert picture.width < 2500 and picture.height < 6000
        boxes = [
            (float(x), float(y), float(x) + float(w), float(y) + float(h))
            for x, y, w, h in re.findall(
                r'</title><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', picture.svg
            )
        ]
        assert boxes
        for i, (x1, y1, x2, y2) in enumerate(boxes):
            for u1, v1, u2, v2 in boxes[i + 1 :]:
                assert x1 >= u2 or u1 >= x2 or y1 >= v2 or v1 >= y2


def apart(size: int) -> Tables:
    """A company whose head has so many reports."""
    reports = [
        {"kpi": "K", "owner": "P0", "sub_kpi": "K", "sub_owner": f"Q{i}", "mode": "share", "share": 0.25}
        for i in range(size)
    ]
    return {**program(1), "links": from_rows("links", reports)}


@pytest.mark.parametrize("tables", [program(10), program(30), program(300), program(300, 7), apart(30), apart(120)])
def test_every_picture_fits_a_page_and_its_text_can_be_read(tables: Tables) -> None:
    """All pictures of a sheet are printed as small as the widest asks for, on upright pages."""
    pictures, left_out = draw_cascade_tree(Outline(build_tree(tables)))
    assert left_out is None
    widest = max(PAGE_WIDTH, *(picture.width for picture in pictures))
    assert all(picture.height <= widest * PAGE_SHAPE for picture in pictures)
    assert 10.5 * 190 / widest / 0.353 > 4.5, "points of the smallest text on paper 190 mm wide"


def test_subordinates_on_several_pictures_say_which_they_are() -> None:
    pictures, _ = draw_cascade_tree(Outline(build_tree(apart(30))))
    said = texts(pictures)
    parts = [re.search(r"直接下级第 (\d+)–(\d+) 项，共 30 项", each) for each in said]
    spans = [(int(part[1]), int(part[2])) for part in parts if part]
    assert len(spans) == len(pictures) > 1
    assert [first for first, _ in spans] == [1, *(last + 1 for _, last in spans[:-1])] and spans[-1][1] == 30
    assert {f"Q{i}" for i in range(30)} <= set(said)


def test_what_is_folded_says_how_much_and_where() -> None:
    outline = Outline(build_tree(program(300)))
    pictures, _ = draw_cascade_tree(outline)
    folded = re.findall(r"下级 (\d+) 项，见第 (\d+) 张", "\n".join(texts(pictures[:1])))
    assert folded
    assert sum(int(count) + 1 for count, _ in folded) < len(outline.rows)
    assert all(1 < int(page) <= len(pictures) for _, page in folded)
    for at in outline.roots:
        assert sum(outline.lights[at].values()) == 299


def test_what_does_not_fit_the_pictures_is_said() -> None:
    pictures, left_out = draw_cascade_tree(Outline(build_tree(program(9000))))
    assert len(pictures) == MOST_PICTURES
    assert left_out is not None
    drawn = {each for each in texts(pictures) if each.startswith("员工")}
    assert int(re.findall(r"\d+", left_out.zh)[0]) == 9000 - len(drawn)


def test_one_with_hundreds_of_reports_is_cut_and_says_so() -> None:
    pictures, left_out = draw_cascade_tree(Outline(build_tree(apart(400))))
    assert left_out is not None and "250" in left_out.zh
    assert "另有 250 项" in texts(pictures)


def test_a_kpi_that_carries_two_is_drawn_below_both_and_opened_once() -> None:
    tables = program(3)
    rows = [("P0", "P1"), ("P0", "P2"), ("P1", "P2")]
    links = [{"kpi": "K", "owner": a, "sub_kpi": "K", "sub_owner": b, "mode": "support"} for a, b in rows]
    outline = Outline(build_tree({**tables, "links": from_rows("links", links)}))
    assert [(row.depth, row.node.person, row.again) for row in outline.rows] == [
        (0, "P0", False),
        (1, "P1", False),
        (2, "P2", False),
        (1, "P2", True),
    ]


def test_a_circle_and_a_loose_line_lose_nobody() -> None:
    tables = program(3)
    rows = [("P1", "P2"), ("P2", "P1")]
    links = [{"kpi": "K", "owner": a, "sub_kpi": "K", "sub_owner": b, "mode": "support"} for a, b in rows]
    tree = build_tree({**tables, "links": from_rows("links", links)})
    outline = Outline(tree)
    told = {row.node.at for row in outline.rows} | {node.at for node in outline.loose}
    assert told == {node.at for node in tree.nodes}


@pytest.mark.parametrize(
    ("target", "actual", "measure", "said"),
    [
        (0.08, 0.0862944162436548, "%", "目标 8% · 实绩 8.63%"),
        (7140, 5100.456, "万元", "目标 7,140 万元 · 实绩 5,100.46 万元"),
        (0.000412345, None, "", "目标 0.000412"),
        (date(2025, 8, 31), "N/A", None, "目标 2025-08-31 · 实绩 N/A"),
        (0, 0.0, "次", "目标 0 次 · 实绩 0 次"),
        (date(2025, 8, 31), date(2025, 9, 8), "日期", "目标 2025-08-31 · 实绩 2025-09-08"),
        ("优", "良", "评级", "目标 优 · 实绩 良"),
    ],
)
def test_figures_are_said_in_their_unit(target: object, actual: object, measure: str, said: str) -> None:
    node = Node(0, "person", ("K", "P"), 0, "K", "K", "P", target=target, actual=actual, measure=measure)
    assert says_figures(node, "zh") == said


def test_of_a_large_tree_the_upper_levels_are_listed_and_counted() -> None:
    """A page or picture of 9,000 people is not tried: whole levels up to a limit, and how many hang below."""
    tree = build_tree(program(9000))
    outline, whole = Outline(tree, 1000), Outline(tree)
    assert len(whole.rows) == 9000 and not whole.hidden
    deepest = max(row.depth for row in outline.rows)
    assert 0 < len(outline.rows) <= 1000
    assert {row.node.at for row in outline.rows} == {row.node.at for row in whole.rows if row.depth <= deepest}
    below = sum(row.depth == deepest + 1 for row in whole.rows)
    assert sum(row.hidden for row in outline.rows) == below
    pictures, _ = draw_cascade_tree(outline)
    assert any("直接下级" in text for text in texts(pictures))


def test_of_many_trees_the_companys_are_drawn_before_those_of_units() -> None:
    """Three hundred people with KPIs of their own left no room: not one KPI was drawn with what carries it."""
    tables = program(60)
    lines = [dict(row) for row in tables["contract_lines"].records()]
    links = [dict(row) for row in tables["links"].records()]
    contracts = [dict(row) for row in tables["contracts"].records()]
    kpis = [dict(row) for row in tables["kpis"].records()]
    for i in range(1, 60):  # a KPI of each that carries nobody's, with 5 that carry it
        kpis.append({"kpi": f"Z{i}", "name": f"自有{i}"})
        lines += [
            {"contract": f"C{who}", "kpi": f"Z{i}", "target": 1} for who in (i, *range(1, 6)) if who != i or i > 5
        ]
        links += [
            {"kpi": f"Z{i}", "owner": f"P{i}", "sub_kpi": f"Z{i}", "sub_owner": f"P{who}", "mode": "support"}
            for who in range(1, 6)
            if i > 5
        ]
    tree = build_tree(
        {
            **tables,
            **{
                name: from_rows(name, rows)
                for name, rows in (
                    ("contract_lines", lines),
                    ("links", links),
                    ("contracts", contracts),
                    ("kpis", kpis),
                )
            },
        }
    )
    outline = Outline(tree, 140)
    company = [row for row in outline.rows if row.node.kpi == "K"]
    assert len(company) == 60 and not any(row.hidden for row in company)
    assert any(row.hidden for row in outline.rows) and len(outline.rows) <= 140
    crowded = [row for row in Outline(tree, 40).rows if row.node.kpi == "K"]
    assert len(crowded) > 1, "more tops than rows, and the company's KPI is a tree all the same"


def test_the_manufacturers_cascade_is_one_picture() -> None:
    """Source: domain.md section 7."""
    tables = {table: from_rows(table, each) for table, each in manufacturer.rows().items()}
    outline = Outline(build_tree(tables))
    (picture,), left_out = draw_cascade_tree(outline)
    said = texts([picture])
    assert left_out is None
    for words in ("目标 200,000 万元", "华东经理 · 华东区", "分摊 4% 次要", "QCC培训次数", "支撑 次要"):
        assert words in said
    by_depth = {depth: {row.node.name for row in outline.rows if row.depth == depth} for depth in range(3)}
    assert {"销售收入", "市场份额", "废品不良率降幅"} <= by_depth[0]
    assert {"销售收入", "销售人员及时到位率", "生产技能合格率"} <= by_depth[1]
    assert "QCC培训次数" in by_depth[2]


@pytest.mark.parametrize("size", [10, 30, 300])
def test_the_workbook_prints_each_picture_on_a_page(size: int, tmp_path: Path) -> None:
    """The print area is as wide as pages are; each picture ends before the next page break."""
    album, _ = make_album(program(size), build_tree(program(size)))
    if not album.png:
        pytest.skip("needs resvg-py and a Chinese font")
    path = tmp_path / "book.xlsx"
    book = Workbook(str(path))
    add_picture_sheets(book, Formats(book, "zh"), album, "zh")
    book.close()
    sheet: Any = openpyxl.load_workbook(path)["分解图"]
    area = re.fullmatch(r"'?分解图'?!\$A\$1:\$([A-Z]+)\$(\d+)", sheet.print_area)
    assert area and column_index_from_string(area[1]) * 64 >= PAGE_WIDTH
    ends = [*(each.id for each in sheet.row_breaks.brk), int(area[2])]
    assert len(ends) == len(album.trees)
    for picture, image, first, last in zip(album.trees, sheet._images, [0, *ends], ends, strict=False):
        assert first <= image.anchor._from.row and image.anchor.to.row < last
        assert (last - first) * 20 <= column_index_from_string(area[1]) * 64 * 266 / 190, picture.name
