"""What Jinja raises, told as a problem: of the template (syntax), or of the record (a missing variable, say)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import TracebackType
from typing import Any

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from jinja2.environment import Template
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.exceptions import TemplateError as JinjaError

from perfxl.core.problems import Problem
from perfxl.documents.template.language import MissingVariable
from perfxl.documents.template.places import Place, PlaceFinder, tags_of

__all__ = ["RENDERING_FAILS", "did_you_mean", "missing_problem", "rendering_problem", "syntax_problem"]

_PICTURE = (OSError, InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError)
_RECORD = (
    JinjaError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    NotImplementedError,
    RecursionError,
)
RENDERING_FAILS = (*_PICTURE, *_RECORD)


def syntax_problem(error: TemplateSyntaxError, source: str, places: PlaceFinder, filters: Iterable[str]) -> Problem:
    """Why Jinja does not take the source of a part."""
    message = error.message or ""
    for pattern, code in _SYNTAX:
        found = re.search(pattern, message)
        if found:
            word = found[1]
            line = _opening_line(source, word) if code == "tag_not_closed" else error.lineno
            return places.at_line(line, word).problem(
                code, word=word, suggestion=did_you_mean(word, filters) or "—", reason=message
            )
    return places.at_line(error.lineno).problem("template_syntax", reason=message)


def rendering_problem(error: Exception, template: Template, places: PlaceFinder, context: Mapping[str, Any]) -> Problem:
    """Why a part cannot be made with this context."""
    line = _template_line(error.__traceback__, template)
    if isinstance(error, MissingVariable):
        place = places.at_line(line, error.name)
        owner = context if error.owner is None else error.owner
        return missing_problem(place, _full_path(error, place.tag), error.name, _names_in(owner))
    code = next(code for kinds, code in _RENDERING if isinstance(error, kinds))
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return places.at_line(line).problem(code, reason=reason)


def missing_problem(place: Place, path: str, name: str, known: Iterable[str]) -> Problem:
    """A variable the record does not have; misspelt, if it has one of nearly the same name."""
    suggestion = did_you_mean(name, known)
    if suggestion:
        suggestion = path[: len(path) - len(name)] + suggestion if path.endswith(name) else suggestion
        return place.problem("variable_misspelt", variable=path, suggestion=suggestion)
    return place.problem("variable_missing", variable=path)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or nothing."""
    names = [str(other) for other in known]
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    folded = {other.casefold(): other for other in names}
    return near[0] if near else folded.get(name.casefold(), "")


_SYNTAX = (
    (r"[Ii]nnermost block that needs to be closed is '(\w+)'", "tag_not_closed"),
    (r"unknown tag '(\w+)'", "tag_unknown"),
    (r"No (?:filter|test) named '(\w+)'", "filter_unknown"),
)
_RENDERING: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((SecurityError,), "tag_not_allowed"),
    (_PICTURE, "picture_unreadable"),
    (_RECORD, "tag_fails"),
)
_OPENING_TAG = re.compile(r"\{%[-+]?\s*(\w+)")


def _opening_line(source: str, word: str) -> int:
    """The line of the last `{% word %}` that nothing closes."""
    waiting = []
    for number, line in enumerate(source.split("\n"), 1):
        for tag in tags_of(line):
            found = _OPENING_TAG.match(tag)
            if found and found[1] == word:
                waiting.append(number)
            elif found and found[1] == f"end{word}" and waiting:
                waiting.pop()
    return waiting[-1] if waiting else 1


def _template_line(traceback: TracebackType | None, template: Template) -> int:
    """The line of the source that was being rendered; the innermost, for macros call each other."""
    line = 1
    while traceback:
        if traceback.tb_frame.f_globals is template.root_render_func.__globals__:
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line


def _full_path(error: MissingVariable, tag: str) -> str:
    if error.owner is None:
        return error.name
    found = re.search(rf"\w[\w.]*\.{re.escape(error.name)}(?!\w)", tag)
    return found[0] if found else error.name


def _names_in(owner: Any) -> list[str]:
    if isinstance(owner, Mapping):
        return [str(key) for key in owner]
    return [name for name in dir(owner) if not name.startswith("_")]
