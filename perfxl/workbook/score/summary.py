"""The first sheet: key figures, and the tables that its charts are drawn from, as values of the template."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor
from typing import NamedTuple

import numpy as np

from perfxl.core.cells import column_letter
from perfxl.core.scoring.program import Scores
from perfxl.core.scoring.scalar import Status
from perfxl.core.scoring.totals import ordered_bands
from perfxl.core.values.numbers import round_half_away
from perfxl.workbook.program.layout import quoted
from perfxl.workbook.score.formulas import quote_text
from perfxl.workbook.score.page import insert_links, link_xml
from perfxl.workbook.score.people_rows import PEOPLE_FIRST, PEOPLE_PLACE, PeopleIndex
from perfxl.workbook.score.standing_cells import mean_of, mean_value
from perfxl.workbook.score.template import SummaryTemplate
from perfxl.workbook.score.texts import say
from perfxl.workbook.template import HEIGHT, Calculated, CellValue

__all__ = ["MOST_BARS", "Summary", "bin_totals", "rank_gaps"]

MOST_BARS = 20
"""Units that the chart shows."""
_Record = dict[str, CellValue]


class Summary:
    """The values of the sheet; the other sheets are planned by then."""

    def __init__(self, people_index: PeopleIndex, lang: str) -> None:
        self.people_index, self.scores, self.lang = people_index, people_index.scores, lang
        self._units = list(self._list_units())
        self.rows: dict[str, list[_Record]] = {
            "units": [record for _, record in self._units[:MOST_BARS]],
            "more_units": [record for _, record in self._units[MOST_BARS:]] or [{HEIGHT: 0.0}],
            "gaps": list(self._gaps()),
            "grades": list(self._grades()),
            "bins": list(self._bins()),
        }

    def xml(self, template: SummaryTemplate) -> Iterator[str]:
        """The sheet."""
        growth = template.growth(self.rows)
        written = template.render(self.values(), self.rows, growth)
        yield insert_links(written.replace("<sheetView ", '<sheetView tabSelected="1" ', 1), self._links(template))

    def _links(self, template: SummaryTemplate) -> str:
        growth, links = template.growth(self.rows), []
        sheets = [sheet for sheet, _ in self._units]
        for table, of in (("units", sheets[:MOST_BARS]), ("more_units", sheets[MOST_BARS:])):
            links += [(cell, to) for cell, to in zip(template.places(table, "unit", growth), of, strict=False) if to]
        for name in ("people", "params"):
            links += [(cell, say(name, self.lang)) for cell in template.places("", f"to_{name}", growth)]
        return "".join(link_xml(cell, f"{quoted(sheet)}!A1") for cell, sheet in links)

    def values(self) -> _Record:
        """What stands outside of tables: titles, cards, ways to other sheets."""
        scores, policy = self.scores, self.scores.policy
        official = scores.totals.total[~np.isnan(scores.totals.total)].tolist()
        complete = scores.totals.completeness[~np.isnan(scores.totals.completeness)].tolist()
        totals, completeness = self._people_range("total"), self._people_range("completeness")
        period = " – ".join(str(policy[name]) for name in ("period_start", "period_end") if policy[name])
        as_of = f"{say('as_of', self.lang)} {policy['as_of']}" if policy["as_of"] else ""
        return {
            "title": str(policy["program"] or say("title", self.lang)),
            "subtitle": "    ".join(part for part in (str(policy["company"] or ""), period, as_of) if part),
            "company": str(policy["company"] or ""),
            "period": period,
            "as_of": str(policy["as_of"] or ""),
            "to_people": say("people", self.lang),
            "to_params": say("params", self.lang),
            "card_people": float(len(scores.people)),
            "card_official": Calculated(f"COUNT({totals})", float(len(official))),
            "card_mean": Calculated(mean_of(totals), mean_value(official)),
            "card_complete": Calculated(mean_of(completeness), mean_value(complete)),
            "card_pending": count_lines(scores, Status.PENDING),
            "card_absent": count_lines(scores, Status.NOT_APPLICABLE),
            "card_problem": count_lines(scores, Status.PROBLEM),
            "card_vetoed": float(self._vetoed()),
        }

    def _vetoed(self) -> int:
        """People with a veto."""
        vetoes = {self.scores.line_table.contract[line] for line in self.scores.line_table.vetoed}
        return sum(any(c in vetoes for c in contracts) for contracts in self.scores.segments.values())

    def _list_units(self) -> Iterator[tuple[str, _Record]]:
        """Each unit over its people and those below it: how many, official totals, mean, best, least, open lines; its
        head's own total. From the top down, in each level the best mean first. With its sheet, blank for none."""
        index, rows = self.people_index, []
        of_sheet = {unit.unit: unit.sheet for unit in reversed(index.plan.units)}
        for figures in index.standings.units.values():
            mean, reach = mean_value(figures.totals), figures.reach
            head = figures.page and index.own_total(figures.page)
            record: _Record = {
                "unit": "　" * (figures.level - 1) + figures.name,
                "people": len(figures.people),
                "official": Calculated(figures.official, float(len(figures.totals))),
                "mean": Calculated(figures.mean, mean),
                "best": Calculated(f'IF(COUNT({reach})>0,MAX({reach}),"")', max(figures.totals, default="")),
                "least": Calculated(f'IF(COUNT({reach})>0,MIN({reach}),"")', min(figures.totals, default="")),
                "open": int(sum(index.open_lines(place) for place in figures.people)),
                "head": figures.head,
                "head_total": Calculated(*head) if head else "—",
            }
            order = figures.level, -mean if isinstance(mean, float) else float("inf")
            rows.append((order, of_sheet.get(figures.unit, ""), record))
        yield from ((sheet, record) for _, sheet, record in sorted(rows, key=lambda row: row[0]))

    def _gaps(self) -> Iterator[_Record]:
        for gap in rank_gaps(self.scores):
            yield {
                "kpi": gap.kpi,
                "people": gap.people,
                "points": gap.points,
                "weight": gap.weight,
                "lost_each": gap.lost / gap.people,
                "lost": gap.lost,
            }

    def _grades(self) -> Iterator[_Record]:
        reach, totals, places = self._people_range("grade"), self._people_range("total"), self.scores.totals.grade
        official = int((~np.isnan(self.scores.totals.total)).sum())
        for place, band in enumerate(ordered_bands(self.scores.policy)):
            count = int((places == place).sum())
            share = round_half_away(round(1000 * count / official, 10), 0) / 10 if official else ""
            of_all = f"ROUND(ROUND(1000*{{{{count}}}}/COUNT({totals}),10),0)/10"
            yield {
                "grade": band.grade,
                "count": Calculated(f"SUMPRODUCT(--({reach}={quote_text(band.grade)}))", float(count)),
                "share": Calculated(f'IF(COUNT({totals})>0,{of_all},"")', share),
            }

    def _bins(self) -> Iterator[_Record]:
        reach, totals = self._people_range("total"), self.scores.totals.total
        for low, high in bin_totals(self.scores):
            count = float(((totals >= low) & (totals < high)).sum())
            written = f'COUNTIFS({reach},">={low:.15g}",{reach},"<{high:.15g}")'
            yield {"range": f"{low:g}–{high:g}", "count": Calculated(written, count)}

    def _people_range(self, name: str) -> str:
        letter = column_letter(PEOPLE_PLACE[name])
        last = PEOPLE_FIRST + max(1, len(self.scores.people)) - 1
        return f"{quoted(say('people', self.lang))}!${letter}${PEOPLE_FIRST}:${letter}${last}"


