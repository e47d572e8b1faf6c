"""The emulator and its clients are held against the machine-readable description of the Bot API."""

import pytest
from telegram import Bot

from bot.emulator.parameters import Parameters
from bot.emulator.specification import Specification
from tests.support.emulator import Emulator, Person, specification_path

SMALL = {
    "methods": {
        "sendMessage": {
            "returns": ["Message"],
            "fields": [
                {"name": "chat_id", "types": ["Integer", "String"], "required": True},
                {"name": "text", "types": ["String"], "required": True},
                {"name": "silent", "types": ["Boolean"], "required": False},
                {"name": "marks", "types": ["Array of Mark"], "required": False},
            ],
        }
    },
    "types": {
        "Message": {"fields": [{"name": "message_id", "types": ["Integer"], "required": True}]},
        "Mark": {"subtypes": ["Bold", "Link"]},
        "Bold": {"fields": [{"name": "bold", "types": ["Boolean"], "required": True}]},
        "Link": {"fields": [{"name": "url", "types": ["String"], "required": True}]},
        "Update": {"fields": [{"name": "update_id", "types": ["Integer"], "required": True}]},
    },
}


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"chat_id": "5", "text": "x", "silent": "true", "marks": '[{"url": "u"}, {"bold": true}]'}, None),
        ({"chat_id": 5, "text": "x", "marks": [{"bold": True}]}, None),
        ({"chat_id": 5}, "sendMessage: parameter text is missing"),
        ({"chat_id": 5, "text": "x", "parse": "HTML"}, "sendMessage: unknown parameter parse"),
        ({"chat_id": 5, "text": "x", "silent": "perhaps"}, "sendMessage.silent: not of type Boolean"),
        ({"chat_id": 5, "text": "x", "marks": "[{}]"}, "sendMessage.marks[0]: fits no kind of Mark"),
        ({"chat_id": 5, "text": "x", "marks": "{"}, "sendMessage.marks: not an array"),
    ],
)
def test_requests(values: dict[str, object], finding: str | None) -> None:
    specification = Specification(SMALL)
    specification.check_request("sendMessage", Parameters(values))
    if finding is None:
        assert specification.violations == []
    else:
        assert specification.violations[0].startswith(finding)


@pytest.mark.parametrize(
    ("result", "finding"),
    [
        ({"message_id": 1}, None),
        ({"message_id": "1"}, "answer of sendMessage.message_id: not of type Integer"),
        ({}, "answer of sendMessage: Message lacks message_id"),
        ({"message_id": 1, "colour": "red"}, "answer of sendMessage: Message has no field colour"),
        (True, "answer of sendMessage: not a Message"),
    ],
)
def test_answers(result: object, finding: str | None) -> None:
    specification = Specification(SMALL)
    specification.check_answer("sendMessage", result)
    assert specification.violations == ([finding] if finding else [])


def test_updates() -> None:
    specification = Specification(SMALL)
    specification.check_update({"update_id": 1.5})
    assert specification.violations == ["update.update_id: not of type Integer"]


async def test_without_a_description_nothing_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_API_SPEC", raising=False)
    async with Emulator() as emulator:
        assert await emulator.violations() == {"checked": False}


@pytest.mark.skipif(specification_path() is None, reason="BOT_API_SPEC names no description of the Bot API")
async def test_planted_violations_are_caught(emulator: Emulator, bot: Bot, person: Person) -> None:
    specification = emulator.running.requests.specification
    assert specification is not None
    await bot.send_message(person.id, "x", api_kwargs={"colour": "red"})
    assert await emulator.violations() == ["sendMessage: unknown parameter colour"]
    emulator.running.world.queue("message", {"text": "no id"})
    emulator.running.world.chats[person.id].title = 5  # type: ignore[assignment]
    await bot.send_message(person.id, "x")
    assert [violation.split(":")[0] for violation in specification.violations[1:]] == [
        "update.message",
        "answer of sendMessage.chat.title",
    ]
    specification.violations.clear()
