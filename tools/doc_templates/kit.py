"""What every printed paper is built with: page, fonts, headings, clauses, tables, signatures.

The look (fonts, sizes, colours, line heights, numbering) is in `base/`, an unzipped .docx; here is how its styles are
used. Texts come as (Chinese, English) pairs, or as one string for both (template tags, signs).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from perfxl.core import schema
from perfxl.core.language import Text
from perfxl.ooxml.zip_write import SAME_DATE
from tools.doc_templates.chart import Chart, inline
from tools.doc_templates.picture import Floating, place

Wording = str | Text  # a text of one language or for both

PAGE_WIDTH = 17.0  # cm of text on A4 with base/word/document.xml's margins
HEAD_FILL = "DCE6F1"
GROUP_FILL = "F2F6FB"

_CM = 567  # twips
_BEFORE_ANNEX = "320"  # twentieths of a point
_DATE = Text("年　　月　　日", "")
_CODE = Text(
    "{% if verify_code %}　校验码 {{ verify_code }}{% endif %}",
    "{% if verify_code %}　Check code {{ verify_code }}{% endif %}",
)
_BESIDE_TITLE = -0.35  # cm below its top: between the line of the header and the first table
_SIGNATURE = 3.6, 0.9  # cm, within a row of 1.1
_HEAD_STYLES = ("Title", "Heading 1", "Heading 2", "Table Head", "Card Head")
# Style -> numbering (numId, level) of base/word/numbering.xml.
_NUMBERING = {
    "zh": {"Heading 1": (1, 0), "Clause": (2, 0), "Annex": (3, 0)},
    "en": {"Heading 1": (4, 0), "Clause": (4, 1), "Annex": (5, 0)},
}


@dataclass(frozen=True)
class Cell:
    """A table cell that is not plain: spans columns, has its own alignment (left, center, right), style or fill.
    `tints` follow the text, each in its colour."""

    text: Wording
    span: int = 1
    align: str = ""
    style: str = ""
    fill: str = ""
    tints: Sequence[tuple[Wording, str]] = ()


def caption(text: Wording, span: int = 1) -> Cell:
    """A cell that names what stands beside it."""
    return Cell(text, span, style="Table Head", fill=GROUP_FILL)


def label(name: str) -> Text:
    """The schema's own words for "table.column", without the unit."""
    table, column = name.split(".")
    declared = schema.get(table).column(column)
    return Text(declared.zh, declared.en)


def beside(text: str, more: str) -> Text:
    """A text with another in brackets: 林晓梅（总经理）."""
    return Text(f"{text}（{more}）", f"{text} ({more})")


def beside_if_known(name: str, more: str) -> Text:
    """A field with another in brackets, without brackets where that is blank."""
    shown = f"{{{{ {more} }}}}"
    zh, en = f"（{shown}）", f" ({shown})"
    return Text(*(f"{{{{ {name} }}}}{{% if {more} %}}{words}{{% endif %}}" for words in (zh, en)))


