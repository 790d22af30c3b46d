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
    挖潜 盈利 上市 出海 下沉 聚焦 布局 孵化 转化 引导 归零 达标 翻一番 翻两番 翻两倍 追回 追赶 赶超 拿下 打通
    攻克 攻坚 淘换 更新 替换 迁移 搬迁 开通 开业 复产 复工 培优 评选 设立 成立 盘点 核销 核减 去化 消化 腾退
    疏通 理顺
    撬动 深耕 精耕 丰富 延长 延伸 拉动 带动 推倒 打破 签下 统筹 激活 唤醒 抢占 抢抓 占领 立足 辐射 整治 治理 防控
    管控 严控 把控 压减 压紧 压实 砍掉 关停 剥离 退出 处置 变现 置换 补齐 补足 补强 填补 弥补 拉齐 对齐 对标 对接
    衔接 连接 联通 贯通 畅通 打响 打赢 擦亮 树立 塑造 弘扬 传承 倡导 营造 凝聚 团结 宣传 宣贯 传播 普查 摸清 查清
    弄清 厘清 明确 锁定 划定 澄清 公开 公示 披露 上报 报送 申报 申请 争取 争创 争当 创优 创先 冲刺 冲击 挑战 比肩
    跻身 进入 走进 走出 走向 迈向 转向 转变 转换 转移 转产 转让 承接 承担 承办 主办 筹办 筹建 筹集 募集 发行 发布
    发放 分配 分解 分担 分享 共享 共建 共创 合作 协作 联合 联动 结盟 结对 帮扶 帮助 扶持 救助 关爱 关心 慰问 尊重
    倾听 回访 走访 拜访 邀请 接待 迎接 迎检 应对 回应 答复 反馈 沟通 汇报 总结 复盘 归档 归集 收集 采集 汇总 统计
    核算 核查 核对 清查 清退 清欠 催缴 收缴 征收 缴纳 支付 兑付 兑现 结算 预测 预警 预防 监测 监控 巡查 巡检 检修
    检测 抢修 维修 翻新 更换 加装 安装 调试 试制 试产 量产 达产 扩产 增产 限产 减产 增设 增配 增派 增补 增聘 增值
    保值 保供 保交 保质 提速 提级 提前 提炼 提取 缩减 精简 精益 简化 标准化 数字化 自动化 信息化 智能化 国产化
    本地化 全覆盖 电子化 常态化 减员 避开 远离 摆脱 跳出 突围 破解 破除 攻关 钻研 探索 尝试 学习 掌握 熟悉 考取
    通过 获批 获评 入围 入选 中标 竞标 投标 谈妥 敲定 签署 签发 备案 注册 登记 认证 授权 委托 外包 自建 自研 自制
    代理 直采 集采 招标 比价 议价 压价 让利 返利 促销 引流 获客 拉新 复购 促活 裂变 增购 续费 续保 续签 挽回 挽留
    召回 赢回 夺回 收复 匹配 适配 平衡 均衡 兼顾 释放 腾出 节流 开源 止损 止血 减损 兜底 托底 筑牢 筑起 织密 扎紧
    堵住 堵塞 封堵 升至 增至 提至 降至 减至 压到 升到 产出 输出 留用 轮岗 晋升 提拔 任用 选用 选派 派驻 带教
    传帮带 练兵 竞赛 表彰 奖励 惩处 问责 追责 约谈 督促 督导 督查 催办 跟进 闭环 销号 挂牌 摘牌
    """
)
"""Verbs of two characters and more; they count wherever they stand in an objective."""

NAMING_VERBS_ZH = _words(
    """
    服务 生产 销售 采购 管理 运营 研发 研究 开发 培训 招聘 支持 覆盖 组织 协调 执行 分析 评估 审核 检查 监督
    交付 响应 发展 创新 转化 续约 签约 回收 引进 储备 维护 保护 改造 验收 投产 融资 参与 满足 处理 调研 辅导
    增长 流失 更新 管控
    """
)
"""Verbs that mostly name a thing: before a measure (销售收入, 员工培训覆盖率) they say no action."""

MEASURES_ZH = _words(
    """
    率 度 额 数 值 占比 比例 比重 收入 成本 费用 利润 毛利 质量 水平 周期 时长 效率 份额 产量 销量 数量 评分 得分
    指数 安全 能力 体系 现金流
    """
)
"""What a measure's name ends with."""

