"""The pictures of a batch: whose they are, paper by paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from perfxl.core.problems import Problem
from perfxl.core.records import Tables
from perfxl.documents.pictures.filling import with_pictures
from perfxl.documents.pictures.folder import PictureFolder
from perfxl.documents.pictures.image import Picture

__all__ = ["Illustrated", "illustrate", "people_of"]

_OF_THE_COMPANY = frozenset(("seal",))
"""Fields that by themselves are everybody's; `issuer.seal` is the issuer's own."""


class Illustrated(NamedTuple):
    """What a paper says, with the pictures that it shows by digest, and what is wrong with them."""

    context: dict[str, Any]
    pictures: dict[str, Picture]
    problems: list[Problem]


def illustrate(context: Mapping[str, Any], paths: Iterable[str], folder: PictureFolder | None) -> Illustrated:
    """The context with the pictures that the paths of a template lead to; blanks without a folder."""
    pictures: dict[str, Picture] = {}
    problems: list[Problem] = []

    def find(field: str, owner: Mapping[str, Any] | None) -> str:
        if folder is None:
            return ""
        if owner is None and field in _OF_THE_COMPANY:
            picture, wrong = folder.find_common(field)
        else:
            person = _main_person(context) if owner is None else owner
            picture, wrong = folder.find(field, str(person.get("id") or ""), str(person.get("name") or ""))
        if wrong:
            problems.append(wrong)
        if picture is None:
            return ""
        pictures[picture.digest] = picture
        return picture.token

    return Illustrated(with_pictures(context, paths, find), pictures, problems)


def people_of(tables: Tables) -> Iterable[tuple[str, str]]:
    """(ID, name) of everybody in a program."""
    people = tables.get("people")
    if people is None:
        return []
    return ((id or "", name or "") for id, name in zip(people.column("person"), people.column("name"), strict=True))


def _main_person(context: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whom a paper is about: the holder, of several the first."""
    holders = context.get("holders") or ()
    person = context.get("holder") or (holders[0] if holders else {})
    return person if isinstance(person, Mapping) else {}
