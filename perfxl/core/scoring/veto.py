"""What a veto event does to a contract: total zero, total limited, or grade limited (policy, or the KPI's own)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from perfxl.core.policy import Policy
from perfxl.core.scoring.line import blank

if TYPE_CHECKING:
    from perfxl.core.scoring.totals import Vetoes


class Veto(NamedTuple):
    """effect is zero, limit_total or limit_grade."""

    effect: str
    limit: float
    grade: str

    @classmethod
    def of(cls, line: Mapping[str, Any], policy: Policy) -> Veto:
        """From the columns veto_effect, limit and veto_grade; blanks take the policy's, a blank effect is zero."""
        effect, limit, grade = (line.get(name) for name in ("veto_effect", "limit", "veto_grade"))
        return cls(
            "zero" if blank(effect) else str(effect),
            float(policy["veto_limit"] if limit is None or blank(limit) else limit),
            str(policy["veto_grade"] if blank(grade) else grade),
        )


def apply(vetoes: Vetoes, contract: int, veto: Veto, policy: Policy) -> None:
    """Marks one contract; several vetoes leave the least."""
    if veto.effect == "limit_grade":
        names = [band.grade for band in policy.bands]
        best = names.index(veto.grade) if veto.grade in names else len(names) - 1
        vetoes.grade[contract] = max(vetoes.grade[contract], best)
    else:
        most = 0.0 if veto.effect == "zero" else veto.limit
        vetoes.total[contract] = min(vetoes.total[contract], most)
