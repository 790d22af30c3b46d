"""What Word itself does in a paper: check boxes that fields tick, tables of contents that are made anew on opening; and
templates of Word's own kind (.dotx), which papers are made of as documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from perfxl.ooxml.xml import SAFE_PARSER

__all__ = ["CONTROL_FILTERS", "as_document", "bind_check_boxes", "has_contents", "is_strict", "update_contents"]

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_TEMPLATE_TYPE, _DOCUMENT_TYPE = (b"wordprocessingml.%b.main+xml" % kind for kind in (b"template", b"document"))
_STRICT = b"http://purl.oclc.org/ooxml/"
_WORDS = re.compile(r"word/(?:document|header|footer|footnotes|endnotes)\d*\.xml")
_FIELD = re.compile(r"\{\{\s*((?:(?!\}\}|\{\{).)+?)\s*\}\}")
_CONTENTS = re.compile(rb"(?:<w:instrText[^<>]*>|\bw:instr=\")\s*TOC\b")
_SETTINGS = "word/settings.xml"
_AFTER_UPDATE = frozenset(
    (
        *("hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "mathPr", "attachedSchema"),
        *("themeFontLang", "clrSchemeMapping", "doNotIncludeSubdocsInStats", "doNotAutoCompressPictures"),
        *("forceUpgrade", "captions", "readModeInkLockDown", "smartTagType", "schemaLibrary", "shapeDefaults"),
        *("doNotEmbedSmartTags", "decimalSymbol", "listSeparator", "docId", "conflictMode", "discardImageEditingData"),
        *("defaultImageDpi", "chartTrackingRefBased"),
    )
)
_SYMBOLS = 0xF000  # where fonts of symbols have their characters
_YES = frozenset(("是", "有", "对", "yes", "y", "true", "1", "√", "✓", "✔", "☑", "☒"))
_NO = frozenset(("否", "无", "不", "no", "n", "false", "0", "", "—", "-", "×", "☐", "□"))


def as_document(types: bytes) -> bytes:
    """[Content_Types].xml of a .dotx as that of a .docx: nothing else differs."""
    return types.replace(_TEMPLATE_TYPE, _DOCUMENT_TYPE)


def is_strict(parts: Mapping[str, bytes]) -> bool:
    """Whether the file is in the standard's strict form, which has names and measures of its own."""
    return any(_STRICT in parts.get(name, b"") for name in ("_rels/.rels", "word/document.xml"))


def has_contents(parts: Mapping[str, bytes]) -> bool:
    """Whether there is a table of contents."""
    return any(_CONTENTS.search(content) for name, content in parts.items() if _WORDS.fullmatch(name))


def update_contents(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The settings that make Word bring fields up to date on opening, where there is a table of contents."""
    if _SETTINGS not in parts or not has_contents(parts):
        return {}
    root = etree.fromstring(parts[_SETTINGS], SAFE_PARSER)
    update = root.find(f"{W}updateFields")
    if update is None:
        update = etree.Element(f"{W}updateFields")
        places = (at for at, child in enumerate(root) if etree.QName(child).localname in _AFTER_UPDATE)
        root.insert(next(places, len(root)), update)
    update.set(f"{W}val", "true")
    return {_SETTINGS: etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)}


def bind_check_boxes(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts with check boxes whose tag or title is a field, `{{ line.reached }}`, ticked by it."""
    changed = {}
    for name, content in parts.items():
        if not _WORDS.fullmatch(name) or b"w14:checkbox" not in content:
            continue
        root = etree.fromstring(content, SAFE_PARSER)
        bound = [_bind(box) for box in root.iter(f"{W14}checkbox")]
        if any(bound):
            changed[name] = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return changed


def _bind(box: etree._Element) -> bool:
    properties = box.getparent()
    control = None if properties is None else properties.getparent()
    content = None if control is None else control.find(f"{W}sdtContent")
    if properties is None or content is None:
        return False
    names = [named for kind in ("tag", "alias") if (named := properties.find(f"{W}{kind}")) is not None]
    fields = [match[1] for named in names if (match := _FIELD.fullmatch(named.get(f"{W}val", "").strip()))]
    mark = next(content.iter(f"{W}t", f"{W}sym"), None)
    if not fields or mark is None:
        return False
    for named in names:
        named.set(f"{W}val", re.sub(r"[{}]", "", named.get(f"{W}val", "")).strip())
    for binding in properties.findall(f"{W}dataBinding"):
        properties.remove(binding)
    checked = box.find(f"{W14}checked")
    if checked is None:
        checked = etree.Element(f"{W14}checked")
        box.insert(0, checked)
    checked.set(f"{W14}val", f"{{{{ ({fields[0]})|perfxl_ticked('1', '0') }}}}")
    _draw(mark, box, fields[0])
    return True


def _draw(mark: etree._Element, box: etree._Element, field: str) -> None:
    """Puts what a box shows, ticked or not, into the place of what it shows in the template."""
    (ticked, its_font), (blank, other_font) = (
        _look(box, state, usual) for state, usual in (("checkedState", "2612"), ("uncheckedState", "2610"))
    )
    run = mark.getparent()
    assert run is not None
    if max(ticked, blank) >= _SYMBOLS or its_font != other_font:
        shown = etree.Element(f"{W}sym")
        shown.set(f"{W}font", f"{{{{ ({field})|perfxl_ticked('{its_font}', '{other_font}') }}}}")
        shown.set(f"{W}char", f"{{{{ ({field})|perfxl_ticked('{ticked:04X}', '{blank:04X}') }}}}")
    else:
        shown = etree.Element(f"{W}t", {SPACE: "preserve"})
        shown.text = f"{{{{ ({field})|perfxl_ticked('{chr(ticked)}', '{chr(blank)}') }}}}"
    run.replace(mark, shown)


def _look(box: etree._Element, state: str, usual: str) -> tuple[int, str]:
    """The character that a state is drawn with, and its font."""
    look = box.find(f"{W14}{state}")
    font = "MS Gothic" if look is None else look.get(f"{W14}font", "MS Gothic")
    try:
        character = int(usual if look is None else look.get(f"{W14}val", usual), 16)
    except ValueError:
        character = int(usual, 16)
    if character < 0x100:  # of a font of symbols
        character += _SYMBOLS
    return character, re.sub(r"['\"\\<>&{}%]", "", font)


def _ticked(value: Any, yes: str, no: str) -> str:
    if isinstance(value, str):
        word = value.strip().lower()
        if word not in _YES and word not in _NO:
            raise ValueError(f"“{value}”: 是/否, yes/no")
        return yes if word in _YES else no
    return yes if value else no


CONTROL_FILTERS: dict[str, Callable[..., Any]] = {"perfxl_ticked": _ticked}
