"""Locks of Windows, emulated: what another program holds is neither renamed nor removed, with the error of Windows."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SHARING_VIOLATION, ACCESS_DENIED = 32, 5


class DeniedByWindows(PermissionError):
    """As Windows says it. `winerror` is what the rest of the world's Python has not got."""

    def __init__(self, winerror: int, path: object, other: object = None) -> None:
        super().__init__(errno.EACCES, "The process cannot access the file", str(path), None, other and str(other))
        self.winerror = winerror


class Locks:
    """Files held by another program: `hold` one for good, or for some seconds from the first time it is wanted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._until: dict[str, float | None] = {}
        self._seconds: list[tuple[Callable[[str], bool], float, int]] = []
        self.refusals = 0
        for name in ("replace", "rename", "unlink"):
            monkeypatch.setattr(os, name, self._guarded(getattr(os, name)))

    def hold(self, path: Path) -> None:
        self._until[str(path)] = None

    def release(self, path: Path) -> None:
        del self._until[str(path)]

    def scan(self, wanted: Callable[[str], bool], seconds: float, winerror: int = SHARING_VIOLATION) -> None:
        """A virus scanner takes each file of this kind for a while as soon as it is there."""
        self._seconds.append((wanted, seconds, winerror))

    def _guarded(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*paths: Any, **options: Any) -> Any:
            for path in map(os.fspath, paths):
                self._refuse_held(path, paths)
            return act(*paths, **options)

        return guarded

    def _refuse_held(self, path: str, paths: tuple[Any, ...]) -> None:
        winerror = SHARING_VIOLATION
        for wanted, seconds, code in self._seconds:
            if wanted(path) and path not in self._until:
                self._until[path], winerror = time.monotonic() + seconds, code
        until = self._until.get(path, 0.0)
        if (until is None and os.path.lexists(path)) or (until and until > time.monotonic()):
            self.refusals += 1
            raise DeniedByWindows(winerror, *paths)


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> Locks:
    return Locks(monkeypatch)
