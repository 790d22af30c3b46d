"""Fields of an appeal; all but company and program are blank on the form to hand out."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.person import PERSON_HEAD

APPEAL: tuple[Field, ...] = (
    *PERSON_HEAD,
    Field("form", "申诉编号，或“空白表”，用于文件名", "Appeal ID, or “blank form”, for the file's name"),
    Field("line.kpi", "申诉的指标；没有时为空", "KPI appealed against; blank if none"),
    Field("line.target", "目标值；没有时为空", "Target; blank if none"),
    Field("line.actual", "实绩；没有时为空", "Actual; blank if none"),
    Field("line.points", "原得分；没有时为空", "Points; blank if none"),
    Field("line.weight", "权重；没有时为空", "Weight; blank if none"),
    Field("date", "申诉日期；没有时为空", "Date; blank if none"),
    Field("reason", "申诉理由；没有时为空", "Reason; blank if none"),
    Field("evidence", "依据；没有时为空", "Evidence; blank if none"),
    Field("finding", "复核情况；没有时为空", "Finding; blank if none"),
    Field("decisions", "可作的决定，已决定的打勾", "What may be decided, with a tick at what was"),
    Field("changed.points", "变更后得分；没有时为空", "Changed points; blank if none"),
    Field("changed.total", "变更后总分；算不出时为空", "Changed total; blank where it is not plain"),
    Field("changed.grade", "变更后等级；算不出时为空", "Changed grade; blank where it is not plain"),
    Field("decided_by", "决定人；没有时为空", "Decided by; blank if none"),
    Field("decided_on", "决定日期；没有时为空", "Decided on; blank if none"),
)
