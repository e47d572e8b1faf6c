"""Changing single texts in the files of a language, so that everything else in them stays as it is, line by line.

Not here: whether a text is right (`faults`), whose it is (`workbook`).
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from locales.briefings import Card

_STRING = re.compile(r'(?:msg[a-z_]+(?:\[\d+\])? +)?"')


def new_file(code: str, rule: str) -> str:
    """A .po file without entries. `rule`: the value of its `Plural-Forms`."""
    head = {
        "Project-Id-Version": "MICIC",
        "Language": code,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": rule,
    }
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{name}: {value}\\n"\n' for name, value in head.items())


def with_entry(content: str, template: str, key: str, source: Sequence[str], forms: Sequence[str]) -> str:
    """A .po file with one translation put in or replaced, no longer fuzzy.

    A new entry comes after the one that it follows in `template`, with the template's notes.
    """
    newline = "\r\n" if "\r\n" in content else "\n"
    lines = content.splitlines()
    span = _span(lines, key)
    if span:
        start, at, end = span
        comments = [_unfuzzied(line) for line in lines[start:at] if not line.startswith("#|")]
        kept = [line for line in comments if line]
        lines[start:end] = [*kept, *_entry(key, source, forms)]
    else:
        own = template.splitlines()
        found = _span(own, key)
        notes = [line for line in own[found[0] : found[1]] if line.startswith(("#.", "#,"))] if found else []
        place = _place(lines, own, key)
        lines[place:place] = ["", *notes, *_entry(key, source, forms)]
    return newline.join(lines) + newline


def with_card(content: str, card: Card, order: Sequence[str]) -> str:
    """A briefing file with one card replaced, or put in where `order`, the cards' ids, has it."""
    lines = content.splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith("## ")]
    later = set(order[order.index(card.id) + 1 :])
    for start, end in pairwise([*starts, len(lines)]):
        own = next(line.removeprefix("id:").strip() for line in lines[start:end] if line.startswith("id:"))
        if own == card.id or own in later:
            over = end if own == card.id else start
            lines[start:over] = [*_card(card), *([""] if over < len(lines) else [])]
            return "\n".join(lines) + "\n"
    return "\n".join([*lines, "", *_card(card)]) + "\n"


def with_head(content: str, fields: dict[str, str]) -> str:
    """A briefing file with these fields of its front matter set; made if `content` is empty."""
    lines = content.splitlines() or ["---", "---"]
    for name, value in fields.items():
        end = lines.index("---", 1)
        at = next((at for at in range(1, end) if lines[at].startswith(f"{name}:")), end)
        lines[at : at + (at < end)] = [f"{name}: {value}"]
    return "\n".join(lines) + "\n"


def _card(card: Card) -> list[str]:
    return [
        f"## {card.title}",
        f"id: {card.id}",
        *([f"english: {card.english}"] if card.english else []),
        f"as_of: {card.as_of}",
        *(f"source: {source}" for source in card.sources),
        *([f"certainty: {card.certainty}"] if card.certainty else []),
        "",
        *"\n\n".join(card.body).split("\n"),
    ]


def _span(lines: Sequence[str], key: str) -> tuple[int, int, int] | None:
    """Where an entry's comments begin, where its key stands, and where it ends; None if it is not there."""
    wanted = f'msgctxt "{key}"'
    if wanted not in lines:
        return None
    at = lines.index(wanted)
    start = at
    while start and lines[start - 1].startswith("#") and not lines[start - 1].startswith("#~"):
        start -= 1
    end = at + 1
    while end < len(lines) and _STRING.match(lines[end]) and not lines[end].startswith("msgctxt"):
        end += 1
    return start, at, end


def _place(lines: Sequence[str], template: Sequence[str], key: str) -> int:
    """After the nearest earlier entry of the template that is there; else at the end."""
    keys = [line for line in template if line.startswith("msgctxt ")]
    wanted = f'msgctxt "{key}"'
    for earlier in reversed(keys[: keys.index(wanted)] if wanted in keys else []):
        span = _span(lines, earlier.removeprefix('msgctxt "').removesuffix('"'))
        if span:
            return span[2]
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _unfuzzied(line: str) -> str:
    """A line of comments without the flag; "" if nothing else stood there."""
    if not line.startswith("#,"):
        return line
    left = [flag.strip() for flag in line[2:].split(",")]
    flags = [flag for flag in left if flag and flag != "fuzzy"]
    return "#, " + ", ".join(flags) if flags else ""


def _entry(key: str, source: Sequence[str], forms: Sequence[str]) -> list[str]:
    lines = [f'msgctxt "{key}"', f"msgid {_quoted(source[0])}"]
    if len(source) == 1:
        return [*lines, f"msgstr {_quoted(forms[0])}"]
    lines.append(f"msgid_plural {_quoted(source[1])}")
    return [*lines, *(f"msgstr[{at}] {_quoted(form)}" for at, form in enumerate(forms))]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
