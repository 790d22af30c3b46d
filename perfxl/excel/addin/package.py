"""Puts perfxl.xlam together: the sheets with texts and settings, the ribbon, the code with every worksheet function as
VBA. No Excel takes part."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from perfxl.core.cells import a1
from perfxl.excel.addin.vba_project import SHEET, WORKBOOK, Module, vba_project
from perfxl.excel.functions import FUNCTIONS
from perfxl.excel.registry import CATEGORY, Argument, Function
from perfxl.ooxml.relations import CONTENT_TYPES, TYPES, XML_HEAD, relations_xml
from perfxl.ooxml.zip_write import write_zip

FILE_NAME = "perfxl.xlam"
LONGEST_HELP, MOST_HELPS = 255, 20  # what Application.MacroOptions takes
_A_LINE = 6
_BOX = "px.tick."  # what the controls of boxes to be ticked are called

# Words that may not name an argument (MS-VBAL 3.3.5.2).
_RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
    call case close const declare dim do else elseif end endif enum erase event exit for friend function get global
    gosub goto if implements input let lock loop lset next on open option print private public put raiseevent redim
    resume return rset seek select set static stop sub type unlock wend while with write rem any as byref byval each in
    new shared until withevents optional paramarray preserve spc tab then to addressof and eqv imp is like mod not or
    typeof xor abs cbool cbyte ccur cdate cdbl cdec cint clng clnglng clngptr csng cstr cvar cverr date debug doevents
    fix int len lenb me pset scale sgn string array circle inputb lbound ubound boolean byte currency double integer
    long longlong longptr single variant true false nothing empty null cdecl decimal defdec attribute base
    """,
    )
)

_SOURCES = Path(__file__).with_name("vba")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MICROSOFT = "http://schemas.microsoft.com/office"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-"

Rows = Sequence[Sequence[str | int]]


class Place(NamedTuple):
    """What is baked in: the command that starts the server, the folder and version of xlwings' DLL."""

    server: str
    dll_folder: str
    xlwings_version: str


