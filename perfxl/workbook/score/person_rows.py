"""A person's page as rows of XML: the contracts, and the table that weighs them by their days."""

from __future__ import annotations

from collections.abc import Iterator

from perfxl.core.scoring.outcomes import outcome_text
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.row_sheet import Tail
from perfxl.workbook.score.contract_rows import ContractWriter
from perfxl.workbook.score.formulas import COEFFICIENTS, GRADES, quote_text
from perfxl.workbook.score.page import RowPattern, link_xml
from perfxl.workbook.score.sheet_plan import ContractPlan, PersonPlan, SheetPlan, UnitPlan
from perfxl.workbook.score.texts import say
from perfxl.workbook.template.references import Growth, Place

_ONE_PAGE = 50  # rows that one page still shows readably
_COUNTED = ("total", "completeness", "provisional")


class PersonWriter:
    """Writes pages as rows of XML."""

    def __init__(self, blocks: ContractWriter, plan: SheetPlan) -> None:
        self.blocks, self.plan, self.scores, self.lang = blocks, plan, blocks.scores, blocks.lang
        self.binds = blocks.scores.policy["veto_scope"] == "person"

    def rows(self, page: PersonPlan, links: dict[str, str]) -> Iterator[bytes]:
        """The rows of the page; `links` takes those that lead to other places."""
        if not page.blocks:
            post = str(self.blocks.posts.get(page.person) or "")
            yield self.blocks.title(page.start, str(self.blocks.people.get(page.person) or page.person), post)
        for block in page.blocks:
            yield self.blocks.xml(block)
        if page.table:
            yield from self._table(page, links)
        for pattern in page.layout.page.decided if page.is_decided else ():
            told = self.told(page)
            cells = {"decided": self.blocks.writer.text(told, ("decided", "decided"))}
            yield self.blocks.page.row(pattern, page.end, cells, texts={"decided": told})

    def told(self, page: PersonPlan, name: str = "") -> str:
        """The results of a person side by side, with who decided and when: the page's total is the last of them."""
        told = outcome_text(self.scores.decisions.people[page.person], self.lang)
        return f"{name}    {told}".strip()

    def _table(self, page: PersonPlan, links: dict[str, str]) -> Iterator[bytes]:
        row = page.table
        for pattern in page.layout.person.patterns:
            if pattern.kind == "segments":
                for contract in page.contracts:
                    yield self._segment(pattern, row, contract, page, links)
                    row += 1
            else:
                yield self._result(page) if pattern.kind == "person_result" else self.blocks.page.row(pattern, row, {})
                row += 1

    def _segment(self, pattern: RowPattern, row: int, contract: int, page: PersonPlan, links: dict[str, str]) -> bytes:
        contracts, block = self.scores.line_table.contracts, self.plan.blocks[contract]
        writer, text = self.blocks.writer, self.blocks.writer.text
        letters, of_block = pattern.letters, page.layout.page.letters("result")
        start, end = (contracts.column(name)[contract] or "" for name in ("start", "end"))
        cells: dict[str, Tail] = {
            "contract": text(str(contracts.column("contract")[contract] or ""), ("segments", "contract")),
            "span": text(f"{start} – {end}", ("segments", "span")),
        }
        if "contract" in letters:
            links[f"{letters['contract']}{row}"] = f"{quoted(block.sheet)}!A{block.start}"
        totals = self.scores.contracts
        where = "" if block.sheet == page.sheet else f"{quoted(block.sheet)}!"
        cells["days"] = writer.formula(*self._days(block, where, contract), ("segments", "days"))
        verdict = self.scores.verdicts.contracts[contract]
        for name in _COUNTED:
            value = float(getattr(totals, name)[contract])
            written = f"{where}{of_block[name]}{block.result}"
            cells[name] = writer.result(verdict, name, written, value, ("segments", name))
        for name, found in (("most", self._most), ("best", self._limit)) if self.binds else ():
            cells[name] = writer.formula(*found(block, where, contract), ("segments", name))
        return self.blocks.page.row(pattern, row, cells)

    def _limit(self, block: ContractPlan, where: str, contract: int) -> tuple[str, float]:
        """The best grade that the contract's vetoes leave, as a place."""
        limits = block.veto_rows
        written = f"MAX(1,{where}{limits.of('spread')})" if limits else "1"
        return written, float(self.scores.vetoes.grade[contract] + 1)

    def _result(self, page: PersonPlan) -> bytes:
        row, first = page.result, page.row("segments")
        last, letters = first + len(page.contracts) - 1, page.layout.page.letters("segments")
        days = f"{letters['days']}{first}:{letters['days']}{last}"
        formulas = self.blocks.formulas

        def mean(name: str) -> str:
            reach = f"{letters[name]}{first}:{letters[name]}{last}"
            # The days of the totals that are there: any text is greater than a number, in every spreadsheet.
            known, whole = f"SUMPRODUCT({days},--({reach}<=10^9))", f"SUM({days})"
            over = whole if name == "completeness" else known
            found = f"ROUND(ROUND(SUMPRODUCT({days},{reach})/{over},10),2)"
            if self.binds and name != "completeness":
                found = f"MIN({found},{letters['most']}{first}:{letters['most']}{last})"
            ready = f"AND({known}>0,{known}={whole})" if name == "total" else f"{over}>0"
            return f"IF({ready},{found},{0 if name == 'completeness' else quote_text('')})"

        stated = self.scores.decisions.stated_total(page.person)
        results = [(name, mean(name)) for name in _COUNTED]
        if stated:  # as it was decided, whatever the contracts come to
            decided = f"{stated.total:.15g}"
            results = [(name, written if name == "completeness" else decided) for name, written in results]
        for name, of in (("grade", GRADES), ("coefficient", COEFFICIENTS)):
            results.append((name, formulas.of_band(of, row, "person_result")))
        totals, verdict = self.scores.totals, self.scores.verdicts.people[page.place]
        kind, cells = self.blocks.results("person_result", totals, page.place, verdict, results)
        best, grade = letters["best"], totals.grade[page.place]
        band = formulas.band(row, f"{best}{first}:{best}{last}" if self.binds else "", "person_result")
        band = f"{stated.place + 1}" if stated else band
        return self.blocks.result_row(row, kind, cells, {"band": (band, float(grade + 1) if grade >= 0 else "")})

    def _most(self, block: ContractPlan, where: str, contract: int) -> tuple[str, float | str]:
        """The most that the contract's vetoes leave of its holder's total."""
        most, limits = float(self.scores.vetoes.total[contract]), block.veto_rows
        points = f"{where}{limits.of('points')}" if limits else ""
        counts = f'IF(COUNT({points})>0,MIN({points}),"")' if limits else quote_text("")
        return counts, most if most < float("inf") else ""

    def _days(self, block: ContractPlan, where: str, contract: int) -> tuple[str, float]:
        """The days of a contract; none where nothing in it applies."""
        known, is_open = (f"{where}{self.blocks.formulas.basis[name]}{block.result}" for name in ("known", "open"))
        calendar = f"{self.scores.calendar[contract]:.15g}"
        if self.blocks.earlier(block):
            return calendar, float(self.scores.days[contract])
        return f"IF(AND({known}<=0,{is_open}=0),0,{calendar})", float(self.scores.days[contract])


