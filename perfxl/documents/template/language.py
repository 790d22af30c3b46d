"""The template language: Jinja as docxtpl uses it, made safe and fast.

Sandboxed; every printed value is escaped; a missing variable raises instead of printing a blank; None prints as an
empty text; characters that XML cannot hold are dropped. Templates render to bytes, so that the fixed text is encoded
once. What a rendering met on its way (line breaks, braces, rich objects) is noted on its context: docxtpl's later
steps run only where there is something for them to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from functools import lru_cache, partial, wraps
from types import FunctionType, MethodType
from typing import Any

from docxtpl import Listing
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template
from jinja2.exceptions import UndefinedError
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context, LoopContext, StrictUndefined, markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import escape

from perfxl.documents.template.bounds import (
    MAX_ROUNDS,
    bounded_call,
    bounded_format,
    bounded_length,
    bounded_operation,
    bounded_range,
    bounded_rounds,
    bounded_text,
    with_bounds,
)
from perfxl.documents.template.inserts import INSERTING, Piece

__all__ = ["Environment", "MissingVariable", "NeedsDocxtpl", "NotPrintable", "RenderContext", "clean_text"]


class MissingVariable(UndefinedError):
    """A name that the context does not have: `name`, and `owner`, the object asked for it (None: the context)."""

    def __init__(self, message: str | None, name: str | None = None, owner: Any = None) -> None:
        super().__init__(message)
        self.name = "" if name is None else str(name)  # an index of a list is a number
        self.owner = owner


class NeedsDocxtpl(Exception):
    """The value brings parts of its own into the package; docxtpl must make this document."""

    def __init__(self, value: Any) -> None:
        super().__init__(type(value).__name__)
        self.value = value


class NotPrintable(TypeError):
    """A list, a record, an object: it has no text that anybody would want on paper. `kind`, what it is."""

    def __init__(self, value: Any) -> None:
        super().__init__(type(value).__name__)
        self.kind = next((kind for types, kind in _KINDS if isinstance(value, types)), "object")


class RenderContext(Context):
    """One rendering. The marks say which of docxtpl's later steps the values ask for."""

    breaks = False  # line breaks, tabs, new paragraphs, page breaks
    braces = False  # { or }, which may form docxtpl's {_{ escapes
    rich = False  # XML came in with a value
    rounds = 0  # of its loops


