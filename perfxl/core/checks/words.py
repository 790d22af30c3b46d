"""Words that objectives and KPIs are judged by, as data: a line may be extended freely, its order does not matter.

A company adds verbs of its own on the sheet 参数 (目标动词), without touching this file.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VERBS_ZH = _words(
    """
    提高 提升 增加 增强 增长 扩大 扩展 扩充 拓展 拓宽 加强 加快 加速 加深 加大 强化 深化 优化 改善 改进 改造
    改革 完善 健全 降低 减少 减轻 压缩 压降 缩短 缩小 削减 控制 遏制 防止 防范 杜绝 避免 化解 消除 清理 清零
    降本 节约 节省 盘活 保持 维持 保障 确保 保证 守住 巩固 稳定 稳固 稳住 夯实 维护 保护 留住 保留 留存 建立
    建设 建成 构建 搭建 组建 创建 打造 培育 培养 引进 引入 招聘 选拔 储备 充实 配齐 开展 开发 研发 开拓 开辟
    开设 推进 推动 推广 推行 推出 实施 实现 落实 落地 执行 贯彻 完成 达成 达到 交付 上线 投产 启动 试点 验收
    取得 获得 赢得 获取 制定 制订 编制 修订 梳理 规范 统一 整合 整改 整顿 调整 调研 研究 分析 评估 审核 检查
    监督 督办 跟踪 识别 排查 提供 满足 服务 响应 解决 处理 回收 催收 清收 发展 发掘 发挥 促进 激励 激发 吸引
    培训 辅导 普及 覆盖 替代 淘汰 管好 做好 抓好 办好 用好 管理 运营 采购 销售 生产 组织 协调 支持 支撑 协助
    参与 举办 签约 签订 续约 收购 并购 融资 转型 升级 创新 突破 超越 领先 翻番 扭亏 减亏 增收 创收 增效 提质
    挖潜 盈利 上市 出海 下沉 聚焦 布局 孵化 转化 引导
    """
)
"""Verbs of two characters and more; they count wherever they stand in an objective."""

VERBS_ZH_FIRST = _words(
    """
    增 降 减 建 保 稳 扩 促 抓 提 压 控 补 拓 创 改 做 让 使 把 将 为 争 赢 守 留
    """
)
"""Verbs of one character; they count only at the beginning, for elsewhere they are parts of other words."""

VERBS_EN = _words(
    """
    achieve acquire adapt add adjust align analyse analyze answer assess assure attract audit automate avoid
    balance bring build carry change close coach collect complete comply consolidate control convert coordinate
    create cut decrease defend deliver deploy design develop diversify double drive earn eliminate enable
    enforce enhance enlarge enrich enter establish expand extend fill finish focus fulfil fulfill gain generate
    grow guarantee halve handle hire hold identify implement improve increase innovate integrate introduce
    invest keep launch lead learn leverage localise localize lower maintain make manage maximise maximize
    measure meet merge migrate minimise minimize modernise modernize monitor negotiate obtain offer open operate
    optimise optimize organise organize pilot plan position prepare preserve prevent produce promote protect
    provide publish put qualify raise reach recover recruit redesign reduce refine reform renew reorganise
    reorganize replace repair resolve respond restructure retain review revise roll safeguard save secure sell
    serve settle share shift shorten sign simplify speed stabilise stabilize standardise standardize start steer
    stop streamline strengthen study supply support sustain target test track train transform turn unify upgrade
    use validate widen win
    """
)
"""Verbs in their plain form; reduces, reduced and reducing count as reduce."""

SLOGANS = _words(
    """
    再创辉煌 再上新台阶 再上台阶 更上一层楼 做大做强 做强做大 做优做强 力争上游 争创一流 追求卓越 勇攀高峰
    与时俱进 开拓进取 奋发有为 砥砺前行 全力以赴 团结一心 齐心协力 众志成城 凝心聚力 以人为本 客户至上 质量第一
    安全第一 诚信为本 合作共赢 和谐发展 跨越式发展 又好又快 行稳致远 高质量发展 永争第一 世界一流 国内领先
    行业领先 百年企业 基业长青 不忘初心 保驾护航 迈上新台阶 开创新局面 稳中求进
    """
)
"""What says everything and nothing; a slogan with a figure, a date or a term of the work beside it is none."""
SLOGANS_EN = (
    *("be the best", "number one", "world class", "world-class", "go the extra mile", "strive for excellence"),
    *("customer first", "quality first", "safety first", "next level", "new heights", "make a difference"),
)

EMPTY_ZH = _words(
    """
    全面 全力 进一步 不断 持续 大力 努力 切实 认真 积极 有效 扎实 稳步 深入 更加 继续 始终 坚持 着力 力争 公司
    企业 我司 单位 部门 本部门 整体 总体 各项 相关 有关 工作 管理 水平 能力 发展 力度 事业 局面 成绩 成效 效果
    业绩 绩效 目标 任务 方面 情况 质的 飞跃 好 更好 最好 优秀 良好 一流 领先 卓越 的 地 了 和 与 及 并 上 再 新
    更 高 大 强 到 以 为 、 ， 。 ； ！ ： , . ; ! :
    """
)
"""Words that leave an objective as vague as it was."""
EMPTY_EN = _words(
    """
    a an the and or of in on to for with by our all its their we us be more most better best further
    continuously continuous constantly fully company department team work works working performance management
    level levels results result things everything overall business general good great excellent excellence
    success
    """
)

FINANCIAL_ZH = (
    *("利润", "收入", "成本", "费用", "回报", "现金", "资产", "资金", "销售额", "营收", "毛利", "净利", "预算", "应收"),
    *("回款", "收款", "盈利", "利率", "融资", "税", "坏账", "坏帐", "负债", "股东", "价值", "财务", "投资", "存货"),
)
FINANCIAL_EN = (
    *("revenue", "profit", "cost", "cash", "asset", "margin", "budget", "receivable", "return", "expense", "sales"),
    *("ebitda", "roe", "roi", "debt", "financ", "turnover", "capital", "invest"),
)
"""What makes a CSF one about money."""
