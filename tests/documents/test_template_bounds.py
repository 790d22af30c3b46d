"""A small file must not take the memory or the stack of the machine, whatever it unpacks to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from perfxl.documents.template.compiled import TemplateError
from tests.documents.batch_kit import ROOT
from tests.documents.docx_kit import P, bare, compiled

ENORMOUS = {
    "paragraphs": "<w:p/>" * 4_500_000,
    "tags": P("{{a}}" * 5_000_000),
    "blocks": P("{%if a%}{%endif%}" * 1_500_000),
    "entities": P("&lt;" * 7_000_000),
    "attributes": "<w:p " + " ".join(f'a{at}=""' for at in range(2_500_000)) + "/>",
}
PEAK = """import resource, sys
from pathlib import Path
from perfxl.documents.template.compiled import CompiledTemplate, TemplateError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    CompiledTemplate(Path(sys.argv[1]))
except TemplateError as error:
    print(*(each.code for each in error.problems))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="peaks of memory as Unix tells them")
@pytest.mark.parametrize("kind", ENORMOUS)
def test_unpacking_is_bounded_by_what_it_takes(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "t.docx"
    path.write_bytes(bare(ENORMOUS[kind], P("x")))
    done = subprocess.run([sys.executable, "-c", PEAK, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    code, megabytes = done.stdout.split()
    assert code in ("D172", "D104") and int(megabytes) < 300


DEEP = {
    "sum": "{{ " + "+".join("a" * 20_000) + " }}",
    "brackets": "{{ " + "(" * 5_000 + "a" + ")" * 5_000 + " }}",
    "loops": "{% for a in b %}" * 60 + "{% endfor %}" * 60,
    "number": "{{ " + "9" * 6_000 + " }}",
}


@pytest.mark.parametrize("kind", DEEP)
def test_what_python_cannot_take_is_a_problem(kind: str) -> None:
    try:
        compiled(bare(P(DEEP[kind]), P("x")))
    except TemplateError as error:
        assert [each.code for each in error.problems] == ["D110"]
    else:
        pytest.fail("taken")
