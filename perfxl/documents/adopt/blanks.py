"""Labels with room to fill in: 姓名：____ in a paragraph, and cells beside or below a label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from perfxl.documents.adopt.findings import Findings
from perfxl.documents.adopt.lexicon import fold, is_date, is_signature
from perfxl.documents.adopt.text import ParagraphText, text_of
from perfxl.documents.template.structure import W
from perfxl.ooxml.xml import Element

_SPACES = " \t\u2002\u2003\u3000\xa0"
_LABEL = re.compile(rf"([^:：\t\n_＿□☐；;，。、{_SPACES}][^:：\t\n_＿□☐；;，。]{{0,40}}?)[{_SPACES}]*[:：]")
_LINE = re.compile(rf"[{_SPACES}]*([_＿](?:[_＿{_SPACES}]*[_＿])?)")
_DAY_BLANK = re.compile(rf"[{_SPACES}_＿]*年[{_SPACES}_＿]*月[{_SPACES}_＿]*日?")
_GAP = re.compile(rf"[{_SPACES}]*")
_NEXT_LABEL = re.compile(r"[^:：\n]{1,40}[:：]")
_LEAST_ROOM = 2  # spaces before the next label that show that nothing was filled in
_LONGEST_LABEL = 40  # characters of a cell that may be a label
_LETTER = re.compile(r"[^\W\d_]")
_CJK_GAP = re.compile(r"(?:[ \u3000\u2002\xa0]{2,}|\t)")


def fill_paragraph(paragraph: Element, findings: Findings) -> None:
    """Fields behind the labels of a paragraph that have room behind them."""
    text = ParagraphText(paragraph)
    if not re.search("[:：]", text.text):
        return
    signed = is_signature(text.text) or _beside_signature(paragraph)
    written, before = [], ""
    for label, start, end in _find_blanks(text):
        if "{" in label:  # a field that was written before, with a colon behind it
            continue
        path = findings.field(label, before)
        before = label
        if end < start:
            if path:
                findings.leave_filled(paragraph, label)
        elif is_signature(label) or (signed and is_date(label)):
            findings.leave_blank(paragraph, label)
        elif path:
            findings.place(paragraph, label, f"{{{{ {path} }}}}")
            written.append((start, end, f"{{{{ {path} }}}}"))
        else:
            findings.miss(paragraph, label)
    for start, end, tag in reversed(written):
        room = text.text[start:end]
        lined, underlined = bool(re.search("[_＿]", room)), text.is_underlined(start, end)
        kept = 1 if room[:1] in (" ", "\u3000") and not lined and not underlined else 0
        behind = "  " if text.text[end:].strip(_SPACES) and not lined and not underlined else ""
        text.replace(min(start + kept, end), end, tag + behind, underline=lined)


def fill_cells(rows: Sequence[Sequence[Element]], findings: Findings, used: set[Element]) -> None:
    """Fields into empty cells right of a label, or below a row of labels; `used` are the cells of repeated rows."""
    signed_rows = [any(is_signature(text_of(cell)) for cell in row) for row in rows]
    for i, row in enumerate(rows):
        if any(cell in used for cell in row):
            continue
        for j, cell in enumerate(row):
            label = _label_of(cell)
            if not label or cell in used or "{" in label:
                continue
            right = row[j + 1] if j + 1 < len(row) else None
            target = right if right is not None and _is_empty(right) and right not in used else None
            if target is None and not _has_colon(cell):
                target = _below(rows, i, j, used)
            if target is None:
                continue
            used.add(cell)
            if is_signature(label) or (is_date(label) and signed_rows[i]):
                findings.leave_blank(cell, label)
                continue
            path = findings.field(label, _label_before(row, j))
            if not path:
                if target is right:
                    findings.miss(cell, label)
                continue
            write_into(target, f"{{{{ {path} }}}}")
            used.add(target)
            findings.place(cell, label, f"{{{{ {path} }}}}")


def write_into(cell: Element, text: str) -> None:
    """Puts a text into an empty cell, looking as its paragraph is set to look; further empty paragraphs stay."""
    paragraph = next(cell.iter(f"{W}p"), None)
    if paragraph is None:
        paragraph = etree.SubElement(cell, f"{W}p")
    found = ParagraphText(paragraph)
    found.replace(0, len(found.text), text)


def _find_blanks(text: ParagraphText) -> Iterator[tuple[str, int, int]]:
    """Each label, and from where to where the room behind it reaches; its end before its start where there is none."""
    whole = text.text
    at = 0
    while match := _LABEL.search(whole, at):
        at, start = match.end(), match.end()
        label = _CJK_GAP.split(match[1].strip(_SPACES))[-1]
        day, line = _DAY_BLANK.match(whole, start), _LINE.match(whole, start)
        if day or line:
            at = day.end() if day else line.end(1) if line else start
            yield label, start if day or not line else line.start(1), at
            continue
        gap = _GAP.match(whole, start)
        end = gap.end() if gap else start
        rest = whole[end:]
        following = _NEXT_LABEL.match(rest)
        ends = not rest or rest.startswith("\n")
        apart = end - start >= _LEAST_ROOM or "\t" in whole[start:end]
        if ends or text.is_underlined(start, end) or (apart and following):
            at = end
            yield label, start, end
        elif not rest.startswith(("{", "«", "【", "[", "<", "$")):
            yield label, start, start - 1


def _label_before(row: Sequence[Element], j: int) -> str:
    """The label two cells to the left, whose value stands between."""
    return _label_of(row[j - 2]) if j >= 2 else ""


def _beside_signature(paragraph: Element) -> bool:
    """Whether somebody signs in the same row, or on the line above."""
    row = next(paragraph.iterancestors(f"{W}tr"), None)
    if row is not None:
        return is_signature(text_of(row))
    above = paragraph.getprevious()
    return above is not None and above.tag == f"{W}p" and is_signature(text_of(above))


def _label_of(cell: Element) -> str:
    text = text_of(cell)
    if not _LETTER.search(text):
        return ""
    if len(text) > _LONGEST_LABEL or "{" in text or "\n" in text.strip():
        joined = text.replace("\n", "")
        return joined if 0 < len(joined) <= 8 and "{" not in joined else ""  # 被考|核人 written in two lines
    return text


def _has_colon(cell: Element) -> bool:
    return text_of(cell).endswith((":", "："))


def _is_empty(cell: Element) -> bool:
    """Whether there is nothing in a cell but room: blanks, lines, the words of a day."""
    if any(True for _ in cell.iter(f"{W}tbl", f"{W}drawing", f"{W}pict", f"{W}sdt", f"{W}object")):
        return False
    text = text_of(cell)
    return not text.strip("_＿ \t\u2002\u2003\u3000\xa0\n") or bool(_DAY_BLANK.fullmatch(text))


def _below(rows: Sequence[Sequence[Element]], i: int, j: int, used: set[Element]) -> Element | None:
    """The empty cell below a label in a row of nothing but labels."""
    if i + 1 >= len(rows) or len(rows[i + 1]) != len(rows[i]) or not all(fold(text_of(c)) for c in rows[i]):
        return None
    below = rows[i + 1]
    if not all(_is_empty(cell) or cell in used or "{{" in text_of(cell) for cell in below):
        return None
    return below[j] if _is_empty(below[j]) and below[j] not in used else None