VERBS_ZH_FIRST = _words(
    """
    增 降 减 去 建 保 稳 扩 促 抓 提 压 控 补 拓 创 改 做 让 使 把 将 为 争 赢 守 留
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
    abolish accelerate accept accompany accredit activate address administer advance advertise advise advocate align
    allocate amend anchor anticipate apply appoint appraise approve arrange assemble assign assist attain attend
    augment award balance bar be become begin benchmark bid block boost bridge broaden budget buy calibrate
    call campaign cancel capitalise capitalize capture cascade catch centralise centralize certify challenge champion
    clarify clean clear codify collaborate combine commercialise commercialize commission communicate compensate
    compete compile compress conclude conduct configure confirm connect conserve contain continue contribute convene
    convince cooperate copy correct counsel cover credit cultivate curb cure customise customize deal debug
    decentralise decentralize decide deepen define delegate delight demonstrate deploy detect determine devise
    diagnose differentiate digitalise digitalize digitise digitize diminish direct disclose discontinue discover
    dispatch dispose distribute divest document dominate draft draw educate elevate embed embrace employ empower
    encourage engage engineer enlist enrol enroll ensure equip eradicate escalate evaluate evolve examine exceed
    execute exit expedite experiment explain exploit explore export facilitate familiarise familiarize fight finalise
    finalize finance find fit fix follow forecast forge formalise formalize form fortify forward foster free freeze
    fund further get give go govern graduate guard guide harmonise harmonize harvest have help honour honor
    host house import incentivise incentivize incorporate incubate influence inform initiate insource inspect inspire
    install instil instill insure intensify interview invent inventory investigate invite issue join judge kill land
    lay lengthen let license lift limit link liquidate list listen live load lobby locate lock log make map
    master match mature mechanise mechanize mentor mitigate mobilise mobilize model modify motivate
    move multiply name narrow navigate near network nominate nurture observe occupy onboard outgrow
    outperform outsource overcome overhaul oversee own pass patent pay penetrate perfect perform persuade phase
    pioneer place police pool populate position post practise practice prioritise prioritize procure profile program
    programme project prolong propose prospect prove pull purchase pursue push quantify question quicken quit rank
    rate ratify rationalise rationalize react read realign realise realize rebalance rebrand rebuild recapture
    receive recognise recognize recommend reconcile reconfigure record recycle redeploy redirect refinance
    refresh refurbish regain register regulate rehabilitate reinforce reinvest reject rejuvenate relaunch release
    relocate remain remedy remodel remove renegotiate renovate rent repay replenish report reposition represent
    request require rescue research reserve reset reshape reskill resource restock restore restrict resume retire
    retool retrain reuse revamp reverse revitalise revitalize revive reward rid right ring rotate route run sample
    satisfy scale schedule score screen scrutinise scrutinize search seek segment select send separate set shape
    shed ship shrink shut simulate sit sketch skill slash slow smooth solicit solve source specialise specialize
    specify spend sponsor spread staff stage stand stay stimulate stock store strike strive structure submit
    substitute succeed surpass surface survey suspend switch synchronise synchronize systematise systematize tackle
    tailor take tap teach tend tender tighten top trace trade transfer transition translate travel treat trial
    trim triple try tune tutor uncover undertake unite unleash unload unlock update upskill uphold
    utilise utilize verify vet view visit visualise visualize volunteer walk warn watch weave weed welcome
    work write yield
    """
)
"""Verbs in their plain form; reduces, reduced and reducing count as reduce."""

NAMING_VERBS_EN = _words(
    """
    address advance award balance bar be benchmark bid budget buy call campaign catch challenge change clean clear
    commission control copy correct cost cover credit cure deal design direct document double draft draw drive earn
    employ engineer equip exit export fight finance find fit fix focus follow forecast form forward free freeze fund
    further get give go guide harvest have help hold honor honour host house import influence insure interview
    inventory issue join judge kill land lay lead let license lift limit link list live load lock log map mark market
    master match measure model move name narrow near network open order own pass patent pay perfect phase pilot place
    plan police pool position post practice process produce profile program programme project prospect provide pull
    purchase push question rank rate reach read record release remedy rent report request rescue research reserve
    reset resource return reverse reward right ring roll route run sample scale schedule score screen search segment
    send service set shape share shed shift ship sign sit sketch skill slow smooth source spend sponsor spread staff
    stage stand start stay stock store strike structure study supply support surface survey switch tackle take tap
    target teach tend tender test top trace track trade train transfer transition travel treat trial trim triple try
    tune turn tutor update use value view visit volunteer walk watch welcome widen win work write yield
    """
)
"""Verbs that mostly name a thing where they do not begin a clause: market share, lead time, order book."""

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
