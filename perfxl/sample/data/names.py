"""Names of people and places of the sample, as (Chinese, English) pairs."""

from __future__ import annotations

Pair = tuple[str, str]


def _pairs(text: str) -> tuple[Pair, ...]:
    """`张 Zhang 王 Wang` -> pairs."""
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


# The commonest surnames first; the generator draws the front ones more often.
SURNAMES = _pairs(
    "王 Wang 李 Li 张 Zhang 刘 Liu 陈 Chen 杨 Yang 赵 Zhao 黄 Huang 周 Zhou 吴 Wu 徐 Xu 孙 Sun 胡 Hu 朱 Zhu 高 Gao "
    "林 Lin 何 He 郭 Guo 马 Ma 罗 Luo 梁 Liang 宋 Song 郑 Zheng 谢 Xie 韩 Han 唐 Tang 冯 Feng 于 Yu 董 Dong 萧 Xiao "
    "程 Cheng 曹 Cao 袁 Yuan 邓 Deng 许 Xu 傅 Fu 沈 Shen 曾 Zeng 彭 Peng 吕 Lü 苏 Su 卢 Lu 蒋 Jiang 蔡 Cai 贾 Jia "
    "丁 Ding 魏 Wei 薛 Xue 叶 Ye 阎 Yan 余 Yu 潘 Pan 杜 Du 戴 Dai 夏 Xia 钟 Zhong 汪 Wang 田 Tian 任 Ren 姜 Jiang "
    "欧阳 Ouyang 司徒 Situ"
)
FIRST_CHARACTERS = _pairs(
    "建 jian 志 zhi 晓 xiao 文 wen 国 guo 海 hai 春 chun 玉 yu 丽 li 秀 xiu 家 jia 俊 jun 思 si 雨 yu 子 zi 明 ming "
    "永 yong 庆 qing 立 li 永 yong 慧 hui 雅 ya 佳 jia 新 xin 学 xue 宏 hong 天 tian 少 shao 东 dong 爱 ai"
)
LAST_CHARACTERS = _pairs(
    "伟 wei 芳 fang 敏 min 静 jing 强 qiang 磊 lei 军 jun 洋 yang 勇 yong 艳 yan 杰 jie 娟 juan 涛 tao 超 chao "
    "霞 xia 平 ping 刚 gang 英 ying 华 hua 玲 ling 辉 hui 梅 mei 鹏 peng 波 bo 斌 bin 宇 yu 浩 hao 凯 kai 健 jian "
    "琳 lin 颖 ying 婷 ting 峰 feng 龙 long 萍 ping 红 hong 燕 yan 林 lin 洁 jie 莉 li 宁 ning 坤 kun 欣 xin 琴 qin"
)

COMPANY: Pair = ("江东电信有限公司", "Jiangdong Telecom Ltd")
CITIES = _pairs(
    "滨江 Binjiang 云岭 Yunling 海陵 Hailing 平原 Pingyuan 临山 Linshan 南浦 Nanpu 青川 Qingchuan 安平 Anping "
    "永宁 Yongning 长丰 Changfeng 怀远 Huaiyuan 兴宁 Xingning 金沙 Jinsha 宁川 Ningchuan 石门 Shimen 龙泉 Longquan "
    "新河 Xinhe 白沙 Baisha 北关 Beiguan 清源 Qingyuan"
)
COUNTIES = _pairs(
    "东城 Dongcheng 西城 Xicheng 南城 Nancheng 北城 Beicheng 河东 Hedong 河西 Hexi 开发区 Zone 高新 Gaoxin "
    "桥头 Qiaotou 柳林 Liulin 上游 Shangyou 下坝 Xiaba 太和 Taihe 三江 Sanjiang 双桥 Shuangqiao 五里 Wuli "
    "七星 Qixing 临湖 Linhu 大埔 Dapu 小榄 Xiaolan"
)
