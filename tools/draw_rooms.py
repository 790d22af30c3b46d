"""Draws docs/img/rooms.svg from the imports: python -m tools.draw_rooms

Each room stands above all that it imports. An arrow that follows from others is left out, so that what is left can be
read: cli imports core too, but by way of program.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "perfxl"
PICTURE = ROOT / "docs" / "img" / "rooms.svg"

# What each room is, in two short lines: Chinese, English.
ABOUT = {
    "cli": ("命令行", "the command line"),
    "ribbon": ("Excel 功能区", "the buttons in Excel"),
    "importing": ("现有表格导入", "from HR's own tables"),
    "processes": ("子进程", "workers of this machine"),
    "exchange": ("下发与收集", "sent out, collected"),
    "program": ("一个绩效方案", "a whole program"),
    "workbook": ("读写 .xlsx", ".xlsx in and out"),
    "documents": ("Word 文件", "papers in Word"),
    "excel": ("工作表函数、加载项", "functions and add-in"),
    "ooxml": ("Office 文件结构", "what an Office file is"),
    "assets": ("模板文件夹", "the template folders"),
    "tables": ("单元格变成表", "from cells to tables"),
    "table_store": ("磁盘上的表", "large tables on disk"),
    "pictures": ("战略地图、分解图", "maps, trees, the page"),
    "judgement": ("判断", "what stands against papers"),
    "disk": ("文件与锁", "files in daily use"),
    "outputs": ("结果文件落盘", "outputs to their place"),
    "installation": ("装在哪个 Python 里", "which Python it is in"),
    "unforeseen": ("最后一道防线", "the last guard"),
    "problem_list": ("问题清单", "problems as a table"),
    "frames": ("数据框", "rules for DataFrames"),
    "analysis": ("在 Python 里用", "notebooks, services"),
    "sample": ("示例方案", "the sample program"),
    "core": ("规则", "the rules"),
}
WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 150, 64, 16, 56, 16
STYLE = (
    "text{font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif;text-anchor:middle;fill:#1f2933}"
    ".name{font-size:15px;font-weight:bold}.about{font-size:12px}"
    "rect{fill:#eef4fb;stroke:#3b6ea5;stroke-width:1.2}.core{fill:#dcebd8;stroke:#4f7d44}"
    "path{fill:none;stroke:#7b8794;stroke-width:1.2;marker-end:url(#tip)}"
)


def room_imports() -> dict[str, set[str]]:
    """Room -> the rooms that its modules import, wherever in the file."""
    known: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if room.startswith("__"):
            continue
        names = known.setdefault(room, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "perfxl":
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("perfxl."):
                names.add(str(node.module).split(".")[1])
            elif isinstance(node, ast.Import):
                names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("perfxl.")}
    return {room: (names & known.keys()) - {room} for room, names in known.items()}


def heights(known: Mapping[str, set[str]]) -> dict[str, int]:
    """The floor of each room: above all that it knows. One that knows nobody stands right below its lowest user.

    Raises: RecursionError for a circle.
    """
    result: dict[str, int] = {}

    def height(room: str) -> int:
        if room not in result:
            result[room] = max((height(other) + 1 for other in known[room]), default=0)
        return result[room]

    for room in known:
        height(room)
    users = {room: [height(other) for other in known if room in known[other]] for room in known}
    return {room: floor or min(users[room], default=1) - 1 for room, floor in result.items()}


def reduce_arrows(known: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """The arrows without those that others imply (the transitive reduction)."""

    def reach(room: str) -> set[str]:
        return {room}.union(*(reach(other) for other in known[room]))

    return [
        (room, other)
        for room in known
        for other in sorted(known[room])
        if not any(other in reach(between) for between in known[room] - {other})
    ]


def draw() -> str:
    """The picture as SVG text."""
    known = room_imports()
    height = heights(known)
    order = list(ABOUT)
    floors = [[room for room in order if height[room] == level] for level in range(max(height.values()) + 1)]
    broadest = max(map(len, floors))
    whole = 2 * EDGE + broadest * WIDTH + (broadest - 1) * ACROSS
    tall = 2 * EDGE + len(floors) * HEIGHT + (len(floors) - 1) * DOWN
    corner: dict[str, tuple[float, float]] = {}
    for level, floor in enumerate(floors):
        left = (whole - len(floor) * WIDTH - (len(floor) - 1) * ACROSS) / 2
        for place, room in enumerate(floor):
            corner[room] = (left + place * (WIDTH + ACROSS), EDGE + (len(floors) - 1 - level) * (HEIGHT + DOWN))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {tall}" width="{whole}" height="{tall}">',
        "<!-- python -m tools.draw_rooms -->",
        f"<style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 8 4 0 8z" style="fill:#7b8794;stroke:none;marker-end:none"/></marker></defs>',
        f'<rect width="{whole}" height="{tall}" style="fill:#fff;stroke:none"/>',
    ]
    arrows = reduce_arrows(known)
    for room, other in arrows:
        x, y = _port(room, other, arrows, corner, above=True), corner[room][1] + HEIGHT
        to_x, to_y = _port(room, other, arrows, corner, above=False), corner[other][1]
        bend = DOWN * 0.8
        lines.append(f'<path d="M{x:g} {y:g}C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"/>')
    for room, (x, y) in corner.items():
        zh, en = ABOUT[room]
        centre = x + WIDTH / 2
        kind = ' class="core"' if room == "core" else ""
        lines += [
            f'<rect{kind} x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
            f'<text class="name" x="{centre:g}" y="{y + 20:g}">{room}</text>',
            f'<text class="about" x="{centre:g}" y="{y + 38:g}">{zh}</text>',
            f'<text class="about" x="{centre:g}" y="{y + 54:g}">{en}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def _port(
    room: str,
    other: str,
    arrows: list[tuple[str, str]],
    corner: Mapping[str, tuple[float, float]],
    *,
    above: bool,
) -> float:
    """Where along its box an arrow leaves (above) or arrives: side by side, in the order of the boxes they lead to."""
    at = room if above else other
    far = [b for a, b in arrows if a == room] if above else [a for a, b in arrows if b == other]
    far.sort(key=lambda name: corner[name][0])
    place = far.index(other if above else room)
    return corner[at][0] + WIDTH * (place + 1) / (len(far) + 1)


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8", newline="\n")