class Environment(ImmutableSandboxedEnvironment):
    """`adopt`, if given, prepares values that bring parts (pictures, subdocuments) for docxtpl; without it they raise
    NeedsDocxtpl. What takes memory without limit is bounded: powers, repetition, ranges, widths."""

    context_class = RenderContext
    intercepted_binops = frozenset(("*", "**", "%", "+"))

    def __init__(
        self,
        filters: Mapping[str, Callable[..., Any]] | None = None,
        adopt: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__(autoescape=True, undefined=_Missing, cache_size=0)
        self.code_generator_class = _BytesCode
        self.filters = _with_texts_only(with_bounds(self.filters))
        self.filters.update(INSERTING)
        self.filters.update(filters or {})
        self.globals.update(range=bounded_range)
        self.adopt = adopt or _refuse
        self.printed_bytes = _printed_bytes
        self.printed = _printed

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and type(left) is int and type(right) is int:
            return left + right
        bounded_operation(operator, left, right)
        if operator == "%" and isinstance(left, str) and not isinstance(right, Mapping):
            _refuse_unprintable(right if isinstance(right, tuple) else (right,))
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        formatted = super().wrap_str_format(value)
        return formatted and bounded_format(value.__self__, formatted)

    def call(self, context: Context, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        bounded_call(function, args, kwargs)
        return super().call(context, function, *args, **kwargs)

    @staticmethod
    def joined(pieces: tuple[Any, ...]) -> str:
        """What `a ~ b` gives."""
        _refuse_unprintable(pieces)
        return bounded_text(markup_join(pieces))

    def compile_tree(self, tree: nodes.Template, name: str) -> Template:
        """A template whose root function yields bytes."""
        code = self.compile(tree, name=name)
        return Template.from_code(self, code, dict(self.globals))

    def field(self, owner: Any, name: str) -> Any:
        """owner.name. Records are mostly plain dicts, and the rest asks loops how far they are: those go first, since
        what is safe to ask takes long to find out."""
        kind = type(owner)
        if kind is dict:
            try:
                return owner[name]
            except KeyError:
                return self.undefined(obj=owner, name=name)
        if kind is LoopContext and name in _OF_LOOPS:
            return getattr(owner, name)
        return self.getattr(owner, name)

    @staticmethod
    def looped(context: RenderContext, values: Any) -> Any:
        """What a loop goes through; the rounds of all loops are bounded."""
        if type(values) is not list and not isinstance(values, Sized):  # nearly all are lists
            return _counted(context, values)
        context.rounds += len(values)
        if context.rounds > MAX_ROUNDS:
            bounded_rounds(context.rounds)
        return values

    @staticmethod
    def concat(pieces: Iterable[Any]) -> str:
        """What a template says within itself (macros, blocks) is text."""
        return "".join(piece.decode() if type(piece) is bytes else piece for piece in pieces)


def clean_text(text: str) -> str:
    """Without the characters that XML cannot hold; line ends, and \\v as texts from Word have it, as \\n. Tab, \\a (new
    paragraph), \\f (new page) and \\x0e (new column) stay: breaks.py makes them Word's own."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").translate(_LINE_ENDS))


_SPECIAL = re.compile("[\x00-\x1f&<>\"'{}\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = str.maketrans("\r\v", "\n\n")
_ILLEGAL = re.compile("[\x00-\x06\x08\x0f-\x1f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("[\n\t\a\f\x0e]")
_BRACES = re.compile("[{}]")
_MARKS = re.compile("[\n\t\a\f\x0e{}]")
_SHORT = 200  # characters; so what is remembered takes a megabyte or two
_NUMBERS = (int, float, complex)  # which have no __str__ of their own
_UNPRINTABLE = (
    list,
    tuple,
    dict,
    set,
    frozenset,
    range,
    bytes,
    bytearray,
    memoryview,
    Mapping,
    FunctionType,
    MethodType,
)
_KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((dict, Mapping), "record"),
    ((list, tuple, set, frozenset, range), "list"),
)
_TEXT_FILTERS = (
    *("capitalize", "center", "e", "escape", "forceescape", "indent", "lower", "replace", "safe", "string"),
    *("striptags", "title", "trim", "truncate", "upper", "urlize", "wordcount", "wordwrap"),
)
_DICT_METHODS = frozenset(dir(dict))
_OF_LOOPS = frozenset(("first", "index", "index0", "last", "length", "revindex", "revindex0"))


def _printed_bytes(context: RenderContext, value: Any) -> bytes:
    """What a printed value becomes in the XML. Nearly all values are short texts, and most come again in the next
    document: those go first."""
    kind = type(value)
    if kind is str:
        text = _plain(value) if len(value) <= _SHORT else None
        if text is not None:
            return text
    elif kind is float or kind is int:
        return str(value).encode()
    return _printed(context, value).encode()


@lru_cache(maxsize=4096)
def _plain(text: str) -> bytes | None:
    """The text escaped; None if it asks for one of docxtpl's later steps."""
    if text.isalnum() or _SPECIAL.search(text) is None:
        return text.encode()
    cleaned = clean_text(text)
    return None if _MARKS.search(cleaned) else escape(cleaned).encode()


def _printed(context: RenderContext, value: Any) -> str:
    if value is None:
        return ""
    if type(value) is str:
        return escape(_marked(context, bounded_text(clean_text(value))))
    if hasattr(value, "__html__"):
        return _rich(context, value)
    _refuse_unprintable((value,))
    return escape(_marked(context, clean_text(str(value))))


def _refuse_unprintable(values: Iterable[Any]) -> None:
    for value in values:
        if type(value) is str or hasattr(value, "__html__"):
            continue
        to_text: Any = type(value).__str__
        if isinstance(value, _UNPRINTABLE) or (to_text is object.__str__ and not isinstance(value, _NUMBERS)):
            raise NotPrintable(value)


def _with_texts_only(filters: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The filters; those that make texts refuse what has none, which they would print as Python writes it."""
    texts = {name: _of_texts(filters[name]) for name in _TEXT_FILTERS}
    return {**filters, **texts, "join": _joining(filters["join"]), "format": _formatting(filters["format"])}


def _of_texts(filter: Callable[..., Any]) -> Callable[..., Any]:
    at = 1 if hasattr(filter, "jinja_pass_arg") else 0

    @wraps(filter)
    def of_texts(*args: Any, **kwargs: Any) -> Any:
        _refuse_unprintable(args[at : at + 1])
        return filter(*args, **kwargs)

    return of_texts


def _formatting(filter: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter)
    def formatting(text: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_unprintable((text, *args, *kwargs.values()))
        return filter(text, *args, **kwargs)

    return formatting


def _joining(filter: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(filter)
    def joining(context: Any, values: Any, d: str = "", attribute: str | int | None = None) -> Any:
        if attribute is not None:
            values = map(make_attrgetter(context.environment, attribute), values)
        values = list(values)
        _refuse_unprintable(values)
        bounded_length(sum(len(str(value)) + len(d) for value in values))
        return filter(context, values, d)

    return joining


def _counted(context: RenderContext, values: Any) -> Iterator[Any]:
    for value in values:
        context.rounds = bounded_rounds(context.rounds + 1)
        yield value


def _rich(context: RenderContext, value: Any) -> str:
    if isinstance(value, Piece):  # a text where runs or paragraphs stand: these are made of it
        return _marked(context, value.around(_printed(context, value.value)))
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


class _BytesCode(CodeGenerator):
    """Python code that yields encoded pieces. Values are printed by one function, which escapes too: no second pass,
    and no way for a template to switch it off. Within macros and the like, where Jinja collects text, it is text."""

    _yields_bytes = True
    _looped: nodes.Node | None = None  # what the loop that is being written goes through

    def write_commons(self) -> None:
        self.writeline("field, printed = environment.field, environment.printed")
        self.writeline("printed_bytes, looped = environment.printed_bytes, environment.looped")
        super().write_commons()

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        self._looped = node.iter
        super().visit_For(node, frame)

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        if node is not self._looped:
            return super().visit(node, *args, **kwargs)
        self._looped = None
        self.write("looped(context, ")
        super().visit(node, *args, **kwargs)
        self.write(")")
        return None

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        self._yields_bytes = frame.buffer is None
        super().visit_Output(node, frame)

    def start_write(self, frame: Frame, node: nodes.Node | None = None) -> None:
        """Calls, filter blocks and recursive loops give text."""
        self.writeline("yield str.encode(" if frame.buffer is None else f"{frame.buffer}.append(", node)

    def end_write(self, frame: Frame) -> None:
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.write("environment.getattr(" if node.attr in _DICT_METHODS else "field(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Add(self, node: nodes.BinExpr, frame: Frame) -> None:
        """What a number is added to is no text or list, whose length would have to be looked at."""
        if not any(isinstance(side, nodes.Const) and type(side.value) is int for side in (node.left, node.right)):
            super().visit_Add(node, frame)
            return
        self.write("(")
        self.visit(node.left, frame)
        self.write(" + ")
        self.visit(node.right, frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.joined((")
        for operand in node.nodes:
            self.visit(operand, frame)
            self.write(", ")
        self.write("))")

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        text = "".join(group)
        return repr(text.encode() if self._yields_bytes else text)

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if isinstance(node, nodes.TemplateData):
            return node.data
        raise nodes.Impossible  # printed like any other value

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("printed_bytes(context, " if self._yields_bytes else "printed(context, ")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")
