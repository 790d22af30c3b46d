"""Contract tables: the contracts, their lines, phased targets, and the contract sheet HR may already have."""

from __future__ import annotations

from perfxl.core.schema import choices
from perfxl.core.schema.declare import Column, Table, Type

_TARGET = Column(
    "target", "目标值", "Target", Type.FIGURE, aliases=("目标", "指标值", "年度目标", "计划值", "目标任务")
)
_CHALLENGE = Column("challenge", "挑战值", "Challenge", Type.FIGURE, aliases=("挑战目标", "挑战", "卓越值"))
_THRESHOLD = Column(
    "threshold", "门槛值", "Threshold", Type.FIGURE, aliases=("门槛", "底线值", "最低值", "下限值", "保底值")
)
_BASE = Column("base", "基数", "Base", Type.FIGURE, aliases=("基准值", "上年实绩", "基期值", "去年同期"))
_LOW = Column("low", "区间下限", "Band from", Type.FIGURE, aliases=("控制下限",))
_HIGH = Column("high", "区间上限", "Band to", Type.FIGURE, aliases=("控制上限",))
_FULL_MARKS = Column(
    "full_marks", "评分满分", "Full marks", Type.NUMBER, zh_help="留空取指标库", en_help="Blank: the library's"
)

CONTRACTS = Table(
    "contracts",
    "合同",
    "Contracts",
    key=("contract",),
    stage="contract",
    aliases=("业绩合同", "绩效合同"),
    zh_help="每人每岗一份业绩合同；年中换岗的人有前后两份，日期相接。",
    en_help="One performance contract per person and post; who changes post has two that meet.",
    columns=(
        Column("contract", "合同编号", "Contract ID", required=True, aliases=("编号", "合同号")),
        Column(
            "holder",
            "受约人",
            "Holder",
            Type.REF,
            required=True,
            ref="people.person",
            aliases=("受约人工号", "工号", "持有人"),
        ),
        Column("second_holder", "共同受约人", "Second holder", Type.REF, ref="people.person", aliases=("第二受约人",)),
        Column("issuer", "发约人", "Issuer", Type.REF, required=True, ref="people.person", aliases=("发约人工号",)),
        Column(
            "post",
            "岗位",
            "Post",
            aliases=("职位",),
            zh_help="与人员表不同时填写（换岗前的岗位）",
            en_help="Where it differs from People",
        ),
        Column(
            "unit",
            "业务单位",
            "Business unit",
            Type.REF,
            ref="units.unit",
            aliases=("单位", "部门"),
            zh_help="与人员表不同时填写",
            en_help="Where it differs from People",
        ),
        Column(
            "post_type",
            "岗位类型",
            "Post type",
            Type.REF,
            ref="category_weights.post_type",
            zh_help="与人员表不同时填写",
            en_help="Where it differs from People",
        ),
        Column("start", "生效日期", "Valid from", Type.DATE, required=True, aliases=("开始日期", "合同期起", "起")),
        Column("end", "截止日期", "Valid to", Type.DATE, required=True, aliases=("结束日期", "合同期止", "止")),
        Column("signed", "签约日期", "Signed on", Type.DATE, aliases=("签订日期", "签字日期")),
        Column("version", "版本", "Version", aliases=("版本号",)),
    ),
)

