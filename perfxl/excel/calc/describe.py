"""What Calc must be told of the functions, written from the registry: the interface in IDL, and the configuration that
names, explains and groups them in the function wizard."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from perfxl.excel.functions import FUNCTIONS
from perfxl.excel.registry import CATEGORY, Argument, ArgumentKind, Function

SERVICE = "com.perfxl.calc.Functions"
INTERFACE = "com.perfxl.calc.XFunctions"


def idl() -> str:
    """The interface in UNOIDL. Every result is rows of cells."""
    methods = "\n".join(f"    {_method(each)}" for each in FUNCTIONS.values())
    return f"module com {{ module perfxl {{ module calc {{\n\ninterface XFunctions {{\n{methods}\n}};\n\n}}; }}; }};\n"


def _method(function: Function) -> str:
    arguments = ", ".join(f"[in] {_type(each)} p{place}" for place, each in enumerate(function.arguments, 1))
    return f"sequence< sequence< any > > {function.name}({arguments});"


def _type(argument: Argument) -> str:
    """A range that must be given comes as the range itself: whole columns can be cut before their cells are copied, and
    error cells told from blank ones. Only an any may be left out."""
    is_range = argument.kind is ArgumentKind.CELLS and not argument.optional
    return "::com::sun::star::table::XCellRange" if is_range else "any"


def add_in_entries() -> str:
    """CalcAddIns.xcu."""
    return "\n".join(_entries()) + "\n"


def _entries() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="CalcAddIns" oor:package="org.openoffice.Office">'
    )
    yield f'<node oor:name="AddInInfo"><node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">'
    for function in FUNCTIONS.values():
        yield f'<node oor:name="{function.name}" oor:op="replace">'
        yield _prop("DisplayName", function.name, function.name)
        yield _prop("Description", function.about("zh"), function.about("en"))
        yield _plain("Category", "Add-In")
        yield _prop("CategoryDisplayName", CATEGORY["zh"], CATEGORY["en"])
        yield _plain("CompatibilityName", function.name, localised=True)
        yield '<node oor:name="Parameters">'
        for place, argument in enumerate(function.arguments, 1):
            yield from _parameter(place, argument)
        yield "</node></node>"
    yield "</node></node></node></oor:component-data>"


def _parameter(place: int, argument: Argument) -> Iterator[str]:
    yield f'<node oor:name="p{place}" oor:op="replace">'
    yield _prop("DisplayName", argument.name, argument.name)
    yield _prop("Description", argument.help("zh"), argument.help("en"))
    yield "</node>"


def _prop(name: str, zh: str, en: str) -> str:
    """LibreOffice falls back on the nearest language it knows, which is English outside Chinese ones."""
    texts = ((lang, zh if lang.startswith("zh") else en) for lang in ("en", "en-US", "zh-CN", "zh-TW"))
    values = "".join(f"<value xml:lang={quoteattr(lang)}>{escape(text)}</value>" for lang, text in texts)
    return f'<prop oor:name="{name}">{values}</prop>'


def _plain(name: str, value: str, *, localised: bool = False) -> str:
    lang = ' xml:lang="en-US"' if localised else ""
    return f'<prop oor:name="{name}"><value{lang}>{escape(value)}</value></prop>'
