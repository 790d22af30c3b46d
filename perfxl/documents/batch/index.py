"""What an index lists: what is in the folder, or in the archive, and what could not be made and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from typing import NamedTuple

from perfxl.core.language import Text
from perfxl.documents.batch.manifest import Key, Manifest
from perfxl.documents.papers import KINDS
from perfxl.documents.papers.contexts import Contexts

__all__ = ["FAILED", "GONE", "INDEX", "MADE", "Listing", "Row"]

INDEX = "index.xlsx"

MADE = Text("已生成", "made")
FAILED = Text("未生成", "not made")
GONE = Text("方案中已无", "no longer in the program")


class Row(NamedTuple):
    """A paper. `file` and `pdf` are links where they are `linked`, relative to the workbook; else `file` is the archive
    or print file that the paper is in."""

    kind: str
    record: str
    status: Text
    file: str = ""
    pdf: str = ""
    linked: bool = False
    pages: int = 0
    reason: str = ""


class Listing:
    """Every paper that the manifest knows of, in the order of the program, then those it has no more; of an archive,
    those that were asked to be `packed`."""

    def __init__(self, manifest: Manifest, contexts: Contexts, packed: Container[Key] | None = None) -> None:
        self._manifest, self._contexts, self._packed = manifest, contexts, packed

    def counts(self) -> Counter[Text]:
        """How many papers are in each state."""
        return Counter(status for _, status in self._papers())

    def rows(self) -> Iterator[Row]:
        return (self._row(key, status) for key, status in self._papers())

    def _papers(self) -> Iterator[tuple[Key, Text]]:
        for kind, papers in KINDS.items():
            left = self._manifest.records(kind)
            if self._packed is not None:
                left = {record for record in left if (kind, record) in self._packed}
            for record in papers.ids(self._contexts) if left else ():
                if record in left:
                    left.remove(record)
                    key = kind, record
                    yield key, FAILED if self._manifest.refused(key) else MADE
            yield from (((kind, record), GONE) for record in sorted(left))

    def _row(self, key: Key, status: Text) -> Row:
        kind = KINDS[key[0]].title(self._contexts.lang)
        entry = there = self._manifest.latest(key)
        if entry is None:
            return Row(kind, key[1], status)
        if self._packed is None and (entry.where or not entry.file):
            there = self._manifest.there(key)
        reason = "\n".join(entry.failed)
        if there is None or not there.file:
            return Row(kind, key[1], status, entry.where or entry.file, reason=reason)
        return Row(kind, key[1], status, there.file, there.pdf, True, there.pages, reason)