class Paper:
    """One document under construction, in one language."""

    def __init__(self, lang: str, title: str) -> None:
        self.lang = lang
        self._document = docx.Document(str(Path(__file__).parent / "base"))
        self._body = self._document.element.body
        self._document.core_properties.title = title
        for style, (number, level) in _NUMBERING[lang].items():
            properties = self._document.styles[style].element.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_ilvl().val = level
            properties.get_or_add_numId().val = number
        if lang == "zh":  # signs that both scripts have (quotation marks, dashes, boxes) are to be Chinese ones
            fonts = next(self._document.styles.element.iter(qn("w:rFonts")))
            fonts.set(qn("w:hint"), "eastAsia")
        if lang == "en":  # 黑体 is bold by nature, Arial is not
            for style in _HEAD_STYLES:
                self._document.styles[style].font.bold = True

    def say(self, text: Wording) -> str:
        return text if isinstance(text, str) else text(self.lang)

    def running(self, head: Wording, head_right: Wording, foot: Wording) -> None:
        """Header and footer; the footer's right end is always "page x of y"."""
        section = self._document.sections[0]
        pages = self.say(Text("第 {PAGE} 页　共 {NUMPAGES} 页", "Page {PAGE} of {NUMPAGES}"))
        for part, text in (
            (section.header, f"{self.say(head)}\t{self.say(head_right)}"),
            (section.footer, f"{self.say(foot)}\t{pages}"),
        ):
            part.paragraphs[0]._p.extend(runs(text))

    def open(self, title: Wording, confidential: Wording, number: str = "", photo: bool = False) -> None:
        """Header, footer with the paper's number and the code that its print is checked by; the title, the program
        below it, beside them the QR code and, if wanted, the photo of whom the paper is about."""
        number = number or f"{self.say(Text('编号', 'No.'))} {{{{ number }}}}"
        self.running("{{ company }}", confidential, f"{self.say(title)}　{number}{self.say(_CODE)}")
        self.title(title)
        self._float("qr", 2.3, 2.3, Floating(_BESIDE_TITLE, "left"))
        if photo:
            self._float("photo", 1.9, 2.6, Floating(_BESIDE_TITLE, "right"))
        self.subtitle("{{ program }}")

    def title(self, text: Wording) -> None:
        self._add("Title", text)

    def subtitle(self, text: Wording) -> None:
        self._add("Subtitle", text)

    def heading(self, text: Wording) -> None:
        """A numbered section heading: 一、 or 1."""
        self._add("Heading 1", text)

    def subheading(self, text: Wording) -> None:
        self._add("Heading 2", text)

    def annex(self, text: Wording, new_page: bool = True) -> None:
        """A numbered annex (附件一, Annex 1), on a new page unless it may follow on the last one."""
        paragraph = self.paragraph("Annex", text, keep=True)
        if not new_page:
            here = element("w:pageBreakBefore", val="0")
            paragraph.find(qn("w:pPr")).find(qn("w:keepNext")).addnext(here)
            here.addnext(element("w:spacing", before=_BEFORE_ANNEX))  # a table may stand above
        self._body.insert(len(self._body) - 1, paragraph)

    def clause(self, text: Wording, keep: bool = False) -> None:
        """A numbered clause: 第一条, or 1.1."""
        self._add("Clause", text, keep)

    def text(self, text: Wording, keep: bool = False) -> None:
        self._add("Normal", text, keep)

    def note(self, text: Wording, keep: bool = False) -> None:
        self._add("Note", text, keep)

    def tag(self, text: str) -> None:
        """A {%p ... %} instruction in a paragraph of its own."""
        self._add("Tag", text)

    def gap(self) -> None:
        """A little room before a table, which Word would otherwise join to the one above; it stays with the table, so
        that no page is left with nothing else."""
        self._add("Gap", "", keep=True)

    def end(self) -> None:
        """What must follow a table that ends the document: a paragraph too low to need a page of its own."""
        self._add("End", "")

    def table(self, widths: Sequence[float], aligns: str = "") -> Grid:
        """A table of columns `widths` cm wide; `aligns` has l, c or r for each column (default all left)."""
        grid = Grid(self, widths, aligns or "l" * len(widths))
        self._body.insert(len(self._body) - 1, grid.xml)
        return grid

    def facts(self, *pairs: tuple[Wording, Wording]) -> Grid:
        """Names and values in two columns, row by row."""
        grid = self.table((2.6, 5.9, 2.6, 5.9))
        for left, right in zip(pairs[::2], pairs[1::2], strict=False):
            grid.row(caption(left[0]), left[1], caption(right[0]), right[1])
        if len(pairs) % 2:
            name, value = pairs[-1]
            grid.row(caption(name), Cell(value, 3))
        return grid

    def chart(self, chart: Chart) -> None:
        """A native chart as wide as the text."""
        paragraph = self.paragraph("Chart", "")
        paragraph.append(element("w:r", inline(self._document, chart, PAGE_WIDTH)))
        self._body.insert(len(self._body) - 1, paragraph)

    def signed_by(self, *parties: tuple[Wording, Wording, Wording], pictures: Sequence[str] = ()) -> None:
        """A row to sign for each (role, name, post), never split over pages; `pictures` are fields of signatures by
        party, blank for who signs by hand."""
        grid = self._signing()
        for (role, name, post), picture in zip(parties, pictures or [""] * len(parties), strict=True):
            grid.sign(role, name, post, picture)

    def signatures(self, parties: str, role: str, name: str, post: str) -> Grid:
        """A row to sign for each of `parties`, never split over pages; the three are tags for one `party`."""
        grid = self._signing()
        grid.tag(f"{{%tr for party in {parties} %}}")
        grid.sign(role, name, post, picture="party.signature")
        grid.tag("{%tr endfor %}")
        return grid

    def seal(self) -> None:
        """The company's seal, behind the table to sign in that follows: across the first signatures."""
        self._float("seal", 4.0, 4.0, Floating(1.4, right=8.6))

    def picture(self, path: str) -> Any:
        """The place of a signature within a row to sign."""
        return element("w:r", place(self._document, path, *_SIGNATURE))

    def _signing(self) -> Grid:
        grid = self.table((2.6, 3.0, 3.8, 4.2, 3.4), "llllr")
        grid.head(
            Text("签署方", "Party"),
            Text("姓名", "Name"),
            Text("岗位", "Post"),
            Text("签字", "Signature"),
            Text("日期", "Date"),
        )
        return grid

    def save(self, path: Path) -> None:
        saved = io.BytesIO()
        self._document.save(saved)
        path.write_bytes(repack(saved.getvalue()))

    def paragraph(
        self, style: str, text: Wording, align: str = "", keep: bool = False, tints: Sequence[tuple[Wording, str]] = ()
    ) -> Any:
        """A w:p that stands nowhere yet."""
        paragraph = element("w:p")
        properties = element(
            "w:pPr",
            element("w:pStyle", val=self._document.styles[style].style_id),
            element("w:keepNext") if keep else None,
            element("w:jc", val=align) if align else None,
        )
        paragraph.append(properties)
        paragraph.extend(runs(self.say(text).replace("□ ", "□\N{NO-BREAK SPACE}")))  # a box stays beside its words
        for tinted, color in tints:
            paragraph.extend(runs(self.say(tinted), color))
        return paragraph

    def _float(self, path: str, width: float, height: float, floating: Floating) -> None:
        """A place for a picture that stands behind the text, from the last paragraph on."""
        last = self._body[len(self._body) - 2]
        last.append(element("w:r", place(self._document, path, width, height, floating)))

    def _add(self, style: str, text: Wording, keep: bool = False) -> None:
        self._body.insert(len(self._body) - 1, self.paragraph(style, text, keep=keep))


