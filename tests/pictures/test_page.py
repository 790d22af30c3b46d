"""The page in a real browser: it asks nobody for anything, finds, filters, folds, and what cells hold stays text."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from perfxl.core.cascade.tree import build_tree
from perfxl.core.records import Tables, from_rows
from perfxl.pictures import Outline, make_album
from perfxl.pictures.map_picture import draw_strategy_map
from perfxl.pictures.page import as_json, make_page
from perfxl.pictures.strategy import strategy_map
from perfxl.pictures.tree_picture import MOST_PICTURES

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
IN_A_BROWSER = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed: the page was not opened")
EVIL = "</script><script>window.hit=1</script><img src=x onerror='window.hit=1'>&amp;\u2028\u2029\ud800"


def program() -> Tables:
    """A company, two departments of two people each; one KPI that is carried, one that hangs on nothing."""
    people = (
        ("P1", "张总", "GS"),
        ("P2", "李一", "XS"),
        ("P3", "王二", "XS"),
        ("P4", "赵三", "SC"),
        ("P5", "钱四", "SC"),
    )
    links = (("P1", "P2", 60), ("P1", "P4", 40), ("P2", "P3", 100), ("P4", "P5", 100))
    return {
        "units": from_rows(
            "units",
            [
                {"unit": unit, "name": name, "head": head, "parent": parent}
                for unit, name, head, parent in (
                    *(("GS", "公司", "P1", None), ("XS", "销售部", "P2", "GS")),
                    ("SC", "生产部", "P4", "GS"),
                )
            ],
        ),
        "people": from_rows("people", [dict(zip(("person", "name", "unit"), each, strict=True)) for each in people]),
        "kpis": from_rows(
            "kpis",
            [
                {"kpi": "K1", "name": "销售收入", "unit": "万元", "objective": "O1"},
                {"kpi": "K2", "name": "培训次数", "objective": "O2"},
            ],
        ),
        "objectives": from_rows(
            "objectives",
            [
                {"objective": "O1", "unit": "GS", "perspective": "financial", "text": "提高收入"},
                {"objective": "O2", "unit": "XS", "perspective": "learning", "text": "培养人才", "causes": "O1"},
            ],
        ),
        "contracts": from_rows("contracts", [{"contract": f"C{i}", "holder": f"P{i}"} for i in range(1, 6)]),
        "contract_lines": from_rows(
            "contract_lines",
            [
                *({"contract": f"C{i}", "kpi": "K1", "weight": 100, "target": 100 * i} for i in range(1, 6)),
                {"contract": "C3", "kpi": "K2", "weight": 0, "target": 4},
            ],
        ),
        "links": from_rows(
            "links",
            [
                {"kpi": "K1", "owner": a, "sub_kpi": "K1", "sub_owner": b, "mode": "share", "share": share}
                for a, b, share in links
            ],
        ),
    }


def page_of(tables: Tables) -> str:
    tree = build_tree(tables)
    return make_page(Outline(tree), draw_strategy_map(strategy_map(tables, tree))[0])


def run(page: str, script: str, folder: Path) -> Any:
    """What a script finds on the page, opened from the disk: the value of `answer`."""
    path = folder / "目标 分解.html"
    script = f"(async () => {{ {script}; answer.textContent = JSON.stringify(said) }})()"
    tail = f"<pre id=answer></pre><script>{script}</script>"
    path.write_bytes(page.replace("</body>", f"{tail}</body>").encode("utf-8", "replace"))
    assert BROWSER is not None
    command = [
        *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
        *(f"--user-data-dir={folder / 'profile'}", "--window-size=1400,900", "--virtual-time-budget=4000"),
        *("--dump-dom", path.as_uri()),
    ]
    dom = subprocess.run(command, capture_output=True, timeout=300, check=True).stdout.decode()
    (found,) = re.findall(r'<pre id="answer">(.*?)</pre>', dom, re.DOTALL)
    return json.loads(html.unescape(found))


TOOLS = """
const said = {}, wait = () => new Promise(done => setTimeout(done, 20));
const names = (only) => [...document.querySelectorAll('#tree g.node' + (only || ''))]
  .map(g => g.querySelector('text.muted')?.textContent.split(' · ')[0] ?? g.querySelector('text').textContent);