_MOST_BINS = 14
_BIN_STEPS = (5.0, 10.0, 20.0, 50.0, 100.0)
_MOST_GAPS = 12


class KpiGap(NamedTuple):
    """A KPI's lost points, weight x (100 - points) / 100 over all who hold it: what their totals lack for it."""

    kpi: str
    people: int
    points: float
    weight: float
    lost: float


def bin_totals(scores: Scores) -> list[tuple[float, float]]:
    """Ranges of the totals, lower end inside, that hold them all."""
    totals = scores.totals.total[~np.isnan(scores.totals.total)]
    if not totals.size:
        return []
    low, high = float(totals.min()), float(totals.max())
    for step in _BIN_STEPS:
        first, last = floor(low / step), floor(high / step)
        if last - first < _MOST_BINS:
            break
    return [(place * step, (place + 1) * step) for place in range(first, last + 1)]


def rank_gaps(scores: Scores) -> list[KpiGap]:
    """The KPIs that lose most, the greatest first; contracts whose total is undetermined are left out."""
    columns, contract = scores.line_table.columns, scores.line_table.contract
    left_out = {-1, *(row for row, verdict in enumerate(scores.verdicts.contracts) if verdict.is_undetermined)}
    by_kpi: dict[object, list[int]] = {}
    for line, kpi in enumerate(columns["kpi"]):
        if contract[line] not in left_out and scores.effective[line] > 0 and scores.status(line) is Status.SCORED:
            by_kpi.setdefault(kpi, []).append(line)
    ranked = []
    for kpi, lines in by_kpi.items():
        points, weights = scores.lines.points[lines], scores.effective[lines]
        lost = float((weights * np.maximum(0.0, 100.0 - points)).sum()) / 100
        name = str(columns["name"][lines[0]] or kpi or "")
        ranked.append(KpiGap(name, len(lines), float(points.mean()), float(weights.mean()), lost))
    ranked.sort(key=lambda gap: -gap.lost)
    return [gap for gap in ranked[:_MOST_GAPS] if gap.lost > 0]


def count_lines(scores: Scores, status: Status) -> float:
    """Lines of a status that carry weight or adjust a total."""
    from perfxl.core.scoring.vector import STATUSES

    return float((scores.lines.status == STATUSES.index(status)).sum())