class Grid:
    """A table: its head repeats on every page, its rows do not split unless they may."""

    _ALIGN = {"l": "left", "c": "center", "r": "right"}  # noqa: RUF012

    def __init__(self, paper: Paper, widths: Sequence[float], aligns: str) -> None:
        self._paper = paper
        self._widths = [round(width * _CM) for width in widths]
        self._aligns = [self._ALIGN[a] for a in aligns]
        self.xml = element(
            "w:tbl",
            element(
                "w:tblPr",
                element("w:tblStyle", val="PaperTable"),
                element("w:tblW", w=sum(self._widths), type="dxa"),
                element("w:jc", val="center"),
                element("w:tblLayout", type="fixed"),
                element("w:tblLook", val="0000"),
            ),
            element("w:tblGrid", *(element("w:gridCol", w=width) for width in self._widths)),
        )

    def head(self, *cells: Wording | Cell) -> None:
        """The header row: centred, shaded, repeated on every page."""
        self._row(cells, style="Table Head", align="center", fill=HEAD_FILL, keep=True, header=True)

    def row(
        self,
        *cells: Wording | Cell,
        style: str = "Table Text",
        fill: str = "",
        keep: bool = False,
        height: float = 0,
        split: bool = False,
    ) -> None:
        """A row; `keep` holds it on one page with the row or paragraph that follows, `height` (cm) is the least, and
        `split` lets long texts run on to the next page."""
        self._row(cells, style=style, fill=fill, keep=keep, height=height, split=split)

    def blank(self, rows: int, *cells: Wording | Cell, height: float = 0.9) -> None:
        """Rows to write in, empty but for `cells`; numbers in the first column where there are none."""
        for number in range(rows):
            given = cells or (str(number + 1), *[""] * (len(self._widths) - 1))
            self.row(*given, height=height, keep=number + 1 < rows)

    def named_blanks(self, names: Sequence[Wording], height: float = 0.9, keep: bool = False) -> None:
        """Rows to write in, named in the first column; `keep` holds the last with what follows too."""
        for name in names:
            kept = keep or name is not names[-1]
            self.row(caption(name), *[""] * (len(self._widths) - 1), height=height, keep=kept)

    def sign(self, role: Wording, name: Wording = "", post: Wording = "", picture: str = "") -> None:
        """A row to sign, kept with what follows, with a place for the `picture` of a signature, a field."""
        self.row(Cell(role, style="Table Head"), name, post, "", _DATE, keep=True, height=1.1)
        if picture:
            list(self.xml.iter(qn("w:p")))[-2].append(self._paper.picture(picture))

    def tag(self, text: str) -> None:
        """A {%tr ... %} instruction in a row of its own."""
        self._row([Cell(text, len(self._widths))], style="Tag", align="left")

    def _row(
        self,
        cells: Sequence[Wording | Cell],
        *,
        style: str,
        align: str = "",
        fill: str = "",
        keep: bool = False,
        header: bool = False,
        height: float = 0,
        split: bool = False,
    ) -> None:
        row = element(
            "w:tr",
            element(
                "w:trPr",
                None if split else element("w:cantSplit"),
                element("w:trHeight", val=round(height * _CM), hRule="atLeast") if height else None,
                element("w:tblHeader") if header else None,
            ),
        )
        at = 0
        for given in cells:
            cell = given if isinstance(given, Cell) else Cell(given)
            row.append(
                element(
                    "w:tc",
                    element(
                        "w:tcPr",
                        element("w:tcW", w=sum(self._widths[at : at + cell.span]), type="dxa"),
                        element("w:gridSpan", val=cell.span) if cell.span > 1 else None,
                        _shade(cell.fill or fill),
                        element("w:vAlign", val="center"),
                    ),
                    self._paper.paragraph(
                        cell.style or style, cell.text, cell.align or align or self._aligns[at], keep, cell.tints
                    ),
                )
            )
            at += cell.span
        if at != len(self._widths):
            raise ValueError(f"{at} of {len(self._widths)} columns filled")
        self.xml.append(row)