const set = (id, value) => {
  const e = document.getElementById(id);
  e.value = value;
  e.dispatchEvent(new Event('input'));
};
const click = (e) => e.dispatchEvent(new MouseEvent('click', {bubbles: true}));
"""


@IN_A_BROWSER
def test_search_filter_and_fold(tmp_path: Path) -> None:
    script = (
        TOOLS
        + """
    said.all = names();
    set('q', '王二'); said.search = names('.found'); said.way = names('.passed'); said.told = told.textContent;
    said.hash = decodeURIComponent(location.hash);
    set('q', '没有这个词'); said.nothing = names();
    set('q', '');
    set('unit', 'SC'); said.unit = names('.found'); said.others = names();
    said.map = [...document.querySelectorAll('#map .objective')].map(e => e.classList.contains('dimmed'));
    set('unit', 'GS'); said.company = names('.found');
    set('unit', ''); set('person', 'P5'); said.person = names('.found');
    set('person', ''); set('light', 'red'); said.red = names('.found');
    set('light', 'none'); said.none = names('.found').length;
    click(document.getElementById('clear')); said.cleared = names().length;
    const li = [...document.querySelectorAll('#tree g.node')].find(g => g.textContent.includes('李一 · '));
    click(li.querySelector('.fold')); said.folded = names();
    const again = [...document.querySelectorAll('#tree g.node')].find(g => g.textContent.includes('李一 · '));
    said.count = again.querySelector('.fold text').textContent;
    click(again.querySelector('.fold')); said.unfolded = names().length;
    click(document.getElementById('foldall')); said.tops = names();
    click(document.getElementById('unfold')); said.open = names().length;
    const before = document.querySelector('#tree g').getAttribute('transform');
    click(document.getElementById('in')); await wait();
    said.zoomed = before !== document.querySelector('#tree g').getAttribute('transform');
    click(document.querySelector('[data-tab=map]'));
    said.tabs = [document.getElementById('tree').hidden, document.getElementById('map').hidden];
    """
    )
    said = run(page_of(program()), script, tmp_path)
    assert sorted(said["all"]) == sorted(["张总", "李一", "王二", "赵三", "钱四", "未挂到上级指标"])
    assert said["search"] == ["王二", "王二"] and set(said["way"]) >= {"张总", "李一"}
    assert said["told"] == "找到 2 / 6" and "王二" in said["hash"]
    assert said["nothing"] == []
    assert set(said["unit"]) == {"赵三", "钱四"}
    assert set(said["others"]) == {"张总", "赵三", "钱四"}  # the way from the top, and nobody of another unit
    assert set(said["company"]) == {"张总", "李一", "王二", "赵三", "钱四"}  # a unit with all that lies in it
    assert said["map"] == [True, True]
    assert said["person"] == ["钱四"] and said["red"] == [] and said["none"] == 6
    assert "王二" not in said["folded"] and said["count"] == "1"
    assert said["unfolded"] == said["cleared"]
    assert said["tops"] == ["张总", "未挂到上级指标"] and said["open"] > said["cleared"]
    assert said["zoomed"] and said["tabs"] == [True, False]


class _Counts(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()


@IN_A_BROWSER
def test_no_request_leaves_even_where_one_is_tried(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Counts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_port}/"
    script = (
        TOOLS
        + f"""
    said.loaded = performance.getEntriesByType('resource').map(e => e.name);
    try {{ await fetch('{there}'); said.fetched = true }} catch {{ said.fetched = false }}
    const image = new Image(); image.src = '{there}x.png'; await wait();
    """
    )
    try:
        said = run(page_of(program()), script, tmp_path)
    finally:
        server.shutdown()
    assert said == {"loaded": [], "fetched": False}
    assert _Counts.asked == 0


@IN_A_BROWSER
def test_what_cells_hold_never_becomes_markup(tmp_path: Path) -> None:
    tables = program()
    for table, column in (("people", "name"), ("units", "name"), ("kpis", "name"), ("objectives", "text")):
        tables[table].columns[column][0] = EVIL
    script = (
        TOOLS
        + """
    said.hit = window.hit ?? 0; said.images = document.querySelectorAll('img').length;
    said.text = document.querySelector('#tree').textContent.includes("<\\/script><script>");
    said.rows = names().length;
    """
    )
    said = run(page_of(tables), script, tmp_path)
    assert said["hit"] == 0 and said["images"] == 0 and said["text"] and said["rows"] >= 6


def test_the_page_is_one_file_and_names_the_licence() -> None:
    page = page_of(program())
    own = page.replace(re.findall(r"<script>/\*.*?</script>", page, re.DOTALL)[0], "")
    assert not re.search(r"\b(?:src|href)\s*=|url\(|@import|https?://(?!www\.w3\.org/2000/svg)", own)
    assert "Permission to use, copy, modify, and/or distribute this software" in page
    assert len(page.encode()) < 400_000


def test_json_ends_no_script() -> None:
    text = as_json({"a": EVIL, "b": "\x00<!--"})
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text)["a"].startswith("</script><script>")


def test_more_loose_lines_than_fit_are_counted() -> None:
    tables = program()
    size = 3_010
    lines = [{"contract": "C3", "kpi": f"L{i}", "weight": 0} for i in range(size)]
    page = page_of({**tables, "contract_lines": from_rows("contract_lines", lines), "links": from_rows("links", [])})
    assert "另有 10 项" in page


def test_a_page_of_many_says_what_is_not_on_it() -> None:
    from tests.pictures.test_tree_picture import program as people

    tables = people(6000)
    album, problems = make_album(tables, build_tree(tables))
    assert [each.code for each in problems if each.code == "C262"]
    assert "未列入" in album.page and len(album.page) < 5_000_000
    assert len(album.trees) <= MOST_PICTURES
