"""What people of the sample write: events, coaching, interviews, plans, appeals, as (Chinese, English) pairs.

`{kpi}` stands for the name of the KPI that the text is about.
"""

from __future__ import annotations

Pair = tuple[str, str]

PROGRAM: Pair = ("2025年度绩效方案", "Performance program 2025")
LEAST_WEIGHT: Pair = (
    "战略发展部的业绩合同沿用4%的权重，下限因此定为4%；其余合同都不低于5%",
    "Strategy's contract keeps its weights of 4%, hence the limit; all others hold 5% or more",
)
DEPUTY_POST: Pair = ("大客户部副主任", "Deputy head of key accounts")
BANDS: dict[str, Pair] = {
    "A": ("优秀：全面超出目标", "Excellent: beyond the targets"),
    "B": ("良好：达到目标", "Good: targets met"),
    "C": ("称职：基本达到目标", "Competent: targets met for the most part"),
    "D": ("需改进：与目标有差距", "To improve: short of the targets"),
    "E": ("不合格：未达到目标", "Not acceptable: targets missed"),
}

# Weightless KPI -> what happened, and who says so.
EVENTS: dict[str, tuple[Pair, Pair]] = {
    "X01": (
        ("端局交换机瘫痪42分钟，影响用户1.2万户", "Exchange down for 42 minutes, 12,000 lines hit"),
        ("网管中心故障通报", "Network centre report"),
    ),
    "X02": (
        ("客户投诉服务承诺未兑现，核实有责", "Complaint about a broken promise, found justified"),
        ("客户服务部投诉工单", "Complaint ticket"),
    ),
    "X03": (
        ("未办理工作票即进入机房作业", "Worked in the equipment room without a permit"),
        ("安全检查通报", "Safety inspection"),
    ),
    "X04": (
        ("资费公示不规范，被通信管理局通报", "Reprimanded by the regulator for tariff notices"),
        ("通信管理局文件", "Letter of the regulator"),
    ),
    "X05": (
        ("部门费用超预算2%", "Department expenses 2% over budget"),
        ("财务部费用报表", "Expense report of Finance"),
    ),
    "X06": (("月度材料迟报两个工作日", "Monthly papers two working days late"), ("综合办公室督办单", "Follow-up note")),
    "Y01": (("获省级劳动竞赛二等奖", "Second prize in the provincial contest"), ("工会通报", "Notice of the union")),
    "Y02": (
        ("提案“派单规则优化”被采纳并推广", "Suggestion for better dispatching adopted"),
        ("创新评审会纪要", "Minutes of the innovation board"),
    ),
    "V01": (
        ("施工触电，一人轻伤，认定负有责任", "Electric shock at work, one slightly hurt, liable"),
        ("安全生产委员会认定书", "Finding of the safety board"),
    ),
}

ACTIONS: tuple[Pair, ...] = (
    ("制定“{kpi}”月度推进表，每周例会通报进度", "Draw up a monthly schedule for “{kpi}” and report weekly"),
    ("对“{kpi}”差距最大的环节开展专项整治", "Mend the step that costs “{kpi}” most"),
    ("梳理“{kpi}”数据口径，与数据部门按月核对", "Settle how “{kpi}” is counted and reconcile monthly"),
    ("组织“{kpi}”经验交流，推广先进做法", "Share what works best for “{kpi}”"),
)
RESOURCES: tuple[Pair, ...] = (
    ("专项预算3万元，业务支撑1人", "30,000 yuan and one support officer"),
    ("跨部门协调一次", "One meeting with the departments concerned"),
    ("培训课时16小时", "16 hours of training"),
    ("系统报表权限", "Access to the system's reports"),
)

# Situation, its cause, the coach's advice, what both will do next.
COACHING: tuple[tuple[Pair, Pair, Pair, Pair], ...] = (
    (
        ("“{kpi}”连续两个月落后于进度目标", "“{kpi}” behind the phased target two months running"),
        ("计划分解不细，缺少过程跟踪", "The plan was not broken down and not followed"),
        ("按周分解目标，先抓影响最大的三项", "Break the target down by week; take the three largest items first"),
        ("两周后复查进展", "Look at progress in two weeks"),
    ),
    (
        ("“{kpi}”较上季明显好转", "“{kpi}” clearly better than last quarter"),
        ("按周跟踪，前后端配合顺畅", "Followed by week; front and back end worked well together"),
        ("总结做法，在班组内推广", "Write down how it was done and spread it in the team"),
        ("下月例会交流经验", "Tell the others at next month's meeting"),
    ),
    (
        ("“{kpi}”数据波动较大，未及时说明原因", "“{kpi}” varied much and no reason was given in time"),
        ("数据口径不熟，核对不及时", "Not at home with how it is counted; reconciled late"),
        ("请业务支撑协助核对数据，找出主要差距", "Have business support reconcile and find the gap"),
        ("每月5日前报送核对结果", "Report the result by the 5th of each month"),
    ),
    (
        ("“{kpi}”相关急件当天闭环，部门提出表扬", "Closed an urgent matter of “{kpi}” within the day; commended"),
        ("责任心强，熟悉流程", "Conscientious and at home with the process"),
        ("整理成案例，供新人学习", "Write it up as a case for newcomers"),
        ("纳入季度案例库", "Goes into the quarter's cases"),
    ),
    (
        ("“{kpi}”受前后端衔接影响，进展慢于计划", "“{kpi}” slower than planned between front and back end"),
        ("流程环节多，时限不清", "Too many steps, unclear time limits"),
        ("与后端签订服务水平协议，明确时限", "Agree service levels with the back end"),
        ("由上级协调一次跨部门会议", "The superior calls the departments together"),
    ),
)
CAUSES: tuple[Pair, ...] = (
    ("人手紧张，新人上手慢", "Short of hands, newcomers are slow to start"),
    ("流程环节多，前后端衔接不畅", "Too many steps between front and back end"),
    ("计划分解不细，缺少过程跟踪", "The plan was not broken down and not followed"),
    ("外部需求变化快，准备不足", "Needs changed fast and preparation lagged"),
)

