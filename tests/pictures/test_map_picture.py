"""The strategy map: what is on it, and that nothing of it is cut off."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from perfxl.core.cascade.tree import build_tree
from perfxl.core.records import Tables, from_rows
from perfxl.pictures import Picture
from perfxl.pictures.map_picture import draw_strategy_map
from perfxl.pictures.measure import text_width, wrap
from perfxl.pictures.png import render
from perfxl.pictures.strategy import Objective, StrategyMap, strategy_map

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
SVG = "{http://www.w3.org/2000/svg}"


def manufacturer() -> Tables:
    """Source: domain.md section 7."""
    objectives = (
        ("O1", "GS", "financial", "保持并提高销售收入到20亿元", ""),
        ("O2", "GS", "financial", "提高利润率，把废品率降到5%", ""),
        ("O3", "XS", "customer", "扩大市场份额到30%，挑战32%", "O1"),
        ("O4", "XS", "customer", "提高客户满意度到80%", "O3"),
        ("O5", "SC", "process", "降低采购不合格率、废品率5%，改进工艺", "O2"),
        ("O6", "RL", "learning", "销售人员及时到岗100%，关键员工流失率降到2%", "O3；O4"),
        ("O7", "RL", "learning", "8月底前在生产部门开展QCC活动，技能合格率95%", "O5"),
    )
    units = (
        ("GS", "公司", None, "P1"),
        ("XS", "销售部", "GS", "P2"),
        ("SC", "生产部", "GS", "P3"),
        ("RL", "人力资源部", "GS", "P4"),
    )
    kpis = (("K1", "销售收入", "O1"), ("K3", "市场份额", "O3"))
    return {
        "units": from_rows("units", [dict(zip(("unit", "name", "parent", "head"), row, strict=True)) for row in units]),
        "objectives": from_rows(
            "objectives",
            [dict(zip(("objective", "unit", "perspective", "text", "causes"), row, strict=True)) for row in objectives],
        ),
        "kpis": from_rows("kpis", [dict(zip(("kpi", "name", "objective"), row, strict=True)) for row in kpis]),
    }


def texts(picture: Picture) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture.svg.encode()).iter(f"{SVG}text")]


def drawn(tables: Tables) -> Picture:
    (picture,), left_out = draw_strategy_map(strategy_map(tables, build_tree(tables)))
    assert left_out is None
    return picture


def test_objectives_stand_in_lanes_with_kpis_and_arrows() -> None:
    picture = drawn(manufacturer())
    said = "".join(texts(picture))
    for words in ("财务", "客户", "内部流程", "学习与成长", "O5 · 生产部", "市场份额", "降低采购不合格率、废品率5%"):
        assert words in said
    arrows = set(re.findall(r"<title>(O\d → O\d)</title>", picture.svg.replace("&gt;", ">")))
    assert arrows == {"O3 → O1", "O4 → O3", "O5 → O2", "O6 → O3", "O6 → O4", "O7 → O5"}


def test_what_cells_hold_stays_text() -> None:
    tables = manufacturer()
    tables["objectives"].columns["text"][0] = "<script>alert('O1')</script>&\x00\x0b\ud800"
    root = ET.fromstring(drawn(tables).svg.encode("utf-8"))
    assert not [each for each in root.iter() if "script" in each.tag]
    assert "<script>alert('O1')</script>&" in "".join(root.itertext()).replace("\n", "")


def test_an_empty_lane_is_said_and_one_without_perspective_is_kept() -> None:
    tables = manufacturer()
    lanes = ["financial", None, None, "customer", "customer", "customer", "customer"]
    tables["objectives"].columns["perspective"] = lanes
    said = texts(drawn(tables))
    assert said.count("（没有目标）") == 2 and "未填维度" in said


@pytest.mark.parametrize(("size", "units", "pages"), [(10, 1, 1), (300, 12, 12), (300, 1, 1)])
def test_every_objective_is_drawn(size: int, units: int, pages: int) -> None:
    objectives = tuple(
        Objective(f"O{i}", f"目标{i}", f"U{i * units // size}", "", "process", (f"O{i - 1}",) if i else (), ())
        for i in range(size)
    )
    pictures, left_out = draw_strategy_map(StrategyMap(objectives))
    assert len(pictures) == pages and left_out is None
    assert len({picture.name for picture in pictures}) == pages
    assert {f"目标{i}" for i in range(size)} <= {text for picture in pictures for text in texts(picture)}


def test_a_map_that_is_too_large_says_what_is_not_drawn() -> None:
    objectives = tuple(Objective(f"O{i}", "目标", "U", "", "", (), ()) for i in range(1003))
    _, left_out = draw_strategy_map(StrategyMap(objectives))
    assert left_out is not None and "另有 3 个" in left_out.zh


@pytest.mark.parametrize(
    "text",
    [
        "提高净利润到2,000万元以上（含投资收益），并把费用率降到5%以下",
        "Improve EBITDA per customer, WWW@MMM 12%",
        "长" * 400,
    ],
)
def test_lines_are_no_wider_than_their_column(text: str) -> None:
    lines = wrap(text, 180, 13)
    assert all(text_width(line, 13) <= 180 for line in lines)
    assert not any(line[0] in "，。、）%" for line in lines[1:])
    if len(text) < 100:
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    else:
        assert len(lines) == 12 and lines[-1].endswith("…")


@pytest.mark.skipif(not FONT.exists(), reason="fonts-noto-cjk is not installed")
def test_text_is_measured_no_narrower_than_the_font_draws_it() -> None:
    from PIL import ImageFont

    font = ImageFont.truetype(str(FONT), 100, index=2)
    for text in (
        "提高净利润到2000万元",
        "Improve revenue per customer in WEST & MIDDLE",
        "①QCC活动：8月底前≥95%",
        "0123456789",
    ):
        real = font.getlength(text)
        assert real <= text_width(text, 100) <= real * 1.15


@pytest.mark.skipif(not FONT.exists(), reason="fonts-noto-cjk is not installed")
def test_png_is_finer_than_the_drawing() -> None:
    pytest.importorskip("resvg_py", reason="resvg-py is not installed")
    picture = drawn(manufacturer())
    made, problems = render([picture])
    assert not problems
    data, zoom = made[picture.name]
    assert data.startswith(b"\x89PNG")
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert zoom == 1.5 and abs(width - 1.5 * picture.width) <= 2 and abs(height - 1.5 * picture.height) <= 2


def test_without_the_renderer_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    made, problems = render([drawn(manufacturer())])
    assert not made
    assert [each.code for each in problems] == ["C260"]
    assert "resvg-py" in problems[0].hint("zh") and "\n" not in problems[0].hint("zh")