def addin(place: Place, ribbon_xml: str, ribbon_texts: Rows, version: str) -> bytes:
    """The bytes of the add-in. `ribbon_texts` are rows of control, label zh, label en, tip zh, tip en."""
    sheets: dict[str, Rows] = {
        "settings": [
            ["setting", "value"],
            ["server", place.server],
            ["dll", place.dll_folder],
            ["xlwings", place.xlwings_version],
            ["perfxl", version],
            ["boxes", ",".join(name for row in ribbon_texts if (name := str(row[0]).partition(_BOX)[2]))],
        ],
        "functions": wizard_rows(FUNCTIONS.values()),
        "ribbon": ribbon_texts,
    }
    parts = {
        CONTENT_TYPES: _content_types(len(sheets)),
        "_rels/.rels": relations_xml(
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            (f"{_MICROSOFT}/2007/relationships/ui/extensibility", "customUI/customUI14.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _CORE,
        "customUI/customUI14.xml": ribbon_xml,
        "xl/workbook.xml": _workbook(list(sheets)),
        "xl/_rels/workbook.xml.rels": relations_xml(
            *((f"{_OFFICE}/worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)),
            (f"{_OFFICE}/styles", "styles.xml"),
            (f"{_MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin"),
        ),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{i}.xml": _sheet(code_name(i), rows) for i, rows in enumerate(sheets.values(), 1)},
    }
    modules = [
        Module("ThisWorkbook", _source("ThisWorkbook.cls"), WORKBOOK),
        *(Module(code_name(i), "Option Explicit", SHEET) for i in range(1, len(sheets) + 1)),
        *code_modules(place.xlwings_version),
    ]
    packed = io.BytesIO()
    texts = {name: text.encode() for name, text in parts.items()}
    write_zip(packed, {**texts, "xl/vbaProject.bin": vba_project(modules)})
    return packed.getvalue()


def code_modules(xlwings_version: str) -> list[Module]:
    """The modules of code that belong to no sheet. The DLL's name carries the version of xlwings."""
    names = {f"dll{bits}": f"xlwings{bits}-{xlwings_version}.dll" for bits in (32, 64)}
    link = _source("PxLink.bas")
    for key, name in names.items():
        link = link.replace(f"{{{key}}}", name)
    fixed = [Module(name, _source(f"{name}.bas")) for name in ("PxBridge", "PxTexts", "PxRibbon")]
    return [Module("PxLink", link), *fixed, Module("PxFunctions", wrappers(FUNCTIONS.values()))]


def code_name(sheet: int) -> str:
    """What the code calls a sheet, counted from 1."""
    return f"PxSheet{sheet}"


def wrappers(functions: Iterable[Function]) -> str:
    """The code of the module that worksheets call."""
    return "\n".join(("Option Explicit", *(_wrapper(function) for function in functions)))


def wizard_rows(functions: Iterable[Function]) -> list[list[str | int]]:
    """For each function a row: name, what it does, category, number of arguments, what each is; always zh, en."""
    head: list[str | int] = ["function", "zh", "en", "category zh", "category en", "arguments"]
    return [head, *(_wizard_row(function) for function in functions)]


def vba_name(argument: str) -> str:
    """The argument's name, with a line behind it where VBA keeps the word for itself."""
    return f"{argument}_" if argument.lower() in _RESERVED else argument


def _wrapper(function: Function) -> str:
    declared = _break_lines([_declared(argument) for argument in function.arguments])
    names = _break_lines([vba_name(argument.name) for argument in function.arguments])
    call = f'    {function.name} = PxCall("{function.name}", Array({names}))'
    return "\n".join((f"Public Function {function.name}({declared}) As Variant", call, "End Function"))


def _declared(argument: Argument) -> str:
    return f"{'Optional ' if argument.optional else ''}ByVal {vba_name(argument.name)} As Variant"


def _break_lines(items: Sequence[str]) -> str:
    """On as many lines as it takes: VBA's end at 1,023 characters."""
    lines = [", ".join(items[at : at + _A_LINE]) for at in range(0, len(items), _A_LINE)]
    return ", _\n        ".join(lines)


def _wizard_row(function: Function) -> list[str | int]:
    arguments = function.arguments[:MOST_HELPS]
    helps = [text[:LONGEST_HELP] for argument in arguments for text in (argument.zh, argument.en)]
    about = [function.about(lang)[:LONGEST_HELP] for lang in ("zh", "en")]
    return [function.name, *about, CATEGORY["zh"], CATEGORY["en"], len(arguments), *helps]


def _source(name: str) -> str:
    return (_SOURCES / name).read_text(encoding="ascii")


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1))
    return (
        f'{XML_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
        f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets></workbook>"
    )


def _sheet(name: str, rows: Rows) -> str:
    cells = "".join(
        f'<row r="{i}">{"".join(_cell(a1(i - 1, at), value) for at, value in enumerate(row))}</row>'
        for i, row in enumerate(rows, 1)
    )
    return (
        f'{XML_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr codeName="{name}"/><cols><col min="1" max="60" width="28"'
        f' customWidth="1"/></cols><sheetData>{cells}</sheetData></worksheet>'
    )


def _cell(place: str, value: str | int) -> str:
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _content_types(sheets: int) -> str:
    parts = {
        "xl/workbook.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
        **{f"xl/worksheets/sheet{i}.xml": f"{_TYPE}officedocument.spreadsheetml.worksheet+xml" for i in _to(sheets)},
        "xl/styles.xml": f"{_TYPE}officedocument.spreadsheetml.styles+xml",
        "docProps/core.xml": f"{_TYPE}package.core-properties+xml",
    }
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts.items())
    return (
        f'{XML_HEAD}<Types xmlns="{TYPES}">'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f'<Default Extension="rels" ContentType="{_TYPE}package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _to(last: int) -> range:
    return range(1, last + 1)


_CORE = (
    f'{XML_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>perfxl 绩效</dc:title>'
    "<dc:description>业绩合同：函数与功能区 / Performance contracts: functions and ribbon</dc:description>"
    "</cp:coreProperties>"
)
_STYLES = (
    f'{XML_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="10"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
