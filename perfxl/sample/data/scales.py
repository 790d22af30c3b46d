"""Step tables, grade tables and the company's own scoring method of the sample, as (Chinese, English) pairs."""

from __future__ import annotations

from typing import NamedTuple

Pair = tuple[str, str]

STEPS: dict[str, tuple[Pair, tuple[tuple[float, float], ...]]] = {
    "answered": (
        ("呼叫接通率分档", "Steps: calls answered"),
        ((0.95, 110), (0.92, 100), (0.90, 90), (0.87, 80), (0.84, 70), (0.80, 50)),
    ),
    "repaired": (
        ("障碍处理及时率分档", "Steps: faults repaired"),
        ((0.98, 110), (0.95, 100), (0.93, 92), (0.90, 82), (0.86, 70), (0.80, 50)),
    ),
}


class Scale(NamedTuple):
    """A grade table: its name, and a sentence for each of the four labels from the best down."""

    name: Pair
    labels: tuple[Pair, ...]
    sentences: tuple[Pair, ...]


POINTS = (100.0, 75.0, 50.0, 0.0)
GRADES: tuple[Pair, ...] = (("优", "Excellent"), ("良", "Good"), ("中", "Fair"), ("差", "Poor"))
# Competencies are described on levels 3 to 0.
LEVELS: tuple[Pair, ...] = (("三级", "Level 3"), ("二级", "Level 2"), ("一级", "Level 1"), ("零级", "Level 0"))

