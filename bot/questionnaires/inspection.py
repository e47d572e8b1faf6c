"""Looks into an .xlsx file before any library opens it: what is hostile or far too large is refused at little cost.

A workbook is a zip of XML files. Here are counted what they say they unpack to (a reader never unpacks more), and the
cells, filled and empty; refused are macros, links to other files, entities, and files of other programs by their first
bytes.

Not here: reading the sheets (`sheets`), what is wrong in them (`checks`).
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from bot.questionnaires.faults import Fault, Faulty

MAX_FILE = 5 * 1024 * 1024
"""Bytes of a workbook, packed. The largest form we know takes 300 kB."""
MAX_UNPACKED = 24 * 1024 * 1024
"""Bytes of a workbook, unpacked; more than that is not a questionnaire."""
MAX_PARTS = 400
"""Files inside a workbook; one of Excel's has about twenty."""
MAX_ROWS = 5_000
"""Of a sheet, down to the last one with something in it. Programs also note the looks of empty ones far below."""
MAX_COLUMNS = 200
MAX_CELLS = 100_000
"""Filled cells of all sheets together."""
MAX_ALL = 300_000
"""Cells of all sheets together, with those of which only the looks are noted: Google's tables bring thousands."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How files of Excel until 2003 begin, and workbooks with a password."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_LETTERS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Traits:
    """What a workbook holds that a reader of its values does not see."""

    formulas: bool = False
    merged: bool = False
    rows: int = 0
    columns: int = 0
    """The last row and column of any sheet with something in it."""


class _Stop(Exception):
    """Enough was seen to refuse."""

    def __init__(self, code: str, limit: int) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


def inspect(content: bytes) -> Traits:
    """What else is in a workbook that may be opened.

    Raises Faulty with one fault of the whole file: `file_too_large`, `file_old`, `file_macros`, `file_links`,
    `rows_too_many`, `columns_too_many`, `cells_too_many`, `file_unreadable`.
    """
    if len(content) > MAX_FILE:
        raise _refused("file_too_large", limit=MAX_FILE // 2**20)
    if content.startswith(_OLE):
        raise _refused("file_old")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _inspected(packed)
    except Faulty:
        raise
    except _Stop as stop:
        raise _refused(stop.code, limit=stop.limit) from stop
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, OSError, ValueError, RuntimeError, EOFError) as error:
        raise _refused("file_unreadable") from error
    except (NotImplementedError, KeyError, IndexError, MemoryError, OverflowError) as error:
        raise _refused("file_unreadable") from error


def _inspected(packed: zipfile.ZipFile) -> Traits:
    entries = packed.infolist()
    if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _refused("file_too_large", limit=MAX_FILE // 2**20)
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise _refused("file_unreadable")
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise _refused("file_macros")
    if any("/externallinks/" in name for name in names):
        raise _refused("file_links")
    counter = _Counter()
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            counter.read(_blocks(packed, entry), sheet=_SHEET.fullmatch(entry.filename) is not None)
    return Traits(counter.formulas, counter.merged, counter.last_row, counter.last_column)


def _blocks(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with packed.open(entry) as file:
        while block := file.read(_BLOCK):
            yield block


class _Counter:
    """Reads XML files, and counts in sheets. Entities and document types have no place in a workbook."""

    def __init__(self) -> None:
        self.formulas = self.merged = False
        self.last_row = self.last_column = 0
        self._filled = self._all = 0

    def read(self, blocks: Iterator[bytes], *, sheet: bool) -> None:
        self._sheet = sheet
        self._depth = self._row = self._column = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._begins
        parser.EndElementHandler = self._ends
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise ValueError("a document type")

    def _ends(self, _: str) -> None:
        self._depth -= 1

    def _begins(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > 100:
            raise ValueError("too deep")
        if not self._sheet:
            return
        match name.rpartition(" ")[2]:
            case "row":
                number = attributes.get("r", "")
                self._row = int(number[:7]) if number.isdigit() else self._row + 1
                self._column = 0
            case "c":
                place = _LETTERS.fullmatch(attributes.get("r", ""))
                self._column = _column(place[1]) if place is not None else self._column + 1
                self._all += 1
                if self._all > MAX_ALL:
                    raise _Stop("cells_too_many", MAX_ALL)
            case "v" | "is":
                self._fills()
            case "f":
                self.formulas = True
                self._fills()
            case "mergeCell":
                self.merged = True

    def _fills(self) -> None:
        """Something is in the cell. One with a formula and its result counts twice, which does no harm."""
        self._filled += 1
        self.last_row = max(self.last_row, self._row)
        self.last_column = max(self.last_column, self._column)
        if self._row > MAX_ROWS:
            raise _Stop("rows_too_many", MAX_ROWS)
        if self._column > MAX_COLUMNS:
            raise _Stop("columns_too_many", MAX_COLUMNS)
        if self._filled > MAX_CELLS:
            raise _Stop("cells_too_many", MAX_CELLS)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _refused(code: str, **params: int) -> Faulty:
    return Faulty([Fault("", 0, "", code, params)])
