"""The worksheet functions as VBA, and what the function wizard says of them: both made from the registry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from perfxl.excel.registry import CATEGORY, Argument, Function

LONGEST_HELP, MOST_HELPS = 255, 20  # what Application.MacroOptions takes
_A_LINE = 6

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


def wrappers(functions: Iterable[Function]) -> str:
    """The code of the module that worksheets call."""
    return "\n".join(("Option Explicit", *(_wrapper(one) for one in functions)))


def wizard_rows(functions: Iterable[Function]) -> list[list[str | int]]:
    """For each function a row: name, what it does, category, number of arguments, what each is; always zh, en."""
    head: list[str | int] = ["function", "zh", "en", "category zh", "category en", "arguments"]
    return [head, *(_row(one) for one in functions)]


def vba_name(argument: str) -> str:
    """The argument's name, with a line behind it where VBA keeps the word for itself."""
    return f"{argument}_" if argument.lower() in _RESERVED else argument


def _wrapper(function: Function) -> str:
    declared = _listed([_declared(argument) for argument in function.arguments])
    given = _listed([vba_name(argument.name) for argument in function.arguments])
    call = f'    {function.name} = PxCall("{function.name}", Array({given}))'
    return "\n".join((f"Public Function {function.name}({declared}) As Variant", call, "End Function"))


def _declared(argument: Argument) -> str:
    return f"{'Optional ' if argument.optional else ''}ByVal {vba_name(argument.name)} As Variant"


def _listed(items: Sequence[str]) -> str:
    """On as many lines as it takes: VBA's end at 1,023 characters."""
    lines = [", ".join(items[at : at + _A_LINE]) for at in range(0, len(items), _A_LINE)]
    return ", _\n        ".join(lines)


def _row(function: Function) -> list[str | int]:
    arguments = function.arguments[:MOST_HELPS]
    helps = [text[:LONGEST_HELP] for argument in arguments for text in (argument.zh, argument.en)]
    about = [function.about(lang)[:LONGEST_HELP] for lang in ("zh", "en")]
    return [function.name, *about, CATEGORY["zh"], CATEGORY["en"], len(arguments), *helps]
