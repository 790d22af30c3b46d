// Every case in Python for the browser (Pyodide): what xlwings Lite runs on. Arguments: the folder of pyodide, the
// folder that perfxl is in, the cases and a table for the scripts as JSON. Prints what came back as JSON.
import { readFileSync } from "node:fs";

const [pyodide, project, cases, table] = process.argv.slice(2);
const { loadPyodide } = await import(`${pyodide}/pyodide.mjs`);
const python = await loadPyodide();
python.FS.mkdirTree("/project");
python.FS.mount(python.FS.filesystems.NODEFS, { root: project }, "/project");
python.globals.set("CASES", readFileSync(cases, "utf8"));
python.globals.set("TABLE", readFileSync(table, "utf8"));
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
xlwings.script = record("script")

class Range:
    value = None

class Sheet:
    """As much of a sheet as scripts touch."""
    def __init__(self, book, name, value=None):
        self.book, self.name, self.cells = book, name, {}
        self.used_range = Range()
        self.used_range.value = value
    def __getitem__(self, place):
        return self.cells.setdefault(place, Range())
    def clear(self):
        self.cells.clear()
    def activate(self):
        self.book.sheets.active = self

class Sheets(list):
    def __getitem__(self, name):
        return next(sheet for sheet in self if sheet.name == name)
    def add(self, name):
        self.append(Sheet(self.book, name))
        return self[name]

class Book:
    def __init__(self, value):
        self.sheets = Sheets()
        self.sheets.book = self
        self.sheets.add("合同").used_range.value = value
        self.sheets.active = self.sheets["合同"]

xlwings.Book = Book
sys.modules["xlwings"] = xlwings
sys.path.insert(0, "/project")

namespace = {}
exec("from perfxl.excel.lite import *", namespace)  # the line that people paste
from perfxl.excel.cells import cell

def run(script, table):
    """What a script leaves behind: the sheets with what is on them, and the one in front. Run twice it is the same."""
    book = Book(table)
    script(book)
    book.sheets.active = book.sheets["合同"]
    script(book)
    try:
        script(book)  # on its own result
        refused = ""
    except ValueError as error:
        refused = str(error)
    return [{sheet.name: sheet["A1"].value for sheet in book.sheets}, book.sheets.active.name, refused]

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
    "scripts": [run(namespace[name], json.loads(TABLE)) for name in ("score_table", "check_weights")],
    "takes": {name: str(namespace[name].__annotations__) for name in ("score_table", "check_weights")},
    "loaded": sorted({"numpy", "pandas", "lxml"} & set(sys.modules)),
    "null": cell(jsnull) is None,
})
`));
