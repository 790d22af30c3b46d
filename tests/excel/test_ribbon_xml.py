"""The ribbon's XML against Microsoft's schema of it (as openxml-audit holds it), and against the add-in's code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openxml_audit
import pytest
from lxml import etree

from perfxl.documents.papers import KINDS
from perfxl.excel.addin.package import code_modules
from perfxl.ribbon.buttons import BUTTONS, GROUPS, LANGUAGE, MENUS, PREFIX
from perfxl.ribbon.jobs import JOBS
from perfxl.ribbon.ribbon_xml import NAMESPACE, ribbon_texts, ribbon_xml

_SCHEMAS = Path(openxml_audit.__file__).parent / "data/openxml/schemas"
_SCHEMA = _SCHEMAS / "schemas_microsoft_com_office_2009_07_customui.json"
_REPEATED = 1_000  # the schema's own limit of children in a group or menu


@pytest.fixture(scope="module")
def root() -> Any:
    return etree.fromstring(ribbon_xml())


def test_the_xml_is_what_the_schema_allows(root: Any) -> None:
    _assert_valid(root, "mso14:CT_CustomUI/mso14:customUI")


def test_a_faulty_ribbon_would_be_noticed(root: Any) -> None:
    spoilers: tuple[Callable[[Any], object], ...] = (
        lambda tree: tree.find(".//{*}button").set("lable", "x"),
        lambda tree: tree.find(".//{*}button").set("size", "huge"),
        lambda tree: tree.find(".//{*}button").set("id", "1 2"),
        lambda tree: tree.find(".//{*}group").append(etree.Element(f"{{{NAMESPACE}}}tab")),
    )
    for spoil in spoilers:
        spoiled = etree.fromstring(etree.tostring(root))
        spoil(spoiled)
        with pytest.raises(AssertionError):
            _assert_valid(spoiled, "mso14:CT_CustomUI/mso14:customUI")


def test_ids_are_unique_and_each_has_its_texts(root: Any) -> None:
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    texts = {row[0]: row[1:] for row in ribbon_texts()[1:]}
    labelled = {element.get("id") for element in root.iter() if element.get("getLabel")}
    assert labelled <= texts.keys()
    assert all(isinstance(text, str) and text.strip() for row in texts.values() for text in row)
    assert all(len(str(text)) <= 1024 for row in texts.values() for text in row)


def test_every_callback_is_a_public_procedure(root: Any) -> None:
    callbacks = {v for element in root.iter() for k, v in element.attrib.items() if k.startswith(("get", "on"))}
    code = "\n".join(module.code for module in code_modules("1.0"))
    assert callbacks
    assert callbacks <= set(re.findall(r"^Public Sub (Px\w+)\(", code, re.MULTILINE))


def test_every_button_has_something_to_do(root: Any) -> None:
    buttons = {button.get("id").removeprefix(PREFIX): button.get("onAction") for button in root.iter("{*}button")}
    commands = {command.id: command for command in BUTTONS}
    for name, action in buttons.items():
        if action == "PxSwitch":
            assert name == LANGUAGE
        else:
            assert name.partition(".")[0] in MENUS or commands[name].run is not None
    assert buttons.keys() == commands.keys() | {f"{name}.{item}" for name, menu in MENUS.items() for item in menu.items}
    assert {f"{menu}.{kind}" for menu in ("documents", "selected") for kind in KINDS} <= buttons.keys() & JOBS.keys()


def test_every_group_is_used(root: Any) -> None:
    assert [group.get("id") for group in root.iter("{*}group")] == [f"{PREFIX}group.{name}" for name in GROUPS]
    assert all(len(group) for group in root.iter("{*}group"))


@cache
def _types() -> dict[str, Any]:
    return {one["Name"]: one for one in json.loads(_SCHEMA.read_text(encoding="utf-8"))["Types"]}


@cache
def _enums() -> dict[str, set[str]]:
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return {one["Name"]: {fact["Value"] for fact in one["Facets"]} for one in schema["Enums"]}


def _assert_valid(element: Any, kind: str) -> None:
    declared = _types()[kind]
    attributes = {one["QName"].lstrip(":"): one for one in declared.get("Attributes", [])}
    for name, value in element.attrib.items():
        assert name in attributes, f"{kind} has no attribute {name}"
        _assert_value(value, attributes[name])
    children = {name.rsplit(":", 1)[-1]: name for name in _children(declared)}
    assert len(element) <= _REPEATED
    for child in element:
        name = etree.QName(child).localname
        assert etree.QName(child).namespace == NAMESPACE
        assert name in children, f"{kind} has no child {name}"
        _assert_valid(child, children[name])


def _children(declared: Any) -> set[str]:
    return {one["Name"] for one in declared.get("Children", [])}


def _assert_value(value: str, attribute: Any) -> None:
    for validator in attribute.get("Validators", []):
        given = {one["Name"]: one["Value"] for one in validator.get("Arguments", [])}
        assert len(value) <= int(given.get("MaxLength", 10_000))
        if given.get("IsNcName") == "True":
            assert re.fullmatch(r"[A-Za-z_][\w.-]*", value), value
    if attribute["Type"].startswith("EnumValue"):
        name = attribute["Type"].split(".")[-1].rstrip(">")
        assert value in _enums()[name], value
