"""A chart of bars as a PNG, right in scripts that join their letters or run from right to left.

Pillow draws; its own HarfBuzz and FriBidi shape and order the letters. The font is DejaVu Sans, which comes with
matplotlib's package: the server needs no fonts of its own. This file runs as a program of its own, with the chart as
JSON on its standard input, so that what drawing takes of memory is given back when it is done; a chart knows nothing
but words and numbers that were meant to be shown. Not here: which words and numbers (`handlers.writing.figures`).
"""

import json
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH = 1080
"""Pixels. A phone shows a picture no wider, and Telegram keeps it as it is up to 1,280."""
MARGIN = 48
LINE, ROW = 1.3, 44
"""Height of a line, by the size of its letters; of a bar with its name, in pixels. Low, so that all of it is seen in
the chat: apps cut what is much higher than wide."""
SIZES = {"title": 40, "head": 32, "text": 27}
NAMES = 400
"""Pixels for the names beside the bars."""
INK, SOFT, BAR, RAIL, PAPER = "#1b2733", "#5b6b7b", "#2f6db5", "#e6ecf2", "#ffffff"


@dataclass(frozen=True)
class Bar:
    """One of them: its name, its length, and what stands beside it."""

    name: str
    value: int
    label: str


@dataclass(frozen=True)
class Panel:
    """Bars under a heading, all to one scale."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Chart:
    """Panels below one another, with a title above and notes below it."""

    title: str
    notes: tuple[str, ...]
    panels: tuple[Panel, ...]
    language: str
    """For the shapes that a language has of its own; BCP 47."""
    rtl: bool


def read(text: str) -> Chart:
    """The chart of such a JSON text as `dataclasses.asdict` gives."""
    made: dict[str, Any] = json.loads(text)
    panels = tuple(Panel(one["title"], tuple(Bar(**bar) for bar in one["bars"])) for one in made["panels"])
    return Chart(made["title"], tuple(made["notes"]), panels, made["language"], made["rtl"])


def draw(chart: Chart) -> bytes:
    """The picture. Raises RuntimeError where letters could not be shaped, rather than draw them wrongly."""
    from io import BytesIO  # noqa: PLC0415 - whoever only makes a chart needs none of this

    from PIL import Image, ImageDraw, features  # noqa: PLC0415

    if not features.check("raqm"):
        raise RuntimeError("this Pillow cannot shape letters")
    height = _Drawing(chart, ImageDraw.Draw(Image.new("L", (1, 1))), dry=True).run()
    image = Image.new("RGB", (WIDTH, height), PAPER)
    _Drawing(chart, ImageDraw.Draw(image)).run()
    made = BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


def _fonts() -> Path:
    """The folder of the fonts; looking where a package lies does not load it."""
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise RuntimeError("the fonts are missing")
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"


class _Drawing:
    """Goes down the page; mirrored for readers from the right."""

    def __init__(self, chart: Chart, page: "ImageDraw", *, dry: bool = False) -> None:
        from PIL import ImageFont  # noqa: PLC0415

        self._chart = chart
        self._page = page
        self._dry = dry
        self._at = float(MARGIN)
        self._way = "rtl" if chart.rtl else "ltr", chart.language.replace("_", "-")
        fonts = _fonts()
        self._fonts = {
            name: ImageFont.truetype(
                str(fonts / ("DejaVuSans.ttf" if name == "text" else "DejaVuSans-Bold.ttf")),
                size,
                layout_engine=ImageFont.Layout.RAQM,
            )
            for name, size in SIZES.items()
        }

    def run(self) -> int:
        """Everything; how high it is."""
        chart = self._chart
        self._paragraph(chart.title, "title", INK)
        for note in chart.notes:
            self._paragraph(note, "text", SOFT)
        for panel in chart.panels:
            self._at += MARGIN * 0.5
            self._paragraph(panel.title, "head", INK)
            self._at += 8
            most = max((bar.value for bar in panel.bars), default=0)
            for bar in panel.bars:
                self._bar(bar, most)
        return round(self._at + MARGIN)

    def _width(self, text: str, font: str) -> float:
        way, language = self._way
        return self._page.textlength(text, self._fonts[font], direction=way, language=language)

    def _write(self, x: float, y: float, text: str, font: str, colour: str, *, anchor: str = "l") -> None:
        """A line in the middle of which is `y`, from the side where the reader begins (`l`), mirrored if need be."""
        if self._dry:
            return
        side = {"l": "r", "r": "l"}[anchor] if self._chart.rtl else anchor
        way, language = self._way
        at, used = (self._x(x), y), self._fonts[font]
        self._page.text(at, text, colour, used, anchor=f"{side}m", direction=way, language=language)

    def _x(self, x: float) -> float:
        return WIDTH - x if self._chart.rtl else x

    def _box(self, start: float, end: float, middle: float, colour: str) -> None:
        if not self._dry:
            left, right = sorted((self._x(start), self._x(end)))
            self._page.rounded_rectangle((left, middle - 15, right, middle + 15), 6, colour)

    def _paragraph(self, text: str, font: str, colour: str) -> None:
        height = SIZES[font] * LINE
        for line in self._lines(text, font, WIDTH - 2 * MARGIN):
            self._write(MARGIN, self._at + height / 2, line, font, colour)
            self._at += height

    def _lines(self, text: str, font: str, room: float) -> list[str]:
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self._width(longer, font) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def _bar(self, bar: Bar, most: int) -> None:
        names = self._lines(bar.name, "text", NAMES)
        height = max(ROW, len(names) * SIZES["text"] * LINE + 12)
        middle = self._at + height / 2
        for number, name in enumerate(names):
            offset = (number - (len(names) - 1) / 2) * SIZES["text"] * LINE
            self._write(MARGIN, middle + offset, name, "text", INK)
        start, end = MARGIN + NAMES + 24.0, WIDTH - MARGIN - 90.0
        self._box(start, end, middle, RAIL)
        if bar.value:
            self._box(start, start + max(12.0, (end - start) * bar.value / most), middle, BAR)
        self._write(WIDTH - MARGIN, middle, bar.label, "text", INK, anchor="r")
        self._at += height


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(read(sys.stdin.read())))
