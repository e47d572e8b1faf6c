"""An author's form as a workbook written anew, with its three sheets and nothing else.

Files of Excel carry who wrote them, comments, hidden sheets and sometimes more; what is kept and exported holds only
the form. It opens in ODK and KoboToolbox like the file it was made from. Not here: reading (`sheets`).
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from bot.questionnaires.sheets import Sheets

GUIDE = "how_to"
"""A sheet of our template that tells how to change it. XLSForm does not know it, and passes over it."""
_MODIFIED = re.compile(rb">[0-9]{4}-[0-9-]+T[0-9:]+Z<")


def rewritten(sheets: Sheets) -> bytes:
    """The workbook."""
    tables = {}
    for name in ("survey", "choices", "settings"):
        rows = getattr(sheets.raw, name) or ()
        headings = list((getattr(sheets.raw, f"{name}_header") or [{}])[0])
        headings += [heading for row in rows for heading in row if heading not in headings]
        tables[name] = [list(dict.fromkeys(headings)), *([row.get(one) for one in headings] for row in rows)]
    return workbook(tables)


def workbook(tables: Mapping[str, Sequence[Sequence[Any]]], *, wide: float = 28.0) -> bytes:
    """Sheets of texts, the first row of each in bold and kept in view. No cell is a formula."""
    book = Workbook()
    book.properties.creator = ""
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                if value is not None and value != "":
                    cell = sheet.cell(number, column, str(value))
                    cell.data_type = "s"  # also where it begins like a formula
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
        for cell in next(sheet.iter_rows(min_row=1, max_row=1), ()):
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = wide
        sheet.freeze_panes = "A2"
    made = io.BytesIO()
    book.save(made)
    return _timeless(made.getvalue())


def _timeless(content: bytes) -> bytes:
    """The same without a word on when it was made: the same form is the same file."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(b">2000-01-01T00:00:00Z<", part)
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()
