"""Which columns of an answer are asked for: by name in either language, several, or all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from perfxl.core.language import Text
from perfxl.core.values.text import fold_name
from perfxl.excel.errors import failure

_ALL = {fold_name(word) for word in ("全部", "all", "*")}


def chosen(asked: Any, known: Mapping[str, Text]) -> list[str]:
    """The names asked for; the first one where nothing is. Raises Failure for a name that is not known."""
    if asked is None:
        return [next(iter(known))]
    if fold_name(asked) in _ALL:
        return list(known)
    names = {fold_name(word): name for name, text in known.items() for word in (name, *text)}
    found = []
    for word in re.split(r"[,，、;；]", str(asked)):
        name = names.get(fold_name(word))
        if name is None:
            every = Text("、".join((*(t.zh for t in known.values()), "全部")), ", ".join((*known, "all")))
            raise failure("word_unknown", value=word.strip(), known=every)
        found.append(name)
    return found