CONTRACT_LINES = Table(
    "contract_lines",
    "合同指标",
    "Contract lines",
    key=("contract", "kpi"),
    stage="contract",
    aliases=("合同明细", "合同条款", "业绩合同指标"),
    zh_help="合同里的指标：权重（测算与商定）、目标、挑战、门槛与双方提议。监控、扣分、否决指标不设权重。",
    en_help="The KPIs of a contract: weights (derived, agreed), target, challenge, threshold, both sides' proposals.",
    columns=(
        Column(
            "contract",
            "合同编号",
            "Contract ID",
            Type.REF,
            required=True,
            ref="contracts.contract",
            aliases=("合同号",),
        ),
        Column("kpi", "指标编号", "KPI ID", Type.REF, required=True, ref="kpis.kpi", aliases=("KPI编号",)),
        Column(
            "aspect",
            "方面",
            "Aspect",
            Type.CHOICE,
            choices=choices.CATEGORY,
            aliases=("类别", "指标类别", "维度"),
            zh_help="留空取指标库的类别",
            en_help="Blank: the library's category",
        ),
        Column("weight", "权重", "Weight", Type.POINTS, unit="%", aliases=("商定权重", "指标权重", "权数")),
        Column("derived_weight", "测算权重", "Derived weight", Type.POINTS, unit="%", aliases=("推算权重", "建议权重")),
        _TARGET,
        _CHALLENGE,
        _THRESHOLD,
        _BASE,
        _LOW,
        _HIGH,
        Column(
            "k", "每单位分值", "Points per unit", Type.NUMBER, zh_help="留空取指标库", en_help="Blank: the library's"
        ),
        Column(
            "unit_step", "计分单位", "Unit step", Type.FIGURE, zh_help="留空取指标库", en_help="Blank: the library's"
        ),
        Column("floor", "得分下限", "Floor", Type.NUMBER),
        Column("cap", "得分上限", "Cap", Type.NUMBER),
        Column("limit", "扣加分上限", "Limit", Type.NUMBER),
        _FULL_MARKS,
        Column("proposal_issuer", "发约人提议", "Issuer's proposal", Type.FIGURE, aliases=("发约人建议值",)),
        Column("proposal_holder", "受约人提议", "Holder's proposal", Type.FIGURE, aliases=("受约人建议值",)),
        Column(
            "responsibility",
            "责任",
            "Responsibility",
            Type.CHOICE,
            choices=choices.RESPONSIBILITY,
            aliases=("主次", "主次责任"),
        ),
        Column("note", "备注", "Note", aliases=("说明",)),
    ),
)

PHASING = Table(
    "phasing",
    "目标进度",
    "Target phasing",
    key=("contract", "kpi", "period"),
    stage="contract",
    aliases=("进度目标", "分期目标"),
    zh_help="到每一期末应达到的目标（累计值）；不填则按时间均匀推进。",
    en_help="The target to date at each period's end; linear where left out.",
    columns=(
        Column(
            "contract",
            "合同编号",
            "Contract ID",
            Type.REF,
            required=True,
            ref="contracts.contract",
            aliases=("合同号",),
        ),
        Column("kpi", "指标编号", "KPI ID", Type.REF, required=True, ref="kpis.kpi", aliases=("KPI编号",)),
        Column("period", "期间", "Period", Type.PERIOD, required=True, aliases=("月份", "考核期")),
        Column("target", "累计目标", "Target to date", Type.FIGURE, required=True, aliases=("目标值", "进度目标")),
    ),
)

