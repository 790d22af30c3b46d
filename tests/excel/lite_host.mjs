// Every case in Python for the browser (Pyodide): what xlwings Lite runs on. Arguments: the folder of pyodide, the
// folder that perfxl is in, the cases as JSON. Prints what came back as JSON.
import { readFileSync } from "node:fs";

const [pyodide, project, cases] = process.argv.slice(2);
const { loadPyodide } = await import(`${pyodide}/pyodide.mjs`);
const python = await loadPyodide();
python.FS.mkdirTree("/project");
python.FS.mount(python.FS.filesystems.NODEFS, { root: project }, "/project");
python.globals.set("CASES", readFileSync(cases, "utf8"));
console.log(python.runPython(`
import json, sys, types
from datetime import date
from pyodide.ffi import jsnull

marks = {}

def record(what, **told):
    def mark(function):
        marks.setdefault(function.__name__, {}).setdefault(what, []).append(told)
        return function
    return mark

xlwings = types.ModuleType("xlwings")
xlwings.func = lambda **told: record("func", **told)
xlwings.arg = lambda name, **told: record("arg", name=name, **told)
xlwings.ret = lambda **told: record("ret", **told)
sys.modules["xlwings"] = xlwings
sys.path.insert(0, "/project")

namespace = {}
exec("from perfxl.excel.functions import *", namespace)  # the line that people paste
from perfxl.excel.cells import cell

def sent(value):
    """A blank cell is JavaScript's null, an error cell a dict; a date is already a number."""
    if isinstance(value, list):
        return [[sent(each) for each in row] for row in value]
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    if isinstance(value, str) and value[:1] == "#":
        return {"type": "Error", "basicValue": value}
    return jsnull if value is None else value

json.dumps({
    "python": sys.version.split()[0],
    "results": [namespace[name](*map(sent, arguments)) for name, arguments in json.loads(CASES)],
    "marks": marks,
    "loaded": sorted({"numpy", "pandas", "lxml"} & set(sys.modules)),
    "null": cell(jsnull) is None,
})
`));