class _PageRows(Growth):
    """Where the template's rows stand on a person's page."""

    def __init__(self, page: PersonPlan) -> None:
        super().__init__({})
        template = page.layout.page
        self._first, self._last, self._end = template.first, template.last, page.end
        self.rows: dict[int, list[int]] = {}
        for block in page.blocks:
            for pattern, first, last in block.placed():
                self.rows.setdefault(pattern.row, []).extend(range(first, last + 1))
        if page.table:
            for pattern, first, last in page.placed():
                self.rows.setdefault(pattern.row, []).extend(range(first, last + 1))
        if page.is_decided:
            self.rows |= {pattern.row: [page.end] for pattern in template.decided}

    def row(self, place: Place) -> int:
        """A row that the page has none of is the one before it."""
        if place.row < self._first:
            return place.row - place.less
        if place.row > self._last:
            return place.row + self._end - self._last - place.less
        if place.row == self._last and place.end:
            return self._end - place.less
        for row in range(place.row, self._first - 1, -1):
            if self.rows.get(row):
                return (self.rows[row][-1] if place.end else self.rows[row][0]) - place.less
        return self._first - place.less


class PageSheets:
    """People's own sheets: all that the template has, and the rows."""

    def __init__(self, pages: PersonWriter) -> None:
        self._pages, self._lang = pages, pages.lang
        self._rows = pages.blocks.page

    def growth(self, page: PersonPlan) -> Growth:
        """Where the template's rows stand."""
        return _PageRows(page)

    def xml(self, page: PersonPlan, unit: UnitPlan) -> Iterator[str | bytes]:
        """One sheet."""
        template, places, links = page.layout.page, _PageRows(page), dict[str, str]()
        ways = {"summary": say("summary", self._lang), "people": say("people", self._lang), "unit": unit.sheet}
        texts = {**ways, "summary": f"← {ways['summary']}", "person": page.person}
        texts["name"] = str(self._pages.blocks.people.get(page.person) or page.person)
        yield template.around.before(places, texts)
        for pattern in template.head:
            shown = ways.keys() & pattern.letters.keys()
            links |= {f"{pattern.letters[name]}{pattern.row}": f"{quoted(ways[name])}!A1" for name in sorted(shown)}
            yield self._plain(pattern, pattern.row, texts, places)
        yield from self._pages.rows(page, links)
        for pattern in template.tail:
            yield self._plain(pattern, pattern.row + page.end - template.last, texts, places)
        told = "".join(link_xml(cell, place) for cell, place in links.items())
        after = template.around.after(places, texts, places.rows, told)
        if page.end < _ONE_PAGE:  # on one page; with more rows as many pages as it takes
            after = after.replace(' fitToHeight="0"', "", 1)
        yield after

    def _plain(self, pattern: RowPattern, number: int, texts: dict[str, str], places: Growth) -> bytes:
        return self._rows.row(pattern, number, {}, texts=texts, places=places)
