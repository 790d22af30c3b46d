"""Fields of a contract amendment."""

from __future__ import annotations

from perfxl.documents.fields import Field
from perfxl.documents.fields.contract import CONTRACT_HEAD

AMENDMENT: tuple[Field, ...] = (
    *CONTRACT_HEAD,
    Field("number", "文件编号", "Number of the paper"),
    Field(
        "previous.number",
        "变更前的合同编号；previous 为空表示没有旧版本，用于 if",
        "ID of the version before; `previous` is empty if there is none, for `if`",
        "HT-2025-002",
    ),
    Field("previous.version", "变更前的版本", "Version before", "1"),
    Field("previous.valid_to", "变更前版本的截止日期", "Version before valid to", "2025年6月30日", "30 Jun 2025"),
    Field("changes[].kpi", "有变化的指标", "KPI that changed", "营销收入", "Marketing revenue"),
    Field("changes[].kind", "变化（新增、调整、取消）", "Kind of change (added, changed, dropped)", "调整", "Changed"),
    Field("changes[].item", "变化的项目", "What changed", "目标值", "Target"),
    Field("changes[].before", "变更前", "Before", "80,000"),
    Field("changes[].after", "变更后", "After", "76,000"),
    Field("lines[].number", "指标序号", "Number of the KPI"),
    Field("lines[].kpi", "指标名称（监控指标带 *）", "KPI (with * if monitored)"),
    Field("lines[].unit", "单位", "Unit"),
    Field("lines[].weight", "权重", "Weight"),
    Field("lines[].threshold", "门槛值", "Threshold"),
    Field("lines[].target", "目标值（区间控制为区间）", "Target (or the range to stay in)"),
    Field("lines[].challenge", "挑战值", "Challenge"),
    Field("total_weight", "权重合计", "Total weight"),
)
