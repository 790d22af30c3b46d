"""What raters' marks make of a KPI: the mean within each relation, over the relations by their shares.

Source: scoring.md sections 5 and 7, domain.md section 8.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from math import fsum, isfinite
from typing import Any, NamedTuple

from perfxl.core.language import BRACKETS, COMMA, LANGUAGES, Text
from perfxl.core.policy import Policy
from perfxl.core.problems import Problem, problem
from perfxl.core.schema.choices import RELATION
from perfxl.core.scoring.scalar import blank, is_date, number, resolve_scale
from perfxl.core.values.numbers import canonical, is_not_applicable, round_half_away
from perfxl.core.values.text import fold_name

RELATIONS = tuple(relation.name for relation in RELATION)
_NAMES = {relation.name: relation.text for relation in RELATION}
# Who answers with their name: the others' single marks are told to nobody.
OPEN_RELATIONS = ("self", "superior")
_HUNDRED = 100.0


class Mark(NamedTuple):
    """One mark on the KPI's scale; `row` says where it stands."""

    relation: str
    value: float
    row: int = -1


class RelationMean(NamedTuple):
    """The marks of one relation and their mean; `share` as it was set (None: none set), `counted` once those of absent
    relations are scaled up (0: does not count), both in percent points."""

    relation: str
    marks: tuple[Mark, ...]
    mean: float
    share: float | None
    counted: float


class ShownMean(NamedTuple):
    """What is told of one relation, or of several whose means are told only together: so few answered that their marks
    could be told apart. `marks` are single marks, of one relation whose raters answer with their name. `mean` is None
    where there is none to tell; `share` and `counted` as of RelationMean, together."""

    relations: tuple[str, ...]
    size: int
    mean: float | None
    share: float | None
    counted: float
    marks: tuple[Mark, ...] = ()


class Combined(NamedTuple):
    """What all marks of a KPI make. `value` is on its scale; None where nothing counts, and `problem` says why."""

    relations: tuple[RelationMean, ...] = ()
    value: float | None = None
    absent: tuple[str, ...] = ()
    problem: str = ""

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The relations that have marks but no share, though there are shares."""
        stated = any(each.share is not None for each in self.relations) or bool(self.absent)
        return tuple(each.relation for each in self.relations if stated and each.share is None)


def combine_marks(marks: Iterable[Mark], shares: Mapping[str, float]) -> Combined:
    """The weighted mean over relations of the means within each, whatever order the marks come in.

    shares  relation -> percent points that sum to 100; empty where none are set. One relation alone needs none.
    """
    by_relation: dict[str, list[Mark]] = {}
    for mark in marks:
        by_relation.setdefault(mark.relation, []).append(mark)
    present = [relation for relation in RELATIONS if relation in by_relation]
    absent = tuple(relation for relation in RELATIONS if shares.get(relation, 0) > 0 and relation not in by_relation)
    wrong = ""
    if shares and not sum_to_whole(shares):
        wrong = "rater_shares_sum"
    elif not shares and len(present) > 1:
        wrong = "rater_shares_missing"
    weights = {relation: shares.get(relation, 0.0) if shares else _HUNDRED for relation in present}
    whole = fsum(weights.values())
    means = {
        relation: canonical(fsum(m.value for m in by_relation[relation]) / len(by_relation[relation]))
        for relation in present
    }
    counts = not wrong and whole > 0
    relations = tuple(
        RelationMean(
            relation,
            tuple(by_relation[relation]),
            means[relation],
            shares.get(relation),
            canonical(weights[relation] / whole * _HUNDRED) if counts else 0.0,
        )
        for relation in present
    )
    value = canonical(fsum(weights[r] * means[r] for r in present) / whole) if counts else None
    return Combined(relations, value, absent if counts else (), wrong)


def shown_means(combined: Combined, least: int) -> tuple[ShownMean, ...]:
    """What may be told of the relations beside what they make together.

    A relation of fewer than `least` raters who answer without their name is told together with others, and with as many
    as it takes to be of `least`: its own mean alone could be worked out from the whole and the other means. First with
    others that are hidden, then with those that answer without their name, then with the superior; one's own marks,
    which the ratee knows, count for nobody and come last.

    Source: scoring.md section 5.
    """
    known = combined.value is not None
    few = [each for each in combined.relations if _is_hidden(each, least)]
    together = [each for each in few if each.counted > 0 or not known]
    others = [each for each in combined.relations if each not in few and (each.counted > 0 or not known)]
    others.sort(key=lambda each: (each.relation in OPEN_RELATIONS, each.relation == "self", len(each.marks)))
    if together:
        while others and sum(len(each.marks) for each in together if each.relation != "self") < least:
            together.append(others.pop(0))
    together.sort(key=lambda each: RELATIONS.index(each.relation))
    shown = []
    for each in combined.relations:
        if each not in together:
            mean = None if each in few else each.mean
            marks = each.marks if each.relation in OPEN_RELATIONS else ()
            shown.append(ShownMean((each.relation,), len(each.marks), mean, each.share, each.counted, marks))
        elif each is together[0]:
            shown.append(_as_one(together, known))
    return tuple(shown)


def _is_hidden(each: RelationMean, least: int) -> bool:
    return each.relation not in OPEN_RELATIONS and len(each.marks) < least


def _as_one(together: Sequence[RelationMean], known: bool) -> ShownMean:
    """The relations as if they were one."""
    counted = fsum(each.counted for each in together)
    mean = canonical(fsum(each.counted * each.mean for each in together) / counted) if known else None
    shares = [each.share for each in together if each.share is not None]
    size = sum(len(each.marks) for each in together)
    return ShownMean(
        tuple(each.relation for each in together),
        size,
        mean,
        canonical(fsum(shares)) if shares else None,
        canonical(counted),
    )


def sum_to_whole(shares: Mapping[str, float]) -> bool:
    """Whether they sum to 100 in exact decimals, rounded to 10 digits: 1/3 three times does, 33.33 does not."""
    return round(_sum(shares), 10) == 100


def _sum(shares: Mapping[str, float]) -> Decimal:
    return sum((Decimal(repr(float(share))) for share in shares.values()), Decimal(0))


class MarkScale(NamedTuple):
    """How marks of a KPI are read. `full` is NaN where it is not stated; `labels` are grades (folded) with their points
    out of 100; `named` says that the KPI names its grade table, so that numbers may be grades of it."""

    full: float
    labels: Mapping[str, float]
    named: bool

    @classmethod
    def of(cls, full: Any, scale: Any, policy: Policy) -> MarkScale:
        return cls(number(full), resolve_scale(scale, policy) or {}, not blank(scale))

    def read(self, mark: Any, *, percent: bool = False) -> tuple[float | None, str]:
        """A mark as a figure on the scale (None for no opinion), and the name of what is wrong with it.

        percent  whether the cell was a percentage: 85% is so much of the full marks, whatever these are
        """
        if isinstance(mark, str) and is_not_applicable(mark):
            return None, ""
        grade = self._grade(mark)
        if grade is not None:
            return grade * self.scale_of_grades / _HUNDRED, ""
        value = number(mark)
        if is_date(mark) or not isfinite(value):
            return None, "mark_unreadable"
        if percent:
            value = canonical(value * self.scale_of_grades)
        if value < 0 or (value > self.scale_of_grades and (percent or self.full == self.full)):
            return None, "mark_beyond_scale"
        return value, ""

    @property
    def scale_of_grades(self) -> float:
        """What a grade of 100 points is worth: the full marks, or 100 where nothing else is stated."""
        return self.full if self.full > 0 else _HUNDRED

    def says_its_scale(self, mark: Any, *, percent: bool = False) -> bool:
        """Whether a mark needs no full marks beside it: a grade, or a percentage."""
        return percent or self._grade(mark) is not None

    def _grade(self, mark: Any) -> float | None:
        if isinstance(mark, str):
            return self.labels.get(fold_name(mark))
        if self.named and isinstance(mark, float | int) and not isinstance(mark, bool):
            return self.labels.get(fold_name(f"{mark:g}"))
        return None


# One relation and its share in a text such as 自评20%；上级80%, or self 20, superior 80.
_SHARE = re.compile(r"\s*([^\d:=%;,、]+?)\s*[:=]?\s*(\d+(?:\.\d+)?)\s*%?\s*(?:[;,、+/|]|\s|$)")


@lru_cache(maxsize=1024)
def read_shares(text: str) -> Mapping[str, float] | None:
    """Relation -> percent points; None where the text says something else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    shares: dict[str, float] = {}
    at = 0
    while at < len(plain):
        found = _SHARE.match(plain, at)
        relation = relation_of(found[1]) if found else None
        if found is None or relation is None or relation in shares:
            return None
        shares[relation] = float(found[2])
        at = found.end()
    return shares or None


