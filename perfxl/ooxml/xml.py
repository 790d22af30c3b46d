"""The XML tree of a part: parsed without entities, DTD or network, and written back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

__all__ = [
    "SAFE_PARSER",
    "Element",
    "check_well_formed",
    "namespace",
    "new_element",
    "new_proof",
    "parse",
    "serialize",
    "well_formed",
]

Element = etree._Element

SAFE_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_ELEMENTS_ONLY = etree.XMLParser(
    resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
)


def parse(xml: bytes) -> Element:
    """The tree of a part of any size, without comments and processing instructions.

    Raises: etree.XMLSyntaxError.
    """
    return etree.fromstring(xml, _ELEMENTS_ONLY)


def well_formed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a part as they come, which are XML if no error is raised after the last one at the latest.

    Readers made for speed stop, or skip a cell, where a tag makes no sense, and say nothing.

    Raises: etree.XMLSyntaxError.
    """
    proof = new_proof()
    for piece in pieces:
        proof.feed(piece)
        yield piece
    proof.close()


def new_proof() -> etree.XMLParser:
    """What is fed XML piece by piece, and raises etree.XMLSyntaxError when it is closed at the latest if it is none."""
    nothing: Any = _NoTree()
    return etree.XMLParser(target=nothing, resolve_entities=False, no_network=True, huge_tree=True)


def check_well_formed(xml: bytes) -> None:
    """Raises: etree.XMLSyntaxError where a part is no XML."""
    for _ in well_formed([xml]):
        pass


class _NoTree:
    """A parser's target that keeps nothing."""

    def close(self) -> None:
        """What a target must have."""


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
