"""Cell references: column letters and A1 text."""

from __future__ import annotations

from functools import cache


@cache
def column_letter(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def column_index(letters: str) -> int:
    """A -> 0, Z -> 25, AA -> 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def a1(row: int, column: int) -> str:
    """Zero-based row and column to A1: (0, 0) -> A1."""
    return f"{column_letter(column)}{row + 1}"


def cell_place(reference: str) -> tuple[int, int]:
    """A1 to zero-based row and column: "B3" or "$B$3" -> (2, 1)."""
    letters = reference.replace("$", "").rstrip("0123456789")
    return int(reference.replace("$", "")[len(letters) :]) - 1, column_index(letters)
