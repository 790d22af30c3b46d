"""What already marks a place in a form: mail-merge fields, names in brackets, content controls, tags that another
system fills. Each is named; those that are understood become fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy

from lxml import etree

from perfxl.documents.adopt.findings import Findings
from perfxl.documents.adopt.lexicon import is_signature
from perfxl.documents.adopt.text import SPACE, ParagraphText, text_of
from perfxl.documents.field_list import name_element
from perfxl.documents.template.structure import W
from perfxl.ooxml.xml import Element

_MERGE_FIELD = re.compile(r"\s*MERGEFIELD\s+(?:\"([^\"]+)\"|(\S+))", re.IGNORECASE)
_CERTAIN = re.compile(
    r"\$\{\s*([^{}%#]{1,40}?)\s*\}|(?<![{$])\{\s*([^{}%#]{1,40}?)\s*\}(?!\})|<<\s*([^<>]{1,40}?)\s*>>"
)
_LIKELY = re.compile(
    r"【\s*([^【】]{1,20}?)\s*】|〔\s*([^〔〕]{1,20}?)\s*〕|\[\s*([^\[\]]{1,20}?)\s*\]|«\s*([^«»]{1,40}?)\s*»"
)
_TAG = re.compile(r"\{\{-?\s*([^\W\d][\w.]*)\s*-?\}\}")
_LOOP = re.compile(r"\{%-?\w*\s*for\s+(\w+)|\{%-?\w*\s*set\s+(\w+)")
_NOT_TEXT = ("docPartObj", "docPartList", "picture", "checkbox", "group", "citation", "bibliography", "equation")
_TYPED = ("FORMTEXT", "FORMDROPDOWN")
_LABEL = re.compile(r"([^:：\s_；;，。、]{1,40})\s*[:：]")
_LABEL_END = re.compile(r"([^:：\t_；;，。、]{1,40}?)\s*[:：]\s*$")  # what a form field stands right behind
_FORM_FIELDS = (*_TYPED, "FORMCHECKBOX", "IF")
_BINDINGS = ("showingPlcHdr", "dataBinding", "temporary", "date", "comboBox", "dropDownList")
_PLACEHOLDER_STYLE = "PlaceholderText"


def replace_marks(root: Element, findings: Findings) -> None:
    """Fields in the place of all that is understood in a part."""
    for field in list(root.iter(f"{W}fldSimple")):
        name = _merge_name(field.get(f"{W}instr", ""))
        if name:
            _replace_merge_field(field, [field], field.find(f"{W}r"), name, findings)
    for paragraph in list(root.iter(f"{W}p")):
        _replace_complex_fields(paragraph, findings)
    for control in list(root.iter(f"{W}sdt")):
        _fill_control(control, findings)
    elements = {name_element([each], set()) for each in findings.meanings.lists}
    loops = elements | {name for paragraph in root.iter(f"{W}p") for name in _loop_names(paragraph)}
    for paragraph in list(root.iter(f"{W}p")):
        text = ParagraphText(paragraph)
        _replace_each(text, _TAG, lambda name: _foreign(name, loops, findings), findings)
        _replace_each(text, _CERTAIN, findings.meanings.tag_field, findings)
        _replace_each(text, _LIKELY, findings.meanings.field, findings, certain=False)


def _loop_names(paragraph: Element) -> Iterator[str]:
    for match in _LOOP.finditer(ParagraphText(paragraph).text):
        yield match[1] or match[2]


def _foreign(name: str, loops: set[str], findings: Findings) -> str | None:
    """None for a tag that is right as it stands."""
    if name in findings.meanings.single or name.partition(".")[0] in loops | {"loop"}:
        return None
    return findings.meanings.tag_field(name)


def _replace_each(
    text: ParagraphText,
    pattern: re.Pattern[str],
    find: Callable[[str], str | None],
    findings: Findings,
    certain: bool = True,
) -> None:
    written = []
    for match in pattern.finditer(text.text):
        name = next(group for group in match.groups() if group)
        path = find(name)
        if path is None:
            continue
        if path:
            findings.place(text.paragraph, match[0], f"{{{{ {path} }}}}")
            written.append((*match.span(), f"{{{{ {path} }}}}"))
        elif certain:
            findings.miss(text.paragraph, match[0])
    for start, end, tag in reversed(written):
        text.replace(start, end, tag)


def _merge_name(instruction: str) -> str:
    match = _MERGE_FIELD.match(instruction)
    return (match[1] or match[2]) if match else ""


def _replace_complex_fields(paragraph: Element, findings: Findings) -> None:
    depth, span, instruction, result = 0, list[Element](), "", None
    for run in list(paragraph.iter(f"{W}r")):
        mark = run.find(f"{W}fldChar")
        kind = mark.get(f"{W}fldCharType", "") if mark is not None else ""
        if kind == "begin":
            depth += 1
            if depth == 1:
                span, instruction, result = [], "", None
        if depth:
            span.append(run)
            if depth == 1:
                instruction += "".join(part.text or "" for part in run.iter(f"{W}instrText"))
                if run.find(f"{W}t") is not None and result is None:
                    result = run
        if kind == "end" and depth:
            depth -= 1
            name = _merge_name(instruction)
            if depth == 0 and name:
                _replace_merge_field(span[0], span, result if result is not None else span[0], name, findings)
            elif depth == 0:
                _name_form_field(paragraph, span, instruction, result, findings)


def _name_form_field(
    paragraph: Element, span: list[Element], instruction: str, result: Element | None, findings: Findings
) -> None:
    """A legacy form field by its name or, where that says nothing (Text1), by the label before it; else it is named as
    one without a place, as is a choice between texts (IF), which no field of a paper makes."""
    kind = next(iter(instruction.split()), "").upper()
    if kind not in _FORM_FIELDS:
        return
    names = (name.get(f"{W}val", "") for run in span for name in run.iter(f"{W}name"))
    name = next(filter(None, names), "")
    if kind in _TYPED and name and findings.meanings.tag_field(name):
        _replace_merge_field(span[0], span, result if result is not None else span[0], name, findings)
        return
    label, before = _label_of_field(span[0]) if kind in _TYPED else ("", "")
    path = findings.field(label, before) if label else ""
    if label and (is_signature(label) or is_signature(before)):
        findings.leave_blank(paragraph, label)
    elif path:
        _put_in_place(span[0], span, result if result is not None else span[0], label, f"{{{{ {path} }}}}", findings)
    else:
        findings.miss(paragraph, label or f"{kind} {name}".strip())


def _label_of_field(first: Element) -> tuple[str, str]:
    """The label that a form field stands behind, in its paragraph or in the cell on its left, and the one before it."""
    paragraph = next(first.iterancestors(f"{W}p"))
    said = ""
    for element in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}r"):
        if element is first:
            break
        said += (element.text or "") if element.tag == f"{W}t" else "" if element.tag == f"{W}r" else "\t"
    labels = [match[1] for match in _LABEL.finditer(said)]
    if said.strip():
        ends = _LABEL_END.search(said)
        return (ends[1].strip(), labels[-2] if len(labels) > 1 else "") if ends else ("", "")
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    left = list(cell.itersiblings(f"{W}tc", preceding=True)) if cell is not None else []
    texts = [text_of(each).strip().rstrip(":：").strip() for each in left]
    return (texts[0], texts[2] if len(texts) > 2 else "") if texts else ("", "")


def _replace_merge_field(
    first: Element, span: list[Element], like: Element | None, name: str, findings: Findings
) -> None:
    path = findings.meanings.tag_field(name)
    if not path:
        findings.miss(next(first.iterancestors(f"{W}p")), f"«{name}»")
        return
    _put_in_place(first, span, like, f"«{name}»", f"{{{{ {path} }}}}", findings)


def _put_in_place(
    first: Element, span: list[Element], like: Element | None, name: str, tag: str, findings: Findings
) -> None:
    paragraph = next(first.iterancestors(f"{W}p"))
    first.addprevious(_run(tag, like))
    for element in span:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    findings.place(paragraph, name, tag)


def _run(text: str, like: Element | None) -> Element:
    run = etree.Element(f"{W}r")
    properties = like.find(f"{W}rPr") if like is not None else None
    if properties is not None:
        copy = deepcopy(properties)
        style = copy.find(f"{W}rStyle")
        if style is not None and style.get(f"{W}val") == _PLACEHOLDER_STYLE:
            copy.remove(style)
        run.append(copy)
    element = etree.SubElement(run, f"{W}t")
    element.text = text
    element.set(SPACE, "preserve")
    return run


def _fill_control(control: Element, findings: Findings) -> None:
    """A content control by its title or tag. It would show what it is bound to instead, so the binding goes."""
    properties, content = control.find(f"{W}sdtPr"), control.find(f"{W}sdtContent")
    if properties is None or content is None:
        return
    if any(etree.QName(child).localname in _NOT_TEXT for child in properties):
        return
    titles = (properties.find(f"{W}{kind}") for kind in ("alias", "tag"))
    names = [name for title in titles if title is not None and (name := title.get(f"{W}val", "").strip())]
    paragraph = next(content.iter(f"{W}p"), None)
    where = paragraph if paragraph is not None else next(control.iterancestors(f"{W}p"), None)
    if not names or where is None or content.find(f".//{W}tbl") is not None:
        return
    path = next(filter(None, map(findings.meanings.tag_field, names)), "")
    if not path:
        findings.miss(where, names[0])
        return
    runs = list(content.iter(f"{W}r"))
    new = _run(f"{{{{ {path} }}}}", runs[0] if runs else None)
    if runs:
        runs[0].addprevious(new)
    else:
        (paragraph if paragraph is not None else content).append(new)
    for run in runs:
        parent = run.getparent()
        if parent is not None:
            parent.remove(run)
    for name in _BINDINGS:
        for child in properties.findall(f"{W}{name}"):
            properties.remove(child)
    findings.place(where, names[0], f"{{{{ {path} }}}}")
