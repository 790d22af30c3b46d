"""Settings of a computer, most of them a company's, that keep the add-in from working: where they stand in the
registry, what they do, and what helps. Before the user's own setting goes what the company has set."""

from __future__ import annotations

from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.excel.addin.registry import MACHINE, USER, Read

_OFFICE = r"Software\Microsoft\Office\16.0"
_POLICY = r"Software\Policies\Microsoft\Office\16.0"
_ASR = (
    r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
    r"SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
)
_INTUNE = r"SOFTWARE\Policies\Microsoft\Windows Defender\Policy Manager"
_ON = ("1",)
_BLOCKS_OR_WARNS = ("1", "6")  # a rule that only audits has 2


class Block(NamedTuple):
    """A setting that is in the way: the values (root, key, name), the first one there counting; those that block; what
    it does; what helps. `antivirus` are those of Windows Defender: a rule has a value of its own, or stands among all
    of Intune's in one (RULE=1|RULE=2)."""

    places: tuple[tuple[str, str, str], ...]
    blocking: tuple[str, ...]
    text: Text
    remedy: Text
    antivirus: bool = False

    def stands(self, read: Read) -> bool:
        """Whether it is set on a computer."""
        values = (_of_rule(read(*place), self.places[0][2]) for place in self.places)
        return next((value for value in values if value), "") in self.blocking


def _of_rule(value: str, rule: str) -> str:
    rules = dict(each.casefold().split("=", 1) for each in value.split("|") if "=" in each)
    return rules.get(rule.casefold(), "") if rules else value


def _office(key: str, name: str) -> tuple[tuple[str, str, str], ...]:
    """A setting of Office's: of the company for the user or the computer, then the user's own."""
    return ((USER, rf"{_POLICY}\{key}", name), (MACHINE, rf"{_POLICY}\{key}", name), (USER, rf"{_OFFICE}\{key}", name))


def _defender(rule: str) -> tuple[tuple[str, str, str], ...]:
    policy, local = ((MACHINE, key, rule) for key in _ASR)
    return policy, (MACHINE, _INTUNE, "ASRRules"), local


_ASK_IT = Text(
    "请 IT 把 XLSTART 设为受信任位置，或给加载项签名（docs/excel.md 第 6 节）",
    "Ask IT to make XLSTART a trusted location, or to sign the add-in (docs/excel.md, section 6)",
)
_EXCLUDE = Text(
    "请 IT 在 Defender 的“攻击面减少规则”里排除 Excel 启动的 pythonw.exe 和 perfxl.xlam，或改为审核",
    "Ask IT to exclude pythonw.exe and perfxl.xlam from Defender's attack surface reduction rule, or to only audit it",
)

BLOCKS = (
    Block(
        (*_office("Common", "VbaOff"), (MACHINE, rf"{_OFFICE}\Common", "VbaOff")),
        _ON,
        Text("Office 的 VBA 被停用（VbaOff）", "VBA is off in Office (VbaOff)"),
        Text("请 IT 为 Excel 启用 VBA", "Ask IT to turn VBA on for Excel"),
    ),
    Block(
        _office(r"Excel\Security", "DisableAllAddins"),
        _ON,
        Text("所有加载项被停用（DisableAllAddins）", "all add-ins are off (DisableAllAddins)"),
        Text(
            "Excel：文件 > 选项 > 信任中心 > 加载项，取消“禁用所有应用程序加载项”；公司统一设置的请找 IT",
            "Excel: File > Options > Trust Center > Add-ins, clear Disable all Application Add-ins; ask IT where the "
            "company sets it",
        ),
    ),
    Block(
        _office(r"Excel\Security", "RequireAddinSig"),
        _ON,
        Text("加载项必须签名（RequireAddinSig）", "add-ins must be signed (RequireAddinSig)"),
        Text(
            "给加载项签名，见 docs/excel.md 第 6 节；或在信任中心 > 加载项里取消这一要求",
            "Sign the add-in (docs/excel.md, section 6), or clear that in Trust Center > Add-ins",
        ),
    ),
    Block(
        _office(r"Common\Security", "RequireAlwaysOnMacroSig"),
        _ON,
        Text(
            "随 Excel 一起打开的宏必须由受信任的发布者签名（RequireAlwaysOnMacroSig）",
            "macros that open with Excel must be signed by a trusted publisher (RequireAlwaysOnMacroSig)",
        ),
        Text("请 IT 给加载项签名，见 docs/excel.md 第 6 节", "Ask IT to sign the add-in (docs/excel.md, section 6)"),
    ),
    Block(
        _office(r"Excel\Security\Trusted Locations", "AllLocationsDisabled"),
        _ON,
        Text("受信任位置被全部停用", "all trusted locations are off"),
        Text(
            "Excel：文件 > 选项 > 信任中心 > 受信任位置，取消“禁用所有受信任位置”；公司统一设置的请找 IT",
            "Excel: File > Options > Trust Center > Trusted Locations, allow them; ask IT where the company sets it",
        ),
    ),
    Block(
        (
            (USER, rf"{_POLICY}\Common\Security\Trusted Locations", "Allow User Locations"),
            (MACHINE, rf"{_POLICY}\Common\Security\Trusted Locations", "Allow User Locations"),
        ),
        ("0",),
        Text(
            "只信任公司指定的位置，XLSTART 不在其中（Allow User Locations）",
            "only the company's own locations are trusted, not XLSTART (Allow User Locations)",
        ),
        _ASK_IT,
    ),
    Block(
        _defender("d4f940ab-401b-4efc-aadc-ad5f3c50688a"),
        _BLOCKS_OR_WARNS,
        Text("Defender 禁止 Office 启动别的程序", "Defender keeps Office from starting programs"),
        _EXCLUDE,
        antivirus=True,
    ),
    Block(
        _defender("92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"),
        _BLOCKS_OR_WARNS,
        Text("Defender 禁止 Office 宏调用 Windows API", "Defender keeps macros of Office from Windows' functions"),
        _EXCLUDE,
        antivirus=True,
    ),
)