# The lone sheet HR already has: a weight table or a contract with its actuals, in one.
CONTRACT_SHEET = Table(
    "contract_sheet",
    "合同表",
    "Contract sheet",
    stage="contract",
    aliases=(
        "业绩合同",
        "绩效合同",
        "业绩合同书",
        "目标责任书",
        "绩效考核表",
        "考核表",
        "权重表",
        "指标权重表",
        "绩效计划表",
    ),
    template=False,
    zh_help="一张表里的合同或权重表：指标名称、权重、目标值、实际完成值等。",
    en_help="A contract or weight table on one sheet: KPI, weight, target, actual and so on.",
    columns=(
        Column("person", "工号", "Employee ID", aliases=("员工编号", "人员编号")),
        Column("name", "姓名", "Name", aliases=("受约人", "被考核人", "员工姓名", "责任人")),
        Column("post", "岗位", "Post", aliases=("职位", "职务", "岗位名称")),
        Column("department", "部门", "Department", aliases=("所属部门", "业务单位", "所属单位", "所在部门")),
        Column("issuer", "发约人", "Issuer", aliases=("考核人", "直接上级", "上级")),
        Column("period", "期间", "Period", Type.PERIOD, aliases=("考核期", "考核期间", "考核年度", "年度")),
        Column("kpi_id", "指标编号", "KPI ID", aliases=("KPI编号", "编号", "指标编码")),
        Column(
            "kpi",
            "指标名称",
            "KPI name",
            required=True,
            aliases=(
                "考核指标",
                "KPI",
                "指标",
                "KPI指标",
                "关键业绩指标",
                "绩效指标",
                "考核项目",
                "考核内容",
                "关键绩效指标",
                "KPI名称",
            ),
        ),
        Column(
            "category",
            "指标类别",
            "Category",
            aliases=(
                "类别",
                "维度",
                "方面",
                "指标维度",
                "考核维度",
                "考核方面",
                "指标分类",
                "指标类型",
                "Aspect",
                "Perspective",
            ),
        ),
        Column("kind", "指标性质", "Kind", Type.CHOICE, choices=choices.KIND, aliases=("性质",)),
        Column(
            "method", "计分方法", "Scoring method", aliases=("评分方法", "计分方式", "评分方式", "评分标准", "计分办法")
        ),
        Column("direction", "方向", "Direction", Type.CHOICE, choices=choices.DIRECTION, aliases=("指标方向", "极性")),
        Column("unit", "单位", "Unit", aliases=("计量单位",)),
        Column(
            "impact",
            "效益影响",
            "Impact",
            Type.NUMBER,
            aliases=("对经济效益影响", "影响", "影响程度", "经济效益影响", "影响度", "I"),
        ),
        Column("controllability", "可控性", "Controllability", Type.NUMBER, aliases=("可控", "C")),
        Column("measurability", "可测性", "Measurability", Type.NUMBER, aliases=("可测", "可衡量性", "M")),
        Column(
            "weight",
            "权重",
            "Weight",
            Type.POINTS,
            unit="%",
            aliases=("权重值", "指标权重", "商定权重", "权数", "比重", "占比", "权重分", "分值", "标准分"),
        ),
        Column(
            "derived_weight",
            "测算权重",
            "Derived weight",
            Type.POINTS,
            unit="%",
            aliases=("推算权重", "建议权重", "初始权重"),
        ),
        _TARGET,
        _CHALLENGE,
        _THRESHOLD,
        _BASE,
        _LOW,
        _HIGH,
        Column("k", "每单位分值", "Points per unit", Type.NUMBER, aliases=("每单位加减分", "每次扣分")),
        Column("unit_step", "计分单位", "Unit step", Type.FIGURE),
        Column("floor", "得分下限", "Floor", Type.NUMBER),
        Column("cap", "得分上限", "Cap", Type.NUMBER),
        Column("limit", "扣加分上限", "Limit", Type.NUMBER, aliases=("扣分上限", "加分上限")),
        _FULL_MARKS,
        Column("steps", "分档表", "Step table", aliases=("分档表名称", "分档")),
        Column("scale", "分级表", "Grade scale", aliases=("分级评估表", "分级表名称")),
        Column("veto_effect", "否决后果", "Veto effect", Type.CHOICE, choices=choices.VETO_EFFECT),
        Column("veto_grade", "否决等级上限", "Veto grade limit", aliases=("等级上限",)),
        Column(
            "actual",
            "实际完成值",
            "Actual",
            Type.FIGURE,
            aliases=(
                "实际值",
                "实绩",
                "完成值",
                "实际完成",
                "实际",
                "完成情况",
                "实际完成情况",
                "实际达成",
                "实际业绩",
            ),
        ),
        Column("definition", "指标定义", "Definition", aliases=("定义", "计算公式", "指标说明")),
        Column("data_source", "数据来源", "Data source", aliases=("数据提供部门",)),
        Column(
            "points",
            "得分",
            "Points",
            Type.NUMBER,
            aliases=("评分", "考核得分", "单项得分", "Score"),
            zh_help="表中已有的得分只作对照，不参与计算",
            en_help="Points already there are compared, never used",
        ),
        Column("note", "备注", "Note", aliases=("说明",)),
    ),
)

TABLES = (CONTRACTS, CONTRACT_LINES, PHASING, CONTRACT_SHEET)
