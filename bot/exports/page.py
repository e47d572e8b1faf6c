"""A document as one HTML file that needs nothing else: no script, no font, no picture from elsewhere, no link outside.

The page forbids itself to load anything. Each paragraph takes the direction of its own text. Prints on paper with its
headings kept beside what follows them. Not here: what the document says (`document`, `reading`).
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from typing import BinaryIO

from bot.exports.about import STAR
from bot.exports.document import (
    Block,
    Chart,
    Contents,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quotation,
    Run,
    Table,
)
from bot.exports.escapes import visible
from locales.bidi import direction

_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.5;
  font-family: "Noto Sans", "Segoe UI", Arial, "Noto Sans Arabic", "Geeza Pro", Tahoma, sans-serif; }
h1, h2, h3, h4 { line-height: 1.25; margin-block: 1.6em .5em; break-after: avoid; }
p, li, td, th, blockquote, figcaption { text-align: start; overflow-wrap: anywhere; }
[dir=auto] { unicode-bidi: plaintext; }
th { overflow-wrap: break-word; }
blockquote { margin: 1rem 0 0; padding-inline-start: 1rem; border-inline-start: 3px solid #8aa; break-inside: avoid; }
blockquote p { margin: .2rem 0; white-space: pre-wrap; }
.note { font-size: .85em; opacity: .8; margin: .2rem 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border: 1px solid #8aa; padding: .25rem .6rem; vertical-align: top; }
.chart table { width: 100%; } .chart th, .chart td { border: 0; padding: .1rem .4rem; vertical-align: middle; }
.chart th { width: 40%; font-weight: normal; } .chart td:last-child { width: 3rem; }
.chart svg { display: block; width: 100%; height: .8rem; } .chart rect { fill: #2e6da4; }
[dir=rtl] .chart svg { transform: scaleX(-1); }
nav ul { list-style: none; padding: 0; }
nav .l2 { padding-inline-start: 1.2rem; } nav .l3 { padding-inline-start: 2.4rem; }
img { max-width: 100%; height: auto; } figure { margin: 1rem 0; }
@media print { body { max-width: none; margin: 0; font-size: 10.5pt; } a { color: inherit; text-decoration: none; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_BLOCK = 1 << 16
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def write(file: BinaryIO, document: Document) -> None:
    """Write the whole page."""
    waiting: list[str] = []
    size = 0
    for piece in _pieces(document):
        waiting.append(piece)
        size += len(piece)
        if size > _BLOCK:
            file.write("".join(waiting).encode())
            waiting, size = [], 0
    file.write("".join(waiting).encode())


def _pieces(document: Document) -> Iterator[str]:
    title = escape(visible(document.title))
    towards = "rtl" if document.right_to_left else "ltr"
    yield (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}" dir="{towards}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>\n"
    )
    for block in document.blocks:
        yield from _block(block, towards)
    yield "</main></body></html>\n"


def _block(block: Block, usual: str) -> Iterator[str]:
    """The HTML of a block; `usual` is the direction of the document."""
    match block:
        case Heading(level, text, anchor):
            yield f'<h{level + 1} id="{escape(anchor)}" dir="auto">{_shown(text)}</h{level + 1}>\n'
        case Contents(title, headings):
            yield f"<nav><h2>{_shown(title)}</h2><ul>"
            for heading in headings:
                link = f'<a href="#{escape(heading.anchor)}">{_shown(heading.text)}</a>'
                yield f'<li class="l{heading.level}" dir="auto">{link}</li>'
            yield "</ul></nav>\n"
        case Paragraph(runs, note, anchor):
            yield f"<p{_dir(runs, usual)}{_id(anchor)}{_class(note=note)}>{_runs(runs)}</p>\n"
        case Quotation(text, caption, anchor):
            lines = "".join(f'<p dir="auto">{_shown(line) or "&nbsp;"}</p>' for line in text.split("\n"))
            yield f"<blockquote{_id(anchor)}>{lines}</blockquote>\n"
            if caption:
                yield f'<p class="note"{_dir(caption, usual)}>{_runs(caption)}</p>\n'
        case Items(items):
            yield "<ul>" + "".join(f"<li{_dir(item, usual)}>{_runs(item)}</li>" for item in items) + "</ul>\n"
        case Table(headings, rows):
            yield "<table><thead>" + _row("th", headings) + "</thead><tbody>"
            for row in rows:
                yield _row("td", row)
            yield "</tbody></table>\n"
        case Chart(caption, bars):
            yield f'<figure class="chart"><figcaption dir="auto">{_shown(caption)}</figcaption><table>\n'
            for (name, number), share in zip(bars, block.shares(), strict=True):
                yield (
                    f'<tr><th scope="row" dir="auto">{_shown(name)}</th><td><svg viewBox="0 0 100 10" '
                    f'preserveAspectRatio="none" aria-hidden="true"><rect width="{share * 100:.1f}" height="10"/>'
                    f"</svg></td><td>{STAR if number is None else number}</td></tr>\n"
                )
            yield "</table></figure>\n"
        case Figure(picture, width, height, alternative, caption):
            source = f"data:image/png;base64,{b64encode(picture).decode()}"
            yield (
                f'<figure><img src="{source}" width="{width}" height="{height}" alt="{_shown(alternative)}">'
                f'<figcaption dir="auto">{_shown(caption)}</figcaption></figure>\n'
            )


def _shown(text: str) -> str:
    return escape(visible(text))


def _row(cell: str, texts: Sequence[str]) -> str:
    return "<tr>" + "".join(f'<{cell} dir="auto">{_shown(text)}</{cell}>' for text in texts) + "</tr>"


def _dir(runs: Sequence[Run], usual: str) -> str:
    """The direction of a paragraph as an attribute. Browsers pass over what is isolated when they look for it."""
    return f' dir="{direction("".join(run.text for run in runs)) or usual}"'


def _runs(runs: Sequence[Run]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    bare = run.text.strip(" ")
    made = _shown(bare).replace("\n", "<br>")
    if run.bold:
        made = f"<b>{made}</b>"
    if run.italic:
        made = f"<i>{made}</i>"
    # Isolated, so that a text of one direction does not turn what stands beside it; signs alone turn with the line.
    if run.target:
        made = f'<a href="#{escape(run.target)}"><bdi>{made}</bdi></a>'
    elif _DAY.fullmatch(bare):
        made = f'<bdi dir="ltr">{made}</bdi>'  # letters from right to left before it would turn it around
    elif direction(bare) is not None:
        made = f"<bdi>{made}</bdi>"
    # Spaces stand outside: inside, they would be at its other end where it runs the other way.
    before, after = " " * run.text.startswith(" "), " " * run.text.endswith(" ")
    return f"{before}{made}{after}"


def _id(anchor: str | None) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""


def _class(*, note: bool) -> str:
    return ' class="note"' if note else ""
