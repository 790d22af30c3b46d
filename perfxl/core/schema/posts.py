"""The KPIs of posts: what everybody of a post is measured by, from which contracts and their lines are generated."""

from __future__ import annotations

from perfxl.core.schema import choices
from perfxl.core.schema.declare import Column, Table, Type

POST_KPIS = Table(
    "post_kpis",
    "岗位指标",
    "Post KPIs",
    key=("post", "kpi"),
    stage="design",
    aliases=("岗位指标库", "岗位指标集", "Post KPI sets"),
    zh_help="每类岗位考核哪些指标：perfxl cascade --into 据此为所有人生成合同、合同指标、目标分解和待填的实绩行。",
    en_help="What everybody of a post is measured by; perfxl cascade --into makes contracts, lines, links and rows of "
    "actuals of it.",
    columns=(
        Column(
            "post",
            "岗位",
            "Post",
            required=True,
            aliases=("岗位类型", "岗位类别", "岗位或人员", "职位"),
            zh_help="人员表中的岗位、岗位类型，或某一个人（工号、姓名）；越具体的越优先",
            en_help="A post or post type of the sheet People, or one person (ID or name); the more specific wins",
        ),
        Column("kpi", "指标编号", "KPI ID", Type.REF, required=True, ref="kpis.kpi", aliases=("KPI编号", "指标")),
        Column(
            "target",
            "目标值",
            "Target",
            Type.FIGURE,
            aliases=("目标",),
            zh_help="公司目标填在总经理岗位；由上级分解的留空",
            en_help="The company's targets stand at the top post; blank: it comes from the superior's",
        ),
        Column(
            "challenge", "挑战值", "Challenge", Type.FIGURE, zh_help="留空随目标分解", en_help="Blank: as the target"
        ),
        Column(
            "threshold", "门槛值", "Threshold", Type.FIGURE, zh_help="留空随目标分解", en_help="Blank: as the target"
        ),
        Column("base", "基数", "Base", Type.FIGURE, zh_help="留空随目标分解", en_help="Blank: as the target"),
        Column(
            "mode",
            "分解方式",
            "Mode",
            Type.CHOICE,
            choices=choices.LINK_MODE,
            aliases=("方式",),
            zh_help="留空：填了目标值的不分解；指标库的汇总方式为累计的分摊，为其他的及百分比全额承担",
            en_help="Blank: none where a target is given; summed KPIs are shared, others and percentages in full",
        ),
        Column(
            "share",
            "份额",
            "Share",
            Type.POINTS,
            unit="%",
            aliases=("分摊比例", "比例"),
            zh_help="同一上级之下该岗位合计承担的百分比，几个人时平分；留空的岗位平分其余",
            en_help="Of the superior's, for all of the post below one superior, equally; blank: the rest, equally",
        ),
        Column(
            "upper_kpi",
            "上级指标",
            "Superior KPI",
            Type.REF,
            ref="kpis.kpi",
            zh_help="承接上级的哪个指标；留空为同一指标",
            en_help="Which KPI of the superior it carries; blank: the same one",
        ),
        Column("weight", "权重", "Weight", Type.POINTS, unit="%", zh_help="留空则测算", en_help="Blank: worked out"),
        Column(
            "responsibility",
            "责任",
            "Responsibility",
            Type.CHOICE,
            choices=choices.RESPONSIBILITY,
            aliases=("主次", "主次责任"),
        ),
    ),
)

TABLES = (POST_KPIS,)
