"""What a paper says with its pictures among its values, and the parts that these bring: media, each once however often
it is shown, and the relations that lead to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from perfxl.documents.pictures.image import CONTENT_TYPES, Picture
from perfxl.ooxml.relations import CONTENT_TYPES as TYPES_PART
from perfxl.ooxml.relations import RELATIONS, XML_HEAD, relation_xml, relations_part
from perfxl.ooxml.zip_read import Packed

__all__ = ["Find", "PicturePartMissing", "declare_pictures", "is_picture_relation", "picture_parts", "with_pictures"]

Find = Callable[[str, Mapping[str, Any] | None], str]
"""Gives the token of a picture, blank where there is none: of the field, for the record that has it (None: the paper
itself)."""

_SHOWN, _DIGEST = b' r:embed="rIdP', 24
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_ID = re.compile(r"rIdP[0-9a-f]{24}")
_STEP = re.compile(r"([^\[\]]+)(?:\[(\d*)\])?")


class PicturePartMissing(Exception):
    """A part shows a picture that is not at hand: the name of the part."""


def with_pictures(context: Mapping[str, Any], paths: Iterable[str], find: Find) -> dict[str, Any]:
    """The context with what each path leads to; what it shares with other contexts stays as it is."""
    filled = dict(context)
    for path in paths:
        *owners, field = path.split(".")
        _fill(filled, owners, field, find, top=True)
    return filled


def _fill(owner: dict[str, Any], steps: Sequence[str], field: str, find: Find, top: bool = False) -> None:
    """Puts the field into all records that the steps lead to, each a copy of what was there."""
    if not steps:
        if field not in owner:
            owner[field] = find(field, None if top else owner)
        return
    match = _STEP.fullmatch(steps[0])
    if match is None or match[1] not in owner:
        return
    name, at = match[1], match[2]
    value = owner[name]
    if at is None and isinstance(value, Mapping):
        owner[name] = copy = dict(value)
        _fill(copy, steps[1:], field, find)
    elif at is not None and isinstance(value, list):
        owner[name] = copies = list(value)
        for number, element in enumerate(value):
            if isinstance(element, Mapping) and at in ("", str(number)):
                copies[number] = copy = dict(element)
                _fill(copy, steps[1:], field, find)


def picture_parts(
    changed: Sequence[tuple[str, bytes]], places: Mapping[str, bytes], pictures: Mapping[str, Picture]
) -> tuple[list[tuple[str, bytes]], list[tuple[str, Packed]]]:
    """What the pictures shown in the changed parts bring: relations, and media.

    places     by part that may show pictures: its relations but for these
    pictures   by digest: those that this paper may show

    Raises: PicturePartMissing.
    """
    relations: list[tuple[str, bytes]] = []
    media: dict[str, Packed] = {}
    for name, content in changed:
        before = places.get(name)
        if before is None:
            continue
        _, *behind = content.split(_SHOWN)
        shown = dict.fromkeys(piece[:_DIGEST].decode("ascii", "replace") for piece in behind)
        lines = []
        for digest in shown:
            picture = pictures.get(digest)
            if picture is None:
                raise PicturePartMissing(name)
            media[picture.part] = picture.packed
            lines.append(relation_xml(f"rIdP{digest}", _IMAGE, picture.part.removeprefix("word/")))
        if before or lines:
            relations.append((relations_part(name), _added(before, "".join(lines).encode())))
    return relations, list(media.items())


def is_picture_relation(id: str) -> bool:
    """Whether the ID of a relation is one that `picture_parts` brings, or says is missing."""
    return _ID.fullmatch(id) is not None


def declare_pictures(parts: Mapping[str, bytes]) -> bytes:
    """[Content_Types].xml of a document that may hold pictures."""
    types = parts[TYPES_PART]
    for extension, content_type in CONTENT_TYPES.items():
        if f'Extension="{extension}"'.encode() not in types:
            default = f'<Default Extension="{extension}" ContentType="{content_type}"/>'.encode()
            at = types.index(b">", types.index(b"<Types")) + 1
            types = types[:at] + default + types[at:]
    return types


def _added(relations: bytes, lines: bytes) -> bytes:
    if not relations:
        return f'{XML_HEAD}<Relationships xmlns="{RELATIONS}">'.encode() + lines + b"</Relationships>"
    at = relations.rfind(b"</")
    if at < 0:  # an element that holds nothing
        at = relations.rindex(b"/>")
        return relations[:at] + b">" + lines + b"</Relationships>"
    return relations[:at] + lines + relations[at:]
