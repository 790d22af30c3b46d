"""What is wrong with a template or a record, as problems that say where: part, paragraph, tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from html import unescape
from types import TracebackType
from typing import Any, NamedTuple

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from jinja2.environment import Template
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.exceptions import TemplateError as JinjaError
from lxml import etree

from perfxl.core.language import Text
from perfxl.core.problems import Address, Problem, problem
from perfxl.documents.template.inserts import readable
from perfxl.documents.template.language import MissingVariable, NotPrintable
from perfxl.documents.template.structure import W

__all__ = [
    "RENDERING_FAILS",
    "PlaceFinder",
    "RenderError",
    "TemplateError",
    "TemplatePlace",
    "explain_render_error",
    "explain_syntax_error",
    "find_tags",
    "label_part",
    "own_text",
    "report_missing",
    "suggest_name",
    "text_of",
]


class DocumentError(Exception):
    """A document that cannot be made: `problems` say why.

    The text of the exception is their messages in the language of the template.
    """

    def __init__(self, problems: Sequence[Problem], lang: str = "zh") -> None:
        super().__init__("\n".join(problem.message(lang) for problem in problems))
        self.problems = list(problems)
        self.lang = lang

    def __reduce__(self) -> tuple[type[DocumentError], tuple[list[Problem], str]]:
        """Workers hand it to the process that started them."""
        return type(self), (self.problems, self.lang)


class TemplateError(DocumentError):
    """The template cannot be used."""


class RenderError(DocumentError):
    """The template is sound; this record does not fit it."""


class TemplatePlace(NamedTuple):
    """Part and paragraph of a template. Paragraphs are counted from 1 as they follow in the part, those of tables
    included; 0 where unknown."""

    file: str
    part: Text
    lang: str  # of the address; messages come in both
    paragraph: int = 0
    tag: str = ""

    def problem(self, code: str, **details: Any) -> Problem:
        """A problem at this place; `part`, `where` (part and paragraph) and `tag` are among its details."""
        cell = f"¶{self.paragraph}" if self.paragraph else ""
        address = Address(self.file, self.part(self.lang), cell)
        where = self.part
        if self.paragraph:
            where = Text(f"{where.zh} 第 {self.paragraph} 段", f"{where.en}, paragraph {self.paragraph}")
        return problem(code, address, part=self.part, where=where, tag=self.tag, **details)


class PlaceFinder:
    """Finds a tag of the patched source again in the part as Word saved it.

    docxtpl takes paragraphs and rows away that hold only a tag, so lines of the source are not paragraphs; but the
    tags keep their order: the n-th `for x in y` of the one is the n-th of the other.
    """

    def __init__(self, whole: TemplatePlace, original: etree._Element, source: str) -> None:
        self.whole = whole
        self.root = original
        self.paragraphs = [own_text(paragraph) for paragraph in original.iter(*_PARAGRAPHS)]
        self._source = readable(source)

    def everywhere(self) -> Iterator[tuple[TemplatePlace, str]]:
        """Every paragraph with its text."""
        for number, text in enumerate(self.paragraphs, 1):
            yield self.whole._replace(paragraph=number), text

    def at_line(self, line: int, word: str = "") -> TemplatePlace:
        """The tag on this line of the source that has the word in it; all tags of the line where none has."""
        lines = self._source.split("\n")
        text = lines[min(max(line, 1), len(lines)) - 1]
        tags = find_tags(text)
        naming = [tag for tag in tags if word and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", tag)]
        chosen = (naming or tags)[:1]
        shown = chosen[0] if naming or len(tags) == 1 else " … ".join(tags)
        before = "\n".join(lines[: line - 1])
        number = self._paragraph(chosen[0], before) if chosen else 0
        return self.whole._replace(paragraph=number, tag=unescape(shown))

    def _paragraph(self, tag: str, before: str) -> int:
        key = _key(tag)
        skip = sum(_key(earlier) == key for earlier in find_tags(before))
        for number, text in enumerate(self.paragraphs, 1):
            skip -= sum(_key(other) == key for other in find_tags(text))
            if skip < 0:
                return number
        return 0


def find_tags(text: str) -> list[str]:
    """The tags in a text or in a piece of patched XML, in order."""
    return [match[0] for match in _TAG.finditer(text)]


def label_part(name: str) -> Text:
    """正文, 页眉2 ... for word/document.xml, word/header2.xml ..."""
    for pattern, zh, en in _LABELS:
        match = re.fullmatch(pattern, name)
        if match:
            number = "".join(match.groups())
            return Text(zh + number, en + number)
    return Text(name, name)


_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_INSIDE = re.compile(r"\{[{%][-+]?(?:(?:tr|tc|p|r)\s)?\s*(?:(?:colspan|cellbg)\s)?(.*?)[-+]?[%}]\}", re.DOTALL)
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_PARAGRAPHS = (f"{W}p", "{http://schemas.openxmlformats.org/drawingml/2006/main}p")
_LABELS = (
    (r"word/document\d*\.xml", "正文", "body"),
    (r"word/header(\d*)\.xml", "页眉", "header "),
    (r"word/footer(\d*)\.xml", "页脚", "footer "),
    (r"word/footnotes\d*\.xml", "脚注", "footnotes"),
    (r"word/endnotes\d*\.xml", "尾注", "endnotes"),
    (r"word/comments\d*\.xml", "批注", "comments"),
    (r"word/diagrams/(?:data|drawing)(\d*)\.xml", "SmartArt 图形", "SmartArt graphic "),
    (r"word/charts/chart(\d*)\.xml", "图表", "chart "),
    (r"docProps/core\d*\.xml", "文档属性", "document properties"),
)


def _key(tag: str) -> str:
    """What a tag says, however docxtpl or Word wrote it."""
    match = _INSIDE.fullmatch(tag)
    return re.sub(r"\s", "", unescape(match[1] if match else tag)).translate(_QUOTES)


def text_of(paragraph: etree._Element) -> str:
    """What a paragraph, cell or row says, all that stands in it."""
    return "".join(str(text.text or "") for text in paragraph.iter("{*}t"))


def own_text(paragraph: etree._Element) -> str:
    """What a paragraph says, without the text boxes that it holds: those are paragraphs of their own."""
    texts = paragraph.iter("{*}t")
    return "".join(str(text.text or "") for text in texts if next(text.iterancestors(*_PARAGRAPHS)) is paragraph)


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


def explain_syntax_error(
    error: TemplateSyntaxError, source: str, places: PlaceFinder, filters: Iterable[str]
) -> Problem:
    """Why Jinja does not take the source of a part."""
    message = error.message or ""
    for pattern, code in _SYNTAX:
        match = re.search(pattern, message)
        if match:
            word = match[1]
            line = _opening_line(source, word) if code == "tag_not_closed" else error.lineno
            place = places.at_line(line, word)
            if code == "tag_of_rows_unread":
                code = "tag_prefix_spaced" if re.match(rf"\{{[{{%]-?\s+{word}\b", place.tag) else "tag_prefix_percent"
            return place.problem(code, word=word, suggestion=suggest_name(word, filters) or "—", reason=message)
    return places.at_line(error.lineno).problem("template_syntax", reason=message)


def explain_render_error(
    error: Exception, template: Template, places: PlaceFinder, context: Mapping[str, Any]
) -> Problem:
    """Why a part cannot be made with this context."""
    line = _template_line(error.__traceback__, template)
    if isinstance(error, MissingVariable):
        place = places.at_line(line, error.name)
        owner = context if error.owner is None else error.owner
        return report_missing(place, _full_path(error, place.tag), error.name, _names_in(owner))
    if isinstance(error, NotPrintable):
        return places.at_line(line).problem("value_not_printable", kind=_KINDS[error.kind])
    code = next(code for kinds, code in _RENDERING if isinstance(error, kinds))
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return places.at_line(line).problem(code, reason=reason)


def report_missing(place: TemplatePlace, path: str, name: str, names: Iterable[str]) -> Problem:
    """A variable the record does not have; misspelt, if it has one of nearly the same name."""
    suggestion = suggest_name(name, names)
    if suggestion:
        suggestion = path[: len(path) - len(name)] + suggestion if path.endswith(name) else suggestion
        return place.problem("variable_misspelt", variable=path, suggestion=suggestion)
    return place.problem("variable_missing", variable=path)


def suggest_name(name: str, names: Iterable[str]) -> str:
    """The nearest of the names by spelling, else the one (or the dotted path) that shares most words, or nothing."""
    known = [str(other) for other in names]
    cutoff = _SURE if _WORDS_FOR.keys() & set(_words(name)) else _ALIKE
    near = get_close_matches(name, [other for other in known if "." not in other], n=1, cutoff=cutoff)
    folded = {other.casefold(): other for other in known}
    return near[0] if near else folded.get(name.casefold(), "") or _nearest_by_words(name, known)


_ALIKE, _SURE = 0.6, 0.85  # a name of another system's words means those; total_score is no total_weight
# What other systems call the parts of a record, and what they are called here.
_WORDS_FOR = {
    **dict.fromkeys(("employee", "person", "staff", "emp", "员工", "受约人"), "holder"),
    **dict.fromkeys(("manager", "boss", "leader", "supervisor", "上级", "主管"), "superior"),
    **dict.fromkeys(("score", "sum", "总分", "得分"), "total"),
    **dict.fromkeys(("dept", "department", "部门", "单位"), "unit"),
    **dict.fromkeys(("position", "job", "title", "岗位", "职位"), "post"),
    "level": "grade",
    "等级": "grade",
    "系数": "coefficient",
    "factor": "coefficient",
    "no": "number",
    "编号": "number",
    "姓名": "holder name",
    "工号": "holder id",
    "year": "period",
    "期间": "period",
}


def _nearest_by_words(name: str, known: Iterable[str]) -> str:
    """total_score -> result.total. Nothing where two names fit alike."""
    wanted = {word for part in _words(name) for word in _WORDS_FOR.get(part, part).split()}
    by_fit: dict[tuple[int, int], list[str]] = {}
    for other in dict.fromkeys(known):
        words = _words(other)
        if words and words[-1] in wanted:
            by_fit.setdefault((len(wanted & set(words)), -len(words)), []).append(other)
    best = by_fit[max(by_fit)] if by_fit else []
    return best[0] if len(best) == 1 else ""


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[._\s]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).casefold()) if word]


_SYNTAX = (  # a tag that nobody knows says more than the block it stands in
    (r"unknown tag '(tr|tc|p|r)'", "tag_of_rows_unread"),
    (r"unknown tag '(break|continue)'", "tag_no_break"),
    (r"unknown tag '(?!end|else'|elif')(\w+)'", "tag_unknown"),
    (r"[Ii]nnermost block that needs to be closed is '(\w+)'", "tag_not_closed"),
    (r"unknown tag '(\w+)'", "tag_unknown"),
    (r"No (?:filter|test) named '(\w+)'", "filter_unknown"),
)
_RENDERING: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((SecurityError,), "tag_not_allowed"),
    (_PICTURE, "picture_unreadable"),
    (_RECORD, "tag_fails"),
)
_KINDS = {
    "list": Text("一个列表", "a list"),
    "record": Text("一组数据", "a record"),
    "object": Text("一个对象", "an object"),
}
_OPENING_TAG = re.compile(r"\{%[-+]?\s*(\w+)")


def _opening_line(source: str, word: str) -> int:
    """The line of the last `{% word %}` that nothing closes."""
    waiting = []
    for number, line in enumerate(source.split("\n"), 1):
        for tag in find_tags(line):
            match = _OPENING_TAG.match(tag)
            if match and match[1] == word:
                waiting.append(number)
            elif match and match[1] == f"end{word}" and waiting:
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
    match = re.search(rf"\w[\w.]*\.{re.escape(error.name)}(?!\w)", tag)
    return match[0] if match else error.name


def _names_in(owner: Any) -> list[str]:
    if isinstance(owner, Mapping):
        return [str(key) for key in owner]
    return [name for name in dir(owner) if not name.startswith("_")]