def _shade(fill: str) -> object | None:
    return element("w:shd", val="clear", color="auto", fill=fill) if fill else None


def element(tag: str, *children: Any, **attributes: Any) -> Any:
    """`element("w:shd", val="clear", fill="F2F2F2")`: attributes are of the w: namespace, None leaves one out."""
    xml = OxmlElement(tag)
    for name, value in attributes.items():
        if value is not None:
            xml.set(qn(f"w:{name}"), str(value))
    xml.extend(child for child in children if child is not None)
    return xml


def runs(text: str, color: str = "") -> Iterator[Any]:
    """Text as runs; a tab is a tab, a newline a line break, {PAGE} and {NUMPAGES} are fields that Word fills."""
    look = element("w:rPr", element("w:color", val=color)) if color else None
    for piece in re.split(r"(\{(?:PAGE|NUMPAGES)\}|\t|\n)", text):
        if piece in ("\t", "\n"):
            yield element("w:r", element("w:tab" if piece == "\t" else "w:br"))
        elif re.fullmatch(r"\{[A-Z]+\}", piece):
            yield from _field(piece[1:-1])
        elif piece:
            yield element("w:r", deepcopy(look), _text("w:t", piece))


def repack(package: bytes) -> bytes:
    """The same parts, without the clock: python-docx stamps every part with the time of saving."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, SAME_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # else Windows and Linux differ
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def _field(instruction: str) -> Iterator[Any]:
    yield element("w:r", element("w:fldChar", fldCharType="begin"))
    yield element("w:r", _text("w:instrText", f" {instruction} "))
    yield element("w:r", element("w:fldChar", fldCharType="separate"))
    yield element("w:r", _text("w:t", "1"))
    yield element("w:r", element("w:fldChar", fldCharType="end"))


def _text(tag: str, text: str) -> Any:
    xml = element(tag)
    xml.text = text
    xml.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return xml
