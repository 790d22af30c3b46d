"""The template language: Jinja as docxtpl uses it, made safe and fast.

Sandboxed; every printed value is escaped; a missing variable raises instead of printing a blank; None prints as an
empty text; characters that XML cannot hold are dropped. What a rendering met on its way (line breaks, braces, rich
objects) is noted on its context, so that docxtpl's later steps run only when there is something for them to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from docxtpl import Listing
from jinja2 import pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import UndefinedError
from jinja2.nodes import Expr
from jinja2.runtime import Context, StrictUndefined, missing
from jinja2.sandbox import SandboxedEnvironment

__all__ = ["Environment", "MissingVariable", "NeedsDocxtpl", "RenderContext", "clean_text"]


class MissingVariable(UndefinedError):
    """A name that the context does not have: `name`, and `owner`, the object asked for it (None: the context)."""

    def __init__(self, message: str | None, name: str | None = None, owner: Any = None) -> None:
        super().__init__(message)
        self.name = name or ""
        self.owner = owner


class NeedsDocxtpl(Exception):
    """The value brings parts of its own into the package; docxtpl must make this document."""

    def __init__(self, value: Any) -> None:
        super().__init__(type(value).__name__)
        self.value = value


class RenderContext(Context):
    """One rendering. The marks say which of docxtpl's later steps the values ask for."""

    breaks = False  # line breaks, tabs, new paragraphs, page breaks
    braces = False  # { or }, which may form docxtpl's {_{ escapes
    rich = False  # XML came in with a value


class Environment(SandboxedEnvironment):
    """`adopt`, if given, prepares values that bring parts (pictures, subdocuments) for docxtpl; without it they raise
    NeedsDocxtpl."""

    context_class = RenderContext

    def __init__(
        self,
        filters: Mapping[str, Callable[..., Any]] | None = None,
        adopt: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__(autoescape=True, undefined=_Missing, finalize=_printed, cache_size=0)
        self.code_generator_class = _PrintingCode
        self.filters.update(filters or {})
        self.adopt = adopt or _refuse

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Records are mostly plain dicts; asking them first saves an exception per value."""
        if type(obj) is dict and attribute not in _DICT_METHODS:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def clean_text(text: str) -> str:
    """Without the characters that XML cannot hold; line ends as \\n. Tab, \\a (new paragraph) and \\f (new page) stay:
    docxtpl turns them into Word's own."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


_DICT_METHODS = frozenset(dir(dict))
_SPECIAL = re.compile("[\x00-\x1f&<>\"'{}\ud800-\udfff\ufffe\uffff]")
_ILLEGAL = re.compile("[\x00-\x06\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("[\n\t\a\f]")
_BRACES = re.compile("[{}]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


@pass_context
def _printed(context: RenderContext, value: Any) -> str:
    """What a printed value becomes in the XML."""
    kind = type(value)
    if kind is not str:
        if value is None:
            return ""
        if kind is int or kind is float:
            return str(value)
        if hasattr(value, "__html__"):
            return _rich(context, value)
        value = str(value)
    if _SPECIAL.search(value) is None:
        return value
    return _marked(context, clean_text(value)).translate(_ESCAPES)


def _rich(context: RenderContext, value: Any) -> str:
    if hasattr(value, "tpl"):  # InlineImage, Subdoc: they belong to one DocxTemplate
        value = context.environment.adopt(value)  # type: ignore[attr-defined]
    if not isinstance(value, Listing):  # escaped text, no XML
        context.rich = True
    return _marked(context, clean_text(str(value.__html__())))


def _marked(context: RenderContext, text: str) -> str:
    if _BREAKS.search(text):
        context.breaks = True
    if _BRACES.search(text):
        context.braces = True
    return text


def _refuse(value: Any) -> Any:
    raise NeedsDocxtpl(value)


class _Missing(StrictUndefined):
    """Raises MissingVariable, which knows the name and where it was looked for."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[Exception] = UndefinedError,
    ) -> None:
        owner = None if obj is missing else obj
        raising = partial(MissingVariable, name=name, owner=owner) if exc is UndefinedError else exc
        super().__init__(hint, obj, name, raising)  # type: ignore[arg-type]


class _PrintingCode(CodeGenerator):
    """Printed values go through `_printed` alone, which escapes too: no second pass, and no way to switch it off."""

    def _output_child_pre(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write(str(finalize.src))

    def _output_child_post(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write(")")
