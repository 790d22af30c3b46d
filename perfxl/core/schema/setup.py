"""Set-up tables: policy, grades, category weights, days, units, people."""

from __future__ import annotations

from perfxl.core.schema import choices
from perfxl.core.schema.declare import Column, Table, Type

POLICY = Table(
    "policy",
    "参数",
    "Policy",
    key=("key",),
    aliases=("政策", "参数设置", "设置", "Parameters", "Settings"),
    zh_help="全公司统一的规则：权重范围、计分封顶、取整、不适用指标的处理等。改这里，处处生效。",
    en_help="The rules for everybody: weight limits, caps, treatment of N/A. Change here, it holds everywhere.",
    columns=(
        Column("key", "参数", "Setting", required=True, aliases=("参数名称", "项目", "key")),
        Column(
            "value",
            "取值",
            "Value",
            aliases=("值", "参数值", "设定值"),
            zh_help="留空即用默认值",
            en_help="Blank: the default",
        ),
        Column("unit", "单位", "Unit"),
        Column("help", "说明", "Explanation", aliases=("备注", "解释")),
    ),
)

GRADE_BANDS = Table(
    "grade_bands",
    "等级",
    "Grades",
    key=("grade",),
    aliases=("等级划分", "绩效等级", "Grade bands"),
    zh_help="总分达到下限即为该等级；系数用于奖金。",
    en_help="A total at or above the lower bound earns the grade; the coefficient goes to the bonus.",
    columns=(
        Column("grade", "等级", "Grade", required=True, aliases=("绩效等级",)),
        Column(
            "lower",
            "总分下限",
            "Total from",
            Type.NUMBER,
            required=True,
            aliases=("下限", "分数下限", "最低分"),
            zh_help="含本数",
            en_help="Inclusive",
        ),
        Column("coefficient", "系数", "Coefficient", Type.NUMBER, aliases=("奖金系数", "绩效系数")),
        Column("meaning", "含义", "Meaning", aliases=("说明", "描述")),
    ),
)

CATEGORIES = Table(
    "categories",
    "指标类别",
    "Categories",
    key=("category",),
    aliases=("KPI类别", "考核类别", "KPI categories"),
    zh_help="公司自己的指标类别，如 财务、安全、党建。留空即用常用类别；填了，其他各表就只用这里的。",
    en_help="The company's own KPI categories. Blank: the usual ones; once filled, all other sheets use these only.",
    columns=(
        Column(
            "category",
            "指标类别",
            "Category",
            Type.CHOICE,
            required=True,
            choices=choices.CATEGORY,
            own_words=True,
            aliases=("类别", "类别名称", "名称"),
        ),
        Column("english", "英文名称", "English name", aliases=("英文",)),
        Column(
            "place",
            "顺序",
            "Order",
            Type.NUMBER,
            aliases=("排序", "序号"),
            zh_help="留空按表中先后",
            en_help="Blank: as on the sheet",
        ),
        Column(
            "financial",
            "财务类",
            "Financial",
            Type.BOOL,
            aliases=("是否财务类",),
            zh_help="是否计入财务占比的上下限；留空：只有“财务”计入",
            en_help="Whether it counts in the financial share; blank: only Financial does",
        ),
        Column("note", "备注", "Note", aliases=("说明",)),
    ),
)

CATEGORY_WEIGHTS = Table(
    "category_weights",
    "类别权重",
    "Category weights",
    key=("post_type", "category"),
    aliases=("岗位类别权重", "类别占比"),
    zh_help="每类岗位各指标类别的权重，合计 100%。前台岗位财务占比高，后台岗位低。",
    en_help="Weight of each KPI category by post type, 100% in all. Front-end posts carry more finance.",
    columns=(
        Column("post_type", "岗位类型", "Post type", required=True, aliases=("岗位类别", "岗类", "职位类型")),
        Column(
            "category",
            "指标类别",
            "Category",
            Type.CHOICE,
            required=True,
            choices=choices.CATEGORY,
            own_words=True,
            aliases=("类别", "维度"),
        ),
        Column("weight", "类别权重", "Category weight", Type.POINTS, required=True, unit="%", aliases=("权重", "占比")),
        Column(
            "lower",
            "下限",
            "From",
            Type.POINTS,
            unit="%",
            zh_help="该类岗位允许的最低占比",
            en_help="Least share allowed",
        ),
        Column(
            "upper",
            "上限",
            "To",
            Type.POINTS,
            unit="%",
            zh_help="该类岗位允许的最高占比",
            en_help="Greatest share allowed",
        ),
    ),
)

