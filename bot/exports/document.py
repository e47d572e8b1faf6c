"""A document to read, as neutral blocks: what it says and in which order, not how it looks.

`word` and `page` write it as DOCX and HTML. Blocks come one after the other, so a document may be longer than memory.
Texts are exactly what was written; each writer makes visible what cannot be seen, and gives every paragraph its own
direction.

Not here: what an opened export becomes as a document (`reading`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """A piece of a paragraph. `target` makes it a citation: it leads to the block with that anchor."""

    text: str
    bold: bool = False
    italic: bool = False
    target: str | None = None


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4. Anchors are letters, digits and hyphens, and begin with a letter."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Contents:
    """A table of contents."""

    title: str
    headings: Sequence[Heading]


@dataclass(frozen=True)
class Paragraph:
    """Words of the document itself. `note` is smaller: captions, sources."""

    runs: Sequence[Run]
    note: bool = False
    anchor: str | None = None


@dataclass(frozen=True)
class Quotation:
    """What somebody wrote, word for word, its lines as they were; `caption` says where it is from."""

    text: str
    caption: Sequence[Run] = ()
    anchor: str | None = None


@dataclass(frozen=True)
class Items:
    """A list of points."""

    items: Sequence[Sequence[Run]]


@dataclass(frozen=True)
class Table:
    """A table with one row of headings."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A picture (PNG); `alternative` tells what is on it to those who do not see it. Size in pixels."""

    picture: bytes
    width: int
    height: int
    alternative: str
    caption: str = ""


@dataclass(frozen=True)
class Chart:
    """Numbers as bars, largest first or in an order of their own; None is a number that is hidden. Not empty.

    Each format draws it with what it has, so that labels stay text: joined and ordered as their script needs, and
    readable without seeing.
    """

    caption: str
    bars: Sequence[tuple[str, int | None]]

    def shares(self) -> list[float]:
        """How long each bar is, of 1; a hidden number has none."""
        most = max((number or 0 for _, number in self.bars), default=0) or 1
        return [(number or 0) / most for _, number in self.bars]


Block = Heading | Contents | Paragraph | Quotation | Items | Table | Figure | Chart


@dataclass(frozen=True)
class Document:
    """A document in one language, which the words around quotations have."""

    title: str
    language: str
    right_to_left: bool
    blocks: Iterable[Block]


def said(text: str, *, note: bool = False) -> Paragraph:
    """A paragraph of one plain run."""
    return Paragraph((Run(text),), note=note)
