"""The ribbon's XML (customUI14) and its labels, both made from the table of commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from perfxl.core.language import Text
from perfxl.ribbon.commands import COMMANDS, GROUPS, LANGUAGE, MENUS, PREFIX, Command, texts

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
TAB = "绩效 Performance"


def ribbon_xml(kinds: Iterable[str]) -> str:
    """The tab; `kinds` are the documents that can be made."""
    root = Element("customUI", xmlns=NAMESPACE, onLoad="PxLoaded")
    tab = SubElement(SubElement(SubElement(root, "ribbon"), "tabs"), "tab", id=f"{PREFIX}tab", label=TAB)
    for name in GROUPS:
        group = SubElement(tab, "group", id=f"{PREFIX}group.{name}", getLabel="PxLabel")
        for menu in (each for each in MENUS.values() if each.group == name):
            opened = SubElement(group, "menu", _attributes(menu))
            for kind in kinds:
                item = {"id": f"{PREFIX}{menu.id}.{kind}", "imageMso": menu.image, "onAction": "PxRun"}
                SubElement(opened, "button", item | _CALLBACKS)
        for command in (each for each in COMMANDS if each.group == name):
            action = "PxSwitch" if command.id == LANGUAGE else "PxRun"
            SubElement(group, "button", _attributes(command) | {"onAction": action})
    return tostring(root, encoding="unicode")


def ribbon_texts(kinds: Mapping[str, Text]) -> list[list[str | int]]:
    """Rows for the add-in's sheet of labels: control, label zh, label en, tip zh, tip en."""
    rows: list[list[str | int]] = [["control", "zh", "en", "tip zh", "tip en"]]
    rows += ([control, label.zh, label.en, tip.zh, tip.en] for control, label, tip in texts(kinds))
    return rows


_CALLBACKS = {"getLabel": "PxLabel", "getScreentip": "PxLabel", "getSupertip": "PxTip"}


def _attributes(command: Command) -> dict[str, str]:
    size = "large" if command.large else "normal"
    return {"id": PREFIX + command.id, "imageMso": command.image, "size": size} | _CALLBACKS