def relation_of(word: object) -> str | None:
    """The relation that a word stands for, in either language."""
    return _words().get(fold_name(word))


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return {
        fold_name(word): relation.name
        for relation in RELATION
        for word in (relation.name, relation.zh, relation.en, *relation.aliases)
    }


def relation_text(relations: Sequence[str]) -> Text:
    """What relations are called, one after the other."""
    return Text(*(COMMA(lang).join(_NAMES[relation](lang) for relation in relations) for lang in LANGUAGES))


def shares_text(shares: Mapping[str, float]) -> Text:
    """自评 20%、上级 80%."""
    return Text(
        *(
            COMMA(lang).join(f"{_NAMES[relation](lang)} {share:.6g}%" for relation, share in shares.items())
            for lang in LANGUAGES
        )
    )


def shares_problem(combined: Combined, shares: Mapping[str, float]) -> Problem:
    """Why marks cannot be combined, in a problem that names no cell."""
    if combined.problem == "rater_shares_sum":
        total = f"{_sum(shares).normalize():f}"
        return problem("rater_shares_sum", value=float(_sum(shares)), total=total, shares=shares_text(shares))
    return problem("rater_shares_missing", relations=relation_text([each.relation for each in combined.relations]))


def means_texts(shown: Iterable[ShownMean], lang: str) -> list[str]:
    """自评 90 and 上级 85, 80%: what each gave and how much it counts."""
    texts = []
    for each in shown:
        text = relation_text(each.relations)(lang)
        if each.mean is not None:
            text += f" {round_half_away(each.mean, 2):.12g}"
        texts.append(f"{text}{BRACKETS(lang).format(f'{each.counted:.6g}%')}" if each.counted else text)
    return texts


def notices_of(combined: Combined, shares: Mapping[str, float]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is to be said of marks that counted otherwise than the shares have it: names and details of problems."""
    if not combined.problem and combined.uncounted:
        yield "relation_without_share", {"relations": relation_text(combined.uncounted)}
    if combined.value is None:
        return
    if combined.absent:
        counted = {each.relation: each.counted for each in combined.relations if each.counted > 0}
        yield "relation_absent", {"absent": relation_text(combined.absent), "counted": shares_text(counted)}
    if [each.relation for each in combined.relations if each.counted > 0] == ["self"] and shares.get("self") != 100:
        yield "only_self_marked", {}
