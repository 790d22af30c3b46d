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


class Block(NamedTuple):
    """A setting that is in the way: the values (root, key, name), the first one there counting; the value that blocks;
    what it does; what helps. `antivirus` are those of Windows Defender."""

    places: tuple[tuple[str, str, str], ...]
    blocking: str
    text: Text
    remedy: Text
    antivirus: bool = False

    def stands(self, read: Read) -> bool:
        """Whether it is set on a computer."""
        values = (read(*place) for place in self.places)
        return next((value for value in values if value), "") == self.blocking


def _office(key: str, name: str) -> tuple[tuple[str, str, str], ...]:
    """A setting of Office's: of the company for the user or the computer, then the user's own."""
    return ((USER, rf"{_POLICY}\{key}", name), (MACHINE, rf"{_POLICY}\{key}", name), (USER, rf"{_OFFICE}\{key}", name))


def _defender(rule: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((MACHINE, key, rule) for key in _ASR)


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
        "1",
        Text("Office 的 VBA 被停用（VbaOff）", "VBA is off in Office (VbaOff)"),
        Text("请 IT 为 Excel 启用 VBA", "Ask IT to turn VBA on for Excel"),
    ),
    Block(
        _office(r"Excel\Security", "DisableAllAddins"),
        "1",
        Text("所有加载项被停用（DisableAllAddins）", "all add-ins are off (DisableAllAddins)"),
        Text(
            "Excel：文件 > 选项 > 信任中心 > 加载项，取消“禁用所有应用程序加载项”；公司统一设置的请找 IT",
            "Excel: File > Options > Trust Center > Add-ins, clear Disable all Application Add-ins; ask IT where the "
            "company sets it",
        ),
    ),
    Block(
        _office(r"Excel\Security", "RequireAddinSig"),
        "1",
        Text("加载项必须签名（RequireAddinSig）", "add-ins must be signed (RequireAddinSig)"),
        Text(
            "给加载项签名，见 docs/excel.md 第 6 节；或在信任中心 > 加载项里取消这一要求",
            "Sign the add-in (docs/excel.md, section 6), or clear that in Trust Center > Add-ins",
        ),
    ),
    Block(
        _office(r"Excel\Security\Trusted Locations", "AllLocationsDisabled"),
        "1",
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
        "0",
        Text(
            "只信任公司指定的位置，XLSTART 不在其中（Allow User Locations）",
            "only the company's own locations are trusted, not XLSTART (Allow User Locations)",
        ),
        _ASK_IT,
    ),
    Block(
        _defender("d4f940ab-401b-4efc-aadc-ad5f3c50688a"),
        "1",
        Text("Defender 禁止 Office 启动别的程序", "Defender keeps Office from starting programs"),
        _EXCLUDE,
        antivirus=True,
    ),
    Block(
        _defender("92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"),
        "1",
        Text("Defender 禁止 Office 宏调用 Windows API", "Defender keeps macros of Office from Windows' functions"),
        _EXCLUDE,
        antivirus=True,
    ),
)
