"""A page with a QR code, ready to print: a heading, the code, the address under it, a few lines. As PNG.

matplotlib shapes and orders the text (HarfBuzz, FriBidi), so Arabic stands as it should; its own font has all scripts
of our languages. A process of its own draws, and is gone afterwards: what it loads is large. Run by its path, this file
imports nothing of ours. Not here: what is written on it (`handlers.writing.invites`), sending it (`handlers.delivery`).
"""

import io
import json
import subprocess
import sys
import textwrap
from collections.abc import Sequence

WIDTH, HEIGHT, DOTS = 5.83, 8.27, 200
"""A5 in inches, and dots to the inch: sharp in print, and small enough for a slow line."""
LINE, HEADING = 38, 24
"""Characters of a line at most."""
QUIET = 4
"""Empty modules around the code, as its standard wants them."""
PATIENCE = 60.0
"""Seconds for a drawing; a slow machine takes three."""
_DARK = "#101418"


def drawn(link: str, heading: str, lines: Sequence[str]) -> bytes | None:
    """The page as PNG; None where it could not be drawn. Blocks for seconds: to be called in a thread."""
    wanted = json.dumps([link, heading, list(lines)]).encode()
    try:
        done = subprocess.run(  # noqa: S603 - this very file, by the Python that runs
            [sys.executable, "-I", __file__], input=wanted, capture_output=True, timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def draw(link: str, heading: str, lines: Sequence[str]) -> bytes:
    """Draw it here and now."""
    import segno  # noqa: PLC0415 - the bot itself draws nothing
    from matplotlib.figure import Figure  # noqa: PLC0415

    matrix = [[not dark for dark in row] for row in segno.make_qr(link, error="m").matrix_iter(border=QUIET)]
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor="white")
    title = "\n".join(textwrap.wrap(heading, HEADING))
    figure.text(0.5, 0.95, title, ha="center", va="top", fontsize=21, color=_DARK, weight="bold", linespacing=1.3)
    side = 0.72
    axes = figure.add_axes((0.5 - side / 2, 0.27, side, side * WIDTH / HEIGHT))
    axes.imshow(matrix, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_axis_off()
    figure.text(0.5, 0.255, link.removeprefix("https://"), ha="center", va="top", fontsize=9.5, color=_DARK)
    body = "\n".join("\n".join(textwrap.wrap(line, LINE)) for line in lines)
    figure.text(0.5, 0.205, body, ha="center", va="top", fontsize=13, color=_DARK, linespacing=1.5)
    made = io.BytesIO()
    figure.savefig(made, format="png", metadata={"Software": None})
    return made.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(*json.load(sys.stdin)))
