"""Types into forms as a manager does: LibreOffice opens each file, text goes into cells as the keyboard gives it, and
the file is saved. Runs in the Python that has LibreOffice's bridge; asked and answered in JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uno  # noqa: F401 - makes com.sun.star importable

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from com.sun.star.beans import PropertyValue

from tests.uno_office import office


def _hidden() -> PropertyValue:
    return PropertyValue(Name="Hidden", Value=True)


def main() -> None:
    asked = json.load(sys.stdin)
    shown = {}
    with office(asked["profile"]) as (_, desktop):
        for file in asked["files"]:
            document = desktop.loadComponentFromURL(Path(file["source"]).as_uri(), "_blank", 0, (_hidden(),))
            sheets = document.Sheets
            for title, place, text in file["typed"]:
                sheets.getByName(title).getCellRangeByName(place).setFormula(text)  # what typing text does
            shown[file["source"]] = [sheets.getByName(t).getCellRangeByName(p).String for t, p in file["looked_at"]]
            kind = PropertyValue(Name="FilterName", Value=file["filter"])
            document.storeToURL(Path(file["target"]).as_uri(), (kind,))
            document.close(True)
    json.dump(shown, sys.stdout)


main()
