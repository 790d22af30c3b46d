"""The XML tree of a part: parsed without entities, DTD or network, and written back."""

from __future__ import annotations

from lxml import etree

__all__ = ["SAFE_PARSER", "Element", "namespace", "new_element", "parse", "serialize"]

Element = etree._Element

SAFE_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def parse(xml: bytes) -> Element:
    """The tree of a part of any size, without comments and processing instructions.

    Raises: etree.XMLSyntaxError.
    """
    return etree.fromstring(
        xml,
        etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True),
    )


def serialize(tree: Element) -> bytes:
    """The bytes of a part, with the declaration that Office writes."""
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def new_element(of: str, tag: str, **attributes: str) -> Element:
    """An element of the namespace `of`, which is its default."""
    default: dict[str | None, str] = {None: of}
    return etree.Element(f"{{{of}}}{tag}", attributes, nsmap=default)  # type: ignore[arg-type]


def namespace(tree: Element) -> str:
    """The namespace of an element, blank if it has none."""
    return etree.QName(tree).namespace or ""