SCALES: dict[str, Scale] = {
    "coordination": Scale(
        ("部门协调能力", "Coordination"),
        GRADES,
        (
            (
                "主动协调相关部门，全面开展各项工作，流程运作非常顺利",
                "Coordinates the departments concerned unasked; all work proceeds and processes run very smoothly",
            ),
            (
                "能够协调相关部门开展各项工作，流程运作没有严重问题",
                "Is able to coordinate the departments; processes run without serious problems",
            ),
            (
                "基本能协调相关部门开展各项工作，流程运作有较少问题",
                "Coordinates the departments for the most part; processes have a few problems",
            ),
            ("无法协调相关部门开展工作，流程无法运作", "Cannot coordinate the departments; processes do not work"),
        ),
    ),
    "government": Scale(
        ("政府协调能力", "Government relations"),
        GRADES,
        (
            (
                "主动、及时地走访政府相关部门，与其沟通融洽，使企业各项工作顺利开展",
                "Visits the authorities unasked and in time; relations are good and work proceeds smoothly",
            ),
            (
                "能按计划与政府相关部门沟通，基本能开展各项工作",
                "Talks with the authorities as planned; the work proceeds for the most part",
            ),
            (
                "基本能与政府相关部门保持沟通，但工作开展不顺利",
                "Keeps in touch with the authorities, but the work does not proceed well",
            ),
            (
                "不能与政府相关部门保持联系，各项工作无法展开",
                "Does not keep in touch with the authorities; the work cannot proceed",
            ),
        ),
    ),
    "talent": Scale(
        ("关键岗位人才培养", "Developing key people"),
        GRADES,
        (
            (
                "注重后辈人才的发掘，有计划、有针对性地提供培训、锻炼机会，定期充实关键岗位人才资源储备库",
                "Finds talent, offers planned training and practice, refills the pool for key posts",
            ),
            (
                "能够提供后辈人才的培训、锻炼机会，基本能满足关键岗位人才需求",
                "Offers training and practice; the needs of key posts are met for the most part",
            ),
            (
                "不能按计划地开展后辈人才的培训、锻炼，关键岗位人才培养发展不均衡",
                "Training and practice do not follow the plan; development for key posts is uneven",
            ),
            (
                "不能提供培训、锻炼机会，造成后辈人才的短缺",
                "Offers neither training nor practice; there are no successors",
            ),
        ),
    ),
    "response": Scale(
        ("客户响应", "Response to customers"),
        GRADES,
        (
            (
                "主动分析市场发展，对新业务需求有预见性，协调后端测试论证，在客户提出业务需求时立即响应",
                "Foresees demand for new services, has them tested in time, and responds at once when a customer asks",
            ),
            (
                "对客户提出的电信业务需求能及时协调后端，在客户要求时间内满足",
                "Coordinates the back end in time and meets the customer's needs within the time asked",
            ),
            (
                "不能主动协调后端支撑，能满足客户基本要求，但时限较长，不能令客户满意",
                "Meets basic needs without coordinating the back end; takes too long to satisfy",
            ),
            (
                "不能满足客户提出的业务需求，不能协调后端，不努力提供服务",
                "Does not meet the customer's needs, does not coordinate, makes no effort",
            ),
        ),
    ),
    "analysis": Scale(
        ("网络分析的有效性", "Network analysis"),
        GRADES,
        (
            (
                "对话务量等网络数据十分熟悉和敏感，能从其他系统得到有用数据作系统分析，结论与事实吻合，并能指导问题的解决",
                "Knows traffic data very well, draws on other systems; conclusions fit and solve the problem",
            ),
            (
                "对话务量数据比较熟悉和敏感，知道取得有用数据的途径，结论与事实基本吻合，基本上能指导问题的解决",
                "Knows traffic data well and where to find more; conclusions mostly fit and mostly help",
            ),
            (
                "对话务量了解一般，不会从其他系统得到有用的数据，结论与事实在方向上大体吻合，需进一步分析",
                "Knows traffic data somewhat, uses no other systems; the direction is right, more is needed",
            ),
            (
                "对话务量数据不了解、不敏感，分析推断的结论与事实在方向上不吻合，需重新分析",
                "Does not know the traffic data; conclusions point the wrong way and the analysis must be redone",
            ),
        ),
    ),
    "work": Scale(
        ("职能工作质量", "Quality of functional work"),
        GRADES,
        (
            (
                "提前完成，质量高，一次通过评审，对其他部门有示范作用",
                "Done early, of high quality, accepted at once, an example",
            ),
            ("按时完成，质量较好，经少量修改后通过评审", "Done in time and well, accepted after small changes"),
            (
                "基本按时完成，质量一般，经多次修改后通过评审",
                "Done about in time, of middling quality, several changes",
            ),
            ("未按时完成或质量差，未通过评审", "Not done in time, or of poor quality and not accepted"),
        ),
    ),
    "understanding": Scale(
        ("人际理解", "Understanding others"),
        LEVELS,
        (
            (
                "理解他人思想和行为背后的原因，能判断环境对其影响",
                "Understands the reasons behind thoughts and behaviour",
            ),
            ("把握他人的态度、兴趣、需要、观点和行为方式", "Grasps others' attitudes, interests, needs and ways"),
            ("准确理解他人明确或模糊表达的感受和想法", "Understands feelings and thoughts, plainly or vaguely put"),
            ("不能正确地理解别人的思想、情感或行为", "Does not rightly understand thoughts, feelings or behaviour"),
        ),
    ),
}

OWN_METHOD: Pair = ("超缺加速法", "Accelerated shortfall")
OWN_FORMULA = "IF(D*A>=D*T,100+50*D*(A-T)/ABS(T),100-200*D*(T-A)/ABS(T))"
OWN_HELP: Pair = (
    "超额部分减半计分，缺口部分加倍扣分；用于成本与贡献类指标",
    "Half the points for what exceeds the target, double for what falls short; for cost and contribution",
)
# Actual, target, direction, points.
OWN_CASES: tuple[tuple[float, float, str, float], ...] = (
    (1.2, 1.2, "higher", 100.0),
    (1.32, 1.2, "higher", 105.0),
    (1.08, 1.2, "higher", 80.0),
    (500.0, 500.0, "lower", 100.0),
    (450.0, 500.0, "lower", 105.0),
    (550.0, 500.0, "lower", 80.0),
    (0.06, 0.08, "lower", 112.5),
)