HOLIDAYS = Table(
    "holidays",
    "节假日",
    "Holidays",
    key=("date",),
    aliases=("节假日表", "工作日历"),
    zh_help="节点法按工作日计算时使用：放假的工作日与调休上班的周末。",
    en_help="For milestones in working days: weekdays off and weekend days worked.",
    columns=(
        Column("date", "日期", "Date", Type.DATE, required=True),
        Column("kind", "类型", "Kind", Type.CHOICE, required=True, choices=choices.DAY_KIND),
        Column("name", "名称", "Name", aliases=("节日", "说明")),
    ),
)

UNITS = Table(
    "units",
    "组织",
    "Units",
    key=("unit",),
    aliases=("组织架构", "部门", "机构", "Organisation", "Organization", "Departments"),
    zh_help="公司、部门、科室组成的一棵树；只有公司没有上级单位。",
    en_help="Company, departments and teams as one tree; only the company has no parent.",
    columns=(
        Column(
            "unit",
            "单位编号",
            "Unit ID",
            required=True,
            aliases=("部门编号", "组织编号", "部门编码", "单位编码"),
            default_from="name",
            zh_help="留空即用单位名称",
            en_help="Blank: the unit's name",
        ),
        Column("name", "单位名称", "Unit name", required=True, aliases=("部门名称", "组织名称", "部门", "单位")),
        Column(
            "parent",
            "上级单位",
            "Parent unit",
            Type.REF,
            ref="units.unit",
            aliases=("上级部门", "上级单位编号", "上级组织"),
        ),
        Column(
            "head", "负责人", "Head", Type.REF, ref="people.person", aliases=("负责人工号", "单位负责人", "部门负责人")
        ),
        Column(
            "grade",
            "单位等级",
            "Unit grade",
            aliases=("部门等级", "部门绩效等级"),
            zh_help="单位本身的考核等级，用于联动",
            en_help="The unit's own grade, for linking results",
        ),
    ),
)

PEOPLE = Table(
    "people",
    "人员",
    "People",
    key=("person",),
    aliases=("员工", "人员名单", "花名册", "员工名单", "Staff", "Employees"),
    zh_help="参加考核的人员。",
    en_help="Everybody who takes part.",
    columns=(
        Column(
            "person",
            "工号",
            "Employee ID",
            required=True,
            aliases=("员工编号", "人员编号", "员工工号", "编号", "Staff ID"),
        ),
        Column("name", "姓名", "Name", required=True, aliases=("员工姓名", "人员姓名"), may_wait=True),
        Column(
            "unit",
            "所属单位",
            "Unit",
            Type.REF,
            required=True,
            ref="units.unit",
            aliases=("部门", "所属部门", "单位", "单位编号", "部门编号"),
            may_wait=True,
        ),
        Column("post", "岗位", "Post", required=True, aliases=("职位", "职务", "岗位名称"), may_wait=True),
        Column(
            "post_type",
            "岗位类型",
            "Post type",
            Type.REF,
            ref="category_weights.post_type",
            aliases=("岗位类别", "岗类", "职位类型"),
        ),
        Column(
            "superior",
            "直接上级",
            "Superior",
            Type.REF,
            ref="people.person",
            aliases=("上级", "上级工号", "直接上级工号", "主管"),
        ),
        Column(
            "second_holder",
            "共同受约人",
            "Second holder",
            Type.REF,
            ref="people.person",
            aliases=("第二受约人",),
            zh_help="两人共签一份合同时填写",
            en_help="Where two people hold one contract",
        ),
        Column("start", "到岗日期", "From", Type.DATE, aliases=("入职日期", "开始日期", "起")),
        Column("end", "离岗日期", "To", Type.DATE, aliases=("离职日期", "结束日期", "止")),
        Column("email", "邮箱", "E-mail", aliases=("电子邮箱", "电子邮件", "Email")),
    ),
)

TABLES = (POLICY, GRADE_BANDS, CATEGORIES, CATEGORY_WEIGHTS, HOLIDAYS, UNITS, PEOPLE)
