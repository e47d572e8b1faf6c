"""Hypothesis strategies for what may come in from outside: updates, texts, callback data, bundles, forms.

Two kinds of update: well formed ones with any content, as Telegram could send them, and damaged ones, as it never did.
Not here: who has to bear them (`fuzz`).
"""

import io
import itertools
import json
import math
import zipfile
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from bot.core.dialogue.events import Do
from bot.core.people import ChatId
from tests.faults.in_process import Chat
from tests.questionnaires.test_compilation import CHOICES, SETTINGS, SURVEY, workbook

_numbers = itertools.count(1)
_chats = [Chat(ChatId(7_200_000_000 + at), _numbers) for at in range(4)]

texts = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(categories=("Cs", "Cf", "Cc", "Co", "So", "Mn", "Zs", "Nd")), max_size=40),
    st.sampled_from(
        ("/start eeca", "/cancel", "/forget", "/help", "/receipt 1234 5678 9012 3456", "Next", "1", "1, 2")
    ),
    st.text(max_size=40).map(lambda text: "/start " + text),
    st.text(min_size=1, max_size=8).map(lambda text: (text * 4096)[:4096]),
)
"""What somebody may write, lone surrogates included."""

_words = st.sampled_from([*(do.value for do in Do), "a", "zz", "yy", "OK"])
data = st.one_of(
    st.text(max_size=64),
    st.builds(
        "d:{}:{}:{}{}".format,
        st.sampled_from(("0123abcd", "ffffffff", "0123abc", "0123ABCD")),
        st.integers(0, 9) | st.integers(-1, 10**7),
        _words,
        st.sampled_from(("", ":0", ":99999", ":-1", ":٣")),
    ),
    st.sampled_from(
        (
            "r",
            "rc",
            "f",
            "b",
            "l:en",
            "l:ar",
            "l:xx",
            "n:yes:1",
            "n:no:1",
            "q:readers:telegram:1",
            "q:back:never:1",
            "j:eeca",
            "j:mars",
            "o:home",
            "w:1",
        )
    ),
    st.builds("{}:{}".format, st.sampled_from(("v", "v-", "vv", "b", "l", "n", "j", "o", "w")), st.text(max_size=20)),
)
"""What a button may be made to say."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """A well formed update of a private chat."""
    chat = draw(st.sampled_from(_chats))
    match draw(st.integers(0, 4)):
        case 0:
            return chat.tap(draw(st.integers(1, 2_000_000)), draw(data))
        case 1:
            return chat.edit(draw(st.integers(1, 50)), draw(texts))
        case 2:
            return chat.text(draw(texts), reply_to=draw(st.integers(1, 1_000_100)))
    return chat.text(draw(texts))


@st.composite
def damaged_updates(draw: st.DrawFn) -> dict[str, Any]:
    """An update in which some value was replaced, removed or added; its number is as it was."""
    update = draw(updates())
    number = update.pop("update_id")
    for _ in range(draw(st.integers(1, 3))):
        _damage(draw, update)
    return {"update_id": number, **update}


def _damage(draw: st.DrawFn, node: Any) -> None:
    """Change one value somewhere below."""
    while isinstance(node, dict) and node:
        key = draw(st.sampled_from(sorted(node)))
        if isinstance(node[key], dict) and node[key] and draw(st.booleans()):
            node = node[key]
            continue
        if draw(st.integers(0, 3)) == 0:
            del node[key]
        else:
            node[draw(st.sampled_from((key, "chat", "from", "text", "entities", "message", "photo")))] = draw(
                json_values
            )
        return


def bent(content: bytes) -> st.SearchStrategy[bytes]:
    """The content with some bytes changed, removed or doubled."""
    place = st.integers(0, len(content) - 1)
    deeds: st.SearchStrategy[Callable[[bytes], bytes]] = st.one_of(
        st.builds(
            lambda at, new: lambda old: old[:at] + new + old[at + len(new) :], place, st.binary(min_size=1, max_size=6)
        ),
        st.builds(lambda at, size: lambda old: old[:at] + old[at + size :], place, st.integers(1, 200)),
        st.builds(lambda at, size: lambda old: old[: at + size] + old[at:], place, st.integers(1, 200)),
        st.builds(lambda at: lambda old: old[:at], place),
    )
    return st.lists(deeds, min_size=1, max_size=3).map(lambda some: _all(some, content))


def _all(deeds: list[Callable[[bytes], bytes]], content: bytes) -> bytes:
    for deed in deeds:
        content = deed(content)
    return content


def bent_json(content: bytes) -> st.SearchStrategy[dict[str, Any]]:
    """A JSON object with some values replaced, removed or added."""

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(content)
        for _ in range(draw(st.integers(1, 2))):
            _damage(draw, found)
        return found

    return build()


_cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.sampled_from(
        ("${rating}", "selected(${where}, 'x')", "begin group", "end group", "select_one ratings", "((", ". > 1")
    ),
)


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """A form in which some cells, headings too, say something else."""
    sheets = [[list(row) for row in sheet] for sheet in (SURVEY, CHOICES, SETTINGS)]
    for _ in range(draw(st.integers(1, 4))):
        row = draw(st.sampled_from(draw(st.sampled_from(sheets))))
        row[draw(st.integers(0, len(row) - 1))] = _writable(draw(_cells))
    return workbook(*sheets)


def _writable(cell: object) -> object:
    """What a workbook can hold: no control characters, no halves of characters, no formulas."""
    if isinstance(cell, str):
        return "".join(one for one in cell if one.isprintable()).removeprefix("=").encode("utf-8", "ignore").decode()
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


@st.composite
def packed_otherwise(draw: st.DrawFn) -> bytes:
    """A workbook whose files inside are damaged, while its zip is sound."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(content, "w") as new:
        names = old.namelist()
        chosen = draw(st.sampled_from(names))
        for name in names:
            inside = old.read(name)
            if name == chosen:
                inside = draw(bent(inside))
            if name != chosen or draw(st.integers(0, 4)):
                new.writestr(name, inside)
    return content.getvalue()


markdown = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=8), max_size=5
        ).map(lambda cells: "| " + " | ".join(cells) + " |"),
        max_size=8,
    ).map(lambda rows: "| survey |\n" + "\n".join(rows)),
)
