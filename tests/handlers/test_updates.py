"""The short way from a raw update to PTB's object tells us the same as PTB's own."""

import copy
from typing import Any

import pytest
from telegram import Update

from bot.core.session import Prompt, View
from handlers import reading
from handlers.application import new_bot
from handlers.updates import as_update

BOT = new_bot("1:A", "http://127.0.0.1:9")
USER = {"id": 77, "is_bot": False, "first_name": "Ada", "language_code": "fr"}
CHAT = {"id": 77, "type": "private", "first_name": "Ada"}
MESSAGE = {"message_id": 5, "date": 1_795_000_000, "from": USER, "chat": CHAT, "text": "Open the clinics"}
PROMPT = {
    "message_id": 4,
    "date": 1_795_000_000,
    "from": {"id": 1, "is_bot": True, "first_name": "B"},
    "chat": CHAT,
    "text": "When?",
    "reply_markup": {"inline_keyboard": [[{"text": "Before", "callback_data": "d:1:2:c:0"}]]},
}
TAP = {"id": "9", "from": USER, "message": PROMPT, "chat_instance": "3", "data": "d:1:2:c:0"}
COMMON = [{"update_id": 1, "message": MESSAGE}, {"update_id": 2, "callback_query": TAP}]
VIEW = View(prompts=(Prompt(4, "when", 2),))


class Chance:
    def hex(self, length: int) -> str:
        return "0" * length * 2

    def digits(self, count: int) -> str:
        return "0" * count


def told(update: Update) -> list[object]:
    """All that the handlers take from an update."""
    chance = Chance()
    return [
        reading.origin(update),
        reading.message(update, VIEW, chance),
        reading.tap(update),
        reading.edited(update, chance),
    ]


@pytest.mark.parametrize("raw", COMMON, ids=["text", "tap"])
def test_the_short_way_tells_what_the_long_way_tells(raw: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    long = Update.de_json(copy.deepcopy(raw), BOT)
    monkeypatch.setattr(Update, "de_json", None)
    assert told(as_update(raw, BOT)) == told(long)


OTHER: list[tuple[str, dict[str, Any]]] = [
    *(("message", {**MESSAGE, **more}) for more in (
        {"text": "/start"},
        {"reply_to_message": PROMPT},
        {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Y"}},
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {"entities": [{"type": "bold", "offset": 0, "length": 2}]},
        {"chat": {"id": -5, "type": "group", "title": "G"}},
        {"text": 5},
        {"date": "soon"},
        {"date": -1},
        {"message_id": "5"},
        {"from": {**USER, "id": "x"}},
        {"from": None},
    )),
    ("message", {name: value for name, value in MESSAGE.items() if name != "from"}),
    ("edited_message", MESSAGE),
    *(("callback_query", {**TAP, **more}) for more in (
        {"message": {"message_id": 4, "chat": CHAT, "date": 0}},
        {"inline_message_id": "1"},
        {"data": None},
        {"message": {**PROMPT, "chat": {"id": -5, "type": "group", "title": "G"}}},
    )),
    ("my_chat_member", {"chat": CHAT, "from": USER, "date": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "part"), OTHER)
def test_anything_else_goes_the_long_way(kind: str, part: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []

    def long(raw: object, bot: object) -> str:
        taken.append(raw)
        return "long"

    monkeypatch.setattr(Update, "de_json", long)
    raw = {"update_id": 1, kind: part}
    assert as_update(raw, BOT) == "long"
    assert taken == [raw]


@pytest.mark.parametrize("raw", [{}, {"update_id": "1", "message": MESSAGE}, {**COMMON[0], "more": 1}])
def test_an_update_of_another_shape_goes_the_long_way(raw: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Update, "de_json", lambda raw, bot: "long")
    assert as_update(raw, BOT) == "long"