PLACES: tuple[Pair, ...] = (
    ("301会议室", "Meeting room 301"),
    ("部门小会议室", "Department's small meeting room"),
    ("负责人办公室", "Head's office"),
)
SELF_ASSESSMENTS: tuple[Pair, ...] = (
    ("全年任务基本完成，“{kpi}”是主要亮点", "The year's work is done for the most part; “{kpi}” went best"),
    ("重点工作按计划推进，自评较好", "The key tasks went as planned; I rate myself well"),
    ("工作尽力，但方法上还可以改进", "I did what I could; my methods can improve"),
)
AFFIRMED: tuple[Pair, ...] = (
    ("“{kpi}”完成出色，方法值得推广", "“{kpi}” went very well; the way it was done deserves spreading"),
    ("“{kpi}”稳步改善，过程记录完整", "“{kpi}” improved steadily and was well recorded"),
)
SHORTFALLS: tuple[Pair, ...] = (
    ("“{kpi}”与目标有差距", "“{kpi}” fell short of the target"),
    ("“{kpi}”前半年抓得不够紧", "“{kpi}” was not pushed enough in the first half-year"),
)
NEXT_TARGETS: tuple[Pair, ...] = (
    ("2026年“{kpi}”达到目标水平", "In 2026 bring “{kpi}” to target"),
    ("2026年一季度完成“{kpi}”改进措施", "Carry out the improvements of “{kpi}” in the first quarter of 2026"),
)
SUPPORT: tuple[Pair, ...] = (
    ("增加数据分析培训", "More training in data analysis"),
    ("协调后端部门缩短时限", "Help to shorten the back end's times"),
    ("补充一名熟练人员", "One more experienced colleague"),
)
OPINIONS: tuple[Pair, ...] = (
    ("认可考核结果", "I agree with the result"),
    ("结果客观，希望增加过程反馈", "Fair; more feedback during the year would help"),
    ("对“{kpi}”的外部影响希望予以考虑", "I would like outside influences on “{kpi}” to be considered"),
)

GAPS: tuple[Pair, ...] = (
    ("“{kpi}”全年未达目标", "“{kpi}” missed the year's target"),
    ("“{kpi}”在同类人员中排名靠后", "“{kpi}” is among the lowest of those alike"),
)
IMPROVEMENTS: tuple[Pair, ...] = (
    ("参加“{kpi}”专题培训并通过测试", "Attend training on “{kpi}” and pass the test"),
    ("每周与直接上级复盘“{kpi}”一次", "Review “{kpi}” with the superior every week"),
    ("跟班学习先进人员两周，形成自己的作业清单", "Work beside the best for two weeks and draw up an own checklist"),
)
MEASURES: tuple[Pair, ...] = (
    ("一季度“{kpi}”差距缩小一半以上", "The gap of “{kpi}” halved in the first quarter"),
    ("“{kpi}”连续三个月达到进度目标", "“{kpi}” on the phased target three months running"),
)

REASONS: tuple[Pair, ...] = (
    (
        "“{kpi}”二季度受市政施工影响，应予剔除",
        "“{kpi}” suffered from road works in the second quarter, which should not count",
    ),
    ("“{kpi}”数据口径年中有调整，前后不可比", "The way “{kpi}” is counted changed in mid-year"),
)
EVIDENCE: tuple[Pair, ...] = (
    ("施工通知与停复机记录", "Notice of the works and outage log"),
    ("数据部门口径调整邮件", "The data keeper's mail on the change"),
)
FINDINGS: dict[str, Pair] = {
    "open": ("工作小组已受理，正在核实", "Received by the working group, being checked"),
    "upheld": ("经核实，外部影响已在目标中考虑", "Checked: the target had already allowed for it"),
    "changed": ("情况属实，按剔除后的数据重新计分", "Confirmed; scored again without the months concerned"),
}
GROUP: Pair = ("绩效申诉工作小组", "Appeals working group")

DIMENSIONS: tuple[Pair, ...] = (
    ("成就导向", "Drive to achieve"),
    ("服务精神", "Service"),
    ("团队协作", "Teamwork"),
    ("沟通协调", "Communication"),
    ("学习创新", "Learning and innovation"),
)
COMMENTS: dict[str, Pair] = {
    "high": ("主动承担，值得学习", "Takes things on; an example"),
    "low": ("沟通和时效还需加强", "Communication and timeliness should improve"),
}
