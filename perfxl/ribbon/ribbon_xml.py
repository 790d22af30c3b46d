"""The ribbon as Excel wants it (customUI14), made from the table of buttons, and the texts that the add-in shows."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from perfxl.core.language import Text
from perfxl.ribbon.buttons import BUTTONS, GROUPS, LANGUAGE, MENUS, PREFIX, TICKS, Button, all_buttons

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
TAB = "绩效 Performance"


def ribbon_xml() -> str:
    """The tab, with a button for each kind of papers in its menus."""
    root = Element("customUI", xmlns=NAMESPACE, onLoad="PxLoaded")
    tab = SubElement(SubElement(SubElement(root, "ribbon"), "tabs"), "tab", id=f"{PREFIX}tab", label=TAB)
    for name in GROUPS:
        group = SubElement(tab, "group", id=f"{PREFIX}group.{name}", getLabel="PxLabel")
        for menu in (menu for menu in MENUS.values() if menu.button.group == name):
            opened = SubElement(group, "menu", _attributes(menu.button))
            for part in menu.items:
                item = {"id": f"{PREFIX}{menu.button.id}.{part}", "imageMso": menu.button.image, "onAction": "PxRun"}
                SubElement(opened, "button", item | _CALLBACKS)
        for button in (button for button in BUTTONS if button.group == name):
            action = "PxSwitch" if button.id == LANGUAGE else "PxRun"
            SubElement(group, "button", _attributes(button) | {"onAction": action})
        for tick in (tick for tick in TICKS if tick.group == name):
            boxed = {"id": f"{PREFIX}tick.{tick.id}", "getPressed": "PxTicked", "onAction": "PxTick"}
            SubElement(group, "checkBox", boxed | _CALLBACKS)
    return tostring(root, encoding="unicode")


def ribbon_texts() -> list[list[str | int]]:
    """Rows for the add-in's sheet of labels: control, label zh, label en, tip zh, tip en."""
    rows: list[list[str | int]] = [["control", "zh", "en", "tip zh", "tip en"]]
    rows += ([control, label.zh, label.en, tip.zh, tip.en] for control, label, tip in _texts())
    return rows


_CALLBACKS = {"getLabel": "PxLabel", "getScreentip": "PxLabel", "getSupertip": "PxTip"}
_FAILED = Text(
    "没有完成。请在命令行运行 perfxl addin doctor 查找原因。",
    "It did not work. Run perfxl addin doctor to find out why.",
)


def _texts() -> Iterator[tuple[str, Text, Text]]:
    """The label and the tip of every control by its ID."""
    for group, label in GROUPS.items():
        yield f"{PREFIX}group.{group}", label, label
    for button in all_buttons():
        yield PREFIX + button.id, button.label, button.tip
    for menu in MENUS.values():
        for name, label in menu.items.items():
            yield f"{PREFIX}{menu.button.id}.{name}", label, menu.button.tip
    for tick in TICKS:
        yield f"{PREFIX}tick.{tick.id}", tick.label, tick.tip
    yield f"{PREFIX}failed", _FAILED, _FAILED


def _attributes(button: Button) -> dict[str, str]:
    size = "large" if button.large else "normal"
    return {"id": PREFIX + button.id, "imageMso": button.image, "size": size} | _CALLBACKS
