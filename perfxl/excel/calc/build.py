"""The .oxt: the component, its interface, the entries for Calc, and the rules it needs."""

from __future__ import annotations

import zipfile
from pathlib import Path

from perfxl.excel.calc.describe import add_in_entries

ROOT = Path(__file__).parent.parent.parent
INTERFACE_RDB = Path(__file__).with_name("interface.rdb")
# What the functions stand on; none of it needs more than Python itself.
PARTS = ("__init__.py", "core", "excel")
# The rest of those rooms that LibreOffice has no use for.
_LEFT_OUT = ("scoring/batch.py", "scoring/totals.py", "scoring/book.py", "scoring/days.py", "formula/arrays.py")


def build_oxt(path: Path) -> Path:
    """Writes the extension; the same input gives the same bytes."""
    files = {
        "META-INF/manifest.xml": _MANIFEST,
        "description.xml": _description(),
        "description/en.txt": "perfxl: performance contracts in Calc. Functions PX_SCORE, PX_TOTAL, PX_WEIGHTS, ...\n",
        "description/zh.txt": "perfxl：Calc 里的业绩合同函数 PX_SCORE、PX_TOTAL、PX_WEIGHTS 等\n",
        "CalcAddIns.xcu": add_in_entries(),
        "interface.rdb": INTERFACE_RDB.read_bytes(),
        "component.py": Path(__file__).with_name("component.py").read_text(encoding="utf-8"),
        **_sources(),
    }
    temporary = path.with_name(path.name + ".part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    temporary.replace(path)
    return path


def _sources() -> dict[str, str]:
    found: dict[str, str] = {}
    for part in PARTS:
        home = ROOT / part
        for source in sorted(home.rglob("*.py")) if home.is_dir() else [home]:
            found[f"pythonpath/perfxl/{source.relative_to(ROOT).as_posix()}"] = source.read_text(encoding="utf-8")
    return found


_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:full-path="interface.rdb" manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"/>
 <manifest:file-entry manifest:full-path="component.py" manifest:media-type="application/vnd.sun.star.uno-component;type=Python"/>
 <manifest:file-entry manifest:full-path="CalcAddIns.xcu" manifest:media-type="application/vnd.sun.star.configuration-data"/>
</manifest:manifest>
"""


def _description() -> str:
    from perfxl import __version__

    return f"""<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006" xmlns:d="http://openoffice.org/extensions/description/2006" xmlns:xlink="http://www.w3.org/1999/xlink">
 <identifier value="com.perfxl.calc"/>
 <version value="{__version__}"/>
 <display-name><name lang="en">perfxl: performance functions</name><name lang="zh-CN">perfxl 绩效函数</name></display-name>
 <extension-description><src xlink:href="description/en.txt" lang="en"/><src xlink:href="description/zh.txt" lang="zh-CN"/></extension-description>
 <dependencies><OpenOffice.org-minimal-version value="4.1" d:name="LibreOffice 7.4"/></dependencies>
</description>
"""
