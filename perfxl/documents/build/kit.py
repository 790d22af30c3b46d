"""What every printed paper is built with: page, fonts, headings, clauses, tables, signatures.

The look (fonts, sizes, colours, line heights, numbering) is in `base/`, an unzipped .docx; here is how its styles are
used. Texts come as (Chinese, English) pairs, or as one string for both (template tags, signs).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn

from perfxl.core import schema
from perfxl.documents.build.chart import Chart, inline
from perfxl.documents.build.ooxml import element, repack, runs

Text = str | tuple[str, str]

PAGE_WIDTH = 17.0  # cm of text on A4 with base/word/document.xml's margins
HEAD_FILL = "DCE6F1"
GROUP_FILL = "F2F6FB"

_CM = 567  # twips
_DATE = ("年　　月　　日", "")
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

    text: Text
    span: int = 1
    align: str = ""
    style: str = ""
    fill: str = ""
    tints: Sequence[tuple[Text, str]] = ()


def caption(text: Text, span: int = 1) -> Cell:
    """A cell that names what stands beside it."""
    return Cell(text, span, style="Table Head", fill=GROUP_FILL)


def label(name: str) -> tuple[str, str]:
    """The schema's own words for "table.column", without the unit."""
    table, column = name.split(".")
    found = schema.get(table).column(column)
    return found.zh, found.en


def beside(text: str, more: str) -> tuple[str, str]:
    """A text with another in brackets: 林晓梅（总经理）."""
    return f"{text}（{more}）", f"{text} ({more})"


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

    def say(self, text: Text) -> str:
        return text if isinstance(text, str) else text[self.lang == "en"]

    def running(self, head: Text, head_right: Text, foot: Text) -> None:
        """Header and footer; the footer's right end is always "page x of y"."""
        section = self._document.sections[0]
        pages = self.say(("第 {PAGE} 页　共 {NUMPAGES} 页", "Page {PAGE} of {NUMPAGES}"))
        for part, text in (
            (section.header, f"{self.say(head)}\t{self.say(head_right)}"),
            (section.footer, f"{self.say(foot)}\t{pages}"),
        ):
            part.paragraphs[0]._p.extend(runs(text))

    def open(self, title: Text, confidential: Text) -> None:
        """Header, footer with the paper's number, title, the program below it."""
        numbered = f"{self.say(title)}　{self.say(('编号', 'No.'))} {{{{ number }}}}"
        self.running("{{ company }}", confidential, numbered)
        self.title(title)
        self.subtitle("{{ program }}")

    def title(self, text: Text) -> None:
        self._add("Title", text)

    def subtitle(self, text: Text) -> None:
        self._add("Subtitle", text)

    def heading(self, text: Text) -> None:
        """A numbered section heading: 一、 or 1."""
        self._add("Heading 1", text)

    def subheading(self, text: Text) -> None:
        self._add("Heading 2", text)

    def annex(self, text: Text) -> None:
        """A numbered annex (附件一, Annex 1), on a new page."""
        self._add("Annex", text)

    def clause(self, text: Text, keep: bool = False) -> None:
        """A numbered clause: 第一条, or 1.1."""
        self._add("Clause", text, keep)

    def text(self, text: Text, keep: bool = False) -> None:
        self._add("Normal", text, keep)

    def note(self, text: Text, keep: bool = False) -> None:
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

    def facts(self, *pairs: tuple[Text, Text]) -> Grid:
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

    def signed_by(self, *parties: tuple[Text, Text, Text]) -> None:
        """A row to sign for each (role, name, post), never split over pages."""
        grid = self._signing()
        for party in parties:
            grid.sign(*party)

    def signatures(self, parties: str, role: str, name: str, post: str) -> Grid:
        """A row to sign for each of `parties`, never split over pages; the three are tags for one `party`."""
        grid = self._signing()
        grid.tag(f"{{%tr for party in {parties} %}}")
        grid.sign(role, name, post)
        grid.tag("{%tr endfor %}")
        return grid

    def _signing(self) -> Grid:
        grid = self.table((2.6, 3.0, 3.8, 4.2, 3.4), "llllr")
        grid.head(("签署方", "Party"), ("姓名", "Name"), ("岗位", "Post"), ("签字", "Signature"), ("日期", "Date"))
        return grid

    def save(self, path: Path) -> None:
        saved = io.BytesIO()
        self._document.save(saved)
        path.write_bytes(repack(saved.getvalue()))

    def paragraph(
        self, style: str, text: Text, align: str = "", keep: bool = False, tints: Sequence[tuple[Text, str]] = ()
    ) -> Any:
        """A w:p that stands nowhere yet."""
        made = element("w:p")
        properties = element(
            "w:pPr",
            element("w:pStyle", val=self._document.styles[style].style_id),
            element("w:keepNext") if keep else None,
            element("w:jc", val=align) if align else None,
        )
        made.append(properties)
        made.extend(runs(self.say(text).replace("□ ", "□\N{NO-BREAK SPACE}")))  # a box stays beside its words
        for tinted, color in tints:
            made.extend(runs(self.say(tinted), color))
        return made

    def _add(self, style: str, text: Text, keep: bool = False) -> None:
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

    def head(self, *cells: Text | Cell) -> None:
        """The header row: centred, shaded, repeated on every page."""
        self._row(cells, style="Table Head", align="center", fill=HEAD_FILL, keep=True, header=True)

    def row(
        self,
        *cells: Text | Cell,
        style: str = "Table Text",
        fill: str = "",
        keep: bool = False,
        height: float = 0,
        split: bool = False,
    ) -> None:
        """A row; `keep` holds it on one page with the row or paragraph that follows, `height` (cm) is the least, and
        `split` lets long texts run on to the next page."""
        self._row(cells, style=style, fill=fill, keep=keep, height=height, split=split)

    def blank(self, rows: int, *cells: Text | Cell, height: float = 0.9) -> None:
        """Rows to write in, empty but for `cells`; numbers in the first column where there are none."""
        for number in range(rows):
            given = cells or (str(number + 1), *[""] * (len(self._widths) - 1))
            self.row(*given, height=height, keep=number + 1 < rows)

    def named_blanks(self, names: Sequence[Text], height: float = 0.9, keep: bool = False) -> None:
        """Rows to write in, named in the first column; `keep` holds the last with what follows too."""
        for name in names:
            held = keep or name is not names[-1]
            self.row(caption(name), *[""] * (len(self._widths) - 1), height=height, keep=held)

    def sign(self, role: Text, name: Text = "", post: Text = "") -> None:
        """A row to sign, kept with what follows."""
        self.row(Cell(role, style="Table Head"), name, post, "", _DATE, keep=True, height=1.1)

    def tag(self, text: str) -> None:
        """A {%tr ... %} instruction in a row of its own."""
        self._row([Cell(text, len(self._widths))], style="Tag", align="left")

    def _row(
        self,
        cells: Sequence[Text | Cell],
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
