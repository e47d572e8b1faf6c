"""What is wrong with a translation: each fault as an error whose sentence tells a translator what to write instead.

Not here: the sentences (`operator.toml`), which texts there are (`coverage`), whether a text may be shown all the same
(`translations`).
"""

import re
from collections.abc import Iterator

from bot.core.errors import Refused
from locales.bidi import direction
from locales.translations import PLACEHOLDER

_MARKUP = re.compile(r"</?[A-Za-z][^>]*>|&(?:[a-z]+|#\d+);|\*\*|\[[^\]]+\]\([^)]*\)")


def faults(
    source: tuple[str, ...], forms: tuple[str, ...], *, plural_count: int, limit: int | None, rtl: bool
) -> Iterator[tuple[int, Refused]]:
    """Everything wrong with `forms`, the translation of `source`, each with its form; nothing where all are empty.

    `limit` is in characters. `source` has two strings where something is counted.
    """
    if not any(forms):
        return
    needed = plural_count if len(source) > 1 else 1
    if len(forms) != needed or not all(forms):
        yield forms.index("") if "" in forms else 0, Refused("text_forms", found=sum(map(bool, forms)), needed=needed)
    known = {name for text in source for name in PLACEHOLDER.findall(text)}
    for at, form in enumerate(forms):
        # Where something is counted, only the last form must show the number: "one message", "{count} messages".
        spared = {"count"} if len(source) > 1 and at + 1 < len(forms) else set[str]()
        if form:
            wrong = [*_braces(form, known, known - spared), *_look(form, "".join(source), limit, rtl=rtl)]
            yield from ((at, fault) for fault in wrong)


def _braces(form: str, known: set[str], needed: set[str]) -> Iterator[Refused]:
    there = set(PLACEHOLDER.findall(form))
    for name in sorted(there - known):
        yield Refused(
            "text_placeholder_unknown", name=_braced(name), known=" ".join(map(_braced, sorted(known))) or "-"
        )
    for name in sorted(needed - there):
        yield Refused("text_placeholder_lost", name=_braced(name))
    if re.search(r"[{}]", PLACEHOLDER.sub("", form)):
        yield Refused("text_brace_alone")


def _look(form: str, source: str, limit: int | None, *, rtl: bool) -> Iterator[Refused]:
    if limit is not None and len(form) > limit:
        yield Refused("text_too_long", length=len(form), limit=limit)
    markup = _MARKUP.search(form)
    if markup and markup[0] not in source:
        yield Refused("text_markup", found=markup[0])
    if form != form.strip():
        yield Refused("text_space")
    if rtl and any(direction(PLACEHOLDER.sub("", line)) == "ltr" for line in form.split("\n")):
        yield Refused("text_direction")


def _braced(name: str) -> str:
    return "{" + name + "}"
